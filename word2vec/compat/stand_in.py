"""A package named gensim, where gensim is not installed, that holds what we have of it.

Its modules are made from the table in names.py when they are imported. What is not
there says so, in an AttributeError or ImportError that names the way out.
"""

import importlib.metadata
import logging
import os
import sys
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec as find_module
from opcode import opmap
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from word2vec.compat import names

_METADATA = f"""\
Metadata-Version: 2.1
Name: gensim
Version: {names.GENSIM_VERSION}
Summary: word2vec's stand-in for gensim
"""


def find_spec(fullname: str) -> ModuleSpec:
    """Describe a module of the stand-in.

    Raises
    ------
    ModuleNotFoundError
        If the stand-in has none of this name.
    """
    homes = names.STAND_IN.get(fullname)
    if homes is None or (isinstance(homes, str) and not _exists(homes)):
        raise ModuleNotFoundError(
            f"No module named {fullname!r} {_way_out(fullname)}", name=fullname
        )
    is_package = any(name.startswith(f"{fullname}.") for name in names.STAND_IN)
    spec = ModuleSpec(fullname, _Loader(), origin=__file__, is_package=is_package)
    spec.has_location = True
    return spec


_SILENCE = logging.NullHandler()
_INSTEAD = {
    "gensim.downloader": "download the file of the vectors and open it with "
    "KeyedVectors.load_word2vec_format(), or pip install gensim",
}


def _way_out(name: str) -> str:
    return f"in word2vec's stand-in for gensim: {_INSTEAD.get(name, 'for it, pip install gensim')}"


def _exists(module: str) -> bool:
    try:
        return find_module(module) is not None
    except ModuleNotFoundError:  # its package is not there
        return False


class _Loader(InspectLoader):
    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        content = names.found(names.STAND_IN[name]) or {}
        module.__dict__.update(content)
        module.__dict__["__all__"] = [key for key in content if key[0] != "_"]
        module.__dict__["__getattr__"] = _missing_from(name)
        # As in gensim; ours pass through it while patched.
        module.__dict__.setdefault("logger", logging.getLogger(name))
        if name == "gensim":
            # As gensim does: without handlers of the user's, nothing goes to stderr.
            logging.getLogger(name).addHandler(_SILENCE)
        if name in ("gensim", "gensim.models"):
            # gensim imports its modules, so that `import gensim` is enough to use them.
            for child in names.STAND_IN:
                on_demand = child in ("gensim.scripts", "gensim.test")
                if child.rpartition(".")[0] == name and not on_demand:
                    _import_if_there(child)

    def get_source(self, fullname: str) -> str:
        """Return what ``python -m`` has to run: the script that is the home."""
        home = names.STAND_IN[fullname]
        return f"import runpy\nrunpy.run_module({home!r}, run_name=__name__, alter_sys=True)\n"

    def is_package(self, fullname: str) -> bool:
        return find_spec(fullname).submodule_search_locations is not None

    def get_code(self, fullname: str) -> CodeType | None:
        return compile(self.get_source(fullname), __file__, "exec")


def _import_if_there(module: str) -> None:
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise


def _missing_from(module: str) -> Any:
    def missing(name: str) -> Any:
        path = f"{module}.{name}"
        message = f"there is no {path} {_way_out(path)}"
        if _runs_from_import(sys._getframe(1)):
            raise ImportError(message, name=module)
        raise AttributeError(message, name=name)

    return missing


def _runs_from_import(frame: FrameType) -> bool:
    """Tell whether ``from module import name`` asks: it drops the text of an AttributeError."""
    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]


class Distribution(importlib.metadata.Distribution):
    """What `importlib.metadata` is to know of the stand-in."""

    def read_text(self, filename: str) -> str | None:
        """Return the one file there is, METADATA."""
        return _METADATA if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        """Return where `path` would be; there are no files."""
        return Path(__file__).parent / os.fspath(path)


def is_imported() -> bool:
    """Tell whether the package gensim in `sys.modules` is the stand-in."""
    spec = getattr(sys.modules.get("gensim"), "__spec__", None)
    return spec is not None and isinstance(spec.loader, _Loader)


def forget() -> None:
    """Take the stand-in out of `sys.modules`."""
    if is_imported():
        for name in [name for name in sys.modules if f"{name}.".startswith("gensim.")]:
            del sys.modules[name]
        logging.getLogger("gensim").removeHandler(_SILENCE)
