"""Compare phrase detection with gensim's on this machine, step by step.

    python benchmarks/phrases.py --corpus FILE --words 2000000 --repeat 5

Each run is a process of its own; the systems take turns. Sentences are lists in memory,
so that reading and splitting text, which is not the systems' work, is not measured.
Figures are processor seconds (one thread), medians over the runs, and the ratio of the
medians. The exit status is 1 if the systems' results differ.
"""

import argparse
import hashlib
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    # Last, so that the sources do not shadow the installed library.
    sys.path.append(str(Path(__file__).resolve().parents[1]))
from benchmarks import corpus, in_turn

HOMES = {"ours": "word2vec", "gensim": "gensim.models.phrases"}
STEPS = {
    "count": "Phrases(sentences)",
    "freeze": "phrases.freeze()",
    "frozen": "frozen[sentences]",
    "phrases": "phrases[sentences]",
}


def run(system: str, path: Path, connectors: bool) -> dict[str, Any]:
    """Time each step once, in this process.

    Returns
    -------
    dict
        ``seconds`` of each step and ``result``, which is equal for equal results.
    """
    module = importlib.import_module(HOMES[system])
    with path.open(encoding="utf-8", errors="replace") as lines:
        sentences = [words for words in map(str.split, lines) if words]
    words = module.ENGLISH_CONNECTOR_WORDS if connectors else frozenset()
    marks = [time.process_time()]

    def mark() -> None:
        marks.append(time.process_time())

    phrases = module.Phrases(sentences, connector_words=words)
    mark()
    frozen = phrases.freeze()
    mark()
    _exhaust(frozen[sentences])
    mark()
    _exhaust(phrases[sentences])
    mark()
    digest = hashlib.sha256()
    for model in (frozen, phrases):
        for sentence in model[sentences]:
            digest.update(" ".join(sentence).encode() + b"\n")
    for item in frozen.phrasegrams.items():
        digest.update(repr(item).encode())
    seconds = [end - start for start, end in pairwise(marks)]
    return {
        "seconds": dict(zip(STEPS, seconds, strict=True)),
        "result": [len(phrases.vocab), len(frozen.phrasegrams), digest.hexdigest()],
    }


def _exhaust(sentences: Iterable[Any]) -> None:
    for _ in sentences:
        pass


def compare(path: Path, repeat: int, connectors: bool) -> bool:
    """Run both systems in turn, print a table; returns whether their results are equal."""
    given = ["--corpus", str(path), *(["--connectors"] if connectors else [])]
    runs = in_turn.run_in_turn(Path(__file__), given, repeat)
    print(f"\n{'with' if connectors else 'without'} connector words, {repeat} runs")
    in_turn.print_table(runs, STEPS)
    return in_turn.results_agree(runs)


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong values end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/phrases.py", description=(__doc__ or "").split("\n", 1)[0]
    )
    add = parser.add_argument
    add("--corpus", type=Path, required=True, help="text, a sentence a line; .xz, .gz, .bz2 too")
    add("--words", type=int, default=2_000_000, help="from the start of the corpus")
    add("--repeat", type=int, default=5, help="runs of each system")
    add("--run", choices=list(HOMES), help=argparse.SUPPRESS)
    add("--connectors", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if not options.corpus.is_file():
        parser.error(f"--corpus {options.corpus}: no such file")
    if options.words < 1 or options.repeat < 1:
        parser.error("--words and --repeat must be at least 1")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_arguments(arguments)
    if options.run:
        print(json.dumps(run(options.run, options.corpus, options.connectors)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = corpus.prepare(options.corpus.resolve(), Path(folder), options.words)
        equal = [compare(path, options.repeat, connectors) for connectors in (False, True)]
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())
