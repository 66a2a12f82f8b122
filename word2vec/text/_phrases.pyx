# The inner loop of word2vec.phrases: a sentence, and a detector that says for each pair
# of words whether it is a phrase. Detectors are made for each call from what the model
# holds then, so whatever is changed there takes effect.
"""Finding phrases in sentences, by counts or by known scores."""

from cpython.dict cimport PyDict_GetItemWithError
from cpython.list cimport PyList_SetItem
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.unicode cimport PyUnicode_CheckExact
from libc.math cimport log
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free

from word2vec.errors import CorpusTypeError
from word2vec.text._grams cimport NONE, GramTable
from word2vec.text._plain cimport PyTuple_GetItem

cdef extern from "Python.h":
    object PyUnicode_Join(object delimiter, object words)

# Beyond this, doubles and Python's ints part.
cdef double EXACT = 2.0 ** 53

# Texts that are made whatever the number of phrases: a sentence alone needs no table.
cdef Py_ssize_t FEW = 1000


cdef inline int _check_word(word) except -1:
    if not PyUnicode_CheckExact(word) and not isinstance(word, str):
        raise CorpusTypeError(
            f"the word {word!r:.80} is of type {type(word).__name__}: phrases are made of str"
        )
    return 0


cdef class _Pairs:
    """Which pairs of words may be the ends of a key of a dict; never forgets one of them.

    A table of hashes, so that a pair that is none of them, as most are, costs a few
    steps and no text. The dict says what the others are.
    """

    cdef uint64_t *slots  # hashes, 0 is free; linear probing, at most half full
    cdef uint64_t n, mask

    def __dealloc__(self):
        free(self.slots)

    def __cinit__(self, dict texts not None, str delimiter not None):
        cdef Py_ssize_t at, step = len(delimiter)
        self.reserve(1024)
        for text in texts:
            if not isinstance(text, str):
                continue  # equal to no phrase
            at = text.find(delimiter)
            while at >= 0:
                self.add(_pair(hash(text[:at]), hash(text[at + step:])))
                at = text.find(delimiter, at + 1)

    cdef int reserve(self, uint64_t n) except -1:
        cdef uint64_t *old = self.slots
        cdef uint64_t i, n_old = self.mask + 1 if old is not NULL else 0
        self.slots = <uint64_t *> calloc(<size_t> n, sizeof(uint64_t))
        if self.slots is NULL:
            self.slots = old
            raise MemoryError(f"no memory for a table of {n} pairs")
        self.mask = n - 1
        for i in range(n_old):
            if old[i]:
                self.slots[self.find(old[i])] = old[i]
        free(old)
        return 0

    cdef int add(self, uint64_t pair) except -1:
        cdef uint64_t slot = self.find(pair)
        if self.slots[slot] == 0:
            self.slots[slot] = pair
            self.n += 1
            if 2 * self.n > self.mask:
                self.reserve(2 * (self.mask + 1))
        return 0

    cdef inline uint64_t find(self, uint64_t pair) noexcept:
        """Place of `pair`, or the free one where it would stand."""
        cdef uint64_t slot = pair & self.mask
        while self.slots[slot] != 0 and self.slots[slot] != pair:
            slot = (slot + 1) & self.mask
        return slot

    cdef inline bint has(self, uint64_t pair) noexcept:
        return self.slots[self.find(pair)] != 0


cdef inline uint64_t _pair(Py_hash_t first, Py_hash_t last) noexcept:
    """Mix the hashes of two words; never 0."""
    cdef uint64_t mixed = (<uint64_t> first * <uint64_t> 0x9E3779B97F4A7C15) ^ <uint64_t> last
    mixed = (mixed ^ (mixed >> 32)) * <uint64_t> 0xD6E8FEB86659FD93
    mixed ^= mixed >> 32
    return mixed if mixed else 1


