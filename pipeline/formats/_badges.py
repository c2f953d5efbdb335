"""Badges of one text, whose colour says what they tell: `![](https://img.shields.io/badge/ACL2024--findings-orange)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from pipeline.formats._inline import Inline, Mark
from pipeline.formats._when import YYYY, is_known, is_venue_label
from pipeline.text import lazy

STATIC_BADGE = "img.shields.io/badge/"
"""Where the addresses of badges begin that say what stands in them."""
_ONE_TEXT = lazy(r"(?P<text>(?:[^-/?#\s]|--){2,60}+)-(?P<colour>[A-Za-z0-9]{3,20})(?:\.svg)?(?=[?#]|$)")
_DATED = lazy(rf"(?P<venue>[^\W\d_].{{1,40}}?)[ -]?(?P<year>{YYYY})(?:[ -](?P<track>[A-Za-z][\w ]{{2,20}}))?")
_LAST_WORD = lazy(r"[\w&-]+$")
_HABIT = 3


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
    at = mark.url.find(STATIC_BADGE) + len(STATIC_BADGE)
    match = _ONE_TEXT.match(mark.url, at) if at >= len(STATIC_BADGE) else None
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
    dated = _DATED.fullmatch(text)
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
