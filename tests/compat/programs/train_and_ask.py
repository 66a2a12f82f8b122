"""The first program of every tutorial: train, ask, save, load, train on."""

from gensim.models import Word2Vec
from topics import sentences, share_on_topic

corpus = sentences()
model = Word2Vec(sentences=corpus, vector_size=20, window=5, min_count=1, workers=2, epochs=20)
vector = model.wv["apple"]
assert vector.shape == (20,)
assert share_on_topic(model.wv.most_similar("apple", topn=4), "apple") == 1
assert model.wv.similarity("iron", "zinc") > model.wv.similarity("iron", "rhine")
assert model.wv.doesnt_match(["apple", "pear", "plum", "volga"]) == "volga"
assert "apple" in model.wv
assert len(model.wv) == len(model.wv.index_to_key) == 20
try:
    model.wv["banana"]
except KeyError as error:
    print(error)
else:
    raise AssertionError("there is no banana")

model.save("word2vec.model")
model = Word2Vec.load("word2vec.model")
assert (model.wv["apple"] == vector).all()
model.train([["apple", "pear"]], total_examples=1, epochs=1)
words, vectors = model.wv.index_to_key, model.wv.vectors
assert vectors.shape == (len(words), model.vector_size)
print(model, model.wv.most_similar(positive=["apple", "iron"], negative=["pear"], topn=1))
