"""Programs of the tests of patch_gensim: each changes what `import gensim` means."""

import os
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from pathlib import Path

import pytest

INSTALLED = find_spec("gensim") is not None
needs_gensim = pytest.mark.skipif(not INSTALLED, reason="gensim is not installed")

STAND_IN = "import word2vec\nword2vec.patch_gensim(only_stand_in=True)\n"


def run(code, *arguments, check=True, cwd=None):
    """Run `code`, or Python with `arguments`, and return the finished process."""
    command = [sys.executable, *arguments]
    if code is not None:
        command += ["-c", textwrap.dedent(code)]
    source = str(Path(find_spec("word2vec").origin).parents[1])
    paths = [os.environ.get("PYTHONPATH", ""), source]
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
    )
    if check and done.returncode:
        pytest.fail(done.stdout + done.stderr)
    return done
