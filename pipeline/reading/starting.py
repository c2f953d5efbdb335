"""Whether a block starts an entry, by itself or by what stands beside it."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.formats import Candidate, EntryDraft
from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline
from pipeline.formats._source import CharSpan, Source
from pipeline.formats._tables import has_titles
from pipeline.formats._titles import is_headline
from pipeline.formats._when import find_when, is_known
from pipeline.reading.candidates import candidate_of, is_tiny, marker_of
from pipeline.reading.destinations import has_paper, is_way
from pipeline.reading.details import start_by_details
from pipeline.reading.drafts import (
    ABOUT,
    FAR,
    PROSE,
    is_about_the_list,
    is_entry_heading,
    is_long,
    is_menu,
    is_sentence,
    lists_venues,
    stands_alone,
)
from pipeline.reading.groups import Group, goes_on, is_detail, is_next_citation, stands_beside
from pipeline.reading.lines import is_people
from pipeline.reading.plan import ROWS, SURE, Plan, read_draft
from pipeline.text import lazy

_NEWS_LINE = lazy(r"[\W_]*news\b\W{0,3}(?:19|20)\d\d", re.I)


def start_entry(
    source: Source,
    refs: dict[str, CharSpan],
    units: list[Block],
    number: int,
    plan: Plan,
    current: Group | None,
) -> tuple[Group | None, Candidate]:
    """The entry that this block starts, if it does, and what was asked of it: nothing is scanned that fits a mould."""
    block = units[number]
    moulded = _start_moulded(source, block, plan, current)
    if moulded:
        return moulded, moulded.candidate
    candidate = candidate_of(source, refs, block, plan.readings)
    place = plan.place
    if is_tiny(source, block) or (current and place and place.holds(current.candidate.block, block)):
        return None, candidate
    if place and (draft := place.head(candidate, plan.context)):
        return Group(candidate, draft, place.name, block.lines[1], block.end, plan.kinds), candidate
    started = (
        _start(candidate, plan, current)
        or start_by_details(source, refs, units, number, candidate, plan, current)
        or _start_unlinked(source, units, number, candidate, plan, current)
    )
    return started, candidate


def _start(candidate: Candidate, plan: Plan, current: Group | None) -> Group | None:
    """A new entry, where this block starts one."""
    read = read_draft(candidate, plan)
    return _begin(candidate, *read, plan, current) if read else None


def _start_moulded(source: Source, block: Block, plan: Plan, current: Group | None) -> Group | None:
    """A new entry, where this row fits its table's mould and says enough; what else it may be is not asked here."""
    if block.table not in plan.moulds or block.cells or is_tiny(source, block) or plan.notes:
        return None
    line = block.lines[0]
    draft = plan.moulds[block.table].read(source.visible, source.line_starts[line], source.line_end(line))
    if draft is None or draft.confidence < SURE + 0.2:
        return None
    head = Inline(source.visible, block.start, block.start, (), ())
    return _begin(Candidate(block, head), draft, ROWS, plan, current)


def _begin(
    candidate: Candidate, draft: EntryDraft, layout: str, plan: Plan, current: Group | None
) -> Group | None:
    """A new entry with this draft, where it is sure enough and does not describe another."""
    block = candidate.block
    wanted = SURE if draft.confidence >= SURE else _wanted(candidate, draft, layout, plan, current)
    sure = draft.confidence >= wanted or (draft.confidence + 0.15 >= wanted and has_paper(draft))
    if not sure or (block.kind == "heading" and not is_entry_heading(draft, plan)):
        return None
    if block.kind == "paragraph" and _NEWS_LINE.match(candidate.head.text, block.start):
        return None
    if not block.is_row and is_sentence(candidate.head, draft):
        return None
    learned = plan.place is not None and layout == plan.place.name and has_paper(draft)
    inner = current is not None and is_detail(block, draft, current)
    if learned and not inner and not is_about_the_list(draft):
        return Group(candidate, draft, layout, block.lines[1], block.end, plan.kinds)
    if block.kind == "paragraph" and block.depth == 0 and not stands_alone(candidate, draft, plan):
        return None
    if (
        is_menu(candidate.head, draft)
        or lists_venues(candidate.head, draft)
        or (current and goes_on(candidate, current, plan))
    ):
        return None
    if not plan.notes and is_way(draft):
        return None
    if (
        current
        and not current.draft.links
        and block.depth > current.candidate.block.depth
        and is_people(candidate.head)
    ):
        return None
    if (
        current
        and inner
        and not (plan.notes and is_way(draft))
        and not is_next_citation(block, draft, current, plan)
    ):
        return None
    return Group(candidate, draft, layout, block.lines[1], block.end, plan.kinds)


