"""Entries whose first block holds only the title: what stands below shows that it is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.formats import Candidate
from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline, scan
from pipeline.formats._labelled import names_attributes
from pipeline.formats._labels import is_generic, line_label
from pipeline.formats._slots import titled_elsewhere
from pipeline.formats._source import CharSpan, Source
from pipeline.formats._titles import is_headline
from pipeline.formats._when import find_when
from pipeline.formats.citation import cites
from pipeline.reading.candidates import candidate_of
from pipeline.reading.destinations import PAPER_LABEL, has_paper
from pipeline.reading.drafts import ABOUT
from pipeline.reading.groups import Group, introduces_more, is_detail
from pipeline.reading.lines import (
    holds_links_only,
    is_labelled,
    is_paper_line,
    is_people,
    names_authors,
    opens_with_label,
    opens_with_link,
    words_beside,
)
from pipeline.reading.plan import SURE, Plan, read_draft
from pipeline.text import lazy

_TITLE_LABELS = frozenset({"title", "paper title", "论文标题", "论文题目", "标题", "题目"})
_RECORD = lazy(r"[*_]*+(?:abstract|summary|tl;?dr|url|keywords?|notes?|摘要)[*_]*+\s?[:：]", re.I)
_FEW_LETTERS = 24
"""What may stand beside the links of a line that holds a paper's links: words like `Paper:`, `official code`."""


def start_by_details(
    source: Source,
    refs: dict[str, CharSpan],
    units: list[Block],
    number: int,
    candidate: Candidate,
    plan: Plan,
    current: Group | None,
) -> Group | None:
    """A new entry whose first block holds only the title: what follows shows that it is one."""
    block = candidate.block
    if block.kind not in ("item", "paragraph", "heading") or candidate.head.end - candidate.head.start > 400:
        return None
    if _heads_nothing(source, refs, units, number):
        return None
    if (current and introduces_more(candidate, current)) or _heads_entries(source, refs, units, number, plan):
        return None
    tail: list[Inline] = []
    reach = 8 if block.kind == "heading" else 4
    for at, following in enumerate(units[number + 1 : number + reach], number + 2):
        inline = scan(source.visible, following.start, following.end, refs)
        goes_on = _details(block, following, inline, plan) or (tail and _is_same_record(following, inline))
        if not (goes_on or (following.depth > block.depth and _links_with_people(source, units, at, inline))):
            if block.kind == "heading" and tail and _is_abstract(source, refs, units, at, inline):
                continue
            if block.kind != "heading" or tail or not _is_date(source, refs, units, at, inline):
                break
        tail.append(inline)
    read = read_draft(replace(candidate, tail=tuple(tail)), plan) if tail else None
    if read is None or read[0].confidence < SURE or (current and is_detail(block, read[0], current)):
        return None
    told = any(
        is_labelled(inline, plan)
        or (block.kind == "heading" and (is_paper_line(inline) or names_attributes(inline)))
        for inline in tail
    )
    told |= bool(read[0].authors and current) or (bool(plan.context.bare) and has_paper(read[0]))
    if read[0].confidence < 0.7 and not (told and read[0].title):
        return None
    layout = next(layout for layout in plan.layouts if layout.name == read[1])
    alone = layout.read(candidate, plan.context) or replace(read[0], links=(), spans={}, authors=())
    return Group(candidate, alone, read[1], block.lines[1], block.end, plan.kinds)


def _heads_nothing(source: Source, refs: dict[str, CharSpan], units: list[Block], number: int) -> bool:
    """Whether a block is no title of what stands below it: most headings are none, nor is what says what the list is."""
    block = units[number]
    if block.kind == "heading":
        return not _heads_a_record(source, refs, units, number)
    return block.kind == "paragraph" and ABOUT.search(source.visible, block.start, block.end) is not None


def _heads_entries(
    source: Source, refs: dict[str, CharSpan], units: list[Block], number: int, plan: Plan
) -> bool:
    """Whether the first two paragraphs of an item are entries, each with its title, where it stands, and its paper."""
    item, below = units[number], units[number + 1 : number + 3]
    if item.kind != "item" or len(below) < 2:
        return False
    if any(block.kind != "paragraph" or block.item != item.item for block in below):
        return False
    return all(
        titled_elsewhere(candidate.head, plan.context)
        and (read := read_draft(candidate, plan)) is not None
        and bool(read[0].title and (read[0].venue_text or read[0].year) and has_paper(read[0]))
        for candidate in [candidate_of(source, refs, block, plan.readings) for block in below]
    )


