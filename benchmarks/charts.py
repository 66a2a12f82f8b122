"""Charts of results, as SVG files beside the page."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks.figures import counted, labels, row_names, speeds, totals
from benchmarks.results import Results, Run, counts

# Told apart by colour-blind eyes too (Okabe and Ito); a system keeps its colour.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
GRID = "#dddddd"
Chart = tuple[str, Path]


def draw(results: Results, folder: Path, kind: str = "svg") -> list[Chart]:
    """Draw what the results have figures for.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    kind : str
        "svg" or "png".

    Returns
    -------
    list of (title, file)
        Empty where matplotlib is not installed: the page needs no charts.
    """
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("agg")
    matplotlib.rcParams.update(
        {
            "svg.hashsalt": "word2vec",  # the same figures give the same file
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.axisbelow": True,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "figure.constrained_layout.use": True,
        }
    )
    charts: list[Chart] = []
    for title, chart in (
        ("Training speed by row", speed_chart),
        ("From text to vectors", total_chart),
        ("Quality against time", quality_chart),
        ("Scaling by threads", scaling_chart),
        ("Cost as the corpus grows", corpus_chart),
        ("Cost as the vocabulary grows", vocabulary_chart),
    ):
        figure = chart(results)
        if figure is None:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{re.sub('[^a-z]+', '-', title.lower())}.{kind}"
        figure.axes[0].set_title(title)
        figure.savefig(path, dpi=110, metadata={"Date": None} if kind == "svg" else None)
        charts.append((title, path))
    return charts


def colours(results: Results) -> dict[str, str]:
    """Return a colour for each system."""
    return {label: COLOURS[i % len(COLOURS)] for i, label in enumerate(labels(results))}


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    return figure, figure.add_subplot()


def _bars(results: Results, bars: dict[str, dict[str, float]], axis: str, digits: int) -> Any:
    """Draw groups of horizontal bars with their values: row -> system -> value."""
    bars = {row: values for row, values in bars.items() if values}
    if not bars:
        return None
    systems = [s for s in labels(results) if any(s in values for values in bars.values())]
    n_bars = sum(len(values) for values in bars.values())
    figure, axes = _figure(8, 1.1 + 0.26 * n_bars + 0.14 * len(bars))
    colour = colours(results)
    at, ticks, named = 0.0, [], set()
    longest = max(max(values.values()) for values in bars.values())
    for row, values in bars.items():
        start = at
        for system in (s for s in systems if s in values):
            label = None if system in named else system
            named.add(system)
            axes.barh(at, values[system], 0.85, color=colour[system], label=label)
            text = f" {values[system]:,.{digits}f}"
            axes.text(values[system], at, text, va="center", fontsize=9)
            at += 1
        ticks.append(((start + at - 1) / 2, row))
        at += 0.6
    axes.set_yticks([place for place, _ in ticks], [row for _, row in ticks])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(at - 0.7, -0.8)  # the first at the top
    axes.set_xlim(0, longest * 1.14)
    axes.set_xlabel(axis)
    axes.grid(axis="x", color=GRID)
    if len(systems) > 1:
        figure.legend(loc="outside lower center", ncols=min(len(systems), 5), frameon=False)
    return figure


def speed_chart(results: Results) -> Any:
    """Million words/s of each row and system."""
    bars = {
        row: {
            system: median(found) / 1e6
            for system in labels(results)
            if (found := speeds(counted(results, row, system)))
        }
        for row in row_names(results)
    }
    return _bars(results, bars, "million words a second (raw words, median)", 2)


def total_chart(results: Results) -> Any:
    """Seconds from text to saved vectors, where that was measured."""
    bars = {
        row: {
            system: median(totals(runs))
            for system in labels(results)
            if (runs := [r for r in counted(results, row, system) if r["measure"] == "end-to-end"])
            and totals(runs)
        }
        for row in row_names(results)
    }
    return _bars(results, bars, "seconds from text to saved vectors (median)", 1)


def _lines(
    results: Results,
    points: dict[tuple[str, str], list[tuple[float, float]]],
    axes_names: tuple[str, str],
) -> Any:
    """Draw a line for each (row kind, system) that has at least two points."""
    lines = {key: sorted(found) for key, found in points.items() if len(found) > 1}
    if not lines:
        return None
    figure, axes = _figure(8, 4.6)
    colour, kinds = colours(results), list(dict.fromkeys(kind for kind, _ in lines))
    styles = ("-", "--", ":", "-.")
    markers = ("o", "s", "^", "D")
    for (kind, system), found in lines.items():
        which = kinds.index(kind) % len(styles)
        label = f"{system}, {kind}" if len(kinds) > 1 else system
        axes.plot(
            *zip(*found, strict=True),
            linestyle=styles[which],
            marker=markers[which],
            color=colour[system],
            label=label,
        )
    axes.set_xlabel(axes_names[0])
    axes.set_ylabel(axes_names[1])
    axes.set_ylim(bottom=0)
    axes.grid(color=GRID)
    figure.legend(loc="outside right upper", frameon=False)
    return figure


def _by(
    results: Results, place: str, figure: str
) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Medians of runs that differ in one thing only: (objective, system) to points.

    The series with the most points is taken where there are several for one objective.
    """
    series: dict[tuple[Any, ...], dict[float, list[float]]] = {}
    for run in results["runs"]:
        if not counts(run) or run["measure"] != "training" or run["source"] != "file":
            continue
        x, rest = _split(run, place)
        y = speeds([run])[0] / 1e6 if figure == "speed" else totals([run])[0]
        key = (run["objective"], run["system"], rest)
        series.setdefault(key, {}).setdefault(x, []).append(y)
    chosen: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for (objective, system, _), points in series.items():
        line = [(x, median(ys)) for x, ys in points.items()]
        if len(line) > len(chosen.get((objective, system), [])):
            chosen[objective, system] = line
    return chosen


