"""What docs/architecture.md calls reproducible, beside the trained bits of one worker."""

import functools
import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from word2vec import Word2Vec
from word2vec.datasets import write_corpus
from word2vec.text.vocabulary import scan_files

SCRIPT = """
import hashlib, sys
from word2vec import Word2Vec
model = Word2Vec(corpus_file="corpus.txt", vector_size=20, min_count=1, workers=1, seed=7)
for part in ("\\n".join(model.wv.index_to_key).encode(), model.wv.vectors, model.syn1neg):
    print(hashlib.sha256(part).hexdigest())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder / "corpus.txt", n_words=20_000)
    return folder


def test_a_file_gives_the_same_bits_in_every_process(folder):
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "99")
    }
    model = Word2Vec(
        corpus_file=folder / "corpus.txt", vector_size=20, min_count=1, workers=1, seed=7
    )
    here = ("\n".join(model.wv.index_to_key).encode(), model.wv.vectors, model.syn1neg)
    assert digests == {"".join(hashlib.sha256(part).hexdigest() + "\n" for part in here)}


@pytest.mark.parametrize("hs", [0, 1])
@pytest.mark.parametrize("kind", ["file", "sentences"])
def test_vocabulary_and_first_vectors_do_not_depend_on_the_workers(kind, hs, folder, monkeypatch):
    # Small chunks, so that every worker gets some.
    scan = functools.partial(scan_files, chunk_bytes=1000)
    monkeypatch.setattr("word2vec.vocabulary_steps.scan_files", scan)
    lines = (folder / "corpus.txt").read_text(encoding="utf-8").splitlines()
    models = [Word2Vec(vector_size=20, workers=n, min_count=2, hs=hs) for n in (1, 2, 7)]
    for model in models:
        if kind == "file":
            model.build_vocab(corpus_file=folder / "corpus.txt")
        else:
            model.build_vocab([line.split() for line in lines])
    first = models[0]
    for model in models[1:]:
        assert model.wv.index_to_key == first.wv.index_to_key
        for name in ("count", "sample_int"):
            np.testing.assert_array_equal(model.wv.expandos[name], first.wv.expandos[name])
        np.testing.assert_array_equal(model.wv.vectors, first.wv.vectors)
        np.testing.assert_array_equal(model._tables.noise, first._tables.noise)
        if hs:
            tree, other = first._tables.tree, model._tables.tree
            np.testing.assert_array_equal(other.path_nodes, tree.path_nodes)
            np.testing.assert_array_equal(other.path_codes, tree.path_codes)
