"""Which words of a raw vocabulary to keep, in which order, and how often to skip them.

The rules are gensim's, to the last bit: models trained by both have the same rows.
"""

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

RULE_DEFAULT, RULE_DISCARD, RULE_KEEP = 0, 1, 2
"""What a trim rule returns: let the count decide, drop the word, keep it."""

TrimRule = Callable[[Any, int, int], int]
"""``trim_rule(word, count, min_count)`` returns one of the three values above."""

_KEEP_ALWAYS = 2**32 - 1


class CountedWords(Protocol):
    """Words with their counts, such as `word2vec.text.vocabulary.RawVocabulary`."""

    @property
    def words(self) -> Iterable[Any]:
        """Distinct words, in the order of first appearance."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """Their counts: shape (len(words),)."""


@dataclass(frozen=True)
class Selection:
    """The words that a model keeps.

    Attributes
    ----------
    indices : ndarray of shape (n_kept,), int64
        Their places in the raw vocabulary, rising.
    counts : ndarray of shape (n_kept,), int64
    calculated_min_count : int
        The smallest min_count that satisfies max_final_vocab; 1 without it.
    effective_min_count : int
        The min_count that was applied.
    retained_total : int
        Sum of `counts`, in words of the corpus.
    dropped_unique : int
        Distinct words not kept.
    dropped_total : int
        Sum of their counts, in words of the corpus.
    """

    indices: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    calculated_min_count: int
    effective_min_count: int
    retained_total: int
    dropped_unique: int
    dropped_total: int


class Thresholds(NamedTuple):
    """Subsampling of frequent words; see `keep_thresholds`."""

    thresholds: npt.NDArray[np.uint32]
    downsample_unique: int
    downsample_total: int


def keeps(word: Hashable, count: int, min_count: int, trim_rule: TrimRule | None) -> bool:
    """Whether a word with this count is kept."""
    ruling = RULE_DEFAULT if trim_rule is None else trim_rule(word, count, min_count)
    if ruling == RULE_KEEP:
        return True
    return ruling != RULE_DISCARD and count >= min_count


def select_words(
    raw: CountedWords,
    *,
    min_count: int = 5,
    max_final_vocab: int | None = None,
    trim_rule: TrimRule | None = None,
) -> Selection:
    """Choose the words that occur often enough.

    Parameters
    ----------
    raw : RawVocabulary
    min_count : int, default=5
        Drop words that occur less often.
    max_final_vocab : int or None
        Raise `min_count` until at most this many words remain; words as frequent as
        the first one too many go as well, so that fewer may remain.
    trim_rule : callable or None
        ``trim_rule(word, count, effective_min_count)`` returns RULE_KEEP,
        RULE_DISCARD, or anything else to let the count decide.

    Returns
    -------
    Selection
    """
    counts = np.asarray(raw.counts, dtype=np.int64)
    calculated = 1
    if max_final_vocab is not None and max_final_vocab < len(counts):
        from_top = len(counts) - 1 - max_final_vocab
        calculated = int(np.partition(counts, from_top)[from_top]) + 1
    effective = min_count if max_final_vocab is None else max(calculated, min_count)
    if trim_rule is None:
        kept = counts >= effective
    else:
        pairs = zip(raw.words, counts.tolist(), strict=True)
        kept = np.fromiter(
            (keeps(word, count, effective, trim_rule) for word, count in pairs), bool, len(counts)
        )
    indices = np.flatnonzero(kept).astype(np.int64)
    retained_total = int(counts[indices].sum())
    return Selection(
        indices=indices,
        counts=counts[indices],
        calculated_min_count=calculated,
        effective_min_count=effective,
        retained_total=retained_total,
        dropped_unique=len(counts) - len(indices),
        dropped_total=int(counts.sum()) - retained_total,
    )


def sort_order(counts: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Order by descending count; of equally frequent words the later comes first.

    Parameters
    ----------
    counts : array_like of shape (n,)

    Returns
    -------
    ndarray of shape (n,), int64
        Place `i` of the sorted vocabulary is for word ``order[i]``.
    """
    array = np.asarray(counts, dtype=np.int64)
    return np.argsort(array, kind="stable")[::-1].astype(np.int64)


def keep_thresholds(counts: npt.ArrayLike, sample: float) -> Thresholds:
    """Chance of each word to stay in the text, as a threshold for a 32-bit draw.

    With ``t = sample * counts.sum()``, a word with count `c` stays with probability
    ``min(1, (sqrt(c / t) + 1) * t / c)``.

    Parameters
    ----------
    counts : array_like of shape (n,)
        Counts of the words that are kept.
    sample : float
        0 keeps everything. Below 1, a fraction of the corpus; from 1 on, a count:
        ``t = int(sample * (3 + sqrt(5)) / 2)``, at which words with this count just
        stay.

    Returns
    -------
    thresholds : ndarray of shape (n,), uint32
        A token stays if its threshold is >= a draw from [0, 2**32).
    downsample_unique : int
        Number of words whose probability is below 1.
    downsample_total : int
        Expected length of the corpus after subsampling, in words, rounded down.

    References
    ----------
    Mikolov et al., "Distributed Representations of Words and Phrases and their
    Compositionality", 2013; the formula is that of the C code published with it.
    """
    array = np.asarray(counts, dtype=np.int64)
    total = int(array.sum())
    if not sample:
        thresholds = np.full(len(array), _KEEP_ALWAYS, np.uint32)
        return Thresholds(thresholds, 0, total)
    limit = sample * total if sample < 1 else int(sample * (3 + math.sqrt(5)) / 2)
    chance = np.ones(len(array))
    seen = array > 0
    count = array[seen]
    chance[seen] = (np.sqrt(count / limit) + 1) * (limit / count)
    rare = chance >= 1
    chance[rare] = 1
    # One after the other, as a loop adds them: a pairwise sum differs in the last bits.
    running = np.add.accumulate(chance * array)
    return Thresholds(
        (chance * _KEEP_ALWAYS).astype(np.uint32),
        int(np.count_nonzero(~rare)),
        int(running[-1]) if len(running) else 0,
    )
