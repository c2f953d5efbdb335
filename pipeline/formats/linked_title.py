"""The title is the link: `2018-CVPR-[Title](url) [[Code](url)]`, `[**Title**](url) (Venue 2024)`."""

from __future__ import annotations

import re

from pipeline.formats._fields import describe, is_generic, is_target
from pipeline.formats._inline import Inline, Mark
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import is_titled, leads
from pipeline.formats._when import find_when

name = "linked title"

_TAG = re.compile(r"\[([^\[\]]{1,40})\]\s*+(?=\S)")


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the text of its first link with a text of title length."""
    slot = find(candidate.head, context)
    if slot is None:
        return None
    draft = describe(candidate, slot, context)
    return _with_tag(draft, candidate, slot)


def find(head: Inline, context: Context) -> TitleSlot | None:
    """The first link whose text is a title: not a word like "Paper", not a person, not within a sentence."""
    for mark in head.links:
        if (
            mark.inner_end - mark.inner_start > 1
            and (
                is_target(mark.url)
                or (not mark.url and len(head.text[mark.inner_start : mark.inner_end].split()) > 2)
            )
            and mark.inner_start != mark.url_start
        ):
            slot = _slot(head, mark, context)
            if slot:
                return slot if leads(head, mark.start, context.venues) else None
    return None


def _slot(head: Inline, mark: Mark, context: Context) -> TitleSlot | None:
    text = head.plain(mark.inner_start, mark.inner_end)
    opens = not head.text[head.start : mark.start].strip(' *_["“')
    named = opens and text.isalpha() and text.casefold() not in context.venues
    if not text or is_generic(text, context.labels) or (_is_venue(text) and not named):
        return None
    start = mark.inner_start
    tag = _TAG.match(head.text, start, mark.inner_end)
    if tag:
        start = tag.end()
    weight = 1.0 if is_titled(text) else 0.7 if opens else 0.6
    outer = (mark.start, mark.end)
    return TitleSlot(start, mark.inner_end, outer, weight, link=(mark.url_start, mark.url_end))


def _is_venue(text: str) -> bool:
    """Whether a link's text is only a venue or a date: `[NeurIPS 2023](url)`, `[ICML](url)`."""
    if len(text) >= 40:
        return False
    when = find_when(text, alone=True)
    return (
        when is not None
        and len(text) - (when.end - when.start) < 4
        and (when.year is not None or " " not in text)
    )


def _with_tag(draft: EntryDraft, candidate: Candidate, slot: TitleSlot) -> EntryDraft:
    """A bracketed word that opens the link's text is a nickname: `[[FM]Factorization Machines](url)`."""
    from dataclasses import replace

    tag = _TAG.match(candidate.head.text, slot.outer[0] + 1, slot.end)
    if tag is None or draft.short_name or slot.start <= slot.outer[0] + 1:
        return draft
    return replace(draft, short_name=tag[1].strip(), spans={**draft.spans, "short_name": tag.span(1)})
