# Python's hands on csrc/w2v_text.h, and the two loops over iterables of sentences.
# Types, lengths and failures are checked here; the C code below never sees a bad one.
"""Words to ids: the native word table, and loops over sentences of hashables."""

from collections import namedtuple
import logging
import os

import numpy as np

from cpython.dict cimport PyDict_GetItemWithError
from cpython.long cimport PyLong_AsLongLong
from cpython.mem cimport PyMem_RawFree, PyMem_RawRealloc
from cpython.object cimport PyObject
from libc.stdint cimport INT32_MAX, int32_t, int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

from word2vec.errors import CorpusError, CorpusTypeError

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

logger = logging.getLogger("word2vec.text")


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

    def texts(self):
        """Every word as str, in the order of ids."""
        return [word.decode() for word in self.words()]

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


# ---- Iterables of sentences ------------------------------------------------


cdef class _Buffer:
    """A growing C array of 4- or 8-byte integers."""

    cdef char *data
    cdef int64_t n, room
    cdef int itemsize

    def __cinit__(self, int itemsize):
        self.itemsize = itemsize

    def __dealloc__(self):
        PyMem_RawFree(self.data)

    cdef int grow(self) except -1:
        cdef int64_t room = self.room * 2 if self.room else 4096
        cdef void *larger = PyMem_RawRealloc(self.data, <size_t> (room * self.itemsize))
        if larger is NULL:
            raise MemoryError(f"no memory for {room} words")
        self.data = <char *> larger
        self.room = room
        return 0

    cdef inline int append(self, int64_t value) except -1:
        if self.n == self.room:
            self.grow()
        if self.itemsize == 4:
            (<int32_t *> self.data)[self.n] = <int32_t> value
        else:
            (<int64_t *> self.data)[self.n] = value
        self.n += 1
        return 0

    cdef object to_array(self):
        array = np.empty(self.n, dtype=np.int32 if self.itemsize == 4 else np.int64)
        cdef uint8_t[::1] view = array.view(np.uint8)
        if self.n:
            memcpy(&view[0], self.data, <size_t> (self.n * self.itemsize))
        return array


cdef class _SentenceLoop:
    """Reads sentences from any iterator, and says which one is wrong."""

    cdef object iterator
    cdef readonly int64_t n_read  # sentences taken from the current iterator
    cdef bint checked  # that the very first sentence is no str

    cdef object next_sentence(self, iterator):
        """Take the next sentence; None at the end."""
        if iterator is not self.iterator:
            self.iterator = iterator
            self.n_read = 0
        try:
            sentence = next(iterator)
        except StopIteration:
            return None
        if not self.checked and isinstance(sentence, str):
            logger.warning(
                "Each 'sentences' item should be a list of words (usually unicode strings). "
                "First item here is instead plain %s.",
                type(sentence),
            )
        self.checked = True
        self.n_read += 1
        if sentence is None:
            raise self.not_a_sentence(sentence)
        return sentence

    cdef int64_t read(self, sentence) except -1:
        """Give each word of a sentence to `take`; returns their number."""
        cdef int64_t n = 0
        word = None
        try:
            words = sentence if type(sentence) in (list, tuple) else iter(sentence)
        except TypeError as error:
            raise self.not_a_sentence(sentence) from error
        try:  # outside of the loop: entering a try for each word would cost a tenth
            for word in words:
                self.take(word)
                n += 1
        except TypeError:
            self.check_hashable(word)
            raise
        return n

    cdef int take(self, word) except -1:
        raise NotImplementedError

    cdef object not_a_sentence(self, sentence):
        return CorpusTypeError(
            f"sentence #{self.n_read - 1} is {sentence!r:.80} of type "
            f"{type(sentence).__name__}: each sentence must be a list of words (or another "
            "iterable of hashable tokens)"
        )

    cdef int check_hashable(self, word) except -1:
        """Complain about `word` if it is why a TypeError was raised."""
        try:
            hash(word)
        except TypeError as error:
            raise CorpusTypeError(
                f"sentence #{self.n_read - 1} holds the word {word!r:.80} of type "
                f"{type(word).__name__}, which is not hashable: words must be hashable, "
                "such as str; is the corpus nested one level too deep?"
            ) from error
        return 0