def _split(run: Run, place: str) -> tuple[float, tuple[Any, ...]]:
    """Return the place of a run on the axis, and all else that matters for its time."""
    fixed = {key: value for key, value in run["settings"].items() if key != "seed"}
    words: Any = run["corpus_words"]
    if place == "workers":
        at = float(fixed.pop("workers"))
    elif place == "words":
        at, words = words / 1e6, None
    else:
        at = run["result"]["vocabulary_size"] / 1e3
        fixed.pop("min_count", None)
    return at, (words, tuple(sorted(fixed.items())))


def scaling_chart(results: Results) -> Any:
    """Million words/s by number of threads."""
    points = _by(results, "workers", "speed")
    figure = _lines(results, points, ("threads", "million words a second (median)"))
    if figure is not None:
        threads = sorted({x for found in points.values() for x, _ in found})
        figure.axes[0].set_xticks(threads, [f"{x:g}" for x in threads])
    return figure


def corpus_chart(results: Results) -> Any:
    """Seconds of scan and training by size of the corpus."""
    points = _by(results, "words", "seconds")
    return _lines(results, points, ("million words", "seconds of scan and training (median)"))


def vocabulary_chart(results: Results) -> Any:
    """Million words/s by size of the vocabulary, as min_count sets it."""
    points = _by(results, "vocabulary", "speed")
    return _lines(results, points, ("thousand words kept", "million words a second (median)"))


def quality_chart(results: Results) -> Any:
    """Analogies answered against seconds of training, a point for each row and system."""
    points = []
    for row in row_names(results):
        for system in labels(results):
            runs = [r for r in counted(results, row, system) if r.get("quality")]
            scores = [r["quality"]["analogies"]["score"] for r in runs]
            known = [score for score in scores if score is not None]
            if known:
                points.append((row, system, median(totals(runs)), 100 * mean(known)))
    if not points:
        return None
    figure, axes = _figure(8, 5)
    colour = colours(results)
    for system in labels(results):
        own = [(x, y) for _, s, x, y in points if s == system]
        if own:
            axes.scatter(*zip(*own, strict=True), color=colour[system], label=system, zorder=3)
    axes.set_xscale("log")
    axes.set_xlabel("seconds of scan and training (median, logarithmic)")
    axes.set_ylabel("Google analogies answered, %")
    axes.grid(color=GRID)
    low, high = min(p[2] for p in points) / 1.3, max(p[2] for p in points) * 1.3
    high *= (high / low) ** 0.2  # room for names at the right
    axes.set_xlim(low, high)
    ticks = [m * 10**e for e in range(-2, 6) for m in (1, 2, 5) if low <= m * 10**e <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    top = 1.1 * max(p[3] for p in points) or 1
    axes.set_ylim(0, top)
    spots = [
        (math.log(x / low) / math.log(high / low), y / top, 0.03 + 0.009 * len(row))
        for row, _, x, y in points
    ]
    for (row, _, x, y), height in zip(points, _apart(spots), strict=True):
        axes.annotate(
            row,
            (x, y),
            xytext=(9, (height - y / top) * 280),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color="#444444",
            arrowprops={"arrowstyle": "-", "color": "#bbbbbb", "linewidth": 0.6},
        )
    figure.legend(loc="outside lower center", ncols=5, frameon=False)
    return figure


def _apart(spots: Sequence[tuple[float, float, float]]) -> list[float]:
    """Return heights for names right of their points, so that none covers another or a point.

    Parameters
    ----------
    spots : sequence of (x, y, width)
        Places as shares of the chart, and widths of the names.
    """
    line = 0.045
    taken = [(x, x, y) for x, y, _ in spots]  # from x to x at a height
    heights = [0.0] * len(spots)
    for i in sorted(range(len(spots)), key=lambda i: spots[i][1]):
        x, height, width = spots[i]
        start, end = x + 0.012, x + width
        while any(a < end and start < b + 0.01 and abs(height - h) < line for a, b, h in taken):
            height += line / 8
        taken.append((start, end, height))
        heights[i] = height
    return heights
