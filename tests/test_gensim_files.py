"""Files in gensim's format without gensim: old layouts, side files, damage, round trips."""

import bz2
import gzip
import io
import logging
import pickle
import sys

import fake_gensim
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec import KeyedVectors, Word2Vec
from word2vec.compat.inert import Global
from word2vec.compat.pickle_writer import PickleWriter
from word2vec.compat.safe_pickle import SafeUnpickler
from word2vec.errors import (
    FormatError,
    MissingDependencyError,
    NotTrainableError,
    ParameterError,
    ParameterTypeError,
    RefusedGlobalError,
    TruncatedFileError,
    WrongObjectError,
)
from word2vec.io import foreign
from word2vec.params import OPTIONS

WORDS = ["the", "cat", "sät"]
COUNTS = [9, 4, 2]
VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4) / 8
OUTPUT = VECTORS[::-1].copy() - 1
# Of the tree ((cat, sät), the): inner node 1 is the root, 0 the other one.
CODES = [[1], [0, 1], [0, 0]]
POINTS = [[1], [1, 0], [1, 0]]
SENTENCES = [["the", "cat", "sät"], ["the", "cat"]] * 20


def column(items, dtype):
    array = np.empty(len(items), dtype=object)
    for row, item in enumerate(items):
        array[row] = np.array(item, dtype)
    return array


def today(g, **changes):
    """A model as gensim 4.4 has it."""
    wv = g.KeyedVectors(
        vector_size=4, index_to_key=list(WORDS), key_to_index={w: i for i, w in enumerate(WORDS)},
        next_index=3, vectors=VECTORS.copy(), norms=None, mapfile_path=None,
        expandos={
            "count": np.array(COUNTS),
            "sample_int": np.array([2**31, 2**32 - 1, 2**31 + 7], np.uint32),
            "code": column(CODES, np.uint8),
            "point": column(POINTS, np.uint32),
        },
        vectors_lockf=np.ones(1, np.float32),
    )  # fmt: skip
    state = {
        "vector_size": 4, "layer1_size": 4, "wv": wv, "epochs": 7, "alpha": 0.05, "window": 3,
        "min_alpha": 0.001, "hs": 1, "negative": 5, "sg": 1, "sample": 0.01, "workers": 2,
        "ns_exponent": 0.5, "cbow_mean": 0, "shrink_windows": True, "compute_loss": False,
        "syn1": OUTPUT, "syn1neg": OUTPUT * 2, "seed": 11, "min_count": 2, "max_vocab_size": None,
        "batch_words": 500, "null_word": 0, "sorted_vocab": 1, "max_final_vocab": None,
        "effective_min_count": 2, "corpus_count": 40, "corpus_total_words": 100, "comment": "hi",
        "train_count": 3, "total_train_time": 1.5, "min_alpha_yet_reached": np.float64(0.002),
        "running_training_loss": np.float32(2.5), "raw_vocab": {"the": 9}, "cum_table": None,
        "hashfxn": hash, "load": g.call_on_class_only, "random": np.random.RandomState(1),
        "lifecycle_events": [{"event": "created", "params": "…"}],
    }  # fmt: skip
    return g.Word2Vec(**state | changes)


def vocab(g):
    return {
        word: g.Vocab(count=c, index=i, sample_int=s, code=np.array(code, np.uint8),
                      point=np.array(point, np.uint32))
        for i, (word, c, s, code, point) in enumerate(
            zip(WORDS, COUNTS, [2**31, 2**32, 2**31 + 7], CODES, POINTS, strict=True)
        )
    }  # fmt: skip


