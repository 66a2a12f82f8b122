"""patch_gensim: whose classes a program gets under gensim's names, and how it is undone."""

from patched_programs import STAND_IN, needs_gensim, run

# ---- the stand-in -----------------------------------------------------------------


def test_importing_word2vec_patches_nothing():
    run(
        """
        import sys
        before = list(sys.meta_path)
        import word2vec
        from word2vec import *
        assert sys.meta_path == before
        assert "gensim" not in sys.modules
        """
    )


def test_the_stand_in_holds_our_objects_under_gensims_names():
    run(
        STAND_IN
        + """
from importlib import import_module
from word2vec.compat import names
import gensim, gensim.models.word2vec
seen = 0
for module, homes in names.STAND_IN.items():
    objects = names.found(homes)
    if objects is None:
        continue
    for name, value in objects.items():
        assert getattr(import_module(module), name) is value, (module, name)
        seen += 1
assert seen > 30, seen
assert gensim.models.Word2Vec is gensim.models.word2vec.Word2Vec is word2vec.Word2Vec
from gensim.models import KeyedVectors, Word2Vec, word2vec as module
assert KeyedVectors is gensim.models.keyedvectors.KeyedVectors is word2vec.KeyedVectors
assert module.LineSentence is word2vec.LineSentence
assert gensim.models.callbacks.CallbackAny2Vec is word2vec.CallbackAny2Vec
names = {}
exec("from gensim.models.word2vec import *", names)
assert names["Text8Corpus"] is word2vec.Text8Corpus
assert "Word2Vec" in dir(gensim.models) and gensim.models.word2vec.FAST_VERSION >= 0
"""
    )


def test_a_program_for_gensim_runs_on_the_stand_in():
    run(
        STAND_IN
        + """
from gensim.models import Word2Vec
model = Word2Vec([["a", "b", "c"]] * 20, vector_size=5, min_count=1, epochs=2)
assert model.wv.most_similar("a", topn=1)[0][0] in "bc"
"""
    )


def test_the_version_is_gensims():
    run(
        STAND_IN
        + """
import importlib.metadata as metadata
import gensim
assert gensim.__version__ == metadata.version("gensim") == metadata.version("Gensim") == "4.4.0"
assert metadata.distribution("gensim").metadata["Name"] == "gensim"
assert any(found.metadata["Name"] == "gensim" for found in metadata.distributions())
assert metadata.distribution("gensim").locate_file("x").name == "x"
assert metadata.distribution("gensim").read_text("RECORD") is None
assert metadata.version("pytest")
assert not list(metadata.distributions(name="gensim", path=["/nowhere"]))
"""
    )


def test_what_the_stand_in_lacks_says_where_to_get_it():
    run(
        STAND_IN
        + """
import importlib
import gensim.models
for attempt, kind in [
    (lambda: gensim.models.LdaModel, AttributeError),
    (lambda: gensim.models.word2vec.nothing, AttributeError),
    (lambda: importlib.import_module("gensim.corpora"), ModuleNotFoundError),
    (lambda: importlib.import_module("gensim.models.ldamodel"), ModuleNotFoundError),
    (lambda: gensim.models.Doc2Vec(), ImportError),
    (lambda: gensim.models.FastText.load("x"), ImportError),
]:
    try:
        attempt()
    except kind as error:
        assert "pip install gensim" in str(error), error
        if kind is ModuleNotFoundError:
            assert error.name.startswith("gensim.")
    else:
        raise AssertionError(kind)
assert not hasattr(gensim.models, "LdaModel")
for line in [
    "from gensim.models import LdaModel",
    "from gensim import downloader",
    "import gensim.downloader as api",
    "from gensim.models.fasttext import load_facebook_model",
    "from gensim.similarities.annoy import AnnoyIndexer",
]:
    try:
        exec(line)
    except ImportError as error:
        assert "in word2vec's stand-in for gensim" in str(error), error
        assert "pip install gensim" in str(error), error
        assert ("load_word2vec_format()" in str(error)) == ("downloader" in line), error
    else:
        raise AssertionError(line)
"""
    )


