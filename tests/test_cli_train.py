"""``word2vec train``: options, formats, reports, and what it refuses."""

import gzip
import os
import re
import threading

import cli_cases
import numpy as np
import pytest
from cli_cases import fails

from word2vec import Word2Vec
from word2vec.cli import common, formats, train
from word2vec.params import OPTIONS

FAST = ["--vector-size", "8", "--epochs", "1", "--workers", "1"]

run = pytest.fixture(cli_cases.run)
corpus = pytest.fixture(cli_cases.corpus)


def test_train_tells_what_it_did(run, corpus):
    code, out, err = run("train", corpus, "-o", "out.kv", *FAST)
    assert (code, err) == (0, "")
    shown = dict(line.split(None, 1) for line in out.splitlines())
    assert list(shown) == ["vocabulary", "trained", "time", "vectors"]
    assert re.fullmatch(r"\d+ words", shown["vocabulary"])
    assert re.fullmatch(r"[45],\d{3} words in [\d.]+ s \([\d,]+ words/s\)", shown["trained"])
    assert shown["vectors"] == "out.kv (native format, 8 dimensions)"


def test_train_reports_what_was_trained(run, tmp_path):
    (tmp_path / "corpus.txt").write_text("a b c\na unknown b\n" * 10 + "\n")
    code, out, _ = run(
        "train", "corpus.txt", "-o", "out.kv", "--epochs", "3", "--vector-size", "8",
        "--max-final-vocab", "3", "--min-count", "1",
    )  # fmt: skip
    shown = dict(line.split(None, 1) for line in out.splitlines())
    assert code == 0
    assert shown["vocabulary"] == f"{len(formats.load_vectors('out.kv'))} words"
    words, seconds, speed = re.fullmatch(
        r"([\d,]+) words in ([\d.]+) s \(([\d,]+) words/s\)", shown["trained"]
    ).groups()
    assert words == "180"
    assert int(speed.replace(",", "")) * (float(seconds) - 0.05) <= 181
    assert re.fullmatch(r"[\d.]+ s from text to file", shown["time"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("options", [[], ["--max-vocab-size", "1000"]])
def test_train_reads_a_pipe_once_or_says_why_not(run, corpus, tmp_path, options):
    os.mkfifo("pipe")
    writer = threading.Thread(target=write_pipe, args=(tmp_path,), daemon=True)
    writer.start()
    result = run("train", "pipe", "-o", "out.kv", *options, *FAST)
    if options:
        fails(result, "pipe can be read only once", "leave max_vocab_size out")
        assert not (tmp_path / "out.kv").exists()
        (tmp_path / "pipe").read_bytes()  # lets the writer end
    else:
        assert result[0] == 0
        n_words = len((tmp_path / corpus).read_text().split())
        assert f"{n_words:,} words in " in result[1]
    writer.join(5)
    assert not writer.is_alive()


def write_pipe(folder):
    (folder / "pipe").write_bytes((folder / "corpus.txt").read_bytes())


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("out.bin", rb"\d+ 8\n"),
        ("out.txt", rb"\d+ 8\nthe -?\d\.\d"),
        ("out.txt.gz", rb"\x1f\x8b"),
        ("out.bin.bz2", rb"BZh"),
        ("out.kv", rb"(?!\d+ 8\n)"),
        ("out", rb"(?!\d+ 8\n)"),
    ],
)
def test_train_chooses_the_format_by_the_ending(run, corpus, tmp_path, name, start):
    code, _, err = run("train", corpus, "-o", name, *FAST)
    assert (code, err) == (0, "")
    assert re.match(start, (tmp_path / name).read_bytes())
    vectors = formats.load_vectors(name)
    assert vectors.vector_size == 8
    assert "the" in vectors


def test_train_reads_several_files_and_compressed_ones(run, corpus, tmp_path):
    text = (tmp_path / corpus).read_bytes()
    (tmp_path / "more.txt.gz").write_bytes(gzip.compress(text))
    _, once, _ = run("train", corpus, "-o", "out.kv", *FAST)
    code, twice, _ = run("train", corpus, "more.txt.gz", "-o", "out.kv", *FAST)
    assert code == 0
    words = [
        int(re.search(r"trained +([\d,]+) words", out)[1].replace(",", "")) for out in (once, twice)
    ]
    assert words[1] == 2 * words[0]


def test_train_saves_the_model_for_further_training(run, corpus, tmp_path):
    code, out, _ = run("train", corpus, "-o", "out.kv", "--save-model", "out.w2v", *FAST)
    assert code == 0
    assert "model       out.w2v" in out
    model = Word2Vec.load("out.w2v")
    np.testing.assert_array_equal(model.wv.vectors, formats.load_vectors("out.kv").vectors)
    sentence = model.wv.index_to_key[:10]
    model.train([sentence] * 10, total_examples=10, epochs=1)


def test_train_quiet_prints_nothing(run, corpus, tmp_path):
    assert run("train", corpus, "-o", "out.kv", "-q", *FAST) == (0, "", "")
    assert (tmp_path / "out.kv").exists()


