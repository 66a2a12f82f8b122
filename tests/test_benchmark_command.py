"""What is to be run: systems, rows, corpora, and wrong command lines."""

import lzma
import sys
from pathlib import Path

import pytest
from benchmark_cases import make_plan, write_text

from benchmarks import corpus, plans, rows, run, session
from benchmarks.rows import Row
from benchmarks.systems import System, parse_systems


@pytest.fixture
def text(tmp_path):
    return write_text(tmp_path)


def test_a_system_given_twice_gets_two_labels():
    assert [s.label for s in parse_systems("gensim, gensim,ours")] == ["gensim", "gensim#2", "ours"]


def test_the_path_of_a_system_is_its_interpreter_or_its_driver(tmp_path):
    python, driver = tmp_path / "python", tmp_path / "mine.py"
    python.touch()
    driver.touch()
    ours, mine = parse_systems(f"ours={python},mine={driver}")
    assert (ours.interpreter, Path(ours.driver).name) == (str(python), "ours.py")
    assert (mine.interpreter, mine.driver) == (sys.executable, str(driver))


@pytest.mark.parametrize("text", ["", "glove", "ours=/does/not/exist"])
def test_systems_that_do_not_exist_are_refused(text):
    with pytest.raises(ValueError, match="--systems"):
        parse_systems(text)


def test_an_interpreter_behind_a_link_is_not_followed(tmp_path):
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert parse_systems(f"ours={link}")[0].interpreter == str(link)


@pytest.mark.parametrize(
    "arguments",
    [
        *("--objectives glove", "--objectives ,", "--seeds 1,x", "--repeat 0", "--workers 0"),
        *("--epochs 0", "--words 0", "--systems nothing", "--corpus /does/not/exist"),
        *("--systems word2vec-c", "--systems gensim:avx2", "--source book", "--workers 1,x"),
        *("--rows sg-ns", "--plan other", "--words 10,20 --plan table"),
        *("--rows none --plan table", "--objectives sg-ns --plan table"),
    ],
)
def test_a_wrong_command_line_ends_with_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        run.main(arguments.split())
    assert ended.value.code == 2
    assert arguments.split()[0] in capsys.readouterr().err


def test_quality_runs_every_seed_at_least_once():
    few = run.parse_arguments(["--quality", "--seeds", "1,2,3", "--repeat", "2"])
    assert few.plan.repeat == 3
    assert run.parse_arguments(["--quick"]).plan.repeat == 3
    assert run.parse_arguments([]).plan.repeat == 5


def test_objectives_become_the_switches_of_gensim(text):
    plan = make_plan(System("ours", "ours", "x"), seeds=(5, 6))
    jobs = {
        name: session.make_job(plan, 1, Row(name, name), plan.systems[0], text)
        for name in rows.OBJECTIVES
    }
    picked = {n: [j["settings"][k] for k in ("sg", "hs", "negative")] for n, j in jobs.items()}
    assert picked["sg-ns"] == [1, 0, 5]
    assert picked["cbow-ns"] == [0, 0, 5]
    assert picked["sg-hs"] == [1, 1, 0]
    assert picked["cbow-hs"] == [0, 1, 0]
    assert jobs["sg-ns"]["options"] == {}
    assert jobs["sg-ns-exact"]["options"] == {"shared_negatives": False}
    assert jobs["cbow-ns-corrected"]["options"] == {"corrected_cbow": 1}
    assert jobs["sg-ns"]["settings"]["seed"] == 6


def test_a_row_has_settings_of_its_own(text):
    plan = make_plan(System("ours", "ours", "x"))
    row = Row("wide", settings={"window": 10}, source="list", measure="end-to-end")
    job = session.make_job(plan, 0, row, plan.systems[0], text)
    assert (job["settings"]["window"], job["settings"]["epochs"]) == (10, 2)
    assert (job["source"], job["measure"]) == ("list", "end-to-end")


def test_every_combination_of_settings_is_a_row():
    plan = run.parse_arguments(
        ["--objectives", "sg-ns,cbow-ns", "--workers", "1,2", "--words", "100,200"]
    ).plan
    assert len(plan.rows) == 8
    assert [row.name for row in plan.rows[:3]] == [
        "sg-ns workers=1 words=100",
        "sg-ns workers=1 words=200",
        "sg-ns workers=2 words=100",
    ]
    assert (plan.rows[1].settings["workers"], plan.rows[1].words) == (1, 200)


