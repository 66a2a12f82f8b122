"""Time each kernel by itself: cycles per centre, and how near it comes to the roof.

    python -m benchmarks.kernels
    python -m benchmarks.kernels --compare ../older-checkout

Word ids are drawn from Zipf's law, or read from a corpus; a kernel is handed batches as
training hands them, on one thread. Cycles are processor seconds times the clock measured
just before and after. The roof is the lower of two: fused multiply-adds from registers, and
reading and writing rows at random in tables as large as the model's (roof.c). With
--compare two builds take turns, each in a process of its own. Nothing here can fail on
a time.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

if __package__ in (None, ""):
    # Only for `benchmarks`, and last: in a process that measures, the build that was named
    # must not be shadowed by the sources beside this file.
    sys.path.append(str(Path(__file__).resolve().parents[1]))

from benchmarks import tables
from benchmarks.roof import Roof

# Options of Word2Vec for each kernel, as on large corpora if the name does not say "exact".
KERNELS: dict[str, dict[str, Any]] = {
    "sg-ns-shared": {"sg": 1, "negative": 5, "shared_negatives": True},
    "sg-ns-exact": {"sg": 1, "negative": 5, "shared_negatives": False},
    "cbow-ns": {"sg": 0, "negative": 5, "shared_negatives": True},
    "sg-hs": {"sg": 1, "hs": 1, "negative": 0, "shared_negatives": True},
    "sg-hs-exact": {"sg": 1, "hs": 1, "negative": 0, "shared_negatives": False},
    "cbow-hs": {"sg": 0, "hs": 1, "negative": 0},
}
BATCH_WORDS = 10_000
SENTENCE_WORDS = 20
WARM_UP = 2  # batches before the clock runs
# A dot product and two updates, each a multiplication and an addition an element.
FLOPS_OF_A_PAIR = 6


def operations(kernel: str, sums: dict[str, float], dimensions: int) -> float:
    """Floating-point operations of a centre, from what was trained.

    Parameters
    ----------
    sums : dict
        ``pairs`` of the kernel, ``kept`` words, ``outputs`` (mean output rows of a
        centre) and ``contexts`` (mean contexts of a centre in CBOW).
    """
    if kernel.startswith("sg"):
        meetings = sums["pairs"] / sums["kept"] * sums["outputs"]
        return meetings * FLOPS_OF_A_PAIR * dimensions
    # CBOW adds its contexts up first, and the error to each of them at the end.
    return (sums["outputs"] * FLOPS_OF_A_PAIR + 2 * sums["contexts"]) * dimensions


def rows_touched(kernel: str, sums: dict[str, float]) -> float:
    """Rows of a centre that are not in the first cache already: its output rows, and one context.

    The window moves by one word, so its other contexts were touched just before.
    """
    drawn = sums["outputs"]
    if kernel == "sg-ns-exact":
        # Fresh noise words for every pair, and the centre's own row once.
        drawn = 1 + sums["pairs"] / sums["kept"] * (sums["outputs"] - 1)
    return drawn + 1


class Bench:
    """The kernels of one build in a process of its own, which waits for questions."""

    def __init__(self, name: str, path: str | None, options: argparse.Namespace) -> None:
        self.name = name
        paths = [os.environ.get("PYTHONPATH", "")]
        library = path and Path(path).resolve()
        if library and library.is_dir():
            paths.insert(0, str(library))
        job = {
            "extension": str(library) if library and library.is_file() else None,
            "corpus": str(options.corpus.resolve()) if options.corpus else None,
            **{key: getattr(options, key) for key in ("words", "vocabulary", "vector_size")},
            "window": options.window,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).resolve()), "--serve", json.dumps(job)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        hello = self._answer()
        self.simd: list[str] = hello["simd"]
        self.file: str = hello["file"]  # of the extension that is measured

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, kernel: str, simd: str) -> dict[str, Any]:
        """Time one kernel; the answer of `measure`, or an ``error``."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"kernel": kernel, "simd": simd}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.communicate()
            raise RuntimeError(f"the process of {self.name} ended with {self._process.returncode}")
        return dict(json.loads(line))


