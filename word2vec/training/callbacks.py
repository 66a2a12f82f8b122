"""Hooks that users hang into a training run, and two that most people want."""

import logging
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from word2vec.errors import ParameterError

logger = logging.getLogger("word2vec.model")

MONITORS = ("validation_loss", "loss")


@dataclass(frozen=True)
class TrainedBatch:
    """What `CallbackAny2Vec.on_batch` gets.

    Attributes
    ----------
    number : int
        Which batch of the epoch, from 0. Several workers end them in any order.
    words, kept : int
        Raw words, and those left after dropping unknown ones and subsampling.
    pairs : int
        (context, centre) pairs of skip-gram, or centres of CBOW.
    loss : float
        Sum over the pairs in nats; 0.0 unless losses are computed.
    alpha : float
        Learning rate at its end.
    """

    number: int
    words: int
    kept: int
    pairs: int
    loss: float
    alpha: float


class CallbackAny2Vec:
    """Base class of training callbacks; override what you need.

    Each method gets the model. What it changes there (`alpha`, `min_alpha`,
    `window`, `workers`, `wv.vectors`, `wv.vectors_lockf`) takes effect with the
    epoch that begins next; an exception stops training and reaches the caller.
    ``model.stop_training = True`` ends it in good order after the running epoch.
    """

    def on_train_begin(self, model: Any) -> None:
        """Run before the first epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        """Run before each epoch."""

    def on_epoch_end(self, model: Any) -> None:
        """Run after each epoch."""

    def on_train_end(self, model: Any) -> None:
        """Run after the last epoch."""

    def on_batch(self, model: Any, batch: TrainedBatch) -> None:
        """Run after each batch, in the thread that trained it, one call at a time.

        Costs nothing unless overridden. Others train meanwhile, so leave the
        weights alone.
        """


def batch_hook(callback: Any) -> Callable[[Any, TrainedBatch], Any] | None:
    """Return the `on_batch` of a callback of any class, if it does anything."""
    # Asked of the class: an object that answers to every name does not mean this one.
    if getattr(type(callback), "on_batch", None) in (None, CallbackAny2Vec.on_batch):
        return None
    hook: Callable[[Any, TrainedBatch], Any] = callback.on_batch
    return hook


class EarlyStopping(CallbackAny2Vec):
    """Stop when a loss no longer falls, and go back to the best vectors.

    Parameters
    ----------
    monitor : {"validation_loss", "loss"}
        What is watched after each epoch: of the held-out text (``validation=``), or the
        mean over the epoch's training (``compute_loss=True``).
    patience : int, default=1
        Epochs without improvement after which training stops, >= 1.
    min_delta : float, default=0.0
        Nats per pair by which a loss must fall to count as improvement, >= 0.
    restore_best : bool, default=True
        Put back the weights of the best epoch, also when all epochs were trained. They
        are copied at each improvement: twice the memory of the weights.

    Attributes
    ----------
    best : float
        The lowest loss so far; infinity before the first epoch.
    best_epoch, stopped_epoch : int or None
        Epochs counted from 1 over the model's life; `stopped_epoch` is None where
        training was not stopped.

    Raises
    ------
    ParameterError
        If a value is out of range; from training, if it does not compute that loss.

    Notes
    -----
    The learning rate falls towards the end of all `epochs`, so an early stop ends at a
    higher one. A run taken up by `Word2Vec.resume` begins to watch anew.
    """

    def __init__(
        self,
        monitor: str = "validation_loss",
        *,
        patience: int = 1,
        min_delta: float = 0.0,
        restore_best: bool = True,
    ) -> None:
        self.monitor = _checked_monitor(monitor)
        if not (isinstance(patience, int) and patience >= 1):
            raise ParameterError(f"patience={patience!r}: it must be an integer >= 1")
        if not (math.isfinite(min_delta) and min_delta >= 0):
            raise ParameterError(f"min_delta={min_delta!r}: it must be a finite number >= 0")
        self.patience = patience
        self.min_delta = min_delta
        self.restore_best = restore_best
        self._begin()

    def _begin(self) -> None:
        self.best = math.inf
        self.best_epoch: int | None = None
        self.stopped_epoch: int | None = None
        self._waited = 0
        self._kept: dict[str, Any] = {}

    def on_train_begin(self, model: Any) -> None:
        """Begin to watch."""
        _check_computed(self, model)
        self._begin()

    def on_epoch_end(self, model: Any) -> None:
        """Compare the epoch's loss with the best; stop, or keep its weights."""
        loss, epoch = _latest(self, model), model.history[-1].epoch
        if loss < self.best - self.min_delta:
            self.best, self.best_epoch, self._waited = loss, epoch, 0
            if self.restore_best:
                self._kept = {name: rows.copy() for name, rows in _weights(model).items()}
        else:
            self._waited += 1
        stops = self._waited >= self.patience and epoch < model.history.last_epoch
        if stops:
            self.stopped_epoch, model.stop_training = epoch, True
            logger.info(
                "stopped after epoch %i: %s was best in epoch %i (%.4f)",
                epoch,
                self.monitor,
                self.best_epoch,
                self.best,
            )
        if stops or epoch == model.history.last_epoch:
            # Here and not in on_train_end: a checkpoint of the end has the best weights too.
            if epoch != self.best_epoch:
                for name, rows in _weights(model).items():
                    if name in self._kept:
                        rows[...] = self._kept[name]
                model.wv.vectors_changed()
            self._kept = {}


