"""The native file: what is written comes back, and nothing else is believed."""

import contextlib
import io
import json
import os
import stat
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from safetensors import safe_open
from safetensors.numpy import save_file

from word2vec.errors import FormatError, ParameterError, ParameterTypeError, TruncatedFileError
from word2vec.io import container, files
from word2vec.io.keys import decode_keys, encode_keys

LIE = "not where it says"
DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]

ATOMS = st.text() | st.binary() | st.integers()
KEYS = st.recursive(ATOMS, lambda items: st.lists(items, max_size=3).map(tuple), max_leaves=5)


def sample_tensors():
    return {
        "vectors": np.arange(12, dtype=np.float32).reshape(4, 3),
        "counts": np.array([9, 5, 5, 1]),
        "flags": np.array([True, False]),
    }


def raw_file(header, data=b""):
    """A file with any header; the metadata is sound unless `header` has its own."""
    metadata = {"format": container.FORMAT, "version": "1", "kind": "k", "meta": "{}"}
    text = header if isinstance(header, bytes) else json.dumps({"__metadata__": metadata} | header)
    text = text if isinstance(text, bytes) else text.encode()
    return io.BytesIO(len(text).to_bytes(8, "little") + text + data)


def entry(dtype="U8", shape=(4,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


# ---- round trips -----------------------------------------------------------


@pytest.mark.parametrize("code", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (0, 3), (2, 3, 4)])
@pytest.mark.parametrize("mmap", [None, "r", "c", "r+"])
def test_arrays_of_every_type_and_shape_come_back(tmp_path, code, shape, mmap):
    array = np.random.default_rng(1).integers(0, 2, size=shape).astype(code)
    container.write(tmp_path / "x", "k", {"a": array, "b": np.arange(3)}, {})
    found = container.read(tmp_path / "x", mmap=mmap).tensors
    assert found["a"].dtype == array.dtype
    assert found["a"].shape == shape
    assert_array_equal(found["a"], array)
    assert_array_equal(found["b"], np.arange(3))


def test_kind_and_facts_come_back(tmp_path):
    facts = {"alpha": 0.025, "name": "日本 \udc80", "nested": {"a": [1, None, True]}, "big": 10**30}
    container.write(tmp_path / "x", "word2vec", {}, facts)
    found = container.read(tmp_path / "x")
    assert (found.kind, found.meta, found.tensors) == ("word2vec", facts, {})


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12, dtype=">i4"),
        np.arange(12, dtype=np.float32)[::2],
        np.asfortranarray(np.arange(24).reshape(2, 3, 4)),
    ],
)
def test_memory_order_does_not_matter(tmp_path, monkeypatch, array):
    monkeypatch.setattr(container, "_BLOCK", 16)  # several blocks
    container.write(tmp_path / "x", "k", {"a": array}, {})
    assert_array_equal(container.read(tmp_path / "x").tensors["a"], array)


def test_open_files_are_written_and_read_where_they_stand():
    file = io.BytesIO(b"before")
    file.seek(6)
    container.write(file, "k", sample_tensors(), {"x": 1})
    file.seek(6)
    found = container.read(file)
    assert found.meta == {"x": 1}
    assert_array_equal(found.tensors["vectors"], sample_tensors()["vectors"])


def test_a_stream_that_cannot_seek_is_read(tmp_path):
    container.write(tmp_path / "x", "k", sample_tensors(), {})
    reader, writer = os.pipe()
    os.write(writer, (tmp_path / "x").read_bytes())
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        assert_array_equal(container.read(stream).tensors["counts"], [9, 5, 5, 1])


def test_a_file_that_takes_little_at_a_time_gets_everything():
    class Slow(io.BytesIO):
        def write(self, data):
            return super().write(bytes(data[:7])) if len(data) > 7 else super().write(data)

    slow, whole = Slow(), io.BytesIO()
    container.write(whole, "k", sample_tensors(), {})
    container._write_to(slow, whole.getvalue()[:7], [("v", sample_tensors()["vectors"])])
    assert slow.getvalue()[7:] == sample_tensors()["vectors"].tobytes()


@pytest.mark.parametrize("code", DTYPES)
def test_the_safetensors_package_reads_what_is_written(tmp_path, code):
    tensors = {"vectors": np.ones((4, 3), code), "none": np.ones((0, 3), code)}
    container.write(tmp_path / "x", "k", tensors | {"counts": np.arange(3)}, {"x": "\udc80"})
    with safe_open(tmp_path / "x", framework="np") as file:
        metadata = file.metadata()
        found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert metadata == {
        "format": container.FORMAT,
        "version": "1",
        "kind": "k",
        "meta": '{"x": "\\udc80"}',
    }
    assert found.keys() == {"vectors", "none", "counts"}
    for name, array in tensors.items():
        assert found[name].dtype == array.dtype
        assert_array_equal(found[name], array)


