"""OpenAlex: open citation counts, abstracts, locations and retraction marks, a hundred works per request.

Contract: https://developers.openalex.org (guides, authentication and pricing), read from the service's own
code, https://github.com/ourresearch/openalex-api-proxy and https://github.com/ourresearch/openalex-elastic-api.
Data: CC0. A look-up of one work is free, a filter costs a credit, a search ten, of a budget per day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import quote

from pipeline.errors import SourceDown, SourceRefused
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
    halves,
    identifiers_in,
    is_json,
    iso_date,
    listed,
    mapping,
    named,
    not_found,
    number_of,
    plain_of,
    precision_of,
    refusal,
    searchable,
    text_of,
    web_address,
    year_of,
)

BATCH = 100
"""Values per OR filter (MAX_IDS_IN_FILTER of the service)."""

FILTER_BYTES = 6000
"""Size of a filter at most, as it is written in the address: a request line may have 8190 bytes."""

PAGE = 200
"""Works per page at most; more than a batch can give, since several works may bear one DOI."""

CANDIDATES = 10

FIELDS = (
    "id,doi,ids,title,type,publication_year,publication_date,authorships,primary_location,locations,"
    "best_oa_location,is_retracted,cited_by_count,abstract_inverted_index"
)
LIST_COST, SEARCH_COST = 1, 10
"""Credits that a request takes off the day's budget (endpointClassifier of the gateway)."""

_LONGEST_ABSTRACT = 20_000
_UNFILTERABLE = re.compile(r'[,|"!:]')
"""Signs that mean something in a filter: names with them are looked up singly."""
_UNSEARCHABLE = re.compile(r"[^\w\s'’-]+")
"""A comma ends a filter, a bar and an exclamation mark are operators: words alone are searched."""
_NO_PLACE = frozenset({"repository", "metadata"})
_SPENT = re.compile(r"\b429\b.*asks us to wait")
_FLASK_404 = b"<title>404 not found</title>"


