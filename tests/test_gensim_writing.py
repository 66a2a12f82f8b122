"""Files in gensim's format are written without gensim; live objects are exchanged."""

import io
import logging
import pickle
import sys

import fake_gensim
import numpy as np
import pytest
from gensim_cases import (
    LAYOUTS,
    OUTPUT,
    SENTENCES,
    VECTORS,
    assert_expected,
    assert_same,
    assert_same_vectors,
    today,
    trained,
    write,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec import KeyedVectors, Word2Vec
from word2vec.compat.inert import Global
from word2vec.compat.pickle_writer import PickleWriter
from word2vec.compat.safe_pickle import SafeUnpickler
from word2vec.errors import (
    FormatError,
    MissingDependencyError,
    ParameterError,
    ParameterTypeError,
)


@pytest.mark.parametrize("name", ["model", "model.gz", "model.bz2"])
@pytest.mark.parametrize("sep_limit", [10, 10**6])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"hs": 1, "negative": 0, "sg": 1, "compute_loss": True, "comment": "fünf"},
        {"hs": 1, "null_word": 1, "seed": 2**64 - 1, "max_final_vocab": 4, "max_vocab_size": 9},
        {"sg": 1, "shared_negatives": True, "cache_corpus": True, "corrected_cbow": 1},
    ],
    ids=str,
)
def test_every_attribute_survives_gensims_format(options, sep_limit, name, tmp_path):
    model = trained(**options)
    model.wv.vectors_lockf = np.linspace(0, 1, len(model.wv)).astype(np.float32)
    model.save(tmp_path / name, format="gensim", sep_limit=sep_limit)
    assert (len(list(tmp_path.iterdir())) == 1) == (sep_limit > 10)
    loaded = Word2Vec.load(tmp_path / name)
    assert_same(loaded, model)
    np.testing.assert_array_equal(loaded.wv.vectors_lockf, model.wv.vectors_lockf)
    assert_same_vectors(KeyedVectors.load(tmp_path / name), model.wv)


def test_training_goes_on_as_if_nothing_had_happened(tmp_path):
    def start():
        model = Word2Vec(vector_size=7, min_count=1, workers=1, alpha=0.02, min_alpha=0.02, hs=1)
        model.build_vocab(SENTENCES)
        return model

    whole = start()
    whole.train(SENTENCES, total_examples=40, epochs=5)
    first = start()
    first.train(SENTENCES, total_examples=40, epochs=2)
    first.save(tmp_path / "half", format="gensim")
    second = Word2Vec.load(tmp_path / "half")
    second.train(SENTENCES, total_examples=40, epochs=3)
    np.testing.assert_array_equal(second.wv.vectors, whole.wv.vectors)


def test_grown_trees_survive(tmp_path):
    model = trained(hs=1, negative=0)
    model.build_vocab([["f", "g"]] * 3, update=True)
    model.save(tmp_path / "model", format="gensim")
    assert_same(Word2Vec.load(tmp_path / "model"), model)


def test_files_are_what_pickle_expects(tmp_path):
    """Python's own unpickler reads them, into classes of gensim's names."""
    model = trained(hs=1)
    model.save(tmp_path / "model", format="gensim")
    with fake_gensim.installed() as g:
        loaded = pickle.loads((tmp_path / "model").read_bytes())
        assert type(loaded) is g.Word2Vec
        assert type(loaded.wv) is g.KeyedVectors
        assert loaded.load is g.call_on_class_only
    assert loaded.wv.key_to_index == model.wv.key_to_index
    for key, again in zip(loaded.wv.index_to_key, loaded.wv.key_to_index, strict=True):
        assert key is again  # one string, as in gensim's own files
    np.testing.assert_array_equal(loaded.wv.vectors, model.wv.vectors)
    assert loaded.wv.vectors.flags.writeable
    assert loaded.wv.expandos["point"][0].dtype == np.uint32
    assert loaded.wv.expandos["code"][0].dtype == np.uint8
    assert type(loaded.random) is np.random.RandomState
    expected = np.random.RandomState(model.seed)
    if not hasattr(model, "random"):
        assert loaded.random.randint(2**24) == expected.randint(2**24)
    assert loaded.hashfxn is hash
    assert loaded.shrink_windows is True
    assert vars(loaded)["__ignoreds"] == ["cum_table"]


