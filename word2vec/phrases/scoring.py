"""How strongly two words belong together: the two formulas, and checking others."""

import inspect
import math
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from word2vec.errors import ParameterError, ParameterTypeError

Scoring = Callable[..., Any]

ENGLISH_CONNECTOR_WORDS = frozenset(
    (
        *("a", "an", "and", "at", "by", "for", "from", "in"),
        *("of", "on", "or", "the", "to", "with", "without"),
    )
)
"""Articles, prepositions and conjunctions that may stand inside an English phrase."""

# What every scoring function is called with, as keywords.
PARAMETERS = (
    "worda_count",
    "wordb_count",
    "bigram_count",
    "len_vocab",
    "min_count",
    "corpus_word_count",
)


def original_scorer(
    worda_count: int,
    wordb_count: int,
    bigram_count: int,
    len_vocab: int,
    min_count: float,
    corpus_word_count: int,
) -> float:
    """Score a pair of words as word2phrase does: observed over expected, discounted.

    Parameters
    ----------
    worda_count, wordb_count : int
        Occurrences of the first and of the last word.
    bigram_count : int
        Occurrences of the phrase.
    len_vocab : int
        Distinct words and phrases.
    min_count : float
        Subtracted from `bigram_count`, so that rare pairs score low.
    corpus_word_count : int
        Not used.

    Returns
    -------
    float
        ``(bigram_count - min_count) / (worda_count * wordb_count) * len_vocab``, or
        -inf if a word does not occur.

    References
    ----------
    Mikolov et al. (2013), Distributed Representations of Words and Phrases and their
    Compositionality, section 4. https://arxiv.org/abs/1310.4546
    """
    expected = worda_count * wordb_count
    if expected == 0:
        return -math.inf
    return (bigram_count - min_count) / float(expected) * len_vocab


def npmi_scorer(
    worda_count: int,
    wordb_count: int,
    bigram_count: int,
    len_vocab: int,
    min_count: float,
    corpus_word_count: int,
) -> float:
    """Score a pair of words by its normalized pointwise mutual information.

    Parameters
    ----------
    worda_count, wordb_count : int
        Occurrences of the first and of the last word.
    bigram_count : int
        Occurrences of the phrase.
    len_vocab : int
        Not used.
    min_count : float
        Phrases that occur less often score -inf.
    corpus_word_count : int
        Words in the corpus, > `bigram_count`.

    Returns
    -------
    float
        In [-1, 1]: 1 if the words occur only together, 0 if independently; -inf if
        one of the counts is zero.

    Raises
    ------
    ZeroDivisionError
        If `corpus_word_count` is 0 or equal to `bigram_count`.

    References
    ----------
    Bouma (2009), Normalized (Pointwise) Mutual Information in Collocation Extraction.
    """
    if bigram_count < min_count:
        return -math.inf
    # One rounding for each operation, in this order: _phrases.pyx does the same.
    total = float(corpus_word_count)
    together = bigram_count / total
    by_chance = (worda_count / total) * (wordb_count / total)
    if by_chance == 0 or together == 0:
        return -math.inf
    return math.log(together / by_chance) / -math.log(together)


NAMED: dict[str, Scoring] = {"default": original_scorer, "npmi": npmi_scorer}
"""Names that ``scoring=`` takes."""


def resolve_scoring(scoring: object) -> Scoring:
    """Return the function that ``scoring=`` means.

    Parameters
    ----------
    scoring : {"default", "npmi"} or callable

    Raises
    ------
    ParameterError
        If the name is unknown or the function lacks one of `PARAMETERS`.
    ParameterTypeError
        If it is neither a name nor callable.
    """
    if isinstance(scoring, str):
        if scoring not in NAMED:
            raise ParameterError(
                f"unknown scoring method string {scoring} specified; give 'default', 'npmi' "
                "or a function"
            )
        return NAMED[scoring]
    if not callable(scoring):
        raise ParameterTypeError(
            f"scoring={scoring!r} is of type {type(scoring).__name__}: it must be 'default', "
            "'npmi' or a function"
        )
    missing = _missing_parameters(scoring)
    if missing:
        raise ParameterError(f"scoring function missing expected parameters {missing}")
    return scoring


def find_scoring(path: str) -> Scoring | None:
    """Find a scoring function by the name that a file has for it.

    Parameters
    ----------
    path : str
        Module and name, with a dot between.

    Returns
    -------
    callable or None
        None unless a module that is imported already has a Python function of this name
        whose own parameters include all that scoring functions are called with.

    Notes
    -----
    Nothing is imported, and nothing is called. So whoever wrote the file can only choose
    among functions that the program has loaded and somebody wrote to score phrases.
    """
    module_name, _, name = path.rpartition(".")
    module = sys.modules.get(module_name)
    # vars(), as a module may run code when it is asked for an attribute.
    function = vars(module).get(name) if isinstance(module, ModuleType) else None
    if not isinstance(function, FunctionType):
        return None
    code = function.__code__
    named = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
    return function if set(PARAMETERS) <= set(named) else None


def missing_scoring(path: object) -> ParameterError:
    """Return the error for a file whose scoring function was not found."""
    return ParameterError(
        f"the file was saved with the scoring function {path!r}, and files hold no code: import "
        "the module that defines it, or give it again, as in "
        "Phrases.load(fname, scoring=function)"
    )


def _missing_parameters(scoring: Scoring) -> list[str]:
    try:
        parameters = inspect.signature(scoring).parameters.values()
    except (TypeError, ValueError):  # built in C without a signature: it will tell
        return []
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return []
    by_name = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    return [name for name in PARAMETERS if name not in by_name]


def formula_number(scoring: Scoring) -> int:
    """Which formula of ``_phrases.CountDetector`` computes `scoring`; 0 is none."""
    if scoring is original_scorer:
        return 1
    return 2 if scoring is npmi_scorer else 0
