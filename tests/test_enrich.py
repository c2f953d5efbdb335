"""Enrich: what is asked, when it is asked again, and what a failing source costs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrich import Outcome, enrich
from pipeline.errors import SourceDown, SourceRefused, UsageError
from pipeline.identifiers import parse_reference, read_url, to_url
from pipeline.merging.gathering import gather
from pipeline.merging.work import Work
from pipeline.model import Entry, Identifier, Link, Record
from pipeline.questions import NOT_FOUND_FACTOR, Questions, plan
from pipeline.resolve import resolve
from pipeline.settings import SourceSettings
from pipeline.sources import Source, TitleQuery
from pipeline.store import RecordStore
from pipeline.text import title_question

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
TITLE = "Direct Preference Optimization: Your Language Model is Secretly a Reward Model"
PEOPLE = ("Rafael Rafailov", "Archit Sharma")
DPO, ACL, FORUM, DOI = (
    "arxiv:2305.18290",
    "acl:2023.emnlp-main.183",
    "openreview:HPuSIXJaa9",
    "doi:10.1000/xyz",
)
ASKED_BY_TITLE = title_question(TITLE)


def ident(text: str) -> Identifier:
    """An identifier as printed."""
    found = parse_reference(text)
    assert found is not None
    assert str(found) == text
    return found


def entry(key: str, *ids: str, title: str | None = TITLE, **fields: Any) -> Entry:
    """An entry with links to these identifiers."""
    links = tuple(Link("Paper", url, read_url(url).role) for url in (to_url(ident(i)) or "" for i in ids))
    values: dict[str, Any] = {"kind": "paper", "text": "", "title": title, "authors": PEOPLE, "links": links}
    return Entry(key, (), 1, 1, 1, **(values | fields))


def ago(days: float) -> str:
    """A moment so many days before now."""
    return (NOW - timedelta(days=days)).isoformat(timespec="seconds")


def found(source: str, question: str, days: float = 0, **fields: Any) -> Record:
    """An answer so many days old."""
    values: dict[str, Any] = {"title": TITLE, "authors": PEOPLE, "identifiers": ()} | fields
    return Record(source, question, ago(days), **values)


def missing(source: str, question: str, days: float = 0) -> Record:
    """A real "no such paper" so many days old."""
    return Record(source, question, ago(days), found=False)


Answering = Callable[[str], list[Record]]


def make(name: str, *schemes: str, find: bool = False) -> type[Fake]:
    """A source that takes these schemes; with `find` also titles."""
    made = type(name, (Finding if find else Fake,), {"name": name, "title": name, "schemes": schemes})
    return cast(type[Fake], made)


class Fake:
    """A source that answers from a function, in batches of two, and remembers what it was asked."""

    name: ClassVar[str]
    title: ClassVar[str]
    schemes: ClassVar[tuple[str, ...]]
    order: ClassVar[int] = 1
    gives: ClassVar[tuple[str, ...]] = ()
    probe: ClassVar[Identifier] = Identifier("arxiv", "2305.18290")

    def __init__(self, answer: Answering) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Batches of two questions; an error that the function raises comes after the batches before."""
        yield from self._batches([str(i) for i in identifiers])

    def _batches(self, questions: Sequence[str]) -> Iterator[list[Record]]:
        for start in range(0, len(questions), 2):
            batch = []
            for question in questions[start : start + 2]:
                self.asked.append(question)
                batch += self.answer(question)
            yield batch


class Finding(Fake):
    """One that can also be asked by title."""

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """By title."""
        yield from self._batches([query.question for query in queries])


def as_source(cls: type[Fake]) -> type[Source]:
    """The fake as `enrich` takes it."""
    return cast(type[Source], cls)


def kept(tmp_path: Path, *records: Record) -> RecordStore:
    """A store that holds these answers."""
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    for record in records:
        store.put(record.source, [record])
    return store


def works(entries: Sequence[Entry], store: RecordStore) -> list[Work]:
    """The list's works with what the store knows."""
    answers = {source: store.answers(source) for source in store.sources()}
    titles: dict[str, dict[str, tuple[Record, ...]]] = {}
    for source, by_question in answers.items():
        for question, records in by_question.items():
            if question.startswith("title:"):
                titles.setdefault(question, {})[source] = records
    return gather(entries, resolve(entries, {}, titles), answers)


