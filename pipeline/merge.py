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
    names_another_event,
    preprint_month,
    statement_of_identifier,
    statement_of_record,
)
from pipeline.identifiers import parse_reference, pdf_url, read_url, siblings, strength, to_url
from pipeline.matching import (
    TITLES_RELATE,
    author_lists_equal,
    authors_agree,
    fitting,
    judge,
    title_similarity,
    titles_agree,
)
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
    """What the list, a search or a trusted record says, with who says it."""
    derived: dict[Identifier, Origin] = field(default_factory=dict)
    """Names in other schemes that follow from those: to ask by, not to publish, for some do not exist."""
    records: list[Record] = field(default_factory=list)
    judged: dict[tuple[str, str], dict[str, LinkStatus]] = field(default_factory=dict)
    """(entry id, question of one of its links) -> source -> what the link leads to."""

    @property
    def askable(self) -> dict[Identifier, Origin]:
        """All names that a source can be asked by, those that somebody wrote first."""
        return self.known | {i: origin for i, origin in self.derived.items() if i not in self.known}

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
    """Pairs (first, later) of entries that are one work; what a search found does not count here."""
    linked: dict[Identifier, list[Entry]] = {}
    titles: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind != "paper":
            continue
        for identifier in _written(by_entry.get(entry.entry_id)):
            for other in linked.get(identifier, ()):  # all of them: the outcome is the same in any order
                if not _are_strangers(entry, other):
                    yield other.entry_id, entry.entry_id
            linked.setdefault(identifier, []).append(entry)
        title = normalise_title(entry.title or "")
        for other in titles.get(title, ()):
            if authors_agree(entry.authors, other.authors):
                yield other.entry_id, entry.entry_id
        if title:
            titles.setdefault(title, []).append(entry)


def _written(resolution: Resolution | None) -> tuple[Identifier, ...]:
    """The identifiers that the list itself, or a person, gives an entry."""
    return resolution.identifiers if resolution and resolution.method in ("url", "override") else ()


def _are_strangers(one: Entry, other: Entry) -> bool:
    """Two papers behind one link: neither title nor people agree, so one link was copied by mistake."""
    alike = title_similarity(one.title or "", other.title or "") >= TITLES_RELATE
    return (
        bool(one.title and other.title) and not alike and authors_agree(one.authors, other.authors) is False
    )


def _work(members: list[Entry], by_entry: Mapping[str, Resolution]) -> Work:
    written: dict[Identifier, None] = {}
    found: dict[Identifier, None] = {}
    for entry in members:
        resolution = by_entry.get(entry.entry_id, Resolution(entry.entry_id))
        target = written if _written(resolution) else found
        target.update(dict.fromkeys(resolution.identifiers))
    searched = tuple(i for i in found if i not in written)
    return Work(members, tuple(sorted(written, key=lambda i: (strength(i), i))), searched)


def _collect(work: Work, answers: Answers) -> None:
    """Follow the work's identifiers through what sources said, until nothing new is learned.

    An entry without authors is searched by title with those that its record names.
    """
    _learn(work, work.written, Origin("list"))
    _learn(work, work.found, Origin("search"))
    asked: set[str] = set()
    _follow(work, answers, asked)
    authors = work.reference.authors or next((r.authors for r in work.records if r.authors), ())
    _collect_searched(work, answers, authors)
    _follow(work, answers, asked)


def _follow(work: Work, answers: Answers, asked: set[str]) -> None:
    """Take what sources said about each known identifier; one that leads to another paper is forgotten."""
    while known := [i for i in work.askable if str(i) not in asked]:
        question = str(known[0])
        asked.add(question)
        records = [r for source in sorted(answers) for r in answers[source].get(question, ())]
        said: dict[str, LinkStatus] = {}
        reference = _with_authors(work)
        for record in records:
            _note_links(work, record)
            _note(said, record.source, judge(reference, record))
        if _led_to(question, said) == "wrong_paper":
            for name in (known[0], *siblings(known[0])):
                work.known.pop(name, None)
                work.derived.pop(name, None)
        else:
            for record in records:
                _take(work, record, reference)


def _with_authors(work: Work) -> Entry:
    """The reference; where it names no author, with those of a record that its title shows to be this work.

    Without them, what a source wrongly says to be the same work could not be told from it.
    """
    entry = work.reference
    if entry.authors or not entry.title:
        return entry
    sure = (r.authors for r in work.records if r.authors and judge(entry, r) == "ok")
    return replace(entry, authors=next(sure, ()))


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
    for source in sorted(answers):
        for record in fitting(entry, authors, answers[source].get(question, ())):
            if record not in work.records:
                work.records.append(record)
                _learn(work, record.identifiers, _origin(record))


def _take(work: Work, record: Record, reference: Entry) -> None:
    """Use a record that was reached by an identifier, if it is about this work."""
    verdict = judge(reference, record)
    strangers = authors_agree(reference.authors, record.authors) is False and verdict != "retitled"
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
            _note(said, record.source, verdict)


def _note(said: dict[str, LinkStatus], source: str, verdict: LinkStatus) -> None:
    said[source] = min(verdict, said.get(source, verdict), key=_MILDNESS.index)


