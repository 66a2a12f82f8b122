"""Train word vectors with the flags of the C tool, word2vec.

Usage: python -m word2vec.scripts.word2vec_standalone -train CORPUS -output VECTORS ...

Messages go to standard error. ``word2vec train --help`` has all options of this package.
"""

import argparse
import logging
from typing import Any

from word2vec.errors import ParameterError
from word2vec.model import Word2Vec
from word2vec.text.readers import open_binary
from word2vec.vectors.clusters import kmeans_classes, write_classes
from word2vec.vectors.keyed_vectors import KeyedVectors

logger = logging.getLogger(__name__)

_ALPHA = {0: 0.025, 1: 0.05}  # of skip-gram and CBOW, as in the C tool


_PROGRAM = "python -m word2vec.scripts.word2vec_standalone"


def main(arguments: list[str] | None = None, prog: str = _PROGRAM) -> None:
    """Train as the command line says; write the vectors, or else the whole model.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the process by default.
    prog : str
        How the program is called in its messages.
    """
    args = _parser(prog).parse_args(arguments)
    if args.classes and not args.output:
        raise ParameterError("-classes needs -output FILE, where the classes go")
    logging.basicConfig(
        format="%(asctime)s : %(threadName)s : %(levelname)s : %(message)s", level=logging.INFO
    )
    model = _train(args)
    if args.save_vocab:
        _save_vocab(model.wv, args.save_vocab)
    if args.classes:
        write_classes(model.wv, kmeans_classes(model.wv.vectors, args.classes), args.output)
    elif args.output:
        model.wv.save_word2vec_format(args.output, binary=bool(args.binary))
    else:
        # Where the reader of gensim's script looks for it.
        model.save(args.train.split(".")[0] + ".model")
    if args.accuracy:
        model.wv.evaluate_word_analogies(args.accuracy)
    logger.info("finished running %s", __name__)


def _train(args: argparse.Namespace) -> Word2Vec:
    model = Word2Vec(
        vector_size=args.size,
        alpha=_ALPHA[args.cbow] if args.alpha is None else args.alpha,
        window=args.window,
        min_count=args.min_count,
        sample=args.sample,
        workers=args.threads,
        sg=1 - args.cbow,
        hs=args.hs,
        negative=args.negative,
        epochs=args.iter,
    )
    if args.read_vocab:
        model.build_vocab_from_freq(_read_vocab(args.read_vocab))
        counts = model.wv.expandos["count"]
        model.corpus_total_words = int(counts.sum())
    else:
        model.build_vocab(corpus_file=args.train)
    model.train(
        corpus_file=args.train,
        total_words=model.corpus_total_words,
        total_examples=model.corpus_count or None,
        epochs=model.epochs,
    )
    return model


def _save_vocab(wv: KeyedVectors, path: str) -> None:
    from word2vec.io.word2vec_format import write_counts

    write_counts(path, wv.index_to_key, wv.expandos["count"].tolist())


def _read_vocab(path: str) -> dict[str, int]:
    """Read lines "word count"; backwards, because of equal counts the later goes first."""
    with open_binary(path) as file:
        pairs = [line.decode().rsplit(None, 1) for line in file if line.strip()]
    return {word: int(count) for word, count in reversed(pairs)}


def _parser(prog: str) -> argparse.ArgumentParser:
    assert __doc__
    parser = argparse.ArgumentParser(
        prog=prog,
        description=__doc__.partition("\n")[0],
        allow_abbrev=False,
    )

    def add(*flags: str, **how: Any) -> None:
        parser.add_argument(*flags, **how)

    add("-train", required=True, help="corpus: a sentence a line; also .gz, .bz2, .xz, .zst")
    add("-output", help="file of the vectors; without it the model goes to CORPUS.model")
    add("-size", type=int, default=100, help="dimensions of the vectors (%(default)s)")
    add("-window", type=int, default=5, help="largest distance of context words (%(default)s)")
    add("-sample", type=float, default=1e-3, help="subsampling threshold, 0 is off (%(default)s)")
    add("-hs", type=int, default=0, choices=(0, 1), help="1: hierarchical softmax")
    add("-negative", type=int, default=5, help="noise words, 0 is off (%(default)s)")
    add("-threads", type=int, default=3, help="training threads (%(default)s)")
    add("-iter", type=int, default=5, help="passes over the corpus (%(default)s)")
    add("-min_count", "-min-count", type=int, default=5, help="drop rarer words (%(default)s)")
    add("-alpha", type=float, help="learning rate (0.025 for skip-gram, 0.05 for CBOW)")
    add("-cbow", type=int, default=1, choices=(0, 1), help="0: skip-gram (%(default)s)")
    add("-binary", type=int, default=0, choices=(0, 1), help="1: write the binary format")
    add("-classes", type=int, default=0, help="write so many classes of words, not vectors")
    add("-accuracy", metavar="QUESTIONS", help="analogies to score the vectors on, in the log")
    add("-save-vocab", metavar="FILE", help="write the vocabulary with its counts")
    add("-read-vocab", metavar="FILE", help="take the vocabulary from FILE, not from the corpus")
    add("-debug", type=int, help="taken for the C tool's sake; without effect")
    return parser


if __name__ == "__main__":
    main()
