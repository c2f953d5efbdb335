"""A venue and its year as bytes of an entry, in the entry's own notation."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import venues
from pipeline.model import Entry, EntryVerdict, Span
from pipeline.rendering.edits import Edit
from pipeline.rendering.escaping import SURROGATE, as_markdown, badge_text
from pipeline.rendering.habits import Habit
from pipeline.text import fold, inert, one_line


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of one entry: its file's bytes, the verdict on it, the list's habit, the evidence."""

    data: bytes
    ends: Sequence[int]
    """Where the lines of `data` end, ascending."""
    entry: Entry
    verdict: EntryVerdict
    habit: Habit
    reason: str

    def edit(self, kind: str, span: Span, after: str) -> Edit:
        """An edit of this entry at `span`."""
        line = bisect_left(self.ends, span[0]) + 1
        before = self.data[slice(*span)].decode("utf-8", "replace")
        return Edit(line, self.entry.entry_id, kind, span, before, after, self.reason, self.entry.file)


class Leave(Exception):
    """This entry is left alone; the text says why."""


_IN_A_CELL = re.compile(rb"\|[ \t*_(]*$")


def says_venue(text: str | None, wanted: str) -> bool:
    """Whether the list's venue text already says the wanted venue (case, spacing and tracks aside)."""
    if text is None:
        return False
    if letters_of(text) == letters_of(wanted):
        return True
    reading, target = venues.understand(text), venues.understand(wanted).venue
    if reading.venue is None or target is None or reading.venue.id != target.id:
        return False
    return venues.is_canonical(text, target) or (
        reading.track is not None and _nonstandard_word(text, wanted) is None
    )


def letters_of(text: str) -> str:
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


