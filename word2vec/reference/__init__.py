"""Training that can be read and watched: a handful of words, float64, one update at a time.

For lessons and for checking; `word2vec.Word2Vec` trains real corpora. Skip-gram and CBOW, each
with the full softmax, hierarchical softmax or negative sampling. Draws and updates follow
csrc/w2v.h without shared noise words, so that the kernels, from the same weights, come to the
same numbers (tests/test_reference_trainer.py). see/trainer.js does the same in a page.
"""

from word2vec.reference.steps import Output, Step
from word2vec.reference.trainer import Trainer

__all__ = ["Output", "Step", "Trainer"]
