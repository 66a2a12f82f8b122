"""What the boundary of the kernels refuses: everything that w2v.h forbids."""

from dataclasses import fields, replace

import numpy as np
import pytest
from kernel_cases import (
    FEW,
    MATRICES,
    N_WORDS,
    kernel_of,
    make_batch,
    make_model,
    random_keep,
    with_copies,
)
from numpy.testing import assert_array_equal

from word2vec.training._train import Kernel

REFUSED = (ValueError, TypeError)
BOTH = FEW[0]


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def strided(array):
    return np.repeat(array, 2, axis=-1)[..., ::2]


def overlapping(array):
    columns = array.shape[1]
    strides = (array.itemsize * (columns - 1), array.itemsize)
    return np.lib.stride_tricks.as_strided(np.zeros(array.size, np.float32), array.shape, strides)


def changed(array, index, value):
    array = array.copy()
    array[index] = value
    return array


BAD_MODELS = {
    "float64 input": lambda m: {"input": m.input.astype(np.float64)},
    "flat input": lambda m: {"input": m.input.ravel()},
    "no input": lambda m: {"input": None},
    "list input": lambda m: {"input": m.input.tolist()},
    "strided input": lambda m: {"input": strided(m.input)},
    "Fortran input": lambda m: {"input": np.asfortranarray(m.input)},
    "reversed input": lambda m: {"input": m.input[::-1]},
    "overlapping rows of input": lambda m: {"input": overlapping(m.input)},
    "read-only input": lambda m: {"input": read_only(m.input)},
    "float64 output_ns": lambda m: {"output_ns": m.output_ns.astype(np.float64)},
    "strided output_ns": lambda m: {"output_ns": strided(m.output_ns)},
    "read-only output_ns": lambda m: {"output_ns": read_only(m.output_ns)},
    "narrow output_ns": lambda m: {"output_ns": m.output_ns[:, :-1].copy()},
    "short output_ns": lambda m: {"output_ns": m.output_ns[:-1]},
    "no output_ns": lambda m: {"output_ns": None},
    "strided output_hs": lambda m: {"output_hs": strided(m.output_hs)},
    "read-only output_hs": lambda m: {"output_hs": read_only(m.output_hs)},
    "narrow output_hs": lambda m: {"output_hs": m.output_hs[:, :-1].copy()},
    "short output_hs": lambda m: {"output_hs": m.output_hs[:-1]},
    "no output_hs": lambda m: {"output_hs": None},
    "no lock factors": lambda m: {"lock_factors": None},
    "empty lock factors": lambda m: {"lock_factors": np.ones(0, np.float32)},
    "float64 lock factors": lambda m: {"lock_factors": np.ones(1)},
    "short keep": lambda m: {"keep": random_keep()[:-1]},
    "int64 keep": lambda m: {"keep": random_keep().astype(np.int64)},
    "no noise": lambda m: {"noise": None},
    "short noise": lambda m: {"noise": m.noise[:-1]},
    "plain noise": lambda m: {"noise": m.noise["threshold"].copy()},
    "strided noise": lambda m: {"noise": np.repeat(m.noise, 2)[::2]},
    "alias too large": lambda m: {"noise": changed(m.noise, 2, (5, N_WORDS))},
    "alias negative": lambda m: {"noise": changed(m.noise, 2, (5, -1))},
    "offsets alone": lambda m: {"path_nodes": None, "path_codes": None},
    "no offsets": lambda m: {"path_offsets": None},
    "short offsets": lambda m: {"path_offsets": m.path_offsets[:-1]},
    "int32 offsets": lambda m: {"path_offsets": m.path_offsets.astype(np.int32)},
    "late offsets": lambda m: {"path_offsets": changed(m.path_offsets, 0, -1)},
    "falling offsets": lambda m: {"path_offsets": changed(m.path_offsets, 3, 10**6)},
    "offsets past the end": lambda m: {"path_offsets": changed(m.path_offsets, -1, 10**6)},
    "short nodes": lambda m: {"path_nodes": m.path_nodes[:-1]},
    "hot nodes below 0": lambda m: {"hot_nodes": -1},
    "no share of hot nodes": lambda m: {"hot_share": 0.0},
    "more than hot nodes moved": lambda m: {"hot_share": 1.5},
    "share not a number": lambda m: {"hot_share": np.nan},
    "short codes": lambda m: {"path_codes": m.path_codes[:-1]},
    "int64 nodes": lambda m: {"path_nodes": m.path_nodes.astype(np.int64)},
    "node too large": lambda m: {"path_nodes": changed(m.path_nodes, 4, len(m.output_hs))},
    "node negative": lambda m: {"path_nodes": changed(m.path_nodes, 4, -1)},
    "code 2": lambda m: {"path_codes": changed(m.path_codes, 4, 2)},
    "window 0": lambda m: {"window": 0},
    "negative -1": lambda m: {"negative": -1},
    "unknown simd": lambda m: {"simd": "mmx"},
}


