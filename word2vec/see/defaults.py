"""What the pages take if nothing else is said; loads nothing, so that --help stays quick."""

from typing import Literal

Projection = Literal["auto", "umap", "tsne", "pca"]
MOST_WORDS = 100_000
DEFAULT_WORDS = 10_000
CLUSTERS = 12

# What the inspector trains: architecture and output layer.
Objective = Literal["sg-softmax", "sg-hs", "sg-ns", "cbow-softmax", "cbow-hs", "cbow-ns"]
Preset = Literal["fruit", "royals", "loops", "capitals"]
# What can still be taken in by looking: a row for each word, a column for each dimension.
MOST_DISTINCT = 60
MOST_TOKENS = 2_000
LONGEST_WORD = 40
RANGES: dict[str, tuple[float, float]] = {
    "alpha": (0.001, 2.0),
    "vector_size": (2, 16),
    "window": (1, 10),
    "negative": (1, 20),
    "seed": (0, 2**32 - 1),
}
