"""EarlyStopping, ModelCheckpoint and an end in good order."""

import numpy as np
import pytest
from checkpoint_cases import SENTENCES, train
from numpy.testing import assert_array_equal

from word2vec import CallbackAny2Vec, EarlyStopping, ModelCheckpoint, Word2Vec
from word2vec.errors import ParameterError

HELD_OUT = SENTENCES[:60]


class Keep(CallbackAny2Vec):
    """Weights after each epoch; before others, so that nothing was put back yet."""

    def __init__(self):
        self.weights = []

    def on_epoch_end(self, model):
        self.weights.append((model.wv.vectors.copy(), model.syn1neg.copy()))


class Losses(CallbackAny2Vec):
    """Has the validation loss be what it is told."""

    def __init__(self, *losses):
        self.losses = list(losses)

    def on_epoch_end(self, model):
        record = model.history.records[-1]
        object.__setattr__(record, "validation_loss", self.losses.pop(0))


def stopped(losses, epochs=None, **options):
    keep, stop = Keep(), EarlyStopping(**options)
    callbacks = [keep, Losses(*losses), stop]
    n = epochs or len(losses)
    model = train(epochs=n, validation=HELD_OUT, callbacks=callbacks)
    return model, keep.weights, stop


def assert_weights(model, weights):
    assert_array_equal(model.wv.vectors, weights[0])
    assert_array_equal(model.syn1neg, weights[1])


def test_stops_and_goes_back_to_the_best_epoch():
    model, weights, stop = stopped([3.0, 2.0, 2.5, 2.4], patience=2, epochs=9)
    assert len(weights) == 4
    assert (stop.best, stop.best_epoch, stop.stopped_epoch) == (2.0, 2, 4)
    assert_weights(model, weights[1])
    assert not np.array_equal(weights[1][0], weights[3][0])
    assert model.wv.most_similar(model.wv.index_to_key[0], topn=1)  # of the vectors put back


def test_goes_back_also_when_all_epochs_were_trained():
    model, weights, stop = stopped([3.0, 2.0, 2.5], patience=5)
    assert stop.stopped_epoch is None
    assert_weights(model, weights[1])


def test_keeps_the_last_vectors_if_told():
    model, weights, _ = stopped([3.0, 2.0, 2.5], epochs=9, restore_best=False)
    assert len(weights) == 3
    assert_weights(model, weights[-1])


def test_patience_begins_anew_with_each_improvement():
    _, weights, _ = stopped([3.0, 3.1, 2.0, 2.1, 2.2], patience=2, epochs=9)
    assert len(weights) == 5


def test_a_small_improvement_is_none():
    _, weights, stop = stopped([3.0, 2.95], min_delta=0.1, epochs=9)
    assert len(weights) == 2
    assert stop.best == 3.0


def test_a_real_loss_is_watched():
    stop = EarlyStopping("loss", min_delta=10.0)
    model = train(epochs=5, callbacks=[stop])
    assert len(model.epoch_losses) == 2
    assert stop.best == model.epoch_losses[0]


def test_a_run_that_was_stopped_is_a_finished_checkpoint(tmp_path):
    path = tmp_path / "run.w2v"
    stop = EarlyStopping("loss", min_delta=10.0)
    model = train(path, epochs=5, callbacks=[stop])
    resumed = Word2Vec.resume(path, SENTENCES)
    assert len(resumed.history) == len(model.history)
    assert_weights(resumed, (model.wv.vectors, model.syn1neg))


def test_any_callback_may_end_training_and_the_next_call_trains_again():
    class Stop(CallbackAny2Vec):
        ended = 0

        def on_epoch_end(self, model):
            model.stop_training = True

        def on_train_end(self, model):
            self.ended += 1

    stop = Stop()
    model = train(callbacks=[stop])
    assert (len(model.history), stop.ended) == (1, 1)
    model.train(SENTENCES, total_words=model.corpus_total_words, epochs=2)
    assert len(model.history) == 3


def test_the_best_model_is_in_the_file(tmp_path):
    path, keep = tmp_path / "best.w2v", Keep()
    callbacks = [keep, Losses(3.0, 2.0, 2.5), save := ModelCheckpoint(path)]
    train(validation=HELD_OUT, callbacks=callbacks)
    assert_weights(Word2Vec.load(path), keep.weights[1])
    assert save.best == 2.0


def test_every_epoch_may_have_its_file(tmp_path):
    train(callbacks=[ModelCheckpoint(tmp_path / "epoch-{epoch}.w2v", None)])
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"epoch-{n}.w2v" for n in (1, 2, 3)]
    assert len(Word2Vec.load(tmp_path / "epoch-2.w2v").history) == 2


def test_a_better_model_of_an_earlier_run_is_kept(tmp_path):
    path = tmp_path / "best.w2v"
    model = train(epochs=1, callbacks=[ModelCheckpoint(path, "loss")])
    before = path.read_bytes()
    model.epoch_losses[-1] = 0.0
    train_on = {"total_words": model.corpus_total_words, "epochs": 1}
    model.train(SENTENCES, callbacks=[ModelCheckpoint(path, "loss")], **train_on)
    assert path.read_bytes() == before
    path.unlink()
    model.train(SENTENCES, callbacks=[ModelCheckpoint(path, "loss")], **train_on)
    assert path.exists()


@pytest.mark.parametrize("kind", [EarlyStopping, lambda monitor: ModelCheckpoint("x", monitor)])
@pytest.mark.parametrize(
    ("monitor", "needed"), [("loss", "compute_loss=True"), ("validation_loss", "validation=")]
)
def test_a_loss_that_is_not_computed_is_an_error_before_the_first_epoch(kind, monitor, needed):
    keep = Keep()
    with pytest.raises(ParameterError, match=f"watches {monitor}.*{needed}"):
        train(compute_loss=False, callbacks=[keep, kind(monitor)])
    assert not keep.weights


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"monitor": "accuracy"}, "monitor='accuracy'"),
        ({"patience": 0}, "patience=0"),
        ({"patience": 1.5}, "patience=1.5"),
        ({"min_delta": -1.0}, "min_delta=-1.0"),
        ({"min_delta": float("nan")}, "min_delta=nan"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(ParameterError, match=message):
        EarlyStopping(**options)


def test_a_monitor_that_does_not_exist_is_refused():
    with pytest.raises(ParameterError, match="monitor='words'"):
        ModelCheckpoint("x", "words")
