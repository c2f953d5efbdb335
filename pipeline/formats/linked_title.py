"""The title is the link: `2018-CVPR-[Title](url) [[Code](url)]`, `[**Title**](url) (Venue 2024)`."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline, Mark
from pipeline.formats._keyed import is_key
from pipeline.formats._labels import is_generic
from pipeline.formats._links import is_target
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import is_titled, leads, plain_title, remarked
from pipeline.formats._when import expand_year, find_when, is_venue_label
from pipeline.identifiers import read_url
from pipeline.text import lazy

name = "linked title"

_ASIDE = lazy(r"[(（]([^()（）]+)[)）]")
_COLON = lazy(r"[*_]{0,3}\s?[:：]\s*")
_LEAD = lazy(
    r"(?P<year>(?:19|20)\d\d)\s*+(?P<asides>(?:\*{0,2}[(（][^()（）\n]{1,40}+[)）]\s*+)++)\*{0,2}(?:\[(?P<name>[^\[\]\n]{1,40}+)\]\s*+)?"
    r"(?:[(（][^()（）\n]{1,40}+[)）]\s*+)?\*{0,2}(?=\S)"
)
"""What files are called and links with them: `2020 (Company) (KDD) *[Nick] Title`."""
_TAGS = lazy(r"(?:\[[^\[\]\n]{1,40}+\]\s*+){2,6}(?=\S)")
_ONE_TAG = lazy(r"\[([^\[\]\n]{1,40}+)\]")
_PROFILE = lazy(
    r"//scholar\.google\.[^/]+/citations\?\S*\buser=|//orcid\.org/|//dblp\.[^/]+/(?:pid|pers)/"
    r"|//openreview\.net/profile|linkedin\.com/in/"
)
"""Where a link leads to a person."""
_DASHED = lazy(r"\*\*([^*\n]{1,40}+)\*\*\s+(?:[—–]|--?)\s+(?=\S)")
_TAG = lazy(r"\[([^\[\]]{1,40})\]\s*+(?=\S)")


_FROM = lazy(r"(?P<name>[A-Z][\w()+/-]*(?: (?:[A-Z(&][\w()+/-]*|of|for|and|in)){1,9}) from ")


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read an entry whose title is the text of its first link with a text of title length."""
    slot = find(candidate.head, context)
    if slot is None:
        return None
    draft = describe(candidate, slot, context)
    if tags := _TAGS.match(candidate.head.text, slot.outer[0] + 1, slot.end):
        return _with_tags(draft, candidate.head.text, tags) if tags.end() == slot.start else draft
    if not draft.short_name and (called := _linked_name(candidate.head)) and called.end <= slot.outer[0]:
        place = called.inner_start, called.inner_end
        return replace(
            draft, short_name=candidate.head.plain(*place), spans={**draft.spans, "short_name": place}
        )
    if slot.link and not draft.short_name and (named := _FROM.match(candidate.head.text, slot.outer[0])):
        return replace(
            draft, short_name=named["name"], spans={**draft.spans, "short_name": named.span("name")}
        )
    return _with_lead(_with_tag(draft, candidate, slot), candidate, slot)


def find(head: Inline, context: Context) -> TitleSlot | None:
    """The first link whose text is a title: not a word like "Paper", not a person, not within a sentence."""
    called = _linked_name(head)
    for mark in head.links:
        if mark is called:
            continue
        if (
            mark.inner_end - mark.inner_start > 1
            and (
                is_target(mark.url)
                or (
                    _leads_nowhere(mark.url) and len(head.text[mark.inner_start : mark.inner_end].split()) > 2
                )
            )
            and not mark.is_bare
        ):
            slot = _slot(head, mark, context)
            if slot:
                if named := _measured_in(head, mark):
                    return replace(slot, outer=(named.start("name"), slot.outer[1]))
                noted = context.remarks and remarked(head, context.labels) is not None
                return slot if noted or leads(head, mark.start, context.venues) else None
    return None


def _linked_name(head: Inline) -> Mark | None:
    """The link to its code that a work is called by, right before its linked title: `[SIF](github): [A Simple ...](url)`."""
    if len(head.links) < 2:
        return None
    called, titled = head.links[:2]
    if called.start > head.start + 2 or titled.start - called.end > 6:
        return None
    between = head.text[called.end : titled.start].strip(' *_"“')
    name = head.text[called.inner_start : called.inner_end].split()
    words = head.text[titled.inner_start : titled.inner_end].split()
    if between not in (":", "：") or not 0 < len(name) <= 3 or len(words) < 4:
        return None
    return (
        called
        if not called.is_bare and read_url(called.url).role != "paper" == read_url(titled.url).role
        else None
    )


def _measured_in(head: Inline, mark: Mark) -> re.Match[str] | None:
    """What a paper introduced, right before its linked title: `Semantic Shift Rate from [Discovering ...](url)`."""
    named = _FROM.fullmatch(head.text, head.start, mark.start) if mark.start - head.start < 90 else None
    titled = named and len(head.text[mark.inner_start : mark.inner_end].split()) > 3
    return named if titled and read_url(mark.url).role == "paper" else None


def _leads_nowhere(url: str) -> bool:
    """Whether a link's target is no address at all: empty, or what a table's maker left there (`nan`, `TBD`)."""
    return url.isalnum() or not url.strip("./-#")


