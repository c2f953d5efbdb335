"""Reads a list: bytes in, entries with byte spans out. Pure, never fails, linear in the size of the list.

The blocks of the file are asked one by one whether they start an entry, continue the one before, or are
neither. Lists repeat one or two line shapes, so the layouts are first tried on a sample; the list is then
read by those that read the sample best. Which URL leads where is knowledge of `identifiers`.
"""

from __future__ import annotations

import gc
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import pairwise
from typing import TypeVar

from pipeline.formats import Candidate, Context, EntryDraft, Layout, Readings, layouts
from pipeline.formats._badges import venue_colours
from pipeline.formats._bibtex import record_below, same_title
from pipeline.formats._blocks import (
    Block,
    cells_of,
    nest_below_numbers,
    nest_by_a_space,
    number_references,
    part_items,
    read_blocks,
    references,
    take_in_indented,
)
from pipeline.formats._chapters import gather_chapters
from pipeline.formats._cited import find_signature
from pipeline.formats._directories import is_directory
from pipeline.formats._fields import (
    before_address,
    fold_label,
    is_generic,
    is_short_name,
    line_label,
    names_attributes,
    surnames,
)
from pipeline.formats._groups import lift_groups
from pipeline.formats._html_items import part_html_items
from pipeline.formats._inline import SHORTCODE, Inline, Mark, fold_signs, scan, without_signs
from pipeline.formats._keyed import find_key_line, find_keyed, is_key
from pipeline.formats._links import leads_to_paper
from pipeline.formats._mould import Mould, make_mould
from pipeline.formats._paragraphs import part_html_paragraphs
from pipeline.formats._people import are_halves, find_people, is_name
from pipeline.formats._readings import Reading
from pipeline.formats._records import gather_records, gather_tagged
from pipeline.formats._rescue import Place, learn_place
from pipeline.formats._signed import gather_signed
from pipeline.formats._slots import name_style, remarked, repeats_name, titled_elsewhere
from pipeline.formats._source import CharSpan, Source, load
from pipeline.formats._strays import Looking, Taken, find_strays, outside, without_displaced
from pipeline.formats._tables import column_roles, has_titles
from pipeline.formats._titles import is_headline
from pipeline.formats._when import find_when, is_known
from pipeline.formats.citation import cites
from pipeline.identifiers import read_url
from pipeline.model import Badge, Entry, Kind, Link, ParsedList, Problem
from pipeline.naming import Names
from pipeline.text import lazy

_T = TypeVar("_T")
_SAMPLE = 240
_SURE = 0.5
_HABIT = 3
_ROWS = "table row"
"""The layout of rows."""
_FEW_ROWS = 12
"""A table of fewer rows is read as all tables of the list are that have its header."""
_LONGEST = 32_768
_MOST_PROBLEMS = 1000
"""Bytes that are not UTF-8 are reported one by one up to this number: beyond, the file is no text."""
_NOT_ENTRIES = lazy(
    r"\W*(?:(?:latest |recent |breaking )?news(?: & updates| and updates)?|what'?s new\W*|(?:(?:most )?recent |latest )?updates?(?: (?:notes?|logs?|history))?"
    r"|change ?log|announcements?|table of contents?|contents?|toc|outline|contribut\w*(?: \w+){0,3}|acknowledge?ments?"
    r"|licen[cs]es?|(?:bibtex )?citations?|cite(?: us| this\b.*)?|citing.*|star(?:gazers?)?(?: history| over time)?|contacts?"
    r"|how to (?:contribute|cite).*|related (?:github )?(?:repos\w*|awesome|lists?|projects?|resources).*"
    r"|other awesome.*|(?:similar|more) (?:lists?|collections?|awesome).*|sponsors?|maintainers?|目录|介绍|简介|前言|说明|更新.*|引用.*|贡献.*|交流.*)\W*",
    re.I,
)
_ABOUT_THE_LIST = lazy(
    r"\b(?:contribut(?:ors?|ing|ions?)|maintainers?|acknowledge?ments?|licen[cs]e|star ?history|stargazers|sponsors?"
    r"|contact(?: us)?|how to cite|citing)\b",
    re.I,
)
_NEWS = lazy(r"\W*(?:latest |recent )?(?:news|updates?|change ?log|announcements?)\W*", re.I)
_WHATS_NEW = lazy(r"\W*what'?s new\W*", re.I)
_NEWS_LINE = lazy(r"[\W_]*news\b\W{0,3}(?:19|20)\d\d", re.I)
_SHORTCODE = lazy(SHORTCODE)
_BADGE = lazy(r"img\.shields\.io/badge/((?:[^-\s)\"'?/]|--)++)-(\d++)(?=-)")
_COUNT_LABELS = frozenset({"papers", "papernumber", "paper", "papercount", "numberofpapers"})
_EMPTY_LINK = lazy(r"\[([^\[\]\n]{0,200}+)\]{1,2}\(\s{0,10}+\)")
_TEMPLATE = lazy(r"template|<title>|\btitle\b.*\bauthors?\b|\[\[?paper\]?\]?\(\s*\)", re.I)
_TEMPLATE_LEAD = lazy(r"[^\n:]{0,40}template[^\n:]{0,20}:[ \t]*", re.I)
_OPENS_LINKED = lazy(r"[\W\d_]{0,16}?\[")
"""How a line opens whose title is a link: with signs and numbers at most."""
_WEB_PAGE = lazy(
    r"blog|/news|/posts?/|medium\.com|substack|twitter\.com|//x\.com|youtu|wikipedia|zhihu|csdn|//[^/]*github\.io"
    r"|linkedin|reddit|/docs?/|tutorial|course|//[^/]+/?$|awesome",
    re.I,
)
_PROSE = lazy(r"\s(?:is|are|was|were|has|have) (?:a|an|the|[a-z]+ed)\b|\b(?:we|our|please|check out)\b", re.I)
_ABOUT = lazy(
    r"\b(?:curated|corresponding authors?|(?:paper|reading) list|(?:collection|list) of\b.*\bpapers?)\b"
    r"|^(?:this|our) (?:repo(?:sitory)?|list|page|project|survey)\b|论文(?:清单|列表|合集)|欢迎",
    re.I,
)
_UNFINISHED = lazy(r"\s(?:the|a|an|that|of|on|in|at|to|from|by|with|see|and|or|for our|this is our)$")
"""What a title never ends with, and a sentence before a link does: `evaluated on the [Stanford ...](url)`."""
_SENTENCE_ON = lazy(r"[\s*_\"”'>)\]]*+(?!by\b|in\b|at\b|with\b|https?:)[a-z]{2,}")
_PAPER_LABEL = lazy(r"\W*(?:the )?(?:full )?(?:paper|pdf|arxiv|(?:阅读|查看)?论文|preprint|abs|pdfs)\b", re.I)
_SAYS_OTHER = lazy(
    r"(?:slides?|posters?|codes?|videos?|supp\w*|appendix|data(?:sets?)?|blogs?|project\w*|demos?)\b(?!\s+(?:badge|paper))",
    re.I,
)
_ADVICE = lazy(
    r"(?:note that|for (?:an?|the|more|other|further) [^\n]{0,160}?\b(?:refer to|check ?out|see|visit)) ",
    re.I,
)
"""How a sentence begins that sends its reader elsewhere: `For an overview of NeRFs, check out [this](url)`."""
_POINTS = lazy(r"(?:this|these|our)(?: \w+){1,3}", re.I)
"""What links within sentences are called: `please refer to [this survey](url)`."""
_LABELLED = lazy(
    r"[*_\[(]*+(?:papers?|pdf|arxiv|codes?|github|project(?: page)?|authors?|home(?:page)?|website|link|venue|conference"
    r"|date|year|data(?:set)?|demo|论文|代码|作者|主页|链接)[*_\])]*+\s?[:：(]",
    re.I,
)
_RELATED = lazy(r"\b(?:related|further|other|similar|background|tutorials?|see also)\b|相关|延伸", re.I)
_TITLE_LABELS = frozenset({"title", "paper title", "论文标题", "论文题目", "标题", "题目"})
_RECORD = lazy(r"[*_]*+(?:abstract|summary|tl;?dr|url|keywords?|notes?|摘要)[*_]*+\s?[:：]", re.I)
_BY_LAST = lazy(r"(?<=[\w?!])\s+by\s+[A-Z][^\n,.:()]{1,30}(?:[.,\n(]|$)")
_NUMBER = lazy(r"\d[.)\]]\s*$")
_FAR = (1 << 30, 1 << 30)
_FEW_LETTERS = 24
"""What may stand beside the links of a line that holds a paper's links: words like `Paper:`, `official code`."""
_RULE = lazy(r"\s{0,3}(?:-{3,}+|\*{3,}+|_{3,}+|<hr\b[^<>]*+>)\s*$")
_PAGE = lazy(r"(?!\w+:|//)[^?#]*(?:\.md|/)(?:#.*)?$", re.I)
_HOME = lazy(r"(?:https?://github\.com/[^/]+/[^/]+/?)?")
"""The page of a whole repository: what leads to a heading there is a table of contents."""
_REPOSITORY = lazy(r"\W*(?:github|hugging ?face|blog|website|tweet|twitter)\b", re.I)


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
    more: bool = False
    """Whether what stands further down in its item is announced as other work: its links are not the paper's."""

    def take(self, candidate: Candidate, source: Source, refs: dict[str, CharSpan]) -> None:
        """Take in what continues it, but what is announced as other work."""
        if not self.more:
            self.more = _introduces_more(candidate, self)
            self.remember_cells(source, refs)
            self.tail.append(candidate.head)
            self.last_line = candidate.block.lines[1]
            self.end = max(candidate.block.end, self.end)

    def forget_cells(self) -> None:
        """Let go of what is scanned once it is read: the cells of a large table would be most of the memory."""
        if self.candidate.cells and not self.tail:
            self.candidate = Candidate(self.candidate.block, self.candidate.head)

    def remember_cells(self, source: Source, refs: dict[str, CharSpan]) -> None:
        """Scan the cells of a row that nobody has looked at, for it is read again with what continues it."""
        if self.candidate.block.is_row and not self.candidate.cells:
            self.candidate = _candidate(source, refs, self.candidate.block)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the sample taught: layouts in the order to ask, and which kinds of blocks start entries."""

    layouts: tuple[Layout, ...]
    context: Context
    kinds: frozenset[str]
    linkless: bool = False
    headlines: frozenset[str] = frozenset()
    """The kinds of items (bulleted, numbered) of which most are nothing but what could be a title."""
    notes: bool = False
    """Whether most entries lead to a page beside the list, where somebody wrote about the paper."""
    moulds: Mapping[int, Mould] = field(default_factory=dict)
    """How most rows of a table are read, by its number, where the table is large."""
    kept: frozenset[tuple[str, ...]] = frozenset()
    """Sections that are called as news are and hold entries."""
    readings: Readings | None = None
    """What was read when the list was read before, where that can be used."""
    place: Place | None = None
    """Where the titles stand, if no layout read the list and its blocks showed it."""


def read_list(
    data: bytes, *, name: str, path: str, previous: Sequence[Entry] = (), readings: Readings | None = None
) -> ParsedList:
    """Read one list file as stored.

    `previous` are the entries of the last parse: what is recognised keeps its `entry_id` (by shared
    identifier, then by title and section, then by position). Same bytes and same `previous`, same result.
    With `readings` it is quick to read the list again after some changes; they change no result.
    """
    source = load(data)
    with _no_collection():
        entries, unread = _entries(source, Names(previous), readings)
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
    """Python's cycle collector off: a large list makes a million objects and no cycle, and half its time went there.

    Freezing and unfreezing files them as old, so that the first collection afterwards does not search them all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _entries(source: Source, names: Names, readings: Readings | None) -> tuple[list[Entry], list[Problem]]:
    refs = references(source)
    blocks = part_html_items(source, number_references(source, read_blocks(source)))
    nest_by_a_space(source, blocks)
    blocks = part_items(source, blocks)
    nest_below_numbers(source, blocks)
    take_in_indented(source, blocks)
    blocks = gather_chapters(source, gather_records(source, part_html_paragraphs(source, blocks)))
    blocks = gather_tagged(source, blocks)
    blocks = lift_groups(source, gather_signed(source, blocks))
    usable = None if refs else readings
    plan = _learn(source, refs, blocks, readings=usable)
    if usable is not None:
        learned = usable.knowing((plan.context, tuple([layout.name for layout in plan.layouts])))
        plan = replace(plan, readings=learned)
    groups, unread = _group(source, refs, blocks, plan)
    if place := _learned_place(source, refs, blocks, plan, groups):
        # without readings: a place knows its blocks by the numbers of their lines, which change
        plan = _learn(source, refs, blocks, place)
        groups, unread = _group(source, refs, blocks, plan)
    finished = _with_records(source, [_finish(group, plan) for group in groups])
    finished = [(group, draft) for group, draft in finished if not is_directory(group.candidate, draft)]
    drafts = _without_introduction(_without_doubtful(finished))
    del blocks, groups, finished  # from here on each goes when its entry is made
    entries = [
        _entry(source, group, draft, number, "" if names.previous else names.fresh(_words(draft)))
        for number, (group, draft) in enumerate(_one_by_one(drafts), 1)
    ]
    return names.given(entries) if names.previous else entries, unread


