"""The inspector for hands, keys and eyes: equations, keyboard, small windows, contrast, paper."""

import itertools
from typing import get_args

import browser_cases
import inspect_cases
import pytest
from browser_cases import open_page, settle
from inspect_cases import WIDE, choose, taken

from word2vec import see
from word2vec.see.defaults import Preset

NARROW = {"viewport": {"width": 390, "height": 780}, "reduced_motion": "reduce"}

browser = pytest.fixture(browser_cases.browser, scope="module")
tab = pytest.fixture(inspect_cases.tab, scope="module")
page = pytest.fixture(browser_cases.page)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("inspect") / "inspect.html"
    see.inspect(objective="sg-ns").save(path)
    return path


def stops(page):
    """How many stops of the Tab key the figures have."""
    return set(
        page.evaluate(
            "() => [...document.querySelectorAll('[data-figure]')]"
            ".filter((f) => f.checkVisibility())"
            ".map((f) => f.querySelectorAll('[tabindex=\"0\"]').length)"
        )
    )


def test_pointing_at_a_number_shows_its_equation(page):
    page.click("#step")
    assert page.locator("#saying").is_hidden()
    page.hover(".is-target .number >> nth=0")
    word, score = page.evaluate(
        "(({ target, outputs }) => [target, outputs.find((o) => o.label).score])(inspector.record)"
    )
    word = page.evaluate("id => inspector.trainer.vocabulary[id].word", word)
    said = page.locator("#saying").inner_text()
    assert said.startswith(f"Score of {word}\n")
    assert f"s = h · W′[{word}] = " in said
    assert f" = {score:.3f}" in said
    page.mouse.move(2, 2)
    assert page.locator("#saying").is_hidden()


def test_the_keyboard_reaches_every_number_of_a_figure(page):
    page.click("#step")
    page.locator("#output [tabindex='0']").focus()
    seen = set()
    for key in ["ArrowRight"] * 8 + ["ArrowDown"] * 12 + ["ArrowLeft"] * 8 + ["ArrowUp"] * 12:
        page.keyboard.press(key)
        seen.add(page.locator("#saying b").inner_text())
    assert len(seen) > 25
    assert page.locator("#output [tabindex='0']").count() == 1
    assert page.locator("[aria-describedby=saying]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#saying").is_hidden()


def test_a_focused_number_follows_the_steps(page):
    page.keyboard.press("s")
    page.locator("#hidden [tabindex='0']").focus()
    before = page.locator("#saying").inner_text()
    page.keyboard.press("s")
    assert taken(page) == 2
    assert page.locator("#saying").inner_text() != before
    page.locator("#tokens [tabindex='0']").focus()  # these are made anew
    page.keyboard.press("s")
    assert page.evaluate("document.activeElement.closest('#tokens') !== null")


def test_every_figure_is_one_stop_of_the_tab_key(page):
    for output in ("softmax", "hs", "ns"):
        choose(page, output=output)
        page.evaluate("inspector.steps(3)")
        assert stops(page) == {1}


def test_a_figure_that_is_drawn_for_another_width_stays_a_stop(browser, path):
    with open_page(browser, path, **WIDE) as page:
        for output in ("softmax", "hs", "ns"):
            choose(page, output=output)
            page.evaluate("inspector.steps(3)")
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                settle(page)
                assert stops(page) == {1}


def test_keys(page):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    assert taken(page) == 2
    page.keyboard.press("ArrowLeft")
    assert taken(page) == 1
    page.keyboard.press("0")
    assert taken(page) == 0
    theme = page.evaluate("document.documentElement.dataset.theme")
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") != theme
    page.keyboard.press("Space")
    assert page.locator("#run").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Space")
    assert page.locator("#run").get_attribute("aria-pressed") == "false"
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1


def test_typing_a_number_presses_no_key_of_the_page(page):
    page.click("#step")
    page.locator("[name=alpha]").focus()
    page.keyboard.type("0")
    page.keyboard.press("ArrowLeft")
    assert taken(page) == 1


def test_a_tap_shows_the_equation(browser, path):
    with open_page(browser, path, has_touch=True, **NARROW) as page:
        page.tap(".is-input .cell >> nth=2")
        assert page.locator("#saying").inner_text().startswith("Input weight of ")


def test_nothing_is_cut_off_in_a_narrow_window(browser, path):
    parts = ["#step", "#tokens", "#input", "#output", "#scatter svg", "#loss svg"]
    reach = """(parts) => {
      inspector.steps(200);
      const boxes = parts.map((part) => document.querySelector(part).getBoundingClientRect());
      return [document.documentElement.scrollWidth, Math.min(...boxes.map(({ left }) => left)),
        Math.max(...boxes.map(({ right }) => right)), Math.min(...boxes.map(({ width }) => width))];
    }"""
    with open_page(browser, path, **NARROW) as page:
        for preset, output in itertools.product(get_args(Preset), ("softmax", "hs", "ns")):
            choose(page, preset=preset, output=output, vector_size=16)
            page_width, left, right, least = page.evaluate(reach, parts)
            assert page_width <= 390
            assert 0 <= left < right <= 390
            assert least > 0


def test_everything_that_can_be_pressed_or_focused_has_a_name(page):
    page.click("#step-20")
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, textarea')]"
        ".concat(...document.querySelectorAll('svg [data-say]'))"
        ".filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length))"
        ".map((e) => e.outerHTML)"
    )
    assert unnamed == []


CONTRAST = """() => {
  const parse = (text) => {
    const [, kind, inside] = text.match(/^(\\w+)\\(([^)]*)\\)$/) ?? [];
    const parts = inside?.replace("srgb", "").split(/[\\s,/]+/).filter(Boolean).map(Number);
    if (!parts) return null;
    const scale = kind === "color" ? 255 : 1;
    return { rgb: parts.slice(0, 3).map((v) => v * scale), a: parts[3] ?? 1 };
  };
  const light = (rgb) => rgb.map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const poor = [];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = all.nextNode());) {
    const owner = node.parentElement;
    if (!node.textContent.trim() || !owner.checkVisibility()) continue;
    if (owner.closest("script, :disabled")) continue;
    const style = getComputedStyle(owner);
    let ground = null;
    for (let at = owner; at && !ground; at = at.parentElement) {
      const found = parse(getComputedStyle(at).backgroundColor);
      if (found && found.a === 1) ground = found.rgb;
    }
    const ink = parse(owner.closest("svg") ? style.fill : style.color).rgb;
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push([node.textContent.trim(), ratio.toFixed(2), style.color]);
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out_from_their_ground(browser, path, scheme):
    with open_page(browser, path, color_scheme=scheme, **WIDE) as page:
        for output in ("softmax", "hs", "ns"):
            choose(page, output=output)
            page.evaluate("inspector.steps(5)")
            assert page.evaluate("document.documentElement.dataset.theme") == scheme
            assert page.evaluate(CONTRAST) == []


def test_paper_shows_the_figures_and_no_buttons(browser, path):
    with open_page(browser, path, **WIDE) as page:
        page.emulate_media(media="print")
        assert page.locator("#step").is_hidden()
        assert page.locator("#settings").is_hidden()
        for name in ("#tokens", "#input", "#scatter svg", "#loss svg"):
            assert page.locator(name).is_visible()
