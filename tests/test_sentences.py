"""What counts as a sentence: it works as expected or is one error with its number and type."""

import logging
import threading

import numpy as np
import pytest

from word2vec import RULE_KEEP, Word2Vec
from word2vec.errors import CorpusTypeError, NotTrainableError

SMALL = {"vector_size": 4, "min_count": 1, "epochs": 2, "workers": 1, "sample": 0}
PLAIN = [["a", "b", "c"], ["b", "c"], ["a"]] * 4


class Changing:
    """Gives one corpus when it is scanned and another in the epochs."""

    def __init__(self, scanned, *epochs):
        self.passes = [scanned, *epochs]
        self.n = 0

    def __iter__(self):
        sentences = self.passes[min(self.n, len(self.passes) - 1)]
        self.n += 1
        return iter(sentences)


def counts_of(model):
    return {word: model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key}


@pytest.mark.parametrize(
    "made",
    [
        tuple,
        iter,
        np.array,
        lambda words: np.array(words, dtype=object),
        lambda words: (word for word in words),
        lambda words: dict.fromkeys(words).keys(),
        lambda words: map(str, words),
    ],
)
def test_any_iterable_of_words_is_a_sentence(made):
    class Corpus:
        def __iter__(self):
            return (made(words) for words in PLAIN)

    model, plain = Word2Vec(Corpus(), **SMALL), Word2Vec(PLAIN, **SMALL)
    assert counts_of(model) == counts_of(plain) == {"a": 8, "b": 8, "c": 8}
    assert model.latest_counts == plain.latest_counts == (2 * 24, 2 * 24)
    np.testing.assert_array_equal(model.wv["a"], plain.wv["a"])


def test_a_pandas_series_is_a_corpus_or_a_sentence():
    pandas = pytest.importorskip("pandas")
    series = pandas.Series(PLAIN)
    assert counts_of(Word2Vec(series, **SMALL)) == {"a": 8, "b": 8, "c": 8}
    assert Word2Vec([pandas.Series(words) for words in PLAIN], **SMALL).latest_counts == (48, 48)


def test_empty_sentences_count_as_sentences_without_words():
    model = Word2Vec([[], *PLAIN, []], **SMALL)
    assert (model.corpus_count, model.corpus_total_words) == (14, 24)
    assert model.latest_counts == (48, 48)


def test_words_of_any_kind_are_words(tmp_path):
    words = ["a", b"a", 7, ("t", 1), None, "\ud800", "with space", "", np.str_("n")]
    model = Word2Vec([words] * 3, **SMALL)
    assert model.latest_counts == (54, 54)
    assert all(word in model.wv.key_to_index for word in words)


def test_a_million_words_are_one_sentence():
    words = ["a", "b", "c", "d"] * 250_000
    model = Word2Vec([words], **SMALL | {"epochs": 1, "vector_size": 2, "window": 1})
    assert (model.corpus_count, model.latest_counts) == (1, (1_000_000, 1_000_000))


NO_SENTENCES = {
    "int": 7,
    "float": 2.5,
    "None": None,
    "object": object(),
    "ndarray": np.array("word"),
    "bytes": b"the king",
    "bytearray": bytearray(b"the king"),
    "dict": {"text": "the king"},
    "list": ["a", ["b", "c"]],
    "tuple": ("a", {"b"}),
}
CURES = {
    "bytes": "decode and split it",
    "dict": "choose the entry that holds the words",
    "list": "nested one level too deep",
    "tuple": "nested one level too deep",
}


@pytest.mark.parametrize("kind", NO_SENTENCES)
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("when", ["scan", "epoch"])
def test_what_is_no_sentence_is_named_with_its_number_and_type(kind, workers, when):
    bad = [*PLAIN, NO_SENTENCES[kind]]
    corpus = Changing(bad if when == "scan" else PLAIN, bad)
    before = set(threading.enumerate())
    with pytest.raises(CorpusTypeError, match=rf"sentence #12 .*{CURES.get(kind, kind)}"):
        Word2Vec(corpus, **SMALL | {"workers": workers})
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize("place", [0, 5])
def test_a_str_as_a_sentence_is_warned_of_once_wherever_it_stands(place, caplog):
    corpus = [*PLAIN[:place], "abc", "abc", *PLAIN]
    with caplog.at_level(logging.WARNING):
        Word2Vec(**SMALL).build_vocab(corpus)
    (record,) = caplog.records
    subject = "First item here" if place == 0 else "Sentence #5"
    assert record.getMessage() == (
        "Each 'sentences' item should be a list of words (usually unicode strings). "
        f"{subject} is instead plain <class 'str'>."
    )


# ---- a corpus that is not the one that was scanned ------------------------------------


