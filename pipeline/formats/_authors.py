"""The authors around a title: many names anywhere, one or two where this list has its authors."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.formats._cited import find_people_or_one, find_signature
from pipeline.formats._inline import Inline, Mark
from pipeline.formats._labels import LABEL, is_generic, label_role
from pipeline.formats._model import TitleSlot
from pipeline.formats._notes import (
    Notes,
    note_names,
    note_text,
    note_when,
    note_year,
    says_only_when,
    take_when,
)
from pipeline.formats._people import People, are_halves, find_people, is_name
from pipeline.formats._segments import Segment
from pipeline.formats._when import find_when, is_known
from pipeline.identifiers import read_url
from pipeline.text import lazy

_DATED_NAMES = lazy(
    r"\W*(?P<names>[A-Z][\w'’-]+(?:,? (?:and|&) [A-Z][\w'’-]+)?\.?)\s*[-–—]\s*(?P<year>(?:19|20)\d\d)\s*[-–—:]?[\s*_]*"
)
_KEY = lazy(
    r"(?P<names>[A-Z][\w'’-]{1,20}(?:,? (?:and|&) [A-Z][\w'’-]{1,20})?)(?P<al>,? ?\bet\.? ?a[lt]\b\.?)?,? (?P<year>(?:19|20)\d\d)[a-z]?"
)
_DATED_PEOPLE = lazy(
    r"(?P<y1>(?:19|20)\d\d), (?P<n1>[A-Z][^()\d]{3,400})|(?P<n2>[A-Z][^()\d]{3,400}), (?P<y2>(?:19|20)\d\d)"
)
_AND = lazy(r",? (?:and|&) ")
_INITIAL_WITHIN = lazy(r"(?:^|\s)[A-Z]\. ")
_YEAR_GLUED = lazy(r"\s(?:19|20)\d\d$")
"""A year behind the last of the names, with nothing between: `Devi Parikh, Dhruv Batra 2017`."""
_NO_WORDS = lazy(r"[\W\d_]{0,16}+")
_SURNAMES = lazy(
    r"([A-Z][\w'’-]+) (?:and|&) ([A-Z][\w'’-]+)(?=,? [A-Z(][^\n]{0,40}(?:19|20)\d\d|,? \(?(?:19|20)\d\d)"
)
_TWO_SURNAMES = lazy(r"([A-Z][\w'’-]+) (?:and|&) ([A-Z][\w'’-]+)(?=\.(?:\s|$))")
_ONE_WORD = lazy(r"([A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?)\.\s*")
_NOBODY = frozenset(
    "anonymous various unknown several team none google microsoft meta facebook anthropic amazon apple alibaba tencent baidu"
    " huawei bytedance mistral cohere salesforce ibm intel deepseek".split()
)
"""One word that stands where authors do and is nobody's surname."""
_AND_LAST = lazy(r", (?:and|&) \S+$")
_CAPITALS = lazy(r"[A-Z]{2}")
_BETWEEN_SURNAMES = lazy(r"\s*,\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+")
_ENDS = lazy(r"\s*(?:[.,;|(\[]|$)")
_ET_AL_NEXT = lazy(r"[*_]{0,2}(?:et|el)\.?\s?al\b\.?[*_]{1,2}", re.I)


def note_signature(notes: Notes, inline: Inline) -> bool:
    """Note the authors of a line that names them with a year or the place where they work, and nothing else."""
    if notes.authors or inline.links or inline.end - inline.start > 300:
        return False
    signed = find_signature(notes.text, inline.start, inline.end)
    if signed is None or _is_venue(signed.people):
        return False
    note_names(notes, signed.people, signed.names)
    if signed.year:
        note_year(notes, signed.year)
    return True


def note_surname(notes: Notes, start: int, end: int) -> None:
    """Note the one surname that stands where a record has its authors: `Authors: Hopfield`."""
    people = None if notes.authors else find_people_or_one(notes.text[start:end].strip(" :：*_"))
    name = people.names[0] if people else ""
    if people and len(people.names) == 1 and name.casefold() not in _NOBODY and not _is_venue(people):
        at = notes.text.index(name, start)
        note_names(notes, people, (at, at + len(name)))


