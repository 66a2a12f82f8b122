"""Loss of held-out text: the objective of training, measured and never trained on.

The kernels that train compute it, at a learning rate of 0, at which they write to no
weight (csrc/w2v.h). Subsampling, windows and noise words are drawn alike every time, so
that losses differ only where the weights do.
"""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from word2vec.errors import CorpusError, CorpusNotFoundError, CorpusTypeError
from word2vec.text.encoded import EncodedBlock
from word2vec.text.readers import name_of
from word2vec.text.vocabulary import encode_files
from word2vec.training._train import Kernel, Worker, batch_seed
from word2vec.training.batches import BatchSource, EncodedSource, IterableSource

# Longer text is sampled: 100 to 200 blocks of about 1,000 words, spread evenly over it. Of
# four million words of Wikipedia 153 blocks told the loss with a standard deviation of
# 0.2 to 0.3 percent, by objective, in 0.1 to 0.5 seconds of one thread.
BLOCK_WORDS = 1_000
MOST_BLOCKS = 200
# No epoch of training has this number, so its draws are its own.
_EPOCH = 2**64 - 1


class HeldOut:
    """A sample of text that is not trained on.

    Parameters
    ----------
    blocks : iterable of EncodedBlock
        Read once; of a long text some are kept.
    seed : int
        Decides the draws, with the number of the block.
    name : str, default="validation"
        Of the text, for messages.

    Attributes
    ----------
    words : int
        Raw words in the sample.
    """

    def __init__(self, blocks: Iterable[EncodedBlock], seed: int, name: str = "validation") -> None:
        self._seed = seed
        self._name = name
        self._blocks = _spread(blocks)
        self.words = sum(int(block.words.sum()) for block in self._blocks)

    @classmethod
    def of(cls, model: Any, text: Any) -> "HeldOut | None":
        """Encode the ``validation=`` of a run; None stays None.

        Parameters
        ----------
        model : Word2Vec
            Gives vocabulary, seed and number of threads.
        text : path, open binary file, iterable of iterables of hashables, or None

        Raises
        ------
        CorpusTypeError, CorpusNotFoundError
            If it is neither a file nor sentences.
        OSError
            If a file cannot be read.
        """
        source: BatchSource
        name = "validation"
        if text is None:
            return None
        is_path = isinstance(text, str | os.PathLike)
        if is_path or hasattr(text, "read"):
            name = f"validation={(os.fspath(text) if is_path else name_of(text))!r}"
            if is_path and not os.path.exists(text):
                raise CorpusNotFoundError(f"{name}: there is no such file")
            encoded = encode_files(text, model.wv.index_to_key, workers=model.workers)
            source = EncodedSource(encoded, BLOCK_WORDS)
        elif isinstance(text, Iterable):
            source = IterableSource(text, model.wv.key_to_index, BLOCK_WORDS, keep=False)
        else:
            raise CorpusTypeError(
                f"validation={text!r}: it must be the path of a text file or an iterable of lists "
                "of words"
            )
        try:
            return cls(source.epoch(), int(model.seed or 0), name)
        finally:
            source.close()

    def loss(self, kernel: Kernel) -> float:
        """Mean loss in nats per pair; the kernel's weights keep every bit.

        Parameters
        ----------
        kernel : Kernel
            Made with `compute_loss`.

        Raises
        ------
        CorpusError
            If the text has no pair of words that the vocabulary knows.
        """
        total, n_pairs, worker = 0.0, 0, Worker()
        for number, block in enumerate(self._blocks):
            still = np.zeros(len(block.words), np.float32)
            seed = batch_seed(self._seed, _EPOCH, number)
            loss, pairs, _ = kernel.train(block.tokens, block.offsets, still, seed, worker)
            total += loss
            n_pairs += pairs
        if not n_pairs:
            raise CorpusError(
                f"{self._name}: its {self.words:,} words have no two words of the vocabulary side "
                "by side; give sentences as lists of words, or a text, of the kind that is "
                "trained on"
                if self.words
                else f"{self._name}: there is no word in it; give held-out text"
            )
        return total / n_pairs


def _spread(blocks: Iterable[EncodedBlock]) -> list[EncodedBlock]:
    """Keep at most `MOST_BLOCKS`, at equal distances, in one pass."""
    kept: list[EncodedBlock] = []
    step = 1
    for number, block in enumerate(blocks):
        if number % step:
            continue
        if len(kept) == MOST_BLOCKS:
            kept, step = kept[::2], 2 * step
            if number % step:
                continue
        # A copy, lest a block keep alive the long array that it was cut from.
        kept.append(EncodedBlock(*map(np.array, block)))
    return kept
