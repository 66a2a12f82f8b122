"""What several commands need: checks before the work, and messages."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from word2vec.cli.output import STREAM, stdin_bytes
from word2vec.errors import Word2VecError
from word2vec.extras import require

if TYPE_CHECKING:
    from word2vec import KeyedVectors

# Package and extra that write files with an ending.
_WRITERS = {".parquet": ("pyarrow", "arrow"), ".zst": ("zstandard", "zst")}


class CommandError(Word2VecError):
    """A command cannot do what was asked; the message is for the person who asked."""


def version() -> str:
    """Return the installed version."""
    try:
        return metadata.version("word2vec-hogwild")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def available_cpus() -> int:
    """Return how many CPUs this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not every system tells
        return os.cpu_count() or 1


def check_output(path: str) -> None:
    """Find out before the work whether its result can be written.

    Raises
    ------
    CommandError
        If `path` is a folder, or its folder is missing or not writable.
    MissingDependencyError
        If its ending asks for a package that is not installed.
    """
    if path == STREAM:
        return
    folder = Path(path).parent
    if Path(path).is_dir():
        raise CommandError(f"{path}: this is a folder; give the name of a file")
    if not folder.is_dir():
        raise CommandError(f"{path}: the folder {str(folder)!r} does not exist")
    if not os.access(Path(path) if Path(path).exists() else folder, os.W_OK):
        raise CommandError(f"{path}: no permission to write there")
    ending = Path(path).suffix.lower()
    if ending in _WRITERS:
        require(*_WRITERS[ending], f"writing {ending} files")


def check_outputs(outputs: Sequence[str | None], inputs: Sequence[str]) -> None:
    """Find out before the work whether its results can be written, each to its own file.

    Raises
    ------
    CommandError
        As `check_output`, or if one would overwrite another or an input.
    MissingDependencyError
        As `check_output`.
    """
    given = [path for path in outputs if path]
    for place, path in enumerate(given):
        check_output(path)
        for other in [*inputs, *given[:place]]:
            if path != STREAM and other != STREAM and _same_file(path, other):
                raise CommandError(f"{path}: it would overwrite {other}")
    if given.count(STREAM) > 1:
        raise CommandError("only one result can go to standard output: name a file for the other")


def _same_file(path: str, other: str) -> bool:
    if Path(path).exists() and Path(other).exists():
        return Path(path).samefile(other)
    return Path(path).absolute() == Path(other).absolute()


def check_corpus(paths: Sequence[str]) -> None:
    """Find out before the work whether all texts can be read.

    Raises
    ------
    CommandError
        If a path is a folder, or standard input is named twice.
    OSError
        If a file is missing or unreadable.
    """
    from word2vec.text.readers import reads_once

    if list(paths).count(STREAM) > 1:
        raise CommandError("standard input (-) can be read only once")
    for path in paths:
        if path == STREAM:
            continue
        if Path(path).is_dir():
            raise CommandError(f"{path}: this is a folder; give its files, as in {path}/*")
        if reads_once(path) and Path(path).exists():
            continue  # a pipe that is opened and closed has lost its writer
        with Path(path).open("rb"):
            pass


def check_validation(path: str | None, corpus: Sequence[str]) -> None:
    """Find out before the work whether the held-out text can be read, and is held out.

    Raises
    ------
    CommandError
        As `check_corpus`, or if it is one of the files to be trained on.
    OSError
        If it is missing or unreadable.
    """
    if path is None:
        return
    check_corpus([path])
    if path == STREAM and STREAM in corpus:
        raise CommandError("standard input (-) cannot be both CORPUS and --validation")
    for other in corpus:
        if STREAM not in (path, other) and _same_file(path, other):
            raise CommandError(
                f"--validation {path}: it is trained on; give a text that is not, for instance "
                "lines cut from the corpus"
            )


def corpus_sources(paths: Sequence[str]) -> list[Any]:
    """Return what the library reads: paths, and standard input for ``-``."""
    return [stdin_bytes() if path == STREAM else path for path in paths]


@contextlib.contextmanager
def rereadable(paths: Sequence[str]) -> Iterator[list[str]]:
    """Give paths that can be read several times: pipes are copied to temporary files.

    Yields
    ------
    list of str
        In the order of `paths`; the copies are deleted at the end.
    """
    from word2vec.text.readers import reads_once

    with tempfile.TemporaryDirectory(prefix="word2vec-") as folder:
        copies = []
        for place, path in enumerate(paths):
            if path == STREAM or reads_once(path):
                copy = Path(folder, str(place))
                with contextlib.ExitStack() as opened, copy.open("wb") as file:
                    source = (
                        stdin_bytes()
                        if path == STREAM
                        else opened.enter_context(Path(path).open("rb"))
                    )
                    shutil.copyfileobj(source, file)
                path = str(copy)
            copies.append(path)
        yield copies


def check_known(vectors: "KeyedVectors", words: Sequence[str], path: str) -> None:
    """Check that the file knows every word.

    Raises
    ------
    CommandError
        Naming the first unknown word and known ones that are spelt much like it.
    """
    for word in words:
        if word not in vectors.key_to_index:
            close = close_spellings(word, vectors.index_to_key)
            hint = f"; close spellings: {', '.join(close)}" if close else ""
            raise CommandError(f"{word!r} is not among the {len(vectors):,} words of {path}{hint}")


def close_spellings(word: str, keys: Sequence[Any], n: int = 4) -> list[str]:
    """Return up to `n` of `keys` that are spelt much like `word`, best first."""
    from difflib import get_close_matches

    # Frequent words come first, and a wrong guess costs less than a minute's search.
    known = [key for key in keys[:100_000] if isinstance(key, str)]
    folded = word.casefold()
    same_but_case = [key for key in known if key.casefold() == folded]
    close = get_close_matches(folded, known, n)
    return list(dict.fromkeys(same_but_case + close))[:n]
