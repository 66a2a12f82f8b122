"""The command line: what it prints, what it leaves, how it fails."""

import gzip
import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest

from word2vec import KeyedVectors, Word2Vec
from word2vec.cli import common, evaluate, query, train
from word2vec.cli.main import main, one_line
from word2vec.datasets import write_corpus
from word2vec.params import OPTIONS

# Gender, royalty, fruit: king - man + woman is queen exactly.
WORDS = {
    "man": [1, 0, 0],
    "woman": [0, 1, 0],
    "king": [1, 0, 1],
    "queen": [0, 1, 1],
    "Apple": [-1, -1, 0.1],
    "naïve": [-1, -1, 0.2],
}
FAST = ["--vector-size", "8", "--epochs", "1", "--workers", "1"]


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; gives exit code, output and errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WORD2VEC_DEBUG", raising=False)

    def run_main(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run_main


@pytest.fixture
def vectors(tmp_path):
    """Write the vectors of WORDS to files of any ending."""

    def write(name="vectors.kv"):
        keyed = KeyedVectors(3)
        keyed.add_vectors(list(WORDS), np.array(list(WORDS.values()), dtype=np.float32))
        common.save_vectors(keyed, str(tmp_path / name))
        return name

    return write


@pytest.fixture
def corpus(tmp_path):
    write_corpus(tmp_path / "corpus.txt", n_words=5_000)
    return "corpus.txt"


def fails(result, *parts):
    """Assert a failure told in one line on standard error."""
    code, out, err = result
    assert code == 1
    assert out == ""
    assert err.startswith("word2vec: error: ")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err


def python(code, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, **options
    )


# General behaviour -------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", "train", "similar", "analogy", "evaluate", "demo"])
def test_help_explains_with_examples(run, command):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert "usage: word2vec" in out
    assert "\nexamples:\n  word2vec " in out


def test_version(run):
    code, out, _ = run("--version")
    assert code == 0
    assert re.match(r"word2vec \S", out)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("train", "corpus.txt"),
        ("train", "-o", "out.kv"),
        ("similar", "out.kv"),
        ("similar", "out.kv", "king", "-n", "0"),
        ("similar", "out.kv", "king", "-n", "many"),
        ("analogy", "out.kv", "a", "b"),
        ("evaluate",),
        ("evaluate", "out.kv", "--restrict-vocab", "-1"),
        ("demo", "--words", "999"),
        ("demo", "--seed", "-1"),
        ("train", "corpus.txt", "-o", "out.kv", "--epoch", "2"),  # no abbreviations
    ],
)
def test_wrong_usage_is_exit_code_2(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: word2vec")


def test_module_does_what_the_script_does(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "word2vec", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith("usage: word2vec ")


def test_help_does_not_load_the_heavy_parts(tmp_path):
    code = (
        "import sys; import word2vec; before = set(sys.modules)\n"
        "from word2vec.cli.main import main; main(['--help'])\n"
        "new = set(sys.modules) - before\n"
        "assert not new & {'numpy', 'scipy', 'word2vec.datasets', 'word2vec.model'}, new"
    )
    done = python(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_interrupt_is_exit_code_130(run, monkeypatch):
    def interrupt(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(query, "load_vectors", interrupt)
    code, out, err = run("similar", "out.kv", "king")
    assert (code, out, err) == (130, "", "\nword2vec: interrupted\n")


@pytest.fixture
def closed_pipe():
    """The writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_closed_pipe_is_silent(tmp_path, closed_pipe, unbuffered):
    done = subprocess.run(
        [sys.executable, "-m", "word2vec", "train", "--help"],
        cwd=tmp_path,
        stdout=closed_pipe,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
    )
    assert done.stderr == b""
    assert done.returncode in (0, 141)  # argparse itself gives up silently when unbuffered


def test_nothing_fails_after_a_closed_pipe(tmp_path, closed_pipe):
    code = "from word2vec.cli.main import _abandon_stdout; _abandon_stdout(); print('more')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=closed_pipe, stderr=subprocess.PIPE
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_broken_pipe_in_a_command_is_exit_code_141(run, monkeypatch):
    def closed(path):
        raise BrokenPipeError

    monkeypatch.setattr(query, "load_vectors", closed)
    monkeypatch.setattr("word2vec.cli.main._abandon_stdout", lambda: None)  # pytest needs it
    assert run("similar", "out.kv", "king") == (141, "", "")


def test_debug_shows_the_traceback(run, monkeypatch):
    monkeypatch.setenv("WORD2VEC_DEBUG", "1")
    with pytest.raises(FileNotFoundError):
        run("train", "missing.txt", "-o", "out.kv")


def test_messages_become_one_line():
    assert one_line(ValueError("two\n  lines")) == "two lines"
    assert one_line(ValueError()) == "ValueError"
    assert one_line(MemoryError()) == "not enough memory"
    assert one_line(PermissionError(13, "Permission denied", "a.kv")) == "a.kv: Permission denied"


def test_words_the_terminal_cannot_show_are_escaped(tmp_path, vectors):
    done = subprocess.run(
        [sys.executable, "-m", "word2vec", "similar", vectors(), "Apple", "-n", "1"],
        cwd=tmp_path,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0, done.stderr
    assert b"na\\xefve" in done.stdout


# similar, analogy ----------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["kv", "bin", "txt", "bin.gz", "txt.xz", "TXT.bz2"])
def test_similar_reads_every_format(run, vectors, ending):
    code, out, err = run("similar", vectors(f"v.{ending}"), "king", "-n", "2")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()] == [["0.7071", "man"], ["0.5000", "queen"]]


def test_similar_titles_each_of_several_words(run, vectors):
    _, out, _ = run("similar", vectors(), "king", "queen", "-n", "1")
    assert out == "king\n  0.7071  man\n\nqueen\n  0.7071  woman\n"


def test_similar_reads_the_vectors_of_a_whole_model(run, tmp_path):
    model = Word2Vec([["a", "b", "c"]] * 20, vector_size=4, workers=1)
    model.save(str(tmp_path / "model.w2v"))
    code, out, _ = run("similar", "model.w2v", "a")
    assert code == 0
    assert sorted(line.split()[1] for line in out.splitlines()) == ["b", "c"]


def test_analogy(run, vectors):
    code, out, err = run("analogy", vectors(), "man", "king", "woman", "-n", "1")
    assert (code, err) == (0, "")
    assert out.split()[1] == "queen"


@pytest.mark.parametrize(
    ("word", "close"), [("kign", "king"), ("QUEEN", "queen"), ("apple", "Apple"), ("womman", "man")]
)
def test_unknown_word_is_named_with_close_spellings(run, vectors, word, close):
    fails(run("similar", vectors(), "king", word), repr(word), "6 words of vectors.kv", close)


def test_unknown_word_far_from_all_others(run, vectors):
    result = run("analogy", vectors(), "man", "king", "xyzzy")
    fails(result, "'xyzzy'")
    assert "close" not in result[2]


@pytest.mark.parametrize("name", ["missing.kv", "missing.bin", "missing.txt.gz"])
def test_missing_vectors(run, name):
    fails(run("similar", name, "king"), name, "No such file")


@pytest.mark.parametrize("name", ["broken.kv", "broken.bin", "broken.txt", "broken.txt.gz"])
def test_file_that_is_no_vectors(run, tmp_path, name):
    (tmp_path / name).write_bytes(b"this is not\na file of vectors\n" * 10)
    fails(run("similar", name, "king"))


# evaluate --------------------------------------------------------------------------------


def test_evaluate_own_files(run, vectors, tmp_path):
    (tmp_path / "questions.txt").write_text(
        ": royal\nman king woman queen\nwoman queen man king\nman king boy prince\n"
        ": wrong\nman woman king Apple\n"
    )
    (tmp_path / "pairs.tsv").write_text("# comment\nking\tman\t9\nking\tqueen\t5\nking\tApple\t1\n")
    code, out, err = run(
        "evaluate", vectors(), "--analogies", "questions.txt", "--pairs", "pairs.tsv"
    )
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["analogies:", "questions.txt,", "6", "words"]
    assert lines[1] == ["royal", "100.0%", "2", "of", "2"]
    assert lines[2] == ["wrong", "0.0%", "0", "of", "1"]
    assert lines[3] == ["all", "66.7%", "2", "of", "3"]
    assert lines[4] == ["pairs:", "pairs.tsv"]
    assert lines[5][:2] == ["Spearman", "1.000"]
    assert lines[5][-3:] == ["unknown", "pairs", "0.0%"]


@pytest.mark.parametrize("mark", ["\t", ",", " "])
def test_evaluate_pairs_between_tabs_commas_or_spaces(run, vectors, tmp_path, mark):
    rows = [("king", "man", "9"), ("king", "queen", "5"), ("man", "Apple", "1")]
    (tmp_path / "pairs.txt").write_text("".join(mark.join(row) + "\n" for row in rows))
    code, out, _ = run("evaluate", vectors(), "--pairs", "pairs.txt")
    assert code == 0
    assert "Spearman 1.000" in out


def test_evaluate_restricts_analogies_to_frequent_words(run, vectors, tmp_path):
    (tmp_path / "q.txt").write_text(": royal\nman king woman queen\n")
    _, out, _ = run("evaluate", vectors(), "--analogies", "q.txt", "--restrict-vocab", "3")
    assert "q.txt, 3 words" in out
    assert "no question has all its words in the vocabulary" in out
    _, out, _ = run("evaluate", vectors(), "--analogies", "q.txt", "--restrict-vocab", "0")
    assert "1 of 1" in out


def test_evaluate_uses_the_public_sets(run, vectors, tmp_path, monkeypatch):
    public = tmp_path / "public.tsv"
    public.write_text("king\tman\t9\nking\tqueen\t5\nman\tApple\t1\n")
    monkeypatch.setattr(
        "word2vec.vectors.evaluation.find_dataset",
        lambda name: public if name == "wordsim353.tsv" else None,
    )
    code, out, _ = run("evaluate", vectors())
    assert code == 0
    assert out.startswith("pairs: public.tsv\n")
    assert "analogies" not in out


def test_evaluate_says_how_to_get_the_public_sets(run, vectors, monkeypatch):
    monkeypatch.setattr("word2vec.vectors.evaluation.find_dataset", lambda name: None)
    result = run("evaluate", vectors())
    fails(result, "pip install gensim", *evaluate.ANALOGY_SETS, *evaluate.PAIR_SETS, "--analogies")


@pytest.mark.parametrize("option", ["--analogies", "--pairs"])
def test_evaluate_missing_file(run, vectors, option):
    fails(run("evaluate", vectors(), option, "missing.txt"), "missing.txt: No such file")


# train ---------------------------------------------------------------------------------


def test_train_tells_what_it_did(run, corpus):
    code, out, err = run("train", corpus, "-o", "out.kv", *FAST)
    assert (code, err) == (0, "")
    shown = dict(line.split(None, 1) for line in out.splitlines())
    assert list(shown) == ["vocabulary", "trained", "time", "vectors"]
    assert re.fullmatch(r"\d+ words", shown["vocabulary"])
    assert re.fullmatch(r"[45],\d{3} words in [\d.]+ s \([\d,]+ words/s\)", shown["trained"])
    assert shown["vectors"] == "out.kv (native format, 8 dimensions)"


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
    vectors = common.load_vectors(name)
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
    np.testing.assert_array_equal(model.wv.vectors, common.load_vectors("out.kv").vectors)
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
    assert f"argument {option}: {value!r}: it must be" in err
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


@pytest.mark.parametrize("text", ["", "every word once\n"])
def test_train_without_a_vocabulary_names_min_count(run, tmp_path, text):
    (tmp_path / "small.txt").write_text(text)
    fails(run("train", "small.txt", "-o", "out.kv", *FAST), "--min-count 5")
    assert not (tmp_path / "out.kv").exists()


# demo ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["word2vec-demo.kv", "my demo.bin"])
def test_demo_shows_everything_and_leaves_vectors(run, name):
    arguments = [] if name == "word2vec-demo.kv" else ["-o", name]
    code, out, err = run("demo", "--words", "30000", *arguments)
    assert code == 0
    for title in ("Text", "Training", "Neighbours", "Analogies", "Accuracy"):
        assert f"\n{title}: " in out
    assert "king - man + woman" in out
    assert "country-capital" in out
    assert re.search(r"[\d,]+ words/s", out)
    assert f"The vectors are in {name}." in out
    assert "words/s" in err  # the progress
    assert "queen" in common.load_vectors(name)
    if " " in name:
        assert f"similar '{name}' queen" in out


def test_demo_of_the_smallest_corpus(run):
    code, out, _ = run("demo", "--words", "1000")
    assert code == 0
    assert "word2vec-demo.kv" in out


def test_demo_fails_before_the_work_when_it_cannot_save(run):
    fails(run("demo", "-o", "missing/demo.kv"), "'missing' does not exist")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_stops_the_demo(tmp_path):
    # A parent that ignores SIGINT would pass that on: ask for Python's own handler.
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from word2vec.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "demo", "--words", "5000000"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if line.startswith("Training"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.endswith("word2vec: interrupted\n")
    assert not (tmp_path / "word2vec-demo.kv").exists()
