"""`Phrases`, which counts and detects, and `FrozenPhrases`, which only detects."""

import logging
import math
import numbers
import time
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, Self

from word2vec.errors import CorpusTypeError, ParameterError, ParameterTypeError
from word2vec.events import LifecycleEvents
from word2vec.io import foreign
from word2vec.phrases import files
from word2vec.phrases.counts import PhraseCounts, from_mapping, merge
from word2vec.phrases.scoring import Scoring, formula_number, resolve_scoring
from word2vec.phrases.transformation import Sentence, _PhrasesTransformation
from word2vec.text._phrases import CountDetector, Detector, ScoreDetector

logger = logging.getLogger("word2vec.phrases")

_NO_CANDIDATE = (None, None)
_MOST = 2**62  # entries: more than any memory holds


class _SavedPhrases(_PhrasesTransformation, LifecycleEvents):
    """What both classes do with files, and their history."""

    def _note_creation(self, what: str, start: float) -> None:
        self.add_lifecycle_event("created", msg=f"{what} in {time.perf_counter() - start:.2f} s")

    def save(
        self,
        fname_or_handle: Any,
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Any = frozenset(),
        pickle_protocol: int | None = None,
    ) -> None:
        """Write everything to one file in the native format, without pickle.

        Parameters
        ----------
        fname_or_handle : str, path or open binary file
            A named file is replaced only after the new one is complete.
        separately, sep_limit, ignore, pickle_protocol
            Taken for gensim's sake; without effect.

        Raises
        ------
        ParameterTypeError
            If a connector word is no str, or an option no number.
        OSError
            If the file cannot be written; an old file is untouched then.

        Notes
        -----
        A scoring function of one's own is not in the file, only its name; see `load`.
        """
        files.save(self, fname_or_handle)

    @classmethod
    def load(
        cls, fname: Any, mmap: Any = None, *, scoring: Any = None, trusted: bool = False
    ) -> Self:
        """Read what `save`, or gensim's, wrote.

        Parameters
        ----------
        fname : str, path or open binary file
        mmap : object
            Without effect: there is nothing to map.
        scoring : {None, "default", "npmi"} or callable
            Takes the place of the file's. `Phrases` with a function of one's own need it
            unless the module that defines the function is imported already;
            `FrozenPhrases` keep their scores and do without (``scoring=None``).
        trusted : bool
            Let the pickle of a gensim file import and call whatever it names. A native
            file has nothing that could be run.

        Raises
        ------
        FormatError
            If the file is damaged or holds something else; also ValueError.
        RefusedGlobalError
            If a pickle names something that is not known to be harmless.
        ParameterError
            If the file was saved with a function of one's own, and `scoring` was not
            given or is unknown; also ValueError.

        Notes
        -----
        A file names its scoring function and nothing more. The name is looked up only in
        modules that are imported already, and only Python functions that take the six
        parameters of a scoring function by name are taken, so that opening a file runs
        nothing, and scoring runs what the program had loaded for this purpose.
        """
        given = None if scoring is None else resolve_scoring(scoring)
        source, reader = foreign.recognise(fname)
        if reader is None:
            return files.load(cls, source, given)
        loaded: Self = reader.load_phrases(cls, source, given, trusted)
        return loaded


