"""Citations inside other fields: a whole reference as the text of a link, an author and a year behind a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.formats._people import People, find_people, is_name
from pipeline.formats._source import CharSpan
from pipeline.formats._when import YYYY
from pipeline.text import lazy

_YEAR = lazy(rf"\s\((?P<a>{YYYY})[a-z]?(?:,\s[^()\n]{{1,20}}+)?\)[.,:]?\s+|\.\s(?P<b>{YYYY})[a-z]?\.\s+")
"""`Names (2023, April). Title` as psychologists write it, `Names. 2023. Title` as computer scientists do."""
_HINT = lazy(r"[(\"“.](?:(?<=\.)\s|(?<=\s.))")
"""A sign first, for signs are rarer than white space: most titles are passed over at once."""
_QUOTED = lazy(r"\s[\"“]([^\"“”\n]{10,400}+)[\"”][.,]?\s*")
_SET_APART = lazy(
    r"[*_\s]{0,4}([^*_\n()\[\]\"“]{3,300}?)\*{0,3}[,.:]\*{0,2}\s+(?:\*(?!\*)([^*\n]{4,300}+)\*|_([^_\n]{4,300}+)_)(?=[\s,.(]|$)"
)
"""A title in italics behind its authors: `**Paden et al.**, *A Survey of Motion Planning* (T-IV 2016)`."""
_LEFT_OUT = lazy(r",?\s*(?:\.\s?\.\s?\.|…)\s*,?\s*(?:&|and)?\s*(?=\w)")
"""Names left out before the last: `Si, Z., ... & Xu, J.`"""
_VENUE_FOLLOWS = lazy(r"(?:(?<=[^\s.])\.|(?<=[?!])[.,]?)\s+(?=[*_]|<[iem]|In:?\s|arXiv\b|https?:)")
_SENTENCE = lazy(r"(?<=[^\W_]{2})\.\s+(?=[A-Z])|(?<=[)\]\"”])\.\s+(?=[A-Z])")
_KIND_OF_WORK = lazy(r"\s*\[[A-Z](?:/OL)?\]\s*$")
_BEHIND_NAME = lazy(
    rf"\s*+\(((?=[^()\n]{{0,60}}(?:\bal\b|\band\b|&|(?:19|20)\d\d))[^()\n\d]{{2,60}}?),?\s*({YYYY})?[a-z]?\)\s*+(?:\([^()\n]*+\)\s*+)?$"
)
_ONLY_CITED = lazy(rf"([^()\n\d]{{2,60}}?\s(?:et\.?\s?al\.?|(?:and|&)\s\w+)),?\s*\(?({YYYY})[a-z]?\)?\s*$")

_BARE_INITIALS = lazy(r"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)? [A-Z](?: ?[A-Z]){0,2}, [^\W\d_]")
_BARE_NAMES = lazy(
    rf"(?:(?P<year>{YYYY})[.,]?\s?)?(?P<names>(?:(?P<more>(?:[^\W\d_][\w'’-]+ ){{1,2}}[A-Z](?: [A-Z]){{0,2}}(?:, (?:and )?| and ))*"
    r"(?:[^\W\d_][\w'’-]+ ){1,2}[A-Z](?: [A-Z]){0,2})(?P<al>,? et\.? al)?)\.\s?(?=(?:A|[A-Z\d][^\s.]*[\w:]) )"
)
"""Names with bare initials up to their full stop: `Kondmann L, Toker A, et al. SiROC: ...`, `Nielsen A A.The ...`."""
_BEHIND_NAMES = lazy(r"[.,\s]+(?=[A-Z])")
_COLONED = lazy(
    rf"(?P<names>[A-Z][^:()\n\d]{{2,80}}?)(?P<al>,? et\.? al\.?)?,?(?:\s\(?(?P<year>{YYYY})\)?)?\s:\s"
)
_BETWEEN = lazy(r",\s(?:and\s)?|\s(?:and|&)\s")
_PAGES = lazy(
    rf",\s*(?P<volume>\d{{1,4}}\(\d[\d-]{{0,8}}\),\s*)?(?P<year>{YYYY})(?P<pages>,\s*\d{{1,5}}(?:\s?[-–]\s?\d{{1,5}})?)?$"
)
"""How a reference ends: `12(4), 1987, 609-654`, `1990, 322-331`."""
_SIGNATURE = lazy(
    rf"(?P<names>[^\W\d_][^;()\n:]{{3,200}}?)[ ]?(?:\((?P<year>{YYYY})\))?(?:;[ ]+(?P<place>[^;\n]{{0,80}}"
    r"\b(?:University|Universit\w+|Institut\w*|Labs?|Laborator\w+|Research|College|School|DeepMind|Google|OpenAI|Facebook)\b[^;\n]{0,80}))?\s*",
    re.I,
)
"""`Ronald J. Williams (1992); Northeastern University`."""
_INITIAL = lazy(r"\b[A-Z]\. ")


@dataclass(frozen=True, slots=True)
class Cited:
    """The parts of a citation and their places; `rest` is what follows the title."""

    people: People
    names: CharSpan
    year: CharSpan | None
    title: CharSpan
    rest: CharSpan


def find_citation(text: str, start: int, end: int, *, lone: bool = False) -> Cited | None:
    """The citation that fills a link's text or a cell: `Sun, W., & Ren, Z. (2023). Title. *Venue*.`

    `lone` says that in this list authors stand before titles, so that one with bare initials is enough.
    """
    if apart := _find_set_apart(text, start, end):
        return apart
    if coloned := _find_coloned(text, start, end):
        return coloned
    if end - start > 90 and (vancouver := _find_vancouver(text, start, end)):
        return vancouver
    if end - start > 30 and (initialled := _find_bare(text, start, end, lone=lone)):
        return initialled
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


@dataclass(frozen=True, slots=True)
class Reference:
    """A line that says who, where and when, and nothing else."""

    people: People
    names: CharSpan
    venue: CharSpan | None
    year: CharSpan


def find_reference(text: str, start: int, end: int) -> Reference | None:
    """The reference that fills a line beside a title: `A. Name, B. Name, Proc. VLDB, 1990, 566-577.`

    It takes pages, a volume or proceedings to tell it from other names beside a year.
    """
    while start < end and text[start].isspace():
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in ".\\"):
        end -= 1
    if not 20 < end - start < 1500 or not text[end - 1].isdigit():
        return None
    tail = _PAGES.search(text, max(start, end - 50), end)
    if tail is None:
        return None
    comma = text.rfind(",", start, tail.start())
    at = comma + 1 + (text[comma + 1 : comma + 2] == " ") if comma > 0 else tail.start()
    if not (tail["pages"] or tail["volume"] or text.startswith("Proc", at)):
        return None
    names = start, comma if comma > 0 else tail.start()
    people = find_people(text[slice(*names)], sure=True)
    if people is None or people.start or names[1] - names[0] > people.end or people.et_al:
        return None
    venue = (at, tail.start()) if 1 < tail.start() - at < 80 and text[at].isupper() else None
    return Reference(people, names, venue, tail.span("year"))


def _find_vancouver(text: str, start: int, end: int) -> Cited | None:
    """The citation of names with bare initials: `Li T, Sahu A K, Smith V. Federated optimization in ... . MLSys, 2020`."""
    if _BARE_INITIALS.match(text, start, end) is None:
        return None
    people = find_people(text[start : min(end, start + 1500)], sure=True)
    if people is None or people.start or not (len(people.names) > 2 or people.et_al):
        return None
    title = _BEHIND_NAMES.match(text, start + people.end, end)
    stop = _SENTENCE.search(text, title.end(), end) if title else None
    if title is None or stop is None or len(text[title.end() : stop.start()].split()) < 3:
        return None
    return Cited(people, (start, start + people.end), None, (title.end(), stop.start()), (stop.end(), end))


def _find_bare(text: str, start: int, end: int, *, lone: bool) -> Cited | None:
    """The citation that is names with bare initials and a title, and nothing behind that."""
    match = _BARE_NAMES.match(text, start, min(end, start + 600))
    if match is None or not (lone or match["more"] or match["al"]):
        return None
    people = find_people(match["names"], sure=True)
    if people is None or people.start or not all(map(is_name, people.names)):
        return None
    if len(text[match.end() : end].split()) < 3:
        return None
    year = match.span("year") if match["year"] else None
    return Cited(people, match.span("names"), year, (match.end(), end), (end, end))


def _find_coloned(text: str, start: int, end: int) -> Cited | None:
    """The citation whose authors stand before a colon set apart: `Turney 2002 : Thumbs up or thumbs down?`"""
    match = _COLONED.match(text, start, end)
    names = tuple(_BETWEEN.split(match["names"])) if match else ()
    if match is None or not all(1 <= len(name.split()) <= 3 and is_name(name) for name in names):
        return None
    full = len(names) > 1 and all(" " in name for name in names)
    if not (match["year"] or match["al"] or full) or len(text[match.end() : end].split()) < 3:
        return None
    people = People(names, bool(match["al"]), 0, 0)
    year = match.span("year") if match["year"] else None
    return Cited(people, match.span("names"), year, (match.end(), end), (end, end))


def _find_set_apart(text: str, start: int, end: int) -> Cited | None:
    """The citation whose authors stand before a title in italics, both in the text of one link or cell."""
    if text[end - 1 : end] not in ")*_." or not ("*" in text[start:end] or "_" in text[start:end]):
        return None
    match = _SET_APART.match(text, start, end)
    people = _all_names(match[1]) if match else None
    if match is None or people is None or not people.several:
        return None
    names = match.start(1) + people.start, match.start(1) + people.end
    return Cited(people, names, None, match.span(2 if match[2] else 3), (match.end(), end))


@dataclass(frozen=True, slots=True)
class Signature:
    """A line that says who wrote a paper, and when or where they worked."""

    people: People
    names: CharSpan
    year: CharSpan | None


def find_signature(text: str, start: int, end: int) -> Signature | None:
    """The names that fill a line with a place of work behind them, or with initials and a year."""
    short = end - start < 300 and (text.find(";", start, end) > 0 or text.find("(", start, end) > 0)
    match = _SIGNATURE.fullmatch(text, start, end) if short else None
    if match is None or not (match["place"] or (match["year"] and _INITIAL.search(match["names"]))):
        return None
    people = find_people(match["names"], sure=True)
    if people is None or people.start or people.end < len(match["names"].rstrip()):
        return None
    return Signature(people, match.span("names"), match.span("year") if match["year"] else None)


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
