"""OpenAlex's reader: the contract, the recorded works, batches, the day's budget, and the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier
from pipeline.sources import TitleQuery
from pipeline.sources.openalex import BATCH, FILTER_BYTES, OpenAlex, _abstract, _fitting
from tests.conftest import Recording, recordings
from tests.fakes import ANSWERED_AT, Answer, FakeClient, FakeSettings, Request
from tests.test_sources import JSON, SourceContract, gathered

TITLE = "Vector Quotient Filters"
DOI = "10.1145/3448016.3452841"
PLACE: dict[str, Any] = {
    "landing_page_url": f"https://doi.org/{DOI}",
    "source": None,
    "version": "publishedVersion",
    "is_published": True,
    "raw_source_name": "Proceedings of the 2021 International Conference on Management of Data",
    "raw_type": "proceedings-article",
}
ARXIV_PLACE: dict[str, Any] = {
    "landing_page_url": "https://arxiv.org/abs/2312.07559",
    "source": {"display_name": "arXiv (Cornell University)", "type": "repository"},
    "version": "submittedVersion",
    "is_published": False,
}
WORK: dict[str, Any] = {
    "id": "https://openalex.org/W3174427814",
    "doi": f"https://doi.org/{DOI}",
    "ids": {"openalex": "https://openalex.org/W3174427814", "doi": f"https://doi.org/{DOI}"},
    "title": TITLE,
    "type": "conference-paper",
    "publication_year": 2021,
    "publication_date": "2021-06-09",
    "authorships": [
        {"author": {"display_name": "Prashant Pandey"}, "raw_author_name": "Pandey, Prashant"},
        {"author": {"display_name": None}, "raw_author_name": "Alex Conway"},
    ],
    "primary_location": PLACE,
    "locations": [PLACE],
    "best_oa_location": {"pdf_url": "https://dl.acm.org/doi/pdf/10.1145/3448016.3452841"},
    "is_retracted": False,
    "cited_by_count": 39,
    "abstract_inverted_index": {"filters": [1, 3], "Quotient": [0], "are": [2]},
}
PREPRINT: dict[str, Any] = {
    "id": "https://openalex.org/W4389761608",
    "doi": "https://doi.org/10.48550/arxiv.2312.07559",
    "title": "PaperQA: Retrieval-Augmented Generative Agent for Scientific Research",
    "type": "preprint",
    "publication_year": 2023,
    "publication_date": "2023-01-01",
    "primary_location": ARXIV_PLACE,
    "locations": [ARXIV_PLACE],
}
PAPER = Identifier("doi", DOI)
ARXIV = Identifier("arxiv", "2312.07559")
NOBODY = Identifier("doi", "10.1145/nobody.1")
UNKNOWN = Answer(
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>", 404, "text/html"
)
COMPLAINT = Answer({"error": "Invalid query parameters error.", "message": "Maximum number exceeded"}, 400)


def page(*works: Any, count: int | None = None) -> Answer:
    """One page of works."""
    meta = {"count": len(works) if count is None else count, "page": 1, "per_page": 200}
    return Answer({"meta": meta, "results": list(works)})


def bulk(doi: str) -> dict[str, Any]:
    """A work made up for a DOI."""
    return (
        WORK
        | {
            "id": f"https://openalex.org/W{abs(hash(doi)) % 10**9 + 1}",
            "doi": f"https://doi.org/{doi}",
            "ids": {},
            "locations": [],
        }
        | {"primary_location": None}
    )


def server(request: Request) -> Answer:
    """A small OpenAlex: one work, one preprint, and every DOI with `1234567` in it."""
    known: Mapping[str, Any] = {DOI: WORK, "10.48550/arxiv.2312.07559": PREPRINT, OpenAlex.probe.value: WORK}
    asked = request.params.get("filter", "")
    if asked.startswith("title.search:"):
        other = WORK | {"title": "Something Else Entirely"}
        return page(WORK, other) if "Vector" in asked else page(other)
    if asked:
        names = asked.removeprefix("doi:").split("|")
        assert len(names) <= BATCH
        return page(
            *(
                known.get(name) or bulk(name)
                for name in names
                if name in known or "1234567" in name or "/arxiv.2311." in name
            )
        )
    name = unquote(request.url).partition("/works/doi:")[2].partition("?")[0]
    return Answer(known[name]) if name in known else UNKNOWN


def opened(*replies: Any, key: str | None = None) -> tuple[OpenAlex, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("GET", "", list(replies)))
    return OpenAlex(client, FakeSettings(key=key)), client


def read(work: Mapping[str, Any]) -> Any:
    """The one record of a work."""
    (record,) = gathered(opened(Answer(dict(work)))[0].fetch([PAPER]))
    return record


class TestContract(SourceContract):
    """OpenAlex keeps the contract."""

    name = "openalex"
    known = PAPER
    unknown = NOBODY
    title = TITLE
    most_requests = 10

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """One route, by path or by filter."""
        return [("GET", r"^https://api\.test/works", server)]

    def thousand(self) -> list[Identifier]:
        """Publishers' DOIs and arXiv ids."""
        dois = [Identifier("doi", f"10.1145/1234567.{n}") for n in range(500)]
        return dois + [Identifier("arxiv", f"2311.{n:05}") for n in range(500)]

    def shapes(self) -> st.SearchStrategy[Any]:
        """Works and pages with something in them."""
        fields = st.fixed_dictionaries({}, optional={key: JSON for key in WORK})
        named = st.builds(lambda fields: {**WORK, **fields, "title": "X"}, fields)
        meta = st.fixed_dictionaries({"count": st.integers(-1, 3) | JSON})
        pages = st.builds(
            lambda m, r: {"meta": m, "results": r}, meta, st.lists(named | fields | JSON, max_size=3)
        )
        return JSON | fields | named | pages


