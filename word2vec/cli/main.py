"""``word2vec``: parse, run one command, turn what went wrong into an exit code.

Exit codes: 0 done; 1 failed; 2 wrong usage, both with one line on standard error;
130 interrupted; 143 terminated; 141 the reader of the output went away. ``WORD2VEC_DEBUG=1``
shows the traceback of a failure instead.
"""

import os
import sys
from collections.abc import Sequence

import click
from click.shell_completion import get_completion_class, shell_complete

from word2vec.cli import (
    cluster,
    convert,
    demo,
    evaluate,
    info,
    inspect,
    map,
    query,
    text,
    train,
)
from word2vec.cli.common import version
from word2vec.cli.declare import Group, argument, command
from word2vec.cli.interrupts import Terminated
from word2vec.cli.output import styles_wanted
from word2vec.errors import NotEnoughMemoryError

DONE, FAILED, USAGE, INTERRUPTED, PIPE_CLOSED, TERMINATED = 0, 1, 2, 130, 141, 143

NAME = "word2vec"
_COMPLETE = "_WORD2VEC_COMPLETE"  # set by the shell that asks for completions

EXAMPLES = """\
word2vec demo                                   see it work, no data needed
word2vec train corpus.txt.gz -o vectors.kv      train on one sentence a line
word2vec similar vectors.kv king                the nearest words
word2vec analogy vectors.kv man king woman      man is to king as woman is to ...
word2vec evaluate vectors.kv                    the public test sets
word2vec map vectors.kv                         a map of the words, for the browser
word2vec inspect                                watch training step by step, in the browser
eval "$(word2vec completion bash)"              complete commands and options with Tab
"""


@command(
    "completion",
    examples='eval "$(word2vec completion bash)"          in ~/.bashrc\n'
    'eval "$(word2vec completion zsh)"           in ~/.zshrc\n'
    "word2vec completion fish | source           in ~/.config/fish/config.fish\n",
    short_help="Complete commands and options in the shell.",
    help="Print what makes a shell complete commands and options with Tab.",
)
@argument("shell", "The shell.", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print Click's script for the shell."""
    made = get_completion_class(shell)
    assert made is not None
    print(made(cli, {}, NAME, _COMPLETE).source())


cli = Group(
    NAME,
    help="Train word vectors from text and ask them questions.",
    examples=EXAMPLES,
    notes="The flags of the original tool work, too: word2vec -train FILE -output FILE -size 200. "
    "Errors are one line; WORD2VEC_DEBUG=1 shows where they come from.",
    no_args_is_help=True,
    commands=[
        train.train,
        query.similar,
        query.analogy,
        evaluate.evaluate,
        convert.convert,
        info.info,
        cluster.cluster,
        map.map,
        inspect.inspect,
        text.phrases,
        text.vocab,
        demo.demo,
        completion,
    ],
)


click.version_option(version(), prog_name=NAME, message="%(prog)s %(version)s")(cli)


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
        code = _run(list(sys.argv[1:] if argv is None else argv))
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


def _run(arguments: list[str]) -> int:
    if os.environ.get(_COMPLETE):
        return shell_complete(cli, {}, NAME, _COMPLETE, os.environ[_COMPLETE])
    if _is_for_the_c_tool(arguments):
        return _run_c_tool(arguments)
    try:
        # Click's own main() would turn Ctrl-C into an exception of its own.
        with cli.make_context(NAME, arguments, color=_colours()) as context:
            cli.invoke(context)
            return DONE
    except click.exceptions.Exit as exit_:  # --help, --version
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return USAGE
    except click.UsageError as error:
        named = error.ctx.command_path if error.ctx else NAME
        print(
            f"word2vec: error: {' '.join(error.format_message().split())} ('{named} --help' "
            "has all options)",
            file=sys.stderr,
        )
        return USAGE


def _colours() -> bool | None:
    """Return False if nobody wants colours; None lets Click see whether there is a terminal."""
    return None if styles_wanted() else False


def _is_for_the_c_tool(arguments: Sequence[str]) -> bool:
    """Whether the arguments begin as those of word2vec.c do: with ``-train`` and the like."""
    first = arguments[0] if arguments else ""
    return len(first) > 2 and first[0] == "-" and first[1].isalpha()


def _run_c_tool(arguments: list[str]) -> int:
    from word2vec.scripts import word2vec_standalone

    try:
        word2vec_standalone.main(arguments, prog=NAME)
    except SystemExit as exit_:  # argparse: wrong usage
        return exit_.code if isinstance(exit_.code, int) else USAGE
    return DONE


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
