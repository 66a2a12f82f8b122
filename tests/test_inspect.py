"""The inspector's page as Python makes it, and the command that writes it."""

import json
import re
import subprocess
import sys
from typing import get_args

import cli_cases
import pytest
from browser_cases import unpack
from cli_cases import fails

from word2vec import see
from word2vec.errors import CorpusError, ParameterError, ParameterTypeError
from word2vec.see import page
from word2vec.see.defaults import LONGEST_WORD, MOST_DISTINCT, MOST_TOKENS, Objective, Preset
from word2vec.see.inspector import SCRIPTS, read_sentences

run = pytest.fixture(cli_cases.run)
stdin = pytest.fixture(cli_cases.stdin)
NASTY = ["</script><script>alert(1)</script>", "<img/src=x/onerror=alert(1)>", "\"&'<!--", "\ud800"]


def opening(html):
    return json.loads(unpack(html, "opening"))


# the page --------------------------------------------------------------------------------


def test_the_page_opens_with_what_was_given():
    given = {"vector_size": 3, "window": 4, "negative": 7, "alpha": 0.5, "seed": 9}
    settings = opening(see.inspect("a b\n\n  c\ta\n", objective="cbow-hs", **given).html)
    assert settings == given | {
        "sentences": ["a b", "c a"],
        "objective": "cbow-hs",
        "preset": None,
    }


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_preset_is_a_text_that_would_be_allowed(preset):
    settings = see.inspect(preset=preset).settings
    given = {name: settings[name] for name in ("alpha", "vector_size", "window", "negative")}
    again = see.inspect("\n".join(settings["sentences"]), preset=preset, **given)
    assert again.settings == settings | {"preset": None}


def test_every_choice_of_the_page_has_a_name_in_the_texts():
    texts = page.translated("texts")["inspect"]
    assert set(page.translated("presets")) == set(get_args(Preset)) <= set(texts)
    assert {part for objective in get_args(Objective) for part in objective.split("-")} <= set(
        texts
    )


def test_the_texts_are_those_that_the_page_uses():
    texts = page.translated("texts")["inspect"]
    folder = page.resources.files("word2vec.see")
    sources = ["page.js", *SCRIPTS, "page.html", "inspect.html"]
    code = "\n".join(folder.joinpath(name).read_text("utf-8") for name in sources)
    named = set(re.findall(r'(?:texts\.|data-(?:text|label)="|["`])(\w+)', code))
    made = {f"{stem}{role}" for stem in ("sayToken", "role")
            for role in ("Target", "Input", "Window", "Outside")}  # fmt: skip
    spoken = {name for name in named | made if name in texts} | set(get_args(Preset))
    assert set(texts) - spoken == set()
    needed = set(re.findall(r"(?:\btexts\.|data-(?:text|label)=\")(\w+)\b(?!\()", code))
    assert needed - set(texts) == set()


def test_words_cannot_become_markup():
    html = see.inspect([NASTY], title=NASTY[0]).html
    assert "alert(1)" not in html.replace(NASTY[0].replace("<", "&lt;").replace(">", "&gt;"), "")
    assert opening(html)["sentences"] == [" ".join(NASTY)]
    shown = see.inspect([NASTY])._repr_html_()
    assert shown.count("<") == shown.count(">") == 2  # the frame and nothing else


