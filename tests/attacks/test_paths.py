"""Names that lead elsewhere: nothing outside the files that were named is read or written."""

import hashlib
import io
import os
import pickle
import tarfile
import zipfile

import attack_seeds
import fake_gensim
import gensim_cases
import numpy as np
import pytest

from word2vec import KeyedVectors, Word2Vec
from word2vec.compat import gensim_read
from word2vec.datasets import public
from word2vec.errors import (
    CorpusError,
    FormatError,
    ParameterError,
    TruncatedFileError,
    Word2VecError,
)
from word2vec.io import container
from word2vec.io.files import remove_leftovers, replace_file
from word2vec.see.export import save_tensorboard
from word2vec.text.vocabulary import scan_files

posix = pytest.mark.skipif(os.name != "posix", reason="needs pipes, devices and links of POSIX")


def contents(folder):
    """Every name below `folder`, with what it holds or where it points."""
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink()
        else path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }  # fmt: skip


# ---- arrays beside gensim's files ----------------------------------------------------

NAMES = [
    "../outside", "/etc/passwd", "..", ".", "", "a/b", "a\\b", "a\0b", "a.b", "C:x", "~", "a b",
    "vectors\n", "\ud800", "x" * 101, 5, None, b"vectors", ["vectors"], ("vectors",),
]  # fmt: skip


def with_bookkeeping(g, **changes):
    """Vectors of gensim's whose bookkeeping says what arrays lie beside the file."""
    state = {"__numpys": [], "__scipys": [], "__ignoreds": [], "__recursive_saveloads": []}
    return gensim_cases.today(g).wv.__dict__ | state | changes


def write_vectors(path, **changes):
    with fake_gensim.installed() as g:
        wv = g.KeyedVectors()
        wv.__dict__.update(with_bookkeeping(g, **changes))
        path.write_bytes(pickle.dumps(wv))
    return path


