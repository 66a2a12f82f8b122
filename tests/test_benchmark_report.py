"""From results to a page."""

import json

import pytest
from benchmark_cases import cells, make_record, make_results, result_of

from benchmarks import charts, figures, grid, report, results, tables, targets
from benchmarks.plans import Target


def test_speeds_are_medians_and_ratios_are_of_medians():
    runs = [("ours", result_of(t)) for t in (1.0, 2.0, 10.0)]
    runs += [("gensim", result_of(t)) for t in (8.0, 10.0, 100.0)]
    table = report.speed_table(make_results(*runs))
    # 2 epochs of 100 words: 200 / 2 s and 200 / 10 s.
    assert cells(table, "sg-ns", "ours")[1:4] == ["100", "20 to 200", "180%"]
    assert cells(table, "sg-ns", "ours")[-3:] == ["5.00", "5.00", "-"]
    assert cells(table, "sg-ns", "gensim")[-3:] == ["1.00", "1.00", "-"]


def test_words_read_twice_are_no_speed():
    results = make_results(("ours", result_of(raw_words=400)), ("gensim", result_of()))
    assert cells(report.speed_table(results), "sg-ns", "ours")[1] == "100"


def test_runs_with_problems_are_listed_and_left_out():
    results = make_results(("ours", result_of(1.0)), ("ours", result_of(9.0)))
    results["runs"][0]["problems"] = ["it cheated"]
    page = report.report(results)
    assert cells(page, "sg-ns", "ours")[:2] == ["1", "22"]
    assert cells(page, "1", "sg-ns", "ours")[-1] == "it cheated"


def test_a_page_can_be_written_of_failures_alone():
    page = report.report(make_results(("ours", "exit status 3"), complete=False))
    assert "Cut short" in page
    assert "### Failed: ours, sg-ns, repetition 1" in page
    assert "the trace" in page
    assert cells(page, "sg-ns", "ours")[0] == "0"


def test_memory_and_scan_are_compared():
    ours = result_of(2.0, vocabulary_s=0.1, peak_rss=5_000_000)
    table = report.vocabulary_table(make_results(("ours", ours), ("gensim", result_of(4.0))))
    assert cells(table, "sg-ns", "ours") == ["7", "1,000", "5.00", "2.10", "2.14", "5", "0.50"]


def test_systems_that_did_different_work_are_named():
    same = make_results(("ours", result_of()), ("gensim", result_of()))
    assert report.differences(same) == []
    other = make_results(
        ("ours", result_of(vocabulary_size=8)), ("gensim", result_of(effective_words=60))
    )
    assert [line.split(" differ")[0] for line in report.differences(other)] == [
        "Vocabulary sizes",
        "Effective words",
    ]
    assert "**Mind:** Vocabulary sizes" in report.report(other)


def test_quality_is_mean_and_deviation_over_seeds():
    results = make_results(("ours", result_of()), ("ours", result_of()), ("gensim", result_of()))
    for record, score in zip(results["runs"], (0.30, 0.34, 0.2), strict=True):
        record["quality"] = {
            name: {"score": score if name != "simlex999" else None, "known": 1234, "total": 2000}
            for name in grid.QUALITY_SETS
        }
    page = report.report(results)
    table = page[page.index("## Quality") :]
    assert cells(table, "sg-ns", "ours") == [
        *("2", "32.0 ± 2.8", "0.320 ± 0.028", "-"),
        "1,234 / 1,234 / 1,234",
    ]
    assert cells(table, "sg-ns", "gensim")[:2] == ["1", "20.0"]


def test_the_yardstick_is_gensim_or_else_the_first():
    assert figures.yardstick(make_results()) == "gensim"
    assert figures.yardstick(make_results(systems=("a", "b"))) == "a"


def test_a_bar_in_a_cell_does_not_break_the_table():
    assert tables.table(["a", "b"], [["x|y", "1"]]).splitlines()[-1] == "| x\\|y |   1 |"


def scores(*values):
    names = list(grid.QUALITY_SETS)
    return {
        name: {"score": value, "known": 9, "total": 9}
        for name, value in zip(names, values, strict=True)
    }


def judged(system, seed, *values, objective="sg-ns", **changes):
    record = make_record(system, result_of(), objective=objective, **changes)
    record["settings"]["seed"] = seed
    return {**record, "seed": seed, "quality": scores(*values)}


def test_quality_below_gensims_by_more_than_the_noise_is_marked():
    # Both vary by a standard deviation of 0.01, so that is the pooled noise.
    found = make_results(
        *(
            judged("ours", s, 0.30 + d, 0.585 + d, 0.40 + d)
            for s, d in ((1, -0.01), (2, 0), (3, 0.01))
        ),
        *(
            judged("gensim", s, 0.30 + d, 0.60 + d, 0.405 + d)
            for s, d in ((1, -0.01), (2, 0), (3, 0.01))
        ),
    )
    (cell,) = grid.cells(found)
    assert cell.noise("wordsim353") == pytest.approx(0.01)
    assert [cell.is_below(name) for name in grid.QUALITY_SETS] == [False, True, False]
    line = cells(grid.grid_table(found), "100", "2", "sg-ns", "ours")
    assert line[0] == "3 / 3"
    assert line[2] == "0.585 ± 0.010 / 0.600 ± 0.010, **-0.015 below**"
    assert line[3].endswith(", -0.005")
    assert line[4] == "**-0.0067 below**"


