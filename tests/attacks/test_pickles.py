"""Every way a pickle can name or call a thing, in every protocol, through every reader."""

import contextlib
import io
import struct
import sys

import attack_prison
import pytest

from word2vec import FrozenPhrases, KeyedVectors, Phrases, Word2Vec
from word2vec.compat import gensim_read
from word2vec.compat.inert import Global, Inert
from word2vec.compat.safe_pickle import SafeUnpickler
from word2vec.errors import FormatError, RefusedGlobalError

PROTOCOLS = range(6)

READERS = {
    "pickle": lambda file: SafeUnpickler(file.read()).load(),
    "model": lambda file: gensim_read.load_model(Word2Vec, file),
    "vectors": lambda file: gensim_read.load_vectors(KeyedVectors, file),
    "phrases": lambda file: gensim_read.load_phrases(Phrases, file),
    "frozen phrases": lambda file: gensim_read.load_phrases(FrozenPhrases, file),
}

# Of the standard library and of numpy; by another name, behind a dot, or private.
REFUSED = [
    ("os", "system"), ("posix", "system"), ("nt", "system"), ("builtins", "eval"),
    ("__builtin__", "execfile"), ("builtins", "getattr"), ("builtins", "type"),
    ("subprocess", "Popen"), ("_io", "open"), ("pickle", "loads"), ("ctypes", "CDLL"),
    ("importlib", "import_module"), ("sys", "exit"), ("codecs", "encode"), ("_codecs", "lookup"),
    ("operator", "attrgetter"), ("types", "FunctionType"), ("copyreg", "add_extension"),
    ("numpy", "load"), ("numpy.lib.npyio", "load"), ("numpy.core.multiarray", "fromfile"),
    ("numpy.testing._private.utils", "runstring"), ("numpy.f2py.diagnose", "run_command"),
    # Protocol 4 follows dots; here they are part of a name that is not on the list.
    ("builtins", "set.__init__.__globals__"), ("collections", "OrderedDict.fromkeys"),
    ("numpy.core.multiarray", "_reconstruct.__self__"), ("numpy", "dtype.__class__"),
    ("os", "path.os.system"), ("builtins", ""), ("os.path", "os.system"),
]  # fmt: skip
FOREIGN = [
    ("torch", "load"), ("word2vec.compat.safe_pickle", "sys.exit"), ("__main__", "anything"),
    ("Os", "system"), ("no such module", "x\u20ac"), ("..os", "system"),
    ("", "eval"),
]  # fmt: skip


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def named(module, name):
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


def named_on_stack(module, name):
    return text(module) + text(name) + b"\x93"


ARGS = text("echo pwned") + b"\x85"
INERT = b"cgensim.models.keyedvectors\nKeyedVectors\n)\x81"
CALLS = {
    "call": lambda m, n: named(m, n) + ARGS + b"R",
    "call of a name on the stack": lambda m, n: named_on_stack(m, n) + ARGS + b"R",
    "call from the memo": lambda m, n: named(m, n) + b"q\x070h\x07" + ARGS + b"R",
    "call of a copy": lambda m, n: named(m, n) + b"20" + ARGS + b"R",
    "instance": lambda m, n: b"(" + text("x") + b"i" + m.encode() + b"\n" + n.encode() + b"\n",
    "object": lambda m, n: b"(" + named(m, n) + text("x") + b"o",
    "call within a state": lambda m, n: INERT + b"}" + text("x") + named(m, n) + ARGS + b"Rsb",
}
MENTIONS = {
    "name": named,
    "name on the stack": named_on_stack,
    "new object": lambda m, n: named(m, n) + ARGS + b"\x81",
    "new object with keywords": lambda m, n: named(m, n) + ARGS + b"}\x92",
    "state as method": lambda m, n: INERT + b"}" + text("__setstate__") + named(m, n) + b"sb",
    "state as class": lambda m, n: INERT + b"N}" + text("__class__") + named(m, n) + b"s\x86b",
    "reduction of a class": lambda m, n: (
        b"ccopy_reg\n_reconstructor\n" + named(m, n) + b"c__builtin__\nobject\nN\x87R"
    ),
    "default factory": lambda m, n: b"ccollections\ndefaultdict\n" + named(m, n) + b"\x85R",
    "key": lambda m, n: b"}" + named(m, n) + b"Ns",
}


def framed(body, protocol):
    """Give `body` as a whole pickle; the frame of protocols 4 and 5 lies."""
    start = b"" if protocol < 2 else b"\x80" + bytes([protocol])
    return start + (b"\x95" + b"\xff" * 8 if protocol >= 4 else b"") + body + b"."


class Watch:
    """What the interpreter reports while it is on: imports, calls, files (PEP 578)."""

    # Looks of the logging module at its caller, and of exceptions at themselves.
    _HARMLESS = ("sys._getframe", "object.__getattr__", "builtins.id", "gc.", "cpython.")

    def __init__(self):
        self.on = False
        self.events = []
        sys.addaudithook(self.note)  # for the life of the process

    def note(self, event, args):
        if self.on and not event.startswith(self._HARMLESS):
            self.events.append((event, *map(str, args)))

    def __enter__(self):
        self.events.clear()
        self.on = True
        return self

    def __exit__(self, *_):
        self.on = False


@pytest.fixture(scope="module")
def watch():
    return Watch()


