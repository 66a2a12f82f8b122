"""Every kernel on every instruction set of this machine against the reference."""

from dataclasses import dataclass, fields, replace
from functools import cache

import numpy as np
import pytest
import reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from reference import NOISE, Batch, Model

from word2vec.training._train import Kernel, available_simd, batch_seed

MATRICES = ("input", "output_ns", "output_hs")
SIMD = available_simd()
DIMS = (1, 7, 8, 16, 31, 100, 300)  # tails, whole registers, both

# float32 against float64: a weight of size 1 is rounded by 6e-8 in each of the
# up to 100 updates it gets in a case, a score of 300 products by 300 ** 0.5 of
# its terms' rounding, and a polynomial sigmoid may be off by 1e-6, times alpha
# <= 0.1. A wrong row, label, weight, order or block moves weights by 1e-3.
ATOL = 2e-5
# Thousands of terms around 1 nat, each from a score that is off by up to 1e-5.
LOSS_RTOL = 2e-5


# ---- cases -------------------------------------------------------------------


@dataclass(frozen=True)
class Objective:
    name: str
    sg: bool
    ns: bool
    hs: bool
    shared_negatives: bool = False
    cbow_mean: bool = False
    context_scale_full: bool = False

    def __str__(self):
        return self.name


OUTPUTS = {"ns": (True, False), "hs": (False, True), "both": (True, True)}
SKIP_GRAM = [
    Objective(f"sg-{name}-{mode}", True, *output, shared_negatives=mode == "shared")
    for name, output in OUTPUTS.items()
    for mode in (("shared", "exact") if output[0] else ("",))
]
CBOW = [
    Objective(f"cbow-{name}-{mean}-{scale}", False, *output, False, mean == "mean", scale == "full")
    for name, output in OUTPUTS.items()
    for mean in ("mean", "sum")
    for scale in ("full", "divided")
]
OBJECTIVES = SKIP_GRAM + CBOW
# For whatever is tested besides the objective: one of each kind of loop.
FEW = [o for o in OBJECTIVES if "both" in o.name and o.name != "cbow-both-mean-divided"]

N_WORDS = 30
# Repeated words within windows, the same word on both sides, lonely words, empty
# sentences at the start, in the middle and at the end, a sentence of one word
# over and over, and one longer than any window here.
_LONG = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7]
SENTENCES = ([], [0, 1, 0, 2, 0], [7], [5, 5, 5, 5], [], [8, 29], _LONG, [11, 12, 13, 14, 11], [])


def make_batch(sentences=SENTENCES, seed=77, rng=None):
    rng = rng or np.random.default_rng(2)
    return Batch(
        tokens=np.array([word for words in sentences for word in words], np.int32),
        offsets=np.cumsum([0] + [len(words) for words in sentences], dtype=np.int64),
        alphas=rng.uniform(0.02, 0.1, len(sentences)).astype(np.float32),
        seed=seed,
    )


def make_model(
    objective, dim=16, n_words=N_WORDS, longest_path=20, scale=None, rng=None, **options
):
    """Model with random weights, noise and paths (of 0 to `longest_path` nodes)."""
    rng = rng or np.random.default_rng(dim)
    scale = scale or min(0.7, 2.0 / dim**0.5)  # scores of about -2 to 2 in every dimension

    def matrix(rows):
        return rng.uniform(-scale, scale, (rows, dim)).astype(np.float32)

    model = Model(
        input=matrix(n_words),
        sg=objective.sg,
        shared_negatives=objective.shared_negatives,
        cbow_mean=objective.cbow_mean,
        context_scale_full=objective.context_scale_full,
    )
    if objective.ns:
        noise = np.zeros(n_words, NOISE)
        noise["threshold"] = rng.integers(2**32, size=n_words)
        noise["alias"] = rng.integers(n_words, size=n_words)
        model = replace(model, output_ns=matrix(n_words), noise=noise, negative=5)
    if objective.hs:
        # The kernels know paths, not trees: any distinct nodes will do.
        lengths = rng.integers(longest_path + 1, size=n_words)
        nodes = [rng.permutation(longest_path)[:length] for length in lengths]
        model = replace(
            model,
            output_hs=matrix(longest_path),
            path_offsets=np.cumsum([0, *lengths], dtype=np.int64),
            path_nodes=np.concatenate(nodes).astype(np.int32),
            path_codes=rng.integers(2, size=lengths.sum()).astype(np.uint8),
        )
    return replace(model, **options)


