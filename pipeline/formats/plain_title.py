"""The title is plain text before the links: `Title, Venue, 2024 [[Paper](url)]`, `Title (2016), A. Name et al.`."""

from __future__ import annotations

import re

from pipeline.formats import citation
from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline
from pipeline.formats._labels import names_field
from pipeline.formats._links import before_address
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._people import find_people
from pipeline.formats._slots import (
    dated_names,
    name_first,
    name_style,
    names_line,
    plain_title,
    repeats_name,
    titled_elsewhere,
)
from pipeline.formats._titles import is_short_name
from pipeline.text import lazy

name = "plain title"

_ET_AL = lazy(r"[\s,*_]*+et\.? ?al\b", re.I)


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the first unmarked text of title length."""
    head = candidate.head
    if titled_elsewhere(head, context) or names_line(head) or dated_names(head) or names_field(head):
        return None
    if (
        context.bare == "names"
        and (place := before_address(head))
        and is_short_name(head.text[slice(*place)])
    ):
        return None
    if candidate.tail and citation.cites(context) and (cited := citation.below(candidate, context)):
        return cited
    slot = _slot(candidate.head, context)
    if slot is None or (_opens_with_names(candidate, slot, context) and citation.read(candidate, context)):
        return None
    return describe(candidate, slot, context)


def _slot(head: Inline, context: Context) -> TitleSlot | None:
    """The title; behind its nickname where the list has those apart, for elsewhere one opens titles (`**RT-1**: Robotics ...`)."""
    nickname, start = name_first(head)
    by = "by" in context.people
    if nickname and (name_style(head) in context.nicknames or repeats_name(head)):
        named = plain_title(head, context.venues, start, named=True, by=by)
        if named:
            return named
    return plain_title(head, context.venues, by=by)


def _opens_with_names(candidate: Candidate, slot: TitleSlot, context: Context) -> bool:
    """Whether what looks like a title is, or in a list of citations begins with, the names of the authors."""
    text = candidate.head.plain(slot.start, slot.end)
    people = find_people(text, sure=context.cites or _ET_AL.match(candidate.head.text, slot.end) is not None)
    if people is None or people.start > 2:
        return False
    if people.et_al:
        return True
    whole = len(people.names) > 1 and len(text) - people.end < 4
    if not whole and len(text) - people.end < 4:
        more = find_people(candidate.head.text[slot.start : slot.end + 20], sure=True)
        whole = more is not None and more.et_al  # `Hanxiao Liu, *et al*. Title`
    return whole or (context.cites and all(" " in name for name in people.names))
