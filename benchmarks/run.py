"""Compare word2vec trainers on this machine, each run in a fresh process.

    python -m benchmarks.run --corpus FILE --systems ours,gensim --out results.json
    python -m benchmarks.run --corpus FILE --plan table --out table.json --markdown table.md

benchmarks/README.md describes what is measured and how to read it. This process
never imports a trainer: it must not matter from which folder it is started.
"""

import argparse
import contextlib
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

if __package__ in (None, ""):
    # Only for `benchmarks`; nothing here imports the library from the sources.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import corpus, machine, noise, quality, report, results, roof, session
from benchmarks.plans import PLANS
from benchmarks.rows import MEASURES, OBJECTIVES, SOURCES, Row, cross
from benchmarks.systems import System, parse_systems

QUICK_WORDS = 2_000_000  # seconds a run with gensim, yet a real vocabulary
FULL_WORDS = 17_000_000  # generated when there is no corpus: the size of the usual one
GENERATED_SEED = 1
# Options that are keyword arguments of every Word2Vec, under the same names.
SETTINGS = (
    *("vector_size", "window", "negative", "sample", "min_count"),
    *("alpha", "min_alpha", "epochs", "workers"),
)
# Those of which several may be given: every combination is a row.
VARIED = ("workers", "epochs", "vector_size", "window", "negative", "min_count")
DEFAULT_OBJECTIVES = "sg-ns,cbow-ns,sg-hs,cbow-hs"


def numbers(text: str) -> list[int]:
    """Read integers such as ``1,2,4``."""
    return [int(part) for part in text.split(",")]


numbers.__name__ = "list of integers"  # for argparse's message


def names(text: str) -> list[str]:
    """Read names such as ``sg-ns,cbow-ns``."""
    return list(filter(None, map(str.strip, text.split(","))))


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong values end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.run",
        description=(__doc__ or "").split("\n", 1)[0],
        epilog="Options with (,) take several values, such as --workers 1,2,4: "
        "every combination is a row of its own.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--corpus", type=Path, help="text, a sentence a line; .xz, .gz, .bz2 too; else generated")
    add("--words", type=numbers, help="use only the first WORDS words, or generate so many (,)")
    add(
        "--systems",
        default="ours,gensim",
        help="NAME or NAME=PATH: the python of its environment, a native tool, or a driver "
        "file of your own; ours:scalar for an instruction set",
    )
    add("--plan", choices=list(PLANS), help="rows that belong together, instead of objectives")
    add("--rows", help="only these rows of the plan, such as sg-ns,from-file")
    add("--objectives", help=f"{', '.join(OBJECTIVES)}; {DEFAULT_OBJECTIVES} if not given")
    add("--source", type=names, default="file", help=f"corpus as {', '.join(SOURCES)} (,)")
    add("--measure", choices=MEASURES, default="training", help="what is timed")
    add("--workers", type=numbers, default="1", help="training threads (,)")
    add("--epochs", type=numbers, default="1", help="(,)")
    add("--repeat", type=int, help="runs of each kind; 5, or 3 with --quick", default=None)
    add("--quick", action="store_true", help=f"at most {QUICK_WORDS:,} words, and 3 runs")
    add("--quality", action="store_true", help="judge the vectors of each seed")
    add("--seeds", default="1", help="one a repetition, in turn, such as 1,2,3")
    add("--sets", type=Path, help="folder of the evaluation sets; else gensim's test data")
    add("--vector-size", type=numbers, default="100", help="(,)")
    add("--window", type=numbers, default="5", help="(,)")
    add("--negative", type=numbers, default="5", help="noise words, where any are drawn (,)")
    add("--sample", type=float, default=1e-3)
    add("--min-count", type=numbers, default="5", help="(,)")
    add("--alpha", type=float, default=0.025)
    add("--min-alpha", type=float, default=0.0001)
    add("--timeout", type=float, default=3600, help="seconds after which a run is killed")
    add("--no-probe", action="store_true", help="leave out the noise probe")
    add("--out", type=Path, help="results as JSON, written after every run; goes on with a file")
    add("--markdown", type=Path, help="write the page here, with charts beside it")
    options = parser.parse_args(arguments)
    try:
        options.plan_name, options.plan = options.plan, make_plan(options)
    except ValueError as error:
        parser.error(str(error))
    if options.corpus is not None and not options.corpus.is_file():
        parser.error(f"--corpus {options.corpus}: no such file")
    return options


