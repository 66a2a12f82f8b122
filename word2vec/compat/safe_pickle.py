"""A pickle reader that runs nothing: protocols 0 to 5, plain data and inert nodes.

The interpreter of pickle's opcodes is written out here instead of restricting
Python's, because that one lets a file call whatever it was given, set attributes on
it, and ask for memory before the data are there. Here names become nodes
(allowed.look_up), calls go to a handful of functions (allowed.call), a state is kept
by the node it belongs to, and every length is checked against the data first.
"""

import codecs
import re
import struct
from collections.abc import Callable
from typing import Any

from word2vec.compat.allowed import call, check_key, look_up, new_object, refused
from word2vec.compat.inert import Array, Dtype, Global, Inert
from word2vec.errors import FormatError, RefusedGlobalError, TruncatedFileError

_U16 = struct.Struct("<H").unpack_from
_I32 = struct.Struct("<i").unpack_from
_U32 = struct.Struct("<I").unpack_from
_DOUBLE = struct.Struct(">d").unpack_from

# What repr() of Python 2 writes between quotes.
_QUOTED = re.compile(rb"(?:[^\\]|\\(?:[\\'\"nrt]|x[0-9a-fA-F]{2}))*")

_MAX_LONG = 1024  # bytes of an integer; larger ones cannot even be shown
_MAX_WORK = 4  # items and bytes made by calls and states, for each byte of the pickle


# What the steps raise where a pickle contradicts itself.
_DAMAGE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class _EndError(Exception):
    """The end of the pickle."""


