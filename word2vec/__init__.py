"""Train and query word embeddings: fast word2vec, a drop-in for gensim's Word2Vec.

The public names are loaded when they are first used, so that ``import word2vec``
costs nothing; `dir` and type checkers see them all.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from word2vec.compat.patch import patch_gensim, unpatch_gensim
    from word2vec.errors import Word2VecError
    from word2vec.model import Word2Vec
    from word2vec.text.readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
    from word2vec.text.vocabulary import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
    from word2vec.training._train import selected_simd as simd
    from word2vec.training.callbacks import CallbackAny2Vec
    from word2vec.vectors.keyed_vectors import KeyedVectors

__version__ = "0.1.0"

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "BrownCorpus",
    "CallbackAny2Vec",
    "KeyedVectors",
    "LineSentence",
    "PathLineSentences",
    "Text8Corpus",
    "Word2Vec",
    "Word2VecError",
    "patch_gensim",
    "simd",
    "unpatch_gensim",
]

# Public name -> module and name there.
_HOMES = {
    "RULE_DEFAULT": "word2vec.text.vocabulary:RULE_DEFAULT",
    "RULE_DISCARD": "word2vec.text.vocabulary:RULE_DISCARD",
    "RULE_KEEP": "word2vec.text.vocabulary:RULE_KEEP",
    "BrownCorpus": "word2vec.text.readers:BrownCorpus",
    "CallbackAny2Vec": "word2vec.training.callbacks:CallbackAny2Vec",
    "KeyedVectors": "word2vec.vectors.keyed_vectors:KeyedVectors",
    "LineSentence": "word2vec.text.readers:LineSentence",
    "PathLineSentences": "word2vec.text.readers:PathLineSentences",
    "Text8Corpus": "word2vec.text.readers:Text8Corpus",
    "Word2Vec": "word2vec.model:Word2Vec",
    "Word2VecError": "word2vec.errors:Word2VecError",
    "patch_gensim": "word2vec.compat.patch:patch_gensim",
    "simd": "word2vec.training._train:selected_simd",
    "unpatch_gensim": "word2vec.compat.patch:unpatch_gensim",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    value = globals()[name] = getattr(import_module(module), attribute)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