def test_what_the_safetensors_package_writes_is_read(tmp_path):
    metadata = {"format": container.FORMAT, "version": "1", "kind": "k", "meta": '{"x": 1}'}
    save_file(sample_tensors(), tmp_path / "x", metadata)
    for source in (tmp_path / "x", io.BytesIO((tmp_path / "x").read_bytes())):
        found = container.read(source)
        assert (found.kind, found.meta) == ("k", {"x": 1})
        for name, array in sample_tensors().items():
            assert_array_equal(found.tensors[name], array)


def test_equal_content_gives_equal_files_with_aligned_arrays():
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        container.write(file, "k", sample_tensors(), {"x": 1, "y": [2]})
    data = files[0].getvalue()
    assert files[1].getvalue() == data
    assert (8 + int.from_bytes(data[:8], "little")) % 64 == 0


def test_mmap_modes_do_what_they_say(tmp_path):
    path = tmp_path / "x"
    container.write(path, "k", sample_tensors(), {})
    with pytest.raises(ValueError, match="read-only"):
        container.read(path, mmap="r").tensors["vectors"][0] = 7
    container.read(path, mmap="c").tensors["vectors"][0] = 7
    assert container.read(path).tensors["vectors"][0, 0] == 0
    mapped = container.read(path, mmap="r+").tensors["vectors"]
    mapped[0] = 7
    mapped.base.flush() if hasattr(mapped.base, "flush") else None
    assert container.read(path).tensors["vectors"][0, 0] == 7


@pytest.mark.parametrize("mode", ["w", "w+", "", 1])
def test_unknown_mmap_modes_are_refused(tmp_path, mode):
    with pytest.raises(ParameterError, match="mmap"):
        container.read(tmp_path / "x", mmap=mode)


def test_an_open_file_cannot_be_mapped():
    with pytest.raises(ParameterError, match="name of a file"):
        container.read(io.BytesIO(b""), mmap="r")


# ---- what cannot be written ------------------------------------------------


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([None]), np.array([1j])])
def test_other_dtypes_are_refused(array):
    with pytest.raises(ParameterTypeError, match="dtype"):
        container.write(io.BytesIO(), "k", {"a": array}, {})


@pytest.mark.parametrize("name", ["__metadata__", "expando.\udc80"])
def test_names_that_other_readers_refuse_are_refused(name):
    with pytest.raises(ParameterTypeError, match="rename it"):
        container.write(io.BytesIO(), "k", {name: np.arange(3)}, {})


@pytest.mark.parametrize("facts", [{"x": object()}, {"x": float("nan")}, {"x": b""}])
def test_facts_that_are_not_json_are_refused(facts):
    with pytest.raises(ParameterTypeError, match="JSON"):
        container.write(io.BytesIO(), "k", {}, facts)


def test_facts_have_a_limit(monkeypatch):
    monkeypatch.setattr(container, "_MAX_HEADER", 1000)
    with pytest.raises(ParameterError, match="at most 1000"):
        container.write(io.BytesIO(), "k", {}, {"x": "y" * 1000})


# ---- atomic replacement ----------------------------------------------------


class BrokenArray:
    """Claims to be an array until its data are asked for."""

    dtype = np.dtype(np.float32)
    shape = (4,)
    nbytes = 16
    size = 4

    @property
    def flags(self):
        raise RuntimeError("disk on fire")


def failing_write(path):
    tensors = {"a": np.arange(5.0), "b": BrokenArray()}
    container.write(path, "k", tensors, {})


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="on fire"):
        failing_write(path)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x"]


