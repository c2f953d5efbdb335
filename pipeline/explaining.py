"""How a list was read, for people: each entry with its fields and their places, and what was not understood.

Plain text, one fact per line, so that it can be searched and piped. Positions are `line:column`, both from
1, the column in characters as editors count; `bytes` are the offsets `[start, end)` in the file as stored.
Why a line is no entry is found out by asking the reader: the line is read again alone, and alone under its
headings, so this page cannot disagree with what the reader does.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.errors import UsageError
from pipeline.formats._source import Source, load
from pipeline.model import Entry, Files, Link, ParsedList, Span
from pipeline.reader import read_list
from pipeline.text import one_line

_LONGEST = 160
_NAMES = {"short_name": "short name"}
_CLUTTER = tuple(
    re.compile(pattern, re.M | re.S)
    for pattern in (
        r"<!--.{0,5000}?-->",
        r"<[^<>]{1,500}(?:>|\Z)|\A[^<>]{0,500}>",
        r"!\[[^\[\]]{0,300}\]\([^()]{0,500}\)",
        r"\]\s?\[[^\[\]]{0,200}\]",
        r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])\s(?:\s*\[[ xX]\]\s)?",
    )
)
_PIECE = re.compile(r"[^\n|\x00]+")
_LITTLE = re.compile(r"[\W_]*(?:(?:et\.? al|and|by|in|at|with|https?)\b[\W_]*)*", re.I)
_HEADING = re.compile(r" {0,3}(#{1,6})\s+\S|<h([1-6])\b", re.I)
_FENCE = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})")
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|?)+\s*")
_REFERENCE = re.compile(r" {0,3}\[[^\]]+\]:\s*\S")
_ASKED = re.compile(r"(?:(?P<file>.+):)?(?P<first>\d+)(?:-(?P<last>\d+))?")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that somebody asks about, numbered from 1, both ends included; `file` as in `Entry.file`."""

    file: str | None
    first: int
    last: int


def read_lines(texts: Iterable[str], parsed: ParsedList) -> list[Lines]:
    """Lines as a person writes them: `12`, `12-20`, and in a list of several files `part.md:12`.

    Raises UsageError for anything else, and for a file that is none of the list's.
    """
    return [_read_lines(text, parsed) for text in texts]


def _read_lines(text: str, parsed: ParsedList) -> Lines:
    found = _ASKED.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no line", hint="write 12, 12-20, or part.md:12")
    file, first = found["file"], int(found["first"])
    if parsed.files and file not in parsed.files:
        raise UsageError(
            f"{text!r}: which file?", hint=f"one of {', '.join(parsed.files)}, such as {parsed.files[0]}:12"
        )
    if file and not parsed.files:
        raise UsageError(f"{text!r}: this list is one file", hint=f"write {first}")
    return Lines(file, first, max(first, int(found["last"] or first)))


def explain(parsed: ParsedList, files: Files, asked: Sequence[Lines] = ()) -> Iterator[str]:
    """How a list was read, line by line of the explanation; only what stands in the lines `asked` for.

    Without `asked`: a summary, every entry, and what looks like an entry but was not read. Raises
    UsageError for a line that the file does not have, after all others were explained.
    """
    places = {file: _Page(file, data) for file, data in files.items()}
    if asked:
        order = {file: number for number, file in enumerate(files)}
        there = sorted(asked, key=lambda one: (order[one.file], one.first, one.last))
        for lines in sorted(there, key=lambda one: not places[one.file].has(one)):
            yield from _of_lines(parsed, places[lines.file], lines)
        return
    yield from _summary(parsed)
    for entry in parsed.entries:
        yield ""
        yield from _of_entry(entry, places[entry.file])
    if parsed.unread:
        yield from ("", f"not read, though it looks like entries ({_count(len(parsed.unread), 'line')}):")
    for problem in parsed.unread:
        yield f"  {places[problem.file].at(problem.line)}: {_cut(problem.text)}"


def _summary(parsed: ParsedList) -> Iterator[str]:
    kinds = Counter(entry.kind for entry in parsed.entries)
    yield (
        f"{parsed.path}: {_count(len(parsed.entries), 'entry', 'entries')}"
        f" ({_count(kinds['paper'], 'paper')}, {kinds['other']} other)"
    )
    for layout, count in Counter(entry.layout for entry in parsed.entries).most_common():
        yield f"  {count:>5} {layout}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


