"""Crossref's reader: the contract, the recorded works, events, dates and retractions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier
from pipeline.sources import TitleQuery
from pipeline.sources.crossref import Crossref
from tests.conftest import Recording, recordings
from tests.fakes import Answer, FakeClient, FakeSettings, Request
from tests.test_sources import JSON, SourceContract, gathered

TITLE = "Vector Quotient Filters: Overcoming the Time/Space Trade-Off in Filter Design"
DOI = "10.1145/3448016.3452841"
WORK: dict[str, Any] = {
    "DOI": DOI,
    "type": "proceedings-article",
    "title": ["Vector Quotient Filters"],
    "subtitle": ["Overcoming the Time/Space Trade-Off in Filter Design"],
    "author": [{"given": "Prashant", "family": "Pandey"}, {"given": "Alex", "family": "Conway"}],
    "container-title": ["Proceedings of the 2021 International Conference on Management of Data"],
    "event": {
        "name": "SIGMOD/PODS '21: International Conference on Management of Data",
        "acronym": "SIGMOD/PODS '21",
    },
    "published": {"date-parts": [[2021, 6, 9]]},
    "issued": {"date-parts": [[2021, 6, 9]]},
    "is-referenced-by-count": 37,
    "license": [{"URL": "https://creativecommons.org/licenses/by/4.0/", "content-version": "vor"}],
}
PAPER = Identifier("doi", DOI)
UNKNOWN = Answer("Resource not found.", 404, "text/plain")


def work(**more: Any) -> Answer:
    """A known work with some fields changed; None takes a field away."""
    changed = {key: value for key, value in (WORK | more).items() if value is not None}
    return Answer({"status": "ok", "message-type": "work", "message": changed})


def works(*items: Any) -> Answer:
    """A list of works."""
    message = {"total-results": len(items), "items": list(items), "items-per-page": 5}
    return Answer({"status": "ok", "message-type": "work-list", "message": message})


def server(request: Request) -> Answer:
    """A small Crossref: one work, by DOI and by title, and for any other title another work."""
    if request.params:
        other = WORK | {"DOI": "10.1145/1", "title": ["Something Else Entirely"], "subtitle": []}
        return works(WORK, other) if "Vector" in request.params["query.bibliographic"] else works(other)
    assert "/" not in urlsplit(request.url).path.removeprefix("/works/")
    return work() if unquote(request.url).endswith(f"/works/{DOI}") else UNKNOWN


def opened(*replies: Any) -> tuple[Crossref, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("GET", "", list(replies)))
    return Crossref(client, FakeSettings()), client


def read(answer: Answer, doi: str = DOI) -> Any:
    """The one record of an answer."""
    (record,) = gathered(opened(answer)[0].fetch([Identifier("doi", doi)]))
    return record


class TestContract(SourceContract):
    """Crossref keeps the contract."""

    name = "crossref"
    known = PAPER
    unknown = Identifier("doi", "10.1371/notarealdoi")
    title = TITLE
    most_requests = 1000
    real_answers = frozenset({"text-404"})

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """One route for works by DOI, one for searches."""
        return [("GET", r"^https://api\.test/works", server)]

    def thousand(self) -> list[Identifier]:
        """One request each: that is why Crossref is asked last."""
        return [Identifier("doi", f"10.1145/1234567.{n}") for n in range(1000)]

    def shapes(self) -> st.SearchStrategy[Any]:
        """Envelopes with something in them."""
        fields = st.fixed_dictionaries({}, optional={key: JSON for key in [*WORK, "relation", "updated-by"]})
        named = st.builds(lambda fields: {**fields, "DOI": DOI, "title": ["X"]}, fields)
        message = (
            fields | named | st.builds(lambda items: {"items": items}, st.lists(named | JSON, max_size=3))
        )
        return JSON | st.builds(lambda m: {"status": "ok", "message": m}, message)


def test_fetch__whole_record() -> None:
    """Every field that the model has a place for."""
    record = read(work())
    assert record.identifiers == (PAPER,)
    assert record.authors == ("Prashant Pandey", "Alex Conway")
    assert record.venue == "Proceedings of the 2021 International Conference on Management of Data"
    assert record.venue_key == (
        "proceedings-article|SIGMOD/PODS '21|SIGMOD/PODS '21: International Conference on Management of Data"
    )
    assert (record.year, record.published, record.published_precision) == (2021, "2021-06-09", "day")
    assert (record.citation_count, record.counted_at) == (37, record.retrieved_at)
    assert (record.status, record.abstract, record.hint) == (None, None, None)
    assert record.url == f"https://doi.org/{DOI}"
    assert record.licence == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("fields", "venue", "key"),
    [
        pytest.param(
            {
                "type": "book-chapter",
                "container-title": ["Lecture Notes in Computer Science", "SOFSEM 2015"],
                "event": None,
            },
            "SOFSEM 2015",
            "book-chapter",
            id="series-and-book",
        ),
        pytest.param(
            {
                "type": "journal-article",
                "container-title": ["PLoS ONE"],
                "ISSN": ["1932-6203", "1932-620X"],
                "event": None,
            },
            "PLoS ONE",
            "journal-article|||1932-6203,1932-620X",
            id="journal",
        ),
        pytest.param(
            {
                "type": "posted-content",
                "container-title": [],
                "institution": [{"name": "bioRxiv"}],
                "event": None,
            },
            "bioRxiv",
            "posted-content",
            id="preprint",
        ),
        pytest.param(
            {"container-title": ["Companion"], "event": {"name": "Companion of | WWW", "acronym": "WWW '18"}},
            "Companion",
            "proceedings-article|WWW '18|Companion of / WWW",
            id="companion",
        ),
        pytest.param({"type": 7, "container-title": "X", "event": []}, None, None, id="types"),
    ],
)
def test_fetch__venue(fields: dict[str, Any], venue: str | None, key: str | None) -> None:
    """The container's own title and the facts that tell what kind of container it is."""
    record = read(work(**fields))
    assert (record.venue, record.venue_key) == (venue, key)