def random_keep(n_words=N_WORDS):
    return np.random.default_rng(9).integers(2**31, 2**32, n_words, np.uint32)


# Words 0, 3, 6, ... are locked; the row wraps round the factors (row % 3).
LOCKS = {"free": np.ones(1, np.float32), "locked": np.array([0.0, 1.0, 0.3], np.float32)}


def kernel_of(model, simd, **changes):
    """Kernel on the arrays of `model` themselves."""
    options = {field.name: getattr(model, field.name) for field in fields(model)}
    return Kernel(**(options | changes), simd=simd)


def with_copies(model):
    copies = {n: getattr(model, n).copy() for n in MATRICES if getattr(model, n) is not None}
    return replace(model, **copies)


def run(model, batch, simd):
    """The model after training with a kernel, and what the kernel returned."""
    model = with_copies(model)
    sums = kernel_of(model, simd).train(batch.tokens, batch.offsets, batch.alphas, batch.seed)
    return model, sums


def check(model, batch, simd, expected=None, atol=ATOL):
    expected = expected or reference.train(model, batch)
    after, (loss, n_pairs, n_kept) = run(model, batch, simd)
    assert (n_pairs, n_kept) == (expected.n_pairs, expected.n_kept)
    assert_allclose(loss, expected.loss, rtol=LOSS_RTOL, atol=1e-6)
    for name in MATRICES:
        start, actual = getattr(model, name), getattr(after, name)
        assert (actual is None) == (start is None)
        if actual is None:
            continue
        wanted = getattr(expected, name)
        assert_allclose(actual, wanted, rtol=1e-6, atol=atol, err_msg=name)
        # Rows that the batch does not touch stay to the bit; nothing is "about" right there.
        untouched = np.all(wanted == start, axis=1)
        assert_array_equal(actual[untouched], start[untouched], err_msg=name)
    return expected


@cache
def standard_case(objective, dim, lock):
    model = make_model(objective, dim, lock_factors=LOCKS[lock], keep=random_keep())
    batch = make_batch()
    return model, batch, reference.train(model, batch)


# ---- what is computed --------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("simd", SIMD)
def test_a_kernel_computes_what_the_reference_computes(simd, dim, objective, lock):
    model, batch, expected = standard_case(objective, dim, lock)
    moved = np.abs(expected.input - model.input).max()
    assert moved > 100 * ATOL  # or the tolerance would hide everything
    check(model, batch, simd, expected)


