"""The pickle reader that runs nothing: right on plain data, deaf to hostile files."""

import builtins
import collections
import contextlib
import os
import pickle
import pickletools
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from word2vec.compat.inert import Array, Global, Inert
from word2vec.compat.safe_pickle import SafeUnpickler
from word2vec.errors import FormatError, RefusedGlobalError, TruncatedFileError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def load(data):
    return SafeUnpickler(data).load()


# ---- plain data: Python's pickle is the oracle -------------------------------------

KEYS = st.one_of(
    st.text(),
    st.binary(),
    st.integers(-(2**64) + 1, 2**64 - 1),
    st.booleans(),
    st.none(),
    st.tuples(st.text()),
)
PLAIN = st.recursive(
    st.one_of(KEYS, st.floats(allow_nan=False), st.integers(-(2**600), 2**600)),
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(KEYS, inner),
        st.tuples(inner, inner),
        st.tuples(inner, inner, inner, inner),
        st.sets(KEYS),
        st.frozensets(KEYS),
    ),
    max_leaves=12,
)


def with_types(value):
    """Make True and 1 differ."""
    items = value
    if isinstance(value, dict):
        items = tuple((with_types(key), with_types(item)) for key, item in value.items())
    elif isinstance(value, set | frozenset):
        items = frozenset(map(with_types, value))
    elif isinstance(value, list | tuple):
        items = tuple(map(with_types, value))
    return type(value).__name__, items


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=60, deadline=None)
@given(value=PLAIN)
def test_plain_data_is_read_as_python_reads_it(protocol, value):
    loaded = load(pickle.dumps(value, protocol))
    expected = pickle.loads(pickle.dumps(value, protocol))
    assert loaded == expected == value
    assert with_types(loaded) == with_types(expected)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    "value",
    [
        "é" * 300, "x" * 70_000, b"\x00\xff" * 200, b"y" * 70_000, bytearray(b"z" * 300),
        bytearray(), "\ud800", "line\nbreak\\", 2**31, -(2**31) - 1, 255, 65536, 2**2100,
        list(range(3000)), {i: str(i) for i in range(3000)}, set(range(3000)),
    ],
    ids=lambda value: f"{type(value).__name__} {str(value)[:8]!a}",
)  # fmt: skip
def test_long_and_odd_values_survive(protocol, value):
    assert load(pickle.dumps(value, protocol)) == value


def test_shared_and_recursive_objects_stay_so():
    inner = ["x"]
    first, second = load(pickle.dumps([inner, inner]))
    assert first is second
    loop = []
    loop.append(loop)
    loaded = load(pickle.dumps(loop))
    assert loaded[0] is loaded


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_dicts_with_factories_become_dicts(protocol):
    counts = collections.defaultdict(int, {"a": 1})
    ordered = collections.OrderedDict([("b", 1), ("a", 2)])
    loaded = load(pickle.dumps([counts, ordered], protocol))
    assert loaded == [{"a": 1}, {"b": 1, "a": 2}]
    assert [type(x) for x in loaded] == [dict, dict]


def test_strings_of_python_2_keep_their_bytes():
    assert load(b"S'f\\xc3\\xbc'\np0\n.") == "f\xc3\xbc"
    assert load(b"U\x03f\xc3\xbc.") == "f\xc3\xbc"
    assert load(b"T\x03\0\0\0f\xc3\xbc.") == "f\xc3\xbc"
    assert load(b"(lp0\nI01\naI00\naL5L\na.") == [True, False, 5]


# ---- arrays ------------------------------------------------------------------------

ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(5, dtype=">i4"),
    np.array([True, False]),
    np.zeros((0, 7), np.float16),
    np.array(3.5),
    np.arange(300, dtype=np.uint64),
    np.array(["a", "ändern"]),
    np.array([b"a", b"bc"]),
]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_arrays_are_rebuilt(protocol, array):
    node = load(pickle.dumps(array, protocol))
    assert isinstance(node, Array)
    loaded = node.resolve()
    np.testing.assert_array_equal(loaded, array)
    assert loaded.dtype == array.dtype.newbyteorder("=")
    assert loaded.flags.writeable
    assert loaded.flags.c_contiguous


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_arrays_of_objects_hold_their_objects(protocol):
    array = np.empty(3, dtype=object)
    array[:] = ["a", None, 5]
    assert load(pickle.dumps(array, protocol)).resolve().tolist() == ["a", None, 5]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_numpy_numbers_are_rebuilt(protocol):
    values = [np.float32(0.5), np.int64(-3), np.bool_(True), np.str_("é")]
    assert load(pickle.dumps(values, protocol)) == values


