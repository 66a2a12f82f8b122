"""``word2vec train``: text files in, a file of vectors out.

Every option of `word2vec.params.OPTIONS` is an option here.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.common import (
    CommandError,
    available_cpus,
    check_output,
    example_parser,
    file_format,
    save_vectors,
)
from word2vec.cli.interrupts import terminable
from word2vec.errors import NotTrainableError, Word2VecError
from word2vec.params import OPTIONS, Option

if TYPE_CHECKING:
    from word2vec import Word2Vec

EXAMPLES = """\
examples:
  word2vec train corpus.txt -o vectors.kv
  word2vec train wiki-*.txt.xz -o vectors.bin --sg 1 --vector-size 200 --epochs 5
  word2vec train corpus.txt -o vectors.txt.gz --save-model model.w2v --min-count 10

The corpus holds one sentence a line, words between white space. The ending of OUT
chooses the format: .bin and .txt are those of the word2vec tool (.bin.gz, .txt.xz ...
compressed), every other ending the native one, which KeyedVectors.load reads.
"""

_METAVARS = {"int": "N", "float": "X", "flag": "0|1"}
_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def add(commands: Any) -> None:
    """Declare the command."""
    parser = example_parser(
        commands.add_parser,
        EXAMPLES,
        "train",
        help="train word vectors from text files",
        description="Train word vectors from text files (also .gz, .bz2, .xz, .zst).",
    )
    parser.add_argument("corpus", nargs="+", metavar="CORPUS", help="text file")
    parser.add_argument("-o", "--output", metavar="OUT", required=True, help="file of the vectors")
    parser.add_argument(
        "--save-model", metavar="PATH", help="keep the whole model for further training"
    )
    parser.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        help="show a progress bar on standard error (default: if that is a terminal)",
    )
    parser.add_argument(
        "--checkpoint", metavar="PATH", help="keep the run in this file, so that it can be resumed"
    )
    parser.add_argument(
        "--checkpoint-every",
        metavar="N{m,w,e}",
        help="minutes, words or epochs between checkpoints, as 10m, 100000w or 1e (default: 10m)",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on from the checkpoint, or begin if there is none; repeat the other options",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print nothing but errors")
    group = parser.add_argument_group("training options")
    for option in OPTIONS.values():
        if option.kind != "object":
            _add_option(group, option)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, save, and say how it went."""
    for path in arguments.corpus:
        _check_input(path)
    if arguments.resume and not arguments.checkpoint:
        raise CommandError("--resume needs --checkpoint PATH, the file to go on from")
    outputs = [
        path for path in (arguments.output, arguments.save_model, arguments.checkpoint) if path
    ]
    for place, path in enumerate(outputs):
        check_output(path)
        for other in arguments.corpus + outputs[:place]:
            if _same_file(path, other):
                raise CommandError(f"{path}: it would overwrite {other}")
    progress = arguments.progress
    if progress is None:
        progress = sys.stderr.isatty() and not arguments.quiet
    options = {name: getattr(arguments, name) for name in OPTIONS if hasattr(arguments, name)}
    start = time.perf_counter()
    try:
        with terminable():
            model = _train(arguments, options, progress)
    except KeyboardInterrupt:
        if arguments.checkpoint and Path(arguments.checkpoint).exists():
            print(
                f"\nword2vec: {arguments.checkpoint} keeps the run: the same command with "
                "--resume goes on",
                file=sys.stderr,
            )
        raise
    except NotTrainableError as error:
        raise CommandError(
            f"{error} (does any word occur --min-count {arguments.min_count} times?)"
        ) from error
    if arguments.save_model:
        model.save(arguments.save_model)
    save_vectors(model.wv, arguments.output)
    if not arguments.quiet:
        _report(model, arguments, time.perf_counter() - start)
    return 0


