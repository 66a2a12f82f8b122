"""Models as releases of gensim pickled them, and how files of ours are compared."""

import pickle

import fake_gensim
import numpy as np

from word2vec import Word2Vec
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
