"""One epoch: N workers pull batches and train until the corpus is used up.

Workers pull, nothing is pushed: a worker takes the next batch under a lock, lets
go, and trains it without the GIL. There is no producer thread and no queue, so
nothing can wait for a thread that died. The first exception in any thread stops
all of them and is raised in the caller. With one worker everything runs in the
caller's thread, unless checkpoints are taken: an interrupt must not hit it between
the weights of a batch and its counts.

What a batch does depends on (seed, epoch, number of the batch) and on the weights,
never on the thread that takes it. So between batches the weights and `Counts` are
all that an epoch needs to go on: that is when a checkpoint is taken, by the worker
that holds the source when it is due, once the others have ended their batches.
"""

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from word2vec.text.encoded import EncodedBlock
from word2vec.training._train import Kernel, Worker, batch_seed
from word2vec.training.callbacks import TrainedBatch
from word2vec.training.schedule import LinearDecay

# How long a stopped run waits for workers that are inside a batch (milliseconds
# each) or inside the user's iterator (who knows) before the error is raised.
JOIN_SECONDS = 0.5


@dataclass
class Counts:
    """What an epoch has done so far; sums over its workers.

    Attributes
    ----------
    batches : int
        Batches trained.
    words, sentences : int
        Raw words and sentences trained.
    kept : int
        Words left after dropping unknown ones and subsampling.
    pairs : int
        (context, centre) pairs of skip-gram, or centres of CBOW.
    loss : float
        Sum of the losses in nats, in double precision; 0 unless computed.
    alpha : float
        Learning rate of the latest batch; the lowest so far in `lowest_alpha`.
    reading : float
        Seconds in which some worker was getting a batch from the corpus.
    digest : int
        CRC-32 of the word ids of all batches in their order; 0 without checkpoints.
    """

    batches: int = 0
    words: int = 0
    sentences: int = 0
    kept: int = 0
    pairs: int = 0
    loss: float = 0.0
    alpha: float = 0.0
    lowest_alpha: float = float("inf")
    reading: float = 0.0
    digest: int = 0


class Checkpoints(Protocol):
    """Whoever keeps what an epoch has done so far."""

    def due(self, words: int) -> bool:
        """Whether to take one, after this many words of the epoch."""

    def take(self, counts: Counts) -> None:
        """Keep the state; no worker is inside a batch."""


