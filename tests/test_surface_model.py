"""Word2Vec: the parts of gensim's surface beside vocabulary, training and answers."""

import copy
import logging
import math
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from word2vec import CallbackAny2Vec, KeyedVectors, Word2Vec
from word2vec.errors import FormatError, NotTrainableError, ParameterError
from word2vec.io import container
from word2vec.training import noise

COUNTS = {"w": 8, "x": 5, "y": 2, "z": 1}
SENTENCES = [[word] * count for word, count in COUNTS.items()] + [["w", "x", "y", "z"]] * 30


def shell(**options):
    return Word2Vec(**{"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0} | options)


def ready(**options):
    model = shell(**options)
    model.build_vocab_from_freq(COUNTS, corpus_count=10)
    return model


def trained(**options):
    return Word2Vec(
        SENTENCES,
        **{"vector_size": 4, "min_count": 1, "workers": 1, "sample": 0, "epochs": 2} | options,
    )


# ---- cum_table ---------------------------------------------------------------


def test_cum_table_holds_the_cumulated_noise_distribution():
    model = ready()
    weights = np.array([8, 5, 2, 1]) ** 0.75
    expected = np.cumsum(weights) / weights.sum() * (2**31 - 1)
    assert model.cum_table.dtype == np.uint32
    assert_allclose(model.cum_table, expected, atol=1)
    assert model.cum_table[-1] == 2**31 - 1
    assert model.cum_table is model.cum_table  # made once


def test_there_is_no_cum_table_without_vocabulary_or_negative_sampling():
    assert shell().cum_table is None
    assert ready(hs=1, negative=0).cum_table is None


def test_make_cum_table_takes_the_exponent_as_it_is_now():
    model = ready()
    model.ns_exponent = 0.0
    model.make_cum_table()
    assert_allclose(model.cum_table / (2**31 - 1), [0.25, 0.5, 0.75, 1], atol=1e-8)
    assert_allclose(noise.probabilities(model._tables.noise), 0.25)
    model.make_cum_table(domain=100)
    assert_array_equal(model.cum_table, [25, 50, 75, 100])


def test_an_assigned_cum_table_becomes_the_noise_distribution():
    model = ready()
    model.cum_table = np.array([1, 1, 4, 10], np.uint32)
    assert_allclose(noise.probabilities(model._tables.noise), [0.1, 0, 0.3, 0.6], atol=1e-9)
    assert_array_equal(model.cum_table, [1, 1, 4, 10])
    model.cum_table = None  # as gensim's files say; it is made again when asked for
    assert model.cum_table[-1] == 2**31 - 1


@pytest.mark.parametrize("table", [[1, 2, 3], [1, 2, 1, 4]], ids=["short", "falling"])
def test_a_cum_table_that_cannot_be_is_refused(table):
    with pytest.raises(ParameterError, match="cum_table"):
        ready().cum_table = np.array(table)


def test_tables_need_a_vocabulary():
    for make in (shell().make_cum_table, shell().create_binary_tree):
        with pytest.raises(NotTrainableError, match="build vocabulary"):
            make()
    with pytest.raises(NotTrainableError):
        shell().cum_table = [1]
    with pytest.raises(ParameterError, match="domain"):
        ready().make_cum_table(domain=0)


# ---- tree --------------------------------------------------------------------


def codes_of(model):
    return {w: model.wv.get_vecattr(w, "code").tolist() for w in model.wv.index_to_key}


def test_keys_have_their_paths_with_hierarchical_softmax():
    model = ready(hs=1)
    codes = codes_of(model)
    assert {word: len(code) for word, code in codes.items()} == {"w": 1, "x": 2, "y": 3, "z": 3}
    assert codes["y"][:2] == codes["z"][:2]
    point = model.wv.get_vecattr("z", "point")
    assert point.dtype == np.uint32
    assert model.wv.get_vecattr("z", "code").dtype == np.uint8
    assert_array_equal(point, [2, 1, 0])  # the root is the last inner node
    assert not {"code", "point"} & ready().wv.expandos.keys()


def test_paths_follow_an_update_and_a_file(tmp_path):
    model = trained(hs=1)
    model.build_vocab([["new"] * 5, ["w"]], update=True)
    assert len(codes_of(model)["new"]) >= 1
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert codes_of(loaded) == codes_of(model)
    assert {"code", "point"} <= loaded.wv.expandos.keys()
    loaded.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)


def test_create_binary_tree_takes_the_counts_as_they_are():
    model = ready(hs=1)
    model.wv.expandos["count"][:] = [1, 1, 1, 50]
    model.create_binary_tree()
    assert len(codes_of(model)["z"]) == 1
    model.train([["w", "z"]] * 5, total_examples=5, epochs=1)


# ---- null word ---------------------------------------------------------------


@pytest.mark.parametrize("hs", [0, 1])
def test_the_null_word_is_last_counted_once_and_never_trained(hs):
    model = trained(null_word=1, hs=hs, negative=5)
    assert model.wv.index_to_key[-1] == "\0"
    assert model.wv.get_vecattr("\0", "count") == 1
    initial = shell(null_word=1, hs=hs)
    initial.build_vocab(SENTENCES)
    assert_array_equal(model.wv["\0"], initial.wv["\0"])
    assert len(model.syn1neg) == len(model.wv.vectors) == 5


@pytest.mark.parametrize("hs", [0, 1])
def test_the_null_word_is_not_added_twice(hs):
    model = trained(null_word=1, hs=hs)
    model.build_vocab([["new"] * 3], update=True)
    assert model.wv.index_to_key.count("\0") == 1
    model.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)


