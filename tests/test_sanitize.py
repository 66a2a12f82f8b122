"""The script that runs the C code under checkers, and what it is told not to report."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "sanitize"
CORE = HERE.parents[1] / "csrc"


def run(*arguments, **environment):
    command = ["bash", HERE / "run", *arguments]
    return subprocess.run(
        command, env={"PATH": "/usr/bin:/bin"} | environment, capture_output=True, text=True
    )


def test_only_the_functions_that_touch_rows_may_race_each_with_a_reason():
    lines = (HERE / "races.txt").read_text(encoding="utf-8").splitlines()
    code = "".join((CORE / name).read_text() for name in ("w2v_tile.inc.h", "w2v_hot.h"))
    racing = set()
    for reason, line in zip(["", *lines], lines, strict=False):
        if line and not line.startswith("#"):
            name = re.fullmatch(r"race:\^(\w+)\$", line)[1]
            racing.add(name)
            assert reason.startswith("# ")
    # Whatever has a row's address and reads or writes through it.
    parts = re.split(r"^(?:W2V_INLINE|static(?: inline)?) void (\w+)\(", code, flags=re.MULTILINE)
    functions = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert racing <= set(functions)
    loads = re.compile(r"\bw2v_load\b|\brow\[d\]")
    assert racing == {name for name, body in functions.items() if loads.search(body)}


def test_memcheck_is_silenced_about_python_and_the_loader_only():
    text = (HERE / "python.supp").read_text(encoding="utf-8")
    entries = re.findall(r"^\{\n.*\n   (\S+)\n   (\S+)\n(?:   fun:\w+\n)*\}$", text, re.MULTILINE)
    assert len(entries) == text.count("{")
    assert {where for _, where in entries} == {
        "obj:*/libpython3.*",
        "obj:*/bin/python3.*",
        "obj:*/lib-dynload/*",
        "fun:strncmp",
    }


def test_what_is_left_out_exists():
    script = (HERE / "run").read_text(encoding="utf-8")
    left_out = re.findall(r"--(?:ignore|deselect)=(\S+)", script)
    assert len(left_out) == 6
    for place in left_out:
        path, _, name = place.partition("::")
        assert f"def {name}" in (HERE.parents[1] / path).read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="a script for bash")
def test_the_script_wants_to_know_which_checker():
    done = run("nonsense")
    assert done.returncode == 2
    assert "address|thread|memcheck, not 'nonsense'" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a script for bash")
@pytest.mark.parametrize("checker", ["address", "thread"])
def test_without_the_sanitizers_library_the_script_says_so_and_passes(checker, tmp_path):
    path = pretend(tmp_path, setarch="exit 0", cc='echo "${1#*=}"')  # as of unknown files
    done = run(checker, PATH=path, CC="cc")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"skipped, {checker}: cc has no lib{checker[0]}san.so")


@pytest.mark.skipif(sys.platform == "win32", reason="a script for bash")
def test_without_fixed_addresses_the_script_does_not_begin_with_threads(tmp_path):
    done = run("thread", PATH=pretend(tmp_path, setarch="exit 1", cc="exit 1"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("skipped, thread: addresses stay random")


def pretend(folder, **programs):
    """Give a search path on which these programs come first."""
    for name, lines in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"
