"""Models and vectors for gensim 4: as files that it loads, and as live objects.

Files are what gensim's `save` writes: one pickle, and side files for large arrays.
gensim is not needed to write them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from word2vec.compat import gensim_state
from word2vec.compat.inert import AnyArray, Global, Inert
from word2vec.compat.pickle_writer import Call, Keys, PickleWriter, Rows
from word2vec.errors import MissingDependencyError, ParameterError, ParameterTypeError
from word2vec.io.files import is_open_file, open_output, replace_file
from word2vec.params import OPTIONS, check_options

if TYPE_CHECKING:
    from word2vec.model import Word2Vec
    from word2vec.vectors.keyed_vectors import KeyedVectors

Model = TypeVar("Model", bound="Word2Vec")
Vectors = TypeVar("Vectors", bound="KeyedVectors")

_MODEL = Global("gensim.models.word2vec", "Word2Vec")
_VECTORS = Global("gensim.models.keyedvectors", "KeyedVectors")
_RANDOM_STATE = Global("numpy.random._pickle", "__randomstate_ctor")

# Attributes that gensim keeps as truth values; its other flags are numbers there too.
_TRUTH_VALUES = ("shrink_windows", "compute_loss")


def save_model(
    model: "Word2Vec",
    target: Any,
    separately: Any = None,
    sep_limit: int = 10 * 1024**2,
    ignore: Any = frozenset(),
) -> None:
    """Write a model that gensim 4 loads and trains on.

    Parameters
    ----------
    model : Word2Vec
    target : path or open binary file
        Compressed if the name ends in .gz or .bz2. Side files, which only a named file
        has, are called ``target.syn1neg.npy``, ``target.wv.vectors.npy`` and so on.
    separately : list of str, optional
        Attributes of the model to keep in side files, whatever their size; without it
        those of at least `sep_limit` numbers. Those of the vectors go by `sep_limit`.
    sep_limit : int
        Numbers (not bytes) from which on an array gets a side file.
    ignore : iterable of str
        Attributes to leave out.

    Raises
    ------
    ParameterError, ParameterTypeError
        If something in the model cannot be written.
    OSError
        If a file cannot be written.
    """
    _save(model_node(model), target, separately, sep_limit, ignore)


def save_vectors(
    wv: "KeyedVectors",
    target: Any,
    separately: Any = None,
    sep_limit: int = 10 * 1024**2,
    ignore: Any = frozenset(),
) -> None:
    """Write vectors that gensim 4 loads; parameters and errors are those of `save_model`."""
    _save(vectors_node(wv), target, separately, sep_limit, ignore)


# ---- what gensim's objects hold ----------------------------------------------------


def model_node(model: "Word2Vec") -> Inert:
    """Describe a model as gensim 4's `Word2Vec`.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of range or the output rows do not belong to the vectors.
    """
    options = check_options({name: getattr(model, name) for name in OPTIONS})
    for name in _TRUTH_VALUES:
        options[name] = bool(options[name])
    node = Inert(_MODEL)
    node.state = options | {
        "load": Global("gensim.utils", "call_on_class_only"),
        "hashfxn": Global("builtins", "hash"),  # gensim 4 does not use it either
        "random": _random_state(model),
        "layer1_size": options["vector_size"],
        "lifecycle_events": _events(model),
        "comment": model.comment,
        "raw_vocab": dict(model.raw_vocab),
        "corpus_count": model.corpus_count,
        "corpus_total_words": model.corpus_total_words,
        "effective_min_count": model.effective_min_count,
        "train_count": model.train_count,
        "total_train_time": float(model.total_train_time),
        "min_alpha_yet_reached": float(model.min_alpha_yet_reached),
        "running_training_loss": float(model.running_training_loss),
        # gensim keeps what it does not know, so that these come back.
        "epoch_losses": [float(loss) for loss in model.epoch_losses],
        "_epochs_done": model._epochs_done,
        "wv": vectors_node(model.wv),
    }
    for name in ("syn1", "syn1neg"):
        if hasattr(model, name):
            node.state[name] = _rows_of_weights(model, name)
    _add_paths(model, node.state["wv"].state["expandos"])
    return node


def _rows_of_weights(model: "Word2Vec", name: str) -> AnyArray:
    matrix: AnyArray = getattr(model, name)
    if matrix.shape != model.wv.vectors.shape:
        raise ParameterError(
            f"{name} has shape {matrix.shape} and the vectors {model.wv.vectors.shape}: a model "
            "whose wv was changed by hand is not saved; wv.save() keeps the vectors"
        )
    return matrix


def _add_paths(model: "Word2Vec", expandos: dict[str, AnyArray]) -> None:
    """Give the keys their paths in the Huffman tree, with the types that gensim's C code reads."""
    for name in ("code", "point"):
        expandos.pop(name, None)  # of another tree, if there are any
    tree = model._tables.tree if model._tables else None
    if tree is None:
        return
    for name, path, kind in (
        ("code", tree.path_codes, np.uint8),
        ("point", tree.path_nodes, np.uint32),
    ):
        expandos[name] = np.empty(tree.n_words, dtype=object)
        for word, piece in enumerate(np.split(path.astype(kind), tree.path_offsets[1:-1])):
            expandos[name][word] = piece


