"""Similarity queries, against plain float64 formulas and against gensim."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from vector_cases import make

from word2vec.errors import MissingKeyError, ParameterError
from word2vec.vectors.arrays import largest, unit
from word2vec.vectors.keyed_vectors import KeyedVectors

N, SIZE = 60, 8
KEYS = [f"w{row}" for row in range(N)]
VECTORS = np.random.default_rng(4).standard_normal((N, SIZE)).astype(np.float32)
ATOL = 3e-6  # a few float32 roundings of numbers up to 1


@pytest.fixture
def wv():
    result = KeyedVectors(SIZE)
    result.add_vectors(KEYS, VECTORS)
    return result


def cosines(vector):
    """Float64 cosines of all rows with `vector`; 0 for zero vectors."""
    rows, vector = VECTORS.astype(np.float64), np.asarray(vector, np.float64)
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(vector)
    return np.divide(rows @ vector, lengths, out=np.zeros(len(rows)), where=lengths > 0)


def normed(key):
    row = VECTORS[KEYS.index(key)].astype(np.float64)
    return row / np.linalg.norm(row)


def ranking(scores, excluded=(), topn=10):
    rows = [row for row in np.argsort(-scores, kind="stable") if KEYS[row] not in excluded]
    return [(KEYS[row], scores[row]) for row in rows[:topn]]


def assert_ranked(found, expected, atol=ATOL):
    assert [key for key, _ in found] == [key for key, _ in expected]
    assert_allclose([score for _, score in found], [score for _, score in expected], atol=atol)
    assert all(type(score) is float for _, score in found)


# ---- most_similar ----------------------------------------------------------


def test_neighbours_of_a_key(wv):
    expected = ranking(cosines(normed("w3")), ["w3"])
    for found in (
        wv.most_similar("w3"),
        wv.most_similar(["w3"]),
        wv.most_similar(positive=("w3",)),
        wv.most_similar([("w3", 2.5)]),
        wv.most_similar(3),
        wv.most_similar(np.int64(3)),
        wv.similar_by_key("w3"),
        wv.similar_by_word("w3"),
    ):
        assert_ranked(found, expected)


def test_neighbours_of_a_vector_include_its_own_key(wv):
    expected = ranking(cosines(VECTORS[3]))
    assert expected[0][0] == "w3"
    assert_ranked(wv.similar_by_vector(VECTORS[3]), expected)
    assert_ranked(wv.similar_by_vector(VECTORS[3].tolist()), expected)
    assert_ranked(wv.similar_by_vector(VECTORS[3] * 100), expected)
    assert_ranked(wv.most_similar(VECTORS[3]), expected)
    assert_ranked(wv.most_similar([VECTORS[3]]), expected)


def test_sums_and_differences(wv):
    direction = normed("w1") + 0.5 * normed("w2") - normed("w9") - 2 * VECTORS[5]
    found = wv.most_similar(["w1", ("w2", 0.5)], ["w9", (VECTORS[5], -2)], topn=7)
    assert_ranked(found, ranking(cosines(direction), ["w1", "w2", "w9"], 7))
    found = wv.most_similar(negative="w4")
    assert_ranked(found, ranking(cosines(-normed("w4")), ["w4"]))
    found = wv.most_similar(VECTORS[:3])  # a matrix is a list of vectors
    assert_ranked(found, ranking(cosines(VECTORS[:3].sum(axis=0))))


def test_a_key_and_its_unit_vector_give_exactly_the_same(wv):
    found = wv.most_similar([wv.get_vector("w3", norm=True)], topn=11)
    assert found[0][0] == "w3"
    assert found[1:] == wv.most_similar("w3", topn=10)


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({"clip_start": 10}, slice(10, None)),
        ({"clip_start": 10, "clip_end": 30}, slice(10, 30)),
        ({"clip_end": -5}, slice(None, -5)),
        ({"restrict_vocab": 20}, slice(20)),
        ({"restrict_vocab": 20, "clip_start": 30, "clip_end": 50}, slice(20)),
        ({"restrict_vocab": 10**6}, slice(None)),
        ({"restrict_vocab": 0}, slice(None)),  # as gensim has it: no restriction
        ({"restrict_vocab": 0, "clip_start": 30, "clip_end": 50}, slice(30, 50)),
    ],
)
def test_the_range_searched(wv, options, rows):
    everything = cosines(normed("w3"))
    assert_allclose(wv.most_similar("w3", topn=None, **options), everything[rows], atol=ATOL)
    allowed = set(KEYS[rows]) - {"w3"}
    expected = [item for item in ranking(everything, topn=N) if item[0] in allowed]
    assert_ranked(wv.most_similar("w3", topn=N, **options), expected)


@pytest.mark.parametrize("topn", [-1, 0, 1, 5, N - 1, N, 10 * N, np.int64(4)])
def test_topn(wv, topn):
    found = wv.most_similar("w3", topn=topn)
    assert_ranked(found, ranking(cosines(normed("w3")), ["w3"], max(0, int(topn))))
    assert len(wv.most_similar_cosmul("w3", topn=topn)) == max(0, min(N - 1, int(topn)))
    assert len(wv.most_similar_batch(["w3"], topn=topn)[0]) == max(0, min(N - 1, int(topn)))


def test_topn_none_gives_every_similarity_in_index_order(wv):
    for found in (
        wv.most_similar("w3", topn=None),
        wv.similar_by_word("w3", topn=None),
        wv.similar_by_vector(VECTORS[3], topn=None),
    ):
        assert found.dtype == np.float32
        assert_allclose(found, cosines(VECTORS[3]), atol=ATOL)


def test_an_indexer_answers_instead(wv):
    class Indexer:
        def most_similar(self, vector, topn):
            return vector, topn

    vector, topn = wv.most_similar(["w3"], topn=4, indexer=Indexer())
    assert_allclose(vector, normed("w3"), atol=ATOL)
    assert topn == 4
    assert wv.most_similar("w3", topn=None, indexer=Indexer()).shape == (N,)


def test_nothing_given_is_an_error(wv):
    for arguments in ((), ([],), (None, [])):
        with pytest.raises(ValueError, match="cannot compute mean with no input"):
            wv.most_similar(*arguments)
        with pytest.raises(ValueError, match="cannot compute similarity with no input"):
            wv.most_similar_cosmul(*arguments)


@pytest.mark.parametrize("key", ["zz", N, -1, ("a", "b")])
def test_missing_keys_are_named(wv, key):
    with pytest.raises(KeyError) as caught:
        wv.most_similar([key, "w1"])
    assert isinstance(caught.value, MissingKeyError)
    assert str(caught.value) == f"Key '{key}' not present in vocabulary"
    for query in (
        lambda: wv.most_similar_cosmul([key]),
        lambda: wv.most_similar_batch(["w1", key]),
        lambda: wv.similarity("w1", key),
        lambda: wv.distance(key, "w1"),
        lambda: wv.distances("w1", [key]),
        lambda: wv.rank("w1", key),
        lambda: wv.closer_than(key, "w1"),
        lambda: wv.most_similar_to_given("w1", [key]),
        lambda: wv.relative_cosine_similarity("w1", key),
    ):
        with pytest.raises(KeyError, match="not present"):
            query()


@pytest.mark.parametrize(
    "vector",
    [np.ones(SIZE + 1), np.ones((2, SIZE, 1)), np.full(SIZE, np.nan), np.full(SIZE, np.inf)],
)
def test_vectors_must_fit_and_be_finite(wv, vector):
    for query in (
        lambda: wv.similar_by_vector(vector),
        lambda: wv.most_similar_cosmul([vector]),
        lambda: wv.most_similar_batch([vector]),
        lambda: wv.distances(vector),
        lambda: wv.get_mean_vector([vector]),
    ):
        with pytest.raises(ParameterError, match="a vector"):
            query()


# ---- zero vectors, nan, ties -----------------------------------------------


def test_zero_vectors_are_similar_to_nothing(wv):
    wv["w3"] = np.zeros(SIZE)
    similarities = wv.most_similar("w1", topn=None)
    assert similarities[3] == 0
    assert np.isfinite(similarities).all()
    assert not wv.most_similar("w3", topn=None).any()
    assert len(wv.most_similar("w3")) == 10
    assert wv.similarity("w3", "w1") == wv.similarity("w3", "w3") == 0
    assert wv.distances("w1")[3] == 1
    assert (wv.distances("w3") == 1).all()
    assert wv.n_similarity(["w3"], ["w1"]) == 0
    assert wv.relative_cosine_similarity("w3", "w1") == 0
    assert np.isfinite([score for _, score in wv.most_similar_cosmul("w3")]).all()
    assert not wv.cosine_similarities(np.zeros(SIZE), VECTORS).any()
    assert wv.cosine_similarities(VECTORS[0], wv.vectors)[3] == 0
    assert wv.doesnt_match(["w3", "w3"]) == "w3"


def test_rows_with_nan_come_last(wv):
    wv["w3"] = np.full(SIZE, np.nan)
    found = wv.most_similar("w1", topn=N)
    assert [key for key, score in found if np.isnan(score)] == ["w3"] == [found[-1][0]]
    expected = [item for item in ranking(cosines(normed("w1")), ["w1"], N) if item[0] != "w3"]
    assert_ranked(found[:-1], expected)


def test_ties_come_in_index_order():
    wv = KeyedVectors(2)
    wv.add_vectors(list("abcdef"), [[1, 0]] * 6)
    assert [key for key, _ in wv.most_similar("c", topn=3)] == ["a", "b", "d"]


@given(
    st.lists(st.sampled_from([-np.inf, -1.0, 0.0, 0.5, 1.0, np.nan]), max_size=20),
    st.integers(0, 25),
    st.sampled_from([1, 1, 100]),
)
@settings(deadline=None)
def test_the_largest_are_found(values, n, repeat):
    values = np.array(values * repeat, dtype=np.float32)
    keyed = [(-value if not np.isnan(value) else np.inf, row) for row, value in enumerate(values)]
    assert largest(values, n).tolist() == [row for _, row in sorted(keyed)][:n]


# ---- cosmul and batches ----------------------------------------------------


def test_products_of_similarities(wv):
    positive, negative = ["w1", VECTORS[2] * 9], ["w4"]
    scores = (1 + cosines(normed("w1"))) / 2 * (1 + cosines(VECTORS[2])) / 2
    scores /= (1 + cosines(normed("w4"))) / 2 + 1e-6
    found = wv.most_similar_cosmul(positive, negative)
    assert_ranked(found, ranking(scores, ["w1", "w4"]), 1e-4)
    assert_allclose(wv.most_similar_cosmul(positive, negative, topn=None), scores, rtol=1e-5)
    alone = wv.most_similar_cosmul(negative=["w1", "w4"], topn=None)
    products = (1 + cosines(normed("w1"))) / 2 * (1 + cosines(normed("w4"))) / 2
    assert_allclose(alone, 1 / (products + 1e-6), rtol=1e-4)


def test_products_respect_the_restriction(wv):
    found = wv.most_similar_cosmul("w1", topn=N, restrict_vocab=15)
    assert {key for key, _ in found} == set(KEYS[:15]) - {"w1"}


def test_batches_give_what_single_queries_give(wv):
    asked = ["w1", 5, VECTORS[9] * 3, "w1"]
    found = wv.most_similar_batch(asked, topn=6)
    assert len(found) == 4
    for answer, query in zip(found, asked, strict=True):
        assert_ranked(answer, wv.most_similar([query], topn=6))
    found = wv.most_similar_batch(VECTORS[:7], topn=3, restrict_vocab=20)
    for answer, query in zip(found, VECTORS, strict=False):
        assert_ranked(answer, wv.most_similar([query], topn=3, restrict_vocab=20))
    assert wv.most_similar_batch([]) == []
    assert wv.most_similar_batch(["w1", "w2"], topn=0) == [[], []]
    assert len(wv.most_similar_batch(["w1"], topn=10 * N)[0]) == N - 1
    assert_ranked(wv.most_similar_batch("w1")[0], wv.most_similar("w1"))


# ---- similarities ----------------------------------------------------------


def test_similarities_and_distances(wv):
    expected = cosines(normed("w1"))
    assert type(wv.similarity("w1", "w2")) is np.float32
    assert_allclose(wv.similarity("w1", "w2"), expected[2], atol=ATOL)
    assert_allclose(wv.distance("w1", "w2"), 1 - expected[2], atol=ATOL)
    assert_allclose(wv.distances("w1"), 1 - expected, atol=ATOL)
    assert_allclose(wv.distances(VECTORS[1]), 1 - expected, atol=ATOL)
    assert_allclose(wv.distances("w1", ["w9", "w2"]), 1 - expected[[9, 2]], atol=ATOL)
    assert_allclose(wv.cosine_similarities(VECTORS[1], VECTORS), expected, atol=ATOL)
    assert_allclose(KeyedVectors.cosine_similarities([1, 0], [[2, 0], [3, 4]]), [1, 0.6])


def test_similarities_of_lists(wv):
    mean = [VECTORS[[1, 2]].mean(axis=0), VECTORS[[5]].mean(axis=0)]
    expected = mean[0] @ mean[1] / np.linalg.norm(mean[0]) / np.linalg.norm(mean[1])
    assert_allclose(wv.n_similarity(["w1", "w2"], ["w5", "zz"]), expected, atol=ATOL)
    assert wv.n_similarity(["w1"], ["w2"]) == wv.similarity("w1", "w2")
    assert wv.n_similarity(["zz"], ["w1"]) == 0
    letters = make(["a", "b", "c", "ab"])
    assert letters.n_similarity("ab", "c") == letters.n_similarity(["a", "b"], ["c"])
    assert letters.n_similarity("ab", "c") != letters.n_similarity(["ab"], ["c"])
    for lists in (([], ["w1"]), (["w1"], [])):
        with pytest.raises(ZeroDivisionError, match="At least one of the passed list is empty"):
            wv.n_similarity(*lists)


def test_relative_similarity(wv):
    total = sum(score for _, score in ranking(cosines(normed("w1")), ["w1"], 4))
    expected = cosines(normed("w1"))[2] / total
    assert_allclose(wv.relative_cosine_similarity("w1", "w2", topn=4), expected, atol=ATOL)


def test_comparisons(wv):
    expected = ranking(cosines(normed("w1")), ["w1"], N)
    position = [key for key, _ in expected].index("w2")
    assert set(wv.closer_than("w1", "w2")) == {key for key, _ in expected[:position]}
    assert wv.rank("w1", "w2") == position + 1
    assert wv.rank("w1", expected[0][0]) == 1
    assert wv.most_similar_to_given("w1", ["w2", expected[0][0], "w5"]) == expected[0][0]
    with pytest.raises(ValueError, match="empty"):
        wv.most_similar_to_given("w1", [])


def test_the_odd_one_out(wv, caplog):
    wv["w1"], wv["w2"], wv["w3"] = np.eye(3, SIZE)[[0, 0, 1]] + 0.1
    with caplog.at_level(logging.WARNING):
        assert wv.doesnt_match(["w1", "w3", "w2"]) == "w3"
        assert not caplog.records
        assert wv.doesnt_match(("w1", "zz", "w2", "w3")) == "w3"
        assert "zz" in caplog.text
    for words in ([], ["zz"]):
        with pytest.raises(ValueError, match="cannot select a word from an empty list"):
            wv.doesnt_match(words)


def test_mean_vectors(wv):
    mean = (2 * normed("w1") - normed("w2")) / 3
    assert_allclose(wv.get_mean_vector(["w1", "zz", "w2"], [2, 5, -1]), mean, atol=ATOL)
    mean = VECTORS[[1, 2]].mean(axis=0)
    assert_allclose(wv.get_mean_vector(["w1", "w2"], pre_normalize=False), mean, atol=ATOL)
    found = wv.get_mean_vector(["w1", "w2"], pre_normalize=False, post_normalize=True)
    assert_allclose(found, mean / np.linalg.norm(mean), atol=ATOL)
    assert_allclose(wv.get_mean_vector("w1"), normed("w1"), atol=ATOL)
    assert_array_equal(wv.get_mean_vector(["zz"]), np.zeros(SIZE))
    with pytest.raises(KeyError, match="Key 'zz' not present in vocabulary"):
        wv.get_mean_vector(["w1", "zz"], ignore_missing=False)
    with pytest.raises(ValueError, match="cannot compute mean with no input"):
        wv.get_mean_vector([])
    with pytest.raises(ValueError, match="keys and weights array must have same number"):
        wv.get_mean_vector(["w1"], weights=[1, 2])


def test_queries_change_nothing(wv):
    before = wv.vectors.copy()
    wv.most_similar("w1")
    wv.similar_by_vector(wv["w1"])
    wv.most_similar_cosmul(["w1"], ["w2"])
    wv.most_similar_batch(["w1"])
    assert_array_equal(wv.vectors, before)
    unit(before[0])[:] = 0
    assert before[0].all()


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_float_types_answer_too(dtype):
    other = KeyedVectors(SIZE, dtype=dtype)
    other.add_vectors(KEYS, VECTORS)
    atol = 0.01 if dtype == np.float16 else ATOL
    assert_allclose(other.most_similar("w3", topn=None), cosines(VECTORS[3]), atol=atol)
    assert other.most_similar_batch(["w3"], topn=1)[0][0][0] == other.most_similar("w3")[0][0]
    assert len(other.most_similar_cosmul("w3", topn=3)) == 3


# ---- gensim ----------------------------------------------------------------

QUERIES = [
    "most_similar('w3')", "most_similar(['w1', ('w2', .5)], ['w9'], topn=7)",
    "most_similar('w1', [('w2', .5), ('w3', -1), 'w9'])",
    "most_similar('w1', topn=None)", "most_similar('w5', clip_start=10, clip_end=50)",
    "most_similar('w5', restrict_vocab=20)", "most_similar([VECTORS[3], 'w1'])",
    "most_similar(VECTORS[:3])", "most_similar(3)", "most_similar([4, 'w3'])",
    "most_similar_cosmul(['w1', 'w2'], ['w4'])", "most_similar_cosmul('w1', topn=None)",
    "similarity('w1', 'w2')", "distance('w1', 'w2')", "distances('w1')",
    "distances(VECTORS[3], ['w1', 'w9'])", "n_similarity(['w1', 'w2'], ['w5', 'zz'])",
    "n_similarity('w1', ['w2'])",
    "relative_cosine_similarity('w1', 'w2')", "rank('w1', 'w2')", "closer_than('w1', 'w2')",
    "get_mean_vector(['w1', VECTORS[2], 'zz'], [1, 2, -.5])", "get_normed_vectors()",
    "get_vector('w1', norm=True)", "cosine_similarities(VECTORS[1], VECTORS)",
    "doesnt_match(['w1', 'w2', 'w3', 'w44'])", "most_similar_to_given('w1', ['w2', 'w3'])",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")  # inside gensim
@pytest.mark.parametrize("query", QUERIES)
def test_gensim_gives_the_same_answers(wv, query):
    gensim = pytest.importorskip("gensim.models", reason="compares with an installed gensim")
    peer = gensim.KeyedVectors(SIZE)
    peer.add_vectors(KEYS, VECTORS)
    ours, theirs = (eval(f"kv.{query}", {"kv": kv, "VECTORS": VECTORS}) for kv in (wv, peer))
    if isinstance(theirs, list) and theirs and isinstance(theirs[0], tuple):
        assert_ranked(ours, theirs)
    elif isinstance(theirs, str | list):
        assert ours == theirs
    else:
        assert_allclose(ours, theirs, atol=ATOL)