def of_3_8(g, **changes):
    """A model as gensim 3.3 to 3.8 had it."""
    wv = g.Word2VecKeyedVectors(
        vectors=VECTORS, index2word=list(WORDS), vocab=vocab(g), vector_size=4, vectors_norm=None
    )
    model = g.Word2Vec(
        wv=wv, vector_size=4, epochs=7, alpha=0.05, window=3, hs=1, negative=5, sg=1, workers=2,
        callbacks=(), corpus_count=40, corpus_total_words=100, cbow_mean=0,
        vocabulary=g.Word2VecVocab(
            min_count=2, sample=0.01, max_vocab_size=None, sorted_vocab=True, null_word=0,
            ns_exponent=0.5, raw_vocab=None,
        ),
        trainables=g.Word2VecTrainables(
            syn1=OUTPUT, syn1neg=OUTPUT * 2, layer1_size=4, seed=11, hashfxn=hash,
            vectors_lockf=np.ones(3, np.float32),
        ),
    )  # fmt: skip
    model.__dict__.update(changes)
    return model


def of_0_13(g, **changes):
    """A model from before there were KeyedVectors."""
    state = {
        "syn0": VECTORS, "syn0norm": None, "index2word": list(WORDS), "vocab": vocab(g),
        "syn1": OUTPUT, "syn1neg": OUTPUT * 2, "syn0_lockf": np.ones(3, np.float32),
        "layer1_size": 4, "vector_size": 4, "iter": 7, "alpha": 0.05, "window": 3, "hs": 1,
        "negative": 5, "sg": 1, "sample": 0.01, "workers": 2, "cbow_mean": 0, "seed": 11,
        "min_count": 2, "max_vocab_size": None, "corpus_count": 40,
    }  # fmt: skip
    return g.Word2Vec(**state | changes)


LAYOUTS = {"4.4": today, "3.8": of_3_8, "0.13": of_0_13}


def write(path, make, protocol=4, **changes):
    with fake_gensim.installed() as g:
        obj = make(g, **changes)
        path.write_bytes(pickle.dumps(obj, protocol))
    return path


def assert_expected(model):
    assert model.wv.index_to_key == WORDS
    assert [model.wv.key_to_index[word] for word in WORDS] == [0, 1, 2]
    np.testing.assert_array_equal(model.wv.vectors, VECTORS, strict=True)
    np.testing.assert_array_equal(model.wv.expandos["count"], np.array(COUNTS), strict=True)
    # 2**32, of old releases, always stays: it must not become 0.
    thresholds = np.array([2**31, 2**32 - 1, 2**31 + 7], np.uint32)
    np.testing.assert_array_equal(model.wv.expandos["sample_int"], thresholds, strict=True)
    np.testing.assert_array_equal(model.wv.vectors_lockf, np.ones(1, np.float32), strict=True)
    np.testing.assert_array_equal(model.syn1, OUTPUT, strict=True)
    np.testing.assert_array_equal(model.syn1neg, OUTPUT * 2, strict=True)
    tree = model._tables.tree
    for word in range(3):
        nodes, codes = tree.path(word)
        assert (nodes.tolist(), codes.tolist()) == (POINTS[word], CODES[word])
    options = {
        "vector_size": 4, "epochs": 7, "alpha": 0.05, "window": 3, "hs": 1, "negative": 5, "sg": 1,
        "sample": 0.01, "workers": 2, "cbow_mean": 0, "seed": 11, "min_count": 2,
        "max_vocab_size": None,
    }  # fmt: skip
    assert {name: getattr(model, name) for name in options} == options
    assert model.corpus_count == 40
    assert model.hashfxn is hash


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_models_of_every_release_are_read(layout, protocol, tmp_path):
    path = write(tmp_path / "model", LAYOUTS[layout], protocol)
    model = Word2Vec.load(path)
    assert_expected(model)
    wv = KeyedVectors.load(str(path))
    assert type(wv) is KeyedVectors
    np.testing.assert_array_equal(wv.vectors, VECTORS, strict=True)
    assert [list(code) for code in wv.expandos["code"]] == CODES
    assert wv.get_vecattr("cat", "point").tolist() == [1, 0]
    # Two words of a path have equal length: columns stay columns.
    assert wv.expandos["point"].shape == (3,)
    before = model.wv.vectors.copy()
    model.workers = 1
    model.train(SENTENCES, total_examples=40, epochs=1)
    assert not np.array_equal(model.wv.vectors, before)
    assert np.isfinite(model.wv.vectors).all()


