"""Numbers and rows of the word2vec formats, in C (csrc/w2v_format.h).

Memoryviews check dtype, contiguity and writability here; positions are checked
against the buffers before C sees them.
"""

from decimal import Decimal

from libc.math cimport HUGE_VALF, isinf, nextafterf
from libc.stdint cimport int64_t


cdef extern from "w2v_format.h" nogil:
    enum: W2V_FLOAT_CHARS
    ctypedef float w2v_exact_fn(const char *text, int64_t length) noexcept

    ctypedef struct w2v_cursor:
        const char *data
        int64_t size
        int64_t position
        int64_t lines

    ctypedef struct w2v_rows:
        float *values
        int64_t *spans
        int64_t n_rows
        int64_t dim
        int64_t filled

    size_t w2v_format_float(float value, char *out)
    size_t w2v_format_floats(const float *values, int64_t n, char *out)
    bint w2v_parse_float(const char *text, const char *end, w2v_exact_fn *exact, float *value)
    bint w2v_parse_text(w2v_cursor *cursor, w2v_rows *rows, w2v_exact_fn *exact)
    void w2v_parse_binary(w2v_cursor *cursor, w2v_rows *rows)


cdef float round_exactly(const char *text, int64_t length) noexcept with gil:
    """Round a number that C found to be well formed; slow and exact."""
    number = text[:length]
    cdef double nearest_double = float(number)
    cdef float value = <float> nearest_double
    if isinf(nearest_double) or <double> value == nearest_double:
        return value
    # Rounding twice goes wrong only if the first step lands on the very middle
    # of two float32; then the full decimal says on which side of it we are.
    cdef float other = nextafterf(value, HUGE_VALF if nearest_double > value else -HUGE_VALF)
    cdef double other_double = other
    if isinf(other):
        other_double = 2.0 ** 128
    elif isinf(value):
        return round_overflow(number, nearest_double)
    if nearest_double != (<double> value + other_double) / 2:
        return value
    exact = Decimal(number.decode("ascii"))
    middle = Decimal(nearest_double)
    if exact == middle:
        return value  # the cast above rounded the tie to even
    return max(value, other) if exact > middle else min(value, other)


cdef float round_overflow(bytes number, double nearest_double):
    """Round a positive number whose double became an infinite float32."""
    cdef double middle = 2.0 ** 128 - 2.0 ** 103  # of the largest float32 and 2^128
    if nearest_double == middle and Decimal(number.decode("ascii")) < Decimal(middle):
        return nextafterf(HUGE_VALF, 0)
    return HUGE_VALF


def format_float(float value):
    """Text of one float32: the shortest that reads back as the same value.

    Parameters
    ----------
    value : float
        Rounded to float32 first.

    Returns
    -------
    bytes
    """
    cdef char text[W2V_FLOAT_CHARS]
    cdef size_t length = w2v_format_float(value, text)
    return text[:length]


def parse_float(bytes text not None):
    """Float32 nearest to the number in `text`, as a Python float.

    Raises
    ------
    ValueError
        If `text` is not one number.
    """
    cdef float value
    cdef const char *begin = text
    if not w2v_parse_float(begin, begin + len(text), round_exactly, &value):
        raise ValueError(f"{text!r} is not a number")
    return value


def format_text(list keys not None, const float[:, ::1] rows not None):
    """Lines of the text format, one for each key.

    Parameters
    ----------
    keys : list of bytes
        Free of whitespace; as many as rows.
    rows : ndarray of shape (n_keys, vector_size), float32

    Returns
    -------
    bytearray

    Raises
    ------
    ValueError
        If there are not as many keys as rows.
    """
    cdef int64_t n = rows.shape[0], dim = rows.shape[1], row
    if len(keys) != n:
        raise ValueError(f"{len(keys)} keys for {n} rows")
    cdef size_t room = dim * (W2V_FLOAT_CHARS + 1)
    cdef bytearray line = bytearray(room)
    cdef char *text = line
    cdef size_t length
    out = bytearray()
    for row in range(n):
        length = w2v_format_floats(&rows[row, 0], dim, text) if dim else 0
        out += keys[row]
        out += text[:length]
        out += b"\n"
    return out


def parse_text(const unsigned char[::1] data not None, int64_t position,
               float[:, ::1] rows not None, int64_t filled, int64_t[:, ::1] spans not None):
    """Read whole lines of `data` into `rows`; releases the GIL.

    Parameters
    ----------
    data : bytes-like
    position : int
        First byte of `data` to read.
    rows : ndarray of shape (n_rows, vector_size), float32
        Rows from `filled` on are written.
    filled : int
        Rows that are there already.
    spans : ndarray of shape (n_rows, 2), int64
        Receives begin and end of each row's key in `data`.

    Returns
    -------
    (ok, position, lines, filled)
        Whether all lines were well formed, the first byte not read (the beginning
        of the malformed line), the lines read and the rows filled.

    Raises
    ------
    ValueError
        If positions or shapes do not fit together.
    """
    cdef w2v_cursor cursor
    cdef w2v_rows table
    prepare(data, position, rows, filled, spans, &cursor, &table)
    cdef bint ok = True
    if table.filled < table.n_rows and cursor.position < cursor.size:
        with nogil:
            ok = w2v_parse_text(&cursor, &table, round_exactly)
    return bool(ok), cursor.position, cursor.lines, table.filled


def parse_binary(const unsigned char[::1] data not None, int64_t position,
                 float[:, ::1] rows not None, int64_t filled, int64_t[:, ::1] spans not None):
    """Read whole binary rows of `data` into `rows`; releases the GIL.

    Parameters are those of `parse_text`; the floats keep the byte order of `data`.

    Returns
    -------
    (position, filled)

    Raises
    ------
    ValueError
        If positions or shapes do not fit together.
    """
    cdef w2v_cursor cursor
    cdef w2v_rows table
    prepare(data, position, rows, filled, spans, &cursor, &table)
    if table.filled < table.n_rows and cursor.position < cursor.size:
        with nogil:
            w2v_parse_binary(&cursor, &table)
    return cursor.position, table.filled


cdef int prepare(const unsigned char[::1] data, int64_t position, float[:, ::1] rows,
                 int64_t filled, int64_t[:, ::1] spans, w2v_cursor *cursor,
                 w2v_rows *table) except -1:
    """Check the arguments of the two readers and hand them over."""
    if not 0 <= position <= data.shape[0]:
        raise ValueError(f"position {position} is outside {data.shape[0]} bytes of data")
    if not 0 <= filled <= rows.shape[0]:
        raise ValueError(f"{filled} rows filled of {rows.shape[0]}")
    if rows.shape[1] < 1:
        raise ValueError("rows need at least one column")
    if spans.shape[0] < rows.shape[0] or spans.shape[1] != 2:
        raise ValueError(f"spans has shape ({spans.shape[0]}, {spans.shape[1]}), "
                         f"not ({rows.shape[0]}, 2)")
    cursor.data = <const char *> &data[0] if data.shape[0] else NULL
    cursor.size = data.shape[0]
    cursor.position = position
    cursor.lines = 0
    table.values = &rows[0, 0] if rows.shape[0] else NULL
    table.spans = &spans[0, 0] if rows.shape[0] else NULL
    table.n_rows = rows.shape[0]
    table.dim = rows.shape[1]
    table.filled = filled
    return 0
