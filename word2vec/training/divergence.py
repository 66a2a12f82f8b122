"""Weights that are no longer numbers, or grow without bound: found and named.

A learning rate that is too high doubles rows with every pair, so a few rows of each
batch show it soon; every row is looked at before the first and after every epoch.
"""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError, TrainingDivergedError

# Trained weights are below 10 or so; while training diverges they double with every
# pair, and float32 ends at 3e38.
LIMIT = 1e6
# Words between two looks at a few rows of a batch: seldom enough to cost nothing.
EVERY_WORDS = 10_000
SAMPLE = 16
NAMED = 3  # bad rows that a message names
HIGH_ALPHA = 0.1  # usual rates are 0.01 to 0.05

Matrix = npt.NDArray[np.float32]


class Watch:
    """Looks after the weights of a run.

    Parameters
    ----------
    matrices : mapping of str to ndarray of shape (n_words, vector_size), float32
        By name; "wv.vectors" must be there.
    keys : sequence
        Word of each row.
    alpha : float
        Learning rate at the start of the run, for messages.
    epoch : int
        The running epoch, from 1, for messages.
    """

    def __init__(
        self, matrices: Mapping[str, Matrix], keys: Sequence[Any], *, alpha: float, epoch: int
    ) -> None:
        self._matrices = matrices
        self._keys = keys
        self._alpha = alpha
        self._epoch = epoch
        self._lock = threading.Lock()
        self._words_left = EVERY_WORDS

    def before(self) -> None:
        """Look at every row before training.

        Raises
        ------
        ParameterError
            Naming the rows that are not finite or absurdly large.
        """
        for name, matrix in self._matrices.items():
            if not _sound(matrix):
                raise ParameterError(
                    f"{self._bad_rows(name)} before epoch {self._epoch}: all weights must be "
                    f"finite and within +-{LIMIT:g}; set these rows to usual values, or "
                    "build_vocab() makes all anew"
                )

    def batch(self, tokens: npt.NDArray[np.int32], loss: float) -> None:
        """Look at the loss of a batch and, now and then, at some rows of its words.

        Raises
        ------
        TrainingDivergedError
        """
        if not abs(loss) < np.inf:
            raise self._diverged()
        self._words_left -= len(tokens)  # races between threads only shift the next look
        if self._words_left > 0 or not len(tokens):
            return
        self._words_left = EVERY_WORDS
        if not _sound(self._matrices["wv.vectors"][tokens[-SAMPLE:]]):
            raise self._diverged()

    def after(self) -> None:
        """Look at every row after an epoch.

        Raises
        ------
        TrainingDivergedError
        """
        if not all(_sound(matrix) for matrix in self._matrices.values()):
            raise self._diverged()

    def _diverged(self) -> TrainingDivergedError:
        bad = [self._bad_rows(n) for n, matrix in self._matrices.items() if not _sound(matrix)]
        if self._alpha > HIGH_ALPHA:
            cause = f"The learning rate alpha={self._alpha:g} is too high: 0.025 is usual"
        else:
            cause = (
                f"The learning rate is alpha={self._alpha:g}, which is usual: look for sentences "
                "that repeat few words very often, or try a lower alpha or window"
            )
        found = "; ".join(bad) or "the loss of a batch is not finite"
        return TrainingDivergedError(
            f"training diverged in epoch {self._epoch}: {found}. {cause}. The weights are of no "
            "use any more: build_vocab() or a saved model begins anew"
        )

    def _bad_rows(self, name: str) -> str:
        """Say how many rows of a matrix are bad, and which come first."""
        matrix = self._matrices[name]
        step = max(1, 2**20 // max(1, matrix.shape[1]))
        rows = [
            start + int(row)
            for start in range(0, len(matrix), step)
            for row in np.flatnonzero(~(np.abs(matrix[start : start + step]).max(axis=1) <= LIMIT))
        ]
        named = ", ".join(f"row {row} ({self._keys[row]!r})" for row in rows[:NAMED])
        more = " and more" if len(rows) > NAMED else ""
        kind = "nan" if np.isnan(matrix[rows]).any() else f"values beyond +-{LIMIT:g}"
        return f"{name} has {kind} in {len(rows)} of {len(matrix)} rows: {named}{more}"


def _sound(matrix: Matrix) -> bool:
    """Whether every value is finite and within the limit; a nan makes both comparisons false."""
    return not matrix.size or bool(matrix.max() <= LIMIT and matrix.min() >= -LIMIT)