def test_everything_of_a_model_of_today_is_read(tmp_path):
    model = Word2Vec.load(write(tmp_path / "model", today))
    assert (model.comment, model.train_count, model.total_train_time) == ("hi", 3, 1.5)
    assert (model.min_alpha, model.min_alpha_yet_reached) == (0.001, 0.002)
    assert (model.running_training_loss, model.corpus_total_words) == (2.5, 100)
    assert (model.ns_exponent, model.batch_words, model.effective_min_count) == (0.5, 500, 2)
    assert model.raw_vocab == {"the": 9}
    assert model._epochs_done == 21
    assert model.lifecycle_events == [{"event": "created", "params": "…"}]
    model.build_vocab([["new"] * 5], update=True)
    assert model.wv.index_to_key == [*WORDS, "new"]
    model.train(SENTENCES, total_examples=40, epochs=1)


def test_what_old_models_lack_has_its_default(tmp_path):
    model = Word2Vec.load(write(tmp_path / "model", of_0_13))
    assert (model.ns_exponent, model.shrink_windows, model.max_final_vocab) == (0.75, 1, None)
    assert (model.corpus_total_words, model.train_count, model.raw_vocab) == (None, 0, {})
    # As in gensim, not known; our own files keep that.
    model.save(tmp_path / "ours")
    assert Word2Vec.load(tmp_path / "ours").corpus_total_words is None


def test_missing_thresholds_are_computed_and_missing_trees_built(tmp_path, caplog):
    path = write(tmp_path / "model", today)
    with fake_gensim.installed() as g:
        model = today(g)
        for name in ("code", "point", "sample_int"):
            del model.wv.expandos[name]
        path.write_bytes(pickle.dumps(model))
    loaded = Word2Vec.load(path)
    assert "no Huffman tree" in caplog.text
    assert loaded.wv.expandos["sample_int"].dtype == np.uint32
    loaded.train(SENTENCES, total_examples=40, epochs=1)


def test_lock_factors_that_lock_are_kept(tmp_path):
    locks = np.array([1, 0, 0.5], np.float32)
    model = Word2Vec.load(write(tmp_path / "model", of_0_13, syn0_lockf=locks))
    np.testing.assert_array_equal(model.wv.vectors_lockf, locks)


def test_options_out_of_range_have_their_default(tmp_path, caplog):
    path = write(tmp_path / "model", today, window=0, workers=-1, sample=None)
    model = Word2Vec.load(path)
    assert (model.window, model.workers, model.sample) == (5, 3, 1e-3)
    assert "window=0" in caplog.text


def test_a_model_without_vocabulary_is_read(tmp_path):
    with fake_gensim.installed() as g:
        model = today(g, wv=g.KeyedVectors(vector_size=4, index_to_key=[], key_to_index={},
                                           vectors=np.zeros((0, 4), np.float32)))  # fmt: skip
        del model.syn1, model.syn1neg
        (tmp_path / "shell").write_bytes(pickle.dumps(model))
    loaded = Word2Vec.load(tmp_path / "shell")
    assert (loaded.epochs, len(loaded.wv)) == (7, 0)
    loaded.build_vocab(SENTENCES)


def test_double_vectors_stay_double_outside_of_models(tmp_path):
    with fake_gensim.installed() as g:
        wv = today(g).wv
        wv.vectors = VECTORS.astype(np.float64)
        (tmp_path / "kv").write_bytes(pickle.dumps(wv))
        (tmp_path / "model").write_bytes(pickle.dumps(today(g, wv=wv)))
    assert KeyedVectors.load(tmp_path / "kv").vectors.dtype == np.float64
    assert Word2Vec.load(tmp_path / "model").wv.vectors.dtype == np.float32


