"""Sentences compared by what it costs to move their words."""

from gensim.models import Word2Vec
from topics import TOPICS, sentences

wv = Word2Vec(sentences(), vector_size=20, min_count=1, workers=1, epochs=20).wv
fruit, metal = TOPICS["fruit"], TOPICS["metal"]
near = wv.wmdistance(fruit[:3], fruit[3:])
far = wv.wmdistance(fruit[:3], metal[:3])
assert 0 < near < far
assert wv.wmdistance(fruit, fruit) < 1e-6
assert wv.wmdistance(["unheard"], fruit) == float("inf")