def test_modules_of_the_stand_in_have_their_loggers():
    run(
        STAND_IN
        + """
import logging
from gensim.models.word2vec import Word2Vec, logger
assert logger is logging.getLogger("gensim.models.word2vec")
logger.setLevel(logging.ERROR)
assert not logging.getLogger("word2vec.model").isEnabledFor(logging.WARNING)
"""
    )


def test_homes_that_do_not_exist_are_left_out_and_broken_ones_are_not(tmp_path):
    (tmp_path / "broken_home.py").write_text("import no_such_module\n")
    run(
        STAND_IN
        + """
import sys
from importlib import import_module
from word2vec.compat import names
names.STAND_IN["gensim.one"] = {"a": "math:pi", "b": "math:nothing", "c": "no.such:thing"}
names.STAND_IN["gensim.two"] = "word2vec.compat.no_such_module"
names.STAND_IN["gensim.three"] = "no_such_package.module"
names.STAND_IN["gensim.scripts.four"] = {"a": "broken_home:a"}
one = import_module("gensim.one")
assert one.a > 3 and one.__all__ == ["a"] and not hasattr(one, "b") and not hasattr(one, "c")
for name, missing in [
    ("gensim.two", "gensim.two"),
    ("gensim.three", "gensim.three"),
    ("gensim.scripts.four", "no_such_module"),
]:
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        assert error.name == missing, error.name
    else:
        raise AssertionError(name)
""",
        cwd=tmp_path,
    )


def test_unpatching_the_stand_in_leaves_nothing():
    run(
        """
        import importlib.metadata, logging, sys
        import word2vec, word2vec.compat.patch
        logging.getLogger("word2vec.vectors.deep.down")
        def state():
            parents = {
                name: logging.getLogger(name).parent
                for name in ("word2vec", "word2vec.phrases", "word2vec.vectors.deep.down")
            }
            modules = [name for name in sys.modules if name.partition(".")[0] == "gensim"]
            return list(sys.meta_path), list(importlib.metadata.distributions()).__len__(), modules
        word2vec.unpatch_gensim()  # nothing to undo
        before = state()
        for _ in range(2):
            word2vec.patch_gensim(only_stand_in=True)
            word2vec.patch_gensim(only_stand_in=True)
            word2vec.patch_gensim()
            import gensim.models.word2vec
            gensims = logging.getLogger("gensim.models.word2vec")
            assert logging.getLogger("word2vec").parent is gensims
            assert state() != before
            word2vec.unpatch_gensim()
            assert state() == before
            assert logging.getLogger("word2vec").parent is logging.getLogger()
            word2vec.unpatch_gensim()
        """
    )


def test_gensims_loggers_rule_ours_while_patched():
    run(
        """
        import logging
        import word2vec
        from word2vec import Word2Vec
        seen = []
        handler = logging.Handler()
        handler.emit = lambda record: seen.append(record.name)
        def train():
            seen.clear()
            Word2Vec([["a", "b"]], min_count=1, vector_size=2, epochs=1)
            return len(seen)
        logging.getLogger().addHandler(handler)
        logging.getLogger("gensim").setLevel(logging.INFO)
        assert train() == 0
        word2vec.patch_gensim(only_stand_in=True)
        assert train() == len(set(enumerate(seen))) > 0
        logging.getLogger("gensim.models.word2vec").setLevel(logging.ERROR)
        assert train() == 0
        logging.getLogger("gensim.models.word2vec").setLevel(logging.NOTSET)
        assert train() > 0
        word2vec.unpatch_gensim()
        assert train() == 0
        """
    )


