"""DataCite's reader: the contract, the recorded DOIs, names, dates and relations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier
from pipeline.sources.datacite import DataCite
from tests.conftest import Recording, recordings
from tests.fakes import Answer, FakeClient, FakeSettings, Request
from tests.test_sources import JSON, SourceContract, gathered

TITLE = "Leveraging Artificial Intelligence Technology for Mapping Research: A Case Study"
PAPER = Identifier("arxiv", "2311.16162")
FACTS: dict[str, Any] = {
    "doi": "10.48550/arxiv.2311.16162",
    "titles": [{"title": TITLE}],
    "creators": [
        {"name": "Yin, Hui", "nameType": "Personal", "givenName": "Hui", "familyName": "Yin"},
        {"name": "Aryani, Amir", "nameType": "Personal"},
        {"name": "The Team", "nameType": "Organizational"},
    ],
    "publisher": "arXiv",
    "container": {},
    "publicationYear": 2023,
    "dates": [
        {"date": "2023-11-29T01:01:25Z", "dateType": "Updated"},
        {"date": "2023-11-20T11:44:22Z", "dateType": "Submitted", "dateInformation": "v2"},
        {"date": "2023-11-09T11:44:22Z", "dateType": "Submitted", "dateInformation": "v1"},
        {"date": "2023", "dateType": "Issued"},
    ],
    "types": {"resourceTypeGeneral": "Preprint"},
    "rightsList": [{"rights": "Creative Commons Attribution 4.0", "rightsIdentifier": "cc-by-4.0"}],
    "descriptions": [{"description": "5 pages", "descriptionType": "Other"}],
}
UNKNOWN = Answer(
    {"errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]}, 404
)


def doi(**more: Any) -> Answer:
    """A known DOI with some facts changed."""
    client = {"data": {"id": "arxiv.content", "type": "clients"}}
    data = {
        "id": FACTS["doi"],
        "type": "dois",
        "attributes": FACTS | more,
        "relationships": {"client": client},
    }
    return Answer({"data": data})


def server(request: Request) -> Answer:
    """A small DataCite with one DOI."""
    return doi() if unquote(request.url).endswith("/dois/10.48550/arxiv.2311.16162") else UNKNOWN


def opened(*replies: Any) -> tuple[DataCite, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("GET", "", list(replies)))
    return DataCite(client, FakeSettings()), client


def read(answer: Answer) -> Any:
    """The one record of an answer."""
    (record,) = gathered(opened(answer)[0].fetch([PAPER]))
    return record


class TestContract(SourceContract):
    """DataCite keeps the contract."""

    name = "datacite"
    known = PAPER
    unknown = Identifier("arxiv", "2999.00001")
    title = TITLE
    most_requests = 1000

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """One route."""
        return [("GET", r"^https://api\.test/dois/10\.", server)]

    def thousand(self) -> list[Identifier]:
        """One request each: that is why DataCite is asked last."""
        return [Identifier("arxiv", f"2311.{n:05}") for n in range(1000)]

    def shapes(self) -> st.SearchStrategy[Any]:
        """Envelopes with something in them."""
        fields = st.fixed_dictionaries({}, optional={key: JSON for key in [*FACTS, "relatedIdentifiers"]})
        named = st.builds(lambda fields: {**FACTS, **fields, "titles": [{"title": "X"}]}, fields)
        data = st.builds(
            lambda facts, more: {"attributes": facts, "relationships": more}, fields | named, JSON
        )
        return JSON | st.builds(lambda data: {"data": data}, data | JSON)


def test_fetch__whole_record() -> None:
    """Every field that the model has a place for."""
    record = read(doi())
    assert record.identifiers == (PAPER,)
    assert record.authors == ("Hui Yin", "Amir Aryani", "The Team")
    assert (record.venue, record.venue_key, record.year) == ("arXiv", "Preprint|arxiv.content", None)
    assert (record.published, record.published_precision) == ("2023-11-09", "day")
    assert (record.abstract, record.licence, record.citation_count) == (None, "cc-by-4.0", None)
    assert record.url == "https://arxiv.org/abs/2311.16162"


def test_fetch__publisher_as_object() -> None:
    """The publisher may be an object with a name."""
    assert read(doi(publisher={"name": "Zenodo", "publisherIdentifier": "x"})).venue == "Zenodo"


def test_fetch__container() -> None:
    """A book of proceedings is the venue, and the year is its year."""
    record = read(
        doi(container={"type": "Series", "title": "LIPIcs, Volume 22, TQC 2013"}, publicationYear=2013)
    )
    assert (record.venue, record.year) == ("LIPIcs, Volume 22, TQC 2013", 2013)


@pytest.mark.parametrize(
    ("kind", "value", "identifiers"),
    [
        ("DOI", "10.1145/3448016.3452841", {"doi:10.1145/3448016.3452841"}),
        ("DOI", "https://doi.org/10.1145/3448016.3452841", {"doi:10.1145/3448016.3452841"}),
        ("arXiv", "arXiv:2001.00001", {"arxiv:2001.00001"}),
        ("URL", "https://github.com/x/y", set()),
        ("DOI", "nonsense", set()),
        ("DOI", 7, set()),
    ],
)
def test_fetch__same_work(kind: str, value: Any, identifiers: set[str]) -> None:
    """Another version's name is a name of the work; what it supplements or cites is not."""
    related = [
        {"relationType": "IsVersionOf", "relatedIdentifier": value, "relatedIdentifierType": kind},
        {"relationType": "IsSupplementTo", "relatedIdentifier": "10.1/x", "relatedIdentifierType": "DOI"},
    ]
    assert {str(i) for i in read(doi(relatedIdentifiers=related)).identifiers} == {str(PAPER), *identifiers}


