"""A run's budget: requests and time, shared by all lists and sources; ageing spread over nights."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest

from pipeline.enrich import Outcome, enrich
from pipeline.errors import BudgetSpent, SourceDown
from pipeline.model import Entry, Identifier, Record
from pipeline.ratelimit import Budget, Pace
from pipeline.session import Session
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import Source, discover
from pipeline.store import RecordStore
from pipeline.wire import WireError
from tests.apiserver import ApiServer, load_world
from tests.test_enrich import MONTH, NOW, entry, found, ident, works
from tests.test_session import FakeClock, FakeWire, ok, status
from tests.workplace import NAME, Workplace, generated_list, generated_works

# Counting


def test_budget__counts_requests_of_all_sources() -> None:
    """Whoever sends it, a request is one; the next one is refused in words."""
    budget = Budget(2, clock=FakeClock())
    assert (budget.take("arxiv"), budget.take("dblp"), budget.left) == (None, None, 0)
    assert budget.spent is None
    assert budget.take("dblp") == "the 2 requests of this run are spent"
    assert (budget.used("arxiv"), budget.used("dblp")) == (1, 1)


def test_budget__ends_with_its_time() -> None:
    """No request after the time is over, and a jump of the wall clock is no time."""
    clock = FakeClock()
    budget = Budget(seconds=60.0, clock=clock)
    clock.jump = timedelta(days=400)
    assert budget.take("a") is None
    clock.seconds = 60.0
    assert budget.take("a") == "the 60 s of this run are over"


def test_budget__none_is_no_limit() -> None:
    """Without limits nothing is ever spent."""
    budget = Budget(clock=FakeClock())
    assert not budget.limited
    assert all(budget.take("a") is None for _ in range(1000))
    assert budget.left is None


def test_pace__does_not_wait_beyond_the_end() -> None:
    """A start that would come too late is given up at once."""
    clock = FakeClock()
    pace = Pace(3.0, clock)
    assert pace.acquire(until=2.0) == 0.0
    assert pace.acquire(until=2.0) is None
    assert clock.slept == []


# In the session

A = SourceSettings("a", "https://api.a.example/v1", interval=1.0, max_age=timedelta(days=30))


def session(tmp_path: Path, budget: tuple[int | None, float | None], *steps: Any) -> tuple[Session, FakeWire]:
    """A session over fakes with this budget."""
    clock = FakeClock()
    wire = FakeWire(clock, list(steps))
    settings = Settings(cache=tmp_path, sources={"a": A})
    return Session(settings, clock=clock, wire=wire, budget=Budget(*budget, clock)), wire


def test_session__retries_count(tmp_path: Path) -> None:
    """Every attempt on the wire costs one, and the end is no failure of the source."""
    made, wire = session(tmp_path, (2, None), status(503))
    with made, pytest.raises(BudgetSpent, match="2 requests"):
        made.client("a").get(A.url + "/x")
    assert len(wire.calls) == 2
    assert made.stats["a"].to_json()["held_back"] == 1


def test_session__what_could_not_be_sent_costs_nothing(tmp_path: Path) -> None:
    """Where no such host is known, nothing was sent: the run may still ask others."""
    made, wire = session(tmp_path, (1, None), ok())
    wire.unreachable = WireError("unreachable", "no such host (DNS)")
    with made:
        with pytest.raises(SourceDown, match="no such host"):
            made.client("a").get(A.url + "/x")
        assert (made.budget.left, made.budget.used("a"), made.budget.spent) == (1, 0, None)


def test_session__cached_answers_are_free(tmp_path: Path) -> None:
    """What the cache answers is given also when nothing is left."""
    made, wire = session(tmp_path, (1, None), ok())
    with made:
        for _ in range(3):
            made.client("a").get(A.url + "/x")
        with pytest.raises(BudgetSpent):
            made.client("a").get(A.url + "/y")
    assert len(wire.calls) == 1


@pytest.mark.parametrize("wait", ["20", None], ids=["the server asks to wait", "backoff"])
def test_session__waits_end_with_the_time(tmp_path: Path, wait: str | None) -> None:
    """A wait that would outlast the run is not begun, and no answer is waited for longer than that."""
    headers = {"retry-after": wait} if wait else {}
    made, wire = session(tmp_path, (None, 6.0), status(503, headers))
    with made, pytest.raises(BudgetSpent, match="6 s of this run are over"):
        made.client("a").get(A.url + "/x")
    assert made.clock.monotonic() <= 6.0
    assert all(limit <= 6.0 for limit in wire.timeouts)


# Which questions


class Counting:
    """A source that answers two questions per request and takes each request from the budget."""

    name: ClassVar[str]
    title: ClassVar[str] = ""
    schemes: ClassVar[tuple[str, ...]] = ("arxiv",)
    order: ClassVar[int] = 1
    gives: ClassVar[tuple[str, ...]] = ()
    probe: ClassVar[Identifier] = Identifier("arxiv", "2305.18290")

    def __init__(self, budget: Budget, mute: frozenset[str] = frozenset()) -> None:
        self.budget, self.mute = budget, mute
        self.requests: list[list[str]] = []

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        for start in range(0, len(identifiers), 2):
            if spent := self.budget.take(self.name):
                raise BudgetSpent(self.name, spent)
            batch = [str(i) for i in identifiers[start : start + 2]]
            self.requests.append(batch)
            yield [self.answer(question) for question in batch if question not in self.mute]

    def answer(self, question: str) -> Record:
        return found(self.name, question, identifiers=(ident(question),), title=None, authors=())


class Down(Counting):
    """One that never answers."""

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        raise SourceDown(self.name, "answered HTTP 503")
        yield []


class Failing(Counting):
    """One that takes a request and never answers."""

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        if spent := self.budget.take(self.name):
            raise BudgetSpent(self.name, spent)
        raise SourceDown(self.name, "answered HTTP 500")
        yield []


def make(name: str, kind: type[Counting] = Counting) -> type[Counting]:
    """A source of this name."""
    return cast(type[Counting], type(name, (kind,), {"name": name}))


ARXIV, SCHOLAR = make("arxiv"), make("semanticscholar")


def arxiv(number: int) -> str:
    """The n-th paper."""
    return f"arxiv:2305.{number:05}"


def paper(number: int) -> Entry:
    """An entry that links the n-th paper."""
    return entry(f"e{number}", arxiv(number), title=None, authors=())


def night(
    store: RecordStore,
    entries: Sequence[Entry],
    budget: Budget,
    *sources: Counting,
    gather: Any = None,
    now: Any = NOW,
) -> dict[str, Outcome]:
    """One run over these sources."""
    return enrich(
        gather or (lambda: works(entries, store)),
        lambda name: cast(Source, next(source for source in sources if source.name == name)),
        {source.name: cast(type[Source], type(source)) for source in sources},
        {source.name: SourceSettings(source.name, "https://api.test", max_age=MONTH) for source in sources},
        store,
        now,
        budget=budget,
    )


def aged(tmp_path: Path, source: str, ages: Sequence[int]) -> RecordStore:
    """A store in which the n-th paper was answered so many days ago."""
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    for number, days in enumerate(ages):
        store.put(
            source,
            [found(source, arxiv(number), days, identifiers=(ident(arxiv(number)),), title=None, authors=())],
        )
    return store  # fmt: skip


def test_enrich__oldest_first_and_only_what_aged(tmp_path: Path) -> None:
    """Four requests' worth of stale answers, two requests: the oldest four questions, and the rest is counted."""
    ages = [10, 60, 31, 90, 45, 33, 80, 70, 29, 50]
    store, budget = aged(tmp_path, "arxiv", ages), Budget(2)
    source = ARXIV(budget)
    outcome = night(store, [paper(n) for n in range(10)], budget, source)["arxiv"]
    assert source.requests == [[arxiv(3), arxiv(6)], [arxiv(7), arxiv(1)]]
    assert (outcome.state, outcome.left, outcome.found, outcome.unanswered) == ("spent", 4, 4, 0)


