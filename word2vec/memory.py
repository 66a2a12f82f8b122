"""How much memory this process can still get, asked before a large allocation.

Systems promise more than they have and kill the process that makes use of it; so
what cannot fit is refused before anything is allocated.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from word2vec.errors import NotEnoughMemoryError

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
LINE = 16  # float32 numbers in a line of the processor's cache


def padded_columns(n_columns: int) -> int:
    """Numbers from one row to the next if every row begins with a line."""
    return -(-n_columns // LINE) * LINE


def weight_bytes(model: Any, n_words: int, *, padded: bool = False) -> dict[str, int]:
    """Bytes of each weight matrix of so many words, by name, for the model's options.

    Without `padded` as gensim estimates them: the gaps between the rows of output
    matrices (`vectors.arrays.aligned_zeros`) are left out.
    """
    columns = int(model.vector_size)
    row = padded_columns(columns) if padded else columns
    outputs = [*(["syn1"] if model.hs else []), *(["syn1neg"] if model.negative else [])]
    return {"vectors": n_words * columns * 4, **dict.fromkeys(outputs, n_words * row * 4)}


def check_weights_fit(model: Any, n_words: int, beside: int = 0) -> None:
    """Raise unless the weights of `n_words` words can be allocated.

    Parameters
    ----------
    model : Word2Vec
        Gives ``vector_size``, ``hs`` and ``negative``.
    beside : int, default=0
        Further bytes that are needed at the same time.

    Raises
    ------
    NotEnoughMemoryError
        Naming what is needed and what is available; also MemoryError.
    """
    sizes = weight_bytes(model, n_words, padded=True)
    check_fits(
        sum(sizes.values()) + beside,
        f"{' and '.join(sizes)} of {n_words} words with {model.vector_size} dimensions",
        "choose a smaller vector_size, or fewer words with a higher min_count or "
        "max_final_vocab; estimate_memory() tells what a model takes",
    )


def check_fits(needed: int, what: str, remedy: str) -> None:
    """Raise unless `needed` more bytes can be allocated.

    Parameters
    ----------
    needed : int
    what, remedy : str
        For the message: what needs them (plural), and what to do.

    Raises
    ------
    NotEnoughMemoryError
        Naming what is needed and what is available; also MemoryError.
    """
    available = available_memory()
    if available is not None and needed > available:
        raise NotEnoughMemoryError(
            f"{what} need {_readable(needed)} of memory, and {_readable(available)} are "
            f"available: {remedy}"
        )


def available_memory() -> int | None:
    """Bytes that this process can still allocate; None where the system does not tell.

    The least of what the machine has left (with swap), of the limits of the control
    groups this process is in (containers), and of its own limit (``ulimit -v``).
    """
    limits = [*_of_machine(), *_of_groups(), *_of_process()]
    return max(0, min(limits)) if limits else None


def _of_machine() -> Iterator[int]:
    facts = _numbers(PROC / "meminfo")
    if "MemAvailable" in facts:
        yield 1024 * (facts["MemAvailable"] + facts.get("SwapFree", 0))


def _of_groups() -> Iterator[int]:
    """Give what each control group leaves, of version 2 and 1, up to the root."""
    for line in _text(PROC / "self" / "cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            root, limit, used, cache = CGROUPS, "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            root, limit, used = CGROUPS / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
            cache = "total_inactive_file"
        else:
            continue
        group = root / path.lstrip("/")
        for folder in (group, *group.parents):
            most, now = _text(folder / limit).strip(), _text(folder / used).strip()
            if most.isdigit() and now.isdigit():
                # Pages of files that were read count as used, and are given back on demand.
                yield int(most) - int(now) + _numbers(folder / "memory.stat").get(cache, 0)
            if folder == root:
                break


def _of_process() -> Iterator[int]:
    if sys.platform == "win32":
        return
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        yield soft - 1024 * _numbers(PROC / "self" / "status").get("VmSize", 0)


def _numbers(path: Path) -> dict[str, int]:
    """First number of each line of a file like /proc/meminfo, by the line's name."""
    words = (line.replace(":", " ").split() for line in _text(path).splitlines())
    return {w[0]: int(w[1]) for w in words if len(w) > 1 and w[1].isdigit()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""  # not this system, or not for us to read


def _readable(n_bytes: int) -> str:
    size, unit = float(n_bytes), "bytes"
    for larger in ("KiB", "MiB", "GiB", "TiB", "PiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{size:.1f} {unit}" if unit != "bytes" else f"{n_bytes} bytes"
