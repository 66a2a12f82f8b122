"""Kill training runs at random moments, resume them, compare the vectors bit for bit.

``python benchmarks/reliability.py --kills 50`` trains once without interruption. Then,
for each kill, it starts the same command with a checkpoint, sends SIGKILL after a random
time, and resumes with ``--resume`` until the run ends. Every time the vectors must
be those of the first run. Exit code 0 if all are.
"""

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

GENERATE = "import sys; from word2vec.datasets import write_corpus as w; w(sys.argv[1], n_words={})"


def train_command(corpus: Path, out: Path, options: list[str]) -> list[str]:
    return [
        sys.executable, "-m", "word2vec", "train", str(corpus), "-o", str(out), "--quiet", *options,
    ]  # fmt: skip


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def leftovers(checkpoint: Path) -> int:
    """Temporary files of saves that the kill cut off."""
    return len(list(checkpoint.parent.glob(f".{checkpoint.name}.*.tmp")))


def kill_and_resume(
    command: list[str], checkpoint: Path, out: Path, expected: str, seconds: float
) -> dict[str, Any]:
    """Start, kill after `seconds`, resume to the end; say what was seen."""
    process = subprocess.Popen(command)
    try:
        process.wait(seconds)
        killed = False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        killed = True
    facts = {
        "after_seconds": round(seconds, 3),
        "killed": killed,
        "had_checkpoint": checkpoint.exists(),
        "inside_a_save": leftovers(checkpoint) > 0,
    }
    out.unlink(missing_ok=True)
    subprocess.run(command, check=True)
    facts["equal"] = digest(out) == expected
    facts["clean"] = leftovers(checkpoint) == 0
    checkpoint.unlink()
    return facts


def measure(
    folder: Path, corpus: Path, kills: int, workers: int, every: str, seed: int, extra: list[str]
) -> dict[str, Any]:
    """Run everything; `extra` are further options of ``word2vec train``."""
    options = ["--workers", str(workers), *extra]
    out, checkpoint = folder / "vectors.bin", folder / "run.checkpoint"
    plain = train_command(corpus, out, options)
    subprocess.run(plain, check=True)
    expected = digest(out)
    kept = [*options, "--checkpoint", str(checkpoint), "--checkpoint-every", every, "--resume"]
    command = train_command(corpus, out, kept)
    started = time.monotonic()
    subprocess.run(command, check=True)
    seconds = time.monotonic() - started
    equal = digest(out) == expected
    checkpoint.unlink()
    draw = random.Random(seed)
    trials: list[dict[str, Any]] = []
    while sum(trial["killed"] for trial in trials) < kills:
        # Not a moment is left out: from the start of the process to its end.
        moment = draw.uniform(0, seconds)
        trials.append(kill_and_resume(command, checkpoint, out, expected, moment))
        print(f"{len(trials)}: {trials[-1]}", file=sys.stderr, flush=True)
    killed = [trial for trial in trials if trial["killed"]]
    return {
        "uninterrupted_seconds": round(seconds, 2),
        "equal_without_a_kill": equal,
        "trials": len(trials),  # some runs end before their moment comes
        "equal": sum(trial["equal"] for trial in trials),
        "clean": sum(trial["clean"] for trial in trials),
        "killed": len(killed),
        "equal_after_a_kill": sum(trial["equal"] for trial in killed),
        "had_checkpoint": sum(trial["had_checkpoint"] for trial in killed),
        "inside_a_save": sum(trial["inside_a_save"] for trial in killed),
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--corpus", type=Path, help="text file (default: generated)")
    parser.add_argument("--words", type=int, default=300_000, help="of the generated corpus")
    parser.add_argument("--workers", type=int, default=1, help="more are not bit-identical")
    parser.add_argument("--every", default="50000w", help="--checkpoint-every of the runs")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    arguments, extra = parser.parse_known_args(argv)  # the rest is for word2vec train
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = arguments.corpus
        if corpus is None:
            corpus = folder / "corpus.txt"
            subprocess.run(
                [sys.executable, "-c", GENERATE.format(arguments.words), str(corpus)], check=True
            )
        result = measure(
            folder,
            corpus.resolve(),
            arguments.kills,
            arguments.workers,
            arguments.every,
            arguments.seed,
            extra,
        )
    print(json.dumps(result, indent=2))
    equal = result["equal_without_a_kill"] and result["equal"] == result["trials"]
    return 0 if equal and result["clean"] == result["trials"] else 1


if __name__ == "__main__":
    sys.exit(main())