cdef class SentenceEncoder(_SentenceLoop):
    """Sentences of any hashable words to blocks of ids, with one dict look-up per word.

    Parameters
    ----------
    key_to_index : dict
        Word to id in [0, 2**31). Looked at, never copied: changes take effect.
    """

    cdef dict key_to_index
    cdef _Buffer tokens

    def __init__(self, dict key_to_index not None):
        self.key_to_index = key_to_index

    def next_block(self, iterator, int64_t max_words):
        """Encode whole sentences until at least `max_words` raw words are read.

        Parameters
        ----------
        iterator : iterator of sentences
            A sentence is any iterable of hashables. Unknown words get no id.
        max_words : int
            The block ends behind the sentence with which it has this many raw
            words; a long sentence is not cut.

        Returns
        -------
        EncodedBlock or None
            None if the iterator had no more sentences.

        Raises
        ------
        CorpusTypeError
            If a sentence is not iterable or a word not hashable.
        CorpusError
            If a value of the dict is not in [0, 2**31).
        Exception
            Whatever the iterator raises, unchanged.
        """
        cdef _Buffer offsets = _Buffer(8), words = _Buffer(8)
        cdef int64_t n_words = 0, length
        self.tokens = _Buffer(4)
        offsets.append(0)
        while n_words < max_words or words.n == 0:
            sentence = self.next_sentence(iterator)
            if sentence is None:
                break
            length = self.read(sentence)
            words.append(length)
            offsets.append(self.tokens.n)
            n_words += length
        if words.n == 0:
            return None
        return EncodedBlock(self.tokens.to_array(), offsets.to_array(), words.to_array())

    cdef int take(self, word) except -1:
        cdef PyObject *index = PyDict_GetItemWithError(self.key_to_index, word)
        cdef long long id
        if index is NULL:
            return 0
        id = PyLong_AsLongLong(<object> index)
        if id < 0 or id > INT32_MAX:
            raise CorpusError(f"the id of {word!r:.80} is {id}, outside [0, 2**31)")
        return self.tokens.append(id)


cdef class SentenceCounter(_SentenceLoop):
    """Counts the words of sentences, with one dict look-up per word.

    Attributes
    ----------
    index : dict
        Word to its place in the order of first appearance.
    n_words, n_read : int
        Words and sentences read so far, with those forgotten since.
    """

    cdef readonly dict index
    cdef readonly int64_t n_words
    cdef _Buffer tally

    def __init__(self):
        self.index = {}
        self.tally = _Buffer(8)

    def __len__(self):
        return len(self.index)

    def count(self, iterator, int64_t max_sentences, int64_t max_types):
        """Count up to `max_sentences` sentences.

        Stops early behind the sentence with which there are more than `max_types`
        distinct words.

        Returns
        -------
        int
            Sentences read.

        Raises
        ------
        CorpusTypeError, Exception
            As `SentenceEncoder.next_block` raises them.
        """
        cdef int64_t n_sentences = 0
        while n_sentences < max_sentences:
            sentence = self.next_sentence(iterator)
            if sentence is None:
                break
            self.n_words += self.read(sentence)
            n_sentences += 1
            if self.tally.n > max_types:
                break
        return n_sentences

    def counts(self):
        """Count of each word in the order of `index`: ndarray of shape (len(self),), int64."""
        return self.tally.to_array()

    def keep(self, list words not None):
        """Forget all words but these, which must be in `index`, in this order."""
        cdef _Buffer tally = _Buffer(8)
        cdef dict index = {}
        for word in words:
            tally.append((<int64_t *> self.tally.data)[<int64_t> self.index[word]])
            index[word] = len(index)
        self.index = index
        self.tally = tally

    cdef int take(self, word) except -1:
        cdef PyObject *place = PyDict_GetItemWithError(self.index, word)
        if place is not NULL:
            (<int64_t *> self.tally.data)[PyLong_AsLongLong(<object> place)] += 1
        else:
            self.index[word] = self.tally.n
            self.tally.append(1)
        return 0
