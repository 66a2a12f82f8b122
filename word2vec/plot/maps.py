"""Maps of words in two dimensions: neighbourhoods and analogies."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.errors import ParameterError
from word2vec.extras import require
from word2vec.plot.labels import place
from word2vec.plot.style import BLUE, GREEN, PALE, RED, axes_for, directions
from word2vec.see.layout import principal_plane

METHODS = ("pca", "tsne", "umap")
_SEED = 0  # the same words give the same map
_INSTEAD = "method='pca'"


def words(wv: Any, words: Sequence[Any], method: str = "pca", *, ax: Any = None) -> Any:
    """Map of words, near each other where their vectors point alike.

    Parameters
    ----------
    wv : KeyedVectors
    words : sequence of keys
        At least 3.
    method : {"pca", "tsne", "umap"}
        The two directions of largest spread; t-SNE of scikit-learn, or UMAP of
        umap-learn, which keep neighbours together and care less for distances.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingKeyError
        If a word is unknown; also KeyError.
    ParameterError
        If there are too few words or `method` is none of those.
    MissingDependencyError
        If the method's package is not installed.

    References
    ----------
    van der Maaten, Hinton (2008), https://jmlr.org/papers/v9/vandermaaten08a.html
    McInnes, Healy, Melville (2018), https://arxiv.org/abs/1802.03426
    """
    words = list(dict.fromkeys(words))
    if method not in METHODS:
        raise ParameterError(f"method={method!r}: it must be one of {METHODS}")
    if len(words) < 3:
        raise ParameterError(f"words={words!r}: give at least 3 different words")
    rows = directions(wv, words)
    points = {"pca": principal_plane, "tsne": _tsne, "umap": _umap}[method](rows)
    figure, ax = axes_for(ax, (7, 5.5))
    ax.scatter(*points.T, s=18, color=BLUE, zorder=3, linewidths=0)
    _bare(ax)
    place(ax, points, [str(word) for word in words])
    return figure


def analogy(wv: Any, a: Any, b: Any, c: Any, d: Any, *, ax: Any = None) -> Any:
    """Draw "a is to b as c is to d": a parallelogram, where the vectors have one.

    Parameters
    ----------
    wv : KeyedVectors
    a, b, c, d : keys
        Such as "man", "king", "woman", "queen".
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingKeyError
        If a word is unknown; also KeyError.
    ParameterError
        If two of them are the same.

    Notes
    -----
    The plane is that of the two directions of largest spread among the four unit
    vectors. The cross is where `d` would be exactly: b - a + c.
    """
    keys = [a, b, c, d]
    if len(set(keys)) < 4:
        raise ParameterError(f"{keys!r}: an analogy needs four different words")
    points = principal_plane(directions(wv, keys))
    ideal = points[1] - points[0] + points[2]
    figure, ax = axes_for(ax, (6, 4.5))
    sides = ((0, 1, BLUE), (2, 3, BLUE), (0, 2, GREEN), (1, 3, GREEN))
    for start, end, colour in sides:
        ax.annotate(
            "",
            points[end],
            points[start],
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "linewidth": 1.6,
                "shrinkA": 6,
                "shrinkB": 6,
            },
            zorder=2,
        )
    ax.scatter(*points.T, s=36, color=BLUE, zorder=3, linewidths=0)
    ax.plot(*np.array([points[2], ideal]).T, color=PALE, linestyle=":", zorder=1)
    ax.scatter(*ideal, marker="x", s=40, color=RED, zorder=3)
    _bare(ax)
    ax.set_aspect("equal", adjustable="datalim")
    names = [str(key) for key in keys]
    exact = f"{names[1]} \N{MINUS SIGN} {names[0]} + {names[2]}"
    along = np.linspace(0.05, 0.95, 60)[:, None]
    lines = [points[i] + along * (points[j] - points[i]) for i, j, _ in sides]
    lines.append(points[2] + along * (ideal - points[2]))
    place(ax, np.vstack([points, ideal]), [*names, exact], fontsize=11, avoid=np.vstack(lines))
    return figure


def _bare(ax: Any) -> None:
    """Take away axes that say nothing, and leave room for names at the edges."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_color(PALE)
    ax.margins(0.12)


def _tsne(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    manifold = require("sklearn.manifold", "plot", "method='tsne'", _INSTEAD)
    # Perplexity is about the number of neighbours of a word: less than there are words.
    perplexity = min(30.0, (len(rows) - 1) / 3)
    tsne = manifold.TSNE(
        perplexity=perplexity,
        metric="cosine",
        init="random",
        random_state=_SEED,
        # The approximation is for thousands of points, and starts a thread for each core.
        method="exact" if len(rows) <= 1000 else "barnes_hut",
    )
    return np.asarray(tsne.fit_transform(rows), np.float64)


def _umap(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    package = require("umap", "umap", "method='umap'", _INSTEAD)
    umap = package.UMAP(
        n_neighbors=min(15, len(rows) - 1),
        metric="cosine",
        init="pca",  # from random places, groups end up anywhere far apart
        min_dist=0.5,
        random_state=_SEED,
        n_jobs=1,
    )
    return np.asarray(umap.fit_transform(rows), np.float64)
