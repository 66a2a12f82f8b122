"""Programs as people write them for gensim run here as they are; `programs/` holds them."""

from importlib.util import find_spec
from pathlib import Path

import pytest
from patched_programs import STAND_IN, needs_gensim, run

FOLDER = Path(__file__).parent / "programs"
PROGRAMS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "topics")
NEEDS = {"word_movers_distance": "ot", "evaluation": "scipy"}

# All in one process, because gensim takes seconds to import; each in a folder of its own.
ALL = """
import os, runpy, sys
programs, *names = sys.argv[1:]
sys.path.insert(0, programs)
here = os.getcwd()
for name in names:
    print(name, file=sys.stderr)
    os.mkdir(os.path.join(here, name))
    os.chdir(os.path.join(here, name))
    runpy.run_path(os.path.join(programs, name + ".py"), run_name="__main__")
"""


def runnable():
    return [name for name in PROGRAMS if name not in NEEDS or find_spec(NEEDS[name])]


def test_there_are_programs():
    assert len(PROGRAMS) >= 12


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_here(name, tmp_path):
    if name not in runnable():
        pytest.skip(f"{NEEDS[name]} is not installed")
    code = STAND_IN + (
        "import sys, word2vec.gensim\n"
        f"sys.exit(word2vec.gensim.main([{str(FOLDER / f'{name}.py')!r}]))"
    )
    run(None, "-W", "error", "-c", code, cwd=tmp_path)


@needs_gensim
@pytest.mark.parametrize(
    "patch",
    [
        pytest.param("", id="gensim"),
        pytest.param("import word2vec\nword2vec.patch_gensim()\n", id="patched"),
    ],
)
def test_all_programs_run_on_an_installed_gensim(patch, tmp_path):
    run(None, "-c", patch + ALL, str(FOLDER), *runnable(), cwd=tmp_path)
