"""The first lines of many tutorials."""

from gensim.models import Word2Vec
from gensim.test.utils import common_texts, get_tmpfile
from gensim.utils import SaveLoad


class Settings(SaveLoad):
    """An object of the program's own."""

    def __init__(self, **values):
        self.values = values


path = get_tmpfile("word2vec.model")
model = Word2Vec(sentences=common_texts, vector_size=100, window=5, min_count=1, workers=4)
model.save(path)
model = Word2Vec.load(path)
model.train([["hello", "world"]], total_examples=1, epochs=1)
assert model.wv["computer"].shape == (100,)
assert len(model.wv.most_similar("computer", topn=10)) == 10
assert {"human", "interface", "computer", "survey", "user", "system"} <= set(model.wv.key_to_index)

settings = get_tmpfile("settings.pkl")
Settings(window=5).save(settings)
assert Settings.load(settings).values == {"window": 5}