VARIANTS = {
    "all-kept": {"keep": None},
    "fixed-windows": {"shrink_windows": False},
    "window-1": {"window": 1},
    "window-2": {"window": 2},
    "window-50": {"window": 50, "shrink_windows": False},
    "negative-1": {"negative": 1},
    "negative-7": {"negative": 7},  # a full block with the target
    "negative-15": {"negative": 15},
    "negative-40": {"negative": 40},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("dim", [8, 31])
@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_every_option_is_honoured(simd, objective, dim, variant):
    options = {"keep": random_keep()} | VARIANTS[variant]
    check(make_model(objective, dim, **options), make_batch(), simd)


@pytest.mark.parametrize("negative", [1, 5, 40])
@pytest.mark.parametrize("n_words", [1, 2, 3])
@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_tiny_vocabularies_draw_targets_and_duplicates(simd, objective, n_words, negative):
    model = make_model(objective, 7, n_words, negative=negative, longest_path=3)
    batch = make_batch([[i % n_words for i in range(9)], [0, 0], [n_words - 1]])
    check(model, batch, simd)


@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_deep_paths_take_many_blocks(simd, objective):
    model = make_model(objective, 31, longest_path=90)
    assert np.diff(model.path_offsets).max() > 64
    check(model, make_batch(), simd)


@pytest.mark.parametrize("scale", [5.0, 300.0])
@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_saturated_scores_follow_the_gradient(simd, objective, scale):
    # Scores from tens to a million: sigmoid must reach 0 and 1, softplus its
    # asymptote, and neither may overflow. Few updates, or differences would
    # grow through scores that depend on rounding.
    model = make_model(objective, 16, scale=scale)
    batch = make_batch(([0, 1], [2, 3], [4, 5, 6]))
    check(model, batch, simd, atol=ATOL * scale)


@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_rate_zero_changes_nothing_and_still_measures(simd, objective):
    model = make_model(objective, 31)
    batch = make_batch()
    batch.alphas[:] = 0
    after, (loss, *_) = run(model, batch, simd)
    for name in MATRICES:
        assert_array_equal(getattr(after, name), getattr(model, name))
    assert_allclose(loss, reference.train(model, batch).loss, rtol=LOSS_RTOL)


@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_loss_is_zero_unless_asked_for(simd, objective):
    model, batch = make_model(objective, 31), make_batch()
    measured, (loss, *counts) = run(model, batch, simd)
    silent, sums = run(replace(model, compute_loss=False), batch, simd)
    assert loss > 1
    assert sums == (0.0, *counts)
    for name in MATRICES:
        assert_allclose(getattr(silent, name), getattr(measured, name), atol=ATOL)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize("simd", [name for name in SIMD if name != "scalar"])
def test_instruction_sets_agree(simd, objective):
    model, batch, _ = standard_case(objective, 100, "free")
    (one, sums), (other, scalar_sums) = run(model, batch, simd), run(model, batch, "scalar")
    assert sums[1:] == scalar_sums[1:]
    for name in MATRICES:
        if getattr(model, name) is not None:  # they differ by the order of their sums alone
            assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=ATOL / 2)


@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_a_sentence_longer_than_any_buffer(simd, objective):
    # Chunks, prefetch and scratch must not show, whatever the kernel's batching.
    model = make_model(objective, 3, window=2, longest_path=2, negative=1, scale=0.5)
    model = replace(model, keep=random_keep())
    rng = np.random.default_rng(4)
    batch = make_batch([[1, 2], rng.integers(N_WORDS, size=5000).tolist(), [3, 4, 5]])
    batch.alphas /= 10  # thousands of updates to a row: rounding adds up
    check(model, batch, simd, atol=5 * ATOL)


words = st.lists(st.integers(0, 4), max_size=12)


@pytest.mark.parametrize("simd", SIMD)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    objective=st.sampled_from(OBJECTIVES),
    dim=st.sampled_from([1, 2, 9, 17, 64]),
    sentences=st.lists(words, max_size=5),
    window=st.integers(1, 14),
    negative=st.integers(1, 20),
    shrink_windows=st.booleans(),
    keep=st.booleans(),
    seed=st.integers(0, 2**64 - 1),
)
def test_any_small_batch(
    simd, objective, dim, sentences, window, negative, shrink_windows, keep, seed
):
    options = {"window": window, "shrink_windows": shrink_windows}
    if objective.ns:
        options["negative"] = negative
    if keep:
        options["keep"] = random_keep(5)
    model = make_model(objective, dim, 5, 12, rng=np.random.default_rng(seed % 97), **options)
    check(model, make_batch(sentences, seed), simd)


