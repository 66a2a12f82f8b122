"""`build_vocab(update=True)`: a trained model learns new words."""

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.errors import NotTrainableError
from word2vec.text.vocabulary import keep_thresholds

FIRST = [["a", "b", "c", "a"], ["b", "a", "d"], ["e"]] * 4
SECOND = [["f", "a", "g"], ["g", "f", "rare", "c"], ["f", "g"]] * 5 + [["once", "a"]]
OBJECTIVES = [{"hs": 0, "negative": 5}, {"hs": 1, "negative": 0}, {"hs": 1, "negative": 5}]


def trained(**options):
    return Word2Vec(
        FIRST, **{"vector_size": 6, "min_count": 2, "workers": 1, "sample": 0, "sg": 1} | options
    )


NO_PRIOR = (
    "You cannot do an online vocabulary-update of a model which has no prior vocabulary. First "
    "build the vocabulary of your model with a corpus before doing an online update."
)


def test_an_update_needs_a_vocabulary():
    model = Word2Vec(min_count=1)
    for update in (
        lambda: model.build_vocab(FIRST, update=True),
        lambda: model.build_vocab_from_freq({"a": 3}, update=True),
        lambda: model.prepare_vocab(update=True),
        lambda: model.update_weights(),
    ):
        with pytest.raises(NotTrainableError) as caught:
            update()
        assert str(caught.value) == NO_PRIOR
        assert isinstance(caught.value, RuntimeError)
    assert model.corpus_count == 0


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
def test_old_rows_stay_and_new_rows_are_initial(objective):
    model = trained(**objective)
    old = list(model.wv.index_to_key)
    before = {
        name: getattr(owner, name).copy()
        for owner, name in ((model.wv, "vectors"), (model, "syn1"), (model, "syn1neg"))
        if hasattr(owner, name)
    }
    model.build_vocab(SECOND, update=True)
    assert model.wv.index_to_key[: len(old)] == old
    assert sorted(model.wv.index_to_key[len(old) :]) == ["f", "g", "rare"]
    assert model.wv.key_to_index == {w: i for i, w in enumerate(model.wv.index_to_key)}
    fresh = Word2Vec(vector_size=6, min_count=1)
    fresh.build_vocab_from_freq(dict.fromkeys(model.wv.index_to_key, 1))
    for name, rows in before.items():
        grown = model.wv.vectors if name == "vectors" else getattr(model, name)
        assert grown.shape == (len(old) + 3, 6)
        np.testing.assert_array_equal(grown[: len(old)], rows)
        start = fresh.wv.vectors[len(old) :] if name == "vectors" else 0
        np.testing.assert_array_equal(grown[len(old) :], np.broadcast_to(start, (3, 6)))


def test_counts_and_thresholds_are_cumulative():
    model = trained(sample=1e-2)
    model.build_vocab(SECOND, update=True)
    counts = {w: int(model.wv.get_vecattr(w, "count")) for w in model.wv.index_to_key}
    assert counts == {"a": 18, "b": 8, "c": 9, "d": 4, "e": 4, "f": 15, "g": 15, "rare": 5}
    expected = keep_thresholds(model.wv.expandos["count"], 1e-2).thresholds
    np.testing.assert_array_equal(model.wv.expandos["sample_int"], expected)
    # gensim takes them from the new sentences alone.
    assert (model.corpus_count, model.corpus_total_words) == (16, 47)


def test_words_of_later_batches_below_min_count_do_not_lose_their_row():
    model = trained(min_count=4)
    model.build_vocab([["d", "h"]] * 3, update=True)
    assert "h" not in model.wv
    assert model.wv.get_vecattr("d", "count") == 7


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
def test_training_goes_on_after_an_update(objective):
    model = trained(**objective)
    model.build_vocab(SECOND, update=True)
    before = model.wv.vectors.copy()
    raw = sum(map(len, SECOND))
    assert model.train(SECOND, total_examples=len(SECOND), epochs=2) == (2 * (raw - 1), 2 * raw)
    assert np.isfinite(model.wv.vectors).all()
    changed = (model.wv.vectors != before).any(axis=1)
    expected = {"a", "c", "f", "g", "rare"}
    assert {w for w, row in zip(model.wv.index_to_key, changed, strict=True) if row} == expected


def test_the_tree_of_old_words_keeps_what_it_has_learnt():
    """The likelihood of old text must not fall when words are added (gensim's does)."""
    sentences = [["a", "b"], ["c", "d"], ["e", "f"]] * 100
    model = Word2Vec(
        sentences,
        vector_size=16,
        min_count=1,
        workers=1,
        sample=0,
        sg=1,
        hs=1,
        negative=0,
        epochs=20,
        alpha=0.05,
    )
    pairs = [["a", "b"], ["c", "d"], ["e", "f"]]
    untrained = 2 * np.log(1 / 6)
    before = model.score(pairs)
    assert before.min() > untrained / 2
    model.build_vocab([["g", "h"]] * 20, update=True)
    after = model.score(pairs)
    # Only untrained turns were put before the paths: one bit for each, three at most.
    assert (before - after).max() <= 3 * 2 * np.log(2) + 1e-3
    model.train([*sentences, *[["g", "h"]] * 20], total_examples=320, epochs=10, start_alpha=0.05)
    assert model.score(pairs).min() > untrained / 2
    nodes = [set(model._tables.tree.path(i)[0].tolist()) for i in range(8)]
    assert max(map(max, nodes)) == 6
    assert len(model.syn1) == 8