def _is_abstract(
    source: Source, refs: dict[str, CharSpan], units: list[Block], following: int, inline: Inline
) -> bool:
    """Whether a paragraph without links stands between what a heading's entry says and its line of links."""
    if (
        inline.links
        or following >= len(units)
        or units[following].kind == "heading"
        or units[following].is_row
    ):
        return False
    return is_paper_line(scan(source.visible, units[following].start, units[following].end, refs))


def _is_date(
    source: Source, refs: dict[str, CharSpan], units: list[Block], following: int, inline: Inline
) -> bool:
    """Whether a line below a heading opens with its date or venue, and its line of links follows, perhaps behind an abstract."""
    if units[following - 1].kind != "paragraph" or following >= len(units):
        return False
    when = find_when(inline.plain(inline.start, inline.end)[:80], alone=True)
    if when is None or when.start > 3 or not (when.year_at or when.date_at):
        return False
    below = units[following]
    abstract = scan(source.visible, below.start, below.end, refs)
    return _is_abstract(source, refs, units, following, inline) or (
        below.kind == "paragraph"
        and not inline.links
        and _is_abstract(source, refs, units, following + 1, abstract)
    )


def _details(block: Block, following: Block, inline: Inline, plan: Plan) -> bool:
    """Whether a block describes the title above it: in its list item, or a labelled line below it."""
    if following.kind == "heading" or following.is_row:
        return False
    if block.kind == "paragraph" and following.kind == "item" and _is_record_of_group(block, inline):
        return False
    if following.item >= 0 and following.item == block.item and following.kind != "item":
        return True
    if is_labelled(inline, plan) and (
        following.depth > block.depth or block.kind in ("paragraph", "heading")
    ):
        return True
    if following.depth == block.depth + 1 and is_people(inline):
        return True
    if plan.context.bare and following.depth > block.depth and holds_links_only(inline):
        return True
    if cites(plan.context) and block.kind == following.kind == "item" and following.depth > block.depth:
        return not inline.links  # the citation of a paper that is named above it
    if block.kind == "heading" and (
        holds_links_only(inline)
        or names_attributes(inline)
        or _RECORD.match(inline.text, inline.start, inline.end)
    ):
        return True
    return following.kind == "paragraph" and following.depth == 0 and opens_with_link(inline)


def _is_record_of_group(block: Block, inline: Inline) -> bool:
    """Whether a line opens a record of its own with its title, below the name of a group that reads as no title."""
    return line_label(inline) in _TITLE_LABELS and not is_headline(inline.text[block.start : block.end])


def _links_with_people(source: Source, units: list[Block], below: int, inline: Inline) -> bool:
    """Whether a line holds links alone and the next one, beside it, the authors: `[[Nature](url)], [[reddit](url)]`."""
    if not holds_links_only(inline) or below >= len(units) or units[below].depth != units[below - 1].depth:
        return False
    return is_people(scan(source.visible, units[below].start, units[below].end))


def _heads_a_record(source: Source, refs: dict[str, CharSpan], units: list[Block], number: int) -> bool:
    """Whether a heading is a title: of three words and more, with a line `Paper: address` or `Authors: ...` below it."""
    block = units[number]
    words = len(source.visible[block.start : block.end].split())
    if words < 3 or number + 1 >= len(units) or units[number + 1].kind == "heading":
        return False
    if names_authors(scan(source.visible, units[number + 1].start, units[number + 1].end, refs)):
        return True
    if block.level > 1 and _opens_record(source, units[number + 1 : number + 3]):
        return True
    for following in units[number + 1 : number + 7]:
        if following.kind == "heading" or following.is_row:
            break
        inline = scan(source.visible, following.start, following.end, refs)
        if is_paper_line(inline):
            return True
    below = scan(source.visible, units[number + 1].start, units[number + 1].end, refs)
    links = below.links
    bare = links and all(is_generic(below.plain(m.inner_start, m.inner_end)) or m.is_bare for m in links)
    if not bare or len(words_beside(below, below.of("link", "image"))) > _FEW_LETTERS:
        return False
    return opens_with_label(below) and PAPER_LABEL.match(below.text, below.start) is not None


def _opens_record(source: Source, below: Sequence[Block]) -> bool:
    """Whether two items below a heading are labelled as authors and as venue, date or year, whoever they name."""
    labels = [
        line_label(scan(source.visible, block.start, block.end)) for block in below if block.kind == "item"
    ]
    return len(labels) == 2 and labels[0] in ("author", "authors") and labels[1] in ("venue", "year", "date")


def _is_same_record(following: Block, inline: Inline) -> bool:
    """Whether an item goes on with a record of labelled lines, by a label seen nowhere else (`keywords:`)."""
    return following.kind == "item" and bool(line_label(inline))
