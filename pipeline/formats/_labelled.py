"""Lines that say what they hold: with a label, in a small table, or as the name of a system and what it does."""

from __future__ import annotations

from pipeline.formats._authors import note_people, note_surname
from pipeline.formats._behind_title import note_behind_title
from pipeline.formats._cells import find_attributes
from pipeline.formats._inline import Inline
from pipeline.formats._labels import LABEL, label_role
from pipeline.formats._notes import NAMED, PUBLISHED, Notes, note_name, note_when
from pipeline.formats._segments import Segment
from pipeline.formats._when import find_when, is_known
from pipeline.text import lazy

_SYSTEM = lazy(r"([^:\n]{2,120}?)\s*+:\s+[a-z]{4,}s\s")
_PROSE_LABELS = frozenset(("abstract", "summary", "tldr", "tl;dr", "摘要"))


def note_labelled(notes: Notes, segment: Segment) -> None:
    """Note what a stretch says behind a label: the field that this announces, else a venue if the text shows one."""
    text = notes.text[segment.start : segment.end]
    role = label_role(segment.label or "")
    match = LABEL.match(text)
    start = segment.start + (match.end() if match else 0)
    if role == "authors":
        note_people(notes, start, segment.end, sure=True)
        note_surname(notes, start, segment.end)
    elif role in ("venue", "date"):
        _note_labelled_when(notes, start, segment.end, alone=role == "venue")
    elif role is None and segment.label in _PROSE_LABELS:
        return
    elif role is None and (published := PUBLISHED.search(notes.text, segment.start, segment.end)):
        note_when(notes, published.end(), segment.end, alone=False)
    elif role is None and _is_venue_first(notes, start, segment.end):
        note_when(notes, start, segment.end, alone=True)
    elif role is None and len(segment.label or "") > 24 or segment.style in ("italic", "code"):
        note_behind_title(notes, segment)


def _note_labelled_when(notes: Notes, start: int, end: int, *, alone: bool) -> None:
    """Note what stands where a record has its venue or date: it is more than a name beside a year in the title's
    parentheses: `Language Models are Few-Shot Learners (GPT-3, 2020)`.
    """
    title, venue = notes.spans.get("title"), notes.spans.get("venue")
    beside = title is not None and venue is not None and 0 < venue[0] - title[1] < 4
    told = alone and beside
    when = find_when(notes.text[start:end], known=notes.context.venues, alone=True) if told else None
    if when and when.venue and not is_known(notes.values["venue"], preprints=True):
        named = NAMED.fullmatch(notes.values.pop("venue"))
        place = notes.spans.pop("venue")
        if named:
            note_name(notes, Segment(*place, "paren", None))
    note_when(notes, start, end, alone=alone)


def _is_venue_first(notes: Notes, start: int, end: int) -> bool:
    """Whether a line with a label of its own (`intro: ICCV 2017 oral`) opens with a venue and its year."""
    when = find_when(notes.text[start:end], known=notes.context.venues)
    return when is not None and when.venue is not None and when.year_at is not None and when.start < 3


def note_attributes(notes: Notes, inline: Inline) -> bool:
    """Whether lines below a title are a table of what there is to say of it; its rows are then noted."""
    rows = find_attributes(notes.text, inline.start, inline.end)
    for label, start, end in rows:
        role = label_role(label)
        if role == "authors":
            note_people(notes, start, end, sure=True)
        elif role in ("venue", "date"):
            note_when(notes, start, end, alone=role == "venue")
    return bool(rows)


def names_attributes(inline: Inline) -> bool:
    """Whether lines are such a table, with a row for the authors."""
    rows = find_attributes(inline.text, inline.start, inline.end)
    return any(label_role(label) == "authors" for label, _, _ in rows)


def note_system(notes: Notes, inline: Inline) -> bool:
    """Whether a line opens a digest (`MetaGPT: introduces ...`); the system's name is then noted."""
    match = _SYSTEM.match(notes.text, inline.start, inline.end)
    if match and "short_name" not in notes.values:
        notes.values["short_name"] = match[1].strip(" *_")
        start = match.start(1) + len(match[1]) - len(match[1].lstrip(" *_"))
        notes.spans["short_name"] = (start, start + len(notes.values["short_name"]))
    return match is not None
