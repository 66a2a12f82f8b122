"""``word2vec convert``: vectors from one format into another."""

import sys

import click

from word2vec.cli.common import check_outputs
from word2vec.cli.declare import FILE, argument, command, number, option
from word2vec.cli.formats import (
    FORMATS,
    NUMPY,
    PROJECTOR,
    file_format,
    load_vectors,
    save_vectors,
    words_beside,
)
from word2vec.cli.output import STREAM

EXAMPLES = """\
word2vec convert GoogleNews-vectors-negative300.bin.gz news.kv
word2vec convert glove.6B.100d.txt glove.kv                  told from its first line
word2vec convert vectors.kv vectors.npy                      and vectors.vocab, a word a line
word2vec convert vectors.kv vectors.tsv                      for projector.tensorflow.org
word2vec convert vectors.kv vectors.model --to gensim
word2vec convert vectors.kv - | head
"""
NOTES = """\
What is read tells its format by its content; what is written goes by the ending of OUT: .bin
is the word2vec tool's binary format, .txt and .vec its text format, .npy a NumPy array and
.tsv the embedding projector's table (both with the words in a file beside it), .parquet a
Parquet table, and every other ending the native format. .gz, .bz2, .xz or .zst behind it
compresses.
"""


@command(
    "convert",
    examples=EXAMPLES,
    notes=NOTES,
    short_help="Vectors from one format into another.",
    help="Convert a file of vectors.",
)
@argument("source", "File of vectors, or a model; - is standard input.", metavar="IN", type=FILE)
@argument("output", "File to write; - is standard output.", metavar="OUT", type=FILE)
@option("--to", "to", type=click.Choice(list(FORMATS)), help="Format of OUT, whatever its ending.")
@option(
    "--from",
    "from_",
    type=click.Choice(list(FORMATS)),
    help="Format of IN, whatever it looks like.",
)
@option(
    "--vocabulary",
    metavar="FILE",
    help="The words of a .npy or .tsv file, a line for each row (default: the file beside it).",
)
@number("--limit", minimum=1, help="Only the N first, most frequent words.")
@option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def convert(
    source: str,
    output: str,
    to: str | None,
    from_: str | None,
    vocabulary: str | None,
    limit: int | None,
    quiet: bool,
) -> None:
    """Read, and write."""
    kind = FORMATS[to] if to else file_format(output)
    two_files = kind in (NUMPY, PROJECTOR)
    words = (vocabulary or words_beside(output, kind)) if two_files else None
    check_outputs([output, words], [source])
    read_from = FORMATS[from_] if from_ else None
    vectors = load_vectors(
        source, read_from, limit=limit, vocabulary=None if two_files else vocabulary
    )
    save_vectors(vectors, output, kind, words)
    if not quiet:
        where = output if words is None else f"{output} and {words}"
        print(
            f"{len(vectors):,} vectors of {vectors.vector_size} dimensions: {where} "
            f"({kind} format)",
            file=sys.stderr if output == STREAM else sys.stdout,
        )
