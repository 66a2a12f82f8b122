"""What the attributes of gensim's objects mean, in every release from 0.12 to 4.4.

A state (the instance dictionary, read from a file or taken from a live object) becomes
vectors and options under today's names. Values are trusted no more than files are.
"""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from word2vec.compat.allowed import check_key
from word2vec.compat.inert import AnyArray, Array, Dtype, Global, Inert
from word2vec.errors import FormatError, ParameterError, ParameterTypeError, WrongObjectError
from word2vec.params import OPTIONS
from word2vec.text.vocabulary import keep_thresholds
from word2vec.training.huffman import HuffmanTree

if TYPE_CHECKING:
    from word2vec.model import Word2Vec
    from word2vec.vectors.keyed_vectors import KeyedVectors

logger = logging.getLogger(__name__)

Model = TypeVar("Model", bound="Word2Vec")
Vectors = TypeVar("Vectors", bound="KeyedVectors")
State = dict[Any, Any]

# Attribute today -> its names in older releases, newest first.
_RENAMED = {
    "vector_size": ("vector_size", "size", "layer1_size"),
    "epochs": ("epochs", "iter"),
    "vectors": ("vectors", "syn0"),
    "vectors_lockf": ("vectors_lockf", "syn0_lockf"),
    "index_to_key": ("index_to_key", "index2word", "index2entity"),
}
# Where releases 3.3 to 3.8 kept what is the model's own before and after.
_PARTS = ("vocabulary", "trainables")
PARTS = ("wv", *_PARTS)
"""Attributes of a model that are objects with a state of their own."""

_MODEL_CLASSES = {"Word2Vec"}
_VECTOR_CLASSES = {
    "KeyedVectors", "Word2VecKeyedVectors", "EuclideanKeyedVectors", "WordEmbeddingsKeyedVectors",
    "BaseKeyedVectors", "KeyedVectorsBase",
}  # fmt: skip
# Their vectors of whole words can be read; what they know beyond that cannot.
_RELATED_CLASSES = {"FastText", "FastTextKeyedVectors", "Doc2Vec"}

# A code of this length would need more words than fit into 64 bits.
_LONGEST_CODE = 92

# Things in a pickle are shared and what is made of them is not: so much at most.
_MAX_ATTRIBUTES = 100
_MAX_EVENT_ITEMS = 100_000


def state_of(obj: Any) -> State:
    """Return the state of an object from a file, or the dictionary of a live one."""
    if isinstance(obj, Inert):
        return obj.state
    return getattr(obj, "__dict__", None) or {}


def class_names(obj: Any) -> list[str]:
    """Return the dotted name of the object's class, then those of its bases."""
    if isinstance(obj, Inert):
        return [obj.cls.path]
    return [f"{cls.__module__}.{cls.__qualname__}" for cls in type(obj).__mro__]


def is_one_of(obj: Any, names: set[str]) -> bool:
    """Whether the object's class, or a base, is one of gensim's (or ours) with these names."""
    return any(
        name.partition(".")[0] in ("gensim", "word2vec") and name.rpartition(".")[2] in names
        for name in class_names(obj)
    )


# ---- vectors ---------------------------------------------------------------------


def vectors_from(cls: type[Vectors], obj: Any) -> Vectors:
    """Vectors from gensim's vectors, or from one of its models.

    Raises
    ------
    WrongObjectError
        If `obj` is neither.
    FormatError
        If its parts are missing or contradict each other.
    """
    if not is_one_of(obj, _MODEL_CLASSES | _VECTOR_CLASSES | _RELATED_CLASSES):
        raise WrongObjectError(
            f"the file holds an object of class {class_names(obj)[0]}: no word vectors"
        )
    if is_one_of(obj, _RELATED_CLASSES):
        logger.warning(
            "%s: only its vectors of whole words are read; unknown words have none",
            class_names(obj)[0],
        )
    state = _vector_state(obj)
    wv = _build_vectors(cls, state)
    paths = {name: _objects(state, name) for name in ("code", "point")}
    for name, column in paths.items():
        if column is not None:
            wv.expandos[name] = np.empty(len(column), dtype=object)
            for row, item in enumerate(column):
                wv.expandos[name][row] = _path(item)
    _drop_shadowed(wv)
    return wv


