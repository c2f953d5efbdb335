"""Which questions a source is to be asked now: what is missing of each work, and what is older than it may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.identifiers import siblings
from pipeline.merging.links import is_lost
from pipeline.merging.weighing import is_claimed, is_decided
from pipeline.merging.work import Work
from pipeline.model import Identifier, Origin, Record
from pipeline.settings import SourceSettings
from pipeline.sources import (
    Source,
    TitleQuery,
    discover,
    last_resort,
    settles_venues,
    titles_too,
    waits_below,
)
from pipeline.store import RecordStore
from pipeline.text import normalise_title

NOT_FOUND_FACTOR = 3
"""A "not found" is asked again this many times more rarely than a found record."""
COMPANY = 5
"""So many titles of works whose identifiers left a venue open are asked together; fewer wait for company."""
SHARED_SCHEMES = frozenset({"arxiv", "doi", "acl", "corpusid", "s2", "dblp", "pmid"})
"""Identifiers through which sources lead to each other: with one of them, titles wait for the next pass."""


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