class Phrases(_SavedPhrases):
    """Counts words and pairs of words, and detects pairs that belong together.

    Parameters
    ----------
    sentences : iterable of sentences, optional
        A sentence is any iterable of str. Iterated once: a generator will do.
    min_count : float, default=5
        Discount in the original formula, and the fewest occurrences of a phrase in the
        NPMI formula; > 0.
    threshold : float, default=10.0
        A phrase has a score above it: > 0 with the original formula, in [-1, 1] with
        NPMI. The higher, the fewer phrases.
    max_vocab_size : int, default=40_000_000
        Whenever a sentence leaves more words and phrases than this, those below a floor
        are forgotten, and the floor rises by one from 1 on.
    delimiter : str, default="_"
        Stands between the words of a phrase.
    progress_per : int, default=10_000
        Sentences between two log lines.
    scoring : {"default", "npmi"} or callable, default="default"
        `original_scorer`, `npmi_scorer`, or a function that takes ``worda_count``,
        ``wordb_count``, ``bigram_count``, ``len_vocab``, ``min_count`` and
        ``corpus_word_count`` as keywords and returns a number.
    connector_words : iterable of str, default=frozenset()
        Words that may stand inside a phrase, any number of them, but neither begin nor
        end it; for English, `ENGLISH_CONNECTOR_WORDS`.
    common_terms : iterable of str, optional
        gensim 3's name of `connector_words`.

    Attributes
    ----------
    vocab : PhraseCounts
        Words and phrases with their counts; a mapping to be used like a dict.
    corpus_word_count : int
        Words read, connector words too.
    min_reduce : int
        The floor of the next pruning when counts are merged.
    lifecycle_events : list of dict, or None
        When and how it was made, and what `add_lifecycle_event` adds; None records nothing.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of range or of the wrong type.
    CorpusTypeError
        If a sentence is not iterable or a word no str.

    Notes
    -----
    Options may be changed at any time and count from then on. Phrases of more than two
    words come from a second pass, over ``phrases[sentences]``.

    Examples
    --------
    >>> from word2vec import Phrases
    >>> sentences = [["in", "new", "york"], ["new", "york", "city"], ["a", "city"]]
    >>> phrases = Phrases(sentences, min_count=1, threshold=1)
    >>> phrases[["to", "new", "york"]]
    ['to', 'new_york']
    """

    def __init__(
        self,
        sentences: Iterable[Sentence] | None = None,
        min_count: float = 5,
        threshold: float = 10.0,
        max_vocab_size: int = 40_000_000,
        delimiter: str = "_",
        progress_per: int = 10_000,
        scoring: Any = "default",
        connector_words: Iterable[str] = frozenset(),
        *,
        common_terms: Iterable[str] | None = None,
    ) -> None:
        if common_terms is not None:
            warnings.warn(
                "common_terms= is the spelling of gensim 3; write connector_words= instead",
                DeprecationWarning,
                stacklevel=2,
            )
            connector_words = common_terms
        super().__init__(connector_words)
        self.min_count = _number("min_count", min_count)
        self.threshold = _number("threshold", threshold)
        if not min_count > 0:
            raise ParameterError("min_count should be at least 1")
        if scoring == "default" and not threshold > 0:
            raise ParameterError("threshold should be positive for default scoring")
        if scoring == "npmi" and not -1 <= threshold <= 1:
            raise ParameterError("threshold should be between -1 and 1 for npmi scoring")
        self.scoring: Scoring = resolve_scoring(scoring)
        self.max_vocab_size = _number("max_vocab_size", max_vocab_size)
        self.delimiter = _check_delimiter(delimiter)
        self.progress_per = _number("progress_per", progress_per)
        if not progress_per >= 1:
            raise ParameterError(f"progress_per={progress_per!r}: it must be an integer >= 1")
        self.corpus_word_count = 0
        self.min_reduce = 1
        self._vocab = PhraseCounts(self.delimiter)
        self.lifecycle_events = []
        start = time.perf_counter()
        if sentences is not None:
            self.add_vocab(sentences)
        self._note_creation(f"counted into {self}", start)

    @property
    def vocab(self) -> PhraseCounts:
        """Words and phrases with their counts; assigning a dict replaces them."""
        return self._vocab

    @vocab.setter
    def vocab(self, counts: Mapping[str, int]) -> None:
        self._vocab = from_mapping(self.delimiter, counts)

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self._vocab)} vocab, min_count={self.min_count}, "
            f"threshold={self.threshold}, max_vocab_size={self.max_vocab_size}>"
        )

    def add_vocab(self, sentences: Iterable[Sentence]) -> None:
        """Count the words and phrases of more sentences.

        Parameters
        ----------
        sentences : iterable of sentences
            Iterated once. A sentence is any iterable of str.

        Raises
        ------
        CorpusTypeError
            If `sentences` or one of them is not iterable, or a word no str.
        Exception
            Whatever `sentences` raises. Nothing was added then.

        Notes
        -----
        They are counted apart and then merged, so that pruning does not forget what is
        new before it could become frequent.
        """
        counted, floor = self._count(sentences)
        self.corpus_word_count += counted.n_words
        if not len(self._vocab):
            self._vocab = counted
        else:
            merge(self._vocab, counted)
            self.min_reduce = max(self.min_reduce, floor)
            if len(self._vocab) > self.max_vocab_size:
                self._vocab = _prune(self._vocab, self.min_reduce)
                self.min_reduce += 1
        logger.info("counted into %s", self)

    def _count(self, sentences: Iterable[Sentence]) -> tuple[PhraseCounts, int]:
        """Count sentences on their own; also returns the floor of the next pruning."""
        try:
            iterator = iter(sentences)
        except TypeError as error:
            raise CorpusTypeError(
                f"sentences={sentences!r:.80} is of type {type(sentences).__name__}: it must be "
                "an iterable of lists of str"
            ) from error
        counts, floor, n_logged = PhraseCounts(self.delimiter), 1, 0
        largest, step = _whole(self.max_vocab_size), _whole(self.progress_per)
        while True:
            if counts.n_read == n_logged:
                logger.info(
                    "PROGRESS: at sentence #%i, processed %i words, keeping %i words and phrases",
                    *(counts.n_read, counts.n_words, len(counts)),
                )
                n_logged += step
            wanted = n_logged - counts.n_read
            n_read = counts.count(iterator, self.connector_words, wanted, largest)
            if len(counts) > largest and n_read:
                counts = _prune(counts, floor)
                floor += 1
            elif n_read < wanted:
                break
        logger.info(
            "collected %i words and phrases from %i words in %i sentences",
            *(len(counts), counts.n_words, counts.n_read),
        )
        return counts, floor

    def score_candidate(
        self, word_a: str, word_b: str, in_between: list[str]
    ) -> tuple[str | None, Any]:
        """Score the phrase from `word_a` over connector words to `word_b`.

        Returns
        -------
        (str, float) or (None, None)
            The joined phrase and its score; None if it is no phrase.
        """
        n_a, n_b = self._vocab.get(word_a, 0), self._vocab.get(word_b, 0)
        if not n_a or not n_b:
            return _NO_CANDIDATE
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        n_both = self._vocab.get(phrase, 0)
        if not n_both:
            return _NO_CANDIDATE
        score = self.scoring(
            worda_count=n_a,
            wordb_count=n_b,
            bigram_count=n_both,
            len_vocab=len(self._vocab),
            min_count=self.min_count,
            corpus_word_count=self.corpus_word_count,
        )
        return _NO_CANDIDATE if score <= self.threshold else (phrase, score)

    def _detector(self) -> Detector | None:
        if not _is_own(self, Phrases):
            return None
        return self._count_detector()

    def _count_detector(self) -> CountDetector:
        if self._vocab.delimiter != self.delimiter:  # changed since: cut texts anew
            self._vocab = from_mapping(self.delimiter, self._vocab)
        return CountDetector(
            self._vocab,
            self.connector_words,
            self.threshold,
            self.min_count,
            self.corpus_word_count,
            self.scoring,
            formula_number(self.scoring),
        )

    def export_phrases(self) -> dict[str, Any]:
        """Score everything counted that holds the delimiter.

        Returns
        -------
        dict of str to float
            Phrases above the threshold with their scores, in the order of `vocab`.

        Raises
        ------
        ParameterError
            If the delimiter is empty, because texts cannot be cut there.

        Notes
        -----
        A text is cut at each delimiter, the first and the last part are scored, as gensim
        does it. A phrase of words that hold the delimiter themselves ("new_york_times"
        of "new_york" and "times") is so scored by "new" and "times".
        """
        if not self.delimiter:
            raise ParameterError("delimiter='': phrases cannot be told from words")
        if len(self.delimiter) == 1 and type(self).score_candidate is Phrases.score_candidate:
            return self._count_detector().export()
        found = {}
        for text in self._vocab:
            first, *rest = text.split(self.delimiter)
            if rest:
                phrase, score = self.score_candidate(first, rest[-1], rest[:-1])
                if phrase is not None and score is not None:
                    found[phrase] = score
        return found

    def freeze(self) -> "FrozenPhrases":
        """Return what is needed to detect, and nothing to count with.

        Returns
        -------
        FrozenPhrases
        """
        return FrozenPhrases(self)


