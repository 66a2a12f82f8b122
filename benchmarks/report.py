"""Turn the results of a session into Markdown.

Figures are medians over the runs that count; a run with a problem (see
`benchmarks.session.problems`) is listed and left out. Disturbed runs are
counted in, and marked. Ratios are ratios of medians, never medians of ratios.

    python benchmarks/report.py RESULTS.json
"""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

if __package__ in (None, ""):
    # Only for `benchmarks`; this process never imports the library itself.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import noise

YARDSTICK = "gensim"
QUALITY_SETS = {
    "analogies": "Google analogies",
    "wordsim353": "WordSim-353",
    "simlex999": "SimLex-999",
}

# What systems must agree on, and how closely: subsampling is random, and gensim's
# threads read a little twice.
SAME_WORK = (
    ("vocabulary_size", "Vocabulary sizes", 0.0),
    ("effective_words", "Effective words", 0.02),
)

Run = dict[str, Any]


def report(results: dict[str, Any]) -> str:
    """Return the whole page.

    Parameters
    ----------
    results : dict
        What ``run.py --out`` writes; may be of a session that was cut short.
    """
    parts = [
        "# Word2vec benchmark",
        *([] if results["complete"] else ["**Cut short:** not all runs took place."]),
        setting_lines(results),
        "## Training speed",
        speed_table(results),
        "Words/s are raw words (epochs times words of the corpus) over wall time: medians, with "
        "the range from min to max, and (max - min) / median as spread. CPU words/s divide by "
        "the processor time of all threads. Effective words are those left after subsampling. "
        "Ratios are of medians. A star marks figures with disturbed runs.",
        "## Vocabulary and memory",
        vocabulary_table(results),
        f"x {yardstick(results)} means times as fast, and for memory times as much.",
        *(f"**Mind:** {line}" for line in differences(results)),
    ]
    if any(run.get("quality") for run in results["runs"]):
        parts += [
            "## Quality",
            quality_table(results),
            "Mean ± standard deviation over seeds. Analogies in % of the known questions among "
            "the 30,000 most frequent words; similarities are Spearman correlations.",
        ]
    parts += ["## Runs", run_table(results), *failure_parts(results["runs"])]
    return "\n\n".join(parts) + "\n"


def counted(runs: Iterable[Run], objective: str | None, system: str) -> list[Run]:
    """Return the runs of `system` (on `objective`, or on any if None) that count."""
    return [
        run
        for run in runs
        if run["system"] == system
        and objective in (None, run["objective"])
        and run.get("result")
        and not run.get("problems")
    ]


def labels(results: dict[str, Any]) -> list[str]:
    """Return the systems' labels in the order in which they ran."""
    return [system["label"] for system in results["plan"]["systems"]]


def yardstick(results: dict[str, Any]) -> str:
    """Return the system that ratios are taken to: gensim, or else the first."""
    names = labels(results)
    return YARDSTICK if YARDSTICK in names else names[0]


def speeds(runs: Sequence[Run], corpus_words: int, epochs: int, clock: str) -> list[float]:
    """Return raw words/s of each run by ``training_s`` or ``training_cpu_s``.

    The words are those of the corpus, not those the system says it trained: what
    several threads of gensim read twice is no speed.
    """
    return [corpus_words * epochs / run["result"][clock] for run in runs if run["result"][clock]]


def speed_table(results: dict[str, Any]) -> str:
    """Training speed by objective and system, with ratios to the yardstick."""
    words, epochs = results["corpus"]["words"], results["plan"]["settings"]["epochs"]
    base = yardstick(results)
    disturbed = _disturbed(results["runs"])

    def cells(objective: str, system: str) -> list[str]:
        runs = counted(results["runs"], objective, system)
        yard = counted(results["runs"], objective, base)
        wall = speeds(runs, words, epochs, "training_s")
        cpu = speeds(runs, words, epochs, "training_cpu_s")
        effective = [
            run["result"]["effective_words"] / run["result"]["training_s"]
            for run in runs
            if run["result"].get("effective_words")
        ]
        noisy = sum(id(run) in disturbed for run in runs)
        return [
            f"{len(runs)}" + (f" ({noisy}*)" if noisy else ""),
            number(wall) + ("*" if noisy else ""),
            f"{min(wall):,.0f} to {max(wall):,.0f}" if wall else "-",
            spread(wall),
            number(cpu),
            number(effective),
            ratio(wall, speeds(yard, words, epochs, "training_s")),
            ratio(cpu, speeds(yard, words, epochs, "training_cpu_s")),
        ]

    head = ["runs", "words/s", "range", "spread", "CPU words/s", "effective words/s"]
    head += [f"x {base}", f"x {base} (CPU)"]
    return _by_objective(results, head, cells)


