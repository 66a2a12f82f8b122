"""What tutorials take from gensim's tests: nine short texts, and places for files."""

import os
import tempfile

from word2vec.errors import MissingDependencyError
from word2vec.vectors.evaluation import find_dataset

__all__ = ["common_texts", "datapath", "get_tmpfile"]

common_texts = [
    ["user", "asks", "computer"],
    ["computer", "system", "answers", "user"],
    ["human", "draws", "interface"],
    ["interface", "system", "human", "computer"],
    ["survey", "user", "time"],
    ["trees"],
    ["trees", "graph"],
    ["graph", "minors", "trees"],
    ["survey", "graph", "time"],
]
"""Sentences of one to four words."""


def datapath(fname: str) -> str:
    """Path of a public evaluation set that is on this machine.

    Raises
    ------
    MissingDependencyError
        If it is not here: gensim's test data are not part of this library.
    """
    found = find_dataset(fname)
    if found is None:
        raise MissingDependencyError(
            f"{fname!r} is a file of gensim's tests, which are not in word2vec's stand-in for "
            "gensim: pip install gensim, or give the path of a file of your own"
        )
    return os.fspath(found)


def get_tmpfile(suffix: str) -> str:
    """Path of a file that may be written, named `suffix`, in a new temporary folder."""
    return os.path.join(tempfile.mkdtemp(prefix="word2vec-"), suffix)