@dataclass
class Epoch:
    """One pass over a corpus.

    Parameters
    ----------
    kernel : Kernel
        Weights and objective.
    batches : iterator of EncodedBlock
        Only one thread at a time uses it.
    schedule : LinearDecay
        Learning rate over the whole run.
    done_before : int
        Progress of the run before this epoch, in the schedule's unit.
    by_sentences : bool
        Whether that unit is sentences instead of raw words.
    seed, number : int
        Seed of the run and number of the epoch in the model's life: together they
        decide every draw.
    counts : Counts
        Where to begin: what was trained of the epoch before, in another process.
        `batches` go on from there.
    checkpoints : Checkpoints, optional
    check : callable, optional
        ``check(tokens, loss)`` is called after each batch and may raise.
    on_batch : callable, optional
        Gets each `TrainedBatch`, from one worker at a time, and may raise.
    """

    kernel: Kernel
    batches: Iterator[EncodedBlock]
    schedule: LinearDecay
    done_before: int
    by_sentences: bool
    seed: int
    number: int
    counts: Counts = field(default_factory=Counts)
    checkpoints: Checkpoints | None = None
    check: Callable[[npt.NDArray[np.int32], float], None] | None = None
    on_batch: Callable[[TrainedBatch], None] | None = None

    def __post_init__(self) -> None:
        self._source_lock = threading.Lock()
        self._hook_lock = threading.Lock()
        # Guards the counts; notified when a batch ends and when the run stops.
        self._state = threading.Condition()
        begun = self.counts
        self._handed_out = self.done_before + (
            begun.sentences if self.by_sentences else begun.words
        )
        self._n_batches = begun.batches
        self._stopped = False
        self._error: BaseException | None = None

    def run(self, workers: int, report: Callable[[Counts], None], interval: float) -> Counts:
        """Train the whole epoch.

        Parameters
        ----------
        workers : int
            Threads, >= 1.
        report : callable
            Gets the counts in the caller's thread about every `interval` seconds.

        Returns
        -------
        Counts

        Raises
        ------
        BaseException
            The first one raised by the corpus, a worker or `report`, unchanged.
        """
        if workers == 1 and self.checkpoints is None:
            self._run_here(report, interval)
        else:
            self._run_threads(workers, report, interval)
        return self.counts

    def _run_here(self, report: Callable[[Counts], None], interval: float) -> None:
        worker = Worker()
        due = time.monotonic() + interval
        while self._train_next(worker):
            if time.monotonic() >= due:
                report(self.counts)
                due = time.monotonic() + interval

    def _run_threads(self, workers: int, report: Callable[[Counts], None], interval: float) -> None:
        ended = threading.Event()
        running = workers

        def work() -> None:
            nonlocal running
            worker = Worker()
            try:
                while self._train_next(worker):
                    pass
            except BaseException as error:
                self._stop(error)
                ended.set()
            finally:
                with self._state:
                    running -= 1
                    if running == 0:
                        ended.set()

        threads = [
            threading.Thread(target=work, name=f"word2vec-{i}", daemon=True) for i in range(workers)
        ]
        try:
            for thread in threads:
                thread.start()
            while not ended.wait(interval):
                report(self.counts)
        except KeyboardInterrupt:
            self._stop()
            self._take_checkpoint()
            raise
        finally:
            # Also on Ctrl-C or an error in `report`, here in the caller's thread.
            self._stop()
            deadline = time.monotonic() + JOIN_SECONDS
            for thread in threads:
                if thread.ident is not None:
                    thread.join(max(0.0, deadline - time.monotonic()))
        if self._error is not None:
            raise self._error

    def _stop(self, error: BaseException | None = None) -> None:
        """Let no further batch begin; remember the first error of a worker."""
        with self._state:
            self._error = self._error or error
            self._stopped = True
            self._state.notify_all()

    def _take_checkpoint(self) -> None:
        """Take a checkpoint once no batch is being trained; none after a worker's error.

        No batch may begin meanwhile: the caller holds the source or has stopped the run.
        """
        if self.checkpoints is None:
            return
        with self._state:
            counts = self.counts
            self._state.wait_for(lambda: counts.batches == self._n_batches or self._error)
        if self._error is None:
            self.checkpoints.take(counts)

    def _train_next(self, worker: Worker) -> bool:
        """Train the next batch in this thread; False when there is none."""
        with self._source_lock:
            if self.checkpoints is not None and self.checkpoints.due(self.counts.words):
                self._take_checkpoint()
            started = time.perf_counter()
            block = None if self._stopped else next(self.batches, None)
            self.counts.reading += time.perf_counter() - started
            if block is None:
                return False
            # Getting a batch may have taken long, and the run may be over.
            with self._state:
                if self._stopped:
                    return False
                number = self._n_batches
                self._n_batches += 1
                if self.checkpoints is not None:
                    self.counts.digest = zlib.crc32(block.tokens.data, self.counts.digest)
            work = block.words
            if self.by_sentences:
                work = np.ones_like(work)
                work[-1] -= block.continues
            done = self._handed_out
            self._handed_out += int(work.sum())
        alphas = self.schedule.for_sentences(done, work)
        words, kept, pairs, loss = self._train_block(
            block, alphas, batch_seed(self.seed, self.number, number), worker
        )
        with self._state:
            counts = self.counts
            counts.batches += 1
            counts.words += words
            counts.sentences += len(block.words) - block.continues
            counts.kept += kept
            counts.pairs += pairs
            counts.loss += loss
            counts.alpha = float(alphas[-1])
            counts.lowest_alpha = min(counts.lowest_alpha, float(alphas.min()))
            self._state.notify_all()
        if self.on_batch is not None:
            batch = TrainedBatch(number, words, kept, pairs, loss, float(alphas[-1]))
            with self._hook_lock:
                self.on_batch(batch)
        return True

    def _train_block(
        self, block: EncodedBlock, alphas: npt.NDArray[np.float32], seed: int, worker: Worker
    ) -> tuple[int, int, int, float]:
        """Train one batch; return its raw words, words kept, pairs and loss."""
        loss, pairs, kept = self.kernel.train(block.tokens, block.offsets, alphas, seed, worker)
        if self.check is not None:
            self.check(block.tokens, loss)
        return int(block.words.sum()), kept, pairs, loss
