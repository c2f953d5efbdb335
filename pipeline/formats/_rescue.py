"""Where titles stand in a list that no layout reads: learned from its own blocks, for each leads to a paper.

Many blocks of one kind hold the link of a paper and start no entry. Some place in them (the second link, what is
bold, the text behind the paper's link, the heading above) holds a text like a title in nearly all of them, never
the same one twice: that is where the titles are. Where no place does, or two blocks say the same, nothing is read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import TypeAlias

from pipeline.formats._blocks import Block
from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline, Mark
from pipeline.formats._labels import is_generic, line_label, names_field
from pipeline.formats._links import leads_to_paper
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._people import OTHERS, find_people
from pipeline.formats._slots import goes_on, is_titled, plain_title
from pipeline.formats._titles import in_capitals
from pipeline.formats._when import find_when, is_known
from pipeline.text import lazy

_FEW = 5
"""So many blocks show how a list is written; fewer may be anything."""
_NEARLY_ALL = 0.8
_SAMPLE = 240
"""So many blocks at most are compared."""
_ALIKE = 0.1
"""Places that serve nearly as often: what is marked is the title's, else the first in the text."""
_MARKED = frozenset(("paper", "link", "bold", "quote"))
_UNMARKED = ("text", "line", "behind paper", "before paper")
_REACH = 3
"""So many blocks above the links of a paper its title may stand."""
_MOST_PAPERS = 3
"""A block with links of more papers is about none of them."""
_WORDS = range(3, 31)
_USUAL_WORDS = 4.5
"""Titles have more words than this, taken together."""
_CELLS = 12
_NO_DIGITS = lazy(r"\d++")
_PROSE_LINE, _SENTENCE = 120, 6
"""A line without links is prose from so many signs on, and from so many words where it ends as sentences do."""
_QUOTES = '"“” '
_REPORT = lazy(r"^\S+ Technical Report$", re.I)
"""A title that is called as the venues of such reports are."""
_PROSE = lazy(
    r"\b(?:is|are|was|were|has|have|been) (?:a|an|the|now|also|[a-z]+ed)\b|\b(?:we|our|please|check out|thanks?|released?|accepted|updated?"
    r"|this (?:paper|work|repo\w*|survey|list)|the authors?|click|welcome)\b",
    re.I,
)
"""News, abstracts and remarks, which no title says; some titles do, so that one alone proves nothing."""
_LEAD = lazy(r"(?:[^\w\"“'‘(\[$]|_)++")
_CLOSED = lazy(r"[.!。]\s*$")

Key: TypeAlias = tuple[str | int, ...]
"""The name of a place: `("link", 1)`, `("behind paper",)`, `("above", 1, "bold", 0)`."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A block with the link of a paper that is in no entry, and the blocks above it that might hold the title.

    The `heading` is that above it, for the first such block below it.
    """

    candidate: Candidate
    above: tuple[Candidate, ...] = ()
    """From the nearest to the first behind the one before."""
    heading: Candidate | None = None


@dataclass(slots=True)
class Place:
    """Where the titles of a list stand: a layout like others, but for this list alone.

    `heads` are the first lines of the blocks that hold the titles where those stand above the links.
    """

    key: Key
    kind: str
    depth: int
    heads: Mapping[int, int] = field(default_factory=dict, compare=False)
    name: str = "learned place"

    def read(self, candidate: Candidate, context: Context) -> EntryDraft | None:
        """Read a block of this kind whose title stands at this place."""
        block = candidate.block
        if self.heads:
            if block.lines[0] not in self.heads:
                return None
        elif (block.kind, block.depth) != (self.kind, self.depth):
            return None
        slot = next((slot for key, slot in _slots(candidate, context.venues) if key == self.key), None)
        if slot is None:
            return None
        text = _text(candidate, slot)
        if line_label(Inline(text, 0, len(text), (), ())) in context.labels:
            return None
        linked = bool(self.heads) or bool(papers_of(candidate))
        if not (_is_like_title(text) or (linked and _may_be_title(text))):
            return None
        if self.heads:
            candidate = replace(candidate, tail=tuple(filter(_says_something, candidate.tail)))
        return describe(candidate, replace(slot, weight=0.95), context)

    def head(self, candidate: Candidate, context: Context) -> EntryDraft | None:
        """Read a block that holds a title and stands above its links."""
        return self.read(candidate, context) if candidate.block.lines[0] in self.heads else None

    def holds(self, head: Block, block: Block) -> bool:
        """Whether a block stands between a title and its links, or holds these."""
        return head.lines[0] < block.lines[0] <= self.heads.get(head.lines[0], -1)


def papers_of(candidate: Candidate) -> list[Mark]:
    """The links of a block that surely lead to papers."""
    return [mark for inline in candidate.opening for mark in inline.links if leads_to_paper(mark)]


