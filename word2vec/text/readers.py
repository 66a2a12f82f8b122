"""Corpora as restartable iterables of sentences, from plain and compressed files.

Every reader can be iterated any number of times and starts over each time. A line
ends at a line feed and nowhere else, words are what ``str.split()`` gives, and bytes
that are not UTF-8 become U+FFFD: counted, and reported once at the end of a pass.
"""

import io
import itertools
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from word2vec.errors import (
    CorpusError,
    CorpusNotFoundError,
    CorpusTypeError,
    FormatError,
    ParameterError,
)
from word2vec.text._text import last_separator
from word2vec.text.compressed import can_seek, decompressed

logger = logging.getLogger(__name__)

MAX_SENTENCE_LENGTH = 10_000
"""Words in the longest sentence a reader yields, if it is not told otherwise."""

Source = str | os.PathLike[str] | IO[bytes]
"""A file: its name or path, or a file object open for reading bytes."""

# Bytes of a text without line ends that are read at a time.
_READ_BYTES = 1 << 18

MAX_WORD_BYTES = 1 << 26
"""What is longer without a separator is no text, but would be held in memory."""

# Bytes of a line in a file that is made of short ones.
_MAX_SHORT_LINE = 1 << 20


@contextmanager
def open_binary(source: Source) -> Iterator[IO[bytes]]:
    """Give the bytes of a file, decompressed, for the length of a ``with`` block.

    Parameters
    ----------
    source : str, path or binary file object
        Its first bytes tell whether it is compressed (gzip, bz2, xz, zstd). A file
        object is read from its start if it can seek, and left open.

    Yields
    ------
    binary file object

    Raises
    ------
    OSError
        If the file cannot be opened.
    TruncatedFileError, DamagedFileError
        When a compressed file is read that is cut off or damaged; also EOFError and
        OSError.
    MissingDependencyError
        If zstd is to be read and the package zstandard is not installed.
    CorpusTypeError
        If `source` is none of the above, or a file open for reading text.
    """
    if isinstance(source, str | os.PathLike):
        with open(source, "rb") as stream, _text_of(stream, os.fsdecode(source)) as text:
            yield text
        return
    if isinstance(source, io.TextIOBase):
        raise CorpusTypeError(f"{source!r} is open for reading text: open it in binary mode ('rb')")
    if not hasattr(source, "read"):
        raise CorpusTypeError(
            f"a corpus file must be a path or an open binary file, got {source!r} instead"
        )
    _rewind(source)
    with _text_of(source, name_of(source)) as text:
        yield text


def lines_of(stream: IO[bytes], what: str) -> Iterator[bytes]:
    """Give the lines of a file that has short ones: tables, questions, judgements.

    Parameters
    ----------
    what : str
        For the message.

    Raises
    ------
    FormatError
        If a line is longer than a mebibyte, as in a file of another kind.
    """
    while line := stream.readline(_MAX_SHORT_LINE):
        if len(line) == _MAX_SHORT_LINE:
            raise FormatError(
                f"a line of the {what} begins with {line[:60]!r} and is longer than "
                f"{_MAX_SHORT_LINE} bytes: this is another kind of file"
            )
        yield line


def check_word(pending: int) -> None:
    """Refuse a word of which `pending` bytes were read and no end was seen.

    Raises
    ------
    CorpusError
        If that is no word: memory must not grow with what a file calls one.
    """
    if pending > MAX_WORD_BYTES:
        raise CorpusError(
            f"the corpus has a word of more than {MAX_WORD_BYTES} bytes: it is no text with "
            "words between blanks"
        )


