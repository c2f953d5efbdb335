"""Why an entry is the paper it is taken for: one page from what is stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.errors import UsageError
from pipeline.merging.gathering import gather
from pipeline.model import Record
from pipeline.tracing import find_entries, trace
from tests.test_merge import (
    DPO,
    FINDINGS,
    MAIN,
    answers,
    entry,
    missing,
    papers,
    record,
    resolved,
    stranger,
)

TITLES = {"semanticscholar": "Semantic Scholar", "arxiv": "arXiv", "acl": "ACL Anthology", "dblp": "DBLP"}


def page(item: object, *records: Record) -> str:
    """What is told about a lone entry."""
    (paper,) = papers([item], records)
    resolutions = resolved([item], records)
    (work,) = gather([item], resolutions, answers(records))
    return "\n".join(trace(item, resolutions[0], work, paper, answers(records), TITLES))


def test_trace__identifiers_and_how_each_was_got() -> None:
    """The list's, what a search gave, and what a source named, each with who said so."""
    text = page(entry("a", DPO), record("semanticscholar", DPO, ids=[DPO, MAIN]))
    assert "resolved by url, score 1.000" in text
    assert f"{DPO}, from the list" in text
    assert f"{MAIN}, from Semantic Scholar, asked for {DPO}" in text


def test_trace__candidates_scores_and_why_none_won() -> None:
    """Every candidate with its similarity, its people and its source; the reason of the acceptance rule."""
    twin = record("semanticscholar", "", authors=("Ada Byron",), year=2019, ids=[MAIN])
    other = replace(stranger("dblp", "x"), question=twin.question)
    text = page(entry("a"), twin, other, missing("acl", twin.question))
    assert "searched by title: none accepted" in text
    assert "  1.000 no author is shared: Semantic Scholar" in text
    assert "by Ada Byron, 2019" in text
    assert text.index("1.000 no author") < text.index("the title is another: DBLP")
    assert "ACL Anthology: found nothing" in text
    won = page(entry("a"), record("semanticscholar", "", ids=[DPO]))
    assert "searched by title: accepted" in won
    assert "->1.000 title and author agree: Semantic Scholar" in won
    assert "resolved by title, score 1.000" in won


def test_trace__what_links_lead_to_by_whom() -> None:
    """Each source's word about each link, and the one that counts."""
    text = page(entry("a", DPO), stranger("arxiv", DPO), record("semanticscholar", DPO))
    assert f"  {DPO}: wrong_paper" in text
    assert '    arXiv: wrong_paper "Attention Is All You Need"' in text
    assert "    Semantic Scholar: ok" in text
    assert "nobody was asked" in page(entry("a", DPO))
    gone = page(entry("a", FINDINGS), missing("acl", FINDINGS))
    assert f"{FINDINGS} does not exist, and proves nothing" in gone


def test_trace__evidence_decision_and_what_lost() -> None:
    """Every statement with its weight, the decision, the suggestion, and the fields on which sources differ."""
    s2 = record("semanticscholar", DPO, title="Direct Preference Optimization", venue="ICML", year=2022)
    dblp = record("dblp", DPO, venue="NeurIPS", venue_key="conf/nips", year=2023)
    text = page(entry("a", DPO, venue_text="arXiv", year=2023), s2, dblp)
    assert "authoritative NeurIPS 2023" in text
    assert "supporting    ICML 2022" in text
    assert "decided: NeurIPS 2023" in text
    assert "the list's venue: outdated; its link: ok" in text
    assert "title: dblp's; otherwise semanticscholar" in text
    assert "not decided, suggested: ICML 2022" in page(entry("a", DPO), s2)


ENTRIES = [
    entry("dpo", DPO, short_name="DPO", first_line=4, last_line=5),
    entry("cats", MAIN, title="Seven Cats", first_line=6, last_line=6, file="part.md"),
    entry("more-cats", title="More Cats", first_line=6, last_line=6, file="other.md"),
]
ASKED = [
    ("cats", ["cats"]),
    ("5", ["dpo"]),
    ("part.md:6", ["cats"]),
    ("6", ["cats", "more-cats"]),
    ("seven CATS", ["cats"]),
    ("Cats", ["cats", "more-cats"]),
    ("DPO direct", ["dpo"]),
]


@pytest.mark.parametrize(("asked", "found"), ASKED)
def test_find_entries__by_id_line_or_title(asked: str, found: list[str]) -> None:
    """An id is exact; a line is any of the entry's; a part of a title ignores case and signs."""
    assert [e.entry_id for e in find_entries(ENTRIES, asked)] == found


@pytest.mark.parametrize("asked", ["zzz", "99", "", "!!", "nope.md:6"])
def test_find_entries__none_is_an_error_with_a_hint(asked: str) -> None:
    """What means no entry says how to name one."""
    with pytest.raises(UsageError, match="no entry is"):
        find_entries(ENTRIES, asked)


def test_find_entries__too_many_is_an_error_with_names() -> None:
    """A word that half of the list has names nothing."""
    many = [entry(f"e{n}") for n in range(9)]
    with pytest.raises(UsageError, match="9 entries are 'direct'"):
        find_entries(many, "direct")
