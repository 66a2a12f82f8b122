"""A record of progress and a clock, for the tests of what shows them."""

from word2vec.training.progress import Progress


def record(**changes):
    values = {
        "epoch": 2,
        "epochs": 5,
        "words": 300,
        "total_words": 1000,
        "effective_words": 200,
        "seconds": 2.0,
        "alpha": 0.0175,
        "loss": 1.25,
    }
    return Progress(**(values | changes))


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now
