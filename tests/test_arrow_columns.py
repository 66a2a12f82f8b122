"""Columns of Arrow train the bits that their lists train, without being iterated."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec import Word2Vec
from word2vec.errors import CorpusTypeError
from word2vec.text import arrow_columns
from word2vec.text.arrow_columns import ArrowSentences, bulk_reader, sentences_of
from word2vec.text.vocabulary import scan_sentences
from word2vec.training.batches import IterableSource

OPTIONS = {"vector_size": 6, "min_count": 1, "epochs": 2, "batch_words": 40, "workers": 1}
WORDS = [f"w{i}" for i in range(30)] + ["人工", "", "two words"]
TEXTS = pa.string(), pa.large_string(), pa.dictionary(pa.int16(), pa.string())
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=15)


def corpus(n=60, seed=1):
    generator = np.random.default_rng(seed)
    lengths = generator.integers(0, 12, n)
    return [[WORDS[i] for i in generator.integers(0, len(WORDS), length)] for length in lengths]


def columns(sentences):
    """One corpus in every kind of column."""
    for words in TEXTS:
        yield pa.array(sentences, pa.list_(words))
        yield pa.array(sentences, pa.large_list(words))
    half = len(sentences) // 2
    parts = [sentences[:half], [], sentences[half:]]
    yield pa.chunked_array(parts, pa.list_(pa.string()))
    chunks = [pa.array(part, pa.list_(TEXTS[2])) for part in parts]
    yield pa.chunked_array(chunks)  # of several dictionaries
    yield pa.array([["x"], *sentences, ["y"]], pa.list_(TEXTS[2])).slice(1, len(sentences))
    yield pa.array([["x"], *sentences, ["y"]], pa.list_(pa.string())).slice(1, len(sentences))


def sentences_in(blocks):
    return [
        (block.tokens[block.offsets[i] : block.offsets[i + 1]].tolist(), int(n))
        for block in blocks
        for i, n in enumerate(block.words)
    ]


@settings(max_examples=80, deadline=None)
@given(sentences=SENTENCES, piece_words=st.integers(1, 60))
def test_scan_and_ids_are_those_of_the_lists(sentences, piece_words):
    expected = scan_sentences(sentences)
    known = {word: i for i, word in enumerate([*WORDS[::2], 7])}
    ids = [([known[w] for w in words if w in known], len(words)) for words in sentences]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrow_columns, "_PIECE_WORDS", piece_words)
        for column in columns(sentences):
            found = ArrowSentences(column)
            raw = found.scan()
            assert raw.words == expected.words
            assert raw.counts.tolist() == expected.counts.tolist()
            assert (raw.n_words, raw.n_sentences) == (expected.n_words, expected.n_sentences)
            blocks = list(found.blocks(known))
            assert sentences_in(blocks) == ids
            assert all(b.tokens.dtype == np.int32 for b in blocks)
            assert list(found) == sentences
            assert len(found) == len(sentences)


def test_models_have_the_same_bits():
    sentences = corpus()
    expected = Word2Vec(sentences, **OPTIONS)
    for column in columns(sentences):
        model = Word2Vec(column, **OPTIONS)
        assert model.wv.index_to_key == expected.wv.index_to_key
        assert model.latest_counts == expected.latest_counts
        np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)
        np.testing.assert_array_equal(model.syn1neg, expected.syn1neg)


@pytest.mark.parametrize("options", [{"max_vocab_size": 12}, {"workers": 2}, {"cache_corpus": 1}])
def test_options_of_the_scan_and_of_epochs_hold_too(options):
    options = OPTIONS | {"batch_words": 10_000} | options
    column, expected = pa.array(corpus()), Word2Vec(corpus(), **options)
    model = Word2Vec(column, **options)
    assert model.wv.index_to_key == expected.wv.index_to_key
    np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)


def test_words_may_be_numbers():
    items = [[3, 1, 2], [1, 3], [], [2, 2, 1]] * 20
    expected = Word2Vec(items, **OPTIONS)
    for column in (pa.array(items, pa.list_(pa.int32())), pa.array(items)):
        model = Word2Vec(column, **OPTIONS)
        assert model.wv.index_to_key == expected.wv.index_to_key
        np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)
    pairs = pa.array([[1, 2], [3, 1]] * 5, pa.list_(pa.int64(), 2))  # fixed_size_list
    assert Word2Vec(pairs, **OPTIONS).corpus_total_words == 20


def test_later_corpora_may_be_columns():
    expected = Word2Vec(corpus(), **OPTIONS)
    model = Word2Vec(pa.array(corpus()), **OPTIONS)
    for each, more in ((expected, corpus(20, 5)), (model, pa.array(corpus(20, 5)))):
        each.build_vocab(more, update=True)
        each.train(more, total_examples=20, epochs=1)
    np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)


def test_a_subclass_that_sees_jobs_gets_lists():
    seen = []

    class Watching(Word2Vec):
        def _do_train_job(self, sentences, alpha, inits):
            seen.extend(sentences)
            return super()._do_train_job(sentences, alpha, inits)

    Watching(pa.array(corpus()), **(OPTIONS | {"epochs": 1}))
    assert seen == corpus()


def test_no_list_is_made(monkeypatch):
    monkeypatch.setattr(ArrowSentences, "__iter__", lambda self: pytest.fail("iterated"))
    model = Word2Vec(pa.array(corpus()), **OPTIONS)
    assert model.latest_counts[1] == 2 * sum(map(len, corpus()))


def test_ids_are_kept_because_columns_do_not_change():
    source = IterableSource(sentences_of(pa.array(corpus())), {"w1": 0}, 40)
    assert source.keeps
    assert source.n_sentences == 60
    assert not IterableSource(iter([]), {}, 40).keeps


def test_other_corpora_stay_what_they_are():
    for other in ([["a"]], iter([]), {"a": 1}):
        assert sentences_of(other) is other
        assert bulk_reader(other) is None


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array(["a b", "c"]), "column holds string: .*utf8_split_whitespace"),
        (pa.array([1, 2]), r"column holds int64: it must hold lists of words .*list\)\.$"),
        (pa.array([["a"], ["b", None]]), "sentence #1 holds a null"),
        (pa.array([["a"], [], None]), "sentence #2 is null: .*drop_null"),
        (pa.array([[["a"]]]), "the lists hold list<.*nested one level too deep"),
        (pa.chunked_array([[["a"]], [["b"], None]]), "sentence #2 is null"),
    ],
)
def test_what_is_no_corpus_is_named(column, message):
    with pytest.raises(CorpusTypeError, match=message):
        Word2Vec(column, **OPTIONS)


def test_null_words_of_a_dictionary_are_named():
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", None]))
    column = pa.ListArray.from_arrays(pa.array([0, 1, 2]), words)
    with pytest.raises(CorpusTypeError, match="sentence #1 holds a null"):
        Word2Vec(column, **OPTIONS)


def test_repeated_words_of_a_dictionary_are_one_word():
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1]), pa.array(["a", "b", "a"]))
    column = pa.ListArray.from_arrays(pa.array([0, 2, 4]), words)
    raw = ArrowSentences(column).scan()
    assert raw.as_dict() == {"a": 2, "b": 2}
