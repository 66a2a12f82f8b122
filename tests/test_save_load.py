"""gensim.utils.SaveLoad and its pickles: a program's own objects, and nothing that is run."""

import collections
import io
import os
import pickle

import numpy as np
import pytest

from word2vec.compat import samples, utils
from word2vec.errors import MissingDependencyError, RefusedGlobalError, WrongObjectError


class Counted(utils.SaveLoad):
    """What a tutorial derives from SaveLoad."""

    def __init__(self, words):
        self.words = collections.Counter(words)
        self.vectors = np.arange(6, dtype=np.float32).reshape(2, 3)
        self.scratch = [object()]  # cannot be in a file


class Other(utils.SaveLoad):
    """Another class."""


class Unknown:
    """Not derived from SaveLoad."""


@pytest.mark.parametrize("name", ["o.pkl", "o.pkl.gz"])
def test_objects_come_back(name, tmp_path):
    ours = Counted("abca")
    ours.save(tmp_path / name, ignore=["scratch"])
    assert ours.scratch is not None
    loaded = Counted.load(str(tmp_path / name))
    assert type(loaded) is Counted
    assert loaded.words == {"a": 2, "b": 1, "c": 1}
    np.testing.assert_array_equal(loaded.vectors, ours.vectors)
    assert loaded.scratch is None
    assert type(utils.SaveLoad.load(tmp_path / name)) is Counted


def test_open_files_are_targets():
    file = io.BytesIO()
    Counted("ab").save(file, ignore={"scratch"})
    file.seek(0)
    assert Counted.load(file).words == {"a": 1, "b": 1}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_are_pickled(protocol, tmp_path):
    data = [{"a": (1, 2.5)}, {3}, np.float32(2), np.arange(3), bytearray(b"x"), None]
    utils.pickle(data, tmp_path / "p", protocol)
    found = utils.unpickle(tmp_path / "p")
    assert found[:3] == data[:3]
    np.testing.assert_array_equal(found[3], data[3])


def test_another_class_is_refused(tmp_path):
    Other().save(tmp_path / "o")
    with pytest.raises(WrongObjectError, match=r"Other.* can't be loaded by .*Counted"):
        Counted.load(tmp_path / "o")


@pytest.mark.parametrize("obj", [os.system, Unknown(), len], ids=["function", "class", "builtin"])
def test_what_a_pickle_names_is_not_run(obj, tmp_path):
    utils.pickle([obj], tmp_path / "p")
    with pytest.raises(RefusedGlobalError, match="nothing in it was run"):
        utils.unpickle(tmp_path / "p")


class Outer:
    class Inner(utils.SaveLoad):
        """A class inside of another."""


def test_nested_classes_come_back(tmp_path):
    Outer.Inner().save(tmp_path / "o")
    assert type(Outer.Inner.load(tmp_path / "o")) is Outer.Inner


def test_modules_are_not_imported():
    with pytest.raises(RefusedGlobalError, match=r"antigravity\.fly"):
        utils.unpickle(io.BytesIO(b"cantigravity\nfly\n."))


# ---- gensim.test.utils -------------------------------------------------------------------


def test_samples():
    assert len(samples.common_texts) == 9
    assert all(sentence and all(sentence) for sentence in samples.common_texts)
    path = samples.get_tmpfile("w.model")
    assert os.path.basename(path) == "w.model"
    assert os.path.isdir(os.path.dirname(path))
    assert path != samples.get_tmpfile("w.model")
    with pytest.raises(MissingDependencyError, match=r"'no\.cor'.*a file of your own"):
        samples.datapath("no.cor")


def test_evaluation_sets_that_are_here_are_found(tmp_path, monkeypatch):
    (tmp_path / "set.tsv").touch()
    monkeypatch.setenv("WORD2VEC_DATA", str(tmp_path))
    assert samples.datapath("set.tsv") == str(tmp_path / "set.tsv")
