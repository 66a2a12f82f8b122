"""Word2Vec as gensim has it: lifecycle events, copies and callbacks."""

import copy
import logging
import math
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from surface_cases import SENTENCES, codes_of, ready, shell, trained

from word2vec import CallbackAny2Vec, KeyedVectors, Word2Vec
from word2vec.errors import FormatError
from word2vec.io import container
from word2vec.training import noise

# ---- lifecycle events --------------------------------------------------------


def events_of(model):
    return [event["event"] for event in model.lifecycle_events]


def test_events_tell_a_model_s_life_and_are_saved(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    model = trained()
    assert events_of(model) == ["created", "prepare_vocab", "train"]
    model.add_lifecycle_event("mine", note="kept", rule=len)
    assert "Word2Vec lifecycle event" in caplog.text
    event = model.lifecycle_events[-1]
    assert event["note"] == "kept"
    assert {"datetime", "python", "platform", "word2vec"} <= event.keys()
    caplog.clear()
    model.add_lifecycle_event("quiet", log_level=False)
    assert "lifecycle" not in caplog.text
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert events_of(loaded) == events_of(model)
    assert loaded.lifecycle_events[3]["rule"] == str(len)  # what JSON cannot hold is text


def test_events_are_copies_of_what_was_given():
    model, facts = shell(), {"a": [1]}
    model.add_lifecycle_event("mine", facts=facts)
    facts["a"].append(2)
    assert model.lifecycle_events[-1]["facts"] == {"a": [1]}


def test_none_switches_events_off(tmp_path):
    model = shell()
    model.lifecycle_events = None
    model.build_vocab(SENTENCES)
    assert model.lifecycle_events is None
    model.save(tmp_path / "m")
    assert Word2Vec.load(tmp_path / "m").lifecycle_events is None


def test_files_with_other_events_are_refused_and_without_any_are_read(tmp_path):
    path = tmp_path / "m"
    ready().save(path)
    content = container.read(path)
    for events, message in (("text", "lifecycle_events"), ({"a": 1}, "not a list")):
        content.meta["state"]["lifecycle_events"] = events
        container.write(path, content.kind, content.tensors, content.meta)
        with pytest.raises(FormatError, match=message):
            Word2Vec.load(path)
    del content.meta["state"]["lifecycle_events"]
    container.write(path, content.kind, content.tensors, content.meta)
    assert Word2Vec.load(path).lifecycle_events == []


def test_vectors_have_events_only_once_there_is_one():
    wv = KeyedVectors(2)
    assert "lifecycle_events" not in vars(wv)
    wv.add_lifecycle_event("cut")
    assert events_of(wv) == ["cut"]


# ---- copies ------------------------------------------------------------------


def by_joblib(model, tmp_path):
    joblib = pytest.importorskip("joblib")
    joblib.dump(model, tmp_path / "m.joblib")
    return joblib.load(tmp_path / "m.joblib")


@pytest.mark.parametrize(
    "copied",
    [
        lambda model, _: copy.deepcopy(model),
        lambda model, _: pickle.loads(pickle.dumps(model)),
        by_joblib,
    ],
    ids=["deepcopy", "pickle", "joblib"],
)
@pytest.mark.parametrize("hs", [0, 1])
def test_copies_train_on_as_the_original_does(copied, hs, tmp_path):
    model = trained(hs=hs, compute_loss=True)
    twin = copied(model, tmp_path)
    assert vars(twin).keys() == vars(model).keys()
    for each in (model, twin):
        each.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    assert_array_equal(twin.wv.vectors, model.wv.vectors)
    assert_array_equal(twin.syn1neg, model.syn1neg)
    assert twin.epoch_losses == model.epoch_losses
    assert twin.wv.vectors is not model.wv.vectors
    assert twin.random.randint(10**6) == model.random.randint(10**6)


def test_a_shell_can_be_copied():
    twin = pickle.loads(pickle.dumps(shell()))
    twin.build_vocab(SENTENCES)
    assert len(twin.wv) == 4


# ---- callbacks ---------------------------------------------------------------


class Recorder(CallbackAny2Vec):
    def __init__(self, **actions):
        self.actions = actions
        self.calls = []

    def __getattribute__(self, name):
        if not name.startswith("on_"):
            return super().__getattribute__(name)

        def call(model):
            self.calls.append(name)
            return self.actions.get(name, lambda _: None)(model)

        return call


def test_a_model_can_be_saved_inside_a_callback(tmp_path):
    saved = []

    def save(model):
        path = tmp_path / f"epoch{len(saved)}"
        model.save(path)
        saved.append((path, model.wv.vectors.copy()))

    model = shell(hs=1)
    model.build_vocab(SENTENCES)
    recorder = Recorder(on_epoch_begin=save, on_epoch_end=save, on_train_end=save)
    model.train(SENTENCES, total_examples=34, epochs=2, callbacks=[recorder])
    assert len(saved) == 5
    for path, vectors in saved:
        assert_array_equal(Word2Vec.load(path).wv.vectors, vectors)
    assert (saved[1][1] != saved[0][1]).any()


def test_callbacks_see_counters_as_gensim_sets_them():
    seen = {}
    recorder = Recorder(
        on_epoch_end=lambda m: seen.update(epoch_end=(m.train_count, m.total_train_time > 0)),
        on_train_end=lambda m: seen.update(train_end=m.train_count),
    )
    trained(epochs=2, callbacks=[recorder])
    assert seen == {"epoch_end": (0, True), "train_end": 1}
    assert recorder.calls == [
        "on_train_begin",
        "on_epoch_begin",
        "on_epoch_end",
        "on_epoch_begin",
        "on_epoch_end",
        "on_train_end",
    ]


def test_the_recipe_for_the_loss_of_each_epoch():
    per_epoch, cumulated = [], []

    def reset(model):
        per_epoch.append(model.get_latest_training_loss())
        model.running_training_loss = 0.0

    options = {"epochs": 3, "compute_loss": True, "seed": 3}
    trained(callbacks=[Recorder(on_epoch_end=reset)], **options)
    trained(
        callbacks=[Recorder(on_epoch_end=lambda m: cumulated.append(m.running_training_loss))],
        **options,
    )
    assert_allclose(np.cumsum(per_epoch), cumulated, rtol=1e-12)
    assert all(loss > 0 for loss in per_epoch)


def test_loss_at_the_start_is_that_of_zero_scores():
    """With zero output rows every score is 0 and every row costs ln 2."""
    model = trained(
        sg=1, negative=4, alpha=0, min_alpha=0, epochs=1, window=1,
        shrink_windows=False, compute_loss=True,
    )  # fmt: skip
    words = model.wv.index_to_key
    shares = dict(zip(words, noise.probabilities(model._tables.noise), strict=True))
    expected = pairs = 0
    for sentence in SENTENCES:
        for i, centre in enumerate(sentence):
            contexts = (i > 0) + (i + 1 < len(sentence))
            pairs += contexts
            # A draw equal to the target is dropped.
            expected += contexts * (1 + 4 * (1 - shares[centre])) * math.log(2)
    rows = model.running_training_loss / math.log(2)
    assert rows == pytest.approx(round(rows), abs=1e-3)
    assert model.epoch_losses[0] == pytest.approx(expected / pairs, rel=0.05)  # draws are random


def test_loss_of_hierarchical_softmax_at_the_start_is_a_path_length():
    model = trained(
        sg=1, hs=1, negative=0, alpha=0, min_alpha=0, epochs=1, window=1,
        shrink_windows=False, compute_loss=True,
    )  # fmt: skip
    lengths = {word: len(code) for word, code in codes_of(model).items()}
    expected = pairs = 0
    for sentence in SENTENCES:
        for i, centre in enumerate(sentence):
            contexts = (i > 0) + (i + 1 < len(sentence))
            pairs += contexts
            expected += contexts * lengths[centre] * math.log(2)
    assert model.running_training_loss == pytest.approx(expected, rel=1e-6)
    assert model.epoch_losses[0] == pytest.approx(expected / pairs, rel=1e-6)


def test_the_running_loss_starts_over_with_each_train_call():
    model = trained(compute_loss=True)
    first = model.running_training_loss
    model.train(SENTENCES, total_examples=34, epochs=2)
    assert 0 < model.running_training_loss < 2 * first
    model.train(SENTENCES, total_examples=34, epochs=1, compute_loss=False)
    assert model.get_latest_training_loss() == 0.0
