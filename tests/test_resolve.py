"""Which paper each entry is: a person's word, links, twins in the list, and accepted searches, in this order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.identifiers import read_url
from pipeline.model import Entry, Identifier, Link, Record, Resolution
from pipeline.resolve import resolve
from pipeline.settings import Override
from pipeline.text import title_question

WHEN = "2026-01-02T03:04:05Z"
ARXIV = "https://arxiv.org/abs/2203.02155"
NEURIPS = "https://proceedings.neurips.cc/paper_files/paper/2022/hash/b1efde53be364a73914f58805a001731-Abstract-Conference.html"
TITLE = "Training language models to follow instructions with human feedback"


def entry(
    key: str, *urls: str, title: str | None = TITLE, authors: Sequence[str] = ("Long Ouyang",)
) -> Entry:
    """An entry with these links, the first of which is the paper's."""
    links = tuple(Link("Paper", url, read_url(url).role) for url in urls)
    paper = next((link.url for link in links if link.role == "paper"), None)
    return Entry(key, (), 1, 1, 1, "paper", "", title, None, tuple(authors), links=links, paper_url=paper)


def found(source: str, *authors: str, title: str = TITLE) -> dict[str, list[Record]]:
    """One candidate of a title search."""
    record = Record(source, title_question(title), WHEN, title=title, authors=authors)
    return {source: [replace(record, identifiers=(Identifier("arxiv", "2203.02155"),))]}


def one(item: Entry, *others: Entry, searches: dict[str, list[Record]] | None = None) -> Resolution:
    """The resolution of one entry among others."""
    titles = {title_question(item.title or ""): searches} if searches else {}
    return resolve([item, *others], {}, titles)[0]


def test_resolve__reads_the_links() -> None:
    """The paper's link says which paper it is; code and model links do not."""
    got = one(entry("a", ARXIV, "https://github.com/openai/following-instructions-human-feedback"))
    assert (got.method, got.score, got.identifiers) == ("url", 1.0, (Identifier("arxiv", "2203.02155"),))
    assert ARXIV in got.evidence[0]


def test_resolve__the_first_identifier_of_a_scheme_counts() -> None:
    """A second arXiv link in an entry names another paper."""
    got = one(entry("a", ARXIV, "https://arxiv.org/abs/1706.03762"))
    assert got.identifiers == (Identifier("arxiv", "2203.02155"),)


def test_resolve__a_twin_in_the_list_lends_its_identifiers() -> None:
    """The same title and a shared author elsewhere in the list name the same paper."""
    got = one(entry("a"), entry("b", NEURIPS))
    assert got.method == "title"
    assert got.identifiers == (Identifier("neurips", "2022/b1efde53be364a73914f58805a001731"),)


@pytest.mark.parametrize("authors", [(), ("Ada Byron",)])
def test_resolve__a_title_alone_makes_no_twin(authors: Sequence[str]) -> None:
    """Without a shared author two entries of one title may be two papers."""
    assert one(entry("a", authors=authors), entry("b", NEURIPS)).method == "none"


def test_resolve__an_accepted_search() -> None:
    """Title and author agree: the record's identifiers are the entry's."""
    got = one(entry("a"), searches=found("semanticscholar", "Long Ouyang", "Jeff Wu"))
    assert (got.method, got.score) == ("title", 1.0)
    assert Identifier("arxiv", "2203.02155") in got.identifiers


def test_resolve__a_refused_search_names_its_reason() -> None:
    """A paper of the same name by others is no match, and the evidence says so."""
    got = one(entry("a"), searches=found("semanticscholar", "Ada Byron"))
    assert (got.method, got.identifiers) == ("none", ())
    assert "no candidate shares title and author" in got.evidence[0]


def test_resolve__a_person_has_the_last_word() -> None:
    """An override goes before links and searches."""
    said = Override("a", (Identifier("doi", "10.1000/xyz"),))
    got = resolve([entry("a", ARXIV)], {"a": said}, {})[0]
    assert (got.method, got.identifiers) == ("override", (Identifier("doi", "10.1000/xyz"),))


def test_resolve__tools_are_never_searched() -> None:
    """An entry of another kind has no title search, whatever sources offer."""
    tool = replace(entry("a"), kind="other")
    assert one(tool, searches=found("semanticscholar", "Long Ouyang")).method == "none"


def test_resolve__does_not_depend_on_the_order() -> None:
    """Each entry is the same paper wherever it stands."""
    entries = [entry("a", ARXIV), entry("b"), entry("c", NEURIPS, title="Another Title of a Paper")]
    expected = {r.entry_id: r.identifiers for r in resolve(entries, {}, {})}
    for seed in range(5):
        mixed = random.Random(seed).sample(entries, len(entries))
        assert {r.entry_id: r.identifiers for r in resolve(mixed, {}, {})} == expected