def test_fetch__whole_record() -> None:
    """Every field that the model has a place for."""
    record = read(WORK)
    assert record.identifiers == (Identifier("openalex", "W3174427814"), PAPER)
    assert record.authors == ("Prashant Pandey", "Alex Conway")
    assert record.venue == "Proceedings of the 2021 International Conference on Management of Data"
    assert record.venue_key == "conference-paper|||publishedVersion|proceedings-article"
    assert (record.year, record.published, record.published_precision) == (2021, "2021-06-09", "day")
    assert (record.citation_count, record.counted_at) == (39, ANSWERED_AT)
    assert record.abstract == "Quotient filters are filters"
    assert record.pdf_url == "https://dl.acm.org/doi/pdf/10.1145/3448016.3452841"
    assert (record.status, record.url, record.licence) == (
        None,
        "https://openalex.org/W3174427814",
        "CC0 1.0",
    )


def test_fetch__preprint() -> None:
    """A preprint has no venue's year, and the first of January is a year."""
    record = gathered(opened(Answer(PREPRINT))[0].fetch([ARXIV]))[0]
    assert (record.venue, record.year) == ("arXiv (Cornell University)", None)
    assert record.venue_key == "preprint|repository||submittedVersion"
    assert (record.published, record.published_precision) == ("2023", "year")
    assert ARXIV in record.identifiers


def test_fetch__preprint_and_publication_in_one() -> None:
    """Of a merged work the publication's place counts, but the year is the preprint's and left out."""
    record = read(WORK | {"primary_location": ARXIV_PLACE, "locations": [ARXIV_PLACE, PLACE]})
    assert record.venue == PLACE["raw_source_name"]
    assert record.year is None
    assert {PAPER, ARXIV} <= set(record.identifiers)


@pytest.mark.parametrize(
    ("said", "status"), [(True, "retracted"), (False, None), (None, None), ("true", None), (1, None)]
)
def test_fetch__retracted(said: Any, status: str | None) -> None:
    """Only a plain yes is one."""
    assert read(WORK | {"is_retracted": said}).status == status