def test_an_option_of_ours_is_judged_against_the_plain_objective():
    found = make_results(
        judged("ours", 1, 0.3, 0.3, 0.3, objective="sg-ns-exact", row="exact"),
        judged("gensim", 1, 0.2, 0.2, 0.2, settings={"workers": 2}),
        judged("gensim", 1, 0.9, 0.9, 0.9, settings={"epochs": 9}, row="longer"),
    )
    (cell,) = grid.cells(found)
    assert (cell.objective, cell.difference("analogies")) == ("sg-ns-exact", pytest.approx(0.1))
    assert cell.noise("analogies") is None
    assert cells(report.speed_table(found), "exact", "ours")[0] == "1"


def test_targets_are_ratios_with_what_is_wanted():
    found = make_results(
        make_record("ours", result_of(1.0, peak_rss=8_000_000)),
        make_record("gensim", result_of(16.0)),
        make_record("ours:scalar", result_of(17.0)),
    )
    table = targets.target_table(found)
    assert cells(table, "SG-NS, default mode") == [
        *("200 words/s", "12 words/s", "1 / 1", "16.00", "15", "20", "must")
    ]
    assert cells(table, "SG-NS, scalar")[3:] == ["0.94", "1", "2", "**missed**"]
    assert cells(table, "SG-NS, AVX2 only")[3:] == ["-", "10", "13", "-"]
    assert cells(table, "peak memory, one thread")[3:] == ["0.80", "1", "0.7", "must"]
    assert "## Targets" in report.report(found)


def test_seconds_in_all_make_a_target_the_other_way_round():
    found = make_results(
        make_record("ours", result_of(total_s=2.0), row="from-file", objective="sg-ns"),
        make_record("gensim", result_of(total_s=50.0), row="from-file", objective="sg-ns"),
    )
    target = Target("t", "from-file", 20, 30, "total")
    assert targets.reached(target, found) == 25
    assert targets.verdict(target, 25) == "must"


def test_two_threads_are_compared_by_one_clock():
    found = make_results(
        make_record("ours", result_of(10.0, training_cpu_s=9.0)),
        make_record(
            "ours",
            result_of(5.0, training_cpu_s=9.5),
            row="sg-ns-2-threads",
            objective="sg-ns",
            settings={"workers": 2},
        ),
    )
    target = Target("t", "sg-ns-2-threads", 1.8, 1.8, base_row="sg-ns", base_system="ours")
    assert targets.reached(target, found) == 2


def format_1(found):
    """The same results as the harness wrote them before there were rows."""
    (session,), runs = found["sessions"], found["runs"]
    new = ("session", "row", "settings", "source", "measure", "corpus_words", "corpus_sha256")
    return {
        **session,
        "corpus": found["corpora"][0],
        "plan": {
            **found["plan"],
            "objectives": [run["objective"] for run in runs],
            "source": "file",
            "options": {},
        },
        "runs": [{key: run[key] for key in run if key not in new} for run in runs],
    }


def test_files_of_the_format_before_are_read_and_merged(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    baseline = make_results(judged("gensim", 1, 0.2, 0.2, 0.2))
    old.write_text(json.dumps(format_1(baseline)))
    ours = judged("ours", 1, 0.3, 0.3, 0.3)
    ours["settings"] |= {"sg": 1, "hs": 0}  # as a job has them
    results.save(make_results(ours), new)
    merged = results.merge([results.load(old), results.load(new)])
    assert [run["session"] for run in merged["runs"]] == [0, 1]
    (cell,) = grid.cells(merged)
    assert cell.difference("analogies") == pytest.approx(0.1)
    assert cells(report.speed_table(merged), "sg-ns", "ours")[6] == "1.00"
    page = tmp_path / "page.md"
    assert report.main([str(old), str(new), "--markdown", str(page)]) == 0
    assert "## Quality against gensim" in page.read_text()


def test_rows_of_one_name_and_other_settings_stay_apart():
    merged = results.merge(
        [
            make_results(make_record("ours", result_of())),
            make_results(make_record("ours", result_of(), settings={"window": 9})),
        ]
    )
    assert figures.row_names(merged) == ["sg-ns", "sg-ns (2)"]
    assert [len(figures.counted(merged, row, "ours")) for row in figures.row_names(merged)] == [
        1,
        1,
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"runs": []}', '{"format": 9}'])
def test_a_file_that_holds_no_results_is_refused(tmp_path, content, capsys):
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(SystemExit) as ended:
        report.main([str(path)])
    assert ended.value.code == 2
    assert "not results of benchmarks.run" in capsys.readouterr().err


def test_every_chart_is_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    runs = [
        judged(
            system,
            1,
            0.3,
            0.3,
            0.3,
            row=f"{workers} {words}",
            settings={"workers": workers, "min_count": count},
            corpus_words=words,
        )
        for system in ("ours", "gensim")
        for workers, words, count in ((1, 100, 5), (2, 100, 5), (1, 200, 5), (1, 100, 1))
    ]
    for run in runs:
        run["result"]["vocabulary_size"] = 7 if run["settings"]["min_count"] == 5 else 20
    runs.append(make_record("ours", result_of(total_s=3.0), row="all", objective="sg-ns"))
    runs[-1]["measure"] = "end-to-end"
    found = make_results(*runs)
    page = tmp_path / "page.md"
    report.write_page(found, page)
    drawn = sorted((tmp_path / "page-charts").iterdir())
    assert len(drawn) == 6
    assert all(path.read_text().startswith("<?xml") for path in drawn)
    assert page.read_text().count("![") == 6
    again = charts.draw(found, tmp_path / "again")
    assert [path.read_bytes() for _, path in sorted(again)] == [
        (tmp_path / "page-charts" / path.name).read_bytes() for _, path in sorted(again)
    ]


def test_without_figures_there_are_no_charts(tmp_path):
    assert charts.draw(make_results(("ours", "exit status 3")), tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
