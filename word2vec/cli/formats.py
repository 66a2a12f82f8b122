"""Files of vectors in every format that the commands know.

What is read tells its format by its first bytes, what is written by the ending of its
name.
"""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.common import CommandError
from word2vec.cli.output import STREAM, output_target, stdin_bytes

if TYPE_CHECKING:
    from word2vec import KeyedVectors

NATIVE, TEXT, BINARY, GLOVE = "native", "word2vec text", "word2vec binary", "GloVe"
GENSIM, NUMPY, PROJECTOR, PARQUET = "gensim", "NumPy", "projector", "Parquet"

# As they are written on a command line.
FORMATS = {
    "native": NATIVE,
    "word2vec": TEXT,
    "word2vec-binary": BINARY,
    "glove": GLOVE,
    "gensim": GENSIM,
    "npy": NUMPY,
    "projector": PROJECTOR,
    "parquet": PARQUET,
}

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
_ENDINGS = {
    ".bin": BINARY,
    ".txt": TEXT,
    ".vec": TEXT,
    ".npy": NUMPY,
    ".tsv": PROJECTOR,
    ".parquet": PARQUET,
}
_HEAD = 1 << 16  # bytes to look at: longer than a line of 4,000 numbers
_HEADER = re.compile(rb"\d+ \d+ *\r?\n")


def file_format(path: str) -> str:
    """Return the format that the ending of `path` stands for, below that of a compression.

    Returns
    -------
    str
        One of the values of `FORMATS`; "native" for every ending that means nothing,
        "word2vec text" for standard output.
    """
    if path == STREAM:
        return TEXT
    name = Path(path)
    inner = Path(name.stem) if name.suffix.lower() in COMPRESSED else name
    return _ENDINGS.get(inner.suffix.lower(), NATIVE)


def load_vectors(
    path: str, kind: str | None = None, *, limit: int | None = None, vocabulary: str | None = None
) -> "KeyedVectors":
    """Return the vectors in a file, or on standard input.

    Parameters
    ----------
    path : str
        ``-`` is standard input.
    kind : str, optional
        One of the values of `FORMATS`; told from the first bytes by default.
    limit : int, optional
        Read the first so many words only.
    vocabulary : str, optional
        The words of a NumPy or projector file, a line for each row; by default the file
        beside it (`words_beside`).

    Raises
    ------
    OSError
        If a file cannot be read.
    FormatError
        If it is in no format, or not in this one.
    CommandError
        If the words and rows of two files do not belong together.
    """
    from word2vec import KeyedVectors

    source = _rereadable(path)
    kind = kind or recognise(source, path)
    if kind in (TEXT, BINARY, GLOVE):
        return KeyedVectors.load_word2vec_format(
            source, binary=kind == BINARY, no_header=kind == GLOVE, limit=limit
        )
    if kind in (NUMPY, PROJECTOR):
        return _read_pair(source, path, kind, vocabulary, limit)
    loaded: KeyedVectors = (
        _read_parquet(source, path) if kind == PARQUET else KeyedVectors.load(source)
    )
    if limit is not None and limit < len(loaded):
        return _assembled(
            loaded.index_to_key[:limit], loaded.vectors[:limit], loaded.expandos.get("count")
        )
    return loaded


