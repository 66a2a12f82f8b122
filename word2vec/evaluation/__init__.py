"""Scores of word vectors on several test sets at once, as a table.

    from word2vec.evaluation import evaluate
    print(evaluate(wv, ["wordsim353.tsv", "SimLex-999.txt", "questions-words.txt"]))

`KeyedVectors.evaluate_word_pairs` and `evaluate_word_analogies` answer as gensim's do,
one file in one format at a time; the definitions are the same here.
"""

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from word2vec.errors import ParameterTypeError
from word2vec.evaluation.sets import AnalogySet, PairSet, read_set
from word2vec.vectors import evaluation as scoring
from word2vec.vectors.arrays import unit
from word2vec.vectors.keyed_vectors import KeyedVectors

__all__ = ["AnalogySet", "PairSet", "Score", "Scores", "evaluate", "read_set"]

TestSet = PairSet | AnalogySet


@dataclass(frozen=True)
class Score:
    """What vectors are worth on one test set, or on one section of it.

    Attributes
    ----------
    name : str
    items : int
        Pairs or questions in the set.
    known : int
        Those whose words all have vectors.
    spearman, pearson : float
        Correlations of similarities with judgements, in [-1, 1]; nan for analogies, and
        where fewer than two pairs were scored or one side is constant.
    accuracy : float
        Share of questions answered right, in [0, 1]; nan for pairs, and where no question
        was asked.
    sections : tuple of Score
        Of a set of analogies; empty for pairs.
    """

    name: str
    items: int
    known: int
    spearman: float = math.nan
    pearson: float = math.nan
    accuracy: float = math.nan
    sections: tuple["Score", ...] = ()

    @property
    def coverage(self) -> float:
        """Share of items whose words all have vectors, in [0, 1]."""
        return self.known / self.items if self.items else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Attributes and ``coverage``, for JSON: None for what is nan."""
        facts: dict[str, Any] = {
            "name": self.name,
            "items": self.items,
            "known": self.known,
            "coverage": self.coverage,
        }
        for name in ("spearman", "pearson", "accuracy"):
            value = getattr(self, name)
            facts[name] = None if math.isnan(value) else value
        return facts


class Scores(Sequence[Score]):
    """Scores of several test sets: a sequence that prints as a table.

    Parameters
    ----------
    scores : sequence of Score
    """

    def __init__(self, scores: Sequence[Score]) -> None:
        self._scores = tuple(scores)

    def __getitem__(self, place: Any) -> Any:
        """Score at a place, or of the set with a name."""
        if isinstance(place, str):
            for score in self._scores:
                if score.name == place:
                    return score
            names = ", ".join(score.name for score in self._scores)
            raise KeyError(f"no set {place!r}; there are: {names}")
        return self._scores[place]

    def __len__(self) -> int:
        return len(self._scores)

    def __iter__(self) -> Iterator[Score]:
        return iter(self._scores)

    def to_dicts(self, *, sections: bool = False) -> list[dict[str, Any]]:
        """One dict for each set, see `Score.to_dict`.

        ``pandas.DataFrame(scores.to_dicts())`` and ``json.dumps`` take it as it is.

        Parameters
        ----------
        sections : bool, default=False
            Give each dict such a list of its sections, too, as "sections".
        """
        facts = [score.to_dict() for score in self._scores]
        if sections:
            for fact, score in zip(facts, self._scores, strict=True):
                fact["sections"] = [part.to_dict() for part in score.sections]
        return facts

    def table(self, *, sections: bool = False) -> str:
        """Lines of text, a set each; columns that would be empty are left out.

        Parameters
        ----------
        sections : bool, default=False
            Put a line for each section below its set.
        """
        heads, *rows = self._rows(sections)
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if number == 0 else cell.rjust(width)
                for number, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
            for row in (heads, *rows)
        )

    def __str__(self) -> str:
        return self.table()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads, *rows = self._rows(sections=False)
        lines = [
            "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in row)
            for tag, row in [("th", heads), *(("td", row) for row in rows)]
        ]
        return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"

    def _rows(self, sections: bool) -> list[tuple[str, ...]]:
        rows = []
        for score in self._scores:
            rows.append(_cells(score))
            for part in score.sections if sections else ():
                name, *numbers = _cells(part)
                rows.append((f"  {name}", *numbers))
        columns = list(zip(_HEADS, *rows, strict=True))
        told = [column for column in columns if set(column[1:]) != {_NOTHING}]
        return list(zip(*told, strict=True))


_HEADS = ("set", "items", "known", "coverage", "Spearman", "Pearson", "accuracy")
_NOTHING = "-"


def _cells(score: Score) -> tuple[str, ...]:
    def number(value: float, form: str) -> str:
        return _NOTHING if math.isnan(value) else format(value, form)

    return (
        score.name,
        f"{score.items:,}",
        f"{score.known:,}",
        number(score.coverage, ".1%"),
        number(score.spearman, ".3f"),
        number(score.pearson, ".3f"),
        number(score.accuracy, ".1%"),
    )


def evaluate(
    wv: KeyedVectors,
    sets: Any,
    *,
    restrict_vocab: int | None = 300_000,
    case_insensitive: bool = True,
    dummy4unknown: bool = False,
    multiply: bool = False,
) -> Scores:
    """Score vectors on similarity and analogy sets.

    Parameters
    ----------
    wv : KeyedVectors
        A trained model's ``wv``.
    sets : path, set, list or mapping of those
        Files in any format that `read_set` knows, and what `read_set` returned; the keys
        of a mapping are the names in the table.
    restrict_vocab : int, optional
        Use only so many first keys; None uses all.
    case_insensitive : bool, default=True
        Compare in upper case; of variants the first key counts.
    dummy4unknown : bool, default=False
        Give pairs with unknown words the similarity 0, and count such questions as wrong,
        instead of leaving them out.
    multiply : bool, default=False
        Answer analogies by 3CosMul instead of 3CosAdd (Levy & Goldberg 2014).

    Returns
    -------
    Scores
        One `Score` for each set, in the order given. ``print`` shows a table.

    Raises
    ------
    ParameterTypeError
        If `wv` or a set is of a wrong type.
    FormatError
        If a file is neither of pairs nor of analogies.
    OSError
        If a file cannot be read.
    MissingDependencyError
        If scipy cannot be imported.

    Notes
    -----
    All files are read before anything is scored. Queries that a subclass overrides are
    not asked; `KeyedVectors`' two methods ask them.
    """
    if not isinstance(wv, KeyedVectors):
        hint = "; give its .wv" if hasattr(wv, "wv") else ""
        raise ParameterTypeError(f"wv is a {type(wv).__name__}: it must be KeyedVectors{hint}")
    keys = wv.index_to_key[: wv._n_filled()][:restrict_vocab]
    known = scoring.vocabulary(keys, case_insensitive)
    vectors = wv.vectors[: len(keys)]
    scores = []
    for test in _read_all(sets):
        if isinstance(test, PairSet):
            scores.append(_score_pairs(test, vectors, known, case_insensitive, dummy4unknown))
        else:
            answer = partial(
                scoring.answer_analogies,
                vectors,
                keys,
                case_insensitive=case_insensitive,
                multiply=multiply,
            )
            scores.append(_score_analogies(test, answer, known, case_insensitive, dummy4unknown))
    return Scores(scores)


def _read_all(sets: Any) -> list[TestSet]:
    if isinstance(sets, Mapping):
        return [_read(test, str(name)) for name, test in sets.items()]
    if isinstance(sets, PairSet | AnalogySet | str | Path):
        sets = [sets]
    return [_read(test, None) for test in sets]


def _read(test: Any, name: str | None) -> TestSet:
    if isinstance(test, PairSet):
        return PairSet(name or test.name, test.pairs)
    if isinstance(test, AnalogySet):
        return AnalogySet(name or test.name, test.sections)
    return read_set(test, name=name)


def _score_pairs(
    test: PairSet,
    vectors: scoring.Floats,
    known: scoring.Vocabulary,
    case_insensitive: bool,
    dummy4unknown: bool,
) -> Score:
    fold = scoring.fold if case_insensitive else _same
    pairs = [(fold(first), fold(second), score) for first, second, score in test.pairs]
    answered = [pair for pair in pairs if pair[0] in known and pair[1] in known]
    computed = {
        pair[:2]: float(np.dot(unit(vectors[known[pair[0]]]), unit(vectors[known[pair[1]]])))
        for pair in answered
    }
    used = pairs if dummy4unknown else answered
    judged = [pair[2] for pair in used]
    similar = [computed.get(pair[:2], 0.0) for pair in used]
    # Nothing varies: no correlation, and scipy would warn.
    if len(set(judged)) < 2 or len(set(similar)) < 2:
        return Score(test.name, len(pairs), len(answered))
    pearson, spearman = scoring.correlations(judged, similar)
    return Score(
        test.name,
        len(pairs),
        len(answered),
        spearman=float(spearman[0]),
        pearson=float(pearson[0]),
    )


def _score_analogies(
    test: AnalogySet,
    answer: Any,
    known: scoring.Vocabulary,
    case_insensitive: bool,
    dummy4unknown: bool,
) -> Score:
    fold = scoring.fold if case_insensitive else _same
    sections = [
        scoring.Section(name, [(fold(a), fold(b), fold(c), fold(d)) for a, b, c, d in questions])
        for name, questions in test.sections.items()
    ]
    _, results = scoring.score_analogies(sections, known, answer, dummy4unknown)
    parts = tuple(
        Score(
            section.name,
            len(section.questions),
            sum(all(word in known for word in question) for question in section.questions),
            accuracy=_accuracy(result),
        )
        for section, result in zip(sections, results[:-1], strict=True)
    )
    return Score(
        test.name,
        sum(part.items for part in parts),
        sum(part.known for part in parts),
        accuracy=_accuracy(results[-1]),
        sections=parts,
    )


def _accuracy(result: dict[str, Any]) -> float:
    asked = result["correct"] or result["incorrect"]
    return scoring.accuracy(result) if asked else math.nan


def _same(key: Any) -> Any:
    return key