def make_plan(options: argparse.Namespace) -> session.Plan:
    """Turn options into a plan.

    Raises
    ------
    ValueError
        If a name is unknown or a number is out of range.
    """
    try:
        seeds = tuple(map(int, options.seeds.split(",")))
    except ValueError:
        raise ValueError(f"--seeds {options.seeds!r}: give integers such as 1,2,3") from None
    repeat = options.repeat if options.repeat is not None else 3 if options.quick else 5
    for name, least in (("workers", 1), ("epochs", 1), ("words", 1), ("vector_size", 1)):
        for value in getattr(options, name) or ():
            if value < least:
                flag = name.replace("_", "-")
                raise ValueError(f"--{flag} {value}: it must be at least {least}")
    if repeat < 1:
        raise ValueError(f"--repeat {repeat}: it must be at least 1")
    for source in options.source:
        if source not in SOURCES:
            raise ValueError(f"--source: {source!r} is unknown; known are {', '.join(SOURCES)}")
    rows = plan_rows(options) if options.plan else free_rows(options)
    judged = options.quality or options.plan == "quality"
    return session.Plan(
        systems=tuple(parse_systems(options.systems)),
        rows=tuple(shorter(row, QUICK_WORDS) for row in rows) if options.quick else rows,
        settings={
            name: getattr(options, name)[0] if name in VARIED else getattr(options, name)
            for name in SETTINGS
        },
        seeds=seeds,
        # Quality needs a run with each seed.
        repeat=max(repeat, len(seeds)) if judged else repeat,
        quality=judged,
        timeout=options.timeout,
    )


def plan_rows(options: argparse.Namespace) -> tuple[Row, ...]:
    """Return the rows of a named plan, those that were chosen."""
    if options.objectives:
        raise ValueError("--objectives: a plan has its own; choose among its rows with --rows")
    for name in (*VARIED, "words", "source"):
        if len(getattr(options, name) or ()) > 1:
            flag = name.replace("_", "-")
            raise ValueError(f"--{flag}: give one value with --plan, whose rows may differ")
    rows = {row.name: row for row in PLANS[options.plan]}
    chosen = names(options.rows) if options.rows else list(rows)
    for name in chosen:
        if name not in rows:
            known = ", ".join(rows)
            raise ValueError(f"--rows: {name!r} is no row of {options.plan}; it has {known}")
    if not options.words:
        return tuple(rows[name] for name in chosen)
    return tuple(shorter(rows[name], options.words[0]) for name in chosen)


def free_rows(options: argparse.Namespace) -> tuple[Row, ...]:
    """Return a row for each objective and combination of settings."""
    if options.rows:
        raise ValueError("--rows chooses rows of a plan: give --plan too")
    objectives = names(DEFAULT_OBJECTIVES if options.objectives is None else options.objectives)
    for name in objectives:
        if name not in OBJECTIVES:
            known = ", ".join(OBJECTIVES)
            raise ValueError(f"--objectives: {name!r} is unknown; known are {known}")
    if not objectives:
        raise ValueError(f"--objectives names none; known are {', '.join(OBJECTIVES)}")
    choices = {name: getattr(options, name) for name in VARIED}
    choices |= {
        "words": options.words or [None],
        "source": options.source,
        "measure": [options.measure],
    }
    return cross(objectives, choices)


def shorter(row: Row, words: int) -> Row:
    """Return `row` with at most so many words."""
    return Row(**{**row.__dict__, "words": min(row.words or words, words)})


def prepare_corpora(
    options: argparse.Namespace, folder: Path
) -> tuple[dict[int | None, session.Corpus], list[dict[str, Any]]]:
    """Return the text for each number of words in the plan, and the texts' measures.

    Raises
    ------
    RuntimeError
        If no corpus was given and none can be generated.
    """
    sizes = dict.fromkeys(row.words for row in options.plan.rows)
    if options.corpus is None:
        source, stem = folder / "generated.txt", f"generated, seed {GENERATED_SEED}"
        largest = max(words or FULL_WORDS for words in sizes)
        generate_corpus(source, largest, options.plan.systems)
    else:
        source, stem = options.corpus.resolve(), options.corpus.name
    corpora, measures = {}, []
    for words in sizes:
        path = corpus.prepare(source, folder, words)
        name = stem + (f" (first {words:,} words)" if words else "")
        measures.append({"name": name, **corpus.measure(path)})
        corpora[words] = session.Corpus(path, measures[-1]["words"], measures[-1]["sha256"])
    return corpora, measures


