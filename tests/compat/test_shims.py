"""The small functions of gensim's modules; gensim itself is the oracle where it is installed."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from word2vec.compat import keyedvectors, shims

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
        "fresh": keyedvectors.prep_vectors((50, 7), seed=3),
        "grown": keyedvectors.prep_vectors((5, 4), old, seed=9),
        "unit": shims.unitvec(three_four),
        "ints": shims.unitvec(np.array([3, 4])),
        "l1": shims.unitvec(np.array([3.0, -4.0]), norm="l1"),
        "length": shims.unitvec(np.array([3.0, 4.0]), return_norm=True)[1],
    }
    for name, value in ours.items():
        # Of float64, the last bit of a quotient may differ.
        np.testing.assert_allclose(value, theirs[name], rtol=3e-16, err_msg=name)
        assert np.asarray(value).dtype == theirs[name].dtype, name


def test_unit_vectors_of_zeros_and_unknown_norms():
    zeros = np.zeros(3, dtype=np.float32)
    np.testing.assert_array_equal(shims.unitvec(zeros), zeros)
    with pytest.raises(ValueError, match="norm='l3'"):
        shims.unitvec(zeros, norm="l3")


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
