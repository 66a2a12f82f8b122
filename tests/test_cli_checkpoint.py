"""``word2vec train --checkpoint``: kills, signals, and going on."""

import importlib.util
import signal
import subprocess
import sys
import time
from pathlib import Path

import cli_cases
import pytest
from cli_cases import fails

from word2vec.cli.interrupts import Terminated, terminable
from word2vec.datasets import write_corpus
from word2vec.io import container

FAST = ["--vector-size", "8", "--epochs", "2", "--workers", "1", "--min-count", "2"]
KEPT = ["--checkpoint", "run.ck", "--checkpoint-every", "2000w"]

run = pytest.fixture(cli_cases.run)


@pytest.fixture
def corpus(tmp_path):
    write_corpus(tmp_path / "corpus.txt", n_words=10_000)
    return "corpus.txt"


def test_resume_without_a_checkpoint_begins(run, corpus, tmp_path):
    assert run("train", corpus, "-o", "a.bin", "-q", *FAST)[0] == 0
    assert run("train", corpus, "-o", "b.bin", "-q", *FAST, *KEPT, "--resume") == (0, "", "")
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()
    run_facts = container.read(tmp_path / "run.ck").meta["run"]
    assert run_facts["epoch"] == run_facts["epochs"] == 2


def test_resume_goes_on_and_refuses_other_options(run, corpus, tmp_path):
    assert run("train", corpus, "-o", "a.bin", "-q", *FAST, *KEPT)[0] == 0
    again = [*FAST, *KEPT, "--resume"]
    again[again.index("--workers") + 1] = "2"
    assert run("train", corpus, "-o", "b.bin", "-q", *again)[0] == 0
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()
    fails(
        run("train", corpus, "-o", "b.bin", *again, "--window", "3"),
        "run.ck", "--window 5, not 3", "repeat",
    )  # fmt: skip


def test_resume_needs_a_checkpoint(run, corpus):
    fails(run("train", corpus, "-o", "a.bin", "--resume"), "--resume needs --checkpoint")


def test_the_checkpoint_is_a_file_of_its_own(run, corpus):
    fails(run("train", corpus, "-o", "a.bin", "--checkpoint", "a.bin"), "overwrite")
    fails(run("train", corpus, "-o", "a.bin", "--checkpoint", corpus), "overwrite corpus.txt")
    fails(run("train", corpus, "-o", "a.bin", "--checkpoint", "no/run"), "'no' does not exist")


def test_the_interval_is_checked(run, corpus):
    fails(run("train", corpus, "-o", "a.bin", *KEPT[:3], "often"), "checkpoint_every='often'")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_signals_keep_the_run_and_end_the_program(number, code, tmp_path):
    # While an epoch is being booked, a signal leaves the checkpoint before it as it is:
    # epochs must be long beside that.
    corpus = "corpus.txt"
    write_corpus(tmp_path / corpus, n_words=500_000)
    options = [*FAST, "--epochs", "2000", "--checkpoint", "run.ck", "--checkpoint-every", "9m"]
    command = [sys.executable, "-m", "word2vec", "train", corpus, "-o", "a.bin", *options]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "run.ck").exists():  # written when training begins
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(number)
    errors = process.communicate(timeout=30)[1]
    assert process.returncode == code
    assert "run.ck keeps the run: the same command with --resume goes on" in errors
    assert "Traceback" not in errors
    facts = container.read(tmp_path / "run.ck").meta["run"]
    assert facts["words"] + (facts["counts"] or {"words": 0})["words"] > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus.txt", "run.ck"]


def test_sigterm_is_as_it_was_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Terminated), terminable():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before


def test_killed_at_random_moments_a_run_ends_with_the_same_vectors(corpus, tmp_path):
    """A short run of benchmarks/reliability.py, which does it 50 times."""
    file = Path(__file__).parent.parent / "benchmarks" / "reliability.py"
    spec = importlib.util.spec_from_file_location("reliability", file)
    reliability = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reliability)
    options = ["--vector-size", "8", "--min-count", "2", "--epochs", "5"]
    result = reliability.measure(tmp_path, tmp_path / corpus, 3, 1, "2000w", 5, options)
    assert result["equal_without_a_kill"]
    assert result["equal"] == result["clean"] == result["trials"]
    assert result["killed"] == result["equal_after_a_kill"] == 3
