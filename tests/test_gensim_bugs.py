"""Bugs and traps of gensim 4.4 that are not here; docs/migrating-from-gensim.md lists them.

A probe does what a user would, with either library, and returns whether the bug shows.
Where gensim is installed, a companion test sees that it shows there: a row of the page
that no longer holds is noticed. What makes gensim hang has tests of ours only.
"""

import ast
import gzip
import pickle
import re
import threading
import warnings
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import word2vec

OURS = SimpleNamespace(
    **{name: getattr(word2vec, name) for name in ("Word2Vec", "KeyedVectors", "CallbackAny2Vec")}
)
SENTENCES = [["a", "b", "c", "a"], ["b", "c", "d", "a"]] * 10
SHORT = {"vector_size": 4, "min_count": 1, "workers": 1, "epochs": 1, "sample": 0}

PROBES = {}


def probe(function):
    PROBES[function.__name__] = function
    return function


def train(library, sentences=SENTENCES, **options):
    return library.Word2Vec(sentences, **SHORT | options)


def ready(library, sentences=SENTENCES, **options):
    model = library.Word2Vec(**SHORT | options)
    model.build_vocab(sentences)
    return model


def vectors(library, rows=((1, 0), (0, 1), (1, 1)), keys="xyz"):
    wv = library.KeyedVectors(2)
    wv.add_vectors(list(keys), np.array(rows, np.float32))
    return wv


def fails(*kinds):
    """Turn an exception of these kinds into True: the bug shows."""

    def decorate(function):
        def wrapped(*arguments):
            try:
                return function(*arguments)
            except kinds:
                return True

        wrapped.__name__ = function.__name__
        return wrapped

    return decorate


def accepted(action, *arguments, **options):
    """Whether nonsense is taken without an error."""
    try:
        action(*arguments, **options)
    except (ValueError, TypeError):
        return False
    return True


@contextmanager
def noted_warnings():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield said


def calling(library, hook, action):
    """Make a callback of one hook."""
    return type("Callback", (library.CallbackAny2Vec,), {hook: lambda _, model: action(model)})()


# ---- options ---------------------------------------------------------------------------


@probe
@fails(TypeError)
def whole_float_as_vector_size(library, _):
    return train(library, vector_size=10.0).wv.vectors.shape != (4, 10)


@probe
def vector_size_zero(library, _):
    return accepted(train, library, vector_size=0)


@probe
def no_workers_train_nothing(library, _):
    return accepted(train, library, workers=0)


@probe
def negative_below_zero(library, _):
    return accepted(train, library, negative=-1)


@probe
def min_count_zero_is_ignored(library, _):
    model = library.Word2Vec(**SHORT | {"min_count": 5})
    model.build_vocab([["rare"]], min_count=0)
    return "rare" not in model.wv.key_to_index


@probe
def end_alpha_zero_is_ignored(library, _):
    seen = []
    look = calling(library, "on_epoch_begin", lambda model: seen.append(model.min_alpha))
    ready(library).train(SENTENCES, total_examples=20, epochs=1, end_alpha=0, callbacks=[look])
    return seen != [0]


# ---- state of a model ------------------------------------------------------------------


@probe
def a_refused_train_forgets_epochs(library, _):
    model = ready(library)
    with pytest.raises(ValueError, match="You must specify"):
        model.train(SENTENCES)
    return model.epochs != 1


@probe
def rates_of_one_call_stay(library, _):
    model = ready(library)
    model.train(SENTENCES, total_examples=20, epochs=1, start_alpha=0.01, end_alpha=0.005)
    return (model.alpha, model.min_alpha) != (0.025, 0.0001)


@probe
def train_forgets_compute_loss(library, _):
    model = ready(library, compute_loss=True)
    model.train(SENTENCES, total_examples=20, epochs=1)
    return model.get_latest_training_loss() == 0


# ---- training --------------------------------------------------------------------------


@probe
def long_sentences_are_cut(library, _):
    model = ready(library, [["a", "b"] * 10_000])
    return model.train([["a", "b"] * 10_000], total_examples=1, epochs=1)[0] != 20_000


@probe
def a_small_corpus_has_one_rate(library, _):
    return train(library).min_alpha_yet_reached > 0.01


@probe
def confident_mistakes_are_skipped(library, _):
    model = ready(library, [["a", "b"]])
    model.wv.vectors[:] = 10
    model.syn1neg[:] = -1  # every score is -40
    model.train([["a", "b"]] * 50, total_examples=50, epochs=1)
    return bool((model.wv.vectors == 10).all())


@probe
def the_loss_stands_still_at_2_to_27(library, _):
    full = calling(
        library, "on_epoch_begin", lambda model: setattr(model, "running_training_loss", 2.0**27)
    )
    model = ready(library)
    model.train(SENTENCES, total_examples=20, epochs=1, compute_loss=True, callbacks=[full])
    return model.get_latest_training_loss() == 2**27