class SafeUnpickler:
    """Interpreter of one pickle.

    Parameters
    ----------
    data : bytes or mmap
        Starts with the pickle; what follows it is left alone.

    Attributes
    ----------
    foreign : list of Global
        Names of other packages that were mentioned.
    """

    def __init__(self, data: Any) -> None:
        self._data = data
        self._size = len(data)
        self._at = 0
        self._stack: list[Any] = []
        self._marks: list[list[Any]] = []
        self._memo: dict[int, Any] = {}
        self._made = 0
        self.foreign: list[Global] = []

    def load(self) -> Any:
        """Return the object in the pickle.

        Raises
        ------
        RefusedGlobalError
            If the pickle names what is not on the list.
        TruncatedFileError
            If it ends too soon.
        FormatError
            If it is damaged or no pickle.
        """
        data, steps = self._data, _STEPS
        try:
            while True:
                step = steps[data[self._at]]
                self._at += 1
                step(self)
        except _EndError:
            return self._stack[-1]
        except FormatError:
            raise
        except IndexError as error:
            if self._at >= self._size:
                raise TruncatedFileError(
                    f"the pickle ends after {self._size} bytes, before its end"
                ) from error
            raise self._damaged(error) from error
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> FormatError:
        return FormatError(f"the pickle is damaged near byte {self._at}: {str(error)[:200]}")

    # ---- reading -------------------------------------------------------------

    def _take(self, n: int) -> bytes:
        begin = self._at
        end = begin + n
        if end > self._size:
            raise TruncatedFileError(
                f"the pickle needs {n} bytes at {begin}, and the file ends at {self._size}"
            )
        self._at = end
        return self._data[begin:end]  # type: ignore[no-any-return]

    def _line(self) -> bytes:
        end = self._data.find(b"\n", self._at)
        if end < 0:
            raise TruncatedFileError("the pickle ends in the middle of a line")
        line = self._data[self._at : end]
        self._at = end + 1
        return line  # type: ignore[no-any-return]

    def _number(self, n_bytes: int) -> int:
        return int.from_bytes(self._take(n_bytes), "little")

    def _pop_mark(self) -> list[Any]:
        items = self._stack
        self._stack = self._marks.pop()
        return items

    # ---- plain data ----------------------------------------------------------

    def _mark(self) -> None:
        self._marks.append(self._stack)
        self._stack = []

    def _stop(self) -> None:
        if len(self._stack) != 1 or self._marks:
            raise FormatError("the pickle ends with something unfinished")
        raise _EndError

    def _pop(self) -> None:
        if self._stack:
            self._stack.pop()
        else:
            self._pop_mark()

    def _drop_mark(self) -> None:
        self._pop_mark()

    def _dup(self) -> None:
        self._stack.append(self._stack[-1])

    def _float(self) -> None:
        self._stack.append(float(self._line()))

    def _int(self) -> None:
        line = self._line()
        truth = {b"00": False, b"01": True}.get(line)
        self._stack.append(int(line) if truth is None else truth)

    def _long(self) -> None:
        self._stack.append(int(self._line().removesuffix(b"L")))

    def _long_of(self, n_bytes: int) -> None:
        data = self._take(self._number(n_bytes))
        if len(data) > _MAX_LONG:
            raise FormatError(f"the pickle has an integer of {len(data)} bytes: too many digits")
        self._stack.append(int.from_bytes(data, "little", signed=True))

    def _binint(self) -> None:
        self._stack.append(_I32(self._take(4))[0])

    def _binint1(self) -> None:
        self._stack.append(self._data[self._at])
        self._at += 1

    def _binint2(self) -> None:
        self._stack.append(_U16(self._take(2))[0])

    def _binfloat(self) -> None:
        self._stack.append(_DOUBLE(self._take(8))[0])

    def _string(self) -> None:
        line = self._line().strip()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
            raise FormatError("the pickle has a string without quotes")
        if not _QUOTED.fullmatch(line, 1, len(line) - 1):
            raise FormatError("the pickle has a string with an escape that Python never wrote")
        # Strings of Python 2 are read as latin-1: the bytes survive.
        self._stack.append(codecs.escape_decode(line[1:-1])[0].decode("latin-1"))

    def _string_of(self, n_bytes: int) -> None:
        self._stack.append(self._take(self._number(n_bytes)).decode("latin-1"))

    def _unicode(self) -> None:
        self._stack.append(self._line().decode("raw-unicode-escape"))

    def _unicode_of(self, n_bytes: int) -> None:
        self._stack.append(self._take(self._number(n_bytes)).decode("utf-8", "surrogatepass"))

    def _bytes_of(self, n_bytes: int) -> None:
        self._stack.append(bytes(self._take(self._number(n_bytes))))

    def _bytearray8(self) -> None:
        self._stack.append(bytearray(self._take(self._number(8))))

    # ---- containers ----------------------------------------------------------

    def _list(self) -> None:
        items = self._pop_mark()
        self._stack.append(items)

    def _tuple(self) -> None:
        items = tuple(self._pop_mark())
        self._stack.append(items)

    def _tuple_of(self, n: int) -> None:
        if len(self._stack) < n:
            raise FormatError("the pickle makes a tuple of things that are not there")
        self._stack[-n:] = [tuple(self._stack[-n:])]

    def _dict(self) -> None:
        items = self._pop_mark()
        result: dict[Any, Any] = {}
        _set_items(result, items)
        self._stack.append(result)

    def _frozenset(self) -> None:
        items = frozenset(check_key(item) for item in self._pop_mark())
        self._stack.append(items)

    def _append(self) -> None:
        item = self._stack.pop()
        _extend(self._stack[-1], [item])

    def _appends(self) -> None:
        items = self._pop_mark()
        _extend(self._stack[-1], items)

    def _setitem(self) -> None:
        value = self._stack.pop()
        key = self._stack.pop()
        _set_items(self._stack[-1], [key, value])

    def _setitems(self) -> None:
        items = self._pop_mark()
        _set_items(self._stack[-1], items)

    def _additems(self) -> None:
        items = self._pop_mark()
        target = self._stack[-1]
        if type(target) is not set:
            raise FormatError("the pickle adds to a set that is none")
        target.update(check_key(item) for item in items)

    # ---- memo ----------------------------------------------------------------

    def _get(self) -> None:
        self._stack.append(self._memo[int(self._line())])

    def _binget(self) -> None:
        self._stack.append(self._memo[self._data[self._at]])
        self._at += 1

    def _long_binget(self) -> None:
        self._stack.append(self._memo[_U32(self._take(4))[0]])

    def _put(self) -> None:
        self._memo[int(self._line())] = self._stack[-1]

    def _binput(self) -> None:
        self._memo[self._data[self._at]] = self._stack[-1]
        self._at += 1

    def _long_binput(self) -> None:
        self._memo[_U32(self._take(4))[0]] = self._stack[-1]

    def _memoize(self) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    # ---- names and objects ---------------------------------------------------

    def _mention(self, module: Any, name: Any) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise FormatError("the pickle names something with what is no string")
        node = look_up(module, name)
        if node.foreign:
            self.foreign.append(node)
        self._stack.append(node)

    def _global(self) -> None:
        module, name = self._line().decode("utf-8"), self._line().decode("utf-8")
        self._mention(module, name)

    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._mention(module, name)

    def _reduce(self) -> None:
        args, function = self._stack.pop(), self._stack.pop()
        if isinstance(args, tuple):
            self._work(*args[:4])
        self._stack.append(call(function, args))

    def _work(self, *values: Any) -> None:
        """Count what is about to be gone through, before it is.

        A small file must not have a large thing copied over and over. (Protocol 2 makes a
        bytearray of bytes of a string: what it holds comes twice.)
        """
        self._made += sum(len(value) for value in values if hasattr(value, "__len__"))
        if self._made > _MAX_WORK * (self._size + 64):
            raise FormatError("the pickle makes more data than it holds")

    def _newobj(self) -> None:
        args, cls = self._stack.pop(), self._stack.pop()
        self._stack.append(new_object(cls, args))

    def _newobj_ex(self) -> None:
        keywords, args, cls = self._stack.pop(), self._stack.pop(), self._stack.pop()
        if keywords != {}:
            raise FormatError("the pickle makes an object with keywords")
        self._stack.append(new_object(cls, args))

    def _inst(self) -> None:
        self._mention(self._line().decode("utf-8"), self._line().decode("utf-8"))
        cls = self._stack.pop()
        self._make_old_object(cls, self._pop_mark())

    def _obj(self) -> None:
        cls, *args = self._pop_mark()
        self._make_old_object(cls, args)

    def _make_old_object(self, cls: Any, args: list[Any]) -> None:
        # Python would call the class; without arguments that only makes the object.
        if args and isinstance(cls, Global) and cls.foreign:
            raise refused(cls.path)
        self._stack.append(new_object(cls, tuple(args)))

    def _build(self) -> None:
        state = self._stack.pop()
        target = self._stack[-1]
        if not isinstance(target, Inert | Array | Dtype):
            raise FormatError("the pickle gives a state to something that has none")
        self._work(*(state if isinstance(state, tuple) else (state,)))
        target.build(state)

    # ---- refused -------------------------------------------------------------

    def _extension(self) -> None:
        raise RefusedGlobalError(
            "the pickle refers to an object registered with copyreg.add_extension; "
            "it was not opened, and nothing in it was run"
        )

    def _persistent(self) -> None:
        raise RefusedGlobalError(
            "the pickle refers to a persistent object outside the file; "
            "it was not opened, and nothing in it was run"
        )

    def _out_of_band(self) -> None:
        raise FormatError("the pickle keeps its arrays in buffers outside the file")

    def _unknown(self) -> None:
        code = self._data[self._at - 1]
        raise FormatError(f"byte {code:#04x} at {self._at - 1} is no instruction of a pickle")

    def _proto(self) -> None:
        protocol = self._number(1)
        if protocol > 5:
            raise FormatError(f"the pickle has protocol {protocol}; 0 to 5 are known")

    def _frame(self) -> None:
        self._take(8)  # frames only help readers of streams

    def _push(self, value: Any) -> None:
        self._stack.append(value)