def test_fetch__journal() -> None:
    """The source's name where the location has no raw one, and what tells journals apart."""
    source = {"display_name": "PLoS ONE", "type": "journal", "issn_l": "1932-6203"}
    place = PLACE | {"source": source, "raw_source_name": None, "raw_type": None}
    record = read(WORK | {"type": "article", "primary_location": place, "type_crossref": "journal-article"})
    assert record.venue == "PLoS ONE"
    assert record.venue_key == "article|journal|1932-6203|publishedVersion|journal-article"


def test_fetch__one_work_is_free() -> None:
    """One work alone is looked up by the form that costs nothing."""
    source, client = opened(Answer(WORK))
    gathered(source.fetch([PAPER]))
    assert client.requests[0].url.startswith(f"https://api.test/works/doi:{DOI}?select=")
    assert "filter" not in client.requests[0].params


@pytest.mark.parametrize(
    ("identifier", "path"),
    [
        (Identifier("openalex", "W3174427814"), "/works/W3174427814"),
        (Identifier("pmid", "38799228"), "/works/pmid:38799228"),
        (ARXIV, "/works/doi:10.48550/arxiv.2312.07559"),
        (Identifier("arxiv", "hep-th/9901001"), "/works/doi:10.48550/arxiv.hep-th/9901001"),
        (
            Identifier("doi", "10.1002/(sici)1097-4571(199806)49:8<693::aid>3.0.co;2-o"),
            "/works/doi:10.1002/%28sici%29",
        ),
    ],
)
def test_fetch__singleton_syntax(identifier: Identifier, path: str) -> None:
    """Each scheme is asked as the API documents it."""
    source, client = opened(UNKNOWN)
    assert [r.found for r in gathered(source.fetch([identifier]))] == [False]
    assert client.requests[0].url.startswith(f"https://api.test{path}")


def test_fetch__many_in_one_filter() -> None:
    """Several works: one filter, the order of the answer does not matter, what is missing is not found."""
    source, client = opened(page(PREPRINT, WORK))
    records = gathered(source.fetch([PAPER, NOBODY, ARXIV]))
    assert [(r.question, r.found) for r in records] == [
        (str(PAPER), True),
        (str(NOBODY), False),
        (str(ARXIV), True),
    ]
    assert client.requests[0].params["filter"] == f"doi:{DOI}|{NOBODY.value}|10.48550/arxiv.2312.07559"


def test_fetch__names_that_mean_something_in_a_filter() -> None:
    """A comma or a bar in a DOI would break the filter: such a one is looked up singly."""
    odd = Identifier("doi", "10.1000/a,b|c")
    source, client = opened(server)
    records = gathered(source.fetch([PAPER, odd, ARXIV]))
    assert {r.question for r in records} == {str(PAPER), str(odd), str(ARXIV)}
    assert [request.params.get("filter") is None for request in client.requests] == [True, False]


def test_fetch__arxiv_id_written_as_its_doi() -> None:
    """An arXiv DOI is the arXiv id in another spelling."""
    written = Identifier("doi", "10.48550/arxiv.2312.07559")
    records = gathered(opened(page(WORK, PREPRINT))[0].fetch([PAPER, written]))
    assert [(r.question, r.found) for r in records] == [(str(PAPER), True), (str(written), True)]


def test_fetch__leftover_work() -> None:
    """A work that belongs to no question may be one of them under another name: nothing is "not found" then."""
    source, _ = opened(
        page(
            WORK
            | {"doi": "https://doi.org/10.1145/other", "ids": {}, "locations": []}
            | {"primary_location": None},
            PREPRINT,
        )
    )
    assert [r.question for r in gathered(source.fetch([PAPER, ARXIV]))] == [str(ARXIV)]


def test_fetch__incomplete_page() -> None:
    """Where more works exist than came, the rest is asked again, and only then is anything not found."""
    other = Identifier("doi", "10.1145/nobody.2")
    source, client = opened(page(WORK, count=3), server)
    records = gathered(source.fetch([PAPER, ARXIV, other, NOBODY]))
    assert {r.question: r.found for r in records} == {
        str(PAPER): True,
        str(ARXIV): True,
        str(other): False,
        str(NOBODY): False,
    }
    assert len(client.requests) == 4


