"""Text from elsewhere, made inert for its place: Markdown, a badge, a link."""

from __future__ import annotations

import re

from pipeline.text import markdown_safe

SURROGATE = re.compile("[\ud800-\udfff]")
_NEEDLESS = re.compile(r"&amp;(?!#?\w+;)")


def as_markdown(text: str) -> str:
    """Text from elsewhere as inert Markdown; a `&` that begins no entity stays as it is (`IEEE S&P`).

    >>> as_markdown("Theory & Practice &copy;")
    'Theory & Practice &amp;copy;'
    """
    return _NEEDLESS.sub("&", markdown_safe(text))


def badge_text(name: str) -> str:
    """A name in a static badge's address: `-` and `_` doubled, the rest percent-encoded.

    https://shields.io/badges/static-badge
    """
    from urllib.parse import quote

    return quote(name.replace("-", "--").replace("_", "__"), safe="")


class Safe(str):
    """Text that is Markdown already; everything else that a template prints is escaped."""


def link_target(url: str) -> Safe:
    """A URL as the target of an inline link: nothing in it can end the link."""
    from urllib.parse import quote

    safe = "".join(quote(c) if c.isspace() or c in '<>\\`"|' or not c.isprintable() else c for c in url)
    if _balanced(safe):
        return Safe(safe)
    return Safe(safe.replace("(", "%28").replace(")", "%29"))


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0
