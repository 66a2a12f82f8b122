"""``word2vec info``: what a file holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.declare import FILE, argument, command, json_option
from word2vec.cli.formats import GENSIM, NATIVE, load_vectors, recognise
from word2vec.cli.output import STREAM, print_facts, print_json
from word2vec.errors import TruncatedFileError
from word2vec.notebook import written
from word2vec.params import OPTIONS

if TYPE_CHECKING:
    from word2vec import KeyedVectors, Word2Vec

EXAMPLES = """\
word2vec info vectors.kv
word2vec info model.w2v --json
"""
_SHOWN = 8  # of the most frequent words


@command(
    "info",
    examples=EXAMPLES,
    short_help="What a file of vectors, a model or a checkpoint holds.",
    help="Say what a file holds: vectors in any format, a model, a checkpoint, phrases.",
)
@argument("file", "The file; - is standard input.", type=FILE)
@json_option
def info(file: str, as_json: bool) -> None:
    """Print the facts."""
    facts = _facts(file)
    if as_json:
        print_json(facts)
        return
    options = facts.pop("options", None)
    words = facts.pop("first words", None)
    lines = {name: written(value) for name, value in facts.items()}
    if words:
        lines["first words"] = " ".join(map(str, words))
    if options:
        lines["options"] = (
            " ".join(
                f"{name}={value}"
                for name, value in options.items()
                if value != OPTIONS[name].default
            )
            or "all as by default"
        )
    print_facts(lines)


def _facts(file: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"file": file}
    if file != STREAM:
        facts["bytes"] = Path(file).stat().st_size
        kind = recognise(file, file)
        if kind == NATIVE:
            return facts | _native_facts(file)
        facts["format"] = kind
    return facts | _vector_facts(load_vectors(file))


def _native_facts(file: str) -> dict[str, Any]:
    """Facts of a native file, or one of gensim's: both say themselves what they hold."""
    from word2vec import KeyedVectors, Word2Vec
    from word2vec.io import container, foreign

    _, reader = foreign.recognise(file)
    facts: dict[str, Any] = {"format": NATIVE if reader is None else GENSIM}
    run = None if reader else container.read(file, mmap="r").meta.get("run")
    held = _load(file)
    facts["holds"] = type(held).__name__ if run is None else "checkpoint of a run"
    if run is not None:
        facts["run"] = f"epoch {run['epoch']} of {run['epochs']} done, {run['words']:,} words"
    if isinstance(held, KeyedVectors):
        return facts | _vector_facts(held) | _counts(held)
    if isinstance(held, Word2Vec):
        return facts | _vector_facts(held.wv) | _counts(held.wv) | _model_facts(held)
    grams = held.phrasegrams if hasattr(held, "phrasegrams") else held.export_phrases()
    return facts | {
        "phrases": len(grams),
        "threshold": held.threshold,
        "min_count": held.min_count,
        "delimiter": held.delimiter,
    }


def _load(file: str) -> Any:
    """Return the object in a native file or one of gensim's, whatever it is."""
    from word2vec import KeyedVectors, Word2Vec
    from word2vec.errors import FormatError
    from word2vec.phrases import FrozenPhrases, Phrases

    for kind in (Word2Vec, KeyedVectors, Phrases):
        try:
            return kind.load(file)
        except TruncatedFileError:
            raise
        except FormatError:
            continue  # it holds something else
    return FrozenPhrases.load(file)


def _model_facts(model: "Word2Vec") -> dict[str, Any]:
    return {
        "corpus words": model.corpus_total_words,
        "corpus sentences": model.corpus_count,
        "epochs trained": model._epochs_done,
        "options": {name: getattr(model, name) for name in OPTIONS if hasattr(model, name)},
    }


def _vector_facts(vectors: "KeyedVectors") -> dict[str, Any]:
    return {
        "words": len(vectors),
        "dimensions": vectors.vector_size,
        "dtype": str(vectors.vectors.dtype),
        "first words": vectors.index_to_key[:_SHOWN],
    }


def _counts(vectors: "KeyedVectors") -> dict[str, Any]:
    """Sum of the counts, unless a reader made them up from the order: n, n - 1, ... 1."""
    counts = vectors.expandos.get("count")
    if counts is None or counts.tolist() == list(range(len(vectors), 0, -1)):
        return {}
    return {"counted words": int(counts.sum())}
