"""A corpus as word ids: in memory up to a budget, beyond it in a temporary file.

An encoded corpus is written once, front to back, and then read in blocks of whole
sentences as often as wanted. Where the blocks begin depends on the sentences alone,
never on how they were appended.
"""

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import CorpusError
from word2vec.text._text import EncodedBlock, EncodedPiece, remap_block

__all__ = ["EncodedBlock", "EncodedCorpus", "EncodedPiece"]

MEMORY_BUDGET = 16 << 20
"""Bytes of an encoded corpus that stay in memory, if not told otherwise."""

# Bytes of one piece of a column: large enough that few blocks cross a seam and reading
# one costs nothing beside training on it, small beside the budget.
_PIECE_BYTES = 1 << 20

# Tokens that `remap` translates at a time.
_REMAP_TOKENS = 1 << 18

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]


class _Store:
    """Where full pieces go: memory while the budget lasts, then an unlinked file.

    The file is read and written, not mapped: what is mapped counts as memory of the
    process, and a failing disk would kill it instead of raising.
    """

    def __init__(self, memory_budget: int) -> None:
        self.memory_left = memory_budget
        self.file: IO[bytes] | None = None
        self.file_bytes = 0

    def keep(self, piece: npt.NDArray[Any]) -> npt.NDArray[Any] | int:
        """Take a full piece: itself if it may stay in memory, else its place in the file."""
        if piece.nbytes <= self.memory_left:
            self.memory_left -= piece.nbytes
            return piece
        place = self.file_bytes
        self.write(place, piece)
        self.file_bytes += piece.nbytes
        return place

    def write(self, place: int, values: npt.NDArray[Any]) -> None:
        """Put values into the file."""
        if self.file is None:
            # Without a name on POSIX, deleted when closed elsewhere: a crash leaves nothing.
            self.file = tempfile.TemporaryFile(prefix="word2vec-")  # noqa: SIM115
        self.file.seek(place)
        self.file.write(values.data)
        self.file.flush()

    def read(self, place: int, dtype: np.dtype[Any], n: int) -> npt.NDArray[Any]:
        """Give `n` values of the file."""
        assert self.file is not None
        self.file.seek(place)
        values = np.fromfile(self.file, dtype, n)
        if len(values) < n:
            raise OSError(f"the temporary file of word ids has lost what was at byte {place}")
        return values

    def close(self) -> None:
        """Drop the file."""
        if self.file is not None:
            self.file.close()
        self.file = None


