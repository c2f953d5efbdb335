"""Asking the sources on behalf of lists: one session, one store, one line per source at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING

from pipeline.console import Bar, Reporter
from pipeline.enrich import Outcome, enrich
from pipeline.jobs.lists import ListRun, works_of
from pipeline.jobs.options import RunOptions
from pipeline.settings import Settings
from pipeline.sources import Source, discover
from pipeline.store import RecordStore, utc_now, write_atomic

if TYPE_CHECKING:
    from pipeline.session import Event, Session

SOURCE_UNASKED = 3
"""Exit status of `--strict` where a source could not be asked."""


def ask_sources(
    runs: Sequence[ListRun], settings: Settings, store: RecordStore, console: Reporter
) -> dict[str, Outcome]:
    """Ask all sources what is missing or stale for these lists; says in one line per source what failed."""
    if settings.offline:
        for run in runs:
            works_of(run, store)
        return {}
    asker = _Asker(settings, console)
    try:
        outcomes = enrich(
            lambda: [work for run in runs for work in works_of(run, store)],
            asker.open_source,
            discover(),
            settings.sources,
            store,
            utc_now(),
            progress=asker.progress,
        )
    finally:
        counted = asker.close()
    for outcome in outcomes.values():
        _say(outcome, console)
    _write_run_file(settings, outcomes, counted)
    return outcomes


class _Asker:
    """Opens the session with the first question, so that a run without questions loads no HTTP library.

    Draws a bar per source that says how far it is and what its host waits for.
    """

    def __init__(self, settings: Settings, console: Reporter) -> None:
        self._settings, self._console = settings, console
        self._session: Session | None = None
        self._stack = ExitStack()
        self._bars: dict[str, Bar] = {}
        self._done: Counter[str] = Counter()
        self._lock = Lock()

    def open_source(self, name: str) -> Source:
        """A source with its client; called before the threads start."""
        from pipeline.session import Session

        if self._session is None:
            self._session = Session(self._settings, on_event=self._event)
        return discover()[name](self._session.client(name), self._settings.sources[name])

    def progress(self, source: str, done: int, total: int) -> None:
        """Move the source's bar on; called from the threads that ask."""
        with self._lock:
            bar = self._bars.get(source)
            if bar is None:
                bar = self._bars[source] = self._stack.enter_context(
                    self._console.progress(source, total, "answered")
                )
            bar.expect(total)
            bar.advance(done - self._done[source])
            self._done[source] = done

    def _event(self, event: Event) -> None:
        """Say beside the bar what a host is waiting for; requests themselves are for `-v`."""
        waits = event.what == "waiting"
        with self._lock:
            if bar := self._bars.get(event.source):
                bar.note(f"waiting {event.seconds:.1f} s for {event.host}" if waits else "")
        if not waits:
            self._console.detail(event.line())

    def close(self) -> dict[str, Mapping[str, float]]:
        """End bars and session; returns what the session counted per source."""
        self._stack.close()
        if self._session is None:
            return {}
        self._session.close()
        return {name: stats.to_json() for name, stats in self._session.stats.items()}


def _say(outcome: Outcome, console: Reporter) -> None:
    title = discover()[outcome.source].title
    if outcome.state in ("down", "refused"):
        hint = f"; {outcome.hint}" if outcome.hint else ""
        left = f", {outcome.unanswered} questions left open" if outcome.unanswered else ""
        console.warn(f"{title} could not be asked: {outcome.reason}{left}{hint}")
    elif outcome.asked:
        console.say(f"{title}: {outcome.found} found, {outcome.not_found} not found")


def _write_run_file(
    settings: Settings, outcomes: Mapping[str, Outcome], counted: Mapping[str, Mapping[str, float]]
) -> None:
    """`run.json` in the cache: what happened in this run, per source."""
    state = {
        o.source: {
            "state": o.state,
            "asked": o.asked,
            "found": o.found,
            "not_found": o.not_found,
            "unanswered": o.unanswered,
            "reason": o.reason,
            "requests": counted.get(o.source, {}),
        }
        for o in outcomes.values()
    }
    run = {"finished_at": utc_now().isoformat(timespec="seconds"), "sources": state}
    write_atomic(settings.cache / "run.json", (json.dumps(run, indent=2, sort_keys=True) + "\n").encode())


def exit_status(outcomes: Mapping[str, Outcome], options: RunOptions) -> int:
    """0, or with `--strict` 3 where a source could not be asked."""
    failed = any(o.state in ("down", "refused") for o in outcomes.values())
    return SOURCE_UNASKED if options.strict and failed else 0
