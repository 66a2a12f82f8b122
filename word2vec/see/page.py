"""A page in one file: style, scripts and data inside, and a policy that forbids the rest.

The data may hold anything (words are untrusted): they travel as base64 of deflated bytes,
which no HTML parser reads as markup, and scripts put them into the page as text only. The
Content-Security-Policy admits the one script and the one style of the page, by their hash,
and no connection to anywhere.
"""

import base64
import hashlib
import html
import json
import zlib
from collections.abc import Mapping, Sequence
from importlib import resources
from string import Template
from typing import Any

LANGUAGE = "en"


def build(
    name: str, title: str, scripts: Sequence[str], blocks: Mapping[str, bytes | memoryview | Any]
) -> str:
    """Return the page of a template.

    Parameters
    ----------
    name : str
        Of the template ``NAME.html`` and of its section of the texts, which the page finds
        as the block "texts".
    title : str
        Any text.
    scripts : sequence of str
        Files, in the order in which they need each other.
    blocks : mapping of str to bytes or JSON value
        Data by the id of their element; what is no bytes is stored as JSON.
    """
    texts = json.loads(_asset(f"texts.{LANGUAGE}.json"))[name] | {"language": LANGUAGE}
    script = '"use strict";\n' + "\n".join(map(_asset, scripts))
    style = _asset("style.css")
    return Template(_asset(f"{name}.html")).substitute(
        title=html.escape(title),
        policy=_policy(script, style),
        style=style,
        script=script,
        blocks="\n".join(_block(id_, data) for id_, data in {"texts": texts, **blocks}.items()),
    )


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
