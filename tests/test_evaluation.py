"""Analogy and word-pair scores, against a slow plain reading of their definition."""

import io
import logging
import sys
import types

import numpy as np
import pytest
from numpy.testing import assert_allclose

from word2vec.errors import FormatError, MissingDependencyError, ParameterError
from word2vec.vectors import evaluation
from word2vec.vectors.evaluation import cache_dir, find_dataset
from word2vec.vectors.keyed_vectors import KeyedVectors

WORDS = [
    "king", "queen", "man", "woman", "King", "QUEEN", "boy", "girl", "Paris", "France",
    "Berlin", "Germany", "KING", "Rome", "Italy", "MAN", "x", "y", "z",
]  # fmt: skip
QUESTIONS = b""": family
king queen man woman
man woman king queen
boy girl man woman
three words only

king queen nosuchword woman
: capitals
Paris France Berlin Germany
Rome Italy Paris France
rome italy berlin germany
: empty
: gram1 mixed
x y boy girl
boy girl x z
"""
PAIRS = (
    b"# comment\nking\tqueen\t8.5\nboy\tnosuchword\t2\nman\tx\t1.0\nbad line\n\n"
    b"boy\tgirl\t9\ny\tz\t4\n"
)


@pytest.fixture
def wv():
    """Vectors with structure, so that some analogies come out right."""
    generator = np.random.default_rng(6)
    result = KeyedVectors(12)
    result.add_vectors(WORDS, generator.standard_normal((len(WORDS), 12)).astype(np.float32))
    for offset in ([("king", "queen"), ("man", "woman"), ("boy", "girl")],
                   [("Paris", "France"), ("Berlin", "Germany"), ("Rome", "Italy")]):  # fmt: skip
        step = generator.standard_normal(12) * 2
        for first, second in offset:
            result[second] = result[first] + step
    # Near a right answer, and a variant of a given word.
    result["KING"] = result["queen"] * 1.5 + generator.standard_normal(12) * 0.05
    return result


def slow_answer(wv, a, b, c, keys, multiply, case_insensitive):
    """First of the five best that is not a, b or c, one question at a time."""
    fold = str.upper if case_insensitive else str
    rows = {fold(key): row for row, key in reversed(list(enumerate(keys)))}
    units = wv.vectors[: len(keys)].astype(np.float64)
    units = units / np.linalg.norm(units, axis=1, keepdims=True)
    sims = [units @ units[rows[word]] for word in (a, b, c)]
    if multiply:
        sims = [(1 + sim) / 2 for sim in sims]
        scores = sims[1] * sims[2] / (sims[0] + 1e-6)
    else:
        scores = sims[1] + sims[2] - sims[0]
    candidates = [row for row in np.argsort(-scores) if row not in {rows[w] for w in (a, b, c)}]
    answers = [fold(keys[row]) for row in candidates[:5]]
    return next((answer for answer in answers if answer not in (a, b, c)), None)


@pytest.mark.parametrize("case_insensitive", [True, False])
@pytest.mark.parametrize("dummy4unknown", [True, False])
@pytest.mark.parametrize("multiply", [True, False])
@pytest.mark.parametrize("restrict", [None, 12, 300000])
@pytest.mark.parametrize("room", [1, 2**24])
def test_analogies(monkeypatch, wv, case_insensitive, dummy4unknown, multiply, restrict, room):
    monkeypatch.setattr(evaluation, "_SIMILARITIES", room)
    score, sections = wv.evaluate_word_analogies(
        io.BytesIO(QUESTIONS),
        restrict_vocab=restrict,
        case_insensitive=case_insensitive,
        dummy4unknown=dummy4unknown,
        similarity_function="most_similar_cosmul" if multiply else "most_similar",
    )
    keys = WORDS[:restrict]
    fold = str.upper if case_insensitive else str
    known = set(map(fold, keys))
    expected = []
    for line in QUESTIONS.decode().splitlines():
        if line.startswith(": "):
            expected.append({"section": line[2:], "correct": [], "incorrect": []})
            continue
        question = tuple(fold(word) for word in line.split())
        if len(question) != 4:
            continue
        if not known.issuperset(question):
            if dummy4unknown:
                expected[-1]["incorrect"].append(question)
            continue
        answer = slow_answer(wv, *question[:3], keys, multiply, case_insensitive)
        expected[-1]["correct" if answer == question[3] else "incorrect"].append(question)
    assert sections[:-1] == expected
    correct = [question for section in expected for question in section["correct"]]
    incorrect = [question for section in expected for question in section["incorrect"]]
    assert sections[-1] == {
        "section": "Total accuracy", "correct": correct, "incorrect": incorrect
    }  # fmt: skip
    assert score == len(correct) / (len(correct) + len(incorrect))


def test_some_analogies_are_right_and_some_wrong(wv):
    score, sections = wv.evaluate_word_analogies(io.BytesIO(QUESTIONS))
    assert 0 < score < 1
    assert ("KING", "QUEEN", "MAN", "WOMAN") in sections[0]["correct"]


