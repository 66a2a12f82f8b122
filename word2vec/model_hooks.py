"""Methods of gensim's Word2Vec that subclasses override to change training.

Each is called with gensim's arguments, and what it returns is used. Those that belong
to gensim's queues of jobs have no place here: a subclass that has them is refused.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from word2vec import model_checks as checks
from word2vec.errors import UnreachableHookError
from word2vec.training.schedule import LinearDecay
from word2vec.training_jobs import run_of, train_job

if TYPE_CHECKING:
    from word2vec.model import Word2Vec

logger = logging.getLogger("word2vec.model")

JOB_HOOKS = ("_do_train_job", "_raw_word_count", "_get_thread_working_mem")
"""What gensim calls for each batch of an iterable, and not for a corpus file."""

# gensim's methods that nothing here would call -> what to do instead.
_UNREACHABLE = {
    "_do_train_epoch": "override _train_epoch_corpusfile",
    "_job_producer": "override _train_epoch, which gets the corpus, or _get_next_alpha",
    "_log_epoch_progress": "override _log_progress or _log_epoch_end",
    "_scan_vocab": "override scan_vocab",
    "_worker_loop": "override _do_train_job, which gets each batch",
    "_worker_loop_corpusfile": "override _train_epoch_corpusfile",
}


def overridden(model: Any, base: type, name: str) -> bool:
    """Whether a method of `base` is replaced, by a subclass or in the object itself."""
    return getattr(getattr(model, name), "__func__", None) is not getattr(base, name)


def refuse_unreachable(model: Any) -> None:
    """Raise if a subclass has methods of gensim that would never be called.

    Raises
    ------
    UnreachableHookError
        Names the first of them and what to override instead.
    """
    for name, cure in _UNREACHABLE.items():
        if hasattr(model, name):
            raise UnreachableHookError(
                f"{type(model).__name__} overrides {name}(), which belongs to gensim's queues and "
                f"would never be called here: {cure}"
            )


def refuse_job_hooks(model: "Word2Vec") -> None:
    """Raise if a subclass overrides what a corpus file never reaches.

    Raises
    ------
    UnreachableHookError
        As for `refuse_unreachable`.
    """
    for name in JOB_HOOKS:
        if overridden(model, SubclassHooks, name):
            raise UnreachableHookError(
                f"{type(model).__name__} overrides {name}(), which is called for the sentences "
                "of an iterable only: train with corpus_iterable=LineSentence(path) instead of "
                "corpus_file=path"
            )


def has_job_hooks(model: "Word2Vec") -> bool:
    """Whether batches must go through methods of a subclass."""
    return any(overridden(model, SubclassHooks, name) for name in JOB_HOOKS)


def overridden_epoch(model: "Word2Vec") -> str | None:
    """Name of a method by which a subclass has a part in an epoch, if there is one."""
    names = ("_train_epoch", "_train_epoch_corpusfile", *JOB_HOOKS)
    return next((name for name in names if overridden(model, SubclassHooks, name)), None)


class SubclassHooks:
    """What a subclass may override to change training."""

    alpha: float
    min_alpha: float
    epochs: int
    layer1_size: int

    # ---- checks ----------------------------------------------------------------

    def _check_corpus_sanity(
        self, corpus_iterable: Any = None, corpus_file: Any = None, passes: int = 1
    ) -> None:
        """Raise TypeError unless exactly one usable corpus is given."""
        checks.check_corpus(corpus_iterable, corpus_file, passes)

    def _check_training_sanity(
        self,
        epochs: int | None = 0,
        total_examples: int | None = None,
        total_words: int | None = None,
        start_alpha: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Raise unless training can begin; called by `train` before anything else."""
        model = cast("Word2Vec", self)
        checks.check_training(model, total_examples, total_words, epochs, start_alpha)

    # ---- epochs and batches ------------------------------------------------------

    def _train_epoch(
        self,
        data_iterable: Iterable[Iterable[Any]],
        cur_epoch: int = 0,
        total_examples: int | None = None,
        total_words: int | None = None,
        queue_factor: int = 2,
        report_delay: float = 1.0,
        callbacks: Sequence[Any] = (),
    ) -> tuple[int, int, int]:
        """Train one epoch on an iterable; called by `train`.

        Parameters
        ----------
        data_iterable : iterable of iterables of hashables
            The corpus; a subclass may pass on another.
        cur_epoch : int
            From 0.
        total_examples, total_words : int, optional
            Sentences and words of an epoch, for the learning rate.
        queue_factor, report_delay, callbacks
            As given to `train`; without effect here.

        Returns
        -------
        trained_words, raw_words, jobs : int
            Effective words, words read, and batches.
        """
        run = run_of(cast("Word2Vec", self))
        return run.train_epoch(data_iterable, None, cur_epoch, total_examples, total_words)

    def _train_epoch_corpusfile(
        self,
        corpus_file: Any,
        cur_epoch: int = 0,
        total_examples: int | None = None,
        total_words: int | None = None,
        callbacks: Sequence[Any] = (),
        **kwargs: Any,
    ) -> tuple[int, int, int]:
        """Train one epoch on a corpus file; otherwise as `_train_epoch`."""
        run = run_of(cast("Word2Vec", self))
        return run.train_epoch(None, corpus_file, cur_epoch, total_examples, total_words)

    def _do_train_job(self, sentences: Sequence[Any], alpha: float, inits: Any) -> tuple[int, int]:
        """Train on a batch of sentences; if overridden, it is called for each batch.

        Parameters
        ----------
        sentences : sequence of iterables of hashables
        alpha : float
            Learning rate of the batch, finite and >= 0.
        inits : object
            What `_get_thread_working_mem` returned in this thread; not used here.

        Returns
        -------
        trained_words, raw_words : int
            Effective words, and words read.

        Notes
        -----
        Workers call it at the same time. It may be called without a run too.
        """
        if not isinstance(sentences, Sequence):
            sentences = list(sentences)
        kept = train_job(cast("Word2Vec", self), sentences, alpha)
        return kept, self._raw_word_count(sentences)

    def _get_thread_working_mem(self) -> Any:
        """Return what `_do_train_job` gets as `inits`; called once by each worker and epoch.

        Returns
        -------
        tuple of two ndarrays of shape (layer1_size,), float32
            Zeros, as gensim's workers have them.
        """
        return np.zeros(self.layer1_size, np.float32), np.zeros(self.layer1_size, np.float32)

    def _get_next_alpha(self, epoch_progress: float, cur_epoch: int) -> float:
        """Learning rate at a point of a run; if overridden, it is asked for each batch.

        Parameters
        ----------
        epoch_progress : float
            Share of the epoch's words that were handed out before, in [0, 1].
        cur_epoch : int
            From 0.
        """
        progress = (cur_epoch + epoch_progress) / self.epochs
        return max(self.min_alpha, self.alpha - (self.alpha - self.min_alpha) * progress)

    def _raw_word_count(self, job: Iterable[Any]) -> int:
        """Words in a list of sentences; if overridden, it decides where batches end."""
        return sum(len(sentence) for sentence in job)

    # ---- reports -----------------------------------------------------------------

    def _log_progress(
        self,
        job_queue: Any,
        progress_queue: Any,
        cur_epoch: int,
        example_count: int,
        total_examples: int | None,
        raw_word_count: int,
        total_words: int | None,
        trained_word_count: int,
        elapsed: float,
    ) -> None:
        """Log where an epoch is; if overridden, it is called instead of our own line.

        Parameters
        ----------
        job_queue, progress_queue : None
            There are no queues.
        cur_epoch : int
            From 0.
        example_count, raw_word_count, trained_word_count : int
            Sentences, words and effective words of the epoch so far.
        total_examples, total_words : int or None
            Sentences and words of an epoch; one of them is known.
        elapsed : float
            Seconds since the epoch began.
        """
        done, total, unit = (
            (example_count, total_examples, "examples")
            if total_examples
            else (raw_word_count, total_words or 1, "words")
        )
        logger.info(
            "EPOCH %i - PROGRESS: at %.2f%% %s, %.0f words/s",
            cur_epoch,
            100.0 * done / total,
            unit,
            trained_word_count / max(elapsed, 1e-9),
        )

    def _log_epoch_end(
        self,
        cur_epoch: int,
        example_count: int,
        total_examples: int | None,
        raw_word_count: int,
        total_words: int | None,
        trained_word_count: int,
        elapsed: float,
        is_corpus_file_mode: bool,
    ) -> None:
        """Log an epoch that has ended, and warn if it was not as long as announced.

        Parameters are those of `_log_progress`.
        """
        logger.info(
            "EPOCH %i: training on %i raw words (%i effective words) took %.1fs, "
            "%.0f effective words/s",
            cur_epoch,
            raw_word_count,
            trained_word_count,
            elapsed,
            trained_word_count / max(elapsed, 1e-9),
        )
        checks.warn_about_counts(
            cur_epoch, example_count, raw_word_count, total_examples, total_words
        )

    def _log_train_end(
        self, raw_word_count: int, trained_word_count: int, total_elapsed: float, job_tally: int
    ) -> None:
        """Log the end of `train`.

        Parameters
        ----------
        raw_word_count, trained_word_count, job_tally : int
            Words, effective words and batches of all epochs.
        total_elapsed : float
            Seconds.
        """
        logger.info(
            "training on %i raw words (%i effective words) took %.1fs, %.0f effective words/s",
            raw_word_count,
            trained_word_count,
            total_elapsed,
            trained_word_count / max(total_elapsed, 1e-9),
        )

    def _clear_post_train(self) -> None:
        """Run after a successful `train`; here nothing is left to clear."""