def test_fetch__empty_page_is_no_answer() -> None:
    """An empty page counts once a known work is answered, else it is an outage."""
    source, client = opened(page(), Answer(WORK))
    assert [r.found for r in gathered(source.fetch([NOBODY, ARXIV]))] == [False, False]
    assert OpenAlex.probe.value in client.requests[1].url
    with pytest.raises(SourceDown, match="empty page"):
        gathered(opened(page(), UNKNOWN)[0].fetch([NOBODY, ARXIV]))


def test_fetch__refused_filter_is_halved() -> None:
    """A filter that is refused as a whole costs no work of it."""

    def reply(request: Request) -> Answer:
        return COMPLAINT if request.params.get("filter", "").count("|") > 1 else server(request)

    source, _ = opened(reply)
    asked = [PAPER, NOBODY, ARXIV, Identifier("doi", "10.1145/nobody.2")]
    assert {r.question: r.found for r in gathered(source.fetch(asked))} == {
        str(i): i in (PAPER, ARXIV) for i in asked
    }


def test_fetch__complaint_about_one_name() -> None:
    """A name that the API calls bad is not found; a complaint about something else is an outage."""
    bad = Answer({"error": "Invalid", "message": f"{DOI} is not a valid id"}, 400)
    assert [r.found for r in gathered(opened(bad)[0].fetch([PAPER]))] == [False]
    with pytest.raises(SourceDown):
        gathered(opened(COMPLAINT)[0].fetch([PAPER]))


def test_fetch__one_unreadable_work() -> None:
    """A work without a title leaves its own question unanswered, not the others."""
    source, _ = opened(page(WORK | {"title": None}, PREPRINT))
    assert [r.question for r in gathered(source.fetch([PAPER, ARXIV]))] == [str(ARXIV)]


@pytest.mark.parametrize("left", ["0", "9"])
def test_find__budget_read_from_answers(left: str) -> None:
    """What the day's budget cannot pay for is not asked: a refusal, with the next step."""

    class Poor(FakeClient):
        def get(self, url: str, **options: Any) -> Any:
            response = super().get(url, **options)
            object.__setattr__(response, "headers", {**response.headers, "x-ratelimit-remaining": left})
            return response

    client = Poor(("GET", "", server))
    source = OpenAlex(client, FakeSettings())
    gathered(source.fetch([PAPER]))
    with pytest.raises(SourceRefused, match="budget") as caught:
        gathered(source.find([TitleQuery(TITLE)]))
    assert len(client.requests) == 1
    assert "OPENALEX_API_KEY" in (caught.value.hint or "")
    assert gathered(source.fetch([PAPER]))[0].found  # a single look-up is free


def test_fetch__budget_gone() -> None:
    """HTTP 429 that asks for hours is a refusal; other outages stay outages; what came before stays."""
    spent = SourceDown("openalex", "answered HTTP 429, too many requests and asks us to wait 13 h 4 min")
    source, _ = opened(Answer(WORK), spent)
    assert gathered(source.fetch([PAPER]))[0].found
    with pytest.raises(SourceRefused, match="13 h") as caught:
        gathered(source.fetch([PAPER, ARXIV]))
    assert "midnight UTC" in (caught.value.hint or "")
    with pytest.raises(SourceDown):
        gathered(
            opened(SourceDown("openalex", "answered HTTP 429, too many requests (5 tries)"))[0].fetch([PAPER])
        )


def test_fetch__key_in_a_header() -> None:
    """The key never stands in an address; a wrong one is dropped, and the run goes on without."""
    source, client = opened(Answer({"error": "Invalid or missing API key"}, 401), server, key="sesame")
    assert gathered(source.fetch([PAPER]))[0].found
    assert [dict(r.headers) for r in client.requests] == [{"Authorization": "Bearer sesame"}, {}]
    assert not any("sesame" in request.url for request in client.requests)


