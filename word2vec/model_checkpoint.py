"""Checkpoints of a training run: a model file that also says where the run is.

A checkpoint is a file of kind "word2vec" with one more fact, ``run``; `Word2Vec.load`
opens it like any model. It is replaced as a whole (io/files.py), so a kill or a full
disk leaves the one before. What is lost, and when: docs/reliability.md.
"""

import logging
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from word2vec import model_checks as checks
from word2vec import model_file
from word2vec.errors import (
    CheckpointExistsError,
    CorpusTypeError,
    FormatError,
    ParameterError,
    ParameterTypeError,
    UnreachableHookError,
    Word2VecError,
    WrongObjectError,
)
from word2vec.io import container
from word2vec.io.files import remove_leftovers
from word2vec.model_hooks import overridden_epoch, refuse_unreachable
from word2vec.params import OPTIONS
from word2vec.training._train import selected_simd
from word2vec.training.checkpoint import EVERY, Clock, Interval, check_size
from word2vec.training.held_out import HeldOut
from word2vec.training.trainer import Counts
from word2vec.training_run import Run, batch_source

if TYPE_CHECKING:
    from word2vec.model import Word2Vec

logger = logging.getLogger("word2vec.model")

# Options that one call of train() may have of its own.
_CALL_OPTIONS = {"alpha", "min_alpha", "compute_loss"}

_OPTIONAL_INT = (int, type(None))
_FACTS: dict[str, Any] = {
    "epochs": int,
    "total_examples": _OPTIONAL_INT,
    "total_words": _OPTIONAL_INT,
    "epoch": int,
    "words": int,
    "kept": int,
    "batches": int,
    "loss": float,
    "seconds": float,
    "epoch_seconds": float,
    "counts": (dict, type(None)),
    "begun": bool,
    "set_back": dict,
    "corpus": list,
    "every": str,
    "simd": str,
}


class CheckpointFile:
    """The file in which a run is kept, and when it is written.

    Parameters
    ----------
    path : str or path
    every : str
        As `Interval.parse` takes it.
    taken_up : bool
        The run goes on from this very file, which need not be written at once.
    """

    def __init__(self, path: Any, every: str, *, taken_up: bool = False) -> None:
        self.path = path
        self._every = every
        self._clock = Clock(Interval.parse(every))
        self._taken_up = taken_up
        self._lock = threading.Lock()

    def begin(self, run: Run) -> None:
        """Follow `run`, and write it now: what cannot be written must show before the work.

        Raises
        ------
        ParameterError, ParameterTypeError
            If something in the model cannot be in a file.
        OSError
            If the file cannot be written.
        """
        self._run = run
        remove_leftovers(self.path)
        if not self._taken_up:
            self._write(None)
        self._clock.restart(run.words)

    def due(self, words: int) -> bool:
        """Whether to take one, after this many words of the running epoch."""
        return self._clock.due(self._run.words + words)

    def end_of_epoch(self) -> None:
        """Take one if it is due between epochs, and after the last.

        Where a subclass has a part in epochs none is taken inside of them.
        """
        run = self._run
        overdue = run.by_subclass and self._clock.due(run.words)
        if run.epoch == run.epochs or overdue or self._clock.due_after(run.epoch):
            self.take(None)

    def take(self, counts: Counts | None) -> None:
        """Write the run as it is; a disk that is full is a warning, training goes on.

        Parameters
        ----------
        counts : Counts or None
            Of the running epoch; None between epochs.

        Raises
        ------
        TrainingDivergedError
            If the weights are of no use: they do not replace good ones.
        """
        run = self._run
        with self._lock:
            if counts is not None:
                run.watch.after()
            try:
                self._write(counts)
            except OSError as error:
                logger.warning(
                    "the checkpoint %s could not be written (%s); the one before is whole, "
                    "training goes on, and the next is tried after %s",
                    os.fspath(self.path),
                    error.strerror or error,
                    self._every,
                )
            finally:
                self._clock.restart(run.words + (0 if counts is None else counts.words))

    def _write(self, counts: Counts | None) -> None:
        facts = self._run.facts(counts) | {"every": self._every, "simd": selected_simd()}
        model_file.save(self._run.model, self.path, run=facts)


