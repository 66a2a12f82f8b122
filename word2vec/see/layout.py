"""Where words stand on the flat map, and which of them belong together.

PCA needs numpy only. UMAP (umap-learn) and t-SNE (scikit-learn) come with the extra `map`;
both start from the first principal components, which keep most of what the vectors say and
make them several times as fast.
"""

import warnings
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
from scipy.cluster.vq import kmeans2

from word2vec.errors import MissingDependencyError
from word2vec.see.checks import check_choice
from word2vec.see.defaults import Projection

NAMES = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}
COMPONENTS = 50
_PACKAGES = {"umap": "umap", "tsne": "sklearn"}
_FEWEST = 5  # below it neighbourhoods mean nothing; PCA is used

Array = npt.NDArray[Any]


def choose(projection: Projection, n_words: int) -> str:
    """Return the projection to use: "umap", "tsne" or "pca".

    Raises
    ------
    ParameterError
        If there is no such projection.
    MissingDependencyError
        If its package is missing; "auto" takes PCA then.
    """
    check_choice("projection", projection, get_args(Projection))
    if n_words < _FEWEST:
        return "pca"
    if projection == "auto":
        return "umap" if _installed("umap") else "pca"
    if projection in _PACKAGES and not _installed(_PACKAGES[projection]):
        raise MissingDependencyError(
            f"projection={projection!r} needs the extra 'map': "
            "pip install 'word2vec-hogwild[map]', or use projection='pca'"
        )
    return projection


def project(units: Array, projection: str, seed: int) -> Array:
    """Return places on the plane.

    Parameters
    ----------
    units : ndarray of shape (n, vector_size), float32
        Vectors of length 1, or zero.
    projection : {"umap", "tsne", "pca"}
    seed : int
        For UMAP and t-SNE, which draw at random: the same seed, the same map, on one machine.

    Returns
    -------
    ndarray of shape (n, 2), float64
    """
    if projection == "pca":
        return principal_plane(units)
    components = principal_components(units, COMPONENTS)
    with warnings.catch_warnings():
        # What these packages say about their own insides is nothing a reader can act on.
        warnings.simplefilter("ignore")
        made = (_umap if projection == "umap" else _tsne)(components.astype(np.float32), seed)
    return np.asarray(made, dtype=np.float64)


def _umap(components: Array, seed: int) -> Any:
    from umap import UMAP

    neighbours = min(15, len(components) - 1)
    return UMAP(
        n_neighbors=neighbours, min_dist=0.15, metric="cosine", random_state=seed, n_jobs=1
    ).fit_transform(components)


def _tsne(components: Array, seed: int) -> Any:
    from sklearn.manifold import TSNE

    perplexity = min(30.0, (len(components) - 1) / 3)
    return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(components)


def principal_components(vectors: Array, number: int) -> Array:
    """Return the first principal components, largest first, with a sign that is always the same.

    Parameters
    ----------
    vectors : ndarray of shape (n, vector_size)
    number : int
        How many; vectors of fewer dimensions get as many as they have, but two at least
        (zeros).

    Returns
    -------
    ndarray of shape (n, max(2, min(number, vector_size))), float64
    """
    centred = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    axes = axes[:, ::-1][:, :number]
    largest = np.argmax(np.abs(axes), axis=0)
    axes = axes * np.where(axes[largest, range(axes.shape[1])] < 0, -1, 1)
    components = (centred @ axes).astype(np.float64)
    missing = max(0, 2 - components.shape[1])
    return np.pad(components, ((0, 0), (0, missing)))


def principal_plane(vectors: Array) -> Array:
    """Return the first two principal components, of shape (n, 2)."""
    return principal_components(vectors, 2)


def cluster(units: Array, number: int, seed: int) -> tuple[Array, list[list[int]]]:
    """Group words by the direction of their vectors.

    Parameters
    ----------
    units : ndarray of shape (n, vector_size)
        Frequent words first.
    number : int
        How many groups at most.
    seed : int

    Returns
    -------
    groups : ndarray of shape (n,), uint8
        Numbered by size, the largest is 0.
    typical : list of list of int
        For each group two words that stand for it: those nearest to its mean among its
        frequent ones.
    """
    components = principal_components(units, COMPONENTS)
    # The seeding of k-means divides by zero when it runs out of rows that differ.
    number = min(number, len(np.unique(components, axis=0)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an empty group: it is left out below
        _, found = kmeans2(components, number, minit="++", seed=seed)
    _, inverse, sizes = np.unique(found, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=np.uint8)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    groups = rank[inverse]
    typical = []
    for group in range(len(sizes)):
        frequent = np.flatnonzero(groups == group)[:60]
        closeness = units[frequent] @ units[frequent].mean(axis=0)
        typical.append(frequent[np.argsort(-closeness, kind="stable")[:2]].tolist())
    return groups, typical


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None
