"""Phrases as an object: options, streams, errors, copies, live changes."""

import copy
import logging
import math
import pickle
from collections.abc import Mapping

import numpy as np
import pytest

from word2vec import FrozenPhrases, Phrases, npmi_scorer, original_scorer
from word2vec.errors import CorpusTypeError, ParameterError, ParameterTypeError
from word2vec.phrases import PhraseCounts, TransformedCorpus, _PhrasesTransformation

CORPUS = [["new", "york", "city"], ["in", "new", "york"], ["a", "city", "in", "ohio"]]


def constant_scorer(
    worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count
):
    return 1


@pytest.fixture
def model():
    return Phrases(CORPUS, min_count=1, threshold=1)


# ---- sentences and corpora --------------------------------------------------


def test_a_sentence_gives_a_list_and_a_corpus_a_stream(model):
    assert model[["to", "new", "york"]] == ["to", "new_york"]
    stream = model[CORPUS]
    assert isinstance(stream, TransformedCorpus)
    assert list(stream) == list(stream)  # again
    assert list(stream)[1] == ["in", "new_york"]
    assert len(stream) == 3
    assert stream[1] == ["in", "new_york"]
    assert list(stream[:2]) == list(stream)[:2]


def test_generators_are_read_once(model):
    counted = Phrases(((word for word in s) for s in CORPUS), min_count=1, threshold=1)
    assert counted.vocab == model.vocab
    words = iter(["in", "new", "york"])
    assert model[words] == ["in", "new_york"]
    stream = model[(tuple(s) for s in CORPUS)]
    assert list(stream) == list(model[CORPUS])
    assert list(stream) == []
    with pytest.raises(CorpusTypeError, match="can only be iterated over"):
        _ = model[iter([["a"]])][0]
    with pytest.raises(RuntimeError):  # gensim's
        _ = model[iter([["a"]])][0]


def test_empty_things(model):
    assert model[[]] == []
    assert list(model[iter(())]) == []
    assert list(model[[[], []]]) == [[], []]
    assert list(model[(iter(()) for _ in range(2))]) == [[], []]
    assert Phrases([]).export_phrases() == {}
    assert Phrases()[["a", "b"]] == ["a", "b"]


def test_words_may_be_of_numpy(model):
    array = np.array([np.array(s) for s in CORPUS], dtype=object)
    assert Phrases(array, min_count=1, threshold=1).vocab == model.vocab
    assert list(model[array]) == list(model[CORPUS])


def test_a_nested_corpus_is_transformed_level_by_level(model):
    (stream,) = model[[CORPUS]]
    assert list(stream) == list(model[CORPUS])


def test_empty_words_are_left_out(model):
    assert model[["", "new", "york", ""]] == ["new_york"]


def test_words_of_any_alphabet_are_joined():
    for a, b in (("é", "a"), ("a", "é"), ("日", "b"), ("a", "日"), ("\U0001f600", "é"), ("", "b")):
        model = Phrases([[a, b]] * 2, min_count=1, threshold=0.01)
        assert model.freeze()[["x", a, b]] == model[["x", a, b]]
        frozen = model.freeze()
        frozen.phrasegrams = {f"{a}_{b}": 5.0}
        frozen.threshold = 1
        assert frozen[[a, b]] == ([f"{a}_{b}"] if a else [b])


