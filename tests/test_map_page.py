"""The map in a real browser: what it shows agrees with the library."""

import browser_cases
import numpy as np
import pytest
from browser_cases import open_page, open_tab, settle
from vector_cases import make

NASTY = ["<img src=x onerror=document.title='owned'>", "</script><b>bold</b>", "constructor"]
WORDS = ["king", "queen", "kingdom", "man", "woman", *NASTY, *(f"w{i}" for i in range(292))]

browser = pytest.fixture(browser_cases.browser, scope="module")
page = pytest.fixture(browser_cases.page)


@pytest.fixture(scope="module")
def wv():
    wv = make(WORDS, 40, seed=2)
    wv.expandos["count"] = np.arange(len(WORDS), 0, -1) * 7
    return wv


@pytest.fixture(scope="module")
def path(wv, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    wv.map(projection="pca", title="A & <b>").save(path)
    return path


@pytest.fixture(scope="module")
def tab(browser):
    with open_tab(browser, reduced_motion="reduce") as tab:
        yield tab


def listed(page, panel):
    names = page.locator(f"#{panel} ol .name").all_inner_texts()
    values = [float(text) for text in page.locator(f"#{panel} ol .value").all_inner_texts()]
    return list(zip(names, values, strict=True))


def agrees(shown, expected):
    assert [word for word, _ in shown] == [word for word, _ in expected]
    assert [value for _, value in shown] == pytest.approx([v for _, v in expected], abs=6e-4)


def screen(page, word):
    at = page.evaluate("w => wordMap.view.screen(wordMap.vectors.index.get(w))", word)
    box = page.locator("#labels").bounding_box()
    return box["x"] + at[0], box["y"] + at[1]


def test_a_click_on_a_label_lists_the_nearest_words(page, wv):
    word, x, y = page.evaluate(
        "() => { const b = wordMap.labels.placed.find((b) => b.left > 60 && b.top > 60);"
        " return [b.word, (b.left + b.right) / 2, (b.top + b.bottom) / 2]; }"
    )
    box = page.locator("#labels").bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)
    assert page.locator("#word h2").inner_text() == WORDS[word]
    agrees(listed(page, "word"), wv.most_similar(WORDS[word]))


def test_neighbours_of_every_word_agree_with_most_similar(page, wv):
    found = page.evaluate(
        "() => wordMap.vectors.words.map((_, i) => wordMap.vectors.nearest(i, 10))"
    )
    for word, row in zip(WORDS, found, strict=True):
        scores = [each["score"] for each in row]
        expected = wv.most_similar(word)
        assert scores == pytest.approx([cosine for _, cosine in expected], abs=3e-5)
        # Words whose cosines differ by less than the rounding may change places.
        if np.diff([cosine for _, cosine in wv.most_similar(word, topn=11)]).max() < -6e-5:
            assert [WORDS[each["word"]] for each in row] == [name for name, _ in expected]


