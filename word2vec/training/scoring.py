"""What a trained model predicts: log-likelihood of sentences, centre words.

NumPy is fast enough here: one matrix product for a centre word.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.training.huffman import HuffmanTree


def log_likelihood(
    ids: Sequence[int],
    vectors: NDArray[np.float32],
    output_hs: NDArray[np.float32],
    tree: HuffmanTree,
    *,
    window: int,
    sg: bool,
    cbow_mean: bool,
) -> float:
    """Log-likelihood of one sentence under hierarchical softmax, in nats.

    Parameters
    ----------
    ids : sequence of int
        Known words of the sentence.
    vectors, output_hs : ndarray of shape (n, vector_size), float32

    Returns
    -------
    float
        Sum over all (context, centre) pairs of skip-gram, or over all centres of
        CBOW, in the full window; 0.0 without any.
    """
    total = 0.0
    for i, centre in enumerate(ids):
        contexts = [*ids[max(0, i - window) : i], *ids[i + 1 : i + 1 + window]]
        if not contexts:
            continue
        nodes, codes = tree.path(centre)
        hidden = vectors[contexts].astype(np.float64)
        if not sg:
            hidden = hidden.mean(axis=0)[None] if cbow_mean else hidden.sum(axis=0)[None]
        scores = hidden @ output_hs[nodes].T.astype(np.float64)
        # log sigmoid(+-s); code 0 is the positive class
        total -= float(np.logaddexp(0.0, np.where(codes == 0, -scores, scores)).sum())
    return total


def centre_probabilities(
    contexts: Sequence[int],
    vectors: NDArray[np.float32],
    output_ns: NDArray[np.float32],
    *,
    cbow_mean: bool,
) -> NDArray[np.float64]:
    """Probability of every word as the centre of these contexts.

    Returns
    -------
    ndarray of shape (n_words,), float64
        Softmax over the scores of negative sampling, which are not normalised by
        training: an ordering rather than calibrated probabilities.
    """
    hidden = vectors[list(contexts)].sum(axis=0, dtype=np.float64)
    if cbow_mean:
        hidden /= len(contexts)
    scores = output_ns @ hidden.astype(np.float32)
    weights: NDArray[np.float64] = np.exp(scores.astype(np.float64) - scores.max())
    weights /= weights.sum()
    return weights


def known_ids(words: Iterable[Any], key_to_index: dict[Any, int]) -> list[int]:
    """Ids of the words that are in the vocabulary, in order."""
    return [key_to_index[word] for word in words if word in key_to_index]
