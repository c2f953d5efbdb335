"""Enrich: ask the sources what the store does not know yet, or knows too long.

Pass by pass: plan each source's questions, ask all sources side by side, put every batch on disk as it
comes, and look what was learned. A pass follows only for newly learned identifiers, at most two. A
source that fails costs only itself: its old records stay.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, cast

from pipeline.errors import SourceDown, SourceRefused
from pipeline.identifiers import siblings
from pipeline.merge import Work, is_decided
from pipeline.model import Identifier, Record
from pipeline.settings import SourceSettings
from pipeline.sources import Finder, Source, TitleQuery
from pipeline.store import RecordStore
from pipeline.text import normalise_title

REPEATS = 2
"""How often the sources are asked again about identifiers learned in the pass before."""
NOT_FOUND_FACTOR = 3
"""A "not found" is asked again this many times more rarely than a found record."""
SHARED_SCHEMES = frozenset({"arxiv", "doi", "acl", "corpusid", "s2", "dblp", "pmid"})
"""Identifiers through which sources lead to each other: with one of them, titles wait for the next pass."""

THREADS = "source"
"""How the names of the threads that ask begin."""

State = Literal["idle", "ok", "down", "refused"]


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

    @property
    def unanswered(self) -> int:
        """Questions that got no answer in this run."""
        return self.asked - self.found - self.not_found


Progress = Callable[[str, int, int], None]
"""Called with source, questions answered and questions asked so far."""


def enrich(
    gather: Callable[[], Sequence[Work]],
    open_source: Callable[[str], Source],
    sources: Mapping[str, type[Source]],
    settings: Mapping[str, SourceSettings],
    store: RecordStore,
    now: datetime,
    *,
    progress: Progress = lambda source, done, total: None,
) -> dict[str, Outcome]:
    """Ask every enabled source what is missing or stale; returns how each did.

    `gather` gives the works with all that is known at that moment; `open_source` opens a source for
    asking and is called only for sources that have a question.
    """
    outcomes = {name: _start(name, settings[name], store, now) for name in sources if settings[name].enabled}
    opened: dict[str, Source] = {}
    asked: set[tuple[str, str]] = set()
    for number in range(1 + REPEATS):
        works = [work for work in gather() if work.entries[0].kind == "paper"]
        usable = [name for name, outcome in outcomes.items() if outcome.state in ("idle", "ok")]
        plans = {
            n: plan(works, sources[n], settings[n], store, now, asked, first=number == 0) for n in usable
        }
        plans = {name: questions for name, questions in plans.items() if len(questions)}
        asked |= {(name, question) for name, questions in plans.items() for question in questions.texts()}
        if not plans:
            break
        for name in plans:
            opened[name] = opened.get(name) or open_source(name)
        _side_by_side([partial(_ask, opened[n], plans[n], store, outcomes[n], progress) for n in plans])
        for name in plans:
            _remember(outcomes[name], settings[name], store, now)
    return outcomes


def _side_by_side(jobs: Sequence[Callable[[], None]]) -> None:
    """Run all jobs, each in a thread named `source`, and wait; raises the first error.

    Who interrupts the run does not wait here for a server that hangs.
    """
    pool = ThreadPoolExecutor(max_workers=len(jobs), thread_name_prefix=THREADS)
    try:
        for future in [pool.submit(job) for job in jobs]:
            future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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


def _ask(
    source: Source, questions: Questions, store: RecordStore, outcome: Outcome, progress: Progress
) -> None:
    """Ask one source everything planned; every answered batch is stored at once."""
    outcome.asked += len(questions)
    progress(source.name, outcome.found + outcome.not_found, outcome.asked)
    try:
        for batch in _batches(source, questions):
            store.put(source.name, batch)
            answered = {r.question for r in batch}
            known = {r.question for r in batch if r.found}
            outcome.found += len(known)
            outcome.not_found += len(answered - known)
            progress(source.name, outcome.found + outcome.not_found, outcome.asked)
        outcome.state = "ok"
    except SourceRefused as error:
        outcome.state, outcome.reason, outcome.hint = "refused", error.reason, error.hint
    except SourceDown as error:
        outcome.state, outcome.reason, outcome.hint = "down", error.reason, error.hint


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
) -> Questions:
    """The questions one source is to be asked now, oldest answers first; none of `asked` again.

    A paper is asked about by one identifier where that is enough (see `_due`), else by its title. The
    first pass goes by what the list says alone, so that a run that was killed asks what it would have
    asked; then what was learned counts as well.
    """
    identifiers: dict[Identifier, str] = {}
    titles: dict[str, TitleQuery] = {}
    for work in works:
        own = _own_identifiers(work, source, first)
        if own:
            for identifier in _due(work, own, source, settings.max_age, store, now):
                if (source.name, str(identifier)) in asked:
                    continue
                identifiers[identifier] = store.last_heard(source.name, str(identifier)) or ""
        elif query := _title_query(work, source, first):
            question = query.question
            if (source.name, question) not in asked and _stale(
                question, source.name, settings.max_age, store, now
            ):
                titles.setdefault(question, query)
    return Questions(sorted(identifiers, key=lambda i: (identifiers[i], i)), list(titles.values()))


def _own_identifiers(work: Work, source: type[Source], first: bool) -> list[Identifier]:
    """The work's identifiers that the source takes, those in the list first; in the first pass only those."""
    order = {scheme: rank for rank, scheme in enumerate(source.schemes)}
    listed = {i for i, origin in work.askable.items() if origin.source == "list"}
    own = [i for i in work.askable if i.scheme in order and (i in listed or not first)]
    return sorted(own, key=lambda i: (i not in work.written, order[i.scheme], i))


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
    stale = [i for i in own if str(i) in answers and _stale(str(i), source.name, max_age, store, now)]
    same = {other for i in own if str(i) in answers for other in siblings(i)}  # one name in two schemes
    never = [i for i in own if str(i) not in answers and i not in same]
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


def _title_query(work: Work, source: type[Source], first: bool) -> TitleQuery | None:
    """The title question about a work, or None where it may not or need not be asked.

    First only where no identifier in the list leads from source to source, and only those sources that
    name others' identifiers; later where the venue is still not decided.
    """
    entry = work.reference
    searchable = hasattr(source, "find") and bool(normalise_title(entry.title or ""))
    if not entry.title or not searchable or any(r.source == source.name for r in work.records):
        return None
    if first:
        listed = {i.scheme for i, origin in work.askable.items() if origin.source == "list"}
        wanted = SHARED_SCHEMES.isdisjoint(listed) and not SHARED_SCHEMES.isdisjoint(source.schemes)
    else:
        wanted = not (is_decided(work) and work.records)
    return TitleQuery(entry.title, entry.authors, entry.year) if wanted else None


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "enrich")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
