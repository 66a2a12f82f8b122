"""The loss of held-out text: right, repeatable, bounded, and nothing is trained."""

import gzip
import re
from dataclasses import replace

import numpy as np
import pytest
import reference
from checkpoint_cases import OPTIONS, SENTENCES, killed_after, train
from kernel_cases import (
    FEW,
    MATRICES,
    OBJECTIVES,
    kernel_of,
    make_batch,
    make_model,
    random_keep,
    with_copies,
)
from numpy.testing import assert_allclose, assert_array_equal

from word2vec import CallbackAny2Vec, LineSentence, Word2Vec
from word2vec.errors import CorpusError, CorpusNotFoundError, CorpusTypeError
from word2vec.text.encoded import EncodedBlock
from word2vec.training import held_out
from word2vec.training._train import available_simd, batch_seed
from word2vec.training.held_out import HeldOut

TRAINING, HELD_OUT = SENTENCES[100:], SENTENCES[:100]


def one_block(batch):
    return EncodedBlock(batch.tokens, batch.offsets, np.diff(batch.offsets))


@pytest.mark.parametrize("simd", available_simd())
@pytest.mark.parametrize("objective", OBJECTIVES, ids=str)
def test_the_loss_is_that_of_the_reference(objective, simd):
    model = make_model(objective, keep=random_keep())
    batch = replace(make_batch(), seed=batch_seed(5, 2**64 - 1, 0))
    still = replace(batch, alphas=np.zeros_like(batch.alphas))
    expected = reference.train(model, still)
    loss = HeldOut([one_block(batch)], 5).loss(kernel_of(model, simd, compute_loss=True))
    assert_allclose(loss, expected.loss / expected.n_pairs, rtol=1e-5)


@pytest.mark.parametrize("simd", available_simd())
@pytest.mark.parametrize("dim", [1, 16, 31])
@pytest.mark.parametrize("objective", FEW, ids=str)
def test_weights_keep_every_bit(objective, dim, simd):
    model = make_model(objective, dim=dim)
    for name in MATRICES:
        getattr(model, name)[::2] = -0.0  # adding nothing would make it 0.0
    before = with_copies(model)
    HeldOut([one_block(make_batch())], 5).loss(kernel_of(model, simd, compute_loss=True))
    for name in MATRICES:
        assert_array_equal(getattr(model, name).view(int_of), getattr(before, name).view(int_of))


int_of = np.uint32


def vectors_of(model):
    return [model.wv.vectors.view(int_of), model.syn1neg.view(int_of)]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("sg", [0, 1])
def test_training_has_the_same_bits_with_and_without_validation(sg, shared):
    options = {"sg": sg, "shared_negatives": shared}
    plain, measured = train(**options), train(validation=HELD_OUT, **options)
    for ours, theirs in zip(vectors_of(plain), vectors_of(measured), strict=True):
        assert_array_equal(ours, theirs)
    assert measured.epoch_losses == plain.epoch_losses


def test_untrained_vectors_have_the_loss_of_coin_tosses():
    # Output rows are zero: each row costs log 2, the target and 5 noise words at most.
    model = train(alpha=0.0, min_alpha=0.0, epochs=2, validation=HELD_OUT)
    first, second = (record.validation_loss for record in model.history)
    assert 5 * np.log(2) < first < 6 * np.log(2)
    assert first == second


def test_the_loss_falls_and_brings_the_training_loss_to_compare_it_with():
    model = train(corpus=TRAINING, compute_loss=False, validation=HELD_OUT)
    losses = [record.validation_loss for record in model.history]
    assert losses[0] > losses[1] > losses[2] > 0
    assert model.history.metrics == ("loss", "validation_loss")
    both = train(corpus=TRAINING, compute_loss=True, validation=HELD_OUT)
    assert model.epoch_losses == both.epoch_losses == [record.loss for record in model.history]


def test_an_epoch_begun_without_loss_has_the_mean_of_what_was_trained_with_it(
    tmp_path, monkeypatch
):
    killed_after(
        monkeypatch,
        2,
        lambda: train(tmp_path / "run.w2v", epochs=1, compute_loss=False, every="3000w"),
    )
    resumed = Word2Vec.resume(
        tmp_path / "run.w2v", SENTENCES, validation=HELD_OUT, checkpoint_every="1e"
    )
    first, second = resumed.history
    assert first.loss is None
    assert resumed.epoch_losses == [pytest.approx(second.loss)]