def test_systems_run_only_what_they_can(tmp_path):
    tool = tmp_path / "tool"
    tool.touch()
    systems = parse_systems(f"ours,gensim,fasttext,word2vec-c={tool},pword2vec={tool}")

    def taking_part(row):
        return [system.label for system in row.systems(systems)]

    assert taking_part(Row("a", "sg-ns")) == [
        *("ours", "gensim", "fasttext", "word2vec-c", "pword2vec")
    ]
    assert taking_part(Row("a", "cbow-hs")) == ["ours", "gensim", "fasttext", "word2vec-c"]
    assert taking_part(Row("a", "sg-ns", source="list")) == ["ours", "gensim"]
    assert taking_part(Row("a", "sg-ns", measure="vocabulary")) == ["ours", "gensim"]
    assert taking_part(Row("a", only=("ours",), simd=("avx2",))) == ["ours", "ours:avx2"]


def test_an_instruction_set_is_a_system_of_its_own():
    plain, scalar = parse_systems("ours,ours:scalar")
    assert (scalar.label, scalar.name) == ("ours:scalar", "ours")
    assert scalar.environment == {"WORD2VEC_SIMD": "scalar"}
    assert rows.variant(plain, "scalar") == scalar


def test_a_plan_has_rows_to_choose_from():
    chosen = run.parse_arguments(["--plan", "table", "--rows", "sg-ns,from-lists"]).plan
    assert [row.name for row in chosen.rows] == ["sg-ns", "from-lists"]
    quick = run.parse_arguments(["--plan", "quality", "--quick", "--seeds", "1,2,3,4"]).plan
    assert {row.words for row in quick.rows} == {run.QUICK_WORDS}
    assert (quick.quality, quick.repeat) == (True, 4)
    short = run.parse_arguments(["--plan", "quality", "--words", "100"]).plan
    assert {row.words for row in short.rows} == {100}


def test_every_target_has_its_rows():
    names = {row.name for row in plans.TABLE_ROWS}
    assert len(names) == len(plans.TABLE_ROWS)
    for target in plans.TABLE_TARGETS:
        assert {target.row, target.base_row or target.row} <= names, target.title


def test_a_generated_corpus_serves_all_sizes(tmp_path, monkeypatch):
    asked = []

    def generate(path, n_words, systems):
        asked.append(n_words)
        path.write_text("a b c\n" * n_words)

    monkeypatch.setattr(run, "generate_corpus", generate)
    options = run.parse_arguments(["--words", "20,30"])
    corpora, measures = run.prepare_corpora(options, tmp_path)
    assert asked == [30]
    assert [corpora[size].words for size in (20, 30)] == [20, 30]
    assert [measure["words"] for measure in measures] == [20, 30]


@pytest.mark.parametrize("packed", [True, False])
def test_a_shortened_corpus_has_exactly_the_words_asked_for(tmp_path, text, packed):
    source = text
    if packed:
        source = tmp_path / "packed.txt.xz"
        source.write_bytes(lzma.compress(text.read_bytes()))
    short = corpus.prepare(source, tmp_path, 25)
    assert short.read_text().split() == text.read_text().split()[:25]
    assert corpus.measure(short)["words"] == 25


def test_a_packed_corpus_is_unpacked_and_a_plain_one_left_alone(tmp_path, text):
    packed = tmp_path / "packed.txt.xz"
    packed.write_bytes(lzma.compress(text.read_bytes()))
    assert corpus.prepare(packed, tmp_path, None).read_bytes() == text.read_bytes()
    assert corpus.prepare(text, tmp_path, None) == text


def test_words_are_counted_as_str_split_does(tmp_path):
    path = tmp_path / "odd.txt"
    path.write_bytes("a\u00a0b \tc\n\n\u3000d\n".encode() + b"\xff\xfe e")
    measured = corpus.measure(path)
    assert (measured["words"], measured["lines"], measured["bytes"]) == (6, 4, path.stat().st_size)


def test_a_missing_library_is_said_in_one_line(tmp_path):
    # -S -E: an interpreter that sees no installed packages.
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S -E "$@"\n')
    python.chmod(0o755)
    with pytest.raises(RuntimeError, match=r"No module named 'word2vec'.*--corpus"):
        run.generate_corpus(tmp_path / "x", 10, [System("ours", "ours", "x", str(python))])
