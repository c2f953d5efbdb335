"""Whatever happens to a nightly run, nothing known is lost and nothing is invented: the rows of `faultmatrix`."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.faults import HEAD
from tests.apiserver import ApiServer, load_world
from tests.faultmatrix import KILLED, ROWS, Played, Row, Scene, cells, play, sabotaged, with_news
from tests.workplace import ROOT, Workplace

_DATES = re.compile(rb"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")


@pytest.fixture(scope="session")
def ripe(refreshed: Workplace, running: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """A workplace where all was asked twice: what was first found by its title is known by identifier."""
    running.heal()
    place = refreshed.copy(tmp_path_factory.mktemp("ripe") / "work")
    Scene(place, running).settle()
    place.run("refresh")
    return place


@pytest.fixture(scope="session")
def renewed(
    ripe: Workplace, running: ApiServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bytes]:
    """The dataset as a fault-free night with news leaves it."""
    running.heal()
    place = ripe.copy(tmp_path_factory.mktemp("renewed") / "work")
    running.world = with_news(load_world())
    place.run("refresh")
    return undated(place.data())


def without_notes(data: dict[str, bytes]) -> dict[str, bytes]:
    """Files without the notes of what a source no longer names; the report tells them."""
    plain = {name: re.sub(rb'"missing_since":"[^"]*",', b"", text) for name, text in data.items()}
    return {name: text for name, text in plain.items() if not name.endswith("report.md")}


def undated(data: dict[str, bytes]) -> dict[str, bytes]:
    """Files without the dates in them."""
    return {name: _DATES.sub(b"DATE", text) for name, text in data.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_refresh__under_a_fault(
    ripe: Workplace, renewed: dict[str, bytes], server: ApiServer, tmp_path: Path, row: Row
) -> None:
    """It ends as the table says, keeps every value and its date, and the next healthy run makes all good."""
    played = play(row, Scene(ripe.copy(tmp_path / "place"), server))
    assert "Traceback" not in played.err
    assert (played.status, bool(re.search(row.says, played.err))) == (row.status, True), played.err
    assert played.seconds < row.limit
    if row.news:
        check_whole_files(played, renewed, whole=row.group not in PARTLY)
        assert undated(dict(played.calm)) == renewed
    else:
        after, expected = dict(played.after), dict(played.before if row.mended else played.touched)
        if row.noted:
            after, expected = without_notes(after), without_notes(expected)
        assert differing(after, expected) == []
        assert differing(played.calm, played.before) == []


@pytest.mark.parametrize(
    "points",
    [
        pytest.param([3, 17, 31, 47], id="some"),
        *(
            pytest.param(
                range(1 + part, 400, 4), id=f"all-{part}", marks=[pytest.mark.slow, pytest.mark.timeout(1800)]
            )
            for part in range(4)
        ),
    ],
)
def test_refresh__killed_at_any_write(
    ripe: Workplace, renewed: dict[str, bytes], server: ApiServer, tmp_path: Path, points: list[int]
) -> None:
    """kill -9 before any change of a file: each file is the old one or the new one, and the next run ends well."""
    for point in points:
        row = replace(KILLED, happens=sabotaged(f"kill {point}"))
        server.world = load_world()
        played = play(row, Scene(ripe.copy(tmp_path / str(point)), server))
        assert "Traceback" not in played.err
        check_whole_files(played, renewed, whole=True)
        assert undated(dict(played.calm)) == renewed, point
        if played.status == 0:  # the run has fewer changes than that
            return
        assert played.status == KILLED.status
    assert len(points) < 10, "there is no end to the changes"


def differing(left: object, right: object) -> list[str]:
    """Names of files that are not the same."""
    assert isinstance(left, dict)
    assert isinstance(right, dict)
    return sorted(name for name in left.keys() | right.keys() if left.get(name) != right.get(name))


def check_whole_files(played: Played, renewed: dict[str, bytes], *, whole: bool) -> None:
    """No value that was known is gone; `whole`: each file is the old one or the new one.

    Where only some sources gave their news, files lie between the two. So may records do in any case: what was
    answered is saved also while a host makes the run wait.
    """
    after, before = undated(dict(played.after)), undated(dict(played.before))
    between = [name for name, old in before.items() if after[name] not in (old, renewed[name])]
    for name in between:
        assert len(after[name].splitlines()) >= len(before[name].splitlines()), name
        if whole:
            assert "/records/" in name
            answers = {*before[name].splitlines(), *renewed[name].splitlines()}
            assert answers.issuperset(after[name].splitlines()), name
    assert known_values(before) <= known_values(after)


PARTLY = ("Wrong answers",)
"""Groups of faults under which some sources may give their news and others not."""


def known_values(data: dict[str, bytes]) -> set[tuple[str, str, str]]:
    """Which entry or question has a value in which field, by file."""
    found = set()
    for name, text in data.items():
        if name.endswith(".jsonl") and "/records/" in name:
            rows = [json.loads(line) for line in text.splitlines()]
            found |= {(name, f"{row['question']}#{row['rank']}", key) for row in rows for key in row}
        elif name.endswith("papers.csv"):
            table = csv.DictReader(io.StringIO(text.decode()))
            found |= {(name, row["entry_id"], key) for row in table for key, value in row.items() if value}
    return found


def test_rows__have_names_of_their_own() -> None:
    """A row that shares its name with another would be lost in the table."""
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_docs__show_every_fault(row: Row) -> None:
    """The table is made of these rows (`python benchmarks/faults.py --write`), so that both say the same."""
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {row.group}\n")[2].partition("\n## ")[0]
    assert cells(row) in section


def test_docs__begin_as_the_benchmark_writes_them() -> None:
    """A sentence that stands only in the page would be lost when it is written again."""
    assert (ROOT / "docs" / "faults.md").read_text(encoding="utf-8").startswith(HEAD)
