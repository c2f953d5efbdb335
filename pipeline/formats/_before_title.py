"""What stands before a title: a nickname, a date, a venue, a tag, or authors first."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats._authors import (
    are_somebody,
    note_dated_names,
    note_first_people,
    note_people,
    note_surnames,
)
from pipeline.formats._model import TitleSlot
from pipeline.formats._notes import (
    NAMED,
    STATES,
    TRACK_BEHIND,
    Notes,
    note_name,
    note_names,
    note_when,
    take_when,
)
from pipeline.formats._people import OTHERS, find_people
from pipeline.formats._segments import Segment
from pipeline.formats._when import When, find_when, is_known
from pipeline.text import lazy

_SPACES = lazy(r"(?<=[\w.]) (?=\w)")
_TAG_FIRST = lazy(r"\s*+【([^【】\n]{1,60}+)】\s*+(?=\S)")
_UP_TO_LINK = lazy(r"[.,\s]*+[^\[\]\n]{4,120}+")


def note_before_title(notes: Notes, segment: Segment, slot: TitleSlot) -> None:
    """Text before a title: a nickname, a date, a venue, or authors first."""
    if tag := _TAG_FIRST.match(notes.text, segment.start, segment.end):
        _note_tag(notes, Segment(*tag.span(1), "bracket", None))
        segment = replace(segment, start=tag.end())
    text = notes.text[segment.start : segment.end]
    if (
        _is_remark(notes, segment, slot)
        or _note_learned_names(notes, segment, text)
        or _note_keyed_tag(notes, segment, slot)
    ):
        return
    when = find_when(text, known=notes.context.venues, alone=True)
    if note_first_people(notes, segment, slot):
        return
    if _is_nickname(notes, segment, slot, when):
        note_name(notes, segment)
        return
    start = segment.start
    if segment.style in ("", "italic", "quote") or (segment.style == "code" and OTHERS.search(text)):
        cited = when is not None and when.venue is None and when.year_at is not None and when.year_at[0] > 4
        sure = cited or (segment.style == "italic" and " " in text.strip())
        sure |= text.rstrip().endswith((":", "：")) and are_somebody(text.strip())
        start = note_people(notes, start, segment.end, sure=sure)
    if start > segment.start:
        note_when(notes, start, segment.end, alone=True)
    elif when and (when.year or _fills_a_slot(notes.text, segment)):
        take_when(notes, segment.start, _without_name(notes, segment, when))
        _note_behind(notes, segment, when)
    elif (
        segment.style == "bold"
        or (segment.style == "paren" and NAMED.fullmatch(text.strip()))
        or (segment.style == "code" and notes.text[segment.start - 3 : segment.start] == "| `")
    ):
        note_name(notes, segment)  # also `2023/07` | `InternLM` | Title


def _note_keyed_tag(notes: Notes, segment: Segment, slot: TitleSlot) -> bool:
    """Note who, where and when a tag before a title says, `[Dong et al. CVPR19] Title`; a venue behind that says more."""
    text = notes.text[segment.start : segment.end]
    bare = text.lstrip("[(【 ")
    if segment.style not in ("code", "bracket") or notes.authors or not OTHERS.search(bare, 0, 60):
        return False
    people = find_people(bare, sure=True)
    when = find_when(bare[people.end :], known=notes.context.venues, alone=True) if people else None
    if (
        people is None
        or people.start
        or not people.et_al
        or when is None
        or when.venue is None
        or when.year is None
    ):
        return False
    start = segment.end - len(bare)
    note_names(notes, people, (start, start + people.end))
    if not _says_where(notes, slot):
        take_when(notes, start + people.end, when)
    return True


def _says_where(notes: Notes, slot: TitleSlot) -> bool:
    """Whether a venue and a year stand right behind a title: `Title. ACM Multimedia, 2020. [[paper]](url)`."""
    behind = _UP_TO_LINK.match(notes.text, slot.outer[1])
    when = find_when(behind[0], known=notes.context.venues, alone=True) if behind else None
    return when is not None and when.venue is not None and when.year is not None and when.start < 4


def _fills_a_slot(text: str, segment: Segment) -> bool:
    """Whether what stands before a title stands in signs of its own: `(CVPR)`, and in bold `[**Thesis**] [Title](url)`."""
    before, behind = text[max(0, segment.start - 3) : segment.start], text[segment.end : segment.end + 3]
    bold = segment.style == "bold" and before in ("[**", "[__") and behind in ("**]", "__]")
    return bold or segment.style in ("code", "paren", "bracket", "italic")


def _note_behind(notes: Notes, segment: Segment, when: When) -> None:
    """Note what stands behind a date or a venue before a title: `OSDI 2016, Abadi et al., [Title](url)`."""
    start = segment.start + when.end
    if when.date_at and not when.venue:
        note_when(notes, start, segment.end, alone=True)
    elif when.venue and OTHERS.search(notes.text, start, segment.end):
        note_people(notes, start, segment.end, sure=True)


def _is_remark(notes: Notes, segment: Segment, slot: TitleSlot) -> bool:
    """Whether words in italics right before a title are what this list says of it."""
    noted = notes.context.remarks and segment.style == "italic"
    return noted and not notes.text[segment.end : slot.outer[0]].strip(" *_")


def _note_learned_names(notes: Notes, segment: Segment, text: str) -> bool:
    """Note surnames before a title: with a colon where the list has them so, or with a year between dashes."""
    if "surnames" in notes.context.people and note_surnames(notes, segment.start, text):
        return True
    return segment.style == "" and note_dated_names(notes, segment)


def _note_tag(notes: Notes, segment: Segment) -> None:
    """Note what stands in Chinese brackets before a title: a venue, or a nickname."""
    text = notes.text[segment.start : segment.end]
    when = find_when(text, known=notes.context.venues, alone=True)
    if when and (when.year or (when.venue and is_known(text, preprints=True))):
        take_when(notes, segment.start, when)
    elif text.isascii() and _is_tag(notes, segment, text):
        note_name(notes, segment)


def _without_name(notes: Notes, segment: Segment, when: When) -> When:
    """The same venue without the name of a method behind it, which is noted: `2015 ICLR FGSM [Title](url)`."""
    venue = notes.text[segment.start + when.venue[0] : segment.start + when.venue[1]] if when.venue else ""
    if when.venue is None or when.year_at is None or when.year_at[0] > when.venue[0] or is_known(venue):
        return when
    for space in reversed([match.start() for match in _SPACES.finditer(venue)]):
        if venue[space + 1 :].casefold() in STATES or TRACK_BEHIND.fullmatch(venue, space):
            return when
        if is_known(venue[:space], preprints=True):
            start = segment.start + when.venue[0] + space
            note_name(notes, Segment(start, start + len(venue) - space, "", None))
            return replace(when, venue=(when.venue[0], when.venue[0] + space))
    return when


def _is_nickname(notes: Notes, segment: Segment, slot: TitleSlot, when: When | None) -> bool:
    """Underlined, or before a colon, or bold in parentheses; not a date or a venue with its year."""
    after = notes.text[segment.end : slot.outer[0]].strip(" *_\"“'`")
    text = notes.text[segment.start : segment.end].strip(" \t\r\n*_\"“'`([")
    if segment.style == "under":
        return not (when and when.year)
    if segment.style in ("bold", "bracket", "paren", "code") and _is_tag(notes, segment, text):
        placed = bool(notes.context.venues) or " " in text
        return not (when and (when.year or (when.venue and placed and is_known(text))))
    colon = text.endswith((":", "：")) or after.startswith((":", "："))
    return colon and len(text) <= 60 and not (when and when.year) and not are_somebody(text)


def _is_tag(notes: Notes, segment: Segment, text: str) -> bool:
    """Whether a text in brackets is this paper's own: not a venue, nor a word that returns all over the list."""
    bracketed = segment.style == "bracket" or (segment.style == "bold" and text[:1] in "([")
    folded = text.strip("[](){} ").casefold()
    return bracketed and folded not in notes.context.venues and folded not in notes.context.tags
