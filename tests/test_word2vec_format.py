"""word2vec's text and binary files, to the last bit and byte."""

import bz2
import gzip
import io
import lzma
import os
import re
from pathlib import Path

import numpy as np
import pytest
from format_cases import (
    HARD_VALUES,
    KEYS,
    VECTORS,
    floats32,
    read_text,
    same_bits,
    text_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from word2vec.errors import (
    FormatError,
    MissingDependencyError,
    ParameterError,
    TruncatedFileError,
)
from word2vec.io import word2vec_format
from word2vec.io.word2vec_format import read, write, write_counts

GOLDEN = Path(__file__).parent / "golden"

# ---- golden files ----------------------------------------------------------


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_golden_files_are_written_and_read_byte_for_byte(binary):
    data = (GOLDEN / ("vectors.bin" if binary else "vectors.txt")).read_bytes()
    assert text_of(KEYS, VECTORS, binary=binary) == data
    found = read_text(data, binary=binary)
    assert found.keys == KEYS
    assert same_bits(found.vectors, VECTORS)
    assert_array_equal(found.counts, [6, 5, 4, 3, 2, 1])


def test_golden_vocabulary_file():
    data = (GOLDEN / "vectors.vocab").read_bytes()
    keys, counts = ["the", "of", "日本"], [70, 5, 0]
    file = io.BytesIO()
    write_counts(file, keys, counts)
    assert file.getvalue() == data
    text = text_of(keys, VECTORS[:3])
    assert_array_equal(read_text(text, fvocab=GOLDEN / "vectors.vocab").counts, counts)


def test_files_of_the_c_tool_are_read():
    """word2vec.c puts a space behind each number and a newline behind each row."""
    text = read_text(b"2 3\n</s> 0.002001 0.002210 -0.001915 \nthe -0.1 0.2 1 \n")
    assert text.keys == ["</s>", "the"]
    assert_array_equal(text.vectors[0], np.array([0.002001, 0.002210, -0.001915], np.float32))
    rows = VECTORS[:2].tobytes()
    binary = read_text(b"2 3\n</s> " + rows[:12] + b"\nthe " + rows[12:] + b"\n", binary=True)
    assert binary.keys == ["</s>", "the"]
    assert same_bits(binary.vectors, VECTORS[:2])


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_gensim_writes_and_reads_the_same(tmp_path, binary):
    gensim = pytest.importorskip("gensim.models", reason="compares with an installed gensim")
    generator = np.random.default_rng(2)
    vectors = (generator.standard_normal((50, 7)) * 0.1).astype(np.float32)
    keys = [f"wörd{row}" for row in range(50)]
    peer = gensim.KeyedVectors(7)
    peer.add_vectors(keys, vectors)
    peer.save_word2vec_format(str(tmp_path / "peer"), binary=binary)
    assert text_of(keys, vectors, binary=binary) == (tmp_path / "peer").read_bytes()
    found = read(tmp_path / "peer", binary=binary)
    assert found.keys == keys
    assert_array_equal(found.vectors, vectors)


# ---- round trips -----------------------------------------------------------

plain_keys = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\v\f\r"))


@given(st.lists(plain_keys, unique=True, max_size=6), st.data(), st.booleans())
@settings(deadline=None)
def test_any_keys_and_values_come_back(keys, data, binary):
    size = data.draw(st.integers(1, 4))
    values = data.draw(st.lists(floats32, min_size=len(keys) * size, max_size=len(keys) * size))
    vectors = np.array(values, dtype=np.float32).reshape(len(keys), size)
    found = read_text(text_of(keys, vectors, binary=binary), binary=binary)
    assert found.keys == keys
    assert found.vectors.shape == vectors.shape
    assert same_bits(found.vectors, vectors)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_pieces_of_any_size_give_the_same(monkeypatch, chunk, binary):
    monkeypatch.setattr(word2vec_format, "_CHUNK", chunk)
    monkeypatch.setattr(word2vec_format, "_FIRST_FLOATS", 1)  # the array must grow
    monkeypatch.setattr(word2vec_format, "_ROWS_AT_ONCE", chunk)
    found = read_text(text_of(KEYS, VECTORS, binary=binary), binary=binary)
    assert found.keys == KEYS
    assert same_bits(found.vectors, VECTORS)


def test_a_key_longer_than_a_piece_is_read(monkeypatch):
    monkeypatch.setattr(word2vec_format, "_CHUNK", 16)
    keys = ["k" * 100_000, "b"]
    for binary in (False, True):
        assert read_text(text_of(keys, VECTORS[:2], binary=binary), binary=binary).keys == keys


@pytest.mark.parametrize(
    ("suffix", "decompress"),
    [(".gz", gzip.decompress), (".bz2", bz2.decompress), (".xz", lzma.decompress), (".zst", None)],
)
def test_names_decide_the_compression(tmp_path, suffix, decompress):
    path = tmp_path / f"vectors.txt{suffix}"
    if decompress is None:
        zstandard = pytest.importorskip("zstandard", reason="optional package")
        decompress = zstandard.ZstdDecompressor().decompressobj().decompress
    write(path, KEYS, VECTORS)
    assert decompress(path.read_bytes()) == (GOLDEN / "vectors.txt").read_bytes()
    found = read(str(path))
    assert found.keys == KEYS
    assert same_bits(found.vectors, VECTORS)
    assert os.listdir(tmp_path) == [path.name]


def test_compressed_files_are_reproducible(tmp_path):
    for name in ("a.gz", "b.gz"):
        write(tmp_path / name, KEYS, VECTORS)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_zst_without_its_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(MissingDependencyError, match=r"pip install \'word2vec-hogwild\[zst\]\'"):
        write(tmp_path / "x.zst", KEYS, VECTORS)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_vectors_are_read_into_the_type_asked_for(dtype, binary):
    vectors = np.array([[0.5, -1.25]], dtype=np.float32)
    found = read_text(text_of(["a"], vectors, binary=binary), binary=binary, datatype=dtype)
    assert found.vectors.dtype == dtype
    assert_array_equal(found.vectors, vectors)


def test_float64_text_keeps_all_digits():
    vectors = np.array([[1 / 3, 0.1, 1e300], [np.pi, -0.0, np.inf]])
    found = read_text(text_of(["a", "b"], vectors), datatype=np.float64)
    assert_array_equal(found.vectors, vectors)
    for bad in (b"1 2\na 1\n", b"1 2\na 1 x\n", b"1 2\na 1 1_0\n"):
        with pytest.raises(FormatError, match="line 2"):
            read_text(bad, datatype=np.float64)


# ---- options of writing ----------------------------------------------------


def test_header_prefix_and_order():
    order = np.array([1, 0])
    text = text_of(["a", "b"], VECTORS[:2, :1], order=order, total=9, prefix="P_")
    assert text == b"9 1\nP_b 0.33333334\nP_a 0.1\n"
    assert text_of(["a"], VECTORS[:1, :1], write_header=False) == b"a 0.1\n"


def test_appending_writes_behind(tmp_path):
    path = tmp_path / "x"
    write(path, ["a"], VECTORS[:1], total=2)
    write(path, ["b"], VECTORS[1:2], write_header=False, append=True)
    assert read(path).keys == ["a", "b"]


@pytest.mark.parametrize("space", [" ", "\t", "\n", "\v", "\f", "\r"])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_keys_with_whitespace_are_refused(tmp_path, space, binary):
    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(FormatError, match="contains whitespace"):
        write(tmp_path / "x", ["a", f"new{space}york"], VECTORS[:2], binary=binary)
    with pytest.raises(FormatError, match="contains whitespace"):
        write_counts(tmp_path / "x", [f"new{space}york"], [1])
    with pytest.raises(FormatError, match="contains whitespace"):
        write(tmp_path / "x", ["a"], VECTORS[:1], prefix=space, binary=binary)
    assert (tmp_path / "x").read_bytes() == b"old"


def test_keys_that_are_not_utf8_are_refused():
    with pytest.raises(FormatError, match="UTF-8"):
        text_of(["\udc80"], VECTORS[:1])


def test_other_keys_are_written_as_text():
    assert read_text(text_of([7, b"b"], VECTORS[:2])).keys == ["7", "b"]
    with pytest.raises(FormatError, match="same text"):
        text_of([1, "1"], VECTORS[:2])


# ---- options of reading ----------------------------------------------------

TEXT = b"3 2\na 1 2\nb 3 4\nc 5 6\n"


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 4, None])
def test_limit_reads_the_first_rows(limit):
    found = read_text(TEXT, limit=limit)
    n = 3 if limit is None else min(limit, 3)
    assert found.keys == ["a", "b", "c"][:n]
    assert found.vectors.shape == (n, 2)
    assert_array_equal(found.counts, np.arange(n, 0, -1))