@pytest.mark.parametrize("workers", [1, 3])
def test_a_used_up_iterator_is_an_error_in_the_first_epoch(workers):
    expected = (
        "the corpus gave 12 sentences when it was read before and none in epoch 1: it is a "
        "one-shot iterator; pass a list, or an object whose __iter__ starts anew"
    )
    for corpus in (iter(PLAIN), map(list, PLAIN), Changing(PLAIN, [])):
        with pytest.raises(CorpusTypeError) as caught:
            Word2Vec(corpus, **SMALL | {"workers": workers})
        assert str(caught.value) == expected


def test_a_used_up_iterator_is_an_error_in_a_later_epoch():
    model = Word2Vec(**SMALL)
    model.build_vocab_from_freq({"a": 8, "b": 8, "c": 8})
    with pytest.raises(TypeError, match=r"gave 12 sentences .* none in epoch 2"):
        model.train(iter(PLAIN), total_examples=12, epochs=2)


@pytest.mark.parametrize("made", [iter, lambda s: map(list, s), lambda s: (w for w in s)])
def test_a_one_shot_iterator_is_enough_for_one_pass(made):
    model = Word2Vec(**SMALL)
    model.build_vocab(made(PLAIN))
    assert model.train(made(PLAIN), total_examples=12, epochs=1) == (24, 24)


def test_an_iterator_that_starts_anew_is_a_corpus():
    class Rewinding:
        def __iter__(self):
            self.left = iter(PLAIN)
            return self

        def __next__(self):
            return next(self.left)

    assert Word2Vec(Rewinding(), **SMALL).latest_counts == (48, 48)


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("epoch", [PLAIN[:7], PLAIN * 3, [["new"], ["a", "new"]]])
def test_a_corpus_that_changes_is_warned_of_and_counted_truly(epoch, workers, caplog):
    model = Word2Vec(Changing(PLAIN, epoch), **SMALL | {"workers": workers})
    words = sum(map(len, epoch))
    known = sum(word != "new" for sentence in epoch for word in sentence)
    assert model.latest_counts == (2 * known, 2 * words)
    for number in (0, 1):
        assert (
            f"EPOCH {number}: supplied example count ({len(epoch)}) did not equal expected "
            "count (12)"
        ) in caplog.text
        assert (
            f"EPOCH {number}: supplied raw word count ({words}) did not equal expected count (24)"
        ) in caplog.text


def test_another_list_of_as_many_sentences_goes_by_sentences():
    long = [sentence * 10 for sentence in PLAIN]
    model = Word2Vec(**SMALL)
    model.build_vocab(PLAIN)
    model.train(long, total_examples=12, epochs=1)
    # The last of 12 sentences; by the words that were scanned, the end came after two.
    assert model.min_alpha_yet_reached == pytest.approx(0.0001 + 0.0249 / 12, rel=1e-4)


def test_training_in_one_step_or_two_is_the_same():
    model = Word2Vec(**SMALL)
    model.build_vocab(PLAIN)
    model.train(PLAIN, total_examples=model.corpus_count, epochs=model.epochs)
    np.testing.assert_array_equal(model.wv.vectors, Word2Vec(PLAIN, **SMALL).wv.vectors)


# ---- nothing to train ------------------------------------------------------------------


EMPTY = {
    "list": ([], "no corpus was scanned, or one without sentences"),
    "iterator": (iter([]), "no corpus was scanned, or one without sentences"),
    "empty sentences": ([[], []], "the 2 sentences of the corpus hold no words"),
    "rare words": ([["a", "b"], ["a"]], "none of the 3 words of the corpus occurs min_count=3"),
}


@pytest.mark.parametrize("case", EMPTY)
def test_an_empty_corpus_is_gensims_error_with_the_reason(case):
    corpus, reason = EMPTY[case]
    with pytest.raises(NotTrainableError) as caught:
        Word2Vec(corpus, min_count=3)
    text = str(caught.value)
    assert text.startswith("you must first build vocabulary before training the model: ")
    assert reason in text
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.parametrize("max_vocab_size", [None, 10])
@pytest.mark.parametrize("text", ["", "\n\n \t\n", "# one\n# two\n", "\u3000\n"])
def test_an_empty_file_is_the_same_error(text, max_vocab_size, tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotTrainableError, match="you must first build vocabulary") as caught:
        Word2Vec(corpus_file=path, min_count=3, max_vocab_size=max_vocab_size)
    assert ("none of the 4 words" in str(caught.value)) == text.startswith("#")


def test_a_file_that_was_emptied_is_an_error(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("a b\nb a\n")
    model = Word2Vec(**SMALL)
    model.build_vocab(corpus_file=path)
    path.write_text("")
    with pytest.raises(ValueError, match=r"had 2 sentences when it was scanned and has none now"):
        model.train(corpus_file=path, total_words=4, epochs=1)


def test_an_error_of_trim_rule_reaches_the_caller():
    def rule(word, count, min_count):
        if word == "b":
            raise LookupError("no such word")
        return RULE_KEEP

    for corpus in ({"sentences": PLAIN}, {"sentences": PLAIN, "max_vocab_size": 1}):
        with pytest.raises(LookupError, match="no such word"):
            Word2Vec(**corpus, trim_rule=rule, **SMALL)
