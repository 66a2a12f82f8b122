"""What a callback changes takes effect, and what copies a model, its vectors or phrases."""

import copy
import pickle
import threading

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from word2vec import CallbackAny2Vec, Phrases, Word2Vec

SENTENCES = [["a", "b", "c", "d"], ["b", "c", "d", "a"], ["c", "a"]] * 20
OPTIONS = {
    "vector_size": 4, "min_count": 1, "workers": 1, "epochs": 2, "sample": 0, "sg": 1,
}  # fmt: skip


class SecondEpoch(CallbackAny2Vec):
    """Call a function with the model before the second epoch; note the vectors then."""

    def __init__(self, change):
        self.change = change
        self.epoch = 0

    def on_epoch_begin(self, model):
        self.epoch += 1
        if self.epoch == 2:
            self.change(model)
            self.before = model.wv.vectors.copy()


def trained(change=lambda model: None, **options):
    callback = SecondEpoch(change)
    model = Word2Vec(SENTENCES, callbacks=[callback], **OPTIONS | options)
    return model, callback


@pytest.mark.parametrize(
    ("name", "value"), [("alpha", 0.5), ("min_alpha", 0.02), ("window", 1), ("negative", 1)]
)
def test_an_option_changed_by_a_callback_trains_the_next_epoch(name, value):
    plain, untouched = trained()
    changed, callback = trained(lambda model: setattr(model, name, value))
    assert_array_equal(callback.before, untouched.before)
    assert getattr(changed, name) == value
    assert (changed.wv.vectors != plain.wv.vectors).any()


def test_workers_changed_by_a_callback_work():
    threads = set()

    class Corpus:
        def __iter__(self):
            for _ in range(300):
                threads.add(threading.current_thread())
                yield ["a", "b", "c", "d"] * 20

    model = Word2Vec(**OPTIONS | {"batch_words": 50})
    model.build_vocab(SENTENCES)
    before = SecondEpoch(lambda model: (threads.clear(), setattr(model, "workers", 4)))
    model.train(Corpus(), total_examples=300, epochs=2, callbacks=[before])
    assert model.workers == 4
    assert threading.current_thread() not in threads  # one worker trains in the caller's thread


def test_vectors_put_there_by_a_callback_are_trained():
    mine = np.full((4, 4), 0.25, np.float32)
    model, callback = trained(lambda model: setattr(model.wv, "vectors", mine))
    assert model.wv.vectors is mine
    assert_array_equal(callback.before, np.full((4, 4), 0.25))
    assert (mine != 0.25).any()


def test_lock_factors_set_by_a_callback_hold_rows_from_then_on():
    def lock_first(model):
        model.wv.vectors_lockf = np.array([0, 1, 1, 1], np.float32)

    model, callback = trained(lock_first)
    assert_array_equal(model.wv.vectors[0], callback.before[0])
    assert (model.wv.vectors[1:] != callback.before[1:]).any(axis=1).all()


def test_a_model_saved_by_a_callback_trains_on_to_the_same_end(tmp_path):
    path = tmp_path / "half"
    constant = {"min_alpha": 0.025}
    whole, _ = trained(lambda model: model.save(path), **constant)
    half = Word2Vec.load(path)
    half.train(SENTENCES, total_examples=60, total_words=200, epochs=1)
    assert_array_equal(half.wv.vectors, whole.wv.vectors)
    assert_array_equal(half.syn1neg, whole.syn1neg)


# ---- copies ----------------------------------------------------------------------------


def by_joblib(thing, folder):
    joblib = pytest.importorskip("joblib")
    joblib.dump(thing, folder / "dump")
    return joblib.load(folder / "dump")


COPIES = {
    "deepcopy": lambda thing, _: copy.deepcopy(thing),
    "pickle": lambda thing, _: pickle.loads(pickle.dumps(thing)),
    "joblib": by_joblib,
}


@pytest.fixture(params=COPIES)
def copied(request, tmp_path):
    return lambda thing: COPIES[request.param](thing, tmp_path)


def test_a_copied_model_trains_alone(copied):
    model, _ = trained()
    before = model.wv.vectors.copy()
    twin = copied(model)
    assert_array_equal(twin.wv.vectors, before, strict=True)
    twin.train(SENTENCES, total_examples=60, epochs=1)
    assert_array_equal(model.wv.vectors, before)
    model.train(SENTENCES, total_examples=60, epochs=1)
    assert_array_equal(model.wv.vectors, twin.wv.vectors)


def test_copied_vectors_answer_and_grow_alone(copied):
    wv = trained()[0].wv
    wv.set_vecattr("a", "note", "text")
    twin = copied(wv)
    assert twin.most_similar("a", topn=3) == wv.most_similar("a", topn=3)
    assert twin.get_vecattr("a", "note") == "text"
    twin.add_vector("new", np.ones(4))
    twin["a"] = np.zeros(4)
    assert "new" not in wv
    assert wv["a"].any()


def test_copied_phrases_find_the_same_and_learn_alone(copied):
    corpus = [["new", "york", "is", "big"], ["new", "york", "city"]] * 20
    phrases = Phrases(corpus, min_count=1, threshold=0.1)
    for thing in (phrases, phrases.freeze()):
        assert copied(thing)[corpus[0]] == phrases[corpus[0]] == ["new_york", "is_big"]
    twin = copied(phrases)
    twin.add_vocab([["los", "angeles"]] * 9)
    assert twin[["los", "angeles"]] == ["los_angeles"]
    assert phrases[["los", "angeles"]] == ["los", "angeles"]
