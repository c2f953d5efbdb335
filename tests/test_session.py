"""The session: each rule of the network as a table, with a clock that never sleeps and a wire that is none."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import sqlite3
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import requests
import urllib3
from hypothesis import given
from hypothesis import strategies as st
from requests.adapters import BaseAdapter

from pipeline.answer import Response
from pipeline.errors import SourceDown
from pipeline.ratelimit import Breaker, Pace, backoff, in_words, retry_after
from pipeline.secrecy import Secrets
from pipeline.session import ACCEPT, Event, Session
from pipeline.settings import Settings, SourceSettings
from pipeline.wire import Answer, Call, RequestsWire, WireError, is_loopback, look_up, same_site

START = datetime(2026, 10, 6, 12, 0, 0, tzinfo=UTC)
KEY, USER, WORD = "kEy/of+nobody=17", "nobody@paperlist.invalid", "open sesame & 17%"
JSON = {"Content-Type": "application/json"}
PAGE = Answer(
    200, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html><body>Sign in to the hotel</body></html>"
)


class FakeClock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds, self.jump = 0.0, timedelta(0)
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + self.jump + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.seconds += seconds


Step = Answer | WireError | Callable[[Call], Answer]


@dataclass
class FakeWire:
    """Gives the prepared steps one after the other (the last one for ever) and notes who asked when."""

    clock: FakeClock
    steps: list[Step] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    unreachable: WireError | None = None
    cost: float = 0.0

    def prepare(self, url: str, connect_timeout: float) -> None:
        if self.unreachable:
            raise self.unreachable

    def send(self, call: Call, *, connect_timeout: float, timeout: float) -> Answer:
        self.calls.append(call)
        self.times.append(self.clock.monotonic())
        self.timeouts.append(timeout)
        self.clock.seconds += self.cost
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, WireError):
            raise step
        return step if isinstance(step, Answer) else step(call)

    def close(self) -> None:
        pass


def ok(body: bytes = b'{"ok": true}', **headers: str) -> Answer:
    return Answer(200, {**JSON, **headers}, body)


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(code, {name.replace("_", "-"): value for name, value in headers.items()}, body)


A = SourceSettings(
    "a", "https://api.a.example/v1", interval=1.0, patience=30.0, key=KEY, variables=("A_KEY",)
)
B = SourceSettings(
    "b", "https://api.b.example", extra={"data_url": "https://files.b.example/data"}, interval=0.5
)
LOGIN = SourceSettings("login", "https://login.example", username=USER, password=WORD, variables=("U", "P"))


@dataclass
class House:
    """A session with its fakes; `get` and `post` ask as source `a`."""

    session: Session
    clock: FakeClock
    wire: FakeWire
    events: list[Event]

    def get(self, path: str = "/papers", source: str = "a", **options: Any) -> Response:
        url = self.session.settings.sources[source].url
        return self.session.client(source).get(url + path, **options)

    def down(self, path: str = "/papers", source: str = "a", **options: Any) -> SourceDown:
        with pytest.raises(SourceDown) as caught:
            self.get(path, source, **options)
        return caught.value


Maker = Callable[..., House]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Maker]:
    """Makes sessions over one cache folder, and closes them."""
    made: list[House] = []

    def make(*steps: Step, sources: tuple[SourceSettings, ...] = (A, B, LOGIN), **options: Any) -> House:
        clock = FakeClock()
        settings = Settings(cache=tmp_path / "cache", sources={s.name: s for s in sources}, **options)
        wire, events = FakeWire(clock, list(steps)), list[Event]()
        new = House(Session(settings, clock=clock, on_event=events.append, wire=wire), clock, wire, events)
        made.append(new)
        return new

    yield make
    for each in made:
        each.session.close()


# Cost of having a session


def test_session__costs_nothing_until_it_is_asked(tmp_path: Path) -> None:
    """An unchanged run makes a session and no request: no library is loaded, no file made."""
    code = f"""
import sys, time
from pathlib import Path
from pipeline.session import Session
from pipeline.settings import Settings, SourceSettings
start = time.perf_counter()
session = Session(Settings(cache=Path({str(tmp_path / "c")!r}), sources={{"a": SourceSettings("a", "https://a.org")}}))
session.client("a")
session.close()
took = time.perf_counter() - start
loaded = [name for name in ("requests", "requests_cache", "urllib3", "sqlite3", "defusedxml") if name in sys.modules]
print(took < 0.005, loaded)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == ["True", "[]\n"], done.stdout
    assert not (tmp_path / "c").exists()


# Cache


def test_cache__a_cached_answer_costs_no_waiting_and_keeps_its_date(house: Maker) -> None:
    """The cache stands before the pace, and the answer says when the server gave it."""
    first = house(ok(b'{"n": 1}'))
    asked = first.get()
    again = first.get()
    assert (asked.from_cache, again.from_cache) == (False, True)
    assert (again.json(), again.status, again.content_type) == ({"n": 1}, 200, "application/json")
    assert asked.answered_at == again.answered_at == "2026-10-06T12:00:00Z"
    assert (first.clock.slept, len(first.wire.calls)) == ([], 1)
    first.session.close()
    later = house(ok(b'{"n": 2}'))
    later.clock.seconds = 3600.0
    assert (later.get().answered_at, later.get().json()) == ("2026-10-06T12:00:00Z", {"n": 1})
    assert later.session.stats["a"].from_cache == 2


@pytest.mark.parametrize(
    ("hours", "max_age", "from_cache"),
    [
        (23.9, timedelta(days=30), True),
        (24.0, timedelta(days=30), False),
        (1.9, timedelta(hours=2), True),
        (2.0, timedelta(hours=2), False),
        (0.0, timedelta(0), False),
        (-1.0, timedelta(days=30), False),
    ],
)
def test_cache__how_old_an_answer_may_be(
    house: Maker, hours: float, max_age: timedelta, from_cache: bool
) -> None:
    """24 hours or the source's max_age, the shorter; an answer from the future is none."""
    made = house(ok(), sources=(replace(A, max_age=max_age),))
    made.get()
    made.clock.jump = timedelta(hours=hours)
    assert made.get().from_cache is from_cache


DIFFERENT: list[dict[str, Any]] = [
    {},
    {"path": "/other"},
    {"params": {"q": "x"}},
    {"params": {"q": "x", "r": ""}},
    {"params": {"r": "", "q": "x"}},
    {"accept": "xml"},
]


@pytest.mark.parametrize("left", range(len(DIFFERENT)))
@pytest.mark.parametrize("right", range(len(DIFFERENT)))
def test_cache__what_is_the_same_question(house: Maker, left: int, right: int) -> None:
    """Another address, parameter, order or format is another question."""
    made = house(ok())
    made.get(**DIFFERENT[left])
    assert made.get(**DIFFERENT[right]).from_cache is (left == right)


def test_cache__posts_are_told_apart_by_their_bodies(house: Maker) -> None:
    """The order of ids is part of the question, because answers keep positions."""
    made = house(ok())
    client, url = made.session.client("a"), A.url
    bodies: list[dict[str, Any]] = [
        {"json": {"ids": ["x", "y"]}},
        {"json": {"ids": ["y", "x"]}},
        {"json": ["y", "x"]},
        {"json": ["x", "y"]},
        {"data": "SELECT"},
        {"data": "SELECT", "headers": {"content-type": "application/sparql-query"}},
        {"data": {"q": "x"}},
    ]
    assert [client.post(url, **body).from_cache for body in bodies] == [False] * len(bodies)
    assert [client.post(url, **body).from_cache for body in bodies] == [True] * len(bodies)


@pytest.mark.parametrize("answer", [status(404), status(400, b"{}"), status(403), status(201, b"{}"), PAGE])
def test_cache__keeps_only_good_answers(house: Maker, answer: Answer) -> None:
    """Only 200, and no web page in place of data."""
    made = house(answer)
    assert not made.get().from_cache
    assert not made.get().from_cache


