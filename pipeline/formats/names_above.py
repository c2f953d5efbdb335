"""The authors have the first line, the title the next: `**Nick:** A. Name, B. Name:` and below `"Title." Venue 2022`."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline
from pipeline.formats._links import links_of
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._people import find_people
from pipeline.formats._slots import NamesLine, first_titled, names_line, plain_title

name = "names above"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose first line holds names alone and whose next line or paragraph is the title."""
    line = None if candidate.cells else names_line(candidate.head)
    if line is None:
        return None
    parted = _below(candidate, line)
    slot = _title(parted.head, context) if parted else None
    if parted is None or slot is None:
        return None
    draft = describe(parted, slot, context)
    spans = {**draft.spans, "authors": line.names}
    if line.nickname:
        spans["short_name"] = line.nickname
    links = links_of((candidate.head, *candidate.tail))
    return replace(
        draft,
        confidence=0.9 if links else 0.6,
        authors=line.people.names,
        et_al=line.people.et_al,
        short_name=candidate.head.plain(*line.nickname) if line.nickname else draft.short_name,
        links=links,
        spans=spans,
    )


def _below(candidate: Candidate, line: NamesLine) -> Candidate | None:
    """The same entry from the line below its names on."""
    head = candidate.head
    start = line.end
    while start < head.end and head.text[start].isspace():
        start += 1
    if start >= head.end:
        return replace(candidate, head=candidate.tail[0], tail=candidate.tail[1:]) if candidate.tail else None
    inner = Inline(
        head.text,
        start,
        head.end,
        tuple(mark for mark in head.marks if mark.start >= start),
        tuple(cut for cut in head.cuts if cut[0] >= start),
        tuple(mark for mark in head.links if mark.start >= start),
    )
    return replace(candidate, head=inner)


def _title(inner: Inline, context: Context) -> TitleSlot | None:
    """The quoted or unmarked title that a line opens with."""
    slot = first_titled(inner, "quote", 0.9) or plain_title(inner, context.venues)
    if slot is None or slot.start - inner.start > 2:
        return None
    text = inner.plain(slot.start, slot.end)
    return None if len(text.split()) < 3 or find_people(text) else slot
