"""Merge: from entries, resolutions and records to papers. Pure: same input, same papers.

Works are grouped by what the list says (shared identifiers; same title and a shared author), so a
`paper_id` never depends on a source's answer. What sources add (identifiers, fields, venues) is gathered
per work, each record judged against the entry before anything of it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from pipeline.deciding import (
    Decision,
    decide,
    judge_entry,
    preprint_month,
    statement_of_identifier,
    statement_of_record,
)
from pipeline.identifiers import parse_reference, pdf_url, read_url, siblings, strength, to_url
from pipeline.matching import author_lists_equal, authors_agree, fitting, judge, titles_agree
from pipeline.model import (
    Entry,
    EntryVerdict,
    Evidence,
    Identifier,
    LinkStatus,
    Origin,
    Paper,
    Record,
    Resolution,
    Venue,
)
from pipeline.settings import Override
from pipeline.text import normalise_title, slug, surname, title_question
from pipeline.venues import print_name, understand

Answers = Mapping[str, Mapping[str, Sequence[Record]]]
"""Source -> question -> its records."""

_EMPTY_LINK = re.compile(r"\]\(\s*\)|\]\(#?\)")
_ARXIV_DOI = "doi:10.48550/arxiv."
"""arXiv's own DOIs are another spelling of its ids; `doi` is for publishers' DOIs."""
_ONE_PER_WORK = frozenset({"arxiv"})
"""Schemes in which a work has one identifier: a source that names another one names another work."""


@cache
def precedence() -> Mapping[str, Sequence[str]]:
    """Field -> sources in the order in which their word counts (data/precedence.yaml)."""
    text = files("pipeline").joinpath("data/precedence.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Sequence[str]] = yaml.safe_load(text)
    return loaded


@dataclass(slots=True)
class Work:
    """One work while it is put together: what the list says about it and what sources were trusted."""

    entries: list[Entry]
    written: tuple[Identifier, ...]
    """What the list says, strongest first."""
    found: tuple[Identifier, ...] = ()
    """What an accepted title search says."""
    known: dict[Identifier, Origin] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    judged: dict[tuple[str, str], dict[str, LinkStatus]] = field(default_factory=dict)
    """(entry id, question of one of its links) -> source -> what the link leads to."""

    @property
    def reference(self) -> Entry:
        """The entry whose title and authors say most: records are judged against it."""
        return max(self.entries, key=lambda e: (bool(e.title), len(e.authors), -e.ordinal))


def gather(entries: Sequence[Entry], resolutions: Sequence[Resolution], answers: Answers) -> list[Work]:
    """All works of a list in list order, with the identifiers and trusted records known so far."""
    works = group(entries, resolutions)
    for work in works:
        _collect(work, answers)
    return works


def group(entries: Sequence[Entry], resolutions: Sequence[Resolution]) -> list[Work]:
    """Group entries into works by what the list says, in order of first appearance."""
    by_entry = {r.entry_id: r for r in resolutions}
    parent = {entry.entry_id: entry.entry_id for entry in entries}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in _twins(entries, by_entry):
        a, b = root(one), root(other)
        parent[b] = a
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(root(entry.entry_id), []).append(entry)
    return [_work(members, by_entry) for members in groups.values()]


def _twins(entries: Sequence[Entry], by_entry: Mapping[str, Resolution]) -> Iterator[tuple[str, str]]:
    """Pairs (first, later) of entries that are one work."""
    first: dict[Identifier, str] = {}
    titles: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind != "paper":
            continue
        for identifier in by_entry[entry.entry_id].identifiers if entry.entry_id in by_entry else ():
            yield first.setdefault(identifier, entry.entry_id), entry.entry_id
        same = titles.setdefault(normalise_title(entry.title), []) if entry.title else []
        for other in same:
            if authors_agree(entry.authors, other.authors):
                yield other.entry_id, entry.entry_id
        same.append(entry)


def _work(members: list[Entry], by_entry: Mapping[str, Resolution]) -> Work:
    written: dict[Identifier, None] = {}
    found: dict[Identifier, None] = {}
    for entry in members:
        resolution = by_entry.get(entry.entry_id, Resolution(entry.entry_id))
        target = written if resolution.method in ("url", "override") else found
        target.update(dict.fromkeys(resolution.identifiers))
    searched = tuple(i for i in found if i not in written)
    return Work(members, tuple(sorted(written, key=lambda i: (strength(i), i))), searched)


def _collect(work: Work, answers: Answers) -> None:
    """Follow the work's identifiers through what sources said, until nothing new is learned."""
    entry = work.reference
    for identifier in work.written:
        _learn(work, (identifier,), Origin("list"))
    for identifier in work.found:
        _learn(work, (identifier,), Origin("search"))
    _collect_searched(work, answers, entry.authors)
    asked: set[str] = set()
    while questions := [q for q in map(str, work.known) if q not in asked]:
        asked.update(questions)
        for question in questions:
            for source in sorted(answers):
                for record in answers[source].get(question, ()):
                    _take(work, record)
    _drop_wrong_links(work)
    if not entry.authors and work.records:
        _collect_searched(work, answers, next((r.authors for r in work.records if r.authors), ()))


