# The counts behind word2vec.phrases. A phrase is a path through a hash table: "new_york"
# is the node of part "york" below that of part "new". So a pair that was seen before
# costs one probe for eight bytes, and no text is made until somebody asks for it. A word
# that holds the delimiter is cut at it and takes the same path as a phrase of these
# parts: equal texts have one node, and counts are exactly those of a dict of texts.
"""Words and phrases by number, and their counts."""

import logging

from cpython.dict cimport PyDict_GetItemWithError
from cpython.long cimport PyLong_AsLongLong
from cpython.object cimport PyObject
from libc.stdlib cimport free, realloc
from libc.string cimport memset

from word2vec.errors import CorpusTypeError, ParameterError
from word2vec.text._plain cimport PyTuple_GetItem, is_plain

cdef extern from "Python.h":
    object PyUnicode_FromObject(object text)

cdef extern from *:
    """
    #if defined(__GNUC__)
    #define W2V_PREFETCH(address) __builtin_prefetch(address)
    #else
    #define W2V_PREFETCH(address) ((void) (address))
    #endif
    """
    void W2V_PREFETCH(const void *address)

logger = logging.getLogger("word2vec.phrases")

# Pairs between asking for a line of the table and using it: a miss takes about as long.
cdef Py_ssize_t AHEAD = 8

# A count: the node is not counted, but keeps its place in the order.
cdef int64_t DELETED = -1


cdef class Numbers:
    """A growing array of uint32."""

    def __dealloc__(self):
        free(self.items)

    cdef int append(self, uint32_t item) except -1:
        cdef Py_ssize_t room = 2 * self.room + 8
        if self.n == self.room:
            self.items = <uint32_t *> _resize(self.items, room, sizeof(uint32_t))
            self.room = room
        self.items[self.n] = item
        self.n += 1
        return 0


cdef void *_resize(void *memory, Py_ssize_t n, size_t itemsize) except NULL:
    """Grow `memory`; if that fails it is lost to nobody, its owner frees it."""
    cdef void *larger = realloc(memory, <size_t> n * itemsize)
    if larger is NULL:
        raise MemoryError(f"no memory for {n} entries of {itemsize} bytes")
    return larger


cdef inline uint64_t _key(uint32_t parent, uint32_t part) noexcept:
    return (<uint64_t> parent << 32) | part


cdef inline uint64_t _hash(uint64_t key) noexcept:
    key = (key ^ (key >> 32)) * <uint64_t> 0x9E3779B97F4A7C15
    return key ^ (key >> 29)


