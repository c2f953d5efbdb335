"""Which entries are edited, and what must be read there afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline import venues
from pipeline.model import Entry, EntryVerdict, Files, Paper, ParsedList, Span
from pipeline.rendering.edits import OVERRIDE, Edit, LeftAlone
from pipeline.rendering.escaping import SURROGATE
from pipeline.rendering.habits import habit_of, shows_venues
from pipeline.rendering.spelling import FULL_YEAR, Leave, Task, says_venue, venue_and_year
from pipeline.text import fold, one_line

_CHANGES = frozenset({"missing", "outdated", "wrong", "nonstandard", "overridden"})
UNSURE_LINKS = {
    "unverified": "nothing shows that its link leads to the paper meant",
    "wrong_paper": "its link leads to another paper",
}
"""Status of a link -> why nothing of what is known by it is written to its entry."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The edits of one entry and what must be read there afterwards (`venue` None: as before)."""

    entry: Entry
    edits: tuple[Edit, ...]
    venue: str | None
    year: int | None


def id_of(plan: Plan) -> str:
    """The id of the entry that a plan is for."""
    return plan.entry.entry_id


def left_alone(entry: Entry, why: str) -> LeftAlone:
    """An entry that was not edited, and why."""
    return LeftAlone(entry.first_line, entry.entry_id, why, entry.file)


def venue_plans(
    files: Files, parsed: ParsedList, papers: Sequence[Paper]
) -> tuple[list[Plan], list[LeftAlone]]:
    """The edits of venues and years, entry by entry, and the entries that are left alone."""
    plans: list[Plan] = []
    left: list[LeftAlone] = []
    entries = {entry.entry_id: entry for entry in parsed.entries}
    shown = shows_venues(parsed.entries)
    ends = cache(lambda file: [found.start() for found in re.finditer(b"\n", files[file])])
    habit = cache(lambda layout: habit_of(files, parsed.entries, layout, shown))
    for paper, verdict in _asked(papers):
        if (entry := entries.get(verdict.entry_id)) is None:
            continue
        reason, file = evidence_text(paper, verdict), entry.file
        try:
            plan = _plan(Task(files[file], ends(file), entry, verdict, habit(entry.layout), reason))
        except Leave as why:
            left.append(left_alone(entry, str(why)))
        else:
            plans += [plan] if plan.edits else []
    return _apart(plans, left), left


def _asked(papers: Sequence[Paper]) -> Iterator[tuple[Paper, EntryVerdict]]:
    """The verdicts that ask for a change, with their papers."""
    for paper in papers:
        for verdict in paper.verdicts:
            if verdict.venue_status in _CHANGES and (verdict.venue or verdict.year):
                yield paper, verdict


def _apart(plans: list[Plan], left: list[LeftAlone]) -> list[Plan]:
    """Plans whose spans touch no other plan's: two entries that share a span are both left alone."""
    spans = sorted((edit.file or "", edit.span, id_of(plan)) for plan in plans for edit in plan.edits)
    clashing = set()
    for (here, (_, end), one), (there, (start, _), two) in pairwise(spans):
        if here == there and start < end and one != two:
            clashing |= {one, two}
    left += [
        left_alone(plan.entry, "another entry shares these bytes")
        for plan in plans
        if id_of(plan) in clashing
    ]
    return [plan for plan in plans if id_of(plan) not in clashing]


def evidence_text(paper: Paper, verdict: EntryVerdict) -> str:
    """What the decided venue of a paper rests on, in one line: the strongest statements that say it."""
    if verdict.venue_status == "overridden":
        return OVERRIDE
    said = [one for one in paper.evidence if one.venue == paper.venue_id and one.year == paper.year]
    for weights in (("authoritative",), ("series",), ("supporting",)):
        if texts := [one_line(one.text) for one in said if one.weight in weights]:
            return "; ".join(dict.fromkeys(texts))
    return _origin_text(paper)


def _origin_text(paper: Paper) -> str:
    origin = paper.provenance.get("venue")
    return f"said by {origin.source}" if origin else "decided venue"


def _plan(task: Task) -> Plan:
    """The edits that turn the entry's venue and year into the verdict's. Raises Leave."""
    _check_editable(task)
    entry, verdict = task.entry, task.verdict
    digits, written = _year_place(task)
    new_year = verdict.year if verdict.year is not None and verdict.year != written else None
    new_venue = verdict.venue if verdict.venue and not says_venue(entry.venue_text, verdict.venue) else None
    if verdict.venue_status == "missing" and new_venue and entry.venue_text is not None:
        raise Leave("it names a venue by now")
    if new_year is not None and written is not None and digits is None:
        raise Leave("its year stands in a date" if entry.date_text else "its year is not its own")
    if new_venue or new_year:
        _check_neighbours(task, digits, bool(new_venue), bool(new_year))
    edits = venue_and_year(task, digits, new_venue, new_year)
    return Plan(entry, edits, new_venue, new_year if new_year is not None and digits else entry.year)


