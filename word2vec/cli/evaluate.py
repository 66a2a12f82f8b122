"""``word2vec evaluate``: vectors against analogies and human similarity judgements."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.common import CommandError, at_least, example_parser, load_vectors

if TYPE_CHECKING:
    from word2vec import KeyedVectors

ANALOGY_SETS = ("questions-words.txt",)
PAIR_SETS = ("wordsim353.tsv", "simlex999.txt")

EXAMPLES = """\
examples:
  word2vec evaluate vectors.kv
  word2vec evaluate vectors.kv --analogies questions-words.txt --restrict-vocab 100000
  word2vec evaluate vectors.bin --pairs wordsim353.tsv simlex999.txt

Without files the public sets are used: questions-words.txt, wordsim353.tsv and
simlex999.txt, as an installed gensim carries them.
"""


def add(commands: Any) -> None:
    """Declare the command."""
    parser = example_parser(
        commands.add_parser,
        EXAMPLES,
        "evaluate",
        help="score vectors on analogies and word similarity",
        description="Score vectors on analogies (share answered right) and on pairs of words"
        " (rank correlation with human judgements).",
    )
    parser.add_argument("vectors", metavar="VECTORS", help="file of vectors")
    parser.add_argument(
        "--analogies", metavar="FILE", help="questions, four words a line; ': name' opens a section"
    )
    parser.add_argument(
        "--pairs",
        metavar="FILE",
        nargs="+",
        default=[],
        help="two words and a score a line, between tabs, commas or spaces",
    )
    parser.add_argument(
        "--restrict-vocab",
        metavar="N",
        type=at_least(0),
        default=30_000,
        help="ask analogies only among the N most frequent words, as the original tool does;"
        " 0 is all (default: 30000)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the scores of each set."""
    analogies = [arguments.analogies] if arguments.analogies else []
    pairs = list(arguments.pairs)
    if not analogies and not pairs:
        analogies, pairs = _public(ANALOGY_SETS), _public(PAIR_SETS)
        if not analogies and not pairs:
            raise CommandError(
                "there is no public test set on this machine: 'pip install gensim' brings "
                f"{', '.join(ANALOGY_SETS + PAIR_SETS)}, or name your own files with "
                "--analogies and --pairs"
            )
    for path in analogies + pairs:
        with Path(path).open("rb"):
            pass  # missing: say so before minutes of scoring
    vectors = load_vectors(arguments.vectors)
    for path in analogies:
        _score_analogies(vectors, path, arguments.restrict_vocab or len(vectors))
    for path in pairs:
        _score_pairs(vectors, path)
    return 0


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
    rows = [(part["section"], part) for part in parts] + [("all", total)]
    width = max(len(name) for name, _ in rows)
    for name, section in rows:
        right = len(section["correct"])
        asked = right + len(section["incorrect"])
        if asked:  # the words of the others are all unknown
            print(f"{indent}{name:<{width}}  {right / asked:6.1%}  {right:>6,} of {asked:,}")
    if not total["correct"] and not total["incorrect"]:
        print(f"{indent}no question has all its words in the vocabulary")


def _score_analogies(vectors: "KeyedVectors", path: str, restrict_vocab: int) -> None:
    print(f"analogies: {Path(path).name}, {min(restrict_vocab, len(vectors)):,} words")
    _, sections = vectors.evaluate_word_analogies(path, restrict_vocab=restrict_vocab)
    print_sections(sections, "  ")


def _score_pairs(vectors: "KeyedVectors", path: str) -> None:
    print(f"pairs: {Path(path).name}")
    pearson, spearman, unknown = vectors.evaluate_word_pairs(
        path, delimiter=_delimiter(path), restrict_vocab=len(vectors)
    )
    print(f"  Spearman {spearman[0]:.3f}  Pearson {pearson[0]:.3f}  unknown pairs {unknown:.1f}%")


def _delimiter(path: str) -> str:
    """Return what stands between the words of the first line that is no comment."""
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        line = next((line for line in file if line.strip() and not line.startswith("#")), "")
    return next((mark for mark in ("\t", ",") if mark in line), " ")


def _public(names: tuple[str, ...]) -> list[str]:
    from word2vec.vectors.evaluation import find_dataset

    return [str(path) for path in map(find_dataset, names) if path is not None]
