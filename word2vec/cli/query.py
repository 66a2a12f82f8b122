"""``word2vec similar`` and ``word2vec analogy``: questions to a file of vectors."""

import argparse
from typing import Any

from word2vec.cli.common import at_least, check_known, example_parser, load_vectors

SIMILAR_EXAMPLES = """\
examples:
  word2vec similar vectors.kv paris
  word2vec similar GoogleNews-vectors-negative300.bin.gz tea coffee -n 5
"""
ANALOGY_EXAMPLES = """\
examples:
  word2vec analogy vectors.kv man king woman         man is to king as woman is to ...
  word2vec analogy vectors.kv france paris japan     france is to paris as japan is to ...
"""


def add(commands: Any) -> None:
    """Declare the commands."""
    parser = example_parser(
        commands.add_parser,
        SIMILAR_EXAMPLES,
        "similar",
        help="words with the most similar vectors",
        description="Print the words whose vectors are most similar (cosine, then word).",
    )
    _add_file(parser)
    parser.add_argument("words", nargs="+", metavar="WORD", help="word to look up")
    _add_number(parser)
    parser.set_defaults(run=similar)

    parser = example_parser(
        commands.add_parser,
        ANALOGY_EXAMPLES,
        "analogy",
        help="a is to b as c is to which word?",
        description="Print the words nearest to b - a + c (cosine, then word).",
    )
    _add_file(parser)
    for name in ("a", "b", "c"):
        parser.add_argument(name, metavar=name)
    _add_number(parser)
    parser.set_defaults(run=analogy)


def similar(arguments: argparse.Namespace) -> int:
    """Print the neighbours of each word."""
    vectors = load_vectors(arguments.vectors)
    check_known(vectors, arguments.words, arguments.vectors)
    for number, word in enumerate(arguments.words):
        if len(arguments.words) > 1:
            print(("\n" if number else "") + word)
        _print_ranking(vectors.most_similar(word, topn=arguments.number))
    return 0


def analogy(arguments: argparse.Namespace) -> int:
    """Print the best words for the place of the question mark."""
    vectors = load_vectors(arguments.vectors)
    a, b, c = words = arguments.a, arguments.b, arguments.c
    check_known(vectors, words, arguments.vectors)
    _print_ranking(vectors.most_similar(positive=[b, c], negative=[a], topn=arguments.number))
    return 0


def _print_ranking(ranking: list[tuple[Any, float]]) -> None:
    for word, cosine in ranking:
        print(f"{cosine:8.4f}  {word}")


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "vectors",
        metavar="VECTORS",
        help="file of vectors: native, .bin or .txt of the word2vec tool, or compressed",
    )


def _add_number(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-n",
        "--number",
        type=at_least(1),
        default=10,
        metavar="N",
        help="how many words to print (default: 10)",
    )
