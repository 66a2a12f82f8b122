"""Names beside points, none over another: greedy placement on measured boxes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from word2vec.plot.style import INK, PALE

POINT = 4.0  # half the room of a point, in points of 1/72 inch
LINE_FROM = 12.0  # a name farther from its point than this gets a line to it


def place(
    ax: Any, points: NDArray[np.float64], names: Sequence[str], fontsize: float = 10
) -> list[Any]:
    """Write a name beside each point.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits are final: what is placed stays free of overlaps at this size.
    points : ndarray of shape (n, 2)
        In data coordinates.
    names : sequence of n str

    Returns
    -------
    list of matplotlib.text.Annotation

    Notes
    -----
    Each name takes the free place nearest to its point, crowded points first. Its box
    keeps off all points, all names before it and the edge of the axes.
    """
    figure = ax.figure
    figure.draw_without_rendering()  # layout and limits are known from here on
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    pixels = ax.transData.transform(points)
    unit = figure.dpi / 72
    taken = [Bbox([p - POINT * unit, p + POINT * unit]) for p in pixels]
    inside = ax.get_window_extent(renderer)
    texts: list[Any] = [None] * len(names)
    for i in _crowded_first(pixels):
        text = ax.annotate(
            names[i],
            points[i],
            xytext=(0, 0),
            textcoords="offset points",
            ha="center",
            va="center",
            color=INK,
            fontsize=fontsize,
            zorder=4,
        )
        text.set_in_layout(False)  # or the layout would change under the names
        box = text.get_window_extent(renderer)
        half = np.array([box.width, box.height]) / 2 / unit
        for offset in _places(half):
            centre = pixels[i] + offset * unit
            found = Bbox([centre - half * unit, centre + half * unit])
            fits = inside.contains(*found.min) and inside.contains(*found.max)
            if fits and not any(found.overlaps(other) for other in taken):
                break
        else:
            offset = np.array([0.0, POINT + half[1]])
            found = box
        text.set_position(offset)
        taken.append(found)
        _line(ax, points[i], offset, half)
        texts[i] = text
    return texts


def _crowded_first(pixels: NDArray[np.float64]) -> list[int]:
    """Order of points by the distance to their nearest neighbour."""
    if len(pixels) < 2:
        return list(range(len(pixels)))
    distances = np.linalg.norm(pixels[:, None] - pixels[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return [int(i) for i in np.argsort(distances.min(axis=1), kind="stable")]


def _places(half: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """Centres to try around a point, near ones first: right, left, above, below, between."""
    for gap in np.arange(POINT + 1, 160, 5):
        for turn in (0, 4, 2, 6, 1, 7, 3, 5):
            angle = turn * np.pi / 4
            direction = np.array([np.cos(angle), np.sin(angle)]).round(3)
            yield direction * gap + np.sign(direction) * half


def _line(ax: Any, point: NDArray[np.float64], offset: Any, half: Any) -> None:
    """Draw a thin line from a name to its point, if that is far."""
    nearest = np.clip(0, offset - half, offset + half)
    if np.linalg.norm(nearest) < LINE_FROM:
        return
    arrow = ax.annotate(
        "",
        point,
        xytext=nearest,
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.7, "shrinkA": 0},
        zorder=1,
    )
    arrow.set_in_layout(False)