def generate_corpus(path: Path, n_words: int, systems: Sequence[System]) -> None:
    """Generate a corpus in a process of its own, with the environment of `ours`.

    Raises
    ------
    RuntimeError
        If the library is not installed there.
    """
    python = next((s.interpreter for s in systems if s.name == "ours"), sys.executable)
    script = Path(corpus.__file__).resolve()
    done = subprocess.run(
        [python, "-P", str(script), str(path), str(n_words), str(GENERATED_SEED)],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        raise RuntimeError(f"no corpus can be generated ({last}); name one with --corpus")


def find_judge(options: argparse.Namespace) -> session.Judge:
    """Return the judge of vectors files, with evaluation sets where quality is asked for.

    Raises
    ------
    FileNotFoundError
        If the evaluation sets are missing.
    """
    if not options.plan.quality:
        return session.Judge(quality.neighbours)
    sets = quality.find_sets(options.sets)
    return session.Judge(quality.neighbours, lambda path: quality.evaluate(path, sets))


def describe_plan(plan: session.Plan, name: str | None) -> dict[str, Any]:
    """Return the plan as the results file holds it."""
    return {
        "name": name,
        "systems": [asdict(system) for system in plan.systems],
        "rows": [
            {**asdict(row), "only": list(row.only), "simd": list(row.simd)} for row in plan.rows
        ],
        "settings": plan.settings,
        "seeds": list(plan.seeds),
    }


def begin(
    options: argparse.Namespace, command: str, measures: list[dict[str, Any]]
) -> results.Results:
    """Return the results so far of ``--out``, or new ones, with a session for this command.

    Raises
    ------
    ValueError
        If the file's runs were made with other settings or another text.
    """
    plan = describe_plan(options.plan, options.plan_name)
    this = {
        "command": command,
        "date": time.strftime("%Y-%m-%d %H:%M %Z"),
        "complete": False,
        "machine": machine.describe(),
    }
    if options.out is None or not options.out.exists():
        return {
            "format": results.FORMAT,
            "sessions": [this],
            "plan": plan,
            "corpora": measures,
            "runs": [],
        }
    found = results.load(options.out)
    try:
        results.check_same(found, plan, measures)
    except ValueError as error:
        raise ValueError(f"--out {options.out}: {error}; name another file") from None
    results.drop_failed(found, [row["name"] for row in plan["rows"]])
    results.extend(found, plan, measures)
    found["sessions"].append(this)
    return found


def run(options: argparse.Namespace, command: str) -> tuple[results.Results, int]:
    """Run the plan; return the results so far and the exit status."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="w2v-bench-")))
        judge = find_judge(options)
        corpora, measures = prepare_corpora(options, folder)
        found = begin(options, command, measures)
        print(report.setting_lines(found), file=sys.stderr)
        plan, done = options.plan, results.done(found)
        waiting = [
            (repetition, row, system)
            for repetition, row, system in plan.runs()
            if (row.name, system.label, repetition) not in done
        ]
        probe = None if options.no_probe else noise.Probe()
        several = any({**plan.settings, **r.settings}["workers"] > 1 for _, r, _ in waiting)
        trips = stack.enter_context(roof.Roof()).round_trip if probe and several else None
        try:
            records = session.run_session(
                plan, corpora, done=done, judge=judge, probe=probe, round_trip=trips
            )
            for number, record in enumerate(records, 1):
                found["runs"].append({**record, "session": len(found["sessions"]) - 1})
                print(progress_line(record, number, len(waiting)), file=sys.stderr)
                save(found, options.out)
        except KeyboardInterrupt:
            print("interrupted: reporting what has run", file=sys.stderr)
            return found, 130
        found["sessions"][-1]["complete"] = True
        save(found, options.out)
    return found, 0 if all(map(results.counts, found["runs"])) else 1


def progress_line(record: dict[str, Any], number: int, total: int) -> str:
    """Return one line about a run that has just ended."""
    head = f"[{number}/{total}] {record['row']:<20} {record['system']:<12} "
    if "error" in record:
        last = record["stderr"].splitlines()[-1:]
        return head + ": ".join(["FAILED", record["error"], *last])
    result = record["result"]
    line = head
    if result.get("training_s"):
        words = record["corpus_words"] * record["settings"]["epochs"]
        line += f"{words / result['training_s']:>12,.0f} words/s, "
    line += f"vocabulary {result['vocabulary_s']:.2f} s, {result['peak_rss'] / 1e6:,.0f} MB"
    if record.get("quality"):
        line += ", " + ", ".join(
            f"{name} {scores['score']:.3f}" if scores["score"] is not None else f"{name} -"
            for name, scores in record["quality"].items()
        )
    return line + "".join(f"; NOT COUNTED: {problem}" for problem in record["problems"])


def save(found: results.Results, path: Path | None) -> None:
    """Write the results if a file was named."""
    if path is not None:
        results.save(found, path)


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    # As Ctrl-C does: the running child is killed and temporary files go.
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 all good, 1 a run failed, 2 usage, 130 interrupted."""
    options = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    given = sys.argv[1:] if arguments is None else arguments
    command = shlex.join(["python", "-m", "benchmarks.run", *given])
    try:
        found, status = run(options, command)
        if options.markdown:
            report.write_page(found, options.markdown)
    except (OSError, RuntimeError, ValueError) as error:
        print(f"benchmarks.run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(report.report(found))
    return status


if __name__ == "__main__":
    sys.exit(main())
