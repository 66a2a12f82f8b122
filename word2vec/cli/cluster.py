"""``word2vec cluster``: classes of words, as the C tool's ``-classes``."""

import sys
from typing import Any

from word2vec.cli.common import CommandError, check_outputs
from word2vec.cli.declare import command, json_option, number, output_option, vectors_argument
from word2vec.cli.formats import load_vectors
from word2vec.cli.output import STREAM, emphasised, output_target, print_json

EXAMPLES = """\
word2vec cluster vectors.kv -k 500 -o classes.txt     a line 'word class' for each word
word2vec cluster vectors.kv -k 100 --words 8          the first words of each class
word2vec cluster vectors.kv -k 500 | sort -k 2 -n     through a pipe
"""


@command(
    "cluster",
    examples=EXAMPLES,
    short_help="Classes of words by k-means.",
    help="Group words that point in similar directions, by k-means.",
)
@vectors_argument
@number("-k", "--classes", minimum=1, required=True, help="How many classes.")
@output_option("Where the lines 'word class' go")
@number("--words", minimum=1, help="Print the N first words of each class instead.")
@number("--limit", minimum=1, help="Only the N first, most frequent words of the file.")
@number(
    "--seed", minimum=0, default=1, show_default=True, help="Seed of what the classes begin with."
)
@json_option
def cluster(
    vectors: str,
    classes: int,
    output: str,
    words: int | None,
    limit: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Cluster, and write or show the classes."""
    from word2vec.vectors.clusters import kmeans_classes, write_classes

    check_outputs([output], [vectors])
    if output != STREAM and (words is not None or as_json):
        raise CommandError("--words and --json print to standard output: leave --output out")
    keyed = load_vectors(vectors, limit=limit)
    if classes > len(keyed):
        raise CommandError(
            f"--classes {classes}: {vectors} has {len(keyed):,} words; give at most as many classes"
        )
    numbers = kmeans_classes(keyed.vectors, classes, seed=seed)
    if as_json or words is not None:
        _show(_members(keyed.index_to_key, numbers.tolist(), classes), words, as_json)
        return
    with output_target(output) as target:
        write_classes(keyed, numbers, target)
    if output != STREAM:
        print(f"{len(keyed):,} words in {classes:,} classes: {output}", file=sys.stderr)


def _members(keys: list[Any], numbers: list[int], classes: int) -> list[list[Any]]:
    members: list[list[Any]] = [[] for _ in range(classes)]
    for key, place in zip(keys, numbers, strict=True):
        members[place].append(key)
    return members


def _show(members: list[list[Any]], words: int | None, as_json: bool) -> None:
    for place, keys in enumerate(members):
        if as_json:
            print_json({"class": place, "size": len(keys), "words": keys[:words]})
        else:
            size = emphasised(f"{place:>4} {len(keys):>7,}", fg="cyan")
            print(f"{size}  {' '.join(map(str, keys[:words]))}")
