"""Pick runs and figures out of results.

Figures are medians over the runs that count; a run with a problem (see
`benchmarks.session.problems`) is left out. Ratios are ratios of medians, never medians
of ratios.
"""

from collections.abc import Sequence
from typing import Any

from benchmarks.results import Results, Run, content, counts
from benchmarks.rows import OBJECTIVES

YARDSTICK = "gensim"


def labels(results: Results) -> list[str]:
    """Return the systems' labels, those of the plan first, then their variants."""
    planned = [system["label"] for system in results["plan"]["systems"]]
    return list(dict.fromkeys([*planned, *(run["system"] for run in results["runs"])]))


def row_names(results: Results) -> list[str]:
    """Return the names of the rows that ran, in the order of the plan."""
    ran = dict.fromkeys(run["row"] for run in results["runs"])
    planned = [row["name"] for row in results["plan"]["rows"] if row["name"] in ran]
    return list(dict.fromkeys([*planned, *ran]))


def yardstick(results: Results) -> str:
    """Return the system that ratios are taken to: gensim, or else the first."""
    names = labels(results)
    return YARDSTICK if YARDSTICK in names or not names else names[0]


def counted(results: Results, row: str | None, system: str) -> list[Run]:
    """Return the runs of `system` (in `row`, or in any if None) that count."""
    return [
        run
        for run in results["runs"]
        if run["system"] == system and row in (None, run["row"]) and counts(run)
    ]


def yard(results: Results, row: str) -> list[Run]:
    """Return the yardstick's runs of this row, or of the same work under another name.

    An objective that is an option of ours is compared with the plain one.
    """
    base = yardstick(results)
    if own := counted(results, row, base):
        return own
    wanted = {_plain(run) for run in results["runs"] if run["row"] == row}
    return [run for run in counted(results, None, base) if _plain(run) in wanted]


def _plain(run: Run) -> tuple[Any, ...]:
    objective, *rest = content(run)
    return (OBJECTIVES[objective].plain, *rest)


def speeds(runs: Sequence[Run], clock: str = "training_s") -> list[float]:
    """Return raw words/s of each run by ``training_s`` or ``training_cpu_s``.

    The words are those of the corpus, not those the system says it trained: what
    several threads of gensim read twice is no speed.
    """
    return [
        run["corpus_words"] * run["settings"]["epochs"] / run["result"][clock]
        for run in runs
        if run["result"].get(clock)
    ]


def scans(runs: Sequence[Run]) -> list[float]:
    """Return words/s of the vocabulary scan of each run."""
    return [run["corpus_words"] / run["result"]["vocabulary_s"] for run in runs]


def totals(runs: Sequence[Run]) -> list[float]:
    """Return the seconds of scan and training, and of saving where that was measured."""
    seconds = []
    for run in runs:
        result = run["result"]
        if result.get("total_s"):
            seconds.append(result["total_s"])
        elif result.get("training_s"):
            seconds.append(result["vocabulary_s"] + result["training_s"])
    return seconds


def peaks(runs: Sequence[Run]) -> list[float]:
    """Return the peak memory of each run, in megabytes."""
    return [run["result"]["peak_rss"] / 1e6 for run in runs]
