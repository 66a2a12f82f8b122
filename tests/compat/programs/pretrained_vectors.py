"""Vectors from a file, used and put under a new model."""

import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from topics import sentences, share_on_topic

trained = Word2Vec(sentences(), vector_size=20, min_count=1, workers=1, epochs=20).wv
trained.save_word2vec_format("vectors.bin", binary=True)
trained.save_word2vec_format("vectors.txt", fvocab="vectors.vocab", write_header=False)

wv = KeyedVectors.load_word2vec_format("vectors.bin", binary=True)
assert (wv["apple"] == trained["apple"]).all()
assert (
    KeyedVectors.load_word2vec_format("vectors.bin", binary=True, limit=5).index_to_key
    == (trained.index_to_key[:5])
)
glove = KeyedVectors.load_word2vec_format("vectors.txt", no_header=True)
np.testing.assert_allclose(glove.vectors, wv.vectors, rtol=1e-6)
assert share_on_topic(glove.most_similar("zinc", topn=4), "zinc") == 1
wv.save("vectors.kv")
mapped = KeyedVectors.load("vectors.kv", mmap="r")
assert mapped.most_similar("zinc") == wv.most_similar("zinc")

# An embedding layer for a neural network, and a start for a new model.
matrix = np.zeros((len(wv) + 1, wv.vector_size))
for word, index in wv.key_to_index.items():
    matrix[index + 1] = wv[word]
assert matrix[1:].any(axis=1).all()
model = Word2Vec(vector_size=20, min_count=1, workers=1)
model.build_vocab(sentences(50))
for word in model.wv.index_to_key:
    if word in wv:
        model.wv.vectors[model.wv.key_to_index[word]] = wv[word]
model.train(sentences(50), total_examples=model.corpus_count, epochs=1)
assert share_on_topic(model.wv.most_similar("zinc", topn=4), "zinc") == 1