class _Column:
    """A growing array of integers, in pieces of equal length."""

    def __init__(self, store: _Store, dtype: type[np.integer[Any]], piece_bytes: int) -> None:
        self._store = store
        self.dtype = np.dtype(dtype)
        self._piece_length = max(piece_bytes // self.dtype.itemsize, 1)
        self._pieces: list[npt.NDArray[Any] | int] = []  # the last one is in memory
        self._n = 0
        # Number and values of the piece that was last read from the file.
        self._loaded: tuple[int, npt.NDArray[Any]] | None = None

    def __len__(self) -> int:
        return self._n

    def append(self, values: npt.NDArray[Any]) -> None:
        """Add values at the end."""
        done = 0
        while done < len(values):
            used = self._n % self._piece_length
            if used == 0:
                # Only now may the full piece leave: until here its last value could change.
                if self._pieces:
                    last = self._pieces[-1]
                    assert not isinstance(last, int)
                    self._pieces[-1] = self._store.keep(last)
                self._pieces.append(np.empty(self._piece_length, self.dtype))
            take = min(self._piece_length - used, len(values) - done)
            self._piece(len(self._pieces) - 1)[used : used + take] = values[done : done + take]
            self._n += take
            done += take

    def last(self) -> int:
        """Give the last value, 0 if there is none."""
        return int(self.read(self._n - 1, self._n)[0]) if self._n else 0

    def read(self, start: int, stop: int) -> npt.NDArray[Any]:
        """Values from `start` to `stop`: a view if they lie in one piece, else a copy."""
        parts = list(self._views(start, stop))
        if not parts:
            return np.empty(0, self.dtype)
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def write(self, start: int, values: npt.NDArray[Any]) -> None:
        """Overwrite values from `start` on."""
        done = 0
        for number, offset, length in self._ranges(start, start + len(values)):
            part = values[done : done + length]
            piece = self._pieces[number]
            if isinstance(piece, int):
                self._store.write(piece + offset * self.dtype.itemsize, part)
                if self._loaded is not None and self._loaded[0] == number:
                    self._loaded[1][offset : offset + length] = part
            else:
                piece[offset : offset + length] = part
            done += length

    def upper_bound(self, start: int, value: int) -> int:
        """First position from `start` on with more than `value`; values must not decrease."""
        for view in self._views(start, self._n):
            found = int(np.searchsorted(view, value, side="right"))
            start += found
            if found < len(view):
                break
        return start

    def truncate(self, n: int) -> None:
        """Forget all but the first `n` values."""
        self._n = n
        del self._pieces[-(-n // self._piece_length) :]
        if self._pieces:
            # The last one must be in memory.
            self._pieces[-1] = self._piece(len(self._pieces) - 1)
        self._loaded = None

    def _piece(self, number: int) -> npt.NDArray[Any]:
        piece = self._pieces[number]
        if not isinstance(piece, int):
            return piece
        if self._loaded is None or self._loaded[0] != number:
            self._loaded = None  # let go of one before the next is read
            self._loaded = number, self._store.read(piece, self.dtype, self._piece_length)
        return self._loaded[1]

    def _views(self, start: int, stop: int) -> Iterator[npt.NDArray[Any]]:
        for number, offset, length in self._ranges(start, stop):
            yield self._piece(number)[offset : offset + length]

    def _ranges(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Give the number of each piece from `start` to `stop`, and where in it and how many."""
        while start < stop:
            number, offset = divmod(start, self._piece_length)
            length = min(self._piece_length - offset, stop - start)
            yield number, offset, length
            start += length


class EncodedCorpus:
    """Sentences of word ids, appended in order and read in blocks.

    Parameters
    ----------
    memory_budget : int, default=16 MiB
        Bytes kept in memory; the rest goes to a temporary file that no other program
        sees and that is gone with this object, even after a crash. About 6 MiB more
        are in use for what is being written or read.
    piece_bytes : int, default=1 MiB
        Unit of storage; smaller ones are for tests.

    Notes
    -----
    A context manager: leaving it closes the corpus. Appending and reading are for one
    thread at a time.
    """

    def __init__(
        self, memory_budget: int = MEMORY_BUDGET, *, piece_bytes: int = _PIECE_BYTES
    ) -> None:
        self._store = _Store(memory_budget)
        self._tokens = _Column(self._store, np.int32, piece_bytes)
        # Tokens and raw words up to the end of each sentence, from the very start.
        self._token_ends = _Column(self._store, np.int64, piece_bytes)
        self._word_ends = _Column(self._store, np.int64, piece_bytes)
        self._closed = False

    def __enter__(self) -> "EncodedCorpus":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def n_sentences(self) -> int:
        """Number of sentences, with those that have no known word."""
        return len(self._word_ends)

    @property
    def n_words(self) -> int:
        """Number of raw words, known or not."""
        return self._word_ends.last()

    @property
    def n_tokens(self) -> int:
        """Number of word ids."""
        return len(self._tokens)

    @property
    def spooled_bytes(self) -> int:
        """Bytes in the temporary file."""
        return self._store.file_bytes

    def append(self, block: EncodedBlock, continues: bool = False) -> None:
        """Add sentences at the end.

        Parameters
        ----------
        block : EncodedBlock
            Copied.
        continues : bool, default=False
            The first sentence of `block` goes on with the last sentence appended.

        Raises
        ------
        CorpusError
            If the parts of `block` do not fit together, or the corpus is closed.
        OSError
            If the temporary file cannot be written.
        """
        self._check_open()
        tokens, offsets, words = block
        if len(words) == 0:
            return
        lengths = np.diff(offsets)
        if (
            len(offsets) != len(words) + 1
            or offsets[0] != 0
            or offsets[-1] != len(tokens)
            or np.any((lengths < 0) | (lengths > words))
        ):
            raise CorpusError(
                "a block needs offsets from 0 to the number of tokens, one more than "
                "sentences, and no more tokens than words in a sentence"
            )
        token_ends = offsets[1:] + self.n_tokens
        word_ends = np.cumsum(words) + self.n_words
        first = int(continues and self.n_sentences > 0)
        if first:
            last = self.n_sentences - 1
            self._token_ends.write(last, token_ends[:1])
            self._word_ends.write(last, word_ends[:1])
        self._tokens.append(tokens)
        self._token_ends.append(token_ends[first:])
        self._word_ends.append(word_ends[first:])

    def remap(self, new_ids: npt.ArrayLike) -> None:
        """Translate every id, in place.

        Parameters
        ----------
        new_ids : array_like of shape (n_old,), int32
            New id of each old one; a negative one drops the token, whose raw word
            stays counted.

        Raises
        ------
        CorpusError
            If an id is not in [0, n_old), or the corpus is closed.
        """
        self._check_open()
        table = np.ascontiguousarray(new_ids, dtype=np.int32)
        first = kept = 0
        n_tokens = self.n_tokens
        for start in range(0, n_tokens, _REMAP_TOKENS):
            stop = min(start + _REMAP_TOKENS, n_tokens)
            # Sentences that end in here, and what there is of the one that does not.
            ends = self._token_ends.read(first, self._token_ends.upper_bound(first, stop))
            offsets = np.concatenate(([0], ends - start, [stop - start]))
            tokens, new_offsets = remap_block(self._tokens.read(start, stop), offsets, table)
            # What is kept never reaches beyond what has been read.
            self._tokens.write(kept, tokens)
            self._token_ends.write(first, new_offsets[1:-1] + kept)
            first += len(ends)
            kept += len(tokens)
        self._tokens.truncate(kept)

    def blocks(self, max_words: int, piece_words: int | None = None) -> Iterator[EncodedBlock]:
        """Give the corpus from its start, in blocks of whole sentences.

        Parameters
        ----------
        max_words : int
            A block has as many sentences as fit in this many raw words (>= 1). A
            sentence with more is a block of its own.
        piece_words : int, default=max_words
            A sentence with more ids than this is cut into blocks of at most so many;
            all but the last say that they continue.

        Yields
        ------
        EncodedBlock
            Every id is in exactly one block, and the raw words add up to `n_words`.
            The tokens are read-only and mostly views, valid as long as they are held;
            `remap` changes them.

        Raises
        ------
        CorpusError
            If `max_words` is below 1, or the corpus is closed.
        """
        if max_words < 1:
            raise CorpusError(f"max_words={max_words!r}: a block needs room for a word")
        piece_words = piece_words or max_words
        first = start = raw = 0
        while True:
            self._check_open()
            if first >= self.n_sentences:
                return
            stop = self._word_ends.upper_bound(first, raw + max_words)
            whole = stop > first
            stop = max(stop, first + 1)
            token_ends = self._token_ends.read(first, stop)
            word_ends = self._word_ends.read(first, stop)
            offsets = np.zeros(len(token_ends) + 1, np.int64)
            np.subtract(token_ends, start, out=offsets[1:])
            words = np.diff(word_ends, prepend=raw)
            if whole or offsets[-1] <= piece_words:
                yield self._block(start, offsets, words)
            else:
                yield from self._cut(start, int(offsets[-1]), int(words[0]), piece_words)
            first, start, raw = stop, int(token_ends[-1]), int(word_ends[-1])

    def close(self) -> None:
        """Free the memory and the temporary file; reading then raises CorpusError."""
        self._closed = True
        for column in (self._tokens, self._token_ends, self._word_ends):
            column.truncate(0)
        self._store.close()

    def _check_open(self) -> None:
        if self._closed:
            raise CorpusError("the encoded corpus is closed")

    def _block(self, start: int, offsets: Int64Array, words: Int64Array) -> EncodedBlock:
        tokens = self._tokens.read(start, start + int(offsets[-1])).view()
        tokens.flags.writeable = False
        return EncodedBlock(tokens, offsets, words)

    def _cut(self, start: int, n_tokens: int, n_words: int, size: int) -> Iterator[EncodedBlock]:
        """One sentence in blocks of at most `size` ids; unknown words go to the last."""
        for begin, end in pairwise([*range(0, n_tokens, size), n_tokens]):
            length = end - begin
            words = length if end < n_tokens else n_words - begin
            block = self._block(start + begin, np.array([0, length]), np.array([words]))
            yield EncodedPiece(*block) if end < n_tokens else block
