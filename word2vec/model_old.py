"""Methods of `Word2Vec` that gensim 4 keeps from before, or that only gensim 3 had."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.renamed import OldAttributes, warn_deprecated, warn_renamed
from word2vec.vectors.arrays import weak_vector
from word2vec.vectors.keyed_vectors import KeyedVectors


class OldModelMethods(OldAttributes):
    """Old ways to a model's vectors, each with a DeprecationWarning."""

    wv: KeyedVectors
    hashfxn: Callable[[Any], int]

    # Python would iterate over anything with [], and never find an end.
    __iter__ = None

    def __getitem__(self, key_or_keys: Any) -> NDArray[Any]:
        """Vector of a key, or vectors of a list of keys, as ``wv[...]``."""
        warn_renamed("model[...]", "model.wv[...]")
        return self.wv[key_or_keys]

    def __contains__(self, key: Any) -> bool:
        """Whether the key exists, as ``key in wv``."""
        warn_renamed("key in model", "key in model.wv")
        return key in self.wv

    def init_sims(self, replace: bool = False) -> None:
        """Compute the norms; with `replace` scale all vectors to length 1 instead."""
        warn_deprecated(
            "init_sims()", "wv.fill_norms(), or wv.unit_normalize_all() to replace vectors"
        )
        self.wv.fill_norms()
        if replace:
            self.wv.unit_normalize_all()

    def seeded_vector(self, seed_string: Any, vector_size: int) -> NDArray[np.float32]:
        """Vector that depends on `seed_string` and `hashfxn` only, in +-0.5/vector_size.

        Returns
        -------
        ndarray of shape (vector_size,), float32
        """
        warn_deprecated("seeded_vector()", "numpy.random.default_rng(seed).random(vector_size)")
        return weak_vector(vector_size, self.hashfxn(seed_string))
