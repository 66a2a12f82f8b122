"""Files of other programs: recognised here, read outside the core.

The readers are named as strings and imported when a file turns out to be theirs; the
core imports nothing of word2vec.compat (tests/test_layers.py).
"""

import io
from importlib import import_module
from typing import Any

from word2vec.errors import ParameterError
from word2vec.io.files import is_open_file

_READER = "word2vec.compat.gensim_read"
_WRITER = "word2vec.compat.gensim_write"

# A pickle of protocol 2 or later; of 0 or 1; compressed. A native file starts with a
# length that leaves 56 when divided by 64, so that none of them can start like these.
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"ccopy_re", b"ccopyreg")
_COMPRESSED = (b"\x1f\x8b\x08", b"BZh")

FORMATS = ("native", "gensim")


def recognise(source: Any) -> tuple[Any, Any]:
    """Find the reader of a file.

    Parameters
    ----------
    source : path or open binary file
        An open file stays where it is.

    Returns
    -------
    source : path or open binary file
        What to read instead, as a stream cannot be looked into.
    reader : module or None
        With functions ``load_model``, ``load_vectors`` and ``load_phrases``; None for
        native files.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    if is_open_file(source):
        seekable = getattr(source, "seekable", None)
        if seekable is None or not seekable():
            source = io.BytesIO(source.read())
        start = source.read(8)
        source.seek(-len(start), io.SEEK_CUR)
    else:
        with open(source, "rb") as file:
            start = file.read(8)
    foreign = start.startswith(_PICKLES + _COMPRESSED)
    return source, import_module(_READER) if foreign else None


def writer(name: str) -> Any:
    """Return the module that writes the format `name`; None for the native one.

    Returns
    -------
    module or None
        With functions ``save_model`` and ``save_vectors``, ``to_gensim`` and
        ``from_gensim``.

    Raises
    ------
    ParameterError
        If there is no such format.
    """
    if name not in FORMATS:
        raise ParameterError(f"format={name!r}: it must be one of {', '.join(map(repr, FORMATS))}")
    return import_module(_WRITER) if name == "gensim" else None
