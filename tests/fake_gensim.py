"""Classes with gensim's names, so that Python's own pickle writes files as gensim's were.

They exist only within `installed()`; reading must not need them.
"""

import contextlib
import sys
import types
from unittest import mock

NAMES = {
    "gensim.models.word2vec": ["Word2Vec", "Word2VecVocab", "Word2VecTrainables"],
    "gensim.models.keyedvectors": [
        "KeyedVectors", "Word2VecKeyedVectors", "EuclideanKeyedVectors", "FastTextKeyedVectors",
        "Vocab",
    ],
    "gensim.models.phrases": ["Phrases", "FrozenPhrases", "Phraser"],
    "users_module": ["Callback", "MyWord2Vec"],
}  # fmt: skip

FUNCTIONS = {
    "gensim.models.phrases": ["original_scorer", "npmi_scorer"],
    "gensim.utils": ["call_on_class_only"],
    "users_module": ["users_scorer"],
}


class Thing:
    def __init__(self, **state):
        self.__dict__.update(state)


@contextlib.contextmanager
def installed():
    """Make the modules importable; yield a namespace of all classes."""
    modules = {"gensim": types.ModuleType("gensim"), "gensim.models": types.ModuleType("models")}
    everything = {}
    for module, names in NAMES.items():
        modules[module] = types.ModuleType(module)
        for name in names:
            cls = type(name, (Thing,), {"__module__": module})
            setattr(modules[module], name, cls)
            everything[name] = cls
    for module, names in FUNCTIONS.items():
        for name in names:
            function = types.FunctionType((lambda: None).__code__, {}, name)
            function.__module__, function.__qualname__ = module, name
            setattr(modules.setdefault(module, types.ModuleType(module)), name, function)
            everything[name] = function
    with mock.patch.dict(sys.modules, modules):
        yield types.SimpleNamespace(**everything)
