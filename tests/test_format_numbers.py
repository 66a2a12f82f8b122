"""Numbers of word2vec's text files, to the last bit."""

from fractions import Fraction

import numpy as np
import pytest
from format_cases import HARD_VALUES, floats32, nearest_float32, same_bits
from hypothesis import example, given, settings
from hypothesis import strategies as st

from word2vec.io import _format

# ---- single numbers --------------------------------------------------------


@given(floats32)
@settings(max_examples=500, deadline=None)
def test_the_text_of_a_float_is_the_shortest_that_comes_back(value):
    text = _format.format_float(value)
    assert same_bits(np.float32(_format.parse_float(text)), value)
    if np.isfinite(value):
        digits = np.format_float_scientific(value, unique=True, trim="-", exp_digits=1)
        mantissa, _, exponent = digits.partition("e")
        found = f"{Fraction(text.decode())}"
        assert found == f"{Fraction(mantissa) * Fraction(10) ** int(exponent)}"


def test_many_bit_patterns_come_back():
    generator = np.random.default_rng(7)
    bits = generator.integers(0, 2**32, 50_000, dtype=np.uint32)
    edges = [exponent << 23 | fraction for exponent in range(256) for fraction in (0, 1, 0x7FFFFF)]
    values = np.concatenate([bits, np.array(edges, dtype=np.uint32)]).view(np.float32)
    texts = [_format.format_float(value) for value in values]
    with np.errstate(over="ignore"):
        assert same_bits(np.array([_format.parse_float(text) for text in texts]), values)


@pytest.mark.parametrize("value", HARD_VALUES, ids=str)
def test_hard_values_have_the_text_that_numpy_gives_them(value):
    if 1e6 <= abs(value) < 1e16:
        # Some releases of numpy write these without an exponent.
        assert Fraction(_format.format_float(value).decode()) == Fraction(str(value))
    else:
        assert _format.format_float(value) == str(value).encode()


@given(
    st.builds(
        "{}{}.{}e{}".format,
        st.sampled_from(["", "-"]),
        st.integers(0, 10**25),
        st.integers(0, 10**25),
        st.integers(-75, 45),
    )
)
@example("16777217")  # the middle of two float32
@example("16777217.0000000000000000000000000001")
@example("16777216.9999999999999999999999999999")
@example("16777219")
@example("1.00000005960464477539062500000000001")
@example("7.0064923216240853546186479164495e-46")  # half the smallest subnormal
@example("7.0064923216240853546186479164496e-46")
@example("1.1754943157898259e-38")
@example("340282356779733661637539395458142568447")  # just below 2^128 - 2^103
@example("340282356779733661637539395458142568448")
@example("340282356779733661637539395458142568447.999")
@example("-0")
@example("0.000000000000000000000000000000000000000000000000000000000001e60")
@settings(max_examples=500, deadline=None)
def test_decimals_round_as_exact_arithmetic_says(text):
    assert same_bits(np.float32(_format.parse_float(text.encode())), nearest_float32(text))


@given(floats32.filter(np.isfinite), st.sampled_from(["", "1", "0000000000000000000001"]))
@settings(deadline=None)
def test_middles_between_floats_round_to_even_or_up(value, tail):
    lower = abs(value)
    upper = np.nextafter(lower, np.float32(np.inf))
    if not np.isfinite(upper):
        return
    middle = (Fraction(float(lower)) + Fraction(float(upper))) / 2
    digits = 160  # 2^-150 has 150 decimals
    text = f"{int(middle * 10**digits)}{tail}e-{digits + len(tail)}"
    assert Fraction(text) >= middle
    assert same_bits(np.float32(_format.parse_float(text.encode())), nearest_float32(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("inf", np.inf),
        ("-Infinity", -np.inf),
        ("+INF", np.inf),
        ("1e999999999999999999999", np.inf),
        ("-1e-999999999999999999999", -0.0),
        ("0e999999", 0.0),
        ("1e39", np.inf),
    ],
)
def test_ends_of_the_number_line(text, value):
    assert same_bits(np.float32(_format.parse_float(text.encode())), np.float32(value))
    assert np.isnan(_format.parse_float(b"-NaN"))


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", "e5", "1e", "1e+", "1_0", "1x", "in", "infi", " 1", "1 ", "--1", "0x1", "1.2.3"],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        _format.parse_float(text.encode())


def test_the_native_functions_check_their_arguments():
    rows, spans = np.zeros((2, 3), np.float32), np.zeros((2, 2), np.int64)
    for parse in (_format.parse_text, _format.parse_binary):
        with pytest.raises(ValueError, match="position"):
            parse(b"ab", 3, rows, 0, spans)
        with pytest.raises(ValueError, match="position"):
            parse(b"ab", -1, rows, 0, spans)
        with pytest.raises(ValueError, match="filled"):
            parse(b"ab", 0, rows, 3, spans)
        with pytest.raises(ValueError, match="spans"):
            parse(b"ab", 0, rows, 0, spans[:1])
        with pytest.raises(ValueError, match="column"):
            parse(b"ab", 0, rows[:, :0].copy(), 0, spans)
        with pytest.raises(ValueError, match="dtype"):
            parse(b"ab", 0, rows.astype(np.float64), 0, spans)
    with pytest.raises(ValueError, match="keys for"):
        _format.format_text([b"a"], rows)
