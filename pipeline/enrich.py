"""Enrich: ask the sources what the store does not know yet, or knows too long.

Pass by pass: plan each source's questions, ask all sources side by side, put every batch on disk as it
comes, and look what was learned. A pass follows only for newly learned identifiers, at most two. A
source that fails costs only itself: its old records stay.

A run with a budget first asks what was never answered, in all passes, then what passed its `max_age`,
oldest first, and shares its requests evenly among the sources that have questions. So ageing is spread:
each night refreshes the slice that it can pay for, and no source and no new entry waits for another's old
answers.

Within a pass most sources are asked together. Those that declare a last resort (`pipeline.sources.last_resort`)
follow one by one, each about what is still open then: they cost a request per question, others take hundreds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, cast

from pipeline.errors import BudgetSpent, PaperlistError, SourceDown, SourceRefused
from pipeline.merge import work_out
from pipeline.merging.work import Work
from pipeline.model import Record
from pipeline.questions import NOT_FOUND_FACTOR, Questions, plan
from pipeline.ratelimit import Budget
from pipeline.settings import SourceSettings
from pipeline.sources import Finder, Source, last_resort, waits_below
from pipeline.store import REFUSAL_HOLDS, RecordStore
from pipeline.waiting import Forecast, side_by_side

REPEATS = 2
"""How often the sources are asked again about identifiers learned in the pass before."""
_LONG = timedelta(days=3650)

State = Literal["idle", "ok", "down", "refused", "spent"]
"""How a source did: not asked, answered, did not answer, would not answer, cut short by the run's budget."""


@dataclass(slots=True)
class Outcome:
    """How one source did in this run: counts of questions, and why it stopped where it did."""

    source: str
    state: State = "idle"
    asked: int = 0
    found: int = 0
    not_found: int = 0
    reason: str | None = None
    hint: str | None = None
    left: int = 0
    """Questions that are due and wait for the next run, because this one's budget was spent."""
    passes: list[int] = field(default_factory=list, compare=False)
    """Requests on the wire in each pass: one pass can only follow the other."""
    settled: bool = field(default=False, compare=False)
    """Whether no question was left to ask about anything when the run ended, answered or not."""
    answered: set[str] = field(default_factory=set, repr=False)
    """The questions that were answered in this run."""

    @property
    def unanswered(self) -> int:
        """Questions that got no answer in this run."""
        return self.asked - self.found - self.not_found


Progress = Callable[[str, int, int], None]
"""Called with source, questions answered and questions asked so far."""
Meanwhile = Callable[[bool], object]
"""Called while a host makes the run wait, with whether it will for about as long as it takes to look at all works."""


def enrich(
    gather: Callable[[], Sequence[Work]],
    open_source: Callable[[str], Source],
    sources: Mapping[str, type[Source]],
    settings: Mapping[str, SourceSettings],
    store: RecordStore,
    now: datetime,
    *,
    progress: Progress = lambda source, done, total: None,
    budget: Budget | None = None,
    meanwhile: Meanwhile = lambda long: None,
) -> dict[str, Outcome]:
    """Ask every enabled source what is missing or stale; returns how each did.

    `gather` gives the works of all lists with all that is known at that moment; `open_source` opens a
    source for asking and is called only for sources that have a question. What `budget` leaves open is
    counted in each outcome's `left`. While a host makes the run wait, what is answered is saved and worked out,
    and `meanwhile` is called.
    """
    spending = budget or Budget()
    asking = _Asking(gather, open_source, sources, settings, store, now, progress, spending, meanwhile)
    if spending.limited:
        asking.passes(aged=False)
    asking.passes(aged=True)
    if spending.spent:
        asking.count_what_is_left()
    return asking.outcomes


