"""The table of targets: measured ratios beside those that are wanted."""

from statistics import median

from benchmarks.figures import counted, peaks, scans, speeds, totals
from benchmarks.plans import TABLE_TARGETS, Target
from benchmarks.results import Results, Run
from benchmarks.tables import number, table

# The figure of a metric, and how it is written.
UNITS = {"speed": "words/s", "scan": "words/s", "total": "s", "memory": "MB"}
DIGITS = {"total": 2}
EXPLANATION = (
    "Ratios of medians. Speed with one thread is words over processor time, which a busy "
    "neighbour disturbs least; with more threads, and from end to end, it is wall time. For "
    "memory less is better: at most as much as wanted. A dash: not measured."
)


def values(runs: list[Run], metric: str) -> list[float]:
    """Return the figure of each run."""
    if metric == "speed":
        one = all(run["workers"] == 1 for run in runs)
        return speeds(runs, "training_cpu_s" if one else "training_s")
    return {"scan": scans, "total": totals, "memory": peaks}[metric](runs)


def reached(target: Target, results: Results) -> float | None:
    """Return the measured ratio, or None where one side has not run."""
    own, base = sides(target, results)
    if not own or not base:
        return None
    better = median(own) / median(base)
    return 1 / better if target.metric == "total" else better


def sides(target: Target, results: Results) -> tuple[list[float], list[float]]:
    """Return the figures of the two sides of a target."""
    own = counted(results, target.row, target.system)
    base = counted(results, target.base_row or target.row, target.base_system)
    if target.metric == "speed" and any(run["workers"] > 1 for run in own + base):
        # Both sides by one clock.
        return speeds(own), speeds(base)
    return values(own, target.metric), values(base, target.metric)


def verdict(target: Target, ratio: float | None) -> str:
    """Return "goal", "must" or "missed", or a dash for no ratio."""
    if ratio is None:
        return "-"
    less_is_better = target.metric == "memory"
    for name, wanted in (("goal", target.goal), ("must", target.must)):
        if ratio <= wanted if less_is_better else ratio >= wanted:
            return name
    return "**missed**"


def target_table(results: Results) -> str:
    """Return the table of all targets of which one side has run; "" if there is none."""
    lines = []
    for target in TABLE_TARGETS:
        own, base = sides(target, results)
        if not own and not base:
            continue
        ratio = reached(target, results)
        lines.append(
            [
                target.title,
                _figure(own, target.metric),
                _figure(base, target.metric),
                f"{len(own)} / {len(base)}",
                f"{ratio:.2f}" if ratio is not None else "-",
                f"{target.must:g}",
                f"{target.goal:g}",
                verdict(target, ratio),
            ]
        )
    head = ["target", "ours", "against", "runs", "ratio", "must", "goal", "reached"]
    return table(head, lines) if lines else ""


def _figure(values: list[float], metric: str) -> str:
    return f"{number(values, DIGITS.get(metric, 0))} {UNITS[metric]}" if values else "-"