def _wanted(candidate: Candidate, draft: EntryDraft, layout: str, plan: Plan, current: Group | None) -> float:
    """How sure a draft must be to start an entry: less so in the list's own shape, and beside entries like it."""
    block = candidate.block
    main = bool(plan.layouts) and layout == plan.layouts[0].name
    wanted = [0.35 if main and block.kind in plan.kinds else SURE]
    if block.kind == "item" and len((draft.title or "").split()) > 3:
        if _is_of_a_venue(block.section) or (block.depth <= 1 and marker_of(candidate) in plan.headlines):
            wanted.append(0.17)
        if draft.spans.get("year", FAR)[0] < draft.spans.get("title", (0, 0))[0] and is_headline(draft.title):
            wanted.append(0.3)
    if current and block.kind == "item" and stands_beside(block, current):
        if is_long(draft, plan, layout):
            wanted.append(0.17 if plan.linkless else 0.2)
        if layout == plan.context.main == current.layout and is_headline(draft.title):
            wanted.append(0.17)
    elif block.is_row and draft.title and has_titles(block.header, plan.context.columns.get(block.table, ())):
        wanted.append(0.2)
    elif block.kind == "row" and any(block.header) and layout == ROWS:
        wanted.append(0.44)
    return min(wanted)


@lru_cache(maxsize=4096)
def _is_of_a_venue(section: tuple[str, ...]) -> bool:
    """Whether a list stands under the name of a conference and its year: `## PPoPP 2025`."""
    return any(
        (when := find_when(title, alone=True)) is not None
        and when.year_at is not None
        and when.venue is not None
        and len(title) - (when.end - when.start) < 20
        and is_known(title[slice(*when.venue)])
        for title in section
    )


def _start_unlinked(
    source: Source,
    units: list[Block],
    number: int,
    candidate: Candidate,
    plan: Plan,
    current: Group | None,
) -> Group | None:
    """An item that is a headline and nothing else, between items that lead to papers: one whose link is still to come."""
    block, head = candidate.block, candidate.head
    if current is None or block.kind != "item" or head.marks or not stands_beside(block, current):
        return None
    below = units[number + 1] if number + 1 < len(units) else None
    if below is not None and (below.depth > block.depth or below.item == block.item):
        return None
    if current.draft.links and not has_paper(current.draft):
        return None
    text = head.plain(head.start, head.end)
    named = is_headline(text) or (below and _is_name_among_headlines(source, text, below))
    if not named or len(text) > 200 or PROSE.search(text) or ABOUT.search(text):
        return None
    read = read_draft(candidate, plan)
    if read is None or read[0].title != text.rstrip("."):
        return None
    return Group(candidate, read[0], read[1], block.lines[1], block.end, plan.kinds)


def _is_name_among_headlines(source: Source, text: str, below: Block) -> bool:
    """Whether three or four words are a title in capitals, and the item below them is a headline."""
    words = text.split()
    capital = len(words) > 2 and all(word[0].isupper() for word in words if len(word) > 3)
    return capital and below.kind == "item" and is_headline(source.visible[below.start : below.end])
