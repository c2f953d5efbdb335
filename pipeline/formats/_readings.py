"""What was read of the pieces of a list, so that the list with some of its lines changed is read again quickly.

A layout reads a stretch of the text and little beyond its ends, so what it said holds wherever the same signs
stand and the same was learned about the list.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TypeAlias

from pipeline.formats._inline import Inline
from pipeline.formats._model import Candidate, EntryDraft, LinkDraft

_AROUND = 256
"""So many signs on either side tell a stretch from others, for layouts look beyond the ends of what they read.

It must be more than the furthest of their rules looks: the venue that may stand between a title and the next
link, some 120 signs and the blanks before them. Tests hold what is read with readings against reading anew.
"""

_KNOWN = 4
"""So often a list may be read with other knowledge before what was read with the oldest is forgotten."""

Reading: TypeAlias = tuple[EntryDraft, str] | None
"""A draft and the name of its layout, or None where no layout reads it."""
_Key: TypeAlias = tuple[str, tuple[tuple[int, int], ...]]


class Readings:
    """Scanned stretches and drafts, by the signs they stand for; for a text without reference-style links."""

    def __init__(self) -> None:
        self._scanned: dict[_Key, Inline] = {}
        self._drafts: dict[_Key, Reading] = {}
        self._known: dict[Hashable, dict[_Key, Reading]] = {}

    def knowing(self, learned: Hashable) -> Readings:
        """The same stretches, and the drafts that are made knowing this about the list."""
        drafts = self._known.pop(learned, {})
        self._known[learned] = drafts
        if len(self._known) > _KNOWN:
            del self._known[next(iter(self._known))]
        made = Readings()
        made._scanned, made._drafts = self._scanned, drafts
        return made

    def scanned(self, text: str, start: int, end: int, scan: Callable[[str, int, int], Inline]) -> Inline:
        """The marks of a stretch."""
        key, base = _key(text, ((start, end),))
        if (known := self._scanned.get(key)) is not None:
            return _moved_inline(known, text, base)
        inline = scan(text, start, end)
        self._scanned[key] = _moved_inline(inline, "", -base)
        return inline

    def read(self, candidate: Candidate, read: Callable[[Candidate], Reading]) -> Reading:
        """The draft of a candidate that is no row of a table."""
        places = [(inline.start, inline.end) for inline in (candidate.head, *candidate.tail)]
        key, base = _key(candidate.head.text, tuple(places))
        if key in self._drafts:
            return _moved(self._drafts[key], base)
        found = read(candidate)
        self._drafts[key] = _moved(found, -base)
        return found


def _key(text: str, places: tuple[tuple[int, int], ...]) -> tuple[_Key, int]:
    """The signs of a stretch and around it, and where its parts stand among them; and where it begins."""
    base = max(0, places[0][0] - _AROUND)
    signs = text[base : max(end for _, end in places) + _AROUND]
    return (signs, tuple([(start - base, end - base) for start, end in places])), base


def _moved(reading: Reading, by: int) -> Reading:
    if reading is None:
        return None
    draft, layout = reading
    links = tuple([LinkDraft(one.label, one.url, one.start + by, one.end + by) for one in draft.links])
    spans = {name: (start + by, end + by) for name, (start, end) in draft.spans.items()}
    return replace(draft, links=links, spans=spans), layout


def _moved_inline(inline: Inline, text: str, by: int) -> Inline:
    marks = tuple([mark.moved(by) for mark in inline.marks])
    links = tuple([mark for mark in marks if mark.kind == "link"])
    cuts = tuple([(start + by, end + by) for start, end in inline.cuts])
    return Inline(text, inline.start + by, inline.end + by, marks, cuts, links)
