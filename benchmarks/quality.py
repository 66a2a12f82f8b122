"""Judge word vectors by public sets: the same NumPy code for every system.

Analogies are answered among the most frequent words only, with the question's
own words left out, by the cosine to b - a + c of unit vectors (3CosAdd);
similarities are Spearman correlations of cosines with human scores, ties at
their mean rank. Case is folded; of two words that fold alike the more frequent
one counts. Questions and pairs with unknown words are left out and counted.

    python benchmarks/quality.py VECTORS...
"""

import importlib.util
import itertools
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESTRICT = 30_000  # most frequent words among which analogies are answered
QUESTIONS_AT_ONCE = 512  # 60 MB of similarities for 30,000 words
NEIGHBOUR_RANKS = range(50, 5000)
NEIGHBOUR_LINES = 20_000
NEIGHBOURS_READ = 20_000
MIN_NEIGHBOURS = 10_000
MIN_PAIRS = 10  # a correlation of fewer pairs says nothing
PAIR_SETS = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
ANALOGIES = "questions-words.txt"

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vectors:
    """Words in order of descending frequency, and a unit vector for each."""

    words: list[str]
    unit: Floats

    @classmethod
    def of(cls, words: list[str], vectors: Floats) -> "Vectors":
        """Normalise `vectors` of shape (len(words), d); a zero vector stays zero."""
        if len(words) != len(vectors):
            raise ValueError(f"{len(words)} words but {len(vectors)} vectors")
        norms: Floats = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
        norms[norms == 0] = 1
        return cls(words, vectors / norms)

    def index(self, limit: int | None = None) -> dict[str, int]:
        """Map the folded forms of the first `limit` words to their rows."""
        index: dict[str, int] = {}
        for row, word in enumerate(self.words[:limit]):
            index.setdefault(word.lower(), row)
        return index


def read_vectors(path: str | Path) -> Vectors:
    """Read word2vec's binary format, or the ``.npz`` that the drivers write.

    Raises
    ------
    ValueError
        If the file is neither or ends too early.
    """
    path = Path(path)
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            words = arrays["words"].tobytes().decode("utf-8", "replace").split("\n")
            return Vectors.of(words, arrays["vectors"])
    return Vectors.of(*read_binary(path))


def read_binary(path: Path) -> tuple[list[str], Floats]:
    """Read word2vec's binary format: words, and vectors as they are.

    Raises
    ------
    ValueError
        If the file is not of this format or ends too early.
    """
    data = path.read_bytes()
    header, _, rest = data.partition(b"\n")
    try:
        n_words, dimensions = map(int, header.split())
    except ValueError:
        raise ValueError(f"{path}: its first line is not 'words dimensions'") from None
    words, vectors = [], np.empty((n_words, dimensions), np.float32)
    at, width = 0, 4 * dimensions
    for row in range(n_words):
        space = rest.find(b" ", at)
        if space < 0 or len(rest) < space + 1 + width:
            raise ValueError(f"{path}: it ends in row {row + 1} of {n_words}")
        # The C tool ends a row with a line feed, others do not.
        words.append(rest[at:space].lstrip(b"\n").decode("utf-8", "replace"))
        vectors[row] = np.frombuffer(rest, "<f4", dimensions, space + 1)
        at = space + 1 + width
    return words, vectors


def read_pairs(path: Path) -> list[tuple[str, str, float]]:
    """Read lines of two words and a score, separated by tabs; ``#`` starts a comment."""
    pairs = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            first, second, score = line.split("\t")[:3]
            pairs.append((first.lower(), second.lower(), float(score)))
    return pairs


