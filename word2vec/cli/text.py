"""``word2vec phrases`` and ``word2vec vocab``: what a text holds, before any training."""

import contextlib
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import click

from word2vec.cli.common import (
    CommandError,
    available_cpus,
    check_corpus,
    check_outputs,
    corpus_sources,
    rereadable,
)
from word2vec.cli.declare import (
    command,
    corpus_argument,
    json_option,
    number,
    option,
    output_option,
)
from word2vec.cli.output import STREAM, output_target, print_json

PHRASES_EXAMPLES = """\
word2vec phrases corpus.txt -o joined.txt                 new york becomes new_york
word2vec phrases corpus.txt --list | head                 the best phrases with their scores
word2vec phrases corpus.txt -o joined.txt --save phrases.w2v
word2vec phrases more.txt --model phrases.w2v -o more-joined.txt
word2vec phrases corpus.txt | word2vec phrases - -o three.txt       new_york_times
"""
VOCAB_EXAMPLES = """\
word2vec vocab corpus.txt.gz -o corpus.vocab
zcat text/*.gz | word2vec vocab - --min-count 100 | head
"""


class Lines:
    """The sentences of several text files, as often as they are asked for."""

    # A line stays a line, whatever its length.
    LONGEST = sys.maxsize

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files

    def __iter__(self) -> Iterator[list[str]]:
        from word2vec import LineSentence

        for file in self._files:
            yield from LineSentence(file, max_sentence_length=self.LONGEST)


