"""The shape of an entry in a uniform list: its slots, and how each is filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.rendering.escaping import as_markdown, link_target


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of the shape, with the literal text that comes and goes with it."""

    name: str
    before: str
    after: str
    sample: str


DEFAULT_SHAPE = (
    '0. <u>Model</u>: **"Title"**. *Name et al.*  202X. [[Paper]()] [[Github]()] [[HuggingFace]()]'
)
"""The shape of an entry where the list shows none of its own."""
_PLACES = re.compile(
    r"(?P<links>\[{1,2}\w[^\[\]]*\]{1,2}\(.*[)\]])"
    r"|(?P<marker>^[-*+](?=\s))|(?P<number>^\d+(?=[.)]\s))"
    r"|(?P<venue>\b(?:venue|conference|journal)\b(?:\W{1,3}(?:20[\dX]{2}|year|YYYY)\b)?|\b(?:20[\dX]{2}|year|YYYY)\b)"
    r"|(?P<authors>\b(?:first )?(?:authors?|names?)\b(?:,? et al\.?)?)"
    r"|(?P<title>\b(?:paper )?title\b)"
    r"|(?P<short_name>\b(?:model|method|nickname|short name|acronym)\b)",
    re.IGNORECASE,
)


def read_shape(text: str) -> tuple[Slot, ...] | None:
    """The slots of a list's insertion template; None where it is no line with a title and a link.

    `0. <u>Model</u>: **"Title"**. *Name et al.*  202X. [[Paper]()]` has the slots number, short_name,
    title, authors, venue (venue and year) and links; the literal text around a slot belongs to it, so
    that it goes where an entry does not say the thing.
    """
    line = one_line_keeping_gaps(text)
    found: dict[str, re.Match[str]] = {}
    for match in _PLACES.finditer(line):
        found.setdefault(match.lastgroup or "", match)
    places = sorted(found.values(), key=lambda match: match.start())
    if not {"title", "links"} <= found.keys() or line.startswith("|"):
        return None
    cuts = [0, *(_cut(line, one, two) for one, two in pairwise(places)), len(line)]
    slots = tuple(
        Slot(match.lastgroup or "", line[start : match.start()], line[match.end() : end], match.group())
        for match, start, end in zip(places, cuts[:-1], cuts[1:], strict=True)
    )
    return None if any(re.search(r"\d", slot.before + slot.after) for slot in slots) else slots


def one_line_keeping_gaps(text: str) -> str:
    """The first line of a template that has words, without what introduces it (`Insertion Template:`)."""
    line = next((line for line in text.strip().splitlines() if line.strip()), "")
    return re.sub(r"^\s*(?:\w+ )?template\s*:\s*", "", line, flags=re.IGNORECASE).rstrip()


def _cut(line: str, one: re.Match[str], two: re.Match[str]) -> int:
    """Where the text between two places parts: after its last white space, else at the second place."""
    between = line[one.end() : two.start()]
    gap = max(between.rfind(" "), between.rfind("\t"))
    return one.end() + gap + 1 if gap >= 0 else two.start()


def filled(slot: Slot, fields: Mapping[str, Any]) -> str:
    """One slot with its value, or nothing where the entry has none."""
    text = _FILLERS[slot.name](slot, fields)
    before, after = slot.before, slot.after
    if slot.name == "title":
        before, after = _without_quotes(before, after, fields["title"] or "")
    return f"{before}{text}{after}" if text else ""


def _without_quotes(before: str, after: str, title: str) -> tuple[str, str]:
    """A title with quotes at its own ends is printed without the shape's: `""Why?": On Trust"` misleads."""
    quotes = "\"'“”‘’"
    if not title or not (title[0] in quotes or title[-1] in quotes):
        return before, after
    return before.rstrip(quotes), after.lstrip(quotes)


def _fill_authors(slot: Slot, fields: Mapping[str, Any]) -> str:
    authors = [as_markdown(name) for name in fields["authors"]]
    if "et al" in slot.sample and len(authors) == 2 and not fields["et_al"]:
        return " and ".join(authors)
    more = fields["et_al"] or len(authors) > 1
    if "et al" in slot.sample and more and authors:
        return f"{authors[0]} et al." if slot.sample.endswith(".") else f"{authors[0]} et al"
    return ", ".join(authors) + (" et al." if fields["et_al"] and authors else "")


def _fill_venue(slot: Slot, fields: Mapping[str, Any]) -> str:
    said = [fields["venue"], fields["year"]]
    return " ".join(as_markdown(str(one)) for one in said if one)


def _fill_links(slot: Slot, fields: Mapping[str, Any]) -> str:
    doubled = slot.sample.startswith("[[")
    texts = [f"[{as_markdown(link.label)}]({link_target(link.url)})" for link in fields["links"]]
    return " ".join(f"[{text}]" if doubled else text for text in texts)


def _fill_plain(slot: Slot, fields: Mapping[str, Any]) -> str:
    value = fields[slot.name]
    return "" if value is None else as_markdown(str(value))


_FILLERS: Mapping[str, Callable[[Slot, Mapping[str, Any]], str]] = {
    "marker": lambda slot, _: slot.sample,
    "number": _fill_plain,
    "short_name": _fill_plain,
    "title": _fill_plain,
    "authors": _fill_authors,
    "venue": _fill_venue,
    "links": _fill_links,
}