def test_a_limit_below_zero_is_refused():
    with pytest.raises(ParameterError, match="limit"):
        read_text(TEXT, limit=-1)


@pytest.mark.parametrize("datatype", [np.int32, "U5", object])
def test_vectors_are_floats(datatype):
    with pytest.raises(ParameterError, match="float type"):
        read_text(TEXT, datatype=datatype)


@pytest.mark.parametrize("limit", [None, 2, 99])
def test_text_without_a_header(limit):
    found = read_text(TEXT.partition(b"\n")[2], no_header=True, limit=limit)
    assert found.keys == ["a", "b", "c"][:limit]
    assert_array_equal(found.vectors, np.arange(1, 7).reshape(3, 2)[:limit])


def test_binary_files_need_a_header():
    with pytest.raises(NotImplementedError, match="only available for text"):
        read_text(TEXT, binary=True, no_header=True)


def test_tabs_blank_lines_and_returns_are_taken():
    found = read_text(b"3 2\r\na\t1  2 \r\n\r\n  \nb 3 4\nc 5\t 6\t\n\n \n")
    assert found.keys == ["a", "b", "c"]
    assert_array_equal(found.vectors, [[1, 2], [3, 4], [5, 6]])


def test_keys_in_another_encoding():
    text = "1 1\nñ 1\n".encode("latin1")
    assert read_text(text, encoding="latin1").keys == ["ñ"]
    with pytest.raises(UnicodeDecodeError):
        read_text(text)
    assert read_text(text, unicode_errors="ignore").keys == [""]
    assert read_text(text, unicode_errors="replace").keys == ["\ufffd"]


