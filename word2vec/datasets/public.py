"""Public data sets, downloaded once into a folder and checked each time they are asked for.

None of them is part of this library. Where the files' SHA-256 is known it stands here;
elsewhere the first download is trusted, its sum is written beside the file, and any other
content is refused from then on.
"""

import contextlib
import shutil
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from word2vec.errors import DownloadError
from word2vec.extras import require
from word2vec.vectors.evaluation import cache_dir, find_dataset

__all__ = [
    "fetch_google_analogies",
    "fetch_men",
    "fetch_simlex999",
    "fetch_text8",
    "fetch_wordsim353",
]

# A tag, so that these files never change.
_GENSIM = "https://raw.githubusercontent.com/piskvorky/gensim/4.4.0/gensim/test/test_data/"

_LARGEST = 2**30  # bytes of an unpacked data set; text8 has 10**8
_PIECE = 2**20


@dataclass(frozen=True)
class _DataSet:
    file: str
    """Its name in the folder."""
    url: str
    member: str = ""
    """The file inside of a .zip or .tar.gz; without it the download is the file."""
    sha256: str = ""
    """Of the file; empty if it is not known."""


_TEXT8 = _DataSet("text8", "https://mattmahoney.net/dc/text8.zip", member="text8")
_WORDSIM = _DataSet(
    "wordsim353.tsv",
    _GENSIM + "wordsim353.tsv",
    sha256="f92a022fc2537793a15bc3a8c162ebcd74990e033a228bb6388cb71e4c0b1e1d",
)
_SIMLEX = _DataSet(
    "simlex999.txt",
    _GENSIM + "simlex999.txt",
    sha256="d5e0501971478a511430ee880bd0121e94ac701ba86d90544d83e6d2ba3db05d",
)
_ANALOGIES = _DataSet(
    "questions-words.txt",
    _GENSIM + "questions-words.txt",
    sha256="8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36",
)
_MEN = _DataSet(
    "men.txt",
    "https://staff.fnwi.uva.nl/e.bruni/resources/MEN.tar.gz",
    member="MEN/MEN_dataset_natural_form_full",
)


def fetch_text8(*, url: str | None = None, progress: bool = False) -> Path:
    """Give the path of text8: 17 million words of an English Wikipedia of 2006, cleaned.

    One line of 100 million characters: ``word2vec.Text8Corpus(path)`` cuts it into sentences.

    Parameters
    ----------
    url : str, optional
        Where to download from instead of the usual place: a mirror, or a copy of your own.
        The content is checked all the same.
    progress : bool, default=False
        Show a progress bar while downloading (needs tqdm).

    Returns
    -------
    Path
        In the folder that the environment variable WORD2VEC_DATA names, or else in the
        user's cache folder.

    Raises
    ------
    DownloadError
        If it cannot be downloaded, or the file is not the one that is expected; also OSError.
    MissingDependencyError
        If the package pooch is not installed.
    """
    return _fetch(_TEXT8, url, progress)


def fetch_wordsim353(*, url: str | None = None, progress: bool = False) -> Path:
    """Give the path of WordSim-353 (Finkelstein et al. 2002); see `fetch_text8`."""
    return _fetch(_WORDSIM, url, progress)


def fetch_simlex999(*, url: str | None = None, progress: bool = False) -> Path:
    """Give the path of SimLex-999 (Hill et al. 2015); see `fetch_text8`."""
    return _fetch(_SIMLEX, url, progress)


def fetch_google_analogies(*, url: str | None = None, progress: bool = False) -> Path:
    """Give the path of the 19,544 questions of Mikolov et al. (2013a); see `fetch_text8`."""
    return _fetch(_ANALOGIES, url, progress)


def fetch_men(*, url: str | None = None, progress: bool = False) -> Path:
    """Give the path of MEN, 3,000 pairs (Bruni et al. 2014); see `fetch_text8`."""
    return _fetch(_MEN, url, progress)


_EVALUATION_SETS = {
    "wordsim353": _WORDSIM,
    "simlex999": _SIMLEX,
    "men": _MEN,
    "google-analogies": _ANALOGIES,
}
EVALUATION_SETS = tuple(_EVALUATION_SETS)
"""Names that `evaluation_set` knows."""


