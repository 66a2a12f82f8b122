"""``SaveLoad``, ``pickle`` and ``unpickle`` of gensim.utils, for objects of a program's own.

What is read may hold plain data, numpy's arrays and objects of classes that derive from
`SaveLoad` and that the program has imported already; nothing else is called.
"""

import pickle as pickles
import sys
from collections.abc import Iterable
from functools import reduce
from types import ModuleType
from typing import Any, Self

from word2vec.errors import RefusedGlobalError, WrongObjectError
from word2vec.events import LifecycleEvents
from word2vec.io.files import is_open_file, open_output
from word2vec.text.readers import Source, open_binary

_PLAIN = {
    "_codecs": {"encode"},  # bytes in protocols before 3
    "builtins": {"bytearray", "complex", "frozenset", "object", "range", "set", "slice"},
    "collections": {"Counter", "OrderedDict", "defaultdict", "deque"},
    "copyreg": {"_reconstructor"},
    "datetime": {"date", "datetime", "timedelta"},
    "numpy": {"dtype", "ndarray"},
    "numpy.core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
}
_OF_PYTHON_2 = {"__builtin__": "builtins", "copy_reg": "copyreg"}  # protocols before 3


class _Unpickler(pickles.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        module = _OF_PYTHON_2.get(module, module)
        if name in _PLAIN.get(module, ()):
            return super().find_class(module, name)
        found = reduce(_member, name.split("."), sys.modules.get(module))
        if isinstance(found, type) and issubclass(found, SaveLoad):
            return found
        raise RefusedGlobalError(
            f"the pickle refers to {module}.{name}, which is neither plain data nor a class "
            "derived from SaveLoad that is imported; nothing in it was run. If you know who "
            "made it, pickle.load() of Python opens it"
        )


def _member(owner: Any, name: str) -> Any:
    # vars(), as a module may run code when it is asked for an attribute.
    return vars(owner).get(name) if isinstance(owner, ModuleType | type) else None


def pickle(obj: Any, fname: Any, protocol: int = 4) -> None:
    """Write `obj` to a path, which is replaced at the end, or an open binary file.

    Raises
    ------
    OSError
        If the file cannot be written.
    Exception
        What Python's pickle raises for objects that it cannot write.
    """
    if is_open_file(fname):
        pickles.dump(obj, fname, protocol)
        return
    with open_output(fname, append=False) as file:
        pickles.dump(obj, file, protocol)


def unpickle(fname: Source) -> Any:
    """Read what `pickle` wrote, from a path or an open binary file.

    Raises
    ------
    RefusedGlobalError
        If it names something else than plain data and classes derived from `SaveLoad`.
    OSError
        If the file cannot be read.
    """
    with open_binary(fname) as file:
        return _Unpickler(file).load()


class SaveLoad(LifecycleEvents):
    """Base of classes whose objects are kept in files of their own."""

    def save(
        self,
        fname_or_handle: Any,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Write the object to one file.

        Parameters
        ----------
        fname_or_handle : path or open binary file
        separately, sep_limit
            Without effect: there are no side files.
        ignore : iterable of str
            Attributes to leave out; they are None after `load`.
        pickle_protocol : int, default=4

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        kept = object.__new__(type(self))
        vars(kept).update(vars(self) | dict.fromkeys(ignore))
        pickle(kept, fname_or_handle, pickle_protocol)

    @classmethod
    def load(cls, fname: Any, mmap: str | None = None) -> Self:
        """Read what `save` wrote.

        Parameters
        ----------
        fname : path or open binary file
        mmap : str, optional
            Without effect: there are no side files to map.

        Raises
        ------
        WrongObjectError
            If it is no object of this class; also AttributeError.
        RefusedGlobalError
            As `unpickle`.
        OSError
            If the file cannot be read.
        """
        found = unpickle(fname)
        if not isinstance(found, cls):
            raise WrongObjectError(
                f"Model of type {type(found)} can't be loaded by {cls}: call load() of its "
                "own class"
            )
        return found
