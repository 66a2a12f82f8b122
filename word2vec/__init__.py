"""Train and query word embeddings: fast word2vec, a drop-in for gensim's Word2Vec."""

from word2vec.errors import Word2VecError
from word2vec.model import Word2Vec
from word2vec.text.readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
from word2vec.training._train import selected_simd as simd
from word2vec.training.callbacks import CallbackAny2Vec
from word2vec.vectors.keyed_vectors import KeyedVectors

__version__ = "0.1.0"

__all__ = [
    "BrownCorpus",
    "CallbackAny2Vec",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
    "Word2VecError",
    "simd",
]