def evaluation_set(name: str, *, download: bool = True) -> Path | None:
    """Give the path of a public evaluation set by its name.

    Parameters
    ----------
    name : str
        One of `EVALUATION_SETS`.
    download : bool, default=True
        Download it if it is not on this machine.

    Returns
    -------
    Path or None
        In the folder that downloads go to, among the test data of an installed gensim, or
        downloaded; None if it is not here and not to be downloaded.

    Raises
    ------
    DownloadError, MissingDependencyError
        As `fetch_text8`.
    """
    data_set = _EVALUATION_SETS[name]
    path = find_dataset(data_set.file)
    return _fetch(data_set, None, progress=False) if path is None and download else path


def _fetch(data_set: _DataSet, url: str | None, progress: bool) -> Path:
    pooch = require("pooch", "datasets", f"downloading {data_set.file}")
    folder = cache_dir()
    path = folder / data_set.file
    note = folder / f"{data_set.file}.sha256"
    if path.exists():
        _check(pooch, data_set, path, note)
        return path
    folder.mkdir(parents=True, exist_ok=True)
    url = url or data_set.url
    # In the same folder, so that moving the file is one step and never half done.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as temporary:
        found = _download(pooch, data_set, url, path, Path(temporary), progress)
        _check(pooch, data_set, found, note, url)
        if not data_set.sha256 and not note.exists():
            note.write_text(pooch.file_hash(str(found)) + "\n", encoding="ascii")
        shutil.move(found, path)
    return path


def _download(
    pooch: Any, data_set: _DataSet, url: str, path: Path, folder: Path, progress: bool
) -> Path:
    level = pooch.get_logger().level
    pooch.get_logger().setLevel("WARNING")  # it would print the sum on every download
    try:
        found = pooch.retrieve(
            url, known_hash=None, fname="download", path=folder, progressbar=progress
        )
        if not data_set.member:
            return Path(found)
        return _unpacked(Path(found), data_set.member, zipped=url.endswith(".zip"))
    except Exception as error:  # of pooch, requests, zipfile or tarfile
        raise DownloadError(
            f"{data_set.file} cannot be downloaded from {url} ({type(error).__name__}: {error}): "
            f"try again, give the url of a mirror, or put the file at {path} yourself"
        ) from error
    finally:
        pooch.get_logger().setLevel(level)


def _unpacked(archive: Path, member: str, zipped: bool) -> Path:
    """Copy one file out of an archive; whatever else is in there is not looked at.

    Nothing is unpacked by the names in the archive: they may lead to another folder, and
    links may.

    Raises
    ------
    ValueError
        If the member is no regular file or larger than any data set here.
    KeyError, zipfile.BadZipFile, tarfile.TarError
        If there is none, or the archive is damaged.
    """
    out = archive.with_name("unpacked")
    with contextlib.ExitStack() as stack:
        if zipped:
            packed: IO[bytes] | None = stack.enter_context(
                stack.enter_context(zipfile.ZipFile(archive)).open(member)
            )
        else:
            folder = stack.enter_context(tarfile.open(archive))
            entry = folder.getmember(member)
            packed = folder.extractfile(entry) if entry.isreg() else None
        if packed is None:
            raise ValueError(f"{member} in the archive is no regular file")
        with out.open("xb") as file:
            while piece := packed.read(_PIECE):
                if file.tell() + len(piece) > _LARGEST:
                    raise ValueError(f"{member} in the archive has more than {_LARGEST} bytes")
                file.write(piece)
    return out


def _check(pooch: Any, data_set: _DataSet, file: Path, note: Path, url: str = "") -> None:
    """Raise unless a file has the sum that is known, or that its first download had."""
    expected = data_set.sha256
    if not expected and note.exists():
        expected = note.read_text(encoding="ascii").strip()
    actual = pooch.file_hash(str(file))
    if not expected or actual == expected:
        return
    cure = (
        "give the url of another copy"
        if url
        else "somebody changed it; delete it to have it downloaded anew"
    )
    first = "" if data_set.sha256 else f", as {note} says of the first download"
    raise DownloadError(
        f"{url or file} is not the {data_set.file} that is expected: its SHA-256 is {actual} "
        f"instead of {expected}{first}: {cure}"
    )
