"""A model that learns new words from a second corpus."""

from gensim.models import Word2Vec
from topics import sentences, share_on_topic

model = Word2Vec(vector_size=20, min_count=2, sg=1, workers=1, epochs=15)
model.build_vocab(sentences(topics=("fruit", "metal")))
model.train(
    sentences(topics=("fruit", "metal")), total_examples=model.corpus_count, epochs=model.epochs
)
assert "volga" not in model.wv
before = len(model.wv)

more = sentences(seed=2)
model.build_vocab(more, update=True)
assert len(model.wv) == before + 6
assert model.syn1neg.shape == model.wv.vectors.shape
model.train(more, total_examples=model.corpus_count, epochs=model.epochs)
assert share_on_topic(model.wv.most_similar("volga", topn=3), "volga") == 1
assert share_on_topic(model.wv.most_similar("apple", topn=3), "apple") == 1
