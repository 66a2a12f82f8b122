"""The parts of ``gensim.utils`` that users of word2vec import.

Tokenising, Unicode, corpora as lines, rules of the vocabulary; same results as there.
"""

import builtins
import bz2
import gzip
import io
import itertools
import lzma
import os
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from word2vec.compat.save_load import SaveLoad, pickle, unpickle
from word2vec.errors import ParameterError
from word2vec.io.files import open_output
from word2vec.renamed import call_on_class_only
from word2vec.text.readers import open_binary
from word2vec.text.selection import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP, TrimRule, keeps

__all__ = [
    "PAT_ALPHABETIC",
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "ClippedCorpus",
    "RepeatCorpus",
    "RepeatCorpusNTimes",
    "SaveLoad",
    "any2unicode",
    "any2utf8",
    "call_on_class_only",
    "deaccent",
    "keep_vocab_item",
    "open",
    "pickle",
    "prune_vocab",
    "save_as_line_sentence",
    "simple_preprocess",
    "simple_tokenize",
    "to_unicode",
    "to_utf8",
    "tokenize",
    "unpickle",
]

PAT_ALPHABETIC = re.compile(r"(?:(?!\d)\w)+", re.UNICODE)
"""A run of letters and underscores: no digits, no punctuation."""

# ---- Unicode ---------------------------------------------------------------


def any2unicode(text: str | bytes, encoding: str = "utf8", errors: str = "strict") -> str:
    """Return `text` as str, decoding bytes.

    Raises
    ------
    UnicodeDecodeError
        If it is not in `encoding` and `errors` is "strict".
    """
    return text if isinstance(text, str) else str(text, encoding, errors=errors)


def any2utf8(text: str | bytes, errors: str = "strict", encoding: str = "utf8") -> bytes:
    """Return `text` as UTF-8, bytes in `encoding` too.

    Raises
    ------
    UnicodeError
        If that cannot be done and `errors` is "strict".
    """
    if isinstance(text, str):
        return text.encode("utf8")
    return str(text, encoding, errors=errors).encode("utf8")


to_unicode = any2unicode
to_utf8 = any2utf8


