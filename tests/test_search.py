"""The search for the nearest rows finds what comparing all rows in float64 finds."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from word2vec.vectors import search

DIM = 9
ATOL = 1e-6  # float32 roundings of numbers up to 1


def case(n_rows, dtype=np.float32, seed=5):
    generator = np.random.default_rng(seed)
    matrix = generator.standard_normal((n_rows, DIM)).astype(dtype)
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1).astype(np.float32)
    units = generator.standard_normal((7, DIM))
    units /= np.linalg.norm(units, axis=1)[:, np.newaxis]
    return matrix, lengths, units.astype(dtype)


def cosines(matrix, unit):
    rows = matrix.astype(np.float64)
    return rows @ unit.astype(np.float64) / np.linalg.norm(rows, axis=1)


@pytest.mark.parametrize("n_rows", [1, 31, 32, 33, 64, 1000])
@pytest.mark.parametrize("n", [1, 3, 40])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_batches_find_the_nearest_rows(monkeypatch, n_rows, n, dtype):
    monkeypatch.setattr(search, "_BLOCK", 64)  # several blocks, the last one incomplete
    monkeypatch.setattr(search, "_PIECE", 3)
    matrix, lengths, units = case(n_rows, dtype)
    found = search.nearest(matrix, lengths, units, n)
    assert len(found) == len(units)
    for (rows, scores), unit in zip(found, units, strict=True):
        expected = cosines(matrix, unit)
        atol = 2e-3 if dtype == np.float16 else ATOL
        assert_allclose(scores, np.sort(expected)[::-1][:n], atol=atol)
        assert_allclose(scores, expected[rows], atol=atol)
        assert len(set(rows.tolist())) == min(n, n_rows)


def test_batches_keep_the_order_of_equal_rows():
    matrix = np.ones((100, DIM), np.float32)
    lengths = np.full(100, 3, np.float32)
    ((rows, scores),) = search.nearest(matrix, lengths, matrix[:1] / 3, 5)
    assert_array_equal(rows, range(5))
    assert_allclose(scores, 1, atol=ATOL)


def test_a_damaged_row_hides_no_other_row():
    matrix, lengths, units = case(400)
    matrix[100] = np.nan
    lengths[100] = np.nan
    matrix[101] = units[0]
    lengths[101] = 1
    rows, scores = search.nearest(matrix, lengths, units, 3)[0]
    assert rows[0] == 101
    assert np.isfinite(scores).all()
