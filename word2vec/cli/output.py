"""What commands print: plain text for people, JSON for programs, style for terminals."""

import json
import os
import sys
from typing import Any, BinaryIO, TextIO

import click

STREAM = "-"  # as the name of a file: standard input or output


def emphasised(text: str, **style: Any) -> str:
    """Return `text` in a style of `click.style` if standard output shows styles, else as it is.

    Only terminals do, and none if ``NO_COLOR`` is set or ``TERM`` is dumb.
    """
    return click.style(text, **style) if _shows_styles(sys.stdout) else text


def _shows_styles(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    # Old Windows consoles print escape sequences as they are.
    return stream.isatty() and (os.name != "nt" or "WT_SESSION" in os.environ)


def print_json(value: Any) -> None:
    """Print `value` on one line; pure ASCII, so that every encoding can hold it."""
    print(json.dumps(value, default=_number))


def _number(value: Any) -> Any:
    """Give JSON the number in a NumPy scalar."""
    return value.item() if hasattr(value, "item") else str(value)


def print_facts(facts: dict[str, Any]) -> None:
    """Print a line for each fact, the values below each other."""
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{emphasised(f'{name:<{width}}', bold=True)} {value}")


def stdin_bytes() -> BinaryIO:
    """Return standard input, as bytes."""
    return sys.stdin.buffer


def stdout_bytes() -> BinaryIO:
    """Return standard output, for bytes."""
    sys.stdout.flush()  # what was printed before comes before
    return sys.stdout.buffer
