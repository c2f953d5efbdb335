"""Items written as HTML: lines that open with `<li>` and close with `</li>`, which to Markdown are one paragraph."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.formats._blocks import Block
from pipeline.formats._source import Source
from pipeline.text import lazy

_ITEM = lazy(r"[ \t]*+<li(?:[ \t][^<>\n]*+)?>[ \t]*+(?=[^\s<]|<[^/\n])")
_CLOSED = lazy(r"[ \t]*+</li>[ \t\r]*+$", re.I)
_ITEMS = 3
"""So many lines of a paragraph, and all of them, are a list; fewer may be what somebody shows of one."""


def part_html_items(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with paragraphs of nothing but such lines taken apart, an item each."""
    if "<li" not in source.visible or "</li>" not in source.visible:
        return blocks
    out: list[Block] = []
    fresh = max((block.item for block in blocks), default=-1)
    for block in blocks:
        items = _items(source, block)
        for item in items:
            fresh += 1
            item.item = fresh
        out += items or [block]
    return out


def _items(source: Source, block: Block) -> list[Block]:
    """The items of a paragraph; none where one of its lines is something else."""
    first, last = block.lines
    if block.kind != "paragraph" or block.depth or last - first + 1 < _ITEMS:
        return []
    found: list[Block] = []
    for line in range(first, last + 1):
        text = source.visible[source.line_starts[line] : source.line_end(line)]
        opened, closed = _ITEM.match(text), _CLOSED.search(text)
        if opened is None or closed is None or closed.start() <= opened.end():
            return []
        at = source.line_starts[line]
        place = replace(block, kind="item", start=at + opened.end(), end=at + closed.start())
        found.append(replace(place, lines=(line, line), depth=1))
    return found
