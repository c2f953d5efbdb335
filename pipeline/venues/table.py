"""The table of venues: the rows of data/venues.yaml, and every spelling that they list."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple, cast

from pipeline.model import Venue, VenueKind
from pipeline.venues.words import without_accents


class Row(NamedTuple):
    """One row of venues.yaml."""

    venue: Venue
    shown: str
    """How the venue is written in a list."""
    streams: tuple[str, ...] = ()
    workshop_streams: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """OpenReview groups, before `/YEAR/`."""
    anthology: tuple[str, ...] = ()
    """Venue ids of the ACL Anthology."""
    joint: frozenset[str] = frozenset()
    """Ids of series it was held with: named together, this row is meant."""
    mixed: bool = False
    generic: bool = False
    """The row stands for all workshops of its parent."""
    was: tuple[str, ...] = ()
    """Series and years that were this one: `coling..2024` was LREC-COLING."""


_LISTS: Final = {
    "dblp": "streams",
    "workshops": "workshop_streams",
    "openreview": "groups",
    "acl": "anthology",
    "was": "was",
}
_FLAGS: Final = frozenset({"exact", "full", "mixed", "generic", "strong"})
_KEYS: Final = frozenset({*_LISTS, "parent", "was", "with", "print", "odd", "year", "shared"})
_ROW: Final = re.compile(r"\n(?=[^\s|#])")
_FOLDED_ROW: Final = re.compile(r"\n(?=[^\s|])")
_PLAIN: Final = str.maketrans(
    {chr(c): " " for c in range(33, 127) if not chr(c).isalnum() and chr(c) not in "|="}
)


class Spelled(NamedTuple):
    """Where a spelling stands in the file: what `_alias` makes an `Alias` of when it is first needed."""

    venue_id: str
    text: str
    role: str
    """`acronym`, `name`, `odd` or `year`."""


class Spec(NamedTuple):
    """A row of the file, taken apart."""

    acronym: str
    name: str
    quiet: bool
    given: dict[str, str]
    flags: frozenset[str]


@dataclass(slots=True)
class Table:
    """The file, read just far enough to look spellings up; rows are taken apart when they are needed."""

    kinds: dict[str, str] = field(default_factory=dict)
    """Id to kind, in the file's order."""
    texts: dict[str, str] = field(default_factory=dict)
    """Id to the text of its row."""
    words: dict[str, list[Spelled]] = field(default_factory=lambda: defaultdict(list))
    """Lower-case words of a spelling, joined by spaces."""

    def add(self, kind: str, text: str, folded: str) -> None:
        """File one row under all its spellings; `folded` is the row in lower-case words, `|` and `=` kept."""
        venue_id, _, text = text.partition(": ")
        self.kinds[venue_id] = kind
        self.texts[venue_id] = text
        (head, *parts), (head_words, *words) = text.split("|"), folded[len(venue_id) + 2 :].split("|")
        (acronym, _, name), (low_acronym, _, low_name) = head.partition(" = "), head_words.partition("=")
        if "shared=" not in text or acronym not in _shared(text):
            self._spell(low_acronym, Spelled(venue_id, acronym.strip(" ~"), "acronym"))
        self._spell(low_name, Spelled(venue_id, name.strip(), "name"))
        if acronym.startswith("~") and "print=" not in text:
            self._spell(
                f"{low_acronym} workshop", Spelled(venue_id, f"{acronym.strip(' ~')} Workshop", "name")
            )
        for raw, low in zip(parts, words, strict=True):
            if "=" in low:
                self._add_pair(venue_id, raw, low)
            elif (spelling := " ".join(low.split())) not in _FLAGS:
                self.words[spelling].append(Spelled(venue_id, raw.strip(), "name"))

    def _add_pair(self, venue_id: str, raw: str, low: str) -> None:
        key, _, value = low.partition("=")
        if (key := key.strip()) in ("odd", "year", "print"):
            spelling = spelling_until(value.strip())[0] if key == "odd" else value
            role = "name" if key == "print" else key
            self._spell(spelling, Spelled(venue_id, raw.partition("=")[2].strip(), role))

    def _spell(self, low: str, spelled: Spelled) -> None:
        self.words[" ".join(low.split())].append(spelled)


