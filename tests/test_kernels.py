"""Every kernel on every instruction set of this machine against the reference."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import reference
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kernel_cases import (
    FEW,
    LOCKS,
    MATRICES,
    N_WORDS,
    OBJECTIVES,
    SENTENCES,
    kernel_of,
    make_batch,
    make_model,
    random_keep,
    run,
    with_copies,
)
from numpy.testing import assert_allclose, assert_array_equal
from reference import NOISE, Batch, Stream

from word2vec.training._train import available_simd, batch_seed

SIMD = available_simd()
DIMS = (1, 7, 8, 16, 31, 100, 300)  # tails, whole registers, both

# float32 against float64: a weight of size 1 is rounded by 6e-8 in each of the
# up to 100 updates it gets in a case, a score of 300 products by 300 ** 0.5 of
# its terms' rounding, and a polynomial sigmoid may be off by 1e-6, times alpha
# <= 0.1. Seen: 1.1e-6. A wrong row, label, weight, order or block moves weights
# by 1e-4 and more.
ATOL = 1e-5
# Hundreds of terms around 1 nat, each from a score that is off by 1e-6. Seen: 2e-8.
LOSS_RTOL = 2e-6


def check(model, batch, simd, expected=None, atol=ATOL, rest_to_the_bit=True):
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
        if rest_to_the_bit:  # locked rows, and those that the batch does not name
            untouched = np.all(wanted == start, axis=1)
            assert_array_equal(actual[untouched], start[untouched], err_msg=name)


# One reference run serves all instruction sets.
@cache
def standard_case(objective, dim, lock):
    model = make_model(objective, dim, lock_factors=LOCKS[lock], keep=random_keep())
    batch = make_batch()
    return model, batch, reference.train(model, batch)


@cache
def variant_case(objective, dim, variant):
    options = {"keep": random_keep()} | VARIANTS[variant]
    model, batch = make_model(objective, dim, **options), make_batch()
    return model, batch, reference.train(model, batch)


def slowed(batch, negative, window=2):
    """The batch with smaller rates, for words that are noise or context again and again.

    Their steps have so many times the size; weights would diverge, and rounding with them.
    """
    factor = 5 / max(5, negative) * 2 / max(2, window)
    return replace(batch, alphas=batch.alphas * np.float32(factor))


@cache
def long_case(objective):
    model = make_model(objective, 3, window=2, longest_path=2, negative=1, scale=0.5)
    model = replace(model, keep=random_keep())
    rng = np.random.default_rng(4)
    batch = make_batch([[1, 2], rng.integers(N_WORDS, size=5000).tolist(), [3, 4, 5]])
    batch.alphas /= 10  # thousands of updates to a row: rounding adds up
    return model, batch, reference.train(model, batch)


@cache
def hot_case(objective, hot_nodes):
    options = {"hot_nodes": hot_nodes, "hot_share": 0.25, "keep": random_keep()}
    model, batch = make_model(objective, 20, **options), make_batch(SENTENCES * 3)
    # As gensim's syn1, it has a spare row behind the root's.
    model = replace(model, output_hs=np.vstack([model.output_hs, model.output_hs[:1]]))
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
    "none-kept": {"keep": np.zeros(N_WORDS, np.uint32)},
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
    model, batch, expected = variant_case(objective, dim, variant)
    check(model, batch, simd, expected)


@pytest.mark.parametrize("simd", SIMD)
def test_words_stay_up_to_their_threshold_and_no_further(simd):
    stream = Stream(77)
    draws = np.array([reference.hi(stream.next()) for _ in range(N_WORDS)], np.uint32)
    batch = make_batch([list(range(N_WORDS))], seed=77)
    for keep, kept in [(draws, N_WORDS), (draws - 1, 0)]:
        assert run(make_model(FEW[0], keep=keep), batch, simd)[1][2] == kept


@pytest.mark.parametrize("past", [0, 1])
@pytest.mark.parametrize("simd", SIMD)
def test_noise_is_the_slot_below_its_threshold_and_the_alias_from_there(simd, past):
    model = make_model(FEW[0], negative=25, shrink_windows=False)
    stream = Stream(77)
    noise = np.zeros(N_WORDS, NOISE)
    for r in [stream.next() for _ in range(25)][::-1]:
        slot = reference.below(r, N_WORDS)  # the first draw of a slot counts
        noise[slot] = reference.lo(r) + past, (slot + 11) % N_WORDS
    check(replace(model, noise=noise), make_batch([[0, 1]], seed=77), simd)


@pytest.mark.parametrize("negative", [1, 5, 40])
@pytest.mark.parametrize("n_words", [1, 2, 3])
@pytest.mark.parametrize("objective", FEW, ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_tiny_vocabularies_draw_targets_and_duplicates(simd, objective, n_words, negative):
    model = make_model(objective, 7, n_words, negative=negative, longest_path=3)
    batch = make_batch([[i % n_words for i in range(9)], [0, 0], [n_words - 1]])
    check(model, slowed(batch, negative), simd)


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
    # An error of 1e-20 in float64 may be 0 in float32, or the other way round.
    check(model, batch, simd, atol=ATOL * scale, rest_to_the_bit=False)


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
    model, batch, expected = long_case(objective)
    check(model, batch, simd, expected, atol=5 * ATOL)


@pytest.mark.parametrize("hot_nodes", [1, 3, 1000])
@pytest.mark.parametrize("objective", [o for o in OBJECTIVES if o.hs], ids=str)
@pytest.mark.parametrize("simd", SIMD)
def test_hot_nodes_move_by_a_share_of_what_their_copies_did(simd, objective, hot_nodes):
    model, batch, expected = hot_case(objective, hot_nodes)
    check(model, batch, simd, expected)
    alone = reference.train(replace(model, hot_nodes=0), batch).output_hs
    apart = np.any(expected.output_hs != alone, axis=1)
    assert apart.sum() == min(hot_nodes, len(batch.tokens) // 32)


@pytest.mark.parametrize("simd", SIMD)
def test_without_learning_copies_leave_every_bit_alone(simd):
    model = make_model(FEW[0], hot_nodes=3, hot_share=0.5)
    model.output_hs[-1] = -0.0
    batch = make_batch(SENTENCES * 3)
    batch.alphas[:] = 0
    after, _ = run(model, batch, simd)
    for name in MATRICES:
        assert getattr(after, name).tobytes() == getattr(model, name).tobytes()


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
# Once this went as far as weights of 9.5, where float32 gave 3e-6 more loss.
@example(
    objective=next(o for o in OBJECTIVES if o.name == "sg-ns-shared"),
    dim=1,
    sentences=[[0, 0, 0], [0] * 4, [0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0]],
    window=8,
    negative=13,
    shrink_windows=False,
    keep=False,
    seed=0,
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
    check(model, slowed(make_batch(sentences, seed), model.negative, window), simd)


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
    for length in (3, 100, 0, 3, 900, 50):
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


@pytest.mark.parametrize("simd", SIMD)
@pytest.mark.parametrize("dim", [4, 31, 100])
@pytest.mark.parametrize("objective", FEW, ids=str)
def test_rows_may_lie_apart(simd, objective, dim):
    model, batch = make_model(objective, dim=dim), make_batch()
    expected, _ = run(model, batch, simd)
    apart = {}
    for name in MATRICES:
        rows = getattr(model, name)
        wide = np.full((len(rows), dim + 5), np.nan, np.float32)
        wide[:, :dim] = rows
        apart[name] = wide
    views = replace(model, **{name: wide[:, :dim] for name, wide in apart.items()})
    kernel_of(views, simd).train(batch.tokens, batch.offsets, batch.alphas, batch.seed)
    for name, wide in apart.items():
        assert_array_equal(wide[:, :dim], getattr(expected, name))
        assert np.isnan(wide[:, dim:]).all()


@pytest.mark.parametrize("simd", SIMD)
def test_threads_may_share_the_matrices(simd):
    # Updates may get lost (Hogwild), counts may not, and nothing may break.
    model = with_copies(make_model(FEW[0], 100))
    batch = make_batch([[i * 7 % N_WORDS for i in range(3000)]])
    kernels = [kernel_of(model, simd) for _ in range(4)]

    def train(kernel):
        return kernel.train(batch.tokens, batch.offsets, batch.alphas, batch.seed)

    expected = run(model, batch, simd)[1]
    with ThreadPoolExecutor(len(kernels)) as pool:
        sums = list(pool.map(train, kernels))
    assert all(counts[1:] == expected[1:] for counts in sums)
    assert all(np.isfinite(getattr(model, name)).all() for name in MATRICES)


def test_the_best_instruction_set_is_the_default():
    assert "scalar" in SIMD
    assert len(set(SIMD)) == len(SIMD)
    check(make_model(FEW[0]), make_batch(), None)


def test_batch_seeds_are_those_of_the_reference():
    for numbers in [(0, 0, 0), (1, 2, 3), (2**64 - 1, 5, 2**63)]:
        assert batch_seed(*numbers) == reference.batch_seed(*numbers)
