"""How objects look in notebooks: a small table, every text of it escaped."""

from collections.abc import Mapping
from html import escape
from itertools import islice
from typing import Any

_FIRST = 6  # keys that are shown
_LONGEST = 24  # characters of a key that are shown


def first_keys(keys: list[Any]) -> str:
    """Return the first of `keys` as they are written in Python, and an ellipsis for the rest."""
    shown = [_shortened(repr(key)) for key in islice(keys, _FIRST)]
    return ", ".join(shown + ["..."] * (len(keys) > _FIRST))


def html_table(title: str, facts: Mapping[str, object]) -> str:
    """Return a table with a row for each fact.

    Parameters
    ----------
    title : str
        Above the rows.
    facts : mapping of str to object
        Integers get thousands separators; those that are None are left out.

    Returns
    -------
    str
        HTML. Words of a corpus can be anything, so nothing of them is taken as markup.
    """
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(written(value))}</td></tr>'
        for name, value in facts.items()
        if value is not None
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{rows}</tbody></table>"


def written(value: object) -> str:
    """Return a fact as people read it: integers with thousands separators."""
    return f"{value:,}" if isinstance(value, int) else str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
