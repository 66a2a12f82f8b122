"""`Word2Vec`: the gensim-shaped façade over vocabulary, trainer and vectors.

A run from text to vectors: `build_vocab` (vocabulary_steps.py) counts words and
allocates weights; `train` here makes a batch source and runs the epochs
(training/trainer.py); the vectors are in `wv`.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from word2vec import model_checks as checks
from word2vec import model_file
from word2vec.io import foreign
from word2vec.model_answers import ModelAnswers
from word2vec.model_checkpoint import Resumable, check_free, set_back
from word2vec.model_hooks import refuse_unreachable
from word2vec.model_old import OldModelMethods
from word2vec.params import OPTIONS, check_options, rename_options
from word2vec.renamed import call_on_class_only, renamed_corpus
from word2vec.text.encoded import EncodedCorpus
from word2vec.training.held_out import HeldOut
from word2vec.training.history import History
from word2vec.training.objective import Tables
from word2vec.training_run import Run, batch_source
from word2vec.vectors.keyed_vectors import KeyedVectors
from word2vec.vocabulary_steps import VocabularySteps

logger = logging.getLogger(__name__)


class Word2Vec(VocabularySteps, ModelAnswers, Resumable, OldModelMethods):
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
        Show a live line on standard error while training, in a notebook below the cell.
    checkpoint : path, optional
        Keep training runs in this file, from which `resume` goes on after a kill.
    checkpoint_every : str, default="10m"
        How much may be lost: minutes ``"10m"``, words ``"100000w"`` or epochs ``"1e"``.
    validation : path, binary file or iterable of iterables of hashables, optional
        Held-out text, see `train`.
    **old_names
        ``size`` and ``iter`` of gensim 3, with a DeprecationWarning.

    Attributes
    ----------
    wv : KeyedVectors
        The vectors (syn0 of the C tool), trained in place.
    syn1neg, syn1 : ndarray of shape (n_words, vector_size), float32
        Output rows of negative sampling, and of hierarchical softmax. Each exists
        only for its objective, once there is a vocabulary.
    latest_counts : tuple of int
        ``(trained_words, raw_words)`` of the latest training, as `train` returned it.
    epoch_losses : list of float
        Mean loss in nats per pair, one for each epoch trained with `compute_loss` or
        `validation`.
    history : History
        Losses, rates and speed of all training.
    corpus_count, corpus_total_words : int
        Sentences and words of the scanned corpus; the words are None in models of
        gensim before 3.3, which did not count them.
    random : numpy.random.RandomState
        Seeded like the model, for subclasses; training draws from its own streams.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of range or of a wrong type; also ValueError, TypeError.
    CheckpointExistsError
        If `checkpoint` is the file of an unfinished run.
    NotEnoughMemoryError
        If the weights cannot fit; nothing was allocated. Also MemoryError.

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
        checkpoint: Any = None,
        checkpoint_every: str | None = None,
        validation: Any = None,
        **old_names: Any,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in OPTIONS}
        given.update(rename_options(old_names))
        self._set_options(check_options(given))
        self.hashfxn = hashfxn
        self.comment = comment
        self.progress = progress
        self._set_checkpoint(checkpoint, checkpoint_every)
        self.effective_min_count = self.min_count
        self._reset()
        self.add_lifecycle_event("created", log_level=None, params=str(self))
        if sentences is None and corpus_file is None:
            if trim_rule is not None or callbacks:
                logger.warning(
                    "trim_rule and callbacks have no effect without a corpus: "
                    "give them to build_vocab() and train()"
                )
            return
        self._check_corpus_sanity(sentences, corpus_file, passes=self.epochs + 1)
        if checkpoint is not None:
            check_free(checkpoint)
        encoded = self._build(sentences, corpus_file, trim_rule=trim_rule, keep_ids=True)
        try:
            self._train(
                sentences,
                corpus_file,
                encoded,
                total_words=self.corpus_total_words,
                total_examples=self.corpus_count,
                epochs=self.epochs,
                callbacks=callbacks,
                validation=validation,
            )
        finally:
            if encoded is not None:
                encoded.close()

    def _set_options(self, options: Mapping[str, Any]) -> None:
        for name, value in options.items():
            setattr(self, name, value)
        if self.seed is None:
            # Fresh entropy, fixed from here on so that the model knows what it used.
            self.seed = int.from_bytes(os.urandom(4))

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
        self.lifecycle_events = []
        self.random = np.random.RandomState((self.seed or 0) % 2**32)
        self.epoch_losses: list[float] = []
        self.history = History()
        self.stop_training = False
        # What the latest train() returned; the constructor's is not seen otherwise.
        self.latest_counts = (0, 0)
        self._tables: Tables | None = None
        self._cum_table = None
        # model.load(...) would look as if it loaded into this model.
        self.load = call_on_class_only  # type: ignore[method-assign]
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
        *,
        validation: Any = None,
        **old_names: Any,
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
            Passes over the corpus; becomes `epochs` of the model.
        start_alpha, end_alpha : float, optional
            Learning rates of this call, instead of `alpha` and `min_alpha`.
        word_count, queue_factor
            Taken for gensim's sake; without effect, but `queue_factor` reaches the
            `_train_epoch` of a subclass.
        report_delay : float, default=1.0
            Seconds between two progress lines in the log.
        compute_loss : bool, optional
            For this call; None: as the constructor was told.
        callbacks : sequence of CallbackAny2Vec
            Hooks.
        validation : path, binary file or iterable of iterables of hashables, optional
            Held-out text, read once; `history` gets its mean loss after each epoch, and
            the training loss as with `compute_loss`.
        **old_names
            ``sentences`` of gensim 3, with a DeprecationWarning.

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
        TrainingDivergedError
            If weights become nan or explode; also ArithmeticError.
        CheckpointExistsError
            If `checkpoint` is the file of an unfinished run.
        Exception
            Whatever the corpus or a callback raises, unchanged.

        Notes
        -----
        One worker trains in the caller's thread, unless checkpoints are taken, and the
        same seed, corpus and instruction set give the same bits. More workers race on the
        rows of frequent words (Hogwild; Recht et al. 2011,
        https://arxiv.org/abs/1106.5730).
        """
        return self._train(
            renamed_corpus("train", corpus_iterable, old_names),
            corpus_file,
            None,
            total_examples=total_examples,
            total_words=total_words,
            epochs=epochs,
            start_alpha=start_alpha,
            end_alpha=end_alpha,
            queue_factor=queue_factor,
            report_delay=report_delay,
            compute_loss=compute_loss,
            callbacks=callbacks,
            validation=validation,
        )

    def _train(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None,
        corpus_file: Any,
        encoded: EncodedCorpus | None,
        *,
        total_examples: int | None,
        total_words: int | None,
        epochs: int | None,
        start_alpha: float | None = None,
        end_alpha: float | None = None,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        compute_loss: bool | None = None,
        callbacks: Sequence[Any] = (),
        validation: Any = None,
    ) -> tuple[int, int]:
        """Check everything, make the batch source, run the epochs."""
        refuse_unreachable(self)
        self._check_training_sanity(
            epochs=epochs,
            total_examples=total_examples,
            total_words=total_words,
            start_alpha=start_alpha,
        )
        epochs = OPTIONS["epochs"].check(epochs)
        self._check_corpus_sanity(corpus_iterable, corpus_file, passes=epochs)
        if corpus_file is not None and total_words is None:
            raise checks.missing_total_words()
        with self._options_of_this_call(
            alpha=start_alpha, min_alpha=end_alpha, compute_loss=compute_loss
        ) as of_this_call:
            self.epochs = epochs
            self.running_training_loss = 0.0
            if total_words is None:
                total_words = checks.known_total_words(self, corpus_iterable, total_examples)
            self.add_lifecycle_event(
                "train",
                log_level=None,
                msg=f"training model with {self.workers} workers on {len(self.wv)} vocabulary "
                f"and {self.layer1_size} features",
                epochs=epochs,
                total_examples=total_examples,
                total_words=total_words,
            )
            checkpoints = self._new_checkpoint_file()
            run = Run(
                model=self,
                held_out=HeldOut.of(self, validation),
                corpus_iterable=corpus_iterable,
                corpus_file=corpus_file,
                source=batch_source(self, corpus_iterable, corpus_file, encoded),
                epochs=epochs,
                total_examples=total_examples,
                total_words=total_words,
                queue_factor=queue_factor,
                report_delay=report_delay,
                set_back=of_this_call,
                checkpoints=checkpoints,
            )
            self.latest_counts = trained = run.train(callbacks)
        self._clear_post_train()
        return trained

    @contextmanager
    def _options_of_this_call(self, **given: Any) -> Iterator[dict[str, tuple[Any, Any]]]:
        """Set options that are not None, and set them back afterwards (`set_back`)."""
        values = check_options({name: v for name, v in given.items() if v is not None})
        pairs = {name: (value, getattr(self, name)) for name, value in values.items()}
        self._set_options(values)
        try:
            yield pairs
        finally:
            set_back(self, pairs)

    def get_latest_training_loss(self) -> float:
        """Loss summed over the current or last `train` call, in nats; see also `history`.

        Zero without `compute_loss`; a callback may set `running_training_loss` to 0.0.
        """
        return self.running_training_loss

    # ---- files -------------------------------------------------------------------

    def save(
        self,
        fname_or_handle: Any,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Any = frozenset(),
        pickle_protocol: int | None = None,
        *,
        format: str = "native",
    ) -> None:
        """Write the whole model to one file in the native format (docs/file-format.md).

        Parameters
        ----------
        fname_or_handle : path or binary file
            An existing file is replaced only when the new one is complete.
        separately, sep_limit, ignore
            For gensim's format, see `word2vec.compat.gensim_write.save_model`; without
            effect on the native one, which has no side files.
        pickle_protocol
            Taken for gensim's sake; without effect.
        format : {"native", "gensim"}
            "gensim" writes what gensim 4 loads and trains on: a pickle of protocol 4,
            and side files for large arrays.

        Raises
        ------
        ParameterError, ParameterTypeError
            If an option was set to a value out of range, or a key, an attribute or the
            comment is of a type that files cannot hold.
        OSError
            If the file cannot be written; an old file is untouched then.
        """
        writer = foreign.writer(format)
        if writer is None:
            model_file.save(self, fname_or_handle)
        else:
            writer.save_model(self, fname_or_handle, separately, sep_limit, ignore)

    @classmethod
    def load(
        cls, fname: Any, mmap: str | None = None, *, rethrow: bool = False, trusted: bool = False
    ) -> "Word2Vec":
        """Read a model that `save`, or gensim's, wrote.

        Parameters
        ----------
        fname : path or open binary file
        mmap : {None, "r", "c", "r+"}
            Map the arrays instead of reading them: read-only, copy-on-write, or writing
            through to the file; of gensim's files those that have a file of their own.
        trusted : bool
            Let the pickle of a gensim file import and call whatever it names. A native
            file has nothing that could be run.
        rethrow : bool
            Taken for gensim's sake; without effect: errors are always raised.

        Raises
        ------
        RefusedGlobalError
            If a pickle names something that is not known to be harmless.
        FormatError
            If the file is damaged or not a model; also ValueError.
        """
        source, reader = foreign.recognise(fname)
        if reader is not None:
            loaded: Word2Vec = reader.load_model(cls, source, mmap, trusted)
            return loaded
        return model_file.load(cls, source, mmap)

    @classmethod
    def from_gensim(cls, model: Any) -> "Word2Vec":
        """Make a model of gensim's live one, of any release, with copies of all arrays.

        Raises
        ------
        ParameterTypeError
            If `model` is not of gensim.
        FormatError
            If it is no Word2Vec, or its parts contradict each other.
        """
        made: Word2Vec = foreign.writer("gensim").model_from_gensim(cls, model)
        return made

    def to_gensim(self) -> Any:
        """Make a ``gensim.models.Word2Vec`` of this model, with copies of all arrays.

        Raises
        ------
        MissingDependencyError
            If gensim is not installed.
        """
        return foreign.writer("gensim").to_gensim(self)
