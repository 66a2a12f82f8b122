"""Attributes of gensim 1 to 3, each with a DeprecationWarning that names today's.

`word2vec.renamed` calls `read` and `write` when a program uses a name that the object
does not have. To add a name: a line in a table.
"""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from word2vec.renamed import no_attribute, warn_renamed
from word2vec.vectors.store import VectorStore

# Frames between a program and the warning: its line, the hook, `read`.
_STACKLEVEL = 4


class Vocab:
    """Facts about one key: ``count``, ``index`` and whatever else it was made with."""

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update({"count": 0} | facts)

    def __lt__(self, other: Any) -> bool:
        return bool(self.count < other.count)

    def __repr__(self) -> str:
        facts = ", ".join(
            f"{name}={value!r}" for name, value in sorted(vars(self).items()) if name[0] != "_"
        )
        return f"{type(self).__name__}({facts})"

    count: int


class _Entry(Vocab):
    """One value of `VocabView`: a copy of the facts; what is assigned is also stored."""

    _wv: VectorStore
    _key: Any

    def __init__(self, wv: VectorStore, key: Any) -> None:
        index = wv.key_to_index[key]
        facts = {name: values[index] for name, values in wv.expandos.items() if index < len(values)}
        super().__init__(**facts, index=index, _wv=wv, _key=key)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value
        if name == "index":
            self._wv.key_to_index[self._key] = value
        else:
            self._wv.set_vecattr(self._key, name, value)


class VocabView(MutableMapping[Any, Any]):
    """``wv.vocab`` of gensim 3: keys to facts, over `key_to_index` and `expandos`."""

    def __init__(self, wv: VectorStore) -> None:
        self._wv = wv

    def __getitem__(self, key: Any) -> Vocab:
        return _Entry(self._wv, key)

    def __setitem__(self, key: Any, facts: Any) -> None:
        # Programs fill vocab and index2word side by side: only the first is done here.
        self._wv.key_to_index[key] = index = int(facts.index)
        for name, value in _facts(facts).items():
            column = self._wv.expandos.get(name, np.zeros(0, np.asarray(value).dtype))
            if len(column) <= index:
                column = np.resize(np.append(column, np.zeros(1, column.dtype)), index + 1)
            column[index] = value
            self._wv.expandos[name] = column

    def __delitem__(self, key: Any) -> None:
        del self._wv.key_to_index[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._wv.key_to_index)

    def __len__(self) -> int:
        return len(self._wv.key_to_index)

    def __contains__(self, key: object) -> bool:
        return key in self._wv.key_to_index

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"


def _facts(entry: Any) -> dict[str, Any]:
    """Return what an entry says beside its row: of our, gensim's or anybody's class."""
    facts = entry._asdict() if hasattr(entry, "_asdict") else vars(entry)
    return {name: value for name, value in facts.items() if name != "index" and name[0] != "_"}


def _set_vocab(wv: VectorStore, vocab: Mapping[Any, Any]) -> None:
    wv.key_to_index = {key: int(entry.index) for key, entry in vocab.items()}
    columns: dict[str, list[tuple[int, Any]]] = {}
    for entry in vocab.values():
        for name, value in _facts(entry).items():
            columns.setdefault(name, []).append((int(entry.index), value))
    n = max(wv.key_to_index.values(), default=-1) + 1
    wv.expandos = {}
    for name, cells in columns.items():
        dtype = np.asarray(cells[0][1]).dtype
        is_number = dtype.kind in "biuf" and np.ndim(cells[0][1]) == 0
        wv.expandos[name] = np.zeros(n, dtype if is_number else object)
        for index, value in cells:
            wv.expandos[name][index] = value


# Norms identify a state of the vectors: they are made anew when vectors change.
_normed: WeakKeyDictionary[VectorStore, tuple[Any, NDArray[Any]]] = WeakKeyDictionary()


def _normed_vectors(wv: VectorStore) -> NDArray[Any]:
    """Return the unit vectors, made once: programs index them row by row in loops."""
    wv.fill_norms()
    norms, normed = _normed.get(wv, (None, None))
    if normed is None or norms is not wv.norms:
        normed = wv.get_normed_vectors()
        _normed[wv] = wv.norms, normed
    return normed


def _accuracy(
    wv: Any,
    questions: Any,
    restrict_vocab: int | None = 30000,
    most_similar: Any = "most_similar",
    case_insensitive: bool = True,
) -> list[dict[str, Any]]:
    """Sections of `evaluate_word_analogies`, the last one the total."""
    function = most_similar if isinstance(most_similar, str) else partial(most_similar, wv)
    sections: list[dict[str, Any]] = wv.evaluate_word_analogies(
        questions, restrict_vocab, case_insensitive, similarity_function=function
    )[1]
    return sections


