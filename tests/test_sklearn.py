"""Documents as vectors: against a slow plain reading of Arora et al., and as scikit-learn asks."""

import pickle
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks as checks
from vector_cases import make

from word2vec.errors import (
    CorpusTypeError,
    MissingDependencyError,
    NotTrainableError,
    ParameterError,
    ParameterTypeError,
)
from word2vec.sklearn import DocumentVectors

TEXTS = ["the cat sat", "the dog sat sat", "", "nothing known", "the cat and the dog"] * 3
TOKENS = [text.split() for text in TEXTS]
OPTIONS = {"vector_size": 5, "min_count": 1, "epochs": 2, "random_state": 3}


@pytest.fixture
def wv():
    return make(["the", "cat", "dog", "sat", "unseen"], 4)


def slow_sif(wv, fitted, documents, a, n_components):
    """Algorithm 1 of the paper, with the common directions of the fitted documents."""
    words = [word for tokens in fitted for word in tokens if word in wv]

    def average(tokens):
        known = [word for word in tokens if word in wv]
        total = np.zeros(wv.vector_size)
        for word in known:
            total += a / (a + words.count(word) / len(words)) * wv[word].astype(np.float64)
        return total / max(len(known), 1)

    matrix = np.array([average(tokens) for tokens in fitted])
    directions = np.linalg.svd(matrix, full_matrices=False)[2][:n_components]
    rows = np.array([average(tokens) for tokens in documents])
    return rows - sum(
        (np.outer(rows @ direction, direction) for direction in directions), np.zeros_like(rows)
    )


@pytest.mark.parametrize("n_components", [0, 1, 2])
@pytest.mark.parametrize("block_words", [3, 1 << 20])
def test_sif_is_that_of_the_paper(n_components, block_words, wv, monkeypatch):
    monkeypatch.setattr("word2vec.sklearn._BLOCK_WORDS", block_words)
    new = [["unseen", "cat"], ["dog"], [], ["nobody"]]
    sif = DocumentVectors(wv, weighting="sif", sif_a=0.1, sif_components=n_components).fit(TOKENS)
    found = sif.transform(new)
    assert found.dtype == np.float32
    assert found.shape == (4, 4)
    assert_allclose(found, slow_sif(wv, TOKENS, new, 0.1, n_components), atol=1e-6)
    assert_allclose(sif.fit_transform(iter(TOKENS)), sif.transform(TOKENS), atol=0)


def test_means(wv):
    mean = DocumentVectors(wv)
    found = mean.fit_transform(TEXTS)
    assert_allclose(found[0], (wv["the"] + wv["cat"] + wv["sat"]) / 3, rtol=1e-6)
    assert_allclose(found[1], (wv["the"] + wv["dog"] + 2 * wv["sat"]) / 4, rtol=1e-6)
    assert not found[2:4].any()
    assert mean.vectors_ is wv
    assert mean.transform([]).shape == (0, 4)


def test_texts_and_lists_of_words_are_alike(wv):
    expected = DocumentVectors(wv).fit_transform(TEXTS)
    for documents in (TOKENS, map(tuple, TOKENS), np.array(TEXTS), (iter(t) for t in TOKENS)):
        np.testing.assert_array_equal(DocumentVectors(wv).fit_transform(documents), expected)
    analyzer = CountVectorizer().build_analyzer()
    upper = DocumentVectors(wv, tokenizer=analyzer).fit_transform([t.upper() for t in TEXTS])
    np.testing.assert_array_equal(upper, expected)


def test_vectors_are_trained_when_none_are_given():
    fitted = DocumentVectors(**OPTIONS, options={"sg": 1, "sample": 0}).fit(TEXTS)
    assert set(fitted.vectors_.index_to_key) == {word for tokens in TOKENS for word in tokens}
    again = DocumentVectors(**OPTIONS, options={"sg": 1, "sample": 0}).fit(TOKENS)
    np.testing.assert_array_equal(fitted.transform(TEXTS), again.transform(TEXTS))
    cbow = DocumentVectors(**OPTIONS, options={"sample": 0}).fit(TOKENS)
    assert (cbow.vectors_.vectors != fitted.vectors_.vectors).any()
    state = np.random.RandomState(1)
    one, two = (DocumentVectors(**(OPTIONS | {"random_state": state})).fit(TOKENS) for _ in "ab")
    assert (one.vectors_.vectors != two.vectors_.vectors).any()