class FrozenPhrases(_SavedPhrases):
    """Detects the phrases that a `Phrases` object had found; small and fast.

    Parameters
    ----------
    phrases_model : Phrases

    Attributes
    ----------
    phrasegrams : dict of str to float
        Phrases and scores; may be changed.
    threshold, min_count, delimiter, scoring, connector_words
        As they were in `phrases_model`.
    lifecycle_events : list of dict, or None
        As of `Phrases`.

    Raises
    ------
    ParameterTypeError
        If `phrases_model` has no phrases to export.
    """

    def __init__(self, phrases_model: Phrases) -> None:
        if not hasattr(phrases_model, "export_phrases"):
            raise ParameterTypeError(
                f"phrases_model is of type {type(phrases_model).__name__}: it must be a Phrases"
            )
        start = time.perf_counter()
        super().__init__(phrases_model.connector_words)
        self.threshold = phrases_model.threshold
        self.min_count = phrases_model.min_count
        self.delimiter = phrases_model.delimiter
        self.scoring: Scoring | None = phrases_model.scoring
        self.phrasegrams: dict[str, Any] = phrases_model.export_phrases()
        self.lifecycle_events = []
        self._note_creation(f"exported {self} from {phrases_model}", start)

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self.phrasegrams)} phrases, min_count={self.min_count}, "
            f"threshold={self.threshold}>"
        )

    def score_candidate(
        self, word_a: str, word_b: str, in_between: list[str]
    ) -> tuple[str | None, Any]:
        """Look up the phrase from `word_a` over connector words to `word_b`.

        Returns
        -------
        (str, float) or (None, None)
            The joined phrase and its score; None if it is no phrase.
        """
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase, -math.inf)
        return (phrase, score) if score > self.threshold else _NO_CANDIDATE

    def _detector(self) -> Detector | None:
        if not _is_own(self, FrozenPhrases):
            return None
        return ScoreDetector(self.phrasegrams, self.delimiter, self.connector_words, self.threshold)


