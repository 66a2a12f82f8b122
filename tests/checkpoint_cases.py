"""Corpora and interruptions for the tests of checkpoints."""

import numpy as np

from word2vec import Word2Vec
from word2vec.datasets import grammar_corpus
from word2vec.model_checkpoint import CheckpointFile

SENTENCES = list(grammar_corpus(n_words=12_000, seed=3))
OPTIONS = {
    "vector_size": 12, "min_count": 2, "epochs": 3, "batch_words": 500, "workers": 1,
    "compute_loss": True,
}  # fmt: skip
STATE = (
    "epoch_losses", "running_training_loss", "min_alpha_yet_reached", "train_count",
    "_epochs_done", "alpha", "min_alpha", "compute_loss", "epochs", "corpus_count",
    "corpus_total_words",
)  # fmt: skip


class Killed(BaseException):
    """Stands in for the end of the process: nothing in the library handles it."""


class Restartable:
    """An iterable that is no sequence, so that nothing keeps it."""

    def __init__(self, items):
        self.items = items

    def __iter__(self):
        return iter(self.items)


def killed_after(monkeypatch, n, function):
    """Call `function` and end it right after the checkpoint with number `n`, from 1."""
    write, written = CheckpointFile._write, []

    def then_die(self, counts):
        write(self, counts)
        written.append(counts)
        if len(written) == n:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(CheckpointFile, "_write", then_die)
        try:
            function()
        except Killed:
            return written[-1]
    raise AssertionError(f"only {len(written)} checkpoints")


def train(path=None, every="1500w", corpus=None, **options):
    kept = {} if path is None else {"checkpoint": path, "checkpoint_every": every}
    return Word2Vec(SENTENCES if corpus is None else corpus, **OPTIONS | kept | options)


def assert_same(ours, theirs):
    for name in STATE:
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours.wv.index_to_key == theirs.wv.index_to_key
    np.testing.assert_array_equal(ours.wv.vectors, theirs.wv.vectors)
    for name in ("syn1", "syn1neg"):
        assert hasattr(ours, name) == hasattr(theirs, name)
        if hasattr(ours, name):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
