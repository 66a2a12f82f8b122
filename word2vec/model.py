"""`Word2Vec`: the gensim-shaped façade over vocabulary, trainer and vectors.

A run from text to vectors: `build_vocab` (vocabulary_steps.py) counts words and
allocates weights; `train` here makes a batch source and runs the epochs
(training/trainer.py); the vectors are in `wv`.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec import model_checks as checks
from word2vec import model_file
from word2vec.errors import NotTrainableError
from word2vec.params import OPTIONS, check_options, rename_options
from word2vec.text.encoded import EncodedCorpus
from word2vec.text.readers import corpus_files
from word2vec.text.vocabulary import encode_files
from word2vec.training import scoring
from word2vec.training.batches import BatchSource, EncodedSource, IterableSource
from word2vec.training.objective import Tables
from word2vec.training_run import Run
from word2vec.vectors.keyed_vectors import KeyedVectors
from word2vec.vocabulary_steps import VocabularySteps, check_corpus

logger = logging.getLogger(__name__)


class Word2Vec(VocabularySteps):
    """Word vectors trained on sentences.

    With a corpus the model is trained at once; without, call `build_vocab` and
    `train`. Options, their ranges and defaults are those of `params.OPTIONS`, names
    and order those of gensim 4.4; options of our own follow as keywords.

    Parameters
    ----------
    sentences : iterable of iterables of hashables, optional
        Sentences as tokens. It is iterated once for the vocabulary and once for
        each epoch, lists only twice.
    corpus_file : path or list of paths, optional
        Instead of `sentences`: text with a sentence a line and words between
        whitespace, plain or compressed (.gz, .bz2, .xz, .zst). The fastest source.
    hashfxn : callable
        Kept for gensim's sake; nothing uses it.
    trim_rule : callable, optional
        See `build_vocab`.
    callbacks : sequence of CallbackAny2Vec
        Hooks for the training that the constructor does.
    comment : str, optional
        Kept with the model.
    progress : bool, default=False
        Show a progress bar on standard error while training.
    **old_names
        ``size`` and ``iter`` of gensim 3, with a DeprecationWarning.

    Attributes
    ----------
    wv : KeyedVectors
        The vectors (syn0 of the C tool), trained in place.
    syn1neg, syn1 : ndarray of shape (n_words, vector_size), float32
        Output rows of negative sampling, and of hierarchical softmax. Each exists
        only for its objective, once there is a vocabulary.
    epoch_losses : list of float
        Mean loss in nats per pair, one for each epoch trained with `compute_loss`.
    corpus_count, corpus_total_words : int
        Sentences and words of the scanned corpus.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of range or of a wrong type; also ValueError, TypeError.

    References
    ----------
    Mikolov, Chen, Corrado, Dean (2013), https://arxiv.org/abs/1301.3781
    Mikolov, Sutskever, Chen, Corrado, Dean (2013), https://arxiv.org/abs/1310.4546
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[Any]] | None = None,
        corpus_file: Any = None,
        vector_size: int = 100,
        alpha: float = 0.025,
        window: int = 5,
        min_count: int = 5,
        max_vocab_size: int | None = None,
        sample: float = 1e-3,
        seed: int | None = 1,
        workers: int = 3,
        min_alpha: float = 0.0001,
        sg: int = 0,
        hs: int = 0,
        negative: int = 5,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        hashfxn: Callable[[Any], int] = hash,
        epochs: int = 5,
        null_word: int = 0,
        trim_rule: Callable[[Any, int, int], int] | None = None,
        sorted_vocab: int = 1,
        batch_words: int = 10000,
        compute_loss: bool = False,
        callbacks: Sequence[Any] = (),
        comment: str | None = None,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        *,
        shared_negatives: str | bool = "auto",
        corrected_cbow: bool = False,
        cache_corpus: bool = False,
        progress: bool = False,
        **old_names: Any,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in OPTIONS}
        given.update(rename_options(old_names))
        self._set_options(check_options(given))
        self.hashfxn = hashfxn
        self.comment = comment
        self.progress = progress
        self.effective_min_count = self.min_count
        self._reset()
        if sentences is None and corpus_file is None:
            if trim_rule is not None or callbacks:
                logger.warning(
                    "trim_rule and callbacks have no effect without a corpus: "
                    "give them to build_vocab() and train()"
                )
            return
        check_corpus(sentences, corpus_file, passes=self.epochs + 1)
        encoded = self._build(sentences, corpus_file, trim_rule=trim_rule, keep_ids=True)
        self._train(
            sentences,
            corpus_file,
            encoded,
            total_words=self.corpus_total_words,
            total_examples=self.corpus_count,
            epochs=self.epochs,
            compute_loss=bool(self.compute_loss),
            callbacks=callbacks,
        )

    def _set_options(self, options: Mapping[str, Any]) -> None:
        for name, value in options.items():
            setattr(self, name, value)
        if self.seed is None:
            # Fresh entropy, fixed from here on so that the model knows what it used.
            self.seed = secrets.randbits(32)

    def _reset(self) -> None:
        """Set everything that is not an option to the state before a vocabulary."""
        self.wv = KeyedVectors(self.vector_size)
        self.wv.vectors_lockf = np.ones(1, np.float32)
        self.layer1_size = self.vector_size
        self.raw_vocab = {}
        self.corpus_count = 0
        self.corpus_total_words = 0
        self.train_count = 0
        self.total_train_time = 0.0
        self.min_alpha_yet_reached = self.alpha
        self.running_training_loss = 0.0
        self.epoch_losses: list[float] = []
        self._tables: Tables | None = None
        # Epochs in the model's life: no two of them draw the same numbers.
        self._epochs_done = 0

    # Options, filled from params.OPTIONS; those of the vocabulary are declared there.
    alpha: float
    min_alpha: float
    window: int
    sg: int
    cbow_mean: int
    shrink_windows: int
    epochs: int
    batch_words: int
    compute_loss: int
    shared_negatives: str | bool
    corrected_cbow: int
    cache_corpus: int

    # ---- training ------------------------------------------------------------

    def train(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None = None,
        corpus_file: Any = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        epochs: int | None = None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        word_count: int = 0,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool | None = None,
        callbacks: Sequence[Any] = (),
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Train on a corpus; a vocabulary must be there.

        Parameters
        ----------
        corpus_iterable, corpus_file
            As for the constructor; exactly one of them.
        total_examples, total_words : int
            Sentences or words of one pass, for the learning-rate schedule; at least
            one. Words count if they are given or known from the scan.
        epochs : int
            Passes over the corpus; `epochs` of the model is set to it.
        start_alpha, end_alpha : float, optional
            Learning rates of this call; they replace `alpha` and `min_alpha`.
        word_count, queue_factor
            Taken for gensim's sake; without effect.
        report_delay : float, default=1.0
            Seconds between two progress lines in the log.
        compute_loss : bool, optional
            None: as the constructor was told.
        callbacks : sequence of CallbackAny2Vec
            Hooks.

        Returns
        -------
        trained_words, raw_words : int
            Words left after dropping unknown ones and subsampling, and words read,
            over all epochs.

        Raises
        ------
        RuntimeError
            If there is no vocabulary or there are no vectors.
        ValueError
            If the objective, the totals or the epochs are missing.
        TypeError
            If not exactly one usable corpus is given.
        Exception
            Whatever the corpus or a callback raises, unchanged.

        Notes
        -----
        One worker trains in the caller's thread; the same seed, corpus and
        instruction set then give the same bits. More workers race on the rows of
        frequent words (Hogwild; Recht et al. 2011, https://arxiv.org/abs/1106.5730).
        """
        rename_options(kwargs, "train()")
        checks.check_training(self, total_examples, total_words, epochs, start_alpha)
        assert epochs is not None
        check_corpus(corpus_iterable, corpus_file, passes=epochs)
        if corpus_file is not None and total_words is None:
            raise checks.missing_total_words()
        return self._train(
            corpus_iterable,
            corpus_file,
            None,
            total_examples=total_examples,
            total_words=total_words,
            epochs=epochs,
            start_alpha=start_alpha,
            end_alpha=end_alpha,
            report_delay=report_delay,
            compute_loss=bool(self.compute_loss if compute_loss is None else compute_loss),
            callbacks=callbacks,
        )

    def _train(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None,
        corpus_file: Any,
        encoded: EncodedCorpus | None,
        *,
        total_examples: int | None,
        total_words: int | None,
        epochs: int,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        report_delay: float = 1.0,
        compute_loss: bool = False,
        callbacks: Sequence[Any] = (),
    ) -> tuple[int, int]:
        """Check, make the batch source, run the epochs."""
        checks.check_training(self, total_examples, total_words, epochs, start_alpha)
        self.epochs = epochs
        self.alpha = start_alpha or self.alpha
        self.min_alpha = end_alpha or self.min_alpha
        self.compute_loss = int(compute_loss)
        self.running_training_loss = 0.0
        if total_words is None and total_examples == self.corpus_count:
            total_words = self.corpus_total_words or None
        run = Run(
            model=self,
            source=self._batch_source(corpus_iterable, corpus_file, encoded),
            epochs=epochs,
            total_examples=total_examples,
            total_words=total_words,
            report_delay=report_delay,
        )
        logger.info(
            "training model with %i workers on %i vocabulary and %i features, using sg=%s hs=%s "
            "sample=%s negative=%s window=%s shrink_windows=%s",
            self.workers,
            len(self.wv),
            self.layer1_size,
            self.sg,
            self.hs,
            self.sample,
            self.negative,
            self.window,
            bool(self.shrink_windows),
        )
        try:
            for callback in callbacks:
                callback.on_train_begin(self)
            for epoch in range(epochs):
                for callback in callbacks:
                    callback.on_epoch_begin(self)
                run.train_epoch(epoch)
                for callback in callbacks:
                    callback.on_epoch_end(self)
            run.finish()
            for callback in callbacks:
                callback.on_train_end(self)
        finally:
            run.close()
        return run.kept, run.words

    def _batch_source(
        self, corpus_iterable: Iterable[Iterable[Any]] | None, corpus_file: Any, encoded: Any
    ) -> BatchSource:
        if corpus_file is not None:
            if encoded is None:
                encoded = encode_files(
                    corpus_files(corpus_file), self.wv.index_to_key, workers=self.workers
                )
            return EncodedSource(encoded, self.batch_words)
        assert corpus_iterable is not None
        return IterableSource(
            corpus_iterable,
            self.wv.key_to_index,
            self.batch_words,
            keep=True if self.cache_corpus else None,
        )

    def get_latest_training_loss(self) -> float:
        """Loss summed over the words of the current or last `train` call, in nats.

        Zero without `compute_loss`. Set `running_training_loss` to 0.0 in a callback
        to have it per epoch; `epoch_losses` has the means per pair.
        """
        return self.running_training_loss

    # ---- what a model can tell -------------------------------------------------

    def predict_output_word(
        self, context_words_list: Iterable[Any], topn: int = 10
    ) -> list[tuple[Any, float]] | None:
        """Most probable centre words for these context words.

        Parameters
        ----------
        context_words_list : iterable of keys or row numbers
            Unknown ones are ignored.

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
        best = np.argsort(-probabilities, kind="stable")[: max(topn, 0)]
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
            Unless the model has ``hs=1`` and ``negative=0``, and a vocabulary.

        References
        ----------
        Taddy (2015), https://arxiv.org/abs/1504.07295
        """
        if not self.hs or self.negative:
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
        report = report or {}
        matrix = n_words * self.vector_size * np.dtype(np.float32).itemsize
        report["vocab"] = n_words * (700 if self.hs else 500)
        report["vectors"] = matrix
        if self.hs:
            report["syn1"] = matrix
        if self.negative:
            report["syn1neg"] = matrix
        report["total"] = sum(v for name, v in report.items() if name != "total")
        logger.info(
            "estimated required memory for %i words and %i dimensions: %i bytes",
            n_words,
            self.vector_size,
            report["total"],
        )
        return report

    def __repr__(self) -> str:
        """Return class, vocabulary, dimensions and learning rate."""
        return (
            f"{type(self).__name__}<vocab={len(self.wv.index_to_key)}, "
            f"vector_size={self.vector_size}, alpha={self.alpha}>"
        )

    # ---- files -------------------------------------------------------------------

    def save(self, fname_or_handle: Any) -> None:
        """Write the whole model to one file in the native format (docs/file-format.md).

        Parameters
        ----------
        fname_or_handle : path or binary file
            An existing file is replaced only when the new one is complete.
        """
        model_file.save(self, fname_or_handle)

    @classmethod
    def load(cls, fname: Any, mmap: str | None = None) -> "Word2Vec":
        """Read a model that `save` wrote.

        Raises
        ------
        FormatError
            If the file is damaged or not a model; also ValueError.
        """
        return model_file.load(cls, fname, mmap)
