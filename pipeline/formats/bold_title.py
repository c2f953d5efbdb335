"""The title is bold: `<u>Nick</u>: **"Title"**. *Authors.* Venue 2024. [[Paper](url)]`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._slots import dated_names, first_titled

name = "bold title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the first bold text of title length."""
    slot = first_titled(candidate.head, "bold", 1.0, known=context.venues, short=context.main == name)
    if slot is None or dated_names(candidate.head):
        return None
    return describe(candidate, slot, context)
