"""What commands print: plain text for people, JSON for programs, style for terminals."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click

STREAM = "-"  # as the name of a file: standard input or output


def emphasised(text: str, **style: Any) -> str:
    """Return `text` in a style of `click.style` if standard output shows styles, else as it is.

    Only terminals do, and none if ``NO_COLOR`` is set or ``TERM`` is dumb.
    """
    if not styles_wanted() or not sys.stdout.isatty():
        return text
    # Old Windows consoles print escape sequences as they are.
    return click.style(text, **style) if os.name != "nt" or "WT_SESSION" in os.environ else text


def styles_wanted() -> bool:
    """Whether the person at the terminal has nothing against colours and bold type."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


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


@contextlib.contextmanager
def output_target(path: str) -> Iterator[str | BinaryIO]:
    """Give what the library writes a result to: the path, or standard output for ``-``."""
    if path != STREAM:
        yield path
        return
    sys.stdout.flush()  # what was printed before comes before
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()
