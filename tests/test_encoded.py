"""The encoded corpus: every token exactly once, whatever the storage and the blocks."""

import gc
import os
import tempfile
from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import word2vec.text.encoded as encoded_module
from word2vec.errors import CorpusError, CorpusTypeError
from word2vec.text._sentences import SentenceEncoder
from word2vec.text.encoded import EncodedBlock, EncodedCorpus

# A sentence is its ids, and how many unknown words stand beside them.
sentences_strategy = st.lists(
    st.tuples(st.lists(st.integers(0, 30), max_size=12), st.integers(0, 4)).filter(
        lambda s: len(s[0]) + s[1] > 0
    ),
    max_size=40,
)


def block_of(sentences) -> EncodedBlock:
    return EncodedBlock(
        np.array([i for ids, _ in sentences for i in ids], np.int32),
        np.cumsum([0, *(len(ids) for ids, _ in sentences)]).astype(np.int64),
        np.array([len(ids) + unknown for ids, unknown in sentences], np.int64),
    )


def flat(lists):
    return list(chain.from_iterable(lists))


def sentences_of(block):
    return [
        (block.tokens[a:b].tolist(), int(w) - int(b - a))
        for a, b, w in zip(block.offsets[:-1], block.offsets[1:], block.words, strict=True)
    ]


def filled(sentences, step=7, **options) -> EncodedCorpus:
    corpus = EncodedCorpus(**options)
    for i in range(0, len(sentences), step):
        corpus.append(block_of(sentences[i : i + step]))
    return corpus


def expected_blocks(sentences, max_words):
    """The rule of `EncodedCorpus.blocks`, sentence by sentence."""
    blocks, block, room = [], [], max_words
    for ids, unknown in sentences:
        n = len(ids) + unknown
        if n > room and block:
            blocks.append(block)
            block, room = [], max_words
        if n > max_words:
            cut = [ids[i : i + max_words] for i in range(0, len(ids), max_words)] or [[]]
            blocks += [[(piece, 0)] for piece in cut[:-1]] + [[(cut[-1], unknown)]]
        else:
            block.append((ids, unknown))
            room -= n
    return blocks + ([block] if block else [])


@given(sentences_strategy, st.integers(1, 20), st.integers(1, 9), st.integers(0, 400))
def test_blocks_depend_on_sentences_and_max_words_only(sentences, max_words, step, budget):
    with filled(sentences, step, memory_budget=budget, piece_bytes=32) as corpus:
        blocks = [sentences_of(block) for block in corpus.blocks(max_words)]
    assert blocks == expected_blocks(sentences, max_words)


@given(sentences_strategy, st.integers(1, 20))
def test_every_id_is_in_one_block_and_raw_words_add_up(sentences, max_words):
    with filled(sentences, piece_bytes=64) as corpus:
        blocks = list(corpus.blocks(max_words))
        assert corpus.n_words == sum(len(ids) + unknown for ids, unknown in sentences)
        assert corpus.n_tokens == sum(len(ids) for ids, _ in sentences)
        assert corpus.n_sentences == len(sentences)
        assert sum(int(block.words.sum()) for block in blocks) == corpus.n_words
        ids = [i for block in blocks for i in block.tokens.tolist()]
    assert ids == [i for ids, _ in sentences for i in ids]
    assert all(len(block.tokens) <= max_words for block in blocks)
    for block in blocks:
        assert (block.tokens.dtype, block.offsets.dtype, block.words.dtype) == (
            np.int32,
            np.int64,
            np.int64,
        )


@given(sentences_strategy, st.data())
def test_remap_drops_tokens_and_keeps_raw_words(sentences, data):
    new_ids = data.draw(st.lists(st.integers(-1, 30), min_size=31, max_size=31))
    budget = data.draw(st.sampled_from([0, 100, 10**6]))
    remapped = [
        ([new_ids[i] for i in ids if new_ids[i] >= 0], len(ids) + unknown)
        for ids, unknown in sentences
    ]
    with filled(sentences, memory_budget=budget, piece_bytes=32) as corpus:
        corpus.remap(new_ids)
        blocks = [sentences_of(block) for block in corpus.blocks(10**6)]
        assert corpus.n_tokens == sum(len(ids) for ids, _ in remapped)
        corpus.append(block_of([([1, 2], 0)]))  # and it can grow again
        assert corpus.n_words == sum(words for _, words in remapped) + 2
    expected = [(ids, words - len(ids)) for ids, words in remapped]
    assert flat(blocks) == expected


