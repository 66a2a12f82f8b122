"""The text and binary formats of word2vec.c, as every embedding tool writes them.

Text: a header "n_words vector_size", then one line "word number ... number" for
each. Binary: the same header, then "word " and little-endian float32 for each.
Files are read in pieces, and memory grows with what they hold, not with what their
header says.
"""

import logging
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from word2vec import memory
from word2vec.errors import EncodingError, FormatError, ParameterError, TruncatedFileError
from word2vec.io import _format
from word2vec.io.container import Source
from word2vec.io.files import open_output
from word2vec.params import OPTIONS
from word2vec.text.readers import lines_of, open_binary

logger = logging.getLogger(__name__)

Floats = npt.NDArray[Any]

_CHUNK = 4 * 2**20  # bytes read at a time
_FIRST_FLOATS = 2**20  # in the first array, which grows by halves
_ROWS_AT_ONCE = 4 * 2**20  # bytes of vectors written at a time
_MAX_SIZE = int(OPTIONS["vector_size"].maximum or 2**20)
_MAX_LINE = 32 * _MAX_SIZE  # bytes: a line or row longer than this is no vector
_UNCHECKED = 2**26  # bytes that are allocated without asking what is left
_ENDLESS = 2**62
_WHITESPACE = re.compile(rb"[ \t\n\v\f\r]")  # what isspace() of C is true for
_TRUNCATED = "unexpected end of input; is count incorrect or file otherwise damaged?"


@dataclass
class WordVectors:
    """What a file holds.

    Attributes
    ----------
    keys : list of str
    vectors : ndarray of shape (n_keys, vector_size)
    counts : ndarray of shape (n_keys,), int64
        From the vocabulary file, or else n to 1, which keeps the order of the file.
    """

    keys: list[str]
    vectors: Floats
    counts: npt.NDArray[np.int64]


# ---- writing ---------------------------------------------------------------


