"""What is trained and measured: objectives, and rows of a comparison."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.systems import System


@dataclass(frozen=True)
class Objective:
    """gensim's switches, and options of one system alone.

    Attributes
    ----------
    plain : str
        The objective that other systems train under this name: an option of ours
        changes nothing for them.
    """

    sg: int
    hs: int
    plain: str
    options: dict[str, dict[str, Any]] = field(default_factory=dict)


OBJECTIVES = {
    "sg-ns": Objective(1, 0, "sg-ns"),
    "cbow-ns": Objective(0, 0, "cbow-ns"),
    "sg-hs": Objective(1, 1, "sg-hs"),
    "cbow-hs": Objective(0, 1, "cbow-hs"),
    # gensim always draws fresh noise words for every pair: it is the same there.
    "sg-ns-exact": Objective(1, 0, "sg-ns", {"ours": {"shared_negatives": False}}),
    "sg-ns-shared": Objective(1, 0, "sg-ns", {"ours": {"shared_negatives": True}}),
    "cbow-ns-exact": Objective(0, 0, "cbow-ns", {"ours": {"shared_negatives": False}}),
    "cbow-ns-shared": Objective(0, 0, "cbow-ns", {"ours": {"shared_negatives": True}}),
    "sg-hs-exact": Objective(1, 1, "sg-hs", {"ours": {"shared_negatives": False}}),
    "cbow-ns-corrected": Objective(0, 0, "cbow-ns", {"ours": {"corrected_cbow": 1}}),
    "cbow-hs-corrected": Objective(0, 1, "cbow-hs", {"ours": {"corrected_cbow": 1}}),
}
SOURCES = ("file", "line-sentence", "list")
# training: scan, train; end-to-end: save the vectors too; vocabulary: scan only.
MEASURES = ("training", "end-to-end", "vocabulary")


@dataclass(frozen=True)
class Row:
    """One line of a comparison, run by every system that can.

    Attributes
    ----------
    name : str
        Unique in a plan.
    settings : dict
        What differs from the plan's settings: keyword arguments of gensim's Word2Vec.
    words : int or None
        Only so many words from the start of the corpus.
    only : tuple of str
        Names of the systems that take part; empty means all.
    simd : tuple of str
        Instruction sets with which ours runs beside its own choice.
    """

    name: str
    objective: str = "sg-ns"
    settings: dict[str, Any] = field(default_factory=dict)
    words: int | None = None
    source: str = "file"
    measure: str = "training"
    only: tuple[str, ...] = ()
    simd: tuple[str, ...] = ()

    def systems(self, systems: Sequence[System]) -> list[System]:
        """Return those of `systems` that take part, and the variants of ours."""
        chosen = []
        for system in systems:
            if (
                (self.only and system.name not in self.only)
                or not system.can(OBJECTIVES[self.objective].plain, self.source)
                or (self.measure == "vocabulary" and system.name not in ("ours", "gensim"))
            ):
                continue
            chosen.append(system)
            if system.label == "ours":
                chosen += [variant(system, simd) for simd in self.simd]
        return chosen


def variant(system: System, simd: str) -> System:
    """Return `system` restricted to an instruction set."""
    return System(
        f"{system.label}:{simd}",
        system.name,
        system.driver,
        system.interpreter,
        system.program,
        {**system.environment, "WORD2VEC_SIMD": simd},
    )


def cross(objectives: Sequence[str], choices: Mapping[str, Sequence[Any]]) -> tuple[Row, ...]:
    """Return a row for each objective and each combination of the choices.

    Parameters
    ----------
    choices : mapping
        Values of ``words``, ``source``, ``measure`` and of settings; those with more
        than one value are told apart in the rows' names.
    """
    varied = [name for name, values in choices.items() if len(values) > 1]
    rows = []
    for objective in objectives:
        for values in itertools.product(*choices.values()):
            chosen = dict(zip(choices, values, strict=True))
            label = " ".join([objective, *(f"{name}={chosen[name]}" for name in varied)])
            own = {name: chosen.pop(name) for name in ("words", "source", "measure")}
            rows.append(Row(label, objective, settings=chosen, **own))
    return tuple(rows)
