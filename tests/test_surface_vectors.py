"""KeyedVectors: the parts of gensim's surface beside store, queries and evaluation."""

import copy
import logging
import math
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import FormatError, MissingDependencyError, MissingKeyError, ParameterError

KEYS = ["north", "east", "northeast", "west", "south"]
ROWS = np.array([[0, 2], [3, 0], [1, 1], [-1, 0], [0, -4]], np.float32)


@pytest.fixture
def wv():
    vectors = KeyedVectors(2)
    vectors.add_vectors(KEYS, ROWS, extras={"count": np.array([5, 4, 3, 2, 1])})
    return vectors


# ---- deleting ----------------------------------------------------------------


def test_deleted_keys_leave_with_rows_attributes_and_locks(wv):
    wv.vectors_lockf = np.arange(5, dtype=np.float32)
    wv.fill_norms()
    wv.remove_keys(["east", "west", "east"])
    assert wv.index_to_key == ["north", "northeast", "south"]
    assert wv.key_to_index == {"north": 0, "northeast": 1, "south": 2}
    assert_array_equal(wv.vectors, ROWS[[0, 2, 4]])
    assert_array_equal(wv.expandos["count"], [5, 3, 1])
    assert_array_equal(wv.vectors_lockf, [0, 2, 4])
    assert "east" not in wv
    assert wv.similarity("north", "south") == -1  # of the rows as they are now


def test_after_deleting_keys_can_be_added_again(wv):
    del wv["north"]
    del wv[["east", "south"]]
    assert wv.add_vector("east", [7, 7]) == 2
    assert wv.index_to_key == ["northeast", "west", "east"]
    assert_array_equal(wv["east"], [7, 7])


def test_deleting_counts_the_preallocated_rows():
    wv = KeyedVectors(1, count=4)
    wv.add_vectors(["a", "b"], [[1], [2]])
    del wv["a"]
    assert wv.index_to_key == ["b", None, None]
    assert wv.add_vector("c", [3]) == 1
    assert_array_equal(wv.vectors[:, 0], [2, 3, 0])


def test_deleting_a_missing_key_deletes_nothing(wv):
    with pytest.raises(MissingKeyError, match="Key 'up' not present"):
        wv.remove_keys(["north", "up"])
    assert wv.index_to_key == KEYS
    with pytest.raises(KeyError):
        del wv[0]  # a row number is no key


def test_deleting_needs_a_row_for_each_key(wv):
    wv.vectors = ROWS[:3]
    with pytest.raises(ParameterError, match="3 vectors for 5 keys"):
        wv.remove_keys(["north"])


def test_deleting_no_key_keeps_the_very_array(wv):
    before = wv.vectors
    wv.remove_keys([])
    assert wv.vectors is before


# ---- choosing and normalising ------------------------------------------------


def test_vectors_for_all_keeps_the_order_asked_for_and_drops_the_unknown(wv):
    chosen = wv.vectors_for_all(["south", "up", "east", "south"], copy_vecattrs=True)
    assert type(chosen) is KeyedVectors
    assert chosen.index_to_key == ["south", "east"]
    assert_array_equal(chosen.vectors, ROWS[[4, 1]])
    assert_array_equal(chosen.expandos["count"], [1, 4])
    chosen.vectors[0] = 9
    assert_array_equal(wv["south"], ROWS[4])  # a copy
    ranked = wv.vectors_for_all(["south", "east"]).expandos
    assert {name: values.tolist() for name, values in ranked.items()} == {"count": [2, 1]}
    assert len(wv.vectors_for_all([])) == 0


def test_vectors_for_all_takes_row_numbers_only_as_inference(wv):
    assert wv.vectors_for_all([1]).index_to_key == [1]
    assert len(wv.vectors_for_all([1], allow_inference=False)) == 0


def test_vectors_for_all_of_inferred_keys():
    class Guessing(KeyedVectors):
        def __contains__(self, key):
            return True

        def get_vector(self, key, norm=False):
            return super().get_vector(key) if key in self.key_to_index else np.full(2, 8.0)

    wv = Guessing(2)
    wv.add_vectors(KEYS, ROWS, extras={"count": np.arange(5)})
    chosen = wv.vectors_for_all(["up", "west"], copy_vecattrs=True)
    assert_array_equal(chosen.vectors, [[8, 8], [-1, 0]])
    assert_array_equal(chosen.expandos["count"], [0, 3])


def test_vectors_for_all_takes_the_terms_of_a_dictionary_by_frequency(wv):
    class Terms(dict):
        cfs = {7: 2, 8: 5, 9: 2}  # noqa: RUF012

    terms = Terms({7: "east", 8: "west", 9: "north"})
    assert wv.vectors_for_all(terms).index_to_key == ["west", "east", "north"]


def test_unit_normalize_all_changes_the_array_in_place(wv):
    matrix = wv.vectors
    wv.add_vector("zero", [0, 0])
    matrix = wv.vectors
    wv.unit_normalize_all()
    assert wv.vectors is matrix
    assert_allclose(np.linalg.norm(matrix, axis=1), [1, 1, 1, 1, 1, 0], rtol=1e-6)
    assert_allclose(wv.norms, [1, 1, 1, 1, 1, 0], rtol=1e-6)


