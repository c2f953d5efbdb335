"""Everything around a title: which text is a nickname, authors, a venue with its year, a date, a link.

A layout finds the title; `describe` reads the rest by what it is, before and behind the title alike, so
that orders of fields need no rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.formats._authors import note_key, note_linked_people, note_lone_name, note_signature
from pipeline.formats._badges import note_badges, note_date_badge
from pipeline.formats._before_title import note_before_title
from pipeline.formats._behind_title import behind_full_name, note_behind_title, note_last_year
from pipeline.formats._cells import (
    DATED_FIELDS,
    SHORT_CELL,
    find_status,
    name_place,
    read_authors_cell,
    read_comment_cell,
    read_dated_cell,
    read_name_cell,
    take_dated_cell,
)
from pipeline.formats._cited import Cited, find_citation, find_cited_name, find_reference
from pipeline.formats._inline import Inline, scan
from pipeline.formats._keyed import find_key_line
from pipeline.formats._labelled import note_attributes, note_labelled, note_system
from pipeline.formats._link_labels import note_keyed, note_link_labels
from pipeline.formats._links import is_target, links_of
from pipeline.formats._model import Candidate, CharSpan, Context, EntryDraft, LinkDraft, TitleSlot
from pipeline.formats._notes import Notes, note_names, note_text, note_when, note_year, take_when
from pipeline.formats._segments import segments
from pipeline.formats._signed import find_signer
from pipeline.formats._title_ends import before_mark, note_title


def describe(
    candidate: Candidate, slot: TitleSlot, context: Context, roles: tuple[str, ...] = ()
) -> EntryDraft:
    """The draft of an entry whose title stands in `slot`; `roles` say what each cell of a row holds."""
    notes = Notes(candidate.head.text, context, outer=slot.outer)
    lone = "before" in context.people
    named = slot.people_first or slot.name
    cited = None if named else find_citation(notes.text, slot.start, slot.end, lone=lone)
    if cited:
        slot = replace(slot, start=cited.title[0], end=cited.title[1])
        note_names(notes, cited.people, cited.names)
    slot = before_mark(notes, _holder(candidate, slot), slot)
    note_title(notes, _holder(candidate, slot), slot, in_cell=bool(candidate.cells))
    if not (candidate.cells or slot.name or cited):
        _note_reference(notes, candidate.head, slot)
    if not (candidate.cells or cited):
        slot = _with_lines_beside(notes, candidate.head, slot)
    inlines = candidate.opening
    for inline, role in zip(inlines, roles or ("",) * len(inlines), strict=False):
        _read_cell(notes, inline, role, slot)
    _note_cited(notes, cited, inlines, roles)
    for inline in candidate.tail:
        if "below" in context.people and not notes.authors:
            note_lone_name(notes, inline)
        if not (
            note_signature(notes, inline) or note_system(notes, inline) or note_attributes(notes, inline)
        ):
            _read_segments(notes, inline, slot)
    linked = [inline for inline in (*inlines, *candidate.tail) if inline.links]
    for inline in linked:
        note_linked_people(notes, inline, slot)
    if not note_keyed(notes, linked):
        note_link_labels(notes, candidate.head, linked, slot)
    note_badges(notes, candidate)
    note_date_badge(notes, candidate)
    return _draft(notes, slot, links_of(linked))


def describe_plain(
    text: str,
    slot: TitleSlot,
    context: Context,
    cells: Iterable[tuple[str, CharSpan]],
    links: tuple[LinkDraft, ...],
) -> EntryDraft:
    """As `describe`, for a row whose title fills `slot` and whose links say nothing but where they lead.

    `cells` are the role and place of those that say more; each is plain or bold text, nobody cited in it,
    that of the authors plain.
    """
    notes = Notes(text, context, outer=slot.outer)
    notes.values["title"], notes.spans["title"] = text[slot.start : slot.end], (slot.start, slot.end)
    for role, (start, end) in cells:
        if role in ("venue", "date") and end - start <= SHORT_CELL and DATED_FIELDS.isdisjoint(notes.values):
            take_dated_cell(notes, start, text[start:end], role == "venue")
        elif role == "authors":
            read_authors_cell(notes, Inline(text, start, end, (), ()))
        else:
            _read_cell(notes, scan(text, start, end), role, slot)
    return _draft(notes, slot, links)


def _with_lines_beside(notes: Notes, head: Inline, slot: TitleSlot) -> TitleSlot:
    """The same title, whose authors and year are noted from the line above it, or that below in a list that has them
    there: then the title takes up that and the prose behind it.
    """
    if signer := find_signer(head):
        note_names(notes, signer.people, signer.names)
        note_year(notes, signer.year)
    key = find_key_line(head, slot.outer[1]) if "line" in notes.context.people else None
    if key is None:
        return slot
    notes.authors, notes.et_al, notes.year = key.people.names, key.people.et_al, key.year
    if key.names and key.year_at:
        notes.spans["authors"], notes.spans["year"] = key.names, key.year_at
    return replace(slot, outer=(slot.outer[0], head.end))


def _note_reference(notes: Notes, head: Inline, slot: TitleSlot) -> None:
    """What the line before a title, or the one behind it, says if it is a whole reference."""
    begin = slot.outer[1]
    while begin < head.end and notes.text[begin].isspace():
        begin += 1
    line = notes.text.find("\n", begin, head.end)
    for start, end in ((head.start, slot.outer[0]), (begin, line if line >= 0 else head.end)):
        found = find_reference(notes.text, start, end)
        if found:
            note_names(notes, found.people, found.names)
            if found.venue:
                note_text(notes, "venue", 0, found.venue)
            note_text(notes, "year", 0, found.year)
            notes.year = int(notes.values["year"])
            return


def _holder(candidate: Candidate, slot: TitleSlot) -> Inline:
    """The scanned text the title stands in: a cell of a row, or the head."""
    for cell in candidate.cells:
        if cell.start <= slot.start < cell.end:
            return cell
    return candidate.head


def _read_cell(notes: Notes, inline: Inline, role: str, slot: TitleSlot) -> None:
    if role in ("", "title") or inline.start <= slot.start < inline.end:
        if inline.start < slot.outer[0] or slot.outer[1] < inline.end:
            _read_segments(notes, inline, slot)
    elif role == "authors":
        read_authors_cell(notes, inline)
    elif role in ("venue", "date"):
        read_dated_cell(notes, inline, role == "venue")
    elif role == "name":
        read_name_cell(notes, inline)
    elif role in ("comment", "status"):
        read_comment_cell(notes, inline)
        if role == "status" and (status := find_status(notes.text[inline.start : inline.end])):
            take_when(notes, inline.start + status[0], status[1])


def _note_cited(notes: Notes, cited: Cited | None, inlines: Sequence[Inline], roles: Sequence[str]) -> None:
    """What citations say that no field of its own does: names and year behind a nickname, venue behind a title."""
    if cited:
        if cited.year and notes.year is None:
            notes.year = int(notes.text[slice(*cited.year)])
            notes.spans["year"] = cited.year
        if "venue" not in notes.values:
            rest = scan(notes.text, *cited.rest)
            for segment in segments(rest, (-1, -1)):
                note_when(notes, segment.start, segment.end, alone=True)
    if "name" not in roles:
        return
    for inline, role in zip(inlines, roles, strict=False):
        named = find_cited_name(notes.text, *name_place(inline)) if role == "name" else None
        if named:
            note_names(notes, named.people, named.names)
            if named.year and notes.year is None and notes.date_year is None:
                notes.year = int(notes.text[slice(*named.year)])
                notes.spans["year"] = named.year


def _draft(notes: Notes, slot: TitleSlot, links: tuple[LinkDraft, ...]) -> EntryDraft:
    values, spans = notes.values, notes.spans
    title_url = notes.text[slot.link[0] : slot.link[1]] if slot.link else None
    evidence = (
        2 * bool(links) + bool(notes.authors) + bool("venue" in values or "year" in spans or "date" in spans)
    )
    confidence = (
        slot.weight * (0.25 + 0.25 * min(3, evidence)) if "title" in values or "short_name" in values else 0.0
    )
    return EntryDraft(
        confidence=confidence,
        title=values.get("title"),
        short_name=values.get("short_name"),
        authors=notes.authors,
        et_al=notes.et_al,
        venue_text=values.get("venue"),
        year=notes.year if notes.year is not None else notes.date_year,
        date_text=values.get("date"),
        links=links,
        title_url=title_url if title_url and is_target(title_url) else None,
        spans={key: span for key, span in spans.items() if span[0] < span[1]},
    )


def _read_segments(notes: Notes, inline: Inline, slot: TitleSlot) -> None:
    for segment in segments(inline, slot.outer):
        if segment.label is not None:
            note_labelled(notes, segment)
        elif (
            segment.end <= slot.outer[0]
            and segment.start >= slot.outer[0] - 400
            and inline.start <= slot.start < inline.end
        ):
            note_before_title(notes, segment, slot)
        elif not (note_key(notes, segment) or note_last_year(notes, segment)):
            note_behind_title(notes, behind_full_name(notes.text, segment, slot))
