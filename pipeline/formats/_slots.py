"""Where a title may stand: the tests that layouts share."""

from __future__ import annotations

import re

from pipeline.formats._fields import is_generic
from pipeline.formats._inline import Inline, Mark, MarkKind
from pipeline.formats._model import TitleSlot
from pipeline.formats._people import find_people
from pipeline.formats._when import find_when

_SENTENCE = re.compile(r"(?<=[\w)\]\"”])[.?!]\s+(?=[^\W\d_]|\()|\s[-–—|]\s|。|\s\|")
_COMMA = re.compile(r",\s+")
_BY = re.compile(r",?\s+by\s+(?=[A-Z])")
_PREFIX = re.compile(r"(?:[\s\d.)(\[\]*•\-–|>_/✅⭐️🔥☑✔️⏫]++|:[a-z0-9_+-]{2,40}:|[:：])*+")
_LABEL_ONLY = re.compile(r"[^:：]{1,30}[:：]\s*$")


def is_titled(text: str) -> bool:
    """Whether a text is as long as titles are: three words, or one or two long ones, or some CJK signs."""
    words = text.split()
    letters = sum(map(str.isalpha, text))
    if letters < 5 or letters * 2 < len(text.replace(" ", "")):
        return False
    return len(words) >= 3 or letters >= 12 or (len(words) >= 2 and letters >= 8) or _cjk(text) >= 4


def _cjk(text: str) -> int:
    return sum("\u4e00" <= c <= "\u9fff" for c in text)


def first_titled(head: Inline, kind: MarkKind, weight: float) -> TitleSlot | None:
    """The first stretch of this kind that can be a title: no link in it, nor it in one."""
    links = head.of("link")
    for mark in head.of(kind):
        if any(_overlap(mark, link) for link in links):
            continue
        text = head.plain(mark.inner_start, mark.inner_end).strip('"“” ')
        aside = kind == "bold" and text[:1] == "(" and text[-1:] == ")"
        if (
            not aside
            and is_titled(text)
            and not is_generic(text)
            and not _LABEL_ONLY.match(text)
            and not _is_when(text)
        ):
            return TitleSlot(mark.inner_start, mark.inner_end, (mark.start, mark.end), weight)
    return None


def _overlap(mark: Mark, link: Mark) -> bool:
    return link.start < mark.end and mark.start < link.end


def _is_when(text: str) -> bool:
    when = find_when(text, alone=True) if len(text) < 60 else None
    return when is not None and when.year is not None and len(text) - (when.end - when.start) < 6


def titled_elsewhere(head: Inline) -> bool:
    """Whether bold text, quotes or a link hold a title already."""
    if first_titled(head, "bold", 1.0) or first_titled(head, "quote", 1.0):
        return True
    return any(
        mark.inner_start != mark.url_start and _speaks(head.plain(mark.inner_start, mark.inner_end))
        for mark in head.of("link")
    )


def _speaks(label: str) -> bool:
    return is_titled(label) and len(label.split()) >= 3 and not is_generic(label)


def plain_title(head: Inline, known: frozenset[str], start: int | None = None) -> TitleSlot | None:
    """The title that opens the unmarked text from `start` (default: the beginning) up to what ends it."""
    start = head.start if start is None else start
    prefix = _PREFIX.match(head.text, start, head.end)
    start = _after_slots(head, prefix.end() if prefix else start)
    end = _first_wall(head, start)
    end = min(end, _title_end(head.text[start:end], known) + start)
    text = head.plain(start, end)
    if not is_titled(text) or is_generic(text) or _is_when(text):
        return None
    return TitleSlot(start, end, (start, end), 0.7)


def _after_slots(head: Inline, start: int) -> int:
    """Past a date, a venue or a tag in brackets, parentheses or code that stands before the title."""
    for mark in head.marks:
        if mark.start > start + 3:
            break
        if (
            mark.kind in ("paren", "bracket", "code", "italic", "image")
            and mark.end > start
            and mark.start <= start + 2
        ):
            start = mark.end
    while start < head.end and head.text[start] in " \t:：|-–.,)]*_":
        start += 1
    return start


def _first_wall(head: Inline, start: int) -> int:
    """Where the unmarked text from `start` ends: at a link, a line break, another style."""
    for mark in head.marks:
        if mark.kind in ("link", "image", "break", "under", "code"):
            wall = mark.start >= start
        elif mark.kind == "bracket":
            wall = mark.start >= start + 12 and not _holds_title(head, mark)
        else:
            wall = mark.kind not in ("quote", "paren") and mark.start > start + 12
        if wall:
            return mark.start
    return head.end


def _holds_title(head: Inline, mark: Mark) -> bool:
    return mark.end >= head.end


def _before_names(text: str) -> list[int]:
    """The comma after which nothing but names follow: `Title, A. Name and B. Name`."""
    for comma in list(_COMMA.finditer(text, 8))[:12]:
        people = find_people(text[comma.end() :])
        if people and (people.et_al or len(text) - comma.end() - people.end < 4):
            return [comma.start()]
    return []


def _title_end(text: str, known: frozenset[str]) -> int:
    """Where a title ends in running text: at a venue, a year, a sentence's end, or "by"."""
    ends = [len(text)]
    when = find_when(text, known=known)
    opened = text[: when.year_at[0]].rstrip() if when and when.year_at else ""
    if opened.endswith("(") and len(opened) > 6:
        ends.append(len(opened) - 1)
    elif when and when.start > 6:
        ends.append(when.start)
    ends += _before_names(text)
    by = _BY.search(text, 8)
    if by and find_people(text[by.end() :]):
        ends.append(by.start())
    sentence = _SENTENCE.search(text, 12)
    if sentence:
        ends.append(sentence.start() + (sentence[0][0] in "?!"))
    return min(ends)