def vocabulary_table(results: dict[str, Any]) -> str:
    """Vocabulary scan, seconds in all and peak memory, with ratios to the yardstick."""
    words, base = results["corpus"]["words"], yardstick(results)

    def take(runs: Sequence[Run], value: Callable[[Run], float]) -> list[float]:
        return [value(run["result"]) for run in runs]

    def cells(objective: str, system: str) -> list[str]:
        runs = counted(results["runs"], objective, system)
        yard = counted(results["runs"], objective, base)
        scan, total, memory = (
            [take(side, value) for side in (runs, yard)]
            for value in (
                lambda result: words / result["vocabulary_s"],
                lambda result: result["vocabulary_s"] + result["training_s"],
                lambda result: result["peak_rss"],
            )
        )
        return [
            number([run["result"]["vocabulary_size"] for run in runs]),
            number(scan[0]),
            ratio(*scan),
            number(total[0], 2),
            ratio(total[1], total[0]),
            number([size / 1e6 for size in memory[0]]),
            ratio(*memory),
        ]

    head = ["words kept", "scanned words/s", f"x {base}", "scan + training s", f"x {base}"]
    return _by_objective(results, [*head, "peak MB", f"x {base}"], cells)


def differences(results: dict[str, Any]) -> list[str]:
    """Say where systems did not do the same work, so that their times do not compare."""
    found = []
    for objective in results["plan"]["objectives"]:
        for key, what, tolerance in SAME_WORK:
            values = {
                system: median([run["result"][key] for run in runs])
                for system in labels(results)
                if (runs := counted(results["runs"], objective, system))
                and None not in [run["result"][key] for run in runs]
            }
            if values and max(values.values()) > (1 + tolerance) * min(values.values()):
                said = ", ".join(f"{system} {value:,.0f}" for system, value in values.items())
                found.append(f"{what} differ for {objective}: {said}.")
    return found


def quality_table(results: dict[str, Any]) -> str:
    """Scores of each objective and system, and how many questions were known."""

    def cells(objective: str, system: str) -> list[str]:
        judged = [
            run["quality"]
            for run in counted(results["runs"], objective, system)
            if run.get("quality")
        ]
        row = [str(len(judged))]
        for name in QUALITY_SETS:
            scores = [q[name]["score"] for q in judged if q[name]["score"] is not None]
            row.append(deviation(scores, 100 if name == "analogies" else 1))
        known = [f"{judged[0][name]['known']:,}" for name in QUALITY_SETS] if judged else ["-"]
        return [*row, " / ".join(known)]

    return _by_objective(results, ["seeds", *QUALITY_SETS.values(), "known"], cells)


def run_table(results: dict[str, Any]) -> str:
    """Every run in its order, with the probe and whatever disturbed it."""
    words, epochs = results["corpus"]["words"], results["plan"]["settings"]["epochs"]
    rows = []
    reasons = noise.disturbances(results["runs"])
    for number_, (run, disturbed) in enumerate(zip(results["runs"], reasons, strict=True), 1):
        probe, others = run.get("probe") or {}, run.get("others") or {}
        result = run.get("result")
        rate = f"{words * epochs / result['training_s']:,.0f}" if result else "failed"
        notes = [*run.get("problems", []), *disturbed]
        rows.append(
            [
                str(number_),
                run["objective"],
                run["system"],
                str(run["seed"]),
                rate,
                " / ".join(
                    f"{probe[key] * 1000:.0f}" for key in ("compute_s", "memory_s") if key in probe
                )
                or "-",
                f"{others['cores']:.2f}" if "cores" in others else "-",
                "; ".join(notes) or "-",
            ]
        )
    head = ["run", "objective", "system", "seed", "words/s", "probe ms", "other cores", "notes"]
    return table(head, rows)


