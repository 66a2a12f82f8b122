"""Nothing hangs: blocked readers, Ctrl-C, failing threads, and fork while training."""

import os
import signal
import subprocess
import sys
import threading
import time
import zlib

import pytest
from training_cases import OPTIONS, SENTENCES, Restartable, finishes, write_corpus

from word2vec import Word2Vec
from word2vec.text import chunks
from word2vec.text.vocabulary import scan_files

corpus_path = pytest.fixture(write_corpus)

# A traceback of all threads, instead of a test that never ends.
WATCHDOG = "import faulthandler; faulthandler.dump_traceback_later(30, exit=True)\n"

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and fork are of POSIX")


# ---- a reader that blocks ----------------------------------------------------------------

BLOCKED = """
import sys
from word2vec import Word2Vec
class Blocked:
    passes = 0
    def __iter__(self):
        self.passes += 1
        yield from [["a", "b", "c"]] * 1000
        if self.passes == 2 or source == "scan":
            print("blocked", flush=True)
            sys.stdin.buffer.raw.read(1)
source, workers = sys.argv[1:]
corpus = {"stdin": sys.stdin.buffer, "path": "/dev/stdin"}.get(source)
given = {"sentences": Blocked()} if corpus is None else {"corpus_file": corpus}
if corpus is not None:
    print("blocked", flush=True)
try:
    Word2Vec(**given, min_count=1, vector_size=4, workers=int(workers))
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@posix_only
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("source", ["scan", "epoch", "stdin", "path", "compressed stdin"])
def test_ctrl_c_ends_a_run_whose_corpus_blocks(source, workers, tmp_path):
    text = b"a b c\n" * 20_000
    compressor = zlib.compressobj(wbits=31)
    if source.startswith("compressed"):
        text = compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)
    with subprocess.Popen(
        [sys.executable, "-c", WATCHDOG + BLOCKED, source.split()[-1], workers],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    ) as process:
        assert process.stdout.readline() == b"blocked\n"
        if "stdin" in source or source == "path":
            process.stdin.write(text[:50_000])  # what a pipe holds, so that this never blocks
            process.stdin.flush()
        time.sleep(0.3)  # until the reader has come to the end of it
        process.send_signal(signal.SIGINT)
        # The end of standard input comes after the end of the process: the read stays blocked.
        code = process.wait(20)
        assert (process.stdout.read(), process.stderr.read(), code) == (b"interrupted\n", b"", 0)


# ---- threads that fail -------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 6])
@pytest.mark.parametrize("part", ["read", "take"])
def test_an_error_in_a_reading_thread_reaches_the_caller(part, workers, corpus_path, monkeypatch):
    calls = []

    def fail(*args):
        calls.append(args)
        if len(calls) == 3:
            raise ArithmeticError(part)
        return real(*args)

    owner, name = {
        "read": (chunks, "last_separator"),
        "take": (chunks.InOrder, "put"),
    }[part]
    if part == "read":  # lines longer than a chunk
        corpus_path.write_text(corpus_path.read_text().replace("\n", " "))
    real = getattr(owner, name)
    monkeypatch.setattr(owner, name, fail)
    before = set(threading.enumerate())
    error = finishes(lambda: scan_files(corpus_path, workers=workers, chunk_bytes=1000))
    assert isinstance(error, ArithmeticError)
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize("workers", [1, 4])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError])
def test_any_exception_of_an_iterable_reaches_the_caller(error, workers):
    class Bad(Restartable):
        def __iter__(self):
            self.passes += 1
            yield from self.sentences
            if self.passes > 1:
                raise error("from the corpus")

    before = set(threading.enumerate())
    raised = finishes(lambda: Word2Vec(Bad(SENTENCES), workers=workers, **OPTIONS))
    assert type(raised) is error
    assert set(threading.enumerate()) == before


# ---- fork ----------------------------------------------------------------------------------

FORK = """
import os, sys, threading, time
from word2vec import Word2Vec
sentences = [[f"w{(i * j) % 37}" for j in range(20)] for i in range(500)]
class Endless:
    stopped = False
    passes = 0
    def __iter__(self):
        self.passes += 1
        if self.passes == 1:
            return iter(sentences)
        return self.until_stopped()
    def until_stopped(self):
        while not self.stopped:
            yield from sentences
endless = Endless()
models = []
training = threading.Thread(target=lambda: models.append(
    Word2Vec(endless, min_count=1, vector_size=8, workers=2, epochs=1)))
training.start()
while endless.passes < 2:
    time.sleep(0.01)
children = []
for _ in range(4):
    time.sleep(0.02)
    child = os.fork()
    if child == 0:
        model = Word2Vec(sentences, min_count=1, vector_size=8, workers=2, sample=0)
        os._exit(0 if model.latest_counts == (50_000, 50_000) else 3)
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
endless.stopped = True
training.join()
print(codes, len(models), models[0].latest_counts[1] > 10_000)
"""


@posix_only
def test_children_that_are_forked_while_a_thread_trains_can_train(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WATCHDOG + FORK],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "[0, 0, 0, 0] 1 True\n"
