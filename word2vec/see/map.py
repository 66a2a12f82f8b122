"""A map of the words: one HTML file that holds the page, the vectors and where they stand.

The page computes neighbours and analogies itself, in all dimensions, from vectors rounded
to 16 bits (or 8); what it draws is a projection to the plane, made here once.
"""

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import ParameterError
from word2vec.see import export, layout, page
from word2vec.see.checks import check_number
from word2vec.see.defaults import CLUSTERS, DEFAULT_WORDS, MOST_WORDS, RANGES, Projection
from word2vec.vectors.arrays import unit_rows

if TYPE_CHECKING:
    from word2vec.vectors.keyed_vectors import KeyedVectors

SCRIPTS = ("vectors.js", "points.js", "labels.js", "colours.js", "panel.js", "view.js",
           "controls.js", "map.js")  # fmt: skip

Array = npt.NDArray[Any]


class WordMap(page.Page):
    """A map of word vectors, shown inline by notebooks.

    Parameters
    ----------
    vectors : KeyedVectors
        Left as they are; most frequent words first, as training leaves them.
    words : int, default=10,000
        How many of the first words to show, 1 to 100,000.
    projection : {"auto", "umap", "tsne", "pca"}
        How places on the plane are found; "auto" is UMAP where it is installed, else PCA.
    positions : array_like of shape (n, 2), optional
        Places of your own for the first n words instead.
    clusters : int, default=12
        How many groups of like words to colour, 1 to 256.
    bits : {16, 8}
        Of each number of the vectors in the file: 8 halve it, and neighbours whose cosines
        differ by less than 0.005 may change places.
    title : str, optional
    seed : int, default=1
        The same seed gives the same map.

    Attributes
    ----------
    words : list of str
        The words shown.
    rows : ndarray of shape (n,), int64
        Their rows in `vectors`.
    counts : ndarray of shape (n,) or None
        How often each was counted, where the vectors know.
    positions : ndarray of shape (n, 2), float32
        Their places, within the unit square.
    clusters : ndarray of shape (n,), uint8
        Their groups, the largest is 0.
    cluster_names : list of str
        Two typical words of each group.
    projection : str
        "UMAP", "t-SNE", "PCA", or "given".

    Raises
    ------
    ParameterError
        If an option is outside its range or there are no words.
    MissingDependencyError
        If the package of the projection is missing.
    """

    _height = 720

    def __init__(
        self,
        vectors: "KeyedVectors",
        *,
        words: int = DEFAULT_WORDS,
        projection: Projection = "auto",
        positions: npt.ArrayLike | None = None,
        clusters: int = CLUSTERS,
        bits: int = 16,
        title: str | None = None,
        seed: int = 1,
    ) -> None:
        check_number("words", words, 1, MOST_WORDS)
        check_number("clusters", clusters, 1, 256)
        check_number("seed", seed, *RANGES["seed"])
        if bits not in (8, 16):
            raise ParameterError(f"bits={bits!r}: it must be 16, or 8 for a file half as large")
        keys = vectors.index_to_key
        # Rows that wait for a key, as KeyedVectors(count=...) leaves them, are no words.
        self.rows = np.array(
            [row for row, key in enumerate(keys) if key is not None][:words], dtype=np.int64
        )
        if not len(self.rows):
            raise ParameterError("the vectors hold no words: train or load some first")
        self.words = [str(keys[row]) for row in self.rows.tolist()]
        self.title = "Word vectors" if title is None else title
        self._bits = bits
        counts = vectors.expandos.get("count")
        self.counts = None if counts is None else np.asarray(counts)[self.rows]
        self._vectors = vectors.vectors
        shown = self._vectors[self.rows].astype(np.float32, copy=False)
        _check_finite(shown)
        self._units = unit_rows(shown)
        self.positions = into_square(self._places(projection, positions, seed))
        self.clusters, typical = layout.cluster(self._units, clusters, seed)
        self.cluster_names = [", ".join(self.words[i] for i in group) for group in typical]

    def _places(self, projection: Projection, positions: npt.ArrayLike | None, seed: int) -> Array:
        if positions is None:
            kind = layout.choose(projection, len(self.words))
            self.projection = layout.NAMES[kind]
            return layout.project(self._units, kind, seed)
        self.projection = "given"
        places = np.asarray(positions, dtype=np.float64)
        if places.shape != (len(self.words), 2):
            raise ParameterError(
                f"positions of shape {places.shape}: the {len(self.words):,} words on the map "
                f"need ({len(self.words)}, 2)"
            )
        if not np.isfinite(places).all():
            raise ParameterError("positions hold values that are not finite; give real places")
        return places

    def _build(self) -> str:
        about = {
            "words": self.words,
            "size": self._units.shape[1],
            "bits": self._bits,
            "projection": self.projection,
            "clusterNames": self.cluster_names,
        }
        counts = np.empty(0) if self.counts is None else self.counts
        return page.build(
            "map",
            self.title,
            SCRIPTS,
            {
                "about": about,
                "vectors": quantise(self._units, self._bits).tobytes(),
                "places": np.round(self.positions * 65535).astype("<u2").tobytes(),
                "counts": counts.astype("<f8").tobytes(),
                "clusters": self.clusters.tobytes(),
            },
        )

    def save_tensorboard(self, folder: str | os.PathLike[str]) -> None:
        """Write what TensorBoard's projector reads; see `export.save_tensorboard`."""
        export.save_tensorboard(folder, self.words, self._vectors[self.rows], self.counts)

    def save_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write what Embedding Atlas reads; see `export.save_parquet`."""
        export.save_parquet(
            path,
            self.words,
            self._units,
            self.positions,
            [self.cluster_names[group] for group in self.clusters],
            self.counts,
        )


def _check_finite(vectors: Array) -> None:
    """Refuse what cannot be drawn."""
    broken = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(broken):
        raise ParameterError(
            f"{len(broken):,} vectors hold values that are not finite, the first in row "
            f"{broken[0]}: a map needs real numbers; train again with a smaller alpha"
        )


def quantise(units: Array, bits: int) -> Array:
    """Return the rows as integers, each scaled to the full range; zero rows stay zero.

    Cosines do not depend on the length of a row, so no scale is kept. With 16 bits they
    are off by some 1e-5, with 8 bits by some 2e-3.
    """
    top = np.float32(2 ** (bits - 1) - 1)
    largest = np.abs(units).max(axis=1, keepdims=True, initial=0)
    scaled = units * (top / np.where(largest == 0, np.float32(1), largest))
    return np.rint(scaled).astype(f"<i{bits // 8}")


def into_square(places: Array) -> Array:
    """Return places moved and scaled (alike in both directions) into the unit square.

    Parameters
    ----------
    places : ndarray of shape (n, 2)

    Returns
    -------
    ndarray of shape (n, 2), float32
        With a small margin; all in the middle where places do not differ.
    """
    low, high = places.min(axis=0), places.max(axis=0)
    extent = float((high - low).max()) or 1.0
    return np.asarray(0.5 + 0.96 * (places - (low + high) / 2) / extent, dtype=np.float32)
