"""arXiv: titles, authors, abstracts and dates of preprints, from the Atom feed of its query API.

Manual: https://info.arxiv.org/help/api/user-manual.html (parameters, errors, fields, query syntax);
terms: https://info.arxiv.org/help/api/tou.html (pace, metadata CC0). The `arxiv` package reads the
entries of a feed; the request travels on our own client, since the package waits even on cached pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar
from xml.etree.ElementTree import Element

from pipeline.errors import SourceDown
from pipeline.identifiers import canonical, pdf_url, to_url
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    TitleQuery,
    akin,
    batches,
    believing,
    halves,
    identifiers_of,
    named,
    not_found,
    refusal,
    searchable,
    text_of,
)
from pipeline.text import normalise_title

if TYPE_CHECKING:
    from arxiv import Result

BATCH = 200
"""Ids per request: no limit is published, 642 in one address gave HTTP 414; a third of that is far from it."""

TITLES = 10
"""Titles per search: joined by OR, each at the price of a tenth of a request."""

PER_TITLE = 10
"""Entries asked for per title of a search."""

FEW = 4
"""Up to so many questions might all be unknown, so the known paper travels along from the start."""

_TOO_LONG = "Request-URI Too Large"

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_BAD_ID = re.compile(r"incorrect id format for\s+(\S+)", re.IGNORECASE)
_WITHDRAWN = re.compile(r"\bwithdrawn\b", re.IGNORECASE)
_PUBLISHED = re.compile(
    r"publish|appear|accept|journal|supersed|merged|includ|incorporat|replac|subsum|see also", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Feed:
    """One feed: its entries as records without a question, or the error it reports."""

    records: Mapping[Identifier, Record]
    total: int
    error: str | None = None


class Arxiv:
    """arXiv, asked by id or by title.

    - `max_results` is always sent: without it only ten entries come (manual, 3.1.1.2).
    - Entries are keyed by bare id: their order is not the order asked, unknown ids are left out.
    - A malformed id fails its whole batch with HTTP 400 and an error entry (manual, 3.4), which names
      it: it is remembered as not found and the others are asked again.
    - An empty feed is no answer until a paper that is known to exist is answered with it: empty pages
      with HTTP 200 have been seen. The known paper goes along with small batches from the start, with
      others only after an empty feed.
    - An address that is too long (HTTP 414) is halved, and later ones stay that short.
    - Comment and journal reference are the author's words: a hint, never proof.
    """

    name: ClassVar[str] = "arxiv"
    title: ClassVar[str] = "arXiv"
    order: ClassVar[int] = 10
    schemes: ClassVar[tuple[str, ...]] = ("arxiv",)
    gives: ClassVar[tuple[str, ...]] = (
        "title",
        "authors",
        "abstract",
        "date of the preprint",
        "DOI",
        "withdrawals",
    )
    probe: ClassVar[Identifier] = Identifier("arxiv", "1706.03762")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._url = client, settings.url
        self._size = BATCH

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by arXiv id, 200 per request. Raises SourceDown."""
        waiting = list(named(i for i in identifiers if i.scheme in self.schemes))
        while waiting:
            batch, waiting = waiting[: self._size], waiting[self._size :]
            yield from self._ask(batch)

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """Entries whose title holds the title asked for as a phrase, ten titles per request. Raises SourceDown."""
        for batch in batches(searchable(queries), TITLES):
            yield from self._search(batch)

    def _ask(self, batch: Sequence[Identifier], *, assured: bool = False) -> Iterator[list[Record]]:
        asked = named(batch, self.probe) if assured or len(batch) <= FEW else tuple(batch)
        feed, at = self._feed({"id_list": ",".join(i.value for i in asked), "max_results": str(len(asked))})
        if feed.error is not None:
            yield from self._around(batch, feed.error, at)
        elif feed.records:
            yield from self._answered(batch, feed, at)
        elif self.probe in asked:
            raise SourceDown(self.name, f"answered with an empty feed, without even {self.probe}")
        else:
            yield from self._ask(batch, assured=True)

    def _answered(self, batch: Sequence[Identifier], feed: _Feed, at: str) -> Iterator[list[Record]]:
        """What a feed with entries says; what a short page left out is asked for once more."""
        found = {i: feed.records[i] for i in batch if i in feed.records}
        if not found and self.probe not in feed.records:
            raise SourceDown(self.name, "answered with papers that were not asked for")
        missing = [i for i in batch if i not in found]
        records = [replace(record, question=str(i)) for i, record in found.items()]
        if found and missing and feed.total > len(feed.records):
            yield records
            yield from self._ask(missing)
        else:
            yield records + [not_found(self.name, str(i), at) for i in missing]

    def _around(self, batch: Sequence[Identifier], error: str, at: str) -> Iterator[list[Record]]:
        """Answer a batch that one malformed id made fail."""
        match = _BAD_ID.search(error)
        if error == _TOO_LONG and len(batch) > 1:
            self._size = min(self._size, len(batch) // 2)  # later batches as well
            yield from halves(batch, self._ask)
            return
        if not match:
            raise SourceDown(self.name, f"answered with the error {error!r}")
        bad = [i for i in batch if i.value.casefold() == match[1].casefold()] or (
            batch if len(batch) == 1 else []
        )
        if not bad:
            yield from halves(batch, self._ask)
            return
        yield [not_found(self.name, str(i), at) for i in bad]
        if rest := [i for i in batch if i not in bad]:
            yield from self._ask(rest)

    def _search(self, batch: Sequence[TitleQuery], *, assured: bool = False) -> Iterator[list[Record]]:
        terms = [f'ti:"{normalise_title(query.title)}"' for query in batch]
        if assured or len(batch) <= FEW:
            terms.append('(ti:"attention is all you need" AND au:vaswani)')
        feed, at = self._feed(
            {"search_query": " OR ".join(terms), "max_results": str(PER_TITLE * len(terms))}
        )
        if feed.error is not None:
            if len(batch) > 1:
                yield from halves(batch, self._search)
        elif feed.records:
            yield from self._offered(batch, feed, at)
        elif len(terms) > len(batch):
            raise SourceDown(self.name, f"answered with an empty feed, without even {self.probe}")
        else:
            yield from self._search(batch, assured=True)

    def _offered(self, batch: Sequence[TitleQuery], feed: _Feed, at: str) -> Iterator[list[Record]]:
        """Candidates per query; a query crowded out of a full page is asked alone."""
        records: list[Record] = []
        crowded: list[TitleQuery] = []
        for query in batch:
            candidates = _candidates(query, feed)
            if not candidates and len(batch) > 1 and feed.total > len(feed.records):
                crowded.append(query)
            else:
                records += candidates or [not_found(self.name, query.question, at)]
        yield records
        for query in crowded:
            yield from self._search([query])

    def _feed(self, params: Mapping[str, str]) -> tuple[_Feed, str]:
        response = self._client.get(self._url, params=params, accept="atom")
        with believing(self._client, response):
            feed = _read(response)
        if not feed.records:
            self._client.forget(response)  # an empty feed may be an outage: the next run asks afresh
        return feed, response.answered_at


def _candidates(query: TitleQuery, feed: _Feed) -> list[Record]:
    """Entries akin to the query, an equal title first, else in the order of the feed."""
    near = [record for record in feed.records.values() if akin(query.title, record.title or "")]
    near.sort(key=lambda record: normalise_title(record.title or "") != normalise_title(query.title))
    return [replace(record, question=query.question, rank=rank) for rank, record in enumerate(near)]


def _read(response: Response) -> _Feed:
    """Read a feed; raises SourceDown for what is none, or has an entry that cannot be read."""
    if response.status == 414:
        return _Feed({}, 0, _TOO_LONG)
    if response.status not in (200, 400):
        raise refusal(Arxiv.name, response)
    root = response.xml()
    total = text_of(root.findtext(_TOTAL)) or ""
    if root.tag != f"{_ATOM}feed" or not total.isascii() or not total.isdigit():
        raise SourceDown(Arxiv.name, "answered with something that is not a feed")
    entries = root.findall(f"{_ATOM}entry")
    errors = [entry for entry in entries if "/api/errors" in (entry.findtext(f"{_ATOM}id") or "")]
    if errors:
        return _Feed({}, 0, _message(errors[0]))
    if response.status != 200:
        raise refusal(Arxiv.name, response)
    records = [_record(result, response.answered_at) for result in _results(response.body, len(entries))]
    return _Feed({record.identifiers[0]: record for record in records}, int(total))


def _message(entry: Element) -> str:
    return text_of(entry.findtext(f"{_ATOM}summary")) or "unknown error"


def _results(body: bytes, entries: int) -> Sequence[Result]:
    """The entries as the `arxiv` package reads them: it skips what lacks an id or a date, we do not."""
    from arxiv import _feed

    try:
        results: list[Result] = _feed.parse(body).results
    except (ValueError, OverflowError) as error:
        raise SourceDown(Arxiv.name, f"answered with an unreadable entry ({error})") from None
    if len(results) != entries:
        raise SourceDown(Arxiv.name, "answered with an entry that has no id or no date")
    return results


def _record(result: Result, at: str) -> Record:
    identifier = canonical("arxiv", result.get_short_id())
    title = text_of(result.title)
    if identifier is None or title is None:
        raise SourceDown(Arxiv.name, f"answered with an entry without title or id ({result.entry_id:.60})")
    comment, reference = text_of(result.comment), text_of(result.journal_ref)
    dois = identifiers_of("doi", (text_of(result.doi) or "").partition(" ")[0])
    return Record(
        source=Arxiv.name,
        question=str(identifier),
        retrieved_at=at,
        title=title,
        authors=tuple(name for author in result.authors if (name := text_of(author.name))),
        abstract=text_of(result.summary),
        published=result.published.date().isoformat(),
        published_precision="day",
        identifiers=named(identifier, dois),
        url=to_url(identifier),
        pdf_url=pdf_url(identifier),
        status="withdrawn" if _withdrawn(comment, reference, dois) else None,
        hint="; ".join(text for text in (comment, reference) if text) or None,
        licence="CC0 1.0",
    )


def _withdrawn(comment: str | None, reference: str | None, dois: Sequence[Identifier]) -> bool:
    """Whether the comment says withdrawn and nothing says that it was published elsewhere."""
    if not comment or reference or dois or not _WITHDRAWN.search(comment):
        return False
    return not _PUBLISHED.search(comment)
