"""Files in gensim's format are read without gensim: old layouts, side files, compression."""

import bz2
import gzip
import io
import pickle

import fake_gensim
import numpy as np
import pytest
from gensim_cases import (
    CODES,
    COUNTS,
    LAYOUTS,
    OUTPUT,
    SENTENCES,
    VECTORS,
    WORDS,
    assert_expected,
    of_0_13,
    today,
    write,
)

from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import (
    FormatError,
    NotTrainableError,
    ParameterError,
    TruncatedFileError,
    WrongObjectError,
)


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


def test_old_models_get_a_random_state(tmp_path):
    assert type(Word2Vec.load(write(tmp_path / "model", of_0_13)).random) is np.random.RandomState


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
