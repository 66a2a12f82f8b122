"""KeyedVectors as the tables and layers of other libraries, and back.

Each library is imported by the call that needs it. Keys and rows stay in their order;
preallocated rows without a key are left out.
"""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from word2vec.errors import FormatError, ParameterError, ParameterTypeError
from word2vec.extras import require
from word2vec.io.files import open_output
from word2vec.vectors.arrays import Array
from word2vec.vectors.store import VectorStore

if TYPE_CHECKING:
    import pandas
    import pyarrow
    import torch


class Interchange(VectorStore):
    """Ways to PyTorch, pandas, Arrow and Parquet, and from there."""

    __slots__ = ()

    # ---- PyTorch -----------------------------------------------------------

    def to_torch(
        self, freeze: bool = True, *, padding_idx: int | None = None, sparse: bool = False
    ) -> "torch.nn.Embedding":
        """Make an embedding layer whose row i is the vector of ``index_to_key[i]``.

        Parameters
        ----------
        freeze : bool, default=True
            Not to be trained. A frozen layer shares its memory with `vectors` (where that
            is writable), one to be trained has a copy.
        padding_idx : int, optional
            Row that gets no gradient.
        sparse : bool, default=False
            Gradients as sparse tensors.

        Returns
        -------
        torch.nn.Embedding
            Of n_keys rows and vector_size columns, on the CPU, of the vectors' dtype.

        Raises
        ------
        MissingDependencyError
            If PyTorch is not installed.
        """
        torch = require("torch", "torch", "to_torch()")
        matrix = self.vectors[: self._n_filled()]
        if not freeze or not matrix.flags.writeable:
            matrix = matrix.copy()
        return torch.nn.Embedding.from_pretrained(
            torch.from_numpy(matrix), freeze=freeze, padding_idx=padding_idx, sparse=sparse
        )

    @classmethod
    def from_torch(cls, layer: "torch.nn.Embedding | torch.Tensor", keys: Iterable[Any]) -> Self:
        """Make vectors of the rows of an embedding layer, or of a matrix, with a copy.

        Parameters
        ----------
        layer : torch.nn.Embedding or torch.Tensor of shape (n_keys, vector_size)
            On any device.
        keys : iterable of n_keys hashables
            Key of each row.

        Raises
        ------
        ParameterError
            If there are not as many keys as rows, or a key occurs twice.
        ParameterTypeError
            If `layer` is neither, or a key is None or cannot be hashed.
        """
        tensor = getattr(layer, "weight", layer)
        if not hasattr(tensor, "detach"):
            raise ParameterTypeError(
                f"layer is a {type(layer).__name__}: it must be a torch.nn.Embedding or a tensor"
            )
        return cls._of_rows(list(keys), tensor.detach().cpu().numpy())

    # ---- pandas ------------------------------------------------------------

    def to_pandas(self) -> "pandas.DataFrame":
        """Make a data frame with a row for each key, with a copy of the vectors.

        Returns
        -------
        pandas.DataFrame of shape (n_keys, vector_size)
            Keys are the index, called "key"; columns are 0, 1, ...

        Raises
        ------
        MissingDependencyError
            If pandas is not installed.
        """
        pandas = require("pandas", "pandas", "to_pandas()")
        n = self._n_filled()
        # Else tuples would become several levels.
        index = pandas.Index(self.index_to_key[:n], name="key", tupleize_cols=False)
        return pandas.DataFrame(self.vectors[:n].copy(), index=index)

    @classmethod
    def from_pandas(cls, frame: "pandas.DataFrame") -> Self:
        """Make vectors of a data frame: its index holds the keys, its columns the numbers.

        Raises
        ------
        ParameterError
            If the frame has no column, or a key occurs twice.
        ParameterTypeError
            If a column holds no numbers, or a key is None.
        """
        if not all(np.dtype(kind).kind in "biuf" for kind in map(_numpy_dtype, frame.dtypes)):
            raise ParameterTypeError(
                f"the columns hold {', '.join(sorted(set(map(str, frame.dtypes))))}: all must hold "
                "numbers; frame.set_index(...) makes a column of keys the index"
            )
        return cls._of_rows(frame.index.tolist(), frame.to_numpy())

    # ---- Arrow and Parquet -------------------------------------------------

    def to_arrow(self) -> "pyarrow.Table":
        """Make a table with columns "key" and "vector" and one for each attribute.

        Returns
        -------
        pyarrow.Table
            The vectors are a fixed_size_list that shares its memory with `vectors`. Attributes
            that are numbers, as "count", follow; others are left out.

        Raises
        ------
        ParameterTypeError
            If the keys are of types that no column can hold together.
        ParameterError
            If an attribute is called "key" or "vector".
        MissingDependencyError
            If pyarrow is not installed.
        """
        pyarrow = require("pyarrow", "arrow", "to_arrow()")
        n = self._n_filled()
        try:
            keys = pyarrow.array(self.index_to_key[:n])
        except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError) as error:
            raise ParameterTypeError(
                f"the keys cannot be one column of Arrow ({error}): they must be of one type, "
                "such as str or int"
            ) from error
        numbers = pyarrow.array(np.ascontiguousarray(self.vectors[:n]).reshape(-1))
        columns = {
            "key": keys,
            "vector": pyarrow.FixedSizeListArray.from_arrays(numbers, self.vector_size),
        }
        for name, values in self.expandos.items():
            if name in columns:
                raise ParameterError(
                    f"an attribute is called {name!r}, as a column for something else: rename it "
                    "in expandos"
                )
            if values.dtype.kind in "biuf":
                columns[name] = pyarrow.array(values[:n])
        return pyarrow.table(columns)

    @classmethod
    def from_arrow(cls, table: "pyarrow.Table", key: str = "key", vector: str = "vector") -> Self:
        """Make vectors of a table of Arrow, with a copy.

        Parameters
        ----------
        table : pyarrow.Table
        key : str, default="key"
            Column of the keys.
        vector : str, default="vector"
            Column of the vectors, lists of numbers of one length. Other columns that hold
            numbers and no null become attributes.

        Raises
        ------
        FormatError
            If a column is missing or null in places, or vectors differ in length.
        ParameterError
            If a key occurs twice.
        """
        for name in (key, vector):
            if name not in table.column_names:
                raise FormatError(
                    f"the table has no column {name!r}; there are: {', '.join(table.column_names)}"
                )
        matrix = _rows_of(table.column(vector), vector)
        result = cls._of_rows(table.column(key).to_pylist(), matrix)
        for name in table.column_names:
            column = table.column(name)
            if name not in (key, vector) and column.null_count == 0:
                values = column.to_numpy()
                if values.dtype.kind in "biuf":
                    result.expandos[name] = np.array(values)
        return result

    def to_parquet(self, path: str | os.PathLike[str] | BinaryIO, **options: Any) -> None:
        """Write the table of `to_arrow` to a Parquet file.

        Parameters
        ----------
        path : path or open binary file
            An old file is replaced only after the new one is complete; names in .gz, .bz2, .xz
            and .zst are compressed.
        **options
            For ``pyarrow.parquet.write_table``, as ``compression="zstd"``.

        Raises
        ------
        ParameterError, ParameterTypeError, MissingDependencyError
            As `to_arrow` raises them.
        OSError
            If the file cannot be written.
        """
        table = self.to_arrow()
        parquet = require("pyarrow.parquet", "arrow", "to_parquet()")
        with open_output(path, append=False) as file:
            parquet.write_table(table, file, **options)

    @classmethod
    def from_parquet(
        cls, path: str | os.PathLike[str] | BinaryIO, key: str = "key", vector: str = "vector"
    ) -> Self:
        """Read vectors from a Parquet file; parameters and errors are those of `from_arrow`.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        parquet = require("pyarrow.parquet", "arrow", "from_parquet()")
        return cls.from_arrow(parquet.read_table(path), key, vector)

    @classmethod
    def _of_rows(cls, keys: list[Any], matrix: Array) -> Self:
        """Make vectors of one key for each row; float types stay, others become float32."""
        if matrix.ndim != 2 or not matrix.shape[1]:
            raise ParameterError(
                f"the vectors have shape {matrix.shape}: it must be (n_keys, vector_size)"
            )
        dtype = matrix.dtype if matrix.dtype.kind == "f" else np.dtype(np.float32)
        result = cls(matrix.shape[1], dtype=dtype)
        result.add_vectors(keys, matrix.astype(dtype))
        if len(result) != len(keys):
            raise ParameterError(f"{len(keys) - len(result)} of the {len(keys)} keys occur twice")
        return result


def _numpy_dtype(kind: Any) -> Any:
    """Give the dtype of NumPy behind one of pandas; object if there is none."""
    return kind if isinstance(kind, np.dtype) else getattr(kind, "numpy_dtype", np.dtype(object))


def _rows_of(column: Any, name: str) -> Array:
    """Numbers of a column of lists as a matrix."""
    pc = require("pyarrow.compute", "arrow", "from_arrow()")
    kind = column.type
    value_type = getattr(kind, "value_type", None)
    if value_type is None or not str(value_type).startswith(
        ("float", "halffloat", "double", "int")
    ):
        raise FormatError(f"the column {name!r} holds {kind}: it must hold lists of numbers")
    lengths = set(pc.unique(pc.list_value_length(column)).to_pylist())
    if len(lengths) != 1 or None in lengths:
        raise FormatError(
            f"the vectors in column {name!r} have the lengths {sorted(map(str, lengths))}: all "
            "must have one length, and none be null"
        )
    values = pc.list_flatten(column)
    if values.null_count:
        raise FormatError(f"{values.null_count} numbers in column {name!r} are null")
    matrix: Array = values.to_numpy().reshape(len(column), lengths.pop())
    return matrix
