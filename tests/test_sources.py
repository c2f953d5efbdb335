"""What every source must do, whatever its API: `SourceContract`, inherited by tests/test_source_*.py.

A subclass says how its API answers (`replies`) about a known and an unknown paper; the suite then asks,
spoils the answers in every way we know of, and checks that silence never turns into "not found".
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier, Record
from pipeline.settings import load as load_settings
from pipeline.sources import TitleQuery, akin, batches, discover, number_of, text_of, web_address, year_of
from tests.conftest import kept
from tests.fakes import (
    ANSWERED_AT,
    PORTAL,
    Answer,
    FakeClient,
    FakeSettings,
    Reply,
    Request,
    hollow,
    mistyped,
    nulled,
)

NAMES = ["arxiv", "semanticscholar", "openreview", "acl", "crossref", "openalex", "dblp", "datacite"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def gathered(records: Iterable[list[Record]]) -> list[Record]:
    """All records of all batches."""
    return [record for batch in records for record in batch]


def elements(tags: list[str], texts: list[str]) -> st.SearchStrategy[str]:
    """Arbitrary XML made of the given tags and of texts, those that a reader looks for among them."""
    text = (st.sampled_from(texts) | st.text(max_size=6)).map(
        lambda t: escape("".join(filter(str.isprintable, t)))
    )
    tag = st.sampled_from(tags)
    leaf = st.tuples(tag, text).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>")
    return st.recursive(
        leaf,
        lambda inner: st.tuples(tag, st.lists(inner, max_size=4)).map(
            lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"
        ),
        max_leaves=12,
    )


NO_ANSWERS = {
    "page-200": Answer(PORTAL, 200, "text/html"),
    "page-as-json": Answer(PORTAL, 200, "application/json"),
    "page-404": Answer(PORTAL, 404, "text/html"),
    "page-403": Answer(PORTAL, 403, "text/html"),
    "text-404": Answer("Resource not found.", 404, "text/plain"),
    "text-400": Answer("Bad Request", 400, "text/plain"),
    "empty": Answer("", 200),
    "null": Answer("null", 200, "application/json"),
    "empty-list": Answer([], 200),
    "empty-object": Answer({}, 200),
    "empty-xml": Answer("<feed/>", 200, "application/atom+xml"),
    "broken-xml": Answer("<a><b></a>", 200, "application/xml"),
    "strange-status": Answer({"message": "I am a teapot"}, 418),
    "gone": Answer({"error": "gone"}, 410),
}
"""What is no answer to any question, unless an API means it (`SourceContract.real_answers`)."""


class SourceContract:
    """The suite. A subclass sets the class variables and `replies`; everything else is inherited."""

    name: ClassVar[str]
    known: ClassVar[Identifier]
    """A paper that `replies` knows under `title`."""
    unknown: ClassVar[Identifier]
    title: ClassVar[str]
    configured: ClassVar[FakeSettings] = FakeSettings()
    most_requests: ClassVar[int]
    """Requests that 1000 identifiers may cost."""
    real_answers: ClassVar[frozenset[str]] = frozenset()
    """Answers of `NO_ANSWERS` that this very API means: its own way to say that it has no such paper."""

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """A table for FakeClient: the API as it answers about `known` and `unknown`, by id and by title."""
        raise NotImplementedError

    def thousand(self) -> list[Identifier]:
        """A thousand identifiers that the source can be asked by."""
        raise NotImplementedError

    def shapes(self) -> st.SearchStrategy[Any]:
        """Bodies that look a little like an answer."""
        return JSON

    def open(self, *table: tuple[str, str, Reply | list[Reply]]) -> tuple[Any, FakeClient]:
        """The source on a fake client."""
        client = FakeClient(*table)
        return discover()[self.name](client, self.configured), client

    def healthy(self) -> tuple[Any, FakeClient]:
        """The source with its API as it should be."""
        return self.open(*self.replies())

    def spoilt(self, spoil: Callable[[Answer], Reply]) -> tuple[Any, FakeClient]:
        """The source with every answer spoilt."""

        def through(reply: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
            def answer(request: Any) -> Answer:
                bad = spoil(reply(request))
                assert isinstance(bad, Answer)
                return bad

            return answer

        return self.open(*((method, pattern, through(reply)) for method, pattern, reply in self.replies()))

    @pytest.fixture(params=["fetch", "find"])
    def ask(self, request: pytest.FixtureRequest) -> Callable[[Any], list[Record]]:
        """Asks a source about the known paper, by identifier and by title."""
        if request.param == "fetch":
            return lambda source: gathered(source.fetch([self.known]))
        if not hasattr(discover()[self.name], "find"):
            pytest.skip("cannot be asked by title")
        return lambda source: gathered(source.find([TitleQuery(self.title)]))

    def test_fetch__known_paper(self) -> None:
        """A known paper gives a found record that names source, question, date, title and the paper itself."""
        source, _ = self.healthy()
        record = gathered(source.fetch([self.known]))[0]
        assert (record.source, record.question, record.rank) == (self.name, str(self.known), 0)
        assert record.found
        assert record.title == self.title
        assert record.retrieved_at == ANSWERED_AT
        assert record.authors
        assert record.identifiers

    def test_fetch__unknown_paper(self) -> None:
        """A paper that the source really does not have is remembered as not found."""
        source, _ = self.healthy()
        records = gathered(source.fetch([self.unknown]))
        assert [(r.question, r.found, r.title) for r in records] == [(str(self.unknown), False, None)]

    def test_fetch__each_question_is_answered_once_and_no_other(self) -> None:
        """Known, unknown and repeated identifiers in one go: one question each, no answer without question."""
        source, _ = self.healthy()
        records = gathered(source.fetch([self.known, self.unknown, self.known]))
        first = [(r.question, r.found) for r in records if r.rank == 0]
        assert sorted(first) == sorted([(str(self.known), True), (str(self.unknown), False)])
        assert {r.question for r in records} == {str(self.known), str(self.unknown)}

    def test_fetch__nothing_to_ask(self) -> None:
        """No identifier, or only identifiers of other sources: no request."""
        source, client = self.healthy()
        assert gathered(source.fetch([])) == []
        assert gathered(source.fetch([Identifier("github", "octocat/hello")])) == []
        assert client.requests == []

    def test_fetch__few_requests(self) -> None:
        """A thousand papers cost no more requests than the API's batches need."""
        source, client = self.healthy()
        gathered(source.fetch(self.thousand()))
        assert len(client.requests) <= self.most_requests

    def test_fetch__one_paper_one_request(self) -> None:
        """One new paper costs one request."""
        source, client = self.healthy()
        gathered(source.fetch([self.known]))
        assert len(client.requests) == 1

    def test_find__known_title(self) -> None:
        """A known title gives the paper as candidate 0; case and punctuation do not matter."""
        source, _ = self.healthy()
        if not hasattr(source, "find"):
            pytest.skip("cannot be asked by title")
        query = TitleQuery(self.title, ("Somebody",), 2020)
        records = gathered(source.find([query]))
        assert [r.rank for r in records] == list(range(len(records)))
        assert (records[0].question, records[0].title) == (query.question, self.title)
        assert records[0].found

    def test_find__unknown_title(self) -> None:
        """A title that the source has not is remembered as not found."""
        source, _ = self.healthy()
        if not hasattr(source, "find"):
            pytest.skip("cannot be asked by title")
        query = TitleQuery("Zebras Quietly Yodelling Across Fjords")
        assert [(r.question, r.found) for r in gathered(source.find([query]))] == [(query.question, False)]

    @pytest.mark.parametrize("bad", NO_ANSWERS)
    def test_answer__that_is_none(
        self, ask: Callable[[Any], list[Record]], bad: str, request: pytest.FixtureRequest
    ) -> None:
        """What is no answer is an outage, never "not found"."""
        by_id = "fetch" in request.node.callspec.id.split("-")
        if bad in self.real_answers and by_id:
            pytest.skip("this is how the API says that it has no such paper")
        source, _ = self.spoilt(lambda _: NO_ANSWERS[bad])
        with pytest.raises((SourceDown, SourceRefused)):
            ask(source)

    @pytest.mark.parametrize(
        "spoil",
        [
            pytest.param(lambda body: body[: len(body) // 2], id="truncated"),
            pytest.param(lambda body: body[:-3], id="cut-short"),
            pytest.param(
                lambda body: hollow(body) if body[:1] == "<" else json.dumps(nulled(json.loads(body))),
                id="nulls",
            ),
            pytest.param(
                lambda body: hollow(body) if body[:1] == "<" else json.dumps(mistyped(json.loads(body))),
                id="types",
            ),
            pytest.param(lambda body: body.replace("itle", "itel"), id="missing-key"),
        ],
    )
    def test_answer__spoilt(self, ask: Callable[[Any], list[Record]], spoil: Callable[[str], str]) -> None:
        """A right answer with its end, its values, their types or its titles gone is an outage."""

        def spoilt(answer: Answer) -> Answer:
            body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            return Answer(spoil(body), answer.status, answer.content_type or "application/json")

        source, _ = self.spoilt(spoilt)
        with pytest.raises(SourceDown):
            ask(source)

    def test_answer__that_is_none_leaves_the_cache(self, ask: Callable[[Any], list[Record]]) -> None:
        """An answer that turned out to be none is not served from the cache again."""
        source, client = self.spoilt(
            lambda a: Answer({"odd": 1}) if not isinstance(a.body, str) else Answer("<odd/>")
        )
        with pytest.raises(SourceDown):
            ask(source)
        assert client.forgotten

    @pytest.mark.parametrize("error", [SourceDown("x", "unreachable"), SourceRefused("x", "budget gone")])
    def test_error__of_the_client(self, ask: Callable[[Any], list[Record]], error: Exception) -> None:
        """What the client says about the network goes through unchanged."""
        source, _ = self.open(("GET", "", error), ("POST", "", error))
        with pytest.raises(type(error)):
            ask(source)

    # every subclass runs it on its own API: examples of one say nothing about another, so none are kept
    @settings(
        max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.differing_executors]
    )
    @given(data=st.data(), status=st.sampled_from([200, 200, 200, 400, 403, 404]))
    def test_answer__anything(self, data: st.DataObject, status: int) -> None:
        """No body whatever makes a source do anything but give records or say that it got no answer."""
        body = data.draw(self.shapes())
        kind = "application/xml" if isinstance(body, str) and body[:1] == "<" else "application/json"
        text = body if kind == "application/xml" else json.dumps(body)
        source, _ = self.open(*((m, "", Answer(text, status, kind)) for m in ("GET", "POST")))
        for ask in (self._fetch_all, self._find_all):
            try:
                assert all(isinstance(record, Record) for record in ask(source))
            except (SourceDown, SourceRefused):
                pass

    def _fetch_all(self, source: Any) -> list[Record]:
        return gathered(source.fetch([self.known, self.unknown]))

    def _find_all(self, source: Any) -> list[Record]:
        return gathered(source.find([TitleQuery(self.title)])) if hasattr(source, "find") else []

    def test_kept__probe(self) -> None:
        """Answers that a live run kept are read as they were then."""
        exchanges: dict[Any, Answer] = {(r.method, r.url, r.question): r.answer for r in kept(self.name)}
        settings = load_settings().sources[self.name]

        def reply(request: Request) -> Answer:
            body = request.data.decode() if isinstance(request.data, bytes) else None
            question = json.dumps(request.json) if request.json else body
            return exchanges[request.method, request.url, question]

        source = discover()[self.name](FakeClient(("", "", reply)), replace(settings, username=None))
        assert gathered(source.fetch([source.probe]))[0].found

    @pytest.mark.live
    def test_live__probe(self, live_source: Callable[[str], Any]) -> None:
        """The real API knows the paper that this source is probed with."""
        source = live_source(self.name)
        records = gathered(source.fetch([source.probe]))
        assert records
        assert records[0].found
        assert records[0].title

    @pytest.mark.live
    def test_live__title(self, live_source: Callable[[str], Any]) -> None:
        """The real API finds the paper of the probe by its title."""
        source = live_source(self.name)
        if not hasattr(source, "find"):
            pytest.skip("cannot be asked by title")
        query = TitleQuery(gathered(source.fetch([source.probe]))[0].title or "")
        assert any(akin(query.title, r.title or "") for r in gathered(source.find([query])) if r.found)


def test_discover__order() -> None:
    """All sources are found, in the design's precedence."""
    assert [name for name in discover() if name in NAMES] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_discover__attributes(name: str) -> None:
    """Every source says for people and programs what it is."""
    source = discover()[name]
    assert source.name == name
    assert source.title
    assert source.gives
    assert source.probe.scheme in source.schemes
    assert len(set(source.schemes)) == len(source.schemes)
    assert "https://" in (sys.modules[source.__module__].__doc__ or "")
    assert (source.__doc__ or "").count("\n") >= 5


def test_discover__imports_no_api_package() -> None:
    """Listing the sources stays cheap: neither arxiv nor semanticscholar nor requests is imported."""
    code = (
        "import sys, pipeline.sources as s; s.discover();"
        "print([m for m in ('arxiv', 'semanticscholar', 'requests', 'httpx', 'pandas', 'lxml') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  A\n title ", "A title"),
        ("", None),
        (None, None),
        (7, None),
        (["x"], None),
        ("bad \ud800 half", "bad ? half"),
        ("bell\x07", "bell\ufffd"),
    ],
)
def test_text_of__cases(value: object, text: str | None) -> None:
    """Only strings are texts, and no text can ring a bell or break a file."""
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (0, 0),
        (-1, None),
        (True, None),
        ("5", None),
        (1.5, None),
        (None, None),
        (2**31 - 1, 2**31 - 1),
        (2**31, None),
        (10**30, None),
    ],
)
def test_number_of__cases(value: object, number: int | None) -> None:
    """Only whole numbers within bounds count."""
    assert number_of(value) == number


