"""What all pictures share: matplotlib, a figure to draw into, colours, directions of words."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.extras import require

mpl = require("matplotlib", "plot", "word2vec.plot")
Figure = require("matplotlib.figure", "plot", "word2vec.plot").Figure

# Okabe and Ito's colours, told apart by everybody: blue, vermilion, green.
BLUE, RED, GREEN = "#0072b2", "#d55e00", "#009e73"
INK, PALE = "#333333", "#b8b8b8"


def directions(wv: Any, words: Sequence[Any]) -> NDArray[np.float64]:
    """Return the vectors of words at length 1, float64 of shape (n, vector_size).

    Raises
    ------
    MissingKeyError
        If a word is unknown; also KeyError.
    """
    return np.array([wv.get_vector(word, norm=True) for word in words], np.float64)


def axes_for(ax: Any, size: tuple[float, float]) -> tuple[Any, Any]:
    """Return figure and axes to draw into; a new figure of `size` inches without `ax`.

    A new figure belongs to pyplot where that is in use (notebooks show it), else to nobody.
    """
    if ax is not None:
        return ax.figure, ax
    figure = Figure(figsize=size, layout="constrained")
    return figure, figure.subplots()


def frame(ax: Any) -> None:
    """Leave of the frame what carries numbers."""
    ax.spines[["top", "right"]].set_visible(False)
    for spine in ax.spines.values():
        spine.set_color(PALE)
    ax.tick_params(color=PALE, labelcolor=INK)


def colour_map(name: str) -> Any:
    """Colour map of matplotlib by name."""
    return mpl.colormaps[name]
