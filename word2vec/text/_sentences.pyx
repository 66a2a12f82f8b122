# The two loops over iterables of sentences: each is a dict look-up per word and little else.
"""Sentences of hashables to counts and ids."""

import logging
from collections.abc import Mapping

import numpy as np

from cpython.bytearray cimport PyByteArray_FromStringAndSize
from cpython.dict cimport PyDict_GetItemWithError
from cpython.long cimport PyLong_AsLongLong
from cpython.object cimport PyObject
from libc.stdint cimport INT32_MAX, int32_t, int64_t
from libc.stdlib cimport free, realloc

from word2vec.errors import CorpusError, CorpusTypeError
from word2vec.text._plain cimport PyTuple_GetItem, is_plain
from word2vec.text._text import EncodedBlock

logger = logging.getLogger("word2vec.text")


cdef class _Buffer:
    """A growing C array of 4- or 8-byte integers."""

    cdef char *data
    cdef int64_t n, room
    cdef int itemsize

    def __cinit__(self, int itemsize):
        self.itemsize = itemsize

    def __dealloc__(self):
        free(self.data)

    cdef int grow(self) except -1:
        cdef int64_t room = self.room * 2 if self.room else 4096
        cdef void *larger = realloc(self.data, <size_t> (room * self.itemsize))
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
        dtype = np.int32 if self.itemsize == 4 else np.int64
        if self.n == 0:
            return np.empty(0, dtype)
        # A memoryview to copy into would cost more than the copy of a small batch.
        copy = PyByteArray_FromStringAndSize(self.data, self.n * self.itemsize)
        return np.frombuffer(copy, dtype)


cdef class _SentenceLoop:
    """Reads sentences from any iterator, and says which one is wrong."""

    cdef object iterator
    cdef readonly int64_t n_read  # sentences taken from the current iterator
    cdef bint warned  # of a sentence that is a str

    cdef object next_sentence(self, iterator):
        """Take the next sentence; None at the end."""
        if iterator is not self.iterator:
            self.iterator = iterator
            self.n_read = 0
        try:
            sentence = next(iterator)
        except StopIteration:
            return None
        self.n_read += 1
        if not is_plain(sentence):
            self.check_sentence(sentence)
        return sentence

    cdef int64_t read(self, sentence) except -1:
        """Give each word of a sentence to `take`; returns their number."""
        cdef int64_t n = 0
        cdef tuple words = None
        word = None
        try:  # outside of the loops: entering a try for each word would cost a tenth
            if is_plain(sentence):
                words = tuple(sentence)
                n = len(words)
                self.take_all(words)
                return n
            for word in self.iterate(sentence):
                self.take(word)
                n += 1
        except TypeError:
            for word in words or (word,):
                self.check_hashable(word)
            raise
        return n

    cdef object iterate(self, sentence):
        try:
            return iter(sentence)
        except TypeError as error:
            raise self.not_a_sentence(sentence) from error

    cdef int take(self, word) except -1:
        raise NotImplementedError

    cdef int take_all(self, tuple words) except -1:
        """`take` of each word; in a subclass, so that the compiler can inline that."""
        raise NotImplementedError

    cdef int check_sentence(self, sentence) except -1:
        """Complain about what can be iterated, but not over words."""
        if sentence is None:
            raise self.not_a_sentence(sentence)
        if isinstance(sentence, (bytes, bytearray, memoryview)):
            raise self.not_a_sentence(sentence, ": decode and split it")
        if isinstance(sentence, Mapping):
            raise self.not_a_sentence(sentence, ": choose the entry that holds the words")
        if isinstance(sentence, str) and not self.warned:
            self.warned = True
            # gensim's words for the first sentence, which is where a mistake usually shows.
            logger.warning(
                "Each 'sentences' item should be a list of words (usually unicode strings). "
                "%s is instead plain %s.",
                "First item here" if self.n_read == 1 else f"Sentence #{self.n_read - 1}",
                type(sentence),
            )
        return 0

    cdef object not_a_sentence(self, sentence, cure=""):
        return CorpusTypeError(
            f"sentence #{self.n_read - 1} is {sentence!r:.80} of type "
            f"{type(sentence).__name__}: each sentence must be a list of words (or another "
            f"iterable of hashable tokens){cure}"
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

    cdef int take_all(self, tuple words) except -1:
        cdef Py_ssize_t i
        for i in range(len(words)):
            SentenceEncoder.take(self, <object> PyTuple_GetItem(words, i))
        return 0


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

    cdef int take_all(self, tuple words) except -1:
        cdef Py_ssize_t i
        for i in range(len(words)):
            SentenceCounter.take(self, <object> PyTuple_GetItem(words, i))
        return 0
