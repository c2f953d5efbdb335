"""Which records belong to a work: what its names lead to, and what a search by title found.

Each record is judged against the entry before anything of it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, combinations

from pipeline.identifiers import siblings
from pipeline.matching import accept, authors_agree, fitting, judge, likeliest, same_team
from pipeline.merging.likeness import can_be_one, names_of
from pipeline.merging.links import note_links, note_verdict
from pipeline.merging.strangers import find_strangers
from pipeline.merging.work import Answers, Work, bears, led_to, origin_of_record, with_siblings
from pipeline.model import Entry, Identifier, LinkStatus, Origin, Record
from pipeline.text import normalise_title, title_question

_ARXIV_DOI = "doi:10.48550/arxiv."
"""arXiv's own DOIs are another spelling of its ids; `doi` is for publishers' DOIs."""
_ONE_PER_WORK = frozenset({"arxiv"})
"""Schemes in which a work has one identifier: a source that names another one names another work."""
_LOOKS = 4
"""How often a work is put together anew at most, each time without what was seen to be another paper's."""


def collect(work: Work, answers: Answers) -> None:
    """Gather what sources know of a work; what they take for it by mistake is left out."""
    for _ in range(_LOOKS):
        _collect_once(work, answers)
        strangers = find_strangers(work)
        if not strangers:
            return
        work.strangers |= strangers
        for kept in (
            work.known,
            work.derived,
            work.absent,
            work.unsure,
            work.refused,
            work.judged,
            work.behind,
        ):
            kept.clear()
        work.records.clear()


def _collect_once(work: Work, answers: Answers) -> None:
    """Follow the work's identifiers through what sources said, until nothing new is learned.

    An entry without authors is searched by title with those that its record names.
    """
    _learn(work, work.written, Origin("list"))
    _learn(work, work.found, Origin("search"))
    asked: set[Identifier] = set()
    _follow(work, answers, asked)
    authors = work.reference.authors or next((r.authors for r in work.records if r.authors), ())
    _collect_searched(work, answers, authors)
    _follow(work, answers, asked)


def _follow(work: Work, answers: Answers, asked: set[Identifier]) -> None:
    """Take what sources said about each known identifier; one that leads to another paper is forgotten."""
    while (name := next((i for i in chain(work.known, work.derived) if i not in asked), None)) is not None:
        question = str(name)
        asked.add(name)
        records = [r for source in sorted(answers) for r in answers[source].get(question, ())]
        said: dict[str, LinkStatus] = {}
        reference = _to_judge_by(work, name, records)
        for record in records:
            note_links(work, record)
            note_verdict(said, record.source, judge(reference, record))
        led = led_to(question, said)
        if led == "wrong_paper":
            work.forget(name)
            continue
        if led == "nonexistent":
            work.absent |= {name, *siblings(name)}
        for record in records:
            _take(work, record, reference)
        if any(r.found for r in records) and not any(r in work.records for r in records):
            work.unsure |= {name, *siblings(name)}
            work.refused |= {name, *siblings(name)} if work.strangers.intersection(records) else set()


def _to_judge_by(work: Work, identifier: Identifier, records: Sequence[Record]) -> Entry:
    """The entry that records are held against: the reference, completed or corrected where that is needed.

    Of what a person says to be the paper, its own record counts and not the entry. Where the entry names no
    author, those of a record that its title shows to be this work do: without them, what a source wrongly
    says to be the same work could not be told from it.
    """
    entry = work.reference
    if work.given:
        own = [
            r for r in (*records, *work.records) if r.found and r.title and r.question in map(str, work.given)
        ]
        own.sort(key=lambda r: r.source != r.question.partition(":")[0])
        return replace(entry, title=own[0].title, authors=own[0].authors) if own else entry
    if entry.authors or not entry.title:
        return entry
    sure = (r.authors for r in (*work.records, *records) if r.authors and judge(entry, r) == "ok")
    authors = next(sure, ())
    return replace(entry, authors=authors) if authors else entry


def _learn(work: Work, identifiers: Iterable[Identifier], origin: Origin) -> None:
    for identifier in identifiers:
        taken = any(k.scheme == identifier.scheme and k != identifier for k in work.known)
        if taken and identifier.scheme in _ONE_PER_WORK:
            continue
        work.known.setdefault(identifier, origin)
        for sibling in siblings(identifier):
            if not str(sibling).startswith(_ARXIV_DOI):
                work.derived.setdefault(sibling, origin)


def _collect_searched(work: Work, answers: Answers, authors: Sequence[str]) -> None:
    entry = work.reference
    if not entry.title or entry.kind != "paper":
        return
    question = title_question(entry.title)
    offered = {source: answers[source].get(question, ()) for source in sorted(answers)}
    if not authors:
        match = accept(entry, offered)
        title = normalise_title(entry.title)
        offered = {s: [r for r in rs if normalise_title(r.title or "") == title] for s, rs in offered.items()}
        own = with_siblings(work.written)
        borne = any(bears(record, own) for records in offered.values() for record in records)
        work.elsewhere = match.accepted and not borne
        authors = match.record.authors if match.accepted and match.record and _leads_nowhere(work) else ()
    found = [record for records in offered.values() for record in fitting(entry, authors, records)]
    found = likeliest(authors, [r for r in found if r not in work.strangers])
    if any(not same_team(one.authors, other.authors) for one, other in combinations(found, 2)):
        return  # several works fit: none of them is surely this one
    for record in found:
        if record not in work.records and record not in work.strangers:
            work.records.append(record)
            _learn(work, record.identifiers, origin_of_record(record))


def _leads_nowhere(work: Work) -> bool:
    """Whether all links of an entry were looked at, and none leads to a paper that can be the entry's.

    Then it is as good as without: one that names nobody is searched as if it had no link.
    """
    lost = all(i in work.absent or i in work.unsure for i in work.written)
    return bool(work.written) and lost and not work.given and not work.records


def _take(work: Work, record: Record, reference: Entry) -> None:
    """Use a record that was reached by an identifier, if it is about this work.

    Where nobody is named, the title must agree, or be called by its nickname: else nothing shows that it is.
    """
    verdict = judge(reference, record)
    authors = authors_agree(reference.authors, record.authors)
    strangers = authors is False and verdict != "retitled"
    if verdict in ("nonexistent", "wrong_paper") or strangers or record in work.records:
        return
    if record in work.strangers or (verdict == "unverified" and _has_another_title(reference, record)):
        return
    work.records.append(record)
    _learn(work, record.identifiers, origin_of_record(record))


def _has_another_title(entry: Entry, record: Record) -> bool:
    title = record.title or ""
    return bool(entry.title and title) and not any(can_be_one(name, title) for name in names_of(entry))