def test_warnings_without_handlers_are_silent_as_gensims():
    done = run(
        STAND_IN
        + """
import logging
from gensim.models import Word2Vec
Word2Vec(callbacks=[print])
word2vec.unpatch_gensim()
assert not logging.getLogger("gensim").handlers
"""
    )
    assert done.stderr == ""
    assert "callbacks" in run("import word2vec; word2vec.Word2Vec(callbacks=[print])").stderr


def test_threads_may_patch_and_unpatch_at_once():
    run(
        """
        import sys, threading
        import word2vec
        before = list(sys.meta_path)
        barrier = threading.Barrier(8)
        errors = []
        def work(number):
            try:
                barrier.wait()
                for turn in range(50):
                    (word2vec.patch_gensim if (turn + number) % 2 else word2vec.unpatch_gensim)()
            except BaseException as error:
                errors.append(error)
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert not errors, errors
        word2vec.patch_gensim()
        assert len(sys.meta_path) == len(before) + 1
        word2vec.unpatch_gensim()
        assert sys.meta_path == before
        """
    )


def test_a_folder_named_gensim_is_not_gensim(tmp_path):
    (tmp_path / "gensim").mkdir()
    (tmp_path / "gensim" / "corpus.txt").write_text("a b\n")
    run(
        """
        import sys
        sys.path[:] = [path for path in sys.path if "nothing" not in path]
        from importlib.machinery import PathFinder
        find = PathFinder.find_spec
        # Only the folder, also where gensim is installed.
        PathFinder.find_spec = lambda name, path=None, target=None: find(
            name, [""] if name == "gensim" else path, target
        )
        import word2vec
        word2vec.patch_gensim()
        from gensim.models import Word2Vec
        assert Word2Vec is word2vec.Word2Vec
        """,
        cwd=tmp_path,
    )


# ---- the installed gensim -----------------------------------------------------------------


@needs_gensim
def test_an_imported_gensim_is_patched_and_restored_exactly(tmp_path):
    (tmp_path / "before.py").write_text(
        "from gensim.models import KeyedVectors, Word2Vec\n"
        "from gensim.models.word2vec import LineSentence as Lines, FAST_VERSION\n"
        "import gensim.models.word2vec as module\n"
    )
    (tmp_path / "derived.py").write_text(
        "from gensim.models import KeyedVectors, Word2Vec\nclass Mine(Word2Vec): pass\n"
    )
    run(
        """
        import logging, sys
        import word2vec
        import before, derived
        import gensim, gensim.models.doc2vec
        from gensim.models import Word2Vec, KeyedVectors
        gensims = Word2Vec, KeyedVectors
        def state():
            return {
                name: (type(module), {key: id(value) for key, value in vars(module).items()})
                for name, module in sys.modules.items()
                if name.partition(".")[0] in ("gensim", "before", "derived", "__main__")
                and name != "__main__"
            }, list(sys.meta_path), dict(vars(gensim.utils.SaveLoad)), Word2Vec, KeyedVectors
        from word2vec.compat import names
        old = state()
        for _ in range(2):
            word2vec.patch_gensim()
            word2vec.patch_gensim()
            for module, homes in names.PATCHED.items():
                ours = names.found(homes)
                for name, value in ours.items():
                    shown = getattr(sys.modules[module], name)
                    assert shown is value, (module, name)
                    assert name in dir(sys.modules[module])
            assert gensim.models.Word2Vec is Word2Vec is word2vec.Word2Vec
            assert before.Word2Vec is before.module.Word2Vec is word2vec.Word2Vec
            assert before.KeyedVectors is KeyedVectors is word2vec.KeyedVectors
            assert before.Lines is word2vec.LineSentence
            # What derives from gensim's classes goes on with them.
            assert (derived.Word2Vec, derived.KeyedVectors) == gensims
            assert gensim.models.doc2vec.Word2Vec is gensims[0]
            from gensim.models.word2vec import Word2Vec as again
            assert again is word2vec.Word2Vec
            word2vec.unpatch_gensim()
            del again
            assert state() == old
            assert (Word2Vec, KeyedVectors) == gensims
        """,
        cwd=tmp_path,
    )


