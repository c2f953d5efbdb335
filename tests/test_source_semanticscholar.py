"""Semantic Scholar's reader: the contract, the recorded answers, and the traps of its batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier
from pipeline.sources import TitleQuery
from pipeline.sources.semanticscholar import SemanticScholar
from tests.conftest import Recording, recordings
from tests.fakes import ANSWERED_AT, Answer, FakeClient, FakeSettings, Request
from tests.test_sources import JSON, SourceContract, gathered

TITLE = "Attention is All you Need"
PAPER: dict[str, Any] = {
    "paperId": "204e3073870fae3d05bcbc2f6a8e263d9b72e776",
    "externalIds": {"ArXiv": "1706.03762", "DBLP": "journals/corr/VaswaniSPUJGKP17", "CorpusId": 13756489},
    "url": "https://www.semanticscholar.org/paper/204e3073870fae3d05bcbc2f6a8e263d9b72e776",
    "title": TITLE,
    "abstract": None,
    "venue": "Neural Information Processing Systems",
    "year": 2017,
    "citationCount": 136941,
    "influentialCitationCount": 17456,
    "openAccessPdf": {"url": "", "status": None},
    "publicationDate": "2017-06-12",
    "authors": [
        {"authorId": "40348417", "name": "Ashish Vaswani"},
        {"authorId": "1846258", "name": "Noam Shazeer"},
    ],
}
OTHER: dict[str, Any] = {
    "paperId": "a" * 40,
    "externalIds": {"ArXiv": "2301.00001"},
    "title": "Another Paper",
}
ARXIV = Identifier("arxiv", "1706.03762")
OTHER_ARXIV = Identifier("arxiv", "2301.00001")
NONE_VALID = Answer({"error": "No valid paper ids given"}, 400)


def batch(request: Request) -> Answer:
    """The batch endpoint: one paper known."""
    papers = [PAPER if i in ("ARXIV:1706.03762", "CorpusId:13756489") else None for i in request.json["ids"]]
    assert len(papers) <= 500
    return Answer(papers) if any(papers) else NONE_VALID


def match(request: Request) -> Answer:
    """The title search: one title known."""
    known = request.params["query"].lower() == TITLE.lower()
    return (
        Answer({"data": [PAPER | {"matchScore": 99.1}]})
        if known
        else Answer({"error": "Title match not found"}, 404)
    )


def opened(*replies: Any, key: str | None = None) -> tuple[SemanticScholar, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("POST", "", list(replies)), ("GET", "", list(replies)))
    return SemanticScholar(client, FakeSettings(key=key)), client


class TestContract(SourceContract):
    """Semantic Scholar keeps the contract."""

    name = "semanticscholar"
    known = ARXIV
    unknown = Identifier("doi", "10.1234/nobody")
    title = TITLE
    most_requests = 2

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """Two endpoints."""
        base = r"^https://api\.test/graph/v1/paper"
        return [("POST", base + r"/batch\?fields=", batch), ("GET", base + r"/search/match\?query=", match)]

    def thousand(self) -> list[Identifier]:
        """All unknown."""
        return [Identifier("arxiv", f"2301.{n:05}") for n in range(1000)]

    def shapes(self) -> st.SearchStrategy[Any]:
        """Papers of a kind, in both envelopes."""
        paper = st.none() | st.fixed_dictionaries({}, optional={key: JSON for key in PAPER})
        external = st.dictionaries(st.sampled_from(["ArXiv", "DOI", "DBLP", "CorpusId"]), JSON)
        full = st.fixed_dictionaries(
            {"paperId": st.text(), "title": st.text(min_size=1), "externalIds": external},
            optional={
                key: JSON for key in ("authors", "publicationDate", "openAccessPdf", "year", "citationCount")
            },
        )
        papers = st.lists(paper | full, min_size=2, max_size=2)
        return (
            papers | papers.map(lambda some: {"data": some}) | st.fixed_dictionaries({"error": JSON}) | JSON
        )


def test_fetch__fields() -> None:
    """A paper becomes a record with counts, raw venue, day and all its names."""
    source, client = opened(batch)
    (record,) = gathered(source.fetch([ARXIV]))
    assert (record.citation_count, record.influential_citation_count) == (136941, 17456)
    assert record.counted_at == ANSWERED_AT
    assert (record.venue, record.year) == ("Neural Information Processing Systems", 2017)
    assert (record.published, record.published_precision) == ("2017-06-12", "day")
    assert record.authors == ("Ashish Vaswani", "Noam Shazeer")
    assert {str(i) for i in record.identifiers} == {
        "s2:204e3073870fae3d05bcbc2f6a8e263d9b72e776",
        "arxiv:1706.03762",
        "dblp:journals/corr/VaswaniSPUJGKP17",
        "corpusid:13756489",
    }
    assert record.pdf_url is None
    assert client.requests[0].json == {"ids": ["ARXIV:1706.03762"]}
    assert "externalIds" in client.requests[0].params["fields"]


@pytest.mark.parametrize(
    ("external", "arxiv"),
    [
        ({"DOI": "10.48550/arXiv.2312.07559"}, "2312.07559"),
        ({"DBLP": "journals/corr/abs-2412-19437", "CorpusId": 1}, "2412.19437"),
        ({"DBLP": "conf/kdd/ChenG16"}, None),
    ],
)
def test_fetch__arxiv_id_in_other_names(external: dict[str, Any], arxiv: str | None) -> None:
    """An arXiv paper is one also where only its DOI or its DBLP key says so."""
    source, _ = opened(Answer([PAPER | {"externalIds": external}]))
    (record,) = gathered(source.fetch([Identifier("s2", str(PAPER["paperId"]))]))
    assert next((i.value for i in record.identifiers if i.scheme == "arxiv"), None) == arxiv


@pytest.mark.parametrize(
    ("identifier", "asked"),
    [
        (Identifier("doi", "10.1109/cvpr.2016.90"), "DOI:10.1109/cvpr.2016.90"),
        (Identifier("acl", "N19-1423"), "ACL:N19-1423"),
        (Identifier("corpusid", "13756489"), "CorpusId:13756489"),
        (Identifier("pmid", "38799228"), "PMID:38799228"),
        (Identifier("s2", "a" * 40), "a" * 40),
    ],
)
def test_fetch__id_syntax(identifier: Identifier, asked: str) -> None:
    """Each scheme is asked as the API documents it."""
    source, client = opened(Answer([None]))
    gathered(source.fetch([identifier]))
    assert client.requests[0].json == {"ids": [asked]}


def test_fetch__answers_out_of_order() -> None:
    """A paper that names another question's id is that question's answer, wherever it stands."""
    source, _ = opened(Answer([OTHER, PAPER]))
    records = gathered(source.fetch([ARXIV, OTHER_ARXIV]))
    assert [(r.question, r.title) for r in records] == [
        (str(ARXIV), TITLE),
        (str(OTHER_ARXIV), "Another Paper"),
    ]


def test_fetch__another_arxiv_paper() -> None:
    """A paper that names another arXiv id is never taken for the one asked."""
    source, _ = opened(Answer([OTHER]))
    assert [(r.question, r.found) for r in gathered(source.fetch([ARXIV]))] == [(str(ARXIV), False)]


def test_fetch__an_empty_index_is_no_answer() -> None:
    """A server that knows none of a batch nor the probe has lost its index: nobody is "not found"."""
    source, _ = opened(lambda request: Answer([None for _ in request.json["ids"]]))
    with pytest.raises(SourceDown, match="without arxiv:"):
        gathered(source.fetch([Identifier("arxiv", f"2301.{n:05}") for n in range(3)]))


def test_fetch__merged_doi() -> None:
    """A paper may print another DOI than it was asked by: both got merged there."""
    source, _ = opened(Answer([PAPER | {"externalIds": {"DOI": "10.1/other.1"}}]))
    (record,) = gathered(source.fetch([Identifier("doi", "10.1109/cvpr.2016.90")]))
    assert record.found


def test_fetch__one_bad_id_never_costs_the_batch() -> None:
    """An unexplained 400 halves the batch; the id that stays alone and is named is not found."""

    def reply(request: Request) -> Answer:
        ids = request.json["ids"]
        return (
            Answer({"error": "Bad id ARXIV:2301.00666"}, 400) if "ARXIV:2301.00666" in ids else batch(request)
        )

    source, client = opened(reply)
    batch_of = [Identifier("arxiv", f"2301.{n:05}") for n in (1, 2, 666, 4)] + [ARXIV]
    found = {r.question: r.found for r in gathered(source.fetch(batch_of))}
    assert found == {str(i): i == ARXIV for i in batch_of}
    assert len(client.requests) <= 7


@pytest.mark.parametrize("error", ["Unrecognized or unsupported fields: [x]", "Response would be too large"])
def test_fetch__other_400_to_one_id(error: str) -> None:
    """A 400 that does not speak of the id is not about the id."""
    source, _ = opened(Answer({"error": error}, 400))
    with pytest.raises(SourceDown):
        gathered(source.fetch([ARXIV]))


def test_fetch__pruned_key() -> None:
    """A refused key is dropped, and the rest of the run goes on without it."""
    source, client = opened(Answer({"message": "Forbidden"}, 403), batch, key="sesame")
    assert gathered(source.fetch([ARXIV]))[0].found
    gathered(source.fetch([ARXIV]))
    assert [dict(r.headers) for r in client.requests] == [{"x-api-key": "sesame"}, {}, {}]


def test_fetch__forbidden_without_key() -> None:
    """Without a key a 403 is a refusal, with the next step."""
    source, _ = opened(Answer({"message": "Forbidden"}, 403))
    with pytest.raises(SourceRefused) as caught:
        gathered(source.fetch([ARXIV]))
    assert "S2_API_KEY" in (caught.value.hint or "")


def test_fetch__storm_of_429_keeps_what_came() -> None:
    """Without a key most requests are refused: what a batch brought before stays, the rest is asked next time."""
    papers = [Identifier("arxiv", f"2301.{n:05}") for n in range(700)]
    storm = SourceDown("semanticscholar", "answered HTTP 429, too many requests (3 tries)")
    source, _ = opened(batch, storm)
    batches = source.fetch(papers)
    came = [record.question for record in next(batches)]
    with pytest.raises(SourceDown):
        next(batches)
    assert came == [str(paper) for paper in papers[:500]]
    later, client = opened(batch)
    gathered(later.fetch([paper for paper in papers if str(paper) not in came]))
    assert [len(request.json["ids"]) for request in client.requests] == [200]


def test_fetch__one_unreadable_paper() -> None:
    """A paper without a title leaves its own question unanswered, not the others."""
    source, _ = opened(Answer([PAPER | {"title": None}, OTHER]))
    assert [r.question for r in gathered(source.fetch([ARXIV, OTHER_ARXIV]))] == [str(OTHER_ARXIV)]


def test_fetch__odd_fields() -> None:
    """Fields of the wrong type are not said; the rest of the paper stands."""
    odd = {
        "publicationDate": "2024-02-31x",
        "authors": [None, {"name": 3}, {"name": "A"}],
        "year": "2017",
        "venue": 5,
    }
    source, _ = opened(Answer([PAPER | odd | {"citationCount": -1, "openAccessPdf": []}]))
    (record,) = gathered(source.fetch([ARXIV]))
    assert (record.published, record.authors, record.year, record.venue) == (None, ("A",), 2017, None)
    assert (record.citation_count, record.influential_citation_count, record.pdf_url) == (None, 17456, None)


def test_find__text_that_cannot_be_searched() -> None:
    """A query that the API calls bad is neither answered nor an outage."""
    source, _ = opened(Answer({"error": "Missing query"}, 400))
    assert gathered(source.find([TitleQuery("?? x")])) == []


def _opened_on(recording: Recording) -> SemanticScholar:
    return opened(recording.answer)[0]


@pytest.mark.parametrize("recording", recordings("semanticscholar", "*match*"))
def test_recording__match(recording: Recording) -> None:
    """Recorded title searches: a paper, or "not found" from 404 and from an empty list."""
    if "paperId" not in recording.body or '"data"' in recording.body:
        body = recording.answer
    else:
        body = Answer({"data": [recording.json()]})  # a paper kept without its envelope
    asked = parse_qs(urlsplit(recording.url).query)["query"][0]
    query = TitleQuery(recording.json()["title"] if asked == "<unknown>" else asked)
    source, _ = opened(body)
    (record,) = gathered(source.find([query]))
    papers = json.loads(json.dumps(body.body) if not isinstance(body.body, str) else body.body).get("data")
    assert record.found == bool(papers)
    assert record.question == query.question
    if papers:
        assert record.title == " ".join(papers[0]["title"].split())
        assert len(record.authors) == len(papers[0].get("authors", []))


@pytest.mark.parametrize("recording", recordings("semanticscholar", "paper_batch*"))
def test_recording__batch(recording: Recording) -> None:
    """Recorded batches: nulls by position, papers without titles unreadable, a wrong key refused."""
    ids = json.loads(recording.question)["ids"]
    asked = [Identifier("corpusid", i[9:]) if i.startswith("C") else Identifier("s2", i) for i in ids]
    asked = [Identifier("doi", i.value) if "/" in i.value else i for i in asked]
    source = _opened_on(recording)
    if recording.status == 403:
        with pytest.raises(SourceRefused):
            gathered(source.fetch(asked))
    elif "title" not in recording.body:
        with pytest.raises(SourceDown):
            gathered(source.fetch(asked))
    else:
        records = gathered(source.fetch(asked))
        assert [r.found for r in records] == [paper is not None for paper in recording.json()]
        assert all(i in r.identifiers for i, r in zip(asked, records, strict=True) if r.found)


@pytest.mark.parametrize("recording", recordings("semanticscholar", "batch_400*"))
def test_recording__no_valid_ids(recording: Recording) -> None:
    """No id known: all not found."""
    asked = [Identifier("doi", "10.1234/a"), Identifier("doi", "10.1234/b")]
    assert [r.found for r in gathered(_opened_on(recording).fetch(asked))] == [False, False]


@pytest.mark.parametrize(
    "recording", [*recordings("semanticscholar", "rc_*"), *recordings("semanticscholar", "paper_get*")]
)
def test_recording__paper(recording: Recording) -> None:
    """Every recorded paper is read as one item of a batch, with all the names that it shows."""
    data = recording.json()
    paper = data[0] if isinstance(data, list) else data
    if "paperId" not in paper or recording.status != 200:
        with pytest.raises((SourceDown, SourceRefused)):
            gathered(_opened_on(recording).fetch([ARXIV]))
        return
    own = Identifier("s2", paper["paperId"])
    source, _ = opened(Answer([paper]))
    if "title" not in paper:
        with pytest.raises(SourceDown):
            gathered(source.fetch([own]))
        return
    (record,) = gathered(source.fetch([own]))
    assert record.title == " ".join(paper["title"].split())
    assert record.citation_count == paper.get("citationCount")
    assert record.year == paper.get("year")
    assert record.venue == (paper.get("venue") or None)
    schemes = {i.scheme for i in record.identifiers}
    wanted = {"ArXiv": "arxiv", "ACL": "acl", "DBLP": "dblp", "CorpusId": "corpusid", "PubMed": "pmid"}
    assert {scheme for key, scheme in wanted.items() if key in paper.get("externalIds", {})} <= schemes


@pytest.mark.parametrize("recording", recordings("semanticscholar", "*search*"))
def test_recording__other_endpoints(recording: Recording) -> None:
    """Answers of other endpoints are no answer to a batch."""
    with pytest.raises((SourceDown, SourceRefused)):
        gathered(_opened_on(recording).fetch([ARXIV, OTHER_ARXIV]))


@pytest.mark.parametrize("recording", recordings("semanticscholar", "429*"))
def test_recording__throttled(recording: Recording) -> None:
    """Should a 429 ever come through, it is no answer."""
    with pytest.raises(SourceDown):
        gathered(_opened_on(recording).fetch([ARXIV]))