def note_first_people(notes: Notes, segment: Segment, slot: TitleSlot) -> bool:
    """Note the authors that stand before a title where they do, and what stands between."""
    start = note_people(notes, segment.start, segment.end, sure=True) if slot.people_first else 0
    if start > segment.start:
        note_when(notes, start, segment.end, alone=True)
    return start > segment.start


def surnames(text: str) -> tuple[str, ...]:
    """The surnames that a text consists of: `Manna, Waldinger`; none where anything else stands there."""
    names = tuple(_BETWEEN_SURNAMES.split(text.strip(" *_:.")))
    single = all(is_name(name) and " " not in name and not _CAPITALS.search(name) for name in names)
    return names if single else ()


def note_surnames(notes: Notes, start: int, text: str) -> bool:
    """Note what stands before a title and a colon, in a list where surnames do."""
    bare = text.strip(" *_")
    names = surnames(bare) if bare.endswith(":") else ()
    if names:
        at = start + text.index(names[0])
        note_names(notes, People(names, False, 0, 0), (at, start + text.rindex(names[-1]) + len(names[-1])))
    return bool(names)


def note_dated_names(notes: Notes, segment: Segment) -> bool:
    """Note last names and a year between dashes: `Faruqui and Dyer - 2014 - **Title**`; one alone where names stand there."""
    if notes.authors or "year" in notes.spans:
        return False
    match = _DATED_NAMES.fullmatch(notes.text, segment.start, segment.end)
    names = _AND.split(match["names"].rstrip(".")) if match else []
    lone = len(names) == 1 and "before" not in notes.context.people
    if match is None or lone or not all(is_name(name) and not is_known(name) for name in names):
        return False
    note_names(notes, People(tuple(names), False, 0, 0), match.span("names"))
    notes.year = int(match["year"])
    notes.spans["year"] = match.span("year")
    return True


def are_somebody(text: str) -> bool:
    """Whether what stands before a colon are people: two names and more, or one with an initial."""
    bare = text.rstrip(" :：")
    people = find_people(bare, sure=True)
    if people is None or people.start or len(bare) - people.end > 1:
        return find_people(text) is not None
    full = all(" " in name for name in people.names)
    return (
        people.et_al
        or (full and len(people.names) > 1)
        or (full and _INITIAL_WITHIN.search(bare) is not None)
    )


def _note_dated_people(notes: Notes, segment: Segment, text: str) -> bool:
    """Note authors and a year in parentheses; one alone in a list that has its authors there: `(2017, Xiangnan He)`."""
    found = _DATED_PEOPLE.fullmatch(text.strip("() ")) if segment.style == "paren" else None
    if found is None or notes.authors:
        return False
    offset = segment.start + text.index(found[0])
    name, year = ("n1", "y1") if found["n1"] else ("n2", "y2")
    people = find_people(found[name], sure=True)
    if people is None or people.end < len(found[name]) or is_known(found[name]):
        return False
    if len(people.names) > 1:
        enough = people.et_al or all(" " in who for who in people.names)
    else:
        placed = not notes.context.people.isdisjoint(("aside", "behind"))
        enough = placed and _may_be_alone(people, found[name])
    if not enough:
        return False
    at = offset + found.start(name)
    note_names(notes, people, (at + people.start, at + people.end))
    note_year(notes, (offset + found.start(year), offset + found.end(year)))
    return True


def note_key(notes: Notes, segment: Segment) -> bool:
    """Note whom and when a key in parentheses cites: `(Pawar et al., 2017)`, `(Bach and Badaskar, 2017)`."""
    text = notes.text[segment.start : segment.end]
    key = _KEY.fullmatch(text.strip("() ")) if segment.style == "paren" and not notes.authors else None
    names = _AND.split(key["names"]) if key else []
    if key is None:
        return _note_dated_people(notes, segment, text) or _note_people_aside(notes, segment, text)
    alone = "key" in notes.context.people and not is_known(key["names"])
    if not (key["al"] or len(names) == 2 or alone) or not all(map(is_name, names)):
        return False
    start = segment.start + text.index(key["names"])
    note_names(notes, People(tuple(names), bool(key["al"]), 0, 0), (start, start + len(key["names"])))
    at = segment.start + text.index(key["year"])
    note_year(notes, (at, at + 4))
    return True