def due(
    outcomes: Mapping[str, Outcome], settings: Mapping[str, SourceSettings], store: RecordStore, now: datetime
) -> datetime:
    """Until when a run over the same lists and records would have nothing to ask.

    That is `now` where something was left open, else the first moment at which an answer passes its age, or a
    refusal ends: what is stale and was not asked again now, nobody will ask about before that. So it is with
    what bears a date of a wrong clock, more than a day beyond `now`.
    """
    first = datetime.max.replace(tzinfo=now.tzinfo)
    for name, outcome in outcomes.items():
        if not outcome.settled or outcome.unanswered or outcome.state in ("down", "spent"):
            return now
        ends = [first]
        if refusal := store.refusal(name, _access(settings[name]), now):
            ends.append(datetime.fromisoformat(refusal["at"]) + REFUSAL_HOLDS)
        for question, records in store.answers(name).items():
            found = any(r.found for r in records)
            heard = datetime.fromisoformat(store.last_heard(name, question, now) or "")
            if heard - now > timedelta(days=1):
                continue
            limit = settings[name].max_age * (1 if found else NOT_FOUND_FACTOR)
            ends.append(heard + min(limit, _LONG))
        first = min(end for end in ends if end > now)
        if not settings[name].max_age:
            return now
    return first


class _Asking:
    """One run of enrich: what was asked so far, and how each source does."""

    def __init__(
        self,
        gather: Callable[[], Sequence[Work]],
        open_source: Callable[[str], Source],
        sources: Mapping[str, type[Source]],
        settings: Mapping[str, SourceSettings],
        store: RecordStore,
        now: datetime,
        progress: Progress,
        budget: Budget,
        meanwhile: Meanwhile,
    ) -> None:
        self._gather, self._open_source, self._sources = gather, open_source, sources
        self._settings, self._store, self._now = settings, store, now
        self._progress, self._budget, self._meanwhile = progress, budget, meanwhile
        enabled = [name for name in sources if settings[name].enabled]
        self.outcomes = {name: _start(name, settings[name], store, now) for name in enabled}
        self._opened: dict[str, Source] = {}
        self._asked: set[tuple[str, str]] = set()
        self._nothing: dict[tuple[str, bool, bool, bool], int] = {}
        """When a source had nothing to be asked in a way, by the number of batches stored then."""
        self._works: list[Work] | None = None
        self._forecasts: dict[str, Forecast] = {}
        self._look_took: float | None = None
        """Seconds that it took to look at all works the last time in this round."""
        self._looked_at = 0
        """How many batches of answers were stored then."""

    def passes(self, *, aged: bool) -> None:
        """Ask all there is to ask now, and twice again what was learned by it; `aged`: also what is stale.

        Where the list itself gives no question, there may still be some that an earlier run, cut short,
        has learned and not asked.
        """
        for number in range(1 + REPEATS):
            before = {name: self._budget.used(name) for name in self.outcomes}
            asked = [self._ask_all(plans) for plans in self._turns(first=number == 0, aged=aged)]
            for name, outcome in self.outcomes.items():
                outcome.passes.append(self._budget.used(name) - before[name])
            if number and not any(asked):
                return self._settle()
        if not any(self._turns(first=False, aged=aged)):
            self._settle()

    def _settle(self) -> None:
        for outcome in self.outcomes.values():
            outcome.settled = True

    def _turns(self, *, first: bool, aged: bool) -> Iterator[dict[str, Questions]]:
        """What is asked together, turn by turn: most sources, those that gain by waiting, the last resorts."""
        together = self._plans(self.outcomes, first=first, aged=aged)
        waiting = [n for n, questions in together.items() if len(questions) < waits_below(self._sources[n])]
        at_once = {name: questions for name, questions in together.items() if name not in waiting}
        yield at_once
        resorts = [name for name in self.outcomes if last_resort(self._sources[name])]
        if at_once and all(self.outcomes[name].state == "down" for name in at_once):
            # nobody is there: one after the other, each would cost its time-out
            late = self._plans(resorts, first=False, aged=aged, last=True)
            yield late | self._plans(waiting, first=False, aged=aged)
            return
        yield self._plans(waiting, first=False, aged=aged)
        for name in resorts:
            yield self._plans([name], first=False, aged=aged, last=True)

    def _ask_all(self, plans: dict[str, Questions]) -> bool:
        """Ask what is planned, round by round; whether there was anything to ask."""
        for name, questions in plans.items():
            self._asked.update((name, question) for question in questions.texts())
            self.outcomes[name].asked += len(questions)
        some = bool(plans)
        while plans and not self._budget.spent:
            plans = self._round(plans)
        return some

    def _plans(
        self, names: Collection[str], *, first: bool, aged: bool, last: bool = False
    ) -> dict[str, Questions]:
        """What each usable source of these is to be asked, without what was asked in this run."""
        if self._budget.spent:
            return {}
        usable = [name for name in names if self.outcomes[name].state in ("idle", "ok")]
        heard = self._store.batches
        plans = {}
        for name in usable:
            way = (name, first, aged, last)
            if self._nothing.get(way) == heard:
                continue
            questions = self._plan(name, first=first, aged=aged, last=last)
            if len(questions):
                plans[name] = questions
            else:
                self._nothing[way] = heard
        return plans

    def _plan(self, name: str, *, first: bool, aged: bool, last: bool = False) -> Questions:
        if self._works is None:
            self._works = _papers(self._gather())
        source, settings, store, now = self._sources[name], self._settings[name], self._store, self._now
        return plan(self._works, source, settings, store, now, self._asked, first=first, aged=aged, last=last)

    def _round(self, plans: Mapping[str, Questions]) -> dict[str, Questions]:
        """Ask all sources side by side, each for its share of the requests; returns what is still open.

        A source that got no answer at all is not asked further, or one bad question would eat the budget.
        """
        if self._budget.left == 0:
            self._budget.take("")
            return {}
        shares = _shares(plans, self._budget, self._store)
        if self._budget.left is not None:
            self._store.remember_tries(shares, self._now)
        for name in shares:
            self._opened[name] = self._opened.get(name) or self._open_source(name)
        before = {name: len(self.outcomes[name].answered) for name in shares}
        self._works = self._look_took = None
        self._forecasts = {name: Forecast(len(plans[name])) for name in shares}
        jobs = {name: partial(self._ask, name, plans[name], share) for name, share in shares.items()}
        side_by_side(jobs, self._while_waiting)
        for name in shares:
            _remember(self.outcomes[name], self._settings[name], self._store, self._now)
        if self._budget.left is None:
            return {}
        moved = [n for n in plans if n not in before or len(self.outcomes[n].answered) > before[n]]
        usable = [name for name in moved if self.outcomes[name].state in ("idle", "ok")]
        open_ = {name: plans[name].without(self.outcomes[name].answered) for name in usable}
        return {name: questions for name, questions in open_.items() if len(questions)}

    def _while_waiting(self, name: str) -> None:
        """Look at all works as soon as only one host makes the run wait, and again shortly before it has answered all."""
        forecast, took = self._forecasts[name], self._look_took
        if took is not None and (
            self._store.batches == self._looked_at or not forecast.ends_soon_after(took)
        ):
            return
        begun, self._looked_at = time.monotonic(), self._store.batches
        self._look()
        self._look_took = time.monotonic() - begun
        if took is None:
            with suppress(PaperlistError):  # who saves at the end says it
                self._store.save()
            self._meanwhile(forecast.ends_after(self._look_took))

    def _look(self) -> None:
        """Put together what is known by now, and work out what it amounts to and leaves open: works remember it."""
        works = self._gather()
        for work in works:
            work_out(work)
        self._works = _papers(works)
        for name in self.outcomes:
            self._open_plans(name)
        self._works = None  # more is answered by the time it is planned what to ask next

    def _open_plans(self, name: str) -> list[Questions]:
        """All that a source may be asked by what is known by now, in its usual ways and as a last resort."""
        return [self._plan(name, first=False, aged=True, last=last) for last in (False, True)]

    def _ask(self, name: str, questions: Questions, share: int | None) -> None:
        """Ask one source, for so many requests or a few more; every answered batch is stored at once."""
        outcome, source, used = self.outcomes[name], self._opened[name], self._budget.used(name)
        before = outcome.found + outcome.not_found
        self._progress(name, outcome.found + outcome.not_found, outcome.asked)
        try:
            for batch in _batches(source, questions):
                self._store.put(name, batch)
                _count(outcome, batch)
                self._forecasts[name].note(outcome.found + outcome.not_found - before)
                self._progress(name, outcome.found + outcome.not_found, outcome.asked)
                if share is not None and self._budget.used(name) - used >= share:
                    break
            outcome.state = "ok"
        except BudgetSpent as error:
            outcome.state, outcome.reason = "spent", error.reason
        except SourceRefused as error:
            outcome.state, outcome.reason, outcome.hint = "refused", error.reason, error.hint
        except SourceDown as error:
            outcome.state, outcome.reason, outcome.hint = "down", error.reason, error.hint

    def count_what_is_left(self) -> None:
        """After the budget was spent: how many questions of each source are due and wait for the next run."""
        self._asked.clear()
        for name, outcome in self.outcomes.items():
            if outcome.state in ("idle", "ok", "spent"):
                plans = self._open_plans(name)
                outcome.left = sum(len(questions.without(outcome.answered)) for questions in plans)
                outcome.state = "spent" if outcome.left else outcome.state
                outcome.asked = outcome.found + outcome.not_found


