import numpy as np
from numpy.typing import NDArray

NOISE_DTYPE: np.dtype[np.void]

def available_simd() -> list[str]: ...
def selected_simd(name: str | None = None) -> str: ...
def batch_seed(seed: int, epoch: int, batch: int) -> int: ...
def build_alias(weights: NDArray[np.float64]) -> NDArray[np.void]: ...
def huffman_parents(
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]: ...

class Worker: ...

class Kernel:
    simd: str
    def __init__(
        self,
        *,
        input: NDArray[np.float32],
        output_ns: NDArray[np.float32] | None,
        output_hs: NDArray[np.float32] | None,
        lock_factors: NDArray[np.float32],
        keep: NDArray[np.uint32] | None,
        noise: NDArray[np.void] | None,
        path_offsets: NDArray[np.int64] | None,
        path_nodes: NDArray[np.int32] | None,
        path_codes: NDArray[np.uint8] | None,
        window: int,
        negative: int,
        sg: bool,
        shrink_windows: bool,
        shared_negatives: bool,
        cbow_mean: bool,
        context_scale_full: bool,
        compute_loss: bool,
        hot_nodes: int = 0,
        hot_share: float = 1.0,
        simd: str | None = None,
    ) -> None: ...
    def train(
        self,
        tokens: NDArray[np.int32],
        offsets: NDArray[np.int64],
        alphas: NDArray[np.float32],
        seed: int,
        worker: Worker | None = None,
    ) -> tuple[float, int, int]: ...
