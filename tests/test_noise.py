"""The noise distribution: exact, drawn as told, and clear about what it cannot do."""

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from word2vec.errors import ParameterError, ParameterTypeError
from word2vec.training import _train
from word2vec.training.noise import alias_table, probabilities

FULL = 2**32 - 1


def check_structure(table, n):
    assert table.dtype == reference.NOISE
    assert table.shape == (n,)
    assert ((table["alias"] >= 0) & (table["alias"] < n)).all()


def expected(counts, exponent):
    logs = exponent * np.log(np.array(counts, np.longdouble))
    weights = np.exp(logs - logs.max())
    return (weights / weights.sum()).astype(np.float64)


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=200),
    st.sampled_from([0.75, 1.0, 0.0, -0.5, -1.0, 3.0, 0.1]),
)
def test_the_table_holds_the_distribution(counts, exponent):
    table = alias_table(counts, exponent)
    check_structure(table, len(counts))
    # A word's thresholds and alias shares are rounded by 2 ** -33 / n each; a
    # word is the alias of at most n slots. A full slot may miss 2 ** -32 / n.
    actual = probabilities(table)
    assert_allclose(actual, expected(counts, exponent), rtol=0, atol=2.0**-32)
    assert actual.sum() == pytest.approx(1, abs=1e-12)


@given(st.lists(st.floats(0, 1e300), min_size=1, max_size=100).filter(any))
def test_any_weights_are_reconstructed_and_zeros_never_drawn(weights):
    weights = np.array(weights) / 100  # a finite sum
    if not weights.any():
        weights[0] = 1e-310
    table = _train.build_alias(weights)
    check_structure(table, len(weights))
    actual = probabilities(table)
    shares = (weights / weights.max()) / (weights / weights.max()).sum()
    assert_allclose(actual, shares, rtol=0, atol=2.0**-32)
    assert (actual[weights == 0] == 0).all()


def test_a_large_zipf_vocabulary_is_exact():
    counts = (1e8 / np.arange(1, 300_001)).astype(np.int64)
    table = alias_table(counts, 0.75)
    n = len(counts)
    shares = counts**0.75 / np.sum(counts**0.75)
    assert_allclose(probabilities(table), shares, rtol=0, atol=2.0**-32)
    # The rare half is no alias of anything: each word is rounded once.
    assert_allclose(probabilities(table)[n // 2 :], shares[n // 2 :], atol=2.0**-31 / n, rtol=0)


def test_draws_follow_the_table():
    counts = [1, 2, 3, 50, 400, 7, 7, 0, 30, 1000]
    table = alias_table(counts, 0.75)
    stream = reference.Stream(12345)
    drawn = np.bincount([reference.draw(table, stream) for _ in range(60_000)], minlength=10)
    assert drawn[7] == 0
    seen = np.delete(np.arange(10), 7)
    weights = np.array(counts, float)[seen] ** 0.75
    p = stats.chisquare(drawn[seen], weights / weights.sum() * 60_000).pvalue
    assert p > 1e-4  # a fixed seed: this either always passes or never


def test_equal_weights_never_need_an_alias():
    table = alias_table([5] * 1000, 0.75)
    assert_array_equal(table["threshold"], FULL)
    assert_array_equal(probabilities(table), 1 / 1000)


def test_one_word_is_always_drawn():
    table = alias_table([3], -2.5)
    assert table.tolist() == [(FULL, 0)]
    assert_array_equal(probabilities(table), [1.0])


def test_empty_slots_are_never_their_own():
    table = _train.build_alias(np.array([1.0, 0.0, 1.0, 0.0]))
    assert_array_equal(table["threshold"][[1, 3]], 0)
    assert_array_equal(probabilities(table), [0.5, 0, 0.5, 0])


def test_almost_full_slots_do_not_wrap_round():
    table = _train.build_alias(np.array([1.0, 1.0 + 1e-12]))
    assert table["threshold"].min() == FULL


def test_exponent_zero_draws_all_words_equally():
    assert_array_equal(probabilities(alias_table([9, 0, 1, 10**12], 0)), 0.25)


@pytest.mark.parametrize("exponent", [400.0, -400.0, 1e308, -1e308])
def test_extreme_exponents_pick_one_end(exponent):
    wanted = [0, 0, 1] if exponent > 0 else [1, 0, 0]
    assert_array_equal(probabilities(alias_table([1, 10**6, 10**9], exponent)), wanted)


def test_counts_may_be_fractions_or_huge():
    actual = probabilities(alias_table([0.25, 0.5, 0.25], 1))
    assert_allclose(actual, [0.25, 0.5, 0.25], rtol=1e-9)
    assert_allclose(probabilities(alias_table([1e308, 1e308], 2)), [0.5, 0.5], rtol=1e-9)
    assert_array_equal(probabilities(alias_table([1e-300, 1e300], -1)), [1, 0])


def test_a_negative_exponent_refuses_words_that_never_occur():
    with pytest.raises(ParameterError, match=r"infinite weight to the 2 words .* word 1"):
        alias_table([4, 0, 0], -0.5)


def test_a_positive_exponent_never_draws_words_that_never_occur():
    assert_array_equal(probabilities(alias_table([4, 0, 4], 0.75)), [0.5, 0, 0.5])


@pytest.mark.parametrize(
    ("counts", "exponent", "error", "message"),
    [
        ([], 0.75, ParameterError, "at least one word"),
        ([[1, 2]], 0.75, ParameterError, "one dimension"),
        ([0, 0], 0.75, ParameterError, "all 2 counts are 0"),
        ([1, -2], 0.75, ParameterError, "count of word 1 is -2"),
        ([1, -2], 0, ParameterError, "count of word 1 is -2"),
        ([1.0, np.nan], 0.75, ParameterError, "count of word 1 is nan"),
        ([np.inf, 1.0], 0.75, ParameterError, "count of word 0 is inf"),
        (["a"], 0.75, ParameterTypeError, "must be numbers"),
        ([1], np.nan, ParameterError, "ns_exponent=nan"),
        ([1], np.inf, ParameterError, "ns_exponent=inf"),
        ([1], "0.75", ParameterTypeError, "ns_exponent='0.75'"),
        ([1], None, ParameterTypeError, "ns_exponent=None"),
    ],
)
def test_impossible_distributions_are_refused(counts, exponent, error, message):
    with pytest.raises(error, match=message):
        alias_table(counts, exponent)


def test_seeds_of_batches_are_those_of_the_reference():
    for numbers in [(0, 0, 0), (1, 2, 3), (2**64 - 1, 2**64 - 1, 2**64 - 1), (7, 2**40, 5)]:
        assert _train.batch_seed(*numbers) == reference.batch_seed(*numbers)
