"""The weights of a `Word2Vec` model: their initial values, and how they grow."""

import numpy as np
from numpy.typing import NDArray

from word2vec.errors import NotTrainableError
from word2vec.memory import check_weights_fit
from word2vec.model_tables import ModelTables
from word2vec.vectors.arrays import aligned_zeros

NO_PRIOR_VOCABULARY = (
    "You cannot do an online vocabulary-update of a model which has no prior vocabulary. "
    "First build the vocabulary of your model with a corpus before doing an online update."
)


class WeightSteps(ModelTables):
    """The last of the steps that make a model ready to train."""

    syn1neg: NDArray[np.float32]
    syn1: NDArray[np.float32]

    # Options, set by Word2Vec from params.OPTIONS.
    vector_size: int
    seed: int | None

    def prepare_weights(self, update: bool = False) -> None:
        """Allocate the weights, or with `update` grow them by the new words."""
        if update:
            self.update_weights()
        else:
            self.init_weights()

    def init_weights(self) -> None:
        """Set all weights to their initial values.

        Vectors are uniform in [-1/vector_size, 1/vector_size), drawn from
        ``numpy.random.default_rng(seed)`` as gensim draws them; output rows are 0.

        Raises
        ------
        NotEnoughMemoryError
            If they cannot fit; also MemoryError.
        """
        wv = self.wv
        check_weights_fit(self, len(wv.index_to_key))
        wv.vectors = np.empty((0, self.vector_size), np.float32)
        wv.resize_vectors(seed=self.seed)
        wv.vectors_lockf = np.ones(1, np.float32)
        n_words = len(wv.index_to_key)
        for name, needed in (("syn1", self.hs), ("syn1neg", self.negative)):
            if needed:
                setattr(self, name, aligned_zeros(n_words, self.vector_size, padded=True))
            else:
                vars(self).pop(name, None)  # rows of another vocabulary

    def update_weights(self) -> None:
        """Grow the weights by the words that came to the vocabulary since.

        Raises
        ------
        RuntimeError
            If there are no weights to grow.
        NotEnoughMemoryError
            If they cannot fit; also MemoryError.
        """
        wv = self.wv
        old_words, n_words = len(wv.vectors), len(wv.index_to_key)
        if old_words == 0:
            raise NotTrainableError(NO_PRIOR_VOCABULARY)
        # One old matrix stands beside its larger copy at a time.
        check_weights_fit(self, n_words - old_words, beside=wv.vectors.nbytes)
        wv.resize_vectors(seed=self.seed)
        if len(wv.vectors_lockf) > 1:
            locks = np.ones(n_words, np.float32)
            locks[: len(wv.vectors_lockf)] = wv.vectors_lockf[:n_words]
            wv.vectors_lockf = locks
        for name, needed in (("syn1", self.hs), ("syn1neg", self.negative)):
            # One that is off now may be switched on again; one that was off has no rows yet.
            if needed or hasattr(self, name):
                grown = aligned_zeros(n_words, self.vector_size, padded=True)
                old = getattr(self, name, grown[:0])
                grown[: len(old)] = old
                setattr(self, name, grown)