def _papers(works: Sequence[Work]) -> list[Work]:
    return [work for work in works if work.entries[0].kind == "paper"]


def _shares(plans: Mapping[str, Questions], budget: Budget, store: RecordStore) -> dict[str, int | None]:
    """Requests per source: as many for each, at least two (a log-in comes first), in turn.

    Who was not asked for longest comes first: by its answers alone, one that gives none would always be the next.
    """
    if budget.left is None:
        return dict.fromkeys(plans)
    waiting = {n: store.last_heard(n, questions.texts()[0]) or "" for n, questions in plans.items()}
    tried = store.tried()
    order = sorted(plans, key=lambda name: (tried.get(name, ""), waiting[name], name))
    reached = order[: max(1, budget.left // 2)]
    return dict.fromkeys(reached, budget.left // len(reached))


def _count(outcome: Outcome, batch: Sequence[Record]) -> None:
    answered = {r.question for r in batch}
    known = {r.question for r in batch if r.found}
    outcome.found += len(known)
    outcome.not_found += len(answered - known)
    outcome.answered |= answered


def _start(name: str, settings: SourceSettings, store: RecordStore, now: datetime) -> Outcome:
    """A source that refused us a short while ago is not asked again by a run that changed nothing."""
    if refusal := store.refusal(name, _access(settings), now):
        return Outcome(name, "refused", reason=refusal["reason"], hint=refusal["hint"])
    return Outcome(name)


def _remember(outcome: Outcome, settings: SourceSettings, store: RecordStore, now: datetime) -> None:
    if outcome.state == "refused":
        store.remember_refusal(
            outcome.source, _access(settings), now, outcome.reason or "", outcome.hint or ""
        )


def _access(settings: SourceSettings) -> str:
    """How we come to the source: a refusal holds only for the same way (never a secret itself)."""
    return f"{settings.url} key={bool(settings.key)} user={bool(settings.username)}"


def _batches(source: Source, questions: Questions) -> Iterator[Sequence[Record]]:
    if questions.identifiers:
        yield from source.fetch(questions.identifiers)
    if questions.titles:
        yield from cast(Finder, source).find(questions.titles)


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "enrich")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
