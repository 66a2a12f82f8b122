"""Small word vectors, and what must hold of any."""

import numpy as np
from numpy.testing import assert_allclose

from word2vec.vectors.keyed_vectors import KeyedVectors


def make(keys="abc", size=4, seed=0):
    wv = KeyedVectors(size)
    generator = np.random.default_rng(seed)
    wv.add_vectors(list(keys), generator.standard_normal((len(keys), size)).astype(np.float32))
    return wv


def check_consistent(wv):
    assert wv.vectors.shape == (len(wv), wv.vector_size)
    assert wv.vectors.flags.c_contiguous
    assert [wv.index_to_key[row] for row in wv.key_to_index.values()] == list(wv.key_to_index)
    assert all(len(values) == len(wv) for values in wv.expandos.values())
    norms = np.linalg.norm(wv.vectors.astype(np.float64), axis=1)
    wv.fill_norms()
    assert_allclose(wv.norms, norms, rtol=1e-6)