def test_train_shows_progress_on_standard_error_only_when_asked(run, corpus):
    _, out, err = run("train", corpus, "-o", "out.kv", "--progress", *FAST)
    assert "words/s" in err
    assert "rate" not in out
    assert run("train", corpus, "-o", "out.kv", "--no-progress", *FAST)[2] == ""


def test_train_passes_every_option(run, corpus, monkeypatch):
    values = {
        "int": ("7", 7),
        "float": ("0.5", 0.5),
        "flag": ("1", 1),
        "choice": ("true", True),
    }
    seen = {}

    def record(**options):
        seen.update(options)
        raise RuntimeError("seen")

    monkeypatch.setattr("word2vec.Word2Vec", record)
    named = [option for option in OPTIONS.values() if option.kind != "object"]
    arguments = [
        text
        for option in named
        for text in ("--" + option.name.replace("_", "-"), values[option.kind][0])
    ]
    fails(run("train", corpus, "-o", "out.kv", *arguments), "seen")
    assert {option.name: values[option.kind][1] for option in named} == {
        name: value for name, value in seen.items() if name in OPTIONS
    }
    assert seen["corpus_file"] == [corpus]


def test_train_defaults_are_those_of_the_options_but_for_workers(run, corpus, monkeypatch):
    seen = {}

    def record(**options):
        seen.update(options)
        raise RuntimeError("seen")

    monkeypatch.setattr("word2vec.Word2Vec", record)
    fails(run("train", corpus, "-o", "out.kv"), "seen")
    for option in OPTIONS.values():
        if option.kind != "object" and option.name != "workers":
            assert seen[option.name] == option.default
    assert seen["workers"] == common.available_cpus()
    assert seen["progress"] is False  # captured standard error is no terminal


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--window", "0", "an integer >= 1"),
        ("--window", "wide", "an integer >= 1"),
        ("--window", "2.5", "an integer >= 1"),
        ("--alpha", "nan", "a finite number >= 0"),
        ("--alpha", "x", "a finite number >= 0"),
        ("--sg", "2", "0 or 1"),
        ("--sg", "maybe", "0 or 1"),
        ("--window", "none", "an integer >= 1"),
        ("--max-final-vocab", "0", "or none"),
        ("--shared-negatives", "often", "one of auto, true, false"),
    ],
)
def test_train_refuses_values_out_of_range(run, corpus, option, value, allowed):
    code, out, err = run("train", corpus, "-o", "out.kv", option, value)
    assert (code, out) == (2, "")
    assert f"Invalid value for '{option}': {value!r}: it must be" in err
    assert allowed in err


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("sg", "true", 1),
        ("sg", "0", 0),
        ("max_final_vocab", "none", None),
        ("max_final_vocab", "20", 20),
        ("shared_negatives", "AUTO", "auto"),
        ("shared_negatives", "0", False),
        ("alpha", "1e-2", 0.01),
    ],
)
def test_train_reads_values(name, text, value):
    read = train.reader(OPTIONS[name])(text)
    assert read == value
    assert type(read) is type(value)


def test_train_missing_corpus(run, tmp_path):
    fails(run("train", "missing.txt", "-o", "out.kv"), "missing.txt: No such file")
    assert not (tmp_path / "out.kv").exists()


def test_train_corpus_is_a_folder(run, tmp_path):
    (tmp_path / "texts").mkdir()
    fails(run("train", "texts", "-o", "out.kv"), "texts", "folder")


@pytest.mark.parametrize("option", ["-o", "--save-model"])
def test_train_output_into_a_missing_folder_fails_before_training(run, corpus, option):
    others = [] if option == "-o" else ["-o", "out.kv"]
    fails(run("train", corpus, *others, option, "missing/out.kv"), "'missing' does not exist")


def test_train_output_is_a_folder(run, corpus, tmp_path):
    (tmp_path / "texts").mkdir()
    fails(run("train", corpus, "-o", "texts"), "texts: this is a folder")


def test_train_output_without_permission(run, corpus, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    fails(run("train", corpus, "-o", "out.kv"), "out.kv: no permission")


def test_train_never_overwrites_its_corpus(run, corpus, tmp_path):
    text = (tmp_path / corpus).read_bytes()
    (tmp_path / "link.txt").symlink_to(corpus)
    fails(run("train", corpus, "-o", "link.txt", *FAST), "overwrite")
    assert (tmp_path / corpus).read_bytes() == text


def test_train_model_and_vectors_need_two_files(run, corpus):
    fails(run("train", corpus, "-o", "out", "--save-model", "./out", *FAST), "overwrite")


def test_train_names_a_damaged_file(run, corpus, tmp_path):
    whole = gzip.compress((tmp_path / corpus).read_bytes())
    (tmp_path / "corpus.gz").write_bytes(whole[: len(whole) // 2])
    fails(
        run("train", "corpus.gz", "-o", "out.kv", *FAST), "corpus.gz: the file ends in the middle"
    )
    assert not (tmp_path / "out.kv").exists()


@pytest.mark.parametrize("text", ["", "every word once\n"])
def test_train_without_a_vocabulary_names_min_count(run, tmp_path, text):
    (tmp_path / "small.txt").write_text(text)
    fails(run("train", "small.txt", "-o", "out.kv", *FAST), "--min-count 5")
    assert not (tmp_path / "out.kv").exists()
