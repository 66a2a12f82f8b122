"""Compare queries to word vectors with gensim's on this machine.

    python benchmarks/queries.py --rows 200000 --size 100 --repeat 5

Each run is a process of its own with the same random vectors; the systems take turns.
A figure is the wall time of one call, the median of several within a run; the first
call, which computes what is kept for later ones, is timed apart. gensim answers a
batch one by one. The exit status is 1 if the answers differ.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

if __package__ in (None, ""):
    # Last, so that the sources do not shadow the installed library.
    sys.path.append(str(Path(__file__).resolve().parents[1]))
from benchmarks import in_turn

BATCH = 1000
QUESTIONS = 1000


def run(system: str, rows: int, size: int) -> dict[str, Any]:
    """Time each kind of query, in this process.

    Returns
    -------
    dict
        ``seconds`` of one call of each kind and ``result``, equal for equal answers.
    """
    vectors = in_turn.random_vectors(system, rows, size)
    batch = [f"w{row % rows}" for row in range(rows // 3, rows // 3 + BATCH)]
    many = getattr(vectors, "most_similar_batch", None) or (
        lambda keys: [vectors.most_similar(key) for key in keys]
    )
    third = rows // 3
    seconds, answers = {}, {}

    def measure(name: str, calls: int, ask: Callable[[], Any]) -> None:
        times = []
        for _ in range(calls):
            start = time.perf_counter()
            answers[name] = ask()
            times.append(time.perf_counter() - start)
        seconds[name] = median(times)

    with tempfile.TemporaryDirectory() as folder:
        questions = Path(folder) / "questions.txt"
        lines = (" ".join(f"w{(4 * row + k) % rows}" for k in range(4)) for row in range(QUESTIONS))
        questions.write_text(": random\n" + "\n".join(lines) + "\n", encoding="utf-8")
        measure("most_similar, first call", 1, lambda: vectors.most_similar("w7"))
        measure("most_similar, next 5 calls", 5, lambda: vectors.most_similar("w8"))
        measure("most_similar", 20, lambda: vectors.most_similar("w7"))
        measure(
            "most_similar(restrict_vocab=rows/3)",
            20,
            lambda: vectors.most_similar("w7", restrict_vocab=third),
        )
        measure(
            "most_similar(clip_start=rows/3)",
            20,
            lambda: vectors.most_similar("w7", clip_start=third),
        )
        measure(f"{BATCH} keys in one batch", 1, lambda: many(batch))
        measure("doesnt_match, 5 keys", 50, lambda: vectors.doesnt_match(batch[:5]))
        measure("distances", 5, lambda: vectors.distances("w7")[:10].tolist())
        measure(
            f"evaluate_word_analogies, {QUESTIONS}",
            1,
            lambda: vectors.evaluate_word_analogies(str(questions), restrict_vocab=third)[0],
        )
    found = [key for name in list(answers)[2:5] for key, _ in answers[name]]
    found += [key for answer in answers[f"{BATCH} keys in one batch"] for key, _ in answer]
    return {"seconds": seconds, "result": found}


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong values end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/queries.py", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--rows", type=int, default=200_000, help="vectors")
    parser.add_argument("--size", type=int, default=100, help="dimensions")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each system")
    parser.add_argument("--run", choices=in_turn.SYSTEMS, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.rows < 100 or options.size < 1 or options.repeat < 1:
        parser.error("--rows must be at least 100, --size and --repeat at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_arguments(arguments)
    if options.run:
        print(json.dumps(run(options.run, options.rows, options.size)))
        return 0
    given = ["--rows", str(options.rows), "--size", str(options.size)]
    runs = in_turn.run_in_turn(Path(__file__), given, options.repeat)
    in_turn.print_table(runs)
    return 0 if in_turn.results_agree(runs) else 1


if __name__ == "__main__":
    sys.exit(main())
