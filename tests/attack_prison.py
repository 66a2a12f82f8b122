"""Runs a reader on hostile bytes in a process with little memory and little time.

A reader that needs more is killed, so that a test fails instead of the machine.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_MEMORY = 512 << 20  # bytes of address space beyond what the imports take
_CPU_SECONDS = 30  # for one case; each takes a second or so

_PROGRAM = """
import logging, pickle, resource, sys
from pathlib import Path
from attack_readers import READERS, attempt
folder, memory, seconds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
logging.disable(logging.CRITICAL)
cases = pickle.load(sys.stdin.buffer)
for name in {name for name, _ in cases.values()}:  # whatever is imported late is imported now
    attempt(name, READERS[name].seeds()[0], folder)
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + memory, -1))
for label, (name, data) in cases.items():
    now = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (now + seconds, -1))
    print(label, end="=", flush=True)
    try:
        print(type(attempt(name, data, folder)).__name__, flush=True)
    except BaseException as error:
        print(f"undocumented {type(error).__name__}: {str(error)[:300]!a}", flush=True)
"""


def outcomes(cases, folder):
    """Read every case in one process; its error by label, "NoneType" if there is none.

    Parameters
    ----------
    cases : dict of str to (str, bytes)
        Labels to the name of a reader and what it reads.

    Returns
    -------
    dict of str to str
        Names of documented errors; a case that killed the process has "" and the ones
        behind it are missing.
    """
    process = subprocess.run(
        [sys.executable, "-c", _PROGRAM, folder, str(_MEMORY), str(_CPU_SECONDS)],
        input=pickle.dumps(cases),
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_HERE), *filter(None, sys.path)]),
             "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    lines = process.stdout.decode().splitlines()
    assert lines, process.stderr[-2000:]
    return dict(line.split("=", 1) for line in lines)
