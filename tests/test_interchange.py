"""KeyedVectors as data frames, Arrow tables, Parquet files and embedding layers."""

import sys
import types

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from vector_cases import check_consistent, make

from word2vec import KeyedVectors
from word2vec.errors import (
    FormatError,
    MissingDependencyError,
    ParameterError,
    ParameterTypeError,
)


@pytest.fixture
def wv():
    result = make(["a", "bé", "人工"], 5)
    result.expandos["count"] = np.array([9, 4, 1])
    result.expandos["code"] = np.array([None, "x", ()], dtype=object)
    return result


def check_same(found, wv):
    assert found.index_to_key == wv.index_to_key
    np.testing.assert_array_equal(found.vectors, wv.vectors)
    assert found.vectors.dtype == wv.vectors.dtype
    assert found.vectors.flags.writeable
    check_consistent(found)


# ---- pandas ----------------------------------------------------------------


def test_pandas_there_and_back(wv):
    frame = wv.to_pandas()
    assert frame.index.name == "key"
    assert frame.shape == (3, 5)
    np.testing.assert_array_equal(frame.loc["bé"], wv["bé"])
    check_same(KeyedVectors.from_pandas(frame), wv)
    frame.loc["a", 0] = 7.0
    assert wv["a"][0] != 7.0
    tuples = make([("a", 1), ("b", 2)])
    check_same(KeyedVectors.from_pandas(tuples.to_pandas()), tuples)


def test_frames_of_other_numbers_become_float32():
    found = KeyedVectors.from_pandas(pd.DataFrame({"x": [1, 2], "y": [3.5, 4]}, index=[7, 8]))
    assert found.vectors.dtype == np.float64  # as pandas joins them
    found = KeyedVectors.from_pandas(pd.DataFrame({"x": [1, 2]}, index=["u", "v"]))
    assert found.vectors.dtype == np.float32
    assert found["v"] == 2


def test_frames_that_hold_no_vectors_are_refused():
    with pytest.raises(ParameterTypeError, match=r"columns hold int64, str.*set_index"):
        KeyedVectors.from_pandas(pd.DataFrame({"word": ["a"], "x": [1]}))
    with pytest.raises(ParameterError, match=r"the vectors have shape \(1, 0\)"):
        KeyedVectors.from_pandas(pd.DataFrame(index=["a"]))
    with pytest.raises(ParameterError, match="1 of the 2 keys occur twice"):
        KeyedVectors.from_pandas(pd.DataFrame({"x": [1.0, 2.0]}, index=["a", "a"]))


# ---- Arrow and Parquet -----------------------------------------------------


def test_arrow_there_and_back_without_a_copy_on_the_way_out(wv):
    table = wv.to_arrow()
    assert table.column_names == ["key", "vector", "count"]
    assert table.schema.field("vector").type == pa.list_(pa.float32(), 5)
    buffer = table.column("vector").chunk(0).flatten().buffers()[1]
    assert buffer.address == wv.vectors.ctypes.data
    found = KeyedVectors.from_arrow(table)
    check_same(found, wv)
    np.testing.assert_array_equal(found.expandos["count"], [9, 4, 1])
    assert list(found.expandos) == ["count"]
    assert not np.shares_memory(found.vectors, wv.vectors)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_types_stay(dtype):
    wv = KeyedVectors(2, dtype=dtype)
    wv.add_vectors([3, 5], np.array([[1, 2], [3, 4]], dtype))
    check_same(KeyedVectors.from_arrow(wv.to_arrow()), wv)


def test_parquet_there_and_back(wv, tmp_path):
    path = tmp_path / "vectors.parquet"
    path.write_bytes(b"old")
    wv.to_parquet(path, compression="zstd")
    found = KeyedVectors.from_parquet(path)
    check_same(found, wv)
    assert found.get_vecattr("bé", "count") == 4
    assert pq.read_schema(path).field("vector").type == pa.list_(pa.float32(), 5)
    with pytest.raises(pa.ArrowException):
        wv.to_parquet(path, compression="none such")
    assert [file.name for file in tmp_path.iterdir()] == ["vectors.parquet"]
    check_same(KeyedVectors.from_parquet(path), wv)


def test_tables_of_others_are_read():
    table = pa.table({"word": ["a", "b"], "x": [[1.0, 2.0], [3.0, 4.0]], "n": [1, None]})
    table = pa.concat_tables([table, table.set_column(0, "word", pa.array(["c", "d"]))])
    found = KeyedVectors.from_arrow(table, "word", "x")
    assert found.index_to_key == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(found["d"], [3, 4])
    assert found.expandos == {}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"word": ["a"], "vector": [[1.0]]}, "no column 'key'; there are: word, vector"),
        ({"key": ["a"], "vector": [1.0]}, "'vector' holds double: it must hold lists"),
        ({"key": ["a"], "vector": [["x"]]}, "'vector' holds list<.*string>"),
        ({"key": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]}, r"lengths \['1', '2'\]"),
        ({"key": ["a", "b"], "vector": [[1.0], None]}, "lengths .*None"),
        ({"key": ["a"], "vector": [[1.0, None]]}, "1 numbers in column 'vector' are null"),
    ],
)
def test_tables_that_hold_no_vectors_are_refused(columns, message):
    with pytest.raises(FormatError, match=message):
        KeyedVectors.from_arrow(pa.table(columns))


