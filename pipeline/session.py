"""How the network is asked: cache -> retry -> breaker -> pace -> wire, for all sources of a run.

The rules and why they are so:

- A cached answer costs no waiting, so the cache stands before the pace, by construction. It holds
  answers with status 200 for 24 hours, as JSON rows in SQLite (a pickle could run code), without any
  request header, and never an answer that repeats a secret. Log-ins are asked with `cache=False`.
- Retries are ours and each of them passes pace and breaker; urllib3's own do neither.
- Nobody there (refused, no such host, no connection within `connect_timeout`, no TLS): one failure opens
  the breaker, so that a machine without a network is done in seconds.
- `Retry-After`, backoff and failed attempts eat the source's `patience`; when it is gone the source is
  not asked again in this run.
- requests go only to the hosts a source is configured with, redirects only within their sites.

Raises `SourceDown` for whatever is not an answer: silence must never look like "not found".
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlencode, urljoin

from pipeline import __version__
from pipeline.answer import Headers, Response
from pipeline.errors import BudgetSpent, SourceDown, UsageError
from pipeline.hosts import HOSTS, Host, HostMemory
from pipeline.httpcache import KEEP, HttpCache
from pipeline.ratelimit import (
    Budget,
    Clock,
    Patience,
    SystemClock,
    backoff,
    in_words,
    retry_after,
)
from pipeline.secrecy import Secrets
from pipeline.settings import Settings, SourceSettings
from pipeline.wire import (
    DEFAULT_MAX_BYTES,
    Answer,
    Call,
    Origin,
    RequestsWire,
    Wire,
    WireError,
    is_loopback,
    origin_of,
    printable,
    same_site,
)

ACCEPT: Mapping[str, str] = {
    "json": "application/json",
    "xml": "application/xml, text/xml;q=0.9, */*;q=0.1",
    "atom": "application/atom+xml, application/xml;q=0.9, */*;q=0.1",
    "sparql": "application/sparql-results+json",
    "text": "text/plain, */*;q=0.5",
}
"""The `accept` words of a client and the header each becomes; anything with a slash is sent as it is."""

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "x-api-key", "api-key", "cookie"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_MAX_TRIES = 4
_MAX_TRIES_WHEN_BUSY = 10


# What the outside sees


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the way to a source; `line()` is for `-v`, `waiting` for a progress bar.

    `answered`, `cached`, `failed` and `held back` (the budget is spent) come once per request, `retrying` once per failed attempt that will
    be repeated, `waiting` before each wait, `trouble` when the cache cannot be used. Handlers are called
    from the threads that ask.
    """

    source: str
    what: Literal["waiting", "retrying", "answered", "cached", "failed", "held back", "trouble"]
    method: str = ""
    url: str = ""
    host: str = ""
    status: int | None = None
    seconds: float = 0.0
    size: int = 0
    text: str = ""

    @property
    def place(self) -> str:
        """Host and path: the query, which may hold hundreds of ids, is left out."""
        return self.url.partition("://")[2].partition("?")[0]

    def line(self) -> str:
        """One line for a person: who was asked where, the status, how long it took, how much came."""
        ends = {
            "answered": [str(self.status), f"{self.seconds * 1000:.0f} ms", f"{self.size} bytes"],
            "cached": [str(self.status), "cached", f"{self.size} bytes"],
            "retrying": ["retrying", f"in {in_words(self.seconds)}", self.text],
        }
        facts = [self.source, self.method, self.place, *ends.get(self.what, [self.what, self.text])]
        return "  ".join(fact for fact in facts if fact)

    def to_json(self) -> dict[str, str | int | float | bool]:
        """The same for a machine."""
        facts: dict[str, str | int | float | bool | None] = {
            "event": "request",
            "what": self.what,
            "source": self.source,
            "method": self.method,
            "host": self.host,
            "path": "/" + self.place.partition("/")[2] if self.url else "",
            "status": self.status,
            "ms": round(self.seconds * 1000),
            "bytes": self.size,
            "cached": self.what == "cached",
            "text": self.text,
        }
        return {name: value for name, value in facts.items() if value is not None and value != ""}


