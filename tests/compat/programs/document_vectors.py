"""Documents as weighted means of word vectors, in the manner of scikit-learn."""

import numpy as np
from gensim.models import Word2Vec
from topics import TOPIC_OF, sentences


class MeanEmbedding:
    def __init__(self, **options):
        self.options = options

    def fit(self, documents, y=None):
        self.model = Word2Vec(documents, **self.options)
        self.wv = self.model.wv
        total = self.model.corpus_total_words
        self.weights = {
            word: np.log(total / self.wv.get_vecattr(word, "count"))
            for word in self.wv.index_to_key
        }
        return self

    def transform(self, documents):
        return np.array(
            [
                np.average(
                    [self.wv[word] for word in words if word in self.wv]
                    or [np.zeros(self.wv.vector_size)],
                    axis=0,
                    weights=[self.weights[word] for word in words if word in self.wv] or None,
                )
                for words in documents
            ]
        )


corpus = sentences()
topics = np.array([TOPIC_OF[words[0]] for words in corpus])
embedding = MeanEmbedding(vector_size=20, min_count=1, workers=1, epochs=10)
X = embedding.fit(corpus).transform([*corpus, ["unheard", "of"]])
assert X.shape == (601, 20)
assert not X[-1].any()
centres = {topic: X[:-1][topics == topic].mean(axis=0) for topic in set(topics)}
guesses = [min(centres, key=lambda topic: np.linalg.norm(x - centres[topic])) for x in X[:-1]]
assert (np.array(guesses) == topics).mean() > 0.95