def failure_parts(runs: Iterable[Run]) -> list[str]:
    """Return a section for each run that ended in an error, with what it printed."""
    return [
        f"### Failed: {run['system']}, {run['objective']}, repetition {run['repetition'] + 1}\n\n"
        f"{run['error']}\n\n```\n{run.get('stderr') or '(nothing on stderr)'}\n```"
        for run in runs
        if run.get("error")
    ]


def setting_lines(results: dict[str, Any]) -> str:
    """Machine, versions, corpus, settings and command line as a list."""
    machine, corpus, plan = results["machine"], results["corpus"], results["plan"]
    memory = machine.get("memory_bytes")
    lines = [
        f"Command: `{results['command']}`",
        f"Date: {results['date']}",
        f"CPU: {machine['cpu']}, {machine['cores_available']} of {machine['cores']} logical cores, "
        f"{' '.join(machine['cpu_flags'])}; caches {', '.join(machine['caches']) or 'unknown'}; "
        f"governor {machine['governor'] or 'unknown'}",
        f"Memory: {memory / 2**30:.1f} GiB" if memory else "Memory: unknown",
        f"System: {machine['kernel']}, {machine['libc']}; compiler {machine['compiler']}; "
        f"CFLAGS `{machine['cflags']}` over Python's `{machine['python_cflags']}`; "
        f"harness {machine['revision'] or 'not in a repository'}",
        f"Corpus: {corpus['name']}: {corpus['words']:,} words, {corpus['lines']:,} lines, "
        f"{corpus['bytes']:,} bytes, SHA-256 {corpus['sha256'][:16]}…; read as {plan['source']}",
        "Settings, the same for all: "
        + ", ".join(f"{key}={value}" for key, value in plan["settings"].items())
        + "; hierarchical softmax with negative=0; seeds "
        + ", ".join(map(str, plan["seeds"])),
    ]
    if machine["environment"]:
        pairs = (f"{key}={value}" for key, value in machine["environment"].items())
        lines.append(f"Environment: {', '.join(pairs)}")
    lines += [
        f"{system} runs {objective} with {json.dumps(options)}"
        for objective, by_system in plan["options"].items()
        for system, options in by_system.items()
    ]
    for system in labels(results):
        found = counted(results["runs"], None, system)
        if found:
            result = found[0]["result"]
            versions = ", ".join(f"{key} {value}" for key, value in result["versions"].items())
            lines.append(f"{system}: {versions}; Python {result['python']}")
    return "\n".join(f"- {line}" for line in lines)


def _by_objective(
    results: dict[str, Any], head: list[str], cells: Callable[[str, str], list[str]]
) -> str:
    rows = [
        [objective, system, *cells(objective, system)]
        for objective in results["plan"]["objectives"]
        for system in labels(results)
    ]
    return table(["objective", "system", *head], rows)


def _disturbed(runs: list[Run]) -> set[int]:
    return {id(run) for run, why in zip(runs, noise.disturbances(runs), strict=True) if why}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned Markdown table; columns of figures are set right."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    columns = list(zip(*cells, strict=True))
    widths = [max(3, *map(len, column)) for column in columns]
    figures = [all(c[:1] in "-0123456789" for c in column[1:]) for column in columns]
    rule = ["-" * (w - r) + ":" * r for w, r in zip(widths, figures, strict=True)]
    text = [
        [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, figures, strict=True)]
        for row in cells
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in [text[0], rule, *text[1:]])


def number(values: Sequence[float], digits: int = 0) -> str:
    """Return the median with separators, or a dash for nothing."""
    return f"{median(values):,.{digits}f}" if values else "-"


def spread(values: Sequence[float]) -> str:
    """Return (max - min) / median in per cent; a dash for fewer than two."""
    return f"{(max(values) - min(values)) / median(values):.0%}" if len(values) > 1 else "-"


def ratio(values: Sequence[float], yard: Sequence[float]) -> str:
    """Return the ratio of the medians; a dash where one is missing."""
    return f"{median(values) / median(yard):.2f}" if values and yard else "-"


def deviation(values: Sequence[float], scale: float = 1) -> str:
    """Return mean ± standard deviation (of the sample), `scale` 100 for per cent."""
    if not values:
        return "-"
    digits = 1 if scale == 100 else 3
    text = f"{mean(values) * scale:.{digits}f}"
    return text + (f" ± {stdev(values) * scale:.{digits}f}" if len(values) > 1 else "")


if __name__ == "__main__":
    print(report(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
