"""Runs a reader on hostile bytes in a process with little memory and little time.

A reader that needs more is killed, so that a test fails instead of the machine.
"""

import os
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_MEMORY = 1200 << 20  # bytes of address space; the imports alone take about half
_CPU_SECONDS = 20

_PROGRAM = """
import logging, resource, sys
from pathlib import Path
from attack_readers import READERS, attempt
name, path, folder, memory, seconds = sys.argv[1:]
logging.disable(logging.CRITICAL)
data = Path(path).read_bytes()
if READERS[name].seeds:  # whatever is imported late is imported now
    attempt(name, READERS[name].seeds()[0], Path(folder))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(memory), -1))
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
print(type(attempt(name, data, Path(folder))).__name__)
"""


def outcome(name, data, tmp_path, memory=_MEMORY // 4):
    """Name of the documented error of reader `name`, "NoneType" if there is none.

    An undocumented one, too much memory or time is an AssertionError.
    """
    path = tmp_path / "hostile"
    path.write_bytes(data)
    folder = tmp_path / "folder"
    folder.mkdir(exist_ok=True)
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, name, path, folder, str(memory), str(_CPU_SECONDS)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_HERE), *filter(None, sys.path)]),
             "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr[-1500:]
    return process.stdout.strip()
