"""When a host may be asked: pace, slow-down, breaker, and how long a server asks us to wait.

Nothing here knows HTTP libraries or sources. All times are seconds of a monotonic clock, so a jump of
the wall clock changes no pace; the clock is injected, so tests never sleep.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

BACKOFF_FIRST = 1.0
BACKOFF_MOST = 8.0
FAILURES_TO_OPEN = 5
"""Failed attempts in a row that open the breaker: more than one request makes, so that one bad question
(which gets 500 every time) does not close the host to all others."""
COOL_DOWN = 30.0
_COOL_DOWN_MOST = 300.0
_SLOWEST = 4.0
_RECOVERY = 0.9
_SMALLEST_STEP = 0.1


class Clock(Protocol):
    """What this program knows of time."""

    def monotonic(self) -> float:
        """Seconds that only grow."""

    def now(self) -> datetime:
        """The wall clock, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


class SystemClock:
    """The clock of the machine."""

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def now(self) -> datetime:
        """The wall clock, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        time.sleep(seconds)


class Pace:
    """The starts of requests to one host: at least `interval` seconds apart, whichever thread asks.

    After a 429 the distance grows, and shrinks back slowly with each answer. A small margin is added,
    because the server measures arrivals, which jitter, and not our starts.
    """

    def __init__(self, interval: float, clock: Clock) -> None:
        """`interval` is the published limit, in seconds."""
        self.interval, self._clock = interval, clock
        self._lock = threading.Lock()
        self._factor = 1.0
        self._next = self._held_until = -float("inf")
        self._warm = False
        self._reason = ""

    @property
    def spacing(self) -> float:
        """Seconds between two starts as things are now."""
        margin = min(0.02, 0.05 * self.interval)
        return self.interval + margin + (self._factor - 1.0) * max(self.interval, _SMALLEST_STEP)

    @property
    def left(self) -> float:
        """Seconds until the next start is free, whoever wants it."""
        return max(0.0, max(self._next, self._held_until) - self._clock.monotonic())

    def acquire(
        self, waiting: Callable[[float, str], None] | None = None, *, until: float = math.inf
    ) -> float | None:
        """Wait for the next free start, telling `waiting` how long it will take and why; return seconds waited.

        None, and no waiting, where the start would lie after `until` (a moment of the monotonic clock).
        """
        asked = self._clock.monotonic()
        start = self._reserve()
        while (now := self._clock.monotonic()) < start or start < self._held_until:
            if start > until:
                return None
            if now >= start:  # held meanwhile: queue up again, or all who wait would start at once
                start = self._reserve()
                continue
            if waiting:
                waiting(start - now, self._why(now))
            self._clock.sleep(start - now)
        return self._clock.monotonic() - asked

    def _why(self, now: float) -> str:
        if self._reason and self._held_until > now:
            return self._reason
        slowed = ", slowed down" if self._factor > 1.0 else ""
        return f"one request per {self.spacing:.2g} s{slowed}"

    def _reserve(self) -> float:
        with self._lock:
            start = max(self._clock.monotonic(), self._next, self._held_until)
            self._next = start + self.spacing
            return start

    def answered(self) -> None:
        """A request came back well: recover a little, and let the first connection's set-up not count.

        The very first request arrives late by the time its connection took; measured from its start, the
        second one would arrive too early.
        """
        with self._lock:
            self._factor = max(1.0, self._factor * _RECOVERY)
            if not self._warm:
                self._warm = True
                self._held_until = max(self._held_until, self._clock.monotonic() + self.spacing)

    def slow_down(self) -> None:
        """The host said 429: keep twice the distance from now on, four times at most."""
        with self._lock:
            self._factor = min(_SLOWEST, self._factor * 2)

    def hold(self, seconds: float, reason: str = "") -> None:
        """Nobody asks this host for so many seconds, for a reason that a person reads."""
        with self._lock:
            self._reason = reason
            self._held_until = max(self._held_until, self._clock.monotonic() + seconds)


class Breaker:
    """Stops asking a host that does not answer; lets one probe through after each cool-down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._cool_down = COOL_DOWN
        self._retry_at: float | None = None
        self._reason = ""

    def refusal(self) -> str | None:
        """Why the host may not be asked now, or None. Past the cool-down, one caller gets None: the probe."""
        with self._lock:
            if self._retry_at is None:
                return None
            if self._clock.monotonic() < self._retry_at:
                return self._reason
            self._retry_at = self._clock.monotonic() + self._cool_down
            return None

    @property
    def is_open(self) -> bool:
        """Whether the host counts as down, also while a probe is under way."""
        return self._retry_at is not None

    def success(self) -> None:
        """The host answered."""
        with self._lock:
            self._failures, self._retry_at, self._cool_down = 0, None, COOL_DOWN

    def failure(self, reason: str, *, at_once: bool = False) -> None:
        """An attempt failed; `at_once` (nobody there at all) opens without waiting for more failures."""
        with self._lock:
            self._failures += 1
            if self._retry_at is not None:
                self._cool_down = min(_COOL_DOWN_MOST, 2 * self._cool_down)
            elif not at_once and self._failures < FAILURES_TO_OPEN:
                return
            self._reason = reason
            self._retry_at = self._clock.monotonic() + self._cool_down


