"""What the cells of a table say under their headers: users and states, and authors, names, venues and dates."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.formats._authors import note_people
from pipeline.formats._cited import find_cited_name, find_people_or_one
from pipeline.formats._inline import Inline, scan
from pipeline.formats._labels import is_generic
from pipeline.formats._model import CharSpan, Context
from pipeline.formats._notes import (
    NOISE,
    PUBLISHED,
    Notes,
    note_name,
    note_names,
    note_text,
    note_when,
    note_year,
    take_when,
)
from pipeline.formats._people import People, is_name
from pipeline.formats._segments import NAMED_BEFORE, Segment, segments
from pipeline.formats._when import When, expand_year, find_when, is_known, trim
from pipeline.formats._works import find_volume
from pipeline.text import lazy

_USER = lazy(r"[A-Za-z][\w.-]{2,30}")
_CAMEL = lazy(r"[A-Z][a-z]+(?:[A-Z][a-z]+){1,3}")
_MARKED = lazy(r"[^\W\d_]{3,}\d$")
"""A name with the number of a laboratory behind it: `Smith1`."""
_PREPRINT_SERVER = lazy(
    r"\s*((?:ar|bior|medr|chemr|psyar|techr|engr)xiv|SSRN|OpenReview)\b((?:\s(?:working paper|preprint))?)"
    r"(?:,?\s((?:19|20)\d\d)\b)?",
    re.I,
)
_ATTRIBUTE = lazy(r"^[> \t]*+\|([^|\n]{1,40}+)\|([^|\n]{1,1000}+)\|[ \t]*$", re.M)
_SIGNS = lazy(r"[\W\d_]++")
_STATUS = 40
"""A whole cell longer than this says more than where a paper stands."""
DATED_FIELDS = frozenset(("venue", "year", "date"))
"""The fields that cells of dates and venues fill."""
SHORT_CELL = 80
"""Cells of dates and venues up to this length return from row to row."""
_DAY = lazy(r"(\*\*)?+((?:19[5-9]|20[0-4])[0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?(1)\*\*)")
_SHORT_MONTH = lazy(r"\s*(1[5-9]|2\d)\.(0[1-9]|1[0-2])\s*")
"""A month in a column of dates: `20.10`."""


def find_users(text: str) -> People | None:
    """The authors of a cell that names some as a site does: `Yuxiao Qu, yuexiang96, jeepliu`; else None.

    The header says that they are authors; each must still be a name, or one word as users are called.
    """
    if "," not in text or len(text) > 1000:
        return None
    names = [" ".join(piece.split()) for piece in text.split(",")]
    names = [name for name in names if name]
    users = [_is_user(name) for name in names]
    if len(names) < 2 or not any(users):
        return None
    if not all(
        user or is_name(name) or _CAMEL.fullmatch(name) for user, name in zip(users, names, strict=True)
    ):
        return None
    start = len(text) - len(text.lstrip(" ,"))
    return People(tuple(names), False, start, len(text.rstrip(" ,")))


def _is_user(name: str) -> bool:
    """Whether a word is how somebody is called on a site: written small, or with a number that is part of it."""
    if _USER.fullmatch(name) is None or not any(map(str.islower, name)):
        return False
    numbered = any(map(str.isdigit, name)) and _MARKED.fullmatch(name) is None
    return numbered or (name[0].islower() and "." not in name)


def find_status(text: str) -> tuple[int, When] | None:
    """Where a paper stands, in a cell that says so of its team behind a semicolon, or that says nothing else.

    `City University; arXiv 2026`, `TechRxiv preprint, 2025`; only venues and servers that are known. The
    positions count from the number returned.
    """
    at = text.rfind(";") + 1
    if not at and len(text) > _STATUS:
        return None
    said = text[at:]
    if server := _PREPRINT_SERVER.match(said):
        year = int(server[3]) if server[3] else None
        place = server.start(1), server.end(2)
        return at, When(*server.span(), place, year, server.span(3) if year else None)
    when = find_when(said, alone=True)
    if when is None or when.venue is None or when.start > 3 or not is_known(said[slice(*when.venue)]):
        return None
    return at, when


def find_attributes(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """The folded label and the place of the value of each row of a table that describes one paper: `| Author | Name |`."""
    if text[start : start + 1] != "|":
        return []
    rows = [
        (_SIGNS.sub(" ", row[1]).strip().casefold(), *row.span(2))
        for row in _ATTRIBUTE.finditer(text, start, end)
    ]
    return [row for row in rows if row[0]]


def read_authors_cell(notes: Notes, inline: Inline) -> None:
    """Note the authors of a cell of authors: one word will do there, and so will what somebody is called on a site."""
    text = notes.text[inline.start : inline.end]
    people = None if inline.marks else find_users(text)
    if people is None:
        if note_people(notes, inline.start, inline.end, sure=True) > inline.start or inline.marks:
            return
        people = find_people_or_one(text)
    if people:
        note_names(notes, people, (inline.start + people.start, inline.start + people.end))


def read_name_cell(notes: Notes, inline: Inline) -> None:
    """A nickname: the text of the cell's link, else its first text that is no image, without a citation behind it."""
    start, end = name_place(inline)
    cited = find_cited_name(notes.text, start, end)
    end = cited.end if cited else end
    text = inline.plain(start, end)
    if "short_name" in notes.values or NOISE.match(text):
        return
    note_name(notes, Segment(start, end, "", None))
    if "short_name" in notes.values:
        notes.values["short_name"] = inline.plain(*notes.spans["short_name"])


