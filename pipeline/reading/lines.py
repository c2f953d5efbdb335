"""What a line is by itself: people, links, a caption, something with a label."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.formats._cited import find_signature
from pipeline.formats._inline import Inline, Mark, without_signs
from pipeline.formats._labels import line_label
from pipeline.formats._links import leads_to_paper
from pipeline.formats._people import find_people
from pipeline.formats._slots import titled_elsewhere
from pipeline.formats._when import find_when
from pipeline.reading.destinations import PAPER_LABEL
from pipeline.reading.plan import Plan
from pipeline.text import lazy

_LABELLED = lazy(
    r"[*_\[(]*+(?:papers?|pdf|arxiv|codes?|github|project(?: page)?|authors?|home(?:page)?|website|link|venue|conference"
    r"|date|year|data(?:set)?|demo|论文|代码|作者|主页|链接)[*_\])]*+\s?[:：(]",
    re.I,
)


def is_linked_people(head: Inline) -> bool:
    """Whether a line is nothing but two names and more, some of them links to somebody's page."""
    if not head.links or any(map(leads_to_paper, head.links)):
        return False
    text = head.plain(head.start, head.end).strip(" .*_")
    people = find_people(text, sure=True)
    if people is None or people.start or len(text) - people.end > 2:
        return False
    return len(people.names) > 1 and all(" " in name for name in people.names)


def words_beside(inline: Inline, marks: Sequence[Mark]) -> str:
    """The letters and digits of a text that stand in none of the marks."""
    at, between = inline.start, []
    for mark in marks:
        between.append(inline.text[at : mark.start])
        at = max(at, mark.end)
    return without_signs("".join(between) + inline.text[at : inline.end])


def is_labelled(head: Inline, plan: Plan) -> bool:
    """Whether a line opens with a label (`Paper:`, or any that returns in this list) and holds no title."""
    if opens_with_label(head):
        return True
    return line_label(head) in plan.context.labels and not titled_elsewhere(head, plan.context)


def is_people(inline: Inline) -> bool:
    """Whether a line holds names, at most with a venue behind them."""
    if not inline.links and find_signature(inline.text, inline.start, inline.end):
        return True
    stop = inline.links[0].start if inline.links else inline.end
    text = inline.plain(inline.start, stop).rstrip("[( ")
    people = find_people(text)
    rest = text[people.end :].strip(" .,;:") if people else text
    if inline.links and (
        people is None
        or len(people.names) < 2
        or words_beside(inline, inline.of("link")) != without_signs(text)
    ):
        return False
    return (
        people is not None and (len(rest) < 4 or find_when(rest, alone=True) is not None) and len(rest) < 60
    )


def names_authors(inline: Inline) -> bool:
    """Whether a line is labelled as the authors' and holds names."""
    if not line_label(inline).startswith("author"):
        return False
    text = inline.plain(inline.start, inline.end)
    return find_people(text[text.index(":") + 1 :] if ":" in text else text, sure=True) is not None


def is_paper_line(inline: Inline) -> bool:
    """Whether a line holds nothing but links and one is labelled as the paper's: `![](pdf.png) [Paper](file.pdf)`."""
    return holds_links_only(inline) and any(
        PAPER_LABEL.fullmatch(inline.plain(m.inner_start, m.inner_end).strip("[] ")) for m in inline.links
    )


def holds_links_only(inline: Inline) -> bool:
    """Whether a line holds links and no word beside them."""
    return bool(inline.links) and not words_beside(inline, inline.of("link", "image"))


def opens_with_label(inline: Inline) -> bool:
    """Whether a line opens with one of the labels that most lists know: `Paper:`, `Authors:`, `Code (official):`."""
    return _LABELLED.match(inline.text, inline.start, inline.end) is not None


def opens_with_link(inline: Inline) -> bool:
    """Whether a short line opens with a link that is not the title of another paper."""
    links = inline.links
    if not links or links[0].start > inline.start + 2 or inline.end - inline.start >= 600:
        return False
    words = len(inline.text[links[0].inner_start : links[0].inner_end].split())
    return words < 4 or words > 40 or not leads_to_paper(links[0])


def is_titled_address(head: Inline) -> bool:
    """Whether a paragraph is a line like a title and, on the next, a bare address: a work of its own, if no paper."""
    line = head.text.find("\n", head.start, head.end)
    if line < 0 or len(head.links) != 1 or not head.start + 12 < line < head.links[0].start:
        return False
    link, title = head.links[0], head.text[head.start : line]
    bare = link.is_bare and link.end >= head.end and link.start - line < 4
    return bare and len(title.split()) > 2 and not line_label(head) and find_people(title, sure=True) is None


def is_short_detail(head: Inline) -> bool:
    """Authors, links or badges on a line of their own, outside of any list."""
    rest = head.plain(head.start, head.end)
    words = len(rest.split())
    if _is_caption(head) or (head.links and all(mark.url[:1] == "#" for mark in head.links)):
        return False
    styled = bool(head.marks and head.marks[0].kind == "italic" and head.marks[0].start <= head.start + 2)
    if not styled and words > 12:
        return False
    linked = any(mark.kind in ("link", "image") for mark in head.marks)
    return linked or find_people(rest, sure=True) is not None or find_when(rest, alone=True) is not None


def _is_caption(head: Inline) -> bool:
    """Whether a line is bold from end to end: the name of a group."""
    first = head.marks[0] if head.marks else None
    return first is not None and first.kind == "bold" and first.start <= head.start and first.end >= head.end
