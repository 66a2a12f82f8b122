"""The training inspector: one HTML file in which a learner steps through real training.

The page trains itself (trainer.js, the arithmetic of `word2vec.reference`), so that text and
parameters can be changed in it; here the text is checked and the page put together.
"""

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from word2vec.errors import CorpusError, ParameterTypeError
from word2vec.see import page
from word2vec.see.checks import check_choice, check_number
from word2vec.see.defaults import (
    LONGEST_WORD,
    MOST_DISTINCT,
    MOST_TOKENS,
    RANGES,
    Objective,
    Preset,
)

SCRIPTS = ("trainer.js", "explain.js", "formulas.js", "sentence.js", "network.js", "tree.js",
           "charts.js", "scatter.js", "settings.js", "inspect.js")  # fmt: skip


class Inspector(page.Page):
    """A page that steps through training on a small text, shown inline by notebooks.

    Parameters
    ----------
    text : str or iterable of sequence of str, optional
        A sentence a line with words between white space, or sentences as they are given to
        `Word2Vec`; at most 60 different words and 2,000 words in all. Without it the page
        opens with the text of `preset`.
    preset : {"fruit", "royals", "loops", "capitals"}
        The text and the parameters that the page opens with; all can be chosen in the page.
    objective : str, optional
        "sg" or "cbow", a hyphen, and "softmax", "hs" or "ns"; default "sg-softmax".
    vector_size : int, optional
        2 to 16; default that of the preset, as for all that follow.
    window : int, optional
        1 to 10.
    negative : int, optional
        Noise words of each step, 1 to 20; they matter to objectives with "ns" only.
    alpha : float, optional
        The learning rate, which stays as it is; 0.001 to 2.
    seed : int, default=1
        The same seed gives the same steps.
    title : str, optional

    Attributes
    ----------
    settings : dict
        What the page opens with.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is outside its range or of the wrong type.
    CorpusError
        If the text is too large to be looked at, or too small to be trained on.
    """

    _height = 860

    def __init__(
        self,
        text: str | Iterable[Sequence[str]] | None = None,
        *,
        preset: Preset = "fruit",
        objective: Objective = "sg-softmax",
        vector_size: int | None = None,
        window: int | None = None,
        negative: int | None = None,
        alpha: float | None = None,
        seed: int = 1,
        title: str | None = None,
    ) -> None:
        check_choice("preset", preset, get_args(Preset))
        check_choice("objective", objective, get_args(Objective))
        given = {
            "vector_size": vector_size,
            "window": window,
            "negative": negative,
            "alpha": alpha,
            "seed": seed,
        }
        chosen = {name: value for name, value in given.items() if value is not None}
        for name, value in chosen.items():
            check_number(name, value, *RANGES[name], whole=name != "alpha")
        self.title = "Training inspector" if title is None else title
        self._presets = page.translated("presets")
        self.settings: dict[str, Any] = self._presets[preset] | chosen
        self.settings["objective"] = objective
        self.settings["preset"] = preset if text is None else None
        if text is not None:
            self.settings["sentences"] = [" ".join(sentence) for sentence in read_sentences(text)]

    def _build(self) -> str:
        return page.build(
            "inspect",
            self.title,
            SCRIPTS,
            {
                "opening": self.settings,
                "presets": self._presets,
                "limits": RANGES
                | {"distinct": MOST_DISTINCT, "tokens": MOST_TOKENS, "longest": LONGEST_WORD},
            },
        )


def read_sentences(text: str | Iterable[Sequence[str]]) -> list[list[str]]:
    """Return the sentences of a small text.

    Parameters
    ----------
    text : str or iterable of sequence of str
        Read no further than it takes to see that it is too large.

    Raises
    ------
    ParameterTypeError
        If it is neither, or a word is no string.
    CorpusError
        If it is too large to be looked at, or too small to be trained on.
    """
    if isinstance(text, str):
        text = (line.split() for line in text.split("\n"))
    elif isinstance(text, bytes) or not isinstance(text, Iterable):
        raise ParameterTypeError(
            f"text is of type {type(text).__name__}: give a str with a sentence a line, or a "
            "list of sentences, each a list of words"
        )
    sentences: list[list[str]] = []
    words: set[str] = set()
    tokens = 0
    for sentence in text:
        if isinstance(sentence, str):
            raise ParameterTypeError(
                f"the sentence {sentence[:40]!r} is a str: give a list of words, as "
                "sentence.split() makes it"
            )
        for word in sentence:
            _check_word(word)
        tokens += len(sentence)
        words.update(sentence)
        if tokens > MOST_TOKENS:
            raise CorpusError(
                f"the text has more than {MOST_TOKENS:,} words, the most that can be stepped "
                "through: give its first sentences"
            )
        if len(words) > MOST_DISTINCT:
            raise CorpusError(
                f"the text has more than {MOST_DISTINCT} different words, the most that can be "
                f"shown (the first {len(sentences) + 1:,} sentences have {len(words)}): give "
                "fewer sentences, or a text with a small vocabulary"
            )
        if sentence:
            sentences.append(list(sentence))
    if len(words) < 2 or max(map(len, sentences)) < 2:
        raise CorpusError(
            f"the text has {len(words)} different words in {len(sentences)} sentences: training "
            "needs at least two words that stand in one sentence"
        )
    return sentences


def _check_word(word: Any) -> None:
    if not isinstance(word, str):
        raise ParameterTypeError(f"the word {word!r} is of type {type(word).__name__}, not str")
    if word.split() != [word]:
        raise CorpusError(
            f"the word {word!r} is empty or holds white space, which separates words in the "
            "page: write new_york, not new york"
        )
    if len(word) > LONGEST_WORD:
        raise CorpusError(
            f"the word {word[:20] + '…'!r} has {len(word):,} characters; the page shows up to "
            f"{LONGEST_WORD}"
        )
