"""The search for the nearest rows finds what comparing all rows in float64 finds."""

import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from word2vec.vectors import _sketch, search
from word2vec.vectors.keyed_vectors import KeyedVectors

DIM = 9
ATOL = 1e-6  # float32 roundings of numbers up to 1


def lengths_of(matrix):
    with np.errstate(over="ignore", invalid="ignore"):
        return np.sqrt(np.square(matrix.astype(np.float64)).sum(axis=1)).astype(np.float32)


def case(n_rows, dtype=np.float32, dim=DIM, seed=5):
    generator = np.random.default_rng(seed)
    matrix = generator.standard_normal((n_rows, dim)).astype(dtype)
    units = generator.standard_normal((7, dim))
    units /= np.linalg.norm(units, axis=1)[:, np.newaxis]
    return matrix, lengths_of(matrix), units.astype(dtype)


def cosines(matrix, unit):
    rows = matrix.astype(np.float64)
    return rows @ unit.astype(np.float64) / np.linalg.norm(rows, axis=1)


def outliers(matrix):
    """Rows whose sketch is coarse or that have none, and rows that are equal."""
    matrix[::7, 0] *= 1e4
    matrix[1] *= 1e-44 / np.abs(matrix[1]).max()
    matrix[2] *= 1e30
    matrix[3] = 0
    matrix[4, -1] = np.nan
    matrix[37, 0] = np.inf
    matrix[[50, 120, 121, 399]] = matrix[5]
    matrix[60:64] = -matrix[5]
    return matrix


def sketched(matrix, lengths, plain=False):
    """A searcher that uses the sketch, however small the matrix."""
    searcher = search.Searcher(matrix, lengths)
    with np.errstate(over="ignore", invalid="ignore"):
        searcher._sketch = _sketch.Sketch(matrix, searcher.lengths, plain)
    return searcher


def by_comparing_all(searcher, unit, rows, n):
    """The nearest rows by cosines added up as the searcher does it; nan last, ties in order."""
    matrix, lengths = (
        numbers[rows.start : rows.stop] for numbers in (searcher.vectors, searcher.lengths)
    )
    with np.errstate(invalid="ignore"):
        found = np.einsum("ij,j->i", matrix, unit) / lengths
    order = np.argsort(np.where(np.isnan(found), np.inf, -found), kind="stable")[:n]
    return order + rows.start, found[order]


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("dim", [1, 3, 7, 16, 100, 128, 1000])
@pytest.mark.parametrize("n", [1, 10, 500])
def test_the_nearest_rows_are_found_in_their_order(monkeypatch, dim, n, plain):
    generator = np.random.default_rng(dim)
    matrix = outliers(generator.standard_normal((400, dim)).astype(np.float32))
    searcher = sketched(matrix, lengths_of(matrix), plain)
    compared = search.Searcher(matrix, searcher.norms)
    queries = [0, 2, 3, 5, 7]
    units = matrix[queries] / searcher.lengths[queries, np.newaxis]
    for rows in (range(400), range(100, 300), range(5, 6), range(390, 400), range(5, 5)):
        # Only here is the small matrix compared as it is: a batch would make a sketch.
        plainly = [compared.nearest(unit, rows, n) for unit in units]
        assert compared._sketch is None or matrix.size >= search._SKETCHED
        few = searcher.nearest_batch(units, rows, n)
        with monkeypatch.context() as patch:
            patch.setattr(search, "_MANY", 1)
            many = searcher.nearest_batch(units, rows, n)
        for unit, *ways in zip(units, few, many, plainly, strict=True):
            expected = by_comparing_all(searcher, unit, rows, n)
            for found in (*ways, searcher.nearest(unit, rows, n)):
                assert_array_equal(found[0], expected[0])
                assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize("n_rows", [1, 31, 32, 33, 64, 1000])