def _one_by_one(items: list[_T]) -> Iterator[_T]:
    """Each item, let go of once it is given: the drafts of a large list never stand beside all its entries."""
    items.reverse()
    while items:
        yield items.pop()


def _without_doubtful(drafts: list[tuple[_Group, EntryDraft]]) -> list[tuple[_Group, EntryDraft]]:
    """The same drafts; a linked title at an unknown address is believed a paper only among papers.

    Homes of tools, courses and people have such addresses too: what stands in the same section decides,
    in a section of its own the whole list.
    """
    sure = [any(_surely_paper(link.url, link.label) for link in draft.links) for _, draft in drafts]
    per_section: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    for (group, _), is_paper in zip(drafts, sure, strict=True):
        per_section[group.candidate.block.section].append(is_paper)
    overall = 2 * sum(sure) >= len(sure)
    mostly = {
        section: 2 * sum(beside) >= len(beside) - 1 if len(beside) > 3 else overall
        for section, beside in per_section.items()
    }
    out = []
    for (group, draft), is_paper in zip(drafts, sure, strict=True):
        papers = mostly[group.candidate.block.section]
        cited = bool(draft.venue_text and draft.year)
        believed = is_paper or not draft.title_url or cited or (papers and overall)
        out.append((group, draft if believed else replace(draft, title_url=None)))
    return out


def _without_introduction(drafts: list[tuple[_Group, EntryDraft]]) -> list[tuple[_Group, EntryDraft]]:
    """The same drafts, but for some that stand above all sections of a list that has its entries in them.

    There a list names the survey that it belongs to, a paragraph or two, the people who keep it, and other pages.
    """
    blocks = [group.candidate.block for group, _ in drafts]
    if 5 * sum(not block.section for block in blocks) > len(blocks):
        return drafts
    above = [block.kind == "paragraph" and not block.section for block in blocks]
    few = sum(above) < 3
    pages = [
        not (block.section or _has_paper(draft)) for block, (_, draft) in zip(blocks, drafts, strict=True)
    ]
    return [
        draft
        for draft, is_above, is_page in zip(drafts, above, pages, strict=True)
        if not (is_page or (few and is_above))
    ]


