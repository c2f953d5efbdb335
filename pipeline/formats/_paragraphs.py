"""Records written as HTML paragraphs: `<p>`, a linked title, its authors and its links between `<br/>`, `</p>`."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.formats._blocks import Block
from pipeline.formats._links import holds_paper
from pipeline.formats._source import Source
from pipeline.text import lazy

_OPENED = lazy(r"^[ \t]*+<p(?:[ \t][^<>\n]*+)?>[ \t\r]*+$", re.M | re.I)
_CLOSED = lazy(r"^[ \t]*+</p>[ \t\r]*+$", re.M | re.I)
_TAGS = lazy(r"(?:\s*+<[^<>\n]*+>)*+\s*+")
_PARAGRAPHS = 3
"""So many of them that lead to papers, and most of all, are how a list is written."""

Lines = tuple[int, int]


def part_html_paragraphs(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with what stands between `<p>` and `</p>` one block, where the list is written in such records.

    To Markdown, tags that stand alone on their lines (`<br/>`, `</a>`) part paragraphs, and where lines are
    indented one runs on to the next.
    """
    if "<p" not in source.visible or "</p>" not in source.visible:
        return blocks
    touched = _touched(blocks, list(_places(source)))
    places: dict[int, list[Lines]] = defaultdict(list)
    for place, numbers in touched.items():
        for number in numbers:
            places[number].append(place)
    usable = {number for number, found in places.items() if _is_inside(source, blocks[number], found)}
    touched = {place: numbers for place, numbers in touched.items() if usable.issuperset(numbers)}
    records = [_record(source, blocks[numbers[0]], place) for place, numbers in touched.items()]
    papers = sum(holds_paper(source, record) for record in records)
    if papers < _PARAGRAPHS or 2 * papers <= len(records):
        return blocks
    gone = {number for numbers in touched.values() for number in numbers}
    kept = [block for number, block in enumerate(blocks) if number not in gone]
    return sorted([*kept, *records], key=lambda block: block.lines[0])


def _places(source: Source) -> Iterator[Lines]:
    """The lines of `<p>` and of the `</p>` that closes it, each alone on its line, no other `<p>` between them."""
    closed = [source.line_of(match.start()) - 1 for match in _CLOSED.finditer(source.visible)]
    opened = [source.line_of(match.start()) - 1 for match in _OPENED.finditer(source.visible)]
    for first, following in pairwise([*opened, len(source.line_starts)]):
        at = bisect_right(closed, first)
        if at < len(closed) and first + 1 < closed[at] < following:
            yield first, closed[at]


def _touched(blocks: Sequence[Block], places: Sequence[Lines]) -> dict[Lines, list[int]]:
    """Which blocks stand in each of these places, wholly or in part."""
    firsts = [first for first, _ in places]
    touched: dict[Lines, list[int]] = defaultdict(list)
    for number, block in enumerate(blocks):
        at = max(0, bisect_right(firsts, block.lines[0]) - 1)
        for place in places[at : bisect_right(firsts, block.lines[1])]:
            if block.lines[0] <= place[1]:
                touched[place].append(number)
    return touched


def _is_inside(source: Source, block: Block, places: Sequence[Lines]) -> bool:
    """Whether a block is a paragraph outside of any list with nothing but tags outside of these places."""
    if block.kind != "paragraph" or block.item >= 0 or block.depth:
        return False
    line, last = block.lines
    for first, stop in sorted(places):
        if not all(_TAGS.fullmatch(source.line(before)) for before in range(line, first)):
            return False
        line = max(line, stop + 1)
    return all(_TAGS.fullmatch(source.line(behind)) for behind in range(line, last + 1))


def _record(source: Source, block: Block, place: Lines) -> Block:
    start, end = source.line_starts[place[0] + 1], source.line_end(place[1] - 1)
    text = source.visible[start:end]
    start += len(text) - len(text.lstrip())
    return replace(block, start=start, end=max(start, end - len(text) + len(text.rstrip())), lines=place)
