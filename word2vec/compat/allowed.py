"""The names that a gensim pickle may mention, and the few that it may call.

A call never reaches the thing named: what is on the list is done by a function here
that checks its arguments and makes plain data or an inert node.
"""

import sys
from collections.abc import Callable
from typing import Any

from word2vec.compat.inert import Array, Dtype, Global, Inert, as_bytes, scalar
from word2vec.errors import FormatError, RefusedGlobalError

Arguments = tuple[Any, ...]

# Python 2 names of modules, and one that Python 3.4 wrote by mistake.
_MODULES = {
    "__builtin__": "builtins",
    "copy_reg": "copyreg",
    "UserString": "collections",
    "numpy._core.multiarray": "numpy.core.multiarray",
    "numpy._core.numeric": "numpy.core.numeric",
}

# Mentioned, and neither called nor needed: factories of defaultdicts, hash functions,
# number types, base classes.
_MENTIONED = {
    "builtins": {"hash", "int", "float", "str", "list", "dict", "object", "long", "unicode"},
    "zlib": {"adler32", "crc32"},
    "numpy": {
        "ndarray", "memmap", "bool_", "float16", "float32", "float64",
        *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
    },
    "numpy.core.memmap": {"memmap"},
}  # fmt: skip


def look_up(module: str, name: str) -> Global:
    """Return the node for a name in a pickle.

    Raises
    ------
    RefusedGlobalError
        If it is a name of Python's or numpy's that is not on the list. Names of other
        packages are `foreign`: they are tolerated in a few places that nobody uses.
    """
    known = _MODULES.get(module, module)
    top = known.partition(".")[0]
    if top == "gensim" or known == "numpy.random" or known.startswith("numpy.random."):
        return Global(known, name)
    if (known, name) in CALLS or name in _MENTIONED.get(known, ()):
        return Global(known, name)
    if top == "numpy" or (top in sys.stdlib_module_names and top != "__main__"):
        raise refused(f"{module}.{name}")
    return Global(module, name, foreign=True)


def call(function: Any, args: Arguments) -> Any:
    """Do what a call in a pickle asks for, if it is harmless.

    Raises
    ------
    RefusedGlobalError
        If the thing called is not on the list.
    FormatError
        If it is no function, or the arguments are not those that pickles write.
    """
    if not isinstance(function, Global) or not isinstance(args, tuple):
        raise FormatError("the pickle calls something that is no function")
    if function.module.partition(".")[0] == "gensim" or function.module.startswith("numpy.random"):
        return Inert(function, args)
    handler = CALLS.get((function.module, function.name))
    if handler is None:
        raise refused(function.path)
    return handler(args)


def new_object(cls: Any, args: Arguments = ()) -> Any:
    """Make an object without calling its class: the state follows.

    Raises
    ------
    RefusedGlobalError
        If the class is one of Python's or numpy's: only gensim's, numpy.random's and
        foreign classes become inert objects.
    FormatError
        If `cls` is no class.
    """
    if not isinstance(cls, Global) or not isinstance(args, tuple):
        raise FormatError("the pickle makes an object of something that is no class")
    known = (cls.module, cls.name) in CALLS or cls.name in _MENTIONED.get(cls.module, ())
    if known:
        return call(cls, args)
    return Inert(cls, args)


def refused(path: str) -> RefusedGlobalError:
    """Return the error for a name that is not on the list."""
    return RefusedGlobalError(
        f"the pickle refers to {path}, which is not on the list of harmless names, and was "
        "not opened; nothing in it was run. If you trust whoever made the file, open it "
        "with trusted=True, which imports and calls what it names"
    )


# ---- the calls ---------------------------------------------------------------


def _reconstruct(args: Arguments) -> Array:
    _check(len(args) == 3 and _is_named(args[0], "ndarray", "memmap"), "_reconstruct")
    return Array()