def _random_state(model: "Word2Vec") -> Call:
    """Describe the random state of gensim's training, which it cannot train without."""
    random = getattr(model, "random", None)
    if not isinstance(random, np.random.RandomState):
        random = np.random.RandomState((model.seed or 0) % 2**32)
    node = Call(_RANDOM_STATE, ("MT19937",))
    node.state = dict(random.get_state(legacy=False))
    return node


def _events(model: "Word2Vec") -> list[Any] | None:
    events = getattr(model, "lifecycle_events", [])
    return None if events is None else [_printable(event) for event in events]


def _printable(event: Any) -> Any:
    """Events hold what users put there: what is no plain data becomes its text."""
    if not isinstance(event, dict):
        return str(event)
    return {
        str(name): value if isinstance(value, str | int | float | None) else str(value)
        for name, value in event.items()
    }


def vectors_node(wv: "KeyedVectors") -> Inert:
    """Describe vectors as gensim 4's `KeyedVectors`."""
    keys = Keys(wv.index_to_key)
    node = Inert(_VECTORS)
    node.state = {
        "vector_size": wv.vector_size,
        "index_to_key": keys,  # before key_to_index, which shares the keys
        "next_index": wv.next_index,
        "key_to_index": Rows(keys),
        "vectors": wv.vectors,
        "norms": None,
        "expandos": dict(wv.expandos),
        "mapfile_path": wv.mapfile_path,
    }
    locks = wv.__dict__.get("vectors_lockf")
    if locks is not None:
        node.state["vectors_lockf"] = locks
    return node


# ---- files -------------------------------------------------------------------------


def _save(root: Inert, target: Any, separately: Any, sep_limit: int, ignore: Any) -> None:
    ignored = {ignore} if isinstance(ignore, str) else set(ignore)
    named = not is_open_file(target)
    if named:
        _write_side_files(root, str(target), separately, sep_limit, ignored)
    else:
        for state in (root.state, gensim_state.state_of(root.state.get("wv"))):
            for name in ignored & state.keys():
                state[name] = None
    if named:
        # The pickle last: as long as it is the old one, so is the model.
        with open_output(target, append=False) as file:
            PickleWriter(file).dump(root)
    else:
        PickleWriter(target).dump(root)


def _write_side_files(
    node: Inert, stem: str, separately: Any, sep_limit: int, ignored: set[str]
) -> None:
    """Write large arrays to files of their own and note that in the node's state."""
    compressed = stem.endswith((".gz", ".bz2"))
    _set_aside(node, stem, separately, sep_limit, ignored, compressed)
    wv = node.state.get("wv")
    if wv is not None:
        _set_aside(wv, f"{stem}.wv", None, sep_limit, ignored, compressed)


