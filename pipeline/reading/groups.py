"""An entry in the making, and which blocks belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from pipeline.formats import Candidate, EntryDraft
from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline
from pipeline.formats._labels import is_generic, line_label
from pipeline.formats._source import CharSpan, Source
from pipeline.formats.citation import cites
from pipeline.reading.candidates import candidate_of
from pipeline.reading.destinations import has_paper
from pipeline.reading.lines import is_labelled, is_short_detail, is_titled_address
from pipeline.reading.plan import Plan
from pipeline.text import lazy

_RELATED = lazy(r"\b(?:related|further|other|similar|background|tutorials?|see also)\b|相关|延伸", re.I)
_RULE = lazy(r"\s{0,3}(?:-{3,}+|\*{3,}+|_{3,}+|<hr\b[^<>]*+>)\s*$")


@dataclass(slots=True)
class Group:
    """An entry in the making: where it starts, what belongs to it, and how it was read."""

    candidate: Candidate
    draft: EntryDraft
    layout: str
    last_line: int
    end: int
    kinds: frozenset[str] = frozenset()
    tail: list[Inline] = field(default_factory=list)
    more: bool = False
    """Whether what stands further down in its item is announced as other work: its links are not the paper's."""

    def take(self, candidate: Candidate, source: Source, refs: dict[str, CharSpan]) -> None:
        """Take in what continues it, but what is announced as other work."""
        if not self.more:
            self.more = introduces_more(candidate, self)
            self.remember_cells(source, refs)
            self.tail.append(candidate.head)
            self.last_line = candidate.block.lines[1]
            self.end = max(candidate.block.end, self.end)

    def forget_cells(self) -> None:
        """Let go of what is scanned once it is read: the cells of a large table would be most of the memory."""
        if self.candidate.cells and not self.tail:
            self.candidate = Candidate(self.candidate.block, self.candidate.head)

    def remember_cells(self, source: Source, refs: dict[str, CharSpan]) -> None:
        """Scan the cells of a row that nobody has looked at, for it is read again with what continues it."""
        if self.candidate.block.is_row and not self.candidate.cells:
            self.candidate = candidate_of(source, refs, self.candidate.block)


def goes_on(candidate: Candidate, current: Group, plan: Plan) -> bool:
    """Whether a line that opens with one of the list's own labels describes the entry above it."""
    if candidate.block.is_row:
        return False
    block, parent = candidate.block, current.candidate.block
    below = block.depth > parent.depth or parent.kind in ("paragraph", "heading")
    opening, label = line_label(current.candidate.head), line_label(candidate.head)
    if label and is_generic(opening) and opening != label and {opening, label} <= plan.context.labels:
        return block.depth == parent.depth and block.lines[0] - current.last_line <= 2
    return below and is_labelled(candidate.head, plan)


def stands_beside(block: Block, current: Group) -> bool:
    """Whether a list item stands right below an entry of the same list: a marked title is then enough."""
    entry = current.candidate.block
    return entry.kind == "item" and entry.depth == block.depth and block.lines[0] - current.last_line <= 2


def introduces_more(candidate: Candidate, current: Group) -> bool:
    """Whether a line in an entry's own item announces other work: `Related papers:`."""
    block, head = candidate.block, candidate.head
    inside = block.kind == "paragraph" and block.item >= 0 and block.item == current.candidate.block.item
    text = head.text[head.start : head.end].rstrip()
    return inside and not head.links and text.endswith((":", "：")) and _RELATED.search(text) is not None


def is_detail(block: Block, draft: EntryDraft, current: Group) -> bool:
    """Whether a block that could be an entry describes the one before it."""
    parent = current.candidate.block
    if current.more and block.item == parent.item:
        return True
    if parent.kind == "heading":
        return block.kind != "heading"
    inside = block.depth > parent.depth
    if block.kind != "item":
        inside = block.kind == "paragraph" and block.item >= 0 and block.item == parent.item
        if inside and not draft.title_url and not current.draft.links:
            return True  # the links of a title that has none of its own
    return inside and not (draft.confidence >= 0.7 and has_paper(draft))


def is_next_citation(block: Block, draft: EntryDraft, current: Group, plan: Plan) -> bool:
    """Whether an item without links is a citation beside the one that is nested below the links of both papers."""
    cited = cites(plan.context) and block.kind == "item" and not draft.links and len(draft.authors) > 1
    if not cited or draft.title is None or len(current.tail) != 1 or current.tail[0].links:
        return False
    title = finish(current, plan)[1].spans.get("title", (-1, -1))
    return block.depth == current.candidate.block.depth + 1 and title[0] >= current.tail[0].start


def continues(block: Block, candidate: Candidate, current: Group, plan: Plan) -> bool:
    """Whether a block that starts nothing belongs to the entry before it."""
    parent = current.candidate.block
    if plan.place and plan.place.holds(parent, block):
        return True
    if "chapter" in (block.kind, parent.kind) or block.kind == "heading" or block.table != parent.table:
        return False
    if parent.kind == "heading" or block.kind == "html_row":
        return True
    if block.kind == parent.kind == "paragraph" and is_titled_address(candidate.head):
        return False
    if block.depth > parent.depth or (block.item >= 0 and block.item == parent.item):
        return True
    if block.kind == "item" and goes_on(candidate, current, plan):
        return True
    if block.kind == "item":
        labelled = is_labelled(candidate.head, plan) or "item" not in current.kinds
        return labelled and parent.kind == "paragraph" and parent.item < 0
    return is_short_detail(candidate.head) or is_labelled(candidate.head, plan)


def is_ruled_off(source: Source, current: Group, block: Block) -> bool:
    """Whether a rule across the page ends the record of a heading: what stands behind it is the foot of the page."""
    if current.candidate.block.kind != "heading" or not current.tail:
        return False
    between = range(current.last_line + 1, block.lines[0])
    return any(_RULE.match(source.line(line)) for line in between)


def finish(group: Group, plan: Plan) -> tuple[Group, EntryDraft]:
    """Read the whole entry again where something continues it."""
    if not group.tail:
        return group, group.draft
    candidate = replace(group.candidate, tail=tuple(group.tail))
    layout = next(layout for layout in plan.layouts if layout.name == group.layout)
    return group, layout.read(candidate, plan.context) or group.draft