def deaccent(text: str | bytes) -> str:
    """Return `text` without combining marks, in Unicode form NFC; bytes are UTF-8."""
    letters = unicodedata.normalize("NFD", any2unicode(text))
    return unicodedata.normalize(
        "NFC", "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    )


# ---- tokens ----------------------------------------------------------------


def tokenize(
    text: str | bytes,
    lowercase: bool = False,
    deacc: bool = False,
    encoding: str = "utf8",
    errors: str = "strict",
    to_lower: bool = False,
    lower: bool = False,
) -> Iterator[str]:
    """Return the maximal runs of letters in `text`, one after the other.

    Parameters
    ----------
    text : str or bytes
    lowercase, to_lower, lower : bool
        Whether to lower it first; the three mean the same.
    deacc : bool
        Whether to remove accents first, see `deaccent`.
    encoding, errors : str
        Of bytes.
    """
    letters = any2unicode(text, encoding, errors=errors)
    if lowercase or to_lower or lower:
        letters = letters.lower()
    return simple_tokenize(deaccent(letters) if deacc else letters)


def simple_tokenize(text: str) -> Iterator[str]:
    """Return the maximal runs of letters in `text`, as they are."""
    return (found.group() for found in PAT_ALPHABETIC.finditer(text))


def simple_preprocess(
    doc: str | bytes, deacc: bool = False, min_len: int = 2, max_len: int = 15
) -> list[str]:
    """Turn a text into lower-case tokens.

    Parameters
    ----------
    doc : str or bytes
        Bytes are UTF-8; what is not is left out.
    deacc : bool
        Whether to remove accents.
    min_len, max_len : int
        Bounds of a token's length, in characters, both inclusive.

    Returns
    -------
    list of str
        Without tokens that begin with an underscore.
    """
    tokens = tokenize(doc, lower=True, deacc=deacc, errors="ignore")
    return [
        token for token in tokens if min_len <= len(token) <= max_len and not token.startswith("_")
    ]


# ---- corpora ---------------------------------------------------------------


def save_as_line_sentence(
    corpus: Iterable[Iterable[str]], filename: str | os.PathLike[str]
) -> None:
    """Write sentences as LineSentence reads them: one a line, words between blanks.

    Parameters
    ----------
    corpus : iterable of iterables of str
    filename : path
        Compressed if it ends in .gz, .bz2, .xz or .zst. An existing file is replaced
        only when the new one is complete.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with open_output(filename, append=False) as file:
        for sentence in corpus:
            file.write(any2utf8(" ".join(sentence) + "\n"))


class RepeatCorpus:
    """The documents of a corpus over and over again, `reps` documents in all."""

    def __init__(self, corpus: Iterable[Any], reps: int) -> None:
        self.corpus = corpus
        self.reps = reps

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(itertools.cycle(self.corpus), self.reps)


class RepeatCorpusNTimes:
    """A corpus `n` times, one pass after the other."""

    def __init__(self, corpus: Iterable[Any], n: int) -> None:
        self.corpus = corpus
        self.n = n

    def __iter__(self) -> Iterator[Any]:
        for _ in range(self.n):
            yield from self.corpus


class ClippedCorpus:
    """The first `max_docs` documents of a corpus; all with None."""

    def __init__(self, corpus: Iterable[Any], max_docs: int | None = None) -> None:
        self.corpus = corpus
        self.max_docs = max_docs

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(self.corpus, self.max_docs)

    def __len__(self) -> int:
        n: int = len(self.corpus)  # type: ignore[arg-type]
        return n if self.max_docs is None else min(self.max_docs, n)


# ---- vocabulary ------------------------------------------------------------


def keep_vocab_item(
    word: Hashable, count: int, min_count: int, trim_rule: TrimRule | None = None
) -> bool:
    """Whether `trim_rule`, or else `min_count`, keeps a word."""
    return keeps(word, count, min_count, trim_rule)


def prune_vocab(vocab: dict[Any, int], min_reduce: int, trim_rule: TrimRule | None = None) -> int:
    """Delete words that occur less often than `min_reduce`; return the sum of their counts."""
    dropped = [
        word for word, count in vocab.items() if not keeps(word, count, min_reduce, trim_rule)
    ]
    return sum(vocab.pop(word) for word in dropped)


# ---- files -----------------------------------------------------------------

_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def open(
    uri: str | os.PathLike[str],
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
) -> IO[Any]:
    """Open a file, through a compressor if its name ends in .gz, .bz2, .xz or .zst.

    As the built-in function, and like gensim's for files on this machine. Text is
    UTF-8 unless told otherwise.

    Raises
    ------
    ParameterError
        For a URL.
    OSError
        If the file cannot be opened.
    """
    name = os.fspath(uri)
    if "://" in name:
        raise ParameterError(f"{name!r} is a URL: download it first, only files are opened")
    if "b" not in mode:
        encoding = encoding or "utf8"
    suffix = Path(name).suffix
    if suffix == ".zst":
        return _open_zst(name, mode, encoding, errors, newline)
    if suffix not in _OPENERS:
        return builtins.open(name, mode, buffering, encoding, errors, newline)
    # Compressors take "r" for bytes.
    mode = mode if "b" in mode else mode.replace("t", "") + "t"
    opener: Any = _OPENERS[suffix]
    return cast("IO[Any]", opener(name, mode, encoding=encoding, errors=errors, newline=newline))


def _open_zst(
    name: str, mode: str, encoding: str | None, errors: str | None, newline: str | None
) -> IO[Any]:
    if "r" not in mode:
        raise ParameterError(f"mode={mode!r}: .zst files are only opened for reading")
    with open_binary(name) as found:
        file = io.BytesIO(found.read())
    return file if "b" in mode else io.TextIOWrapper(file, encoding, errors, newline)
