"""benchmarks/phrases.py: both systems are timed on the same steps and must agree."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "benchmarks" / "phrases.py"


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-P", str(SCRIPT), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    lines = ["the bank of america in new york", "new york is the city of the bank of america"]
    path.write_text("\n".join(lines * 40), encoding="utf-8")
    return path


def test_a_run_times_every_step(text, tmp_path):
    done = json.loads(run("--run", "ours", "--corpus", text, cwd=tmp_path).stdout)
    assert list(done["seconds"]) == ["count", "freeze", "frozen", "phrases"]
    assert min(done["seconds"].values()) >= 0
    assert done["result"][:2] == [20, 0]


@pytest.mark.skipif(find_spec("gensim") is None, reason="gensim is not installed")
def test_results_equal_those_of_gensim(text, tmp_path):
    arguments = ("--corpus", text, "--connectors", "--run")
    ours, theirs = (
        json.loads(run(*arguments, system, cwd=tmp_path).stdout) for system in ("ours", "gensim")
    )
    assert ours["result"] == theirs["result"]


def test_wrong_arguments_end_with_status_2(text, tmp_path):
    for arguments, message in (
        (("--corpus", tmp_path / "none.txt"), "no such file"),
        (("--corpus", text, "--repeat", "0"), "must be at least 1"),
    ):
        done = run(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert message in done.stderr