# ---- intersect ---------------------------------------------------------------


@pytest.fixture(params=[False, True], ids=["text", "binary"])
def theirs(request, tmp_path):
    other = KeyedVectors(2)
    other.add_vectors(["west", "up", "north"], [[10, 20], [30, 40], [50, 60]])
    path = tmp_path / "theirs"
    other.save_word2vec_format(path, binary=request.param)
    return path, request.param


def test_intersect_replaces_common_rows_and_locks_them(wv, theirs):
    path, binary = theirs
    wv.fill_norms()
    matrix = wv.vectors
    assert wv.intersect_word2vec_format(path, binary=binary) is None
    assert wv.vectors is matrix  # live: a kernel or a user may hold it
    assert wv.index_to_key == KEYS
    assert_array_equal(wv.vectors, [[50, 60], [3, 0], [1, 1], [10, 20], [0, -4]])
    assert_array_equal(wv.vectors_lockf, [0, 1, 1, 0, 1])
    assert wv.similarity("north", "west") == pytest.approx(1700 / math.hypot(50, 60) / 500**0.5)


def test_intersect_keeps_lock_factors_of_other_rows(wv, theirs):
    path, binary = theirs
    wv.vectors_lockf = np.array([0.5, 0.25], np.float32)  # by row % 2
    wv.intersect_word2vec_format(path, 0.75, binary)
    assert_array_equal(wv.vectors_lockf, np.float32([0.75, 0.25, 0.5, 0.75, 0.5]))


def test_intersect_refuses_vectors_of_another_size(wv, tmp_path):
    path = tmp_path / "three.txt"
    path.write_text("1 3\nwest 1 2 3\n")
    with pytest.raises(ValueError, match=r"incompatible vector size 3 in file .*three\.txt"):
        wv.intersect_word2vec_format(path)
    assert_array_equal(wv.vectors, ROWS)


def test_intersect_passes_encoding_and_errors_on(wv, tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"1 2\nw\xffst 1 2\n")
    with pytest.raises(UnicodeDecodeError):
        wv.intersect_word2vec_format(path)
    wv.add_vector("w\ufffdst", [0, 1])
    wv.intersect_word2vec_format(path, unicode_errors="replace")
    assert_array_equal(wv["w\ufffdst"], [1, 2])


def test_locked_rows_stay_while_the_others_train(tmp_path):
    sentences = [["a", "b", "c", "d"]] * 20
    model = Word2Vec(vector_size=3, min_count=1, workers=1, sample=0)
    model.build_vocab(sentences)
    path = tmp_path / "a.txt"
    path.write_text("2 3\na 1 2 3\nzzz 4 5 6\n")
    model.wv.intersect_word2vec_format(path)
    before = model.wv.vectors.copy()
    model.train(sentences, total_examples=model.corpus_count, epochs=2)
    assert_array_equal(model.wv["a"], [1, 2, 3])
    assert all((model.wv[word] != before[model.wv.get_index(word)]).any() for word in "bcd")


# ---- centrality, documents ---------------------------------------------------


def test_rank_by_centrality_orders_by_similarity_to_the_mean(wv, caplog):
    ranked = wv.rank_by_centrality(["north", "east", "northeast", "up"])
    assert [word for _, word in ranked] == ["northeast", "north", "east"]
    assert_allclose([value for value, _ in ranked], [1, 0.5**0.5, 0.5**0.5], rtol=1e-6)
    assert (
        "vectors for words ['up'] are not present in the model, ignoring these words" in caplog.text
    )
    lengths = [value for value, _ in wv.rank_by_centrality(["north", "south"], use_norm=False)]
    assert_allclose(lengths, [4, -2])  # the mean points south
    with pytest.raises(ValueError, match="cannot select a word from an empty list"):
        wv.rank_by_centrality(["up"])
    assert wv.doesnt_match(["north", "northeast", "east", "south"]) == "south"


def distance_by_hand(wv, first, second, norm):
    """Optimal transport of two documents of two words each, by trying every share."""
    a, b = [[wv.get_vector(w, norm=norm).astype(float) for w in doc] for doc in (first, second)]
    costs = [[np.linalg.norm(x - y) for y in b] for x in a]
    shares = np.linspace(0, 0.5, 1001)
    return min(
        s * costs[0][0] + (0.5 - s) * costs[0][1] + (0.5 - s) * costs[1][0] + s * costs[1][1]
        for s in shares
    )


@pytest.mark.parametrize("norm", [True, False])
def test_wmdistance_is_the_cheapest_transport(wv, norm):
    pytest.importorskip("ot")
    documents = ["north", "west"], ["east", "south"]
    expected = distance_by_hand(wv, *documents, norm)
    assert wv.wmdistance(*documents, norm=norm) == pytest.approx(expected, rel=1e-6)
    assert wv.wmdistance(*documents[::-1], norm=norm) == pytest.approx(expected, rel=1e-6)


