"""Which of our objects stands for which name of gensim, as data.

`PATCHED` is laid over an installed gensim; `STAND_IN` is all that the stand-in package
holds where gensim is not installed. A module maps names to homes, "module:attribute";
a module that is a home itself has all public names of that home. What has no home (yet)
is left out: an installed gensim keeps its own object there, the stand-in has none.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

GENSIM_VERSION = "4.4.0"
"""The gensim whose surface this library has."""

Names = Mapping[str, Mapping[str, str] | str]

_WORD2VEC = {
    "Word2Vec": "word2vec.model:Word2Vec",
    "KeyedVectors": "word2vec.vectors.keyed_vectors:KeyedVectors",
    "BrownCorpus": "word2vec.text.readers:BrownCorpus",
    "LineSentence": "word2vec.text.readers:LineSentence",
    "PathLineSentences": "word2vec.text.readers:PathLineSentences",
    "Text8Corpus": "word2vec.text.readers:Text8Corpus",
    "CORPUSFILE_VERSION": "word2vec.compat.constants:CORPUSFILE_VERSION",
    "FAST_VERSION": "word2vec.compat.constants:FAST_VERSION",
    "MAX_WORDS_IN_BATCH": "word2vec.compat.constants:MAX_WORDS_IN_BATCH",
    "REAL": "numpy:float32",
    "Heapitem": "word2vec.compat.constants:Heapitem",
    "Vocab": "word2vec.compat.old_names:Vocab",
    "pseudorandom_weak_vector": "word2vec.compat.keyedvectors:pseudorandom_weak_vector",
}

_KEYED_VECTORS = {
    **dict.fromkeys(
        ("KeyedVectors", "Word2VecKeyedVectors", "EuclideanKeyedVectors", "Doc2VecKeyedVectors"),
        "word2vec.vectors.keyed_vectors:KeyedVectors",
    ),
    "CompatVocab": "word2vec.compat.old_names:Vocab",
    "Vocab": "word2vec.compat.old_names:Vocab",
    "REAL": "numpy:float32",
    "load_word2vec_format": "word2vec.compat.keyedvectors:load_word2vec_format",
    # Private, but gensim's own tests and some packages call it.
    "_load_word2vec_format": "word2vec.compat.keyedvectors:_load_word2vec_format",
    "prep_vectors": "word2vec.compat.keyedvectors:prep_vectors",
    "pseudorandom_weak_vector": "word2vec.compat.keyedvectors:pseudorandom_weak_vector",
}

_PHRASES = {
    name: f"word2vec.phrases:{name}"
    for name in (
        "ENGLISH_CONNECTOR_WORDS",
        "FrozenPhrases",
        "NEGATIVE_INFINITY",
        "Phraser",
        "Phrases",
        "_PhrasesTransformation",
        "npmi_scorer",
        "original_scorer",
    )
}

_MODELS = {
    "FAST_VERSION": _WORD2VEC["FAST_VERSION"],
    "KeyedVectors": _KEYED_VECTORS["KeyedVectors"],
    "Phrases": _PHRASES["Phrases"],
    "Word2Vec": _WORD2VEC["Word2Vec"],
}

PATCHED: dict[str, Mapping[str, str]] = {
    "gensim.models": _MODELS,
    "gensim.models.callbacks": {
        "CallbackAny2Vec": "word2vec.training.callbacks:CallbackAny2Vec",
    },
    "gensim.models.keyedvectors": _KEYED_VECTORS,
    "gensim.models.phrases": _PHRASES,
    "gensim.models.word2vec": _WORD2VEC,
    "gensim.models.word2vec_corpusfile": {
        "CythonLineSentence": "word2vec.compat.shims:CythonLineSentence",
    },
}

# Doc2Vec and FastText are out of scope, but packages import them beside Word2Vec:
# their place-holders raise when they are used.
STAND_IN: Names = {
    **PATCHED,
    "gensim": {"__version__": "word2vec.compat.names:GENSIM_VERSION"},
    "gensim.matutils": {"unitvec": "word2vec.compat.shims:unitvec"},
    "gensim.models": {
        **_MODELS,
        "Doc2Vec": "word2vec.compat.shims:Doc2Vec",
        "FastText": "word2vec.compat.shims:FastText",
    },
    "gensim.models.doc2vec": {
        "Doc2Vec": "word2vec.compat.shims:Doc2Vec",
        "TaggedDocument": "word2vec.compat.shims:TaggedDocument",
    },
    "gensim.models.fasttext": {"FastText": "word2vec.compat.shims:FastText"},
    "gensim.models.word2vec_inner": {
        name: _WORD2VEC[name] for name in ("FAST_VERSION", "MAX_WORDS_IN_BATCH")
    },
    "gensim.scripts": {},
    "gensim.scripts.glove2word2vec": "word2vec.scripts.glove2word2vec",
    "gensim.scripts.word2vec2tensor": "word2vec.scripts.word2vec2tensor",
    "gensim.scripts.word2vec_standalone": "word2vec.scripts.word2vec_standalone",
    "gensim.test": {},
    "gensim.test.utils": "word2vec.compat.samples",
    "gensim.utils": "word2vec.compat.utils",
}


def found(names: Mapping[str, str] | str) -> dict[str, Any] | None:
    """Objects by the names that gensim has for them, without those that have no home.

    Returns
    -------
    dict or None
        None if `names` is a module that does not exist.
    """
    if not isinstance(names, str):
        homes = {name: home.partition(":") for name, home in names.items()}
        modules = {module: _module(module) for module, _, _ in homes.values()}
        return {
            name: getattr(modules[module], attribute)
            for name, (module, _, attribute) in homes.items()
            if hasattr(modules[module], attribute)
        }
    home = _module(names)
    if home is None:
        return None
    public = getattr(home, "__all__", None) or [name for name in vars(home) if name[0] != "_"]
    return {name: getattr(home, name) for name in public}


def _module(name: str) -> Any:
    """Import a module; None if there is none. Whatever fails inside it is raised."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            return None
        raise
