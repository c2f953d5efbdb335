"""Which entries of a list are one work.

Works are grouped by what the list says (shared identifiers; same title and a shared author), so a
`paper_id` never depends on a source's answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from pipeline.identifiers import strength
from pipeline.matching import author_lists_equal, authors_agree, nearly_titled, share_most_names
from pipeline.merging.likeness import are_most, can_be_one, is_sequel, names_of
from pipeline.merging.work import Work
from pipeline.model import Entry, Identifier, Resolution
from pipeline.text import normalise_title


def are_alike(one: Work, other: Work) -> bool | None:
    """Whether two works can be one by all that is known of them: None where a title differs and nobody is named."""
    if any(can_be_one(a, b) for a in _all_titles(one) for b in _all_titles(other)):
        return True
    return authors_agree(_all_authors(one), _all_authors(other))


def _all_titles(work: Work) -> set[str]:
    said = [*(e.title for e in work.entries), *(r.title for r in work.records)]
    return {title for title in said if title}


def _all_authors(work: Work) -> list[str]:
    """Everybody whom an entry or a record names, each once."""
    said = [*(e.authors for e in work.entries), *(r.authors for r in work.records)]
    return list(dict.fromkeys(name for names in said for name in names))


def group(entries: Sequence[Entry], resolutions: Sequence[Resolution]) -> list[Work]:
    """Group entries into works by what the list says, in order of first appearance."""
    by_entry = {r.entry_id: r for r in resolutions}
    works = [_work(members, by_entry) for members in _grouped(entries, by_entry)]
    for identifier, sharers in _sharers(works).items():
        for work in sharers if sharers[1:] else ():
            work.shared |= {identifier}
    return works


def _sharers(works: Sequence[Work]) -> dict[Identifier, list[Work]]:
    """Identifier -> the papers of the list that write it."""
    found: dict[Identifier, list[Work]] = {}
    for work in works:
        for identifier in work.written if work.entries[0].kind == "paper" else ():
            found.setdefault(identifier, []).append(work)
    return found


def _grouped(entries: Sequence[Entry], by_entry: Mapping[str, Resolution]) -> list[list[Entry]]:
    """The entries of each work. An entry that shows no title of its own joins others by its link only where
    they are one work: else one copied link would make one of two papers.
    """
    pairs = list(_twins(entries, by_entry))
    groups = _components(entries, [(a, b) for a, b, _ in pairs])
    torn = {e.entry_id for members in groups if _holds_strangers(members) for e in members}
    if torn:
        groups = _components(entries, [(a, b) for a, b, sure in pairs if sure or a not in torn])
    return groups


def _holds_strangers(members: Sequence[Entry]) -> bool:
    return any(_are_strangers(a, b) for a, b in combinations(members, 2))


def _components(entries: Sequence[Entry], pairs: Iterable[tuple[str, str]]) -> list[list[Entry]]:
    """Entries that pairs connect, in order of first appearance."""
    parent = {entry.entry_id: entry.entry_id for entry in entries}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in pairs:
        a, b = root(one), root(other)
        parent[b] = a
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(root(entry.entry_id), []).append(entry)
    return list(groups.values())


def _twins(entries: Sequence[Entry], by_entry: Mapping[str, Resolution]) -> Iterator[tuple[str, str, bool]]:
    """Pairs (first, later) of entries that are one work, and whether more than a link shows it.

    What a search found does not count here.
    """
    linked: dict[Identifier, list[Entry]] = {}
    titles: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind != "paper":
            continue
        for identifier in _written(by_entry.get(entry.entry_id)):
            for other in linked.get(identifier, ()):  # all of them: the outcome is the same in any order
                if not _are_strangers(entry, other):
                    yield other.entry_id, entry.entry_id, _related(entry, other)
            linked.setdefault(identifier, []).append(entry)
        title = normalise_title(entry.title or "")
        for other in titles.get(title, ()):
            if share_most_names(entry.authors, other.authors):
                yield other.entry_id, entry.entry_id, True
        if title:
            titles.setdefault(title, []).append(entry)


def _written(resolution: Resolution | None) -> tuple[Identifier, ...]:
    """The identifiers that the list itself, or a person, gives an entry."""
    return resolution.identifiers if resolution and resolution.method in ("url", "override") else ()


def _are_strangers(one: Entry, other: Entry) -> bool:
    """Two papers behind one link: titles differ and no author is shared, so one link was copied by mistake."""
    return bool(one.title and other.title) and not _related(one, other)


def _related(one: Entry, other: Entry) -> bool:
    """Whether more than their link shows two entries to be one work."""
    if one.title and other.title and is_sequel(one.title, other.title):
        return False
    if one.authors and other.authors and nearly_titled(one.title or "", other.title or ""):
        return _are_same_people(one, other)
    names = [(a, b) for a in names_of(one) for b in names_of(other)]
    return any(can_be_one(a, b) for a, b in names) or _are_same_people(one, other)


def _are_same_people(one: Entry, other: Entry) -> bool:
    """Whether two entries of different titles name the same people, as for a paper before and after it was renamed.

    One name of several, as of a list that writes "et al.", shows no more than that a person has two papers.
    """
    fewer, more = sorted((one.authors, other.authors), key=len)
    if not fewer[1:]:
        return not (one.et_al or other.et_al) and author_lists_equal(fewer, more)
    return are_most(fewer, more)


def _work(members: list[Entry], by_entry: Mapping[str, Resolution]) -> Work:
    written: dict[Identifier, None] = {}
    found: dict[Identifier, None] = {}
    given: set[Identifier] = set()
    for entry in members:
        resolution = by_entry.get(entry.entry_id, Resolution(entry.entry_id))
        target = written if _written(resolution) else found
        target.update(dict.fromkeys(resolution.identifiers))
        given.update(resolution.identifiers if resolution.method == "override" else ())
    searched = tuple(i for i in found if i not in written)
    in_order = tuple(sorted(written, key=lambda i: (strength(i), i)))
    return Work(members, in_order, searched, given=frozenset(given))