def serve(job: dict[str, Any]) -> None:
    """Answer questions from stdin, a line each."""
    if job["extension"]:
        # In place of the one beside it: only the kernels are another build's.
        import importlib.util

        import word2vec.training

        name = "word2vec.training._train"
        spec = importlib.util.spec_from_file_location(name, job["extension"])
        if spec is None or spec.loader is None:
            raise ImportError(f"{job['extension']} is no extension module")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        word2vec.training._train = module
    from word2vec.training import _train

    tokens, counts = _words(job)
    print(json.dumps({"simd": _train.available_simd(), "file": _train.__file__}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = measure(job, tokens, counts, **question)
        except Exception as error:
            # An older build may lack an option; the others are worth comparing.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def _words(job: dict[str, Any]) -> tuple[Any, Any]:
    """Word ids in order of frequency, and the counts of the words."""
    import numpy as np

    if job["corpus"]:
        with open(job["corpus"], encoding="utf-8", errors="replace") as lines:
            words: list[str] = []
            for line in lines:
                words += line.split()
                if len(words) >= job["words"]:
                    break
        _, ids = np.unique(np.array(words[: job["words"]]), return_inverse=True)
    else:
        # Zipf's law over a vocabulary that ends somewhere.
        weights = 1.0 / np.arange(1, job["vocabulary"] + 1)
        random = np.random.default_rng(1)
        ids = random.choice(job["vocabulary"], job["words"], p=weights / weights.sum())
    counts = np.bincount(ids)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    counts = counts[order]
    return rank[ids], counts[counts > 0]


def measure(
    job: dict[str, Any], tokens: Any, counts: Any, kernel: str, simd: str
) -> dict[str, Any]:
    """Train on all tokens once; returns processor seconds and sums over them."""
    import numpy as np

    from word2vec import Word2Vec
    from word2vec.training.objective import make_kernel

    os.environ["WORD2VEC_SIMD"] = simd
    model = Word2Vec(
        vector_size=job["vector_size"], window=job["window"], min_count=1, **KERNELS[kernel]
    )
    model.build_vocab_from_freq({str(word): int(count) for word, count in enumerate(counts)})
    run = make_kernel(model, model._tables, total_words=int(counts.sum()), compute_loss=False)
    batches = [
        np.ascontiguousarray(tokens[at : at + BATCH_WORDS])
        for at in range(0, len(tokens), BATCH_WORDS)
    ]
    pairs = kept = 0
    for number, batch in enumerate(batches[:WARM_UP] + batches):
        if number == WARM_UP:
            pairs = kept = 0
            start = time.thread_time()
        offsets = np.append(np.arange(0, len(batch), SENTENCE_WORDS), len(batch))
        alphas = np.full(len(offsets) - 1, 0.025, np.float32)
        _, more_pairs, more_kept = run.train(batch, offsets, alphas, number)
        pairs, kept = pairs + more_pairs, kept + more_kept
    seconds = time.thread_time() - start
    return {
        "seconds": seconds,
        "words": len(tokens),
        "pairs": pairs,
        "kept": kept,
        "outputs": 1 + model.negative if model.negative else _path_length(model, counts),
        "contexts": model.window,  # on average, away from the ends of a sentence
        "rows": len(counts),
    }


def _path_length(model: Any, counts: Any) -> float:
    """Mean number of tree nodes of the words that subsampling leaves."""
    import numpy as np

    lengths = np.diff(model._tables.tree.path_offsets)
    kept = counts * (model.wv.expandos["sample_int"] / 2**32)
    return float((kept * lengths).sum() / kept.sum())


def summary(
    runs: list[dict[str, Any]], kernel: str, simd: str, dimensions: int, roof: Roof
) -> dict[str, Any]:
    """Medians of some runs of one kernel, with the share of the roof that they reach."""
    seconds, gigahertz = (
        median(known) if (known := [run[key] for run in runs if run[key]]) else None
        for key in ("seconds", "gigahertz")
    )
    sums = runs[0]
    assert seconds is not None
    centres = sums["kept"]
    flops = operations(kernel, sums, dimensions) * centres / seconds / 1e9
    moved = rows_touched(kernel, sums) * centres * 2 * 4 * dimensions / seconds / 1e9
    peak = roof.gigaflops(simd)
    # Two matrices, input and output.
    memory = roof.gigabytes(2 * sums["rows"], 4 * dimensions)
    return {
        "kernel": kernel,
        "simd": simd,
        "runs": len(runs),
        "words_per_s": sums["words"] / seconds,
        "cycles_per_centre": seconds * gigahertz * 1e9 / centres if gigahertz else None,
        "gigaflops": flops,
        "share_of_flops": flops / peak if peak else None,
        "gigabytes_per_s": moved,
        "share_of_memory": moved / memory if memory else None,
        "seconds": [run["seconds"] for run in runs],
    }


def report(lines: Sequence[dict[str, Any]]) -> str:
    """Return the table of one build, or of two beside each other."""
    compared = any("ratio" in line for line in lines)
    head = ["kernel", "simd", "words/s", "cycles/centre", "GFLOP/s", "of peak", "GB/s", "of memory"]
    rows = []
    for line in lines:
        if "error" in line:
            rows.append([line["kernel"], line["simd"], line["error"], *["-"] * (len(head) - 3)])
        else:
            rows.append(
                [
                    line["kernel"],
                    line["simd"],
                    f"{line['words_per_s']:,.0f}",
                    _maybe(line["cycles_per_centre"], ",.0f"),
                    f"{line['gigaflops']:.1f}",
                    _maybe(line["share_of_flops"], ".0%"),
                    f"{line['gigabytes_per_s']:.1f}",
                    _maybe(line["share_of_memory"], ".0%"),
                ]
            )
        if compared:
            rows[-1].append(_maybe(line.get("ratio"), ".2f"))
    return tables.table([*head, *(["x other"] if compared else [])], rows)


def _maybe(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Time every kernel that was asked for; builds take turns."""
    lines = []
    with ExitStack() as stack:
        roof = stack.enter_context(Roof())
        benches = [stack.enter_context(Bench("this build", options.library, options))]
        if options.compare:
            benches.append(stack.enter_context(Bench(options.compare, options.compare, options)))
        for bench in benches:
            print(f"{bench.name}: {bench.file}", file=sys.stderr)
        wanted = options.simd or benches[0].simd
        for kernel in options.kernels:
            for simd in wanted:
                runs: list[list[dict[str, Any]]] = [[] for _ in benches]
                for _ in range(options.repeat):
                    for bench, found in zip(benches, runs, strict=True):
                        before = roof.gigahertz()
                        answer = bench.ask(kernel, simd)
                        clocks = [ghz for ghz in (before, roof.gigahertz()) if ghz]
                        answer["gigahertz"] = sum(clocks) / len(clocks) if clocks else None
                        found.append(answer)
                lines.append(_line(runs, kernel, simd, options.vector_size, roof))
                print(report(lines[-1:]).splitlines()[-1], file=sys.stderr)
    return lines


def _line(
    runs: list[list[dict[str, Any]]], kernel: str, simd: str, dimensions: int, roof: Roof
) -> dict[str, Any]:
    errors = [[run["error"] for run in found if "error" in run] for found in runs]
    if errors[0]:
        return {"kernel": kernel, "simd": simd, "error": errors[0][0]}
    line = summary(runs[0], kernel, simd, dimensions, roof)
    if len(runs) > 1:
        line["ratio"] = None
        if errors[1]:
            print(f"{kernel} {simd}: the other build: {errors[1][0]}", file=sys.stderr)
        else:
            seconds = [median(run["seconds"] for run in found) for found in runs]
            line["ratio"] = seconds[1] / seconds[0]
            line["other_seconds"] = [run["seconds"] for run in runs[1]]
    return line


def parse_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; wrong values end the program with status 2."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.kernels",
        description=(__doc__ or "").split("\n", 1)[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--corpus", type=Path, help="text whose first WORDS words are trained; else Zipf's law")
    add("--words", type=int, default=1_000_000, help="words of a run")
    add("--vocabulary", type=int, default=60_000, help="words of the generated vocabulary")
    add("--vector-size", type=int, default=100)
    add("--window", type=int, default=5)
    add("--kernels", default=",".join(KERNELS), help="which")
    add("--simd", help="instruction sets, such as avx2,scalar; else all there are")
    add("--repeat", type=int, default=5, help="runs of each")
    add(
        "--library",
        help="a checkout with built extensions, or one _train extension; else installed",
    )
    add("--compare", help="another build, as --library: ratios of words/s are this one's to its")
    add("--out", type=Path, help="write the figures as JSON")
    add("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    for name in ("words", "vocabulary", "vector_size", "window", "repeat"):
        if getattr(options, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be at least 1")
    options.kernels = options.kernels.split(",")
    options.simd = options.simd.split(",") if options.simd else None
    for kernel in options.kernels:
        if kernel not in KERNELS:
            parser.error(f"--kernels: {kernel!r} is unknown; known are {', '.join(KERNELS)}")
    for name in ("corpus", "library", "compare"):
        path = getattr(options, name)
        if path and not Path(path).exists():
            parser.error(f"--{name} {path}: no such file or folder")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 all good, 1 if a build cannot be measured, 2 usage."""
    options = parse_arguments(arguments)
    if options.serve:
        serve(json.loads(options.serve))
        return 0
    try:
        lines = run(options)
    except RuntimeError as error:
        print(f"benchmarks.kernels: {error}", file=sys.stderr)
        return 1
    print(report(lines))
    if options.out:
        options.out.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
