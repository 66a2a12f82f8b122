"""What a run knows of its losses: on the text that it trains on, and on held-out text."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from word2vec.training._train import Kernel
from word2vec.training.held_out import HeldOut
from word2vec.training.trainer import Counts

if TYPE_CHECKING:
    from word2vec.model import Word2Vec

logger = logging.getLogger("word2vec.model")


class Losses:
    """Which losses a run computes, and what they are.

    Parameters
    ----------
    model : Word2Vec
        Its options are looked at whenever they matter: callbacks may set them.
    held_out : HeldOut, optional
        Text whose loss is measured before training and after each epoch.

    Attributes
    ----------
    validation : float or None
        Nats per pair of the held-out text when it was last measured.
    """

    def __init__(self, model: "Word2Vec", held_out: HeldOut | None) -> None:
        self._model = model
        self._held_out = held_out
        self._silent_pairs = 0
        self.validation: float | None = None

    @property
    def kept(self) -> bool:
        """Whether the model remembers its training loss: held-out loss is read beside it."""
        return bool(self._model.compute_loss or self._held_out is not None)

    @property
    def computed(self) -> bool:
        """Whether anybody sees the training loss: computing it costs some speed."""
        return bool(self.kept or self._model.progress)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of those that the model remembers, of "loss" and "validation_loss"."""
        validation = () if self._held_out is None else ("validation_loss",)
        return (*(("loss",) if self.kept else ()), *validation)

    def begin(self, begun: Counts | None) -> None:
        """Begin an epoch, or go on within one that another process began.

        That one may have computed no loss: its pairs are left out of the mean then.
        """
        self._silent_pairs = begun.pairs if begun is not None and not begun.loss else 0

    def mean(self, counts: Counts) -> float:
        """Nats per pair of the running epoch; 0.0 if nothing was trained."""
        pairs = counts.pairs - self._silent_pairs
        return counts.loss / pairs if pairs else 0.0

    def validate(self, kernel: Callable[[], Kernel], when: str) -> None:
        """Measure and log the loss of the held-out text, if there is one.

        Parameters
        ----------
        kernel : callable
            Makes a kernel that computes losses.
        when : str
            For the log.

        Raises
        ------
        CorpusError
            If the text has no pair of words that the vocabulary knows.
        """
        if self._held_out is not None:
            self.validation = self._held_out.loss(kernel())
            logger.info("held-out loss %s: %.4f nats per pair", when, self.validation)