def _vector_state(obj: Any) -> State:
    """Everything about the vectors in one dictionary, wherever the release kept it."""
    state = state_of(obj)
    merged = {}
    for owner in (state, *(state_of(state.get(part)) for part in _PARTS)):
        for name in _RENAMED["vectors_lockf"]:
            if owner.get(name) is not None:
                merged[name] = owner[name]
    inner = state.get("wv")
    # Before release 1.0 the model itself had the vectors.
    return merged | (state if inner is None else state_of(inner))


def _get(state: Mapping[Any, Any], name: str, default: Any = None) -> Any:
    for old in _RENAMED.get(name, (name,)):
        if state.get(old) is not None:
            return state[old]
    return default


def _build_vectors(cls: type[Vectors], state: State) -> Vectors:
    matrix = _matrix(_get(state, "vectors"), "vectors")
    keys = _keys(state)
    if matrix.ndim != 2 or matrix.dtype.kind != "f" or len(keys) != len(matrix):
        raise FormatError(
            f"{len(keys)} keys for vectors of dtype {matrix.dtype} and shape {matrix.shape}"
        )
    if not matrix.shape[1]:
        raise FormatError("the vectors have no dimensions")
    wv = cls(matrix.shape[1])
    wv.vectors = matrix
    wv.index_to_key = keys
    wv.key_to_index = {key: row for row, key in enumerate(keys) if key is not None}
    next_index = state.get("next_index")
    sound = isinstance(next_index, int) and 0 <= next_index <= len(keys)
    wv.next_index = int(next_index) if sound else len(keys)  # type: ignore[arg-type]
    wv.expandos = _attributes(state, keys)
    locks = _get(state, "vectors_lockf")
    if locks is not None:
        wv.vectors_lockf = _lock_factors(locks, len(keys))
    return wv


def _drop_shadowed(wv: "KeyedVectors") -> AnyArray | None:
    """Drop rows whose key has a later row too; return the rows kept, or None for all.

    gensim writes such files after an update with a null word, or after adding a key twice
    in one call; it finds the last row only.
    """
    n = len(wv.index_to_key)
    if len(wv.key_to_index) + wv.index_to_key.count(None) == n:
        return None
    kept = [
        row for row, key in enumerate(wv.index_to_key) if key is None or wv.key_to_index[key] == row
    ]
    logger.warning("%i keys of the file occur twice: their last rows are read", n - len(kept))
    wv.vectors = wv.vectors[kept]
    wv.index_to_key = [wv.index_to_key[row] for row in kept]
    wv.key_to_index = {key: row for row, key in enumerate(wv.index_to_key) if key is not None}
    wv.next_index = len(kept)
    wv.expandos = {name: values[kept] for name, values in wv.expandos.items()}
    if len(wv.__dict__.get("vectors_lockf", ())) == n > 1:
        wv.vectors_lockf = wv.vectors_lockf[kept]
    return np.array(kept)


def _keys(state: State) -> list[Any]:
    keys = _get(state, "index_to_key")
    if not isinstance(keys, list):
        raise FormatError("the file has no list of keys")
    for key in keys:
        if type(key) is not str and isinstance(key, Inert | Array | Global | list | dict):
            raise FormatError("the file has keys that are objects; opening it needs trusted=True")
        if type(key) in (int, tuple, frozenset, set, bytearray):
            check_key(key)
    return list(keys)


def _lock_factors(value: Any, n: int) -> AnyArray:
    locks = _array(value)
    if locks.ndim != 1 or locks.dtype.kind != "f" or len(locks) not in (1, n):
        raise FormatError(f"the lock factors are {locks.dtype} of shape {locks.shape}")
    if not len(locks) or (locks == 1).all():
        return np.ones(1, np.float32)
    return np.ascontiguousarray(locks, np.float32)


