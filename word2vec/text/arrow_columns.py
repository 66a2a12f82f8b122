"""Columns of Apache Arrow without Python objects: lists of words, scanned and encoded in bulk.

A column of lists is a long array of words and the lists' ends. Arrow numbers the words of
a piece of it (`dictionary_encode`), Python looks up the distinct ones, NumPy does the
rest. What comes out is what iterating over the column's lists gives. Columns of Hugging
Face's `datasets` are columns of Arrow behind an order of rows.

pyarrow is never imported here before somebody has a column.
"""

import logging
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import CorpusTypeError
from word2vec.text._text import EncodedBlock
from word2vec.text.line_files import LineFiles, line_files
from word2vec.text.vocabulary import RawVocabulary

logger = logging.getLogger("word2vec.text")

# Words numbered at a time: distinct ones are few beside them, and memory stays small.
_PIECE_WORDS = 1 << 20
_ROWS = 10_000  # of a data set that are fetched at a time


class ArrowSentences:
    """The lists of a column as sentences, to iterate or to read in bulk.

    Parameters
    ----------
    column : pyarrow.Array, pyarrow.ChunkedArray or datasets.Column
        Of lists of any kind; the words are of any type, also dictionary-encoded.

    Raises
    ------
    CorpusTypeError
        If the column does not hold lists.
    """

    def __init__(self, column: Any) -> None:
        self._column = column
        self._length = len(column)
        for array in self._arrays():
            _check_type(array.type)
            break

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[list[Any]]:
        """Give the lists of words, for whoever needs to see each."""
        for piece in self._pieces():
            yield from piece.to_pylist()

    def scan(self, *, workers: int = 1, progress_per: int = 0) -> RawVocabulary:
        """Count the words, as `word2vec.text.vocabulary.scan_sentences` would.

        Parameters
        ----------
        workers, progress_per : int
            As for `LineFiles.scan`; without effect, Arrow has threads of its own.

        Raises
        ------
        CorpusTypeError
            If a list or a word is null.
        """
        index: dict[Any, int] = {}
        counts = np.zeros(0, np.int64)
        n_words = n_sentences = 0
        for piece in self._pieces():
            lengths, numbers, words = _numbered(piece, n_sentences)
            for word in words:
                index.setdefault(word, len(index))
            ids = np.fromiter((index[word] for word in words), np.int64, len(words))
            if len(index) > len(counts):
                counts = np.append(counts, np.zeros(max(len(counts), len(index)), np.int64))
            # Equal words may have several numbers: a dictionary need not be free of repeats.
            np.add.at(counts, ids, np.bincount(numbers, minlength=len(words)))
            n_words += len(numbers)
            n_sentences += len(lengths)
        logger.info(
            "collected %i word types from a corpus of %i raw words and %i sentences",
            len(index),
            n_words,
            n_sentences,
        )
        return RawVocabulary(list(index), counts[: len(index)], n_words, n_sentences)

    def blocks(self, key_to_index: dict[Any, int]) -> Iterator[EncodedBlock]:
        """Encode one pass over the sentences.

        Parameters
        ----------
        key_to_index : dict of hashable to int
            Ids of the known words; others are dropped but counted.
        """
        n_sentences = 0
        for piece in self._pieces():
            lengths, numbers, words = _numbered(piece, n_sentences)
            n_sentences += len(lengths)
            ids = np.fromiter((key_to_index.get(word, -1) for word in words), np.int32, len(words))[
                numbers
            ]
            known = ids >= 0
            # Known words up to each end: differences are the lengths that are left.
            before = np.concatenate(([0], np.cumsum(known, dtype=np.int64)))
            ends = np.concatenate(([0], np.cumsum(lengths)))
            yield EncodedBlock(ids[known], before[ends], lengths)

    def _pieces(self) -> Iterator[Any]:
        """Arrays of whole lists with about `_PIECE_WORDS` words, or one list with more."""
        import pyarrow.compute as pc

        for array in self._arrays():
            ends = np.cumsum(_numpy(pc.fill_null(pc.list_value_length(array), 0)), dtype=np.int64)
            first = done = 0
            while first < len(array):
                stop = max(int(np.searchsorted(ends, done + _PIECE_WORDS, "right")), first + 1)
                yield array.slice(first, stop - first)
                first, done = stop, int(ends[stop - 1])

    def _arrays(self) -> Iterator[Any]:
        if not _is_data_set_column(self._column):
            yield from getattr(self._column, "chunks", [self._column])
            return
        rows = self._column.source.select_columns([self._column.column_name])
        for table in rows.with_format("arrow").iter(_ROWS):
            yield from table.column(self._column.column_name).chunks


