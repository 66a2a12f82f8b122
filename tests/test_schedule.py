"""The learning rate: a straight line over global progress, exact at both ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from word2vec.errors import ParameterError
from word2vec.training.schedule import LinearDecay

RATES = st.floats(0, 10)
TOTALS = st.integers(0, 2**53)


@given(RATES, RATES, TOTALS)
def test_the_ends_are_exact(start, end, total):
    decay = LinearDecay(start, end, total)
    assert decay.at(0) == start
    assert decay.at(total) == (end if total else start)
    assert decay.at(-1) == start
    assert decay.at(total + 1) == decay.at(2.0**70) == end


@given(RATES, RATES, TOTALS, st.lists(st.floats(-0.5, 1.5), min_size=2))
def test_rates_go_one_way_and_stay_between_the_ends(start, end, total, shares):
    decay = LinearDecay(start, end, total)
    rates = [decay.at(share * total) for share in sorted(shares)]
    assert all(min(start, end) <= rate <= max(start, end) for rate in rates)
    steps = np.diff(rates)
    # One rounding of the formula may go the other way.
    assert (steps * np.sign(end - start) >= -4 * np.spacing(max(start, end))).all()


@given(RATES, RATES, st.integers(1, 10**9), st.floats(0, 1))
def test_the_line_is_straight(start, end, total, share):
    rate = LinearDecay(start, end, total).at(share * total)
    assert rate == pytest.approx(start - (start - end) * share, abs=1e-12)


@given(RATES, RATES, TOTALS, st.integers(0, 2**40), st.lists(st.integers(0, 10**6)))
def test_each_sentence_gets_the_rate_before_it(start, end, total, done, words):
    decay = LinearDecay(start, end, total)
    rates = decay.for_sentences(done, np.array(words, np.int64))
    assert rates.dtype == np.float32
    assert rates.shape == (len(words),)
    before = [done + sum(words[:sentence]) for sentence in range(len(words))]
    assert_array_equal(rates, np.array([decay.at(d) for d in before], np.float32))


@given(st.lists(st.integers(0, 1000), min_size=1), st.data())
def test_cutting_a_corpus_into_batches_changes_no_rate(words, data):
    words = np.array(words, np.int64)
    decay = LinearDecay(0.025, 0.0001, int(words.sum()))
    cut = data.draw(st.integers(0, len(words)))
    whole = decay.for_sentences(0, words)
    first = decay.for_sentences(0, words[:cut])
    second = decay.for_sentences(int(words[:cut].sum()), words[cut:])
    assert_array_equal(np.concatenate((first, second)), whole)


def test_sentences_can_be_the_unit():
    rates = LinearDecay(1.0, 0.0, 4).for_sentences(1, np.ones(3, np.int64))
    assert_array_equal(rates, np.array([0.75, 0.5, 0.25], np.float32))


def test_a_run_of_no_work_has_not_begun_until_something_is_done():
    decay = LinearDecay(0.025, 0.0001, 0)
    assert decay.at(0) == 0.025
    assert decay.at(1) == 0.0001
    assert_array_equal(decay.for_sentences(0, np.array([3, 2])), np.float32([0.025, 0.0001]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-0.1, 0.0, 1), "at the start is -0.1"),
        ((0.1, -1.0, 1), "at the end is -1.0"),
        ((float("nan"), 0.0, 1), "at the start is nan"),
        ((0.1, float("inf"), 1), "at the end is inf"),
        ((0.1, 0.0, -1), "total=-1"),
    ],
)
def test_impossible_schedules_are_refused(arguments, message):
    with pytest.raises(ParameterError, match=message):
        LinearDecay(*arguments)
