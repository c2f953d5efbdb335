"""The list held against the facts, for people: `report.md`, and the findings that `check` prints.

`findings` is the one place that says what is wrong with a list; the report and `paperlist check` both
print it, so they cannot disagree. The report is short first and folded below, because it also serves as
the body of a pull request. It holds no clock and no run state: same list, same records, same bytes.
All text from lists and sources is escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pipeline.merging.links import LINK_NOTE
from pipeline.merging.verdicts import SKIPPED
from pipeline.model import Badge, Entry, EntryVerdict, Evidence, Paper, ParsedList, Problem, Record
from pipeline.parts import FOLDER, regenerated_name
from pipeline.rendering.badges import distinct_works
from pipeline.rendering.edits import Edit, Regenerated
from pipeline.rendering.planning import evidence_text
from pipeline.suspicions import lying_labels, shared_links
from pipeline.text import inert, one_line, quiet_markdown, title_question
from pipeline.venues import nearest, understand
from pipeline.venues.rows import by_id, print_name

Severity = Literal["error", "warning", "info"]

_VENUE_CODES = ("wrong_venue", "outdated_venue", "nonstandard_venue", "missing_venue")
_LINK_CODES = (
    "wrong_paper",
    "nonexistent",
    "shared_link",
    "lying_label",
    "pseudo_doi",
    "empty_link",
    "retitled",
    "unverified",
)

_SEVERITIES: Mapping[str, Severity] = {
    "wrong_venue": "error",
    "wrong_paper": "error",
    "nonexistent": "error",
    "retracted": "error",
    "missing_venue": "info",
    "overridden": "info",
    "suggested": "info",
    "retitled": "info",
    "unverified": "info",
    "unknown_venue": "info",
    "unread": "info",
}
"""Severity of a code; all others are warnings."""

_BROKEN = frozenset({"wrong_paper", "nonexistent", "pseudo_doi", "empty_link"})
_MOST_ROWS = 1000
"""Rows shown of one group: a page has an end, and `papers.csv` holds them all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know about a list: `code` groups, `text` says it in one plain line.

    `text` is not escaped for anything but control characters; `entry_id` is None where no entry is
    concerned, `file` for a list of one file.
    """

    severity: Severity
    line: int
    code: str
    text: str
    entry_id: str | None = None
    file: str | None = None


def findings(parsed: ParsedList, papers: Sequence[Paper], searched: Collection[str] = ()) -> list[Finding]:
    """What is wrong in a list, from the list and, where present, its dataset; by file, line and code.

    `searched` are the title questions that a source has answered.
    """
    entries = {entry.entry_id: entry for entry in parsed.entries}
    found = [
        *(_finding(p, _code(p), p.text) for p in parsed.problems),
        *(_finding(p, "unread", f"looks like an entry, was not read: {p.text}") for p in parsed.unread),
        *_unknown_venues(parsed.entries, papers),
        *_wrong_badges(parsed, papers),
        *_suspicious_links(parsed, papers),
    ]
    for paper, verdict in _verdicts(papers):
        if entry := entries.get(verdict.entry_id):
            found += _of_entry(entry, paper, verdict, entries)
            found += _unresolved(entry, paper, verdict, searched)
    told = {(problem.file, problem.line) for problem in parsed.problems if _code(problem) == "empty_link"}
    told_twice = [
        one for one in found if one.code == "empty_link" and one.entry_id and (one.file, one.line) in told
    ]
    wrong, shared = (
        {one.entry_id for one in found if one.code == code} for code in ("wrong_paper", "shared_link")
    )
    told_twice += [one for one in found if one.code == "shared_link" and one.entry_id in wrong]
    told_twice += [one for one in found if one.code == "unverified" and one.entry_id in shared]
    order = {file: number for number, file in enumerate(parsed.files)}
    return sorted(
        set(found) - set(told_twice),
        key=lambda one: (order.get(one.file or "", -1), one.line, one.code, one.text, one.entry_id or ""),
    )


def build_report(
    parsed: ParsedList,
    papers: Sequence[Paper],
    regenerated: Regenerated,
    *,
    records: Iterable[Record] = (),
    titles: Mapping[str, str] | None = None,
    list_link: str | None = None,
    searched: Collection[str] = (),
    overrides: Sequence[tuple[str, str]] = (),
    linked: bool = True,
) -> str:
    """`report.md`: counts first, then every group of findings, folded; empty groups are left out.

    `records` are the stored records (for counts held back and papers a source lost), `titles` the
    sources' names for people, `list_link` the way from the report to the list (default: `<name>.md`
    beside it, whose lines are the list's), or to the folder of its several files (default: `files`).
    `searched` as for `findings`; `overrides` say what is wrong with them, and where (`file:line`). A
    report that will lie elsewhere is not `linked`.
    """
    found = findings(parsed, papers, searched)
    default = FOLDER if parsed.files else regenerated_name(parsed.name, None)
    page = _Page(parsed, (list_link or default) if linked else None, titles or {})
    known = list(_of_papers(papers, records))
    groups = [
        ("Changed", _change_rows(page, papers, regenerated)),
        ("Decided otherwise, but left alone", _left_rows(page, found, regenerated)),
        ("Suggested, for a person to decide", page.rows(found, ("suggested",))),
        ("Links that need a person", page.rows(found, _LINK_CODES)),
        ("Retracted or withdrawn", page.rows(found, ("retracted", "withdrawn", "maybe_retracted"))),
        ("Duplicates", page.rows(found, ("duplicate",))),
        ("Not resolved to a paper", page.rows(found, ("unresolved",))),
        ("Decided by a person", _person_rows(page, found, regenerated)),
        ("Overrides that need a person", _override_rows(page, overrides)),
        ("Other problems of the list", page.rows(found, _other_codes(parsed))),
        ("Venues not understood", _unknown_rows(page, parsed, found)),
        ("Lines not read", page.rows(found, ("unread",))),
        ("Citation counts held back", _held_rows(page, known)),
        ("No longer found by a source", _lost_rows(page, known)),
    ]
    head = _head(parsed, papers, regenerated, found, titles or {})
    return "\n".join([*head, *(line for title, rows in groups for line in _folded(title, rows))]) + "\n"


# Findings


def _finding(about: Problem | Badge | Entry, code: str, text: str) -> Finding:
    """A finding about something that stands in the list."""
    severity, file = _SEVERITIES.get(code, "warning"), about.file
    if isinstance(about, Entry):
        return Finding(severity, about.first_line, code, _plain(text), about.entry_id, file)
    return Finding(severity, about.line, code, _plain(text), None, file)


def _code(problem: Problem) -> str:
    return problem.code.replace(" ", "_")


def _plain(text: str) -> str:
    """One line without control characters and halves of characters."""
    return re.sub("[\ud800-\udfff]", "\ufffd", inert(one_line(text)))


def _verdicts(papers: Sequence[Paper]) -> Iterator[tuple[Paper, EntryVerdict]]:
    for paper in papers:
        for verdict in paper.verdicts:
            yield paper, verdict


def _of_entry(
    entry: Entry, paper: Paper, verdict: EntryVerdict, entries: Mapping[str, Entry]
) -> Iterator[Finding]:
    said = [_on_venue(entry, paper, verdict), _on_link(entry, paper, verdict), _on_status(paper)]
    said += [_on_person(paper, verdict)]
    if verdict.duplicate_of:
        first = entries.get(verdict.duplicate_of)
        where = _seen_from(first, entry) if first else verdict.duplicate_of
        said.append(("duplicate", f"the same work as {where}"))
    for code, text in filter(None, said):
        yield _finding(entry, code, f"{label(entry)}: {text}")


_IN_ITS_LINKS = {
    "wrong_paper": "its link leads to another paper",
    "nonexistent": "what its link names does not exist",
}


def _unresolved(
    entry: Entry, paper: Paper, verdict: EntryVerdict, searched: Collection[str]
) -> Iterator[Finding]:
    if entry.kind != "paper" or paper.identifiers:
        return
    linked = _IN_ITS_LINKS.get(verdict.link_status or "", "none in its links")
    if not entry.title:
        search = "and it shows no title to search for"
    elif title_question(entry.title) in searched:
        search = "and no title search has found it"
    else:
        search = "and its title was not searched for yet"
    yield _finding(entry, "unresolved", f"{label(entry)}: no identifier is known: {linked}, {search}")


def _seen_from(other: Entry, entry: Entry) -> str:
    """Where another entry stands; its file is named only where that is another one."""
    return f"line {other.first_line}" if other.file == entry.file else other.place


def label(entry: Entry) -> str:
    """What an entry is called in messages: its title or short name, at most 90 characters."""
    name = one_line(entry.title or entry.short_name or entry.entry_id)
    return name if len(name) <= 90 else name[:89].rstrip() + "…"


def _on_venue(entry: Entry, paper: Paper, verdict: EntryVerdict) -> tuple[str, str] | None:
    status = verdict.venue_status
    if status == "suggested":
        return "suggested", _suggestion(entry, paper, verdict)
    if status in ("agrees", "unknown"):
        return None
    after = _venue_year(verdict.venue or paper.venue, verdict.year or paper.year)
    before = _written(entry)
    change = after if before == after else f"{before} -> {after}"
    text = f"{change}: {evidence_text(paper, verdict)}"
    return ("overridden" if status == "overridden" else f"{status}_venue"), text


def _venue_year(venue: str | None, year: int | None) -> str:
    return " ".join(str(part) for part in (venue, year) if part)


def _written(entry: Entry) -> str:
    return _venue_year(entry.venue_text, entry.year) or "no venue"


def _suggestion(entry: Entry, paper: Paper, verdict: EntryVerdict) -> str:
    about_venue = [note for note in verdict.notes if not note.startswith(LINK_NOTE)]
    notes = f" ({'; '.join(about_venue)})" if about_venue else ""
    if paper.suggestion:
        after = _venue_year(_venue_name(paper.suggestion), paper.suggestion.year)
        return f"{_written(entry)} -> {after}?: {paper.suggestion.text}{notes}"
    if not paper.decided:
        return f"{_written(entry)}{notes}"
    after = _venue_year(paper.venue, paper.year)
    return f"{_written(entry)} -> {after}?: {evidence_text(paper, verdict)}{notes}"


def _venue_name(evidence: Evidence) -> str | None:
    try:
        return print_name(by_id(evidence.venue)) if evidence.venue else None
    except KeyError:  # a dataset written with another venues.yaml
        return evidence.venue


def _on_link(entry: Entry, paper: Paper, verdict: EntryVerdict) -> tuple[str, str] | None:
    url = entry.paper_url or "its link"
    texts = {
        "retitled": (
            "retitled",
            f"{url} leads to the same paper under the title {paper.title or 'of its source'}",
        ),
        "wrong_paper": ("wrong_paper", _to_another_paper(verdict, url)),
        "nonexistent": ("nonexistent", f"{url} names a paper that does not exist"),
        "pseudo_doi": ("pseudo_doi", "10.5555/... is not a DOI and resolves nowhere; link the paper itself"),
        "empty": ("empty_link", "its link is empty"),
        "unverified": ("unverified", f"{url}: nothing in the entry shows that this is the paper meant"),
    }
    return texts.get(verdict.link_status or "")


def _to_another_paper(verdict: EntryVerdict, url: str) -> str:
    about = [note for note in verdict.notes if note.startswith(LINK_NOTE)]
    return "; ".join(about) if about else f"{url} leads to another paper"


def _on_status(paper: Paper) -> tuple[str, str] | None:
    if paper.status in ("retracted", "withdrawn"):
        return paper.status, f"this paper is {paper.status}"
    if alone := paper.also.get("status"):
        return (
            "maybe_retracted",
            f"{alone[0].source} says that it was retracted; one source alone is not believed",
        )
    return None


def _on_person(paper: Paper, verdict: EntryVerdict) -> tuple[str, str] | None:
    """What a person decided beside the venue, which is told with the venue."""
    if SKIPPED in verdict.notes:
        return "overridden", SKIPPED
    if "identifiers" in paper.provenance and verdict.venue_status != "overridden":
        return "overridden", f"a person said that it is {', '.join(map(str, paper.identifiers[:3]))}"
    return None


def _suspicious_links(parsed: ParsedList, papers: Sequence[Paper]) -> Iterator[Finding]:
    for entry in parsed.entries:
        for text in lying_labels(entry) if entry.kind == "paper" else ():
            yield _finding(entry, "lying_label", f"{label(entry)}: {text}")
    for entry, text in shared_links(parsed.entries, papers):
        yield _finding(entry, "shared_link", f"{label(entry)}: {text}")


def _unknown_venues(entries: Sequence[Entry], papers: Sequence[Paper]) -> Iterator[Finding]:
    """Venue strings that no row of venues.yaml knows, but for those that another finding speaks of anyway."""
    told = {v.entry_id for _, v in _verdicts(papers) if v.venue or v.venue_status == "suggested"}
    for entry in entries:
        text = entry.venue_text if entry.kind == "paper" and entry.entry_id not in told else None
        if text and understand(text).venue is None:
            said = f"{label(entry)}: venue not understood: {text}{nearest_venues(text)}"
            yield _finding(entry, "unknown_venue", said)


@lru_cache(maxsize=4096)
def nearest_venues(text: str) -> str:
    """What comes nearest to a venue that is not understood, to be put behind it; empty where nothing does."""
    names = ", ".join(venue.acronym for venue in nearest(text))
    return f"; nearest: {names}" if names else ""


def _wrong_badges(parsed: ParsedList, papers: Sequence[Paper]) -> Iterator[Finding]:
    if papers:
        works = distinct_works(parsed, papers)
        for badge in parsed.badges:
            if badge.value != works:
                yield _finding(badge, "badge", _badge_text(badge, works))


def _badge_text(badge: Badge, works: int) -> str:
    return f"the badge {badge.label} says {badge.value}, the list holds {works} distinct works"


# The summary


def _counts(
    parsed: ParsedList, papers: Sequence[Paper], regenerated: Regenerated, found: Sequence[Finding]
) -> dict[str, int]:
    codes = Counter(one.code for one in found)
    return {
        "entries": len(parsed.entries),
        "papers": sum(entry.kind == "paper" for entry in parsed.entries),
        "distinct works": distinct_works(parsed, papers),
        "changed": len(_changed_entries(regenerated)),
        "suggested": codes["suggested"],
        "duplicates": codes["duplicate"],
        "unresolved": codes["unresolved"],
        "broken links": sum(codes[code] for code in _BROKEN),
    }


def _changed_entries(regenerated: Regenerated) -> set[str]:
    return {edit.entry_id for edit in regenerated.edits if edit.entry_id}


def _head(
    parsed: ParsedList,
    papers: Sequence[Paper],
    regenerated: Regenerated,
    found: Sequence[Finding],
    titles: Mapping[str, str],
) -> list[str]:
    counts = _counts(parsed, papers, regenerated, found)
    names = " | ".join(counts)
    numbers = " | ".join(str(number) for number in counts.values())
    rule = " | ".join("---:" for _ in counts)
    head = [
        f"# {_escaped(parsed.name)}: the list and the facts",
        "",
        f"| {names} |",
        f"| {rule} |",
        f"| {numbers} |",
        "",
    ]
    badges = [f"Badge: {edit.before} -> {edit.after} ({edit.reason})." for edit in _badges(regenerated)]
    return [
        *head,
        *(_escaped(text) for text in badges),
        *([""] if badges else []),
        _sources(papers, titles),
        "",
    ]


def _badges(regenerated: Regenerated) -> list[Edit]:
    return [edit for edit in regenerated.edits if edit.kind == "badge"]


def _sources(papers: Sequence[Paper], titles: Mapping[str, str]) -> str:
    """Who said something that was used, and about how many distinct works."""
    said = Counter(source for paper in papers for source in paper.sources)
    if not said:
        return "Sources: none has answered so far; everything here follows from the list and its links."
    texts = (f"{titles.get(name, name)} ({said[name]})" for name in sorted(said))
    return _escaped(f"Sources, and works they know: {', '.join(texts)}.")


# Rows


def _escaped(text: str) -> str:
    """Foreign text as inert Markdown in which `->` stays readable and nobody is mentioned."""
    return quiet_markdown(_plain(text)).replace("-\\>", "->")


@dataclass(frozen=True, slots=True)
class _Page:
    """How rows are written and where they point to."""

    parsed: ParsedList
    list_link: str | None
    titles: Mapping[str, str]

    def source(self, record: Record) -> str:
        """The name of a record's source for people."""
        return self.titles.get(record.source, record.source)

    def item(self, text: str) -> str:
        """One item without a line."""
        return f"- {_escaped(text)}"

    def row(self, file: str | None, line: int, text: str) -> str:
        """One item, with a link to its line."""
        if file is None and self.parsed.files:  # about the list as a whole, not about a line of it
            return self.item(text)
        place = f"{_escaped(file)} line {line}" if file else f"line {line}"
        if self.list_link is not None:
            target = f"{self.list_link}/{file}" if file else self.list_link
            place = f"[{place}]({quote(target)}?plain=1#L{line})"
        return f"- {place}: {_escaped(text)}"

    def rows(self, found: Sequence[Finding], codes: Sequence[str]) -> list[str]:
        """The findings of some codes, as items."""
        return [self.row(one.file, one.line, one.text) for one in found if one.code in codes]