def _attributes(state: State, keys: list[Any]) -> dict[str, AnyArray]:
    """Read the attributes of the keys but the paths of the tree, which have types of their own."""
    found: dict[str, AnyArray] = {}
    expandos = state.get("expandos")
    columns = expandos if isinstance(expandos, dict) else _columns_of_vocab(state, keys)
    if len(columns) > _MAX_ATTRIBUTES:
        raise FormatError(f"the file has {len(columns)} attributes; {_MAX_ATTRIBUTES} are allowed")
    for name, values in columns.items():
        if name in ("code", "point") or not isinstance(name, str):
            continue
        column = _array(values)
        if column.shape != (len(keys),):
            raise FormatError(f"attribute {name!r} has shape {column.shape} for {len(keys)} keys")
        found[name] = _resolved(name, column) if column.dtype == object else column
    if "count" in found:
        found["count"] = _integers("count", found["count"], 0, 2**63 - 1).astype(np.int64)
    if "sample_int" in found:
        # Old releases wrote 2**32 for words that always stay.
        thresholds = _integers("sample_int", found["sample_int"], 0, 2**32)
        found["sample_int"] = np.minimum(thresholds, 2**32 - 1).astype(np.uint32)
    return found


def _resolved(name: str, column: AnyArray) -> AnyArray:
    """Return an attribute of objects with its arrays built, each once however often it occurs."""
    built: dict[int, AnyArray] = {}
    for row, item in enumerate(column):
        opaque = isinstance(item, Inert | Global | Dtype)
        if isinstance(item, Array):
            if id(item) not in built:
                built[id(item)] = item.resolve()
            column[row] = built[id(item)]
            opaque = column[row].dtype.kind == "O"
        if opaque:
            raise FormatError(
                f"attribute {name!r} of the file holds objects; opening it needs trusted=True"
            )
    return column


def _integers(name: str, column: AnyArray, minimum: int, maximum: int) -> AnyArray:
    sound = column.dtype.kind in "iuf" and not (
        len(column) and not (column.min() >= minimum and column.max() <= maximum)
    )
    if not sound:
        raise FormatError(f"the file's vocabulary has a {name} that cannot be")
    return column


def _columns_of_vocab(state: State, keys: list[Any]) -> dict[str, Any]:
    """Turn ``{key: Vocab(count, index, ...)}`` of releases before 4.0 into columns."""
    vocab = state.get("vocab")
    if not isinstance(vocab, dict):
        return {}
    entries = [state_of(vocab.get(key)) for key in keys]
    columns = {}
    for name in ("count", "sample_int"):
        values: list[Any] = [entry.get(name) for entry in entries]
        if values and all(_is_integer(value) for value in values):
            columns[name] = [int(value) for value in values]
    return columns


def _is_integer(value: Any) -> bool:
    return isinstance(value, int | np.integer) and -(2**63) <= int(value) < 2**63


def _objects(state: State, name: str) -> list[Any] | None:
    """Return an attribute that is an array for each key, where every key has it."""
    expandos = state.get("expandos")
    if isinstance(expandos, dict):
        if expandos.get(name) is None:
            return None
        return list(_array(expandos[name]).tolist())
    vocab = state.get("vocab")
    keys = _get(state, "index_to_key")
    if not isinstance(vocab, dict) or not isinstance(keys, list):
        return None
    values = [state_of(vocab.get(key)).get(name) for key in keys]
    return values if values and all(value is not None for value in values) else None


# ---- arrays ----------------------------------------------------------------------


def _array(value: Any) -> AnyArray:
    if isinstance(value, Array):
        return value.resolve()
    if isinstance(value, list):
        # Numbers only: lists within lists that share their items would grow without end.
        if not all(isinstance(item, int | float | np.number) for item in value):
            raise FormatError("where an array should be is a list of other things than numbers")
        value = np.array(value)
    if not isinstance(value, np.ndarray):
        raise FormatError(f"where an array should be is a {type(value).__name__}")
    # A live object's arrays are its own, and so are those of a memory map.
    return value


