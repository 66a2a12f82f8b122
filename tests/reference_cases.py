"""Small texts and all objectives of word2vec.reference, for its tests and those of trainer.js."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from word2vec.reference import Trainer

# Repeated words within a window and in one sentence, words of equal count, an empty sentence
# and a lonely word.
SENTENCES = [
    ["the", "cat", "sat", "on", "the", "mat"],
    [],
    ["lonely"],
    ["a", "dog", "sat", "on", "a", "log", "and", "a", "cat", "sat", "on", "a", "dog"],
    ["to", "be", "or", "not", "to", "be"],
    ["no", "no", "no", "no"],
]
OUTPUTS = ("softmax", "hs", "ns")


@dataclass(frozen=True)
class Case:
    """Options by gensim's names; those of trainer.js follow from them."""

    sg: int
    output: str
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self):
        changed = [f"{name}={value}" for name, value in self.options.items()]
        return "-".join(["sg" if self.sg else "cbow", self.output, *changed])

    def trainer(self, sentences=SENTENCES, **changes):
        options = {"alpha": 0.2, "window": 3, "seed": 7, **self.options, **changes}
        return Trainer(sentences, sg=self.sg, output=self.output, **options)


SIX = [Case(sg, output) for sg in (1, 0) for output in OUTPUTS]
CBOW = [
    Case(0, output, {"cbow_mean": mean, "corrected_cbow": corrected})
    for output in OUTPUTS
    for mean in (1, 0)
    for corrected in (1, 0)
    if (mean, corrected) != (1, 0)
]


def randomise(trainer, seed=3, scale=1.0):
    """Give both matrices random values: output rows that are zero hide what they multiply."""
    rng = np.random.default_rng(seed)
    for matrix in (trainer.input, trainer.output):
        matrix[:] = rng.uniform(-scale, scale, matrix.shape)
    return trainer
