# Python's hands on csrc/w2v_text.h.
# Types, lengths and failures are checked here; the C code below never sees a bad one.
"""Words of texts to ids: the native word table."""

from collections import namedtuple
import os

import numpy as np

from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t, uint64_t

from word2vec.errors import CorpusError

cdef extern from "w2v_text.h" nogil:
    int W2V_TEXT_NO_MEMORY, W2V_TEXT_TOO_MANY_WORDS
    bint w2v_utf8_valid(const uint8_t *text, int64_t n)
    int64_t w2v_last_separator(const uint8_t *text, int64_t n)
    ctypedef struct w2v_words:
        pass
    w2v_words *w2v_words_new(uint64_t seed_a, uint64_t seed_b)
    void w2v_words_free(w2v_words *table)
    int64_t w2v_words_size(const w2v_words *table)
    int32_t w2v_words_add(w2v_words *table, const uint8_t *word, int64_t n)
    const uint8_t *w2v_words_get(const w2v_words *table, int32_t id, int64_t *n)
    int64_t w2v_words_count(const w2v_words *table, int32_t id)
    ctypedef struct w2v_encoded:
        int32_t *tokens
        int64_t *offsets
        int64_t *words
        int64_t n_tokens, n_sentences
        bint first_line_empty
    int w2v_encode_grow(w2v_words *table, const uint8_t *text, int64_t n, w2v_encoded *out)
    void w2v_encode_known(const w2v_words *table, const uint8_t *text, int64_t n, w2v_encoded *out)
    int64_t w2v_remap(const int32_t *ids, int64_t n, const int32_t *new_ids, int64_t n_new,
                      int32_t *out)


# Typed in _text.pyi; documented and exported by word2vec.text.encoded.
class EncodedBlock(
    namedtuple("EncodedBlock", "tokens offsets words", module="word2vec.text.encoded")
):
    __slots__ = ()
    continues = False


class EncodedPiece(EncodedBlock):
    __slots__ = ()
    continues = True


def is_valid_utf8(const uint8_t[::1] text not None):
    """Whether ``bytes.decode("utf-8")`` would accept `text`; releases the GIL."""
    cdef int64_t n = text.shape[0]
    cdef bint valid = True
    if n:
        with nogil:
            valid = w2v_utf8_valid(&text[0], n)
    return valid


def last_separator(const uint8_t[::1] text not None):
    """Position of the last ASCII byte in `text` at which words are split, or -1."""
    return w2v_last_separator(&text[0], text.shape[0]) if text.shape[0] else -1


def remap_block(const int32_t[::1] tokens not None, const int64_t[::1] offsets not None,
                const int32_t[::1] new_ids not None):
    """Translate the ids of a block, leaving out those that become negative.

    Parameters
    ----------
    tokens : ndarray of shape (n_tokens,), int32
    offsets : ndarray of shape (n_sentences + 1,), int64
        From 0 to `n_tokens`, not decreasing.
    new_ids : ndarray of shape (n_old,), int32
        New id of each old one; negative drops the token.

    Returns
    -------
    tokens : ndarray of shape (n_kept,), int32
    offsets : ndarray of shape (n_sentences + 1,), int64

    Raises
    ------
    CorpusError
        If an id is not in [0, n_old).
    """
    cdef int64_t n_sentences = offsets.shape[0] - 1, n_new = new_ids.shape[0]
    if n_sentences < 0 or offsets[0] != 0 or offsets[n_sentences] != tokens.shape[0]:
        raise CorpusError("offsets must run from 0 to the number of tokens")
    new_tokens = np.empty(tokens.shape[0], dtype=np.int32)
    new_offsets = np.zeros(n_sentences + 1, dtype=np.int64)
    if tokens.shape[0] == 0:
        return new_tokens, new_offsets
    cdef int32_t[::1] out = new_tokens
    cdef int64_t[::1] out_offsets = new_offsets
    cdef const int32_t *table = &new_ids[0] if n_new else NULL
    cdef int64_t s, length, kept = 0, total = 0
    with nogil:
        for s in range(n_sentences):
            length = offsets[s + 1] - offsets[s]
            if length < 0:
                kept = -1
            elif length > 0:
                kept = w2v_remap(&tokens[offsets[s]], length, table, n_new, &out[total])
            else:
                kept = 0
            if kept < 0:
                break
            total += kept
            out_offsets[s + 1] = total
    if kept < 0:
        raise CorpusError(f"a word id is not below the {n_new} ids of the vocabulary")
    return new_tokens[:total], new_offsets


