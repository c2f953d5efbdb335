"""A row of a pipe or HTML table: what a column holds is said by its header and shown by its cells."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipeline.formats import linked_title
from pipeline.formats._cells import name_place
from pipeline.formats._cited import find_cited_name
from pipeline.formats._fields import describe
from pipeline.formats._inline import Inline
from pipeline.formats._labels import is_generic
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import first_titled, is_titled
from pipeline.identifiers import read_url
from pipeline.text import lazy

name = "table row"

_DIGEST = 160
"""Cells longer than this hold more than a title; behind a counter half of it is enough."""
_COUNTER = lazy(r"\s*+[(\[]?\d{1,3}[.)\]]\s++")
_SUMMARY = lazy(r"\s*+[-–—:：]|\s*+<br|\s+[A-Za-z]")
_IN_PROSE = lazy(r"\s*+[-–—:：]\s+[a-z]")
_SENTENCE_BEGINS = lazy(
    r"\s+[-–—]\s|\s{2,}(?=\S)|\s(?=(?:This|The|These|A|An|We|In this|It)\s(?:\w+[\s-]){0,4}?\w+s\b)|\s(?=[A-Z][a-z]+(?:es|ts|ns|rs|ds|ys)\s(?:a|an|the|how|that)\s)"
)
_RERUN = lazy(r"\[Re\]", re.I)
"""What journals of reproductions open their titles with: `[Re] Rigging the Lottery`."""
_OPEN_ASIDE = lazy(r"\s?\([^()\n]{0,30}$")
"""Parentheses that open before a link and close behind it: `(Read more on [arXiv](url))`."""
_FULL_STOP = lazy(r"[a-zA-Z]{2}[.!] (?=[A-Z])")
_VERB = lazy(r" (?:is|are|was|were|may|can|will|has|have|should|please) ", re.I)
_PAGE_BESIDE = lazy(r"(?![a-z]+:)[^?]{0,300}\.(?:md|markdown|rst|html?)(?:#.*)?$|#", re.I)
_SEARCH = lazy(r"[?&](?:q|query|search\w*)=", re.I)
_TITLES = lazy(r"\btitles?\b|标题|题目", re.I)
_ITALICS = lazy(r"_[^_\n]{2,60}_|\*[^*\n]{2,60}\*")
_CAPTION = 4
"""A row of so few words and nothing else names a group."""
_PAPER = lazy(r"\W*(?:papers?|论文)\W*", re.I)


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read a row whose table's columns are known."""
    roles = context.columns.get(candidate.block.table)
    if not candidate.cells or roles is None or _is_menu(candidate) or _is_layout(candidate):
        return None
    slot = _title(candidate, roles, context) or _nickname(candidate, roles)
    if slot is None or _is_caption(candidate, slot):
        return None
    draft = describe(candidate, slot, context, roles)
    if draft.title_url is None and (url := _headed_paper(candidate)):
        return replace(draft, title_url=url)
    return draft


def _is_menu(candidate: Candidate) -> bool:
    """Whether a row only leads on to other pages of the list: every cell is one link, none to a paper."""
    cells: list[Inline] = []
    for cell in candidate.cells:
        if cell.end > cell.start:
            if len(cell.links) != 1 or _said_beside(cell):
                return False
            cells.append(cell)
    urls = [cell.links[0].url for cell in cells]
    here = all(_PAGE_BESIDE.match(url) for url in urls)
    if here or len(cells) < 3:
        return here
    generic = any(is_generic(cell.plain(cell.start, cell.end)) for cell in cells)
    return not generic and not any(read_url(url).role == "paper" for url in urls)


def _is_layout(candidate: Candidate) -> bool:
    """Whether a row of a table without a header only sets text on the page: sentences, and no link to a paper."""
    if any(candidate.block.header):
        return False
    cells = candidate.cells
    said = [cell.plain(cell.start, cell.end) for cell in cells if cell.end - cell.start > _DIGEST]
    prose = any(len(_FULL_STOP.findall(text)) > 1 and len(_VERB.findall(text)) > 1 for text in said)
    return prose and not any(read_url(link.url).role == "paper" for cell in cells for link in cell.links)