def test_enrich__missing_before_aged(tmp_path: Path) -> None:
    """A new entry does not wait for old answers, however many have aged."""
    store, budget = aged(tmp_path, "arxiv", [40] * 6), Budget(1)
    source = ARXIV(budget)
    night(store, [paper(n) for n in range(7)], budget, source)
    assert source.requests == [[arxiv(6)]]


def test_enrich__what_is_learned_comes_before_aged(tmp_path: Path) -> None:
    """The second round of a new entry, too, is asked before what has aged."""

    class Naming(Counting):
        name = "semanticscholar"

        def answer(self, question: str) -> Record:
            return found(self.name, question, identifiers=(ident(question), ident("acl:2023.emnlp-main.183")), title=None, authors=())  # fmt: skip

    class Anthology(Counting):
        name, schemes = "acl", ("acl",)

    store, budget = aged(tmp_path, "semanticscholar", [40] * 6), Budget(2)
    scholar, anthology = Naming(budget), Anthology(budget)
    night(store, [paper(n) for n in range(7)], budget, scholar, anthology)
    assert scholar.requests == [[arxiv(6)]]
    assert anthology.requests == [["acl:2023.emnlp-main.183"]]


def test_enrich__sources_share_evenly(tmp_path: Path) -> None:
    """No fast source eats what the others need; what one leaves over goes to the others."""
    budget = Budget(6)
    store = aged(tmp_path, "semanticscholar", [1] * 16)
    sources = ARXIV(budget), SCHOLAR(budget)
    night(store, [paper(n) for n in range(18)], budget, *sources)
    assert [len(source.requests) for source in sources] == [5, 1]
    assert budget.left == 0