cdef class WordTable:
    """Words of UTF-8 texts, numbered from 0 in order of first appearance, and counted.

    One thread at a time may call `encode` and `add`. Any number of threads may call
    `encode_known` while none of them calls the others.
    """

    cdef w2v_words *table

    def __cinit__(self):
        # Secret seeds, so that no text can be made to collide; no result depends on them.
        seeds = np.frombuffer(os.urandom(16), dtype=np.uint64)
        self.table = w2v_words_new(seeds[0], seeds[1])
        if self.table is NULL:
            raise MemoryError("no memory for a word table")

    def __dealloc__(self):
        w2v_words_free(self.table)

    def __len__(self):
        return w2v_words_size(self.table)

    def add(self, words):
        """Ids of `words`, with new ones added.

        Parameters
        ----------
        words : list of bytes

        Returns
        -------
        ndarray of shape (len(words),), int32

        Raises
        ------
        MemoryError, CorpusError
            If there is no memory for a word, or no id left in [0, 2**31 - 1).
        """
        ids = np.empty(len(words), dtype=np.int32)
        cdef int32_t[::1] out = ids
        cdef bytes word
        cdef int64_t i, id
        for i, word in enumerate(words):
            id = w2v_words_add(self.table, <const uint8_t *> <const char *> word, len(word))
            if id < 0:
                raise_failure(id)
            out[i] = id
        return ids

    def words(self, int64_t start=0):
        """Words from id `start` on, as bytes."""
        cdef int64_t n
        cdef const uint8_t *word
        words = []
        for id in range(start, w2v_words_size(self.table)):
            word = w2v_words_get(self.table, id, &n)
            words.append((<const char *> word)[:n])
        return words

    def __iter__(self):
        """Every word as str, in the order of ids."""
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, int64_t id):
        """Word `id` as str."""
        cdef int64_t n
        cdef const uint8_t *word
        if not 0 <= id < w2v_words_size(self.table):
            raise IndexError(f"word id {id} is not in [0, {len(self)})")
        word = w2v_words_get(self.table, <int32_t> id, &n)
        return (<const char *> word)[:n].decode("utf-8")

    def counts(self):
        """How often each word was seen by `encode`: ndarray of shape (len(self),), int64."""
        counts = np.empty(len(self), dtype=np.int64)
        cdef int64_t[::1] out = counts
        cdef int64_t id
        for id in range(out.shape[0]):
            out[id] = w2v_words_count(self.table, <int32_t> id)
        return counts

    def encode(self, bytes text not None, bint keep_ids=True):
        """Count and number the words of `text`, adding new ones; releases the GIL.

        Parameters
        ----------
        text : bytes
            Valid UTF-8 (see `is_valid_utf8`).
        keep_ids : bool, default=True
            False leaves the ids out of the result: no tokens, offsets of zeros.

        Returns
        -------
        block : EncodedBlock
        first_line_empty : bool
            Whether no word comes before the first line end.

        Raises
        ------
        MemoryError, CorpusError
            As `add` raises them.
        """
        return self._encode(text, keep_ids, True)

    def encode_known(self, bytes text not None):
        """Number the words of `text` that are in the table; releases the GIL.

        Takes and returns what `encode` does, but unknown words have no id, and
        nothing is counted.
        """
        return self._encode(text, True, False)

    cdef tuple _encode(self, bytes text, bint keep_ids, bint grow):
        cdef int64_t n = len(text), most_sentences = text.count(b"\n") + 1
        # The largest results possible. Pages that stay untouched cost nothing.
        tokens = np.empty((n + 1) // 2 if keep_ids else 0, dtype=np.int32)
        offsets = np.empty(most_sentences + 1, dtype=np.int64)
        words = np.empty(most_sentences, dtype=np.int64)
        cdef int32_t[::1] tokens_view = tokens
        cdef int64_t[::1] offsets_view = offsets, words_view = words
        cdef w2v_encoded out
        out.tokens = &tokens_view[0] if tokens_view.shape[0] else NULL
        out.offsets = &offsets_view[0]
        out.words = &words_view[0]
        cdef const uint8_t *start = <const uint8_t *> <const char *> text
        cdef int failure = 0
        with nogil:
            if grow:
                failure = w2v_encode_grow(self.table, start, n, &out)
            else:
                w2v_encode_known(self.table, start, n, &out)
        if failure:
            raise_failure(failure)
        offsets = offsets[:out.n_sentences + 1]
        if not keep_ids:
            offsets[:] = 0
        block = EncodedBlock(tokens[:out.n_tokens], offsets, words[:out.n_sentences])
        return block, bool(out.first_line_empty)


cdef int raise_failure(int failure) except -1:
    if failure == W2V_TEXT_NO_MEMORY:
        raise MemoryError("no memory for the word table; max_vocab_size= bounds its size")
    raise CorpusError(f"the corpus has more than {INT32_MAX} distinct words")
