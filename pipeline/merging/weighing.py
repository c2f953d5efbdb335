"""What is said about a work's venue, and what it amounts to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.deciding import (
    Decision,
    authority,
    decide,
    denial,
    has_loose_year,
    preprint_month,
    says_published,
    statement_of_identifier,
    statement_of_record,
)
from pipeline.identifiers import siblings
from pipeline.matching import author_lists_equal, titles_agree
from pipeline.merging.links import links_doubtfully
from pipeline.merging.work import Work, linked_questions, once, origin_of_record
from pipeline.model import Evidence, Identifier, Record

_OF_ANY_VERSION = frozenset({"arxiv", "openreview", "s2", "corpusid", "openalex"})
"""Schemes whose names tell no version of a work from another."""


def is_decided(work: Work) -> bool:
    """True if what is known by now decides where the work was published."""
    return weigh(work)[1].decided


def is_claimed(work: Work) -> bool:
    """Whether somebody says that the work was published, the list or a source, and nothing decides it."""
    decision = weigh(work)[1]
    if decision.decided or not work.records:
        return False
    return decision.winner is not None or any(says_published(entry) for entry in work.entries)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is said about the venue, and what is against believing it at once."""

    evidence: Evidence
    doubted: bool = False
    """Said of a version with another title and other authors."""
    loose: bool = False
    """The year may be that of going online or of a preprint."""
    linked: bool = False
    """Said of the very version that the list links to."""


def weigh(work: Work) -> tuple[tuple[Evidence, ...], Decision]:
    """Every statement about the venue, and what they amount to."""
    return once(work, _weigh_anew)


def _weigh_anew(work: Work) -> tuple[tuple[Evidence, ...], Decision]:
    said = [*_by_identifiers(work, work.titles), *_by_records(work, work.titles)]
    first = preprint_month(work.proven)
    denials = [no for record in work.records if (no := denial(record))]
    decided = decide(
        tuple(s.evidence for s in said if not any(no.contradicts(s.evidence) for no in denials)),
        work.entries,
        frozenset(s.evidence.text for s in said if s.doubted),
        loose=frozenset(s.evidence.text for s in said if s.loose),
        preprint_year=int(first[:4]) if first else None,
        linked=frozenset(s.evidence.text for s in said if s.linked),
    )
    decision = replace(decided, decided=decided.decided and not links_doubtfully(work))
    return tuple(s.evidence for s in said), decision


def _by_identifiers(work: Work, titles: Mapping[str, str]) -> Iterator[_Statement]:
    """What identifiers prove, those of the list first.

    One that the list writes, or a source that is sure of it, proves what it proves. One that only others name
    is their word (a machine that takes two papers for one names the id of the other), but for a DBLP key.
    """
    answered = {str(i) for r in work.records if r.source == "dblp" for i in r.identifiers}
    versions = _linked_versions(work)
    for identifier in work.proven:
        origin = work.known[identifier]
        if identifier.scheme == "dblp" and (str(identifier) in answered or origin.source == "dblp"):
            continue  # the record itself says more than its key
        statement = statement_of_identifier(identifier, origin)
        if statement is None:
            continue
        same = {identifier, *siblings(identifier)}
        named = [r for r in work.records if same.intersection(r.identifiers)]
        doubted = (
            bool(named)
            and identifier not in work.written
            and all(_is_doubtful_version(r, work) for r in named)
        )
        if is_sure(identifier, work, named) or statement.weight == "series":
            yield _Statement(statement, doubted, linked=identifier in versions)
            continue
        for source in sorted({r.source for r in named} or {origin.source}):
            by = next((origin_of_record(r) for r in named if r.source == source), origin)
            text = f"{statement.text}, named by {titles.get(source, source)}"
            weight = authority(source).names
            yield _Statement(replace(statement, origin=by, text=text, weight=weight), doubted)


def is_sure(identifier: Identifier, work: Work, named: Sequence[Record]) -> bool:
    """The list, a person, or a source whose word on it decides gives the work this identifier."""
    if identifier in work.written:
        return True
    return any(authority(r.source).names == "authoritative" for r in named)


def _by_records(work: Work, titles: Mapping[str, str]) -> Iterator[_Statement]:
    """What records say, and what is against it."""
    versions = _linked_versions(work)
    for record in work.records:
        if statement := statement_of_record(record, titles.get(record.source, record.source)):
            linked = not versions.isdisjoint(record.identifiers)
            yield _Statement(statement, _is_doubtful_version(record, work), has_loose_year(record), linked)


def _linked_versions(work: Work) -> set[Identifier]:
    """What all entries link to that names one publication; a preprint, or a forum, is of the work in any version."""
    named = [linked_questions(tuple([link.url for link in entry.links])) for entry in work.entries]
    everywhere = (i for i in work.written if all(str(i) in links for links in named))
    return {i for i in everywhere if i.scheme not in _OF_ANY_VERSION and i not in work.unsure}


def _is_doubtful_version(record: Record, work: Work) -> bool:
    """True for a version with another title and other authors than the preprint (or the entry) has."""
    reference = next((r for r in work.records if r.source == "arxiv" and r.title), None)
    title = reference.title if reference else work.reference.title
    authors = reference.authors if reference else (() if work.reference.et_al else work.reference.authors)
    if not title or not record.title or titles_agree(title, record.title):
        return False
    return not author_lists_equal(authors, record.authors)
