"""A whole model in one file of the native format: vectors, output rows, options.

Kind "word2vec": the tensors of the vectors (vectors/tensors.py), "syn1neg", "syn1",
"tree.*" where they exist; the facts hold the options and the state. Anything that
could be run on opening (callbacks, rules, `hashfxn`) is not in the file.
"""

from typing import TYPE_CHECKING, Any, TypeVar, get_args

import numpy as np

from word2vec.errors import FormatError, ParameterError, ParameterTypeError, WrongObjectError
from word2vec.events import to_json
from word2vec.io import container
from word2vec.io.container import Container
from word2vec.model_tables import PATH_ATTRIBUTES
from word2vec.params import OPTIONS, check_options
from word2vec.training.history import History
from word2vec.training.huffman import HuffmanTree
from word2vec.vectors import tensors as wv_tensors

if TYPE_CHECKING:
    from word2vec.model import Word2Vec

Model = TypeVar("Model", bound="Word2Vec")

KIND = "word2vec"

# Facts beside the options: name -> allowed types.
_STATE: dict[str, Any] = {
    "comment": str | None,
    "corpus_count": int,
    "corpus_total_words": int | None,
    "effective_min_count": int,
    "train_count": int,
    "total_train_time": float,
    "min_alpha_yet_reached": float,
    "running_training_loss": float,
    "_epochs_done": int,
}


def save(model: "Word2Vec", target: Any, run: dict[str, Any] | None = None) -> None:
    """Write `model` to a path, which is replaced at the end, or an open binary file.

    Parameters
    ----------
    run : dict, optional
        Makes it a checkpoint (model_checkpoint.py).

    Raises
    ------
    ParameterError, ParameterTypeError
        If something in the model could not be read back.
    OSError
        If the file cannot be written.
    """
    tensors, facts = wv_tensors.to_tensors(model.wv, ignore=PATH_ATTRIBUTES)
    for name in ("syn1neg", "syn1"):
        if hasattr(model, name):
            tensors[name] = getattr(model, name)
            if tensors[name].shape != model.wv.vectors.shape:
                raise ParameterError(
                    f"{name} has shape {tensors[name].shape} and the vectors "
                    f"{model.wv.vectors.shape}: a model whose wv was changed by hand is not "
                    "saved; wv.save() keeps the vectors"
                )
    tree = model._tables.tree if model._tables else None
    if tree is not None:
        tensors["tree.path_offsets"] = tree.path_offsets
        tensors["tree.path_nodes"] = tree.path_nodes
        tensors["tree.path_codes"] = tree.path_codes
    if not isinstance(model.comment, str | None):
        raise ParameterTypeError(f"comment={model.comment!r}: files hold a str or None")
    # Users assign numpy numbers and ints for floats: what is written is canonical.
    state = {name: _canonical(getattr(model, name), types) for name, types in _STATE.items()}
    meta = {
        "wv": facts,
        "options": check_options({name: getattr(model, name) for name in OPTIONS}),
        "state": state
        | {
            "epoch_losses": [float(loss) for loss in model.epoch_losses],
            "history": model.history.as_dict(),
            "lifecycle_events": to_json(model.lifecycle_events),
        },
    }
    if run is not None:
        meta["run"] = run
    container.write(target, KIND, tensors, meta)


def _canonical(value: Any, types: Any) -> Any:
    for kind in (int, float):
        if value is not None and kind in (types, *get_args(types)):
            return kind(value)
    return value


def load(cls: type[Model], source: Any, mmap: Any = None) -> Model:
    """Read what `save` wrote.

    Raises
    ------
    FormatError
        If the file is damaged, is no model, or its parts contradict each other.
    """
    return from_content(cls, container.read(source, mmap=mmap))


def from_content(cls: type[Model], content: Container) -> Model:
    """Make the model of what was read from a file; raises as `load` does."""
    if content.kind != KIND:
        raise WrongObjectError(
            f"Model of type {content.kind!r} can't be loaded by {cls}: the file is not a whole "
            "model; open word vectors with KeyedVectors.load()"
        )
    model = cls(**_options(content))
    model.wv = wv_tensors.from_tensors(type(model.wv), content)
    if model.wv.vector_size != model.vector_size:
        raise FormatError(
            f"vectors of {model.wv.vector_size} dimensions in a model of {model.vector_size}"
        )
    _check_lock_factors(model)
    _set_state(model, content.meta.get("state"))
    if len(model.wv.index_to_key):
        _set_weights(model, content)
        # Rows of syn1 belong to this tree, also while hs is switched off.
        has_tree = model.hs or "tree.path_offsets" in content.tensors
        model._make_tables(_tree(content, len(model.wv.index_to_key)) if has_tree else None)
    return model