def test_saving_writes_the_page(tmp_path):
    made = see.inspect(preset="loops")
    made.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8") == made.html


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "fruits"}, "preset='fruits': it must be one of fruit, royals, loops, capitals"),
        ({"objective": "sg"}, "objective='sg': it must be one of sg-softmax, sg-hs, sg-ns, cbow-"),
        ({"vector_size": 1}, "vector_size=1: it must be an integer from 2 to 16"),
        ({"vector_size": 17}, "vector_size=17"),
        ({"vector_size": 5.0}, "vector_size=5.0"),
        ({"window": 11}, "window=11: it must be an integer from 1 to 10"),
        ({"negative": 0}, "negative=0: it must be an integer from 1 to 20"),
        ({"negative": True}, "negative=True"),
        ({"alpha": 3}, "alpha=3: it must be a number from 0.001 to 2"),
        ({"alpha": float("nan")}, "alpha=nan"),
        ({"seed": -1}, "seed=-1: it must be an integer from 0 to"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(ParameterError, match=re.escape(message)):
        see.inspect(**options)


def test_defaults_load_no_page(tmp_path):
    """The command line takes them at every start, whatever the command."""
    code = (
        "import sys, word2vec.see.defaults\n"
        "assert not {'numpy', 'word2vec.see.page', 'word2vec.see.inspector'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


# texts -----------------------------------------------------------------------------------


def test_texts_of_exactly_the_largest_size_are_taken():
    distinct = [f"w{i}" for i in range(MOST_DISTINCT)]
    assert read_sentences([distinct]) == [distinct]
    tokens = ["a", "b"] * (MOST_TOKENS // 2)
    assert read_sentences([tokens]) == [tokens]
    assert read_sentences([["a" * LONGEST_WORD, "b"]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ([[f"w{i}" for i in range(MOST_DISTINCT + 1)]], "more than 60 different words"),
        ([["a", "b", "c"]] * 1000, "more than 2,000 words, the most that can be stepped through"),
        ([["a" * (LONGEST_WORD + 1), "b"]], "has 41 characters; the page shows up to 40"),
        ([["new york", "is"]], "'new york' is empty or holds white space"),
        ([["", "b"]], "'' is empty"),
        ("", "0 different words in 0 sentences"),
        ("a a", "1 different words in 1 sentences: training needs at least two words"),
        ("a\nb", "2 different words in 2 sentences"),
    ],
)
def test_texts_that_cannot_be_shown(text, message):
    with pytest.raises(CorpusError, match=re.escape(message)):
        see.inspect(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (7, "text is of type int: give a str with a sentence a line"),
        (b"a b", "text is of type bytes"),
        (["a b"], "the sentence 'a b' is a str: give a list of words"),
        ([["a", 1]], "the word 1 is of type int, not str"),
    ],
)
def test_texts_of_a_wrong_type(text, message):
    with pytest.raises(ParameterTypeError, match=re.escape(message)):
        see.inspect(text)


def test_a_text_is_read_no_further_than_it_takes():
    def endless():
        while True:
            yield ["a", "b"]

    with pytest.raises(CorpusError, match="more than 2,000 words"):
        see.inspect(endless())


# the command -----------------------------------------------------------------------------


def test_the_command_writes_a_page(run, tmp_path):
    code, out, err = run("inspect")
    assert (code, err) == (0, "")
    size = (tmp_path / "inspect.html").stat().st_size
    assert out == f"inspect.html: 11 words, 11 sentences, sg-softmax, {size / 1e3:.0f} kB\n"
    html = (tmp_path / "inspect.html").read_text("utf-8")
    assert "<title>Training inspector</title>" in html
    assert opening(html)["preset"] == "fruit"


def test_the_command_takes_a_text_and_options(run, tmp_path):
    (tmp_path / "rose.txt").write_text("a rose is\n\na rose\n")
    given = ["--objective", "cbow-ns", "--vector-size", 3, "--window", 4, "--negative", 6]
    code, out, _ = run("inspect", "rose.txt", "-o", "r.html", *given, "--alpha", 0.3, "--seed", 5)
    assert (code, out[:41]) == (0, "r.html: 3 words, 2 sentences, cbow-ns, 99"[:41])
    html = (tmp_path / "r.html").read_text("utf-8")
    assert "<title>rose.txt</title>" in html
    assert opening(html) == {
        "sentences": ["a rose is", "a rose"], "objective": "cbow-ns", "preset": None,
        "vector_size": 3, "window": 4, "negative": 6, "alpha": 0.3, "seed": 5,
    }  # fmt: skip


def test_the_command_reads_standard_input(run, stdin, tmp_path):
    stdin(b"a rose is a rose\n")
    code, _, err = run("inspect", "-", "--title", "Rose")
    assert (code, err) == (0, "")
    html = (tmp_path / "inspect.html").read_text("utf-8")
    assert opening(html)["sentences"] == ["a rose is a rose"]
    assert "<title>Rose</title>" in html


def test_the_command_tells_what_is_wrong(run, tmp_path):
    fails(run("inspect", "missing.txt"), "missing.txt", "No such file")
    fails(run("inspect", "-o", tmp_path / "no" / "page.html"), "does not exist")
    (tmp_path / "text.txt").write_text("a b\n" * 1001)
    fails(run("inspect", "text.txt", "-o", "text.txt"), "it would overwrite text.txt")
    fails(run("inspect", tmp_path), "this is a folder")
    fails(run("inspect", "text.txt"), "more than 2,000 words", "give its first sentences")
    fails(run("inspect", "--vector-size", 99), "vector_size=99", "from 2 to 16")
    assert not (tmp_path / "inspect.html").exists()


def test_wrong_usage_of_the_command(run):
    for wrong in (["--objective", "glove"], ["--preset", "birds"], ["--window", 0], ["a", "b"]):
        code, out, err = run("inspect", *wrong)
        assert (code, out) == (2, "")
        assert "inspect --help" in err