def test_wmdistance_at_its_limits(wv, caplog):
    pytest.importorskip("ot")
    caplog.set_level(logging.INFO)
    assert wv.wmdistance(["north"], ["up"]) == math.inf
    assert "At least one of the documents had no words" in caplog.text
    assert "Removed 0 and 1 OOV words" in caplog.text
    assert wv.wmdistance(["north"], ["north", "north"]) == 0
    assert wv.wmdistance(["north", "east"], ["east", "north"]) == pytest.approx(0, abs=1e-9)
    # Words count by how often they occur: two thirds travel from north to east.
    far = wv.wmdistance(["north", "north", "east"], ["east"])
    assert far == pytest.approx(2 / 3 * 2**0.5)


def test_wmdistance_without_pot_names_the_extra(wv, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ot", None)
    with pytest.raises(ImportError, match=r"pip install 'word2vec-hogwild\[wmd\]'") as caught:
        wv.wmdistance(["north"], ["east"])
    assert isinstance(caught.value, MissingDependencyError)


# ---- names that gensim 4 keeps -----------------------------------------------


def test_kept_names_warn_and_do_the_same(wv):
    with pytest.warns(DeprecationWarning, match=r"get_vector\(key, norm=...\)"):
        assert_array_equal(wv.word_vec("east"), [3, 0])
    with pytest.deprecated_call():
        assert_array_equal(wv.word_vec("east", norm=True), [1, 0])
    with pytest.deprecated_call():
        assert_array_equal(wv.word_vec("east", use_norm=True), [1, 0])
    with pytest.warns(DeprecationWarning, match="closer_than"):
        assert wv.words_closer_than("north", "east") == ["northeast"]
    with pytest.warns(DeprecationWarning, match="fill_norms"):
        wv.init_sims()
    assert_array_equal(wv.norms, [2, 3, np.float32(2**0.5), 1, 4])
    with pytest.warns(DeprecationWarning, match="unit_normalize_all"):
        wv.init_sims(replace=True)
    assert_array_equal(wv["south"], [0, -1])
    with pytest.raises(NotImplementedError, match="Doc2Vec"):
        wv.similarity_unseen_docs(["a"], ["b"])


def test_log_helpers_log_what_they_are_given(wv, caplog):
    caplog.set_level(logging.INFO)
    section = {"section": "capitals", "correct": [1, 2, 3], "incorrect": [4]}
    assert KeyedVectors.log_accuracy(section) == 0.75
    assert "capitals: 75.0% (3/4)" in caplog.text
    assert wv.log_accuracy({"section": "none", "correct": [], "incorrect": []}) is None
    KeyedVectors.log_evaluate_word_pairs((0.5, 0.1), (0.25, 0.2), 12.5, "pairs.tsv")
    assert "Pearson correlation coefficient against pairs.tsv: 0.5000" in caplog.text
    assert "Spearman rank-order correlation coefficient against pairs.tsv: 0.2500" in caplog.text
    assert "Pairs with unknown words ratio: 12.5%" in caplog.text


def test_evaluate_word_pairs_logs_through_the_helper(wv, caplog, tmp_path):
    caplog.set_level(logging.INFO)
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("north\teast\t1\nnorth\tnortheast\t5\nnorth\tsouth\t0\n")
    wv.evaluate_word_pairs(pairs)
    assert f"Pearson correlation coefficient against {pairs}" in caplog.text


# ---- clip ranges -------------------------------------------------------------


def test_clip_range_limits_the_rows_searched(wv):
    assert [key for key, _ in wv.most_similar("north", clip_start=1, clip_end=4)] == [
        "northeast",
        "east",
        "west",
    ]
    assert_allclose(wv.most_similar("north", topn=None, clip_start=3), [0, -1], atol=1e-7)
    assert [key for key, _ in wv.most_similar("north", clip_end=2)] == ["east"]
    # Like a slice: negative bounds count from the end, and an empty range is empty.
    assert [key for key, _ in wv.most_similar("north", clip_start=-1)] == ["south"]
    assert wv.most_similar("north", clip_start=4, clip_end=2) == []
    # restrict_vocab overrides both.
    assert [k for k, _ in wv.most_similar("west", clip_start=4, restrict_vocab=2)] == [
        "north",
        "east",
    ]


# ---- copies ------------------------------------------------------------------


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_hold_everything_and_share_nothing(wv, copied):
    wv.vectors_lockf = np.ones(1, np.float32)
    wv.fill_norms()
    twin = copied(wv)
    assert vars(twin).keys() == vars(wv).keys()
    assert twin.key_to_index == wv.key_to_index
    twin.add_vector("up", [5, 5])
    twin.vectors[0] = 9
    assert "up" not in wv
    assert_array_equal(wv.vectors, ROWS)
    assert_array_equal(wv.norms, np.linalg.norm(ROWS, axis=1))


def test_damaged_files_stay_format_errors(wv, tmp_path):
    (tmp_path / "x.txt").write_text("nonsense\n")
    with pytest.raises(FormatError):
        wv.intersect_word2vec_format(tmp_path / "x.txt")