# ---- how it is computed ------------------------------------------------------


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_the_same_batch_gives_the_same_bits(simd, objective):
    model, batch, _ = standard_case(objective, 31, "locked")
    (first, sums), (second, again) = run(model, batch, simd), run(model, batch, simd)
    assert sums == again
    for name in MATRICES:
        assert_array_equal(getattr(first, name), getattr(second, name))


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_a_batch_cut_between_sentences_gives_the_same_bits(simd, objective):
    # Only without subsampling, which draws for the whole batch first, and only
    # if the second half goes on where the first one left the stream.
    model = make_model(objective, 31)
    whole = make_batch()
    cut = 6
    first = Batch(whole.tokens, whole.offsets[: cut + 1], whole.alphas[:cut], whole.seed)
    middle = whole.offsets[cut]
    first.tokens = whole.tokens[:middle]
    second = Batch(
        whole.tokens[middle:],
        whole.offsets[cut:] - middle,
        whole.alphas[cut:],
        reference.train(model, first).state,
    )
    at_once, sums = run(model, whole, simd)
    halfway, first_sums = run(model, first, simd)
    in_two, second_sums = run(halfway, second, simd)
    for name in MATRICES:
        assert_array_equal(getattr(at_once, name), getattr(in_two, name))
    assert_allclose(np.add(first_sums, second_sums), sums, rtol=1e-12)


@pytest.mark.parametrize("simd", SIMD)
def test_the_seed_matters(simd):
    model = make_model(FEW[0])
    one, other = (run(model, make_batch(seed=seed), simd)[0].input for seed in (1, 2))
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize("simd", SIMD)
def test_a_kernel_serves_batches_of_any_size_and_sums_start_anew(simd):
    model = with_copies(make_model(FEW[0]))
    kernel = kernel_of(model, simd)
    for length in (3, 400, 0, 3, 2000, 50):
        batch = make_batch([[i * 7 % N_WORDS for i in range(length)]], seed=length)
        expected = reference.train(model, batch)
        start_over = with_copies(model)
        sums = kernel.train(batch.tokens, batch.offsets, batch.alphas, batch.seed)
        assert sums[1:] == (expected.n_pairs, expected.n_kept)
        assert_allclose(sums[0], expected.loss, rtol=1e-4, atol=1e-6)
        assert run(start_over, batch, simd)[1] == sums  # a new kernel says the same


@pytest.mark.parametrize("simd", SIMD)
def test_no_sentences_and_no_tokens_are_a_batch(simd):
    model = make_model(FEW[0])
    for sentences in ([], [[]], [[], []]):
        after, sums = run(model, make_batch(sentences), simd)
        assert sums == (0.0, 0, 0)
        assert_array_equal(after.input, model.input)


@pytest.mark.parametrize("dim", [1, 7, 16, 31, 100])
@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_unaligned_rows_are_fine_and_neighbours_are_left_alone(simd, objective, dim):
    model, batch = make_model(objective, dim), make_batch()
    guard = np.float32(np.pi)
    buffers, views = {}, {}
    for name in MATRICES:
        weights = getattr(model, name)
        # 13 floats before and 19 after: aligned to 4 bytes and to no more.
        buffers[name] = np.full(13 + weights.size + 19, guard, np.float32)
        views[name] = buffers[name][13 : 13 + weights.size].reshape(weights.shape)
        views[name][:] = weights
    placed = replace(model, **views)
    kernel_of(placed, simd).train(batch.tokens, batch.offsets, batch.alphas, batch.seed)
    expected = reference.train(model, batch)
    for name in MATRICES:
        assert_allclose(views[name], getattr(expected, name), atol=ATOL)
        size = getattr(model, name).size
        assert (buffers[name][:13] == guard).all()
        assert (buffers[name][13 + size :] == guard).all()


def test_the_best_instruction_set_is_the_default():
    assert SIMD[0] == "scalar" or "scalar" in SIMD
    assert len(set(SIMD)) == len(SIMD)
    check(make_model(FEW[0]), make_batch(), None)


def test_batch_seeds_are_those_of_the_reference():
    for numbers in [(0, 0, 0), (1, 2, 3), (2**64 - 1, 5, 2**63)]:
        assert batch_seed(*numbers) == reference.batch_seed(*numbers)


# ---- what is refused ---------------------------------------------------------

REFUSED = (ValueError, TypeError)
BOTH = FEW[0]


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def strided(array):
    return np.repeat(array, 2, axis=-1)[..., ::2]


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