def _learn(work: Work, identifiers: Iterable[Identifier], origin: Origin) -> None:
    for identifier in identifiers:
        taken = any(k.scheme == identifier.scheme and k != identifier for k in work.known)
        if taken and identifier.scheme in _ONE_PER_WORK:
            continue
        work.known.setdefault(identifier, origin)
        for sibling in siblings(identifier):
            if not str(sibling).startswith(_ARXIV_DOI):
                work.known.setdefault(sibling, origin)


def _collect_searched(work: Work, answers: Answers, authors: Sequence[str]) -> None:
    entry = work.reference
    if not entry.title or entry.kind != "paper":
        return
    question = title_question(entry.title)
    for source in sorted(answers):
        for record in fitting(entry, authors, answers[source].get(question, ())):
            if record not in work.records:
                work.records.append(record)
                _learn(work, record.identifiers, _origin(record))


def _take(work: Work, record: Record) -> None:
    """Use a record that was reached by an identifier, if it is about this work."""
    _note_links(work, record)
    verdict = judge(work.reference, record)
    strangers = authors_agree(work.reference.authors, record.authors) is False and verdict != "retitled"
    if verdict in ("nonexistent", "wrong_paper") or strangers or record in work.records:
        return
    work.records.append(record)
    _learn(work, record.identifiers, _origin(record))


_MILDNESS: Sequence[LinkStatus] = ("ok", "retitled", "unverified", "wrong_paper", "nonexistent")
"""Several sources about one link: the mildest word counts, for each can be wrong about a paper."""


def _note_links(work: Work, record: Record) -> None:
    """Remember what the links of the entries lead to, per source."""
    for entry in work.entries:
        if record.question in {str(i) for link in entry.links for i in read_url(link.url).identifiers}:
            verdict = judge(entry, record)
            if verdict == "unverified" and judge(work.reference, record) == "ok":
                verdict = "ok"  # a nickname here, but the same work is named in full elsewhere
            said = work.judged.setdefault((entry.entry_id, record.question), {})
            said[record.source] = min(verdict, said.get(record.source, verdict), key=_MILDNESS.index)


def _led_to(question: str, said: Mapping[str, LinkStatus]) -> LinkStatus | None:
    """What one link leads to: the word of the identifier's own source, else the mildest of the others.

    "Not found" counts only from the own source (arXiv about an arXiv id): others are incomplete.
    """
    own = said.get(question.partition(":")[0])
    if own is not None and (own != "nonexistent" or set(said.values()) == {"nonexistent"}):
        return own
    others = [verdict for verdict in said.values() if verdict != "nonexistent"]
    return min(others, key=_MILDNESS.index) if others else None


def _drop_wrong_links(work: Work) -> None:
    """Forget identifiers in the list that lead to another paper: nothing may follow from them."""
    wrong = {
        question for (_, question), said in work.judged.items() if _led_to(question, said) == "wrong_paper"
    }
    for identifier in [i for i in work.written if str(i) in wrong]:
        for name in (identifier, *siblings(identifier)):
            work.known.pop(name, None)


def _origin(record: Record) -> Origin:
    return Origin(record.source, record.question, record.retrieved_at)


def merge(
    entries: Sequence[Entry],
    resolutions: Sequence[Resolution],
    answers: Answers,
    *,
    overrides: Mapping[str, Override],
    previous: Sequence[Paper],
    titles: Mapping[str, str],
) -> tuple[Paper, ...]:
    """All papers of a list, in list order.

    `answers` are all stored records, `overrides` a person's word per entry id, `previous` the papers
    written before (ids and BibTeX keys are kept for life), `titles` the sources' names for people.
    """
    works = gather(entries, resolutions, answers)
    firsts = _first_entries(works)
    ids = _paper_ids(works, previous)
    papers = [
        _paper(work, paper_id, overrides, titles, firsts) for work, paper_id in zip(works, ids, strict=True)
    ]
    return tuple(_with_bibtex_keys(papers, works, previous))


