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
from pipeline.identifiers import siblings
from pipeline.merge import work_out
from pipeline.merging.links import is_lost
from pipeline.merging.weighing import is_claimed, is_decided
from pipeline.merging.work import Work
from pipeline.model import Identifier, Origin, Record
from pipeline.ratelimit import Budget
from pipeline.settings import SourceSettings
from pipeline.sources import (
    Finder,
    Source,
    TitleQuery,
    discover,
    last_resort,
    settles_venues,
    titles_too,
    waits_below,
)
from pipeline.store import REFUSAL_HOLDS, RecordStore
from pipeline.text import normalise_title
from pipeline.waiting import Forecast, side_by_side

REPEATS = 2
"""How often the sources are asked again about identifiers learned in the pass before."""
NOT_FOUND_FACTOR = 3
"""A "not found" is asked again this many times more rarely than a found record."""
COMPANY = 5
"""So many titles of works whose identifiers left a venue open are asked together; fewer wait for company."""
SHARED_SCHEMES = frozenset({"arxiv", "doi", "acl", "corpusid", "s2", "dblp", "pmid"})
"""Identifiers through which sources lead to each other: with one of them, titles wait for the next pass."""

_LONG = timedelta(days=3650)

State = Literal["idle", "ok", "down", "refused", "spent"]
"""How a source did: not asked, answered, did not answer, would not answer, cut short by the run's budget."""


@dataclass(slots=True)
class Questions:
    """What one source is to be asked in one pass."""

    identifiers: list[Identifier] = field(default_factory=list)
    titles: list[TitleQuery] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.identifiers) + len(self.titles)

    def texts(self) -> list[str]:
        """The questions as records name them."""
        return [str(i) for i in self.identifiers] + [query.question for query in self.titles]

    def without(self, answered: Collection[str]) -> Questions:
        """Those that are still open."""
        identifiers = [i for i in self.identifiers if str(i) not in answered]
        return Questions(identifiers, [query for query in self.titles if query.question not in answered])


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
    refusal ends: what is stale and was not asked again now, nobody will ask about before that.
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
    """Requests per source: as many for each, at least two (a log-in comes first), who waited longest first."""
    if budget.left is None:
        return dict.fromkeys(plans)
    waiting = {n: store.last_heard(n, questions.texts()[0]) or "" for n, questions in plans.items()}
    order = sorted(plans, key=lambda name: (waiting[name], name))
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


def plan(
    works: Collection[Work],
    source: type[Source],
    settings: SourceSettings,
    store: RecordStore,
    now: datetime,
    asked: Collection[tuple[str, str]] = (),
    *,
    first: bool,
    aged: bool = True,
    last: bool = False,
) -> Questions:
    """The questions one source is to be asked now, oldest answers first; none of `asked` again.

    A paper is asked about by one identifier where that is enough (see `_due`), else by its title, and
    once however many lists name it, also by two spellings of one name. The first pass goes by what the
    list says alone, so that a run that was killed asks what it would have asked; then what was learned
    counts as well. Without `aged` only what the source never answered is asked; with `last` only in the
    ways that are the source's last resort, and only what no other source answered.
    """
    identifiers: dict[Identifier, str] = {}
    titles: dict[str, TitleQuery] = {}
    beside: dict[str, TitleQuery] = {}

    def wanted(question: str) -> bool:
        fresh = (source.name, question) not in asked
        return fresh and (aged or store.last_heard(source.name, question) is None)

    for work in works:
        open_ = _open_questions(work, source, settings, store, now, first=first, last=last)
        for identifier in open_.identifiers:
            if wanted(str(identifier)) and not any(s in identifiers for s in siblings(identifier)):
                identifiers[identifier] = store.last_heard(source.name, str(identifier)) or ""
        if open_.title and wanted(open_.title.question):
            (titles if open_.alone else beside).setdefault(open_.title.question, open_.title)
    titles |= beside if len(beside) >= COMPANY else {}
    return Questions(
        sorted(identifiers, key=lambda i: (identifiers[i], i)),
        sorted(titles.values(), key=lambda query: store.last_heard(source.name, query.question) or ""),
    )


@dataclass(frozen=True, slots=True)
class _Open:
    """What one source may be asked about a work: identifiers, or its title."""

    identifiers: Sequence[Identifier] = ()
    title: TitleQuery | None = None
    alone: bool = False
    """Whether the title need not wait for company: the work has no name to ask by, or none that leads to it."""


_NOTHING = _Open()


def _open_questions(
    work: Work,
    source: type[Source],
    settings: SourceSettings,
    store: RecordStore,
    now: datetime,
    *,
    first: bool,
    last: bool,
) -> _Open:
    """What is missing or stale of a work.

    That there is nothing is kept with the work: it stays so until more is known of it, and then it is put
    together anew.
    """
    nothing = work.key(_open_questions, source.name, first, last)
    if nothing in work.worked_out:
        return _NOTHING
    by_identifier, by_title = ((way in last_resort(source)) == last for way in ("fetch", "find"))
    own = _own_identifiers(work, source, first)
    usable = [i for i in own if not last or _is_open(i, work, source)] if by_identifier else []
    pending = _due(work, usable, source, settings.max_age, store, now) if own else []
    query = None
    if by_title and not (own and (pending or first or not (titles_too(source) or is_lost(work)))):
        query = _title_query(work, source, first, last)
    if query and not _stale(query.question, source.name, settings.max_age, store, now):
        query = None
    if not (pending or query):
        work.worked_out[nothing] = _NOTHING
        return _NOTHING
    return _Open(pending, query, is_lost(work) or not usable)


