"""KeyedVectors as a store: rows, keys, attributes."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from vector_cases import check_consistent, make

from word2vec.errors import MissingKeyError, ParameterError, ParameterTypeError
from word2vec.vectors.arrays import fill_random
from word2vec.vectors.keyed_vectors import KeyedVectors

GENSIM_ATTRIBUTES = {
    "vector_size", "index_to_key", "next_index", "key_to_index", "vectors", "norms", "expandos",
    "mapfile_path",
}  # fmt: skip


# ---- look-up ---------------------------------------------------------------


def test_the_instance_dictionary_has_gensims_names():
    wv = make()
    assert set(wv.__dict__) == GENSIM_ATTRIBUTES
    wv.add_vector("d", np.ones(4))
    wv.most_similar("a")
    assert set(wv.__dict__) == GENSIM_ATTRIBUTES


def test_indexing():
    wv = make()
    assert_array_equal(wv["b"], wv.vectors[1])
    assert_array_equal(wv[["b", "a", "b"]], wv.vectors[[1, 0, 1]])
    assert_array_equal(wv[1], wv.vectors[1])
    assert_array_equal(wv[np.int64(1)], wv.vectors[1])
    assert wv[["a"]].shape == (1, 4)
    assert len(wv) == 3
    assert ("a" in wv, "z" in wv, 2 in wv, 3 in wv, -1 in wv) == (True, False, True, False, False)
    assert str(wv) == "KeyedVectors<vector_size=4, 3 keys>"


def test_a_list_of_keys_gives_a_copy_and_a_key_a_read_only_view():
    wv = make()
    wv[["a", "b"]][:] = 0
    assert wv.vectors.all()
    for vector in (wv["a"], wv.get_vector("a"), wv.get_vector("a", norm=True)):
        with pytest.raises(ValueError, match="assignment destination is read-only"):
            vector[0] = 1
    wv.vectors[0] = 7  # the view sees it, the matrix stays writable
    assert_array_equal(wv["a"], [7] * 4)


@pytest.mark.parametrize("key", ["zz", 3, -1, b"a", ("a", "zz")])
def test_missing_keys_are_named(key):
    wv = make()
    with pytest.raises(KeyError, match="not present") as caught:
        wv[key]
    assert isinstance(caught.value, MissingKeyError)
    if not isinstance(key, tuple):
        assert str(caught.value) == f"Key '{key}' not present"


def test_empty_lists_have_no_vectors():
    with pytest.raises(ValueError, match="at least one key"):
        make()[[]]


def test_get_index():
    wv = make()
    assert wv.get_index("b") == 1
    assert wv.get_index(2) == 2
    assert wv.get_index("zz", 9) == 9
    assert wv.get_index("zz", default=-1) == -1
    assert wv.has_index_for("b")
    with pytest.raises(KeyError, match="Key 'zz' not present"):
        wv.get_index("zz")


def test_int_keys_are_keys_first_and_rows_second():
    wv = KeyedVectors(1)
    wv.add_vectors([2, 7, 0], [[0.0], [1.0], [2.0]])
    assert [wv.get_index(key) for key in (2, 7, 0, 1)] == [0, 1, 2, 1]
    assert 3 not in wv


def test_bytes_and_tuples_are_keys():
    wv = KeyedVectors(1)
    wv.add_vectors([b"x", ("new", "york"), "a"], [[0.0], [1.0], [2.0]])
    assert wv[b"x"] == [0]
    assert wv["new", "york"] == [1]
    assert_array_equal(wv["a", b"x"], [[2], [0]])  # no key, so a tuple of keys
    assert wv.most_similar(("new", "york"), topn=1)[0][0] == "a"


@pytest.mark.parametrize("size", [0, -1, 1.5, 2**21])
def test_impossible_sizes_are_refused(size):
    with pytest.raises(ParameterError, match="vector_size"):
        KeyedVectors(size)
    assert KeyedVectors(10.0).vectors.shape == (0, 10)


# ---- norms -----------------------------------------------------------------


def test_norms_follow_every_change():
    wv = make()
    check_consistent(wv)
    wv.add_vector("d", [3, 4, 0, 0])
    check_consistent(wv)
    wv["a"] = np.full(4, 9.0)
    check_consistent(wv)
    wv.add_vectors(["b", "e"], np.eye(2, 4), replace=True)
    check_consistent(wv)
    wv.vectors = wv.vectors * 2
    assert wv.norms is None
    check_consistent(wv)
    wv.vectors[:] = 1
    wv.vectors_changed()
    check_consistent(wv)
    wv.index_to_key.append("f")
    wv.key_to_index["f"] = 5
    wv.resize_vectors()
    check_consistent(wv)
    wv.allocate_vecattrs(["count"], [int])
    wv.expandos["count"][:] = [1, 2, 3, 4, 5, 6]
    wv.sort_by_descending_frequency()
    check_consistent(wv)


def test_fill_norms_with_force_sees_changed_rows():
    wv = make()
    wv.fill_norms()
    wv.vectors[0] = 5
    wv.fill_norms()
    assert wv.norms[0] != 10
    wv.fill_norms(force=True)
    assert wv.norms[0] == 10


def test_unit_vectors():
    wv = make()
    expected = wv.vectors / np.linalg.norm(wv.vectors, axis=1, keepdims=True)
    assert_allclose(wv.get_normed_vectors(), expected, rtol=1e-6)
    assert_allclose(wv.get_vector("b", norm=True), expected[1], rtol=1e-6)
    wv["a"] = np.zeros(4)
    assert not wv.get_normed_vectors()[0].any()
    assert not wv.get_vector("a", norm=True).any()


def test_lengths_neither_overflow_nor_vanish():
    wv = KeyedVectors(2)
    wv.add_vectors(["big", "small"], np.array([[1e30, 0], [1e-30, 0]], np.float32))
    assert_allclose(wv.get_normed_vectors(), [[1, 0], [1, 0]])
    assert wv.similarity("big", "small") == 1


# ---- adding ----------------------------------------------------------------


def test_add_vector_gives_the_row():
    wv = make()
    assert wv.add_vector("d", [1, 2, 3, 4]) == 3
    assert wv.add_vector("b", [9, 9, 9, 9]) == 1  # there already: kept
    assert_array_equal(wv["d"], [1, 2, 3, 4])
    assert 9 not in wv["b"]
    check_consistent(wv)


def test_existing_keys_are_kept_or_replaced():
    wv = make()
    old = wv.vectors.copy()
    new = np.arange(8.0).reshape(2, 4)
    wv.add_vectors(["b", "d"], new)
    assert_array_equal(wv.vectors, [*old, new[1]])
    wv.add_vectors(["b", "d"], new + 1, replace=True)
    assert_array_equal(wv[["b", "d"]], new + 1)
    assert wv.index_to_key == ["a", "b", "c", "d"]
    check_consistent(wv)


@pytest.mark.parametrize(("replace", "winner"), [(False, 0), (True, 2)])
def test_a_key_given_twice_has_one_row(replace, winner):
    wv = make()
    rows = np.arange(12.0).reshape(3, 4)
    wv.add_vectors(["d", "e", "d"], rows, extras={"n": [1, 2, 3]}, replace=replace)
    assert wv.index_to_key == ["a", "b", "c", "d", "e"]
    assert_array_equal(wv["d"], rows[winner])
    assert wv.get_vecattr("d", "n") == winner + 1
    check_consistent(wv)


def test_extras_become_attributes():
    wv = make()
    wv.add_vectors(["d", "e"], np.ones((2, 4)), extras={"count": np.array([5, 6])})
    assert_array_equal(wv.expandos["count"], [0, 0, 0, 5, 6])


def test_setting_items():
    wv = make()
    wv["d"] = [1, 2, 3, 4]
    wv[["a", "e"]] = np.ones((2, 4))
    wv[1] = np.full(4, 2.0)  # no key: the row of "b"
    assert wv.index_to_key == ["a", "b", "c", "d", "e"]
    assert_array_equal(wv[["a", "b", "d", "e"]], [[1] * 4, [2] * 4, [1, 2, 3, 4], [1] * 4])
    wv[77] = np.full(4, 3.0)
    assert wv.index_to_key[-1] == 77


def test_preallocated_rows_are_filled_first():
    wv = KeyedVectors(2, count=3)
    assert wv.vectors.shape == (3, 2)
    matrix = wv.vectors
    wv.add_vector("a", [1, 0])
    wv.add_vectors(["b", "c", "d"], [[1, 1], [0, 1], [2, 2]])
    assert wv.index_to_key == ["a", "b", "c", "d"]
    assert wv.next_index == 4
    assert_array_equal(matrix[0], [1, 0])
    check_consistent(wv)


def test_rows_without_keys_are_never_answers():
    wv = KeyedVectors(2, count=5)
    wv.add_vectors(["a", "b", "c"], [[1, 0], [1, 1], [-1, 0]])
    assert [key for key, _ in wv.most_similar("a")] == ["b", "c"]
    assert [key for key, _ in wv.most_similar_batch(["a"])[0]] == ["b", "c"]
    assert None not in wv.closer_than("a", "c")


def test_adding_one_by_one_is_not_quadratic():
    wv = KeyedVectors(4)
    matrices = set()
    for row in range(2000):
        wv.add_vector(row, [row] * 4)
        wv.set_vecattr(row, "count", row)
        matrices.add(id(wv.vectors.base))
    assert len(matrices) < 60
    assert_array_equal(wv.vectors[:, 0], np.arange(2000))
    assert_array_equal(wv.expandos["count"], np.arange(2000))
    check_consistent(wv)


def test_spare_room_is_never_shared():
    wv = make("abcdefgh")
    wv.add_vector("i", [1] * 4)  # now there is spare room
    twin = copy.copy(wv)
    twin.index_to_key, twin.key_to_index = wv.index_to_key.copy(), wv.key_to_index.copy()
    wv.add_vector("j", [2] * 4)
    twin.add_vector("k", [3] * 4)
    assert_array_equal(wv["j"], [2] * 4)
    assert_array_equal(twin["k"], [3] * 4)
    whole = wv.vectors
    wv.vectors = whole[:5]
    del wv.index_to_key[5:]
    wv.key_to_index = {key: row for row, key in enumerate(wv.index_to_key)}
    wv.add_vector("l", [4] * 4)
    assert 4 not in whole


@pytest.mark.parametrize(
    "make_copy", [copy.copy, copy.deepcopy, lambda wv: pickle.loads(pickle.dumps(wv))]
)
def test_copies_are_whole(make_copy):
    wv = make()
    wv.set_vecattr("a", "count", 3)
    twin = make_copy(wv)
    assert twin.index_to_key == wv.index_to_key
    assert_array_equal(twin.vectors, wv.vectors)
    assert twin.get_vecattr("a", "count") == 3
    twin.vectors = twin.vectors * 2
    assert twin.most_similar("a") == wv.most_similar("a")


@pytest.mark.parametrize(
    ("keys", "weights", "extras"),
    [
        (["d", "e"], np.ones((1, 4)), None),
        (["d"], np.ones((1, 5)), None),
        (["d"], np.ones(4), None),
        (["d"], np.ones((2, 4)), None),
        ("d", np.ones(5), None),
        (["d"], np.ones((1, 4)), {"count": [1, 2]}),
    ],
)
def test_shapes_must_fit(keys, weights, extras):
    wv = make()
    with pytest.raises(ParameterError, match="shape"):
        wv.add_vectors(keys, weights, extras)
    with pytest.raises(ParameterError, match="shape"):
        wv.add_vector("d", np.ones(3))
    assert len(wv) == 3
    check_consistent(wv)


@pytest.mark.parametrize("key", [None, [1], {}])
def test_keys_must_be_hashable_and_something(key):
    wv = make()
    with pytest.raises(ParameterTypeError, match="key"):
        wv.add_vectors(["d", key], np.ones((2, 4)))
    assert len(wv) == 3


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans()), max_size=30))
@settings(deadline=None)
def test_any_order_of_additions_gives_what_a_dict_gives(steps):
    wv, expected = KeyedVectors(1), {}
    for number, (key, replace) in enumerate(steps):
        wv.add_vectors([key], [[number]], replace=replace)
        if replace or key not in expected:
            expected[key] = number
    assert wv.index_to_key == list(expected)
    assert wv.vectors[:, 0].tolist() == list(expected.values())


# ---- attributes ------------------------------------------------------------


def test_attributes():
    wv = make()
    wv.set_vecattr("b", "count", 3)
    wv.set_vecattr("c", "name", "x")
    wv.set_vecattr("c", "weight", 0.5)
    assert wv.get_vecattr("b", "count") == 3
    assert wv.get_vecattr("c", "name") == "x"
    assert wv.expandos["count"].dtype == np.int64
    assert_array_equal(wv.expandos["weight"], [0, 0, 0.5])
    wv.set_vecattr("b", "weight", 2)  # an int fits into a float
    wv.add_vector("d", np.ones(4))
    assert wv.get_vecattr("d", "count") == 0


def test_attributes_keep_their_type():
    wv = make()
    wv.set_vecattr("b", "count", 3)
    with pytest.raises(TypeError, match=r"Can't allocate type .* for attribute count, conflicts"):
        wv.set_vecattr("b", "count", 3.5)
    with pytest.raises(ParameterTypeError, match="conflicts with its existing type int64"):
        wv.add_vectors(["d"], np.ones((1, 4)), extras={"count": [0.5]})
    assert len(wv) == 3


def test_missing_attributes_and_keys_are_named():
    wv = make()
    with pytest.raises(KeyError, match="no attribute 'count'"):
        wv.get_vecattr("a", "count")
    with pytest.raises(KeyError, match="zz"):
        wv.get_vecattr("zz", "count")
    with pytest.raises(KeyError, match="zz"):
        wv.set_vecattr("zz", "count", 1)
    assert wv.expandos == {}


# ---- shape and order -------------------------------------------------------


def test_initial_values_are_uniform_and_reproducible(monkeypatch):
    matrix = np.empty((1000, 7), np.float32)
    fill_random(matrix, 3)
    expected = np.random.default_rng(3).random((1000, 7), dtype=np.float32)
    assert_array_equal(matrix, (expected * 2 - 1) / 7)
    pieces = np.empty_like(matrix)
    monkeypatch.setattr("word2vec.vectors.arrays.BLOCK", 30)  # odd pieces, same stream
    fill_random(pieces, 3)
    assert_array_equal(pieces, matrix)
    assert abs(matrix).max() <= 1 / 7


def test_resizing_keeps_old_rows():
    wv = make()
    old = wv.vectors.copy()
    wv.index_to_key += ["d", "e"]
    wv.resize_vectors(seed=5)
    again = make()
    again.index_to_key += ["d", "e"]
    again.resize_vectors(seed=5)
    assert_array_equal(wv.vectors[:3], old)
    assert_array_equal(wv.vectors, again.vectors)
    assert wv.vectors[3:].any()
    wv.index_to_key = wv.index_to_key[:2]
    wv.resize_vectors(seed=5)
    assert_array_equal(wv.vectors, old[:2])
    matrix = wv.vectors
    wv.resize_vectors(seed=6)
    assert wv.vectors is matrix


def test_gensim_has_the_same_initial_values_and_order():
    gensim = pytest.importorskip("gensim.models", reason="compares with an installed gensim")
    ours, peer = KeyedVectors(9), gensim.KeyedVectors(9)
    counts = [3, 1, 3, 7, 1]
    for wv in (ours, peer):
        wv.index_to_key = list("abcde")
        wv.key_to_index = {key: row for row, key in enumerate("abcde")}
        wv.resize_vectors(seed=11)
        wv.allocate_vecattrs(["count"], [int])
        wv.expandos["count"][:] = counts
        wv.sort_by_descending_frequency()
    assert ours.index_to_key == peer.index_to_key
    assert ours.key_to_index == peer.key_to_index
    assert_array_equal(ours.vectors, peer.vectors)
    assert_array_equal(ours.expandos["count"], peer.expandos["count"])


def test_sorting_moves_all_that_belongs_to_a_key():
    wv = make("abcd")
    wv.vectors_lockf = np.arange(4, dtype=np.float32)
    before = {key: (wv[key].copy(), wv.vectors_lockf[wv.get_index(key)]) for key in "abcd"}
    wv.allocate_vecattrs(["count", "name"], [int, str])
    wv.expandos["count"][:] = [2, 5, 2, 9]
    wv.expandos["name"][:] = list("ABCD")
    wv.sort_by_descending_frequency()
    assert wv.index_to_key == ["d", "b", "c", "a"]  # of equals the later first
    for key, (vector, lock) in before.items():
        assert_array_equal(wv[key], vector)
        assert wv.vectors_lockf[wv.get_index(key)] == lock
        assert wv.get_vecattr(key, "name") == key.upper()


def test_sorting_needs_counts():
    with pytest.raises(KeyError, match="count"):
        make().sort_by_descending_frequency()
    KeyedVectors(3).sort_by_descending_frequency()
