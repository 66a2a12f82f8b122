"""Train and query word embeddings: fast word2vec, a drop-in for gensim's Word2Vec.

The public names are loaded when they are first used, so that ``import word2vec``
costs nothing; `dir` and type checkers see them all.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from word2vec.compat.constants import CORPUSFILE_VERSION, FAST_VERSION, MAX_WORDS_IN_BATCH
    from word2vec.compat.patch import patch_gensim, unpatch_gensim
    from word2vec.compat.utils import save_as_line_sentence, simple_preprocess
    from word2vec.errors import Word2VecError
    from word2vec.model import Word2Vec
    from word2vec.phrases import (
        ENGLISH_CONNECTOR_WORDS,
        FrozenPhrases,
        Phraser,
        Phrases,
        npmi_scorer,
        original_scorer,
    )
    from word2vec.scripts.glove2word2vec import glove2word2vec
    from word2vec.text.readers import BrownCorpus, LineSentence, PathLineSentences, Text8Corpus
    from word2vec.text.vocabulary import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
    from word2vec.training._train import selected_simd as simd
    from word2vec.training.callbacks import (
        CallbackAny2Vec,
        EarlyStopping,
        ModelCheckpoint,
        TrainedBatch,
    )
    from word2vec.vectors.keyed_vectors import KeyedVectors

__version__ = "0.1.0"

__all__ = [
    "CORPUSFILE_VERSION",
    "ENGLISH_CONNECTOR_WORDS",
    "FAST_VERSION",
    "MAX_WORDS_IN_BATCH",
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "BrownCorpus",
    "CallbackAny2Vec",
    "EarlyStopping",
    "FrozenPhrases",
    "KeyedVectors",
    "LineSentence",
    "ModelCheckpoint",
    "PathLineSentences",
    "Phraser",
    "Phrases",
    "Text8Corpus",
    "TrainedBatch",
    "Word2Vec",
    "Word2VecError",
    "glove2word2vec",
    "npmi_scorer",
    "original_scorer",
    "patch_gensim",
    "save_as_line_sentence",
    "simd",
    "simple_preprocess",
    "unpatch_gensim",
]

# Public name -> module and name there.
_HOMES = {
    "CORPUSFILE_VERSION": "word2vec.compat.constants:CORPUSFILE_VERSION",
    "FAST_VERSION": "word2vec.compat.constants:FAST_VERSION",
    "MAX_WORDS_IN_BATCH": "word2vec.compat.constants:MAX_WORDS_IN_BATCH",
    "ENGLISH_CONNECTOR_WORDS": "word2vec.phrases:ENGLISH_CONNECTOR_WORDS",
    "RULE_DEFAULT": "word2vec.text.vocabulary:RULE_DEFAULT",
    "RULE_DISCARD": "word2vec.text.vocabulary:RULE_DISCARD",
    "RULE_KEEP": "word2vec.text.vocabulary:RULE_KEEP",
    "BrownCorpus": "word2vec.text.readers:BrownCorpus",
    "CallbackAny2Vec": "word2vec.training.callbacks:CallbackAny2Vec",
    "EarlyStopping": "word2vec.training.callbacks:EarlyStopping",
    "ModelCheckpoint": "word2vec.training.callbacks:ModelCheckpoint",
    "TrainedBatch": "word2vec.training.callbacks:TrainedBatch",
    "FrozenPhrases": "word2vec.phrases:FrozenPhrases",
    "KeyedVectors": "word2vec.vectors.keyed_vectors:KeyedVectors",
    "LineSentence": "word2vec.text.readers:LineSentence",
    "PathLineSentences": "word2vec.text.readers:PathLineSentences",
    "Phraser": "word2vec.phrases:Phraser",
    "Phrases": "word2vec.phrases:Phrases",
    "Text8Corpus": "word2vec.text.readers:Text8Corpus",
    "Word2Vec": "word2vec.model:Word2Vec",
    "Word2VecError": "word2vec.errors:Word2VecError",
    "glove2word2vec": "word2vec.scripts.glove2word2vec:glove2word2vec",
    "save_as_line_sentence": "word2vec.compat.utils:save_as_line_sentence",
    "npmi_scorer": "word2vec.phrases:npmi_scorer",
    "original_scorer": "word2vec.phrases:original_scorer",
    "simd": "word2vec.training._train:selected_simd",
    "simple_preprocess": "word2vec.compat.utils:simple_preprocess",
    "patch_gensim": "word2vec.compat.patch:patch_gensim",
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
