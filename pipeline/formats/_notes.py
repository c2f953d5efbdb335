"""The fields of an entry as they are found: what is noted first stays, but a preprint gives way to a venue."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.formats._labels import is_generic
from pipeline.formats._model import CharSpan, Context
from pipeline.formats._people import People
from pipeline.formats._segments import Segment
from pipeline.formats._when import When, find_when, trim
from pipeline.text import lazy

PUBLISHED = lazy(r"\b(?:published|accepted|appeared|presented)\s+(?:at|in|to|by)\s+", re.I)
"""What a sentence says before a venue."""
SIGNS_AROUND = " \t\r\n.,;:|-–—*_·()[]`\"'>/!（）【】，。；：、"
"""What may stand around a venue or date that fills its place."""
NAMED = lazy(r"(?=[^\s]*(?:\d|[A-Z][^\s]*[A-Z]|[a-z][A-Z]))[^\s,]{2,24}(?: [^\s,]{1,20}){0,2}")
"""A name of a method or model in parentheses: `(GopherCite)`, `(GPT-2)`; praise is none."""
_VOLUME = lazy(
    r"(?:\W|\d|\b(?:vol(?:ume)?|no|number|issue|pp?|pages?|art(?:icle)?|e\d+|doi|suppl|[A-Z]\d+)\b){1,60}+",
    re.I,
)
"""What stands between a journal and its year: `vol. 18, no. 2, pp. 99-132`."""
NOISE = lazy(r"[\W_\d]*$")
"""A text without any letter."""
STATES = frozenset(
    (
        "",
        "under review",
        "pending review",
        "in submission",
        "accepted",
        "to appear",
        "workshop",
        "oral",
        "poster",
        "spotlight",
        "paper",
        "conference paper",
    )
)
"""What may be said of a paper beside its venue, or in the place of one."""
TRACK_BEHIND = lazy(
    r"(?:[ ,]{1,2}\(?|\()(Findings|(?-i:[Ww]orkshop on [A-Z][\w-]*+(?: (?:and|for|of|in|on|&)(?: the)?(?= [A-Z])| [A-Z][\w-]*+){0,9})"
    r"|(?:(?-i:[A-Z]\w*[A-Z\d]\w*(?: [A-Z]\w+){0,2}) )?Workshops?(?:(?-i: [A-Z]{2,}[\w-]*+)(?=[ )`*_]*+(?:$|\[)))?|(?-i:[A-Z][a-z]+ Track(?=\)))|(?-i:(?:[A-Z][\w-]+ (?:(?:and|for|of|in|on|&) )?){2,6}Workshop(?=\W*$|[`)\]*_]))|Posters?|Orals?|Spotlights?|Highlights?|Demos?|Tutorials?|(?-i:WS)|Submissions?|Companion|Industry|(?:Long|Short)(?: Papers?)?"
    r"|Main|(?:D&B|(?:Datasets? (?:and|&) )?Benchmarks?(?: (?:and|&) Datasets?)?)(?: Track)?)\b(?!\s+(?-i:[a-z]))",
    re.I,
)
"""The part of a conference, behind its year: `ACL 2024 Findings`, `CVPR 2023 (Highlight)`."""
_SERIES_BEHIND = lazy(r"\s\(([A-Z][A-Za-z]{1,9}) ?['’‘]\d\d\)")
"""The short name of a conference behind its year: `Proceedings of The Web Conference 2020 (WWW '20)`."""
_NAMELESS = lazy(r"unnamed|untitled|unknown|no ?name|none|n/?a|tb[ad]", re.I)
_COUNTER = lazy(r"\W*(?:\d+|[ivx]+)\W*$")


@dataclass(slots=True)
class Notes:
    """Fields as they are found; what is found first stays, except a preprint label before a venue."""

    text: str
    context: Context
    values: dict[str, str] = field(default_factory=dict)
    spans: dict[str, CharSpan] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    et_al: bool = False
    year: int | None = None
    date_year: int | None = None
    outer: CharSpan = (-1, -1)
    """The place of the title with its markup."""


def note_year(notes: Notes, place: CharSpan) -> None:
    """Note a year of four digits, unless one is known."""
    if notes.year is None:
        note_text(notes, "year", 0, place)
        notes.year = int(notes.values["year"])


def note_names(notes: Notes, people: People, place: CharSpan) -> None:
    """Note authors, unless some are known."""
    if not notes.authors:
        notes.authors, notes.et_al = people.names, people.et_al
        notes.spans["authors"] = place


def note_name(notes: Notes, segment: Segment) -> None:
    """Note the nickname that fills a stretch, unless one is known or it names nothing."""
    start, end = trim(notes.text, segment.start, segment.end)
    text = notes.text[start:end]
    if (
        "short_name" in notes.values
        or not text
        or len(text) > 60
        or is_generic(text, notes.context.labels)
        or _COUNTER.match(text)
        or NOISE.match(text)
        or _NAMELESS.fullmatch(text)
        or (notes.text[start - 1 : start] == notes.text[end : end + 1] == ":")
    ):
        return
    if segment.style == "under" and notes.text[end : end + 1] == ".":
        end += 1
    notes.values["short_name"] = notes.text[start:end]
    notes.spans["short_name"] = (start, end)


def note_when(notes: Notes, start: int, end: int, *, alone: bool) -> None:
    """Note a venue, year or date; behind a date alone, look once more (`2024-01, NAACL 24`)."""
    for _ in range(2):
        text = notes.text[start:end]
        when = find_when(text, known=notes.context.venues, alone=alone)
        if when is None:
            return
        before = text[: when.start].strip(SIGNS_AROUND)
        after = text[when.end :].strip(SIGNS_AROUND)
        if (
            not before
            or _VOLUME.fullmatch(before)
            or (when.venue and (len(before) < 80 or (not after and len(before) < 200)))
        ):
            take_when(notes, start, when)
        if when.venue or not when.date_at:
            return
        start += when.end


def take_when(notes: Notes, offset: int, when: When) -> None:
    """Note what was found in the text from `offset` on; of venues the first, but a preprint gives way to one with a year."""
    if when.date_at and "date" not in notes.spans:
        notes.date_year = when.year
        note_text(notes, "date", offset, when.date_at)
    replaces = _is_preprint(notes.values.get("venue")) and when.venue is not None and when.year is not None
    if when.venue and ("venue" not in notes.values or replaces):
        note_text(notes, "venue", offset, when.venue)
        _add_track(notes, offset, when)
        if when.year_at and when.venue[0] < when.year_at[0] < when.venue[1]:  # no stretch of its own
            year = notes.text[offset + when.year_at[0] : offset + when.year_at[1]]
            notes.values["venue"] = " ".join(notes.values["venue"].replace(year, " ", 1).split())
            notes.spans.pop("venue", None)
        if replaces or (when.year_at and "date" not in notes.spans):
            notes.spans.pop("year", None)
            notes.year = None
    if when.year_at and "year" not in notes.spans:
        notes.year = when.year
        note_text(notes, "year", offset, when.year_at)


def _add_track(notes: Notes, offset: int, when: When) -> None:
    """`ACL 2024 Findings` is the venue "ACL Findings"; with its year inside it has no place of its own."""
    if when.year_at is None or when.venue is None:
        return
    behind = offset + when.year_at[1]
    series = _SERIES_BEHIND.match(notes.text, behind)
    if series and len(notes.values["venue"].split()) > 2 and when.venue[0] < when.year_at[0]:
        notes.values["venue"] += f" ({series[1]})"
        notes.spans.pop("venue")
        return
    track = TRACK_BEHIND.match(notes.text, behind)
    if track and when.venue[0] < when.year_at[0]:
        notes.values["venue"] += f" {track[1]}"
        notes.spans.pop("venue")


def _is_preprint(venue: str | None) -> bool:
    return venue is not None and venue.casefold().startswith(("arxiv", "preprint"))


def note_text(notes: Notes, key: str, offset: int, span: CharSpan) -> None:
    """Note a field whose text stands at this span from `offset` on, whatever was known."""
    start, end = offset + span[0], offset + span[1]
    notes.spans[key] = (start, end)
    notes.values[key] = " ".join(notes.text[start:end].split())


def says_only_when(label: str, when: When) -> bool:
    """Whether a label says nothing but a venue, its year and perhaps a track: `VIS 2024 Short Paper`."""
    track = TRACK_BEHIND.match(label, when.end)
    return len(label) - (track.end() if track else when.end) + when.start < 5
