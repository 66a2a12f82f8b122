"""Matrices whose rows lie as the kernels like them."""

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.vectors.arrays import aligned_zeros


@pytest.mark.parametrize("columns", [1, 15, 16, 17, 100, 300])
@pytest.mark.parametrize("n_rows", [0, 1, 7])
def test_rows_begin_with_lines_of_the_cache(n_rows, columns):
    plain, padded = aligned_zeros(n_rows, columns), aligned_zeros(n_rows, columns, padded=True)
    for matrix in (plain, padded):
        assert matrix.shape == (n_rows, columns)
        assert matrix.dtype == np.float32
        assert not matrix.any()
        assert matrix.ctypes.data % 64 == 0 or n_rows == 0
    assert plain.flags.c_contiguous
    assert all(row.ctypes.data % 64 == 0 for row in padded)
    padded[:] = 1
    assert padded.sum() == n_rows * columns


@pytest.mark.parametrize("options", [{}, {"hs": 1, "negative": 0}])
def test_vectors_are_contiguous_and_all_weights_aligned(options):
    model = Word2Vec([["a", "b", "c"]] * 5, vector_size=20, min_count=1, **options)
    model.build_vocab([["d", "e"]] * 5, update=True)
    model.train([["d", "e"]] * 5, total_examples=5, epochs=1)
    outputs = model.syn1 if model.hs else model.syn1neg
    assert model.wv.vectors.flags.c_contiguous
    assert model.wv.vectors.ctypes.data % 64 == 0
    assert all(row.ctypes.data % 64 == 0 for row in outputs)
    assert outputs.shape == (5, 20)
