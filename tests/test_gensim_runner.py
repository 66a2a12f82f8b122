"""python -m word2vec.gensim: a program sees what it would see without us, but for gensim."""

import pytest
from patched_programs import STAND_IN, run

SHOW = """
import sys
import gensim
import word2vec
assert gensim.models.Word2Vec is word2vec.Word2Vec
assert sys.modules["__main__"].__dict__ is globals()
print(__name__, sys.argv[1:], sys.path[0])
"""


def test_runner_runs_a_script_as_python_would(tmp_path):
    (tmp_path / "in").mkdir()
    script = tmp_path / "in" / "script.py"
    script.write_text(SHOW + "print(__file__)\nimport beside\nsys.exit(3)\n")
    (tmp_path / "in" / "beside.py").write_text("print('beside')\n")
    done = run(None, "-m", "word2vec.gensim", str(script), "-m", "--help", check=False)
    assert done.stdout.splitlines() == [
        f"__main__ ['-m', '--help'] {script.parent}",
        str(script),
        "beside",
    ]
    assert done.returncode == 3, done.stderr


def test_runner_runs_a_module(tmp_path):
    (tmp_path / "module.py").write_text(SHOW)
    done = run(None, "-m", "word2vec.gensim", "-m", "module", "-x", cwd=tmp_path)
    assert done.stdout == f"__main__ ['-x'] {tmp_path}\n"


def test_runner_runs_code(tmp_path):
    done = run(None, "-m", "word2vec.gensim", "-c", SHOW, "a", cwd=tmp_path)
    assert done.stdout == "__main__ ['a'] \n"


def test_runner_lets_errors_of_the_program_through():
    done = run(None, "-m", "word2vec.gensim", "-c", "raise KeyError('mine')", check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("KeyError: 'mine'\n")


@pytest.mark.parametrize(
    "arguments", [(), ("-m",), ("-c",), ("-x", "script.py")], ids=lambda a: " ".join(a) or "none"
)
def test_runner_without_a_program_shows_how_it_is_called(arguments):
    done = run(None, "-m", "word2vec.gensim", *arguments, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: python -m word2vec.gensim SCRIPT")
    assert done.stdout == ""


def test_runner_help_and_missing_file(tmp_path):
    done = run(None, "-m", "word2vec.gensim", "--help")
    assert done.stdout.startswith("usage:")
    done = run(None, "-m", "word2vec.gensim", "nowhere.py", check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no file 'nowhere.py'" in done.stderr


def test_safe_path_is_left_alone(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import sys\nprint(sys.path[0])\n")
    done = run(None, "-P", "-m", "word2vec.gensim", str(script))
    assert done.stdout.strip() != str(tmp_path)


def test_scripts_of_the_stand_in_run_as_modules(tmp_path):
    (tmp_path / "home.py").write_text("import sys\nprint(__name__, sys.argv[1:])\n")
    done = run(
        STAND_IN
        + """
import runpy, sys
from word2vec.compat import names
names.STAND_IN["gensim.scripts.tool"] = "home"
sys.argv = ["x", "-i", "in"]
runpy.run_module("gensim.scripts.tool", run_name="__main__", alter_sys=True)
""",
        cwd=tmp_path,
    )
    assert done.stdout == "__main__ ['-i', 'in']\n"
