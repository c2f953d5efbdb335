"""Names for life: which entry of a list is which of the last parse, and readable names for new ones.

Entries are recognised by their paper's identifier, then by title and section, then by position, so that
fixing a typo, moving an entry, or moving it to another file of the same list orphans nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline import identifiers
from pipeline.model import Entry
from pipeline.text import normalise_title, slug

_Keys = Callable[[Entry, Sequence[Entry], int], list[object]]


class Names:
    """Ids for entries: those of the previous parse where recognised, else new readable ones."""

    def __init__(self, previous: Sequence[Entry] = ()) -> None:
        """`previous` are the entries of the last parse, whose ids are taken."""
        self.previous = previous
        self._used = {entry.entry_id for entry in previous}
        self._numbers: dict[str, int] = {}

    def given(self, entries: Sequence[Entry]) -> list[Entry]:
        """The same entries with their ids."""
        kept = _recognised(entries, self.previous)
        return [
            replace(e, entry_id=kept.get(index) or self.fresh(e.title or e.short_name or e.paper_url))
            for index, e in enumerate(entries)
        ]

    def fresh(self, words: str | None) -> str:
        """A readable id nobody has: the slug of the words, with `-2`, `-3` ... where it is taken."""
        base = slug(words or "untitled")
        entry_id = base
        while entry_id in self._used:
            self._numbers[base] = self._numbers.get(base, 1) + 1
            entry_id = f"{base}-{self._numbers[base]}"
        self._used.add(entry_id)
        return entry_id


def with_ids(entries: Sequence[Entry], previous: Sequence[Entry]) -> list[Entry]:
    """Entries with their ids: those of the previous parse where recognised, else new readable ones."""
    return Names(previous).given(entries)


def _recognised(entries: Sequence[Entry], previous: Sequence[Entry]) -> dict[int, str]:
    """Which entry is which of the previous ones, surest evidence first; each is used once."""
    kept: dict[int, str] = {}
    free = {entry.entry_id for entry in previous}
    for keys in _EVIDENCE if previous else ():
        known: dict[object, list[str]] = defaultdict(list)
        for number, entry in enumerate(previous):
            if entry.entry_id in free:
                for key in keys(entry, previous, number):
                    known[key].append(entry.entry_id)
        for index, entry in enumerate(entries):
            if index not in kept:
                _claim(index, keys(entry, entries, index), known, kept, free)
    return kept


def _claim(
    index: int, keys: Iterable[object], known: dict[object, list[str]], kept: dict[int, str], free: set[str]
) -> None:
    for key in keys:
        for entry_id in known.get(key, ()):
            if entry_id in free:
                kept[index] = entry_id
                free.discard(entry_id)
                return


def _exact_keys(entry: Entry, entries: Sequence[Entry], index: int) -> list[object]:
    return [(key, entry.file, entry.section, entry.title) for key in _identifier_keys(entry, entries, index)]


def _identifier_keys(entry: Entry, _entries: Sequence[Entry], _index: int) -> list[object]:
    return [name for link in entry.links if link.role == "paper" for name in _identifiers(link.url)]


@lru_cache(maxsize=65536)
def _identifiers(url: str) -> tuple[str, ...]:
    return tuple(map(str, identifiers.read_url(url).identifiers))


def _title_keys(entry: Entry, _entries: Sequence[Entry], _index: int) -> list[object]:
    title = normalise_title(entry.title or entry.short_name or "")
    return [(title, entry.section), title] if title else []


def _position_keys(entry: Entry, entries: Sequence[Entry], index: int) -> list[object]:
    """Same section between the same neighbours: what is left when everything else was edited."""
    before = entries[index - 1].title if index else None
    after = entries[index + 1].title if index + 1 < len(entries) else None
    return [(entry.section, before, after)]


_EVIDENCE: tuple[_Keys, ...] = (_exact_keys, _identifier_keys, _title_keys, _position_keys)
