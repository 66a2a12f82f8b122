"""What is trained: the tables an objective needs, made from the word counts.

`Tables` holds noise distribution, Huffman tree and subsampling thresholds;
`make_kernel` puts them together with weights and options.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.training import huffman, noise
from word2vec.training._train import Kernel

# Words of a corpus from which on contexts share their centre's noise words. Below,
# training takes seconds anyway, and noise words of their own give slightly better
# similarities when a small corpus is trained for many epochs (docs/architecture.md,
# "Shared negatives").
LARGE_CORPUS = 10_000_000

# Nodes at the top of a Huffman tree of which each thread has copies of its own, on corpora
# of that size; of a small tree less (docs/architecture.md, "Hot nodes").
HOT_NODES = 256
HOT_PART = 1 / 64


@dataclass
class Tables:
    """Read-only companions of the weights, one entry per word.

    Attributes
    ----------
    noise : ndarray of shape (n_words,), NOISE_DTYPE, or None
        Alias table of negative sampling; None without it.
    tree : HuffmanTree or None
        None without hierarchical softmax.
    """

    noise: NDArray[np.void] | None
    tree: huffman.HuffmanTree | None


def build_tables(
    counts: NDArray[np.int64],
    *,
    negative: int,
    ns_exponent: float,
    hs: int,
    tree: huffman.HuffmanTree | None = None,
) -> Tables:
    """Tables for a vocabulary with these counts.

    Parameters
    ----------
    counts : ndarray of shape (n_words,), int64
    tree : HuffmanTree, optional
        Taken instead of a new one, whatever `hs`: that of a grown or loaded vocabulary,
        whose inner nodes belong to rows of weights.
    """
    return Tables(
        noise=noise.alias_table(counts, ns_exponent) if negative > 0 else None,
        tree=tree or (huffman.build(counts) if hs else None),
    )


def shares_negatives(shared_negatives: Any, total_words: int) -> bool:
    """Whether contexts share noise words, for the option's value and corpus size."""
    if shared_negatives == "auto":
        return total_words >= LARGE_CORPUS
    return bool(shared_negatives)


def make_kernel(
    model: Any, tables: Tables, *, total_words: int, compute_loss: bool, threads: int = 1
) -> Kernel:
    """Kernel over the model's weights as they are now.

    Parameters
    ----------
    model : Word2Vec
        Gives ``wv.vectors``, ``wv.vectors_lockf``, ``syn1neg``, ``syn1`` and the
        options as attributes.
    total_words : int
        Words in the corpus, for ``shared_negatives='auto'`` and copies of hot nodes.
    threads : int, default=1
        How many will train with it at the same time.

    Raises
    ------
    ValueError
        If an array has a wrong shape or dtype, which users may have assigned.
    """
    # The tables are those of the vocabulary; hs may have been set to 0 since.
    wv, tree = model.wv, tables.tree if model.hs else None
    return Kernel(
        input=wv.vectors,
        output_ns=model.syn1neg if model.negative else None,
        output_hs=model.syn1 if model.hs else None,
        # Users assign numbers and arrays of any kind.
        lock_factors=np.atleast_1d(np.ascontiguousarray(wv.vectors_lockf, np.float32)),
        # Thresholds drop nothing when subsampling is off; no draws then.
        keep=wv.expandos["sample_int"] if model.sample else None,
        noise=tables.noise,
        path_offsets=tree.path_offsets if tree else None,
        path_nodes=tree.path_nodes if tree else None,
        path_codes=tree.path_codes if tree else None,
        window=int(model.window),
        negative=int(model.negative),
        sg=bool(model.sg),
        shrink_windows=bool(model.shrink_windows),
        shared_negatives=shares_negatives(model.shared_negatives, total_words),
        cbow_mean=bool(model.cbow_mean),
        # gensim scales the error the wrong way round (w2v.h).
        context_scale_full=bool(model.cbow_mean) != bool(model.corrected_cbow),
        compute_loss=compute_loss,
        hot_nodes=_hot_nodes(tree, total_words) if threads > 1 else 0,
        hot_share=1 / threads,
    )


def _hot_nodes(tree: huffman.HuffmanTree | None, total_words: int) -> int:
    if tree is None or total_words < LARGE_CORPUS:
        return 0
    return min(HOT_NODES, int(HOT_PART * len(tree.path_offsets)))
