"""Compare writing and reading word2vec's text and binary files with gensim's.

    python benchmarks/vector_files.py --rows 200000 --size 100 --repeat 5

Each run is a process of its own with the same random vectors; the systems take turns.
Figures are wall seconds. Both read back what they wrote; the exit status is 1 if the
vectors that come back differ between the systems.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    # Last, so that the sources do not shadow the installed library.
    sys.path.append(str(Path(__file__).resolve().parents[1]))
from benchmarks import in_turn


def run(system: str, rows: int, size: int, folder: Path) -> dict[str, Any]:
    """Time each step once, in this process.

    Returns
    -------
    dict
        ``seconds`` of each step and ``result``, which is equal for equal vectors.
    """
    vectors = in_turn.random_vectors(system, rows, size)
    seconds: dict[str, float] = {}
    digest = hashlib.sha256()
    for name, binary in (("text", False), ("binary", True)):
        path = str(folder / f"{system}.{name}")
        start = time.perf_counter()
        vectors.save_word2vec_format(path, binary=binary)
        saved = time.perf_counter()
        found = in_turn.import_vectors(system).load_word2vec_format(path, binary=binary)
        seconds |= {f"save {name}": saved - start, f"load {name}": time.perf_counter() - saved}
        digest.update(found.vectors.tobytes() + "\n".join(found.index_to_key).encode())
    return {"seconds": seconds, "result": digest.hexdigest()}


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong values end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/vector_files.py", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--rows", type=int, default=200_000, help="vectors")
    parser.add_argument("--size", type=int, default=100, help="dimensions")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each system")
    parser.add_argument("--run", choices=in_turn.SYSTEMS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to write; a temporary one by default")
    options = parser.parse_args(arguments)
    if options.rows < 1 or options.size < 1 or options.repeat < 1:
        parser.error("--rows, --size and --repeat must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_arguments(arguments)
    if options.run:
        print(json.dumps(run(options.run, options.rows, options.size, options.folder)))
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        given = ["--rows", str(options.rows), "--size", str(options.size), "--folder", folder]
        runs = in_turn.run_in_turn(Path(__file__), given, options.repeat)
    in_turn.print_table(runs)
    return 0 if in_turn.results_agree(runs) else 1


if __name__ == "__main__":
    sys.exit(main())
