"""OpenAlex at `/openalex/works`: one work by id or DOI for nothing, a filter for a credit, a search for ten.

After recorded answers and the service's own code: 404 as a web page, everything else as JSON; a day's budget whose
state stands in the headers of each answer and whose end is a 429 with hours in `Retry-After`; 401 for a wrong key;
400 for more than a hundred values and for a bare comma. A published work bears its publisher's DOI alone: its
preprint's DOI is unknown, and arXiv is one of its locations.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.apiserver.wire import Answer, Request, html_answer, json_answer
from tests.apiserver.world import Work, World, best, index

_MOST_VALUES = 100
_RESET = 47052
_NOT_FOUND = (
    "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not "
    "found on the server. If you entered the URL manually please check your spelling and try again.</p>\n"
)


class OpenAlex:
    """The works route of OpenAlex.

    `key` is the one good key, with ten times the `credits` that callers without one have for the day.
    """

    name = "openalex"
    mounts = ("openalex",)

    def __init__(self, key: str = "test-openalex-0123456789", credits: int = 1000) -> None:
        self.key = key
        self._left = {False: credits, True: 10 * credits}
        self._limit = dict(self._left)
        self._lock = threading.Lock()

    def asked(self, request: Request) -> tuple[str, ...]:
        """The DOIs of a filter, the title of a search, or the name of one work."""
        if request.path != "/works":
            return (_name(request).removeprefix("doi:"),)
        field, _, value = request.query.get("filter", "").partition(":")
        return tuple(value.split("|")) if field == "doi" else (value,)

    def answer(self, request: Request, world: World) -> Answer:
        """A work or a page of works, or one of the errors."""
        given = request.headers.get("authorization")
        if given is not None and given != f"Bearer {self.key}":
            return json_answer({"error": "Invalid or missing API key", "message": "API key not found"}, 401)
        if refused := self._charge(_cost(request), keyed=given is not None):
            return refused
        headers = self._budget(given is not None)
        if request.path != "/works":
            found = _known(world).get(_name(request).lower())
            return json_answer(_work(*found), headers=headers) if found else html_answer(_NOT_FOUND, 404)
        return _page(request.query, world, headers)

    def too_many(self) -> Answer:
        """429 of the limit per second."""
        message = "Rate limit exceeded: 10 requests per second. Please slow down."
        return json_answer({"error": "Rate limit exceeded", "message": message, "retryAfter": 1}, 429)

    def empty(self, request: Request) -> Answer:
        """A page without works, or a work without fields."""
        return json_answer(_listing([]) if request.path == "/works" else {})

    def _charge(self, cost: int, *, keyed: bool) -> Answer | None:
        """Take so many credits off the day's budget; the refusal where it has not as many."""
        with self._lock:
            left = self._left[keyed]
            if cost <= left:
                self._left[keyed] = left - cost
                return None
        message = (
            f"Insufficient budget. This request costs ${cost / 10000} but you only have ${left / 10000} remaining. "
            "Resets at midnight UTC. Need more? Add funds at https://openalex.org/pricing"
        )
        body = {
            "error": "Rate limit exceeded",
            "message": message,
            "retryAfter": _RESET,
            "costUsd": cost / 10000,
            "dailyRemainingUsd": left / 10000,
            "prepaidRemainingUsd": 0,
            "creditsRequired": cost,
            "creditsRemaining": left,
            "onetimeCreditsRemaining": 0,
        }
        return json_answer(body, 429, {**self._budget(keyed), "Retry-After": str(_RESET)})

    def _budget(self, keyed: bool) -> Mapping[str, str]:
        return {
            "x-ratelimit-limit": str(self._limit[keyed]),
            "x-ratelimit-remaining": str(self._left[keyed]),
            "x-ratelimit-reset": str(_RESET),
        }


def _cost(request: Request) -> int:
    if request.path != "/works":
        return 1 if _name(request).startswith("http") else 0
    return 10 if "search" in request.query.get("filter", "") or "search" in request.query else 1


def _name(request: Request) -> str:
    return unquote(request.path.removeprefix("/works/"))