def test_keys_that_occur_twice_are_read_once(tmp_path, caplog):
    with fake_gensim.installed() as g:
        model = today(g, hs=0)
        model.wv.index_to_key[0] = "sät"
        (tmp_path / "model").write_bytes(pickle.dumps(model))
        model.hs = 1
        (tmp_path / "tree").write_bytes(pickle.dumps(model))
    loaded = Word2Vec.load(tmp_path / "model")
    assert "1 keys of the file occur twice" in caplog.text
    assert loaded.wv.index_to_key == ["cat", "sät"]
    np.testing.assert_array_equal(loaded.wv.vectors, VECTORS[1:])
    np.testing.assert_array_equal(loaded.syn1neg, OUTPUT[1:] * 2)
    assert loaded.wv.expandos["count"].tolist() == COUNTS[1:]
    with pytest.raises(FormatError, match="a key occurs twice"):
        Word2Vec.load(tmp_path / "tree")


def test_vectors_of_related_models_are_read_with_a_warning(tmp_path, caplog):
    with fake_gensim.installed() as g:
        state = vars(today(g).wv)
        (tmp_path / "ft").write_bytes(pickle.dumps(g.FastTextKeyedVectors(**state)))
    assert KeyedVectors.load(tmp_path / "ft").index_to_key == WORDS
    assert "only its vectors of whole words" in caplog.text
    with pytest.raises(WrongObjectError, match="FastTextKeyedVectors"):
        Word2Vec.load(tmp_path / "ft")


# ---- side files and compression ------------------------------------------------------


def with_side_files(folder, suffix=""):
    """A model of today whose matrices are in files of their own."""
    path = folder / f"model{suffix}"
    with fake_gensim.installed() as g:
        model = today(g)
        for owner, name, stem in ((model, "syn1neg", path), (model.wv, "vectors", f"{path}.wv")):
            array = vars(owner).pop(name)
            owner.__dict__["__numpys"] = [name]
            if suffix:
                np.savez_compressed(f"{stem}.{name}.npz", val=array)
            else:
                np.save(f"{stem}.{name}.npy", array)
        model.__dict__["__recursive_saveloads"] = ["wv"]
        model.__dict__["__ignoreds"] = ["cum_table"]
        data = pickle.dumps(model)
    compress = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress}[suffix]
    path.write_bytes(compress(data))
    return path


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
def test_side_files_and_compressed_files_are_read(suffix, tmp_path):
    path = with_side_files(tmp_path, suffix)
    assert_expected(Word2Vec.load(path))
    assert_expected(Word2Vec.load(str(path)))


def test_side_files_are_mapped(tmp_path):
    path = with_side_files(tmp_path)
    model = Word2Vec.load(path, mmap="r")
    assert isinstance(model.wv.vectors, np.memmap)
    assert isinstance(model.syn1neg, np.memmap)
    assert_same_arrays(model.wv.vectors, VECTORS)
    with pytest.raises(NotTrainableError, match="mmap='r'"):
        model.train(SENTENCES, total_examples=40, epochs=1)
    assert isinstance(KeyedVectors.load(path, mmap="c").vectors, np.memmap)
    with pytest.raises(ParameterError, match="mmap='w'"):
        Word2Vec.load(path, mmap="w")


def assert_same_arrays(one, other):
    np.testing.assert_array_equal(np.asarray(one), other, strict=True)


def test_compressed_files_are_not_mapped(tmp_path):
    with pytest.raises(ParameterError, match="compressed files cannot be mapped"):
        Word2Vec.load(with_side_files(tmp_path, ".gz"), mmap="r")


def test_a_missing_side_file_is_named(tmp_path):
    path = with_side_files(tmp_path)
    (tmp_path / "model.wv.vectors.npy").unlink()
    with pytest.raises(FileNotFoundError, match=r"model\.wv\.vectors\.npy"):
        Word2Vec.load(path)


def test_open_files_have_no_side_files(tmp_path):
    path = with_side_files(tmp_path)
    with path.open("rb") as file, pytest.raises(FormatError, match="open it by its name"):
        Word2Vec.load(file)