def _set_aside(
    node: Inert, stem: str, separately: Any, sep_limit: int, ignored: set[str], compressed: bool
) -> None:
    state = node.state
    left_out = sorted(ignored & state.keys())
    for name in left_out:
        del state[name]
    arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
    if separately is None:
        apart = [name for name, array in arrays.items() if array.size >= sep_limit]
    else:
        apart = [name for name in separately if name in arrays]
    for name in apart:
        array = np.ascontiguousarray(state.pop(name))
        with replace_file(f"{stem}.{name}.{'npz' if compressed else 'npy'}") as file:
            if compressed:
                np.savez_compressed(file, val=array)
            else:
                np.lib.format.write_array(file, array, allow_pickle=False)
    # gensim makes its table of noise words when it reads it among the ignored ones.
    derived = ["cum_table"] if node.cls is _MODEL else []
    state |= {
        "__numpys": apart,
        "__scipys": [],
        "__ignoreds": left_out + derived,
        "__recursive_saveloads": ["wv"] if "wv" in state else [],
    }


# ---- live objects --------------------------------------------------------------------


def to_gensim(obj: Any) -> Any:
    """Make gensim's own object of a model or of vectors.

    Returns
    -------
    gensim.models.Word2Vec or gensim.models.KeyedVectors
        With copies of all arrays: neither changes the other.

    Raises
    ------
    MissingDependencyError
        If gensim is not installed, or its names are those of this package now.
    """
    try:
        KeyedVectors = import_module("gensim.models.keyedvectors").KeyedVectors
        Word2Vec = import_module("gensim.models.word2vec").Word2Vec
    except ImportError as error:
        raise MissingDependencyError(
            "to_gensim() needs gensim 4: pip install gensim. save(path, format='gensim') "
            "writes its files without it"
        ) from error
    for cls in (KeyedVectors, Word2Vec):
        if cls.__module__.partition(".")[0] != "gensim":
            raise MissingDependencyError(
                "to_gensim() needs the real gensim, whose names are patched now: "
                "call unpatch_gensim() first"
            )
    if not hasattr(obj, "wv"):
        return _live(vectors_node(obj), KeyedVectors)
    node = model_node(obj)
    node.state["cum_table"] = None
    model = _live(node, Word2Vec)
    model.wv = _live(node.state["wv"], KeyedVectors)
    if model.negative and len(model.wv.index_to_key):
        model.make_cum_table()
    return model


def _live(node: Inert, cls: Any) -> Any:
    """Make an object of gensim's class `cls`; objects within it are made by the caller."""
    obj = cls.__new__(cls)
    for name, value in node.state.items():
        obj.__dict__[name] = _live_value(value)
    return obj


def _live_value(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Keys):
        return list(value.keys)
    if isinstance(value, Rows):
        keys = value.keys.keys
        return {key: row for row, key in enumerate(keys) if key is not None}
    if isinstance(value, dict):
        return {name: _live_value(item) for name, item in value.items()}
    if isinstance(value, Call):
        random = np.random.RandomState()
        random.set_state(value.state)
        return random
    if isinstance(value, Global):
        return getattr(import_module(value.module), value.name)
    return value


def model_from_gensim(cls: type[Model], obj: Any) -> Model:
    """Make a model of gensim's live one, with copies of all arrays.

    Raises
    ------
    ParameterTypeError
        If `obj` is no Word2Vec of gensim.
    FormatError
        If its parts contradict each other.
    """
    _check_live(obj)
    model = gensim_state.model_from(cls, obj)
    _copy_arrays(model.wv)
    for name in ("syn1", "syn1neg"):
        if hasattr(model, name):
            setattr(model, name, getattr(model, name).copy())
    return model


def vectors_from_gensim(cls: type[Vectors], obj: Any) -> Vectors:
    """Make vectors of gensim's live ones, or of those of a model, with copies of all arrays.

    Raises
    ------
    ParameterTypeError
        If `obj` is no KeyedVectors of gensim, nor a model.
    FormatError
        If its parts contradict each other.
    """
    _check_live(obj)
    wv = gensim_state.vectors_from(cls, obj)
    _copy_arrays(wv)
    return wv


def _check_live(obj: Any) -> None:
    if not any(name.startswith("gensim.") for name in gensim_state.class_names(obj)):
        raise ParameterTypeError(
            f"from_gensim() takes gensim's objects, not one of type {type(obj).__name__}; "
            "files are opened with load()"
        )


def _copy_arrays(wv: Any) -> None:
    wv.vectors = wv.vectors.copy()
    wv.expandos = {name: values.copy() for name, values in wv.expandos.items()}
    if "vectors_lockf" in wv.__dict__:
        wv.vectors_lockf = wv.vectors_lockf.copy()
