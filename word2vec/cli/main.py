"""``word2vec``: parse, run one command, turn what went wrong into an exit code.

Exit codes: 0 done; 1 failed, with one line on standard error; 2 wrong usage;
130 interrupted; 143 terminated; 141 the reader of the output went away. ``WORD2VEC_DEBUG=1``
shows the traceback of a failure instead.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from word2vec.cli import demo, evaluate, map, query, train
from word2vec.cli.common import example_parser
from word2vec.cli.interrupts import Terminated
from word2vec.errors import NotEnoughMemoryError

DONE, FAILED, USAGE, INTERRUPTED, PIPE_CLOSED, TERMINATED = 0, 1, 2, 130, 141, 143

EXAMPLES = """\
examples:
  word2vec demo                                   see it work, no data needed
  word2vec train corpus.txt.gz -o vectors.kv      train on one sentence a line
  word2vec similar vectors.kv king                the nearest words
  word2vec analogy vectors.kv man king woman      man is to king as woman is to ...
  word2vec evaluate vectors.kv                    the public test sets
  word2vec map vectors.kv                         a map of the words, for the browser
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, without the program's name; those of the process by default.

    Returns
    -------
    int
        The exit code; nothing is raised, unless WORD2VEC_DEBUG is set.
    """
    for stream in (sys.stdout, sys.stderr):
        # A word that the terminal's encoding lacks is no reason to fail.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(argv)
        sys.stdout.flush()  # here, where a closed pipe is still ours to handle
    except BrokenPipeError:
        _abandon_stdout()
        return PIPE_CLOSED
    except Terminated:
        print("\nword2vec: terminated", file=sys.stderr)
        return TERMINATED
    except KeyboardInterrupt:
        print("\nword2vec: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("WORD2VEC_DEBUG", "0") not in ("", "0"):
            raise
        print(f"word2vec: error: {one_line(error)}", file=sys.stderr)
        return FAILED
    return code


def _run(argv: Sequence[str] | None) -> int:
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as exit_:  # argparse: --help, --version, wrong usage
        return exit_.code if isinstance(exit_.code, int) else USAGE
    code: int = arguments.run(arguments)
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = example_parser(
        argparse.ArgumentParser,
        EXAMPLES,
        prog="word2vec",
        description="Train word vectors from text and ask them questions.",
    )
    top.add_argument("--version", action="version", version=f"word2vec {_version()}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (train, query, evaluate, map, demo):
        module.add(commands)
    return top


def one_line(error: Exception) -> str:
    """Return what `error` says, in one line.

    Parameters
    ----------
    error : Exception
        Anything a command raised.

    Returns
    -------
    str
        The message; an operating system's error names its file, one without a
        message its class.
    """
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    if isinstance(error, MemoryError) and not isinstance(error, NotEnoughMemoryError):
        return "not enough memory"
    return " ".join(str(error).split()) or type(error).__name__


def _abandon_stdout() -> None:
    # The interpreter flushes once more when it ends, and would complain then.
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
    except (OSError, ValueError, AttributeError):
        pass  # standard output is no file of the system's: nothing will be flushed


def _version() -> str:
    try:
        return metadata.version("word2vec-hogwild")
    except metadata.PackageNotFoundError:
        return "(not installed)"
