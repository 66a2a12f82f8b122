"""Training from a file, the fast way."""

import logging

from gensim.models.word2vec import FAST_VERSION, Word2Vec
from gensim.utils import save_as_line_sentence
from topics import sentences, share_on_topic

logging.basicConfig(format="%(asctime)s : %(levelname)s : %(message)s", level=logging.INFO)
assert FAST_VERSION >= 0
save_as_line_sentence(sentences(), "corpus.txt")
model = Word2Vec(corpus_file="corpus.txt", vector_size=20, min_count=1, workers=2, epochs=20, sg=1)
assert share_on_topic(model.wv.most_similar("volga", topn=4), "volga") == 1

model = Word2Vec(vector_size=20, min_count=1, workers=1, hs=1, negative=0)
model.build_vocab(corpus_file="corpus.txt")
trained, raw = model.train(
    corpus_file="corpus.txt",
    total_examples=model.corpus_count,
    total_words=model.corpus_total_words,
    epochs=model.epochs,
)
assert 0 < trained <= raw == 5 * model.corpus_total_words