@pytest.mark.parametrize("what", ["__numpys", "__recursive_saveloads", "__ignoreds"])
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_names_of_arrays_lead_nowhere(what, name, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    np.save(tmp_path / "outside.npy", gensim_cases.VECTORS)
    np.save(folder / "vectors.npy", gensim_cases.VECTORS)
    with pytest.raises(FormatError, match="not names of attributes"):
        KeyedVectors.load(write_vectors(folder / "v", **{what: [name]}))


@pytest.mark.parametrize("names", ["vectors", {"vectors": 1}, 7])
def test_names_of_arrays_are_a_list(names, tmp_path):
    with pytest.raises(FormatError, match="not names of attributes"):
        KeyedVectors.load(write_vectors(tmp_path / "v", __numpys=names))


def test_an_array_beside_an_open_file_is_not_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("None.vectors.npy", gensim_cases.VECTORS)
    data = write_vectors(tmp_path / "v", __numpys=["vectors"]).read_bytes()
    with pytest.raises(FormatError, match="open it by its name"):
        gensim_read.load_vectors(KeyedVectors, io.BytesIO(data))


@posix
@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link to a device"])
def test_arrays_that_are_no_files_are_refused_at_once(kind, suffix, tmp_path):
    path = write_vectors(tmp_path / f"v{suffix}", __numpys=["vectors"])
    side = tmp_path / f"v{suffix}.vectors.{'npz' if suffix else 'npy'}"
    if kind == "pipe":
        os.mkfifo(side)
    elif kind == "folder":
        side.mkdir()
    elif kind == "device":
        try:
            os.mknod(side, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero
        except PermissionError:
            pytest.skip("only root makes devices")
    else:
        side.symlink_to("/dev/zero")
    with pytest.raises(FormatError, match="no regular file"):
        gensim_read.load_vectors(KeyedVectors, path)


@posix
def test_links_that_lead_in_circles_are_missing_files(tmp_path):
    path = write_vectors(tmp_path / "v", __numpys=["vectors"])
    (tmp_path / "v.vectors.npy").symlink_to("v.vectors.npy")
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load(path)


@posix
def test_a_link_is_read_as_an_array_or_not_at_all(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"password")
    path = write_vectors(tmp_path / "v", __numpys=["vectors"])
    (tmp_path / "v.vectors.npy").symlink_to(secret)
    for mode in (None, "r", "c", "r+"):
        with pytest.raises(FormatError, match="damaged or no array"):
            KeyedVectors.load(path, mmap=mode)
    assert secret.read_bytes() == b"password"


def test_parts_within_parts_are_few():
    """Each has a name as long as all those around it: deep ones would fill the memory."""
    with fake_gensim.installed() as g:
        wv = part = g.KeyedVectors()
        for _ in range(20):
            within = g.KeyedVectors()
            part.__dict__.update(
                with_bookkeeping(g, __recursive_saveloads=["other", "part"], part=within)
            )
            part = within
        data = pickle.dumps(wv)
    with pytest.raises(FormatError, match="parts within parts"):
        gensim_read.load_vectors(KeyedVectors, io.BytesIO(data))


# ---- native files ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../outside", "/tmp/x", "a\0b", "", "keys.blob/../vectors"])
def test_names_of_tensors_are_no_names_of_files(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = container.read(io.BytesIO(attack_seeds.native_vectors()[0]))
    container.write("v", content.kind, content.tensors | {name: np.ones(3)}, content.meta)
    before = contents(tmp_path)
    assert KeyedVectors.load("v").index_to_key == attack_seeds.vectors().index_to_key
    assert KeyedVectors.load("v", mmap="r").index_to_key == attack_seeds.vectors().index_to_key
    assert contents(tmp_path) == before


# ---- files of the user's choice that are none -------------------------------------------


@posix
@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_devices_end_or_are_refused(device):
    with pytest.raises(TruncatedFileError):
        KeyedVectors.load(device)
    for options in ({}, {"binary": True}, {"no_header": True}):
        with pytest.raises(FormatError):
            KeyedVectors.load_word2vec_format(device, **options)


@posix
def test_a_corpus_without_end_or_words_is_given_up():
    with pytest.raises(CorpusError, match="a word of more than"):
        scan_files("/dev/zero")


@pytest.mark.parametrize("load", [KeyedVectors.load, Word2Vec.load, Word2Vec.resume])
def test_folders_are_refused(load, tmp_path):
    with pytest.raises((OSError, Word2VecError)):
        load(tmp_path)


# ---- what is written --------------------------------------------------------------------


def train(path):
    return Word2Vec(
        attack_seeds.SENTENCES, vector_size=2, min_count=1, workers=1, epochs=1, checkpoint=path
    )


@posix
def test_a_checkpoint_is_no_pipe_or_device(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero", "/dev/null"):
        with pytest.raises(ParameterError, match="it must be the name of a file"):
            train(path)


@posix
def test_a_save_follows_no_link_that_waits_for_it(tmp_path):
    """Temporary names are drawn and must be new; what the target links to is replaced whole."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"old")
    (tmp_path / "link").symlink_to(victim)
    with replace_file(tmp_path / "link") as file:
        names = set(os.listdir(tmp_path)) - {"link", "victim"}
        assert len(names) == 1
        file.write(b"new")
        assert victim.read_bytes() == b"old"
    assert victim.read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()


@posix
def test_leftovers_are_files_of_ours(tmp_path):
    (tmp_path / "kept").write_bytes(b"kept")
    (tmp_path / ".run.ck.aaaaaaaaaaaa.tmp").mkdir()
    (tmp_path / ".run.ck.bbbbbbbbbbbb.tmp").symlink_to("kept")
    (tmp_path / ".run.ck.cccccccccccc.tmp").write_bytes(b"left")
    (tmp_path / ".run.ck.cccccccccccc.tmp.tmp").write_bytes(b"kept")
    os.mkfifo(tmp_path / ".run.ck.dddddddddddd.tmp")
    remove_leftovers(tmp_path / "run.ck")
    assert sorted(os.listdir(tmp_path)) == [
        ".run.ck.aaaaaaaaaaaa.tmp", ".run.ck.bbbbbbbbbbbb.tmp", ".run.ck.cccccccccccc.tmp.tmp",
        ".run.ck.dddddddddddd.tmp", "kept",
    ]  # fmt: skip


def test_words_become_no_names_of_files(tmp_path):
    words = ["../../x", "/etc/x", "a\0b", "a\tb\nc", "\ud800"]
    save_tensorboard(tmp_path / "board", words, np.ones((5, 2)), None)
    found = contents(tmp_path / "board")
    assert sorted(found) == ["metadata.tsv", "projector_config.pbtxt", "vectors.tsv"]
    assert len(found["metadata.tsv"].splitlines()) == 5
    assert sorted(os.listdir(tmp_path)) == ["board"]


# ---- archives of data sets ----------------------------------------------------------------

MEMBER = "MEN/data"


def tar(path, *entries):
    """A .tar.gz of (name, what): bytes, or the target of a link, or the type of an entry."""
    with tarfile.open(path, "w:gz") as archive:
        for name, what in entries:
            entry = tarfile.TarInfo(name)
            if isinstance(what, bytes) and len(what) > 1:
                entry.size = len(what)
                archive.addfile(entry, io.BytesIO(what))
                continue
            if isinstance(what, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, what
            else:
                entry.type = what
            archive.addfile(entry)
    return path


def test_only_the_member_is_unpacked_and_under_a_name_of_ours(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = tar(
        folder / "download", ("../outside", b"bad"), (f"{tmp_path}/absolute", b"bad"),
        (f"{MEMBER}/../../../outside", b"bad"), (MEMBER, b"good"),
    )  # fmt: skip
    before = contents(tmp_path)
    out = public._unpacked(path, MEMBER, zipped=False)
    assert out.read_bytes() == b"good"
    assert contents(tmp_path) == before | {"folder/unpacked": b"good"}


@pytest.mark.parametrize(
    "what", ["/etc/passwd", "../../secret", tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE]
)
def test_members_that_are_no_files_are_refused(what, tmp_path):
    """A link that is unpacked first would lead what comes behind it to another folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    path = tar(folder / "download", (MEMBER, what), (f"{MEMBER}/evil", b"evil"))
    before = contents(tmp_path)
    with pytest.raises(ValueError, match="no regular file"):
        public._unpacked(path, MEMBER, zipped=False)
    assert contents(tmp_path) == before


def test_a_zip_archive_writes_nothing_elsewhere(tmp_path):
    path = tmp_path / "download"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../outside", b"bad")
        link = zipfile.ZipInfo("text8")
        link.external_attr = 0o120777 << 16  # a symbolic link
        archive.writestr(link, b"/etc/passwd")
    out = public._unpacked(path, "text8", zipped=True)
    assert not out.is_symlink()
    assert out.read_bytes() == b"/etc/passwd"
    assert sorted(os.listdir(tmp_path)) == ["download", "unpacked"]
    assert not (tmp_path.parent / "outside").exists()


def test_an_archive_that_grows_without_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(public, "_LARGEST", 2**20)
    path = tar(tmp_path / "download", (MEMBER, bytes(2**21)))
    assert path.stat().st_size < 2**14
    with pytest.raises(ValueError, match="more than 1048576 bytes"):
        public._unpacked(path, MEMBER, zipped=False)
    assert hashlib.sha256((tmp_path / "unpacked").read_bytes()).digest() == (
        hashlib.sha256(bytes(2**20)).digest()
    )
