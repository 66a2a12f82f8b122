"""Vectors that are not finite, subnormal or huge: queries and files as documented."""

import io

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from word2vec import KeyedVectors
from word2vec.errors import ParameterError

TINY = float(np.float32(1e-42))  # subnormal
HUGE = float(np.finfo(np.float32).max)
ROWS = np.array(
    [[1, 0], [TINY, 0], [HUGE, 0], [0, 1], [-0.0, 0], [np.nan, 1], [np.inf, 0], [-1, 0]],
    np.float32,
)
KEYS = ["one", "tiny", "huge", "up", "zero", "nan", "inf", "back"]


@pytest.fixture
def wv():
    vectors = KeyedVectors(2)
    vectors.add_vectors(KEYS, ROWS)
    return vectors


def test_only_directions_count_however_short_or_long(wv):
    assert wv.similarity("one", "tiny") == 1
    assert wv.similarity("tiny", "back") == -1
    assert wv.similarity("huge", "one") == 1
    found = dict(wv.most_similar("one", topn=len(KEYS)))
    assert found["tiny"] == pytest.approx(1)
    assert found["huge"] == pytest.approx(1)
    assert found["back"] == pytest.approx(-1)


def test_zero_vectors_are_similar_to_nothing(wv):
    assert wv.similarity("zero", "one") == 0
    assert dict(wv.most_similar("one", topn=len(KEYS)))["zero"] == 0


def test_rows_that_are_not_finite_have_no_similarity_and_come_last(wv):
    found = wv.most_similar("one", topn=len(KEYS))
    assert {key for key, score in found[-2:]} == {"nan", "inf"}
    assert np.isnan([score for _, score in found[-2:]]).all()
    assert np.isfinite([score for _, score in found[:-2]]).all()


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_queries_that_are_not_finite_are_refused(wv, number):
    with pytest.raises(ParameterError, match="finite"):
        wv.similar_by_vector(np.array([number, 1]))
    with pytest.raises(ParameterError, match="finite"):
        wv.most_similar([np.array([number, 1])])


@pytest.mark.parametrize("scale", [1e-42, 1e-30, 1e30, HUGE])
def test_queries_of_any_length_are_answered(wv, scale):
    found = wv.similar_by_vector(np.array([scale, 0]), topn=1)
    assert found[0][1] == pytest.approx(1)


def test_queries_are_rounded_to_the_type_of_the_vectors(wv):
    with pytest.raises(ParameterError, match="float32"):
        wv.similar_by_vector(np.array([1e300, 0]))
    found = wv.similar_by_vector(np.array([1e-300, 0]), topn=3)
    assert [score for _, score in found] == [0, 0, 0]


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_files_keep_every_number(wv, binary, tmp_path):
    wv.save_word2vec_format(tmp_path / "vectors", binary=binary)
    again = KeyedVectors.load_word2vec_format(tmp_path / "vectors", binary=binary)
    assert again.index_to_key == KEYS
    assert_array_equal(again.vectors, ROWS)
    assert_array_equal(np.signbit(again.vectors[:5]), np.signbit(ROWS[:5]))


def test_native_files_keep_every_bit(wv):
    wv.vectors.view(np.uint32)[5, 0] = 0x7FC12345  # a nan with a payload
    file = io.BytesIO()
    wv.save(file)
    again = KeyedVectors.load(io.BytesIO(file.getvalue()))
    assert again.vectors.tobytes() == wv.vectors.tobytes()


def test_decimals_beyond_float32_are_infinite_and_below_it_zero():
    text = b"2 2\na 1e39 -1e39\nb 1e-50 -1e-50\n"
    vectors = KeyedVectors.load_word2vec_format(io.BytesIO(text)).vectors
    assert_array_equal(vectors, [[np.inf, -np.inf], [0, 0]])
    assert np.signbit(vectors[1, 1])
