"""The systems that can be compared: which file drives each and how it is started.

A system is a Python file with one function, ``run(job) -> dict``, run by
`child.py` in a fresh process. `job` holds ``corpus`` (path of a plain text
file), ``source``, ``settings`` (the keyword arguments of gensim's Word2Vec),
``options`` (more of them, for this system alone), ``program`` (path of a native
tool, or None) and ``vectors`` (where to write the vectors, or None). What `run`
returns is described in benchmarks/README.md. To add a trainer, add a file here
and a line to `KNOWN`.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent

# What the path in NAME=PATH means: "python" is the interpreter of an environment
# in which the library is installed, "program" a native tool.
KNOWN = {"ours": "python", "gensim": "python"}


@dataclass(frozen=True)
class System:
    """One column of the comparison.

    Attributes
    ----------
    label : str
        Unique name in tables and results.
    name : str
        The driver's name; objectives may have options for it.
    driver : str
        Path of the driver file.
    interpreter : str
        Python that runs the driver.
    program : str or None
        Native tool that the driver starts.
    """

    label: str
    name: str
    driver: str
    interpreter: str = sys.executable
    program: str | None = None


def parse_systems(text: str) -> list[System]:
    """Read a list such as ``ours,gensim=/venv/bin/python,mine=driver.py``.

    A name given twice makes two systems, ``gensim`` and ``gensim#2``: that
    measures the noise, or compares two builds.

    Raises
    ------
    ValueError
        If a name is unknown or its path does not exist.
    """
    systems: list[System] = []
    for item in filter(None, map(str.strip, text.split(","))):
        name, _, path = item.partition("=")
        if path and not Path(path).exists():
            raise ValueError(f"--systems {item}: {path} does not exist")
        label = _unique(name, {system.label for system in systems})
        systems.append(_system(label, name, path))
    if not systems:
        raise ValueError(f"--systems {text!r} names no system; known are {', '.join(KNOWN)}")
    return systems


def _system(label: str, name: str, path: str) -> System:
    # Not resolved: the python of a virtual environment is a link, and following
    # it would leave the environment.
    path = str(Path(path).absolute()) if path else ""
    if path.endswith(".py"):
        return System(label, name, driver=path)
    if name not in KNOWN:
        raise ValueError(
            f"--systems: {name!r} is unknown; known are {', '.join(KNOWN)}, "
            "and NAME=DRIVER.py runs a driver of your own"
        )
    driver = str(HERE / f"{name.replace('-', '_')}.py")
    if KNOWN[name] == "python":
        return System(label, name, driver, interpreter=path or sys.executable)
    return System(label, name, driver, program=path or None)


def _unique(name: str, taken: set[str]) -> str:
    label, number = name, 1
    while label in taken:
        number += 1
        label = f"{name}#{number}"
    return label