def test_cache__who_asks_is_no_part_of_the_question(house: Maker) -> None:
    """A guest and a key's owner get the same cached answer."""
    made = house(ok())
    made.get(headers={"x-api-key": KEY})
    assert made.get().from_cache


def test_cache__can_be_passed_by(house: Maker) -> None:
    """`cache=False` neither reads nor writes."""
    made = house(ok())
    assert not made.get(cache=False).from_cache
    assert not made.get().from_cache
    assert not made.get(cache=False).from_cache


def test_cache__forgets_what_was_no_answer(house: Maker) -> None:
    """A source that finds fault with an answer has it asked again."""
    made = house(ok())
    made.session.client("a").forget(made.get())
    assert not made.get().from_cache


def test_cache__a_reader_that_fails_forgets(house: Maker) -> None:
    """What is not JSON is not kept, and counts as failed, once."""
    made = house(ok(b"{truncated"))
    response = made.get()
    for _ in range(2):
        with pytest.raises(SourceDown, match="a: answered with something that is not JSON"):
            response.json()
    stats = made.session.stats["a"]
    assert (stats.asked, stats.answered, stats.failed) == (1, 0, 1)
    assert not made.get().from_cache


def test_cache__expired_rows_are_dropped(house: Maker, tmp_path: Path) -> None:
    """The file does not grow for ever."""
    old = house(ok())
    for number in range(5):
        old.get(f"/{number}")
    old.session.close()
    new = house(ok())
    new.clock.jump = timedelta(hours=25)
    new.get("/new")
    new.session.close()
    with sqlite3.connect(tmp_path / "cache/http.sqlite") as connection:
        rows = connection.execute("SELECT count(*) FROM responses").fetchone()
    connection.close()
    assert rows == (1,)


def test_cache__rows_are_json(house: Maker, tmp_path: Path) -> None:
    """A cache file must not be able to run code."""
    made = house(ok())
    made.get()
    made.session.close()
    connection = sqlite3.connect(tmp_path / "cache/http.sqlite")
    [(value,)] = connection.execute("SELECT value FROM responses").fetchall()
    connection.close()
    assert json.loads(value)["status_code"] == 200


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b""])
def test_cache__a_broken_file_is_set_aside(house: Maker, tmp_path: Path, content: bytes) -> None:
    """Losing the cache costs requests only."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/http.sqlite").write_bytes(content)
    made = house(ok())
    made.get()
    assert made.get().from_cache
    assert (tmp_path / "cache/http.broken").exists() is bool(content)


def test_cache__a_row_that_cannot_be_read_is_a_miss(house: Maker, tmp_path: Path) -> None:
    """Rows of another version are asked again."""
    made = house(ok())
    made.get()
    made.session.close()
    connection = sqlite3.connect(tmp_path / "cache/http.sqlite")
    connection.execute("UPDATE responses SET value = '[1'")
    connection.commit()
    connection.close()
    later = house(ok())
    assert [later.get().from_cache, later.get().from_cache] == [False, True]


def test_cache__where_none_can_be_made_the_run_goes_on(house: Maker, tmp_path: Path) -> None:
    """A cache folder that cannot be had is told once."""
    (tmp_path / "cache").write_text("a file where the folder should be")
    made = house(ok())
    assert [made.get().json(), made.get().json()] == [{"ok": True}] * 2
    assert [event.what for event in made.events].count("trouble") == 1


def test_cache__a_lock_that_nobody_gives_back_does_not_hang(
    house: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """requests-cache tries for ever to write to a file that it may not write; ours gives up."""
    made = house(ok())
    made.get()
    rows: Any = made.session._cache._rows
    rows._connection.execute("PRAGMA query_only = ON")
    assert made.get("/new").json() == {"ok": True}
    assert [event.what for event in made.events].count("trouble") == 1


def test_cache__serves_many_threads(house: Maker) -> None:
    """Sources are asked side by side."""
    made = house(ok(), sources=(replace(A, interval=0.0),))
    threads = [threading.Thread(target=lambda: [made.get(f"/{n % 10}") for n in range(40)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stats = made.session.stats["a"]
    assert (stats.asked, stats.failed, stats.answered + stats.from_cache) == (240, 0, 240)
    assert 10 <= stats.answered <= 60
    assert not [event for event in made.events if event.what == "trouble"]


# Offline


def test_offline__the_cache_may_answer_and_nothing_else(house: Maker) -> None:
    """The wire is never touched."""
    online = house(ok())
    online.get()
    online.session.close()
    made = house(ok(), offline=True)
    assert made.get().from_cache
    assert "offline" in made.down("/other").reason
    assert (made.wire.calls, made.session.stats["a"].held_back) == ([], 1)


# Pace


def test_pace__requests_to_a_host_keep_their_distance(house: Maker) -> None:
    """Never closer than the interval, however quick the answers."""
    made = house(ok())
    for number in range(5):
        made.get(f"/{number}")
    gaps = [late - early for early, late in zip(made.wire.times, made.wire.times[1:], strict=False)]
    assert all(1.0 <= gap < 1.1 for gap in gaps)
    assert made.session.stats["a"].waited == pytest.approx(made.wire.times[-1])


def test_pace__the_time_of_an_answer_counts(house: Maker) -> None:
    """Distance is measured from start to start; only the first connection's set-up is waited out."""
    made = house(ok())
    made.wire.cost = 0.4
    for number in range(4):
        made.get(f"/{number}")
    gaps = [late - early for early, late in zip(made.wire.times, made.wire.times[1:], strict=False)]
    assert gaps[0] == pytest.approx(1.42)
    assert gaps[1:] == pytest.approx([1.02, 1.02])


def test_pace__hosts_do_not_wait_for_each_other(house: Maker) -> None:
    """One host's limit is nobody else's, also among the hosts of one source."""
    made = house(ok())
    made.get("/1", "a")
    made.get("/1", "b")
    made.session.client("b").get("https://files.b.example/data/x")
    assert made.clock.slept == []


def test_pace__sources_on_one_host_share_its_limit(house: Maker) -> None:
    """The slower of both holds for the host."""
    left = SourceSettings("left", "https://shared.example/l", interval=3.0)
    right = SourceSettings("right", "https://shared.example/r", interval=0.1)
    made = house(ok(), sources=(left, right))
    made.get("/1", "right")
    made.get("/1", "left")
    made.get("/2", "right")
    assert made.wire.times == pytest.approx([0.0, 3.02, 6.04])


def test_pace__a_loopback_server_stands_in_for_many_hosts(house: Maker) -> None:
    """Each source has its own limit there."""
    left = SourceSettings("left", "http://127.0.0.1:9/l", interval=3.0)
    right = SourceSettings("right", "http://127.0.0.1:9/r", interval=0.1)
    made = house(ok(), sources=(left, right))
    for number in range(3):
        made.get(f"/{number}", "right")
    made.get("/1", "left")
    assert made.wire.times == pytest.approx([0.0, 0.105, 0.21, 0.21])


def test_pace__slows_down_after_429_and_recovers_slowly() -> None:
    """Twice the distance, four times at most, and back by a tenth per answer."""
    pace = Pace(1.0, FakeClock())
    usual = pace.spacing
    pace.slow_down()
    assert pace.spacing == pytest.approx(usual + 1.0)
    for _ in range(5):
        pace.slow_down()
    assert pace.spacing == pytest.approx(usual + 3.0)
    pace.answered()
    assert usual + 2.0 < pace.spacing < usual + 3.0
    for _ in range(50):
        pace.answered()
    assert pace.spacing == usual


def test_pace__those_who_wait_for_a_held_host_do_not_start_at_once() -> None:
    """A host that asked for rest is asked one by one afterwards."""
    clock, starts = FakeClock(), list[float]()
    pace = Pace(1.0, clock)
    pace.acquire()

    def first_waits(_: float, why: str) -> None:
        if not starts:
            starts.append(-1.0)
            pace.hold(10.0)  # another thread got a Retry-After while this one waited
            starts.append(pace._reserve())

    pace.acquire(first_waits)
    assert starts[1] == pytest.approx(10.0)
    assert clock.monotonic() >= 11.0


