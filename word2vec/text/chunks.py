"""Files in chunks of bytes for several threads, and the threads.

A chunk ends at a line end, or inside of a line that is longer than a chunk, but never
inside of a word. Chunks are numbered in the order of the text; whoever works on them
in parallel hands the results to `InOrder`, so that nothing depends on the number of
threads.
"""

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import IO, Generic, NamedTuple, TypeVar

from word2vec.text._text import is_valid_utf8, last_separator
from word2vec.text.compressed import is_decompressed
from word2vec.text.readers import Source, check_word, decode, open_binary

CHUNK_BYTES = 1 << 20
"""Size of a chunk: large beside a thread switch, small beside the weights of a model."""

# How often a waiting thread looks for Ctrl-C, and how long it waits for the others
# to notice a failure, in seconds. Both are below the second in which errors must show.
_POLL_SECONDS = 0.1
_STOP_SECONDS = 0.8

# Decompressed reads that may wait for the workers.
_READS_AHEAD = 2

Result = TypeVar("Result")


class Chunk(NamedTuple):
    """Some bytes of a file, in whole words."""

    number: int
    text: bytes
    inside_line: bool
    """Whether the line in which it begins has begun before it."""
    ends_line: bool
    """Whether it ends with its line, or with the file."""


def read_chunks(
    files: Sequence[Source], chunk_bytes: int = CHUNK_BYTES
) -> Generator[Chunk, None, None]:
    """Read files one after the other; compressed ones are decompressed in a thread.

    Parameters
    ----------
    files : sequence of str, path or binary file object
    chunk_bytes : int
        Bytes to read at a time. Chunks differ from it by the length of a line, and by
        the length of a word where lines are longer.

    Yields
    ------
    Chunk

    Raises
    ------
    OSError, EOFError, CorpusTypeError, MissingDependencyError
        As `word2vec.text.readers.open_binary` raises them.
    CorpusError
        If a word is longer than `word2vec.text.readers.MAX_WORD_BYTES`.
    """
    number = 0
    for file in files:
        inside_line = False
        with closing(_reads(file, chunk_bytes)) as reads:
            pending: list[bytes] = []  # a list: a word of any length costs linear time
            for read in reads:
                ends_line = b"\n" in read
                cut = (read.rindex(b"\n") if ends_line else last_separator(read)) + 1
                if not cut:
                    pending.append(read)
                    check_word(sum(map(len, pending)))
                    continue
                text = b"".join([*pending, read[:cut]])
                yield Chunk(number, text, inside_line, ends_line)
                number += 1
                inside_line = not ends_line
                pending = [read[cut:]]
            if text := b"".join(pending):
                yield Chunk(number, text, inside_line, True)
                number += 1


def _reads(file: Source, n_bytes: int) -> Generator[bytes, None, None]:
    """Read a file in parts of `n_bytes`."""
    with ExitStack() as opened:
        stream = opened.enter_context(open_binary(file))
        if not is_decompressed(stream):
            while read := stream.read(n_bytes):
                yield read
            return
        handed_over = opened.pop_all()
    yield from _read_ahead(stream, n_bytes, handed_over)


def _read_ahead(stream: IO[bytes], n_bytes: int, opened: ExitStack) -> Generator[bytes, None, None]:
    """Read in a thread of its own, at most `_READS_AHEAD` reads ahead.

    The thread closes the stream: closing one that another thread reads would wait for it.
    """
    # b"" is the end, an exception what the stream raised.
    waiting: queue.Queue[bytes | BaseException] = queue.Queue(_READS_AHEAD)
    stopped = threading.Event()

    def hand_over(result: bytes | BaseException) -> None:
        while not stopped.is_set():
            with suppress(queue.Full):
                waiting.put(result, timeout=_POLL_SECONDS)
                return

    def work() -> None:
        try:
            with opened:
                while not stopped.is_set() and (read := stream.read(n_bytes)):
                    hand_over(read)
            hand_over(b"")
        except BaseException as error:  # raised again below, in the reader's thread
            hand_over(error)

    thread = threading.Thread(target=work, name="word2vec-decompress", daemon=True)
    thread.start()
    try:
        # The thread always ends with b"" or an exception, so this cannot wait for the dead.
        while result := waiting.get():
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        stopped.set()
        thread.join(_STOP_SECONDS / 2)


def valid_utf8(text: bytes) -> tuple[bytes, int]:
    """`text` with each invalid sequence replaced by U+FFFD, and their number."""
    if is_valid_utf8(text):
        return text, 0
    decoded, n_invalid = decode(text)
    return decoded.encode(), n_invalid


class InOrder(Generic[Result]):
    """Gives numbered results to a function in the order of their numbers.

    `put` may be called by any thread, with each number from 0 on once; `take` is
    called by one thread at a time.
    """

    def __init__(self, take: Callable[[Result], None]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._waiting: dict[int, Result] = {}
        self._next = 0

    def put(self, number: int, result: Result) -> None:
        """Hand in result `number`; whoever closes a gap takes what waited behind it."""
        with self._lock:
            self._waiting[number] = result
            while self._next in self._waiting:
                self._take(self._waiting.pop(self._next))
                self._next += 1


class ChunkQueue:
    """Chunks for several threads: each takes the next one when it is ready for it."""

    def __init__(self, chunks: Generator[Chunk, None, None]) -> None:
        self._chunks = chunks
        self._lock = threading.Lock()
        self._stopped = False

    def __iter__(self) -> Iterator[Chunk]:
        while True:
            with self._lock:
                chunk = None if self._stopped else next(self._chunks, None)
            if chunk is None:
                return
            yield chunk

    def stop(self) -> None:
        """Give out no more chunks, and close the files unless a thread hangs in one."""
        self._stopped = True
        with suppress(ValueError):  # the generator is being executed
            self._chunks.close()


def for_each_chunk(
    chunks: Generator[Chunk, None, None],
    workers: int,
    work: Callable[[ChunkQueue], None],
) -> None:
    """Call `work` in each of `workers` threads with a queue that they share.

    One worker runs in the caller's thread.

    Parameters
    ----------
    chunks : generator of Chunk
        Closed at the end, whatever happens.
    workers : int
    work : callable
        Iterates over the queue until it is empty.

    Raises
    ------
    Exception
        The first that a thread raised, within a second; the others are stopped. So
        does KeyboardInterrupt.
    """
    shared = ChunkQueue(chunks)
    if workers <= 1:
        with _stopping(shared, []):
            work(shared)
        return
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work(shared)
        except BaseException as error:  # raised again below, in the caller's thread
            errors.append(error)

    threads = [
        threading.Thread(target=run, name=f"word2vec-text-{i}", daemon=True) for i in range(workers)
    ]
    with _stopping(shared, threads):
        for thread in threads:
            thread.start()
        while not errors and any(thread.is_alive() for thread in threads):
            _join(threads, _POLL_SECONDS)
    if errors:
        raise errors[0]


@contextmanager
def _stopping(shared: ChunkQueue, threads: list[threading.Thread]) -> Iterator[None]:
    """Stop the threads on the way out; one that hangs in the system is left behind."""
    try:
        yield
    finally:
        shared.stop()
        _join(threads, _STOP_SECONDS)


def _join(threads: list[threading.Thread], seconds: float) -> None:
    """Wait for all threads that have started, up to about `seconds` altogether."""
    for thread in threads:
        if thread.is_alive():
            thread.join(seconds / len(threads))
