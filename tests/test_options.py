"""The constructor's options: gensim's names, order and defaults; ranges and types."""

import inspect

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.errors import ParameterError, ParameterTypeError
from word2vec.params import OPTIONS, RENAMED

SENTENCES = [["a", "b", "c", "a"], ["b", "a", "d"], ["e"]] * 4
SMALL = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1}

# inspect.signature of gensim 4.4.0's constructor.
GENSIM = {
    "sentences": None,
    "corpus_file": None,
    "vector_size": 100,
    "alpha": 0.025,
    "window": 5,
    "min_count": 5,
    "max_vocab_size": None,
    "sample": 0.001,
    "seed": 1,
    "workers": 3,
    "min_alpha": 0.0001,
    "sg": 0,
    "hs": 0,
    "negative": 5,
    "ns_exponent": 0.75,
    "cbow_mean": 1,
    "hashfxn": hash,
    "epochs": 5,
    "null_word": 0,
    "trim_rule": None,
    "sorted_vocab": 1,
    "batch_words": 10000,
    "compute_loss": False,
    "callbacks": (),
    "comment": None,
    "max_final_vocab": None,
    "shrink_windows": True,
}


def parameters(function):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
    return {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in kinds and name != "self"
    }


def test_the_constructor_has_gensims_names_order_and_defaults():
    assert list(parameters(Word2Vec).items()) == list(GENSIM.items())


def test_the_methods_have_gensims_names_order_and_defaults():
    gensim = pytest.importorskip("gensim.models", exc_type=ImportError)
    assert parameters(Word2Vec) == parameters(gensim.Word2Vec)
    for name in (
        "build_vocab",
        "build_vocab_from_freq",
        "scan_vocab",
        "prepare_vocab",
        "score",
        "estimate_memory",
        "predict_output_word",
    ):
        theirs, ours = (parameters(getattr(c, name)) for c in (gensim.Word2Vec, Word2Vec))
        assert list(ours.items()) == list(theirs.items()), name
    theirs, ours = parameters(gensim.Word2Vec.train), parameters(Word2Vec.train)
    assert list(ours) == list(theirs)
    # gensim switches the constructor's compute_loss off again here.
    assert {k for k in ours if ours[k] != theirs[k]} == {"compute_loss"}


def test_the_table_of_options_has_the_constructors_defaults():
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(Word2Vec).parameters.items()
    }
    for name, option in OPTIONS.items():
        assert defaults[name] == option.default, name


def test_options_become_attributes():
    model = Word2Vec(vector_size=7, window=3, sg=True, hs=np.int64(1), seed=9, comment="mine")
    assert (model.vector_size, model.layer1_size, model.window) == (7, 7, 3)
    assert (model.sg, model.hs, model.seed, model.comment) == (1, 1, 9, "mine")
    assert type(model.sg) is type(model.hs) is int
    assert (model.train_count, model.total_train_time, model.running_training_loss) == (0, 0, 0)
    assert model.wv.vector_size == 7
    assert len(model.wv) == 0
    assert not hasattr(model, "syn1neg")


OUT_OF_RANGE = [
    ("vector_size", (0, -1, 2**20 + 1, 2.5)),
    ("alpha", (-0.1, float("nan"), float("inf"))),
    ("window", (0, -1, 2**20 + 1, 1.5)),
    ("min_count", (-1, 0.5)),
    ("max_vocab_size", (0, -1)),
    ("sample", (-1e-9, float("nan"))),
    ("seed", (-1, 2**64)),
    ("workers", (0, -1, 4097)),
    ("min_alpha", (-1e-9, float("inf"))),
    ("sg", (2, -1)),
    ("hs", (2, -1)),
    ("negative", (-1, 10_001)),
    ("ns_exponent", (float("nan"), float("-inf"))),
    ("cbow_mean", (2,)),
    ("epochs", (0, -3)),
    ("null_word", (2,)),
    ("sorted_vocab", (2,)),
    ("batch_words", (0, 2**31)),
    ("compute_loss", (2,)),
    ("max_final_vocab", (0, 2**31)),
    ("shrink_windows", (3,)),
    ("shared_negatives", ("yes", 1, None)),
    ("corrected_cbow", (2,)),
    ("cache_corpus", (2,)),
]


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in OUT_OF_RANGE for value in values]
)
def test_values_out_of_range_are_refused(name, value):
    with pytest.raises(ParameterError, match=f"^{name}=.*it must be ") as caught:
        Word2Vec(**{name: value})
    assert isinstance(caught.value, ValueError)


def test_every_option_with_a_range_is_tested():
    assert {name for name, _ in OUT_OF_RANGE} == set(OPTIONS)


@pytest.mark.parametrize("name", [n for n, o in OPTIONS.items() if o.kind != "choice"])
def test_wrong_types_are_refused(name):
    with pytest.raises(ParameterTypeError, match=f"^{name}='5' is of type str") as caught:
        Word2Vec(**{name: "5"})
    assert isinstance(caught.value, TypeError)
    if not OPTIONS[name].optional:
        with pytest.raises(ParameterTypeError, match=f"^{name}=None"):
            Word2Vec(**{name: None})


@pytest.mark.parametrize("name", [n for n, o in OPTIONS.items() if o.minimum is not None])
def test_bounds_are_inclusive(name):
    option = OPTIONS[name]
    for bound in (option.minimum, option.maximum):
        if bound is not None:
            assert getattr(Word2Vec(**{name: bound}), name) == bound


def test_whole_floats_are_integers():
    model = Word2Vec(SENTENCES, **SMALL | {"vector_size": 4.0, "window": 2.0})
    assert model.wv["a"].shape == (4,)
    assert type(model.window) is int


def test_no_seed_is_a_fresh_one():
    first, second = (Word2Vec(SENTENCES, **SMALL, seed=None) for _ in range(2))
    assert not np.array_equal(first.wv.vectors, second.wv.vectors)
    again = Word2Vec(SENTENCES, **SMALL, seed=first.seed)
    np.testing.assert_array_equal(again.wv.vectors, first.wv.vectors)


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_old_names_work_with_a_warning(old, new):
    with pytest.warns(DeprecationWarning, match=f"{old}= .* write {new}=") as caught:
        model = Word2Vec(**{old: 7})
    assert getattr(model, new) == 7
    assert caught[0].filename == __file__


def test_unknown_names_are_refused():
    with pytest.raises(
        ParameterTypeError, match=r"unexpected keyword argument 'vectorsize'.*sample"
    ):
        Word2Vec(vectorsize=7)
    model = Word2Vec(SENTENCES, **SMALL)
    with pytest.raises(TypeError, match="iter"):
        model.train(SENTENCES, total_examples=12, epochs=1, iter=5)
    with pytest.raises(TypeError, match="mincount"):
        model.build_vocab(SENTENCES, mincount=5)
