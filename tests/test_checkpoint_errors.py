"""What checkpoints refuse, and what they survive."""

import errno
import logging

import pytest
from checkpoint_cases import OPTIONS, SENTENCES, Restartable, assert_same, killed_after, train

from word2vec import Word2Vec
from word2vec.errors import (
    CheckpointExistsError,
    CorpusError,
    CorpusTypeError,
    FormatError,
    ParameterError,
    ParameterTypeError,
    WrongObjectError,
)
from word2vec.io import container
from word2vec.model_checkpoint import CheckpointFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.checkpoint"


@pytest.fixture
def begun(path, monkeypatch):
    """A checkpoint in the second epoch."""
    killed_after(monkeypatch, 12, lambda: train(path))
    return path


@pytest.mark.parametrize(
    ("every", "error"),
    [
        ("10", ParameterError),
        ("0w", ParameterError),
        ("-1e", ParameterError),
        ("1.5e", ParameterError),
        ("nanm", ParameterError),
        ("10s", ParameterError),
        ("9" * 400 + "w", ParameterError),
        (10, ParameterTypeError),
    ],
)
def test_intervals_that_cannot_be(every, error, path):
    with pytest.raises(error, match=r"checkpoint_every=.*'10m'"):
        Word2Vec(checkpoint=path, checkpoint_every=every)


def test_an_interval_needs_a_file():
    with pytest.raises(ParameterError, match="give checkpoint="):
        Word2Vec(checkpoint_every="1e")


def test_a_checkpoint_is_a_path():
    with pytest.raises(ParameterTypeError, match="checkpoint=5"):
        Word2Vec(checkpoint=5)


def test_the_folder_must_exist(tmp_path):
    for place in (tmp_path, tmp_path / "missing" / "run"):
        with pytest.raises(ParameterError, match="in a folder that exists"):
            train(place)


def test_an_unfinished_run_is_not_overwritten(begun):
    before = begun.read_bytes()
    with pytest.raises(CheckpointExistsError, match=r"epoch 2 of 3.*--resume") as caught:
        train(begun)
    assert isinstance(caught.value, FileExistsError)
    model = Word2Vec(**OPTIONS, checkpoint=begun)
    model.build_vocab(SENTENCES)
    with pytest.raises(CheckpointExistsError):
        model.train(SENTENCES, total_examples=10, epochs=1)
    assert begun.read_bytes() == before


def test_another_file_is_not_overwritten(path):
    path.write_text("my thesis")
    with pytest.raises(CheckpointExistsError, match="no checkpoint"):
        train(path)
    assert path.read_text() == "my thesis"


def test_a_finished_run_is_overwritten(path):
    train(path)
    train(path, epochs=1)
    assert container.read(path).meta["run"]["epochs"] == 1


def test_what_cannot_be_saved_shows_before_training(path):
    with pytest.raises(ParameterTypeError, match="comment"):
        train(path, "10m", comment=object())


# ---- the corpus ------------------------------------------------------------------------


def test_a_corpus_is_needed(begun):
    with pytest.raises(TypeError, match="does not hold the corpus"):
        Word2Vec.resume(begun)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: [s[1], s[0], *s[2:]],
        lambda s: s[1:],
        lambda s: s[:50],
        lambda s: [["the", *s[0][1:]], *s[1:]] if s[0][0] != "the" else [["of", *s[0][1:]], *s[1:]],
    ],
    ids=["order", "one less", "few", "a word"],
)
def test_another_corpus_is_refused(change, begun):
    before = begun.read_bytes()
    with pytest.raises(CorpusError, match="not the one of the checkpoint") as caught:
        Word2Vec.resume(begun, Restartable(change(SENTENCES)))
    assert isinstance(caught.value, ValueError)
    assert begun.read_bytes() == before


def test_a_used_up_corpus_is_refused(begun):
    before = begun.read_bytes()
    with pytest.raises(CorpusTypeError, match="one-shot iterator"):
        Word2Vec.resume(begun, iter([]))
    assert begun.read_bytes() == before


