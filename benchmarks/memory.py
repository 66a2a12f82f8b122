"""Peak memory of training runs, against what weights and vocabulary take.

    python benchmarks/memory.py --markdown

Each case is a process of its own on a generated text: ids drawn by Zipf's law, every word
at least once. The bound is 1.15 x (weights + vocabulary + buffer): weights and vocabulary
as `estimate_memory` gives them, the buffer is what the process has before the run (the
interpreter and its libraries, and the sentences where they are a list) and 64 MiB. The
exit code is 1 if a case is above. Linux only.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

BUFFER = 64 << 20  # of ids (22 MiB), text being read, and each thread's scratch
FACTOR = 1.15
SENTENCE = 20  # words
MILLION = 10**6


@dataclass(frozen=True)
class Case:
    """One run; what is not said is as in the first."""

    source: str = "file"
    words: int = 4 * MILLION
    vocabulary: int = 50_000
    vector_size: int = 100
    hs: int = 0
    negative: int = 5
    workers: int = 2


CASES = (
    Case(),
    Case(words=MILLION),
    Case(words=16 * MILLION),
    Case(vocabulary=5_000),
    Case(vocabulary=500_000),
    Case(vector_size=10),
    Case(vector_size=500),
    Case(hs=1, negative=0),
    Case(hs=1, vocabulary=500_000),
    Case(workers=8),
    Case(source="gzip"),
    Case(source="LineSentence"),
    Case(source="generator"),
    Case(source="generator", words=16 * MILLION),
    Case(source="list"),
)


def sentences(case: Case) -> Iterator[str]:
    """Lines of the text, a million words at a time."""
    dice = np.random.default_rng(1)
    first = dice.permutation(case.vocabulary)
    for begin in range(0, case.words, MILLION):
        n = min(MILLION, case.words - begin)
        # The inverse of Zipf's distribution: as many words of rank below r as log r.
        ids = np.exp(dice.random(n) * np.log(case.vocabulary)).astype(np.int64) - 1
        head = first[begin : begin + n]
        ids[: len(head)] = head
        for start in range(0, n, SENTENCE):
            yield " ".join(f"word{i}" for i in ids[start : start + SENTENCE].tolist())


def write_text(case: Case, path: Path) -> None:
    with gzip.open(path, "wt", 1) if case.source == "gzip" else path.open("w") as file:
        file.writelines(f"{line}\n" for line in sentences(case))


class Lines:
    """Sentences of a file, split one at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[list[str]]:
        with self.path.open() as file:
            yield from map(str.split, file)


def status(name: str) -> int:
    """Bytes of a line of /proc/self/status: VmRSS now, VmHWM at most so far."""
    text = Path("/proc/self/status").read_text()
    return 1024 * int(text.split(f"{name}:")[1].split()[0])


def run(case: Case, path: Path) -> dict[str, Any]:
    """Train in this process and tell what memory it took."""
    from word2vec import Word2Vec
    from word2vec.text.readers import LineSentence

    Word2Vec([["a", "b"]], min_count=1, vector_size=8)  # whatever is imported late
    corpus: Any = {"LineSentence": LineSentence, "generator": Lines, "list": Lines}.get(
        case.source, str
    )(path)
    if case.source == "list":
        corpus = list(corpus)
    before = status("VmRSS")
    given = {"corpus_file" if isinstance(corpus, str) else "sentences": corpus}
    model = Word2Vec(
        **given, min_count=1, epochs=2, workers=case.workers, hs=case.hs, negative=case.negative,
        vector_size=case.vector_size,
    )  # fmt: skip
    assert len(model.wv) == case.vocabulary
    assert model.corpus_total_words == case.words
    sizes = model.estimate_memory()
    return {
        **asdict(case),
        "before": before,
        "peak": status("VmHWM"),
        "weights": sizes["total"] - sizes["vocab"],
        "vocab": sizes["vocab"],
        "bound": FACTOR * (sizes["total"] + before + BUFFER),
    }


COLUMNS = ("source", "words", "vocabulary", "vector_size", "hs", "negative", "workers")


def line(found: dict[str, Any], markdown: bool) -> str:
    cells = [str(found[name]) if name == "source" else f"{found[name]:,}" for name in COLUMNS]
    cells += [f"{found[x] / 2**20:.0f}" for x in ("weights", "vocab", "before", "peak", "bound")]
    cells.append(f"{found['peak'] / found['bound']:.2f}")
    return f"| {' | '.join(cells)} |" if markdown else "  ".join(f"{cell:>10}" for cell in cells)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--markdown", action="store_true", help="a table for a page")
    parser.add_argument("--folder", type=Path, help="for the texts; a temporary one by default")
    parser.add_argument("--case", type=int, action="append", help="number from 0; repeatable")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        path, case = json.loads(options.run)
        print(json.dumps(run(Case(**case), Path(path))))
        return 0
    head = [*COLUMNS, "weights", "vocabulary", "before", "peak", "bound", "share"]
    if options.markdown:
        print(f"| {' | '.join(head)} |\n{'|---' * len(head)}|")
    else:
        print("  ".join(f"{cell:>10}" for cell in head))
    held = True
    for number in options.case or range(len(CASES)):
        case = CASES[number]
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            path = Path(folder) / ("text.gz" if case.source == "gzip" else "text")
            write_text(case, path)
            command = [sys.executable, __file__, "--run", json.dumps([str(path), asdict(case)])]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
        found = json.loads(done.stdout)
        held &= found["peak"] <= found["bound"]
        print(line(found, options.markdown), flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
