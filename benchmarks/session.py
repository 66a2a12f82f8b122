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
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import noise
from benchmarks.rows import OBJECTIVES, Row
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
# Untrained vectors put neighbours of the text nearer than strangers half of the time; with
# as many pairs as are asked, this much more is four standard errors away from that.
NEIGHBOURS_KNOWN = 0.52
# Fewer words, over all epochs, teach too little to tell (54 % and more were seen at this
# many, of all systems and objectives; 50 % of CBOW at 200,000).
JUDGED_FROM_WORDS = 500_000
SCAN_KEYS = ("versions", "python", "vocabulary_s", "vocabulary_size", "corpus_words", "peak_rss")
TRAINING_KEYS = (
    *("training_s", "training_cpu_s", "raw_words", "effective_words", "rows_moved", "finite"),
)
RESULT_KEYS = (*SCAN_KEYS, *TRAINING_KEYS)
KEYS = {
    "training": RESULT_KEYS,
    "end-to-end": (*RESULT_KEYS, "total_s"),
    "vocabulary": SCAN_KEYS,
}
STDERR_SHOWN = 4000  # characters: a traceback and what led to it

# (row's name, system's label, repetition)
Key = tuple[str, str, int]


@dataclass(frozen=True)
class Corpus:
    """A plain text file, or the start of one."""

    path: Path
    words: int
    sha256: str = ""


