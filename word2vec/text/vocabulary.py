"""Words and their counts: scanning a corpus, and choosing which words to keep.

What a scan gives is the same for any number of threads: words in the order of their
first appearance, their counts, and the ids of the text.
"""

import logging
from collections.abc import Generator, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from word2vec.errors import CorpusTypeError
from word2vec.text._sentences import SentenceCounter
from word2vec.text._text import EncodedBlock, WordTable, remap_block
from word2vec.text.chunks import (
    CHUNK_BYTES,
    Chunk,
    ChunkQueue,
    InOrder,
    for_each_chunk,
    read_chunks,
    valid_utf8,
)
from word2vec.text.encoded import MEMORY_BUDGET, EncodedCorpus
from word2vec.text.readers import Source, corpus_files, name_of, warn_of_invalid
from word2vec.text.selection import (
    RULE_DEFAULT,
    RULE_DISCARD,
    RULE_KEEP,
    Selection,
    TrimRule,
    keep_thresholds,
    keeps,
    select_words,
    sort_order,
)

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "RawVocabulary",
    "Selection",
    "TrimRule",
    "encode_files",
    "keep_thresholds",
    "known_words",
    "scan_files",
    "scan_sentences",
    "select_words",
    "sort_order",
]

logger = logging.getLogger(__name__)

PROGRESS_PER = 10_000
"""Sentences between two log lines, if not told otherwise."""

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RawVocabulary:
    """Every word of a corpus with its count.

    Attributes
    ----------
    words : list of hashables or WordTable
        In the order of first appearance. Of files they stay in the table that was built:
        most are rare, and as str objects they would take four times the memory.
    counts : ndarray of shape (len(words),), int64
    n_words : int
        Words in the corpus, repeated ones too, with those that were pruned.
    n_sentences : int
        Sentences in the corpus. In a file, lines with at least one word.
    invalid_sequences : int
        Invalid UTF-8 sequences that were replaced by U+FFFD.
    """

    words: list[Any] | WordTable
    counts: Int64Array
    n_words: int
    n_sentences: int
    invalid_sequences: int = 0

    def __len__(self) -> int:
        return len(self.words)

    @classmethod
    def from_mapping(cls, counts: Mapping[Any, int]) -> "RawVocabulary":
        """Take words with their counts as they are; sentences are unknown.

        Raises
        ------
        CorpusTypeError
            If a count is not a whole number, or negative.
        """
        for word, count in counts.items():
            if not isinstance(count, (int, np.integer)) or count < 0:
                raise CorpusTypeError(f"the count of {word!r} is {count!r}: it must be an int >= 0")
        numbers = np.fromiter(counts.values(), np.int64, len(counts))
        return cls(list(counts), numbers, n_words=int(numbers.sum()), n_sentences=0)

    def as_dict(self) -> dict[Any, int]:
        """Word to count, in the order of first appearance."""
        return dict(zip(self.words, self.counts.tolist(), strict=True))


# ---- Iterables -------------------------------------------------------------


def scan_sentences(
    sentences: Iterable[Iterable[Hashable]],
    *,
    max_vocab_size: int | None = None,
    trim_rule: TrimRule | None = None,
    progress_per: int = PROGRESS_PER,
) -> RawVocabulary:
    """Count the words of an iterable of sentences.

    Parameters
    ----------
    sentences : iterable of sentences
        Iterated once. A sentence is any iterable of hashables.
    max_vocab_size : int or None
        Whenever a sentence leaves more distinct words than this, words below a floor
        are forgotten, and the floor rises by one from 1 on. Counts of words that
        come back start at 0.
    trim_rule : callable or None
        ``trim_rule(word, count, floor)`` overrules the floor; see `select_words`.
    progress_per : int, default=10000
        Sentences between two log lines.

    Returns
    -------
    RawVocabulary

    Raises
    ------
    CorpusTypeError
        If `sentences` or one of them is not iterable, or a word not hashable.
    Exception
        Whatever iterating raises, unchanged.
    """
    try:
        iterator = iter(sentences)
    except TypeError as error:
        raise CorpusTypeError(
            "The corpus_iterable must be an iterable of lists of strings, "
            f"got {sentences!r} instead"
        ) from error
    counter = SentenceCounter()
    most_types = 2**62 if max_vocab_size is None else max_vocab_size
    floor, until_report = 1, 0
    while True:
        if until_report <= 0:
            _log_progress(counter.n_read, counter.n_words, len(counter))
            until_report = max(progress_per, 1)
        n_read = counter.count(iterator, until_report, most_types)
        if n_read == 0:
            break
        if len(counter) > most_types:
            _prune(counter, floor, trim_rule)
            floor += 1
        elif n_read < until_report:
            break
        until_report -= n_read
    return _collected(
        RawVocabulary(list(counter.index), counter.counts(), counter.n_words, counter.n_read)
    )


def _prune(counter: SentenceCounter, floor: int, trim_rule: TrimRule | None) -> None:
    before = len(counter)
    counts = counter.counts().tolist()
    words = zip(counter.index, counts, strict=True)
    counter.keep([word for word, count in words if keeps(word, count, floor, trim_rule)])
    logger.info(
        "pruned out %i tokens with count <%i (before %i, after %i)",
        before - len(counter),
        floor,
        before,
        len(counter),
    )