def test_other_similarity_functions_are_really_called(wv):
    asked = []

    def spy(positive, negative, topn, restrict_vocab):
        asked.append((positive, negative, topn, restrict_vocab))
        return wv.most_similar(positive, negative, topn, restrict_vocab=restrict_vocab)

    found = wv.evaluate_word_analogies(io.BytesIO(QUESTIONS), 50, similarity_function=spy)
    assert found == wv.evaluate_word_analogies(io.BytesIO(QUESTIONS), 50)
    assert asked[0] == (["queen", "man"], ["king"], 5, 50)

    class Mine(KeyedVectors):
        def backwards(self, **options):
            return self.most_similar(**options)[::-1]

    mine = Mine(12)
    mine.add_vectors(WORDS, wv.vectors)
    other = mine.evaluate_word_analogies(io.BytesIO(QUESTIONS), similarity_function="backwards")
    assert other != found


@pytest.mark.parametrize("name", ["most_similar", "most_similar_cosmul"])
@pytest.mark.parametrize("where", ["subclass", "class", "object"])
def test_an_overridden_query_answers_the_questions(name, where, wv, monkeypatch):
    def nothing(*args, **options):
        return [("NOTHING", 1.0)]

    if where == "subclass":
        wv.__class__ = type("Own", (KeyedVectors,), {name: nothing})
    else:
        monkeypatch.setattr(KeyedVectors if where == "class" else wv, name, nothing)
    score, _ = wv.evaluate_word_analogies(io.BytesIO(QUESTIONS), similarity_function=name)
    assert score == 0.0


def test_an_overridden_similarity_judges_the_pairs(wv):
    wv.__class__ = type("Own", (KeyedVectors,), {"similarity": lambda self, a, b: len(b) - len(a)})
    pairs = b"king\tqueen\t8\nwoman\tman\t1\nx\tFrance\t3\n"
    pearson, *_ = wv.evaluate_word_pairs(io.BytesIO(pairs), case_insensitive=False)
    assert pearson[0] == pytest.approx(np.corrcoef([1, -2, 5], [8, 1, 3])[0, 1])


def test_product_scores_equal_the_single_queries(wv):
    batched = wv.evaluate_word_analogies(
        io.BytesIO(QUESTIONS), similarity_function="most_similar_cosmul"
    )
    single = wv.evaluate_word_analogies(
        io.BytesIO(QUESTIONS), similarity_function=wv.most_similar_cosmul
    )
    assert batched == single


@pytest.mark.parametrize("function", ["nothing_like_it", "vector_size", None, 3])
def test_unknown_similarity_functions_are_refused(wv, function):
    with pytest.raises(ParameterError, match="similarity_function"):
        wv.evaluate_word_analogies(io.BytesIO(QUESTIONS), similarity_function=function)


def test_a_question_before_the_first_section_is_an_error(wv):
    with pytest.raises(ValueError, match="Missing section header before line #1 in"):
        wv.evaluate_word_analogies(io.BytesIO(b"king queen man woman\n"))
    with pytest.raises(FormatError, match="no section header"):
        wv.evaluate_word_analogies(io.BytesIO(b""))
    with pytest.raises(UnicodeDecodeError):
        wv.evaluate_word_analogies(io.BytesIO(b": s\n\xff b c d\n"))


def test_no_known_question_scores_zero(wv):
    score, sections = wv.evaluate_word_analogies(io.BytesIO(b": s\nq r s t\n"))
    assert score == 0
    assert sections[-1] == {"section": "Total accuracy", "correct": [], "incorrect": []}


def test_keys_that_are_not_text_do_not_disturb():
    wv = KeyedVectors(4, count=9)
    words = ["king", "queen", "man", "woman", 7, b"x", ("a", 1)]
    wv.add_vectors(words, np.random.default_rng(0).standard_normal((7, 4)))
    wv["woman"] = wv["man"] + wv["queen"] - wv["king"]
    _, sections = wv.evaluate_word_analogies(io.BytesIO(b": s\nking queen man woman\n"))
    assert sum(len(sections[0][outcome]) for outcome in ("correct", "incorrect")) == 1
    wv.evaluate_word_pairs(io.BytesIO(b"king\tqueen\t1\nman\twoman\t2\nking\tman\t5\n"))


def test_zero_vectors_are_no_answers_by_nan(wv):
    wv["z"] = np.zeros(12)
    score, _ = wv.evaluate_word_analogies(io.BytesIO(QUESTIONS))
    assert 0 < score < 1


def test_progress_is_logged(wv, caplog):
    with caplog.at_level(logging.INFO):
        wv.evaluate_word_analogies(io.BytesIO(QUESTIONS))
        wv.evaluate_word_pairs(io.BytesIO(PAIRS))
    assert "family: " in caplog.text
    assert "Total accuracy: " in caplog.text
    assert "Skipping invalid line #5" in caplog.text
    assert "Spearman rank-order correlation coefficient" in caplog.text


