"""``convert``, ``info`` and ``cluster``; what is read from streams and what goes there."""

import json
import sys

import cli_cases
import numpy as np
import pytest
from cli_cases import fails

from word2vec import KeyedVectors, Phrases, Word2Vec
from word2vec.cli.formats import FORMATS, file_format, load_vectors, save_vectors
from word2vec.cli.main import main

WORDS = ["king", "queen", "naïve", "1", "new_york"]

run = pytest.fixture(cli_cases.run)
stdin = pytest.fixture(cli_cases.stdin)


@pytest.fixture
def vectors():
    keyed = KeyedVectors(3)
    keyed.add_vectors(WORDS, np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32))
    keyed.expandos["count"] = np.array([50, 40, 30, 20, 10])
    return keyed


@pytest.fixture
def file(vectors, tmp_path):
    vectors.save(tmp_path / "v.kv")
    return "v.kv"


ENDINGS = {
    "native": "a.kv",
    "word2vec": "a.txt",
    "word2vec-binary": "a.bin",
    "glove": "a.glove",
    "gensim": "a.model",
    "npy": "a.npy",
    "projector": "a.tsv",
    "parquet": "a.parquet",
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_and_told_by_its_content(run, file, vectors, name):
    code, out, err = run("convert", file, ENDINGS[name], "--to", name)
    assert (code, err) == (0, "")
    assert out.startswith("5 vectors of 3 dimensions: ")
    back = load_vectors(ENDINGS[name])
    assert back.index_to_key == WORDS
    np.testing.assert_allclose(back.vectors, vectors.vectors, rtol=1e-6)
    assert run("convert", ENDINGS[name], "b.kv", "--from", name, "-q") == (0, "", "")
    np.testing.assert_array_equal(load_vectors("b.kv").vectors, back.vectors)


@pytest.mark.parametrize("ending", [".gz", ".bz2", ".xz"])
@pytest.mark.parametrize("name", ["a.txt", "a.vec", "a.bin", "a.npy", "a.tsv", "a.parquet"])
def test_compressed_files(run, file, vectors, name, ending):
    assert run("convert", file, name + ending)[0] == 0
    np.testing.assert_allclose(load_vectors(name + ending).vectors, vectors.vectors, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.BIN", "word2vec binary"),
        ("a.txt.gz", "word2vec text"),
        ("a.vec", "word2vec text"),
        ("a.npy.xz", "NumPy"),
        ("a.tsv", "projector"),
        ("a.parquet", "Parquet"),
        ("a", "native"),
        ("-", "word2vec text"),
    ],
)
def test_endings_mean_formats(name, kind):
    assert file_format(name) == kind


def test_a_binary_file_whose_first_row_looks_like_text_is_binary(tmp_path):
    """Bytes of floats that are digits and spaces: only as many numbers as asked for are a row."""
    keyed = KeyedVectors(4)
    keyed.add_vectors(["a", "b"], np.frombuffer(b" 1.5 2.5 3.5 4.5" * 2, np.float32).reshape(2, 4))
    save_vectors(keyed, str(tmp_path / "a.bin"))
    back = load_vectors(str(tmp_path / "a.bin"))
    np.testing.assert_array_equal(back.vectors, keyed.vectors)


@pytest.mark.parametrize("name", [n for n in FORMATS if n not in ("npy", "projector")])
def test_pipes(tmp_path, file, vectors, monkeypatch, stdin, capfdbinary, name):
    monkeypatch.chdir(tmp_path)
    code = main(["convert", file, "-", "--to", name])
    out, err = capfdbinary.readouterr()
    assert code == 0
    assert b"5 vectors of 3 dimensions: -" in err
    stdin(out)
    assert main(["convert", "-", "b.kv", "-q"]) == 0
    np.testing.assert_allclose(load_vectors("b.kv").vectors, vectors.vectors, rtol=1e-6)


@pytest.mark.parametrize("name", ["npy", "projector"])
def test_two_files_do_not_fit_into_one_pipe(run, file, name):
    fails(run("convert", file, "-", "--to", name), "two files", "--vocabulary FILE")


