"""The live display: on terminals, in notebooks, in files, and where nothing can be drawn."""

import io
import re
import sys
import types

import pytest
from progress_cases import Clock, record
from rich.console import Console

from word2vec import Word2Vec
from word2vec.training import display as module
from word2vec.training.display import Display, line

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True

    @property
    def drawn(self):
        """What was drawn, one after the other, without colours."""
        return [text for text in re.split(r"[\r\n]+", ESCAPES.sub("", self.getvalue())) if text]


@pytest.fixture
def width(monkeypatch):
    """Set the width of the terminal."""

    def set_width(columns):
        monkeypatch.setenv("COLUMNS", str(columns))

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    set_width(100)
    return set_width


def text_of(progress, columns):
    console = Console(file=io.StringIO(), width=200, color_system=None)
    console.print(line(progress, columns))
    return console.file.getvalue().rstrip("\n")


def test_the_line_shows_every_fact(width):
    stream = Terminal()
    shown = Display(stream, Clock())
    shown(record(words=1_230_000, total_words=4_920_000, seconds=1.0))
    text = stream.drawn[0]
    for fact in (" 25%", "epoch 2/5", "1.23M words/s", "loss 1.2500", "rate 0.01750", "0:03 left"):
        assert fact in text
    assert text.count("━") >= 23  # the bar, of both colours
    shown.close()


def test_an_unknown_loss_is_left_out():
    assert "loss" not in text_of(record(loss=None), 100)


def test_the_loss_of_held_out_text_stands_beside_that_of_training():
    assert "loss 1.2500  held-out 1.5000" in text_of(record(validation_loss=1.5), 100)


@pytest.mark.parametrize("columns", [5, 10, 20, 33, 40, 60, 79, 200])
@pytest.mark.parametrize("validation_loss", [None, 1.5])
def test_the_line_never_exceeds_the_terminal(columns, validation_loss):
    shown = text_of(record(validation_loss=validation_loss), columns)
    assert len(shown.rstrip()) <= columns


def test_the_least_needed_fields_go_first():
    kept = [text_of(record(), columns) for columns in (75, 55, 42, 30, 18, 4)]
    assert ["rate" in line for line in kept] == [True, False, False, False, False, False]
    assert ["loss" in line for line in kept] == [True, True, False, False, False, False]
    assert ["words/s" in line for line in kept] == [True, True, True, False, False, False]
    assert ["left" in line for line in kept] == [True, True, True, True, True, False]
    assert all("30%" in line for line in kept)


def test_a_bar_of_few_columns_is_left_out():
    fields = 66  # columns of all the fields of this record
    assert "━" not in text_of(record(), fields + 5)
    assert "━" in text_of(record(), fields + 6)


def test_without_a_total_it_shows_the_words():
    text = text_of(record(words=12_345, total_words=None), 80)
    assert text.startswith("12.3k words")
    assert "━" not in text


def test_it_redraws_no_faster_than_the_eye_sees(width):
    stream, clock = Terminal(), Clock()
    shown = Display(stream, clock)
    for words in (1, 2, 3):
        shown(record(words=words, total_words=None))
        clock.now += 0.04
    clock.now += 0.1
    shown(record(words=4, total_words=None))
    drawn = stream.getvalue()
    assert "1 words" in drawn
    assert "4 words" in drawn
    assert "2 words  epoch" not in drawn
    shown.close()


def test_close_draws_the_last_record_and_leaves_the_line(width):
    stream = Terminal()
    shown = Display(stream, Clock())
    shown(record(words=500))
    shown(record(words=1000))
    shown.close()
    last = stream.drawn[-1]
    assert "100%" in last
    assert "0:02 taken" in last
    assert "\n" in stream.getvalue()
    assert stream.getvalue().count("\x1b[?25l") == stream.getvalue().count("\x1b[?25h") == 1
    before = stream.getvalue()
    shown(record())
    shown.close()
    assert stream.getvalue() == before


def test_close_without_a_record_writes_nothing(width):
    stream = Terminal()
    Display(stream).close()
    assert stream.getvalue() == ""


def test_no_color_means_no_colour(width, monkeypatch):
    coloured = Terminal()
    Display(coloured, Clock())(record())
    assert re.search(r"\x1b\[3[0-9]", coloured.getvalue())
    monkeypatch.setenv("NO_COLOR", "1")
    plain = Terminal()
    Display(plain, Clock())(record())
    assert "epoch 2/5" in plain.getvalue()
    assert not re.search(r"\x1b\[(3|4|9)[0-9]", plain.getvalue())


