"""Crossref: what publishers deposited under their DOIs, container titles, events, dates, retractions.

Contract: https://www.crossref.org/documentation/retrieve-metadata/rest-api/ (routes, pools and rates);
fields: https://github.com/CrossRef/rest-api-doc. Metadata are free to reuse, abstracts are the publishers'.
A contact in the User-Agent is what lets us into the polite pool.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import quote

from pipeline.errors import SourceDown, SourceRefused
from pipeline.identifiers import to_url
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    TitleQuery,
    akin,
    batches,
    believing,
    facets,
    identifier_of,
    identifiers_of,
    is_json,
    listed,
    mapping,
    named,
    not_found,
    number_of,
    partial_date,
    plain_of,
    precision_of,
    refusal,
    searchable,
    text_of,
    web_address,
    year_of,
)
from pipeline.text import normalise_title

CANDIDATES = 5
"""Works asked for per title: the search gives something for any title, so few are enough."""

_ARXIV = "10.48550/"
"""arXiv's DOIs are DataCite's: to ask about them here would be a request in vain."""
_UNKNOWN = b"resource not found."
_RETRACTED = frozenset({"retraction", "withdrawal", "removal"})
"""Types of updates that take a work back; corrections, errata and new versions leave it standing."""
_MARK = re.compile(
    r"(?i)^[\[(]?(?:retracted(?: article| paper| chapter)?|withdrawn)[\])]?\s*[:.-]\s*|^\[retracted\]\s*"
)
_SAME_WORK = ("is-preprint-of", "has-preprint")


class Crossref:
    """Crossref, asked by DOI, one request each, or by title.

    - It is a last resort (`last_resort`): most DOIs were answered by a source that takes many at once. What
      nobody decided is asked too (`settles_venues`), by title where no DOI is known and somebody says that it
      was published: what the publisher deposited decides.
    - An unknown DOI is HTTP 404 with the text `Resource not found.`; DOIs of other agencies (DataCite
      has arXiv's) are unknown too. Any other 404 is no answer.
    - `venue` is the container's title, the last one of several: before it stands the book series. A
      preprint (`posted-content`) has none, and the institution that posted it stands for it.
    - `venue_key` is `type|event acronym|event name|ISSN,ISSN`, bars at the end cut:
      `proceedings-article|WWW '18|Companion of the The Web Conference 2018`, `journal-article|||1932-6203`.
    - `year` is the event's where one is given, for a volume can appear a year later; else the printed one.
    - A retraction shows in `updated-by` (or in `update-to` that names the work itself) or in a mark before
      the title. `update-to` that names another DOI makes the record the notice, which is not retracted.
    - A title search offers something for any title whatever: only what is akin to it is a candidate.
    """

    name: ClassVar[str] = "crossref"
    title: ClassVar[str] = "Crossref"
    order: ClassVar[int] = 50
    schemes: ClassVar[tuple[str, ...]] = ("doi",)
    last_resort: ClassVar[tuple[str, ...]] = ("fetch", "find")
    settles_venues: ClassVar[bool] = True
    gives: ClassVar[tuple[str, ...]] = (
        "publisher's venue and year",
        "title",
        "authors",
        "date",
        "citation counts",
        "retractions",
    )
    probe: ClassVar[Identifier] = Identifier("doi", "10.18653/v1/n19-1423")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._works = client, f"{settings.url.rstrip('/')}/works"

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by DOI, one request each. Raises SourceDown and SourceRefused."""
        mine = (i for i in identifiers if i.scheme in self.schemes and not i.value.startswith(_ARXIV))
        for batch in batches(mine, 1):
            yield self._one(batch[0])

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """Works with a title akin to the one asked for, one request each. Raises as `fetch`."""
        for batch in batches(searchable(queries), 1):
            yield self._search(batch[0])

    def _one(self, identifier: Identifier) -> list[Record]:
        question = str(identifier)
        response = self._get(f"{self._works}/{quote(identifier.value, safe='')}")
        with believing(self._client, response):
            if _is_unknown(response):
                return [not_found(self.name, question, response.answered_at)]
            message = _message(response)
            record = _record(message, question, response.answered_at)
            if record is None and _describes_no_work(message):
                return []  # a journal, a book series: nothing that a list could mean by a paper
            if record is None:
                raise SourceDown(self.name, "answered with a work that has no title or no DOI")
        return [record]

    def _search(self, query: TitleQuery) -> list[Record]:
        words = " ".join(query.title.split())
        response = self._get(self._works, {"query.bibliographic": words, "rows": str(CANDIDATES)})
        if response.status == 400 and is_json(response):
            _failure(response)
            return []  # this text cannot be searched: neither an answer nor an outage
        with believing(self._client, response):
            found = _candidates(_message(response), query, response.answered_at)
        return found or [not_found(self.name, query.question, response.answered_at)]

    def _get(self, url: str, params: Mapping[str, str] | None = None) -> Response:
        response = self._client.get(url, params=params)
        if response.status in (401, 403):
            raise SourceRefused(
                self.name,
                f"refused with HTTP {response.status}",
                "set contact in paperlist.yaml, or wait a day",
            )
        return response


def _is_unknown(response: Response) -> bool:
    """Whether Crossref itself said that it has no such DOI; its content type may be anything."""
    return response.status == 404 and response.body.strip().strip(b'"').lower() == _UNKNOWN


def _failure(response: Response) -> None:
    """Pass for a 400 in Crossref's own shape. Raises SourceDown for anything else."""
    data = response.json()
    if not isinstance(data, dict) or data.get("status") != "failed":
        raise refusal(Crossref.name, response)


def _message(response: Response) -> Mapping[str, Any]:
    """What is in the envelope `{status, message-type, message}`; raises SourceDown where there is none."""
    data = response.json() if response.status == 200 else None
    message = data.get("message") if isinstance(data, dict) and data.get("status") == "ok" else None
    if not isinstance(message, dict):
        raise refusal(Crossref.name, response)
    return message


def _describes_no_work(message: Mapping[str, Any]) -> bool:
    return bool(identifier_of("doi", message.get("DOI"))) and message.get("title") == []


def _candidates(message: Mapping[str, Any], query: TitleQuery, at: str) -> list[Record]:
    """The works akin to the title, as ranked; raises SourceDown for what is no list of works."""
    items = message.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SourceDown(Crossref.name, "answered with something that is not a list of works")
    read = [record for item in items if (record := _record(item, query.question, at))]
    if items and not read:
        raise SourceDown(Crossref.name, "answered with works that have no title or no DOI")
    near = [record for record in read if akin(query.title, record.title or "")]
    return [replace(record, rank=rank) for rank, record in enumerate(near)]


def _record(work: Mapping[str, Any], question: str, at: str) -> Record | None:
    """One work as a record; None for one without a title or a DOI."""
    own, (title, marked) = identifiers_of("doi", work.get("DOI")), _title(work)
    if not own or title is None:
        return None
    published = _date(work, "published", "issued", "published-online", "published-print", "posted")
    count = number_of(work.get("is-referenced-by-count"))
    return Record(
        source=Crossref.name,
        question=question,
        retrieved_at=at,
        title=title,
        authors=tuple(name for author in listed(work.get("author")) if (name := _name(author))),
        abstract=plain_of(work.get("abstract")),
        published=published,
        published_precision=precision_of(published),
        venue=_venue(work),
        venue_key=_key(work),
        year=_year(work),
        citation_count=count,
        counted_at=at if count is not None else None,
        identifiers=named(own, _elsewhere(work)),
        url=to_url(own[0]),
        pdf_url=_pdf(work),
        status="retracted" if marked or _is_retracted(work, own) else None,
        licence=_licence(work),
    )


def _title(work: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Title and subtitle in one, without markup, and whether the publisher marked it as retracted."""
    parts = [text for key in ("title", "subtitle") if (text := plain_of(_first(work.get(key))))]
    if not parts or not plain_of(_first(work.get("title"))):
        return None, False
    repeated = normalise_title(parts[-1]) in normalise_title(parts[0])
    whole = parts[0] if len(parts) == 1 or repeated else f"{parts[0].rstrip(' :')}: {parts[1]}"
    bare = _MARK.sub("", whole)
    return bare or whole, bool(bare) and bare != whole


def _name(author: object) -> str | None:
    """`given family`, or the name of an organisation."""
    given, family, name = (text_of(mapping(author).get(key)) for key in ("given", "family", "name"))
    return " ".join(part for part in (given, family) if part) if family else name


def _date(work: Mapping[str, Any], *keys: str) -> str | None:
    """The first of these dates that is given, cut to its parts."""
    return next((date for key in keys if (date := _parts(work.get(key)))), None)


def _parts(value: object) -> str | None:
    """`{"date-parts": [[2021, 6, 9]]}` as `2021-06-09`; `[[null]]` says nothing."""
    return partial_date(*listed(_first(mapping(value).get("date-parts")))[:3])


def _venue(work: Mapping[str, Any]) -> str | None:
    titles = [text for item in listed(work.get("container-title")) if (text := plain_of(item))]
    institutions = (plain_of(mapping(item).get("name")) for item in listed(work.get("institution")))
    return titles[-1] if titles else next((name for name in institutions if name), None)


def _key(work: Mapping[str, Any]) -> str | None:
    event = mapping(work.get("event"))
    numbers = [text for item in listed(work.get("ISSN")) if (text := text_of(item))]
    return facets(work.get("type"), event.get("acronym"), event.get("name"), ",".join(numbers))


def _year(work: Mapping[str, Any]) -> int | None:
    date = _date(mapping(work.get("event")), "start", "end")
    date = date or _date(work, "published-print", "published", "issued", "published-online")
    return year_of(date[:4]) if date else None


def _is_retracted(work: Mapping[str, Any], own: Sequence[Identifier]) -> bool:
    by_others = [mapping(update) for update in listed(work.get("updated-by"))]
    by_itself = [mapping(update) for update in listed(work.get("update-to"))]
    taken_back = [u for u in by_itself if identifier_of("doi", u.get("DOI")) in own]
    return any(text_of(u.get("type")) in _RETRACTED for u in [*by_others, *taken_back])


def _elsewhere(work: Mapping[str, Any]) -> tuple[Identifier, ...]:
    """The preprint of this work, or the publication of this preprint."""
    relation = mapping(work.get("relation"))
    others = [mapping(item) for kind in _SAME_WORK for item in listed(relation.get(kind))]
    return named(*(_related(item) for item in others))


def _related(item: Mapping[str, Any]) -> tuple[Identifier, ...]:
    scheme = text_of(item.get("id-type")) or ""
    return identifiers_of(scheme, item.get("id")) if scheme in ("doi", "arxiv", "pmid") else ()


def _pdf(work: Mapping[str, Any]) -> str | None:
    """A link to the PDF for readers; those for plagiarism checkers lead nowhere."""
    links = (mapping(item) for item in listed(work.get("link")))
    wanted = (
        web_address(link.get("URL"))
        for link in links
        if link.get("content-type") == "application/pdf"
        and link.get("intended-application") != "similarity-checking"
    )
    return next((url for url in wanted if url), None)


def _licence(work: Mapping[str, Any]) -> str | None:
    """The licence of the version of record, else the first that is given."""
    given = sorted(map(mapping, listed(work.get("license"))), key=lambda x: x.get("content-version") != "vor")
    return next((url for item in given if (url := web_address(item.get("URL")))), None)


def _first(value: object) -> object:
    return next(iter(listed(value)), None)
