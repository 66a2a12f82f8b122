"""Models, batches and objectives on which the kernels are tested."""

from dataclasses import dataclass, fields, replace

import numpy as np
from reference import NOISE, Batch, Model

from word2vec.training._train import Kernel

MATRICES = ("input", "output_ns", "output_hs")


@dataclass(frozen=True)
class Objective:
    name: str
    sg: bool
    ns: bool
    hs: bool
    shared_negatives: bool = False
    cbow_mean: bool = False
    context_scale_full: bool = False

    def __str__(self):
        return self.name


OUTPUTS = {"ns": (True, False), "hs": (False, True), "both": (True, True)}
SKIP_GRAM = [
    Objective(f"sg-{name}{mode}", True, *output, shared_negatives=mode == "-shared")
    for name, output in OUTPUTS.items()
    for mode in ("-shared", "-exact")
]
CBOW = [
    Objective(
        f"cbow-{name}-{mean}-{scale}{mode}",
        False,
        *output,
        shared_negatives=mode == "-shared",
        cbow_mean=mean == "mean",
        context_scale_full=scale == "full",
    )
    for name, output in OUTPUTS.items()
    for mean in ("mean", "sum")
    for scale in ("full", "divided")
    for mode in (("-shared", "-exact") if output[0] else ("",))
]
OBJECTIVES = SKIP_GRAM + CBOW
# For whatever is tested besides the objective: one of each kind of loop.
FEW = [o for o in OBJECTIVES if "both" in o.name and o.name != "cbow-both-mean-divided"]

N_WORDS = 30
# Repeated words within windows, the same word on both sides, lonely words, empty
# sentences at the start, in the middle and at the end, a sentence of one word
# over and over, and one longer than any window here.
_LONG = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7]
SENTENCES = ([], [0, 1, 0, 2, 0], [7], [5, 5, 5, 5], [], [8, 29], _LONG, [11, 12, 13, 14, 11], [])


def make_batch(sentences=SENTENCES, seed=77, rng=None):
    rng = rng or np.random.default_rng(2)
    return Batch(
        tokens=np.array([word for words in sentences for word in words], np.int32),
        offsets=np.cumsum([0] + [len(words) for words in sentences], dtype=np.int64),
        alphas=rng.uniform(0.02, 0.1, len(sentences)).astype(np.float32),
        seed=seed,
    )


def make_model(
    objective, dim=16, n_words=N_WORDS, longest_path=20, scale=None, rng=None, **options
):
    """Model with random weights, noise and paths (of 0 to `longest_path` nodes)."""
    rng = rng or np.random.default_rng(dim)
    scale = scale or min(0.7, 2.0 / dim**0.5)  # scores of about -2 to 2 in every dimension

    def matrix(rows):
        return rng.uniform(-scale, scale, (rows, dim)).astype(np.float32)

    model = Model(
        input=matrix(n_words),
        sg=objective.sg,
        shared_negatives=objective.shared_negatives,
        cbow_mean=objective.cbow_mean,
        context_scale_full=objective.context_scale_full,
    )
    if objective.ns:
        noise = np.zeros(n_words, NOISE)
        noise["threshold"] = rng.integers(2**32, size=n_words)
        noise["alias"] = rng.integers(n_words, size=n_words)
        model = replace(model, output_ns=matrix(n_words), noise=noise, negative=5)
    if objective.hs:
        # The kernels know paths, not trees: any distinct nodes will do.
        lengths = rng.integers(longest_path + 1, size=n_words)
        nodes = [rng.permutation(longest_path)[:length] for length in lengths]
        model = replace(
            model,
            output_hs=matrix(longest_path),
            path_offsets=np.cumsum([0, *lengths], dtype=np.int64),
            path_nodes=np.concatenate(nodes).astype(np.int32),
            path_codes=rng.integers(2, size=lengths.sum()).astype(np.uint8),
        )
    return replace(model, **options)


def random_keep(n_words=N_WORDS):
    """Thresholds that keep about three words of four, but word 4 never and word 3 always."""
    keep = np.random.default_rng(9).integers(2**31, 2**32, n_words, np.uint32)
    keep[3:5] = 2**32 - 1, 0
    return keep


# Words 0, 3, 6, ... are locked; the row wraps round the factors (row % 3).
LOCKS = {"free": np.ones(1, np.float32), "locked": np.array([0.0, 1.0, 0.3], np.float32)}


def kernel_of(model, simd, **changes):
    """Kernel on the arrays of `model` themselves."""
    options = {field.name: getattr(model, field.name) for field in fields(model)}
    return Kernel(**(options | changes), simd=simd)


def with_copies(model):
    copies = {n: getattr(model, n).copy() for n in MATRICES if getattr(model, n) is not None}
    return replace(model, **copies)


def run(model, batch, simd):
    """The model after training with a kernel, and what the kernel returned."""
    model = with_copies(model)
    sums = kernel_of(model, simd).train(batch.tokens, batch.offsets, batch.alphas, batch.seed)
    return model, sums
