"""Links that are called by who wrote the paper and when: `Title. [Ritchie, Thompson (1974)](url)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.formats._inline import Inline, Mark
from pipeline.formats._people import People, is_name
from pipeline.formats._source import CharSpan
from pipeline.formats._when import YYYY, is_known
from pipeline.text import lazy

_KEY = lazy(
    rf"[(\[]?(?P<names>[^\W\d_][^()\[\]\d\n]{{1,100}}?)(?P<al>,? et\.? al\.?)?,? (?P<aside>\()?(?P<year>{YYYY})[a-z]?[)\]]?"
)
_BETWEEN = lazy(r",\s(?:(?:and|&)\s)?|\s(?:and|&)\s")
_LONGEST_NAME = 3
_SURNAME = r"[A-Z][^\W\d_]+(?:[-'’][A-Z][^\W\d_]+)?"
_LINE = lazy(
    rf"\s*+(?P<names>{_SURNAME}(?:(?:,? (?:and|&) |, ){_SURNAME}){{0,4}})(?P<al>,? et\.? al\.?)?[.,]? \(?(?P<year>{YYYY})\)?(?=[.,;:\s]|$)"
)
"""What a line below a title opens with: `Sutskever, Vinyals, Le 2014. Uses ...`, `Weston et al. 2015`."""


@dataclass(frozen=True, slots=True)
class KeyedLink:
    """The link, and what its text says."""

    mark: Mark
    people: People
    names: CharSpan
    year: CharSpan


def is_key(label: str) -> bool:
    """Whether a label is several people and a year, so that what it leads to is what they wrote."""
    match = _KEY.fullmatch(label) if label[-2:-1].isdigit() and len(label) < 120 else None
    if match is None or not (match["al"] or (match["aside"] and _BETWEEN.search(match["names"]))):
        return False
    return _names(match) != ()


def _names(match: re.Match[str]) -> tuple[str, ...]:
    """The surnames of a key; none where one of them is nobody's, or a venue's."""
    names = tuple(_BETWEEN.split(match["names"]))
    if not all(len(name.split()) <= _LONGEST_NAME and is_name(name) for name in names):
        return ()
    return () if any(is_known(name, preprints=True) for name in names) else names


def find_keyed(inline: Inline) -> KeyedLink | None:
    """The first link whose whole text is surnames with a year in parentheses."""
    for mark in inline.links:
        match = _KEY.fullmatch(inline.text, mark.inner_start, mark.inner_end)
        names = _names(match) if match else ()
        if match and names:
            people = People(names, bool(match["al"]), 0, 0)
            return KeyedLink(mark, people, match.span("names"), match.span("year"))
    return None


@dataclass(frozen=True, slots=True)
class KeyLine:
    """Who and when, as the line below a title says; without places where links stand among the names."""

    people: People
    year: int
    names: CharSpan | None
    year_at: CharSpan | None


def find_key_line(head: Inline, end: int) -> KeyLine | None:
    """The surnames and the year that open the line below a title that ends there."""
    line = head.text.find("\n", end, min(head.end, end + 8))
    if line < 0 or head.text[end:line].strip(" \t\r\\.*_"):
        return None
    stop = head.text.find("\n", line + 1, head.end)
    text = head.plain(line, stop if stop >= 0 else head.end)
    match = _LINE.match(text)
    names = _names(match) if match else ()
    if match is None or not names:
        return None
    people, year = People(names, bool(match["al"]), 0, 0), int(match["year"])
    if not head.text.startswith(match[0], line):
        return KeyLine(people, year, None, None)
    begin, stop = match.span("names")
    at = line + match.start("year")
    return KeyLine(people, year, (line + begin, line + stop), (at, at + 4))