def state_of_array(*, shape=(2,), dtype=None, raw=b"\0" * 8):
    """An array node with a state of our choosing."""
    array = Array()
    array.build((1, shape, dtype, False, raw))
    return array


def dtype_node(value):
    return load(pickle.dumps(value))


F4 = dtype_node(np.dtype("f4"))


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (state_of_array(dtype=F4, shape=(2**62,)), "shape"),
        (state_of_array(dtype=F4, shape=(2**40, 0, 2**40), raw=b""), "holds an array of shape"),
        (state_of_array(dtype=F4, shape=(-1,)), "shape"),
        (state_of_array(dtype=F4, shape=[2]), "shape"),
        (state_of_array(dtype=F4, shape=(True, 2)), "shape"),
        (state_of_array(dtype=F4, shape=(1,) * 40), "shape"),
        (state_of_array(dtype=F4, shape=(3,)), "8 bytes of data"),
        (state_of_array(dtype=F4, raw=[1, 2]), "without its data"),
        (state_of_array(dtype=F4, raw="\u1234"), "without its data"),
        (state_of_array(dtype="f4"), "without a dtype"),
        (Array(), "without its parts"),
        (state_of_array(dtype=dtype_node(np.dtype("O"))), "of 2 objects"),
        (state_of_array(dtype=dtype_node(np.dtype("O")), raw=[1]), "of 2 objects"),
        (state_of_array(dtype=dtype_node(np.dtype("M8[s]"))), "dtype 'M8'"),
    ],
)
def test_arrays_whose_parts_contradict_each_other_are_refused(array, message):
    with pytest.raises(FormatError, match=message):
        array.resolve()


def test_structured_dtypes_are_refused():
    with pytest.raises(FormatError, match="structured"):
        load(pickle.dumps(np.zeros(2, [("a", "i4"), ("b", "O")])))


# ---- hostile pickles ---------------------------------------------------------------


class Payload:
    """Pickled as a call of any callable with any arguments."""

    def __init__(self, *reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced


PAYLOADS = {
    "posix.system": Payload(os.system, ("echo pwned > pwned",)),
    "builtins.eval": Payload(eval, ("open('pwned', 'w')",)),
    "builtins.exec": Payload(exec, ("open('pwned', 'w')",)),
    "builtins.getattr": Payload(getattr, (Payload(getattr, (str, "__class__")), "mro")),
    "builtins.__import__": Payload(builtins.__import__, ("os",)),
    "builtins.open": Payload(open, ("pwned", "w")),
    "io.open_code": Payload(__import__("io").open_code, ("/etc/passwd",)),
    "numpy.load": Payload(np.load, ("x.npy", None, True)),
    "subprocess.Popen": Payload(__import__("subprocess").Popen, (["touch", "pwned"],)),
    "operator.attrgetter": Payload(__import__("operator").attrgetter, ("system",)),
    "functools.partial": Payload(__import__("functools").partial, (print,)),
    "importlib.import_module": Payload(__import__("importlib").import_module, ("os",)),
    "runpy._run_code": Payload(__import__("runpy")._run_code, ("1", {})),
    "pickle.loads": Payload(pickle.loads, (b"N.",)),
}  # fmt: skip


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_calls_are_refused_by_name(name, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    payload = PAYLOADS[name]
    callee = payload.reduced[0]
    with pytest.raises(RefusedGlobalError, match=r"trusted=True") as caught:
        load(pickle.dumps({"x": [payload]}, protocol))
    assert callee.__name__ in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "stream",
    [
        b"cos\nsystem\n(S'touch pwned'\ntR.",
        b"(S'touch pwned'\nios\nsystem\n.",
        b"(cos\nsystem\nS'touch pwned'\no.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x0btouch pwned\x85R.",
        b"cos\nsystem\n(S'x'\nt\x81.",
        b"cos\nsystem\n.",  # a bare mention, too
        b"c__builtin__\neval\n(S'1'\ntR.",
        b"cnt\nsystem\n(S'x'\ntR.",
    ],
)
def test_every_way_to_call_a_function_is_refused(stream, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RefusedGlobalError, match=r"system|eval"):
        load(stream)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "stream",
    [
        b"cusers\nfunction\n(S'x'\ntR.",
        b"(S'x'\niusers\nfunction\n.",
        b"(cusers\nfunction\nS'x'\no.",
    ],
)
def test_calls_of_other_packages_are_refused(stream):
    with pytest.raises(RefusedGlobalError, match=r"users\.function"):
        load(stream)


