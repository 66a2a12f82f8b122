"""Methods that subclasses of gensim's Word2Vec override, as far as training asks them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from word2vec import model_checks as checks
from word2vec.training.schedule import LinearDecay

if TYPE_CHECKING:
    from word2vec.model import Word2Vec


class SubclassHooks:
    """What a subclass may override to change training."""

    alpha: float
    min_alpha: float
    epochs: int

    def _check_training_sanity(
        self,
        epochs: int | None = None,
        total_examples: int | None = None,
        total_words: int | None = None,
        start_alpha: float | None = None,
        **kwargs: Any,
    ) -> None:
        """Raise unless training can begin; called by `train` before anything else."""
        model = cast("Word2Vec", self)
        checks.check_training(model, total_examples, total_words, epochs, start_alpha)

    def _get_next_alpha(self, epoch_progress: float, cur_epoch: int) -> float:
        """Learning rate at a point of a run; if overridden, it is asked for each batch.

        Parameters
        ----------
        epoch_progress : float
            Share of the epoch's words that were handed out before, in [0, 1].
        cur_epoch : int
            From 0.
        """
        progress = (cur_epoch + epoch_progress) / self.epochs
        return max(self.min_alpha, self.alpha - (self.alpha - self.min_alpha) * progress)

    def _raw_word_count(self, job: Iterable[Any]) -> int:
        """Words in a list of sentences."""
        return sum(len(sentence) for sentence in job)

    def _clear_post_train(self) -> None:
        """Run after a successful `train`; here nothing is left to clear."""


@dataclass(frozen=True)
class AskedRate(LinearDecay):
    """Schedule that asks a subclass, batch by batch, from the threads that train.

    Parameters
    ----------
    ask : callable
        ``ask(epoch_progress, epoch)`` gives the rate, finite and >= 0.
    epoch : int
    words : int
        Work of one epoch, in the schedule's unit.
    """

    ask: Callable[[float, int], float]
    epoch: int
    words: int

    def for_sentences(
        self, done_before: int, words: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """One learning rate for all sentences of a batch."""
        done = done_before - self.epoch * self.words
        rate = self.ask(min(done / self.words, 1.0) if self.words else 1.0, self.epoch)
        # The checks are those of a schedule that stands still.
        return np.full(len(words), LinearDecay(rate, rate, 0).start, np.float32)


def schedule_of(model: "Word2Vec", epoch: int, epochs: int, total: int) -> LinearDecay:
    """Linear decay, or what a subclass says instead.

    Parameters
    ----------
    total : int
        Work of one epoch, in words or sentences.
    """
    if type(model)._get_next_alpha is SubclassHooks._get_next_alpha:
        return LinearDecay(model.alpha, model.min_alpha, total * epochs)
    return AskedRate(
        model.alpha, model.min_alpha, total * epochs, model._get_next_alpha, epoch, total
    )
