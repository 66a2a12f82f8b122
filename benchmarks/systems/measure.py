"""Clocks, memory and the file of vectors: what every driver needs."""

import resource
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

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


def sample_rows(n_rows: int) -> np.ndarray:
    """Return at most `SAMPLED_ROWS` row numbers, from the first to the last."""
    return np.unique(np.linspace(0, n_rows - 1, SAMPLED_ROWS).astype(np.int64))


def write_vectors(path: str, words: list[str], vectors: np.ndarray) -> None:
    """Write what `benchmarks.quality.read_vectors` reads, in the model's own order."""
    joined = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    np.savez(path, words=joined, vectors=vectors.astype(np.float32, copy=False))
