"""A page in one file: style, scripts and data inside, and a policy that forbids the rest.

The data may hold anything (words are untrusted): they travel as base64 of deflated bytes,
which no HTML parser reads as markup, and scripts put them into the page as text only. The
Content-Security-Policy admits the one script and the one style of the page, by their hash,
and no connection to anywhere.
"""

import base64
import hashlib
import json
import os
import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from string import Template
from typing import Any

from word2vec.io.files import replace_file

LANGUAGE = "en"


class Page(ABC):
    """A page that can be saved, shown inline by notebooks.

    Attributes
    ----------
    title : str
        Any text.
    """

    title: str
    _height: int  # of the frame in notebooks, in pixels

    @abstractmethod
    def _build(self) -> str: ...

    @property
    def html(self) -> str:
        """The page, which needs nothing beside it and sends nothing anywhere."""
        return self._build()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file.

        Raises
        ------
        OSError
            If it cannot be written; an old file is untouched then.
        """
        with replace_file(path) as file:
            file.write(self.html.encode("utf-8", "backslashreplace"))

    def _repr_html_(self) -> str:
        # A frame of its own keeps the page's style and the notebook's apart; without
        # allow-same-origin it cannot touch the notebook either.
        return (
            f'<iframe srcdoc="{escape(self.html)}" title="{escape(self.title)}" '
            'sandbox="allow-scripts allow-downloads allow-modals" allow="clipboard-write" '
            f'style="width: 100%; height: {self._height}px; border: 0; border-radius: 10px">'
            "</iframe>"
        )


def build(
    name: str, title: str, scripts: Sequence[str], blocks: Mapping[str, bytes | memoryview | Any]
) -> str:
    """Return a page.

    Parameters
    ----------
    name : str
        Of its body ``NAME.html``, which page.html frames, of its style ``NAME.css`` and of
        its section of the texts, which the page finds as the block "texts".
    title : str
        Any text.
    scripts : sequence of str
        Files, in the order in which they need each other; page.js comes before them.
    blocks : mapping of str to bytes or JSON value
        Data by the id of their element; what is no bytes is stored as JSON.
    """
    texts = translated("texts")
    heading = escape(title)
    script = '"use strict";\n' + "\n".join(map(_asset, ["page.js", *scripts]))
    style = _asset("style.css") + _asset(f"{name}.css")
    return Template(_asset("page.html")).substitute(
        name=name,
        language=LANGUAGE,
        title=heading,
        policy=_policy(script, style),
        style=style,
        body=Template(_asset(f"{name}.html")).substitute(title=heading),
        noscript=escape(texts["noScript"]),
        blocks="\n".join(map(_block, ["texts", *blocks], [texts[name], *blocks.values()])),
        script=script,
    )


def translated(name: str) -> Any:
    """Return what ``NAME.LANGUAGE.json`` holds: all that a translation has to replace."""
    return json.loads(_asset(f"{name}.{LANGUAGE}.json"))


def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(script: str, style: str) -> str:
    """Return what the page may do: run its script, use its style, offer files it made."""
    script_hash, style_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script_hash}'; "
        f"style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"
    )


def _block(id_: str, data: Any) -> str:
    if not isinstance(data, bytes):
        data = json.dumps(data, separators=(",", ":")).encode()
    # Level 1: numbers hardly shrink further, and a higher level takes seconds.
    packed = base64.b64encode(zlib.compress(data, 1)).decode()
    return f'<script type="text/plain" id="{id_}">{packed}</script>'
