"""One call of `Word2Vec.train`: epochs, live options, reports.

A `Run` that keeps checkpoints can be begun where another process left it: `facts`
says where that is, beside the model itself, and `go_on` takes it up.
"""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from word2vec import model_checks as checks
from word2vec.model_hooks import (
    SubclassHooks,
    has_job_hooks,
    overridden,
    overridden_epoch,
    refuse_job_hooks,
    schedule_of,
)
from word2vec.params import OPTIONS, check_options
from word2vec.text.arrow_columns import sentences_of
from word2vec.text.encoded import EncodedCorpus
from word2vec.text.readers import corpus_files
from word2vec.text.vocabulary import encode_files
from word2vec.training._train import Kernel
from word2vec.training.batches import BatchSource, EncodedSource, IterableSource
from word2vec.training.callbacks import batch_hook
from word2vec.training.checkpoint import skip_trained
from word2vec.training.divergence import Watch
from word2vec.training.held_out import HeldOut
from word2vec.training.history import Recorder
from word2vec.training.objective import make_kernel
from word2vec.training.progress import LogReporter, Progress, Reporter
from word2vec.training.trainer import Counts, Epoch
from word2vec.training_jobs import JobEpoch, JobSource, reported_counts, within_run
from word2vec.training_losses import Losses

if TYPE_CHECKING:
    from word2vec.model import Word2Vec
    from word2vec.model_checkpoint import CheckpointFile

logger = logging.getLogger("word2vec.model")

# From this share of an epoch on, in an epoch of some length, reading is the bottleneck.
STARVED_SHARE = 0.7
STARVED_SECONDS = 0.5


def batch_source(
    model: "Word2Vec",
    corpus_iterable: Iterable[Iterable[Any]] | None,
    corpus_file: Any,
    encoded: EncodedCorpus | None = None,
) -> BatchSource:
    """Make what gives `model` its batches.

    Parameters
    ----------
    corpus_iterable, corpus_file
        Exactly one of them.
    encoded : EncodedCorpus, optional
        The ids of `corpus_file`, if they have been kept.

    Raises
    ------
    UnreachableHookError
        If a subclass overrides what a file never reaches.
    """
    if corpus_file is not None:
        refuse_job_hooks(model)
        if encoded is None:
            encoded = encode_files(
                corpus_files(corpus_file), model.wv.index_to_key, workers=model.workers
            )
        return EncodedSource(encoded, model.batch_words, scanned=model.corpus_count)
    assert corpus_iterable is not None
    corpus_iterable = sentences_of(corpus_iterable)
    if has_job_hooks(model):
        return JobSource(corpus_iterable, model.batch_words, model._raw_word_count)
    return IterableSource(
        corpus_iterable,
        model.wv.key_to_index,
        model.batch_words,
        keep=True if model.cache_corpus else None,
        scanned=model.corpus_count,
    )


