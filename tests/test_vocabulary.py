"""Vocabulary scan and word selection: exact, and the same for any number of threads."""

import gzip
import io
import logging
import math
import threading
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from word2vec.errors import CorpusTypeError
from word2vec.text import chunks as chunks_module
from word2vec.text import vocabulary as vocabulary_module
from word2vec.text.chunks import read_chunks
from word2vec.text.vocabulary import (
    RULE_DEFAULT,
    RULE_DISCARD,
    RULE_KEEP,
    RawVocabulary,
    encode_files,
    keep_thresholds,
    scan_files,
    scan_sentences,
    select_words,
    sort_order,
)

texts = st.lists(
    st.sampled_from([b"a", b"bb", b"ccc", b"word", "é".encode(), "人工".encode(), b"x" * 20])
    | st.sampled_from([b" ", b"  ", b"\n", b"\n", b"\t", "\u3000".encode(), b"\xff"]),
    max_size=60,
).map(b"".join)


def sentences_of_text(text: bytes) -> list[list[str]]:
    lines = text.decode("utf-8", "replace").split("\n")
    return [words for line in lines if (words := line.split())]


def sentences_of_corpus(corpus, words) -> list[list[str]]:
    return [
        [words[i] for i in block.tokens[a:b].tolist()]
        for block in corpus.blocks(1000)
        for a, b in zip(block.offsets[:-1], block.offsets[1:], strict=True)
    ]


def text_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("word2vec-text")]


# ---- Files -----------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), st.integers(1, 30), st.integers(1, 4))
@example([b"a b\n    c"], 5, 1)  # a blank part of a line does not continue the line before
@example([b"a b c d \nbb"], 2, 1)  # a line that ends where a chunk begins
@example([b"a b ", b"ccc"], 4, 1)  # a file ends where a long line is cut
@example([b"a b", b"ccc"], 2, 2)  # a file ends its last line
@example([b"a b", b"", b"\n\n", b"ccc"], 2, 3)
def test_scan_is_exact_for_any_chunk_size_and_number_of_threads(parts, chunk_bytes, workers):
    raw, corpus = scan_files(
        [io.BytesIO(part) for part in parts], workers=workers, chunk_bytes=chunk_bytes
    )
    expected = [sentence for part in parts for sentence in sentences_of_text(part)]
    counter = Counter(word for sentence in expected for word in sentence)
    with corpus:
        assert list(raw.as_dict().items()) == list(counter.items())
        assert (raw.n_sentences, raw.n_words) == (len(expected), counter.total())
        assert (corpus.n_sentences, corpus.n_words) == (len(expected), counter.total())
        assert sentences_of_corpus(corpus, raw.words) == expected


@settings(deadline=None)
@given(texts, st.integers(1, 30), st.integers(1, 3))
def test_encoding_with_a_known_vocabulary_leaves_unknown_words_out(text, chunk_bytes, workers):
    known = ["人工", 5, "bb", ("t",), "a", "\ud800", "x" * 20]
    sentences = sentences_of_text(text)
    with encode_files(io.BytesIO(text), known, workers=workers, chunk_bytes=chunk_bytes) as corpus:
        assert corpus.n_words == sum(map(len, sentences))
        encoded = sentences_of_corpus(corpus, known)
    assert encoded == [[word for word in sentence if word in known] for sentence in sentences]


def test_scan_is_the_same_for_any_number_of_threads_on_real_chunks(tmp_path):
    rng = np.random.default_rng(5)
    words = np.array([f"w{i}" for i in range(5000)])
    lines = [" ".join(words[rng.zipf(1.3, 12) % 5000]) for _ in range(20_000)]
    path = tmp_path / "corpus.txt.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 1))
    results = []
    for workers in (1, 2, 5):
        raw, corpus = scan_files(path, workers=workers, chunk_bytes=50_000, memory_budget=0)
        with corpus:
            blocks = [tuple(map(np.ndarray.tolist, block)) for block in corpus.blocks(1000)]
        results.append((list(raw.words), raw.counts.tolist(), raw.n_sentences, blocks))
    assert results[0] == results[1] == results[2]
    assert list(Counter(" ".join(lines).split()).items()) == list(zip(*results[0][:2], strict=True))


@pytest.mark.parametrize("workers", [1, 3])
def test_counting_alone_keeps_no_ids(workers):
    raw, corpus = scan_files(
        io.BytesIO(b"a b a\n" * 50), workers=workers, keep_ids=False, chunk_bytes=20
    )
    assert corpus is None
    assert raw.as_dict() == {"a": 100, "b": 50}
    assert raw.n_sentences == 50