def _matrix(value: Any, name: str) -> AnyArray:
    if value is None:
        raise FormatError(f"the file does not hold {name}: it was saved without them")
    array = _array(value)
    return array if array.flags.c_contiguous else np.ascontiguousarray(array)


def _path(value: Any) -> AnyArray:
    """Read the path of one key in the tree; many keys may share one that is too long."""
    if isinstance(value, Array):
        length = len(value.raw) if hasattr(value.raw, "__len__") else 0
    else:
        length = len(value) if isinstance(value, list | np.ndarray) else 0
    if length > 8 * _LONGEST_CODE:  # bytes, if it is an Array
        raise FormatError("the file's Huffman tree has paths and codes that do not fit")
    return _array(value)


def tree_from(state: State, n_words: int) -> HuffmanTree | None:
    """Huffman tree from the code and point of each key; None where they are not.

    Raises
    ------
    FormatError
        If they cannot be the paths of one tree.
    """
    codes, points = _objects(state, "code"), _objects(state, "point")
    if codes is None or points is None or len(codes) != n_words or len(points) != n_words:
        return None
    paths = [[_path(x) for x in column] for column in (points, codes)]
    lengths = [[x.shape for x in column] for column in paths]
    if lengths[0] != lengths[1] or any(
        len(shape) != 1 or shape[0] > _LONGEST_CODE for shape in lengths[0]
    ):
        raise FormatError("the file's Huffman tree has paths and codes that do not fit")
    offsets = np.zeros(n_words + 1, np.int64)
    np.cumsum([shape[0] for shape in lengths[0]], out=offsets[1:])
    nodes, turns = (np.concatenate([*column, np.zeros(0, np.uint8)]) for column in paths)
    n_inner = max(n_words - 1, 0)
    if len(nodes) and not (
        0 <= nodes.min() <= nodes.max() < n_inner and 0 <= turns.min() <= turns.max() <= 1
    ):
        raise FormatError("the file's Huffman tree does not fit its vocabulary")
    return HuffmanTree(offsets, nodes.astype(np.int32), turns.astype(np.uint8), n_inner)


# ---- models ----------------------------------------------------------------------


def model_from(cls: type[Model], obj: Any) -> Model:
    """Model from one of gensim's.

    Raises
    ------
    WrongObjectError
        If `obj` is none.
    FormatError
        If its parts are missing or contradict each other.
    """
    if not is_one_of(obj, _MODEL_CLASSES) or is_one_of(obj, _RELATED_CLASSES):
        hint = (
            "open word vectors with KeyedVectors.load()"
            if is_one_of(obj, _VECTOR_CLASSES | _RELATED_CLASSES)
            else "it is no word2vec"
        )
        raise WrongObjectError(
            f"Model of type {class_names(obj)[0]} can't be loaded by {cls}: {hint}"
        )
    state = _model_state(obj)
    vector_state = _vector_state(obj)
    model = cls(**_options(state))
    if _get(vector_state, "index_to_key"):
        model.wv = _build_vectors(type(model.wv), vector_state)
        if model.wv.vector_size != model.vector_size:
            raise FormatError(
                f"vectors of {model.wv.vector_size} dimensions in a model of {model.vector_size}"
            )
        _set_weights(model, state, vector_state)
    _set_facts(model, state)
    return model


def _model_state(obj: Any) -> State:
    state = dict(state_of(obj))
    for part in _PARTS:
        state = state_of(state.get(part)) | state
    return state


def _options(state: State) -> dict[str, Any]:
    """Options of the model; one that is not allowed here has its default."""
    options = {}
    for name, option in OPTIONS.items():
        value = _plain(_get(state, name))
        none_was_given = option.optional and name in state and state[name] is None
        if value is None and not none_was_given:
            continue
        try:
            options[name] = option.check(value)
        except (ParameterError, ParameterTypeError) as error:
            if name == "vector_size":
                raise FormatError(f"the file has {error}") from error
            logger.warning("the file has %s; the default is taken, %r", error, option.default)
    return options


