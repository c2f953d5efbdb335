"""The nouns of paperlist, as frozen dataclasses: what every other module passes around.

`None` always means *not said*. A *source* is an API or a snapshot of one, never a venue. Lines are
numbered from 1 by `\\n` alone. Spans are `[start, end)` byte offsets in the list file as stored.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple, Self

Span = tuple[int, int]
"""`[start, end)` byte offsets in a file as stored; the bytes there are the verbatim field."""

Files = Mapping[str | None, bytes]
"""The files of one list as stored, in reading order: `{None: data}`, or by name where there are several."""

Role = Literal["paper", "code", "data", "model", "project", "blog", "video", "other"]
Kind = Literal["paper", "other"]
Method = Literal["url", "title", "override", "none"]
VenueStatus = Literal[
    "overridden", "unknown", "suggested", "agrees", "nonstandard", "missing", "outdated", "wrong"
]
LinkStatus = Literal[
    "ok", "retitled", "wrong_paper", "nonexistent", "pseudo_doi", "empty", "unverified", "none"
]
VenueKind = Literal[
    "conference",
    "findings",
    "workshop",
    "journal",
    "preprint",
    "repository",
    "book",
    "thesis",
    "report",
    "other",
]


class Identifier(NamedTuple):
    """One name of a work in one scheme, in canonical form only.

    `scheme` is one of data/schemes.yaml; `value` is canonical: arXiv without version, DOI in lower
    case, NeurIPS `year/hash` (hashes repeat across years). Prints `arxiv:2212.08073`. A named tuple, for
    works are told apart by millions of comparisons of these, which are several times dearer between dataclasses.
    """

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str()` printed. Raises ValueError for a text without a scheme."""
        scheme, colon, value = text.partition(":")
        if not (scheme and colon and value):
            raise ValueError(f"not an identifier: {text!r}")
        return cls(scheme, value)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of an entry. `role` follows from the URL (what it leads to), never from the label alone."""

    label: str
    url: str
    role: Role


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry of a list says, and where.

    `venue_text` is the venue as written, without the year; `year` is the venue's year, or the entry's
    own date's where it names no venue; `date_text` is a year written with a month or day, verbatim.
    `spans` has the keys `title`, `short_name`, `authors`, `venue`, `year`, `date` where the entry says
    them, and `link.0`, `link.1` ... for the URLs of `links`; they do not overlap and lie within the
    entry. A year that belongs to `date` has no span of its own.
    """

    entry_id: str
    section: tuple[str, ...]
    ordinal: int
    """1-based position among the entries of the list."""
    first_line: int
    last_line: int
    kind: Kind
    text: str
    """The entry's own source text, verbatim (undecodable bytes as surrogate escapes)."""
    title: str | None = None
    short_name: str | None = None
    authors: tuple[str, ...] = ()
    et_al: bool = False
    venue_text: str | None = None
    year: int | None = None
    date_text: str | None = None
    links: tuple[Link, ...] = ()
    paper_url: str | None = None
    layout: str | None = None
    """Name of the file in `formats/` that read this entry."""
    spans: Mapping[str, Span] = field(default_factory=dict)
    file: str | None = None
    """Which of the list's several files it stands in, as `files` names it; None for a list of one file.

    Lines and spans count within that file; `ordinal` counts over all of them.
    """

    @property
    def place(self) -> str:
        """Where it stands, for people: `line 12`, or `line 12 of papers/2024.md`."""
        return f"line {self.first_line} of {self.file}" if self.file else f"line {self.first_line}"


@dataclass(frozen=True, slots=True)
class Badge:
    """A static shields.io badge that counts papers: its number and the span of its digits."""

    label: str
    value: int
    line: int
    span: Span
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about the list itself that a person should see: `code` groups, `text` says it in one line."""

    line: int
    code: str
    text: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedList:
    """One parsed list. `unread` are lines that look like entries but were not understood."""

    name: str
    path: str
    entries: tuple[Entry, ...]
    badges: tuple[Badge, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: tuple[Problem, ...] = ()
    template: str | None = None
    """The list's own insertion template, where a comment holds one."""
    files: tuple[str, ...] = ()
    """The names of its several files in reading order; empty for a list of one file."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Which paper an entry is: only what the entry itself, a person, or an accepted search says."""

    entry_id: str
    identifiers: tuple[Identifier, ...] = ()
    method: Method = "none"
    score: float | None = None
    """1.0 for a person's word and identifiers in URLs; the title similarity (0 to 1) for a search; None for none."""
    evidence: tuple[str, ...] = ()


