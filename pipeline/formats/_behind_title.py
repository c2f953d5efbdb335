"""What stands behind a title or on a line of its own: names, then a venue or date, in either order."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.formats._authors import are_names, note_people
from pipeline.formats._labels import is_generic, label_role
from pipeline.formats._model import TitleSlot
from pipeline.formats._notes import (
    NAMED,
    SIGNS_AROUND,
    STATES,
    TRACK_BEHIND,
    Notes,
    note_name,
    note_text,
    note_when,
    take_when,
)
from pipeline.formats._people import find_people
from pipeline.formats._segments import Segment
from pipeline.formats._when import When, find_dated, find_when, is_acronym, is_known, trim
from pipeline.text import lazy

_YEAR_NEXT = lazy(
    r"(?:[*_]{1,3}|</(?:ins|[iu]|em)>)[,.]?\s?(?:[(（]?(?:19|20)\d\d(?!\d)|vol(?:ume)?\.?\s?\d|\d{1,4}\s?[(:,]\s?\d|\d{1,4},\s?pp?\.)",
    re.I,
)
"""What follows the name of a venue: its year, or the volume of a journal."""
_SERIES = lazy(r"\W*(?:Proceedings of Machine Learning Research|Lecture Notes in|PMLR|CEUR)")
_PROCEEDINGS = lazy(r"\b(?:Proceedings|Conference|Transactions|Journal|Symposium|Workshop)\b")
_YEAR_LAST = lazy(r"\s[-–—]\s+((?:19|20)\d\d)\s*$")
"""A year behind a remark and a dash: `[Title](url) - Slope One explained. - 2007`."""
_FULL_NAME = lazy(
    r"\s?\([^()\n]{3,80}\)\s?[:：]\s?(?=[^\W\d_][\w'’ .&-]{1,60},? (?:et al\.?,? )?\(?(?:19|20)\d\d\)?\s*$)"
)
_YEAR_IN_PARENS = lazy(r".?\s?\((?:19|20)\d\d\)")
_ENDS_LINE = lazy(r"[*_.,\s]{0,4}(?:\n|$)")
_PLACE = lazy(
    r"\b(?:Universit\w+|Institut\w*|Labs?|Laborator\w+|Research|College|School|Group|Team|Inc|AI|DeepMind|Google|OpenAI"
    r"|Facebook|Meta|Microsoft|Nvidia|Anthropic|Alibaba|Tencent|Baidu|Huawei|Amazon|Apple|CMU|MIT|UC)\b",
    re.I,
)
"""Where people work."""
_PRAISE = lazy(
    r"(?:(\S{2,40})[^()\n]{0,80}\b(?:winners?|\d(?:st|nd|rd|th)[- ]place|runner[- ]up)|\d(?:st|nd|rd|th)[- ]place)\b",
    re.I,
)
"""What a title may have won: `(VizDoom 2016 Full DM Winner)`."""


def behind_full_name(text: str, segment: Segment, slot: TitleSlot) -> Segment:
    """The same stretch without what a name stands for, where whom to cite for it follows: `(Expert Iteration): Anthony et al, 2017`."""
    if segment.start != slot.outer[1] or text.find("(", segment.start, segment.start + 3) < 0:
        return segment
    found = _FULL_NAME.match(text, segment.start, segment.end)
    return replace(segment, start=found.end()) if found else segment


def note_behind_title(notes: Notes, segment: Segment) -> None:
    """Text behind a title or on a line of its own: names, then a venue or date, in either order."""
    text = notes.text[segment.start : segment.end]
    if _is_aside(notes, segment, text):
        name = text.strip("( )*_").split(",")[0].strip()
        if NAMED.fullmatch(name) and not is_known(name):
            start = notes.text.index(name, segment.start)
            note_name(notes, Segment(start, start + len(name), segment.style, None))
            return
        if segment.style == "bold":
            return
    elif segment.style == "paren" and (praise := _PRAISE.match(text)) and not is_known(praise[1] or ""):
        return
    elif _is_venue_by_place(notes, segment, text):
        note_text(notes, "venue", 0, trim(notes.text, segment.start, segment.end))
        return
    lead = len(text) - len(text.lstrip(' \t\r\n.,;:|-–—*()·"”>'))
    start = segment.start + lead
    sure = segment.style == "italic" and not _in_parens(notes, segment)
    whole = find_when(text, known=notes.context.venues, alone=True)
    if (
        whole
        and whole.venue
        and not text[: whole.start].strip(" .,:;()*|–—-")
        and (whole.year or not sure or len(text.split()) < 4)
        and not are_names(notes, segment.start + whole.venue[0], segment.start + whole.venue[1])
    ):
        take_when(notes, segment.start, whole)
        start = segment.start + whole.end
        track = TRACK_BEHIND.match(notes.text, start, segment.end)
        if track and track[1] not in ("Long", "Short", "Main"):  # surnames, too
            start = track.end()
    elif whole and whole.venue is None and whole.year_at and not text[: whole.start].strip(" .,:;(*|–—-"):
        take_when(notes, segment.start, whole)  # `(2014, C. Dong et al.`
        start = segment.start + whole.end
    if not notes.authors and segment.style in ("", "italic", "quote", "bold"):
        start = note_people(notes, start, segment.end, sure=sure)
    note_when(notes, start, segment.end, alone=len(notes.text[start : segment.end].split()) <= 14)


def note_last_year(notes: Notes, segment: Segment) -> bool:
    """Note the year at the end of a remark, which is no venue: `[Title](url) - Slope One explained. - 2007`."""
    text = notes.text[segment.start : segment.end]
    last = _YEAR_LAST.search(text) if notes.year is None and "date" not in notes.spans else None
    before = text[: last.start()].strip(SIGNS_AROUND) if last else ""
    if (
        last is None
        or len(before.split()) < 3
        and before.isascii()
        or is_known(before)
        or find_people(before)
    ):
        return False
    take_when(notes, segment.start, When(*last.span(1), None, int(last[1]), last.span(1)))
    return True


def _is_aside(notes: Notes, segment: Segment, text: str) -> bool:
    """Whether a stretch fills parentheses: `(**GPT-2**)`, `**(GPT-2)**`, `(GPT-2)`."""
    if segment.style == "bold" and text.strip()[:1] == "(":
        return True
    if notes.text[segment.start - 1 : segment.start] == "(" and segment.style == "paren":
        behind = notes.text[max(0, segment.start - 4) : segment.start - 1].rstrip()[-1:] in tuple(')]*_>"”')
        return behind and find_when(text) is None
    before = notes.text[max(0, segment.start - 3) : segment.start]
    return (
        segment.style == "bold" and before.rstrip("*_").endswith("(") and find_when(text, alone=True) is None
    )


def _is_venue_with_year(notes: Notes, segment: Segment, text: str) -> bool:
    """Whether a styled text is a venue for its year follows: `in *Data Mining and Knowledge Discovery* 2019`."""
    if "venue" in notes.values or _SERIES.match(text):
        return False
    named = segment.style == "italic" and find_dated(text) is None and _PROCEEDINGS.search(text) is not None
    if named and not _YEAR_NEXT.match(notes.text, segment.end) and is_known(text.strip(" .,*_")):
        return True
    if not _YEAR_NEXT.match(notes.text, segment.end):
        return False
    words = text.split()
    short = 1 <= len(words) <= 12 and text.strip()[:1].isupper()
    return short and (
        bool(notes.authors) or is_known(text.strip(" .,")) or find_people(text, sure=True) is None
    )


def _is_venue_by_place(notes: Notes, segment: Segment, text: str) -> bool:
    """Whether a text is a venue for where it stands: before a year, or behind the authors of its line."""
    if segment.style == "":
        return _is_acronym_with_year(notes, segment, text)
    if segment.style in ("italic", "bold", "under") and _is_venue_with_year(notes, segment, text):
        return True
    return segment.style == "italic" and _is_venue_behind_names(notes, segment, text)


def _is_acronym_with_year(notes: Notes, segment: Segment, text: str) -> bool:
    """Whether one acronym stands between a title that is closed and its year: `"A Survey." CBM (2024).`"""
    bare = text.strip(' .,"”(')
    if "venue" in notes.values or notes.context.places or not is_acronym(bare) or is_generic(bare):
        return False
    before = notes.text[notes.outer[1] - 2 : segment.start + 1]
    closed = len(before) < 8 and any(sign in before for sign in '."”')
    return closed and _YEAR_IN_PARENS.match(notes.text, segment.end - 1) is not None


def _is_venue_behind_names(notes: Notes, segment: Segment, text: str) -> bool:
    """Whether a text in italics that closes the line of the authors is where they published: `S. Makonin et al. *IEEE TSG.*`"""
    if not notes.et_al or "venue" in notes.values or "authors" not in notes.spans or len(text) > 80:
        return False
    between = notes.text[notes.spans["authors"][1] : segment.start]
    if len(between) > 8 or between.strip(" .,*_") or _ENDS_LINE.match(notes.text, segment.end) is None:
        return False
    bare = text.strip(" .,*_")
    words = [word for word in bare.split() if len(word) > 3 or word.isupper()]
    capital = bool(words) and all(word[0].isupper() for word in words)
    return (
        capital
        and bare.casefold() not in STATES
        and label_role(bare.casefold()) is None
        and not (is_generic(bare) or _PLACE.search(bare) or find_people(bare) or find_dated(bare))
    )


def _in_parens(notes: Notes, segment: Segment) -> bool:
    """Whether a styled text fills parentheses: `(*Google*)` is a laboratory, not an author."""
    before = notes.text[max(0, segment.start - 4) : segment.start].rstrip(" *_")
    return before.endswith("(")
