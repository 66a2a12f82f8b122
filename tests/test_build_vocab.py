"""From a corpus to a model that is ready to train, with gensim's results."""

import logging

import numpy as np
import pytest

import word2vec
from word2vec import Word2Vec
from word2vec.errors import NotTrainableError, ParameterError, ParameterTypeError

SENTENCES = [["a", "b", "c", "a"], ["b", "a", "d"], ["e"]] * 4
COUNTS = {"a": 12, "b": 8, "c": 4, "d": 4, "e": 4}


def built(corpus=SENTENCES, *, keep_raw_vocab=False, trim_rule=None, **options):
    model = Word2Vec(**{"vector_size": 2, "min_count": 1} | options)
    model.build_vocab(corpus, keep_raw_vocab=keep_raw_vocab, trim_rule=trim_rule)
    return model


def vocabulary(model):
    return dict(zip(model.wv.index_to_key, model.wv.expandos["count"].tolist(), strict=True))


# ---- the same rows as gensim (all numbers were printed by gensim 4.4.0) -----------------


def test_order_thresholds_and_totals_are_gensims():
    model = built()
    assert model.wv.index_to_key == ["a", "b", "e", "d", "c"]
    assert model.wv.key_to_index == {"a": 0, "b": 1, "e": 2, "d": 3, "c": 4}
    assert model.wv.expandos["count"].tolist() == [12, 8, 4, 4, 4]
    assert model.wv.expandos["count"].dtype == np.int64
    thresholds = [233244403, 288817451, 418513291, 418513291, 418513291]
    assert model.wv.expandos["sample_int"].tolist() == thresholds
    assert model.wv.expandos["sample_int"].dtype == np.uint32
    assert (model.corpus_count, model.corpus_total_words) == (12, 32)
    assert model.raw_vocab == {}
    assert model.wv.get_vecattr("b", "count") == 8


def test_initial_vectors_are_gensims_bit_for_bit():
    model = built(vector_size=5, min_count=5, seed=3)
    expected = [
        "0x1.fe5e74p-4 -0x1.536facp-3 -0x1.069a2ap-3 -0x1.af35acp-4 -0x1.0506a6p-3",
        "0x1.ed9ba6p-4 0x1.2e79b0p-3 0x1.0d3a80p-5 -0x1.795304p-3 -0x1.4c7d66p-3",
    ]
    assert model.wv.vectors.dtype == np.float32
    assert model.wv.vectors.flags.c_contiguous
    assert model.wv.vectors.tolist() == [list(map(float.fromhex, r.split())) for r in expected]
    assert not model.syn1neg.any()
    assert model.syn1neg.shape == (2, 5)
    assert model.wv.vectors_lockf.tolist() == [1]


def test_vocabulary_and_vectors_equal_those_of_an_installed_gensim():
    gensim = pytest.importorskip("gensim.models", exc_type=ImportError)
    rng = np.random.default_rng(2)
    sentences = [[f"w{i}" for i in rng.geometric(0.02, 30)] for _ in range(300)]
    for options in (
        {"min_count": 3},
        {"min_count": 1, "sample": 7, "seed": 5},
        {"min_count": 1, "max_final_vocab": 50},
        {"min_count": 1, "max_vocab_size": 60},
        {"min_count": 2, "sorted_vocab": 0, "sample": 0, "null_word": 1},
    ):
        ours, theirs = (model(vector_size=11, **options) for model in (Word2Vec, gensim.Word2Vec))
        for model in (ours, theirs):
            model.build_vocab(sentences)
        assert ours.wv.index_to_key == theirs.wv.index_to_key
        for name in ("count", "sample_int"):
            np.testing.assert_array_equal(ours.wv.expandos[name], theirs.wv.expandos[name])
        np.testing.assert_array_equal(ours.wv.vectors, theirs.wv.vectors)
        for name in ("corpus_count", "corpus_total_words", "effective_min_count"):
            assert getattr(ours, name) == getattr(theirs, name)


# ---- options ------------------------------------------------------------------------------


def test_min_count_drops_rare_words():
    model = built(min_count=5)
    assert vocabulary(model) == {"a": 12, "b": 8}
    assert model.effective_min_count == 5


def test_max_final_vocab_drops_ties_at_the_boundary():
    for most in (2, 3, 4):
        model = built(max_final_vocab=most)
        assert vocabulary(model) == {"a": 12, "b": 8}
        assert model.effective_min_count == 5
    assert len(built(max_final_vocab=5).wv) == 5


