"""Titles without links below the names of groups: `- OpenAI`, and on nested items what they published."""

from __future__ import annotations

from pipeline.formats._blocks import Block
from pipeline.formats._inline import SHORTCODE
from pipeline.formats._source import Source
from pipeline.formats._titles import in_capitals
from pipeline.text import lazy

_NAME = 3
"""The name of a group has no more words."""
_TITLE = 4
"""A title has so many words and more, and so few that it is no prose."""
_LONGEST_TITLE = 25
_GROUPS = 2
_SIGN = lazy(rf"\s{SHORTCODE}")


def lift_groups(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with titles that are nested below the names of groups on one level with the others.

    Only in a list of titles without links, and where most items that have others below them are such names.
    """
    items = [block for block in blocks if block.kind == "item"]
    if sum(_is_linked(source, block) for block in items) * 4 > len(items):
        return blocks
    places = [place for place, block in enumerate(blocks) if block.kind == "item" and block.depth == 1]
    nested = [(blocks[place], below) for place in places if (below := _below(blocks, place))]
    groups = [below for block, below in nested if _is_group(source, block, below)]
    titles = [block for group in groups for block in group]
    if len(groups) < _GROUPS or 3 * len(groups) < 2 * len(nested):
        return blocks
    if 2 * sum(in_capitals(source.visible[block.start : block.end]) for block in titles) < len(titles):
        return blocks
    for block in titles:
        block.depth = 1
    return blocks


def _below(blocks: list[Block], place: int) -> list[Block]:
    """The blocks that are nested below an item."""
    stop = place + 1
    while stop < len(blocks) and blocks[stop].depth > blocks[place].depth:
        stop += 1
    return blocks[place + 1 : stop]


def _is_linked(source: Source, block: Block) -> bool:
    return "](" in (text := source.visible[block.start : block.end]) or "://" in text


def _is_group(source: Source, block: Block, below: list[Block]) -> bool:
    """Whether an item is a short name and what is nested below it are titles."""
    if len(source.visible[block.start : block.end].split()) > _NAME or _is_linked(source, block):
        return False
    return all(
        one.kind == "item" and one.depth == block.depth + 1 and _is_title(source, one) for one in below
    )


def _is_title(source: Source, block: Block) -> bool:
    words = _SIGN.sub("", source.visible[block.start : block.end]).split()
    return (
        _TITLE <= len(words) <= _LONGEST_TITLE
        and not _is_linked(source, block)
        and words[-1][-1] not in ".:;"
    )
