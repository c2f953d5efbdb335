"""Where a title begins and ends: dates, venues, nicknames and tags in one stretch with it are noted and none of it."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.formats._inline import Inline
from pipeline.formats._model import TitleSlot
from pipeline.formats._notes import (
    NAMED,
    STATES,
    TRACK_BEHIND,
    Notes,
    note_name,
    note_text,
    note_year,
    take_when,
)
from pipeline.formats._segments import Segment
from pipeline.formats._titles import clean_title, title_span
from pipeline.formats._when import When, expand_year, find_dated, find_when, is_acronym, is_known, venue_like
from pipeline.formats._works import find_marked
from pipeline.text import lazy

_DATED_TAIL = lazy(r"\s*+[(（【]([^()（）【】\n]{2,80}+)[)）】][\s*_.\"”\[]*$")
_SENTENCE_BEHIND = lazy(r"[.?!,][*_]{0,3}\s+(?=[A-Z][^\n]{1,60}(?:\b(?:19|20)|['’ ])\d\d(?!\d)[^\n]{0,40}$)")
"""What ends a title before a venue with its year in the same style: `**Title. ICML 2020**`."""
_DASHED_LEAD = lazy(
    r"(?P<year>(?:19|20)?\d\d)\s?[-–_]\s?(?P<venue>[A-Z][A-Za-z&]{1,14}(?:[ /][A-Z]{2,8}|[-_](?:[A-Z]{2,8}|W)(?=\s[-–]\s))?)\s?[-–_]\s?(?=[\"“*_]*\w)"
)
_DASHED_TAIL = lazy(
    r"\s+[-–—]\s?(?P<venue>[A-Za-z](?:[^\n–—-]|(?<=\w)-(?=\w)){1,60}?)\s?[-–—]\s?(?P<year>(?:19|20)\d\d)\s*$"
)
"""A venue and a year with dashes before them that close a title: `Deep Image Matting - CVPR - 2017`."""
_NAME_DASHED = lazy(r"(?P<name>[A-Z][^\s–—]{1,20}(?: [^\s–—]{2,20})?) - (?=\S+ \S)")
_AT = lazy(r"\s?\(@[^\W\d_][^()@\n]{1,60}\)\s*$")
"""Where the work was done, behind a title: `Efficient Memory Management ...(@UC Berkeley etc)`."""
_DATE_TAIL = lazy(r"\s++((?:19|20)\d\d-(?:0\d|1[0-2])(?:-[0-3]\d)?)[\s*_.]*$")
"""A date behind a title, in the same style: `**A Survey of Text Generation 2020-10-09**`."""
_IN_CHINESE = lazy(r"(?<=[\x21-\x7e])\s*+[(（](?=[^()（）\n]*[\u4e00-\u9fff])[^()（）\n]{2,120}+[)）][\s.]*$")
"""What a Chinese list says behind an English title: `PolyFormer: ... Polygon Generation (将图像分割表述为...)`."""
_REMARK = lazy(
    r"(?<=\d)\s?[,;]\s?[^,;]*\bcit(?:ations?|ed)\b[^,;]*+$|(?<=\d)\s?[,;]\s?(?:oral|spotlight|poster|highlight|best paper[^,;]*+)$",
    re.I,
)
"""What may stand behind the year of a paper: `(KDD 2016, 900+ citations)`."""
_VENUE_GLUED = lazy(
    r"\s++(?:(?P<venue>[A-Za-z][\w&-]{1,14}) ?['’](?P<year>\d\d)|(?P<first>\d\d)?(?P<server>ar[xX]iv))\s*+$"
)
"""A venue that closes a title without any sign before it: `Proteus: agile ML elasticity Eurosys'17`."""
_WITHIN = lazy(r"\s(?:the|of|in|on|at|from|for|to|and|with|by|an?|using|via|behind|beyond)\s$", re.I)
"""What a title never ends with: a venue behind it belongs to the title (`The Structure of arXiv`)."""
_SIGNS_LAST = lazy(r"(?:\s+:[a-z][a-z0-9_+-]{1,40}+:)++\s*$")
"""Signs by their names behind a title: `... Language Processing :star:`."""
_TAG_LAST = lazy(r"\s*+【([^【】\n]{1,60}+)】[\s.]*$")


def before_mark(notes: Notes, head: Inline, slot: TitleSlot) -> TitleSlot:
    """The same title without the mark that says what kind of work it is (`[J]`); the venue behind that is noted."""
    work = None if slot.name else find_marked(notes.text, slot.start, slot.end, head.end)
    if work is None:
        return slot
    if work.venue and work.year:
        note_text(notes, "venue", 0, work.venue)
        note_year(notes, work.year)
    return replace(slot, end=work.title_end)


def dashed_lead(text: str, start: int, end: int) -> re.Match[str] | None:
    """The year and the venue with dashes behind them that open a title: `16-ATC-Design Guidelines for ...`."""
    lead = _DASHED_LEAD.match(text, start, end)
    return lead if lead and is_known(lead["venue"], preprints=True) else None


def dashed_tail(text: str, begin: int, end: int, known: frozenset[str]) -> re.Match[str] | None:
    """The venue and the year with dashes before them that close a title: `Title - CVPR - 2018`."""
    tail = _DASHED_TAIL.search(text, begin, end) if text[end - 1].isdigit() else None
    if tail is None or not (is_known(tail["venue"], preprints=True) or venue_like(tail["venue"], known)):
        return None
    return tail


def _past_name(notes: Notes, start: int, stop: int) -> int:
    """Where a title starts behind its nickname and a dash, which is noted: `GrabCut - Interactive Foreground ...`."""
    named = _NAME_DASHED.match(notes.text, start, stop)
    if named:
        note_name(notes, Segment(*named.span("name"), "", None))
    return named.end() if named else start


def note_title(notes: Notes, head: Inline, slot: TitleSlot, *, in_cell: bool) -> None:
    """Note the title, or the nickname, of a slot without what stands beside it there, which is noted, too."""
    if not slot.name and (lead := dashed_lead(notes.text, slot.start, slot.end)):
        slot = replace(slot, start=lead.end())
        take_when(notes, 0, When(0, 0, lead.span("venue"), expand_year(lead["year"]), lead.span("year")))
    stop = slot.end
    begin = max(slot.start + 3, slot.end - 100)
    if notes.text[stop - 1] in ": " and (signs := _SIGNS_LAST.search(notes.text, begin, stop)):
        stop = signs.start()
        slot = replace(slot, end=stop)
    if not slot.name and (closing := dashed_tail(notes.text, begin, stop, notes.context.venues)):
        slot = replace(slot, start=_past_name(notes, slot.start, closing.start()), end=closing.start())
        stop = slot.end
        year = expand_year(closing["year"])
        take_when(notes, 0, When(0, 0, closing.span("venue"), year, closing.span("year")))
    closed = any(notes.text.find(sign, begin, slot.end) >= 0 for sign in ")）】")
    tail = _DATED_TAIL.search(notes.text, begin, slot.end) if closed else None
    if tail and not slot.name:
        stop = _before_parens(notes, tail) or stop
    if tail is None and not slot.name:
        stop = _before_date(notes, begin, stop)
        if sentence := venue_sentence(notes.text, begin, stop):
            stop = _before_date(notes, begin, sentence[0])
            take_when(notes, *sentence[1:])
        stop = _before_venue(notes, begin, stop)
    if closed:
        stop = _before_asides(notes, slot.start + 3, begin, stop)
    stop = _before_tags(notes, head, slot.start, stop, in_cell=in_cell)
    start, end = title_span(notes.text, slot.start, stop)
    title = clean_title(head.plain(slot.start, stop).rstrip("([ "))
    while start < end and notes.text[end - 1] in "([ \t":
        end -= 1
    if title and start < end:
        key = "short_name" if slot.name else "title"
        notes.values[key] = title
        notes.spans[key] = (start, end)


def _before_asides(notes: Notes, first: int, begin: int, stop: int) -> int:
    """Where a title ends behind which it stands in Chinese, or its nickname in a tag, or where the work was done."""
    if chinese := _IN_CHINESE.search(notes.text, max(first, stop - 140), stop):
        stop = chinese.start()
    if tag := _TAG_LAST.search(notes.text, begin, stop):
        stop = tag.start()
        _note_alias(notes, tag)
    place = _AT.search(notes.text, begin, stop)
    return place.start() if place else stop


def _note_alias(notes: Notes, tag: re.Match[str]) -> None:
    """Note the nickname that opens the tag behind a title: `【PromptBERT, more data】`."""
    named = NAMED.match(tag[1])
    if named and tag[1][named.end() : named.end() + 1] in ("", ",", "，") and not is_known(named[0]):
        note_name(notes, Segment(tag.start(1), tag.start(1) + named.end(), "bracket", None))


def _before_parens(notes: Notes, tail: re.Match[str]) -> int:
    """Where a title ends with parentheses behind it that hold a year, a venue, which are noted, or a state; else 0."""
    when = find_dated(tail[1], known=notes.context.venues, alone=True)
    if when and when.venue and when.year_at and ";" in tail[1][when.venue[1] : when.year_at[0]]:
        when = when if is_known(tail[1][slice(*when.venue)]) else replace(when, venue=None)  # `(TRPO; 2015)`
    if when and when.year_at and _is_only_when(tail[1], when):
        take_when(notes, tail.start(1), replace(when, venue=None) if notes.context.places else when)
        return tail.start()
    return tail.start() if tail[1].casefold() in STATES else 0


def _before_tags(notes: Notes, head: Inline, start: int, stop: int, *, in_cell: bool) -> int:
    """Where a title ends that has tags of this list in code behind it (``Federated Graphs **`kg.`** ``), or in a
    cell its nickname, which is then noted.
    """
    for mark in reversed(head.marks):
        if mark.kind != "code" or not start < mark.start < stop or notes.text[mark.end : stop].strip(" *_"):
            continue
        text = notes.text[mark.inner_start : mark.inner_end]
        named = in_cell and NAMED.fullmatch(text) is not None
        if named:
            notes.values["short_name"], notes.spans["short_name"] = text, (mark.inner_start, mark.inner_end)
        if named or text.casefold() in notes.context.tags:
            stop = start + len(notes.text[start : mark.start].rstrip(" *_"))
    return stop


def _before_date(notes: Notes, begin: int, stop: int) -> int:
    """Where a title ends that has a date behind it, which is then noted; else `stop`."""
    dated = _DATE_TAIL.search(notes.text, begin, stop)
    if dated:
        take_when(notes, dated.start(1), When(0, 0, None, int(dated[1][:4]), None, (0, len(dated[1]))))
    return dated.start() if dated else stop


def _before_venue(notes: Notes, begin: int, stop: int) -> int:
    """Where a title ends with nothing but a blank between it and a venue that it is no sentence with, which is noted."""
    glued = _VENUE_GLUED.search(notes.text, begin, stop)
    if glued is None or _WITHIN.search(notes.text, max(begin, glued.start() - 8), glued.start() + 1):
        return stop
    venue = glued.span("venue" if glued["venue"] else "server")
    if not is_known(notes.text[slice(*venue)], preprints=True):
        return stop
    place = next((glued.span(name) for name in ("year", "first") if glued[name]), None)
    year = expand_year(notes.text[slice(*place)]) if place else None
    take_when(notes, 0, When(0, 0, venue, year, place))
    return glued.start()


def venue_sentence(text: str, begin: int, stop: int) -> tuple[int, int, When] | None:
    """The venue and year that are the last sentence of a title: `... Federated Optimization. ICML 2020.`

    Where the title ends, where what was found begins, and what. Only a venue that publishes papers will do.
    """
    for sentence in _SENTENCE_BEHIND.finditer(text, begin + 9, stop):
        rest = text[sentence.end() : stop]
        when = find_when(rest, alone=True)
        if when is None or when.venue is None or when.year_at is None or when.start > 0:
            continue
        behind = TRACK_BEHIND.match(rest, when.end)
        said = rest[behind.end() if behind else when.end :].strip(" .,*_()").casefold()
        if when.venue[0] < when.year_at[0] and is_known(rest[slice(*when.venue)]) and said in STATES:
            return sentence.start() + (sentence[0][0] in "?!"), sentence.end(), when
    return None


def _is_only_when(text: str, when: When) -> bool:
    """Whether parentheses hold a year, or a venue before its year, and not a part of the title."""
    said = _REMARK.sub("", text)
    rest = len(said) - (when.end - when.start)
    if when.venue is None or when.year_at is None:
        return rest < 4
    if when.venue[0] < when.year_at[0]:
        return rest < 40
    return rest < 4 and is_acronym(text[slice(*when.venue)].split()[0])
