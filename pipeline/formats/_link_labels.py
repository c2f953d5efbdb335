"""What links are called that says where a paper stands, or who wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.formats._inline import Inline, Mark
from pipeline.formats._issues import find_issue
from pipeline.formats._keyed import find_keyed
from pipeline.formats._labels import is_generic
from pipeline.formats._model import TitleSlot
from pipeline.formats._notes import Notes, note_names, note_text, note_year, says_only_when, take_when
from pipeline.formats._when import FOUR_DIGITS, find_when, is_known, is_venue_label, trim
from pipeline.identifiers import read_url
from pipeline.text import lazy

_VENUE_LABEL = lazy(r"[A-Za-z]{2}[^\n]{0,30}\d\d|\d{4}[^\n]{0,10}[A-Za-z]{2}")
_SERVER = lazy(r"\W*(?:ar|bior|medr|psyar|chemr)xiv\W*|\W*(?:ssrn|preprint)\W*", re.I)
_LETTERS = lazy(r"[A-Z][^\W\d_]|[^\W\d_][A-Z]")
_PREPRINT = lazy(
    r"[\[\s]*+(?P<server>(?:ar|bior|medr|chemr|psyar)xiv)(?:\s?:\s?|\s)\d{4}\.[\d.]{4,}(?:v\d+)?[\]\s]*+",
    re.I,
)
"""A server and the number of a preprint, as a link's text: `arXiv:1706.03762`, `bioRxiv 2023.06.21.545880`."""
_LINK_LABEL = lazy(r"\blink\s?[:：][\s*_\[]*$", re.I)
"""What says that the text behind it is the name of a link: `Paper Link: [arXiv 1706.03762](url)`."""
_LABEL_VOLUME = lazy(r"(?<=[a-z])\s\d{1,3}(?:\.\s?\d{1,3})?[\s\]]*$")
"""The volume, perhaps with the issue, behind a journal that a link is called by: `Patterns 1.9`."""


def note_link_labels(notes: Notes, head: Inline, linked: Sequence[Inline], slot: TitleSlot) -> None:
    """A venue that is the text of a link: `[[EMNLP 2013]](url)`, and before the title `[[EMNLP]](url) Title`."""
    if "venue" in notes.values:
        return
    if (first := next(iter(head.links), None)) and first.start < slot.outer[0]:
        label = head.plain(first.inner_start, first.inner_end)
        if len(label) < 40 and is_venue_label(label):
            _take_label(notes, first)
            return
    for inline in linked:
        for mark in inline.links:
            if _note_link_label(notes, mark, behind=mark.start >= slot.outer[1]):
                return
    if notes.context.named and len(linked) == 1 and len(linked[0].links) == 1:
        _note_label_of_year(notes, linked[0].links[0], slot)


def _note_link_label(notes: Notes, mark: Mark, *, behind: bool) -> bool:
    """Note the venue that this link is called by; `behind` says that it stands behind the title."""
    label = notes.text[mark.inner_start : mark.inner_end]
    if (
        behind
        and (numbered := _PREPRINT.fullmatch(label))
        and read_url(mark.url).role == "paper"
        and not _LINK_LABEL.search(notes.text, max(0, mark.start - 24), mark.start)
    ):
        note_text(notes, "venue", mark.inner_start, numbered.span("server"))
        return True
    if notes.context.named and behind and _is_named_so(label, mark.url):
        _take_label(notes, mark)
        return "venue" in notes.values
    if len(label) >= 80 or is_generic(label):
        return False
    if behind and label[:1].isupper() and _names_its_venue(label, mark.url):
        _take_label(notes, mark)
        return True
    if "year" in notes.spans or len(label) >= 50 or not _VENUE_LABEL.search(label):
        return False
    when = find_when(label, known=notes.context.venues, alone=True)
    if (
        when is None
        or when.venue is None
        or not (when.year_at or when.date_at)
        or not says_only_when(label, when)
    ):
        return False
    take_when(notes, mark.inner_start, when)
    return True


def note_keyed(notes: Notes, linked: Sequence[Inline]) -> bool:
    """Note whom and when a link is called by, in a list whose links are: `[Ritchie, Thompson (1974)](url)`."""
    if "label" not in notes.context.people or notes.authors:
        return False
    keyed = next((found for inline in linked if (found := find_keyed(inline))), None)
    if keyed:
        note_names(notes, keyed.people, keyed.names)
        note_year(notes, keyed.year)
    return keyed is not None


def _note_label_of_year(notes: Notes, mark: Mark, slot: TitleSlot) -> None:
    """Note the year that the one link behind a title is called by, in a list whose links are called by venues."""
    year = FOUR_DIGITS.fullmatch(notes.text[mark.inner_start : mark.inner_end].strip("[] "))
    if year and mark.start >= slot.outer[1] and "date" not in notes.spans:
        at = notes.text.index(year[0], mark.inner_start)
        note_year(notes, (at, at + 4))


def _is_named_so(label: str, url: str) -> bool:
    """Whether a link is called by a venue, in a list whose links are: `[mSystems](doi)`, `[arXiv](url)`."""
    if _SERVER.fullmatch(label):
        return True
    named = 1 < len(label.strip("[] ")) < 100 and not is_generic(label) and _LETTERS.search(label) is not None
    if "![" in label or "<" in label:
        return False
    if not url.strip():  # the link is still to come: `[[Knowledge-Based Systems]]()`
        return named and is_known(label.strip("[] "))
    return named and read_url(url).role == "paper"


def _take_label(notes: Notes, mark: Mark) -> None:
    """Note the venue a link is called by, with its year or date if that stands there too: `[AAAI2022](url)`."""
    label = notes.text[mark.inner_start : mark.inner_end]
    when = find_issue(label) or find_when(label, known=notes.context.venues, alone=True)
    numbered = (
        when is not None and when.venue is not None and when.end - when.venue[1] > 5
    )  # `[arXiv:1706.03762]`
    dated = (
        when is not None and when.venue is None and when.date_at is not None and says_only_when(label, when)
    )
    if when and (dated or (when.venue and (when.year_at or when.date_at or numbered))):
        take_when(notes, mark.inner_start, when)
    else:
        volume = _LABEL_VOLUME.search(label)
        end = mark.inner_start + volume.start() if volume else mark.inner_end
        note_text(notes, "venue", 0, trim(notes.text, mark.inner_start, end))


def _names_its_venue(label: str, url: str) -> bool:
    """Whether the link to a paper is called by where it stands: `[Bioinformatics](doi)`; `ACL` may be the Anthology."""
    named = len(label) > 6 and is_known(_LABEL_VOLUME.sub("", label.strip("[] ")), preprints=True)
    if not (named or find_issue(label)):
        return False
    reading = read_url(url)  # `Stable Diffusion 3 (2024)` at a preprint is no issue
    return reading.role == "paper" and (named or any(found.scheme == "doi" for found in reading.identifiers))
