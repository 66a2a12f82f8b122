"""word2vec.c and programs with its flags: --systems word2vec-c=/path/to/word2vec.

The vocabulary is scanned by a run of its own (``-save-vocab``), because one run trains
with it on a text of one line more: some versions of the tool never take back their flag
for the end of the file, so a thread that meets it trains one epoch and skips the rest.
With the longer text every thread has read its share before the file ends.

The training is timed from the first to the last message of progress, in proportion to
the words between them; setting up its table of 100 million slots is not counted, writing
the vectors neither. ``total_s`` is the wall time of both runs.
"""

import os
import shutil
from pathlib import Path
from typing import Any

# The tools hold paths in 100 bytes: these are in the working directory.
TEXT, PADDED, LINE, VOCABULARY = "text", "padded", "line", "vocabulary"
OUTPUT, INITIAL = "vectors.bin", "initial.bin"


def flags(settings: dict[str, Any]) -> list[str]:
    """Return the tool's flags for gensim's settings."""
    chosen = {
        "size": settings["vector_size"],
        "window": settings["window"],
        "sample": settings["sample"],
        "negative": settings["negative"],
        "min-count": settings["min_count"],
        "threads": settings["workers"],
        "iter": settings["epochs"],
        "alpha": settings["alpha"],
        "binary": 1,
        "cbow": int(not settings["sg"]),
        "hs": settings["hs"],
        "debug": 2,
    }
    return [part for name, value in chosen.items() for part in (f"-{name}", str(value))]


def run(job: dict[str, Any]) -> dict[str, Any]:
    return run_tool(job, flags(job["settings"]), "word2vec.c")


def run_tool(job: dict[str, Any], options: list[str], name: str) -> dict[str, Any]:
    """Scan, train and judge one run of a tool with these flags."""
    from benchmarks.systems import native

    counts = native.write_sentences(job["corpus"], Path(TEXT))
    lines = Path(TEXT).read_bytes().split(b"\n", 1)
    Path(LINE).write_bytes(lines[0] + b"\n")
    del lines
    shutil.copyfile(TEXT, PADDED)
    with open(PADDED, "ab") as file:
        file.write(Path(LINE).read_bytes() * 2)

    scanned = native.watch([job["program"], "-train", TEXT, "-save-vocab", VOCABULARY, *options])
    kept = [line.split() for line in Path(VOCABULARY).read_text(errors="replace").splitlines()]
    native.check_kept(
        counts,
        job["settings"]["min_count"],
        sum(int(count) for word, count in kept if word != native.SENTENCE_END),
    )
    train = [job["program"], "-read-vocab", VOCABULARY, *options]
    trained = native.watch([*train, "-train", PADDED, "-output", OUTPUT])
    peak = native.children_peak()
    # The tool begins with the same vectors every time: those of a rate of 0 on one line.
    first_line = ["-train", LINE, "-output", INITIAL, "-alpha", "0", "-iter", "1"]
    native.watch([job["program"], "-read-vocab", VOCABULARY, *_without(options), *first_line])
    words, vectors = native.read_vectors(Path(OUTPUT))
    progress = trained.progress()
    training = _training_seconds(progress) or trained.wall
    return {
        "versions": {name: job["program"], "size": os.stat(job["program"]).st_size},
        **native.result(
            job,
            counts,
            vocabulary=(scanned.wall, scanned.cpu),
            # Threads wait for nothing, and the rest of the run takes one of them.
            training=(training, max(trained.cpu - (trained.wall - training), 0.0)),
            total_s=scanned.wall + trained.wall,
            trained=progress[-1][1] if progress else 0.0,
            words=words,
            initial=native.read_vectors(Path(INITIAL))[1],
            vectors=vectors,
            peak=peak,
        ),
    }


def _without(options: list[str]) -> list[str]:
    pairs = zip(options[::2], options[1::2], strict=True)
    return [part for pair in pairs if pair[0] not in ("-alpha", "-iter") for part in pair]


def _training_seconds(progress: list[tuple[float, float]]) -> float | None:
    """Seconds that all epochs take at the speed between the first and the last message."""
    if len(progress) < 2 or progress[-1][1] <= progress[0][1]:
        return None
    (start, first), (end, last) = progress[0], progress[-1]
    return (end - start) / (last - first)
