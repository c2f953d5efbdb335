"""Who is asked last: sources that cost a request per question hear only what no other source answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from pipeline.enrich import enrich
from pipeline.errors import SourceDown
from pipeline.model import Record
from pipeline.questions import COMPANY, plan
from pipeline.settings import SourceSettings
from pipeline.sources import Source, discover, last_resort, settles_venues, titles_too, waits_below
from tests.test_enrich import (
    ACL,
    ASKED_BY_TITLE,
    DOI,
    DPO,
    FORUM,
    MONTH,
    NOW,
    Fake,
    as_source,
    entry,
    found,
    ident,
    kept,
    make,
    missing,
    works,
)


def resort(name: str, *schemes: str, ways: tuple[str, ...], **more: Any) -> type[Fake]:
    """A source that declares these ways as a last resort."""
    cls = make(name, *schemes, find=True)
    return cast(type[Fake], type(name, (cls,), {"last_resort": ways, **more}))


PUBLISHERS = resort("crossref", "doi", ways=("fetch", "find"), gives=("retractions",))
JUDGES = resort("crossref", "doi", ways=("fetch", "find"), gives=(), settles_venues=True)
AGENCY = resort("datacite", "arxiv", "doi", ways=("fetch",))
DEAR_SEARCH = resort("openalex", "doi", "arxiv", ways=("find",))

OPEN = [
    ("nobody has answered", PUBLISHERS, [], [DOI], [DOI]),
    ("who settles venues: another answered, and none is decided", JUDGES, [found("semanticscholar", DOI)], [DOI], [DOI]),
    ("who settles venues: it is decided", JUDGES, [found("dblp", DOI, venue="ICML", venue_key="conf/icml", year=2023)], [DOI], []),
    ("who settles venues: a preprint of which its authors say that it was accepted", JUDGES, [found("arxiv", DPO, hint="Accepted at ICML 2024")], [DPO], [ASKED_BY_TITLE]),
    ("who settles venues: a preprint of which nobody says so", JUDGES, [found("arxiv", DPO)], [DPO], []),
    ("who settles venues: one with a DOI is asked about by that", JUDGES, [found("arxiv", DPO, hint="Accepted at ICML 2024")], [DPO, DOI], [DOI]),
    ("who settles venues: no title after an answer to that", JUDGES, [found("arxiv", DPO, hint="Accepted at ICML 2024"), missing("crossref", DOI)], [DPO, DOI], []),
    ("who settles no venues is asked no title of a preprint", PUBLISHERS, [found("arxiv", DPO, hint="Accepted at ICML 2024")], [DPO], []),
    ("another answered to it", PUBLISHERS, [found("semanticscholar", DOI)], [DOI], []),
    ("another names it", PUBLISHERS, [found("semanticscholar", DPO, identifiers=(ident(DPO), ident(DOI)))], [DPO], []),
    ("one repeats what authors typed", PUBLISHERS, [found("arxiv", DPO, identifiers=(ident(DPO), ident(DOI)))], [DPO], [DOI]),
    ("another does not know it", PUBLISHERS, [missing("semanticscholar", DOI)], [DOI], [DOI]),
    ("another knows the work by another name", PUBLISHERS, [found("arxiv", DPO)], [DPO, DOI], [DOI]),
    ("another says it is another paper: by title", PUBLISHERS,
     [found("semanticscholar", DOI, title="Something Else Entirely", authors=("Ada Byron",))], [DOI], [ASKED_BY_TITLE]),
    ("another says it is retracted", PUBLISHERS, [found("openalex", DOI, identifiers=(ident(DOI),), status="retracted")], [DOI], [DOI]),
    ("who knows of no retractions is not asked about one", AGENCY, [found("openalex", DOI, status="retracted")], [DOI], []),
    ("its own answer is old", PUBLISHERS, [found("crossref", DOI, 31)], [DOI], [DOI]),
    ("its own answer is fresh", PUBLISHERS, [found("crossref", DOI, 3)], [DOI], []),
    ("another answered meanwhile", PUBLISHERS, [found("crossref", DOI, 31), found("semanticscholar", DOI)], [DOI], []),
    ("an arXiv id that nobody answered", AGENCY, [missing("semanticscholar", DPO)], [DPO], [DPO]),
    ("an arXiv id that arXiv answered", AGENCY, [found("arxiv", DPO)], [DPO], []),
    ("the publisher's agency did not know it", AGENCY, [missing("crossref", DOI)], [DOI], [DOI]),
    ("the publisher's agency knew it", AGENCY, [found("crossref", DOI)], [DOI], []),
    ("a title that nobody knows", PUBLISHERS, [missing("semanticscholar", ASKED_BY_TITLE)], [], [ASKED_BY_TITLE]),
    ("a title that another found", PUBLISHERS, [found("semanticscholar", ASKED_BY_TITLE)], [], []),
    ("a title beside a name that nobody else takes", DEAR_SEARCH, [], [FORUM], [ASKED_BY_TITLE]),
    ("a title beside a name that leads on", DEAR_SEARCH, [], [ACL], []),
    ("only the search is a last resort", DEAR_SEARCH, [], [DOI], []),
]  # fmt: skip


def planned(
    folder: Path, source: type[Fake], records: list[Record], ids: list[str], *, last: bool
) -> list[str]:
    """The questions for a source in one of its turns."""
    store, limits = kept(folder, *records), SourceSettings(source.name, "https://api.test", max_age=MONTH)
    found_works = works([entry("a", *ids)], store)
    return plan(found_works, as_source(source), limits, store, NOW, first=False, last=last).texts()


@pytest.mark.parametrize(
    ("name", "source", "records", "ids", "questions"), OPEN, ids=[row[0] for row in OPEN]
)
def test_plan__last_resort(
    tmp_path: Path, name: str, source: type[Fake], records: list[Record], ids: list[str], questions: list[str]
) -> None:
    """A last resort hears what is still open, and nothing that another source has answered."""
    assert planned(tmp_path, source, records, ids, last=True) == questions


@pytest.mark.parametrize(
    ("source", "ids", "questions"),
    [(PUBLISHERS, [DOI], []), (PUBLISHERS, [], []), (DEAR_SEARCH, [DOI], [DOI]), (DEAR_SEARCH, [], [])],
)
def test_plan__usual_turn(tmp_path: Path, source: type[Fake], ids: list[str], questions: list[str]) -> None:
    """In the turn of all, a source is not asked in the ways that are its last resort."""
    assert planned(tmp_path, source, [], ids, last=False) == questions


class _Run:
    """A run of enrich over fakes that know some questions; `log` says who was asked what, in order."""

    def __init__(self, folder: Path, known: dict[str, set[str]], *sources: type[Fake]) -> None:
        self.store, self.known, self.log = kept(folder), known, list[tuple[str, str]]()
        self.sources = {source.name: source for source in sources}

    def ask(self, *entries: Any) -> None:
        """Run once."""
        limits = {name: SourceSettings(name, "https://api.test", max_age=MONTH) for name in self.sources}
        classes = cast(dict[str, type[Source]], self.sources)
        enrich(lambda: works(entries, self.store), self._open, classes, limits, self.store, NOW)

    def _open(self, name: str) -> Source:
        def answer(question: str) -> list[Record]:
            self.log.append((name, question))
            if question not in self.known.get(name, ()):
                return [missing(name, question)]
            names = () if question.startswith("title:") else (ident(question),)
            return [found(name, question, identifiers=names)]

        return cast(Source, self.sources[name](answer))


SCHOLAR = make("semanticscholar", "arxiv", "doi", find=True)


def test_enrich__last_resorts_follow_one_by_one(tmp_path: Path) -> None:
    """First all others, then one last resort after the other, each about what is open then."""
    run = _Run(tmp_path, {"semanticscholar": {DPO}, "crossref": {DOI}}, PUBLISHERS, SCHOLAR, AGENCY)
    run.ask(entry("a", DPO, title="X"), entry("b", DOI, title="Y"), entry("c", "doi:10.1000/abc", title="Z"))
    assert sorted(run.log[:3]) == [("semanticscholar", q) for q in (DPO, "doi:10.1000/abc", DOI)]
    assert run.log[3:] == [
        ("crossref", "doi:10.1000/abc"),
        ("crossref", DOI),
        ("datacite", "doi:10.1000/abc"),
    ]
    run.log.clear()
    run.ask(entry("a", DPO, title="X"), entry("b", DOI, title="Y"), entry("c", "doi:10.1000/abc", title="Z"))
    assert run.log == []


def test_enrich__a_title_goes_from_search_to_search(tmp_path: Path) -> None:
    """A title that one search found is not looked for by the next."""
    run = _Run(tmp_path, {"crossref": {ASKED_BY_TITLE}}, SCHOLAR, PUBLISHERS, DEAR_SEARCH)
    run.ask(entry("a"))
    assert run.log == [("semanticscholar", ASKED_BY_TITLE), ("crossref", ASKED_BY_TITLE)]


@pytest.mark.parametrize(("below", "asked"), [(2, [DOI]), (1, [DPO])])
def test_enrich__few_questions_wait_for_a_surer_name(tmp_path: Path, below: int, asked: list[str]) -> None:
    """A single question waits until others have named the publication; as many as fill a batch do not."""
    waiting = cast(
        type[Fake], type("openalex", (make("openalex", "openalex", "doi", "arxiv"),), {"waits_below": below})
    )
    run = _Run(tmp_path, {"openalex": {DOI, DPO}}, waiting, SCHOLAR)
    run.known["semanticscholar"] = {DPO}
    names: Callable[[str], Source] = run._open

    def telling(name: str) -> Source:
        source = cast(Fake, names(name))
        if name == "semanticscholar":
            source.answer = lambda q: [found(name, q, identifiers=(ident(DPO), ident(DOI)))]
        return cast(Source, source)

    run._open = telling  # type: ignore[method-assign]
    run.ask(entry("a", DPO))
    assert [question for name, question in run.log if name == "openalex"] == asked


TITLES = [
    f"A Preprint of Which Record {word} Is Missing" for word in ("One", "Two", "Six", "Ten", "Red", "Blue")
]


@pytest.mark.parametrize(("many", "asked"), [(COMPANY, COMPANY), (COMPANY - 1, 0)])
def test_plan__titles_are_asked_too_where_many_fit_one_request(tmp_path: Path, many: int, asked: int) -> None:
    """Identifiers left venues open: their titles are asked together, and wait where they are few."""
    source = cast(type[Fake], type("dblp", (make("dblp", "arxiv", find=True),), {"titles_too": True}))
    ids = [f"arxiv:2301.0000{n}" for n in range(many)]
    store, limits = (
        kept(tmp_path, *(missing("dblp", i) for i in ids)),
        SourceSettings("dblp", "https://api.test", max_age=MONTH),
    )
    listed = works([entry(f"e{n}", i, title=TITLES[n]) for n, i in enumerate(ids)], store)
    questions = plan(listed, as_source(source), limits, store, NOW, first=False)
    assert (len(questions.identifiers), len(questions.titles)) == (0, asked)
    assert plan(listed, as_source(source), limits, store, NOW, first=True).titles == []


def test_enrich__nobody_is_there(tmp_path: Path) -> None:
    """Where no source answers, the last resorts are tried side by side, so that no network costs seconds only."""
    together = threading.Barrier(2, timeout=5)
    run = _Run(tmp_path, {}, SCHOLAR, PUBLISHERS, AGENCY)

    def down(question: str) -> list[Record]:
        raise SourceDown("x", "unreachable")

    def meeting(question: str) -> list[Record]:
        together.wait()
        return down(question)

    run._open = lambda name: cast(Source, run.sources[name](down if name == SCHOLAR.name else meeting))  # type: ignore[method-assign]
    run.ask(entry("a", DOI))
    assert not together.broken


def test_discover__what_the_sources_declare() -> None:
    """Who costs a request per question is a last resort, who costs ten credits per search for searches."""
    declared = {name: last_resort(cls) for name, cls in discover().items() if last_resort(cls)}
    assert declared == {"crossref": ("fetch", "find"), "openalex": ("find",), "datacite": ("fetch",)}
    assert {name: waits_below(cls) for name, cls in discover().items() if waits_below(cls)} == {
        "openalex": 100
    }
    assert [name for name, cls in discover().items() if settles_venues(cls)] == ["crossref"]
    assert [name for name, cls in discover().items() if titles_too(cls)] == ["dblp"]
