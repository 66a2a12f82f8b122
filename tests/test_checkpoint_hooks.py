"""Checkpoints and divergence where a subclass has a part in epochs."""

import numpy as np
import pytest
from checkpoint_cases import OPTIONS, SENTENCES, Restartable, assert_same, killed_after, train

from word2vec import Word2Vec
from word2vec.errors import TrainingDivergedError, UnreachableHookError


class Epochs(Word2Vec):
    """Passes the corpus of each epoch on, in another order."""

    def _train_epoch(self, data_iterable, cur_epoch=0, **arguments):
        corpus = list(data_iterable)[:: 1 if cur_epoch % 2 else -1]
        return super()._train_epoch(corpus, cur_epoch=cur_epoch, **arguments)


class Jobs(Word2Vec):
    """Trains batches as they are."""

    def _do_train_job(self, sentences, alpha, inits):
        return super()._do_train_job(sentences, alpha, inits)


@pytest.mark.parametrize("cls", [Epochs, Jobs])
@pytest.mark.parametrize("n", [2, 3])
def test_runs_of_subclasses_go_on_between_epochs(cls, n, tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    kept = OPTIONS | {"checkpoint": path, "checkpoint_every": "1500w"}
    counts = killed_after(monkeypatch, n, lambda: cls(Restartable(SENTENCES), **kept))
    assert counts is None
    resumed = cls.resume(path, Restartable(SENTENCES))
    uninterrupted = cls(Restartable(SENTENCES), **OPTIONS)
    assert_same(resumed, uninterrupted)
    assert resumed.latest_counts == uninterrupted.latest_counts


@pytest.mark.parametrize("cls", [Epochs, Jobs])
def test_a_subclass_cannot_enter_an_epoch_that_another_class_began(cls, tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    assert killed_after(monkeypatch, 3, lambda: train(path)) is not None
    with pytest.raises(UnreachableHookError, match="lies inside an epoch"):
        cls.resume(path, SENTENCES)


def test_a_run_with_methods_of_gensims_queues_is_not_taken_up(tmp_path, monkeypatch):
    class Queues(Word2Vec):
        def _worker_loop(self):
            """Belongs to gensim's queues."""

    path = tmp_path / "run.checkpoint"
    killed_after(monkeypatch, 1, lambda: train(path))
    with pytest.raises(UnreachableHookError, match="_worker_loop"):
        Queues.resume(path, SENTENCES)


def test_jobs_that_diverge_end_the_run():
    with np.errstate(all="ignore"), pytest.raises(TrainingDivergedError, match="alpha=1000"):
        Jobs(SENTENCES, **OPTIONS | {"alpha": 1000.0, "min_alpha": 1000.0})


def test_what_a_resumed_run_trained_is_that_of_the_whole_run(tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    counts = killed_after(monkeypatch, 12, lambda: train(path))
    assert counts is not None  # inside an epoch
    assert Word2Vec.resume(path, SENTENCES).latest_counts == train().latest_counts
