"""The loss of each epoch, and a learning rate that falls by hand."""

from gensim.models import Word2Vec
from gensim.models.callbacks import CallbackAny2Vec
from topics import sentences


class LossLogger(CallbackAny2Vec):
    def __init__(self):
        self.epoch = 0
        self.losses = []

    def on_epoch_begin(self, model):
        print(f"epoch {self.epoch} begins, alpha {model.alpha}")

    def on_epoch_end(self, model):
        self.losses.append(model.get_latest_training_loss())
        model.running_training_loss = 0.0
        print(f"loss after epoch {self.epoch}: {self.losses[-1]}")
        self.epoch += 1


logger = LossLogger()
model = Word2Vec(
    sentences(), vector_size=20, min_count=1, workers=1, epochs=6, alpha=0.05,
    compute_loss=True, callbacks=[logger],
)  # fmt: skip
assert len(logger.losses) == 6
assert 0 < logger.losses[-1] < logger.losses[0]

for _ in range(3):
    model.alpha /= 2
    model.min_alpha = model.alpha
    model.train(sentences(), total_examples=model.corpus_count, epochs=1, callbacks=[logger])
assert logger.epoch == 9
