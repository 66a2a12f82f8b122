"""The benchmark of single kernels: its arithmetic, its two builds, the roof."""

import json
import shutil
from pathlib import Path

import pytest
from benchmark_cases import FOLDER

from benchmarks import kernels
from benchmarks.roof import Roof

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="compiles roof.c")
SMALL = ["--words", "20000", "--vocabulary", "200", "--vector-size", "8", "--repeat", "1"]
SUMS = {"pairs": 60, "kept": 10, "outputs": 6.0, "contexts": 5, "rows": 100, "words": 12}


def test_operations_of_a_centre():
    # 6 pairs a centre, each with 6 output rows; CBOW meets them once.
    assert kernels.operations("sg-ns-shared", SUMS, 100) == 6 * 6 * 6 * 100
    assert kernels.operations("cbow-ns", SUMS, 100) == (6 * 6 + 10) * 100


def test_rows_of_a_centre():
    assert kernels.rows_touched("sg-ns-shared", SUMS) == 7
    assert kernels.rows_touched("sg-ns-exact", SUMS) == 1 + 6 * 5 + 1


class FakeRoof:
    def gigaflops(self, simd):
        return 100.0

    def gigabytes(self, rows, row_bytes):
        assert (rows, row_bytes) == (200, 400)
        return 20.0


def test_cycles_and_shares_follow_from_the_medians():
    runs = [{**SUMS, "seconds": s * 1e-6, "gigahertz": 3.0} for s in (1, 2, 9)]
    line = kernels.summary(runs, "sg-ns-shared", "avx2", 100, FakeRoof())
    assert line["words_per_s"] == pytest.approx(12 / 2e-6)
    assert line["cycles_per_centre"] == pytest.approx(2e-6 * 3e9 / 10)
    assert line["gigaflops"] == pytest.approx(21600 * 10 / 2e-6 / 1e9)
    assert line["share_of_flops"] == pytest.approx(line["gigaflops"] / 100)
    assert line["share_of_memory"] == pytest.approx(7 * 10 * 800 / 2e-6 / 1e9 / 20)


@needs_compiler
def test_two_builds_take_turns(tmp_path, capsys):
    out = tmp_path / "kernels.json"
    wanted = ["--kernels", "sg-ns-shared,cbow-hs", "--simd", "scalar", "--out", str(out)]
    from word2vec.training import _train

    assert kernels.main([*SMALL, *wanted, "--compare", _train.__file__]) == 0
    lines = json.loads(out.read_text())
    assert [line["kernel"] for line in lines] == ["sg-ns-shared", "cbow-hs"]
    assert all(line["ratio"] > 0 and line["cycles_per_centre"] > 0 for line in lines)
    assert "x other" in capsys.readouterr().out


def test_words_of_a_corpus_and_a_kernel_that_a_build_lacks(tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("a b c d a b a\n" * 100)
    arguments = [*SMALL, "--corpus", str(text), "--kernels", "sg-hs", "--simd", "scalar,no-such"]
    assert kernels.main(arguments) == 0
    output = capsys.readouterr().out
    assert "no-such" in output
    assert "is not available on this machine" in output


def test_the_build_that_was_named_is_the_one_that_is_measured(tmp_path):
    from word2vec.training import _train

    copy = tmp_path / Path(_train.__file__).name
    shutil.copy(_train.__file__, copy)
    options = kernels.parse_arguments(SMALL)
    for path, file in ((None, _train.__file__), (str(copy), str(copy))):
        with kernels.Bench("a build", path, options) as bench:
            assert bench.file == file


@pytest.mark.parametrize(
    "arguments",
    ["--repeat 0", "--kernels glove", "--corpus /does/not/exist", "--compare /does/not/exist"],
)
def test_a_wrong_command_line_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        kernels.main(arguments.split())
    assert ended.value.code == 2
    assert arguments.split()[0] in capsys.readouterr().err


def test_a_build_that_does_not_load_is_said(tmp_path, capfd):
    (tmp_path / "word2vec").mkdir()
    (tmp_path / "word2vec" / "__init__.py").write_text("raise ImportError('broken')")
    assert kernels.main([*SMALL, "--compare", str(tmp_path)]) == 1
    assert f"the process of {tmp_path} ended with 1" in capfd.readouterr().err


@needs_compiler
def test_the_roof_is_measured():
    with Roof() as roof:
        assert 0.1 < roof.gigahertz() < 10
        assert roof.gigabytes(100, 400) > 0
        assert roof.gigaflops("scalar") > 0


def test_without_a_compiler_there_is_no_roof(monkeypatch):
    monkeypatch.setenv("CC", "/does/not/exist")
    with Roof() as roof:
        assert roof.gigahertz() is None
        assert roof.round_trip() is None


def test_the_source_of_the_roof_is_there():
    assert (FOLDER / "roof.c").is_file()
