"""Compressed streams: recognised by their content, checked to their end.

A name may lie and an open file may have none, so the first bytes decide. Damage is an
error that names the file: no part of a text is lost in silence, neither at a cut nor
behind the first of several streams in a file. Memory is bounded whatever a file says.
"""

import bz2
import io
import lzma
import os
import select
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, Protocol, cast

from word2vec.errors import (
    CorpusTypeError,
    DamagedFileError,
    TruncatedFileError,
)
from word2vec.extras import require

MAGIC_BYTES = 10
"""How many bytes of a file `compression_of` looks at."""

_INPUT_BYTES = 64 << 10

# zstandard cannot be told how much to give; four bytes may become 128 KiB, so this much
# input is 32 MiB at worst and a few KiB as a rule.
_ZSTD_INPUT_BYTES = 1 << 10


def compression_of(head: bytes, name: str = "") -> str | None:
    """Say how a file is compressed, by its first bytes, or else by its name.

    Parameters
    ----------
    head : bytes
        The first `MAGIC_BYTES` bytes, or all there are.
    name : str
        What is not recognised but named .gz, .bz2, .xz or .zst cannot be text: it is
        taken at its word, and reading it fails.

    Returns
    -------
    {"gzip", "bz2", "xz", "zstd"} or None
        None if it is not compressed.
    """
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    # A text may begin with "BZh9", but not with what comes next: the number of the first
    # block (the digits of pi) or of the end of the stream (the digits of its root).
    if head[:3] == b"BZh" and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zstd"
    suffix = os.path.splitext(name)[1].lower()
    return {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}.get(suffix)


class _Decompressor(Protocol):
    """What the standard library's decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib in that form."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int) -> bytes:
        text = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        # A full result may have left some behind, even of an input that is used up.
        self.needs_input = not self._stream.unconsumed_tail and len(text) < max_length
        return text

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data


class _Zstd:
    """The zstandard package in that form."""

    def __init__(self, package: Any) -> None:
        self._stream = package.ZstdDecompressor().decompressobj()
        self._input = memoryview(b"")
        self._text = memoryview(b"")

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if data:
            self._input = memoryview(bytes(self._input) + data)
        while self._input and not self._text and not self._stream.eof:
            self._text = memoryview(self._stream.decompress(self._input[:_ZSTD_INPUT_BYTES]))
            self._input = self._input[_ZSTD_INPUT_BYTES:]
        text = bytes(self._text[:max_length])
        self._text = self._text[max_length:]
        return text

    @property
    def needs_input(self) -> bool:
        return not self._input and not self._text

    @property
    def eof(self) -> bool:
        return self._stream.eof and not self._text

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data) + bytes(self._input)


def _decompressor(kind: str, name: str) -> tuple[Callable[[], _Decompressor], tuple[Any, ...]]:
    """Return what makes a decompressor, and the errors by which it tells of damage."""
    if kind == "gzip":
        return _Gzip, (zlib.error,)
    if kind == "bz2":
        return bz2.BZ2Decompressor, (OSError, ValueError)
    if kind == "xz":
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), (lzma.LZMAError,)
    zstandard = require("zstandard", "zst", f"reading {name}")
    return lambda: _Zstd(zstandard), (zstandard.ZstdError,)


class Decompressed(io.RawIOBase):
    """The text in a compressed file, of one stream or several.

    Parameters
    ----------
    stream : binary file object
        Read from where it is; closed by whoever opened it.
    kind : {"gzip", "bz2", "xz", "zstd"}
    name : str
        For messages.

    Raises
    ------
    MissingDependencyError
        If `kind` is "zstd" and the package zstandard is not installed.
    TruncatedFileError, DamagedFileError
        When read; also EOFError and OSError.
    """

    def __init__(self, stream: IO[bytes], kind: str, name: str) -> None:
        self._make, self._errors = _decompressor(kind, name)
        self._current: _Decompressor | None = self._make()
        self._stream, self._kind, self._name = stream, kind, name
        self._rest = b""  # read of the file and not looked at yet

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` with the next bytes of text, some or all of it."""
        text = b""
        while not text and self._current is not None:
            text = self._decompress(self._current, len(buffer))
        buffer[: len(text)] = text
        return len(text)

    def _decompress(self, current: _Decompressor, most: int) -> bytes:
        data = self._read() if current.needs_input else b""
        asked_in_vain = current.needs_input and not data
        try:
            text = current.decompress(data, most)
        except self._errors as error:
            raise DamagedFileError(
                f"{self._name}: the {self._kind} data are damaged, or something else follows "
                f"them ({error}); decompress it with the tool that made it, or get it again"
            ) from error
        if current.eof:
            self._begin_next(current.unused_data)
        elif asked_in_vain and not text:
            raise TruncatedFileError(
                f"{self._name}: the file ends in the middle of its {self._kind} data; it was cut "
                "off: get it again"
            )
        return text

    def _begin_next(self, rest: bytes) -> None:
        """Go on with the next stream of the file behind padding, if there is one."""
        rest = rest.lstrip(b"\0")
        while not rest and (data := self._read()):
            rest = data.lstrip(b"\0")
        self._rest = rest
        self._current = self._make() if rest else None

    def _read(self) -> bytes:
        rest, self._rest = self._rest, b""
        return rest or self._stream.read(_INPUT_BYTES)


class _Pipe(io.RawIOBase):
    """A stream that cannot start over, in whatever parts it comes; bytes can be put back."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._head = stream, b""
        # All there is and no more, if the stream can do that.
        self._get = getattr(stream, "read1", stream.read)

    def put_back(self, head: bytes) -> None:
        self._head = head + self._head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)]
        self._head = self._head[len(data) :]
        if not data:
            # Python aborts at its end if a thread is inside of a read of sys.stdin then, as
            # after Ctrl-C. So wait outside; more than its buffer holds leaves none behind.
            with suppress(OSError, ValueError, TypeError):  # nothing to wait for, or no way
                select.select([self._stream], [], [])
            data = self._get(max(len(buffer), _INPUT_BYTES))
            if isinstance(data, str):
                raise CorpusTypeError(f"{self._stream!r} gives str: open it in binary mode ('rb')")
            data, self._head = data[: len(buffer)], data[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def decompressed(stream: Any, name: str) -> IO[bytes]:
    """Give the text of a stream: itself if it is plain and can seek, else a reader of it.

    Parameters
    ----------
    stream : binary file object
        At its start. It stays open when the result is closed.
    name : str
        See `compression_of`; also for messages.

    Raises
    ------
    MissingDependencyError
        If the file is compressed with zstd and the package zstandard is not installed.
    CorpusTypeError
        If `stream` gives str.
    """
    seeks = can_seek(stream)
    if not seeks:
        stream = _Pipe(stream)
    head = b""
    while len(head) < MAGIC_BYTES and (data := stream.read(MAGIC_BYTES - len(head))):
        head += data
    if seeks:
        stream.seek(0)
    else:
        stream.put_back(head)
    if (kind := compression_of(head, name)) is not None:
        stream = Decompressed(stream, kind, name)
    elif seeks:
        return cast("IO[bytes]", stream)
    return cast("IO[bytes]", io.BufferedReader(stream, _INPUT_BYTES))


def can_seek(stream: Any) -> bool:
    """Whether a file object can start over."""
    seekable = getattr(stream, "seekable", None)
    return hasattr(stream, "seek") and (seekable is None or seekable())


def is_decompressed(stream: IO[bytes]) -> bool:
    """Whether `stream` is a result of `decompressed` that takes time to read."""
    return isinstance(getattr(stream, "raw", None), Decompressed)
