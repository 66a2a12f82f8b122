"""The inspector in a real browser: what it shows agrees with `word2vec.reference`."""

import itertools
from typing import get_args

import browser_cases
import inspect_cases
import numpy as np
import pytest
from browser_cases import settle
from inspect_cases import choose, differences, sayings, state, taken

from word2vec import reference, see
from word2vec.see.defaults import Objective, Preset

# In one call: each takes playwright its time.
SHOWN = """() => {
  const { trainer, record } = inspector;
  return [
    trainer.vocabulary.map(({ word }) => word),
    trainer.input.map((row) => Array.from(row)),
    record.loss,
    ["input", "output"].map((id) => document.querySelectorAll(`#${id} [role=row]`).length),
    ["tree", "noise"].map((id) => document.getElementById(id).checkVisibility()),
  ];
}"""
NASTY = ["<img/src=x/onerror=alert(1)>", "</script><b>bold</b>", "constructor"]

browser = pytest.fixture(browser_cases.browser, scope="module")
tab = pytest.fixture(inspect_cases.tab, scope="module")
page = pytest.fixture(browser_cases.page)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("inspect") / "inspect.html"
    see.inspect(objective="sg-ns", title="A & <b>").save(path)
    return path


def steps(page, number):
    page.evaluate("number => inspector.steps(number)", number)


def enter(page, name, value):
    page.fill(f"[name={name}]", value)
    page.keyboard.press("Tab")


def changed(before, after):
    return {figure for figure in before if before[figure] != after[figure]}


@pytest.mark.parametrize("preset", get_args(Preset))
def test_every_preset_and_objective_trains_as_the_reference_does(page, preset):
    settings = see.inspect(preset=preset).settings
    for objective in get_args(Objective):
        architecture, output = objective.split("-")
        choose(page, preset=preset, architecture=architecture, output=output)
        steps(page, 21)
        trainer = reference.Trainer(
            [sentence.split() for sentence in settings["sentences"]],
            sg=int(architecture == "sg"), output=output, shrink_windows=0,
            **{name: settings[name]
               for name in ("vector_size", "window", "negative", "alpha", "seed")},
        )  # fmt: skip
        for _ in range(21):
            record = trainer.step()
        words, matrix, loss, rows, visible = page.evaluate(SHOWN)
        assert words == trainer.words
        np.testing.assert_allclose(matrix, trainer.input, rtol=0, atol=1e-12)
        assert loss == pytest.approx(record.loss)
        assert rows == [len(words) + 1, len(trainer.output) + 1]
        assert visible == [output == "hs", output == "ns"]


@pytest.mark.parametrize("objective", get_args(Objective))
def test_every_equation_on_the_page_is_true(page, objective):
    architecture, output = objective.split("-")
    choose(page, preset="royals", architecture=architecture, output=output, vector_size=3)
    for number in (0, 7, 150):
        if number:
            steps(page, number)
        said = sayings(page)
        assert differences(said) == []
        # The equations are there at all: of rows that go in, come out, and have nothing to do.
        assert sum(" = " in line for lines in said for line in lines) > 30


def test_a_step_changes_what_it_should_and_back_restores_it(page):
    page.click("#step-20")
    before = state(page)
    rows = page.evaluate("() => inspector.trainer.input.map((row) => Array.from(row))")
    page.click("#step")
    after = state(page)
    assert changed(before, after) >= {"place", "tell", "input", "output", "hidden", "loss"}
    record = page.evaluate("() => ({ ...inspector.record, outputs: [] })")
    now = page.evaluate("() => inspector.trainer.input.map((row) => Array.from(row))")
    moved = {id_ for id_, (old, new) in enumerate(zip(rows, now, strict=True)) if old != new}
    assert moved == set(record["inputs"])
    page.click("#back")
    assert state(page) == before


def test_the_buttons_take_the_steps_they_name(page):
    expected = 0
    for button, number in (("#step", 1), ("#step-20", 20), ("#step-100", 100), ("#step-500", 500)):
        page.click(button)
        expected += number
        assert taken(page) == expected
    assert "Step 621" in page.locator("#place").inner_text()


def test_reset_starts_again(page):
    assert page.locator("#reset").is_disabled()
    assert page.locator("#back").is_disabled()
    before = state(page)
    page.click("#step-100")
    page.click("#reset")
    assert state(page) == before
    assert taken(page) == 0


def test_run_and_pause(page):
    page.select_option("#speed", "200")
    page.click("#run")
    assert page.locator("#run").inner_text() == "Pause"
    while taken(page) < 5:
        settle(page)
    page.click("#run")
    before = taken(page)
    settle(page)
    assert taken(page) == before
    assert page.locator("#run").inner_text() == "Run"


