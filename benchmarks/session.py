"""Run the systems of one comparison in turn, each run in a fresh process.

A session is a list of records in the order in which they ran. A run that fails
is a record with an ``error``; the others go on.
"""

import json
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import noise
from benchmarks.systems import HERE, System

# A trainer's own threads are what is compared: no BLAS may add any.
CHILD_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}

# The words one thread of gensim's corpus_file reads past its share of the file:
# up to one batch an epoch.
BATCH_WORDS = 10_000
# Trainers may disagree about what is white space; not about much.
COUNTS_DIFFER = 0.001
# Every vector of a vocabulary of min_count 5 is trained; a few rows may see only
# sentences in which subsampling left them alone.
ROWS_THAT_MOVE = 0.95
RESULT_KEYS = (
    *("versions", "python", "vocabulary_s", "training_s", "training_cpu_s"),
    *("vocabulary_size", "corpus_words", "raw_words", "effective_words"),
    *("rows_moved", "finite", "peak_rss"),
)
STDERR_SHOWN = 4000  # characters: a traceback and what led to it


@dataclass(frozen=True)
class Objective:
    """What is trained: gensim's switches, and options of one system alone."""

    sg: int
    hs: int
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


OBJECTIVES = {
    "sg-ns": Objective(sg=1, hs=0),
    "cbow-ns": Objective(sg=0, hs=0),
    "sg-hs": Objective(sg=1, hs=1),
    "cbow-hs": Objective(sg=0, hs=1),
    # gensim always draws fresh noise words for every pair: it is the same there.
    "sg-ns-exact": Objective(sg=1, hs=0, options={"ours": {"shared_negatives": False}}),
    "sg-ns-shared": Objective(sg=1, hs=0, options={"ours": {"shared_negatives": True}}),
}


@dataclass(frozen=True)
class Plan:
    """All that decides what is run.

    Attributes
    ----------
    settings : dict
        Keyword arguments of gensim's Word2Vec but for ``sg``, ``hs`` and
        ``seed``; ``negative`` counts for negative sampling only.
    seeds : tuple of int
        Repetition r trains with ``seeds[r % len(seeds)]``.
    quality : bool
        Keep and judge the vectors of the first repetition with each seed.
    timeout : float
        Seconds after which a run is killed.
    """

    systems: tuple[System, ...]
    objectives: tuple[str, ...]
    settings: dict[str, Any]
    seeds: tuple[int, ...] = (1,)
    repeat: int = 1
    source: str = "file"
    quality: bool = False
    timeout: float = 3600.0

    def runs(self) -> Iterator[tuple[int, str, System]]:
        """Repetition, objective and system, with the systems next to each other."""
        for repetition in range(self.repeat):
            for objective in self.objectives:
                for system in self.systems:
                    yield repetition, objective, system


def make_job(
    plan: Plan, repetition: int, objective: str, system: System, corpus: Path
) -> dict[str, Any]:
    """Return what the child reads on its stdin, but for the place of the vectors."""
    switches = OBJECTIVES[objective]
    settings = {**plan.settings, "sg": switches.sg, "hs": switches.hs}
    if switches.hs:
        settings["negative"] = 0
    return {
        "driver": system.driver,
        "program": system.program,
        "corpus": str(corpus),
        "source": plan.source,
        "settings": {**settings, "seed": plan.seeds[repetition % len(plan.seeds)]},
        "options": switches.options.get(system.name, {}),
        "vectors": None,
    }


def run_session(
    plan: Plan,
    corpus: Path,
    corpus_words: int,
    *,
    judge: Callable[[str], dict[str, Any]] | None = None,
    probe: Callable[[], dict[str, Any]] | None = None,
) -> Iterator[dict[str, Any]]:
    """Run the plan and yield one record after the other.

    Parameters
    ----------
    corpus : Path
        A plain text file of `corpus_words` words.
    judge : callable, optional
        Path of a vectors file to scores; asked where the plan wants quality.
    probe : callable, optional
        Called before each run; its answer is recorded.

    Yields
    ------
    dict
        ``system``, ``objective``, ``repetition``, ``seed``, ``workers``,
        ``probe``, ``others``, and either ``result`` with ``problems`` (why it
        does not count, empty if it does) or ``error`` with ``stderr``.
    """
    for repetition, objective, system in plan.runs():
        job = make_job(plan, repetition, objective, system, corpus)
        with tempfile.TemporaryDirectory(prefix="w2v-bench-run-") as folder:
            if plan.quality and repetition < len(plan.seeds):
                job["vectors"] = str(Path(folder) / "vectors.npz")
            record = {
                "system": system.label,
                "objective": objective,
                "repetition": repetition,
                "seed": job["settings"]["seed"],
                "workers": job["settings"]["workers"],
                "options": job["options"],
                "started": time.time(),
                "probe": probe() if probe else None,
                **_run_and_watch(system, job, folder, plan.timeout),
            }
            if "result" in record:
                record["problems"] = problems(record["result"], job["settings"], corpus_words)
                if job["vectors"] and judge and not record["problems"]:
                    record.update(_judged(judge, job["vectors"]))
        yield record


