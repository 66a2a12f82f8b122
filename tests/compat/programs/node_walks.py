"""Vectors of the nodes of a graph, from biased random walks (node2vec)."""

import random

import numpy as np
from gensim.models import Word2Vec

# Two rings of eight nodes with chords; one edge joins the rings.
edges = [(ring + i, ring + (i + d) % 8) for ring in (0, 8) for i in range(8) for d in (1, 2)]
edges.append((0, 8))
neighbours = {node: set() for node in range(16)}
for one, other in edges:
    neighbours[one].add(other)
    neighbours[other].add(one)


def walk(start, length, p, q, chance):
    path = [start]
    while len(path) < length:
        options = sorted(neighbours[path[-1]])
        weights = [1.0] * len(options)
        if len(path) > 1:
            before = path[-2]
            weights = [
                1 / p if node == before else 1 if node in neighbours[before] else 1 / q
                for node in options
            ]
        path += chance.choices(options, weights)
    return [str(node) for node in path]


chance = random.Random(2)
walks = [walk(node, 12, 1, 2, chance) for node in neighbours for _ in range(40)]
chance.shuffle(walks)
model = Word2Vec(walks, vector_size=16, window=4, min_count=0, sg=1, workers=2, epochs=5, seed=1)
vectors = np.array([model.wv[str(node)] for node in range(16)])
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
cosines = vectors @ vectors.T
assert cosines[:8, :8].mean() > cosines[:8, 8:].mean() + 0.2
model.wv.save_word2vec_format("nodes.emb")
