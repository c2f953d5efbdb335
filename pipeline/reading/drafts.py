"""Whether what a layout read is an entry: drafts also come of prose, menus and lists of venues."""

from __future__ import annotations

import re

from pipeline.formats import Candidate, EntryDraft
from pipeline.formats._inline import Inline
from pipeline.formats._when import is_known
from pipeline.reading.destinations import has_paper, is_paper_link, is_surely_paper
from pipeline.reading.lines import words_beside
from pipeline.reading.plan import Plan
from pipeline.text import lazy

PROSE = lazy(r"\s(?:is|are|was|were|has|have) (?:a|an|the|[a-z]+ed)\b|\b(?:we|our|please|check out)\b", re.I)
"""What sentences say and titles hardly ever do."""
ABOUT = lazy(
    r"\b(?:curated|corresponding authors?|(?:paper|reading) list|(?:collection|list) of\b.*\bpapers?)\b"
    r"|^(?:this|our) (?:repo(?:sitory)?|list|page|project|survey)\b|论文(?:清单|列表|合集)|欢迎",
    re.I,
)
"""How a list speaks of itself."""
_UNFINISHED = lazy(r"\s(?:the|a|an|that|of|on|in|at|to|from|by|with|see|and|or|for our|this is our)$")
"""What a title never ends with, and a sentence before a link does: `evaluated on the [Stanford ...](url)`."""
_SENTENCE_ON = lazy(r"[\s*_\"”'>)\]]*+(?!by\b|in\b|at\b|with\b|https?:)[a-z]{2,}")
_ADVICE = lazy(
    r"(?:note that|for (?:an?|the|more|other|further) [^\n]{0,160}?\b(?:refer to|check ?out|see|visit)) ",
    re.I,
)
"""How a sentence begins that sends its reader elsewhere: `For an overview of NeRFs, check out [this](url)`."""
_POINTS = lazy(r"(?:this|these|our)(?: \w+){1,3}", re.I)
"""What links within sentences are called: `please refer to [this survey](url)`."""
FAR = (1 << 30, 1 << 30)
"""The place of what stands nowhere: behind everything."""


def is_sentence(head: Inline, draft: EntryDraft) -> bool:
    """Whether what seems to be a title is the beginning of a sentence with a link in it, surely prose or advice."""
    if draft.title_url:
        return False
    advice = _ADVICE.match(head.plain(head.start, min(head.end, head.start + 300)))
    return advice is not None or (_breaks_off(draft) and PROSE.search(draft.title or "") is not None)


def is_about_the_list(draft: EntryDraft) -> bool:
    """Whether what seems to be a title is a sentence, of the list or of somebody who keeps it."""
    title = draft.title or ""
    return PROSE.search(title) is not None or ABOUT.search(title) is not None


def is_entry_heading(draft: EntryDraft, plan: Plan) -> bool:
    """Whether a heading is an entry: its title leads to a paper, or entries are headings here and it holds a paper's link."""
    if draft.title_url and is_paper_link(draft.title_url, "", True):
        return True
    return "heading" in plan.kinds and len((draft.title or "").split()) > 3 and has_paper(draft)


def is_long(draft: EntryDraft, plan: Plan, layout: str) -> bool:
    """Whether a title is so long that it needs nothing beside it; less will do in a list that has no links."""
    return len((draft.title or "").split()) > (2 if plan.linkless and layout == plan.context.main else 3)


def _breaks_off(draft: EntryDraft) -> bool:
    """Whether what seems to be a title is the beginning of a sentence with a link in it."""
    return not draft.title_url and _UNFINISHED.search(draft.title or "") is not None


def stands_alone(candidate: Candidate, draft: EntryDraft, plan: Plan) -> bool:
    """Whether a paragraph is an entry and not prose with links in it.

    Where the list's entries are paragraphs it takes a paper, authors, a venue or a date; elsewhere a paper
    whose title no sentence goes on behind.
    """
    cited = bool(draft.authors or draft.venue_text or draft.year)
    if not draft.title_url and (ABOUT.search(draft.title or "") or (draft.title or "").startswith("See ")):
        return False
    title = draft.title or ""
    if "paragraph" in plan.kinds and cited:
        return bool(draft.authors or draft.venue_text or has_paper(draft)) or not PROSE.search(title)
    if not candidate.block.section and "paragraph" not in plan.kinds and plan.kinds:
        return False  # above all sections a list speaks of itself
    if draft.title_url and not is_paper_link(draft.title_url, "", False):
        return False
    if not draft.title_url and not cited and len(title.split()) > 7 and PROSE.search(title):
        return False
    if not draft.title_url and any(_POINTS.fullmatch(link.label) for link in draft.links):
        return False
    if not any(is_surely_paper(link.url, link.label) for link in draft.links) or "title" not in draft.spans:
        return False
    if _breaks_off(draft):
        return False
    at = draft.spans["title"][1]
    at = max([at, *(mark.end for mark in candidate.head.of("link", "bold") if mark.start < at <= mark.end)])
    return _SENTENCE_ON.match(candidate.head.text, at, candidate.head.end) is None


def is_menu(head: Inline, draft: EntryDraft) -> bool:
    """Three links and more with nothing but bars between them: a way around the pages, no entry."""
    if len(head.links) < 3:
        return False
    links = [mark for mark in head.links if not mark.is_bare]
    if len(links) < 3 or draft.authors or draft.year or has_paper(draft):
        return False
    return not words_beside(head, links)


def lists_venues(head: Inline, draft: EntryDraft) -> bool:
    """Whether an item names three venues and more and no paper: `Most relevant: **NSDI**; **OSDI**; **SOSP**`."""
    if draft.links:
        return False
    bold = [head.plain(mark.inner_start, mark.inner_end) for mark in head.of("bold")]
    return len(bold) > 2 and sum(is_known(text) for text in bold) > len(bold) // 2
