"""Files that gensim's `save` wrote, of any release since 0.12, without gensim.

One pickle (plain, .gz or .bz2), read by SafeUnpickler, and for large arrays side
files next to it: ``NAME.ATTRIBUTE.npy``, of the vectors ``NAME.wv.ATTRIBUTE.npy``.
What the attributes mean is gensim_state.py's work.
"""

import bz2
import errno
import gzip
import io
import logging
import lzma
import math
import mmap as memory_map
import os
import pickle
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from word2vec.compat import gensim_phrases, gensim_state
from word2vec.compat.allowed import refused
from word2vec.compat.inert import AnyArray, Array, Global, Inert
from word2vec.compat.safe_pickle import SafeUnpickler
from word2vec.errors import FormatError, ParameterError, TruncatedFileError
from word2vec.io.files import is_open_file

if TYPE_CHECKING:
    from word2vec.model import Word2Vec
    from word2vec.phrases.scoring import Scoring
    from word2vec.phrases.transformation import _PhrasesTransformation
    from word2vec.vectors.keyed_vectors import KeyedVectors

logger = logging.getLogger(__name__)

Model = TypeVar("Model", bound="Word2Vec")
Vectors = TypeVar("Vectors", bound="KeyedVectors")
PhraseModel = TypeVar("PhraseModel", bound="_PhrasesTransformation")

# Compressed files may become so many times as large, and this much in any case.
_EXPANSION = 200
_FREE_BYTES = 2**26
_PIECE = 2**20

# Of the names of attributes that become names of files, and how deep they may be nested:
# gensim's have some dozen letters and are nested once.
_LONGEST_NAME = 100
_MOST_PARTS = 8

# Where old models keep what users gave them; nothing of it is needed.
_USERS_OWN = ("callbacks", "hashfxn", "trim_rule")


def load_model(cls: type[Model], source: Any, mmap: Any = None, trusted: bool = False) -> Model:
    """Read a whole model that gensim saved.

    Parameters
    ----------
    cls : type
        Word2Vec or a subclass.
    source : path or open binary file
        Side files are found by the path only.
    mmap : {None, "r", "c", "r+"}
        Map the arrays in side files instead of reading them.
    trusted : bool
        Import and call whatever the pickle names outside gensim, as Python's pickle does.

    Raises
    ------
    RefusedGlobalError
        If the pickle names something that is not on the list, unless `trusted`.
    WrongObjectError
        If the file holds something else.
    FormatError
        If it is damaged (TruncatedFileError if it ends too soon).
    OSError
        If it or a side file cannot be read.
    """
    return gensim_state.model_from(cls, read(source, mmap, trusted))


def load_vectors(
    cls: type[Vectors], source: Any, mmap: Any = None, trusted: bool = False
) -> Vectors:
    """Read vectors that gensim saved, of a whole model only its vectors.

    Parameters and errors are those of `load_model`.
    """
    return gensim_state.vectors_from(cls, read(source, mmap, trusted))


def load_phrases(
    cls: type[PhraseModel], source: Any, scoring: "Scoring | None" = None, trusted: bool = False
) -> PhraseModel:
    """Read phrases that gensim saved.

    Parameters
    ----------
    cls : type
        Phrases, FrozenPhrases or a subclass.
    scoring : callable, optional
        Takes the place of the file's, which is found by its name only if the module that
        defines it is imported already; see `word2vec.phrases.scoring.find_scoring`.

    Raises
    ------
    ParameterError
        If the scoring function was neither given nor found.

    Notes
    -----
    Other parameters and errors are those of `load_model`.
    """
    return gensim_phrases.phrases_from(cls, read(source, None, trusted), scoring)


def read(source: Any, mmap: Any = None, trusted: bool = False) -> Any:
    """Read a pickle and its side files.

    Returns
    -------
    Inert or object
        The object saved; with `trusted` perhaps one of a user's class.

    Raises
    ------
    FormatError, OSError
        See `load_model`.
    """
    if mmap not in (None, "r", "c", "r+"):
        raise ParameterError(f"mmap={mmap!r}: it must be None, 'r', 'c' or 'r+'")
    path = None if is_open_file(source) else os.fspath(source)
    root = _unpickle(source, path, trusted)
    _load_side_files(root, path, mmap, trusted)
    return root


# ---- the pickle ----------------------------------------------------------------


