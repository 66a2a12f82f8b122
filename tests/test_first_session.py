"""docs/first-session.md: every command of it runs, on a small generated text."""

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from word2vec import KeyedVectors
from word2vec.cli.main import DONE, FAILED, INTERRUPTED, PIPE_CLOSED, TERMINATED, USAGE
from word2vec.datasets import write_corpus, write_questions

PAGE = Path(__file__).parent.parent / "docs" / "first-session.md"
PAIRS = "king\tqueen\t9\nfrance\tjapan\t7\nking\tfrance\t1\n"


spec = importlib.util.spec_from_file_location("make_session", PAGE.with_name("make_session.py"))
make_session = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make_session)


def test_the_page_has_what_a_first_session_needs():
    typed = make_session.commands(PAGE.read_text("utf-8"))
    named = {command.split()[1] for command, _ in typed}
    assert named >= {"train", "evaluate", "similar", "analogy", "cluster", "convert"}


def test_the_exit_codes_of_the_page_are_those_of_the_program():
    codes = re.findall(r"^\| (\d+) \| ", PAGE.read_text("utf-8"), re.M)
    known = {DONE, FAILED, USAGE, INTERRUPTED, PIPE_CLOSED, TERMINATED}
    assert list(map(int, codes)) == sorted(known)


@pytest.mark.skipif(sys.platform == "win32", reason="the page is for a POSIX shell")
def test_every_command_of_the_page_runs(tmp_path):
    write_corpus(tmp_path / "enwiki.txt", n_words=60_000)
    sets = tmp_path / "sets"
    sets.mkdir()
    write_questions(sets / "questions-words.txt")
    (sets / "wordsim353.tsv").write_text(PAIRS)
    program = tmp_path / "bin" / "word2vec"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m word2vec "$@"\n')
    program.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "WORD2VEC_DATA": str(sets),
    }
    page = PAGE.read_text("utf-8")
    for command, shown in make_session.commands(page):
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (command, done.stderr)
        assert bool(done.stdout + done.stderr) == bool(shown), command
    report = json.loads((tmp_path / "report.json").read_text())
    assert len(report["epoch_losses"]) == len(report["validation_losses"]) == 10
    back = KeyedVectors.load_word2vec_format(tmp_path / "vectors.bin", binary=True)
    assert back.index_to_key == KeyedVectors.load(tmp_path / "vectors.kv").index_to_key
    (python,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    done = subprocess.run(
        [sys.executable, "-c", python], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_page_can_be_made_anew(tmp_path):
    page = (
        "$ not a command\n```console\n$ echo a b\n$ seq 3\n9\n```\n"
        "text\n```console\n$ seq 9 | cat\n8\n8\n...\n$ echo a b\nold\n\nold\n```\n"
    )
    assert make_session.retyped(page, tmp_path) == (
        "$ not a command\n```console\n$ echo a b\na b\n$ seq 3\n1\n2\n3\n```\n"
        "text\n```console\n$ seq 9 | cat\n1\n2\n...\n$ echo a b\na b\n```\n"
    )
