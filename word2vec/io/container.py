"""The native file: named arrays and a few facts in one file, without pickle.

The layout is that of safetensors: an unsigned 64-bit little-endian header length,
a JSON header with dtype, shape and data_offsets of each array, then the raw
little-endian C-order arrays without gaps. The string map ``__metadata__`` holds
``format``, ``version``, ``kind`` (what the arrays are) and ``meta`` (JSON).

Reading trusts nothing: every number is checked against the size of the file before
memory is asked for. Writing streams the arrays and replaces the old file at the end.
"""

import io
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

import numpy as np
import numpy.typing as npt

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


@dataclass(frozen=True)
class _Entry:
    """Where one array stands, checked."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int


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
        If a dtype is not in the format or `meta` is not JSON.
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
        facts = json.dumps(dict(meta), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ParameterTypeError(f"the facts of a file must fit into JSON: {error}") from error
    header: dict[str, Any] = {
        "__metadata__": {"format": FORMAT, "version": str(VERSION), "kind": kind, "meta": facts}
    }
    position = 0
    for name, array in tensors:
        dtype = array.dtype.newbyteorder("<")
        if dtype not in _NAMES or name == "__metadata__":
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
        An open file is read from where it stands to the end of the last array.
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
        return _read_from(_seekable(source), None, None)  # type: ignore[arg-type]
    with open(source, "rb") as file:  # type: ignore[arg-type]
        return _read_from(file, source, mmap)  # type: ignore[arg-type]


def _seekable(file: BinaryIO) -> BinaryIO:
    """Return a file whose size can be asked for; read a stream into memory."""
    seekable = getattr(file, "seekable", None)
    return file if seekable is not None and seekable() else io.BytesIO(file.read())


def _read_from(
    file: BinaryIO, path: str | os.PathLike[str] | None, mmap: MmapMode | None
) -> Container:
    start = file.tell()
    size = file.seek(0, os.SEEK_END) - start
    file.seek(start)
    prefix = file.read(8)
    length = int.from_bytes(prefix, "little")
    _check_prefix(prefix, length, size)
    header = _parse_json(file.read(length), "header")
    kind, meta = _check_metadata(header.pop("__metadata__", None))
    entries = _check_entries(header, size - 8 - length)
    if mmap is not None and path is not None:
        tensors = _map_tensors(path, 8 + length, entries, mmap)
    else:
        tensors = {entry.name: _read_tensor(file, entry) for entry in entries}
    return Container(kind, tensors, meta)


def _check_prefix(prefix: bytes, length: int, size: int) -> None:
    if prefix.startswith(b"\x80"):
        raise FormatError(
            "this looks like a pickle, not a native file; gensim's are read by Word2Vec.load() "
            "and KeyedVectors.load()"
        )
    if size < 8:
        raise TruncatedFileError(f"a native file has at least 8 bytes, this one has {size}")
    if length > _MAX_HEADER:
        raise FormatError(
            f"not a native file: it starts with {prefix!r}; word2vec's text and binary formats "
            "are read by load_word2vec_format()"
        )
    if 8 + length > size:
        raise TruncatedFileError(f"the header should have {length} bytes, the file has {size - 8}")


def _parse_json(data: bytes | str, what: str) -> dict[str, Any]:
    """Parse strict JSON: no duplicate names, no NaN, an object at the top."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name occurs twice")
        return dict(pairs)

    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        content = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the {what} of the file is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise FormatError(f"the {what} of the file is not a JSON object")
    return content


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


def _check_entries(header: dict[str, Any], size: int) -> list[_Entry]:
    """Check every array's place; together they must fill the data exactly."""
    entries = sorted(
        (_check_entry(name, fields) for name, fields in header.items()),
        key=lambda entry: (entry.begin, entry.end),
    )
    position = 0
    for entry in entries:
        if entry.begin != position:
            raise FormatError(
                f"array {entry.name!r} begins at {entry.begin}, the one before ends at {position}"
            )
        position = entry.end
    if position > size:
        raise TruncatedFileError(f"the arrays should take {position} bytes, there are {size}")
    if position < size:
        raise FormatError(f"{size - position} bytes after the last array")
    return entries


def _check_entry(name: str, fields: Any) -> _Entry:
    if not isinstance(fields, dict) or fields.keys() != {"dtype", "shape", "data_offsets"}:
        raise FormatError(f"array {name!r} needs exactly dtype, shape and data_offsets")
    dtype = _DTYPES.get(fields["dtype"]) if isinstance(fields["dtype"], str) else None
    if dtype is None:
        raise FormatError(
            f"array {name!r} has dtype {fields['dtype']!r}; allowed are {', '.join(_DTYPES)}"
        )
    shape = _sizes(name, "shape", fields["shape"])
    offsets = _sizes(name, "data_offsets", fields["data_offsets"])
    # numpy refuses an empty array whose other dimensions overflow.
    fits = math.prod(max(1, length) for length in shape) * dtype.itemsize < 2**63
    n_bytes = math.prod(shape) * dtype.itemsize
    if not fits or len(offsets) != 2 or offsets[1] - offsets[0] != n_bytes:
        raise FormatError(f"array {name!r} of shape {shape} cannot stand at {offsets}")
    return _Entry(name, dtype, shape, *offsets)


def _sizes(name: str, what: str, values: Any) -> tuple[int, ...]:
    """Non-negative integers below 2^63, few enough for an array's dimensions."""
    valid = isinstance(values, list) and len(values) <= 32
    if not valid or not all(type(value) is int and 0 <= value < 2**63 for value in values):
        raise FormatError(f"array {name!r} has {what} {str(values)[:100]}: not a list of sizes")
    return tuple(values)


def _read_tensor(file: BinaryIO, entry: _Entry) -> Array:
    array: Array = np.empty(entry.shape, dtype=entry.dtype)
    if array.size:
        view = array.reshape(-1).view(np.uint8).data
        while view:
            count = file.readinto(view)  # type: ignore[attr-defined]
            if not count:
                raise TruncatedFileError(f"the file ends inside array {entry.name!r}")
            view = view[count:]
    return _check_booleans(entry.name, array)


def _check_booleans(name: str, array: Array) -> Array:
    """Refuse bytes that numpy would take for True without being 1."""
    if array.dtype == np.bool_ and (array.view(np.uint8) > 1).any():
        raise FormatError(f"array {name!r} holds truth values other than 0 and 1")
    return array


def _map_tensors(
    path: str | os.PathLike[str], start: int, entries: list[_Entry], mode: MmapMode
) -> dict[str, Array]:
    data = np.memmap(path, dtype=np.uint8, mode=mode)
    tensors: dict[str, Array] = {}
    for entry in entries:
        piece = data[start + entry.begin : start + entry.end]
        array = piece.view(entry.dtype).reshape(entry.shape)
        tensors[entry.name] = _check_booleans(entry.name, array)
    return tensors
