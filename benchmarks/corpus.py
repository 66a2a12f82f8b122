"""Make the one plain text file that every system of a session reads.

``python -P corpus.py OUT WORDS SEED`` generates one with the installed library's
grammar; `run.py` starts it so, because it never imports the library itself.
"""

import bz2
import gzip
import hashlib
import lzma
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

OPENERS: dict[str, Callable[..., Any]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}


def prepare(corpus: Path, folder: Path, max_words: int | None) -> Path:
    """Return a plain file: `corpus` itself, or an unpacked or shortened copy in `folder`.

    Parameters
    ----------
    max_words : int or None
        Keep this many words from the start; the last line is cut where they end.

    Raises
    ------
    OSError
        If the corpus cannot be read.
    """
    opener = OPENERS.get(corpus.suffix, open)
    if max_words is not None:
        short = folder / f"first-{max_words}-words.txt"
        with opener(corpus, "rb") as lines, short.open("wb") as out:
            _copy_words(lines, out, max_words)
        return short
    if corpus.suffix not in OPENERS:
        return corpus
    plain = folder / corpus.stem
    with opener(corpus, "rb") as packed, plain.open("wb") as out:
        shutil.copyfileobj(packed, out, 1 << 20)
    return plain


def _copy_words(lines: BinaryIO, out: BinaryIO, max_words: int) -> None:
    left = max_words
    for line in lines:
        words = line.split()
        out.write(line if len(words) < left else b" ".join(words[:left]) + b"\n")
        left -= len(words)
        if left <= 0:
            break


def measure(path: Path) -> dict[str, Any]:
    """Count words (as ``str.split`` does), lines and bytes, and take the SHA-256."""
    words = lines = size = 0
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            size += len(line)
            lines += 1
            words += len(line.decode("utf-8", "replace").split())
    return {"words": words, "lines": lines, "bytes": size, "sha256": digest.hexdigest()}


def generate(path: str, n_words: int, seed: int) -> None:
    """Write a corpus of the library's own grammar."""
    from word2vec import datasets

    datasets.write_corpus(path, n_words=n_words, seed=seed)


if __name__ == "__main__":
    generate(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
