"""Curves and grids: the history of training, similarities between words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from word2vec.errors import ParameterError
from word2vec.plot.style import BLUE, INK, PALE, RED, axes_for, colour_map, directions, frame


def history(model: Any, *, ax: Any = None) -> Any:
    """Losses over the words trained; without losses, the speed.

    Parameters
    ----------
    model : Word2Vec or History
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ParameterError
        If nothing was trained.
    """
    records = list(getattr(model, "history", model))
    if not records:
        raise ParameterError("the history is empty: train the model first")
    figure, ax = axes_for(ax, (7, 3.6))
    scale, unit = _scale(records[-1].words)
    curves = [
        ("training", "loss", BLUE, "-"),
        ("held-out", "validation_loss", RED, "o-"),
    ]
    label = "loss (nats per pair)"
    if all(record.loss is None and record.validation_loss is None for record in records):
        curves, label = [("speed", "words_per_second", BLUE, "-")], "words per second"
    for name, attribute, colour, form in curves:
        known = [r for r in records if getattr(r, attribute) is not None]
        if not known:
            continue
        x = [record.words / scale for record in known]
        y = [getattr(record, attribute) for record in known]
        ax.plot(x, y, form if len(known) > 1 else "o", color=colour, markersize=5, label=name)
        ax.annotate(
            f"{y[-1]:,.3f}" if attribute != "words_per_second" else f"{y[-1]:,.0f}",
            (x[-1], y[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=colour,
        )
    for before, record in pairwise(records):
        if record.epoch != before.epoch:
            ax.axvline(before.words / scale, color=PALE, linewidth=0.8, linestyle=":", zorder=0)
    ax.set_xlim(left=0)
    ax.set_xlabel(f"{unit}words trained (dotted: ends of epochs)")
    ax.set_ylabel(label)
    if len(ax.lines) and label.startswith("loss"):
        ax.legend(frameon=False, labelcolor=INK)
    frame(ax)
    return figure


def _scale(words: int) -> tuple[float, str]:
    for scale, unit in ((1e9, "billion "), (1e6, "million "), (1e3, "thousand ")):
        if words >= scale:
            return scale, unit
    return 1.0, ""


def similarities(wv: Any, words: Sequence[Any], *, ax: Any = None) -> Any:
    """Cosines between words, as a grid of colours and numbers.

    Parameters
    ----------
    wv : KeyedVectors
    words : sequence of keys
        At least one; in the order that is drawn.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingKeyError
        If a word is unknown; also KeyError.
    ParameterError
        If there is no word.
    """
    words = list(words)
    if not words:
        raise ParameterError("words=[]: give at least one word")
    rows = directions(wv, words)
    cosines = rows @ rows.T
    n = len(words)
    side = 1.6 + 0.5 * n
    figure, ax = axes_for(ax, (side + 0.8, side))
    image = ax.imshow(cosines, cmap=colour_map("RdBu_r"), vmin=-1, vmax=1)
    for i in range(n):
        for j in range(n):
            dark = abs(cosines[i, j]) > 0.6
            ax.text(
                j,
                i,
                f"{cosines[i, j]:.2f}".replace("-", "\N{MINUS SIGN}"),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if dark else INK,
            )
    ax.set_xticks(range(n), [str(word) for word in words], rotation=45, ha="right")
    ax.set_yticks(range(n), [str(word) for word in words])
    frame(ax)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    bar = figure.colorbar(image, ax=ax, shrink=0.8, label="cosine")
    bar.outline.set_visible(False)
    return figure