# --- learning -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tally:
    """What the sure drafts of a sample have in common."""

    layouts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    venues: Counter[str] = field(default_factory=Counter)
    sides: Counter[str] = field(default_factory=Counter)
    people_at: Counter[str] = field(default_factory=Counter)
    behind: set[str] = field(default_factory=set)
    linkless: int = 0
    ways: int = 0
    named: int = 0
    halved: int = 0
    unpaired: int = 0
    items: Counter[str] = field(default_factory=Counter)
    headlines: Counter[str] = field(default_factory=Counter)
    bare: Counter[str] = field(default_factory=Counter)
    linked: int = 0
    keys: Counter[str] = field(default_factory=Counter)
    key_lines: Counter[str] = field(default_factory=Counter)

    def add(self, draft: EntryDraft, layout: str, candidate: Candidate) -> None:
        """Count one draft."""
        self.layouts[layout] += 1
        self.kinds[candidate.block.kind] += 1
        self.named += _names_a_link(draft, candidate)
        self.linkless += not draft.links
        self.ways += _is_way(draft)
        if len(draft.authors) > 1 or draft.et_al:
            self.sides[_side(draft)] += 1
        elif ", " in (draft.short_name or "") and surnames(draft.short_name or ""):
            self.sides["surnames"] += 1
        self._weigh_halves(draft.authors)
        self.people_at["aside"] += _is_person_beside_year(draft)
        self.people_at["key"] += _is_keyed(draft)
        if draft.venue_text and "year" in draft.spans:
            self.venues[draft.venue_text.casefold()] += 1
            if draft.spans.get("venue", (-9, 0))[0] - draft.spans.get("title", (0, 0))[1] in (1, 2):
                self.behind.add(draft.venue_text)

    def _weigh_halves(self, names: tuple[str, ...]) -> None:
        """Count whether names are the halves of some: single words mostly, always an even number of them."""
        if len(names) > 2 and 2 * sum(" " not in name for name in names) >= len(names):
            self.halved += len(names) > 3 and are_halves(names)
            self.unpaired += not are_halves(names)

    def weigh(self, candidate: Candidate) -> None:
        """Count an item of the outermost list, and whether its first line could be a title and has no link.

        Of a nested one counts whether it opens with names.
        """
        if candidate.head.links and candidate.block.lines[0] < candidate.block.lines[1]:
            self._weigh_key_line(candidate.head)
        if candidate.block.kind != "item":
            return
        if candidate.head.links:
            self._weigh_keys(candidate.head)
        if candidate.block.depth > 1:
            people = find_people(candidate.head.text[candidate.head.start : candidate.head.end][:300])
            self.people_at["below"] += people is not None and people.start < 3 and len(people.names) > 1
            return
        head, marker = candidate.head, _marker(candidate)
        line = head.text.find("\n", head.start, head.end)
        self.items[marker] += 1
        self.linked += bool(head.links)
        if place := before_address(head):
            self.bare["names" if is_short_name(head.text[slice(*place)]) else "titles"] += 1
        self.people_at["by"] += _BY_LAST.search(head.text, head.start, head.end) is not None
        if not head.links and is_headline(head.plain(head.start, line if line >= 0 else head.end)):
            self.headlines[marker] += 1

    def _weigh_key_line(self, head: Inline) -> None:
        """Count whether a linked title fills a line and below it people and a year open the next, and whether several people."""
        first = head.links[0]
        if first.start > head.start + 2 or head.text[first.end : first.end + 1] not in ("\n", " ", "*"):
            return
        key = find_key_line(head, first.end)
        self.key_lines["titles"] += 1
        self.key_lines["keyed"] += key is not None
        self.key_lines["sure"] += key is not None and key.people.several

    def _weigh_keys(self, head: Inline) -> None:
        """Count whether one of the links of an item is called by people and a year, and whether by several people."""
        keyed = find_keyed(head)
        self.keys["items"] += 1
        self.keys["keyed"] += keyed is not None
        self.keys["sure"] += keyed is not None and keyed.people.several

    def _bare(self) -> str:
        """What most items with a link have before the bare address of a paper; empty where they are written otherwise."""
        count = self.bare.total()
        if count <= _HABIT or 2 * count <= self.linked:
            return ""
        return "names" if 4 * self.bare["names"] >= 3 * count else "titles"

    def plan(self, context: Context, readers: Sequence[Layout]) -> _Plan:
        """What follows for the whole list."""
        total, lines = self.layouts.total(), self.key_lines
        order = sorted(readers, key=lambda layout: (-self.layouts[layout.name], layout.name))
        main = order[0].name if self.layouts[order[0].name] * 5 >= 2 * total > 0 else ""
        learned = replace(
            context,
            venues=frozenset(venue for venue, count in self.venues.items() if count >= 2),
            main=main,
            named=3 * self.named >= total > 3,
            places=_are_places(self.behind),
            cites=self.layouts["citation"] >= max(3, total // 20),
            learned=True,
            bare=self._bare(),
            people=frozenset(
                [side for side, count in self.sides.items() if 5 * count > 2 * total > 8]
                + [place for place, count in self.people_at.items() if 2 * count > self.items.total() > 4]
                + ["halved"] * (self.halved > 5 and not self.unpaired)
                + ["line"] * (2 * lines["keyed"] > lines["titles"] and lines["sure"] >= _HABIT)
                + ["label"] * (2 * self.keys["keyed"] > self.keys["items"] and self.keys["sure"] >= _HABIT)
            ),
        )
        used = frozenset(kind for kind, count in self.kinds.items() if count * 8 >= total)
        return _Plan(
            tuple(order),
            learned,
            used,
            linkless=2 * self.linkless > total,
            headlines=frozenset(
                marker
                for marker, count in self.items.items()
                if 5 * self.headlines[marker] >= 3 * count > 15 and self.headlines[marker] > total
            ),
            notes=2 * self.ways > total,
        )


def _learn(
    source: Source,
    refs: dict[str, CharSpan],
    blocks: list[Block],
    place: Place | None = None,
    readings: Readings | None = None,
) -> _Plan:
    """Read a sample in every layout: which of them the list uses, and the venues it names."""
    readers = (*layouts(), place) if place else layouts()
    tally = _Tally()
    document = _document_title(blocks)
    kept = _new_papers(source, refs, blocks)
    usable = [
        block
        for block in blocks
        if block.kind != "html_row" and block is not document and not _ignored(block, kept)
    ]
    sample = [_candidate(source, refs, block, readings) for block in _sample(usable)]
    labels, tags = _habits(sample)
    context = Context(
        columns=_columns(source, refs, blocks),
        labels=labels,
        tags=tags,
        nicknames=_nicknames(sample),
        remarks=_are_remarks(sample, labels),
        badges=venue_colours(inline for one in sample for inline in one.opening),
    )
    surest = partial(_surest, readers=readers, context=context)
    known = readings.knowing((context, "sample")) if readings is not None else None
    for candidate in sample:
        tally.weigh(candidate)
        read = surest(candidate) if known is None or candidate.cells else known.read(candidate, surest)
        if read:
            tally.add(*read, candidate)
    plan = replace(tally.plan(context, readers), kept=kept, place=place)
    if plan.linkless and sum(block.kind == "html_row" for block in blocks) > tally.layouts.total():
        # the entries are rows; what else stands there without any link shows nothing of them
        return replace(plan, context=replace(plan.context, main=""), kinds=frozenset(), linkless=False)
    return replace(plan, moulds=_moulds(source, blocks, plan)) if plan.layouts[0].name == _ROWS else plan


def _surest(candidate: Candidate, *, readers: Sequence[Layout], context: Context) -> Reading:
    """The best sure draft of all layouts, if there is any."""
    drafts = [(layout.read(candidate, context), layout.name) for layout in readers]
    sure = [(draft, name) for draft, name in drafts if draft and _is_sure(draft)]
    if not sure:
        return None
    return max(sure, key=lambda read: (read[0].confidence, bool(read[0].authors), -_title_start(read[0])))


def _moulds(source: Source, blocks: Sequence[Block], plan: _Plan) -> dict[int, Mould]:
    """The moulds of tables, one for all that have the same header and columns."""
    alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Block]] = defaultdict(list)
    for block in blocks:
        if block.kind == "row":
            alike[block.header, plan.context.columns[block.table]].append(block)
    found = {}
    for rows in alike.values():
        if mould := make_mould(source, plan.context, rows):
            found.update(dict.fromkeys({row.table for row in rows}, mould))
    return found


def _document_title(blocks: Sequence[Block]) -> Block | None:
    """The heading that names the list itself: the first of all, and of the highest level."""
    first = next((block for block in blocks if block.kind == "heading"), None)
    return first if first and first.level == 1 else None


def _is_sure(draft: EntryDraft) -> bool:
    """Whether a draft shows how the list is written; a title with a venue and year needs no link for that."""
    return draft.confidence >= _SURE or (
        draft.venue_text is not None and {"title", "year"} <= draft.spans.keys()
    )


def _are_places(names: set[str]) -> bool:
    """Whether what a list writes in parentheses behind its titles are places of work, not of publication."""
    if len(names) < 4:
        return False
    from pipeline.venues import understand  # the table is large, and few lists are written this way

    published = ("conference", "findings", "workshop", "journal", "preprint")
    readings = [understand(name).venue for name in names]
    return 4 * sum(venue is not None and venue.kind in published for venue in readings) < len(names)


def _names_a_link(draft: EntryDraft, candidate: Candidate) -> bool:
    """Whether the venue of an entry is what one of its links is called."""
    start = draft.spans.get("venue", (-1, -1))[0]
    return any(
        mark.inner_start <= start < mark.inner_end
        and not _PAPER_LABEL.match(inline.text, mark.inner_start, mark.inner_end)
        for inline in candidate.inlines
        for mark in inline.links
    )


def _is_person_beside_year(draft: EntryDraft) -> bool:
    """Whether what was read as a venue could as well be somebody's full name: `(2017, Xiangnan He)`."""
    name = draft.venue_text or ""
    full = "year" in draft.spans and 2 <= len(name.split()) <= 4 and not draft.authors
    return full and is_name(name) and not is_known(name)


def _is_keyed(draft: EntryDraft) -> bool:
    """Whether surnames and a year right behind them say who and when: `(Shokri et al., 2017)`."""
    gap = draft.spans.get("year", _FAR)[0] - draft.spans.get("authors", (0, 0))[1]
    return bool(draft.authors) and 0 <= gap < 20 and not any(" " in name for name in draft.authors)


def _side(draft: EntryDraft) -> str:
    """On which side of the title the authors stand; empty where a link or a cell holds them."""
    if not {"title", "authors"} <= draft.spans.keys():
        return ""
    return "before" if draft.spans["authors"][0] < draft.spans["title"][0] else "behind"


def _title_start(draft: EntryDraft) -> int:
    return draft.spans.get("title", draft.spans.get("short_name", (1 << 30, 0)))[0]


def _habits(sample: list[Candidate]) -> tuple[frozenset[str], frozenset[str]]:
    """The words that return from entry to entry: labels of links and of lines, and tags in brackets."""
    labels: Counter[str] = Counter()
    spelled: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    for candidate in sample:
        inlines = candidate.opening
        marks = [(inline, mark) for inline in inlines for mark in inline.marks]
        spelled.update({_spelling(inline, mark) for inline, mark in marks if mark.kind == "link"})
        labels.update({line_label(inline) for inline in inlines})
        tags.update(
            {_folded(inline, mark, aside=True) for inline, mark in marks if mark.kind in ("bracket", "code")}
        )
    links = {fold_label(text) for text in _frequent(spelled)}
    return _frequent(labels) | links, _frequent(tags)


def _nicknames(sample: list[Candidate]) -> frozenset[str]:
    """The styles in which nicknames stand before titles: titles say some of those that are bold, most of the plain, once more."""
    heads: dict[str, list[Inline]] = defaultdict(list)
    for candidate in sample:
        if not candidate.cells:
            heads[name_style(candidate.head)].append(candidate.head)
    repeated = {style: sum(map(repeats_name, named)) for style, named in heads.items() if style}
    share = {"bold": 6, "plain": 2}
    return frozenset(
        style for style, count in repeated.items() if count > 1 and share[style] * count >= len(heads[style])
    )


