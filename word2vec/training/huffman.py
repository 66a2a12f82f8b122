"""Huffman tree of a vocabulary, as the flat arrays of hierarchical softmax.

A word's path names the inner nodes from the root down (rows of `output_hs`,
syn1 in the papers' code) and the turn taken at each. Nothing here limits the
depth of a tree or walks over words one by one in Python.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError, ParameterTypeError
from word2vec.training import _train


@dataclass(frozen=True, eq=False)
class HuffmanTree:
    """Paths from the root to every word.

    Attributes
    ----------
    path_offsets : ndarray of shape (n_words + 1,), int64
        The path of word `w` is ``[path_offsets[w]:path_offsets[w + 1]]`` of
        the two arrays below, root first. With one word it is empty.
    path_nodes : ndarray of shape (path_offsets[-1],), int32
        Inner nodes, in [0, n_inner): the row of `output_hs` that decides.
    path_codes : ndarray of shape (path_offsets[-1],), uint8
        Which child of that node comes next, 0 or 1.
    n_inner : int
        Inner nodes, `n_words - 1`; the root is the last one.
    """

    path_offsets: npt.NDArray[np.int64]
    path_nodes: npt.NDArray[np.int32]
    path_codes: npt.NDArray[np.uint8]
    n_inner: int

    @property
    def n_words(self) -> int:
        """Number of words, the leaves."""
        return len(self.path_offsets) - 1

    def path(self, word: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """Inner nodes and codes of the word with id `word`, root first.

        Returns
        -------
        tuple of (ndarray of int32, ndarray of uint8)
            Views of `path_nodes` and `path_codes`.

        Raises
        ------
        IndexError
            If `word` is not in [0, n_words).
        """
        if not 0 <= word < self.n_words:
            raise IndexError(f"word id {word} is not in [0, {self.n_words})")
        part = slice(self.path_offsets[word], self.path_offsets[word + 1])
        return self.path_nodes[part], self.path_codes[part]


def build(counts: npt.ArrayLike) -> HuffmanTree:
    """Huffman tree that gives frequent words short paths.

    Parameters
    ----------
    counts : array_like of shape (n_words,), integer
        Occurrences of each word, >= 0, in any order; at least one word.

    Returns
    -------
    HuffmanTree
        Inner nodes are numbered as they are made, the two lightest subtrees
        first; code 0 is the lighter of the two children.

    Raises
    ------
    ParameterError
        If there is no word, a count is negative, or the sum exceeds int64.
    ParameterTypeError
        If the counts are not integers.

    Notes
    -----
    O(n log n) for the sort, O(n) for the tree, then O(total length of paths).
    Among words of equal count the one with the larger id is the rarer one. Of
    all optimal trees this is one of least depth (a leaf is taken before an
    inner node of the same weight; word2vec.c does the opposite).

    References
    ----------
    .. [1] D. A. Huffman, "A Method for the Construction of Minimum-Redundancy
       Codes", 1952. doi:10.1109/JRPROC.1952.273898
    .. [2] E. S. Schwartz, "An optimum encoding with minimum longest code and
       total number of digits", 1964. doi:10.1016/S0019-9958(64)90076-3
    """
    checked = _check_counts(counts)
    if not len(checked):
        raise ParameterError("a Huffman tree needs at least one word, and counts is empty")
    order = np.argsort(-checked, kind="stable")
    parents, codes = _train.huffman_parents(checked[order])
    leaves = np.empty_like(order)
    leaves[order] = np.arange(len(order))
    return _expand(parents, codes, leaves)


def graft(tree: HuffmanTree, old_counts: npt.ArrayLike, new_counts: npt.ArrayLike) -> HuffmanTree:
    """Tree for a grown vocabulary in which every old inner node keeps its meaning.

    Parameters
    ----------
    tree : HuffmanTree
        Tree of the old words, as trained with; it stays as it is.
    old_counts : array_like of shape (tree.n_words,), integer
        Present counts of the old words: their sum is the weight of `tree`.
    new_counts : array_like of shape (n_new,), integer
        Counts of the new words; their ids follow those of the old ones.

    Returns
    -------
    HuffmanTree
        Tree over ``tree.n_words + n_new`` words. Old inner nodes keep their
        numbers, new ones are numbered from ``tree.n_inner`` on, the root last.

    Raises
    ------
    ParameterError
        If `old_counts` has the wrong length, a count is negative, or the sum
        exceeds int64.
    ParameterTypeError
        If the counts are not integers.

    Notes
    -----
    A row of `output_hs` has learnt one question: left or right among the words
    below that node. A tree built afresh asks other questions with the same
    rows, so that what was learnt becomes noise; gensim does that in
    ``build_vocab(update=True)``. Here the old tree hangs as one leaf, with the
    weight of all its words, in a Huffman tree with the new words. Old words
    get the path to that leaf as a prefix, and only new rows start untrained.
    The price is a tree that is only nearly optimal for the new counts.
    """
    old = _check_counts(old_counts)
    new = _check_counts(new_counts)
    if len(old) != tree.n_words:
        raise ParameterError(
            f"old_counts has {len(old)} counts: it must have one for each of the "
            f"{tree.n_words} words of the tree"
        )
    if not len(new):
        return tree
    upper = build(_check_counts(np.concatenate(([old.sum()], new))))
    prefix, prefix_codes = upper.path(0)
    first_new = upper.path_offsets[1]
    lengths = np.diff(tree.path_offsets) + len(prefix)
    kept = _ends(lengths)
    return HuffmanTree(
        path_offsets=np.concatenate((kept, kept[-1] + upper.path_offsets[2:] - first_new)),
        path_nodes=np.concatenate(
            (
                _with_prefix(prefix + np.int32(tree.n_inner), tree.path_nodes, tree, kept),
                upper.path_nodes[first_new:] + np.int32(tree.n_inner),
            )
        ),
        path_codes=np.concatenate(
            (
                _with_prefix(prefix_codes, tree.path_codes, tree, kept),
                upper.path_codes[first_new:],
            )
        ),
        n_inner=tree.n_inner + upper.n_inner,
    )


def _check_counts(counts: npt.ArrayLike) -> npt.NDArray[np.int64]:
    given = np.asarray(counts)
    if given.ndim != 1:
        raise ParameterError(f"counts has {given.ndim} dimensions: it must have one")
    if given.size and given.dtype.kind not in "iu":
        raise ParameterTypeError(f"counts are of type {given.dtype}: they must be integers")
    if given.size and given.min() < 0:
        word = int(given.argmin())
        raise ParameterError(f"the count of word {word} is {given[word]}: counts must be >= 0")
    # In Python's integers or doubles, so that the check itself cannot overflow.
    if given.sum(dtype=np.float64) >= 2.0**62 and sum(given.tolist()) >= 2**63:
        raise ParameterError("the counts add up to more than int64 holds: scale them down")
    return np.ascontiguousarray(given, dtype=np.int64)


def _expand(
    parents: npt.NDArray[np.int32],
    codes: npt.NDArray[np.uint8],
    leaves: npt.NDArray[np.intp],
) -> HuffmanTree:
    """Write down the paths of all words; `leaves` gives the leaf of each."""
    n = len(leaves)
    offsets = _ends(_depths(parents, n)[leaves])
    path_nodes = np.empty(offsets[-1], np.int32)
    path_codes = np.empty(offsets[-1], np.uint8)
    # All words climb together and fill their paths from the back; those that
    # reach the root drop out.
    node = leaves
    slot = offsets[1:] - 1
    while True:
        climbing = parents[node] >= 0
        node, slot = node[climbing], slot[climbing]
        if not len(node):
            return HuffmanTree(offsets, path_nodes, path_codes, n - 1)
        path_nodes[slot] = parents[node]
        path_codes[slot] = codes[node]
        node = n + parents[node].astype(np.intp)
        slot = slot - 1


def _depths(parents: npt.NDArray[np.int32], n: int) -> npt.NDArray[np.int64]:
    """Edges between each node and the root, by pointer doubling."""
    root = len(parents) - 1
    ancestor = np.where(parents < 0, root, parents.astype(np.intp) + n)
    depth = (parents >= 0).astype(np.int64)
    while (ancestor != root).any():
        depth += depth[ancestor]
        ancestor = ancestor[ancestor]
    return depth


def _ends(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def _with_prefix(
    prefix: npt.NDArray[Any],
    values: npt.NDArray[Any],
    tree: HuffmanTree,
    offsets: npt.NDArray[np.int64],
) -> npt.NDArray[Any]:
    """`values` along the paths of `tree`, each path after `prefix`."""
    longer = np.empty(offsets[-1], values.dtype)
    is_prefix = np.zeros(offsets[-1], bool)
    for position, value in enumerate(prefix):
        longer[offsets[:-1] + position] = value
        is_prefix[offsets[:-1] + position] = True
    longer[~is_prefix] = values
    return longer
