"""word2vec.reference computes what calculus, the oracle, the kernels and Word2Vec compute."""

import numpy as np
import pytest
import reference as oracle
from numpy.testing import assert_allclose, assert_array_equal
from reference_cases import CBOW, SENTENCES, SIX, Case, randomise

from word2vec import Word2Vec
from word2vec.training._train import Kernel, available_simd, batch_seed
from word2vec.training.noise import alias_table

EPOCHS = 3


# ---- Calculus ----------------------------------------------------------------


def loss_of(trainer, step, matrices):
    """The textbook's loss of a step: logarithms of the probabilities, word by word."""
    x, y = matrices
    hidden = x[step.inputs].sum(axis=0) / (len(step.inputs) if trainer.cbow_mean else 1)

    def log_sigmoid(score):
        return np.log(1 / (1 + np.exp(-score)))

    if trainer.objective == "softmax":
        powers = np.exp(y @ hidden)
        return -np.log(powers[step.target] / powers.sum())
    if trainer.objective == "hs":
        nodes, codes = trainer.tree.path(step.target)
        return -sum(
            log_sigmoid((1 - 2 * int(code)) * (y[node] @ hidden))
            for node, code in zip(nodes, codes, strict=True)
        )
    noise = [word for word in step.drawn if word != step.target]
    return -log_sigmoid(y[step.target] @ hidden) - sum(log_sigmoid(-y[v] @ hidden) for v in noise)


def gradient(loss, matrices, h=1e-5):
    """Central differences."""
    result = [np.zeros_like(matrix) for matrix in matrices]
    for matrix, slopes in zip(matrices, result, strict=True):
        for at in np.ndindex(matrix.shape):
            value = matrix[at]
            matrix[at] = value + h
            above = loss()
            matrix[at] = value - h
            slopes[at] = (above - loss()) / (2 * h)
            matrix[at] = value
    return result


TRUE_GRADIENT = [Case(1, output) for output in ("softmax", "hs", "ns")] + [
    Case(0, output, {"cbow_mean": mean, "corrected_cbow": 1})
    for output in ("softmax", "hs", "ns")
    for mean in (1, 0)
]


@pytest.mark.parametrize("case", TRUE_GRADIENT, ids=str)
def test_a_step_goes_down_the_gradient(case):
    trainer = randomise(case.trainer(vector_size=3))
    for _ in range(12):
        before = [trainer.input.copy(), trainer.output.copy()]
        step = trainer.step()
        assert step.loss == pytest.approx(loss_of(trainer, step, before), rel=1e-12)
        slopes = gradient(lambda: loss_of(trainer, step, before), before)  # noqa: B023
        assert_allclose(trainer.input - before[0], -0.2 * slopes[0], atol=1e-9)
        assert_allclose(trainer.output - before[1], -0.2 * slopes[1], atol=1e-9)


@pytest.mark.parametrize(("cbow_mean", "share"), [(1, 1), (0, 0)])
def test_cbow_scales_the_gradient_of_its_inputs_as_gensim_does(cbow_mean, share):
    trainer = randomise(Case(0, "softmax", {"cbow_mean": cbow_mean}).trainer(shrink_windows=0))
    step = trainer.step()
    total = sum(0.2 * output.error * output.row for output in step.outputs)
    assert len(step.inputs) == 3
    assert_allclose(step.input_update, total if share else total / 3, rtol=1e-12)


# ---- The oracle and the kernels ----------------------------------------------


def batch_of(trainer, sentences, epoch):
    index = {word: number for number, word in enumerate(trainer.words)}
    return oracle.Batch(
        tokens=np.array([index[word] for words in sentences for word in words], np.int32),
        offsets=np.cumsum([0] + [len(words) for words in sentences], dtype=np.int64),
        alphas=np.full(len(sentences), trainer.alpha, np.float32),
        seed=batch_seed(trainer.seed, epoch, 0),
    )


