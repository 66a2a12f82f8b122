"""Readers of lines that are read in C give what iterating over them gives."""

import bz2
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec import LineSentence, PathLineSentences, Text8Corpus, Word2Vec
from word2vec.text.line_files import is_numbered, line_files
from word2vec.text.vocabulary import scan_sentences
from word2vec.training.batches import IterableSource

TEXT = "the king rules\n\n the\u00a0queen rules \r\n人工智慧 rules the king\n" * 40
OPTIONS = {"vector_size": 8, "min_count": 1, "epochs": 2, "batch_words": 50, "workers": 1}
WORDS = ["a", "bé", "人工", "w" * 30, "unknown", "\udcff", "\udce2\udc82"]
LINES = st.lists(st.lists(st.sampled_from(WORDS), max_size=12), max_size=12)


class Iterated(LineSentence):
    """A subclass may give anything, so it is iterated."""


def written(folder, text, name="corpus.txt"):
    path = folder / name
    path.write_bytes(text.encode(errors="surrogateescape"))
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lines")


def sentences_of(blocks):
    """Known ids and number of words of each sentence."""
    return [
        (block.tokens[block.offsets[i] : block.offsets[i + 1]].tolist(), int(n))
        for block in blocks
        for i, n in enumerate(block.words)
    ]


@settings(max_examples=150, deadline=None)
@given(
    lines=LINES,
    more=LINES,
    separator=st.sampled_from([" ", "\u3000", " \t\r "]),
    longest=st.integers(1, 14),
    chunk_bytes=st.integers(1, 200),
    workers=st.integers(1, 3),
)
def test_scan_and_ids_are_those_of_the_sentences(
    lines, more, separator, longest, chunk_bytes, workers, folder
):
    texts = ["\n".join(separator.join(words) for words in part) for part in (lines, more)]
    for name in ("a", "b"):
        written(folder, texts[name == "b"], name)
    reader = PathLineSentences(folder, max_sentence_length=longest)
    expected = scan_sentences(reader)
    n_invalid = reader.invalid_sequences
    files = line_files(reader)
    raw = files.scan(workers=workers, progress_per=1000, chunk_bytes=chunk_bytes)
    assert raw.as_dict() == expected.as_dict()
    assert list(raw.words) == expected.words
    assert (raw.n_words, raw.n_sentences) == (expected.n_words, expected.n_sentences)
    assert reader.invalid_sequences == n_invalid
    known = {word: i for i, word in enumerate(["a", "bé", 7, "人工", "w" * 30, "\ufffd"])}
    reader.invalid_sequences = 0
    assert sentences_of(files.blocks(known, chunk_bytes)) == [
        ([known[word] for word in words if word in known], len(words)) for words in reader
    ]
    assert reader.invalid_sequences == n_invalid


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("longest", [2, 10_000])
def test_models_have_the_same_bits(longest, workers, tmp_path):
    path = written(tmp_path, TEXT)
    options = OPTIONS | {"workers": workers, "batch_words": 10_000 if workers > 1 else 50}
    readers = [kind(path, max_sentence_length=longest) for kind in (LineSentence, Iterated)]
    readers.append(PathLineSentences(tmp_path, max_sentence_length=longest))
    readers.append(list(readers[0]))
    models = [Word2Vec(reader, **options) for reader in readers]
    for model in models[1:]:
        assert model.wv.index_to_key == models[0].wv.index_to_key
        assert model.corpus_count == models[0].corpus_count
        assert model.latest_counts == models[0].latest_counts
        np.testing.assert_array_equal(model.wv.vectors, models[0].wv.vectors)
        np.testing.assert_array_equal(model.syn1neg, models[0].syn1neg)


def test_compressed_files_are_read_too(tmp_path):
    (tmp_path / "corpus").write_bytes(bz2.compress(TEXT.encode()))
    expected = Word2Vec(list(LineSentence(tmp_path / "corpus")), **OPTIONS)
    model = Word2Vec(LineSentence(tmp_path / "corpus"), **OPTIONS)
    np.testing.assert_array_equal(model.wv.vectors, expected.wv.vectors)


def test_no_word_is_asked_of_a_reader_of_lines(tmp_path, monkeypatch):
    reader = LineSentence(written(tmp_path, TEXT))
    with monkeypatch.context() as patch:
        patch.setattr(LineSentence, "__iter__", lambda self: pytest.fail("iterated"))
        model = Word2Vec(reader, **OPTIONS)
    assert model.latest_counts[1] == 2 * sum(map(len, reader))


def test_what_may_give_other_sentences_is_iterated(tmp_path):
    path = written(tmp_path, TEXT)
    with path.open("rb") as stream:
        for corpus in (
            None,
            [["a"]],
            Iterated(path),
            LineSentence(path, limit=2),
            LineSentence(stream),
            LineSentence(tmp_path / "none"),
            LineSentence(os.devnull),
            Text8Corpus(path),
        ):
            assert line_files(corpus) is None
    assert line_files(LineSentence(path)) is not None

    class Shouting(LineSentence):
        def __iter__(self):
            return ([word.upper() for word in words] for words in super().__iter__())

    assert "KING" in Word2Vec(Shouting(path), **OPTIONS).wv


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError, match="none"):
        Word2Vec(LineSentence(tmp_path / "none"), **OPTIONS)


def test_max_vocab_size_prunes_in_the_order_of_sentences(tmp_path):
    path = written(tmp_path, TEXT)
    models = [
        Word2Vec(corpus, max_vocab_size=3, **OPTIONS)
        for corpus in (LineSentence(path), list(LineSentence(path)))
    ]
    assert models[0].wv.index_to_key == models[1].wv.index_to_key


def test_ids_of_another_order_are_respected(tmp_path):
    known = {"rules": 1, "the": 0}
    assert not is_numbered(known)
    source = IterableSource(LineSentence(written(tmp_path, "the king rules\n")), known, 10)
    assert sentences_of(source.epoch()) == [([0, 1], 3)]


def test_a_file_that_changes_between_epochs_is_read_anew(tmp_path):
    path = written(tmp_path, "a b\n" * 3)
    model = Word2Vec(vector_size=4, min_count=1, workers=1, sample=0)
    model.build_vocab(LineSentence(path))
    written(tmp_path, "a b\n" * 5)
    assert model.train(LineSentence(path), total_examples=5, epochs=2) == (20, 20)
