"""Small valid files of every format, from which attacks are made."""

import bz2
import gzip
import io
import lzma
import pickle

import fake_gensim
import gensim_cases
import numpy as np
import zstandard

from word2vec import FrozenPhrases, KeyedVectors, Phrases, Word2Vec
from word2vec.io import word2vec_format

SENTENCES = [["the", "cat", "sät"], ["the", "cat"], ["the", "new_york"]]
TEXT = "the cat sät\n\nthe\u2003cat\x1cthe\r\nnew york\n".encode()


def vectors():
    wv = KeyedVectors(3)
    wv.add_vectors(["the", "cat", "sät"], np.arange(9, dtype=np.float32).reshape(3, 3) / 8 - 0.5)
    wv.set_vecattr("the", "count", 3)
    return wv


def model(**options):
    return Word2Vec(
        SENTENCES,
        **{"vector_size": 2, "min_count": 1, "workers": 1, "epochs": 1, "sample": 0.01} | options,
    )


def _saved(thing):
    file = io.BytesIO()
    thing.save(file)
    return file.getvalue()


def _word2vec(**options):
    file = io.BytesIO()
    word2vec_format.write(file, vectors().index_to_key, vectors().vectors, **options)
    return file.getvalue()


def texts():
    return [TEXT, b"\xef\xbb\xbfa b\n\xff\xfe c \xed\xa0\x80\n", b"word " * 40]


def compressed():
    packers = (gzip.compress, bz2.compress, lzma.compress, zstandard.compress)
    return [pack(TEXT) for pack in packers] + [gzip.compress(TEXT) * 2]


def word2vec_text():
    return [_word2vec(), b"2 2\na 1e-3 inf\n\nb\t-0.5 nan\r\n"]


def word2vec_binary():
    return [_word2vec(binary=True), b"1 1\n\nx \x00\x00\xc0\x7f"]


def glove():
    return [_word2vec(write_header=False)]


def vocabulary_files():
    return [b"the 3\ncat 2\ns\xc3\xa4t 1\n"]


def native_vectors():
    plain = KeyedVectors(2)
    plain.add_vectors([("a", 1), b"b", 7, "d"], np.eye(4, 2, dtype=np.float32))
    return [_saved(vectors()), _saved(plain)]


def native_models():
    return [_saved(model()), _saved(model(hs=1, negative=0))]


def native_phrases():
    return [_saved(Phrases(SENTENCES, min_count=1, threshold=0.1))]


def native_frozen_phrases():
    return [_saved(FrozenPhrases(Phrases(SENTENCES * 3, min_count=1, threshold=0.01)))]


def pickles():
    values = {"a": [1, 2.5, "sät", b"bytes", None, (1, True)], "b": {1, 2}, "c": 2**70}
    return [pickle.dumps(values, protocol) for protocol in range(6)] + [
        pickle.dumps([np.arange(3), np.float32(1)], protocol) for protocol in (0, 2, 4)
    ]


def gensim_models():
    with fake_gensim.installed() as g:
        return [
            pickle.dumps(make(g, random=None, load=None), protocol)
            for make in gensim_cases.LAYOUTS.values()
            for protocol in (0, 4)
        ]


def gensim_phrases(frozen=False):
    state = {
        "connector_words": frozenset({"of"}), "min_count": 1, "threshold": 0.5,
        "delimiter": "_", "corpus_word_count": 10,
    }  # fmt: skip
    with fake_gensim.installed() as g:
        if frozen:
            thing = g.FrozenPhrases(
                phrasegrams={"new_york": 2.0}, scoring=g.original_scorer, **state
            )
        else:
            thing = g.Phrases(
                vocab={"new": 3, "new_york": 3}, max_vocab_size=1000, progress_per=100,
                min_reduce=2, scoring=g.original_scorer, **state,
            )  # fmt: skip
        return [pickle.dumps(thing, protocol) for protocol in (2, 4)]


def side_arrays(compressed=False):
    file = io.BytesIO()
    if compressed:
        np.savez_compressed(file, val=gensim_cases.VECTORS)
    else:
        np.save(file, gensim_cases.VECTORS)
    return [file.getvalue()]


def analogies():
    return [b": first\nthe cat the cat\ncat the s\xc3\xa4t the\n: second\nthe cat\n"]


def pairs():
    return [b"# comment\nthe\tcat\t5.0\ncat\ts\xc3\xa4t\t1.5\nthe\tthe\t9\n"]
