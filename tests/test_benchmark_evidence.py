"""Whether a run really trained, and what may have disturbed it."""

from pathlib import Path

import numpy as np
import pytest
from benchmark_cases import (
    SETTINGS,
    make_plan,
    make_system,
    result_of,
    run_plan,
    write_text,
)

from benchmarks import noise, quality, session
from benchmarks.systems.gensim_shaped import train

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@pytest.fixture
def text(tmp_path):
    return write_text(tmp_path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"corpus_words": 90, "raw_words": 180}, "counts 90 words"),
        ({"raw_words": 100}, "trained 100 words instead of 200"),
        ({"raw_words": 201}, "trained 201 words instead of 200"),
        ({"effective_words": 0}, "effective"),
        ({"effective_words": 300}, "effective"),
        ({"rows_moved": 0.9}, "90% of its vectors moved"),
        ({"finite": False}, "not finite"),
    ],
)
def test_a_run_that_did_not_really_train_is_found_out(change, reason):
    assert session.problems(result_of(), SETTINGS, 100) == []
    (problem,) = session.problems(result_of(**change), SETTINGS, 100)
    assert reason in problem


def test_threads_may_read_a_batch_twice_but_leave_nothing_out():
    settings = SETTINGS | {"workers": 2}
    assert session.problems(result_of(raw_words=40_200), settings, 100) == []
    assert session.problems(result_of(raw_words=40_201), settings, 100) != []
    assert session.problems(result_of(raw_words=199), settings, 100) != []


class FakeModel:
    """A trainer of gensim's shape whose training moves all but the first row."""

    corpus_total_words, corpus_count, epochs = 100, 10, 2

    def __init__(self, **settings):
        self.settings = settings

    @property
    def wv(self):
        return self

    def build_vocab(self, **source):
        self.source = source
        self.index_to_key = ["x", "y"]
        self.vectors = np.zeros((2, 3), np.float32)

    def train(self, **arguments):
        assert arguments == {
            **self.source,
            "total_words": 100,
            "total_examples": 10,
            "epochs": 2,
        }
        self.vectors[1] += 1
        return 50, 200

    def save_word2vec_format(self, path, binary):
        assert binary
        Path(path).write_bytes(b"saved")


@pytest.mark.parametrize("source", ["file", "line-sentence", "list"])
def test_a_gensim_shaped_trainer_is_measured(tmp_path, text, source):
    path = tmp_path / "vectors.npz"
    job = {"corpus": str(text), "source": source, "settings": {"sg": 1}, "options": {}}
    job["measure"] = "training"
    result = train({**job, "vectors": str(path)}, FakeModel, iter)
    assert set(session.RESULT_KEYS) <= {*result, "versions", "python"}
    assert (result["raw_words"], result["effective_words"]) == (200, 50)
    assert result["rows_moved"] == 0.5
    assert result["finite"]
    assert result["peak_rss"] >= result["peak_rss_before"] > 1_000_000
    assert quality.read_vectors(path).words == ["x", "y"]


def test_the_whole_way_ends_with_saved_vectors(tmp_path, text, monkeypatch):
    monkeypatch.chdir(tmp_path)
    job = {"corpus": str(text), "source": "file", "settings": {}, "options": {}, "vectors": None}
    result = train({**job, "measure": "end-to-end"}, FakeModel, iter)
    parts = ("vocabulary_s", "training_s", "saving_s")
    assert result["total_s"] == pytest.approx(sum(result[part] for part in parts))
    assert (tmp_path / "saved.bin").read_bytes() == b"saved"


def test_a_scan_alone_trains_nothing(text):
    job = {"corpus": str(text), "source": "file", "settings": {}, "options": {}, "vectors": None}
    result = train({**job, "measure": "vocabulary"}, FakeModel, iter)
    assert {*session.SCAN_KEYS} <= {*result, "versions", "python"}
    assert "training_s" not in result
    assert session.problems(result, SETTINGS, 100, "vocabulary") == []
    (problem,) = session.problems({**result, "corpus_words": 1}, SETTINGS, 100, "vocabulary")
    assert "counts 1 words" in problem


def test_a_tool_that_tells_its_progress_in_steps_may_be_short_of_the_last():
    told = result_of(raw_words=150, effective_words=None, raw_words_short=50)
    assert session.problems(told, SETTINGS, 100) == []
    (problem,) = session.problems(told | {"raw_words": 149}, SETTINGS, 100)
    assert "trained 149 words" in problem


@needs_proc
def test_the_memory_of_the_harness_is_not_counted_as_the_trainers(tmp_path, text):
    # ru_maxrss of a fresh process begins at what its parent held.
    body = """
from benchmarks.systems.gensim_shaped import peak_memory
def run(job):
    return answer(job) | {"peak_rss": peak_memory()["self"]}
"""
    held = np.ones(32_000_000)  # 256 MB
    (record,) = run_plan(make_plan(make_system(tmp_path, body=body)), text)
    assert 1_000_000 < record["result"]["peak_rss"] < held.nbytes / 2


def test_the_probe_times_its_work():
    probe = noise.Probe(1 << 16)()
    assert probe["compute_s"] > 0
    assert probe["memory_s"] > 0


def test_a_disturbed_run_is_seen():
    quiet = {"compute_s": 0.1, "memory_s": 0.1}
    runs = [{"probe": quiet, "workers": 1, "result": result_of()} for _ in range(6)]
    runs[1] = runs[1] | {"probe": quiet | {"compute_s": 0.15}}
    runs[2] = runs[2] | {"probe": quiet | {"memory_s": 0.2}}
    runs[3] = runs[3] | {"others": {"cores": 0.2, "stolen": 0.2}}
    runs[4] = runs[4] | {"result": result_of(training_cpu_s=1.0)}
    runs[5] = {"probe": None, "error": "failed"}
    reasons = noise.disturbances(runs)
    assert [len(why) for why in reasons] == [0, 1, 1, 1, 1, 0]
    assert "processor probe 1.50" in reasons[1][0]
    assert "memory probe 2.00" in reasons[2][0]
    assert "0.4 cores" in reasons[3][0]
    assert "wall time 2.00" in reasons[4][0]


def test_the_work_of_others_leaves_out_ones_own():
    before, after = {"busy": 10.0, "stolen": 1.0}, {"busy": 25.0, "stolen": 2.0}
    assert noise.others(before, after, own_cpu=5.0, wall=10.0) == {"cores": 1.0, "stolen": 0.1}
    assert noise.others(None, after, 5.0, 10.0) is None
    assert noise.others(before, before, 5.0, 10.0) is None
