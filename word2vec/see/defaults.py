"""What a map takes if nothing else is said; loads nothing, so that --help stays quick."""

from typing import Literal

Projection = Literal["auto", "umap", "tsne", "pca"]
MOST_WORDS = 100_000
DEFAULT_WORDS = 10_000
CLUSTERS = 12
