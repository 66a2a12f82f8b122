"""Errors reach the caller at once, unchanged; nothing hangs."""

import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from training_cases import (
    OPTIONS,
    SENTENCES,
    TOTAL,
    WORDS,
    Recorder,
    Restartable,
    finishes,
    run_epoch,
)

from word2vec import CallbackAny2Vec, Word2Vec
from word2vec.training.batches import IterableSource


class BreaksInSecondPass(Restartable):
    def __iter__(self):
        self.passes += 1
        for number, sentence in enumerate(self.sentences):
            if self.passes == 2 and number == 200:
                raise OSError("disk on fire")
            yield sentence


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_an_error_of_the_corpus_reaches_the_caller(workers):
    error = finishes(lambda: Word2Vec(BreaksInSecondPass(SENTENCES), workers=workers, **OPTIONS))
    assert isinstance(error, OSError)
    assert str(error) == "disk on fire"


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_an_error_of_a_worker_reaches_the_caller(workers):
    source = IterableSource(SENTENCES, {w: i for i, w in enumerate(WORDS)}, 500)
    kernel = Recorder(fail_at=5)
    error = finishes(lambda: run_epoch(source, workers, kernel))
    assert isinstance(error, ArithmeticError)
    # Each worker may have been inside a batch; nobody starts another one.
    assert len(kernel.seeds) <= 5 + workers


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("sentence", [7, None, 3.5, object()], ids=lambda s: type(s).__name__)
def test_a_sentence_that_is_none_reaches_the_caller(sentence, workers):
    class Bad(Restartable):
        def __iter__(self):
            self.passes += 1
            yield from self.sentences
            if self.passes > 1:
                yield sentence

    error = finishes(lambda: Word2Vec(Bad(SENTENCES), workers=workers, **OPTIONS))
    assert isinstance(error, TypeError)
    assert str(len(SENTENCES)) in str(error)


@pytest.mark.parametrize("workers", [1, 4])
def test_arrays_tuples_and_generators_are_sentences(workers):
    class Odd(Restartable):
        def __iter__(self):
            for number, sentence in enumerate(self.sentences):
                yield [np.array, tuple, iter, list][number % 4](sentence)

    model = Word2Vec(Odd(SENTENCES), workers=workers, **OPTIONS)
    assert model.corpus_total_words == TOTAL


@pytest.mark.parametrize("hook", ["train_begin", "epoch_begin", "epoch_end", "train_end"])
@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_a_callback_reaches_the_caller(hook, workers):
    def fail(self, model):
        raise LookupError(hook)

    callback = type("Bad", (CallbackAny2Vec,), {f"on_{hook}": fail})()
    error = finishes(lambda: Word2Vec(SENTENCES, callbacks=[callback], workers=workers, **OPTIONS))
    assert isinstance(error, LookupError)


@pytest.mark.parametrize("workers", [1, 3])
def test_callbacks_come_in_order(workers):
    seen = []

    class Notes:
        def __getattr__(self, name):
            return lambda model: seen.append(name)

    Word2Vec(SENTENCES, callbacks=[Notes()], workers=workers, **OPTIONS)
    epoch = ["on_epoch_begin", "on_epoch_end"]
    assert seen == ["on_train_begin", *epoch, *epoch, "on_train_end"]


def test_an_error_while_another_worker_is_stuck_in_the_corpus_is_raised():
    release = threading.Event()

    class Stuck(Restartable):
        def __iter__(self):
            yield from self.sentences
            release.wait(20)

    source = IterableSource(Stuck(SENTENCES), {w: i for i, w in enumerate(WORDS)}, 500)

    class Slow(Recorder):
        def train(self, *args):
            time.sleep(0.2)
            raise ArithmeticError("late")

    before = set(threading.enumerate())
    error = finishes(lambda: run_epoch(source, 2, Slow()), seconds=2)
    assert isinstance(error, ArithmeticError)
    release.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)


INTERRUPT = """
import sys, threading, _thread
from word2vec import Word2Vec
class Endless:
    passes = 0
    def __iter__(self):
        self.passes += 1
        if self.passes == 1:
            return iter([["a", "b", "c"]] * 100)
        threading.Timer(0.3, _thread.interrupt_main).start()
        return self.forever()
    def forever(self):
        while True:
            yield ["a", "b", "c"]
try:
    Word2Vec(Endless(), min_count=1, vector_size=8, workers=int(sys.argv[1]))
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("workers", ["1", "3"])
def test_ctrl_c_ends_training(workers, tmp_path):
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPT, workers],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout == "interrupted\n"
    assert time.monotonic() - start < 5


def test_no_threads_are_left_behind():
    before = threading.active_count()
    Word2Vec(SENTENCES, workers=6, **OPTIONS)
    finishes(lambda: Word2Vec(BreaksInSecondPass(SENTENCES), workers=6, **OPTIONS))
    assert threading.active_count() == before
