"""The progress record, the bar on terminals and in files, and the log lines."""

import io
import logging
import os

import pytest

from word2vec.training import progress as module
from word2vec.training.progress import LogReporter, Progress, ProgressBar


def record(**changes):
    values = {
        "epoch": 2,
        "epochs": 5,
        "words": 300,
        "total_words": 1000,
        "effective_words": 200,
        "seconds": 2.0,
        "alpha": 0.0175,
        "loss": 1.25,
    }
    return Progress(**(values | changes))


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def width(monkeypatch):
    """Set the width of the fake terminal."""

    def set_width(columns):
        monkeypatch.setattr(Terminal, "fileno", lambda self: 2)
        monkeypatch.setattr(os, "get_terminal_size", lambda fd: os.terminal_size((columns, 24)))

    monkeypatch.setenv("TERM", "xterm")
    set_width(100)
    return set_width


def test_record_derives_speed_share_and_time_left():
    progress = record()
    assert progress.words_per_second == 150.0
    assert progress.share == 0.3
    assert progress.seconds_left == pytest.approx(700 / 150)


def test_record_before_any_time_has_no_speed_and_no_time_left():
    progress = record(words=0, seconds=0.0)
    assert progress.words_per_second == 0.0
    assert progress.seconds_left is None


def test_record_without_total_has_no_share():
    progress = record(total_words=None)
    assert progress.share is None
    assert progress.seconds_left is None


def test_record_beyond_its_total_is_done():
    progress = record(words=1200)
    assert progress.share == 1.0
    assert progress.seconds_left == 0.0


def test_bar_shows_every_fact(width):
    stream = Terminal()
    ProgressBar(stream)(record(words=1_230_000, total_words=4_920_000, seconds=1.0))
    text = stream.getvalue()
    assert text.startswith("\r")
    assert "\n" not in text
    for fact in (" 25%", "epoch 2/5", "1.23M words/s", "loss 1.2500", "rate 0.01750", "0:03 left"):
        assert fact in text
    assert text.count("█") == 6
    assert text.count("░") == 18


def test_bar_leaves_out_an_unknown_loss(width):
    bar = ProgressBar(Terminal())
    assert "loss" not in bar.line(record(loss=None), 100)


@pytest.mark.parametrize("columns", [1, 5, 10, 20, 33, 40, 60, 79, 200])
def test_bar_never_exceeds_the_terminal(width, columns):
    width(columns)
    stream = Terminal()
    ProgressBar(stream)(record())
    line = stream.getvalue().removeprefix("\r").removesuffix("\x1b[K")
    assert len(line) < max(columns, 2)


def test_bar_drops_the_least_needed_fields_first(width):
    bar = ProgressBar(Terminal())
    kept = [bar.line(record(), columns) for columns in (75, 55, 42, 30, 18, 4)]
    assert ["rate" in line for line in kept] == [True, False, False, False, False, False]
    assert ["loss" in line for line in kept] == [True, True, False, False, False, False]
    assert ["words/s" in line for line in kept] == [True, True, True, False, False, False]
    assert ["left" in line for line in kept] == [True, True, True, True, True, False]
    assert all("30%" in line for line in kept)


def test_bar_of_few_columns_is_left_out(width):
    bar = ProgressBar(Terminal())
    fields = 66  # columns of all the fields of this record
    assert "░" not in bar.line(record(), fields + 5)
    assert " █░░░ " in bar.line(record(), fields + 6)


def test_bar_without_total_shows_the_words(width):
    line = ProgressBar(Terminal()).line(record(words=12_345, total_words=None), 80)
    assert line.startswith("12.3k words")
    assert "█" not in line


def test_bar_redraws_no_faster_than_the_eye_sees(width):
    stream, clock = Terminal(), Clock()
    bar = ProgressBar(stream, clock)
    for words in (1, 2, 3):
        bar(record(words=words))
        clock.now += 0.04
    clock.now += 0.1
    bar(record(words=4))
    assert stream.getvalue().count("\r") == 2


def test_close_draws_the_last_record_and_leaves_the_line(width):
    stream = Terminal()
    bar = ProgressBar(stream, Clock())
    bar(record(words=500))
    bar(record(words=1000))
    bar.close()
    last = stream.getvalue().split("\r")[-1]
    assert "100%" in last
    assert "0:02 taken" in last
    assert last.endswith("\n")
    bar(record())
    bar.close()
    assert stream.getvalue().endswith(last)


def test_close_without_a_record_writes_nothing(width):
    stream = Terminal()
    ProgressBar(stream).close()
    assert stream.getvalue() == ""


def test_file_gets_plain_lines_at_long_intervals():
    stream, clock = io.StringIO(), Clock()
    bar = ProgressBar(stream, clock)
    for _ in range(100):
        bar(record())
        clock.now += 0.5
    bar.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 5
    assert lines[0] == "30%  epoch 2/5  150 words/s  loss 1.2500  rate 0.01750  0:05 left"
    assert "\r" not in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_dumb_terminal_gets_plain_lines(width, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    bar = ProgressBar(stream)
    bar(record())
    bar.close()
    assert "\r" not in stream.getvalue()


def test_bar_uses_ascii_where_the_encoding_has_nothing_else(width, monkeypatch):
    monkeypatch.setattr(Terminal, "encoding", "ascii")
    line = ProgressBar(Terminal()).line(record(words=500), 100)
    assert "############............" in line
    assert line.isascii()


def test_bar_goes_to_standard_error_by_default(capsys):
    bar = ProgressBar()
    bar(record())
    bar.close()
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch 2/5" in err


@pytest.mark.parametrize("error", [BrokenPipeError, OSError, ValueError])
def test_failing_stream_never_stops_training(width, error):
    class Broken(Terminal):
        writes = 0

        def write(self, text):
            Broken.writes += 1
            raise error("gone")

    clock = Clock()
    bar = ProgressBar(Broken(), clock)
    bar(record())
    clock.now += 1
    bar(record())
    bar.close()
    assert Broken.writes == 1


def test_closed_stream_is_no_terminal():
    stream = Terminal()
    stream.close()
    bar = ProgressBar(stream)
    bar(record())
    bar.close()


def test_missing_standard_error_is_endured(monkeypatch):
    monkeypatch.setattr(module.sys, "stderr", None)  # as under pythonw
    bar = ProgressBar()
    bar(record())
    bar.close()


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


def test_long_times_show_hours(width):
    line = ProgressBar(Terminal()).line(record(seconds=3000.0), 100)
    assert "1:56:40 left" in line


def log_lines(caplog, progress, seconds=1.0):
    clock = Clock()
    logger = logging.getLogger("test_progress")
    with caplog.at_level(logging.INFO, logger.name):
        reporter = LogReporter(logger, clock=clock)
        clock.now += seconds
        reporter(progress)
        reporter(progress)
        reporter.close()
    return [entry.getMessage() for entry in caplog.records]


def test_log_line_has_gensims_form(caplog):
    # 300 of 1000 words in 5 epochs: the second epoch is half done, and gensim counts from 0.
    assert log_lines(caplog, record()) == [
        "EPOCH 1 - PROGRESS: at 50.00% words, 100 words/s, alpha 0.01750, loss 1.2500"
    ]


def test_log_line_without_total_or_loss(caplog):
    progress = record(total_words=None, loss=None, seconds=0.0)
    assert log_lines(caplog, progress) == [
        "EPOCH 1 - PROGRESS: at 300 words, 0 words/s, alpha 0.01750"
    ]


def test_log_line_waits_for_its_interval(caplog):
    assert log_lines(caplog, record(), seconds=0.9) == []
