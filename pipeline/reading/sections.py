"""The parts of a list that hold no entries: its own title, news, licences, thanks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from pipeline.formats._blocks import Block
from pipeline.formats._inline import SHORTCODE, Inline, without_signs
from pipeline.formats._source import CharSpan, Source
from pipeline.reading.candidates import candidate_of
from pipeline.reading.destinations import PAGE
from pipeline.text import lazy

_LONGEST = 32_768
_NOT_ENTRIES = lazy(
    r"\W*(?:(?:latest |recent |breaking )?news(?: & updates| and updates)?|what'?s new\W*|(?:(?:most )?recent |latest )?updates?(?: (?:notes?|logs?|history))?"
    r"|change ?log|announcements?|table of contents?|contents?|toc|outline|contribut\w*(?: \w+){0,3}|acknowledge?ments?"
    r"|licen[cs]es?|(?:bibtex )?citations?|cite(?: us| this\b.*)?|citing.*|star(?:gazers?)?(?: history| over time)?|contacts?"
    r"|how to (?:contribute|cite).*|related (?:github )?(?:repos\w*|awesome|lists?|projects?|resources).*"
    r"|other awesome.*|(?:similar|more) (?:lists?|collections?|awesome).*|sponsors?|maintainers?|目录|介绍|简介|前言|说明|更新.*|引用.*|贡献.*|交流.*)\W*",
    re.I,
)
_ABOUT_THE_LIST = lazy(
    r"\b(?:contribut(?:ors?|ing|ions?)|maintainers?|acknowledge?ments?|licen[cs]e|star ?history|stargazers|sponsors?"
    r"|contact(?: us)?|how to cite|citing)\b",
    re.I,
)
_NEWS = lazy(r"\W*(?:latest |recent )?(?:news|updates?|change ?log|announcements?)\W*", re.I)
_WHATS_NEW = lazy(r"\W*what'?s new\W*", re.I)
_SHORTCODE = lazy(SHORTCODE)


def document_title(blocks: Sequence[Block]) -> Block | None:
    """The heading that names the list itself: the first of all, and of the highest level."""
    first = next((block for block in blocks if block.kind == "heading"), None)
    return first if first and first.level == 1 else None


def is_ignored(block: Block, kept: frozenset[tuple[str, ...]]) -> bool:
    """Whether a block is no place for entries: under "News" or "Licence", or longer than any entry is."""
    if block.end - block.start > _LONGEST:
        return True
    return bool(block.section) and _skips(block.section) and block.section not in kept


def new_papers(
    source: Source, refs: dict[str, CharSpan], blocks: Sequence[Block]
) -> frozenset[tuple[str, ...]]:
    """Sections "What's New" below a topic whose items are nearly all a linked title and at most a year: its new papers."""
    items: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    for block in blocks:
        if block.kind != "heading" and len(block.section) > 1 and _WHATS_NEW.fullmatch(block.section[-1]):
            plain = block.kind == "item" and _is_linked_title(candidate_of(source, refs, block).head)
            items[block.section].append(plain)
    return frozenset(section for section, plain in items.items() if 4 * sum(plain) >= 3 * len(plain))


def _is_linked_title(head: Inline) -> bool:
    """Whether a text is a link of three words and more that leads to no page of the list, with no words beside it."""
    first = head.links[0] if head.links else None
    if first is None or first.start > head.start or PAGE.match(first.url):
        return False
    words = head.plain(first.inner_start, first.inner_end).split()
    return len(words) > 2 and not without_signs(head.plain(first.end, head.end)).strip("0123456789")


@lru_cache(maxsize=4096)
def _skips(section: tuple[str, ...]) -> bool:
    section = tuple(_SHORTCODE.sub("", title).strip() for title in section)
    last = section[-1]
    about = len(last.split()) <= 5 and _ABOUT_THE_LIST.search(last) is not None
    return about or bool(_NOT_ENTRIES.fullmatch(last)) or any(_NEWS.fullmatch(title) for title in section)
