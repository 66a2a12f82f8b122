"""Hooks that users hang into a training run."""

from typing import Any


class CallbackAny2Vec:
    """Base class of training callbacks; override what you need.

    Each method gets the model. What it changes there (`alpha`, `min_alpha`,
    `window`, `workers`, `wv.vectors`, `wv.vectors_lockf`) takes effect with the
    epoch that begins next; an exception stops training and reaches the caller.
    """

    def on_train_begin(self, model: Any) -> None:
        """Run before the first epoch."""

    def on_epoch_begin(self, model: Any) -> None:
        """Run before each epoch."""

    def on_epoch_end(self, model: Any) -> None:
        """Run after each epoch."""

    def on_train_end(self, model: Any) -> None:
        """Run after the last epoch."""