def test_a_failed_first_write_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError, match="on fire"):
        failing_write(tmp_path / "x")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failure_at_the_end_leaves_the_old_file(tmp_path, monkeypatch, step):
    def fail(*_args):
        raise OSError("no space left")

    (tmp_path / "x").write_bytes(b"old")
    if step == "fsync":
        monkeypatch.setattr(files.os, "fsync", fail)
    else:
        monkeypatch.setattr(files.Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        container.write(tmp_path / "x", "k", sample_tensors(), {})
    assert os.listdir(tmp_path) == ["x"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_the_data_are_on_the_disk_before_the_name_points_to_them(tmp_path, monkeypatch):
    events = []
    fsync, replace = os.fsync, files.Path.replace
    monkeypatch.setattr(files.os, "fsync", lambda fd: (events.append("fsync"), fsync(fd))[1])
    monkeypatch.setattr(
        files.Path, "replace", lambda *args: (events.append("replace"), replace(*args))[1]
    )
    container.write(tmp_path / "x", "k", {}, {})
    assert events[:2] == ["fsync", "replace"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and links")
def test_permissions_and_links_are_kept(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"")
    target.chmod(0o640)
    link.symlink_to(target)
    container.write(link, "k", {}, {})
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert container.read(target).kind == "k"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_new_file_has_the_usual_permissions(tmp_path):
    container.write(tmp_path / "x", "k", {}, {})
    (tmp_path / "y").write_bytes(b"")
    assert (tmp_path / "x").stat().st_mode == (tmp_path / "y").stat().st_mode


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="needs a device file")
def test_devices_are_written_not_replaced():
    container.write("/dev/null", "k", sample_tensors(), {})
    assert not os.path.isfile("/dev/null")


# ---- damaged and lying files -----------------------------------------------


def test_every_truncation_is_noticed(tmp_path):
    file = io.BytesIO()
    container.write(file, "k", sample_tensors(), {"x": 1})
    data = file.getvalue()
    for size in range(len(data)):
        with pytest.raises(TruncatedFileError):
            container.read(io.BytesIO(data[:size]))


def test_a_file_that_is_replaced_while_it_is_read_is_read_anew(tmp_path, monkeypatch):
    path, opened = tmp_path / "x", []

    def open_after_another_save(*arguments, **options):
        if not opened:
            container.write(path, "k", {"a": np.arange(3)}, {"state": "new"})
        opened.append(path)
        return safe_open(*arguments, **options)

    container.write(path, "k", {"a": np.arange(3) + 7}, {"state": "old"})
    monkeypatch.setattr(container, "safe_open", open_after_another_save)
    found = container.read(path)
    assert found.meta == {"state": "new"}
    assert_array_equal(found.tensors["a"], np.arange(3))
    assert len(opened) == 2


def test_every_flipped_byte_gives_arrays_or_a_documented_error():
    file = io.BytesIO()
    container.write(file, "k", sample_tensors(), {"x": 1})
    data = bytearray(file.getvalue())
    for position in range(len(data)):
        for flip in (0x01, 0x80):
            data[position] ^= flip
            with contextlib.suppress(FormatError):
                container.read(io.BytesIO(bytes(data)))
            data[position] ^= flip


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"[]", "not a JSON object"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"a": 1, "a": 2}', "occurs twice"),
        (b'{"a": {"shape": [4], "shape": [4]}}', "occurs twice"),
        (b'{"a": NaN}', "NaN"),
        (b"{}", "not written by"),
        ({"__metadata__": 3}, "not written by"),
        ({"__metadata__": {"format": "pt"}}, "not written by"),
        ({"__metadata__": {"format": container.FORMAT, "version": "2"}}, "version '2'"),
        ({"__metadata__": {"format": container.FORMAT, "version": "1"}}, "does not say"),
        (
            {
                "__metadata__": {
                    "format": container.FORMAT,
                    "version": "1",
                    "kind": "k",
                    "meta": "[",
                }
            },
            "metadata of the file is not valid",
        ),
        ({"a": 3}, "needs exactly"),
        ({"a": entry() | {"more": 1}}, "needs exactly"),
        ({"a": entry(dtype="F8_E4M3")}, "allowed are"),
        ({"a": entry(dtype=["U8"])}, "allowed are"),
        ({"a": entry(shape=(-4,))}, LIE),
        ({"a": entry(shape=(4.0,))}, LIE),
        ({"a": entry(shape=(True,))}, LIE),
        ({"a": entry(shape=(2**63,))}, LIE),
        ({"a": entry(shape=(1,) * 80 + (4,))}, LIE),
        ({"a": {"dtype": "U8", "shape": 4, "data_offsets": [0, 4]}}, LIE),
        ({"a": entry(offsets=(0, 4, 8))}, LIE),
        ({"a": entry(offsets=(4, 0))}, LIE),
        ({"a": entry(offsets="04")}, LIE),
        ({"a": entry(offsets=(0, 3))}, LIE),
        ({"a": entry(shape=(2**62, 2**62, 0), offsets=(0, 0))}, LIE),
        ({"a": entry(shape=(0, 2**62, 2**62), offsets=(0, 0)), "b": entry()}, LIE),
        ({"a": entry(shape=(3,), offsets=(1, 4))}, LIE),
        ({"a": entry(), "b": entry(shape=(2,), offsets=(2, 4))}, LIE),
        ({"a": entry(), "b": entry()}, LIE),
        ({"a": entry(shape=(3,), offsets=(0, 3))}, "not fully covered"),
        ({"a": entry(dtype="BOOL")}, "truth values"),
    ],
)
def test_lying_headers_are_refused(header, message):
    with pytest.raises(FormatError, match=message):
        container.read(raw_file(header, b"\x00\x01\x02\x03"))