def test_a_longer_list_is_refused_at_once(begun):
    with pytest.raises(CorpusError, match=f"it has {len(SENTENCES) + 1} sentences"):
        Word2Vec.resume(begun, [*SENTENCES, ["more"]])


def test_a_longer_file_is_refused_at_once(path, tmp_path, monkeypatch):
    file = tmp_path / "corpus.txt"
    file.write_text("\n".join(map(" ".join, SENTENCES)) + "\n", encoding="utf-8")
    start = OPTIONS | {"checkpoint": path, "checkpoint_every": "1e"}
    killed_after(monkeypatch, 2, lambda: Word2Vec(corpus_file=file, **start))
    file.write_text(file.read_text(encoding="utf-8")[:-2] + " more\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"it has \d+ words, that one had \d+"):
        Word2Vec.resume(path, corpus_file=file)


# ---- full disks --------------------------------------------------------------------------


def test_a_full_disk_is_a_warning_and_the_run_goes_on(path, monkeypatch, caplog):
    write, written = CheckpointFile._write, []

    def full(self, counts):
        if 3 <= len(written) < 6:
            written.append("full")
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, counts)
        written.append("whole")

    monkeypatch.setattr(CheckpointFile, "_write", full)
    with caplog.at_level(logging.WARNING):
        model = train(path)
    warnings = [r.getMessage() for r in caplog.records if "could not be written" in r.getMessage()]
    assert len(warnings) == 3
    assert "No space left on device" in warnings[0]
    assert "tried after 1500w" in warnings[0]
    assert_same(Word2Vec.resume(path, SENTENCES), model)


def test_a_disk_that_is_full_from_the_start_is_an_error(path, monkeypatch):
    def full(self, counts):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(CheckpointFile, "_write", full)
    with pytest.raises(OSError, match="No space"):
        train(path)


# ---- damaged files -------------------------------------------------------------------------


def test_a_model_is_no_checkpoint(path):
    train().save(path)
    with pytest.raises(WrongObjectError, match=r"Word2Vec\.load"):
        Word2Vec.resume(path, SENTENCES)


def test_a_missing_file_is_missing(path):
    with pytest.raises(FileNotFoundError):
        Word2Vec.resume(path, SENTENCES)


def put(name, value):
    return lambda run: run.update({name: value})


DAMAGES = {
    "no list of facts": lambda run: run.clear(),
    "a fact too many": put("colour", 1),
    "text for a number": put("words", "5"),
    "a truth value for a number": put("epoch", True),
    "negative": put("kept", -1),
    "counts that are no counts": put("counts", {"words": 3}),
    "negative counts": lambda run: run["counts"].update(batches=-1),
    "fractions of a batch": lambda run: run["counts"].update(batches=1.5),
    "no corpus": put("corpus", []),
    "corpus of text": put("corpus", ["1", "2"]),
    "an option of no call": put("set_back", {"workers": [1, 1]}),
    "an option out of range": put("set_back", {"alpha": [-1, 1]}),
    "an option with one value": put("set_back", {"alpha": [1]}),
    "an interval of text": put("every", "often"),
    "beyond the end": put("epoch", 4),
    "an epoch begun after the last": put("epoch", 3),
    "no total": lambda run: run.update(total_words=None, total_examples=None),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_facts_are_refused(damage, begun):
    content = container.read(begun)
    DAMAGES[damage](content.meta["run"])
    container.write(begun, content.kind, content.tensors, content.meta)
    with pytest.raises(FormatError, match="checkpoint"):
        Word2Vec.resume(begun, SENTENCES)


def test_another_instruction_set_is_told(begun, caplog):
    content = container.read(begun)
    content.meta["run"]["simd"] = "abacus"
    container.write(begun, content.kind, content.tensors, content.meta)
    Word2Vec.resume(begun, SENTENCES)
    assert "taken with the abacus instructions" in caplog.text