@needs_gensim
def test_gensim_is_patched_when_it_is_imported_later():
    run(
        """
        import sys, threading
        import word2vec
        word2vec.patch_gensim()
        assert "gensim" not in sys.modules
        seen = []
        def look():
            from gensim.models import Word2Vec
            seen.append(Word2Vec)
        threads = [threading.Thread(target=look) for _ in range(3)]
        threads += [threading.Thread(target=word2vec.patch_gensim) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join(100) for thread in threads]
        assert seen == [word2vec.Word2Vec] * 3
        import gensim, gensim.similarities.annoy
        assert gensim.similarities.annoy.Word2Vec is word2vec.Word2Vec
        import importlib.machinery, importlib.metadata
        assert type(gensim.__spec__.loader) is importlib.machinery.SourceFileLoader
        assert gensim.__loader__ is gensim.__spec__.loader
        assert importlib.metadata.version("gensim") == gensim.__version__
        try:
            word2vec.patch_gensim(only_stand_in=True)
        except ValueError as error:
            assert "patched already" in str(error)
        else:
            raise AssertionError
        word2vec.unpatch_gensim()
        assert gensim.models.Word2Vec is not word2vec.Word2Vec
        try:
            word2vec.patch_gensim(only_stand_in=True)
        except ValueError as error:
            assert "imported already" in str(error)
        else:
            raise AssertionError
        """
    )


@needs_gensim
def test_other_models_of_gensim_keep_working(tmp_path):
    run(
        """
        import word2vec
        import gensim
        from gensim.models import Doc2Vec, FastText, LdaModel
        from gensim.models.doc2vec import TaggedDocument
        from gensim.models.word2vec import Word2Vec as Theirs
        import numpy as np
        texts = [["a", "b", "c"], ["b", "c", "d"]] * 20
        tagged = [TaggedDocument(words, [n]) for n, words in enumerate(texts)]
        options = dict(vector_size=4, min_count=1, epochs=1)
        Doc2Vec(tagged, **options).save("before.d2v")
        old = Theirs(texts, **options)
        theirs = type(old)
        word2vec.patch_gensim()
        old.save("old.w2v")
        doc = Doc2Vec(tagged, **options)
        doc.save("doc.d2v")
        with open("handle.d2v", "wb") as handle:
            doc.save(handle)
        for name in ("before.d2v", "doc.d2v", "handle.d2v"):
            again = Doc2Vec.load(name)
            assert type(again.wv) is type(again.dv) is type(doc.wv) is not word2vec.KeyedVectors
            again.dv.most_similar(0)
            again.infer_vector(["a", "b"])
        fast = FastText(texts, **options)
        fast.save("fast.ft")
        np.testing.assert_array_equal(FastText.load("fast.ft").wv["abc"], fast.wv["abc"])
        dictionary = gensim.corpora.Dictionary(texts)
        LdaModel([dictionary.doc2bow(text) for text in texts], 2).save("lda")
        LdaModel.load("lda")
        # Outside of that the names are ours again.
        assert gensim.models.Word2Vec is word2vec.Word2Vec
        word2vec.unpatch_gensim()
        assert type(Theirs.load("old.w2v")) is theirs
        Doc2Vec.load("doc.d2v")
        """,
        cwd=tmp_path,
    )


@needs_gensim
def test_users_may_replace_patched_names_for_a_while():
    run(
        """
        from unittest import mock
        import word2vec
        word2vec.patch_gensim()
        import gensim.models.word2vec as module
        with mock.patch("gensim.models.word2vec.Word2Vec") as fake:
            assert module.Word2Vec is fake
        assert module.Word2Vec is word2vec.Word2Vec
        module.Word2Vec, module.novel = "theirs", 1
        assert module.Word2Vec == "theirs" and module.novel == 1
        word2vec.unpatch_gensim()
        assert module.Word2Vec.__module__ == "gensim.models.word2vec" and module.novel == 1
        """
    )