def _note_people_aside(notes: Notes, segment: Segment, text: str) -> bool:
    """Note the authors that parentheses open with before they say where: `(Fei Wang et al., IEEE Network 2023)`."""
    cited = segment.style == "paren" and " et" in text and not notes.authors
    people = find_people(text, sure=True) if cited else None
    if people is None or people.start or not people.et_al:
        return False
    start = segment.start + people.end
    when = find_when(notes.text[start : segment.end], known=notes.context.venues, alone=True)
    if (
        when is None
        or when.venue is None
        or when.year is None
        or not says_only_when(text[people.end :], when)
    ):
        return False
    note_names(notes, people, (segment.start, start))
    take_when(notes, start, when)
    return True


def are_names(notes: Notes, start: int, end: int) -> bool:
    """Whether what stands beside a year is a list of people: `Simon Prince and Ann Lee, 2012`, or one at their place."""
    text = notes.text[start:end]
    people = find_people(text) if " and " in text or "," in text else None
    if (
        people is None
        and notes.context.people
        and not notes.authors
        and (alone := _placed_people(notes, text, start))
    ):
        return not _is_venue(alone)
    return people is not None and len(text) - people.end < 3 and all(" " in name for name in people.names)


def note_people(notes: Notes, start: int, end: int, *, sure: bool) -> int:
    """Note the authors that `start:end` begins with; where they stop (or `start`)."""
    if more := _ET_AL_NEXT.match(notes.text, end):
        end = more.end()  # in a style of its own: `R. Zhu *et al.*, [Title](url)`
    text = notes.text[start:end]
    bare = text.lstrip(" \t\r\n.,;:|-–—*_·>])`")
    start += len(text) - len(bare)
    if bare.rstrip(" *_").endswith(("(", "[", "（", "【")):
        bare = bare.rstrip(" *_([（【")  # what opens behind the names: `Mark Buchanan (2003)`
    people = None if notes.authors else find_people(bare, sure=sure)
    if people is None:
        people = None if notes.authors else _placed_people(notes, bare, start)
    elif len(people.names) % 2 and len(people.names) > 2 and people.et_al:
        people = _behind_venue(notes, bare, start, people)
    if people is None or _is_venue(people):
        return start
    if year := _YEAR_GLUED.search(bare, people.start, people.end):
        people = replace(people, end=year.start())
    if "halved" in notes.context.people and len(people.names) > 3 and are_halves(people.names):
        whole = zip(people.names[::2], people.names[1::2], strict=True)
        people = replace(people, names=tuple(f"{one}, {other}" for one, other in whole))
    notes.authors, notes.et_al = people.names, people.et_al
    notes.spans["authors"] = (start + people.start, start + people.end)
    return start + people.end


def _placed_people(notes: Notes, text: str, start: int) -> People | None:
    """What would be too little elsewhere, at the place beside the title where authors stand: one name, two surnames."""
    side = "before" if start < notes.outer[0] else "behind"
    if side == "behind" and not _NO_WORDS.fullmatch(notes.text, notes.outer[1], start):
        return _line_of_one(notes, text, start)
    learned = side in notes.context.people
    pair = _SURNAMES.match(text) if side == "behind" or learned else None
    if learned and side == "behind" and pair is None:
        pair = _TWO_SURNAMES.match(text)
    if pair and is_name(pair[1]) and is_name(pair[2]):
        return People((pair[1], pair[2]), False, 0, pair.end(2))
    people = find_people(text, sure=True) if learned or side == "before" else None
    if people and len(people.names) > 2 and side == "before" and not text[people.end :].strip(' .,;:"“'):
        return people
    if (
        people is None
        and learned
        and side == "before"
        and (alone := _ONE_WORD.fullmatch(text))
        and is_name(alone[1])
    ):
        return People((alone[1],), False, *alone.span(1))
    if people is None or not learned or not _ENDS.match(text, people.end):
        return None
    if len(people.names) == 3 and _AND_LAST.search(text, 0, people.end):
        return people
    return people if len(people.names) == 1 and _may_be_alone(people, text) else None


