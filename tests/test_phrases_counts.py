"""Counting and detecting, against plain Python, frozen numbers and gensim itself."""

import importlib
import warnings

import phrases_reference as reference
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from word2vec import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases

# Words with delimiters in them, at their ends and nothing else: equal texts of
# different phrases are where counting by number could go wrong.
WORDS = ["a", "b", "c", "of", "the", "a_b", "_", "", "b_c", "_a", "é", "日_x", "a b", "d"]
sentences = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=9)
options = st.fixed_dictionaries(
    {
        "min_count": st.sampled_from([1, 2, 0.5]),
        "delimiter": st.sampled_from(["_", "_", "_", " ", "__", "é", "-_", ""]),
        "connector_words": st.sampled_from(
            [frozenset(), frozenset({"of", "the"}), frozenset({"of", "a_b", ""})]
        ),
        "max_vocab_size": st.sampled_from([40_000_000, 10, 5, 2, 2.5]),
    }
)
scorings = st.sampled_from(
    [("default", 0.01), ("default", 0.5), ("default", 1), ("npmi", -1), ("npmi", 0.3)]
)


def make(sentences, options, scoring):
    name, threshold = scoring
    model = Phrases(sentences, scoring=name, threshold=threshold, **options)
    oracle = reference.Reference(
        sentences,
        min_count=options["min_count"],
        threshold=threshold,
        score={"default": reference.original, "npmi": reference.npmi}[name],
        delimiter=options["delimiter"],
        connectors=options["connector_words"],
        max_vocab_size=options["max_vocab_size"],
    )
    return model, oracle


@settings(deadline=None, max_examples=300)
@given(sentences, options, scorings, sentences)
@example(
    [["a_b", "c"], ["a", "b_c"], ["a", "b", "c"]],
    {"min_count": 1, "delimiter": "_", "connector_words": frozenset({"b"}), "max_vocab_size": 99},
    ("default", 0.01),
    [["a", "b", "c", "a_b", "c"]],
)
def test_phrases_do_what_a_dict_of_texts_would(corpus, options, scoring, unseen):
    try:
        model, oracle = make(corpus, options, scoring)
        expected = [oracle.walk(sentence) for sentence in corpus + unseen]
    except ZeroDivisionError:  # NPMI of what makes up the whole corpus
        return
    assert list(model.vocab.items()) == list(oracle.vocab.items())
    assert model.corpus_word_count == oracle.n_words
    joined = [[token for token, _ in result] for result in expected]
    assert list(model[corpus + unseen]) == joined
    assert [model[sentence] for sentence in corpus + unseen] == joined
    assert [list(model.analyze_sentence(sentence)) for sentence in corpus + unseen] == expected
    found = {token: score for result in expected for token, score in result if score is not None}
    assert list(model.find_phrases(corpus + unseen).items()) == list(found.items())


@settings(deadline=None, max_examples=200)
@given(sentences, options.filter(lambda options: options["delimiter"]), scorings, sentences)
def test_frozen_phrases_are_those_exported(corpus, options, scoring, unseen):
    try:
        model, oracle = make(corpus, options, scoring)
        expected = oracle.exported()
    except ZeroDivisionError:
        return
    frozen = model.freeze()
    assert list(model.export_phrases().items()) == list(expected.items())
    assert frozen.phrasegrams == expected

    def candidate(words):
        text = options["delimiter"].join(words)
        return (text, expected[text]) if text in expected else None

    walked = [oracle.walk(sentence, candidate) for sentence in corpus + unseen]
    assert list(frozen[corpus + unseen]) == [[token for token, _ in result] for result in walked]
    assert [list(frozen.analyze_sentence(s)) for s in corpus + unseen] == walked
    found = {token: score for result in walked for token, score in result if score is not None}
    assert frozen.find_phrases(corpus + unseen) == found


@settings(deadline=None)
@given(st.lists(sentences, min_size=1, max_size=4), options)
def test_more_sentences_are_counted_apart_and_merged(corpora, options):
    model = Phrases(**options)
    vocab, n_words, floor = {}, 0, 1
    size = options["max_vocab_size"]
    for corpus in corpora:
        model.add_vocab(iter(corpus))
        more, n, new_floor = reference.count(
            corpus, options["delimiter"], options["connector_words"], size
        )
        n_words += n
        if not vocab:
            vocab = more
        else:
            floor = max(floor, new_floor)
            vocab |= {text: vocab.get(text, 0) + count for text, count in more.items()}
            if len(vocab) > size:
                vocab = {text: count for text, count in vocab.items() if count >= floor}
                floor += 1
        assert list(model.vocab.items()) == list(vocab.items())
        assert (model.corpus_word_count, model.min_reduce) == (n_words, floor)