def learn_place(strays: Sequence[Stray], papers: int) -> Place | None:
    """Where the titles stand in most blocks of one kind; none where fewer are stray than the `papers` that are read."""
    kinds: dict[tuple[str, int], list[Stray]] = defaultdict(list)
    for stray in strays:
        kinds[stray.candidate.block.kind, stray.candidate.block.depth].append(stray)
    (kind, depth), most = max(kinds.items(), key=lambda one: len(one[1]), default=(("", 0), []))
    if len(most) < _FEW or 2 * len(most) <= papers + len(strays):
        return None
    sample = most[:: 1 + len(most) // _SAMPLE]
    about_one = [
        stray for stray in sample if len({mark.url for mark in papers_of(stray.candidate)}) <= _MOST_PAPERS
    ]
    if len(about_one) < max(_FEW, _NEARLY_ALL * len(sample)):
        return None
    key = _best([dict(_slots_of(stray.candidate)) for stray in sample])
    if key:
        return Place(key, kind, depth)
    return _place_above(most, kind, depth)


def _place_above(strays: Sequence[Stray], kind: str, depth: int) -> Place | None:
    """The place of titles in the blocks above the links: the nearest heading, else a block of its own."""
    for number in range(-1, 2 * _REACH):
        first = [stray for stray in strays if number >= 0 or stray.heading]
        if 3 * len(first) < 2 * len(strays):
            continue  # headings with many papers below them name topics
        heads = [_head(stray, number) for stray in first]
        sample = heads[:: 1 + len(heads) // _SAMPLE]
        key = _best([dict(_slots_of(head)) if head else {} for head in sample])
        if key:
            below = [(head, stray.candidate) for head, stray in zip(heads, first, strict=True) if head]
            lines = {head.block.lines[0]: block.block.lines[1] for head, block in below}
            return Place(key, kind, depth, lines)
    return None


def _head(stray: Stray, number: int) -> Candidate | None:
    """One of what stands above: the heading, the nearest blocks, then the first ones from the top."""
    if number < 0:
        return stray.heading
    at = number if number < _REACH else _REACH - 1 - number
    return stray.above[at] if -len(stray.above) <= at < len(stray.above) else None


@dataclass(frozen=True, slots=True)
class _Said:
    """A text like a title, how far from the beginning of its block it stands, and the paper that this leads to."""

    text: str
    at: int
    paper: str


def _best(found: Sequence[Mapping[Key, _Said]]) -> Key | None:
    """The place that holds a text like a title in nearly all blocks, another one in each; of some such the first."""
    texts: dict[Key, list[_Said]] = defaultdict(list)
    for slots in found:
        for key, said in slots.items():
            texts[key].append(said)
    enough = max(_FEW, _NEARLY_ALL * len(found))
    good = {key: said for key, said in texts.items() if len(said) >= enough and _are_titles(key, said)}
    if not good:
        return None
    most = max(map(len, good.values()))
    alike = [key for key, said in good.items() if len(said) >= most - _ALIKE * len(found)]
    return min(alike, key=lambda key: (_rank(key), fmean(said.at for said in good[key]), key))


def _rank(key: Key) -> int:
    return 1 + _UNMARKED.index(str(key[0])) if key[0] in _UNMARKED else 0


def _are_titles(key: Key, said: Sequence[_Said]) -> bool:
    """Whether texts are titles, taken together: of many words, none at two papers, few of them sentences.

    Where nothing marks them, most are in capitals.
    """
    texts = {(_NO_DIGITS.sub("", one.text).casefold(), one.paper): one.text for one in said}
    repeated = len(texts) - len({text for text, _ in texts})
    if sum(len(text.split()) for text in texts.values()) < _USUAL_WORDS * len(texts) or 20 * repeated > len(
        texts
    ):
        return False
    labels = Counter(line_label(Inline(text, 0, len(text), (), ())) for text in texts.values())
    if any(label and 4 * count > len(texts) for label, count in labels.items()):
        return False  # `Authors: ...`
    capital = sum(in_capitals(text, caseless=True) for text in texts.values())
    marked = key[0] in _MARKED
    prose = sum(_is_sentence(text, marked=marked) for text in texts.values())
    return 6 * prose <= len(texts) and (marked or 2 * capital >= len(texts))


def _is_sentence(text: str, *, marked: bool) -> bool:
    if _PROSE.search(text):
        return True
    return not marked and _CLOSED.search(text) is not None and not in_capitals(text, caseless=True)


def _slots_of(candidate: Candidate) -> Iterator[tuple[Key, _Said]]:
    """The places of a block that hold a text like a title, with that text."""
    paper = next((mark.url for mark in papers_of(candidate)), "")
    for key, slot in _slots(candidate):
        text = _text(candidate, slot)
        if _is_like_title(text):
            yield key, _Said(text, slot.start - candidate.block.start, paper)


def _text(candidate: Candidate, slot: TitleSlot) -> str:
    for cell in candidate.cells:
        if cell.start <= slot.start < cell.end:
            return cell.plain(slot.start, slot.end)
    return candidate.head.plain(slot.start, slot.end)


def _is_like_title(text: str) -> bool:
    """Whether a text may be a title by itself: of some words, none of them all names, a venue, a date or a label."""
    text = text.strip(_QUOTES)
    opens = text[:1].isupper() or text[:1].isdigit() or not text[:1].isascii()
    return opens and len(text.split()) in _WORDS and is_titled(text) and _may_be_title(text)


def _may_be_title(text: str) -> bool:
    """Whether a text is a title where titles stand: nothing that is surely something else."""
    text = text.strip(_QUOTES)
    if not is_titled(text) or is_generic(text) or is_known(text) or "://" in text or OTHERS.search(text):
        return False
    when = find_when(text, alone=True)
    if when is not None and len(text) - (when.end - when.start) < 8 and not _REPORT.search(text):
        return False
    people = find_people(text, sure=True)
    return people is None or len(people.names) < 2 or people.start > 2 or len(text) - people.end > 12


def _says_something(inline: Inline) -> bool:
    """Whether a line below a title is more than prose about the work: the authors may fill a long one."""
    if names_field(inline):
        return True
    if inline.links or inline.end - inline.start > _PROSE_LINE:
        return bool(inline.links)
    text = inline.text[inline.start : inline.end]
    return len(text.split()) < _SENTENCE or _CLOSED.search(text) is None or bool(line_label(inline))


def _slots(candidate: Candidate, known: frozenset[str] = frozenset()) -> Iterator[tuple[Key, TitleSlot]]:
    """Every place in a block that has a name, and the text that stands there."""
    if candidate.cells:
        for number, cell in enumerate(candidate.cells[:_CELLS]):
            slot = _cell_slot(cell, known)
            if slot:
                yield ("cell", number), slot
        return
    yield from _marked_slots(candidate.head)
    yield from _plain_slots(candidate.head, known)


def _cell_slot(cell: Inline, known: frozenset[str]) -> TitleSlot | None:
    link = next((mark for mark in cell.links if not mark.is_bare), None)
    if link and not cell.plain(cell.start, link.start):
        return _linked(link)
    return plain_title(cell, known, cell.start, named=True)


def _linked(mark: Mark) -> TitleSlot:
    return TitleSlot(
        mark.inner_start, mark.inner_end, (mark.start, mark.end), 1.0, (mark.url_start, mark.url_end)
    )


def _marked_slots(head: Inline) -> Iterator[tuple[Key, TitleSlot]]:
    """The texts of links and of each style, by their number; and that of the first link to a paper."""
    seen: Counter[str] = Counter()
    for mark in head.marks:
        if mark.kind == "link" and not mark.is_bare:
            if not seen["paper"] and leads_to_paper(mark):
                seen["paper"] += 1
                yield ("paper",), _linked(mark)
            yield ("link", seen["link"]), _linked(mark)
        elif mark.kind in ("bold", "italic", "quote", "under", "code", "bracket"):
            if any(mark.start < link.end and link.start < mark.end for link in head.links):
                continue
            yield (
                (mark.kind, seen[mark.kind]),
                TitleSlot(mark.inner_start, mark.inner_end, (mark.start, mark.end), 1.0),
            )
        seen[mark.kind] += 1


def _plain_slots(head: Inline, known: frozenset[str]) -> Iterator[tuple[Key, TitleSlot]]:
    """The stretches between links, images and line ends: by number, by line, behind and before the paper's link."""
    number = line = 0
    paper = next((mark for mark in head.links if leads_to_paper(mark)), None)
    for start, end, opens_line in _stretches(head):
        line += opens_line
        lead = _LEAD.match(head.text, start, end)
        start = lead.end() if lead else start
        if not any(map(str.isalpha, head.text[start:end])):
            continue
        slot = plain_title(head, known, start, named=True)
        if slot is not None and slot.start < end:
            yield ("text", number), slot
            if opens_line:
                yield ("line", line), slot
            if paper and 0 <= start - paper.end < 12:
                yield ("behind paper",), slot
            if paper and 0 <= paper.start - end < 4:
                yield ("before paper",), slot
        number += 1


def _stretches(head: Inline) -> Iterator[tuple[int, int, bool]]:
    """What stands between links, images and the ends of lines, and whether a line opens with it."""
    at, opens = head.start, True
    for mark in head.marks:
        if (
            mark.start < at
            or mark.kind not in ("link", "image", "break")
            or (mark.kind == "break" and goes_on(head, mark))
        ):
            continue
        yield at, mark.start, opens
        at, opens = mark.end, mark.kind == "break"
    yield at, head.end, opens
