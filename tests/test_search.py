"""The search for the nearest rows finds what comparing all rows in float64 finds."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from word2vec.vectors import _sketch, search
from word2vec.vectors.keyed_vectors import KeyedVectors

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
    found = search.Searcher(matrix, lengths).nearest_batch(units, n_rows, n)
    assert len(found) == len(units)
    for (rows, scores), unit in zip(found, units, strict=True):
        expected = cosines(matrix, unit)
        atol = 2e-3 if dtype == np.float16 else ATOL
        assert_allclose(scores, np.sort(expected)[::-1][:n], atol=atol)
        assert_allclose(scores, expected[rows], atol=atol)
        assert len(set(rows.tolist())) == min(n, n_rows)


def sketched(matrix, lengths, monkeypatch):
    """A searcher that has been asked often, and sketches however small the matrix."""
    monkeypatch.setattr(search, "_SKETCHED", 0)
    searcher = search.Searcher(matrix, lengths)
    for _ in range(search._PATIENCE):
        searcher.nearest(np.zeros(matrix.shape[1], np.float32), range(1), 1)
    assert searcher._codes is None
    searcher.nearest(np.zeros(matrix.shape[1], np.float32), range(1), 1)
    assert searcher._codes is not None
    return searcher


def outliers(matrix):
    """Rows whose sketch is coarse or that have none: one large number, tiny, huge, zero."""
    matrix[::7, 0] *= 1e4
    matrix[1] *= 1e-44 / np.abs(matrix[1]).max()
    matrix[2] *= 1e30
    matrix[3] = 0
    return matrix


@pytest.mark.parametrize("dim", [1, 7, 16, 100, 1000])
@pytest.mark.parametrize("n", [1, 10, 500])
def test_a_sketch_leaves_out_no_near_row(monkeypatch, dim, n):
    generator = np.random.default_rng(dim)
    matrix = outliers(generator.standard_normal((400, dim)).astype(np.float32))
    lengths = np.linalg.norm(matrix.astype(np.float64), axis=1).astype(np.float32)
    searcher = sketched(matrix, lengths, monkeypatch)
    plain = search.Searcher(matrix, lengths)
    for row in (0, 2, 5, 7):
        unit = matrix[row] / lengths[row]
        for rows in (range(400), range(100, 300), range(5, 5)):
            found, expected = searcher.nearest(unit, rows, n), _all_cosines(plain, unit, rows)
            assert_array_equal(found[1], np.sort(expected)[::-1][:n])
            assert_array_equal(found[1], expected[found[0] - rows.start])


def _all_cosines(searcher, unit, rows):
    """Cosines added up as the searcher does it, of every row."""
    matrix, lengths = searcher.vectors[rows.start : rows.stop], searcher.lengths
    return np.einsum("ij,j->i", matrix, unit) / lengths[rows.start : rows.stop]


def test_few_rows_are_looked_into(monkeypatch):
    generator = np.random.default_rng(1)
    matrix = generator.standard_normal((20_000, 100)).astype(np.float32)
    lengths = np.linalg.norm(matrix, axis=1)
    searcher = sketched(matrix, lengths, monkeypatch)
    looked = []
    best = searcher._best
    monkeypatch.setattr(searcher, "_best", lambda *args: (looked.append(args[0]), best(*args))[1])
    searcher.nearest(matrix[5] / lengths[5], range(20_000), 11)
    assert len(looked[0]) < 200


def test_the_bounds_of_a_sketch_hold(monkeypatch):
    matrix, lengths, units = case(500)
    searcher = sketched(matrix, lengths, monkeypatch)
    for unit in units:
        least, most = searcher._bounds(unit, range(500))
        expected = cosines(matrix, unit)
        assert (least <= expected).all()
        assert (expected <= most).all()
        assert (most - least < 0.1).all()


def test_only_float32_is_sketched(monkeypatch):
    monkeypatch.setattr(search, "_SKETCHED", 0)
    monkeypatch.setattr(search, "_PATIENCE", 1)
    matrix, lengths, units = case(500)
    for vectors in (matrix.astype(np.float64), np.asfortranarray(matrix)):
        searcher = search.Searcher(vectors, lengths)
        for unit in units:
            rows, _ = searcher.nearest(unit.astype(vectors.dtype), range(500), 3)
            assert_array_equal(rows, np.argsort(-cosines(matrix, unit))[:3])
        assert searcher._codes is None


def test_changed_vectors_are_sketched_anew(monkeypatch):
    monkeypatch.setattr(search, "_SKETCHED", 0)
    monkeypatch.setattr(search, "_PATIENCE", 1)
    wv = KeyedVectors(DIM)
    matrix, _, units = case(50)
    wv.add_vectors([f"w{row}" for row in range(50)], matrix)
    for _ in range(3):
        wv.most_similar([units[0]])
    wv["w7"] = units[0]
    assert wv.most_similar([units[0]])[0][0] == "w7"
    wv.vectors[9] = units[1]
    wv.vectors_changed()
    assert [wv.most_similar([units[1]])[0][0] for _ in range(3)] == ["w9"] * 3
    wv.vectors = wv.vectors[::-1].copy()
    assert [wv.most_similar([units[1]])[0][0] for _ in range(3)] == ["w40"] * 3
    wv.vectors[3] = units[2]
    wv.fill_norms(force=True)
    assert [wv.most_similar([units[2]])[0][0] for _ in range(3)] == ["w3"] * 3


@pytest.mark.parametrize(
    ("numbers", "steps", "message"),
    [(8, 2, "8 numbers"), (DIM, 3, "3 steps"), (1000, 2, "is allowed")],
)
def test_queries_that_do_not_fit_are_refused(numbers, steps, message):
    codes = np.zeros((2, max(numbers, DIM)), np.int8)
    query = np.full(numbers, 32767, np.int16)
    with pytest.raises(ValueError, match=message):
        _sketch.bounds(codes, np.ones(steps, np.float32), query, 1, 0, 0)


def test_sums_as_large_as_they_get_do_not_overflow():
    codes = np.array([[127] * 512, [-127] * 512], np.int8)
    query = np.full(512, 32767, np.int16)
    assert query.sum(dtype=np.int64) <= _sketch.LARGEST_SUM
    least, most = _sketch.bounds(codes, np.ones(2, np.float32), query, 0.5, 0, 0)
    expected = np.array([127, -127]) * 512 * 32767 / 2
    assert_allclose(least, expected)
    assert_allclose(most, expected)


def test_batches_keep_the_order_of_equal_rows():
    matrix = np.ones((100, DIM), np.float32)
    lengths = np.full(100, 3, np.float32)
    ((rows, scores),) = search.Searcher(matrix, lengths).nearest_batch(matrix[:1] / 3, 100, 5)
    assert_array_equal(rows, range(5))
    assert_allclose(scores, 1, atol=ATOL)


def test_a_damaged_row_hides_no_other_row():
    matrix, lengths, units = case(400)
    matrix[100] = np.nan
    lengths[100] = np.nan
    matrix[101] = units[0]
    lengths[101] = 1
    rows, scores = search.Searcher(matrix, lengths).nearest_batch(units, 400, 3)[0]
    assert rows[0] == 101
    assert np.isfinite(scores).all()
