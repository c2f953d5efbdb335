"""A bibliographic citation, authors first: `A. Name, B. Name: Title, Venue, 1998. [[Paper]](url)`."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats import italic_title
from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline
from pipeline.formats._links import links_of
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._people import People, find_people
from pipeline.formats._slots import DatedNames, dated_names, names_line, plain_title, titled_elsewhere
from pipeline.text import lazy

name = "citation"

_AND = lazy(r"\s(?:and|&)\s|\b[A-Z]\.")
"""What people have and phrases do not: an "and" before the last, an initial."""


_OTHERS_FIRST = lazy(r"\s+(?:[A-Z][\w'’.-]* ){1,3}et\.? al[., ]")
_ENUMERATED = lazy(r",? and \w")


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry that opens with the names of its authors and goes on with an unmarked title."""
    head = candidate.head
    if not candidate.cells and (dated := dated_names(head)):
        return _read_dated(candidate, context, dated)
    if candidate.cells or titled_elsewhere(head, context) or _is_all_names(head):
        return None
    start = _after_number(head)
    people = find_people(head.text[start : min(head.end, start + 3000)], sure=True)
    if people is None or people.start > 12:
        return None
    slot = plain_title(head, context.venues, start + people.end) or _last_name(head, context, people, start)
    sure = people.et_al or len(people.names) > 2 or (len(people.names) == 2 and context.cites)
    enough = 2 if sure else 3
    if slot is None or len(head.plain(slot.start, slot.end).split()) < enough:
        return None
    if _goes_on(head.text, start + people.end, slot.start + 1, people):
        return None
    colon = head.text[start + people.end : start + people.end + 1] in (":", "：")
    told = context.cites or people.et_al or "before" in context.people
    joined = _AND.search(head.text, head.start, slot.start) and any(" " in name for name in people.names)
    first = people.et_al or "before" in context.people
    if colon and context.learned and not first and not any(" " in name for name in people.names):
        return None  # `Shuffle and Learn: ...`
    if colon and context.learned and not told and not joined:
        return None  # where nobody else stands before a title: `Think Longer, Think Wisely: ...`
    lone = len(people.names) == 1 and not people.et_al
    if lone and not (context.cites and " " in people.names[0]):
        return None
    if people.et_al and head.text[slot.start].islower() and not context.cites:
        return None  # a sentence about a paper: `Xu et al. (2021) propose ...`
    slot = replace(slot, people_first=True)
    return _with_all(describe(candidate, slot, context), people, start, slot.start)


def _goes_on(text: str, at: int, stop: int, people: People) -> bool:
    """Whether what stands before a title goes on behind the names, so that they are none or no title follows."""
    if not people.et_al and _ENUMERATED.match(text, at):
        return True  # a title: `Characterizing, Modeling, and Benchmarking Key-Value Workloads`
    # where they work: `Sutton et al. (2011); University of Alberta`
    return text.find(";", at, stop) >= 0 and (people.et_al or text.find(")", at, stop) >= 0)


def _read_dated(candidate: Candidate, context: Context, dated: DatedNames) -> EntryDraft | None:
    """The entry whose authors and year are known."""
    slot = plain_title(candidate.head, context.venues, dated.end)
    if slot is None:
        return None
    draft = describe(candidate, replace(slot, people_first=True), context)
    spans = {**draft.spans, "authors": dated.names, "year": dated.year}
    spans |= {"short_name": dated.nickname} if dated.nickname else {}
    return replace(
        draft,
        short_name=candidate.head.plain(*dated.nickname).strip(" .:") if dated.nickname else draft.short_name,
        authors=dated.people.names,
        et_al=dated.people.et_al,
        year=int(candidate.head.text[slice(*dated.year)]),
        spans=spans,
    )


def _after_number(head: Inline) -> int:
    """Past a sign or number in brackets or code that opens the entry, `` `*` Srebro, Nathan ... ``, or a tag before
    a name with "et al.": `` `[MSVD]` Chen et al. Collecting ... ``.
    """
    first = head.marks[0] if head.marks else None
    if first is None or first.kind not in ("bracket", "code") or first.start != head.start:
        return head.start
    tagged = first.inner_end - first.inner_start <= 3 or _OTHERS_FIRST.match(head.text, first.end, head.end)
    return first.end if tagged else head.start


def _with_all(draft: EntryDraft, people: People, offset: int, stop: int) -> EntryDraft:
    """The same draft with all names before the title, also where a change of style parts them: `Liu, *et al*.`"""
    if offset + people.end > stop or not (
        len(people.names) > len(draft.authors)
        or (people.et_al and not draft.et_al and draft.authors == people.names)
    ):
        return draft
    place = offset + people.start, offset + people.end
    return replace(
        draft,
        authors=people.names,
        et_al=people.et_al,
        confidence=max(draft.confidence, min(1.0, draft.confidence + (0.0 if draft.authors else 0.175))),
        spans={**draft.spans, "authors": place},
    )


def _is_all_names(head: Inline) -> bool:
    """Whether an entry's own block says nothing but names: its title stands below them."""
    line = names_line(head)
    return line is not None and line.end >= head.end


def cites(context: Context) -> bool:
    """Whether this list has authors before its titles, so that citations may stand below names and links."""
    return context.cites or "before" in context.people


def below(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose links stand beside a short name, and its citation without links on the item below."""
    head, inner = candidate.head, candidate.tail[0]
    first = head.links[0].start if head.links else head.start
    name = head.plain(head.start, first).rstrip(" [(")
    if not 0 < len(name.split()) <= 8 or inner.links:
        return None
    cited = replace(candidate, head=inner, tail=())
    draft = italic_title.read(cited, context) if context.main == italic_title.name else None
    draft = draft or read(cited, context)
    if draft is None and (slot := plain_title(inner, context.venues)):
        draft = describe(cited, slot, context)
    said = sum(any(map(str.isalnum, word)) for word in name.split())  # `Idiap + EPFL` are two
    if draft is None or not draft.title or not 2 < len(draft.title.split()) >= said:
        return None
    if not (context.cites or draft.authors):
        return None
    links = links_of((head, *candidate.tail))
    return replace(
        _named(draft, head, name.split(",")[0].strip()),
        links=links,
        confidence=0.7 if links else draft.confidence,
    )


def _named(draft: EntryDraft, head: Inline, name: str) -> EntryDraft:
    """The same draft with the name beside its links, unless that is the title once more."""
    at = head.text.find(name, head.start, head.end)
    if draft.short_name or at < 0 or len(name.split()) > 3 or name in (draft.title or "").split(": ")[-1]:
        return draft
    return replace(draft, short_name=name, spans={**draft.spans, "short_name": (at, at + len(name))})


def _last_name(head: Inline, context: Context, people: People, start: int) -> TitleSlot | None:
    """The title where commas alone part it from the names, and it looks like one: `A. Name, B. Name, Actor-Critic`."""
    if len(people.names) < 2 or people.et_al or not all(" " in name for name in people.names[:-1]):
        return None
    text = head.text[start : start + people.end]
    at = text.rfind(people.names[-1])
    if text[:at].endswith((" and ", " & ")):
        return None
    return plain_title(head, context.venues, start + at) if at > 0 else None