@pytest.mark.parametrize("text", [b"", b"\n\n", b" \t "])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_without_words_has_an_empty_vocabulary(text, workers):
    raw, corpus = scan_files(io.BytesIO(text), workers=workers)
    assert (list(raw.words), raw.n_words, raw.n_sentences) == ([], 0, 0)
    assert list(corpus.blocks(10)) == []
    selection = select_words(raw, max_final_vocab=3)
    assert len(selection.indices) == len(sort_order(selection.counts)) == 0
    assert keep_thresholds(selection.counts, 1e-3)[1:] == (0, 0)


@pytest.mark.parametrize("workers", [1, 3])
def test_invalid_utf8_in_files_is_replaced_counted_and_reported_once(workers, caplog):
    text = b"a\xff b\n" * 20 + b"\xe2\x82"
    raw, _ = scan_files(io.BytesIO(text), workers=workers, chunk_bytes=7)
    assert raw.as_dict() == {"a\ufffd": 20, "b": 20, "\ufffd": 1}
    assert raw.invalid_sequences == 21
    with encode_files(io.BytesIO(text), ["a\ufffd"], workers=workers, chunk_bytes=7) as corpus:
        assert corpus.n_tokens == 20
    messages = [r.getMessage() for r in caplog.records if r.levelname == "WARNING"]
    assert len(messages) == 2  # one for each pass
    assert all("replaced 21 invalid UTF-8" in message for message in messages)


@given(st.lists(texts, max_size=3), st.integers(1, 30))
def test_chunks_are_whole_words_in_order(parts, chunk_bytes):
    chunks = list(read_chunks([io.BytesIO(part) for part in parts], chunk_bytes))
    assert [chunk.number for chunk in chunks] == list(range(len(chunks)))
    assert b"".join(chunk.text for chunk in chunks) == b"".join(parts)
    words = [word for chunk in chunks for word in chunk.text.decode("utf-8", "replace").split()]
    assert words == [word for part in parts for word in part.decode("utf-8", "replace").split()]


def test_a_word_longer_than_a_chunk_makes_the_chunk_longer():
    text = b"a " + b"w" * 1000 + b" b"
    chunks = [chunk.text for chunk in read_chunks([io.BytesIO(text)], 10)]
    assert max(map(len, chunks)) < 1020
    assert b"".join(chunks) == text
    assert any(b"w" * 1000 in chunk for chunk in chunks)


def test_words_that_occur_twice_cannot_be_encoded():
    with pytest.raises(ValueError, match="1 of the words occur twice"):
        encode_files(io.BytesIO(b"a"), ["a", "b", "a"])


@pytest.mark.parametrize("workers", [1, 3])
def test_errors_of_reading_stop_all_threads_and_come_through(workers):
    class Breaks(io.BytesIO):
        n_reads = 0

        def read(self, size=-1):
            self.n_reads += 1
            if self.n_reads == 4:
                raise error
            return super().read(size)

    for error in (OSError("disk"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught:
            scan_files(Breaks(b"a b\n" * 1000), workers=workers, chunk_bytes=50)
        assert caught.value is error
        assert not text_threads()


@pytest.mark.parametrize(
    "call", [scan_files, lambda file, **options: encode_files(file, ["a"], **options)]
)
def test_errors_of_storing_come_through(monkeypatch, call):
    def full(*_args):
        raise OSError("no space")

    monkeypatch.setattr(vocabulary_module.EncodedCorpus, "append", full)
    with pytest.raises(OSError, match="no space"):
        call(io.BytesIO(b"a b\n" * 1000), workers=2, chunk_bytes=50)


def test_an_error_shows_within_a_second_though_a_thread_hangs():
    hanging, release = threading.Event(), threading.Event()

    def work(queue):
        chunk = next(iter(queue))
        if chunk.number == 0:
            hanging.set()
            release.wait(20)
        hanging.wait(20)
        raise OSError("disk")

    begun = time.monotonic()
    with pytest.raises(OSError, match="disk"):
        chunks_module.for_each_chunk(read_chunks([io.BytesIO(b"a\nb\n")], 2), 2, work)
    assert time.monotonic() - begun < 2  # a second, and another one for a busy machine
    release.set()
    for thread in text_threads():
        thread.join(20)


def test_interrupting_the_caller_stops_the_threads(monkeypatch):
    def interrupted(_threads, _seconds):
        monkeypatch.undo()
        raise KeyboardInterrupt

    def endless():
        while True:
            time.sleep(0.01)
            yield chunks_module.Chunk(0, b"a\n", False, True)

    def work(queue):
        for _ in queue:
            pass

    monkeypatch.setattr(chunks_module, "_join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        chunks_module.for_each_chunk(endless(), 3, work)
    assert not text_threads()


@pytest.mark.parametrize("bad", [5, None, [], [["a", "b"]]])
def test_scan_refuses_what_is_no_file(bad):
    for scan in (scan_files, lambda files: encode_files(files, ["a"])):
        with pytest.raises(CorpusTypeError, match="Parameter corpus_file must be a valid path"):
            scan(bad)


def test_scan_refuses_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        scan_files(tmp_path / "none")


def test_scan_reports_damaged_files(tmp_path):
    path = tmp_path / "corpus.gz"
    path.write_bytes(gzip.compress(b"some words\n" * 1000)[:-12])
    for workers in (1, 2):
        with pytest.raises(EOFError):
            scan_files(path, workers=workers)


# ---- Iterables -------------------------------------------------------------

tokens = st.sampled_from(["a", "b", "c", b"a", 1, 2, ("t", 1)])


@given(st.lists(st.lists(tokens, max_size=8), max_size=30), st.integers(1, 10))
def test_sentences_are_counted_as_counter_does(sentences, progress_per):
    raw = scan_sentences(sentences, progress_per=progress_per)
    counter = Counter(word for sentence in sentences for word in sentence)
    assert list(raw.as_dict().items()) == list(counter.items())
    assert (raw.n_sentences, raw.n_words) == (len(sentences), counter.total())


def pruned_by_hand(sentences, max_vocab_size, rule):
    counts, floor = {}, 1
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
        if len(counts) > max_vocab_size:
            counts = {w: n for w, n in counts.items() if rule(w, n, floor)}
            floor += 1
    return counts


@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=8), max_size=40),
    st.integers(1, 6),
    st.integers(1, 50),
)
def test_too_many_words_are_pruned_with_a_rising_floor(sentences, max_vocab_size, progress_per):
    raw = scan_sentences(sentences, max_vocab_size=max_vocab_size, progress_per=progress_per)
    expected = pruned_by_hand(sentences, max_vocab_size, lambda _w, n, floor: n >= floor)
    assert list(raw.as_dict().items()) == list(expected.items())
    assert raw.n_sentences == len(sentences)
    assert raw.n_words == sum(map(len, sentences))


