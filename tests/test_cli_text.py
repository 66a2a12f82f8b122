"""``phrases``, ``vocab``, and ``train`` from standard input, with phrases, from TOML."""

import gzip
import json

import cli_cases
import numpy as np
import pytest
from cli_cases import fails

from word2vec import Phrases, Word2Vec
from word2vec.cli.formats import load_vectors

FAST = ["--vector-size", "8", "--epochs", "1", "--workers", "1"]
TEXT = "we met in new york\nnew york is big\na big city\nin new york\n\n" * 10

# Options with which "new york", 30 times in TEXT, is its only phrase.
ONE = ["--min-count", "15", "--threshold", "0.2"]

run = pytest.fixture(cli_cases.run)
corpus = pytest.fixture(cli_cases.corpus)
stdin = pytest.fixture(cli_cases.stdin)


@pytest.fixture
def city(tmp_path):
    (tmp_path / "city.txt").write_text(TEXT)
    return "city.txt"


# phrases ---------------------------------------------------------------------------------


def test_phrases_joins_the_text(run, city, tmp_path):
    code, out, err = run("phrases", city, *ONE, "-o", "joined.txt.gz")
    assert (code, out, err) == (0, "", "1 phrases\n")
    joined = gzip.decompress((tmp_path / "joined.txt.gz").read_bytes()).decode()
    # Lines without a word are left out.
    assert joined == TEXT.replace("new york", "new_york").replace("\n\n", "\n")


def test_phrases_of_a_pipe_go_to_a_pipe(run, city, stdin):
    stdin(gzip.compress(TEXT.encode()))
    code, out, err = run("phrases", "-", *ONE, "--delimiter", "~", "-q")
    assert (code, err) == (0, "")
    assert out.startswith("we met in new~york\n")


def test_phrases_of_another_text(run, city, tmp_path):
    assert run("phrases", city, *ONE, "--save", "p.w2v", "-o", "j.txt")[0] == 0
    (tmp_path / "other.txt").write_text("old york and new york\n")
    assert run("phrases", "other.txt", "--model", "p.w2v")[1] == "old york and new_york\n"
    Phrases([["old", "york"]] * 9, threshold=0.01).save(tmp_path / "counted")
    assert run("phrases", "other.txt", "--model", "counted")[1] == "old_york and new york\n"
    fails(run("phrases", "other.txt", "--model", city))


def test_phrases_are_listed_with_their_scores(run, city):
    expected = Phrases([line.split() for line in TEXT.splitlines()], threshold=0.3)
    ranked = sorted(expected.export_phrases().items(), key=lambda item: -item[1])
    out = run("phrases", city, "--threshold", "0.3", "--list")[1]
    assert [line.split()[1] for line in out.splitlines()] == [phrase for phrase, _ in ranked]
    listed = json.loads(run("phrases", city, "--threshold", "0.3", "--list", "--json")[1])
    assert [(each["phrase"], each["score"]) for each in listed] == ranked


def test_phrases_by_npmi_have_a_threshold_of_their_own(run, city):
    assert json.loads(run("phrases", city, "--scoring", "npmi", "--list", "--json")[1])
    assert json.loads(run("phrases", city, "--list", "--json")[1]) == []


def test_phrases_over_connector_words(run, tmp_path):
    (tmp_path / "bank.txt").write_text("bank of america\nthe sky\nof us\n" * 20)
    options = ["--threshold", "0.1", "--list"]
    assert "bank_of_america" not in run("phrases", "bank.txt", *options)[1]
    out = run("phrases", "bank.txt", *options, "--connector-words", "english")[1]
    assert "bank_of_america" in out


def test_phrases_leaves_long_lines_whole(run, tmp_path):
    line = "a b c " * 5_000
    (tmp_path / "long.txt").write_text(line + "\n")
    out = run("phrases", "long.txt", "--threshold", "1e9")[1]
    assert out == line.strip() + "\n"


def test_phrases_refusals(run, city):
    fails(run("phrases", city, "--json"), "--list")
    fails(run("phrases", city, "--list", "-o", "x.txt"), "--output")
    fails(run("phrases", city, "-o", city), "overwrite")
    fails(run("phrases", city, "--threshold", "-1"), "threshold")
    fails(run("phrases", "missing.txt"), "missing.txt: No such file")
    assert run("phrases", city, "--scoring", "mine")[0] == 2


# vocab -----------------------------------------------------------------------------------


def test_vocab_counts(run, city, tmp_path):
    code, out, err = run("vocab", city, city, "--min-count", "41")
    assert (code, out) == (0, "york 60\nnew 60\n")
    assert err == "300 words in 80 sentences; 9 different ones, 2 kept\n"
    assert run("vocab", city, "-o", "v.txt", "-q") == (0, "", "")
    assert (tmp_path / "v.txt").read_text().startswith("york 30\nnew 30\n")


def test_vocab_of_a_pipe_as_json(run, stdin):
    stdin(TEXT.encode())
    facts = json.loads(run("vocab", "-", "--json", "--max-final-vocab", "2")[1])
    assert facts["counts"] == {"new": 30, "york": 30}
    assert (facts["words"], facts["sentences"], facts["distinct"]) == (150, 40, 9)


def test_vocab_refusals(run, city):
    fails(run("vocab", city, "-o", city), "overwrite")
    fails(run("vocab", city, "-o", "v", "--json"), "--output")
    fails(run("vocab", "-", "-"), "only once")