def recognise(source: Any, path: str) -> str:
    """Return the format of a file by its first bytes, or else by the ending of `path`."""
    from word2vec.text.readers import open_binary

    with open_binary(source) as stream:
        head = stream.read(_HEAD)
    if isinstance(source, io.BytesIO):
        source.seek(0)
    if head.startswith(b"\x93NUMPY"):
        return NUMPY
    if head.startswith(b"PAR1"):
        return PARQUET
    if head[8:9] == b"{" or head.startswith((b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")):
        return NATIVE  # and gensim's pickles, which the same function reads
    header = _HEADER.match(head)
    if header:
        return TEXT if _is_row(head[header.end() :]) or header.end() == len(head) else BINARY
    if _is_row(head):
        return PROJECTOR if file_format(path) == PROJECTOR else GLOVE
    return file_format(path)


def _is_row(text: bytes) -> bool:
    """Whether a text begins with a key and decimal numbers."""
    line, end, _ = text.partition(b"\n")
    numbers = line.split()[1:]
    if not end:
        numbers = numbers[:-1]  # may be cut off
    try:
        return bool([float(number) for number in numbers])
    except ValueError:
        return False


def save_vectors(
    vectors: "KeyedVectors", path: str, kind: str | None = None, vocabulary: str | None = None
) -> None:
    """Write `vectors`.

    Parameters
    ----------
    path : str
        ``-`` is standard output.
    kind : str, optional
        One of the values of `FORMATS`; by the ending of `path` by default.
    vocabulary : str, optional
        Where the words of a NumPy or projector file go; beside it by default.

    Raises
    ------
    OSError
        If a file cannot be written.
    FormatError
        If a word cannot stand in the format.
    CommandError
        If the format needs two files and there is one name.
    """
    kind = kind or file_format(path)
    with output_target(path) as target:
        if kind in (NUMPY, PROJECTOR):
            _write_pair(vectors, target, kind, vocabulary or words_beside(path, kind))
        elif kind in (NATIVE, GENSIM):
            vectors.save(target, format=kind)
        elif kind == PARQUET:
            vectors.to_parquet(target)
        else:
            vectors.save_word2vec_format(target, binary=kind == BINARY, write_header=kind != GLOVE)


def words_beside(path: str, kind: str) -> str:
    """Return where the words of a NumPy or projector file stand.

    Returns
    -------
    str
        ``a.vocab`` for ``a.npy``; ``a_metadata.tsv`` for ``a.tsv`` and ``a_tensor.tsv``.

    Raises
    ------
    CommandError
        If `path` is a stream, beside which there is nothing.
    """
    if path == STREAM:
        raise CommandError(
            f"the {kind} format takes two files: name them, the words with --vocabulary FILE"
        )
    name = Path(path)
    while name.suffix.lower() in COMPRESSED:
        name = name.with_suffix("")
    if kind == NUMPY:
        return str(name.with_suffix(".vocab"))
    return str(name.with_name(name.stem.removesuffix("_tensor") + "_metadata.tsv"))


def _rereadable(path: str) -> Any:
    """Return what can be read twice: a stream is taken into memory."""
    from word2vec.text.readers import reads_once

    if path == STREAM:
        return io.BytesIO(stdin_bytes().read())
    if reads_once(path) and Path(path).exists():
        return io.BytesIO(Path(path).read_bytes())
    return path


def _read_pair(
    source: Any, path: str, kind: str, vocabulary: str | None, limit: int | None
) -> "KeyedVectors":
    import numpy as np

    from word2vec.errors import FormatError
    from word2vec.text.readers import open_binary

    words_file = vocabulary or words_beside(path, kind)
    words, counts = _read_words(words_file)
    with open_binary(source) as stream:
        try:
            rows = (
                np.load(io.BytesIO(stream.read()), allow_pickle=False)
                if kind == NUMPY
                else np.loadtxt(stream, np.float32, comments=None, delimiter="\t", ndmin=2)
            )
        except (ValueError, EOFError) as error:
            raise FormatError(f"{path}: no matrix of numbers: {error}") from error
    if rows.ndim != 2 or rows.dtype.kind != "f":
        raise FormatError(
            f"{path}: an array of {rows.dtype} of shape {rows.shape}; vectors are rows of floats"
        )
    if len(words) != len(rows):
        raise CommandError(
            f"{path} has {len(rows):,} rows, {words_file} has {len(words):,} words: name the "
            "file that has a line for each row with --vocabulary"
        )
    return _assembled(words[:limit], rows[:limit], counts)


def _read_parquet(source: Any, path: str) -> "KeyedVectors":
    from word2vec import KeyedVectors
    from word2vec.errors import FormatError
    from word2vec.extras import require
    from word2vec.text.readers import open_binary

    pyarrow = require("pyarrow", "arrow", "reading Parquet files")
    with open_binary(source) as stream:
        try:
            return KeyedVectors.from_parquet(io.BytesIO(stream.read()))
        except pyarrow.ArrowInvalid as error:
            raise FormatError(f"{path}: no Parquet table: {error}") from error


def _read_words(path: str) -> tuple[list[str], list[int] | None]:
    """Read a word a line, with its count behind if all lines have one."""
    from word2vec.text.readers import open_binary

    with open_binary(path) as stream:
        lines = stream.read().decode("utf-8", "replace").removesuffix("\n").split("\n")
    pairs = [re.fullmatch(r"(.+)[ \t](\d+)\r?", line) for line in lines]
    if all(pairs):
        matches = [pair for pair in pairs if pair is not None]
        return [pair[1] for pair in matches], [int(pair[2]) for pair in matches]
    return [line.removesuffix("\r") for line in lines], None


def _assembled(words: list[Any], rows: Any, counts: Any) -> "KeyedVectors":
    import numpy as np

    from word2vec import KeyedVectors

    vectors = KeyedVectors(rows.shape[1])
    vectors.add_vectors(words, np.asarray(rows, np.float32))
    if counts is not None and len(vectors) == len(words):
        vectors.expandos["count"] = np.asarray(counts[: len(words)], np.int64)
    return vectors


def _write_pair(vectors: "KeyedVectors", target: Any, kind: str, words: str) -> None:
    import numpy as np

    from word2vec.io.files import open_output
    from word2vec.io.word2vec_format import write_counts
    from word2vec.scripts.word2vec2tensor import write_projector

    if kind == PROJECTOR:
        write_projector(vectors, target, words)
        return
    counts = vectors.expandos.get("count")
    if counts is not None:
        write_counts(words, vectors.index_to_key, counts.tolist())
    else:
        with open_output(words, append=False) as lines:
            lines.writelines(f"{key}\n".encode() for key in vectors.index_to_key)
    with open_output(target, append=False) as file:
        np.save(file, vectors.vectors)
