"""Pages, and a headless Chromium to open them in; tests skip where there is none.

`browser` and `page` are to become fixtures, of a module and of a test.
"""

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
def open_tab(browser, **options):
    """Give an empty tab, which can `visit` files one after the other."""
    options = {"viewport": {"width": 900, "height": 600}} | options
    context = browser.new_context(**options)
    try:
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        yield tab
    finally:
        context.close()


@contextmanager
def visit(tab, path):
    """Load a file anew; fails if the page writes an error to its console or asks the network.

    A new load takes a third of the time of a new tab. Media and size of the tab stay: who
    changes them opens a page of its own.
    """
    problems = []
    listeners = {
        "pageerror": lambda error: problems.append(str(error)),
        "console": lambda message: problems.append(message.text),
        "request": lambda request: problems.append(request.url),
    }
    for event, listener in listeners.items():
        tab.on(event, listener)
    try:
        tab.mouse.move(0, 0)
        tab.goto(path.as_uri())
        tab.wait_for_selector("body[data-ready]")
        assert told(problems, path) == []
        yield tab
        assert told(problems, path) == []
    finally:
        for event, listener in listeners.items():
            tab.remove_listener(event, listener)
        tab.goto("about:blank")  # where only #... differs, a page would not be loaded anew


@contextmanager
def open_page(browser, path, **options):
    """Visit a file in a tab of its own."""
    with open_tab(browser, **options) as tab, visit(tab, path) as page:
        yield page


def browser():
    """Give the browser."""
    with open_browser() as browser:
        yield browser


def page(tab, path):
    """Give the page of the fixture `path` in the fixture `tab`."""
    with visit(tab, path) as page:
        yield page


def settle(page):
    """Wait until what was asked for has been drawn."""
    page.evaluate("() => new Promise((f) => requestAnimationFrame(() => requestAnimationFrame(f)))")


def told(problems, path):
    """The problems that are none of the page's own files."""
    own = (path.as_uri(), "blob:", "data:")
    return [problem for problem in problems if not problem.startswith(own)]


def unpack(page, name):
    """The bytes of a block of a page."""
    packed = re.search(f'<script type="text/plain" id="{name}">([^<]*)</script>', page).group(1)
    return zlib.decompress(base64.b64decode(packed))
