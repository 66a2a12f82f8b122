"""Phrases in the native file format, without pickle.

Kind "phrases" holds a `Phrases` object, "frozen_phrases" a `FrozenPhrases`. Arrays:

    keys.blob, keys.offsets    texts of words and phrases, or of phrases; see io.keys
    counts                     I64, (n,), > 0: of kind "phrases"
    scores                     F64, (n,): of kind "frozen_phrases"

The facts, under "phrases", are the options by name, and ``lifecycle_events``. Numbers
that JSON lacks are strings ("inf"). ``scoring`` is "default", "npmi", or "custom" with
the function's name under ``scoring_name``; by it `scoring.find_scoring` looks among the
functions that the program has loaded.
"""

import math
import numbers
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from word2vec.errors import FormatError, ParameterTypeError
from word2vec.events import to_json
from word2vec.io import container
from word2vec.io.container import Container, decode_keys, encode_keys
from word2vec.phrases.counts import PhraseCounts, from_items
from word2vec.phrases.scoring import NAMED, Scoring, find_scoring, missing_scoring

if TYPE_CHECKING:
    from word2vec.phrases.model import FrozenPhrases, Phrases
    from word2vec.phrases.transformation import _PhrasesTransformation

Model = TypeVar("Model", bound="_PhrasesTransformation")

COUNTED, FROZEN = "phrases", "frozen_phrases"

_NUMBERS = {
    COUNTED: ("min_count", "threshold", "max_vocab_size", "progress_per"),
    FROZEN: ("min_count", "threshold"),
}
_TALLIES = {COUNTED: ("min_reduce", "corpus_word_count"), FROZEN: ()}


def kind_of(cls: type) -> str:
    """Return the kind of file that holds objects of a class."""
    return COUNTED if hasattr(cls, "add_vocab") else FROZEN


def numbers_of(kind: str) -> tuple[str, ...]:
    """Return the attributes that are numbers."""
    return _NUMBERS[kind] + _TALLIES[kind]


def save(model: Any, target: Any) -> None:
    """Write `model` to a path, which is replaced at the end, or an open binary file.

    Raises
    ------
    ParameterTypeError
        If a connector word is no str, or an option no number.
    OSError
        If the file cannot be written.
    """
    kind = kind_of(type(model))
    facts: dict[str, Any] = {
        name: _to_json(name, getattr(model, name)) for name in numbers_of(kind)
    }
    words = list(model.connector_words)
    if not all(isinstance(word, str) for word in words):
        raise ParameterTypeError(f"connector_words={words!r:.200}: files hold str only")
    facts |= {"delimiter": model.delimiter, "connector_words": sorted(words)}
    facts["lifecycle_events"] = to_json(getattr(model, "lifecycle_events", []))
    facts |= _describe_scoring(model.scoring)
    items = model.vocab if kind == COUNTED else model.phrasegrams
    values = (
        np.fromiter(items.values(), np.int64, len(items))
        if kind == COUNTED
        else _scores(items.values())
    )
    keys, blob, offsets = encode_keys(list(items))
    if keys != "str":
        raise ParameterTypeError("phrasegrams has keys that are no str")
    tensors: dict[str, Any] = {"keys.blob": blob, "keys.offsets": offsets}
    tensors["counts" if kind == COUNTED else "scores"] = values
    container.write(target, kind, tensors, {"phrases": facts})