def planned(
    store: RecordStore, source: type[Fake], *entries: Entry, first: bool = False, max_age: timedelta = MONTH
) -> list[str]:
    """The questions that a source is to be asked about these entries."""
    limits = SourceSettings(source.name, "https://api.test", max_age=max_age)
    return plan(works(entries, store), as_source(source), limits, store, NOW, first=first).texts()


ARXIV, ANTHOLOGY = make("arxiv", "arxiv"), make("acl", "acl")
SCHOLAR = make("semanticscholar", "arxiv", "doi", "acl", find=True)
DBLP = make("dblp", "dblp", "acl", "doi", "arxiv", find=True)
REVIEWS = make("openreview", "openreview", find=True)

# What is asked in the first pass: what the list says

FIRST = [
    ("by its identifier", ARXIV, [entry("a", DPO)], [DPO]),
    ("by one of several, the surest first", SCHOLAR, [entry("a", DOI, ACL, DPO)], [DPO]),
    ("one work, two entries", ARXIV, [entry("a", DPO), entry("b", DPO)], [DPO]),
    ("in a fixed order", ARXIV, [entry("a", DPO, title="X"), entry("b", "arxiv:1706.03762", title="Y")], ["arxiv:1706.03762", DPO]),
    ("a scheme it does not take", ANTHOLOGY, [entry("a", DPO)], []),
    ("no identifier, it can search", SCHOLAR, [entry("a")], [ASKED_BY_TITLE]),
    ("no identifier, it cannot search", ARXIV, [entry("a")], []),
    ("no identifier that leads from source to source", SCHOLAR, [entry("a", FORUM)], [ASKED_BY_TITLE]),
    ("one that leads from source to source: titles wait", REVIEWS, [entry("a", DPO)], []),
    ("who leads nowhere waits", REVIEWS, [entry("a")], []),
    ("no title", SCHOLAR, [entry("a", title=None)], []),
    ("a title of signs", SCHOLAR, [entry("a", title="***")], []),
    ("two works of one title", SCHOLAR, [entry("a"), entry("b", authors=("Ada Byron",))], [ASKED_BY_TITLE]),
    ("nothing", SCHOLAR, [], []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "entries", "questions"), FIRST, ids=[row[0] for row in FIRST])
def test_plan__first_pass_goes_by_what_the_list_says(
    tmp_path: Path, name: str, source: type[Fake], entries: list[Entry], questions: list[str]
) -> None:
    """One identifier per work, else its title where no identifier leads to it."""
    assert planned(kept(tmp_path), source, *entries, first=True) == questions


def test_plan__first_pass_knows_nothing_that_was_learned(tmp_path: Path) -> None:
    """Identifiers that sources named wait for the next pass, so a killed run asks what it would have asked."""
    store = kept(tmp_path, found("semanticscholar", DPO, identifiers=(ident(ACL),)))
    assert planned(store, ANTHOLOGY, entry("a", DPO), first=True) == []
    assert planned(store, ANTHOLOGY, entry("a", DPO)) == [ACL]


# What is asked later, and again

