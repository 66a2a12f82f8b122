"""``word2vec evaluate``: vectors against analogies and human similarity judgements."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.common import CommandError
from word2vec.cli.declare import command, json_option, number, option, vectors_argument
from word2vec.cli.formats import load_vectors
from word2vec.cli.output import emphasised, print_json

if TYPE_CHECKING:
    from word2vec import KeyedVectors

ANALOGY_SETS = ("questions-words.txt",)
PAIR_SETS = ("wordsim353.tsv", "simlex999.txt")

EXAMPLES = """\
word2vec evaluate vectors.kv
word2vec evaluate vectors.kv --analogies questions-words.txt --restrict-vocab 100000
word2vec evaluate vectors.bin --pairs wordsim353.tsv simlex999.txt
"""


@command(
    "evaluate",
    examples=EXAMPLES,
    notes="Without files the public sets are used: questions-words.txt, wordsim353.tsv and "
    "simlex999.txt, as an installed gensim carries them.",
    spread=("--pairs", "--analogies"),
    short_help="Score vectors on analogies and word similarity.",
    help="Score vectors on analogies (share answered right) and on pairs of words (rank "
    "correlation with human judgements).",
)
@vectors_argument
@option(
    "--analogies",
    metavar="FILE...",
    multiple=True,
    help="Questions, four words a line; ': name' opens a section.",
)
@option(
    "--pairs",
    metavar="FILE...",
    multiple=True,
    help="Two words and a score a line, between tabs, commas or spaces.",
)
@number(
    "--restrict-vocab",
    minimum=0,
    default=30_000,
    show_default=True,
    help="Ask analogies only among the N most frequent words, as the original tool does; 0 is all.",
)
@json_option
def evaluate(
    vectors: str,
    analogies: Sequence[str],
    pairs: Sequence[str],
    restrict_vocab: int,
    as_json: bool,
) -> None:
    """Print the scores of each set."""
    if not analogies and not pairs:
        analogies, pairs = _public(ANALOGY_SETS), _public(PAIR_SETS)
        if not analogies and not pairs:
            raise CommandError(
                "there is no public test set on this machine: 'pip install gensim' brings "
                f"{', '.join(ANALOGY_SETS + PAIR_SETS)}, or name your own files with "
                "--analogies and --pairs"
            )
    for path in (*analogies, *pairs):
        with Path(path).open("rb"):
            pass  # missing: say so before minutes of scoring
    keyed = load_vectors(vectors)
    results: dict[str, list[dict[str, Any]]] = {"analogies": [], "pairs": []}
    for path in analogies:
        words = min(restrict_vocab or len(keyed), len(keyed))
        _, sections = keyed.evaluate_word_analogies(path, restrict_vocab=words)
        results["analogies"].append(
            {"file": path, "words": words, "sections": [_counted(part) for part in sections]}
        )
        if not as_json:
            print(emphasised(f"analogies: {Path(path).name}, {words:,} words", bold=True))
            print_sections(sections, "  ")
    for path in pairs:
        scores = _score_pairs(keyed, path)
        results["pairs"].append({"file": path, **scores})
        if not as_json:
            print(emphasised(f"pairs: {Path(path).name}", bold=True))
            print(
                f"  Spearman {scores['spearman']:.3f}  Pearson {scores['pearson']:.3f}  "
                f"unknown pairs {scores['unknown_percent']:.1f}%"
            )
    if as_json:
        print_json(results)


def print_sections(sections: list[dict[str, Any]], indent: str = "") -> None:
    """Print how many questions of each section were answered right, and the total.

    Parameters
    ----------
    sections : list of dict
        As ``KeyedVectors.evaluate_word_analogies`` returns them, the total last.
    indent : str, default=""
        Put before each line.
    """
    *parts, total = sections
    rows = [(part["section"], _counted(part)) for part in parts] + [("all", _counted(total))]
    width = max(len(name) for name, _ in rows)
    for name, counts in rows:
        right, asked = counts["right"], counts["asked"]
        if asked:  # the words of the others are all unknown
            print(f"{indent}{name:<{width}}  {right / asked:6.1%}  {right:>6,} of {asked:,}")
    if not _counted(total)["asked"]:
        print(f"{indent}no question has all its words in the vocabulary")


def _counted(section: dict[str, Any]) -> dict[str, Any]:
    right, wrong = len(section["correct"]), len(section["incorrect"])
    return {"section": section["section"], "right": right, "asked": right + wrong}


def _score_pairs(vectors: "KeyedVectors", path: str) -> dict[str, float]:
    pearson, spearman, unknown = vectors.evaluate_word_pairs(
        path, delimiter=_delimiter(path), restrict_vocab=len(vectors)
    )
    return {
        "spearman": float(spearman[0]),
        "pearson": float(pearson[0]),
        "unknown_percent": float(unknown),
    }


def _delimiter(path: str) -> str:
    """Return what stands between the words of the first line that is no comment."""
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        line = next((line for line in file if line.strip() and not line.startswith("#")), "")
    return next((mark for mark in ("\t", ",") if mark in line), " ")


def _public(names: tuple[str, ...]) -> list[str]:
    from word2vec.vectors.evaluation import find_dataset

    return [str(path) for path in map(find_dataset, names) if path is not None]