class Run:
    """One call of `train`: totals, reports and the state between epochs.

    Parameters
    ----------
    set_back : mapping
        Options of this call only: name to (value now, value afterwards).
    checkpoints : CheckpointFile, optional
        Where the run is kept.
    held_out : HeldOut, optional
        Text whose loss is measured after each epoch.
    """

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
        set_back: Mapping[str, tuple[Any, Any]],
        checkpoints: "CheckpointFile | None",
        held_out: HeldOut | None = None,
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
        self.set_back = set_back
        self.checkpoints = checkpoints
        self.losses = Losses(model, held_out)
        self.recorder = Recorder(model.history, total_words)
        self.callbacks: Sequence[Any] = ()
        self.by_subclass = overridden_epoch(model) is not None
        self.words = 0
        self.kept = 0
        self.batches = 0
        self.loss = 0.0
        self.epoch = 0
        self.begun: Counts | None = None  # of an epoch that another process began
        self.between = True  # epochs: nothing is under way that a checkpoint would miss
        self.hinted = False
        self.started = self.epoch_started = time.monotonic()
        self.reporters: list[Reporter] = []
        self.log_due: float | None = None
        if overridden(model, SubclassHooks, "_log_progress"):
            self.log_due = self.started + report_delay
        else:
            self.reporters.append(LogReporter(logger, report_delay))
        if model.progress:
            from word2vec.training.display import Display

            self.reporters.append(Display())

    def train(self, callbacks: Sequence[Any]) -> tuple[int, int]:
        """Train all epochs and call the callbacks.

        Returns
        -------
        trained_words, raw_words : int
        """
        model, self.callbacks = self.model, callbacks
        hooks = [hook for callback in callbacks if (hook := batch_hook(callback))]
        self.on_batch = (lambda batch: [hook(model, batch) for hook in hooks]) if hooks else None
        model.stop_training = False
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
            if self.checkpoints is not None:
                self.checkpoints.begin(self)
            self._announce()
            for callback in callbacks:
                callback.on_train_begin(model)
            while self.epoch < self.epochs:
                if self.begun is None:
                    for callback in callbacks:
                        callback.on_epoch_begin(model)
                self._train_epoch()
                for callback in callbacks:
                    callback.on_epoch_end(model)
                if model.stop_training:
                    self.epochs = self.epoch
                if self.checkpoints is not None:
                    self.checkpoints.end_of_epoch()
            model._log_train_end(
                self.words, self.kept, time.monotonic() - self.started, self.batches
            )
            model.train_count += 1
            for callback in callbacks:
                callback.on_train_end(model)
        except KeyboardInterrupt:
            if self.checkpoints is not None and self.between:
                self.checkpoints.take(None)
            raise
        finally:
            self._close()
        return self.kept, self.words

    def _announce(self) -> None:
        """Tell the history what comes; held-out text of no use must show before the work."""
        history = self.model.history
        history.metrics = self.losses.names
        history.last_epoch = self.model._epochs_done + self.epochs - self.epoch
        self._validate("before training")

    def _validate(self, when: str) -> None:
        """Measure the loss of held-out text; the clocks of training stand still."""
        began = time.monotonic()
        self.losses.validate(self._kernel, when)
        paused = time.monotonic() - began
        self.started += paused
        self.epoch_started += paused

    def _kernel(self, *, compute_loss: bool = True, threads: int = 1) -> Kernel:
        """Kernel over the weights and options as they are now."""
        model = self.model
        assert model._tables is not None
        counted_words = int(model.wv.expandos["count"].sum())
        return make_kernel(
            model,
            model._tables,
            total_words=counted_words,
            compute_loss=compute_loss,
            threads=threads,
        )

    def facts(self, counts: Counts | None) -> dict[str, Any]:
        """Say where the run is, in what JSON holds; ends a record of the history.

        Parameters
        ----------
        counts : Counts or None
            Of the running epoch; None between epochs.
        """
        now = time.monotonic()
        if counts is not None:
            self.recorder.end(counts, now - self.epoch_started)
        return {
            "epochs": self.epochs,
            "total_examples": None if self.total_examples is None else int(self.total_examples),
            "total_words": None if self.total_words is None else int(self.total_words),
            "epoch": self.epoch,
            "words": self.words,
            "kept": self.kept,
            "batches": self.batches,
            "loss": float(self.loss),
            "seconds": now - self.started,
            "epoch_seconds": now - self.epoch_started if counts else 0.0,
            # JSON has no infinity, which is what the lowest rate of nothing is.
            "counts": asdict(counts) if counts and counts.batches else None,
            "begun": counts is not None,
            "set_back": {name: list(values) for name, values in self.set_back.items()},
            "corpus": [self.source.n_words, self.source.n_sentences],
        }

    def go_on(self, facts: Mapping[str, Any]) -> None:
        """Begin where `facts` says, which were checked."""
        for name in ("epoch", "words", "kept", "batches", "loss"):
            setattr(self, name, facts[name])
        self.started -= facts["seconds"]
        self.epoch_started -= facts["epoch_seconds"]
        if facts["begun"]:
            self.between = False
            self.begun = Counts(**(facts["counts"] or {}))

    def _train_epoch(self) -> None:
        """Have the model train an epoch; what it says it did is what counts."""
        words, kept, batches = self.words, self.kept, self.batches
        arguments: dict[str, Any] = {
            "cur_epoch": self.epoch,
            "total_examples": self.total_examples,
            "total_words": self.total_words,
            "callbacks": self.callbacks,
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
        self.epoch += 1
        self.between = True

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
        by_sentences = total_words is None
        total = total_examples if total_words is None else total_words
        if total is None:
            raise checks.missing_totals()
        if not by_sentences and self._goes_by_scan and self.words:
            total = round(self.words / self.epoch)
        kernel = self._kernel(compute_loss=self.losses.computed, threads=int(model.workers))
        self.watch = watch = self._watch()
        if self.callbacks or self.by_subclass or not self.words:
            watch.before()  # somebody may have changed the weights since the last look
        source = self.source
        if corpus_iterable is not self.corpus_iterable or corpus_file is not self.corpus_file:
            source = batch_source(model, corpus_iterable, corpus_file)
        batches = source.epoch()
        begun, self.begun = self.begun, None
        if begun is not None:
            skip_trained(batches, begun)
        else:
            self.epoch_started = time.monotonic()
            # A callback may have set the running loss to zero: go on from what is there.
            self.loss = model.running_training_loss
        self.recorder.begin(
            model._epochs_done + 1,
            begun or Counts(),
            time.monotonic() - self.epoch_started,
            with_loss=self.losses.computed,
        )
        self.losses.begin(begun)
        settings: dict[str, Any] = {
            "kernel": kernel,
            "batches": batches,
            "schedule": schedule_of(model, epoch, self.epochs, total),
            "done_before": total * epoch,
            "by_sentences": by_sentences,
            "seed": int(model.seed or 0),
            "number": model._epochs_done,
            "counts": begun or Counts(),
            # Where a subclass has a part in an epoch, only it knows what goes on inside.
            "checkpoints": None if self.by_subclass else self.checkpoints,
            "check": watch.batch,
            "on_batch": self.on_batch,
        }
        trainer = (
            JobEpoch(**settings, model=model)
            if isinstance(source, JobSource)
            else Epoch(**settings)
        )
        self.between = False
        try:
            counts = trainer.run(int(model.workers), self._report, interval=0.1)
        finally:
            if source is not self.source:
                source.close()
        try:
            watch.after()
            self._validate(f"after epoch {self.epoch + 1}")
            seconds = self._tell(counts, total_examples, total_words)
        except KeyboardInterrupt:  # all is trained and nothing booked
            if settings["checkpoints"] is not None:
                settings["checkpoints"].take(counts)
            raise
        self._book(counts, seconds)
        return counts.kept, counts.words, counts.batches

    @property
    def _goes_by_scan(self) -> bool:
        """Whether words are announced as scanned; an iterable may have others in each pass.

        After the first epoch the rate goes by what passes had so far. (In an epoch of a
        subclass only it knows what makes up a pass.)
        """
        scanned = self.total_words == self.model.corpus_total_words
        return scanned and self.corpus_file is None and not self.by_subclass

    def _watch(self) -> Watch:
        model = self.model
        matrices = {"wv.vectors": model.wv.vectors}
        if model.negative:
            matrices["syn1neg"] = model.syn1neg
        if model.hs:
            matrices["syn1"] = model.syn1
        return Watch(
            matrices, model.wv.index_to_key, alpha=float(model.alpha), epoch=self.epoch + 1
        )

    def _tell(self, counts: Counts, total_examples: int | None, total_words: int | None) -> float:
        """Tell about an epoch that ends, once more if it is resumed; return its seconds."""
        model = self.model
        seconds = time.monotonic() - self.epoch_started
        self._report(counts)
        self.recorder.end(counts, seconds, self.losses.validation)
        model.wv.vectors_changed()
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
        return seconds

    def _book(self, counts: Counts, seconds: float) -> None:
        """Book what was trained. An interrupt takes no checkpoint: nothing in here may wait."""
        model = self.model
        model._epochs_done += 1
        model.total_train_time += seconds
        if counts.words:
            model.min_alpha_yet_reached = min(model.min_alpha_yet_reached, counts.lowest_alpha)
        if self.losses.kept:
            model.epoch_losses.append(self.losses.mean(counts))
        self.words += counts.words
        self.kept += counts.kept

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

    def _report(self, counts: Counts) -> None:
        """Tell the reporters, and keep the model's running loss up to date."""
        model = self.model
        now = time.monotonic()
        if model.compute_loss:
            model.running_training_loss = self.loss + counts.loss
        progress = Progress(
            epoch=self.epoch + 1,
            epochs=self.epochs,
            words=self.words + counts.words,
            total_words=self.total_words and self.total_words * self.epochs,
            effective_words=self.kept + counts.kept,
            seconds=now - self.started,
            alpha=counts.alpha,
            loss=self.losses.mean(counts) if self.losses.computed else None,
            validation_loss=self.losses.validation,
        )
        for reporter in self.reporters:
            reporter(progress)
        self.recorder.progress(counts, now - self.epoch_started)
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