def test_side_files_with_objects_are_refused(tmp_path):
    path = with_side_files(tmp_path)
    side = tmp_path / "model.wv.vectors.npy"
    np.save(side, np.array([print, {}], dtype=object), allow_pickle=True)
    with pytest.raises(FormatError, match=r"vectors\.npy is damaged or no array"):
        Word2Vec.load(path)


def test_damaged_side_files_are_refused(tmp_path):
    path = with_side_files(tmp_path)
    side = tmp_path / "model.wv.vectors.npy"
    whole = side.read_bytes()
    for data in (b"", whole[:5], whole[:60], whole[:-1], b"PK\x03\x04broken"):
        side.write_bytes(data)
        with pytest.raises(FormatError, match=r"vectors\.npy"):
            Word2Vec.load(path)
    # A header that promises more than there is asks for no memory.
    header = io.BytesIO()
    promise = {"descr": "<f4", "fortran_order": False, "shape": (3 * 10**12, 4)}
    np.lib.format.write_array_header_1_0(header, promise)
    side.write_bytes(header.getvalue() + bytes(48))
    with pytest.raises(FormatError):
        Word2Vec.load(path)


def test_side_files_lie_beside_the_model_only(tmp_path):
    path = write(tmp_path / "model", today, **{"__numpys": ["/../../etc/secret"]})
    with pytest.raises(FormatError, match="__numpys are not names"):
        Word2Vec.load(path)


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_damaged_compression_is_a_format_error(suffix, tmp_path):
    path = with_side_files(tmp_path, suffix)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TruncatedFileError):
        Word2Vec.load(path)
    path.write_bytes(whole[:40] + bytes(20) + whole[60:])
    with pytest.raises(FormatError):
        Word2Vec.load(path)


def test_streams_are_read(tmp_path):
    data = write(tmp_path / "model", today).read_bytes()

    class Stream(io.RawIOBase):
        def __init__(self):
            self.inner = io.BytesIO(data)

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.inner.readinto(buffer)

    assert_expected(Word2Vec.load(Stream()))
    assert_expected(Word2Vec.load(io.BytesIO(data)))


# ---- refusals ------------------------------------------------------------------------


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
    "code as number": (lambda m: m.wv.expandos["code"].__setitem__(0, 5), "is a int"),
}  # fmt: skip


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


# ---- writing -------------------------------------------------------------------------


def trained(**options):
    return Word2Vec(
        SENTENCES,
        **{"vector_size": 5, "min_count": 1, "workers": 1, "sample": 0.01, "epochs": 2} | options,
    )


def assert_same(loaded, model):
    for name in OPTIONS:
        assert getattr(loaded, name) == getattr(model, name), name
    for name in (
        "comment", "corpus_count", "corpus_total_words", "effective_min_count", "train_count",
        "total_train_time", "min_alpha_yet_reached", "running_training_loss", "epoch_losses",
        "_epochs_done", "raw_vocab",
    ):  # fmt: skip
        assert getattr(loaded, name) == getattr(model, name), name
    assert_same_vectors(loaded.wv, model.wv)
    for name in ("syn1", "syn1neg"):
        assert hasattr(loaded, name) == hasattr(model, name)
        if hasattr(model, name):
            np.testing.assert_array_equal(getattr(loaded, name), getattr(model, name), strict=True)
    if model.hs:
        for name in ("path_offsets", "path_nodes", "path_codes", "n_inner"):
            ours, theirs = (getattr(m._tables.tree, name) for m in (loaded, model))
            np.testing.assert_array_equal(ours, theirs)


def assert_same_vectors(loaded, wv):
    assert loaded.index_to_key == wv.index_to_key
    assert loaded.key_to_index == wv.key_to_index
    assert loaded.next_index == wv.next_index
    np.testing.assert_array_equal(loaded.vectors, wv.vectors, strict=True)
    assert loaded.expandos.keys() - {"code", "point"} == wv.expandos.keys() - {"code", "point"}
    for name in wv.expandos.keys() - {"code", "point"}:
        np.testing.assert_array_equal(loaded.expandos[name], wv.expandos[name], strict=True)


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
        st.sets(st.text()), st.frozensets(st.integers()),
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
