"""What several commands need: parsers with examples, vectors from and to files."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.errors import Word2VecError

if TYPE_CHECKING:
    from word2vec import KeyedVectors

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
_FORMATS = {".bin": "word2vec binary", ".txt": "word2vec text"}
NATIVE = "native"


class _Formatter(argparse.HelpFormatter):
    """Fill descriptions, leave examples as they are written."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if text.startswith("examples:"):
            return text
        return super()._fill_text(text, width, indent)


class CommandError(Word2VecError):
    """A command cannot do what was asked; the message is for the person who asked."""


def example_parser(
    create: Callable[..., argparse.ArgumentParser], examples: str, *args: Any, **options: Any
) -> argparse.ArgumentParser:
    """Return ``create(*args, **options)`` with `examples` below its help.

    Options cannot be abbreviated: a new option must not change what old scripts mean.
    """
    return create(
        *args,
        epilog=examples,
        formatter_class=_Formatter,
        allow_abbrev=False,
        **options,
    )


def at_least(minimum: int) -> Callable[[str], int]:
    """Return a function that reads an integer >= `minimum`, for argparse."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = minimum - 1
        if value < minimum:
            raise argparse.ArgumentTypeError(f"{text!r}: it must be an integer >= {minimum}")
        return value

    return read


def available_cpus() -> int:
    """Return how many CPUs this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system tells
        return os.cpu_count() or 1


def file_format(path: str) -> str:
    """Return the format that the ending of `path` stands for.

    Returns
    -------
    str
        "word2vec binary" for .bin, "word2vec text" for .txt, also with the ending of
        a compression behind; else "native".
    """
    name = Path(path)
    inner = Path(name.stem) if name.suffix.lower() in COMPRESSED else name
    return _FORMATS.get(inner.suffix.lower(), NATIVE)


def load_vectors(path: str) -> "KeyedVectors":
    """Return the vectors in a file of any of the formats of `file_format`.

    Raises
    ------
    OSError
        If the file cannot be read.
    FormatError
        If it is not what its ending says.
    """
    from word2vec import KeyedVectors

    kind = file_format(path)
    if kind != NATIVE:
        return KeyedVectors.load_word2vec_format(path, binary=kind == _FORMATS[".bin"])
    loaded: Any = KeyedVectors.load(path)
    # A whole model holds its vectors as `wv`.
    vectors: KeyedVectors = getattr(loaded, "wv", loaded)
    return vectors


def save_vectors(vectors: "KeyedVectors", path: str) -> None:
    """Write `vectors` in the format that the ending of `path` stands for.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    kind = file_format(path)
    if kind == NATIVE:
        vectors.save(path)
    else:
        vectors.save_word2vec_format(path, binary=kind == _FORMATS[".bin"])


def check_output(path: str) -> None:
    """Find out before the work whether its result can be written.

    Raises
    ------
    CommandError
        If `path` is a folder, or its folder is missing or not writable.
    """
    folder = Path(path).parent
    if Path(path).is_dir():
        raise CommandError(f"{path}: this is a folder; give the name of a file")
    if not folder.is_dir():
        raise CommandError(f"{path}: the folder {str(folder)!r} does not exist")
    if not os.access(Path(path) if Path(path).exists() else folder, os.W_OK):
        raise CommandError(f"{path}: no permission to write there")


def check_known(vectors: "KeyedVectors", words: Sequence[str], path: str) -> None:
    """Check that the file knows every word.

    Raises
    ------
    CommandError
        Naming the first unknown word and known ones that are spelt much like it.
    """
    for word in words:
        if word not in vectors.key_to_index:
            close = close_spellings(word, vectors.index_to_key)
            hint = f"; close spellings: {', '.join(close)}" if close else ""
            raise CommandError(f"{word!r} is not among the {len(vectors):,} words of {path}{hint}")


def close_spellings(word: str, keys: Sequence[Any], n: int = 4) -> list[str]:
    """Return up to `n` of `keys` that are spelt much like `word`, best first."""
    from difflib import get_close_matches

    # Frequent words come first, and a wrong guess costs less than a minute's search.
    known = [key for key in keys[:100_000] if isinstance(key, str)]
    folded = word.casefold()
    same_but_case = [key for key in known if key.casefold() == folded]
    close = get_close_matches(folded, known, n)
    return list(dict.fromkeys(same_but_case + close))[:n]
