"""The command line but for ``train``: what it prints, what it leaves, how it fails."""

import os
import re
import signal
import subprocess
import sys

import cli_cases
import pytest
from cli_cases import fails, royals

from word2vec import Word2Vec
from word2vec.cli import formats, query
from word2vec.cli.main import cli, one_line

run = pytest.fixture(cli_cases.run)


@pytest.fixture
def vectors(tmp_path):
    """Write the vectors of WORDS to files of any ending."""

    def write(name="vectors.kv"):
        formats.save_vectors(royals(), str(tmp_path / name))
        return name

    return write


def python(code, *arguments, **options):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, **options
    )


# General behaviour -------------------------------------------------------------------


@pytest.mark.parametrize("command", ["", *cli.commands])
def test_help_explains_with_examples(run, command):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, "")
    assert out.startswith("Usage: word2vec")
    assert re.search(r'\nExamples:\n  (eval "\$\()?word2vec ', out)


def test_version(run):
    code, out, _ = run("--version")
    assert code == 0
    assert re.match(r"word2vec \S", out)


@pytest.mark.parametrize(
    "arguments",
    [
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
    assert re.fullmatch(r"word2vec: error: .+ \('word2vec[ a-z]* --help' has all options\)\n", err)


def test_nothing_to_do_shows_the_help_and_is_exit_code_2(run):
    code, out, err = run()
    assert (code, out) == (2, "")
    assert err.startswith("Usage: word2vec")


def test_module_does_what_the_script_does(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "word2vec", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: word2vec ")


def test_help_does_not_load_the_heavy_parts(tmp_path):
    code = (
        "import sys; import word2vec; before = set(sys.modules)\n"
        "from word2vec.cli.main import main; main(['--help'])\n"
        "new = set(sys.modules) - before\n"
        "assert not new & {'numpy', 'scipy', 'rich', 'word2vec.datasets', 'word2vec.model'}, new"
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
    assert done.returncode in (0, 141)


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
    assert "queen" in formats.load_vectors(name)
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
    command = [sys.executable, "-m", "word2vec", "demo", "--words", "5000000"]
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