def test_separately_and_ignore_do_as_in_gensim(tmp_path):
    model = trained()
    model.save(tmp_path / "model", format="gensim", separately=["syn1neg"], sep_limit=10**6)
    assert {p.name for p in tmp_path.iterdir()} == {"model", "model.syn1neg.npy"}
    model.save(tmp_path / "without", format="gensim", ignore=["syn1neg", "count"])
    loaded = Word2Vec.load(tmp_path / "without")
    assert not hasattr(loaded, "syn1neg")
    model.wv.save(tmp_path / "wv", format="gensim", separately=["vectors"])
    assert (tmp_path / "wv.vectors.npy").exists()
    assert_same_vectors(KeyedVectors.load(tmp_path / "wv"), model.wv)
    model.wv.save(tmp_path / "empty", format="gensim", ignore="vectors")
    with pytest.raises(FormatError, match="vectors"):
        KeyedVectors.load(tmp_path / "empty")


def test_open_files_take_everything(tmp_path):
    model = trained()
    buffer = io.BytesIO(b"before")
    buffer.seek(6)
    model.save(buffer, format="gensim", sep_limit=1)
    buffer.seek(6)
    assert_same(Word2Vec.load(buffer), model)
    with (tmp_path / "raw").open("wb", buffering=0) as file:
        model.wv.save(file, format="gensim")
    assert_same_vectors(KeyedVectors.load(tmp_path / "raw"), model.wv)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_keys_and_attributes_of_all_kinds_survive(dtype, tmp_path):
    wv = KeyedVectors(3, dtype=dtype)
    keys = ["a", "é" * 300, b"bytes", 7, ("t", 1), 2**40, "\ud800"]
    wv.add_vectors(keys, np.arange(21).reshape(7, 3), extras={"count": np.arange(7)})
    for name, value in (("note", "text"), ("flag", True), ("score", 0.5)):
        wv.set_vecattr("a", name, value)
    wv.save(tmp_path / "kv", format="gensim")
    assert_same_vectors(KeyedVectors.load(tmp_path / "kv"), wv)


def test_preallocated_rows_survive(tmp_path):
    wv = KeyedVectors(3, count=4)
    wv.add_vector("a", np.ones(3))
    wv.save(tmp_path / "kv", format="gensim")
    loaded = KeyedVectors.load(tmp_path / "kv")
    assert_same_vectors(loaded, wv)
    assert loaded.index_to_key == ["a", None, None, None]


def test_empty_vectors_survive(tmp_path):
    KeyedVectors(3).save(tmp_path / "kv", format="gensim")
    with pytest.raises(FormatError):  # without a row there is nothing that says how long it is
        Word2Vec.load(tmp_path / "kv")
    assert len(KeyedVectors.load(tmp_path / "kv")) == 0


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "model"
    model = trained()
    model.save(path, format="gensim")
    before = path.read_bytes()
    model.comment = object()
    with pytest.raises(ParameterTypeError, match="is of type object"):
        model.save(path, format="gensim")
    model.comment = None
    model.window = 0
    with pytest.raises(ParameterError, match="window=0"):
        model.save(path, format="gensim")
    model.window = 5
    model.wv.add_vector("by hand", np.ones(5))
    with pytest.raises(ParameterError, match="syn1neg has shape"):
        model.save(path, format="gensim")
    with pytest.raises(ParameterTypeError, match="dtype"):
        PickleWriter(io.BytesIO()).dump(np.zeros(2, "M8[s]"))
    with pytest.raises(ParameterTypeError, match="255 bytes"):
        PickleWriter(io.BytesIO()).dump(2**3000)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("save", [trained().save, trained().wv.save])
