"""Our own readers of lines without Python: the files they name, scanned and encoded in C.

`LineSentence` and `PathLineSentences` say which files they read and how they cut them, so
nobody has to ask them for each word. What comes out is what iterating over them gives.
"""

import io
import os
from collections.abc import Iterable, Iterator
from operator import eq
from typing import Any

from word2vec.text._sentences import SentenceEncoder
from word2vec.text._text import EncodedBlock
from word2vec.text.chunks import CHUNK_BYTES, read_chunks, valid_utf8
from word2vec.text.readers import LineSentence, PathLineSentences, warn_of_invalid
from word2vec.text.vocabulary import RawVocabulary, known_words, scan_files


class LineFiles:
    """The files behind a reader.

    Parameters
    ----------
    reader : LineSentence or PathLineSentences
    files : list of str
    """

    def __init__(self, reader: Any, files: list[str]) -> None:
        self._reader = reader
        self._files = files

    def scan(
        self, *, workers: int, progress_per: int, chunk_bytes: int = CHUNK_BYTES
    ) -> RawVocabulary:
        """Count the words, as `word2vec.text.vocabulary.scan_sentences` would."""
        raw, _ = scan_files(
            self._files,
            workers=workers,
            keep_ids=False,
            progress_per=progress_per,
            chunk_bytes=chunk_bytes,
            max_sentence_length=self._reader.max_sentence_length,
        )
        self._reader.invalid_sequences = raw.invalid_sequences
        return raw

    def blocks(
        self, key_to_index: dict[Any, int], chunk_bytes: int = CHUNK_BYTES
    ) -> Iterator[EncodedBlock]:
        """Encode one pass over the sentences.

        Parameters
        ----------
        key_to_index : dict of hashable to int
            As `is_numbered` wants it.
        chunk_bytes : int
            Bytes to read at a time; small ones are for tests.

        Raises
        ------
        OSError
            If a file cannot be read or decompressed; also EOFError.
        """
        table = known_words(list(key_to_index))
        encoder = SentenceEncoder(key_to_index)
        longest = self._reader.max_sentence_length
        self._reader.invalid_sequences = 0
        begun: list[bytes] = []  # a line longer than a chunk, as far as it was read
        for chunk in read_chunks(self._files, chunk_bytes):
            text, n_invalid = valid_utf8(chunk.text)
            self._reader.invalid_sequences += n_invalid
            if begun or not chunk.ends_line:
                begun.append(text)
                if not chunk.ends_line:
                    continue
                text, begun = b"".join(begun), []
            block, _ = table.encode_known(text)
            if len(block.words) and int(block.words.max()) > longest:
                # Rare, and where to cut depends on unknown words too, which ids do not show.
                sentences = _cut_lines(text, longest)
                while (piece := encoder.next_block(sentences, longest)) is not None:
                    yield piece
            elif len(block.words):
                yield block
        warn_of_invalid(self._reader.source, self._reader.invalid_sequences)


def _cut_lines(text: bytes, longest: int) -> Iterator[list[str]]:
    yield from LineSentence(io.BytesIO(text), longest)


def is_numbered(key_to_index: dict[Any, int]) -> bool:
    """Whether the ids are 0, 1, 2, ... in the order of the dict, as `LineFiles` needs them."""
    return all(map(eq, key_to_index.values(), range(len(key_to_index))))


def line_files(corpus: Iterable[Any] | None) -> LineFiles | None:
    """Give the files behind a corpus whose sentences are their lines, else None.

    A subclass may give other sentences than its files have, so it is none; neither is a
    reader with a limit, of an open file, or of something else than existing files.
    """
    if type(corpus) is LineSentence and isinstance(corpus.source, str | os.PathLike):
        files = [os.fsdecode(corpus.source)]
    elif type(corpus) is PathLineSentences:
        files = corpus.input_files
    else:
        return None
    if corpus.limit is not None or "__iter__" in vars(corpus):
        return None
    return LineFiles(corpus, files) if files and all(map(os.path.isfile, files)) else None
