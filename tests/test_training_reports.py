"""Loss, hints and progress of training."""

import time

import numpy as np
import pytest
from numpy.testing import assert_allclose
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


# ---- corpora of other words than were scanned ----------------------------------------


class Shrinking:
    """As many sentences each time; after the scan only the first two words of each."""

    def __init__(self, sentences):
        self.sentences = sentences
        self.passes = 0

    def __iter__(self):
        self.passes += 1
        return iter(self.sentences if self.passes == 1 else [s[:2] for s in self.sentences])


def rates_of(told):
    """Learning rate at the start of each batch, for a corpus that shrank after the scan."""
    rates = []

    class Asked(Word2Vec):
        def _get_next_alpha(self, epoch_progress, cur_epoch):
            rates.append(super()._get_next_alpha(epoch_progress, cur_epoch))
            return rates[-1]

    sentences = [list("abcd")] * 100
    model = Asked(vector_size=2, min_count=1, workers=1, batch_words=20, sample=0)
    corpus = Shrinking(sentences)
    model.build_vocab(corpus)
    told = {"total_examples": 100} | ({"total_words": model.corpus_total_words} if told else {})
    model.train(corpus, epochs=3, start_alpha=0.3, end_alpha=1e-9, **told)
    return rates


@pytest.mark.parametrize("told", [False, True])
def test_the_rate_goes_by_the_words_there_are_if_they_are_not_those_scanned(told):
    rates = rates_of(told)
    assert len(rates) == 30
    # The first epoch takes 200 words for a half of 400; then all are known.
    assert_allclose(rates[:10], 0.3 - 0.1 * np.arange(10) / 20, atol=1e-6)
    assert_allclose(rates[10:], 0.2 - 0.2 * np.arange(20) / 20, atol=1e-6)
