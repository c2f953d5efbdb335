"""What a list says of itself: how many papers it has, in badges, and how an entry is written; and what is wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.formats._blocks import heading_text, read_blocks
from pipeline.formats._source import Source, load
from pipeline.model import Badge, Problem
from pipeline.reading.sections import document_title
from pipeline.text import lazy

_MOST_PROBLEMS = 1000
"""Bytes that are not UTF-8 are reported one by one up to this number: beyond, the file is no text."""
_BADGE = lazy(r"img\.shields\.io/badge/((?:[^-\s)\"'?/]|--)++)-(\d++)(?=-)")
_COUNT_LABELS = frozenset({"papers", "papernumber", "paper", "papercount", "numberofpapers"})
_EMPTY_LINK = lazy(r"\[([^\[\]\n]{0,200}+)\]{1,2}\(\s{0,10}+\)")
_TEMPLATE = lazy(r"template|<title>|\btitle\b.*\bauthors?\b|\[\[?paper\]?\]?\(\s*\)", re.I)
_TEMPLATE_LEAD = lazy(r"[^\n:]{0,40}template[^\n:]{0,20}:[ \t]*", re.I)


def own_title(data: bytes) -> str | None:
    """How a list calls itself: its first heading, if that is of the highest level."""
    source = load(data)
    first = document_title(read_blocks(source))
    return heading_text(source, first) or None if first else None


def find_badges(source: Source) -> Iterator[Badge]:
    """The badges that count the papers of a list."""
    for match in _BADGE.finditer(source.visible):
        label = match[1].replace("--", "-")
        folded = re.sub(r"%20|[\W_]", "", label).casefold()
        if folded in _COUNT_LABELS and len(match[2]) < 10:
            yield Badge(label, int(match[2]), source.line_of(match.start()), source.byte_span(match.span(2)))


def find_problems(source: Source) -> Iterator[Problem]:
    """Links that lead nowhere, and bytes that are no text."""
    for match in _EMPTY_LINK.finditer(source.visible):
        line = source.line_of(match.start())
        yield Problem(line, "empty link", f"the link {match[0]!r} leads nowhere")
    strange = source.undecodable()
    for char in strange[:_MOST_PROBLEMS]:
        line, offset = source.line_of(char), source.byte_offset(char)
        yield Problem(
            line, "undecodable", f"byte 0x{source.data[offset]:02x} at offset {offset} is not UTF-8"
        )
    if len(strange) > _MOST_PROBLEMS:
        line, more = source.line_of(strange[_MOST_PROBLEMS]), len(strange) - _MOST_PROBLEMS
        yield Problem(line, "undecodable", f"{more:,} more bytes from here on are not UTF-8")


def find_template(source: Source) -> str | None:
    """The list's own insertion template: a short comment that says so or shows empty links."""
    for start, end in source.comments:
        text = source.text[start + 4 : end - 3].strip()
        if len(text) < 1000 and "\n\n" not in text and "()" in text and _TEMPLATE.search(text):
            lead = _TEMPLATE_LEAD.match(text)
            return text[lead.end() :].strip() if lead else text
    return None
