"""Names beside points, none over another: greedy placement on measured boxes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.plot.style import INK, PALE

POINT = 4.0  # half the room of a point, in points of 1/72 inch
LINE_FROM = 12.0  # a name farther from its point than this gets a line to it


def place(
    ax: Any,
    points: NDArray[np.float64],
    names: Sequence[str],
    fontsize: float = 10,
    avoid: NDArray[np.float64] | None = None,
) -> list[Any]:
    """Write a name beside each point.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its limits are final: what is placed stays free of overlaps at this size.
    points : ndarray of shape (n, 2)
        In data coordinates.
    names : sequence of n str
    fontsize : float, default=10
        In points.
    avoid : ndarray of shape (m, 2), optional
        More places to keep off, along lines for example, in data coordinates.

    Returns
    -------
    list of matplotlib.text.Annotation

    Notes
    -----
    Each name takes the free place nearest to its point, crowded points first. Its box
    keeps off all points, the names and lines before it, and the edge of the axes; its line
    does too where it can. Where nothing is free within 160 points, as for a point outside
    of the axes, the name stands above its point all the same.
    """
    figure = ax.figure
    figure.draw_without_rendering()  # layout and limits are known from here on
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else None
    pixels = ax.transData.transform(points)
    unit = figure.dpi / 72
    taken = _boxes(pixels, POINT * unit)
    if avoid is not None:
        taken = np.vstack([taken, _boxes(ax.transData.transform(avoid), unit)])
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
        spare = None  # the nearest place where only the line is in the way
        for offset in _places(half):
            centre = pixels[i] + offset * unit
            line = pixels[i] + _line_steps(offset, half) * unit
            new = np.vstack([_boxes(centre[None], half * unit), _boxes(line, unit / 2)])
            fits = inside.contains(*new[0, :2]) and inside.contains(*new[0, 2:])
            if not fits or _overlap(new[:1], taken):
                continue
            spare = spare or (offset, new)
            if not _overlap(new, taken):
                break
        else:
            above = np.array([0.0, POINT + half[1]])
            offset, new = spare or (above, _boxes(pixels[i][None] + above * unit, half * unit))
        text.set_position(offset)
        taken = np.vstack([taken, new])
        if len(new) > 1:
            _line(ax, points[i], offset, half)
        texts[i] = text
    return texts


def _boxes(centres: NDArray[np.float64], half: Any) -> NDArray[np.float64]:
    """Boxes (x0, y0, x1, y1) around centres, shape (n, 4)."""
    return np.hstack([centres - half, centres + half])


def _overlap(some: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Whether any of some boxes overlaps any of others."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    return bool(np.any(np.all(low < high, axis=2)))


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


def _line_steps(offset: Any, half: Any) -> NDArray[np.float64]:
    """Give places along the line from a point to its name, apart from both; none if near."""
    nearest = np.clip(0, offset - half, offset + half)
    length = np.linalg.norm(nearest)
    if length < LINE_FROM:
        return np.empty((0, 2))
    shares = np.arange(2 * POINT, length - 2, 2) / length
    return np.asarray(shares[:, None] * nearest)


def _line(ax: Any, point: NDArray[np.float64], offset: Any, half: Any) -> None:
    """Draw a thin line from a point to its name."""
    nearest = np.clip(0, offset - half, offset + half)
    arrow = ax.annotate(
        "",
        point,
        xytext=nearest,
        textcoords="offset points",
        arrowprops={"arrowstyle": "-", "color": PALE, "linewidth": 0.7, "shrinkA": 0},
        zorder=1,
    )
    arrow.set_in_layout(False)
