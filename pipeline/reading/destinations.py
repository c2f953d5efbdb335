"""Where the links of an entry lead: to its paper, to what else there is of it, around the pages of the list."""

from __future__ import annotations

import re

from pipeline.formats import EntryDraft
from pipeline.formats._inline import fold_signs
from pipeline.formats._keyed import is_key
from pipeline.identifiers import read_url
from pipeline.text import lazy

_WEB_PAGE = lazy(
    r"blog|/news|/posts?/|medium\.com|substack|twitter\.com|//x\.com|youtu|wikipedia|zhihu|csdn|//[^/]*github\.io"
    r"|linkedin|reddit|/docs?/|tutorial|course|//[^/]+/?$|awesome",
    re.I,
)
PAPER_LABEL = lazy(r"\W*(?:the )?(?:full )?(?:paper|pdf|arxiv|(?:阅读|查看)?论文|preprint|abs|pdfs)\b", re.I)
"""What the link of a paper is called."""
_SAYS_OTHER = lazy(
    r"(?:slides?|posters?|codes?|videos?|supp\w*|appendix|data(?:sets?)?|blogs?|project\w*|demos?)\b(?!\s+(?:badge|paper))",
    re.I,
)
PAGE = lazy(r"(?!\w+:|//)[^?#]*(?:\.md|/)(?:#.*)?$", re.I)
"""The address of a page beside the list."""
_HOME = lazy(r"(?:https?://github\.com/[^/]+/[^/]+/?)?")
"""The page of a whole repository: what leads to a heading there is a table of contents."""


def is_way(draft: EntryDraft) -> bool:
    """Whether all that is said is the way to other pages beside the list: `[Deep learning](pages/dl.md)`."""
    if draft.authors or draft.venue_text or not draft.links:
        return False
    return all(PAGE.match(link.url) or _leads_to_itself(link.url, link.label) for link in draft.links)


def _leads_to_itself(url: str, label: str) -> bool:
    """Whether a link leads to the heading of its own name: the table of contents of a page."""
    page, sign, place = url.partition("#")
    place, label = fold_signs(place), fold_signs(label)
    if not sign or not place or place == label:
        return bool(sign) and bool(place)
    return len(place) > 7 and label.startswith(place) and _HOME.fullmatch(page) is not None


def has_paper(draft: EntryDraft) -> bool:
    """Whether one of the links of a draft leads to its paper."""
    return any(is_paper_link(link.url, link.label, link.url == draft.title_url) for link in draft.links)


def is_paper_link(url: str, label: str, is_title: bool) -> bool:
    """Whether a link leads to the paper: by its address; by its label or place where the address is unknown."""
    role = read_url(url).role
    if role == "paper":
        return not _SAYS_OTHER.match(label) or is_title
    if url.lower().split("?")[0].endswith(".pdf"):
        return not _SAYS_OTHER.search(label) or is_title
    if role not in ("other", "project"):
        return False
    if PAPER_LABEL.match(label):
        return not re.search(r"blog", url, re.I)
    if role != "other":
        return False
    return is_key(label) or (is_title and url.startswith("http") and not _WEB_PAGE.search(url))


def is_surely_paper(url: str, label: str) -> bool:
    """Whether a link leads to a paper by its own address or label, wherever it stands."""
    return is_paper_link(url, "" if len(label.split()) > 3 else label, False)


def find_paper_url(draft: EntryDraft) -> str | None:
    """The address of the paper: that of the title, else of the first link that leads there."""
    if draft.title_url and is_paper_link(draft.title_url, draft.title or "", True):
        return draft.title_url
    return next((link.url for link in draft.links if is_paper_link(link.url, link.label, False)), None)
