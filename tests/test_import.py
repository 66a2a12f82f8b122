"""`import word2vec`: quick, silent, without scipy; the public names."""

import importlib
import os
import subprocess
import sys
import textwrap

import pytest

import word2vec


def run(code, tmp_path, **environment):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_importing_is_silent_and_loads_nothing_large(tmp_path):
    code = """
        import sys
        import word2vec
        assert "numpy" not in sys.modules
        from word2vec import Word2Vec, KeyedVectors
        large = {"pandas", "matplotlib", "sklearn", "pyarrow", "rich", "click"}
        assert not large & set(sys.modules)
    """
    done = run(code, tmp_path)
    assert done.stdout == done.stderr == ""


TRAIN = """
    import sys
    from word2vec import Word2Vec
    model = Word2Vec([["a", "b"]] * 50, min_count=1, vector_size=5, epochs=1, hs=1)
    model.wv.most_similar("a")
    model.predict_output_word(["a"])
    model.save("model.w2v")
    Word2Vec.load("model.w2v")
"""


def test_training_does_not_import_scipy(tmp_path):
    code = (
        TRAIN
        + """
    print([name for name in sys.modules if name.partition(".")[0] == "scipy"])
    """
    )
    assert run(code, tmp_path).stdout == "[]\n"


def test_a_broken_scipy_does_not_stop_training(tmp_path):
    package = tmp_path / "broken" / "scipy"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('scipy is broken')\n")
    code = (
        TRAIN
        + """
    try:
        import scipy
    except RuntimeError as error:
        print(error)
    """
    )
    paths = [str(package.parent), os.environ.get("PYTHONPATH", "")]
    done = run(code, tmp_path, PYTHONPATH=os.pathsep.join(filter(None, paths)))
    assert done.stdout == "scipy is broken\n"


@pytest.mark.parametrize("name", word2vec.__all__)
def test_public_names_exist_and_are_listed(name):
    home, _, attribute = word2vec._HOMES[name].partition(":")
    assert getattr(word2vec, name) is getattr(importlib.import_module(home), attribute)
    assert name in dir(word2vec)


def test_all_names_the_homes_and_nothing_else():
    assert set(word2vec.__all__) == set(word2vec._HOMES)
    namespace = {}
    exec("from word2vec import *", namespace)
    assert set(word2vec.__all__) <= namespace.keys()
    with pytest.raises(AttributeError, match="module 'word2vec' has no attribute 'word3vec'"):
        _ = word2vec.word3vec


def test_simd_names_the_instruction_set():
    assert word2vec.simd() in ("scalar", "avx2", "avx512", "neon")
