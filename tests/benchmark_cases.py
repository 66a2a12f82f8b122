"""Import the harness, which is no installed package, and make what its tests need."""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"


def load_benchmarks():
    """Import `benchmarks` without the repository root, whose `word2vec` would shadow."""
    spec = importlib.util.spec_from_file_location(
        "benchmarks", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    sys.modules["benchmarks"] = importlib.util.module_from_spec(spec)


load_benchmarks()

from benchmarks import session  # noqa: E402
from benchmarks.rows import Row  # noqa: E402
from benchmarks.systems import System  # noqa: E402

SETTINGS = {"vector_size": 4, "epochs": 2, "workers": 1, "negative": 5}

# A driver that answers at once; what it is to do differently is written below it.
DRIVER = """
def answer(job):
    if job["vectors"]:
        import numpy
        from benchmarks.systems.measure import write_vectors
        write_vectors(job["vectors"], ["a", "b"], numpy.eye(2))
    return {
        "versions": {"fake": "1"}, "vocabulary_s": 0.5, "training_s": 2.0, "training_cpu_s": 1.9,
        "vocabulary_size": 7, "corpus_words": 100, "raw_words": 100 * job["settings"]["epochs"],
        "effective_words": 50, "rows_moved": 1.0, "finite": True, "peak_rss": 10_000_000,
    }

def run(job):
    return answer(job)
"""


def write_text(folder):
    """A corpus of 100 words in 10 lines."""
    path = folder / "text.txt"
    path.write_text("a b c d e f g h i j\n" * 10)
    return path


def make_system(tmp_path, label="fake", body=""):
    path = tmp_path / f"{label}.py"
    path.write_text(DRIVER + body)
    return System(label, label, str(path))


def make_plan(*systems, **changes):
    plan = {"rows": (Row("sg-ns"),), "settings": SETTINGS, "timeout": 60, **changes}
    return session.Plan(systems=systems, **plan)


def run_plan(plan, text, **more):
    corpora = {row.words: session.Corpus(text, 100, "0" * 64) for row in plan.rows}
    return list(session.run_session(plan, corpora, **more))


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


def make_record(system, outcome, row="sg-ns", objective=None, **changes):
    """A run of one row; `outcome` is a result, or the text of an error."""
    failed = isinstance(outcome, str)
    settings = {**SETTINGS, **changes.pop("settings", {})}
    return {
        "session": 0,
        "row": row,
        "system": system,
        "objective": objective or row,
        "repetition": 0,
        "seed": 1,
        "workers": settings["workers"],
        "settings": settings,
        "source": "file",
        "measure": "training",
        "corpus_words": 100,
        "corpus_sha256": "0" * 64,
        "options": {},
        "probe": {"compute_s": 0.1, "memory_s": 0.1},
        "problems": [],
        **({"error": outcome, "stderr": "the trace"} if failed else {"result": outcome}),
        **changes,
    }


def make_machine():
    names = "cpu cores cores_available governor kernel libc compiler cflags python_cflags revision"
    machine = dict.fromkeys([*names.split(), "memory_bytes"])
    return {**machine, "cpu_flags": ["avx2"], "caches": ["L2 1M"], "environment": {}}


def make_results(*runs, systems=("ours", "gensim"), complete=True):
    """Results of a session; runs are records, or (system, result or error text)."""
    records = [run if isinstance(run, dict) else make_record(*run) for run in runs]
    rows = dict.fromkeys((run["row"], run["objective"]) for run in records)
    return {
        "format": 2,
        "sessions": [
            {
                "command": "benchmarks.run --quick",
                "date": "today",
                "complete": complete,
                "machine": make_machine(),
            }
        ],
        "plan": {
            "name": None,
            "systems": [{"label": label} for label in systems],
            "rows": [
                {
                    "name": name,
                    "objective": objective,
                    "settings": {},
                    "source": "file",
                    "measure": "training",
                }
                for name, objective in rows
            ],
            "settings": SETTINGS,
            "seeds": [1],
        },
        "corpora": [{"name": "c", "words": 100, "lines": 10, "bytes": 200, "sha256": "0" * 64}],
        "runs": records,
    }


def cells(markdown, *start):
    """The cells of the first table row that begins with the cells `start`, after them."""
    for line in markdown.splitlines():
        row = [cell.strip() for cell in line.strip("|").split("|")]
        if row[: len(start)] == list(start):
            return row[len(start) :]
    raise AssertionError(f"no row {start} in\n{markdown}")
