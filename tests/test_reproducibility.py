"""The same seed and sentences give the same bits, where that is promised."""

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

corpus_path = pytest.fixture(write_corpus)


SCRIPT = """
import hashlib, numpy as np
from word2vec import Word2Vec
sentences = [[f"w{(i * j) % 37}" for j in range(i % 19)] for i in range(1500)]
model = Word2Vec(sentences, vector_size=20, min_count=1, workers=1, seed=7, sg=1, hs=1)
print(hashlib.sha256(model.wv.vectors.tobytes() + model.syn1.tobytes()).hexdigest())
"""


def test_one_worker_gives_the_same_bits_in_every_process(tmp_path):
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "1234")
    }
    assert len(digests) == 1


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