def _change_rows(page: _Page, papers: Sequence[Paper], regenerated: Regenerated) -> list[str]:
    entries = {entry.entry_id: entry for entry in page.parsed.entries}
    changed = _changed_entries(regenerated)
    rows = []
    for paper, verdict in _verdicts(papers):
        if verdict.entry_id in changed:
            entry = entries[verdict.entry_id]
            if on_venue := _on_venue(entry, paper, verdict):
                rows.append((entry.file or "", entry.first_line, f"{label(entry)}: {on_venue[1]}"))
    order = {file: number for number, file in enumerate(page.parsed.files)}
    rows.sort(key=lambda row: (order.get(row[0], -1), *row))
    return [page.row(file or None, line, text) for file, line, text in rows]


def _left_rows(page: _Page, found: Sequence[Finding], regenerated: Regenerated) -> list[str]:
    changed = _changed_entries(regenerated)
    left = [one for one in found if one.code in _VENUE_CODES and one.entry_id not in changed]
    return _rows_with_reasons(page, left, regenerated)


def _person_rows(page: _Page, found: Sequence[Finding], regenerated: Regenerated) -> list[str]:
    """What a person decided, and why it could not be written where it could not."""
    return _rows_with_reasons(page, [one for one in found if one.code == "overridden"], regenerated)


