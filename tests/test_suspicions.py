"""What links show to be wrong without asking anybody: labels that lie, links that stand twice."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.identifiers import read_url
from pipeline.model import Entry, EntryVerdict, Link, Paper
from pipeline.suspicions import lying_labels, shared_links

DPO = "https://arxiv.org/abs/2305.18290"
BADGE = "https://img.shields.io/badge/arXiv-2305.18290-b31b1b.svg"


def entry(key: str = "a", *links: tuple[str, str], text: str = "", **fields: Any) -> Entry:
    """An entry with links of these labels and addresses."""
    made = tuple(Link(label, url, read_url(url).role) for label, url in links)
    values = {"title": "A Title", "links": made} | fields
    line = values.pop("line", 1)
    return Entry(key, (), line, line, line, "paper", text, **values)


LYING = [
    ("arXiv", "https://github.com/x/y", "a repository"),
    ("[arXiv]", "https://github.com/x/y", "a repository"),
    ("ArXiv", "https://openreview.net/forum?id=HPuSIXJaa9", "openreview.net, which is not arXiv"),
    ("OpenReview", DPO, "arxiv.org, which is not OpenReview"),
    ("Paper", "https://github.com/x/y", "a repository"),
    ("pdf", "https://huggingface.co/datasets/x/y", "a dataset"),
    ("Paper", "https://www.youtube.com/watch?v=dQw4w9WgXcQ", "a video"),
    ("Paper", BADGE, "an image"),
    ("Paper", "https://example.org/figure.png", "an image"),
    ("Code", DPO, "a paper"),
    ("[GitHub]", DPO, "a paper"),
]


@pytest.mark.parametrize(("label", "url", "where"), LYING)
def test_lying_labels__what_a_label_promises_and_an_address_breaks(label: str, url: str, where: str) -> None:
    """A paper's label at a repository, a place's at another place, code's at a paper, any at an image."""
    (text,) = lying_labels(entry("a", (label, url)))
    assert f"leads to {where}: {url}" in text


HONEST = [
    ("arXiv", DPO),
    ("arXiv", "https://huggingface.co/papers/2305.18290"),
    ("arXiv", "https://example.org/x"),
    ("Paper", DPO),
    ("Paper", "https://example.org/blog/post"),
    ("Paper", "https://project.github.io/"),
    ("Code", "https://github.com/x/y"),
    ("Code", "https://huggingface.co/x/y"),
    ("GitHub", "https://gitlab.com/x/y"),
    ("A Title", "https://github.com/x/y"),
    ("", "https://github.com/x/y"),
    ("Paper", ""),
    ("Paper", "#papers"),
    ("Paper", "paper.png"),
]


@pytest.mark.parametrize(("label", "url"), HONEST)
def test_lying_labels__what_may_well_be_true_is_no_lie(label: str, url: str) -> None:
    """A page that may hold the paper, a mirror, a label of no meaning."""
    assert list(lying_labels(entry("a", (label, url)))) == []


@pytest.mark.parametrize(("number", "told"), [("2305.18290", 0), ("2305.18299", 1)])
def test_lying_labels__a_badge_with_the_number_of_another_paper(number: str, told: int) -> None:
    """The number on an arXiv badge must be that of the link around it."""
    text = f"[![arXiv](https://img.shields.io/badge/arXiv-{number}-b31b1b.svg)]({DPO})"
    assert len(list(lying_labels(entry(text=text)))) == told


def paper(key: str, **fields: Any) -> Paper:
    """A paper of one entry."""
    return Paper(key, (key,), verdicts=(EntryVerdict(key, "unknown", **fields),))


SHARED = [
    ("nobody was asked", {}, {}, ["a", "b"]),
    ("one is right", {"link_status": "ok"}, {"link_status": "unverified"}, ["b"]),
    ("both are right", {"link_status": "ok"}, {"link_status": "retitled"}, []),
    ("one work after all", {}, {"duplicate_of": "a"}, []),
]


@pytest.mark.parametrize(("name", "one", "two", "told"), SHARED, ids=[row[0] for row in SHARED])
def test_shared_links__tells_who_may_have_copied(
    name: str, one: dict[str, Any], two: dict[str, Any], told: list[str]
) -> None:
    """Two papers with one link are told, but for the one that the link is known to lead to."""
    entries = [entry("a", ("Paper", DPO)), entry("b", ("pdf", f"{DPO}v2"), title="Other", line=2)]
    got = list(shared_links(entries, [paper("a", **one), paper("b", **two)]))
    assert [e.entry_id for e, _ in got] == told
    assert all("arxiv:2305.18290" in text for _, text in got)


def test_shared_links__needs_a_dataset_and_names_the_file() -> None:
    """Without papers nothing is known; the other entry's file is named where it is another one."""
    entries = [
        entry("a", ("Paper", DPO), file="one.md"),
        entry("b", ("Paper", DPO), title="Other", line=7, file="two.md"),
    ]
    assert list(shared_links(entries, [])) == []
    texts = [text for _, text in shared_links(entries, [paper("a"), paper("b")])]
    assert "line 7 of two.md" in texts[0]
    assert "line 1 of one.md" in texts[1]


def test_shared_links__tools_and_code_share_what_they_like() -> None:
    """Only papers are one paper each, and only the links to papers."""
    entries = [entry("a", ("Code", "https://github.com/x/y")), entry("b", ("Code", "https://github.com/x/y"))]
    assert list(shared_links(entries, [paper("a"), paper("b")])) == []
