"""Writes a pickle of objects whose classes need not be there: protocol 4.

Plain data, numpy arrays, and the nodes of inert.py, which stand for classes,
functions and objects by name. Python's pickler would import them.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from word2vec.compat.inert import AnyArray, Global, Inert
from word2vec.errors import ParameterTypeError

_BUFFER = 2**20
_BATCH = 10_000  # items between two marks: readers keep them on a stack

# numpy 1 and 2 both have these, silently, for the sake of pickles.
_RECONSTRUCT = Global("numpy.core.multiarray", "_reconstruct")
_NDARRAY = Global("numpy", "ndarray")
_DTYPE = Global("numpy", "dtype")

# One entry of key_to_index: get a key from the memo, then its row.
_ENTRY = np.dtype([("get", "u1"), ("key", "<u4"), ("int", "u1"), ("row", "<i4")])


class Call(Inert):
    """The result of calling a function by name; the state follows, if there is one."""

    __slots__ = ()


class Keys:
    """The keys of vectors: written as a list, and afterwards as a dict that shares them."""

    def __init__(self, keys: list[Any]) -> None:
        self.keys = keys
        self.first = -1  # of their places in the memo, once written


class Rows:
    """The dict from key to row of `Keys` that were written before."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys


class PickleWriter:
    """Writer of one pickle.

    Parameters
    ----------
    file : binary file
        Not closed.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self._buffer = bytearray()
        self._memo: dict[str, int] = {}
        self._memoized = 0

    def dump(self, value: Any) -> None:
        """Write `value` and the end of the pickle.

        Raises
        ------
        ParameterTypeError
            If something in it is of a type that is not written.
        """
        self._buffer += b"\x80\x04"
        self._value(value)
        self._buffer += b"."
        self._flush()

    def _flush(self) -> None:
        self._write(memoryview(bytes(self._buffer)))
        self._buffer.clear()

    def _write(self, view: memoryview) -> None:
        # A raw file may take less than it is given.
        while view:
            written = self._file.write(view)
            view = view[len(view) if written is None else written :]

    # ---- values --------------------------------------------------------------

    def _value(self, value: Any) -> None:
        if len(self._buffer) > _BUFFER:
            self._flush()
        if value is None or value is True or value is False:
            self._buffer += {None: b"N", True: b"\x88", False: b"\x89"}[value]
        elif isinstance(value, np.generic):
            self._value(value.item())
        elif isinstance(value, int):
            self._int(value)
        elif isinstance(value, float):
            self._buffer += b"G" + np.array(value, ">f8").tobytes()
        elif isinstance(value, str):
            self._text(value)
        elif isinstance(value, bytes):
            self._bytes(memoryview(value))
        elif isinstance(value, np.ndarray):
            self._array(value)
        elif isinstance(value, Global | Inert | Keys | Rows):
            self._node(value)
        else:
            self._container(value)

    def _int(self, value: int) -> None:
        if -(2**31) <= value < 2**31:
            self._buffer += b"J" + value.to_bytes(4, "little", signed=True)
            return
        data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
        if len(data) > 255:
            raise ParameterTypeError("an int of more than 255 bytes is not written")
        self._buffer += b"\x8a" + bytes([len(data)]) + data

    def _text(self, value: str) -> None:
        data = value.encode("utf-8", "surrogatepass")
        if len(data) < 256:
            self._buffer += b"\x8c" + bytes([len(data)])
        else:
            self._buffer += b"\x8d" + len(data).to_bytes(8, "little")
        self._buffer += data

    def _bytes(self, view: memoryview) -> None:
        if len(view) < 256:
            self._buffer += b"C" + bytes([len(view)]) + view
            return
        self._buffer += b"\x8e" + len(view).to_bytes(8, "little")
        self._flush()
        self._write(view)

    def _container(self, value: Any) -> None:
        kind = type(value)
        if kind is list:
            self._buffer += b"]"
            self._batches(value, b"e")
        elif kind in (tuple, frozenset):
            self._buffer += b"("
            for item in value:
                self._value(item)
            self._buffer += b"t" if kind is tuple else b"\x91"
        elif kind is set:
            self._buffer += b"\x8f"
            self._batches(value, b"\x90")
        elif isinstance(value, dict):
            self._buffer += b"}("
            for key, item in value.items():
                self._value(key)
                self._value(item)
            self._buffer += b"u"
        else:
            raise ParameterTypeError(
                f"{str(value)[:100]!r} is of type {kind.__name__}: gensim's files take numbers, "
                "strings, bytes, arrays, and lists, tuples, sets and dicts of those"
            )

    def _batches(self, items: Iterable[Any], end: bytes) -> None:
        """Write items to be added to the container before them."""
        count = 0
        for count, item in enumerate(items, 1):
            if count % _BATCH == 1:
                self._buffer += b"(" if count == 1 else end + b"("
            self._value(item)
        self._buffer += end if count else b""

    # ---- nodes ---------------------------------------------------------------

    def _node(self, node: Any) -> None:
        if isinstance(node, Keys):
            self._keys(node)
        elif isinstance(node, Rows):
            self._rows(node.keys)
        elif isinstance(node, Global):
            self._global(node)
        else:
            self._global(node.cls)
            self._value(node.args)
            self._buffer += b"R" if isinstance(node, Call) else b"\x81"
            if node.state:
                self._value(node.state)
                self._buffer += b"b"

    def _global(self, node: Global) -> None:
        if self._recall(node.path):
            return
        self._text(node.module)
        self._text(node.name)
        self._buffer += b"\x93"
        self._memoize(node.path)

    def _recall(self, name: str) -> bool:
        place = self._memo.get(name)
        if place is not None:
            self._buffer += b"j" + place.to_bytes(4, "little")
        return place is not None

    def _memoize(self, name: str | None = None) -> None:
        if name is not None:
            self._memo[name] = self._memoized
        self._memoized += 1
        self._buffer += b"\x94"

    def _keys(self, keys: Keys) -> None:
        keys.first = self._memoized
        self._buffer += b"]"
        for begin in range(0, len(keys.keys), _BATCH):
            self._buffer += b"("
            for key in keys.keys[begin : begin + _BATCH]:
                self._value(key)
                self._memoize()
            self._buffer += b"e"

    def _rows(self, keys: Keys) -> None:
        entries = np.empty(len(keys.keys), _ENTRY)
        entries["get"], entries["int"] = ord("j"), ord("J")
        entries["row"] = np.arange(len(entries))
        entries["key"] = entries["row"].astype("<u4") + keys.first
        if None in keys.keys:  # rows without a key
            entries = entries[[key is not None for key in keys.keys]]
        self._buffer += b"}"
        for begin in range(0, len(entries), _BATCH):
            self._buffer += b"(" + entries[begin : begin + _BATCH].tobytes() + b"u"
            self._flush()

    # ---- arrays --------------------------------------------------------------

    def _array(self, array: AnyArray) -> None:
        """Write what numpy's own `__reduce__` writes."""
        self._global(_RECONSTRUCT)
        if not self._recall("empty array"):
            self._global(_NDARRAY)
            self._buffer += b"K\x00\x85C\x01b\x87"
            self._memoize("empty array")
        self._buffer += b"R(K\x01"
        self._value(tuple(array.shape))
        self._dtype(array.dtype)
        self._buffer += b"\x89"
        if array.dtype.kind == "O":
            self._value(array.ravel().tolist())
        else:
            contiguous = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
            self._bytes(contiguous.reshape(-1).view(np.uint8).data)
        self._buffer += b"tb"

    def _dtype(self, dtype: np.dtype[Any]) -> None:
        if self._recall(f"dtype {dtype.str}"):
            return
        if dtype.kind not in "biufOSU":
            raise ParameterTypeError(f"arrays of dtype {dtype} are not written to gensim's files")
        size = dtype.itemsize // (4 if dtype.kind == "U" else 1)
        self._global(_DTYPE)
        self._value((f"{dtype.kind}{size}", False, True))
        self._buffer += b"R"
        # Of strings numpy wants size and alignment here; -1 elsewhere.
        flexible = dtype.kind in "SU"
        sizes = (dtype.itemsize, dtype.alignment) if flexible else (-1, -1)
        order = "|" if dtype.itemsize == 1 or dtype.kind in "OS" else "<"
        flags = 63 if dtype.kind == "O" else 8 if flexible else 0
        self._value((3, order, None, None, None, *sizes, flags))
        self._buffer += b"b"
        self._memoize(f"dtype {dtype.str}")
