"""Compressed corpora: recognised by content; damage is an error that names the file."""

import bz2
import gzip
import io
import itertools
import lzma
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec import Word2Vec
from word2vec.errors import CorpusTypeError, DamagedFileError, TruncatedFileError
from word2vec.text import chunks
from word2vec.text.compressed import compression_of
from word2vec.text.readers import LineSentence, open_binary
from word2vec.text.vocabulary import scan_files

zstandard = pytest.importorskip("zstandard")

COMPRESS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
}
SUFFIX = {"gzip": ".gz", "bz2": ".bz2", "xz": ".xz", "zstd": ".zst"}
RANDOM = random.Random(3)
# Enough for several reads of the file, and not one repetition.
WORDS = [f"w{RANDOM.randrange(5000)}" for _ in range(30_000)]
LINES = [" ".join(WORDS[i : i + 20]) for i in range(0, len(WORDS), 20)]
TEXT = ("\n".join(LINES) + "\n").encode()
SHORT = b"the king rules\nthe queen rules\n"


class Pipe(io.RawIOBase):
    """Gives a few bytes at a time and cannot start over."""

    def __init__(self, data, step=7):
        self.data, self.step = io.BytesIO(data), step

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.data.read(min(self.step, len(buffer)))
        buffer[: len(data)] = data
        return len(data)


def text_of(source):
    with open_binary(source) as stream:
        return stream.read()


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("open_as", [io.BytesIO, Pipe, lambda data: io.BufferedReader(Pipe(data))])
def test_open_files_without_a_name_are_decompressed(kind, open_as):
    assert text_of(open_as(COMPRESS[kind](TEXT))) == TEXT


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("name", ["corpus", "corpus.txt", "corpus.gz"])
def test_the_content_counts_and_not_the_name(kind, name, tmp_path):
    path = tmp_path / name
    path.write_bytes(COMPRESS[kind](TEXT))
    assert text_of(path) == TEXT
    with path.open("rb") as stream:
        stream.read(3)
        assert text_of(stream) == text_of(stream) == TEXT
        assert not stream.closed


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("open_as", [io.BytesIO, Pipe])
def test_empty_texts_and_several_streams_are_read(kind, open_as):
    compress = COMPRESS[kind]
    assert text_of(open_as(compress(b""))) == b""
    streams = compress(SHORT) + compress(b"") + compress(TEXT) + bytes(64)  # padding
    assert text_of(open_as(streams)) == SHORT + TEXT


@pytest.mark.parametrize(
    "text", [b"", b"BZh9 is how bz2 begins", b"BZh", b"\x1f", b"\xfd7z", b"(\xb5", b"a b\n" * 9]
)
def test_texts_that_begin_alike_are_plain(text):
    assert text_of(io.BytesIO(text)) == text
    assert text_of(Pipe(text)) == text