def _frombuffer(args: Arguments) -> Array:
    _check(len(args) == 4 and args[3] in ("C", "F"), "_frombuffer")
    array = Array()
    array.build((args[2], args[1], args[3] == "F", args[0]))
    return array


def _dtype(args: Arguments) -> Dtype:
    _check(1 <= len(args) <= 3, "dtype")
    return Dtype(args)


def _encode(args: Arguments) -> bytes:
    """Bytes, as Python 3 writes them for Python 2."""
    _check(
        len(args) == 2 and isinstance(args[0], str) and args[1] in ("latin1", "latin-1"), "encode"
    )
    return bytes(as_bytes(args[0]))


def _bytes(args: Arguments) -> bytes:
    _check(args == (), "bytes")
    return b""


def _bytearray(args: Arguments) -> bytearray:
    _check(
        args == () or (len(args) <= 2 and isinstance(args[0], bytes | str)),
        "bytearray",
    )
    return bytearray(as_bytes(args[0]) if args else b"")


def _dict(args: Arguments) -> dict[Any, Any]:
    """Return an empty dict: the items follow, and a default factory is not needed."""
    _check(not any(isinstance(arg, dict) and arg for arg in args), "dict")
    if len(args) == 1 and isinstance(args[0], list):  # OrderedDict of Python 2
        _check(all(isinstance(pair, list) and len(pair) == 2 for pair in args[0]), "dict")
        return {check_key(key): value for key, value in args[0]}
    return {}


def _set(args: Arguments) -> set[Any]:
    _check(args == () or (len(args) == 1 and isinstance(args[0], list)), "set")
    return {check_key(item) for item in (args[0] if args else ())}


def _frozenset(args: Arguments) -> frozenset[Any]:
    return frozenset(_set(args))


def _reconstructor(args: Arguments) -> Any:
    """Make an object of a class without calling it (protocols 0 and 1)."""
    _check(
        len(args) == 3 and _is_named(args[1], "object") and args[2] is None,
        "_reconstructor",
    )
    return new_object(args[0])


def _check(sound: bool, name: str) -> None:
    if not sound:
        raise FormatError(f"the pickle calls {name} with arguments that no pickle has")


def _is_named(value: Any, *names: str) -> bool:
    return isinstance(value, Global) and not value.foreign and value.name in names


CALLS: dict[tuple[str, str], Callable[[Arguments], Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy.core.multiarray", "scalar"): scalar,
    ("numpy.core.numeric", "_frombuffer"): _frombuffer,
    ("numpy", "dtype"): _dtype,
    ("_codecs", "encode"): _encode,
    ("builtins", "bytes"): _bytes,
    ("builtins", "bytearray"): _bytearray,
    ("builtins", "set"): _set,
    ("builtins", "frozenset"): _frozenset,
    ("collections", "defaultdict"): _dict,
    ("collections", "OrderedDict"): _dict,
    ("copyreg", "_reconstructor"): _reconstructor,
}

# ---- keys of dicts and sets ----------------------------------------------------

_SIMPLE = {str, bytes, float, bool, type(None), Global, Inert, Array, Dtype}
_MAX_KEY_ITEMS = 32
# More bits would let a file choose keys that all have one hash.
_MAX_KEY_BITS = 64


def check_key(key: Any) -> Any:
    """Return `key` if it is hashed in no time: tuples that hold themselves over and over are not.

    Raises
    ------
    FormatError
        If it is no key.
    """
    left = [key]
    seen = 0
    while left:
        item = left.pop()
        seen += 1
        kind = type(item)
        if kind in (tuple, frozenset):
            if seen + len(left) + len(item) > _MAX_KEY_ITEMS:
                raise FormatError("the pickle has a key of too many parts")
            left.extend(item)
        elif kind is int:
            if item.bit_length() > _MAX_KEY_BITS:
                raise FormatError("the pickle has a key of too many digits")
        elif kind not in _SIMPLE and kind.__module__ != "numpy":
            raise FormatError(f"the pickle has a key of type {kind.__name__}")
    return key
