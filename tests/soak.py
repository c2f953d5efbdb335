"""Years of nightly refreshes in a minute: a world whose facts change, faults at random, a clock of our own.

Each night runs as `refresh` does (the list, enrich through session and store, the dataset), but for the sockets: a
wire that gives what the test server would. `Soak.night` says what got lost that night, which must be nothing.
"""

from __future__ import annotations

import copy
import csv
import io
import random
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from pipeline.enrich import Outcome, enrich
from pipeline.identifiers import parse_reference
from pipeline.jobs.lists import ListRun, note_entries, open_list, resolve_list, works_of, write_list
from pipeline.jobs.options import RunOptions
from pipeline.model import Record
from pipeline.ratelimit import Budget
from pipeline.session import Session
from pipeline.settings import Settings, SourceSettings, defaults
from pipeline.sources import Finder, Source, TitleQuery, discover
from pipeline.store import RecordStore
from pipeline.wire import Answer, Call, WireError
from tests.apiserver import ApiServer, Work, World, load_world
from tests.apiserver.faults import KINDS, Fault, deliver
from tests.apiserver.settings import PATHS
from tests.apiserver.wire import Request
from tests.workplace import NAME, SEED

START = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
PAPERS = 30
LAST = timedelta(days=400)
"""Beyond every `max_age`, and the three of them that a "not found" is believed."""

DATES = frozenset({"retrieved_at", "citation_date"})
"""Columns of papers.csv that may differ: they say when, not what."""

_STATES = (400, 401, 403, 404, 410, 500, 502, 503, 504)
_KINDS = sorted(KINDS.keys() - {"status"})
_LATE = {"reset": "broken", "truncate": "broken", "hang": "broken", "slow": "unusable", "pad": "unusable"}


class NightClock:
    """Time that passes only when somebody sleeps; `shift` is how wrong the wall clock is."""

    def __init__(self) -> None:
        self.seconds, self.shift = 0.0, timedelta()
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self.seconds

    def now(self) -> datetime:
        """What the wall clock shows."""
        return START + timedelta(seconds=self.seconds) + self.shift

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.seconds += seconds


# The world


def young(world: World) -> World:
    """The world before anything was published that is on arXiv as well."""
    return replace(world, works=tuple(map(_unpublished, world.works)))


def _unpublished(work: Work) -> Work:
    if not work.arxiv or work.acl or work.notes:  # the list links to these publications already
        return work
    s2 = work.s2
    if s2:
        ids = {name: value for name, value in s2.external_ids.items() if name in ("ArXiv", "CorpusId")}
        s2 = replace(s2, venue="arXiv.org", year=work.arxiv.date.year, external_ids=ids, citations=7)
    corr = tuple(record for record in work.dblp if record.stream == "journals/corr")
    return replace(work, dblp=corr, s2=s2, doi=None)


def _published(before: Work, after: Work) -> Work:
    """The work as it is in the end, but for its count: that only grows."""
    if before.s2 and after.s2:
        return replace(after, s2=replace(after.s2, citations=max(before.s2.citations, after.s2.citations)))
    return after


def _hidden(work: Work) -> Work:
    """A work that nobody finds; it keeps its place, because the server numbers works by it."""
    return Work(id=work.id, title="Nothing", authors=("No Body",), about="")