@contextmanager
def _text_of(stream: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """Close the decompressor, if there is one, and never the stream."""
    text = decompressed(stream, name)
    try:
        yield text
    finally:
        if text is not stream:
            text.close()


def name_of(source: object) -> str:
    """Name of a path or file object, for messages."""
    return str(getattr(source, "name", source))


def reads_once(source: Source) -> bool:
    """Whether a file cannot start over: a pipe or a terminal, by name or open."""
    if isinstance(source, str | os.PathLike):
        return not os.path.isfile(source)
    return not can_seek(source)


def _rewind(stream: Any) -> None:
    if can_seek(stream):
        stream.seek(0)


def decode(text: bytes) -> tuple[str, int]:
    """`text` as str, and how many invalid UTF-8 sequences became U+FFFD."""
    try:
        return text.decode(), 0
    except UnicodeDecodeError:
        decoded = text.decode("utf-8", "replace")
        return decoded, decoded.count("\ufffd") - text.count("\ufffd".encode())


def warn_of_invalid(source: object, n_invalid: int) -> None:
    """Log that `n_invalid` sequences of a source were replaced, if there were any."""
    if n_invalid:
        logger.warning(
            "%s: replaced %i invalid UTF-8 sequences by U+FFFD; is it encoded otherwise?",
            name_of(source),
            n_invalid,
        )


def corpus_files(corpus_file: Any) -> list[Source]:
    """Give the sources that a ``corpus_file=`` argument means, all of them there.

    Parameters
    ----------
    corpus_file : str, path, binary file object, or list or tuple of them

    Returns
    -------
    list of str, path or binary file object

    Raises
    ------
    CorpusTypeError
        If an item is not a path or binary file, or names a folder, or there is none.
    CorpusNotFoundError
        If a file does not exist; also FileNotFoundError and TypeError.
    """
    files = list(corpus_file) if isinstance(corpus_file, list | tuple) else [corpus_file]
    if not files:
        raise _not_a_file(corpus_file)
    for file in files:
        if isinstance(file, str | os.PathLike):
            if os.path.isdir(file):
                raise _not_a_file(file, ", which is a folder: PathLineSentences reads those")
            if not os.path.exists(file):
                raise CorpusNotFoundError(f"{_not_a_file(os.fspath(file))}: there is no such file")
        elif not hasattr(file, "read") or isinstance(file, io.TextIOBase):
            raise _not_a_file(file)
    return files


def _not_a_file(given: object, why: str = "") -> CorpusTypeError:
    return CorpusTypeError(
        f"Parameter corpus_file must be a valid path to a file, got {given!r} instead{why}"
    )


class _Reader:
    """What the readers share: cutting sentences, and counting invalid UTF-8.

    Attributes
    ----------
    invalid_sequences : int
        Invalid UTF-8 sequences in the current or last pass.
    """

    def __init__(self, max_sentence_length: int) -> None:
        if max_sentence_length < 1:
            raise ParameterError(
                f"max_sentence_length={max_sentence_length!r}: it must be an integer >= 1"
            )
        self.max_sentence_length = max_sentence_length
        self.invalid_sequences = 0

    def _words(self, text: bytes | str) -> list[str]:
        if isinstance(text, str):
            return text.split()
        decoded, n_invalid = decode(text)
        self.invalid_sequences += n_invalid
        return decoded.split()

    def _pieces(self, words: list[str]) -> Iterator[list[str]]:
        if len(words) <= self.max_sentence_length:
            if words:
                yield words
            return
        for start in range(0, len(words), self.max_sentence_length):
            yield words[start : start + self.max_sentence_length]

    def _line_sentences(self, source: Any, limit: int | None) -> Iterator[list[str]]:
        if isinstance(source, io.TextIOBase):  # gensim takes text files too
            _rewind(source)
            for text in itertools.islice(source, limit):
                yield from self._pieces(self._words(text))
            return
        with open_binary(source) as stream:
            lines = range(limit) if limit is not None else itertools.repeat(None)
            for _ in lines:
                if not (line := stream.readline(_READ_BYTES)):
                    return
                if len(line) < _READ_BYTES or line.endswith(b"\n"):
                    yield from self._pieces(self._words(line))
                else:
                    yield from self._long_line(line, stream)

    def _long_line(self, start: bytes, stream: IO[bytes]) -> Iterator[list[str]]:
        """Give the sentences of a line piece by piece: it may be a whole file."""

        def reads() -> Iterator[bytes]:
            read = start
            while read:
                yield read
                read = b"" if read.endswith(b"\n") else stream.readline(_READ_BYTES)

        yield from self._stream(reads())

    def _stream(self, reads: Iterable[bytes]) -> Iterator[list[str]]:
        """Cut a stream of words into sentences of `max_sentence_length`, and a last one."""
        sentence: list[str] = []
        for words in self._runs(reads):
            sentence += words
            whole = len(sentence) - len(sentence) % self.max_sentence_length
            if whole:
                yield from self._pieces(sentence[:whole])
                sentence = sentence[whole:]
        if sentence:
            yield sentence

    def _runs(self, reads: Iterable[bytes]) -> Iterator[list[str]]:
        """Give the words of a text that comes in parts, those of each part together."""
        pending: list[bytes] = []  # a list: a word of any length costs linear time
        length = 0
        for read in reads:
            cut = last_separator(read) + 1
            pending.append(read[:cut] if cut else read)
            length += len(read)
            if cut:
                yield self._words(b"".join(pending))
                pending, length = [read[cut:]], len(read) - cut
            check_word(length)
        yield self._words(b"".join(pending))


class LineSentence(_Reader):
    """The lines of a file as sentences, their words separated by whitespace.

    Parameters
    ----------
    source : str, path or file object
        Plain text, or compressed with gzip, bz2, xz or zstd. A file object is rewound
        for each pass if it can seek, and left open.
    max_sentence_length : int, default=10000
        A longer line becomes several sentences of at most this many words (>= 1).
    limit : int or None
        Read the first `limit` lines only.

    Attributes
    ----------
    invalid_sequences : int
        Invalid UTF-8 sequences in the current or last pass.

    Raises
    ------
    ParameterError
        If `max_sentence_length` is below 1.
    OSError, CorpusTypeError, MissingDependencyError
        When iterated, as `open_binary` raises them.

    Notes
    -----
    Lines without a word give no sentence. Training reads the files of a `LineSentence`
    without iterating over it, unless it has a `limit` or is a subclass.
    """

    def __init__(
        self,
        source: Any,
        max_sentence_length: int = MAX_SENTENCE_LENGTH,
        limit: int | None = None,
    ) -> None:
        super().__init__(max_sentence_length)
        self.source = source
        self.limit = limit

    def __iter__(self) -> Iterator[list[str]]:
        self.invalid_sequences = 0
        yield from self._line_sentences(self.source, self.limit)
        warn_of_invalid(self.source, self.invalid_sequences)


class PathLineSentences(_Reader):
    """The lines of all files of a folder as sentences; see `LineSentence`.

    Parameters
    ----------
    source : str or path
        A folder, whose files are read in the order of their names, or one file.
        Folders inside it are left out.
    max_sentence_length : int, default=10000
        A longer line becomes several sentences of at most this many words (>= 1).
    limit : int or None
        Read the first `limit` lines of each file only.

    Attributes
    ----------
    input_files : list of str
        The files that are read, in this order.
    invalid_sequences : int
        Invalid UTF-8 sequences in the current or last pass.

    Raises
    ------
    ParameterError
        If `source` is neither a file nor a folder, or `max_sentence_length` is
        below 1.
    """

    def __init__(
        self,
        source: str | os.PathLike[str],
        max_sentence_length: int = MAX_SENTENCE_LENGTH,
        limit: int | None = None,
    ) -> None:
        super().__init__(max_sentence_length)
        self.source = os.fspath(source)
        self.limit = limit
        if os.path.isfile(self.source):
            self.input_files = [self.source]
        elif os.path.isdir(self.source):
            self.source = os.path.join(self.source, "")
            paths = (self.source + name for name in sorted(os.listdir(self.source)))
            self.input_files = [path for path in paths if not os.path.isdir(path)]
        else:
            raise ParameterError(f"input is neither a file nor a path: {self.source!r}")
        logger.info("files read into PathLineSentences:%s", "\n".join(self.input_files))

    def __iter__(self) -> Iterator[list[str]]:
        self.invalid_sequences = 0
        for path in self.input_files:
            logger.info("reading file %s", path)
            yield from self._line_sentences(path, self.limit)
        warn_of_invalid(self.source, self.invalid_sequences)


class Text8Corpus(_Reader):
    """A file as one stream of words, cut into sentences of equal length.

    Made for `text8 <http://mattmahoney.net/dc/textdata>`_, which has no line ends.

    Parameters
    ----------
    fname : str, path or binary file object
    max_sentence_length : int, default=10000
        Words in each sentence but the last (>= 1).

    Attributes
    ----------
    invalid_sequences : int
        Invalid UTF-8 sequences in the current or last pass.

    Raises
    ------
    ParameterError
        If `max_sentence_length` is below 1.
    """

    def __init__(self, fname: Source, max_sentence_length: int = MAX_SENTENCE_LENGTH) -> None:
        super().__init__(max_sentence_length)
        self.fname = fname

    def __iter__(self) -> Iterator[list[str]]:
        self.invalid_sequences = 0
        with open_binary(self.fname) as stream:
            yield from self._stream(iter(lambda: stream.read(_READ_BYTES), b""))
        warn_of_invalid(self.fname, self.invalid_sequences)


class BrownCorpus(_Reader):
    """The Brown corpus as NLTK distributes it: each sentence a list of ``word/TAG``.

    Parameters
    ----------
    dirname : str or path
        The folder with its files.

    Attributes
    ----------
    invalid_sequences : int
        Invalid UTF-8 sequences in the current or last pass.

    Notes
    -----
    Words are in lower case, tags are cut to two letters, and tokens whose tag begins
    with something else (punctuation) are left out, as are sentences without a word.
    Files are read in the order of their names, whatever the file system; a sentence
    is a line, whatever its length.
    """

    def __init__(self, dirname: str | os.PathLike[str]) -> None:
        super().__init__(MAX_SENTENCE_LENGTH)
        self.dirname = dirname

    def __iter__(self) -> Iterator[list[str]]:
        self.invalid_sequences = 0
        for path in sorted(Path(self.dirname).iterdir()):
            if not path.is_file():
                continue
            with open_binary(path) as stream:
                for line in stream:
                    words = [word for token in self._words(line) for word in _brown_word(token)]
                    if words:
                        yield words
        warn_of_invalid(self.dirname, self.invalid_sequences)


def _brown_word(token: str) -> list[str]:
    """``word/TAG`` in the form of `BrownCorpus`; nothing if it is not a tagged word."""
    word, slash, tag = token.partition("/")
    kept = slash and "/" not in tag and tag[:2].isalpha()
    return [f"{word.lower()}/{tag[:2]}"] if kept else []
