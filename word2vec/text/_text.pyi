from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

class EncodedBlock(NamedTuple):
    """Sentences as word ids.

    Attributes
    ----------
    tokens : ndarray of shape (n_tokens,), int32
        Ids of the known words.
    offsets : ndarray of shape (n_sentences + 1,), int64
        Sentence `s` is ``tokens[offsets[s]:offsets[s + 1]]``.
    words : ndarray of shape (n_sentences,), int64
        Raw words of each sentence, known or not.
    continues : bool
        Whether the last sentence goes on in the next block: only in `EncodedPiece`.
    """

    tokens: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    words: npt.NDArray[np.int64]
    @property
    def continues(self) -> bool: ...

class EncodedPiece(EncodedBlock):
    """Part of one sentence that goes on in the next block."""

def is_valid_utf8(text: bytes) -> bool: ...
def last_separator(text: bytes) -> int: ...
def remap_block(
    tokens: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    new_ids: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]: ...

class WordTable:
    def __init__(self) -> None: ...
    def __len__(self) -> int: ...
    def add(self, words: list[bytes]) -> npt.NDArray[np.int32]: ...
    def words(self, start: int = 0) -> list[bytes]: ...
    def __iter__(self) -> Iterator[str]: ...
    def __getitem__(self, id: int) -> str: ...
    def counts(self) -> npt.NDArray[np.int64]: ...
    def encode(self, text: bytes, keep_ids: bool = True) -> tuple[EncodedBlock, bool]: ...
    def encode_known(self, text: bytes) -> tuple[EncodedBlock, bool]: ...
