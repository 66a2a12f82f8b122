"""What must hold before training, and what is worth a warning.

The order of the checks and the texts are those that gensim's users rely on.
"""

import logging
from collections.abc import Iterable, Sized
from types import GeneratorType
from typing import TYPE_CHECKING, Any

import numpy as np

from word2vec.errors import CorpusTypeError, NotTrainableError, ParameterError
from word2vec.params import OPTIONS, Option
from word2vec.text.readers import corpus_files, name_of, reads_once

if TYPE_CHECKING:
    from word2vec.model import Word2Vec

logger = logging.getLogger("word2vec.model")


def check_corpus(corpus_iterable: Any, corpus_file: Any, passes: int) -> None:
    """Raise TypeError unless exactly one usable corpus is given.

    Parameters
    ----------
    passes : int
        How often the corpus will be read; a generator can be read once.
    """
    if corpus_file is None and corpus_iterable is None:
        raise CorpusTypeError("Either one of corpus_file or corpus_iterable value must be provided")
    if corpus_file is not None and corpus_iterable is not None:
        raise CorpusTypeError(
            "Both corpus_file and corpus_iterable must not be provided at the same time"
        )
    if corpus_file is not None:
        corpus_files(corpus_file)
        return
    if not isinstance(corpus_iterable, Iterable):
        raise CorpusTypeError(
            "The corpus_iterable must be an iterable of lists of strings, "
            f"got {corpus_iterable!r} instead"
        )
    if passes > 1 and isinstance(corpus_iterable, GeneratorType):
        raise CorpusTypeError(
            f"Using a generator as corpus_iterable can't support {passes} passes. "
            "Try a re-iterable sequence."
        )


def check_rereadable(corpus_file: Any) -> None:
    """Raise CorpusTypeError if a file can be read only once: a pipe, or an open stream."""
    for file in corpus_files(corpus_file):
        if reads_once(file):
            raise CorpusTypeError(
                f"{name_of(file)} can be read only once, and training with max_vocab_size= reads "
                "it twice: write it to a file first, or leave max_vocab_size out"
            )


def check_training(
    model: "Word2Vec",
    total_examples: int | None,
    total_words: int | None,
    epochs: int | None,
    start_alpha: float | None,
) -> int:
    """Raise unless `model` can be trained with these totals.

    Returns
    -------
    int
        `epochs`.

    Raises
    ------
    NotTrainableError
        Without a vocabulary or vectors; also RuntimeError.
    ParameterError
        Without an objective, totals or epochs; also ValueError.
    ParameterTypeError
        If a total or `epochs` is not a number; also TypeError.
    """
    if not model.hs and not model.negative:
        raise ParameterError(
            "You must set either 'hs' or 'negative' to be positive for proper training. "
            "With hs=0 and negative=0 there is nothing to learn."
        )
    if model.hs and model.negative:
        logger.warning(
            "Both hierarchical softmax and negative sampling are activated. "
            "Both are trained; one of them is usually enough: set hs=0 or negative=0."
        )
    if (model.alpha if start_alpha is None else start_alpha) > model.min_alpha_yet_reached:
        logger.warning("Effective 'alpha' higher than previous training cycles")
    if not model.wv.key_to_index:
        raise NotTrainableError(
            f"you must first build vocabulary before training the model{_no_words(model)}"
        )
    if not len(model.wv.vectors):
        raise NotTrainableError("you must initialize vectors before training the model")
    if total_words is None and total_examples is None:
        raise missing_totals()
    for name, total in (("total_examples", total_examples), ("total_words", total_words)):
        Option(name, "int", None, "Work of one epoch.", 0, optional=True).check(total)
    if epochs is None or (isinstance(epochs, int | float) and epochs <= 0):
        raise ParameterError(
            "You must specify an explicit epochs count. The usual value is epochs=model.epochs."
        )
    check_companions(model)
    return int(OPTIONS["epochs"].check(epochs))


def _no_words(model: "Word2Vec") -> str:
    """Why there is no vocabulary, and what to do."""
    if model.corpus_total_words:
        return (
            f": none of the {model.corpus_total_words} words of the corpus occurs "
            f"min_count={model.effective_min_count} times, or trim_rule drops them; lower min_count"
        )
    if model.corpus_count:
        return (
            f": the {model.corpus_count} sentences of the corpus hold no words; pass one that "
            "has some"
        )
    return ": no corpus was scanned, or one without sentences; call build_vocab() with some"