def test_enrich__one_source_that_is_down_leaves_the_budget_to_the_others(tmp_path: Path) -> None:
    """A failure stays a failure, and costs the others nothing."""
    budget = Budget(4)
    broken, source = make("openalex", Down)(budget), ARXIV(budget)
    store = aged(tmp_path, "x", [])
    outcomes = night(store, [paper(n) for n in range(20)], budget, broken, source)
    assert len(source.requests) == 4
    assert (outcomes["openalex"].state, outcomes["openalex"].left) == ("down", 0)
    assert (outcomes["arxiv"].state, outcomes["arxiv"].left) == ("spent", 12)


def test_enrich__sources_that_never_answer_starve_nobody(tmp_path: Path) -> None:
    """Night after night with a request or two: who was asked last is asked last again."""
    store = aged(tmp_path, "x", [])
    entries = [paper(n) for n in range(4)]
    asked: list[str] = []
    for number in range(6):
        budget = Budget(1)
        failing = [make(name, Failing)(budget) for name in ("acl", "openalex")]
        source = SCHOLAR(budget)
        night(store, entries, budget, *failing, source, now=NOW + timedelta(days=number))
        asked += [question for request in source.requests for question in request]
    assert sorted(asked) == [arxiv(n) for n in range(4)]


def test_enrich__a_question_without_an_answer_does_not_eat_the_budget(tmp_path: Path) -> None:
    """What a source passes over in silence is asked at most twice in a run."""
    budget = Budget(9)
    source = ARXIV(budget, frozenset({arxiv(0)}))
    night(aged(tmp_path, "x", []), [paper(n) for n in range(3)], budget, source, SCHOLAR(budget))
    assert sum(arxiv(0) in request for request in source.requests) <= 2


def test_enrich__nights_go_round(tmp_path: Path) -> None:
    """With a small budget every answer is renewed within a few nights, each night another slice."""
    store = aged(tmp_path, "arxiv", [40] * 12)
    entries = [paper(n) for n in range(12)]
    asked: list[str] = []
    for number in range(3):
        budget = Budget(2)
        source = ARXIV(budget)
        outcome = night(store, entries, budget, source, now=NOW + timedelta(days=number))["arxiv"]
        asked += [question for request in source.requests for question in request]
        assert outcome.left == (8, 4, 0)[number]
    assert sorted(asked) == [arxiv(n) for n in range(12)]


def test_enrich__a_paper_on_ten_lists_is_asked_once(tmp_path: Path) -> None:
    """The lists share one store: one question, one place in a batch."""
    store, budget = aged(tmp_path, "x", []), Budget()
    source = ARXIV(budget)
    lists = [[paper(0), paper(number)] for number in range(1, 11)]
    night(store, [], budget, source, gather=lambda: [w for entries in lists for w in works(entries, store)])
    asked = [question for request in source.requests for question in request]
    assert sorted(asked) == [arxiv(n) for n in range(11)]


def test_enrich__two_spellings_of_one_name_are_asked_once(tmp_path: Path) -> None:
    """One list links the Anthology, another the DOI of the same paper."""

    class Both(Counting):
        name, schemes = "semanticscholar", ("acl", "doi")

    store, budget = aged(tmp_path, "x", []), Budget()
    source = Both(budget)
    links = ("acl:2023.emnlp-main.183", "doi:10.18653/v1/2023.emnlp-main.183")
    lists = [[entry("a", link, title=None)] for link in links]
    night(store, [], budget, source, gather=lambda: [w for entries in lists for w in works(entries, store)])
    assert source.requests == [[links[0]]]


