"""Turn results into Markdown, with charts beside the page.

    python -m benchmarks.report A.json B.json --markdown page.md

Several files are read as one: a baseline may have been measured elsewhere. Disturbed
runs are counted in, and marked.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

if __package__ in (None, ""):
    # Only for `benchmarks`; this process never imports the library itself.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import charts, grid, noise, results, targets
from benchmarks.figures import (
    counted,
    labels,
    peaks,
    row_names,
    scans,
    speeds,
    totals,
    yard,
    yardstick,
)
from benchmarks.results import Results, Run
from benchmarks.tables import deviation, number, ratio, spread, table

# What systems must agree on, and how closely: subsampling is random, and gensim's
# threads read a little twice.
SAME_WORK = (
    ("vocabulary_size", "Vocabulary sizes", 0.0),
    ("effective_words", "Effective words", 0.02),
)


def report(results: Results, pictures: Sequence[tuple[str, str]] = ()) -> str:
    """Return the whole page.

    Parameters
    ----------
    results : dict
        What ``run.py --out`` writes; may be of a session that was cut short.
    pictures : sequence of (title, path)
        Charts, with paths from the page.
    """
    # A later command may have finished what an earlier one left.
    complete = results["sessions"][-1]["complete"]
    parts = [
        "# Word2vec benchmark",
        *([] if complete else ["**Cut short:** not all runs took place."]),
        setting_lines(results),
        *(f"![{title}]({path})" for title, path in pictures),
        *_section("## Targets", targets.target_table(results), targets.EXPLANATION),
        *_section(
            "## Training speed",
            speed_table(results),
            "Words/s are raw words (epochs times words of the corpus) over wall time: medians, "
            "with the range from min to max, and (max - min) / median as spread. CPU words/s "
            "divide by the processor time of all threads. Effective words are those left after "
            "subsampling. Ratios are of medians. A star marks figures with disturbed runs. Round "
            "trip: nanoseconds from one core to another and back before runs of several threads.",
        ),
        *_section(
            "## Vocabulary, memory and the whole way",
            vocabulary_table(results),
            f"x {yardstick(results)} means times as fast, and for memory times as much. Seconds "
            "in all are those of scan and training, with saving where the row says so.",
        ),
        *(f"**Mind:** {line}" for line in differences(results)),
        *_section("## Quality against gensim", grid.grid_table(results), grid.EXPLANATION),
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


def _section(title: str, body: str, explanation: str) -> list[str]:
    return [title, body, explanation] if body else []


def speed_table(results: Results) -> str:
    """Training speed by row and system, with ratios to the yardstick."""
    base = yardstick(results)
    disturbed = _disturbed(results)

    def cells(row: str, system: str) -> list[str]:
        runs, base_runs = counted(results, row, system), yard(results, row)
        wall, cpu = speeds(runs), speeds(runs, "training_cpu_s")
        effective = [
            run["result"]["effective_words"] / run["result"]["training_s"]
            for run in runs
            if run["result"].get("effective_words")
        ]
        trips = [run["round_trip_ns"] for run in runs if run.get("round_trip_ns")]
        noisy = sum(id(run) in disturbed for run in runs)
        return [
            f"{len(runs)}" + (f" ({noisy}*)" if noisy else ""),
            number(wall) + ("*" if noisy else ""),
            f"{min(wall):,.0f} to {max(wall):,.0f}" if wall else "-",
            spread(wall),
            number(cpu),
            number(effective),
            ratio(wall, speeds(base_runs)),
            ratio(cpu, speeds(base_runs, "training_cpu_s")),
            number(trips),
        ]

    head = ["runs", "words/s", "range", "spread", "CPU words/s", "effective words/s"]
    head += [f"x {base}", f"x {base} (CPU)", "round trip"]
    return _by_row(results, head, cells, trained=True)


def vocabulary_table(results: Results) -> str:
    """Vocabulary scan, seconds in all and peak memory, with ratios to the yardstick."""

    def cells(row: str, system: str) -> list[str]:
        runs, base_runs = counted(results, row, system), yard(results, row)
        return [
            number([run["result"]["vocabulary_size"] for run in runs]),
            number(scans(runs)),
            ratio(scans(runs), scans(base_runs)),
            number(totals(runs), 2),
            ratio(totals(base_runs), totals(runs)),
            number(peaks(runs)),
            ratio(peaks(runs), peaks(base_runs)),
        ]

    times = f"x {yardstick(results)}"
    head = ["words kept", "scanned words/s", times, "seconds in all", times, "peak MB", times]
    return _by_row(results, head, cells)


def differences(results: Results) -> list[str]:
    """Say where systems did not do the same work, so that their times do not compare."""
    found = []
    for row in row_names(results):
        for key, what, tolerance in SAME_WORK:
            values = {
                system: median([run["result"][key] for run in runs])
                for system in labels(results)
                if (runs := counted(results, row, system))
                and None not in [run["result"].get(key) for run in runs]
            }
            if values and max(values.values()) > (1 + tolerance) * min(values.values()):
                said = ", ".join(f"{system} {value:,.0f}" for system, value in values.items())
                found.append(f"{what} differ for {row}: {said}.")
    return found


def quality_table(results: Results) -> str:
    """Scores of each row and system, and how many questions were known."""

    def cells(row: str, system: str) -> list[str]:
        judged = [run["quality"] for run in counted(results, row, system) if run.get("quality")]
        line = [str(len(judged))]
        for name in grid.QUALITY_SETS:
            scores = [q[name]["score"] for q in judged if q[name]["score"] is not None]
            line.append(deviation(scores, 100 if name == "analogies" else 1))
        known = [f"{judged[0][name]['known']:,}" for name in grid.QUALITY_SETS] if judged else ["-"]
        return [*line, " / ".join(known)]

    return _by_row(results, ["seeds", *grid.QUALITY_SETS.values(), "known"], cells, True)


def run_table(results: Results) -> str:
    """Every run in its order, with the probe and whatever disturbed it."""
    lines = []
    reasons = _reasons(results)
    for number_, (run, disturbed) in enumerate(zip(results["runs"], reasons, strict=True), 1):
        probe, others = run.get("probe") or {}, run.get("others") or {}
        near = run.get("neighbours")
        lines.append(
            [
                str(number_),
                run["row"],
                run["system"],
                str(run["seed"]),
                _rate(run),
                " / ".join(
                    f"{probe[key] * 1000:.0f}" for key in ("compute_s", "memory_s") if key in probe
                )
                or "-",
                f"{others['cores']:.2f}" if "cores" in others else "-",
                f"{near:.0%}" if near is not None else "-",
                "; ".join([*run.get("problems", []), *disturbed]) or "-",
            ]
        )
    head = ["run", "row", "system", "seed", "words/s", "probe ms", "other cores", "neighbours"]
    return table([*head, "notes"], lines)


def _rate(run: Run) -> str:
    if not run.get("result"):
        return "failed"
    measured = scans([run]) if run["measure"] == "vocabulary" else speeds([run])
    return number(measured)


def failure_parts(runs: Iterable[Run]) -> list[str]:
    """Return a section for each run that ended in an error, with what it printed."""
    return [
        f"### Failed: {run['system']}, {run['objective']}, repetition {run['repetition'] + 1}\n\n"
        f"{run['error']}\n\n```\n{run.get('stderr') or '(nothing on stderr)'}\n```"
        for run in runs
        if run.get("error")
    ]


def setting_lines(results: Results) -> str:
    """Machine, versions, corpora, settings and command lines as a list."""
    lines = []
    plan, machines = results["plan"], []
    for session in results["sessions"]:
        machine = session["machine"]
        lines.append(
            f"Command: `{session['command']}`, {session['date']}, "
            f"harness {machine['revision'] or 'not in a repository'}"
        )
        described = _machine_line(machine)
        if described not in machines:
            machines.append(described)
    lines += machines
    lines += [
        f"Corpus: {corpus['name']}: {corpus['words']:,} words, {corpus['lines']:,} lines, "
        f"{corpus['bytes']:,} bytes, SHA-256 {corpus['sha256'][:16]}…"
        for corpus in results["corpora"]
    ]
    settings = ", ".join(f"{key}={value}" for key, value in plan["settings"].items())
    lines.append(
        f"Settings, the same for all where a row does not differ: {settings}; hierarchical "
        f"softmax with negative=0; seeds {', '.join(map(str, plan['seeds']))}"
    )
    lines += [text for row in plan["rows"] if (text := _row_line(row, plan["settings"]))]
    options = {
        f"{run['system']} runs {run['objective']} with {json.dumps(run['options'])}"
        for run in results["runs"]
        if run.get("options")
    }
    lines += sorted(options)
    for system in labels(results):
        found = {
            ", ".join(f"{key} {value}" for key, value in run["result"]["versions"].items())
            + f"; Python {run['result']['python']}"
            for run in counted(results, None, system)
        }
        lines += [f"{system}: {versions}" for versions in sorted(found)]
    return "\n".join(f"- {line}" for line in lines)


def _row_line(row: dict[str, Any], settings: dict[str, Any]) -> str:
    differing = [
        f"{key}={value}" for key, value in row["settings"].items() if settings.get(key) != value
    ]
    if row["source"] != "file":
        differing.append(f"read from {row['source']}")
    if row["measure"] != "training":
        differing.append(row["measure"])
    return f"Row {row['name']}: {row['objective']}, {', '.join(differing)}" if differing else ""


def _machine_line(machine: dict[str, Any]) -> str:
    memory = machine.get("memory_bytes")
    line = (
        f"CPU: {machine['cpu']}, {machine['cores_available']} of {machine['cores']} logical cores, "
        f"{' '.join(machine['cpu_flags'])}; caches {', '.join(machine['caches']) or 'unknown'}; "
        f"governor {machine['governor'] or 'unknown'}; memory "
        f"{f'{memory / 2**30:.1f} GiB' if memory else 'unknown'}; {machine['kernel']}, "
        f"{machine['libc']}; compiler {machine['compiler']}; CFLAGS `{machine['cflags']}` over "
        f"Python's `{machine['python_cflags']}`"
    )
    if machine["environment"]:
        pairs = (f"{key}={value}" for key, value in machine["environment"].items())
        line += f"; environment {', '.join(pairs)}"
    return line


def _by_row(
    results: Results,
    head: list[str],
    cells: Callable[[str, str], list[str]],
    trained: bool = False,
) -> str:
    """Return a table with a line for each row and each system that ran it; "" for none."""
    lines = []
    for row in row_names(results):
        runs = [run for run in results["runs"] if run["row"] == row]
        if trained and all(run["measure"] == "vocabulary" for run in runs):
            continue
        ran = {run["system"] for run in runs}
        lines += [[row, system, *cells(row, system)] for system in labels(results) if system in ran]
    return table(["row", "system", *head], lines) if lines else ""


def _reasons(results: Results) -> list[list[str]]:
    """Reasons for each run; what is usual is that of its own session."""
    reasons: dict[int, list[str]] = {}
    for number_ in range(len(results["sessions"])):
        runs = [run for run in results["runs"] if run["session"] == number_]
        reasons |= {id(r): why for r, why in zip(runs, noise.disturbances(runs), strict=True)}
    return [reasons[id(run)] for run in results["runs"]]


def _disturbed(results: Results) -> set[int]:
    return {id(run) for run, why in zip(results["runs"], _reasons(results), strict=True) if why}


def write_page(results: Results, page: Path) -> None:
    """Write the page and its charts, into a folder of the page's name beside it."""
    folder = page.with_name(page.stem + "-charts")
    drawn = charts.draw(results, folder)
    pictures = [(title, f"{folder.name}/{path.name}") for title, path in drawn]
    page.write_text(report(results, pictures), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 all good, 2 for a wrong one."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.report", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("files", nargs="+", type=Path, help="results of benchmarks.run")
    parser.add_argument("--markdown", type=Path, help="write the page here, with charts")
    options = parser.parse_args(arguments)
    try:
        merged = results.merge([results.load(path) for path in options.files])
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if options.markdown:
        write_page(merged, options.markdown)
    else:
        print(report(merged))
    return 0


if __name__ == "__main__":
    sys.exit(main())