def _page(query: Mapping[str, str], world: World, headers: Mapping[str, str]) -> Answer:
    field, _, value = query.get("filter", "").partition(":")
    if "," in re.sub(r'"[^"]*"', "", value):
        return _bad("Invalid request rejected at the API edge", "A filter value contains an unescaped comma.")
    if field == "title.search":
        known = list({number: (work, number) for work, number in _known(world).values()}.values())
        found = [known[place] for place in best(value, (work.title for work, _ in known))]
        return json_answer(_listing(found, query), headers=headers)
    names = value.lower().split("|")
    if field != "doi" or len(names) > _MOST_VALUES:
        return _bad("Invalid query parameters error.", f"Maximum number of values exceeded for {field}.")
    known_names = _known(world)
    found = [known_names[f"doi:{name}"] for name in dict.fromkeys(names) if f"doi:{name}" in known_names]
    return json_answer(_listing(sorted(found, key=lambda pair: -pair[1]), query), headers=headers)


def _bad(error: str, message: str) -> Answer:
    return json_answer({"error": error, "message": message}, 400)


def _listing(found: Iterable[tuple[Work, int]], query: Mapping[str, str] | None = None) -> dict[str, Any]:
    works, size = list(found), int((query or {}).get("per-page", "25"))
    meta = {"count": len(works), "db_response_time_ms": 9, "page": 1, "per_page": size, "groups_count": None}
    return {"meta": meta, "results": [_work(work, number) for work, number in works[:size]], "group_by": []}


def _known(world: World) -> dict[str, tuple[Work, int]]:
    return index(world, "openalex", lambda: _names(world.works))


def _names(works: Iterable[Work]) -> dict[str, tuple[Work, int]]:
    """Every name under which a work is found, with the number that its id has."""
    names: dict[str, tuple[Work, int]] = {}
    for number, work in enumerate(works, start=1):
        if (doi := _doi(work)) and "openalex" not in work.unknown_to:
            names[f"doi:{doi.lower()}"] = names[f"w{4000000000 + number}"] = (work, number)
    return names


def _doi(work: Work) -> str | None:
    return work.doi or (f"10.48550/arxiv.{work.arxiv.id}" if work.arxiv else None)


def _work(work: Work, number: int) -> dict[str, Any]:
    own, doi = f"https://openalex.org/W{4000000000 + number}", f"https://doi.org/{(_doi(work) or '').lower()}"
    locations = [place for place in (_published(work), _preprint(work)) if place]
    year = work.year if work.doi else work.arxiv.date.year if work.arxiv else None
    date = str(work.arxiv.date) if work.arxiv and not work.doi else f"{year}-01-01"
    return {
        "id": own,
        "doi": doi,
        "title": work.title,
        "display_name": work.title,
        "publication_year": year,
        "publication_date": date,
        "ids": {"openalex": own, "doi": doi},
        "language": "en",
        "primary_location": locations[0],
        "type": "conference-paper" if work.doi else "preprint",
        "indexed_in": ["crossref"] if work.doi else ["arxiv", "datacite"],
        "authorships": [_authorship(name) for name in work.authors],
        "cited_by_count": 5 * number + 2,
        "is_retracted": work.retracted,
        "is_paratext": False,
        "locations_count": len(locations),
        "locations": locations,
        "best_oa_location": locations[-1],
        "abstract_inverted_index": _inverted(work.about),
        **work.openalex,
    }


def _authorship(name: str) -> dict[str, Any]:
    author = {"id": None, "display_name": name, "orcid": None}
    return {"author_position": "middle", "author": author, "raw_author_name": name}


def _published(work: Work) -> dict[str, Any] | None:
    if not work.doi:
        return None
    return _location(f"https://doi.org/{work.doi}") | {
        "version": "publishedVersion",
        "is_accepted": True,
        "is_published": True,
        "raw_source_name": work.container,
        "raw_type": "proceedings-article",
    }


def _preprint(work: Work) -> dict[str, Any] | None:
    if not work.arxiv:
        return None
    source = {"id": "https://openalex.org/S4306400194", "display_name": "arXiv (Cornell University)"}
    return _location(f"https://arxiv.org/abs/{work.arxiv.id}") | {
        "source": source | {"issn_l": None, "type": "repository"},
        "version": "submittedVersion",
    }


def _location(page: str) -> dict[str, Any]:
    return {
        "is_oa": True,
        "landing_page_url": page,
        "pdf_url": None,
        "source": None,
        "license": None,
        "version": None,
        "is_accepted": False,
        "is_published": False,
    }


def _inverted(text: str) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(text.split()):
        index.setdefault(word, []).append(place)
    return index
