"""Corpus readers: the same sentences from every kind of file, again and again."""

import bz2
import gzip
import io
import lzma
import os
import sys
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from word2vec.errors import CorpusTypeError, MissingDependencyError, ParameterError
from word2vec.text.readers import (
    BrownCorpus,
    LineSentence,
    PathLineSentences,
    Text8Corpus,
    corpus_files,
    open_binary,
)


def zst(data: bytes) -> bytes:
    zstandard = pytest.importorskip("zstandard")
    half = len(data) // 2  # two frames, as concatenated files have
    compress = zstandard.ZstdCompressor().compress
    return compress(data[:half]) + compress(data[half:])


COMPRESS = {
    ".txt": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zst,
}
TEXT = "the king rules\n\n  the\u00a0queen\trules \r\n人工智慧 rules".encode()
SENTENCES = [["the", "king", "rules"], ["the", "queen", "rules"], ["人工智慧", "rules"]]


def written(tmp_path, data=TEXT, name="corpus.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("suffix", [*COMPRESS, ".GZ"])
def test_plain_and_compressed_files_give_the_same_sentences(tmp_path, suffix, kind):
    path = written(tmp_path, COMPRESS[suffix.lower()](TEXT), "corpus" + suffix)
    reader = LineSentence(kind(path))
    assert list(reader) == SENTENCES
    assert list(reader) == SENTENCES  # restartable


@pytest.mark.parametrize("suffix", COMPRESS)
def test_open_binary_reads_any_file_in_parts(tmp_path, suffix):
    data = TEXT * 50
    path = written(tmp_path, COMPRESS[suffix](data), "corpus" + suffix)
    with open_binary(path) as stream:
        parts = list(iter(lambda: stream.read(1000), b""))
    assert b"".join(parts) == data
    assert stream.closed


def test_zst_without_its_package_names_the_cure(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'word2vec-hogwild\[zst\]'"):
        list(LineSentence(written(tmp_path, name="corpus.zst")))


def test_open_files_are_rewound_and_left_open(tmp_path):
    with open(written(tmp_path), "rb") as stream:
        stream.read(5)
        reader = LineSentence(stream)
        assert list(reader) == list(reader) == SENTENCES
        assert not stream.closed


def test_text_files_are_read_by_line_sentence_as_gensim_does():
    reader = LineSentence(io.StringIO("a b\nc\n"))
    assert list(reader) == list(reader) == [["a", "b"], ["c"]]


def test_streams_that_cannot_seek_are_read_once():
    class Pipe(io.RawIOBase):
        data = io.BytesIO(TEXT)

        def readable(self):
            return True

        def seekable(self):
            return False

        def readinto(self, buffer):
            return self.data.readinto(buffer)

    assert list(LineSentence(io.BufferedReader(Pipe()))) == SENTENCES


@pytest.mark.parametrize(
    ("source", "message"), [(5, "got 5 instead"), (io.StringIO("a"), "binary mode")], ids=str
)
def test_open_binary_refuses_what_is_no_binary_file(source, message):
    with pytest.raises(CorpusTypeError, match=message), open_binary(source):
        pass


def test_missing_files_are_reported_when_read(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(LineSentence(tmp_path / "none"))


def test_damaged_compressed_files_are_errors(tmp_path):
    path = written(tmp_path, gzip.compress(TEXT * 100)[:-20], "corpus.gz")
    with pytest.raises(EOFError):
        list(LineSentence(path))


def test_invalid_utf8_is_replaced_counted_and_reported_once(tmp_path, caplog):
    reader = LineSentence(written(tmp_path, b"a\xff b\n\xe2\x82 c\xef\xbf\xbd\n\xc0\n"))
    for _ in range(2):
        caplog.clear()
        assert list(reader) == [["a\ufffd", "b"], ["\ufffd", "c\ufffd"], ["\ufffd"]]
        assert reader.invalid_sequences == 3
        (record,) = caplog.records
        assert record.levelname == "WARNING"
        assert "corpus.txt: replaced 3 invalid UTF-8 sequences" in record.getMessage()


def test_valid_utf8_is_not_reported(tmp_path, caplog):
    list(LineSentence(written(tmp_path)))
    assert not caplog.records


@given(st.integers(1, 12), st.integers(1, 12))
def test_long_lines_are_cut_and_lose_no_word(n_words, length):
    words = [str(i) for i in range(n_words)]
    pieces = list(LineSentence(io.BytesIO(" ".join(words).encode()), length))
    assert list(chain.from_iterable(pieces)) == words
    assert [len(piece) for piece in pieces[:-1]] == [length] * (len(pieces) - 1)
    assert 1 <= len(pieces[-1]) <= length


def test_limit_counts_lines_of_each_file(tmp_path):
    written(tmp_path, b"a\n\nb\nc\n", "1.txt")
    written(tmp_path, b"d\n", "2.txt")
    assert list(LineSentence(tmp_path / "1.txt", limit=3)) == [["a"], ["b"]]
    assert list(PathLineSentences(tmp_path, limit=1)) == [["a"], ["d"]]


@pytest.mark.parametrize("reader", [LineSentence, Text8Corpus])
def test_sentences_need_room_for_a_word(reader):
    with pytest.raises(ParameterError, match="max_sentence_length=0"):
        reader("corpus", max_sentence_length=0)


@pytest.mark.parametrize("kind", [str, Path])
def test_folders_are_read_by_name_and_not_below(tmp_path, kind):
    written(tmp_path, b"second\n", "b.txt")
    written(tmp_path, gzip.compress(b"first\n"), "a.gz")
    (tmp_path / "c").mkdir()
    written(tmp_path / "c", b"hidden\n")
    reader = PathLineSentences(kind(tmp_path))
    assert [os.path.basename(path) for path in reader.input_files] == ["a.gz", "b.txt"]
    assert list(reader) == list(reader) == [["first"], ["second"]]


def test_path_line_sentences_takes_one_file(tmp_path):
    path = written(tmp_path)
    reader = PathLineSentences(str(path))
    assert reader.input_files == [str(path)]
    assert list(reader) == SENTENCES


def test_path_line_sentences_refuses_what_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="input is neither a file nor a path"):
        PathLineSentences(tmp_path / "none")


@pytest.mark.parametrize("read_bytes", [1, 3, 1 << 18])
@pytest.mark.parametrize("length", [1, 3, 100])
def test_text8_cuts_one_stream_of_words(tmp_path, monkeypatch, read_bytes, length):
    monkeypatch.setattr("word2vec.text.readers._READ_BYTES", read_bytes)
    words = [f"w{i}é" for i in range(10)] + ["longer" * 5]
    reader = Text8Corpus(written(tmp_path, " ".join(words).encode()), length)
    expected = [words[i : i + length] for i in range(0, len(words), length)]
    assert list(reader) == list(reader) == expected


def test_text8_of_an_empty_file_has_no_sentence(tmp_path):
    assert list(Text8Corpus(written(tmp_path, b" \n"))) == []


def test_brown_corpus_gives_words_with_short_tags(tmp_path):
    (tmp_path / "folder").mkdir()
    written(tmp_path, b"\tTwo/cd-tl sentences/nns ./.\n\n,/, ''/''\n", "cb")
    written(tmp_path, b"The/at Fulton/np-tl and/or/cc said/vbd alone", "ca")
    assert list(BrownCorpus(tmp_path)) == [
        ["the/at", "fulton/np", "said/vb"],
        ["two/cd", "sentences/nn"],
    ]


def test_corpus_files_takes_one_or_many(tmp_path):
    path, stream = written(tmp_path), io.BytesIO(TEXT)
    assert corpus_files(str(path)) == [str(path)]
    assert corpus_files(path) == [path]
    assert corpus_files((path, str(path), stream)) == [path, str(path), stream]


@pytest.mark.parametrize("bad", [5, None, [], ["ok", 5], io.StringIO("a"), {"a": 1}], ids=repr)
def test_corpus_files_refuses_what_is_no_file(tmp_path, monkeypatch, bad):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, name="ok")
    message = "Parameter corpus_file must be a valid path to a file, got .* instead"
    with pytest.raises(TypeError, match=message):
        corpus_files(bad)


def test_corpus_files_refuses_folders_and_says_what_reads_them(tmp_path):
    with pytest.raises(CorpusTypeError, match="PathLineSentences"):
        corpus_files(tmp_path)


def test_corpus_files_refuses_files_that_are_not_there(tmp_path):
    for builtin in (FileNotFoundError, TypeError):  # gensim raises the second
        with pytest.raises(builtin, match=r"must be a valid path to a file, got .*none"):
            corpus_files([written(tmp_path), tmp_path / "none"])
