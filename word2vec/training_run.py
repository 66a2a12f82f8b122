"""One call of `Word2Vec.train`: epochs, live options, reports."""

import logging
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from word2vec import model_checks as checks
from word2vec.model_hooks import SubclassHooks, overridden, schedule_of
from word2vec.params import OPTIONS, check_options
from word2vec.training.batches import BatchSource
from word2vec.training.objective import make_kernel
from word2vec.training.progress import LogReporter, Progress, ProgressBar
from word2vec.training.trainer import Counts, Epoch
from word2vec.training_jobs import JobEpoch, JobSource, reported_counts, within_run

if TYPE_CHECKING:
    from word2vec.model import Word2Vec

logger = logging.getLogger("word2vec.model")

# From this share of an epoch on, in an epoch of some length, reading is the bottleneck.
STARVED_SHARE = 0.7
STARVED_SECONDS = 0.5


class Run:
    """One call of `train`: totals, reports and the state between epochs."""

    def __init__(
        self,
        *,
        model: "Word2Vec",
        corpus_iterable: Iterable[Iterable[Any]] | None,
        corpus_file: Any,
        source: BatchSource,
        epochs: int,
        total_examples: int | None,
        total_words: int | None,
        queue_factor: int,
        report_delay: float,
    ) -> None:
        self.model = model
        self.corpus_iterable = corpus_iterable
        self.corpus_file = corpus_file
        self.source = source
        self.epochs = epochs
        self.total_examples = total_examples
        self.total_words = total_words
        self.queue_factor = queue_factor
        self.report_delay = report_delay
        self.words = 0
        self.kept = 0
        self.batches = 0
        self.loss = 0.0
        self.epoch = 0
        self.hinted = False
        self.started = self.epoch_started = time.monotonic()
        self.reporters: list[LogReporter | ProgressBar] = []
        self.log_due: float | None = None
        if overridden(model, SubclassHooks, "_log_progress"):
            self.log_due = self.started + report_delay
        else:
            self.reporters.append(LogReporter(logger, report_delay))
        if model.progress:
            self.reporters.append(ProgressBar())

    def train(self, callbacks: Sequence[Any]) -> tuple[int, int]:
        """Train all epochs and call the callbacks.

        Returns
        -------
        trained_words, raw_words : int
        """
        model = self.model
        logger.info(
            "training model with %i workers on %i vocabulary and %i features, using sg=%s hs=%s "
            "sample=%s negative=%s window=%s shrink_windows=%s",
            model.workers,
            len(model.wv),
            model.layer1_size,
            model.sg,
            model.hs,
            model.sample,
            model.negative,
            model.window,
            bool(model.shrink_windows),
        )
        try:
            for callback in callbacks:
                callback.on_train_begin(model)
            for epoch in range(self.epochs):
                for callback in callbacks:
                    callback.on_epoch_begin(model)
                self._train_epoch(epoch, callbacks)
                for callback in callbacks:
                    callback.on_epoch_end(model)
            model._log_train_end(
                self.words, self.kept, time.monotonic() - self.started, self.batches
            )
            model.train_count += 1
            for callback in callbacks:
                callback.on_train_end(model)
        finally:
            self._close()
        return self.kept, self.words

    def _train_epoch(self, epoch: int, callbacks: Sequence[Any]) -> None:
        """Have the model train an epoch; what it says it did is what counts."""
        words, kept, batches = self.words, self.kept, self.batches
        arguments: dict[str, Any] = {
            "cur_epoch": epoch,
            "total_examples": self.total_examples,
            "total_words": self.total_words,
            "callbacks": callbacks,
        }
        with within_run(self):
            if self.corpus_file is not None:
                method = "_train_epoch_corpusfile"
                result = self.model._train_epoch_corpusfile(self.corpus_file, **arguments)
            else:
                method = "_train_epoch"
                assert self.corpus_iterable is not None
                result = self.model._train_epoch(
                    self.corpus_iterable,
                    queue_factor=self.queue_factor,
                    report_delay=self.report_delay,
                    **arguments,
                )
        trained, raw, jobs = reported_counts(method, result, 3)
        self.words, self.kept, self.batches = words + raw, kept + trained, batches + jobs

    def train_epoch(
        self,
        corpus_iterable: Iterable[Iterable[Any]] | None,
        corpus_file: Any,
        epoch: int,
        total_examples: int | None,
        total_words: int | None,
    ) -> tuple[int, int, int]:
        """Train one epoch with the model's options as they are now.

        Parameters
        ----------
        corpus_iterable, corpus_file
            The run's own corpus, or another for this epoch.
        epoch : int
            From 0.
        total_examples, total_words : int or None
            Work of one epoch; one of them at least.

        Returns
        -------
        trained_words, raw_words, batches : int
        """
        model = self.model
        # A callback, or code between two calls, may have set anything.
        check_options({name: getattr(model, name) for name in OPTIONS})
        checks.check_companions(model)
        self.epoch = epoch
        by_sentences = total_words is None
        total = total_examples if total_words is None else total_words
        if total is None:
            raise checks.missing_totals()
        if corpus_iterable is self.corpus_iterable and corpus_file is self.corpus_file:
            source, own = self.source, True
        else:
            source, own = model._batch_source(corpus_iterable, corpus_file, None), False
        assert model._tables is not None
        counted_words = int(model.wv.expandos["count"].sum())
        self.epoch_started = time.monotonic()
        # A callback may have set the running loss to zero: go on from what is there.
        self.loss = model.running_training_loss
        settings: dict[str, Any] = {
            "kernel": make_kernel(
                model, model._tables, total_words=counted_words, compute_loss=self._shows_loss
            ),
            "batches": source.epoch(),
            "schedule": schedule_of(model, epoch, self.epochs, total),
            "done_before": total * epoch,
            "by_sentences": by_sentences,
            "seed": int(model.seed or 0),
            "number": model._epochs_done,
        }
        trainer = (
            JobEpoch(**settings, model=model)
            if isinstance(source, JobSource)
            else Epoch(**settings)
        )
        try:
            counts = trainer.run(int(model.workers), self._report, interval=0.1)
        finally:
            if not own:
                source.close()
        self._note(counts, total_examples, total_words)
        return counts.kept, counts.words, counts.batches

    def _note(self, counts: Counts, total_examples: int | None, total_words: int | None) -> None:
        model = self.model
        seconds = time.monotonic() - self.epoch_started
        self._report(counts)
        model._epochs_done += 1
        model.total_train_time += seconds
        model.wv.vectors_changed()
        if counts.words:
            model.min_alpha_yet_reached = min(model.min_alpha_yet_reached, counts.lowest_alpha)
        if model.compute_loss:
            model.epoch_losses.append(counts.mean_loss)
        self.words += counts.words
        self.kept += counts.kept
        model._log_epoch_end(
            self.epoch,
            counts.sentences,
            total_examples,
            counts.words,
            total_words,
            counts.kept,
            seconds,
            self.corpus_file is not None,
        )
        if model.workers > 1 and counts.reading > STARVED_SHARE * seconds > STARVED_SECONDS:
            self._hint_at_starvation(counts.reading / seconds)

    def _hint_at_starvation(self, share: float) -> None:
        """Say once that the corpus is slower than the workers, and what helps."""
        if self.hinted or self.source.keeps:
            return
        self.hinted = True
        logger.info(
            "the workers waited for the corpus: reading it took %.0f%% of the epoch. "
            "cache_corpus=1 reads an iterable once and keeps its word ids; "
            "corpus_file= reads text without Python",
            100 * share,
        )

    @property
    def _shows_loss(self) -> bool:
        """Whether anybody sees the loss: it costs about a twentieth of the speed."""
        return bool(self.model.compute_loss or self.model.progress)

    def _report(self, counts: Counts) -> None:
        """Tell the reporters, and keep the model's running loss up to date."""
        model = self.model
        if model.compute_loss:
            model.running_training_loss = self.loss + counts.loss
        progress = Progress(
            epoch=self.epoch + 1,
            epochs=self.epochs,
            words=self.words + counts.words,
            total_words=self.total_words and self.total_words * self.epochs,
            effective_words=self.kept + counts.kept,
            seconds=time.monotonic() - self.started,
            alpha=counts.alpha,
            loss=counts.mean_loss if self._shows_loss else None,
        )
        for reporter in self.reporters:
            reporter(progress)
        now = time.monotonic()
        if self.log_due is not None and now >= self.log_due:
            self.log_due = now + self.report_delay
            model._log_progress(
                None,
                None,
                self.epoch,
                counts.sentences,
                self.total_examples,
                counts.words,
                self.total_words,
                counts.kept,
                now - self.epoch_started,
            )

    def _close(self) -> None:
        """Give the corpus back and end the progress display."""
        self.source.close()
        for reporter in self.reporters:
            reporter.close()
