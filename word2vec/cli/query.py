"""``word2vec similar`` and ``word2vec analogy``: questions to a file of vectors."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from word2vec.cli.common import CommandError, check_known
from word2vec.cli.declare import argument, command, json_option, number, vectors_argument
from word2vec.cli.formats import load_vectors
from word2vec.cli.output import STREAM, emphasised, print_json

Ranking = list[tuple[Any, float]]

SIMILAR_EXAMPLES = """\
word2vec similar vectors.kv paris
word2vec similar GoogleNews-vectors-negative300.bin.gz tea coffee -n 5
cut -f 1 words.tsv | word2vec similar vectors.kv - --json
"""
ANALOGY_EXAMPLES = """\
word2vec analogy vectors.kv man king woman         man is to king as woman is to ...
word2vec analogy vectors.kv france paris japan     france is to paris as japan is to ...
"""

_how_many = number(
    "-n", "--number", minimum=1, default=10, help="How many words to print.", show_default=True
)


@command(
    "similar",
    examples=SIMILAR_EXAMPLES,
    short_help="Words with the most similar vectors.",
    help="Print the words whose vectors are most similar (cosine, then word).",
)
@vectors_argument
@argument(
    "words",
    "Word to look up; - reads them from standard input.",
    metavar="WORD...",
    nargs=-1,
    required=True,
)
@_how_many
@json_option
def similar(vectors: str, words: Sequence[str], number: int, as_json: bool) -> None:
    """Print the neighbours of each word."""
    if vectors == STREAM and STREAM in words:
        raise CommandError("standard input (-) can be either the vectors or the words")
    keyed = load_vectors(vectors)
    if STREAM not in words:
        check_known(keyed, words, vectors)
    for place, word in enumerate(_spelt_out(words)):
        check_known(keyed, [word], vectors)
        ranking = keyed.most_similar(word, topn=number)
        if as_json:
            print_json({"word": word, "similar": _named(ranking)})
            continue
        if len(words) > 1 or STREAM in words:
            print(("\n" if place else "") + emphasised(word, bold=True))
        _print_ranking(ranking)


@command(
    "analogy",
    examples=ANALOGY_EXAMPLES,
    short_help="a is to b as c is to which word?",
    help="Print the words nearest to b - a + c (cosine, then word).",
)
@vectors_argument
@argument("a", "The first word of the pair that shows what is meant.", metavar="a")
@argument("b", "Its second word.", metavar="b")
@argument("c", "The word whose counterpart is looked for.", metavar="c")
@_how_many
@json_option
def analogy(vectors: str, a: str, b: str, c: str, number: int, as_json: bool) -> None:
    """Print the best words for the place of the question mark."""
    keyed = load_vectors(vectors)
    check_known(keyed, (a, b, c), vectors)
    ranking = keyed.most_similar(positive=[b, c], negative=[a], topn=number)
    if as_json:
        print_json({"a": a, "b": b, "c": c, "answers": _named(ranking)})
    else:
        _print_ranking(ranking)


def _spelt_out(words: Sequence[str]) -> Iterator[str]:
    """Give the words, and those of standard input in the place of ``-``, as they come."""
    for word in words:
        if word != STREAM:
            yield word
            continue
        for line in sys.stdin:
            yield from line.split()


def _named(ranking: Ranking) -> list[dict[str, Any]]:
    return [{"word": word, "cosine": float(cosine)} for word, cosine in ranking]


def _print_ranking(ranking: Ranking) -> None:
    for word, cosine in ranking:
        print(f"{emphasised(f'{cosine:8.4f}', fg='cyan')}  {word}")
