"""The title is in italics: `**(Nick)** _Title_ `Venue 2024` [[Paper](url)]`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._people import find_people
from pipeline.formats._slots import first_titled, remarked

name = "italic title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the first text in italics that names nobody."""
    slot = first_titled(candidate.head, "italic", 0.8)
    if slot is None or first_titled(candidate.head, "bold", 1.0):
        return None
    if context.remarks and remarked(candidate.head, context.labels):
        return None
    if find_people(candidate.head.text[slot.start : slot.end]):
        return None
    return describe(candidate, slot, context)
