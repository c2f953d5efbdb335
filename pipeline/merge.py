"""Merge: from entries, resolutions and records to papers. Pure: same input, same papers.

What is known of each work is gathered by `pipeline.merging`, and a paper is made of it here: its fields, its
decided venue, the verdict on each entry, and what a person decided instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipeline.merging.fields import merged_fields
from pipeline.merging.gathering import gather
from pipeline.merging.grouping import are_alike
from pipeline.merging.ids import former_papers, paper_ids, with_bibtex_keys
from pipeline.merging.names import is_contradicted, published_names
from pipeline.merging.verdicts import entry_verdict
from pipeline.merging.weighing import weigh
from pipeline.merging.work import Answers, Work, is_shaky, once
from pipeline.model import Entry, Identifier, Origin, Paper, Resolution, Venue
from pipeline.settings import Override
from pipeline.venues import understand
from pipeline.venues.rows import print_name


def merge(
    entries: Sequence[Entry],
    resolutions: Sequence[Resolution],
    answers: Answers,
    *,
    overrides: Mapping[str, Override],
    previous: Sequence[Paper],
    titles: Mapping[str, str],
    works: Sequence[Work] | None = None,
) -> tuple[Paper, ...]:
    """All papers of a list, in list order.

    `answers` are all stored records, `overrides` a person's word per entry id, `previous` the papers
    written before (ids and BibTeX keys are kept for life), `titles` the sources' names for people,
    `works` what `gather` gives for the same, where that is known already.
    """
    works = gather(entries, resolutions, answers, titles=titles) if works is None else works
    firsts = _first_entries(works)
    former = former_papers(works, previous)
    ids = paper_ids(works, former)
    papers = [_paper(work, paper_id, overrides, firsts) for work, paper_id in zip(works, ids, strict=True)]
    return tuple(with_bibtex_keys(papers, works, former, previous))


def _first_entries(works: Sequence[Work]) -> dict[str, str]:
    """Entry id -> the first entry of the same work, where that is another one.

    Works of the list that sources show to be one (a preprint and its published version) count as one, unless
    titles differ and no author is shared: then one of the identifiers is wrong.
    """
    first: dict[Identifier, list[Work]] = {}
    heads: dict[int, Entry] = {}
    answer: dict[str, str] = {}
    for work in works:
        known = [i for i in work.names if work.entries[0].kind == "paper" and not is_shaky(work, i)]
        earlier = (other for i in known for other in first.get(i, ()))
        same = next((other for other in earlier if are_alike(work, other)), None)
        head = heads[id(work)] = work.entries[0] if same is None else heads[id(same)]
        for identifier in known:
            first.setdefault(identifier, []).append(work)
        for entry in work.entries:
            if entry is not head:
                answer[entry.entry_id] = head.entry_id
    return answer


def _paper(
    work: Work,
    paper_id: str,
    overrides: Mapping[str, Override],
    firsts: Mapping[str, str],
) -> Paper:
    paper, keys = work_out(work), [e.entry_id for e in work.entries]
    if not any(key in overrides or key in firsts for key in keys):
        return replace(paper, paper_id=paper_id)
    of_work = next((o for key in keys if (o := overrides.get(key)) and (o.venue or o.year)), None)
    if of_work is not None:
        paper = _overridden(paper, of_work)
    verdicts = [
        entry_verdict(entry, work, paper, overrides.get(entry.entry_id), of_work, firsts.get(entry.entry_id))
        for entry in work.entries
    ]
    return replace(paper, paper_id=paper_id, verdicts=tuple(verdicts))


def work_out(work: Work) -> Paper:
    """What a work comes to by itself: all but an id, a person's word, and whether its entries repeat others.

    It is kept with the work: a run that waits for a host may well ask for it then.
    """
    return once(work, _worked_out)


def _worked_out(work: Work) -> Paper:
    paper = _with_venue(_paper_anew(work), work)
    if work.given:
        paper = replace(paper, provenance={**paper.provenance, "identifiers": Origin("override")})
    return replace(paper, verdicts=tuple([entry_verdict(entry, work, paper) for entry in work.entries]))


def _paper_anew(work: Work) -> Paper:
    evidence, decision = weigh(work)
    return Paper(
        paper_id="",
        entry_ids=tuple(e.entry_id for e in work.entries),
        identifiers=tuple(i for i in published_names(work) if not is_contradicted(i, work, decision)),
        kind=work.entries[0].kind,
        sources=tuple(sorted({r.source for r in work.records})),
        evidence=evidence,
        **merged_fields(work),
    )


def _with_venue(paper: Paper, work: Work) -> Paper:
    _, decision = weigh(work)
    if decision.decided and decision.venue and decision.winner:
        origin = decision.winner.origin
        if origin.source in ("list", "search"):
            origin = replace(origin, source="identifier")
        venue = _venue_fields(decision.venue)
        provenance = {**paper.provenance, "venue": origin} | ({"year": origin} if decision.year else {})
        return replace(paper, **venue, year=decision.year, decided=True, provenance=provenance)
    return replace(_as_preprint(paper, work), suggestion=decision.winner)


_YEAR_AT_END = re.compile(r"[\s,(]*(?:19|20)\d\d\)?\s*$")


def _overridden(paper: Paper, override: Override) -> Paper:
    """The paper as a person wants it. A year beside a new venue is the person's or a decided one, no preprint's."""
    person = Origin("override")
    if not override.venue:
        provenance = {**paper.provenance, "venue": person, "year": person}
        return replace(paper, year=override.year, decided=True, suggestion=None, provenance=provenance)
    reading = understand(override.venue, override.year)
    unknown = dict.fromkeys(("venue_id", "venue_name", "venue_type"))
    fields = _venue_fields(reading.venue) if reading.venue else unknown
    year = override.year or reading.year or (paper.year if paper.decided else None)
    provenance = {**paper.provenance, "venue": person} | ({"year": person} if year else {})
    name = override.venue
    if reading.year is not None and reading.year == year:  # else `ICML 2022` prints as `ICML 2022 2022`
        name = _YEAR_AT_END.sub("", name) or name
    return replace(
        paper,
        **fields | {"venue": name},
        year=year,
        decided=True,
        suggestion=None,
        provenance=provenance,
    )


def _venue_fields(venue: Venue) -> dict[str, Any]:
    return {
        "venue": print_name(venue),
        "venue_id": venue.id,
        "venue_name": venue.name,
        "venue_type": venue.kind,
    }


def _as_preprint(paper: Paper, work: Work) -> Paper:
    """An undecided paper on arXiv stands as what it certainly is: a preprint of its first version's year."""
    if not any(i.scheme == "arxiv" for i in work.proven):
        return paper
    reading = understand("arXiv")
    origin = paper.provenance.get("published", Origin("identifier"))
    year = int(paper.published[:4]) if paper.published else None
    fields = _venue_fields(reading.venue) if reading.venue else {}
    return replace(
        paper, **fields, year=year, provenance={**paper.provenance, "venue": origin, "year": origin}
    )
