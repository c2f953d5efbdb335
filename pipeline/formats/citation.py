"""A bibliographic citation, authors first: `A. Name, B. Name: Title, Venue, 1998. [[Paper]](url)`."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._people import People, find_people
from pipeline.formats._slots import plain_title, titled_elsewhere

name = "citation"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry that opens with the names of its authors and goes on with an unmarked title."""
    head = candidate.head
    if candidate.cells or titled_elsewhere(head, context):
        return None
    people = find_people(head.text[head.start : min(head.end, head.start + 3000)], sure=True)
    if people is None or people.start > 12:
        return None
    slot = plain_title(head, context.venues, head.start + people.end) or _last_name(head, context, people)
    enough = 2 if len(people.names) > 1 or people.et_al else 3
    if slot is None or len(head.plain(slot.start, slot.end).split()) < enough:
        return None
    lone = len(people.names) == 1 and not people.et_al
    if lone and not (context.cites and " " in people.names[0]):
        return None
    slot = replace(slot, people_first=True)
    return describe(candidate, slot, context)


def _last_name(head: Inline, context: Context, people: People) -> TitleSlot | None:
    """The title where commas alone part it from the names, and it looks like one: `A. Name, B. Name, Actor-Critic`."""
    if len(people.names) < 2 or people.et_al or not all(" " in name for name in people.names[:-1]):
        return None
    text = head.text[head.start : head.start + people.end]
    at = text.rfind(people.names[-1])
    return plain_title(head, context.venues, head.start + at) if at > 0 else None