def _plain(value: Any) -> Any:
    """Return numbers, strings and None; anything else is None."""
    return value if isinstance(value, int | float | str | np.number | np.bool_) else None


def _set_weights(model: "Word2Vec", state: State, vector_state: State) -> None:
    wv = model.wv
    n_rows = len(wv.vectors)
    kept = _drop_shadowed(wv)
    if kept is not None and model.hs:
        raise FormatError(
            "a key occurs twice, and the Huffman tree of the file has a place for both"
        )
    wv.vectors = wv.vectors.astype(np.float32, copy=False)
    if not hasattr(wv, "vectors_lockf"):
        wv.vectors_lockf = np.ones(1, np.float32)
    for name in ("syn1", "syn1neg"):
        if state.get(name) is None:
            continue
        matrix = _matrix(state[name], name).astype(np.float32, copy=False)
        if matrix.shape != (n_rows, wv.vector_size):
            raise FormatError(
                f"{name} has shape {matrix.shape}, the vectors {(n_rows, wv.vector_size)}"
            )
        setattr(model, name, matrix if kept is None else matrix[kept])
    if "count" not in wv.expandos:
        return  # the vectors answer; training says what is missing
    if "sample_int" not in wv.expandos:
        wv.expandos["sample_int"] = keep_thresholds(wv.expandos["count"], model.sample)[0]
    tree = tree_from(vector_state, len(wv.index_to_key)) if model.hs else None
    if model.hs and tree is None:
        logger.warning(
            "the file has no Huffman tree: a new one is made, "
            "to which the output rows of the file do not belong"
        )
    model._make_tables(tree)


def events_from(events: list[Any]) -> list[dict[str, Any]]:
    """Read what happened to an object: numbers and texts; nothing if it is too much."""
    if sum(len(event) for event in events if isinstance(event, dict)) > _MAX_EVENT_ITEMS:
        logger.warning("the file's lifecycle_events are too long: they are left out")
        return []
    return [
        {name: _plain(value) for name, value in event.items() if isinstance(name, str)}
        for event in events
        if isinstance(event, dict)
    ]


def _set_facts(model: "Word2Vec", state: State) -> None:
    """Set what is neither option nor weight."""
    # Releases before 3.3 did not count the words.
    words: Any = state.get("corpus_total_words")
    model.corpus_total_words = int(words) if _is_integer(words) and words >= 0 else None
    for name, kind in (
        ("corpus_count", int),
        ("effective_min_count", int),
        ("train_count", int),
        ("total_train_time", float),
        ("min_alpha_yet_reached", float),
        ("running_training_loss", float),
    ):
        value = _plain(state.get(name))
        if value is not None and not isinstance(value, str) and 0 <= value < 2**63:
            setattr(model, name, kind(value))
    comment = state.get("comment")
    model.comment = comment if isinstance(comment, str) else None
    raw = state.get("raw_vocab")
    if isinstance(raw, dict) and all(_is_integer(count) for count in raw.values()):
        model.raw_vocab = dict(raw)
    if callable(state.get("hashfxn")):
        model.hashfxn = state["hashfxn"]
    losses = state.get("epoch_losses")
    if isinstance(losses, list) and all(isinstance(loss, float) for loss in losses):
        model.epoch_losses = list(losses)
    events = state.get("lifecycle_events")
    if isinstance(events, list) and all(isinstance(event, dict) for event in events):
        model.__dict__["lifecycle_events"] = events_from(events)
    # No two epochs of a model's life draw the same numbers.
    done = state.get("_epochs_done")
    known = isinstance(done, int) and 0 <= done < 2**63
    model._epochs_done = done if known else model.train_count * model.epochs  # type: ignore[assignment]