def _check_editable(task: Task) -> None:
    entry, verdict = task.entry, task.verdict
    if entry.kind == "other":
        raise Leave("it is not listed as a paper")
    if SURROGATE.search(entry.text):
        raise Leave("it has undecodable bytes")
    if verdict.link_status in UNSURE_LINKS and verdict.venue_status != "overridden":
        raise Leave(UNSURE_LINKS[verdict.link_status])


_PART_WORDS = re.compile(rb"(?i)\b(?:findings|workshops?|reject(?:ed|ion)?|withdrawn)\b")
_PRAISE_WORDS = re.compile(
    rb"(?i)\b(?:orals?|spotlights?|posters?|highlights?|awards?|best|outstanding|track|industry|demos?)\b"
)
_OTHER_YEAR = re.compile(rb"(?<![0-9./-])(?:19|20)[0-9]{2}(?![0-9-]|\.[0-9])")
_PAGES = re.compile(rb"(?i)\b(?:vol(?:ume)?|pages?|pp)\b|[0-9](?:-|--|\xe2\x80\x93)[0-9]")
_ACRONYM = re.compile(rb"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*")


def _check_neighbours(task: Task, digits: Span | None, renamed: bool, redated: bool) -> None:
    """Refuse an edit beside words that say more about the venue than was read. Raises Leave.

    `Findings of the ACL: EMNLP 2023` read as `EMNLP`, `ICML 2023 & ICLR 2024` read as `ICML`, `NeurIPS 2023
    (rejected)`: with another venue in place of the one that was read, the rest would be false or said twice.
    """
    if task.verdict.venue_status == "nonstandard":
        return
    whole = "venue" in task.entry.spans  # else `ACL` and `Findings` stand on both sides of the year
    for text in _beside(task, digits):
        part, read = _PART_WORDS.search(text), fold(task.entry.venue_text or "")
        unread = part and (renamed or fold(part[0].decode()) not in read)
        if unread or (renamed and _PRAISE_WORDS.search(text)):
            raise Leave("words beside its venue say more about it")
        if redated and _OTHER_YEAR.search(text):
            raise Leave("it names more than one year")
        if renamed and _PAGES.search(text):
            raise Leave("volume or pages stand beside its venue")
        names = (name.decode("utf-8", "replace") for name in _names_in(text))
        if any(venues.is_published(name) for name in names if whole or fold(name.strip()) not in read):
            raise Leave("another venue stands beside it")


def _names_in(text: bytes) -> Iterator[bytes]:
    """Whatever in a text may name a venue: its acronyms, and its pieces as a whole."""
    yield from _ACRONYM.findall(text)
    yield from (piece for piece in re.split(rb"[(),;:/&*]| in ", text, flags=re.IGNORECASE) if piece.strip())


def _beside(task: Task, digits: Span | None) -> Iterator[bytes]:
    """The text before, between and after venue and year, up to the next field, label, cell or line."""
    spans = task.entry.spans
    own = [spans["venue"]] if "venue" in spans else []
    own += [digits] if digits else []
    if not own:
        return
    others = [span for name, span in spans.items() if name not in ("venue", "year")]
    start, end = min(own)[0], max(last for _, last in own)
    since = max([start - 60, 0, *(last for _, last in others if last <= start)])
    until = min([end + 60, len(task.data), *(first for first, _ in others if first >= end)])
    yield re.split(rb"[\n|\]>]", task.data[since:start])[-1]
    yield re.split(rb"[\n|\[<]", task.data[end:until])[0]
    if len(own) == 2 and (gap := task.data[min(own)[1] : max(own)[0]]):
        yield gap


_YEAR = re.compile(rb"(?<![0-9])(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9])")


def _year_place(task: Task) -> tuple[Span | None, int | None]:
    """Where the digits of the venue's year stand (None: nowhere that may be edited), and that year."""
    data, entry = task.data, task.entry
    for name, pattern in (("year", _YEAR), ("venue", FULL_YEAR)):
        if name in entry.spans:
            start, end = entry.spans[name]
            found = list(pattern.finditer(data, start, end))
            if len(found) == 1:
                return found[0].span(), entry.year
            if found:
                raise Leave("it names more than one year")
    return None, entry.year if entry.year is not None else _date_year(entry.date_text)


def _date_year(text: str | None) -> int | None:
    """The year of a date; 0 for a date that does not say its year in full, which no venue year equals."""
    found = re.search(r"(?:19|20)\d\d", text or "")
    return int(found.group()) if found else (0 if text else None)
