"""With the real gensim: its old files, its answers to ours, and ways there and back."""

import bz2
import gzip
import pickle
from pathlib import Path

import numpy as np
import pytest

from word2vec import KeyedVectors, Word2Vec
from word2vec.errors import WrongObjectError

gensim = pytest.importorskip("gensim", reason="gensim is needed, with its test data")

DATA = Path(gensim.__file__).parent / "test" / "test_data"
if not DATA.is_dir():
    pytest.skip(f"gensim's test data are not installed in {DATA}", allow_module_level=True)

SENTENCES = [["a", "b", "c", "a"], ["b", "a", "d"], ["e", "é日"]] * 40

OLD = [
    *(f"old_w2v_models/w2v_{v}.mdl" for v in (
        "0.12.0", "0.12.1", "0.12.2", "0.12.3", "0.12.4", "0.13.0", "0.13.1", "0.13.2", "0.13.3",
        "0.13.4", "1.0.0", "1.0.1", "2.0.0", "2.1.0", "2.2.0", "2.3.0", "3.0.0", "3.1.0", "3.2.0",
        "3.3.0", "3.4.0",
    )),
    "w2v-lee-v0.12.0", "word2vec_old", "word2vec_old_sep", "word2vec_3.3",
    "model-from-gensim-3.8.0.w2v",
    "word2vec_pre_kv_py2", "word2vec_pre_kv_py3", "word2vec_pre_kv_py3_4",
    "word2vec_pre_kv_sep_py2", "word2vec_pre_kv_sep_py3", "word2vec_pre_kv_sep_py3_4",
]  # fmt: skip

# gensim 4.4 opens these itself; it refuses the others.
READ_BY_GENSIM = [
    name for name in OLD
    if "pre_kv" not in name and "0.12" not in name
    and not any(f"0.13.{n}" in name for n in range(4))
]  # fmt: skip


def bare_state(name):
    """Read a file with Python's own unpickler, into bare objects: an independent reading."""

    class Bare:
        def __init__(self, *args):
            pass

        def __setstate__(self, state):
            if isinstance(state, dict):
                self.__dict__.update(state)

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            if module.startswith(("gensim", "numpy.random")):
                return type(name, (Bare,), {})
            return super().find_class("collections" if module == "UserString" else module, name)

    with (DATA / name).open("rb") as file:
        return Reader(file, encoding="latin1").load()


@pytest.mark.parametrize("name", OLD)
def test_old_models_are_read_and_trained(name):
    model = Word2Vec.load(DATA / name)
    raw = bare_state(name)
    inner = getattr(raw, "wv", raw)
    outer = getattr(raw, "trainables", raw)
    vocab = inner.vocab
    assert model.wv.index_to_key == inner.index2word
    assert model.wv.expandos["count"].tolist() == [vocab[w].count for w in inner.index2word]
    vectors = vars(inner).get("vectors", vars(inner).get("syn0"))
    if vectors is None:
        vectors = np.load(next(DATA.glob(f"{name}*.syn0.npy")))
    np.testing.assert_array_equal(model.wv.vectors, vectors, strict=True)
    for weights in ("syn1", "syn1neg"):
        side_file = DATA / f"{name}.{weights}.npy"
        if side_file.exists() or weights in vars(outer):
            expected = vars(outer).get(weights)
            expected = np.load(side_file) if expected is None else expected
            np.testing.assert_array_equal(getattr(model, weights), expected, strict=True)
    assert model.epochs == vars(raw).get("epochs", vars(raw).get("iter"))
    for option in ("window", "alpha", "sg", "hs", "negative", "workers", "cbow_mean"):
        assert getattr(model, option) == getattr(raw, option), option
    assert KeyedVectors.load(DATA / name).index_to_key == inner.index2word
    if model.hs:
        for word, key in enumerate(inner.index2word):
            nodes, codes = model._tables.tree.path(word)
            assert nodes.tolist() == vocab[key].point.tolist()
            assert codes.tolist() == vocab[key].code.tolist()
    model.workers = 1
    model.train([model.wv.index_to_key] * 20, total_examples=20, epochs=1)
    assert np.isfinite(model.wv.vectors).all()
    model.build_vocab([["new", "words"] * 9], update=True)
    model.train([["new", "words"] * 9], total_examples=1, epochs=1)


@pytest.mark.parametrize("name", READ_BY_GENSIM)
def test_gensim_reads_the_same(name):
    theirs = gensim.models.Word2Vec.load(str(DATA / name))
    ours = Word2Vec.load(DATA / name)
    assert ours.wv.index_to_key == theirs.wv.index_to_key
    np.testing.assert_array_equal(ours.wv.vectors, theirs.wv.vectors)
    for option in ("window", "epochs", "negative", "hs", "sample", "min_count", "ns_exponent"):
        assert getattr(ours, option) == getattr(theirs, option), option


