"""Blocks that lead to papers and are in no entry: what a list that no layout reads is learned from."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.formats._blocks import Block
from pipeline.formats._model import Candidate
from pipeline.formats._rescue import Stray, papers_of

_HEADINGS = 3
"""So many headings of one level that are entries are how a list is written."""
_ABOVE = 8
"""So many blocks above the link of a paper are looked at."""
_PAPERS = 3
"""A block with so many papers may have one on each line."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an entry takes of a list: the block that it starts with, its last line, and whether that block has its paper."""

    block: Block
    last_line: int
    has_paper: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Looking:
    """How the reader looks at blocks: the marks in one, and its lines as blocks of their own."""

    scanned: Callable[[Block], Candidate]
    lines: Callable[[Block], list[Block]]


def find_strays(blocks: Sequence[Block], taken: Sequence[Taken], looking: Looking) -> list[Stray]:
    """The blocks with the link of a paper that are in no entry, each with those above it up to the one before."""
    strays: list[Stray] = []
    above: list[Block] = []
    heading: Block | None = None
    for block in outside(blocks, taken):
        if block.kind == "heading":
            heading, above = block, []
            continue
        candidate = looking.scanned(block)
        if not papers_of(candidate):
            above.append(block)
            continue
        if strays and block.kind == "paragraph" and block.item == strays[-1].candidate.block.item >= 0:
            continue  # more links of the same item
        beside = tuple([looking.scanned(one) for one in reversed(above[-_ABOVE:])])
        for part in _lines_of_papers(candidate, looking):
            strays.append(Stray(part, beside, looking.scanned(heading) if heading else None))
            heading, above, beside = None, [], ()
    return strays


def outside(blocks: Sequence[Block], taken: Sequence[Taken]) -> Iterator[Block]:
    """The blocks in no entry, and those of an entry's own rank in one that has its paper already."""
    starts = [one.block.lines[0] for one in taken]
    for block in blocks:
        at = bisect_right(starts, block.lines[1]) - 1
        if at < 0 or block.lines[0] > taken[at].last_line:
            yield block
        elif block.lines[0] > starts[at] and taken[at].has_paper():
            head = taken[at].block
            if (block.kind, block.depth) == (head.kind, head.depth):
                yield block


def without_displaced(blocks: Sequence[Block], taken: Sequence[Taken]) -> list[Taken]:
    """The same entries without those that are the only paragraph read below a heading of a level that has entries.

    Where headings are entries, prose below one is mistaken for a title where it looks more like one.
    """
    levels = Counter(one.block.level for one in taken if one.block.kind == "heading")
    level, count = max(levels.items(), key=lambda found: found[1], default=(0, 0))
    if count < _HEADINGS:
        return list(taken)
    headings = [block for block in blocks if block.kind == "heading"]
    lines = [heading.lines[0] for heading in headings]
    below = [bisect_right(lines, one.block.lines[0]) - 1 for one in taken]
    several = Counter(below)
    return [
        one
        for one, at in zip(taken, below, strict=True)
        if at < 0
        or headings[at].level != level
        or several[at] > 1
        or one.block.kind != "paragraph"
        or one.block.item >= 0
    ]


def _lines_of_papers(candidate: Candidate, looking: Looking) -> list[Candidate]:
    """The lines of a block, where most of them lead to a paper of their own; else the block."""
    first, last = candidate.block.lines
    distinct = {mark.url for mark in papers_of(candidate)}
    if candidate.block.is_row or last - first + 1 < _PAPERS or len(distinct) < _PAPERS:
        return [candidate]
    lines = [looking.scanned(line) for line in looking.lines(candidate.block)]
    return lines if 3 * sum(bool(papers_of(line)) for line in lines) >= 2 * len(lines) else [candidate]