class OpenAlex:
    """OpenAlex, asked by DOI (an arXiv id has one) a hundred at a time, or by title.

    - One work alone is looked up singly, which is free; so is one whose name means something in a filter.
      Its "not found" is HTTP 404 with the web page of the server's framework, any other page is no answer.
    - A filter leaves out what is unknown, in any order: works are paired with questions by the names they
      bear. "Not found" needs a whole page on which nothing is left over, and an empty page is no answer
      until a work that is known to exist is answered.
    - The key travels in a header, never in the address. A wrong one is HTTP 401: then we go on without.
    - The day's budget is read from each answer, so that what it cannot pay for is not asked; HTTP 429 with
      hours to wait says the same. Either is a refusal until midnight UTC. A search by title costs as much
      as a thousand works by DOI, so it is a last resort (`last_resort`).
    - `venue` is where the published version stands (`raw_source_name`, which is what the publisher
      deposited, else the source's name); `venue_key` is `type|source type|ISSN-L|version|type at Crossref`:
      `article|journal|1932-6203|publishedVersion|journal-article`. `year` stands only beside a published
      version that is the primary one: otherwise it is the preprint's.
    - OpenAlex merges versions by machine: what `locations` name is no proof. A merged work bears the DOI of
      the publication and is not found by the preprint's, so a few questions wait until others have been
      asked for it (`waits_below`).
    """

    name: ClassVar[str] = "openalex"
    title: ClassVar[str] = "OpenAlex"
    order: ClassVar[int] = 60
    schemes: ClassVar[tuple[str, ...]] = ("openalex", "doi", "arxiv", "pmid")
    last_resort: ClassVar[tuple[str, ...]] = ("find",)
    waits_below: ClassVar[int] = BATCH
    gives: ClassVar[tuple[str, ...]] = (
        "citation counts",
        "abstract",
        "title",
        "authors",
        "venue",
        "date",
        "PDF",
        "retractions",
    )
    probe: ClassVar[Identifier] = Identifier("doi", "10.18653/v1/n19-1423")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._works, self._key = client, f"{settings.url.rstrip('/')}/works", settings.key
        self._credits: int | None = None

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by DOI, arXiv id, OpenAlex id or PubMed id. Raises SourceDown and SourceRefused."""
        mine = list(dict.fromkeys(i for i in identifiers if i.scheme in self.schemes))
        many = [i for i in mine if (doi := _doi(i)) and not _UNFILTERABLE.search(doi)]
        together = frozenset(many if len(many) > 1 else ())
        for identifier in mine:
            if identifier not in together:
                yield self._one(identifier)
        if together:
            for batch in _fitting(many):
                yield from self._several(batch)

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """Works with a title akin to the one asked for, one search each. Raises as `fetch`."""
        for batch in batches(searchable(queries), 1):
            yield self._search(batch[0])

    def _one(self, identifier: Identifier) -> list[Record]:
        question = str(identifier)
        response = self._get(f"/{quote(_singleton(identifier), safe=':/')}", {"select": FIELDS}, cost=0)
        with believing(self._client, response):
            if _is_unknown(response) or _is_bad(response, identifier):
                return [not_found(self.name, question, response.answered_at)]
            work = response.json() if response.status == 200 else None
            if not isinstance(work, dict):
                raise refusal(self.name, response)
            record = _record(work, question, response.answered_at)
            if record is None:
                raise SourceDown(self.name, "answered with a work that has no title or no id")
        return [record]

    def _several(self, batch: Sequence[Identifier]) -> Iterator[list[Record]]:
        """What one filter says about a batch, which is halved where it was too much or came in part."""
        values = "|".join(_doi(i) or "" for i in batch)
        params = {"filter": f"doi:{values}", "per-page": str(PAGE), "select": FIELDS}
        response = self._get("", params, cost=LIST_COST)
        if response.status == 400 and is_json(response) and len(batch) > 1:
            yield from halves(batch, self._ask)
            return
        with believing(self._client, response):
            works, whole = _page(response)
            records = self._paired(batch, works, response.answered_at, whole) if works else []
        if not works:
            self._assure()
            records = [not_found(self.name, str(i), response.answered_at) for i in batch]
        yield records
        if not whole and len(batch) > 1:
            answered = {r.question for r in records}
            yield from halves([i for i in batch if str(i) not in answered], self._ask)

    def _ask(self, batch: Sequence[Identifier]) -> Iterator[list[Record]]:
        if len(batch) == 1:
            yield self._one(batch[0])
        elif batch:
            yield from self._several(batch)

    def _assure(self) -> None:
        """Raise SourceDown unless a known work is answered: an empty page alone says nothing."""
        if not self._one(self.probe)[0].found:
            raise SourceDown(self.name, f"answered with an empty page, and without {self.probe}")

    def _paired(
        self, batch: Sequence[Identifier], works: Sequence[Mapping[str, Any]], at: str, whole: bool
    ) -> list[Record]:
        """Works beside their questions; a question whose work cannot be read stays unanswered."""
        own, all_names = [_own(work) for work in works], [_identifiers(work) for work in works]
        places = {i: _place(i, own, all_names) for i in batch}
        taken = set(places.values())
        whole = whole and all(place in taken for place in range(len(works)))
        records: list[Record | None] = []
        for identifier, place in places.items():
            if place is not None:
                records.append(_record(works[place], str(identifier), at))
            elif whole:
                records.append(not_found(self.name, str(identifier), at))
        if not any(_record(work, "", at) for work in works):
            raise SourceDown(self.name, "answered with works that have no title or no id")
        return [record for record in records if record]

    def _search(self, query: TitleQuery) -> list[Record]:
        words = " ".join(_UNSEARCHABLE.sub(" ", query.title).split())
        if not words:
            return []
        params = {"filter": f"title.search:{words}", "per-page": str(CANDIDATES), "select": FIELDS}
        response = self._get("", params, cost=SEARCH_COST)
        if response.status == 400 and is_json(response):
            _error(response)
            return []  # this text cannot be searched: neither an answer nor an outage
        with believing(self._client, response):
            works, _ = _page(response)
            read = [r for work in works if (r := _record(work, query.question, response.answered_at))]
            if works and not read:
                raise SourceDown(self.name, "answered with works that have no title or no id")
        near = [record for record in read if akin(query.title, record.title or "")]
        ranked = [replace(record, rank=rank) for rank, record in enumerate(near)]
        return ranked or [not_found(self.name, query.question, response.answered_at)]

    def _get(self, path: str, params: Mapping[str, str], *, cost: int) -> Response:
        """One request that costs so many credits, with the key where there is one."""
        if cost and self._credits is not None and self._credits < cost:
            raise self._refused("the day's budget is spent")
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        try:
            response = self._client.get(self._works + path, params=params, headers=headers)
        except SourceDown as error:
            if _SPENT.search(error.reason):
                raise self._refused(f"the day's budget is spent: {error.reason}") from error
            raise
        if response.status == 401 and self._key:
            self._key = self._credits = None
            return self._get(path, params, cost=cost)
        if response.status in (401, 403):
            raise self._refused(f"refused with HTTP {response.status}")
        if not response.from_cache:
            left = response.headers.get("x-ratelimit-remaining")
            self._credits = int(left) if left and left.isascii() and left.isdigit() else None
        return response

    def _refused(self, reason: str) -> SourceRefused:
        free = "" if self._key else "set OPENALEX_API_KEY (free) for ten times as much; "
        return SourceRefused(self.name, reason, f"{free}it starts anew at midnight UTC")


def _doi(identifier: Identifier) -> str | None:
    """The DOI by which a filter knows a work."""
    if identifier.scheme == "arxiv":
        return f"10.48550/arxiv.{identifier.value.lower()}"
    return identifier.value if identifier.scheme == "doi" else None


def _singleton(identifier: Identifier) -> str:
    """The name of one work in a path. As an address (`https://doi.org/...`) it would be billed as a list."""
    if doi := _doi(identifier):
        return f"doi:{doi}"
    return f"pmid:{identifier.value}" if identifier.scheme == "pmid" else identifier.value


def _fitting(identifiers: Sequence[Identifier]) -> Iterator[list[Identifier]]:
    """Batches that fit into a filter and an address."""
    batch: list[Identifier] = []
    size = 0
    for identifier in identifiers:
        more = len(quote(f"{_doi(identifier)}|", safe="/"))
        if batch and (len(batch) == BATCH or size + more > FILTER_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(identifier)
        size += more
    if batch:
        yield batch


def _is_unknown(response: Response) -> bool:
    """Whether the service itself says that it has no such work: in a web page, of all things."""
    return response.status == 404 and _FLASK_404 in response.body[:1000].lower()


def _is_bad(response: Response, identifier: Identifier) -> bool:
    """Whether the service complains about this very name."""
    if response.status != 400 or not is_json(response):
        return False
    return identifier.value.casefold() in _error(response).casefold()


def _error(response: Response) -> str:
    """What `{"error", "message"}` says; raises SourceDown for anything else."""
    data = mapping(response.json())
    if not text_of(data.get("error")):
        raise refusal(OpenAlex.name, response)
    return f"{text_of(data.get('error'))} {text_of(data.get('message')) or ''}"


def _page(response: Response) -> tuple[list[dict[str, Any]], bool]:
    """The works of one page and whether there are no more; raises SourceDown for what is no page."""
    data = response.json() if response.status == 200 else None
    works, meta = mapping(data).get("results"), mapping(mapping(data).get("meta"))
    if response.status != 200:
        raise refusal(OpenAlex.name, response)
    if not isinstance(works, list) or not all(isinstance(work, dict) for work in works):
        raise SourceDown(OpenAlex.name, "answered with something that is not a page of works")
    count = number_of(meta.get("count"))
    if count is None:
        raise SourceDown(OpenAlex.name, "answered with a page that does not say how many works there are")
    return works, count <= len(works)


def _place(
    asked: Identifier, own: Sequence[Iterable[Identifier]], all_names: Sequence[Iterable[Identifier]]
) -> int | None:
    """Where the work that bears a DOI stands: as its own first, then as one of its versions'."""
    for names in (own, all_names):
        for place, group in enumerate(names):
            if any(_doi(name) == _doi(asked) for name in group if _doi(name)):
                return place
    return None


