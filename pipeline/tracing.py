"""Why an entry is the paper it is taken for, and why its venue is what it is: one entry, step by step.

Plain text, one fact per line, like `explaining`. Everything comes from the list and what sources said before,
nothing is asked. What was searched, judged and weighed is worked out anew by the rooms that decide it, so this
page cannot disagree with the dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.errors import UsageError
from pipeline.identifiers import read_url
from pipeline.matching import accept, compare, title_similarity
from pipeline.merging.links import link_verdicts
from pipeline.merging.work import Answers, Work
from pipeline.model import Entry, EntryVerdict, Evidence, Origin, Paper, Record, Resolution
from pipeline.text import normalise_title, one_line, title_question
from pipeline.venues.rows import by_id, print_name

_MOST = 5
"""People and candidates shown of many."""


def find_entries(entries: Sequence[Entry], asked: str) -> list[Entry]:
    """The entries that a person means: by entry id, by line (`12`, `part.md:12`), or by a part of the title.

    Raises UsageError where none or too many are meant, with what to write instead.
    """
    exact = [e for e in entries if e.entry_id == asked]
    found = exact or _at_line(entries, asked) or _by_title(entries, asked)
    if not found:
        hint = "name an entry id, a line of the list, or a part of a title"
        raise UsageError(f"no entry is {asked!r}", hint=hint)
    if len(found) > _MOST:
        names = ", ".join(e.entry_id for e in found[:_MOST])
        raise UsageError(f"{len(found)} entries are {asked!r}", hint=f"name one of them: {names} ...")
    return found


def _at_line(entries: Sequence[Entry], asked: str) -> list[Entry]:
    file, _, line = asked.rpartition(":")
    if not line.isascii() or not line.isdigit():
        return []
    number = int(line)
    here = [e for e in entries if e.first_line <= number <= e.last_line]
    return [e for e in here if (e.file or "") == file or not file]


def _by_title(entries: Sequence[Entry], asked: str) -> list[Entry]:
    wanted = normalise_title(asked)
    names = [(e, normalise_title(f"{e.short_name or ''} {e.title or ''}")) for e in entries]
    return [e for e, name in names if wanted and wanted in name]


def trace(
    entry: Entry,
    resolution: Resolution,
    work: Work,
    paper: Paper,
    answers: Answers,
    titles: Mapping[str, str],
) -> Iterator[str]:
    """All that is known about one entry and why it was decided so; `titles` are the sources' names for people."""
    verdict = next(v for v in paper.verdicts if v.entry_id == entry.entry_id)
    yield f"{entry.place}: {entry.kind} {entry.entry_id}"
    yield from _as_listed(entry)
    yield from _resolution(resolution)
    yield from _candidates(entry, answers, titles)
    yield from _identifiers(entry, work, paper, titles)
    yield from _links(entry, work, titles)
    yield from _records(work, titles)
    yield from _evidence(paper)
    yield from _decision(entry, paper, verdict)


def _as_listed(entry: Entry) -> Iterator[str]:
    yield "the list says"
    venue = " ".join(str(part) for part in (entry.venue_text, entry.year) if part)
    people = _people(entry.authors) + (" et al." if entry.et_al else "")
    for name, value in (
        ("title", entry.title),
        ("short name", entry.short_name),
        ("authors", people),
        ("venue", venue),
    ):
        yield f"  {name:<11} {one_line(value or '') or '(not said)'}"
    for link in entry.links:
        if link.role == "paper":
            named = ", ".join(map(str, read_url(link.url).identifiers)) or "no identifier"
            yield f"  {'link':<11} {link.url} ({named})"


