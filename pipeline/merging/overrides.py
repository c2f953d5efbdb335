"""Which entries a person's overrides mean, and whether they can be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.identifiers import parse_reference, read_url
from pipeline.model import Entry, Identifier, Resolution
from pipeline.settings import Override
from pipeline.text import normalise_title

_ACTS = re.compile(r"[\[\]<>|`]|://")
"""Signs with which a venue's name would become a link, a tag, a cell or code of the list."""


def usable_overrides(overrides: Sequence[Override]) -> tuple[tuple[Override, ...], tuple[Override, ...]]:
    """The overrides as they can be followed, and those whose venue is no plain text and is not used.

    What a person spoke about is left alone, also where it cannot be written.
    """
    refused = tuple(o for o in overrides if o.venue and _ACTS.search(o.venue))
    usable = (replace(o, venue=None, year=None, skip=True) if o in refused else o for o in overrides)
    return tuple(usable), refused


def match_overrides(
    entries: Sequence[Entry], resolutions: Sequence[Resolution], overrides: Sequence[Override]
) -> tuple[dict[str, Override], tuple[Override, ...]]:
    """Which entry each override means (by entry id, title or identifier), and those that mean none.

    An identifier is looked for among those found for the entry and in its links: so an override that gives
    other identifiers still means the same entry.
    """
    identifiers = {r.entry_id: set(r.identifiers) for r in resolutions}
    for entry in entries if any(o.by == "identifier" for o in overrides) else ():
        linked = (i for link in entry.links if link.role == "paper" for i in read_url(link.url).identifiers)
        identifiers.setdefault(entry.entry_id, set()).update(linked)
    matched: dict[str, Override] = {}
    lost = []
    for override in overrides:
        meant = [e.entry_id for e in entries if _is_meant(override, e, identifiers.get(e.entry_id, set()))]
        matched.update(dict.fromkeys(meant, override))
        if not meant:
            lost.append(override)
    return matched, tuple(lost)


def _is_meant(override: Override, entry: Entry, identifiers: set[Identifier]) -> bool:
    if override.by == "entry_id":
        return entry.entry_id == override.match
    if override.by == "title":
        return normalise_title(entry.title or "") == normalise_title(override.match) != ""
    return parse_reference(override.match) in identifiers
