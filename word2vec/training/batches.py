"""Where batches come from: sentences as ids, cut alike whatever the source.

Both sources give, for each epoch, an iterator of `EncodedBlock` of whole sentences
with at most `batch_words` words (a longer sentence is a batch of its own, a very long one
comes in pieces). Where one batch
ends depends on the sentences alone, so what is trained does not depend on whether
ids came from a file, a list or the cache, nor on the number of workers.
"""

from collections.abc import Iterable, Iterator, Sized
from typing import Any, Protocol

import numpy as np

from word2vec.errors import CorpusError, CorpusTypeError
from word2vec.text._sentences import SentenceEncoder
from word2vec.text.arrow_columns import ArrowSentences
from word2vec.text.encoded import EncodedBlock, EncodedCorpus, EncodedPiece
from word2vec.text.line_files import is_numbered, line_files

# A sentence with more ids is cut into pieces of so many: no window reaches across a cut,
# so sentences are never cut shorter, however small a batch is asked for.
PIECE_WORDS = 10_000


class BatchSource(Protocol):
    """What the trainer needs of a corpus."""

    @property
    def keeps(self) -> bool:
        """Whether later epochs need not read the corpus again."""

    @property
    def n_words(self) -> int | None:
        """Raw words of a pass; None where only reading can tell."""

    @property
    def n_sentences(self) -> int | None:
        """Sentences of a pass; None where only reading can tell."""

    def epoch(self) -> Iterator[EncodedBlock]:
        """Batches of one pass over the corpus."""

    def close(self) -> None:
        """Give memory and temporary files back."""


class EncodedSource:
    """A corpus whose ids are all known: a file that was scanned or encoded.

    Parameters
    ----------
    corpus : EncodedCorpus
        Closed with the source.
    batch_words : int
        Words in a batch, at most.
    scanned : int, default=0
        Sentences that the corpus had when its words were counted.
    """

    def __init__(self, corpus: EncodedCorpus, batch_words: int, scanned: int = 0) -> None:
        self._corpus = corpus
        self._batch_words = batch_words
        self._scanned = scanned
        self.n_words: int | None = corpus.n_words
        self.n_sentences: int | None = corpus.n_sentences

    keeps = True

    def epoch(self) -> Iterator[EncodedBlock]:
        """Batches of one pass over the corpus.

        Raises
        ------
        CorpusError
            If the file has no words although the one that was scanned had some.
        """
        if self._scanned and not self._corpus.n_sentences:
            raise CorpusError(
                f"corpus_file had {self._scanned} sentences when it was scanned and has none "
                "now: it was emptied, or it is a pipe, which can be read only once"
            )
        return self._corpus.blocks(self._batch_words, max(self._batch_words, PIECE_WORDS))

    def close(self) -> None:
        """Give memory and temporary files back."""
        self._corpus.close()