class _Page:
    """One file of the list, and how its places are called."""

    def __init__(self, file: str | None, data: bytes) -> None:
        self.file, self.data = file, data
        self.source: Source = load(data)
        self._starts = [0, *(found.end() for found in re.finditer(b"\n", data))]

    def at(self, line: int) -> str:
        """A line for people."""
        return f"{self.file}:{line}" if self.file else f"line {line}"

    def span(self, first: int, last: int) -> Span:
        """The bytes of the lines from `first` to `last`, the last line's end left out."""
        end = self._starts[last] - 1 if last < len(self._starts) else len(self.data)
        return self._starts[first - 1], end

    def position(self, offset: int) -> str:
        """`line:column` of a byte."""
        line = bisect_right(self._starts, offset)
        return f"{line}:{len(self.read((self._starts[line - 1], offset))) + 1}"

    def read(self, span: Span) -> str:
        """The text of some bytes; undecodable ones as surrogate escapes."""
        return self.data[slice(*span)].decode("utf-8", "surrogateescape")

    def row(self, what: str, span: Span, text: str) -> str:
        """One fact with its place."""
        return f"  {what:<11} {self.position(span[0]):<8} bytes {span[0]}-{span[1]}  {text}"

    @cached_property
    def fenced(self) -> frozenset[int]:
        """The 0-based lines within blocks of code."""
        return _fenced(self.source)

    @cached_property
    def _headings(self) -> dict[int, tuple[str, ...]]:
        return _headings(self.source)

    def headings(self, line: int) -> tuple[str, ...]:
        """The headings above a line, outermost first."""
        at = list(self._headings)
        before = bisect_right(at, line - 2)
        return self._headings[at[before - 1]] if before else ()

    def has(self, lines: Lines) -> bool:
        """Whether the file has all of these lines."""
        return lines.first >= 1 and lines.last <= self.lines

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self._starts) - (self._starts[-1] == len(self.data) and len(self._starts) > 1)


# Entries


def _of_entry(entry: Entry, page: _Page) -> Iterator[str]:
    last = f"-{entry.last_line}" if entry.last_line > entry.first_line else ""
    section = f", under {one_line(' > '.join(entry.section))}" if entry.section else ""
    yield f"{page.at(entry.first_line)}{last}: {entry.kind} {entry.entry_id}, read as {entry.layout}{section}"
    for name, span in sorted(entry.spans.items(), key=lambda item: item[1]):
        yield from _field(entry, name, span, page)
    yield from _without_place(entry)
    for span in _leftovers(entry, page):
        yield page.row("left over", span, _shown(page.read(span)))


def _field(entry: Entry, name: str, span: Span, page: _Page) -> Iterator[str]:
    verbatim = page.read(span)
    if name.startswith("link."):
        link = entry.links[int(name.removeprefix("link."))]
        yield page.row("link", span, _shown(verbatim))
        yield f"    {_about_link(entry, link)}"
        return
    yield page.row(_NAMES.get(name, name), span, _shown(verbatim))
    cleaned = _value(entry, name)
    if cleaned not in (None, verbatim):
        yield f"    cleaned: {_shown(cleaned or '')}"


def _about_link(entry: Entry, link: Link) -> str:
    label = f"label {_shown(link.label)!r}, " if link.label else "no label, "
    chosen = "; taken as the paper's link" if link.url == entry.paper_url else ""
    if link.role == "other":
        return f"{label}not understood: no known shape of address says what it leads to{chosen}"
    return f"{label}leads to: {link.role}{chosen}"


def _value(entry: Entry, name: str) -> str | None:
    """A field as it was understood."""
    if name == "authors":
        return ", ".join(entry.authors) + (" et al." if entry.et_al else "")
    if name == "year":
        return None if entry.year is None else str(entry.year)
    fields = {
        "title": entry.title,
        "short_name": entry.short_name,
        "venue": entry.venue_text,
        "date": entry.date_text,
    }
    return fields.get(name)


def _without_place(entry: Entry) -> Iterator[str]:
    for name, value in _placeless(entry):
        where = "from its date" if name == "year" and entry.date_text else "no place of its own"
        yield f"  {_NAMES.get(name, name):<11} ({where})  {_shown(value)}"


def _placeless(entry: Entry) -> Iterator[tuple[str, str]]:
    """Fields without a span: a year that a date says, a title of which a part is a link."""
    for name in ("title", "short_name", "authors", "venue", "year", "date"):
        value = _value(entry, name)
        if value and name not in entry.spans:
            yield name, value


