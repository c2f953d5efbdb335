"""Is this the same paper? Titles, people, and the two judgements that rest on them.

`judge` says what a link of an entry leads to; `accept` says whether a title search found the entry's
paper. Both prefer no answer to a wrong one: an article was once turned into a talk of the same name,
and a title similarity of 0.915 was still another paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model import Entry, LinkStatus, Record
from pipeline.text import fold, name_parts, normalise_title, squash, surname

TITLES_AGREE = 0.95
"""Least similarity of two titles of one paper found by search (1.0 is equal in normal form)."""
TITLES_RELATE = 0.85
"""Least similarity at which a link still leads to the paper the entry names."""
DISTINCTIVE_WORDS = 6
"""An entry without authors is found by title only if the title has at least this many words."""

_NUMBERING = re.compile(
    r"^(?:\d+|v\d+|i{1,3}|iv|part|reply|comment|erratum|corrigendum|supplementary|survey)$"
)


def title_similarity(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1, in normal form; spacing and hyphens do not count."""
    a, b = squash(one), squash(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(a, b))


def titles_agree(one: str, other: str) -> bool:
    """True for two spellings of one title: equal in normal form, or alike and not told apart by a number.

    "X 2" is not "X", "Comment on X" is not "X": words that number or qualify a work must be the same.
    """
    return title_similarity(one, other) >= TITLES_AGREE and _numbering(one) == _numbering(other)


def _numbering(title: str) -> frozenset[str]:
    return frozenset(word for word in normalise_title(title).split() if _NUMBERING.match(word))


def same_person(one: str, other: str) -> bool:
    """True if two spellings can be one person's name: equal surnames and no contradicting first initial.

    "Last, First", initials, particles and names in the other order (as CJK names often are) are met.
    """
    if surname(one) == surname(other) and surname(one):
        return _initials_fit(one, other)
    parts = name_parts(one)
    return len(parts) > 1 and parts == name_parts(other)


def _initials_fit(one: str, other: str) -> bool:
    a, b = _given_initial(one), _given_initial(other)
    return not a or not b or a == b


def _given_initial(name: str) -> str:
    last, comma, first = name.partition(",")
    words = re.findall(r"[^\W\d_]+", fold(first if comma else last))
    if comma:
        return words[0][0] if words else ""
    return words[0][0] if len(words) > 1 else ""


def authors_agree(one: Sequence[str], other: Sequence[str]) -> bool | None:
    """True if the two lists share a person, False if not, None if either names nobody."""
    if not one or not other:
        return None
    by_surname: dict[str, list[str]] = {}
    for name in other:
        by_surname.setdefault(surname(name), []).append(name)
    for name in one:
        if any(same_person(name, candidate) for candidate in by_surname.get(surname(name), ())):
            return True
    return any(same_person(a, b) for a in one[:3] for b in other[:3])


def author_lists_equal(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if both lists name the same people in number and surname, in any order."""
    return bool(one) and sorted(map(surname, one)) == sorted(map(surname, other))


def judge(entry: Entry, record: Record) -> LinkStatus:
    """What the record behind a link of `entry` is: `ok`, `retitled`, `wrong_paper` or `unverified`.

    `unverified` where there is nothing to compare (a nickname only, no author), or where titles agree
    and no author does: a title alone is shared by unrelated works.
    """
    if not record.found:
        return "nonexistent"
    authors = authors_agree(entry.authors, record.authors)
    if not entry.title or not record.title:
        return (
            "ok"
            if authors and entry.authors and not entry.title and _nickname_in(entry, record)
            else "unverified"
        )
    if title_similarity(entry.title, record.title) >= TITLES_RELATE or _is_subtitle_of(
        entry.title, record.title
    ):
        return "unverified" if authors is False else "ok"
    if authors is None:
        return "unverified"
    return "retitled" if authors else "wrong_paper"


def _nickname_in(entry: Entry, record: Record) -> bool:
    name = normalise_title(entry.short_name or "")
    return bool(name) and name in normalise_title(record.title or "")


def _is_subtitle_of(short: str, long: str) -> bool:
    """The part before a colon names the whole title, from three words on: fewer are a nickname."""
    a, b = normalise_title(short), normalise_title(long)
    head = normalise_title(re.split(r"[:?!.–—]", long, maxsplit=1)[0])
    return len(a.split()) >= 3 and (a == head or b.startswith(a + " ")) and len(a) * 3 >= len(b)


def fitting(entry: Entry, authors: Sequence[str], records: Sequence[Record]) -> list[Record]:
    """The records of one title search that are this paper: title and an author agree.

    `authors` are the entry's own, or those of a record already known to be this paper.
    """
    return [
        record
        for record in records
        if record.found
        and titles_agree(entry.title or "", record.title or "")
        and authors_agree(authors, record.authors)
    ]


@dataclass(frozen=True, slots=True)
class Match:
    """A title search's outcome: the winning record, or why there is none, with all that was weighed."""

    record: Record | None
    score: float | None
    accepted: bool
    reason: str


def accept(entry: Entry, candidates: Mapping[str, Sequence[Record]]) -> Match:
    """Judge what the sources found for the entry's title; `candidates` maps a source to its records.

    Accepted only if titles agree and an author surname agrees. An entry that names no author is
    accepted only on an equal normalised title of at least six words, one candidate in all sources,
    and a year that differs by at most one where the list states it.
    """
    scored = sorted(_scored(entry, candidates), key=lambda item: (-item[0], item[1].source, item[1].rank))
    if not scored:
        return Match(None, None, False, "no source knows the title")
    score, best = scored[0]
    fitting = [record for s, record in scored if titles_agree(entry.title or "", record.title or "")]
    if entry.authors:
        for record in fitting:
            if authors_agree(entry.authors, record.authors):
                similarity = title_similarity(entry.title or "", record.title or "")
                return Match(record, similarity, True, f"title and author agree with {record.source}")
        return Match(best, score, False, "no candidate shares title and author")
    return _accept_without_author(entry, fitting, best, score)


def _scored(entry: Entry, candidates: Mapping[str, Sequence[Record]]) -> Iterable[tuple[float, Record]]:
    for records in candidates.values():
        for record in records:
            if record.found and record.title:
                yield title_similarity(entry.title or "", record.title), record


def _accept_without_author(entry: Entry, fitting: Sequence[Record], best: Record, score: float) -> Match:
    title = normalise_title(entry.title or "")
    exact = [r for r in fitting if normalise_title(r.title or "") == title]
    if not exact or len(title.split()) < DISTINCTIVE_WORDS:
        return Match(
            best, score, False, "the entry names no author and the title is not distinctive and equal"
        )
    if any(authors_agree(exact[0].authors, r.authors) is False for r in exact[1:]):
        return Match(best, score, False, "the entry names no author and several works have this title")
    if entry.year and any(r.year and abs(r.year - entry.year) > 1 for r in exact):
        return Match(best, score, False, "the entry names no author and the year differs")
    return Match(exact[0], 1.0, True, f"equal title of {len(title.split())} words in {exact[0].source}")
