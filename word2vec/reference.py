"""Training that can be read and watched: a handful of words, float64, one update at a time.

For lessons and for checking; `word2vec.Word2Vec` trains real corpora. Skip-gram and CBOW, each
with the full softmax, hierarchical softmax or negative sampling. Draws and updates follow
csrc/w2v.h without shared noise words, so that the kernels, from the same weights, come to the
same numbers (tests/test_reference_trainer.py). see/trainer.js does the same in a page.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from word2vec.errors import CorpusError, CorpusTypeError, ParameterError
from word2vec.params import OPTIONS, Option
from word2vec.text.selection import sort_order
from word2vec.text.vocabulary import scan_sentences
from word2vec.training import huffman, noise
from word2vec.training._train import batch_seed
from word2vec.vectors.keyed_vectors import KeyedVectors

Vector = NDArray[np.float64]

_OUTPUT = Option("output", "choice", "softmax", "", choices=("softmax", "hs", "ns"))
_MASK = 2**64 - 1
_WEIGHTS = 2**64 - 1  # the initial weights come from the stream of this "epoch"


@dataclass(frozen=True, eq=False)
class Output:
    """An output row in one step: what it was asked, what it said, and how it changes.

    Attributes
    ----------
    kind : {'word', 'node'}
        Whether the row belongs to a word or to an inner node of the tree.
    id : int
        Which row of `Trainer.output`.
    label : {0, 1}
        The answer it should give: 1 for the word that was seen, or for code 0 at a node.
    weight : int
        How often a noise word was drawn; 1 for all others.
    score : float
        The row times the hidden layer.
    probability : float
        The softmax of the scores, or the sigmoid of this one.
    error : float
        ``weight * (label - probability)``: the gradient of the loss by the score, negative.
    row : ndarray of shape (vector_size,), float64
        Before the step.
    update : ndarray of shape (vector_size,), float64
        What is added to it: ``alpha * error * hidden``.
    """

    kind: str
    id: int
    label: int
    weight: int
    score: float
    probability: float
    error: float
    row: Vector
    update: Vector


@dataclass(frozen=True, eq=False)
class Step:
    """Every number of one update.

    Attributes
    ----------
    step : int
        From 1. All other places count from 0.
    epoch, sentence, position : int
        Where the centre word is, which is the one to be predicted.
    window : tuple of (int, int)
        First and last position of the window in its sentence.
    target : int
        Id of the centre word.
    contexts : list of int
        Positions of the words that predict: one in skip-gram, all of the window in CBOW.
    inputs : list of int
        Their ids; a word may be there twice.
    input_rows : ndarray of shape (len(inputs), vector_size), float64
        Before the step.
    hidden : ndarray of shape (vector_size,), float64
        Their mean, or with ``cbow_mean=0`` their sum.
    outputs : list of Output
        All words (softmax), the nodes on the path from the root down ('hs'), or the centre word
        and the noise words ('ns').
    drawn : list of int
        Noise words as they were drawn. One equal to the target is dropped; one drawn twice is
        a single output of weight 2.
    loss : float
        In nats, before the update.
    input_update : ndarray of shape (vector_size,), float64
        What is added to the row of each input.
    alpha : float
        Learning rate.
    """

    step: int
    epoch: int
    sentence: int
    position: int
    window: tuple[int, int]
    target: int
    contexts: list[int]
    inputs: list[int]
    input_rows: Vector
    hidden: Vector
    outputs: list[Output]
    drawn: list[int]
    loss: float
    input_update: Vector
    alpha: float


class _Stream:
    """The random numbers of w2v.h: wyrand, 64 bits at a time."""

    def __init__(self, seed: int, epoch: int) -> None:
        self.state = batch_seed(seed, epoch, 0)

    def next(self) -> tuple[int, int]:
        """Return the upper and the lower 32 bits of the next number."""
        self.state = (self.state + 0xA0761D6478BD642F) & _MASK
        product = self.state * (self.state ^ 0xE7037ED1A0B428DB)
        return divmod((product >> 64) ^ (product & _MASK), 2**32)

    def below(self, n: int) -> int:
        return self.next()[0] * n >> 32


class _Example(NamedTuple):
    """What one update is made from."""

    sentence: int
    position: int
    window: tuple[int, int]
    contexts: list[int]


class _Questions(NamedTuple):
    """Output rows, and the answers they should give."""

    ids: list[int]
    labels: Vector
    weights: Vector


class Trainer:
    """A model of a few sentences that is trained step by step.

    In skip-gram the row of the *context* word is the input and the centre word is predicted, as
    in word2vec.c; papers write it the other way round. Initial vectors are even in
    ±0.5 / `vector_size`, output rows are zero. There is no subsampling, and `alpha` stays.

    Parameters
    ----------
    sentences : iterable of iterables of hashables
        Words; at least one sentence has two.
    output : {'softmax', 'hs', 'ns'}
        Full softmax, hierarchical softmax or negative sampling.
    sg : {1, 0}
        1: skip-gram, one step for each pair of words; 0: CBOW, one for each window.
    vector_size : int
    window : int
        Largest distance in words.
    negative : int
        Noise words of each update, >= 1; for 'ns' only.
    alpha : float
        Learning rate. The attribute may be set between steps.
    seed : int
        The same seed, sentences and options give the same numbers everywhere.
    ns_exponent, cbow_mean, corrected_cbow, shrink_windows
        As for `word2vec.Word2Vec`.

    Attributes
    ----------
    words : list
        Most frequent first; a word's id is its place here.
    counts : ndarray of shape (n_words,), int64
    input : ndarray of shape (n_words, vector_size), float64
        The word vectors. Steps write to it.
    output : ndarray of shape (n_rows, vector_size), float64
        One row for each word, or with 'hs' for each inner node.
    tree : HuffmanTree or None
        Paths and codes of the words; with 'hs' only.
    noise : ndarray of shape (n_words,), float64, or None
        Chance of each word to be drawn; with 'ns' only.
    losses : list of float
        Loss of each step, in nats.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of range.
    CorpusError
        If no sentence has two words.
    CorpusTypeError
        If the text or a sentence is a string or no iterable, or a word not hashable.

    Notes
    -----
    A step of the full softmax costs ``n_words * vector_size``, with a large constant: this is
    Python. Kernels take tree paths and noise words in blocks of eight rows, skip-gram with 'hs'
    all contexts of a centre at once; here a step is one update, as papers write it.
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[Hashable]],
        *,
        output: str = "softmax",
        sg: int = 1,
        vector_size: int = 5,
        window: int = 2,
        negative: int = 5,
        alpha: float = 0.025,
        seed: int = 1,
        ns_exponent: float = 0.75,
        cbow_mean: int = 1,
        corrected_cbow: int = 0,
        shrink_windows: int = 1,
    ) -> None:
        self.objective = _OUTPUT.check(output)
        self.sg = OPTIONS["sg"].check(sg)
        self.vector_size = OPTIONS["vector_size"].check(vector_size)
        self.window = OPTIONS["window"].check(window)
        self.negative = OPTIONS["negative"].check(negative)
        self.alpha = OPTIONS["alpha"].check(alpha)
        self.seed = OPTIONS["seed"].check(seed)
        self.ns_exponent = OPTIONS["ns_exponent"].check(ns_exponent)
        self.cbow_mean = OPTIONS["cbow_mean"].check(cbow_mean)
        self.corrected_cbow = OPTIONS["corrected_cbow"].check(corrected_cbow)
        self.shrink_windows = OPTIONS["shrink_windows"].check(shrink_windows)
        if self.seed is None:
            raise ParameterError("seed=None: it must be an integer >= 0, so that steps repeat")
        if self.objective == "ns" and not self.negative:
            raise ParameterError(
                "negative=0: output='ns' needs at least one noise word; output='softmax' and "
                "output='hs' need none"
            )
        self._take_text(sentences)
        self._make_tables()
        self.reset()

    def _take_text(self, sentences: Iterable[Iterable[Hashable]]) -> None:
        if isinstance(sentences, (str, bytes)) or not isinstance(sentences, Iterable):
            raise CorpusTypeError(
                f"sentences is {sentences!r}: it must be a list of sentences, which are lists of "
                "words; [text.split()] makes one sentence of a text"
            )
        texts = []
        for number, words in enumerate(sentences):
            if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
                raise CorpusTypeError(
                    f"sentence {number} is {words!r}: it must be a list of words, such as "
                    "text.split() gives"
                )
            texts.append(list(words))
        raw = scan_sentences(texts)
        order = sort_order(raw.counts)
        self.words: list[Any] = [raw.words[place] for place in order.tolist()]
        self.counts = raw.counts[order]
        index = {word: id_ for id_, word in enumerate(self.words)}
        self._sentences = [[index[word] for word in words] for words in texts]
        if not any(len(words) > 1 for words in texts):
            raise CorpusError(
                f"none of the {len(texts)} sentences has two words: give one that has, because "
                "a word is predicted from its neighbours"
            )

    def _make_tables(self) -> None:
        self.tree = huffman.build(self.counts) if self.objective == "hs" else None
        self.noise = self._alias = None
        if self.objective == "ns":
            self._alias = noise.alias_table(self.counts, self.ns_exponent)
            self.noise = noise.probabilities(self._alias)

    def reset(self) -> None:
        """Forget what was learnt and start again; `alpha` stays as it is."""
        stream = _Stream(self.seed, _WEIGHTS)
        shape = len(self.words), self.vector_size
        drawn = np.array([stream.next()[0] for _ in range(shape[0] * shape[1])], np.float64)
        self.input = ((drawn / 2**32 - 0.5) / self.vector_size).reshape(shape)
        n_rows = self.tree.n_inner if self.tree else len(self.words)
        self.output = np.zeros((n_rows, self.vector_size))
        self.losses: list[float] = []
        self._start_epoch(0)

    # ---- Steps -------------------------------------------------------------

    def step(self) -> Step:
        """Take one step, and begin the next epoch where one ends.

        Returns
        -------
        Step
        """
        example = next(self._examples, None)
        if example is None:
            self._start_epoch(self._epoch + 1)
            example = next(self._examples)
        return self._update(example)

    def train(self, epochs: int = 1) -> list[float]:
        """Train to the end of this epoch and of ``epochs - 1`` more.

        Returns
        -------
        list of float
            Mean loss of the steps in each epoch, in nats.

        Raises
        ------
        ParameterError, ParameterTypeError
            If `epochs` is not an integer >= 1.
        """
        means = []
        for _ in range(OPTIONS["epochs"].check(epochs)):
            losses = [self.step().loss]  # the epoch may be over and a new one begin
            losses += [self._update(example).loss for example in self._examples]
            means.append(float(np.mean(losses)))
        return means

    def _start_epoch(self, epoch: int) -> None:
        self._epoch = epoch
        self._stream = _Stream(self.seed, epoch)
        self._examples = self._epoch_examples()

    def _epoch_examples(self) -> Iterator[_Example]:
        for sentence, words in enumerate(self._sentences):
            for position in range(len(words)):
                shrink = self._stream.below(self.window) if self.shrink_windows else 0
                yield from self._examples_at(sentence, position, self.window - shrink)

    def _examples_at(self, sentence: int, position: int, reach: int) -> Iterator[_Example]:
        first = max(position - reach, 0)
        last = min(position + reach, len(self._sentences[sentence]) - 1)
        contexts = [place for place in range(first, last + 1) if place != position]
        groups = [[context] for context in contexts] if self.sg else [contexts]
        for group in filter(None, groups):
            yield _Example(sentence, position, (first, last), group)

    def _update(self, example: _Example) -> Step:
        inputs, target = self._words_of(example)
        drawn = self._draw_noise()
        hidden = self._hidden(inputs)
        questions = self._questions(target, drawn)
        rows = self.output[questions.ids]
        scores = rows @ hidden
        probabilities = self._probabilities(scores)
        errors = questions.weights * (questions.labels - probabilities)
        updates = np.outer(self.alpha * errors, hidden)
        input_update = self._input_scale(inputs) * self.alpha * (errors @ rows)
        self.losses.append(self._loss(scores, questions))
        kind = "node" if self.tree else "word"
        columns = (questions.ids, questions.labels, questions.weights, scores, probabilities)
        outputs = [
            Output(kind, id_, int(label), int(weight), float(score), float(p), float(error), *both)
            for id_, label, weight, score, p, error, *both in zip(
                *columns, errors, rows, updates, strict=True
            )
        ]
        step = Step(
            step=len(self.losses),
            epoch=self._epoch,
            sentence=example.sentence,
            position=example.position,
            window=example.window,
            target=target,
            contexts=example.contexts,
            inputs=inputs,
            input_rows=self.input[inputs],
            hidden=hidden,
            outputs=outputs,
            drawn=drawn,
            loss=self.losses[-1],
            input_update=input_update,
            alpha=self.alpha,
        )
        self.output[questions.ids] += updates
        np.add.at(self.input, inputs, input_update)  # a word may be there twice
        return step

    # ---- The arithmetic ----------------------------------------------------

    def _words_of(self, example: _Example) -> tuple[list[int], int]:
        """Ids of the inputs, and of the target."""
        words = self._sentences[example.sentence]
        return [words[place] for place in example.contexts], words[example.position]

    def _draw_noise(self) -> list[int]:
        if self._alias is None:
            return []
        drawn = []
        for _ in range(self.negative):
            high, low = self._stream.next()
            threshold, alias = self._alias[slot := high * len(self._alias) >> 32].tolist()
            drawn.append(slot if low < threshold else alias)
        return drawn

    def _hidden(self, inputs: list[int]) -> Vector:
        hidden: Vector = self.input[inputs].sum(axis=0)
        return hidden / len(inputs) if self.cbow_mean else hidden

    def _input_scale(self, inputs: list[int]) -> float:
        """Each input's share of the gradient; as a rule all of it, as in word2vec.c."""
        divides = not self.sg and self.cbow_mean == self.corrected_cbow
        return 1 / len(inputs) if divides else 1.0

    def _questions(self, target: int, drawn: list[int]) -> _Questions:
        if self.tree:
            nodes, codes = self.tree.path(target)
            return _Questions(nodes.tolist(), 1.0 - codes.astype(np.float64), np.ones(len(nodes)))
        if self._alias is None:
            ids = list(range(len(self.words)))
        else:
            ids = list(dict.fromkeys([target, *drawn]))
        labels = np.array([float(id_ == target) for id_ in ids])
        weights = np.array([1.0 if id_ == target else max(drawn.count(id_), 1) for id_ in ids])
        return _Questions(ids, labels, weights)

    def _probabilities(self, scores: Vector) -> Vector:
        if self.objective == "softmax":
            powers = np.exp(scores - scores.max())
            probabilities: Vector = powers / powers.sum()
        else:
            probabilities = 0.5 * (1.0 + np.tanh(0.5 * scores))
        return probabilities

    def _loss(self, scores: Vector, questions: _Questions) -> float:
        if self.objective == "softmax":
            return float(np.logaddexp.reduce(scores) - scores @ questions.labels)
        signed = np.where(questions.labels == 1, -scores, scores)
        return float(questions.weights @ np.logaddexp(0.0, signed))

    # ---- What was learnt ---------------------------------------------------

    def evaluate(self) -> float:
        """Mean loss of a step with the weights as they are, in nats.

        Returns
        -------
        float
            Expected over the draws of windows and noise words, so that nothing is drawn.
        """
        losses = [
            self._expected_loss(*self._words_of(example))
            for sentence, words in enumerate(self._sentences)
            for position in range(len(words))
            for reach in range(1 if self.shrink_windows else self.window, self.window + 1)
            for example in self._examples_at(sentence, position, reach)
        ]
        return float(np.mean(losses))

    def _expected_loss(self, inputs: list[int], target: int) -> float:
        hidden = self._hidden(inputs)
        if self.noise is None:
            questions = self._questions(target, [])
            return self._loss(self.output[questions.ids] @ hidden, questions)
        scores = self.output @ hidden
        weights = self.negative * self.noise
        weights[target] = 1.0
        scores[target] *= -1.0
        return float(weights @ np.logaddexp(0.0, scores))

    def to_keyed_vectors(self) -> KeyedVectors:
        """Return the word vectors as they are now, to be asked and saved.

        Returns
        -------
        KeyedVectors
            A float32 copy of `input`, with the counts.
        """
        wv = KeyedVectors(self.vector_size)
        wv.add_vectors(self.words, self.input)
        wv.expandos["count"] = self.counts.copy()
        return wv
