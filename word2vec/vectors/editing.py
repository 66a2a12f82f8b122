"""Changing sets of keys: deleting, choosing, normalising, taking over other vectors."""

import logging
from collections.abc import Hashable, Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from word2vec.errors import MissingKeyError, ParameterError
from word2vec.io import word2vec_format
from word2vec.io.container import Source
from word2vec.vectors.store import Key, VectorStore

logger = logging.getLogger(__name__)


class Editing(VectorStore):
    """The methods of KeyedVectors that change, or make, a whole set of keys."""

    __slots__ = ()

    # ---- deleting ----------------------------------------------------------

    def remove_keys(self, keys: Iterable[Key]) -> None:
        """Delete keys with their vectors and attributes; the others keep their order.

        Parameters
        ----------
        keys : iterable of keys
            A key given twice is deleted once.

        Raises
        ------
        MissingKeyError
            If a key is missing; nothing is deleted then.
        ParameterError
            If the vectors do not have a row for each key.

        Notes
        -----
        Copies the vectors once, so one call for many keys. A model's output rows
        stay: `wv` of a model that is to be trained further must keep its keys.
        """
        rows = {self._row_of(key) for key in keys}
        n = len(self.index_to_key)
        if len(self.vectors) != n:
            raise ParameterError(
                f"{len(self.vectors)} vectors for {n} keys: give every key a vector first"
            )
        if not rows:
            return
        kept = np.delete(np.arange(n), list(rows))
        self.next_index -= sum(row < self.next_index for row in rows)
        self.index_to_key = [self.index_to_key[row] for row in kept.tolist()]
        self.key_to_index = {
            key: row for row, key in enumerate(self.index_to_key) if key is not None
        }
        self.expandos = {name: values[kept] for name, values in self.expandos.items()}
        self.vectors = self.vectors[kept]
        locks = self.__dict__.get("vectors_lockf")
        if locks is not None and len(locks) == n:
            self.vectors_lockf = locks[kept]

    def __delitem__(self, key_or_keys: Any) -> None:
        """Delete a key, or a list of keys; see `remove_keys`."""
        self.remove_keys(key_or_keys if isinstance(key_or_keys, list) else [key_or_keys])

    def _row_of(self, key: Key) -> int:
        # Not get_index: a row number is no key, and deleting renumbers the rows.
        row = self.key_to_index.get(key)
        if row is None:
            raise MissingKeyError(f"Key '{key}' not present")
        return row

    # ---- choosing ----------------------------------------------------------

    def vectors_for_all(
        self, keys: Iterable[Hashable], allow_inference: bool = True, copy_vecattrs: bool = False
    ) -> Self:
        """Copy the vectors of some keys to an object of their own.

        Parameters
        ----------
        keys : iterable of keys, or a gensim Dictionary
            Missing keys are left out, of a key given twice the first counts. The
            terms of a Dictionary come in order of falling frequency.
        allow_inference : bool
            Whether subclasses may make vectors for keys they do not hold; also
            whether an int may be a row number.
        copy_vecattrs : bool
            Copy the attributes of the keys. Without, "count" goes from n to 1 and so
            keeps the order of the keys in files.

        Returns
        -------
        KeyedVectors
        """
        present = self.__contains__ if allow_inference else self.key_to_index.__contains__
        wanted = [key for key in dict.fromkeys(_terms(keys)) if present(key)]
        chosen = type(self)(self.vector_size, len(wanted), dtype=self.vectors.dtype)
        if wanted:
            chosen.add_vectors(wanted, np.stack([self.get_vector(key) for key in wanted]))
        if not copy_vecattrs:
            chosen.expandos["count"] = np.arange(len(wanted), 0, -1)
        else:
            # Of keys that a subclass infers there are no attributes.
            held = [row for row, key in enumerate(wanted) if self.get_index(key, -1) >= 0]
            rows = [self.get_index(wanted[row]) for row in held]
            for name, values in self.expandos.items():
                chosen.expandos[name] = np.zeros(len(wanted), dtype=values.dtype)
                chosen.expandos[name][held] = values[rows]
        return chosen

    # ---- normalising -------------------------------------------------------

    def unit_normalize_all(self) -> None:
        """Scale all vectors to length 1, in place. Lengths cannot be had back."""
        self.vectors /= self._divisors()[:, np.newaxis]
        self.fill_norms(force=True)

    # ---- taking over -------------------------------------------------------

    def intersect_word2vec_format(
        self,
        fname: Source,
        lockf: float = 0.0,
        binary: bool = False,
        encoding: str = "utf8",
        unicode_errors: str = "strict",
    ) -> None:
        """Replace the vectors of keys that a file in the C tool's format also holds.

        Keys that only the file has are not added.

        Parameters
        ----------
        fname : str, path or open binary file
        lockf : float
            Share of later updates that the replaced rows take: 0 keeps them as they
            are in the file, 1 trains them like the others.
        binary, encoding, unicode_errors
            As in `load_word2vec_format`.

        Raises
        ------
        FormatError
            If the file is damaged, or its vectors have another size.
        """
        found = word2vec_format.read(
            fname, binary=binary, encoding=encoding, unicode_errors=unicode_errors
        )
        if found.vectors.shape[1] != self.vector_size:
            raise ParameterError(
                f"incompatible vector size {found.vectors.shape[1]} in file {fname}: "
                f"it must be {self.vector_size}"
            )
        theirs = [row for row, key in enumerate(found.keys) if key in self.key_to_index]
        ours = [self.key_to_index[found.keys[row]] for row in theirs]
        self.vectors[ours] = found.vectors[theirs]
        self._set_locks(ours, lockf)
        self.vectors_changed()
        logger.info("merged %i vectors of %i in %s", len(ours), len(found.keys), fname)

    def _set_locks(self, rows: list[int], lockf: float) -> None:
        n = len(self.index_to_key)
        locks: npt.NDArray[np.float32] = self.__dict__.get("vectors_lockf", np.ones(1, np.float32))
        if len(locks) != n:
            # Row i of the vectors takes factor i % len: write out what that gives.
            locks = np.resize(locks, n)
        locks[rows] = lockf
        self.vectors_lockf = locks


def _terms(keys: Any) -> Iterable[Any]:
    """Return the keys, or the terms of a gensim Dictionary by falling frequency."""
    frequencies = getattr(keys, "cfs", None)
    if frequencies is None:
        return list(keys)
    ids = sorted(frequencies, key=lambda term: (-frequencies[term], term))
    return [keys[term] for term in ids]