def _check_lock_factors(model: "Word2Vec") -> None:
    if not hasattr(model.wv, "vectors_lockf"):
        model.wv.vectors_lockf = np.ones(1, np.float32)
    locks = model.wv.vectors_lockf
    if locks.dtype != np.float32 or locks.ndim != 1 or not len(locks):
        raise FormatError(f"vectors_lockf is {locks.dtype} of shape {locks.shape}")


def _options(content: Container) -> dict[str, Any]:
    options = content.meta.get("options")
    if not isinstance(options, dict) or not set(options) <= set(OPTIONS):
        raise FormatError("the file's options are missing or not known to this release")
    try:
        return check_options(options)
    except (ParameterError, ParameterTypeError) as error:
        raise FormatError(f"the file has an option out of range: {error}") from error


def _set_state(model: "Word2Vec", state: Any) -> None:
    if not isinstance(state, dict):
        raise FormatError("the file's state is missing")
    for name, types in _STATE.items():
        value = state.get(name)
        if not isinstance(value, get_args(types) or types) or isinstance(value, bool):
            raise FormatError(f"the file's state has {name}={value!r}")
        if isinstance(value, int) and value < 0:
            raise FormatError(f"the file's state has {name}={value!r}")
        setattr(model, name, value)
    losses = state.get("epoch_losses")
    if not isinstance(losses, list) or not all(isinstance(x, float) for x in losses):
        raise FormatError("the file's epoch_losses are not a list of numbers")
    model.epoch_losses = losses
    if "history" in state:  # absent in the first files
        model.history = History.from_dict(state["history"])
    events = state.get("lifecycle_events", [])  # absent in the first files
    if not (events is None or isinstance(events, list)):
        raise FormatError("the file's lifecycle_events are not a list")
    model.lifecycle_events = events


def _set_weights(model: "Word2Vec", content: Container) -> None:
    counts = model.wv.expandos.get("count")
    thresholds = model.wv.expandos.get("sample_int")
    if counts is None or thresholds is None:
        raise FormatError("the file's vocabulary has no counts or subsampling thresholds")
    if counts.dtype != np.int64 or thresholds.dtype != np.uint32 or np.any(counts < 0):
        raise FormatError("the file's vocabulary has counts or thresholds that cannot be")
    if model.wv.vectors.dtype != np.float32:
        raise FormatError(f"the vectors of the model are {model.wv.vectors.dtype}, not float32")
    for name, needed in (("syn1neg", model.negative), ("syn1", model.hs)):
        matrix = content.tensors.get(name)
        if matrix is None:
            if needed:
                raise FormatError(f"the file has no {name}, which its options need")
            continue
        if matrix.shape != model.wv.vectors.shape or matrix.dtype != np.float32:
            raise FormatError(f"{name} is {matrix.dtype} of shape {matrix.shape}")
        setattr(model, name, matrix)


def _tree(content: Container, n_words: int) -> HuffmanTree:
    arrays = {}
    for name, dtype in (("offsets", np.int64), ("nodes", np.int32), ("codes", np.uint8)):
        array = content.tensors.get(f"tree.path_{name}")
        if array is None or array.dtype != dtype or array.ndim != 1:
            raise FormatError(f"the file's Huffman tree has no valid path_{name}")
        arrays[f"path_{name}"] = array
    offsets, nodes, codes = arrays.values()
    n_inner = max(n_words - 1, 0)
    if (
        len(offsets) != n_words + 1
        or offsets[0] != 0
        or np.any(np.diff(offsets) < 0)
        or offsets[-1] != len(nodes)
        or len(nodes) != len(codes)
        or (len(nodes) and not 0 <= nodes.min() <= nodes.max() < n_inner)
        or (len(codes) and codes.max() > 1)
    ):
        raise FormatError("the file's Huffman tree does not fit its vocabulary")
    return HuffmanTree(**arrays, n_inner=n_inner)
