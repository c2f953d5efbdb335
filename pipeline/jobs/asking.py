"""Asking the sources on behalf of lists: one session, one store, one line per source at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

from pipeline.console import Bar, Reporter, counted
from pipeline.enrich import Meanwhile, Outcome, enrich
from pipeline.files import write_atomic
from pipeline.jobs.lists import ListRun, works_of
from pipeline.jobs.options import RunOptions
from pipeline.ratelimit import Budget
from pipeline.settings import Settings
from pipeline.sources import Source, discover
from pipeline.store import RecordStore, utc_now

if TYPE_CHECKING:
    from pipeline.session import Event, Session

SOURCE_UNASKED = 3
"""Exit status of `--strict` where a source could not be asked."""


def ask_sources(
    runs: Sequence[ListRun],
    settings: Settings,
    store: RecordStore,
    console: Reporter,
    meanwhile: Meanwhile = lambda long: None,
) -> dict[str, Outcome]:
    """Ask all sources what is missing or stale for these lists, within the run's budget.

    `meanwhile` is what else may be done while a host makes the run wait (see `enrich`).

    Says in one line per source what failed, in a table what was asked, and what is left for the next run.
    """
    if settings.offline:
        for run in runs:
            works_of(run, store)
        return {}
    begun = utc_now()
    budget = Budget(settings.max_requests, settings.max_time.total_seconds() if settings.max_time else None)
    asker = _Asker(settings, console, budget)
    try:
        outcomes = enrich(
            lambda: [work for run in runs for work in works_of(run, store)],
            asker.open_source,
            discover(),
            settings.sources,
            store,
            begun,
            progress=asker.progress,
            budget=budget,
            meanwhile=meanwhile,
        )
    finally:
        counts = asker.close()
    _say(outcomes, counts, budget, console)
    write_run_file(settings, [run.name for run in runs], outcomes, counts, budget, begun)
    return outcomes


class _Asker:
    """Opens the session with the first question, so that a run without questions loads no HTTP library.

    Draws a bar per source that says how far it is and what its host waits for.
    """

    def __init__(self, settings: Settings, console: Reporter, budget: Budget) -> None:
        self._settings, self._console, self._budget = settings, console, budget
        self._session: Session | None = None
        self._stack = ExitStack()
        self._bars: dict[str, Bar] = {}
        self._done: Counter[str] = Counter()
        self._lock = Lock()

    def open_source(self, name: str) -> Source:
        """A source with its client; called before the threads start."""
        from pipeline.session import Session

        if self._session is None:
            self._session = Session(self._settings, on_event=self._event, budget=self._budget)
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
                bar.note(f"waiting {event.seconds:.1f} s for {event.host}: {event.text}" if waits else "")
        if event.what == "trouble":
            self._console.warn(event.text)
        elif not waits:
            self._console.detail(event.line(), event.to_json())

    def close(self) -> dict[str, Mapping[str, float]]:
        """End bars and session; returns what the session counted per source."""
        self._stack.close()
        if self._session is None:
            return {}
        self._session.close()
        return {name: stats.to_json() for name, stats in self._session.stats.items()}


HEADERS = ("source", "asked", "found", "not found", "left", "requests", "cached", "failed", "waited", "time")
"""Of the table at the end of a run: questions (`left`: without an answer so far), then requests, then seconds."""


def _say(
    outcomes: Mapping[str, Outcome],
    counts: Mapping[str, Mapping[str, float]],
    budget: Budget,
    console: Reporter,
) -> None:
    """What happened: a table of all sources that had a question, then what went wrong or is left."""
    facts = [_facts(o, counts.get(o.source, {})) for o in outcomes.values() if o.asked or o.left]
    if facts:
        console.overview(HEADERS, [_row(row) for row in facts], facts)
    for outcome in outcomes.values():
        if outcome.state in ("down", "refused"):
            hint = f"; {outcome.hint}" if outcome.hint else ""
            left = counted(outcome.unanswered, "question")
            open_ = f", {left} left open" if outcome.unanswered else ""
            title = discover()[outcome.source].title
            console.warn(f"{title} could not be asked: {outcome.reason}{open_}{hint}")
    if budget.spent:
        left = ", ".join(f"{discover()[o.source].title} {o.left}" for o in outcomes.values() if o.left)
        console.say(f"{budget.spent}; questions left for the next run: {left or 'none'}")


def _facts(outcome: Outcome, counts: Mapping[str, float]) -> dict[str, str | int | float]:
    """How one source did, for a machine."""
    return {
        "event": "source",
        "source": outcome.source,
        "asked": outcome.asked,
        "found": outcome.found,
        "not_found": outcome.not_found,
        "left": outcome.left + outcome.unanswered,
        **{name: int(counts.get(name, 0)) for name in ("attempts", "from_cache", "failed")},
        **{f"{name}_seconds": float(counts.get(name, 0)) for name in ("waited", "wall")},
    }


def _row(facts: Mapping[str, str | int | float]) -> tuple[str, ...]:
    """The same as one line of the table."""
    _, source, *numbers = facts.values()
    texts = (f"{number:.1f} s" if isinstance(number, float) else str(number) for number in numbers)
    return (discover()[str(source)].title, *texts)


def write_run_file(
    settings: Settings,
    names: Sequence[str],
    outcomes: Mapping[str, Outcome],
    counts: Mapping[str, Mapping[str, float]],
    budget: Budget,
    begun: datetime,
) -> None:
    """`run.json` in the cache: what happened in this run.

    Per source the questions (asked, found, not found, unanswered, left for the next run), why it stopped, the
    requests of each pass, and under `requests` what the session counted: each request in `asked` and in one of `answered`,
    `from_cache`, `failed`, `held_back`; `attempts` on the wire; seconds `waited` and in `wall`; `bytes`.
    """
    state = {
        o.source: {
            "state": o.state,
            "asked": o.asked,
            "found": o.found,
            "not_found": o.not_found,
            "unanswered": o.unanswered,
            "left": o.left,
            "reason": o.reason,
            "requests": counts.get(o.source, {}),
            "passes": o.passes,
        }
        for o in outcomes.values()
    }
    run = {
        "lists": list(names),
        "started_at": begun.isoformat(timespec="seconds"),
        "finished_at": utc_now().isoformat(timespec="seconds"),
        "seconds": round(budget.passed, 3),
        "budget": {"requests": budget.requests, "seconds": budget.seconds, "spent": budget.spent},
        "requests": int(sum(one["attempts"] for one in counts.values())),
        "sources": state,
    }
    write_atomic(settings.cache / "run.json", (json.dumps(run, indent=2, sort_keys=True) + "\n").encode())


def exit_status(outcomes: Mapping[str, Outcome], options: RunOptions) -> int:
    """0, or with `--strict` 3 where a source could not be asked."""
    failed = any(o.state in ("down", "refused") for o in outcomes.values())
    return SOURCE_UNASKED if options.strict and failed else 0