def _people(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _resolution(resolution: Resolution) -> Iterator[str]:
    score = "" if resolution.score is None else f", score {resolution.score:.3f}"
    yield f"resolved by {resolution.method}{score}"
    for text in resolution.evidence:
        yield f"  because     {one_line(text)}"
    for identifier in resolution.identifiers:
        yield f"  identifier  {identifier}"


def _candidates(entry: Entry, answers: Answers, titles: Mapping[str, str]) -> Iterator[str]:
    """What searches by the entry's title found, the likeliest first, and how the acceptance rule judged it."""
    question = title_question(entry.title) if entry.title else ""
    asked = {source: said[question] for source, said in sorted(answers.items()) if said.get(question)}
    if not asked:
        yield "searched by title: no" + ("" if entry.title else ", for it shows none")
        return
    match = accept(entry, asked)
    yield f"searched by title: {'accepted' if match.accepted else 'none accepted'}: {match.reason}"
    found = [r for records in asked.values() for r in records if r.found and r.title]
    found.sort(key=lambda r: (-title_similarity(entry.title or "", r.title or ""), r.source, r.rank))
    for record in found[: 2 * _MOST]:
        yield _candidate(entry, record, titles, chosen=match.accepted and record is match.record)
    for source in sorted(set(asked) - {r.source for r in found}):
        yield f"  {titles.get(source, source)}: found nothing"


def _candidate(entry: Entry, record: Record, titles: Mapping[str, str], *, chosen: bool) -> str:
    judged = compare(entry.title or "", entry.authors, entry.year, record)
    ids = ", ".join(map(str, record.identifiers[:_MOST])) or "no identifier"
    mark = "->" if chosen else "  "
    return (
        f"{mark}{judged.similarity:.3f} {judged.reason}: {titles.get(record.source, record.source)}"
        f' "{record.title}" by {_people(record.authors) or "nobody"}, {record.year or "no year"} ({ids})'
    )


def _identifiers(entry: Entry, work: Work, paper: Paper, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"known as {paper.paper_id}"
    for identifier in work.names:
        yield f"  {identifier}, from {_who(work.known[identifier], titles)}"
    for identifier in sorted(work.absent & work.known.keys()):
        yield f"  {identifier} does not exist, and proves nothing"
    for other in (one for one in work.entries if one.entry_id != entry.entry_id):
        yield f"  also the entry in {other.place} ({other.entry_id})"


def _who(origin: Origin, titles: Mapping[str, str]) -> str:
    known = {
        "list": "the list",
        "search": "the accepted search",
        "identifier": "its identifiers",
        "override": "a person",
    }
    who = known.get(origin.source) or titles.get(origin.source, origin.source)
    return f"{who}, asked for {origin.question}" if origin.question else who


def _links(entry: Entry, work: Work, titles: Mapping[str, str]) -> Iterator[str]:
    """What each link of the entry leads to, by whom, and which word counts."""
    judged = list(link_verdicts(entry, work))
    if not judged:
        yield "links: nobody was asked about one"
        return
    yield "links lead to"
    for question, status, said in judged:
        yield f"  {question}: {status or 'nothing known'}"
        for source, (verdict, title) in sorted(said.items()):
            named = f' "{title}"' if title else ""
            yield f"    {titles.get(source, source)}: {verdict}{named}"


def _records(work: Work, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"records used: {len(work.records) or 'none'}"
    for record in work.records:
        asked = f"asked for {record.question}, {record.retrieved_at[:10]}"
        venue = " ".join(str(part) for part in (record.venue, record.year) if part) or "no venue"
        yield f'  {titles.get(record.source, record.source)} ({asked}): "{record.title}", {venue}'


def _evidence(paper: Paper) -> Iterator[str]:
    yield f"evidence of publication: {len(paper.evidence) or 'none'}"
    for one in paper.evidence:
        yield f"  {one.weight:<13} {_venue_year(one)}: {one_line(one.text)}"


def _venue_year(one: Evidence) -> str:
    try:
        venue = print_name(by_id(one.venue)) if one.venue else "not understood"
    except KeyError:  # a dataset written with another venues.yaml
        venue = one.venue or "not understood"
    return f"{venue} {one.year or '(no year)'}"


def _decision(entry: Entry, paper: Paper, verdict: EntryVerdict) -> Iterator[str]:
    venue = " ".join(str(part) for part in (paper.venue, paper.year) if part) or "no venue"
    if paper.decided:
        yield f"decided: {venue}"
    elif paper.suggestion:
        yield f"not decided, suggested: {_venue_year(paper.suggestion)}; the dataset says {venue}"
    else:
        yield f"not decided, nothing suggested; the dataset says {venue}"
    yield f"  the list's venue: {verdict.venue_status}; its link: {verdict.link_status or 'not judged yet'}"
    if verdict.duplicate_of:
        yield f"  the same work as {verdict.duplicate_of}"
    for note in verdict.notes:
        yield f"  note: {one_line(note)}"
    yield from _losing(paper)


def _losing(paper: Paper) -> Iterator[str]:
    """Fields that several say differently: who won, and who lost."""
    for name in sorted(paper.also):
        if name in paper.provenance:
            losers = ", ".join(dict.fromkeys(origin.source for origin in paper.also[name]))
            yield f"  {name}: {paper.provenance[name].source}'s; otherwise {losers}"
