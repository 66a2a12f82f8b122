"""The same seed and sentences give the same bits, where that is promised."""

import functools
import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from training_cases import (
    OPTIONS,
    SENTENCES,
    TOTAL,
    Restartable,
    write_corpus,
)

from word2vec import Word2Vec
from word2vec.datasets import write_corpus as write_made_up_text
from word2vec.text.vocabulary import scan_files

corpus_path = pytest.fixture(write_corpus)


SCRIPT = """
import hashlib, numpy as np
from word2vec import Word2Vec
sentences = [[f"w{(i * j) % 37}" for j in range(i % 19)] for i in range(1500)]
model = Word2Vec(sentences, vector_size=20, min_count=1, workers=1, seed=7, sg=1, hs=1)
print(hashlib.sha256(model.wv.vectors.tobytes() + model.syn1.tobytes()).hexdigest())
"""


def outputs(script, folder, hash_seeds):
    """What a script prints, in a process for each PYTHONHASHSEED."""
    return {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in hash_seeds
    }


def test_one_worker_gives_the_same_bits_in_every_process(tmp_path):
    assert len(outputs(SCRIPT, tmp_path, ("0", "1", "1234"))) == 1


def test_seeds_matter():
    vectors = [Word2Vec(SENTENCES, seed=s, workers=1, **OPTIONS).wv.vectors for s in (1, 1, 2)]
    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert not np.array_equal(vectors[0], vectors[2])


@pytest.mark.parametrize("sg", [0, 1])
def test_a_corpus_in_one_batch_trains_the_same_whatever_the_workers(sg):
    options = OPTIONS | {"batch_words": 10**6, "sg": sg}
    models = [Word2Vec(SENTENCES, workers=n, **options) for n in (1, 3, 8)]
    for model in models[1:]:
        np.testing.assert_array_equal(model.wv.vectors, models[0].wv.vectors)
        np.testing.assert_array_equal(model.syn1neg, models[0].syn1neg)


def test_one_worker_trains_the_same_from_every_source(corpus_path):
    options = OPTIONS | {"workers": 1}
    models = [
        Word2Vec(SENTENCES, **options),
        Word2Vec(Restartable(SENTENCES), **options),
        Word2Vec(Restartable(SENTENCES), cache_corpus=True, **options),
        Word2Vec(corpus_file=corpus_path, **options),
        Word2Vec(corpus_file=[str(corpus_path)], **options),
    ]
    for model in models[1:]:
        assert model.wv.index_to_key == models[0].wv.index_to_key
        np.testing.assert_array_equal(model.wv.vectors, models[0].wv.vectors)


def test_successive_calls_of_train_draw_anew():
    def trained(calls):
        model = Word2Vec(workers=1, **OPTIONS)
        model.alpha = model.min_alpha = 0.01
        model.build_vocab(SENTENCES)
        for epochs in calls:
            model.train(SENTENCES, total_words=TOTAL, epochs=epochs)
        return model.wv.vectors

    # At a constant rate, three calls are one call of three epochs.
    np.testing.assert_array_equal(trained([1, 1, 1]), trained([3]))


def test_lists_are_read_once_and_iterables_every_epoch():
    corpus = Restartable(SENTENCES)
    Word2Vec(corpus, **OPTIONS)
    assert corpus.passes == 3
    cached = Restartable(SENTENCES)
    Word2Vec(cached, cache_corpus=True, **OPTIONS)
    assert cached.passes == 2


FILE_SCRIPT = """
import hashlib, sys
from word2vec import Word2Vec
model = Word2Vec(corpus_file="corpus.txt", vector_size=20, min_count=1, workers=1, seed=7)
for part in ("\\n".join(model.wv.index_to_key).encode(), model.wv.vectors, model.syn1neg):
    print(hashlib.sha256(bytes(part)).hexdigest())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    write_made_up_text(folder / "corpus.txt", n_words=20_000)
    return folder


def test_a_file_gives_the_same_bits_in_every_process(folder):
    digests = outputs(FILE_SCRIPT, folder, ("0", "99"))
    model = Word2Vec(
        corpus_file=folder / "corpus.txt", vector_size=20, min_count=1, workers=1, seed=7
    )
    here = ("\n".join(model.wv.index_to_key).encode(), model.wv.vectors, model.syn1neg)
    assert digests == {"".join(hashlib.sha256(bytes(part)).hexdigest() + "\n" for part in here)}


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
