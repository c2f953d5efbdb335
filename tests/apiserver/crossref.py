"""Crossref's REST API at `/crossref/works`: one work by DOI, or a search that offers something for any title.

After recorded answers: the envelope with its pools in headers (polite with a contact in the User-Agent or the query),
404 `Resource not found.` as text for an unknown DOI and for those of other agencies, 400 for a query on one work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.apiserver.wire import Answer, Request, html_answer, json_answer, text_answer
from tests.apiserver.world import Work, World, best, index

_NOT_ALLOWED = {
    "type": "parameter-not-allowed",
    "value": "query.*",
    "message": "This route does not support field query parameters",
}


class Crossref:
    """The works route of Crossref."""

    name = "crossref"
    mounts = ("crossref",)

    def asked(self, request: Request) -> tuple[str, ...]:
        """The DOI, or the text of a search."""
        query = _query(request)
        return (query,) if query is not None else (_doi(request),)

    def answer(self, request: Request, world: World) -> Answer:
        """A work or a list of works, or one of the recorded errors."""
        pool = _pool(request, single=request.path != "/works")
        query = _query(request)
        if request.path == "/works":
            return json_answer(
                _listed(query or "", int(request.query.get("rows", "20")), world), headers=pool
            )
        if not request.path.startswith("/works/"):
            return html_answer("<html><body><h1>404 Not Found</h1></body></html>", 404)
        if query is not None:
            failed = {"status": "failed", "message-type": "validation-failure", "message": [_NOT_ALLOWED]}
            return json_answer(failed, 400, pool)
        found = _known(world).get(_doi(request).lower())
        return json_answer(_enveloped("work", _work(found)), headers=pool) if found else _unknown(pool)

    def too_many(self) -> Answer:
        """429 as text; its body is not recorded anywhere."""
        return text_answer("Too Many Requests", 429)

    def empty(self, request: Request) -> Answer:
        """A list without works, or a work without fields."""
        if request.path == "/works":
            return json_answer(_enveloped("work-list", {"total-results": 0, "items": []}))
        return json_answer(_enveloped("work", {}))


def _known(world: World) -> Mapping[str, Work]:
    """The works that Crossref has, by DOI."""

    def make() -> Mapping[str, Work]:
        return {doi: work for doi, work in world.dois().items() if "crossref" not in work.unknown_to}

    return index(world, "crossref", make)


def _doi(request: Request) -> str:
    return unquote(request.path.removeprefix("/works/"))


def _query(request: Request) -> str | None:
    return next((text for name, text in request.query.items() if name.startswith("query")), None)


def _pool(request: Request, *, single: bool) -> Mapping[str, str]:
    """The limits of the pool that the caller is in, as its headers say them."""
    polite = "mailto:" in request.headers.get("user-agent", "") or "mailto" in request.query
    rate = (10 if single else 3) if polite else (5 if single else 1)
    return {
        "x-api-pool": ("polite" if polite else "public") + ("-single" if single else "-list"),
        "x-rate-limit-limit": str(rate),
        "x-rate-limit-interval": "1s",
        "x-concurrency-limit": "3" if polite else "1",
    }


def _unknown(headers: Mapping[str, str]) -> Answer:
    return text_answer("Resource not found.", 404, headers)


def _enveloped(kind: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "ok", "message-type": kind, "message-version": "1.0.0", "message": message}


def _listed(query: str, rows: int, world: World) -> dict[str, Any]:
    """The works nearest to the query, then any others: this search never comes with empty hands."""
    works = list(_known(world).values())
    places = best(query, (work.title for work in works), least=0.2) or list(range(len(works)))
    message = {
        "facets": {},
        "total-results": len(works),
        "items": [_work(works[place]) for place in places[:rows]],
        "items-per-page": rows,
        "query": {"start-index": 0, "search-terms": None},
    }
    return _enveloped("work-list", message)


def _work(work: Work) -> dict[str, Any]:
    published = {"date-parts": [[work.year]]}
    given = {
        "DOI": (work.doi or "").lower(),
        "URL": f"https://doi.org/{work.doi}",
        "prefix": (work.doi or "").partition("/")[0],
        "publisher": "Example Publisher",
        "type": "proceedings-article",
        "source": "Crossref",
        "title": [work.title],
        "subtitle": [],
        "short-title": [],
        "original-title": [],
        "author": [_author(name, place) for place, name in enumerate(work.authors)],
        "container-title": [work.container] if work.container else [],
        "short-container-title": [],
        "event": {"name": work.container},
        "issued": published,
        "published": published,
        "is-referenced-by-count": 2 * len(work.title),
        "reference-count": 40,
        "references-count": 40,
        "relation": {},
        "subject": [],
        "score": 1,
    }
    notice = {"DOI": "10.1000/notice", "type": "retraction", "label": "Retraction", "source": "publisher"}
    return given | ({"updated-by": [notice]} if work.retracted else {}) | work.crossref


def _author(name: str, place: int) -> dict[str, Any]:
    given, _, family = name.rpartition(" ")
    return {
        "given": given,
        "family": family,
        "sequence": "additional" if place else "first",
        "affiliation": [],
    }