def _led_to(question: str, said: Mapping[str, LinkStatus]) -> LinkStatus | None:
    """What one link leads to: the word of the identifier's own source, else the mildest of the others.

    "Not found" counts only from the own source (arXiv about an arXiv id): others are incomplete.
    """
    own = said.get(question.partition(":")[0])
    if own is not None and (own != "nonexistent" or set(said.values()) == {"nonexistent"}):
        return own
    others = [verdict for verdict in said.values() if verdict != "nonexistent"]
    return min(others, key=_MILDNESS.index) if others else None


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
    return _weigh(work, {})[1].decided


def _first_entries(works: Sequence[Work]) -> dict[str, str]:
    """Entry id -> the first entry of the same work, where that is another one.

    Works of the list that sources show to be one (a preprint and its published version) count as one.
    """
    first: dict[Identifier, Entry] = {}
    answer: dict[str, str] = {}
    for work in works:
        known = [i for i in work.known if work.entries[0].kind == "paper"]
        head = next((first[i] for i in known if i in first), work.entries[0])
        for identifier in known:
            first.setdefault(identifier, head)
        for entry in work.entries:
            if entry is not head:
                answer[entry.entry_id] = head.entry_id
    return answer


def _paper_ids(works: Sequence[Work], previous: Sequence[Paper]) -> list[str]:
    """The id of each work: the one it was first seen with, else its strongest written identifier.

    Those that are kept go first: a newcomer never takes a name that another work has.
    """
    kept = _kept_ids(works, previous)
    used = set(kept.values())
    ids = []
    for number, work in enumerate(works):
        candidates = [str(i) for i in work.written] or [f"title:{_title_slug(work)}"]
        free = next((c for c in candidates if c not in used), None)
        paper_id = kept.get(number) or free or _numbered(candidates[0], used)
        used.add(paper_id)
        ids.append(paper_id)
    return ids


def _kept_ids(works: Sequence[Work], previous: Sequence[Paper]) -> dict[int, str]:
    """Number of a work -> the id it was written with before."""
    by_entry = {entry_id: paper for paper in previous for entry_id in paper.entry_ids}
    kept: dict[int, str] = {}
    for number, work in enumerate(works):
        known = next((by_entry[e.entry_id] for e in work.entries if e.entry_id in by_entry), None)
        if known and known.paper_id not in kept.values() and _is_same_work(work, known):
            kept[number] = known.paper_id
    return kept


def _title_slug(work: Work) -> str:
    entry = work.entries[0]
    return slug(entry.title or entry.short_name or entry.entry_id)


def _numbered(paper_id: str, used: set[str]) -> str:
    return next(name for n in range(2, len(used) + 3) if (name := f"{paper_id}#{n}") not in used)


def _is_same_work(work: Work, paper: Paper) -> bool:
    if set(work.written) & set(paper.identifiers) or paper.paper_id in map(str, (*work.known, *work.written)):
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
    evidence, decision = _weigh(work, titles)
    override = next(
        (o for e in work.entries if (o := overrides.get(e.entry_id)) and (o.venue or o.year)), None
    )
    paper = _with_venue(replace(paper, evidence=evidence), work, decision, override)
    verdicts = tuple(
        _verdict(
            entry, work, decision, paper, overrides.get(entry.entry_id), override, firsts.get(entry.entry_id)
        )
        for entry in work.entries
    )
    return replace(paper, verdicts=verdicts)


def _weigh(work: Work, titles: Mapping[str, str]) -> tuple[tuple[Evidence, ...], Decision]:
    """Every statement about the venue, and what they amount to."""
    said = [*_by_identifiers(work), *_by_records(work, titles)]
    doubtful = frozenset(e.text for e, doubted in said if doubted)
    evidence = tuple(e for e, _ in said)
    return evidence, decide(evidence, work.entries, doubtful)


def _by_identifiers(work: Work) -> Iterator[tuple[Evidence, bool]]:
    """What identifiers prove, those of the list first, and whether it is in doubt."""
    answered = {str(i) for r in work.records if r.source == "dblp" for i in r.identifiers}
    for identifier, origin in work.known.items():
        if identifier.scheme == "dblp" and (str(identifier) in answered or origin.source == "dblp"):
            continue  # the record itself says more than its key
        if statement := statement_of_identifier(identifier, origin):
            by_hand = origin.source == "arxiv"  # authors type the DOI there: their word is no proof
            given = [r for r in work.records if _origin(r) == origin]
            named = [r for r in given if identifier in r.identifiers] or given
            doubted = bool(named) and all(_is_doubtful(r, work) for r in named)
            yield replace(statement, weight="supporting") if by_hand else statement, doubted


def _by_records(work: Work, titles: Mapping[str, str]) -> Iterator[tuple[Evidence, bool]]:
    """What records say, and whether it is in doubt."""
    for record in work.records:
        if statement := statement_of_record(record, titles.get(record.source, record.source)):
            yield statement, _is_doubtful(record, work)


