"""Training through methods of a subclass: batches as lists of sentences, one call each.

Only where a subclass overrides what gensim calls for each batch; all others train ids
(training/batches.py), which is much faster. The order of work, the learning rates and
the draws are the same.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from word2vec import model_checks as checks
from word2vec.errors import NotTrainableError, ParameterTypeError
from word2vec.text._sentences import SentenceEncoder
from word2vec.training._train import Kernel, Worker, batch_seed
from word2vec.training.objective import make_kernel
from word2vec.training.schedule import LinearDecay
from word2vec.training.trainer import Epoch

if TYPE_CHECKING:
    from word2vec.model import Word2Vec
    from word2vec.training_run import Run

_ALL_WORDS = 2**62  # more than any batch has


class _Here(threading.local):
    """What this thread is doing: methods of a model have no other way to know."""

    run: "Run | None" = None
    job: "RunningJob | None" = None


_here = _Here()


@contextmanager
def within_run(run: "Run") -> Iterator[None]:
    """Have `run` be the one that `_train_epoch` of its model belongs to."""
    before, _here.run = _here.run, run
    try:
        yield
    finally:
        _here.run = before


def run_of(model: "Word2Vec") -> "Run":
    """Return the run that trains `model` in this thread.

    Raises
    ------
    NotTrainableError
        If there is none.
    """
    if _here.run is None or _here.run.model is not model:
        raise NotTrainableError(
            "_train_epoch() is a part of train(), which calls it: call train(epochs=1) instead"
        )
    return _here.run


def reported_counts(method: str, result: Any, n_counts: int) -> tuple[int, ...]:
    """Return the counts that a method of a subclass returned.

    Raises
    ------
    ParameterTypeError
        If they are not `n_counts` integers.
    """
    try:
        counts = tuple(index(count) for count in result)
    except TypeError:
        counts = ()
    if len(counts) != n_counts:
        what = "effective and raw words" + (", and jobs" if n_counts == 3 else "")
        raise ParameterTypeError(
            f"{method}() returned {result!r:.80}: it must be {n_counts} integers, {what}"
        )
    return counts


@dataclass(frozen=True)
class Job:
    """A batch of whole sentences, as a subclass gets it.

    Attributes
    ----------
    sentences : list of iterables of hashables
    words : ndarray of shape (n_sentences,), int64
        Raw words of each, as ``_raw_word_count`` counts them.
    """

    sentences: list[Any]
    words: npt.NDArray[np.int64]
    continues = False  # as EncodedBlock: no sentence is cut


class JobSource:
    """Cuts an iterable into jobs; a `BatchSource` for `JobEpoch`.

    Parameters
    ----------
    sentences : iterable
    batch_words : int
        Words in a job, at most; a longer sentence is a job of its own.
    count : callable
        ``count([sentence])`` gives its words.
    """

    keeps = True  # nothing would help to read it faster
    n_words = n_sentences = None  # only reading can tell

    def __init__(
        self, sentences: Iterable[Any], batch_words: int, count: Callable[[list[Any]], int]
    ) -> None:
        self._sentences = sentences
        self._batch_words = batch_words
        self._count = count

    def epoch(self) -> Iterator[Any]:
        """Jobs of one pass over the corpus."""
        sentences: list[Any] = []
        words: list[int] = []
        total = 0
        for sentence in self._sentences:
            length = self._count([sentence])
            if sentences and total + length > self._batch_words:
                yield Job(sentences, np.array(words, np.int64))
                sentences, words, total = [], [], 0
            sentences.append(sentence)
            words.append(length)
            total += length
        if sentences:
            yield Job(sentences, np.array(words, np.int64))

    def close(self) -> None:
        """Do nothing: nothing is kept."""


@dataclass
class RunningJob:
    """What `train_job` needs of the job that calls it, and what it adds up."""

    model: "Word2Vec"
    kernel: Kernel
    worker: Worker
    seed: int
    check: Callable[[npt.NDArray[np.int32], float], None] | None = None
    calls: int = 0
    pairs: int = 0
    loss: float = 0.0


@dataclass
class JobEpoch(Epoch):
    """An epoch that trains each batch by calling `_do_train_job` of the model."""

    model: Any = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._memory = threading.local()

    def _train_block(
        self, block: Any, alphas: npt.NDArray[np.float32], seed: int, worker: Worker
    ) -> tuple[int, int, int, float]:
        memory = self._memory.__dict__
        if "inits" not in memory:
            memory["inits"] = self.model._get_thread_working_mem()
        before, _here.job = _here.job, RunningJob(self.model, self.kernel, worker, seed, self.check)
        try:
            result = self.model._do_train_job(block.sentences, float(alphas[0]), memory["inits"])
            job = _here.job
        finally:
            _here.job = before
        kept, words = reported_counts("_do_train_job", result, 2)
        return words, kept, job.pairs, job.loss


def train_job(model: "Word2Vec", sentences: Sequence[Any], alpha: float) -> int:
    """Train on sentences at one learning rate.

    Within a job of a run the draws are that job's; else they come from ``model.random``.

    Returns
    -------
    int
        Words left after dropping unknown ones and subsampling.

    Raises
    ------
    NotTrainableError
        If the model has no vocabulary.
    ParameterError
        If `alpha` is negative or not finite.
    """
    job = _here.job
    if job is None or job.model is not model:
        job = _lone_job(model)
    block = SentenceEncoder(model.wv.key_to_index).next_block(iter(sentences), _ALL_WORDS)
    if block is None:
        return 0
    # The checks are those of a schedule that stands still.
    alphas = np.full(len(block.words), LinearDecay(alpha, alpha, 0).start, np.float32)
    # The first call draws as the run would without a subclass, others anew.
    seed = batch_seed(job.seed, 0, job.calls) if job.calls else job.seed
    job.calls += 1
    loss, pairs, kept = job.kernel.train(block.tokens, block.offsets, alphas, seed, job.worker)
    if job.check is not None:
        job.check(block.tokens, loss)
    job.loss += loss
    job.pairs += pairs
    return int(kept)


def _lone_job(model: "Word2Vec") -> RunningJob:
    """Make a job of its own for a call from outside of `train`."""
    if model._tables is None:
        raise NotTrainableError("you must first build vocabulary before training the model")
    checks.check_companions(model)
    total_words = int(model.wv.expandos["count"].sum())
    kernel = make_kernel(model, model._tables, total_words=total_words, compute_loss=False)
    return RunningJob(model, kernel, Worker(), int(model.random.randint(2**31)))