def test_max_vocab_size_prunes_while_scanning(tmp_path):
    model = built(max_vocab_size=3, keep_raw_vocab=True)
    assert model.wv.index_to_key == ["a", "b", "e"]
    assert dict(model.raw_vocab) == {"a": 12, "b": 8, "e": 1}
    assert model.corpus_total_words == 32
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(s) + "\n" for s in SENTENCES))
    pruned = Word2Vec(vector_size=2, min_count=1, max_vocab_size=3)
    pruned.build_vocab(corpus_file=[path])
    assert vocabulary(pruned) == vocabulary(model)


def test_sorted_vocab_off_keeps_the_order_of_appearance():
    assert built(sorted_vocab=0).wv.index_to_key == ["a", "b", "c", "d", "e"]


def test_the_null_word_comes_last_and_is_never_kept():
    model = built(null_word=1)
    assert vocabulary(model) == COUNTS | {"\0": 1}
    assert model.wv.index_to_key[-1] == "\0"
    assert model.wv.expandos["sample_int"][-1] == 0
    assert model.wv.vectors.shape == model.syn1neg.shape == (6, 2)
    model.build_vocab([["f"]], update=True)
    assert model.wv.index_to_key.count("\0") == 1  # gensim adds it again


def test_a_sample_from_one_on_is_a_count():
    assert built(sample=3).wv.expandos["sample_int"].tolist() == [2**32 - 1] * 5
    # int(1 * (3 + sqrt(5)) / 2) = 2; (sqrt(12 / 2) + 1) * 2 / 12
    first = built(sample=1).wv.expandos["sample_int"][0]
    assert first == int((np.sqrt(6) + 1) / 6 * (2**32 - 1))


def test_no_sampling_keeps_everything():
    assert built(sample=0).wv.expandos["sample_int"].tolist() == [2**32 - 1] * 5


def test_a_trim_rule_overrules_the_count():
    calls = []

    def rule(word, count, min_count):
        calls.append((word, count, min_count))
        rules = {"a": word2vec.RULE_DISCARD, "e": word2vec.RULE_KEEP}
        return rules.get(word, word2vec.RULE_DEFAULT)

    model = built(min_count=5, trim_rule=rule)
    assert vocabulary(model) == {"b": 8, "e": 4}
    assert calls == [(word, count, 5) for word, count in COUNTS.items()]
    assert vocabulary(Word2Vec(SENTENCES, min_count=5, vector_size=2, trim_rule=rule)) == {
        "b": 8,
        "e": 4,
    }
    assert (word2vec.RULE_DEFAULT, word2vec.RULE_DISCARD, word2vec.RULE_KEEP) == (0, 1, 2)


def test_the_raw_vocabulary_is_kept_on_demand():
    model = built(min_count=5, keep_raw_vocab=True)
    assert model.raw_vocab == COUNTS
    model.build_vocab(SENTENCES)
    assert model.raw_vocab == {}


def test_min_count_and_sample_can_be_given_to_build_vocab():
    model = Word2Vec(vector_size=2)
    model.build_vocab(SENTENCES, min_count=0, sample=0)
    assert (model.min_count, model.sample, len(model.wv)) == (0, 0, 5)
    for name, value, kind in (
        ("min_count", -1, ParameterError),
        ("sample", "no", ParameterTypeError),
    ):
        with pytest.raises(kind, match=f"^{name}="):
            model.build_vocab(SENTENCES, **{name: value})


def test_progress_is_logged(caplog):
    caplog.set_level(logging.INFO)
    Word2Vec(vector_size=2).build_vocab(SENTENCES, progress_per=5)
    lines = [r.getMessage() for r in caplog.records if "PROGRESS" in r.getMessage()]
    assert lines == [
        "PROGRESS: at sentence #0, processed 0 words, keeping 0 word types",
        "PROGRESS: at sentence #5, processed 15 words, keeping 5 word types",
        "PROGRESS: at sentence #10, processed 28 words, keeping 5 word types",
    ]