def _line_of_one(notes: Notes, text: str, start: int) -> People | None:
    """The name that fills a line below a title, in a list whose authors stand behind their titles."""
    begin, stop = notes.text.rfind("\n", 0, start) + 1, notes.text.find("\n", start)
    line = notes.text[begin : stop if stop >= 0 else None].strip(" \t\r*_>.")
    if "behind" not in notes.context.people or begin <= notes.outer[1] or not 4 < len(line) < 60:
        return None
    people = find_people(text, sure=True) if text.startswith(line) else None
    alone = people is not None and people.names == (line,) and _may_be_alone(people, line)
    return people if alone else None


def _may_be_alone(people: People, text: str) -> bool:
    """Whether one name is written as a person's is, and nothing follows it that is none: two to four words."""
    words = people.names[0].split()
    return (
        2 <= len(words) <= 4
        and not any(len(word.rstrip(".")) > 1 and word.isupper() for word in words)
        and _ENDS.match(text, people.end) is not None
    )


def _behind_venue(notes: Notes, text: str, start: int, people: People) -> People | None:
    """Authors in pairs of last and given name behind a venue: `IEEE Access, Park, Youngmi, et al.`"""
    first, last, *_ = people.names
    named = " " in first and " " not in last or first.isupper() or is_known(first)
    comma = text.find(",", people.start)
    rest = find_people(text[comma + 1 :], sure=True) if named and comma > 0 else None
    if rest is None or not all(", " in name for name in rest.names):
        return people
    if "venue" not in notes.values:
        note_text(notes, "venue", start, (people.start, comma))
    return replace(rest, start=rest.start + comma + 1, end=rest.end + comma + 1)


def _is_venue(people: People) -> bool:
    """Whether what reads like one name is a journal: `Computational Linguistics`."""
    return len(people.names) == 1 and not people.et_al and is_known(people.names[0])


def note_linked_people(notes: Notes, inline: Inline, slot: TitleSlot) -> None:
    """Authors whose names are links to their pages; the names have no place apart from the links."""
    named = [mark for mark in inline.links if mark.start >= slot.outer[1] and _is_person(inline, mark)]
    if len(named) < 1 + (not notes.authors):
        return
    begin = max(inline.start, slot.outer[1], inline.text.rfind("\n", 0, named[0].start) + 1)
    close = inline.text.find("\n", named[-1].end, inline.end)
    line = inline.plain(begin, close if close >= 0 else inline.end).lstrip(" .,;:|-–—·>")
    label = LABEL.match(line)
    if label and label_role(label[1].strip().casefold()) not in ("authors", None):
        return
    people = find_people(line[label.end() :] if label else line, sure=True)
    if people and len(people.names) > len(notes.authors) and len(people.names) >= len(named):
        notes.authors, notes.et_al = people.names, people.et_al
        notes.spans.pop("authors", None)


def _is_person(inline: Inline, mark: Mark) -> bool:
    """Whether a link's text is a name among names: a comma, "and" or a line's end beside it."""
    text = inline.text[mark.inner_start : mark.inner_end]
    if "&" not in text and len(text.split()) < 2:
        return False  # one word, as most labels are
    text = inline.plain(mark.inner_start, mark.inner_end)
    if " " not in text or not 2 <= len(text.split()) <= 5 or not is_name(text) or is_generic(text):
        return False
    if read_url(mark.url).role == "paper":
        return False
    after = inline.text[mark.end : mark.end + 6].lstrip(" *_†‡")
    before = inline.text[max(inline.start, mark.start - 6) : mark.start].rstrip(" *_[")
    return after[:1] in (",", ";", "&", "、", "，", ".", "") or after.startswith(("and", "\n", "<br")) or before[-1:] in (
        ",", ";", "&", "、", "，",
    )  # fmt: skip


def note_lone_name(notes: Notes, inline: Inline) -> None:
    """Note the one name that a line opens with, in a list whose authors stand there: `- Ann Lee. *PhD thesis*, 2021.`"""
    stop = min(inline.end, min((mark.start for mark in inline.marks), default=inline.end))
    text = notes.text[inline.start : stop]
    people = find_people(text, sure=True) if 4 < len(text) < 60 else None
    if people and len(people.names) == 1 and _may_be_alone(people, text) and not _is_venue(people):
        note_names(notes, people, (inline.start + people.start, inline.start + people.end))
