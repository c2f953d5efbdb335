"""Venues by the keys of single sources: DBLP streams, OpenReview groups, volumes of the ACL Anthology."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from pipeline.model import Venue
from pipeline.text import lazy
from pipeline.venues import understand
from pipeline.venues.rows import CHAPTERS, PARTS, are_joint, by_id, derived, family, joint_meeting
from pipeline.venues.table import load_table, row_of, spec_of


@dataclass(slots=True)
class _Keys:
    """The keys by which single sources name venues, to ids."""

    streams: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    anthology: dict[str, str] = field(default_factory=dict)


@cache
def _keys() -> _Keys:
    keys = _Keys()
    for venue_id in load_table().kinds:
        row = row_of(venue_id)
        keys.streams |= {stream.lower(): venue_id for stream in row.streams}
        keys.streams |= {stream.lower(): f"{venue_id}-workshop" for stream in row.workshop_streams}
        keys.groups |= {group.lower(): venue_id for group in row.groups}
        keys.anthology |= dict.fromkeys(row.anthology, venue_id)
    return keys


_NO_STREAMS: Final = frozenset({"journals/corr", "series/lncs", "series/ceur"})


def by_stream(stream: str, label: str | None = None) -> Venue | None:
    """The row of a DBLP stream (`conf/iclr`, or its URL), told apart by the label of the record.

    Without a label it is the series' main venue: whoever asks must know whether the stream also holds
    Findings or workshops (`has_siblings`). A label that is not understood, or that means something
    unrelated, gives None. `journals/corr` says nothing.
    Source of keys and labels: https://dblp.org/rdf/docu/
    """
    key = stream.strip().removesuffix("/").rpartition("streams/")[2].lower()
    venue_id = _keys().streams.get(key)
    series = by_id(venue_id) if venue_id else None
    if label is None or not label.strip():
        return None if key in _NO_STREAMS else series
    if own := _by_bare_label(series, label):
        return own
    meant = understand(label).venue
    if meant is None or meant.kind in ("preprint", "repository", "report"):
        return series if meant is None and series is not None and series.kind == "journal" else None
    related = series is None or family(meant) == family(series) or are_joint(meant.id, series.id)
    return meant if related or meant.kind == "workshop" else None


def _by_bare_label(series: Venue | None, label: str) -> Venue | None:
    """A label too short to be understood alone (`MM`, `FSE`) means its own stream, volume numbers aside."""
    if series is None or series.id not in load_table().kinds:
        return None
    given = spec_of(series.id).given
    own = (series.acronym, series.name, *f"{given.get('year', '')},{given.get('shared', '')}".split(","))
    said = re.sub(r"\s*\(\d+\)$", "", label.strip()).casefold()
    return series if said in map(str.casefold, filter(None, own)) else None


_OPENREVIEW: Final = lazy(r"^(?P<group>.+?)/(?P<year>(?:19|20)\d\d)/(?P<rest>.+)$")
_MAIN_GROUP: Final = lazy(
    r"(?i)^(conference|(track/)?datasets_and_benchmarks(_track)?(/round\d)?|(research|ads|applied_data_science)_track(_\w+)?"
    r"|position_paper_track|track/[a-z_]+_track|journal_track|proceedings_track|abcd_track|main_track|track)$"
)


def by_openreview(venueid: str) -> tuple[Venue, int | None] | None:
    """The venue and year of an accepted OpenReview venueid (`ICLR.cc/2025/Conference`), else None.

    Submissions, rejections, withdrawals and imports (`dblp.org/...`) are None, workshops the workshop's
    row; so are conferences that give main papers and Findings the same venueid. Journals have no year.
    The meaning of venueid: https://docs.openreview.net/reference/api-v2/entities/note
    """
    groups = _keys().groups
    if (journal := groups.get(venueid.lower())) and by_id(journal).kind == "journal":
        return by_id(journal), None
    match = _OPENREVIEW.match(venueid)
    venue_id = groups.get(match["group"].lower()) if match else None
    if match is None or venue_id is None:
        return None
    year, rest = int(match["year"]), match["rest"]
    if re.fullmatch(r"(?i)workshop(/[^/]+)?(/(oral|poster|spotlight))?", rest):
        return derived(venue_id, "workshop"), year
    if rest.lower() in ("tinypapers", "tinypaperstrack") and venue_id == "iclr":
        return by_id("iclr-tiny"), year
    if rest.lower() in ("blogposts", "blogpost", "blogposttrack"):
        return None
    return (by_id(venue_id), year) if _MAIN_GROUP.match(rest) and venue_id not in CHAPTERS else None


def by_acl(venue_ids: str, booktitle: str | None) -> Venue | None:
    """The row of an ACL Anthology volume: its venue ids joined by commas, and its booktitle.

    The booktitle tells Findings, student workshops, tutorials and demonstrations apart.
    Ids: https://github.com/acl-org/acl-anthology/blob/master/data/json/venues.json
    """
    ids = [part.strip() for part in venue_ids.split(",") if part.strip()]
    named = understand(booktitle).venue if booktitle else None
    if "findings" in ids:
        return named if named is not None and named.kind == "findings" else None
    anthology = _keys().anthology
    rows = {anthology[part]: row_of(anthology[part]) for part in ids if part in anthology}
    workshops = [row.venue for row in rows.values() if row.venue.kind == "workshop"]
    if not rows or workshops:
        return workshops[0] if workshops else named if named and named.kind == "workshop" else None
    if named is not None and any(family(named) == family(row.venue) for row in rows.values()):
        return named
    if named is not None and named.id in rows or any(_is_joint_row(named, venue_id) for venue_id in rows):
        return named
    if booktitle and any(part.words.search(booktitle) for part in PARTS):
        return None
    meant = next(iter(rows)) if len(rows) == 1 else joint_meeting(rows)
    return by_id(meant) if meant else None


def _is_joint_row(venue: Venue | None, venue_id: str) -> bool:
    return venue is not None and are_joint(venue.id, venue_id)
