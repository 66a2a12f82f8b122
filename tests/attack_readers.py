"""Every reader of files as a function of bytes, and what may come of it.

`READERS` is what the attacks and the fuzzer aim at. Each reader opens the bytes,
compares the outcome with an independent one where there is one, and uses it as a caller
would. Only `DOCUMENTED` may be raised; anything else is a finding.
"""

import io
import pickle
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import attack_seeds as seeds
import fake_gensim
import gensim_cases
import numpy as np
from numpy.testing import assert_array_equal
from scipy.stats import DegenerateDataWarning

from word2vec import FrozenPhrases, KeyedVectors, Phrases, Word2Vec
from word2vec.compat import gensim_read
from word2vec.compat.safe_pickle import SafeUnpickler
from word2vec.errors import (
    CorpusError,
    FormatError,
    NotEnoughMemoryError,
    ParameterError,
    ParameterTypeError,
)
from word2vec.io import word2vec_format
from word2vec.text.compressed import MAGIC_BYTES, compression_of
from word2vec.text.readers import LineSentence, Text8Corpus, open_binary
from word2vec.text.vocabulary import scan_files
from word2vec.vectors.evaluation import read_analogies, read_pairs

DOCUMENTED = (FormatError, NotEnoughMemoryError)

# What a caller can mend without the file: a scoring function that is not imported, words
# of an evaluation file that the vectors do not have.
_CURABLE = (ParameterError,)

_MOST_TEXT = 1 << 20  # bytes of a compressed file that are looked at
_KEYS = ["the", "cat", "sät"]


@dataclass(frozen=True)
class Reader:
    """How to attack one reader.

    ``read(data, folder)`` may write to `folder`; ``seeds()`` gives valid files;
    `also` may be raised besides `DOCUMENTED`.
    """

    read: Callable[[bytes, Path], object]
    seeds: Callable[[], list[bytes]]
    also: tuple[type[Exception], ...] = ()


# ---- text --------------------------------------------------------------------