# ---- errors -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"min_count": 0}, ParameterError, "min_count should be at least 1"),
        ({"min_count": math.nan}, ParameterError, "min_count=nan"),
        ({"min_count": "5"}, ParameterTypeError, "min_count='5'"),
        ({"threshold": 0}, ParameterError, "threshold should be positive for default scoring"),
        ({"threshold": None}, ParameterTypeError, "threshold=None"),
        ({"threshold": 1.1, "scoring": "npmi"}, ParameterError, "between -1 and 1 for npmi"),
        ({"threshold": -1.1, "scoring": "npmi"}, ParameterError, "between -1 and 1 for npmi"),
        ({"scoring": "pmi"}, ParameterError, "unknown scoring method string pmi specified"),
        ({"scoring": 5}, ParameterTypeError, "scoring=5 is of type int"),
        (
            {"scoring": lambda worda_count, **_: 1, "threshold": None},
            ParameterTypeError,
            "threshold",
        ),
        (
            {"scoring": lambda worda_count, wordb_count, bigram_count, min_count: 1},
            ParameterError,
            r"scoring function missing expected parameters \['len_vocab', 'corpus_word_count'\]",
        ),
        ({"progress_per": 0}, ParameterError, "progress_per=0"),
        ({"max_vocab_size": None}, ParameterTypeError, "max_vocab_size=None"),
        ({"delimiter": 5}, ParameterTypeError, "delimiter=5 is of type int"),
        ({"connector_words": "of"}, ParameterTypeError, "connector_words='of'"),
        ({"connector_words": 5}, ParameterTypeError, "connector_words=5"),
    ],
)
def test_options_out_of_range_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        Phrases(**options)


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        (5, "sentences=5 is of type int"),
        ([["a"], 5], "sentence #1 is 5 of type int"),
        ([["a", 5]], "the word 5 is of type int"),
        ([[b"a"]], "the word b'a' is of type bytes"),
        ([[["a"]]], "unhashable|of type list"),
    ],
)
def test_what_is_no_corpus_is_refused_and_changes_nothing(model, sentences, message):
    before = dict(model.vocab)
    with pytest.raises(TypeError, match=message):
        model.add_vocab(sentences)
    assert (dict(model.vocab), model.corpus_word_count) == (before, 10)


def test_an_exception_of_the_corpus_is_raised_and_changes_nothing(model):
    def corpus():
        yield ["new", "words"]
        raise OSError("disk")

    before = dict(model.vocab)
    with pytest.raises(OSError, match="disk"):
        model.add_vocab(corpus())
    assert (dict(model.vocab), model.corpus_word_count) == (before, 10)


def test_words_that_are_no_str_pass_where_nothing_is_joined(model):
    assert model[["new", 5, "york"]] == ["new", 5, "york"]
    with pytest.raises(CorpusTypeError, match="the word 5 is of type int"):
        model.freeze()[["new", 5]]
    with pytest.raises(CorpusTypeError, match="the word 5 is of type int"):
        list(model.freeze()[[("new",), ["a", "b", 5, "c"]]])


def test_phrases_of_an_empty_delimiter_cannot_be_exported():
    model = Phrases([["a", "b"]] * 3, min_count=1, threshold=0.1, delimiter="")
    assert model[["a", "b"]] == ["ab"]
    with pytest.raises(ParameterError, match="delimiter=''"):
        model.export_phrases()


def test_frozen_phrases_need_phrases(model):
    with pytest.raises(ParameterTypeError, match="phrases_model is of type list"):
        FrozenPhrases([])
    with pytest.raises(ParameterTypeError, match="of type FrozenPhrases"):
        FrozenPhrases(model.freeze())


def test_gensim_3_names_are_taken_with_a_warning():
    with pytest.warns(DeprecationWarning, match="write connector_words= instead"):
        model = Phrases(common_terms=["of"])
    assert model.connector_words == frozenset({"of"})
    with pytest.warns(DeprecationWarning, match="write '_' instead"):
        model = Phrases(CORPUS, min_count=1, threshold=1, delimiter=b"_")
    assert model[["new", "york"]] == ["new_york"]


def test_a_str_for_a_sentence_is_reported(caplog):
    Phrases(["new york"])
    assert "First item here is instead plain <class 'str'>" in caplog.text


# ---- scoring ----------------------------------------------------------------


def test_own_scoring_functions_get_exact_numbers():
    seen = []

    def scorer(**numbers):
        seen.append(numbers)
        return 2

    model = Phrases(CORPUS, min_count=3, threshold=1, scoring=scorer)
    assert model.find_phrases([["new", "york"]]) == {"new_york": 2}
    assert seen == [
        {
            "worda_count": 2,
            "wordb_count": 2,
            "bigram_count": 2,
            "len_vocab": 12,
            "min_count": 3,
            "corpus_word_count": 10,
        }
    ]
    assert all(type(value) is int for value in seen[0].values())
    assert model.export_phrases()["new_york"] == 2