@dataclass(frozen=True)
class AskedRate(LinearDecay):
    """Schedule that asks a subclass, batch by batch, from the threads that train.

    Parameters
    ----------
    ask : callable
        ``ask(epoch_progress, epoch)`` gives the rate, finite and >= 0.
    epoch : int
    words : int
        Work of one epoch, in the schedule's unit.
    """

    ask: Callable[[float, int], float]
    epoch: int
    words: int

    def for_sentences(
        self, done_before: int, words: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """One learning rate for all sentences of a batch."""
        done = done_before - self.epoch * self.words
        rate = self.ask(min(done / self.words, 1.0) if self.words else 1.0, self.epoch)
        # The checks are those of a schedule that stands still.
        return np.full(len(words), LinearDecay(rate, rate, 0).start, np.float32)


def schedule_of(model: "Word2Vec", epoch: int, epochs: int, total: int) -> LinearDecay:
    """Linear decay, or what a subclass says instead.

    Parameters
    ----------
    total : int
        Work of one epoch, in words or sentences.
    """
    if not overridden(model, SubclassHooks, "_get_next_alpha"):
        return LinearDecay(model.alpha, model.min_alpha, total * epochs)
    return AskedRate(
        model.alpha, model.min_alpha, total * epochs, model._get_next_alpha, epoch, total
    )
