"""What a sample shows of a list: its layouts, and its habits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.formats import Candidate, Context, EntryDraft, Layout, Readings, layouts
from pipeline.formats._authors import surnames
from pipeline.formats._badges import venue_colours
from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline, Mark
from pipeline.formats._keyed import find_key_line, find_keyed
from pipeline.formats._labels import fold_label, is_generic, line_label
from pipeline.formats._links import before_address
from pipeline.formats._mould import Mould, make_mould
from pipeline.formats._people import are_halves, find_people, is_name
from pipeline.formats._readings import Reading
from pipeline.formats._rescue import Place
from pipeline.formats._slots import name_style, remarked, repeats_name
from pipeline.formats._source import CharSpan, Source
from pipeline.formats._tables import column_roles
from pipeline.formats._titles import is_headline, is_short_name
from pipeline.formats._when import find_when, is_known
from pipeline.reading.candidates import candidate_of, marker_of, scan_cells
from pipeline.reading.destinations import PAPER_LABEL, is_way
from pipeline.reading.drafts import FAR
from pipeline.reading.plan import HABIT, ROWS, SURE, Plan
from pipeline.reading.sections import document_title, is_ignored, new_papers
from pipeline.text import lazy

_SAMPLE = 240
_FEW_ROWS = 12
"""A table of fewer rows is read as all tables of the list are that have its header."""
_BY_LAST = lazy(r"(?<=[\w?!])\s+by\s+[A-Z][^\n,.:()]{1,30}(?:[.,\n(]|$)")


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
        self.ways += is_way(draft)
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
        head, marker = candidate.head, marker_of(candidate)
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
        if count <= HABIT or 2 * count <= self.linked:
            return ""
        return "names" if 4 * self.bare["names"] >= 3 * count else "titles"

    def plan(self, context: Context, readers: Sequence[Layout]) -> Plan:
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
                + ["line"] * (2 * lines["keyed"] > lines["titles"] and lines["sure"] >= HABIT)
                + ["label"] * (2 * self.keys["keyed"] > self.keys["items"] and self.keys["sure"] >= HABIT)
            ),
        )
        used = frozenset(kind for kind, count in self.kinds.items() if count * 8 >= total)
        return Plan(
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


def learn(
    source: Source,
    refs: dict[str, CharSpan],
    blocks: list[Block],
    place: Place | None = None,
    readings: Readings | None = None,
) -> Plan:
    """Read a sample in every layout: which of them the list uses, and the venues it names."""
    readers = (*layouts(), place) if place else layouts()
    tally = _Tally()
    document = document_title(blocks)
    kept = new_papers(source, refs, blocks)
    usable = [
        block
        for block in blocks
        if block.kind != "html_row" and block is not document and not is_ignored(block, kept)
    ]
    sample = [candidate_of(source, refs, block, readings) for block in _sample(usable)]
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
    return replace(plan, moulds=_moulds(source, blocks, plan)) if plan.layouts[0].name == ROWS else plan


def _surest(candidate: Candidate, *, readers: Sequence[Layout], context: Context) -> Reading:
    """The best sure draft of all layouts, if there is any."""
    drafts = [(layout.read(candidate, context), layout.name) for layout in readers]
    sure = [(draft, name) for draft, name in drafts if draft and _is_sure(draft)]
    if not sure:
        return None
    return max(sure, key=lambda read: (read[0].confidence, bool(read[0].authors), -_title_start(read[0])))


def _moulds(source: Source, blocks: Sequence[Block], plan: Plan) -> dict[int, Mould]:
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


def _is_sure(draft: EntryDraft) -> bool:
    """Whether a draft shows how the list is written; a title with a venue and year needs no link for that."""
    return draft.confidence >= SURE or (
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
        and not PAPER_LABEL.match(inline.text, mark.inner_start, mark.inner_end)
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
    gap = draft.spans.get("year", FAR)[0] - draft.spans.get("authors", (0, 0))[1]
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
    return words >= HABIT and 2 * words > len(heads)


def _frequent(counts: Counter[str]) -> frozenset[str]:
    return frozenset(word for word, count in counts.items() if word and count >= HABIT)


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
    return column_roles(rows[0].header, [scan_cells(source, refs, row) for row in sample])
