"""Records spread over nested items: a name in bold, below it the title, below that nothing but links; or tags above a title."""

from __future__ import annotations

from pipeline.formats._blocks import Block, join_blocks
from pipeline.formats._inline import Inline, scan
from pipeline.formats._source import Source
from pipeline.formats._when import YYYY
from pipeline.text import lazy

_NAME = lazy(r"\*\*[^*\n]{2,40}\*\*")
_LETTER = lazy(r"[^\W_]")
_MARKER = lazy(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_TAGS = lazy(
    rf"`?(?:【{YYYY}[^【】\n]{{0,12}}】|\[{YYYY}[^\[\]\n]{{0,12}}\])(?:[ \t]*-?[ \t]*(?:【[^【】\n]{{1,80}}+】|\[[^\[\]\n]{{1,80}}+\])){{1,6}}`?"
)
_BOLD_LINE = lazy(r"\*\*[^\s*]++(?: [^\s*]++){2,40}\*\*")
_SHORTEST_TITLE = 2
_RECORDS = 3
"""So many of them, and most of the bold names, are how a list is written."""


def gather_records(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with each such record one item, where the list is written in them.

    `- **GAT**`, `  - Graph Attention Networks, ICLR'18`, `  - [[paper]](url)`: no line says by itself what it is.
    """
    named = [
        place
        for place, block in enumerate(blocks)
        if block.kind == "item" and source.visible.startswith("**", block.start) and _is_name(source, block)
    ]
    found = {place: stop for place in named if (stop := _record_end(source, blocks, place))}
    if len(found) < _RECORDS or 2 * len(found) < len(named):
        return blocks
    return join_blocks(blocks, found)


def gather_tagged(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with a title in bold and the item of nothing but tags above it one, where the list has such.

    `- 【2024-09】-【Moshi】-【Kyutai】`, `  - **Moshi: a speech-text foundation model**`: the date is the paper's.
    """
    found = {place: place + 2 for place in range(len(blocks) - 1) if _is_tagged(source, blocks, place)}
    return blocks if len(found) < _RECORDS else join_blocks(blocks, found)


def _is_tagged(source: Source, blocks: list[Block], place: int) -> bool:
    """Whether an item holds only tags, the first with a year, and that below it only bold text."""
    block, below = blocks[place], blocks[place + 1]
    if block.kind != "item" or source.visible[block.start] not in "`【[" or below.kind != "item":
        return False
    return (
        below.depth == block.depth + 1
        and _TAGS.fullmatch(source.visible, block.start, block.end) is not None
        and _BOLD_LINE.fullmatch(source.visible, below.start, below.end) is not None
    )


def _is_name(source: Source, block: Block) -> bool:
    return (
        block.end - block.start < 48 and _NAME.fullmatch(source.visible, block.start, block.end) is not None
    )


def _record_end(source: Source, blocks: list[Block], place: int) -> int:
    """Where the items below a name end, if the first is more than links and the others are links; else 0."""
    stop, depth = place + 1, blocks[place].depth
    while stop < len(blocks) and blocks[stop].depth > depth:
        block = blocks[stop]
        if block.kind != "item" or block.depth != depth + 1 or block.lines[0] != block.lines[1]:
            return 0
        inline = scan(source.visible, block.start, block.end)
        if holds_links(inline) is (stop == place + 1):
            return 0
        if stop == place + 1 and len(inline.plain(inline.start, inline.end).split()) < _SHORTEST_TITLE:
            return 0
        stop += 1
    return stop if stop - place > _SHORTEST_TITLE else 0


def holds_links(inline: Inline) -> bool:
    """Whether a line opens with a link and says nothing beside its links, but in brackets or parentheses."""
    if not inline.links:
        return False
    at = inline.start
    for mark in sorted(inline.of("link", "bracket", "paren", "image"), key=lambda mark: mark.start):
        if mark.start >= at:
            if _LETTER.search(inline.text, at, mark.start):
                return False
            at = mark.end
    return (
        _LETTER.search(inline.text, at, inline.end) is None
        and len(inline.plain(inline.links[0].inner_start, inline.links[0].inner_end).split()) < 6
    )


def record_lines(head: Inline) -> list[Inline]:
    """The lines below the name of a gathered record, without their markers; none where the head is no such."""
    first = head.marks[0] if head.marks else None
    if first is None or first.kind != "bold" or first.start > head.start:
        return []
    stop = head.text.find("\n", first.end, min(head.end, first.end + 8))
    if stop < 0 or _MARKER.match(head.text, stop, head.end) is None:
        return []
    lines = []
    while 0 <= stop < head.end:
        following = head.text.find("\n", stop + 1, head.end)
        marker = _MARKER.match(head.text, stop, head.end)
        start = marker.end() if marker else stop + 1
        end = following if following >= 0 else head.end
        end -= len(head.text[start:end]) - len(head.text[start:end].rstrip())
        if start < end:
            lines.append(scan(head.text, start, end))
        stop = following
    return lines
