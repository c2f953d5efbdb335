"""What a layout is given and what it gives back: candidates in, drafts of entries out.

Positions are characters of the visible text; the reader turns them into bytes of the stored file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.formats._blocks import Block
from pipeline.formats._inline import Inline

CharSpan = tuple[int, int]


@dataclass(slots=True)
class Candidate:
    """A place of the list that may be an entry: the block it starts with, and what follows and belongs to it.

    `head` is the text that should hold the title; `tail` are continuation lines, nested bullets, badges.
    For rows of tables `cells` are the scanned cells and `head` is the whole row.
    """

    block: Block
    head: Inline
    tail: tuple[Inline, ...] = ()
    cells: tuple[Inline, ...] = ()

    @property
    def opening(self) -> tuple[Inline, ...]:
        """The scanned text of the block it starts with: the cells of a row, else the head."""
        return self.cells or (self.head,)

    @property
    def inlines(self) -> tuple[Inline, ...]:
        """All its scanned text."""
        return (*self.opening, *self.tail)


@dataclass(frozen=True, slots=True)
class Context:
    """What the reader has learned about the list so far.

    `venues` are the folded texts that stand beside years elsewhere in it; `columns` maps the number of a
    table to the role of each of its columns. `labels` are the folded words that many of its links or lines
    open with (`official code`, `intro`): they name a kind of thing, never a paper. `tags` are the folded
    texts in brackets that return from entry to entry. `main` is the name of its most frequent layout.
    `cites` says that entries open with their authors, so that one name is enough there.
    `people` says where the authors stand, so that one name alone is one there: `before` or `behind` the title,
    `below` it on a nested line, `aside` with a year in parentheses (`key`: by surnames); `by` says that this word stands before them,
    `surnames` that they stand before the title without given names, and a colon behind them; `halved` that what
    commas part are last and given names in turn; `label` that links are called by them and a year;
    `line` that surnames and a year open the line below a title.
    `named` says that its links are called by where the paper stands (`[CVPR 2024](url)`), so that one called
    `arXiv` says so too. `nicknames` says in which style (`bold`, `plain`) a name and a colon before a title are
    none of it. `places` says that parentheses behind a title hold laboratories (`(Stanford 2016)`), not venues.
    `remarks` says that words in italics before a linked title are what the list says of it: `*A survey* [Title](url)`.
    `bare` says that most items give the address of a paper bare behind `titles`, of which some are one word, or behind
    `names` that are none: `U-Net [https://...]`.
    `badges` are the colours of the badges that say where a paper stands.
    `learned` is False while the sample is read, when nothing of this is known yet.
    """

    venues: frozenset[str] = frozenset()
    columns: Mapping[int, tuple[str, ...]] = field(default_factory=dict, compare=False)
    labels: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    main: str = ""
    named: bool = False
    nicknames: frozenset[str] = frozenset()
    places: bool = False
    remarks: bool = False
    cites: bool = False
    learned: bool = False
    people: frozenset[str] = frozenset()
    bare: str = ""
    badges: frozenset[str] = frozenset()


@dataclass(slots=True)
class TitleSlot:
    """Where a title stands: `start:end` is its text, `outer` the stretch it takes up with its markup.

    `link` is the place of the URL where the title itself is a link. `weight` (0 to 1) says how sure the
    place alone makes it that this is a title. `name` is True for a nickname instead of a title,
    `people_first` where the layout has authors before it.
    """

    start: int
    end: int
    outer: CharSpan
    weight: float
    link: CharSpan | None = None
    name: bool = False
    people_first: bool = False


@dataclass(slots=True)
class LinkDraft:
    """A link: its label as read, and its URL with its place."""

    label: str
    url: str
    start: int
    end: int


@dataclass(slots=True)
class EntryDraft:
    """One entry as a layout reads it. `spans` has the keys of `Entry.spans`, links apart.

    `confidence` (0 to 1): 0.5 and more is an entry in any list; less is one only where the list's own
    majority layout reads it so.
    """

    confidence: float
    title: str | None = None
    short_name: str | None = None
    authors: tuple[str, ...] = ()
    et_al: bool = False
    venue_text: str | None = None
    year: int | None = None
    date_text: str | None = None
    links: tuple[LinkDraft, ...] = ()
    title_url: str | None = None
    spans: Mapping[str, CharSpan] = field(default_factory=dict)


class Layout(Protocol):
    """One way in which lists lay out an entry: a module of this package with these two names.

    A module without a leading underscore that defines them takes part; nothing else has to be touched.
    """

    name: str

    def read(self, candidate: Candidate, context: Context) -> EntryDraft | None:
        """Read one candidate, or None where it is not laid out this way."""
        ...
