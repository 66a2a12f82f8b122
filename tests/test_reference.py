"""The oracle itself: calculus, hand calculation and the text of csrc/w2v.h."""

from dataclasses import replace

import numpy as np
import pytest
import reference
from numpy.testing import assert_allclose, assert_array_equal
from reference import NOISE, Batch, Model, Rows, Stream, Trainer

N_WORDS, DIM = 6, 4
MATRICES = ("input", "output_ns", "output_hs")


def make_model(**options):
    rng = np.random.default_rng(1)

    def matrix(rows):
        return rng.uniform(-1, 1, (rows, DIM)).astype(np.float32)

    noise = np.zeros(N_WORDS, NOISE)
    noise["threshold"] = rng.integers(2**32, size=N_WORDS)
    noise["alias"] = rng.integers(N_WORDS, size=N_WORDS)
    # A caterpillar: word w leaves the chain of nodes 4, 3, 2, 1, 0 at its own one.
    paths = [[4], [4, 3], [4, 3, 2], [4, 3, 2, 1], [4, 3, 2, 1, 0], [4, 3, 2, 1, 0]]
    codes = [[0], [1, 0], [1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]
    model = Model(input=matrix(N_WORDS), window=3)
    if options.pop("ns", True):
        model = replace(model, output_ns=matrix(N_WORDS), noise=noise, negative=4)
    if options.pop("hs", False):
        model = replace(
            model,
            output_hs=matrix(N_WORDS - 1),
            path_offsets=np.cumsum([0] + [len(path) for path in paths]),
            path_nodes=np.concatenate(paths).astype(np.int32),
            path_codes=np.concatenate(codes).astype(np.uint8),
        )
    return replace(model, **options)


def make_batch(*sentences, alpha=0.1, seed=5):
    return Batch(
        tokens=np.array([word for words in sentences for word in words], np.int32),
        offsets=np.cumsum([0] + [len(words) for words in sentences]),
        alphas=np.full(len(sentences), alpha, np.float32),
        seed=seed,
    )


SENTENCES = ([0, 1, 2, 1, 1, 3], [], [4], [5, 5, 0], [2, 3])


def numerical_gradient(model, batch):
    """Central differences of the loss of a batch that changes nothing."""
    still = replace(batch, alphas=np.zeros_like(batch.alphas))
    step = 1e-5
    gradients = {}
    for name in MATRICES:
        if getattr(model, name) is None:
            continue
        weights = getattr(model, name).astype(np.float64)
        gradients[name] = np.zeros_like(weights)
        for at in np.ndindex(weights.shape):
            losses = []
            for sign in (1, -1):
                moved = weights.copy()
                moved[at] += sign * step
                losses.append(reference.train(replace(model, **{name: moved}), still).loss)
            gradients[name][at] = (losses[0] - losses[1]) / (2 * step)
    return gradients


TRUE_GRADIENTS = {
    "skip-gram": {"sg": True},
    "skip-gram exact": {"sg": True, "shared_negatives": False},
    "mean": {"sg": False, "cbow_mean": True, "context_scale_full": False},
    "sum": {"sg": False, "cbow_mean": False, "context_scale_full": True},
}


@pytest.mark.parametrize("outputs", [(True, False), (False, True), (True, True)], ids=str)
@pytest.mark.parametrize("name", TRUE_GRADIENTS)
@pytest.mark.parametrize("sentences", [([0, 1],), SENTENCES], ids=["pair", "many"])
def test_small_steps_go_down_the_gradient_of_the_loss(name, outputs, sentences):
    model = make_model(ns=outputs[0], hs=outputs[1], **TRUE_GRADIENTS[name])
    batch = make_batch(*sentences)
    gradients = numerical_gradient(model, batch)
    alpha = 1e-7  # the batch's later steps see the earlier ones: an error of order alpha
    after = reference.train(model, replace(batch, alphas=np.full(len(sentences), alpha)))
    assert len(gradients) == 1 + sum(outputs)
    for matrix, gradient in gradients.items():
        moved = (getattr(after, matrix) - getattr(model, matrix)) / alpha
        assert np.abs(gradient).max() > 0.1
        assert_allclose(moved, -gradient, atol=2e-5)


def test_gensims_cbow_mean_moves_contexts_too_far_by_their_number():
    model = make_model(sg=False, shrink_windows=False)
    batch = make_batch([0, 1, 2, 3], alpha=1e-7)
    scales = [replace(model, context_scale_full=full) for full in (True, False)]
    full, true = (reference.train(scaled, batch).input - model.input for scaled in scales)
    assert_allclose(full[:4], 3 * true[:4], rtol=1e-4)  # each centre has three contexts


def test_a_pair_by_hand():
    model = make_model(ns=False, hs=True, window=1)
    after = reference.train(model, make_batch([0, 0], alpha=0.5))
    x, y = model.input[0].astype(float), model.output_hs[4].astype(float)
    loss = 0.0
    for _ in range(2):  # either position is the centre of the other once
        score = x @ y
        loss += np.log1p(np.exp(-score))  # code 0, label 1
        error = 0.5 * (1 - 1 / (1 + np.exp(-score)))
        x, y = x + error * y, y + error * x
    assert_allclose(after.input[0], x, rtol=1e-12)
    assert_allclose(after.output_hs[4], y, rtol=1e-12)
    assert_allclose(after.loss, loss, rtol=1e-12)
    assert (after.n_pairs, after.n_kept) == (2, 2)


def test_equal_contexts_share_scores_but_not_steps():
    model = make_model(lock_factors=np.array([0.5], np.float32))
    trainer = Trainer(model, Stream(0))
    x, old = trainer.input[2].copy(), trainer.output_ns[[3]].copy()
    rows = Rows(trainer.output_ns, np.array([3]), np.ones(1), np.ones(1))
    trainer.train_tiles([2, 2], rows, alpha=0.5)
    error = 0.5 * (1 - 1 / (1 + np.exp(-x @ old[0])))  # both from the untouched rows
    once = x + 0.5 * error * old[0]
    assert_allclose(trainer.input[2], once + 0.5 * error * old[0], rtol=1e-12)
    assert_allclose(trainer.output_ns[3], old[0] + error * x + error * once, rtol=1e-12)


def test_a_later_block_sees_what_an_earlier_one_did_to_the_context():
    model = make_model(ns=False, hs=True)
    trainer = Trainer(model, Stream(0))
    matrix = np.random.default_rng(2).uniform(-1, 1, (9, DIM))
    rows = Rows(matrix.copy(), np.arange(9), np.ones(9), np.ones(9))
    x = trainer.input[1].copy()
    trainer.train_tiles([1], rows, alpha=0.5)
    for part in (slice(0, 4), slice(4, 9)):
        errors = 0.5 * (1 - 1 / (1 + np.exp(-matrix[part] @ x)))
        x, matrix[part] = x + errors @ matrix[part], matrix[part] + np.outer(errors, x)
    assert_allclose(trainer.input[1], x, rtol=1e-12)
    assert_allclose(rows.matrix, matrix, rtol=1e-12)


@pytest.mark.parametrize("most", [6, 8])
@pytest.mark.parametrize("n_rows", [*range(42), 1000])
def test_blocks_are_few_and_equal(n_rows, most):
    sizes = [part.stop - part.start for part in reference.blocks(n_rows, most)]
    assert sum(sizes) == n_rows
    assert len(sizes) == -(-n_rows // most)
    assert not sizes or (max(sizes) <= most and max(sizes) - min(sizes) <= 1)


@pytest.mark.parametrize("sg", [True, False])
def test_locked_rows_stay_to_the_bit(sg):
    factors = np.array([0.0, 1.0, 0.25], np.float32)  # row % 3: words 0 and 3 are locked
    model = make_model(hs=True, sg=sg, lock_factors=factors)
    after = reference.train(model, make_batch(*SENTENCES))
    moved = np.any(after.input != model.input, axis=1)
    assert_array_equal(moved, [False, True, True, False, False, True])  # word 4 is alone


def test_lock_factors_scale_steps_of_the_input():
    batch = make_batch([0, 1], alpha=1e-9)
    whole, half = (
        reference.train(make_model(lock_factors=np.array([f], np.float32)), batch) for f in (1, 0.5)
    )
    start = make_model().input
    assert_allclose(half.input - start, 0.5 * (whole.input - start), rtol=1e-6)
    assert_allclose(half.output_ns, whole.output_ns, rtol=1e-12)


def test_negatives_are_distinct_weighted_and_never_the_target():
    model = make_model(negative=60)
    trainer, stream = Trainer(model, Stream(3)), Stream(3)
    rows = trainer.negative_rows(2)
    drawn = [reference.draw(model.noise, stream) for _ in range(60)]
    assert trainer.stream.state == stream.state
    assert list(rows.rows) == [2, *dict.fromkeys(word for word in drawn if word != 2)]
    assert list(rows.weights) == [1, *(drawn.count(word) for word in rows.rows[1:])]
    assert list(rows.labels) == [1] + [0] * (len(rows.rows) - 1)


def test_windows_shrink_evenly_and_are_drawn_for_lonely_words_too():
    reaches = [0] * 4
    for seed in range(2000):
        stream = Stream(reference.splitmix64(seed))
        reaches[3 - reference.below(stream.next(), 3)] += 1
    assert reaches[0] == 0
    assert min(reaches[1:]) > 582  # 2000 / 3 less four standard deviations
    lonely = reference.train(make_model(), make_batch([4], [1], seed=9))
    stream = Stream(9)
    stream.next(), stream.next()
    assert (lonely.state, lonely.n_pairs, lonely.n_kept) == (stream.state, 0, 2)


def test_fixed_windows_reach_to_their_bound_and_no_further():
    for window, pairs in [(1, 8), (2, 14), (4, 20), (50, 20)]:
        model = make_model(window=window, shrink_windows=False)
        assert reference.train(model, make_batch([0, 1, 2, 3, 4])).n_pairs == pairs
    cbow = make_model(sg=False)
    assert reference.train(cbow, make_batch([0, 1, 2, 3, 4], [1])).n_pairs == 5


def test_dropped_words_close_up():
    keep = np.full(N_WORDS, 2**32 - 1, np.uint32)
    keep[1] = 0  # stays only if 32 bits are all zero
    model = make_model(keep=keep, window=1, shrink_windows=False)
    after = reference.train(model, make_batch([0, 1, 1, 2], [1], [1, 3]))
    assert (after.n_pairs, after.n_kept) == (2, 3)
    assert_array_equal(after.input[[1, 3]], model.input[[1, 3]])


def test_loss_is_silent_when_not_asked_for_and_stable_for_huge_scores():
    model = make_model()
    batch = make_batch(*SENTENCES)
    assert reference.train(model, batch).loss > 0
    assert reference.train(replace(model, compute_loss=False), batch).loss == 0
    huge = reference.train(replace(model, input=model.input * 1e6), batch)
    assert np.isfinite(huge.loss)
    assert all(np.isfinite(getattr(huge, name)).all() for name in ("input", "output_ns"))


def test_random_numbers_are_the_published_ones():
    assert reference.splitmix64(0) == 0xE220A8397B1DCDAF  # Vigna's splitmix64.c, state 0
    # wyrand by hand for state 0: the first product is of its two constants.
    a, b = 0xA0761D6478BD642F, 0xA0761D6478BD642F ^ 0xE7037ED1A0B428DB
    assert Stream(0).next() == (a * b >> 64) ^ (a * b % 2**64)
    seeds = {reference.batch_seed(s, e, b) for s in range(5) for e in range(5) for b in range(40)}
    assert len(seeds) == 1000


def test_training_leaves_its_arguments_alone():
    model, batch = make_model(hs=True), make_batch(*SENTENCES)
    before = [getattr(model, name).copy() for name in MATRICES]
    reference.train(model, batch)
    for name, weights in zip(MATRICES, before, strict=True):
        assert_array_equal(getattr(model, name), weights)