def is_decided(work: Work) -> bool:
    """True if what is known by now decides where the work was published."""
    evidence = tuple(_statements(work, {}))
    return decide(evidence, work.entries, _doubtful(work, evidence)).decided


def _first_entries(works: Sequence[Work]) -> dict[str, str]:
    """Entry id -> the first entry of the same work, where that is another one.

    Works of the list that sources show to be one (a preprint and its published version) count as one.
    """
    first: dict[Identifier, str] = {}
    answer: dict[str, str] = {}
    for work in works:
        known = [i for i in work.known if work.entries[0].kind == "paper"]
        head = next((first[i] for i in known if i in first), work.entries[0].entry_id)
        for identifier in known:
            first.setdefault(identifier, head)
        for entry in work.entries:
            if entry.entry_id != head:
                answer[entry.entry_id] = head
    return answer


def _paper_ids(works: Sequence[Work], previous: Sequence[Paper]) -> list[str]:
    """The id of each work: the one it was first seen with, else its strongest written identifier."""
    by_entry = {entry_id: paper for paper in previous for entry_id in paper.entry_ids}
    used: set[str] = set()
    ids = []
    for work in works:
        known = next((by_entry[e.entry_id] for e in work.entries if e.entry_id in by_entry), None)
        candidates = [known.paper_id] if known and _is_same_work(work, known) else []
        candidates += [str(i) for i in work.written] or [f"title:{_title_slug(work)}"]
        paper_id = next((c for c in candidates if c not in used), None) or _numbered(candidates[0], used)
        used.add(paper_id)
        ids.append(paper_id)
    return ids


def _title_slug(work: Work) -> str:
    entry = work.entries[0]
    return slug(entry.title or entry.short_name or entry.entry_id)


def _numbered(paper_id: str, used: set[str]) -> str:
    return next(name for n in range(2, len(used) + 3) if (name := f"{paper_id}#{n}") not in used)


def _is_same_work(work: Work, paper: Paper) -> bool:
    if set(work.written) & set(paper.identifiers) or paper.paper_id in map(str, work.known):
        return True
    return any(e.title and paper.title and titles_agree(e.title, paper.title) for e in work.entries)


def _paper(
    work: Work,
    paper_id: str,
    overrides: Mapping[str, Override],
    titles: Mapping[str, str],
    firsts: Mapping[str, str],
) -> Paper:
    base = Paper(
        paper_id=paper_id,
        entry_ids=tuple(e.entry_id for e in work.entries),
        identifiers=tuple(sorted(work.known, key=lambda i: (i not in work.written, strength(i), i))),
        kind=work.entries[0].kind,
        sources=tuple(sorted({r.source for r in work.records})),
    )
    paper = _with_fields(base, work)
    evidence = tuple(_statements(work, titles))
    decision = decide(evidence, work.entries, _doubtful(work, evidence))
    override = next(
        (o for e in work.entries if (o := overrides.get(e.entry_id)) and (o.venue or o.year)), None
    )
    paper = _with_venue(replace(paper, evidence=evidence), work, decision, override)
    verdicts = tuple(
        _verdict(entry, work, decision, paper, overrides.get(entry.entry_id), firsts.get(entry.entry_id))
        for entry in work.entries
    )
    return replace(paper, verdicts=verdicts)


def _statements(work: Work, titles: Mapping[str, str]) -> Iterator[Evidence]:
    """Every statement about the venue, those of the list's own identifiers first."""
    answered = {str(i) for r in work.records if r.source == "dblp" for i in r.identifiers}
    for identifier, origin in work.known.items():
        if identifier.scheme == "dblp" and (str(identifier) in answered or origin.source == "dblp"):
            continue  # the record itself says more than its key
        if statement := statement_of_identifier(identifier, origin):
            by_hand = origin.source == "arxiv"  # authors type the DOI there: their word is no proof
            yield replace(statement, weight="supporting") if by_hand else statement
    for record in work.records:
        if statement := statement_of_record(record, titles.get(record.source, record.source)):
            yield statement


def _doubtful(work: Work, evidence: Sequence[Evidence]) -> frozenset[str]:
    """Texts of statements that rest on a published version with another title and other authors."""
    reference = next((r for r in work.records if r.source == "arxiv" and r.title), None)
    title = reference.title if reference else work.reference.title
    authors = reference.authors if reference else (() if work.reference.et_al else work.reference.authors)
    differing = {
        (r.source, r.question, r.retrieved_at)
        for r in work.records
        if title
        and r.title
        and not titles_agree(title, r.title)
        and not author_lists_equal(authors, r.authors)
    }
    return frozenset(
        e.text for e in evidence if (e.origin.source, e.origin.question, e.origin.retrieved_at) in differing
    )


