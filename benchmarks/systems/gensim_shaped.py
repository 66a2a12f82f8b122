"""Measure any trainer that has gensim's API; the same code for every one of them.

The vocabulary and the training are timed apart. Memory is read as soon as
training ends, before the checks and the export, which are ours and not the
trainer's.
"""

import resource
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

# Rows compared before and after training: enough to find a part of the
# vocabulary that was left out, too few to count in the memory of the run.
SAMPLED_ROWS = 1000


class Stopwatch:
    """Wall-clock and processor seconds (all threads and ended children) of a block."""

    wall = cpu = 0.0

    def __enter__(self) -> Self:
        self._cpu, self._wall = processor_seconds(), time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.wall = time.perf_counter() - self._wall
        self.cpu = processor_seconds() - self._cpu


def processor_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in usage)


def peak_memory() -> dict[str, int]:
    """Largest resident size so far, in bytes, of this process and of its children.

    On Linux ``ru_maxrss`` survives exec: it is never less than what the process
    that started this one used. VmHWM belongs to the program itself.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                own = int(line.split()[1]) * 1024
    return {"self": own, "children": children}


def train(job: dict[str, Any], word2vec_class: Any, line_sentence_class: Any) -> dict[str, Any]:
    """Train one model as `job` says and return the measured part of its result."""
    source = _source(job, line_sentence_class)
    at_start = peak_memory()
    model = word2vec_class(**job["settings"], **job["options"])
    with Stopwatch() as vocabulary:
        model.build_vocab(**source)
    sample = np.unique(np.linspace(0, len(model.wv.vectors) - 1, SAMPLED_ROWS).astype(np.int64))
    initial = np.array(model.wv.vectors[sample])
    with Stopwatch() as training:
        effective_words, raw_words = model.train(
            **source,
            total_words=model.corpus_total_words,
            total_examples=model.corpus_count,
            epochs=model.epochs,
        )
    memory = peak_memory()
    vectors = np.asarray(model.wv.vectors)
    if job["vectors"]:
        write_vectors(job["vectors"], model.wv.index_to_key, vectors)
    return {
        "vocabulary_s": vocabulary.wall,
        "vocabulary_cpu_s": vocabulary.cpu,
        "training_s": training.wall,
        "training_cpu_s": training.cpu,
        "vocabulary_size": len(vectors),
        "corpus_words": int(model.corpus_total_words),
        "raw_words": int(raw_words),
        "effective_words": int(effective_words),
        "rows_moved": float((vectors[sample] != initial).any(axis=1).mean()),
        "finite": bool(np.isfinite(vectors).all()),
        "peak_rss": max(memory.values()),
        "peak_rss_self": memory["self"],
        "peak_rss_children": memory["children"],
        "peak_rss_before": at_start["self"],
        "vectors": job["vectors"],
    }


def _source(job: dict[str, Any], line_sentence_class: Any) -> dict[str, Any]:
    if job["source"] == "file":
        return {"corpus_file": job["corpus"]}
    if job["source"] == "line-sentence":
        return {"corpus_iterable": line_sentence_class(job["corpus"])}
    with open(job["corpus"], encoding="utf-8", errors="replace") as lines:
        return {"corpus_iterable": [line.split() for line in lines]}


def write_vectors(path: str, words: list[str], vectors: np.ndarray) -> None:
    """Write what `benchmarks.quality.read_vectors` reads, in the model's own order."""
    joined = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    np.savez(path, words=joined, vectors=vectors.astype(np.float32, copy=False))