class History:
    """How the world changes from night to night; the same for all who live through it."""

    def __init__(self, nights: int, seed: int) -> None:
        self.full = load_world()
        self.world = young(self.full)
        chance = random.Random(seed)
        ids = [work.id for work in self.full.works]
        self._published = {work: chance.randrange(max(1, nights * 3 // 4)) for work in ids}
        self._hidden = {work: chance.randrange(nights) for work in ids if chance.random() < 0.5}

    def turn(self, night: int) -> World:
        """The world of a night: something may have been published, everything is cited more now and then.

        Some works are not to be found at all for some nights, as when a source rebuilds its index.
        """
        due = [work for work, when in self._published.items() if when == night]
        works = []
        for work in self.world.works:
            work = _published(work, self.full[work.id]) if work.id in due else work
            if work.s2 and (night + work.s2.corpus_id) % 5 == 0:
                work = replace(work, s2=replace(work.s2, citations=work.s2.citations + 1 + night % 3))
            works.append(work)
        self.world = replace(self.world, works=tuple(works))
        gone = [work for work, when in self._hidden.items() if when <= night < when + 6]
        works = [_hidden(work) if work.id in gone else work for work in self.world.works]
        return replace(self.world, works=tuple(works))


# The wire


class ServerWire:
    """The test server without its sockets, and with at most one fault per request, drawn by lot."""

    def __init__(self, world: World, clock: NightClock, night: int, faulty: float) -> None:
        self._server = ApiServer(world)
        self._clock, self._night, self._faulty = clock, night, faulty
        self._arrived: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.faults: Counter[str] = Counter()

    def prepare(self, url: str, connect_timeout: float) -> None:
        """Nothing takes time."""

    def send(self, call: Call, *, connect_timeout: float, timeout: float) -> Answer:
        """What the server would send, unless something happens to it."""
        parts = urlsplit(call.url)
        _, mount, *rest = parts.path.split("/", 2)
        headers = {name.lower(): value for name, value in call.headers.items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(call.method, mount, "/" + "".join(rest), query, headers, call.body or b"")
        api = next(api for api in self._server.apis.values() if mount in api.mounts)
        fault = self._lot(api.name)
        with self._lock:  # the server's APIs are asked one at a time: some count
            delivery = deliver(fault, api.answer(request, self._server.world), api, request)
        answer = delivery.answer
        self._clock.sleep(timeout if delivery.sending == "hang" else 0.1)
        if delivery.sending == "refuse":
            raise WireError("unreachable", "cannot be reached: connection refused")
        if delivery.sending in _LATE:
            raise WireError(_LATE[delivery.sending], "broke")  # type: ignore[arg-type]
        return Answer(answer.status, {"Content-Type": answer.content_type, **answer.headers}, answer.body)

    def close(self) -> None:
        """Nothing is open."""

    def _lot(self, api: str) -> Fault | None:
        with self._lock:
            self._arrived[api] += 1
            chance = random.Random(f"{self._night} {api} {self._arrived[api]}")
            if chance.random() >= self._faulty:
                return None
            kind = chance.choice([*_KINDS, *["status"] * 4])
            self.faults[kind] += 1
        retry = chance.choice([None, "1", "3600", "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"])
        return Fault(kind, status=chance.choice(_STATES), retry_after=retry)


# The nights


@dataclass
class Soak:
    """One dataset over the years; `faulty` is the share of requests that fail on bad nights (0: none).

    `step` is the number of days from one night to the next.
    """

    folder: Path
    faulty: float = 0.0
    step: int = 1
    clock: NightClock = field(default_factory=NightClock)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    known: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    _read: ListRun | None = None

    def __post_init__(self) -> None:
        entries = SEED.read_bytes()
        self.list = self.folder / f"{NAME}.md"
        self.folder.mkdir(parents=True)
        self.list.write_bytes(entries)
        sources = {name: self._source(source) for name, source in defaults().items()}
        self.settings = Settings(
            cache=self.folder / "cache", raw=self.folder, enriched=self.folder / "data", sources=sources
        )

    @staticmethod
    def _source(source: SourceSettings) -> SourceSettings:
        host = f"https://{source.name}.example"
        urls = {key: host + path for key, path in PATHS[source.name].items()}
        api = ApiServer(load_world())
        secrets = {
            "semanticscholar": {"key": api.semanticscholar.key},
            "openalex": {"key": api.openalex.key},
            "openreview": {"username": api.openreview.username, "password": api.openreview.password},
        }
        return replace(
            source,
            url=urls.pop("url"),
            extra=urls,
            interval=0.5,
            patience=5.0,
            **secrets.get(source.name, {}),
        )

    def night(
        self, number: int, world: World, *, calm: bool = False, later: timedelta | None = None
    ) -> list[str]:
        """Refresh once; returns what was known before and is not any more."""
        chance = random.Random(f"night {number}")
        bad = bool(self.faulty) and not calm
        self.clock.seconds = max(self.clock.seconds, timedelta(days=number * self.step).total_seconds())
        if later:
            self.clock.seconds += later.total_seconds()
        self.clock.shift = (
            timedelta(days=chance.choice([-4000, -30, 30, 4000])) if bad and number % 41 == 7 else timedelta()
        )
        faulty = chance.choice([0.0, self.faulty, self.faulty, 1.0]) if bad else 0.0
        wire = ServerWire(world, self.clock, number, faulty)
        killed = bad and chance.random() < 0.1
        run = self._refresh(wire, killed)
        self.faults += wire.faults
        return [] if killed else self._lost(run)

    def _refresh(self, wire: ServerWire, killed: bool) -> ListRun:
        """One run, as `pipeline.jobs.refresh` does it; a killed one ends after the last answer."""
        now = self.clock.now()
        store = RecordStore(self.settings.enriched, self.settings.cache)
        run = self._open()
        budget = Budget(clock=self.clock)
        with Session(self.settings, clock=self.clock, wire=wire, budget=budget) as session:

            def open_source(name: str) -> Source:
                return discover()[name](session.client(name), self.settings.sources[name])

            outcomes: Mapping[str, Outcome] = enrich(
                lambda: works_of(run, store)[:PAPERS],
                open_source,
                discover(),
                self.settings.sources,
                store,
                now,
                budget=budget,
            )
            self.requests += sum(stats.attempts for stats in session.stats.values())
        assert outcomes
        if killed:
            return run
        store.save()
        note_entries(run)
        resolve_list(run, store)
        write_list(run, store)
        for name in ("entries.jsonl", "papers.jsonl", "citations.csv"):
            run.dataset.write(name, run.files[name])
        self._store = store
        return run

    def _open(self) -> ListRun:
        """The list, which does not change: read once, and as it was after the first night."""
        if self._read is None or not self.rows:
            self._read = open_list(self.list, self.settings, RunOptions())
        run = copy.copy(self._read)
        run.files = dict(run.files)
        return run

    def _lost(self, run: ListRun) -> list[str]:
        text = run.files["papers.csv"].decode()
        rows = {row["entry_id"]: row for row in csv.DictReader(io.StringIO(text))}
        gone = [f"{key}.{name}" for key, row in self.rows.items() for name in self._gone(row, rows[key])]
        self.rows = rows
        known = dict(self._values())
        gone += [
            f"{key}.{n}" for key, values in self.known.items() for n in values if n not in known.get(key, {})
        ]
        self.known = known
        return gone

    def _gone(self, before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
        """Columns that had a value and have none; what its own source says not to exist was never one."""
        if after["link_status"] == "nonexistent":
            return
        for name in before.keys() - _MAY_GO:
            if before[name] and not after[name]:
                scheme = name.removesuffix("_id")
                own = self._store.answers(scheme) if scheme in discover() else {}
                said = own.get(f"{scheme}:{before[name]}", ())
                if not said or any(record.found for record in said):
                    yield name

    def _values(self) -> Iterator[tuple[tuple[str, str], dict[str, object]]]:
        """What each source's answers say, by source and question: names of fields that have a value."""
        for source in self._store.sources():
            for question, records in self._store.answers(source).items():
                yield (source, question), {name: True for r in records for name in _said(r)}

    def said(self) -> dict[str, set[str]]:
        """All values that each source's records hold."""
        found: dict[str, set[str]] = {}
        for source in self._store.sources():
            for records in self._store.answers(source).values():
                for record in records:
                    found.setdefault(source, set()).update(_facts(record))
        return found

    def sayable(self, world: World) -> dict[str, set[str]]:
        """All values that the sources can give about this world when asked by every name in these records."""
        stored = self._store.sources()
        held = [r for s in stored for records in self._store.answers(s).values() for r in records]
        asked = {i for record in held if (i := parse_reference(record.question))}
        names = sorted(asked | {i for record in held for i in record.identifiers})
        titles = [TitleQuery(e.title, e.authors, e.year) for e in self._open().parsed.entries if e.title]
        found: dict[str, set[str]] = {}
        cache = self.folder / f"asking{len([*self.folder.iterdir()])}"  # answers about another world are none
        settings = replace(self.settings, cache=cache)
        wire = ServerWire(world, self.clock, 0, 0.0)
        with Session(settings, clock=self.clock, wire=wire) as session:
            for name, kind in discover().items():
                source = kind(session.client(name), settings.sources[name])
                own = [i for i in names if i.scheme in kind.schemes]
                batches = [
                    *source.fetch(own),
                    *(cast(Finder, source).find(titles) if hasattr(source, "find") else ()),
                ]
                found[name] = {fact for batch in batches for record in batch for fact in _facts(record)}
        return found

    def columns(self) -> dict[str, dict[str, str]]:
        """papers.csv without dates, by entry."""
        return {k: {n: v for n, v in row.items() if n not in DATES} for k, row in self.rows.items()}


_OWN = frozenset({"sources", "venue_source", "openreview_id", "pdf_url"})
"""Columns that a source alone may fill: one that was asked while another was down is never asked on calm nights."""

_FIELDS = (
    "title",
    "authors",
    "abstract",
    "published",
    "venue",
    "venue_key",
    "year",
    "url",
    "pdf_url",
    "status",
    "licence",
)
_MAY_GO = DATES | {
    "venue_status",
    "list_venue",
    "list_year",
    "resolution_score",
    "resolution_method",
    "link_status",
}
"""Columns that may become empty: a judgement, or the list's own word."""


def _said(record: Record) -> list[str]:
    names = (*_FIELDS, "citation_count", "identifiers")
    return [name for name in names if getattr(record, name) not in (None, ())]


def _facts(record: Record) -> Iterator[str]:
    for name in _FIELDS:
        value = getattr(record, name)
        if value not in (None, ()):
            yield f"{name}={value}"
    yield from (f"identifier={i}" for i in record.identifiers)


@dataclass(frozen=True)
class Result:
    """What a soak came to."""

    lost: Sequence[str]
    invented: Mapping[str, Collection[str]]
    differing: Sequence[str]
    faults: Counter[str]
    requests: tuple[int, int]
    """With faults, and without."""


def soak(folder: Path, nights: int, *, step: int = 1, seed: int = 5) -> Result:
    """Live through so many nights twice, with faults and without, and compare what stands after a last calm night.

    `step`: days from one night to the next.
    """
    troubled, calm = Soak(folder / "troubled", 0.3, step), Soak(folder / "calm", step=step)
    history = History(nights, seed)
    lost: list[str] = []
    told: dict[str, set[str]] = {}
    for number in range(nights):
        world = history.turn(number)
        lost += [f"night {number}: {what}" for what in troubled.night(number, world)]
        calm.night(number, world)
    for home in (calm, troubled):
        lost += [f"last night: {what}" for what in home.night(nights, history.world, calm=True, later=LAST)]
    for world in (young(history.full), history.world):
        _add(told, troubled.sayable(world))
    invented = {
        s: sorted(v - told.get(s, set())) for s, v in troubled.said().items() if v - told.get(s, set())
    }
    differing = list(_differing(troubled.columns(), calm.columns()))
    return Result(lost, invented, differing, troubled.faults, (troubled.requests, calm.requests))


def _differing(
    left: Mapping[str, Mapping[str, str]], right: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for key, row in right.items():
        same = left[key]["sources"] == row["sources"]
        for name, value in row.items():
            if name == "link_status" and {left[key][name], value} == {"", "ok"}:
                continue  # a paper that was found by another name first is not asked about by its link
            if left[key][name] != value and (same or name not in _OWN):
                yield f"{key}.{name}: {left[key][name]!r} instead of {value!r}"


def _add(told: dict[str, set[str]], more: Mapping[str, set[str]]) -> None:
    for source, values in more.items():
        told.setdefault(source, set()).update(values)
