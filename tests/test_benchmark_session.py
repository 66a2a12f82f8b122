"""Runs in processes of their own, and that nothing they start survives."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from benchmark_cases import FOLDER, cells, make_plan, make_system, run_plan, write_text

from benchmarks import report, run


@pytest.fixture
def text(tmp_path):
    return write_text(tmp_path)


def test_systems_take_turns_in_fresh_processes(tmp_path, text):
    body = """
import os
def run(job):
    return answer(job) | {"pid": os.getpid(), "cwd": os.getcwd(), "seed": job["settings"]["seed"]}
"""
    a, b = make_system(tmp_path, "a", body), make_system(tmp_path, "b", body)
    probes = iter(range(100))
    plan = make_plan(a, b, repeat=2, seeds=(3, 4))
    records = run_plan(plan, text, probe=lambda: {"compute_s": 1, "n": next(probes)})
    assert [record["system"] for record in records] == ["a", "b", "a", "b"]
    assert [record["result"]["seed"] for record in records] == [3, 3, 4, 4]
    assert len({record["result"]["pid"] for record in records}) == 4
    assert [record["probe"]["n"] for record in records] == [0, 1, 2, 3]
    assert all(record["problems"] == [] for record in records)
    assert not any(Path(record["result"]["cwd"]).exists() for record in records)


def test_neither_the_sources_nor_the_drivers_shadow_what_is_installed(tmp_path, text):
    body = """
import sys
def run(job):
    return answer(job) | {"path": sys.path}
"""
    (record,) = run_plan(make_plan(make_system(tmp_path, body=body)), text)
    seen = {str(Path(entry).resolve()) for entry in record["result"]["path"]}
    allowed = {str(Path(e).resolve()) for e in os.environ.get("PYTHONPATH", "").split(":") if e}
    assert not (seen - allowed) & {str(FOLDER), str(FOLDER / "systems"), str(FOLDER.parent)}


def test_a_failing_run_is_recorded_and_the_others_go_on(tmp_path, text):
    bad = make_system(tmp_path, "bad", "\ndef run(job):\n    raise OSError('no such luck')\n")
    good = make_system(tmp_path, "good", "\nprint('noise on stdout')\n")
    records = run_plan(make_plan(bad, good), text)
    assert records[0]["error"] == "exit status 1"
    assert "no such luck" in records[0]["stderr"]
    assert records[1]["result"]["raw_words"] == 200


def test_a_result_without_the_figures_is_a_failure(tmp_path, text):
    driver = make_system(tmp_path, body="\ndef run(job):\n    return {'versions': {}}\n")
    (record,) = run_plan(make_plan(driver), text)
    assert "training_s" in record["error"]


def test_a_driver_that_ends_without_an_answer_is_a_failure(tmp_path, text):
    driver = make_system(tmp_path, body="\nimport os\ndef run(job):\n    os._exit(0)\n")
    (record,) = run_plan(make_plan(driver), text)
    assert "no result" in record["error"]


def sleeper(pid_file):
    """A driver that starts a process of its own and then hangs with it."""
    return f"""
import pathlib, subprocess, time
def run(job):
    other = subprocess.Popen(["sleep", "60"])
    pathlib.Path({str(pid_file)!r}).write_text(str(other.pid))
    time.sleep(60)
"""


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_a_run_that_hangs_is_killed_with_all_it_started(tmp_path, text):
    pid = tmp_path / "pid"
    driver = make_system(tmp_path, body=sleeper(pid))
    (record,) = run_plan(make_plan(driver, timeout=1), text)
    assert record["error"] == "killed after 1 s"
    wait_until(lambda: not is_running(int(pid.read_text())))


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_kills_the_children_reports_and_leaves_no_files(tmp_path, text, number):
    pid, temporary, out = tmp_path / "pid", tmp_path / "tmp", tmp_path / "results.json"
    temporary.mkdir()
    quick, slow = make_system(tmp_path, "quick"), make_system(tmp_path, "slow", sleeper(pid))
    arguments = ["--systems", f"quick={quick.driver},slow={slow.driver}", "--no-probe"]
    arguments += ["--corpus", str(text), "--objectives", "sg-ns", "--out", str(out)]
    harness = subprocess.Popen(
        [sys.executable, str(FOLDER / "run.py"), *arguments],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    wait_until(lambda: pid.exists() and pid.read_text())
    harness.send_signal(number)
    page, _ = harness.communicate(timeout=60)
    assert harness.returncode == 130
    assert "Cut short" in page
    assert cells(page, "1", "sg-ns", "quick")
    assert [r["system"] for r in json.loads(out.read_text())["runs"]] == ["quick"]
    assert list(temporary.iterdir()) == []
    wait_until(lambda: not is_running(int(pid.read_text())))


def test_the_command_writes_json_and_prints_the_page(tmp_path, text):
    # As a module too: both ways of starting are promised.
    driver, out = make_system(tmp_path), tmp_path / "results.json"
    arguments = ["--systems", f"fake={driver.driver}", "--corpus", str(text), "--out", str(out)]
    arguments += ["--objectives", "sg-ns", "--epochs", "2", "--repeat", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *arguments],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert cells(done.stdout, "sg-ns", "fake")[1].strip("*") == "100"
    results = json.loads(out.read_text())
    assert results["sessions"][0]["complete"]
    assert results["runs"][0]["probe"]["compute_s"] > 0
    assert report.report(results) == done.stdout.removesuffix("\n")


def test_a_run_that_does_not_count_makes_the_status_1(tmp_path, text, capsys):
    driver = make_system(
        tmp_path, body="\ndef run(job):\n    return answer(job) | {'finite': False}\n"
    )
    arguments = ["--systems", f"fake={driver.driver}", "--no-probe", "--repeat", "1"]
    before = signal.getsignal(signal.SIGTERM)
    try:
        status = run.main([*arguments, "--corpus", str(text), "--objectives", "sg-ns"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert status == 1
    assert "not finite" in capsys.readouterr().out
