"""The title stands in brackets that are no link: `* [Title] (Venue 2024)`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import first_titled
from pipeline.formats._when import find_when

name = "bracketed title"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry that opens with a title in brackets."""
    slot = first_titled(candidate.head, "bracket", 0.85)
    if slot is None or slot.outer[0] - candidate.head.start > 30 or _is_tag(candidate, slot):
        return None
    return describe(candidate, slot, context)


def _is_tag(candidate: Candidate, slot: TitleSlot) -> bool:
    """Whether words follow the brackets at once: they then hold a nickname, `**[BERT]** Pre-training of ...`."""
    head = candidate.head
    line = head.text.find("\n", slot.outer[1], head.end)
    following = head.text[slot.outer[1] : line if line >= 0 else head.end][:80].lstrip(' *_<"“')
    if not following[:1].isalnum() or following.startswith("by "):
        return False
    long = len(head.plain(slot.start, slot.end).split()) >= 5
    when = find_when(following, known=frozenset(), alone=True) if long else None
    return when is None or when.venue is None or when.start > 3  # `[Title of five words and more] CVPR2017`
