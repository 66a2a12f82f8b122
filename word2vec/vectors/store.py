"""Keys, rows and per-key attributes: what KeyedVectors holds, without the queries.

The instance dictionary has exactly gensim's names, because some programs compare
it. Assigning `vectors` forgets the cached norms; changing rows in place cannot be
seen, so whoever does it calls `vectors_changed()`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from word2vec.errors import MissingKeyError, ParameterError, ParameterTypeError
from word2vec.events import LifecycleEvents
from word2vec.params import OPTIONS
from word2vec.renamed import OldAttributes
from word2vec.vectors.arrays import BLOCK, aligned_zeros, fill_random, unit
from word2vec.vectors.description import Described
from word2vec.vectors.search import Searcher

Key = Any  # any hashable but None
Array = npt.NDArray[Any]

_GROWTH = 1.25  # of arrays that add_vectors fills again and again


class VectorStore(Described, LifecycleEvents, OldAttributes):
    """Rows of a matrix with a key for each.

    Attributes
    ----------
    vector_size : int
    index_to_key : list
        Key of each row; None for a preallocated row without one.
    key_to_index : dict
    vectors : ndarray of shape (n_keys, vector_size), float32
        C-contiguous. Assigning it forgets `norms`.
    norms : ndarray of shape (n_keys,) or None
        Euclidean lengths of the rows, computed when a query needs them.
    expandos : dict of str to ndarray of shape (n_keys,)
        Attributes of the keys, as "count".
    next_index : int
        The first preallocated row without a key.
    mapfile_path : str or None
        Kept for gensim's callers.
    vectors_lockf : ndarray of shape (1,) or (n_keys,), float32
        Only in the vectors of a model: the share of each update that a row takes.
    """

    # Outside __dict__: spare room behind the arrays, see _grow; what queries keep.
    __slots__ = ("__dict__", "__weakref__", "_searched", "_spare")

    vector_size: int
    index_to_key: list[Any]
    next_index: int
    key_to_index: dict[Any, int]
    norms: Array | None
    expandos: dict[str, Array]
    mapfile_path: str | None
    vectors_lockf: npt.NDArray[np.float32]

    def __init__(
        self,
        vector_size: int,
        count: int = 0,
        dtype: npt.DTypeLike = np.float32,
        mapfile_path: str | None = None,
    ) -> None:
        self.vector_size = OPTIONS["vector_size"].check(vector_size)
        self.index_to_key = [None] * count
        self.next_index = 0
        self.key_to_index = {}
        self.vectors = np.zeros((count, self.vector_size), dtype=dtype)
        self.norms = None
        self.expandos = {}
        self.mapfile_path = mapfile_path

    @property
    def vectors(self) -> Array:
        """The matrix itself, ndarray of shape (n_keys, vector_size)."""
        return cast(Array, self.__dict__["vectors"])

    @vectors.setter
    def vectors(self, matrix: Array) -> None:
        # Under the property's own name: the dictionary keeps gensim's keys.
        self.__dict__["vectors"] = matrix
        self.vectors_changed()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__.copy()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __len__(self) -> int:
        return len(self.index_to_key)

    # ---- look-up -----------------------------------------------------------

    def __contains__(self, key: Key) -> bool:
        return self.has_index_for(key)

    def has_index_for(self, key: Key) -> bool:
        """Whether the key, or the row number, exists."""
        return self.get_index(key, -1) >= 0

    def get_index(self, key: Key, default: int | None = None) -> int:
        """Row of a key.

        Parameters
        ----------
        key : hashable
            An int that is no key is taken as a row number.
        default : int, optional
            What to return for a missing key.

        Returns
        -------
        int

        Raises
        ------
        MissingKeyError
            If the key is missing and there is no default.
        """
        index = self.key_to_index.get(key)
        if index is not None:
            return index
        if isinstance(key, int | np.integer) and 0 <= key < len(self.index_to_key):
            return int(key)
        if default is not None:
            return default
        raise MissingKeyError(f"Key '{key}' not present")

    def get_vector(self, key: Key, norm: bool = False) -> Array:
        """Vector of a key, read-only.

        Parameters
        ----------
        key : hashable
        norm : bool
            Scale it to length 1 (a copy).

        Returns
        -------
        ndarray of shape (vector_size,)

        Raises
        ------
        MissingKeyError
            If the key is missing.
        """
        row: Array = self.vectors[self.get_index(key)]
        vector = unit(row) if norm else row
        vector.flags.writeable = False
        return vector

    def __getitem__(self, key_or_keys: Key) -> Array:
        """Vector of a key (read-only), or a copy of the vectors of a list of keys.

        Raises
        ------
        MissingKeyError
            If a key is missing.
        ParameterError
            If the list is empty.
        """
        if self._is_key(key_or_keys):
            return self.get_vector(key_or_keys)
        rows = [self.get_index(key) for key in key_or_keys]
        if not rows:
            raise ParameterError("an empty list of keys has no vectors; give at least one key")
        return self.vectors[rows]

    def _is_key(self, value: Any) -> bool:
        """Whether `value` stands for one key rather than for several."""
        if isinstance(value, str | bytes | int | np.integer):
            return True
        if not isinstance(value, tuple):
            return False
        try:
            return value in self.key_to_index
        except TypeError:  # a tuple that holds an array
            return False

    def _n_filled(self) -> int:
        """Count the rows before the preallocated ones that have no key yet."""
        unfilled = bool(self.index_to_key) and self.index_to_key[-1] is None
        return self.next_index if unfilled else len(self.index_to_key)

    # ---- norms -------------------------------------------------------------

    def vectors_changed(self) -> None:
        """Forget what was computed from `vectors`; call it after changing rows in place."""
        self.norms = None
        self._searched: Searcher | None = None

    def fill_norms(self, force: bool = False) -> None:
        """Compute `norms` unless they are there; always with `force`."""
        if self.norms is not None and not force:
            return
        norms = np.empty(len(self.vectors), dtype=np.float32)
        step = max(1, BLOCK // self.vector_size)
        for begin in range(0, len(norms), step):
            # float64: squares neither overflow nor vanish.
            block = self.vectors[begin : begin + step].astype(np.float64)
            with np.errstate(over="ignore"):  # longer than any float32: inf
                norms[begin : begin + step] = np.sqrt(np.einsum("ij,ij->i", block, block))
        self.norms = norms

    def _searcher(self) -> Searcher:
        """Return what searches the vectors as they are."""
        self.fill_norms()
        norms = cast(Array, self.norms)
        searcher: Searcher | None = getattr(self, "_searched", None)
        # By hand, `norms` too may be assigned or computed anew.
        if searcher is None or searcher.vectors is not self.vectors or searcher.norms is not norms:
            searcher = self._searched = Searcher(self.vectors, norms)
        return searcher

    def _divisors(self) -> Array:
        """Return the norms with 1 for 0: zero vectors are similar to nothing, not nan."""
        return self._searcher().lengths

    def get_normed_vectors(self) -> Array:
        """Copy of all vectors, scaled to length 1.

        Returns
        -------
        ndarray of shape (n_keys, vector_size)
        """
        return cast(Array, self.vectors / self._divisors()[:, np.newaxis])

    # ---- adding ------------------------------------------------------------

    def add_vector(self, key: Key, vector: npt.ArrayLike) -> int:
        """Add one key; an existing key keeps its vector.

        Parameters
        ----------
        key : hashable
        vector : array_like of shape (vector_size,)

        Returns
        -------
        int
            The row of the key.

        Raises
        ------
        ParameterError
            If the vector has the wrong shape.
        ParameterTypeError
            If the key is None or not hashable.

        Notes
        -----
        Arrays grow by a quarter at a time, so that adding keys one by one is not
        quadratic; gensim warns of that instead.
        """
        self._add([key], np.asarray(vector).reshape(1, -1), {}, replace=False)
        return self.key_to_index[key]

    def add_vectors(
        self,
        keys: Sequence[Key] | str,
        weights: npt.ArrayLike,
        extras: Mapping[str, npt.ArrayLike] | None = None,
        replace: bool = False,
    ) -> None:
        """Add keys with their vectors.

        Preallocated rows are filled first. Of a key given twice the first row is
        kept, with `replace` the last.

        Parameters
        ----------
        keys : sequence of hashables, or one str
        weights : array_like of shape (n_keys, vector_size)
        extras : mapping of str to array_like of shape (n_keys,), optional
            Attributes of the keys, see `set_vecattr`.
        replace : bool
            Overwrite the vectors and attributes of existing keys.

        Raises
        ------
        ParameterError
            If the shapes do not fit.
        ParameterTypeError
            If a key is None or not hashable, or an attribute has another type.
        """
        key_list = [keys] if isinstance(keys, str) else list(keys)
        matrix = np.asarray(weights)
        if isinstance(keys, str):
            matrix = matrix.reshape(1, -1)
        columns = {name: np.asarray(values) for name, values in (extras or {}).items()}
        self._add(key_list, matrix, columns, replace)

    def __setitem__(self, keys: Any, weights: npt.ArrayLike) -> None:
        """Add or overwrite the vector of a key, or the vectors of a list of keys."""
        if isinstance(keys, list):
            self.add_vectors(keys, weights, replace=True)
        else:
            row = self.get_index(keys, -1)  # an int may be a row number, as in []
            key = keys if row < 0 or self.index_to_key[row] is None else self.index_to_key[row]
            self._add([key], np.asarray(weights).reshape(1, -1), {}, replace=True)

    def _add(self, keys: list[Key], matrix: Array, extras: dict[str, Array], replace: bool) -> None:
        self._check_rows(keys, matrix, extras)
        names = list(extras)
        self.allocate_vecattrs(names, [extras[name].dtype.type for name in names])
        given, rows = [], []  # row of `matrix`, and where it goes
        for position, key in enumerate(keys):
            row = self.key_to_index.get(key)
            if row is None:
                row = self._take_row(key)
            elif not replace:
                continue
            given.append(position)
            rows.append(row)
        self._grow_all()
        self.vectors[rows] = matrix[given]
        for name, values in extras.items():
            self.expandos[name][rows] = values[given]
        self.vectors_changed()

    def _check_rows(self, keys: list[Key], matrix: Array, extras: dict[str, Array]) -> None:
        if matrix.shape != (len(keys), self.vector_size):
            raise ParameterError(
                f"vectors of shape {matrix.shape} for {len(keys)} keys: the shape must be "
                f"({len(keys)}, {self.vector_size})"
            )
        for name, values in extras.items():
            if values.shape != (len(keys),):
                raise ParameterError(
                    f"attribute {name!r} has shape {values.shape} for {len(keys)} keys"
                )
        try:
            if None in set(keys):
                raise ParameterTypeError("None is no key; it marks rows without one")
        except TypeError as error:
            raise ParameterTypeError(f"keys must be hashable: {error}") from error

    def _take_row(self, key: Key) -> int:
        row = self.next_index
        if row < len(self.index_to_key) and self.index_to_key[row] is None:
            self.index_to_key[row] = key
        else:
            row = len(self.index_to_key)
            self.index_to_key.append(key)
        self.key_to_index[key] = row
        self.next_index = row + 1
        return row

    def _grow_all(self) -> None:
        """Make the arrays as long as the list of keys."""
        n = len(self.index_to_key)
        self.__dict__["vectors"] = self._grow("vectors", self.vectors, n)
        for name, values in self.expandos.items():
            self.expandos[name] = self._grow("expandos." + name, values, n)

    def _grow(self, name: str, array: Array, n: int) -> Array:
        """Return `array` with n rows, new ones zero, keeping spare room behind them.

        The spare room is used again only while `array` is the very view handed out
        last time: nobody else's rows can be behind it.
        """
        if len(array) >= n:
            return array
        spare: dict[str, tuple[Array, Array]] = getattr(self, "_spare", {})
        self._spare = spare
        buffer, view = spare.get(name, (array[:0], None))
        if view is not array or len(buffer) < n:
            capacity = n if len(array) == 0 else max(n, int(len(array) * _GROWTH) + 1)
            buffer = np.zeros((capacity, *array.shape[1:]), dtype=array.dtype)
            buffer[: len(array)] = array
        view = buffer[:n]
        spare[name] = buffer, view
        return view

    # ---- attributes --------------------------------------------------------

    def allocate_vecattrs(
        self, attrs: Iterable[str] | None = None, types: Iterable[Any] | None = None
    ) -> None:
        """Make room for an attribute of every key, zero where nothing was set.

        Parameters
        ----------
        attrs : iterable of str, optional
            Their names; without them existing attributes are only resized.
        types : iterable of types or dtypes, optional
            One for each name. Strings are kept as objects.

        Raises
        ------
        ParameterTypeError
            If an attribute exists with a type that cannot hold the new one.
        """
        n = len(self.index_to_key)
        for name, given in zip(attrs or (), types or (), strict=True):
            dtype = np.dtype(given)
            if dtype.kind not in "biufc":
                dtype = np.dtype(object)
            existing = self.expandos.get(name)
            if existing is None:
                self.expandos[name] = np.zeros(n, dtype=dtype)
            elif not np.can_cast(dtype, existing.dtype):
                raise ParameterTypeError(
                    f"Can't allocate type {given} for attribute {name}, "
                    f"conflicts with its existing type {existing.dtype}"
                )
        for name, values in self.expandos.items():
            self.expandos[name] = self._grow("expandos." + name, values, n)[:n]

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        """Set an attribute of a key.

        Raises
        ------
        MissingKeyError
            If the key is missing.
        ParameterTypeError
            If the attribute exists with a type that cannot hold `val`.
        """
        index = self.get_index(key)
        self.allocate_vecattrs([attr], [type(val)])
        self.expandos[attr][index] = val

    def get_vecattr(self, key: Key, attr: str) -> Any:
        """Attribute of a key.

        Raises
        ------
        MissingKeyError
            If the key or the attribute is missing.
        """
        index = self.get_index(key)
        if attr not in self.expandos:
            known = ", ".join(map(repr, self.expandos)) or "none"
            raise MissingKeyError(f"no attribute {attr!r}; there are: {known}")
        return self.expandos[attr][index]

    # ---- shape and order ---------------------------------------------------

    def resize_vectors(self, seed: int | None = 0) -> None:
        """Give every key a row; new rows are random, uniform in +-1/vector_size.

        Parameters
        ----------
        seed : int or None
            Of ``numpy.random.default_rng``. Row i depends on the seed and i only, and
            the values are gensim's.
        """
        n, dim = len(self.index_to_key), self.vector_size
        old = self.vectors
        if old.shape != (n, dim):
            matrix = aligned_zeros(n, dim)
            fill_random(matrix, seed)
            kept = min(n, len(old))
            matrix[:kept] = old[:kept]
            self.vectors = matrix.astype(old.dtype, copy=False)
        self.allocate_vecattrs()
        self.vectors_changed()

    def sort_by_descending_frequency(self) -> None:
        """Order the keys by falling attribute "count", and all that belongs to them.

        Of keys with the same count the later one comes first, as in gensim.

        Raises
        ------
        MissingKeyError
            If there are keys but no attribute "count".
        """
        n = len(self.index_to_key)
        if n == 0:
            return
        if "count" not in self.expandos:
            raise MissingKeyError("no attribute 'count'; set it with set_vecattr()")
        order = np.argsort(self.expandos["count"], kind="stable")[::-1]
        self.index_to_key = [self.index_to_key[row] for row in order.tolist()]
        self.key_to_index = {
            key: row for row, key in enumerate(self.index_to_key) if key is not None
        }
        self.expandos = {name: values[order] for name, values in self.expandos.items()}
        if len(self.vectors) == n:
            self.vectors = self.vectors[order]
        locks = self.__dict__.get("vectors_lockf")
        if locks is not None and len(locks) == n:
            self.__dict__["vectors_lockf"] = locks[order]