DECIDED = found("dblp", DPO, identifiers=(ident(DPO), ident("acl:2023.emnlp-main.183")))
LATER = [
    ("a fresh answer", ARXIV, [found("arxiv", DPO, 29)], [DPO], []),
    ("a stale answer", ARXIV, [found("arxiv", DPO, 31)], [DPO], [DPO]),
    ("a fresh not found", ARXIV, [missing("arxiv", DPO, 31)], [DPO], []),
    ("a stale not found", ARXIV, [missing("arxiv", DPO, 30 * NOT_FOUND_FACTOR + 1)], [DPO], [DPO]),
    ("not found by one id: the next", SCHOLAR, [missing("semanticscholar", DPO)], [DPO, DOI], [DOI]),
    ("not found by any", SCHOLAR, [missing("semanticscholar", DPO), missing("semanticscholar", DOI)], [DPO, DOI], []),
    ("found by one id: not by the next", SCHOLAR, [found("semanticscholar", DPO)], [DPO, DOI], []),
    ("an answer from the future", ARXIV, [found("arxiv", DPO, -3)], [DPO], [DPO]),
    ("undecided, others answered: by title", REVIEWS, [found("arxiv", DPO)], [DPO], [ASKED_BY_TITLE]),
    ("decided: not by title", REVIEWS, [DECIDED], [DPO], []),
    ("a search that found nothing", REVIEWS, [missing("openreview", ASKED_BY_TITLE, 31)], [DPO], []),
    ("a stale search", REVIEWS, [missing("openreview", ASKED_BY_TITLE, 91)], [DPO], [ASKED_BY_TITLE]),
    ("a candidate that is another paper", REVIEWS, [found("openreview", ASKED_BY_TITLE, 3, authors=("A B",))], [DPO], []),
    ("a learned identifier of its own scheme", DBLP,
     [found("dblp", DPO), found("semanticscholar", DPO, identifiers=(Identifier("dblp", "conf/icml/Raf24"),))],
     [DPO], ["dblp:conf/icml/Raf24"]),
    ("one that its own record names already", DBLP,
     [found("dblp", DPO, identifiers=(Identifier("dblp", "conf/icml/Raf24"),)),
      found("semanticscholar", DPO, identifiers=(Identifier("dblp", "conf/icml/Raf24"),))],
     [DPO], []),
    ("another name of what was answered", DBLP, [missing("dblp", "acl:2023.acl-long.1")], ["acl:2023.acl-long.1"], []),
    ("found by title, still fresh", SCHOLAR, [found("semanticscholar", ASKED_BY_TITLE, 3, identifiers=(ident(DPO),))], [], []),
    ("found by title, stale: by identifier", SCHOLAR, [found("semanticscholar", ASKED_BY_TITLE, 31, identifiers=(ident(DPO),))], [], [DPO]),
    ("found by title, by identifier not", SCHOLAR,
     [found("semanticscholar", ASKED_BY_TITLE, 31, identifiers=(ident(DPO),)), missing("semanticscholar", DPO, 1)], [], []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "source", "records", "ids", "questions"), LATER, ids=[row[0] for row in LATER]
)
def test_plan__later_passes_ask_what_is_missing_or_stale(
    tmp_path: Path,
    name: str,
    source: type[Fake],
    records: list[Record],
    ids: list[str],
    questions: list[str],
) -> None:
    """Learned identifiers count, titles are asked while the venue is undecided, "not found" is remembered longer."""
    assert planned(kept(tmp_path, *records), source, entry("a", *ids)) == questions


@pytest.mark.parametrize("record", [found("arxiv", DPO), missing("arxiv", DPO)])
def test_plan__max_age_zero_asks_always(tmp_path: Path, record: Record) -> None:
    """`0d` asks again whatever was answered a moment ago."""
    assert planned(kept(tmp_path, record), ARXIV, entry("a", DPO), max_age=timedelta()) == [DPO]


def test_plan__oldest_answers_first(tmp_path: Path) -> None:
    """What was never answered, then what was answered longest ago: a run that is cut short makes way."""
    ids = ["arxiv:1706.03762", DPO, "arxiv:2212.08073"]
    entries = [entry(str(n), i, title=f"Title {n}") for n, i in enumerate(ids)]
    records = [found("arxiv", ids[0], 31, title="Title 0"), found("arxiv", ids[1], 60, title="Title 1")]
    assert planned(kept(tmp_path, *records), ARXIV, *entries) == [ids[2], ids[1], ids[0]]


def test_plan__asks_nothing_that_was_asked_in_this_run(tmp_path: Path) -> None:
    """Neither an identifier nor a title, answered or not."""
    store, limits = kept(tmp_path), SourceSettings("semanticscholar", "https://api.test", max_age=timedelta())
    for item, question in ((entry("a", DPO), DPO), (entry("a"), ASKED_BY_TITLE)):
        found_works = works([item], store)
        arguments = (found_works, as_source(SCHOLAR), limits, store, NOW)
        assert plan(*arguments, first=True).texts() == [question]
        assert len(plan(*arguments, {("semanticscholar", question)}, first=True)) == 0
        assert plan(*arguments, {("arxiv", question)}, first=True).texts() == [question]


POOL = [DPO, ACL, FORUM, DOI]