def _shown(text: str) -> str:
    """Verbatim text on one line, cut where it is very long."""
    return _cut(text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t"))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


# What lies between the fields


def _leftovers(entry: Entry, page: _Page) -> Iterator[Span]:
    """The places within an entry that hold words which no field and no markup accounts for."""
    start, end = _extent(entry, page)
    placeless = " ".join(value for _, value in _placeless(entry))
    for low, high in _gaps(sorted(entry.spans.values()), start, end):
        text = page.read((low, high))
        bare = _without_labels(_without_clutter(text), entry.links)
        for piece in _PIECE.finditer(bare):
            words = re.search(r"[^\W_](?:.*[^\W_])?", piece[0], re.S)
            if words and len(words[0]) > 1 and not _LITTLE.fullmatch(piece[0]) and words[0] not in placeless:
                first, last = piece.start() + words.start(), piece.start() + words.end()
                yield _bytes(text, low, first), _bytes(text, low, last)


def _extent(entry: Entry, page: _Page) -> Span:
    """The entry's own bytes: a row of an HTML table may share its lines with others."""
    start, end = page.span(entry.first_line, entry.last_line)
    own = entry.text.encode("utf-8", "surrogateescape")
    at = page.data.find(own, start, end)
    return (at, at + len(own)) if own and at >= 0 else (start, end)


def _gaps(spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    at = start
    for low, high in spans:
        if at < low:
            yield at, low
        at = max(at, high)
    if at < end:
        yield at, end


def _without_clutter(text: str) -> str:
    """Markup, badges, list markers and little words blanked with NUL, every position kept."""
    for pattern in _CLUTTER:
        text = pattern.sub(lambda found: "\0" * len(found[0]), text)
    return text


def _without_labels(text: str, links: Sequence[Link]) -> str:
    """The labels of links blanked: they are understood with their links."""
    text = re.sub(r"\[[^\[\]]{0,500}\]{1,2}\(?<?\Z", lambda found: "\0" * len(found[0]), text)
    for label in {link.label for link in links if link.label}:
        at = text.find(label)
        if at >= 0:
            text = f"{text[:at]}{chr(0) * len(label)}{text[at + len(label) :]}"
    return text


def _bytes(text: str, low: int, char: int) -> int:
    return low + len(text[:char].encode("utf-8", "surrogateescape"))


# Lines


def _of_lines(parsed: ParsedList, page: _Page, lines: Lines) -> Iterator[str]:
    if not page.has(lines):
        raise UsageError(
            f"there is no line {lines.last}",
            place=page.file or parsed.path,
            hint=f"the last one is {page.lines}",
        )
    entries = _by_line(entry for entry in parsed.entries if entry.file == page.file)
    told: set[str] = set()
    for line in range(lines.first, lines.last + 1):
        here = entries.get(line, [])
        if not here:
            yield f"{page.at(line)}: {_why_not(parsed, page, line)}"
        for entry in here:
            if entry.entry_id not in told:
                told.add(entry.entry_id)
                yield from _of_entry(entry, page)


def _by_line(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for entry in entries:
        for line in range(entry.first_line, entry.last_line + 1):
            found.setdefault(line, []).append(entry)
    return found


def _why_not(parsed: ParsedList, page: _Page, line: int) -> str:
    """Why a line is no part of an entry."""
    start, end = page.span(line, line)
    written, seen = page.read((start, end)), page.source.line(line - 1)
    if not written.strip():
        return "empty"
    if not seen.strip():
        return "not an entry: it is hidden from readers (a comment or front matter)"
    if _HEADING.match(seen):
        return "not an entry: a heading"
    if _RULE.fullmatch(seen):
        return "not an entry: a rule"
    if "|" in seen and line < page.lines and _RULE.fullmatch(page.source.line(line)):
        return "not an entry: the header of a table"
    if _REFERENCE.match(seen):
        return "not an entry: it says where links written as [text][name] lead"
    if line - 1 in page.fenced:
        return "not an entry: it stands in a block of code"
    unread = any(problem.line == line and problem.file == page.file for problem in parsed.unread)
    lead = "looks like an entry (it links to a paper), but was not read: " if unread else "not an entry: "
    return lead + _by_reading_again(page, line, seen)


def _fenced(source: Source) -> frozenset[int]:
    """The 0-based lines that stand within fenced blocks of code, the fences included."""
    found: set[int] = set()
    opened: str | None = None
    for index in range(len(source.line_starts)):
        fence = _FENCE.match(source.line(index))
        if opened is not None or fence:
            found.add(index)
        if fence and opened is None:
            opened = fence[1]
        elif fence and opened and fence[1].startswith(opened):
            opened = None
    return frozenset(found)


def _headings(source: Source) -> dict[int, tuple[str, ...]]:
    """The headings that stand above what follows each heading, itself included, by its 0-based line."""
    found: dict[int, tuple[str, ...]] = {}
    path: list[tuple[int, str]] = []
    for index in range(len(source.line_starts)):
        text = source.line(index)
        heading = _HEADING.match(text)
        if heading:
            level = len(heading[1]) if heading[1] else int(heading[2])
            path = [*(one for one in path if one[0] < level), (level, text)]
            found[index] = tuple(text for _, text in path)
    return found


def _by_reading_again(page: _Page, line: int, text: str) -> str:
    """What the reader says of the line alone (a row: with the head of its table), then under its headings."""
    text = "\n".join([*_table_head(page, line), text])
    alone = _entry_in(text)
    if alone is None:
        return "no layout finds the title of a paper in it"
    headings = page.headings(line)
    if headings and _entry_in("\n\n".join([*headings, text])) is None:
        return (
            f"alone it would be one (read as {alone}), but it stands under {_shown(headings[-1].strip())!r}"
        )
    return f"alone it would be one (read as {alone}), but what stands around it says otherwise"


def _table_head(page: _Page, line: int) -> list[str]:
    """The header and the rule of the pipe table that a line is a row of; empty where it is none."""
    for index in range(line - 2, 0, -1):
        text = page.source.line(index)
        if "|" not in text:
            break
        if _RULE.fullmatch(text):
            return [page.source.line(index - 1), text]
    return []


def _entry_in(text: str) -> str | None:
    """The layout that reads an entry in a text, or None."""
    read = read_list(text.encode("utf-8", "surrogateescape"), name="line", path="line")
    return read.entries[0].layout if read.entries else None
