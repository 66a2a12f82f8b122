"""Training as a whole: coverage, reproducibility, the schedule, errors and hangs."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec import CallbackAny2Vec, Word2Vec
from word2vec.training import trainer
from word2vec.training.batches import IterableSource
from word2vec.training.schedule import LinearDecay

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


@pytest.fixture
def corpus_path(tmp_path):
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


# ---- every token exactly once -------------------------------------------------


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
        return model, model._batch_source(None, corpus_path, None)
    corpus = SENTENCES if kind == "list" else Restartable(SENTENCES)
    return model, model._batch_source(corpus, None, None)


@pytest.mark.parametrize("workers", range(1, 9))
@pytest.mark.parametrize("kind", ["file", "list", "iterable"])
def test_every_token_is_trained_exactly_once(kind, workers, corpus_path):
    model, source = make_source(kind, corpus_path)
    expected = Counter(model.wv.key_to_index[w] for s in SENTENCES for w in s)
    for _ in range(2):  # the second epoch of a list comes from the kept ids
        kernel, counts = run_epoch(source, workers)
        assert kernel.tokens == expected
        assert counts.words == TOTAL
        assert counts.sentences == len(SENTENCES)
        assert len(set(kernel.seeds)) == len(kernel.seeds) > 8
    source.close()


@pytest.mark.parametrize("workers", range(1, 9))
@pytest.mark.parametrize("kind", ["file", "list", "iterable"])
def test_train_returns_true_counts(kind, workers, corpus_path):
    model = Word2Vec(**OPTIONS, sample=0, workers=workers)
    model.build_vocab(SENTENCES)
    corpus = {"file": {"corpus_file": corpus_path}, "list": {"corpus_iterable": SENTENCES}}.get(
        kind, {"corpus_iterable": Restartable(SENTENCES)}
    )
    assert model.train(**corpus, total_words=TOTAL, epochs=3) == (3 * TOTAL, 3 * TOTAL)


@given(
    lengths=st.lists(st.integers(0, 40), max_size=30),
    batch_words=st.integers(1, 30),
    unknown=st.integers(2, 5),
)
@settings(max_examples=60, deadline=None)
def test_batches_do_not_depend_on_the_source(lengths, batch_words, unknown):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("word2vec.training.batches.PIECE_WORDS", 12)
        check_sources(lengths, batch_words, unknown)


def check_sources(lengths, batch_words, unknown):
    sentences = [[i % unknown for i in range(n)] for n in lengths]
    known = {0: 0, 1: 1}
    once = list(IterableSource(iter(sentences), known, batch_words).epoch())
    source = IterableSource(sentences, known, batch_words, keep=True)
    first, second = list(source.epoch()), list(source.epoch())
    source.close()
    for other in (first, second):
        assert len(other) == len(once)
        for a, b in zip(once, other, strict=True):
            for left, right in zip(a, b, strict=True):
                np.testing.assert_array_equal(left, right)
    assert sum(int(b.words.sum()) for b in once) == sum(lengths)
    assert [t for b in once for t in b.tokens] == [t for s in sentences for t in s if t < 2]
    assert sum(len(b.words) - b.continues for b in once) == len(lengths)


def test_a_sentence_longer_than_a_batch_is_trained_whole():
    long = [WORDS[i % 60] for i in range(25_000)]
    model = Word2Vec([long, ["w0"]], vector_size=4, min_count=1, epochs=1, sample=0)
    assert model.corpus_total_words == 25_001
    assert model.train([long], total_words=25_000, epochs=1) == (25_000, 25_000)


def test_windows_are_not_cut_by_small_batches():
    options = {"vector_size": 8, "min_count": 1, "epochs": 1, "sg": 1, "sample": 0}
    options |= {"shrink_windows": False, "workers": 1, "compute_loss": True}
    pairs = []
    for batch_words in (1, 7, 10_000):
        model = Word2Vec(SENTENCES, batch_words=batch_words, **options)
        pairs.append(round(model.get_latest_training_loss() / model.epoch_losses[0]))
    assert pairs[0] == pairs[1] == pairs[2] > 0


def test_pieces_of_a_long_sentence_are_one_sentence(caplog):
    long = [[WORDS[i % 60] for i in range(100_000)]]
    model = Word2Vec(vector_size=4, workers=1)
    model.build_vocab_from_freq(dict.fromkeys(WORDS, 2000), corpus_count=1)
    model.train(long, total_examples=1, epochs=1)
    assert "did not equal" not in caplog.text
    # Progress in sentences: the only one has the rate of the start throughout.
    assert model.min_alpha_yet_reached == pytest.approx(0.025)


@pytest.mark.parametrize("hs", [0, 1])
def test_wide_windows_do_not_diverge(hs):
    sentence = [w for s in SENTENCES for w in s][:3000]
    model = Word2Vec(
        [sentence], vector_size=20, min_count=1, workers=1, sg=1, hs=hs, negative=5 * (1 - hs),
        window=1000, epochs=3, compute_loss=True, shared_negatives=True,
    )  # fmt: skip
    assert np.isfinite(model.wv.vectors).all()
    assert model.epoch_losses[-1] < 10


def test_only_lists_and_tuples_are_kept():
    class Lazy(list):
        """A sequence that may give something else each time."""

    source = IterableSource(Lazy(SENTENCES), {"w1": 0}, 500)
    assert not source.keeps
    assert IterableSource(SENTENCES, {"w1": 0}, 500).keeps


# ---- learning rate ---------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 8])
@pytest.mark.parametrize("kind", ["file", "list", "iterable"])
def test_the_learning_rate_falls_in_a_line_over_all_words(kind, workers, corpus_path):
    _, source = make_source(kind, corpus_path)
    kernel, _ = run_epoch(source, workers)
    source.close()
    before = np.cumsum([0, *map(len, SENTENCES)])[:-1]
    expected = 0.025 - (0.025 - 0.0001) * before / TOTAL
    np.testing.assert_allclose(sorted(kernel.alphas, reverse=True), expected, rtol=1e-5)


def test_the_learning_rate_spans_all_epochs_whatever_the_workers(corpus_path):
    for workers in (1, 4):
        model = Word2Vec(corpus_file=corpus_path, workers=workers, **OPTIONS)
        last = SENTENCES[-1]
        end = 0.0001 + (0.025 - 0.0001) * len(last) / (2 * TOTAL)
        assert model.min_alpha_yet_reached == pytest.approx(end, rel=1e-4)


def test_start_and_end_alpha_are_for_one_call():
    model = Word2Vec(**OPTIONS)
    model.build_vocab(SENTENCES)
    model.train(SENTENCES, total_words=TOTAL, epochs=1, start_alpha=0.01, end_alpha=0.005)
    assert 0.005 <= model.min_alpha_yet_reached < 0.0052
    assert (model.alpha, model.min_alpha) == (0.025, 0.0001)


def test_progress_counts_sentences_when_words_are_unknown():
    model = Word2Vec(**OPTIONS)
    model.build_vocab_from_freq(dict.fromkeys(WORDS, 100))
    model.train(Restartable(SENTENCES), total_examples=len(SENTENCES), epochs=1)
    assert model.min_alpha_yet_reached == pytest.approx(0.0001 + 0.0249 / 400, rel=1e-3)


def test_what_a_callback_changes_takes_effect():
    class HalfTheRate(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            if model.min_alpha_yet_reached < model.alpha:
                model.alpha = model.min_alpha = 0.001
                model.wv.vectors_lockf = np.zeros(1, np.float32)
                self.frozen = model.wv.vectors.copy()

    callback = HalfTheRate()
    model = Word2Vec(SENTENCES, callbacks=[callback], **OPTIONS)
    assert model.min_alpha_yet_reached == pytest.approx(0.001)
    np.testing.assert_array_equal(model.wv.vectors, callback.frozen)


# ---- reproducibility ---------------------------------------------------------------

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


# ---- errors: raised in the caller, at once, unchanged -----------------------------------


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


# ---- loss ---------------------------------------------------------------------------------


def test_the_loss_does_not_depend_on_the_workers():
    options = OPTIONS | {"epochs": 1, "compute_loss": True}
    losses = [Word2Vec(SENTENCES, workers=n, **options).get_latest_training_loss() for n in (1, 4)]
    # Hogwild races move it a little; gensim reports a quarter with four workers.
    assert losses[1] == pytest.approx(losses[0], rel=0.05)


def test_an_untrained_model_has_the_loss_of_coin_tosses():
    options = OPTIONS | {"epochs": 1, "workers": 1}
    model = Word2Vec(SENTENCES, compute_loss=True, alpha=1e-9, min_alpha=0, **options)
    (mean,) = model.epoch_losses
    pairs = model.get_latest_training_loss() / mean
    assert pairs == pytest.approx(round(pairs), rel=1e-9)
    # One target and up to five noise words (a draw of the target is dropped).
    assert 5 * np.log(2) < mean < 6 * np.log(2)


def test_the_running_loss_can_be_reset_for_each_epoch():
    class Reset(CallbackAny2Vec):
        def __init__(self):
            self.losses = []

        def on_epoch_end(self, model):
            self.losses.append(model.get_latest_training_loss())
            model.running_training_loss = 0.0

    reset = Reset()
    options = OPTIONS | {"epochs": 4, "workers": 1}
    model = Word2Vec(SENTENCES, compute_loss=True, callbacks=[reset], **options)
    whole = Word2Vec(SENTENCES, compute_loss=True, **options)
    assert sum(reset.losses) == pytest.approx(whole.get_latest_training_loss(), rel=1e-9)
    assert len(model.epoch_losses) == 4
    assert model.epoch_losses[-1] < model.epoch_losses[0]


def test_training_keeps_the_constructors_compute_loss():
    model = Word2Vec(compute_loss=True, **OPTIONS)
    model.build_vocab(SENTENCES)
    model.train(SENTENCES, total_words=TOTAL, epochs=1)
    assert model.get_latest_training_loss() > 0
    model.train(SENTENCES, total_words=TOTAL, epochs=1, compute_loss=False)
    assert model.get_latest_training_loss() == 0
    assert model.compute_loss == 1


# ---- what users see ----------------------------------------------------------------------


class Slow(Restartable):
    def __iter__(self):
        for number, sentence in enumerate(self.sentences):
            if number % 20 == 0:
                time.sleep(0.05)
            yield sentence


def test_a_slow_iterable_is_named_once_with_the_cure(caplog):
    with caplog.at_level("INFO", logger="word2vec"):
        Word2Vec(Slow(SENTENCES), workers=2, **OPTIONS)
    assert caplog.text.count("cache_corpus=1") == 1


def test_a_slow_iterable_that_is_kept_is_not_named(caplog):
    with caplog.at_level("INFO", logger="word2vec"):
        Word2Vec(Slow(SENTENCES), workers=2, cache_corpus=1, **OPTIONS)
    assert "cache_corpus=1" not in caplog.text


def test_the_progress_bar_shows_the_loss_without_recording_it(capsys):
    model = Word2Vec(SENTENCES, progress=True, **OPTIONS)
    out, err = capsys.readouterr()
    assert out == ""
    assert "loss" in err
    assert "words/s" in err
    assert model.get_latest_training_loss() == 0
    assert model.epoch_losses == []
