"""Keys as arrays: one blob of bytes and the offsets of its pieces.

A key is a str, bytes or int, or a tuple of those; None marks a row without a key.
Lists of one kind only ("str", "bytes", "int") are stored bare, others ("mixed")
with a letter before each key that names its kind.
"""

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import FormatError, ParameterTypeError

# Deeper tuples are nobody's tokens; a damaged file must not exhaust the stack.
_MAX_DEPTH = 16

Blob = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


def encode_keys(keys: Sequence[Any]) -> tuple[str, Blob, Offsets]:
    """Pack `keys` into arrays.

    Parameters
    ----------
    keys : sequence of str, bytes, int, tuple of those, or None

    Returns
    -------
    kind : {"str", "bytes", "int", "mixed"}
    blob : ndarray of shape (n_bytes,), uint8
    offsets : ndarray of shape (n_keys + 1,), int64
        Key `i` is ``blob[offsets[i]:offsets[i + 1]]``.

    Raises
    ------
    ParameterTypeError
        If a key is of another type.
    """
    kinds = set(map(type, keys))
    if kinds <= {str}:
        # Keys read with surrogateescape hold lone surrogates; they must survive.
        kind, pieces = "str", [key.encode("utf-8", "surrogatepass") for key in keys]
    elif kinds == {bytes}:
        kind, pieces = "bytes", list(keys)
    elif kinds == {int}:
        kind, pieces = "int", [b"%d" % key for key in keys]
    else:
        kind, pieces = "mixed", [_encode(key) for key in keys]
    offsets = np.zeros(len(pieces) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, pieces), dtype=np.int64, count=len(pieces)), out=offsets[1:])
    return kind, np.frombuffer(b"".join(pieces), dtype=np.uint8), offsets


def decode_keys(kind: str, blob: npt.NDArray[Any], offsets: npt.NDArray[Any]) -> list[Hashable]:
    """Unpack what `encode_keys` packed.

    Raises
    ------
    FormatError
        If the arrays do not describe keys of that kind.
    """
    _check(blob, offsets)
    data = blob.tobytes()
    bounds = offsets.tolist()
    try:
        if kind == "str":
            return _decode_text(data, bounds)
        pieces = [data[begin:end] for begin, end in pairwise(bounds)]
        if kind == "bytes":
            return list(pieces)
        if kind == "int":
            return [int(piece) for piece in pieces]
        if kind == "mixed":
            return [_decode(piece) for piece in pieces]
    except ValueError as error:
        raise FormatError(f"the keys are damaged: {error}") from error
    raise FormatError(f"keys of unknown kind {kind!r}; a newer version may read this file")


def _check(blob: npt.NDArray[Any], offsets: npt.NDArray[Any]) -> None:
    if blob.ndim != 1 or blob.dtype != np.uint8:
        raise FormatError(f"key bytes are {blob.dtype} of shape {blob.shape}, not 1-D uint8")
    if offsets.ndim != 1 or offsets.dtype != np.int64 or len(offsets) == 0:
        raise FormatError(
            f"key offsets are {offsets.dtype} of shape {offsets.shape}, not 1-D int64"
        )
    if offsets[0] != 0 or offsets[-1] != len(blob) or (offsets[1:] < offsets[:-1]).any():
        raise FormatError(f"key offsets do not divide the {len(blob)} bytes of the keys")


def _decode_text(data: bytes, bounds: list[int]) -> list[Hashable]:
    if data.isascii():  # bytes are characters: cut one str
        text = data.decode("ascii")
        return [text[begin:end] for begin, end in pairwise(bounds)]
    return [data[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise(bounds)]


def _encode(key: Any, depth: int = 0) -> bytes:
    if isinstance(key, str):
        return b"s" + key.encode("utf-8", "surrogatepass")
    if isinstance(key, bytes):
        return b"b" + key
    if isinstance(key, int | np.integer):
        return b"i%d" % int(key)
    if key is None:
        return b"n"
    if isinstance(key, tuple) and depth < _MAX_DEPTH:
        items = [_encode(item, depth + 1) for item in key]
        return b"t" + b"".join(b"%d:%s" % (len(item), item) for item in items)
    raise ParameterTypeError(
        f"the key {key!r} is of type {type(key).__name__}; files hold str, bytes, int "
        f"and tuples of those (at most {_MAX_DEPTH} deep)"
    )


def _decode(piece: bytes, depth: int = 0) -> Hashable:
    kind, body = piece[:1], piece[1:]
    if kind == b"s":
        return body.decode("utf-8", "surrogatepass")
    if kind == b"b":
        return body
    if kind == b"i":
        return int(body)
    if piece == b"n":
        return None
    if kind == b"t" and depth < _MAX_DEPTH:
        return tuple(_decode(item, depth + 1) for item in _split_tuple(body))
    raise ValueError(f"{piece[:20]!r} is no key")


def _split_tuple(body: bytes) -> list[bytes]:
    items = []
    position = 0
    while position < len(body):
        colon = body.index(b":", position)
        length = int(body[position:colon])
        position = colon + 1 + length
        if length < 0 or position > len(body):
            raise ValueError(f"an item of {length} bytes ends outside its tuple")
        items.append(body[colon + 1 : position])
    return items
