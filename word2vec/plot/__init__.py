"""Pictures of training and vectors on matplotlib: ``pip install word2vec-hogwild[plot]``.

Each function draws into `ax`, or a new figure, and returns the figure.
"""

from word2vec.plot.charts import history, similarities
from word2vec.plot.maps import analogy, words

__all__ = ["analogy", "history", "similarities", "words"]
