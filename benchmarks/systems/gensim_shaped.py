"""Measure any trainer that has gensim's API; the same code for every one of them.

The vocabulary and the training are timed apart. Memory is read as soon as
training ends, before the checks and the export, which are ours and not the
trainer's.
"""

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.systems.measure import Stopwatch, peak_memory, sample_rows, write_vectors


def train(job: dict[str, Any], word2vec_class: Any, line_sentence_class: Any) -> dict[str, Any]:
    """Train one model as `job` says and return the measured part of its result."""
    source = _source(job, line_sentence_class)
    at_start = peak_memory()
    with Stopwatch() as vocabulary:
        model = word2vec_class(**job["settings"], **job["options"])
        model.build_vocab(**source)
    result = {
        "vocabulary_s": vocabulary.wall,
        "vocabulary_cpu_s": vocabulary.cpu,
        "vocabulary_size": len(model.wv.index_to_key),
        "corpus_words": int(model.corpus_total_words),
        "peak_rss_before": at_start["self"],
    }
    if job["measure"] != "vocabulary":
        result |= _train(model, source, job, vocabulary.wall)
    return result | _memory(result)


def _train(
    model: Any, source: dict[str, Any], job: dict[str, Any], vocabulary_s: float
) -> dict[str, Any]:
    sample = sample_rows(len(model.wv.vectors))
    initial = np.array(model.wv.vectors[sample])
    with Stopwatch() as training:
        effective_words, raw_words = model.train(
            **source,
            total_words=model.corpus_total_words,
            total_examples=model.corpus_count,
            epochs=model.epochs,
        )
    result = _memory({})
    if job["measure"] == "end-to-end":
        with Stopwatch() as saving:
            model.wv.save_word2vec_format(str(Path.cwd() / "saved.bin"), binary=True)
        result["saving_s"] = saving.wall
        result["total_s"] = vocabulary_s + training.wall + saving.wall
    vectors = np.asarray(model.wv.vectors)
    if job["vectors"]:
        write_vectors(job["vectors"], model.wv.index_to_key, vectors)
    return result | {
        "training_s": training.wall,
        "training_cpu_s": training.cpu,
        "raw_words": int(raw_words),
        "effective_words": int(effective_words),
        "rows_moved": float((vectors[sample] != initial).any(axis=1).mean()),
        "finite": bool(np.isfinite(vectors).all()),
    }


def _memory(known: dict[str, Any]) -> dict[str, Any]:
    """Return the peak so far, unless it was taken before."""
    if "peak_rss" in known:
        return {}
    memory = peak_memory()
    return {
        "peak_rss": max(memory.values()),
        "peak_rss_self": memory["self"],
        "peak_rss_children": memory["children"],
    }


def _source(job: dict[str, Any], line_sentence_class: Any) -> dict[str, Any]:
    if job["source"] == "file":
        return {"corpus_file": job["corpus"]}
    if job["source"] == "line-sentence":
        return {"corpus_iterable": line_sentence_class(job["corpus"])}
    with open(job["corpus"], encoding="utf-8", errors="replace") as lines:
        return {"corpus_iterable": [line.split() for line in lines]}