def _extend(target: Any, items: list[Any]) -> None:
    if type(target) is list:
        target.extend(items)
    elif not isinstance(target, Inert):  # what is added to an inert object is dropped
        raise FormatError("the pickle appends to a list that is none")


def _set_items(target: Any, items: list[Any]) -> None:
    if len(items) % 2:
        raise FormatError("the pickle has a key without a value")
    if isinstance(target, Inert):
        return
    if type(target) is not dict:
        raise FormatError("the pickle sets an item of a dict that is none")
    keys = items[::2]
    if set(map(type, keys)) != {str}:
        for key in keys:
            check_key(key)
    target.update(zip(keys, items[1::2], strict=True))


def _steps() -> list[Callable[[SafeUnpickler], None]]:
    """Instruction of each byte."""
    machine = SafeUnpickler
    steps: dict[bytes, Callable[[SafeUnpickler], None]] = {
        b"(": machine._mark, b".": machine._stop, b"0": machine._pop,
        b"1": machine._drop_mark, b"2": machine._dup,
        b"F": machine._float, b"I": machine._int, b"J": machine._binint,
        b"K": machine._binint1, b"L": machine._long, b"M": machine._binint2,
        b"G": machine._binfloat, b"S": machine._string, b"V": machine._unicode,
        b"T": lambda m: m._string_of(4), b"U": lambda m: m._string_of(1),
        b"X": lambda m: m._unicode_of(4), b"\x8c": lambda m: m._unicode_of(1),
        b"\x8d": lambda m: m._unicode_of(8), b"B": lambda m: m._bytes_of(4),
        b"C": lambda m: m._bytes_of(1), b"\x8e": lambda m: m._bytes_of(8),
        b"\x96": machine._bytearray8, b"\x8a": lambda m: m._long_of(1),
        b"\x8b": lambda m: m._long_of(4), b"N": lambda m: m._push(None),
        b"\x88": lambda m: m._push(True), b"\x89": lambda m: m._push(False),
        b"]": lambda m: m._push([]), b"}": lambda m: m._push({}), b")": lambda m: m._push(()),
        b"\x8f": lambda m: m._push(set()), b"l": machine._list, b"t": machine._tuple,
        b"\x85": lambda m: m._tuple_of(1), b"\x86": lambda m: m._tuple_of(2),
        b"\x87": lambda m: m._tuple_of(3), b"d": machine._dict, b"\x91": machine._frozenset,
        b"a": machine._append, b"e": machine._appends, b"s": machine._setitem,
        b"u": machine._setitems, b"\x90": machine._additems,
        b"g": machine._get, b"h": machine._binget, b"j": machine._long_binget,
        b"p": machine._put, b"q": machine._binput, b"r": machine._long_binput,
        b"\x94": machine._memoize, b"c": machine._global, b"\x93": machine._stack_global,
        b"R": machine._reduce, b"\x81": machine._newobj, b"\x92": machine._newobj_ex,
        b"i": machine._inst, b"o": machine._obj, b"b": machine._build,
        b"\x82": machine._extension, b"\x83": machine._extension, b"\x84": machine._extension,
        b"P": machine._persistent, b"Q": machine._persistent,
        b"\x97": machine._out_of_band, b"\x98": machine._out_of_band,
        b"\x80": machine._proto, b"\x95": machine._frame,
    }  # fmt: skip
    return [steps.get(bytes([code]), machine._unknown) for code in range(256)]


_STEPS = _steps()
