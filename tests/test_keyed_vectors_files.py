"""KeyedVectors in files: native ones, and the C tool's."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from vector_cases import check_consistent, make

from word2vec.errors import FormatError, ParameterTypeError
from word2vec.io import container
from word2vec.vectors.keyed_vectors import KeyedVectors
from word2vec.vectors.tensors import from_tensors, to_tensors

GOLDEN = Path(__file__).parent / "golden"


# ---- native files ----------------------------------------------------------


def rich():
    wv = KeyedVectors(3, count=5)
    keys = ["the", 7, b"x", ("new", "york")]
    wv.add_vectors(keys, np.arange(12, dtype=np.float32).reshape(4, 3), {"count": [9, 5, 5, 1]})
    wv.set_vecattr("the", "name", "article")
    wv.set_vecattr("the", "point", np.array([1, 2], dtype=np.uint32))
    wv.set_vecattr(7, "point", np.array([], dtype=np.uint32))
    wv.vectors_lockf = np.ones(1, dtype=np.float32)
    return wv


def check_same(found, wv):
    assert found.index_to_key == wv.index_to_key
    assert found.key_to_index == wv.key_to_index
    assert found.next_index == wv.next_index
    assert_array_equal(found.vectors, wv.vectors)
    assert found.vectors.dtype == wv.vectors.dtype
    assert_array_equal(found.expandos["count"], wv.expandos["count"])
    assert found.expandos["count"].dtype == wv.expandos["count"].dtype
    assert found.expandos["name"].tolist() == wv.expandos["name"].tolist()
    assert_array_equal(found.get_vecattr("the", "point"), [1, 2])
    assert len(found.get_vecattr(b"x", "point")) == 0
    assert_array_equal(found.vectors_lockf, wv.vectors_lockf)


@pytest.mark.parametrize("mmap", [None, "r", "c", "r+"])
def test_saved_vectors_come_back(tmp_path, mmap):
    wv = rich()
    wv.save(tmp_path / "x")
    found = KeyedVectors.load(str(tmp_path / "x"), mmap=mmap)
    check_same(found, wv)
    assert found.most_similar("the", topn=2) == wv.most_similar("the", topn=2)
    found.set_vecattr("the", "count", 8)
    found.add_vectors(["d", "e"], np.ones((2, 3)))
    assert os.listdir(tmp_path) == ["x"]


def test_open_files_do_too():
    file = io.BytesIO()
    rich().save(file)
    file.seek(0)
    check_same(KeyedVectors.load(file), rich())


@pytest.mark.parametrize("dtype", [np.float16, np.float64])
def test_other_float_types_are_kept(tmp_path, dtype):
    wv = KeyedVectors(2, dtype=dtype)
    wv.add_vectors(["a", "b"], [[1, 2], [3, 4]])
    wv.save(tmp_path / "x")
    assert KeyedVectors.load(tmp_path / "x").vectors.dtype == dtype


def test_golden_native_file():
    """Files written today must be readable for ever, and nothing changes unnoticed."""
    file = io.BytesIO()
    rich().save(file)
    assert file.getvalue() == (GOLDEN / "keyed_vectors.kv").read_bytes()
    check_same(KeyedVectors.load(GOLDEN / "keyed_vectors.kv"), rich())


def test_the_vectors_of_a_whole_model_are_loaded(tmp_path):
    tensors, meta = to_tensors(rich())
    tensors["syn1neg"] = np.zeros((5, 3), np.float32)
    container.write(tmp_path / "x", "word2vec", tensors, {"wv": meta, "window": 5})
    check_same(KeyedVectors.load(tmp_path / "x"), rich())


def test_subclasses_load_themselves(tmp_path):
    class Mine(KeyedVectors):
        pass

    rich().save(tmp_path / "x")
    assert type(Mine.load(tmp_path / "x")) is Mine


def test_attributes_can_be_left_out(tmp_path):
    rich().save(tmp_path / "x", separately=[], sep_limit=1, ignore=["name"], pickle_protocol=4)
    assert set(KeyedVectors.load(tmp_path / "x").expandos) == {"count", "point"}


@pytest.mark.parametrize(
    "value", [object(), 1.5, np.ones((2, 2), np.uint32), np.ones(2, np.float32)]
)
def test_attributes_that_files_cannot_hold_are_named(value):
    wv = rich()
    if isinstance(value, np.ndarray):
        wv.expandos["point"][1] = value  # not like the other arrays
    else:
        wv.expandos["name"][1] = value
    with pytest.raises(ParameterTypeError, match="cannot be saved"):
        wv.save(io.BytesIO())


def test_keys_that_files_cannot_hold_are_named():
    wv = KeyedVectors(1)
    wv.add_vector(frozenset("a"), [1])
    with pytest.raises(ParameterTypeError, match="frozenset"):
        wv.save(io.BytesIO())


def test_other_kinds_are_refused():
    file = io.BytesIO()
    container.write(file, "phrases", *rich_parts())
    file.seek(0)
    with pytest.raises(FormatError, match="'phrases', not word vectors"):
        KeyedVectors.load(file)


def rich_parts():
    tensors, meta = to_tensors(rich())
    return tensors, {"wv": meta}


def spoil_no_facts(tensors, meta):
    meta["wv"] = None


def spoil_missing(tensors, meta):
    del tensors["vectors"]


def spoil_shape(tensors, meta):
    tensors["vectors"] = tensors["vectors"].reshape(-1)


def spoil_dtype(tensors, meta):
    tensors["vectors"] = tensors["vectors"].astype(np.int64)


def spoil_width(tensors, meta):
    tensors["vectors"] = tensors["vectors"][:, :0]


def spoil_count(tensors, meta):
    tensors["vectors"] = tensors["vectors"][:-1]


def spoil_unique(tensors, meta):
    tensors["vectors"] = tensors["vectors"][:2]
    tensors["keys.blob"] = np.frombuffer(b"aa", np.uint8)
    tensors["keys.offsets"] = np.array([0, 1, 2])
    meta["wv"]["keys"] = "str"


def spoil_next_index(tensors, meta):
    meta["wv"]["next_index"] = 6


def spoil_attributes(tensors, meta):
    meta["wv"]["attributes"] = []


def spoil_attribute_length(tensors, meta):
    tensors["expando.count"] = tensors["expando.count"][:-1]


def spoil_attribute_items(tensors, meta):
    tensors["expando.name.offsets"] = np.array([0, len(tensors["expando.name.blob"])])


def spoil_attribute_kind(tensors, meta):
    meta["wv"]["attributes"]["name"] = "pickle"


def spoil_arrays(tensors, meta):
    tensors["expando.point.offsets"] = tensors["expando.point.offsets"][::-1].copy()


def spoil_arrays_count(tensors, meta):
    tensors["expando.point.offsets"] = np.array([0, 2])


@pytest.mark.parametrize(
    "spoil", [value for name, value in sorted(globals().items()) if name.startswith("spoil_")]
)
def test_contents_that_contradict_each_other_are_refused(spoil):
    tensors, meta = rich_parts()
    from_tensors(KeyedVectors, container.Container("word2vec", dict(tensors), meta))
    tensors = dict(tensors)
    spoil(tensors, meta)
    with pytest.raises(FormatError):
        from_tensors(KeyedVectors, container.Container("word2vec", tensors, meta))


# ---- word2vec's files ------------------------------------------------------


def test_rows_are_written_by_falling_count(tmp_path):
    wv = make()
    wv.allocate_vecattrs(["count", "rank"], [int, int])
    wv.expandos["count"][:] = [1, 5, 5]
    wv.expandos["rank"][:] = [3, 1, 2]
    wv.save_word2vec_format(tmp_path / "x.txt", fvocab=tmp_path / "x.vocab", prefix="P_")
    assert (tmp_path / "x.vocab").read_text() == "P_b 5\nP_c 5\nP_a 1\n"
    found = KeyedVectors.load_word2vec_format(tmp_path / "x.txt", fvocab=tmp_path / "x.vocab")
    assert found.index_to_key == ["P_b", "P_c", "P_a"]
    assert_array_equal(found.vectors, wv.vectors[[1, 2, 0]])
    assert_array_equal(found.expandos["count"], [5, 5, 1])
    wv.save_word2vec_format(tmp_path / "y.txt", sort_attr="rank")
    assert KeyedVectors.load_word2vec_format(tmp_path / "y.txt").index_to_key == ["a", "c", "b"]


def test_without_counts_rows_keep_their_order(tmp_path):
    wv = make()
    wv.save_word2vec_format(tmp_path / "x.bin", binary=True)
    found = KeyedVectors.load_word2vec_format(tmp_path / "x.bin", binary=True)
    assert found.index_to_key == ["a", "b", "c"]
    assert_array_equal(found.expandos["count"], [3, 2, 1])
    assert found.most_similar("a") == wv.most_similar("a")
    found.add_vector("d", np.ones(4))
    check_consistent(found)


def test_a_vocabulary_file_needs_its_attribute(tmp_path):
    with pytest.raises(ValueError, match="Cannot store vocabulary with 'count' because"):
        make().save_word2vec_format(tmp_path / "x", fvocab=tmp_path / "y")
    assert os.listdir(tmp_path) == []


def test_rows_without_keys_are_not_written(tmp_path):
    wv = KeyedVectors(1, count=3)
    wv.add_vector("a", [1])
    wv.save_word2vec_format(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"1 1\na 1.0\n"