def test_a_score_at_the_threshold_is_not_above_it():
    assert Phrases(CORPUS, 1, threshold=1, scoring=constant_scorer).export_phrases() == {}
    assert Phrases(CORPUS, 1, threshold=0.9, scoring=constant_scorer).export_phrases()
    exact = original_scorer(2, 2, 2, 12, 1, 10)
    assert "new_york" not in Phrases(CORPUS, 1, threshold=exact).export_phrases()
    below = math.nextafter(exact, 0)
    assert Phrases(CORPUS, 1, threshold=below).export_phrases()["new_york"] == exact


@pytest.mark.parametrize("number", [np.float32, np.int64], ids=str)
@pytest.mark.parametrize("scoring", ["default", "npmi"])
def test_options_of_numpy_score_as_the_functions_do(number, scoring):
    model = Phrases(CORPUS, number(1), 0.1, scoring=scoring)
    score = model.scoring(2, 2, 2, 12, number(1), 10)
    assert model.find_phrases(CORPUS)["new_york"] == score


def test_words_that_do_not_occur_score_minus_infinity():
    assert original_scorer(0, 1, 1, 5, 1, 10) == -math.inf
    assert npmi_scorer(0, 1, 1, 5, 1, 10) == -math.inf
    assert npmi_scorer(1, 1, 0, 5, 0, 10) == -math.inf
    assert npmi_scorer(1, 1, 1, 5, 2, 10) == -math.inf


# ---- live changes and subclasses --------------------------------------------


def test_changed_options_count_at_once(model):
    sentence = ["in", "new", "york"]
    model.threshold = 100
    assert model[sentence] == sentence
    model.threshold, model.scoring = 0.5, constant_scorer
    assert model[sentence] == ["in_new", "york"]
    model.connector_words = frozenset({"in"})
    assert model[sentence] == ["in", "new_york"]
    model.min_count, model.scoring = 2, original_scorer
    assert model[sentence] == sentence


def test_a_changed_delimiter_looks_for_other_texts(model):
    model.delimiter = " "
    assert model[["new", "york"]] == ["new", "york"]
    model.add_vocab([["new", "york"]] * 5)
    assert model[["new", "york"]] == ["new york"]
    assert model.vocab["new_york"] == 2
    assert model.vocab["new york"] == 5
    assert set(model.export_phrases()) == {"new york"}


def test_frozen_phrases_may_be_changed(model):
    frozen = model.freeze()
    frozen.phrasegrams["a_city"] = 50.0
    assert frozen[["a", "city"]] == ["a_city"]
    frozen.threshold = 60
    assert frozen[["a", "city"]] == ["a", "city"]


def test_subclasses_decide_what_a_phrase_is(model):
    class Never(Phrases):
        def score_candidate(self, word_a, word_b, in_between):
            return None, None

    class Shouting(FrozenPhrases):
        def analyze_sentence(self, sentence):
            for token, score in super().analyze_sentence(sentence):
                yield token.upper(), score

    never = Never(CORPUS, min_count=1, threshold=1)
    assert never[["new", "york"]] == ["new", "york"]
    assert never.export_phrases() == {}
    shouting = Shouting(model)
    assert shouting[["new", "york"]] == ["NEW_YORK"]
    assert list(shouting[[["new", "york"]]]) == [["NEW_YORK"]]
    assert list(shouting.find_phrases([["new", "york"]])) == ["NEW_YORK"]


def test_the_base_class_needs_a_score():
    base = _PhrasesTransformation({"of"})
    assert base[["a", "of"]] == ["a", "of"]
    with pytest.raises(NotImplementedError, match="score_candidate"):
        base[["a", "b"]]


