"""docs/first-session.md: every command of it runs, on a small generated text."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from word2vec import KeyedVectors
from word2vec.datasets import write_corpus, write_questions

PAGE = Path(__file__).parent.parent / "docs" / "first-session.md"
PAIRS = "king\tqueen\t9\nfrance\tjapan\t7\nking\tfrance\t1\n"


def commands(page):
    """Pairs of a command and whether the page shows that it prints something."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, bool(printed.strip())))
    return found


def test_the_page_has_what_a_first_session_needs():
    named = {command.split()[1] for command, _ in commands(PAGE.read_text("utf-8"))}
    assert named >= {"train", "evaluate", "similar", "analogy", "cluster", "convert"}


@pytest.mark.skipif(sys.platform == "win32", reason="the page is for a POSIX shell")
def test_every_command_of_the_page_runs(tmp_path):
    write_corpus(tmp_path / "enwiki.txt", n_words=60_000)
    write_questions(tmp_path / "questions-words.txt")
    (tmp_path / "wordsim353.tsv").write_text(PAIRS)
    program = tmp_path / "bin" / "word2vec"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m word2vec "$@"\n')
    program.chmod(0o755)
    environment = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    page = PAGE.read_text("utf-8")
    for command, prints in commands(page):
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, (command, done.stderr)
        assert bool(done.stdout + done.stderr) == prints, command
    assert len(json.loads((tmp_path / "report.json").read_text())["epoch_losses"]) == 10
    back = KeyedVectors.load_word2vec_format(tmp_path / "vectors.bin", binary=True)
    assert back.index_to_key == KeyedVectors.load(tmp_path / "vectors.kv").index_to_key
    (python,) = re.findall(r"^```python\n(.*?)^```", page, re.M | re.S)
    done = subprocess.run(
        [sys.executable, "-c", python], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
