"""Spellings of older gensim releases: how they warn, and the core's one hook for them.

The names themselves are known to `compat.old_names`, which is imported when a
program first uses one: the core holds its name as a string.
"""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from word2vec.errors import ParameterTypeError

RESOLVER = "word2vec.compat.old_names"

# Attributes that programs written for gensim 3 assign; the others are only read.
ASSIGNED = frozenset(
    {
        "index2entity",
        "index2word",
        "iter",
        "size",
        "syn0",
        "syn0_lockf",
        "syn0norm",
        "vectors_norm",
        "vocab",
    }
)


def warn_renamed(old: str, new: str, stacklevel: int = 3) -> None:
    """Issue the DeprecationWarning of an old spelling, for the caller's caller."""
    warnings.warn(
        f"{old} is the spelling of gensim 3; write {new} instead",
        DeprecationWarning,
        stacklevel=stacklevel,
    )


def warn_deprecated(old: str, new: str) -> None:
    """Issue the DeprecationWarning of a method that gensim 4 keeps beside a better one."""
    warnings.warn(
        f"{old} is deprecated, as in gensim 4; use {new}", DeprecationWarning, stacklevel=3
    )


def renamed_corpus(method: str, corpus_iterable: Any, old_names: dict[str, Any]) -> Any:
    """Take `corpus_iterable` under its name in gensim 3, ``sentences=``.

    Raises
    ------
    ParameterTypeError
        For any other keyword, or if the corpus is given twice.
    """
    for name in old_names:
        if name != "sentences" or corpus_iterable is not None:
            raise ParameterTypeError(f"{method}() got an unexpected keyword argument {name!r}")
    if not old_names:
        return corpus_iterable
    warn_renamed("sentences=", "corpus_iterable=", stacklevel=4)
    return old_names["sentences"]


def call_on_class_only(*args: Any, **kwargs: Any) -> NoReturn:
    """Raise AttributeError: what stands here is a method of the class."""
    raise AttributeError("This method should be called on a class object.")


class OldAttributes:
    """Attributes under their old names: read, and some of them assigned.

    Python asks `__getattr__` only for what is not there, so today's names cost
    nothing.
    """

    __slots__ = ()

    # Hidden from type checkers: for them no unknown attribute exists.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("_"):
                return import_module(RESOLVER).read(self, name)
            raise no_attribute(self, name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name in ASSIGNED and import_module(RESOLVER).write(self, name, value):
                return
            object.__setattr__(self, name, value)


def no_attribute(owner: Any, name: str) -> AttributeError:
    """Return Python's own error for an attribute that does not exist."""
    return AttributeError(
        f"{type(owner).__name__!r} object has no attribute {name!r}", name=name, obj=owner
    )
