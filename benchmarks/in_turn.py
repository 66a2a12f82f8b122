"""Time the steps of two libraries in fresh processes that take turns.

A script gives the names of its steps and a function that takes them in one process; it
is called again with ``--run SYSTEM`` for each run. Figures are medians over the runs,
ratios are ratios of medians.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

SYSTEMS = ("ours", "gensim")

Runs = dict[str, list[dict[str, Any]]]


def run_in_turn(script: Path, arguments: Iterable[str], repeat: int) -> Runs:
    """Run ``script --run SYSTEM ARGUMENTS`` for each system in turn, `repeat` times."""
    runs: Runs = {system: [] for system in SYSTEMS}
    for _ in range(repeat):
        for system in SYSTEMS:
            command = [sys.executable, "-P", str(script), "--run", system, *arguments]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            runs[system].append(json.loads(done.stdout))
    return runs


def print_table(runs: Runs, labels: Mapping[str, str] | None = None) -> None:
    """Print the medians of ``run["seconds"]`` and their ratios; `labels` rename steps."""
    print(f"{'':38}{'ours, s':>10}{'gensim, s':>11}{'ratio':>8}   range of ratios")
    for step in runs["ours"][0]["seconds"]:
        ours, theirs = ([one["seconds"][step] for one in runs[name]] for name in SYSTEMS)
        ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
        print(
            f"{(labels or {}).get(step, step):38}{median(ours):10.4f}{median(theirs):11.4f}"
            f"{median(theirs) / median(ours):8.1f}   {min(ratios):.1f} to {max(ratios):.1f}"
        )


def results_agree(runs: Runs) -> bool:
    """Whether all runs of all systems have the same ``run["result"]``; prints those that differ."""
    results = {json.dumps(one["result"]) for system in SYSTEMS for one in runs[system]}
    if len(results) > 1:
        print("the results differ:", *sorted(results), sep="\n")
    return len(results) == 1


def import_vectors(system: str) -> Any:
    """Return the KeyedVectors of a system."""
    if system == "gensim":
        from gensim.models import KeyedVectors
    else:
        from word2vec import KeyedVectors
    return KeyedVectors


def random_vectors(system: str, rows: int, size: int) -> Any:
    """Return a KeyedVectors of normal numbers, with the keys "w0", "w1", ..."""
    import numpy as np

    vectors = import_vectors(system)(size)
    numbers = np.random.default_rng(1).standard_normal((rows, size)).astype(np.float32)
    vectors.add_vectors([f"w{row}" for row in range(rows)], numbers)
    return vectors