cdef class GramTable:
    """Counts of words and phrases; a phrase is its words joined by the delimiter.

    Parameters
    ----------
    delimiter : str
        With a single character, phrases are paths of parts. With any other, a joined
        text could be cut in several ways, so each text is one part, and counting
        makes it for every pair.
    """

    def __cinit__(self, str delimiter not None, *_):
        self.delimiter = delimiter
        self.cuts = len(delimiter) == 1
        self.ids = {}
        self.texts = []
        self.order, self.pieces = Numbers(), Numbers()
        self.sentence, self.between = Numbers(), Numbers()
        self.connectors = frozenset()
        self.reserve_slots(16)

    def __dealloc__(self):
        free(self.words)
        free(self.nodes)
        free(self.slots)

    def __len__(self):
        return self.n_counted

    # ---- nodes ----

    cdef int reserve_slots(self, uint64_t n) except -1:
        cdef Py_ssize_t node
        cdef uint64_t slot
        self.slots = <uint32_t *> _resize(self.slots, <Py_ssize_t> n, sizeof(uint32_t))
        memset(self.slots, 0xFF, n * sizeof(uint32_t))
        self.mask = n - 1
        for node in range(self.n_nodes):
            if node + AHEAD < self.n_nodes:
                W2V_PREFETCH(&self.slots[_hash(self.nodes[node + AHEAD].key) & self.mask])
            slot = _hash(self.nodes[node].key) & self.mask
            while self.slots[slot] != NONE:
                slot = (slot + 1) & self.mask
            self.slots[slot] = <uint32_t> node
        return 0

    cdef uint32_t find(self, uint32_t parent, uint32_t part) noexcept:
        """Node of `part` below `parent`, or NONE."""
        cdef uint64_t key = _key(parent, part)
        cdef uint64_t slot = _hash(key) & self.mask
        while self.slots[slot] != NONE:
            if self.nodes[self.slots[slot]].key == key:
                return self.slots[slot]
            slot = (slot + 1) & self.mask
        return NONE

    cdef int64_t child(self, uint32_t parent, uint32_t part) except -1:
        """Node of `part` below `parent`, made if it is new."""
        cdef uint64_t key = _key(parent, part)
        cdef uint64_t slot = _hash(key) & self.mask
        while self.slots[slot] != NONE:
            if self.nodes[self.slots[slot]].key == key:
                return self.slots[slot]
            slot = (slot + 1) & self.mask
        if self.n_nodes == self.nodes_room:
            if self.nodes_room >= <Py_ssize_t> NONE // 2:
                raise OverflowError("more than two billion words and phrases; set max_vocab_size")
            self.nodes = <Node *> _resize(self.nodes, 2 * self.nodes_room + 8, sizeof(Node))
            self.nodes_room = 2 * self.nodes_room + 8
        self.nodes[self.n_nodes] = Node(key, 0)
        self.slots[slot] = <uint32_t> self.n_nodes
        self.n_nodes += 1
        if 2 * <uint64_t> self.n_nodes > self.mask:
            self.reserve_slots(2 * (self.mask + 1))
        return self.n_nodes - 1

    cdef int bump(self, uint32_t node, int64_t by) except -1:
        cdef int64_t count = self.nodes[node].count
        if count <= 0:
            if count == 0:
                self.order.append(node)
            self.n_counted += 1
            self.nodes[node].count = 0
        self.nodes[node].count += by
        return 0

    # ---- words ----

    cdef int64_t known(self, word) except -2:
        """Number of a word or part, or -1."""
        cdef PyObject *number = PyDict_GetItemWithError(self.ids, word)
        return -1 if number is NULL else PyLong_AsLongLong(<object> number)

    cdef int64_t number(self, word) except -1:
        """Number of a word or part, given to it if it is new."""
        cdef int64_t number = self.known(word)
        cdef Word entry = Word(NONE, 0, 0, False)
        cdef Py_ssize_t k
        if number >= 0:
            return number
        if not isinstance(word, str):
            raise CorpusTypeError(
                f"the word {word!r:.80} is of type {type(word).__name__}: phrases are made of str"
            )
        word = PyUnicode_FromObject(word)  # of subclasses only the text is kept
        entry.connector = word in self.connectors
        if self.cuts and self.delimiter in word:
            numbers = [self.number(part) for part in word.split(self.delimiter)]
            entry.first_piece, entry.n_pieces = <uint32_t> self.pieces.n, <uint32_t> len(numbers)
            for k in numbers:
                self.pieces.append(<uint32_t> k)
                entry.node = <uint32_t> self.child(entry.node, <uint32_t> k)
        number = len(self.texts)
        if number >= NONE - 1 or self.pieces.n >= <Py_ssize_t> NONE:
            raise OverflowError("more than four billion distinct words")
        if entry.n_pieces == 0:
            entry.node = <uint32_t> self.child(NONE, <uint32_t> number)
        if number == self.words_room:
            self.words = <Word *> _resize(self.words, 2 * self.words_room + 8, sizeof(Word))
            self.words_room = 2 * self.words_room + 8
        self.words[number] = entry
        self.texts.append(word)
        self.ids[word] = number
        return number

    cdef int64_t counted(self, word) except -2:
        """Number of a word, or -1 if it has none and was not counted."""
        cdef int64_t number = self.known(word)
        if number < 0 and self.node_of(word) != NONE:
            # Counted as a phrase, in which it has the number of none of its parts.
            number = self.number(word)
        return number

    cdef int64_t append(self, uint32_t node, uint32_t word) except -1:
        """Node of a phrase with `word` added to it, made if it is new."""
        cdef Word *entry = &self.words[word]
        cdef uint32_t k
        if entry.n_pieces == 0:
            return self.child(node, word)
        for k in range(entry.n_pieces):
            node = <uint32_t> self.child(node, self.pieces.items[entry.first_piece + k])
        return node

    cdef uint32_t follow(self, uint32_t node, uint32_t word) noexcept:
        """Node of a phrase with `word` added to it, or NONE."""
        cdef Word *entry = &self.words[word]
        cdef uint32_t k
        if entry.n_pieces == 0:
            return self.find(node, word)
        for k in range(entry.n_pieces):
            node = self.find(node, self.pieces.items[entry.first_piece + k])
            if node == NONE:
                break
        return node

    cdef object text(self, uint32_t node):
        parts = []
        while node != NONE:
            parts.append(self.texts[self.nodes[node].key & NONE])
            node = <uint32_t> (self.nodes[node].key >> 32)
        return parts[0] if len(parts) == 1 else self.delimiter.join(reversed(parts))

    # ---- counting ----

    def count(self, iterator, connectors not None, int64_t max_sentences, int64_t max_types):
        """Count the words and phrases of up to `max_sentences` sentences.

        Stops early behind the sentence with which there are more than `max_types`
        words and phrases.

        Parameters
        ----------
        iterator : iterator of sentences
            A sentence is any iterable of str.
        connectors : frozenset of str
            Words that are not counted, but may stand inside a phrase.

        Returns
        -------
        int
            Sentences read; fewer than asked for at the end of the iterator, too.

        Raises
        ------
        CorpusTypeError
            If a sentence is not iterable or a word no str.
        Exception
            Whatever the iterator raises, unchanged.
        """
        cdef int64_t n_sentences = 0
        cdef Py_ssize_t number
        if connectors is not self.connectors:
            self.connectors = connectors
            for number in range(len(self.texts)):
                self.words[number].connector = self.texts[number] in connectors
        while n_sentences < max_sentences:
            try:
                sentence = next(iterator)
            except StopIteration:
                break
            if not self.checked and isinstance(sentence, str):
                logger.warning(
                    "Each 'sentences' item should be a list of words (usually unicode strings). "
                    "First item here is instead plain %s.",
                    type(sentence),
                )
            self.checked = True
            self.read(sentence)
            self.n_read += 1
            n_sentences += 1
            if self.n_counted > max_types:
                break
        return n_sentences

    cdef int number_words(self, sentence) except -1:
        """Put the numbers of a sentence's words into `self.sentence`."""
        cdef tuple words
        cdef Py_ssize_t i
        self.sentence.n = 0
        if is_plain(sentence):
            words = tuple(sentence)
            for i in range(len(words)):
                self.sentence.append(<uint32_t> self.number(<object> PyTuple_GetItem(words, i)))
            return 0
        try:
            tokens = iter(sentence)
        except TypeError as error:
            raise CorpusTypeError(
                f"sentence #{self.n_read} is {sentence!r:.80} of type "
                f"{type(sentence).__name__}: each sentence must be a list of str"
            ) from error
        for token in tokens:
            self.sentence.append(<uint32_t> self.number(token))
        return 0

    cdef int read(self, sentence) except -1:
        cdef uint32_t start = NONE, word
        cdef Py_ssize_t i
        self.number_words(sentence)
        self.between.n = 0
        for i in range(self.sentence.n):
            self.prefetch(i)
            word = self.sentence.items[i]
            if self.words[word].connector:
                if start != NONE:
                    self.between.append(word)
                continue
            self.bump(self.words[word].node, 1)
            if start != NONE:
                self.bump(self.phrase(start, word), 1)
            start = self.words[word].node
            self.between.n = 0
        self.n_words += self.sentence.n
        return 0

    cdef void prefetch(self, Py_ssize_t i) noexcept:
        """Ask for the memory of the pairs behind word `i`, taking them for plain ones."""
        cdef uint32_t *words = self.sentence.items + i
        cdef uint32_t node
        cdef uint64_t key
        cdef Py_ssize_t left = self.sentence.n - i
        if left > AHEAD + 1:
            key = _key(self.words[words[AHEAD]].node, words[AHEAD + 1])
            W2V_PREFETCH(&self.slots[_hash(key) & self.mask])
        if left > AHEAD // 2 + 1:
            words += AHEAD // 2
            key = _key(self.words[words[0]].node, words[1])
            node = self.slots[_hash(key) & self.mask]
            if node != NONE:
                W2V_PREFETCH(&self.nodes[node])

    cdef uint32_t phrase(self, uint32_t start, uint32_t word) except? 0:
        """Node of the phrase from `start` over `between` to `word`, made if it is new."""
        cdef Py_ssize_t k
        if self.cuts:
            for k in range(self.between.n):
                start = <uint32_t> self.append(start, self.between.items[k])
            return <uint32_t> self.append(start, word)
        parts = [self.text(start)]
        parts += [self.texts[self.between.items[k]] for k in range(self.between.n)]
        return self.words[self.number(self.delimiter.join([*parts, self.texts[word]]))].node

    def pruned(self, int64_t floor):
        """Return a table with the words and phrases counted at least `floor` times."""
        cdef GramTable rest = type(self)(self.delimiter)
        rest.n_words, rest.n_read, rest.checked = self.n_words, self.n_read, self.checked
        rest.connectors = self.connectors
        rest.add_table(self, floor)
        return rest

    def add_table(self, GramTable other not None, int64_t floor=1):
        """Add the counts of a table with the same delimiter that reach `floor`."""
        cdef Py_ssize_t k
        cdef uint32_t node, at
        cdef int64_t word
        cdef Numbers path = Numbers()
        if other.delimiter != self.delimiter:
            raise ParameterError(f"delimiter {other.delimiter!r} is not {self.delimiter!r}")
        for k in range(other.order.n):
            node = other.order.items[k]
            if other.nodes[node].count < max(floor, 1):
                continue
            path.n = 0
            at = node
            while at != NONE:
                path.append(<uint32_t> (other.nodes[at].key & NONE))
                at = <uint32_t> (other.nodes[at].key >> 32)
            while path.n:
                path.n -= 1
                word = self.number(other.texts[path.items[path.n]])
                at = <uint32_t> self.child(at, <uint32_t> word)
            self.bump(at, other.nodes[node].count)

    # ---- as a mapping of texts ----

    cdef uint32_t node_of(self, text) except? 0:
        """Node of a text whose count is positive, or NONE."""
        cdef int64_t word = self.known(text)
        cdef uint32_t node = NONE
        if word >= 0:
            node = self.words[word].node
        elif self.cuts and isinstance(text, str) and self.delimiter in text:
            for part in text.split(self.delimiter):
                word = self.known(part)
                node = NONE if word < 0 else self.find(node, <uint32_t> word)
                if node == NONE:
                    break
        return node if node != NONE and self.nodes[node].count > 0 else NONE

    def __contains__(self, text):
        return self.node_of(text) != NONE

    def __getitem__(self, text):
        cdef uint32_t node = self.node_of(text)
        if node == NONE:
            raise KeyError(text)
        return self.nodes[node].count

    def set(self, text, int64_t count):
        """Set the count of a text, which must be > 0."""
        cdef uint32_t node
        cdef int64_t word
        if self.cuts and isinstance(text, str) and self.delimiter in text:
            # Not a word of its own: phrases would fill the dict of words.
            node = NONE
            for part in text.split(self.delimiter):
                word = self.number(part)
                node = <uint32_t> self.child(node, <uint32_t> word)
        else:
            node = self.words[self.number(text)].node
        self.bump(node, 1)
        self.nodes[node].count = count

    def __delitem__(self, text):
        cdef uint32_t node = self.node_of(text)
        if node == NONE:
            raise KeyError(text)
        self.nodes[node].count = DELETED
        self.n_counted -= 1

    def block(self, Py_ssize_t begin, Py_ssize_t end):
        """Texts and counts at places [begin, end) of the order; fewer where some are deleted.

        Returns
        -------
        list of (str, int) or None
            None if `begin` is behind the last.
        """
        cdef Py_ssize_t k
        if begin >= self.order.n:
            return None
        return [
            (self.text(self.order.items[k]), self.nodes[self.order.items[k]].count)
            for k in range(begin, min(end, self.order.n))
            if self.nodes[self.order.items[k]].count > 0
        ]
