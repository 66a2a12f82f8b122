"""`Phrases.vocab`: the counts of words and phrases, to be used like a dict."""

from collections.abc import ItemsView, Iterable, Iterator, Mapping, MutableMapping, ValuesView
from operator import index
from typing import Any, cast

from word2vec.errors import ParameterError, ParameterTypeError
from word2vec.text._grams import GramTable

# Texts made at a time while iterating.
_BLOCK = 4096


class PhraseCounts(GramTable, MutableMapping[str, int]):
    """Text of each word and phrase to its count (> 0), in the order of first appearance.

    Parameters
    ----------
    delimiter : str
        What stands between the words of a phrase. Any text may be a key; with a
        single character, phrases take less than half the memory that a dict needs.

    Notes
    -----
    Equal to a dict with the same items. The texts of phrases are made while they are
    iterated over. A key that is deleted and comes back takes its old place.
    """

    def __setitem__(self, text: str, count: int) -> None:
        """Set the count of a word or phrase.

        Raises
        ------
        ParameterError
            If `count` is below 1 or above 2**63 - 1.
        ParameterTypeError
            If `text` is no str or `count` no integer.
        """
        try:
            count = index(count)
        except TypeError:
            raise ParameterTypeError(
                f"the count of {text!r:.80} is {count!r}: it must be an int >= 1"
            ) from None
        if not isinstance(text, str):
            raise ParameterTypeError(f"{text!r:.80} is of type {type(text).__name__}, not str")
        if not 1 <= count < 2**63:
            raise ParameterError(f"the count of {text!r:.80} is {count}: it must be an int >= 1")
        self.set(text, count)

    def _pairs(self) -> Iterator[tuple[str, int]]:
        size, begin = len(self), 0
        while (block := self.block(begin, begin + _BLOCK)) is not None:
            for pair in block:
                yield pair
                if len(self) != size:
                    raise RuntimeError("the vocabulary changed size during iteration")
            begin += _BLOCK

    def __iter__(self) -> Iterator[str]:
        for text, _ in self._pairs():
            yield text

    def items(self) -> ItemsView[str, int]:
        """Return texts and counts, made while they are iterated over."""
        return _Items(self)

    def values(self) -> ValuesView[int]:
        """Return the counts, in the order of the texts."""
        return _Values(self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{text!r}: {count}" for text, count in self.block(0, 5) or ())
        return f"{type(self).__name__}({{{shown}{', ...' if len(self) > 5 else ''}}})"

    def __reduce__(self) -> tuple[Any, ...]:
        return from_items, (self.delimiter, list(self), list(self.values()), type(self))

    def __copy__(self) -> "PhraseCounts":
        return self.pruned(1)


class _Items(ItemsView[str, int]):
    _mapping: PhraseCounts

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return self._mapping._pairs()


class _Values(ValuesView[int]):
    _mapping: PhraseCounts

    def __iter__(self) -> Iterator[int]:
        return (count for _, count in self._mapping._pairs())


def from_items(
    delimiter: str,
    texts: Iterable[str],
    counts: Iterable[int],
    cls: type[PhraseCounts] = PhraseCounts,
) -> PhraseCounts:
    """Make a table of `texts` and their `counts`, in this order."""
    table = cls(delimiter)
    for text, count in zip(texts, counts, strict=True):
        table[text] = count
    return table


def from_mapping(delimiter: str, counts: Mapping[str, int]) -> PhraseCounts:
    """Return `counts` as a table with this delimiter: itself if it is one."""
    if isinstance(counts, PhraseCounts) and counts.delimiter == delimiter:
        return counts
    return from_items(delimiter, counts.keys(), cast(Iterable[int], counts.values()))


def merge(table: PhraseCounts, more: PhraseCounts) -> None:
    """Add the counts of `more` to `table`."""
    if table.delimiter == more.delimiter:
        table.add_table(more)
        return
    for text, count in more.items():
        table[text] = table.get(text, 0) + count
