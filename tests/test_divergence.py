"""Weights that become nan or explode: training ends with the cause."""

import numpy as np
import pytest

from word2vec import CallbackAny2Vec, Word2Vec
from word2vec.datasets import grammar_corpus
from word2vec.errors import ParameterError, TrainingDivergedError
from word2vec.training.divergence import LIMIT, Watch

SENTENCES = list(grammar_corpus(n_words=30_000, seed=2))
OPTIONS = {"vector_size": 20, "min_count": 1, "epochs": 2, "batch_words": 1000}


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("compute_loss", [False, True])
@pytest.mark.parametrize("options", [{}, {"sg": 1}, {"hs": 1, "negative": 0}], ids=str)
def test_an_absurd_rate_is_named(options, compute_loss, workers):
    with pytest.raises(TrainingDivergedError, match=r"epoch 1.*alpha=1000 is too high") as caught:
        Word2Vec(
            SENTENCES, alpha=1000, compute_loss=compute_loss, workers=workers, **OPTIONS | options
        )
    assert isinstance(caught.value, ArithmeticError)


@pytest.mark.parametrize("name", ["vectors", "syn1neg"])
@pytest.mark.parametrize("poison", [np.nan, np.inf, -1e9])
def test_poisoned_rows_are_named_before_training(name, poison):
    model = Word2Vec(**OPTIONS)
    model.build_vocab(SENTENCES)
    matrix = model.wv.vectors if name == "vectors" else model.syn1neg
    matrix[7, 3] = matrix[9, 0] = poison
    seventh, ninth = model.wv.index_to_key[7], model.wv.index_to_key[9]
    with pytest.raises(ParameterError) as caught:
        model.train(SENTENCES, total_words=30_000, epochs=1)
    text = str(caught.value)
    assert name in text
    assert f"in 2 of {len(model.wv)} rows: row 7 ({seventh!r}), row 9 ({ninth!r}) before" in text
    assert ("nan" in text) == np.isnan(poison)


def test_a_row_poisoned_in_a_callback_is_named():
    class Poison(CallbackAny2Vec):
        def on_epoch_end(self, model):
            model.wv.vectors[3] = np.nan

    with pytest.raises(ParameterError, match=r"row 3 .* before epoch 2"):
        Word2Vec(SENTENCES, callbacks=[Poison()], **OPTIONS)


class Spoils:
    """Poisons a row in the middle of the second epoch."""

    def __init__(self, word, passes):
        self.word = word
        self.passes = passes
        self.model = None

    def __iter__(self):
        self.passes -= 1
        for number, sentence in enumerate(SENTENCES):
            if number == len(SENTENCES) // 2 and self.passes == 0:
                self.model.wv.vectors[self.model.wv.get_index(self.word)] = np.nan
            yield sentence


def test_the_epoch_is_named_and_a_usual_rate_not_blamed():
    corpus = Spoils("the", 3)
    model = corpus.model = Word2Vec(workers=1, **OPTIONS)
    model.build_vocab(corpus)
    with pytest.raises(TrainingDivergedError, match=r"epoch 2.*alpha=0.025, which is usual"):
        model.train(corpus, total_words=30_000, epochs=2)


def test_a_run_that_diverges_leaves_the_checkpoint_before(tmp_path):
    path = tmp_path / "run"
    with pytest.raises(TrainingDivergedError):
        Word2Vec(SENTENCES, alpha=1000, checkpoint=path, checkpoint_every="1e", **OPTIONS)
    assert np.isfinite(Word2Vec.load(path).wv.vectors).all()


def test_spoilt_weights_do_not_replace_good_ones(tmp_path):
    path = tmp_path / "run"
    corpus = Spoils("the", 2)
    options = OPTIONS | {"epochs": 1, "checkpoint": path, "checkpoint_every": "1000w"}
    corpus.model = model = Word2Vec(workers=1, **options)
    model.build_vocab(corpus)
    with pytest.raises(TrainingDivergedError):
        model.train(corpus, total_words=30_000, epochs=1)
    kept = Word2Vec.load(path)
    assert np.isfinite(kept.wv.vectors).all()
    assert np.isfinite(kept.syn1neg).all()
    assert kept.syn1neg.any()  # not the checkpoint from before the training


# ---- each look by itself -----------------------------------------------------------------


def watch(alpha=0.025, **changes):
    matrix = np.ones((30, 4), np.float32)
    for row, value in changes.items():
        matrix[int(row[1:]), 2] = value
    return Watch({"wv.vectors": matrix}, [f"w{i}" for i in range(30)], alpha=alpha, epoch=4)


@pytest.mark.parametrize("loss", [np.nan, np.inf, -np.inf])
def test_a_loss_that_is_no_number_ends_training(loss):
    with pytest.raises(TrainingDivergedError, match="the loss of a batch is not finite"):
        watch().batch(np.arange(3, dtype=np.int32), loss)


def test_a_few_rows_are_looked_at_now_and_then():
    tokens = np.arange(30, dtype=np.int32)
    bad = watch(r29=np.nan)
    for _ in range(10_000 // 30):
        bad.batch(tokens, 0.0)
    with pytest.raises(TrainingDivergedError, match=r"nan in 1 of 30 rows: row 29 \('w29'\)"):
        bad.batch(tokens, 0.0)


@pytest.mark.parametrize("value", [LIMIT * 1.01, -LIMIT * 1.01, np.nan])
def test_every_row_is_looked_at_after_an_epoch(value):
    watch(r5=LIMIT, r6=-LIMIT).after()
    with pytest.raises(TrainingDivergedError, match=r"epoch 4.*row 5"):
        watch(r5=value).after()


def test_an_empty_batch_is_no_cause():
    good = watch()
    good._words_left = 0
    good.batch(np.empty(0, np.int32), 0.0)