COUNTS = range(2**31)
"""What a number of citations can be."""
YEARS = range(1000, 3000)
"""What a year of a publication can be."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one source said to one question, and when.

    One question may have several records (candidates of a title search; a preprint and its published
    version): `rank` tells them apart, 0 first. `found=False` is a real "no such paper", never silence.
    """

    source: str
    question: str
    """An identifier as printed, or `title:<normalised title>`."""
    retrieved_at: str
    """ISO 8601 UTC second: when what stands here (all but the counts) was first given."""
    found: bool = True
    rank: int = 0
    missing_since: str | None = None
    """Since when the source says "not found" about what it once knew; the values stay."""
    title: str | None = None
    authors: tuple[str, ...] = ()
    abstract: str | None = None
    published: str | None = None
    """ISO date, cut to its precision: `2024`, `2024-05`, `2024-05-31`."""
    published_precision: Literal["year", "month", "day"] | None = None
    venue: str | None = None
    """The raw string, as the source prints it."""
    venue_key: str | None = None
    """The source's own key of the venue: OpenReview venueid, DBLP stream (`conf/iclr`), ACL venue ids."""
    year: int | None = None
    """The year the source gives beside the venue."""
    citation_count: int | None = None
    influential_citation_count: int | None = None
    counted_at: str | None = None
    """When the counts that stand here were first given."""
    held_back: int | None = None
    """A newer count that fell to zero or by more than half: reported, not believed."""
    identifiers: tuple[Identifier, ...] = ()
    """All identifiers the record names for this work, its own first."""
    url: str | None = None
    pdf_url: str | None = None
    status: str | None = None
    """`accepted`, `rejected`, `withdrawn`, `submitted`, `imported`, `retracted`, or None."""
    hint: str | None = None
    """Author-written words on publication (arXiv comment, journal_ref): never proof."""
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Venue:
    """A row of data/venues.yaml: a series, not an event.

    `name` never holds a year, an ordinal or "Proceedings of". `parent` is the id of the conference a
    findings volume, workshop or track belongs to.
    """

    id: str
    acronym: str
    name: str
    kind: VenueKind
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Who said a value: the source, the question it answered, and when.

    `source` is a source's name, `identifier` (an offline rule about what an id proves), `list` or
    `override`; `retrieved_at` is None for the last three, which have no date.
    """

    source: str
    question: str | None = None
    retrieved_at: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement about where a paper was published, and what it rests on."""

    origin: Origin
    venue: str | None
    """Id of a row of data/venues.yaml, or None where the raw string is not understood."""
    year: int | None
    text: str
    """One line for people: `ACL Anthology id 2023.findings-emnlp.710`."""
    weight: Literal["authoritative", "series", "supporting", "hint"] = "supporting"
    """`series`: authoritative on conference and year, silent on Findings and workshops."""


