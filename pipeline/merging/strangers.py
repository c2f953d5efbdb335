"""Which records turn out, beside the others of a work, to be another paper's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.deciding import authority, statement_of_identifier, statement_of_record
from pipeline.identifiers import siblings
from pipeline.matching import author_lists_equal, same_team, share_telling_stems, shared_people, titles_agree
from pipeline.merging.likeness import is_one_title
from pipeline.merging.links import link_status, links_doubtfully, links_nearly
from pipeline.merging.work import Work, bears, with_siblings
from pipeline.model import Identifier, Origin, Record
from pipeline.text import normalise_title

_MACHINES = frozenset({"semanticscholar", "openalex"})
"""Sources that put versions together by themselves, and sometimes papers."""


def find_strangers(work: Work) -> set[Record]:
    """Records that are another paper's, seen beside what is known for sure.

    Sure is what the list's identifiers lead to at their own source, and the entry itself. Of another title is
    only believed what the same people wrote, and what does not compete with a publication under the own title
    (machines take two papers of one group for one); of the same title only what a like team of authors wrote
    (a namesake, or a talk by one of them, is neither), or part of it by the list's own identifier. Nothing is
    said about what a person gave.
    """
    written = set(map(str, work.written))
    if work.given or not any(e.title for e in work.entries):
        return set()
    own = [r for r in work.records if r.question in written and _is_own_word(r)]
    titles = {t for t in (*(e.title for e in work.entries), *(r.title for r in own)) if t}
    team = max((r.authors for r in own), key=len, default=())
    if own and _found_elsewhere(work):
        return {r for r in work.records if not titles_agree(work.reference.title or "", r.title or "")}
    near = [r for r in work.records if r in own or any(is_one_title(t, r.title) for t in titles)]
    far = [r for r in work.records if r not in near] if len(near) < len(work.records) else []
    if far and not _is_published(work, near):
        people = team or max((r.authors for r in near), key=len, default=())
        kept = [r for r in far if _same_people(work, people, r.authors)]
        far = [r for r in far if r not in kept or not _is_later_version(work, r, titles, alone=not near)]
    others = {r for r in near if r not in own and not _like_team(work, team, r.authors)}
    return {*far, *(r for r in others if team or not _names_fewer(work, r))}


def _is_later_version(work: Work, record: Record, titles: Iterable[str], *, alone: bool) -> bool:
    """Whether what the same people wrote under another title is this work, by more than one machine's word.

    Both titles share most of their words, or the sources that say so are two: machines mistake two papers of a group for one.
    `alone` says that nobody knows the work under the title of the list: then a machine's word on a link counts.
    """
    if any(share_telling_stems(title, record.title or "") for title in titles):
        return True
    own = with_siblings(work.written)
    if record.question in map(str, own):
        return alone or record.source not in _MACHINES
    theirs = {i for i in record.identifiers if i not in own}
    links = [r for r in work.records if bears(r, own) and r is not record]
    said = {r.source for r in links if not theirs.isdisjoint(r.identifiers)}
    return len(said) + (not own.isdisjoint(record.identifiers)) > 1


def _found_elsewhere(work: Work) -> bool:
    """Whether a search found the entry's paper, and nothing says that what its links lead to is the same.

    What its link leads to has another title by some of the same people, or by all of them, or one that is nearly
    the same; then it may be the paper before it was renamed, which at least one source would know.
    """
    found = _found_by_title(work)
    if not found:
        return False
    if links_doubtfully(work):
        return True
    led = [status for e in work.entries if (status := link_status(e, work))]
    retitled = not work.given and "retitled" in led and "ok" not in led
    return (retitled or links_nearly(work)) and not _is_tied(work, found)


def _is_tied(work: Work, found: Sequence[Record]) -> bool:
    """Whether names that records share lead from what the list writes to what was found by title."""
    known, left = with_siblings(work.written), list(work.records)
    while near := [r for r in left if bears(r, known)]:
        if any(r in found for r in near):
            return True
        known |= with_siblings(i for r in near for i in r.identifiers)
        left = [r for r in left if r not in near]
    return False


def _is_published(work: Work, near: Sequence[Record]) -> bool:
    """Whether a publication under the work's own title is known for sure."""
    return any(map(_proves_publication, work.written)) or any(map(states_publication, near))


def _found_by_title(work: Work) -> list[Record]:
    """What a search found under the entry's own title, by its people: the paper that a copied link missed."""
    entry = work.reference
    said = [r for r in work.records if r.question.startswith("title:")]
    near = [
        r for r in said if titles_agree(entry.title or "", r.title or "") and _like_team(work, (), r.authors)
    ]
    return [] if any(set(work.written) & set(r.identifiers) for r in near) else near


def _is_own_word(record: Record) -> bool:
    """Whether a record is of the identifier's own source, or bears it by the word of one that decides."""
    asked = Identifier.parse(record.question)
    if record.source == asked.scheme:
        return True
    names = {asked, *siblings(asked)}
    return authority(record.source).names == "authoritative" and not names.isdisjoint(record.identifiers)


def _same_people(work: Work, team: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether exactly these people wrote it, as a source names them, or as an entry does that names all."""
    named = team or (() if work.reference.et_al else work.reference.authors)
    return bool(named and authors) and author_lists_equal(named, authors)


def _like_team(work: Work, team: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether a list of authors goes with the own source's, or holds half of whom the entry names."""
    named = work.reference.authors
    if team or not authors or not named:
        return same_team(team, authors)
    people = shared_people(named, authors)
    return 2 * (people.sure + people.bare) >= len(named)


def _names_fewer(work: Work, record: Record) -> bool:
    """Whether a record is the entry's by title and identifier, and by people though it leaves most of them out.

    Sources cut long lists of authors short. One author alone proves nothing, as in a talk of the same name.
    """
    entry = work.reference
    if normalise_title(entry.title or "") != normalise_title(record.title or ""):
        return False
    met = shared_people(record.authors, entry.authors).sure
    return met > 1 and 2 * met > len(record.authors) and bears(record, with_siblings(work.written))


def states_publication(record: Record) -> bool:
    """Whether a record says where the work was published, and its source's word on that decides."""
    said = statement_of_record(record, record.source)
    return said is not None and said.weight == "authoritative"


def _proves_publication(identifier: Identifier) -> bool:
    return statement_of_identifier(identifier, Origin("list")) is not None
