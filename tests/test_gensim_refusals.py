"""Files in gensim's format that are hostile, damaged or of something else."""

import io
import pickle

import fake_gensim
import numpy as np
import pytest
from gensim_cases import (
    LAYOUTS,
    OUTPUT,
    SENTENCES,
    VECTORS,
    WORDS,
    assert_expected,
    of_3_8,
    today,
    write,
)

from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import (
    FormatError,
    RefusedGlobalError,
    TruncatedFileError,
    WrongObjectError,
)
from word2vec.io import foreign


def test_other_objects_are_named(tmp_path):
    with fake_gensim.installed() as g:
        (tmp_path / "phrases").write_bytes(pickle.dumps(g.Phrases(vocab={"a_b": 3})))
        (tmp_path / "kv").write_bytes(pickle.dumps(today(g).wv))
    (tmp_path / "dict").write_bytes(pickle.dumps({"a": 1}))
    for load in (Word2Vec.load, KeyedVectors.load):
        with pytest.raises(WrongObjectError, match=r"gensim\.models\.phrases\.Phrases"):
            load(tmp_path / "phrases")
        with pytest.raises(WrongObjectError, match="dict"):
            load(tmp_path / "dict")
    with pytest.raises(WrongObjectError, match=r"can't be loaded by.*KeyedVectors\.load") as caught:
        Word2Vec.load(tmp_path / "kv")
    assert isinstance(caught.value, AttributeError)  # as in gensim


class Payload:
    def __reduce__(self):
        return (open, ("pwned", "w"))


def test_hostile_models_run_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("syn1", "comment", "callbacks", "hashfxn", "random", "junk"):
        path = write(tmp_path / "model", today, **{name: Payload()})
        for load in (Word2Vec.load, KeyedVectors.load):
            with pytest.raises(RefusedGlobalError, match=r"io\.open.*trusted=True"):
                load(path)
    assert [p.name for p in tmp_path.iterdir()] == ["model"]


def test_trusted_files_may_do_what_they_like(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "model", today, junk=Made())
    assert_expected(Word2Vec.load(path, trusted=True))
    assert (tmp_path / "made").is_dir()
    assert KeyedVectors.load(path, trusted=True).index_to_key == WORDS


class Made:
    def __reduce__(self):
        import os

        return (os.makedirs, ("made", 0o777, True))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("protocol", [2, 4])
def test_trusted_files_are_read_alike(layout, protocol, tmp_path):
    assert_expected(Word2Vec.load(write(tmp_path / "m", LAYOUTS[layout], protocol), trusted=True))


def test_damage_in_trusted_files_is_a_format_error(tmp_path):
    path = write(tmp_path / "model", today)
    whole = path.read_bytes()
    path.write_bytes(whole[:500])
    with pytest.raises(FormatError):
        Word2Vec.load(path, trusted=True)


def test_callbacks_and_functions_of_the_user_are_left_out(tmp_path, caplog):
    with fake_gensim.installed() as g:
        model = of_3_8(g, callbacks=[g.Callback(epoch=3)])
        model.trainables.hashfxn = g.MyWord2Vec
        (tmp_path / "model").write_bytes(pickle.dumps(model))
    assert_expected(Word2Vec.load(tmp_path / "model"))
    assert "callbacks of the file refers to users_module.Callback" in caplog.text
    assert "hashfxn of the file refers to users_module.MyWord2Vec" in caplog.text


def test_classes_of_the_user_elsewhere_are_refused(tmp_path):
    with fake_gensim.installed() as g:
        (tmp_path / "root").write_bytes(pickle.dumps(g.MyWord2Vec(**vars(today(g)))))
        (tmp_path / "key").write_bytes(pickle.dumps(today(g, extra={g.Callback(): 1})))
        (tmp_path / "deep").write_bytes(pickle.dumps(today(g, extra=[({1: g.Callback},)])))
    for name in ("root", "key", "deep"):
        with pytest.raises(RefusedGlobalError, match=r"users_module\..*trusted=True"):
            Word2Vec.load(tmp_path / name)


