"""`patch_gensim`: programs written for gensim run on this library, unchanged.

Where gensim is installed our names are laid over it (overlay.py); where it is not, a
stand-in takes its place (stand_in.py). Which of them is decided when gensim is first
imported. `unpatch_gensim` takes back every change.
"""

import importlib.metadata
import logging
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from word2vec.compat import overlay, stand_in
from word2vec.errors import ParameterError

# Ours -> gensim's. Our records and levels pass through gensim's loggers, so that
# logging.getLogger("gensim").setLevel(...) does what it did.
_LOGGERS = {
    "word2vec": "gensim.models.word2vec",
    "word2vec.phrases": "gensim.models.phrases",
    "word2vec.vectors": "gensim.models.keyedvectors",
}

_lock = threading.RLock()
_patch: "_Patch | None" = None


def patch_gensim(*, only_stand_in: bool = False) -> None:
    """Put this library in the place of gensim's Word2Vec, KeyedVectors and Phrases.

    From now on `gensim.models.Word2Vec` and all that belongs to it (`KeyedVectors`,
    `Phrases`, `CallbackAny2Vec`, the corpus readers) are ours: in the installed
    gensim, or in a stand-in package of this name if there is none. Modules that have
    imported gensim's classes get ours under the same names. `unpatch_gensim` undoes
    it. A second call changes nothing; calls from several threads are safe.

    Parameters
    ----------
    only_stand_in : bool
        Use the stand-in even where gensim is installed: it is imported in about a quarter of the
        time, but has no other models.

    Raises
    ------
    ParameterError
        If `only_stand_in` is asked for but gensim has been imported or patched already.

    Notes
    -----
    Objects that exist, and classes derived from gensim's before the call, stay
    gensim's. gensim's other models (Doc2Vec, FastText, LdaModel, ...) work as before,
    on gensim's own classes; the functions of `gensim.utils` are not replaced. Processes
    that are spawned and not forked need a call of their own.
    """
    global _patch
    with _lock:
        if only_stand_in:
            _check_free_for_stand_in()
        if _patch is None:
            _patch = _Patch(only_stand_in)
            _patch.begin()
        patch = _patch
    if "gensim" in sys.modules and not stand_in.is_imported():
        # Not under the lock: this waits for a thread that is just importing gensim.
        import_module("gensim")
        patch.lay_over()


def unpatch_gensim() -> None:
    """Undo `patch_gensim`: gensim is again what it was, or not there.

    Does nothing without a patch. Names that were imported from gensim while it was
    patched keep our objects.
    """
    global _patch
    with _lock:
        if _patch is not None:
            _patch.end()
            _patch = None


def _check_free_for_stand_in() -> None:
    if _patch is not None and not _patch.only_stand_in:
        raise ParameterError("only_stand_in=True: gensim is patched already; unpatch_gensim first")
    if "gensim" in sys.modules and not stand_in.is_imported():
        raise ParameterError(
            "only_stand_in=True: gensim has been imported already; call patch_gensim before that"
        )


class _Patch(MetaPathFinder):
    """A patch in force: it finds gensim or the stand-in, and knows what to undo."""

    def __init__(self, only_stand_in: bool) -> None:
        self.only_stand_in = only_stand_in
        self._undo = ExitStack()
        self._laid_over = False

    def begin(self) -> None:
        """Watch for imports of gensim."""
        sys.meta_path.insert(0, self)
        self._undo.callback(sys.meta_path.remove, self)
        self._undo.callback(stand_in.forget)
        for ours, theirs in _LOGGERS.items():
            self._undo.callback(_set_parent, ours, logging.getLogger(ours).parent)
            _set_parent(ours, logging.getLogger(theirs))

    def lay_over(self) -> None:
        """Lay our names over gensim, which has been imported."""
        with _lock:
            if _patch is self and not self._laid_over:
                self._undo.push(overlay.install())
                self._laid_over = True

    def end(self) -> None:
        """Take everything back."""
        self._undo.close()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find gensim, to be patched when it has been imported, or the stand-in."""
        if fullname.partition(".")[0] != "gensim":
            return None
        if fullname != "gensim":
            return stand_in.find_spec(fullname) if stand_in.is_imported() else None
        spec = self._installed()
        if spec is None:
            return stand_in.find_spec(fullname)
        spec.loader = _PatchingLoader(spec.loader, self)
        return spec

    def find_distributions(self, context: Any) -> Iterable[importlib.metadata.Distribution]:
        """Answer for the stand-in when `importlib.metadata` is asked for gensim."""
        asked = context.name is None or context.name.lower() == "gensim"
        if asked and context.path == sys.path and self._installed() is None:
            yield stand_in.Distribution()

    def _installed(self) -> ModuleSpec | None:
        """Find the installed gensim, as Python would without us."""
        if self.only_stand_in:
            return None
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            if find_spec is None or finder is self:
                continue
            spec: ModuleSpec | None = find_spec("gensim", None)
            # Without a location it is any folder that happens to be named gensim.
            if spec is not None and spec.has_location:
                return spec
        return None


class _PatchingLoader(Loader):
    """gensim's loader, which lays our names over the package at the end."""

    def __init__(self, loader: Any, patch: _Patch) -> None:
        self._loader = loader
        self._patch = patch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        # From here on the module has its own loader: nothing of us stays in it.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._patch.lay_over()


def _set_parent(name: str, parent: logging.Logger | None) -> None:
    logger = logging.getLogger(name)
    logger.parent = parent
    logger.setLevel(logger.level)  # forgets which levels are enabled
