"""Blocks taken apart that hold several entries: paragraphs line by line, rows by the lines of their title cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.formats import EntryDraft
from pipeline.formats._blocks import Block, cells_of
from pipeline.formats._inline import Inline, scan
from pipeline.formats._labels import is_generic
from pipeline.formats._source import CharSpan, Source
from pipeline.identifiers import read_url
from pipeline.reading.candidates import candidate_of, lines_of
from pipeline.reading.destinations import has_paper, is_surely_paper
from pipeline.reading.lines import is_linked_people
from pipeline.reading.plan import SURE, Plan, read_draft
from pipeline.reading.sections import is_ignored
from pipeline.text import lazy

_OPENS_LINKED = lazy(r"[\W\d_]{0,16}?\[")
"""How a line opens whose title is a link: with signs and numbers at most."""


def part_blocks(
    source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: Plan
) -> Iterator[Block]:
    """The same blocks, with paragraphs taken apart where each line is an entry of its own, and rows of several papers."""
    for block in blocks:
        first, last = block.lines
        if block.kind == "row" and source.visible.find("<br", block.start, block.end) >= 0:
            yield from _row_parts(source, refs, block, plan)
            continue
        if block.kind not in ("item", "paragraph") or first == last or is_ignored(block, plan.kept):
            yield block
            continue
        lines = lines_of(source, block)
        drafts = [_line_draft(source, refs, line, plan) for line in lines]
        starts = [draft is not None for draft in drafts]
        for index in range(1, len(lines)):
            starts[index] = (
                starts[index]
                and (plan.place is not None or not _goes_on_below(source.visible, lines[index]))
                and _is_like_first(source.visible, lines[0], drafts[0], lines[index], drafts[index])
            )
        if not starts[0] or sum(starts) < 2:
            yield block
            continue
        at = 0
        for index in [*(n for n in range(1, len(lines)) if starts[n]), len(lines)]:
            kind = block.kind if at == 0 else "paragraph"
            yield replace(
                lines[at], kind=kind, end=lines[index - 1].end, lines=(first + at, first + index - 1)
            )
            at = index


def _row_parts(source: Source, refs: dict[str, CharSpan], row: Block, plan: Plan) -> Iterator[Block]:
    """A row once for each line of its title cell, where every one of them opens with a linked title of a paper.

    What its other cells say belongs to the first: no place in a file is part of two entries.
    """
    roles = plan.context.columns.get(row.table, ())
    cells = list(cells_of(source, row))
    number = roles.index("title") if "title" in roles else len(cells)
    parts = _papers_of_cell(scan(source.visible, *cells[number], refs)) if number < len(cells) else []
    if len(parts) < 2:
        yield row
        return
    cells[number] = parts[0]
    yield replace(row, cells=tuple(cells))
    for part in parts[1:]:
        empty = [(start, start) for start, _ in cells]
        empty[number] = part
        yield replace(row, cells=tuple(empty))


def _papers_of_cell(cell: Inline) -> list[CharSpan]:
    """The lines of a cell, where each of them opens with a linked title of a paper."""
    breaks = [mark for mark in cell.of("break") if cell.text[mark.start] == "<"]
    starts, ends = [cell.start, *(mark.end for mark in breaks)], [*(mark.start for mark in breaks), cell.end]
    parts = list(zip(starts, ends, strict=True))
    for start, end in parts:
        link = next((mark for mark in cell.links if start <= mark.start < end), None)
        if link is None or cell.text[start : link.start].strip(" *_•·-"):
            return []
        title = cell.plain(link.inner_start, link.inner_end)
        if len(title.split()) < 3 or is_generic(title) or read_url(link.url).role != "paper":
            return []
    return parts


def _goes_on_below(text: str, line: Block) -> bool:
    """Whether a line goes on with the sentence of the line above: small letters behind letters."""
    return (
        text[line.start : line.start + 1].islower()
        and text[max(0, line.start - 2) : line.start - 1].isalnum()
    )


def _line_draft(source: Source, refs: dict[str, CharSpan], line: Block, plan: Plan) -> EntryDraft | None:
    """What a line says as an entry of its own, if it can be one."""
    if line.end - line.start < 12:
        return None
    candidate = candidate_of(source, refs, line, plan.readings)
    if is_linked_people(candidate.head):
        return None
    read = read_draft(candidate, plan)
    draft = read[0] if read else None
    sure = draft is not None and bool(draft.links) and draft.confidence >= SURE and draft.title is not None
    return draft if sure else None


def _is_like_first(
    text: str, first: Block, opening: EntryDraft | None, line: Block, draft: EntryDraft | None
) -> bool:
    """Whether a line of a paragraph is an entry if the first is: below a linked paper it opens with one, too."""
    url = opening.title_url if opening else None
    if draft is None or not url or not is_surely_paper(url, "") or not _OPENS_LINKED.match(text, first.start):
        return True
    return _OPENS_LINKED.match(text, line.start) is not None and has_paper(draft)
