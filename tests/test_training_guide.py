"""docs/training.md: its pictures exist, its table is complete."""

import re
from pathlib import Path

from word2vec.training.history import NAMES

PAGE = Path(__file__).parent.parent / "docs" / "training.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_pictures_exist():
    pictures = re.findall(r"\(images/([^)]+)\)", TEXT)
    assert len(pictures) == 6
    assert set(pictures) <= {path.name for path in (PAGE.parent / "images").iterdir()}


def test_the_table_has_every_field():
    assert all(f"`{name}`" in TEXT for name in NAMES)
