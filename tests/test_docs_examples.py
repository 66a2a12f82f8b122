"""The examples of the guides run, each page as one program."""

import importlib.util
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = ["evaluation.md", "interoperability.md"]
BLOCK = re.compile(r"(?:<!-- needs: (\w+) -->\n)?```python\n(.*?)```", re.DOTALL)


def blocks(page):
    """What each example needs, where it stands, and its code."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start(2))
        yield found[1], "\n" * line + found[2]


@pytest.mark.parametrize("page", PAGES)
def test_examples_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": page}
    n_run = 0
    for needs, code in blocks(page):
        program = compile(code, DOCS / page, "exec")
        if needs is None or (needs != "network" and importlib.util.find_spec(needs)):
            exec(program, names)
            n_run += 1
    assert n_run >= 3
