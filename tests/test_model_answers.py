"""What a model tells beside its vectors, and that every objective learns."""

import itertools

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.datasets import grammar_corpus, grammar_questions
from word2vec.errors import NotTrainableError

SENTENCES = [["a", "b", "c", "a"], ["b", "a", "d"], ["e"]] * 4


def trained(**options):
    return Word2Vec(
        SENTENCES,
        **{"vector_size": 6, "min_count": 1, "workers": 1, "sample": 0, "epochs": 20, "seed": 4}
        | options,
    )


# ---- predict_output_word ------------------------------------------------------------


@pytest.mark.parametrize("cbow_mean", [0, 1])
def test_predictions_are_the_softmax_of_the_output_scores(cbow_mean):
    model = trained(cbow_mean=cbow_mean)
    a, d = (model.wv.vectors[model.wv.key_to_index[w]].astype(np.float64) for w in "ad")
    hidden = (2 * a + d) / (3 if cbow_mean else 1)
    weights = np.exp(model.syn1neg.astype(np.float64) @ hidden)
    expected = dict(zip(model.wv.index_to_key, weights / weights.sum(), strict=True))
    best = sorted(expected, key=expected.get, reverse=True)
    found = model.predict_output_word(["a", "unknown", "d", "a"], topn=3)
    assert [word for word, _ in found] == best[:3]
    for word, probability in found:
        assert probability == pytest.approx(expected[word], rel=1e-5)
    everything = model.predict_output_word(["a"], topn=100)
    assert len(everything) == 5
    assert sum(p for _, p in everything) == pytest.approx(1)
    assert model.predict_output_word(["a"], topn=None) == everything
    assert model.predict_output_word(["a"], topn=0) == []


def test_row_numbers_are_contexts_too():
    model = trained()
    assert model.predict_output_word([0]) == model.predict_output_word(["a"])


@pytest.mark.parametrize("contexts", [["x", "y"], []])
def test_unknown_contexts_predict_nothing(contexts, caplog):
    assert trained().predict_output_word(contexts) is None
    assert "All the input context words are out-of-vocabulary for the current model." in caplog.text


def test_predictions_need_negative_sampling():
    with pytest.raises(RuntimeError, match="only implemented predict_output_word for the negative"):
        trained(hs=1, negative=0).predict_output_word(["a"])
    with pytest.raises(NotTrainableError, match="Parameters required for predicting the output"):
        Word2Vec().predict_output_word(["a"])


# ---- score ----------------------------------------------------------------------------


def log_probabilities(model, hidden):
    """Log-probability of every word after `hidden`, from the definition of the tree."""
    tree = model._tables.tree
    result = []
    for word in range(len(model.wv)):
        nodes, codes = tree.path(word)
        turns = [
            1 / (1 + np.exp(-(1 - 2.0 * code) * (hidden @ model.syn1[node].astype(np.float64))))
            for node, code in zip(nodes.tolist(), codes.tolist(), strict=True)
        ]
        result.append(np.log(turns).sum())
    assert np.exp(result).sum() == pytest.approx(1)
    return result


@pytest.mark.parametrize("options", [{"sg": 1}, {"cbow_mean": 1}, {"cbow_mean": 0}], ids=str)
def test_scores_are_the_log_likelihood_over_the_tree(options):
    model = trained(hs=1, negative=0, window=2, **options)
    sentence = ["a", "unknown", "b", "c", "a", "d"]
    ids = [model.wv.key_to_index[w] for w in sentence if w in model.wv]
    expected = 0.0
    for i, centre in enumerate(ids):
        contexts = [j for j in range(len(ids)) if j != i and abs(i - j) <= 2]
        rows = model.wv.vectors[[ids[j] for j in contexts]].astype(np.float64)
        if not options.get("sg"):
            rows = [rows.mean(0) if options["cbow_mean"] else rows.sum(0)]
        expected += sum(log_probabilities(model, row)[centre] for row in rows)
    scores = model.score([sentence, [], ["a"], ["unknown"], sentence[::-1]])
    assert scores.dtype == np.float32
    assert scores[0] == pytest.approx(expected, rel=1e-5)
    assert scores[1:4].tolist() == [0, 0, 0]
    assert scores.shape == (5,)