def test_pace__holds_between_threads() -> None:
    """Any number of threads, still one start per interval."""
    clock = FakeClock()
    pace, starts, lock = Pace(1.0, clock), [], threading.Lock()

    def ask() -> None:
        for _ in range(20):
            start = pace._reserve()
            with lock:
                starts.append(start)

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(starts)
    assert min(late - early for early, late in zip(ordered, ordered[1:], strict=False)) >= 1.0


# Retry


@pytest.mark.parametrize("bad", [408, 425, 500, 502, 503, 504, 599])
def test_retry__what_is_tried_again(house: Maker, bad: int) -> None:
    """Statuses that may pass; each attempt keeps the pace, with growing distance."""
    made = house(status(bad), status(bad), ok())
    assert made.get().json() == {"ok": True}
    assert made.wire.times == pytest.approx([0.0, 1.02, 3.02])
    assert made.session.stats["a"].attempts == 3


@pytest.mark.parametrize("code", [200, 204, 400, 401, 403, 404, 410, 414, 422])
def test_retry__what_is_an_answer(house: Maker, code: int) -> None:
    """It is the source's to read; nothing is asked twice."""
    made = house(status(code, b"text"))
    assert (made.get().status, len(made.wire.calls)) == (code, 1)


def test_retry__passes_the_pace(house: Maker) -> None:
    """Where the limit is longer than the backoff, the limit holds."""
    made = house(status(500), ok(), sources=(replace(A, interval=3.0),))
    made.get()
    assert made.wire.times == pytest.approx([0.0, 3.02])


def test_retry__gives_up_after_four_tries(house: Maker) -> None:
    """A source that is down costs seconds."""
    made = house(status(503))
    assert made.down().reason == "answered HTTP 503 (4 tries)"
    assert len(made.wire.calls) == 4
    assert made.clock.seconds == pytest.approx(7.02, abs=0.1)
    stats = made.session.stats["a"]
    assert (stats.asked, stats.answered, stats.failed, stats.held_back, stats.attempts) == (1, 0, 1, 0, 4)


@pytest.mark.parametrize("reason", ["did not answer within 20 s", "broke the connection"])
def test_retry__lost_connections(house: Maker, reason: str) -> None:
    """A connection that breaks is tried again."""
    made = house(WireError("broken", reason), ok())
    assert made.get().json() == {"ok": True}


@pytest.mark.parametrize("kind", ["unreachable", "unusable"])
def test_retry__not_where_it_cannot_help(house: Maker, kind: Any) -> None:
    """Nobody there, or an answer that is too large: once is enough."""
    made = house(WireError(kind, "no way"), ok())
    assert (made.down().reason, len(made.wire.calls), made.clock.slept) == ("no way", 1, [])


def test_retry__time_outs_eat_the_patience(house: Maker) -> None:
    """A source that hangs costs its timeout and its patience, not their product."""
    made = house(WireError("broken", "did not answer within 20 s"))
    made.wire.cost = 20.0
    assert "30 s of patience are used up" in made.down().reason
    assert made.clock.seconds == pytest.approx(41.0, abs=0.1)
    assert made.wire.timeouts == [20.0, 9.0]
    assert "used up" in made.down("/other").reason
    assert len(made.wire.calls) == 2


def test_backoff__doubles_up_to_a_limit() -> None:
    """Exponential, as the APIs require."""
    assert [backoff(n) for n in (1, 2, 3, 4, 5, 99)] == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


# Retry-After


@pytest.mark.parametrize("code", [429, 503])
@pytest.mark.parametrize("value", ["7", "Tue, 06 Oct 2026 12:00:07 GMT"])
def test_retry_after__is_obeyed(house: Maker, code: int, value: str) -> None:
    """Seconds or a date, with any of the statuses that are tried again."""
    made = house(status(code, Retry_After=value), ok())
    made.get()
    assert made.wire.times == pytest.approx([0.0, 7.0])


@pytest.mark.parametrize(
    ("value", "words"), [("31", "31 s"), ("3600", "60 min"), ("47052", "13 h 4 min"), ("9" * 30, "days")]
)
def test_retry_after__beyond_the_patience_stops_the_source(house: Maker, value: str, words: str) -> None:
    """Not one second is waited; the line says how long the source asked for; nothing more is asked."""
    made = house(status(429, Retry_After=value))
    error = made.down()
    assert error.reason.startswith("answered HTTP 429, too many requests and asks us to wait")
    assert error.reason.endswith(words)
    assert made.down("/other").reason == error.reason
    assert (made.clock.slept, len(made.wire.calls)) == ([], 1)
    assert (made.session.stats["a"].failed, made.session.stats["a"].held_back) == (1, 1)


def test_retry_after__the_patience_is_for_the_whole_run(house: Maker) -> None:
    """Two waits of 20 s are more than 30 s."""
    made = house(status(429, Retry_After="20"), ok(), status(429, Retry_After="20"), ok())
    made.get("/1")
    assert "asks us to wait 20 s" in made.down("/2").reason
    assert made.clock.seconds < 25


def test_retry_after__a_stopped_source_still_answers_from_the_cache(house: Maker) -> None:
    """What was answered is not lost."""
    made = house(ok(), status(429, Retry_After="600"))
    made.get("/1")
    made.down("/2")
    assert made.get("/1").from_cache


def test_retry_after__busy_without_a_word_backs_off_within_the_patience(house: Maker) -> None:
    """The shared pool answers 429 most of the time: waiting, then giving up for this run, with the way out."""
    keyless = replace(A, key=None)
    made = house(status(429), sources=(keyless,))
    error = made.down()
    assert "30 s of patience are used up" in error.reason
    assert error.hint == "set A_KEY to be let through more often"
    assert made.clock.seconds <= 40
    assert len(made.wire.calls) == 6


def test_retry_after__429_holds_the_host_for_everybody(house: Maker) -> None:
    """Another request of the source waits as long."""
    made = house(status(429, Retry_After="5"), ok())
    made.get("/1")
    made.get("/2")
    assert made.wire.times[1] == pytest.approx(5.0)
    assert made.wire.times[2] - made.wire.times[1] > 1.5


DATE = "Tue, 06 Oct 2026 11:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("", None, None),
        ("0", None, 0.0),
        (" 12 ", None, 12.0),
        ("-5", None, None),
        ("1.5", None, None),
        ("soon", None, None),
        ("٣", None, None),
        ("Tue, 06 Oct 2026 12:01:00 GMT", None, 60.0),
        ("Tue, 06 Oct 2026 11:00:00 GMT", None, 0.0),
        ("Tue, 06 Oct 2026 11:00:30 GMT", DATE, 30.0),
        ("Tuesday, 06-Oct-26 12:01:00 GMT", None, 60.0),
        ("Tue, 99 Oct 2026 12:01:00 GMT", None, None),
        ("Tue, 06 Oct 2026 12:01:00 GMT", "nonsense", 60.0),
    ],
)
def test_retry_after__reads(value: str | None, date: str | None, seconds: float | None) -> None:
    """RFC 9110, 10.2.3; a date is held against the server's own clock."""
    assert retry_after(value, START, date) == seconds


@given(st.text(max_size=40), st.text(max_size=40))
def test_retry_after__any_header_is_read_or_ignored(value: str, date: str) -> None:
    """A header never makes a run fail, and never asks for a negative time."""
    got = retry_after(value, START, date)
    assert got is None or got >= 0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 s"), (119, "119 s"), (600, "10 min"), (7200, "2 h"), (47052, "13 h 4 min"), (200_000, "2 days")],
)
def test_in_words__for_people(seconds: float, words: str) -> None:
    """Short enough for one line."""
    assert in_words(seconds) == words