def test_remap_translates_a_part_of_the_tokens_at_a_time(monkeypatch):
    monkeypatch.setattr(encoded_module, "_REMAP_TOKENS", 1000)
    sentences = [([i % 5] * (i % 4), 1) for i in range(10_000)]
    with filled(sentences, 1000, memory_budget=0, piece_bytes=4096) as corpus:
        corpus.remap([3, -1, 2, 1, 0])
        (block,) = corpus.blocks(10**6)
    table = {0: [3], 1: [], 2: [2], 3: [1], 4: [0]}
    assert [ids for ids, _ in sentences_of(block)] == [
        table[i % 5] * (i % 4) for i in range(10_000)
    ]


def test_remap_cuts_long_sentences(monkeypatch):
    monkeypatch.setattr(encoded_module, "_REMAP_TOKENS", 3)
    sentences = [([0, 1, 2, 0, 1, 2, 0], 0), ([], 1), ([2], 0), ([1], 0), ([], 2)]
    with filled(sentences, memory_budget=0, piece_bytes=8) as corpus:
        corpus.remap([5, -1, 7])
        (block,) = corpus.blocks(100)
    assert sentences_of(block) == [([5, 7, 5, 7, 5], 2), ([], 1), ([7], 0), ([], 1), ([], 2)]


@given(sentences_strategy, st.data())
def test_a_sentence_may_come_in_parts(sentences, data):
    with EncodedCorpus(memory_budget=0, piece_bytes=16) as corpus:
        for ids, unknown in sentences:
            cut = data.draw(st.integers(0, len(ids)))
            corpus.append(block_of([(ids[:cut], unknown)]))
            corpus.append(block_of([(ids[cut:], 0)]), continues=True)
        assert corpus.n_sentences == len(sentences)
        blocks = [sentences_of(block) for block in corpus.blocks(10**6)]
    assert flat(blocks) == sentences


def test_continuing_an_empty_corpus_begins_a_sentence():
    with EncodedCorpus() as corpus:
        corpus.append(block_of([([1], 0)]), continues=True)
        assert corpus.n_sentences == 1


