"""How vectors present themselves: in one line, and as a table in notebooks."""

from typing import Any

from word2vec.notebook import first_keys, html_table


class Described:
    """``str``, ``repr`` and the notebook's table of vectors; see VectorStore for the attributes."""

    __slots__ = ()

    vector_size: int
    index_to_key: list[Any]
    expandos: dict[str, Any]
    vectors: Any

    def __str__(self) -> str:
        n_keys = len(self.index_to_key)
        return f"{type(self).__name__}<vector_size={self.vector_size}, {n_keys} keys>"

    def __repr__(self) -> str:
        if not self.index_to_key:
            return str(self)
        return f"{str(self)[:-1]}: {first_keys(self.index_to_key)}>"

    def _repr_html_(self) -> str:
        counts = self.expandos.get("count")
        facts = {
            "keys": len(self.index_to_key),
            "dimensions": self.vector_size,
            "dtype": self.vectors.dtype,
            "memory": f"{self.vectors.nbytes / 1e6:,.1f} MB",
            "words counted": None if counts is None else int(counts.sum()),
            "attributes": ", ".join(self.expandos) or None,
            "first keys": first_keys(self.index_to_key) or None,
        }
        return html_table(type(self).__name__, facts)