def test_unknown_formats_are_refused(save, tmp_path):
    with pytest.raises(ParameterError, match=r"format='pickle'.*'native', 'gensim'"):
        save(tmp_path / "x", format="pickle")


PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**500), 2**500), st.floats(allow_nan=False),
        st.text(), st.binary(max_size=400),
    ),
    lambda inner: st.one_of(
        st.lists(inner), st.dictionaries(st.text(), inner), st.tuples(inner, inner),
        st.sets(st.text()), st.frozensets(st.integers(-(2**64) + 1, 2**64 - 1)),
    ),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(value=PLAIN)
def test_python_reads_what_the_writer_writes(value):
    file = io.BytesIO()
    PickleWriter(file).dump(value)
    assert pickle.loads(file.getvalue()) == value
    assert SafeUnpickler(file.getvalue()).load() == value


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=">f4").reshape(2, 3), np.asfortranarray(np.ones((2, 3))), np.array(3),
        np.zeros((0, 2)), np.array(["ab", "ü"]), np.array([b"a"]), np.array([True]),
        np.arange(1000)[::3], np.array(["a", None], dtype=object),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)  # fmt: skip
def test_python_reads_arrays_that_the_writer_writes(array):
    file = io.BytesIO()
    PickleWriter(file).dump([array, array])
    for loaded in pickle.loads(file.getvalue()):
        np.testing.assert_array_equal(loaded, array)
        assert loaded.dtype == array.dtype.newbyteorder("=")


def test_long_lists_are_written_in_batches():
    value = [list(range(25_000)), set(range(10_001))]
    file = io.BytesIO()
    PickleWriter(file).dump(value)
    assert pickle.loads(file.getvalue()) == value


def test_names_are_written_once():
    file = io.BytesIO()
    PickleWriter(file).dump([Global("builtins", "hash")] * 3)
    assert pickle.loads(file.getvalue()) == [hash] * 3
    assert file.getvalue().count(b"hash") == 1


# ---- live objects ----------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_live_objects_are_taken_with_copies(layout):
    with fake_gensim.installed() as g:
        theirs = LAYOUTS[layout](g)
        model = Word2Vec.from_gensim(theirs)
        wv = KeyedVectors.from_gensim(theirs)
    assert_expected(model)
    assert not np.shares_memory(model.wv.vectors, VECTORS)
    assert not np.shares_memory(model.syn1, OUTPUT)
    theirs_wv = getattr(theirs, "wv", theirs)
    for ours in (model.wv, wv):
        for array in vars(theirs_wv).values():
            if isinstance(array, np.ndarray):
                assert not np.shares_memory(ours.vectors, array)


def test_only_gensims_objects_are_taken():
    for obj in (trained(), {"wv": 1}, None, "path"):
        with pytest.raises(ParameterTypeError, match="takes gensim's objects"):
            Word2Vec.from_gensim(obj)
        with pytest.raises(ParameterTypeError, match="takes gensim's objects"):
            KeyedVectors.from_gensim(obj)


def test_to_gensim_says_what_is_missing(monkeypatch):
    model = trained()
    monkeypatch.setitem(sys.modules, "gensim.models.keyedvectors", None)
    with pytest.raises(MissingDependencyError, match="pip install gensim") as caught:
        model.to_gensim()
    assert isinstance(caught.value, ImportError)
    with pytest.raises(MissingDependencyError):
        model.wv.to_gensim()


def test_to_gensim_needs_the_real_one():
    with fake_gensim.installed():
        sys.modules["gensim.models.keyedvectors"].KeyedVectors = KeyedVectors
        with pytest.raises(MissingDependencyError, match="unpatch_gensim"):
            trained().to_gensim()


def test_nothing_is_logged_above_info_for_ordinary_files(tmp_path, caplog):
    path = write(tmp_path / "model", today)
    with caplog.at_level(logging.WARNING):
        Word2Vec.load(path)
    assert not caplog.records