@probe
def words_without_context_have_a_loss(library, _):
    model = train(library, [["a"], ["b"]] * 20, compute_loss=True)
    return model.get_latest_training_loss() != 0


# ---- corpus_file -----------------------------------------------------------------------


def written(path, text):
    path.write_text(text, encoding="utf8")
    return str(path)


@probe
def words_of_files_are_read_twice(library, folder):
    path = written(folder / "corpus", "a b c d e f g h i j\n" * 2_250)
    model = library.Word2Vec(**SHORT | {"workers": 4})
    model.build_vocab(corpus_file=path)
    read = model.train(corpus_file=path, total_words=22_500, total_examples=2_250, epochs=1)[1]
    return read != 22_500


@probe
def words_at_odd_spaces_of_files_are_unknown(library, folder):
    path = written(folder / "corpus", "a\u00a0b c\n" * 100)
    model = library.Word2Vec(**SHORT)
    model.build_vocab(corpus_file=path)
    return model.train(corpus_file=path, total_words=300, total_examples=100, epochs=1)[0] != 300


@probe
@fails(TypeError)
def compressed_files_are_not_trained_on(library, folder):
    (folder / "corpus.gz").write_bytes(gzip.compress(b"a b c\n" * 100))
    library.Word2Vec(corpus_file=str(folder / "corpus.gz"), **SHORT)
    return False


@probe
def the_rate_on_files_is_not_noted(library, folder):
    path = written(folder / "corpus", "a b c\n" * 100)
    return library.Word2Vec(corpus_file=path, **SHORT).min_alpha_yet_reached == 0.025


# ---- more words ------------------------------------------------------------------------


@probe
def new_counts_replace_the_old_in_subsampling(library, _):
    first, second = [["a"] * 1000, ["b"] * 10], [["b", "c"] * 5]
    model = ready(library, first, sample=0.01)
    model.build_vocab(second, update=True)
    at_once = ready(library, first + second, sample=0.01)
    return any(
        model.wv.get_vecattr(key, "sample_int") != at_once.wv.get_vecattr(key, "sample_int")
        for key in "abc"
    )


@probe
def the_null_word_is_added_twice(library, _):
    model = ready(library, null_word=1)
    model.build_vocab([["new"]], update=True)
    return model.wv.index_to_key.count("\0") != 1


# ---- adding vectors --------------------------------------------------------------------


@probe
@fails(IndexError, ValueError)
def norms_are_stale_after_adding(library, _):
    wv = vectors(library)
    wv.fill_norms()
    wv.add_vector("new", [3, 4])
    wv.most_similar("x")
    wv["x"] = np.array([9, 0], np.float32)
    return wv.most_similar("z", topn=None)[0] > 1.001


@probe
@fails(ValueError)
def extras_are_refused(library, _):
    wv = vectors(library)
    wv.set_vecattr("x", "count", 5)
    wv.add_vectors(["new"], np.ones((1, 2)), extras={"count": np.array([7])})
    return wv.get_vecattr("new", "count") != 7


@probe
@fails(IndexError)
def a_key_given_twice_takes_two_rows(library, _):
    wv = vectors(library)
    wv.add_vectors(["new", "new"], np.ones((2, 2)))
    return len(wv.index_to_key) != len(wv.vectors) or len(set(wv.index_to_key)) != len(wv)


@probe
def an_existing_key_gets_no_row(library, _):
    return vectors(library).add_vector("x", [5, 5]) != 0


@probe
def adding_one_by_one_warns(library, _):
    with noted_warnings() as said:
        vectors(library).add_vector("new", [5, 5])
    return bool(said)


# ---- files -----------------------------------------------------------------------------


@probe
@fails(IndexError)
def intersecting_text_fails(library, folder):
    vectors(library, [[7, 8]], "x").save_word2vec_format(str(folder / "v"))
    model = ready(library, [["x", "y"]], vector_size=2)
    model.wv.intersect_word2vec_format(str(folder / "v"))
    return model.wv["x"].tolist() != [7, 8]


@probe
@fails(ValueError)
def intersecting_binary_fails(library, folder):
    vectors(library, [[7, 8]], "x").save_word2vec_format(str(folder / "v"), binary=True)
    model = ready(library, [["x", "y"]], vector_size=2)
    model.wv.vectors_lockf = np.ones(2, np.float32)
    model.wv.intersect_word2vec_format(str(folder / "v"), binary=True)
    return model.wv["x"].tolist() != [7, 8]


@probe
def a_repeated_key_in_a_file_leaves_a_hole(library, folder):
    path = written(folder / "v", "3 2\nx 1 2\nx 3 4\ny 5 6\n")
    with noted_warnings():
        return None in library.KeyedVectors.load_word2vec_format(path).index_to_key


