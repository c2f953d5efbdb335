"""ACL Anthology: authoritative titles, authors and venues, from the XML file of a collection.

There is no query API (https://aclanthology.org/faq/api/): the data of the site is public at
https://github.com/acl-org/acl-anthology, one file per collection, so a file is fetched once for all its
papers. Ids: https://aclanthology.org/info/ids/; licence: https://aclanthology.org/faq/copyright/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal
from xml.etree.ElementTree import Element

from pipeline.errors import SourceDown
from pipeline.identifiers import pdf_url, to_url
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    batches,
    believing,
    identifiers_of,
    named,
    not_found,
    refusal,
    text_of,
    web_address,
    year_of,
)

ABSTRACTS_FROM = 2016
"""From this year on papers are CC BY 4.0; before, CC BY-NC-SA 3.0, and their abstracts are not given."""

Precision = Literal["year", "month", "day"]

_NEW = re.compile(r"(\d{4}\.\w+)-(\w+)\.(\d+)")
_OLD = re.compile(r"([A-Z])(\d{2})-(\d{4})")
_MONTHS = "january february march april may june july august september october november december".split()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a paper stands: `2022.acl`, `long`, 42; paper 0 is the front matter of its volume."""

    collection: str
    volume: str
    paper: int


class Acl:
    """ACL Anthology, asked by Anthology id, one request per collection.

    - Text carries markup (`<fixed-case>`, `<tex-math>`, `<b>` ...): the text of all children is joined.
    - Old ids name the volume by one digit, by two in all `W` collections, in `C69`, and in `D19` from 50
      on (https://github.com/mbollmann/acl-anthology-py, `acl_anthology/utils/ids.py`).
    - A file that is not there (HTTP 404) says that its papers do not exist, but only from a server that
      has given another collection in this run: a moved repository answers 404 to everything.
    - `<retracted>` and `<removed>` become the status; `<revision>` changes nothing that is given here.
    """

    name: ClassVar[str] = "acl"
    title: ClassVar[str] = "ACL Anthology"
    order: ClassVar[int] = 40
    schemes: ClassVar[tuple[str, ...]] = ("acl",)
    gives: ClassVar[tuple[str, ...]] = (
        "venue",
        "title",
        "authors",
        "abstract (2016 on)",
        "DOI",
        "retractions",
    )
    probe: ClassVar[Identifier] = Identifier("acl", "N19-1423")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._base = settings.extra.get("data_url", settings.url).rstrip("/")
        self._assured = False

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by Anthology id, collection by collection. Raises SourceDown."""
        collections: dict[str, list[Identifier]] = {}
        for (identifier,) in batches((i for i in identifiers if i.scheme in self.schemes), 1):
            if place := _place(identifier.value):
                collections.setdefault(place.collection, []).append(identifier)
        for collection, members in collections.items():
            yield self._collection(collection, members)

    def _collection(self, collection: str, members: Sequence[Identifier]) -> list[Record]:
        response = self._get(collection)
        if response.status == 404:
            self._assure(collection)
            return [not_found(self.name, str(i), response.answered_at) for i in members]
        with believing(self._client, response):
            papers = _papers(_root(response, collection))
            records = [_answer(identifier, papers, response.answered_at) for identifier in members]
            if not any(records):
                raise SourceDown(self.name, f"answered with papers without titles ({collection})")
        self._assured = True
        return [record for record in records if record]

    def _assure(self, refused: str) -> None:
        """Make sure that the server has the Anthology at all; raises SourceDown where it has not."""
        known = _place(self.probe.value)
        if self._assured or known is None:
            return
        response = self._get(known.collection) if known.collection != refused else None
        if response is None or response.status == 404:
            raise SourceDown(self.name, f"has not even the collection of {self.probe}")
        _root(response, known.collection)
        self._assured = True

    def _get(self, collection: str) -> Response:
        response = self._client.get(f"{self._base}/xml/{collection}.xml", accept="xml")
        if response.status not in (200, 404):
            raise refusal(self.name, response)
        return response


_Papers = Mapping[_Place | str, tuple[Element, Element]]
"""Paper and `<meta>` of its volume, by place and, where the paper prints it, by Anthology id."""


def _place(value: str) -> _Place | None:
    """The parts of an Anthology id; None for what is none.

    >>> _place("2022.acl-long.42")
    _Place(collection='2022.acl', volume='long', paper=42)
    >>> _place("D19-5702"), _place("P18-1001")
    (_Place(collection='D19', volume='57', paper=2), _Place(collection='P18', volume='1', paper=1))
    """
    if new := _NEW.fullmatch(value):
        return _Place(new[1], new[2], int(new[3]))
    old = _OLD.fullmatch(value)
    if not old:
        return None
    collection, digits = old[1] + old[2], old[3]
    two = old[1] == "W" or collection == "C69" or (collection == "D19" and digits[0] >= "5")
    return _Place(collection, str(int(digits[: 1 + two])), int(digits[1 + two :]))


def _root(response: Response, collection: str) -> Element:
    """The `<collection>` asked for; raises SourceDown for anything else."""
    root = response.xml()
    if root.tag != "collection" or root.get("id") != collection or root.find("volume") is None:
        raise SourceDown(Acl.name, f"answered with something that is not the collection {collection}")
    return root


def _papers(root: Element) -> _Papers:
    """All papers of a collection, front matter included."""
    papers: dict[_Place | str, tuple[Element, Element]] = {}
    for volume in root.iterfind("volume"):
        meta = volume.find("meta")
        if meta is None:
            continue
        for paper in volume:
            place = _Place(root.get("id", ""), volume.get("id", ""), _number(paper))
            if place.paper >= 0:
                papers[_printed_id(paper) or place] = (paper, meta)
    return papers


def _number(paper: Element) -> int:
    """The number of a paper in its volume; negative for an element that is no paper."""
    if paper.tag == "frontmatter":
        return 0
    number = paper.get("id", "") if paper.tag == "paper" else ""
    return int(number) if re.fullmatch("[0-9]{1,6}", number) else -1


def _printed_id(paper: Element) -> str | None:
    """The Anthology id in `<url>`, which some old papers have at another site instead."""
    text = text_of(paper.findtext("url")) or ""
    return text if "/" not in text and _place(text) else None


def _answer(identifier: Identifier, papers: _Papers, at: str) -> Record | None:
    """What a collection says about a paper; None where its element cannot be read."""
    place = _place(identifier.value)
    found = papers.get(identifier.value) or (papers.get(place) if place else None)
    if not found:
        return not_found(Acl.name, str(identifier), at)
    return _record(identifier, *found, at)


def _record(identifier: Identifier, paper: Element, meta: Element, at: str) -> Record | None:
    booktitle, year = _text(meta.find("booktitle")), year_of(text_of(meta.findtext("year")))
    title = _text(paper.find("title")) or (booktitle if paper.tag == "frontmatter" else None)
    people = _people(paper, meta)
    if title is None or any(person.find("last") is None for person in people):
        return None  # every person has a last name, if only an empty one: something was lost on the way
    published, precision = _date(year, text_of(meta.findtext("month")))
    free = year is not None and year >= ABSTRACTS_FROM
    return Record(
        source=Acl.name,
        question=str(identifier),
        retrieved_at=at,
        title=title,
        authors=tuple(name for person in people if (name := _name(person))),
        abstract=_text(paper.find("abstract")) if free else None,
        published=published,
        published_precision=precision,
        venue=booktitle,
        venue_key=",".join(key for venue in meta.iterfind("venue") if (key := text_of(venue.text))) or None,
        year=year,
        identifiers=named(identifier, identifiers_of("doi", paper.findtext("doi"))),
        url=to_url(identifier),
        pdf_url=web_address(paper.findtext("url")) or pdf_url(identifier),
        status=_status(paper),
        licence="CC BY 4.0" if free else "CC BY-NC-SA 3.0",
    )


def _text(element: Element | None) -> str | None:
    """All text below an element, markup dropped."""
    return text_of("".join(element.itertext())) if element is not None else None


def _people(paper: Element, meta: Element) -> Sequence[Element]:
    """The authors; of front matter, the editors of the volume."""
    return meta.findall("editor") if paper.tag == "frontmatter" else paper.findall("author")


def _name(person: Element) -> str | None:
    return text_of(" ".join(filter(None, (_text(person.find("first")), _text(person.find("last"))))))


def _date(year: int | None, month: str | None) -> tuple[str | None, Precision | None]:
    """ISO date and its precision; of a range of months (`July–August`) the first counts."""
    if year is None:
        return None, None
    word = re.match(r"[a-z]+", (month or "").lower())
    if word and word[0] in _MONTHS:
        return f"{year}-{_MONTHS.index(word[0]) + 1:02}", "month"
    return str(year), "year"


def _status(paper: Element) -> str | None:
    if paper.find("retracted") is not None:
        return "retracted"
    return "withdrawn" if paper.find("removed") is not None else None
