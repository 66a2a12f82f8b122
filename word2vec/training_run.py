"""One call of `Word2Vec.train`: epochs, live options, reports."""

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from word2vec import model_checks as checks
from word2vec.model_hooks import schedule_of
from word2vec.params import OPTIONS, check_options
from word2vec.training.batches import BatchSource
from word2vec.training.objective import make_kernel
from word2vec.training.progress import LogReporter, Progress, ProgressBar
from word2vec.training.trainer import Counts, Epoch

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
        source: BatchSource,
        epochs: int,
        total_examples: int | None,
        total_words: int | None,
        report_delay: float,
    ) -> None:
        self.model = model
        self.source = source
        self.epochs = epochs
        self.total_examples = total_examples
        self.total_words = total_words
        self.words = 0
        self.kept = 0
        self.loss = 0.0
        self.epoch = 0
        self.hinted = False
        self.started = time.monotonic()
        self.reporters: list[LogReporter | ProgressBar] = [LogReporter(logger, report_delay)]
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
                self._train_epoch(epoch)
                for callback in callbacks:
                    callback.on_epoch_end(model)
            model.train_count += 1
            for callback in callbacks:
                callback.on_train_end(model)
        finally:
            self._close()
        return self.kept, self.words

    def _train_epoch(self, epoch: int) -> None:
        """Train one epoch with the model's options as they are now."""
        model = self.model
        # A callback, or code between two calls, may have set anything.
        check_options({name: getattr(model, name) for name in OPTIONS})
        checks.check_companions(model)
        self.epoch = epoch
        by_sentences = self.total_words is None
        total = self.total_examples if self.total_words is None else self.total_words
        assert total is not None
        assert model._tables is not None
        counted_words = int(model.wv.expandos["count"].sum())
        kernel = make_kernel(
            model, model._tables, total_words=counted_words, compute_loss=self._shows_loss
        )
        started = time.monotonic()
        # A callback may have set the running loss to zero: go on from what is there.
        self.loss = model.running_training_loss
        counts = Epoch(
            kernel=kernel,
            batches=self.source.epoch(),
            schedule=schedule_of(model, epoch, self.epochs, total),
            done_before=total * epoch,
            by_sentences=by_sentences,
            seed=int(model.seed or 0),
            number=model._epochs_done,
        ).run(int(model.workers), self._report, interval=0.1)
        seconds = time.monotonic() - started
        self._note(counts, seconds)

    def _note(self, counts: Counts, seconds: float) -> None:
        model = self.model
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
        logger.info(
            "EPOCH %i: training on %i raw words (%i effective words) took %.1fs, "
            "%.0f effective words/s",
            self.epoch,
            counts.words,
            counts.kept,
            seconds,
            counts.kept / max(seconds, 1e-9),
        )
        checks.warn_about_counts(self.epoch, counts, self.total_examples, self.total_words)
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

    def _close(self) -> None:
        """Give the corpus back and end the progress display."""
        self.source.close()
        for reporter in self.reporters:
            reporter.close()