Phraser = FrozenPhrases  # gensim's older name


def _is_own(model: _SavedPhrases, cls: type[_SavedPhrases]) -> bool:
    """Whether no subclass changed what the C loop stands for."""
    return (
        type(model).score_candidate is cls.score_candidate
        and type(model).analyze_sentence is _PhrasesTransformation.analyze_sentence
    )


def _prune(counts: PhraseCounts, floor: int) -> PhraseCounts:
    rest = counts.pruned(floor)
    logger.info(
        "forgot words and phrases with a count below %i (before %i, after %i)",
        *(floor, len(counts), len(rest)),
    )
    return rest


def _number(name: str, value: Any) -> Any:
    if not isinstance(value, numbers.Real):
        raise ParameterTypeError(
            f"{name}={value!r} is of type {type(value).__name__}: it must be a number"
        )
    if value != value:
        raise ParameterError(f"{name}={value!r}: it must be a number")
    return value


def _whole(value: float) -> int:
    """Round down to what fits the counters in C."""
    return _MOST if value >= _MOST else max(int(value), -1)


def _check_delimiter(delimiter: Any) -> str:
    if isinstance(delimiter, bytes):
        warnings.warn(
            f"delimiter={delimiter!r} is the spelling of gensim 3; write "
            f"{delimiter.decode('utf-8')!r} instead",
            DeprecationWarning,
            stacklevel=3,
        )
        return delimiter.decode("utf-8")
    if not isinstance(delimiter, str):
        raise ParameterTypeError(
            f"delimiter={delimiter!r} is of type {type(delimiter).__name__}: it must be a str"
        )
    return str(delimiter)