@pytest.mark.parametrize("hs", [0, 1])
def test_add_null_word_grows_a_model_that_is_ready(hs):
    model = ready(hs=hs)
    vectors = model.wv.vectors.copy()
    model.add_null_word()
    model.add_null_word()
    assert model.wv.index_to_key == ["w", "x", "y", "z", "\0"]
    assert model.wv.vectors.shape == model.syn1neg.shape == (5, 4)
    assert_array_equal(model.wv.vectors[:4], vectors)
    model.train(SENTENCES, total_examples=len(SENTENCES), epochs=1)
    model.wv.most_similar("\0")


# ---- reset_from --------------------------------------------------------------


def test_reset_from_takes_the_vocabulary_and_no_weights():
    source = trained(hs=1, negative=0)
    target = shell(vector_size=6, seed=9)
    target.reset_from(source)
    assert target.wv.key_to_index == source.wv.key_to_index
    assert target.corpus_count == source.corpus_count
    assert target.wv.vectors.shape == target.syn1neg.shape == (4, 6)
    assert not hasattr(target, "syn1")
    assert target.wv.expandos.keys() == {"count", "sample_int"}
    target.wv.add_vector("more", np.zeros(6))
    assert "more" not in source.wv  # nothing is shared
    del target.wv["more"]
    target.train(SENTENCES, total_examples=target.corpus_count, epochs=1)
    again = shell(vector_size=6, seed=9)
    again.build_vocab(SENTENCES)
    again.train(SENTENCES, total_examples=target.corpus_count, epochs=1)
    assert_array_equal(again.wv.vectors, target.wv.vectors)


# ---- small things ------------------------------------------------------------


def test_random_is_a_random_state_of_the_seed():
    assert shell(seed=7).random.randint(1000) == np.random.RandomState(7).randint(1000)
    assert isinstance(shell(seed=2**40).random, np.random.RandomState)
    assert isinstance(shell(seed=None).random, np.random.RandomState)


def test_seeded_vector_depends_on_its_string():
    model = shell(hashfxn=lambda text: sum(map(ord, text)))
    with pytest.deprecated_call():
        first, same, other = (model.seeded_vector(text, 8) for text in ("ab", "ba", "c"))
    assert_array_equal(first, same)
    assert (first != other).all()
    assert first.dtype == np.float32
    assert np.abs(first).max() <= 0.5 / 8


def test_init_sims_is_that_of_the_vectors():
    model = ready()
    with pytest.deprecated_call():
        model.init_sims(replace=True)
    assert_allclose(np.linalg.norm(model.wv.vectors, axis=1), 1, rtol=1e-6)


def test_load_is_called_on_the_class(tmp_path):
    model = trained()
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m", rethrow=True)
    for instance in (model, loaded, pickle.loads(pickle.dumps(model))):
        with pytest.raises(AttributeError, match="This method should be called on a class object"):
            instance.load(tmp_path / "m")


def test_vectors_are_not_loaded_as_a_model(tmp_path):
    ready().wv.save(tmp_path / "kv")
    with pytest.raises(AttributeError, match=r"Model of type .* can't be loaded by .*Word2Vec"):
        Word2Vec.load(tmp_path / "kv")


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