@pytest.mark.parametrize("n", [1, 3, 40])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("many", [1, 1000])
def test_batches_find_the_nearest_rows(monkeypatch, n_rows, n, dtype, order, many):
    monkeypatch.setattr(search, "_MANY", many)
    monkeypatch.setattr(search, "_BLOCK", 2 * search._GROUP)
    monkeypatch.setattr(search, "_PIECE", 3)
    matrix, lengths, units = case(n_rows, dtype)
    found = sketched(np.asarray(matrix, order=order), lengths).nearest_batch(
        units, range(n_rows), n
    )
    assert len(found) == len(units)
    for (rows, scores), unit in zip(found, units, strict=True):
        expected = cosines(matrix, unit)
        atol = 2e-3 if dtype == np.float16 else ATOL
        assert_allclose(scores, np.sort(expected)[::-1][:n], atol=atol)
        assert_allclose(scores, expected[rows], atol=atol)
        assert len(set(rows.tolist())) == min(n, n_rows)


def test_few_rows_are_looked_into(monkeypatch):
    matrix, lengths, _ = case(20_000, dim=100)
    searcher = search.Searcher(matrix, lengths)
    looked = []
    best = searcher._best
    monkeypatch.setattr(searcher, "_best", lambda *args: (looked.append(args[0]), best(*args))[1])
    searcher.nearest(matrix[5] / lengths[5], range(20_000), 11)
    assert len(looked[0]) < 1000


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("dim", [1, 8, 33, 1000])
def test_the_bounds_of_a_sketch_hold_and_are_narrow(dim, plain):
    matrix, lengths, units = case(500, dim=dim)
    bounds = _sketch.Bounds(_sketch.Sketch(matrix, lengths, plain), units, range(500), 0)
    for query, unit in enumerate(units):
        expected = cosines(matrix, unit)
        padded = np.append(expected, np.full(-500 % _sketch.ROWS, -np.inf))
        groups = padded.reshape(-1, _sketch.ROWS).max(axis=1)
        assert (groups <= bounds.most[query] + ATOL).all()
        assert (bounds.most[query] - groups < 0.25).all()
        for threshold in (-2, 0.1, 2):
            found = bounds.reaching(query, threshold)
            assert np.isin(np.flatnonzero(expected >= threshold), found).all()
            assert (expected[found] >= threshold - 0.25).all()


def test_both_ways_to_add_up_give_the_same_bounds():
    matrix, lengths, units = case(100, dim=70)
    both = [
        _sketch.Bounds(_sketch.Sketch(matrix, lengths, plain), units, range(100), 0).most
        for plain in (False, True)
    ]
    assert_array_equal(*both)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("sign", [1, -1])
def test_sums_as_large_as_they_get_do_not_overflow(sign, plain):
    matrix = np.ones((40, 4096), np.float32)
    unit = np.full((1, 4096), sign / 64, np.float32)
    sketch = _sketch.Sketch(matrix, np.full(40, 64), plain)
    # All numbers are the largest ones: the codes say 7.5 for 8.
    bounds = _sketch.Bounds(sketch, unit, range(40), 0)
    assert_allclose(bounds.most, sign * 7.5 / 8 + 0.5 / 8, atol=1e-3)


def test_small_matrices_are_compared_as_they_are(monkeypatch):
    monkeypatch.setattr(search, "_MANY", 1000)
    matrix, lengths, units = case(500)
    searcher = search.Searcher(matrix, lengths)
    for unit in units:
        rows, _ = searcher.nearest(unit, range(500), 3)
        assert_array_equal(rows, np.argsort(-cosines(matrix, unit))[:3])
    assert searcher._sketch is None
    searcher.nearest_batch(np.repeat(units, 10, axis=0), range(500), 3)
    assert searcher._sketch is not None


def test_whoever_asks_once_waits_for_no_sketch(monkeypatch):
    monkeypatch.setattr(search, "_SKETCHED", 0)
    matrix, lengths, units = case(50)
    searcher = search.Searcher(matrix, lengths)
    answers = []
    for made in (False, True, True):
        answers.append(searcher.nearest(units[0], range(50), 3))
        assert (searcher._sketch is not None) == made
    for rows, scores in answers:
        assert_array_equal(rows, np.argsort(-cosines(matrix, units[0]))[:3])
        assert_array_equal(scores, answers[0][1])


def test_a_query_that_is_not_finite_finds_nan():
    matrix, lengths, _ = case(100)
    searcher = sketched(matrix, lengths)
    rows, scores = searcher.nearest(np.full(DIM, np.nan, np.float32), range(100), 3)
    assert_array_equal(rows, range(3))
    assert np.isnan(scores).all()