def _rows_with_reasons(page: _Page, found: Sequence[Finding], regenerated: Regenerated) -> list[str]:
    why = {left.entry_id: f"; {left.reason}" for left in regenerated.left}
    return [page.row(one.file, one.line, one.text + why.get(one.entry_id or "", "")) for one in found]


def _other_codes(parsed: ParsedList) -> tuple[str, ...]:
    """Codes of the list's own problems that no other group shows."""
    shown = {*_LINK_CODES, *_VENUE_CODES, "duplicate", "unresolved", "unread"}
    return tuple(sorted({_code(problem) for problem in parsed.problems} - shown))


def _unknown_rows(page: _Page, parsed: ParsedList, found: Sequence[Finding]) -> list[str]:
    """Venue strings by how often they occur, each at the first entry with it: the frequent ones are worth an alias first."""
    texts = {entry.entry_id: entry.venue_text or "" for entry in parsed.entries}
    where: dict[str, list[Finding]] = {}
    for one in found:
        if one.code == "unknown_venue":
            where.setdefault(texts[one.entry_id or ""], []).append(one)
    ranked = sorted(where.values(), key=lambda same: -len(same))
    return [
        page.row(first.file, first.line, f"{first.text} ({len(rest) + 1} times)" if rest else first.text)
        for first, *rest in ranked
    ]


