"""How a training run tells where it is: the record, and who is told.

A run hands a `Progress` to its reporters every now and then (0.1 to 1 s): to the log
here, and to the live display of display.py.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["LogReporter", "Progress", "Reporter"]


@dataclass(frozen=True)
class Progress:
    """Where one call of ``train`` is.

    Attributes
    ----------
    epoch : int
        The running epoch, from 1.
    epochs : int
        Epochs of the whole call.
    words : int
        Raw words trained so far in this call, over all its epochs.
    total_words : int or None
        Raw words of the whole call, epochs included; None where unknown.
    effective_words : int
        Words left of `words` after dropping unknown ones and subsampling.
    seconds : float
        Time spent on training, without that for held-out text.
    alpha : float
        Learning rate.
    loss : float or None
        Mean loss of the running epoch in nats per pair; None where not computed.
    validation_loss : float or None
        Mean loss of the held-out text in nats per pair when it was last measured: before
        training or at the end of an epoch; None without such a text.
    """

    epoch: int
    epochs: int
    words: int
    total_words: int | None
    effective_words: int
    seconds: float
    alpha: float
    loss: float | None = None
    validation_loss: float | None = None

    @property
    def words_per_second(self) -> float:
        """Raw words per second since training began; 0.0 before any time passed."""
        return self.words / self.seconds if self.seconds > 0 else 0.0

    @property
    def share(self) -> float | None:
        """Part done of the whole call, in [0, 1]; None where the total is unknown."""
        if not self.total_words:
            return None
        return min(1.0, self.words / self.total_words)

    @property
    def seconds_left(self) -> float | None:
        """Expected time to the end at the speed so far; None where unknown."""
        if not self.total_words or self.words_per_second == 0:
            return None
        return max(0, self.total_words - self.words) / self.words_per_second


def told_losses(progress: Progress) -> list[str]:
    """Return the losses that are known, as people are told them."""
    named = {"loss": progress.loss, "held-out": progress.validation_loss}
    return [f"{name} {loss:.4f}" for name, loss in named.items() if loss is not None]


class Reporter(Protocol):
    """Is told where a run is; must never stop it."""

    def __call__(self, progress: Progress) -> None:
        """Take note of `progress`; called often, so most calls do nothing."""

    def close(self) -> None:
        """Show what is left to show: the run has ended, by itself or by an exception."""


class LogReporter:
    """Log lines at INFO in the form that gensim's users search for.

    Parameters
    ----------
    logger : logging.Logger
        Where the lines go.
    interval : float, default=1.0
        Least time in seconds between two lines (gensim's `report_delay`).
    clock : callable, optional
        Seconds from any origin.

    Notes
    -----
    ``EPOCH 0 - PROGRESS: at 12.34% words, 1234567 words/s, alpha 0.02469``, and behind it
    the losses that are known: the epoch counts from 0 as in gensim, the percentage is
    that of the running epoch, and words/s are effective words as there. There are no
    queues to report.
    """

    def __init__(
        self,
        logger: logging.Logger,
        interval: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logger = logger
        self._interval = interval
        self._clock = clock
        self._due = clock() + interval

    def __call__(self, progress: Progress) -> None:
        """Log `progress` if a line is due."""
        if self._clock() < self._due:
            return
        self._due = self._clock() + self._interval
        speed = progress.effective_words / progress.seconds if progress.seconds > 0 else 0.0
        losses = "".join(f", {loss}" for loss in told_losses(progress))
        share = progress.share
        if share is None:
            place, of = float(progress.words), "at %.0f words"
        else:
            within = share * progress.epochs - (progress.epoch - 1)
            place, of = 100.0 * min(1.0, max(0.0, within)), "at %.2f%% words"
        self._logger.info(
            f"EPOCH %i - PROGRESS: {of}, %.0f words/s, alpha %.5f%s",
            progress.epoch - 1,
            place,
            speed,
            progress.alpha,
            losses,
        )

    def close(self) -> None:
        """Do nothing; lines are complete when they are logged."""
