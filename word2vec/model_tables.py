"""What a `Word2Vec` derives from its word counts: noise distribution and Huffman tree.

Training uses `_tables`. `cum_table` and the attributes "code" and "point" of the keys
are the same facts as gensim shows them.
"""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from word2vec.errors import NotTrainableError, ParameterError
from word2vec.params import Option
from word2vec.training import huffman, noise
from word2vec.training.objective import Tables, build_tables
from word2vec.vectors.keyed_vectors import KeyedVectors

# Attributes of the keys that files do not hold: the tree says the same.
PATH_ATTRIBUTES = ("code", "point")

_DOMAIN = 2**31 - 1


class ModelTables:
    """Tables of a `Word2Vec`; see there for the attributes."""

    wv: KeyedVectors
    _tables: Tables | None
    _cum_table: NDArray[np.uint32] | None = None

    # Options, set by Word2Vec from params.OPTIONS.
    hs: int
    negative: int
    ns_exponent: float

    def _make_tables(self, tree: huffman.HuffmanTree | None = None) -> None:
        """Make everything anew from the counts, or take the tree given."""
        self._tables = self._cum_table = None
        if not len(self.wv.index_to_key):
            return
        self._tables = build_tables(
            self.wv.expandos["count"],
            # Rows that exist may be trained again: negative is an attribute like any other.
            negative=self.negative or hasattr(self, "syn1neg"),
            ns_exponent=self.ns_exponent,
            hs=self.hs,
            tree=tree,
        )
        self._show_paths()

    # ---- noise ---------------------------------------------------------------

    @property
    def cum_table(self) -> NDArray[np.uint32] | None:
        """Cumulated noise distribution, ndarray of shape (n_words,), uint32.

        None without negative sampling or vocabulary. Assigning one, not decreasing,
        makes its differences the noise distribution.
        """
        if self._cum_table is None and self._tables is not None and self.negative:
            self._cum_table = self._cumulate(_DOMAIN)
        return self._cum_table

    @cum_table.setter
    def cum_table(self, table: Any) -> None:
        if table is None:
            self._cum_table = None
            return
        tables = self._known_tables()
        steps = np.diff(np.asarray(table).astype(np.float64), prepend=0.0)
        if steps.shape != (len(self.wv.index_to_key),) or (steps < 0).any():
            raise ParameterError(
                f"a cum_table of shape {np.shape(table)}: it must be one value, none less than "
                f"the one before, for each of the {len(self.wv.index_to_key)} words"
            )
        tables.noise = noise.alias_table(steps, 1.0)
        self._cum_table = np.asarray(table)

    def make_cum_table(self, domain: int = _DOMAIN) -> None:
        """Make the noise distribution anew, from the counts and `ns_exponent` as they are.

        Parameters
        ----------
        domain : int, default=2**31 - 1
            The last value of `cum_table`. Training draws from an alias table instead,
            whose probabilities do not depend on it.

        Raises
        ------
        RuntimeError
            If there is no vocabulary.
        """
        Option("domain", "int", None, "Last value of the table.", 1, 2**32 - 1).check(domain)
        tables = self._known_tables()
        tables.noise = noise.alias_table(self.wv.expandos["count"], self.ns_exponent)
        self._cum_table = self._cumulate(domain)

    def _cumulate(self, domain: int) -> NDArray[np.uint32]:
        weights = self.wv.expandos["count"].astype(np.float64) ** float(self.ns_exponent)
        shares = np.cumsum(weights) / weights.sum()
        table: NDArray[np.uint32] = np.round(np.minimum(shares, 1.0) * domain).astype(np.uint32)
        return table

    def _known_tables(self) -> Tables:
        if self._tables is None:
            raise NotTrainableError("you must first build vocabulary before making its tables")
        return self._tables

    # ---- tree ----------------------------------------------------------------

    def create_binary_tree(self) -> None:
        """Make a new Huffman tree from the counts as they are.

        The rows of `syn1` that have been trained belong to the old tree.

        Raises
        ------
        RuntimeError
            If there is no vocabulary.
        """
        tables = self._known_tables()
        tables.tree = huffman.build(self.wv.expandos["count"])
        self._show_paths()

    def _show_paths(self) -> None:
        """Give the keys their paths in the tree as attributes "code" and "point"."""
        tree = self._tables.tree if self._tables is not None else None
        if tree is None:
            return
        bounds = list(pairwise(tree.path_offsets.tolist()))
        paths: list[NDArray[Any]] = [tree.path_codes, tree.path_nodes.astype(np.uint32)]
        for name, path in zip(PATH_ATTRIBUTES, paths, strict=True):
            column = np.empty(tree.n_words, dtype=object)
            for row, (begin, end) in enumerate(bounds):
                column[row] = path[begin:end]
            self.wv.expandos[name] = column