def test_classes_of_other_packages_make_inert_objects():
    machine = SafeUnpickler(b"\x80\x02cusers\nThing\n)\x81}U\x01aK\x01sb.")
    thing = machine.load()
    assert isinstance(thing, Inert)
    assert thing.state == {"a": 1}
    assert [name.path for name in machine.foreign] == ["users.Thing"]


def test_gensims_functions_are_not_called():
    node = load(b"cgensim.utils\nunpickle\n(S'/etc/passwd'\ntR.")
    assert isinstance(node, Inert)
    assert node.cls.path == "gensim.utils.unpickle"
    assert isinstance(load(b"cgensim.utils\ncall_on_class_only\n."), Global)


HOSTILE_ARGUMENTS = {
    "no array": b"cnumpy.core.multiarray\n_reconstruct\n(c__builtin__\nint\n(I0\ntS'b'\ntR.",
    "huge bytes": b"c__builtin__\nbytes\n(L99999999999L\ntR.",
    "huge bytearray": b"c__builtin__\nbytearray\n(L99999999999L\ntR.",
    "other codec": b"c_codecs\nencode\n(S'x'\nS'zlib'\ntR.",
    "no text": b"c_codecs\nencode\n(I1\nS'latin1'\ntR.",
    "scalar of nothing": b"cnumpy.core.multiarray\nscalar\n(I1\nI2\ntR.",
    "empty dtype": b"cnumpy\ndtype\n(tR.",
    "set of int": b"c__builtin__\nset\n(I5\ntR.",
    "dict of items": b"ccollections\nOrderedDict\n((lI1\natR.",
    "base with state": b"ccopy_reg\n_reconstructor\n(c__builtin__\nint\nc__builtin__\nint\nI5\ntR.",
    "frombuffer": b"cnumpy.core.numeric\n_frombuffer\n(S'x'\ntR.",
    "call of a string": b"S'os.system'\n(S'x'\ntR.",
    "call with no tuple": b"c__builtin__\nset\nI5\nR.",
    "state for a name": b"cgensim.x\ny\n}S'__code__'\nI1\nsb.",
    "state for a string": b"S'x'\n}b.",
    "structured state": b"cnumpy\ndtype\n(S'V8'\ntR(I3\nS'|'\nS'x'\nNNI8\nI1\nI0\ntb.",
    "item of a list": b"(lI1\nI2\ns.",
    "append to a dict": b"(dI1\na.",
    "append to a number": b"I1\nI1\na.",
    "key is a list": b"(d(lI1\ns.",
    "odd items": b"}(I1\nu.",
    "object of a number": b"I1\n)\x81.",
    "object with keywords": b"cgensim.x\ny\n)}I1\nI1\ns\x92.",
    "name of a number": b"I1\nI2\n\x93.",
    "add to a list": b"](I1\n\x90.",
    "mark is missing": b"t.",
    "nothing on the stack": b"I1\nR.",
    "too few for a tuple": b"I1\n\x87.",
    "memo is empty": b"h\x05.",
    "no instruction": b"\xff.",
    "no number": b"Ione\n.",
    "no float": b"Fone\n.",
    "number of many digits": b"I" + b"9" * 10_000 + b"\n.",
    "quotes are missing": b"Sx\n.",
    "bad utf-8": b"X\x01\0\0\0\xff.",
    "protocol 6": b"\x80\x06N.",
    "buffers elsewhere": b"\x97.",
    "two things left": b"I1\nI2\n.",
    "mark left": b"(I1\n.",
}


