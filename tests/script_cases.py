"""JavaScript without a page: run in Node.js, or in Chromium where there is none."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from importlib import resources

from browser_cases import open_browser


@contextmanager
def open_script(name):
    """Give a function that runs statements behind a script of the pages.

    They see what the script defines, and `given`; what they `return` comes back through JSON.
    An exception of JavaScript is an AssertionError with its message. The test skips where there
    is neither Node.js nor Chromium.
    """
    source = resources.files("word2vec.see").joinpath(name).read_text(encoding="utf-8")

    def program(body, given):
        return f"""(() => {{
            "use strict";
            {source}
            const given = {json.dumps(given)};
            try {{ return JSON.stringify({{ result: (() => {{ {body} }})() }}); }}
            catch (error) {{ return JSON.stringify({{ error: String(error) }}); }}
        }})()"""

    def answer(text):
        found = json.loads(text)
        assert "error" not in found, found["error"]
        return found.get("result")

    if node := shutil.which("node"):

        def run(body, given=None):
            code = f"process.stdout.write({program(body, given)})"
            call = subprocess.run(
                [node, "-"], input=code.encode(), capture_output=True, check=False, timeout=120
            )
            assert call.returncode == 0, call.stderr.decode()
            return answer(call.stdout)

        yield run
    else:
        with open_browser() as browser:
            page = browser.new_page()
            yield lambda body, given=None: answer(page.evaluate(program(body, given)))