def _shared(text: str) -> list[str]:
    """The acronyms that a row has in common with others."""
    return [
        acronym.strip()
        for part in text.split("|")
        if part.strip().startswith("shared=")
        for acronym in part.partition("=")[2].split(",")
    ]


def spelling_until(text: str) -> tuple[str, int]:
    """An `odd` spelling and the last year in which it was right: `NIPS..2017` (or, folded, `nips  2017`)."""
    match = re.fullmatch(r"(.*?)(?:\.\.|  )(\d{4})\s*", text)
    return (match[1], int(match[2])) if match else (text, 0)


@cache
def load_table() -> Table:
    """The whole file, read once."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = files("pipeline").joinpath("data/venues.yaml").read_text(encoding="utf-8")
    table = Table()
    for kind, block in cast(dict[str, str], yaml.load(source, Loader=loader)).items():  # noqa: S506 (a safe loader)
        block = re.sub(r"(?m)^\s*# .*\n?", "", block).strip()
        for text, low in zip(_ROW.split(block), _FOLDED_ROW.split(_folded(block)), strict=True):
            table.add(kind, text, low)
    return table


def _folded(block: str) -> str:
    """The block in lower case, without accents and marks but `|` and `=`; ASCII throughout, which is much faster."""
    lines = (line if line.isascii() else _plain_ascii(line) for line in block.split("\n"))
    return "\n".join(lines).replace("&", " and ").translate(_PLAIN).lower()


def _plain_ascii(line: str) -> str:
    return without_accents(line).encode("ascii", "replace").decode()


def _take_apart(text: str) -> Spec:
    head, *parts = (part.strip() for part in text.split("|"))
    acronym, _, name = head.partition(" = ")
    given: dict[str, str] = {}
    flags = set()
    for part in parts:
        key, equals, value = part.partition("=")
        if equals and key in _KEYS:
            given[key] = f"{given[key]},{value}" if key in given else value
        elif part in _FLAGS:
            flags.add(part)
    return Spec(acronym.lstrip("~"), name, acronym.startswith("~"), given, frozenset(flags))


@cache
def spec_of(venue_id: str) -> Spec:
    """The row of a listed id, taken apart. Raises KeyError for others."""
    return _take_apart(load_table().texts[venue_id])


@cache
def row_of(venue_id: str) -> Row:
    """The row of a listed id. Raises KeyError for others."""
    spec, kind = spec_of(venue_id), cast(VenueKind, load_table().kinds[venue_id])
    venue = Venue(venue_id, spec.acronym, spec.name, kind, spec.given.get("parent"))
    given = {"acl": venue_id} | spec.given if kind == "workshop" else spec.given
    lists: dict[str, Any] = {
        attribute: tuple(filter(None, given.get(key, "").split(","))) for key, attribute in _LISTS.items()
    }
    joint = frozenset(filter(None, given.get("with", "").split(",")))
    shown = given.get("print") or _shown(spec)
    return Row(
        venue, shown, joint=joint, mixed="mixed" in spec.flags, generic="generic" in spec.flags, **lists
    )


def _shown(spec: Spec) -> str:
    """An acronym that alone proves nothing is not printed alone."""
    if spec.quiet:
        return f"{spec.acronym} Workshop"
    unclear = is_dated(spec) or spec.acronym in spec.given.get("shared", "").split(",")
    return spec.name if unclear else spec.acronym


def is_dated(spec: Spec) -> bool:
    """Whether the acronym needs a year beside it: `year=`, or two letters without `exact`."""
    short = len(spec.acronym) < 3 and "exact" not in spec.flags
    return short or spec.acronym in spec.given.get("year", "").split(",")