def test_a_classifier_learns_from_documents():
    animals, money = ["cat", "dog", "cow", "fox", "hen"], ["bank", "cash", "loan", "tax", "fee"]
    generator = np.random.default_rng(4)
    labels = generator.integers(0, 2, 200)
    texts = [
        " ".join([*generator.choice([animals, money][label], 4), "the", "a"]) for label in labels
    ]
    model = make_pipeline(
        DocumentVectors(vector_size=8, min_count=1, epochs=20, options={"sg": 1}, random_state=1),
        LogisticRegression(),
    )
    grid = {"documentvectors__weighting": ["mean", "sif"]}
    search = GridSearchCV(model, grid, cv=2).fit(texts[:150], labels[:150])
    assert search.score(texts[150:], labels[150:]) > 0.95
    copy = pickle.loads(pickle.dumps(search.best_estimator_))
    np.testing.assert_array_equal(copy.predict(texts), search.predict(texts))


def test_names_and_frames():
    vectors = DocumentVectors(**OPTIONS)
    frame = vectors.set_output(transform="pandas").fit_transform(TEXTS)
    assert list(frame.columns) == list(vectors.get_feature_names_out())
    assert frame.columns[0] == "documentvectors0"
    assert frame.shape == (15, 5)


def test_clones_are_not_fitted(wv):
    fitted = DocumentVectors(wv, sif_a=0.5).fit(TEXTS)
    copy = clone(fitted)
    assert copy.sif_a == 0.5
    with pytest.raises(NotFittedError):
        copy.transform(TEXTS)


CHECKS = [
    checks.check_estimator_cloneable,
    checks.check_estimator_repr,
    checks.check_mixin_order,
    checks.check_no_attributes_set_in_init,
    checks.check_parameters_default_constructible,
    checks.check_get_params_invariance,
    checks.check_set_params,
    checks.check_valid_tag_types,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_checks_of_scikit_learn_that_need_no_matrix(check):
    check("DocumentVectors", DocumentVectors(**OPTIONS))


def test_check_estimator_leaves_the_checks_that_fit_matrices_out():
    with pytest.warns(SkipTestWarning, match="requires input"):
        checks.check_estimator(DocumentVectors(**OPTIONS))


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"weighting": "tfidf"}, ParameterError, "weighting='tfidf': it must be 'mean' or 'sif'"),
        ({"sif_a": 0}, ParameterError, "sif_a=0: it must be > 0"),
        ({"sif_components": 6}, ParameterError, "from 0 to the size of the vectors, 5"),
        ({"sif_components": -1}, ParameterError, "sif_components=-1"),
        ({"vectors": {}}, ParameterTypeError, r"vectors is a dict: it must be KeyedVectors"),
        ({"options": {"seed": 1, "epochs": 2}}, ParameterError, "options holds epochs, seed"),
        ({"min_count": 99}, NotTrainableError, "lower min_count"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    with pytest.raises(error, match=message):
        DocumentVectors(**(OPTIONS | parameters)).fit(TEXTS)


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ("a text", "X is a str: it must be a list"),
        ({"a": 1}, "X is a dict"),
        (7, "X is a int"),
        (["a", 3], "document 1 is a int: it must be a str or a list of words"),
        ([b"a"], "document 0 is a bytes"),
        ([{"text": "a"}], "document 0 is a dict"),
    ],
)
def test_wrong_documents_are_named(documents, message, wv):
    with pytest.raises(CorpusTypeError, match=message):
        DocumentVectors(wv).fit(documents)
    with pytest.raises(CorpusTypeError, match=message):
        DocumentVectors(wv).fit(TEXTS).transform(documents)


def test_no_documents_cannot_be_fitted(wv):
    with pytest.raises(ParameterError, match="X holds no documents"):
        DocumentVectors(wv).fit([])


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, "word2vec.sklearn")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'word2vec-hogwild\[sklearn\]'"):
        __import__("word2vec.sklearn")
