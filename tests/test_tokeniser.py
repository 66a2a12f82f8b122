"""The native tokeniser and word table against ``str.split()`` and ``Counter``."""

import subprocess
import sys
from collections import Counter
from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from word2vec.errors import CorpusError
from word2vec.text._text import WordTable, is_valid_utf8, last_separator, remap_block
from word2vec.text.chunks import valid_utf8

SEPARATORS = [chr(c) for c in range(sys.maxunicode + 1) if chr(c).isspace()]

# First and last of every range of well-formed sequences, and what lies just outside.
TRICKY = [
    b"\x80",
    b"\xc0\xa0",
    b"\xc1\xbf",
    b"\xc2",
    b"\xe0\x9f\x80",
    b"\xe0\xa0\x80",
    b"\xed\x9f\xbf",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xee\x80\x80",
    b"\xef\xbf\xbd",
    b"\xe2\x80",
    b"\xe3\x80",
    b"\xf0\x8f\x80\x80",
    b"\xf0\x90\x80\x80",
    b"\xf0\x9f\x98",
    b"\xf4\x8f\xbf\xbf",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xff",
]
PIECES = [
    *(c.encode() for c in SEPARATORS),
    *TRICKY,
    *(b"a" * n for n in (1, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65)),
    b"\x00",
    b"a\x00",
    "人工智慧".encode(),
    "\u200b".encode(),  # zero width space: not White_Space
    b"\n",
    b"\r\n",
    b" ",
    b"  ",
]
texts = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=60).map(b"".join)


def expected_sentences(text: bytes) -> list[list[str]]:
    lines = text.decode("utf-8", "replace").split("\n")
    return [words for line in lines if (words := line.split())]


def tokenise(text: bytes) -> list[list[str]]:
    table = WordTable()
    (tokens, offsets, words), _ = table.encode(valid_utf8(text)[0])
    names = list(table)
    ids = tokens.tolist()
    assert np.array_equal(np.diff(offsets), words)
    return [[names[i] for i in ids[a:b]] for a, b in pairwise(offsets)]


@given(texts)
@example(b"")
@example(b"\n\n")
@example(b" " * 64)
@example(b"a" * 64)
@example(b"a" * 62 + "\u3000b".encode())  # a separator across two chunks of 64 bytes
@example(b"a" * 63 + "\u3000b".encode())
@example(b"a" * 63 + "\u00a0b".encode())
@example(b"a" * 61 + "\u3000b".encode())
def test_words_are_those_of_str_split(text):
    assert tokenise(text) == expected_sentences(text)


@pytest.mark.parametrize("separator", SEPARATORS, ids=lambda c: f"U+{ord(c):04X}")
def test_every_unicode_separator_splits_at_every_position(separator):
    for length in range(1, 70):
        text = ("x" * length + separator + "y").encode()
        assert tokenise(text) == expected_sentences(text)


def test_no_other_character_splits():
    others = [chr(c) for c in range(0x3100) if not chr(c).isspace()]
    text = " ".join(f"a{c}b" for c in others).encode()
    assert tokenise(text) == [text.decode().split()]


def test_a_line_ends_at_a_line_feed_only():
    assert len(tokenise("a\rb\x0bc\x0cd\x1ce\x85f\u2028g\u2029h".encode())) == 1


@given(texts)
def test_utf8_is_judged_as_python_judges_it(text):
    try:
        text.decode()
        valid = True
    except UnicodeDecodeError:
        valid = False
    assert is_valid_utf8(text) is valid


@pytest.mark.parametrize("bad", TRICKY, ids=repr)
@pytest.mark.parametrize("before", [0, 1, 31, 32, 33, 64])
def test_invalid_utf8_is_found_behind_any_run_of_ascii(bad, before):
    text = b"a" * before + bad + b"b"
    decoded = text.decode("utf-8", "replace")
    assert is_valid_utf8(text) is (decoded.encode() == text)


@given(texts)
def test_invalid_sequences_are_replaced_and_counted(text):
    fixed, n_invalid = valid_utf8(text)
    decoded = text.decode("utf-8", "replace")
    assert fixed == decoded.encode()
    assert n_invalid == decoded.count("\ufffd") - text.count("\ufffd".encode())


@given(st.lists(texts, max_size=4))
def test_counts_are_those_of_counter_over_several_texts(parts):
    table, counter = WordTable(), Counter()
    for part in parts:
        table.encode(valid_utf8(part)[0], keep_ids=False)
        counter.update(part.decode("utf-8", "replace").split())
    assert list(table) == list(counter)  # in the order of first appearance
    assert table.counts().tolist() == list(counter.values())


