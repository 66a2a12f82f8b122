"""Pages that show vectors and training in the browser."""

from word2vec.see.inspector import Inspector

inspect = Inspector

__all__ = ["inspect"]
