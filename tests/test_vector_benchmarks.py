"""benchmarks/queries.py and vector_files.py time every step, and see answers that differ."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
SMALL = ("--rows", "120", "--size", "8")


def run(script, *arguments, cwd):
    return subprocess.run(
        [sys.executable, "-P", str(FOLDER / script), *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("script", ["queries.py", "vector_files.py"])
def test_a_run_times_every_step(tmp_path, script):
    folder = ("--folder", tmp_path) if script == "vector_files.py" else ()
    done = run(script, "--run", "ours", *SMALL, *folder, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found["seconds"]) >= 4
    assert min(found["seconds"].values()) > 0
    assert found["result"]


@pytest.mark.skipif(find_spec("gensim") is None, reason="gensim is not installed")
@pytest.mark.parametrize("script", ["queries.py", "vector_files.py"])
def test_both_systems_agree(tmp_path, script):
    done = run(script, *SMALL, "--repeat", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ratio" in done.stdout


@pytest.mark.parametrize("script", ["queries.py", "vector_files.py"])
def test_wrong_arguments_end_with_status_2(tmp_path, script):
    done = run(script, "--repeat", "0", cwd=tmp_path)
    assert done.returncode == 2
    assert "at least 1" in done.stderr


def test_results_that_differ_are_printed(monkeypatch, capsys):
    monkeypatch.syspath_prepend(FOLDER.parent)
    from benchmarks import in_turn

    runs = {"ours": [{"result": 1}], "gensim": [{"result": 2}]}
    assert not in_turn.results_agree(runs)
    assert "differ" in capsys.readouterr().out
