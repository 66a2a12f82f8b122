"""Names of gensim 1 to 3: they work, and the warning names today's."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from word2vec import KeyedVectors, Word2Vec
from word2vec.compat.keyedvectors import Vocab
from word2vec.errors import ParameterTypeError

SENTENCES = [["a", "b", "c", "a"], ["b", "c", "d", "a"]] * 5


@pytest.fixture(scope="module")
def trained():
    return Word2Vec(SENTENCES, vector_size=4, min_count=1, workers=1, hs=1)


@pytest.fixture
def model():
    shell = Word2Vec(vector_size=4, min_count=1, workers=1)
    shell.build_vocab(SENTENCES)
    return shell


@pytest.fixture
def wv():
    vectors = KeyedVectors(2)
    rows = np.array([[3, 4], [1, 0], [0, 2]], np.float32)
    vectors.add_vectors(["x", "y", "z"], rows, extras={"count": np.array([30, 20, 10])})
    return vectors


def old(owner, name):
    """The value of an old attribute, once it has warned."""
    with pytest.warns(DeprecationWarning, match=rf"\.{name} is the spelling of gensim 3") as caught:
        value = getattr(owner, name)
    assert caught[0].filename == __file__  # the program's line, not ours
    return value


# ---- keywords ----------------------------------------------------------------


def test_old_keywords_of_the_constructor():
    with pytest.deprecated_call() as caught:
        model = Word2Vec(SENTENCES, size=3, iter=2, min_count=1)
    assert {str(w.message) for w in caught} == {
        "size= is the spelling of gensim 3; write vector_size= instead",
        "iter= is the spelling of gensim 3; write epochs= instead",
    }
    assert model.vector_size == model.wv.vector_size == 3
    assert model.epochs == 2


def test_sentences_is_an_old_name_of_the_corpus():
    model = Word2Vec(min_count=1, workers=1, vector_size=2)
    with pytest.warns(DeprecationWarning, match="sentences= .* write corpus_iterable=") as caught:
        assert model.scan_vocab(sentences=SENTENCES) == (40, 10)
    assert caught[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="sentences="):
        model.build_vocab(sentences=SENTENCES)
    with pytest.warns(DeprecationWarning, match="sentences="):
        model.train(sentences=SENTENCES, total_examples=10, epochs=1)
    assert model.train_count == 1


def test_other_keywords_stay_errors():
    model = Word2Vec(min_count=1)
    for method in (model.build_vocab, model.scan_vocab, model.train):
        with pytest.raises(ParameterTypeError, match="unexpected keyword argument 'corpus'"):
            method(corpus=SENTENCES)
        with pytest.raises(ParameterTypeError, match="unexpected keyword argument 'sentences'"):
            method(SENTENCES, sentences=SENTENCES)


# ---- the model ---------------------------------------------------------------


def test_old_attributes_of_the_model(trained):
    assert old(trained, "iter") == 5
    assert old(trained, "size") == 4
    assert old(trained, "syn0") is trained.wv.vectors
    assert old(trained, "index2word") is trained.wv.index_to_key
    assert old(trained, "vocab")["a"].count == 15
    assert_allclose(np.linalg.norm(old(trained, "syn0norm"), axis=1), 1, rtol=1e-6)
    assert old(trained, "most_similar")("a") == trained.wv.most_similar("a")
    assert old(trained, "similarity")("a", "b") == trained.wv.similarity("a", "b")
    assert old(trained, "doesnt_match")(["a", "b", "c"]) == trained.wv.doesnt_match(["a", "b", "c"])


def test_brackets_of_the_model(trained):
    with pytest.warns(DeprecationWarning, match=r"write model\.wv\[\.\.\.\]") as caught:
        assert_array_equal(trained["a"], trained.wv["a"])
    assert caught[0].filename == __file__
    with pytest.warns(DeprecationWarning, match=r"write key in model\.wv"):
        assert "a" in trained
    with pytest.deprecated_call():
        assert "zzz" not in trained
    with pytest.raises(TypeError, match="not iterable"):
        iter(trained)
    with pytest.raises(TypeError):
        len(trained)
    assert trained  # no __len__: a model is never false


def test_parts_of_gensim_3_are_the_model(model):
    vocabulary, trainables = old(model, "vocabulary"), old(model, "trainables")
    assert vocabulary.min_count == 1
    assert trainables.syn1neg is model.syn1neg
    assert trainables.vectors_lockf is model.wv.vectors_lockf
    trainables.vectors_lockf = locks = np.zeros(4, np.float32)
    assert model.wv.vectors_lockf is locks
    vocabulary.sample = 0.5
    assert model.sample == 0.5
    with pytest.raises(AttributeError):
        _ = vocabulary.nonsense


def test_old_attributes_of_the_model_can_be_assigned(model):
    with pytest.warns(DeprecationWarning, match=r"model\.iter = .* write model\.epochs"):
        model.iter = 7
    assert model.epochs == 7
    matrix = np.ones((4, 4), np.float32)
    with pytest.warns(DeprecationWarning, match=r"write model\.wv\.vectors"):
        model.syn0 = matrix
    assert model.wv.vectors is matrix
    with pytest.warns(DeprecationWarning, match="vectors_lockf"):
        model.syn0_lockf = np.zeros(1, np.float32)
    assert not model.wv.vectors_lockf.any()
    assert not {"iter", "syn0", "syn0_lockf"} & vars(model).keys()


def test_old_methods_of_the_model(model):
    initial = model.wv.vectors.copy()
    old(model, "clear_sims")()
    old(model, "sort_vocab")()
    before = model.wv.vectors.copy()
    old(model, "delete_temporary_training_data")()
    assert_array_equal(model.wv.vectors, before)
    old(model, "delete_temporary_training_data")(replace_word_vectors_with_normalized=True)
    assert_allclose(np.linalg.norm(model.wv.vectors, axis=1), 1, rtol=1e-6)
    old(model, "reset_weights")()
    assert_array_equal(model.wv.vectors, initial)


def test_a_subclass_may_use_the_names_for_itself():
    class Mine(Word2Vec):
        size = None

        def __init__(self):
            self.vocab = {"mine"}
            super().__init__(vector_size=4)
            self.size = 99

    model = Mine()
    assert model.vocab == {"mine"}
    assert model.size == 99
    assert model.vector_size == 4


# ---- the vectors -------------------------------------------------------------


def test_old_attributes_of_the_vectors(wv):
    assert old(wv, "index2word") is old(wv, "index2entity") is wv.index_to_key
    assert old(wv, "syn0") is wv.vectors
    normed = old(wv, "syn0norm")
    assert_allclose(normed, [[0.6, 0.8], [1, 0], [0, 1]], rtol=1e-6)
    assert old(wv, "vectors_norm") is normed  # made once: programs ask in loops
    wv["x"] = [5, 0]
    assert_allclose(old(wv, "vectors_norm")[0], [1, 0])
    old(wv, "add")(["w"], [[7, 7]])
    assert_array_equal(wv["w"], [7, 7])


def test_accuracy_gives_sections(wv, tmp_path):
    questions = tmp_path / "questions.txt"
    questions.write_text(": s\nx y z x\n")
    (section, total) = old(wv, "accuracy")(questions)
    assert section["section"] == "s"
    assert len(total["correct"]) + len(total["incorrect"]) == 1
    asked = old(wv, "accuracy")(questions, most_similar=KeyedVectors.most_similar)
    assert asked == [section, total]


def test_vocab_is_a_live_view(wv):
    vocab = old(wv, "vocab")
    assert list(vocab) == ["x", "y", "z"]
    assert len(vocab) == 3
    assert "x" in vocab
    assert 0 not in vocab
    assert (vocab["y"].index, vocab["y"].count) == (1, 20)
    assert max(vocab.values()).index == 0  # compared by count
    assert repr(vocab["z"]) == f"_Entry(count={wv.expandos['count'][2]!r}, index=2)"
    with pytest.raises(KeyError):
        vocab["nothing"]
    vocab["y"].count = 25
    assert wv.get_vecattr("y", "count") == 25
    del vocab["z"]
    assert "z" not in wv.key_to_index


def test_vectors_built_by_hand_as_in_gensim_3():
    wv = KeyedVectors(2)
    matrix = np.arange(4, dtype=np.float32).reshape(2, 2)
    with pytest.deprecated_call():
        for index, word in enumerate(["p", "q"]):
            wv.vocab[word] = Vocab(index=index, count=9 - index)
            wv.index2word.append(word)
        wv.syn0 = matrix
    assert wv.get_vecattr("q", "count") == 8
    assert_array_equal(wv["q"], [2, 3])
    assert [key for key, _ in wv.most_similar("p")] == ["q"]


def test_the_usual_recipe_to_restrict_a_vocabulary(wv):
    """A recipe of 2018 that is still passed on: keep some words, set all attributes."""
    keep = {"x", "z"}
    vectors, vocab, index2entity, normed = [], {}, [], []
    with pytest.deprecated_call():
        for i in range(len(wv.vocab)):
            word = wv.index2entity[i]
            entry = wv.vocab[word]
            if word in keep:
                entry.index = len(index2entity)
                index2entity.append(word)
                vocab[word] = entry
                vectors.append(wv.vectors[i])
                normed.append(wv.vectors_norm[i])
        wv.vocab = vocab
        wv.vectors = np.array(vectors)
        wv.index2entity = index2entity
        wv.index2word = index2entity
        wv.vectors_norm = np.array(normed)
    assert wv.index_to_key == ["x", "z"]
    assert wv.key_to_index == {"x": 0, "z": 1}
    assert_array_equal(wv.expandos["count"], [30, 10])
    assert_array_equal(wv["z"], [0, 2])
    assert "vectors_norm" not in vars(wv)
    assert wv.similarity("x", "z") == pytest.approx(0.8)


# ---- the hook ----------------------------------------------------------------


def test_unknown_attributes_are_python_s_own_error(model, wv):
    with pytest.raises(AttributeError, match="'Word2Vec' object has no attribute 'nonsense'"):
        _ = model.nonsense
    with pytest.raises(AttributeError, match="'KeyedVectors' object has no attribute 'iter'"):
        _ = wv.iter
    assert not hasattr(wv, "wv")  # which is how programs tell vectors from models
    assert not hasattr(model, "__len__")
    assert not hasattr(Word2Vec(), "syn1neg")


def test_today_s_names_do_not_warn(trained):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _ = trained.wv.vectors, trained.epochs, trained.wv.key_to_index, repr(trained)
        trained.wv.most_similar("a")


def test_old_names_are_loaded_only_when_used(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys, word2vec; m = word2vec.Word2Vec([['a', 'b']] * 9, min_count=1);"
        "assert 'word2vec.compat.old_names' not in sys.modules;"
        "assert not hasattr(m, 'syn1'); assert 'word2vec.compat.old_names' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