def _unpickle(source: Any, path: str | None, trusted: bool) -> Any:
    data, mapped = _data(source, path, trusted)
    try:
        if trusted:
            return _TrustingUnpickler(io.BytesIO(bytes(data))).load_checked()
        machine = SafeUnpickler(data)
        root = machine.load()
    finally:
        if mapped is not None:
            mapped.close()
    if machine.foreign:
        _leave_out_users_own(root)
        _refuse_foreign(root)
    return root


def _data(source: Any, path: str | None, trusted: bool) -> tuple[Any, memory_map.mmap | None]:
    """Bytes of the pickle, decompressed, and the map to close afterwards."""
    if path is None:
        return _decompressed(source.read(), trusted), None
    with open(path, "rb") as file:
        start = file.read(4)
        file.seek(0)
        if not start or _compression(start) is not None:
            return _decompressed(file.read(), trusted), None
        mapped = memory_map.mmap(file.fileno(), 0, access=memory_map.ACCESS_READ)
        return mapped, mapped


def _compression(start: bytes) -> Any:
    if start.startswith(b"\x1f\x8b"):
        return gzip
    return bz2 if start.startswith(b"BZh") else None


def _most_bytes(packed: int, trusted: bool) -> int:
    """Bytes that so many compressed ones may become: weights hardly compress, bombs do."""
    return 2**62 if trusted else _FREE_BYTES + _EXPANSION * packed


def _bomb(packed: int) -> FormatError:
    return FormatError(
        f"the file has {packed} compressed bytes and would become more than {_EXPANSION} times as "
        "large, as no trained model does; if you trust whoever made it, open it with trusted=True"
    )


def _decompressed(data: bytes, trusted: bool) -> bytes:
    module = _compression(data)
    if module is None:
        return data
    most = _most_bytes(len(data), trusted)
    try:
        with module.open(io.BytesIO(data)) as file:
            pieces = []
            while most >= 0 and (piece := file.read(_PIECE)):
                pieces.append(piece)
                most -= len(piece)
        if most < 0:
            raise _bomb(len(data))
        return b"".join(pieces)
    except FormatError:
        raise
    except EOFError as error:
        raise TruncatedFileError(f"the compressed file ends too soon: {error}") from error
    except (OSError, ValueError, zlib.error) as error:
        raise FormatError(f"the compressed file is damaged: {error}") from error


def _leave_out_users_own(root: Any) -> None:
    """Forget callbacks and functions of the user, which were not imported."""
    if not isinstance(root, Inert):
        return
    parts = (root.state.get(name) for name in gensim_state.PARTS)
    owners = [root] + [part for part in parts if isinstance(part, Inert)]
    for owner in owners:
        for name in _USERS_OWN:
            value = owner.state.get(name)
            found = list(_foreign(value))
            if found:
                logger.warning(
                    "%s of the file refers to %s, which is not imported: it is left out",
                    name,
                    found[0].path,
                )
                owner.state[name] = None


def _refuse_foreign(root: Any) -> None:
    # How phrases are scored may be a name: it is neither imported nor called on opening.
    if isinstance(root, Inert) and isinstance(root.state.get("scoring"), Global):
        root = [root.cls, root.args, root.state | {"scoring": None}]
    for node in _foreign(root):
        raise refused(node.path)


def _foreign(value: Any) -> Any:
    """Yield every name of another package within `value`."""
    left, seen = [value], set()
    while left:
        item = left.pop()
        if type(item) in (str, int, float, bytes) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, Global):
            if item.foreign:
                yield item
        elif isinstance(item, dict):
            left += item.keys()
            left += item.values()
        elif isinstance(item, list | tuple | set | frozenset):
            left += item
        elif isinstance(item, Inert):
            left += [item.cls, item.args, item.state]
        elif isinstance(item, Array):
            left += [item.raw, item.dtype]


class _TrustedStub(Inert):
    """Base of the stand-ins that Python's own unpickler makes objects of."""

    __slots__ = ()
    named = Global("", "")

    def __new__(cls, *args: Any, **_: Any) -> "_TrustedStub":
        stub = object.__new__(cls)
        Inert.__init__(stub, cls.named, args)
        return stub

    def __init__(self, *args: Any, **_: Any) -> None: ...

    def __setstate__(self, state: Any) -> None:
        self.build(state)