@command(
    "phrases",
    examples=PHRASES_EXAMPLES,
    short_help="Join words that belong together.",
    help="Find words that occur together more often than chance has it, and write the text with "
    "each such phrase as one word. A second pass, over what the first wrote, finds longer ones.",
)
@corpus_argument
@output_option("Where the text goes, compressed if its ending says so")
@option(
    "--min-count",
    type=float,
    default=5.0,
    show_default=True,
    metavar="X",
    help="Discount of rare pairs, about the fewest occurrences of a phrase.",
)
@option(
    "--threshold",
    type=float,
    metavar="X",
    help="Score above which a pair is a phrase (default: 10, with npmi 0.5).",
)
@option(
    "--scoring",
    type=click.Choice(["default", "npmi"]),
    default="default",
    show_default=True,
    help="Mikolov et al. 2013, or normalised pointwise mutual information, in [-1, 1].",
)
@option(
    "--delimiter",
    default="_",
    show_default=True,
    metavar="TEXT",
    help="Between the words of a phrase.",
)
@option(
    "--connector-words",
    type=click.Choice(["none", "english"]),
    default="none",
    show_default=True,
    help="Words that may stand inside a phrase, as in bank_of_america.",
)
@option("--model", metavar="FILE", help="Join the phrases of this file instead of finding some.")
@option("--save", metavar="FILE", help="Keep the phrases for other texts.")
@option("--list", "listed", is_flag=True, help="Print 'score phrase', best first, and no text.")
@json_option
@option("-q", "--quiet", is_flag=True, help="Print nothing but text and errors.")
def phrases(
    corpus: Sequence[str],
    output: str,
    *,
    min_count: float,
    threshold: float | None,
    scoring: str,
    delimiter: str,
    connector_words: str,
    model: str | None,
    save: str | None,
    listed: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find, then join or list."""
    from word2vec.phrases import ENGLISH_CONNECTOR_WORDS

    check_corpus(corpus)
    check_outputs([output, save], [*corpus, *([model] if model else [])])
    if as_json and not listed:
        raise CommandError("--json prints a list of phrases: add --list")
    if listed and output != STREAM:
        raise CommandError("--list prints to standard output: leave --output out")
    options = {
        "min_count": min_count,
        "threshold": threshold if threshold is not None else _THRESHOLDS[scoring],
        "scoring": scoring,
        "delimiter": delimiter,
        "connector_words": ENGLISH_CONNECTOR_WORDS if connector_words == "english" else (),
    }
    with rereadable(corpus) as files:
        found = find_phrases(Lines(files), model, **options)
        scores = found.phrasegrams
        if save:
            found.save(save)
        if listed:
            _print_phrases(scores, as_json)
        else:
            with output_target(output) as target:
                write_joined(found, Lines(files), target)
    if not quiet:
        print(f"{len(scores):,} phrases", file=sys.stderr)


_THRESHOLDS = {"default": 10.0, "npmi": 0.5}


def find_phrases(sentences: Iterable[list[str]], model: str | None, **options: Any) -> Any:
    """Return the phrases of a text, or those of a file.

    Parameters
    ----------
    sentences : iterable of list of str
    model : str or None
        A file of `Phrases` or `FrozenPhrases`, which `options` have no effect on.
    **options
        Of `Phrases`.

    Returns
    -------
    FrozenPhrases
    """
    from word2vec.errors import FormatError, TruncatedFileError
    from word2vec.phrases import FrozenPhrases, Phrases

    if model is None:
        return Phrases(sentences, **options).freeze()
    try:
        return FrozenPhrases.load(model)
    except TruncatedFileError:
        raise
    except FormatError:
        return Phrases.load(model).freeze()


def write_joined(
    phrases: Any, sentences: Iterable[list[str]], target: str | Path | BinaryIO
) -> None:
    """Write sentences, one a line, with their phrases joined."""
    from word2vec.io.files import open_output

    with open_output(target, append=False) as file:
        file.writelines(
            " ".join(sentence).encode("utf-8", "surrogatepass") + b"\n"
            for sentence in phrases[sentences]
        )


@contextlib.contextmanager
def joined_copies(
    texts: Mapping[str, Sequence[str]], model: str | None
) -> Iterator[dict[str, str]]:
    """Give a temporary file with each text, the phrases of the first joined in all.

    Files, because training reads them without Python, and reads them several times.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Name of a text to its files.
    model : str or None
        A file with the phrases, instead of those of the first text.

    Yields
    ------
    dict of str to str
        Name of a text to the path of its copy.
    """
    with contextlib.ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="word2vec-"))
        lines = [Lines(opened.enter_context(rereadable(files))) for files in texts.values()]
        copies = {name: str(Path(folder, f"{name}.txt")) for name in texts}
        phrases = find_phrases(lines[0], model)
        for text, copy in zip(lines, copies.values(), strict=True):
            write_joined(phrases, text, copy)
        yield copies


def _print_phrases(scores: dict[str, float], as_json: bool) -> None:
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if as_json:
        print_json([{"phrase": phrase, "score": score} for phrase, score in ranked])
        return
    for phrase, score in ranked:
        print(f"{score:10.3f}  {phrase}")


@command(
    "vocab",
    examples=VOCAB_EXAMPLES,
    short_help="Words of a text with their counts.",
    help="Count the words of text files: 'word count' lines, most frequent first, as the C "
    "tool's -save-vocab writes and -read-vocab reads.",
)
@corpus_argument
@output_option("Where the lines go")
@number(
    "--min-count", minimum=0, default=5, show_default=True, help="Leave out words that are rarer."
)
@number("--max-final-vocab", minimum=1, help="Raise --min-count until at most N words remain.")
@json_option
@option("-q", "--quiet", is_flag=True, help="Print nothing but words and errors.")
def vocab(
    corpus: Sequence[str],
    output: str,
    min_count: int,
    max_final_vocab: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Count, choose, write."""
    from word2vec import Word2Vec
    from word2vec.io.word2vec_format import write_counts

    check_corpus(corpus)
    check_outputs([output], corpus)
    if as_json and output != STREAM:
        raise CommandError("--json prints to standard output: leave --output out")
    counter = Word2Vec(
        min_count=min_count, max_final_vocab=max_final_vocab, workers=available_cpus()
    )
    words, lines = counter.scan_vocab(corpus_file=corpus_sources(corpus))
    distinct = len(counter.raw_vocab)
    counter.prepare_vocab()
    keys, counts = counter.wv.index_to_key, counter.wv.expandos["count"].tolist()
    if as_json:
        print_json(
            {
                "words": words,
                "sentences": lines,
                "distinct": distinct,
                "counts": dict(zip(keys, counts, strict=True)),
            }
        )
    else:
        with output_target(output) as target:
            write_counts(target, keys, counts)
    if not quiet:
        print(
            f"{words:,} words in {lines:,} sentences; {distinct:,} different ones, "
            f"{len(keys):,} kept",
            file=sys.stderr,
        )
