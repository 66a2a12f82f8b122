"""`evaluate`: several sets in one table, against scipy and KeyedVectors' own methods."""

import json
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from vector_cases import make

from word2vec import Word2Vec
from word2vec.datasets import grammar_questions, write_questions
from word2vec.errors import ParameterTypeError
from word2vec.evaluation import AnalogySet, PairSet, evaluate

WORDS = ["king", "King", "queen", "man", "woman", "boy", "girl", "paris"]
PAIRS = [("king", "queen", 8.0), ("man", "boy", 5.0), ("girl", "PARIS", 1.0), ("x", "y", 3.0)]
QUESTIONS = [("king", "queen", "man", "woman"), ("boy", "girl", "nobody", "woman")]


@pytest.fixture
def wv():
    return make(WORDS, 6, seed=2)


def cosine(wv, first, second):
    a, b = (wv[word.lower()].astype(np.float64) for word in (first, second))
    return a @ b / np.linalg.norm(a) / np.linalg.norm(b)


def test_pairs_are_correlated_as_scipy_does(wv):
    known = [pair for pair in PAIRS if pair[0] != "x"]
    computed = [cosine(wv, *pair[:2]) for pair in known]
    judged = [pair[2] for pair in known]
    (score,) = evaluate(wv, PairSet("mine", PAIRS))
    assert (score.name, score.items, score.known, score.coverage) == ("mine", 4, 3, 0.75)
    assert_allclose(score.spearman, stats.spearmanr(judged, computed)[0])
    assert_allclose(score.pearson, stats.pearsonr(judged, computed)[0], atol=1e-6)
    assert math.isnan(score.accuracy)
    (score,) = evaluate(wv, PairSet("mine", PAIRS), dummy4unknown=True)
    assert_allclose(score.pearson, stats.pearsonr([*judged, 3], [*computed, 0])[0], atol=1e-6)
    assert score.coverage == 0.75
    (score,) = evaluate(wv, PairSet("mine", PAIRS), case_insensitive=False)
    assert score.known == 2


def test_the_scores_are_those_of_the_two_methods(tmp_path):
    questions = grammar_questions()
    sentences = [list(question) for section in questions.values() for question in section]
    wv = Word2Vec(sentences, min_count=1, vector_size=16, epochs=3, workers=1).wv
    write_questions(tmp_path / "questions.txt")
    pairs = tmp_path / "pairs.tsv"
    words = wv.index_to_key
    pairs.write_text(
        "".join(f"{words[i]}\t{words[7 * i % 100]}\t{i * i % 7}\n" for i in range(1, 60))
    )
    assert len(words) > 100
    for restrict in (None, 100):
        for multiply in (False, True):
            name = "most_similar_cosmul" if multiply else "most_similar"
            accuracy, sections = wv.evaluate_word_analogies(
                tmp_path / "questions.txt", restrict_vocab=restrict, similarity_function=name
            )
            pearson, spearman, unknown = wv.evaluate_word_pairs(pairs, restrict_vocab=restrict)
            scores = evaluate(
                wv,
                [tmp_path / "questions.txt", str(pairs)],
                restrict_vocab=restrict,
                multiply=multiply,
            )
            asked = len(sections[-1]["correct"]) + len(sections[-1]["incorrect"])
            assert scores[0].known == asked
            if restrict is None:
                assert scores[0].accuracy == accuracy
                assert 0 < accuracy < 1
            assert_allclose(scores[1].pearson, pearson[0])
            assert_allclose(scores[1].spearman, spearman[0])
            assert_allclose(100 - 100 * scores[1].coverage, unknown)


def test_analogies(wv):
    wv["woman"] = wv["man"] + wv["queen"] - wv["king"]
    test = AnalogySet("family", {"all": QUESTIONS})
    (score,) = evaluate(wv, test)
    assert (score.items, score.known, score.accuracy) == (2, 1, 1.0)
    assert math.isnan(score.spearman)
    assert math.isnan(score.pearson)
    (score,) = evaluate(wv, test, dummy4unknown=True)
    assert (score.known, score.accuracy) == (1, 0.5)
    (score,) = evaluate(wv, AnalogySet("family", {"all": [("King", *QUESTIONS[0][1:])]}))
    assert score.known == 1
    (score,) = evaluate(
        wv, AnalogySet("", {"all": [("KING", *QUESTIONS[0][1:])]}), case_insensitive=False
    )
    assert score.known == 0
    assert math.isnan(score.accuracy)


