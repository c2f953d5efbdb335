"""OpenReview's reader: the contract, the recorded notes, fates, refusals and the sign-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier
from pipeline.sources import TitleQuery
from pipeline.sources.openreview import OpenReview
from tests.conftest import Recording, recordings
from tests.fakes import Answer, FakeClient, FakeSettings, Request
from tests.test_sources import JSON, SourceContract, gathered

TITLE = "Presto! Distilling Steps and Layers for Accelerating Music Generation"
NOTE: dict[str, Any] = {
    "id": "Gj5JTAwdoy",
    "forum": "Gj5JTAwdoy",
    "pdate": 1737562384096,
    "cdate": 1727290922703,
    "license": "CC BY 4.0",
    "invitations": ["ICLR.cc/2025/Conference/-/Submission"],
    "content": {
        "title": {"value": TITLE},
        "authors": {"value": ["Zachary Novack", "Ge Zhu"]},
        "venue": {"value": "ICLR 2025 Spotlight"},
        "venueid": {"value": "ICLR.cc/2025/Conference"},
        "pdf": {"value": "/pdf/e0b307e9.pdf"},
    },
}
OLD: dict[str, Any] = {
    "id": "HkghWScuoQ",
    "invitation": "NIPS.cc/2018/Workshop/CDNNRIA/-/Blind_Submission",
    "cdate": 1540035843524,
    "content": {"title": "Targeted Dropout", "authors": ["Aidan N. Gomez"]},
}
EMPTY = Answer({"notes": [], "count": 0})
UNKNOWN = Answer({"name": "NotFoundError", "message": "The Note x was not found", "status": 404}, 404)
CHALLENGE = Answer(
    {"name": "ChallengeRequiredError", "message": "Challenge verification required", "status": 403}, 403
)
FORBIDDEN = Answer({"name": "ForbiddenError", "message": "User Guest is not reader of x"}, 403)
BOTH = FakeSettings("https://api2.test", {"legacy_url": "https://api1.test"})
MEMBER = FakeSettings(
    "https://api2.test", {"legacy_url": "https://api1.test"}, username="me@x.test", password="sesame"
)
PAPER = Identifier("openreview", "Gj5JTAwdoy")
OLD_PAPER = Identifier("openreview", "HkghWScuoQ")
NOBODY = Identifier("openreview", "nobody1234")


def notes(*found: dict[str, Any]) -> Answer:
    """A list of notes."""
    return Answer({"notes": list(found), "count": len(found)})


def server(*known: dict[str, Any]) -> Callable[[Request], Answer]:
    """An API that has these notes."""

    def reply(request: Request) -> Answer:
        if request.method == "POST":
            bulk = (NOTE | {"id": i} for i in request.json["ids"] if i.startswith("bulk"))
            return notes(*(note for note in known if note["id"] in request.json["ids"]), *bulk)
        if "id" in request.params:
            found = [note for note in known if note["id"] == request.params["id"]]
            return notes(*found) if found else UNKNOWN
        title = request.params["term"].lower()
        return notes(*(note for note in known if title in str(note["content"]["title"]).lower()))

    return reply


def opened(*table: Any, settings: FakeSettings = BOTH) -> tuple[OpenReview, FakeClient]:
    """The source on a fake client."""
    client = FakeClient(*table)
    return OpenReview(client, settings), client


def alone(note: dict[str, Any]) -> OpenReview:
    """The source where API 2 answers this note to everything."""
    return opened(("GET", "api2", notes(note)))[0]


class TestContract(SourceContract):
    """OpenReview keeps the contract."""

    name = "openreview"
    known = PAPER
    unknown = NOBODY
    title = TITLE
    configured = BOTH
    most_requests = 10

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """Two APIs."""
        new, old = server(NOTE), server(OLD)
        return [
            ("GET", r"^https://api2\.test/notes(/search)?\?", new),
            ("POST", r"^https://api2\.test/notes/search$", new),
            ("GET", r"^https://api1\.test/notes(/search)?\?", old),
            ("POST", r"^https://api1\.test/notes/search$", old),
        ]

    def thousand(self) -> list[Identifier]:
        """All known to API 2: what a batch leaves out costs a request each."""
        return [Identifier("openreview", f"bulk{n:05}") for n in range(1000)]

    def shapes(self) -> st.SearchStrategy[Any]:
        """Notes of a kind."""
        value = JSON | st.fixed_dictionaries({"value": JSON})
        content = st.fixed_dictionaries(
            {}, optional={k: value for k in (*NOTE["content"], "_bibtex", "html")}
        )
        note = st.fixed_dictionaries(
            {"id": st.sampled_from([PAPER.value, NOBODY.value]) | JSON, "content": content | JSON},
            optional={
                "pdate": JSON,
                "cdate": JSON,
                "externalIds": JSON,
                "license": JSON,
                "invitations": JSON,
            },
        )
        return (
            st.lists(note, max_size=3).map(lambda some: {"notes": some})
            | st.fixed_dictionaries({"name": JSON})
            | JSON
        )


def test_fetch__fields() -> None:
    """An accepted note becomes a record with venue, venueid, year, day, licence and PDF."""
    (record,) = gathered(alone(NOTE).fetch([PAPER]))
    assert (record.venue, record.venue_key) == ("ICLR 2025 Spotlight", "ICLR.cc/2025/Conference")
    assert (record.status, record.year) == ("accepted", 2025)
    assert (record.published, record.published_precision) == ("2025-01-22", "day")
    assert record.licence == "CC BY 4.0"
    assert record.url == "https://openreview.net/forum?id=Gj5JTAwdoy"
    assert record.pdf_url == "https://openreview.net/pdf/e0b307e9.pdf"
    assert record.identifiers == (PAPER,)


@pytest.mark.parametrize(
    ("venueid", "venue", "status", "year"),
    [
        ("ICLR.cc/2025/Conference", "ICLR 2025 Poster", "accepted", 2025),
        (
            "NeurIPS.cc/2023/Track/Datasets_and_Benchmarks",
            "NeurIPS 2023 Datasets and Benchmarks Poster",
            "accepted",
            2023,
        ),
        (
            "NeurIPS.cc/2023/Workshop/FMDM",
            "NeurIPS 2023 Foundation Models for Decision Making",
            "accepted",
            2023,
        ),
        ("TMLR", "Accepted by TMLR", "accepted", None),
        ("ICLR.cc/2024/Conference/Rejected_Submission", "Submitted to ICLR 2024", "rejected", None),
        (
            "ICLR.cc/2024/Conference/Withdrawn_Submission",
            "ICLR 2024 Conference Withdrawn Submission",
            "withdrawn",
            None,
        ),
        ("ICLR.cc/2024/Conference/Desk_Rejected_Submission", None, "rejected", None),
        ("ICLR.cc/2026/Conference/Submission", "ICLR 2026 Conference Submission", "submitted", None),
        ("TMLR/Under_Review", "Under review for TMLR", "submitted", None),
        ("ICLR.cc/2024/Conference", "Submitted to ICLR 2024", "submitted", None),
        ("dblp.org/journals/NETWORK/2024", "IEEE Netw. 2024", "imported", None),
        ("OpenReview.net/Public_Article", "Somewhere", "imported", None),
        ("Something.org/Odd", "Odd", None, None),
    ],
)
def test_fetch__fate(venueid: str, venue: str | None, status: str | None, year: int | None) -> None:
    """Only a bare venue is an acceptance, and only where nothing speaks against it."""
    content = NOTE["content"] | {"venueid": {"value": venueid}, "venue": {"value": venue}}
    (record,) = gathered(alone(NOTE | {"content": content}).fetch([PAPER]))
    assert (record.status, record.year) == (status, year)


def test_fetch__api_1() -> None:
    """What API 2 does not have comes from API 1, whose values are bare; a decision it does not tell."""
    source, client = opened(("GET", "api2", UNKNOWN), ("GET", "api1", server(OLD)))
    (record,) = gathered(source.fetch([OLD_PAPER]))
    assert (record.title, record.authors, record.status) == (
        "Targeted Dropout",
        ("Aidan N. Gomez",),
        "submitted",
    )
    assert len(client.requests) == 2


def test_fetch__not_found_needs_both() -> None:
    """One API that is down leaves the question open, whatever the other says."""
    source, _ = opened(("GET", "api2", UNKNOWN), ("GET", "api1", SourceDown("openreview", "unreachable")))
    with pytest.raises(SourceDown):
        gathered(source.fetch([NOBODY]))


def test_fetch__batch() -> None:
    """Many notes cost one request per API; only what neither gave is asked for singly."""
    new, old = server(NOTE), server(OLD)
    source, client = opened(
        ("GET", "api2", new), ("POST", "api2", new), ("GET", "api1", old), ("POST", "api1", old)
    )
    found = {r.question: r.found for r in gathered(source.fetch([PAPER, OLD_PAPER, NOBODY]))}
    assert found == {str(PAPER): True, str(OLD_PAPER): True, str(NOBODY): False}
    assert [(r.method, r.url[:17]) for r in client.requests] == [
        ("POST", "https://api2.test"),
        ("POST", "https://api1.test"),
        ("GET", "https://api2.test"),
        ("GET", "https://api1.test"),
    ]


@pytest.mark.parametrize("status", [400, 404, 405])
def test_fetch__batch_form_not_served(status: int) -> None:
    """Where the batch form is not served it is tried once per API, and notes are asked for singly."""
    source, client = opened(
        ("POST", "", Answer({"name": "Error", "message": "no"}, status)),
        ("GET", "api2", server(NOTE)),
        ("GET", "api1", server(OLD)),
    )
    batch = [PAPER, OLD_PAPER]
    assert all(r.found for r in gathered(source.fetch(batch)))
    gathered(source.fetch(batch))
    assert sum(request.method == "POST" for request in client.requests) == 2


def test_fetch__guest() -> None:
    """A guest is refused in one clear line that says what to set, after one request."""
    source, client = opened(("GET", "", CHALLENGE), ("POST", "", CHALLENGE))
    with pytest.raises(SourceRefused) as caught:
        gathered(source.fetch([PAPER, OLD_PAPER]))
    assert "OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD" in (caught.value.hint or "")
    assert len(client.requests) == 1


def test_fetch__forbidden_note() -> None:
    """A note that we may not read is neither found nor missing, and the others go on."""

    def reply(request: Request) -> Answer:
        return FORBIDDEN if request.params.get("id") == "secret1234" else server(NOTE)(request)

    source, _ = opened(("GET", "api2", reply), ("POST", "api2", server(NOTE)), ("POST", "api1", EMPTY))
    records = gathered(source.fetch([Identifier("openreview", "secret1234"), PAPER]))
    assert [r.question for r in records] == [str(PAPER)]


def test_fetch__other_notes() -> None:
    """A reply in place of the note asked for is no answer."""
    with pytest.raises(SourceDown):
        gathered(alone(NOTE | {"id": "reply12345"}).fetch([PAPER]))


def test_sign_in__once_and_never_cached() -> None:
    """One log-in per run, not cached; its token goes with every request to both APIs."""
    source, client = opened(
        ("POST", "/login$", Answer({"token": "abc.def-ghi", "user": {}})),
        ("GET", "api2", server(NOTE)),
        ("GET", "api1", server(OLD)),
        settings=MEMBER,
    )
    gathered(source.fetch([PAPER]))
    gathered(source.fetch([OLD_PAPER]))
    login, *others = client.requests
    assert (login.url, login.cache) == ("https://api2.test/login", False)
    assert login.json == {"id": "me@x.test", "password": "sesame"}
    assert len(others) == 3
    assert {request.headers["Authorization"] for request in others} == {"Bearer abc.def-ghi"}


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer({"name": "MfaRequiredError"}, 401), SourceRefused, "second factor"),
        (Answer({"mfaPending": True}), SourceRefused, "second factor"),
        (
            Answer({"name": "Error", "message": "Invalid sesame for me@x.test"}, 400),
            SourceRefused,
            "refused the sign-in",
        ),
        (Answer({"token": "evil\r\nX: y"}), SourceRefused, "refused the sign-in"),
        (Answer("<html></html>", 200, "text/html"), SourceDown, ""),
    ],
)
def test_sign_in__refused(answer: Answer, error: type[Exception], words: str) -> None:
    """A log-in that fails says so in one line without any secret in it."""
    source, _ = opened(("POST", "/login$", answer), settings=MEMBER)
    with pytest.raises(error) as caught:
        gathered(source.fetch([PAPER]))
    line = f"{caught.value} {getattr(caught.value, 'hint', '')}"
    assert words in line
    assert "sesame" not in line
    assert "me@x.test" not in line


def test_sign_in__still_challenged() -> None:
    """A signed-in user who is refused is not told to sign in."""
    source, _ = opened(("POST", "/login$", Answer({"token": "abc"})), ("GET", "", CHALLENGE), settings=MEMBER)
    with pytest.raises(SourceRefused) as caught:
        gathered(source.fetch([PAPER]))
    assert "OPENREVIEW" not in (caught.value.hint or "")


def test_find__ranking() -> None:
    """An acceptance comes before an import of the same title; other titles are left out."""
    imported = NOTE | {"id": "import1234", "content": NOTE["content"] | {"venueid": {"value": "dblp.org/x"}}}
    other = NOTE | {"id": "other12345", "content": {"title": {"value": "Deep Residual Learning"}}}
    source, client = opened(("GET", "api2", notes(imported, other, NOTE)))
    records = gathered(source.find([TitleQuery(TITLE)]))
    assert [(r.rank, r.identifiers[0].value) for r in records] == [(0, "Gj5JTAwdoy"), (1, "import1234")]
    expected = {"term": TITLE, "content": "all", "group": "all", "source": "forum", "limit": "10"}
    assert client.requests[0].params == expected


def test_find__text_that_cannot_be_searched() -> None:
    """A query that the API calls bad is neither answered nor an outage."""
    source, _ = opened(("GET", "", Answer({"name": "Error", "message": "bad term"}, 400)))
    assert gathered(source.find([TitleQuery(TITLE)])) == []


@pytest.mark.parametrize(
    "recording", [*recordings("openreview", "v2_note*"), *recordings("openreview", "v1_notes_inv*")]
)
def test_recording__notes(recording: Recording) -> None:
    """Every note of every recorded list is read by id and, where its title is sought, found."""
    for note in recording.json()["notes"]:
        source, _ = opened(("GET", "", Answer({"notes": [note]})))
        identifier = Identifier("openreview", note["id"])
        (record,) = gathered(source.fetch([identifier]))
        content = {k: v["value"] if isinstance(v, dict) else v for k, v in note["content"].items()}
        assert record.title == " ".join(content["title"].split())
        assert len(record.authors) == len(content["authors"])
        assert record.identifiers[0] == identifier
        assert (record.venue_key or None) == content.get("venueid")
        whole, _ = opened(("GET", "", recording.answer))
        assert identifier in {r.identifiers[0] for r in gathered(whole.find([TitleQuery(record.title)]))}


@pytest.mark.parametrize("recording", recordings("openreview", "v2_note*"))
def test_recording__fates(recording: Recording) -> None:
    """The fates of the recorded notes, by hand."""
    fates = {
        "Gj5JTAwdoy": "accepted",
        "IefMMX12yk": "rejected",
        "9TJMTG2bcQ": "imported",
        "iaA07eD0bP": "imported",
    }
    names = {"iaA07eD0bP": "acl:P19-1423", "9TJMTG2bcQ": "dblp:journals/network/GuoLSXJW24"}
    for note in recording.json()["notes"]:
        source, _ = opened(("GET", "", Answer({"notes": [note]})))
        (record,) = gathered(source.fetch([Identifier("openreview", note["id"])]))
        assert record.status == fates.get(note["id"])
        assert names.get(note["id"], note["id"]) in {str(i) for i in record.identifiers} | {note["id"]}
        assert (record.year is not None) == (record.status == "accepted")


@pytest.mark.parametrize("recording", recordings("openreview", "v1_note_with*"))
def test_recording__forum(recording: Recording) -> None:
    """A forum comes with its replies: the note whose id was asked for is the paper."""
    data = recording.json()
    found = data.get("notes", [data])
    source, _ = opened(("GET", "", Answer({"notes": found})))
    (record,) = gathered(source.fetch([Identifier("openreview", found[0]["forum"])]))
    assert record.title


@pytest.mark.parametrize("recording", recordings("openreview", "v2_403*"))
def test_recording__refusals(recording: Recording) -> None:
    """The two kinds of 403."""
    source, _ = opened(("GET", "", recording.answer))
    if json.loads(recording.body)["name"] == "ForbiddenError":
        assert gathered(source.fetch([PAPER])) == []
    else:
        with pytest.raises(SourceRefused):
            gathered(source.fetch([PAPER]))


@pytest.mark.parametrize(
    "recording", [*recordings("openreview", "html_*"), *recordings("openreview", "derived_*")]
)
def test_recording__no_answers(recording: Recording) -> None:
    """Pages, and dictionaries of other programs, are no answer."""
    source, _ = opened(("GET", "", Answer(recording.body, 200, recording.content_type)))
    with pytest.raises(SourceDown):
        gathered(source.fetch([PAPER]))