def _said_beside(cell: Inline) -> bool:
    """Whether a cell holds words apart from its link."""
    link = cell.links[0]
    beside = cell.plain(cell.start, link.start) + cell.plain(link.end, cell.end)
    return any(map(str.isalnum, beside))


def _is_caption(candidate: Candidate, slot: TitleSlot) -> bool:
    """Whether a row without any link names a group of the rows below it: its cell is code from end to end, or the only
    one that says anything, a few words in italics.
    """
    if slot.name or any(cell.links for cell in candidate.cells):
        return False
    cell = next((cell for cell in candidate.cells if cell.start <= slot.start < cell.end), None)
    if cell and _ITALICS.fullmatch(cell.text, cell.start, cell.end):
        return _is_alone(candidate, cell)
    code = cell.marks[0] if cell and cell.marks else None
    if cell is None or code is None or code.kind != "code" or len(cell.of("code")) > 1:
        return False
    beside = cell.text[cell.start : code.start] + cell.text[code.end : cell.end]
    return not any(map(str.isalnum, beside))


def _is_alone(candidate: Candidate, cell: Inline) -> bool:
    """Whether a cell holds a few words and those beside it, which the table has, nothing at all."""
    others = (one for one in candidate.cells if one is not cell)
    few = len(cell.plain(cell.start, cell.end).split()) <= _CAPTION
    return few and len(candidate.block.header) > 2 and all(one.end <= one.start for one in others)


def _headed_paper(candidate: Candidate) -> str | None:
    """The one link in a column headed "Paper", whatever its label says: where the row's paper is."""
    for index in paper_columns(candidate.block.header):
        links = candidate.cells[index].links if index < len(candidate.cells) else ()
        if len(links) == 1 and is_address(links[0].url):
            return links[0].url
    return None


def is_address(url: str) -> bool:
    """Whether a link leads to a page of the web, and not to what searching for its words gives."""
    return url.startswith("http") and not _SEARCH.search(url)


@lru_cache(maxsize=256)
def paper_columns(header: tuple[str, ...]) -> tuple[int, ...]:
    """The columns headed "Paper"."""
    return tuple(index for index, text in enumerate(header) if _PAPER.fullmatch(text))


def _title(candidate: Candidate, roles: tuple[str, ...], context: Context) -> TitleSlot | None:
    for cell, role in zip(candidate.cells, roles, strict=False):
        if role == "title":
            return (
                _digest(cell)
                or _tagged(cell)
                or linked_title.find(cell, context)
                or first_titled(cell, "bold", 1.0)
                or _whole(cell)
                or _one_word(cell, candidate, roles)
            )
    return None


def _one_word(cell: Inline, candidate: Candidate, roles: tuple[str, ...]) -> TitleSlot | None:
    """The one word that fills the cell of a title, where the table says so and has the nickname in another column."""
    header, text = candidate.block.header, cell.text[cell.start : cell.end]
    if cell.marks or len(text) < 4 or not text.isalpha() or is_generic(text) or "name" not in roles:
        return None
    index = roles.index("title")
    named = next((one for one, role in zip(candidate.cells, roles, strict=False) if role == "name"), cell)
    if index >= len(header) or not _TITLES.search(header[index]) or named.end <= named.start:
        return None
    return TitleSlot(cell.start, cell.end, (cell.start, cell.end), 0.9)


