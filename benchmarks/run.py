"""Compare word2vec trainers on this machine, each run in a fresh process.

    python benchmarks/run.py --corpus FILE --systems ours,gensim --out results.json

benchmarks/README.md describes what is measured and how to read it. This process
never imports a trainer: it must not matter from which folder it is started.
"""

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

if __package__ in (None, ""):
    # Only for `benchmarks`; nothing here imports the library from the sources.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import corpus, machine, noise, quality, report, session
from benchmarks.systems import System, parse_systems

QUICK_WORDS = 2_000_000  # seconds a run with gensim, yet a real vocabulary
FULL_WORDS = 17_000_000  # generated when there is no corpus: the size of the usual one
GENERATED_SEED = 1
# Options that are keyword arguments of every Word2Vec, under the same names.
SETTINGS = (
    *("vector_size", "window", "negative", "sample", "min_count"),
    *("alpha", "min_alpha", "epochs", "workers"),
)


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong values end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/run.py",
        description=(__doc__ or "").split("\n", 1)[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--corpus", type=Path, help="text, a sentence a line; .xz, .gz, .bz2 too; else generated")
    add("--words", type=int, help="use only the first WORDS words, or generate so many")
    add(
        "--systems",
        default="ours,gensim",
        help="NAME or NAME=PATH: the python of its environment, or a driver file of your own",
    )
    add("--objectives", default="sg-ns,cbow-ns,sg-hs,cbow-hs", help=", ".join(session.OBJECTIVES))
    add("--source", choices=["file", "line-sentence", "list"], default="file", help="corpus as")
    add("--workers", type=int, default=1, help="training threads")
    add("--epochs", type=int, default=1)
    add("--repeat", type=int, help="runs of each kind; 5, or 3 with --quick", default=None)
    add("--quick", action="store_true", help=f"{QUICK_WORDS:,} words and 3 runs")
    add("--quality", action="store_true", help="judge the vectors of each seed")
    add("--seeds", default="1", help="one a repetition, in turn, such as 1,2,3")
    add("--sets", type=Path, help="folder of the evaluation sets; else gensim's test data")
    add("--vector-size", type=int, default=100)
    add("--window", type=int, default=5)
    add("--negative", type=int, default=5, help="noise words, where the objective draws any")
    add("--sample", type=float, default=1e-3)
    add("--min-count", type=int, default=5)
    add("--alpha", type=float, default=0.025)
    add("--min-alpha", type=float, default=0.0001)
    add("--timeout", type=float, default=3600, help="seconds after which a run is killed")
    add("--no-probe", action="store_true", help="leave out the noise probe")
    add("--out", type=Path, help="write all results as JSON, after every run")
    options = parser.parse_args(arguments)
    try:
        options.plan = make_plan(options)
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
    objectives = tuple(filter(None, map(str.strip, options.objectives.split(","))))
    for name in objectives:
        if name not in session.OBJECTIVES:
            known = ", ".join(session.OBJECTIVES)
            raise ValueError(f"--objectives: {name!r} is unknown; known are {known}")
    try:
        seeds = tuple(map(int, options.seeds.split(",")))
    except ValueError:
        raise ValueError(f"--seeds {options.seeds!r}: give integers such as 1,2,3") from None
    repeat = options.repeat if options.repeat is not None else 3 if options.quick else 5
    for name, value in (
        ("workers", options.workers),
        ("epochs", options.epochs),
        ("repeat", repeat),
    ):
        if value < 1:
            raise ValueError(f"--{name} {value}: it must be at least 1")
    if not objectives or (options.words is not None and options.words < 1):
        raise ValueError(
            "--objectives names none" if not objectives else "--words must be positive"
        )
    return session.Plan(
        systems=tuple(parse_systems(options.systems)),
        objectives=objectives,
        settings={name: getattr(options, name) for name in SETTINGS},
        seeds=seeds,
        # Quality needs a run with each seed.
        repeat=max(repeat, len(seeds)) if options.quality else repeat,
        source=options.source,
        quality=options.quality,
        timeout=options.timeout,
    )


def prepare_corpus(options: argparse.Namespace, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return a plain corpus file, and its name and measures.

    Raises
    ------
    RuntimeError
        If none was given and none can be generated.
    """
    words = options.words or (QUICK_WORDS if options.quick else None)
    if options.corpus is not None:
        path = corpus.prepare(options.corpus.resolve(), folder, words)
        name = options.corpus.name + (f" (first {words:,} words)" if words else "")
    else:
        path, name = folder / "generated.txt", f"generated, seed {GENERATED_SEED}"
        generate_corpus(path, words or FULL_WORDS, options.plan.systems)
    return path, {"name": name, **corpus.measure(path)}


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


def find_judge(options: argparse.Namespace) -> Callable[[str], dict[str, Any]] | None:
    """Return the judge of vectors files, or None where quality is not asked for.

    Raises
    ------
    FileNotFoundError
        If the evaluation sets are missing.
    """
    if not options.quality:
        return None
    sets = quality.find_sets(options.sets)
    return lambda path: quality.evaluate(path, sets)


def run(options: argparse.Namespace, command: str) -> tuple[dict[str, Any], int]:
    """Run the plan; return the results so far and the exit status."""
    with tempfile.TemporaryDirectory(prefix="w2v-bench-") as folder:
        judge = find_judge(options)
        path, measures = prepare_corpus(options, Path(folder))
        plan = options.plan
        results: dict[str, Any] = {
            "command": command,
            "date": time.strftime("%Y-%m-%d %H:%M %Z"),
            "complete": False,
            "machine": machine.describe(),
            "plan": session.describe_plan(plan),
            "corpus": measures,
            "runs": [],
        }
        print(report.setting_lines(results), file=sys.stderr)
        total = sum(1 for _ in plan.runs())
        probe = None if options.no_probe else noise.Probe()
        try:
            records = session.run_session(plan, path, measures["words"], judge=judge, probe=probe)
            for record in records:
                results["runs"].append(record)
                print(progress_line(record, len(results["runs"]), total, results), file=sys.stderr)
                save(results, options.out)
        except KeyboardInterrupt:
            print("interrupted: reporting what has run", file=sys.stderr)
            return results, 130
        results["complete"] = True
        save(results, options.out)
    bad = any(record.get("error") or record.get("problems") for record in results["runs"])
    return results, 1 if bad else 0


def progress_line(record: dict[str, Any], number: int, total: int, results: dict[str, Any]) -> str:
    """Return one line about a run that has just ended."""
    head = f"[{number}/{total}] {record['objective']:<12} {record['system']:<12} "
    if "error" in record:
        last = record["stderr"].splitlines()[-1:]
        return head + ": ".join(["FAILED", record["error"], *last])
    result = record["result"]
    words = results["corpus"]["words"] * results["plan"]["settings"]["epochs"]
    line = f"{head}{words / result['training_s']:>12,.0f} words/s, "
    line += f"vocabulary {result['vocabulary_s']:.2f} s, {result['peak_rss'] / 1e6:,.0f} MB"
    if record.get("quality"):
        line += ", " + ", ".join(
            f"{name} {scores['score']:.3f}" if scores["score"] is not None else f"{name} -"
            for name, scores in record["quality"].items()
        )
    return line + "".join(f"; NOT COUNTED: {problem}" for problem in record["problems"])


def save(results: dict[str, Any], path: Path | None) -> None:
    """Write the results as a whole or not at all."""
    if path is None:
        return
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    # As Ctrl-C does: the running child is killed and temporary files go.
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 all good, 1 a run failed, 2 usage, 130 interrupted."""
    options = parse_arguments(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    command = shlex.join(["benchmarks/run.py", *(sys.argv[1:] if arguments is None else arguments)])
    try:
        results, status = run(options, command)
    except (OSError, RuntimeError) as error:
        print(f"benchmarks/run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(report.report(results))
    return status


if __name__ == "__main__":
    sys.exit(main())
