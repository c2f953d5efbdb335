"""ACL Anthology's reader: the contract, the recorded collections, and the shapes of its ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from pipeline.errors import SourceDown
from pipeline.model import Identifier, Record
from pipeline.sources.acl import Acl, _Place, _place
from tests.conftest import Recording, recordings
from tests.fakes import PORTAL, Answer, FakeClient, FakeSettings, Request
from tests.test_sources import SourceContract, elements, gathered

TITLE = "BERT: Pre-training of Deep Bidirectional Transformers"
DATA = FakeSettings("https://aclanthology.test", {"data_url": "https://raw.test/data"})
KNOWN = Identifier("acl", "N19-1423")


def collection(name: str, volume: str, papers: str, *, year: int = 2019, month: str = "June") -> Answer:
    """A file of one volume."""
    return Answer(
        f"<?xml version='1.0' encoding='UTF-8'?><collection id=\"{name}\"><volume id=\"{volume}\"><meta>"
        "<booktitle>Proceedings of <fixed-case>NAACL</fixed-case></booktitle><editor><first>Jill</first>"
        f"<last>Burstein</last></editor><month>{month}</month><year>{year}</year><venue>naacl</venue></meta>"
        f"{papers}</volume></collection>"
    )


BERT = (
    '<paper id="423"><title><fixed-case>BERT</fixed-case>: Pre-training of <i>Deep</i> Bidirectional Transformers'
    "</title><author><first>Jacob</first><last>Devlin</last></author><author><last>Toutanova</last></author>"
    "<abstract>We introduce a <tex-math>k</tex-math>-layer model.</abstract>"
    "<url>N19-1423</url><doi>10.18653/v1/N19-1423</doi></paper>"
)
MISSING = Answer("404: Not Found", 404, "text/plain")


def files(request: Request) -> Answer:
    """A server of files: N19 and every collection of 2023."""
    name = re.findall(r"/xml/(.+)\.xml$", request.url)[0]
    if name == "N19":
        return collection("N19", "1", BERT)
    return collection(name, "main", "", year=2023) if name.startswith("2023") else MISSING


def opened(*replies: Any) -> tuple[Acl, FakeClient]:
    """The source on a client that gives these replies one after the other."""
    client = FakeClient(("GET", "", list(replies)))
    return Acl(client, DATA), client


def one(answer: Answer, value: str) -> Record:
    """The only record to one id."""
    (record,) = gathered(opened(answer)[0].fetch([Identifier("acl", value)]))
    return record


class TestContract(SourceContract):
    """The ACL Anthology keeps the contract."""

    name = "acl"
    known = KNOWN
    unknown = Identifier("acl", "N19-1999")
    title = TITLE
    configured = DATA
    most_requests = 2

    def replies(self) -> list[tuple[str, str, Callable[[Any], Answer]]]:
        """Files under the data address."""
        return [("GET", r"^https://raw\.test/data/xml/[\w.]+\.xml$", files)]

    def thousand(self) -> list[Identifier]:
        """A thousand papers of two collections."""
        return [Identifier("acl", f"2023.{v}-main.{n}") for v in ("acl", "emnlp") for n in range(1, 501)]

    def shapes(self) -> st.SearchStrategy[str]:
        """Collections of a kind."""
        tags = [
            "paper",
            "title",
            "author",
            "first",
            "last",
            "url",
            "doi",
            "abstract",
            "venue",
            "year",
            "month",
        ]
        inner = elements(tags, ["N19-1423", "10.18653/v1/N19-1423", "2019", "June"])
        paper = inner.map(lambda xml: f'<paper id="423">{xml}</paper>')
        head = '<collection id="N19"><volume id="1">'
        return st.lists(paper | inner.map(lambda xml: f"<meta>{xml}</meta>"), max_size=3).map(
            lambda parts: f"{head}{''.join(parts)}</volume></collection>"
        )


def test_fetch__fields() -> None:
    """A paper becomes a record: markup joined, booktitle and venue ids, month, names, licence."""
    record = one(collection("N19", "1", BERT), "N19-1423")
    assert record.title == TITLE
    assert record.authors == ("Jacob Devlin", "Toutanova")
    assert record.abstract == "We introduce a k-layer model."
    assert (record.venue, record.venue_key, record.year) == ("Proceedings of NAACL", "naacl", 2019)
    assert (record.published, record.published_precision) == ("2019-06", "month")
    assert [str(i) for i in record.identifiers] == ["acl:N19-1423", "doi:10.18653/v1/n19-1423"]
    assert record.pdf_url == "https://aclanthology.org/N19-1423.pdf"
    assert (record.licence, record.status) == ("CC BY 4.0", None)


def test_fetch__abstract_before_2016() -> None:
    """Older abstracts may not be published, so they are not even read."""
    record = one(collection("N19", "1", BERT, year=2015), "N19-1423")
    assert (record.abstract, record.licence) == (None, "CC BY-NC-SA 3.0")


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ('<retracted date="2022-01-01">Plagiarism</retracted>', "retracted"),
        ("<removed>By the authors</removed>", "withdrawn"),
        ('<revision id="2" href="N19-1423v2"/>', None),
    ],
)
def test_fetch__status(mark: str, status: str | None) -> None:
    """Retractions and removals count, revisions do not."""
    xml = BERT.replace("</paper>", f"{mark}</paper>")
    assert one(collection("N19", "1", xml), "N19-1423").status == status


@pytest.mark.parametrize(
    ("month", "published"),
    [
        ("July–August", "2019-07"),
        ("July 28-August 2", "2019-07"),
        ("summer", "2019"),
        ("", "2019"),
        ("may", "2019-05"),
    ],
)
def test_fetch__month(month: str, published: str) -> None:
    """The first month of a range counts; what is no month leaves the year."""
    assert one(collection("N19", "1", BERT, month=month), "N19-1423").published == published


def test_fetch__front_matter() -> None:
    """Paper 0 is the front matter: titled as the volume, by its editors."""
    source, _ = opened(
        collection("2022.naloma", "1", "<frontmatter><url>2022.naloma-1.0</url></frontmatter>")
    )
    (record,) = gathered(source.fetch([Identifier("acl", "2022.naloma-1.0")]))
    assert (record.title, record.authors) == ("Proceedings of NAACL", ("Jill Burstein",))


def test_fetch__printed_id_wins() -> None:
    """An element that prints another id than its place is that other paper."""
    xml = BERT.replace("<url>N19-1423</url>", "<url>N19-2001</url>")
    assert not one(collection("N19", "1", xml), "N19-1423").found
    assert one(collection("N19", "1", xml), "N19-2001").found


def test_fetch__one_request_per_collection() -> None:
    """Papers of one collection cost one request, whatever their volumes."""
    source, client = opened(files)
    gathered(
        source.fetch(
            [Identifier("acl", v) for v in ("N19-1423", "2023.acl-long.1", "N19-2001", "2023.acl-short.2")]
        )
    )
    assert [r.url for r in client.requests] == [
        "https://raw.test/data/xml/N19.xml",
        "https://raw.test/data/xml/2023.acl.xml",
    ]


def test_fetch__no_such_collection() -> None:
    """A 404 says "not found" after a known collection was answered, once for the whole run."""
    source, client = opened(files)
    records = gathered(
        source.fetch([Identifier("acl", "2099.nowhere-1.1"), Identifier("acl", "2098.nowhere-1.1")])
    )
    assert [r.found for r in records] == [False, False]
    assert len(client.requests) == 3


@pytest.mark.parametrize("known", [MISSING, Answer(PORTAL, 404, "text/html")])
def test_fetch__404_to_everything(known: Answer) -> None:
    """A server that has not even the known collection has moved: nothing is "not found"."""
    for value in ("2099.nowhere-1.1", "N19-1423"):
        source, _ = opened(known)
        with pytest.raises(SourceDown):
            gathered(source.fetch([Identifier("acl", value)]))


def test_fetch__another_collection() -> None:
    """A file that says it is another collection is no answer."""
    with pytest.raises(SourceDown):
        one(collection("P19", "1", BERT), "N19-1423")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("2023.findings-emnlp.710", ("2023.findings", "emnlp", 710)),
        ("2022.acl-long.42", ("2022.acl", "long", 42)),
        ("2022.naloma-1.3", ("2022.naloma", "1", 3)),
        ("P18-1001", ("P18", "1", 1)),
        ("W12-3903", ("W12", "39", 3)),
        ("W05-0909", ("W05", "9", 9)),
        ("C69-0101", ("C69", "1", 1)),
        ("D19-5702", ("D19", "57", 2)),
        ("D19-1410", ("D19", "1", 410)),
        ("nonsense", None),
    ],
)
def test_place__shapes(value: str, place: tuple[str, str, int] | None) -> None:
    """Collection, volume and number of every shape of Anthology id."""
    assert _place(value) == (_Place(*place) if place else None)


@pytest.mark.parametrize("recording", recordings("aclanthology", "xml_*"))
def test_recording__collections(recording: Recording) -> None:
    """Every paper of every recorded collection is read; a lone event is no collection."""
    name = recording.url.rsplit("/", 1)[1].removesuffix(".xml")
    printed = re.findall(
        r"<url[^>]*>([^<]*)</url>", re.sub(r"(?s)<frontmatter>.*?</frontmatter>", "", recording.body)
    )
    ids = list(dict.fromkeys(value for value in printed if _place(value)))
    if name == "L06":  # its papers live at another site, so their ids are made of their places
        ids = [f"L06-1{int(n):03}" for n in re.findall(r'<paper id="(\d+)"', recording.body)]
    source, client = opened(recording.answer)
    if "<collection" not in recording.body:
        with pytest.raises(SourceDown):
            gathered(source.fetch([Identifier("acl", "2022.acl-long.42")]))
        return
    records = gathered(source.fetch([Identifier("acl", value) for value in ids]))
    assert ids
    assert len(client.requests) == 1
    assert [r.question for r in records if r.found and r.title] == [f"acl:{value}" for value in ids]
    assert not any("<" in (r.title or "") for r in records)
    assert all(r.venue and r.venue_key and r.year for r in records)
    assert all(bool(r.abstract) <= ((r.year or 0) >= 2016) for r in records)
    assert not gathered(
        source.fetch([Identifier("acl", f"{name}-zzz.9999" if "." in name else f"{name}-9999")])
    )[0].found


@pytest.mark.parametrize(
    "recording",
    [
        *recordings("aclanthology", "html_*"),
        *recordings("aclanthology", "[jy]*"),
        *recordings("aclanthology", "bib_*"),
    ],
)
def test_recording__no_answers(recording: Recording) -> None:
    """Pages, YAML, JSON and BibTeX are no collection."""
    with pytest.raises(SourceDown):
        one(recording.answer, "N19-1423")
