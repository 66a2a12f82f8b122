"""What a foreign pickle becomes: plain data and inert nodes that only hold their state.

Nothing here is the class that the file names, so nothing of it can be run. numpy's
arrays, dtypes and numbers are rebuilt from their parts, every one of them checked:
numpy's own way of taking a pickled state trusts it.
"""

import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import FormatError

AnyArray = npt.NDArray[Any]

# Booleans, integers, floats, objects and strings; nothing with fields.
_DTYPE_CODE = re.compile(r"[<>|=]?(?:b1|[iu][1248]|f[248]|O[48]?|[SU][0-9]{1,9})")
_MAX_DIMENSIONS = 32


def shown(value: Any) -> str:
    """Show a value of a file in a message, in bounded time: containers may hold themselves."""
    if isinstance(value, str | bytes | bytearray):
        return repr(value[:80])
    if value is None or isinstance(value, int | float | np.generic):
        return repr(value)[:80]
    return f"a {type(value).__name__}"


class Global:
    """A name in a module that was mentioned and not imported."""

    __slots__ = ("foreign", "module", "name")

    def __init__(self, module: str, name: str, foreign: bool = False) -> None:
        self.module = module
        self.name = name
        self.foreign = foreign  # not on the list: tolerated in some places only

    @property
    def path(self) -> str:
        """The dotted name."""
        return f"{self.module}.{self.name}"


class Inert:
    """An object of a class that was not imported: arguments and state, no behaviour."""

    __slots__ = ("args", "cls", "state")

    def __init__(self, cls: Global, args: tuple[Any, ...] = ()) -> None:
        self.cls = cls
        self.args = args
        self.state: dict[Any, Any] = {}

    def build(self, state: Any) -> None:
        """Take a state as `object.__setstate__` would: a dict, or a dict and slots."""
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                self.state.update(part)


class Dtype:
    """A pickled dtype."""

    __slots__ = ("code", "order")

    def __init__(self, args: tuple[Any, ...]) -> None:
        self.code: Any = args[0] if args else None
        self.order: Any = "="

    def build(self, state: Any) -> None:
        """Take the byte order; a dtype with fields or parts is refused."""
        if not isinstance(state, tuple) or len(state) < 5 or any(x is not None for x in state[2:5]):
            raise FormatError("the pickle holds a structured dtype")
        self.order = state[1]

    def resolve(self) -> np.dtype[Any]:
        """Return the dtype.

        Raises
        ------
        FormatError
            If it is none of numbers, strings or objects.
        """
        code = self.code.decode("latin-1") if isinstance(self.code, bytes) else self.code
        if (
            not isinstance(code, str)
            or not _DTYPE_CODE.fullmatch(code)
            or self.order not in ("<", ">", "|", "=")
        ):
            raise FormatError(f"the pickle holds an array of dtype {shown(code)}")
        dtype = np.dtype(code)
        return dtype if self.order == "|" else dtype.newbyteorder(self.order)


class Array:
    """A pickled array, built when somebody asks for it."""

    __slots__ = ("dtype", "fortran", "raw", "shape")

    def __init__(self) -> None:
        self.shape: Any = (0,)
        self.dtype: Any = None
        self.fortran: Any = False
        self.raw: Any = b""

    def build(self, state: Any) -> None:
        """Take the state of `numpy.ndarray.__reduce__`."""
        if not isinstance(state, tuple) or len(state) not in (4, 5):
            raise FormatError("the pickle holds an array without its parts")
        self.shape, self.dtype, self.fortran, self.raw = state[-4:]

    def resolve(self) -> AnyArray:
        """Build the array; the memory is its own and in the machine's byte order.

        Raises
        ------
        FormatError
            If its parts contradict each other.
        """
        if self.dtype is None:
            raise FormatError("the pickle holds an array without its parts")
        if not isinstance(self.dtype, Dtype):
            raise FormatError("the pickle holds an array without a dtype")
        dtype = self.dtype.resolve()
        shape = _check_shape(self.shape)
        n_items = math.prod(shape)
        if dtype.kind == "O":
            return self._resolve_objects(shape, n_items)
        raw = as_bytes(self.raw)
        if len(raw) != n_items * dtype.itemsize:
            raise FormatError(
                f"an array of shape {shape} and dtype {dtype} with {len(raw)} bytes of data"
            )
        if not len(raw):
            return np.zeros(shape, dtype.newbyteorder("="))
        flat = np.frombuffer(raw, np.uint8) != 0 if dtype.kind == "b" else np.frombuffer(raw, dtype)
        array = flat.reshape(shape, order="F" if self.fortran else "C")
        return np.array(array, dtype.newbyteorder("="), order="C")

    def _resolve_objects(self, shape: tuple[int, ...], n_items: int) -> AnyArray:
        if not isinstance(self.raw, list) or len(self.raw) != n_items or len(shape) != 1:
            raise FormatError(f"an array of {n_items} objects without as many objects")
        column = np.empty(n_items, dtype=object)
        for row, item in enumerate(self.raw):  # column[:] = items would look into sequences
            column[row] = item
        return column


def _check_shape(shape: Any) -> tuple[int, ...]:
    if (
        not isinstance(shape, tuple)
        or len(shape) > _MAX_DIMENSIONS
        or not all(type(length) is int and 0 <= length < 2**63 for length in shape)
        # numpy refuses an empty array whose other dimensions overflow.
        or math.prod(max(1, length) for length in shape) >= 2**60
    ):
        lengths = ", ".join(map(shown, shape[:8])) if isinstance(shape, tuple) else shown(shape)
        raise FormatError(f"the pickle holds an array of shape ({lengths})")
    return shape


def as_bytes(raw: Any) -> bytes | bytearray:
    """Return pickled raw data as bytes; Python 2 wrote it as a string.

    Raises
    ------
    FormatError
        If it is no raw data.
    """
    if isinstance(raw, bytes | bytearray):
        return raw
    try:
        return raw.encode("latin-1")  # type: ignore[no-any-return]
    except (AttributeError, UnicodeEncodeError) as error:
        raise FormatError("the pickle holds an array without its data") from error


def scalar(args: tuple[Any, ...]) -> Any:
    """Build a pickled numpy number; a numpy string becomes one of Python's.

    Raises
    ------
    FormatError
        If dtype and data do not make one.
    """
    if len(args) != 2 or not isinstance(args[0], Dtype):
        raise FormatError("the pickle holds a numpy number without its parts")
    dtype, raw = args[0].resolve(), as_bytes(args[1])
    if dtype.kind == "O" or len(raw) != dtype.itemsize or not len(raw):
        raise FormatError(f"the pickle holds a number of dtype {dtype} with {len(raw)} bytes")
    value = np.frombuffer(raw, dtype).astype(dtype.newbyteorder("="))[0]
    return value.item() if dtype.kind in "SU" else value
