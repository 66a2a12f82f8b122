"""The native file: named arrays and a few facts in one file, without pickle.

The layout is that of safetensors: an unsigned 64-bit little-endian header length,
a JSON header with dtype, shape and data_offsets of each array, then the raw
little-endian C-order arrays without gaps. The string map ``__metadata__`` holds
``format``, ``version``, ``kind`` (what the arrays are) and ``meta`` (JSON).

The safetensors package checks and reads the arrays; before it, the header is held to
what the package lets pass (names that occur twice, huge headers). Writing is done
here: the package orders its facts at random, needs a copy of everything for open
files and makes new files unreadable for others. It streams the arrays and replaces
the old file at the end.
"""

import contextlib
import io
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from safetensors import SafetensorError, safe_open

from word2vec.errors import FormatError, ParameterError, ParameterTypeError, TruncatedFileError
from word2vec.io.files import is_open_file, replace_file
from word2vec.io.keys import decode_keys, encode_keys

__all__ = ["Container", "MmapMode", "Source", "decode_keys", "encode_keys", "read", "write"]

FORMAT = "word2vec-hogwild"
VERSION = 1

Array = npt.NDArray[Any]
Source = str | os.PathLike[str] | BinaryIO
MmapMode = Literal["r", "c", "r+"]

# The names of safetensors. "<" is part of the format; numpy drops it where native.
_DTYPES = {
    name: np.dtype(code)
    for name, code in {
        "F64": "<f8", "F32": "<f4", "F16": "<f2",
        "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
        "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1",
        "BOOL": "?",
    }.items()
}  # fmt: skip
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}

# safetensors' own limit is 100 MB; ours holds names and options, not vocabularies.
_MAX_HEADER = 16 * 2**20
_MAX_DEPTH = 32  # of what is in it; ours is nested four deep
_ALIGNMENT = 64  # of the first array, so that a memory map of the vectors is aligned
_BLOCK = 8 * 2**20  # bytes copied at a time where an array cannot be written as it is


@dataclass
class Container:
    """The content of one file.

    Attributes
    ----------
    kind : str
        What the arrays are, as "keyed_vectors" or "word2vec".
    tensors : dict of str to ndarray
    meta : dict
        What was given to `write`, after a trip through JSON.
    """

    kind: str
    tensors: dict[str, Array]
    meta: dict[str, Any] = field(default_factory=dict)


# ---- writing ---------------------------------------------------------------


def write(target: Source, kind: str, tensors: Mapping[str, Array], meta: Mapping[str, Any]) -> None:
    """Write arrays and facts to one file.

    Parameters
    ----------
    target : str, path or open binary file
        A named file is replaced only after everything is on the disk.
    kind : str
        What the arrays are.
    tensors : mapping of str to ndarray
        Bool, integer and float arrays of any shape and memory order; not copied.
    meta : mapping
        Anything JSON can hold, with finite numbers.

    Raises
    ------
    ParameterTypeError
        If a dtype or a name is not in the format, or `meta` is not JSON.
    ParameterError
        If names and facts exceed 16 MiB.
    OSError
        If the file cannot be written; an old file is untouched then.
    """
    # Widest items first: every array is aligned to its items without gaps.
    ordered = sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    header = _encode_header(kind, ordered, meta)
    if is_open_file(target):
        _write_to(target, header, ordered)  # type: ignore[arg-type]
    else:
        with replace_file(target) as file:  # type: ignore[arg-type]
            _write_to(file, header, ordered)