# From run to run


def test_hosts__a_run_keeps_its_distance_to_the_run_before(house: Maker) -> None:
    """The limit holds for whoever comes from here: two runs within a second are one asker to the host."""
    first = house(ok())
    first.get("/1")
    first.session.close()
    second = house(ok())
    second.clock.seconds = 0.3
    second.get("/2")
    assert second.wire.times == pytest.approx([1.02], abs=0.002)
    second.session.close()
    third = house(ok())
    third.clock.seconds = 60.0
    third.get("/3")
    assert third.wire.times == [60.0]


def test_hosts__whom_nobody_reached_need_no_distance(house: Maker, tmp_path: Path) -> None:
    """Where there is no network, no limit was used up: the next run finds out as quickly."""
    first = house(WireError("unreachable", "connection refused"))
    first.down("/1")
    first.session.close()
    assert not (tmp_path / "cache" / "hosts.json").exists()
    second = house(ok())
    second.get("/2")
    assert second.wire.times == [0.0]


def test_hosts__rest_that_was_asked_for_is_given_by_the_next_run(house: Maker) -> None:
    """An hour is an hour, also for a run that begins in it; it says how much is left, and asks others meanwhile."""
    first = house(status(429, Retry_After="3600"))
    first.down("/1")
    first.session.close()
    for minutes in (10, 20):
        second = house(ok())
        second.clock.seconds = 60.0 * minutes
        error = second.down("/2")
        assert error.reason == (
            f"answered HTTP 429, too many requests and asked us to wait: {60 - minutes} min are left"
        )
        assert (second.wire.calls, second.clock.slept) == ([], [])
        assert second.session.stats["a"].held_back == 1
        assert second.get("/2", "b").status == 200
        second.session.close()
    third = house(ok())
    third.clock.seconds = 3601.0
    assert third.get("/2").status == 200


def test_hosts__sessions_over_other_caches_can_share_what_hosts_want(house: Maker, tmp_path: Path) -> None:
    """A probe keeps its answers to itself, and the distance to the run before."""
    first = house(ok())
    first.get("/1")
    first.session.close()
    settings = replace(first.session.settings, cache=tmp_path / "elsewhere")
    clock = FakeClock()
    wire = FakeWire(clock, [ok()])
    with Session(settings, clock=clock, wire=wire, hosts=tmp_path / "cache" / "hosts.json") as probing:
        probing.client("a").get(A.url + "/1")
    assert wire.times == pytest.approx([1.02])


def test_hosts__the_wait_that_the_last_refusal_asked_for_is_kept(house: Maker) -> None:
    """Nobody waited for it in the run that gave up; the next one does."""
    first = house(status(503, Retry_After="5"))
    assert "4 tries" in first.down().reason
    last = first.wire.times[-1]
    first.session.close()
    second = house(ok())
    second.clock.seconds = last + 1.0
    second.get("/2")
    assert second.wire.times == pytest.approx([last + 5.0], abs=0.01)


def test_hosts__nobody_rests_for_more_than_a_day(house: Maker) -> None:
    """A nightly job may knock once a night, whatever a server once said."""
    first = house(status(503, Retry_After="9" * 12))
    first.down()
    first.session.close()
    hours = {19.9: "resting", 20.1: "asked"}
    for after, expected in hours.items():
        later = house(ok())
        later.clock.seconds = after * 3600
        if expected == "asked":
            assert later.get().status == 200
        else:
            assert "are left" in later.down().reason
        later.session.close()