@pytest.mark.parametrize("status", [401, 403])
def test_fetch__refused_without_key(status: int) -> None:
    """Without a key there is nothing left to drop."""
    with pytest.raises(SourceRefused):
        gathered(opened(Answer({"error": "no"}, status))[0].fetch([PAPER]))


@pytest.mark.parametrize(
    ("title", "searched"),
    [
        ('PaperQA: Retrieval, Agents | and "more"!', "PaperQA Retrieval Agents and more"),
        ("Don't Stop Pre-training", "Don't Stop Pre-training"),
    ],
)
def test_find__words_alone(title: str, searched: str) -> None:
    """No sign of a title can end the filter or be taken for an operator."""
    source, client = opened(page(WORK))
    gathered(source.find([TitleQuery(title)]))
    assert client.requests[0].params["filter"] == f"title.search:{searched}"


def test_find__text_that_cannot_be_searched() -> None:
    """A query that the API calls bad is neither answered nor an outage."""
    assert gathered(opened(COMPLAINT)[0].find([TitleQuery("?? x")])) == []


@given(
    st.lists(st.from_regex(r"10\.[0-9]{4}/[a-z0-9.();é]{1,300}", fullmatch=True), max_size=250, unique=True)
)
def test_fitting__lossless_and_small(dois: list[str]) -> None:
    """Batches hold every DOI once, and fit into a filter and an address."""
    parts = list(_fitting([Identifier("doi", doi) for doi in dois]))
    assert [i.value for part in parts for i in part] == dois
    assert all(len(part) <= BATCH for part in parts)
    assert all(
        len(part) == 1 or len("|".join(i.value for i in part).encode()) <= FILTER_BYTES for part in parts
    )


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ({"b": [1], "a": [0, 2]}, "a b a"),
        ({"a": "0", "b": [None, True, -1, 10**9]}, None),
        (None, None),
        ([], None),
    ],
)
def test_abstract__cases(index: Any, text: str | None) -> None:
    """Words at their places; what is no place is left out."""
    assert _abstract(index) == text


@pytest.mark.parametrize("recording", recordings("openalex", "works_doi_[adfjlps]*"))
def test_recording__work(recording: Recording) -> None:
    """Every recorded work is read with title, authors, place and counts; a partial one is no answer."""
    work = recording.json()
    asked = Identifier("doi", str(work["doi"]).removeprefix("https://doi.org/").lower())
    source, _ = opened(recording.answer)
    if "title" not in work:
        with pytest.raises(SourceDown):
            gathered(source.fetch([asked]))
        return
    (record,) = gathered(source.fetch([asked]))
    assert asked in record.identifiers
    assert len(record.authors) == len(work["authorships"])
    assert record.citation_count == work["cited_by_count"]
    assert (record.venue_key or "").partition("|")[0] == work["type"]
    assert bool(record.abstract) == bool(work["abstract_inverted_index"])
    assert record.status is None
    assert work["publication_date"].startswith(record.published)


@pytest.mark.parametrize(
    "recording", [*recordings("openalex", "filter_*"), *recordings("openalex", "search*")]
)
def test_recording__search(recording: Recording) -> None:
    """Recorded searches: each work is a candidate for its own title, all are looked at."""
    for work in recording.json()["results"]:
        source, _ = opened(recording.answer)
        records = gathered(source.find([TitleQuery(work["title"])]))
        assert work["title"].split()[0] in " ".join(r.title or "" for r in records)
        assert [r.rank for r in records] == list(range(len(records)))


@pytest.mark.parametrize("recording", recordings("openalex", "works_404*"))
def test_recording__unknown(recording: Recording) -> None:
    """The recorded "not found" is a web page, and is one all the same."""
    assert [r.found for r in gathered(opened(recording.answer)[0].fetch([PAPER]))] == [False]


@pytest.mark.parametrize(
    "recording", [*recordings("openalex", "4*"), *recordings("openalex", "works_sample*")]
)
def test_recording__no_answer(recording: Recording) -> None:
    """Errors and answers of other routes are no answer to a DOI."""
    with pytest.raises((SourceDown, SourceRefused)):
        gathered(opened(recording.answer)[0].fetch([PAPER]))
