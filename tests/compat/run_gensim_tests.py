"""Run gensim's own tests, as installed with gensim, on word2vec in gensim's place.

    python tests/compat/run_gensim_tests.py --at-least 174

Nothing of gensim is copied or changed: a pytest plugin calls patch_gensim before the
tests are collected, and programs that tests start are patched too. Needs the packages
of the extra `compat`, without which gensim's tests skip much. Arguments that are not
known here go to pytest.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

# gensim's tests of what word2vec has; the rest of test_scripts is about Wikipedia dumps.
TESTS = (
    "test_word2vec.py",
    "test_keyedvectors.py",
    "test_phrases.py",
    "test_glove2word2vec.py",
    "test_scripts.py::TestWord2Vec2Tensor",
)
TARGET = 174
"""All that run; gensim skips one more itself."""


class Patched:
    """The pytest plugin: patches gensim, counts results by test."""

    def __init__(self):
        self.outcomes = {}

    def pytest_configure(self):
        from word2vec import patch_gensim

        patch_gensim()

    def pytest_collection_finish(self):
        import gensim.models

        import word2vec

        # A green run of gensim against itself would prove nothing.
        assert gensim.models.Word2Vec is word2vec.Word2Vec
        assert gensim.models.word2vec.KeyedVectors is word2vec.KeyedVectors

    def pytest_collectreport(self, report):
        if report.failed:
            self.outcomes[report.nodeid] = "failed"

    def pytest_runtest_logreport(self, report):
        known = self.outcomes.get(report.nodeid)
        if report.failed or (known != "failed" and (report.skipped or report.when == "call")):
            self.outcomes[report.nodeid] = report.outcome

    def count(self, outcome):
        return sum(found == outcome for found in self.outcomes.values())


def run(pytest_arguments):
    """Run the tests once in this process and return the plugin, which has the results."""
    folder = Path(find_spec("gensim").origin).parent / "test"
    plugin = Patched()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        patch_children(Path(scratch))
        # Neither this repository's configuration nor files beside gensim's tests.
        configuration = Path(scratch, "pytest.ini")
        configuration.write_text("[pytest]\n")
        os.chdir(scratch)  # one of the tests writes here
        pytest.main(
            [
                *("-c", str(configuration), "--rootdir", str(folder), "-p", "no:cacheprovider"),
                *("-q", "--tb=short", "-rfE"),
                *pytest_arguments,
                *(str(folder / test) for test in TESTS),
            ],
            plugins=[plugin],
        )
    return plugin


def patch_children(scratch):
    """See to it that every Python that this process starts is patched."""
    source = str(Path(find_spec("word2vec").origin).parents[1])
    (scratch / "sitecustomize.py").write_text(
        f"import sys\nsys.path.append({source!r})\nimport word2vec\nword2vec.patch_gensim()\n"
    )
    paths = [str(scratch), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--at-least", type=int, default=TARGET, help="tests that must pass")
    parser.add_argument("--runs", type=int, default=1, help="consecutive runs, each on its own")
    options, pytest_arguments = parser.parse_known_args()
    if options.runs > 1:
        once = [sys.executable, __file__, "--at-least", str(options.at_least), *pytest_arguments]
        return max(subprocess.call(once) for _ in range(options.runs))
    if find_spec("gensim") is None:
        parser.error("gensim is not installed: pip install '.[compat]'")
    result = run(pytest_arguments)
    passed, failed, skipped = map(result.count, ("passed", "failed", "skipped"))
    print(f"gensim's tests: {passed} passed, {failed} failed, {skipped} skipped")
    if passed < options.at_least:
        print(f"at least {options.at_least} must pass", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
