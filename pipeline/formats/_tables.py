"""What the columns of a table hold, from its header and from its cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.formats._inline import Inline
from pipeline.formats._labels import is_generic
from pipeline.formats._slots import is_titled
from pipeline.formats._when import find_when, is_known
from pipeline.text import lazy

_HEADERS = (
    ("title", lazy(r"\b(?:papers?|titles?)\b.*\bauthors?\b", re.I)),
    ("title", lazy(r"\btitles?\b|标题|题目", re.I)),
    ("authors", lazy(r"\bauthors?\b|作者", re.I)),
    ("status", lazy(r"\bstatus\b", re.I)),
    ("comment", lazy(r"\b(?:comments?|notes?|remarks?)\b|备注", re.I)),
    ("prose", lazy(r"\b(?:descriptions?|summary|abstract|tl;?dr|highlights?|brief"
                         r"|contributions?|intro\w*|details?|institut\w*|affiliation\w*|organi[sz]ation|company"
                         r"|size|params?|stars?|task|type|category|tags?|base|language|license)\b|简介|机构", re.I)),
    ("date", lazy(r"\bpubli\w* (?:dates?|years?|time)\b|\b(?:dates?|years?) (?:of|published)\b", re.I)),
    ("title", lazy(r"\b(?:titles?|papers?|articles?|publication|work)\b|论文|题目|标题|文献", re.I)),
    ("other", lazy(r"\borgs?\b", re.I)),
    ("venue", lazy(r"\b(?:venues?|conf\w*|journal|publish\w*|pub|where|j/c|c/j)\b|^source$|会议|期刊", re.I)),
    ("date", lazy(r"\b(?:dates?|years?|time|released?|month)\b|日期|时间|年份", re.I)),
    ("name", lazy(r"\b(?:models?|names?|methods?|keywords?|systems?|abbr\w*|nickname|acronym|approach|algorithm"
                        r"|benchmarks?|datasets?|llms?)\b|名称|模型|简称|方法", re.I)),
    ("links", lazy(r"\b(?:codes?|links?|github|pdf|url|arxiv|projects?|web\w*|resources?|blog|home\w*|demo"
                         r"|repo\w*)\b|链接|代码", re.I)),
)  # fmt: skip
_USED = lazy(r"\b(?:benchmarks?|datasets?|llms?|base|backbone)\b", re.I)
_SAYS_ABOUT = lazy(r"\bkey ?(?:words?|points?|ideas?)\b", re.I)
"""A header over phrases about a paper, however long they are: never its title."""
_LONG_NAME = 5
"""So many words a name may have where the title stands before it; most cells with more hold prose."""


def column_roles(header: Sequence[str], rows: Sequence[Sequence[Inline]]) -> tuple[str, ...]:
    """The role of each column: title, name, authors, venue, date, links, prose, or `other`.

    `rows` is a sample of the table's rows. Exactly one column is the title, where any cell reads like
    one; a header that says "Paper" over links named "Paper" does not make it so.
    """
    width = max([len(header), *map(len, rows)], default=0)
    rows = [row for row in rows if 2 * len(row) > width]
    said = [_said(header[index]) if index < len(header) else "other" for index in range(width)]
    shares = [_titled_share(rows, index, said) for index in range(width)]
    scores = [_score(role, share) for role, share in zip(said, shares, strict=True)]
    for index in (n for n, text in enumerate(header) if _SAYS_ABOUT.search(text)):
        scores[index] = 0.0
    best = max(range(width), key=lambda index: scores[index], default=-1)
    roles = ["links" if role == "title" else role for role in said]
    titles = best if best >= 0 and scores[best] >= 0.5 else -1
    roles = ["title" if n == titles else _by_cells(rows, n, role, said[n]) for n, role in enumerate(roles)]
    if titles > 0 and "name" not in roles[:titles]:
        roles[:titles] = [
            "name" if role == "other" and _leads_to_namesakes(rows, n) else role
            for n, role in enumerate(roles[:titles])
        ]
    return tuple(_with_one_name(rows, roles, header))


def _by_cells(rows: Sequence[Sequence[Inline]], index: int, role: str, said: str) -> str:
    """The role of a column whose header does not say it: dates, or venues that are known as such."""
    if role != "other" and (role, said) != ("links", "title"):
        return role
    if _dated_share(rows, index) > 0.5:
        return "date"
    venues = _venue_share(rows, index) if said == "title" else _known_share(rows, index)
    return "venue" if venues > 0.5 else role


def _with_one_name(rows: Sequence[Sequence[Inline]], roles: list[str], header: Sequence[str]) -> list[str]:
    """One column names the work; behind the title neither data and models it uses do, nor whole sentences."""
    titles = roles.index("title") if "title" in roles else len(roles)
    names = [n for n, role in enumerate(roles) if role == "name"]
    kept = next(
        (n for n in names if n < titles or not (_USED.search(header[n]) or _holds_prose(rows, n))), -1
    )
    return ["prose" if n in names and n != kept else role for n, role in enumerate(roles)]


def _holds_prose(rows: Sequence[Sequence[Inline]], index: int) -> bool:
    """Whether most filled cells of a column have more words than a name has."""
    texts = [row[index].plain(row[index].start, row[index].end) for row in rows if index < len(row)]
    filled = [len(text.split()) for text in texts if text]
    return 2 * sum(words > _LONG_NAME for words in filled) > len(filled)


def _leads_to_namesakes(rows: Sequence[Sequence[Inline]], index: int) -> bool:
    """Whether most cells of a column are links to files beside the list that are called as the links are."""
    cells = [row[index] for row in rows if index < len(row)]
    same = 0
    for cell in cells:
        if len(cell.links) == 1 and "://" not in cell.links[0].url:
            stem = cell.links[0].url.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            same += stem.casefold() == cell.plain(cell.start, cell.end).casefold() and not stem.isdigit()
    return 0 < len(cells) <= 2 * same


def has_titles(header: Sequence[str], roles: Sequence[str]) -> bool:
    """Whether the table's own header says that its title column holds titles of papers."""
    return any(role == "title" and _said(text) == "title" for text, role in zip(header, roles, strict=False))