def test_pruning_asks_the_trim_rule():
    def rule(word, count, floor):
        seen.append((word, count, floor))
        return {"a": RULE_KEEP, "b": RULE_DISCARD}.get(word, RULE_DEFAULT)

    seen = []
    sentences = [["a", "b", "b", "c"], ["b", "d", "d"], ["c"]]
    raw = scan_sentences(sentences, max_vocab_size=2, trim_rule=rule)
    # Floor 1 drops b only, floor 2 also c, floor 3 also d and the new c; a stays.
    assert raw.as_dict() == {"a": 1}
    assert seen[:3] == [("a", 1, 1), ("b", 2, 1), ("c", 1, 1)]
    assert [floor for _, _, floor in seen] == [1] * 3 + [2] * 4 + [3] * 3


def test_scan_logs_progress_and_totals(caplog):
    caplog.set_level(logging.INFO)
    scan_sentences([["a", "b"]] * 5, progress_per=2)
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        "PROGRESS: at sentence #0, processed 0 words, keeping 0 word types",
        "PROGRESS: at sentence #2, processed 4 words, keeping 2 word types",
        "PROGRESS: at sentence #4, processed 8 words, keeping 2 word types",
        "collected 2 word types from a corpus of 10 raw words and 5 sentences",
    ]
    caplog.clear()
    scan_files(io.BytesIO(b"a b\n" * 5), chunk_bytes=4, progress_per=2)
    messages = [record.getMessage() for record in caplog.records]
    assert messages[0] == "PROGRESS: at sentence #1, processed 2 words, keeping 2 word types"
    assert messages[-1].startswith("collected 2 word types from a corpus of 10 raw words and 5")
    assert len(messages) == 4


@pytest.mark.parametrize("bad", [5, None, object])
def test_a_corpus_that_is_not_iterable_is_refused(bad):
    with pytest.raises(TypeError, match=r"must be an iterable of lists of strings, got .* instead"):
        scan_sentences(bad)


def test_bad_sentences_and_words_are_named():
    with pytest.raises(CorpusTypeError, match="sentence #12 is 5 of type int"):
        scan_sentences([["a"]] * 12 + [5], progress_per=5)
    with pytest.raises(CorpusTypeError, match=r"sentence #0 holds the word \['a'\]"):
        scan_sentences([[["a"]]])


def test_errors_of_the_corpus_come_through():
    def corpus():
        yield ["a"]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        scan_sentences(corpus())


def test_a_str_corpus_is_counted_by_characters_with_a_warning(caplog):
    assert scan_sentences("aab").as_dict() == {"a": 2, "b": 1}
    assert "First item here is instead plain <class 'str'>" in caplog.text


