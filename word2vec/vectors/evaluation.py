"""Scores of word vectors on analogies and on pairs with human judgements.

Functions of plain arrays and lists; KeyedVectors' two evaluate methods call them.
Definitions are gensim's, so that scores can be compared.
"""

import importlib.util
import logging
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from word2vec.errors import (
    EncodingError,
    FormatError,
    MissingDependencyError,
    ParameterError,
)
from word2vec.io.container import Source
from word2vec.text.readers import lines_of, open_binary
from word2vec.vectors.arrays import largest

logger = logging.getLogger(__name__)

Floats = npt.NDArray[Any]
Question = tuple[Any, Any, Any, Any]
Vocabulary = dict[Any, int]

# gensim looks at five neighbours: the first that is no variant of the question's
# words (KING beside king) is the answer.
CANDIDATES = 5
_SIMILARITIES = 2**24  # held at a time: 64 MB


# ---- analogies -------------------------------------------------------------


@dataclass
class Section:
    """One section of an analogy file."""

    name: str
    questions: list[Question] = field(default_factory=list)


def fold(key: Any) -> Any:
    """Return the upper case of a str; other keys as they are."""
    return key.upper() if isinstance(key, str) else key


def vocabulary(keys: Sequence[Any], case_insensitive: bool) -> Vocabulary:
    """Map keys, folded if asked for, to rows; of variants the first key counts."""
    rows = reversed(list(enumerate(keys)))
    return {fold(key) if case_insensitive else key: row for row, key in rows if key is not None}


def read_analogies(source: Source, case_insensitive: bool = True) -> list[Section]:
    """Read sections ": name" of lines "a b c d" (a is to b as c is to d).

    Lines that are not four words are skipped with a log line.

    Raises
    ------
    FormatError
        If a question stands before the first section or there is no section at all.
    EncodingError
        If the file is not UTF-8; also a UnicodeDecodeError.
    """
    sections: list[Section] = []
    for number, line in _lines(source, "utf8"):
        if line.startswith(": "):
            sections.append(Section(line.lstrip(": ").strip()))
            continue
        if not sections:
            raise FormatError(f"Missing section header before line #{number} in {source}")
        words = [fold(word) if case_insensitive else word for word in line.split()]
        if len(words) == 4:
            sections[-1].questions.append((words[0], words[1], words[2], words[3]))
        else:
            logger.info("Skipping invalid line #%i in %s", number, source)
    if not sections:
        raise FormatError(f"no section header (a line ': name') in {source}")
    return sections