def settings_of(trainer):
    """Arguments that the kernels and the oracle share, but for the matrices."""
    tree = trainer.tree
    return {
        "lock_factors": np.ones(1, np.float32),
        "keep": None,
        "noise": alias_table(trainer.counts, 0.75) if trainer.objective == "ns" else None,
        "path_offsets": tree.path_offsets if tree else None,
        "path_nodes": tree.path_nodes if tree else None,
        "path_codes": tree.path_codes if tree else None,
        "window": trainer.window,
        "negative": trainer.negative if trainer.objective == "ns" else 0,
        "sg": bool(trainer.sg),
        "shrink_windows": True,
        "shared_negatives": False,
        "cbow_mean": bool(trainer.cbow_mean),
        "context_scale_full": bool(trainer.cbow_mean) != bool(trainer.corrected_cbow),
        "compute_loss": True,
    }


def matrices_of(trainer, dtype):
    ns, hs = trainer.objective == "ns", trainer.objective == "hs"
    return {
        "input": trainer.input.astype(dtype),
        "output_ns": trainer.output.astype(dtype) if ns else None,
        "output_hs": trainer.output.astype(dtype) if hs else None,
    }


TRAINED_BY_KERNELS = [case for case in SIX + CBOW if case.output != "softmax"]


@pytest.mark.parametrize("case", TRAINED_BY_KERNELS, ids=str)
def test_epochs_are_those_of_the_oracle(case):
    trainer = randomise(case.trainer(SENTENCES, alpha=0.125))  # exact in float32
    matrices = matrices_of(trainer, np.float64)
    for epoch in range(EPOCHS):
        model = oracle.Model(**matrices, **settings_of(trainer))
        result = oracle.train(model, batch_of(trainer, SENTENCES, epoch))
        first = len(trainer.losses)
        trainer.train()
        assert len(trainer.losses) - first == result.n_pairs
        assert sum(trainer.losses[first:]) == pytest.approx(result.loss, rel=1e-12)
        matrices = {name: getattr(result, name) for name in matrices}
    output = matrices["output_ns"] if case.output == "ns" else matrices["output_hs"]
    assert_allclose(trainer.input, matrices["input"], atol=1e-12, rtol=0)
    assert_allclose(trainer.output, output, atol=1e-12, rtol=0)


@pytest.mark.parametrize("simd", available_simd())
@pytest.mark.parametrize("case", TRAINED_BY_KERNELS, ids=str)
def test_epochs_are_those_of_the_kernels(case, simd):
    trainer = randomise(case.trainer(SENTENCES))
    matrices = matrices_of(trainer, np.float32)
    kernel = Kernel(**matrices, **settings_of(trainer), simd=simd)
    for epoch in range(EPOCHS):
        batch = batch_of(trainer, SENTENCES, epoch)
        loss, n_pairs, _ = kernel.train(batch.tokens, batch.offsets, batch.alphas, batch.seed)
        assert trainer.train() == [pytest.approx(loss / n_pairs, rel=1e-5)]
    output = matrices["output_ns"] if case.output == "ns" else matrices["output_hs"]
    # A few hundred updates, each off by some 1e-7.
    assert_allclose(trainer.input, matrices["input"], atol=2e-5, rtol=0)
    assert_allclose(trainer.output, output, atol=2e-5, rtol=0)


@pytest.mark.parametrize("case", TRAINED_BY_KERNELS, ids=str)
def test_a_model_trains_the_same(case):
    """The whole way: vocabulary, tables, seeds and epochs of Word2Vec."""
    trainer = case.trainer(SENTENCES, vector_size=8)
    ns = case.output == "ns"
    model = Word2Vec(
        vector_size=8,
        window=3,
        seed=7,
        sg=case.sg,
        hs=int(not ns),
        negative=5 if ns else 0,
        shared_negatives=False,
        min_count=1,
        sample=0,
        alpha=0.2,
        min_alpha=0.2,
        workers=1,
        **case.options,
    )
    model.build_vocab(SENTENCES)
    assert model.wv.index_to_key == trainer.words
    assert_array_equal(model.wv.expandos["count"], trainer.counts)
    model.wv.vectors[:] = trainer.input
    model.train(SENTENCES, total_examples=model.corpus_count, epochs=EPOCHS)
    trainer.train(EPOCHS)
    assert_allclose(model.wv.vectors, trainer.input, atol=2e-5, rtol=0)
    output = model.syn1neg if ns else model.syn1[:-1]  # gensim's syn1 has a row to spare
    assert_allclose(output, trainer.output, atol=2e-5, rtol=0)