def test_mapped_truth_values_are_checked_too(tmp_path):
    (tmp_path / "x").write_bytes(raw_file({"a": entry(dtype="BOOL")}, b"\x00\x01\x02\x03").read())
    with pytest.raises(FormatError, match="truth values"):
        container.read(tmp_path / "x", mmap="r")


def test_a_huge_array_is_refused_before_memory_is_asked_for():
    size = 2**60
    with pytest.raises(TruncatedFileError, match="should take"):
        container.read(raw_file({"a": entry(shape=(size,), offsets=(0, size))}))


@pytest.mark.parametrize("data", [b"", b"abc", b"\xff" * 7])
def test_files_shorter_than_a_header_are_truncated(data):
    with pytest.raises(TruncatedFileError, match="at least 8 bytes"):
        container.read(io.BytesIO(data))


def test_a_huge_header_length_is_refused():
    with pytest.raises(FormatError, match="not a native file"):
        container.read(io.BytesIO(b"400000 100\nthe 0.1"))


def test_a_pickle_is_named_as_such():
    with pytest.raises(FormatError, match="pickle"):
        container.read(io.BytesIO(b"\x80\x04\x95rest of it"))


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        container.read(tmp_path / "none")


# ---- keys ------------------------------------------------------------------


@given(
    st.lists(st.text())
    | st.lists(st.binary())
    | st.lists(st.integers())
    | st.lists(KEYS | st.none())
    | st.lists(st.text(st.characters(categories=["Cs", "Ll"])))
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_keys_come_back(keys):
    kind, blob, offsets = encode_keys(keys)
    found = decode_keys(kind, blob, offsets)
    assert found == keys
    assert [type(key) for key in found] == [type(key) for key in keys]


def test_numpy_keys_come_back_as_their_python_equals():
    assert decode_keys(*encode_keys([np.str_("a"), np.int64(3), True])) == ["a", 3, 1]


@pytest.mark.parametrize("key", [1.5, frozenset(), ("a", 2.0), object()])
def test_keys_of_other_types_are_refused(key):
    with pytest.raises(ParameterTypeError, match=r"str, bytes, int"):
        encode_keys(["a", key])


def test_bottomless_tuples_are_refused_both_ways():
    key, piece = "a", b"sa"
    for _ in range(100):
        key, piece = (key,), b"t%d:%s" % (len(piece), piece)
    with pytest.raises(ParameterTypeError, match="deep"):
        encode_keys([key])
    with pytest.raises(FormatError, match="no key"):
        decode_keys("mixed", np.frombuffer(piece, np.uint8), np.array([0, len(piece)]))


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        ("str", b"\xff"),
        ("int", b"x"),
        ("int", b""),
        ("mixed", b""),
        ("mixed", b"q"),
        ("mixed", b"nn"),
        ("mixed", b"ix"),
        ("mixed", b"s\xff"),
        ("mixed", b"t3:sa"),
        ("mixed", b"t-1:"),
        ("mixed", b"tsa"),
        ("unknown", b"a"),
        (None, b"a"),
    ],
)
def test_damaged_keys_are_refused(kind, piece):
    with pytest.raises(FormatError):
        decode_keys(kind, np.frombuffer(piece, np.uint8), np.array([0, len(piece)]))


@pytest.mark.parametrize(
    "offsets",
    [[], [0], [1, 3], [0, 2], [0, 4], [0, 2, 1, 3], [[0, 3]], [0.0, 3.0]],
)
def test_offsets_must_divide_the_bytes(offsets):
    with pytest.raises(FormatError, match="offsets"):
        decode_keys("str", np.frombuffer(b"abc", np.uint8), np.array(offsets))


def test_key_bytes_must_be_bytes():
    with pytest.raises(FormatError, match="uint8"):
        decode_keys("str", np.zeros(3), np.array([0, 3]))