def _slot(head: Inline, mark: Mark, context: Context) -> TitleSlot | None:
    text = head.plain(mark.inner_start, mark.inner_end)
    opens = not head.text[head.start : mark.start].strip(' *_["“')
    if (
        not text
        or is_generic(text, context.labels)
        or _is_host(text, mark.url)
        or _PROFILE.search(mark.url)
        or is_key(text)
        or (_is_venue(text) and not (opens and _may_be_name(head, mark)))
    ):
        return None
    start = mark.inner_start
    lead = _LEAD.match(head.text, start, mark.inner_end) or _TAGS.match(head.text, start, mark.inner_end)
    if lead and len(head.plain(lead.end(), mark.inner_end).split()) >= 2:
        slot = TitleSlot(
            lead.end(), mark.inner_end, (mark.start, mark.end), 1.0, (mark.url_start, mark.url_end)
        )
        return slot
    tag = _nickname(head.text, start, mark.inner_end)
    if tag:
        start = tag.end()
    weight = 1.0 if is_titled(text) else 0.7 if opens else 0.6
    outer = (mark.start, mark.end)
    if opens and read_url(mark.url).role == "paper" and (end := _said_behind(head, mark, text)):
        return TitleSlot(start, end, (mark.start, end), 1.0, link=(mark.url_start, mark.url_end))
    return TitleSlot(start, mark.inner_end, outer, weight, link=(mark.url_start, mark.url_end))


def _is_host(text: str, url: str) -> bool:
    """Whether a link is called by the host it leads to: `[cdn.openai](https://cdn.openai.com/papers/a.pdf)`."""
    at = url.find("://") if " " not in text and "." in text else -1
    return at > 0 and url[at + 3 :].casefold().startswith(text.casefold() + ".")


def _may_be_name(head: Inline, mark: Mark) -> bool:
    """Whether a link called like a venue opens an entry about a namesake: `[TACO](url) - ...`, not `[[TACO](url)] ...`."""
    text = head.text[mark.inner_start : mark.inner_end]
    return text.isalpha() and head.text[mark.start - 1 : mark.start] != "["


def _nickname(text: str, start: int, end: int) -> re.Match[str] | None:
    """What names the work before its title, both in one link: `[Nick] Title`, `**Nick** - Title`."""
    return _TAG.match(text, start, end) or _DASHED.match(text, start, end)


def _said_behind(head: Inline, mark: Mark, name: str) -> int | None:
    """Where a title ends of which only the name is linked: `[GEMINI](url): Fast Failure Recovery in ...`."""
    text = head.text
    closed = text[mark.inner_start : mark.inner_end].rstrip().endswith((":", "："))
    colon = _COLON.match(text, mark.end, head.end)
    if not closed and colon is None:
        return None
    rest = plain_title(head, frozenset(), colon.end() if colon else mark.end)
    if rest is None or rest.start - mark.end >= 6:
        return None
    words = head.plain(rest.start, rest.end).split()
    capital = sum(word[0].isupper() for word in words if len(word) > 3)
    known = len(name.split()) <= 3 or 2 * capital >= sum(len(word) > 3 for word in words)
    return rest.end if len(words) >= 3 and known else None


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


def _with_lead(draft: EntryDraft, candidate: Candidate, slot: TitleSlot) -> EntryDraft:
    """The year, the venue and the nickname that stand before the title in its own link."""
    text = candidate.head.text
    lead = _LEAD.match(text, slot.outer[0] + 1, slot.end) if slot.link else None
    if lead is None or lead.end() != slot.start or draft.venue_text or draft.year:
        return draft
    at = lead.start("asides")
    asides = [(at + match.start(1), at + match.end(1)) for match in _ASIDE.finditer(lead["asides"])]
    venue = next((span for span in reversed(asides) if is_venue_label(text[slice(*span)])), None)
    spans = {**draft.spans, "year": lead.span("year")}
    if venue:
        spans["venue"] = venue
    if lead["name"] and not draft.short_name:
        spans["short_name"] = lead.span("name")
    return replace(
        draft,
        year=int(lead["year"]),
        venue_text=text[slice(*venue)] if venue else None,
        short_name=draft.short_name or lead["name"],
        spans=spans,
    )


def _with_tags(draft: EntryDraft, text: str, tags: re.Match[str]) -> EntryDraft:
    """Tags that open a link: a year, a venue, a company, the nickname last: `[[2014][Facebook][GBDT+LR] Title](url)`."""
    spans, names = dict(draft.spans), []
    for tag in _ONE_TAG.finditer(text, tags.start(), tags.end()):
        when = find_when(tag[1], alone=True)
        if when is None or (when.venue and not when.year and not is_venue_label(tag[1])):
            names.append(tag.span(1))
            continue
        for key, span in (("venue", when.venue), ("year", when.year_at)):
            if span and key not in spans:
                spans[key] = tag.start(1) + span[0], tag.start(1) + span[1]
    if names and "short_name" not in spans:
        spans["short_name"] = names[-1]
    said = {key: text[slice(*spans[key])] for key in ("venue", "year", "short_name") if key in spans}
    return replace(
        draft,
        venue_text=draft.venue_text or said.get("venue"),
        year=draft.year or (expand_year(said["year"]) if said.get("year", "").isdigit() else None),
        short_name=draft.short_name or said.get("short_name"),
        spans=spans,
    )


def _with_tag(draft: EntryDraft, candidate: Candidate, slot: TitleSlot) -> EntryDraft:
    """A bracketed word that opens the link's text is a nickname: `[[FM]Factorization Machines](url)`."""
    tag = _nickname(candidate.head.text, slot.outer[0] + 1, slot.end)
    if tag is None or draft.short_name or slot.start <= slot.outer[0] + 1:
        return draft
    return replace(draft, short_name=tag[1].strip(), spans={**draft.spans, "short_name": tag.span(1)})