@dataclass(slots=True)
class Stats:
    """What one source was asked in this run, for run.json.

    Every request counts in `asked` and in exactly one of `answered` (over the wire, with any status),
    `from_cache`, `failed`, and `held_back` (not sent: offline, given up, or breaker open).
    """

    asked: int = 0
    answered: int = 0
    from_cache: int = 0
    failed: int = 0
    held_back: int = 0
    attempts: int = 0
    """Requests on the wire, retries and redirects included."""
    waited: float = 0.0
    """Seconds of waiting, for the pace or because the source asked for it."""
    wall: float = 0.0
    """Seconds spent in requests, waiting included, summed over threads."""
    bytes: int = 0
    """Bytes of bodies received, unpacked."""

    def to_json(self) -> dict[str, float]:
        """Plain numbers, seconds to the millisecond."""
        return {key: round(value, 3) for key, value in asdict(self).items()}


# The rules of asking


class _Source:
    """What a run knows about one source."""

    def __init__(self, settings: SourceSettings) -> None:
        self.settings, self.name = settings, settings.name
        self.origins = {origin_of(url) for url in settings.urls}
        self.patience = Patience(settings.patience)
        self.stats = Stats()
        self.given_up: str | None = None
        self._lock = threading.Lock()

    def count(self, **more: float) -> None:
        """Add to the statistics."""
        with self._lock:
            for name, value in more.items():
                setattr(self.stats, name, getattr(self.stats, name) + value)

    @property
    def keep(self) -> timedelta:
        """How old a cached answer of this source may be."""
        return min(KEEP, self.settings.max_age)

    @property
    def hint(self) -> str | None:
        """What a person could do about being refused for want of a key."""
        if self.settings.variables and not self.settings.secrets:
            return f"set {' and '.join(self.settings.variables)} to be let through more often"
        return None


class _Failed(Exception):
    """An attempt that gave no answer; `retry` says in which way another one may be tried."""

    def __init__(
        self, reason: str, host: Host, retry: Literal["no", "broken", "busy"], wait: float | None = None
    ) -> None:
        self.reason, self.host, self.retry, self.wait = reason, host, retry, wait
        super().__init__(reason)


