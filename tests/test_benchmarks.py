"""The benchmark harness: its judging, its arithmetic, and that nothing it starts survives it."""

import importlib.util
import json
import lzma
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


def load_benchmarks():
    """Import `benchmarks` without the repository root, whose `word2vec` would shadow."""
    spec = importlib.util.spec_from_file_location(
        "benchmarks", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    sys.modules["benchmarks"] = importlib.util.module_from_spec(spec)


load_benchmarks()

from benchmarks import corpus, noise, quality, report, run, session  # noqa: E402
from benchmarks.systems import System, parse_systems  # noqa: E402
from benchmarks.systems.gensim_shaped import train, write_vectors  # noqa: E402

SETTINGS = {"vector_size": 4, "epochs": 2, "workers": 1, "negative": 5}

# A driver that answers at once; what it is to do differently is written below it.
DRIVER = """
def answer(job):
    return {
        "versions": {"fake": "1"}, "vocabulary_s": 0.5, "training_s": 2.0, "training_cpu_s": 1.9,
        "vocabulary_size": 7, "corpus_words": 100, "raw_words": 100 * job["settings"]["epochs"],
        "effective_words": 50, "rows_moved": 1.0, "finite": True, "peak_rss": 10_000_000,
    }

def run(job):
    return answer(job)
"""


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a b c d e f g h i j\n" * 10)
    return path


def make_system(tmp_path, label="fake", body=""):
    path = tmp_path / f"{label}.py"
    path.write_text(DRIVER + body)
    return System(label, label, str(path))


def make_plan(*systems, **changes):
    plan = {"objectives": ("sg-ns",), "settings": SETTINGS, "timeout": 60, **changes}
    return session.Plan(systems=systems, **plan)


def run_plan(plan, text, **more):
    return list(session.run_session(plan, text, 100, **more))


def result_of(training_s=2.0, **changes):
    result = {
        "versions": {"fake": "1"},
        "python": "3",
        "vocabulary_s": 0.5,
        "training_s": training_s,
        "training_cpu_s": training_s,
        "vocabulary_size": 7,
        "corpus_words": 100,
        "raw_words": 200,
        "effective_words": 50,
        "rows_moved": 1.0,
        "finite": True,
        "peak_rss": 10_000_000,
    }
    return result | changes


def make_results(*runs, systems=("ours", "gensim"), **changes):
    """Results of a session whose runs are (system, result) or (system, error text)."""
    records = []
    for system, outcome in runs:
        failed = isinstance(outcome, str)
        records.append(
            {
                "system": system,
                "objective": "sg-ns",
                "repetition": 0,
                "seed": 1,
                "workers": 1,
                "probe": {"compute_s": 0.1, "memory_s": 0.1},
                **({"error": outcome, "stderr": "the trace"} if failed else {"result": outcome}),
                "problems": [],
            }
        )
    names = "cpu cores cores_available governor kernel libc compiler cflags python_cflags revision"
    machine = dict.fromkeys([*names.split(), "memory_bytes"])
    return {
        "command": "benchmarks/run.py --quick",
        "date": "today",
        "complete": True,
        "machine": {**machine, "cpu_flags": ["avx2"], "caches": ["L2 1M"], "environment": {}},
        "plan": {
            "systems": [{"label": label} for label in systems],
            "objectives": ["sg-ns"],
            "settings": SETTINGS,
            "seeds": [1],
            "source": "file",
            "options": {"sg-ns": {}},
        },
        "corpus": {"name": "c", "words": 100, "lines": 10, "bytes": 200, "sha256": "0" * 64},
        "runs": records,
        **changes,
    }


def cells(markdown, *start):
    """The cells of the first table row that begins with the cells `start`, after them."""
    for line in markdown.splitlines():
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if row[: len(start)] == list(start):
            return row[len(start) :]
    raise AssertionError(f"no row {start} in\n{markdown}")


# --- systems and plans


def test_a_system_given_twice_gets_two_labels():
    assert [s.label for s in parse_systems("gensim, gensim,ours")] == ["gensim", "gensim#2", "ours"]


def test_the_path_of_a_system_is_its_interpreter_or_its_driver(tmp_path):
    python, driver = tmp_path / "python", tmp_path / "mine.py"
    python.touch()
    driver.touch()
    ours, mine = parse_systems(f"ours={python},mine={driver}")
    assert (ours.interpreter, Path(ours.driver).name) == (str(python), "ours.py")
    assert (mine.interpreter, mine.driver) == (sys.executable, str(driver))


@pytest.mark.parametrize("text", ["", "glove", "ours=/does/not/exist"])
def test_systems_that_do_not_exist_are_refused(text):
    with pytest.raises(ValueError, match="--systems"):
        parse_systems(text)


def test_an_interpreter_behind_a_link_is_not_followed(tmp_path):
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert parse_systems(f"ours={link}")[0].interpreter == str(link)


@pytest.mark.parametrize(
    "arguments",
    [
        *("--objectives glove", "--objectives ,", "--seeds 1,x", "--repeat 0", "--workers 0"),
        *("--epochs 0", "--words 0", "--systems nothing", "--corpus /does/not/exist"),
    ],
)
def test_a_wrong_command_line_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        run.main(arguments.split())
    assert ended.value.code == 2
    assert arguments.split()[0] in capsys.readouterr().err


def test_quality_runs_every_seed_at_least_once():
    few = run.parse_arguments(["--quality", "--seeds", "1,2,3", "--repeat", "2"])
    assert few.plan.repeat == 3
    assert run.parse_arguments(["--quick"]).plan.repeat == 3
    assert run.parse_arguments([]).plan.repeat == 5


def test_objectives_become_the_switches_of_gensim(text):
    plan = make_plan(System("ours", "ours", "x"), seeds=(5, 6))
    jobs = {
        name: session.make_job(plan, 1, name, plan.systems[0], text) for name in session.OBJECTIVES
    }
    picked = {n: [j["settings"][k] for k in ("sg", "hs", "negative")] for n, j in jobs.items()}
    assert picked["sg-ns"] == [1, 0, 5]
    assert picked["cbow-ns"] == [0, 0, 5]
    assert picked["sg-hs"] == [1, 1, 0]
    assert picked["cbow-hs"] == [0, 1, 0]
    assert jobs["sg-ns"]["options"] == {}
    assert jobs["sg-ns-exact"]["options"] == {"shared_negatives": False}
    assert jobs["sg-ns"]["settings"]["seed"] == 6


# --- corpus


@pytest.mark.parametrize("packed", [True, False])
def test_a_shortened_corpus_has_exactly_the_words_asked_for(tmp_path, text, packed):
    source = text
    if packed:
        source = tmp_path / "packed.txt.xz"
        source.write_bytes(lzma.compress(text.read_bytes()))
    short = corpus.prepare(source, tmp_path, 25)
    assert short.read_text().split() == text.read_text().split()[:25]
    assert corpus.measure(short)["words"] == 25


def test_a_packed_corpus_is_unpacked_and_a_plain_one_left_alone(tmp_path, text):
    packed = tmp_path / "packed.txt.xz"
    packed.write_bytes(lzma.compress(text.read_bytes()))
    assert corpus.prepare(packed, tmp_path, None).read_bytes() == text.read_bytes()
    assert corpus.prepare(text, tmp_path, None) == text


def test_words_are_counted_as_str_split_does(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_bytes("a\u00a0b \tc\n\n\u3000d\n".encode() + b"\xff\xfe e")
    measured = corpus.measure(path)
    assert (measured["words"], measured["lines"], measured["bytes"]) == (6, 4, path.stat().st_size)


def test_a_missing_library_is_said_in_one_line(tmp_path):
    # -S -E: an interpreter that sees no installed packages.
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "$@"\n')
    python.chmod(0o755)
    with pytest.raises(RuntimeError, match=r"No module named 'word2vec'.*--corpus"):
        run.generate_corpus(tmp_path / "x", 10, [System("ours", "ours", "x", str(python))])


# --- sessions


def test_systems_take_turns_in_fresh_processes(tmp_path, text):
    body = """
import os
def run(job):
    return answer(job) | {"pid": os.getpid(), "cwd": os.getcwd(), "seed": job["settings"]["seed"]}
"""
    a, b = make_system(tmp_path, "a", body), make_system(tmp_path, "b", body)
    probes = iter(range(100))
    plan = make_plan(a, b, repeat=2, seeds=(3, 4))
    records = run_plan(plan, text, probe=lambda: {"compute_s": 1, "n": next(probes)})
    assert [record["system"] for record in records] == ["a", "b", "a", "b"]
    assert [record["result"]["seed"] for record in records] == [3, 3, 4, 4]
    assert len({record["result"]["pid"] for record in records}) == 4
    assert [record["probe"]["n"] for record in records] == [0, 1, 2, 3]
    assert all(record["problems"] == [] for record in records)
    assert not any(Path(record["result"]["cwd"]).exists() for record in records)


def test_neither_the_sources_nor_the_drivers_shadow_what_is_installed(tmp_path, text):
    body = """
import sys
def run(job):
    return answer(job) | {"path": sys.path}
"""
    (record,) = run_plan(make_plan(make_system(tmp_path, body=body)), text)
    seen = {str(Path(entry).resolve()) for entry in record["result"]["path"]}
    allowed = {str(Path(e).resolve()) for e in os.environ.get("PYTHONPATH", "").split(":") if e}
    assert not (seen - allowed) & {str(FOLDER), str(FOLDER / "systems"), str(FOLDER.parent)}


def test_a_failing_run_is_recorded_and_the_others_go_on(tmp_path, text):
    bad = make_system(tmp_path, "bad", "\ndef run(job):\n    raise OSError('no such luck')\n")
    good = make_system(tmp_path, "good", "\nprint('noise on stdout')\n")
    records = run_plan(make_plan(bad, good), text)
    assert records[0]["error"] == "exit status 1"
    assert "no such luck" in records[0]["stderr"]
    assert records[1]["result"]["raw_words"] == 200


def test_a_result_without_the_figures_is_a_failure(tmp_path, text):
    driver = make_system(tmp_path, body="\ndef run(job):\n    return {'versions': {}}\n")
    (record,) = run_plan(make_plan(driver), text)
    assert "training_s" in record["error"]


def test_a_driver_that_ends_without_an_answer_is_a_failure(tmp_path, text):
    driver = make_system(tmp_path, body="\nimport os\ndef run(job):\n    os._exit(0)\n")
    (record,) = run_plan(make_plan(driver), text)
    assert "no result" in record["error"]


def sleeper(pid_file):
    """A driver that starts a process of its own and then hangs with it."""
    return f"""
import pathlib, subprocess, time
def run(job):
    other = subprocess.Popen(["sleep", "60"])
    pathlib.Path({str(pid_file)!r}).write_text(str(other.pid))
    time.sleep(60)
"""


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@needs_proc
def test_a_run_that_hangs_is_killed_with_all_it_started(tmp_path, text):
    pid = tmp_path / "pid"
    driver = make_system(tmp_path, body=sleeper(pid))
    (record,) = run_plan(make_plan(driver, timeout=1), text)
    assert record["error"] == "killed after 1 s"
    wait_until(lambda: not is_running(int(pid.read_text())))


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_kills_the_children_reports_and_leaves_no_files(tmp_path, text, number):
    pid, temporary, out = tmp_path / "pid", tmp_path / "tmp", tmp_path / "results.json"
    temporary.mkdir()
    quick, slow = make_system(tmp_path, "quick"), make_system(tmp_path, "slow", sleeper(pid))
    arguments = ["--systems", f"quick={quick.driver},slow={slow.driver}", "--no-probe"]
    arguments += ["--corpus", str(text), "--objectives", "sg-ns", "--out", str(out)]
    harness = subprocess.Popen(
        [sys.executable, str(FOLDER / "run.py"), *arguments],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    wait_until(lambda: pid.exists() and pid.read_text())
    harness.send_signal(number)
    page, _ = harness.communicate(timeout=60)
    assert harness.returncode == 130
    assert "Cut short" in page
    assert cells(page, "1", "sg-ns", "quick")
    assert [r["system"] for r in json.loads(out.read_text())["runs"]] == ["quick"]
    assert list(temporary.iterdir()) == []
    wait_until(lambda: not is_running(int(pid.read_text())))


def test_the_command_writes_json_and_prints_the_page(tmp_path, text):
    # As a module too: both ways of starting are promised.
    driver, out = make_system(tmp_path), tmp_path / "results.json"
    arguments = ["--systems", f"fake={driver.driver}", "--corpus", str(text), "--out", str(out)]
    arguments += ["--objectives", "sg-ns", "--epochs", "2", "--repeat", "2"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", *arguments],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert cells(done.stdout, "sg-ns", "fake")[1].strip("*") == "100"
    results = json.loads(out.read_text())
    assert results["complete"]
    assert results["runs"][0]["probe"]["compute_s"] > 0
    assert report.report(results) == done.stdout.removesuffix("\n")


def test_a_run_that_does_not_count_makes_the_status_1(tmp_path, text, capsys):
    driver = make_system(
        tmp_path, body="\ndef run(job):\n    return answer(job) | {'finite': False}\n"
    )
    arguments = ["--systems", f"fake={driver.driver}", "--no-probe", "--repeat", "1"]
    before = signal.getsignal(signal.SIGTERM)
    try:
        status = run.main([*arguments, "--corpus", str(text), "--objectives", "sg-ns"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert status == 1
    assert "not finite" in capsys.readouterr().out


# --- evidence


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


@pytest.mark.parametrize("source", ["file", "line-sentence", "list"])
def test_a_gensim_shaped_trainer_is_measured(tmp_path, text, source):
    path = tmp_path / "vectors.npz"
    job = {"corpus": str(text), "source": source, "settings": {"sg": 1}, "options": {}}
    result = train({**job, "vectors": str(path)}, FakeModel, iter)
    assert set(session.RESULT_KEYS) <= {*result, "versions", "python"}
    assert (result["raw_words"], result["effective_words"]) == (200, 50)
    assert result["rows_moved"] == 0.5
    assert result["finite"]
    assert result["peak_rss"] >= result["peak_rss_before"] > 1_000_000
    assert quality.read_vectors(path).words == ["x", "y"]


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


# --- quality


def test_spearman_equals_scipys_with_ties():
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(1)
    x = random.integers(0, 20, 200).astype(float)
    y = x + random.normal(size=200) * 8
    assert quality.spearman(x, y.round()) == pytest.approx(
        stats.spearmanr(x, y.round()).statistic, abs=1e-12
    )
    assert quality.spearman(x, np.ones(200)) is None


def make_vectors(**rows):
    return quality.Vectors.of(list(rows), np.array(list(rows.values()), np.float32))


def test_analogies_are_answered_among_the_most_frequent_words_only():
    vectors = make_vectors(
        man=[1, 0, 0], king=[1, 1, 0], woman=[0, 0, 1], queen=[0, 1, 1], rare=[-0.3, 0.7, 1]
    )
    sections = {
        "family": [("man", "king", "woman", "queen"), ("man", "king", "woman", "absent")],
        "gram1": [("man", "king", "queen", "woman")],
    }
    scores = quality.analogies(vectors, sections, restrict=4)
    assert (scores["known"], scores["total"]) == (2, 3)
    # In gram1 the question's own words are left out, so woman is the only one left.
    assert (scores["semantic"], scores["syntactic"], scores["score"]) == (1, 1, 1)
    # Among all words `rare` lies nearer to king - man + woman.
    assert quality.analogies(vectors, sections, restrict=5)["semantic"] == 0
    assert quality.analogies(vectors, sections, restrict=3)["known"] == 0
    assert quality.analogies(vectors, sections, restrict=3)["score"] is None


def test_the_more_frequent_of_two_spellings_counts():
    assert make_vectors(Paris=[1, 0], paris=[0, 1]).index() == {"paris": 0}


def test_similarity_is_the_rank_correlation_of_the_known_pairs():
    angles = np.linspace(0, 1.5, 12)
    vectors = make_vectors(
        o=[1, 0], **{f"w{i}": [np.cos(a), np.sin(a)] for i, a in enumerate(angles)}
    )
    pairs = [("o", f"w{i}", float(12 - i)) for i in range(12)] + [("o", "absent", 1.0)]
    scores = quality.similarity(vectors, pairs)
    assert scores == {"score": pytest.approx(1), "known": 12, "total": 13}
    assert quality.similarity(vectors, pairs[:9])["score"] is None


@pytest.mark.parametrize("line_feed", [b"", b"\n"])
def test_both_vector_formats_hold_the_same(tmp_path, line_feed):
    words, vectors = ["the", "œuvre", "人工"], np.arange(6, dtype=np.float32).reshape(3, 2)
    write_vectors(str(tmp_path / "v.npz"), words, vectors)
    rows = (
        w.encode() + b" " + v.tobytes() + line_feed for w, v in zip(words, vectors, strict=True)
    )
    (tmp_path / "v.bin").write_bytes(b"3 2\n" + b"".join(rows))
    for name in ("v.npz", "v.bin"):
        read = quality.read_vectors(tmp_path / name)
        assert read.words == words
        np.testing.assert_allclose(np.linalg.norm(read.unit, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("data", [b"", b"one two\n", b"2 2\na 12345678b 1234", b"1 2\nabc"])
def test_a_damaged_vectors_file_is_refused(tmp_path, data):
    path = tmp_path / "v.bin"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"v\.bin"):
        quality.read_vectors(path)


def test_as_many_words_as_vectors():
    with pytest.raises(ValueError, match="1 words but 2 vectors"):
        quality.Vectors.of(["a"], np.zeros((2, 2), np.float32))


def make_sets(folder):
    (folder / quality.ANALOGIES).write_text(": family\nMan King Woman Queen\n")
    for name in quality.PAIR_SETS.values():
        (folder / name).write_text("# comment\nMan\tKing\t3.5\n")
    return folder


def test_a_vectors_file_is_judged_on_every_set(tmp_path):
    write_vectors(
        str(tmp_path / "v.npz"),
        ["man", "king", "woman", "queen"],
        np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]], np.float32),
    )
    scores = quality.evaluate(tmp_path / "v.npz", quality.find_sets(make_sets(tmp_path)))
    assert scores["analogies"]["score"] == 1
    assert scores["simlex999"] == {"score": None, "known": 1, "total": 1}


def test_a_missing_evaluation_set_is_named(tmp_path):
    make_sets(tmp_path)
    (tmp_path / "simlex999.txt").unlink()
    with pytest.raises(FileNotFoundError, match=r"simlex999\.txt"):
        quality.find_sets(tmp_path)


def test_the_first_run_with_each_seed_is_judged(tmp_path, text):
    body = """
import pathlib
def run(job):
    if job["vectors"]:
        pathlib.Path(job["vectors"]).write_text(str(job["settings"]["seed"]))
    return answer(job)
"""
    judged = []
    plan = make_plan(make_system(tmp_path, body=body), repeat=3, seeds=(8, 9), quality=True)
    records = run_plan(plan, text, judge=lambda path: judged.append(Path(path).read_text()) or {})
    assert judged == ["8", "9"]
    assert ["quality" in record for record in records] == [True, True, False]


def test_vectors_that_cannot_be_judged_are_a_problem_of_that_run(tmp_path, text):
    plan = make_plan(make_system(tmp_path), quality=True)  # its driver writes no vectors
    (record,) = run_plan(plan, text, judge=quality.read_vectors)
    assert "cannot be judged" in record["problems"][0]


# --- report


def test_speeds_are_medians_and_ratios_are_of_medians():
    runs = [("ours", result_of(t)) for t in (1.0, 2.0, 10.0)]
    runs += [("gensim", result_of(t)) for t in (8.0, 10.0, 100.0)]
    table = report.speed_table(make_results(*runs))
    # 2 epochs of 100 words: 200 / 2 s and 200 / 10 s.
    assert cells(table, "sg-ns", "ours")[1:4] == ["100", "20 to 200", "180%"]
    assert cells(table, "sg-ns", "ours")[-2:] == ["5.00", "5.00"]
    assert cells(table, "sg-ns", "gensim")[-2:] == ["1.00", "1.00"]


def test_words_read_twice_are_no_speed():
    results = make_results(("ours", result_of(raw_words=400)), ("gensim", result_of()))
    assert cells(report.speed_table(results), "sg-ns", "ours")[1] == "100"


def test_runs_with_problems_are_listed_and_left_out():
    results = make_results(("ours", result_of(1.0)), ("ours", result_of(9.0)))
    results["runs"][0]["problems"] = ["it cheated"]
    page = report.report(results)
    assert cells(page, "sg-ns", "ours")[:2] == ["1", "22"]
    assert cells(page, "1", "sg-ns", "ours")[-1] == "it cheated"


def test_a_page_can_be_written_of_failures_alone():
    page = report.report(make_results(("ours", "exit status 3"), complete=False))
    assert "Cut short" in page
    assert "### Failed: ours, sg-ns, repetition 1" in page
    assert "the trace" in page
    assert cells(page, "sg-ns", "ours")[0] == "0"


def test_memory_and_scan_are_compared():
    ours = result_of(2.0, vocabulary_s=0.1, peak_rss=5_000_000)
    table = report.vocabulary_table(make_results(("ours", ours), ("gensim", result_of(4.0))))
    assert cells(table, "sg-ns", "ours") == ["7", "1,000", "5.00", "2.10", "2.14", "5", "0.50"]


def test_systems_that_did_different_work_are_named():
    same = make_results(("ours", result_of()), ("gensim", result_of()))
    assert report.differences(same) == []
    other = make_results(
        ("ours", result_of(vocabulary_size=8)), ("gensim", result_of(effective_words=60))
    )
    assert [line.split(" differ")[0] for line in report.differences(other)] == [
        "Vocabulary sizes",
        "Effective words",
    ]
    assert "**Mind:** Vocabulary sizes" in report.report(other)


def test_quality_is_mean_and_deviation_over_seeds():
    results = make_results(("ours", result_of()), ("ours", result_of()), ("gensim", result_of()))
    for record, score in zip(results["runs"], (0.30, 0.34, 0.2), strict=True):
        record["quality"] = {
            name: {"score": score if name != "simlex999" else None, "known": 1234, "total": 2000}
            for name in report.QUALITY_SETS
        }
    page = report.report(results)
    table = page[page.index("## Quality") :]
    assert cells(table, "sg-ns", "ours") == [
        *("2", "32.0 ± 2.8", "0.320 ± 0.028", "-"),
        "1,234 / 1,234 / 1,234",
    ]
    assert cells(table, "sg-ns", "gensim")[:2] == ["1", "20.0"]


def test_the_yardstick_is_gensim_or_else_the_first():
    assert report.yardstick(make_results()) == "gensim"
    assert report.yardstick(make_results(systems=("a", "b"))) == "a"


def test_a_bar_in_a_cell_does_not_break_the_table():
    assert report.table(["a", "b"], [["x|y", "1"]]).splitlines()[-1] == "| x\\|y |   1 |"


# --- noise


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
