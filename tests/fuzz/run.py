"""Coverage-guided fuzzing of every reader: ``python tests/fuzz/run.py --seconds 60``.

The targets are the readers of tests/attack_readers.py, driven by atheris (Python code)
and, with --native, the C readers under libFuzzer with ASan and UBSan. A finding is
written to tests/fuzz/found/TARGET/, where test_found.py replays it.
"""

import argparse
import hashlib
import logging
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = HERE / "found"
NATIVE = ("text", "format")
sys.path.insert(0, str(HERE.parent))

_MEMORY_MB = 2048
_TIMEOUT_S = 10
_LONGEST = 4096  # bytes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--target", action="append", help="one of them; may be repeated")
    parser.add_argument("--native", action="store_true", help="the C readers, with clang")
    parser.add_argument("--corpus", type=Path, help="folder to keep interesting inputs in")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.inside:
        fuzz_here(options.inside, rest)
    names = options.target or (NATIVE if options.native else target_names())
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            command = (build if options.native else python_command)(name, Path(folder))
            failed |= run(name, command, options.seconds, options.corpus or Path(folder))
    return int(failed)


def target_names() -> list[str]:
    from attack_readers import READERS

    return list(READERS)


def run(name: str, command: list[str], seconds: int, work: Path) -> bool:
    """Fuzz one target; print a line of figures, return whether something was found."""
    corpus, artifacts = work / f"corpus-{name}", work / f"found-{name}"
    corpus.mkdir(parents=True, exist_ok=True)
    artifacts.mkdir(parents=True, exist_ok=True)
    for seed in seeds_of(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    old = set(artifacts.iterdir())  # of another run with the same --corpus
    begin = time.monotonic()
    process = subprocess.run(
        [
            *command, str(corpus), f"-max_total_time={seconds}", f"-timeout={_TIMEOUT_S}",
            f"-rss_limit_mb={_MEMORY_MB}", f"-max_len={_LONGEST}", "-print_final_stats=1",
            f"-artifact_prefix={artifacts}/",
        ],
        capture_output=True,
        text=True,
        errors="replace",
    )  # fmt: skip
    output = process.stdout + process.stderr
    new = set(artifacts.iterdir()) - old
    found = sorted(path for path in new if not path.name.startswith("slow-unit-"))
    executed = re.search(r"number_of_executed_units: (\d+)", output)
    n_runs = executed[1] if executed else "?"
    print(f"{name}: {n_runs} inputs in {time.monotonic() - begin:.0f} s, {len(found)} findings")
    for path in found:
        keep(name, path)
    if process.returncode:
        print(f"  exit status {process.returncode}")
        for stream in (process.stdout, process.stderr):
            print(stream[-3000:])
    return bool(found) or process.returncode != 0


def seeds_of(name: str) -> list[bytes]:
    from attack_readers import READERS

    native = {"text": ("corpus",), "format": ("word2vec_text", "word2vec_binary")}
    names = (name,) if name in READERS else native[name]
    found = (FOUND / name).iterdir() if (FOUND / name).is_dir() else ()
    return [seed for x in names for seed in READERS[x].seeds()] + [x.read_bytes() for x in found]


def keep(name: str, path: Path) -> None:
    data = path.read_bytes()
    target = FOUND / name / hashlib.sha256(data).hexdigest()[:12]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    print(f"  kept as {target}: {data[:60]!r}")


# ---- Python ------------------------------------------------------------------


def python_command(name: str, folder: Path) -> list[str]:
    return [sys.executable, str(Path(__file__).resolve()), "--inside", name]


def fuzz_here(name: str, arguments: list[str]) -> None:
    """Run the fuzzer in this process; never returns."""
    import atheris

    with atheris.instrument_imports(include=["word2vec"]):
        import attack_readers
    # Imported when first used: it must be instrumented, and not be counted as slow.
    folder = Path(tempfile.mkdtemp())
    with atheris.instrument_imports(include=["word2vec"]):
        for seed in attack_readers.READERS[name].seeds():
            attack_readers.attempt(name, seed, folder)
    logging.disable(logging.CRITICAL)

    def one(data: bytes) -> None:
        attack_readers.attempt(name, data, folder)

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


# ---- C -----------------------------------------------------------------------


def build(name: str, folder: Path) -> list[str]:
    sources = HERE.parent.parent / "csrc"
    program = folder / f"fuzz-{name}"
    subprocess.run(
        [
            "clang", "-std=c11", "-O1", "-g", "-fsanitize=fuzzer,address,undefined",
            "-fno-sanitize-recover=undefined", f"-I{sources}", str(HERE / f"native/{name}.c"),
            str(sources / f"w2v_{name}.c"), "-o", str(program), "-lm",
        ],
        check=True,
    )  # fmt: skip
    return [str(program)]


if __name__ == "__main__":
    sys.exit(main())