def _are_remarks(sample: list[Candidate], labels: frozenset[str]) -> bool:
    """Whether most entries that open in italics say something there about the linked title right behind."""
    heads = [
        candidate.head
        for candidate in sample
        if candidate.head.marks
        and candidate.head.marks[0].kind == "italic"
        and candidate.head.marks[0].start <= candidate.head.start + 2
    ]
    noted = [head.text[slice(*place)] for head in heads if (place := remarked(head, labels))]
    words = sum(find_people(text, sure=True) is None and find_when(text) is None for text in noted)
    return words >= _HABIT and 2 * words > len(heads)


def _frequent(counts: Counter[str]) -> frozenset[str]:
    return frozenset(word for word, count in counts.items() if word and count >= _HABIT)


def _spelling(inline: Inline, mark: Mark) -> str:
    """A link's label as it returns: with its numbers, for `DeepSeek-V2` and `DeepSeek-V3` are two names."""
    folded = _folded(inline, mark)
    return (
        inline.plain(mark.inner_start, mark.inner_end).casefold()
        if folded and not is_generic(folded)
        else folded
    )


def _folded(inline: Inline, mark: Mark, *, aside: bool = False) -> str:
    if mark.inner_end - mark.inner_start > 60:
        return ""
    text = inline.plain(mark.inner_start, mark.inner_end)
    return text.strip("[](){} ").casefold() if aside else fold_label(text)