def _own(work: Mapping[str, Any]) -> tuple[Identifier, ...]:
    """The work's own names: OpenAlex's, its DOI's, PubMed's."""
    given = mapping(work.get("ids"))
    return named(
        identifiers_in(work.get("id")),
        *(identifiers_in(address) for address in (work.get("doi"), given.get("doi"))),
        identifiers_in(given.get("pmid")),
    )


def _identifiers(work: Mapping[str, Any]) -> tuple[Identifier, ...]:
    pages = (location.get("landing_page_url") for location in _locations(work))
    return named(_own(work), *(identifiers_in(page) for page in pages))


def _locations(work: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Where versions of the work stand, the primary one first."""
    return [mapping(item) for item in (work.get("primary_location"), *listed(work.get("locations"))) if item]


def _record(work: Mapping[str, Any], question: str, at: str) -> Record | None:
    """One work as a record; None for one without a title or an id."""
    names, title = _identifiers(work), plain_of(work.get("title"))
    if not names or names[0].scheme != "openalex" or title is None:
        return None
    location, year = _published(work)
    date = _date(work)
    count = number_of(work.get("cited_by_count"))
    source = mapping(location.get("source"))
    return Record(
        source=OpenAlex.name,
        question=question,
        retrieved_at=at,
        title=title,
        authors=tuple(name for a in listed(work.get("authorships")) if (name := _author(mapping(a)))),
        abstract=_abstract(work.get("abstract_inverted_index")),
        published=date,
        published_precision=precision_of(date),
        venue=plain_of(location.get("raw_source_name")) or plain_of(source.get("display_name")),
        venue_key=facets(
            work.get("type"),
            source.get("type"),
            source.get("issn_l"),
            location.get("version"),
            location.get("raw_type") or work.get("type_crossref"),
        ),
        year=year,
        citation_count=count,
        counted_at=at if count is not None else None,
        identifiers=names,
        url=f"https://openalex.org/{names[0].value}",
        pdf_url=web_address(mapping(work.get("best_oa_location")).get("pdf_url")),
        status="retracted" if work.get("is_retracted") is True else None,
        licence="CC0 1.0",
    )


def _published(work: Mapping[str, Any]) -> tuple[Mapping[str, Any], int | None]:
    """Where the published version stands, else the primary one, and the year that belongs to it."""
    locations = _locations(work)
    place = next((n for n, location in enumerate(locations) if _is_published(location)), None)
    if place is None:
        return (locations[0] if locations else {}), None
    return locations[place], year_of(work.get("publication_year")) if place == 0 else None


def _is_published(location: Mapping[str, Any]) -> bool:
    kind = text_of(mapping(location.get("source")).get("type"))
    final = location.get("is_published") is True or location.get("version") == "publishedVersion"
    return final and kind not in _NO_PLACE and location.get("raw_type") != "posted-content"


def _date(work: Mapping[str, Any]) -> str | None:
    """The publication date; the first of January stands for a year of which no more is known."""
    date = iso_date(work.get("publication_date"))
    return date[:4] if date and date.endswith("-01-01") else date


def _author(authorship: Mapping[str, Any]) -> str | None:
    return text_of(mapping(authorship.get("author")).get("display_name")) or text_of(
        authorship.get("raw_author_name")
    )


def _abstract(index: object) -> str | None:
    """The text of an inverted index `{word: [positions]}`."""
    words: dict[int, str] = {}
    for word, positions in mapping(index).items():
        for place in listed(positions):
            if number_of(place, 0, _LONGEST_ABSTRACT) is not None:
                words[place] = word
    return text_of(" ".join(words[place] for place in sorted(words)))
