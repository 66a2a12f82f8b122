"""Huffman trees: optimal, prefix-free, of any depth, and growing without loss."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from word2vec.errors import ParameterError, ParameterTypeError
from word2vec.training import _train
from word2vec.training.huffman import HuffmanTree, build, graft

COUNTS = st.one_of(
    st.lists(st.integers(0, 50), min_size=1, max_size=60),  # many ties, zeros
    st.lists(st.integers(0, 2**50), min_size=1, max_size=60),
)


def codewords(tree):
    return ["".join(map(str, tree.path(word)[1])) for word in range(tree.n_words)]


def least_cost(counts):
    """Total weighted length of an optimal code, by the textbook's heap."""
    heap, cost = list(counts), 0
    heapq.heapify(heap)
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged
        heapq.heappush(heap, merged)
    return cost


def cost(tree, counts):
    lengths = np.diff(tree.path_offsets).tolist()
    return sum(count * length for count, length in zip(counts, lengths, strict=True))


def check_is_full_binary_tree(tree):
    """Every inner node has two children and one parent; no word is a prefix of another."""
    assert tree.path_offsets.dtype == np.int64
    assert tree.path_nodes.dtype == np.int32
    assert tree.path_codes.dtype == np.uint8
    assert tree.path_offsets[0] == 0
    assert len(tree.path_nodes) == len(tree.path_codes) == tree.path_offsets[-1]
    assert tree.n_inner == tree.n_words - 1
    children = {}
    for word in range(tree.n_words):
        nodes, codes = (part.tolist() for part in tree.path(word))
        if not nodes:
            assert tree.n_words == 1
            continue
        assert nodes[0] == tree.n_inner - 1  # the root is the last one
        below = [*(("node", node) for node in nodes[1:]), ("word", word)]
        for node, code, child in zip(nodes, codes, below, strict=True):
            assert children.setdefault((node, code), child) == child
    if tree.n_words > 1:
        assert set(children) == {(node, code) for node in range(tree.n_inner) for code in (0, 1)}
        assert len(set(children.values())) == len(children)
        kraft = sum(2.0 ** -len(word) for word in codewords(tree))
        assert kraft == pytest.approx(1, rel=1e-12)


@given(COUNTS)
def test_a_tree_is_optimal_and_full(counts):
    tree = build(np.array(counts, np.int64))
    check_is_full_binary_tree(tree)
    assert cost(tree, counts) == least_cost(counts)


@given(COUNTS)
def test_rarer_words_never_have_shorter_paths(counts):
    lengths = np.diff(build(counts).path_offsets)
    by_count = lengths[np.argsort(-np.array(counts), kind="stable")]
    assert (np.diff(by_count) >= 0).all()


def test_a_small_tree_by_hand():
    # 1 + 1 -> node 0 (2); 2 of word 2 + node 0 -> node 1 (4); node 1 + 5 -> node 2
    tree = build([5, 1, 2, 1])
    assert codewords(tree) == ["1", "011", "00", "010"]
    assert [tree.path(word)[0].tolist() for word in range(4)] == [[2], [2, 1, 0], [2, 1], [2, 1, 0]]


def test_of_equal_counts_the_later_word_is_the_rarer_one():
    tree = build([3, 3])
    assert codewords(tree) == ["1", "0"]


@given(st.integers(1, 300), st.sampled_from([0, 1, 7]))
def test_equal_counts_give_a_balanced_tree(n, count):
    tree = build(np.full(n, count))
    check_is_full_binary_tree(tree)
    lengths = np.diff(tree.path_offsets)
    assert lengths.max() == (n - 1).bit_length()
    assert lengths.max() - lengths.min() <= 1


def test_many_zero_counts_do_not_make_a_chain():
    lengths = np.diff(build([10, 5] + [0] * 100_000).path_offsets)
    assert lengths.max() == 2 + 17  # 2 ** 17 > 100,000


def test_fibonacci_counts_make_the_deepest_tree():
    counts = [1, 1]
    while counts[-1] + sum(counts) < 2**62:
        counts.append(counts[-1] + counts[-2])
    tree = build(counts)
    check_is_full_binary_tree(tree)
    assert np.diff(tree.path_offsets).max() == len(counts) - 1 > 80
    assert cost(tree, counts) == least_cost(counts)


def test_one_word_has_an_empty_path():
    tree = build([7])
    assert_array_equal(tree.path_offsets, [0, 0])
    assert (len(tree.path_nodes), tree.n_inner) == (0, 0)


