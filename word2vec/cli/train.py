"""``word2vec train``: text files in, a file of vectors out.

Every option of `word2vec.params.OPTIONS` is an option here.
"""

import contextlib
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from word2vec.cli.common import (
    CommandError,
    available_cpus,
    check_corpus,
    check_outputs,
    check_validation,
    corpus_sources,
)
from word2vec.cli.declare import FILE, Command, command, corpus_argument, number, option
from word2vec.cli.declare import Option as CommandOption
from word2vec.cli.formats import file_format, save_vectors
from word2vec.cli.interrupts import terminable
from word2vec.cli.output import STREAM, print_json
from word2vec.cli.report import print_report, run_report, write_report
from word2vec.errors import NotTrainableError, Word2VecError
from word2vec.params import OPTIONS, Option

if TYPE_CHECKING:
    from word2vec import EarlyStopping, Word2Vec

EXAMPLES = """\
word2vec train corpus.txt -o vectors.kv
word2vec train wiki-*.txt.xz -o vectors.bin --sg 1 --vector-size 200 --epochs 5
word2vec train corpus.txt -o vectors.txt.gz --save-model model.w2v --min-count 10
zcat text/*.gz | word2vec train - -o vectors.kv --phrases
word2vec train corpus.txt -o vectors.kv --validation held-out.txt --epochs 20 --early-stopping 2
word2vec train --config train.toml --report report.json
"""
NOTES = """\
The corpus holds one sentence a line, words between white space. The ending of OUT chooses
the format: .bin and .txt are those of the word2vec tool (.bin.gz, .txt.xz ... compressed),
.npy and .tsv put the words into a file beside it, .parquet is a Parquet table, and every
other ending is the native one, which KeyedVectors.load reads.
"""

_METAVARS = {"int": "N", "float": "X", "flag": "0|1"}
_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_SECTION = "Training options"


def reader(option: Option) -> Callable[[Any], Any]:
    """Return a function that reads a value of `option` from a command line or from TOML.

    Returns
    -------
    callable
        Text or value to the option's value; raises click.BadParameter with what is
        allowed for everything else.
    """

    def read(value: Any) -> Any:
        try:
            return option.check(_parse(option, value) if isinstance(value, str) else value)
        except (Word2VecError, ValueError) as error:
            raise click.BadParameter(f"{value!r}: it must be {_allowed(option)}") from error

    return read


def _parse(option: Option, text: str) -> Any:
    word = text.strip().lower()
    if option.optional and word == "none":
        return None
    if option.kind == "int":
        return int(word)
    if option.kind == "float":
        return float(word)
    return _TRUTH.get(word, word)


def _allowed(option: Option) -> str:
    """Return the allowed values as they are written on a command line."""
    if option.kind == "flag":
        return "0 or 1"
    if option.kind == "choice":
        return "one of " + ", ".join(str(choice).lower() for choice in option.choices)
    return option.allowed.replace("None", "none")


def _read_config(context: click.Context, _parameter: click.Parameter, path: str | None) -> None:
    """Take what the command line leaves open from a TOML file."""
    if path is None:
        return
    try:
        with Path(path).open("rb") as file:
            given = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{path}: this is no TOML: {error}") from error
    options = {each.name: each for each in context.command.params if each.expose_value}
    defaults = {name.replace("-", "_"): value for name, value in given.items()}
    for name, value in defaults.items():
        if name not in options:
            raise click.UsageError(
                f"{path}: there is no option {name!r}; the options are those of 'word2vec train "
                "--help' without the dashes in front"
            )
        # Click converts text only, and takes what else a file holds as it is.
        if getattr(options[name], "is_flag", False) and not isinstance(value, bool):
            raise click.UsageError(f"{path}: {name} = {value!r}: it must be true or false")
        is_one_file = options[name].type is FILE and options[name].nargs == 1
        if is_one_file and not isinstance(value, str):
            raise click.UsageError(f"{path}: {name} = {value!r}: it must be text in quotes")
    if isinstance(defaults.get("corpus"), str):
        defaults["corpus"] = [defaults["corpus"]]
    context.default_map = defaults