def test_a_file_gets_plain_lines_at_long_intervals():
    stream, clock = io.StringIO(), Clock()
    shown = Display(stream, clock)
    for _ in range(100):
        shown(record())
        clock.now += 0.5
    shown.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 5
    assert lines[0] == "30%  epoch 2/5  150 words/s  loss 1.2500  rate 0.01750  0:05 left"
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize(("name", "value"), [("FORCE_COLOR", "1"), ("TTY_COMPATIBLE", "1")])
def test_wishes_for_colours_do_not_move_lines_in_a_file(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    stream = io.StringIO()
    shown = Display(stream, Clock())
    shown(record())
    shown.close()
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_a_dumb_terminal_gets_plain_lines(width, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    shown = Display(stream)
    shown(record())
    shown.close()
    assert stream.getvalue() == (
        " 30%  epoch 2/5  150 words/s  loss 1.2500  rate 0.01750  0:05 left\n".lstrip()
    )


def test_ascii_where_the_encoding_has_nothing_else(width, monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", "ascii")
    stream = Terminal()
    Display(stream, Clock())(record(words=500))
    assert "-----" in stream.drawn[0]
    assert stream.drawn[0].isascii()


def test_standard_error_by_default(capsys):
    shown = Display()
    shown(record())
    shown.close()
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 2/5" in err


@pytest.mark.parametrize("error", [BrokenPipeError, OSError, ValueError])
def test_a_failing_stream_never_stops_training(width, error):
    class Broken(Terminal):
        writes = 0

        def write(self, text):
            Broken.writes += 1
            raise error("gone")

    clock = Clock()
    shown = Display(Broken(), clock)
    shown(record())
    written = Broken.writes
    clock.now += 1
    shown(record())
    shown.close()
    assert written
    assert Broken.writes == written


def test_a_closed_stream_is_no_terminal():
    stream = Terminal()
    stream.close()
    shown = Display(stream)
    shown(record())
    shown.close()


def test_missing_standard_error_is_endured(monkeypatch):
    monkeypatch.setattr(module.sys, "stderr", None)  # as under pythonw
    shown = Display()
    shown(record())
    shown.close()


def test_what_a_program_prints_stays_where_it_goes(width, monkeypatch):
    """A callback prints to standard output, which is a file: not to the display's terminal."""
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    stream = Terminal()
    shown = Display(stream, Clock())
    shown(record())
    print("from a callback")
    assert "from a callback" in sys.stdout.getvalue()
    assert "from a callback" not in stream.getvalue()
    shown.close()


def test_a_notebook_gets_one_output_that_is_replaced(monkeypatch):
    shown, updates = [], []

    class Handle:
        def update(self, drawn):
            updates.append(drawn)

    def show(drawn, display_id):
        assert display_id
        shown.append(drawn)
        return Handle()

    ipython = types.ModuleType("IPython.display")
    ipython.display = show
    monkeypatch.setitem(sys.modules, "IPython", types.ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", ipython)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    clock = Clock()
    bar = Display(clock=clock)
    bar(record(words=300))
    clock.now += 1
    bar(record(words=600))
    bar(record(words=1000))
    bar.close()
    assert (len(shown), len(updates)) == (1, 2)
    html = updates[-1]._repr_mimebundle_([], [])["text/html"]
    assert "100%" in html
    assert "epoch 2/5" in html


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999.4, "999"),
        (999.6, "1.00k"),
        (9_994, "9.99k"),
        (9_996, "10.0k"),
        (99_960, "100k"),
        (999_600, "1.00M"),
        (2.5e12, "2500G"),
    ],
)
def test_numbers_keep_three_digits(number, text):
    assert module._short(number) == text


def test_long_times_show_hours():
    assert "1:56:40 left" in text_of(record(seconds=3000.0), 100)


def test_training_shows_itself_only_when_asked(capsys):
    sentences = [["a", "b", "c"]] * 20
    Word2Vec(sentences, vector_size=4, workers=1)
    assert capsys.readouterr().err == ""
    Word2Vec(sentences, vector_size=4, workers=1, progress=True)
    assert "100%  epoch 5/5" in capsys.readouterr().err
