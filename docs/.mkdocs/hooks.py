"""What MkDocs does to our pages: MathML for formulas, names for links to sources, options.

MathML is drawn by browsers themselves, so a page needs neither scripts nor a network.
"""

import html
import logging
import re
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert

from word2vec.params import OPTIONS

ROOT = Path(__file__).resolve().parents[2]
# Warnings of this logger end a strict build.
LOGGER = logging.getLogger("mkdocs.plugins.word2vec")

FORMULA = re.compile(r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', re.DOTALL)
SOURCE_LINK = re.compile(r"\[([^\]]+)\]\((?:\.\./)+([^)#\s]+)(?:#[^)]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Name the files of the repository that are linked to; the site has none of them."""

    def name(link: re.Match[str]) -> str:
        text, path = link.groups()
        if not (ROOT / path).exists():
            LOGGER.warning("%s links to %s, which does not exist", page.file.src_path, path)
        bare = text.strip("`")
        return f"`{path}`" if bare in path else f"{text} (`{path}`)"

    return SOURCE_LINK.sub(name, markdown).replace("<!-- options -->", options_table())


def options_table() -> str:
    """Every training option, as a table."""
    rows = [
        (f"`{option.name}`", f"`{option.default!r}`", option.allowed, option.meaning)
        for option in OPTIONS.values()
    ]
    rows[:0] = [("option", "default", "allowed", "meaning"), ("---",) * 4]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def on_page_content(content: str, **_: Any) -> str:
    """Turn the formulas, which stand as LaTeX between dollar signs, into MathML."""

    def formula(match: re.Match[str]) -> str:
        kind, latex = match.groups()
        return convert(html.unescape(latex), display="block" if kind == "div" else "inline")

    return FORMULA.sub(formula, content)
