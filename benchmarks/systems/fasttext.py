"""fastText's Python package without subwords: word2vec's own objectives.

``pip install fasttext`` (or ``fasttext-wheel``, which needs no compiler) into an
environment of its own, then ``--systems fasttext=/path/to/python``.

It scans and trains in one call, so a call without epochs, in a process of its own, tells
what the scan takes and with which vectors the training begins. Its sentences end after
1,024 words, its rate falls to 0, and its seed is always the same.
"""

import json
import sys
from pathlib import Path
from typing import Any

TEXT, OUTPUT, INITIAL = "text", "vectors.npz", "initial.npz"


def arguments(settings: dict[str, Any], epochs: int) -> dict[str, Any]:
    """Return fastText's arguments for gensim's settings."""
    return {
        "input": TEXT,
        "model": "skipgram" if settings["sg"] else "cbow",
        "loss": "hs" if settings["hs"] else "ns",
        "lr": settings["alpha"],
        "dim": settings["vector_size"],
        "ws": settings["window"],
        # Unused with a Huffman tree, but not allowed to be 0.
        "neg": settings["negative"] or 1,
        "t": settings["sample"],
        "minCount": settings["min_count"],
        "epoch": epochs,
        "thread": settings["workers"],
        "minn": 0,
        "maxn": 0,
        "bucket": 0,
        "verbose": 2,
    }


def run(job: dict[str, Any]) -> dict[str, Any]:
    import fasttext
    import numpy as np

    from benchmarks.systems import native

    counts = native.write_sentences(job["corpus"], Path(TEXT))
    script = [sys.executable, "-P", __file__]
    settings, outputs = job["settings"], {}
    trained = None
    for output, epochs in ((INITIAL, 0), (OUTPUT, settings["epochs"])):
        trained = native.watch([*script, json.dumps(arguments(settings, epochs)), output])
        with np.load(output) as arrays:
            outputs[output] = dict(arrays)
    assert trained is not None
    initial, final = outputs[INITIAL], outputs[OUTPUT]
    native.check_kept(counts, settings["min_count"], int(final["kept"]))
    progress = trained.progress()
    clocks = {name: final[name] - initial[name] for name in ("wall", "cpu")}
    return {
        "versions": {"fasttext": _version(), "file": fasttext.__file__},
        **native.result(
            job,
            counts,
            vocabulary=(float(initial["wall"]), float(initial["cpu"])),
            training=(float(clocks["wall"]), float(clocks["cpu"])),
            total_s=float(final["wall"] + final["saving"]),
            trained=progress[-1][1] if progress else 0.0,
            words=final["words"].tobytes().decode().split("\n"),
            initial=initial["vectors"],
            vectors=final["vectors"],
            peak=native.children_peak(),
        ),
    }


def _version() -> str:
    from importlib.metadata import packages_distributions, version

    package = packages_distributions()["fasttext"][0]
    return f"{package} {version(package)}"


def train_and_save(options: dict[str, Any], output: str) -> None:
    """Train in this process; write what `run` reads."""
    import resource
    import time

    import fasttext
    import numpy as np

    def processor_seconds() -> float:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    start, cpu = time.perf_counter(), processor_seconds()
    model = fasttext.train_unsupervised(**options)
    ended, cpu_ended = time.perf_counter(), processor_seconds()
    model.save_model("saved.bin")
    saved = time.perf_counter()
    words, frequencies = model.get_words(include_freq=True)
    keep = [row for row, word in enumerate(words) if word != "</s>"]
    np.savez(
        output,
        words=np.frombuffer("\n".join(words[row] for row in keep).encode(), np.uint8),
        # Without subwords the input matrix holds the vectors of the words.
        vectors=model.get_input_matrix()[keep],
        kept=int(sum(frequencies[row] for row in keep)),
        wall=ended - start,
        cpu=cpu_ended - cpu,
        saving=saved - ended,
    )


if __name__ == "__main__":
    train_and_save(json.loads(sys.argv[1]), sys.argv[2])