@pytest.mark.parametrize(
    ("fields", "year", "published"),
    [
        pytest.param({"event": {"start": {"date-parts": [[2020, 12, 28]]}}}, 2020, "2021-06-09", id="event"),
        pytest.param({"published-print": {"date-parts": [[2022]]}}, 2022, "2021-06-09", id="print"),
        pytest.param(
            {"published": None, "issued": {"date-parts": [[2019, 2]]}}, 2019, "2019-02", id="issued"
        ),
        pytest.param({"published": None, "issued": {"date-parts": [[None]]}}, None, None, id="null"),
        pytest.param({"published": {"date-parts": [[2021, 13, 40]]}}, 2021, "2021", id="no-such-month"),
        pytest.param({"published": {"date-parts": [[2021, 2, 30]]}}, 2021, "2021-02", id="no-such-day"),
        pytest.param({"published": {"date-parts": "2021"}, "issued": 5}, None, None, id="types"),
    ],
)
def test_fetch__dates(fields: dict[str, Any], year: int | None, published: str | None) -> None:
    """The venue's year is the event's, and a date is as precise as it was given."""
    record = read(work(**fields))
    assert (record.year, record.published) == (year, published)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        pytest.param(
            {"updated-by": [{"type": "retraction", "DOI": "10.1145/9"}]}, "retracted", id="updated-by"
        ),
        pytest.param(
            {"updated-by": [{"type": "withdrawal", "DOI": "10.1145/9"}]}, "retracted", id="withdrawal"
        ),
        pytest.param({"updated-by": [{"type": "correction", "DOI": "10.1145/9"}]}, None, id="correction"),
        pytest.param({"update-to": [{"type": "retraction", "DOI": DOI.upper()}]}, "retracted", id="itself"),
        pytest.param({"update-to": [{"type": "retraction", "DOI": "10.1145/9"}]}, None, id="the-notice"),
        pytest.param(
            {"update-to": [None, "x", {"type": 5}], "updated-by": {"type": "retraction"}}, None, id="types"
        ),
    ],
)
def test_fetch__retraction(fields: dict[str, Any], status: str | None) -> None:
    """A work that was taken back says so; a correction, and the notice itself, are something else."""
    assert read(work(**fields)).status == status


