"""Make the pictures of the inspector in docs/see-it.md: ``python docs/make_inspect_images.py``.

Needs playwright, pillow and a Chromium; the environment variable CHROMIUM names another one.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from word2vec import see

IMAGES = Path(__file__).parent / "images"
WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}}
NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}
DARK = {"color_scheme": "dark"}
# Name: preset, objective, steps, window of the browser, what is pointed at.
PICTURES = {
    "inspect-fruit": ("fruit", "sg-ns", 1500, WIDE, ".is-target .bar-of"),
    "inspect-royals": ("royals", "sg-softmax", 3000, WIDE, None),
    "inspect-loops": ("loops", "cbow-softmax", 2000, WIDE, ".is-input .cell >> nth=1"),
    "inspect-capitals": ("capitals", "cbow-hs", 1200, WIDE | DARK, None),
    "inspect-phone": ("fruit", "sg-softmax", 500, NARROW, None),
}


def main() -> None:
    """Open each page, train, take its picture."""
    program = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (preset, objective, steps, window, pointed) in PICTURES.items():
            file = Path(folder, f"{name}.html")
            see.inspect(preset=preset, objective=objective).save(file)
            page = browser.new_page(reduced_motion="reduce", **window)
            page.goto(file.as_uri())
            page.wait_for_selector("body[data-ready]")
            page.evaluate("steps => inspector.steps(steps)", steps)
            if pointed:
                page.hover(pointed)
            picture = IMAGES / f"{name}.png"
            page.screenshot(path=picture, full_page=window is not NARROW)
            # A palette: a third of the size, and nothing to be seen of it.
            Image.open(picture).convert("RGB").quantize(200).save(picture, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