@dataclass(frozen=True, slots=True)
class EntryVerdict:
    """What the merged paper means for one entry of the list."""

    entry_id: str
    venue_status: VenueStatus
    link_status: LinkStatus | None = None
    """None where nobody has been asked about the link yet."""
    duplicate_of: str | None = None
    venue: str | None = None
    """How to print the venue in this entry where a change is asked and allowed; else None."""
    year: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One work: what all sources together say, and who said what.

    `venue` is the decided venue's acronym, or `arXiv` for an undecided paper on arXiv. `provenance`
    maps a field's name to its origin; `also` maps it to origins of losing values (references only).
    """

    paper_id: str
    entry_ids: tuple[str, ...]
    identifiers: tuple[Identifier, ...] = ()
    kind: Kind = "paper"
    title: str | None = None
    authors: tuple[str, ...] = ()
    et_al: bool = False
    """`authors` are only those that the list names; there are more."""
    year: int | None = None
    venue: str | None = None
    venue_id: str | None = None
    venue_name: str | None = None
    venue_type: VenueKind | None = None
    decided: bool = False
    published: str | None = None
    published_precision: Literal["year", "month", "day"] | None = None
    abstract: str | None = None
    citation_count: int | None = None
    influential_citation_count: int | None = None
    paper_url: str | None = None
    pdf_url: str | None = None
    code_url: str | None = None
    status: str | None = None
    sources: tuple[str, ...] = ()
    bibtex_key: str | None = None
    evidence: tuple[Evidence, ...] = ()
    suggestion: Evidence | None = None
    verdicts: tuple[EntryVerdict, ...] = ()
    provenance: Mapping[str, Origin] = field(default_factory=dict)
    also: Mapping[str, tuple[Origin, ...]] = field(default_factory=dict)


def to_json(value: Any) -> Any:
    """Turn a value of this module into plain JSON types; what is None or empty is left out."""
    kind: Any = type(value)
    return value if kind in _PLAIN else _encoder(kind)(value)


_PLAIN = frozenset({str, int, bool, float, type(None)})
"""What is JSON as it stands."""


@cache
def _encoder(cls: type) -> Callable[[Any], Any]:
    """The writer of one type, put together once: datasets have tens of thousands of lines."""
    if issubclass(cls, Identifier):
        return str
    if dataclasses.is_dataclass(cls):
        return _object_encoder(cls)
    if issubclass(cls, Mapping):
        return lambda value: {key: to_json(value[key]) for key in sorted(value)}
    if issubclass(cls, (list, tuple)):
        return lambda value: [to_json(item) for item in value]
    return lambda value: value


def _object_encoder(cls: Any) -> Callable[[Any], Any]:
    names = tuple(f.name for f in dataclasses.fields(cls))

    def encode(value: Any) -> dict[str, Any]:
        said = {}
        for name in names:
            got = getattr(value, name)
            kind: Any = type(got)
            if kind in _PLAIN:
                if got is not None:
                    said[name] = got
            elif got:  # an empty tuple or mapping says nothing
                said[name] = _encoder(kind)(got)
        return said

    return encode


Decoder = Callable[[Any], Any]


def from_json(cls: Any, data: Any) -> Any:
    """Build a value of type `cls` from what `to_json` gave.

    Raises ValueError naming what does not fit. Unknown keys are an error too: they are the sign of a
    dataset of a newer schema or of a hand-edited file.
    """
    return _decoder(cls)(data)


@cache
def _decoder(cls: Any) -> Decoder:
    """The reader of one type, put together once: datasets have tens of thousands of lines."""
    origin, args = typing.get_origin(cls), typing.get_args(cls)
    if cls is Identifier:
        return lambda data: _identifier(_expect(str, data))
    if dataclasses.is_dataclass(cls):
        return _object_decoder(typing.cast(type, cls))
    if origin in (typing.Union, types.UnionType):
        return _optional_decoder(next(arg for arg in args if arg is not type(None)))
    if origin is Literal:
        return _literal_decoder(frozenset(args))
    if origin is tuple:
        return _tuple_decoder(args)
    if origin is not None and issubclass(origin, Mapping):
        value = _decoder(args[1])
        return lambda data: {key: value(item) for key, item in _expect(dict, data).items()}
    if cls is float:
        return lambda data: float(_expect((int, float), data))
    return lambda data: data if type(data) is cls else _expect(cls, data)


@lru_cache(maxsize=1 << 16)
def _identifier(text: str) -> Identifier:
    """One object for every mention of a name: thousands of them are compared with each other."""
    return Identifier.parse(text)


def _optional_decoder(kind: Any) -> Decoder:
    inner, plain = _decoder(kind), kind if kind in _PLAIN else None
    return lambda data: data if data is None or type(data) is plain else inner(data)


def _expect(kind: Any, data: Any) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise ValueError(f"expected {getattr(kind, '__name__', 'number')}, got {data!r:.60}")
    return data


def _object_decoder(cls: type) -> Decoder:
    hints = typing.get_type_hints(cls)
    required = {
        f.name
        for f in dataclasses.fields(cls)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    }
    omittable = {
        name for name in required if typing.get_origin(hints[name]) is tuple or _optional(hints[name])
    }

    readers = {name: _decoder(hint) for name, hint in hints.items()}
    empty = {name: () if typing.get_origin(hints[name]) is tuple else None for name in omittable}

    def decode(data: Any) -> Any:
        values = dict(empty)
        for key, value in _expect(dict, data).items():
            if key not in readers:
                raise ValueError(f"unknown key {key!r}")
            values[key] = readers[key](value)
        if not required <= values.keys():
            raise ValueError(f"no {min(required - values.keys())!r}")
        return cls(**values)

    return decode


def _optional(hint: Any) -> bool:
    return type(None) in typing.get_args(hint)


def _literal_decoder(allowed: frozenset[Any]) -> Decoder:
    def decode(data: Any) -> Any:
        if not isinstance(data, str) or data not in allowed:
            raise ValueError(f"{data!r:.60} is none of {', '.join(sorted(allowed))}")
        return data

    return decode


def _tuple_decoder(args: tuple[Any, ...]) -> Decoder:
    if len(args) == 2 and args[1] is Ellipsis:
        item = _decoder(args[0])
        return lambda data: tuple([item(x) for x in _expect(list, data)])
    items = [_decoder(arg) for arg in args]

    def decode(data: Any) -> Any:
        if len(_expect(list, data)) != len(items):
            raise ValueError(f"expected {len(items)} items, got {data!r:.60}")
        return tuple(read(x) for read, x in zip(items, data, strict=True))

    return decode
