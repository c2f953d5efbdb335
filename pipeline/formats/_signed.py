"""Papers below whoever wrote them: `- Alex Graves (2008)` and on the item below nothing but the linked title."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.formats._blocks import Block, join_blocks
from pipeline.formats._inline import Inline
from pipeline.formats._people import People, find_people
from pipeline.formats._source import CharSpan, Source
from pipeline.formats._when import YYYY, is_known
from pipeline.text import lazy

_SIGNED = lazy(rf"(?P<names>[^\W\d_][^()\[\]\n]{{3,80}}?),? \((?P<year>{YYYY})\)")
_ITEM = lazy(r"[ \t]*\n[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+\[")
_LONGEST = 100
_RECORDS = 3
"""So many of them, and no such name above anything else, are how a list is written."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who wrote the paper below, and when."""

    people: People
    names: CharSpan
    year: CharSpan


def gather_signed(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with each such pair of items one, where the list is written in them."""
    above = [place for place, block in enumerate(blocks[:-1]) if _is_signed(source, block)]
    pairs = {place for place in above if _is_pair(source, blocks, place)}
    if len(pairs) < _RECORDS or len(pairs) < len(above):
        return blocks
    return join_blocks(blocks, {place: place + 2 for place in pairs})


def _is_signed(source: Source, block: Block) -> bool:
    if block.kind != "item" or block.end - block.start > _LONGEST or source.visible[block.end - 1] != ")":
        return False
    match = _SIGNED.fullmatch(source.visible, block.start, block.end)
    return match is not None and _people(match) is not None


def _people(match: re.Match[str]) -> People | None:
    """The people that a text names in full, if it holds nothing else."""
    people = find_people(match["names"], sure=True)
    if people is None or people.start or people.end < len(match["names"]) or is_known(match["names"]):
        return None
    return people if people.et_al or all(" " in name for name in people.names) else None


def _is_pair(source: Source, blocks: list[Block], place: int) -> bool:
    """Whether one item is nested below a name, right behind it, and opens with a link."""
    above, below = blocks[place], blocks[place + 1]
    if below.kind != "item" or below.depth != above.depth + 1 or source.visible[below.start] != "[":
        return False
    beyond = blocks[place + 2] if place + 2 < len(blocks) else None
    return beyond is None or beyond.kind == "heading" or beyond.depth <= above.depth


def find_signer(head: Inline) -> Signer | None:
    """Who stands above the title of an entry that was gathered so."""
    line = head.text.find("\n", head.start, min(head.end, head.start + _LONGEST))
    if line < 0 or head.text[head.start : line].rstrip()[-1:] != ")":
        return None
    match = _SIGNED.match(head.text, head.start, line)
    people = _people(match) if match and _ITEM.match(head.text, match.end(), head.end) else None
    return Signer(people, match.span("names"), match.span("year")) if match and people else None