@pytest.mark.parametrize(
    ("title", "read_as", "status"),
    [
        ("RETRACTED: A Study of Things", "A Study of Things", "retracted"),
        ("[Retracted] A Study of Things", "A Study of Things", "retracted"),
        ("RETRACTED ARTICLE: A Study of Things", "A Study of Things", "retracted"),
        ("Retracted Papers and Where to Find Them", "Retracted Papers and Where to Find Them", None),
        ("Retraction: A Study of Things", "Retraction: A Study of Things", None),
        ("WITHDRAWN", "WITHDRAWN", None),
        ("<i>On</i> H<sub>2</sub>O &amp;amp; more", "On H2O & more", None),
    ],
)
def test_fetch__title(title: str, read_as: str, status: str | None) -> None:
    """A publisher's mark is no part of the title, and neither is markup."""
    record = read(work(title=[title], subtitle=[]))
    assert (record.title, record.status) == (read_as, status)


def test_fetch__subtitle_once() -> None:
    """A subtitle that the title has already is not said twice."""
    record = read(work(title=[TITLE]))
    assert record.title == TITLE


def test_fetch__names() -> None:
    """People, organisations, and what is neither."""
    authors = [{"family": "Plato"}, {"name": "The Team"}, {"given": "Only"}, None, {"family": 3}]
    assert read(work(author=authors)).authors == ("Plato", "The Team")


def test_fetch__preprint_and_publication() -> None:
    """The other version of the same work is one of its names."""
    relation = {
        "has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.2104.01234"}],
        "cites": [{"id": "10.1/x"}],
    }
    record = read(work(relation=relation))
    assert record.identifiers == (PAPER, Identifier("arxiv", "2104.01234"))


def test_fetch__acl_doi() -> None:
    """A DOI that is an ACL Anthology id in another scheme names both."""
    record = read(work(DOI="10.18653/v1/N19-1423"), "10.18653/v1/n19-1423")
    assert record.identifiers == (Identifier("doi", "10.18653/v1/n19-1423"), Identifier("acl", "N19-1423"))


def test_fetch__pdf() -> None:
    """A link for readers, not one for plagiarism checkers."""
    links = [
        {
            "URL": "https://x.test/check.pdf",
            "content-type": "application/pdf",
            "intended-application": "similarity-checking",
        },
        {"URL": "https://x.test/page", "content-type": "text/html"},
        {
            "URL": "https://x.test/read.pdf",
            "content-type": "application/pdf",
            "intended-application": "text-mining",
        },
    ]
    assert read(work(link=links)).pdf_url == "https://x.test/read.pdf"


def test_fetch__forbidden() -> None:
    """A refusal comes with the next step."""
    with pytest.raises(SourceRefused) as caught:
        gathered(opened(Answer("no", 403))[0].fetch([PAPER]))
    assert "contact" in (caught.value.hint or "")


def test_fetch__no_doi_of_another_agency() -> None:
    """arXiv's DOIs are not asked for: they are known to be DataCite's."""
    source, client = opened(UNKNOWN)
    assert gathered(source.fetch([Identifier("doi", "10.48550/arxiv.2312.07559")])) == []
    assert client.requests == []


def test_fetch__outage_after_some() -> None:
    """What came before an outage stays."""
    source, _ = opened(work(), SourceDown("crossref", "answered HTTP 503"))
    batches = source.fetch([PAPER, Identifier("doi", "10.1145/2")])
    assert next(batches)[0].found
    with pytest.raises(SourceDown):
        next(batches)