class IterableSource:
    """An iterable of token lists, encoded while it is trained on.

    Parameters
    ----------
    sentences : iterable of iterables of hashables
        Iterated again for each epoch unless kept.
    key_to_index : dict of hashable to int
        Ids of the known words; others are dropped but counted.
    batch_words : int
        Words in a batch, at most.
    keep : bool or None
        Whether to keep the ids of the first complete pass for later ones. None:
        keep if `sentences` is a list, a tuple or a column of Arrow, which cannot differ
        each time as other iterables may.
    scanned : int, default=0
        Sentences that the corpus had when its words were counted.
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[Any]],
        key_to_index: dict[Any, int],
        batch_words: int,
        keep: bool | None = None,
        scanned: int = 0,
    ) -> None:
        self._sentences = sentences
        self._scanned = scanned
        self._key_to_index = key_to_index
        self._batch_words = batch_words
        self.keeps = type(sentences) in (list, tuple, ArrowSentences) if keep is None else keep
        self._kept: EncodedCorpus | None = None
        self._epochs = 0
        self.n_words: int | None = None
        self.n_sentences = (
            len(sentences) if isinstance(sentences, list | tuple | ArrowSentences) else None
        )

    def epoch(self) -> Iterator[EncodedBlock]:
        """Batches of one pass over the corpus.

        Raises
        ------
        CorpusTypeError
            From the iterator, if this pass has no sentence and an earlier one, or the
            scan, had some.
        """
        self._epochs += 1
        if self._kept is not None:
            return self._kept.blocks(self._batch_words, max(self._batch_words, PIECE_WORDS))
        return cut_batches(self._encoded(), self._batch_words, max(self._batch_words, PIECE_WORDS))

    def _encoded(self) -> Iterator[EncodedBlock]:
        """Encode one pass over the sentences; keep it once it is complete."""
        kept = EncodedCorpus() if self.keeps else None
        n_sentences = 0
        for block in self._blocks():
            if kept is not None:
                kept.append(block)
            n_sentences += len(block.words)
            yield block
        self._kept = kept
        if n_sentences:
            self._scanned = n_sentences
        elif self._scanned and not _is_empty(self._sentences):
            raise CorpusTypeError(
                f"the corpus gave {self._scanned} sentences when it was read before and none in "
                f"epoch {self._epochs}: it is a one-shot iterator; pass a list, or an object "
                "whose __iter__ starts anew"
            )

    def _blocks(self) -> Iterator[EncodedBlock]:
        if isinstance(self._sentences, ArrowSentences):
            yield from self._sentences.blocks(self._key_to_index)
            return
        files = line_files(self._sentences)
        if files is not None and is_numbered(self._key_to_index):
            yield from files.blocks(self._key_to_index)
            return
        encoder = SentenceEncoder(self._key_to_index)
        sentences = iter(self._sentences)
        while (block := encoder.next_block(sentences, self._batch_words)) is not None:
            yield block

    def close(self) -> None:
        """Give memory and temporary files back."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def _is_empty(sentences: Iterable[Any]) -> bool:
    """Whether a corpus says that it has no sentence, which may be meant."""
    return isinstance(sentences, Sized) and not len(sentences)


def cut_batches(
    blocks: Iterable[EncodedBlock], max_words: int, piece_words: int
) -> Iterator[EncodedBlock]:
    """Cut a stream of blocks anew, as ``EncodedCorpus.blocks(max_words, piece_words)`` cuts.

    Yields
    ------
    EncodedBlock
        As many whole sentences as fit in `max_words` raw words. A sentence with more
        is a block of its own; one with more than `piece_words` ids is cut into blocks of
        at most so many, and its unknown words are counted with the last.
    """
    rest: EncodedBlock | None = None
    for block in blocks:
        rest = block if rest is None else _joined(rest, block)
        ends = np.cumsum(rest.words)
        first = done = 0
        # The last batch may still grow by the sentences that come next.
        while len(ends) and ends[-1] - done > max_words:
            stop = max(int(np.searchsorted(ends, done + max_words, "right")), first + 1)
            yield from _pieces(_part(rest, first, stop), piece_words)
            first, done = stop, int(ends[stop - 1])
        rest = _part(rest, first, len(rest.words))
    if rest is not None and len(rest.words):
        yield rest


def _joined(left: EncodedBlock, right: EncodedBlock) -> EncodedBlock:
    return EncodedBlock(
        np.concatenate([left.tokens, right.tokens]),
        np.concatenate([left.offsets, right.offsets[1:] + left.offsets[-1]]),
        np.concatenate([left.words, right.words]),
    )


def _part(block: EncodedBlock, first: int, stop: int) -> EncodedBlock:
    offsets = block.offsets[first : stop + 1]
    return EncodedBlock(
        block.tokens[offsets[0] : offsets[-1]], offsets - offsets[0], block.words[first:stop]
    )


def _pieces(block: EncodedBlock, piece_words: int) -> Iterator[EncodedBlock]:
    """Cut a single sentence with too many ids; give anything else as it is."""
    n = len(block.tokens)
    if len(block.words) != 1 or n <= piece_words:
        yield block
        return
    for start in range(0, n, piece_words):
        stop = min(start + piece_words, n)
        words = stop - start if stop < n else int(block.words[0]) - start
        kind = EncodedPiece if stop < n else EncodedBlock
        yield kind(block.tokens[start:stop], np.array([0, stop - start]), np.array([words]))
