"""Public data sets to download, and a corpus that needs no download.

The first are text8 and the evaluation sets (public.py). The other is generated English
with known analogies: it serves the demo, the tests and the benchmarks. It comes from a
small probabilistic grammar (grammar.py) over a lexicon of about 1,500 words (lexicon.py):
people and royalty, countries and capitals, animals, verbs, adjectives and plurals
between Zipf-like function words. The grammar's own questions, in the form of the
public analogy sets, tell whether a model has learned it.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from word2vec.datasets import lexicon
from word2vec.datasets.grammar import grammar, table_lines
from word2vec.datasets.public import (
    fetch_google_analogies,
    fetch_men,
    fetch_simlex999,
    fetch_text8,
    fetch_wordsim353,
)
from word2vec.errors import ParameterError, ParameterTypeError

__all__ = [
    "GrammarCorpus",
    "fetch_google_analogies",
    "fetch_men",
    "fetch_simlex999",
    "fetch_text8",
    "fetch_wordsim353",
    "grammar_corpus",
    "grammar_questions",
    "write_corpus",
    "write_questions",
]

Question = tuple[str, str, str, str]

_PARTNERS = 10  # questions made of each pair; all combinations would be 30,000


class GrammarCorpus:
    """A restartable iterable of generated sentences, each a list of words.

    Parameters
    ----------
    n_words : int
        Words wanted, >= 1.
    seed : int
        Which corpus of the language, >= 0.

    Raises
    ------
    ParameterError, ParameterTypeError
        If a value is out of range or not an integer.

    Notes
    -----
    Sentences are generated while they are iterated (about a third of a second for
    a million words); nothing is kept. ``len`` is the number of sentences.
    """

    def __init__(self, n_words: int, seed: int) -> None:
        self.n_words = _check("n_words", n_words, 1)
        self.seed = _check("seed", seed, 0)
        self._n_sentences = max(1, round(self.n_words / grammar().mean_words))

    def __len__(self) -> int:
        return self._n_sentences

    def __iter__(self) -> Iterator[list[str]]:
        return grammar().sentences(self._n_sentences, self.seed)

    def __repr__(self) -> str:
        return f"grammar_corpus(n_words={self.n_words}, seed={self.seed})"


def grammar_corpus(n_words: int = 1_000_000, seed: int = 1) -> GrammarCorpus:
    """Return a generated corpus of about `n_words` words.

    Parameters
    ----------
    n_words : int, default=1_000_000
        Words wanted, >= 1; the corpus has as many within one percent (from 100,000
        words on; below, a few sentences more or less show).
    seed : int, default=1
        Which corpus of the language, >= 0. One seed always gives the same corpus,
        and a longer corpus begins with the shorter one.

    Returns
    -------
    GrammarCorpus
        A restartable iterable of token lists with a length (in sentences).

    Raises
    ------
    ParameterError, ParameterTypeError
        If a value is out of range or not an integer.
    """
    return GrammarCorpus(n_words, seed)


def grammar_questions() -> dict[str, list[Question]]:
    """Return the analogies that the corpus holds.

    Returns
    -------
    dict of str to list of (a, b, c, expected)
        Section name to questions "a is to b as c is to expected": each pair of the
        section with the next ten. No word of a question is missing in a corpus of
        a million words.
    """
    return {
        section: [
            (*pairs[i], *pairs[(i + step) % len(pairs)])
            for i in range(len(pairs))
            for step in range(1, _PARTNERS + 1)
        ]
        for section, pairs in _sections().items()
    }


def write_corpus(path: str | os.PathLike[str], n_words: int = 1_000_000, seed: int = 1) -> None:
    """Write ``grammar_corpus(n_words, seed)`` to a text file, one sentence a line.

    Parameters
    ----------
    path : path
        Overwritten if it exists; UTF-8.
    n_words, seed
        As for `grammar_corpus`.

    Raises
    ------
    OSError
        If the file cannot be written.
    ParameterError, ParameterTypeError
        If a value is out of range or not an integer.
    """
    corpus = grammar_corpus(n_words, seed)
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(" ".join(sentence) + "\n" for sentence in corpus)


def write_questions(path: str | os.PathLike[str]) -> None:
    """Write ``grammar_questions()`` in the format of ``questions-words.txt``.

    Parameters
    ----------
    path : path
        Overwritten if it exists; UTF-8. A line ``: name`` opens each section, then
        each line holds the four words of a question.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with Path(path).open("w", encoding="utf-8", newline="\n") as file:
        for section, questions in grammar_questions().items():
            file.write(f": {section}\n")
            file.writelines(" ".join(question) + "\n" for question in questions)


def _sections() -> dict[str, list[tuple[str, str]]]:
    """Return the pairs of each section, in the order of the lexicon."""
    adjectives, verbs = lexicon.ADJECTIVES, lexicon.VERBS
    return {
        "gender": _pairs(lexicon.PEOPLE, 0, 1),
        "country-capital": _pairs(lexicon.COUNTRIES, 0, 1),
        "country-adjective": _pairs(lexicon.COUNTRIES, 0, 2),
        "country-currency": _pairs(lexicon.CURRENCIES, 0, 1),
        "animal-young": _pairs(lexicon.ANIMALS, 0, 1),
        "animal-sound": _pairs(lexicon.ANIMALS, 0, 2),
        "comparative": _pairs(adjectives, 0, 1),
        "superlative": _pairs(adjectives, 0, 2),
        "past-tense": _pairs(verbs, 0, 1),
        "present-participle": _pairs(verbs, 0, 2),
        "plural": _pairs(lexicon.NOUNS, 0, 1),
    }


def _pairs(table: str, first: int, second: int) -> list[tuple[str, str]]:
    lines = table_lines(table)
    return [(line[first], line[second]) for line in lines if line[second] != "-"]


def _check(name: str, value: int, minimum: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ParameterTypeError(f"{name}={value!r}: it must be an integer")
    if value < minimum:
        raise ParameterError(f"{name}={value!r}: it must be an integer >= {minimum}")
    return value