@given(
    st.lists(st.lists(st.sampled_from(POOL), max_size=2, unique=True), max_size=3),
    st.lists(st.tuples(st.sampled_from([*POOL, ASKED_BY_TITLE]), st.booleans(), st.integers(0, 200)), max_size=4),
    st.booleans(),
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_plan__asks_each_question_once_and_nothing_fresh(
    tmp_path_factory: pytest.TempPathFactory,
    links: list[list[str]],
    rows: list[tuple[str, bool, int]],
    first: bool,
) -> None:
    """Whatever is known, no question stands twice in a plan, and none has a fresh answer."""
    entries = [entry(str(n), *ids) for n, ids in enumerate(links)]
    records = {q: (found if is_found else missing)("semanticscholar", q, days) for q, is_found, days in rows}
    store = kept(tmp_path_factory.mktemp("store"), *records.values())
    questions = planned(store, SCHOLAR, *entries, first=first)
    assert len(set(questions)) == len(questions)
    for question in set(questions) & records.keys():
        limit = MONTH if records[question].found else MONTH * NOT_FOUND_FACTOR
        assert not store.is_fresh("semanticscholar", question, NOW, limit)


# The run


@dataclass
class Run:
    """One run of `enrich` over fakes, and what came of it."""

    store: RecordStore
    entries: Sequence[Entry]
    sources: dict[str, Fake]
    max_age: timedelta = MONTH
    now: datetime = NOW
    enabled: bool = True
    key: str | None = None
    meanwhile: Callable[[bool], object] = lambda long: None
    opened: list[str] = field(default_factory=list)
    seen: list[tuple[str, int, int]] = field(default_factory=list)

    def __call__(self) -> dict[str, Outcome]:
        """Ask."""
        limits = {
            name: SourceSettings(
                name, "https://api.test", max_age=self.max_age, enabled=self.enabled, key=self.key
            )
            for name in self.sources
        }
        return enrich(
            lambda: works(self.entries, self.store),
            self._open,
            {name: as_source(type(source)) for name, source in self.sources.items()},
            limits,
            self.store,
            self.now,
            progress=lambda *seen: self.seen.append(seen),
            meanwhile=self.meanwhile,
        )

    def _open(self, name: str) -> Source:
        self.opened.append(name)
        return cast(Source, self.sources[name])


def says(source: str, *ids: str) -> Answering:
    """Found, and these are its identifiers."""
    return lambda question: [found(source, question, identifiers=tuple(map(ident, ids)))]


def fails(error: Exception, after: int = 0) -> Answering:
    """So many answers, then the error."""
    left = [after]

    def answer(question: str) -> list[Record]:
        if not left[0]:
            raise error
        left[0] -= 1
        return [found("arxiv", question, title=None)]

    return answer


def test_enrich__what_is_learned_is_asked_in_the_next_pass(tmp_path: Path) -> None:
    """Semantic Scholar names the Anthology's id; the Anthology is asked about it, nobody twice."""
    run = Run(kept(tmp_path), [entry("a", DPO)], {
        "semanticscholar": SCHOLAR(says("semanticscholar", DPO, ACL)),
        "acl": ANTHOLOGY(says("acl", ACL)),
        "arxiv": ARXIV(says("arxiv", DPO)),
    })  # fmt: skip
    outcomes = run()
    assert {name: source.asked for name, source in run.sources.items()} == {
        "semanticscholar": [DPO],
        "acl": [ACL],
        "arxiv": [DPO],
    }
    assert {o.state for o in outcomes.values()} == {"ok"}
    assert run.opened == ["semanticscholar", "arxiv", "acl"]


def test_enrich__at_most_two_rounds_for_what_was_learned(tmp_path: Path) -> None:
    """A chain of ever new identifiers ends."""
    chain = iter(range(100))

    def answer(question: str) -> list[Record]:
        return [missing("doi-source", question)]

    def naming(question: str) -> list[Record]:
        return [found("acl", question, identifiers=(Identifier("doi", f"10.1000/{next(chain)}"),))]

    class Endless(Fake):
        name, title, schemes = "doi-source", "", ("doi",)

    run = Run(kept(tmp_path), [entry("a", ACL)], {"acl": ANTHOLOGY(naming), "doi-source": Endless(answer)})
    run()
    assert run.sources["acl"].asked == [ACL]
    assert len(run.sources["doi-source"].asked) <= 2


def test_enrich__nothing_to_ask_opens_no_source(tmp_path: Path) -> None:
    """A run over what is known asks nobody and says so."""
    run = Run(kept(tmp_path, found("arxiv", DPO, 1)), [entry("a", DPO)], {"arxiv": ARXIV(says("arxiv"))})
    assert run() == {"arxiv": Outcome("arxiv")}
    assert run.opened == []


def test_enrich__a_second_run_asks_nothing(tmp_path: Path) -> None:
    """Found, not found, searched in vain: all is remembered."""
    entries = [
        entry("a", DPO),
        entry("b", ACL, title="Another Title"),
        entry("c", title="A Third Title Here"),
    ]
    sources: dict[str, Fake] = {
        "arxiv": ARXIV(says("arxiv", DPO)),
        "semanticscholar": SCHOLAR(lambda question: [missing("semanticscholar", question)]),
        "dblp": DBLP(lambda question: [missing("dblp", question)]),
    }
    Run(kept(tmp_path), entries, sources)()
    asked = {name: list(source.asked) for name, source in sources.items()}
    again = Run(kept(tmp_path), entries, sources)
    again()
    assert {name: source.asked for name, source in sources.items()} == asked
    assert again.opened == []


def test_enrich__max_age_zero_still_asks_only_once_a_run(tmp_path: Path) -> None:
    """Always again means once in every run, not once in every pass."""
    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(says("arxiv", DPO)), "semanticscholar": SCHOLAR(says("semanticscholar", ACL))}, timedelta())  # fmt: skip
    run()
    assert (run.sources["arxiv"].asked, run.sources["semanticscholar"].asked) == ([DPO], [DPO])
    run()
    assert run.sources["arxiv"].asked == [DPO, DPO]