def known_total_words(model: "Word2Vec", corpus: Any, total_examples: int | None) -> int | None:
    """Words of `corpus`, if it seems to be the one that was scanned.

    A corpus of as many sentences as were scanned is taken for that one. Lists and tuples
    can be counted: one of other words has another total, and then the learning rate goes
    by sentences, as it was told to.
    """
    words = model.corpus_total_words
    if total_examples != model.corpus_count or not words:
        return None
    if type(corpus) in (list, tuple) and sum(map(_length, corpus)) != words:
        return None
    return words


def _length(sentence: Any) -> int:
    return len(sentence) if isinstance(sentence, Sized) else 0


def check_companions(model: "Word2Vec") -> None:
    """Raise if `wv`, `hs` or `negative` were set to something the vocabulary lacks."""
    missing = [name for name in ("count", "sample_int") if name not in model.wv.expandos]
    missing += ["syn1neg"] if model.negative and not hasattr(model, "syn1neg") else []
    missing += ["syn1"] if model.hs and not hasattr(model, "syn1") else []
    if missing:
        raise NotTrainableError(
            f"the model has no {', '.join(missing)}, without which its words cannot be trained: "
            "set hs and negative before build_vocab(), which makes everything"
        )
    tables = model._tables
    if model.hs and (tables is None or tables.tree is None):
        raise NotTrainableError(
            "the model has no Huffman tree, without which hs=1 trains nothing: set hs before "
            "build_vocab(), or call create_binary_tree()"
        )
    if model.negative and (tables is None or tables.noise is None):
        raise NotTrainableError(
            "the model has no noise distribution, without which negative sampling trains "
            "nothing: set negative before build_vocab(), or call make_cum_table()"
        )
    if np.ndim(model.wv.vectors) == 2 and model.vector_size != np.shape(model.wv.vectors)[1]:
        raise NotTrainableError(
            f"vector_size={model.vector_size}, but vectors have {np.shape(model.wv.vectors)[1]} "
            "dimensions: set vector_size before build_vocab() only"
        )
    for name, matrix in (
        ("wv.vectors", model.wv.vectors),
        ("syn1neg", model.syn1neg if model.negative else None),
        ("syn1", model.syn1 if model.hs else None),
    ):
        if matrix is None or (
            isinstance(matrix, np.ndarray)
            and matrix.dtype == np.float32
            and matrix[:1].flags.c_contiguous
            and matrix.flags.writeable
        ):
            continue
        raise NotTrainableError(
            f"{name} is trained in place and must be a writable float32 array of contiguous rows: "
            "np.array(x, dtype=np.float32, order='C') makes one (a file opened with mmap='r' "
            "cannot be trained)"
        )


def missing_totals() -> ParameterError:
    """Return the error of training whose length is not given."""
    return ParameterError(
        "You must specify either total_examples or total_words, for proper learning-rate and "
        "progress calculations. The usual value is total_examples=model.corpus_count."
    )


def missing_total_words() -> ParameterError:
    """Return the error of a corpus file whose words are not given."""
    return ParameterError(
        "total_words must be provided alongside corpus_file argument. "
        "The usual value is total_words=model.corpus_total_words."
    )


def warn_about_counts(
    epoch: int,
    sentences: int,
    words: int,
    total_examples: int | None,
    total_words: int | None,
) -> None:
    """Warn if an epoch read something else than was announced."""
    if not sentences:
        logger.warning(
            "train() called with an empty iterator (if not intended, be sure to provide a corpus "
            "that offers restartable iteration = an iterable)."
        )
    if total_examples is not None and total_examples != sentences:
        logger.warning(
            "EPOCH %i: supplied example count (%i) did not equal expected count (%i)",
            epoch,
            sentences,
            total_examples,
        )
    if total_words is not None and total_words != words:
        logger.warning(
            "EPOCH %i: supplied raw word count (%i) did not equal expected count (%i)",
            epoch,
            words,
            total_words,
        )