def _on_vectors(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda model: function(model.wv)


class _Part:
    """``model.vocabulary`` and ``model.trainables`` of gensim 3: the model by other names."""

    def __init__(self, model: Any) -> None:
        object.__setattr__(self, "_model", model)

    def __getattr__(self, name: str) -> Any:
        place = self._model.wv if name == "vectors_lockf" else self._model
        return getattr(place, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._model.wv if name == "vectors_lockf" else self._model, name, value)


# Old name -> today's, or a pair of how to get it and how to write it today.
_Table = dict[str, str | tuple[Callable[[Any], Any], str]]

_VECTORS: _Table = {
    "index2word": "index_to_key",
    "index2entity": "index_to_key",
    "syn0": "vectors",
    "syn0_lockf": "vectors_lockf",
    "syn0norm": (_normed_vectors, "get_normed_vectors()"),
    "vectors_norm": (_normed_vectors, "get_normed_vectors()"),
    "vocab": (VocabView, "key_to_index, get_vecattr() and set_vecattr()"),
    "accuracy": (lambda wv: partial(_accuracy, wv), "evaluate_word_analogies()"),
    "add": "add_vectors",
}

# Methods and attributes of the vectors that the model itself had.
_FROM_VECTORS = (
    "distance",
    "distances",
    "doesnt_match",
    "evaluate_word_analogies",
    "evaluate_word_pairs",
    "intersect_word2vec_format",
    "log_accuracy",
    "log_evaluate_word_pairs",
    "most_similar",
    "most_similar_cosmul",
    "most_similar_to_given",
    "n_similarity",
    "save_word2vec_format",
    "similar_by_vector",
    "similar_by_word",
    "similarity",
    "wmdistance",
    "word_vec",
)

_MODEL: _Table = {
    "iter": "epochs",
    "size": "vector_size",
    "reset_weights": "init_weights",
    "finalize_vocab": "prepare_weights",
    "sort_vocab": "wv.sort_by_descending_frequency",
    "clear_sims": "wv.vectors_changed",
    "vocabulary": (_Part, "NAME"),
    "trainables": (_Part, "NAME"),
    "delete_temporary_training_data": (
        lambda model: (
            lambda replace_word_vectors_with_normalized=False: (
                model.wv.unit_normalize_all() if replace_word_vectors_with_normalized else None
            )
        ),
        "wv.unit_normalize_all()",
    ),
    **{name: f"wv.{name}" for name in _FROM_VECTORS},
    **{
        name: f"wv.{new}" if isinstance(new, str) else (_on_vectors(new[0]), f"wv.{new[1]}")
        for name, new in _VECTORS.items()
        if name != "add"
    },
}

_IGNORED = {"syn0norm", "vectors_norm"}


def read(owner: Any, name: str) -> Any:
    """Return the attribute that `owner` has under another name today.

    Raises
    ------
    AttributeError
        If `name` never was an attribute, or what it stands for is not there.
    """
    new = _table(owner).get(name)
    if new is None:
        raise no_attribute(owner, name)
    path, get = (new, attrgetter(new)) if isinstance(new, str) else (new[1], new[0])
    warn_renamed(f"{_called(owner)}.{name}", f"{_called(owner)}.{path}", _STACKLEVEL)
    return get(owner)


def write(owner: Any, name: str, value: Any) -> bool:
    """Assign to what an old name stands for; False if it is none of `owner`'s."""
    new = _table(owner).get(name)
    # A subclass may have an attribute of its own by that name; a model's vocabulary
    # could only be read in gensim 3 too.
    if new is None or hasattr(type(owner), name) or not _assignable(owner, name):
        return False
    path = new if isinstance(new, str) else new[1]
    warn_renamed(f"{_called(owner)}.{name} =", f"{_called(owner)}.{path}", _STACKLEVEL)
    if name in _IGNORED:
        return True  # they are computed
    if name == "vocab":
        _set_vocab(owner, value)
        return True
    assert isinstance(new, str)
    place, _, attribute = new.rpartition(".")
    setattr(attrgetter(place)(owner) if place else owner, attribute, value)
    return True


def _assignable(owner: Any, name: str) -> bool:
    return isinstance(owner, VectorStore) or (name != "vocab" and "wv" in vars(owner))


def _table(owner: Any) -> _Table:
    return _VECTORS if isinstance(owner, VectorStore) else _MODEL


def _called(owner: Any) -> str:
    return "wv" if isinstance(owner, VectorStore) else "model"