# ---- pairs -----------------------------------------------------------------


def ranks(values):
    order = np.argsort(values)
    result = np.empty(len(values))
    result[order] = np.arange(len(values))
    return result


@pytest.mark.parametrize("dummy4unknown", [True, False])
def test_pairs(wv, dummy4unknown):
    pearson, spearman, unknown = wv.evaluate_word_pairs(
        io.BytesIO(PAIRS), dummy4unknown=dummy4unknown
    )
    judged = [8.5, 2.0, 1.0, 9.0, 4.0]
    pairs = [("king", "queen"), None, ("man", "x"), ("boy", "girl"), ("y", "z")]
    computed = [wv.similarity(*pair) if pair else 0.0 for pair in pairs]
    if not dummy4unknown:
        del judged[1], computed[1]
    assert_allclose(pearson[0], np.corrcoef(judged, computed)[0, 1], rtol=1e-6)
    assert_allclose(spearman.statistic, np.corrcoef(ranks(judged), ranks(computed))[0, 1])
    assert unknown == 20


def test_pairs_in_another_form(wv):
    text = "king;queen;1\nboy;girl;2\nñ;x;3\nman;woman;4\n".encode("latin1")
    found = wv.evaluate_word_pairs(io.BytesIO(text), delimiter=";", encoding="latin1")
    assert found[2] == 25
    with pytest.raises(UnicodeDecodeError):
        wv.evaluate_word_pairs(io.BytesIO(text), delimiter=";")
    assert wv.evaluate_word_pairs(io.BytesIO(PAIRS), case_insensitive=False)[2] == 20
    assert wv.evaluate_word_pairs(io.BytesIO(PAIRS.upper()), case_insensitive=True)[2] == 20


def test_no_known_pair_is_an_error(wv):
    for text in (b"", b"q\tr\t1\n"):
        with pytest.raises(ValueError, match="No valid similarity judgements"):
            wv.evaluate_word_pairs(io.BytesIO(text))
    with pytest.raises(ParameterError, match="No valid"):
        wv.evaluate_word_pairs(io.BytesIO(PAIRS), restrict_vocab=1)


def test_a_missing_scipy_is_named(wv, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingDependencyError, match="scipy") as caught:
        wv.evaluate_word_pairs(io.BytesIO(PAIRS))
    assert isinstance(caught.value, ImportError)


# ---- gensim ----------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"case_insensitive": False}, {"dummy4unknown": True}])
def test_gensim_gives_the_same_scores(tmp_path, wv, options):
    gensim = pytest.importorskip("gensim.models", reason="compares with an installed gensim")
    peer = gensim.KeyedVectors(12)
    peer.add_vectors(WORDS, wv.vectors)
    (tmp_path / "q").write_bytes(QUESTIONS)
    (tmp_path / "p").write_bytes(PAIRS)
    path = str(tmp_path / "q")
    assert wv.evaluate_word_analogies(path, **options) == peer.evaluate_word_analogies(
        path, **options
    )
    ours = wv.evaluate_word_pairs(tmp_path / "p", **options)
    theirs = peer.evaluate_word_pairs(str(tmp_path / "p"), **options)
    assert_allclose(ours[0], theirs[0], rtol=1e-5)
    assert_allclose(ours[1], theirs[1], rtol=1e-5)
    assert ours[2] == theirs[2]


# ---- data sets -------------------------------------------------------------


def test_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("WORD2VEC_DATA", str(tmp_path))
    assert cache_dir() == tmp_path
    monkeypatch.delenv("WORD2VEC_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    assert cache_dir() == tmp_path / ".cache" / "word2vec"
    found = types.SimpleNamespace(user_cache_path=lambda name, appauthor: tmp_path / "os" / name)
    monkeypatch.setitem(sys.modules, "platformdirs", found)
    assert cache_dir() == tmp_path / "os" / "word2vec"


def test_data_sets_are_found_without_importing_gensim(monkeypatch, tmp_path):
    package = tmp_path / "site" / "gensim"
    (package / "test" / "test_data").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "test" / "test_data" / "simlex999.txt").write_text("")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    for name in [name for name in sys.modules if name.partition(".")[0] == "gensim"]:
        monkeypatch.delitem(sys.modules, name)
    cache = tmp_path / "cache"
    monkeypatch.setenv("WORD2VEC_DATA", str(cache))
    assert find_dataset("wordsim353.tsv") is None
    assert find_dataset("simlex999.txt") == package / "test" / "test_data" / "simlex999.txt"
    cache.mkdir()
    (cache / "simlex999.txt").write_text("")
    assert find_dataset("simlex999.txt") == cache / "simlex999.txt"
    monkeypatch.setattr(sys, "path", [])
    sys.path_importer_cache.clear()
    assert find_dataset("wordsim353.tsv") is None