class _Exchange:
    """One request of a source, from the first attempt to an answer or a `SourceDown`."""

    def __init__(self, session: Session, source: _Source, call: Call) -> None:
        self.session, self.source, self.call = session, source, call
        self.tries = 0
        self.begun = False

    def run(self) -> tuple[Answer, str]:
        """The answer and its final address. Raises SourceDown."""
        while True:
            if self.session.settings.offline:
                raise self._down("not asked: offline")
            if self.source.given_up:
                raise self._down(self.source.given_up)
            self.tries += 1
            try:
                return self._attempt()
            except _Failed as failure:
                self._wait_or_give_up(failure)

    def _attempt(self) -> tuple[Answer, str]:
        """Send the request and follow its redirects, each of them through the pace of its host."""
        call = self.call
        for _ in range(_MAX_REDIRECTS + 1):
            host = self.session.host(self.source, call.url)
            answer = self._hop(host, call)
            location = Headers(answer.headers).get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer, call.url
            call = self._redirected(host, call, answer.status, location)
        raise _Failed(f"redirected more than {_MAX_REDIRECTS} times", host, "no")

    def _hop(self, host: Host, call: Call) -> Answer:
        if host.rest:
            raise self._stop(f"{host.reason} and asked us to wait: {in_words(host.rest)} are left")
        if refusal := host.breaker.refusal():
            raise self._down(refusal)
        settings, wire, clock = self.source.settings, self.session.wire, self.session.clock
        if spent := self.session.budget.take(self.source.name):
            raise self._spent(spent)
        begun, self.begun = clock.monotonic(), True
        try:
            wire.prepare(call.url, settings.connect_timeout)
        except WireError as error:
            self.session.budget.give_back(self.source.name)
            raise self._lost(host, error, clock.monotonic() - begun) from None
        waited = host.pace.acquire(
            lambda seconds, why: self._tell("waiting", call, seconds=seconds, text=why),
            until=self.session.budget.deadline,
        )
        if waited is None:
            raise self._spent(self.session.budget.out_of_time())
        begun, reached = clock.monotonic(), host.reached
        self.source.count(attempts=1, waited=waited)
        host.reached = True  # also where the run ends before an answer comes
        try:
            answer = wire.send(call, connect_timeout=settings.connect_timeout, timeout=self._timeout())
        except WireError as error:
            host.reached = reached or error.kind != "unreachable"
            raise self._lost(host, error, clock.monotonic() - begun) from None
        self.source.count(bytes=len(answer.body))
        return self._judged(host, answer, clock.monotonic() - begun)

    def _timeout(self) -> float:
        """Seconds for an answer; a second try has no more of them than the source's patience."""
        left = self.session.budget.deadline - self.session.clock.monotonic()
        timeout, patience = min(self.source.settings.timeout, max(1.0, left)), self.source.patience.seconds
        return timeout if self.tries == 1 else min(timeout, max(1.0, patience))

    def _lost(self, host: Host, error: WireError, seconds: float) -> _Failed:
        """What a missing answer means for the host, the source's patience and the next attempt."""
        self.source.patience.spend(seconds)
        if error.kind == "unusable":
            host.breaker.success()
        else:
            host.breaker.failure(error.reason, at_once=error.kind == "unreachable")
        return _Failed(error.reason, host, "broken" if error.kind == "broken" else "no")

    def _judged(self, host: Host, answer: Answer, seconds: float) -> Answer:
        """The answer, if it is one. A host that says "too many" is alive, and wants to be asked less."""
        status, headers = answer.status, Headers(answer.headers)
        if status < 500 and status not in (408, 425):
            host.breaker.success()
        if status < 500 and status not in (408, 425, 429):
            host.pace.answered()
            if status in _REDIRECTS or not 300 <= status < 400:
                return answer
            raise _Failed(f"answered HTTP {status}", host, "no")
        self.source.patience.spend(seconds)
        wait = retry_after(headers.get("retry-after"), self.session.clock.now(), headers.get("date"))
        if status == 429:
            host.pace.slow_down()
            raise _Failed("answered HTTP 429, too many requests", host, "busy", wait)
        reason = f"answered HTTP {status}"
        host.breaker.failure(reason)
        raise _Failed(reason, host, "broken", wait)

    def _redirected(self, host: Host, call: Call, status: int, location: str) -> Call:
        """The next request of a redirect. Secrets stay with the addresses that were configured."""
        try:
            target = urljoin(call.url, location).partition("#")[0]
            here, there = origin_of(call.url), origin_of(target)
        except ValueError:
            raise _Failed("redirected to something that is no address", host, "no") from None
        known = there in self.source.origins
        if (not known and not same_site(here, there)) or (here[0], there[0]) == ("https", "http"):
            where = f"{there[0]}://{printable(there[1])}"
            raise _Failed(f"redirected to another site ({where})", host, "no")
        if call.method == "POST" and (status in (301, 302) or (call.private and not known)):
            raise _Failed(f"moved to {there[0]}://{printable(there[1])}", host, "no")
        headers = dict(call.headers)
        if not known:
            headers = {name: value for name, value in headers.items() if name.lower() not in _SECRET_HEADERS}
        if status == 303:
            return replace(call, method="GET", url=target, headers=headers, body=None)
        return replace(call, url=target, headers=headers)

    def _wait_or_give_up(self, failure: _Failed) -> None:
        """Hold the host for the time another attempt must wait, or raise SourceDown."""
        tries = f" ({self.tries} tries)" if self.tries > 1 else ""
        most = _MAX_TRIES_WHEN_BUSY if failure.retry == "busy" else _MAX_TRIES
        if failure.wait and failure.wait <= self.source.settings.patience:
            failure.host.pace.hold(failure.wait, failure.reason)  # whoever asks next, in this run or another
        if failure.retry == "no" or failure.host.breaker.is_open:
            raise self._down(failure.reason + tries)
        wait = max(backoff(self.tries), failure.wait or 0.0)
        patience = in_words(self.source.settings.patience)
        if failure.wait is not None and failure.wait > max(self.source.patience.seconds, 0.0):
            failure.host.leave_alone(failure.wait, failure.reason)
            raise self._stop(f"{failure.reason} and asks us to wait {in_words(failure.wait)}{tries}")
        if self.tries >= most:
            raise self._down(failure.reason + tries)
        if not self.source.patience.grant(wait):
            raise self._stop(f"{failure.reason}{tries}, and the {patience} of patience are used up")
        self._tell("retrying", self.call, seconds=wait, text=failure.reason)
        failure.host.pace.hold(wait, failure.reason)

    def _spent(self, reason: str) -> BudgetSpent:
        """The run ends here for this source; that is no failure of it."""
        self.source.count(held_back=1)
        self._tell("held back", self.call, text=reason)
        return BudgetSpent(self.source.name, reason)

    def _stop(self, reason: str) -> SourceDown:
        self.source.given_up = reason
        return self._down(reason)

    def _down(self, reason: str) -> SourceDown:
        reason = self.session.secrets.clean(reason)
        self.source.count(**{"failed" if self.begun else "held_back": 1})
        self._tell("failed", self.call, text=reason)
        busy = "429" in reason
        return SourceDown(self.source.name, reason, self.source.hint if busy else None)

    def _tell(self, what: Any, call: Call, **facts: Any) -> None:
        self.session.tell(self.source.name, what, call, **facts)


