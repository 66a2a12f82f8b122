"""``python -m word2vec.gensim SCRIPT [ARGS]``: run a program written for gensim on this library.

The program sees what it would see without us (``sys.argv``, ``sys.path``, ``__main__``),
but for gensim, which is patched (word2vec.patch_gensim).
"""

import os
import runpy
import sys
from collections.abc import Sequence
from types import ModuleType

from word2vec.compat.patch import patch_gensim

USAGE = """\
usage: python -m word2vec.gensim SCRIPT [ARGS]
       python -m word2vec.gensim -m MODULE [ARGS]
       python -m word2vec.gensim -c CODE [ARGS]

Run a Python program whose gensim.models.Word2Vec, KeyedVectors and Phrases are those of
word2vec. gensim itself need not be installed.
"""


def main(arguments: Sequence[str]) -> int:
    """Run the program that `arguments` name, in gensim's place.

    Parameters
    ----------
    arguments : sequence of str
        What follows ``python -m word2vec.gensim``.

    Returns
    -------
    int
        The exit status: 0, or 2 if `arguments` name no program. What the program
        raises, SystemExit too, is not caught.
    """
    if list(arguments[:1]) in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    kind = arguments[0] if arguments and arguments[0] in ("-m", "-c") else ""
    program, *rest = list(arguments[1:] if kind else arguments) or [""]
    if not program or (not kind and program.startswith("-")):
        print(USAGE, end="", file=sys.stderr)
        return 2
    if not kind and not os.path.exists(program):
        print(f"word2vec.gensim: there is no file {program!r}", file=sys.stderr)
        return 2
    patch_gensim()
    _RUNNERS[kind](program, rest)
    return 0


def _run_file(path: str, arguments: list[str]) -> None:
    sys.argv = [path, *arguments]
    _set_first_path(os.path.dirname(os.path.realpath(path)))
    runpy.run_path(path, run_name="__main__")


def _run_module(name: str, arguments: list[str]) -> None:
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def _run_code(code: str, arguments: list[str]) -> None:
    sys.argv = ["-c", *arguments]
    _set_first_path("")
    module = sys.modules["__main__"] = ModuleType("__main__")
    exec(compile(code, "<string>", "exec"), module.__dict__)


_RUNNERS = {"": _run_file, "-m": _run_module, "-c": _run_code}


def _set_first_path(folder: str) -> None:
    if not sys.flags.safe_path:  # with -P Python puts no folder there
        sys.path[0] = folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
