"""A model saved after each epoch; the best one is kept."""

import os

from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from topics import sentences


class EpochSaver(CallbackAny2Vec):
    def __init__(self, prefix):
        self.prefix = prefix
        self.epoch = 0

    def on_epoch_end(self, model):
        model.save(f"{self.prefix}_epoch{self.epoch}.model")
        self.epoch += 1

    def on_train_end(self, model):
        self.vectors = model.wv.vectors.copy()


saver = EpochSaver("w2v")
Word2Vec(sentences(200), vector_size=10, min_count=1, workers=1, epochs=3, callbacks=[saver])
assert sorted(name for name in os.listdir() if name.endswith(".model")) == [
    f"w2v_epoch{epoch}.model" for epoch in range(3)
]
last = Word2Vec.load("w2v_epoch2.model")
assert (last.wv.vectors == saver.vectors).all()
assert (Word2Vec.load("w2v_epoch0.model").wv.vectors != saver.vectors).any()
