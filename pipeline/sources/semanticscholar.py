"""Semantic Scholar: citation counts, external ids and venue strings, from the Academic Graph API.

Contract: https://api.semanticscholar.org/api-docs/graph. The `semanticscholar` package opens its own
connections and takes an outage for an empty answer, so the request travels on our own client and the
package only reads the papers of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pipeline.errors import SourceDown, SourceRefused
from pipeline.identifiers import to_url
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    TitleQuery,
    batches,
    believing,
    halves,
    identifier_of,
    identifiers_of,
    is_json,
    named,
    not_found,
    number_of,
    refusal,
    searchable,
    text_of,
    web_address,
    year_of,
)

if TYPE_CHECKING:
    from semanticscholar.Paper import Paper

BATCH = 500
"""Most ids per batch request (API documentation, POST /paper/batch)."""

FIELDS = (
    "externalIds,url,title,abstract,venue,year,citationCount,influentialCitationCount,"
    "openAccessPdf,publicationDate,authors"
)
"""One comma-separated value, in the query also for POST."""

_PREFIX = {
    "arxiv": "ARXIV:",
    "doi": "DOI:",
    "acl": "ACL:",
    "corpusid": "CorpusId:",
    "s2": "",
    "pmid": "PMID:",
}
_EXTERNAL = {
    "ArXiv": "arxiv",
    "DOI": "doi",
    "ACL": "acl",
    "DBLP": "dblp",
    "CorpusId": "corpusid",
    "PubMed": "pmid",
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ONE_PAPER_ONE_NAME = frozenset({"arxiv", "acl"})
"""Schemes in which a paper that names another value is another paper (DOIs and paperIds get merged)."""


class SemanticScholar:
    """Semantic Scholar, asked by id in batches of 500, or by title.

    - An answer stands at the position of its question; an unknown id is `null` there. The order is
      called undocumented by the service (allenai/s2-folks issue 158), so external ids are checked too.
    - HTTP 400 `No valid paper ids given` says that no id of the batch is known; any other 400 may come
      from one malformed id, so the batch is halved.
    - HTTP 403 with a key means that the key is wrong or was pruned: go on without it.
    - `externalIds` may lack `ArXiv` where the DOI (10.48550) or the DBLP key (abs-YYMM-NNNNN) shows it.
    - A title search gives its one best match, however far off; HTTP 404 says there is none.
    """

    name: ClassVar[str] = "semanticscholar"
    title: ClassVar[str] = "Semantic Scholar"
    order: ClassVar[int] = 20
    schemes: ClassVar[tuple[str, ...]] = tuple(_PREFIX)
    gives: ClassVar[tuple[str, ...]] = (
        "citation counts",
        "title",
        "authors",
        "ids elsewhere",
        "venue",
        "date",
        "PDF",
    )
    probe: ClassVar[Identifier] = Identifier("arxiv", "1706.03762")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._base, self._key = (
            client,
            f"{settings.url.rstrip('/')}/graph/v1/paper",
            settings.key,
        )
        self._assured = False

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by id, 500 per request. Raises SourceDown and SourceRefused."""
        for batch in batches((i for i in identifiers if i.scheme in _PREFIX), BATCH):
            yield from self._ask(batch)

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """The best match per title, one request each. Raises SourceDown and SourceRefused."""
        for batch in batches(searchable(queries), 1):
            yield self._match(batch[0])

    def _ask(self, batch: Sequence[Identifier]) -> Iterator[list[Record]]:
        ids = [_PREFIX[i.scheme] + i.value for i in batch]
        response = self._send("batch", {"fields": FIELDS}, json={"ids": ids})
        if response.status == 200:
            with believing(self._client, response):
                papers = _papers(response.json())
                records = _paired(batch, papers, response.answered_at)
                self._assure(batch, any(papers))
            yield records
        elif response.status == 400:
            yield from self._around(batch, response)
        else:
            raise refusal(self.name, response)

    def _assure(self, batch: Sequence[Identifier], some: bool) -> None:
        """Raise SourceDown for a server that knows nothing of a batch, nor the probe: its index is away."""
        if some:
            self._assured = True
        elif self.probe in batch:
            raise SourceDown(self.name, f"answered with nothing, and without {self.probe}")
        elif not self._assured and len(batch) > 1:
            for _ in self._ask([self.probe]):
                pass

    def _around(self, batch: Sequence[Identifier], response: Response) -> Iterator[list[Record]]:
        """Answer a batch that was refused as a whole."""
        error = _error(response)
        if "no valid paper ids" in error.casefold():
            yield [not_found(self.name, str(i), response.answered_at) for i in batch]
        elif "field" in error.casefold():
            raise SourceDown(self.name, f"answered HTTP 400 ({error})")
        elif len(batch) > 1:
            yield from halves(batch, self._ask)
        elif batch[0].value.casefold() in error.casefold():
            yield [not_found(self.name, str(batch[0]), response.answered_at)]
        else:
            raise SourceDown(self.name, f"answered HTTP 400 ({error})")

    def _match(self, query: TitleQuery) -> list[Record]:
        response = self._send("search/match", {"query": " ".join(query.title.split()), "fields": FIELDS})
        if response.status == 400 and is_json(response):
            return []  # this text cannot be searched: neither an answer nor an outage
        if response.status == 404:
            if "title match not found" not in _error(response).casefold():
                raise refusal(self.name, response)
            return [not_found(self.name, query.question, response.answered_at)]
        with believing(self._client, response):
            found = _matches(response, query.question)
        return found or [not_found(self.name, query.question, response.answered_at)]

    def _send(self, path: str, params: Mapping[str, str], json: Any = None) -> Response:
        """One request, with the key where there is one; once more without it where it is refused."""
        headers = {"x-api-key": self._key} if self._key else {}
        if json is None:
            response = self._client.get(f"{self._base}/{path}", params=params, headers=headers)
        else:
            response = self._client.post(f"{self._base}/{path}", params=params, json=json, headers=headers)
        if response.status not in (401, 403):
            return response
        if self._key:
            self._key = None
            return self._send(path, params, json)
        raise SourceRefused(
            self.name, f"refused with HTTP {response.status}", "set S2_API_KEY to a valid key"
        )