FULL_YEAR = re.compile(rb"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


def venue_and_year(task: Task, digits: Span | None, venue: str | None, year: int | None) -> tuple[Edit, ...]:
    """The edits that put `venue` and `year` (None: as it is) where they belong; `digits` are those of the year. Raises Leave."""
    spans = task.entry.spans
    inside = (
        digits if digits and "venue" in spans and spans["venue"][0] <= digits[0] < spans["venue"][1] else None
    )
    if venue and inside:
        whole = f"{venue} {year or task.entry.year}"
        return (task.edit("venue", _core(task), _fit(task, _core(task), whole)),)
    edits = [_year_edit(task, digits, year)] if digits and year else []
    if venue and "venue" not in spans and task.entry.venue_text is not None:
        raise Leave(
            "the place of its venue is not understood"
        )  # `EMNLP 2023 Findings`: on both sides of the year
    if venue:
        edits.append(_replacement(task, venue) if "venue" in spans else _insertion(task, digits, venue))
    return tuple(sorted(edits, key=lambda edit: edit.span))


def _year_edit(task: Task, digits: Span, year: int) -> Edit:
    """The year in as many digits as the list writes."""
    if _context(task, digits) == "address":
        raise Leave("its year stands in an address")
    short = digits[1] - digits[0] == 2
    return task.edit("year", digits, f"{year % 100:02d}" if short else str(year))


def _replacement(task: Task, venue: str) -> Edit:
    span = _core(task)
    text = task.data[slice(*span)].decode("utf-8")
    if (part := _nonstandard_word(text, venue)) and venues.understand(text).track:
        before, after = text[: part[0]], text[part[1] :]
        return task.edit("venue", span, f"{before}{_fit(task, span, venue)}{after}")
    span = _with_preprint_number(task, span)
    return task.edit("venue", span, _unglued(task, span, venue, _fit(task, span, venue)))


def _unglued(task: Task, span: Span, venue: str, text: str) -> str:
    """`ACL2021` stays glued to its year as long as one word replaces it; several words need a space."""
    glued = bool(re.fullmatch(r"[^\W\d]+", venue))
    year = task.entry.spans.get("year", (-1, -1))
    after = " " if not glued and span[1] == year[0] else ""
    before = " " if not glued and span[0] == year[1] else ""
    return f"{before}{text}{after}"


def _core(task: Task) -> Span:
    """The venue's own bytes within its span: without emphasis, brackets or tags around it."""
    start, end = task.entry.spans["venue"]
    raw = task.data[start:end]
    name = (task.entry.venue_text or "").encode()
    if name and raw.count(name) == 1 and not FULL_YEAR.search(raw.replace(name, b"")):
        at = start + raw.index(name)
        return at, at + len(name)
    lead = re.match(rb"(?:[\s*_`~\[({]|<[^<>]*>)*", raw)
    trail = re.search(rb"(?:[\s*_`~\])}]|<[^<>]*>)*$", raw)
    first, last = start + (lead.end() if lead else 0), start + (trail.start() if trail else len(raw))
    if first >= last or re.search(rb"[\n|<>]|\]\(", task.data[first:last]):
        raise Leave("the place of its venue is not understood")
    return first, last


_PREPRINT_NUMBER = re.compile(rb"[0-9]{4}\.[0-9]{4,5}")
_PREPRINT_TAIL = re.compile(
    rb"(?:[ ]+(?:e-?print|preprint))?"
    rb"(?:[ ]*,?[ ]*(?:arXiv)?[ ]*[:/ ][ ]*(?:abs/)?[0-9]{4}\.[0-9]{4,5}(?:v[0-9]+)?"
    rb"(?:[ ]*\[[a-z]{2,7}[.-]?[A-Za-z-]*\])?)?",
    re.IGNORECASE,
)


def _with_preprint_number(task: Task, span: Span) -> Span:
    """A preprint label with its number: `arXiv:2401.00001` goes as a whole.

    Raises Leave where no link of the entry keeps that number: nothing may be lost.
    """
    start, end = span
    found = _PREPRINT_TAIL.match(task.data, end)
    tail = found.end() if found else end
    others = [other for name, other in task.entry.spans.items() if name != "venue"]
    if any(end < other[1] and other[0] < tail for other in others):
        raise Leave("its preprint number is part of another field")
    number = _PREPRINT_NUMBER.search(task.data, start, tail)
    if number and not any(number.group().decode() in link.url for link in task.entry.links):
        raise Leave("its preprint number stands nowhere else")
    return start, tail


_OPENED = re.compile(rb"""(?:[\s(\[{"|>]|(?:^|[\s(\[{"'|>,.:;])[*_]{1,3})$""")
"""What a word may follow at once: a blank, an opening bracket or quote, the opening mark of emphasis."""


def _insertion(task: Task, digits: Span | None, venue: str) -> Edit:
    """A missing venue beside the year, in the list's own order and punctuation."""
    entry, habit, data = task.entry, task.habit, task.data
    if digits is None or entry.venue_text is not None:
        raise Leave("it has no place for a venue")
    if not habit.shown:
        raise Leave("most entries of this list show no venue")
    if habit.separator is None or digits[1] - digits[0] != 4:
        raise Leave("how this list places a venue is not understood")
    start, end = entry.spans["year"]
    if (
        entry.layout == "table row"
        and _IN_A_CELL.search(data[max(start - 20, 0) : start])
        and data[end : end + 20].lstrip().startswith(b"|")
    ):
        raise Leave("its year has a cell of its own")
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
        raise Leave("words stand where its venue would go")


def _context(task: Task, span: Span) -> str:
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


def _fit(task: Task, span: Span, venue: str) -> str:
    """A venue's name as inert text for the place where it goes. Raises Leave where none is safe."""
    context = _context(task, span)
    name = SURROGATE.sub("\ufffd", inert(one_line(venue)))
    if context in ("address", "image"):
        raise Leave(f"its venue stands in an {context}")
    if context == "badge":
        return badge_text(name)
    if context == "code":
        return name.replace("`", "")
    return html.escape(name, quote=False) if context == "html" else as_markdown(name)
