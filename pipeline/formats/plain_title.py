"""The title is plain text before the links: `Title, Venue, 2024 [[Paper](url)]`, `Title (2016), A. Name et al.`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._slots import plain_title, titled_elsewhere

name = "plain title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the first unmarked text of title length."""
    if titled_elsewhere(candidate.head):
        return None
    slot = plain_title(candidate.head, context.venues)
    return describe(candidate, slot, context) if slot else None