def test_hosts__a_clock_that_went_back_is_not_believed(house: Maker) -> None:
    """What was written at a moment that has not come yet says nothing."""
    first = house(status(429, Retry_After="3600"))
    first.clock.jump = timedelta(days=3650)
    first.down()
    first.session.close()
    assert house(ok()).get().status == 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        '{"https://api.a.example:443": 7}',
        '{"https://api.a.example:443": {"at": 1, "rest": null}}',
        '{"https://api.a.example:443": {"at": "2026-10-06T12:00:00", "rest": "2026-10-06T13:00:00"}}',
        '{"https://api.a.example:443": {"at": "2026-10-06T12:00:00+00:00", "next": "2026-10-06T14:00:00+00:00"}}',
        '{"https://api.a.example:443": {"at": "2026-10-06T12:00:00+00:00", "rest": "9999-12-31T23:59:59+00:00"}}',
    ],
)
def test_hosts__a_file_that_says_nothing_costs_nothing(house: Maker, tmp_path: Path, text: str) -> None:
    """The host is asked at once, and the file is good again afterwards."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "hosts.json").write_text(text)
    made = house(ok())
    made.get()
    assert made.wire.times == [0.0]
    made.session.close()
    held = json.loads((tmp_path / "cache" / "hosts.json").read_text())
    assert held["https://api.a.example:443"]["next"].startswith("2026-10-06T12:00:01")


def test_hosts__a_file_that_cannot_be_written_is_told_and_stops_nobody(house: Maker, tmp_path: Path) -> None:
    """The run has its answers; only the next one does not know."""
    (tmp_path / "cache" / "hosts.json").mkdir(parents=True)
    made = house(ok())
    made.get()
    made.session.close()
    told = [event.text for event in made.events if event.what == "trouble"]
    assert len(told) == 1
    assert re.search(r"hosts\.json: cannot write: .*; the next run does not know when", told[0])


# Breaker


def test_breaker__nobody_there_opens_at_once(house: Maker) -> None:
    """A machine without a network is done in no time, and says why each time."""
    made = house(ok())
    made.wire.unreachable = WireError("unreachable", "cannot be reached: connection refused")
    reasons = {made.down(f"/{number}").reason for number in range(50)}
    assert (reasons, made.clock.seconds) == ({"cannot be reached: connection refused"}, 0.0)
    stats = made.session.stats["a"]
    assert (stats.failed, stats.held_back, stats.attempts) == (1, 49, 0)


def test_breaker__opens_after_failures_in_a_row(house: Maker) -> None:
    """Every attempt counts, those of a second request too; then nothing is sent."""
    made = house(status(500))
    made.down("/1")
    assert made.down("/2").reason == "answered HTTP 500"
    assert len(made.wire.calls) == 5
    made.down("/3")
    assert len(made.wire.calls) == 5


def test_breaker__one_bad_question_does_not_close_the_host(house: Maker) -> None:
    """A question that always gets 500 leaves the others alone."""
    made = house(lambda call: status(500) if "bad" in call.url else ok())
    for number in range(3):
        made.down(f"/bad/{number}") if number % 2 == 0 else made.get(f"/{number}")
    assert made.get("/fine").json() == {"ok": True}


def test_breaker__a_probe_after_the_cool_down(house: Maker) -> None:
    """One attempt is let through; its success closes the breaker."""
    made = house(WireError("unreachable", "gone"), ok())
    made.down("/1")
    made.clock.seconds = 29.0
    made.down("/2")
    made.clock.seconds = 31.0
    assert made.get("/3").json() == {"ok": True}
    assert made.get("/4").json() == {"ok": True}


def test_breaker__a_failed_probe_costs_one_attempt(house: Maker) -> None:
    """And doubles the cool-down."""
    made = house(WireError("unreachable", "gone"), status(503))
    made.down("/1")
    made.clock.seconds = 31.0
    made.down("/2")
    assert len(made.wire.calls) == 2
    made.clock.seconds = 90.0
    made.down("/3")
    assert len(made.wire.calls) == 2
    made.clock.seconds = 92.0
    made.down("/4")
    assert len(made.wire.calls) == 3


def test_breaker__only_one_probe_at_a_time() -> None:
    """While a probe is under way the others are refused."""
    clock = FakeClock()
    breaker = Breaker(clock)
    breaker.failure("gone", at_once=True)
    clock.seconds = 31.0
    assert [breaker.refusal(), breaker.refusal(), breaker.refusal()] == [None, "gone", "gone"]


def test_breaker__429_is_a_sign_of_life(house: Maker) -> None:
    """A busy host is not a dead one."""
    made = house(*[status(429)] * 4, ok())
    made.get("/1")
    assert made.get("/2").status == 200


def test_breaker__of_one_host_leaves_the_other_alone(house: Maker) -> None:
    """A source with two hosts may go on with the second."""
    gone = WireError("unreachable", "gone")
    made = house(lambda call: (_ for _ in ()).throw(gone) if "files" in call.url else ok())
    with pytest.raises(SourceDown):
        made.session.client("b").get("https://files.b.example/data/x")
    assert made.get("/x", "b").status == 200


# Where requests may go


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "https://api.a.example.evil.example/v1",
        "http://api.a.example/v1",
        "https://api.a.example:8443/v1",
        "https://api.b.example/",
        "https://me:pw@api.a.example/v1",
        "https://api.a.example@evil.example/",
        "ftp://api.a.example/",
        "file:" + "//" + "/etc/passwd",
        "//api.a.example/v1",
        "https:///v1",
        "https://api.a.example:port/",
        "",
    ],
)
def test_client__asks_only_the_addresses_of_its_source(house: Maker, url: str) -> None:
    """Anything else is a mistake in the program, or an address out of a list: it is never sent."""
    made = house(ok())
    with pytest.raises(ValueError, match=r"."):
        made.session.client("a").get(url)
    assert made.wire.calls == []


REDIRECTS: list[tuple[str, str, str | None]] = [
    ("https://api.a.example/v1/x", "/v2/x", None),
    ("https://api.a.example/v1/x", "y?z=1#part", None),
    ("https://api.a.example/v1/x", "https://www.a.example/x", None),
    ("https://api.a.example/v1/x", "https://a.example/x", None),
    (
        "https://api.a.example/v1/x",
        "https://evil.example/x",
        "redirected to another site (https://evil.example)",
    ),
    (
        "https://api.a.example/v1/x",
        "http://api.a.example/x",
        "redirected to another site (http://api.a.example)",
    ),
    ("https://api.a.example/v1/x", "//evil.example/", "another site"),
    ("https://api.a.example/v1/x", "https://api.a.example@evil.example/", "no address"),
    ("https://api.a.example/v1/x", "https://a.example.evil.example/", "another site"),
    ("https://api.a.example/v1/x", "https://api.a.example:8443/", "another site"),
    ("https://api.a.example/v1/x", "https://localhost/", "another site"),
    ("https://api.a.example/v1/x", "https://127.0.0.1/", "another site"),
    ("https://api.a.example/v1/x", "ftp://api.a.example/", "no address"),
    ("https://api.a.example/v1/x", "https://[broken", "no address"),
    ("https://api.a.example/v1/x", "https://x\x1b.example/", "another site"),
    ("https://api.b.example/x", "https://files.b.example/data/y", None),
]


@pytest.mark.parametrize(("url", "location", "refusal"), REDIRECTS)
def test_redirect__stays_within_the_site(house: Maker, url: str, location: str, refusal: str | None) -> None:
    """By hand, through the pace, and never elsewhere."""
    made = house(status(302, Location=location), ok())
    client = made.session.client("b" if "api.b" in url else "a")
    if refusal is None:
        response = client.get(url)
        assert (response.status, len(made.wire.calls)) == (200, 2)
        assert response.url == made.wire.calls[1].url != url
        return
    with pytest.raises(SourceDown) as caught:
        client.get(url)
    assert refusal in caught.value.reason
    assert caught.value.reason.isprintable()
    assert len(made.wire.calls) == 1


def test_redirect__each_hop_keeps_the_pace(house: Maker) -> None:
    """Up to five, and no more."""
    fine = house(*[status(307, Location=f"/{n}") for n in range(5)], ok())
    assert fine.get().status == 200
    assert fine.wire.times == pytest.approx([1.02 * n for n in range(6)])
    endless = house(status(301, Location="/again"))
    assert "redirected more than 5 times" in endless.down("/once").reason
    assert len(endless.wire.calls) == 6


def test_redirect__secrets_stay_at_home(house: Maker) -> None:
    """A host of the same site that is not configured gets no key."""
    made = house(status(302, Location="https://other.a.example/x"), ok())
    made.get(headers={"X-API-Key": KEY, "authorization": f"Bearer {KEY}"})
    assert {"X-Api-Key", "Authorization"} <= set(made.wire.calls[0].headers)
    assert not {"x-api-key", "authorization"} & {name.lower() for name in made.wire.calls[1].headers}


@pytest.mark.parametrize(
    ("code", "cache", "method", "error"),
    [
        (301, True, None, "moved to https://a.example"),
        (302, True, None, "moved to"),
        (303, True, "GET", None),
        (307, True, "POST", None),
        (308, True, "POST", None),
        (307, False, None, "moved to"),
        (303, False, None, "moved to"),
    ],
)
def test_redirect__of_a_post(
    house: Maker, code: int, cache: bool, method: str | None, error: str | None
) -> None:
    """A question is not turned into another one in silence, and a log-in never goes elsewhere."""
    made = house(status(code, Location="https://a.example/new"), ok())
    client = made.session.client("a")
    if error:
        with pytest.raises(SourceDown, match=error):
            client.post(A.url, json={"ids": []}, cache=cache)
        return
    client.post(A.url, json={"ids": []}, cache=cache)
    assert (made.wire.calls[1].method, bool(made.wire.calls[1].body)) == (method, method == "POST")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("export.arxiv.org", "arxiv.org", True),
        ("api.x.ac.uk", "www.x.ac.uk", True),
        ("api.x.ac.uk", "y.ac.uk", False),
        ("me.github.io", "you.github.io", False),
        ("raw.githubusercontent.com", "evil.githubusercontent.com", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("a.0.0.1", "b.0.0.1", False),
        ("intranet", "intranet", True),
        ("a.com", "b.com", False),
    ],
)
def test_same_site__tells_owners_apart(left: str, right: str, same: bool) -> None:
    """One owner, as far as names tell."""
    assert same_site(("https", left, 443), ("https", right, 443)) is same


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("x.localhost", True),
        ("10.0.0.1", False),
        ("a.org", False),
    ],
)
def test_is_loopback__this_machine(host: str, expected: bool) -> None:
    """By name or address."""
    assert is_loopback(host) is expected


# What is no answer

NOT_JSON = [
    PAGE,
    Answer(200, JSON, b"\n\xef\xbb\xbf <html><head>x</head></html>"),
    Answer(200, {"Content-Type": "text/html; charset=utf-8"}, b'{"ok": true}'),
    Answer(200, JSON, b""),
    Answer(200, JSON, b"Resource not found."),
    Answer(200, JSON, b'{"a": 1'),
    Answer(200, JSON, b'{"a": NaN}'),
    Answer(200, JSON, b"\xff\xfe{\x00}\x00"),
    Answer(200, JSON, b'{"a": "\xff"}'),
    Answer(200, JSON, b"[" * 200_000),
    Answer(200, JSON, b'{"a": ' + b"9" * 5000 + b"}"),
]


@pytest.mark.parametrize("answer", NOT_JSON)
def test_json__refuses_what_is_none(house: Maker, answer: Answer) -> None:
    """One clear line, nothing kept, and never a value."""
    made = house(answer)
    with pytest.raises(SourceDown, match=r"instead of JSON|not JSON"):
        made.get().json()
    assert not made.get().from_cache


def test_json__a_captive_portal_is_named(house: Maker) -> None:
    """The first thing a traveller sees."""
    made = house(PAGE)
    with pytest.raises(SourceDown) as caught:
        made.get().json()
    assert caught.value.reason == "answered with a web page instead of JSON"
    assert "sign-in page" in str(caught.value.hint)


def test_json__values_can_be_written_to_files(house: Maker) -> None:
    """A lone surrogate would break every file it is written to."""
    made = house(ok(b'\xef\xbb\xbf{"t": "\\ud800 \\ud83d\\ude00"}'))
    assert made.get().json()["t"].encode().endswith("\N{GRINNING FACE}".encode())


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
FILE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]><x>&a;</x>'


@pytest.mark.parametrize(
    "body",
    [PAGE.body, BOMB, FILE, b"", b"<a>", b'{"a": 1}', b'<?xml version="1.0" encoding="nonsense"?><a/>', b"<a>\xff</a>",
     b'<?xml version="1.0"?><!-- --><html xmlns="http://www.w3.org/1999/xhtml"></html>', b"<!DOCTYPE a><a/>",
     b"x" * 2000 + PAGE.body],
)  # fmt: skip
def test_xml__refuses_what_is_none(house: Maker, body: bytes) -> None:
    """No page, no DTD, no entity, nothing cut off."""
    made = house(Answer(200, {"Content-Type": "application/xml"}, body))
    with pytest.raises(SourceDown, match=r"instead of XML|not XML"):
        made.get(accept="xml").xml()
    assert not made.get(accept="xml").from_cache


def test_xml__reads(house: Maker) -> None:
    """A feed is a tree, from the wire and from the cache."""
    made = house(
        Answer(200, {"Content-Type": "application/atom+xml"}, b"<feed><entry>\xc3\xa9</entry></feed>")
    )
    assert [made.get(accept="atom").xml()[0].text for _ in range(2)] == ["é", "é"]
    assert made.session.stats["a"].from_cache == 1


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("text/plain", "é".encode(), "é"),
        ("text/plain; charset=latin-1", b"\xe9", "é"),
        ('text/plain; charset="utf-8"', b"\xff", "\N{REPLACEMENT CHARACTER}"),
        ("text/plain; charset=nonsense", b"x", "x"),
        ("text/plain; charset=zlib", b"x", "x"),
        ("", b"@inproceedings{x}", "@inproceedings{x}"),
    ],
)
def test_text__decodes(content_type: str, body: bytes, expected: str) -> None:
    """By the header's word where it is one."""
    assert Response(200, {"content-type": content_type}, body).text() == expected


