"""Pages, and a headless Chromium to open them in; tests skip where there is none."""

import base64
import os
import re
import shutil
import zlib
from contextlib import contextmanager

import pytest

# WebGL in software: the machines of tests have no graphics card.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@contextmanager
def open_browser():
    """Start the browser of the system, or the one that CHROMIUM names."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    program = next((path for name in names if name and (path := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium is installed: apt-get install chromium, or set CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def open_page(browser, path, **options):
    """Open a file; fails if the page writes an error to its console or asks the network."""
    options = {"viewport": {"width": 900, "height": 600}} | options
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        page.set_default_timeout(60_000)
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.on("request", lambda request: problems.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        assert told(problems, path) == []
        yield page
        assert told(problems, path) == []
    finally:
        context.close()


def told(problems, path):
    """The problems that are none of the page's own files."""
    own = (path.as_uri(), "blob:", "data:")
    return [problem for problem in problems if not problem.startswith(own)]


def unpack(page, name):
    """The bytes of a block of a page."""
    packed = re.search(f'<script type="text/plain" id="{name}">([^<]*)</script>', page).group(1)
    return zlib.decompress(base64.b64decode(packed))