def _log_progress(n_sentences: int, n_words: int, n_types: int) -> None:
    logger.info(
        "PROGRESS: at sentence #%i, processed %i words, keeping %i word types",
        n_sentences,
        n_words,
        n_types,
    )


def _collected(raw: RawVocabulary) -> RawVocabulary:
    logger.info(
        "collected %i word types from a corpus of %i raw words and %i sentences",
        len(raw),
        raw.n_words,
        raw.n_sentences,
    )
    return raw


# ---- Files -----------------------------------------------------------------


class _Encoded(NamedTuple):
    """A chunk after encoding, by a worker that may have its own ids."""

    chunk: Chunk
    worker: int
    block: EncodedBlock
    first_line_empty: bool
    new_words: list[bytes]
    """Words that the worker had not seen before, in the order of its ids."""
    n_invalid: int


class _Growing:
    """An int32 array that grows at its end in amortised constant time."""

    def __init__(self) -> None:
        self._room = np.empty(1024, np.int32)
        self._n = 0

    def extend(self, values: Int32Array) -> None:
        n = self._n + len(values)
        if n > len(self._room):
            room = np.empty(max(n, 2 * len(self._room)), np.int32)
            room[: self._n] = self.values()
            self._room = room
        self._room[self._n : n] = values
        self._n = n

    def values(self) -> Int32Array:
        return self._room[: self._n]


