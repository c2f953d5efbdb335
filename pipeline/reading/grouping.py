"""All blocks of a list gathered into entries, and where its titles stand if that leaves most of its papers out."""

from __future__ import annotations

from functools import partial

from pipeline.formats import Candidate
from pipeline.formats._blocks import Block
from pipeline.formats._links import leads_to_paper
from pipeline.formats._rescue import Place, learn_place
from pipeline.formats._source import CharSpan, Source
from pipeline.formats._strays import Looking, Taken, find_strays, outside, without_displaced
from pipeline.identifiers import read_url
from pipeline.model import Problem
from pipeline.reading.candidates import candidate_of, lines_of
from pipeline.reading.destinations import has_paper, is_way
from pipeline.reading.groups import Group, continues, is_ruled_off
from pipeline.reading.parting import part_blocks
from pipeline.reading.plan import HABIT, Plan
from pipeline.reading.sections import document_title, is_ignored
from pipeline.reading.starting import start_entry


def group_blocks(
    source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: Plan
) -> tuple[list[Group], list[Problem]]:
    """Entries in order, each with what continues it, and the lines that look like entries but are none."""
    groups: list[Group] = []
    unread: list[Problem] = []
    current: Group | None = None
    units = list(part_blocks(source, refs, blocks, plan))
    document = None if "heading" in plan.kinds else document_title(units)
    for number, block in enumerate(units):
        if is_ignored(block, plan.kept) and block.kind != "heading":
            current = None
            continue
        if block is document:
            continue  # the list's own title, linked to the survey that it belongs to
        started, candidate = start_entry(source, refs, units, number, plan, current)
        if started and plan.notes and _heads_a_group(source, units, number, started):
            started = current = None
            continue
        if started:
            if current:
                current.forget_cells()
            current = started
            groups.append(current)
        elif (
            current
            and continues(block, candidate, current, plan)
            and not is_ruled_off(source, current, block)
        ):
            current.take(candidate, source, refs)
        elif block.kind == "heading" or block.depth == 0:
            current = None
        if not started and current is None and _looks_like_entry(candidate):
            unread.append(Problem(block.lines[0] + 1, "unread", source.line(block.lines[0]).strip()[:200]))
    return groups, unread


def _heads_a_group(source: Source, units: list[Block], number: int, group: Group) -> bool:
    """Whether an item that leads to a folder of notes stands above the notes themselves, each an item of its own."""
    below = units[number + 1] if number + 1 < len(units) else None
    if below is None or below.kind != "item" or below.depth <= units[number].depth or not is_way(group.draft):
        return False
    return source.visible[below.start : below.start + 1] == "[" and not group.draft.year


def find_place(
    source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: Plan, groups: list[Group]
) -> Place | None:
    """Where the titles of this list stand, if most of its blocks that lead to papers are in no entry."""
    if groups and sum(block.kind != "heading" for block in blocks) - len(groups) < HABIT:
        return None  # nearly every block is an entry
    usable = [block for block in blocks if block.kind == "heading" or not is_ignored(block, plan.kept)]
    taken = [Taken(one.candidate.block, one.last_line, partial(has_paper, one.draft)) for one in groups]
    placed = without_displaced(blocks, taken)
    if sum(source.visible.count("http", one.start, one.end) for one in outside(usable, placed)) < HABIT:
        return None
    looking = Looking(partial(candidate_of, source, refs), partial(lines_of, source))
    strays = find_strays(usable, placed, looking)
    if len(placed) < len(taken):
        return learn_place(strays, 0)  # other headings are entries: they show the same
    return learn_place(strays, sum(_holds_paper(group) for group in groups))


def _holds_paper(group: Group) -> bool:
    """Whether an entry, with what continues it, holds the link of a paper."""
    links = (mark for inline in group.tail for mark in inline.links)
    return has_paper(group.draft) or any(map(leads_to_paper, links))


def _looks_like_entry(candidate: Candidate) -> bool:
    if candidate.block.kind == "heading":
        return False
    marks = [mark for inline in candidate.opening for mark in inline.links]
    return any(mark.url.startswith("http") and read_url(mark.url).role == "paper" for mark in marks)