@pytest.mark.parametrize(
    ("dates", "year", "published"),
    [
        (
            [{"date": "2015-06", "dateType": "Available"}, {"date": "2014", "dateType": "Issued"}],
            2016,
            "2015-06",
        ),
        ([{"date": "soon", "dateType": "Issued"}, None, 7], "2016", "2016"),
        ("2015", None, None),
    ],
)
def test_fetch__dates(dates: Any, year: Any, published: str | None) -> None:
    """The kinds of dates in their order, then the year."""
    assert read(doi(dates=dates, publicationYear=year)).published == published


@pytest.mark.parametrize("answer", [Answer({"errors": []}, 404), Answer({"errors": [{"status": 500}]}, 404)])
def test_fetch__other_404(answer: Answer) -> None:
    """Only DataCite's own words are a "not found"."""
    with pytest.raises(SourceDown):
        gathered(opened(answer)[0].fetch([PAPER]))


def test_fetch__forbidden() -> None:
    """A refusal is one."""
    with pytest.raises(SourceRefused):
        gathered(opened(Answer("no", 403))[0].fetch([PAPER]))


def test_fetch__old_arxiv_id() -> None:
    """Old ids keep their archive."""
    source, client = opened(UNKNOWN)
    gathered(source.fetch([Identifier("arxiv", "hep-th/9901001")]))
    assert client.requests[0].url == "https://api.test/dois/10.48550/arxiv.hep-th/9901001"


FOUND = [*recordings("datacite", "arxiv*"), *recordings("datacite", "[flz]*")]


@pytest.mark.parametrize("recording", FOUND)
def test_recording__doi(recording: Recording) -> None:
    """Every recorded DOI is read with title, authors and the work's other names."""
    body = recording.json()
    facts = body["data"]["attributes"] if "data" in body else body["attributes"]
    answer = recording.answer if "data" in body else Answer({"data": body})
    record = read(answer)
    assert record.title == " ".join(facts["titles"][0]["title"].split())
    assert len(record.authors) == len(facts["creators"])
    assert not any("," in name for name in record.authors)
    assert str(record.published)[:4].isdigit()
    assert record.identifiers[0].value in facts["doi"].lower()
    assert record.venue == (facts["container"] or {}).get("title", facts["publisher"])


@pytest.mark.parametrize("recording", recordings("datacite", "doi_404"))
def test_recording__unknown(recording: Recording) -> None:
    """The recorded "not found" is one."""
    assert [r.found for r in gathered(opened(recording.answer)[0].fetch([PAPER]))] == [False]


@pytest.mark.parametrize(
    "recording", [*recordings("datacite", "d[co]*_[cfp]*"), *recordings("datacite", "doi_ra*")]
)
def test_recording__no_answer(recording: Recording) -> None:
    """Answers of other routes are no answer to a DOI."""
    with pytest.raises(SourceDown):
        gathered(opened(recording.answer)[0].fetch([PAPER]))
