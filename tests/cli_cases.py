"""Helpers for the tests of the command line; some are to become fixtures."""

import io
import sys

import numpy as np

from word2vec import KeyedVectors
from word2vec.cli.main import main
from word2vec.datasets import write_corpus

# Gender, royalty, fruit: king - man + woman is queen exactly.
WORDS = {
    "man": [1, 0, 0],
    "woman": [0, 1, 0],
    "king": [1, 0, 1],
    "queen": [0, 1, 1],
    "Apple": [-1, -1, 0.1],
    "naïve": [-1, -1, 0.2],
}


def run(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; gives exit code, output and errors (a fixture)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORD2VEC_DEBUG", raising=False)

    def run_main(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run_main


def corpus(tmp_path):
    """Write a text of 5,000 words; gives its name (a fixture)."""
    write_corpus(tmp_path / "corpus.txt", n_words=5_000)
    return "corpus.txt"


def stdin(monkeypatch):
    """Give a function that makes bytes the standard input (a fixture)."""

    def give(content):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))

    return give


def royals():
    """The vectors of `WORDS`."""
    keyed = KeyedVectors(3)
    keyed.add_vectors(list(WORDS), np.array(list(WORDS.values()), dtype=np.float32))
    return keyed


def fails(result, *parts):
    """Assert a failure told in one line on standard error."""
    code, out, err = result
    assert code == 1, err
    assert out == ""
    assert err.startswith("word2vec: error: ")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err
