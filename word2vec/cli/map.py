"""``word2vec map``: a map of the words in one HTML file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from word2vec.cli.common import check_outputs
from word2vec.cli.declare import command, number, option, output_option, vectors_argument
from word2vec.cli.formats import load_vectors
from word2vec.see.defaults import CLUSTERS, DEFAULT_WORDS, Projection

if TYPE_CHECKING:
    from word2vec.see.map import WordMap

EXAMPLES = """\
word2vec map vectors.kv                               write map.html and open it yourself
word2vec map vectors.kv -o big.html -n 50000 --bits 8
word2vec map vectors.kv --parquet words.parquet       also for Embedding Atlas
"""


@command(
    "map",
    examples=EXAMPLES,
    short_help="Draw the words on a map, in one HTML file.",
    help="Write a page that shows the words on a map and answers questions, without any network.",
)
@vectors_argument
@output_option("The page", "map.html")
@number(
    "-n",
    "--words",
    minimum=1,
    default=DEFAULT_WORDS,
    show_default=True,
    help="How many of the first words to show, up to 100000.",
)
@option(
    "--projection",
    type=click.Choice(get_args(Projection)),
    default="auto",
    help="How words come to the plane (default: umap where it is installed, else pca).",
)
@number(
    "--clusters",
    minimum=1,
    default=CLUSTERS,
    show_default=True,
    help="How many groups of words to colour.",
)
@option(
    "--bits",
    type=click.Choice(["8", "16"]),
    default="16",
    show_default=True,
    help="Of each number in the page; 8 halve the file.",
)
@number("--seed", minimum=0, default=1, show_default=True, help="Same seed, same map.")
@option("--title", help="Of the page (default: the name of the file of vectors).")
@option("--tensorboard", metavar="FOLDER", help="Write files for TensorBoard's projector, too.")
@option("--parquet", metavar="FILE", help="Write a table for Embedding Atlas, too.")
def map(vectors: str, output: str, bits: str, **options: Any) -> None:
    """Write the map and what else was asked for."""
    made = build_map(vectors, output, bits=int(bits), **options)
    megabytes = Path(output).stat().st_size / 1e6
    print(f"{output}: {len(made.words):,} words, {made.projection}, {megabytes:.1f} MB")


def build_map(
    vectors: str,
    output: str,
    *,
    tensorboard: str | None = None,
    parquet: str | None = None,
    title: str | None = None,
    **options: Any,
) -> "WordMap":
    """Write the map of a file of vectors.

    Parameters
    ----------
    vectors, output : str
        Files to read and to write.
    tensorboard, parquet : str, optional
        A folder and a file for the exports.
    title : str, optional
        The name of the file of vectors by default.
    **options
        Of `word2vec.see.map.WordMap`.

    Raises
    ------
    CommandError
        If an output cannot be written there, found out before the work.
    Word2VecError, OSError
        As `load_vectors` and `WordMap` raise them.
    """
    from word2vec.see.map import WordMap

    check_outputs([output, parquet], [vectors])
    name = os.path.basename(vectors) if title is None else title
    made = WordMap(load_vectors(vectors), title=name, **options)
    made.save(output)
    if tensorboard is not None:
        made.save_tensorboard(tensorboard)
    if parquet is not None:
        made.save_parquet(parquet)
    return made
