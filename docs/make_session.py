"""Type the commands of first-session.md again and put what they print now into the page.

    python docs/make_session.py FOLDER

FOLDER holds the files that the page names at its beginning. What is shown in part, down to
a line with ..., stays so.
"""

import argparse
import re
import subprocess
from pathlib import Path

PAGE = Path(__file__).parent / "first-session.md"
ELIDED = "...\n"


def commands(page: str) -> list[tuple[str, str]]:
    """Return each command of the page, in order, with what it shows that it prints."""
    return [
        (command, printed)
        for block in re.findall(r"^```console\n(.*?)^```", page, re.M | re.S)
        for command, printed in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)
    ]


def retyped(page: str, folder: str) -> str:
    """Return the page with what its commands print in `folder`."""
    done = 0
    for command, shown in commands(page):
        print("$", command, flush=True)
        printed = subprocess.run(
            ["sh", "-c", command],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
        ).stdout
        if shown.endswith(ELIDED):
            lines = printed.splitlines(keepends=True)
            printed = "".join(lines[: shown.count("\n") - 1]) + ELIDED
        before, after = f"$ {command}\n{shown}", f"$ {command}\n{printed}"
        place = page.index(before, done)
        page = page[:place] + after + page[place + len(before) :]
        done = place + len(after)
    return page


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="Where the commands run.")
    text = retyped(PAGE.read_text("utf-8"), parser.parse_args().folder)
    PAGE.write_text(text, "utf-8")
