"""Entries made of drafts: which of these are kept, and what the whole list says of each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.formats import EntryDraft
from pipeline.formats._bibtex import record_below, same_title
from pipeline.formats._source import CharSpan, Source
from pipeline.identifiers import read_url
from pipeline.model import Entry, Kind, Link
from pipeline.reading.destinations import PAPER_LABEL, find_paper_url, has_paper, is_surely_paper
from pipeline.reading.groups import Group
from pipeline.text import lazy

_REPOSITORY = lazy(r"\W*(?:github|hugging ?face|blog|website|tweet|twitter)\b", re.I)


def without_doubtful(drafts: list[tuple[Group, EntryDraft]]) -> list[tuple[Group, EntryDraft]]:
    """The same drafts; a linked title at an unknown address is believed a paper only among papers.

    Homes of tools, courses and people have such addresses too: what stands in the same section decides,
    in a section of its own the whole list.
    """
    sure = [any(is_surely_paper(link.url, link.label) for link in draft.links) for _, draft in drafts]
    per_section: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    for (group, _), is_paper in zip(drafts, sure, strict=True):
        per_section[group.candidate.block.section].append(is_paper)
    overall = 2 * sum(sure) >= len(sure)
    mostly = {
        section: 2 * sum(beside) >= len(beside) - 1 if len(beside) > 3 else overall
        for section, beside in per_section.items()
    }
    out = []
    for (group, draft), is_paper in zip(drafts, sure, strict=True):
        papers = mostly[group.candidate.block.section]
        cited = bool(draft.venue_text and draft.year)
        believed = is_paper or not draft.title_url or cited or (papers and overall)
        out.append((group, draft if believed else replace(draft, title_url=None)))
    return out


def without_introduction(drafts: list[tuple[Group, EntryDraft]]) -> list[tuple[Group, EntryDraft]]:
    """The same drafts, but for some that stand above all sections of a list that has its entries in them.

    There a list names the survey that it belongs to, a paragraph or two, the people who keep it, and other pages.
    """
    blocks = [group.candidate.block for group, _ in drafts]
    if 5 * sum(not block.section for block in blocks) > len(blocks):
        return drafts
    above = [block.kind == "paragraph" and not block.section for block in blocks]
    few = sum(above) < 3
    pages = [
        not (block.section or has_paper(draft)) for block, (_, draft) in zip(blocks, drafts, strict=True)
    ]
    return [
        draft
        for draft, is_above, is_page in zip(drafts, above, pages, strict=True)
        if not (is_page or (few and is_above))
    ]


def with_records(source: Source, drafts: list[tuple[Group, EntryDraft]]) -> list[tuple[Group, EntryDraft]]:
    """The same drafts; one without authors has those of the BibTeX record below it, where that has its title."""
    if not drafts or any(sign not in source.visible for sign in ("@", "author", "\n```")):
        return drafts
    below = [group.candidate.block.lines[0] for group, _ in drafts[1:]] + [len(source.line_starts)]
    out = []
    for (group, draft), stop in zip(drafts, below, strict=True):
        record = None if draft.authors or draft.et_al else record_below(source, group.last_line, stop)
        if record and record.authors and same_title(draft.title, record.title):
            spans = {**draft.spans, "authors": record.place}
            draft = replace(draft, authors=record.authors, et_al=record.et_al, spans=spans)
            group.last_line, group.end = record.last_line, source.line_end(record.last_line)
        out.append((group, draft))
    return out


def make_entry(source: Source, group: Group, draft: EntryDraft, number: int, entry_id: str) -> Entry:
    """The entry of a draft, with its places in bytes of the file."""
    block = group.candidate.block
    links = tuple([Link(link.label, link.url, read_url(link.url).role) for link in draft.links])
    paper_url = find_paper_url(draft)
    start, end = source.line_starts[block.lines[0]], source.line_end(group.last_line)
    if block.kind == "html_row" or block.start > start:
        start = block.start
    return Entry(
        entry_id=entry_id,
        section=block.section,
        ordinal=number,
        first_line=block.lines[0] + 1,
        last_line=group.last_line + 1,
        kind=_kind(draft, links, paper_url),
        text=source.text[start : max(group.end, start)]
        if block.kind == "html_row"
        else source.text[start:end].rstrip(),
        title=draft.title,
        short_name=draft.short_name,
        authors=draft.authors,
        et_al=draft.et_al,
        venue_text=draft.venue_text,
        year=draft.year,
        date_text=draft.date_text,
        links=links,
        paper_url=paper_url,
        layout=group.layout,
        spans=_spans(source, draft),
    )


def named_after(draft: EntryDraft) -> str | None:
    """What an entry is named after."""
    return draft.title or draft.short_name or find_paper_url(draft)


def _kind(draft: EntryDraft, links: Sequence[Link], paper_url: str | None) -> Kind:
    """A paper has a link to one, or is cited like one (a venue with authors or year) and not posted as a blog."""
    if paper_url or (not links and draft.title):
        return "paper"
    named = bool(draft.venue_text and draft.title and not _REPOSITORY.match(draft.venue_text))
    labelled = bool(draft.year or named) and any(PAPER_LABEL.match(link.label) for link in links)
    cited = (named and bool(draft.authors or draft.year)) or labelled
    only_code = all(link.role in ("code", "data", "model") for link in links)
    if named and not draft.authors and not labelled:
        return "paper" if draft.year and only_code else "other"
    return "paper" if cited and not any(link.role == "blog" for link in links) else "other"


def _spans(source: Source, draft: EntryDraft) -> dict[str, CharSpan]:
    """All spans in bytes; of two that overlap (a URL that is itself the title) the field gives way to the link."""
    chosen = {f"link.{number}": (link.start, link.end) for number, link in enumerate(draft.links)}
    fields = draft.spans
    if source.unescaped:
        fields = {key: source.with_escapes(span) for key, span in fields.items()}
    places = sorted([*chosen.values(), *fields.values()])
    if all([left[1] <= right[0] for left, right in pairwise(places)]):  # as nearly always
        return source.byte_spans({**chosen, **fields})
    for key, (start, end) in fields.items():
        for left, right in chosen.values():
            if start < right and left < end:
                break
        else:
            chosen[key] = start, end
    return source.byte_spans(chosen)
