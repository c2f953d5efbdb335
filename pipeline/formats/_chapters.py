"""Papers that have a section each: the heading names one, prose says what it is about, labelled items have its links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline, fold_signs, scan
from pipeline.formats._labels import line_label
from pipeline.formats._links import holds_paper
from pipeline.formats._source import Source
from pipeline.text import lazy

_CHAPTERS = 3
"""So many headings that the items below them name once more are how a list is written."""
_REFERENCE = lazy(r"\s*\[\d{1,4}\]\s*$")
"""The number of the reference at the end of the page that a heading closes with."""
_LABELLED = lazy(r"[\W_]{0,8}+(?:(?:the|full)\s)?(?:paper|article)\b", re.I)
_PAPER = frozenset(("paper", "the paper", "full paper", "article"))


def gather_chapters(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with each such section one block of the kind `chapter`, where the list is written in them.

    `## A Generalist Agent [12]`, a page about it, `* Short read: [...](blog)`, `* Paper: [A Generalist Agent](url)`.
    What stands between its last item and the next heading is no part of it.
    """
    headings = [place for place, block in enumerate(blocks) if block.kind == "heading"]
    sections = list(pairwise([*headings, len(blocks)]))
    sure = {section for section in sections if _names_its_paper(source, blocks, *section)}
    if len(sure) < _CHAPTERS:
        return blocks
    level = Counter(blocks[place].level for place, _ in sure).most_common(1)[0][0]
    habit = Counter(label for section in sure for label in _labels(source, blocks, *section))
    labels = {label for label, count in habit.items() if label and 2 * count > len(sure)}
    chapters = {
        section[0]: section[1]
        for section in sections
        if blocks[section[0]].level == level
        and (section in sure or 2 * len(labels & _labels(source, blocks, *section)) >= len(labels) > 1)
    }
    return _joined(source, blocks, chapters)


def _names_its_paper(source: Source, blocks: Sequence[Block], place: int, stop: int) -> bool:
    """Whether an item of a section that is labelled as the paper's is a link of its heading's own words."""
    for block in blocks[place + 1 : stop]:
        if (
            block.kind != "item"
            or block.depth != 1
            or not _LABELLED.match(source.visible, block.start, block.end)
        ):
            continue
        inline = scan(source.visible, block.start, block.end)
        if inline.links and line_label(inline) in _PAPER:
            link = inline.links[0]
            return _says_the_same(source, blocks[place], inline.plain(link.inner_start, link.inner_end))
    return False


def _labels(source: Source, blocks: Sequence[Block], place: int, stop: int) -> set[str]:
    """The labels that the items of a section open with."""
    items = [block for block in blocks[place + 1 : stop] if block.kind == "item" and block.depth == 1]
    return {line_label(scan(source.visible, block.start, block.end)) for block in items} - {""}


def _says_the_same(source: Source, heading: Block, title: str) -> bool:
    """Whether a link is called as the heading is, or as what it begins with; three words and more."""
    shown = scan(source.visible, heading.start, heading.end)
    return len(title.split()) > 2 and fold_signs(title_of(shown)[0]).startswith(fold_signs(title))


def title_of(heading: Inline) -> tuple[str, int]:
    """What a heading says without the number of a reference behind it, and where that ends."""
    end = heading.end
    for mark in heading.of("bracket"):
        if _REFERENCE.match(heading.text, mark.start, mark.end) and not heading.plain(mark.end, heading.end):
            end = mark.start
    while end > heading.start and heading.text[end - 1].isspace():
        end -= 1
    return heading.plain(heading.start, end), end


def _joined(source: Source, blocks: list[Block], chapters: dict[int, int]) -> list[Block]:
    out: list[Block] = []
    beyond = 0
    for place, block in enumerate(blocks):
        if place < beyond:
            continue
        if place not in chapters:
            out.append(block)
            continue
        beyond = chapters[place]
        last = max(at for at in range(place, beyond) if at == place or blocks[at].item >= 0)
        end, line = blocks[last].end, blocks[last].lines[1]
        out.append(replace(block, kind="chapter", end=end, lines=(block.lines[0], line)))
        out += [left for left in blocks[last + 1 : beyond] if holds_paper(source, left)]
    return out
