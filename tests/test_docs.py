"""Every Python example of the documentation runs, page by page, from top to bottom.

The blocks of a page share their names. What a reader need not see (files that exist, a
model trained before) stands in a comment of the page: ``<!-- run first`` and then code.
Blocks marked ``pycon`` are sessions: what they print is compared. A block after
``<!-- needs: NAME -->`` runs where that package is installed, and never if it needs the network.
"""

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

import word2vec

ROOT = Path(__file__).resolve().parents[1]
NAV = re.findall(r"^ +- .*: ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
BLOCK = re.compile(
    r"^(?:(?:<!-- needs: (?P<needs>\w+) -->\n)?```(?P<kind>python|pycon)\n(?P<shown>.*?)^```$"
    r"|<!-- run first\n(?P<hidden>.*?)^-->$)",
    re.MULTILINE | re.DOTALL,
)
# What examples may need that the extra `test` does not bring.
EXTRAS = ("gensim", "node2vec")


class Runner:
    """Runs the examples of one page, in one namespace."""

    def __init__(self, name: str):
        self.name = name
        self.names: dict[str, object] = {"__name__": "example"}

    def run(self, block: re.Match[str], line: int) -> None:
        if block["kind"] == "pycon":
            self.run_session(block["shown"], line)
        else:
            # Empty lines in front: an error then names the line of the page.
            code = "\n" * line + (block["shown"] or block["hidden"])
            exec(compile(code, self.name, "exec"), self.names)

    def run_session(self, text: str, line: int) -> None:
        test = doctest.DocTestParser().get_doctest(text, {}, self.name, self.name, line)
        test.globs = self.names
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        runner = doctest.DebugRunner(optionflags=flags)
        try:
            runner.run(test, clear_globs=False)
        except doctest.DocTestFailure as failure:
            place = f"{self.name}:{line + failure.example.lineno + 1}"
            pytest.fail(
                f"{place}: {failure.example.source.strip()} gives\n{failure.got}"
                f"and the page says\n{failure.example.want}",
                pytrace=False,
            )
        except doctest.UnexpectedException as failure:
            raise failure.exc_info[1] from None


def run_page(name: str, text: str) -> None:
    runner = Runner(name)
    for block in BLOCK.finditer(text):
        needs = block["needs"]
        if needs is None or (needs != "network" and importlib.util.find_spec(needs)):
            runner.run(block, text.count("\n", 0, block.start()) + 1 + (needs is not None))


@pytest.mark.parametrize("page", [*NAV, "../README.md"])
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    text = (ROOT / "docs" / page).read_text("utf-8")
    examples = "\n".join(block[0] for block in BLOCK.finditer(text))
    for extra in EXTRAS:
        if re.search(rf"^\s*(?:from|import) {extra}\b", examples, re.MULTILINE):
            pytest.importorskip(extra)
    monkeypatch.chdir(tmp_path)
    try:
        run_page(page, text)
    finally:
        word2vec.unpatch_gensim()


def test_every_page_is_in_the_navigation():
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert pages - set(NAV) == set(), "add these pages to nav in mkdocs.yml"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", AssertionError),
        ("<!-- run first\nx = 1\n-->\n```python\nassert x == 2\n```\n", AssertionError),
        ("```pycon\n>>> 1 + 1\n3\n```\n", pytest.fail.Exception),
        ("```pycon\n>>> 1 / 0\n```\n", ZeroDivisionError),
    ],
)
def test_a_wrong_example_is_found(text, error):
    with pytest.raises(error):
        run_page("page.md", text)


def hooks():
    """The hooks of the site, or a skip without the extra `docs`."""
    pytest.importorskip("latex2mathml")
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs/.mkdocs/hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_formulas_become_mathml():
    content = hooks().on_page_content(r'<p><span class="arithmatex">\(a &lt; b\)</span></p>')
    assert "<math" in content
    assert "<mo>&lt;</mo>" in content or "<mo>&#x0003C;</mo>" in content
    assert "arithmatex" not in content


class Page:
    class file:  # noqa: N801, as MkDocs names it
        src_path = "page.md"


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("[w2v.h](../csrc/w2v.h)", "`csrc/w2v.h`"),
        ("the [contract](../csrc/w2v.h)", "the contract (`csrc/w2v.h`)"),
        ("[page](faq.md)", "[page](faq.md)"),
    ],
)
def test_links_to_sources_become_names(link, text):
    assert hooks().on_page_markdown(link, page=Page) == text


def test_links_to_missing_sources_are_warned_of(caplog):
    hooks().on_page_markdown("[x](../csrc/gone.h)", page=Page)
    assert "page.md links to csrc/gone.h, which does not exist" in caplog.text
