"""Runs that end anywhere and go on from their checkpoint: same bits, nothing lost."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from checkpoint_cases import (
    OPTIONS,
    SENTENCES,
    Killed,
    Restartable,
    assert_same,
    killed_after,
    train,
)

from word2vec import CallbackAny2Vec, KeyedVectors, Word2Vec
from word2vec.io import container
from word2vec.model_hooks import SubclassHooks
from word2vec.training.checkpoint import Clock, Interval
from word2vec.training.divergence import Watch
from word2vec.training.history import Recorder
from word2vec.training_run import Run

WORDS = sum(map(len, SENTENCES))


@pytest.fixture(scope="module")
def uninterrupted():
    return train()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.checkpoint"


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory):
    file = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    file.write_text("\n".join(map(" ".join, SENTENCES)) + "\n", encoding="utf-8")
    return file


def test_checkpoints_change_nothing(uninterrupted, path):
    assert_same(train(path), uninterrupted)


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9, 15, 20])
def test_a_run_killed_after_any_checkpoint_ends_with_the_same_bits(
    n, uninterrupted, path, monkeypatch
):
    killed_after(monkeypatch, n, lambda: train(path))
    assert_same(Word2Vec.resume(path, SENTENCES), uninterrupted)


@pytest.mark.parametrize(
    "options",
    [
        {"sg": 1},
        {"hs": 1, "negative": 0},
        {"sg": 1, "hs": 1, "null_word": 1},
        {"shared_negatives": True, "sg": 1, "seed": 2**64 - 1, "sample": 0},
    ],
    ids=str,
)
def test_every_objective_goes_on(options, path, monkeypatch):
    killed_after(monkeypatch, 12, lambda: train(path, **options))
    assert_same(Word2Vec.resume(path, SENTENCES), train(**options))


@pytest.mark.parametrize("first", ["list", "iterable", "kept", "file"])
@pytest.mark.parametrize("second", ["list", "iterable", "file"])
def test_a_run_goes_on_from_every_kind_of_source(
    first, second, uninterrupted, path, corpus_file, monkeypatch
):
    def start():
        kept = OPTIONS | {"checkpoint": path, "checkpoint_every": "1500w"}
        if first == "file":
            return Word2Vec(corpus_file=corpus_file, **kept)
        corpus = SENTENCES if first == "list" else Restartable(SENTENCES)
        return Word2Vec(corpus, cache_corpus=first == "kept", **kept)

    killed_after(monkeypatch, 13, start)
    corpus = {
        "list": {"sentences": SENTENCES},
        "iterable": {"sentences": Restartable(SENTENCES)},
        "file": {"corpus_file": corpus_file},
    }
    assert_same(Word2Vec.resume(path, **corpus[second]), uninterrupted)


def test_a_run_can_be_killed_again_and_again(uninterrupted, path, monkeypatch):
    killed_after(monkeypatch, 2, lambda: train(path))
    for _ in range(3):
        killed_after(monkeypatch, 3, lambda: Word2Vec.resume(path, SENTENCES))
    assert_same(Word2Vec.resume(path, SENTENCES), uninterrupted)


def test_the_checkpoint_of_a_run_that_ended_is_its_result(uninterrupted, path):
    train(path)
    resumed = Word2Vec.resume(path, SENTENCES)
    assert_same(resumed, uninterrupted)
    assert resumed.checkpoint == path


def test_at_most_one_interval_is_lost(path, monkeypatch):
    n = 12
    killed_after(monkeypatch, n, lambda: train(path))
    facts = container.read(path).meta["run"]
    trained = facts["words"] + facts["counts"]["words"]
    # The first is taken before training; each later one when a batch of at most 500
    # words reached the next 1500.
    assert (n - 1) * 1500 <= trained < (n - 1) * 2000


@pytest.mark.parametrize("every", ["1e", "2e"])
def test_whole_epochs(every, uninterrupted, path, monkeypatch):
    assert killed_after(monkeypatch, 2, lambda: train(path, every)) is None
    assert container.read(path).meta["run"]["epoch"] == int(every[0])
    assert_same(Word2Vec.resume(path, SENTENCES), uninterrupted)


def test_sentences_in_a_new_order_each_epoch_go_on_between_epochs(path, monkeypatch):
    class Shuffled:
        def __init__(self, passes):
            self.passes = passes

        def __iter__(self):
            self.passes += 1
            order = np.random.default_rng(self.passes).permutation(len(SENTENCES))
            return iter([SENTENCES[i] for i in order])

    killed_after(monkeypatch, 2, lambda: train(path, "1e", corpus=Shuffled(0)))
    # The vocabulary and the first epoch have read it twice.
    assert_same(Word2Vec.resume(path, Shuffled(2)), train(corpus=Shuffled(0)))


def test_the_options_of_one_call_end_with_it(path, monkeypatch):
    def call(**kept):
        model = Word2Vec(**OPTIONS | kept | {"compute_loss": False})
        model.build_vocab(SENTENCES)
        model.train(
            SENTENCES, total_words=WORDS, epochs=2, start_alpha=0.02, end_alpha=0.01,
            compute_loss=True,
        )  # fmt: skip
        return model

    killed_after(monkeypatch, 5, lambda: call(checkpoint=path, checkpoint_every="1500w"))
    resumed = Word2Vec.resume(path, SENTENCES)
    assert (resumed.alpha, resumed.min_alpha, resumed.compute_loss) == (0.025, 0.0001, 0)
    assert_same(resumed, call())


def test_progress_in_sentences_goes_on(path, monkeypatch):
    def call(**kept):
        model = Word2Vec(**OPTIONS | kept)
        counts = {}
        for word in (word for sentence in SENTENCES for word in sentence):
            counts[word] = counts.get(word, 0) + 1
        model.build_vocab_from_freq(counts)
        model.train(SENTENCES, total_examples=len(SENTENCES), epochs=2)
        return model

    killed_after(monkeypatch, 11, lambda: call(checkpoint=path, checkpoint_every="1500w"))
    assert_same(Word2Vec.resume(path, SENTENCES), call())


class Decay(CallbackAny2Vec):
    """Changes the model, so that calling it once too often shows."""

    def __init__(self):
        self.calls = []

    def on_train_begin(self, model):
        self.calls.append("train")

    def on_epoch_begin(self, model):
        self.calls.append("begin")
        model.alpha *= 0.9

    def on_epoch_end(self, model):
        self.calls.append("end")
        model.min_alpha *= 0.9

    def on_train_end(self, model):
        self.calls.append("over")


def test_callbacks_are_called_as_often_as_without_a_kill(path, monkeypatch):
    whole = train(callbacks=[Decay()])
    killed_after(monkeypatch, 12, lambda: train(path, callbacks=[Decay()]))
    hook = Decay()
    resumed = Word2Vec.resume(path, SENTENCES, callbacks=[hook])
    assert hook.calls == ["train", "end", "begin", "end", "over"]
    assert_same(resumed, whole)


@pytest.mark.parametrize("workers", [2, 5])
def test_several_workers_lose_and_repeat_nothing(workers, path, monkeypatch):
    from word2vec import training_run

    seen = []

    class Noting(training_run.Epoch):
        def __post_init__(self):
            super().__post_init__()
            schedule = self.schedule.for_sentences
            lock = threading.Lock()

            class Schedule:
                @staticmethod
                def for_sentences(done, words):
                    with lock:
                        seen.append((done, int(words.sum())))
                    return schedule(done, words)

            self.schedule = Schedule()

    monkeypatch.setattr(training_run, "Epoch", Noting)
    killed_after(monkeypatch, 9, lambda: train(path, workers=workers))
    facts = container.read(path).meta["run"]
    trained = facts["words"] + facts["counts"]["words"]
    # No batch was open: what was handed out is what the checkpoint counts.
    assert sum(words for done, words in seen if done < trained) == trained
    seen[:] = [batch for batch in seen if batch[0] < trained]
    model = Word2Vec.resume(path, SENTENCES, workers=workers)
    starts = sorted(seen)
    assert starts[0][0] == 0
    assert all(a + n == b for (a, n), (b, _) in pairwise(starts))
    assert sum(starts[-1]) == 3 * WORDS
    assert model.workers == workers
    assert model.train_count == 1


def test_a_checkpoint_is_a_model_file(path, monkeypatch):
    killed_after(monkeypatch, 12, lambda: train(path))
    assert Word2Vec.load(path)._epochs_done == 1
    assert KeyedVectors.load(path).vector_size == 12


def test_a_subclass_is_resumed_as_itself(path, monkeypatch):
    class Mine(Word2Vec):
        pass

    killed_after(monkeypatch, 12, lambda: train(path))
    assert type(Mine.resume(path, SENTENCES)) is Mine


def test_an_interrupt_in_a_callback_keeps_the_whole_epochs(uninterrupted, path):
    class Interrupts(CallbackAny2Vec):
        def on_epoch_end(self, model):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(path, "10m", callbacks=[Interrupts()])
    assert container.read(path).meta["run"]["epoch"] == 1
    assert_same(Word2Vec.resume(path, SENTENCES), uninterrupted)


# Where; calls before the first epoch; whether all of the epoch is trained then.
@pytest.mark.parametrize(
    ("owner", "when", "calls_before", "ended"),
    [
        (Run, "_kernel", 0, False),
        (Run, "_watch", 0, False),
        (Watch, "after", 0, True),
        (Run, "_validate", 1, True),
        (Recorder, "end", 0, True),
        (SubclassHooks, "_log_epoch_end", 0, True),
    ],
)
@pytest.mark.parametrize("epoch", [0, 2])
def test_an_interrupt_around_an_epoch_loses_nothing(
    epoch, owner, when, calls_before, ended, uninterrupted, path, monkeypatch
):
    real, calls = getattr(owner, when), []

    def interrupts(*args, **options):
        calls.append(args)
        if len(calls) == calls_before + epoch + 1:
            raise KeyboardInterrupt
        return real(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(owner, when, interrupts)
        with pytest.raises(KeyboardInterrupt):
            train(path, "10m")
    facts = container.read(path).meta["run"]
    assert facts["epoch"] == epoch
    assert facts["begun"] is ended
    assert_same(Word2Vec.resume(path, SENTENCES), uninterrupted)


@pytest.mark.parametrize("workers", [1, 3])
def test_ctrl_c_ends_the_batch_and_takes_a_checkpoint(workers, uninterrupted, path, monkeypatch):
    def interrupts(self, counts):
        if counts.words > 2000:
            raise KeyboardInterrupt

    class Slow(Restartable):
        """Lets the caller's thread see the epoch while it runs."""

        def __iter__(self):
            for sentence in self.items:
                threading.Event().wait(0.0005)
                yield sentence

    with monkeypatch.context() as patch:
        patch.setattr(Run, "_report", interrupts)
        with pytest.raises(KeyboardInterrupt):
            train(path, "10m", corpus=Slow(SENTENCES), workers=workers)
    facts = container.read(path).meta["run"]
    assert facts["epoch"] == 0
    assert facts["counts"]["words"] > 2000
    resumed = Word2Vec.resume(path, SENTENCES, workers=1)
    assert resumed.epoch_losses[1:] == pytest.approx(uninterrupted.epoch_losses[1:], rel=0.1)
    if workers == 1:
        assert_same(resumed, uninterrupted)


