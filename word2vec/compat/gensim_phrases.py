"""What the attributes of gensim's phrase models mean, from release 0.12 to 4.4.

A state, as gensim_read.py reads it, becomes options and counts under today's names.
Values are trusted no more than files are.
"""

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from word2vec.compat.gensim_state import State, class_names, events_from, is_one_of, state_of
from word2vec.compat.inert import Global, Inert, shown
from word2vec.errors import FormatError, ParameterError, ParameterTypeError, WrongObjectError
from word2vec.phrases import files
from word2vec.phrases.scoring import (
    NAMED,
    Scoring,
    find_scoring,
    missing_scoring,
    original_scorer,
    resolve_scoring,
)

if TYPE_CHECKING:
    from word2vec.phrases.transformation import _PhrasesTransformation

Model = TypeVar("Model", bound="_PhrasesTransformation")

_LETTERS = 1000
_FREE_LETTERS = 2**26

_CLASSES = {files.COUNTED: {"Phrases"}, files.FROZEN: {"FrozenPhrases", "Phraser"}}

# What files of releases that lacked an option mean by its absence.
_ABSENT = {"max_vocab_size": 40_000_000, "progress_per": 10_000, "min_reduce": 1,
           "corpus_word_count": 0}  # fmt: skip


def phrases_from(cls: type[Model], obj: Any, given: Scoring | None = None) -> Model:
    """Phrases from gensim's.

    Parameters
    ----------
    cls : type
        Phrases, FrozenPhrases or a subclass.
    obj : Inert or object
        What a file held.
    given : callable, optional
        Takes the place of the file's scoring function.

    Raises
    ------
    WrongObjectError
        If `obj` is something else.
    FormatError
        If its parts are missing or contradict each other.
    ParameterError
        If it needs a scoring function that was neither given nor found.
    """
    kind = files.kind_of(cls)
    if not is_one_of(obj, _CLASSES[kind]):
        raise WrongObjectError(
            f"the file holds an object of class {class_names(obj)[0]}, which "
            f"{cls.__name__}.load() does not read: open it with the class that saved it"
        )
    state = state_of(obj)
    facts = {name: _number(state.get(name, _ABSENT.get(name))) for name in files.numbers_of(kind)}
    facts["delimiter"] = _text(state.get("delimiter", "_"))
    words = state.get("connector_words", state.get("common_terms", frozenset()))
    if not isinstance(words, set | frozenset | list | tuple):
        raise FormatError(f"the file has connector_words={shown(words)}")
    facts["connector_words"] = [_text(word) for word in words]
    events = state.get("lifecycle_events", [])
    facts["lifecycle_events"] = events_from(events) if isinstance(events, list) else None
    options = files.check_facts(kind, facts)
    options["scoring"] = given or _scoring(kind, state)
    items = _counts(state) if kind == files.COUNTED else _scores(state, options["delimiter"])
    return files.assemble(cls, options, list(items), list(items.values()))


def _number(value: Any) -> Any:
    if isinstance(value, list | dict | tuple | set | frozenset):  # cannot be shown in a message
        raise FormatError(f"where a number should be, the file has {shown(value)}")
    if type(value) is int:
        _float(value)
    return value.item() if isinstance(value, np.number) else value


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise FormatError("the file has a number of more than 308 digits") from error


def _text(value: Any) -> str:
    """Decode what releases before 4.0 kept as UTF-8."""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(f"the file has the text {shown(value)}: it is no UTF-8") from error
    if not isinstance(value, str):
        raise FormatError(f"where a text should be, the file has {shown(value)}")
    return value


def _scoring(kind: str, state: State) -> Scoring | None:
    found = state.get("scoring", original_scorer)
    if isinstance(found, type) and issubclass(found, Inert):  # a trusted file's gensim name
        found = getattr(found, "named", None)
    if isinstance(found, Global):
        function = _named(found)
        if function is None and kind == files.COUNTED:
            raise missing_scoring(found.path)
        return function
    try:
        return resolve_scoring(found)
    except (ParameterError, ParameterTypeError) as error:
        raise FormatError(f"the file has a scoring that cannot be used: {error}") from error


def _named(name: Global) -> Scoring | None:
    if name.module == "gensim.models.phrases":
        for function in NAMED.values():
            if function.__name__ == name.name:
                return function
    return find_scoring(name.path)


def _counts(state: State) -> dict[str, int]:
    vocab = state.get("vocab")
    if not isinstance(vocab, dict):
        raise FormatError("the file has no vocabulary of phrases")
    counts: dict[str, int] = {}
    for text, count in vocab.items():
        if type(count) is not int or not 0 <= count < 2**63:
            raise FormatError(f"the file has the count {shown(count)}")
        # A look-up in the defaultdict of old releases left words with a count of 0.
        if count:
            counts[_text(text)] = count
    return counts


def _scores(state: State, delimiter: str) -> dict[str, float]:
    phrasegrams = state.get("phrasegrams")
    if not isinstance(phrasegrams, dict):
        raise FormatError("the file has no phrases")
    scores: dict[str, float] = {}
    letters = 0
    for words, value in phrasegrams.items():
        # Before release 4.0: words to (count, score), or to the score.
        text = delimiter.join(map(_text, words)) if isinstance(words, tuple) else _text(words)
        score = _number(value[1] if isinstance(value, tuple) and len(value) == 2 else value)
        if isinstance(score, bool) or not isinstance(score, int | float):
            raise FormatError(f"the file has the score {shown(value)}")
        # Words are shared in the file, and copied here.
        letters += len(text)
        if letters > _FREE_LETTERS + _LETTERS * len(phrasegrams):
            raise FormatError(f"the file has phrases of more than {_LETTERS} letters on average")
        scores[text] = _float(score)
    return scores