def test_lock_factors_grow_with_the_vocabulary():
    model = trained()
    locks = np.linspace(0, 1, len(model.wv)).astype(np.float32)
    model.wv.vectors_lockf = locks
    model.build_vocab(SECOND, update=True)
    np.testing.assert_array_equal(model.wv.vectors_lockf, [*locks, 1, 1, 1])
    assert model.wv.vectors_lockf.dtype == np.float32
    before = model.wv.vectors[0].copy()
    model.train(SECOND, total_examples=len(SECOND), epochs=1)
    np.testing.assert_array_equal(model.wv.vectors[0], before)
    single = trained()
    single.build_vocab(SECOND, update=True)
    assert single.wv.vectors_lockf.tolist() == [1]


def test_queries_see_the_new_words():
    model = trained()
    model.wv.most_similar("a")  # caches norms
    model.wv.set_vecattr("a", "mine", 7)
    model.build_vocab(SECOND, update=True)
    assert {word for word, _ in model.wv.most_similar("a", topn=7)} >= {"f", "g", "rare"}
    assert model.wv.get_vecattr("a", "mine") == 7
    assert model.wv.get_vecattr("f", "mine") == 0


def test_an_update_without_new_words_only_counts():
    model = trained(hs=1)
    before = model.wv.vectors.copy()
    model.build_vocab([["a", "b"]], update=True)
    np.testing.assert_array_equal(model.wv.vectors, before)
    assert model.wv.get_vecattr("a", "count") == 13
    assert model._tables.tree.n_words == 5


# ---- objectives that are switched off and on again ----------------------------------


@pytest.mark.parametrize("objective", ["hs", "negative"])
def test_an_objective_switched_off_during_an_update_is_trained_afterwards(objective):
    value, rows = {"hs": (1, "syn1"), "negative": (5, "syn1neg")}[objective]
    model = trained(hs=1, negative=5)
    before = getattr(model, rows).copy()
    setattr(model, objective, 0)
    model.build_vocab(SECOND, update=True)
    setattr(model, objective, value)
    grown = getattr(model, rows)
    assert len(grown) == len(model.wv) > len(before)
    np.testing.assert_array_equal(grown[: len(before)], before)
    untrained = grown.copy()
    model.train(SECOND, total_examples=len(SECOND), epochs=1)
    assert (getattr(model, rows)[len(before) :] != 0).any()
    assert (getattr(model, rows)[: len(before)] != untrained[: len(before)]).any()


def test_paths_of_old_words_keep_their_nodes_whatever_hs_was_during_the_update():
    paths = []
    for hs in (0, 1):
        model = trained(hs=1)
        model.hs = hs
        model.build_vocab(SECOND, update=True)
        model.hs = 1
        paths.append([model.wv.get_vecattr(w, "point").tolist() for w in model.wv.index_to_key])
    assert paths[0] == paths[1]


def test_a_new_vocabulary_has_no_rows_of_the_old_one():
    model = trained(hs=1, negative=5)
    model.hs = 0
    model.build_vocab(SECOND)
    assert not hasattr(model, "syn1")
    model.hs = 1
    with pytest.raises(NotTrainableError, match="no syn1"):
        model.train(SECOND, total_examples=len(SECOND), epochs=1)


def test_rows_without_a_tree_or_noise_are_an_error_and_not_a_run_without_effect():
    model = trained(hs=0)
    model.hs, model.syn1 = 1, np.zeros_like(model.wv.vectors)
    with pytest.raises(NotTrainableError, match=r"no Huffman tree.*create_binary_tree\(\)"):
        model.train(FIRST, total_examples=len(FIRST), epochs=1)
    model.create_binary_tree()
    model.train(FIRST, total_examples=len(FIRST), epochs=1)
    assert model.syn1.any()
    model = trained(hs=1, negative=0)
    model.negative, model.syn1neg = 5, np.zeros_like(model.wv.vectors)
    with pytest.raises(NotTrainableError, match=r"no noise distribution.*make_cum_table\(\)"):
        model.train(FIRST, total_examples=len(FIRST), epochs=1)
    model.make_cum_table()
    model.train(FIRST, total_examples=len(FIRST), epochs=1)
    assert model.syn1neg.any()


def test_a_file_keeps_the_tree_of_an_objective_that_is_switched_off(tmp_path):
    model = trained(hs=1, negative=5)
    model.build_vocab(SECOND, update=True)  # a tree that counts alone would not give
    model.hs = 0
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert not loaded.hs
    for each in (model, loaded):
        each.hs = 1
        each.train(SECOND, total_examples=len(SECOND), epochs=1)
    np.testing.assert_array_equal(loaded.syn1, model.syn1)
