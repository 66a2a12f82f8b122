"""What a batch computes: the text of csrc/w2v.h, word for word, in float64.

Slow and plain on purpose. It shares no code with the package: the kernels are
tested against it, and test_reference.py tests it against calculus.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

NOISE = np.dtype([("threshold", "<u4"), ("alias", "<i4")])
BLOCK = 8
SHARED_BLOCK = 6
GROUP = 16
MASK = 2**64 - 1


@dataclass
class Model:
    """w2v_model: what is read, and the matrices to start from."""

    input: np.ndarray
    output_ns: np.ndarray | None = None
    output_hs: np.ndarray | None = None
    lock_factors: np.ndarray = field(default_factory=lambda: np.ones(1, np.float32))
    keep: np.ndarray | None = None
    noise: np.ndarray | None = None
    path_offsets: np.ndarray | None = None
    path_nodes: np.ndarray | None = None
    path_codes: np.ndarray | None = None
    window: int = 5
    negative: int = 0
    sg: bool = True
    shrink_windows: bool = True
    shared_negatives: bool = True
    cbow_mean: bool = True
    context_scale_full: bool = True
    compute_loss: bool = True
    hot_nodes: int = 0
    hot_share: float = 1.0


@dataclass
class Batch:
    """w2v_batch."""

    tokens: np.ndarray
    offsets: np.ndarray
    alphas: np.ndarray
    seed: int = 0


@dataclass
class Result:
    """The matrices afterwards in float64, the sums, and the state of the stream."""

    input: np.ndarray
    output_ns: np.ndarray | None
    output_hs: np.ndarray | None
    loss: float
    n_pairs: int
    n_kept: int
    state: int


def splitmix64(x: int) -> int:
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def batch_seed(seed: int, epoch: int, batch: int) -> int:
    return splitmix64(splitmix64(splitmix64(seed) ^ epoch) ^ batch)


class Stream:
    """wyrand."""

    def __init__(self, seed: int):
        self.state = seed

    def next(self) -> int:
        self.state = (self.state + 0xA0761D6478BD642F) & MASK
        product = self.state * (self.state ^ 0xE7037ED1A0B428DB)
        return (product >> 64) ^ (product & MASK)


def hi(r: int) -> int:
    return r >> 32


def lo(r: int) -> int:
    return r & 0xFFFFFFFF


def below(r: int, n: int) -> int:
    return (hi(r) * n) >> 32


def draw(noise: np.ndarray, stream: Stream) -> int:
    """One noise word."""
    r = stream.next()
    slot = below(r, len(noise))
    return slot if lo(r) < noise["threshold"][slot] else int(noise["alias"][slot])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, x)


def blocks(n_rows: int, most: int) -> list[slice]:
    n = math.ceil(n_rows / most)
    return [slice(k * n_rows // n, (k + 1) * n_rows // n) for k in range(n)]


@dataclass
class Rows:
    """Output rows that one centre is trained on, in order."""

    matrix: np.ndarray
    rows: np.ndarray
    labels: np.ndarray
    weights: np.ndarray

    def blocks(self, most: int) -> "Iterator[Rows]":
        for part in blocks(len(self.rows), most):
            yield Rows(self.matrix, self.rows[part], self.labels[part], self.weights[part])

    def errors(self, scores: np.ndarray, alpha: float) -> np.ndarray:
        return alpha * self.weights * (self.labels - sigmoid(scores))

    def loss(self, scores: np.ndarray) -> float:
        signed = np.where(self.labels == 1, -scores, scores)
        return float(np.sum(self.weights * softplus(signed)))


@dataclass
class Position:
    """A centre word of CBOW and its contexts."""

    centre: int
    contexts: list[int]
    alpha: float
    hidden: np.ndarray | None = None
    error: np.ndarray | None = None


class Trainer:
    """One batch on float64 copies of one model's matrices."""

    def __init__(self, model: Model, stream: Stream):
        def copy(matrix: np.ndarray | None) -> np.ndarray | None:
            return None if matrix is None else np.array(matrix, np.float64)

        self.model = model
        self.stream = stream
        self.input = copy(model.input)
        self.output_ns = copy(model.output_ns)
        self.output_hs = copy(model.output_hs)
        self.loss = 0.0
        self.n_pairs = 0
        self.positions: list[Position] = []  # of CBOW, waiting
        self.drawn: list[int] = []  # for them

    def lock(self, row: int) -> float:
        factors = self.model.lock_factors
        return float(factors[row % len(factors)])

    def path_rows(self, centre: int) -> Rows:
        model = self.model
        part = slice(int(model.path_offsets[centre]), int(model.path_offsets[centre + 1]))
        nodes = np.array(model.path_nodes[part], np.int64)
        labels = 1.0 - model.path_codes[part].astype(np.float64)
        return Rows(self.output_hs, nodes, labels, np.ones(len(nodes)))

    def draws(self) -> list[int]:
        return [draw(self.model.noise, self.stream) for _ in range(self.model.negative)]

    def noise_rows(self, centres: list[int], draws: list[int]) -> list[Rows]:
        """For each of the centres the same rows, with labels and weights of its own."""
        words = list(dict.fromkeys([*centres, *draws]))
        return [
            Rows(
                self.output_ns,
                np.array(words, np.int64),
                np.array([float(word == centre) for word in words]),
                np.array([1.0 if word == centre else draws.count(word) for word in words]),
            )
            for centre in centres
        ]

    def negative_rows(self, centre: int) -> Rows:
        return self.noise_rows([centre], self.draws())[0]

    def train_sentence(self, words: list[int], alpha: float) -> None:
        model = self.model
        for i, centre in enumerate(words):
            b = below(self.stream.next(), model.window) if model.shrink_windows else 0
            reach = model.window - b
            first, last = max(0, i - reach), min(len(words) - 1, i + reach)
            contexts = [words[j] for j in range(first, last + 1) if j != i]
            if contexts and model.sg:
                self.train_skip_gram(centre, contexts, alpha)
            elif contexts:
                self.add_position(Position(centre, contexts, alpha))
        self.finish()

    def add_position(self, position: "Position") -> None:
        """Train CBOW on the position, or on two that share their noise words."""
        if not self.positions:
            self.drawn = self.draws()
        self.positions.append(position)
        if len(self.positions) == (2 if self.model.shared_negatives and self.drawn else 1):
            self.finish()

    def finish(self) -> None:
        """Train on the positions that wait."""
        if self.positions:
            self.train_cbow(self.positions, self.drawn)
        self.positions = []

    def train_skip_gram(self, centre: int, contexts: list[int], alpha: float) -> None:
        model = self.model
        self.n_pairs += len(contexts)
        groups = [contexts] if model.shared_negatives else [[context] for context in contexts]
        if model.path_offsets is not None:
            for group in groups:
                self.train_tiles(group, self.path_rows(centre), alpha)
        if model.negative > 0:
            for group in groups:
                self.train_tiles(group, self.negative_rows(centre), alpha)

    def train_tiles(self, contexts: list[int], output: Rows, alpha: float) -> None:
        n_groups = -(-len(contexts) // GROUP)
        bounds = [g * len(contexts) // n_groups for g in range(n_groups + 1)]
        for block in output.blocks(SHARED_BLOCK if self.model.shared_negatives else BLOCK):
            for first, end in pairwise(bounds):
                self.train_tile(contexts[first:end], block, alpha)

    def train_tile(self, contexts: list[int], block: Rows, alpha: float) -> None:
        old = block.matrix[block.rows]
        scores = self.input[contexts] @ old.T
        errors = block.errors(scores, alpha)
        self.loss += block.loss(scores)
        new = old.copy()
        for i, context in enumerate(contexts):
            delta = errors[i] @ old
            new += np.outer(errors[i], self.input[context])
            self.input[context] += self.lock(context) * delta
        block.matrix[block.rows] = new

    def train_cbow(self, positions: list["Position"], draws: list[int]) -> None:
        model = self.model
        self.n_pairs += len(positions)
        for position in positions:
            position.hidden = self.input[position.contexts].sum(axis=0)
            if model.cbow_mean:
                position.hidden *= 1.0 / len(position.contexts)
            position.error = np.zeros_like(position.hidden)
        if model.path_offsets is not None:
            for position in positions:
                self.train_sums([position], [self.path_rows(position.centre)])
        if draws:
            rows = self.noise_rows([position.centre for position in positions], draws)
            self.train_sums(positions, rows)
        for position in positions:
            scale = 1.0 if model.context_scale_full else 1.0 / len(position.contexts)
            for context in position.contexts:
                self.input[context] += self.lock(context) * scale * position.error

    def train_sums(self, positions: list["Position"], outputs: list[Rows]) -> None:
        """The sums of all positions against the same rows."""
        for blocks_of_all in zip(*(output.blocks(BLOCK) for output in outputs), strict=True):
            block = blocks_of_all[0]
            old = block.matrix[block.rows]
            new = old.copy()
            for position, own in zip(positions, blocks_of_all, strict=True):
                scores = old @ position.hidden
                errors = own.errors(scores, position.alpha)
                self.loss += own.loss(scores)
                position.error += errors @ old
                new += np.outer(errors, position.hidden)
            block.matrix[block.rows] = new


def subsample(model: Model, batch: Batch, stream: Stream) -> list[list[int]]:
    """Stage A: the kept words of every sentence."""
    sentences = []
    for start, end in zip(batch.offsets[:-1], batch.offsets[1:], strict=True):
        words = [int(word) for word in batch.tokens[start:end]]
        if model.keep is not None:
            words = [word for word in words if model.keep[word] >= hi(stream.next())]
        sentences.append(words)
    return sentences


def give_back(model: Model, n_tokens: int, trainer: Trainer) -> None:
    """Hot nodes: what was trained was a copy, whose row moves by a share only."""
    n_copies = min(model.hot_nodes, n_tokens // 32)
    if model.output_hs is not None and n_copies:
        end = int(max(model.path_nodes)) + 1
        hot = slice(max(0, end - n_copies), end)
        before, after = model.output_hs[hot], trainer.output_hs[hot]
        after[:] = before + model.hot_share * (after - before)


def train(model: Model, batch: Batch) -> Result:
    """Train on one batch; `model` and `batch` stay as they are."""
    stream = Stream(batch.seed)
    trainer = Trainer(model, stream)
    sentences = subsample(model, batch, stream)
    for words, alpha in zip(sentences, batch.alphas, strict=True):
        trainer.train_sentence(words, float(alpha))
    give_back(model, len(batch.tokens), trainer)
    return Result(
        input=trainer.input,
        output_ns=trainer.output_ns,
        output_hs=trainer.output_hs,
        loss=trainer.loss if model.compute_loss else 0.0,
        n_pairs=trainer.n_pairs,
        n_kept=sum(len(words) for words in sentences),
        state=stream.state,
    )
