"""What lists name beside papers: the venues of a field, whom to follow, what is still to be done."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.formats._labels import is_generic
from pipeline.formats._model import Candidate, EntryDraft
from pipeline.formats._people import is_name
from pipeline.formats._when import is_acronym, is_known
from pipeline.identifiers import read_url
from pipeline.text import lazy

_PEOPLE = lazy(
    r"\W*(?:(?:key|active|notable|top|leading|famous) )?(?:researchers?|people|scholars|experts|professors)(?: (?:directory|to follow))?\W*",
    re.I,
)
_PLANS = lazy(r"\W*(?:(?:key|main) )?(?:features?|to-?dos?(?: list)?|roadmap|plans?)\W*", re.I)
_BOX = lazy(r"\[[ xX]\] ")
_PARTS = lazy(r"\s*[,;|/]\s*|\s+and\s+")
_VENUES, _KNOWN = 3, 2
"""So many names, and so many of them of venues that are known, are a list of venues."""
_LONGEST = 200


def is_directory(candidate: Candidate, draft: EntryDraft) -> bool:
    """Whether what could be an entry only names venues, or people, or an item of what the list shall hold."""
    heading = candidate.block.section[-1] if candidate.block.section else ""
    if _PLANS.fullmatch(heading) and _BOX.match(candidate.head.text, candidate.block.start):
        return True
    if _PEOPLE.fullmatch(heading):
        return bool(draft.links) and all(is_name(link.label) for link in draft.links) and not _is_known(draft)
    return (
        not (draft.year or draft.authors) and _are_venues(_named(candidate, draft)) and not _is_known(draft)
    )


def _is_known(draft: EntryDraft) -> bool:
    """Whether one of the links names a work."""
    return any(read_url(link.url).identifiers for link in draft.links)


def _named(candidate: Candidate, draft: EntryDraft) -> list[str]:
    """What the links of an entry are called, or without any link what stands behind its title, one by one."""
    if draft.links:
        return [link.label.strip("[] ") for link in draft.links]
    head, title = candidate.head, draft.spans.get("title")
    if candidate.cells or candidate.tail or title is None or head.end - title[1] > _LONGEST:
        return []
    return _PARTS.split(head.plain(title[1], head.end).lstrip(" :*_").rstrip(" ."))


def _are_venues(names: Sequence[str]) -> bool:
    if len(names) < _VENUES or not all(is_acronym(name) or is_known(name) for name in names):
        return False
    return sum(map(is_known, names)) >= _KNOWN and not any(map(is_generic, names))
