"""Requests that cannot fit are refused with the figures, before anything is allocated."""

import subprocess
import sys

import pytest

from word2vec import Word2Vec, memory
from word2vec.cli.main import one_line
from word2vec.errors import NotEnoughMemoryError

COUNTS = {f"w{i}": 5 for i in range(1000)}


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A machine with files instead of a kernel, and no limit on the process."""
    import resource

    monkeypatch.setattr(memory, "PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY,) * 2)

    def write(name, text):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


def test_a_system_that_tells_nothing_limits_nothing(system):
    assert memory.available_memory() is None
    Word2Vec(vector_size=4).build_vocab_from_freq(COUNTS)


def test_the_machine_counts_with_its_swap(system):
    system("proc/meminfo", "MemTotal: 9 kB\nMemAvailable:  100 kB\nSwapFree:  20 kB\n")
    assert memory.available_memory() == 120 * 1024


def test_the_tightest_control_group_counts(system):
    system("proc/meminfo", "MemAvailable: 100000 kB\n")
    system("proc/self/cgroup", "0::/outer/inner\n")
    system("cgroup/outer/inner/memory.max", "max\n")
    system("cgroup/outer/inner/memory.current", "1000\n")
    system("cgroup/outer/memory.max", "50000\n")
    system("cgroup/outer/memory.current", "20000\n")
    system("cgroup/outer/memory.stat", "anon 5\ninactive_file 7000\n")
    assert memory.available_memory() == 37000


def test_control_groups_of_version_1_count(system):
    system("proc/self/cgroup", "5:cpu,memory:/box\n4:cpuset:/other\n")
    system("cgroup/memory/box/memory.limit_in_bytes", "50000\n")
    system("cgroup/memory/box/memory.usage_in_bytes", "20000\n")
    system("cgroup/memory/box/memory.stat", "total_inactive_file 1000\n")
    assert memory.available_memory() == 31000


def test_a_group_that_is_over_its_limit_leaves_nothing(system):
    system("proc/self/cgroup", "0::/\n")
    system("cgroup/memory.max", "10\n")
    system("cgroup/memory.current", "20\n")
    assert memory.available_memory() == 0


def test_the_limit_of_the_process_counts(system, monkeypatch):
    import resource

    system("proc/self/status", "Name: python\nVmSize:   30 kB\n")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100 * 1024, 200 * 1024))
    assert memory.available_memory() == 70 * 1024


@pytest.mark.parametrize("vector_size", [8, 16])
@pytest.mark.parametrize(
    ("options", "outputs"), [({}, 1), ({"hs": 1}, 2), ({"hs": 1, "negative": 0}, 1)]
)
def test_the_limit_is_exact(options, outputs, vector_size, monkeypatch):
    needed = 1000 * (vector_size + outputs * 16) * 4  # rows of outputs are padded to 16
    monkeypatch.setattr(memory, "available_memory", lambda: needed)
    model = Word2Vec(vector_size=vector_size, **options)
    model.build_vocab_from_freq(COUNTS)
    report = model.estimate_memory()
    assert report["total"] - report["vocab"] == 1000 * (1 + outputs) * vector_size * 4
    monkeypatch.setattr(memory, "available_memory", lambda: needed - 1)
    with pytest.raises(NotEnoughMemoryError) as caught:
        Word2Vec(vector_size=vector_size, **options).build_vocab_from_freq(COUNTS)
    assert isinstance(caught.value, MemoryError)
    assert f"1000 words with {vector_size} dimensions need" in one_line(caught.value)


def test_growing_is_checked_too(monkeypatch):
    model = Word2Vec(vector_size=8, min_count=1)
    model.build_vocab_from_freq(COUNTS)
    # 500 new rows in two matrices, of which one is padded, and an old matrix beside its copy.
    needed = 500 * (32 + 64) + 1000 * 32
    monkeypatch.setattr(memory, "available_memory", lambda: needed - 1)
    more = {f"x{i}": 5 for i in range(500)}
    with pytest.raises(NotEnoughMemoryError):
        model.build_vocab_from_freq(more, update=True)


SCRIPT = """
import resource, sys
from word2vec import Word2Vec
model = Word2Vec(vector_size=10**6, min_count=1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    model.build_vocab_from_freq({str(i): 1 for i in range(10**5)})
except MemoryError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_many_words_of_a_million_dimensions_fail_with_the_figure(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    message, grown = done.stdout.splitlines()
    assert "100000 words with 1000000 dimensions need 745.1 GiB of memory" in message
    assert "smaller vector_size" in message
    assert int(grown) < 2**20  # KiB: the vocabulary's, not the weights'