cdef class Detector:
    """Says which words form a phrase."""

    cdef str delimiter
    cdef object connectors
    cdef bint has_connectors
    cdef object threshold
    cdef object score  # of the phrase found last
    cdef list ends  # used by `join` again and again: a new list would cost as much as the text

    cdef hold(self, str delimiter, connectors, threshold):
        """Keep what every detector has; a call of ``__init__`` would cost more in C."""
        self.delimiter = delimiter
        self.connectors = connectors
        self.has_connectors = bool(connectors)
        self.threshold = threshold
        self.ends = [None, None]

    cdef object join(self, first, list between, last):
        """`first`, `between` and `last` with the delimiter between them."""
        _check_word(first)
        if between is not None:
            for word in between:
                _check_word(word)
            _check_word(last)
            return PyUnicode_Join(self.delimiter, [first, *between, last])
        _check_word(last)
        Py_INCREF(first)  # PyList_SetItem takes the reference over
        PyList_SetItem(self.ends, 0, first)
        Py_INCREF(last)
        PyList_SetItem(self.ends, 1, last)
        return PyUnicode_Join(self.delimiter, self.ends)

    cdef object phrase(self, first, list between, last):
        """The words joined if they are a phrase, else None; sets `score`.

        `between` is None without connectors, so that most pairs do not ask for its length.
        """
        raise NotImplementedError


cdef class ScoreDetector(Detector):
    """Finds the phrases of a dict whose scores are above the threshold.

    The dict may grow and shrink while the detector is used.
    """

    cdef dict scores
    cdef _Pairs pairs  # of the dict when it had `n_scores` keys; None: not made yet
    cdef Py_ssize_t n_scores, n_left  # texts to be made before `pairs` is worth its while

    def __init__(self, dict scores not None, str delimiter not None, connectors not None,
                 threshold):
        self.hold(delimiter, connectors, threshold)
        self.scores = scores
        self.forget()

    cdef object phrase(self, first, list between, last):
        cdef PyObject *score
        if (between is None and PyUnicode_CheckExact(first) and PyUnicode_CheckExact(last)
                and not self.may_be(first, last)):
            return None
        text = self.join(first, between, last)
        score = PyDict_GetItemWithError(self.scores, text)
        if score is NULL:
            return None
        self.score = <object> score
        return text if self.score > self.threshold else None

    cdef forget(self):
        self.pairs = None
        self.n_scores = len(self.scores)
        self.n_left = self.n_scores + FEW

    cdef bint may_be(self, first, last) except -1:
        """Whether `first` and `last` may form a phrase without connectors."""
        if self.pairs is not None and len(self.scores) != self.n_scores:
            self.forget()
        if self.pairs is None:
            # It costs about as much as a text for each key: only for those who read on.
            self.n_left -= 1
            if self.n_left > 0 or not self.delimiter:
                return True
            self.n_scores = len(self.scores)
            self.pairs = _Pairs(self.scores, self.delimiter)
        return self.pairs.has(_pair(hash(first), hash(last)))


