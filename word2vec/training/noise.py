"""Noise distribution of negative sampling, as an alias table.

A word is drawn as noise in proportion to ``count ** ns_exponent``, with one
random number and one look-up whatever the size of the vocabulary.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError, ParameterTypeError
from word2vec.training import _train


def alias_table(counts: npt.ArrayLike, ns_exponent: float) -> npt.NDArray[np.void]:
    """Alias table from which each word is drawn with weight ``count ** ns_exponent``.

    Parameters
    ----------
    counts : array_like of shape (n_words,)
        Occurrences of each word, finite and >= 0, in any order; fractions are
        allowed.
    ns_exponent : float
        Finite. 1 draws words as often as they occur, 0 all equally (also
        those with count 0), a negative one favours the rare.

    Returns
    -------
    ndarray of shape (n_words,), dtype ``[('threshold', '<u4'), ('alias', '<i4')]``
        To draw: pick a slot `s` uniformly and a 32-bit number; the word is `s`
        if the number is below `threshold`, else `alias`.

    Raises
    ------
    ParameterError
        If there is no word, a count is negative or not finite, all counts are
        0 under a positive exponent, or one is 0 under a negative exponent.
    ParameterTypeError
        If counts or exponent are not real numbers.

    Notes
    -----
    O(n_words). Thresholds have 32 bits, so a word's probability is off by
    2 ** -32 at most; one of less than ``2 ** -33 / n_words`` may become 0.
    Where gensim bisects a cumulative table of 31-bit integers, a rare word of
    a large vocabulary may get no entry at all.

    References
    ----------
    .. [1] A. J. Walker, "An Efficient Method for Generating Discrete Random
       Variables with General Distributions", 1977. doi:10.1145/355744.355749
    .. [2] M. D. Vose, "A Linear Algorithm for Generating Random Numbers with a
       Given Distribution", 1991. doi:10.1109/32.92917
    """
    table: npt.NDArray[np.void] = _train.build_alias(_weights(counts, ns_exponent))
    return table


def probabilities(table: npt.NDArray[np.void]) -> npt.NDArray[np.float64]:
    """Probability of each word under an alias table.

    Parameters
    ----------
    table : ndarray of shape (n_words,)
        From `alias_table`.

    Returns
    -------
    ndarray of shape (n_words,), float64
        What a draw gives, exactly but for rounding in float64; adds up to 1.
    """
    n = len(table)
    words = np.arange(n)
    # A slot that names itself as alias gives its word whatever is drawn.
    own = np.where(table["alias"] == words, 1.0, table["threshold"] / 2.0**32)
    shares = own.copy()
    np.add.at(shares, table["alias"], 1.0 - own)
    return shares / n


def _weights(counts: npt.ArrayLike, ns_exponent: Any) -> npt.NDArray[np.float64]:
    """Weights relative to the largest one, which is 1: no exponent overflows."""
    given = np.asarray(counts)
    if given.ndim != 1 or not given.size:
        raise ParameterError(
            f"counts has shape {given.shape}: it must have one dimension and at least one word"
        )
    if given.dtype.kind not in "iuf":
        raise ParameterTypeError(f"counts are of type {given.dtype}: they must be numbers")
    if not isinstance(ns_exponent, (int, float, np.integer, np.floating)):
        raise ParameterTypeError(
            f"ns_exponent={ns_exponent!r} is of type {type(ns_exponent).__name__}: "
            "it must be a finite number"
        )
    if not math.isfinite(ns_exponent):
        raise ParameterError(f"ns_exponent={ns_exponent!r}: it must be a finite number")
    values = given.astype(np.float64)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if len(bad):
        raise ParameterError(
            f"the count of word {bad[0]} is {given[bad[0]]}: counts must be finite and >= 0"
        )
    if ns_exponent == 0:
        return np.ones(len(values))
    zeros = np.flatnonzero(values == 0)
    if ns_exponent < 0 and len(zeros):
        raise ParameterError(
            f"ns_exponent={ns_exponent!r} gives infinite weight to the {len(zeros)} words of "
            f"count 0 (the first is word {zeros[0]}): drop them or take an exponent >= 0"
        )
    if len(zeros) == len(values):
        raise ParameterError(
            f"all {len(values)} counts are 0, so that no noise word can be drawn: "
            "count the words or set ns_exponent=0"
        )
    extreme = values.max() if ns_exponent > 0 else values.min()
    with np.errstate(over="ignore"):  # a ratio of infinity gets weight 0
        weights: npt.NDArray[np.float64] = (values / extreme) ** float(ns_exponent)
    return weights
