"""How a list places its venues, by the entries that show one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.model import Entry, Files


@dataclass(frozen=True, slots=True)
class Habit:
    """How a list places its venues: whether most entries show one, before or after the year, and what
    stands between (None: something that must not be copied into another entry).
    """

    shown: bool
    before_year: bool = True
    separator: str | None = " "


def shows_venues(entries: Sequence[Entry]) -> bool:
    """Whether at least half of the papers of a list show a venue."""
    papers = [entry for entry in entries if entry.kind == "paper"]
    return bool(papers) and 2 * sum(entry.venue_text is not None for entry in papers) >= len(papers)


_SHARE = 2
"""One in so many entries with a year shows a venue beside it, or a year alone is how this list writes."""
_SEPARATOR = re.compile(r" \(|[ ,;:/·–-]{1,3}")


def habit_of(files: Files, entries: Sequence[Entry], layout: str | None, shown: bool) -> Habit:
    """The list's own way of writing venue and year, from its entries of one layout that have both."""
    pairs = Counter(
        _pair(files[entry.file], entry)
        for entry in entries
        if entry.layout == layout and {"venue", "year"} <= entry.spans.keys()
    )
    dated = sum("year" in entry.spans for entry in entries if entry.layout == layout)
    if dated > _SHARE and _SHARE * sum(pairs.values()) < dated:
        return Habit(shown, separator=None)
    if not pairs:
        return Habit(shown)
    before_year, between = min(pairs, key=lambda pair: (-pairs[pair], pair))
    if between in ("", "'", "’", " '", " ’"):
        between = " "
    usable = _SEPARATOR.fullmatch(between) and (before_year or between != " (")
    return Habit(shown, before_year, between if usable else None)


def _pair(data: bytes, entry: Entry) -> tuple[bool, str]:
    venue, year = entry.spans["venue"], entry.spans["year"]
    first, second = min(venue, year), max(venue, year)
    return venue < year, data[first[1] : second[0]].decode("utf-8", "replace")
