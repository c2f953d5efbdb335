"""What a list's links show to be wrong without asking anybody: labels that lie, links that stand twice.

Pure functions over entries; each gives plain texts for people, which the report and `check` print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from pipeline.identifiers import read_url
from pipeline.model import Entry, EntryVerdict, Link, Paper
from pipeline.text import one_line

_PROMISES: Sequence[tuple[re.Pattern[str], frozenset[str]]] = (
    (
        re.compile(r"(?i)^\W*(?:paper|pdf|full text|arxiv|openreview|acl|doi)\W*$"),
        frozenset({"code", "data", "model", "video"}),
    ),
    (re.compile(r"(?i)^\W*(?:official )?(?:code|github|repo(?:sitory)?)\W*$"), frozenset({"paper", "video"})),
)
"""What a label promises, and the roles of addresses that cannot keep it."""

_PLACES: Mapping[str, str] = {"arxiv": "arXiv", "openreview": "OpenReview"}
"""Labels that name a place: an address that names a paper must name it in that scheme."""

_ROLES: Mapping[str, str] = {
    "code": "a repository",
    "data": "a dataset",
    "model": "a model",
    "video": "a video",
    "paper": "a paper",
}
_IMAGE = re.compile(r"(?i)\.(?:svg|png|jpe?g|gif)$")
_BADGE_HOSTS = ("img.shields.io", "badgen.net", "badge.fury.io")
_ARXIV_BADGE = re.compile(
    r"!\[[^\]]*\]\([^()\s]*badge/arxiv-(\d{4}\.\d{4,5})[^()\s]*\)\]\(([^()\s]+)\)", re.IGNORECASE
)


def lying_labels(entry: Entry) -> Iterator[str]:
    """One line per link of an entry that leads elsewhere than its label or its badge says."""
    for link in entry.links:
        if where := _leads_elsewhere(link):
            yield f'the link "{one_line(link.label).strip("[]")}" leads to {where}: {link.url}'
    for number, url in _ARXIV_BADGE.findall(entry.text):
        linked = {i.value for i in read_url(url).identifiers if i.scheme == "arxiv"}
        if linked and number not in linked:
            yield f"the badge says arXiv {number}, its link leads to {url}"


def _leads_elsewhere(link: Link) -> str | None:
    """What a link leads to where its label promises something else; None for an honest label."""
    parts = urlsplit(link.url.strip())
    if not link.label.strip() or not parts.netloc:
        return None
    promised = next((wrong for label, wrong in _PROMISES if label.match(link.label)), None)
    if promised is None:
        return None
    if parts.netloc.lower() in _BADGE_HOSTS or _IMAGE.search(parts.path):
        return "an image"
    if link.role in promised:
        return _ROLES[link.role]
    scheme = re.sub(r"\W", "", link.label).lower()
    named = {identifier.scheme for identifier in read_url(link.url).identifiers}
    if scheme in _PLACES and named and scheme not in named:
        return f"{parts.netloc}, which is not {_PLACES[scheme]}"
    return None


def shared_links(entries: Sequence[Entry], papers: Sequence[Paper]) -> Iterator[tuple[Entry, str]]:
    """Entries whose link stands at another paper of the list too, each with a line that says where.

    One of the two was copied by mistake; where a source says which link is right, only the other is told.
    """
    paper_of = {key: paper.paper_id for paper in papers for key in paper.entry_ids}
    verdicts = {verdict.entry_id: verdict for paper in papers for verdict in paper.verdicts}
    at: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind == "paper" and entry.entry_id in verdicts:
            for name in _linked(entry):
                at.setdefault(name, []).append(entry)
    told = set()
    for name, sharers in at.items():
        for entry in sharers:
            verdict = verdicts[entry.entry_id]
            if verdict.link_status in ("ok", "retitled") or entry.entry_id in told:
                continue
            others = [e for e in sharers if paper_of[e.entry_id] != paper_of[entry.entry_id]]
            others = [e for e in others if not _told_as_one(verdicts, entry, e)]
            if others:
                told.add(entry.entry_id)
                yield entry, f"its link, {name}, is also that of {_place(others[0], entry)}"


def _linked(entry: Entry) -> list[str]:
    found = (str(i) for link in entry.links if link.role == "paper" for i in read_url(link.url).identifiers)
    return list(dict.fromkeys(found))


def _told_as_one(verdicts: Mapping[str, EntryVerdict], one: Entry, other: Entry) -> bool:
    first, second = (verdicts[e.entry_id].duplicate_of or e.entry_id for e in (one, other))
    return first == second


def _place(other: Entry, entry: Entry) -> str:
    where = f"line {other.first_line}" if other.file == entry.file else other.place
    return f"{where}, which has another title; one of the two may have been copied by mistake"