@given(st.binary(max_size=12))
def test_valid_text_is_never_taken_for_a_compressed_file(head):
    try:
        head.decode()
    except UnicodeDecodeError:
        return
    assert compression_of(head) is None


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("name", ["corpus.txt", "suffix"])
def test_files_cut_at_any_byte_are_errors_that_name_them(kind, name, tmp_path):
    name = "corpus" + SUFFIX[kind] if name == "suffix" else name
    whole = COMPRESS[kind](SHORT)
    path = tmp_path / name
    for length in range(0 if name != "corpus.txt" else 10, len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(EOFError, match=rf"{name}: the file ends in the middle of its {kind}"):
            text_of(path)


@pytest.mark.parametrize("kind", COMPRESS)
def test_changed_bytes_are_errors_or_change_nothing(kind, tmp_path):
    whole = COMPRESS[kind](SHORT) + COMPRESS[kind](SHORT)
    path = tmp_path / ("corpus" + SUFFIX[kind])
    n_errors = 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            unchanged = text_of(path) == SHORT * 2
        except (DamagedFileError, TruncatedFileError) as error:
            unchanged = path.name in str(error)
            n_errors += 1
        assert unchanged
    assert n_errors > len(whole) // 2


@pytest.mark.parametrize("kind", COMPRESS)
def test_what_follows_the_end_is_not_dropped(kind):
    with pytest.raises(OSError, match="or something else follows"):
        text_of(io.BytesIO(COMPRESS[kind](SHORT) + b"plain text after the end of the data"))


def test_a_name_that_promises_compression_of_a_plain_text_is_an_error(tmp_path):
    path = tmp_path / "corpus.gz"
    path.write_bytes(SHORT)
    with pytest.raises(DamagedFileError, match=r"corpus\.gz: the gzip data are damaged"):
        list(LineSentence(path))


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_every_reader_names_the_damaged_file_and_ends_its_threads(kind, workers, damage, tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.data"
    good.write_bytes(TEXT)
    whole = bytearray(COMPRESS[kind](TEXT))
    if damage == "cut":
        del whole[-20:]
    else:
        middle = len(whole) // 2
        whole[middle : middle + 40] = bytes(40)
    bad.write_bytes(whole)
    before = set(threading.enumerate())
    readers = [
        lambda: scan_files([good, bad], workers=workers, chunk_bytes=10_000),
        lambda: Word2Vec(corpus_file=[good, bad], workers=workers, min_count=1),
        lambda: Word2Vec(corpus_file=bad, workers=workers, max_vocab_size=1000),
        lambda: list(LineSentence(bad)),
    ]
    for read in readers:
        with pytest.raises((TruncatedFileError, DamagedFileError), match=r"bad\.data: "):
            read()
        assert set(threading.enumerate()) == before


@pytest.mark.parametrize("kind", COMPRESS)
@pytest.mark.parametrize("workers", [1, 4])
@settings(max_examples=4, deadline=None)
@given(chunk_bytes=st.integers(1000, 150_000))
def test_chunks_of_any_size_hold_the_whole_text(kind, workers, chunk_bytes):
    raw, corpus = scan_files(
        [io.BytesIO(COMPRESS[kind](TEXT)), Pipe(COMPRESS[kind](SHORT), 1000)],
        workers=workers,
        chunk_bytes=chunk_bytes,
    )
    ids = itertools.chain.from_iterable(block.tokens.tolist() for block in corpus.blocks(10_000))
    assert [raw.words[i] for i in ids] == WORDS + SHORT.decode().split()
    corpus.close()


def test_decompression_has_a_thread_of_its_own(tmp_path):
    path = tmp_path / "corpus"
    path.write_bytes(COMPRESS["xz"](TEXT))
    threads = set()

    class Spy(io.FileIO):
        def read(self, size=-1):
            threads.add(threading.current_thread().name)
            return super().read(size)

    with Spy(path) as stream:
        scan_files(stream, workers=1, chunk_bytes=10_000)[1].close()
    assert "word2vec-decompress" in threads
    assert not any(t.name == "word2vec-decompress" for t in threading.enumerate())


def test_abandoned_chunks_end_their_thread():
    given_out = chunks.read_chunks([io.BytesIO(COMPRESS["gzip"](TEXT))], 1000)
    next(given_out)
    assert any(t.name == "word2vec-decompress" for t in threading.enumerate())
    given_out.close()
    assert not any(t.name == "word2vec-decompress" for t in threading.enumerate())


@pytest.mark.parametrize("kind", COMPRESS)
def test_bombs_are_unpacked_in_small_parts(kind):
    # 16 MiB of one byte in a few KiB.
    with open_binary(io.BytesIO(COMPRESS[kind](bytes(16 << 20)))) as stream:
        assert stream.raw.read(1000) == bytes(1000)
        n = 1000
        while read := stream.read(1 << 20):
            assert len(read) <= 1 << 20
            n += len(read)
    assert n == 16 << 20


def test_streams_of_text_are_refused():
    class Text(Pipe):
        def read(self, size=-1):
            return "text"

        read1 = read

    with pytest.raises(CorpusTypeError, match="open it in binary mode"), open_binary(Text(b"")):
        pass
