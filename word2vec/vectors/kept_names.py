"""Methods of KeyedVectors that gensim 4 keeps beside better ones, and its log helpers."""

import logging
from typing import Any

from word2vec.renamed import warn_deprecated
from word2vec.vectors import evaluation
from word2vec.vectors.comparisons import Comparisons
from word2vec.vectors.editing import Editing
from word2vec.vectors.store import Array, Key

logger = logging.getLogger(__name__)


class KeptNames(Comparisons, Editing):
    """Second names, each with a DeprecationWarning, and what only logs."""

    __slots__ = ()

    def init_sims(self, replace: bool = False) -> None:
        """Compute `norms`; with `replace` scale all vectors to length 1 instead."""
        warn_deprecated("init_sims()", "fill_norms(), or unit_normalize_all() to replace vectors")
        self.fill_norms()
        if replace:
            self.unit_normalize_all()

    def word_vec(self, *args: Any, **kwargs: Any) -> Array:
        """Vector of a key; see `get_vector`. ``use_norm`` is gensim 3's name of ``norm``."""
        warn_deprecated("word_vec()", "get_vector(key, norm=...)")
        if "use_norm" in kwargs:
            kwargs["norm"] = kwargs.pop("use_norm")
        return self.get_vector(*args, **kwargs)

    def words_closer_than(self, word1: Key, word2: Key) -> list[Any]:
        """Keys nearer to `word1` than `word2` is; see `closer_than`."""
        warn_deprecated("words_closer_than()", "closer_than()")
        return self.closer_than(word1, word2)

    def similarity_unseen_docs(self, *args: Any, **kwargs: Any) -> None:
        """Raise NotImplementedError, as in gensim: only documents' models can answer."""
        raise NotImplementedError("Call similarity_unseen_docs on a Doc2Vec model instead.")

    @staticmethod
    def log_accuracy(section: dict[str, Any]) -> float | None:
        """Log and return the accuracy of one section of `evaluate_word_analogies`.

        Returns
        -------
        float or None
            In [0, 1]; None if no question was asked.
        """
        if not section["correct"] and not section["incorrect"]:
            return None
        evaluation.log_section(section)
        return evaluation.accuracy(section)

    @staticmethod
    def log_evaluate_word_pairs(pearson: Any, spearman: Any, oov: float, pairs: Any) -> None:
        """Log what `evaluate_word_pairs` returned for the file `pairs`."""
        evaluation.log_pairs(pearson, spearman, oov, pairs)