def _sample(blocks: list[Block]) -> list[Block]:
    step = max(1, len(blocks) // _SAMPLE)
    return blocks[::step]


def _columns(source: Source, refs: dict[str, CharSpan], blocks: list[Block]) -> dict[int, tuple[str, ...]]:
    tables: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.is_row:
            tables[block.table].append(block)
    alike: dict[tuple[str, ...], list[Block]] = defaultdict(list)
    for rows in tables.values():
        if any(rows[0].header):
            alike[rows[0].header] += rows
    return {
        number: _roles(source, refs, rows if len(rows) >= _FEW_ROWS else alike.get(rows[0].header, rows))
        for number, rows in tables.items()
    }


def _roles(source: Source, refs: dict[str, CharSpan], rows: Sequence[Block]) -> tuple[str, ...]:
    sample = rows[:: 1 + len(rows) // 25 | 1]
    return column_roles(rows[0].header, [_cells(source, refs, row) for row in sample])


def _cells(source: Source, refs: dict[str, CharSpan], row: Block) -> tuple[Inline, ...]:
    text = source.visible
    return tuple([scan(text, start, end, refs) for start, end in cells_of(source, row)])


def _candidate(
    source: Source, refs: dict[str, CharSpan], block: Block, readings: Readings | None = None
) -> Candidate:
    if block.is_row:
        cells = _cells(source, refs, block)
        return Candidate(block, Inline(source.visible, block.start, block.start, (), ()), (), cells)
    if block.kind == "chapter":  # one layout reads these: its prose is no head of an entry
        whole = scan(source.visible, block.start, block.end, refs)
        return Candidate(block, Inline(source.visible, block.start, block.start, (), ()), (whole,))
    if readings is not None:
        return Candidate(block, readings.scanned(source.visible, block.start, block.end, scan))
    return Candidate(block, scan(source.visible, block.start, block.end, refs))


def _ignored(block: Block, kept: frozenset[tuple[str, ...]]) -> bool:
    """Whether a block is no place for entries: under "News" or "Licence", or longer than any entry is."""
    if block.end - block.start > _LONGEST:
        return True
    return bool(block.section) and _skips(block.section) and block.section not in kept


def _new_papers(
    source: Source, refs: dict[str, CharSpan], blocks: Sequence[Block]
) -> frozenset[tuple[str, ...]]:
    """Sections "What's New" below a topic whose items are nearly all a linked title and at most a year: its new papers."""
    items: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    for block in blocks:
        if block.kind != "heading" and len(block.section) > 1 and _WHATS_NEW.fullmatch(block.section[-1]):
            plain = block.kind == "item" and _is_linked_title(_candidate(source, refs, block).head)
            items[block.section].append(plain)
    return frozenset(section for section, plain in items.items() if 4 * sum(plain) >= 3 * len(plain))


def _is_linked_title(head: Inline) -> bool:
    """Whether a text is a link of three words and more that leads to no page of the list, with no words beside it."""
    first = head.links[0] if head.links else None
    if first is None or first.start > head.start or _PAGE.match(first.url):
        return False
    words = head.plain(first.inner_start, first.inner_end).split()
    return len(words) > 2 and not without_signs(head.plain(first.end, head.end)).strip("0123456789")


@lru_cache(maxsize=4096)
def _skips(section: tuple[str, ...]) -> bool:
    section = tuple(_SHORTCODE.sub("", title).strip() for title in section)
    last = section[-1]
    about = len(last.split()) <= 5 and _ABOUT_THE_LIST.search(last) is not None
    return about or bool(_NOT_ENTRIES.fullmatch(last)) or any(_NEWS.fullmatch(title) for title in section)


# --- grouping -------------------------------------------------------------------------------------


def _group(
    source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: _Plan
) -> tuple[list[_Group], list[Problem]]:
    """Entries in order, each with what continues it, and the lines that look like entries but are none."""
    groups: list[_Group] = []
    unread: list[Problem] = []
    current: _Group | None = None
    units = list(_split(source, refs, blocks, plan))
    document = None if "heading" in plan.kinds else _document_title(units)
    for number, block in enumerate(units):
        if _ignored(block, plan.kept) and block.kind != "heading":
            current = None
            continue
        if block is document:
            continue  # the list's own title, linked to the survey that it belongs to
        started, candidate = _started(source, refs, units, number, plan, current)
        if started and plan.notes and _heads_a_group(source, units, number, started):
            started = current = None
            continue
        if started:
            if current:
                current.forget_cells()
            current = started
            groups.append(current)
        elif (
            current
            and _continues(block, candidate, current, plan)
            and not _is_ruled_off(source, current, block)
        ):
            current.take(candidate, source, refs)
        elif block.kind == "heading" or block.depth == 0:
            current = None
        if not started and current is None and _looks_like_entry(candidate):
            unread.append(Problem(block.lines[0] + 1, "unread", source.line(block.lines[0]).strip()[:200]))
    return groups, unread


def _started(
    source: Source,
    refs: dict[str, CharSpan],
    units: list[Block],
    number: int,
    plan: _Plan,
    current: _Group | None,
) -> tuple[_Group | None, Candidate]:
    """The entry that this block starts, if it does, and what was asked of it: nothing is scanned that fits a mould."""
    block = units[number]
    moulded = _start_moulded(source, block, plan, current)
    if moulded:
        return moulded, moulded.candidate
    candidate = _candidate(source, refs, block, plan.readings)
    place = plan.place
    if _is_tiny(source, block) or (current and place and place.holds(current.candidate.block, block)):
        return None, candidate
    if place and (draft := place.head(candidate, plan.context)):
        return _Group(candidate, draft, place.name, block.lines[1], block.end, plan.kinds), candidate
    started = (
        _start(candidate, plan, current)
        or _start_by_details(source, refs, units, number, candidate, plan, current)
        or _start_unlinked(source, units, number, candidate, plan, current)
    )
    return started, candidate


def _heads_a_group(source: Source, units: list[Block], number: int, group: _Group) -> bool:
    """Whether an item that leads to a folder of notes stands above the notes themselves, each an item of its own."""
    below = units[number + 1] if number + 1 < len(units) else None
    if (
        below is None
        or below.kind != "item"
        or below.depth <= units[number].depth
        or not _is_way(group.draft)
    ):
        return False
    return source.visible[below.start : below.start + 1] == "[" and not group.draft.year


def _learned_place(
    source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: _Plan, groups: list[_Group]
) -> Place | None:
    """Where the titles of this list stand, if most of its blocks that lead to papers are in no entry."""
    if groups and sum(block.kind != "heading" for block in blocks) - len(groups) < _HABIT:
        return None  # nearly every block is an entry
    usable = [block for block in blocks if block.kind == "heading" or not _ignored(block, plan.kept)]
    taken = [Taken(one.candidate.block, one.last_line, partial(_has_paper, one.draft)) for one in groups]
    placed = without_displaced(blocks, taken)
    if sum(source.visible.count("http", one.start, one.end) for one in outside(usable, placed)) < _HABIT:
        return None
    looking = Looking(partial(_candidate, source, refs), partial(_lines, source))
    strays = find_strays(usable, placed, looking)
    if len(placed) < len(taken):
        return learn_place(strays, 0)  # other headings are entries: they show the same
    return learn_place(strays, sum(_holds_paper(group) for group in groups))


def _holds_paper(group: _Group) -> bool:
    """Whether an entry, with what continues it, holds the link of a paper."""
    links = (mark for inline in group.tail for mark in inline.links)
    return _has_paper(group.draft) or any(map(leads_to_paper, links))


def _lines(source: Source, block: Block) -> list[Block]:
    """The lines of a block, each as one."""
    return [_line_block(source, block, line) for line in range(block.lines[0], block.lines[1] + 1)]


def _is_tiny(source: Source, block: Block) -> bool:
    """Whether a block is too short for any title or link, so that no layout need be asked."""
    return (
        block.end - block.start < (8 if block.is_row else 5)
        and "[" not in source.visible[block.start : block.end]
    )


def _split(source: Source, refs: dict[str, CharSpan], blocks: list[Block], plan: _Plan) -> Iterator[Block]:
    """The same blocks, with paragraphs taken apart where each line is an entry of its own, and rows of several papers."""
    for block in blocks:
        first, last = block.lines
        if block.kind == "row" and source.visible.find("<br", block.start, block.end) >= 0:
            yield from _row_parts(source, refs, block, plan)
            continue
        if block.kind not in ("item", "paragraph") or first == last or _ignored(block, plan.kept):
            yield block
            continue
        lines = _lines(source, block)
        drafts = [_line_draft(source, refs, line, plan) for line in lines]
        starts = [draft is not None for draft in drafts]
        for index in range(1, len(lines)):
            starts[index] = (
                starts[index]
                and (plan.place is not None or not _goes_on_below(source.visible, lines[index]))
                and _is_like_first(source.visible, lines[0], drafts[0], lines[index], drafts[index])
            )
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


def _row_parts(source: Source, refs: dict[str, CharSpan], row: Block, plan: _Plan) -> Iterator[Block]:
    """A row once for each line of its title cell, where every one of them opens with a linked title of a paper.

    What its other cells say belongs to the first: no place in a file is part of two entries.
    """
    roles = plan.context.columns.get(row.table, ())
    cells = list(cells_of(source, row))
    number = roles.index("title") if "title" in roles else len(cells)
    parts = _papers_of_cell(scan(source.visible, *cells[number], refs)) if number < len(cells) else []
    if len(parts) < 2:
        yield row
        return
    cells[number] = parts[0]
    yield replace(row, cells=tuple(cells))
    for part in parts[1:]:
        empty = [(start, start) for start, _ in cells]
        empty[number] = part
        yield replace(row, cells=tuple(empty))


def _papers_of_cell(cell: Inline) -> list[CharSpan]:
    """The lines of a cell, where each of them opens with a linked title of a paper."""
    breaks = [mark for mark in cell.of("break") if cell.text[mark.start] == "<"]
    starts, ends = [cell.start, *(mark.end for mark in breaks)], [*(mark.start for mark in breaks), cell.end]
    parts = list(zip(starts, ends, strict=True))
    for start, end in parts:
        link = next((mark for mark in cell.links if start <= mark.start < end), None)
        if link is None or cell.text[start : link.start].strip(" *_•·-"):
            return []
        title = cell.plain(link.inner_start, link.inner_end)
        if len(title.split()) < 3 or is_generic(title) or read_url(link.url).role != "paper":
            return []
    return parts


def _goes_on_below(text: str, line: Block) -> bool:
    """Whether a line goes on with the sentence of the line above: small letters behind letters."""
    return (
        text[line.start : line.start + 1].islower()
        and text[max(0, line.start - 2) : line.start - 1].isalnum()
    )


def _line_block(source: Source, block: Block, line: int) -> Block:
    start = block.start if line == block.lines[0] else source.line_starts[line]
    text = source.visible[start : source.line_end(line)]
    start += len(text) - len(text.lstrip(" \t\r>"))
    kept = text.lstrip(" \t\r>").rstrip(" \t\r")
    return replace(block, start=start, end=start + len(kept), lines=(line, line))


def _line_draft(source: Source, refs: dict[str, CharSpan], line: Block, plan: _Plan) -> EntryDraft | None:
    """What a line says as an entry of its own, if it can be one."""
    if line.end - line.start < 12:
        return None
    candidate = _candidate(source, refs, line, plan.readings)
    if _is_linked_people(candidate.head):
        return None
    read = _read(candidate, plan)
    draft = read[0] if read else None
    sure = draft is not None and bool(draft.links) and draft.confidence >= _SURE and draft.title is not None
    return draft if sure else None


def _is_linked_people(head: Inline) -> bool:
    """Whether a line is nothing but two names and more, some of them links to somebody's page."""
    if not head.links or any(map(leads_to_paper, head.links)):
        return False
    text = head.plain(head.start, head.end).strip(" .*_")
    people = find_people(text, sure=True)
    if people is None or people.start or len(text) - people.end > 2:
        return False
    return len(people.names) > 1 and all(" " in name for name in people.names)


def _is_like_first(
    text: str, first: Block, opening: EntryDraft | None, line: Block, draft: EntryDraft | None
) -> bool:
    """Whether a line of a paragraph is an entry if the first is: below a linked paper it opens with one, too."""
    url = opening.title_url if opening else None
    if draft is None or not url or not _surely_paper(url, "") or not _OPENS_LINKED.match(text, first.start):
        return True
    return _OPENS_LINKED.match(text, line.start) is not None and _has_paper(draft)


def _read(candidate: Candidate, plan: _Plan) -> Reading:
    """The draft of the first layout that is sure, in learned order; else the best of them."""
    if plan.readings is None or candidate.block.is_row:
        return _read_anew(candidate, plan)
    return plan.readings.read(candidate, lambda one: _read_anew(one, plan))


def _read_anew(candidate: Candidate, plan: _Plan) -> Reading:
    best: Reading = None
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
    read = _read(candidate, plan)
    return _begin(candidate, *read, plan, current) if read else None


def _start_moulded(source: Source, block: Block, plan: _Plan, current: _Group | None) -> _Group | None:
    """A new entry, where this row fits its table's mould and says enough; what else it may be is not asked here."""
    if block.table not in plan.moulds or block.cells or _is_tiny(source, block) or plan.notes:
        return None
    line = block.lines[0]
    draft = plan.moulds[block.table].read(source.visible, source.line_starts[line], source.line_end(line))
    if draft is None or draft.confidence < _SURE + 0.2:
        return None
    head = Inline(source.visible, block.start, block.start, (), ())
    return _begin(Candidate(block, head), draft, _ROWS, plan, current)


def _begin(
    candidate: Candidate, draft: EntryDraft, layout: str, plan: _Plan, current: _Group | None
) -> _Group | None:
    """A new entry with this draft, where it is sure enough and does not describe another."""
    block = candidate.block
    wanted = _SURE if draft.confidence >= _SURE else _wanted(candidate, draft, layout, plan, current)
    sure = draft.confidence >= wanted or (draft.confidence + 0.15 >= wanted and _has_paper(draft))
    if not sure or (block.kind == "heading" and not _is_entry_heading(draft, plan)):
        return None
    if block.kind == "paragraph" and _NEWS_LINE.match(candidate.head.text, block.start):
        return None
    if not block.is_row and _is_sentence(candidate.head, draft):
        return None
    learned = plan.place is not None and layout == plan.place.name and _has_paper(draft)
    inner = current is not None and _is_detail(block, draft, current)
    if learned and not inner and not _is_about_the_list(draft):
        return _Group(candidate, draft, layout, block.lines[1], block.end, plan.kinds)
    if block.kind == "paragraph" and block.depth == 0 and not _stands_alone(candidate, draft, plan):
        return None
    if (
        _is_menu(candidate.head, draft)
        or _lists_venues(candidate.head, draft)
        or (current and _goes_on(candidate, current, plan))
    ):
        return None
    if not plan.notes and _is_way(draft):
        return None
    if (
        current
        and not current.draft.links
        and block.depth > current.candidate.block.depth
        and _is_people(candidate.head)
    ):
        return None
    if (
        current
        and inner
        and not (plan.notes and _is_way(draft))
        and not _is_next_citation(block, draft, current, plan)
    ):
        return None
    return _Group(candidate, draft, layout, block.lines[1], block.end, plan.kinds)


def _is_sentence(head: Inline, draft: EntryDraft) -> bool:
    """Whether what seems to be a title is the beginning of a sentence with a link in it, surely prose or advice."""
    if draft.title_url:
        return False
    advice = _ADVICE.match(head.plain(head.start, min(head.end, head.start + 300)))
    return advice is not None or (_breaks_off(draft) and _PROSE.search(draft.title or "") is not None)


def _is_about_the_list(draft: EntryDraft) -> bool:
    """Whether what seems to be a title is a sentence, of the list or of somebody who keeps it."""
    title = draft.title or ""
    return _PROSE.search(title) is not None or _ABOUT.search(title) is not None


def _is_entry_heading(draft: EntryDraft, plan: _Plan) -> bool:
    """Whether a heading is an entry: its title leads to a paper, or entries are headings here and it holds a paper's link."""
    if draft.title_url and _leads_to_paper(draft.title_url, "", True):
        return True
    return "heading" in plan.kinds and len((draft.title or "").split()) > 3 and _has_paper(draft)


def _wanted(
    candidate: Candidate, draft: EntryDraft, layout: str, plan: _Plan, current: _Group | None
) -> float:
    """How sure a draft must be to start an entry: less so in the list's own shape, and beside entries like it."""
    block = candidate.block
    main = bool(plan.layouts) and layout == plan.layouts[0].name
    wanted = [0.35 if main and block.kind in plan.kinds else _SURE]
    if block.kind == "item" and len((draft.title or "").split()) > 3:
        if _is_of_a_venue(block.section) or (block.depth <= 1 and _marker(candidate) in plan.headlines):
            wanted.append(0.17)
        if draft.spans.get("year", _FAR)[0] < draft.spans.get("title", (0, 0))[0] and is_headline(
            draft.title
        ):
            wanted.append(0.3)
    if current and block.kind == "item" and _beside(block, current):
        if _is_long(draft, plan, layout):
            wanted.append(0.17 if plan.linkless else 0.2)
        if layout == plan.context.main == current.layout and is_headline(draft.title):
            wanted.append(0.17)
    elif block.is_row and draft.title and has_titles(block.header, plan.context.columns.get(block.table, ())):
        wanted.append(0.2)
    elif block.kind == "row" and any(block.header) and layout == _ROWS:
        wanted.append(0.44)
    return min(wanted)


@lru_cache(maxsize=4096)
def _is_of_a_venue(section: tuple[str, ...]) -> bool:
    """Whether a list stands under the name of a conference and its year: `## PPoPP 2025`."""
    return any(
        (when := find_when(title, alone=True)) is not None
        and when.year_at is not None
        and when.venue is not None
        and len(title) - (when.end - when.start) < 20
        and is_known(title[slice(*when.venue)])
        for title in section
    )


def _marker(candidate: Candidate) -> str:
    """What opens an item: a number, or a sign."""
    start = candidate.block.start
    return "number" if _NUMBER.search(candidate.head.text, max(0, start - 8), start) else "sign"


def _is_long(draft: EntryDraft, plan: _Plan, layout: str) -> bool:
    """Whether a title is so long that it needs nothing beside it; less will do in a list that has no links."""
    return len((draft.title or "").split()) > (2 if plan.linkless and layout == plan.context.main else 3)


def _breaks_off(draft: EntryDraft) -> bool:
    """Whether what seems to be a title is the beginning of a sentence with a link in it."""
    return not draft.title_url and _UNFINISHED.search(draft.title or "") is not None


def _stands_alone(candidate: Candidate, draft: EntryDraft, plan: _Plan) -> bool:
    """Whether a paragraph is an entry and not prose with links in it.

    Where the list's entries are paragraphs it takes a paper, authors, a venue or a date; elsewhere a paper
    whose title no sentence goes on behind.
    """
    cited = bool(draft.authors or draft.venue_text or draft.year)
    if not draft.title_url and (_ABOUT.search(draft.title or "") or (draft.title or "").startswith("See ")):
        return False
    title = draft.title or ""
    if "paragraph" in plan.kinds and cited:
        return bool(draft.authors or draft.venue_text or _has_paper(draft)) or not _PROSE.search(title)
    if not candidate.block.section and "paragraph" not in plan.kinds and plan.kinds:
        return False  # above all sections a list speaks of itself
    if draft.title_url and not _leads_to_paper(draft.title_url, "", False):
        return False
    if not draft.title_url and not cited and len(title.split()) > 7 and _PROSE.search(title):
        return False
    if not draft.title_url and any(_POINTS.fullmatch(link.label) for link in draft.links):
        return False
    if not any(_surely_paper(link.url, link.label) for link in draft.links) or "title" not in draft.spans:
        return False
    if _breaks_off(draft):
        return False
    at = draft.spans["title"][1]
    at = max([at, *(mark.end for mark in candidate.head.of("link", "bold") if mark.start < at <= mark.end)])
    return _SENTENCE_ON.match(candidate.head.text, at, candidate.head.end) is None


def _is_menu(head: Inline, draft: EntryDraft) -> bool:
    """Three links and more with nothing but bars between them: a way around the pages, no entry."""
    if len(head.links) < 3:
        return False
    links = [mark for mark in head.links if not mark.is_bare]
    if len(links) < 3 or draft.authors or draft.year or _has_paper(draft):
        return False
    return not _words_beside(head, links)


def _lists_venues(head: Inline, draft: EntryDraft) -> bool:
    """Whether an item names three venues and more and no paper: `Most relevant: **NSDI**; **OSDI**; **SOSP**`."""
    if draft.links:
        return False
    bold = [head.plain(mark.inner_start, mark.inner_end) for mark in head.of("bold")]
    return len(bold) > 2 and sum(is_known(text) for text in bold) > len(bold) // 2


def _words_beside(inline: Inline, marks: Sequence[Mark]) -> str:
    """The letters and digits of a text that stand in none of the marks."""
    at, between = inline.start, []
    for mark in marks:
        between.append(inline.text[at : mark.start])
        at = max(at, mark.end)
    return without_signs("".join(between) + inline.text[at : inline.end])


def _is_way(draft: EntryDraft) -> bool:
    """Whether all that is said is the way to other pages beside the list: `[Deep learning](pages/dl.md)`."""
    if draft.authors or draft.venue_text or not draft.links:
        return False
    return all(_PAGE.match(link.url) or _leads_to_itself(link.url, link.label) for link in draft.links)


def _leads_to_itself(url: str, label: str) -> bool:
    """Whether a link leads to the heading of its own name: the table of contents of a page."""
    page, sign, place = url.partition("#")
    place, label = fold_signs(place), fold_signs(label)
    if not sign or not place or place == label:
        return bool(sign) and bool(place)
    return len(place) > 7 and label.startswith(place) and _HOME.fullmatch(page) is not None


def _goes_on(candidate: Candidate, current: _Group, plan: _Plan) -> bool:
    """Whether a line that opens with one of the list's own labels describes the entry above it."""
    if candidate.block.is_row:
        return False
    block, parent = candidate.block, current.candidate.block
    below = block.depth > parent.depth or parent.kind in ("paragraph", "heading")
    opening, label = line_label(current.candidate.head), line_label(candidate.head)
    if label and is_generic(opening) and opening != label and {opening, label} <= plan.context.labels:
        return block.depth == parent.depth and block.lines[0] - current.last_line <= 2
    return below and _is_labelled(candidate.head, plan)


def _is_labelled(head: Inline, plan: _Plan) -> bool:
    """Whether a line opens with a label (`Paper:`, or any that returns in this list) and holds no title."""
    if _opens_with_label(head):
        return True
    return line_label(head) in plan.context.labels and not titled_elsewhere(head, plan.context)


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
    if block.kind not in ("item", "paragraph", "heading") or candidate.head.end - candidate.head.start > 400:
        return None
    if _heads_nothing(source, refs, units, number):
        return None
    if (current and _introduces_more(candidate, current)) or _heads_entries(
        source, refs, units, number, plan
    ):
        return None
    tail: list[Inline] = []
    reach = 8 if block.kind == "heading" else 4
    for at, following in enumerate(units[number + 1 : number + reach], number + 2):
        inline = scan(source.visible, following.start, following.end, refs)
        goes_on = _details(block, following, inline, plan) or (tail and _is_same_record(following, inline))
        if not (goes_on or (following.depth > block.depth and _links_with_people(source, units, at, inline))):
            if block.kind == "heading" and tail and _is_abstract(source, refs, units, at, inline):
                continue
            if block.kind != "heading" or tail or not _is_date(source, refs, units, at, inline):
                break
        tail.append(inline)
    read = _read(replace(candidate, tail=tuple(tail)), plan) if tail else None
    if read is None or read[0].confidence < _SURE or (current and _is_detail(block, read[0], current)):
        return None
    told = any(
        _is_labelled(inline, plan)
        or (block.kind == "heading" and (_is_paper_line(inline) or names_attributes(inline)))
        for inline in tail
    )
    told |= bool(read[0].authors and current) or (bool(plan.context.bare) and _has_paper(read[0]))
    if read[0].confidence < 0.7 and not (told and read[0].title):
        return None
    layout = next(layout for layout in plan.layouts if layout.name == read[1])
    alone = layout.read(candidate, plan.context) or replace(read[0], links=(), spans={}, authors=())
    return _Group(candidate, alone, read[1], block.lines[1], block.end, plan.kinds)


def _heads_nothing(source: Source, refs: dict[str, CharSpan], units: list[Block], number: int) -> bool:
    """Whether a block is no title of what stands below it: most headings are none, nor is what says what the list is."""
    block = units[number]
    if block.kind == "heading":
        return not _heads_a_record(source, refs, units, number)
    return block.kind == "paragraph" and _ABOUT.search(source.visible, block.start, block.end) is not None


def _heads_entries(
    source: Source, refs: dict[str, CharSpan], units: list[Block], number: int, plan: _Plan
) -> bool:
    """Whether the first two paragraphs of an item are entries, each with its title, where it stands, and its paper."""
    item, below = units[number], units[number + 1 : number + 3]
    if item.kind != "item" or len(below) < 2:
        return False
    if any(block.kind != "paragraph" or block.item != item.item for block in below):
        return False
    return all(
        titled_elsewhere(candidate.head, plan.context)
        and (read := _read(candidate, plan)) is not None
        and bool(read[0].title and (read[0].venue_text or read[0].year) and _has_paper(read[0]))
        for candidate in [_candidate(source, refs, block, plan.readings) for block in below]
    )


def _introduces_more(candidate: Candidate, current: _Group) -> bool:
    """Whether a line in an entry's own item announces other work: `Related papers:`."""
    block, head = candidate.block, candidate.head
    inside = block.kind == "paragraph" and block.item >= 0 and block.item == current.candidate.block.item
    text = head.text[head.start : head.end].rstrip()
    return inside and not head.links and text.endswith((":", "：")) and _RELATED.search(text) is not None


def _is_abstract(
    source: Source, refs: dict[str, CharSpan], units: list[Block], following: int, inline: Inline
) -> bool:
    """Whether a paragraph without links stands between what a heading's entry says and its line of links."""
    if (
        inline.links
        or following >= len(units)
        or units[following].kind == "heading"
        or units[following].is_row
    ):
        return False
    return _is_paper_line(scan(source.visible, units[following].start, units[following].end, refs))


def _is_date(
    source: Source, refs: dict[str, CharSpan], units: list[Block], following: int, inline: Inline
) -> bool:
    """Whether a line below a heading opens with its date or venue, and its line of links follows, perhaps behind an abstract."""
    if units[following - 1].kind != "paragraph" or following >= len(units):
        return False
    when = find_when(inline.plain(inline.start, inline.end)[:80], alone=True)
    if when is None or when.start > 3 or not (when.year_at or when.date_at):
        return False
    below = units[following]
    abstract = scan(source.visible, below.start, below.end, refs)
    return _is_abstract(source, refs, units, following, inline) or (
        below.kind == "paragraph"
        and not inline.links
        and _is_abstract(source, refs, units, following + 1, abstract)
    )


def _start_unlinked(
    source: Source,
    units: list[Block],
    number: int,
    candidate: Candidate,
    plan: _Plan,
    current: _Group | None,
) -> _Group | None:
    """An item that is a headline and nothing else, between items that lead to papers: one whose link is still to come."""
    block, head = candidate.block, candidate.head
    if current is None or block.kind != "item" or head.marks or not _beside(block, current):
        return None
    below = units[number + 1] if number + 1 < len(units) else None
    if below is not None and (below.depth > block.depth or below.item == block.item):
        return None
    if current.draft.links and not _has_paper(current.draft):
        return None
    text = head.plain(head.start, head.end)
    named = is_headline(text) or (below and _is_name_among_headlines(source, text, below))
    if not named or len(text) > 200 or _PROSE.search(text) or _ABOUT.search(text):
        return None
    read = _read(candidate, plan)
    if read is None or read[0].title != text.rstrip("."):
        return None
    return _Group(candidate, read[0], read[1], block.lines[1], block.end, plan.kinds)


def _is_name_among_headlines(source: Source, text: str, below: Block) -> bool:
    """Whether three or four words are a title in capitals, and the item below them is a headline."""
    words = text.split()
    capital = len(words) > 2 and all(word[0].isupper() for word in words if len(word) > 3)
    return capital and below.kind == "item" and is_headline(source.visible[below.start : below.end])


def _details(block: Block, following: Block, inline: Inline, plan: _Plan) -> bool:
    """Whether a block describes the title above it: in its list item, or a labelled line below it."""
    if following.kind == "heading" or following.is_row:
        return False
    if block.kind == "paragraph" and following.kind == "item" and _is_record_of_group(block, inline):
        return False
    if following.item >= 0 and following.item == block.item and following.kind != "item":
        return True
    if _is_labelled(inline, plan) and (
        following.depth > block.depth or block.kind in ("paragraph", "heading")
    ):
        return True
    if following.depth == block.depth + 1 and _is_people(inline):
        return True
    if plan.context.bare and following.depth > block.depth and _holds_links_only(inline):
        return True
    if cites(plan.context) and block.kind == following.kind == "item" and following.depth > block.depth:
        return not inline.links  # the citation of a paper that is named above it
    if block.kind == "heading" and (
        _holds_links_only(inline)
        or names_attributes(inline)
        or _RECORD.match(inline.text, inline.start, inline.end)
    ):
        return True
    return following.kind == "paragraph" and following.depth == 0 and _opens_with_link(inline)


def _is_record_of_group(block: Block, inline: Inline) -> bool:
    """Whether a line opens a record of its own with its title, below the name of a group that reads as no title."""
    return line_label(inline) in _TITLE_LABELS and not is_headline(inline.text[block.start : block.end])


def _links_with_people(source: Source, units: list[Block], below: int, inline: Inline) -> bool:
    """Whether a line holds links alone and the next one, beside it, the authors: `[[Nature](url)], [[reddit](url)]`."""
    if not _holds_links_only(inline) or below >= len(units) or units[below].depth != units[below - 1].depth:
        return False
    return _is_people(scan(source.visible, units[below].start, units[below].end))


def _is_people(inline: Inline) -> bool:
    """Whether a line holds names, at most with a venue behind them."""
    if not inline.links and find_signature(inline.text, inline.start, inline.end):
        return True
    stop = inline.links[0].start if inline.links else inline.end
    text = inline.plain(inline.start, stop).rstrip("[( ")
    people = find_people(text)
    rest = text[people.end :].strip(" .,;:") if people else text
    if inline.links and (
        people is None
        or len(people.names) < 2
        or _words_beside(inline, inline.of("link")) != without_signs(text)
    ):
        return False
    return (
        people is not None and (len(rest) < 4 or find_when(rest, alone=True) is not None) and len(rest) < 60
    )


def _heads_a_record(source: Source, refs: dict[str, CharSpan], units: list[Block], number: int) -> bool:
    """Whether a heading is a title: of three words and more, with a line `Paper: address` or `Authors: ...` below it."""
    block = units[number]
    words = len(source.visible[block.start : block.end].split())
    if words < 3 or number + 1 >= len(units) or units[number + 1].kind == "heading":
        return False
    if _names_authors(scan(source.visible, units[number + 1].start, units[number + 1].end, refs)):
        return True
    if block.level > 1 and _opens_record(source, units[number + 1 : number + 3]):
        return True
    for following in units[number + 1 : number + 7]:
        if following.kind == "heading" or following.is_row:
            break
        inline = scan(source.visible, following.start, following.end, refs)
        if _is_paper_line(inline):
            return True
    below = scan(source.visible, units[number + 1].start, units[number + 1].end, refs)
    links = below.links
    bare = links and all(is_generic(below.plain(m.inner_start, m.inner_end)) or m.is_bare for m in links)
    if not bare or len(_words_beside(below, below.of("link", "image"))) > _FEW_LETTERS:
        return False
    return _opens_with_label(below) and _PAPER_LABEL.match(below.text, below.start) is not None


def _opens_record(source: Source, below: Sequence[Block]) -> bool:
    """Whether two items below a heading are labelled as authors and as venue, date or year, whoever they name."""
    labels = [
        line_label(scan(source.visible, block.start, block.end)) for block in below if block.kind == "item"
    ]
    return len(labels) == 2 and labels[0] in ("author", "authors") and labels[1] in ("venue", "year", "date")


def _names_authors(inline: Inline) -> bool:
    """Whether a line is labelled as the authors' and holds names."""
    if not line_label(inline).startswith("author"):
        return False
    text = inline.plain(inline.start, inline.end)
    return find_people(text[text.index(":") + 1 :] if ":" in text else text, sure=True) is not None


def _is_paper_line(inline: Inline) -> bool:
    """Whether a line holds nothing but links and one is labelled as the paper's: `![](pdf.png) [Paper](file.pdf)`."""
    return _holds_links_only(inline) and any(
        _PAPER_LABEL.fullmatch(inline.plain(m.inner_start, m.inner_end).strip("[] ")) for m in inline.links
    )


def _holds_links_only(inline: Inline) -> bool:
    return bool(inline.links) and not _words_beside(inline, inline.of("link", "image"))


def _is_same_record(following: Block, inline: Inline) -> bool:
    """Whether an item goes on with a record of labelled lines, by a label seen nowhere else (`keywords:`)."""
    return following.kind == "item" and bool(line_label(inline))


def _opens_with_label(inline: Inline) -> bool:
    return _LABELLED.match(inline.text, inline.start, inline.end) is not None


def _opens_with_link(inline: Inline) -> bool:
    links = inline.links
    if not links or links[0].start > inline.start + 2 or inline.end - inline.start >= 600:
        return False
    words = len(inline.text[links[0].inner_start : links[0].inner_end].split())
    return words < 4 or words > 40 or not leads_to_paper(links[0])  # the linked title of another paper


def _is_detail(block: Block, draft: EntryDraft, current: _Group) -> bool:
    """Whether a block that could be an entry describes the one before it."""
    parent = current.candidate.block
    if current.more and block.item == parent.item:
        return True
    if parent.kind == "heading":
        return block.kind != "heading"
    inside = block.depth > parent.depth
    if block.kind != "item":
        inside = block.kind == "paragraph" and block.item >= 0 and block.item == parent.item
        if inside and not draft.title_url and not current.draft.links:
            return True  # the links of a title that has none of its own
    return inside and not (draft.confidence >= 0.7 and _has_paper(draft))


def _is_next_citation(block: Block, draft: EntryDraft, current: _Group, plan: _Plan) -> bool:
    """Whether an item without links is a citation beside the one that is nested below the links of both papers."""
    cited = cites(plan.context) and block.kind == "item" and not draft.links and len(draft.authors) > 1
    if not cited or draft.title is None or len(current.tail) != 1 or current.tail[0].links:
        return False
    title = _finish(current, plan)[1].spans.get("title", (-1, -1))
    return block.depth == current.candidate.block.depth + 1 and title[0] >= current.tail[0].start


def _has_paper(draft: EntryDraft) -> bool:
    return any(_leads_to_paper(link.url, link.label, link.url == draft.title_url) for link in draft.links)


def _continues(block: Block, candidate: Candidate, current: _Group, plan: _Plan) -> bool:
    """Whether a block that starts nothing belongs to the entry before it."""
    parent = current.candidate.block
    if plan.place and plan.place.holds(parent, block):
        return True
    if "chapter" in (block.kind, parent.kind) or block.kind == "heading" or block.table != parent.table:
        return False
    if parent.kind == "heading" or block.kind == "html_row":
        return True
    if block.kind == parent.kind == "paragraph" and _is_titled_address(candidate.head):
        return False
    if block.depth > parent.depth or (block.item >= 0 and block.item == parent.item):
        return True
    if block.kind == "item" and _goes_on(candidate, current, plan):
        return True
    if block.kind == "item":
        labelled = _is_labelled(candidate.head, plan) or "item" not in current.kinds
        return labelled and parent.kind == "paragraph" and parent.item < 0
    return _is_short_detail(candidate.head) or _is_labelled(candidate.head, plan)


def _is_titled_address(head: Inline) -> bool:
    """Whether a paragraph is a line like a title and, on the next, a bare address: a work of its own, if no paper."""
    line = head.text.find("\n", head.start, head.end)
    if line < 0 or len(head.links) != 1 or not head.start + 12 < line < head.links[0].start:
        return False
    link, title = head.links[0], head.text[head.start : line]
    bare = link.is_bare and link.end >= head.end and link.start - line < 4
    return bare and len(title.split()) > 2 and not line_label(head) and find_people(title, sure=True) is None


def _is_ruled_off(source: Source, current: _Group, block: Block) -> bool:
    """Whether a rule across the page ends the record of a heading: what stands behind it is the foot of the page."""
    if current.candidate.block.kind != "heading" or not current.tail:
        return False
    between = range(current.last_line + 1, block.lines[0])
    return any(_RULE.match(source.line(line)) for line in between)


def _is_short_detail(head: Inline) -> bool:
    """Authors, links or badges on a line of their own, outside of any list."""
    rest = head.plain(head.start, head.end)
    words = len(rest.split())
    if _is_caption(head) or (head.links and all(mark.url[:1] == "#" for mark in head.links)):
        return False
    styled = bool(head.marks and head.marks[0].kind == "italic" and head.marks[0].start <= head.start + 2)
    if not styled and words > 12:
        return False
    linked = any(mark.kind in ("link", "image") for mark in head.marks)
    return linked or find_people(rest, sure=True) is not None or find_when(rest, alone=True) is not None


def _is_caption(head: Inline) -> bool:
    """Whether a line is bold from end to end: the name of a group."""
    first = head.marks[0] if head.marks else None
    return first is not None and first.kind == "bold" and first.start <= head.start and first.end >= head.end


def _looks_like_entry(candidate: Candidate) -> bool:
    if candidate.block.kind == "heading":
        return False
    marks = [mark for inline in candidate.opening for mark in inline.links]
    return any(mark.url.startswith("http") and read_url(mark.url).role == "paper" for mark in marks)


def _finish(group: _Group, plan: _Plan) -> tuple[_Group, EntryDraft]:
    """Read the whole entry again where something continues it."""
    if not group.tail:
        return group, group.draft
    candidate = replace(group.candidate, tail=tuple(group.tail))
    layout = next(layout for layout in plan.layouts if layout.name == group.layout)
    return group, layout.read(candidate, plan.context) or group.draft


def _with_records(source: Source, drafts: list[tuple[_Group, EntryDraft]]) -> list[tuple[_Group, EntryDraft]]:
    """The same drafts; one without authors has those of the BibTeX record below it, where that has its title."""
    if not drafts or any(sign not in source.visible for sign in ("@", "author", "\n```")):
        return drafts
    below = [group.candidate.block.lines[0] for group, _ in drafts[1:]] + [len(source.line_starts)]
    out = []
    for (group, draft), stop in zip(drafts, below, strict=True):
        record = None if draft.authors or draft.et_al else record_below(source, group.last_line, stop)
        if record and record.authors and same_title(draft.title, record.title):
            spans = {**draft.spans, "authors": record.place}
            draft = replace(draft, authors=record.authors, et_al=record.et_al, spans=spans)
            group.last_line, group.end = record.last_line, source.line_end(record.last_line)
        out.append((group, draft))
    return out


# --- entries --------------------------------------------------------------------------------------


def _leads_to_paper(url: str, label: str, is_title: bool) -> bool:
    """Whether a link leads to the paper: by its address; by its label or place where the address is unknown."""
    role = read_url(url).role
    if role == "paper":
        return not _SAYS_OTHER.match(label) or is_title
    if url.lower().split("?")[0].endswith(".pdf"):
        return not _SAYS_OTHER.search(label) or is_title
    if role not in ("other", "project"):
        return False
    if _PAPER_LABEL.match(label):
        return not re.search(r"blog", url, re.I)
    if role != "other":
        return False
    return is_key(label) or (is_title and url.startswith("http") and not _WEB_PAGE.search(url))


def _surely_paper(url: str, label: str) -> bool:
    """Whether a link leads to a paper by its own address or label, wherever it stands."""
    return _leads_to_paper(url, "" if len(label.split()) > 3 else label, False)


def _entry(source: Source, group: _Group, draft: EntryDraft, number: int, entry_id: str) -> Entry:
    block = group.candidate.block
    links = tuple([Link(link.label, link.url, read_url(link.url).role) for link in draft.links])
    paper_url = _paper_url(draft)
    start, end = source.line_starts[block.lines[0]], source.line_end(group.last_line)
    if block.kind == "html_row" or block.start > start:
        start = block.start
    return Entry(
        entry_id=entry_id,
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


def _words(draft: EntryDraft) -> str | None:
    """What an entry is named after."""
    return draft.title or draft.short_name or _paper_url(draft)


def _paper_url(draft: EntryDraft) -> str | None:
    if draft.title_url and _leads_to_paper(draft.title_url, draft.title or "", True):
        return draft.title_url
    return next((link.url for link in draft.links if _leads_to_paper(link.url, link.label, False)), None)


def _kind(draft: EntryDraft, links: Sequence[Link], paper_url: str | None) -> Kind:
    """A paper has a link to one, or is cited like one (a venue with authors or year) and not posted as a blog."""
    if paper_url or (not links and draft.title):
        return "paper"
    named = bool(draft.venue_text and draft.title and not _REPOSITORY.match(draft.venue_text))
    labelled = bool(draft.year or named) and any(_PAPER_LABEL.match(link.label) for link in links)
    cited = (named and bool(draft.authors or draft.year)) or labelled
    only_code = all(link.role in ("code", "data", "model") for link in links)
    if named and not draft.authors and not labelled:
        return "paper" if draft.year and only_code else "other"
    return "paper" if cited and not any(link.role == "blog" for link in links) else "other"


def _spans(source: Source, draft: EntryDraft) -> dict[str, CharSpan]:
    """All spans in bytes; of two that overlap (a URL that is itself the title) the field gives way to the link."""
    chosen = {f"link.{number}": (link.start, link.end) for number, link in enumerate(draft.links)}
    fields = draft.spans
    if source.unescaped:
        fields = {key: source.with_escapes(span) for key, span in fields.items()}
    places = sorted([*chosen.values(), *fields.values()])
    if all([left[1] <= right[0] for left, right in pairwise(places)]):  # as nearly always
        return source.byte_spans({**chosen, **fields})
    for key, (start, end) in fields.items():
        for left, right in chosen.values():
            if start < right and left < end:
                break
        else:
            chosen[key] = start, end
    return source.byte_spans(chosen)


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
    strange = source.undecodable()
    for char in strange[:_MOST_PROBLEMS]:
        line, offset = source.line_of(char), source.byte_offset(char)
        yield Problem(
            line, "undecodable", f"byte 0x{source.data[offset]:02x} at offset {offset} is not UTF-8"
        )
    if len(strange) > _MOST_PROBLEMS:
        line, more = source.line_of(strange[_MOST_PROBLEMS]), len(strange) - _MOST_PROBLEMS
        yield Problem(line, "undecodable", f"{more:,} more bytes from here on are not UTF-8")


def _template(source: Source) -> str | None:
    """The list's own insertion template: a short comment that says so or shows empty links."""
    for start, end in source.comments:
        text = source.text[start + 4 : end - 3].strip()
        if len(text) < 1000 and "\n\n" not in text and "()" in text and _TEMPLATE.search(text):
            lead = _TEMPLATE_LEAD.match(text)
            return text[lead.end() :].strip() if lead else text
    return None
