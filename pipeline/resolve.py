"""Resolve: which paper each entry of a list is.

In this order: a person's override, all URLs in the entry, the same title with a shared author within
the list, an accepted title search. Reads `entries.jsonl`, writes `resolutions.jsonl`; never asks the
network: title searches are asked by `enrich` and judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from pipeline.identifiers import read_url, siblings
from pipeline.matching import accept, share_most_names
from pipeline.model import Entry, Identifier, Record, Resolution
from pipeline.settings import Override
from pipeline.text import normalise_title, title_question

_ARXIV_DOI = "10.48550/arxiv."
"""arXiv's own DOIs are another spelling of its ids; `doi` is for publishers' DOIs."""

TitleAnswers = Mapping[str, Mapping[str, Sequence[Record]]]
"""Question (`title:...`) -> source -> the records it found."""


def resolve(
    entries: Sequence[Entry], overrides: Mapping[str, Override], titles: TitleAnswers
) -> tuple[Resolution, ...]:
    """One resolution per entry, in list order. `overrides` maps entry ids to a person's word."""
    by_url = {entry.entry_id: _from_links(entry) for entry in entries}
    twins = _TitleIndex(entries, by_url)
    return tuple(
        [_resolve_one(entry, overrides.get(entry.entry_id), by_url, twins, titles) for entry in entries]
    )


def _resolve_one(
    entry: Entry,
    override: Override | None,
    by_url: Mapping[str, tuple[Identifier, ...]],
    twins: _TitleIndex,
    titles: TitleAnswers,
) -> Resolution:
    if override and override.identifiers:
        return Resolution(entry.entry_id, override.identifiers, "override", 1.0, ("a person said so",))
    if found := by_url[entry.entry_id]:
        return Resolution(entry.entry_id, found, "url", 1.0, (f"from {_first_link(entry, found[0])}",))
    if twin := twins.of(entry):
        evidence = (f"same title and author as the entry in {twin.place}",)
        return Resolution(entry.entry_id, by_url[twin.entry_id], "title", 1.0, evidence)
    return _from_search(entry, titles)


def _first_link(entry: Entry, identifier: Identifier) -> str:
    return next((link.url for link in entry.links if identifier in read_url(link.url).identifiers), "a link")


def _from_links(entry: Entry) -> tuple[Identifier, ...]:
    """The identifiers of the paper's links, the paper's own link first; one value per scheme.

    A second arXiv id in an entry names another paper: the first one counts.
    """
    urls = [link.url for link in entry.links if link.role == "paper"]
    if entry.paper_url and urls[:1] != [entry.paper_url]:
        urls = [entry.paper_url, *[url for url in urls if url != entry.paper_url]]
    found: dict[str, Identifier] = {}
    for url in urls:
        for identifier in read_url(url).identifiers:
            found.setdefault(identifier.scheme, identifier)
    return tuple(found.values())


class _TitleIndex:
    """Entries of the list that have identifiers, by normalised title; made when an entry without any asks."""

    def __init__(self, entries: Sequence[Entry], by_url: Mapping[str, tuple[Identifier, ...]]) -> None:
        self._entries, self._by_url = entries, by_url

    @cached_property
    def _by_title(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self._entries:
            if entry.title and entry.kind == "paper" and self._by_url[entry.entry_id]:
                found.setdefault(normalise_title(entry.title), []).append(entry)
        return found

    def of(self, entry: Entry) -> Entry | None:
        """The first entry with the same title and most of its authors, or None."""
        if not entry.title or entry.kind != "paper":
            return None
        same = self._by_title.get(normalise_title(entry.title), [])
        return next((other for other in same if share_most_names(entry.authors, other.authors)), None)


def _from_search(entry: Entry, titles: TitleAnswers) -> Resolution:
    if not entry.title or entry.kind != "paper":
        return Resolution(entry.entry_id)
    candidates = titles.get(title_question(entry.title))
    if not candidates:
        return Resolution(entry.entry_id)
    match = accept(entry, candidates)
    if not match.accepted or match.record is None:
        return Resolution(entry.entry_id, (), "none", match.score, (match.reason,))
    identifiers = _with_siblings(match.record.identifiers)
    return Resolution(entry.entry_id, identifiers, "title", match.score, (match.reason,))


def _with_siblings(identifiers: Sequence[Identifier]) -> tuple[Identifier, ...]:
    known = dict.fromkeys(identifiers)
    for identifier in identifiers:
        known.update(dict.fromkeys(i for i in siblings(identifier) if not i.value.startswith(_ARXIV_DOI)))
    return tuple(known)


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "resolve")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