def _with_venue(paper: Paper, work: Work, decision: Decision, override: Override | None) -> Paper:
    if override is not None:
        reading = understand(override.venue) if override.venue else None
        return replace(
            paper,
            venue=override.venue or (decision.venue.acronym if decision.venue and decision.decided else None),
            venue_id=reading.venue.id if reading and reading.venue else None,
            venue_name=reading.venue.name if reading and reading.venue else None,
            venue_type=reading.venue.kind if reading and reading.venue else None,
            year=override.year or (reading.year if reading else None) or decision.year,
            decided=True,
            provenance={**paper.provenance, "venue": Origin("override"), "year": Origin("override")},
        )
    if decision.decided and decision.venue and decision.winner:
        origin = decision.winner.origin
        if origin.source in ("list", "search"):
            origin = replace(origin, source="identifier")
        venue = _venue_fields(decision.venue)
        provenance = {**paper.provenance, "venue": origin} | ({"year": origin} if decision.year else {})
        return replace(paper, **venue, year=decision.year, decided=True, provenance=provenance)
    return replace(_as_preprint(paper), suggestion=decision.winner)


def _venue_fields(venue: Venue) -> dict[str, Any]:
    return {
        "venue": print_name(venue),
        "venue_id": venue.id,
        "venue_name": venue.name,
        "venue_type": venue.kind,
    }


def _as_preprint(paper: Paper) -> Paper:
    """An undecided paper on arXiv stands as what it certainly is: a preprint of its first version's year."""
    if not any(i.scheme == "arxiv" for i in paper.identifiers):
        return paper
    reading = understand("arXiv")
    origin = paper.provenance.get("published", Origin("identifier"))
    year = int(paper.published[:4]) if paper.published else None
    fields = _venue_fields(reading.venue) if reading.venue else {}
    return replace(
        paper, **fields, year=year, provenance={**paper.provenance, "venue": origin, "year": origin}
    )


def _with_fields(paper: Paper, work: Work) -> Paper:
    """Fill each field by the order of sources; winners and losers are kept as references."""
    values: dict[str, Any] = {}
    provenance: dict[str, Origin] = {}
    also: dict[str, tuple[Origin, ...]] = {}
    for name, order in precedence().items():
        offers = sorted(_offers(name, work), key=lambda offer: _rank(offer[0], work, order))
        if not offers:
            continue
        provenance[name], values[name] = offers[0]
        losing = tuple(origin for origin, value in offers[1:] if value != offers[0][1])
        if losing:
            also[name] = losing
    counted = next((r for r in work.records if _origin(r) == provenance.get("citation_count")), None)
    if counted:
        values["influential_citation_count"] = counted.influential_citation_count
        provenance["citation_count"] = replace(
            provenance["citation_count"], retrieved_at=counted.counted_at or counted.retrieved_at
        )
    published = str(values.get("published") or "")
    return replace(
        paper,
        **values,
        published_precision=_PRECISION.get(len(published)),
        paper_url=_paper_url(work),
        code_url=next((k.url for e in work.entries for k in e.links if k.role == "code"), None),
        provenance=provenance,
        also=also,
    )


_PRECISION: Mapping[int, Literal["year", "month", "day"]] = {4: "year", 7: "month", 10: "day"}


def _paper_url(work: Work) -> str | None:
    urls = [e.paper_url for e in work.entries if e.paper_url]
    written = next((url for url in urls if not read_url(url).problem), None)
    return written or next((url for i in sorted(work.known, key=strength) if (url := to_url(i))), None)


def _rank(origin: Origin, work: Work, order: Sequence[str]) -> tuple[bool, int]:
    """Drafts go last: submissions that were not accepted, and DBLP's copy of a preprint's first version."""
    record = next((r for r in work.records if _origin(r) == origin), None)
    draft = record is not None and (
        record.status in ("rejected", "withdrawn", "submitted") or record.venue_key == "journals/corr"
    )
    return draft and origin.source != "arxiv", order.index(origin.source)


def _offers(name: str, work: Work) -> Iterator[tuple[Origin, Any]]:
    """Every value offered for a field, with who offers it; sources without a place in the order do not count."""
    order = precedence()[name]
    for record in work.records:
        value = getattr(record, name)
        if value not in (None, ()) and record.source in order:
            yield _origin(record), value
    if "list" in order:
        value = getattr(work.reference, name)
        if value:
            yield Origin("list"), value
    if "identifier" in order and (value := _PROVEN[name](work)):
        yield Origin("identifier"), value


