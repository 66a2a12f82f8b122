"""Vectors that were made elsewhere, in KeyedVectors."""

import numpy as np
from gensim.models import KeyedVectors

generator = np.random.default_rng(3)
wv = KeyedVectors(vector_size=8)
names = [f"image{n}.png" for n in range(100)]
wv.add_vectors(names, generator.normal(size=(100, 8)))
wv.add_vector("new.png", np.ones(8))
assert len(wv) == 101
assert wv.get_index("new.png") == 100
for name in names:
    wv.set_vecattr(name, "size", len(name))
assert wv.get_vecattr("image7.png", "size") == 10
wv["image0.png"] = np.ones(8)
assert wv.most_similar("new.png", topn=1)[0][0] == "image0.png"
assert abs(wv.similarity("new.png", "image0.png") - 1) < 1e-6
nearest = wv.similar_by_vector(wv["image5.png"], topn=1)
assert nearest[0][0] == "image5.png"
part = wv.vectors_for_all(["image3.png", "image1.png", "missing.png"])
assert part.index_to_key == ["image3.png", "image1.png"]
mean = wv.get_mean_vector(["image3.png", "image1.png"])
assert mean.shape == (8,)
wv.save("images.kv")
assert KeyedVectors.load("images.kv").get_vecattr("image7.png", "size") == 10
