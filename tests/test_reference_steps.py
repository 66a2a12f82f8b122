"""What word2vec.reference says of its steps, what can be asked of it, and what it refuses."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from reference_cases import OUTPUTS, SENTENCES, SIX, Case, randomise

from word2vec.errors import CorpusError, CorpusTypeError, ParameterError, ParameterTypeError
from word2vec.reference import Trainer

TEXT = [["one", "two", "three"], ["three", "one"]]


@pytest.mark.parametrize("case", SIX, ids=str)
def test_a_step_shows_what_it_does(case):
    trainer = randomise(case.trainer())
    for number in range(1, 60):
        before = trainer.input.copy(), trainer.output.copy()
        step = trainer.step()
        words = SENTENCES[step.sentence]
        assert step.step == number == len(trainer.losses)
        assert step.loss == trainer.losses[-1]
        assert trainer.words[step.target] == words[step.position]
        assert [trainer.words[id_] for id_ in step.inputs] == [words[at] for at in step.contexts]
        first, last = step.window
        around = [at for at in range(first, last + 1) if at != step.position]
        assert step.contexts == around if not case.sg else step.contexts[0] in around
        assert_array_equal(step.input_rows, before[0][step.inputs])
        assert_allclose(step.hidden, step.input_rows.mean(axis=0), rtol=1e-12)
        for output in step.outputs:
            assert_array_equal(output.row, before[1][output.id])
            assert output.score == pytest.approx(output.row @ step.hidden)
            assert output.error == output.weight * (output.label - output.probability)
            assert_allclose(output.update, step.alpha * output.error * step.hidden, rtol=1e-12)
            assert_array_equal(trainer.output[output.id], output.row + output.update)
        rows = step.inputs
        assert_allclose(
            trainer.input - before[0],
            sum(np.eye(len(before[0]))[[row]].T * step.input_update for row in rows),
            atol=1e-15,
        )


def test_skip_gram_feeds_the_context_and_predicts_the_centre():
    trainer = Trainer(TEXT, shrink_windows=0, window=1)
    steps = [trainer.step() for _ in range(6)]
    named = [(trainer.words[s.inputs[0]], trainer.words[s.target], s.epoch) for s in steps]
    first = [("two", "one", 0), ("one", "two", 0), ("three", "two", 0), ("two", "three", 0)]
    assert named == [*first, ("one", "three", 0), ("three", "one", 0)]
    assert trainer.step().epoch == 1


def test_the_outputs_of_a_softmax_are_all_words():
    trainer = randomise(Case(0, "softmax").trainer())
    step = trainer.step()
    assert [output.id for output in step.outputs] == list(range(len(trainer.words)))
    assert sum(output.probability for output in step.outputs) == pytest.approx(1)
    assert [output.id for output in step.outputs if output.label] == [step.target]
    assert {output.kind for output in step.outputs} == {"word"}
    assert step.drawn == []


def test_the_outputs_of_hierarchical_softmax_are_the_path():
    trainer = Case(1, "hs").trainer()
    step = trainer.step()
    nodes, codes = trainer.tree.path(step.target)
    assert [output.id for output in step.outputs] == nodes.tolist()
    assert [output.label for output in step.outputs] == [1 - code for code in codes]
    assert {output.kind for output in step.outputs} == {"node"}


def test_the_outputs_of_negative_sampling_are_the_target_and_what_was_drawn():
    trainer = Case(0, "ns", {"negative": 12}).trainer()
    steps = [trainer.step() for _ in range(40)]
    assert any(step.target in step.drawn for step in steps)  # dropped, then
    for step in steps:
        assert len(step.drawn) == 12
        target, *noise = step.outputs
        assert (target.id, target.label, target.weight) == (step.target, 1, 1)
        expected = {word: step.drawn.count(word) for word in step.drawn if word != step.target}
        assert {output.id: output.weight for output in noise} == expected
        assert not any(output.label for output in noise)


def test_noise_is_drawn_as_often_as_it_says():
    trainer = Case(1, "ns", {"negative": 20}).trainer()
    drawn = [word for _ in range(1000) for word in trainer.step().drawn]
    expected = trainer.counts**0.75 / (trainer.counts**0.75).sum()
    assert_allclose(trainer.noise, expected, atol=1e-9)
    shares = np.bincount(drawn, minlength=len(expected)) / len(drawn)
    assert_allclose(shares, expected, atol=0.01)  # five standard deviations; the seed is fixed


def test_the_same_seed_gives_the_same_steps():
    losses = [Case(0, "ns").trainer(seed=seed).train(2) for seed in (1, 1, 2)]
    assert losses[0] == losses[1] != losses[2]


def test_reset_starts_again():
    trainer = Case(1, "ns").trainer()
    start = trainer.input.copy()
    losses = [trainer.step().loss for _ in range(70)]
    trainer.reset()
    assert_array_equal(trainer.input, start)
    assert not trainer.output.any()
    assert trainer.losses == []
    assert [trainer.step().loss for _ in range(70)] == losses


def test_initial_vectors_are_even_and_small():
    trainer = Trainer([[str(word) for word in range(400)]], vector_size=4)
    assert abs(trainer.input).max() <= 0.125
    counts, _ = np.histogram(trainer.input, bins=4, range=(-0.125, 0.125))
    assert abs(counts - 400).max() < 80


@pytest.mark.parametrize("case", SIX, ids=str)
def test_training_makes_the_loss_fall(case):
    trainer = case.trainer()
    before = trainer.evaluate()
    means = trainer.train(20)
    assert len(means) == 20
    assert trainer.evaluate() < before - 0.3
    assert np.mean(means[-3:]) < np.mean(means[:3]) - 0.3


def test_train_goes_on_where_steps_stopped():
    by_steps, mixed = Case(1, "ns").trainer(), Case(1, "ns").trainer()
    ends = []
    while (step := by_steps.step()).epoch < 3:
        ends = [*ends[: step.epoch], step.step]
    for _ in range(10):
        mixed.step()
    means = mixed.train() + mixed.train(2)
    assert mixed.losses == by_steps.losses[:-1]
    parts = pairwise([10, *ends])  # the first is what was left of its epoch
    assert means == [np.mean(mixed.losses[first:end]) for first, end in parts]
    assert mixed.step().loss == by_steps.losses[-1]


def test_the_learning_rate_may_change_between_steps():
    trainer = Case(1, "softmax").trainer()
    trainer.step()
    trainer.alpha = 0.0
    before = trainer.input.copy(), trainer.output.copy()
    assert trainer.step().alpha == 0.0
    assert_array_equal(trainer.input, before[0])
    assert_array_equal(trainer.output, before[1])


# ---- The loss of the whole text ----------------------------------------------


@pytest.mark.parametrize("case", [case for case in SIX if case.output != "ns"], ids=str)
def test_evaluate_is_the_mean_loss_of_an_epoch_that_changes_nothing(case):
    trainer = randomise(case.trainer(shrink_windows=0, alpha=0))
    assert trainer.evaluate() == pytest.approx(trainer.train()[0], rel=1e-12)


@pytest.mark.parametrize("case", SIX, ids=str)
def test_evaluate_weighs_windows_by_their_chance(case):
    trainer = randomise(case.trainer(alpha=0))
    sums = n_steps = 0
    for window in (1, 2, 3):
        fixed = randomise(case.trainer(shrink_windows=0, window=window, alpha=0))
        fixed.train()
        sums += fixed.evaluate() * len(fixed.losses)
        n_steps += len(fixed.losses)
    assert trainer.evaluate() == pytest.approx(sums / n_steps, rel=1e-12)


def test_evaluate_expects_the_noise():
    trainer = randomise(Trainer(TEXT, output="ns", negative=3, window=1, shrink_windows=0))
    losses = []
    for words in TEXT:
        for pair in pairwise(trainer.words.index(word) for word in words):
            for context, target in (pair, pair[::-1]):
                scores = trainer.output @ trainer.input[context]
                noise = trainer.noise * np.log1p(np.exp(scores))
                noise[target] = 0
                losses.append(np.log1p(np.exp(-scores[target])) + 3 * noise.sum())
    assert trainer.evaluate() == pytest.approx(np.mean(losses), rel=1e-12)


# ---- What comes in and goes out ----------------------------------------------


def test_words_are_ordered_by_count_and_may_be_anything_hashable():
    trainer = Trainer(iter([(1, ("a", 2), 1), iter([None, ("a", 2), 1])]))
    assert trainer.words == [1, ("a", 2), None]
    assert trainer.counts.tolist() == [3, 2, 1]


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_single_word_can_be_trained(output):
    trainer = Trainer([["no", "no"]], output=output)
    assert np.isfinite(trainer.train(2)).all()
    assert np.isfinite(trainer.evaluate())


def test_keyed_vectors_hold_what_was_learnt():
    trainer = Case(1, "softmax").trainer()
    trainer.train(3)
    wv = trainer.to_keyed_vectors()
    assert wv.index_to_key == trainer.words
    assert_array_equal(wv.vectors, trainer.input.astype(np.float32))
    assert wv.get_vecattr("no", "count") == 4
    kept = wv.vectors.copy()
    trainer.train()
    assert_array_equal(wv.vectors, kept)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"output": "both"}, ParameterError, "output='both': it must be one of 'softmax', 'hs'"),
        ({"sg": 2}, ParameterError, "sg=2: it must be True or False"),
        ({"vector_size": 0}, ParameterError, "vector_size=0: it must be an integer >= 1"),
        ({"window": 0}, ParameterError, "window=0: it must be an integer >= 1"),
        ({"negative": -1}, ParameterError, "negative=-1: it must be an integer >= 0"),
        ({"output": "ns", "negative": 0}, ParameterError, "negative=0: output='ns' needs at least"),
        ({"alpha": -1}, ParameterError, "alpha=-1: it must be a finite number >= 0"),
        ({"alpha": "fast"}, ParameterTypeError, "alpha='fast' is of type str"),
        ({"seed": None}, ParameterError, "seed=None: it must be an integer >= 0"),
        ({"seed": -1}, ParameterError, "seed=-1"),
        ({"ns_exponent": np.nan}, ParameterError, "ns_exponent=nan: it must be a finite number"),
        ({"cbow_mean": 3}, ParameterError, "cbow_mean=3"),
        ({"corrected_cbow": 3}, ParameterError, "corrected_cbow=3"),
        ({"shrink_windows": 3}, ParameterError, "shrink_windows=3"),
    ],
)
def test_options_out_of_range_are_refused(options, error, message):
    with pytest.raises(error, match=message.replace("(", r"\(")):
        Trainer(TEXT, **options)


@pytest.mark.parametrize("epochs", [0, 1.5])
def test_epochs_out_of_range_are_refused(epochs):
    with pytest.raises(ParameterError, match=f"epochs={epochs}: it must be an integer >= 1"):
        Trainer(TEXT).train(epochs)


@pytest.mark.parametrize("sentences", [[], [[], ["a"], ["b"]]])
def test_a_text_without_neighbours_is_refused(sentences):
    with pytest.raises(CorpusError, match=f"none of the {len(sentences)} sentences has two words"):
        Trainer(sentences)


@pytest.mark.parametrize("sentences", ["one two", b"one two", 5])
def test_what_is_no_text_is_refused(sentences):
    message = f"sentences is {sentences!r}: it must be a list of sentences"
    with pytest.raises(CorpusTypeError, match=message):
        Trainer(sentences)


@pytest.mark.parametrize("sentence", ["one two", b"one two", 5])
def test_what_is_no_sentence_is_refused(sentence):
    message = f"sentence 1 is {sentence!r}: it must be a list of words"
    with pytest.raises(CorpusTypeError, match=message):
        Trainer([["a", "b"], sentence])


def test_words_must_be_hashable():
    with pytest.raises(CorpusTypeError, match="which is not hashable"):
        Trainer([[["a"], "b"]])
