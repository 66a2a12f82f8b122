"""Test sets in the formats they are published in, recognised by what the lines hold.

Pairs are two words and a judgement, with or without a header, often among more columns
(SimLex-999, SimVerb-3500, Rare Words, single raters); analogies are four words, with or
without sections. Columns stand between tabs, semicolons, commas or white space.
"""

import csv
import io
import math
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from word2vec.errors import FormatError, ParameterTypeError
from word2vec.text.readers import name_of, open_binary
from word2vec.vectors.evaluation import Question

__all__ = ["AnalogySet", "PairSet", "read_set"]

Pair = tuple[str, str, float]

_DELIMITERS = ("\t", ";", ",")
_LINES_SHOWN = 3  # of the broken lines of a file, in the message


@dataclass(frozen=True)
class PairSet:
    """Pairs of words with human judgements.

    Attributes
    ----------
    name : str
    pairs : sequence of (str, str, float)
        The larger the number, the more alike.
    """

    name: str
    pairs: tuple[Pair, ...] | list[Pair]

    def __post_init__(self) -> None:
        if not self.pairs:
            raise FormatError(f"the set {self.name!r} holds no pair (word, word, number)")


@dataclass(frozen=True)
class AnalogySet:
    """Questions "a is to b as c is to d", in sections.

    Attributes
    ----------
    name : str
    sections : dict of str to list of (a, b, c, d)
    """

    name: str
    sections: dict[str, list[Question]]

    def __post_init__(self) -> None:
        if not any(self.sections.values()):
            raise FormatError(f"the set {self.name!r} holds no question (four words)")


def read_set(
    source: Any, *, name: str | None = None, score: str | int | None = None
) -> PairSet | AnalogySet:
    """Read a file of pairs or of analogies, whichever it is.

    Parameters
    ----------
    source : path or open binary file
        UTF-8, plain or compressed. Empty lines and those with ``#`` are skipped.
    name : str, optional
        For the table; else the file's name without its ending.
    score : str or int, optional
        Column of the judgements: its header, or its number from 0. By default the first
        column behind the two words that holds a number in every line.

    Returns
    -------
    PairSet or AnalogySet
        Words as they are written.

    Raises
    ------
    FormatError
        If lines have no common form; the message shows them.
    OSError
        If the file cannot be read.
    """
    with open_binary(source) as file:
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FormatError(f"{name_of(source)} is not UTF-8: {error}") from error
    name = name or PurePath(name_of(source)).name.partition(".")[0]
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        raise FormatError(f"{name_of(source)} has no lines: pairs or analogies were expected")
    delimiter = _delimiter([line for _, line in lines if not _opens_section(line)])
    rows = [(number, _split(line, delimiter)) for number, line in lines]
    if any(map(_opens_section, text.splitlines())) or (
        score is None and all(len(row) == 4 and not _numbers(row, 2) for _, row in rows)
    ):
        return AnalogySet(name, _sections(source, name, lines, delimiter))
    return PairSet(name, _pairs(source, rows, score))


def _opens_section(line: str) -> bool:
    return line.startswith(": ")


def _delimiter(lines: list[str]) -> str | None:
    """Return what stands in every line at least twice; None for white space."""
    return next(
        (mark for mark in _DELIMITERS if all(line.count(mark) >= 2 for line in lines)), None
    )


def _split(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return line.split()
    # csv knows quotes, which hold commas in words and headers.
    cells = next(csv.reader(io.StringIO(line), delimiter=delimiter))
    return [cell.strip() for cell in cells]


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _numbers(row: list[str], first: int) -> set[int]:
    """Columns from `first` on that hold a number."""
    return {i for i in range(first, len(row)) if _number(row[i]) is not None}


def _pairs(
    source: Any, rows: list[tuple[int, list[str]]], score: str | int | None
) -> tuple[Pair, ...]:
    column = _score_column(source, [row for _, row in rows], score)
    if not _is_pair(rows[0][1], column):
        rows = rows[1:]  # the header
    broken = [f"line {n}: {' '.join(row)[:60]!r}" for n, row in rows if not _is_pair(row, column)]
    if broken:
        raise FormatError(
            f"{name_of(source)}: {len(broken)} of {len(rows)} lines are not two words and, in "
            f"column {column}, a number ({'; '.join(broken[:_LINES_SHOWN])}): correct them, put "
            "# before them, or name the column with score="
        )
    return tuple((row[0], row[1], float(row[column])) for _, row in rows)


def _is_pair(row: list[str], column: int) -> bool:
    return column in _numbers(row, 2) and all(row[:2])


def _score_column(source: Any, rows: list[list[str]], score: str | int | None) -> int:
    first, body = rows[0], rows[1:] or rows
    if isinstance(score, str):
        if score not in first:
            names = "none, it has no header" if _numbers(first, 2) else ", ".join(map(repr, first))
            raise FormatError(f"{name_of(source)} has no column {score!r}; there are: {names}")
        return first.index(score)
    if score is not None:
        if isinstance(score, bool) or not isinstance(score, int) or score < 0:
            raise ParameterTypeError(
                f"score={score!r}: it must be the name of a column or its number, from 0"
            )
        return score
    # The first line may be a header, and its columns be called 1, 2, 3.
    numeric = [_numbers(row, 2) for row in body]
    # A broken line among good ones must be named, so it may not decide.
    candidates = set.intersection(*numeric) or set.union(*numeric) or _numbers(first, 2)
    if not candidates:
        raise FormatError(
            f"{name_of(source)} holds neither pairs (word, word, number) nor analogies (four "
            f"words); a line: {' | '.join(body[0])[:60]!r}"
        )
    return min(candidates)


def _sections(
    source: Any, name: str, lines: list[tuple[int, str]], delimiter: str | None
) -> dict[str, list[Question]]:
    sections: dict[str, list[Question]] = {}
    section = name  # of questions before the first header, or without any
    for number, line in lines:
        if _opens_section(line):
            section = line[2:].strip()
            sections.setdefault(section, [])
            continue
        words = _split(line, delimiter)
        if len(words) != 4 or not all(words):
            raise FormatError(
                f"{name_of(source)}, line {number}: {line[:60]!r} is not a question, which has "
                "four words; correct it, or put # before it"
            )
        sections.setdefault(section, []).append((words[0], words[1], words[2], words[3]))
    return sections
