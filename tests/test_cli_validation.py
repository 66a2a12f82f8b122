"""``word2vec train --validation`` and ``--early-stopping``: what is measured, told, refused."""

import gzip
import io
import json
import sys
import types

import cli_cases
import pytest
from cli_cases import fails

from word2vec import Word2Vec
from word2vec.datasets import grammar_corpus
from word2vec.phrases import Phrases
from word2vec.training.held_out import HeldOut

FAST = ["--vector-size", "8", "--epochs", "2", "--workers", "1", "--min-count", "2"]
HELD = ["--validation", "held.txt"]

run = pytest.fixture(cli_cases.run)


@pytest.fixture
def texts(tmp_path):
    """Two texts of different sentences; gives their sentences."""
    sentences = list(grammar_corpus(n_words=8_000, seed=4))
    parts = {"corpus.txt": sentences[100:], "held.txt": sentences[:100]}
    for name, part in parts.items():
        (tmp_path / name).write_text("".join(" ".join(s) + "\n" for s in part), "utf-8")
    return parts


def report_of(run, *arguments):
    code, out, err = run("train", "corpus.txt", "-o", "out.kv", "--json", *FAST, *arguments)
    assert (code, err) == (0, "")
    return json.loads(out)


def expected_losses(texts, **options):
    model = Word2Vec(
        corpus_file="corpus.txt", vector_size=8, epochs=2, workers=1, min_count=2,
        validation=texts["held.txt"], **options,
    )  # fmt: skip
    return [record.validation_loss for record in model.history]


def test_the_losses_are_in_the_report_and_among_the_lines(run, texts):
    code, out, _ = run(
        "train", "corpus.txt", "-o", "out.kv", *HELD, *FAST, "--report", "report.json"
    )
    assert code == 0
    with open("report.json") as file:
        report = json.load(file)
    assert report["validation"] == "held.txt"
    assert report["validation_losses"] == expected_losses(texts)
    assert len(report["epoch_losses"]) == 2
    assert report["history"]["validation_loss"] == report["validation_losses"]
    assert report["history"]["loss"] == report["epoch_losses"]
    training, held_out = report["epoch_losses"][1], report["validation_losses"][1]
    line = f"loss        {training:.4f} nats per pair in the last epoch, {held_out:.4f} in held.txt"
    assert line in out.splitlines()


def test_without_it_there_are_no_losses(run, texts):
    report = report_of(run)
    assert report["validation"] is None
    assert report["epoch_losses"] == report["validation_losses"] == []
    assert report["history"]["epoch"] == [1, 2]


def test_progress_shows_both_losses(run, texts):
    _, _, err = run("train", "corpus.txt", "-o", "out.kv", *HELD, *FAST, "--progress")
    assert f"held-out {expected_losses(texts)[-1]:.4f}" in err.splitlines()[-1]


@pytest.mark.parametrize("kind", ["compressed", "stdin", "config"])
def test_where_the_text_may_come_from(run, texts, tmp_path, monkeypatch, kind):
    content = (tmp_path / "held.txt").read_bytes()
    (tmp_path / "held.gz").write_bytes(gzip.compress(content))
    (tmp_path / "train.toml").write_text('validation = "held.txt"\nearly-stopping = 5\n')
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(content)))
    given = {
        "compressed": ["--validation", "held.gz"],
        "stdin": ["--validation", "-"],
        "config": ["--config", "train.toml"],
    }
    report = report_of(run, *given[kind])
    assert report["validation_losses"] == expected_losses(texts)
    assert report["best_epoch"] == (2 if kind == "config" else None)


@pytest.mark.parametrize("options", [["--phrases"], ["--phrases-model", "phrases.w2v"]])
def test_phrases_are_joined_in_held_out_text_too(run, texts, tmp_path, options):
    with (tmp_path / "corpus.txt").open("a") as file:
        file.write("new york\n" * 20)
    Phrases([["new", "york"]] * 20, min_count=1, threshold=0.01).freeze().save("phrases.w2v")
    # Left apart, none of its words would be known.
    (tmp_path / "held.txt").write_text("new york new york\n")
    assert len(report_of(run, *HELD, *options, "--sample", "0")["validation_losses"]) == 2


def test_resume_measures_again_and_needs_no_validation_before(run, texts):
    kept = ["--checkpoint", "run.ck"]
    report_of(run, *kept)
    report = report_of(run, *kept, "--resume", *HELD)
    assert report["validation"] == "held.txt"
    assert report["history"]["epoch"] == [1, 2]


def test_an_interrupted_run_goes_on_with_its_losses(run, texts, monkeypatch):
    whole = report_of(run, *HELD)
    kept = [*HELD, "--checkpoint", "run.ck", "--checkpoint-every", "1e"]
    measure, calls = HeldOut.loss, []

    def interrupt_the_third(self, kernel):
        calls.append(measure(self, kernel))
        if len(calls) == 3:  # before training, after the first epoch, after the second
            raise KeyboardInterrupt
        return calls[-1]

    monkeypatch.setattr(HeldOut, "loss", interrupt_the_third)
    assert run("train", "corpus.txt", "-o", "out.kv", *FAST, *kept)[0] == 130
    report = report_of(run, *kept, "--resume")
    for name in ("epoch_losses", "validation_losses"):
        assert report[name] == pytest.approx(whole[name], rel=1e-12)


def test_early_stopping_keeps_the_best_vectors(run, texts, monkeypatch):
    losses = iter([9.0, 3.0, 2.0, 2.5, 2.6, 1.0])  # the first is that before training
    monkeypatch.setattr(HeldOut, "loss", lambda self, kernel: next(losses))
    code, out, _ = run(
        "train", "corpus.txt", "-o", "out.kv", *HELD, *FAST, "--epochs", "9",
        "--early-stopping", "2", "--report", "report.json",
    )  # fmt: skip
    assert code == 0
    assert "stopped     after epoch 4; the vectors are those of epoch 2\n" in out
    with open("report.json") as file:
        report = json.load(file)
    assert (report["best_epoch"], report["stopped_epoch"]) == (2, 4)
    assert report["validation_losses"] == [3.0, 2.0, 2.5, 2.6]


REFUSED = {
    "missing": (["--validation", "none.txt"], "none.txt: No such file"),
    "folder": (["--validation", "folder"], "folder: this is a folder"),
    "the corpus": (["--validation", "./corpus.txt"], "./corpus.txt: it is trained on"),
    "empty": (["--validation", "empty.txt"], "validation='empty.txt': there is no word in it"),
    "unknown words": (
        ["--validation", "other.txt"],
        "validation='other.txt': its 2 words have no two words of the vocabulary side by side",
    ),
    "overwritten": ([*HELD, "--report", "held.txt"], "held.txt: it would overwrite held.txt"),
    "early stopping alone": (["--early-stopping", "2"], "--early-stopping needs --validation FILE"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_text_of_no_use_is_refused_before_the_work(run, texts, tmp_path, case):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "other.txt").write_text("xyzzy plugh\n")
    given, message = REFUSED[case]
    fails(run("train", "corpus.txt", "-o", "out.kv", *FAST, *given), message)
    assert not (tmp_path / "out.kv").exists()


def test_standard_input_is_corpus_or_validation(run):
    fails(run("train", "-", "-o", "out.kv", "--validation", "-"), "cannot be both")
    code, _, err = run("train", "c.txt", "-o", "out.kv", "--early-stopping", "0")
    assert code == 2
    assert "it must be an integer >= 1" in err