TEXT = """the bank of america opened in new york
she left new york for the bank of america
new york is not the bank of england
the king of england left for america"""
TEXT = [line.split() for line in TEXT.splitlines()]
# What gensim 4.4 gives for TEXT.
GOLDEN = [
    (
        {"min_count": 1, "threshold": 3},
        {
            "the_bank": 5.833333333333333,
            "bank_of": 5.833333333333333,
            "new_york": 7.777777777777778,
            "of_england": 4.375,
        },
        ["she", "left", "new_york", "for", "the_bank", "of", "america"],
    ),
    (
        {"min_count": 2, "threshold": 0.7, "scoring": "npmi"},
        {
            "the_bank": 0.8784676597646474,
            "bank_of": 0.8784676597646474,
            "new_york": 1.0,
            "of_england": 0.75,
        },
        ["she", "left", "new_york", "for", "the_bank", "of", "america"],
    ),
    (
        {"min_count": 1, "threshold": 1, "connector_words": ENGLISH_CONNECTOR_WORDS},
        {"bank_of_america": 2.7777777777777777, "new_york": 5.555555555555555},
        ["she", "left", "new_york", "for", "the", "bank_of_america"],
    ),
]


@pytest.mark.parametrize(("options", "phrases", "second"), GOLDEN, ids=["original", "npmi", "of"])
def test_recorded_results(options, phrases, second):
    model = Phrases(TEXT, **options)
    exported = model.export_phrases()
    assert list(exported) == list(phrases)
    # Logarithms may differ in the last bit from one C library to another.
    assert exported == pytest.approx(phrases, rel=1e-14)
    assert model[TEXT[1]] == model.freeze()[TEXT[1]] == second


def test_bigrams_of_bigrams():
    corpus = [["new", "york", "times"], ["the", "new", "york", "times"], ["times"]]
    bigrams = Phrases(corpus, min_count=1, threshold=0.1)
    trigrams = Phrases(bigrams[corpus], min_count=1, threshold=0.1)
    assert dict(trigrams.vocab) == reference.count(bigrams[corpus])[0]
    assert trigrams[bigrams[["a", "new", "york", "times"]]] == ["a", "new_york_times"]


def test_npmi_of_known_values():
    model = Phrases([["a", "b"], ["a", "b"], ["a", "c"]], 1, -1, scoring="npmi")
    # p(a) = 1/2, p(b) = 1/3, p(ab) = 1/3: log(2) / log(3), computed by hand
    assert model.export_phrases()["a_b"] == pytest.approx(0.6309297535714575, abs=1e-15)


def test_original_score_of_known_values():
    model = Phrases([["a", "b"], ["a", "b"], ["a", "c"]], 1, 0.1)
    # (2 - 1) / (3 * 2) * 5 words and phrases
    assert model.export_phrases() == {"a_b": pytest.approx(5 / 6, abs=1e-15)}


# ---- gensim itself, where it is installed -----------------------------------


@pytest.fixture(scope="module")
def gensim_phrases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module("gensim.models.phrases")
        except ImportError:
            pytest.skip("gensim is not installed")


def outcome(function):
    try:
        return function()
    except (ValueError, ZeroDivisionError):
        return "refused"


@settings(deadline=None, max_examples=200)
@given(sentences, options, scorings, sentences)
def test_gensim_gives_the_same(gensim_phrases, corpus, options, scoring, more):
    options = options | {"scoring": scoring[0], "threshold": scoring[1]}
    ours, theirs = Phrases(corpus, **options), gensim_phrases.Phrases(corpus, **options)
    for _ in range(2):
        assert list(ours.vocab.items()) == list(theirs.vocab.items())
        assert ours.min_reduce == theirs.min_reduce
        assert str(ours) == str(theirs)
        for text in (corpus, more):
            assert outcome(lambda t=text: list(ours[t])) == outcome(lambda t=text: list(theirs[t]))
            assert outcome(lambda t=text: list(ours.find_phrases(t).items())) == outcome(
                lambda t=text: list(theirs.find_phrases(t).items())
            )
        if options["delimiter"]:
            assert outcome(lambda: list(ours.export_phrases().items())) == outcome(
                lambda: list(theirs.export_phrases().items())
            )
        ours.add_vocab(more)
        theirs.add_vocab(more)


def test_gensim_has_the_same_connector_words(gensim_phrases):
    assert gensim_phrases.ENGLISH_CONNECTOR_WORDS == ENGLISH_CONNECTOR_WORDS
    assert len(ENGLISH_CONNECTOR_WORDS) == 15


def test_the_alias_is_the_class():
    from word2vec import Phraser

    assert Phraser is FrozenPhrases
