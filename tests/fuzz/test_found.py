"""What the fuzzer once found stays mended."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import attack_readers
import pytest

HERE = Path(__file__).parent
FOUND = sorted(path for path in (HERE / "found").glob("*/*") if path.is_file())


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_found_cases_are_read_or_refused(path, tmp_path):
    name = path.parent.name
    if name in attack_readers.READERS:
        attack_readers.attempt(name, path.read_bytes(), tmp_path)
    else:  # of the readers in C: the same bytes through Python
        for name in ("corpus", "word2vec_text", "word2vec_binary"):
            attack_readers.attempt(name, path.read_bytes(), tmp_path)


def test_found_cases_are_small():
    assert all(path.stat().st_size <= 4096 for path in FOUND)
    assert len(FOUND) < 500


def test_an_undocumented_error_is_a_finding(tmp_path, monkeypatch):
    def broken(data, folder):
        raise KeyError("not documented")

    monkeypatch.setitem(
        attack_readers.READERS, "pairs", attack_readers.Reader(broken, lambda: [b""])
    )
    with pytest.raises(KeyError):
        attack_readers.attempt("pairs", b"", tmp_path)


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="needs atheris (extra 'fuzz')"
)
def test_the_fuzzer_runs_and_counts(tmp_path):
    run = [sys.executable, HERE / "run.py", "--seconds", "1", "--corpus", tmp_path]
    done = subprocess.run([*run, "--target", "compressed"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    name, n_inputs = done.stdout.split()[:2]
    assert name == "compressed:"
    assert int(n_inputs) > 10
    assert len(list((tmp_path / "corpus-compressed").iterdir())) > 5