def test_a_killed_save_leaves_the_one_before_and_its_rest_is_cleared(
    uninterrupted, path, monkeypatch
):
    killed_after(monkeypatch, 5, lambda: train(path))
    before = path.read_bytes()
    rest = path.with_name(f".{path.name}.0123456789ab.tmp")
    rest.write_bytes(before[:1000])
    mine = path.with_name(f".{path.name}.notes.tmp")
    mine.write_bytes(b"")
    assert_same(Word2Vec.resume(path, SENTENCES), uninterrupted)
    assert not rest.exists()
    assert mine.exists()


def test_an_error_of_a_worker_leaves_the_checkpoint_before(path, monkeypatch):
    class Breaks(Restartable):
        passes = 0

        def __iter__(self):
            self.passes += 1
            yield from self.items[: 300 if self.passes == 2 else None]
            if self.passes == 2:
                raise Killed

    with pytest.raises(Killed):
        train(path, corpus=Breaks(SENTENCES))
    assert container.read(path).meta["run"]["counts"]["words"] >= 1500


# ---- when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("10m", 10, "m"), ("0.5m", 0.5, "m"), ("100000w", 1e5, "w"), (" 1e ", 1, "e")],
)
def test_intervals(text, amount, unit):
    assert Interval.parse(text) == Interval(amount, unit)


def test_minutes_pass(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock = Clock(Interval.parse("2m"))
    now[0] += 119
    assert not clock.due(10**9)
    now[0] += 1
    assert clock.due(0)
    clock.restart(0)
    assert not clock.due(0)
    assert not clock.due_after(1)
