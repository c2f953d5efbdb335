"""Badges: what those of one text show, whose colour says what they tell, and the venue or date that any says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.formats._inline import Inline, Mark
from pipeline.formats._labels import is_generic
from pipeline.formats._model import Candidate, CharSpan
from pipeline.formats._notes import Notes, note_text
from pipeline.formats._when import YYYY, When, find_when, is_acronym, is_known, is_venue_label
from pipeline.text import lazy

_ADDRESS = "img.shields.io/badge/"
_ONE_TEXT = lazy(r"(?P<text>(?:[^-/?#\s]|--){2,60}+)-(?P<colour>[A-Za-z0-9]{3,20})(?:\.svg)?(?=[?#]|$)")
_STATED = lazy(
    rf"(?P<venue>[^\W\d_].{{1,40}}?)[ -]?(?P<year>{YYYY})(?:[ -](?P<track>[A-Za-z][\w ]{{2,20}}))?"
)
_LAST_WORD = lazy(r"[\w&-]+$")
_HABIT = 3
_BADGE_LABELS = frozenset(("conference", "publish", "published", "venue", "journal", "paper"))
_BADGE_TEXT = lazy(r"(?:[^-]|--)++")
_FULL_YEAR = lazy(r"(?:19|20)\d\d(?:[./-](?:0?[0-9]|1[0-2]))?")
"""A year, perhaps with its month, which is `00` where that is not known."""
_MONTH_ONLY = lazy(r"(?:19[5-9]|20[0-4])\d[./-](?:0[1-9]|1[0-2])")
_NO_LINK = lazy(r"\W*no (?:link|paper|pdf|url)\W*", re.I)
_SHORT_VENUE = lazy(r"[A-Z]{2,}\w*(?:[ _-][A-Z]\w*){0,3}")
_NUMBER = lazy(r"[\d.]+(?:v\d)?")


@dataclass(frozen=True, slots=True)
class PlainBadge:
    """What a badge of one text shows: the text as it is read, its colour, and where it stands in the address."""

    text: str
    colour: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stated:
    """A venue as a badge names it, and its year; `track` stands behind the year."""

    venue: str
    year: int | None = None
    track: str = ""


def plain_badge(mark: Mark) -> PlainBadge | None:
    """The badge that an image shows, where it has one text and no words of its own beside that."""
    at = mark.url.find(_ADDRESS) + len(_ADDRESS)
    match = _ONE_TEXT.match(mark.url, at) if at >= len(_ADDRESS) else None
    if match is None:
        return None
    text = unquote(match["text"]).replace("__", " ").replace("_", " ").replace("--", "-").strip()
    return PlainBadge(
        text,
        match["colour"].casefold(),
        mark.url_start + match.start("text"),
        mark.url_start + match.end("text"),
    )


def stated(text: str) -> Stated:
    """What a badge in the colour of venues says."""
    dated = _STATED.fullmatch(text)
    return Stated(dated["venue"].strip(), int(dated["year"]), dated["track"] or "") if dated else Stated(text)


def venue_colours(inlines: Iterable[Inline]) -> frozenset[str]:
    """The colours in which most badges of one text without alternative text are venues, three and more with their year."""
    shown: Counter[str] = Counter()
    venues: Counter[str] = Counter()
    dated: Counter[str] = Counter()
    for inline in inlines:
        for mark in inline.marks:
            if mark.kind != "image" or mark.inner_end > mark.inner_start:
                continue
            if badge := plain_badge(mark):
                said = stated(badge.text)
                last = _LAST_WORD.search(said.venue)
                shown[badge.colour] += 1
                published = is_known(said.venue) or bool(last and is_known(last[0]))
                dated[badge.colour] += published and said.year is not None
                venues[badge.colour] += published or is_venue_label(said.venue)
    return frozenset(
        colour for colour, count in shown.items() if dated[colour] >= _HABIT and 2 * venues[colour] > count
    )


def note_badges(notes: Notes, candidate: Candidate) -> None:
    """A venue that stands only in a badge: its text as shown, or the address of a shields.io image."""
    if "venue" in notes.values or not _may_show_badges(notes, candidate):
        return
    coloured = notes.context.badges
    if coloured and (
        badge := next((one for one in _plain_badges(candidate) if one.colour in coloured), None)
    ):
        _take_coloured(notes, badge)
        return
    for inline in candidate.inlines:
        for mark in inline.of("image"):
            labels = any(link.start <= mark.start < link.end for link in inline.links)
            if _ADDRESS in mark.url and _note_badge(notes, mark, labels=labels):
                return


def note_date_badge(notes: Notes, candidate: Candidate) -> None:
    """The year of a badge that is nothing but a month, `![](https://img.shields.io/badge/2024.08-blue)`, where none is said."""
    if notes.year is not None or notes.date_year is not None:
        return
    if not _may_show_badges(notes, candidate):
        return
    month = next((one.text for one in _plain_badges(candidate) if _MONTH_ONLY.fullmatch(one.text)), None)
    if month:
        notes.date_year = int(month[:4])


def _may_show_badges(notes: Notes, candidate: Candidate) -> bool:
    """Whether badges may stand in an entry: the block it starts with has the address of one, or more follows."""
    block = candidate.block
    return bool(candidate.tail) or notes.text.find(_ADDRESS, block.start, block.end) >= 0


def _plain_badges(candidate: Candidate) -> Iterator[PlainBadge]:
    """The badges of one text in an entry, in order."""
    images = (mark for inline in candidate.inlines for mark in inline.of("image"))
    return (badge for mark in images if (badge := plain_badge(mark)))


def _take_coloured(notes: Notes, badge: PlainBadge) -> None:
    """Note the venue of a badge, its year and its track; their places only where the address spells them as shown."""
    said = stated(badge.text)
    notes.values["venue"] = f"{said.venue} {said.track}".strip()
    at = notes.text.find(notes.values["venue"], badge.start, badge.end)
    if at >= 0:
        notes.spans["venue"] = at, at + len(notes.values["venue"])
    if said.year is not None:
        notes.spans.pop("year", None)
        notes.year = said.year
        at = notes.text.find(str(said.year), badge.start, badge.end)
        if at >= 0:
            notes.spans["year"] = at, at + 4


def _note_badge(notes: Notes, mark: Mark, *, labels: bool) -> bool:
    """A badge of two texts that says where: `Conference-ICML'24`, `ICLR-Paper`; `arXiv-2401.00001` does not.

    One of one text says so if its alternative text does (`labels`: it is the label of a link).
    """
    parts = mark.url.split("/badge/", 1)[1].split("?")[0]
    at = mark.url_start + mark.url.index("/badge/") + 7
    pieces = [piece for piece in _BADGE_TEXT.finditer(parts)][:-1]
    texts = [unquote(piece[0]).replace("_", " ").strip() for piece in pieces]
    if len(pieces) == 2 and _FULL_YEAR.fullmatch(texts[1]) and _is_date_label(texts[0]):
        if notes.year is None and notes.date_year is None:
            notes.date_year = int(texts[1][:4])
        return False
    if len(pieces) == 1 or (len(pieces) == 2 and _FULL_YEAR.fullmatch(texts[1])):
        return _note_plain_badge(notes, mark, at, texts, labels=labels)
    if len(pieces) < 2 or any(_NUMBER.fullmatch(text) for text in texts):
        return False
    beside_paper = texts[1].casefold() == "paper" and not is_generic(texts[0])
    found = [
        (piece, text, find_when(text, known=notes.context.venues, alone=beside_paper))
        for piece, text in zip(pieces, texts, strict=True)
    ]
    for piece, text, when in sorted(found, key=lambda item: not (item[2] and item[2].year)):
        if when and when.venue and len(text) < 40 and text.casefold() not in _BADGE_LABELS:
            _take_badge(notes, (at + piece.start(), at + piece.end()), text, when)
            return True
    if beside_paper or (texts[1].casefold() == "paper" and texts[0].casefold() == "arxiv"):
        note_text(notes, "venue", at, pieces[0].span())
        return True
    return False


def _is_date_label(text: str) -> bool:
    """Whether a badge beside a date says what is dated and not where it stands: `pdf-2025.02`, not `arXiv-2025.02`."""
    return (is_generic(text) or _NO_LINK.fullmatch(text) is not None) and not is_venue_label(text)


def _note_plain_badge(notes: Notes, mark: Mark, at: int, texts: list[str], *, labels: bool) -> bool:
    """A badge that is nothing but a venue, perhaps with its year: `NIPS-red` (called "Paper"), `CVPR-2016-blue`."""
    text, alt = texts[0], notes.text[mark.inner_start : mark.inner_end].strip().casefold()
    when = find_when(text, known=notes.context.venues, alone=True)
    dated = len(texts) > 1 or (when is not None and when.venue is not None and when.year is not None)
    preprint = text.casefold() == "arxiv" and (dated or (alt != "arxiv" and not labels))
    named = (
        is_known(text)
        or text.casefold() in notes.context.venues
        or (is_acronym(text) and not is_generic(text))
    )
    named = named or (len(texts) > 1 and _SHORT_VENUE.fullmatch(text) is not None and not is_generic(text))
    if not (preprint or (dated and when and when.venue and is_known(text[slice(*when.venue)])) or named):
        return False
    if not dated and alt not in _BADGE_LABELS and not (labels and alt == text.casefold() and is_known(text)):
        return False
    place = notes.text.find("-", at, mark.url_end)
    if when and when.venue:
        _take_badge(notes, (at, place), text, when)
    else:
        note_text(notes, "venue", at, (0, place - at))
        notes.values["venue"] = text
    if len(texts) > 1 and "year" not in notes.spans:
        notes.year = int(texts[1][:4])
        notes.spans["year"] = (place + 1, place + 5)
    return True


def _take_badge(notes: Notes, place: CharSpan, text: str, when: When) -> None:
    """Note a badge's venue and year; their places only where the address spells them as shown."""
    raw = notes.text[place[0] : place[1]]
    notes.year = when.year if when.year is not None else notes.year
    for key, span in (("venue", when.venue), ("year", when.year_at)):
        shown = text[slice(*span)] if span else ""
        if shown and (at := raw.find(shown)) >= 0:
            notes.spans[key] = (place[0] + at, place[0] + at + len(shown))
        if shown:
            notes.values[key] = shown
