"""arXiv's reader: the contract, the recorded feeds, and the traps of the query API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from pipeline.errors import SourceDown
from pipeline.model import Identifier, Record
from pipeline.sources import TitleQuery
from pipeline.sources.arxiv import Arxiv
from tests.conftest import Recording, recordings
from tests.fakes import Answer, FakeClient, FakeSettings, Request
from tests.test_sources import SourceContract, elements, gathered

PAPERS = {
    "1706.03762": "Attention Is All You Need",
    "2212.08073": "Constitutional AI: Harmlessness from AI Feedback",
    "quant-ph/0201082": "Quantum Computers and Quantum Computer Languages",
}
PROBE = "1706.03762"


def entry(value: str, title: str, extra: str = "") -> str:
    """One entry of a feed, as the API of 2026 writes it."""
    return (
        f"<entry><id>http://arxiv.org/abs/{value}v2</id><title>{title}</title>"
        "<updated>2023-01-02T00:00:00Z</updated><published>2022-12-15T06:19:23Z</published>"
        "<summary>We show\n  something.</summary><author><name>Yuntao Bai</name></author>"
        f'<author><name>Andy Jones</name></author>{extra}<link href="https://arxiv.org/pdf/{value}v2" title="pdf"/></entry>'
    )


def feed(entries: list[str], total: int | None = None) -> Answer:
    """A feed of entries."""
    count = len(entries) if total is None else total
    return Answer(
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<opensearch:totalResults>{count}</opensearch:totalResults>{''.join(entries)}</feed>",
        200,
        "application/atom+xml",
    )


def error(value: str) -> Answer:
    """The answer to a malformed id."""
    text = f"incorrect id format for {value}"
    return Answer(
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        "<opensearch:totalResults>1</opensearch:totalResults><entry>"
        f"<id>https://arxiv.org/api/errors#incorrect_id_format_for_{value}</id><title>Error</title>"
        f"<updated>2026-01-01T00:00:00Z</updated><summary>{text}</summary></entry></feed>",
        400,
        "application/atom+xml",
    )


def api(request: Request, *, bad: str | None = None) -> Answer:
    """A small arXiv: knows PAPERS, drops unknown ids, answers in another order than asked."""
    if ids := request.params.get("id_list"):
        asked = ids.split(",")
        assert int(request.params["max_results"]) >= len(asked)
        if bad in asked:
            return error(bad)
        known = [v for v in sorted(asked, reverse=True) if v in PAPERS or v.endswith("00")]
        return feed([entry(v, PAPERS.get(v, "Round Number")) for v in known])
    phrases = re.findall(r'ti:"([^"]*)"', request.params["search_query"])
    return feed([entry(v, t) for v, t in PAPERS.items() if any(_in(p, t) for p in phrases)])


def _in(phrase: str, title: str) -> bool:
    return phrase in re.sub(r"\W+", " ", title.lower())


def opened(*replies: Any) -> tuple[Arxiv, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("GET", "", list(replies)))
    return Arxiv(client, FakeSettings()), client


def asked(client: FakeClient) -> list[list[str]]:
    """The ids of each request."""
    return [request.params["id_list"].split(",") for request in client.requests]


class TestContract(SourceContract):
    """arXiv keeps the contract."""

    name = "arxiv"
    known = Identifier("arxiv", "2212.08073")
    unknown = Identifier("arxiv", "0808.05394")
    title = PAPERS["2212.08073"]
    most_requests = 5

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """One endpoint."""
        return [("GET", r"^https://api\.test\?", api)]

    def thousand(self) -> list[Identifier]:
        """Some known, most unknown."""
        return [Identifier("arxiv", f"2301.{n:05}") for n in range(1000)]

    def shapes(self) -> st.SearchStrategy[str]:
        """Feeds of a kind."""
        texts = [
            "http://arxiv.org/abs/2212.08073v1",
            "2022-12-15T06:19:23Z",
            "0001-01-01T00:00:00+05:00",
            "Error",
        ]
        tags = ["entry", "id", "title", "published", "updated", "author", "name", "summary"]
        head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        total = "<o:totalResults>1</o:totalResults>"
        return st.lists(elements(tags, texts), max_size=3).map(
            lambda parts: f"{head}{total}{''.join(parts)}</feed>"
        )


def test_fetch__address_too_long() -> None:
    """An address that the server finds too long is halved, and the later ones stay that short."""

    def reply(request: Request) -> Answer:
        long = request.params["id_list"].count(",") >= 100
        return (
            Answer("<html><h1>414 Request-URI Too Large</h1></html>", 414, "text/html")
            if long
            else api(request)
        )

    source, client = opened(reply)
    papers = [Identifier("arxiv", f"2301.{n:03}00") for n in range(500)]
    assert len(gathered(source.fetch(papers))) == 500
    assert [len(ids) for ids in asked(client)] == [200, 100, 100, 100, 100, 100]


def test_fetch__fields() -> None:
    """An entry becomes a record: bare id, first version's day, hints, publisher's DOI, no venue."""
    extra = (
        "<arxiv:comment>Accepted at ICML</arxiv:comment><arxiv:journal_ref>Proc. ICML</arxiv:journal_ref>"
        "<arxiv:doi>10.1103/PhysRevD.89.084044</arxiv:doi>"
    )
    source, _ = opened(feed([entry("2212.08073", "Constitutional\n  AI", extra)]))
    (record,) = gathered(source.fetch([Identifier("arxiv", "2212.08073")]))
    assert record.title == "Constitutional AI"
    assert record.authors == ("Yuntao Bai", "Andy Jones")
    assert (record.published, record.published_precision) == ("2022-12-15", "day")
    assert record.identifiers == (
        Identifier("arxiv", "2212.08073"),
        Identifier("doi", "10.1103/physrevd.89.084044"),
    )
    assert record.hint == "Accepted at ICML; Proc. ICML"
    assert (record.venue, record.year, record.status) == (None, None, None)
    assert record.abstract == "We show something."
    assert record.url == "https://arxiv.org/abs/2212.08073"
    assert record.pdf_url == "https://arxiv.org/pdf/2212.08073"


@pytest.mark.parametrize(
    ("comment", "status"),
    [
        ("paper withdrawn by author", "withdrawn"),
        ("This papers has been withdrawn", "withdrawn"),
        ("This paper has been withdrawn by the authors. It has been accepted for publication in JGR", None),
        ("withdrawn, superseded by arXiv:2101.00001", None),
        ("12 pages", None),
    ],
)
def test_fetch__withdrawn(comment: str, status: str | None) -> None:
    """Withdrawn is what the comment says is withdrawn, unless it was published elsewhere."""
    source, _ = opened(feed([entry("2212.08073", "A Paper", f"<arxiv:comment>{comment}</arxiv:comment>")]))
    assert gathered(source.fetch([Identifier("arxiv", "2212.08073")]))[0].status == status


def test_fetch__empty_feed_to_a_small_batch() -> None:
    """The known paper went along, so an empty feed says at once that arXiv does not answer."""
    source, client = opened(feed([]))
    with pytest.raises(SourceDown, match="empty feed"):
        gathered(source.fetch([Identifier("arxiv", "2301.00001")]))
    assert asked(client) == [["2301.00001", PROBE]]
    assert client.forgotten


def test_fetch__empty_feed_to_a_large_batch() -> None:
    """A large batch is asked once more with the known paper; only then is nothing "not found"."""
    batch = [Identifier("arxiv", f"2301.{n:05}") for n in range(50)]
    source, client = opened(feed([]), feed([entry(PROBE, PAPERS[PROBE])]))
    records = gathered(source.fetch(batch))
    assert [len(ids) for ids in asked(client)] == [50, 51]
    assert {(r.question, r.found) for r in records} == {(str(i), False) for i in batch}


def test_fetch__feed_of_other_papers() -> None:
    """A feed without any paper asked for is no answer."""
    source, _ = opened(feed([entry("2401.99999", "Another")]))
    with pytest.raises(SourceDown):
        gathered(source.fetch([Identifier("arxiv", f"2301.{n:05}") for n in range(50)]))


def test_fetch__malformed_id_named_by_the_error() -> None:
    """The id that arXiv calls malformed is not found; the others are asked again, once."""
    source, client = opened(lambda request: api(request, bad="2301.0000"))
    batch = [Identifier("arxiv", v) for v in ("2212.08073", "2301.0000", PROBE)]
    records = gathered(source.fetch(batch))
    assert {(r.question, r.found) for r in records} == {
        ("arxiv:2212.08073", True),
        ("arxiv:2301.0000", False),
        (f"arxiv:{PROBE}", True),
    }
    assert len(client.requests) == 2


def test_fetch__malformed_id_not_named() -> None:
    """Where the error names something else, the batch is halved until the bad id stands alone."""

    def reply(request: Request) -> Answer:
        return error("something") if "2301.0000" in request.params["id_list"] else api(request)

    source, _ = opened(reply)
    batch = [Identifier("arxiv", v) for v in ("2212.08073", "2301.0000", PROBE, "quant-ph/0201082")]
    found = {r.question: r.found for r in gathered(source.fetch(batch))}
    assert found == {str(i): i.value != "2301.0000" for i in batch}


def test_fetch__short_page() -> None:
    """What a page leaves out though there is more is asked again, not called missing."""
    replies = feed([entry("2212.08073", "A")], total=2), feed([entry(PROBE, "B")])
    source, client = opened(*replies)
    records = gathered(source.fetch([Identifier("arxiv", "2212.08073"), Identifier("arxiv", PROBE)]))
    assert [r.found for r in records] == [True, True]
    assert len(client.requests) == 2


def test_fetch__other_error() -> None:
    """An error that is not about an id is an outage."""
    body = str(error("x").body).replace("incorrect id format for x", "max_results must be an integer")
    source, _ = opened(Answer(body, 400))
    with pytest.raises(SourceDown, match="max_results"):
        gathered(source.fetch([Identifier("arxiv", "2212.08073")]))


def test_find__many_titles_in_one_request() -> None:
    """Titles are searched together, as phrases that nothing in them can leave."""
    source, client = opened(api)
    queries = [TitleQuery(t) for t in (*PAPERS.values(), 'Quote " OR all:x', "Nothing Of The Kind")]
    records = gathered(source.find(queries))
    assert len(client.requests) == 1
    assert [r.question for r in records if r.found] == [TitleQuery(t).question for t in PAPERS.values()]
    assert 'ti:"quote or all x"' in client.requests[0].params["search_query"]


def test_find__crowded_page() -> None:
    """A title without candidates on a full page is asked alone before it is "not found"."""
    others = [entry(f"2401.{n:05}", "Attention Is All You Need Again") for n in range(3)]
    source, client = opened(
        feed(others, total=500), feed([entry("2212.08073", "Deep Residual Learning")], total=1)
    )
    queries = [TitleQuery("Attention Is All You Need"), TitleQuery("Deep Residual Learning")]
    records = gathered(source.find(queries))
    assert {r.question for r in records if r.found} == {q.question for q in queries}
    assert len(client.requests) == 2


def test_package__private_name() -> None:
    """We read feeds with a private module of the `arxiv` package: this test says when it moves."""
    from arxiv import _feed

    results = _feed.parse(str(feed([entry("2212.08073", "A")]).body).encode()).results
    assert [result.get_short_id() for result in results] == ["2212.08073v2"]


def _ids_of(recording: Recording) -> list[str]:
    match = re.search(r"[?&]id_list=([^&]*)", recording.url)
    return [v for v in re.split(r",|%2C", match[1].replace("%2F", "/")) if v] if match else []


@pytest.mark.parametrize("recording", recordings("arxiv"))
def test_recording__by_id(recording: Recording) -> None:
    """Every recorded feed by id gives its papers; error feeds and other pages give what they are."""
    ids = _ids_of(recording)
    if not ids:
        pytest.skip("not a look-up by id")
    identifiers = [Identifier("arxiv", re.sub(r"v\d+$", "", value)) for value in ids]
    source, client = opened(recording.answer)
    if recording.status not in (200, 400) or not recording.body or "must be an integer" in recording.body:
        with pytest.raises(SourceDown):
            gathered(source.fetch(identifiers))
        return
    if recording.status == 400:
        assert [r.found for r in gathered(source.fetch(identifiers))] == [False]
    elif "<entry>" not in recording.body:
        with pytest.raises(SourceDown, match="empty feed"):
            gathered(source.fetch(identifiers))
    else:
        _check(gathered(source.fetch(identifiers)), recording)
    assert len(client.requests) <= 2


def _check(records: list[Record], recording: Recording) -> None:
    found = [record for record in records if record.found]
    assert len(found) == recording.body.count("<entry>")
    assert all(r.title and r.authors and r.published and r.abstract for r in found)
    assert all(r.identifiers[0] == Identifier.parse(r.question) for r in found)


@pytest.mark.parametrize("recording", recordings("arxiv", "search_*"))
def test_recording__search(recording: Recording) -> None:
    """Every title of a recorded search is found in it, and a strange title is not."""
    titles = [re.sub(r"\s+", " ", t) for t in re.findall(r"<title>(.*?)</title>", recording.body, re.S)]
    titles = [title for title in titles if not title.startswith("arXiv Query")]
    source, _ = opened(recording.answer)
    for title in titles:
        records = gathered(source.find([TitleQuery(title)]))
        assert records[0].found
        assert records[0].rank == 0
    assert not gathered(source.find([TitleQuery("Zebras Quietly Yodelling Across Fjords")]))[0].found


@pytest.mark.parametrize("recording", recordings("arxiv", "abs_html*"))
def test_recording__page(recording: Recording) -> None:
    """The HTML page of a paper is no feed."""
    source, _ = opened(recording.answer)
    with pytest.raises(SourceDown):
        gathered(source.fetch([Identifier("arxiv", "1902.02534")]))