def test_counts_that_are_missing_are_zero_and_reported(caplog):
    found = read_text(TEXT, fvocab=io.BytesIO(b"c 7\na 9\n"))
    assert_array_equal(found.counts, [9, 0, 7])
    assert "1 keys are missing, the first is 'b'" in caplog.text


@pytest.mark.parametrize("line", [b"a", b"a 1 2", b"a x", b""])
def test_malformed_vocabulary_files_are_refused(line):
    with pytest.raises(FormatError, match="line 2 of the vocabulary"):
        read_text(TEXT, fvocab=io.BytesIO(b"a 1\n" + line + b"\n"))
    with pytest.raises(UnicodeDecodeError):
        read_text(TEXT, fvocab=io.BytesIO(b"\xff 1\n"))


# ---- damaged and lying files -----------------------------------------------


def test_every_truncation_of_text_is_noticed():
    data = (GOLDEN / "vectors.txt").read_bytes()
    last_number = data.rindex(b" ") + 1
    for size in range(len(data)):
        if size <= last_number or data[last_number:size] in (b"1e", b"1e+"):
            with pytest.raises(FormatError):
                read_text(data[:size])
        else:  # a shorter number is a number
            with pytest.raises(UserWarning, match="does not end with a newline"):
                read_text(data[:size])


def test_every_truncation_of_binary_is_noticed():
    data = (GOLDEN / "vectors.bin").read_bytes()
    for size in range(len(data)):
        with pytest.raises(FormatError) as caught:
            read_text(data[:size], binary=True)
        if size > data.index(b"\n"):
            assert isinstance(caught.value, EOFError)
            assert "unexpected end of input" in str(caught.value)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_a_header_that_promises_more_is_an_end_of_file_error(binary):
    data = text_of(KEYS, VECTORS, binary=binary, total=10**15)
    with pytest.raises(EOFError, match=f"{10**15} rows expected, 6 found"):
        read_text(data, binary=binary)
    with pytest.raises(TruncatedFileError):
        read_text(data, binary=binary, limit=7)
    assert len(read_text(data, binary=binary, limit=6).keys) == 6


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_a_header_that_promises_less_is_reported(binary):
    data = text_of(KEYS, VECTORS, binary=binary, total=2)
    with pytest.warns(UserWarning, match="counts 2 rows but more data follow"):
        found = read_text(data, binary=binary)
    assert found.keys == KEYS[:2]
    assert read_text(data, binary=binary, limit=1).keys == KEYS[:1]


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_of_repeated_keys_the_first_is_kept_and_one_warning_given(binary):
    keys = ["a", "b", "a", "a", "c"]
    rows = [text_of([key], VECTORS[n : n + 1], binary=binary, write_header=False)
            for n, key in enumerate(keys)]  # fmt: skip
    with pytest.warns(UserWarning, match="2 of 5 rows repeat a key") as caught:
        found = read_text(b"5 3\n" + b"".join(rows), binary=binary)
    assert len(caught) == 1
    assert found.keys == ["a", "b", "c"]
    assert same_bits(found.vectors, VECTORS[[0, 1, 4]])
    assert_array_equal(found.counts, [5, 4, 1])