BROKEN = {
    "no vectors": (lambda m: m.wv.__dict__.update(vectors=None), "vectors"),
    "vectors as text": (lambda m: m.wv.__dict__.update(vectors="x"), "is a str"),
    "flat vectors": (lambda m: m.wv.__dict__.update(vectors=VECTORS[0]), "3 keys for vectors"),
    "whole numbers": (
        lambda m: m.wv.__dict__.update(vectors=VECTORS.astype(int)), "3 keys for vectors"),
    "no dimensions": (lambda m: m.wv.__dict__.update(vectors=VECTORS[:, :0]), "no dimensions"),
    "other size": (lambda m: m.__dict__.update(vector_size=5), "4 dimensions in a model of 5"),
    "no size": (lambda m: m.__dict__.update(vector_size=-1), "vector_size=-1"),
    "too many keys": (lambda m: m.wv.index_to_key.append("x"), "4 keys for vectors"),
    "keys as text": (lambda m: m.wv.__dict__.update(index_to_key="abc"), "no list of keys"),
    "keys as arrays": (lambda m: m.wv.index_to_key.__setitem__(0, np.ones(2)), "keys that are ob"),
    "short syn1neg": (lambda m: m.__dict__.update(syn1neg=OUTPUT[1:]), "syn1neg has shape"),
    "short counts": (lambda m: m.wv.expandos.update(count=np.ones(2, int)), "attribute 'count'"),
    "negative counts": (lambda m: m.wv.expandos.update(count=-np.ones(3, int)), "a count that"),
    "counts as text": (lambda m: m.wv.expandos.update(count=np.array(["a"] * 3)), "a count that"),
    "large thresholds": (
        lambda m: m.wv.expandos.update(sample_int=np.full(3, 2**33)), "a sample_int that"),
    "locks of another length": (
        lambda m: m.wv.__dict__.update(vectors_lockf=np.ones(2, np.float32)), "lock factors"),
    "code of 2": (lambda m: m.wv.expandos["code"].__setitem__(0, np.array([2])), "does not fit"),
    "node too large": (
        lambda m: m.wv.expandos["point"].__setitem__(0, np.array([2])), "does not fit"),
    "negative node": (
        lambda m: m.wv.expandos["point"].__setitem__(0, np.array([-1])), "does not fit"),
    "short code": (
        lambda m: m.wv.expandos["code"].__setitem__(0, np.zeros(0)), "codes that do not fit"),
    "endless code": (
        lambda m: [m.wv.expandos[x].__setitem__(0, np.zeros(93, int)) for x in ("code", "point")],
        "codes that do not fit"),
    "objects as attribute": (
        lambda m: m.wv.expandos.update(x=column([1, m.wv, 2])), "'x' of the file holds objects"),
    "arrays of objects as attribute": (
        lambda m: m.wv.expandos.update(x=column([1, column([m.wv]), 2])), "holds objects"),
    "code as number": (lambda m: m.wv.expandos["code"].__setitem__(0, 5), "is a int"),
}  # fmt: skip


def column(items):
    """A pickled attribute: an array of objects."""
    values = np.empty(len(items), object)
    values[:] = items
    return values


def test_arrays_as_attributes_are_arrays(tmp_path):
    with fake_gensim.installed() as g:
        model = today(g)
        shared = np.ones(3, np.float32)
        model.wv.expandos.update(image=column([shared, shared, np.zeros(2)]))
        (tmp_path / "model").write_bytes(pickle.dumps(model))
    found = Word2Vec.load(tmp_path / "model").wv.expandos["image"]
    assert [item.tolist() for item in found] == [[1, 1, 1], [1, 1, 1], [0, 0]]
    assert found[0] is found[1]


@pytest.mark.parametrize("name", BROKEN)
def test_parts_that_contradict_each_other_are_refused(name, tmp_path):
    change, message = BROKEN[name]
    with fake_gensim.installed() as g:
        model = today(g)
        change(model)
        (tmp_path / "model").write_bytes(pickle.dumps(model))
    with pytest.raises(FormatError, match=message):
        Word2Vec.load(tmp_path / "model")


def test_truncated_models_are_refused(tmp_path):
    path = write(tmp_path / "model", today)
    whole = path.read_bytes()
    for length in [*range(2, 60), *range(60, len(whole), 37), len(whole) - 1]:
        path.write_bytes(whole[:length])
        for load in (Word2Vec.load, KeyedVectors.load):
            with pytest.raises(TruncatedFileError):
                load(path)


def test_native_files_are_not_mistaken(tmp_path):
    model = Word2Vec(SENTENCES, vector_size=4, min_count=1, epochs=1)
    model.save(tmp_path / "native")
    assert foreign.recognise(tmp_path / "native")[1] is None
    assert foreign.recognise(io.BytesIO(b"\x80\x04N."))[1] is not None
    for start in (b"", b"\x80", b"3 4\n", b"{}"):
        assert foreign.recognise(io.BytesIO(start))[1] is None