def _encode_header(kind: str, tensors: list[tuple[str, Array]], meta: Mapping[str, Any]) -> bytes:
    try:
        # ASCII: a lone surrogate in the header is no JSON for other readers.
        facts = json.dumps(dict(meta), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ParameterTypeError(f"the facts of a file must fit into JSON: {error}") from error
    header: dict[str, Any] = {
        "__metadata__": {"format": FORMAT, "version": str(VERSION), "kind": kind, "meta": facts}
    }
    position = 0
    for name, array in tensors:
        dtype = array.dtype.newbyteorder("<")
        if name == "__metadata__" or any("\ud800" <= letter <= "\udfff" for letter in name):
            raise ParameterTypeError(f"no array of a file can be named {name!r}; rename it")
        if dtype not in _NAMES:
            raise ParameterTypeError(
                f"array {name!r} has dtype {array.dtype}; files hold {', '.join(_DTYPES)}"
            )
        header[name] = {
            "dtype": _NAMES[dtype],
            "shape": list(array.shape),
            "data_offsets": [position, position + array.nbytes],
        }
        position += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    if len(text) > _MAX_HEADER:
        raise ParameterError(f"names and facts take {len(text)} bytes, at most {_MAX_HEADER}")
    return len(text).to_bytes(8, "little") + text


def _write_to(file: BinaryIO, header: bytes, tensors: list[tuple[str, Array]]) -> None:
    file.write(header)
    for _, array in tensors:
        for block in _little_endian_blocks(array):
            # A raw file may take less than it is given.
            view = block.data.cast("B")
            while view:
                written = file.write(view)
                view = view[len(view) if written is None else written :]


def _little_endian_blocks(array: Array) -> Iterator[Array]:
    """Yield the items in C order, copied only where the memory is otherwise."""
    if array.size == 0:
        return
    little = array.dtype.newbyteorder("<")
    if array.flags.c_contiguous and array.dtype == little:
        yield array
        return
    rows = array if array.ndim > 1 else array.reshape(-1, 1)
    step = max(1, _BLOCK // (rows[0].nbytes or 1))
    for begin in range(0, len(rows), step):
        yield np.ascontiguousarray(rows[begin : begin + step], dtype=little)


# ---- reading ---------------------------------------------------------------


def read(source: Source, *, mmap: MmapMode | None = None) -> Container:
    """Read a file that `write` wrote.

    Parameters
    ----------
    source : str, path or open binary file
        An open file is read from where it stands to its end, and takes twice the
        memory while it is read.
    mmap : {None, "r", "c", "r+"}
        Map the arrays instead of reading them: read-only, copy-on-write, or writing
        through to the file. Named files only.

    Returns
    -------
    Container

    Raises
    ------
    FormatError
        If it is not such a file or its header contradicts itself.
    TruncatedFileError
        If the file ends too soon.
    ParameterError
        If `mmap` is not one of the modes, or `source` cannot be mapped.
    OSError
        If the file cannot be read.
    """
    if mmap not in (None, "r", "c", "r+"):
        raise ParameterError(f"mmap={mmap!r}: it must be None, 'r', 'c' or 'r+'")
    if is_open_file(source):
        if mmap is not None:
            raise ParameterError("mmap needs the name of a file, not an open one")
        return _read_stream(source)  # type: ignore[arg-type]
    return _read_file(source, mmap)  # type: ignore[arg-type]


def _read_stream(file: BinaryIO) -> Container:
    data = file.read()
    start, header = _read_header(io.BytesIO(data), len(data))
    kind, meta = _check_metadata(header.pop("__metadata__", None))
    _check_members(header)
    with _format_errors(header, len(data) - start):
        tensors = safetensors.numpy.load(data)
    return Container(kind, _check_booleans(tensors), meta)


def _read_file(path: str | os.PathLike[str], mmap: MmapMode | None) -> Container:
    with open(path, "rb") as file:
        state = os.fstat(file.fileno())
        start, header = _read_header(file, state.st_size)
        kind, meta = _check_metadata(header.pop("__metadata__", None))
        _check_members(header)
        with (
            _format_errors(header, state.st_size - start),
            safe_open(path, framework="numpy", backend="pread") as checked,
        ):
            tensors = checked.get_tensors() if mmap is None else _map(path, start, header, mmap)
        if not os.path.samestat(state, os.stat(path)):
            # Replaced by another save since: the header is not that of the arrays.
            return _read_file(path, mmap)
    return Container(kind, _check_booleans(tensors), meta)


def _read_header(file: BinaryIO, size: int) -> tuple[int, dict[str, Any]]:
    """Return where the arrays start, and the header."""
    prefix = file.read(8)
    if prefix.startswith(b"\x80"):
        raise FormatError(
            "this looks like a pickle, not a native file; gensim's are read by Word2Vec.load() "
            "and KeyedVectors.load()"
        )
    if size < 8:
        raise TruncatedFileError(f"a native file has at least 8 bytes, this one has {size}")
    length = int.from_bytes(prefix, "little")
    if length > _MAX_HEADER:
        raise FormatError(
            f"not a native file: it starts with {prefix!r}; word2vec's text and binary formats "
            "are read by load_word2vec_format()"
        )
    if 8 + length > size:
        raise TruncatedFileError(f"the header should have {length} bytes, the file has {size - 8}")
    return 8 + length, _parse_json(file.read(length), "header")


def _parse_json(data: bytes | str, what: str) -> dict[str, Any]:
    """Parse strict JSON: no duplicate names, no NaN, an object at the top."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name occurs twice")
        return dict(pairs)

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    def finite(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise ValueError(f"{digits[:40]} is too large a number")
        return number

    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        content = json.loads(
            text, object_pairs_hook=unique, parse_constant=refuse, parse_float=finite
        )
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the {what} of the file is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise FormatError(f"the {what} of the file is not a JSON object")
    _check_depth(content, what)
    return content


def _check_depth(content: Any, what: str) -> None:
    """Refuse what later could not be shown or written for its depth."""
    level = [content]
    for _ in range(_MAX_DEPTH):
        level = [
            item
            for part in level
            if isinstance(part, dict | list)
            for item in (part.values() if isinstance(part, dict) else part)
        ]
    if level:
        raise FormatError(f"the {what} of the file is nested more than {_MAX_DEPTH} deep")


def _check_metadata(metadata: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise FormatError(f"the file has the layout of safetensors but was not written by {FORMAT}")
    if metadata.get("version") != str(VERSION):
        raise FormatError(
            f"the file has format version {metadata.get('version')!r}, this release reads "
            f"{VERSION}; a newer release may read it"
        )
    kind, meta = metadata.get("kind"), metadata.get("meta")
    if not isinstance(kind, str) or not isinstance(meta, str):
        raise FormatError("the file does not say what it holds")
    return kind, _parse_json(meta, "metadata")


def _check_members(header: dict[str, Any]) -> None:
    """Check what of each array's description the package would let pass."""
    for name, fields in header.items():
        if not isinstance(fields, dict) or fields.keys() != {"dtype", "shape", "data_offsets"}:
            raise FormatError(f"array {name!r} needs exactly dtype, shape and data_offsets")
        if not isinstance(fields["dtype"], str) or fields["dtype"] not in _DTYPES:
            raise FormatError(
                f"array {name!r} has dtype {fields['dtype']!r}; allowed are {', '.join(_DTYPES)}"
            )


@contextlib.contextmanager
def _format_errors(header: dict[str, Any], size: int) -> Iterator[None]:
    """Say of what the package refuses whether the file lies or ends too soon."""
    try:
        yield
    except (SafetensorError, ValueError, OverflowError) as error:
        # It does not say which; offsets that are no numbers are a lie.
        with contextlib.suppress(TypeError, LookupError):
            needed = max((fields["data_offsets"][1] for fields in header.values()), default=0)
            if needed > size:
                raise TruncatedFileError(
                    f"the arrays should take {needed} bytes, there are {size}"
                ) from error
        raise FormatError(f"the arrays of the file are not where it says: {error}") from error


def _map(
    path: str | os.PathLike[str], start: int, header: dict[str, Any], mode: MmapMode
) -> dict[str, Array]:
    """Map the arrays of a header that the package has checked."""
    data = np.memmap(path, dtype=np.uint8, mode=mode)
    tensors: dict[str, Array] = {}
    for name, fields in header.items():
        begin, end = fields["data_offsets"]
        piece = data[start + begin : start + end].view(_DTYPES[fields["dtype"]])
        tensors[name] = piece.reshape(fields["shape"])
    return tensors


def _check_booleans(tensors: dict[str, Array]) -> dict[str, Array]:
    """Refuse bytes that numpy would take for True without being 1."""
    for name, array in tensors.items():
        if array.dtype == np.bool_ and (array.view(np.uint8) > 1).any():
            raise FormatError(f"array {name!r} holds truth values other than 0 and 1")
    return tensors
