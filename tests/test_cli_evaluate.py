"""``word2vec evaluate``: sets of any format in one table, public ones by name."""

import gzip
import io
import json
import sys
import types

import cli_cases
import pytest
from cli_cases import fails, royals

from word2vec import KeyedVectors
from word2vec.datasets.public import EVALUATION_SETS
from word2vec.evaluation import evaluate, read_set

QUESTIONS = (
    ": royal\nman king woman queen\nwoman queen man king\nman king boy prince\n"
    ": wrong\nman woman king Apple\n"
)
PAIRS = [("king", "man", "9"), ("king", "queen", "5"), ("king", "Apple", "1"), ("x", "y", "2")]

run = pytest.fixture(cli_cases.run)


@pytest.fixture(autouse=True)
def files(tmp_path):
    royals().save(tmp_path / "v.kv")
    (tmp_path / "questions.txt").write_text(QUESTIONS)
    write_pairs(tmp_path / "pairs.tsv")


def write_pairs(path, mark="\t"):
    path.write_text("".join(mark.join(pair) + "\n" for pair in PAIRS))


def table_of(run, *arguments):
    """Rows of cells below the line about the words."""
    code, out, err = run("evaluate", "v.kv", *arguments)
    assert (code, err) == (0, "")
    return [line.split() for line in out.splitlines()[1:]]


def test_one_table_with_all_sets_and_sections(run):
    code, out, err = run("evaluate", "v.kv", "questions.txt", "pairs.tsv")
    assert (code, err) == (0, "")
    assert out == (
        "6 words\n"
        "set        items  known  coverage  Spearman  Pearson  accuracy\n"
        "questions      4      3     75.0%         -        -     66.7%\n"
        "  royal        3      2     66.7%         -        -    100.0%\n"
        "  wrong        1      1    100.0%         -        -      0.0%\n"
        "pairs          4      3     75.0%     1.000    0.938         -\n"
    )


def test_the_scores_are_those_of_the_library(run):
    facts = json.loads(run("evaluate", "v.kv", "pairs.tsv", "questions.txt", "--json")[1])
    assert (facts["vectors"], facts["words"], facts["restrict_vocab"]) == ("v.kv", 6, 6)
    expected = evaluate(KeyedVectors.load("v.kv"), ["pairs.tsv", "questions.txt"])
    pairs, questions = facts["scores"]
    assert pairs.pop("set") == "pairs.tsv"
    assert pairs.pop("sections") == []
    assert pairs == expected[0].to_dict()
    assert pairs["accuracy"] is None
    assert [part["accuracy"] for part in questions["sections"]] == [1.0, 0.0]


@pytest.mark.parametrize("mark", ["\t", ",", ";", " "])
def test_columns_between_tabs_commas_semicolons_or_spaces(run, tmp_path, mark):
    write_pairs(tmp_path / "other.txt", mark)
    assert table_of(run, "other.txt")[1][4] == "1.000"


def test_compressed_sets_and_standard_input(run, tmp_path, monkeypatch):
    packed = gzip.compress((tmp_path / "pairs.tsv").read_bytes())
    (tmp_path / "pairs.csv.gz").write_bytes(packed)
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(packed)))
    plain, from_gz, from_stdin = table_of(run, "pairs.tsv", "pairs.csv.gz", "-")[1:]
    assert plain[1:] == from_gz[1:] == from_stdin[1:]
    fails(run("evaluate", "-", "-"), "standard input (-) can be read only once")
    fails(run("evaluate", "v.kv", "-", "-"), "standard input (-) can be read only once")


def test_analogies_are_restricted_to_frequent_words_and_pairs_are_not(run):
    code, out, _ = run("evaluate", "v.kv", "questions.txt", "pairs.tsv", "--restrict-vocab", "3")
    assert code == 0
    assert out.startswith("6 words, analogies among the first 3\n")
    rows = [line.split() for line in out.splitlines()[2:]]
    assert [row[2] for row in rows] == ["0", "0", "0", "3"]
    assert table_of(run, "questions.txt", "--restrict-vocab", "0")[1][2] == "3"


def test_the_options_of_the_library(run, tmp_path):
    (tmp_path / "upper.tsv").write_text("KING\tman\t9\nking\tman\t9\n")
    assert table_of(run, "upper.tsv")[1][2] == "2"
    assert table_of(run, "upper.tsv", "--case-sensitive")[1][2] == "1"
    assert table_of(run, "questions.txt", "--dummy4unknown")[1][4] == "50.0%"
    facts = json.loads(run("evaluate", "v.kv", "questions.txt", "--multiply", "--json")[1])
    expected = evaluate(KeyedVectors.load("v.kv"), "questions.txt", multiply=True)
    assert facts["scores"][0]["accuracy"] == expected[0].accuracy


def test_public_sets_by_name(run, tmp_path, monkeypatch):
    monkeypatch.setenv("WORD2VEC_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    write_pairs(tmp_path / "data" / "men.txt")
    assert table_of(run, "men")[1][:3] == ["men", "4", "3"]
    # A file of that name goes before.
    (tmp_path / "men").write_text("king man 2\n")
    assert table_of(run, "men")[1][:3] == ["men", "1", "1"]


def test_a_public_set_that_is_not_here_is_downloaded_if_it_is_named(run, tmp_path, monkeypatch):
    fetched = []

    def fetch(data_set, url, progress):
        fetched.append(data_set.file)
        return tmp_path / "pairs.tsv"

    monkeypatch.setattr("word2vec.datasets.public.find_dataset", lambda name: None)
    monkeypatch.setattr("word2vec.datasets.public._fetch", fetch)
    assert table_of(run, *EVALUATION_SETS)[1][0] == "pairs"
    assert fetched == ["wordsim353.tsv", "simlex999.txt", "men.txt", "questions-words.txt"]
    fetched.clear()
    fails(run("evaluate", "v.kv"), "no public test set on this machine", *EVALUATION_SETS)
    assert fetched == []


def test_without_a_name_the_public_sets_that_are_here(run, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "word2vec.datasets.public.find_dataset",
        lambda name: tmp_path / "pairs.tsv" if name == "simlex999.txt" else None,
    )
    assert [row[0] for row in table_of(run)] == ["set", "pairs"]


def test_a_wrong_name_shows_before_the_vectors_are_read(run, tmp_path):
    (tmp_path / "v.kv").unlink()
    fails(run("evaluate", "v.kv", "missing.txt"), "missing.txt: No such file")
    fails(run("evaluate", "v.kv", "wordsim"), "wordsim: there is no such file", *EVALUATION_SETS)
    (tmp_path / "neither.txt").write_text("one\n")
    fails(run("evaluate", "v.kv", "neither.txt"), "neither.txt holds neither pairs")


def test_a_set_of_which_nothing_is_known(run, tmp_path):
    (tmp_path / "other.txt").write_text("a b 1\nc d 2\n")
    assert table_of(run, "other.txt") == [
        ["set", "items", "known", "coverage"],
        ["other", "2", "0", "0.0%"],
    ]
    assert read_set("other.txt").name == "other"
