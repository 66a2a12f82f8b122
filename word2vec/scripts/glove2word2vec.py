"""Put the header of the C tool's text format before GloVe vectors.

Usage: python -m word2vec.scripts.glove2word2vec -i GLOVE -o WORD2VEC
"""

import argparse
import logging
import shutil
import warnings
from typing import Any

from word2vec.errors import FormatError
from word2vec.io.files import open_output
from word2vec.text.readers import open_binary

logger = logging.getLogger(__name__)


def get_glove_info(glove_file_name: Any) -> tuple[int, int]:
    """Count what a GloVe file holds.

    Returns
    -------
    n_words, vector_size : int

    Raises
    ------
    FormatError
        If the first line is no key with numbers.
    """
    with open_binary(glove_file_name) as file:
        first = file.readline()
        n_words = sum(1 for line in file if line.strip()) + bool(first)
    # A key of GloVe may hold blanks; numbers do not, but nothing tells where they begin.
    size = len(first.split()) - 1
    if size < 1:
        raise FormatError(f"the first line {first[:60]!r} is no key with numbers")
    return n_words, size


def glove2word2vec(glove_input_file: Any, word2vec_output_file: Any) -> tuple[int, int]:
    """Copy a GloVe text file, with the header that the C tool's text format has.

    Parameters
    ----------
    glove_input_file, word2vec_output_file : path
        Compressed if the name ends in .gz, .bz2, .xz or .zst.

    Returns
    -------
    n_words, vector_size : int

    Raises
    ------
    FormatError
        If the first line is no key with numbers.
    OSError
        If a file cannot be read or written.
    """
    warnings.warn(
        "glove2word2vec() is deprecated, as in gensim 4; "
        "KeyedVectors.load_word2vec_format(..., no_header=True) reads GloVe files",
        DeprecationWarning,
        stacklevel=2,
    )
    return _convert(glove_input_file, word2vec_output_file)


def _convert(source: Any, target: Any) -> tuple[int, int]:
    n_words, size = get_glove_info(source)
    logger.info(
        "converting %i vectors of %i dimensions from %s to %s", n_words, size, source, target
    )
    with open_binary(source) as file, open_output(target, append=False) as output:
        output.write(b"%d %d\n" % (n_words, size))
        shutil.copyfileobj(file, output, 2**20)
    return n_words, size


def main(arguments: list[str] | None = None) -> None:
    """Convert the files that the command line names."""
    assert __doc__
    parser = argparse.ArgumentParser(
        prog="python -m word2vec.scripts.glove2word2vec", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("-i", "--input", required=True, help="GloVe text file")
    parser.add_argument("-o", "--output", required=True, help="file to write")
    args = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s : %(levelname)s : %(message)s", level=logging.INFO)
    n_words, size = _convert(args.input, args.output)
    logger.info("Converted model with %i vectors and %i dimensions", n_words, size)


if __name__ == "__main__":
    main()