def test_old_vectors_are_read():
    wv = KeyedVectors.load(DATA / "old_keyedvectors_320.dat")
    theirs = gensim.models.KeyedVectors.load(str(DATA / "old_keyedvectors_320.dat"))
    assert wv.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(wv.vectors, theirs.vectors)
    wv = KeyedVectors.load(DATA / "ft_kv_3.6.0.model.gz")  # which gensim 4 refuses
    assert len(wv) == 12
    with gzip.open(DATA / "ft_kv_3.6.0.model.gz") as file:
        assert wv.vectors.tobytes() in file.read()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("euclidean_vectors.bin", {"binary": True}),
        ("high_precision.kv.bin", {"binary": True}),
        ("high_precision.kv.txt", {}),
        ("word2vec_pre_kv_c", {}),
        ("w2v_keyedvectors_load_test.modeldata", {"unicode_errors": "ignore"}),
    ],
)
def test_vectors_of_the_c_tool_are_read_as_gensim_reads_them(name, options):
    theirs = gensim.models.KeyedVectors.load_word2vec_format(str(DATA / name), **options)
    ours = KeyedVectors.load_word2vec_format(DATA / name, **options)
    assert ours.index_to_key == theirs.index_to_key
    np.testing.assert_array_equal(ours.vectors, theirs.vectors)


@pytest.mark.parametrize("path", sorted(DATA.glob("phrase*")), ids=lambda path: path.name)
def test_phrases_are_named(path):
    for load in (Word2Vec.load, KeyedVectors.load):
        with pytest.raises(WrongObjectError, match=r"gensim\.models\.phrases\.Phrase"):
            load(path)


# ---- there and back ------------------------------------------------------------------

TREE = {"hs": 1, "negative": 0}
OBJECTIVES = [{}, {"sg": 1}, TREE, TREE | {"sg": 1}, {"hs": 1, "sg": 1}, {"null_word": 1, "sg": 1}]


def trained(kind=Word2Vec, **options):
    return kind(
        SENTENCES, **{"vector_size": 5, "min_count": 1, "workers": 1, "epochs": 2} | options
    )


def assert_same(one, other):
    assert one.wv.index_to_key == other.wv.index_to_key
    assert one.wv.key_to_index == other.wv.key_to_index
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors, strict=True)
    for name in ("count", "sample_int"):
        ours, theirs = one.wv.expandos[name], other.wv.expandos[name]
        np.testing.assert_array_equal(ours, theirs, strict=True)
    for name in ("syn1", "syn1neg"):
        assert hasattr(one, name) == hasattr(other, name)
        if hasattr(one, name):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), strict=True)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize(("name", "sep_limit"), [("m", 10**7), ("m", 4), ("m.gz", 4), ("m.bz2", 9)])
def test_models_go_to_gensim_and_back(name, sep_limit, objective, tmp_path):
    ours = trained(**objective)
    ours.save(tmp_path / name, format="gensim", sep_limit=sep_limit)
    theirs = gensim.models.Word2Vec.load(str(tmp_path / name))
    assert_same(ours, theirs)
    assert [key for key, _ in theirs.wv.most_similar("a", topn=3)] == [
        key for key, _ in ours.wv.most_similar("a", topn=3)
    ]
    if theirs.negative:
        expected = dict(theirs.predict_output_word(["a"], topn=9))
        found = dict(ours.predict_output_word(["a"], topn=9))
        assert found == pytest.approx(expected, abs=1e-3)
    else:
        expected = theirs.score([["a", "b", "c"]])
        # gensim takes logarithms from a table of 1,000 entries.
        np.testing.assert_allclose(ours.score([["a", "b", "c"]]), expected, rtol=0.05)
    theirs.train(SENTENCES, total_examples=theirs.corpus_count, epochs=2)
    theirs.save(str(tmp_path / f"back{name}"), sep_limit=sep_limit)
    back = Word2Vec.load(tmp_path / f"back{name}")
    assert_same(back, theirs)
    assert back.wv.vectors.tobytes() != ours.wv.vectors.tobytes()
    assert back.train(SENTENCES, total_examples=back.corpus_count, epochs=2)[1] == 720


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
@pytest.mark.parametrize(("sep_limit", "mmap"), [(10**7, None), (4, None), (4, "r")], ids=str)
def test_models_of_gensim_come_and_go_back(sep_limit, mmap, objective, tmp_path):
    theirs = trained(gensim.models.Word2Vec, **objective)
    theirs.save(str(tmp_path / "theirs"), sep_limit=sep_limit)
    ours = Word2Vec.load(tmp_path / "theirs", mmap=mmap)
    assert_same(ours, theirs)
    assert isinstance(ours.wv.vectors, np.memmap) == bool(mmap)
    # What is mapped to read goes back as it is; to be trained it is read.
    ours.save(tmp_path / "ours", format="gensim", sep_limit=sep_limit)
    assert_same(gensim.models.Word2Vec.load(str(tmp_path / "ours"), mmap=mmap), theirs)
    ours = Word2Vec.load(tmp_path / "ours")
    assert ours.train(SENTENCES, total_examples=ours.corpus_count, epochs=2)[1] == 720
    assert ours.wv.vectors.tobytes() != theirs.wv.vectors.tobytes()
    ours.save(tmp_path / "trained", format="gensim", sep_limit=sep_limit)
    back = gensim.models.Word2Vec.load(str(tmp_path / "trained"))
    assert_same(ours, back)
    assert back.train(SENTENCES, total_examples=back.corpus_count, epochs=2)[1] == 720
    assert back.wv.vectors.tobytes() != ours.wv.vectors.tobytes()