@command(
    "train",
    examples=EXAMPLES,
    notes=NOTES,
    short_help="Train word vectors from text files.",
    help="Train word vectors from text files (also .gz, .bz2, .xz, .zst).",
)
@corpus_argument
@option(
    "-o",
    "--output",
    metavar="OUT",
    required=True,
    help="File of the vectors; - is standard output.",
)
@option("--save-model", metavar="PATH", help="Keep the whole model for further training.")
@option(
    "--config",
    metavar="FILE.toml",
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    help="Take options from this file, as in: vector-size = 200. The command line wins.",
)
@option("--phrases", is_flag=True, help="Find phrases first and train on new_york as one word.")
@option(
    "--phrases-model",
    metavar="FILE",
    help="Join the phrases of this file, which 'word2vec phrases --save' wrote.",
)
@option(
    "--validation",
    metavar="FILE",
    help="Text to measure the loss of after each epoch, and never to train on; may be "
    "compressed, and - is standard input. Computes the training loss, too.",
)
@number(
    "--early-stopping",
    minimum=1,
    help="Stop when the loss of that text has not fallen for N epochs; keep the best vectors.",
)
@option(
    "--progress/--no-progress",
    default=None,
    help="Show on standard error where training is (default: if that is a terminal).",
)
@option(
    "--checkpoint", metavar="PATH", help="Keep the run in this file, so that it can be resumed."
)
@option(
    "--checkpoint-every",
    metavar="N{m,w,e}",
    help="Minutes, words or epochs between checkpoints, as 10m, 100000w or 1e (default: 10m).",
)
@option(
    "--resume",
    is_flag=True,
    help="Go on from the checkpoint, or begin if there is none; repeat the other options.",
)
@option("--report", metavar="FILE.json", help="Write what was done, how fast and how well.")
@option("--json", "as_json", is_flag=True, help="Print that report instead of lines for people.")
@option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def train(
    corpus: Sequence[str],
    output: str,
    *,
    save_model: str | None,
    phrases: bool,
    phrases_model: str | None,
    validation: str | None,
    early_stopping: int | None,
    progress: bool | None,
    checkpoint: str | None,
    checkpoint_every: str | None,
    resume: bool,
    report: str | None,
    as_json: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Train, save, and say how it went."""
    check_corpus(corpus)
    check_validation(validation, corpus)
    if resume and not checkpoint:
        raise CommandError("--resume needs --checkpoint PATH, the file to go on from")
    if early_stopping and not validation:
        raise CommandError("--early-stopping needs --validation FILE, the text that it watches")
    check_outputs(
        [output, save_model, checkpoint, report],
        [*corpus, *filter(None, [phrases_model, validation])],
    )
    if as_json and output == STREAM:
        raise CommandError("--json and the vectors cannot both go to standard output: name OUT")
    if progress is None:
        progress = sys.stderr.isatty() and not quiet
    start = time.perf_counter()
    stopping = _early_stopping(early_stopping)
    with _texts(corpus, validation, phrases, phrases_model) as (sources, held_out):
        try:
            with terminable():
                model = _train(
                    sources,
                    options,
                    checkpoint=checkpoint,
                    checkpoint_every=checkpoint_every,
                    resume=resume,
                    progress=progress,
                    validation=held_out,
                    callbacks=[stopping] if stopping else [],
                )
        except KeyboardInterrupt:
            if checkpoint and Path(checkpoint).exists():
                print(
                    f"\nword2vec: {checkpoint} keeps the run: the same command with "
                    "--resume goes on",
                    file=sys.stderr,
                )
            raise
        except NotTrainableError as error:
            raise CommandError(
                f"{error} (does any word occur --min-count {options['min_count']} times?)"
            ) from error
    if save_model:
        model.save(save_model)
    save_vectors(model.wv, output)
    facts = run_report(
        model,
        list(corpus),
        output,
        options,
        seconds=time.perf_counter() - start,
        validation=validation,
        stopping=stopping,
    )
    if report:
        write_report(facts, report)
    if as_json:
        print_json(facts)
    elif not quiet:
        stream = sys.stderr if STREAM in (output, report) else sys.stdout
        print_report(facts, file_format(output), save_model, stream)


@contextlib.contextmanager
def _texts(
    corpus: Sequence[str], validation: str | None, phrases: bool, phrases_model: str | None
) -> Iterator[tuple[list[Any], Any]]:
    """Give what is trained on and what is held out: the files, or copies with phrases joined."""
    held_out = [] if validation is None else [validation]
    if not phrases and phrases_model is None:
        yield corpus_sources(corpus), next(iter(corpus_sources(held_out)), None)
        return
    from word2vec.cli.text import joined_copies

    with joined_copies({"corpus": corpus, "validation": held_out}, phrases_model) as copies:
        yield [copies["corpus"]], copies["validation"] if held_out else None


def _early_stopping(patience: int | None) -> "EarlyStopping | None":
    if patience is None:
        return None
    from word2vec import EarlyStopping

    return EarlyStopping(patience=patience)


def _train(
    sources: list[Any],
    options: dict[str, Any],
    *,
    checkpoint: str | None,
    checkpoint_every: str | None,
    resume: bool,
    **watching: Any,
) -> "Word2Vec":
    """Train from the beginning, or from where the checkpoint says.

    `watching` holds what is no part of the checkpoint: validation, callbacks, progress.
    """
    from word2vec import Word2Vec

    if checkpoint is None or not (resume and Path(checkpoint).exists()):
        return Word2Vec(
            corpus_file=sources,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            **watching,
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
        corpus_file=sources,
        workers=options["workers"],
        checkpoint_every=checkpoint_every,
        **watching,
    )


def _declare_options(to: Command) -> None:
    """Declare every training option."""
    for each in OPTIONS.values():
        if each.kind == "object":
            continue
        default = available_cpus() if each.name == "workers" else each.default
        shown = "all CPUs" if each.name == "workers" else str(each.default).lower()
        metavar = _METAVARS.get(each.kind)
        to.params.append(
            CommandOption(
                ["--" + each.name.replace("_", "-"), each.name],
                section=_SECTION,
                metavar=metavar or "|".join(str(choice).lower() for choice in each.choices),
                type=reader(each),
                default=default,
                help=f"{each.meaning}  [default: {shown}]",
            )
        )


_declare_options(train)
