"""Paper ids and BibTeX keys: given once, kept for life."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from pipeline.matching import titles_agree
from pipeline.merging.links import names_of_others
from pipeline.merging.work import Work
from pipeline.model import Entry, Paper
from pipeline.text import normalise_title, slug, surname


def paper_ids(works: Sequence[Work], former: Mapping[int, Paper]) -> list[str]:
    """The id of each work: the one it was first seen with, else its strongest written identifier.

    Those that are kept go first: a newcomer never takes a name that another work has. A name that turned out
    to be another paper's is no work's id, also where it was published as such.
    """
    kept = _kept_ids(works, former)
    used = set(kept.values())
    ids = []
    for number, work in enumerate(works):
        wrong = names_of_others(work)
        candidates = [str(i) for i in work.written if i not in wrong] or [f"title:{_title_slug(work)}"]
        free = next((c for c in candidates if c not in used), None)
        paper_id = kept.get(number) or free or _numbered(candidates[0], used)
        used.add(paper_id)
        ids.append(paper_id)
    return ids


def former_papers(works: Sequence[Work], previous: Sequence[Paper]) -> dict[int, Paper]:
    """Number of a work -> the paper as which it was written before."""
    by_entry = {entry_id: paper for paper in previous for entry_id in paper.entry_ids}
    former: dict[int, Paper] = {}
    given: set[str] = set()
    for number, work in enumerate(works):
        known = next((by_entry[e.entry_id] for e in work.entries if e.entry_id in by_entry), None)
        if known and known.paper_id not in given and _is_same_work(work, known):
            former[number] = known
            given.add(known.paper_id)
    return former


def _kept_ids(works: Sequence[Work], former: Mapping[int, Paper]) -> dict[int, str]:
    """Number of a work -> the id it was written with before, but for names that are another paper's.

    Such a name goes to the first work that had to take a number because of it: that is what it would have
    been called, had the mistake been known from the beginning.
    """
    kept: dict[int, str] = {}
    given_up: set[str] = set()
    for number, paper in former.items():
        if _plain(paper.paper_id) in map(str, names_of_others(works[number])):
            given_up.add(paper.paper_id)
        else:
            kept[number] = paper.paper_id
    for number, paper_id in sorted(kept.items(), key=lambda one: (len(one[1]), one[1])):
        if _plain(paper_id) in given_up:
            given_up.remove(_plain(paper_id))
            kept[number] = _plain(paper_id)
    return kept


def _title_slug(work: Work) -> str:
    entry = work.entries[0]
    return slug(entry.title or entry.short_name or entry.entry_id)


def _numbered(paper_id: str, used: set[str]) -> str:
    return next(name for n in range(2, len(used) + 3) if (name := f"{paper_id}#{n}") not in used)


def _plain(paper_id: str) -> str:
    """A paper's id without the number that tells it from another of the same name."""
    return re.sub(r"#\d+$", "", paper_id)


def _is_same_work(work: Work, paper: Paper) -> bool:
    if set(work.written) & set(paper.identifiers) or paper.paper_id in map(str, (*work.known, *work.written)):
        return True
    return any(e.title and paper.title and titles_agree(e.title, paper.title) for e in work.entries)


def with_bibtex_keys(
    papers: Sequence[Paper], works: Sequence[Work], former: Mapping[int, Paper], previous: Sequence[Paper]
) -> Iterator[Paper]:
    """Give each paper its key: the one it always had, else surname + year + first long title word.

    What the list says goes first, so that a key does not depend on which source answered when.
    """
    still = {paper.paper_id for paper in former.values()}
    gone = {p.paper_id: p.bibtex_key for p in previous if p.paper_id not in still}
    used = {p.bibtex_key for p in previous if p.bibtex_key}
    numbers: dict[str, int] = {}
    for number, (paper, work) in enumerate(zip(papers, works, strict=True)):
        key = former[number].bibtex_key if number in former else gone.get(paper.paper_id)
        if key is None:
            key = _free_key(_bibtex_stem(paper, work.reference), used, numbers)
            used.add(key)
        yield replace(paper, bibtex_key=key)


def _bibtex_stem(paper: Paper, entry: Entry) -> str:
    authors = entry.authors or paper.authors
    who = surname(authors[0]) if authors else ""
    words = [w for w in normalise_title(entry.title or paper.title or "").split() if len(w) > 3]
    what = words[0] if words else ""
    stem = f"{who}{entry.year or paper.year or ''}{what}"
    return re.sub(r"[^a-z0-9]", "", stem) or slug(paper.paper_id).replace("-", "")


def _free_key(stem: str, used: set[str], numbers: dict[str, int]) -> str:
    """The stem itself, else with the least free number; `numbers` holds those up to which none is free."""
    if stem not in used:
        return stem
    numbers[stem] = next(n for n in count(numbers.get(stem, 1) + 1) if f"{stem}{n}" not in used)
    return f"{stem}{numbers[stem]}"