@pytest.mark.parametrize("name", HOSTILE_ARGUMENTS)
def test_calls_with_hostile_arguments_are_refused(name):
    with pytest.raises(FormatError):
        load(HOSTILE_ARGUMENTS[name])


@pytest.mark.parametrize("stream", [b"\x82\x01.", b"\x83\x01\0.", b"\x84\x01\0\0\0."])
def test_extension_codes_are_refused(stream):
    with pytest.raises(RefusedGlobalError, match="add_extension"):
        load(stream)


@pytest.mark.parametrize("stream", [b"Px\n.", b"I1\nQ."])
def test_persistent_objects_are_refused(stream):
    with pytest.raises(RefusedGlobalError, match="persistent"):
        load(stream)


@pytest.mark.parametrize(
    "stream",
    [
        b"\x8e" + struct.pack("<Q", 2**62),
        b"\x8d" + struct.pack("<Q", 2**62),
        b"\x96" + struct.pack("<Q", 2**62),
        b"B" + struct.pack("<I", 2**32 - 1),
        b"X" + struct.pack("<I", 2**32 - 1),
        b"\x8b" + struct.pack("<I", 2**31 - 1),
        b"T" + struct.pack("<I", 2**32 - 1),
    ],
)
def test_lengths_are_checked_before_memory_is_asked_for(stream):
    with pytest.raises(TruncatedFileError):
        load(stream + b"abc.")


def test_memo_indices_cost_nothing():
    # Python's own reader asks for 64 GB here.
    assert load(b"Nr\xff\xff\xff\xff.") is None
    assert load(b"Np99999999999999\n.") is None


def test_copies_of_one_large_thing_are_refused():
    big = b"c_codecs\nencode\np0\n(V" + b"x" * 10_000 + b"\nS'latin1'\ntp1\nR0"
    with pytest.raises(FormatError, match="more data than it holds"):
        load(big + b"g0\ng1\nR0" * 100 + b"N.")


def test_keys_that_take_forever_to_hash_are_refused():
    nested = b"I1\n\x85" + b"2\x86" * 40  # a pair of the same pair, 40 deep: 2^40 parts
    with pytest.raises(FormatError, match="too many parts"):
        load(b"(d" + nested + b"I1\ns.")
    with pytest.raises(FormatError, match="too many parts"):
        load(b"\x8f(" + nested + b"\x90.")
    digits = b"\x8b" + struct.pack("<I", 5000) + b"\x01" * 5000
    with pytest.raises(FormatError, match="too many digits"):
        load(b"(d" + digits + b"I1\ns.")


def test_deep_nesting_is_no_recursion():
    depth = 200_000
    value = load(b"]" * depth + b"a" * (depth - 1) + b".")
    while value:
        (value,) = value
    load(b"(" * depth + b"t" * depth + b".")


def test_states_of_inert_objects_are_only_kept():
    thing = load(b"\x80\x02cgensim.x\nY\n)\x81}U\x09__class__cgensim.x\nZ\nsb}U\x01aK\x01sb.")
    assert type(thing) is Inert
    assert set(thing.state) == {"__class__", "a"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_truncation_is_noticed(protocol):
    value = {"a": [1, 2.5, "text", b"bytes", None, (1, 2, 3, 4)], "b": np.arange(3), "c": 2**70}
    whole = pickle.dumps(value, protocol)
    for length in range(len(whole)):
        with pytest.raises(TruncatedFileError) as caught:
            load(whole[:length])
        assert isinstance(caught.value, EOFError)


def test_damage_is_a_format_error_or_harmless():
    """Whatever byte changes: an error of ours, or some data; never anything else."""
    whole = pickle.dumps({"a": np.arange(3), "b": [1, "x", (2.5,)]}, 4)
    rng = np.random.default_rng(5)
    for position in range(len(whole)):
        for value in rng.integers(0, 256, 12).tolist():
            damaged = whole[:position] + bytes([value]) + whole[position + 1 :]
            with contextlib.suppress(FormatError):
                load(damaged)


def test_all_instructions_of_pickle_are_known():
    from word2vec.compat.safe_pickle import _STEPS

    known = {op.code.encode("latin-1")[0] for op in pickletools.opcodes}
    assert {code for code in range(256) if _STEPS[code] is not SafeUnpickler._unknown} == known
