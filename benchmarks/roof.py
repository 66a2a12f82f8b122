"""Compile roof.c and ask it what this processor can do; nothing here can fail a run."""

import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

SOURCE = Path(__file__).resolve().with_name("roof.c")


class Roof:
    """The compiled program in a temporary folder; a context manager.

    Without a compiler every answer is None.
    """

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="w2v-bench-roof-")
        self._program = Path(self._folder.name) / "roof"
        compiler = os.environ.get("CC", "cc").split()
        command = [*compiler, "-std=gnu11", "-O3", "-pthread", str(SOURCE), "-o"]
        self._answer([*command, str(self._program)], 60)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    @staticmethod
    def _answer(command: list[str], timeout: float) -> str | None:
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=timeout, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout

    def _ask(self, *question: str) -> float | None:
        answer = self._answer([str(self._program), *question], 60)
        return float(answer) if answer else None

    def gigahertz(self) -> float | None:
        """Clock of a core at work."""
        return self._ask("clock")

    def gigaflops(self, simd: str) -> float | None:
        """Fused multiply-adds of one core, two operations each, in 10^9 a second."""
        return self._ask("flops", simd)

    def gigabytes(self, rows: int, row_bytes: int) -> float | None:
        """Bytes read and written at random in a table of rows, in 10^9 a second."""
        return self._ask("rows", str(rows), str(row_bytes))

    def round_trip(self) -> float | None:
        """Nanoseconds from one core to another and back; None with a single core."""
        return self._ask("trip")