def test_scores_stop_at_the_total(caplog):
    model = trained(hs=1, negative=0)
    assert len(model.score(iter(SENTENCES), total_sentences=3)) == 3
    assert "only the first 3 sentences were scored" in caplog.text


def test_scores_ask_the_tree_alone_where_both_objectives_were_trained():
    both = trained(hs=1, negative=5)
    scores = both.score(SENTENCES[:2])
    both.negative = 0
    np.testing.assert_array_equal(scores, both.score(SENTENCES[:2]))
    assert (scores < 0).all()


def test_scores_need_hierarchical_softmax():
    with pytest.raises(RuntimeError, match="only implemented score for the hierarchical softmax"):
        trained().score(SENTENCES)
    empty = Word2Vec(hs=1, negative=0)
    with pytest.raises(RuntimeError, match="you must first build vocabulary before scoring new"):
        empty.score(SENTENCES)


# ---- memory ------------------------------------------------------------------------------


def test_memory_is_estimated_by_part():
    model = trained()
    assert model.estimate_memory() == {
        "vocab": 2500,
        "vectors": 120,
        "syn1neg": 120,
        "total": 2740,
    }
    both = Word2Vec(hs=1, vector_size=10)
    report = {}
    assert both.estimate_memory(vocab_size=100, report=report) is report
    assert report == {
        "vocab": 70_000,
        "vectors": 4000,
        "syn1": 4000,
        "syn1neg": 4000,
        "total": 82_000,
    }
    assert both.estimate_memory(10, {"mine": 5})["total"] == 7000 + 3 * 400 + 5


# ---- learning -------------------------------------------------------------------------------

CLASSES = ("country-capital", "animal-sound", "comparative", "past-tense")


@pytest.fixture(scope="module")
def corpus():
    return list(grammar_corpus(120_000))


def separation(model):
    """Mean cosine within classes of words, less that between them; about 0 by chance."""
    questions = grammar_questions()
    groups = []
    for name in CLASSES:
        words = [first for first, *_ in questions[name][::10]][:30]
        vectors = model.wv[[word for word in words if word in model.wv]]
        groups.append(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    within = [(g @ g.T)[~np.eye(len(g), dtype=bool)].mean() for g in groups]
    between = [(a @ b.T).mean() for a, b in itertools.combinations(groups, 2)]
    return float(np.mean(within) - np.mean(between))


OBJECTIVES = {
    f"{kind}-{name}": {"sg": sg, "hs": hs, "negative": negative}
    for sg, kind in enumerate(("cbow", "sg"))
    for name, hs, negative in (("ns", 0, 5), ("hs", 1, 0), ("both", 1, 5))
}
OBJECTIVES |= {
    f"{name}-shared": OBJECTIVES[name] | {"shared_negatives": True}
    for name in ("sg-ns", "sg-hs", "sg-both")
}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_learns_which_words_are_alike(objective, corpus):
    model = Word2Vec(
        **OBJECTIVES[objective],
        vector_size=32, min_count=2, workers=1, alpha=0.05, epochs=4,
    )  # fmt: skip
    model.build_vocab(corpus)
    assert abs(separation(model)) < 0.03
    model.train(corpus, total_examples=len(corpus), epochs=4)
    assert separation(model) > 0.3
    # With both, either alone would separate the words: each must have moved.
    for name in ("syn1", "syn1neg"):
        if hasattr(model, name):
            rows = getattr(model, name)[: len(model.wv) - 1]
            assert rows.any(axis=1).mean() > 0.99


def test_the_loss_falls_while_a_model_learns(corpus):
    model = Word2Vec(corpus, vector_size=16, min_count=2, workers=1, epochs=3, compute_loss=True)
    assert len(model.epoch_losses) == 3
    assert model.epoch_losses[0] > model.epoch_losses[1] > model.epoch_losses[2] > 0
    assert model.get_latest_training_loss() == model.running_training_loss > 0
    assert type(model.get_latest_training_loss()) is float
