"""Output files: whole or not there, compressed if their name says so.

A named file is written beside its name and then moved, so a failure at any point
leaves the old file as it was and no temporary file. Reading is text.readers' work.
"""

import bz2
import contextlib
import gzip
import io
import lzma
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from word2vec.extras import require


@contextlib.contextmanager
def replace_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open `path` for writing; the content appears there at once and at the end.

    The data are on the disk (fsync) before the name points to them. Permissions of
    an old file are kept, a symbolic link keeps pointing where it points. What is
    no regular file (a pipe, a device) is written in place.

    Yields
    ------
    file object
        Binary, writable, seekable where `path` is.

    Raises
    ------
    OSError
        If the folder cannot be written to or the disk is full.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:
            yield cast(BinaryIO, stream)
        return
    temporary = target.with_name(f"{_temporary_prefix(target)}{secrets.token_hex(6)}.tmp")
    try:
        # "x" lets the umask decide the permissions; tempfile would make them 0600.
        with temporary.open("xb") as file:
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Delete what a killed process left of writing `path`.

    Nobody else may be writing it now.
    """
    target = Path(os.path.realpath(path))
    prefix = re.escape(_temporary_prefix(target))
    for other in target.parent.iterdir():
        ours = re.fullmatch(rf"{prefix}[0-9a-f]{{12}}\.tmp", other.name)
        if ours and other.is_file() and not other.is_symlink():
            other.unlink(missing_ok=True)


def _temporary_prefix(target: Path) -> str:
    return f".{target.name[:100]}."


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_open_file(target: object) -> bool:
    """Whether `target` is an open file rather than the name of one."""
    return isinstance(target, io.IOBase) or hasattr(target, "read") or hasattr(target, "write")


@contextlib.contextmanager
def open_output(target: str | os.PathLike[str] | BinaryIO, append: bool) -> Iterator[BinaryIO]:
    """Open a file for writing, through a compressor where the name asks for one.

    Parameters
    ----------
    target : str, path or open binary file
        Names in .gz, .bz2, .xz and .zst are compressed; an open file is neither
        compressed nor closed.
    append : bool
        Write behind what is there (not atomic) instead of replacing it.

    Yields
    ------
    file object
        Binary and writable.

    Raises
    ------
    MissingDependencyError
        For .zst without the zstandard package.
    OSError
        If the file cannot be written.
    """
    if is_open_file(target):
        yield cast(BinaryIO, target)
        return
    path = Path(cast(str, target))
    raw_file = path.open("ab") if append else replace_file(path)
    with raw_file as raw, _compressor(raw, path.suffix) as file:
        yield file


def _compressor(raw: Any, suffix: str) -> contextlib.AbstractContextManager[BinaryIO]:
    """Wrap `raw`; leaving the context ends the stream and leaves `raw` open."""
    file: Any
    if suffix == ".gz":
        # No time stamp and no name: the same vectors give the same file.
        file = gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0)
    elif suffix == ".bz2":
        file = bz2.BZ2File(raw, "wb")
    elif suffix == ".xz":
        file = lzma.LZMAFile(raw, "wb")  # noqa: SIM115  (the caller closes it)
    elif suffix == ".zst":
        zstandard = require("zstandard", "zst", "writing .zst files")
        file = zstandard.ZstdCompressor().stream_writer(raw, closefd=False)
    else:
        file = contextlib.nullcontext(raw)
    return cast(contextlib.AbstractContextManager[BinaryIO], file)
