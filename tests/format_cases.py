"""Values, vectors and helpers for the tests of word2vec's formats."""

import io
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from word2vec.io.word2vec_format import read, write

# Values whose text is easy to get wrong: powers of two (uneven neighbours), ends
# of the ranges, subnormals, the borders between plain and scientific notation.
HARD_VALUES = np.array(
    [
        0.0, -0.0, 1.0, -1.5, 0.1, 1 / 3, 1e-4, 1.0001e-4, 9.9999e-5, 999999.94, 1e6, 1234567.0,
        16777216.0, 2.0**-126, 1e-45, 3e-45, 3.4028235e38, 8.5899346e9, 2.0**-103, 2.0**-30,
        np.inf, -np.inf, np.nan,
    ],
    dtype=np.float32,
)  # fmt: skip
KEYS = ["the", "of", "日本", "a\u00a0b", "", "é"]
VECTORS = np.array(
    [
        [0.1, -2.5e-05, 1.0],
        [1 / 3, 1e10, -0.0],
        [3.4028235e38, 1e-45, 16777216.0],
        [-1.17549435e-38, 999999.94, 0.0001],
        [np.inf, -np.inf, np.nan],
        [123.456, 7.0, 1e6],
    ],
    dtype=np.float32,
)

floats32 = st.integers(0, 2**32 - 1).map(lambda bits: np.uint32(bits).view(np.float32))


def same_bits(first, second):
    """Equal as bit patterns, all nan alike."""
    nan = np.isnan(first) & np.isnan(second)
    bits = [np.ascontiguousarray(x, np.float32).view(np.uint32) for x in (first, second)]
    return bool((nan | (bits[0] == bits[1])).all())


def nearest_float32(text):
    """Float32 nearest to a decimal, ties to even, in exact arithmetic."""
    exact = Fraction(text)
    size = abs(exact)
    exponent = max(-149, size.numerator.bit_length() - size.denominator.bit_length() - 25)
    while size >= Fraction(2) ** (exponent + 24):
        exponent += 1
    steps = round(size / Fraction(2) ** exponent)  # round() is half to even
    value = Fraction(steps) * Fraction(2) ** exponent
    number = float(value) if value < 2**128 else np.inf
    return np.float32(-number if text.startswith("-") else number)


def text_of(keys, vectors, **options):
    file = io.BytesIO()
    write(file, keys, vectors, **options)
    return file.getvalue()


def read_text(text, **options):
    return read(io.BytesIO(text), **options)