class Client:
    """One source's way to the network. Safe to use from several threads."""

    def __init__(self, session: Session, source: _Source, max_bytes: int) -> None:
        self._session, self._source, self._max_bytes = session, source, max_bytes

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "json",
        cache: bool = True,
    ) -> Response:
        """Ask by GET. `accept` is a word of `ACCEPT` or a media type; `cache=False` always goes to the wire.

        Raises SourceDown for no answer, and ValueError for an address that is not this source's, or a
        secret in it: both are mistakes of the caller.
        """
        call = self._call("GET", url, params, headers, accept)
        return self._session.ask(self._source, call, cache=cache)

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | str | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "json",
        cache: bool = True,
    ) -> Response:
        """Ask by POST, with `json` or with `data` (a mapping is sent as a form).

        `cache=False` is for log-ins: neither question nor answer is kept, and what is in the answer is
        not shown. Raises as `get` does.
        """
        body, content_type = _body(json, data)
        given = {"Content-Type": content_type} if content_type else {}
        call = self._call("POST", url, params, {**given, **(headers or {})}, accept)
        return self._session.ask(self._source, replace(call, body=body, private=not cache), cache=cache)

    def forget(self, response: Response) -> None:
        """Take an answer that turned out to be none out of the cache."""
        self._session.forget(response)

    def keep_secret(self, token: str) -> None:
        """Learn a secret that only the run knows, such as a log-in's token."""
        self._session.secrets.add(token)

    def _call(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        accept: str,
    ) -> Call:
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params, safe=":/,")
        self._check(url)
        sent = _merged_headers(
            {"User-Agent": self._session.user_agent, "Accept-Encoding": "gzip, deflate"},
            {"Accept": ACCEPT.get(accept, accept)},
            headers or {},
        )
        for name, value in sent.items():
            if name.lower() in _SECRET_HEADERS:
                self._session.secrets.add(value.removeprefix("Bearer ").strip())
        return Call(method, url, sent, accept=accept, max_bytes=self._max_bytes)

    def _check(self, url: str) -> None:
        origin = origin_of(url)
        if origin not in self._source.origins:
            raise ValueError(f"{printable(origin[1])}:{origin[2]} is no address of {self._source.name}")
        if self._session.secrets.stand_in_url(url):
            raise ValueError(f"a secret in an address of {self._source.name}: send it in a header")


def _body(value: Any, data: bytes | str | Mapping[str, str] | None) -> tuple[bytes, str | None]:
    """The bytes of a request body and their media type, if it follows from the kind of `data`."""
    if value is not None:
        return json.dumps(value).encode(), "application/json"
    if isinstance(data, Mapping):
        return urlencode(data).encode(), "application/x-www-form-urlencoded"
    return data.encode() if isinstance(data, str) else data or b"", None


def _merged_headers(*parts: Mapping[str, str]) -> dict[str, str]:
    """Headers of all parts, the later ones winning whatever their case. Raises ValueError, naming no value."""
    merged: dict[str, tuple[str, str]] = {}
    for part in parts:
        for name, value in part.items():
            if not re.fullmatch(r"[\w!#$%&'*+.^`|~-]+", name, re.ASCII):
                raise ValueError("a header's name is not a word")
            if not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", value):
                raise ValueError(f"the header {name} holds characters that no header may hold")
            merged[name.lower()] = (name.title(), value)
    return dict(merged.values())


def _host_name(origin: Origin, owner: str) -> str:
    """What a host is called in the file of what hosts want."""
    scheme, host, port = origin
    return f"{scheme}://{host}:{port}{f' for {owner}' if owner else ''}"


