"""DataCite: what arXiv, Dagstuhl, Zenodo and other agencies deposited under their DOIs.

Contract: https://support.datacite.org/docs/api-get-doi (one DOI by address, errors as JSON:API) and
https://support.datacite.org/docs/rate-limit; metadata are CC0. It knows every arXiv id (10.48550), also
while arXiv itself does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pipeline.errors import SourceDown, SourceRefused
from pipeline.identifiers import to_url
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    batches,
    believing,
    facets,
    identifiers_in,
    identifiers_of,
    is_json,
    iso_date,
    listed,
    mapping,
    named,
    not_found,
    plain_of,
    precision_of,
    refusal,
    text_of,
    year_of,
)

_SAME_WORK = frozenset({"IsVersionOf", "IsIdenticalTo", "IsVariantFormOf"})
"""Relations to another name of the same work: arXiv gives the DOI that the authors typed as `IsVersionOf`."""
_DATES = ("Submitted", "Available", "Issued", "Created")
"""Kinds of dates in the order in which they tell when a work came out; of several the first one counts."""


class DataCite:
    """DataCite, asked by arXiv id or DOI, one request each.

    - It is a last resort (`last_resort`): asked about what no other source answered.
    - An unknown DOI is HTTP 404 with `{"errors": [{"status": "404"}]}`; any other 404 is no answer.
    - `publisher` is a name or an object with one; names of people come as `Family, Given`.
    - `venue` is the container (a book of proceedings), else the publisher (`arXiv`); `venue_key` is
      `general resource type|client`: `Preprint|arxiv.content`. `year` stands only beside a container.
    - The published version of a preprint is among `relatedIdentifiers`, in the authors' own words.
    """

    name: ClassVar[str] = "datacite"
    title: ClassVar[str] = "DataCite"
    order: ClassVar[int] = 80
    schemes: ClassVar[tuple[str, ...]] = ("arxiv", "doi")
    last_resort: ClassVar[tuple[str, ...]] = ("fetch",)
    gives: ClassVar[tuple[str, ...]] = ("title", "authors", "date of the preprint", "DOI", "licence")
    probe: ClassVar[Identifier] = Identifier("arxiv", "1706.03762")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._dois = client, f"{settings.url.rstrip('/')}/dois"

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by arXiv id or DOI, one request each. Raises SourceDown and SourceRefused."""
        for batch in batches((i for i in identifiers if i.scheme in self.schemes), 1):
            yield [self._one(batch[0])]

    def _one(self, identifier: Identifier) -> Record:
        doi = f"10.48550/arxiv.{identifier.value}" if identifier.scheme == "arxiv" else identifier.value
        response = self._client.get(f"{self._dois}/{quote(doi, safe='/')}")
        if response.status in (401, 403):
            raise SourceRefused(self.name, f"refused with HTTP {response.status}", "try again on another day")
        with believing(self._client, response):
            if _is_unknown(response):
                return not_found(self.name, str(identifier), response.answered_at)
            data = response.json() if response.status == 200 else None
            if not isinstance(data, dict):
                raise refusal(self.name, response)
            record = _record(mapping(data.get("data")), str(identifier), response.answered_at)
            if record is None:
                raise SourceDown(self.name, "answered with something that has no title or no DOI")
        return record


def _is_unknown(response: Response) -> bool:
    """Whether DataCite itself said that it has no such DOI."""
    if response.status != 404 or not is_json(response):
        return False
    data = response.json()
    errors = listed(data.get("errors")) if isinstance(data, dict) else []
    return any(text_of(str(mapping(error).get("status"))) == "404" for error in errors)


def _record(data: Mapping[str, Any], question: str, at: str) -> Record | None:
    """One DOI as a record; None for one without a title or a DOI."""
    facts = mapping(data.get("attributes"))
    own = identifiers_of("doi", facts.get("doi")) or identifiers_of("doi", data.get("id"))
    titles = [text for item in listed(facts.get("titles")) if (text := plain_of(mapping(item).get("title")))]
    if not own or not titles:
        return None
    container = plain_of(mapping(facts.get("container")).get("title"))
    date = _date(facts)
    return Record(
        source=DataCite.name,
        question=question,
        retrieved_at=at,
        title=titles[0],
        authors=tuple(name for item in listed(facts.get("creators")) if (name := _name(mapping(item)))),
        abstract=_abstract(facts),
        published=date,
        published_precision=precision_of(date),
        venue=container or _publisher(facts.get("publisher")),
        venue_key=facets(mapping(facts.get("types")).get("resourceTypeGeneral"), _client_of(data)),
        year=year_of(facts.get("publicationYear")) if container else None,
        identifiers=named(own, _elsewhere(facts)),
        url=to_url(own[0]),
        licence=_licence(facts),
    )


def _name(creator: Mapping[str, Any]) -> str | None:
    """`Given Family`, from the parts or from `Family, Given`; an organisation's name as it is."""
    given, family, name = (text_of(creator.get(key)) for key in ("givenName", "familyName", "name"))
    if given and family:
        return f"{given} {family}"
    if name and creator.get("nameType") == "Personal" and name.count(", ") == 1:
        family, _, given = name.partition(", ")
        return f"{given} {family}"
    return name


def _publisher(value: object) -> str | None:
    return plain_of(value if isinstance(value, str) else mapping(value).get("name"))


def _client_of(data: Mapping[str, Any]) -> object:
    """The repository that deposited it, such as `arxiv.content`."""
    client = mapping(mapping(data.get("relationships")).get("client"))
    return mapping(client.get("data")).get("id")


def _date(facts: Mapping[str, Any]) -> str | None:
    """When the first version came out."""
    given = [mapping(item) for item in listed(facts.get("dates"))]
    for kind in _DATES:
        dates = [date for d in given if d.get("dateType") == kind and (date := iso_date(d.get("date")))]
        if dates:
            return min(dates)
    year = year_of(facts.get("publicationYear"))
    return str(year) if year else None


def _abstract(facts: Mapping[str, Any]) -> str | None:
    given = (mapping(item) for item in listed(facts.get("descriptions")))
    texts = (plain_of(item.get("description")) for item in given if item.get("descriptionType") == "Abstract")
    return next((text for text in texts if text), None)


def _licence(facts: Mapping[str, Any]) -> str | None:
    given = (mapping(item) for item in listed(facts.get("rightsList")))
    names = (text_of(item.get("rightsIdentifier")) or text_of(item.get("rights")) for item in given)
    return next((name for name in names if name), None)


def _elsewhere(facts: Mapping[str, Any]) -> tuple[Identifier, ...]:
    related = [mapping(item) for item in listed(facts.get("relatedIdentifiers"))]
    return named(*(_related(item) for item in related if text_of(item.get("relationType")) in _SAME_WORK))


def _related(item: Mapping[str, Any]) -> tuple[Identifier, ...]:
    """DOIs come bare or as addresses, arXiv ids with or without their prefix."""
    kind, value = text_of(item.get("relatedIdentifierType")), text_of(item.get("relatedIdentifier")) or ""
    if kind not in ("DOI", "arXiv") or not value:
        return ()
    found = identifiers_in(value)
    return found or identifiers_of(kind.lower(), value.removeprefix("arXiv:").removeprefix("doi:"))