class _TrustingUnpickler(pickle.Unpickler):
    """Python's unpickler; gensim's and numpy.random's classes only are stand-ins."""

    def __init__(self, file: Any) -> None:
        super().__init__(file, encoding="latin1")

    def find_class(self, module: str, name: str) -> Any:
        """Import what is named, with stand-ins for gensim."""
        if module.partition(".")[0] == "gensim" or module.startswith("numpy.random"):
            return type(name, (_TrustedStub,), {"__slots__": (), "named": Global(module, name)})
        return super().find_class("collections" if module == "UserString" else module, name)

    def load_checked(self) -> Any:
        """Load; whatever goes wrong is a FormatError."""
        try:
            return self.load()
        except EOFError as error:
            raise TruncatedFileError(f"the pickle ends too soon: {error}") from error
        except Exception as error:
            raise FormatError(
                f"the pickle could not be opened: {type(error).__name__}: {error}"
            ) from error


# ---- side files ------------------------------------------------------------------


def _load_side_files(root: Any, path: str | None, mmap: Any, trusted: bool) -> None:
    """Put the arrays of side files where their bookkeeping says."""
    left = [(root, path, 0)]
    done: set[int] = set()
    while left:
        owner, stem, depth = left.pop()
        state = gensim_state.state_of(owner)
        if id(owner) in done or "__numpys" not in state:
            continue
        done.add(id(owner))
        if depth > _MOST_PARTS:
            raise FormatError(f"the file has parts within parts, more than {_MOST_PARTS} deep")
        for name in _names(state, "__numpys"):
            if stem is None:
                raise FormatError(
                    f"the array {name!r} is in a file beside this one: open it by its name"
                )
            state[name] = _read_side_file(path or "", f"{stem}.{name}", mmap, trusted)
        for name in _names(state, "__ignoreds"):
            state.setdefault(name, None)
        for name in _names(state, "__recursive_saveloads"):
            left.append((state.get(name), stem and f"{stem}.{name}", depth + 1))


def _names(state: dict[Any, Any], what: str) -> list[str]:
    names = state.get(what) or []
    # They become names of files: nothing that leads elsewhere.
    if not isinstance(names, list) or not all(
        isinstance(x, str) and x.isidentifier() and len(x) <= _LONGEST_NAME for x in names
    ):
        raise FormatError(f"the file's {what} are not names of attributes")
    return list(dict.fromkeys(names))  # a name that comes a million times is read once


# What numpy and zipfile raise for damaged files; the last come from parsing of headers.
_DAMAGE = (
    ValueError, KeyError, EOFError, OverflowError, NotImplementedError, zipfile.BadZipFile,
    zlib.error, lzma.LZMAError, struct.error, RuntimeError, TypeError,
    SyntaxError, tokenize.TokenError,
)  # fmt: skip


def _read_side_file(main: str, stem: str, mmap: Any, trusted: bool) -> AnyArray:
    compressed = main.endswith((".gz", ".bz2"))
    if compressed and mmap:
        raise ParameterError(f"mmap={mmap!r}: compressed files cannot be mapped; use mmap=None")
    path = Path(f"{stem}.npz" if compressed else f"{stem}.npy")
    if not path.exists():
        raise FileNotFoundError(
            errno.ENOENT, "an array of the model is kept in this file, which is missing", str(path)
        )
    if not path.is_file():  # a pipe would be waited for
        raise FormatError(f"{path} should hold an array of the model and is no regular file")
    try:
        if compressed:
            return _read_packed_array(path, trusted)
        # A map is checked against the size of the file before there is any memory for it.
        array = np.lib.format.open_memmap(path, mode=mmap or "r")
        return array if mmap else np.array(array)
    except _DAMAGE as error:
        raise FormatError(f"{path} is damaged or no array: {error}") from error


def _read_packed_array(path: Path, trusted: bool) -> AnyArray:
    """Read the array of a file of numpy.savez_compressed; its size is known before it is."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            with zipfile.ZipFile(file) as archive:
                member = archive.getinfo("val.npy")
                if member.file_size > _most_bytes(size, trusted):
                    raise _bomb(size)
                with archive.open(member) as packed:
                    data = packed.read(member.file_size)
        except OSError as error:  # positions that cannot be, not the disk
            raise ValueError(f"its directory is damaged ({error})") from error
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read = (
        np.lib.format.read_array_header_1_0 if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )  # fmt: skip
    shape, _, dtype = read(stream)
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell() or dtype.hasobject:
        raise ValueError(f"shape {shape} and dtype {dtype} do not fit its {len(data)} bytes")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
