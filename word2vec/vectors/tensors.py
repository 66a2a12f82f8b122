"""KeyedVectors as named arrays, for io.container.

A file of kind "keyed_vectors" holds only these; a "word2vec" file holds them beside
the output weights, under the same names, with the facts under ``meta["wv"]``.

    vectors                        (n, vector_size)
    keys.blob, keys.offsets        see io.keys
    vectors_lockf                  where the object has it
    expando.<name>                 a numeric attribute
    expando.<name>.blob, .offsets  an attribute of str, bytes, int, tuple or None
    expando.<name>.items, .offsets an attribute of 1-D arrays of one dtype
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from word2vec.errors import FormatError, ParameterTypeError
from word2vec.io.container import Container, decode_keys, encode_keys
from word2vec.vectors.arrays import Array
from word2vec.vectors.store import VectorStore

Store = TypeVar("Store", bound=VectorStore)


def to_tensors(
    wv: VectorStore, ignore: Iterable[str] = ()
) -> tuple[dict[str, Array], dict[str, Any]]:
    """Describe `wv` by arrays and JSON facts.

    Parameters
    ----------
    wv : KeyedVectors
    ignore : iterable of str
        Attributes to leave out.

    Returns
    -------
    tensors : dict of str to ndarray
        Not copied.
    meta : dict
        Goes into the file's facts under "wv".

    Raises
    ------
    ParameterTypeError
        If a key or an attribute is of a type that files cannot hold.
    """
    kind, blob, offsets = encode_keys(wv.index_to_key)
    tensors = {"vectors": wv.vectors, "keys.blob": blob, "keys.offsets": offsets}
    attributes = {}
    for name in sorted(wv.expandos.keys() - set(ignore)):
        values = wv.expandos[name]
        attributes[name], pieces = _pack(name, values)
        tensors |= pieces
    locks = wv.__dict__.get("vectors_lockf")
    if locks is not None:
        tensors["vectors_lockf"] = np.asarray(locks)
    return tensors, {"keys": kind, "next_index": wv.next_index, "attributes": attributes}


def from_tensors(cls: type[Store], content: Container) -> Store:
    """Build the object that `to_tensors` described.

    Parameters
    ----------
    cls : type
        KeyedVectors or a subclass.
    content : Container
        Further arrays and facts are left alone. The vectors are not copied.

    Raises
    ------
    FormatError
        If arrays or facts are missing or contradict each other.
    """
    facts = content.meta.get("wv")
    if not isinstance(facts, dict):
        raise FormatError(f"a file of kind {content.kind!r} holds no word vectors")
    tensors = content.tensors
    vectors = _tensor(tensors, "vectors")
    if vectors.ndim != 2 or vectors.dtype.kind != "f" or vectors.shape[1] < 1:
        raise FormatError(f"vectors of dtype {vectors.dtype} and shape {vectors.shape}")
    keys = _unpack_keys(tensors, "keys", facts.get("keys"))
    if len(keys) != len(vectors):
        raise FormatError(f"{len(keys)} keys for {len(vectors)} vectors")
    wv = cls(vectors.shape[1])
    wv.vectors = vectors
    wv.index_to_key = keys
    wv.key_to_index = {key: row for row, key in enumerate(keys) if key is not None}
    if len(wv.key_to_index) + keys.count(None) != len(keys):
        raise FormatError("a key occurs twice")
    next_index = facts.get("next_index")
    if type(next_index) is not int or not 0 <= next_index <= len(keys):
        raise FormatError(f"next_index is {next_index!r} for {len(keys)} keys")
    wv.next_index = next_index
    attributes = facts.get("attributes")
    if not isinstance(attributes, dict):
        raise FormatError("the file does not name its attributes")
    wv.expandos = {
        name: _unpack(tensors, name, kind, len(keys)) for name, kind in attributes.items()
    }
    if "vectors_lockf" in tensors:
        wv.__dict__["vectors_lockf"] = tensors["vectors_lockf"]
    return wv


def _pack(name: str, values: Array) -> tuple[str, dict[str, Array]]:
    """Choose how to store one attribute; return the kind and its arrays."""
    place = f"expando.{name}"
    if values.dtype.kind in "biuf":
        return "numbers", {place: values}
    items = values.tolist()
    first = next((item for item in items if isinstance(item, np.ndarray)), None)
    if first is None:
        try:
            kind, blob, offsets = encode_keys(items)
        except ParameterTypeError as error:
            raise ParameterTypeError(
                f"attribute {name!r} cannot be saved: {error}; delete it from expandos first"
            ) from error
        return kind, {f"{place}.blob": blob, f"{place}.offsets": offsets}
    return "arrays", _pack_arrays(name, place, items, first.dtype)


def _pack_arrays(name: str, place: str, items: Sequence[Any], dtype: Any) -> dict[str, Array]:
    # 0 stands where nothing was set, see allocate_vecattrs.
    arrays = [np.empty(0, dtype) if type(item) is int and item == 0 else item for item in items]
    if not all(
        isinstance(item, np.ndarray) and item.ndim == 1 and item.dtype == dtype for item in arrays
    ):
        raise ParameterTypeError(
            f"attribute {name!r} cannot be saved: its arrays must be 1-D and of one dtype; "
            "delete it from expandos first"
        )
    offsets = np.zeros(len(arrays) + 1, dtype=np.int64)
    np.cumsum([len(item) for item in arrays], out=offsets[1:])
    return {f"{place}.items": np.concatenate(arrays), f"{place}.offsets": offsets}


def _unpack(tensors: Mapping[str, Array], name: str, kind: Any, n: int) -> Array:
    place = f"expando.{name}"
    if kind == "numbers":
        values = _tensor(tensors, place)
        if values.shape != (n,):
            raise FormatError(f"attribute {name!r} has shape {values.shape} for {n} keys")
        # The attributes are small, and set_vecattr must work on mapped files.
        return np.array(values)
    items: Sequence[Any]
    if kind == "arrays":
        items = _unpack_arrays(tensors, place)
    else:
        items = _unpack_keys(tensors, place, kind)
    if len(items) != n:
        raise FormatError(f"attribute {name!r} has {len(items)} values for {n} keys")
    column = np.empty(n, dtype=object)
    for row, item in enumerate(items):  # column[:] = items would look into sequences
        column[row] = item
    return column


def _unpack_arrays(tensors: Mapping[str, Array], place: str) -> list[Array]:
    items, offsets = _tensor(tensors, f"{place}.items"), _tensor(tensors, f"{place}.offsets")
    sound = items.ndim == 1 and offsets.ndim == 1 and offsets.dtype == np.int64 and len(offsets) > 0
    if not sound or offsets[0] != 0 or offsets[-1] != len(items) or (np.diff(offsets) < 0).any():
        raise FormatError(f"the offsets of {place!r} do not divide its {items.shape} items")
    return [np.array(piece) for piece in np.split(items, offsets[1:-1])][: len(offsets) - 1]


def _unpack_keys(tensors: Mapping[str, Array], place: str, kind: Any) -> list[Any]:
    blob, offsets = _tensor(tensors, f"{place}.blob"), _tensor(tensors, f"{place}.offsets")
    return decode_keys(kind, blob, offsets)


def _tensor(tensors: Mapping[str, Array], name: str) -> Array:
    if name not in tensors:
        raise FormatError(f"the file lacks the array {name!r}")
    return tensors[name]
