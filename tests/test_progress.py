"""The progress record and the log lines."""

import logging

import pytest
from progress_cases import Clock, record

from word2vec.training.progress import LogReporter


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


def test_log_line_shows_the_loss_of_held_out_text(caplog):
    (line,) = log_lines(caplog, record(validation_loss=1.5))
    assert line.endswith("alpha 0.01750, loss 1.2500, held-out 1.5000")


def test_log_line_waits_for_its_interval(caplog):
    assert log_lines(caplog, record(), seconds=0.9) == []