@pytest.mark.parametrize(
    ("value", "year"), [(2024, 2024), ("2024", 2024), ("24", None), (99999, None), (None, None)]
)
def test_year_of__cases(value: object, year: int | None) -> None:
    """Years come as numbers and as digits."""
    assert year_of(value) == year


@pytest.mark.parametrize(
    ("value", "url"),
    [("https://a.example/x", "https://a.example/x"), ("javascript:alert(1)", None), ("", None), (None, None)],
)
def test_web_address__cases(value: object, url: str | None) -> None:
    """Only web addresses pass for addresses."""
    assert web_address(value) == url


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("Attention Is All You Need", "attention is all you need.", True),
        ("QLoRA: Efficient Finetuning", "QLoRA: Efficient Finetuning of Quantized LLMs", True),
        ("Attention Is All You Need", "Deep Residual Learning", False),
        ("", "", False),
    ],
)
def test_akin__cases(left: str, right: str, near: bool) -> None:
    """A coarse sieve: half of the words of the longer title."""
    assert akin(left, right) is near


@given(st.lists(st.integers(0, 20)), st.integers(1, 5))
def test_batches__lossless(items: list[int], size: int) -> None:
    """Batches hold every distinct item once, in order, and none is too large."""
    parts = list(batches(items, size))
    assert [item for part in parts for item in part] == list(dict.fromkeys(items))
    assert all(1 <= len(part) <= size for part in parts)
