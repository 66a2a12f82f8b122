from collections.abc import Callable, Iterable
from typing import Any

from word2vec.text._grams import GramTable

class Detector: ...

class ScoreDetector(Detector):
    def __init__(
        self, scores: dict[str, Any], delimiter: str, connectors: frozenset[str], threshold: float
    ) -> None: ...

class CountDetector(Detector):
    def __init__(
        self,
        table: GramTable,
        connectors: frozenset[str],
        threshold: float,
        min_count: float,
        corpus_word_count: int,
        scoring: Callable[..., Any],
        formula: int,
    ) -> None: ...
    def export(self) -> dict[str, Any]: ...

def find_phrases(
    sentence: Iterable[str],
    detector: Detector,
    tokens: list[str] | None = None,
    found: dict[str, Any] | None = None,
) -> None: ...
