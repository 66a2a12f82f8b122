"""``word2vec map``: a map of the words in one HTML file."""

import argparse
import os
from pathlib import Path
from typing import Any, get_args

from word2vec.cli.common import at_least, check_output, example_parser, load_vectors
from word2vec.see import layout
from word2vec.see.map import DEFAULT_WORDS, WordMap

EXAMPLES = """\
examples:
  word2vec map vectors.kv                               write map.html and open it yourself
  word2vec map vectors.kv -o big.html -n 50000 --bits 8
  word2vec map vectors.kv --parquet words.parquet       also for Embedding Atlas
"""


def add(commands: Any) -> None:
    """Declare the command."""
    parser = example_parser(
        commands.add_parser,
        EXAMPLES,
        "map",
        help="draw the words on a map, in one HTML file",
        description="Write a page that shows the words on a map and answers questions, "
        "without any network.",
    )
    parser.add_argument("vectors", metavar="VECTORS", help="file of vectors, as for similar")
    parser.add_argument("-o", "--output", default="map.html", help="default: map.html")
    parser.add_argument(
        "-n", "--words", type=at_least(1), default=DEFAULT_WORDS, metavar="N",
        help="how many of the first words to show, up to 100000 (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--projection", choices=get_args(layout.Projection), default="auto",
        help="default: umap where it is installed, else pca",
    )  # fmt: skip
    parser.add_argument(
        "--clusters", type=at_least(1), default=layout.CLUSTERS, metavar="N",
        help="how many groups of words to colour (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--bits", type=int, choices=(8, 16), default=16,
        help="of each number in the page; 8 halve the file (default: 16)",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, help="same seed, same map (default: 1)")
    parser.add_argument("--title", help="default: the name of the file of vectors")
    parser.add_argument("--tensorboard", metavar="FOLDER", help="also for TensorBoard's projector")
    parser.add_argument("--parquet", metavar="FILE", help="also for Embedding Atlas")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the map and what else was asked for."""
    given = vars(arguments)
    made = build_map(
        arguments.vectors,
        arguments.output,
        tensorboard=arguments.tensorboard,
        parquet=arguments.parquet,
        **{name: given[name]
           for name in ("words", "projection", "clusters", "bits", "seed", "title")},
    )  # fmt: skip
    megabytes = Path(arguments.output).stat().st_size / 1e6
    print(f"{arguments.output}: {len(made.words):,} words, {made.projection}, {megabytes:.1f} MB")
    return 0


def build_map(
    vectors: str,
    output: str,
    *,
    tensorboard: str | None = None,
    parquet: str | None = None,
    title: str | None = None,
    **options: Any,
) -> WordMap:
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
    for path in (output, parquet):
        if path is not None:
            check_output(path)
    name = os.path.basename(vectors) if title is None else title
    made = WordMap(load_vectors(vectors), title=name, **options)
    made.save(output)
    if tensorboard is not None:
        made.save_tensorboard(tensorboard)
    if parquet is not None:
        made.save_parquet(parquet)
    return made