class Session:
    """All asking of one run. Making one is cheap; nothing is imported or opened before the first request."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        on_event: Callable[[Event], None] | None = None,
        wire: Wire | None = None,
        budget: Budget | None = None,
        hosts: Path | None = None,
    ) -> None:
        """`clock` and `wire` can be replaced in tests; `on_event` hears what happens, from any thread.

        `budget` is what the run may spend, shared with whoever plans the questions. `hosts` is the file in which
        runs tell each other when hosts may be asked again; it lies in the cache unless told otherwise.
        """
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.budget = budget or Budget(clock=self.clock)
        self.wire: Wire = wire or RequestsWire(self.clock)
        self.secrets = Secrets(settings.secrets)
        contact = f" (+mailto:{settings.contact})" if settings.contact else ""
        self.user_agent = f"paperlist/{__version__}{contact}"
        self._on_event = on_event
        self._cache = HttpCache(settings.cache / "http.sqlite", self.clock, self._trouble)
        self._sources = {name: _Source(source) for name, source in settings.sources.items()}
        self._hosts: dict[tuple[Origin, str], Host] = {}
        self._memory = HostMemory(hosts or settings.cache / HOSTS, self.clock)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def client(self, name: str, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Client:
        """The client of a source; answers larger than `max_bytes` (unpacked) are refused."""
        return Client(self, self._sources[name], max_bytes)

    @property
    def stats(self) -> dict[str, Stats]:
        """The statistics of each source, as they are now."""
        return {name: replace(source.stats) for name, source in self._sources.items()}

    def close(self) -> None:
        """Close connections and the cache, and keep for the next run when hosts may be asked again."""
        self.wire.close()
        self._cache.close()
        with self._lock:  # who was interrupted may leave threads behind that still ask
            hosts = {_host_name(*place): host for place, host in self._hosts.items()}
        if hosts:
            try:
                self._memory.keep(hosts)
            except UsageError as error:
                self._trouble(f"{error}; the next run does not know when hosts may be asked again")

    # For this module's other classes

    def ask(self, source: _Source, call: Call, *, cache: bool) -> Response:
        """The cache's answer, or else the wire's."""
        source.count(asked=1)
        begun = self.clock.monotonic()
        try:
            cached = self._from_cache(source, call) if cache else None
            return cached or self._from_wire(source, call, begun, cache=cache)
        finally:
            source.count(wall=self.clock.monotonic() - begun)

    def _from_cache(self, source: _Source, call: Call) -> Response | None:
        found = self._cache.get(call.key, source.keep) if source.keep else None
        if found is None:
            return None
        answer, url, moment = found
        source.count(from_cache=1)
        self.tell(source.name, "cached", call, status=answer.status, size=len(answer.body))
        return self._response(source, call, answer, url, moment, from_cache=True)

    def _from_wire(self, source: _Source, call: Call, begun: float, *, cache: bool) -> Response:
        answer, url = _Exchange(self, source, call).run()
        moment = self.clock.now()
        source.count(answered=1)
        seconds = self.clock.monotonic() - begun
        self.tell(source.name, "answered", call, status=answer.status, size=len(answer.body), seconds=seconds)
        response = self._response(source, call, answer, url, moment, from_cache=False)
        if cache and source.keep and answer.status == 200 and self._may_keep(response):
            self._cache.put(call, answer, url, moment)
        return response

    def _may_keep(self, response: Response) -> bool:
        page = response.is_page or ("html" in response.content_type and response.accept != "text")
        facts = (response.url.encode(), response.body, str(dict(response.headers)).encode())
        return not page and not any(self.secrets.stand_in(fact) for fact in facts)

    def _response(
        self, source: _Source, call: Call, answer: Answer, url: str, moment: datetime, *, from_cache: bool
    ) -> Response:
        return Response(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            url=url,
            from_cache=from_cache,
            answered_at=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            source=source.name,
            accept=call.accept,
            key=call.key,
            rejected=self._reject,
        )

    def _reject(self, response: Response) -> None:
        """A reader found that an answer is none."""
        self.forget(response)
        source = self._sources[response.source]
        source.count(**{"from_cache" if response.from_cache else "answered": -1, "failed": 1})

    def forget(self, response: Response) -> None:
        """Drop an answer from the cache."""
        if response.key:
            self._cache.forget(response.key)

    def host(self, source: _Source, url: str) -> Host:
        """Pace and breaker of an address, shared by all sources that are asked there.

        Only on this machine each source has its own: there a mirror or a test server stands in for
        hosts that are different ones in the world.
        """
        origin = origin_of(url)
        owner = source.name if is_loopback(origin[1]) else ""
        with self._lock:
            host = self._hosts.get((origin, owner))
            if host is None:
                sharing = [source] if owner else [s for s in self._sources.values() if origin in s.origins]
                interval = max(s.settings.interval for s in sharing or [source])
                host = self._hosts[(origin, owner)] = Host(interval, self.clock)
                self._memory.tell(_host_name(origin, owner), host)
            return host

    def tell(self, source: str, what: Any, call: Call, **facts: Any) -> None:
        """Report an event, with no secret in it."""
        if self._on_event:
            url, host = self.secrets.clean(call.url), origin_of(call.url)[1]
            self._on_event(Event(source, what, call.method, url, host, **facts))

    def _trouble(self, text: str) -> None:
        if self._on_event:
            self._on_event(Event("", "trouble", text=self.secrets.clean(text)))