@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
def test_live_models_go_to_gensim_and_back(objective):
    ours = trained(**objective)
    theirs = ours.to_gensim()
    assert type(theirs) is gensim.models.Word2Vec
    assert_same(ours, theirs)
    theirs.train(SENTENCES, total_examples=theirs.corpus_count, epochs=1)
    assert theirs.wv.vectors.tobytes() != ours.wv.vectors.tobytes()  # no shared memory
    back = Word2Vec.from_gensim(theirs)
    assert_same(back, theirs)
    before = theirs.wv.vectors.copy()
    back.train(SENTENCES, total_examples=back.corpus_count, epochs=1)
    np.testing.assert_array_equal(theirs.wv.vectors, before)
    if "null_word" not in objective:  # gensim adds it a second time
        theirs.build_vocab([["new"] * 5], update=True)
        theirs.train(SENTENCES, total_examples=120, epochs=1)
    pickle.dumps(theirs)


def test_vectors_go_to_gensim_and_back(tmp_path):
    ours = trained().wv
    ours.set_vecattr("a", "note", "text")
    ours.save(tmp_path / "kv", format="gensim", sep_limit=8)
    for theirs in (gensim.models.KeyedVectors.load(str(tmp_path / "kv")), ours.to_gensim()):
        assert type(theirs) is gensim.models.KeyedVectors
        assert theirs.get_vecattr("a", "note") == "text"
        assert theirs.key_to_index == ours.key_to_index
        theirs.save(str(tmp_path / "back"))
        for back in (KeyedVectors.load(tmp_path / "back"), KeyedVectors.from_gensim(theirs)):
            np.testing.assert_array_equal(back.vectors, ours.vectors, strict=True)
            assert back.index_to_key == ours.index_to_key
            assert back.get_vecattr("a", "note") == "text"


def test_mapped_vectors_stay_mapped(tmp_path):
    trained().save(tmp_path / "m", format="gensim", sep_limit=8)
    theirs = gensim.models.Word2Vec.load(str(tmp_path / "m"), mmap="r")
    assert isinstance(theirs.wv.vectors, np.memmap)
    theirs.save(str(tmp_path / "inline"), sep_limit=10**6)  # a pickled memmap
    np.testing.assert_array_equal(
        Word2Vec.load(tmp_path / "inline").wv.vectors, theirs.wv.vectors, strict=True
    )


@pytest.mark.parametrize("protocol", range(6))
def test_all_protocols_of_gensims_save_are_read(protocol, tmp_path):
    theirs = gensim.models.Word2Vec(SENTENCES, vector_size=5, min_count=1, hs=1, workers=1)
    theirs.save(str(tmp_path / "m"), pickle_protocol=protocol)
    assert_same(Word2Vec.load(tmp_path / "m"), theirs)
    (tmp_path / "m.bz2").write_bytes(bz2.compress((tmp_path / "m").read_bytes()))
    assert_same(Word2Vec.load(tmp_path / "m.bz2"), theirs)


def test_models_of_fasttext_and_doc2vec_give_their_word_vectors(tmp_path):
    theirs = gensim.models.Doc2Vec(
        [gensim.models.doc2vec.TaggedDocument(["a", "b", "c"], [0])] * 9, vector_size=5, min_count=1
    )
    theirs.save(str(tmp_path / "d2v"))
    wv = KeyedVectors.load(tmp_path / "d2v")
    np.testing.assert_array_equal(wv.vectors, theirs.wv.vectors)
    with pytest.raises(WrongObjectError, match="Doc2Vec"):
        Word2Vec.load(tmp_path / "d2v")
