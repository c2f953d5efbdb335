"""The labelled pairs of benchmarks/data/pairs.tsv, and what the judgement of a title search does with them."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from benchmarks import matching as bench

RARE = (
    "near title",
    "same title",
    "extended",
    "comment",
    "survey",
    "series",
    "retitled",
    "workshop",
    "supplement",
    "family",
)


def test_pairs__are_many_and_of_every_kind() -> None:
    """At least 3,000 pairs, 1,000 of them other works, 75 of each kind that misleads a search."""
    pairs = bench.pairs()
    kinds = Counter(pair.kind for pair in pairs)
    assert len(pairs) >= 3000
    assert sum(not pair.same for pair in pairs) >= 1000
    assert {kind: kinds[kind] for kind in RARE if kinds[kind] < 75} == {}


def test_pairs__a_work_is_in_one_part_only() -> None:
    """Nothing is measured on a work that chose a limit."""
    splits, titles = defaultdict(set), defaultdict(set)
    for pair in bench.pairs():
        splits[pair.work].add(pair.split)
        for paper in (pair.one, pair.other):
            titles[paper.identifier or paper.title].add(pair.split)
    assert [work for work, found in splits.items() if len(found) > 1] == []
    assert [title for title, found in titles.items() if len(found) > 1] == []


def test_pairs__about_two_fifths_are_for_testing() -> None:
    """The hash of the work decides."""
    share = len(bench.part("test")) / len(bench.pairs())
    assert 0.35 < share < 0.45


def test_pairs__no_pair_stands_twice() -> None:
    """Neither as it is nor turned round with another label."""
    seen = Counter(frozenset((pair.one, pair.other)) for pair in bench.pairs())
    assert [pair for pair, times in seen.items() if times > 1] == []


@pytest.mark.parametrize("part", bench.PARTS)
def test_model__keeps_the_bars(part: str) -> None:
    """Precision first, with its lower bound, then recall of what the rule of acceptance can decide."""
    got = bench.score(bench.part(part))
    assert got.precision >= bench.BAR_PRECISION
    assert got.bound >= bench.BAR_BOUND
    assert got.recall >= bench.BAR_RECALL


@pytest.mark.parametrize("kind", RARE)
def test_model__takes_no_other_work_of_any_kind(kind: str) -> None:
    """No kind hides its errors behind the others."""
    assert [pair for pair in bench.errors(bench.pairs()) if pair.kind == kind and not pair.same] == []


@pytest.mark.parametrize(
    ("right", "total", "bound"), [(0, 0, 0.0), (400, 400, 0.9905), (9, 10, 0.5958), (0, 10, 0.0)]
)
def test_wilson__lower_bound(right: int, total: int, bound: float) -> None:
    """As in Wilson (1927), without continuity correction."""
    assert bench.wilson(right, total) == pytest.approx(bound, abs=1e-4)


def test_document__shows_the_figures_of_the_code() -> None:
    """`python -m benchmarks.matching --write` renews it."""
    text = bench.DOCUMENT.read_text(encoding="utf-8")
    assert bench.document(text) == text