def check_free(path: Any) -> None:
    """Raise if a new run must not write its checkpoints to `path`.

    Raises
    ------
    CheckpointExistsError
        If the checkpoint of an unfinished run or something else is there; also
        FileExistsError.
    ParameterError
        If `path` is a folder, a pipe or a device, or its folder does not exist.
    """
    name, file = os.fspath(path), Path(path)
    if (file.exists() and not file.is_file()) or not file.absolute().parent.is_dir():
        raise ParameterError(
            f"checkpoint={name!r}: it must be the name of a file in a folder that exists"
        )
    if not file.exists():
        return
    try:
        facts = _facts(container.read(file, mmap="r").meta)
    except (Word2VecError, ValueError) as error:
        raise CheckpointExistsError(
            f"checkpoint={name!r}: this file exists and is no checkpoint, so it is not "
            "overwritten; give another name or delete it"
        ) from error
    if facts["epoch"] < facts["epochs"]:
        raise CheckpointExistsError(
            f"checkpoint={name!r}: an unfinished run is kept there (epoch {facts['epoch'] + 1} of "
            f"{facts['epochs']}). Word2Vec.resume() or --resume goes on with it; delete the file "
            "to begin anew"
        )


def set_back(model: Any, values: Mapping[str, tuple[Any, Any]]) -> None:
    """End the options of one call; what a callback has set in the meantime stays.

    Parameters
    ----------
    values : mapping
        Name to (value in the call, value afterwards).
    """
    for name, (during, after) in values.items():
        if getattr(model, name) == during:
            setattr(model, name, after)


class Resumable:
    """`Word2Vec.resume` and the options of checkpoints; see there for the attributes."""

    checkpoint: Any = None
    checkpoint_every: str = EVERY

    def _set_checkpoint(self, checkpoint: Any, checkpoint_every: Any) -> None:
        if checkpoint is None:
            if checkpoint_every is not None:
                raise ParameterError(
                    f"checkpoint_every={checkpoint_every!r} without checkpoint: give "
                    "checkpoint='path' as well"
                )
        elif not isinstance(checkpoint, str | os.PathLike):
            raise ParameterTypeError(f"checkpoint={checkpoint!r}: it must be a path or None")
        self.checkpoint = checkpoint
        self.checkpoint_every = EVERY if checkpoint_every is None else checkpoint_every
        Interval.parse(self.checkpoint_every)

    def _new_checkpoint_file(self) -> CheckpointFile | None:
        """Where a run that begins now is kept, if anywhere."""
        if self.checkpoint is None:
            return None
        check_free(self.checkpoint)
        return CheckpointFile(self.checkpoint, self.checkpoint_every)

    @classmethod
    def resume(
        cls,
        path: Any,
        sentences: Iterable[Iterable[Any]] | None = None,
        corpus_file: Any = None,
        *,
        workers: int | None = None,
        checkpoint_every: str | None = None,
        callbacks: Sequence[Any] = (),
        report_delay: float = 1.0,
        progress: bool = False,
        validation: Any = None,
    ) -> "Word2Vec":
        """Go on with the training that a checkpoint was taken of, to its end.

        Parameters
        ----------
        path : str or path
            The checkpoint. Further ones replace it.
        sentences, corpus_file
            The corpus of the run, exactly one of them: the same sentences in the same
            order. What was trained of the begun epoch is read past and compared.
        workers : int, optional
            Instead of those the run had. All other options are those of the run.
        checkpoint_every : str, optional
            Instead of what the run had.
        callbacks, report_delay, progress, validation
            As for the constructor and `train`; they are not in the file. A begun epoch
            has no second ``on_epoch_begin``.

        Returns
        -------
        Word2Vec
            Trained. With one worker, the same instruction set and the same corpus it
            has the bits of a run that nothing interrupted.

        Raises
        ------
        FormatError
            If the file is damaged or no checkpoint; also ValueError.
        CorpusError
            If the corpus is another one; also ValueError.
        TypeError
            If not exactly one usable corpus is given.
        OSError
            If the file cannot be read.
        Exception
            Whatever the corpus or a callback raises, unchanged.

        Notes
        -----
        The checkpoint of a run that ended gives the trained model at once. Only the
        interrupted call of the constructor or `train` is finished; a program that
        trains in several calls has to do those after it.
        """
        content = container.read(path)
        facts = _facts(content.meta)
        model = model_file.from_content(cast("type[Word2Vec]", cls), content)
        del content
        _check_position(model, facts)
        if workers is not None:
            model.workers = OPTIONS["workers"].check(workers)
        model._set_checkpoint(path, checkpoint_every or facts["every"])
        model.progress = progress
        if facts["simd"] != selected_simd():
            logger.warning(
                "the checkpoint was taken with the %s instructions, this process uses %s: the "
                "last bits of the vectors will differ from those of an uninterrupted run",
                facts["simd"],
                selected_simd(),
            )
        values = facts["set_back"]
        try:
            run = _taken_up(model, sentences, corpus_file, facts, report_delay, validation)
            logger.info(
                "resuming in epoch %i of %i after %i words",
                run.epoch + 1,
                run.epochs,
                run.words + (run.begun.words if run.begun else 0),
            )
            model.latest_counts = run.train(callbacks)
        finally:
            set_back(model, values)
        model._clear_post_train()
        return model


