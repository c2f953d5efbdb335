"""Labels: what links are called that say what they lead to, and what lines open with that say what they hold."""

from __future__ import annotations

import re

from pipeline.formats._inline import Inline
from pipeline.formats._model import CharSpan
from pipeline.text import lazy

_LABELS = {
    "authors": re.compile(r"authors?|researchers?|作者|written by|by$", re.I),
    "venue": re.compile(
        r"venues?|conference|journal|publish\w*(?: in| at)?|publication|会议|期刊|发表|source$", re.I
    ),
    "date": re.compile(r"dates?|year|published on|time$|(?:发布|更新)?(?:日期|时间)|年份", re.I),
    "short_name": re.compile(r"name$|model name|short name|简称", re.I),
}
LABEL = lazy(
    r"(?:[^\w\n\[\](){}<>\"“”'‘`$\\!|:]|_)*+(?:\d+[.)]\s*+)?([^\W\d_][\w /&'-]{0,30}?)(?:\s?\([^()\n]{1,60}+\))?"
    r"[*_]*+\s?[:：][*_]*+(?!//)\s*+"
)
"""A label with its colon that opens a line, with the signs before it: `📅 **Date**: `."""
_GENERIC = lazy(
    r"[\W_]*(?:[\d\s.:v]+|paper|pdf|arxiv|abs|link|links?|code|github|git|project(?: ?page)?|page|website|web|site|homepage|home"
    r"|demo|blog|blogpost|video|slides?|data|dataset|model|models|weights|hugging ?face|hf|poster|bib|bibtex|html"
    r"|official|official code|tweet|twitter|youtube|talk|notes?|supp(?:lementary)?|openreview|proceedings?"
    r"|tensorflow|pytorch|tf|torch|keras|(?-i:[Ss]tars?)|repo|resources?|reddit|supplement|appendix|doc|docs|abstract|url"
    r"|论文|代码|项目|主页|阅读笔记|链接|leaderboard|benchmark|colab|unofficial|space|here|read|view|preprint"
    r"|(?:paper )?title|论文(?:标题|题目|名称)|标题|题目|must[- ]read|(?:ar[xX]iv|preprint|journal|conference|workshop|published|extended|full|long|short|camera[- ]ready|open[- ]access|online) version|paper[-_ ](?:arxiv|(?-i:[A-Z]{3,8}|NeurIPS))|paper link|code link|read paper|full paper|download|acl|pmlr|ieee|acm|springer|repository|source|media"
    r")[\W_]*$",
    re.I,
)
_LABEL_ASIDE = lazy(r"\([^()]*+\)|\s[-–—:|]\s.*+$")
_LABEL_NOISE = lazy(r"[\W\d_]++")


def is_generic(label: str, learned: frozenset[str] = frozenset()) -> bool:
    """Whether a link's label only says what kind of thing it leads to (`Paper`, `Code`, `2310.05470`).

    `learned` are the labels of this list, folded by `fold_label`.
    """
    if len(label) >= 40:
        return False
    return _GENERIC.match(label) is not None or (bool(learned) and fold_label(label) in learned)


def fold_label(label: str) -> str:
    """A label without its signs, case and what follows in parentheses: `[PyTorch (someone)]` is `pytorch`."""
    return _LABEL_NOISE.sub(" ", _LABEL_ASIDE.sub("", label)).strip().casefold()


def field_label(inline: Inline, start: int, taken: CharSpan) -> str | None:
    """The field label that the line at `start` opens with, folded: `Authors:`, `**Code**:`, `作者：`.

    Up to the title only a label that names a field counts: `FlashAttention:` is a name, or opens a title.
    """
    stop = min(inline.end, start + 60)
    colon = inline.text.find(":", start, stop) >= 0 or inline.text.find("：", start, stop) >= 0
    match = LABEL.match(inline.text, start, stop) if colon else None
    if match is None:
        return None
    label = match[1].strip().casefold()
    if inline.end >= taken[0] >= start and (label_role(label) is None or match.end() > taken[0]):
        return None
    return label


def line_label(inline: Inline) -> str:
    """The folded label that a text opens with (`📅 Date: ...`, `github(official): ...`); empty where none."""
    stop = min(inline.end, inline.start + 100)
    colon = inline.text.find(":", inline.start, stop) >= 0 or inline.text.find("：", inline.start, stop) >= 0
    match = LABEL.match(inline.text, inline.start, stop) if colon else None
    return fold_label(match[1]) if match else ""


def names_field(inline: Inline) -> bool:
    """Whether a text opens with the label of a field and nothing else before its colon: `Venue: EMNLP (Findings) 2021`."""
    label = line_label(inline)
    return bool(label) and any(pattern.fullmatch(label) for pattern in _LABELS.values())


def label_role(label: str) -> str | None:
    """The field that a folded label announces."""
    return next((role for role, pattern in _LABELS.items() if pattern.match(label)), None)
