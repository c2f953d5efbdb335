"""Links: whether they lead anywhere, whether to a paper, and what stands before the bare address of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline, Mark, scan
from pipeline.formats._model import CharSpan, LinkDraft
from pipeline.formats._source import Source
from pipeline.identifiers import read_url
from pipeline.text import lazy

_PLACEHOLDER = lazy(r"(?:url|link|xxx+|todo|tbd|tba|none|n/?a|-|\.|\(\)|paper|code|http://|https://)$", re.I)
_FOLDER = lazy(r"[\w.%-]{1,200}(?:/[\w.%-]{1,200})*/?")
_FILE = lazy(
    r"[^\s<>\"|]{1,500}\.(?:pdf|md|html?|ipynb|pptx?|docx?|txt|bib|zip|ps)(?:/?#\S*)?$|\.{0,2}/[\w%.-]", re.I
)
_BEFORE_ADDRESS = lazy(r"(?P<name>[^\W_][^\n]{0,300}?)\s?(?:[:：]|\s[-–—]|\s\[)\s{0,2}")


def leads_to_paper(mark: Mark) -> bool:
    """Whether a link surely leads to a paper, by its address alone."""
    return mark.url.startswith("http") and read_url(mark.url).role == "paper"


def holds_paper(source: Source, block: Block) -> bool:
    """Whether one of the links of a block leads to a paper."""
    inline = scan(source.visible, block.start, block.end)
    return any(read_url(mark.url).role == "paper" for mark in inline.links)


def before_address(head: Inline) -> CharSpan | None:
    """The text that opens an entry, where the bare address of a paper stands behind it: `MelNet: https://...`."""
    first = head.links[0] if head.links else None
    if first is None or not first.is_bare or first.start - head.start > 320:
        return None
    match = _BEFORE_ADDRESS.fullmatch(head.text, head.start, first.start)
    if match is None or not (read_url(first.url).role == "paper" or first.url.endswith(".pdf")):
        return None
    return match.span("name")


def links_of(inlines: Iterable[Inline]) -> tuple[LinkDraft, ...]:
    """Every URL once, in order: no anchors, placeholders, mail addresses or images."""
    found: dict[str, LinkDraft] = {}
    for inline in inlines:
        for mark in inline.links:
            if is_target(mark.url) and mark.url not in found:
                label = inline.plain(mark.inner_start, mark.inner_end) or _alt(inline, mark)
                found[mark.url] = LinkDraft(label, mark.url, mark.url_start, mark.url_end)
    return tuple(found.values())


def _alt(inline: Inline, link: Mark) -> str:
    """The alternative text of the image that is the label of this link."""
    for mark in inline.marks:
        if mark.kind == "image" and link.start <= mark.start < link.end:
            return inline.text[mark.inner_start : mark.inner_end]
    return ""


def is_target(url: str) -> bool:
    """Whether a link leads anywhere: a web address, or a file beside the list."""
    if url.startswith(("http://", "https://", "ftp://")):
        return len(url) > 10
    if not url or url[0] == "#" or url.startswith("mailto:") or _PLACEHOLDER.match(url):
        return False
    return (
        url.startswith(("www.", "//"))
        or _FILE.match(unquote(url)) is not None
        or _FILE.match(url) is not None
        or ("/" in url and _FOLDER.fullmatch(url) is not None)
    )