def read_analogies(path: Path) -> dict[str, list[tuple[str, ...]]]:
    """Read sections headed ``: name`` of lines with four words."""
    sections: dict[str, list[tuple[str, ...]]] = {}
    questions: list[tuple[str, ...]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(":"):
            questions = sections.setdefault(line[1:].strip(), [])
        elif line.strip():
            questions.append(tuple(line.lower().split()))
    return sections


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rank of each value, 0 the least; equal values share their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: NDArray[np.float64] = last - (counts + 1) / 2
    return means[inverse]


def spearman(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    """Return Spearman's rank correlation; None if either is constant."""
    a, b = ranks(x), ranks(y)
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else None


def similarity(vectors: Vectors, pairs: list[tuple[str, str, float]]) -> dict[str, Any]:
    """Correlate cosines with human scores.

    Returns
    -------
    dict
        ``score`` (Spearman; None for fewer than `MIN_PAIRS` known pairs),
        ``known`` and ``total`` pairs.
    """
    index = vectors.index()
    known = [(index[a], index[b], s) for a, b, s in pairs if a in index and b in index]
    score = None
    if len(known) >= MIN_PAIRS:
        first, second = (vectors.unit[list(rows)] for rows in list(zip(*known, strict=True))[:2])
        cosines = np.einsum("ij,ij->i", first, second, dtype=np.float64)
        score = spearman(cosines, np.array([pair[2] for pair in known]))
    return {"score": score, "known": len(known), "total": len(pairs)}


def analogies(
    vectors: Vectors, sections: dict[str, list[tuple[str, ...]]], restrict: int = RESTRICT
) -> dict[str, Any]:
    """Answer analogy questions among the `restrict` most frequent words.

    Returns
    -------
    dict
        ``score`` (right answers over known questions, 0 to 1; None without
        any), ``known``, ``total``, and ``semantic`` and ``syntactic`` scores
        (sections whose name begins with ``gram`` are syntactic).
    """
    index, unit = vectors.index(restrict), vectors.unit[:restrict]
    right, known = {"semantic": 0, "syntactic": 0}, {"semantic": 0, "syntactic": 0}
    for name, questions in sections.items():
        rows = [[index[word] for word in words] for words in questions if index.keys() >= {*words}]
        kind = "syntactic" if name.startswith("gram") else "semantic"
        known[kind] += len(rows)
        for start in range(0, len(rows), QUESTIONS_AT_ONCE):
            right[kind] += _count_right(unit, np.array(rows[start : start + QUESTIONS_AT_ONCE]))
    total = sum(known.values())
    return {
        "score": sum(right.values()) / total if total else None,
        "known": total,
        "total": sum(map(len, sections.values())),
        **{kind: right[kind] / known[kind] if known[kind] else None for kind in right},
    }


def _count_right(unit: Floats, rows: NDArray[np.int64]) -> int:
    a, b, c, expected = rows.T
    scores = (unit[b] - unit[a] + unit[c]) @ unit.T
    np.put_along_axis(scores, rows[:, :3], -np.inf, axis=1)
    return int((scores.argmax(axis=1) == expected).sum())


def neighbours(path: str | Path, corpus: Path) -> float | None:
    """How often neighbours in the text lie nearer to each other than strangers do.

    Asked of any trained vectors, in any language: 0.5 is chance. Pairs are words next
    to each other, strangers are the same words paired anew.

    Parameters
    ----------
    path : str or Path
        Vectors.
    corpus : Path
        The text of the training; only its beginning is read.

    Returns
    -------
    float or None
        None if fewer than `MIN_NEIGHBOURS` pairs were found.
    """
    vectors = read_vectors(path)
    # The most frequent words stand beside everything, the rare have learnt little.
    rows = {
        word: row
        for row, word in enumerate(vectors.words)
        if NEIGHBOUR_RANKS.start <= row < NEIGHBOUR_RANKS.stop
    }
    pairs = []
    with corpus.open(encoding="utf-8", errors="replace") as lines:
        for words in map(str.split, itertools.islice(lines, NEIGHBOUR_LINES)):
            known = [rows.get(word, -1) for word in words]
            pairs += [(a, b) for a, b in itertools.pairwise(known) if a >= 0 <= b != a]
            if len(pairs) >= NEIGHBOURS_READ:
                break
    if len(pairs) < MIN_NEIGHBOURS:
        return None
    first, second = np.array(pairs).T
    strangers = np.random.default_rng(1).permutation(second)
    near, far = (
        np.einsum("ij,ij->i", vectors.unit[first], vectors.unit[other])
        for other in (second, strangers)
    )
    return float((near > far).mean())


def find_sets(folder: Path | None = None) -> Path:
    """Return the folder of the evaluation sets: `folder`, or gensim's installed test data.

    Raises
    ------
    FileNotFoundError
        If a set is missing.
    """
    if folder is None:
        # Only looked for, not imported: that would take a second and 100 MB.
        spec = importlib.util.find_spec("gensim")
        if spec is None or not spec.submodule_search_locations:
            raise FileNotFoundError(
                "no evaluation sets: install gensim, or name a folder of "
                f"{ANALOGIES}, {', '.join(PAIR_SETS.values())} with --sets"
            )
        folder = Path(spec.submodule_search_locations[0]) / "test" / "test_data"
    for name in (ANALOGIES, *PAIR_SETS.values()):
        if not (folder / name).exists():
            raise FileNotFoundError(f"{folder / name} does not exist")
    return folder


def evaluate(path: str | Path, sets: Path, restrict: int = RESTRICT) -> dict[str, Any]:
    """Return the scores of one vectors file on every set in the folder `sets`."""
    vectors = read_vectors(path)
    scores = {"analogies": analogies(vectors, read_analogies(sets / ANALOGIES), restrict)}
    for name, file in PAIR_SETS.items():
        scores[name] = similarity(vectors, read_pairs(sets / file))
    return scores


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        print(argument, json.dumps(evaluate(argument, find_sets()), indent=2))