def answer_analogies(
    vectors: Floats,
    keys: Sequence[Any],
    questions: npt.NDArray[np.int64],
    words: Sequence[Question],
    case_insensitive: bool = True,
    multiply: bool = False,
) -> list[Any]:
    """Answer analogies, with the similarities of their words in matrix products.

    Parameters
    ----------
    vectors : ndarray of shape (n_keys, vector_size)
        The rows to search; any length.
    keys : sequence of n_keys keys
    questions : ndarray of shape (n_questions, 3), int64
        Rows of a, b and c.
    words : sequence of questions
        The same as text, folded if `case_insensitive`.
    multiply : bool
        3CosMul instead of 3CosAdd.

    Returns
    -------
    list
        For each question the answer, folded if asked for; None without candidates.

    Notes
    -----
    Copies `vectors` once and holds at most 64 MB of similarities, or three rows.
    """
    lengths = np.linalg.norm(vectors.astype(np.float32, copy=False), axis=1, keepdims=True)
    units = vectors / np.where(lengths == 0, np.float32(1), lengths)
    answers: list[Any] = []
    for begin, end in _pieces(questions, _SIMILARITIES // max(1, len(units))):
        # Neighbouring questions share words, and a score is made of the similarities
        # of single words: far fewer products than one for each question.
        distinct, places = np.unique(questions[begin:end], return_inverse=True)
        similarities = units[distinct] @ units.T
        if multiply:
            similarities += 1
            similarities /= 2
        for number, (a, b, c) in enumerate(places.reshape(-1, 3).tolist(), begin):
            scores = _score(similarities[a], similarities[b], similarities[c], multiply)
            scores[questions[number]] = -np.inf
            answers.append(_best_answer(scores, keys, words[number], case_insensitive))
    return answers


def _pieces(questions: npt.NDArray[np.int64], limit: int) -> Iterator[tuple[int, int]]:
    """Cut questions into ranges with at most `limit` different words (at least three)."""
    begin = 0
    seen: set[int] = set()
    for number, rows in enumerate(questions.tolist()):
        if seen and len(seen) + 3 > limit:
            yield begin, number
            begin, seen = number, set()
        seen.update(rows)
    if seen:
        yield begin, len(questions)


def _score(a: Floats, b: Floats, c: Floats, multiply: bool) -> Floats:
    """3CosMul of similarities in [0, 1], or 3CosAdd up to a factor."""
    if multiply:
        scores = b * c
        scores /= a + a.dtype.type(1e-6)
    else:
        scores = b + c
        scores -= a
    return scores


def _best_answer(
    scores: Floats, keys: Sequence[Any], question: Question, case_insensitive: bool
) -> Any:
    best = int(scores.argmax())
    answer = fold(keys[best]) if case_insensitive else keys[best]
    # Rarely the best is a variant of a given word, or there is no best.
    if answer in question[:3] or not scores[best] > -np.inf:
        rows = largest(scores, CANDIDATES).tolist()
        found = [keys[row] for row in rows if scores[row] > -np.inf]
        answer = first_new(found, question, case_insensitive)
    return answer


def first_new(candidates: Sequence[Any], question: Question, case_insensitive: bool) -> Any:
    """Return the first candidate that is not in the question; the last if all are."""
    answer = None
    for candidate in candidates:
        answer = fold(candidate) if case_insensitive else candidate
        if answer not in question[:3]:
            break
    return answer


def score_analogies(
    sections: Sequence[Section],
    known: Vocabulary,
    answer: Callable[[npt.NDArray[np.int64], list[Question]], list[Any]],
    dummy4unknown: bool = False,
) -> tuple[float, list[dict[str, Any]]]:
    """Score the answers to all sections.

    Parameters
    ----------
    sections : sequence of Section
    known : dict
        Folded key to row, see `vocabulary`.
    answer : callable
        Rows of a, b, c of shape (n, 3) and the n questions to n answers.
    dummy4unknown : bool
        Count questions with unknown words as wrong instead of leaving them out.

    Returns
    -------
    accuracy : float
        In [0, 1]; 0 if no question could be asked.
    sections : list of dict
        "section", "correct" and "incorrect" (lists of questions), "Total accuracy" last.
    """
    asked = [
        (number, question)
        for number, section in enumerate(sections)
        for question in section.questions
    ]
    answerable = [question for _, question in asked if all(word in known for word in question)]
    rows = np.array([[known[word] for word in question[:3]] for question in answerable])
    answers = iter(answer(rows.reshape(-1, 3).astype(np.int64), answerable))
    results: list[dict[str, Any]] = [
        {"section": section.name, "correct": [], "incorrect": []} for section in sections
    ]
    for number, question in asked:
        if all(word in known for word in question):
            outcome = "correct" if next(answers) == question[3] else "incorrect"
            results[number][outcome].append(question)
        elif dummy4unknown:
            results[number]["incorrect"].append(question)
    total = {
        "section": "Total accuracy",
        "correct": [question for result in results for question in result["correct"]],
        "incorrect": [question for result in results for question in result["incorrect"]],
    }
    _log_unknown(len(asked) - len(answerable), len(asked), dummy4unknown)
    results.append(total)
    for result in results:
        log_section(result)
    return accuracy(total), results


def accuracy(section: dict[str, Any]) -> float:
    """Share of correct answers of one result of `score_analogies`; 0 without any."""
    correct, incorrect = len(section["correct"]), len(section["incorrect"])
    return correct / (correct + incorrect) if correct + incorrect else 0.0


def _log_unknown(unknown: int, asked: int, dummy4unknown: bool) -> None:
    share = 100 * unknown / asked if asked else 0.0
    logger.info("Quadruplets with out-of-vocabulary words: %.1f%%", share)
    if unknown and not dummy4unknown:
        logger.info("They were left out; dummy4unknown=True counts them as wrong")


def log_section(section: dict[str, Any]) -> None:
    """Log the accuracy of one section, if it has questions."""
    correct, incorrect = len(section["correct"]), len(section["incorrect"])
    if correct + incorrect:
        logger.info(
            "%s: %.1f%% (%i/%i)",
            section["section"],
            100 * accuracy(section),
            correct,
            correct + incorrect,
        )


# ---- pairs -----------------------------------------------------------------


def read_pairs(
    source: Source, delimiter: str = "\t", encoding: str = "utf8", case_insensitive: bool = True
) -> list[tuple[Any, Any, float]]:
    """Read lines "word word score"; lines with # and malformed ones are skipped.

    A score that is not finite is malformed.

    Raises
    ------
    EncodingError
        If the file is not in `encoding`; also a UnicodeDecodeError.
    FormatError
        If a line is longer than a mebibyte.
    """
    pairs = []
    for number, line in _lines(source, encoding):
        if line.startswith("#"):
            continue
        try:
            first, second, score = line.strip("\r\n").split(delimiter)
            value = float(score)
            if not math.isfinite(value):
                raise ValueError("a judgement must be finite")
        except ValueError:
            logger.info("Skipping invalid line #%i in %s", number, source)
            continue
        if case_insensitive:
            first, second = fold(first), fold(second)
        pairs.append((first, second, value))
    return pairs


def score_pairs(
    pairs: Sequence[tuple[Any, Any, float]],
    known: Vocabulary,
    similarity: Callable[[int, int], float],
    dummy4unknown: bool = False,
) -> tuple[Any, Any, float]:
    """Correlate similarities with judgements.

    Returns
    -------
    pearson, spearman : scipy result objects
        With ``statistic`` and ``pvalue``; they unpack as (statistic, pvalue).
    unknown : float
        Percentage of pairs with unknown words.

    Raises
    ------
    ParameterError
        If fewer than two pairs are left.
    MissingDependencyError
        If scipy cannot be imported.
    """
    judged, computed = [], []
    unknown = 0
    for first, second, score in pairs:
        if first in known and second in known:
            judged.append(score)
            computed.append(float(similarity(known[first], known[second])))
            continue
        unknown += 1
        if dummy4unknown:
            judged.append(score)
            computed.append(0.0)
    if len(judged) < 2:
        found = "No valid similarity judgements found" if not judged else "A single judgement"
        raise ParameterError(
            f"{found}: of {len(pairs)} pairs {unknown} hold unknown words, and a correlation "
            "needs two known ones"
        )
    pearson, spearman = correlations(judged, computed)
    share = unknown / len(pairs) * 100
    return pearson, spearman, share


def log_pairs(pearson: Any, spearman: Any, unknown: float, source: Any) -> None:
    """Log the two correlations and the percentage of pairs with unknown words."""
    logger.info("Pearson correlation coefficient against %s: %.4f", source, pearson[0])
    logger.info("Spearman rank-order correlation coefficient against %s: %.4f", source, spearman[0])
    logger.info("Pairs with unknown words ratio: %.1f%%", unknown)


def correlations(first: Sequence[float], second: Sequence[float]) -> tuple[Any, Any]:
    """Pearson's and Spearman's correlation of two samples, as scipy's results.

    Raises
    ------
    MissingDependencyError
        If scipy cannot be imported.
    """
    try:
        # Here, so that a broken scipy never stops training or queries.
        from scipy import stats  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        raise MissingDependencyError(
            f"correlations need scipy, which cannot be imported: {error}"
        ) from error
    return stats.pearsonr(first, second), stats.spearmanr(first, second)


def _lines(source: Source, encoding: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, from 1."""
    with open_binary(source) as file:
        for number, line in enumerate(lines_of(file, "evaluation file"), 1):
            try:
                yield number, line.decode(encoding)
            except UnicodeDecodeError as error:
                raise EncodingError(*error.args) from error


# ---- public data sets ------------------------------------------------------


def cache_dir() -> Path:
    """Folder of downloaded data sets: $WORD2VEC_DATA, or else the user's cache folder.

    That one is the platform's where platformdirs is installed, as with the extra
    "datasets", and ~/.cache/word2vec where it is not.
    """
    given = os.environ.get("WORD2VEC_DATA")
    if given:
        return Path(given)
    try:
        from platformdirs import user_cache_path
    except ImportError:
        return Path.home() / ".cache" / "word2vec"
    return user_cache_path("word2vec", appauthor=False)


def find_dataset(name: str) -> Path | None:
    """Find a public evaluation set on this machine.

    Parameters
    ----------
    name : str
        File name, as "questions-words.txt", "wordsim353.tsv" or "simlex999.txt".

    Returns
    -------
    Path or None
        In `cache_dir`, or among the test data of an installed gensim.
    """
    folders = [cache_dir()]
    # Only located, never imported: gensim takes seconds and may be broken.
    spec = importlib.util.find_spec("gensim")
    if spec is not None:
        folders += [
            Path(root, "test", "test_data") for root in spec.submodule_search_locations or ()
        ]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    return None
