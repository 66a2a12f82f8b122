"""Counts, positions and sizes beyond 2^31 and 2^32, without as much text or memory.

benchmarks/size.py does the same with as much of both.
"""

import heapq
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from word2vec import Word2Vec
from word2vec.text.encoded import EncodedBlock, EncodedCorpus
from word2vec.text.selection import keep_thresholds
from word2vec.text.vocabulary import scan_files
from word2vec.training import huffman
from word2vec.training.noise import alias_table
from word2vec.training.schedule import LinearDecay

HUGE = 2**33
COUNTS = np.array([900, 310, 77, 31, 30, 8, 3, 1])


def test_a_vocabulary_of_huge_counts_is_that_of_small_ones():
    """What follows from counts follows from their shares: 2^33 times as many change nothing."""
    assert_array_equal(alias_table(COUNTS, 0.75), alias_table(COUNTS * HUGE, 0.75))
    small, large = keep_thresholds(COUNTS, 1e-2), keep_thresholds(COUNTS * HUGE, 1e-2)
    assert_array_equal(small[0], large[0])
    for name in ("path_offsets", "path_nodes", "path_codes"):
        small_tree, large_tree = huffman.build(COUNTS), huffman.build(COUNTS * HUGE)
        assert_array_equal(getattr(small_tree, name), getattr(large_tree, name))


def test_a_tree_of_huge_counts_is_the_best_there_is():
    counts = COUNTS * HUGE
    heap, cost = counts.tolist(), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        cost += both
        heapq.heappush(heap, both)
    tree = huffman.build(counts)
    assert (
        sum(np.diff(tree.path_offsets).tolist()[i] * int(c) for i, c in enumerate(counts)) == cost
    )


@pytest.mark.parametrize("hs", [0, 1])
def test_a_model_of_huge_counts_trains_and_tells_them(hs, tmp_path):
    words = dict(zip("abcdefgh", (COUNTS * HUGE).tolist(), strict=True))
    model = Word2Vec(vector_size=4, min_count=1, hs=hs, workers=1, epochs=1)
    model.build_vocab_from_freq(words, corpus_count=2**40)
    assert model.wv.get_vecattr("a", "count") == 900 * HUGE
    assert model.corpus_count == 2**40
    before = model.wv.vectors.copy()
    # At the rate of a run that has just begun: the total is that of the counts.
    model.train([list("abcdefgh")] * 50, total_words=sum(words.values()), epochs=1)
    assert model.min_alpha_yet_reached == pytest.approx(model.alpha, rel=1e-6)
    assert np.all(model.wv.vectors != before)
    model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").wv.get_vecattr("a", "count") == 900 * HUGE


def test_the_learning_rate_follows_billions_of_words():
    decay = LinearDecay(1.0, 0.0, 2**40)
    assert decay.at(2**39) == 0.5
    rates = decay.for_sentences(2**39, np.array([2**38, 2**37, 1]))
    assert_array_equal(rates, [0.5, 0.25, 0.125])


def test_a_corpus_of_billions_of_words_is_read_in_blocks():
    """Unknown words take no memory, only numbers."""
    with EncodedCorpus(memory_budget=0, piece_bytes=64) as corpus:
        for i in range(20):
            corpus.append(EncodedBlock(
                np.array([i, 3], np.int32), np.array([0, 2]), np.array([HUGE + i])
            ))  # fmt: skip
        assert corpus.n_words == 20 * HUGE + 190
        blocks = list(corpus.blocks(2 * HUGE + 1))
        assert [int(block.words.sum()) for block in blocks[:2]] == [2 * HUGE + 1, HUGE + 2]
        assert sum(int(block.words.sum()) for block in blocks) == corpus.n_words
        assert [block.tokens.tolist()[0] for block in blocks[1:]] == list(range(2, 20))


def test_ids_lie_beyond_4_gib_of_the_temporary_file():
    """The file is sparse: what lies before them takes no room."""
    with EncodedCorpus(memory_budget=0, piece_bytes=64) as corpus:
        corpus._store.file_bytes = 2**32 + 2**20
        tokens = np.arange(1000, dtype=np.int32)
        corpus.append(EncodedBlock(tokens, np.arange(0, 1001, 10), np.full(100, 10)))
        assert corpus.spooled_bytes > 2**32
        corpus.remap(tokens[::-1].copy())
        found = np.concatenate([block.tokens for block in corpus.blocks(50)])
        assert_array_equal(found, tokens[::-1])


def test_sentences_longer_than_their_number_of_words_fit_no_block(tmp_path: Path):
    """A limit beyond 2^31 is none."""
    (tmp_path / "text").write_text("a b c\n" * 3)
    raw, corpus = scan_files(tmp_path / "text", max_sentence_length=2**40)
    assert raw.n_sentences == 3
    assert corpus is not None
    assert len(list(corpus.blocks(2**40))) == 1
    corpus.close()
