"""One host: its pace, its breaker, and what it asked of us, which is kept from run to run.

A limit holds for whoever comes from here, not for one process: a run that follows another at once keeps its distance
to that one's last request, and a host that asked for an hour of rest has it. What is kept is known from the wall
clock; where that has gone back since, or says that a host wants rest for days, nothing is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.files import load_json, write_atomic
from pipeline.ratelimit import Breaker, Clock, Pace

HOSTS = "hosts.json"
"""Name of the file in the cache."""

_MOST = {"next": timedelta(minutes=5), "rest": timedelta(hours=20)}
"""What is believed at most. No pace is slower: a next start further away was written by hand, or by a clock that was
wrong. A wish for a longer rest is forgotten after this time: a nightly job may knock once a night."""


class Host:
    """One host, as all that ask it share it."""

    def __init__(self, interval: float, clock: Clock) -> None:
        """`interval` is the published limit, in seconds."""
        self.pace, self.breaker = Pace(interval, clock), Breaker(clock)
        self._clock = clock
        self._resting_until = -float("inf")
        self.reached = False
        """Whether this run has asked it anything: what never arrived counts towards no limit."""
        self.reason = ""
        """Why it wants rest, in words."""

    @property
    def rest(self) -> float:
        """Seconds for which it still wants to be left alone, longer than anybody waited for."""
        return max(0.0, self._resting_until - self._clock.monotonic())

    def leave_alone(self, seconds: float, reason: str) -> None:
        """It asked for so many seconds of rest, and nobody waits for their end."""
        self._resting_until, self.reason = self._clock.monotonic() + seconds, reason


class HostMemory:
    """When hosts may be asked again, in a file of the cache; losing it costs at worst a refused request."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock

    def tell(self, name: str, host: Host) -> None:
        """Let a host that is about to be asked know what earlier runs have left it."""
        held = load_json(self._path).get(name)
        if not isinstance(held, dict):
            return
        host.pace.hold(self._left(held, "next"))
        if rest := self._left(held, "rest"):
            host.leave_alone(rest, str(held.get("reason")))

    def keep(self, hosts: Mapping[str, Host]) -> None:
        """Write down what these hosts want, those of them that were reached, beside what others still want.

        Raises UsageError where the file cannot be written.
        """
        now = self._clock.now()
        hosts = {name: host for name, host in hosts.items() if host.reached}
        others = load_json(self._path).items()
        held = {name: one for name, one in others if name not in hosts and self._is_pending(one)}
        for name, host in hosts.items():
            wishes = {"next": host.pace.left, "rest": host.rest}
            moments = {key: _text(now + _at_most(key, left)) for key, left in wishes.items() if left}
            if moments:
                held[name] = {"at": _text(now), **moments, **({"reason": host.reason} if host.rest else {})}
        if hosts and (held or self._path.exists()):
            write_atomic(self._path, json.dumps(held, sort_keys=True).encode())

    def _is_pending(self, held: object) -> bool:
        return isinstance(held, dict) and any(self._left(held, key) for key in _MOST)

    def _left(self, held: Mapping[str, object], key: str) -> float:
        """Seconds until a moment that was written down; none where it has passed or cannot be true."""
        try:
            at, until = (datetime.fromisoformat(str(held[name])) for name in ("at", key))
            now = self._clock.now()
            return max(0.0, (until - now).total_seconds()) if at <= now and until - at <= _MOST[key] else 0.0
        except (KeyError, ValueError, TypeError):  # written by another version, or by hand
            return 0.0


def _at_most(key: str, seconds: float) -> timedelta:
    return timedelta(seconds=min(seconds, _MOST[key].total_seconds()))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
