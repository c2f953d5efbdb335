"""The BibTeX record that some lists give below an entry, in a code block: it names the authors where the entry does not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.formats._inline import fold_signs
from pipeline.formats._source import CharSpan, Source
from pipeline.text import lazy

_FENCE = lazy(r"\s{0,12}`{3,}")
_RECORD = lazy(r"\s*@[A-Za-z]{3,20}\s?\{")
_TITLE = lazy(r"(?<![A-Za-z])title\s*=\s*[{\"]{1,3}([^\n]{3,400}?)[}\"]{1,3},?\s*\n", re.I)
_AUTHORS = lazy(r"(?<![A-Za-z])author\s*=\s*[{\"]([^=@]{3,4000}?)[}\"],?\s*\n", re.I)
_AND = lazy(r"\s+and\s+")
_LONGEST = 60
"""So many lines a record has at most."""
_LARGEST = 8000
_BETWEEN = 3
"""So many lines stand at most between an entry and its record: blank ones, and one of words."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says of its paper; `last_line` is where its code block is closed."""

    title: str
    authors: tuple[str, ...]
    et_al: bool
    place: CharSpan
    last_line: int


def record_below(source: Source, line: int, stop: int) -> Record | None:
    """The record of one paper in the code block that follows `line` and ends before the line `stop`."""
    opened = _opening(source, line + 1, min(stop, line + 2 + _BETWEEN))
    if opened is None or opened + 1 >= stop or not _RECORD.match(source.line(opened + 1)):
        return None
    closed = next(
        (at for at in range(opened + 1, min(stop, opened + _LONGEST)) if _FENCE.match(source.line(at))), None
    )
    if closed is None:
        return None
    start, end = source.line_starts[opened + 1], source.line_starts[closed]
    if end - start > _LARGEST or source.visible.count("@", start, end) > 1:
        return None
    title = _TITLE.search(source.visible, start, end)
    authors = _AUTHORS.search(source.visible, start, end)
    if title is None or authors is None:
        return None
    names = [" ".join(name.split()) for name in _AND.split(authors[1].strip()) if name.strip()]
    et_al = names[-1:] == ["others"]
    return Record(title[1], tuple(names[: len(names) - et_al]), et_al, authors.span(1), closed)


def _opening(source: Source, first: int, stop: int) -> int | None:
    """Where the code block opens, if at most one line of words stands before it."""
    words = 0
    for line in range(first, stop):
        text = source.line(line)
        if _FENCE.match(text):
            return line
        words += bool(text.strip())
        if words > 1 or text.lstrip().startswith(("#", "<", "|")):
            return None
    return None


def same_title(title: str | None, other: str) -> bool:
    """Whether two titles are the same but for case, signs and braces."""
    return title is not None and fold_signs(title) == fold_signs(other) != ""
