"""The live display of a training run, drawn by rich.

On a terminal one line is redrawn in place, in a notebook one output cell; elsewhere a
plain line is written now and then, so that a log file stays readable. A display never
stops training: where drawing fails (a closed stream, a full disk), it goes silent.
Imported only when somebody wants to watch, because rich takes time to import.
"""

import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from word2vec.training.progress import Progress, told_losses

__all__ = ["Display"]

_REDRAW = 0.1  # seconds; faster is flicker
_REDRAW_NOTEBOOK = 0.5  # each one is a message to the browser
_PLAIN_EVERY = 10.0  # seconds between lines where nothing can be redrawn
_BAR = 24  # columns of the bar, where there is room
_GAP = 2  # columns between fields

Field = tuple[int, str, str]  # what goes first when room is short (the largest), text, style


class Display:
    """Shows share, epoch, words/s, losses, learning rate and time left.

    Parameters
    ----------
    stream : text file, optional
        Where to draw; standard error by default, never standard output.
    clock : callable, optional
        Seconds from any origin; decides when the next line is due.

    Notes
    -----
    Colours only on terminals, and never if ``NO_COLOR`` is set.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._screen = _screen(sys.stderr if stream is None else stream)
        # What can be redrawn shows at once; a log gets its first line after an interval.
        waits = isinstance(self._screen, _Lines)
        self._due = clock() + (self._screen.interval if waits else 0.0)
        self._last: Progress | None = None
        self._shown: Progress | None = None
        self._silent = False

    def __call__(self, progress: Progress) -> None:
        """Show `progress` if a redraw is due."""
        self._last = progress
        if self._clock() >= self._due:
            self._show(progress)

    def close(self) -> None:
        """Show the last record and leave the line; later calls do nothing."""
        if self._last is not None and self._last is not self._shown:
            self._show(self._last)
        self._guarded(self._screen.close)
        self._silent = True

    def _show(self, progress: Progress) -> None:
        self._due = self._clock() + self._screen.interval
        self._shown = progress
        self._guarded(self._screen.draw, progress)

    def _guarded(self, act: Callable[..., None], *arguments: Any) -> None:
        if self._silent:
            return
        try:
            act(*arguments)
        except (OSError, ValueError):  # ValueError: the file is closed
            self._silent = True


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise  # the error that is being handled: rich would end the program


class _Lines:
    """Plain lines, for files and for terminals that cannot erase."""

    interval = _PLAIN_EVERY

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def draw(self, progress: Progress) -> None:
        if self._stream is not None:
            self._stream.write("  ".join(text for _, text, _ in fields(progress)).strip() + "\n")
            self._stream.flush()

    def close(self) -> None:
        pass


class _Terminal:
    """One line in place; what the program prints meanwhile scrolls above it."""

    interval = _REDRAW

    def __init__(self, console: Console) -> None:
        self._console = console
        # A program whose output goes to a file keeps it there.
        both = sys.stdout is not None and sys.stdout.isatty()
        self._live = Live(console=console, auto_refresh=False, redirect_stdout=both)

    def draw(self, progress: Progress) -> None:
        if not self._live.is_started:
            self._live.start()
        # Asked each time: windows are resized.
        self._live.update(line(progress, self._console.width - 1), refresh=True)

    def close(self) -> None:
        self._live.stop()


class _Notebook:
    """One output that is replaced; the browser gets HTML, whatever widgets it has."""

    interval = _REDRAW_NOTEBOOK

    def __init__(self, console: Console) -> None:
        self._columns = console.width
        self._handle: Any = None

    def draw(self, progress: Progress) -> None:
        from IPython.display import display  # type: ignore[import-not-found,unused-ignore]

        drawn = line(progress, self._columns)
        if self._handle is None:
            self._handle = display(drawn, display_id=True)
        else:
            self._handle.update(drawn)

    def close(self) -> None:
        pass


def fields(progress: Progress) -> list[Field]:
    """Return the facts of `progress` in the order of the line."""
    share, left = progress.share, progress.seconds_left
    done = f"{_short(progress.words)} words" if share is None else f"{share:4.0%}"
    clock = f"{_clock_time(left)} left" if left else f"{_clock_time(progress.seconds)} taken"
    shown = [
        (0, done, "bold"),
        (2, f"epoch {progress.epoch}/{progress.epochs}", ""),
        (3, f"{_short(progress.words_per_second)} words/s", "green"),
        (4, "  ".join(told_losses(progress)), "magenta"),
        (5, f"rate {progress.alpha:.5f}", ""),
        (1, clock, "cyan"),
    ]
    return [field for field in shown if field[1]]


def line(progress: Progress, columns: int) -> Table:
    """Return a line of at most `columns`, the least needed fields left out first."""
    shown = fields(progress)
    while len(shown) > 1 and _width(shown) > columns:
        shown.remove(max(shown))
    bar = min(_BAR, columns - _width(shown) - _GAP) if progress.share is not None else 0
    grid = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    cells: list[Any] = [f"[{style}]{text}[/]" if style else text for _, text, style in shown]
    if bar >= 4:
        cells.insert(1, ProgressBar(total=1.0, completed=progress.share or 0.0, width=bar))
    for _ in cells:
        grid.add_column(no_wrap=True, overflow="crop")
    grid.add_row(*cells)
    return grid


def _screen(stream: TextIO | None) -> _Lines | _Terminal | _Notebook:
    console = _Console(file=stream, highlight=False)
    if console.is_jupyter:
        return _Notebook(console)
    try:
        # Of the stream itself: FORCE_COLOR asks for colours, not for lines that move.
        moves = stream is not None and stream.isatty() and not console.is_dumb_terminal
    except ValueError:  # the file is closed
        moves = False
    return _Terminal(console) if moves else _Lines(stream)


def _width(shown: list[Field]) -> int:
    return sum(cell_len(text) for _, text, _ in shown) + _GAP * (len(shown) - 1)


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
