"""DataCite's REST API at `/datacite/dois/{doi}`: arXiv's own DOIs, in JSON:API, after recorded answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from tests.apiserver.wire import Answer, Request, json_answer
from tests.apiserver.world import Work, World

_UNKNOWN = {"errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]}


class DataCite:
    """The DOIs of DataCite."""

    name = "datacite"
    mounts = ("datacite",)

    def asked(self, request: Request) -> tuple[str, ...]:
        """The DOI."""
        return (unquote(request.path.removeprefix("/dois/")),)

    def answer(self, request: Request, world: World) -> Answer:
        """A DOI, or the recorded 404."""
        (doi,) = self.asked(request)
        work = world.arxiv().get(doi.lower().removeprefix("10.48550/arxiv."))
        return json_answer({"data": _data(work, doi.lower())} if work else _UNKNOWN, 200 if work else 404)

    def too_many(self) -> Answer:
        """429 in the shape of the API's other errors."""
        return json_answer({"errors": [{"status": "429", "title": "Too many requests"}]}, 429)

    def empty(self, request: Request) -> Answer:
        """No data."""
        return json_answer({"data": None})


def _data(work: Work, doi: str) -> dict[str, Any]:
    prefix, _, suffix = doi.partition("/")
    date = work.arxiv.date if work.arxiv else None
    facts = {
        "doi": doi,
        "prefix": prefix,
        "suffix": suffix,
        "identifiers": [{"identifier": suffix.removeprefix("arxiv."), "identifierType": "arXiv"}],
        "creators": [_creator(name) for name in work.authors],
        "titles": [{"title": work.title}],
        "publisher": "arXiv",
        "container": {},
        "publicationYear": date.year if date else None,
        "dates": [{"date": f"{date}T09:00:00Z", "dateType": "Submitted", "dateInformation": "v1"}],
        "types": {"resourceType": "Article", "resourceTypeGeneral": "Preprint"},
        "relatedIdentifiers": _related(work),
        "descriptions": [{"description": work.about, "descriptionType": "Abstract"}],
        "rightsList": [],
        "url": f"https://arxiv.org/abs/{suffix.removeprefix('arxiv.')}",
        "state": "findable",
    }
    client = {"data": {"id": "arxiv.content", "type": "clients"}}
    return {"id": doi, "type": "dois", "attributes": facts, "relationships": {"client": client}}


def _creator(name: str) -> dict[str, Any]:
    given, _, family = name.rpartition(" ")
    return {
        "name": f"{family}, {given}",
        "nameType": "Personal",
        "givenName": given,
        "familyName": family,
        "affiliation": [],
        "nameIdentifiers": [],
    }


def _related(work: Work) -> list[dict[str, str]]:
    """The DOI that the authors typed at arXiv."""
    if not work.arxiv or not work.arxiv.doi:
        return []
    doi = {"relatedIdentifier": work.arxiv.doi, "relatedIdentifierType": "DOI"}
    return [{"relationType": "IsVersionOf", **doi}]