cdef class CountDetector(Detector):
    """Finds phrases by the counts of a table and a scoring function.

    Parameters
    ----------
    table : GramTable
    connectors : frozenset of str
    threshold, min_count : float
    corpus_word_count : int
    scoring : callable
        Takes the six numbers as keywords.
    formula : {0, 1, 2}
        1 or 2 if `scoring` is the original or the NPMI formula, which are then
        computed here with the same operations on doubles.
    """

    cdef GramTable table
    cdef object scoring, min_count, corpus_word_count, last_word
    cdef int formula
    cdef int64_t last_number
    cdef double floor, limit, n_words

    def __init__(self, GramTable table not None, connectors not None, threshold, min_count,
                 corpus_word_count, scoring, int formula):
        self.hold(table.delimiter, connectors, threshold)
        self.table, self.scoring = table, scoring
        self.min_count, self.corpus_word_count = min_count, corpus_word_count
        # Other types (float32, Fraction) have arithmetic of their own.
        plain = all(
            type(value) in (int, float) and abs(value) < EXACT
            for value in (threshold, min_count, corpus_word_count)
        )
        self.formula = formula if plain else 0
        if self.formula:
            self.floor, self.limit, self.n_words = min_count, threshold, corpus_word_count

    cdef object phrase(self, first, list between, last):
        cdef GramTable table = self.table
        cdef int64_t a, b, n_a, n_b
        cdef uint32_t node
        a = self.last_number if first is self.last_word else table.counted(first)
        b = table.counted(last)
        self.last_word, self.last_number = last, b
        if a < 0 or b < 0:
            return None
        n_a, n_b = table.nodes[table.words[a].node].count, table.nodes[table.words[b].node].count
        if n_a <= 0 or n_b <= 0:
            return None
        if table.cuts:
            node = table.words[a].node
            if between is not None:
                for word in between:
                    # Connector words are few: numbering one that is not counted does no harm.
                    node = table.follow(node, <uint32_t> table.number(word))
                    if node == NONE:
                        return None
            node = table.follow(node, <uint32_t> b)
        else:
            node = table.node_of(self.join(first, between, last))
        if node == NONE or table.nodes[node].count <= 0:
            return None
        if not self.passes(n_a, n_b, table.nodes[node].count):
            return None
        return self.join(first, between, last)

    cdef bint passes(self, int64_t n_a, int64_t n_b, int64_t n_both) except -1:
        """Whether the score is above the threshold; sets `score` then."""
        cdef double score, total, together
        if self.formula == 1 and n_a and n_b:
            score = (n_both - self.floor) / (<double> n_a * <double> n_b)
            score *= <double> self.table.n_counted
        elif self.formula == 2 and 0 < n_both < self.n_words:
            if n_both < self.floor:
                return False
            total = self.n_words
            together = n_both / total
            score = log(together / ((n_a / total) * (n_b / total))) / -log(together)
        else:
            self.score = self.scoring(
                worda_count=n_a, wordb_count=n_b, bigram_count=n_both,
                len_vocab=self.table.n_counted, min_count=self.min_count,
                corpus_word_count=self.corpus_word_count,
            )
            return not self.score <= self.threshold
        if score <= self.limit:
            return False
        self.score = score
        return True

    def export(self):
        """Score all counted texts of two or more parts, taken for phrases.

        Returns
        -------
        dict of str to float
            Those above the threshold, in the order of the table.
        """
        cdef GramTable table = self.table
        cdef Py_ssize_t k
        cdef uint32_t node, root
        cdef int64_t n_first, n_last
        found = {}
        for k in range(table.order.n):
            node = table.order.items[k]
            root = <uint32_t> (table.nodes[node].key >> 32)
            if root == NONE or table.nodes[node].count <= 0:
                continue
            while table.nodes[root].key >> 32 != NONE:
                root = <uint32_t> (table.nodes[root].key >> 32)
            n_first = table.nodes[root].count
            n_last = table.nodes[table.words[table.nodes[node].key & NONE].node].count
            if n_first > 0 and n_last > 0 and self.passes(n_first, n_last, table.nodes[node].count):
                found[table.text(node)] = self.score
        return found


def find_phrases(sentence, Detector detector not None, list tokens=None, dict found=None):
    """Walk over a sentence from left to right and join what forms phrases.

    Parameters
    ----------
    sentence : iterable of str
    detector : Detector
    tokens : list or None
        Gets the words and phrases of the sentence.
    found : dict or None
        Gets the phrases and their scores.
    """
    cdef list between = None  # connectors since `first`, if there are any
    cdef tuple words = tuple(sentence)
    cdef Py_ssize_t i
    first = None
    for i in range(len(words)):
        word = <object> PyTuple_GetItem(words, i)
        if detector.has_connectors and word in detector.connectors:
            if first is None:
                if tokens is not None:
                    tokens.append(word)
            elif between is None:
                between = [word]
            else:
                between.append(word)
            continue
        if first is not None:
            phrase = detector.phrase(first, between, word)
            if phrase is not None:
                if tokens is not None:
                    tokens.append(phrase)
                if found is not None:
                    found[phrase] = detector.score
                first = between = None
                continue
            if tokens is not None:
                tokens.append(first)
                if between is not None:
                    tokens += between
            between = None
        # An empty word begins no phrase and is left out, as gensim does it.
        first = word if word else None
    if first is not None and tokens is not None:
        tokens.append(first)
        if between is not None:
            tokens += between