def name_place(inline: Inline) -> CharSpan:
    """Where in a cell its name stands: the text of a link, else the first text between images and line breaks."""
    if not inline.marks:
        return inline.start, inline.end
    for mark in inline.links:
        text = inline.plain(mark.inner_start, mark.inner_end)
        if not mark.is_bare and text and not is_generic(text):
            return mark.inner_start, mark.inner_end
    at = inline.start
    for mark in inline.marks:
        if mark.kind in ("image", "break", "link") and mark.start >= at:
            if not NOISE.match(inline.plain(at, mark.start)):
                return at, mark.start
            at = mark.end
    return at, inline.end


def read_comment_cell(notes: Notes, inline: Inline) -> None:
    """A remark may say where a paper was accepted: `12 pages, accepted to ICML 2024`; other venues in it are prose."""
    for published in PUBLISHED.finditer(notes.text, inline.start, inline.end):
        stop = min(inline.end, published.end() + 120)
        if (tag := notes.text.find("<", published.end(), stop)) >= 0:
            stop = tag
        when = find_when(notes.text[published.end() : stop], known=notes.context.venues, alone=True)
        if when and when.venue and when.start < 12:
            venue = notes.text[published.end() :][slice(*when.venue)]
            if when.year or is_known(venue):
                take_when(notes, published.end(), when)
                return


def read_dated_cell(notes: Notes, inline: Inline, venues: bool) -> None:
    """Note what a cell of a venue or date column says. Such cells are short and return from row to row."""
    plain = not inline.marks or (
        len(inline.marks) == 1 and inline.marks[0].kind in ("bold", "italic", "code")
    )
    if not plain or inline.end - inline.start > SHORT_CELL or not DATED_FIELDS.isdisjoint(notes.values):
        _note_dated_cell(notes, inline, venues)
        return
    take_dated_cell(notes, inline.start, inline.text[inline.start : inline.end], venues)


def take_dated_cell(notes: Notes, at: int, text: str, venues: bool) -> None:
    """Note what a short cell of venues or dates says that stands at `at`, as it was read in the rows before."""
    read = _dated_cell(text, venues, notes.context)
    notes.values.update(read.values)
    notes.year, notes.date_year = read.year, read.date_year
    for key, (start, end) in read.spans.items():
        notes.spans[key] = (start + at, end + at)


@lru_cache(maxsize=4096)
def _dated_cell(text: str, venues: bool, context: Context) -> Notes:
    notes = Notes(text, context)
    if day := _DAY.fullmatch(text):  # what most such cells of large tables hold
        notes.values["date"], notes.spans["date"] = day[2], day.span(2)
        notes.date_year = int(day[2][:4])
        return notes
    _note_dated_cell(notes, scan(text, 0, len(text)), venues)
    return notes


def _note_dated_cell(notes: Notes, inline: Inline, venues: bool) -> None:
    if not venues and (month := _SHORT_MONTH.fullmatch(notes.text, inline.start, inline.end)):
        notes.date_year = expand_year(month[1])
        note_text(notes, "date", 0, (month.start(1), month.end(2)))
    if venues and not inline.marks and (volume := find_volume(notes.text[inline.start : inline.end])):
        if "venue" not in notes.values:
            notes.values["venue"] = volume[0]  # with its years inside it has no place of its own
            note_year(notes, (inline.start + volume[1][0], inline.start + volume[1][1]))
        return
    for segment in segments(inline, (-1, -1)):
        note_when(notes, segment.start, segment.end, alone=venues)
        if venues:
            _note_bare_venue(notes, segment)


def _note_bare_venue(notes: Notes, segment: Segment) -> None:
    """In a venue's own column any short text is a venue."""
    start, end = trim(notes.text, segment.start, segment.end)
    at = notes.spans["year"][0] if "year" in notes.spans else -1
    free = "venue" not in notes.values and not segment.start <= at < segment.end
    when = find_when(notes.text[start:end]) if free else None
    if when and when.date_at and when.venue is None:
        return  # `May, 2023` in a column of venues and dates
    longest = 150 if NAMED_BEFORE.search(notes.text[start:end] + " ") else 60
    if free and 1 < end - start < longest and not NOISE.match(notes.text[start:end]):
        note_text(notes, "venue", 0, (start, end))
