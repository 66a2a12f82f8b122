"""A session that goes on where another stopped."""

import json
import signal

import pytest
from benchmark_cases import make_system, write_text

from benchmarks import results, run


@pytest.fixture
def text(tmp_path):
    return write_text(tmp_path)


@pytest.fixture
def start(tmp_path, text):
    """Run the command with a driver that notes each of its runs; (status, results, notes)."""
    notes, out = tmp_path / "notes", tmp_path / "out.json"
    body = f"""
def run(job):
    with open({str(notes)!r}, "a") as file:
        print(job["settings"]["window"], job["settings"]["sg"], file=file)
    return answer(job)
"""
    driver = make_system(tmp_path, body=body).driver

    def start(*more):
        notes.write_text("")
        arguments = ["--systems", f"fake={driver}", "--corpus", str(text), "--no-probe"]
        before = signal.getsignal(signal.SIGTERM)
        try:
            status = run.main([*arguments, "--out", str(out), *more])
        finally:
            signal.signal(signal.SIGTERM, before)
        return status, json.loads(out.read_text()), notes.read_text().splitlines()

    return start


def test_what_has_run_is_not_run_again(start):
    assert start("--objectives", "sg-ns", "--repeat", "1")[2] == ["5 1"]
    status, found, notes = start("--objectives", "sg-ns,cbow-ns", "--repeat", "2")
    assert (status, sorted(notes)) == (0, ["5 0", "5 0", "5 1"])
    assert [row["name"] for row in found["plan"]["rows"]] == ["sg-ns", "cbow-ns"]
    assert [run["session"] for run in found["runs"]] == [0, 1, 1, 1]
    assert [session["complete"] for session in found["sessions"]] == [True, True]
    assert start("--objectives", "sg-ns,cbow-ns", "--repeat", "2")[2] == []


def test_a_run_that_did_not_count_is_run_again(start, tmp_path):
    _, found, _ = start("--objectives", "sg-ns", "--repeat", "2")
    found["runs"][0]["problems"] = ["it cheated"]
    results.save(found, tmp_path / "out.json")
    status, found, notes = start("--objectives", "sg-ns", "--repeat", "2")
    assert (status, notes) == (0, ["5 1"])
    assert [run["repetition"] for run in found["runs"]] == [1, 0]
    assert not any(run["problems"] for run in found["runs"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--window", "9"], "window=5"),
        (["--seeds", "3"], "seeds"),
        (["--measure", "vocabulary"], "sg-ns"),
    ],
)
def test_other_settings_need_another_file(start, change, said, capsys):
    start("--objectives", "sg-ns", "--repeat", "1")
    status, found, notes = start("--objectives", "sg-ns", "--repeat", "1", *change)
    assert (status, notes, len(found["runs"])) == (1, [], 1)
    error = capsys.readouterr().err
    assert said in error
    assert "name another file" in error


def test_another_text_needs_another_file(start, text, capsys):
    start("--objectives", "sg-ns", "--repeat", "1")
    text.write_text("z y x w v\n" * 20)
    assert start("--objectives", "sg-ns", "--repeat", "1")[0] == 1
    assert "not the text of the results so far" in capsys.readouterr().err
