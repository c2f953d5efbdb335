"""Rows of large tables, all of one shape, read by one regular expression instead of sign by sign.

A mould takes only rows of which is certain that the general way says the same: cells that are plain, bold or
one link called by a kind of thing, and a title that says nothing but itself. All others go the general way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.formats._blocks import Block, cells_of
from pipeline.formats._cited import find_citation
from pipeline.formats._fields import describe_plain
from pipeline.formats._inline import scan
from pipeline.formats._labels import is_generic
from pipeline.formats._model import CharSpan, Context, EntryDraft, LinkDraft, TitleSlot
from pipeline.formats._slots import is_titled
from pipeline.formats._source import Source
from pipeline.formats._title_ends import dashed_lead, venue_sentence
from pipeline.formats.linked_title import find
from pipeline.formats.table_row import is_address, paper_columns
from pipeline.text import lazy

_SIGNS = r"\w,.;?/&'’!+=%@#–—-"
_WORDS = rf"[{_SIGNS}]++(?: [{_SIGNS}]++)*+"
"""Words with one blank between them, of signs that are no markup."""
_TITLE = rf"[:{_SIGNS}]++(?: [:{_SIGNS}]++)*+"
_PROSE = rf"(?:[ {_SIGNS}]++|:(?!//))*+"
_LABEL = r"[^\W_]++(?:[ .-][^\W_]++)*+"
_URL = r"https?://[\w./?=&%#~-]{4,2000}+"
_BAR = r"[ \t]*+\|[ \t]*+"
_READ = frozenset(("authors", "venue", "date", "name", "comment", "status"))
"""The columns that say something apart from their links."""
_ENDS_WELL = "?!"
_TWO_DIGITS = lazy(r"\d\d")
_SHORT, _LONG, _LONGEST_PLAIN = 60, 90, 160
"""Below the first a title may be a date, above the second a citation, and above the third prose if it is plain."""
_ROWS = 100
"""In a table of fewer rows a pattern of its own takes longer to make than it saves."""
_SAMPLE = 24


@dataclass(frozen=True, slots=True)
class Mould:
    """What the rows of one table look like; all numbers are groups of the pattern.

    The title stands in `title`, with the sign that it is bold before it or, where it is `linked`, its address
    behind it. `texts` are the other cells that are read, with their roles, `links` the labels of links, each
    with its address behind it, and `papers` the addresses in columns headed "Paper".
    """

    context: Context
    pattern: re.Pattern[str]
    title: int
    linked: bool
    texts: tuple[tuple[int, str], ...]
    links: tuple[int, ...]
    papers: tuple[int, ...]

    def read(self, text: str, start: int, end: int) -> EntryDraft | None:
        """The draft of the row that fills this line, or None where it may say more than a mould can tell."""
        row = self.pattern.fullmatch(text, start, end)
        slot = self._slot(row) if row else None
        links = self._links(row) if row and slot else None
        if row is None or slot is None or links is None:
            return None
        cells: list[tuple[str, CharSpan]] = []
        for group, role in self.texts:
            if role == "name" and " al" in row[group]:
                return None  # perhaps cited behind the name
            cells.append((role, row.span(group)))
        draft = describe_plain(text, slot, self.context, cells, links)
        if draft.title_url is None and self.papers:
            draft.title_url = next(
                (url for group in self.papers if is_address(url := row[group] or "")), None
            )
        return draft

    def _slot(self, row: re.Match[str]) -> TitleSlot | None:
        """The place of a title that says nothing but itself."""
        title, (start, end) = row[self.title], row.span(self.title)
        if not _is_only_title(row.string, title, start, end):
            return None
        if not self.linked and row[self.title - 1]:
            return TitleSlot(start, end, (start - 2, end + 2), 1.0)
        if title[0].isdigit():
            return None  # perhaps a counter
        if self.linked:
            return self._linked(row, start, end)
        if end - start > _LONGEST_PLAIN:
            return None
        return TitleSlot(start, end, (start, end), 0.9)

    def _linked(self, row: re.Match[str], start: int, end: int) -> TitleSlot | None:
        if _TWO_DIGITS.search(row.string, start, end):
            return None  # perhaps a venue with its year
        slot = find(scan(row.string, start - 1, row.end(self.title + 1) + 1), self.context)
        return slot if slot and (slot.start, slot.end, slot.weight) == (start, end, 1.0) else None

    def _links(self, row: re.Match[str]) -> tuple[LinkDraft, ...] | None:
        """Every address once; None where a link is called by more than the kind of thing it leads to."""
        found: dict[str, LinkDraft] = {}
        for group in self.links:
            label, url = row[group], row[group + 1]
            if label is None:
                continue
            if group != self.title and not is_generic(label):
                return None
            if url not in found:
                found[url] = LinkDraft(label, url, *row.span(group + 1))
        return tuple(found.values())


def _is_only_title(text: str, title: str, start: int, end: int) -> bool:
    """Whether nothing in a text reads as anything but a title: no date, citation, entity or sign at its end."""
    if not (title[-1].isalpha() or title[-1] in _ENDS_WELL) or "_" in title or "://" in title:
        return False
    if title[-5:].casefold() == "arxiv":
        return False
    if not is_titled(title) or title.count("&") > title.count("& "):
        return False
    if len(title) < _SHORT and (_TWO_DIGITS.search(title) or is_generic(title)):
        return False
    if _TWO_DIGITS.search(title) and (venue_sentence(text, start, end) or dashed_lead(text, start, end)):
        return False
    perhaps_cited = " :" in title or ". " in title or (len(title) > _LONG and ", " in title)
    return not (perhaps_cited and find_citation(text, start, end))


def make_mould(source: Source, context: Context, rows: Sequence[Block]) -> Mould | None:
    """The mould for these rows, which have one header and the same roles; None where most do not fit one."""
    header, roles = rows[0].header, context.columns[rows[0].table]
    if len(rows) < _ROWS or "title" not in roles or not any(header) or context.named:
        return None
    sample = rows[:: 1 + len(rows) // _SAMPLE]
    cells = [cells_of(source, row) for row in sample]
    shapes = [
        Counter(_shape(source.visible, *row[column]) for row in cells if len(row) == len(roles))
        for column in range(len(roles))
    ]
    plan = _Plan(context, paper_columns(header))
    for column, role in enumerate(roles):
        plan.add(column, role, shapes[column])
    mould = plan.mould()
    lines = [(source.line_starts[row.lines[0]], source.line_end(row.lines[0])) for row in sample]
    fitting = sum(mould.pattern.fullmatch(source.visible, *line) is not None for line in lines)
    return mould if 2 * fitting > len(lines) else None


def _shape(text: str, start: int, end: int) -> str:
    """What a cell looks like by its first signs; whether it is so is for the pattern to say."""
    opening = text[start:end][:3].lstrip("*")
    return "link" if opening[:1] == "[" else "text"


@dataclass(slots=True)
class _Plan:
    """A mould in the making, column by column."""

    context: Context
    headed: Sequence[int]
    pieces: list[str] = field(default_factory=list)
    group: int = 1
    title: int = 0
    linked: bool = False
    texts: list[tuple[int, str]] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    papers: list[int] = field(default_factory=list)

    def add(self, column: int, role: str, shapes: Counter[str]) -> None:
        """Add the pattern of one column; of its cells only those are read that look as some of the sample do."""
        if role == "title":
            self._add_title(linked=shapes["link"] > shapes["text"])
        elif role in _READ:
            self.texts.append((self.group, role))
            self._add(f"({_WORDS})" if role == "authors" else rf"((?:\*\*{_WORDS}\*\*|{_WORDS})?+)", 1)
        elif shapes["link"]:
            self.links.append(self.group + 1)
            if column in self.headed:
                self.papers.append(self.group + 2)
            sign = self.group
            self._add(rf"(?:(\*\*)?+\[({_LABEL})\]\(({_URL})\)(?({sign})\*\*)|{_PROSE})", 3)
        else:
            self._add(_PROSE, 0)

    def _add_title(self, *, linked: bool) -> None:
        self.linked = linked
        if linked:
            self.title = self.group
            self.links.append(self.group)
            self._add(rf"\[({_TITLE})\]\(({_URL})\)", 2)
        else:
            self.title = self.group + 1
            self._add(rf"(\*\*)?+({_TITLE})(?({self.group})\*\*)", 2)

    def _add(self, pattern: str, groups: int) -> None:
        self.pieces.append(pattern)
        self.group += groups

    def mould(self) -> Mould:
        """The mould of all columns that were added."""
        return Mould(
            self.context,
            re.compile(_BAR + _BAR.join(self.pieces) + _BAR + r"\r?"),
            self.title,
            self.linked,
            tuple(self.texts),
            tuple(self.links),
            tuple(self.papers),
        )
