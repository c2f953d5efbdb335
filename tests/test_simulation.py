"""Three hundred papers whose truth is known, as eight sources tell of them, through the real command.

`python -m benchmarks.simulation` is the large one; docs/simulation.md has its figures, hazard by hazard.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import simulation
from benchmarks._cases import HAZARDS
from benchmarks.simulation import Generated, Outcome

PAPERS, SEED = 300, 7
DECIDED = {"healthy": 0.9, "default": 0.85}
"""Least share decided of the published, those that nobody could decide included; see docs/simulation.md."""


@pytest.fixture(scope="module")
def generated() -> Generated:
    """The papers, the same ones on every machine."""
    return simulation.generate(PAPERS, SEED)


@pytest.fixture(scope="module", params=simulation.WORLDS)
def outcome(
    request: pytest.FixtureRequest, generated: Generated, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """What the command makes of them in one world."""
    return simulation.run(generated, request.param, tmp_path_factory.mktemp(request.param))


def test_generate__is_the_same_for_a_seed(generated: Generated) -> None:
    """A figure can be made again; every hazard occurs."""
    again = simulation.generate(PAPERS, SEED)
    assert again.lists == generated.lists
    assert again.world == generated.world
    assert len(generated.meant) >= PAPERS > len(HAZARDS)


def test_refresh__is_right_about_every_paper(outcome: Outcome) -> None:
    """No wrong identifier, no wrong venue, no wrong rewrite, in any world."""
    assert [f"{m.kind} ({m.hazard}): {m.text}" for m in outcome.mistakes] == []


def test_refresh__decides_where_papers_were_published(outcome: Outcome) -> None:
    """With all sources and without any key."""
    whole = outcome.whole
    undecided = [f"{m.hazard}: {m.text}" for m in outcome.undecided]
    assert whole.decided / whole.published >= DECIDED[outcome.world], "\n".join(undecided)


def test_refresh__decides_all_that_is_plain(outcome: Outcome) -> None:
    """Where nothing misleads, nothing is missed."""
    plain = [outcome.hazards[name] for name in ("plain", "no preprint", "duplicate")]
    assert sum(t.decided for t in plain) >= 0.97 * sum(t.published for t in plain)


def test_compare__sees_what_is_wrong(tmp_path: Path) -> None:
    """A list that was rewritten wrongly is noticed: what checks is checked."""
    generated, place = simulation.generate(40, SEED), tmp_path / "run"
    place.mkdir()
    simulation.prepare(generated, place)
    simulation.refresh(place, {}, "--offline")
    name = sorted(generated.lists)[0]
    page = place / "data" / "enriched" / name / f"{name}.md"
    line = next(n for (where, n), entry in generated.meant.items() if where == name and entry.venue == "ICLR")
    lines = page.read_text(encoding="utf-8").split("\n")
    lines[line - 1] = lines[line - 1].replace("ICLR", "ICRA")
    page.write_text("\n".join(lines), encoding="utf-8")
    found = simulation.compare(generated, "offline", place / "data" / "enriched")
    assert "rewrite" in {mistake.kind for mistake in found.mistakes}
