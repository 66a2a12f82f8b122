"""Phrases: words that belong together, found by counting, joined into one token.

``Phrases`` counts and detects, ``FrozenPhrases`` (``Phraser``) only detects. Both turn
a sentence, or a stream of sentences, into one with phrases such as ``new_york``, which
a word2vec model then learns as a word.
"""

from word2vec.phrases.counts import PhraseCounts
from word2vec.phrases.model import FrozenPhrases, Phraser, Phrases
from word2vec.phrases.scoring import ENGLISH_CONNECTOR_WORDS, npmi_scorer, original_scorer
from word2vec.phrases.transformation import TransformedCorpus, _PhrasesTransformation

__all__ = [
    "ENGLISH_CONNECTOR_WORDS",
    "FrozenPhrases",
    "PhraseCounts",
    "Phraser",
    "Phrases",
    "TransformedCorpus",
    "_PhrasesTransformation",
    "npmi_scorer",
    "original_scorer",
]
