"""What a model remembers of its training."""

import numpy as np
import pytest
from checkpoint_cases import OPTIONS, SENTENCES, killed_after, train
from numpy.testing import assert_allclose

from word2vec import CallbackAny2Vec, KeyedVectors, Word2Vec
from word2vec.errors import FormatError
from word2vec.training import history as history_module
from word2vec.training.history import History, Record, Recorder
from word2vec.training.trainer import Counts

TOTAL = sum(map(len, SENTENCES))


def test_each_epoch_has_a_record():
    model = train()
    assert [r.epoch for r in model.history] == [1, 2, 3]
    assert [r.words for r in model.history] == [TOTAL, 2 * TOTAL, 3 * TOTAL]
    assert_allclose([r.loss for r in model.history], model.epoch_losses, rtol=1e-12)
    assert [r.validation_loss for r in model.history] == [None] * 3
    assert all(r.words_per_second == pytest.approx(TOTAL / r.seconds) for r in model.history)
    rates = [r.alpha for r in model.history]
    assert rates == sorted(rates, reverse=True)


def test_the_loss_is_missing_where_it_was_not_computed():
    assert [r.loss for r in train(compute_loss=False).history] == [None] * 3


def test_epochs_count_over_the_models_life():
    model = train(epochs=1)
    model.train(SENTENCES, total_words=TOTAL, epochs=2)
    assert [r.epoch for r in model.history] == [1, 2, 3]
    assert model.history[-1].words == 3 * TOTAL
    assert model.history.last_epoch == 3


def test_a_new_vocabulary_begins_a_run_and_not_a_history_without_training():
    assert len(Word2Vec(**OPTIONS).history) == 0
    assert "nothing trained" in repr(Word2Vec(**OPTIONS).history)


def test_long_epochs_are_cut_into_stretches(monkeypatch):
    monkeypatch.setattr(history_module, "LEAST_WORDS", 100)
    recorder = Recorder(model_history := History(), 1000)
    recorder.begin(1, Counts(), 0.0, with_loss=True)
    recorder.progress(Counts(words=99, pairs=10, loss=20.0, alpha=0.5), 0.9)
    recorder.progress(Counts(words=100, pairs=10, loss=20.0, alpha=0.4), 1.0)
    recorder.progress(Counts(words=150, pairs=15, loss=40.0, alpha=0.3), 1.5)
    recorder.end(Counts(words=200, pairs=20, loss=50.0, alpha=0.2), 3.0, 1.5)
    assert model_history.records == [
        Record(1, 100, 1.0, 100.0, 0.4, 2.0, None),
        Record(1, 200, 2.0, 50.0, 0.2, 3.0, 1.5),
    ]


def test_a_stretch_is_at_least_a_twentieth_of_an_epoch():
    recorder = Recorder(model_history := History(), 40_000_000)
    recorder.begin(1, Counts(), 0.0, with_loss=False)
    recorder.progress(Counts(words=1_999_999), 1.0)
    assert not model_history
    recorder.progress(Counts(words=2_000_000), 1.0)
    assert len(model_history) == 1


def test_an_epoch_that_ends_with_a_stretch_has_no_empty_one():
    recorder = Recorder(model_history := History(), None)
    recorder.begin(1, Counts(), 0.0, with_loss=False)
    recorder.end(Counts(words=7), 1.0)
    recorder.end(Counts(words=7), 1.1, 2.5)
    (record,) = model_history
    assert (record.words, record.validation_loss) == (7, 2.5)


def test_a_resumed_run_has_the_history_of_an_uninterrupted_one(tmp_path, monkeypatch):
    path = tmp_path / "run.w2v"
    killed_after(monkeypatch, 4, lambda: train(path))
    resumed, whole = Word2Vec.resume(path, SENTENCES), train()
    assert resumed.history[-1].words == whole.history[-1].words
    assert {r.epoch for r in resumed.history} == {1, 2, 3}
    # Each checkpoint ends a stretch; weighted by words they give the epoch's mean about.
    first = [r for r in resumed.history if r.epoch == 1]
    assert len(first) > 1
    assert_allclose(np.mean([r.loss for r in first]), whole.history[0].loss, rtol=0.1)


def test_the_history_is_saved_with_the_model(tmp_path):
    model = train(validation=SENTENCES[:50])
    model.save(tmp_path / "model.w2v")
    assert Word2Vec.load(tmp_path / "model.w2v").history.records == model.history.records


def test_columns_come_and_go():
    records = [Record(1, 10, 1.0, 10.0, 0.5, None, 2.0), Record(2, 20, 1.0, 10.0, 0.1, 1.0)]
    columns = History(records).as_dict()
    assert columns["words"] == [10, 20]
    assert columns["loss"] == [None, 1.0]
    assert History.from_dict(columns).records == records
    assert History(records)[:1] == records[:1]
    assert "validation_loss" not in repr(History(records))
    assert "loss 1.0000" in repr(History(records))


GOOD = History([Record(1, 10, 1.0, 10.0, 0.5, 1.0, 2.0)]).as_dict()
DAMAGES = {
    "no object": ([], "must have the columns"),
    "missing column": ({n: c for n, c in GOOD.items() if n != "loss"}, "must have the columns"),
    "no list": (GOOD | {"loss": 1.0}, "not lists"),
    "lengths": (GOOD | {"loss": [1.0, 1.0]}, "unlike lengths"),
    "words as text": (GOOD | {"words": ["10"]}, "words='10'"),
    "words as truth value": (GOOD | {"words": [True]}, "words=True"),
    "negative words": (GOOD | {"words": [-1]}, "words=-1"),
    "no words": (GOOD | {"words": [None]}, "words=None"),
    "infinite loss": (GOOD | {"loss": [float("inf")]}, "loss=inf"),
    "loss as int": (GOOD | {"loss": [1]}, "loss=1"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_columns_are_refused(damage):
    columns, message = DAMAGES[damage]
    with pytest.raises(FormatError, match=message):
        History.from_dict(columns)


def test_batches_reach_a_hook_one_at_a_time():
    class Sum(CallbackAny2Vec):
        batches = ()
        inside = 0

        def on_batch(self, model, batch):
            self.inside += 1
            assert self.inside == 1
            self.batches += (batch,)
            assert isinstance(model.wv, KeyedVectors)
            self.inside -= 1

    hook = Sum()
    model = train(callbacks=[hook], workers=3, epochs=2)
    assert sum(batch.words for batch in hook.batches) == 2 * TOTAL
    assert sum(batch.kept for batch in hook.batches) == model.latest_counts[0]
    losses = [batch.loss for batch in hook.batches]
    assert sum(losses) == pytest.approx(model.running_training_loss)
    n = len(hook.batches) // 2
    assert sorted(batch.number for batch in hook.batches) == sorted([*range(n)] * 2)


def test_any_object_may_have_the_hook_and_an_error_in_it_stops_training():
    class Duck:
        def nothing(self, model):
            pass

        on_train_begin = on_train_end = on_epoch_begin = on_epoch_end = nothing

        def on_batch(self, model, batch):
            raise ArithmeticError("enough")

    with pytest.raises(ArithmeticError, match="enough"):
        train(callbacks=[Duck()])


def test_a_run_without_the_hook_makes_no_batch_reports(monkeypatch):
    def fail(*values):
        raise AssertionError("made")

    monkeypatch.setattr("word2vec.training.trainer.TrainedBatch", fail)
    train(callbacks=[CallbackAny2Vec()])
