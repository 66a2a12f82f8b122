"""What a `Word2Vec` can tell beside its vectors: centre words, likelihoods, what it is."""

import logging
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.errors import NotTrainableError
from word2vec.memory import weight_bytes
from word2vec.notebook import first_keys, html_table
from word2vec.training import scoring
from word2vec.training.objective import Tables
from word2vec.vectors.keyed_vectors import KeyedVectors

logger = logging.getLogger("word2vec.model")


class ModelAnswers:
    """Questions to the weights of a `Word2Vec`; see there for the attributes."""

    wv: KeyedVectors
    syn1neg: NDArray[np.float32]
    syn1: NDArray[np.float32]
    _tables: Tables | None

    # Options, set by Word2Vec from params.OPTIONS.
    vector_size: int
    window: int
    sg: int
    hs: int
    negative: int
    cbow_mean: int
    alpha: float
    corpus_total_words: int
    latest_counts: tuple[int, int]
    total_train_time: float
    epoch_losses: list[float]
    _epochs_done: int

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<vocab={len(self.wv.index_to_key)}, "
            f"vector_size={self.vector_size}, alpha={self.alpha}>"
        )

    def __repr__(self) -> str:
        return f"{str(self)[:-1]}, {self._objective}, epochs trained={self._epochs_done}>"

    @property
    def _objective(self) -> str:
        """Architecture and objectives, in words."""
        parts = ["skip-gram" if self.sg else "CBOW"]
        if self.negative:
            parts.append(f"{self.negative} noise words")
        if self.hs:
            parts.append("hierarchical softmax")
        return f"{', '.join(parts)}, window={self.window}"

    def _repr_html_(self) -> str:
        seconds, (_, words) = self.total_train_time, self.latest_counts
        facts = {
            "vocabulary": len(self.wv.index_to_key),
            "dimensions": self.vector_size,
            "objective": self._objective,
            "corpus words": self.corpus_total_words or None,
            "epochs trained": self._epochs_done,
            "training time": f"{seconds:,.1f} s" if words else None,
            "mean loss, last epoch": (
                f"{self.epoch_losses[-1]:.4f} nats per pair" if self.epoch_losses else None
            ),
            "first words": first_keys(self.wv.index_to_key) or None,
        }
        return html_table(type(self).__name__, facts)

    def predict_output_word(
        self, context_words_list: Iterable[Any], topn: int | None = 10
    ) -> list[tuple[Any, float]] | None:
        """Most probable centre words for these context words.

        Parameters
        ----------
        context_words_list : iterable of keys or row numbers
            Unknown ones are ignored.
        topn : int or None, default=10
            How many words; None returns all.

        Returns
        -------
        list of (key, float), or None
            Best first; None if no context word is known.

        Raises
        ------
        RuntimeError
            If the model was not trained with negative sampling.
        """
        if not self.negative:
            raise NotTrainableError(
                "We have currently only implemented predict_output_word for the negative sampling "
                "scheme, so you need to have run word2vec with negative > 0 for this to work."
            )
        if not hasattr(self.wv, "vectors") or not hasattr(self, "syn1neg"):
            raise NotTrainableError(
                "Parameters required for predicting the output words not found."
            )
        contexts = [self.wv.get_index(w) for w in context_words_list if w in self.wv]
        if not contexts:
            logger.warning(
                "All the input context words are out-of-vocabulary for the current model."
            )
            return None
        probabilities = scoring.centre_probabilities(
            contexts, self.wv.vectors, self.syn1neg, cbow_mean=bool(self.cbow_mean)
        )
        best = np.argsort(-probabilities, kind="stable")
        best = best if topn is None else best[: max(topn, 0)]
        return [(self.wv.index_to_key[i], float(probabilities[i])) for i in best]

    def score(
        self,
        sentences: Iterable[Iterable[Any]],
        total_sentences: int = 1_000_000,
        chunksize: int = 100,
        queue_factor: int = 2,
        report_delay: float = 1,
    ) -> NDArray[np.float32]:
        """Log-likelihood of sentences under hierarchical softmax, in nats.

        Parameters
        ----------
        sentences : iterable of iterables of hashables
        total_sentences : int
            At most so many are scored.
        chunksize, queue_factor, report_delay
            Taken for gensim's sake; without effect.

        Returns
        -------
        ndarray of shape (n_sentences,), float32

        Raises
        ------
        RuntimeError
            Unless the model has ``hs=1`` and a vocabulary.

        Notes
        -----
        With ``negative > 0`` as well the tree alone is asked, as in gensim.

        References
        ----------
        Taddy (2015), https://arxiv.org/abs/1504.07295
        """
        if not self.hs:
            raise NotTrainableError(
                "We have currently only implemented score for the hierarchical softmax scheme, so "
                "you need to have run word2vec with hs=1 and negative=0 for this to work."
            )
        if self._tables is None or self._tables.tree is None:
            raise NotTrainableError("you must first build vocabulary before scoring new data")
        scores: list[float] = []
        for sentence in sentences:
            if len(scores) >= total_sentences:
                logger.warning("only the first %i sentences were scored", total_sentences)
                break
            scores.append(
                scoring.log_likelihood(
                    scoring.known_ids(sentence, self.wv.key_to_index),
                    self.wv.vectors,
                    self.syn1,
                    self._tables.tree,
                    window=self.window,
                    sg=bool(self.sg),
                    cbow_mean=bool(self.cbow_mean),
                )
            )
        return np.array(scores, np.float32)

    def estimate_memory(
        self, vocab_size: int | None = None, report: dict[str, int] | None = None
    ) -> dict[str, int]:
        """Estimated memory of a model in bytes, by part.

        Parameters
        ----------
        vocab_size : int, optional
            Words; None takes the vocabulary there is.
        report : dict, optional
            Gets the entries and is returned.

        Returns
        -------
        dict of str to int
            ``vocab`` (500 bytes a word, 700 with a tree, as gensim estimates),
            ``vectors``, ``syn1`` and ``syn1neg`` where they exist, and ``total``.
        """
        n_words = vocab_size or len(self.wv)
        report = {} if report is None else report
        report["vocab"] = n_words * (700 if self.hs else 500)
        report |= weight_bytes(self, n_words)
        report["total"] = sum(v for name, v in report.items() if name != "total")
        logger.info(
            "estimated required memory for %i words and %i dimensions: %i bytes",
            n_words,
            self.vector_size,
            report["total"],
        )
        return report
