"""Folding what a source says now into what it said before: a value that was known is kept when it falls silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from pipeline.matching import TITLES_RELATE, authors_agree, title_similarity
from pipeline.model import Record

WHEN = ("retrieved_at", "counted_at", "missing_since")
"""The fields of a record that are moments."""

_IDENTITY = frozenset({"source", "question", "rank"})
_DATES = frozenset({*WHEN, "held_back"})
COUNTED = ("citation_count", "influential_citation_count")
"""The fields of a record that are counts."""
_VALUES = tuple(f.name for f in fields(Record) if f.name not in _IDENTITY | _DATES | set(COUNTED))


def fold(old: Record, new: Record) -> Record:
    """The record that stands after `new` answered the question that `old` answered before.

    Dates move only where values do. "Not found" after "found" keeps the values and notes since when. A
    value the source no longer says stays, and an answer about another paper is not believed. A count that falls to zero or by more than half is held back.
    """
    if not new.found:
        return replace(old, missing_since=old.missing_since or new.retrieved_at) if old.found else old
    if not old.found:
        return new
    if _is_another_paper(old, new):
        return old
    values = {name: got if _said(got := getattr(new, name)) else getattr(old, name) for name in _VALUES}
    if old.status == "accepted" and new.status == "submitted" and new.venue_key is None:
        # read off the invitation alone: an answer without its venue takes nothing back
        values["status"] = old.status
    same = all(values[name] == getattr(old, name) for name in _VALUES)
    folded = replace(
        old,
        **values,
        rank=new.rank,
        missing_since=None,
        retrieved_at=old.retrieved_at if same else new.retrieved_at,
    )
    return _fold_counts(folded, new)


def _is_another_paper(old: Record, new: Record) -> bool:
    """An identifier does not change its paper: an answer with other title and other authors is no news of it."""
    if not old.title or not new.title or authors_agree(old.authors, new.authors) is not False:
        return False
    return title_similarity(old.title, new.title) < TITLES_RELATE


def _said(value: Any) -> bool:
    return value is not None and value != ()


def _fold_counts(old: Record, new: Record) -> Record:
    count = new.citation_count
    if count is None:
        return old
    if old.citation_count and count * 2 < old.citation_count:
        return replace(old, held_back=count)
    if all(getattr(new, name) in (None, getattr(old, name)) for name in COUNTED):
        return replace(old, held_back=None)
    influential = new.influential_citation_count
    return replace(
        old,
        citation_count=count,
        influential_citation_count=old.influential_citation_count if influential is None else influential,
        counted_at=new.counted_at or new.retrieved_at,
        held_back=None,
    )


def fold_answers(old: Sequence[Record], new: Sequence[Record]) -> tuple[Record, ...]:
    """Fold all records of one question; a record that vanished stays and notes since when."""
    if not old:
        return tuple(sorted(new, key=lambda r: r.rank))
    if not any(r.found for r in new):
        return tuple(fold(r, new[0]) for r in old) if new else tuple(old)
    known = {_key(r): r for r in old if r.found}
    folded = [
        fold(known.pop(_key(r)), r) if _key(r) in known else r for r in sorted(new, key=lambda r: r.rank)
    ]
    gone = [replace(r, missing_since=r.missing_since or new[0].retrieved_at) for r in known.values()]
    return tuple(replace(r, rank=rank) for rank, r in enumerate(folded + gone))


def _key(record: Record) -> str:
    return (
        str(record.identifiers[0]) if record.identifiers else record.url or record.title or str(record.rank)
    )
