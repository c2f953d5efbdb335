"""Reads a list: bytes in, entries with byte spans out. Pure, never fails, linear in the size of the list.

The blocks of the file are asked one by one whether they start an entry, continue the one before, or are
neither. Lists repeat one or two line shapes, so the layouts are first tried on a sample; the list is then
read by those that read the sample best. Which URL leads where is knowledge of `identifiers`.
"""

from __future__ import annotations

import gc
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pipeline import identifiers
from pipeline.formats import Candidate, Context, EntryDraft, Layout, layouts
from pipeline.formats._blocks import Block, read_blocks, references
from pipeline.formats._inline import Inline, scan
from pipeline.formats._source import CharSpan, Source, load
from pipeline.formats._tables import column_roles
from pipeline.model import Badge, Entry, Identifier, Kind, Link, ParsedList, Problem
from pipeline.text import normalise_title, slug

_SAMPLE = 240
_SURE = 0.5
_LONGEST = 32_768
_NOT_ENTRIES = re.compile(
    r"\W*(?:(?:latest |recent |breaking )?news(?: & updates| and updates)?|what'?s new\W*|(?:recent |latest )?updates?"
    r"|change ?log|announcements?|table of contents?|contents?|toc|outline|contribut\w*(?: \w+){0,3}|acknowledge?ments?"
    r"|licen[cs]es?|(?:bibtex )?citations?|cite(?: us| this\b.*)?|citing.*|star(?:gazers?)?(?: history| over time)?|contacts?"
    r"|how to (?:contribute|cite).*|related (?:github )?(?:repos\w*|awesome|lists?|projects?|resources).*"
    r"|other awesome.*|(?:similar|more) (?:lists?|collections?|awesome).*|sponsors?|maintainers?|目录|更新.*|引用.*|贡献.*|交流.*)\W*",
    re.I,
)
_NEWS = re.compile(r"\W*(?:latest |recent )?(?:news|updates?|change ?log|announcements?)\W*", re.I)
_BADGE = re.compile(r"img\.shields\.io/badge/((?:[^-\s)\"'?/]|--)++)-(\d++)(?=-)")
_COUNT_LABELS = frozenset({"papers", "papernumber", "paper", "papercount", "numberofpapers"})
_EMPTY_LINK = re.compile(r"\[([^\[\]\n]{0,200}+)\]{1,2}\(\s{0,10}+\)")
_TEMPLATE = re.compile(r"template|<title>|\btitle\b.*\bauthors?\b|\[\[?paper\]?\]?\(\s*\)", re.I)
_TEMPLATE_LEAD = re.compile(r"[^\n:]{0,40}template[^\n:]{0,20}:[ \t]*", re.I)
_WEB_PAGE = re.compile(
    r"blog|/news|/posts?/|medium\.com|substack|twitter\.com|//x\.com|youtu|wikipedia|zhihu|csdn|//[^/]*github\.io"
    r"|linkedin|reddit|/docs?/|tutorial|course|//[^/]+/?$|awesome",
    re.I,
)
_PAPER_LABEL = re.compile(r"\W*(?:the )?(?:full )?(?:paper|pdf|arxiv|论文|preprint|abs|pdfs)\b", re.I)
_SAYS_OTHER = re.compile(r"slides?|poster|code|video|supp|appendix|data|blog|project|demo", re.I)
_LABELLED = re.compile(
    r"[*_\[(]*+(?:papers?|pdf|arxiv|codes?|github|project(?: page)?|authors?|home(?:page)?|website|link|venue|conference"
    r"|date|year|data(?:set)?|demo|论文|代码|作者|主页|链接)[*_\])]*+\s?[:：(]",
    re.I,
)
_REPOSITORY = re.compile(r"\W*(?:github|hugging ?face|blog|website|tweet|twitter)\b", re.I)


@dataclass(frozen=True, slots=True)
class Known:
    """What a reading of one URL is needed for here: its role and the identifiers it proves."""

    role: str
    identifiers: tuple[Identifier, ...]


