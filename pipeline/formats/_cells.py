"""What cells say under headers that name two things at once, or names that are none: user names, a team and its status."""

from __future__ import annotations

import re

from pipeline.formats._people import People, is_name
from pipeline.formats._when import When, find_when, is_known
from pipeline.text import lazy

_USER = lazy(r"[A-Za-z][\w.-]{2,30}")
_CAMEL = lazy(r"[A-Z][a-z]+(?:[A-Z][a-z]+){1,3}")
_MARKED = lazy(r"[^\W\d_]{3,}\d$")
"""A name with the number of a laboratory behind it: `Smith1`."""
_SERVER = lazy(
    r"\s*((?:ar|bior|medr|chemr|psyar|techr|engr)xiv|SSRN|OpenReview)\b((?:\s(?:working paper|preprint))?)"
    r"(?:,?\s((?:19|20)\d\d)\b)?",
    re.I,
)
_ATTRIBUTE = lazy(r"^[> \t]*+\|([^|\n]{1,40}+)\|([^|\n]{1,1000}+)\|[ \t]*$", re.M)
_SIGNS = lazy(r"[\W\d_]++")
_STATUS = 40
"""A whole cell longer than this says more than where a paper stands."""


def find_users(text: str) -> People | None:
    """The authors of a cell that names some as a site does: `Yuxiao Qu, yuexiang96, jeepliu`; else None.

    The header says that they are authors; each must still be a name, or one word as users are called.
    """
    if "," not in text or len(text) > 1000:
        return None
    names = [" ".join(piece.split()) for piece in text.split(",")]
    names = [name for name in names if name]
    users = [_is_user(name) for name in names]
    if len(names) < 2 or not any(users):
        return None
    if not all(
        user or is_name(name) or _CAMEL.fullmatch(name) for user, name in zip(users, names, strict=True)
    ):
        return None
    start = len(text) - len(text.lstrip(" ,"))
    return People(tuple(names), False, start, len(text.rstrip(" ,")))


def _is_user(name: str) -> bool:
    """Whether a word is how somebody is called on a site: written small, or with a number that is part of it."""
    if _USER.fullmatch(name) is None or not any(map(str.islower, name)):
        return False
    numbered = any(map(str.isdigit, name)) and _MARKED.fullmatch(name) is None
    return numbered or (name[0].islower() and "." not in name)


def find_status(text: str) -> tuple[int, When] | None:
    """Where a paper stands, in a cell that says so of its team behind a semicolon, or that says nothing else.

    `City University; arXiv 2026`, `TechRxiv preprint, 2025`; only venues and servers that are known. The
    positions count from the number returned.
    """
    at = text.rfind(";") + 1
    if not at and len(text) > _STATUS:
        return None
    said = text[at:]
    if server := _SERVER.match(said):
        year = int(server[3]) if server[3] else None
        place = server.start(1), server.end(2)
        return at, When(*server.span(), place, year, server.span(3) if year else None)
    when = find_when(said, alone=True)
    if when is None or when.venue is None or when.start > 3 or not is_known(said[slice(*when.venue)]):
        return None
    return at, when


def find_attributes(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    """The folded label and the place of the value of each row of a table that describes one paper: `| Author | Name |`."""
    if text[start : start + 1] != "|":
        return []
    rows = [
        (_SIGNS.sub(" ", row[1]).strip().casefold(), *row.span(2))
        for row in _ATTRIBUTE.finditer(text, start, end)
    ]
    return [row for row in rows if row[0]]