def test_copies_are_independent_and_equal(model):
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert list(twin.vocab.items()) == list(model.vocab.items())
        twin.add_vocab([["other", "words"]])
        assert twin.vocab != model.vocab
        assert twin[CORPUS[0]] == model[CORPUS[0]]
    frozen = pickle.loads(pickle.dumps(model.freeze()))
    assert frozen[CORPUS[0]] == model[CORPUS[0]]


# ---- vocab as a mapping -----------------------------------------------------


def test_vocab_is_a_mapping_like_a_dict(model):
    vocab = model.vocab
    assert isinstance(vocab, Mapping)
    plain = dict(vocab)
    assert vocab == plain
    assert plain == vocab
    assert list(vocab) == list(plain) == list(vocab.keys())
    assert list(vocab.values()) == list(plain.values())
    assert vocab["new_york"] == 2
    assert "york_new" not in vocab
    assert "ohio_x" not in vocab
    assert 5 not in vocab
    assert vocab.get("nothing") is None
    with pytest.raises(KeyError, match="nothing"):
        vocab["nothing"]
    with pytest.raises(KeyError, match="nothing_here"):
        del vocab["nothing_here"]
    assert repr(vocab).startswith("PhraseCounts({'new': 2, 'york': 2, 'new_york': 2, 'city': 2")


def test_vocab_may_be_changed(model):
    model.vocab["in_ohio"] = 7
    model.vocab["in_ohio"] += 1
    assert model.find_phrases([["in", "ohio"]]) == {
        "in_ohio": original_scorer(2, 1, 8, len(model.vocab), 1, 10)
    }
    del model.vocab["new_york"]
    assert "new_york" not in model.vocab
    assert len(model.vocab) == len(list(model.vocab)) == 11
    assert model[["new", "york"]] == ["new", "york"]
    model.vocab["new_york"] = 3
    assert dict(model.vocab)["new_york"] == 3
    assert len(model.vocab) == 12
    model.vocab = {"x": 2, "y": 2, "x_y": 2}
    assert model[["x", "y", "new"]] == ["x", "y", "new"]
    model.threshold = 0.5
    assert model[["x", "y", "new"]] == ["x_y", "new"]


@pytest.mark.parametrize(
    ("text", "count", "error", "message"),
    [
        ("a", 0, ParameterError, "it must be an int >= 1"),
        ("a", 2**63, ParameterError, "it must be an int >= 1"),
        ("a", 1.5, ParameterTypeError, "it must be an int >= 1"),
        (5, 1, ParameterTypeError, "5 is of type int, not str"),
    ],
)
def test_vocab_holds_counts_of_texts_only(model, text, count, error, message):
    with pytest.raises(error, match=message):
        model.vocab[text] = count


def test_vocab_notices_changes_while_it_is_iterated(model):
    texts = iter(model.vocab)
    del model.vocab[next(texts)]
    with pytest.raises(RuntimeError, match="changed size"):
        next(texts)


def test_tables_of_other_delimiters_are_not_mixed_up():
    with pytest.raises(ParameterError, match="delimiter ' ' is not '_'"):
        PhraseCounts("_").add_table(PhraseCounts(" "))


def test_many_words_and_phrases_survive_growth():
    rng = np.random.default_rng(3)
    corpus = [[f"w{i}" for i in rng.integers(0, 900, 30)] for _ in range(1500)]
    from phrases_reference import count

    model = Phrases(corpus)
    assert list(model.vocab.items()) == list(count(corpus)[0].items())
    model.vocab = dict(model.vocab)
    assert list(model.vocab.items()) == list(count(corpus)[0].items())


def test_progress_is_logged(caplog):
    with caplog.at_level(logging.INFO, logger="word2vec.phrases"):
        Phrases(CORPUS * 2, progress_per=4)
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if line.startswith("PROGRESS")] == [
        "PROGRESS: at sentence #0, processed 0 words, keeping 0 words and phrases",
        "PROGRESS: at sentence #4, processed 13 words, keeping 12 words and phrases",
    ]
    assert "collected 12 words and phrases from 20 words in 6 sentences" in lines
