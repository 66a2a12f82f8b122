from typing import Any

import numpy as np
import numpy.typing as npt

ROWS: int
LARGEST_DIM: int

class Sketch:
    n_rows: int
    dim: int
    unbounded: npt.NDArray[np.int64]
    def __init__(
        self, vectors: npt.NDArray[Any], lengths: npt.NDArray[Any], plain: bool = False
    ) -> None: ...

class Bounds:
    most: npt.NDArray[np.float32]
    def __init__(
        self, sketch: Sketch, queries: npt.NDArray[Any], rows: range, rounding: float
    ) -> None: ...
    def reaching(self, query: int, threshold: float) -> npt.NDArray[np.int64]: ...
