"""An index of neighbours behind most_similar, as Annoy's and others are used."""

import numpy as np
from gensim.models import Word2Vec
from topics import sentences


class RandomProjections:
    """Look among the rows that lie on the same side of a few planes."""

    def __init__(self, model, planes=2):
        self.wv = model.wv
        self.normed = model.wv.get_normed_vectors()
        self.planes = np.random.default_rng(1).normal(size=(planes, model.vector_size))
        self.codes = self.code(self.normed)

    def code(self, vectors):
        return (vectors @ self.planes.T > 0) @ (1 << np.arange(len(self.planes)))

    def most_similar(self, vector, num_neighbors):
        rows = np.flatnonzero(self.codes == self.code(vector))
        scores = self.normed[rows] @ vector
        best = np.argsort(-scores)[:num_neighbors]
        return [(self.wv.index_to_key[rows[i]], float(scores[i])) for i in best]


model = Word2Vec(sentences(), vector_size=20, min_count=1, workers=1, epochs=20)
indexer = RandomProjections(model)
(first, score), *_ = model.wv.most_similar("apple", topn=3, indexer=indexer)
assert first == "apple"  # an indexer knows nothing of the word asked for
assert abs(score - 1) < 1e-5
exact = model.wv.similar_by_vector(model.wv["apple"], topn=1)
assert exact[0][0] == "apple"