def test_enrich__tools_are_never_asked_about(tmp_path: Path) -> None:
    """An entry of another kind has no question, whatever it links."""
    run = Run(kept(tmp_path), [entry("a", DPO, kind="other")], {"arxiv": ARXIV(says("arxiv"))})
    assert run()["arxiv"].asked == 0


def test_enrich__a_source_that_is_switched_off_is_not_there(tmp_path: Path) -> None:
    """It is neither asked nor reported."""
    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(says("arxiv"))}, enabled=False)
    assert run() == {}


FIVE = [entry(str(n), f"arxiv:2301.0000{n}", title=None, authors=()) for n in range(1, 6)]
STOPS = [
    (SourceDown("arxiv", "HTTP 503"), "down"),
    (SourceRefused("arxiv", "wants a sign-in", "set a key"), "refused"),
]


@pytest.mark.parametrize(("error", "state"), STOPS)
@pytest.mark.parametrize("batches", [0, 1, 2])
def test_enrich__keeps_the_batches_that_came(tmp_path: Path, error: Any, state: str, batches: int) -> None:
    """A source that stops in the middle costs its open questions only; silence is never "not found"."""
    run = Run(kept(tmp_path), FIVE, {"arxiv": ARXIV(fails(error, 2 * batches))})
    outcome = run()["arxiv"]
    assert (outcome.state, outcome.reason, outcome.hint) == (state, error.reason, error.hint)
    assert (outcome.asked, outcome.found, outcome.not_found) == (5, 2 * batches, 0)
    assert outcome.unanswered == 5 - 2 * batches
    stored = kept(tmp_path).answers("arxiv")
    assert len(stored) == 2 * batches
    assert all(r.found for records in stored.values() for r in records)


def test_enrich__one_failing_source_does_not_hinder_the_others(tmp_path: Path) -> None:
    """The others are asked in all passes; the failed one is asked once."""
    run = Run(kept(tmp_path), [entry("a", DPO)], {
        "arxiv": ARXIV(fails(SourceDown("arxiv", "no route"))),
        "semanticscholar": SCHOLAR(says("semanticscholar", DPO, ACL)),
        "acl": ANTHOLOGY(says("acl", ACL)),
    })  # fmt: skip
    outcomes = run()
    assert {name: o.state for name, o in outcomes.items()} == {
        "arxiv": "down",
        "semanticscholar": "ok",
        "acl": "ok",
    }
    assert run.sources["arxiv"].asked == [DPO]


def test_enrich__an_outage_keeps_what_is_known_and_asks_again(tmp_path: Path) -> None:
    """Old records stay as they are, and the next run asks what is still stale."""
    old = found("arxiv", DPO, 31)
    run = Run(kept(tmp_path, old), [entry("a", DPO)], {"arxiv": ARXIV(fails(SourceDown("arxiv", "down")))})
    run()
    assert kept(tmp_path).answers("arxiv")[DPO] == (old,)
    assert planned(kept(tmp_path), ARXIV, entry("a", DPO)) == [DPO]