def write(
    target: Source,
    keys: Sequence[Any],
    vectors: Floats,
    *,
    order: npt.NDArray[np.int64] | None = None,
    binary: bool = False,
    total: int | None = None,
    write_header: bool = True,
    prefix: str = "",
    append: bool = False,
) -> None:
    """Write vectors in the text or binary format.

    Parameters
    ----------
    target : str, path or open binary file
        Compressed if the name ends in .gz, .bz2, .xz or .zst.
    keys : sequence
        Written as ``str(key)``, bytes as they are.
    vectors : ndarray of shape (n_keys, vector_size), float
        Text holds the shortest decimals that read back as the same numbers; binary
        holds float32.
    order : ndarray of int64, optional
        The rows to write, in this order; all of them without it.
    total : int, optional
        What the header says instead of the number of rows.
    prefix : str
        Put before each key.
    append : bool
        Write behind what the file holds.

    Raises
    ------
    FormatError
        If a key holds whitespace or is not UTF-8, or two keys are the same in text:
        the file could not be read back.
    OSError
        If the file cannot be written; unless appending, an old file is untouched.
    """
    if order is None:
        order = np.arange(len(keys))
    encoded = _encode_keys([keys[row] for row in order.tolist()], prefix)
    step = max(1, _ROWS_AT_ONCE // max(1, vectors.shape[1] * vectors.itemsize))
    with open_output(target, append) as file:
        if write_header:
            file.write(b"%d %d\n" % (len(encoded) if total is None else total, vectors.shape[1]))
        for begin in range(0, len(encoded), step):
            rows = vectors[order[begin : begin + step]]
            names = encoded[begin : begin + step]
            file.write(_binary_rows(names, rows) if binary else _text_rows(names, rows))


def write_counts(target: Source, keys: Sequence[Any], counts: Sequence[int]) -> None:
    """Write a vocabulary file: a line "key count" for each key.

    Raises
    ------
    FormatError
        As `write`.
    OSError
        If the file cannot be written.
    """
    names = _encode_keys(keys, "")
    with open_output(target, append=False) as file:
        file.write(b"".join(b"%s %d\n" % pair for pair in zip(names, counts, strict=True)))


def _encode_keys(keys: Sequence[Any], prefix: str) -> list[bytes]:
    start = prefix.encode()
    try:
        encoded = [
            start + (key if isinstance(key, bytes) else str(key).encode("utf-8")) for key in keys
        ]
    except UnicodeEncodeError as error:
        raise FormatError(f"the key {error.object!r} cannot be written as UTF-8") from error
    if _WHITESPACE.search(b"".join(encoded)):
        key = next(name for name in encoded if _WHITESPACE.search(name))
        raise FormatError(
            f"the key {key.decode('utf-8', 'replace')!r} contains whitespace, which ends a key in "
            "word2vec files; replace it (as by '_') or use save(), which keeps any key"
        )
    if len(set(encoded)) != len(encoded):
        raise FormatError("two keys have the same text, as 1 and '1' do; use save() for them")
    return encoded


def _text_rows(keys: list[bytes], rows: Floats) -> bytes | bytearray:
    if rows.dtype.itemsize <= 4:
        return _format.format_text(keys, np.ascontiguousarray(rows, dtype=np.float32))
    lines = (" ".join(map(repr, row)).encode() for row in rows.tolist())
    return b"".join(b"%s %s\n" % pair for pair in zip(keys, lines, strict=True))


def _binary_rows(keys: list[bytes], rows: Floats) -> bytes:
    data = np.ascontiguousarray(rows, dtype="<f4").tobytes()
    size = 4 * rows.shape[1]
    pieces = []
    for row, key in enumerate(keys):
        pieces += [key, b" ", data[row * size : row * size + size]]
    return b"".join(pieces)


# ---- reading ---------------------------------------------------------------


def read(
    source: Source,
    *,
    fvocab: Source | None = None,
    binary: bool = False,
    encoding: str = "utf8",
    unicode_errors: str = "strict",
    limit: int | None = None,
    datatype: npt.DTypeLike = np.float32,
    no_header: bool = False,
) -> WordVectors:
    """Read a file in the text or binary format.

    Of rows with the same key the first is kept. Duplicates, rows beyond the header's
    number and a last line without its newline are reported by a warning each.

    Parameters
    ----------
    source : str, path or open binary file
        Decompressed if the name ends in .gz, .bz2, .xz or .zst.
    fvocab : str, path or open binary file, optional
        Vocabulary file with the counts, see `write_counts`.
    unicode_errors : str
        What to do with keys that are not in `encoding`, as in ``bytes.decode``.
    limit : int, optional
        Read only so many rows.
    datatype : dtype
        Float type of the vectors in memory.
    no_header : bool
        Text without the first line, as GloVe writes it.

    Returns
    -------
    WordVectors

    Raises
    ------
    TruncatedFileError
        If the file ends before the last row (an EOFError and a ValueError).
    FormatError
        If the header or a line is not what it must be.
    EncodingError
        If a key is not in `encoding` and `unicode_errors` is "strict"; also a
        UnicodeDecodeError.
    NotEnoughMemoryError
        If the rows read so far leave no room for more.
    ParameterError
        If `limit` is negative or `datatype` is no float type.
    NotImplementedError
        For a binary file without header.
    OSError
        If the file cannot be read.
    """
    if binary and no_header:
        raise NotImplementedError("no_header only available for text-format files")
    if limit is not None and limit < 0:
        raise ParameterError(f"limit={limit!r}: it must be an integer >= 0 or None")
    dtype = np.dtype(datatype)
    if dtype.kind != "f":
        raise ParameterError(f"datatype={dtype}: it must be a float type")
    counts = None if fvocab is None else _read_counts(fvocab, encoding, unicode_errors)
    with open_binary(source) as file:
        reader = _Reader(file, binary, dtype, encoding, unicode_errors)
        count = reader.read_header(no_header)
        reader.read_rows(count if limit is None else min(limit, count), counted=not no_header)
        if count <= (_ENDLESS if limit is None else limit):
            reader.report_surplus(count)
    return reader.finish(counts)


# Reads rows from data[position:]: (ok, position, lines, filled), see _format.
Parser = Callable[[bytes, int, Floats, int, npt.NDArray[np.int64]], tuple[bool, int, int, int]]


class _Reader:
    """One pass over a file; `vectors[:len(keys)]` is what it found so far."""

    def __init__(
        self, file: IO[bytes], binary: bool, dtype: np.dtype[Any], encoding: str, errors: str
    ) -> None:
        self.file = file
        self.binary = binary
        self.dtype = dtype
        self.encoding = encoding
        self.errors = errors
        self.data = b""
        self.position = 0
        self.lines = 0
        self.keys: list[str] = []
        # float64 holds what float32 and float16 need, and text may hold more.
        wide = dtype.itemsize > 4 and not binary
        self.vectors: Floats = np.empty((0, 1), dtype=np.float64 if wide else np.float32)
        self.parse: Parser = _parse_text_wide if wide else _format.parse_text
        if binary:
            self.parse = _parse_binary

    def read_header(self, no_header: bool) -> int:
        """Read the first line; return the number of rows, all there are if unknown."""
        while b"\n" not in self.data and len(self.data) <= _MAX_LINE and self._read_more():
            pass
        if not self.data:
            raise TruncatedFileError("the file is empty")
        line = self.data.partition(b"\n")[0]
        if no_header:
            count, size = _ENDLESS, len(line.split()) - 1
        else:
            self.position = min(len(line) + 1, len(self.data))
            self.lines = 1
            count, size = _parse_header(line)
        if not 1 <= size <= _MAX_SIZE:
            raise FormatError(
                f"the first line {line[:60]!r} gives vectors of size {size}; it must be from 1 to "
                f"{_MAX_SIZE} (is the header missing? then use no_header=True)"
            )
        self.vectors = np.empty((0, size), dtype=self.vectors.dtype)
        return count

    def read_rows(self, wanted: int, counted: bool) -> None:
        """Read `wanted` rows; without `counted`, fewer will do."""
        self._reserve(min(wanted, max(1, _FIRST_FLOATS // self.vectors.shape[1])))
        while True:
            self._parse_buffer()
            if len(self.keys) == wanted:
                return
            if len(self.keys) == len(self.vectors):
                self._reserve(min(wanted, len(self.vectors) * 3 // 2 + 1))
            elif not self._read_more():
                break
        unended = self._parse_last_line()
        if counted and len(self.keys) < wanted:
            raise TruncatedFileError(
                f"{_TRUNCATED} ({wanted} rows expected, {len(self.keys)} found)"
            )
        if unended:
            warnings.warn(
                "the file does not end with a newline; its last number may be cut off",
                UserWarning,
                stacklevel=4,
            )

    def report_surplus(self, count: int) -> None:
        """Warn if more than blanks follow the last row."""
        while not self.data[self.position :].strip():
            self.position = len(self.data)
            if not self._read_more():
                return
        warnings.warn(
            f"the header counts {count} rows but more data follow; they were not read",
            UserWarning,
            stacklevel=4,
        )

    def finish(self, counts: dict[str, int] | None) -> WordVectors:
        """Hand over the rows, the first one of each key."""
        n = len(self.keys)
        vectors = self.vectors[:n] if n < len(self.vectors) else self.vectors
        ranks = np.arange(n, 0, -1, dtype=np.int64)
        if len(set(self.keys)) < n:
            first = {key: row for row, key in reversed(list(enumerate(self.keys)))}
            kept = np.array(sorted(first.values()))
            warnings.warn(
                f"{n - len(kept)} of {n} rows repeat a key; the first row of each key is kept",
                UserWarning,
                stacklevel=4,
            )
            self.keys = [self.keys[row] for row in kept.tolist()]
            vectors, ranks = vectors[kept], ranks[kept]
        if counts is not None:
            ranks = _look_up_counts(self.keys, counts)
        if self.binary and sys.byteorder == "big":
            vectors = vectors.byteswap()
        return WordVectors(self.keys, vectors.astype(self.dtype, copy=False), ranks)

    def _read_more(self) -> bool:
        """Append to the unread rest of the buffer; False at the end of the file."""
        rest = self.data[self.position :]
        if len(rest) > _MAX_LINE:
            raise FormatError(
                f"a row begins with {rest[:60]!r} and is longer than {_MAX_LINE} bytes: this is "
                "no file of word vectors, or not in the format asked for (binary=True or False)"
            )
        # Reading as much as is left over keeps endless lines from costing n^2.
        chunk = self.file.read(max(_CHUNK, len(rest)))
        self.data, self.position = rest + chunk, 0
        return bool(chunk)

    def _reserve(self, n_rows: int) -> None:
        size = self.vectors.shape[1]
        more = (n_rows - len(self.vectors)) * size * self.vectors.itemsize
        if more > _UNCHECKED:
            memory.check_fits(
                more, f"{n_rows} vectors of size {size}", "read fewer of them with limit=..."
            )
        # resize() moves pages instead of copying them where the system can.
        self.vectors.resize((n_rows, size), refcheck=False)

    def _parse_buffer(self) -> None:
        spans = np.empty((len(self.vectors), 2), dtype=np.int64)
        begin = len(self.keys)
        ok, self.position, lines, filled = self.parse(
            self.data, self.position, self.vectors, begin, spans
        )
        self.lines += lines
        try:
            self.keys += [
                self.data[start:end].decode(self.encoding, self.errors)
                for start, end in spans[begin:filled].tolist()
            ]
        except UnicodeDecodeError as error:
            raise EncodingError(*error.args) from error
        if not ok:
            raise FormatError(
                f"invalid vector on line {self.lines + 1} (is this really the text format?): "
                f"{self.data[self.position : self.position + 60]!r} should be a key and "
                f"{self.vectors.shape[1]} numbers"
            )

    def _parse_last_line(self) -> bool:
        """Read text that ends without a newline; return whether there was any."""
        if self.binary or not self.data[self.position :].strip():
            return False
        self.data += b"\n"
        try:
            self._parse_buffer()
        except FormatError as error:
            raise TruncatedFileError(f"{_TRUNCATED} (the last line is incomplete)") from error
        return True


def _parse_header(line: bytes) -> tuple[int, int]:
    try:
        count, size = map(int, line.split())
    except ValueError as error:
        raise FormatError(
            f"the first line should be 'n_words vector_size', not {line[:60]!r} "
            "(for text without a header use no_header=True)"
        ) from error
    if count < 0:
        raise FormatError(f"the header gives {count} rows")
    return count, size


def _parse_binary(
    data: bytes, position: int, rows: Floats, filled: int, spans: npt.NDArray[np.int64]
) -> tuple[bool, int, int, int]:
    position, filled = _format.parse_binary(data, position, rows, filled, spans)
    return True, position, 0, filled


def _parse_text_wide(
    data: bytes, position: int, rows: Floats, filled: int, spans: npt.NDArray[np.int64]
) -> tuple[bool, int, int, int]:
    """Parse text into float64: rarely asked for, so plain Python does."""
    lines = 0
    while filled < len(rows) and (newline := data.find(b"\n", position)) >= 0:
        key, *numbers = re.split(rb"[ \t]+", data[position:newline].rstrip(b" \t\r"))
        if key or numbers:
            try:
                if len(numbers) != rows.shape[1] or any(b"_" in number for number in numbers):
                    return False, position, lines, filled
                rows[filled] = [float(number) for number in numbers]
            except ValueError:
                return False, position, lines, filled
            spans[filled] = position, position + len(key)
            filled += 1
        position = newline + 1
        lines += 1
    return True, position, lines, filled


def _read_counts(source: Source, encoding: str, errors: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    with open_binary(source) as file:
        for number, line in enumerate(lines_of(file, "vocabulary file"), 1):
            try:
                key, count = line.split()
                counts[key.decode(encoding, errors)] = _count(count)
            except UnicodeDecodeError as error:
                raise EncodingError(*error.args) from error
            except ValueError as error:
                raise FormatError(
                    f"line {number} of the vocabulary file should be 'key count', not {line[:60]!r}"
                ) from error
    return counts


def _count(text: bytes) -> int:
    count = int(text)
    if not 0 <= count < 2**63:
        raise ValueError(f"{count} is no count")
    return count


def _look_up_counts(keys: list[str], counts: dict[str, int]) -> npt.NDArray[np.int64]:
    missing = [key for key in keys if key not in counts]
    if missing:
        logger.warning(
            "vocabulary file is incomplete: %i keys are missing, the first is %r; their count is 0",
            len(missing),
            missing[0],
        )
    return np.array([counts.get(key, 0) for key in keys], dtype=np.int64)