def test_log_and_display_show_it_beside_the_training_loss(caplog, capsys):
    with caplog.at_level("INFO", logger="word2vec.model"):
        model = Word2Vec(**OPTIONS, progress=True)
        model.build_vocab(SENTENCES)
        model.train(
            SENTENCES, total_words=model.corpus_total_words, epochs=2, report_delay=0.0,
            validation=HELD_OUT,
        )  # fmt: skip
    told = [entry.getMessage() for entry in caplog.records]
    losses = [f"{record.validation_loss:.4f}" for record in model.history]
    before = [line for line in told if line.startswith("held-out loss before training: 4.1")]
    assert len(before) == 1
    for epoch, loss in enumerate(losses, 1):
        assert f"held-out loss after epoch {epoch}: {loss} nats per pair" in told
    running = [line for line in told if line.startswith("EPOCH 1 - PROGRESS")]
    assert running[-1].endswith(f"loss {model.epoch_losses[-1]:.4f}, held-out {losses[-1]}")
    last = capsys.readouterr().err.splitlines()[-1]
    assert f"loss {model.epoch_losses[-1]:.4f}  held-out {losses[-1]}" in last


def test_every_kind_of_text_gives_the_same_loss(tmp_path):
    path = tmp_path / "held-out.txt"
    path.write_text("\n".join(map(" ".join, HELD_OUT)) + "\n", encoding="utf-8")
    packed = tmp_path / "held-out.txt.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    kinds = [HELD_OUT, (s for s in HELD_OUT), str(path), path, LineSentence(path), packed]
    with packed.open("rb") as file:
        kinds.append(file)
        losses = {train(validation=text).history[-1].validation_loss for text in kinds}
    assert len(losses) == 1


def test_train_and_resume_take_it_too(tmp_path):
    model = Word2Vec(**OPTIONS)
    model.build_vocab(SENTENCES)
    model.train(SENTENCES, total_words=model.corpus_total_words, epochs=1, validation=HELD_OUT)
    assert model.history[-1].validation_loss > 0

    class Stop(CallbackAny2Vec):
        def on_epoch_begin(self, model):
            if model._epochs_done:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "run.w2v", callbacks=[Stop()])
    resumed = Word2Vec.resume(tmp_path / "run.w2v", SENTENCES, validation=HELD_OUT)
    whole = train(validation=HELD_OUT)
    assert resumed.history[-1].validation_loss == whole.history[-1].validation_loss


@pytest.mark.parametrize("n", [1, 7, 8, 9, 100, 1023])
def test_a_long_text_is_sampled_evenly(n, monkeypatch):
    monkeypatch.setattr(held_out, "MOST_BLOCKS", 8)
    blocks = (
        EncodedBlock(np.array([i], np.int32), np.array([0, 1]), np.array([1])) for i in range(n)
    )
    kept = [int(block.tokens[0]) for block in HeldOut(blocks, 1)._blocks]
    steps = set(np.diff(kept))
    assert kept[0] == 0
    assert len(steps) <= 1
    assert min(n, 5) <= len(kept) <= 8
    assert n - kept[-1] <= max(steps, default=1)


NOTHING = {
    "a number": (5, CorpusTypeError, "validation=5: it must be the path"),
    "a missing file": ("no/such/file", CorpusNotFoundError, "validation='no/such/file'"),
    "other words": ([["x", "y"]] * 3, CorpusError, "validation: its 6 words have no two words of"),
    "plain text": (["dog cat"], CorpusError, "no two words of the vocabulary"),
    "no sentence": ([], CorpusError, "validation: there is no word in it"),
}


@pytest.mark.parametrize("text", NOTHING)
def test_text_of_no_use_is_an_error_before_the_work(text):
    class Begun(CallbackAny2Vec):
        def on_train_begin(self, model):
            raise AssertionError("training began")

    given, kind, message = NOTHING[text]
    with pytest.raises(kind, match=message):
        train(validation=given, callbacks=[Begun()])


@pytest.mark.parametrize(("text", "message"), [("", "no word in it"), ("x y\n", "its 2 words")])
def test_a_file_of_no_use_is_named(tmp_path, text, message):
    path = tmp_path / "held-out.txt"
    path.write_text(text)
    with pytest.raises(CorpusError, match=rf"validation='{re.escape(str(path))}': .*{message}"):
        train(validation=path)
