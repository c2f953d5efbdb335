"""The edited list is read again, and must say what it said before but for the edits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.errors import SafetyError
from pipeline.model import Entry, ParsedList
from pipeline.rendering.edits import Edit
from pipeline.rendering.planning import Plan, id_of
from pipeline.rendering.spelling import letters_of, says_venue


def compare(before: ParsedList, after: ParsedList, plans: Sequence[Plan], badges: Sequence[Edit]) -> set[str]:
    """Ids of edited entries that are not read back as intended.

    Raises SafetyError where entries, sections, links or badges got lost, or where an entry changed that
    was not edited. (mdformat guards its output likewise: https://github.com/hukkin/mdformat)
    """
    if len(before.entries) != len(after.entries):
        was, now = len(before.entries), len(after.entries)
        raise SafetyError(f"{was} entries would become {now}; nothing is written", place=before.path)
    _check_badges(before, after, badges)
    planned = {id_of(plan): plan for plan in plans}
    misread = set()
    for old, new in zip(before.entries, after.entries, strict=True):
        plan = planned.get(old.entry_id)
        kept = ("file", "section", "links") if plan else _FIELDS
        if changed := [name for name in kept if _said(old, name) != _said(new, name)]:
            what = f"{changed[0].removesuffix('_text')} of entry {old.entry_id} would change"
            place = f"{before.path}: {old.place}" if old.file else f"{before.path}:{old.first_line}"
            raise SafetyError(f"{what}; nothing is written", place=place)
        if plan and not _as_intended(plan, new):
            misread.add(old.entry_id)
    return misread


_OTHER_FIELDS = ("kind", "title", "short_name", "authors", "et_al", "date_text", "paper_url")
_FIELDS = ("file", "section", "links", *_OTHER_FIELDS, "venue_text", "year")


def _said(entry: Entry, name: str) -> Any:
    """A field as it is compared: of links their targets, for a venue may stand in a label."""
    return [link.url for link in entry.links] if name == "links" else getattr(entry, name)


def _as_intended(plan: Plan, new: Entry) -> bool:
    """Whether an edited entry reads with its new venue and year, and otherwise as before."""
    if plan.year != new.year or any(_said(plan.entry, name) != _said(new, name) for name in _OTHER_FIELDS):
        return False
    if plan.venue is None:
        return letters_of(plan.entry.venue_text or "") == letters_of(new.venue_text or "")
    return new.venue_text is not None and says_venue(new.venue_text, plan.venue)


def _check_badges(before: ParsedList, after: ParsedList, badges: Sequence[Edit]) -> None:
    wanted = {(edit.file, edit.span): int(edit.after) for edit in badges}
    was = [
        (badge.file, badge.label, wanted.get((badge.file, badge.span), badge.value))
        for badge in before.badges
    ]
    if was != [(badge.file, badge.label, badge.value) for badge in after.badges]:
        raise SafetyError("a badge would change its meaning; nothing is written", place=before.path)
