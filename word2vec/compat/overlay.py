"""Our names over the modules of an installed gensim, without touching what is under them.

gensim's Doc2Vec, FastText and other models are built on gensim's Word2Vec and
KeyedVectors and look them up in the globals of their modules. So globals stay as they
are; instead each module gets a class whose attribute look-up finds our objects first.
Whoever imports from outside sees ours, gensim's code among itself sees its own.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

from word2vec.compat import names

Undo = Callable[[], None]

_thread = threading.local()


def install() -> ExitStack:
    """Lay our names over gensim, which must be installed.

    Returns
    -------
    ExitStack
        Close it to have everything as before.
    """
    replaced: dict[int, tuple[Any, Any]] = {}
    with ExitStack() as undo:
        for name, homes in names.PATCHED.items():
            try:
                module = import_module(name)
            except ModuleNotFoundError:  # a gensim without this (compiled) module
                continue
            ours = names.found(homes) or {}
            for attribute, value in ours.items():
                theirs = vars(module).get(attribute)
                if _is_gensims(theirs):
                    replaced[id(theirs)] = (theirs, value)
            undo.callback(_lay_over(module, ours))
        undo.callback(_keep_files_of_other_models(import_module("gensim.utils").SaveLoad))
        for importer in _rebind_importers(replaced):
            undo.callback(importer)
        return undo.pop_all()
    raise AssertionError("an ExitStack swallowed an exception")


@contextmanager
def gensims_own() -> Iterator[None]:
    """Let this thread see gensim's own objects."""
    before = getattr(_thread, "sees_gensim", False)
    _thread.sees_gensim = True
    try:
        yield
    finally:
        _thread.sees_gensim = before


def _is_gensims(value: Any) -> bool:
    # Not constants: nobody can tell whose float32 or frozenset it is.
    return isinstance(value, type | FunctionType) and value.__module__.startswith("gensim.")


def _lay_over(module: ModuleType, ours: Mapping[str, Any]) -> Undo:
    """Give `module` a class that answers with `ours` first."""
    plain: Any = type(module)
    shown = dict(ours)

    class Patched(plain):  # type: ignore[misc]
        def __getattribute__(self, name: str) -> Any:
            if name in shown and not getattr(_thread, "sees_gensim", False):
                return shown[name]
            return super().__getattribute__(name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name not in shown:
                super().__setattr__(name, value)
            elif value is vars(self).get(name, shown):
                # unittest.mock puts back what it saw in __dict__.
                shown[name] = ours[name]
            else:
                shown[name] = value

        def __dir__(self) -> list[str]:
            return sorted({*super().__dir__(), *shown})

    def undo() -> None:
        if type(module) is Patched:
            module.__class__ = plain

    module.__class__ = Patched
    return undo


def _keep_files_of_other_models(save_load: Any) -> Undo:
    """Let gensim's own models find gensim's own classes when they are saved and loaded.

    A pickle names its classes; without this, a Doc2Vec would come back with our
    KeyedVectors filled with gensim's attributes, and could not be saved at all.
    """
    saved = {name: vars(save_load)[name] for name in ("save", "load")}

    def save(self: Any, *args: Any, **kwargs: Any) -> Any:
        with gensims_own():
            return saved["save"](self, *args, **kwargs)

    def load(cls: Any, *args: Any, **kwargs: Any) -> Any:
        with gensims_own():
            return saved["load"].__func__(cls, *args, **kwargs)

    save_load.save = save
    save_load.load = classmethod(load)

    def undo() -> None:
        for name, value in saved.items():
            setattr(save_load, name, value)

    return undo


def _rebind_importers(replaced: Mapping[int, tuple[Any, Any]]) -> Iterator[Undo]:
    """Rebind gensim's objects in modules that had imported them before."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "gensim" or not isinstance(module, ModuleType):
            continue
        # Not vars(): it would load modules that are to be loaded lazily.
        namespace = ModuleType.__getattribute__(module, "__dict__")
        held = {
            key: replaced[id(value)]
            for key, value in list(namespace.items())
            if id(value) in replaced
        }
        # A module that derives from gensim's classes is made for them: it may say
        # super(Word2Vec, self), which would not hold for ours.
        if held and not _derives(name, namespace, replaced):
            for key, (theirs, ours) in held.items():
                namespace[key] = ours
                yield _rebind_undo(namespace, key, theirs, ours)


def _derives(module: str, namespace: Mapping[str, Any], replaced: Mapping[int, Any]) -> bool:
    return any(
        isinstance(value, type)
        and value.__module__ == module
        and any(id(base) in replaced for base in value.__mro__[1:])
        for value in list(namespace.values())
    )


def _rebind_undo(namespace: dict[str, Any], key: str, theirs: Any, ours: Any) -> Undo:
    def undo() -> None:
        if namespace.get(key) is ours:
            namespace[key] = theirs

    return undo
