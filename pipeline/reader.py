"""Reads a list: bytes in, entries with byte spans out. Pure, never fails, linear in the size of the list.

The blocks of the file are asked one by one whether they start an entry, continue the one before, or are
neither. Lists repeat one or two line shapes, so the layouts are first tried on a sample; the list is then
read by those that read the sample best. Which URL leads where is knowledge of `identifiers`.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from pipeline.formats import Readings
from pipeline.formats._blocks import (
    nest_below_numbers,
    nest_by_a_space,
    number_references,
    part_items,
    read_blocks,
    references,
    take_in_indented,
)
from pipeline.formats._chapters import gather_chapters
from pipeline.formats._directories import is_directory
from pipeline.formats._groups import lift_groups
from pipeline.formats._html_items import part_html_items
from pipeline.formats._paragraphs import part_html_paragraphs
from pipeline.formats._records import gather_records, gather_tagged
from pipeline.formats._signed import gather_signed
from pipeline.formats._source import Source, load
from pipeline.model import Entry, ParsedList, Problem
from pipeline.naming import Names
from pipeline.reading.entries import (
    make_entry,
    named_after,
    with_records,
    without_doubtful,
    without_introduction,
)
from pipeline.reading.grouping import find_place, group_blocks
from pipeline.reading.groups import finish
from pipeline.reading.learning import learn
from pipeline.reading.page import find_badges, find_problems, find_template

_T = TypeVar("_T")


def read_list(
    data: bytes, *, name: str, path: str, previous: Sequence[Entry] = (), readings: Readings | None = None
) -> ParsedList:
    """Read one list file as stored.

    `previous` are the entries of the last parse: what is recognised keeps its `entry_id` (by shared
    identifier, then by title and section, then by position). Same bytes and same `previous`, same result.
    With `readings` it is quick to read the list again after some changes; they change no result.
    """
    source = load(data)
    with _no_collection():
        entries, unread = _entries(source, Names(previous), readings)
    return ParsedList(
        name=name,
        path=path,
        entries=tuple(entries),
        badges=tuple(find_badges(source)),
        problems=tuple(find_problems(source)),
        unread=tuple(unread),
        template=find_template(source),
    )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Python's cycle collector off: a large list makes a million objects and no cycle, and half its time went there.

    Freezing and unfreezing files them as old, so that the first collection afterwards does not search them all.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


def _entries(source: Source, names: Names, readings: Readings | None) -> tuple[list[Entry], list[Problem]]:
    refs = references(source)
    blocks = part_html_items(source, number_references(source, read_blocks(source)))
    nest_by_a_space(source, blocks)
    blocks = part_items(source, blocks)
    nest_below_numbers(source, blocks)
    take_in_indented(source, blocks)
    blocks = gather_chapters(source, gather_records(source, part_html_paragraphs(source, blocks)))
    blocks = gather_tagged(source, blocks)
    blocks = lift_groups(source, gather_signed(source, blocks))
    usable = None if refs else readings
    plan = learn(source, refs, blocks, readings=usable)
    if usable is not None:
        learned = usable.knowing((plan.context, tuple([layout.name for layout in plan.layouts])))
        plan = replace(plan, readings=learned)
    groups, unread = group_blocks(source, refs, blocks, plan)
    if place := find_place(source, refs, blocks, plan, groups):
        # without readings: a place knows its blocks by the numbers of their lines, which change
        plan = learn(source, refs, blocks, place)
        groups, unread = group_blocks(source, refs, blocks, plan)
    finished = with_records(source, [finish(group, plan) for group in groups])
    finished = [(group, draft) for group, draft in finished if not is_directory(group.candidate, draft)]
    drafts = without_introduction(without_doubtful(finished))
    del blocks, groups, finished  # from here on each goes when its entry is made
    entries = [
        make_entry(source, group, draft, number, "" if names.previous else names.fresh(named_after(draft)))
        for number, (group, draft) in enumerate(_one_by_one(drafts), 1)
    ]
    return names.given(entries) if names.previous else entries, unread


def _one_by_one(items: list[_T]) -> Iterator[_T]:
    """Each item, let go of once it is given: the drafts of a large list never stand beside all its entries."""
    items.reverse()
    while items:
        yield items.pop()
