"""Errors and warnings that programs written for gensim catch, grep or show: their texts."""

import logging
import re

import numpy as np
import pytest

from word2vec import KeyedVectors, PathLineSentences, Word2Vec

SENTENCES = [["a", "b", "c", "a"], ["b", "c", "d"]] * 5


def shell(**options):
    return Word2Vec(**{"vector_size": 4, "min_count": 1, "workers": 1} | options)


def trained(**options):
    return Word2Vec(
        SENTENCES, **{"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1} | options
    )


def ready(**options):
    model = shell(**options)
    model.build_vocab(SENTENCES)
    return model


def train(model, corpus=SENTENCES, **arguments):
    return model.train(corpus, **{"total_examples": 10, "epochs": 1} | arguments)


def without_vectors():
    model = ready()
    model.wv.vectors = np.zeros((0, 4), np.float32)
    return model


def kv():
    vectors = KeyedVectors(2)
    vectors.add_vectors(["x", "y"], np.array([[1, 2], [3, 4]], np.float32))
    return vectors


def two_types():
    vectors = kv()
    vectors.set_vecattr("x", "n", 1)
    vectors.set_vecattr("y", "n", "text")


NO_VOCABULARY = "you must first build vocabulary before training the model"
ONE_CORPUS = "Either one of corpus_file or corpus_iterable value must be provided"
TWO_CORPORA = "Both corpus_file and corpus_iterable must not be provided at the same time"
NEEDS_TOTALS = (
    "You must specify either total_examples or total_words, for proper learning-rate and "
    "progress calculations. "
)
NEEDS_EPOCHS = "You must specify an explicit epochs count. The usual value is epochs=model.epochs."
OBJECTIVE = "You must set either 'hs' or 'negative' to be positive for proper training. "

# What is done, the builtin that gensim raises, and how its text begins.
ERRORS = {
    "empty corpus": (lambda: Word2Vec([]), RuntimeError, NO_VOCABULARY),
    "all words too rare": (lambda: trained(min_count=99), RuntimeError, NO_VOCABULARY),
    "train a shell": (lambda: train(shell()), RuntimeError, NO_VOCABULARY),
    "no vectors": (
        lambda: train(without_vectors()),
        RuntimeError,
        "you must initialize vectors before training the model",
    ),
    "no objective": (lambda: train(shell(negative=0)), ValueError, OBJECTIVE),
    "no totals": (lambda: train(ready(), total_examples=None), ValueError, NEEDS_TOTALS),
    "no epochs": (lambda: train(ready(), epochs=None), ValueError, NEEDS_EPOCHS),
    "zero epochs": (lambda: train(ready(), epochs=0), ValueError, NEEDS_EPOCHS),
    "train on nothing": (lambda: train(ready(), None), TypeError, ONE_CORPUS),
    "train on two": (lambda: train(ready(), corpus_file="x"), TypeError, TWO_CORPORA),
    "build from nothing": (lambda: shell().build_vocab(), TypeError, ONE_CORPUS),
    "build from two": (
        lambda: shell().build_vocab(SENTENCES, corpus_file="x"),
        TypeError,
        TWO_CORPORA,
    ),
    "missing file": (
        lambda: train(ready(), None, corpus_file="/no/file", total_words=9),
        TypeError,
        "Parameter corpus_file must be a valid path to a file, got '/no/file' instead",
    ),
    "file without words": (
        lambda: train(ready(), None, corpus_file=__file__),
        ValueError,
        "total_words must be provided alongside corpus_file argument.",
    ),
    "no iterable": (
        lambda: train(ready(), 5),
        TypeError,
        "The corpus_iterable must be an iterable of lists of strings, got 5 instead",
    ),
    "generator": (
        lambda: train(ready(), (s for s in SENTENCES), epochs=2),
        TypeError,
        "Using a generator as corpus_iterable can't support 2 passes. Try a re-iterable sequence.",
    ),
    "generator in the constructor": (
        lambda: Word2Vec(s for s in SENTENCES),
        TypeError,
        "Using a generator as corpus_iterable can't support 6 passes. Try a re-iterable sequence.",
    ),
    "update of nothing": (
        lambda: shell().build_vocab(SENTENCES, update=True),
        RuntimeError,
        "You cannot do an online vocabulary-update of a model which has no prior vocabulary. "
        "First build the vocabulary of your model with a corpus before doing an online update.",
    ),
    "score with negative sampling": (
        lambda: ready().score(SENTENCES),
        RuntimeError,
        "We have currently only implemented score for the hierarchical softmax scheme, so you "
        "need to have run word2vec with hs=1 and negative=0 for this to work.",
    ),
    "score by a shell": (
        lambda: shell(hs=1, negative=0).score(SENTENCES),
        RuntimeError,
        "you must first build vocabulary before scoring new data",
    ),
    "predict without negative sampling": (
        lambda: ready(hs=1, negative=0).predict_output_word(["a"]),
        RuntimeError,
        "We have currently only implemented predict_output_word for the negative sampling scheme, "
        "so you need to have run word2vec with negative > 0 for this to work.",
    ),
    "predict by a shell": (
        lambda: shell().predict_output_word(["a"]),
        RuntimeError,
        "Parameters required for predicting the output words not found.",
    ),
    "missing key": (lambda: kv()["q"], KeyError, "Key 'q' not present"),
    "missing index": (lambda: kv().get_index("q"), KeyError, "Key 'q' not present"),
    "missing in similarity": (lambda: kv().similarity("x", "q"), KeyError, "Key 'q' not present"),
    "missing in cosmul": (lambda: kv().most_similar_cosmul("q"), KeyError, "Key 'q' not present"),
    "missing in most_similar": (
        lambda: kv().most_similar("q"),
        KeyError,
        "Key 'q' not present in vocabulary",
    ),
    "most similar to nothing": (
        lambda: kv().most_similar(),
        ValueError,
        "cannot compute mean with no input",
    ),
    "most similar to none": (
        lambda: kv().most_similar([]),
        ValueError,
        "cannot compute mean with no input",
    ),
    "cosmul of nothing": (
        lambda: kv().most_similar_cosmul(),
        ValueError,
        "cannot compute similarity with no input",
    ),
    "odd one of nothing": (
        lambda: kv().doesnt_match(["q"]),
        ValueError,
        "cannot select a word from an empty list",
    ),
    "weights of other length": (
        lambda: kv().get_mean_vector(["x", "y"], [1]),
        ValueError,
        "keys and weights array must have same number of elements",
    ),
    "similarity of no words": (
        lambda: kv().n_similarity([], ["x"]),
        ZeroDivisionError,
        "At least one of the passed list is empty.",
    ),
    "attribute of another type": (
        two_types,
        TypeError,
        "Can't allocate type <class 'str'> for attribute n, conflicts with its existing type int64",
    ),
    "assigning to a vector": (
        lambda: kv().get_vector("x").__setitem__(0, 1),
        ValueError,
        "assignment destination is read-only",
    ),
    "vocabulary without counts": (
        lambda: kv().save_word2vec_format("/no/where", fvocab="/no/where"),
        ValueError,
        "Cannot store vocabulary with 'count' because that attribute does not exist",
    ),
    "no file, no folder": (
        lambda: PathLineSentences("/no/where"),
        ValueError,
        "input is neither a file nor a path",
    ),
}


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_has_gensim_s_type_and_text(case):
    action, builtin, text = ERRORS[case]
    with pytest.raises(builtin, match="^" + re.escape(text)):
        action()


def test_damaged_files_say_what_gensim_says(tmp_path):
    path = tmp_path / "v"
    for content, binary in ((b"3 2\na 1 2\n", False), (b"3 2\na 12345678", True)):
        path.write_bytes(content)
        with pytest.raises(EOFError, match=r"^unexpected end of input; is count incorrect or file"):
            KeyedVectors.load_word2vec_format(path, binary=binary)
    path.write_bytes(b"1 2\na 1 2 3\n")
    text = r"^invalid vector on line \S+ \(is this really the text format\?\)"
    with pytest.raises(ValueError, match=text):
        KeyedVectors.load_word2vec_format(path)
    with pytest.raises(NotImplementedError, match="no_header only available for text-format files"):
        KeyedVectors.load_word2vec_format(path, binary=True, no_header=True)
    path.write_text("a b c d\n")
    with pytest.raises(ValueError, match="Missing section header before line #"):
        kv().evaluate_word_analogies(path)
    path.write_text("q\tr\t1\n")
    with pytest.raises(ValueError, match="No valid similarity judgements found"):
        kv().evaluate_word_pairs(path)


def rising():
    model = ready()
    train(model)
    train(model, start_alpha=0.5)


# What is done, and how the line at WARNING begins.
WARNINGS = {
    "both objectives": (
        lambda: trained(hs=1, negative=5),
        "Both hierarchical softmax and negative sampling are activated. ",
    ),
    "rising rate": (rising, "Effective 'alpha' higher than previous training cycles"),
    "str as a sentence": (
        lambda: shell().build_vocab(["abc", "abd"]),
        "Each 'sentences' item should be a list of words (usually unicode strings). "
        "First item here is instead plain ",
    ),
    "str as a corpus": (
        lambda: shell().build_vocab("abc"),
        "Each 'sentences' item should be a list of words",
    ),
    "empty corpus": (
        lambda: train(ready(), []),
        "train() called with an empty iterator (if not intended, be sure to provide a corpus "
        "that offers restartable iteration = an iterable).",
    ),
    "other number of sentences": (
        lambda: train(ready(), total_examples=11),
        "EPOCH 0: supplied example count (10) did not equal expected count (11)",
    ),
    "other number of words": (
        lambda: train(ready(), total_words=11),
        "EPOCH 0: supplied raw word count (35) did not equal expected count (11)",
    ),
    "unknown context": (
        lambda: ready().predict_output_word(["zzz"]),
        "All the input context words are out-of-vocabulary for the current model.",
    ),
    "unknown words": (
        lambda: kv().doesnt_match(["x", "zzz"]),
        "vectors for words ['zzz'] are not present in the model, ignoring these words",
    ),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_a_warning_reaches_the_root_logger_with_gensim_s_text(case, caplog):
    action, text = WARNINGS[case]
    action()
    lines = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert any(line.startswith(text) for line in lines), lines


def test_an_ordinary_run_warns_of_nothing(caplog):
    train(trained(workers=2, epochs=1), start_alpha=0.0001)
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]


def test_progress_lines_can_be_grepped(caplog):
    caplog.set_level(logging.INFO)
    trained()
    assert re.search(
        r"EPOCH 0: training on 35 raw words \(\d+ effective words\) took [\d.]+s, "
        r"\d+ effective words/s",
        caplog.text,
    )