def test_words_of_an_array_can_stand_anywhere(run, file, tmp_path):
    np.save(tmp_path / "a.npy", np.eye(2))
    (tmp_path / "words.txt").write_text("one word\ntwo\n")
    assert run("convert", "a.npy", "b.kv", "--vocabulary", "words.txt")[0] == 0
    back = load_vectors("b.kv")
    assert back.index_to_key == ["one word", "two"]
    assert back.vectors.dtype == np.float32
    assert run("convert", file, "c.npy", "--vocabulary", "c.words")[0] == 0
    assert (tmp_path / "c.words").read_text().startswith("king 50\nqueen 40\n")


def test_an_array_and_words_that_do_not_fit(run, tmp_path):
    np.save(tmp_path / "a.npy", np.eye(3))
    (tmp_path / "a.vocab").write_text("one\ntwo\n")
    fails(run("info", "a.npy"), "3 rows", "2 words", "--vocabulary")


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), int), np.zeros((1, 2, 3))])
def test_an_array_that_holds_no_vectors(run, tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    (tmp_path / "a.vocab").write_text("one\ntwo\n")
    fails(run("info", "a.npy"), str(array.shape), "rows of floats")


def test_damaged_arrays_and_tables(run, tmp_path):
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00nothing")
    (tmp_path / "a.vocab").write_text("one\n")
    fails(run("info", "a.npy"), "a.npy: no matrix of numbers")
    (tmp_path / "b.tsv").write_text("1\t2\n1\tx\n")
    (tmp_path / "b_metadata.tsv").write_text("one\ntwo\n")
    fails(run("info", "b.tsv"), "b.tsv: no matrix of numbers")
    (tmp_path / "c.parquet").write_bytes(b"PAR1 and nothing else")
    fails(run("info", "c.parquet"), "c.parquet: no Parquet table")


def test_convert_limits(run, file):
    for name in ("a.kv", "a.txt", "a.parquet"):
        assert run("convert", file, name, "--limit", "2")[0] == 0
        assert load_vectors(name).index_to_key == WORDS[:2]
    run("convert", file, "b.txt")
    assert run("convert", "b.txt", "b.kv", "--limit", "2")[0] == 0
    assert load_vectors("b.kv").index_to_key == WORDS[:2]


def test_convert_never_overwrites_its_input(run, file, tmp_path):
    before = (tmp_path / file).read_bytes()
    fails(run("convert", file, "./v.kv", "--to", "word2vec"), "overwrite")
    fails(run("convert", file, "a.npy", "--vocabulary", file), "overwrite")
    assert (tmp_path / file).read_bytes() == before


@pytest.mark.parametrize(("ending", "package"), [("parquet", "pyarrow"), ("zst", "zstandard")])
def test_a_missing_package_is_told_before_the_work(run, monkeypatch, ending, package):
    monkeypatch.setitem(sys.modules, package, None)
    fails(run("convert", "missing.kv", f"a.{ending}"), f"needs {package}", "pip install")


def test_convert_refuses_unknown_formats(run, file):
    code, out, err = run("convert", file, "a", "--to", "word")
    assert (code, out) == (2, "")
    assert "word2vec-binary" in err


# info ------------------------------------------------------------------------------------


def test_info_of_vectors(run, file):
    code, out, err = run("info", file, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert facts["format"] == "native"
    assert facts["holds"] == "KeyedVectors"
    assert (facts["words"], facts["dimensions"], facts["counted words"]) == (5, 3, 150)
    assert facts["first words"] == WORDS
    lines = dict(line.split(None, 1) for line in run("info", file)[1].splitlines())
    assert lines["holds"] == "KeyedVectors"


def test_info_makes_up_no_counts(run, file):
    assert run("convert", file, "v.txt")[0] == 0
    assert "counted words" not in json.loads(run("info", "v.txt", "--json")[1])
    assert run("convert", "v.txt", "w.kv")[0] == 0
    assert "counted words" not in json.loads(run("info", "w.kv", "--json")[1])


@pytest.mark.parametrize("format", ["native", "gensim"])
def test_info_of_a_model_tells_the_options_that_were_set(run, tmp_path, format):
    model = Word2Vec([["a", "b"]] * 20, vector_size=4, workers=1, window=2)
    model.save(tmp_path / "m", format=format)
    facts = json.loads(run("info", "m", "--json")[1])
    assert (facts["format"], facts["holds"]) == (format, "Word2Vec")
    assert (facts["options"]["window"], facts["corpus words"]) == (2, 40)
    assert "window=2" in run("info", "m")[1]
    assert "hs=0" not in run("info", "m")[1]


def test_info_of_phrases_and_checkpoints(run, tmp_path):
    phrases = Phrases([["new", "york"]] * 20, threshold=0.01)
    phrases.save(tmp_path / "p")
    phrases.freeze().save(tmp_path / "f")
    for name, kind in (("p", "Phrases"), ("f", "FrozenPhrases")):
        facts = json.loads(run("info", name, "--json")[1])
        assert (facts["holds"], facts["phrases"]) == (kind, 1)
    Word2Vec([["a", "b"]] * 20, vector_size=4, workers=1, epochs=2, checkpoint=tmp_path / "c")
    facts = json.loads(run("info", "c", "--json")[1])
    assert facts["holds"] == "checkpoint of a run"
    assert facts["run"] == "epoch 2 of 2 done, 80 words"


def test_info_of_standard_input(run, file, tmp_path, stdin):
    stdin((tmp_path / file).read_bytes())
    assert json.loads(run("info", "-", "--json")[1])["words"] == 5


def test_info_of_something_else(run, tmp_path):
    fails(run("info", "missing"), "missing: No such file")
    (tmp_path / "a.txt").write_bytes(b"\x00" * 100)
    fails(run("info", "a.txt"))


# cluster ---------------------------------------------------------------------------------


@pytest.fixture
def groups(tmp_path):
    keyed = KeyedVectors(2)
    rows = [[1, 0], [0, 3], [2, 0.1], [0.1, 1], [5, 0], [0, 1]]  # two directions
    keyed.add_vectors(list("abcdef"), np.array(rows, np.float32))
    keyed.save(tmp_path / "g.kv")
    return "g.kv"


def test_cluster_writes_the_class_of_each_word(run, groups, tmp_path):
    code, out, err = run("cluster", groups, "-k", "2", "-o", "c.txt")
    assert (code, out) == (0, "")
    assert err == "6 words in 2 classes: c.txt\n"
    classes = dict(line.split() for line in (tmp_path / "c.txt").read_text().splitlines())
    assert list(classes) == list("abcdef")
    assert classes["a"] == classes["c"] == classes["e"] != classes["b"]
    assert classes["b"] == classes["d"] == classes["f"]
    assert run("cluster", groups, "-k", "2")[1] == (tmp_path / "c.txt").read_text()


def test_cluster_shows_classes(run, groups):
    lines = run("cluster", groups, "-k", "2", "--words", "2")[1].splitlines()
    assert sorted(line.split()[1:] for line in lines) == [["3", "a", "c"], ["3", "b", "d"]]
    shown = [
        json.loads(line) for line in run("cluster", groups, "-k", "2", "--json")[1].splitlines()
    ]
    assert sorted(each["words"] for each in shown) == [["a", "c", "e"], ["b", "d", "f"]]


def test_cluster_refusals(run, groups):
    fails(run("cluster", groups, "-k", "7"), "--classes 7", "6 words")
    fails(run("cluster", groups, "-k", "4", "--limit", "3"), "3 words")
    fails(run("cluster", groups, "-k", "2", "-o", "c.txt", "--json"), "leave --output out")
    fails(run("cluster", groups, "-k", "2", "-o", groups), "overwrite")
    assert run("cluster", groups)[0] == 2
