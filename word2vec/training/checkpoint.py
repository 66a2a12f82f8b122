"""When a checkpoint is due, and how a corpus is brought to where one was taken."""

import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from word2vec.errors import CorpusError, ParameterError, ParameterTypeError
from word2vec.text.encoded import EncodedBlock
from word2vec.training.trainer import Counts

EVERY = "10m"  # unless told otherwise


@dataclass(frozen=True)
class Interval:
    """How much of a run lies between two checkpoints.

    Attributes
    ----------
    amount : float
        > 0; whole for words and epochs.
    unit : {"m", "w", "e"}
        Minutes, raw words or epochs.
    """

    amount: float
    unit: str

    @classmethod
    def parse(cls, text: Any) -> "Interval":
        """Read ``'10m'``, ``'100000w'`` or ``'1e'``.

        Raises
        ------
        ParameterTypeError
            If `text` is no str.
        ParameterError
            If it is none of these, or the amount is 0.
        """
        if not isinstance(text, str):
            raise ParameterTypeError(
                f"checkpoint_every={text!r} is of type {type(text).__name__}: it must be a str "
                "like '10m' (minutes), '100000w' (words) or '1e' (epochs)"
            )
        found = re.fullmatch(r"(\d+(?:\.\d+)?m|\d+[we])", text.strip())
        amount = float(found[1][:-1]) if found else 0.0
        if found is None or not 0 < amount < 2**63:
            raise ParameterError(
                f"checkpoint_every={text!r}: it must be a number > 0 with its unit, like '10m' "
                "(minutes, also '0.5m'), '100000w' (words) or '1e' (epochs)"
            )
        return cls(amount, found[1][-1])


class Clock:
    """Tells when `interval` has passed since the last checkpoint.

    Parameters
    ----------
    interval : Interval
    """

    def __init__(self, interval: Interval) -> None:
        self.interval = interval
        self.restart(0)

    def restart(self, words: int) -> None:
        """Note that one was taken, or tried, after `words` words of the run."""
        self._words = words
        self._time = time.monotonic()

    def due(self, words: int) -> bool:
        """Whether one is due inside an epoch, after `words` words of the run."""
        if self.interval.unit == "w":
            return words - self._words >= self.interval.amount
        return self.interval.unit == "m" and self.seconds >= 60 * self.interval.amount

    def due_after(self, epochs: int) -> bool:
        """Whether one is due after so many whole epochs of the run."""
        return self.interval.unit == "e" and epochs % int(self.interval.amount) == 0

    @property
    def seconds(self) -> float:
        """Since the last checkpoint."""
        return time.monotonic() - self._time


def skip_trained(batches: Iterator[EncodedBlock], counts: Counts) -> None:
    """Read past the batches that were trained before the checkpoint.

    Parameters
    ----------
    batches : iterator of EncodedBlock
        From the beginning of the epoch; afterwards it gives what is not trained yet.
    counts : Counts
        What was trained of the epoch.

    Raises
    ------
    CorpusError
        If these batches are not the ones that were trained.
    """
    seen = Counts()
    for block in _first(batches, counts.batches):
        seen.batches += 1
        seen.words += int(block.words.sum())
        seen.sentences += len(block.words) - block.continues
        seen.digest = zlib.crc32(block.tokens.data, seen.digest)
    facts = [(c.batches, c.words, c.sentences, c.digest) for c in (seen, counts)]
    if facts[0] != facts[1]:
        raise CorpusError(
            "the corpus is not the one of the checkpoint: of this epoch "
            f"{counts.words} words in {counts.sentences} sentences were trained, and what comes "
            f"now in their place ({seen.words} words in {seen.sentences} sentences) differs. "
            "Give the same sentences in the same order; a corpus that has another order in each "
            "epoch can go on between epochs only: checkpoint_every='1e'"
        )


def _first(batches: Iterator[EncodedBlock], n: int) -> Iterator[EncodedBlock]:
    """Give the first `n` without touching the one behind them."""
    for _ in range(n):
        block = next(batches, None)
        if block is None:
            return
        yield block


def check_size(source: Any, words: int | None, sentences: int | None) -> None:
    """Raise if a corpus whose size is known has another size than the checkpoint's.

    Parameters
    ----------
    source : BatchSource
    words, sentences : int or None
        Those of the corpus of the checkpoint; None where unknown.

    Raises
    ------
    CorpusError
    """
    for unit, now, then in (
        ("words", source.n_words, words),
        ("sentences", source.n_sentences, sentences),
    ):
        if now is not None and then is not None and now != then:
            raise CorpusError(
                f"the corpus is not the one of the checkpoint: it has {now} {unit}, that one had "
                f"{then}; give the same sentences in the same order"
            )