class ModelCheckpoint(CallbackAny2Vec):
    """Save the model after epochs, by default only if it is the best so far.

    Parameters
    ----------
    path : str or path
        The file; it is replaced only when the new one is complete. ``{epoch}`` in it
        becomes the number of the epoch, from 1 over the model's life.
    monitor : {"validation_loss", "loss"} or None
        The loss that must be the lowest so far, see `EarlyStopping`; None saves after
        each epoch.

    Attributes
    ----------
    best : float
        Loss of what was saved; infinity before. Where the file exists already, the
        lowest loss in the model's history, so that a resumed run keeps a better one.

    Notes
    -----
    Such a file is a model like any other. To go on with a run after a kill, give
    ``checkpoint=`` to `Word2Vec`, which also says where the run is.

    Raises
    ------
    ParameterError
        If a value is out of range; from training, if it does not compute that loss.
    OSError
        From training, if the file cannot be written.
    """

    def __init__(self, path: Any, monitor: str | None = "validation_loss") -> None:
        self.path = os.fspath(path)
        self.monitor = None if monitor is None else _checked_monitor(monitor)
        self.best = math.inf

    def on_train_begin(self, model: Any) -> None:
        """Look for the best model so far."""
        if self.monitor is None:
            return
        _check_computed(self, model)
        if self.best == math.inf and Path(self.path).exists():
            self.best = min(_all(self.monitor, model), default=math.inf)

    def on_epoch_end(self, model: Any) -> None:
        """Save the model, if it is to be."""
        if self.monitor is not None:
            loss = _latest(self, model)
            if not loss < self.best:
                return
            self.best = loss
        model.save(self.path.replace("{epoch}", str(model._epochs_done)))


def _checked_monitor(monitor: Any) -> str:
    if monitor not in MONITORS:
        raise ParameterError(f"monitor={monitor!r}: it must be one of {MONITORS}")
    return str(monitor)


def _all(monitor: str, model: Any) -> list[float]:
    """Losses of all epochs that have one."""
    if monitor == "loss":
        return list(model.epoch_losses)
    return [r.validation_loss for r in model.history if r.validation_loss is not None]


def _latest(callback: Any, model: Any) -> float:
    _check_computed(callback, model)
    return _all(callback.monitor, model)[-1]


def _check_computed(callback: Any, model: Any) -> None:
    if callback.monitor not in model.history.metrics:
        needed = {"loss": "compute_loss=True", "validation_loss": "validation="}[callback.monitor]
        raise ParameterError(
            f"{type(callback).__name__} watches {callback.monitor}, which this training does not "
            f"compute: give {needed} to Word2Vec() or train(), or watch another monitor"
        )


def _weights(model: Any) -> dict[str, Any]:
    """Matrices that training moves, by name."""
    outputs = {name: getattr(model, name, None) for name in ("syn1neg", "syn1")}
    found = {"vectors": model.wv.vectors, **outputs}
    return {name: rows for name, rows in found.items() if rows is not None}
