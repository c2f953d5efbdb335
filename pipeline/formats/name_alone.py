"""A name stands where a title would: `SCSR: TIP 2010, Jianchao Yang et al. [paper](url)`, `NILMTK [[pdf]](url)`."""

from __future__ import annotations

from pipeline.formats._fields import describe
from pipeline.formats._labels import is_generic
from pipeline.formats._links import before_address
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._people import find_people
from pipeline.formats._slots import is_titled
from pipeline.formats._titles import is_short_name
from pipeline.formats._when import find_when, is_known
from pipeline.identifiers import read_url
from pipeline.text import lazy

name = "name alone"

_NAME = lazy(
    r"[\s.)]*(?P<name>[A-Za-z][^\s:：,\[\](){}]{0,24}(?: [^\s:：,\[\](){}]{1,24})?)(?P<colon>\s?[:：]\s)?"
)
_CODED = lazy(r"[A-Z][^\s]*[A-Z\d]")
"""What names of systems have and words do not: a second capital, or a number."""


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry that gives the name of a work, and a venue with names or a link to the paper."""
    head = candidate.head
    if context.bare and not candidate.cells and (draft := _beside_address(candidate, context)):
        return draft
    link = head.links[0] if head.links and not candidate.cells else None
    if link is None or not 2 < link.start - head.start < 160 or head.marks[0].start - head.start < 2:
        return None
    named = _NAME.match(head.text, head.start, link.start)
    if named is None or not is_generic(head.plain(link.inner_start, link.inner_end).strip("[]")):
        return None
    start, end = named.span("name")
    if named["colon"]:
        told = _is_cited(head.text[named.end() : link.start], context)
    else:
        # in a list of citations one follows below
        beside = not context.cites and not head.text[named.end() : link.start].strip(" [(-–—")
        told = beside and read_url(link.url).role == "paper" and _is_system(named["name"], context)
    if not told:
        return None
    return describe(candidate, TitleSlot(start, end, (start, end), 0.7, name=True), context)


def _beside_address(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read `MelNet: https://...`, or the name with the address nested below, in a list that is written so."""
    head = candidate.head
    place = before_address(head)
    if place is None and candidate.tail and not head.marks:
        first = next(iter(candidate.tail[0].links), None)
        if first is None or first.start > candidate.tail[0].start or not first.is_bare:
            return None
        place = head.start, head.end
    text = head.text[slice(*place)] if place else ""
    if place is None or is_generic(text, context.labels) or is_known(text, preprints=True):
        return None
    named = context.bare == "names" and is_short_name(text)
    if not named and (len(text.split()) > 3 or is_titled(text) or not is_short_name(text)):
        return None
    return describe(candidate, TitleSlot(*place, place, 0.7, name=named), context)


def _is_cited(text: str, context: Context) -> bool:
    """Whether a text is a known venue with its year, and the authors: `TIP2010, Jianchao Yang et al.`"""
    when = find_when(text, known=context.venues, alone=True)
    if when is None or when.start or when.venue is None or not when.year_at:
        return False
    behind = text[when.end :].lstrip(" ,.;")
    people = find_people(behind, sure=True)
    if people is None or people.start or len(behind) - people.end > 3:
        return False
    return is_known(text[slice(*when.venue)])


def _is_system(text: str, context: Context) -> bool:
    """Whether a text is what a system or a data set is called, and no label, title, venue or date."""
    if not _CODED.search(text) or is_titled(text) or is_generic(text, context.labels):
        return False
    return not is_known(text, preprints=True) and find_when(text, alone=True) is None
