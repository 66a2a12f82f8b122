import numpy as np
import numpy.typing as npt

LARGEST_SUM: int

def sketch(
    rows: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]: ...
def bounds(
    codes: npt.NDArray[np.int8],
    steps: npt.NDArray[np.float32],
    query: npt.NDArray[np.int16],
    unit: float,
    error: float,
    rounding: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...
