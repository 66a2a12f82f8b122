"""Quality over seeds: ours against gensim's vectors of the same settings."""

from dataclasses import dataclass
from statistics import mean, variance
from typing import Any

from benchmarks.figures import YARDSTICK
from benchmarks.results import Results, Run, counts
from benchmarks.rows import OBJECTIVES
from benchmarks.tables import deviation, table

QUALITY_SETS = {
    "analogies": "Google analogies",
    "wordsim353": "WordSim-353",
    "simlex999": "SimLex-999",
}
EXPLANATION = (
    "Ours / gensim's mean ± standard deviation over seeds, and the difference of the means. "
    "**Below** marks a difference below minus the seed noise: the standard deviation of one "
    "run, pooled over both systems (root of the mean of their variances). The last column is "
    "the mean of the three differences (analogies as a fraction); it is marked below 0. "
    "The number of threads may differ between the two."
)

Scores = dict[str, list[float]]


@dataclass(frozen=True)
class Cell:
    """One objective at one size: the scores of each set, a value for each seed."""

    system: str
    objective: str
    words: int
    epochs: int
    ours: Scores
    yard: Scores

    def difference(self, name: str) -> float | None:
        """Return ours less gensim's mean on a set, or None if one has no scores."""
        ours, yard = self.ours[name], self.yard[name]
        return mean(ours) - mean(yard) if ours and yard else None

    def noise(self, name: str) -> float | None:
        """Return the pooled standard deviation over seeds; None with one seed each."""
        spreads = [variance(side[name]) for side in (self.ours, self.yard) if len(side[name]) > 1]
        return mean(spreads) ** 0.5 if spreads else None

    def is_below(self, name: str) -> bool:
        """Whether ours is below gensim's by more than the seed noise."""
        difference, noise = self.difference(name), self.noise(name)
        return difference is not None and noise is not None and difference < -noise

    def mean_difference(self) -> float | None:
        """Return the mean of the differences; None unless every set has one."""
        differences = [self.difference(name) for name in QUALITY_SETS]
        return None if None in differences else mean(differences)  # type: ignore[type-var]


def cells(results: Results) -> list[Cell]:
    """Return a cell for each system but gensim, and each kind of run that gensim did too."""
    groups: dict[tuple[Any, ...], list[Run]] = {}
    for run in results["runs"]:
        if counts(run) and run.get("quality"):
            groups.setdefault(_key(run), []).append(run)
    found = []
    for (system, objective, *rest), runs in groups.items():
        baseline = groups.get((YARDSTICK, OBJECTIVES[objective].plain, *rest))
        if system != YARDSTICK and baseline:
            first = runs[0]
            words, epochs = first["corpus_words"], first["settings"]["epochs"]
            found.append(Cell(system, objective, words, epochs, _scores(runs), _scores(baseline)))
    return sorted(found, key=lambda cell: (-cell.words, cell.epochs))


def _key(run: Run) -> tuple[Any, ...]:
    ignored = ("seed", "workers", "sg", "hs")
    settings = {key: value for key, value in run["settings"].items() if key not in ignored}
    corpus = run["corpus_sha256"] or run["corpus_words"]
    return (run["system"], run["objective"], corpus, *sorted(settings.items()))


def _scores(runs: list[Run]) -> Scores:
    by_seed = {run["seed"]: run["quality"] for run in reversed(runs)}  # the first of a seed
    return {
        name: [
            quality[name]["score"]
            for _, quality in sorted(by_seed.items())
            if quality[name]["score"] is not None
        ]
        for name in QUALITY_SETS
    }


def grid_table(results: Results) -> str:
    """Return the table of all cells, or "" if gensim shares none."""
    rows = []
    for cell in cells(results):
        overall = cell.mean_difference()
        seeds = [max(map(len, side.values())) for side in (cell.ours, cell.yard)]
        rows.append(
            [
                f"{cell.words:,}",
                str(cell.epochs),
                cell.objective,
                cell.system,
                f"{seeds[0]} / {seeds[1]}",
                *(_text(cell, name) for name in QUALITY_SETS),
                "-" if overall is None else _marked(f"{overall:+.4f}", overall < 0),
            ]
        )
    head = ["words", "epochs", "objective", "system", "seeds", *QUALITY_SETS.values(), "mean"]
    return table(head, rows) if rows else ""


def _text(cell: Cell, name: str) -> str:
    scale, digits = (100, 1) if name == "analogies" else (1, 3)
    difference = cell.difference(name)
    if difference is None:
        return "-"
    pair = f"{deviation(cell.ours[name], scale)} / {deviation(cell.yard[name], scale)}"
    return f"{pair}, {_marked(f'{difference * scale:+.{digits}f}', cell.is_below(name))}"


def _marked(text: str, below: bool) -> str:
    return f"**{text} below**" if below else text
