"""The title stands in quotes: `"Title", 2024-01, NAACL 24 [[paper]](url)`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._slots import first_titled

name = "quoted title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is its first quoted text, where no bold text of title length stands."""
    slot = first_titled(candidate.head, "quote", 0.9)
    if slot is None or first_titled(candidate.head, "bold", 1.0):
        return None
    return describe(candidate, slot, context)
