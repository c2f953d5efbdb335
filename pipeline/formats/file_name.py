"""The title is called as a file is: `22_ASE_Title`, `[ACL2020_Title](folder/ACL2020_Title)`."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats._fields import describe
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import first_wall
from pipeline.formats._when import expand_year, is_acronym, is_known
from pipeline.text import lazy

name = "file name"

_NAMED = lazy(
    r"(?:(?P<year>(?:19|20)?\d\d)_(?P<venue>[A-Za-z][A-Za-z &+-]{1,24}?)|(?P<first>[A-Za-z]{2,12})(?P<last>(?:19|20)\d\d))"
    r"_(?:(?P=venue)_)?(?=[^\W_])"
)


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title, or the link that is its title, opens with a year and a venue parted by `_`."""
    head = candidate.head
    if head.text.find("_", head.start, min(head.end, head.start + 40)) < 0:
        return None
    link = head.links[0] if head.links and head.links[0].start - head.start < 3 else None
    start, end = (link.inner_start, link.inner_end) if link else (head.start, first_wall(head, head.start))
    named = _NAMED.match(head.text, start, end)
    if named is None:
        return None
    venue, year = (
        named.span("venue" if named["venue"] else "first"),
        named.span("year" if named["year"] else "last"),
    )
    text = head.text[slice(*venue)]
    told = context.main == name or is_known(text) or is_acronym(text.split()[0])
    if not told or len(head.text[named.end() : end].split()) < 2 - bool(link):
        return None
    outer, url = (
        ((link.start, link.end), (link.url_start, link.url_end)) if link else ((head.start, end), None)
    )
    draft = describe(candidate, TitleSlot(named.end(), end, outer, 1.0, url), context)
    return replace(
        draft,
        venue_text=text,
        year=expand_year(head.text[slice(*year)]),
        confidence=1.0 if draft.links else 0.5,
        spans={**draft.spans, "venue": venue, "year": year},
    )
