"""Papers that have a section each: the heading names one, prose says what it is about, labelled items have its links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.formats._blocks import Block
from pipeline.formats._fields import line_label
from pipeline.formats._inline import Inline, scan
from pipeline.formats._source import Source
from pipeline.identifiers import read_url

_CHAPTERS = 3
"""So many headings that the items below them name once more are how a list is written."""
_REFERENCE = re.compile(r"\s*\[\d{1,4}\]\s*$")
"""The number of the reference at the end of the page that a heading closes with."""
_SIGNS = re.compile(r"[\W_]++")
_PAPER = frozenset(("paper", "the paper", "full paper", "article"))


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, where its section ends among the blocks, and the labels that its items open with."""

    place: int
    stop: int
    labels: tuple[str, ...]
    named: bool
    """Whether an item labelled as the paper's is a link of the heading's own words."""


def gather_chapters(source: Source, blocks: list[Block]) -> list[Block]:
    """The same blocks, with each such section one block of the kind `chapter`, where the list is written in them.

    `## A Generalist Agent [12]`, a page about it, `* Short read: [...](blog)`, `* Paper: [A Generalist Agent](url)`.
    What stands between its last item and the next heading is no part of it.
    """
    headings = [place for place, block in enumerate(blocks) if block.kind == "heading"]
    if len(headings) < _CHAPTERS or "aper" not in source.visible:
        return blocks
    sections = [
        _section(source, blocks, place, stop)
        for place, stop in zip(headings, [*headings[1:], len(blocks)], strict=True)
    ]
    sure = [section for section in sections if section.named]
    if len(sure) < _CHAPTERS:
        return blocks
    level = Counter(blocks[section.place].level for section in sure).most_common(1)[0][0]
    habit = Counter(label for section in sure for label in set(section.labels))
    labels = {label for label, count in habit.items() if label and 2 * count > len(sure)}
    chapters = {
        section.place: section
        for section in sections
        if blocks[section.place].level == level
        and (section.named or 2 * len(labels.intersection(section.labels)) >= len(labels) > 1)
    }
    return _joined(source, blocks, chapters)


def _section(source: Source, blocks: Sequence[Block], place: int, stop: int) -> _Section:
    """The section of a heading; one without labelled items has no labels."""
    labels, named = [], False
    for block in blocks[place + 1 : stop]:
        if block.kind != "item" or block.depth != 1:
            continue
        inline = scan(source.visible, block.start, block.end)
        label = line_label(inline)
        labels.append(label)
        if label in _PAPER and inline.links and not named:
            link = inline.links[0]
            named = _says_the_same(source, blocks[place], inline.plain(link.inner_start, link.inner_end))
    return _Section(place, stop, tuple(labels), named)


def _says_the_same(source: Source, heading: Block, title: str) -> bool:
    """Whether a link is called as the heading is, or as what it begins with; three words and more."""
    shown = scan(source.visible, heading.start, heading.end)
    return len(title.split()) > 2 and _folded(title_of(shown)[0]).startswith(_folded(title))


def _folded(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


def title_of(heading: Inline) -> tuple[str, int]:
    """What a heading says without the number of a reference behind it, and where that ends."""
    end = heading.end
    for mark in heading.of("bracket"):
        if _REFERENCE.match(heading.text, mark.start, mark.end) and not heading.plain(mark.end, heading.end):
            end = mark.start
    while end > heading.start and heading.text[end - 1].isspace():
        end -= 1
    return heading.plain(heading.start, end), end


def _joined(source: Source, blocks: list[Block], chapters: dict[int, _Section]) -> list[Block]:
    out: list[Block] = []
    beyond = 0
    for place, block in enumerate(blocks):
        if place < beyond:
            continue
        section = chapters.get(place)
        if section is None:
            out.append(block)
            continue
        beyond = section.stop
        last = max(at for at in range(place, beyond) if at == place or blocks[at].item >= 0)
        end, line = blocks[last].end, blocks[last].lines[1]
        out.append(replace(block, kind="chapter", end=end, lines=(block.lines[0], line)))
        out += [left for left in blocks[last + 1 : beyond] if _leads_to_paper(source, left)]
    return out


def _leads_to_paper(source: Source, block: Block) -> bool:
    inline = scan(source.visible, block.start, block.end)
    return any(read_url(mark.url).role == "paper" for mark in inline.links)
