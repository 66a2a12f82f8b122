"""Loss, hints and progress of training."""

import time

import numpy as np
import pytest
from training_cases import OPTIONS, SENTENCES, TOTAL, Restartable

from word2vec import CallbackAny2Vec, Word2Vec

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
