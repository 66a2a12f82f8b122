"""How quiet the machine is: fixed work timed before a run, and what else ran during it.

Needs nothing but the standard library, so the measuring process loads no BLAS
whose threads could disturb what is measured.
"""

import hashlib
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

BUFFER_BYTES = 64 << 20  # more than most last-level caches hold
HASHES = 2
COPIES = 8

# The same work takes within 3 % of the same time on a quiet machine; a fifth
# more means a busy neighbour or a lower clock. Copies vary more than hashes.
SLOW_PROBE = 1.2
# Other processes using more than this many cores compete for cache and memory.
BUSY_CORES = 0.3
# One training thread waits for nothing: a wall time this far above its
# processor time means it was pushed off the processor.
PUSHED_OFF = 1.1


class Probe:
    """Fixed single-thread work; about a quarter of a second."""

    def __init__(self, buffer_bytes: int = BUFFER_BYTES) -> None:
        # Written once here, so that no probe pays for page faults.
        self._source = bytearray(b"\x5a") * buffer_bytes
        self._target = bytearray(b"\xa5") * buffer_bytes

    def __call__(self) -> dict[str, float | None]:
        """Time the work.

        Returns
        -------
        dict
            ``compute_s`` (hashing: clock frequency), ``memory_s`` (copying:
            memory bandwidth), ``waited`` (wall over processor time) and
            ``load`` (the one-minute load average, None where unknown).
        """
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(HASHES):
            hashlib.sha256(self._source).digest()
        hashed = time.perf_counter()
        for _ in range(COPIES):
            self._target[:] = self._source
        end = time.perf_counter()
        return {
            "compute_s": hashed - start,
            "memory_s": end - hashed,
            "waited": (end - start) / max(time.process_time() - cpu, 1e-9),
            "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        }


def busy_seconds() -> dict[str, float] | None:
    """Processor seconds used on the whole machine so far, and stolen from it.

    Returns
    -------
    dict or None
        ``busy`` and ``stolen`` (by the hypervisor); None where /proc/stat is
        missing.
    """
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        user, nice, system, _idle, _iowait, irq, softirq, stolen = map(int, fields[:8])
    except (OSError, ValueError):
        return None
    ticks = os.sysconf("SC_CLK_TCK")
    return {"busy": (user + nice + system + irq + softirq) / ticks, "stolen": stolen / ticks}


def others(
    before: dict[str, float] | None, after: dict[str, float] | None, own_cpu: float, wall: float
) -> dict[str, float] | None:
    """Cores used by other processes, and stolen, on average over `wall` seconds."""
    if before is None or after is None or after["busy"] <= before["busy"] or wall <= 0:
        return None
    return {
        "cores": max(0.0, after["busy"] - before["busy"] - own_cpu) / wall,
        "stolen": (after["stolen"] - before["stolen"]) / wall,
    }


def disturbances(runs: list[dict[str, Any]]) -> list[list[str]]:
    """Say for each run of one session what may have disturbed it.

    Parameters
    ----------
    runs : list of dict
        Records of `benchmarks.session`; failed runs may be among them.

    Returns
    -------
    list of list of str
        Reasons, one list for each run; empty when nothing was seen.
    """
    probes = [run["probe"] for run in runs if run.get("probe")]
    usual = {
        key: median(probe[key] for probe in probes) if probes else 0.0
        for key in ("compute_s", "memory_s")
    }
    return [_reasons(run, usual) for run in runs]


def _reasons(run: dict[str, Any], usual: dict[str, float]) -> list[str]:
    reasons = []
    for key, what in (("compute_s", "processor"), ("memory_s", "memory")):
        probe = run.get("probe")
        if probe and probe[key] > SLOW_PROBE * usual[key]:
            reasons.append(f"{what} probe {probe[key] / usual[key]:.2f} times the median")
    other = run.get("others")
    if other and other["cores"] + other["stolen"] > BUSY_CORES:
        reasons.append(f"{other['cores'] + other['stolen']:.1f} cores busy with other work")
    result = run.get("result")
    if result and run.get("workers") == 1 and result.get("training_cpu_s"):
        waited = result["training_s"] / result["training_cpu_s"]
        if waited > PUSHED_OFF:
            reasons.append(f"wall time {waited:.2f} times processor time")
    return reasons