def test_the_plane_of_the_scatter_is_that_of_the_principal_components(page):
    for before, number in itertools.pairwise([0, 50, 300]):
        steps(page, number - before)
        rows = np.array(page.evaluate("inspector.trainer.input.map((row) => Array.from(row))"))
        figure = "inspector.figures.find((f) => f instanceof Scatter)"
        axes = np.array(page.evaluate(f"{figure}.axes"))
        np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-9)
        centred = rows - rows.mean(axis=0)
        _, scales, directions = np.linalg.svd(centred, full_matrices=False)
        np.testing.assert_allclose(axes.T @ axes, directions[:2].T @ directions[:2], atol=1e-6)
        share = (scales[:2] ** 2).sum() / (scales**2).sum()
        assert f"{share:.1%}".replace(".0%", "%") in page.locator("#scatter-hint").inner_text()


def test_the_scatter_does_not_turn_without_reason(page):
    figure = "inspector.figures.find((f) => f instanceof Scatter)"
    steps(page, 300)
    before = np.array(page.evaluate(f"{figure}.axes"))
    for _ in range(20):
        steps(page, 1)
        axes = np.array(page.evaluate(f"{figure}.axes"))
        turn = axes @ before.T
        # Turned as little as can be: what is left of the change is symmetric, without a flip.
        np.testing.assert_allclose(turn, turn.T, atol=1e-9)
        assert np.trace(turn) > 0
        before = axes


def test_output_vectors_are_drawn_where_they_are_words(page):
    assert page.locator("#scatter .out").first.is_hidden()
    page.check("#show-output")
    assert page.locator("#scatter .out").first.is_visible()
    page.select_option("[name=output]", "hs")
    assert page.locator("#both").is_hidden()
    assert page.locator("#scatter .out").count() == 0


# settings --------------------------------------------------------------------------------


def test_a_text_of_ones_own(page):
    page.click("#edit")
    assert page.input_value("#sentences").startswith("drink apple juice\n")
    page.fill("#sentences", f"  {' '.join(NASTY)}\n\nconstructor constructor")
    page.click("#text [type=submit]")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("inspector.trainer.vocabulary.map(({ word }) => word)")[0] == "constructor"
    assert set(page.locator("#input .name").all_inner_texts()) == set(NASTY)
    steps(page, 20)
    assert page.title() == "A & <b>"
    assert page.locator("main img, main svg b").count() == 0
    assert page.input_value("[name=preset]") == "own"
    page.select_option("[name=preset]", "loops")
    assert "monday" in page.locator("#input .name").all_inner_texts()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" ".join(f"w{i}" for i in range(61)), "61 different words; at most 60"),
        ("a b " * 1001, "2,002 words; at most 2,000"),
        ("a " + "b" * 41, "41 characters; at most 40"),
        ("a\nb", "at least two different words"),
        ("", "at least two different words"),
    ],
)
def test_a_text_that_is_refused(page, text, message):
    page.click("#edit")
    page.fill("#sentences", text)
    page.click("#text [type=submit]")
    assert message in page.locator("#text-trouble").inner_text()
    page.click("#text-close")
    assert "juice" in page.locator("#input .name").all_inner_texts()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("alpha", "5", "Learning rate α: 5 is not allowed; give a number from 0.001 to 2."),
        ("vector_size", "1", "Dimensions: 1 is not allowed; give a whole number from 2 to 16."),
        ("window", "1.5", "Window: 1.5 is not allowed; give a whole number from 1 to 10."),
        ("negative", "", "Negatives: – is not allowed; give a whole number from 1 to 20."),
    ],
)
def test_a_number_that_is_refused(page, name, value, message):
    page.click("#step")
    enter(page, name, value)
    assert page.locator("#trouble").inner_text() == message
    assert taken(page) == 1  # nothing was begun anew
    enter(page, name, "2")
    assert page.locator("#trouble").is_hidden()


def test_the_learning_rate_changes_without_a_new_start(page):
    page.click("#step-20")
    enter(page, "alpha", "0.5")
    assert taken(page) == 20
    page.click("#step")
    assert page.evaluate("inspector.record.alpha") == 0.5
    page.click("#reset")
    assert page.evaluate("inspector.record.alpha") == 0.5


def test_sizes_begin_anew(page):
    for name, value, shown in (
        ("vector_size", "9", "input[0].length"),
        ("negative", "6", "options.negative"),
        ("window", "1", "options.window"),
    ):
        page.click("#step")
        enter(page, name, value)
        assert page.evaluate(f"inspector.trainer.{shown}") == int(value)
        assert taken(page) == 0


def test_weights_that_leave_all_bounds_are_told(page):
    choose(page, preset="capitals", architecture="cbow", output="ns", alpha=2)
    steps(page, 20000)
    assert "learning rate is too high" in page.locator("#trouble").inner_text()
    assert max(page.evaluate("inspector.trainer.losses")) < 1e6
    assert page.locator("#run").inner_text() == "Run"
    page.click("#reset")
    assert page.locator("#trouble").is_hidden()
