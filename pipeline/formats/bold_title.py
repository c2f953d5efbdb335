"""The title is bold: `<u>Nick</u>: **"Title"**. *Authors.* Venue 2024. [[Paper](url)]`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import dated_names, first_titled, names_line

name = "bold title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the first bold text of title length."""
    slot = first_titled(candidate.head, "bold", 1.0, known=context.venues, short=context.main == name)
    if slot is None or dated_names(candidate.head):
        return None
    if _names_the_work(candidate.head, slot):
        return None
    return describe(candidate, slot, context)


def _names_the_work(head: Inline, slot: TitleSlot) -> bool:
    """Whether the bold text is only a name: authors fill the rest of its line, and the next one opens with a quoted title."""
    if ":" not in head.text[slot.end - 1 : slot.outer[1] + 2]:
        return False
    line = names_line(head)
    if line is None or line.nickname is None or line.nickname[0] > slot.start:
        return False
    return line.quoted