def _own_identifiers(work: Work, source: type[Source], first: bool) -> list[Identifier]:
    """The work's identifiers that the source takes, those in the list first; in the first pass only those.

    A source that waited for a surer name (`waits_below`) gets the surest one that somebody wrote.
    """
    order = source.schemes

    def of(names: Mapping[Identifier, Origin]) -> list[Identifier]:
        return [i for i, o in names.items() if i.scheme in order and (not first or o.source == "list")]

    own = of(work.known) + [i for i in of(work.derived) if i not in work.known]
    if len(own) < 2:
        return own
    sure = work.known if waits_below(source) and not first else work.written
    return sorted(own, key=lambda i: (i not in sure, order.index(i.scheme), i))


def _due(
    work: Work,
    own: Sequence[Identifier],
    source: type[Source],
    max_age: timedelta,
    store: RecordStore,
    now: datetime,
) -> list[Identifier]:
    """The identifiers to ask by: those whose answer is stale, and the first that was never answered.

    A paper that is found already is asked about once more only where another source named an
    identifier of this source's own scheme that none of its records has (a retitled publication).
    """
    answers = store.answers(source.name)
    heard = [i for i in own if str(i) in answers]
    stale = [i for i in heard if _stale(str(i), source.name, max_age, store, now)]
    same = {other for i in heard for other in siblings(i)}  # one name in two schemes
    never = [i for i in own if i not in heard and i not in same]
    records = [r for r in work.records if r.source == source.name]
    if not records:
        return never[:1] or stale[:1]
    named = {identifier for record in records for identifier in record.identifiers}
    unheard = [i for i in never if i.scheme == source.schemes[0] and i not in named]
    by_title = {r.question for r in records if r.question.startswith("title:")}
    if len(by_title) == len(records) and any(_stale(q, source.name, max_age, store, now) for q in by_title):
        return never[:1] or stale[:1]  # found by title once; from now on it is asked by identifier
    return [i for i in stale if any(r.found for r in answers[str(i)])] + unheard


def _stale(question: str, source: str, max_age: timedelta, store: RecordStore, now: datetime) -> bool:
    known = any(r.found for r in store.answers(source).get(question, ()))
    return not store.is_fresh(source, question, now, max_age if known else max_age * NOT_FOUND_FACTOR)


def _is_open(identifier: Identifier, work: Work, source: type[Source]) -> bool:
    """Whether no other source answered about an identifier, so that a last resort may be asked.

    Who settles venues is asked as well about what the others left open.

    A source that names it beside its answer counts where it could have been asked by it: arXiv repeats
    what authors typed. A retraction is no matter for one source alone, so who knows of retractions is asked.
    """
    others = [record for record in work.records if record.source != source.name]
    if "retractions" in source.gives and any(record.status == "retracted" for record in others):
        return True
    if settles_venues(source) and work.records and not is_decided(work):
        return True
    names = {identifier, *siblings(identifier)}
    known = discover()
    if any(
        str(identifier) == record.question
        or (identifier.scheme in known[record.source].schemes and not names.isdisjoint(record.identifiers))
        for record in others
        if record.source in known
    ):
        return False
    led = [said for (_, question), said in work.judged.items() if question == str(identifier)]
    return not any(
        word != "nonexistent" for said in led for name, word in said.items() if name != source.name
    )


def _title_query(work: Work, source: type[Source], first: bool, last: bool = False) -> TitleQuery | None:
    """The title question about a work, or None where it may not or need not be asked.

    First only where no identifier in the list leads from source to source, and only those sources that
    name others' identifiers; later where the venue is still not decided; as a last resort where no source
    knows the work by any name or title, and who settles venues also where somebody says that it was published.
    """
    entry = work.reference
    searchable = hasattr(source, "find") and bool(normalise_title(entry.title or ""))
    if not entry.title or not searchable:
        return None
    if any(_is_answer(r, source) for r in work.records) and not is_lost(work):
        return None
    if last:
        lost = SHARED_SCHEMES.isdisjoint(i.scheme for i in work.askable) or is_lost(work)
        wanted = not work.records and lost or settles_venues(source) and is_claimed(work)
    elif first:
        listed = {i.scheme for i, origin in work.askable.items() if origin.source == "list"}
        wanted = SHARED_SCHEMES.isdisjoint(listed) and not SHARED_SCHEMES.isdisjoint(source.schemes)
    else:
        wanted = is_lost(work) or not (is_decided(work) and work.records)
    return TitleQuery(entry.title, entry.authors, entry.year) if wanted else None


def _is_answer(record: Record, source: type[Source]) -> bool:
    """Whether a source has told what it knows of a work: of one asked by title too, a preprint's copy is not all."""
    draft = titles_too(source) and record.venue_key == "journals/corr"
    return record.source == source.name and not draft


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "enrich")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