@probe
def keys_with_spaces_are_written_and_not_read(library, folder):
    path = str(folder / "v")
    try:
        vectors(library, keys=["new york", "y", "z"]).save_word2vec_format(path)
    except ValueError:
        return False
    try:
        return "new york" not in library.KeyedVectors.load_word2vec_format(path)
    except ValueError:
        return True


@probe
def lines_beyond_the_count_are_dropped_silently(library, folder):
    path = written(folder / "v", "1 2\nx 1 2\ny 3 4\n")
    with noted_warnings() as said:
        library.KeyedVectors.load_word2vec_format(path)
    return not said


@probe
def vectors_of_a_model_file_are_a_model(library, folder):
    ready(library).save(str(folder / "m"))
    return not isinstance(library.KeyedVectors.load(str(folder / "m")), library.KeyedVectors)


class Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@probe
def loading_runs_what_a_file_says(library, folder):
    (folder / "m").write_bytes(pickle.dumps(Hostile(folder / "ran")))
    # gensim notices too late that it got no model.
    with pytest.raises((AttributeError, ValueError)):
        library.Word2Vec.load(str(folder / "m"))
    return (folder / "ran").exists()


# ---- queries ---------------------------------------------------------------------------


@probe
def zero_vectors_are_similar_by_nan(library, _):
    wv = vectors(library, [[1, 0], [0, 0], [1, 1]])
    return bool(np.isnan(wv.most_similar("x", topn=None)).any())


@probe
def products_ignore_restrict_vocab(library, _):
    found = vectors(library).most_similar_cosmul("x", restrict_vocab=2)
    return [key for key, _ in found] != ["y"]


@probe
@fails(ValueError)
def products_take_no_row_numbers(library, _):
    wv = vectors(library)
    return wv.most_similar_cosmul(positive=[0]) != wv.most_similar_cosmul(positive=["x"])


@probe
def products_depend_on_the_length_of_a_vector(library, _):
    wv, vector = vectors(library), np.array([1, 2], np.float32)
    score, longer = (wv.most_similar_cosmul([v], topn=1)[0][1] for v in (vector, 3 * vector))
    return abs(score - longer) > 1e-4


@probe
@fails(ValueError)
def products_need_something_positive(library, _):
    return len(vectors(library).most_similar_cosmul(negative=["x"])) != 2


class Asked:
    """A class of vectors that notes what an evaluation does with it."""

    def __init__(self, library, folder):
        def most_similar(wv, *args, **options):
            self.keys.append(list(wv.key_to_index))
            return library.KeyedVectors.most_similar(wv, *args, **options)

        def mine(wv, *args, **options):
            self.calls += 1
            return wv.most_similar(*args, **options)

        members = {"most_similar": most_similar, "mine": mine}
        self.keys, self.calls = [], 0
        wv = type("Asked", (library.KeyedVectors,), members)(2)
        wv.add_vectors(list("abcd"), np.eye(4, 2, dtype=np.float32) + 1)
        questions = written(folder / "questions", ": section\na b c d\n")
        wv.evaluate_word_analogies(questions, similarity_function="mine")


@probe
def analogies_ignore_similarity_function(library, folder):
    return Asked(library, folder).calls != 1


@probe
def analogies_change_the_keys_while_they_run(library, folder):
    return Asked(library, folder).keys != [["a", "b", "c", "d"]]


# ---- the tests -------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROBES)
def test_bug_is_not_here(name, tmp_path):
    assert not PROBES[name](OURS, tmp_path)


@pytest.mark.parametrize("name", PROBES)
@pytest.mark.filterwarnings("ignore")
def test_gensim_has_the_bug(name, tmp_path):
    pytest.importorskip("gensim")
    from gensim.models import KeyedVectors, Word2Vec
    from gensim.models.callbacks import CallbackAny2Vec

    library = SimpleNamespace(
        Word2Vec=Word2Vec, KeyedVectors=KeyedVectors, CallbackAny2Vec=CallbackAny2Vec
    )
    # In a thread that cannot keep the tests from ending, should gensim hang.
    shown = []
    runner = threading.Thread(
        target=lambda: shown.append(PROBES[name](library, tmp_path)), daemon=True
    )
    runner.start()
    runner.join(60)
    assert shown == [True]


PAGE = Path(__file__).parents[1] / "docs" / "migrating-from-gensim.md"


def test_every_test_that_the_page_names_exists():
    defined = set()
    for path in Path(__file__).parent.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                defined.add(node.name)
    named = set(re.findall(r"`(test_\w+)", PAGE.read_text(encoding="utf8")))
    modules = {path.stem for path in Path(__file__).parent.rglob("test_*.py")}
    assert "test_bug_is_not_here" in named
    assert not named - defined - modules


def test_the_page_lists_every_probe():
    listed = re.findall(r"`test_bug_is_not_here\[(\w+)\]`", PAGE.read_text(encoding="utf8"))
    assert sorted(listed) == sorted(PROBES)
