"""Learning rates: linear decay over the true total of words.

Progress is global (words handed out to all workers), so that a run ends at the
rate it was told to, whatever the number of workers and the kind of source.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError


@dataclass(frozen=True)
class LinearDecay:
    """Learning rate that goes in a straight line from `start` to `end`.

    Parameters
    ----------
    start, end : float
        Rates before the first and after the last unit of work, finite and
        >= 0. `end` may exceed `start`: the rate then rises.
    total : int
        Work of the whole run, >= 0, in words (or sentences: any unit in which
        progress is told). With 0, any progress at all is the end.

    Raises
    ------
    ParameterError
        If a rate is negative or not finite, or `total` is negative.
    """

    start: float
    end: float
    total: int

    def __post_init__(self) -> None:
        for name in ("start", "end"):
            rate = getattr(self, name)
            if not (math.isfinite(rate) and rate >= 0):
                raise ParameterError(
                    f"the learning rate at the {name} is {rate!r}: it must be a finite number >= 0"
                )
        if self.total < 0:
            raise ParameterError(f"total={self.total!r}: the work of a run must be >= 0")

    def at(self, done: float) -> float:
        """Learning rate after `done` units of work.

        Parameters
        ----------
        done : float
            Taken as 0 below 0 and as `total` above it: a corpus longer than
            announced goes on with `end`.

        Returns
        -------
        float
            Between `start` and `end`; exactly these at 0 and at `total`.
        """
        return float(self._rates(np.array([done], np.float64))[0])

    def for_sentences(
        self, done_before: int, words: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """Learning rate of each sentence of a batch.

        Parameters
        ----------
        done_before : int
            Units of work before the batch.
        words : ndarray of shape (n_sentences,), int64
            Units of work in each sentence: its raw words, known or not; ones
            where sentences are counted.

        Returns
        -------
        ndarray of shape (n_sentences,), float32
            The rate at the progress before each sentence, so that how a corpus
            is cut into batches changes nothing.
        """
        return self._rates(done_before + (np.cumsum(words) - words)).astype(np.float32)

    def _rates(
        self, done: npt.NDArray[np.float64] | npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        share = done / self.total if self.total else np.where(done > 0, 1.0, 0.0)
        line = self.start - (self.start - self.end) * share
        low, high = sorted((self.start, self.end))
        # The line may miss `end` by a rounding; the last word must not.
        return np.where(share >= 1.0, self.end, np.clip(line, low, high))
