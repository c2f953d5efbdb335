"""Venues by id, those made by rule too: how each is printed, and how they are related."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final, NamedTuple, cast

from pipeline.model import Venue, VenueKind
from pipeline.text import lazy
from pipeline.venues.table import Row, load_table, row_of, spelling_until


class Part(NamedTuple):
    """A publication beside the main proceedings: how its venue is made of the conference's."""

    suffix: str
    kind: VenueKind
    acronym: str
    name: str
    words: re.Pattern[str]


PARTS: Final = tuple(
    Part(suffix, cast(VenueKind, kind), acronym, name, lazy(words, re.I))
    for suffix, kind, acronym, name, words in (
        (
            "srw",
            "workshop",
            "{} SRW",
            "Student Research Workshop of the {}",
            r"\bstudent research workshops?\b|\bsrw\b",
        ),
        (
            "workshop",
            "workshop",
            "{} Workshop",
            "Workshops of the {}",
            r"\bwork?shops?\b|\bworskhops?\b|\bwkshps?\b|(?<=[a-z]-)ws?\b",
        ),
        ("findings", "findings", "Findings of {}", "Findings of the {}", r"\bfindings?\b|\bfingings\b"),
        ("tutorial", "other", "{} Tutorial", "Tutorials of the {}", r"\btutorials?\b"),
        (
            "companion",
            "other",
            "{} Companion",
            "Companion of the {}",
            r"\bcompanion\b|\badjunct\b|\bextended abstracts?\b|\blate[- ]breaking\b|\bdoctoral (?:consortium|symposium)\b",
        ),
    )
)
_BY_SUFFIX: Final = {part.suffix: part for part in PARTS}
_ASSOCIATION: Final = "Association for Computational Linguistics"
CHAPTERS: Final = frozenset({"acl", "emnlp", "naacl", "eacl", "aacl", "ijcnlp"})
"""The conferences whose Findings are volumes of the "Findings of the Association ..." series."""


@cache
def derived(venue_id: str, suffix: str) -> Venue:
    """The row of a conference's workshops, Findings ...: a listed one, else made by rule."""
    if listed := _relations().parts.get((venue_id, suffix)):
        return row_of(listed).venue
    row, part = row_of(venue_id), _BY_SUFFIX[suffix]
    name = part.name.format(row.venue.name)
    if suffix == "findings" and venue_id in CHAPTERS:
        name = f"Findings of the {_ASSOCIATION}: {row.venue.acronym}"
    return Venue(f"{venue_id}-{suffix}", part.acronym.format(row.shown), name, part.kind, venue_id)


@dataclass(slots=True)
class _Relations:
    """What some rows say about others; the few that do are found without taking the rest apart."""

    parts: dict[tuple[str, str], str] = field(default_factory=dict)
    """Conference and suffix to the listed row that stands for all of these."""
    was: dict[tuple[str, int], str] = field(default_factory=dict)
    """Series and year to the series that it was that year."""
    joint: dict[str, frozenset[str]] = field(default_factory=dict)


@cache
def _relations() -> _Relations:
    relations = _Relations()
    for venue_id, text in load_table().texts.items():
        if "parent=" not in text and "was=" not in text and "with=" not in text:
            continue
        row = row_of(venue_id)
        parent = row.venue.parent
        suffix = "workshop" if row.generic else venue_id.removeprefix(f"{parent}-")
        if parent and suffix in _BY_SUFFIX:
            relations.parts[parent, suffix] = venue_id
        if row.joint:
            relations.joint[venue_id] = row.joint
        relations.was |= {(spelling_until(was)[0], spelling_until(was)[1]): venue_id for was in row.was}
    return relations


def that_year(venue: Venue, year: int | None) -> Venue:
    """The series as which it was held that year: COLING 2024 was LREC-COLING."""
    joint = _relations().was.get((venue.id, year)) if year else None
    return row_of(joint).venue if joint else venue


def joint_meeting(rows: dict[str, Row]) -> str | None:
    """Of series held together the one that stands for all: one of them, or the joint meeting's own row."""
    for venue_id, row in rows.items():
        if all(other == venue_id or other in row.joint for other in rows):
            return venue_id
    own = [venue_id for venue_id, joint in _relations().joint.items() if joint == rows.keys()]
    return own[0] if len(own) == 1 else None


def by_id(venue_id: str) -> Venue:
    """The row of this id, also one made by rule (`icml-workshop`).

    Raises KeyError that names the nearest known id.
    """
    kinds = load_table().kinds
    if venue_id in kinds:
        return row_of(venue_id).venue
    base, _, suffix = venue_id.rpartition("-")
    if suffix in _BY_SUFFIX and kinds.get(base) == "conference":
        return derived(base, suffix)
    near = difflib.get_close_matches(venue_id, kinds, 1)
    raise KeyError(f"no venue {venue_id!r} in venues.yaml" + (f"; did you mean {near[0]!r}?" if near else ""))


def family(venue: Venue) -> str:
    """Id of the conference at the top: `acl` for acl, acl-findings and acl-srw."""
    return venue.id if venue.parent is None else family(by_id(venue.parent))


def has_siblings(venue: Venue) -> bool:
    """Whether DBLP's key of the series cannot tell the main proceedings from Findings, companions or workshops."""
    return row_of(family(venue)).mixed


def are_joint(one: str, other: str) -> bool:
    """Whether two listed series were held together."""
    kinds = load_table().kinds
    return one in kinds and other in kinds and (other in row_of(one).joint or one in row_of(other).joint)


def agrees(listed: Venue, decided: Venue) -> bool:
    """Whether a list that names `listed` is right about a paper of `decided`.

    So it is for the same row, for series that were held together (IJCNLP for a paper of ACL-IJCNLP), and
    for "X Workshop" where a workshop of its own name is decided.
    """
    if listed.id == decided.id or are_joint(listed.id, decided.id):
        return True
    generic = listed.parent is not None and derived(listed.parent, "workshop") == listed
    return generic and decided.kind == "workshop" and decided.parent in (None, listed.parent)


def print_name(venue: Venue) -> str:
    """How to write the venue in a list: `ICML`, `Findings of EMNLP`, `Computational Linguistics`."""
    return row_of(venue.id).shown if venue.id in load_table().kinds else venue.acronym