@pytest.mark.parametrize(
    "words",
    [["a", "b", "c"], [b"a", b"\xff", b""], [5, 0, -7], [(1, 2), ("x",), ()], ["a", 1, (b"", 2)]],
    ids=["str", "bytes", "int", "tuple", "mixed"],
)
def test_tokens_may_be_any_hashable(words):
    model = Word2Vec([words] * 20, min_count=1, vector_size=3, workers=1, sample=0, sg=1, epochs=1)
    assert set(model.wv.index_to_key) == set(words)
    assert model.wv.expandos["count"].tolist() == [20] * 3
    for word in words:
        np.testing.assert_array_equal(model.wv[word], model.wv.vectors[model.wv.key_to_index[word]])
    assert len(model.predict_output_word(words[:2], topn=2)) == 2


def test_unhashable_tokens_are_refused():
    with pytest.raises(TypeError):
        Word2Vec([["a", ["b"]]], min_count=1)


def test_a_second_vocabulary_replaces_the_first():
    model = built()
    model.wv.set_vecattr("a", "mine", 7)
    model.build_vocab([["x", "y"]])
    assert vocabulary(model) == {"x": 1, "y": 1}
    assert set(model.wv.expandos) == {"count", "sample_int"}
    assert model.wv.vectors.shape == model.syn1neg.shape == (2, 2)


def test_weights_exist_only_for_their_objective():
    for hs, negative in ((0, 5), (1, 0), (1, 5)):
        model = built(hs=hs, negative=negative)
        assert hasattr(model, "syn1") == bool(hs)
        assert hasattr(model, "syn1neg") == bool(negative)


# ---- the steps -------------------------------------------------------------------------------


def test_scan_and_prepare_are_steps_of_their_own():
    model = Word2Vec(vector_size=2, min_count=2)
    assert model.scan_vocab(SENTENCES) == (32, 12)
    assert model.raw_vocab == COUNTS
    dry = model.prepare_vocab(dry_run=True, min_count=5)
    assert dry == {
        "drop_unique": 3,
        "retain_total": 20,
        "downsample_unique": 2,
        "downsample_total": 0,
        "num_retained_words": 2,
    }
    assert (model.min_count, len(model.wv), model.raw_vocab) == (2, 0, COUNTS)
    assert model.prepare_vocab(keep_raw_vocab=True) == {
        "drop_unique": 0,
        "retain_total": 32,
        "downsample_unique": 5,
        "downsample_total": 2,
        "num_retained_words": 5,
    }
    assert model.raw_vocab == COUNTS
    model.prepare_vocab()
    assert model.raw_vocab == {}
    with pytest.raises(NotTrainableError, match="you must initialize vectors before training"):
        model.train(SENTENCES, total_examples=12, epochs=1)
    model.prepare_weights()
    assert model.train(SENTENCES, total_examples=12, epochs=1)[1] == 32


def test_an_explicit_min_count_of_zero_counts():
    model = Word2Vec(vector_size=2, min_count=5)
    model.scan_vocab(SENTENCES)
    # gensim's `or` takes the model's 5 here.
    assert model.prepare_vocab(min_count=0)["num_retained_words"] == 5
    assert model.min_count == 0


# ---- from frequencies ---------------------------------------------------------------------------


def test_frequencies_are_a_vocabulary():
    frequencies = {"x": 3, "y": 5, "z": 3, "rare": 1}
    model = Word2Vec(vector_size=2, min_count=2)
    model.build_vocab_from_freq(frequencies, corpus_count=7, keep_raw_vocab=True)
    assert list(vocabulary(model).items()) == [("y", 5), ("z", 3), ("x", 3)]
    assert (model.corpus_count, model.corpus_total_words) == (7, 0)
    assert model.raw_vocab is frequencies
    model.build_vocab_from_freq(frequencies, trim_rule=lambda word, count, least: 1 + (count == 1))
    assert model.wv.index_to_key == ["rare"]
    assert model.raw_vocab == {}
    assert model.corpus_count == 0


@pytest.mark.parametrize("count", [-1, 1.5, "3", None])
def test_frequencies_must_be_counts(count):
    with pytest.raises(TypeError, match="'x'"):
        Word2Vec().build_vocab_from_freq({"x": count})


def test_frequencies_can_update():
    model = Word2Vec(vector_size=2, min_count=1)
    model.build_vocab_from_freq({"x": 3, "y": 5})
    model.build_vocab_from_freq({"x": 3, "z": 9}, update=True)
    assert list(vocabulary(model).items()) == [("y", 5), ("x", 6), ("z", 9)]