@dataclass(frozen=True)
class Judge:
    """What can be said about a file of vectors.

    Attributes
    ----------
    neighbours : callable
        Vectors file and corpus to the share of neighbours in the text that lie nearer
        than strangers, or None: evidence of training, asked for every run.
    quality : callable, optional
        Vectors file to scores on evaluation sets.
    """

    neighbours: Callable[[str, Path], float | None]
    quality: Callable[[str], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Plan:
    """All that decides what is run.

    Attributes
    ----------
    settings : dict
        Keyword arguments of gensim's Word2Vec but for ``sg``, ``hs`` and
        ``seed``; ``negative`` counts for negative sampling only. A row may differ.
    seeds : tuple of int
        Repetition r trains with ``seeds[r % len(seeds)]``.
    quality : bool
        Judge the vectors of the first repetition with each seed.
    timeout : float
        Seconds after which a run is killed.
    """

    systems: tuple[System, ...]
    rows: tuple[Row, ...]
    settings: dict[str, Any]
    seeds: tuple[int, ...] = (1,)
    repeat: int = 1
    quality: bool = False
    timeout: float = 3600.0

    def runs(self) -> Iterator[tuple[int, Row, System]]:
        """Repetition, row and system, with the systems next to each other."""
        for repetition in range(self.repeat):
            for row in self.rows:
                for system in row.systems(self.systems):
                    yield repetition, row, system


def make_job(plan: Plan, repetition: int, row: Row, system: System, corpus: Path) -> dict[str, Any]:
    """Return what the child reads on its stdin, but for the place of the vectors."""
    switches = OBJECTIVES[row.objective]
    settings = {**plan.settings, **row.settings, "sg": switches.sg, "hs": switches.hs}
    if switches.hs:
        settings["negative"] = 0
    return {
        "driver": system.driver,
        "program": system.program,
        "corpus": str(corpus),
        "source": row.source,
        "measure": row.measure,
        "settings": {**settings, "seed": plan.seeds[repetition % len(plan.seeds)]},
        "options": switches.options.get(system.name, {}),
        "vectors": None,
    }


def run_session(
    plan: Plan,
    corpora: Mapping[int | None, Corpus],
    *,
    done: Collection[Key] = (),
    judge: Judge | None = None,
    probe: Callable[[], dict[str, Any]] | None = None,
    round_trip: Callable[[], float | None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Run the plan and yield one record after the other.

    Parameters
    ----------
    corpora : mapping
        The text for each `words` of the rows.
    done : collection of (row, system, repetition)
        Runs that are left out.
    judge : Judge, optional
        Looks at the vectors of every run.
    probe : callable, optional
        Called before each run; its answer is recorded.
    round_trip : callable, optional
        Nanoseconds from core to core and back; asked before runs of several threads.

    Yields
    ------
    dict
        ``row``, ``system``, ``objective``, ``repetition``, ``seed``, ``workers``,
        ``settings``, ``source``, ``measure``, ``corpus_words``, ``corpus_sha256``,
        ``probe``, ``round_trip_ns``, ``others``, and either ``result`` with
        ``problems`` (why it does not count, empty if it does) or ``error`` with
        ``stderr``.
    """
    for repetition, row, system in plan.runs():
        if (row.name, system.label, repetition) in done:
            continue
        corpus = corpora[row.words]
        job = make_job(plan, repetition, row, system, corpus.path)
        workers = job["settings"]["workers"]
        with tempfile.TemporaryDirectory(prefix="w2v-bench-run-") as folder:
            judged = plan.quality and repetition < len(plan.seeds)
            if row.measure != "vocabulary" and (judge or judged):
                job["vectors"] = str(Path(folder) / "vectors.npz")
            record = {
                "row": row.name,
                "system": system.label,
                "objective": row.objective,
                "repetition": repetition,
                "seed": job["settings"]["seed"],
                "workers": workers,
                "settings": job["settings"],
                "source": row.source,
                "measure": row.measure,
                "corpus_words": corpus.words,
                "corpus_sha256": corpus.sha256,
                "options": job["options"],
                "environment": system.environment,
                "started": time.time(),
                "probe": probe() if probe else None,
                "round_trip_ns": round_trip() if round_trip and workers > 1 else None,
                **_run_and_watch(system, job, folder, plan.timeout),
            }
            if "result" in record:
                record["problems"] = problems(
                    record["result"], job["settings"], corpus.words, row.measure
                )
                if job["vectors"] and judge and not record["problems"]:
                    record.update(_judged(judge, job, corpus, judged))
        yield record


def _judged(judge: Judge, job: dict[str, Any], corpus: Corpus, judged: bool) -> dict[str, Any]:
    try:
        near = judge.neighbours(job["vectors"], corpus.path)
        seen: dict[str, Any] = {"neighbours": near}
        trained = corpus.words * job["settings"]["epochs"]
        if near is not None and near < NEIGHBOURS_KNOWN and trained >= JUDGED_FROM_WORDS:
            seen["problems"] = [
                f"only {near:.0%} of neighbours in the text lie nearer than strangers do: "
                f"less than the {NEIGHBOURS_KNOWN:.0%} of any trained vectors"
            ]
        elif judged and judge.quality:
            seen["quality"] = judge.quality(job["vectors"])
    except (OSError, ValueError) as error:
        return {"problems": [f"its vectors cannot be judged: {error}"]}
    return seen


def _run_and_watch(
    system: System, job: dict[str, Any], folder: str, timeout: float
) -> dict[str, Any]:
    before, own, start = noise.busy_seconds(), _ended_cpu(), time.perf_counter()
    outcome = run_child(
        [system.interpreter, "-P", str(HERE / "child.py")],
        job,
        folder,
        timeout,
        needed=KEYS[job["measure"]],
        environment=system.environment,
    )
    wall = time.perf_counter() - start
    seen = noise.others(before, noise.busy_seconds(), _ended_cpu() - own, wall)
    return {"others": seen, "process_s": wall, **outcome}


def _ended_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run_child(
    command: list[str],
    job: dict[str, Any],
    folder: str,
    timeout: float,
    *,
    needed: Collection[str] = RESULT_KEYS,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run one child in `folder`; it and all it started are gone on return.

    Parameters
    ----------
    command : list of str
        Reads `job` as JSON and answers a JSON object.
    needed : collection of str
        Keys of the answer.
    environment : mapping, optional
        Variables beside `CHILD_ENVIRONMENT`.

    Returns
    -------
    dict
        ``result``, or ``error`` and ``stderr``.
    """
    # -P, and a folder without sources: nothing shadows the installed packages.
    # A group of its own, so that whatever the child starts can be ended with it.
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **CHILD_ENVIRONMENT, **(environment or {})},
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
    if missing := [key for key in needed if key not in result]:
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


def problems(
    result: dict[str, Any], settings: dict[str, Any], corpus_words: int, measure: str = "training"
) -> list[str]:
    """Say why a run does not count: words left out, vectors that stayed, numbers that burst.

    Parameters
    ----------
    result : dict
        What the driver returned.
    settings : dict
        Of the job; ``epochs`` and ``workers`` matter here.
    corpus_words : int
        Words of the corpus as the harness counts them.
    measure : str
        After a scan alone only its words can be checked.
    """
    found = []
    counted = result["corpus_words"]
    if abs(counted - corpus_words) > COUNTS_DIFFER * corpus_words:
        found.append(f"it counts {counted:,} words in a corpus of {corpus_words:,}")
    if measure == "vocabulary":
        return found
    trained, epochs = result["raw_words"], settings["epochs"]
    expected = epochs * counted
    # A tool that tells its progress in steps may be short of the last ones.
    least = expected - result.get("raw_words_short", 0)
    slack = 0 if settings["workers"] == 1 else settings["workers"] * epochs * BATCH_WORDS
    if not least <= trained <= expected + slack:
        found.append(f"it trained {trained:,} words instead of {expected:,}")
    if result["effective_words"] is not None and not 0 < result["effective_words"] <= trained:
        found.append(f"it reports {result['effective_words']:,} effective words")
    if result["rows_moved"] < ROWS_THAT_MOVE:
        found.append(f"only {result['rows_moved']:.0%} of its vectors moved")
    if not result["finite"]:
        found.append("its vectors are not finite")
    return found
