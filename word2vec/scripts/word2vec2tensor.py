"""Write word vectors as the two TSV files of TensorBoard's embedding projector.

Usage: python -m word2vec.scripts.word2vec2tensor -i WORD2VEC -o PREFIX [-b]
"""

import argparse
import logging
import os
from typing import Any

from word2vec.io.files import open_output
from word2vec.vectors.keyed_vectors import KeyedVectors

logger = logging.getLogger(__name__)


def word2vec2tensor(
    word2vec_model_path: Any, tensor_filename: str | os.PathLike[str], binary: bool = False
) -> None:
    """Write ``PREFIX_tensor.tsv`` (a vector a line) and ``PREFIX_metadata.tsv`` (its key).

    Parameters
    ----------
    word2vec_model_path : path
        In the C tool's text format, or with `binary` its binary one.
    tensor_filename : path
        Prefix of the two files.
    binary : bool

    Raises
    ------
    FormatError
        If the file is not in that format.
    OSError
        If a file cannot be read or written.
    """
    wv = KeyedVectors.load_word2vec_format(word2vec_model_path, binary=binary)
    prefix = os.fspath(tensor_filename)
    tensors, metadata = prefix + "_tensor.tsv", prefix + "_metadata.tsv"
    write_projector(wv, tensors, metadata)
    logger.info("2D tensor file saved to %s", tensors)
    logger.info("Tensor metadata file saved to %s", metadata)


def write_projector(wv: KeyedVectors, tensors: Any, metadata: Any) -> None:
    """Write vectors and their keys for the embedding projector.

    Parameters
    ----------
    wv : KeyedVectors
    tensors, metadata : path or open binary file
        A vector, and a key, a line.

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    with open_output(metadata, append=False) as keys:
        keys.writelines(f"{key}\n".encode() for key in wv.index_to_key)
    with open_output(tensors, append=False) as rows:
        rows.writelines("\t".join(map(str, row)).encode() + b"\n" for row in wv.vectors)


def main(arguments: list[str] | None = None) -> None:
    """Convert the file that the command line names."""
    assert __doc__
    parser = argparse.ArgumentParser(
        prog="python -m word2vec.scripts.word2vec2tensor", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("-i", "--input", required=True, help="file of vectors")
    parser.add_argument("-o", "--output", required=True, help="prefix of the files to write")
    parser.add_argument("-b", "--binary", action="store_true", help="the input is binary")
    args = parser.parse_args(arguments)
    logging.basicConfig(format="%(asctime)s : %(levelname)s : %(message)s", level=logging.INFO)
    word2vec2tensor(args.input, args.output, args.binary)


if __name__ == "__main__":
    main()
