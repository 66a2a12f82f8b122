import numpy as np
import numpy.typing as npt

def format_float(value: float) -> bytes: ...
def parse_float(text: bytes) -> float: ...
def format_text(keys: list[bytes], rows: npt.NDArray[np.float32]) -> bytearray: ...
def parse_text(
    data: bytes | bytearray,
    position: int,
    rows: npt.NDArray[np.float32],
    filled: int,
    spans: npt.NDArray[np.int64],
) -> tuple[bool, int, int, int]: ...
def parse_binary(
    data: bytes | bytearray,
    position: int,
    rows: npt.NDArray[np.float32],
    filled: int,
    spans: npt.NDArray[np.int64],
) -> tuple[int, int]: ...
