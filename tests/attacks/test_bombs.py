"""Small files that would become large or slow: refused within bounded memory and time."""

import bz2
import gzip
import io
import lzma
import pickle
import zipfile

import attack_prison
import attack_seeds
import fake_gensim
import gensim_cases
import numpy as np
import pytest
import zstandard
from attack_readers import attempt

from word2vec.compat import gensim_read
from word2vec.errors import FormatError

_STREAM = 16 << 20  # bytes, in some dozen KiB; many streams follow each other in a file
_STREAMS = 32

PACKERS = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lambda data: lzma.compress(data, preset=0),
    "zstd": zstandard.compress,
}


def bomb(pack, unit, start=b""):
    return pack(start + unit) + pack(unit * (_STREAM // len(unit))) * _STREAMS


def endless():
    """Texts without an end of line or word, as each reader meets them."""
    cases = {
        f"corpus {name}": ("corpus_words", bomb(PACKERS[name], b"x", b"a b ")) for name in PACKERS
    }
    for reader, unit, start in (
        ("word2vec_text", b"0", b"9 2\na 1 "),
        ("word2vec_text_float64", b"0", b"9 2\na 1 "),
        ("word2vec_binary", b"x", b"9 2\n"),
        ("glove", b"x", b""),
        ("vocabulary_file", b"x", b"the 1\n"),
        ("analogies", b"x", b": a\n"),
        ("pairs", b"x", b"a\tb\t1\n"),
    ):
        cases[reader] = reader, bomb(bz2.compress, unit, start)
    for packing in ("gzip", "bz2"):
        cases[f"pickle {packing}"] = (
            "gensim_vectors", bomb(PACKERS[packing], b"\0", b"\x80\x04")
        )  # fmt: skip
    cases["packed array"] = "side_array_compressed", packed_array(np.zeros(100 << 20, np.uint8))
    return cases


def test_endless_texts_and_bombs_are_given_up(tmp_path):
    cases = endless()
    assert max(len(data) for _, data in cases.values()) < 1 << 20
    found = attack_prison.outcomes(cases, tmp_path)
    assert found == {
        label: "CorpusError" if reader == "corpus_words" else "FormatError"
        for label, (reader, _) in cases.items()
    }


def test_a_trusted_compressed_pickle_may_expand(tmp_path, monkeypatch):
    monkeypatch.setattr(gensim_read, "_FREE_BYTES", 0)
    with fake_gensim.installed() as g:
        data = pickle.dumps(gensim_cases.today(g, comment="x" * (4 << 20)))
    file = tmp_path / "model"
    file.write_bytes(gzip.compress(data, 9))
    with pytest.raises(FormatError, match="times as large"):
        gensim_read.read(file)
    assert len(gensim_read.read(file, trusted=True).state["comment"]) == 4 << 20


def packed_array(array, size=None):
    """A file of savez_compressed, whose header may lie."""
    content = io.BytesIO()
    np.save(content, array)
    data = content.getvalue()
    if size is not None:
        data = data.replace(b"(3, 4)", size)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("val.npy", data)
    return file.getvalue()


@pytest.mark.parametrize(
    "size", [b"(9999999999, 4)", b"(-1, -12)", b"(3, 4, 0)", b"(2**9,)", b"()"]
)
def test_packed_side_arrays_are_as_large_as_they_say(size, tmp_path):
    data = packed_array(gensim_cases.VECTORS, size)
    assert isinstance(attempt("side_array_compressed", data, tmp_path), FormatError)


# ---- pickles that share ----------------------------------------------------------


def nested(depth=40):
    """A list of twice the same list, 2**depth items to whoever counts them."""
    value = [1]
    for _ in range(depth):
        value = [value, value]
    return value


def nested_tuple(depth=40):
    value = (1,)
    for _ in range(depth):
        value = (value, value)
    return value


BIG = 300_000  # items or bytes, of which each further mention takes two or three bytes


def pickled(make):
    with fake_gensim.installed() as g:
        return pickle.dumps(make(g), 4)


def vectors(g, **changes):
    wv = gensim_cases.today(g).wv
    wv.__dict__.update(changes)
    return wv


def expandos(**changes):
    return lambda g: vectors(g, expandos=changes)


def many(**changes):
    """Keys enough that an attribute of each is large, and attributes without number."""
    n = 50_000
    column = np.zeros(n, np.int8)
    return lambda g: vectors(
        g,
        index_to_key=["a"] * n,
        vectors=np.zeros((n, 1), np.float16),
        expandos={f"a{i}": column for i in range(50_000)},
    )


LONG = np.zeros(BIG, np.uint8)

PICKLES = {
    "list of lists for an array": ("gensim_vectors", lambda g: vectors(g, vectors=nested())),
    "list of lists for counts": ("gensim_vectors", expandos(count=nested())),
    "strings of one long": ("gensim_vectors", expandos(x=["y" * BIG] + ["z"] * BIG)),
    "nested key": ("gensim_vectors", lambda g: vectors(g, index_to_key=[nested_tuple(), "b", "c"])),
    "attributes": ("gensim_vectors", many()),
    "one path for all": (
        "gensim_vectors",
        lambda g: vectors(
            g,
            expandos={"code": gensim_cases.column([[1]] * 3, np.uint8), "point": share(LONG)},
        ),
    ),
    "nested connector words": (
        "gensim_phrases",
        lambda g: g.Phrases(vocab={}, connector_words={"a": nested()}),
    ),
    "nested number": (
        "gensim_phrases",
        lambda g: g.Phrases(vocab={}, min_count=nested(), threshold=1, connector_words=[]),
    ),
    "nested count": (
        "gensim_phrases",
        lambda g: g.Phrases(vocab={"a": nested()}, min_count=1, threshold=1, connector_words=[]),
    ),
    "nested delimiter": ("gensim_phrases", lambda g: g.Phrases(vocab={}, delimiter=nested())),
    "phrases of one long word": (
        "gensim_frozen_phrases",
        lambda g: g.FrozenPhrases(
            min_count=1, threshold=1, connector_words=[], corpus_word_count=1,
            scoring=g.original_scorer,
            phrasegrams=dict.fromkeys(((w,) * 30 + (str(i),) for i in range(5000)), 1.0),
        ),
    ),
}  # fmt: skip

w = "w" * BIG


def share(array):
    column = np.empty(BIG, object)
    column[:] = [array] * BIG
    return column


BIG_LIST = b"]q\x00(" + b"K\x01" * 100_000 + b"e"

STREAMS = {
    "states": b"cgensim\nX\n)\x81}q\x00("
    + b"".join(b"J%sN" % i.to_bytes(4, "little") for i in range(50_000))
    + b"u" + b"bh\x00" * 100_000 + b"b.",
    "sets": BIG_LIST + b"0cbuiltins\nset\nq\x01(h\x00tq\x020" + b"h\x01h\x02R0" * 50_000 + b"N.",
    "keys": b"(" + b"K\x01" * 900 + b"tq\x000\x8f(" + b"h\x00" * 200_000 + b"\x90.",
    "numbers with one hash": b"\x8f("
    + b"".join(
        b"\x8a\x10" + (i * (2**61 - 1)).to_bytes(16, "little") for i in range(2**10, 2**10 + 60_000)
    )
    + b"\x90.",
    "shape": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n"
    + b"I1\n\x85" + b"2\x86" * 40 + b"cnumpy\ndtype\n(S'f4'\ntR\x89S''\ntb.",
    "dtype": b"cnumpy\ndtype\n(" + b"I1\n\x85" + b"2\x86" * 40 + b"tR.",
    "marks": b"(" * 500_000,
}  # fmt: skip


def test_what_a_pickle_shares_is_not_multiplied(tmp_path):
    cases = {name: (reader, pickled(make)) for name, (reader, make) in PICKLES.items()}
    cases |= {name: ("pickle", stream) for name, stream in STREAMS.items()}
    assert max(len(data) for _, data in cases.values()) < 4 << 20
    found = attack_prison.outcomes(cases, tmp_path)
    assert found.keys() == cases.keys()
    allowed = ("FormatError", "TruncatedFileError", "NoneType")
    assert not {name: error for name, error in found.items() if error not in allowed}


# ---- native ------------------------------------------------------------------------


@pytest.mark.parametrize("text", [b'{"a":' * 5000 + b"1" + b"}" * 5000, b"[" * (1 << 20)])
def test_deep_headers_are_refused(text, tmp_path):
    data = len(text).to_bytes(8, "little") + text
    assert isinstance(attempt("native_vectors", data, tmp_path), FormatError)


@pytest.mark.parametrize("depth", [20, 40, 200, 900, 960, 990])
def test_deep_facts_are_read_or_refused(depth, tmp_path):
    seed = attack_seeds.native_models()[0]
    begin = seed.index(b"lifecycle_events")
    size = int.from_bytes(seed[:8], "little")
    header = seed[8 : 8 + size].rstrip()
    facts = b'lifecycle_events\\": ' + b"[" * depth + b"]" * depth + b', \\"x'
    header = header[: begin - 8] + facts + header[begin - 8 + len(b"lifecycle_events") :]
    data = len(header).to_bytes(8, "little") + header + seed[8 + size :]
    error = attempt("native_model", data, tmp_path)
    assert (error is None) if depth < 25 else isinstance(error, FormatError)
