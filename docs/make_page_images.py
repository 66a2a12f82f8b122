"""Make the pictures of docs/see-it.md: ``python docs/make_page_images.py [--corpus TEXT]``.

Those of the map need a text with a sentence a line, and minutes; without one only those of
the inspector are made. Needs playwright, pillow, the extra `map`, and a Chromium; the
environment variable CHROMIUM names another one.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from word2vec import Word2Vec, see

IMAGES = Path(__file__).parent / "images"
# WebGL in software, as in the tests.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}}
MAP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
DARK = {"color_scheme": "dark"}
# Name: preset, objective, steps, window of the browser, what is pointed at.
INSPECTOR = {
    "inspect-fruit": ("fruit", "sg-ns", 1500, WIDE, ".is-target .bar-of"),
    "inspect-royals": ("royals", "sg-softmax", 3000, WIDE, None),
    "inspect-loops": ("loops", "cbow-softmax", 2000, WIDE, ".is-input .cell >> nth=1"),
    "inspect-capitals": ("capitals", "cbow-hs", 1200, WIDE | DARK, None),
    "inspect-phone": ("fruit", "sg-softmax", 500, NARROW, None),
}


def main() -> None:
    """Open each page, do what its picture shows, take the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", help="text with a sentence a line, for the map")
    parser.add_argument("--title", help="of the map")
    arguments = parser.parse_args()
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, (preset, objective, steps, window, pointed) in INSPECTOR.items():
            file = Path(folder, f"{name}.html")
            see.inspect(preset=preset, objective=objective).save(file)
            picture(browser, file, name, window, stepping(steps, pointed))
        if arguments.corpus:
            file = Path(folder, "map.html")
            model = Word2Vec(corpus_file=arguments.corpus, sg=1, seed=1)
            model.wv.map(projection="umap", title=arguments.title).save(file)
            picture(browser, file, "map-overview", MAP, lambda page: None)
            picture(browser, file, "map-word", MAP, king_by_similarity)
            picture(browser, file, "map-analogy", MAP | DARK, analogy)
            picture(browser, file, "map-phone", NARROW | DARK, lambda page: find(page, "water"))
        browser.close()


def picture(
    browser: Browser, file: Path, name: str, window: dict[str, Any], act: Callable[[Page], None]
) -> None:
    """Write the picture of a page after `act`."""
    page = browser.new_page(reduced_motion="reduce", **window)
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]")
    act(page)
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")
    target = IMAGES / f"{name}.png"
    page.screenshot(path=target, full_page=window["viewport"] == WIDE["viewport"])
    page.close()
    # A palette: a third of the size, and nothing to be seen of it.
    Image.open(target).convert("RGB").quantize(200).save(target, optimize=True)


def stepping(steps: int, pointed: str | None) -> Callable[[Page], None]:
    """Take steps in the inspector, and point at something."""

    def act(page: Page) -> None:
        page.evaluate("steps => inspector.steps(steps)", steps)
        if pointed:
            page.hover(pointed)

    return act


def find(page: Page, word: str) -> None:
    """Choose a word of the map by the search."""
    page.fill("#search", word)
    page.keyboard.press("Enter")


def king_by_similarity(page: Page) -> None:
    """Choose king, colour by similarity to it."""
    find(page, "king")
    page.select_option("#colour", "similarity")


def analogy(page: Page) -> None:
    """Ask what is to italy as paris is to france."""
    page.click("#tab-analogy")
    for name, word in zip("abc", ("france", "paris", "italy"), strict=True):
        page.fill(f"#question [name={name}]", word)
    page.click("#question button")
    page.locator("#answers figure").scroll_into_view_if_needed()


if __name__ == "__main__":
    main()