def _error(response: Response) -> str:
    """The service says `{"error": ...}`, its gateway `{"message": ...}`. Raises SourceDown for neither."""
    data = response.json() if is_json(response) else None
    text = text_of(data.get("error") or data.get("message")) if isinstance(data, dict) else None
    if text is None:
        raise refusal(SemanticScholar.name, response)
    return text


def _matches(response: Response, question: str) -> list[Record]:
    """The candidates of a title search, ranked; raises SourceDown for what is no answer to one."""
    data = response.json() if response.status == 200 else None
    if not isinstance(data, dict) or "data" not in data:
        raise refusal(SemanticScholar.name, response)
    papers = _papers(data["data"])
    found = [record for paper in papers if (record := _record(paper, question, response.answered_at))]
    if papers and not found:
        raise SourceDown(SemanticScholar.name, "answered with a paper that has no title")
    return [replace(record, rank=rank) for rank, record in enumerate(found)]


def _papers(data: object) -> list[dict[str, Any] | None]:
    if not isinstance(data, list) or not all(item is None or isinstance(item, dict) for item in data):
        raise SourceDown(SemanticScholar.name, "answered with something that is not a list of papers")
    return data


def _paired(batch: Sequence[Identifier], papers: Sequence[dict[str, Any] | None], at: str) -> list[Record]:
    """Answers beside their questions: by position, corrected by the ids that the papers name.

    A paper that cannot be read leaves its question unanswered; raises SourceDown where all are so.
    """
    if len(papers) != len(batch):
        raise SourceDown(SemanticScholar.name, f"answered {len(papers)} papers to {len(batch)} questions")
    names = [frozenset(_identifiers(paper)) if paper else frozenset() for paper in papers]
    records: list[Record | None] = []
    for position, identifier in enumerate(batch):
        place = _place(position, identifier, names, frozenset(batch))
        paper = papers[place] if place is not None else None
        question = str(identifier)
        records.append(
            _record(paper, question, at) if paper else not_found(SemanticScholar.name, question, at)
        )
    answered = [record for record in records if record]
    if batch and not answered:
        raise SourceDown(SemanticScholar.name, "answered with papers that have no title")
    return answered


def _place(
    position: int, asked: Identifier, names: Sequence[frozenset[Identifier]], batch: frozenset[Identifier]
) -> int | None:
    """Where the paper that was asked for stands; None where the one at its position is another one."""
    if asked in names[position]:
        return position
    for place, group in enumerate(names):
        if asked in group:
            return place
    rivals = {name for name in names[position] if name.scheme == asked.scheme}
    return None if rivals & batch or (rivals and asked.scheme in _ONE_PAPER_ONE_NAME) else position


def _read(paper: dict[str, Any]) -> Paper | None:
    """The paper as the `semanticscholar` package reads it; None for what has no title or no paperId."""
    from semanticscholar.Paper import Paper

    data = {key: paper.get(key) for key in ("paperId", *FIELDS.split(","))}
    if not _DAY.fullmatch(text_of(data["publicationDate"]) or ""):
        data["publicationDate"] = None
    authors = data["authors"]
    data["authors"] = [a for a in authors if isinstance(a, dict)] if isinstance(authors, list) else None
    try:
        read = Paper(data)
    except (TypeError, ValueError):  # a date such as 2024-02-31
        return None
    return read if text_of(read.title) and text_of(read.paperId) else None


def _identifiers(paper: dict[str, Any]) -> tuple[Identifier, ...]:
    external = paper.get("externalIds")
    given = external if isinstance(external, dict) else {}
    own = identifier_of("s2", paper.get("paperId"))
    return named(own, *(identifiers_of(scheme, given.get(key)) for key, scheme in _EXTERNAL.items()))


def _record(paper: dict[str, Any] | None, question: str, at: str) -> Record | None:
    """One paper as a record; None where it cannot be read."""
    read = _read(paper) if paper else None
    if paper is None or read is None:
        return None
    ids = _identifiers(paper)
    counts = number_of(read.citationCount), number_of(read.influentialCitationCount)
    published = read.publicationDate.date().isoformat() if read.publicationDate else None
    pdf = read.openAccessPdf.get("url") if isinstance(read.openAccessPdf, dict) else None
    return Record(
        source=SemanticScholar.name,
        question=question,
        retrieved_at=at,
        title=text_of(read.title),
        authors=tuple(name for author in read.authors or () if (name := text_of(author.name))),
        abstract=text_of(read.abstract),
        published=published,
        published_precision="day" if published else None,
        venue=text_of(read.venue),
        year=year_of(read.year),
        citation_count=counts[0],
        influential_citation_count=counts[1],
        counted_at=at if counts != (None, None) else None,
        identifiers=ids,
        url=web_address(paper.get("url")) or next((to_url(i) for i in ids if i.scheme == "s2"), None),
        pdf_url=web_address(pdf),
    )