# train -----------------------------------------------------------------------------------


def test_train_reads_standard_input_like_a_file(run, corpus, tmp_path, stdin):
    assert run("train", corpus, "-o", "a.kv", *FAST)[0] == 0
    stdin(gzip.compress((tmp_path / corpus).read_bytes()))
    assert run("train", "-", "-o", "b.kv", *FAST)[0] == 0
    assert (tmp_path / "a.kv").read_bytes() == (tmp_path / "b.kv").read_bytes()


def test_train_writes_vectors_to_standard_output_and_the_rest_beside_it(run, corpus, tmp_path):
    code, out, err = run("train", corpus, "-o", "-", *FAST)
    assert code == 0
    assert "vectors     - (word2vec text format, 8 dimensions)" in err
    (tmp_path / "a.txt").write_text(out)
    assert load_vectors("a.txt").vector_size == 8


def test_train_joins_phrases(run, city, tmp_path, stdin):
    options = ["--min-count", "1", *FAST]
    run("phrases", city, *ONE, "--save", "p.w2v", "-o", "joined.txt")
    assert run("train", "joined.txt", "-o", "a.kv", *options)[0] == 0
    stdin(TEXT.encode())
    assert run("train", "-", "-o", "b.kv", "--phrases-model", "p.w2v", *options)[0] == 0
    assert (tmp_path / "a.kv").read_bytes() == (tmp_path / "b.kv").read_bytes()
    assert "new_york" in load_vectors("b.kv")


def test_train_finds_phrases_itself(run, tmp_path):
    words = " ".join(f"w{i}" for i in range(200))  # a score grows with the vocabulary
    (tmp_path / "many.txt").write_text("new york\n" * 20 + f"{words}\n" * 5)
    assert run("train", "many.txt", "-o", "a.kv", "--phrases", *FAST)[0] == 0
    assert "new_york" in load_vectors("a.kv")


def test_train_takes_what_is_left_open_from_toml(run, corpus, tmp_path):
    (tmp_path / "t.toml").write_text(
        f'corpus = "{corpus}"\noutput = "a.kv"\nvector-size = 7\nsg = true\nepochs = 1\n'
        'shared_negatives = false\nquiet = true\nworkers = 1\nmax-final-vocab = "none"\n'
    )
    assert run("train", "--config", "t.toml", "--save-model", "a.w2v") == (0, "", "")
    model = Word2Vec.load("a.w2v")
    assert (model.vector_size, model.sg, model.shared_negatives) == (7, 1, False)
    assert run("train", "--config", "t.toml", "--vector-size", "6")[0] == 0
    assert load_vectors("a.kv").vector_size == 6


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("vector-sise = 7", ["'vector_sise'", "t.toml", "--help"]),
        ("config = 'x'", ["'config'"]),
        ("window = 0", ["--window", "0: it must be an integer >= 1"]),
        ("window = 1.5", ["--window", "1.5: it must be"]),
        ("window = [1]", ["--window"]),
        ("window = ", ["t.toml: this is no TOML"]),
        ("quiet = 3", ["t.toml: quiet = 3: it must be true or false"]),
        ("validation = 3", ["t.toml: validation = 3: it must be text in quotes"]),
    ],
)
def test_train_refuses_wrong_toml(run, corpus, tmp_path, text, parts):
    (tmp_path / "t.toml").write_text(text)
    code, out, err = run("train", corpus, "-o", "a.kv", "--config", "t.toml")
    assert (code, out, err.count("\n")) == (2, "", 1)
    for part in parts:
        assert part in err


def test_train_without_its_toml(run, corpus):
    fails(run("train", corpus, "-o", "a.kv", "--config", "t.toml"), "t.toml: No such file")


def test_train_reports(run, corpus, tmp_path):
    options = [*FAST, "--compute-loss", "1", "--epochs", "3"]
    code, out, _ = run("train", corpus, "-o", "a.kv", "--report", "r.json", *options)
    assert code == 0
    facts = json.loads((tmp_path / "r.json").read_text())
    assert facts["corpus"] == [corpus]
    assert facts["options"]["vector_size"] == 8
    assert facts["vocabulary"] == len(load_vectors("a.kv"))
    assert facts["trained_words"] == 3 * facts["corpus_words"] > facts["effective_words"]
    assert len(facts["epoch_losses"]) == 3
    assert np.isclose(facts["words_per_second"], facts["trained_words"] / facts["train_seconds"])
    assert f"loss        {facts['epoch_losses'][-1]:.4f} nats per pair" in out
    again = json.loads(run("train", corpus, "-o", "a.kv", "--json", *options)[1])
    assert again["epoch_losses"] == facts["epoch_losses"]


def test_train_report_on_standard_output(run, corpus):
    code, out, err = run("train", corpus, "-o", "a.kv", "--report", "-", *FAST)
    assert code == 0
    assert json.loads(out)["output"] == "a.kv"
    assert "vocabulary" in err


def test_train_one_thing_goes_to_standard_output(run, corpus):
    fails(run("train", corpus, "-o", "-", "--report", "-"), "only one result")
    fails(run("train", corpus, "-o", "-", "--json"), "name OUT")
    fails(run("train", "-", "-", "-o", "a.kv"), "only once")
    fails(run("train", corpus, "-o", "a.kv", "--report", "./a.kv"), "overwrite")
