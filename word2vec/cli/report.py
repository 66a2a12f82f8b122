"""What a training run reports: facts for programs, a few lines for people."""

import datetime
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TextIO

from word2vec.cli.common import version
from word2vec.cli.output import output_target

if TYPE_CHECKING:
    from word2vec import EarlyStopping, Word2Vec


def run_report(
    model: "Word2Vec",
    corpus: list[str],
    output: str,
    options: Mapping[str, Any],
    *,
    seconds: float,
    validation: str | None = None,
    stopping: "EarlyStopping | None" = None,
) -> dict[str, Any]:
    """Return the facts of a run.

    Parameters
    ----------
    model : Word2Vec
        Trained.
    corpus, output
        Names of the files.
    options : mapping
        Training options as they were given; of a seed that was drawn the report has the
        one that was used.
    seconds : float
        From the first byte of the text to the last one of the vectors.
    validation : str, optional
        Name of the held-out text.
    stopping : EarlyStopping, optional
        Which watched the run.

    Returns
    -------
    dict
        For JSON. Losses are means in nats per pair, one for each epoch, and absent where
        they were not computed; ``history`` has the columns of `History`; words are raw
        words over all epochs.
    """
    from word2vec import simd

    effective, words = model.latest_counts
    losses = [record.validation_loss for record in model.history]
    return {
        "version": version(),
        "ended": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "simd": simd(),
        "corpus": corpus,
        "validation": validation,
        "output": output,
        "options": {**options, "seed": model.seed},
        "vocabulary": len(model.wv),
        "corpus_words": model.corpus_total_words,
        "corpus_sentences": model.corpus_count,
        "trained_words": words,
        "effective_words": effective,
        "epoch_losses": list(model.epoch_losses),
        "validation_losses": [loss for loss in losses if loss is not None],
        "best_epoch": stopping.best_epoch if stopping else None,
        "stopped_epoch": stopping.stopped_epoch if stopping else None,
        "history": model.history.as_dict(),
        "train_seconds": model.total_train_time,
        "words_per_second": words / max(model.total_train_time, 1e-9),
        "seconds": seconds,
    }


def write_report(facts: Mapping[str, Any], path: str) -> None:
    """Write a report as JSON; ``-`` is standard output.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    from word2vec.io.files import open_output

    text = json.dumps(facts, indent=2).encode() + b"\n"
    with output_target(path) as target, open_output(target, append=False) as file:
        file.write(text)


def print_report(
    facts: Mapping[str, Any], kind: str, save_model: str | None, stream: TextIO
) -> None:
    """Print what people want to know first."""
    words, speed = facts["trained_words"], facts["words_per_second"]
    dimensions = facts["options"]["vector_size"]
    lines = [
        ("vocabulary", f"{facts['vocabulary']:,} words"),
        ("trained", f"{words:,} words in {facts['train_seconds']:.1f} s ({speed:,.0f} words/s)"),
        ("loss", _told_losses(facts)),
        ("stopped", _told_stop(facts)),
        ("time", f"{facts['seconds']:.1f} s from text to file"),
        ("vectors", f"{facts['output']} ({kind} format, {dimensions} dimensions)"),
        ("model", save_model),
    ]
    for name, value in lines:
        if value:
            print(f"{name:<11} {value}", file=stream)


def _told_losses(facts: Mapping[str, Any]) -> str:
    losses, held_out = facts["epoch_losses"], facts["validation_losses"]
    if not losses:
        return ""
    told = f"{losses[-1]:.4f} nats per pair in the last epoch"
    return told + (f", {held_out[-1]:.4f} in {facts['validation']}" if held_out else "")


def _told_stop(facts: Mapping[str, Any]) -> str:
    stopped, best = facts["stopped_epoch"], facts["best_epoch"]
    if stopped:
        return f"after epoch {stopped}; the vectors are those of epoch {best}"
    return ""