@pytest.mark.parametrize("fault", BAD_MODELS)
def test_a_kernel_refuses_a_model_that_it_cannot_train(fault):
    model = make_model(BOTH)
    options = {field.name: getattr(model, field.name) for field in fields(model)}
    Kernel(**options)
    with pytest.raises(REFUSED):
        Kernel(**(options | BAD_MODELS[fault](model)))


BAD_BATCHES = {
    "id too large": lambda b: {"tokens": changed(b.tokens, 3, N_WORDS)},
    "id negative": lambda b: {"tokens": changed(b.tokens, -1, -1)},
    "int64 tokens": lambda b: {"tokens": b.tokens.astype(np.int64)},
    "strided tokens": lambda b: {"tokens": strided(b.tokens)},
    "list of tokens": lambda b: {"tokens": b.tokens.tolist()},
    "no tokens": lambda b: {"tokens": None},
    "square tokens": lambda b: {"tokens": b.tokens.reshape(1, -1)},
    "int32 offsets": lambda b: {"offsets": b.offsets.astype(np.int32)},
    "strided offsets": lambda b: {"offsets": strided(b.offsets)},
    "no offsets at all": lambda b: {"offsets": np.zeros(0, np.int64), "alphas": b.alphas[:0]},
    "falling offsets": lambda b: {"offsets": changed(b.offsets, 3, b.offsets[4] + 1)},
    "negative offset": lambda b: {"offsets": changed(b.offsets, 0, -1)},
    "offsets past the tokens": lambda b: {"offsets": changed(b.offsets, -1, len(b.tokens) + 1)},
    "too few alphas": lambda b: {"alphas": b.alphas[:-1]},
    "too many alphas": lambda b: {"alphas": np.append(b.alphas, np.float32(0.1))},
    "float64 alphas": lambda b: {"alphas": b.alphas.astype(np.float64)},
    "strided alphas": lambda b: {"alphas": strided(b.alphas)},
    "negative alpha": lambda b: {"alphas": changed(b.alphas, 1, -0.1)},
    "alpha not a number": lambda b: {"alphas": changed(b.alphas, 1, np.nan)},
    "text as seed": lambda b: {"seed": "1"},
}


@pytest.mark.parametrize("fault", BAD_BATCHES)
def test_a_kernel_refuses_a_wrong_batch_and_touches_nothing(fault):
    model = with_copies(make_model(BOTH))
    before = with_copies(model)
    batch = make_batch()
    bad = replace(batch, **BAD_BATCHES[fault](batch))
    kernel = kernel_of(model, None)
    with pytest.raises(REFUSED):
        kernel.train(bad.tokens, bad.offsets, bad.alphas, bad.seed)
    for name in MATRICES:
        assert_array_equal(getattr(model, name), getattr(before, name))


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_has_64_bits(seed):
    batch = make_batch()
    with pytest.raises((ValueError, OverflowError)):
        kernel_of(with_copies(make_model(BOTH)), None).train(
            batch.tokens, batch.offsets, batch.alphas, seed
        )


def test_arrays_that_are_only_read_may_be_read_only():
    model = with_copies(make_model(BOTH, keep=random_keep()))
    constant = ("lock_factors", "keep", "noise", "path_offsets", "path_nodes", "path_codes")
    model = replace(model, **{name: read_only(getattr(model, name)) for name in constant})
    batch = make_batch()
    arrays = (read_only(array) for array in (batch.tokens, batch.offsets, batch.alphas))
    assert kernel_of(model, None).train(*arrays, batch.seed)[1] > 0