def _is_doubtful(record: Record, work: Work) -> bool:
    """True for a version with another title and other authors than the preprint (or the entry) has."""
    reference = next((r for r in work.records if r.source == "arxiv" and r.title), None)
    title = reference.title if reference else work.reference.title
    authors = reference.authors if reference else (() if work.reference.et_al else work.reference.authors)
    if not title or not record.title or titles_agree(title, record.title):
        return False
    return not author_lists_equal(authors, record.authors)


def _with_venue(paper: Paper, work: Work, decision: Decision, override: Override | None) -> Paper:
    if override is not None:
        return _overridden(_with_venue(paper, work, decision, None), override)
    if decision.decided and decision.venue and decision.winner:
        origin = decision.winner.origin
        if origin.source in ("list", "search"):
            origin = replace(origin, source="identifier")
        venue = _venue_fields(decision.venue)
        provenance = {**paper.provenance, "venue": origin} | ({"year": origin} if decision.year else {})
        return replace(paper, **venue, year=decision.year, decided=True, provenance=provenance)
    return replace(_as_preprint(paper), suggestion=decision.winner)


_YEAR_AT_END = re.compile(r"[\s,(]*(?:19|20)\d\d\)?\s*$")


def _overridden(paper: Paper, override: Override) -> Paper:
    """The paper as a person wants it. A year beside a new venue is the person's or a decided one, no preprint's."""
    person = Origin("override")
    if not override.venue:
        provenance = {**paper.provenance, "venue": person, "year": person}
        return replace(paper, year=override.year, decided=True, suggestion=None, provenance=provenance)
    reading = understand(override.venue, override.year)
    unknown = dict.fromkeys(("venue_id", "venue_name", "venue_type"))
    fields = _venue_fields(reading.venue) if reading.venue else unknown
    year = override.year or reading.year or (paper.year if paper.decided else None)
    provenance = {**paper.provenance, "venue": person} | ({"year": person} if year else {})
    name = override.venue
    if reading.year is not None and reading.year == year:  # else `ICML 2022` prints as `ICML 2022 2022`
        name = _YEAR_AT_END.sub("", name) or name
    return replace(
        paper,
        **fields | {"venue": name},
        year=year,
        decided=True,
        suggestion=None,
        provenance=provenance,
    )


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
        offers = sorted(_offers(name, work), key=lambda offer: (offer[2], order.index(offer[0].source)))
        if not offers:
            continue
        provenance[name], values[name], _ = offers[0]
        losing = tuple(origin for origin, value, _ in offers[1:] if value != offers[0][1])
        if losing:
            also[name] = losing
    counted = next((r for r in work.records if _origin(r) == provenance.get("citation_count")), None)
    if counted:
        values["influential_citation_count"] = counted.influential_citation_count
        provenance["citation_count"] = replace(
            provenance["citation_count"], retrieved_at=counted.counted_at or counted.retrieved_at
        )
    published = str(values.get("published") or "")
    partial = "authors" in provenance and provenance["authors"].source == "list" and work.reference.et_al
    return replace(
        paper,
        **values,
        et_al=partial,
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


def _offers(name: str, work: Work) -> Iterator[tuple[Origin, Any, bool]]:
    """Every value offered for a field, with who offers it and whether it is a draft's, which goes last.

    Sources without a place in the order do not count.
    """
    order = precedence()[name]
    for record in work.records:
        value = getattr(record, name)
        if value not in (None, ()) and record.source in order:
            yield _origin(record), value, _is_draft(record)
    if "list" in order:
        value = getattr(work.reference, name)
        if value:
            yield Origin("list"), value, False
    if "identifier" in order and (value := _PROVEN[name](work)):
        yield Origin("identifier"), value, False


def _is_draft(record: Record) -> bool:
    """A submission that was not accepted, or DBLP's copy of a preprint's first version."""
    return (
        record.status in ("rejected", "withdrawn", "submitted")
        and record.source != "arxiv"
        or (record.venue_key == "journals/corr")
    )


_PROVEN: dict[str, Callable[[Work], str | None]] = {
    "published": lambda work: preprint_month(work.known),
    "pdf_url": lambda work: next((u for i in sorted(work.known, key=strength) if (u := pdf_url(i))), None),
}


def _verdict(
    entry: Entry,
    work: Work,
    decision: Decision,
    paper: Paper,
    override: Override | None,
    of_work: Override | None,
    first: str | None,
) -> EntryVerdict:
    """`override` is a person's word about this entry, `of_work` about the venue of any entry of its work."""
    link = _link_status(entry, work)
    if of_work and not (override and override.skip):
        return EntryVerdict(
            entry.entry_id, "overridden", link, first, paper.venue, paper.year, ("a person said so",)
        )
    if entry.kind != "paper" or (override and override.skip):
        return EntryVerdict(entry.entry_id, "unknown", link, first)
    on_arxiv = any(i.scheme == "arxiv" for i in work.known)
    preprint_year = int(paper.published[:4]) if on_arxiv and paper.published else None
    status, note = judge_entry(entry, decision, preprint_year)
    if status == "wrong" and link is None and names_another_event(entry, decision):
        status, note = "suggested", "its link may lead to another paper: venue and year both differ"
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