def test_text__a_page_with_status_200_is_none() -> None:
    """But an error page is what it says it is."""
    with pytest.raises(SourceDown):
        Response(200, {}, PAGE.body, source="acl").text()
    assert "hotel" in Response(404, {}, PAGE.body).text()


def test_response__headers_ignore_case() -> None:
    """As HTTP does."""
    response = Response(200, {"Content-TYPE": "Application/JSON; x=y"})
    assert response.headers["content-type"] == response.headers["CONTENT-TYPE"]
    assert "Content-Type" in response.headers
    assert response.content_type == "application/json"


# What goes out


def test_request__headers(house: Maker) -> None:
    """Who we are, how to reach us, what we want; a source's own header wins in any case."""
    made = house(ok(), contact="me@example.org")
    made.get(accept="sparql", headers={"user-AGENT": "other", "x-api-key": KEY})
    made.get("/2", accept="text/csv")
    first, second = (call.headers for call in made.wire.calls)
    assert first["Accept"] == "application/sparql-results+json"
    assert first["User-Agent"] == "other"
    assert first["X-Api-Key"] == KEY
    assert second["User-Agent"].startswith("paperlist/")
    assert second["User-Agent"].endswith(" (+mailto:me@example.org)")
    assert second["Accept"] == "text/csv"
    assert set(ACCEPT) == {"json", "xml", "atom", "sparql", "text"}


def test_request__without_contact(house: Maker) -> None:
    """No empty brackets."""
    made = house(ok())
    made.get()
    assert "(" not in made.wire.calls[0].headers["User-Agent"]


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({"id_list": "2212.08073,hep-th/9901001"}, "id_list=2212.08073,hep-th/9901001"),
        ({"q": "a b&c=d#e?é"}, "q=a+b%26c%3Dd%23e%3F%C3%A9"),
        ({"fields": "title,year", "x": ""}, "fields=title,year&x="),
    ],
)
def test_request__parameters(house: Maker, params: Mapping[str, str], query: str) -> None:
    """Encoded once, in the order given."""
    made = house(ok())
    made.get(params=params)
    assert made.wire.calls[0].url == f"{A.url}/papers?{query}"


@pytest.mark.parametrize(
    ("options", "body", "content_type"),
    [
        ({"json": {"ids": ["é"]}}, b'{"ids": ["\\u00e9"]}', "application/json"),
        ({"data": {"a": "b c"}}, b"a=b+c", "application/x-www-form-urlencoded"),
        (
            {"data": "é", "headers": {"content-type": "application/sparql-query"}},
            b"\xc3\xa9",
            "application/sparql-query",
        ),
        ({"data": b"\x00"}, b"\x00", None),
        ({}, b"", None),
    ],
)
def test_request__bodies(
    house: Maker, options: dict[str, Any], body: bytes, content_type: str | None
) -> None:
    """JSON, a form, or bytes as they are."""
    made = house(ok())
    made.session.client("a").post(A.url, **options)
    [call] = made.wire.calls
    assert (call.body, call.headers.get("Content-Type")) == (body, content_type)


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "\x00", "\u0100"])
def test_request__no_header_is_smuggled_in(house: Maker, value: str) -> None:
    """And the error names the header, never its value."""
    made = house(ok())
    with pytest.raises(ValueError, match="the header Authorization holds") as caught:
        made.get(headers={"Authorization": f"Bearer {value}"})
    assert value not in str(caught.value)
    with pytest.raises(ValueError, match="not a word"):
        made.get(headers={f"X{value}": "1"})


# Secrets