# ---- Selection -------------------------------------------------------------


def raw_of(counts) -> RawVocabulary:
    counts = np.array(counts, np.int64)
    return RawVocabulary([f"w{i}" for i in range(len(counts))], counts, int(counts.sum()), 1)


counts_lists = st.lists(st.integers(1, 60), max_size=40)


@given(counts_lists, st.integers(0, 30))
def test_min_count_keeps_what_occurs_often_enough(counts, min_count):
    selection = select_words(raw_of(counts), min_count=min_count)
    kept = [i for i, count in enumerate(counts) if count >= min_count]
    assert selection.indices.tolist() == kept
    assert selection.counts.tolist() == [counts[i] for i in kept]
    assert selection.retained_total == sum(counts[i] for i in kept)
    assert selection.dropped_unique == len(counts) - len(kept)
    assert selection.dropped_total == sum(counts) - selection.retained_total
    assert selection.effective_min_count == min_count


@given(counts_lists, st.integers(1, 10), st.integers(1, 45))
def test_max_final_vocab_raises_min_count_just_enough(counts, min_count, most):
    selection = select_words(raw_of(counts), min_count=min_count, max_final_vocab=most)

    def n_kept(floor):
        return sum(count >= floor for count in counts)

    smallest = next(floor for floor in range(1, 62) if n_kept(floor) <= most)
    assert len(selection.indices) == n_kept(selection.effective_min_count) <= most
    assert n_kept(selection.calculated_min_count) == n_kept(smallest)
    assert selection.effective_min_count == max(min_count, selection.calculated_min_count)


def test_trim_rule_overrules_the_count():
    def rule(word, count, min_count):
        seen.append((word, count, min_count))
        return {"w0": RULE_KEEP, "w1": RULE_DISCARD}.get(word, RULE_DEFAULT)

    seen = []
    selection = select_words(
        raw_of([1, 9, 9, 1, 8]), min_count=2, max_final_vocab=2, trim_rule=rule
    )
    assert selection.indices.tolist() == [0, 2]
    assert seen == [("w0", 1, 9), ("w1", 9, 9), ("w2", 9, 9), ("w3", 1, 9), ("w4", 8, 9)]


@given(counts_lists)
def test_order_is_by_count_and_then_later_first(counts):
    expected = sorted(range(len(counts)), key=lambda i: (-counts[i], -i))
    assert sort_order(counts).tolist() == expected


def thresholds_by_hand(counts, sample):
    """The published formula, word by word in Python floats."""
    total = sum(counts)
    if sample == 0:
        limit = total
    elif sample < 1:
        limit = sample * total
    else:
        limit = int(sample * (3 + math.sqrt(5)) / 2)
    thresholds, unique, expected = [], 0, 0.0
    for count in counts:
        chance = (math.sqrt(count / limit) + 1) * (limit / count)
        unique += chance < 1
        chance = min(chance, 1.0)
        expected += chance * count
        thresholds.append(int(chance * (2**32 - 1)))
    return thresholds, unique, int(expected)


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=40),
    st.just(0) | st.floats(1e-7, 0.5) | st.integers(1, 10**5) | st.floats(1, 1e4),
)
def test_thresholds_are_those_of_the_formula_to_the_last_bit(counts, sample):
    result = keep_thresholds(counts, sample)
    assert result.thresholds.dtype == np.uint32
    assert (result.thresholds.tolist(), *result[1:]) == thresholds_by_hand(counts, sample)


def test_thresholds_are_those_of_gensim():
    # gensim 4.4, prepare_vocab on these counts: sample_int, downsample_unique and _total.
    golden = {
        0: ([4294967295, 4294967295, 4294967295, 4294967295, 4294967295], 0, 5679),
        0.001: ([4294967295, 3508213425, 634131414, 348056161, 161350181], 4, 313),
        0.01: ([4294967295, 4294967295, 2506139549, 1267429925, 548831551], 3, 1066),
        1: ([4294967295, 1787684642, 358648803, 200666711, 94390238], 4, 182),
        37.5: ([4294967295, 4294967295, 3593956799, 1765444231, 744225597], 3, 1463),
    }
    for sample, (thresholds, unique, total) in golden.items():
        result = keep_thresholds([5, 20, 333, 1000, 4321], sample)
        assert (result.thresholds.tolist(), *result[1:]) == (thresholds, unique, total)


def test_a_count_of_zero_is_always_kept():
    assert keep_thresholds([0, 5], 1e-3).thresholds[0] == 2**32 - 1


def test_scan_of_an_empty_corpus_is_empty():
    raw = scan_sentences([])
    assert (len(raw), raw.n_words, raw.n_sentences) == (0, 0, 0)