def test_changed_vectors_are_sketched_anew(monkeypatch):
    monkeypatch.setattr(search, "_SKETCHED", 0)
    wv = KeyedVectors(DIM)
    matrix, _, units = case(50)
    wv.add_vectors([f"w{row}" for row in range(50)], matrix)

    def nearest(unit):
        first, again = (wv.most_similar([unit])[0][0] for _ in range(2))  # product, sketch
        assert first == again
        return again

    nearest(units[0])
    wv["w7"] = units[0]
    assert nearest(units[0]) == "w7"
    wv.vectors[9] = units[1]
    wv.vectors_changed()
    assert nearest(units[1]) == "w9"
    wv.vectors = wv.vectors[::-1].copy()
    assert nearest(units[1]) == "w40"
    wv.vectors[3] = units[2]
    wv.fill_norms(force=True)
    assert nearest(units[2]) == "w3"


def test_what_does_not_fit_a_sketch_is_refused():
    matrix, lengths, units = case(40)
    with pytest.raises(ValueError, match="39 lengths for 40 rows"):
        _sketch.Sketch(matrix, lengths[1:])
    for dim in (0, _sketch.LARGEST_DIM + 1):
        with pytest.raises(ValueError, match=f"rows of {dim} numbers: 1 to 262144"):
            _sketch.Sketch(np.zeros((1, dim), np.float32), lengths[:1])
    sketch = _sketch.Sketch(matrix, lengths)
    with pytest.raises(ValueError, match=r"\(n, 9\) is asked for"):
        _sketch.Bounds(sketch, units[:, 1:], range(40), 0)
    with pytest.raises(ValueError, match=r"\(n, 9\) is asked for"):
        _sketch.Bounds(sketch, units[0], range(40), 0)
    for rows in (range(41), range(-1, 3), range(0, 40, 2)):
        with pytest.raises(ValueError, match="is not a part of 40 rows"):
            _sketch.Bounds(sketch, units, rows, 0)
    bounds = _sketch.Bounds(sketch, units, range(40), 0)
    for query in (-1, 7):
        with pytest.raises(IndexError, match=f"query {query} of 7"):
            bounds.reaching(query, 0)


def test_rows_too_long_for_a_sketch_are_compared_as_they_are(monkeypatch):
    monkeypatch.setattr(_sketch, "LARGEST_DIM", DIM - 1)
    monkeypatch.setattr(search, "_SKETCHED", 0)
    matrix, lengths, units = case(50)
    searcher = search.Searcher(matrix, lengths)
    for (rows, _), unit in zip(searcher.nearest_batch(units, range(50), 3), units, strict=True):
        assert_array_equal(rows, np.argsort(-cosines(matrix, unit))[:3])
    assert searcher._sketch is None


def test_queries_are_answered_where_there_is_no_memory_for_a_sketch(monkeypatch):
    wanted = []

    class Refused:
        def __init__(self, *_):
            wanted.append(self)
            raise MemoryError

    monkeypatch.setattr(_sketch, "Sketch", Refused)
    monkeypatch.setattr(search, "_SKETCHED", 0)
    matrix, lengths, units = case(50)
    searcher = search.Searcher(matrix, lengths)
    for (rows, _), unit in zip(searcher.nearest_batch(units, range(50), 3), units, strict=True):
        assert_array_equal(rows, np.argsort(-cosines(matrix, unit))[:3])
    assert len(wanted) == 1
    searcher.nearest(units[0], range(50), 3)
    assert len(wanted) == 2  # there may be memory by now
    assert searcher._sketch is None


@pytest.mark.parametrize(("n_units", "bytes_a_row"), [(31, 12), (1024, 128), (2100, 128)])
def test_batches_need_the_memory_that_is_documented(monkeypatch, n_units, bytes_a_row):
    monkeypatch.setattr(search, "_BLOCK", 256)  # a product of 1 MB
    matrix, lengths, _ = case(40_000)
    searcher = sketched(matrix, lengths)
    units = matrix[:n_units] / lengths[:n_units, np.newaxis]
    tracemalloc.start()
    try:
        searcher.nearest_batch(units, range(len(matrix)), 1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < bytes_a_row * len(matrix) + 4e6
