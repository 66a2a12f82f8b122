"""One measured run in a process of its own: a job as JSON on stdin, its result on stdout.

Started by path with ``python -P`` and a working directory elsewhere, so that
neither this folder nor the source folder `word2vec/` shadows an installed package.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType


def load(name: str, path: Path, package: bool = False) -> ModuleType:
    """Import the file `path` as `name` without touching ``sys.path``."""
    folders = [str(path.parent)] if package else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    job = json.load(sys.stdin)
    # Whatever a trainer prints, also from C, goes to stderr: stdout is for the result.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        load("benchmarks", Path(__file__).resolve().parents[1] / "__init__.py", package=True)
        driver = load("benchmark_driver", Path(job["driver"]))
        result = driver.run(job)
        result["python"] = sys.version.split()[0]
        json.dump(result, answer)


if __name__ == "__main__":
    main()