def _said(text: str) -> str:
    text = text.replace("_", " ")
    return next((role for role, pattern in _HEADERS if pattern.search(text)), "other")


def _score(role: str, share: float) -> float:
    if role in ("authors", "prose", "comment", "status") or share < 0.3:
        return 0.0
    return share + {"title": 1.0, "other": 0.2, "name": 0.0, "links": 0.0}.get(role, -0.5)


def _titled_share(rows: Sequence[Sequence[Inline]], index: int, said: Sequence[str]) -> float:
    """In which share of the rows this cell, or a link or bold text in it, is as long as a title.

    Titles do not repeat: what does are kinds or tasks. Nor, where no header says so, do they stand behind
    another column of words, unless they are links.
    """
    cells = [row[index] for row in rows if index < len(row) and row[index].end > row[index].start]
    texts = [cell.plain(cell.start, cell.end) for cell in cells]
    different = len(set(texts))
    told = said[index] == "title"
    if (
        len(texts) > 5
        and 3 * different < len(texts)
        or (len(texts) > 2 and not told and 5 * different <= 4 * len(texts))
    ):
        return 0.0
    hits = sum(is_titled(text) and not is_generic(text) and len(text.split()) >= 3 for text in texts)
    linked = 2 * sum(bool(cell.links) for cell in cells) > len(cells)
    if (
        hits
        and said[index] == "other"
        and not linked
        and any(_is_worded(rows, n) for n in range(index) if said[n] in ("other", "name"))
    ):
        return 0.0
    return hits / len(cells) if cells else 0.0


def _is_worded(rows: Sequence[Sequence[Inline]], index: int) -> bool:
    """Whether most cells of a column hold words: neither numbers, nor dates, nor signs."""
    texts = [row[index].plain(row[index].start, row[index].end) for row in rows if index < len(row)]
    worded = sum(sum(map(str.isalpha, text)) > 2 and find_when(text, alone=True) is None for text in texts)
    return 2 * worded > len(texts)


def _venue_share(rows: Sequence[Sequence[Inline]], index: int) -> float:
    """In which share of the rows this cell names a venue with its year, or one that is known."""
    texts = [row[index].plain(row[index].start, row[index].end) for row in rows if index < len(row)]
    found = [find_when(text, alone=True) for text in texts if 1 < len(text) < 60]
    return sum(when is not None and when.venue is not None for when in found) / max(1, len(texts))


def _known_share(rows: Sequence[Sequence[Inline]], index: int) -> float:
    """In which share of its filled cells this column holds a venue that is known: `CNN` and `MRI` are none."""
    texts = [row[index].plain(row[index].start, row[index].end) for row in rows if index < len(row)]
    filled = [text for text in texts if text.strip(" -–/")]
    return sum(len(text) < 60 and is_known(text, preprints=True) for text in filled) / max(3, len(filled))


def _dated_share(rows: Sequence[Sequence[Inline]], index: int) -> float:
    """In which share of the rows this cell holds a date or a year and little else."""
    cells = [row[index] for row in rows if index < len(row)]
    texts = [cell.plain(cell.start, cell.end) for cell in cells]
    return sum(len(text) < 24 and bool((when := find_when(text)) and when.year) for text in texts) / max(
        1, len(texts)
    )