@pytest.fixture(params=READERS)
def read(request):
    """A reader of bytes that has been used once: what it imports late is there."""

    def read(data):
        return READERS[request.param](io.BytesIO(data))

    with contextlib.suppress(FormatError):
        read(b"\x80\x02}.")
    return read


def test_the_watch_sees_what_runs(watch):
    with watch:
        compile("1", "x", "eval")
    assert watch.events[0][0] == "compile"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_python_or_numpy_is_named(read, protocol, watch):
    for form, make in (CALLS | MENTIONS).items():
        for module, name in REFUSED:
            with watch, pytest.raises(RefusedGlobalError) as caught:
                read(framed(make(module, name), protocol))
            assert f"{module}.{name}" in str(caught.value), form
            assert "trusted=True" in str(caught.value)
    assert watch.events == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_other_packages_is_called(read, protocol, watch):
    for form, make in CALLS.items():
        for module, name in FOREIGN:
            with watch, pytest.raises(RefusedGlobalError) as caught:
                read(framed(make(module, name), protocol))
            assert f"{module}.{name}" in str(caught.value), form
            assert watch.events == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_of_other_packages_is_imported(read, protocol, watch):
    for form, make in MENTIONS.items():
        for module, name in FOREIGN:
            with watch:
                try:
                    found = read(framed(make(module, name), protocol))
                except FormatError as error:
                    found = error
            assert watch.events == [], form
            # A default factory is dropped; a name or an inert object is all that comes out.
            assert isinstance(found, FormatError | Global | Inert | dict), form


# gensim's names are never looked up, whatever follows them.
@pytest.mark.parametrize("name", ["utils.os.system", "x.__class__", "", "..os.system"])
@pytest.mark.parametrize("form", CALLS | MENTIONS)
def test_names_of_gensim_are_not_followed(form, name, watch):
    make = (CALLS | MENTIONS)[form]
    for protocol in PROTOCOLS:
        with watch:
            found = SafeUnpickler(framed(make("gensim", name), protocol)).load()
        assert watch.events == []
        assert isinstance(found, Global | Inert | dict)


@pytest.mark.parametrize(
    "body",
    [b"\x82\x01", b"\x83\x01\0", b"\x84\x01\0\0\0", b"Pos.system\n", text("os.system") + b"Q"],
    ids=["EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID"],
)
def test_names_outside_of_the_pickle_are_refused(read, body, watch):
    for protocol in PROTOCOLS:
        with watch, pytest.raises(RefusedGlobalError, match="nothing in it was run"):
            read(framed(body, protocol))
    assert watch.events == []


# ---- sizes --------------------------------------------------------------------------

DEEP = 20_000  # far beyond what recursion could follow
PART = INERT + b"}" + text("part")
NESTED = {
    "lists": b"]" * DEEP + b"a" * (DEEP - 1),
    "tuples": b")" + b"\x85" * DEEP,
    "dicts": b"}N" * DEEP + b"}" + b"s" * DEEP,
    "states": PART * DEEP + b"N" + b"sb" * DEEP,
    "reductions": b"cgensim.x\ny\n" * DEEP + b"N" + b"\x85R" * DEEP,
    "marks": b"(" * DEEP,
    "arrays": b"".join([
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I1\nt"
        b"cnumpy\ndtype\n(S'O8'\ntR\x89]" * 2000, b"N", b"atb" * 2000,
    ]),
}  # fmt: skip
SIZES = {
    "frame": b"\x95" + struct.pack("<Q", 2**63) + b"N",
    "frames": (b"\x95" + b"\xff" * 8) * 50_000 + b"N",
    "text": b"\x8d" + struct.pack("<Q", 2**63 - 1) + b"x",
    "negative text": b"X" + b"\xff" * 4 + b"x",
    "bytes": b"\x8e" + b"\xff" * 8,
    "bytearray": b"\x96" + struct.pack("<Q", 2**40),
    "long": b"\x8b" + struct.pack("<i", -1),
    "digits": b"L" + b"9" * 200_000 + b"L\n",
    "long of many bytes": b"\x8b" + struct.pack("<I", 300_000) + b"\x7f" * 300_000,
    "memo": b"N" + b"".join(b"r" + struct.pack("<I", i * 2**12) for i in range(2**17)),
    "memo of large numbers": b"N" + b"p" + b"9" * 4000 + b"\n",
    "copies": text("x" * 300_000) + b"2" * 300_000,
    "pairs of pairs": b"I1\n\x85" + b"2\x86" * 50_000,
    "lists of lists": b"]" + b"(22222222l" * 40_000,
    "one key over and over": b"}" + b"(" + b"K\x01N" * 50_000 + b"u",
}


def test_depth_and_sizes_take_little_memory_and_no_recursion(tmp_path):
    bodies = NESTED | SIZES
    cases = {name: ("pickle", framed(body, 4)) for name, body in bodies.items()}
    for reader in ("gensim_model", "gensim_phrases"):
        for name, body in bodies.items():
            cases[f"{name} for {reader}"] = reader, framed(PART + body + b"sb", 4)
    found = attack_prison.outcomes(cases, tmp_path)
    assert found.keys() == cases.keys()
    allowed = ("FormatError", "TruncatedFileError", "WrongObjectError", "NoneType")
    assert not {name: error for name, error in found.items() if error not in allowed}
