"""Recommendations from baskets: items are the words, and their ids are integers."""

import random

from gensim.models import Word2Vec

chance = random.Random(5)
shelves = [range(1000, 1008), range(2000, 2008), range(3000, 3008)]
baskets = [chance.sample(chance.choice(shelves), k=5) for _ in range(800)]
longest = max(map(len, baskets))
model = Word2Vec(
    baskets, vector_size=16, window=longest, min_count=3, sg=1, negative=10, ns_exponent=-0.5,
    sample=0, workers=2, epochs=15, shrink_windows=False,
)  # fmt: skip
for item in (1000, 2003, 3007):
    found = [other for other, _ in model.wv.most_similar(item, topn=5)]
    assert all(other // 1000 == item // 1000 for other in found), (item, found)
together = model.wv.most_similar(positive=[1000, 1001, 1002], topn=3)
assert all(other // 1000 == 1 for other, _ in together)
assert model.predict_output_word([1000, 1001], topn=2)
