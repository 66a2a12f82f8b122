"""What `Phrases` and `FrozenPhrases` share: joining the phrases of sentences."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, cast

from word2vec.errors import CorpusTypeError, ParameterTypeError
from word2vec.text._phrases import Detector, find_phrases

Sentence = Iterable[str]


def _is_single(obj: Any) -> tuple[bool, Any]:
    """Whether `obj` is one sentence, and an iterable of the same items.

    It is a sentence if its first item is a str or it has none. Looking at that item
    uses up an iterator, hence the second value.
    """
    items = iter(obj)
    try:
        first = next(items)
    except StopIteration:
        return True, obj
    if items is obj:
        obj = itertools.chain([first], items)
    return isinstance(first, str), obj


class UnplacedCorpusError(CorpusTypeError, RuntimeError):
    """A sentence was asked for by its place in a corpus that can only be iterated over."""


class TransformedCorpus:
    """The sentences of a corpus with their phrases joined, made while it is iterated.

    Can be iterated as often as `corpus` can.

    Parameters
    ----------
    obj : _PhrasesTransformation
    corpus : iterable of sentences
    """

    def __init__(self, obj: "_PhrasesTransformation", corpus: Any) -> None:
        self.obj = obj
        self.corpus = corpus

    def __len__(self) -> int:
        """Sentences in the corpus, if that knows its length."""
        return len(self.corpus)

    def __iter__(self) -> Iterator[Any]:
        detector = self.obj._detector()
        for sentence in self.corpus:
            if detector is not None and type(sentence) in (list, tuple) and _begins(sentence):
                tokens: list[str] = []
                find_phrases(sentence, detector, tokens)
                yield tokens
            else:
                yield self.obj[sentence]

    def __getitem__(self, place: Any) -> Any:
        """Join the phrases of the sentence (or slice of sentences) at `place`.

        Raises
        ------
        UnplacedCorpusError
            If the corpus has no places, as a generator; also TypeError and RuntimeError.
        """
        if not hasattr(self.corpus, "__getitem__"):
            raise UnplacedCorpusError(
                f"a corpus of type {type(self.corpus).__name__} can only be iterated over"
            )
        return self.obj[self.corpus[place]]


def _begins(sentence: Any) -> bool:
    return not sentence or isinstance(sentence[0], str)


class _PhrasesTransformation:
    """Joins phrases; what a phrase is, `score_candidate` of a subclass says.

    Parameters
    ----------
    connector_words : iterable of str
        Words that may stand inside a phrase, any number of them, but neither begin
        nor end it.

    Raises
    ------
    ParameterTypeError
        If `connector_words` is a single str or no iterable of hashables.
    """

    def __init__(self, connector_words: Iterable[str]) -> None:
        if isinstance(connector_words, str):
            raise ParameterTypeError(
                f"connector_words={connector_words!r}: it must be a set of words, such as "
                f"{set(connector_words.split()) or set()}"
            )
        try:
            self.connector_words = frozenset(connector_words)
        except TypeError as error:
            raise ParameterTypeError(
                f"connector_words={connector_words!r}: it must be a set of words"
            ) from error

    def score_candidate(
        self, word_a: str, word_b: str, in_between: list[str]
    ) -> tuple[str | None, Any]:
        """Score the phrase from `word_a` over connector words to `word_b`.

        Returns
        -------
        (str, float) or (None, None)
            The joined phrase and its score; None if it is no phrase.
        """
        raise NotImplementedError(f"{type(self).__name__} must define score_candidate()")

    def _detector(self) -> Detector | None:
        """Make what finds the same phrases as `score_candidate`, in C; None if nothing does."""
        return None

    def analyze_sentence(self, sentence: Sentence) -> Iterator[tuple[str, Any]]:
        """Go through a sentence from left to right and join its phrases.

        Parameters
        ----------
        sentence : iterable of str

        Yields
        ------
        (str, float or None)
            A phrase and its score, or a word and None.

        Notes
        -----
        The first phrase found wins: in "new york times" with the phrases "new_york" and
        "york_times" that is "new_york". Empty words are left out. This is what happens,
        one step at a time; indexing and `find_phrases` do the same in C.
        """
        first: str | None = None
        between: list[str] = []
        for word in sentence:
            if word in self.connector_words:
                if first is None:
                    yield word, None
                else:
                    between.append(word)
                continue
            if first is not None:
                phrase, score = self.score_candidate(first, word, between)
                if score is not None:
                    yield cast(str, phrase), score
                    first, between = None, []
                    continue
                for single in (first, *between):
                    yield single, None
            first, between = word or None, []
        if first is not None:
            for single in (first, *between):
                yield single, None

    def __getitem__(self, sentence: Any) -> Any:
        """Join the phrases of a sentence, or of each sentence of a corpus.

        Parameters
        ----------
        sentence : iterable of str, or iterable of such iterables

        Returns
        -------
        list of str or TransformedCorpus
            For a corpus an iterable that joins while it is iterated; it can be iterated
            as often as the corpus.

        Raises
        ------
        CorpusTypeError
            If words to be joined are no str.
        """
        single, sentence = _is_single(sentence)
        if not single:
            return TransformedCorpus(self, sentence)
        detector = self._detector()
        if detector is None:
            return [token for token, _ in self.analyze_sentence(sentence)]
        tokens: list[str] = []
        find_phrases(sentence, detector, tokens)
        return tokens

    def find_phrases(self, sentences: Iterable[Sentence]) -> dict[str, Any]:
        """Find the phrases of a corpus.

        Parameters
        ----------
        sentences : iterable of sentences
            Iterated once.

        Returns
        -------
        dict of str to float
            Each phrase with its score, in the order of first appearance.
        """
        found: dict[str, Any] = {}
        detector = self._detector()
        for sentence in sentences:
            if detector is not None:
                find_phrases(sentence, detector, None, found)
                continue
            for phrase, score in self.analyze_sentence(sentence):
                if score is not None:
                    found[phrase] = score
        return found