def sentences_of(corpus: Any) -> Any:
    """Give Arrow's columns as `ArrowSentences`, any other corpus as it is."""
    pyarrow = sys.modules.get("pyarrow")
    if pyarrow is not None and isinstance(corpus, pyarrow.Array | pyarrow.ChunkedArray):
        return ArrowSentences(corpus)
    return ArrowSentences(corpus) if _is_data_set_column(corpus) else corpus


def bulk_reader(corpus: Any) -> ArrowSentences | LineFiles | None:
    """Give what counts and encodes a corpus without a Python object for each word, if it can."""
    return corpus if isinstance(corpus, ArrowSentences) else line_files(corpus)


def _is_data_set_column(corpus: Any) -> bool:
    """Whether a column of `datasets` gives what its table holds, not what a format makes of it."""
    datasets = sys.modules.get("datasets")
    kind = getattr(datasets, "Dataset", None)
    source = getattr(corpus, "source", None)
    return (
        kind is not None
        and isinstance(source, kind)
        and hasattr(corpus, "column_name")
        and source.format["type"] is None
        and _is_list(source.data.schema.field(corpus.column_name).type)
    )


def _is_list(kind: Any) -> bool:
    import pyarrow.types as types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _check_type(kind: Any) -> None:
    if _is_list(kind):
        return
    text = " Split its texts first: pyarrow.compute.utf8_split_whitespace(column)"
    raise CorpusTypeError(
        f"the column holds {kind}: it must hold lists of words (list, large_list or "
        f"fixed_size_list).{text if 'string' in str(kind) else ''}"
    )


def _numbered(
    piece: Any, before: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], list[Any]]:
    """Give each distinct word of an array of lists a number.

    Returns
    -------
    lengths : ndarray of shape (len(piece),), int64
        Words in each list.
    numbers : ndarray of shape (sum of lengths,), int64
    words : list
        The word of each number, in the order of first appearance.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if piece.null_count:
        row = before + int(np.argmax(_numpy(piece.is_null())))
        raise CorpusTypeError(
            f"sentence #{row} is null: each must be a list of words; column.drop_null() drops "
            "such rows"
        )
    lengths = _numpy(pc.list_value_length(piece)).astype(np.int64)
    values = piece.flatten()
    if values.null_count:
        raise _null_word(before, lengths, _numpy(values.is_null()))
    if pa.types.is_nested(values.type):
        raise CorpusTypeError(
            f"the lists hold {values.type}: words must be strings or numbers; is the corpus nested "
            "one level too deep?"
        )
    if not pa.types.is_dictionary(values.type):
        values = values.dictionary_encode()  # in the order of first appearance
        return lengths, _numpy(values.indices).astype(np.int64), values.dictionary.to_pylist()
    # The dictionary of a file: in any order, and with words that do not occur here.
    used, first, numbers = np.unique(_numpy(values.indices), return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    numbers, words = rank[numbers], values.dictionary.take(pa.array(used[order])).to_pylist()
    if None in words:
        raise _null_word(before, lengths, numbers == words.index(None))
    return lengths, numbers, words


def _null_word(before: int, lengths: npt.NDArray[np.int64], nulls: npt.NDArray[Any]) -> Exception:
    row = before + int(np.searchsorted(np.cumsum(lengths), int(np.argmax(nulls)), "right"))
    return CorpusTypeError(
        f"sentence #{row} holds a null: words must not be null; drop or replace it"
    )


def _numpy(array: Any) -> npt.NDArray[Any]:
    return np.asarray(array.to_numpy(zero_copy_only=False))