def test_beyond_the_budget_ids_go_to_a_file_that_has_no_name(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sentences = [(list(range(20)), 0)] * 100
    corpus = filled(sentences, memory_budget=1000, piece_bytes=512)
    assert corpus.spooled_bytes > 4000
    if os.name == "posix":
        assert list(tmp_path.iterdir()) == []
    held = next(corpus.blocks(50)).tokens
    corpus.close()
    gc.collect()
    assert list(tmp_path.iterdir()) == []
    assert held.tolist() == [*range(20)] * 2  # a block outlives the corpus


def test_a_temporary_file_that_was_cut_off_is_an_error():
    with filled([([1, 2], 0)] * 100, memory_budget=0, piece_bytes=64) as corpus:
        corpus._store.file.truncate(100)
        with pytest.raises(OSError, match="lost what was at byte"):
            list(corpus.blocks(50))


def test_within_the_budget_there_is_no_file(monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", None)  # calling it would fail
    with filled([([1, 2, 3], 0)] * 100, piece_bytes=64) as corpus:
        assert corpus.spooled_bytes == 0


def test_tokens_are_views_and_read_only():
    with filled([([1, 2, 3], 0)] * 10) as corpus:
        first, second = corpus.blocks(15)
        assert np.shares_memory(first.tokens.base, second.tokens.base)
        with pytest.raises(ValueError, match="read-only"):
            first.tokens[0] = 5


def test_blocks_can_be_read_side_by_side():
    sentences = [([i], 0) for i in range(20)]
    with filled(sentences) as corpus:
        pairs = zip(corpus.blocks(3), corpus.blocks(3), strict=True)
        assert all(np.array_equal(a.tokens, b.tokens) for a, b in pairs)


def test_appending_nothing_changes_nothing():
    with EncodedCorpus() as corpus:
        corpus.append(block_of([]))
        assert list(corpus.blocks(5)) == []
        corpus.remap([])
        assert (corpus.n_sentences, corpus.n_words, corpus.n_tokens) == (0, 0, 0)


@pytest.mark.parametrize(
    ("tokens", "offsets", "words"),
    [
        ([1, 2], [0, 1], [1]),  # tokens beyond the last offset
        ([1], [1, 1], [1]),
        ([1, 2], [0, 2], [1]),  # more tokens than words
        ([1, 2], [0, 2, 1, 2], [2, 2, 2]),
        ([1], [0, 1], [1, 1]),
    ],
)
def test_blocks_whose_parts_do_not_fit_are_refused(tokens, offsets, words):
    block = EncodedBlock(np.array(tokens, np.int32), np.array(offsets), np.array(words))
    with EncodedCorpus() as corpus, pytest.raises(CorpusError, match="a block needs"):
        corpus.append(block)


def test_remap_refuses_a_table_that_is_too_short():
    with filled([([1, 5], 0)]) as corpus, pytest.raises(CorpusError, match="not below the 5"):
        corpus.remap(np.zeros(5, np.int32))


def test_a_closed_corpus_says_so():
    corpus = filled([([1], 0)])
    blocks = corpus.blocks(1)
    corpus.close()
    corpus.close()
    for use in (lambda: corpus.append(block_of([([1], 0)])), lambda: corpus.remap([0, 0])):
        with pytest.raises(CorpusError, match="closed"):
            use()
    with pytest.raises(CorpusError, match="closed"):
        next(blocks)


def test_blocks_need_room_for_a_word():
    with filled([([1], 0)]) as corpus, pytest.raises(CorpusError, match="max_words=0"):
        next(corpus.blocks(0))


# ---- Encoding iterables ----------------------------------------------------

VOCABULARY = {"a": 0, "b": 1, ("t", 1): 2, 7: 3, b"x": 4}


def encode(corpus, max_words=100, vocabulary=VOCABULARY):
    encoder, iterator = SentenceEncoder(vocabulary), iter(corpus)
    blocks = []
    while (block := encoder.next_block(iterator, max_words)) is not None:
        blocks.append(sentences_of(block))
    return blocks


def test_any_iterable_of_hashables_is_a_sentence():
    corpus = [
        ["a", "?", "b"],
        ("b", ("t", 1)),
        np.array(["a", "b"]),
        (word for word in ["b", "?"]),
        [7, b"x"],
        [],
        {"a": None}.keys(),
    ]
    assert encode(corpus) == [
        [([0, 1], 1), ([1, 2], 0), ([0, 1], 0), ([1], 1), ([3, 4], 0), ([], 0), ([0], 0)]
    ]


@given(st.lists(st.lists(st.sampled_from(["a", "b", "?"]), max_size=9)), st.integers(1, 20))
def test_encoder_blocks_end_with_the_sentence_that_fills_them(corpus, max_words):
    blocks = encode(corpus, max_words)
    expected = [([VOCABULARY[w] for w in s if w != "?"], s.count("?")) for s in corpus]
    assert flat(blocks) == expected
    sizes = [[len(ids) + unknown for ids, unknown in block] for block in blocks]
    assert all(sum(block) >= max_words for block in sizes[:-1])
    assert all(sum(block[:-1]) < max_words for block in sizes)


def test_encoder_follows_changes_of_the_dict():
    vocabulary = {"a": 0}
    encoder, iterator = SentenceEncoder(vocabulary), iter([["a", "b"]] * 2)
    assert encoder.next_block(iterator, 1).tokens.tolist() == [0]
    vocabulary["b"] = 1
    assert encoder.next_block(iterator, 1).tokens.tolist() == [0, 1]


@pytest.mark.parametrize("bad", [5, None, 1.5, np.float64(2), np.array(3), object()], ids=repr)
def test_a_sentence_that_is_not_iterable_is_named(bad):
    with pytest.raises(CorpusTypeError, match=rf"sentence #1 .* {type(bad).__name__}"):
        encode([["a"], bad])


@pytest.mark.parametrize("wrap", [list, tuple, iter], ids=["list", "tuple", "iterator"])
def test_a_word_that_is_not_hashable_is_named(wrap):
    with pytest.raises(CorpusTypeError, match=r"sentence #2 holds the word \['b'\] of type list"):
        encode([["a"], [], wrap(["a", ["b"]])])


def test_sentence_numbers_start_over_with_a_new_iterator():
    encoder = SentenceEncoder(VOCABULARY)
    encoder.next_block(iter([["a"]] * 5), 100)
    with pytest.raises(CorpusTypeError, match="sentence #0"):
        encoder.next_block(iter([5]), 100)


def test_errors_of_the_corpus_come_through_unchanged():
    def failing_corpus():
        yield ["a"]
        raise error

    def failing_sentence():
        yield "a"
        raise error

    for error in (OSError("disk"), TypeError("mine"), KeyboardInterrupt()):
        for corpus in (failing_corpus(), [failing_sentence()]):
            with pytest.raises(type(error)) as caught:
                encode(corpus)
            assert caught.value is error


@pytest.mark.parametrize("bad", [-1, 2**31])
def test_ids_outside_int32_are_refused(bad):
    with pytest.raises(CorpusError, match="outside"):
        encode([["a"]], vocabulary={"a": bad})


def test_a_str_sentence_is_its_characters_with_one_warning(caplog):
    assert encode(["ab", "b"]) == [[([0, 1], 0), ([1], 0)]]
    assert [r.getMessage() for r in caplog.records] == [
        "Each 'sentences' item should be a list of words (usually unicode strings). "
        "First item here is instead plain <class 'str'>."
    ]


def test_a_list_that_changes_while_it_is_read_is_read_as_it_was():
    class Shrinks:
        def __hash__(self):
            sentence.clear()
            return 1

    sentence = ["a", Shrinks(), "b", "b"]
    assert encode([sentence]) == [[([0, 1, 1], 1)]]
    assert sentence == []