def test_keys_and_attributes_must_fit_columns(wv):
    with pytest.raises(ParameterTypeError, match="keys cannot be one column of Arrow"):
        make(["a", 1]).to_arrow()
    wv.expandos["key"] = np.arange(3)
    with pytest.raises(ParameterError, match="attribute is called 'key'"):
        wv.to_arrow()
    with pytest.raises(ParameterTypeError, match="None is no key"):
        KeyedVectors.from_arrow(pa.table({"key": ["a", None], "vector": [[1.0], [2.0]]}))


def test_rows_without_a_key_are_left_out():
    wv = KeyedVectors(2, count=4)
    wv.add_vectors(["a", "b"], np.eye(2, dtype=np.float32))
    assert wv.to_pandas().index.tolist() == ["a", "b"]
    assert wv.to_arrow().num_rows == 2


# ---- PyTorch ---------------------------------------------------------------


class FakeTensor:
    def __init__(self, array):
        self.array = array

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array


class FakeEmbedding:
    @classmethod
    def from_pretrained(cls, weight, **options):
        layer = cls()
        layer.weight, layer.options = weight, options
        return layer


@pytest.fixture
def fake_torch(monkeypatch):
    """As much of PyTorch as the calls need, for machines without it."""
    module = types.ModuleType("torch")
    module.from_numpy = FakeTensor
    module.nn = types.SimpleNamespace(Embedding=FakeEmbedding)
    monkeypatch.setitem(sys.modules, "torch", module)


@pytest.mark.usefixtures("fake_torch")
def test_frozen_layers_share_memory_and_others_do_not(wv):
    layer = wv.to_torch(padding_idx=2, sparse=True)
    assert layer.options == {"freeze": True, "padding_idx": 2, "sparse": True}
    assert np.shares_memory(layer.weight.array, wv.vectors)
    layer = wv.to_torch(freeze=False)
    np.testing.assert_array_equal(layer.weight.array, wv.vectors)
    assert not np.shares_memory(layer.weight.array, wv.vectors)
    wv.vectors.flags.writeable = False
    assert wv.to_torch().weight.array.flags.writeable
    check_same(KeyedVectors.from_torch(layer, wv.index_to_key), wv)
    check_same(KeyedVectors.from_torch(layer.weight, iter(wv.index_to_key)), wv)


def test_layers_need_a_key_for_each_row(wv):
    tensor = FakeTensor(wv.vectors)
    with pytest.raises(ParameterError, match=r"shape \(3, 5\) for 2 keys"):
        KeyedVectors.from_torch(tensor, ["a", "b"])
    with pytest.raises(ParameterError, match=r"the vectors have shape \(5,\)"):
        KeyedVectors.from_torch(FakeTensor(wv.vectors[0]), ["a"])
    with pytest.raises(ParameterTypeError, match="layer is a list"):
        KeyedVectors.from_torch([], ["a"])


def test_real_layers(wv):
    torch = pytest.importorskip("torch", exc_type=ImportError)
    layer = wv.to_torch()
    assert isinstance(layer, torch.nn.Embedding)
    assert not layer.weight.requires_grad
    rows = torch.tensor([[2, 0]])
    np.testing.assert_array_equal(layer(rows).numpy(), wv.vectors[[[2, 0]]])
    trained = wv.to_torch(freeze=False, padding_idx=1)
    before = wv.vectors.copy()
    torch.optim.SGD(trained.parameters(), lr=1.0)
    trained(torch.tensor([0, 1])).sum().backward()
    assert trained.weight.grad[1].abs().sum() == 0
    with torch.no_grad():
        trained.weight -= trained.weight.grad
    np.testing.assert_array_equal(wv.vectors, before)
    found = KeyedVectors.from_torch(trained, wv.index_to_key)
    np.testing.assert_allclose(found["a"], wv["a"] - 1, rtol=1e-6)


# ---- missing packages ------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "package", "extra"),
    [
        (lambda wv: wv.to_torch(), "torch", "torch"),
        (lambda wv: wv.to_pandas(), "pandas", "pandas"),
        (lambda wv: wv.to_arrow(), "pyarrow", "arrow"),
        (lambda wv: wv.from_parquet("x"), "pyarrow.parquet", "arrow"),
    ],
)
def test_a_missing_package_is_named_with_its_extra(call, package, extra, wv, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError, match=rf"'word2vec-hogwild\[{extra}\]'"):
        call(wv)
