"""Rate limits that are really kept: how fast, how often and how many at once each API may be asked.

`contract_limits()` has the published or observed numbers; `scale` shrinks all times, so that a test of a limit takes
hundredths of seconds instead of minutes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """At most one request per `interval` seconds, `window` = (count, seconds), `connections` at the same time.

    `slack` is the share of `interval` by which a request may be early: clocks and threads are not exact.
    `status` (429 or 503) and `retry_after` (seconds or a date; None sends no header) form the refusal.
    """

    interval: float = 0.0
    window: tuple[int, float] | None = None
    connections: int | None = None
    status: int = 429
    retry_after: str | None = None
    slack: float = 0.1


def contract_limits(scale: float = 1.0) -> Mapping[str, Limit]:
    """Each API's own limits.

    arXiv's terms of use, Semantic Scholar's key, OpenReview's header, DBLP's FAQ, Crossref's public pool for
    lists, OpenAlex without a key, DataCite without an address.
    """
    return {
        "arxiv": Limit(interval=3.0 * scale, connections=1),
        "semanticscholar": Limit(interval=1.0 * scale),
        "openreview": Limit(window=(180, 60.0 * scale)),
        "crossref": Limit(interval=1.0 * scale, connections=1),
        "openalex": Limit(interval=0.1 * scale, retry_after="1"),
        "dblp": Limit(interval=1.0 * scale, retry_after="1"),
        "datacite": Limit(window=(500, 300.0 * scale)),
    }


class Gate:
    """Lets requests of one API in, or not. A request that was refused does not count against the limit."""

    def __init__(self, limit: Limit, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit, self.clock = limit, clock
        self._lock = threading.Lock()
        self._admitted: deque[float] = deque(maxlen=limit.window[0] if limit.window else 1)
        self._inside = 0

    def enter(self) -> bool:
        """Whether a request may go on; if so, `leave` must follow."""
        with self._lock:
            now = self.clock()
            if self._full() or self._early(now):
                return False
            self._admitted.append(now)
            self._inside += 1
            return True

    def leave(self) -> None:
        """The request has been answered."""
        with self._lock:
            self._inside -= 1

    def _full(self) -> bool:
        return self.limit.connections is not None and self._inside >= self.limit.connections

    def _early(self, now: float) -> bool:
        if not self._admitted:
            return False
        if now - self._admitted[-1] < self.limit.interval * (1 - self.limit.slack):
            return True
        window = self.limit.window
        return window is not None and len(self._admitted) == window[0] and now - self._admitted[0] < window[1]
