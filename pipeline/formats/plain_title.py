"""The title is plain text before the links: `Title, Venue, 2024 [[Paper](url)]`, `Title (2016), A. Name et al.`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._people import find_people
from pipeline.formats._slots import plain_title, titled_elsewhere

name = "plain title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the first unmarked text of title length."""
    if titled_elsewhere(candidate.head, context):
        return None
    slot = plain_title(candidate.head, context.venues)
    if slot is None or _is_people(candidate.head.plain(slot.start, slot.end)):
        return None
    return describe(candidate, slot, context)


def _is_people(text: str) -> bool:
    """Whether what looks like a title is a list of names: the entry then opens with its authors."""
    people = find_people(text)
    return people is not None and len(people.names) > 1 and len(text) - people.end < 4