def test_find__asks_for_a_citation() -> None:
    """The query that the documentation names for looking up citations, a handful of candidates."""
    source, client = opened(works(WORK))
    gathered(source.find([TitleQuery(f" {TITLE}\n")]))
    assert client.requests[0].params == {"query.bibliographic": TITLE, "rows": "5"}


def test_find__text_that_cannot_be_searched() -> None:
    """A query that the API calls bad is neither answered nor an outage."""
    source, _ = opened(Answer({"status": "failed", "message-type": "validation-failure", "message": []}, 400))
    assert gathered(source.find([TitleQuery("?? x")])) == []


ENVELOPE = [*recordings("crossref", "works_doi*"), *recordings("crossref", "papis*")]
ENVELOPE += [*recordings("crossref", "works_[abijt]*"), *recordings("crossref", "works_ss*")]


@pytest.mark.parametrize("recording", ENVELOPE)
def test_recording__work(recording: Recording) -> None:
    """Every recorded work is read with its title, its authors, its container and its counts."""
    data = recording.json() if recording.body[:1] in "{[" else {}
    message = data.get("message", data)
    doi = str(message["DOI"]).lower()
    records = gathered(opened(Answer(recording.body))[0].fetch([Identifier("doi", doi)]))
    (record,) = records
    assert record.title is not None
    assert record.title.startswith(message["title"][0].rstrip())
    assert len(record.authors) == len(message.get("author", []))
    assert record.citation_count == message["is-referenced-by-count"]
    assert record.identifiers[0].value == doi
    containers = [" ".join(text.split()) for text in message["container-title"]]
    assert record.venue in (containers or [None, "bioRxiv"])
    assert (record.venue_key or "").partition("|")[0] == message["type"]
    assert record.status is None


@pytest.mark.parametrize(
    "recording", [*recordings("crossref", "works_404*"), *recordings("crossref", "[at]*_404")]
)
def test_recording__unknown(recording: Recording) -> None:
    """Recorded "not found" of Crossref is one; the page of another service is none."""
    source, _ = opened(recording.answer)
    if "<" in recording.body:
        with pytest.raises(SourceDown):
            gathered(source.fetch([PAPER]))
    else:
        assert [r.found for r in gathered(source.fetch([PAPER]))] == [False]


LISTS = [
    *recordings("crossref", "query_*"),
    *recordings("crossref", "works_*search*"),
    *recordings("crossref", "works_no*"),
]
LISTS += [*recordings("crossref", "works_select*"), *recordings("crossref", "works_worksquery*")]
LISTS += [*recordings("crossref", "journals_works*"), *recordings("crossref", "search*")]


@pytest.mark.parametrize("recording", LISTS)
def test_recording__search(recording: Recording) -> None:
    """Recorded searches: whatever they offer, only what is akin to the title is a candidate."""
    items = recording.json()["message"]["items"]
    titles = [item["title"][0] for item in items] or ["Zebras Quietly Yodelling"]
    for title in titles:
        records = gathered(opened(recording.answer)[0].find([TitleQuery(title)]))
        assert [r.found for r in records] == ([True] * len(records) if items else [False])
    other = gathered(opened(recording.answer)[0].find([TitleQuery("Attention Is All You Need")]))
    assert [r.found for r in other] == [False]


ERRORS = [
    *recordings("crossref", "*_400*"),
    *recordings("crossref", "*50[04]*"),
    *recordings("crossref", "*cursor_bad*"),
]
ERRORS += [*recordings("crossref", "agency_[dmo]*"), *recordings("crossref", "transform_bibtex_ok")]


@pytest.mark.parametrize("recording", ERRORS)
def test_recording__no_answer(recording: Recording) -> None:
    """Errors and answers of other routes are no answer to a DOI."""
    with pytest.raises(SourceDown):
        gathered(opened(recording.answer)[0].fetch([PAPER]))


@pytest.mark.parametrize("recording", recordings("crossref", "agency_[dmo]*"))
def test_recording__is_json(recording: Recording) -> None:
    """What other routes answer is JSON as well: only its shape tells that it is no work."""
    assert json.loads(recording.body)["status"] == "ok"
