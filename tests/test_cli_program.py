"""The program as a whole: the C tool's flags, completion, colours, JSON answers."""

import io
import json
import os
import subprocess
import sys

import cli_cases
import numpy as np
import pytest
from cli_cases import fails

from word2vec import KeyedVectors
from word2vec.cli.formats import load_vectors
from word2vec.cli.main import cli

run = pytest.fixture(cli_cases.run)
corpus = pytest.fixture(cli_cases.corpus)
stdin = pytest.fixture(cli_cases.stdin)


@pytest.fixture
def vectors(tmp_path):
    keyed = KeyedVectors(2)
    keyed.add_vectors(["king", "queen", "naïve"], np.array([[1, 0], [1, 1], [0, 1]], np.float32))
    keyed.save(tmp_path / "v.kv")
    return "v.kv"


# The C tool ------------------------------------------------------------------------------


def test_the_flags_of_the_c_tool(run, corpus, tmp_path):
    code, _, _ = run(
        "-train", corpus, "-output", "v.bin", "-size", 20, "-window", 3, "-cbow", 0, "-hs", 1,
        "-negative", 0, "-threads", 1, "-iter", 1, "-min-count", 2, "-binary", 1,
    )  # fmt: skip
    assert code == 0
    assert (tmp_path / "v.bin").read_bytes().split(b"\n")[0].endswith(b" 20")
    assert load_vectors("v.bin").vector_size == 20


def test_the_c_tools_classes(run, corpus, tmp_path):
    flags = ["-size", 5, "-iter", 1, "-threads", 1]
    assert run("-output", "c.txt", "-train", corpus, "-classes", 4, *flags)[0] == 0
    lines = [line.split() for line in (tmp_path / "c.txt").read_text().splitlines()]
    assert {number for _, number in lines} <= set("0123")
    assert len({number for _, number in lines}) > 1
    fails(run("-train", corpus, "-classes", 4, *flags), "-classes needs -output")


def test_wrong_flags_of_the_c_tool(run):
    code, out, err = run("-size", "20")
    assert (code, out) == (2, "")
    assert err.startswith("usage: word2vec ")


# Completion ------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_the_program(run, shell):
    code, out, err = run("completion", shell)
    assert (code, err) == (0, "")
    assert f"_WORD2VEC_COMPLETE={shell}_complete" in out


def test_completion_completes(run, monkeypatch):
    monkeypatch.setenv("_WORD2VEC_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "word2vec train --vec")
    monkeypatch.setenv("COMP_CWORD", "2")
    code, out, _ = run()
    assert (code, out) == (0, "plain,--vector-size\n")


@pytest.mark.parametrize(
    "words", ["train c", "train c.txt -o o", "train c --validation h", "evaluate v m", "info v"]
)
def test_completion_leaves_files_to_the_shell(run, monkeypatch, words):
    line = f"word2vec {words}"
    monkeypatch.setenv("_WORD2VEC_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split()) - 1))
    assert run()[1].startswith("file,")


def test_every_command_is_named_in_the_help_in_its_order(run):
    _, out, _ = run("--help")
    places = [out.index(f"\n  {name} ") for name in cli.commands]
    assert places == sorted(places)


# Colours ---------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
@pytest.mark.skipif(os.name == "nt", reason="asks for another terminal there")
@pytest.mark.parametrize("arguments", [["similar", "v.kv", "king"], ["--help"]])
def test_colours_on_terminals_only_if_wanted(
    run, vectors, monkeypatch, environment, coloured, arguments
):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stdout = Terminal()
    monkeypatch.setattr(sys, "stdout", stdout)
    assert run(*arguments)[0] == 0
    assert ("\x1b[" in stdout.getvalue()) == coloured


def test_no_colours_in_a_pipe(run, vectors):
    assert "\x1b" not in run("similar", vectors, "king")[1]


# JSON and standard input ------------------------------------------------------------------


def test_similar_words_of_standard_input_as_json(run, vectors, stdin):
    stdin("king\nqueen naïve\n".encode())
    code, out, err = run("similar", vectors, "-", "--json", "-n", "1")
    assert (code, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["word"] for answer in answers] == ["king", "queen", "naïve"]
    assert [answer["similar"][0]["word"] for answer in answers] == ["queen", "king", "queen"]
    assert np.isclose(answers[0]["similar"][0]["cosine"], 0.5**0.5)
    assert out.isascii()


def test_similar_words_of_standard_input_have_titles(run, vectors, stdin):
    stdin(b"king\n")
    assert run("similar", vectors, "-", "-n", "1")[1] == "king\n  0.7071  queen\n"


def test_vectors_of_standard_input(run, vectors, tmp_path, stdin):
    stdin((tmp_path / vectors).read_bytes())
    assert run("similar", "-", "king", "-n", "1")[1] == "  0.7071  queen\n"
    fails(run("similar", "-", "-"), "either the vectors or the words")


def test_analogy_as_json(run, vectors):
    answer = json.loads(run("analogy", vectors, "king", "queen", "naïve", "--json")[1])
    assert (answer["a"], answer["b"], answer["c"]) == ("king", "queen", "naïve")
    assert answer["answers"] == []


def test_a_pipe_between_two_commands(tmp_path, vectors):
    word2vec = [sys.executable, "-m", "word2vec"]
    writer = subprocess.run(
        [*word2vec, "convert", "v.kv", "-", "--to", "word2vec-binary"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    reader = subprocess.run(
        [*word2vec, "similar", "-", "king", "-n", "1"],
        cwd=tmp_path, input=writer.stdout, capture_output=True, check=True,
    )  # fmt: skip
    assert reader.stdout.split() == [b"0.7071", b"queen"]
