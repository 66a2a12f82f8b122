"""The layering of docs/architecture.md: imports point leftward only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "word2vec"

# A module may import modules of its own layer and of those before it.
LAYERS = [
    {"errors", "events", "extras", "notebook", "params", "renamed"},
    {
        "text._text",
        "text._sentences",
        "text._grams",
        "text._phrases",
        "training._train",
        "io._format",
        "vectors._sketch",
    },
    {
        "text",
        "io",
        "memory",
        "training.batches",
        "training.callbacks",
        "training.display",
        "training.divergence",
        "training.held_out",
        "training.huffman",
        "training.noise",
        "training.objective",
        "training.progress",
        "training.schedule",
        "training.scoring",
    },
    {"training.trainer", "training.checkpoint", "training.history", "vectors"},
    {
        "model_answers",
        "model_checkpoint",
        "model_checks",
        "model_file",
        "model_hooks",
        "model_old",
        "model_tables",
        "training_jobs",
        "training_run",
        "model_weights",
        "vocabulary_steps",
        "model",
        "datasets",
        "evaluation",
        "phrases",
        "reference",
        "sklearn",
    },
    {""},  # word2vec/__init__.py: the public names
    {"cli", "compat", "gensim", "plot", "scripts", "see", "__main__"},
]
MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer_of(module):
    while True:
        for number, layer in enumerate(LAYERS):
            if module in layer:
                return number
        if not module:
            raise AssertionError("a module without a layer: add it to LAYERS")
        if "." not in module:
            raise AssertionError(f"{module} has no layer: add it to LAYERS")
        module = module.rpartition(".")[0]


def imported_modules(path):
    """Modules of the package that a file imports when it is run, not for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            root, _, rest = name.partition(".")
            if root != "word2vec":
                continue
            # "from word2vec.errors import X" names a module or a thing in one.
            while rest and not module_exists(rest):
                rest = rest.rpartition(".")[0]
            yield rest


def module_exists(name):
    path = PACKAGE.joinpath(*name.split("."))
    return path.is_dir() or any(path.with_suffix(s).exists() for s in (".py", ".pyx"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_leftward(path):
    module = name_of(path)
    for imported in imported_modules(path):
        assert layer_of(imported) <= layer_of(module), f"{module} imports {imported}"


def named_modules(path):
    """Modules of compat that a file names in strings, as importlib is given them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    strings = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return {s for s in strings if isinstance(s, str) and s.startswith("word2vec.compat.")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_core_names_compat_in_two_places(path):
    """As strings: readers of foreign files in io.foreign, old names in renamed."""
    if named_modules(path) and name_of(path) not in ("io.foreign", "renamed"):
        assert layer_of(name_of(path)) >= layer_of("")


def test_the_readers_that_the_core_names_exist():
    names = named_modules(PACKAGE / "io" / "foreign.py")
    assert names == {"word2vec.compat.gensim_read", "word2vec.compat.gensim_write"}
    assert all(module_exists(name.removeprefix("word2vec.")) for name in names)


def test_the_check_sees_imports():
    assert "training.trainer" in set(imported_modules(PACKAGE / "training_run.py"))
    assert layer_of("model") > layer_of("training.trainer") > layer_of("text.readers")