class _Joiner:
    """Puts encoded chunks together, in the order of the text.

    Workers number words by themselves, without waiting for each other. Here the new
    words of each chunk get their ids for good: in the order of chunks, and so of first
    appearance.
    """

    def __init__(
        self,
        corpus: EncodedCorpus | None,
        progress_per: int = 0,
        max_sentence_length: int = 2**62,
    ) -> None:
        self.corpus = corpus
        self._max_sentence_length = max_sentence_length
        self._open_words = 0  # of the last line, if it goes on
        self.n_words = self.n_sentences = self.n_invalid = 0
        self.words = WordTable()
        self.final_ids: dict[int, _Growing] = {}
        self._line_open = False  # a word of the last line was seen, and not its end
        self._progress_per = progress_per
        self._next_report = 0

    def take(self, encoded: _Encoded) -> None:
        """Append a chunk whose ids are final."""
        chunk, block = encoded.chunk, encoded.block
        line_open = chunk.inside_line and self._line_open
        continues = line_open and not encoded.first_line_empty
        if self.corpus is not None:
            self.corpus.append(block, continues)
        self.n_words += int(block.words.sum())
        self.n_sentences += self._count_sentences(block.words, continues, chunk.ends_line)
        self.n_invalid += encoded.n_invalid
        self._line_open = not chunk.ends_line and (line_open or len(block.words) > 0)

    def _count_sentences(self, words: Int64Array, continues: bool, ends_line: bool) -> int:
        """Sentences in lines of so many words, less those counted of the line that goes on."""
        longest, before = self._max_sentence_length, self._open_words if continues else 0
        if len(words) == 0:
            self._open_words = 0 if ends_line else self._open_words
            return 0
        lengths = words.copy()
        lengths[0] += before
        self._open_words = 0 if ends_line else int(lengths[-1])
        return int(np.sum(-(-lengths // longest))) - -(-before // longest)

    def take_and_renumber(self, encoded: _Encoded) -> None:
        """Append a chunk with the ids of its worker."""
        final_ids = self.final_ids.setdefault(encoded.worker, _Growing())
        final_ids.extend(self.words.add(encoded.new_words))
        block = encoded.block
        if len(block.tokens):
            tokens, offsets = remap_block(block.tokens, block.offsets, final_ids.values())
            encoded = encoded._replace(block=EncodedBlock(tokens, offsets, block.words))
        self.take(encoded)

    def report(self, n_types: int) -> None:
        """Log where the scan is, if it is time to."""
        if self.n_sentences >= self._next_report:
            _log_progress(self.n_sentences, self.n_words, n_types)
            self._next_report = self.n_sentences + max(self._progress_per, 1)


def scan_files(
    files: Source | Sequence[Source],
    *,
    workers: int = 1,
    keep_ids: bool = True,
    memory_budget: int = MEMORY_BUDGET,
    progress_per: int = PROGRESS_PER,
    chunk_bytes: int = CHUNK_BYTES,
    max_sentence_length: int = 2**62,
) -> tuple[RawVocabulary, EncodedCorpus | None]:
    """Count the words of files, and turn the text into ids in the same pass.

    Parameters
    ----------
    files : str, path or binary file object, or a list of them
        Plain or compressed; see `word2vec.text.readers.open_binary`.
    workers : int, default=1
        Threads. They change the time needed and nothing else; reading and
        decompressing is done by one at a time.
    keep_ids : bool, default=True
        Whether to keep the text as ids.
    memory_budget : int, default=16 MiB
        Bytes of ids in memory; see `EncodedCorpus`.
    progress_per : int, default=10000
        Sentences between two log lines, at least.
    chunk_bytes : int, default=1 MiB
        Bytes that a thread works on at a time; small ones are for tests.
    max_sentence_length : int
        A longer line counts as several sentences of at most so many words.

    Returns
    -------
    raw : RawVocabulary
    corpus : EncodedCorpus or None
        Ids are places in ``raw.words`` until `EncodedCorpus.remap`. None if
        `keep_ids` is false. The caller closes it.

    Raises
    ------
    CorpusTypeError, CorpusNotFoundError
        As `word2vec.text.readers.corpus_files` raises them.
    OSError, EOFError
        If a file cannot be read or decompressed; the message names the file.
    MemoryError
        If there is no memory for the words.

    Notes
    -----
    A sentence is a line with at least one word; however long, it is one sentence.
    Each worker has its own table of words, about 60 bytes for each distinct word.
    """
    sources = corpus_files(files)
    corpus = EncodedCorpus(memory_budget) if keep_ids else None
    joiner = _Joiner(corpus, progress_per, max_sentence_length)
    try:
        counts = _scan(read_chunks(sources, chunk_bytes), joiner, workers, keep_ids)
    except BaseException:
        if corpus is not None:
            corpus.close()
        raise
    warn_of_invalid(_names(sources), joiner.n_invalid)
    raw = RawVocabulary(joiner.words, counts, joiner.n_words, joiner.n_sentences, joiner.n_invalid)
    return _collected(raw), corpus


def _scan(
    chunks: Generator[Chunk, None, None], joiner: _Joiner, workers: int, keep_ids: bool
) -> Int64Array:
    """Encode all chunks; returns the counts of ``joiner.words``."""
    alone = workers <= 1  # then the worker's ids are final
    tables = [joiner.words] if alone else [WordTable() for _ in range(workers)]
    free = list(range(len(tables)))

    def take(encoded: _Encoded) -> None:
        (joiner.take if alone else joiner.take_and_renumber)(encoded)
        joiner.report(len(joiner.words))

    in_order = InOrder(take)

    def work(queue: ChunkQueue) -> None:
        worker = free.pop()
        table = tables[worker]
        for chunk in queue:
            text, n_invalid = valid_utf8(chunk.text)
            n_before = len(table)
            block, first_line_empty = table.encode(text, keep_ids)
            new_words = [] if alone else table.words(n_before)
            in_order.put(
                chunk.number,
                _Encoded(
                    chunk._replace(text=b""), worker, block, first_line_empty, new_words, n_invalid
                ),
            )

    for_each_chunk(chunks, workers, work)
    if alone:
        return joiner.words.counts()
    counts = np.zeros(len(joiner.words), np.int64)
    for worker, ids in joiner.final_ids.items():
        counts[ids.values()] += tables[worker].counts()
    return counts


def encode_files(
    files: Source | Sequence[Source],
    words: Sequence[Hashable],
    *,
    workers: int = 1,
    memory_budget: int = MEMORY_BUDGET,
    chunk_bytes: int = CHUNK_BYTES,
) -> EncodedCorpus:
    """Turn the text of files into ids of a vocabulary that exists already.

    Parameters
    ----------
    files : str, path or binary file object, or a list of them
    words : sequence of distinct hashables
        Word `i` has id `i`. What is not a str occurs in no file.
    workers, memory_budget, chunk_bytes
        As for `scan_files`.

    Returns
    -------
    EncodedCorpus
        Unknown words have no id, but count among the raw words. The caller closes it.

    Raises
    ------
    CorpusTypeError, CorpusNotFoundError, OSError, EOFError, MemoryError
        As `scan_files` raises them.
    """
    sources = corpus_files(files)
    table = known_words(words)
    joiner = _Joiner(EncodedCorpus(memory_budget))
    in_order = InOrder(joiner.take)

    def work(queue: ChunkQueue) -> None:
        for chunk in queue:
            text, n_invalid = valid_utf8(chunk.text)
            block, first_line_empty = table.encode_known(text)
            in_order.put(
                chunk.number,
                _Encoded(chunk._replace(text=b""), 0, block, first_line_empty, [], n_invalid),
            )

    corpus = joiner.corpus
    assert corpus is not None
    try:
        for_each_chunk(read_chunks(sources, chunk_bytes), workers, work)
    except BaseException:
        corpus.close()
        raise
    warn_of_invalid(_names(sources), joiner.n_invalid)
    return corpus


def known_words(words: Sequence[Hashable]) -> WordTable:
    """Make a table in which word `i` has id `i`, for `WordTable.encode_known`.

    Raises
    ------
    ValueError
        If a word occurs twice.
    """
    table = WordTable()
    # What no text can hold gets a name with a space: it takes its id and never matches.
    table.add(
        [
            word.encode("utf-8", "surrogatepass") if isinstance(word, str) else b" %d" % i
            for i, word in enumerate(words)
        ]
    )
    if len(table) != len(words):
        raise ValueError(f"{len(words) - len(table)} of the words occur twice")
    return table


def _names(sources: Sequence[Source]) -> str:
    return ", ".join(map(name_of, sources))