def shapes(secret: str) -> set[bytes]:
    """A secret in clear, percent-encoded, and base64 in every position."""
    found = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    for before in ("", "x", "xy"):
        whole = base64.b64encode((before + secret).encode()).decode()
        found.add(whole[4 if before else 0 : len(whole) // 4 * 4 - 4])
    return {shape.encode() for shape in found}


def assert_hidden(place: bytes, what: str) -> None:
    leaked = [secret for secret in (KEY, USER, WORD) for shape in shapes(secret) if shape in place]
    assert not leaked, f"{what} shows {leaked}"


def test_secrets__are_in_no_file_event_or_error(house: Maker, tmp_path: Path) -> None:
    """Key header in any case, log-in, a server that repeats them, and an error that would show them."""
    echo = json.dumps({"you": KEY, "b64": base64.b64encode(f"{USER}:{WORD}".encode()).decode()}).encode()
    steps: list[Step] = [
        ok(),
        ok(b'{"token": "t0ken-of-nobody"}'),
        ok(echo),
        ok(b"{}", **{"Set-Cookie": f"k={KEY}"}),
        status(302, Location=f"https://elsewhere.example/?k={quote(KEY, safe='')}"),
        status(302, Location=f"https://{quote(USER)}.example/"),
    ]
    made = house(*steps)
    made.get("/1", headers={"X-API-KEY": KEY, "authorization": f"Bearer {KEY}"})
    made.session.client("login").post(LOGIN.url, json={"id": USER, "password": WORD}, cache=False)
    made.get("/2")
    made.get("/3")
    errors = [made.down("/4"), made.down("/5")]
    made.session.close()
    files = list((tmp_path / "cache").iterdir())
    assert files
    for path in files:
        assert_hidden(path.read_bytes(), path.name)
        assert b"t0ken-of-nobody" not in path.read_bytes()
    for event in made.events:
        assert_hidden((repr(event) + event.line()).encode(), "an event")
    for error in errors:
        assert_hidden(f"{error!r} {error} {error.hint}".encode(), "an error")
    assert_hidden(repr(made.wire.calls).encode() + repr(made.session.settings).encode(), "a repr")


def test_secrets__an_echoed_secret_is_answered_but_not_kept(house: Maker) -> None:
    """The source gets its answer; the file does not."""
    made = house(ok(json.dumps({"key": KEY}).encode()))
    assert made.get().json() == {"key": KEY}
    assert not made.get().from_cache


@pytest.mark.parametrize(
    "options",
    [
        {"params": {"api_key": KEY}},
        {"path": f"/x?key={quote(KEY, safe='')}"},
        {"path": f"/{quote(KEY, safe='')}/x"},
        {"path": f"/x?q=more{KEY}more"},
    ],
)
def test_secrets__never_go_into_an_address(house: Maker, options: dict[str, Any]) -> None:
    """Addresses end up in logs of others."""
    made = house(ok())
    with pytest.raises(ValueError, match="a secret in an address of a") as caught:
        made.get(**options)
    assert_hidden(str(caught.value).encode(), "the error")
    assert made.wire.calls == []


def test_secrets__a_short_word_is_no_alarm(house: Maker) -> None:
    """Somebody's password may be part of a title."""
    made = house(ok(), sources=(replace(A, key="test"),))
    assert made.get(params={"query": "a test of judges"}).status == 200


def test_secrets__a_token_is_learned_from_its_header(house: Maker) -> None:
    """What a log-in gave is as secret as the log-in."""
    made = house(ok(b'{"echo": "t0ken-of-nobody"}'))
    made.get(headers={"Authorization": "Bearer t0ken-of-nobody"})
    assert not made.get().from_cache
    made.session.client("a").keep_secret("an0ther-token")
    assert made.session.secrets.clean("x t0ken-of-nobody y an0ther-token") == "x *** y ***"


@given(st.text(min_size=12, max_size=30), st.text(max_size=8), st.text(max_size=8))
def test_secrets__are_found_in_any_wrapping(secret: str, before: str, after: str) -> None:
    """In clear, percent-encoded and base64, wherever they stand."""
    known = Secrets([secret])
    whole = f"{before}{secret}{after}"
    assert known.stand_in(whole.encode("utf-8", "surrogatepass"))
    assert known.stand_in(base64.b64encode(whole.encode()))
    assert known.stand_in(base64.urlsafe_b64encode(whole.encode()))
    assert known.stand_in(quote(whole, safe="").encode())
    assert secret not in known.clean(whole) or secret in "***"


# Seen


def test_events__one_line_per_request(house: Maker) -> None:
    """What was asked, what came, how long it took; and what is waited for."""
    made = house(ok(), status(503), ok(), status(404))
    made.get("/1")
    made.get("/1")
    made.get("/2")
    made.get("/3")
    kinds = [event.what for event in made.events]
    assert kinds == [
        "answered",
        "cached",
        "waiting",
        "retrying",
        "waiting",
        "answered",
        "waiting",
        "answered",
    ]
    lines = [event.line() for event in made.events]
    assert lines[0] == "a  GET  api.a.example/v1/1  200  0 ms  12 bytes"
    assert lines[1] == "a  GET  api.a.example/v1/1  200  cached  12 bytes"
    assert lines[3].endswith("retrying  in 1 s  answered HTTP 503")
    assert [event.text for event in made.events if event.what == "waiting"] == [
        "one request per 1 s",
        "answered HTTP 503",
        "one request per 1 s",
    ]
    assert made.events[2].host == "api.a.example"
    assert made.events[2].seconds == pytest.approx(1.02)


def test_stats__every_request_counts_once(house: Maker) -> None:
    """Numbers for run.json."""
    made = house(ok(), status(404, b"no"), WireError("unreachable", "gone"))
    made.get("/1")
    made.get("/1")
    made.get("/2")
    made.down("/3")
    made.down("/4")
    stats = made.session.stats["a"]
    assert (stats.asked, stats.answered, stats.from_cache, stats.failed, stats.held_back) == (5, 2, 1, 1, 1)
    assert (stats.attempts, stats.bytes) == (3, 14)
    assert stats.wall == pytest.approx(2.04)
    assert stats.to_json()["waited"] == 2.04
    assert json.loads(json.dumps(stats.to_json()))["asked"] == 5


# The wire by requests, with an adapter that is none


class FakeAdapter(BaseAdapter):
    """Answers below requests: what is under test is all that stands above a socket."""

    def __init__(self, make: Callable[[], Any]) -> None:
        super().__init__()
        self.make, self.seen = make, list[Any]()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        self.seen.append((request, options))
        made = self.make()
        if isinstance(made, BaseException):
            raise made
        code, headers, body = made
        response = requests.Response()
        response.status_code, response.request, response.url = code, request, str(request.url)
        response.headers.update(headers)
        stream = body if hasattr(body, "read") else io.BytesIO(body)
        response.raw = urllib3.HTTPResponse(body=stream, headers=headers, status=code, preload_content=False)
        return response

    def close(self) -> None:
        pass


def wired(make: Callable[[], Any], clock: FakeClock | None = None) -> tuple[RequestsWire, FakeAdapter]:
    wire = RequestsWire(clock or FakeClock(), resolve=lambda host, port, seconds: 4)
    adapter = FakeAdapter(make)
    wire.session.mount("https://", adapter)
    wire.session.mount("http://", adapter)
    return wire, adapter


def send(wire: RequestsWire, **options: Any) -> Answer:
    call = Call("GET", "https://api.a.example/v1", {"Accept": "x/y"}, **options)
    wire.prepare(call.url, 3.0)
    return wire.send(call, connect_timeout=3.0, timeout=20.0)


def test_wire__sends_what_was_asked_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No netrc, no cookies, no redirect, TLS on, four addresses sharing the time to connect."""
    (tmp_path / "netrc").write_text("machine api.a.example login me password pw\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    wire, adapter = wired(lambda: (302, {"Set-Cookie": "a=b", "Location": "https://x.example"}, b"x"))
    assert [send(wire).status, send(wire).status] == [302, 302]
    for request, options in adapter.seen:
        assert dict(request.headers) == {"Accept": "x/y"}
        assert (options["timeout"], options["verify"], options["stream"]) == ((1.0, 20.0), True, True)
    wire.close()


@pytest.mark.parametrize(
    ("url", "proxied"),
    [("https://api.a.example/", True), ("http://127.0.0.1:1/", False), ("http://localhost/", False)],
)
def test_wire__proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch, url: str, proxied: bool) -> None:
    """As requests finds them, but never for this machine itself."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    wire, adapter = wired(lambda: (200, {}, b""))
    wire.prepare(url, 3.0)
    wire.send(Call("GET", url, {}), connect_timeout=3.0, timeout=1.0)
    assert bool(adapter.seen[0][1]["proxies"]) is proxied
    assert adapter.seen[0][1]["timeout"][0] == 3.0
    wire.close()


@pytest.mark.parametrize(
    ("headers", "body", "ok"),
    [
        ({}, b"x" * 1000, True),
        ({}, b"x" * 1001, False),
        ({"Content-Length": "1001"}, b"", False),
        ({"Content-Length": "9" * 40}, b"", False),
        ({"Content-Length": "nonsense"}, b"x", True),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 1000, mtime=0), True),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 50_000_000, mtime=0), False),
    ],
)
def test_wire__sizes_are_limited(headers: dict[str, str], body: bytes, ok: bool) -> None:
    """Unpacked bytes count, and reading stops where the limit is passed."""
    wire, _ = wired(lambda: (200, headers, body))
    if ok:
        assert set(send(wire, max_bytes=1000).body) == {ord("x")}
    else:
        with pytest.raises(WireError, match=r"more than 0\.000953674 MiB") as caught:
            send(wire, max_bytes=1000)
        assert caught.value.kind == "unusable"
    wire.close()