def test_enrich__a_refusal_is_remembered_for_a_night(tmp_path: Path) -> None:
    """The next run does not knock again and repeats the reason; a day later, or with a key, it does."""
    refused = SourceRefused("arxiv", "guests are refused", "sign in")
    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(fails(refused))})
    run()
    for later, key, asked in ((1, None, 1), (19, None, 1), (1, "k", 2), (24, None, 3)):
        again = replace(run, now=NOW + timedelta(hours=later), key=key, opened=[])
        outcome = again()["arxiv"]
        assert (outcome.state, outcome.reason, outcome.hint) == ("refused", "guests are refused", "sign in")
        assert len(run.sources["arxiv"].asked) == asked
        if key:  # that refusal was for another way in: put the first one back
            again.store.remember_refusal("arxiv", "https://api.test key=False user=False", NOW, "guests are refused", "sign in")  # fmt: skip


def test_enrich__an_outage_is_not_remembered(tmp_path: Path) -> None:
    """What was down a moment ago is tried again by the next run."""
    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(fails(SourceDown("arxiv", "down")))})
    run()
    run()
    assert run.sources["arxiv"].asked == [DPO, DPO]


def test_enrich__sources_are_asked_side_by_side(tmp_path: Path) -> None:
    """Each waits until the other was asked: one after the other they would never end."""
    meet = threading.Barrier(2, timeout=10)

    def together(source: str) -> Answering:
        def answer(question: str) -> list[Record]:
            meet.wait()
            return [found(source, question)]

        return answer

    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(together("arxiv")), "dblp": DBLP(together("dblp"))})  # fmt: skip
    assert {o.found for o in run().values()} == {1}


def test_enrich__saves_what_is_answered_while_a_host_makes_it_wait(tmp_path: Path) -> None:
    """Once only one host is left; how long it will take nobody knows before its first answer."""
    waited, told = threading.Event(), []

    def slow(question: str) -> list[Record]:
        assert waited.wait(10)
        return [found("arxiv", question)]

    def meanwhile(long: bool) -> None:
        told.append((long, (tmp_path / "enriched" / "records" / "dblp.jsonl").exists()))
        waited.set()

    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(slow), "dblp": DBLP(says("dblp", DPO))})
    run.meanwhile = meanwhile
    assert {o.found for o in run().values()} == {1}
    assert told == [(False, True)]


def test_enrich__what_cannot_be_saved_meanwhile_ends_no_asking(tmp_path: Path) -> None:
    """It is in the journal, and who saves at the end says what is wrong."""
    waited = threading.Event()

    def slow(question: str) -> list[Record]:
        assert waited.wait(10)
        return [found("arxiv", question)]

    (tmp_path / "enriched").write_text("a file where a folder should be")
    run = Run(kept(tmp_path), [entry("a", DPO)], {"arxiv": ARXIV(slow), "dblp": DBLP(says("dblp", DPO))})
    run.meanwhile = lambda long: waited.set()
    assert {o.found for o in run().values()} == {1}
    with pytest.raises(UsageError, match="cannot write"):
        run.store.save()


def test_enrich__an_error_of_ours_is_no_outage(tmp_path: Path) -> None:
    """A bug in a source ends the run loudly, after the others have ended."""
    run = Run(kept(tmp_path), [entry("a", DPO)], {
        "arxiv": ARXIV(fails(RuntimeError("a bug"))),
        "dblp": DBLP(says("dblp", DPO)),
    })  # fmt: skip
    with pytest.raises(RuntimeError, match="a bug"):
        run()
    assert list(kept(tmp_path).answers("dblp")) == run.sources["dblp"].asked


def test_enrich__counts_questions_not_records(tmp_path: Path) -> None:
    """Two candidates are one answer; silence is no answer; progress never goes back."""

    def answer(question: str) -> list[Record]:
        if question.endswith("1"):
            return [found("arxiv", question), replace(found("arxiv", question), rank=1, title="X")]
        return [missing("arxiv", question)] if question.endswith("2") else []

    run = Run(kept(tmp_path), FIVE, {"arxiv": ARXIV(answer)})
    outcome = run()["arxiv"]
    assert (outcome.asked, outcome.found, outcome.not_found, outcome.unanswered) == (5, 1, 1, 3)
    assert run.seen[0] == ("arxiv", 0, 5)
    assert [done for _, done, _ in run.seen] == sorted(done for _, done, _ in run.seen)


def test_questions__as_records_name_them() -> None:
    """Identifiers as printed, titles in normal form."""
    questions = Questions([ident(DPO)], [TitleQuery(TITLE)])
    assert (len(questions), questions.texts()) == (2, [DPO, ASKED_BY_TITLE])