@pytest.mark.parametrize(
    "line", [b"b 3", b"b 3 4 5", b"b 3 x", b"b", b"b 3 4e", b"b 3 nan1", b"b c 3 4", b"3 4"]
)
def test_malformed_lines_are_named(line):
    message = r"invalid vector on line 3 \(is this really the text format\?\)"
    with pytest.raises(FormatError, match=message) as caught:
        read_text(b"3 2\na 1 2\n" + line + b"\nc 5 6\n")
    assert repr(line)[2:-1] in str(caught.value)


@pytest.mark.parametrize("header", [b"", b"x", b"3", b"1 2 3", b"a 2", b"3 2.0", b"a 1 2"])
def test_malformed_headers_are_refused(header):
    with pytest.raises(FormatError, match=r"n_words vector_size.*no_header"):
        read_text(header + b"\na 1 2\n")


@pytest.mark.parametrize("header", [b"3 0", b"3 -1", b"3 1048577", b"3 99999999999999999999"])
@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
def test_impossible_vector_sizes_are_refused(header, binary):
    with pytest.raises(FormatError, match="must be from 1 to 1048576"):
        read_text(header + b"\na 1 2\n", binary=binary)


def test_a_negative_count_is_refused():
    with pytest.raises(FormatError, match="-3 rows"):
        read_text(b"-3 2\na 1 2\n")


def test_no_header_needs_a_vector_on_the_first_line():
    with pytest.raises(FormatError, match="vectors of size 0"):
        read_text(b"word\n", no_header=True)


def test_an_empty_file_is_truncated():
    with pytest.raises(TruncatedFileError, match="empty"):
        read_text(b"")


def test_a_lying_header_asks_for_no_memory():
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(TruncatedFileError):
            read_text(b"1000000000000 1000\na" + b" 1" * 1000 + b"\n")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64 * 2**20


def test_an_endless_first_line_is_given_up(monkeypatch):
    monkeypatch.setattr(word2vec_format, "_MAX_LINE", 1000)
    monkeypatch.setattr(word2vec_format, "_CHUNK", 100)

    class Endless(io.RawIOBase):
        asked = 0

        def read(self, size=-1):
            self.asked += size
            assert self.asked < 100_000
            return b"1" * size

    with pytest.raises(FormatError):
        read(Endless())


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    def fail(*_args):
        raise RuntimeError("disk on fire")

    (tmp_path / "x.txt.gz").write_bytes(b"old")
    monkeypatch.setattr(word2vec_format, "_text_rows", fail)
    with pytest.raises(RuntimeError, match="on fire"):
        write(tmp_path / "x.txt.gz", KEYS, VECTORS)
    assert (tmp_path / "x.txt.gz").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.txt.gz"]


def test_open_files_stay_open(tmp_path):
    with (tmp_path / "x").open("w+b") as file:
        write(file, ["a"], VECTORS[:1])
        file.write(b"behind")
        file.seek(0)
        with pytest.warns(UserWarning, match="more data follow"):
            assert read(file).keys == ["a"]
        assert not file.closed


def test_the_documented_text_form():
    text = text_of(["a"], HARD_VALUES[np.newaxis])
    assert re.fullmatch(rb"1 23\na( (-?\d+\.\d+|-?\d(\.\d+)?e[+-]\d\d|-?inf|nan)){23}\n", text)
