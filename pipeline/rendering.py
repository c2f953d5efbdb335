"""The list again: byte edits where a decided fact contradicts it, or the whole list in one uniform style.

Pure functions, no files. `regenerate` changes only the bytes of the spans that say something wrong, in
the entry's own notation, and reads its own result again before anybody may write it: Markdown whose
meaning changed by more than the intended venue, year or number is refused. `uniform` renders a list
from the dataset alone through a Jinja2 template; its default shape is the list's own insertion template.

What contradicts a list was decided before (`EntryVerdict.venue_status`); here it only becomes bytes.
"""

from __future__ import annotations

import difflib
import html
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from pipeline import venues
from pipeline.errors import SafetyError, UsageError
from pipeline.formats._blocks import heading_text, read_blocks
from pipeline.formats._source import load
from pipeline.model import Badge, Entry, EntryVerdict, Files, Link, Paper, ParsedList, Span
from pipeline.settings import EDITS
from pipeline.text import fold, inert, markdown_safe, one_line

OVERRIDE = "override"
"""The reason of an edit that a person decided."""
_CHANGES = frozenset({"missing", "outdated", "wrong", "nonstandard", "overridden"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSURE_LINKS = {
    "unverified": "nothing shows that its link leads to the paper meant",
    "wrong_paper": "its link leads to another paper",
}


@dataclass(frozen=True, slots=True)
class Edit:
    """One replaced span: `before` stands at `span` of the old file, `after` takes its place.

    `kind` is `venue`, `year` (both switched by the edit `venue`) or `badge`; `entry_id` is None for a
    badge; an insertion has an empty `before`. `reason` is the evidence, one line for people. `file` is
    None for a list of one file.
    """

    line: int
    entry_id: str | None
    kind: str
    span: Span
    before: str
    after: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An entry whose venue or year is decided otherwise, but which was not edited, and why."""

    line: int
    entry_id: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Regenerated:
    """The regenerated files, the edits that made them (by file and position), and what was left alone."""

    files: Files
    edits: tuple[Edit, ...] = ()
    left: tuple[LeftAlone, ...] = ()

    @property
    def data(self) -> bytes:
        """The regenerated file of a list that is one file."""
        return self.files[None]

    @property
    def changed_lines(self) -> int:
        """How many lines of the list were edited."""
        return len({(edit.file, edit.line) for edit in self.edits})


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a list places its venues: whether most entries show one, before or after the year, and what
    stands between (None: something that must not be copied into another entry).
    """

    shown: bool
    before_year: bool = True
    separator: str | None = " "


@dataclass(frozen=True, slots=True)
class _Plan:
    """The edits of one entry and what must be read there afterwards (`venue` None: as before)."""

    entry: Entry
    edits: tuple[Edit, ...]
    venue: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class _Task:
    """What is asked of one entry: its file's bytes, the verdict on it, the list's habit, the evidence."""

    data: bytes
    ends: Sequence[int]
    """Where the lines of `data` end, ascending."""
    entry: Entry
    verdict: EntryVerdict
    habit: _Habit
    reason: str

    def edit(self, kind: str, span: Span, after: str) -> Edit:
        """An edit of this entry at `span`."""
        line = bisect_left(self.ends, span[0]) + 1
        before = self.data[slice(*span)].decode("utf-8", "replace")
        return Edit(line, self.entry.entry_id, kind, span, before, after, self.reason, self.entry.file)


class _Leave(Exception):
    """This entry is left alone; the text says why."""


def regenerate(
    data: bytes,
    parsed: ParsedList,
    papers: Sequence[Paper],
    *,
    edits: Sequence[str] = EDITS,
    reread: Callable[[bytes], ParsedList],
) -> Regenerated:
    """A list of one file, `data`, again: see `regenerate_files`."""
    return regenerate_files(
        {None: data}, parsed, papers, edits=edits, reread=lambda files: reread(files[None])
    )


def regenerate_files(
    files: Files,
    parsed: ParsedList,
    papers: Sequence[Paper],
    *,
    edits: Sequence[str] = EDITS,
    reread: Callable[[Files], ParsedList],
) -> Regenerated:
    """The list's files with only those spans replaced that a decided fact contradicts.

    `parsed` is what was read from `files`, `papers` are this list's, `reread` reads the result again
    (`read_list` with the name and path of the list). An entry that would not be read back with its new
    venue and year, and otherwise as before, is left alone. Same facts, same bytes; applying the result
    again changes nothing.

    Raises SafetyError where entries, sections, links or badges would get lost or an entry would change
    that was not edited.
    """
    plans, left = _venue_plans(files, parsed, papers) if "venue" in edits else ([], [])
    badges = _badge_edits(files, parsed, papers) if "badge" in edits else []
    plans, refused = _tolerable(files, parsed, plans, reread)
    left += refused
    result, again = _applied(files, plans, badges, reread)
    misread = _compare(parsed, again, plans, badges) if again else set()
    if misread:
        left += [
            _left(plan.entry, "it would not be read back as intended")
            for plan in plans
            if _id(plan) in misread
        ]
        plans = [plan for plan in plans if _id(plan) not in misread]
        result, again = _applied(files, plans, badges, reread)
        if again and (still := _compare(parsed, again, plans, badges)):
            raise SafetyError(f"entry {min(still)} is not read back as written", place=parsed.path)
    order = {file: number for number, file in enumerate(files)}
    done = [*(edit for plan in plans for edit in plan.edits), *badges]
    done.sort(key=lambda edit: (order[edit.file], edit.span))
    left.sort(key=lambda one: (order[one.file], one.line, one.entry_id))
    return Regenerated(result, tuple(done), tuple(left))


def _tolerable(
    files: Files, parsed: ParsedList, plans: Sequence[_Plan], reread: Callable[[Files], ParsedList]
) -> tuple[list[_Plan], list[LeftAlone]]:
    """The plans without those whose text, which a person typed, changes more of the list than its entry.

    One such override must not keep all others from being written.
    """
    by_person = [plan for plan in plans if plan.edits[0].reason == OVERRIDE]
    if not by_person or _is_harmless(files, parsed, plans, reread):
        return list(plans), []
    harmful = [plan for plan in by_person if not _is_harmless(files, parsed, [plan], reread)]
    why = "what a person decided cannot stand there as plain text"
    return [plan for plan in plans if plan not in harmful], [_left(plan.entry, why) for plan in harmful]


def _is_harmless(
    files: Files, parsed: ParsedList, plans: Sequence[_Plan], reread: Callable[[Files], ParsedList]
) -> bool:
    """Whether nothing but the edited entries would change."""
    try:
        _compare(parsed, _applied(files, plans, (), reread)[1] or parsed, plans, ())
    except SafetyError:
        return False
    return True


def unified_diff(before: bytes, after: bytes, name: str) -> str:
    """The difference of two versions of a list as a unified diff; empty where there is none."""
    if before == after:
        return ""
    old, new = (data.decode("utf-8", "replace").split("\n") for data in (before, after))
    lines = difflib.unified_diff(_ended(old), _ended(new), f"a/{name}", f"b/{name}")
    return "".join(lines)


def _ended(lines: list[str]) -> list[str]:
    """Lines with their ends; a last line without one says so, as diff(1) does."""
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, f"{lines[-1]}\n\\ No newline at end of file\n"] if lines[-1] else ended


# Deciding what to edit


def _id(plan: _Plan) -> str:
    return plan.entry.entry_id


def _left(entry: Entry, why: str) -> LeftAlone:
    return LeftAlone(entry.first_line, entry.entry_id, why, entry.file)


def _venue_plans(
    files: Files, parsed: ParsedList, papers: Sequence[Paper]
) -> tuple[list[_Plan], list[LeftAlone]]:
    plans: list[_Plan] = []
    left: list[LeftAlone] = []
    entries = {entry.entry_id: entry for entry in parsed.entries}
    shown = _shows_venues(parsed.entries)
    ends = cache(lambda file: [found.start() for found in re.finditer(b"\n", files[file])])
    habit = cache(lambda layout: _habit(files, parsed.entries, layout, shown))
    for paper, verdict in _asked(papers):
        if (entry := entries.get(verdict.entry_id)) is None:
            continue
        reason, file = evidence_text(paper, verdict), entry.file
        try:
            plan = _plan(_Task(files[file], ends(file), entry, verdict, habit(entry.layout), reason))
        except _Leave as why:
            left.append(_left(entry, str(why)))
        else:
            plans += [plan] if plan.edits else []
    return _apart(plans, left), left


def _asked(papers: Sequence[Paper]) -> Iterator[tuple[Paper, EntryVerdict]]:
    """The verdicts that ask for a change, with their papers."""
    for paper in papers:
        for verdict in paper.verdicts:
            if verdict.venue_status in _CHANGES and (verdict.venue or verdict.year):
                yield paper, verdict


def _apart(plans: list[_Plan], left: list[LeftAlone]) -> list[_Plan]:
    """Plans whose spans touch no other plan's: two entries that share a span are both left alone."""
    spans = sorted((edit.file or "", edit.span, _id(plan)) for plan in plans for edit in plan.edits)
    clashing = set()
    for (here, (_, end), one), (there, (start, _), two) in pairwise(spans):
        if here == there and start < end and one != two:
            clashing |= {one, two}
    left += [_left(plan.entry, "another entry shares these bytes") for plan in plans if _id(plan) in clashing]
    return [plan for plan in plans if _id(plan) not in clashing]


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


def _shows_venues(entries: Sequence[Entry]) -> bool:
    papers = [entry for entry in entries if entry.kind == "paper"]
    return bool(papers) and 2 * sum(entry.venue_text is not None for entry in papers) >= len(papers)


_SHARE = 2
"""One in so many entries with a year shows a venue beside it, or a year alone is how this list writes."""
_IN_A_CELL = re.compile(rb"\|[ \t*_(]*$")
_SEPARATOR = re.compile(r" \(|[ ,;:/·–-]{1,3}")


def _habit(files: Files, entries: Sequence[Entry], layout: str | None, shown: bool) -> _Habit:
    """The list's own way of writing venue and year, from its entries of one layout that have both."""
    pairs = Counter(
        _pair(files[entry.file], entry)
        for entry in entries
        if entry.layout == layout and {"venue", "year"} <= entry.spans.keys()
    )
    dated = sum("year" in entry.spans for entry in entries if entry.layout == layout)
    if dated > _SHARE and _SHARE * sum(pairs.values()) < dated:
        return _Habit(shown, separator=None)
    if not pairs:
        return _Habit(shown)
    before_year, between = min(pairs, key=lambda pair: (-pairs[pair], pair))
    if between in ("", "'", "’", " '", " ’"):
        between = " "
    usable = _SEPARATOR.fullmatch(between) and (before_year or between != " (")
    return _Habit(shown, before_year, between if usable else None)


def _pair(data: bytes, entry: Entry) -> tuple[bool, str]:
    venue, year = entry.spans["venue"], entry.spans["year"]
    first, second = min(venue, year), max(venue, year)
    return venue < year, data[first[1] : second[0]].decode("utf-8", "replace")


# One entry


def _plan(task: _Task) -> _Plan:
    """The edits that turn the entry's venue and year into the verdict's. Raises _Leave."""
    _check_editable(task)
    entry, verdict = task.entry, task.verdict
    digits, written = _year_place(task)
    new_year = verdict.year if verdict.year is not None and verdict.year != written else None
    new_venue = verdict.venue if verdict.venue and not _names(entry.venue_text, verdict.venue) else None
    if verdict.venue_status == "missing" and new_venue and entry.venue_text is not None:
        raise _Leave("it names a venue by now")
    if new_year is not None and written is not None and digits is None:
        raise _Leave("its year stands in a date" if entry.date_text else "its year is not its own")
    if new_venue or new_year:
        _check_neighbours(task, digits, bool(new_venue), bool(new_year))
    edits = _venue_and_year(task, digits, new_venue, new_year)
    return _Plan(entry, edits, new_venue, new_year if new_year is not None and digits else entry.year)


def _check_editable(task: _Task) -> None:
    entry, verdict = task.entry, task.verdict
    if entry.kind == "other":
        raise _Leave("it is not listed as a paper")
    if _SURROGATE.search(entry.text):
        raise _Leave("it has undecodable bytes")
    if verdict.link_status in _UNSURE_LINKS and verdict.venue_status != "overridden":
        raise _Leave(_UNSURE_LINKS[verdict.link_status])


_PART_WORDS = re.compile(rb"(?i)\b(?:findings|workshops?|reject(?:ed|ion)?|withdrawn)\b")
_PRAISE_WORDS = re.compile(
    rb"(?i)\b(?:orals?|spotlights?|posters?|highlights?|awards?|best|outstanding|track|industry|demos?)\b"
)
_OTHER_YEAR = re.compile(rb"(?<![0-9./-])(?:19|20)[0-9]{2}(?![0-9-]|\.[0-9])")
_PAGES = re.compile(rb"(?i)\b(?:vol(?:ume)?|pages?|pp)\b|[0-9](?:-|--|\xe2\x80\x93)[0-9]")
_ACRONYM = re.compile(rb"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*")


def _check_neighbours(task: _Task, digits: Span | None, renamed: bool, redated: bool) -> None:
    """Refuse an edit beside words that say more about the venue than was read. Raises _Leave.

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
            raise _Leave("words beside its venue say more about it")
        if redated and _OTHER_YEAR.search(text):
            raise _Leave("it names more than one year")
        if renamed and _PAGES.search(text):
            raise _Leave("volume or pages stand beside its venue")
        names = (name.decode("utf-8", "replace") for name in _names_in(text))
        if any(venues.is_published(name) for name in names if whole or fold(name.strip()) not in read):
            raise _Leave("another venue stands beside it")


def _names_in(text: bytes) -> Iterator[bytes]:
    """Whatever in a text may name a venue: its acronyms, and its pieces as a whole."""
    yield from _ACRONYM.findall(text)
    yield from (piece for piece in re.split(rb"[(),;:/&*]| in ", text, flags=re.IGNORECASE) if piece.strip())


def _beside(task: _Task, digits: Span | None) -> Iterator[bytes]:
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


def _names(text: str | None, wanted: str) -> bool:
    """Whether the list's venue text already says the wanted venue (case, spacing and tracks aside)."""
    if text is None:
        return False
    if _letters(text) == _letters(wanted):
        return True
    reading, target = venues.understand(text), venues.understand(wanted).venue
    if reading.venue is None or target is None or reading.venue.id != target.id:
        return False
    return venues.is_canonical(text, target) or (
        reading.track is not None and _nonstandard_word(text, wanted) is None
    )


def _letters(text: str) -> str:
    """The letters and digits of a name, folded: what two spellings must share to be the same."""
    return "".join(c for c in fold(html.unescape(text)) if c.isalnum())


def _nonstandard_word(text: str, wanted: str) -> tuple[int, int] | None:
    """Where one word of `text` is a nonstandard acronym of `wanted`: `NIPS` in `NIPS Oral`."""
    target = venues.understand(wanted).venue
    for word in re.finditer(r"[A-Za-z][\w&]+", text):
        meant = venues.understand(word.group()).venue
        if meant and target and meant.id == target.id and not venues.is_canonical(word.group(), target):
            return word.span()
    return None


_YEAR = re.compile(rb"(?<![0-9])(?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9])")
_FULL_YEAR = re.compile(rb"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


def _year_place(task: _Task) -> tuple[Span | None, int | None]:
    """Where the digits of the venue's year stand (None: nowhere that may be edited), and that year."""
    data, entry = task.data, task.entry
    for name, pattern in (("year", _YEAR), ("venue", _FULL_YEAR)):
        if name in entry.spans:
            start, end = entry.spans[name]
            found = list(pattern.finditer(data, start, end))
            if len(found) == 1:
                return found[0].span(), entry.year
            if found:
                raise _Leave("it names more than one year")
    return None, entry.year if entry.year is not None else _date_year(entry.date_text)


def _date_year(text: str | None) -> int | None:
    """The year of a date; 0 for a date that does not say its year in full, which no venue year equals."""
    found = re.search(r"(?:19|20)\d\d", text or "")
    return int(found.group()) if found else (0 if text else None)


def _venue_and_year(
    task: _Task, digits: Span | None, venue: str | None, year: int | None
) -> tuple[Edit, ...]:
    spans = task.entry.spans
    inside = (
        digits if digits and "venue" in spans and spans["venue"][0] <= digits[0] < spans["venue"][1] else None
    )
    if venue and inside:
        whole = f"{venue} {year or task.entry.year}"
        return (task.edit("venue", _core(task), _fit(task, _core(task), whole)),)
    edits = [_year_edit(task, digits, year)] if digits and year else []
    if venue and "venue" not in spans and task.entry.venue_text is not None:
        raise _Leave(
            "the place of its venue is not understood"
        )  # `EMNLP 2023 Findings`: on both sides of the year
    if venue:
        edits.append(_replacement(task, venue) if "venue" in spans else _insertion(task, digits, venue))
    return tuple(sorted(edits, key=lambda edit: edit.span))


def _year_edit(task: _Task, digits: Span, year: int) -> Edit:
    """The year in as many digits as the list writes."""
    if _context(task, digits) == "address":
        raise _Leave("its year stands in an address")
    short = digits[1] - digits[0] == 2
    return task.edit("year", digits, f"{year % 100:02d}" if short else str(year))


def _replacement(task: _Task, venue: str) -> Edit:
    span = _core(task)
    text = task.data[slice(*span)].decode("utf-8")
    if (part := _nonstandard_word(text, venue)) and venues.understand(text).track:
        before, after = text[: part[0]], text[part[1] :]
        return task.edit("venue", span, f"{before}{_fit(task, span, venue)}{after}")
    span = _with_preprint_number(task, span)
    return task.edit("venue", span, _unglued(task, span, venue, _fit(task, span, venue)))


def _unglued(task: _Task, span: Span, venue: str, text: str) -> str:
    """`ACL2021` stays glued to its year as long as one word replaces it; several words need a space."""
    glued = bool(re.fullmatch(r"[^\W\d]+", venue))
    year = task.entry.spans.get("year", (-1, -1))
    after = " " if not glued and span[1] == year[0] else ""
    before = " " if not glued and span[0] == year[1] else ""
    return f"{before}{text}{after}"


def _core(task: _Task) -> Span:
    """The venue's own bytes within its span: without emphasis, brackets or tags around it."""
    start, end = task.entry.spans["venue"]
    raw = task.data[start:end]
    name = (task.entry.venue_text or "").encode()
    if name and raw.count(name) == 1 and not _FULL_YEAR.search(raw.replace(name, b"")):
        at = start + raw.index(name)
        return at, at + len(name)
    lead = re.match(rb"(?:[\s*_`~\[({]|<[^<>]*>)*", raw)
    trail = re.search(rb"(?:[\s*_`~\])}]|<[^<>]*>)*$", raw)
    first, last = start + (lead.end() if lead else 0), start + (trail.start() if trail else len(raw))
    if first >= last or re.search(rb"[\n|<>]|\]\(", task.data[first:last]):
        raise _Leave("the place of its venue is not understood")
    return first, last


_PREPRINT_NUMBER = re.compile(rb"[0-9]{4}\.[0-9]{4,5}")
_PREPRINT_TAIL = re.compile(
    rb"(?:[ ]+(?:e-?print|preprint))?"
    rb"(?:[ ]*,?[ ]*(?:arXiv)?[ ]*[:/ ][ ]*(?:abs/)?[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?"
    rb"(?:[ ]*\[[a-z]{2,7}[.-]?[A-Za-z-]*\])?)?",
    re.IGNORECASE,
)


def _with_preprint_number(task: _Task, span: Span) -> Span:
    """A preprint label with its number: `arXiv:2401.00001` goes as a whole.

    Raises _Leave where no link of the entry keeps that number: nothing may be lost.
    """
    start, end = span
    found = _PREPRINT_TAIL.match(task.data, end)
    tail = found.end() if found else end
    others = [other for name, other in task.entry.spans.items() if name != "venue"]
    if any(end < other[1] and other[0] < tail for other in others):
        raise _Leave("its preprint number is part of another field")
    number = _PREPRINT_NUMBER.search(task.data, start, tail)
    if number and not any(number.group().decode() in link.url for link in task.entry.links):
        raise _Leave("its preprint number stands nowhere else")
    return start, tail


_OPENED = re.compile(rb"""(?:[\s(\[{"|>]|(?:^|[\s(\[{"'|>,.:;])[*_]{1,3})$""")
"""What a word may follow at once: a blank, an opening bracket or quote, the opening mark of emphasis."""


def _insertion(task: _Task, digits: Span | None, venue: str) -> Edit:
    """A missing venue beside the year, in the list's own order and punctuation."""
    entry, habit, data = task.entry, task.habit, task.data
    if digits is None or entry.venue_text is not None:
        raise _Leave("it has no place for a venue")
    if not habit.shown:
        raise _Leave("most entries of this list show no venue")
    if habit.separator is None or digits[1] - digits[0] != 4:
        raise _Leave("how this list places a venue is not understood")
    start, end = entry.spans["year"]
    if (
        entry.layout == "table row"
        and _IN_A_CELL.search(data[max(start - 20, 0) : start])
        and data[end : end + 20].lstrip().startswith(b"|")
    ):
        raise _Leave("its year has a cell of its own")
    _check_alone(data, start, end, habit.before_year)
    if not habit.before_year:
        return task.edit("venue", (end, end), habit.separator + _fit(task, (end, end), venue))
    outside = habit.separator == " (" and data[start - 1 : start] == b"("
    at = start - 1 if outside else start
    lead = "" if _OPENED.search(data[max(at - 4, 0) : at]) else " "
    gap = " " if habit.separator == " (" else habit.separator
    return task.edit("venue", (at, at), f"{lead}{_fit(task, (at, at), venue)}{gap}")


def _check_alone(data: bytes, start: int, end: int, before: bool) -> None:
    """Refuse to put a venue beside words: `2023 Book of X` may name one that was not understood."""
    beside = data[max(start - 40, 0) : start] if before else data[end : end + 40]
    word = re.search(rb"[\w\x80-\xff][ \t]*$" if before else rb"^[ \t]*[\w\x80-\xff]", beside)
    if word:
        raise _Leave("words stand where its venue would go")


# Text from elsewhere, fit for its place


def _context(task: _Task, span: Span) -> str:
    """What a span stands in: `badge` (a shields.io address), `address`, `image`, `code`, `html` or `text`."""
    line_start = task.data.rfind(b"\n", 0, span[0]) + 1
    before = task.data[line_start : span[0]]
    token = before[max(before.rfind(sign) for sign in b" \t()<>\"'[]") + 1 :]
    if b"://" in token:
        return "badge" if b"img.shields.io/badge/" in token else "address"
    if re.search(rb"!\[[^\]]*$", before):
        return "image"
    if before.endswith(b"`"):
        return "code"
    return "html" if re.search(r"<(td|th|li|p)\b", task.entry.text, re.IGNORECASE) else "text"


def _fit(task: _Task, span: Span, venue: str) -> str:
    """A venue's name as inert text for the place where it goes. Raises _Leave where none is safe."""
    context = _context(task, span)
    name = _SURROGATE.sub("\ufffd", inert(one_line(venue)))
    if context in ("address", "image"):
        raise _Leave(f"its venue stands in an {context}")
    if context == "badge":
        return _badge_text(name)
    if context == "code":
        return name.replace("`", "")
    return html.escape(name, quote=False) if context == "html" else _markdown(name)


_NEEDLESS = re.compile(r"&amp;(?!#?\w+;)")


def _markdown(text: str) -> str:
    """Text from elsewhere as inert Markdown; a `&` that begins no entity stays as it is (`IEEE S&P`).

    >>> _markdown("Theory & Practice &copy;")
    'Theory & Practice &amp;copy;'
    """
    return _NEEDLESS.sub("&", markdown_safe(text))


def _badge_text(name: str) -> str:
    """A name in a static badge's address: `-` and `_` doubled, the rest percent-encoded.

    https://shields.io/badges/static-badge
    """
    from urllib.parse import quote

    return quote(name.replace("-", "--").replace("_", "__"), safe="")


# Badges


def distinct_works(parsed: ParsedList, papers: Sequence[Paper]) -> int:
    """How many distinct works the list holds: its entries without those that repeat an earlier one."""
    repeated = {verdict.entry_id for paper in papers for verdict in paper.verdicts if verdict.duplicate_of}
    return sum(entry.entry_id not in repeated for entry in parsed.entries)


def _badge_edits(files: Files, parsed: ParsedList, papers: Sequence[Paper]) -> list[Edit]:
    if not papers:
        return []
    works = distinct_works(parsed, papers)
    reason = f"{works} distinct works in {len(parsed.entries)} entries"
    return [
        Edit(badge.line, None, "badge", badge.span, _digits(files, badge), str(works), reason, badge.file)
        for badge in parsed.badges
        if badge.value != works
    ]


def _digits(files: Files, badge: Badge) -> str:
    return files[badge.file][slice(*badge.span)].decode()


# Applying, and reading the result again


def _applied(
    files: Files, plans: Sequence[_Plan], badges: Sequence[Edit], reread: Callable[[Files], ParsedList]
) -> tuple[Files, ParsedList | None]:
    """The edited files and what is read from them; None where nothing was edited."""
    edits = [*(edit for plan in plans for edit in plan.edits), *badges]
    if not edits:
        return files, None
    result = {
        file: splice(data, [edit for edit in edits if edit.file == file]) for file, data in files.items()
    }
    return result, reread(result)


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """`data` with every edit's span replaced by its text. Raises SafetyError where spans overlap."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span[0] < at or edit.span[1] > len(data):
            raise SafetyError(f"two edits overlap at byte {edit.span[0]}")
        pieces += [data[at : edit.span[0]], edit.after.encode()]
        at = edit.span[1]
    return b"".join([*pieces, data[at:]])


def _compare(
    before: ParsedList, after: ParsedList, plans: Sequence[_Plan], badges: Sequence[Edit]
) -> set[str]:
    """Ids of edited entries that are not read back as intended.

    Raises SafetyError where entries, sections, links or badges got lost, or where an entry changed that
    was not edited. (mdformat guards its output likewise: https://github.com/hukkin/mdformat)
    """
    if len(before.entries) != len(after.entries):
        was, now = len(before.entries), len(after.entries)
        raise SafetyError(f"{was} entries would become {now}; nothing is written", place=before.path)
    _check_badges(before, after, badges)
    planned = {_id(plan): plan for plan in plans}
    misread = set()
    for old, new in zip(before.entries, after.entries, strict=True):
        plan = planned.get(old.entry_id)
        kept = ("file", "section", "links") if plan else _FIELDS
        if changed := [name for name in kept if _said(old, name) != _said(new, name)]:
            what = f"{changed[0].removesuffix('_text')} of entry {old.entry_id} would change"
            place = f"{before.path}: {old.place}" if old.file else f"{before.path}:{old.first_line}"
            raise SafetyError(f"{what}; nothing is written", place=place)
        if plan and not _as_intended(plan, new):
            misread.add(old.entry_id)
    return misread


_OTHER_FIELDS = ("kind", "title", "short_name", "authors", "et_al", "date_text", "paper_url")
_FIELDS = ("file", "section", "links", *_OTHER_FIELDS, "venue_text", "year")


def _said(entry: Entry, name: str) -> Any:
    """A field as it is compared: of links their targets, for a venue may stand in a label."""
    return [link.url for link in entry.links] if name == "links" else getattr(entry, name)


def _as_intended(plan: _Plan, new: Entry) -> bool:
    """Whether an edited entry reads with its new venue and year, and otherwise as before."""
    if plan.year != new.year or any(_said(plan.entry, name) != _said(new, name) for name in _OTHER_FIELDS):
        return False
    if plan.venue is None:
        return _letters(plan.entry.venue_text or "") == _letters(new.venue_text or "")
    return new.venue_text is not None and _names(new.venue_text, plan.venue)


def _check_badges(before: ParsedList, after: ParsedList, badges: Sequence[Edit]) -> None:
    wanted = {(edit.file, edit.span): int(edit.after) for edit in badges}
    was = [
        (badge.file, badge.label, wanted.get((badge.file, badge.span), badge.value))
        for badge in before.badges
    ]
    if was != [(badge.file, badge.label, badge.value) for badge in after.badges]:
        raise SafetyError("a badge would change its meaning; nothing is written", place=before.path)


# The uniform style


class Safe(str):
    """Text that is Markdown already; everything else that a template prints is escaped."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place of the shape, with the literal text that comes and goes with it."""

    name: str
    before: str
    after: str
    sample: str


DEFAULT_SHAPE = (
    '0. <u>Model</u>: **"Title"**. *Name et al.*  202X. [[Paper]()] [[Github]()] [[HuggingFace]()]'
)
"""The shape of an entry where the list shows none of its own."""

_PLACES = re.compile(
    r"(?P<links>\[{1,2}\w[^\[\]]*\]{1,2}\(.*[)\]])"
    r"|(?P<marker>^[-*+](?=\s))|(?P<number>^\d+(?=[.)]\s))"
    r"|(?P<venue>\b(?:venue|conference|journal)\b(?:\W{1,3}(?:20[\dX]{2}|year|YYYY)\b)?|\b(?:20[\dX]{2}|year|YYYY)\b)"
    r"|(?P<authors>\b(?:first )?(?:authors?|names?)\b(?:,? et al\.?)?)"
    r"|(?P<title>\b(?:paper )?title\b)"
    r"|(?P<short_name>\b(?:model|method|nickname|short name|acronym)\b)",
    re.IGNORECASE,
)


def read_shape(text: str) -> tuple[_Slot, ...] | None:
    """The slots of a list's insertion template; None where it is no line with a title and a link.

    `0. <u>Model</u>: **"Title"**. *Name et al.*  202X. [[Paper]()]` has the slots number, short_name,
    title, authors, venue (venue and year) and links; the literal text around a slot belongs to it, so
    that it goes where an entry does not say the thing.
    """
    line = one_line_keeping_gaps(text)
    found: dict[str, re.Match[str]] = {}
    for match in _PLACES.finditer(line):
        found.setdefault(match.lastgroup or "", match)
    places = sorted(found.values(), key=lambda match: match.start())
    if not {"title", "links"} <= found.keys() or line.startswith("|"):
        return None
    cuts = [0, *(_cut(line, one, two) for one, two in pairwise(places)), len(line)]
    slots = tuple(
        _Slot(match.lastgroup or "", line[start : match.start()], line[match.end() : end], match.group())
        for match, start, end in zip(places, cuts[:-1], cuts[1:], strict=True)
    )
    return None if any(re.search(r"\d", slot.before + slot.after) for slot in slots) else slots


def one_line_keeping_gaps(text: str) -> str:
    """The first line of a template that has words, without what introduces it (`Insertion Template:`)."""
    line = next((line for line in text.strip().splitlines() if line.strip()), "")
    return re.sub(r"^\s*(?:\w+ )?template\s*:\s*", "", line, flags=re.IGNORECASE).rstrip()


def _cut(line: str, one: re.Match[str], two: re.Match[str]) -> int:
    """Where the text between two places parts: after its last white space, else at the second place."""
    between = line[one.end() : two.start()]
    gap = max(between.rfind(" "), between.rfind("\t"))
    return one.end() + gap + 1 if gap >= 0 else two.start()


def own_title(data: bytes) -> str | None:
    """How a list calls itself: its first heading, if that is of the highest level."""
    source = load(data)
    first = next((block for block in read_blocks(source) if block.kind == "heading"), None)
    return heading_text(source, first) or None if first and first.level == 1 else None


def uniform(
    papers: Sequence[Paper], entries: Sequence[Entry], *, title: str, template: str | None = None
) -> str:
    """A whole list from the dataset alone: sections and entries in order, every entry in one shape.

    `template` is the list's own insertion template (a shape), or the source of a Jinja2 template, which
    holds `{{` or `{%`; None: the built-in shape. A template gets `title` and `sections`, each with
    `headings` (`marks`, `text`) and `entries`; an entry has `line` (in the shape), `number`, `kind`,
    `short_name`, `title`, `authors`, `et_al`, `venue`, `year`, `links` (`label`, `url`, `role`) and
    `paper`. Whatever it prints is escaped for Markdown; the filters are `url` (a link's target) and
    `raw_lines` (one line, as it is). It runs in a sandbox.

    Raises UsageError where the template does not work.
    """
    is_jinja = template is not None and ("{{" in template or "{%" in template)
    shape = read_shape(template) if template and not is_jinja else None
    shape = shape or read_shape(DEFAULT_SHAPE) or ()
    by_entry = {entry_id: paper for paper in papers for entry_id in paper.entry_ids}
    sections = _sections(entries, by_entry, shape)
    text = _rendered(template if is_jinja and template else _uniform_source(), title, sections)
    return _SURROGATE.sub("\ufffd", re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n")


@cache
def _uniform_source() -> str:
    return (resources.files("pipeline") / "data" / "uniform.md.j2").read_text(encoding="utf-8")


def _rendered(source: str, title: str, sections: Sequence[Mapping[str, Any]]) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader({}),
        finalize=_escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(url=_target, raw_lines=lambda value: Safe(inert(one_line(str(value)))))
    try:
        return environment.from_string(source).render(title=title, sections=sections)
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise UsageError(f"the template does not work{where}: {inert(str(error))}") from None


def _escaped(value: Any) -> Any:
    """What a template prints: nothing for None, Markdown as it is, everything else escaped."""
    if value is None:
        return ""
    return value if isinstance(value, (Safe, int)) else Safe(_markdown(str(value)))


def _target(url: str) -> Safe:
    """A URL as the target of an inline link: nothing in it can end the link."""
    from urllib.parse import quote

    safe = "".join(quote(c) if c.isspace() or c in '<>\\`"|' or not c.isprintable() else c for c in url)
    if _balanced(safe):
        return Safe(safe)
    return Safe(safe.replace("(", "%28").replace(")", "%29"))


def _balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def _sections(
    entries: Sequence[Entry], by_entry: Mapping[str, Paper], shape: Sequence[_Slot]
) -> list[dict[str, Any]]:
    """The entries grouped by section in the order of the list, each with the headings that open it."""
    sections: list[dict[str, Any]] = []
    path: tuple[str, ...] | None = None
    for entry in entries:
        if entry.section != path:
            sections.append({"headings": _headings(path or (), entry.section), "entries": []})
            path = entry.section
        group = sections[-1]["entries"]
        fields = _fields(entry, by_entry.get(entry.entry_id), len(group) + 1)
        group.append({**fields, "line": Safe("".join(_filled(slot, fields) for slot in shape).rstrip())})
    return sections


def _headings(old: tuple[str, ...], new: tuple[str, ...]) -> list[dict[str, str]]:
    """The headings that lead from one section's path to the next; the title of the list is the only `#`."""
    same = next(
        (i for i, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new))
    )
    same = min(same, len(new) - 1) if new else 0
    return [{"marks": Safe("#" * min(i + 2, 6)), "text": new[i]} for i in range(max(same, 0), len(new))]


def _fields(entry: Entry, paper: Paper | None, number: int) -> dict[str, Any]:
    """What the dataset says about one entry, for a template."""
    facts = paper or Paper("", ())
    verdict = next((one for one in facts.verdicts if one.entry_id == entry.entry_id), None)
    trusted = verdict is None or verdict.link_status not in _UNSURE_LINKS
    venue, year = _venue_of(entry, facts if trusted else Paper("", ()))
    return {
        "number": number,
        "kind": entry.kind,
        "short_name": entry.short_name,
        "title": (facts.title if trusted else None) or entry.title,
        "authors": (facts.authors if trusted else ()) or entry.authors,
        "et_al": entry.et_al,
        "venue": venue,
        "year": year,
        "links": _labelled(entry.links),
        "paper": facts,
    }


def _venue_of(entry: Entry, paper: Paper) -> tuple[str | None, int | None]:
    """The decided venue and year, else what the list says, else what the preprint server says."""
    if paper.decided:
        return paper.venue, paper.year
    if entry.venue_text or entry.year:
        return entry.venue_text, entry.year
    return paper.venue, paper.year


_LABELS = {"paper": "Paper", "code": "Github", "data": "Data", "model": "Model", "project": "Project"}


def _labelled(links: Sequence[Link]) -> list[Link]:
    return [
        link if link.label.strip() else replace(link, label=_LABELS.get(link.role, "Link")) for link in links
    ]


def _filled(slot: _Slot, fields: Mapping[str, Any]) -> str:
    """One slot with its value, or nothing where the entry has none."""
    text = _FILLERS[slot.name](slot, fields)
    before, after = slot.before, slot.after
    if slot.name == "title":
        before, after = _without_quotes(before, after, fields["title"] or "")
    return f"{before}{text}{after}" if text else ""


def _without_quotes(before: str, after: str, title: str) -> tuple[str, str]:
    """A title with quotes at its own ends is printed without the shape's: `""Why?": On Trust"` misleads."""
    quotes = "\"'“”‘’"
    if not title or not (title[0] in quotes or title[-1] in quotes):
        return before, after
    return before.rstrip(quotes), after.lstrip(quotes)


def _fill_authors(slot: _Slot, fields: Mapping[str, Any]) -> str:
    authors = [_markdown(name) for name in fields["authors"]]
    if "et al" in slot.sample and len(authors) == 2 and not fields["et_al"]:
        return " and ".join(authors)
    more = fields["et_al"] or len(authors) > 1
    if "et al" in slot.sample and more and authors:
        return f"{authors[0]} et al." if slot.sample.endswith(".") else f"{authors[0]} et al"
    return ", ".join(authors) + (" et al." if fields["et_al"] and authors else "")


def _fill_venue(slot: _Slot, fields: Mapping[str, Any]) -> str:
    said = [fields["venue"], fields["year"]]
    return " ".join(_markdown(str(one)) for one in said if one)


def _fill_links(slot: _Slot, fields: Mapping[str, Any]) -> str:
    doubled = slot.sample.startswith("[[")
    texts = [f"[{_markdown(link.label)}]({_target(link.url)})" for link in fields["links"]]
    return " ".join(f"[{text}]" if doubled else text for text in texts)


def _fill_plain(slot: _Slot, fields: Mapping[str, Any]) -> str:
    value = fields[slot.name]
    return "" if value is None else _markdown(str(value))


_FILLERS: Mapping[str, Callable[[_Slot, Mapping[str, Any]], str]] = {
    "marker": lambda slot, _: slot.sample,
    "number": _fill_plain,
    "short_name": _fill_plain,
    "title": _fill_plain,
    "authors": _fill_authors,
    "venue": _fill_venue,
    "links": _fill_links,
}
