"""Vectors for other viewers: TensorBoard's projector and Embedding Atlas."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.extras import require
from word2vec.io.files import replace_file

Array = npt.NDArray[Any]
NEIGHBOURS = 15
_BLOCK = 1024  # rows compared with all others at once
_CONFIG = """\
embeddings {
  tensor_name: "word2vec"
  tensor_path: "vectors.tsv"
  metadata_path: "metadata.tsv"
}
"""


def save_tensorboard(
    folder: str | os.PathLike[str], words: Sequence[str], vectors: Array, counts: Array | None
) -> None:
    """Write ``vectors.tsv``, ``metadata.tsv`` and ``projector_config.pbtxt``.

    ``tensorboard --logdir FOLDER`` shows them; the two tables can also be loaded into
    projector.tensorflow.org by hand.

    Parameters
    ----------
    folder : path
        Made if it is missing.
    words : sequence of str
        Tabs and line ends in them become spaces, as the tables know no others.
    vectors : ndarray of shape (n, vector_size)
    counts : ndarray of shape (n,), optional

    Raises
    ------
    OSError
        If a file cannot be written.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    with replace_file(target / "vectors.tsv") as file:
        np.savetxt(file, vectors, fmt="%.7g", delimiter="\t")
    names = [re.sub(r"\s", " ", word) for word in words]
    # The projector takes a table of one column as it is, one of several with a header.
    lines = names
    if counts is not None:
        pairs = zip(names, counts.tolist(), strict=True)
        lines = ["word\tcount", *(f"{name}\t{count}" for name, count in pairs)]
    with replace_file(target / "metadata.tsv") as file:
        file.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    with replace_file(target / "projector_config.pbtxt") as file:
        file.write(_CONFIG.encode())


def save_parquet(
    path: str | os.PathLike[str],
    words: Sequence[str],
    units: Array,
    positions: Array,
    clusters: Sequence[str],
    counts: Array | None,
) -> None:
    """Write a Parquet table for Embedding Atlas.

    Its columns are ``word``, ``count`` where counts are known, ``cluster``,
    ``projection_x``, ``projection_y``, and ``neighbors``: the 15 nearest words by cosine,
    as row numbers and distances. Open it with
    ``embedding-atlas FILE --text word --x projection_x --y projection_y --neighbors neighbors``.

    Parameters
    ----------
    path : path
    words : sequence of str
    units : ndarray of shape (n, vector_size)
        Vectors of length 1, or zero.
    positions : ndarray of shape (n, 2)
    clusters : sequence of str
        The name of each word's cluster.
    counts : ndarray of shape (n,), optional

    Raises
    ------
    MissingDependencyError
        If pyarrow is missing.
    OSError
        If the file cannot be written.
    """
    pa = require("pyarrow", "arrow", "writing Parquet")
    parquet = require("pyarrow.parquet", "arrow", "writing Parquet")
    columns: dict[str, Any] = {"word": [w.encode("utf-8", "replace").decode() for w in words]}
    if counts is not None:
        columns["count"] = counts
    columns["cluster"] = list(clusters)
    columns["projection_x"], columns["projection_y"] = positions[:, 0], positions[:, 1]
    ids, distances = nearest(units, NEIGHBOURS)
    columns["neighbors"] = [
        {"ids": row, "distances": far}
        for row, far in zip(ids.tolist(), distances.tolist(), strict=True)
    ]
    with replace_file(path) as file:
        parquet.write_table(pa.table(columns), file)


def nearest(units: Array, number: int) -> tuple[Array, Array]:
    """Return the nearest rows of each row, itself left out.

    Parameters
    ----------
    units : ndarray of shape (n, vector_size)
        Vectors of length 1, or zero.
    number : int
        How many; fewer if there are fewer rows.

    Returns
    -------
    ids : ndarray of shape (n, k), int64
        Nearest first.
    distances : ndarray of shape (n, k), float32
        One minus the cosine.
    """
    n = len(units)
    number = min(number, n - 1)
    ids = np.empty((n, number), dtype=np.int64)
    distances = np.empty((n, number), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        far = 1 - units[start : start + _BLOCK] @ units.T
        at = np.arange(len(far))
        far[at, start + at] = np.inf
        some = np.argpartition(far, max(number - 1, 0), axis=1)[:, :number]
        order = np.argsort(np.take_along_axis(far, some, axis=1), axis=1, kind="stable")
        block = slice(start, start + len(far))
        ids[block] = np.take_along_axis(some, order, axis=1)
        distances[block] = np.take_along_axis(far, ids[block], axis=1)
    return ids, distances
