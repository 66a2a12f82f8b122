"""Where batches come from: sentences as ids, cut alike whatever the source.

Both sources give, for each epoch, an iterator of `EncodedBlock` of whole sentences
with at most `batch_words` words (longer sentences come in pieces). Where one batch
ends depends on the sentences alone, so what is trained does not depend on whether
ids came from a file, a list or the cache, nor on the number of workers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from word2vec.text._text import SentenceEncoder
from word2vec.text.encoded import EncodedBlock, EncodedCorpus


class BatchSource(Protocol):
    """What the trainer needs of a corpus."""

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
    """

    def __init__(self, corpus: EncodedCorpus, batch_words: int) -> None:
        self._corpus = corpus
        self._batch_words = batch_words

    def epoch(self) -> Iterator[EncodedBlock]:
        """Batches of one pass over the corpus."""
        return self._corpus.blocks(self._batch_words)

    def close(self) -> None:
        """Give memory and temporary files back."""
        self._corpus.close()


class IterableSource:
    """An iterable of token lists, encoded while it is trained on.

    Parameters
    ----------
    sentences : iterable of iterables of hashables
        Iterated again for each epoch unless kept.
    key_to_index : mapping of hashable to int
        Ids of the known words; others are dropped but counted.
    batch_words : int
        Words in a batch, at most.
    keep : bool or None
        Whether to keep the ids of the first complete pass for later ones. None:
        keep if `sentences` is a list or tuple, which cannot differ each time as
        other iterables may.
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[Any]],
        key_to_index: Mapping[Any, int],
        batch_words: int,
        keep: bool | None = None,
    ) -> None:
        self._sentences = sentences
        self._encoder_words = key_to_index
        self._batch_words = batch_words
        self._keep = isinstance(sentences, Sequence) if keep is None else keep
        self._kept: EncodedCorpus | None = None

    def epoch(self) -> Iterator[EncodedBlock]:
        """Batches of one pass over the corpus."""
        if self._kept is not None:
            yield from self._kept.blocks(self._batch_words)
            return
        encoder = SentenceEncoder(self._encoder_words)
        sentences = iter(self._sentences)
        kept = EncodedCorpus() if self._keep else None
        pending = EncodedCorpus()
        while (block := encoder.next_block(sentences, self._batch_words)) is not None:
            pending.append(block)
            if kept is not None:
                kept.append(block)
            # The last batch may still grow by the sentences that come next.
            *full, last = pending.blocks(self._batch_words)
            yield from full
            pending = EncodedCorpus()
            pending.append(last)
        yield from pending.blocks(self._batch_words)
        self._kept = kept

    def close(self) -> None:
        """Give memory and temporary files back."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