def test_search_completes_and_chooses(page, wv):
    page.keyboard.press("/")
    page.keyboard.type("king")
    assert page.locator("#found [role=option]").all_inner_texts() == ["king", "kingdom"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#word h2").inner_text() == "kingdom"
    agrees(listed(page, "word"), wv.most_similar("kingdom"))
    page.fill("#search", "nothing like it")
    assert "nothing like it" in page.locator("#found").inner_text()


def test_an_analogy_agrees_with_most_similar(page, wv):
    page.click("#tab-analogy")
    for name, word in zip("abc", ["man", "king", "woman"], strict=True):
        page.fill(f"#question [name={name}]", word)
    page.click("#question button")
    agrees(listed(page, "analogy"), wv.most_similar(positive=["king", "woman"], negative=["man"]))
    assert page.locator("#analogy svg text").count() == 6
    page.fill("#question [name=a]", "absent")
    page.click("#question button")
    assert "absent" in page.locator("#answers").inner_text()


def test_a_drawn_region_lists_and_saves_its_words(page, tmp_path):
    page.keyboard.press("l")
    box = page.locator("#labels").bounding_box()
    left, top, size = box["x"] + 200, box["y"] + 150, 300
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in [(size, 0), (size, size), (0, size)]:
        page.mouse.move(left + x, top + y, steps=3)
    page.mouse.up()
    places = page.evaluate("() => wordMap.vectors.words.map((_, i) => wordMap.view.screen(i))")
    expected = [
        word
        for word, (x, y) in zip(WORDS, places, strict=True)
        if 200 < x < 200 + size and 150 < y < 150 + size
    ]
    assert len(expected) > 10
    assert page.locator("#region ol .name").all_inner_texts() == expected
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as text").click()
    download.value.save_as(tmp_path / "words.txt")
    assert (tmp_path / "words.txt").read_text("utf-8").splitlines() == expected


@pytest.mark.parametrize("zoom", [1, 3])
def test_labels_never_overlap_and_the_frequent_come_first(page, zoom):
    page.evaluate("zoom => { wordMap.view.zoom(zoom); wordMap.draw(); }", zoom)
    boxes = page.evaluate("() => wordMap.labels.placed")
    assert len(boxes) > 20
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            apart = a["left"] >= b["right"] or b["left"] >= a["right"]
            assert apart or a["top"] >= b["bottom"] or b["top"] >= a["bottom"]
    assert [box["word"] for box in boxes] == sorted(box["word"] for box in boxes)


def test_words_are_text_and_never_markup(page):
    for word in NASTY:
        page.fill("#search", word)
        page.keyboard.press("Enter")
        assert page.locator("#word h2").inner_text() == word
    assert page.title() == "A & <b>"
    assert page.locator("main img, main b").count() == 0


def pixels(page):
    settle(page)
    return page.evaluate("() => document.getElementById('points').toDataURL()")


def test_colours_theme_and_clusters_change_what_is_drawn(page):
    seen = [pixels(page)]
    page.select_option("#colour", "frequency")
    seen.append(pixels(page))
    page.fill("#search", "queen")
    page.keyboard.press("Enter")
    page.select_option("#colour", "similarity")
    seen.append(pixels(page))
    assert "queen" in page.locator("#legend").inner_text()
    page.click("#theme")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.select_option("#colour", "cluster")
    seen.append(pixels(page))
    page.locator("#legend button").first.click()
    seen.append(pixels(page))
    assert len(set(seen)) == len(seen)


def test_keys_move_zoom_choose_and_let_go(page):
    state = "() => [wordMap.view.x, wordMap.view.k]"
    page.locator("#labels").focus()
    x, k = page.evaluate(state)
    page.keyboard.press("+")
    settle(page)
    assert page.evaluate(state)[1] > k
    page.keyboard.press("ArrowRight")
    assert page.evaluate(state)[0] > x
    page.keyboard.press("Enter")
    assert page.locator("#word h2").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#word h2").count() == 0
    page.keyboard.press("0")
    settle(page)
    assert page.evaluate(state) == pytest.approx([x, k])
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 1


def test_the_wheel_zooms_where_the_pointer_is(page):
    x, y = screen(page, "w5")
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    settle(page)
    assert screen(page, "w5") == pytest.approx((x, y), abs=1)  # the pointer stands on whole pixels


def test_a_narrow_window_shows_everything(browser, path):
    with open_page(browser, path, viewport={"width": 390, "height": 780}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for name in ("#search", "#labels", "#tab-region", "#legend", "#help"):
            assert page.locator(name).is_visible()


def test_everything_that_can_be_pressed_has_a_name(page):
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, canvas[tabindex]')].filter("
        "(e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).map((e) => e.id)"
    )
    assert unnamed == []


def test_fifty_thousand_words(browser, tmp_path):
    rng = np.random.default_rng(0)
    many = make([f"word{i}" for i in range(50_000)], 16)
    path = tmp_path / "many.html"
    many.map(words=50_000, positions=rng.random((50_000, 2)), clusters=2).save(path)
    with open_page(browser, path) as page:
        page.evaluate("() => { wordMap.view.zoom(8); wordMap.draw(); }")
        assert page.evaluate("() => wordMap.labels.placed.length") > 20
        found = page.evaluate("() => wordMap.vectors.nearest(7, 10)")
        assert [f"word{each['word']}" for each in found] == [
            w for w, _ in many.most_similar("word7")
        ]
