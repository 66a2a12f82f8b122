"""How a training run shows where it is: the record and two reporters.

The trainer hands a `Progress` to a reporter every now and then (0.1 to 1 s). A
reporter is any callable that takes one; it must never stop training, so the ones
here go silent when their stream is gone. Standard library only.
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

__all__ = ["LogReporter", "Progress", "ProgressBar"]


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
        Time since training began.
    alpha : float
        Learning rate.
    loss : float or None
        Mean loss of the running epoch in nats per pair; None where not computed.
    """

    epoch: int
    epochs: int
    words: int
    total_words: int | None
    effective_words: int
    seconds: float
    alpha: float
    loss: float | None = None

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


class ProgressBar:
    """One line that shows share, epoch, words/s, loss, learning rate and time left.

    On a terminal the line is redrawn in place and cut to the terminal's width, the
    least needed fields first; elsewhere a plain line is written now and then, so
    that a log file stays readable.

    Parameters
    ----------
    stream : text file, optional
        Where to draw; standard error by default, never standard output.
    clock : callable, optional
        Seconds from any origin; decides when the next line is due.

    Notes
    -----
    A stream that fails (closed, full, a broken pipe) silences the bar and never
    stops training.
    """

    REDRAW = 0.1  # seconds; faster is flicker
    PLAIN_EVERY = 10.0  # seconds between lines where nothing can be redrawn
    BAR = 24  # columns of the bar, where there is room

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream: TextIO | None = sys.stderr if stream is None else stream
        self._clock = clock
        self._terminal = _is_terminal(self._stream)
        self._full, self._empty = _bar_characters(self._stream)
        self._interval = self.REDRAW if self._terminal else self.PLAIN_EVERY
        # A terminal shows the bar at once; a log gets its first line after an interval.
        self._due = clock() + (0.0 if self._terminal else self._interval)
        self._last: Progress | None = None
        self._shown: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        """Show `progress` if a redraw is due."""
        self._last = progress
        if self._clock() >= self._due:
            self._show(progress)

    def close(self) -> None:
        """Show the last record and leave the line; later calls do nothing."""
        if self._last is not None:
            if self._shown is not self._last:
                self._show(self._last)
            if self._terminal:
                self._write("\n")
        self._stream = self._last = None

    def _show(self, progress: Progress) -> None:
        if self._stream is None:
            return
        self._due = self._clock() + self._interval
        self._shown = progress
        if self._terminal:
            # The erase comes after the text: erasing first would flicker.
            self._write(f"\r{self.line(progress, _columns(self._stream) - 1)}\x1b[K")
        else:
            self._write(self.line(progress, None) + "\n")

    def line(self, progress: Progress, columns: int | None) -> str:
        """Return the text that shows `progress`.

        Parameters
        ----------
        progress : Progress
            What to show.
        columns : int or None
            Room; None is a plain line without a bar, as long as it gets.

        Returns
        -------
        str
            One line of at most `columns` characters.
        """
        share, left = progress.share, progress.seconds_left
        # By place in the line; the first number says what goes last when room is short.
        fields = [
            (0, f"{share:4.0%}" if share is not None else f"{_short(progress.words)} words"),
            (2, f"epoch {progress.epoch}/{progress.epochs}"),
            (3, f"{_short(progress.words_per_second)} words/s"),
            (4, f"loss {progress.loss:.4f}" if progress.loss is not None else ""),
            (5, f"rate {progress.alpha:.5f}"),
            (1, _time_field(progress.seconds, left)),
        ]
        fields = [field for field in fields if field[1]]
        if columns is None:
            return "  ".join(text for _, text in fields).strip()
        while len(fields) > 1 and _width(fields) > columns:
            fields.remove(max(fields))
        texts = [text for _, text in fields]
        room = min(self.BAR, columns - _width(fields) - 2)
        if share is not None and room >= 4:
            full = int(share * room)
            texts.insert(1, self._full * full + self._empty * (room - full))
        return "  ".join(texts)[: max(0, columns)]

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # ValueError: the file is closed
            self._stream = None


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
    ``EPOCH 0 - PROGRESS: at 12.34% words, 1234567 words/s, alpha 0.02469``: the
    epoch counts from 0 as in gensim, the percentage is that of the running epoch,
    and words/s are effective words as there. There are no queues to report.
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
        loss = "" if progress.loss is None else f", loss {progress.loss:.4f}"
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
            loss,
        )

    def close(self) -> None:
        """Do nothing; lines are complete when they are logged."""


def _short(number: float) -> str:
    """Return `number` with three digits and a unit: 950, 9.50k, 1.23M."""
    for unit in ("", "k", "M", "G"):
        if number < 999.5 or unit == "G":
            break
        number /= 1000
    if not unit or number >= 99.95:
        return f"{number:.0f}{unit}"
    return f"{number:.1f}{unit}" if number >= 9.995 else f"{number:.2f}{unit}"


def _clock_time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _time_field(seconds: float, left: float | None) -> str:
    """Return the time left while something is left, else the time taken."""
    return f"{_clock_time(left)} left" if left else f"{_clock_time(seconds)} taken"


def _width(fields: list[tuple[int, str]]) -> int:
    return sum(len(text) for _, text in fields) + 2 * (len(fields) - 1)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        # "dumb" terminals (editors, some CI) have no way to erase a line.
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except (AttributeError, ValueError):
        return False


def _columns(stream: TextIO) -> int:
    """Return the terminal's width; asked each time because windows are resized."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, AttributeError, ValueError):
        return 80


def _bar_characters(stream: TextIO | None) -> tuple[str, str]:
    try:
        "█░".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#", "."
    return "█", "░"
