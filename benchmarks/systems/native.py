"""Measure trainers that are programs of their own: start, watch and judge them.

They write their progress on one line again and again, so the clock is read when each
piece of it arrives. Texts are rewritten as they want them, words parted by one space
and a sentence a line, outside of all clocks.
"""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import quality
from benchmarks.systems.measure import (
    peak_memory,
    processor_seconds,
    sample_rows,
    write_vectors,
)

SENTENCE_END = "</s>"  # what the tools make of a line feed, and count as a word
PROGRESS = re.compile(r"Progress: +(\d+(?:\.\d+)?)%")
# The tools tell their progress every so many words of a thread.
PROGRESS_WORDS = 10_001
KEPT_WORDS_DIFFER = 0.001  # they cut words of 100 and more bytes


@dataclass(frozen=True)
class Watched:
    """What a program wrote, and when, in seconds since it was started."""

    lines: list[tuple[float, str]]
    wall: float
    cpu: float

    def progress(self) -> list[tuple[float, float]]:
        """When it was how far, from 0 to 1."""
        found = ((at, PROGRESS.search(line)) for at, line in self.lines)
        return [(at, float(match[1]) / 100) for at, match in found if match]


def watch(command: Sequence[str]) -> Watched:
    """Run `command` and read what it writes to the end.

    Raises
    ------
    RuntimeError
        If its exit status is not 0.
    """
    lines: list[tuple[float, str]] = []
    cpu, start = processor_seconds(), time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
    ) as process:
        assert process.stdout is not None
        rest = ""
        while data := process.stdout.read(1 << 16):
            at = time.perf_counter() - start
            *whole, rest = re.split(r"[\r\n]", rest + data.decode("utf-8", "replace"))
            lines.extend((at, line) for line in whole if line)
        lines.append((time.perf_counter() - start, rest))
    wall = time.perf_counter() - start
    if process.returncode:
        said = "\n".join(line for _, line in lines[-20:])
        raise RuntimeError(f"{command[0]} ended with status {process.returncode}:\n{said}")
    return Watched(lines, wall, processor_seconds() - cpu)


def write_sentences(corpus: str, path: Path) -> Counter[str]:
    """Write the words of `corpus`, a sentence a line without empty ones, and count them."""
    counts: Counter[str] = Counter()
    with open(corpus, encoding="utf-8", errors="replace") as lines, path.open("w") as out:
        for words in map(str.split, lines):
            if words:
                counts.update(words)
                out.write(" ".join(words) + "\n")
    return counts


def check_kept(counts: Counter[str], min_count: int, kept: int) -> None:
    """Raise RuntimeError unless `kept` is the number of words that min_count leaves."""
    expected = sum(count for count in counts.values() if count >= min_count)
    if abs(kept - expected) > KEPT_WORDS_DIFFER * expected:
        raise RuntimeError(f"its vocabulary holds {kept:,} words of the text, not {expected:,}")


def read_vectors(path: Path) -> tuple[list[str], np.ndarray]:
    """Read the C tool's binary format without the row of the sentence end."""
    words, vectors = quality.read_binary(path)
    rows = [row for row, word in enumerate(words) if word != SENTENCE_END]
    return [words[row] for row in rows], vectors[rows]


def moved(initial: np.ndarray, vectors: np.ndarray) -> float:
    """Share of the rows, of a sample, that differ."""
    sample = sample_rows(len(vectors))
    return float((initial[sample] != vectors[sample]).any(axis=1).mean())


def result(
    job: dict[str, Any],
    counts: Counter[str],
    *,
    vocabulary: tuple[float, float],
    training: tuple[float, float],
    total_s: float,
    trained: float,
    words: list[str],
    initial: np.ndarray,
    vectors: np.ndarray,
    peak: int,
) -> dict[str, Any]:
    """Return what a driver must: see benchmarks/README.md.

    Parameters
    ----------
    vocabulary, training : tuple of float
        Wall and processor seconds.
    trained : float
        The share of all epochs that the tool says it has trained, as of its last
        message.
    peak : int
        Bytes.
    """
    corpus_words = sum(counts.values())
    if job["vectors"]:
        write_vectors(job["vectors"], words, vectors)
    settings = job["settings"]
    all_words = corpus_words * settings["epochs"]
    return {
        "vocabulary_s": vocabulary[0],
        "vocabulary_cpu_s": vocabulary[1],
        "training_s": training[0],
        "training_cpu_s": training[1],
        "total_s": total_s,
        "vocabulary_size": len(words),
        "corpus_words": corpus_words,
        "raw_words": min(round(trained * all_words), all_words),
        # Words told after the last message are not counted, and its figure is rounded.
        "raw_words_short": round(settings["workers"] * PROGRESS_WORDS * 1.2 + 2e-4 * all_words),
        "effective_words": None,
        "rows_moved": moved(initial, vectors),
        "finite": bool(np.isfinite(vectors).all()),
        "peak_rss": peak,
        "vectors": job["vectors"],
    }


def children_peak() -> int:
    """Largest resident size of any program started so far, in bytes."""
    return peak_memory()["children"]
