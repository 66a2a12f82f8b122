"""The systems that can be compared: which file drives each and how it is started.

A system is a Python file with one function, ``run(job) -> dict``, run by
`child.py` in a fresh process. What is in `job` and what `run` returns is described
in benchmarks/README.md. To add a trainer, add a file here and a line to `KNOWN`.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent

NEGATIVE_SAMPLING = ("sg-ns", "cbow-ns")
PLAIN = (*NEGATIVE_SAMPLING, "sg-hs", "cbow-hs")


@dataclass(frozen=True)
class Kind:
    """What a driver needs and can do.

    Attributes
    ----------
    path : str
        What PATH means in NAME=PATH: "python", the interpreter of an environment
        with the library; or "program", a native tool, which must be named.
    objectives, sources : tuple of str, or None
        What it can train, and from what; None is everything.
    """

    path: str = "python"
    objectives: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None


KNOWN = {
    "ours": Kind(),
    "gensim": Kind(),
    "fasttext": Kind(objectives=PLAIN, sources=("file",)),
    "word2vec-c": Kind("program", objectives=PLAIN, sources=("file",)),
    "pword2vec": Kind("program", objectives=("sg-ns",), sources=("file",)),
}


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
    environment : dict
        Variables of its processes, beside those of all.
    """

    label: str
    name: str
    driver: str
    interpreter: str = sys.executable
    program: str | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def can(self, objective: str, source: str) -> bool:
        """Whether it trains this objective from this kind of source."""
        kind = KNOWN.get(self.name, Kind())
        return (kind.objectives is None or objective in kind.objectives) and (
            kind.sources is None or source in kind.sources
        )


def parse_systems(text: str) -> list[System]:
    """Read a list such as ``ours,ours:scalar,gensim=/venv/bin/python,mine=driver.py``.

    ``ours:SIMD`` runs ours with ``WORD2VEC_SIMD=SIMD``. A name given twice makes two
    systems, ``gensim`` and ``gensim#2``: that measures the noise, or compares two builds.

    Raises
    ------
    ValueError
        If a name is unknown, its path does not exist or a native tool has none.
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
    name, _, simd = name.partition(":")
    if name not in KNOWN or (simd and name != "ours"):
        raise ValueError(
            f"--systems: {label!r} is unknown; known are {', '.join(KNOWN)}, ours:SIMD, "
            "and NAME=DRIVER.py runs a driver of your own"
        )
    driver = str(HERE / f"{name.replace('-', '_')}.py")
    if KNOWN[name].path == "python":
        environment = {"WORD2VEC_SIMD": simd} if simd else {}
        return System(label, name, driver, path or sys.executable, environment=environment)
    if not path:
        raise ValueError(f"--systems {name}: name its program with {name}=PATH")
    return System(label, name, driver, program=path)


def _unique(name: str, taken: set[str]) -> str:
    label, number = name, 1
    while label in taken:
        number += 1
        label = f"{name}#{number}"
    return label
