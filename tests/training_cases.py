"""A corpus of many batches, sources of it, and a stand-in for the kernel."""

import threading
import time
from collections import Counter

import numpy as np

from word2vec import Word2Vec
from word2vec.training import trainer
from word2vec.training.schedule import LinearDecay
from word2vec.training_run import batch_source

RNG = np.random.default_rng(5)
WORDS = [f"w{i}" for i in range(60)]
# About 12,000 words: more batches than workers with batch_words=500.
SENTENCES = [
    [WORDS[i] for i in np.minimum(RNG.geometric(0.08, RNG.integers(1, 60)), 60) - 1]
    for _ in range(400)
]
TOTAL = sum(map(len, SENTENCES))
OPTIONS = {"vector_size": 16, "min_count": 1, "epochs": 2, "batch_words": 500, "sg": 1}


class Restartable:
    """An iterable that is no sequence, so that nothing keeps it."""

    def __init__(self, sentences):
        self.sentences = sentences
        self.passes = 0

    def __iter__(self):
        self.passes += 1
        return iter(self.sentences)


class Recorder:
    """Stands in for the kernel and notes what it was given."""

    def __init__(self, fail_at=None):
        self.tokens = Counter()
        self.alphas = []
        self.seeds = []
        self.lock = threading.Lock()
        self.fail_at = fail_at

    def train(self, tokens, offsets, alphas, seed, worker):
        with self.lock:
            self.tokens.update(tokens.tolist())
            self.alphas.extend(alphas.tolist())
            self.seeds.append(seed)
            if self.fail_at is not None and len(self.seeds) >= self.fail_at:
                raise ArithmeticError("kernel broke")
        return 0.0, len(tokens), len(tokens)


def write_corpus(tmp_path):
    """A file of the sentences (a fixture)."""
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(" ".join(s) for s in SENTENCES) + "\n", encoding="utf-8")
    return path


def finishes(function, seconds=1.0):
    """Run `function` in a thread; give what it raised, fail if it hangs."""
    raised = []

    def run():
        try:
            function()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    start = time.monotonic()
    thread.start()
    thread.join(seconds + 5)
    assert not thread.is_alive(), "training hangs"
    assert time.monotonic() - start < seconds + 1
    return raised[0] if raised else None


def run_epoch(source, workers, kernel=None, schedule=None):
    kernel = kernel or Recorder()
    epoch = trainer.Epoch(
        kernel=kernel,
        batches=source.epoch(),
        schedule=schedule or LinearDecay(0.025, 0.0001, TOTAL),
        done_before=0,
        by_sentences=False,
        seed=1,
        number=0,
    )
    return kernel, epoch.run(workers, lambda counts: None, 0.01)


def make_source(kind, corpus_path, batch_words=500):
    model = Word2Vec(**OPTIONS | {"batch_words": batch_words})
    model.build_vocab(SENTENCES)
    if kind == "file":
        return model, batch_source(model, None, corpus_path)
    corpus = SENTENCES if kind == "list" else Restartable(SENTENCES)
    return model, batch_source(model, corpus, None)
