"""Downloads of public data sets, from a server on this machine."""

import hashlib
import io
import sys
import tarfile
import threading
import zipfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from word2vec import datasets
from word2vec.datasets import public
from word2vec.errors import DownloadError, MissingDependencyError
from word2vec.evaluation import read_set
from word2vec.vectors.evaluation import find_dataset

PAIRS = b"sun\tsunlight\t50.0\nstock\tegg\t1.8\n"
MEN = b"sun sunlight 50.000000\nstock egg 1.000000\n"


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        self.server.asked.append(arguments[1])


@pytest.fixture
def server(tmp_path):
    """A folder, its address, and what was asked for."""
    folder = tmp_path / "server"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as running:
        running.asked = []
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        running.folder, running.url = folder, f"http://127.0.0.1:{running.server_port}/"
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORD2VEC_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def known(monkeypatch):
    """WordSim-353 as if `PAIRS` were its content."""
    found = replace(public._WORDSIM, sha256=hashlib.sha256(PAIRS).hexdigest())
    monkeypatch.setattr(public, "_WORDSIM", found)


@pytest.mark.usefixtures("known")
def test_a_file_of_known_content_is_downloaded_once(server, cache):
    (server.folder / "x.tsv").write_bytes(PAIRS)
    path = datasets.fetch_wordsim353(url=server.url + "x.tsv")
    assert path == cache / "wordsim353.tsv"
    assert path.read_bytes() == PAIRS
    assert datasets.fetch_wordsim353(url=server.url + "x.tsv") == path
    assert len(server.asked) == 1
    assert find_dataset("wordsim353.tsv") == path
    assert len(read_set(path).pairs) == 2
    assert [file.name for file in cache.iterdir()] == ["wordsim353.tsv"]


@pytest.mark.usefixtures("known")
def test_other_content_is_refused_and_not_kept(server, cache):
    (server.folder / "x.tsv").write_bytes(PAIRS + b"more")
    with pytest.raises(DownloadError, match=r"x\.tsv is not the wordsim353\.tsv .*another copy"):
        datasets.fetch_wordsim353(url=server.url + "x.tsv")
    assert list(cache.iterdir()) == []
    (cache / "wordsim353.tsv").write_bytes(b"changed")
    with pytest.raises(DownloadError, match=r"SHA-256 is \w{64} instead of .*delete it"):
        datasets.fetch_wordsim353()


def test_the_first_download_is_trusted_and_no_other_content_after_it(server, cache):
    text = b" anarchism originated as a term of abuse"
    with zipfile.ZipFile(server.folder / "text8.zip", "w") as archive:
        archive.writestr("text8", text)
    path = datasets.fetch_text8(url=server.url + "text8.zip")
    assert path.read_bytes() == text
    assert sorted(file.name for file in cache.iterdir()) == ["text8", "text8.sha256"]
    assert (cache / "text8.sha256").read_text().strip() == hashlib.sha256(text).hexdigest()
    assert datasets.fetch_text8() == path
    path.write_bytes(text + b"!")
    with pytest.raises(DownloadError, match=r"as .*text8\.sha256 says of the first download"):
        datasets.fetch_text8()
    path.unlink()
    assert datasets.fetch_text8(url=server.url + "text8.zip").read_bytes() == text
    path.unlink()
    with zipfile.ZipFile(server.folder / "text8.zip", "w") as archive:
        archive.writestr("text8", text + b"!")
    with pytest.raises(DownloadError, match="says of the first download"):
        datasets.fetch_text8(url=server.url + "text8.zip")
    assert not path.exists()


def test_one_member_of_a_tar_archive(server, cache):
    with tarfile.open(server.folder / "MEN.tar.gz", "w:gz") as archive:
        for name, content in ((public._MEN.member, MEN), ("MEN/other", b"")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    path = datasets.fetch_men(url=server.url + "MEN.tar.gz")
    assert path == cache / "men.txt"
    assert read_set(path).pairs[0] == ("sun", "sunlight", 50.0)


@pytest.mark.parametrize("content", [None, b"no archive"])
def test_what_cannot_be_downloaded_says_what_to_do(content, server, cache):
    if content:
        (server.folder / "text8.zip").write_bytes(content)
    with pytest.raises(DownloadError, match=r"text8 cannot be downloaded from http.*put the file"):
        datasets.fetch_text8(url=server.url + "text8.zip")
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize(
    ("fetch", "file"),
    [
        (datasets.fetch_simlex999, "simlex999.txt"),
        (datasets.fetch_google_analogies, "questions-words.txt"),
        (datasets.fetch_wordsim353, "wordsim353.tsv"),
    ],
)
def test_content_of_a_known_set_is_checked(fetch, file, cache):
    cache.mkdir()
    (cache / file).write_bytes(b"something else")
    with pytest.raises(DownloadError, match=f"{file} is not the {file} that is expected"):
        fetch()


def test_known_sums_are_those_of_the_files_in_gensim(cache, monkeypatch):
    gensim = pytest.importorskip("gensim.test.utils")
    for fetch, file in (
        (datasets.fetch_simlex999, "simlex999.txt"),
        (datasets.fetch_google_analogies, "questions-words.txt"),
        (datasets.fetch_wordsim353, "wordsim353.tsv"),
    ):
        monkeypatch.setenv("WORD2VEC_DATA", str(cache.parent / file))
        folder = cache.parent / file
        folder.mkdir()
        with open(gensim.datapath(file), "rb") as original:
            (folder / file).write_bytes(original.read())
        assert fetch() == folder / file


def test_without_pooch_the_extra_is_named(cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(MissingDependencyError, match=r"text8 needs pooch.*\[datasets\]"):
        datasets.fetch_text8()
