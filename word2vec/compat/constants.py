"""Constants of the module ``gensim.models.word2vec`` that programs read."""

from collections import namedtuple
from typing import Any

FAST_VERSION = 1
"""gensim's number of a compiled training loop; -1 would mean slow Python."""

CORPUSFILE_VERSION = 1
"""gensim's number of a compiled `corpus_file`."""

MAX_WORDS_IN_BATCH = 10_000
"""The longest sentence that gensim trains whole; here every sentence is."""


class Heapitem(namedtuple("Heapitem", ("count", "index", "left", "right"))):
    """A node of a Huffman tree on a heap; nodes compare by their counts."""

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        return bool(self.count < other.count)