def test_enrich__what_an_interrupted_run_learned_is_asked(tmp_path: Path) -> None:
    """Where all the list's own questions are answered, those that were learned and not asked come first."""
    named = (ident(arxiv(0)), ident("acl:2023.emnlp-main.183"))
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    store.put("arxiv", [found("arxiv", arxiv(0), identifiers=named, title=None, authors=())])

    class Anthology(Counting):
        name, schemes = "acl", ("acl",)

    budget = Budget()
    source = Anthology(budget)
    night(store, [paper(0)], budget, ARXIV(budget), source)
    assert source.requests == [["acl:2023.emnlp-main.183"]]


# The real command


def settings_of(server: ApiServer, **options: Any) -> str:
    """A paperlist.yaml that leads to the server, and to no source that it does not have."""
    missing = [name for name in discover() if name not in server.apis]
    off = "".join(f"  {name}: {{enabled: false}}\n" for name in missing)
    return server.settings_yaml(**options) + off


@pytest.fixture(scope="module")
def server() -> Iterator[ApiServer]:
    """The APIs, each on a port of its own."""
    with ApiServer(separate=True) as running:
        yield running


def test_refresh__a_budget_is_kept_and_its_end_is_no_failure(server: ApiServer, tmp_path: Path) -> None:
    """Never more requests than allowed, exit 0 also with --strict, and what is left is said; nights add up."""
    place = Workplace(tmp_path / "work", settings_of(server), server.environment())
    left = []
    for number in range(20):
        server.forget()
        _, err = place.run("refresh", "--max-requests", "7", "--strict")
        assert len(server.requests()) <= 7
        run = json.loads((place.folder / ".cache/paperlist/run.json").read_text())
        assert run["requests"] == len(server.requests())
        left.append(sum(source["left"] for source in run["sources"].values()))
        if not left[-1]:
            break
        assert re.search(r"the 7 requests of this run are spent; questions left for the next run: ", err)
        assert run["budget"]["spent"], number
    assert len(left) > 2
    assert left[-1] == 0
    whole = Workplace(tmp_path / "whole", settings_of(server), server.environment())
    whole.run("refresh")
    columns = ("entry_id", "venue", "year", "venue_status", "citation_count", "doi", "s2_id", "acl_id")
    got, expected = ([[row[c] for c in columns] for row in w.rows()] for w in (place, whole))
    assert got == expected


def test_refresh__budgets_can_stand_in_the_settings(server: ApiServer, tmp_path: Path) -> None:
    """As top-level keys; the command line wins; a value that is none is refused with its line."""
    place = Workplace(tmp_path / "work", "max_requests: 3\nmax_time: 10m\n" + settings_of(server), server.environment())  # fmt: skip
    server.forget()
    place.run("enrich", NAME)
    assert len(server.requests()) == 3
    place.run("enrich", NAME, "--max-requests", "2", "--max-time", "1h")
    assert len(server.requests()) == 5
    _, err = place.run("refresh", "--max-requests", "none", status=2)
    assert "max_requests must be a whole number above 0" in err
    place.configure("max_time: soon\n")
    _, err = place.run("refresh", status=2)
    assert "paperlist.yaml:1: 'max_time' must be a duration" in err


def test_refresh__a_thousand_entries_cost_few_requests(tmp_path: Path) -> None:
    """At most 0.03 requests per entry from nothing, none while all is fresh, one per source for an entry more."""
    world = load_world(1001)
    works = generated_works(world)
    with ApiServer(world, separate=True) as server:
        guest = {name: value for name, value in server.environment().items() if "OPENREVIEW" not in name}
        place = Workplace(tmp_path / "work", settings_of(server), guest)
        sent = []
        for count in (1000, 1000, 1001):
            place.raw.write_text(generated_list(works[:count]), encoding="utf-8")
            server.forget()
            place.run("refresh", "--accept-shrink")
            sent.append(Counter(row.api for row in server.requests() if row.api != "openreview"))
    cold, fresh, one_more = sent  # OpenReview searches title by title, and refuses guests
    assert set(cold) == {"arxiv", "semanticscholar", "openalex", "dblp"}
    assert cold.total() <= 0.03 * 1000, cold
    assert fresh.total() == 0, fresh
    assert one_more
    assert max(one_more.values()) == 1, one_more
    assert len(place.rows()) == 1001
    assert sum(bool(row["citation_count"]) for row in place.rows()) > 900
