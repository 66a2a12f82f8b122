"""How commands are declared: Click's, with examples and sections in the help.

Options cannot be abbreviated (Click knows none): a new option must not change what old
scripts mean.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from word2vec.cli.output import STREAM

# Shells complete it. Whether it is there and readable is asked where it is used.
FILE = click.Path(readable=False)
_FILE_METAVARS = ("FILE", "PATH", "OUT")

Function = TypeVar("Function", bound=Callable[..., Any])


class _Formatter(click.HelpFormatter):
    """Headings that are found at a glance; Click removes the style where it cannot be shown."""

    def write_heading(self, heading: str) -> None:
        super().write_heading(click.style(heading, bold=True))


class Context(click.Context):
    """Click's, with our help."""

    formatter_class = _Formatter

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options.setdefault("help_option_names", ["-h", "--help"])
        options.setdefault("max_content_width", 100)
        super().__init__(*arguments, **options)


class Option(click.Option):
    """An option that stands in a section of its own in the help.

    Parameters
    ----------
    section : str, default="Options"
        Its heading.
    """

    def __init__(self, *arguments: Any, section: str = "Options", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.section = section


class _Explained(click.Command):
    context_class = Context

    def __init__(self, *arguments: Any, examples: str = "", notes: str = "", **options: Any):
        super().__init__(*arguments, **options)
        self.examples = examples
        self.notes = notes

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then the notes."""
        if self.examples:
            with formatter.section("Examples"):
                # As it is written, not filled.
                formatter.write("".join(f"  {line}\n" for line in self.examples.splitlines()))
        if self.notes:
            formatter.write_paragraph()
            formatter.write_text(self.notes)


class Command(_Explained):
    """A command.

    Parameters
    ----------
    examples : str
        Command lines below the help, shown as they are written.
    notes : str
        A paragraph behind them.
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write arguments and options, each section under its heading."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                heading = getattr(parameter, "section", "Options")
                sections.setdefault(heading, []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


class Group(_Explained, click.Group):
    """The program itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands as they were added: what is needed first comes first."""
        return list(self.commands)


class Argument(click.Argument):
    """An argument with a line in the help, as options have.

    Parameters
    ----------
    help : str
        What it is.
    """

    def __init__(self, *arguments: Any, help: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.meaning = help
        self.section = "Arguments"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Return the argument and what it means."""
        return self.make_metavar(ctx), self.meaning


def command(name: str, **options: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return a decorator that makes a `Command` of a function."""
    return click.command(name, cls=Command, **options)


def argument(name: str, help: str, **options: Any) -> Callable[[Function], Function]:
    """Return a decorator that declares an `Argument`."""
    options.setdefault("metavar", name.upper())
    return click.argument(name, cls=Argument, help=help, **options)


def option(*names: str, **options: Any) -> Callable[[Function], Function]:
    """Return a decorator that declares an `Option`; one with the metavar of a file is a `FILE`."""
    if options.get("metavar", "").startswith(_FILE_METAVARS):
        options.setdefault("type", FILE)
    return click.option(*names, cls=Option, **options)


def number(*names: str, minimum: int, **options: Any) -> Callable[[Function], Function]:
    """Return a decorator that declares an option whose value is an integer >= `minimum`."""
    options.setdefault("metavar", "N")
    return option(*names, type=at_least(minimum), **options)


def at_least(minimum: int) -> Callable[[Any], int]:
    """Return a function that reads an integer >= `minimum`; all else is wrong usage."""

    def read(value: Any) -> int:
        try:
            number = int(value) if isinstance(value, str) else value
        except ValueError:
            number = None
        if not isinstance(number, int) or isinstance(number, bool) or number < minimum:
            raise click.BadParameter(f"{value!r}: it must be an integer >= {minimum}")
        return number

    return read


def vectors_argument(function: Function) -> Function:
    """Declare the file of vectors."""
    return argument(
        "vectors",
        "File of vectors in any format of 'word2vec convert', also compressed, or a model; "
        "- is standard input.",
        type=FILE,
    )(function)


def corpus_argument(function: Function) -> Function:
    """Declare the text files."""
    return argument(
        "corpus",
        "Text file, also compressed; - is standard input.",
        metavar="CORPUS...",
        type=FILE,
        nargs=-1,
        required=True,
    )(function)


def output_option(what: str, default: str = STREAM) -> Callable[[Function], Function]:
    """Return a decorator that declares ``--output``.

    Parameters
    ----------
    what : str
        What goes there, or where it goes.
    default : str
        A file, or standard output.
    """
    names, streams = ("-o", "--output"), default == STREAM
    told = f"{what} (default: standard output)." if streams else f"{what}."
    return option(*names, metavar="FILE", default=default, show_default=not streams, help=told)


def json_option(function: Function) -> Function:
    """Declare ``--json``."""
    return option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")(
        function
    )
