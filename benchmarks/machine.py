"""Describe the machine and the tools, as far as the system tells; nothing here can fail a run."""

import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

SHOWN_CPU_FLAGS = (
    "sse4_2",
    "avx",
    "avx2",
    "fma",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "asimd",
    "sve",
)
SHOWN_ENVIRONMENT = ("WORD2VEC_SIMD", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def describe() -> dict[str, Any]:
    """Return the machine, compiler, flags, interpreter and revision as plain values."""
    cpu = _cpuinfo()
    available = getattr(os, "sched_getaffinity", None)
    return {
        "cpu": cpu.get("model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "cores_available": len(available(0)) if available else os.cpu_count(),
        "cpu_flags": [flag for flag in SHOWN_CPU_FLAGS if flag in _flags(cpu)],
        "caches": _caches(),
        "governor": _read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "huge_pages": _read("/sys/kernel/mm/transparent_hugepage/enabled"),
        "memory_bytes": _memory(),
        "kernel": f"{platform.system()} {platform.release()}",
        "libc": " ".join(platform.libc_ver()).strip(),
        "compiler": _first_line([os.environ.get("CC", "cc"), "--version"]),
        "python": sys.version.split()[0],
        "python_cflags": sysconfig.get_config_var("CFLAGS"),
        "cflags": os.environ.get("CFLAGS", ""),
        "revision": _revision(),
        "environment": {key: os.environ[key] for key in SHOWN_ENVIRONMENT if key in os.environ},
    }


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return None


def _cpuinfo() -> dict[str, str]:
    first = (_read("/proc/cpuinfo") or "").split("\n\n", 1)[0]
    pairs = (line.partition(":") for line in first.splitlines())
    return {key.strip(): value.strip() for key, _, value in pairs}


def _flags(cpu: dict[str, str]) -> list[str]:
    return (cpu.get("flags") or cpu.get("Features") or "").split()


def _caches() -> list[str]:
    caches = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = (_read(str(index / name)) for name in ("level", "type", "size"))
        if level and kind and size:
            caches.append(f"L{level}{kind[0].lower() if kind != 'Unified' else ''} {size}")
    return caches


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _first_line(command: list[str], folder: Path | None = None) -> str | None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.split("\n", 1)[0].strip()


def _revision() -> str | None:
    return _first_line(["git", "describe", "--always", "--dirty"], Path(__file__).resolve().parent)