def _override_rows(page: _Page, overrides: Sequence[tuple[str, str]]) -> list[str]:
    """What is wrong with overrides; of their file only the name, for a report knows no folders."""
    return [page.item(f"{Path(place).name}: {text}") for place, text in overrides]


def _held_rows(page: _Page, known: Sequence[tuple[str, Record]]) -> list[str]:
    return [
        page.item(f"{name}: {page.source(one)} now says {one.held_back}, was {one.citation_count}")
        for name, one in known
        if one.held_back is not None
    ]


def _lost_rows(page: _Page, known: Sequence[tuple[str, Record]]) -> list[str]:
    return [
        page.item(f"{name}: {page.source(one)}, since {one.missing_since[:10]}; its values are kept")
        for name, one in known
        if one.missing_since
    ]


def _of_papers(papers: Sequence[Paper], records: Iterable[Record]) -> Iterator[tuple[str, Record]]:
    """The records about these papers, in the papers' order, with the papers' names."""
    asked: dict[str, list[Record]] = {}
    for record in records:
        if record.held_back is not None or record.missing_since:
            asked.setdefault(record.question, []).append(record)
    for paper in papers:
        questions = [str(one) for one in paper.identifiers]
        questions += [title_question(paper.title)] if paper.title else []
        for question in questions:
            for record in sorted(asked.get(question, ()), key=lambda one: (one.source, one.rank)):
                yield paper.title or paper.paper_id, record


def _folded(title: str, rows: Sequence[str]) -> list[str]:
    """A group that unfolds, or nothing where it is empty; a very long one says how much more there is."""
    if not rows:
        return []
    cut = [*rows[:_MOST_ROWS], f"- and {len(rows) - _MOST_ROWS} more"] if len(rows) > _MOST_ROWS else rows
    return [f"<details><summary>{title} ({len(rows)})</summary>", "", *cut, "", "</details>", ""]