def test_a_large_vocabulary_is_as_good_as_the_textbooks():
    counts = (1e7 / np.arange(1, 30_001)).astype(np.int64)
    tree = build(np.random.default_rng(0).permutation(counts))
    assert cost(tree, np.random.default_rng(0).permutation(counts).tolist()) == least_cost(
        counts.tolist()
    )
    lengths = np.diff(tree.path_offsets)
    assert np.exp2(-lengths.astype(float)).sum() == 1.0


def test_counts_are_not_changed():
    counts = np.array([1, 9, 4])
    build(counts)
    assert_array_equal(counts, [1, 9, 4])


def test_the_c_builder_says_where_the_root_is():
    parents, codes = _train.huffman_parents(np.array([2, 1], np.int64))
    assert (parents.dtype, codes.dtype) == (np.int32, np.uint8)
    assert_array_equal(parents, [0, 0, -1])
    assert_array_equal(codes, [1, 0, 0])


@given(COUNTS, st.lists(st.integers(0, 2**40), max_size=30))
def test_a_graft_keeps_every_old_question(old_counts, new_counts):
    old = build(old_counts)
    grown = graft(old, old_counts, new_counts)
    check_is_full_binary_tree(grown)
    assert grown.n_words == len(old_counts) + len(new_counts)
    # Old words: one and the same prefix of new nodes, then the old path.
    prefixes = set()
    for word in range(old.n_words):
        (nodes, codes), (old_nodes, old_codes) = grown.path(word), old.path(word)
        above = len(nodes) - len(old_nodes)
        assert_array_equal(nodes[above:], old_nodes)
        assert_array_equal(codes[above:], old_codes)
        prefixes.add((tuple(nodes[:above]), tuple(codes[:above])))
        assert (nodes[:above] >= old.n_inner).all()
    assert len(prefixes) == 1
    for word in range(old.n_words, grown.n_words):
        assert (grown.path(word)[0] >= old.n_inner).all()
    # Of all trees that hold the old one whole, this is an optimal one.
    whole = least_cost([sum(old_counts), *new_counts])
    assert cost(grown, old_counts + new_counts) == cost(old, old_counts) + whole


def test_a_graft_on_one_word_has_only_new_nodes():
    grown = graft(build([4]), [4], [1, 2])
    assert codewords(grown) == ["1", "00", "01"]
    assert [grown.path(word)[0].tolist() for word in range(3)] == [[1], [1, 0], [1, 0]]


def test_grafts_follow_each_other():
    first = build([5, 3])
    second = graft(first, [5, 3], [2, 9])
    third = graft(second, [5, 3, 2, 9], [1])
    check_is_full_binary_tree(third)
    for word in range(4):
        assert third.path(word)[0].tolist() == [3, *second.path(word)[0].tolist()]


def test_a_graft_of_nothing_is_the_tree_itself():
    tree = build([1, 2, 3])
    assert graft(tree, [1, 2, 3], []) is tree


@pytest.mark.parametrize(
    ("counts", "error", "message"),
    [
        ([], ParameterError, "at least one word"),
        ([3, -1], ParameterError, "count of word 1 is -1"),
        ([[1, 2]], ParameterError, "2 dimensions"),
        ([1.0, 2.0], ParameterTypeError, "float64"),
        (["a"], ParameterTypeError, "must be integers"),
        ([2**62, 2**62], ParameterError, "more than int64"),
        (np.array([2**63], np.uint64), ParameterError, "more than int64"),
    ],
)
def test_impossible_counts_are_refused(counts, error, message):
    with pytest.raises(error, match=message):
        build(counts)


def test_the_largest_counts_still_fit():
    tree = build([2**62, 2**62 - 1])
    assert codewords(tree) == ["1", "0"]


def test_a_graft_checks_its_counts():
    tree = build([1, 2])
    with pytest.raises(ParameterError, match="old_counts has 3 counts"):
        graft(tree, [1, 2, 3], [4])
    with pytest.raises(ParameterError, match="count of word 0 is -4"):
        graft(tree, [1, 2], [-4])
    with pytest.raises(ParameterError, match="more than int64"):
        graft(tree, [2**62, 0], [2**62])


@pytest.mark.parametrize("word", [-1, 2])
def test_a_path_of_no_word_is_an_error(word):
    with pytest.raises(IndexError, match="not in"):
        build([1, 2]).path(word)


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_the_order_of_words_does_not_matter(random):
    counts = random.sample(range(1000), 40)  # distinct: no ties to break
    shuffled = random.sample(range(40), 40)
    straight, mixed = build(counts), build([counts[word] for word in shuffled])
    assert isinstance(mixed, HuffmanTree)
    assert [codewords(straight)[word] for word in shuffled] == codewords(mixed)