def _taken_up(
    model: "Word2Vec",
    sentences: Any,
    corpus_file: Any,
    facts: dict[str, Any],
    report_delay: float,
    validation: Any,
) -> Run:
    """Make a run that begins where `facts` says."""
    if sentences is None and corpus_file is None:
        raise CorpusTypeError(
            "a checkpoint does not hold the corpus: give sentences or corpus_file, the same that "
            "the run began with"
        )
    refuse_unreachable(model)
    method = overridden_epoch(model)
    if facts["begun"] and method:
        raise UnreachableHookError(
            f"the checkpoint lies inside an epoch, which {type(model).__name__}.{method}() cannot "
            "enter: end the epoch with the class that began it, or go on from a checkpoint "
            "between epochs (checkpoint_every='1e')"
        )
    model._check_corpus_sanity(sentences, corpus_file, passes=facts["epochs"] - facts["epoch"])
    checks.check_companions(model)
    source = batch_source(model, sentences, corpus_file)
    try:
        check_size(source, *facts["corpus"])
        run = Run(
            model=model,
            corpus_iterable=sentences,
            corpus_file=corpus_file,
            source=source,
            epochs=facts["epochs"],
            total_examples=facts["total_examples"],
            total_words=facts["total_words"],
            queue_factor=2,
            report_delay=report_delay,
            set_back=facts["set_back"],
            checkpoints=CheckpointFile(model.checkpoint, model.checkpoint_every, taken_up=True),
            held_out=HeldOut.of(model, validation),
        )
        run.go_on(facts)
    except BaseException:
        source.close()
        raise
    return run


def _facts(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a run, each of its type.

    Raises
    ------
    WrongObjectError
        If there are none: the file is a model, not a checkpoint.
    FormatError
        If they cannot be.
    """
    facts = meta.get("run")
    if facts is None:
        raise WrongObjectError(
            "the file is no checkpoint: it does not say where a run is. Open models with "
            "Word2Vec.load()"
        )
    if not isinstance(facts, dict) or facts.keys() != _FACTS.keys():
        raise FormatError("the checkpoint's facts about its run are not those of this release")
    for name, types in _FACTS.items():
        value = facts[name]
        if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
            raise FormatError(f"the checkpoint has {name}={value!r}")
        if isinstance(value, int | float) and not value >= 0 and name != "loss":
            raise FormatError(f"the checkpoint has {name}={value!r}")
    if not _known_counts(facts) or not _known_options(facts):
        raise FormatError("the checkpoint's counts or options cannot be")
    try:
        Interval.parse(facts["every"])
    except ParameterError as error:
        raise FormatError(f"the checkpoint has every={facts['every']!r}") from error
    return facts


def _known_counts(facts: Mapping[str, Any]) -> bool:
    counts, corpus = facts["counts"], facts["corpus"]
    if len(corpus) != 2 or not all(isinstance(n, _OPTIONAL_INT) for n in corpus):
        return False
    defaults = vars(Counts())
    return counts is None or (
        counts.keys() == defaults.keys()
        and all(
            type(value) is type(defaults[name]) and (value >= 0 or name == "loss")
            for name, value in counts.items()
        )
    )


def _known_options(facts: Mapping[str, Any]) -> bool:
    try:
        for name, (during, after) in facts["set_back"].items():
            if name not in _CALL_OPTIONS:
                return False
            OPTIONS[name].check(during), OPTIONS[name].check(after)
    except (TypeError, ValueError):
        return False
    return True


def _check_position(model: Any, facts: Mapping[str, Any]) -> None:
    totals = facts["total_words"] is not None or facts["total_examples"] is not None
    if (
        not len(model.wv.index_to_key)
        or not totals
        or facts["epoch"] > facts["epochs"]
        or (facts["begun"] and facts["epoch"] == facts["epochs"])
    ):
        raise FormatError("the checkpoint holds no run that could go on")