def test_nothing_to_correlate_is_no_number_and_no_warning(wv):
    constant = [("king", "queen", 5.0), ("man", "boy", 5.0)]
    unknown = [("a", "b", 1.0), ("c", "d", 2.0)]
    for pairs, known in ((constant, 2), (unknown, 0), (PAIRS[:1], 1)):
        for dummy in (False, True):
            (score,) = evaluate(wv, PairSet("x", pairs), dummy4unknown=dummy)
            assert score.known == known
            assert math.isnan(score.spearman)
            assert math.isnan(score.pearson)


def test_rows_without_a_key_are_no_words():
    wv = make("ab", 3)
    sparse = type(wv)(3, count=5)
    sparse.add_vectors(["a", "b", "c"], np.eye(3, dtype=np.float32))
    pairs = PairSet("x", [("a", "b", 1.0), ("None", "b", 2.0)])
    assert evaluate(sparse, pairs)[0].known == 1


def test_a_table_of_named_sets(wv, tmp_path):
    path = tmp_path / "simple<set>.txt"
    path.write_text("".join(f"{a} {b} {score}\n" for a, b, score in PAIRS))
    scores = evaluate(
        wv, {"pairs": path, "analogies": AnalogySet("x", {"y": QUESTIONS}), "again": path}
    )
    assert [score.name for score in scores] == ["pairs", "analogies", "again"]
    assert scores["pairs"].spearman == scores["again"].spearman == scores[0].spearman
    lines = str(scores).splitlines()
    assert repr(scores) == str(scores)
    assert lines[0].split() == [
        "set",
        "items",
        "known",
        "coverage",
        "Spearman",
        "Pearson",
        "accuracy",
    ]
    assert lines[1].split()[:4] == ["pairs", "4", "3", "75.0%"]
    assert lines[1].split()[4] == f"{scores[0].spearman:.3f}"
    assert lines[1].split()[6] == lines[2].split()[4] == "-"
    assert len(set(map(len, lines))) == 1
    (renamed,) = evaluate(wv, path)
    assert renamed.name == "simple<set>"
    page = evaluate(wv, path)._repr_html_()
    assert "<td>simple&lt;set&gt;</td><td>4</td><td>3</td><td>75.0%</td>" in page
    facts = scores.to_dicts()
    assert facts[0]["coverage"] == 0.75
    assert (facts[0]["accuracy"], facts[1]["spearman"]) == (None, None)  # JSON has no nan
    assert facts[1]["name"] == "analogies"
    assert json.loads(json.dumps(facts[0]["known"])) == 3
    with pytest.raises(KeyError, match=r"no set 'men'; there are: pairs, analogies, again"):
        scores["men"]


def test_sections_are_scored_one_by_one(wv):
    wv["woman"] = wv["man"] + wv["queen"] - wv["king"]
    sections = {"right": QUESTIONS[:1], "half": QUESTIONS, "unknown": QUESTIONS[1:], "empty": []}
    scores = evaluate(wv, AnalogySet("all", sections))
    found = [(part.name, part.items, part.known, part.accuracy) for part in scores[0].sections]
    assert found[:2] == [("right", 1, 1, 1.0), ("half", 2, 1, 1.0)]
    assert [part[:3] for part in found[2:]] == [("unknown", 1, 0), ("empty", 0, 0)]
    assert all(math.isnan(part[3]) for part in found[2:])
    assert scores[0].sections[3].coverage == 0.0
    facts = scores.to_dicts(sections=True)
    assert json.loads(json.dumps(facts, allow_nan=False))[0]["sections"][0]["accuracy"] == 1.0
    assert scores.table(sections=True).splitlines()[1:3] == [
        "all            4      2     50.0%    100.0%",
        "  right        1      1    100.0%    100.0%",
    ]
    (score,) = evaluate(wv, AnalogySet("all", sections), dummy4unknown=True)
    assert [part.accuracy for part in score.sections[:3]] == [1.0, 0.5, 0.0]


def test_columns_that_nobody_fills_are_left_out(wv):
    assert str(evaluate(wv, PairSet("x", PAIRS))).split()[:6] == [
        "set", "items", "known", "coverage", "Spearman", "Pearson",
    ]  # fmt: skip
    assert "accuracy" not in evaluate(wv, PairSet("x", PAIRS))._repr_html_()
    assert "Spearman" not in str(evaluate(wv, AnalogySet("x", {"y": QUESTIONS})))


def test_a_model_is_not_its_vectors():
    model = Word2Vec([["a", "b"]], min_count=1, vector_size=2)
    with pytest.raises(ParameterTypeError, match=r"wv is a Word2Vec.*give its \.wv"):
        evaluate(model, [])
    with pytest.raises(ParameterTypeError, match=r"wv is a dict: it must be KeyedVectors$"):
        evaluate({}, [])