_PROVEN: dict[str, Callable[[Work], str | None]] = {
    "published": lambda work: preprint_month(work.known),
    "pdf_url": lambda work: next((u for i in sorted(work.known, key=strength) if (u := pdf_url(i))), None),
}


def _verdict(
    entry: Entry, work: Work, decision: Decision, paper: Paper, override: Override | None, first: str | None
) -> EntryVerdict:
    link = _link_status(entry, work)
    if override and (override.venue or override.year):
        return EntryVerdict(
            entry.entry_id, "overridden", link, first, paper.venue, paper.year, ("a person said so",)
        )
    if entry.kind != "paper" or (override and override.skip):
        return EntryVerdict(entry.entry_id, "unknown", link, first)
    on_arxiv = any(i.scheme == "arxiv" for i in work.known)
    preprint_year = int(paper.published[:4]) if on_arxiv and paper.published else None
    status, note = judge_entry(entry, decision, preprint_year)
    notes = (note,) if note else ()
    changes = status in ("missing", "outdated", "wrong", "nonstandard") and link not in (
        "unverified",
        "wrong_paper",
    )
    if not changes or decision.venue is None:
        return EntryVerdict(entry.entry_id, status, link, first, notes=notes)
    return EntryVerdict(entry.entry_id, status, link, first, print_name(decision.venue), decision.year, notes)


def _link_status(entry: Entry, work: Work) -> LinkStatus | None:
    """What is known about the entry's links; None where nobody was asked about a good one."""
    led = [_led_to(q, said) for (entry_id, q), said in work.judged.items() if entry_id == entry.entry_id]
    if known := [status for status in led if status]:
        return max(known, key=_MILDNESS.index)
    readings = [read_url(link.url) for link in entry.links if link.role == "paper"]
    if any(r.identifiers for r in readings):
        return None
    if any(r.problem == "pseudo_doi" for r in readings):
        return "pseudo_doi"
    if not readings:
        return "empty" if _EMPTY_LINK.search(entry.text) else "none"
    return "unverified" if any(r.problem for r in readings) else None


def _with_bibtex_keys(
    papers: Sequence[Paper], works: Sequence[Work], previous: Sequence[Paper]
) -> Iterator[Paper]:
    """Give each paper its key: the one it always had, else surname + year + first long title word.

    What the list says goes first, so that a key does not depend on which source answered when.
    """
    kept = {p.paper_id: p.bibtex_key for p in previous if p.bibtex_key}
    used = set(kept.values())
    for paper, work in zip(papers, works, strict=True):
        key = kept.get(paper.paper_id)
        if key is None:
            key = _free_key(_bibtex_stem(paper, work.reference), used)
            used.add(key)
        yield replace(paper, bibtex_key=key)


def _bibtex_stem(paper: Paper, entry: Entry) -> str:
    authors = entry.authors or paper.authors
    who = surname(authors[0]) if authors else ""
    words = [w for w in normalise_title(entry.title or paper.title or "").split() if len(w) > 3]
    what = words[0] if words else ""
    stem = f"{who}{entry.year or paper.year or ''}{what}"
    return re.sub(r"[^a-z0-9]", "", stem) or slug(paper.paper_id).replace("-", "")


def _free_key(stem: str, used: set[str]) -> str:
    if stem not in used:
        return stem
    return next(key for n in range(2, len(used) + 3) if (key := f"{stem}{n}") not in used)


def match_overrides(
    entries: Sequence[Entry], resolutions: Sequence[Resolution], overrides: Sequence[Override]
) -> tuple[dict[str, Override], tuple[Override, ...]]:
    """Which entry each override means (by entry id, title or identifier), and those that mean none."""
    identifiers = {r.entry_id: set(r.identifiers) for r in resolutions}
    matched: dict[str, Override] = {}
    lost = []
    for override in overrides:
        meant = [e.entry_id for e in entries if _is_meant(override, e, identifiers.get(e.entry_id, set()))]
        matched.update(dict.fromkeys(meant, override))
        if not meant:
            lost.append(override)
    return matched, tuple(lost)


def _is_meant(override: Override, entry: Entry, identifiers: set[Identifier]) -> bool:
    if override.by == "entry_id":
        return entry.entry_id == override.match
    if override.by == "title":
        return normalise_title(entry.title or "") == normalise_title(override.match) != ""
    return parse_reference(override.match) in identifiers