@dataclass(slots=True)
class _Group:
    """An entry in the making: where it starts, what belongs to it, and how it was read."""

    candidate: Candidate
    draft: EntryDraft
    layout: str
    last_line: int
    end: int
    kinds: frozenset[str] = frozenset()
    tail: list[Inline] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the sample taught: layouts in the order to ask, and which kinds of blocks start entries."""

    layouts: tuple[Layout, ...]
    context: Context
    kinds: frozenset[str]


def read_list(data: bytes, *, name: str, path: str, previous: Sequence[Entry] = ()) -> ParsedList:
    """Read one list file as stored.

    `previous` are the entries of the last parse: what is recognised keeps its `entry_id` (by shared
    identifier, then by title and section, then by position). Same bytes and same `previous`, same result.
    """
    source = load(data)
    with _no_collection():
        entries, unread = _entries(source)
        entries = _with_ids(entries, previous)
    return ParsedList(
        name=name,
        path=path,
        entries=tuple(entries),
        badges=tuple(_badges(source)),
        problems=tuple(_problems(source)),
        unread=tuple(unread),
        template=_template(source),
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Python's cycle collector off: a large list makes a million objects and no cycle, and half its time went there."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _entries(source: Source) -> tuple[list[Entry], list[Problem]]:
    refs = references(source)
    blocks = read_blocks(source)
    plan = _learn(source, refs, blocks)
    groups, unread = _group(source, refs, blocks, plan)
    drafts = [_finish(group, plan) for group in groups]
    return [_entry(source, group, draft, number) for number, (group, draft) in enumerate(drafts, 1)], unread


# --- learning -------------------------------------------------------------------------------------


def _learn(source: Source, refs: dict[str, CharSpan], blocks: list[Block]) -> _Plan:
    """Read a sample in every layout: which of them the list uses, and the venues it names."""
    columns = _columns(source, refs, blocks)
    readers = layouts()
    totals: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    venues: Counter[str] = Counter()
    sample = _sample([block for block in blocks if block.kind != "html_row" and not _ignored(block)])
    for block in sample:
        candidate = _candidate(source, refs, block)
        for layout in readers:
            draft = layout.read(candidate, Context(columns=columns))
            if draft and draft.confidence >= _SURE:
                totals[layout.name] += 1
                kinds[block.kind] += 1
                if draft.venue_text and "year" in draft.spans:
                    venues[draft.venue_text.casefold()] += 1
    order = sorted(readers, key=lambda layout: (-totals[layout.name], layout.name))
    known = frozenset(venue for venue, count in venues.items() if count >= 2)
    used = frozenset(kind for kind, count in kinds.items() if count * 8 >= sum(kinds.values()))
    return _Plan(tuple(order), Context(known, columns), used)


def _sample(blocks: list[Block]) -> list[Block]:
    step = max(1, len(blocks) // _SAMPLE)
    return blocks[::step]


def _columns(source: Source, refs: dict[str, CharSpan], blocks: list[Block]) -> dict[int, tuple[str, ...]]:
    tables: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.cells:
            tables[block.table].append(block)
    return {
        number: column_roles(
            rows[0].header, [_cells(source, refs, row) for row in rows[:: 1 + len(rows) // 25]]
        )
        for number, rows in tables.items()
    }


def _cells(source: Source, refs: dict[str, CharSpan], row: Block) -> tuple[Inline, ...]:
    return tuple(scan(source.visible, cell.start, cell.end, refs) for cell in row.cells)


def _candidate(source: Source, refs: dict[str, CharSpan], block: Block) -> Candidate:
    if block.cells:
        cells = _cells(source, refs, block)
        return Candidate(block, Inline(source.visible, block.start, block.start, (), ()), (), cells)
    return Candidate(block, scan(source.visible, block.start, block.end, refs))


def _ignored(block: Block) -> bool:
    """Whether a block is no place for entries: under "News" or "Licence", or longer than any entry is."""
    if block.end - block.start > _LONGEST:
        return True
    return bool(block.section) and _skips(block.section)


@lru_cache(maxsize=4096)
def _skips(section: tuple[str, ...]) -> bool:
    return bool(_NOT_ENTRIES.fullmatch(section[-1])) or any(_NEWS.fullmatch(title) for title in section)


# --- grouping -------------------------------------------------------------------------------------


def _group(
    source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: _Plan
) -> tuple[list[_Group], list[Problem]]:
    """Entries in order, each with what continues it, and the lines that look like entries but are none."""
    groups: list[_Group] = []
    unread: list[Problem] = []
    current: _Group | None = None
    units = list(_split(source, refs, blocks, plan))
    for number, block in enumerate(units):
        if _ignored(block) and block.kind != "heading":
            current = None
            continue
        candidate = _candidate(source, refs, block)
        started = _start(candidate, plan, current) or _start_by_details(
            source, refs, units, number, candidate, plan, current
        )
        if started:
            current = started
            groups.append(current)
        elif current and _continues(block, candidate, current):
            current.tail.append(candidate.head)
            current.last_line, current.end = block.lines[1], max(block.end, current.end)
        elif block.kind == "heading" or block.depth == 0:
            current = None
        if not started and current is None and _looks_like_entry(candidate):
            unread.append(Problem(block.lines[0] + 1, "unread", source.line(block.lines[0]).strip()[:200]))
    return groups, unread


def _split(source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: _Plan) -> Iterator[Block]:
    """The same blocks, with paragraphs taken apart where each line is an entry of its own."""
    for block in blocks:
        first, last = block.lines
        if block.kind not in ("item", "paragraph") or first == last or _ignored(block):
            yield block
            continue
        lines = [_line_block(source, block, line) for line in range(first, last + 1)]
        starts = [_is_start_line(source, refs, line, plan) for line in lines]
        if not starts[0] or sum(starts) < 2:
            yield block
            continue
        at = 0
        for index in [*(n for n in range(1, len(lines)) if starts[n]), len(lines)]:
            kind = block.kind if at == 0 else "paragraph"
            yield replace(
                lines[at], kind=kind, end=lines[index - 1].end, lines=(first + at, first + index - 1)
            )
            at = index


def _line_block(source: Source, block: Block, line: int) -> Block:
    start = block.start if line == block.lines[0] else source.line_starts[line]
    text = source.visible[start : source.line_end(line)]
    start += len(text) - len(text.lstrip(" \t\r>"))
    return replace(block, start=start, end=max(start, start + len(text.strip(" \t\r>"))), lines=(line, line))


def _is_start_line(source: Source, refs: dict[str, CharSpan], line: Block, plan: _Plan) -> bool:
    if line.end - line.start < 12:
        return False
    read = _read(_candidate(source, refs, line), plan)
    return (
        read is not None and bool(read[0].links) and read[0].confidence >= _SURE and read[0].title is not None
    )


def _read(candidate: Candidate, plan: _Plan) -> tuple[EntryDraft, str] | None:
    """The draft of the first layout that is sure, in learned order; else the best of them."""
    best: tuple[EntryDraft, str] | None = None
    for layout in plan.layouts:
        draft = layout.read(candidate, plan.context)
        if draft is None:
            continue
        if draft.confidence >= _SURE + 0.2:
            return draft, layout.name
        if best is None or draft.confidence > best[0].confidence:
            best = draft, layout.name
    return best


def _start(candidate: Candidate, plan: _Plan, current: _Group | None) -> _Group | None:
    """A new entry, where this block starts one."""
    block = candidate.block
    read = _read(candidate, plan)
    if read is None:
        return None
    draft, layout = read
    majority = bool(plan.layouts) and layout == plan.layouts[0].name
    wanted = 0.35 if majority and block.kind in plan.kinds else _SURE
    if current and block.kind == "item" and _beside(block, current) and len((draft.title or "").split()) > 3:
        wanted = 0.2
    sure = draft.confidence >= wanted or (draft.confidence + 0.15 >= wanted and _has_paper(draft))
    if not sure or (
        block.kind == "heading" and not (draft.title_url and _leads_to_paper(draft.title_url, "", True))
    ):
        return None
    if current and _is_detail(block, draft, current):
        return None
    return _Group(candidate, draft, layout, block.lines[1], block.end, plan.kinds)


def _beside(block: Block, current: _Group) -> bool:
    """Whether a list item stands right below an entry of the same list: a marked title is then enough."""
    entry = current.candidate.block
    return entry.kind == "item" and entry.depth == block.depth and block.lines[0] - current.last_line <= 2


def _start_by_details(
    source: Source,
    refs: dict[str, CharSpan],
    units: list[Block],
    number: int,
    candidate: Candidate,
    plan: _Plan,
    current: _Group | None,
) -> _Group | None:
    """A new entry whose first block holds only the title: what follows shows that it is one."""
    block = candidate.block
    if block.kind not in ("item", "paragraph") or candidate.head.end - candidate.head.start > 400:
        return None
    tail: list[Inline] = []
    for following in units[number + 1 : number + 4]:
        inline = scan(source.visible, following.start, following.end, refs)
        if not _details(block, following, inline):
            break
        tail.append(inline)
    read = _read(replace(candidate, tail=tuple(tail)), plan) if tail else None
    if read is None or read[0].confidence < _SURE or (current and _is_detail(block, read[0], current)):
        return None
    if read[0].confidence < 0.7 and not any(_opens_with_label(inline) for inline in tail):
        return None
    layout = next(layout for layout in plan.layouts if layout.name == read[1])
    alone = layout.read(candidate, plan.context) or replace(read[0], links=(), spans={}, authors=())
    return _Group(candidate, alone, read[1], block.lines[1], block.end, plan.kinds)


def _details(block: Block, following: Block, inline: Inline) -> bool:
    """Whether a block describes the title above it: in its list item, or a labelled line below it."""
    if following.kind == "heading" or following.cells:
        return False
    if following.item >= 0 and following.item == block.item and following.kind != "item":
        return True
    if _opens_with_label(inline) and (following.depth > block.depth or block.kind == "paragraph"):
        return True
    return following.kind == "paragraph" and following.depth == 0 and _opens_with_link(inline)


def _opens_with_label(inline: Inline) -> bool:
    return _LABELLED.match(inline.text, inline.start, inline.end) is not None


def _opens_with_link(inline: Inline) -> bool:
    links = inline.of("link")
    return bool(links) and links[0].start <= inline.start + 2 and inline.end - inline.start < 600


def _is_detail(block: Block, draft: EntryDraft, current: _Group) -> bool:
    """Whether a block that could be an entry describes the one before it."""
    parent = current.candidate.block
    if parent.kind == "heading":
        return block.kind != "heading"
    inside = block.depth > parent.depth
    if block.kind != "item":
        inside = block.kind == "paragraph" and block.item >= 0 and block.item == parent.item
    return inside and not (draft.confidence >= 0.7 and _has_paper(draft))


def _has_paper(draft: EntryDraft) -> bool:
    return any(_leads_to_paper(link.url, link.label, link.url == draft.title_url) for link in draft.links)


def _continues(block: Block, candidate: Candidate, current: _Group) -> bool:
    """Whether a block that starts nothing belongs to the entry before it."""
    parent = current.candidate.block
    if block.kind == "heading" or block.table != parent.table:
        return False
    if parent.kind == "heading" or block.kind == "html_row":
        return True
    if block.depth > parent.depth or (block.item >= 0 and block.item == parent.item):
        return True
    if block.kind == "item":
        return parent.kind == "paragraph" and (
            _opens_with_label(candidate.head) or "item" not in current.kinds
        )
    return _is_short_detail(candidate.head)


def _is_short_detail(head: Inline) -> bool:
    """Authors, links or badges on a line of their own, outside of any list."""
    rest = head.plain(head.start, head.end)
    words = len(rest.split())
    return words <= 12 or bool(
        head.marks and head.marks[0].kind == "italic" and head.marks[0].start <= head.start + 2
    )


def _looks_like_entry(candidate: Candidate) -> bool:
    if candidate.block.kind == "heading":
        return False
    marks = [mark for inline in candidate.cells or (candidate.head,) for mark in inline.of("link")]
    return any(mark.url.startswith("http") and _known(mark.url).role == "paper" for mark in marks)


def _finish(group: _Group, plan: _Plan) -> tuple[_Group, EntryDraft]:
    """Read the whole entry again where something continues it."""
    if not group.tail:
        return group, group.draft
    candidate = replace(group.candidate, tail=tuple(group.tail))
    layout = next(layout for layout in plan.layouts if layout.name == group.layout)
    return group, layout.read(candidate, plan.context) or group.draft


# --- entries --------------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _known(url: str) -> Known:
    reading = identifiers.read_url(url)
    return Known(reading.role, reading.identifiers)


def _leads_to_paper(url: str, label: str, is_title: bool) -> bool:
    """Whether a link leads to the paper: by its address; by its label or place where the address is unknown."""
    role = _known(url).role
    if role == "paper":
        return not _SAYS_OTHER.match(label) or is_title
    if url.lower().split("?")[0].endswith(".pdf"):
        return not _SAYS_OTHER.search(label) or is_title
    if role != "other":
        return False
    if _PAPER_LABEL.match(label):
        return not re.search(r"blog", url, re.I)
    return is_title and url.startswith("http") and not _WEB_PAGE.search(url)


def _entry(source: Source, group: _Group, draft: EntryDraft, number: int) -> Entry:
    block = group.candidate.block
    links = tuple(Link(link.label, link.url, identifiers.read_url(link.url).role) for link in draft.links)
    paper_url = _paper_url(draft)
    start, end = source.line_starts[block.lines[0]], source.line_end(group.last_line)
    if block.kind == "html_row" or block.start > start:
        start = block.start
    return Entry(
        entry_id="",
        section=block.section,
        ordinal=number,
        first_line=block.lines[0] + 1,
        last_line=group.last_line + 1,
        kind=_kind(draft, links, paper_url),
        text=source.text[start : max(group.end, start)]
        if block.kind == "html_row"
        else source.text[start:end].rstrip(),
        title=draft.title,
        short_name=draft.short_name,
        authors=draft.authors,
        et_al=draft.et_al,
        venue_text=draft.venue_text,
        year=draft.year,
        date_text=draft.date_text,
        links=links,
        paper_url=paper_url,
        layout=group.layout,
        spans=_spans(source, draft),
    )


def _paper_url(draft: EntryDraft) -> str | None:
    if draft.title_url and _leads_to_paper(draft.title_url, draft.title or "", True):
        return draft.title_url
    return next((link.url for link in draft.links if _leads_to_paper(link.url, link.label, False)), None)


def _kind(draft: EntryDraft, links: Sequence[Link], paper_url: str | None) -> Kind:
    """A paper has a link to one, or is cited like one (authors and venue) and not posted as a blog."""
    if paper_url or (not links and draft.title):
        return "paper"
    cited = bool(
        draft.authors and draft.venue_text and draft.title and not _REPOSITORY.match(draft.venue_text)
    )
    return "paper" if cited and not any(link.role == "blog" for link in links) else "other"


def _spans(source: Source, draft: EntryDraft) -> dict[str, tuple[int, int]]:
    """All spans in bytes; of two that overlap (a URL that is itself the title) the field gives way to the link."""
    chosen = [(link.start, link.end, f"link.{number}") for number, link in enumerate(draft.links)]
    taken = sorted((start, end) for start, end, _ in chosen)
    for key, (start, end) in draft.spans.items():
        if not any(start < right and left < end for left, right in taken):
            chosen.append((start, end, key))
            taken.append((start, end))
    return {key: source.byte_span((start, end)) for start, end, key in chosen}


# --- names for life -------------------------------------------------------------------------------


def _with_ids(entries: list[Entry], previous: Sequence[Entry]) -> list[Entry]:
    """Entries with their ids: those of the previous parse where recognised, else new readable ones."""
    kept = _recognised(entries, previous)
    used = set(kept.values()) | {entry.entry_id for entry in previous}
    numbers: dict[str, int] = {}
    out = []
    for index, entry in enumerate(entries):
        entry_id = kept.get(index) or _fresh(entry, used, numbers)
        used.add(entry_id)
        out.append(replace(entry, entry_id=entry_id))
    return out


def _fresh(entry: Entry, used: set[str], numbers: dict[str, int]) -> str:
    """A readable id nobody has: the slug of the title, with `-2`, `-3` ... where it is taken."""
    base = slug(entry.title or entry.short_name or entry.paper_url or "untitled")
    entry_id = base
    while entry_id in used:
        numbers[base] = numbers.get(base, 1) + 1
        entry_id = f"{base}-{numbers[base]}"
    return entry_id


def _recognised(entries: list[Entry], previous: Sequence[Entry]) -> dict[int, str]:
    """Which entry is which of the previous ones, surest evidence first; each is used once."""
    kept: dict[int, str] = {}
    free = {entry.entry_id for entry in previous}
    if not previous:
        return kept
    for keys in (_exact_keys, _identifier_keys, _title_keys, _position_keys):
        known: dict[object, list[str]] = defaultdict(list)
        for number, entry in enumerate(previous):
            if entry.entry_id in free:
                for key in keys(entry, previous, number):
                    known[key].append(entry.entry_id)
        for index, entry in enumerate(entries):
            if index not in kept:
                _claim(index, keys(entry, entries, index), known, kept, free)
    return kept


def _claim(
    index: int, keys: Iterable[object], known: dict[object, list[str]], kept: dict[int, str], free: set[str]
) -> None:
    for key in keys:
        for entry_id in known.get(key, ()):
            if entry_id in free:
                kept[index] = entry_id
                free.discard(entry_id)
                return


def _exact_keys(entry: Entry, _entries: Sequence[Entry], _index: int) -> list[object]:
    return [(key, entry.section, entry.title) for key in _identifier_keys(entry, _entries, _index)]


def _identifier_keys(entry: Entry, _entries: Sequence[Entry], _index: int) -> list[object]:
    return [
        str(found) for link in entry.links if link.role == "paper" for found in _known(link.url).identifiers
    ]


def _title_keys(entry: Entry, _entries: Sequence[Entry], _index: int) -> list[object]:
    title = normalise_title(entry.title or entry.short_name or "")
    return [(title, entry.section), title] if title else []


def _position_keys(entry: Entry, entries: Sequence[Entry], index: int) -> list[object]:
    """Same section between the same neighbours: what is left when everything else was edited."""
    before = entries[index - 1].title if index else None
    after = entries[index + 1].title if index + 1 < len(entries) else None
    return [(entry.section, before, after)]


# --- the list itself ------------------------------------------------------------------------------


def _badges(source: Source) -> Iterator[Badge]:
    for match in _BADGE.finditer(source.visible):
        label = match[1].replace("--", "-")
        folded = re.sub(r"%20|[\W_]", "", label).casefold()
        if folded in _COUNT_LABELS and len(match[2]) < 10:
            yield Badge(label, int(match[2]), source.line_of(match.start()), source.byte_span(match.span(2)))


def _problems(source: Source) -> Iterator[Problem]:
    for match in _EMPTY_LINK.finditer(source.visible):
        line = source.line_of(match.start())
        yield Problem(line, "empty link", f"the link {match[0]!r} leads nowhere")
    for char in source.undecodable():
        line, offset = source.line_of(char), source.byte_offset(char)
        yield Problem(
            line, "undecodable", f"byte 0x{source.data[offset]:02x} at offset {offset} is not UTF-8"
        )


def _template(source: Source) -> str | None:
    """The list's own insertion template: a short comment that says so or shows empty links."""
    for start, end in source.comments:
        text = source.text[start + 4 : end - 3].strip()
        if len(text) < 1000 and "\n\n" not in text and "()" in text and _TEMPLATE.search(text):
            lead = _TEMPLATE_LEAD.match(text)
            return text[lead.end() :].strip() if lead else text
    return None