def read_corpus(data, folder):
    """Compare the scan in C, chunk by chunk, with what str.split() gives."""
    if compression_of(data[:MAGIC_BYTES]) is not None:
        return read_compressed(data, folder)
    raw, corpus = scan_files(io.BytesIO(data), chunk_bytes=max(16, len(data) // 16))
    assert corpus is not None
    try:
        ids = [
            block.tokens[begin:end].tolist()
            for block in corpus.blocks(1000)
            for begin, end in zip(block.offsets[:-1], block.offsets[1:], strict=True)
        ]
    finally:
        corpus.close()
    lines = [
        words for line in data.decode("utf-8", "replace").split("\n") if (words := line.split())
    ]
    everything = [word for words in lines for word in words]
    assert raw.n_words == len(everything)
    assert raw.n_sentences == len(lines)
    assert dict(zip(raw.words, raw.counts.tolist(), strict=True)) == Counter(everything)
    assert list(raw.words) == list(dict.fromkeys(everything))
    assert [[raw.words[i] for i in sentence] for sentence in ids] == lines
    assert list(LineSentence(io.BytesIO(data), 1 << 30)) == lines
    assert [word for words in Text8Corpus(io.BytesIO(data), 3) for word in words] == everything
    return raw


def scan_compressed(data, folder):
    """Scan without comparing; the words of an endless text do not fit anywhere."""
    _, corpus = scan_files(io.BytesIO(data))
    corpus.close()


def read_compressed(data, folder):
    with open_binary(io.BytesIO(data)) as file:
        text = file.read(_MOST_TEXT)
        assert len(text) <= _MOST_TEXT
        return text


# ---- word2vec and GloVe --------------------------------------------------------


def read_vectors(**options):
    def read(data, folder):
        found = word2vec_format.read(io.BytesIO(data), **options)
        assert found.vectors.shape == (len(found.keys), found.vectors.shape[1])
        assert found.counts.shape == (len(found.keys),)
        assert len(set(found.keys)) == len(found.keys)
        _check_round_trip(found, options)
        return found

    return read


def _check_round_trip(found, options):
    file = io.BytesIO()
    binary = options.get("binary", False)
    word2vec_format.write(file, found.keys, found.vectors, binary=binary)
    again = word2vec_format.read(
        io.BytesIO(file.getvalue()), binary=binary, datatype=found.vectors.dtype
    )
    assert again.keys == found.keys
    assert_array_equal(again.vectors, found.vectors)


def read_vocabulary_file(data, folder):
    text = seeds.word2vec_text()[0]
    return word2vec_format.read(io.BytesIO(text), fvocab=io.BytesIO(data))


# ---- native ----------------------------------------------------------------------


def read_native_vectors(data, folder):
    if data[:1] == b"\x80" or data[:2] == b"\x1f\x8b" or data[:3] in (b"BZh", b"cco"):
        return None  # read_gensim_vectors opens these
    return _use_vectors(KeyedVectors.load(io.BytesIO(data)))


def _use_vectors(wv):
    assert wv.vectors.shape == (len(wv.index_to_key), wv.vector_size)
    with np.errstate(all="ignore"):
        wv.similar_by_vector(np.ones(wv.vector_size), topn=3)
        known = [key for key in wv.index_to_key if key is not None]
        if known:
            wv.most_similar([known[0]])
            assert len(wv[known[-1]]) == wv.vector_size
    again = _saved_and_read(wv)
    if again is not None:
        assert again.index_to_key == wv.index_to_key
        assert_array_equal(again.vectors, wv.vectors)
    return wv


def _saved_and_read(thing):
    """Save and read again; None if an attribute of keys is of a kind that no file holds."""
    file = io.BytesIO()
    try:
        thing.save(file)
    except ParameterTypeError as error:
        if "cannot be saved" not in str(error) or "compat.inert" in str(error):
            raise
        return None
    return type(thing).load(io.BytesIO(file.getvalue()))


def read_native_model(data, folder):
    if data[:1] == b"\x80" or data[:2] == b"\x1f\x8b" or data[:3] in (b"BZh", b"cco"):
        return None
    return _use_model(Word2Vec.load(io.BytesIO(data)))


def _use_model(model):
    again = _saved_and_read(model)
    if again is not None:
        assert again.wv.index_to_key == model.wv.index_to_key
        assert_array_equal(again.wv.vectors, model.wv.vectors)
    return model


def read_native_phrases(data, folder):
    return _use_phrases(Phrases.load(io.BytesIO(data)))


def read_native_frozen_phrases(data, folder):
    return _use_phrases(FrozenPhrases.load(io.BytesIO(data)))


def _use_phrases(phrases):
    assert "".join(phrases[["new", "york"]]).replace(phrases.delimiter, "")
    return phrases


# ---- gensim's ----------------------------------------------------------------------


def read_pickle(data, folder):
    return SafeUnpickler(data).load()


def read_gensim_model(data, folder):
    return _use_model(gensim_read.load_model(Word2Vec, io.BytesIO(data)))


def read_gensim_vectors(data, folder):
    return _use_vectors(gensim_read.load_vectors(KeyedVectors, io.BytesIO(data)))


def read_gensim_phrases(data, folder):
    return _use_phrases(gensim_read.load_phrases(Phrases, io.BytesIO(data)))


def read_gensim_frozen_phrases(data, folder):
    return _use_phrases(gensim_read.load_phrases(FrozenPhrases, io.BytesIO(data)))


def read_side_array(suffix):
    def read(data, folder):
        main = folder / f"vectors{suffix}"
        if not main.exists():
            main.write_bytes(_pickle_with_side_file())
        side = folder / f"vectors{suffix}.vectors.{'npz' if suffix else 'npy'}"
        side.unlink(missing_ok=True)  # file systems take their time to overwrite one safely
        side.write_bytes(data)
        return _use_vectors(gensim_read.load_vectors(KeyedVectors, main))

    return read


def _pickle_with_side_file():
    with fake_gensim.installed() as g:
        wv = g.KeyedVectors(
            vector_size=4, index_to_key=list(gensim_cases.WORDS), next_index=3, expandos={},
            __numpys=["vectors"], __scipys=[], __ignoreds=["norms"], __recursive_saveloads=[],
        )  # fmt: skip
        return pickle.dumps(wv)


# ---- evaluation ------------------------------------------------------------------------


def read_analogy_file(data, folder):
    sections = read_analogies(io.BytesIO(data))
    seeds.vectors().evaluate_word_analogies(io.BytesIO(data), dummy4unknown=True)
    return sections


def read_pair_file(data, folder):
    pairs = read_pairs(io.BytesIO(data))
    seeds.vectors().evaluate_word_pairs(io.BytesIO(data), dummy4unknown=True)
    return pairs


READERS = {
    "corpus": Reader(read_corpus, seeds.texts),
    "compressed": Reader(read_compressed, seeds.compressed),
    "corpus_words": Reader(scan_compressed, seeds.texts, (CorpusError,)),
    "word2vec_text": Reader(read_vectors(), seeds.word2vec_text),
    "word2vec_text_float64": Reader(read_vectors(datatype=np.float64), seeds.word2vec_text),
    "word2vec_binary": Reader(read_vectors(binary=True), seeds.word2vec_binary),
    "glove": Reader(read_vectors(no_header=True), seeds.glove),
    "vocabulary_file": Reader(read_vocabulary_file, seeds.vocabulary_files),
    "native_vectors": Reader(read_native_vectors, seeds.native_vectors),
    "native_model": Reader(read_native_model, seeds.native_models),
    "native_phrases": Reader(read_native_phrases, seeds.native_phrases, _CURABLE),
    "native_frozen_phrases": Reader(
        read_native_frozen_phrases, seeds.native_frozen_phrases, _CURABLE
    ),
    "pickle": Reader(read_pickle, seeds.pickles),
    "gensim_model": Reader(read_gensim_model, seeds.gensim_models),
    "gensim_vectors": Reader(read_gensim_vectors, seeds.gensim_models),
    "gensim_phrases": Reader(read_gensim_phrases, seeds.gensim_phrases, _CURABLE),
    "gensim_frozen_phrases": Reader(
        read_gensim_frozen_phrases, lambda: seeds.gensim_phrases(frozen=True), _CURABLE
    ),
    "side_array": Reader(read_side_array(""), seeds.side_arrays),
    "side_array_compressed": Reader(
        read_side_array(".gz"), lambda: seeds.side_arrays(compressed=True)
    ),
    "analogies": Reader(read_analogy_file, seeds.analogies),
    "pairs": Reader(read_pair_file, seeds.pairs, _CURABLE),
}


def attempt(name, data, folder):
    """Read `data`; return the documented error, or None if there is none.

    Raises
    ------
    Exception
        Whatever is not documented: a finding.
    """
    with warnings.catch_warnings():
        # Warnings about what a file holds are documented, and counted nowhere here.
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", DegenerateDataWarning)
        try:
            READERS[name].read(data, folder)
        except (*DOCUMENTED, *READERS[name].also) as error:
            return error
    return None