def _judged(judge: Callable[[str], dict[str, Any]], vectors: str) -> dict[str, Any]:
    try:
        return {"quality": judge(vectors)}
    except (OSError, ValueError) as error:
        return {"problems": [f"its vectors cannot be judged: {error}"]}


def _run_and_watch(
    system: System, job: dict[str, Any], folder: str, timeout: float
) -> dict[str, Any]:
    before, own, start = noise.busy_seconds(), _ended_cpu(), time.perf_counter()
    outcome = run_child(system.interpreter, HERE / "child.py", job, folder, timeout)
    wall = time.perf_counter() - start
    seen = noise.others(before, noise.busy_seconds(), _ended_cpu() - own, wall)
    return {"others": seen, "process_s": wall, **outcome}


def _ended_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_child(
    interpreter: str, script: Path, job: dict[str, Any], folder: str, timeout: float
) -> dict[str, Any]:
    """Run one child in `folder`; it and all it started are gone on return.

    Returns
    -------
    dict
        ``result``, or ``error`` and ``stderr``.
    """
    # -P, and a folder without sources: nothing shadows the installed packages.
    # A group of its own, so that whatever the child starts can be ended with it.
    with subprocess.Popen(
        [interpreter, "-P", str(script)],
        cwd=folder,
        env={**os.environ, **CHILD_ENVIRONMENT},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as child:
        try:
            stdout, stderr = child.communicate(json.dumps(job), timeout)
        except subprocess.TimeoutExpired:
            _kill(child)
            _, stderr = child.communicate()
            return _failure(f"killed after {timeout:g} s", stderr)
        finally:
            _kill(child)
    if child.returncode:
        return _failure(f"exit status {child.returncode}", stderr)
    try:
        result = json.loads(stdout)
    except json.JSONDecodeError as error:
        return _failure(f"no result on stdout: {error}", stderr)
    if missing := [key for key in RESULT_KEYS if key not in result]:
        return _failure(f"the driver's result lacks {', '.join(missing)}", stderr)
    return {"result": result}


def _failure(error: str, stderr: str) -> dict[str, Any]:
    return {"error": error, "stderr": stderr.strip()[-STDERR_SHOWN:]}


def _kill(child: subprocess.Popen[str]) -> None:
    """End the child and its group; harmless when all have ended."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    child.wait()


def problems(result: dict[str, Any], settings: dict[str, Any], corpus_words: int) -> list[str]:
    """Say why a run does not count: words left out, vectors that stayed, numbers that burst.

    Parameters
    ----------
    result : dict
        What the driver returned.
    settings : dict
        Of the job; ``epochs`` and ``workers`` matter here.
    corpus_words : int
        Words of the corpus as the harness counts them.
    """
    found = []
    counted, trained, epochs = result["corpus_words"], result["raw_words"], settings["epochs"]
    if abs(counted - corpus_words) > COUNTS_DIFFER * corpus_words:
        found.append(f"it counts {counted:,} words in a corpus of {corpus_words:,}")
    expected = epochs * counted
    slack = 0 if settings["workers"] == 1 else settings["workers"] * epochs * BATCH_WORDS
    if not expected <= trained <= expected + slack:
        found.append(f"it trained {trained:,} words instead of {expected:,}")
    if result["effective_words"] is not None and not 0 < result["effective_words"] <= trained:
        found.append(f"it reports {result['effective_words']:,} effective words")
    if result["rows_moved"] < ROWS_THAT_MOVE:
        found.append(f"only {result['rows_moved']:.0%} of its vectors moved")
    if not result["finite"]:
        found.append("its vectors are not finite")
    return found


def describe_plan(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain values for the results file."""
    return asdict(plan) | {
        "objectives": list(plan.objectives),
        "options": {name: OBJECTIVES[name].options for name in plan.objectives},
    }
