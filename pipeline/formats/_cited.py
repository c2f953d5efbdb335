"""Citations inside other fields: a whole reference as the text of a link, an author and a year behind a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.formats._people import People, find_people, is_name
from pipeline.formats._source import CharSpan
from pipeline.formats._when import YYYY

_YEAR = re.compile(
    rf"\s\((?P<a>{YYYY})[a-z]?(?:,\s[^()\n]{{1,20}}+)?\)[.,:]?\s+|\.\s(?P<b>{YYYY})[a-z]?\.\s+"
)
"""`Names (2023, April). Title` as psychologists write it, `Names. 2023. Title` as computer scientists do."""
_HINT = re.compile(r"\s[(\"“]|\.\s")
_QUOTED = re.compile(r"\s[\"“]([^\"“”\n]{10,400}+)[\"”][.,]?\s*")
_LEFT_OUT = re.compile(r",?\s*(?:\.\s?\.\s?\.|…)\s*,?\s*(?:&|and)?\s*(?=\w)")
"""Names left out before the last: `Si, Z., ... & Xu, J.`"""
_VENUE_FOLLOWS = re.compile(r"(?:(?<=[^\s.])\.|(?<=[?!])[.,]?)\s+(?=[*_]|<[iem]|In:?\s|arXiv\b|https?:)")
_SENTENCE = re.compile(r"(?<=[^\W_]{2})\.\s+(?=[A-Z])|(?<=[)\]\"”])\.\s+(?=[A-Z])")
_KIND_OF_WORK = re.compile(r"\s*\[[A-Z](?:/OL)?\]\s*$")
_BEHIND_NAME = re.compile(
    rf"\s*+\(((?=[^()\n]{{0,60}}(?:\bal\b|\band\b|&|(?:19|20)\d\d))[^()\n\d]{{2,60}}?),?\s*({YYYY})?[a-z]?\)\s*+(?:\([^()\n]*+\)\s*+)?$"
)
_ONLY_CITED = re.compile(
    rf"([^()\n\d]{{2,60}}?\s(?:et\.?\s?al\.?|(?:and|&)\s\w+)),?\s*\(?({YYYY})[a-z]?\)?\s*$"
)


@dataclass(frozen=True, slots=True)
class Cited:
    """The parts of a citation and their places; `rest` is what follows the title."""

    people: People
    names: CharSpan
    year: CharSpan | None
    title: CharSpan
    rest: CharSpan


def find_citation(text: str, start: int, end: int) -> Cited | None:
    """The citation that fills a link's text or a cell: `Sun, W., & Ren, Z. (2023). Title. *Venue*.`"""
    if end - start < 40 or _HINT.search(text, start, end) is None:
        return None
    dated = _YEAR.search(text, start, min(end, start + 2000))
    if dated:
        key = "a" if dated["a"] else "b"
        stop = dated.start() + (key == "b")
        title = dated.end(), _title_end(text, dated.end(), end)
        behind = title[1]
        year: CharSpan | None = dated.span(key)
    else:
        quoted = _QUOTED.search(text, start, min(end, start + 2000))
        if quoted is None:
            return None
        stop, title, year = quoted.start(), quoted.span(1), None
        behind = quoted.end()
    people = _all_names(text[start:stop])
    if people is None or len(text[slice(*title)].split()) < 3:
        return None
    bare = text[slice(*title)]
    kind = _KIND_OF_WORK.search(bare)
    shown = title[0], title[0] + (kind.start() if kind else len(bare))
    return Cited(people, (start + people.start, start + people.end), year, shown, (behind, end))


def _title_end(text: str, start: int, end: int) -> int:
    """Where a cited title ends: before what is set as a venue, else at the first full stop; no question mark."""
    found = _VENUE_FOLLOWS.search(text, start, end) or _SENTENCE.search(text, start, end)
    return found.start() if found else start + len(text[start:end].rstrip().rstrip("."))


def _all_names(text: str) -> People | None:
    """The people a text names, if it holds nothing else and they are written as in citations."""
    text = text.rstrip(" ,:")
    gap = _LEFT_OUT.search(text)
    people = find_people(text[: gap.start()] if gap else text, sure=True)
    last = find_people(text[gap.end() :], sure=True) if gap and people else None
    if gap and people and last:
        people = People(people.names + last.names, True, people.start, gap.end() + last.end)
    if people is None or people.start > 2 or len(text) - people.end > 3:
        return None
    return people if people.et_al or any(" " in name for name in people.names) else None


@dataclass(frozen=True, slots=True)
class CitedName:
    """A name with the citation behind it: the name ends at `end` (its start, where there is none)."""

    end: int
    people: People
    names: CharSpan
    year: CharSpan | None


def find_cited_name(text: str, start: int, end: int) -> CitedName | None:
    """The citation behind a name (`BERT (Devlin et al., 2019)`) or in its place (`Devlin et al. (2019)`)."""
    piece = text[start:end]
    if "(" not in piece and " al" not in piece:
        return None
    match = _ONLY_CITED.match(piece) or _BEHIND_NAME.search(piece)
    if match is None:
        return None
    people = find_people(match[1], sure=True) or _one_name(match[1])
    if people is None or people.start > 0 or len(match[1]) - people.end > 2:
        return None
    at = start + match.start(1)
    year = (start + match.start(2), start + match.end(2)) if match[2] else None
    return CitedName(start + match.start(), people, (at, at + people.end), year)


def _one_name(text: str) -> People | None:
    """A last name by itself, where only a name can stand: `Kajiya`."""
    bare = text.strip(" .,")
    one = bare.isalpha() and is_name(bare)
    return People((bare,), False, text.index(bare), text.index(bare) + len(bare)) if one else None


def find_people_or_one(text: str) -> People | None:
    """The names in a place for authors alone, where one word will do."""
    return find_people(text, sure=True) or _one_name(text)