def _train(arguments: argparse.Namespace, options: dict[str, Any], progress: bool) -> "Word2Vec":
    """Train from the beginning, or from where the checkpoint says."""
    from word2vec import Word2Vec

    checkpoint = arguments.checkpoint
    if not (arguments.resume and Path(checkpoint).exists()):
        return Word2Vec(
            corpus_file=arguments.corpus,
            progress=progress,
            checkpoint=checkpoint,
            checkpoint_every=arguments.checkpoint_every,
            **options,
        )
    begun = Word2Vec.load(checkpoint, mmap="r")
    for name, value in options.items():
        # Threads are those of today's machine; without a seed there is none to compare.
        kept = getattr(begun, name)
        if value != kept and name != "workers" and not (name == "seed" and value is None):
            flag = "--" + name.replace("_", "-")
            raise CommandError(
                f"{checkpoint}: the run was begun with {flag} {kept}, not {value}: repeat its "
                "options to go on, or delete the file to begin anew"
            )
    del begun
    return Word2Vec.resume(
        checkpoint,
        corpus_file=arguments.corpus,
        workers=options["workers"],
        checkpoint_every=arguments.checkpoint_every,
        progress=progress,
    )


def _report(model: "Word2Vec", arguments: argparse.Namespace, seconds: float) -> None:
    _, words = model.latest_counts
    speed = words / max(model.total_train_time, 1e-9)
    kind = file_format(arguments.output)
    lines = [
        ("vocabulary", f"{len(model.wv):,} words"),
        ("trained", f"{words:,} words in {model.total_train_time:.1f} s ({speed:,.0f} words/s)"),
        ("time", f"{seconds:.1f} s from text to file"),
        ("vectors", f"{arguments.output} ({kind} format, {model.vector_size} dimensions)"),
        ("model", arguments.save_model),
    ]
    for name, value in lines:
        if value:
            print(f"{name:<11} {value}")


def _check_input(path: str) -> None:
    from word2vec.text.readers import reads_once

    if Path(path).is_dir():
        raise CommandError(f"{path}: this is a folder; give its files, as in {path}/*")
    if reads_once(path) and Path(path).exists():
        return  # a pipe that is opened and closed has lost its writer
    with Path(path).open("rb"):
        pass  # missing or unreadable: say so before the first file has been read


def _same_file(path: str, other: str) -> bool:
    if Path(path).exists() and Path(other).exists():
        return Path(path).samefile(other)
    return Path(path).absolute() == Path(other).absolute()


def _add_option(group: Any, option: Option) -> None:
    default = available_cpus() if option.name == "workers" else option.default
    shown = "all CPUs" if option.name == "workers" else str(default).lower()
    metavar = _METAVARS.get(option.kind)
    if metavar is None:
        metavar = "|".join(str(choice).lower() for choice in option.choices)
    group.add_argument(
        "--" + option.name.replace("_", "-"),
        dest=option.name,
        metavar=metavar,
        type=reader(option),
        default=default,
        # argparse formats help texts with %.
        help=f"{option.meaning} (default: {shown})".replace("%", "%%"),
    )


def reader(option: Option) -> Callable[[str], Any]:
    """Return a function that reads a value of `option` from a command line.

    Returns
    -------
    callable
        Text to the option's value; raises argparse.ArgumentTypeError with what is
        allowed for everything else.
    """

    def read(text: str) -> Any:
        try:
            return option.check(_parse(option, text))
        except (Word2VecError, ValueError) as error:
            raise argparse.ArgumentTypeError(f"{text!r}: it must be {_allowed(option)}") from error

    return read


def _allowed(option: Option) -> str:
    """Return the allowed values as they are written on a command line."""
    if option.kind == "flag":
        return "0 or 1"
    if option.kind == "choice":
        return "one of " + ", ".join(str(choice).lower() for choice in option.choices)
    return option.allowed.replace("None", "none")


def _parse(option: Option, text: str) -> Any:
    word = text.strip().lower()
    if option.optional and word == "none":
        return None
    if option.kind == "int":
        return int(word)
    if option.kind == "float":
        return float(word)
    return _TRUTH.get(word, word)
