"""What a model remembers of its training: one record for each stretch of words.

A run ends a stretch with every epoch, every checkpoint, and inside of long epochs about
twenty times, so that one pass over a huge corpus has a curve too.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from math import isfinite
from typing import Any, overload

from word2vec.errors import FormatError
from word2vec.training.trainer import Counts

# Stretches are not shorter than this many raw words, nor than this share of an epoch.
LEAST_WORDS = 1_000_000
LEAST_SHARE = 1 / 20


@dataclass(frozen=True)
class Record:
    """One stretch of training.

    Attributes
    ----------
    epoch : int
        The epoch it lies in, counted from 1 over the model's life.
    words : int
        Raw words trained in the model's life up to its end.
    seconds : float
        How long it took.
    words_per_second : float
        Raw words per second within it.
    alpha : float
        Learning rate at its end.
    loss : float or None
        Mean training loss within it in nats per pair; None where not computed.
    validation_loss : float or None
        Mean loss of the held-out text in nats per pair, at the end of an epoch; None
        elsewhere and without ``validation=``.
    """

    epoch: int
    words: int
    seconds: float
    words_per_second: float
    alpha: float
    loss: float | None = None
    validation_loss: float | None = None


NAMES = tuple(field.name for field in fields(Record))
_COUNTS = ("epoch", "words")
_OPTIONAL = ("loss", "validation_loss")


class History(Sequence[Record]):
    """Records of all training of a model, oldest first; saved with it.

    Parameters
    ----------
    records : sequence of Record, default=()

    Attributes
    ----------
    records : list of Record
    metrics : tuple of str
        Which losses the running or latest ``train`` computes: of "loss" and
        "validation_loss". Not saved.
    last_epoch : int
        Number of the epoch that ends it, unless it is stopped before. Not saved.
    """

    def __init__(self, records: Sequence[Record] = ()) -> None:
        self.records = list(records)
        self.metrics: tuple[str, ...] = ()
        self.last_epoch = 0

    def __len__(self) -> int:
        return len(self.records)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        return self.records[index]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def __repr__(self) -> str:
        if not self.records:
            return "History(nothing trained yet)"
        last = self.records[-1]
        losses = "".join(
            f", {name} {value:.4f}" for name in _OPTIONAL if (value := getattr(last, name))
        )
        return (
            f"History({len(self)} records, {last.epoch} epochs, {last.words:,} words, "
            f"alpha {last.alpha:.3g}{losses})"
        )

    def as_dict(self) -> dict[str, list[Any]]:
        """Columns by name, each as long as the history: what a data frame is made of."""
        rows = [astuple(record) for record in self.records]
        return {name: [row[i] for row in rows] for i, name in enumerate(NAMES)}

    @classmethod
    def from_dict(cls, columns: Any) -> "History":
        """Make a history of what `as_dict` gave, checked.

        Raises
        ------
        FormatError
            If columns are missing, of unlike lengths or of wrong values.
        """
        if not isinstance(columns, dict) or set(columns) != set(NAMES):
            raise FormatError(f"the history must have the columns {', '.join(NAMES)}")
        if not all(isinstance(column, list) for column in columns.values()):
            raise FormatError("the history's columns are not lists")
        if len({len(column) for column in columns.values()}) > 1:
            raise FormatError("the history's columns are of unlike lengths")
        for name, column in columns.items():
            for value in column:
                if not _can_be(name, value):
                    raise FormatError(f"the history has {name}={value!r}")
        rows = zip(*columns.values(), strict=True)
        return cls([Record(**dict(zip(columns, row, strict=True))) for row in rows])


def _can_be(name: str, value: Any) -> bool:
    if value is None:
        return name in _OPTIONAL
    if type(value) is not (int if name in _COUNTS else float):
        return False
    return isfinite(value) and (value >= 0 or name in _OPTIONAL)


class Recorder:
    """Adds what happens in a run to the history of its model.

    Parameters
    ----------
    history : History
    epoch_words : int or None
        Words of an epoch, if known.

    Notes
    -----
    Workers that take checkpoints and the caller's thread may both end a stretch.
    """

    def __init__(self, history: History, epoch_words: int | None) -> None:
        self._history = history
        self._least = max(LEAST_WORDS, int((epoch_words or 0) * LEAST_SHARE))
        self._lock = threading.Lock()

    def begin(self, epoch: int, counts: Counts, seconds: float, *, with_loss: bool) -> None:
        """Begin an epoch, or go on within one.

        Parameters
        ----------
        epoch : int
            From 1, over the model's life.
        counts : Counts
            What was trained of it before; in the history already.
        seconds : float
            How long that took.
        with_loss : bool
            Whether losses are computed.
        """
        self._epoch = epoch
        self._with_loss = with_loss
        self._mark, self._seconds = replace(counts), seconds

    def progress(self, counts: Counts, seconds: float) -> None:
        """End a stretch if it is long enough."""
        if counts.words - self._mark.words >= self._least:
            self.end(counts, seconds)

    def end(self, counts: Counts, seconds: float, validation_loss: float | None = None) -> None:
        """End a stretch now.

        Parameters
        ----------
        counts : Counts
            Of the epoch.
        seconds : float
            Since the epoch began.
        validation_loss : float, optional
            Where the epoch ends.
        """
        with self._lock:
            now, records, mark = replace(counts), self._history.records, self._mark
            words, pairs = now.words - mark.words, now.pairs - mark.pairs
            took = max(0.0, seconds - self._seconds)
            self._mark, self._seconds = now, seconds
            last = records[-1] if records else None
            if not words and last is not None and last.epoch == self._epoch:
                records[-1] = replace(last, validation_loss=validation_loss)
                return
            records.append(
                Record(
                    epoch=self._epoch,
                    words=words + (last.words if last else 0),
                    seconds=took,
                    words_per_second=words / took if took else 0.0,
                    alpha=now.alpha,
                    loss=(now.loss - mark.loss) / pairs if pairs and self._with_loss else None,
                    validation_loss=validation_loss,
                )
            )
