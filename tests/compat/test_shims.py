"""The small functions of gensim's modules; gensim itself is the oracle where it is installed."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from word2vec import KeyedVectors
from word2vec.compat import shims

needs_gensim = pytest.mark.skipif(find_spec("gensim") is None, reason="gensim is not installed")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """What gensim's functions answer, computed in a process of its own."""
    path = tmp_path_factory.mktemp("gensim") / "answers.npz"
    code = """
import sys
import numpy as np
from gensim import matutils
from gensim.models.keyedvectors import prep_vectors
old = np.arange(6, dtype=np.float32).reshape(3, 2)
np.savez(
    sys.argv[1],
    fresh=prep_vectors((50, 7), seed=3),
    grown=prep_vectors((5, 4), old, seed=9),
    unit=matutils.unitvec(np.array([3.0, 4.0], dtype=np.float32)),
    ints=matutils.unitvec(np.array([3, 4])),
    l1=matutils.unitvec(np.array([3.0, -4.0]), norm="l1"),
    length=matutils.unitvec(np.array([3.0, 4.0]), return_norm=True)[1],
)
"""
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, capture_output=True)
    return np.load(path)


@needs_gensim
def test_initial_vectors_and_unit_vectors_are_gensims(theirs):
    old = np.arange(6, dtype=np.float32).reshape(3, 2)
    three_four = np.array([3.0, 4.0], dtype=np.float32)
    ours = {
        "fresh": shims.prep_vectors((50, 7), seed=3),
        "grown": shims.prep_vectors((5, 4), old, seed=9),
        "unit": shims.unitvec(three_four),
        "ints": shims.unitvec(np.array([3, 4])),
        "l1": shims.unitvec(np.array([3.0, -4.0]), norm="l1"),
        "length": shims.unitvec(np.array([3.0, 4.0]), return_norm=True)[1],
    }
    for name, value in ours.items():
        # Of float64, the last bit of a quotient may differ.
        np.testing.assert_allclose(value, theirs[name], rtol=3e-16, err_msg=name)
        assert np.asarray(value).dtype == theirs[name].dtype, name


def test_initial_vectors_keep_what_is_there():
    old = np.ones((3, 2), dtype=np.float32)
    assert shims.prep_vectors((3, 2), old) is old
    grown = shims.prep_vectors((6, 2), old, seed=1)
    assert (grown[:3] == 1).all()
    assert (np.abs(grown[3:]) <= 0.5).all()
    assert grown.dtype == np.float32
    assert shims.prep_vectors((6, 2), dtype=np.float64).dtype == np.float64


def test_unit_vectors_of_zeros_and_unknown_norms():
    zeros = np.zeros(3, dtype=np.float32)
    np.testing.assert_array_equal(shims.unitvec(zeros), zeros)
    with pytest.raises(ValueError, match="norm='l3'"):
        shims.unitvec(zeros, norm="l3")


def test_weak_vectors_are_small_and_follow_the_seed():
    first = shims.pseudorandom_weak_vector(10, "seed", hashfxn=len)
    assert first.dtype == np.float32
    assert (np.abs(first) <= 0.05).all()
    assert first.std() > 0.01
    np.testing.assert_array_equal(first, shims.pseudorandom_weak_vector(10, "abcd", hashfxn=len))
    assert (first != shims.pseudorandom_weak_vector(10, "abc", hashfxn=len)).any()
    assert (shims.pseudorandom_weak_vector(10) != shims.pseudorandom_weak_vector(10)).any()
    shims.pseudorandom_weak_vector(10, "x", hashfxn=lambda _: -5)


def test_both_functions_load_vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("2 2\na 1 2\nb 3 4\n")
    for wv in (
        shims.load_word2vec_format(path),
        shims._load_word2vec_format(KeyedVectors, path, binary_chunk_size=5),
        shims._load_word2vec_format(cls=KeyedVectors, fname=path, limit=2),
    ):
        assert type(wv) is KeyedVectors
        assert wv["b"].tolist() == [3, 4]


def test_vocab_and_heap_items_compare_by_count():
    few, many = shims.CompatVocab(count=1, index=7), shims.CompatVocab(count=2)
    assert few < many
    assert not many < few
    assert shims.CompatVocab().count == 0
    assert repr(few) == "CompatVocab(count=1, index=7)"
    assert shims.Heapitem(1, 9, None, None) < shims.Heapitem(2, 0, None, None)
    assert not shims.Heapitem(2, 0, None, None) < shims.Heapitem(2, 1, None, None)


def test_lines_as_bytes(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"a b\n\nc \xff d\n")
    assert list(shims.CythonLineSentence(path)) == [[b"a", b"b"], [b"c", b"\xff", b"d"]]
    assert list(shims.CythonLineSentence(path, offset=4)) == [[b"c", b"\xff", b"d"]]
    assert list(shims.CythonLineSentence(path, max_words_in_batch=2))[1:] == [
        [b"c", b"\xff"],
        [b"d"],
    ]


@pytest.mark.parametrize("kind", [shims.Doc2Vec, shims.FastText])
def test_models_that_only_gensim_has_say_so(kind):
    for use in (kind, kind.load):
        with pytest.raises(ImportError, match=f"{kind.__name__} .* pip install gensim"):
            use("argument", vector_size=3)