def test_table_holds_many_words_of_all_lengths():
    words = [b"%d" % i + b"x" * (i % 40) for i in range(30_000)]
    table = WordTable()
    ids = table.add(words)
    assert ids.tolist() == list(range(len(words)))
    assert table.add(words[::-1]).tolist() == ids.tolist()[::-1]
    assert table.words() == words
    assert table[29_999] == words[29_999].decode()
    for wrong in (-1, 30_000):
        with pytest.raises(IndexError, match=r"not in \[0, 30000\)"):
            table[wrong]
    assert table.words(29_998) == words[29_998:]
    (tokens, _, _), _ = table.encode(b" ".join(words))
    assert tokens.tolist() == ids.tolist()


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_running_out_of_memory_is_an_error_and_no_crash(tmp_path):
    program = """
import resource
from word2vec.text._text import WordTable
table = WordTable()
texts = (b" ".join(b"%d" % i for i in range(n, n + 1000)) for n in range(0, 10**8, 1000))
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (40 << 20), resource.RLIM_INFINITY))
try:
    for text in texts:
        table.encode(text, False)
except MemoryError as error:
    print(error)
    assert len(table.add([b"0", b"999"])) == 2  # the table is still usable
"""
    # Elsewhere, because the source folder would shadow the installed package.
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert "no memory for the word table" in done.stdout


def test_words_that_differ_in_a_zero_byte_are_different():
    table = WordTable()
    assert table.add([b"a", b"a\x00", b"a\x00\x00", b"a" * 15, b"a" * 16]).tolist() == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_a_very_long_word_is_one_word():
    word = b"w" * 300_000
    assert tokenise(word + b" a " + word) == [[word.decode(), "a", word.decode()]]


def test_known_words_get_ids_and_unknown_ones_are_counted():
    table = WordTable()
    table.add([b"b", b"a"])
    (tokens, offsets, words), first_line_empty = table.encode_known(b"\na x b\nx y\nb")
    assert tokens.tolist() == [1, 0, 0]
    assert offsets.tolist() == [0, 2, 2, 3]
    assert words.tolist() == [3, 2, 1]
    assert first_line_empty
    assert len(table) == 2
    assert table.counts().tolist() == [0, 0]


@pytest.mark.parametrize(
    ("text", "empty"), [(b"a", False), (b"", True), (b" \na", True), (b"a\n\n", False)]
)
def test_encoder_tells_whether_the_first_line_is_empty(text, empty):
    assert WordTable().encode(text)[1] is empty


@given(texts)
def test_last_separator_is_the_last_ascii_separator(text):
    ascii_separators = [c.encode() for c in SEPARATORS if ord(c) < 128]
    assert last_separator(text) == max(text.rfind(c) for c in ascii_separators)


ids_arrays = st.lists(st.integers(0, 9), max_size=30)


@given(ids_arrays, st.lists(st.integers(-1, 20), min_size=10, max_size=10), st.data())
def test_remap_translates_and_drops(ids, new_ids, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(ids)), max_size=5)))
    offsets = [0, *cuts, len(ids)]
    tokens, new_offsets = remap_block(
        np.array(ids, np.int32), np.array(offsets), np.array(new_ids, np.int32)
    )
    sentences = [ids[a:b] for a, b in pairwise(offsets)]
    expected = [[new_ids[i] for i in s if new_ids[i] >= 0] for s in sentences]
    assert tokens.tolist() == list(chain.from_iterable(expected))
    assert new_offsets.tolist() == [0, *np.cumsum([len(s) for s in expected])]


@pytest.mark.parametrize("bad", [2, -1, 2**31 - 1])
def test_remap_refuses_ids_outside_the_table(bad):
    with pytest.raises(CorpusError, match="not below the 2 ids"):
        remap_block(np.array([0, bad], np.int32), np.array([0, 2]), np.zeros(2, np.int32))


@pytest.mark.parametrize("offsets", [[0, 1], [1, 2], [0, 3], []])
def test_remap_refuses_offsets_that_do_not_cover_the_tokens(offsets):
    with pytest.raises(CorpusError, match="offsets"):
        remap_block(np.zeros(2, np.int32), np.array(offsets, np.int64), np.zeros(1, np.int32))


def test_remap_refuses_falling_offsets():
    with pytest.raises(CorpusError):
        remap_block(np.zeros(2, np.int32), np.array([0, 2, 1, 2]), np.zeros(1, np.int32))
