"""What is said about each entry: whether its venue and its links are right."""

from __future__ import annotations

from pipeline.deciding import judge_entry, names_another_event
from pipeline.merging.links import is_surely_retitled, link_status, notes_about_links
from pipeline.merging.weighing import weigh
from pipeline.merging.work import Work
from pipeline.model import Entry, EntryVerdict, Paper
from pipeline.settings import Override
from pipeline.venues.rows import print_name

SKIPPED = "left alone: a person said so"
"""The note of an entry that an override skips."""


def entry_verdict(
    entry: Entry,
    work: Work,
    paper: Paper,
    override: Override | None = None,
    of_work: Override | None = None,
    first: str | None = None,
) -> EntryVerdict:
    """`override` is a person's word about this entry, `of_work` about the venue of any entry of its work."""
    _, decision = weigh(work)
    link = link_status(entry, work)
    about_link = notes_about_links(entry, work) if link == "wrong_paper" else ()
    if of_work and not (override and override.skip):
        return EntryVerdict(
            entry.entry_id, "overridden", link, first, paper.venue, paper.year, ("a person said so",)
        )
    if override and override.skip:
        return EntryVerdict(entry.entry_id, "unknown", link, first, notes=(SKIPPED,))
    if entry.kind != "paper":
        return EntryVerdict(entry.entry_id, "unknown", link, first)
    on_arxiv = any(i.scheme == "arxiv" for i in work.proven)
    preprint_year = int(paper.published[:4]) if on_arxiv and paper.published else None
    status, note = judge_entry(entry, decision, preprint_year)
    unseen = link is None or not entry.authors
    if status == "wrong" and unseen and names_another_event(entry, decision):
        status, note = "suggested", "its link may lead to another paper: venue and year both differ"
    if status == "wrong" and link is None and entry.year and decision.year not in (None, entry.year):
        status, note = (
            "suggested",
            "its link may lead to another paper: the year differs, and nobody was asked",
        )
    if status in _CHANGING and link == "retitled" and not is_surely_retitled(entry, work):
        status, note = "suggested", "its link leads to another title by the same people"
    notes = (*((note,) if note else ()), *about_link)
    changes = status in _CHANGING and link not in ("unverified", "wrong_paper", "nonexistent")
    if not changes or decision.venue is None:
        return EntryVerdict(entry.entry_id, status, link, first, notes=notes)
    return EntryVerdict(entry.entry_id, status, link, first, print_name(decision.venue), decision.year, notes)


_CHANGING = frozenset({"missing", "outdated", "wrong", "nonstandard"})
