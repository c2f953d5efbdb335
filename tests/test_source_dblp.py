"""DBLP's reader: the contract, the recorded SPARQL answer, and queries that nothing can break."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier
from pipeline.sources import TitleQuery
from pipeline.sources.dblp import BATCH, QUERY_BYTES, Dblp, _identifier_query, _literal, _title_query
from tests.conftest import Recording, recordings
from tests.fakes import PORTAL, Answer, FakeClient, FakeSettings, Request
from tests.test_sources import JSON, SourceContract, gathered

TITLE = "Attention is All you Need"
KEY = "conf/nips/VaswaniSPUJGKP17"
KNOWN = Identifier("dblp", KEY)
ARXIV = Identifier("arxiv", "2306.05685")
ENDPOINT = FakeSettings("https://sparql.test/sparql")
EXCEPTION = Answer({"exception": "Operation timed out.", "status": "ERROR"}, 200)

Row = Mapping[str, str]


def row(q: int, key: str, title: str, name: str, ordinal: int = 1, **more: str) -> Row:
    """One row of an answer."""
    pub = f"https://dblp.org/rec/{key}"
    return {"q": str(q), "pub": pub, "title": f"{title}.", "name": name, "ordinal": str(ordinal)} | more


def rows(*some: Row) -> Answer:
    """An answer as QLever writes it."""
    bindings = [{k: {"type": "literal", "value": v} for k, v in one.items()} for one in some]
    body = {"head": {"vars": sorted({k for one in some for k in one})}, "results": {"bindings": bindings}}
    return Answer(body, 200, "application/sparql-results+json")


def query_of(request: Request) -> str:
    """The query of a request."""
    assert isinstance(request.data, bytes)
    return request.data.decode()


def numbers(query: str, text: str) -> list[int]:
    """The questions that name `text`."""
    return sorted({int(n) for n in re.findall(r'\("(\d+)" [<"]' + re.escape(text), query)})


def endpoint(request: Request) -> Answer:
    """A small DBLP: one publication, by key and by title."""
    assert request.headers["Content-Type"] == "application/sparql-query"
    query = query_of(request)
    assert len(query) <= QUERY_BYTES
    asked = numbers(query, f"https://dblp.org/rec/{KEY}>") + numbers(query, f"{TITLE}.")
    return rows(
        *(
            row(
                q,
                KEY,
                TITLE,
                name,
                place,
                venue="NIPS",
                stream="https://dblp.org/streams/conf/nips",
                year="2017",
            )
            for q in asked
            for place, name in ((2, "Noam Shazeer"), (1, "Ashish Vaswani 0001"))
        )
    )


def opened(*replies: Any) -> tuple[Dblp, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("POST", "", list(replies)))
    return Dblp(client, ENDPOINT), client


class TestContract(SourceContract):
    """DBLP keeps the contract."""

    name = "dblp"
    known = KNOWN
    unknown = Identifier("arxiv", "2999.00001")
    title = TITLE
    configured = ENDPOINT
    most_requests = 7

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """One endpoint."""
        return [("POST", r"^https://sparql\.test/sparql$", endpoint)]

    def thousand(self) -> list[Identifier]:
        """A list like many: mostly arXiv, some of everything."""
        others = [
            *(Identifier("neurips", f"{2015 + n % 10}/{n:032x}") for n in range(50)),
            *(Identifier("openreview", f"forum{n:05}") for n in range(50)),
            *(Identifier("acl", f"2023.acl-long.{n}") for n in range(1, 101)),
            *(Identifier("doi", f"10.1145/1234567.{n}") for n in range(50)),
            *(Identifier("pmlr", f"v97/name{n:02}a") for n in range(50)),
        ]
        return [*others, *(Identifier("arxiv", f"2301.{n:05}") for n in range(700))]

    def shapes(self) -> st.SearchStrategy[Any]:
        """Rows of a kind."""
        text = (
            st.sampled_from(["0", "1", "2017", f"https://dblp.org/rec/{KEY}", "https://doi.org/10.1/x"])
            | JSON
        )
        cell = st.fixed_dictionaries({"value": text}) | JSON
        names = ["q", "pub", "title", "name", "ordinal", "venue", "stream", "event", "year", "pubdoi", "ee"]
        full = st.fixed_dictionaries({name: cell for name in names})
        bindings = st.lists(full | JSON, max_size=3)
        return bindings.map(lambda some: {"results": {"bindings": some}}) | st.just({"exception": "x"}) | JSON


def test_fetch__fields() -> None:
    """Rows become one record: authors in order without homonym numbers, label, series, year of the event."""
    more = {
        "venue": "EMNLP (Findings)",
        "stream": "https://dblp.org/streams/conf/emnlp",
        "event": "2023",
        "year": "2024",
        "pubdoi": "https://doi.org/10.18653/V1/2023.FINDINGS-EMNLP.710",
        "ee": "https://doi.org/10.18653/v1/2023.findings-emnlp.710",
    }
    pair = [
        row(0, "conf/emnlp/X23", "A Title", "Wei Wang 0001", 2, **more),
        row(0, "conf/emnlp/X23", "A Title", "Bo Li", 1, **more),
    ]
    source, _ = opened(rows(*pair))
    (record,) = gathered(source.fetch([Identifier("dblp", "conf/emnlp/X23")]))
    assert record.title == "A Title"
    assert record.authors == ("Bo Li", "Wei Wang")
    assert (record.venue, record.venue_key, record.year) == ("EMNLP (Findings)", "conf/emnlp", 2023)
    assert (record.published, record.published_precision) == ("2024", "year")
    assert {str(i) for i in record.identifiers} == {
        "dblp:conf/emnlp/X23",
        "acl:2023.findings-emnlp.710",
        "doi:10.18653/v1/2023.findings-emnlp.710",
    }


def test_fetch__several_streams() -> None:
    """The series is the one of the key, not the book series that it also appeared in."""
    streams = ("https://dblp.org/streams/series/lncs", "https://dblp.org/streams/conf/eccv")
    source, _ = opened(rows(*(row(0, "conf/eccv/X20", "T", "A", stream=s) for s in streams)))
    assert gathered(source.fetch([Identifier("dblp", "conf/eccv/X20")]))[0].venue_key == "conf/eccv"


def test_fetch__preprint_and_publication() -> None:
    """To an arXiv id the preprint is rank 0, publications follow, other deposits are left out."""
    corr = "https://dblp.org/streams/journals/corr"
    source, client = opened(
        rows(
            row(
                0,
                "conf/nips/Z23",
                "Judging LLM-as-a-judge",
                "Lianmin Zheng",
                stream="https://dblp.org/streams/conf/nips",
            ),
            row(0, "journals/corr/abs-2399-00001", "Judging LLM-as-a-Judge", "Lianmin Zheng", stream=corr),
            row(0, "journals/corr/abs-2306-05685", "Judging LLM-as-a-Judge", "Lianmin Zheng", stream=corr),
        )
    )
    records = gathered(source.fetch([ARXIV]))
    assert [(r.rank, r.venue_key) for r in records] == [(0, "journals/corr"), (1, "conf/nips")]
    assert ARXIV in records[0].identifiers
    assert len(client.requests) == 1
    query = query_of(client.requests[0])
    assert "<https://dblp.org/rec/journals/corr/abs-2306-05685>" in query
    assert "<https://doi.org/10.48550/arXiv.2306.05685>" in query
    assert "LCASE(STR(?same)) = LCASE(STR(?wanted))" in query


@pytest.mark.parametrize(
    ("identifier", "iri"),
    [
        (Identifier("arxiv", "1706.03762"), "http://arxiv.org/abs/1706.03762"),
        (Identifier("doi", "10.1109/cvpr.2016.90"), "https://doi.org/10.1109/CVPR.2016.90"),
        (Identifier("doi", "10.18653/v1/d19-1410"), "https://doi.org/10.18653/v1/D19-1410"),
        (Identifier("acl", "N19-1423"), "https://doi.org/10.18653/v1/n19-1423"),
        (Identifier("acl", "2020.lrec-1.1"), "https://aclanthology.org/2020.lrec-1.1/"),
        (Identifier("openreview", "Gj5JTAwdoy"), "https://openreview.net/forum?id=Gj5JTAwdoy"),
        (Identifier("pmlr", "v97/houlsby19a"), "http://proceedings.mlr.press/v97/houlsby19a.html"),
        (
            Identifier("neurips", "2020/" + "a" * 32),
            f"https://proceedings.neurips.cc/paper/2020/hash/{'a' * 32}-Abstract.html",
        ),
        (
            Identifier("neurips", "2022/" + "a" * 32),
            f"http://papers.nips.cc/paper_files/paper/2022/hash/{'a' * 32}-Abstract-Conference.html",
        ),
        (
            Identifier("neurips", "2021-round1/" + "a" * 32),
            f"https://datasets-benchmarks-proceedings.neurips.cc/paper/2021/hash/{'a' * 32}-Abstract-round1.html",
        ),
    ],
)
def test_identifier_query__spellings(identifier: Identifier, iri: str) -> None:
    """Each scheme is asked in the spelling that DBLP uses."""
    assert f'("0" <{iri}>)' in _identifier_query([identifier])


@pytest.mark.parametrize("answer", [EXCEPTION, Answer({"exception": "too large"}, 400), Answer(b"", 413)])
def test_fetch__query_too_large(answer: Answer) -> None:
    """A query that is too much is halved, and the later ones stay small."""

    def reply(request: Request) -> Answer:
        return answer if query_of(request).count("journals/corr/abs") > 50 else endpoint(request)

    source, client = opened(reply)
    batch = [Identifier("arxiv", f"2301.{n:05}") for n in range(BATCH + 10)]
    assert len({r.question for r in gathered(source.fetch(batch))}) == len(batch)
    assert len(client.requests) == 2 + 5 + 1  # nothing was found: does the server know the probe?


def test_fetch__an_empty_index_is_no_answer() -> None:
    """A server that knows none of a batch nor the probe has lost its index: nobody is "not found"."""
    source, client = opened(rows())
    with pytest.raises(SourceDown, match="without dblp:"):
        gathered(source.fetch([Identifier("arxiv", f"2301.{n:05}") for n in range(3)]))
    assert len(client.forgotten) == 2


def test_fetch__exception_to_one_question() -> None:
    """An engine that cannot answer one question is down."""
    source, _ = opened(EXCEPTION)
    with pytest.raises(SourceDown):
        gathered(source.fetch([KNOWN]))


def test_fetch__bot_wall() -> None:
    """The wall is an outage, not an answer; a plain 403 a refusal."""
    source, _ = opened(Answer(PORTAL, 200, "text/html"))
    with pytest.raises(SourceDown):
        gathered(source.fetch([KNOWN]))
    source, _ = opened(Answer("denied", 403, "text/plain"))
    with pytest.raises(SourceRefused):
        gathered(source.fetch([KNOWN]))


@pytest.mark.parametrize(
    "written",
    [
        "Attention Is All You Need",
        "attention is all you need",
        "Attention is all you need.",
        "Attention  is All you Need",
    ],
)
def test_title_query__spellings(written: str) -> None:
    """The usual spellings of a title are asked for beside the one written."""
    query = _title_query([TitleQuery(written)])
    assert '"Attention is all you need."' in query or '"Attention Is All You Need."' in query


def test_title_query__question_mark() -> None:
    """A title that ends in a sign has no full stop in DBLP."""
    assert '("0" "Is Attention Enough?")' in _title_query([TitleQuery("Is Attention Enough?")])


@given(st.text())
def test_literal__never_ends_early(text: str) -> None:
    """No title can leave its SPARQL string."""
    literal = _literal(text)
    assert re.fullmatch(r'"(?:[^"\\\n\r]|\\["\\])*"', literal)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_identifier_query__never_ends_early(values: list[str]) -> None:
    """No identifier can leave its IRI, whatever a list held."""
    schemes = ("doi", "pmlr", "neurips", "openreview", "dblp", "arxiv", "acl")
    query = _identifier_query([Identifier(s, v) for s in schemes for v in values])
    values_only = "".join(re.findall(r"VALUES \(\?q \?\w+\) \{ (.*?) \}", query))
    assert re.fullmatch(r'(?:\("\d+" <[!-;=?-~]+>\) ?)+', values_only.replace(")(", ") ("))


@pytest.mark.parametrize("recording", recordings("dblp", "sparql_*"))
def test_recording__sparql(recording: Recording) -> None:
    """The recorded answer: two publications of one title, the conference one and its preprint."""
    title = "Deep Residual Learning for Image Recognition"
    source, _ = opened(recording.answer)
    records = gathered(source.find([TitleQuery(title)]))
    exact = [r for r in records if r.title == title]
    assert {r.venue for r in exact} == {"CVPR", "CoRR"}
    assert all(r.authors == ("Kaiming He", "Xiangyu Zhang", "Shaoqing Ren", "Jian Sun") for r in exact)
    conference = next(r for r in exact if r.venue == "CVPR")
    assert conference.year == 2016
    assert Identifier("doi", "10.1109/cvpr.2016.90") in conference.identifiers
    assert Identifier("dblp", "conf/cvpr/HeZRS16") in conference.identifiers
    assert [r.rank for r in records] == list(range(len(records)))


@pytest.mark.parametrize("recording", [r for r in recordings("dblp") if "sparql" not in str(r.id)])
def test_recording__no_answers(recording: Recording) -> None:
    """The search API, records, walls and errors are no answer of the SPARQL endpoint."""
    source, _ = opened(recording.answer)
    with pytest.raises(SourceDown):
        gathered(source.fetch([KNOWN]))
