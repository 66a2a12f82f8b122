"""Word2Vec: the tables, trees and small methods of gensim's surface."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from surface_cases import SENTENCES, codes_of, ready, shell, trained

from word2vec import Word2Vec
from word2vec.errors import NotTrainableError, ParameterError
from word2vec.training import noise

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
