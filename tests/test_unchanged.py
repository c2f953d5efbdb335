"""A refresh in which nothing changed: what it skips, what it still says, and what makes it look again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.enrich import Outcome, due
from pipeline.jobs.options import RunOptions
from pipeline.jobs.unchanged import Ended, recall, remember
from pipeline.questions import NOT_FOUND_FACTOR
from pipeline.settings import Settings, SourceSettings
from pipeline.store import REFUSAL_HOLDS
from tests.apiserver import ApiServer
from tests.test_budget import settings_of
from tests.test_enrich import MONTH, NOW, found, kept, missing
from tests.workplace import NAME, Workplace

ENDED = Ended((("info", "x: 1 line to change"), ("warning", "y")), {"x": 1}, False)
SOURCE = {"arxiv": SourceSettings("arxiv", "https://api.test", max_age=MONTH)}


@pytest.fixture
def place(tmp_path: Path) -> tuple[list[Path], Settings]:
    """A list, its dataset and a record store."""
    settings = Settings(
        cache=tmp_path / "cache", raw=tmp_path / "raw", enriched=tmp_path / "enriched", sources=SOURCE
    )
    for file in ("raw/x.md", "enriched/x/papers.csv", "enriched/records/arxiv.jsonl"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("as it was")
    return [tmp_path / "raw" / "x.md"], settings


def test_recall__gives_back_what_was_said(place: tuple[list[Path], Settings]) -> None:
    """Until the first answer has aged, and not before it was remembered: the clock may have jumped."""
    lists, settings = place
    remember(ENDED, lists, settings, RunOptions(), NOW, NOW + MONTH)
    moments = {NOW: ENDED, NOW + MONTH: None, NOW - timedelta(seconds=1): None, NOW + MONTH / 2: ENDED}
    assert {now: recall(lists, settings, RunOptions(), now) for now in moments} == moments


def _write(file: str) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_text("other")


CHANGES: dict[str, Callable[[Path], object]] = {
    "the list": _write("raw/x.md"),
    "what people decided": _write("raw/x.yaml"),
    "a file of the dataset": _write("enriched/x/papers.csv"),
    "a file of the dataset gone": lambda folder: (folder / "enriched/x/papers.csv").unlink(),
    "a file more": _write("enriched/x/more.csv"),
    "the records": _write("enriched/records/arxiv.jsonl"),
    "answers that were not folded": lambda folder: (folder / "cache/journal").mkdir() or _write("cache/journal/arxiv.jsonl")(folder),
    "the memory damaged": _write("cache/unchanged.json"),
    "the memory of another kind": lambda folder: (folder / "cache/unchanged.json").write_text('{"a": 3}'),
    "the cache gone": lambda folder: shutil.rmtree(folder / "cache"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_recall__looks_again_where_anything_changed(
    place: tuple[list[Path], Settings], tmp_path: Path, change: Callable[[Path], object]
) -> None:
    """Any byte that a refresh reads or writes."""
    lists, settings = place
    remember(ENDED, lists, settings, RunOptions(), NOW, NOW + MONTH)
    change(tmp_path)
    if (tmp_path / "raw/x.yaml").exists():
        (tmp_path / "raw/x.yaml").write_text("upstream: https://example.org\n")
    assert recall(lists, settings, RunOptions(), NOW) is None


def test_recall__looks_again_for_another_question(place: tuple[list[Path], Settings]) -> None:
    """Other options, other settings, a key that was not there: another run."""
    lists, settings = place
    remember(ENDED, lists, settings, RunOptions(), NOW, NOW + MONTH)
    for options in (RunOptions(in_place=True), RunOptions(dry_run=True), RunOptions(summary=Path("s"))):
        assert recall(lists, settings, options, NOW) is None
    keyed = {"arxiv": SourceSettings("arxiv", "https://api.test", max_age=MONTH, key="secret-key")}
    other = Settings(cache=settings.cache, raw=settings.raw, enriched=settings.enriched, sources=keyed)
    assert recall(lists, other, RunOptions(), NOW) is None
    assert "secret-key" not in (settings.cache / "unchanged.json").read_text()


def test_due__the_first_answer_that_ages(tmp_path: Path) -> None:
    """Found answers after their age, those not found later, a refusal after its night."""
    store = kept(tmp_path, found("arxiv", "arxiv:2305.18290", 10), missing("arxiv", "arxiv:2305.18291", 40))
    settled = {"arxiv": Outcome("arxiv", settled=True)}
    assert due(settled, SOURCE, store, NOW) == NOW + timedelta(days=20)
    later = NOW + timedelta(days=21)
    assert due(settled, SOURCE, store, later) == NOW + timedelta(days=30 * NOT_FOUND_FACTOR - 40)
    store.remember_refusal("arxiv", "https://api.test key=False user=False", NOW, "no", "")
    assert due(settled, SOURCE, store, NOW) == NOW + REFUSAL_HOLDS


@pytest.mark.parametrize(
    "date", ["9999-12-31T23:59:59+00:00", "9999-12-31T23:59:59-12:00", "2126-01-31T00:00:00+00:00"]
)
@pytest.mark.parametrize("confirmed", [False, True], ids=["record", "confirmed"])
def test_due__a_date_of_a_wrong_clock_counts_for_nothing(tmp_path: Path, date: str, confirmed: bool) -> None:
    """Neither where a record bears it that nobody asks about any more, nor where only the cache does."""
    kept(tmp_path, found("arxiv", "arxiv:2305.18290", 10)).save()
    strange = found("arxiv", "arxiv:2305.18291", 40)
    store = kept(tmp_path, strange if confirmed else replace(strange, retrieved_at=date))
    store.save()
    if confirmed:
        path = next(tmp_path.rglob("confirmed.json"))
        path.write_text(json.dumps({"arxiv": {"arxiv:2305.18291": date}}))
    settled = {"arxiv": Outcome("arxiv", settled=True)}
    assert due(settled, SOURCE, kept(tmp_path), NOW) == NOW + timedelta(days=20)


@pytest.mark.parametrize(
    "outcome",
    [Outcome("arxiv"), Outcome("arxiv", "down", settled=True), Outcome("arxiv", "ok", asked=1, settled=True)],
    ids=["not at an end", "down", "left open"],
)
def test_due__now_where_something_was_left_open(tmp_path: Path, outcome: Outcome) -> None:
    """The next run asks again."""
    assert due({"arxiv": outcome}, SOURCE, kept(tmp_path), NOW) == NOW


def test_due__always_again(tmp_path: Path) -> None:
    """A source with `max_age: 0d` has always something to ask; a list nobody is asked about never."""
    always = {"arxiv": SourceSettings("arxiv", "https://api.test", max_age=timedelta())}
    outcomes = {"arxiv": Outcome("arxiv", settled=True)}
    assert due(outcomes, always, kept(tmp_path, found("arxiv", "arxiv:2305.18290")), NOW) == NOW
    assert due({}, {}, kept(tmp_path), NOW).year == datetime.max.year


# The real command


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """The APIs, each on a port of its own."""
    with ApiServer(separate=True) as running:
        yield running


def test_refresh__unchanged_says_the_same(server: ApiServer, tmp_path: Path) -> None:
    """The second run ends in seconds with the same words, asks nothing and leaves every byte."""
    place = Workplace(tmp_path / "work", settings_of(server), server.environment())
    place.run("refresh")
    before = place.data()
    memory = json.loads((place.folder / ".cache/paperlist/unchanged.json").read_text())
    assert len(memory) == 1
    server.forget()
    _, err = place.run("refresh", "--strict")
    assert f"{NAME}: 17 lines to change" in err
    assert f"{NAME}: 41 distinct works, nothing changed" in err
    assert server.requests() == []
    assert place.data() == before
    run = json.loads((place.folder / ".cache/paperlist/run.json").read_text())
    assert (run["lists"], run["requests"]) == ([NAME], 0)
    assert datetime.fromisoformat(run["started_at"]) <= datetime.now(UTC)


def test_refresh__a_deleted_file_comes_back(server: ApiServer, tmp_path: Path) -> None:
    """What a run wrote is made again where somebody took it away."""
    place = Workplace(tmp_path / "work", settings_of(server), server.environment())
    place.run("refresh")
    before = place.data()
    (place.dataset / "report.md").unlink()
    (place.dataset / "papers.parquet").unlink()
    place.run("refresh")
    assert place.data() == before
    assert (place.dataset / "papers.parquet").exists()