def test_wire__a_body_that_drips_is_given_up() -> None:
    """However steadily the bytes come."""
    clock = FakeClock()

    class Drip(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            clock.seconds += 5.0
            buffer[:1] = b"x"
            return 1

    wire, _ = wired(lambda: (200, {}, io.BufferedReader(Drip(), 4096)), clock)
    with pytest.raises(WireError, match="answers too slowly"):
        send(wire)
    assert clock.seconds < 100
    wire.close()


@pytest.mark.parametrize(
    "location",
    [
        "/elsewhere",
        "http://[::1",
        "/\xe9",
        "http://\xfcber.example/",
        "http://x.example/\x1b]0;",
        "http://xn--.example/",
    ],
)
@pytest.mark.parametrize("packing", ["", "gzip", "deflate"])
def test_wire__a_redirect_is_an_answer_whatever_it_says(location: str, packing: str) -> None:
    """Its target is nobody's business here, and its body may be packed: we say that we can unpack."""
    packed = {"": b"moved", "gzip": gzip.compress(b"moved"), "deflate": zlib.compress(b"moved")}[packing]
    wire, _ = wired(lambda: (302, {"Location": location, "Content-Encoding": packing}, packed))
    answer = send(wire)
    assert (answer.status, answer.body, answer.headers["Location"]) == (302, b"moved", location)
    wire.close()


def test_wire__the_body_of_a_redirect_is_limited() -> None:
    """In size and in time, as every body."""
    clock = FakeClock()
    wire, _ = wired(lambda: (302, {"Location": "/b"}, b"x" * 2000), clock)
    with pytest.raises(WireError, match="answered with more than"):
        send(wire, max_bytes=1000)
    wire.close()


@pytest.mark.parametrize(
    "location", ["http://[::1", "/\xe9", "http://\xfcber.example/", "http://x.example/\x1b]0;"]
)
def test_redirect__to_nonsense_costs_only_its_source(house: Maker, location: str) -> None:
    """A source that is broken so is down; the run goes on."""
    made = house(status(302, Location=location))
    assert re.search("redirected|address", made.down().reason)


def pool_error(reason: Exception) -> requests.ConnectionError:
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", reason))  # type: ignore[arg-type]


def new_connection(cause: Exception | None = None) -> urllib3.exceptions.NewConnectionError:
    error = urllib3.exceptions.NewConnectionError(None, "failed")  # type: ignore[arg-type]
    error.__cause__ = cause
    return error


ERRORS: list[tuple[Exception, str, str]] = [
    (
        pool_error(new_connection(ConnectionRefusedError())),
        "unreachable",
        "cannot be reached: connection refused",
    ),
    (
        pool_error(new_connection(OSError(101, "x"))),
        "unreachable",
        "cannot be reached: no network, or no route to it",
    ),
    (
        pool_error(urllib3.exceptions.NameResolutionError("h", None, OSError())),  # type: ignore[arg-type]
        "unreachable",
        "cannot be reached: no such host (DNS)",
    ),
    (
        requests.ConnectTimeout(urllib3.exceptions.ConnectTimeoutError()),
        "unreachable",
        "cannot be reached: no connection within 3 s",
    ),
    (requests.exceptions.SSLError("x"), "unreachable", "its TLS certificate or handshake is not valid"),
    (
        requests.exceptions.ProxyError("http://me:pw@proxy"),
        "unreachable",
        "the proxy does not let us through",
    ),
    (requests.exceptions.InvalidSchema("no SOCKS"), "unusable", "no way to its address or proxy"),
    (requests.ReadTimeout("x"), "broken", "did not answer within 20 s"),
    (requests.ConnectionError(urllib3.exceptions.ReadTimeoutError(None, "/", "x")), "broken", "within 20 s"),  # type: ignore[arg-type]
    (requests.exceptions.ChunkedEncodingError("x"), "broken", "broke off in the middle"),
    (requests.ConnectionError("reset"), "broken", "broke the connection"),
    (urllib3.exceptions.ProtocolError("x"), "broken", "broke the connection"),
    (ConnectionResetError(), "broken", "broke the connection"),
    (requests.TooManyRedirects("x"), "unusable", "cannot be asked (TooManyRedirects)"),
]


@pytest.mark.parametrize(("error", "kind", "reason"), ERRORS, ids=[row[2][:40] for row in ERRORS])
def test_wire__errors_in_our_words(error: Exception, kind: str, reason: str) -> None:
    """What each means for the next attempt; the libraries' own texts are never shown."""
    wire, _ = wired(lambda: error)
    with pytest.raises(WireError) as caught:
        send(wire)
    assert caught.value.kind == kind
    assert reason in caught.value.reason
    assert "pw" not in str(caught.value)
    wire.close()


def test_wire__a_body_cut_off_is_broken() -> None:
    """Fewer bytes than promised are no answer."""
    wire, _ = wired(lambda: (200, {"Content-Length": "100"}, b"x"))
    with pytest.raises(WireError, match="broke off in the middle") as caught:
        send(wire)
    assert caught.value.kind == "broken"
    wire.close()


TEXT = b"some text " * 50


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("GZIP", gzip.compress(TEXT[:100], mtime=0) + gzip.compress(TEXT[100:], mtime=0)),
        ("x-gzip", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
    ],
)
def test_wire__unpacks(encoding: str, body: bytes) -> None:
    """What we say that we can read, in as many parts as it comes."""
    wire, _ = wired(lambda: (200, {"Content-Encoding": encoding}, body))
    assert send(wire).body == TEXT
    wire.close()


@pytest.mark.parametrize(
    ("encoding", "body", "reason"),
    [
        ("gzip", b"nonsense, not gzip", "cannot be unpacked"),
        ("gzip", gzip.compress(TEXT, mtime=0)[:-5], "broke off in the middle"),
        ("gzip", gzip.compress(TEXT, mtime=0) + b"more nonsense", "cannot be unpacked"),
        ("br", TEXT, "packed as br, which was not asked for"),
        ("\x1b[31m", TEXT, "packed as ??31m"),
    ],
)
def test_wire__packed_nonsense_is_no_answer(encoding: str, body: bytes, reason: str) -> None:
    """A body that says gzip and is none, or not wholly."""
    wire, _ = wired(lambda: (200, {"Content-Encoding": encoding}, body))
    with pytest.raises(WireError) as caught:
        send(wire)
    assert reason in caught.value.reason
    wire.close()


def test_look_up__gives_up_when_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's look-up may hang for minutes where packets are swallowed."""
    hang = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: hang.wait(5) and [])
    with pytest.raises(WireError, match=r"no address for api\.a\.example within 0 s") as caught:
        look_up("api.a.example", 443, 0.01)
    hang.set()
    assert caught.value.kind == "unreachable"


def test_look_up__counts_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all of them together stay within the time to connect."""
    rows = [
        (2, 1, 6, "", ("192.0.2.1", 443)),
        (2, 1, 6, "", ("192.0.2.2", 443)),
        (2, 1, 6, "", ("192.0.2.1", 443)),
    ]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: rows)
    assert look_up("api.a.example", 443, 1.0) == 2


@pytest.mark.parametrize("error", [OSError("no such host"), UnicodeError("label too long")])
def test_look_up__no_such_host(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Names that do not exist, or cannot."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("socket.getaddrinfo", fail)
    with pytest.raises(WireError, match=r"no address for api\.a\.example \(DNS\)"):
        look_up("api.a.example", 443, 1.0)


def test_session__with_the_real_wire(tmp_path: Path) -> None:
    """All parts together, the socket aside: asked once over requests, then out of requests-cache."""
    clock = FakeClock()
    wire, adapter = wired(lambda: (200, {"Content-Type": "application/json"}, b'{"n": 1}'), clock)
    settings = Settings(cache=tmp_path, sources={"a": A}, contact="me@example.org")
    with Session(settings, clock=clock, wire=wire) as session:
        client = session.client("a")
        got = [
            client.post(f"{A.url}/batch", json={"ids": ["x"]}, headers={"x-api-key": KEY}) for _ in range(2)
        ]
    assert [(response.json(), response.from_cache) for response in got] == [
        ({"n": 1}, False),
        ({"n": 1}, True),
    ]
    [(request, _)] = adapter.seen
    assert request.headers["x-api-key"] == KEY
    assert request.body == b'{"ids": ["x"]}'
