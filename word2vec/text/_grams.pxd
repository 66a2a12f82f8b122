# What _phrases.pyx may use of _grams.pyx.

from libc.stdint cimport int64_t, uint32_t, uint64_t

cdef extern from "<stdint.h>" nogil:
    const uint32_t NONE "UINT32_MAX"  # no node

cdef struct Node:
    uint64_t key  # parent << 32 | part; the parent of a first part is NONE
    int64_t count  # 0: only on the way to others

cdef struct Word:
    uint32_t node  # of its last part
    uint32_t first_piece  # where its parts begin in `pieces`
    uint32_t n_pieces  # 0: it has no delimiter and is its own part
    bint connector

cdef class Numbers:
    cdef uint32_t *items
    cdef Py_ssize_t n, room
    cdef int append(self, uint32_t item) except -1

cdef class GramTable:
    cdef readonly str delimiter
    cdef readonly int64_t n_words  # words read by `count`, connectors too
    cdef readonly int64_t n_read  # sentences read by `count`
    cdef bint cuts  # whether texts are cut into parts
    cdef dict ids  # text of each word and part -> place in `texts` and `words`
    cdef list texts
    cdef Word *words
    cdef Py_ssize_t words_room
    cdef Node *nodes
    cdef Py_ssize_t n_nodes, nodes_room
    cdef uint32_t *slots  # node of each hash, linear probing, at most half full
    cdef uint64_t mask
    cdef Numbers order  # nodes in the order in which they were first counted
    cdef Numbers pieces
    cdef Numbers sentence, between  # its words; connectors since the last other word
    cdef Py_ssize_t n_counted
    cdef object connectors
    cdef bint checked  # that the very first sentence is no str

    cdef int reserve_slots(self, uint64_t n) except -1
    cdef uint32_t find(self, uint32_t parent, uint32_t part) noexcept
    cdef int64_t child(self, uint32_t parent, uint32_t part) except -1
    cdef int bump(self, uint32_t node, int64_t by) except -1
    cdef int64_t known(self, word) except -2
    cdef int64_t number(self, word) except -1
    cdef int64_t counted(self, word) except -2
    cdef int64_t append(self, uint32_t node, uint32_t word) except -1
    cdef uint32_t follow(self, uint32_t node, uint32_t word) noexcept
    cdef object text(self, uint32_t node)
    cdef void prefetch(self, Py_ssize_t i) noexcept
    cdef uint32_t phrase(self, uint32_t start, uint32_t word) except? 0
    cdef int number_words(self, sentence) except -1
    cdef int read(self, sentence) except -1
    cdef uint32_t node_of(self, text) except? 0
