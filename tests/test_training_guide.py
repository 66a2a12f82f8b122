"""docs/training.md: its examples run, its pictures exist, its table is complete."""

import re
from pathlib import Path

from word2vec.training.history import NAMES

PAGE = Path(__file__).parent.parent / "docs" / "training.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_examples_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) == 6
    names = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)
    assert {path.name for path in tmp_path.iterdir()} == {"best.w2v", "history.png", "words.png"}
    assert "validation_loss" in capsys.readouterr().out


def test_the_pictures_exist():
    pictures = re.findall(r"\(images/([^)]+)\)", TEXT)
    assert len(pictures) == 6
    assert {path.name for path in (PAGE.parent / "images").iterdir()} == set(pictures)


def test_the_table_has_every_field():
    assert all(f"`{name}`" in TEXT for name in NAMES)