def _digest(cell: Inline) -> TitleSlot | None:
    """The name or title that opens a cell with a summary behind it: `3) **FrugalGPT** - reduces the cost of ...`.

    It is bold, or ends at a dash, at two spaces, or where a sentence about the paper begins.
    """
    counter = _COUNTER.match(cell.text, cell.start, cell.end)
    if counter is None and cell.end - cell.start <= _DIGEST:
        return None
    prose = cell.end - cell.start > (_DIGEST // 2 if counter else _DIGEST)
    start = counter.end() if counter else cell.start
    opening = next((mark for mark in cell.marks if mark.kind != "paren"), None)
    if opening and opening.start <= start:
        if opening.kind != "bold" or not _SUMMARY.match(cell.text, opening.end, cell.end):
            return None
        goes_on = _IN_PROSE.match(cell.text, opening.end, cell.end)
        taken = start, cell.end if goes_on else opening.end
        return TitleSlot(opening.inner_start, opening.inner_end, taken, 1.0)
    if not prose:
        return None
    stop = min(
        [cell.end, start + 200, *(mark.start for mark in cell.marks if mark.kind in ("break", "link"))]
    )
    ends = _SENTENCE_BEGINS.search(cell.text, start, stop)
    if ends is None or ends.start() <= start or is_generic(cell.plain(start, ends.start())):
        return None
    return TitleSlot(start, ends.start(), (start, cell.end), 0.9)


def _tagged(cell: Inline) -> TitleSlot | None:
    """The title behind a nickname in brackets that opens a cell: `[**vLLM**] Efficient Memory Management ...(@UC Berkeley)`.

    Text all the way, links apart: what stands in brackets before a link may be anything.
    """
    if not cell.marks or "[" not in cell.text[cell.start : cell.start + 4]:
        return None
    tag = next((mark for mark in cell.marks if mark.kind == "bracket"), None)
    if (
        tag is None
        or any(map(str.isalnum, cell.text[cell.start : tag.start]))
        or _RERUN.match(cell.text, tag.start)
    ):
        return None
    start = tag.end
    while start < cell.end and cell.text[start] in " \t:：":
        start += 1
    inside = cell.of("link", "image", "break")
    end = next((mark.start for mark in inside if mark.start >= start), cell.end)
    text = cell.plain(start, end)
    if any(mark.start < start for mark in inside) or len(text.split()) < 2 or not is_titled(text):
        return None
    return TitleSlot(start, end, (start, end), 0.9)


def _whole(cell: Inline) -> TitleSlot | None:
    """The longest unmarked line of a cell."""
    best: tuple[int, int] | None = None
    at = cell.start
    for mark in [*cell.marks, None]:
        if mark and (mark.kind not in ("link", "image", "break") or mark.start < at):
            continue
        end = mark.start if mark else cell.end
        if mark and mark.kind == "link" and (aside := _OPEN_ASIDE.search(cell.text, at, end)):
            end = aside.start()
        if best is None or end - at > best[1] - best[0]:
            best = (at, end)
        at = mark.end if mark else at
    if best and (counter := _COUNTER.match(cell.text, *best)):
        best = counter.end(), best[1]
    text = cell.plain(*best) if best else ""
    if best is None or not is_titled(text) or is_generic(text):
        return None
    return TitleSlot(best[0], best[1], best, 0.9)


def _nickname(candidate: Candidate, roles: tuple[str, ...]) -> TitleSlot | None:
    """A row that gives only a name: the cell of the name column, else the first cell with a text."""
    for wanted in ("name", "title", "other"):
        for cell, role in zip(candidate.cells, roles, strict=False):
            if role != wanted:
                continue
            start, end = name_place(cell)
            cited = find_cited_name(cell.text, start, end)
            text = cell.plain(start, cited.end if cited else end)
            if (
                any(c.isalpha() for c in text)
                and len(text) < 80
                and (not is_generic(text) or wanted == "name")
            ):
                link = next((m for m in cell.links if m.inner_start == start), None)
                url = (link.url_start, link.url_end) if link else None
                place = (start, cited.end if cited else end)
                return TitleSlot(*place, (cell.start, cell.end), 0.6, url, name=True)
    return None