class Patience:
    """What a run grants one source for waiting, in seconds, shared by its threads."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()

    def spend(self, seconds: float) -> None:
        """Time that was lost on a failed attempt."""
        with self._lock:
            self.seconds -= seconds

    def grant(self, seconds: float) -> bool:
        """Take `seconds` off if that much is left; whether it was."""
        with self._lock:
            if seconds > self.seconds:
                return False
            self.seconds -= seconds
            return True


class Budget:
    """What one run may spend on asking, over all lists and sources; None is no limit.

    Requests are counted on the wire, retries, redirects and log-ins included; time runs from the making of
    the budget. Answers of the cache cost nothing.
    """

    def __init__(
        self, requests: int | None = None, seconds: float | None = None, clock: Clock | None = None
    ) -> None:
        self.requests, self.seconds = requests, seconds
        self._clock: Clock = clock or SystemClock()
        self._begun = self._clock.monotonic()
        self.deadline = math.inf if seconds is None else self._begun + seconds
        """When asking ends, on the monotonic clock."""
        self._used: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.spent: str | None = None
        """What was spent, in words, once a request had to be left out for it."""

    @property
    def limited(self) -> bool:
        """Whether there is any limit."""
        return self.requests is not None or self.seconds is not None

    @property
    def left(self) -> int | None:
        """Requests that may still be sent, or None where they are not limited."""
        return None if self.requests is None else max(0, self.requests - self._used.total())

    @property
    def passed(self) -> float:
        """Seconds since the run began to ask."""
        return self._clock.monotonic() - self._begun

    def used(self, source: str) -> int:
        """Requests that a source has sent."""
        return self._used[source]

    def take(self, source: str) -> str | None:
        """Count one request of a source; where there is none left, the reason why it must not be sent."""
        with self._lock:
            if self._clock.monotonic() >= self.deadline:
                return self.out_of_time()
            if self.left == 0:
                self.spent = f"the {self.requests} requests of this run are spent"
                return self.spent
            self._used[source] += 1
            return None

    def give_back(self, source: str) -> None:
        """A request that was taken for a source could not be sent: there was nobody to send it to."""
        with self._lock:
            self._used[source] -= 1

    def out_of_time(self) -> str:
        """Note that the time is over; the reason in words."""
        self.spent = f"the {in_words(self.seconds or 0.0)} of this run are over"
        return self.spent


def backoff(attempt: int) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 1): 1, 2, 4, 8, 8 ..."""
    return min(BACKOFF_MOST, BACKOFF_FIRST * 2.0 ** min(attempt - 1, 10))


def retry_after(value: str | None, now: datetime, date: str | None = None) -> float | None:
    """Seconds that a `Retry-After` header asks for, or None where it is missing or not readable.

    The value is a number of seconds or an HTTP date (RFC 9110, 10.2.3). A date is held against the
    server's own `Date` where it sent one, so that a wrong clock on either side does not matter.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    until = _http_date(text)
    if until is None:
        return None
    return max(0.0, (until - (_http_date(date) or now)).total_seconds())


def _http_date(text: str | None) -> datetime | None:
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def in_words(seconds: float) -> str:
    """A span of time for people: `45 s`, `13 min`, `13 h 4 min`, `2 days`."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{round(hours / 24)} days"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
