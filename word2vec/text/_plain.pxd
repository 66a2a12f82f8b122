# What the loops over sentences share. Under the stable ABI each look into a list is a call:
# lists become tuples at once, whose words are then borrowed.

from cpython.list cimport PyList_CheckExact
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_CheckExact

cdef extern from "Python.h":
    PyObject *PyTuple_GetItem(object words, Py_ssize_t i) except NULL


cdef inline bint is_plain(sentence) noexcept:
    """Whether a sentence is a list or tuple, no subclass of them."""
    return PyList_CheckExact(sentence) or PyTuple_CheckExact(sentence)
