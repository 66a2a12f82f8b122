"""Figures as text: medians, spreads, ratios, and Markdown tables."""

from collections.abc import Sequence
from statistics import mean, median, stdev


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned Markdown table; columns of figures are set right."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    columns = list(zip(*cells, strict=True))
    widths = [max(3, *map(len, column)) for column in columns]
    figures = [all(c[:1] in "-0123456789" for c in column[1:]) for column in columns]
    rule = ["-" * (w - r) + ":" * r for w, r in zip(widths, figures, strict=True)]
    text = [
        [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, figures, strict=True)]
        for row in cells
    ]
    return "\n".join("| " + " | ".join(row) + " |" for row in [text[0], rule, *text[1:]])


def number(values: Sequence[float], digits: int = 0) -> str:
    """Return the median with separators, or a dash for nothing."""
    return f"{median(values):,.{digits}f}" if values else "-"


def spread(values: Sequence[float]) -> str:
    """Return (max - min) / median in per cent; a dash for fewer than two."""
    return f"{(max(values) - min(values)) / median(values):.0%}" if len(values) > 1 else "-"


def ratio(values: Sequence[float], yard: Sequence[float]) -> str:
    """Return the ratio of the medians; a dash where one is missing."""
    return f"{median(values) / median(yard):.2f}" if values and yard else "-"


def deviation(values: Sequence[float], scale: float = 1) -> str:
    """Return mean ± standard deviation (of the sample), `scale` 100 for per cent."""
    if not values:
        return "-"
    digits = 1 if scale == 100 else 3
    text = f"{mean(values) * scale:.{digits}f}"
    return text + (f" ± {stdev(values) * scale:.{digits}f}" if len(values) > 1 else "")