def _scores(scores: Iterable[Any]) -> Any:
    try:
        return np.array([float(score) for score in scores], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterTypeError(f"phrasegrams has scores that are no numbers: {error}") from error


def _to_json(name: str, value: Any) -> int | float | str:
    if isinstance(value, numbers.Integral):
        return int(value)
    if not isinstance(value, numbers.Real):
        raise ParameterTypeError(f"{name}={value!r}: it must be a number")
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _describe_scoring(scoring: Any) -> dict[str, str]:
    for name, function in NAMED.items():
        if scoring is function:
            return {"scoring": name}
    function_name = getattr(scoring, "__qualname__", type(scoring).__qualname__)
    module = getattr(scoring, "__module__", "")
    return {"scoring": "custom", "scoring_name": f"{module}.{function_name}"}


def load(cls: type[Model], source: Any, scoring: Scoring | None = None) -> Model:
    """Read what `save` wrote, as an object of `cls`, a subclass of what was saved.

    Raises
    ------
    FormatError
        If the file is damaged or holds something else.
    ParameterError
        If it needs a scoring function that was not given.
    """
    content = container.read(source)
    kind = kind_of(cls)
    if content.kind != kind:
        raise FormatError(
            f"the file holds {content.kind!r}, and {cls.__name__}.load() reads {kind!r}; "
            "open it with the class that saved it"
        )
    facts = content.meta.get("phrases")
    if not isinstance(facts, dict):
        raise FormatError("the file lacks its options")
    options = check_facts(kind, facts)
    options["scoring"] = scoring or _scoring(kind, facts)
    keys, values = _items(content, "counts" if kind == COUNTED else "scores")
    return assemble(cls, options, keys, values.tolist())


def assemble(
    cls: type[Model], options: dict[str, Any], keys: list[str], values: list[Any]
) -> Model:
    """Make an object of its attributes, its words or phrases, and their counts or scores.

    Raises
    ------
    FormatError
        If a text occurs twice or a count is below 1.
    """
    model = cls.__new__(cls)
    for name, value in options.items():
        setattr(model, name, value)
    if kind_of(cls) == COUNTED:
        if any(count < 1 for count in values):
            raise FormatError("the file has counts below 1")
        vocab = from_items(options["delimiter"], keys, values, PhraseCounts)
        cast("Phrases", model).vocab = vocab
        n_distinct = len(vocab)
    else:
        phrasegrams = dict(zip(keys, values, strict=True))
        cast("FrozenPhrases", model).phrasegrams = phrasegrams
        n_distinct = len(phrasegrams)
    if n_distinct != len(keys):
        raise FormatError("the file has a word or phrase twice")
    return model


def check_facts(kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that a file has, but the scoring function.

    Raises
    ------
    FormatError
        If one is missing or cannot be.
    """
    options: dict[str, Any] = {}
    for name in _NUMBERS[kind]:
        value = facts.get(name)
        if value in ("inf", "-inf"):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FormatError(f"the file has {name}={value!r}")
        options[name] = value
    for name in _TALLIES[kind]:
        value = facts.get(name)
        if type(value) is not int or value < 0:
            raise FormatError(f"the file has {name}={value!r}")
        options[name] = value
    delimiter, words = facts.get("delimiter"), facts.get("connector_words")
    if not isinstance(delimiter, str):
        raise FormatError(f"the file has delimiter={delimiter!r}")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise FormatError(f"the file has connector_words={words!r:.200}")
    events = facts.get("lifecycle_events", [])  # absent in the first files
    if not (events is None or isinstance(events, list)):
        raise FormatError("the file's lifecycle_events are not a list")
    return options | {
        "delimiter": delimiter,
        "connector_words": frozenset(words),
        "lifecycle_events": events,
    }


def _scoring(kind: str, facts: dict[str, Any]) -> Scoring | None:
    name = facts.get("scoring")
    if isinstance(name, str) and name in NAMED:
        return NAMED[name]
    if name != "custom":
        raise FormatError(f"the file has scoring={name!r}")
    path = facts.get("scoring_name")
    function = find_scoring(path) if isinstance(path, str) else None
    # Frozen phrases are scored already and do without.
    if function is None and kind == COUNTED:
        raise missing_scoring(path)
    return function


def _items(content: Container, values_name: str) -> tuple[list[str], Any]:
    for name in ("keys.blob", "keys.offsets", values_name):
        if name not in content.tensors:
            raise FormatError(f"the file lacks the array {name!r}")
    values = content.tensors[values_name]
    keys = decode_keys("str", content.tensors["keys.blob"], content.tensors["keys.offsets"])
    dtype = np.int64 if values_name == "counts" else np.float64
    if values.dtype != dtype or values.shape != (len(keys),):
        raise FormatError(
            f"{values_name} are {values.dtype} of shape {values.shape} for {len(keys)} keys"
        )
    return cast("list[str]", keys), values
