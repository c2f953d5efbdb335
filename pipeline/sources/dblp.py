"""DBLP: canonical venues, years and author lists, by SPARQL.

Endpoint: https://sparql.dblp.org (QLever), introduced in https://blog.dblp.org/2024/09/09; schema:
https://dblp.org/rdf/docu/; tutorial: https://github.com/dblp/kg/wiki/dblp-KG-Tutorial. The search API
and the record pages are behind a bot wall since 2026, which is recognised and not to be got round.

QLever joins an OPTIONAL of one triple by an index scan and evaluates a larger one over all of DBLP, so
every OPTIONAL here is a single triple; look-ups go by IRI or exact literal, never by a filter alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, TypeVar
from urllib.parse import quote

from pipeline.errors import SourceDown, SourceRefused
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    TitleQuery,
    believing,
    identifiers_in,
    identifiers_of,
    is_json,
    named,
    not_found,
    refusal,
    searchable,
    text_of,
    year_of,
)
from pipeline.text import one_line

BATCH = 200
"""Questions per query at most."""

QUERY_BYTES = 90_000
"""Size of a query at most; the largest accepted one is not documented."""

CORR = "journals/corr"
"""The stream of arXiv preprints: being in it says nothing about a publication."""

_REC = "https://dblp.org/rec/"
_STREAM = "https://dblp.org/streams/"
_HOMONYM = re.compile(r" \d{4}$")
_KEY = re.compile(r"[A-Za-z0-9._:/+-]+")
_NEW_ARXIV = re.compile(r"(\d{4})\.(\d{4,5})")
_IRI_SIGNS = ":/?=&%#+,;@()!$'*~"
"""Signs that stand in an IRI as they are; `<`, `>`, quotes, braces and blanks are escaped."""
_SMALL = frozenset("a an and as at by for from in into is of on or over the to via with without".split())

_UNION = "\n    UNION\n"

_FIELDS = """
  ?pub dblp:title ?title .
  ?pub dblp:hasSignature ?signature .
  ?signature dblp:signatureOrdinal ?ordinal .
  ?signature dblp:signatureDblpName ?name .
  OPTIONAL { ?pub dblp:publishedIn ?venue . }
  OPTIONAL { ?pub dblp:publishedInStream ?stream . }
  OPTIONAL { ?pub dblp:yearOfEvent ?event . }
  OPTIONAL { ?pub dblp:yearOfPublication ?year . }
  OPTIONAL { ?pub dblp:doi ?pubdoi . }
  OPTIONAL { ?pub dblp:primaryDocumentPage ?ee . }
}"""

_HEAD = """PREFIX dblp: <https://dblp.org/rdf/schema#>
SELECT DISTINCT ?q ?pub ?title ?ordinal ?name ?venue ?stream ?event ?year ?pubdoi ?ee WHERE {
"""

Q = TypeVar("Q", Identifier, TitleQuery)


class Dblp:
    """DBLP, asked by key, DOI, arXiv id or the page of a paper, or by exact title; 200 questions a query.

    - `publishedIn` is the label of the venue (`EMNLP (Findings)`), `publishedInStream` its series
      (`conf/emnlp`), `yearOfEvent` the year of a conference.
    - To an arXiv id it answers with the CoRR record (rank 0) and, in the same query, the publications
      of one of its authors with the same title ignoring case (rank 1 on).
    - The publication of a preprint that it does not have, or spells otherwise, is found by title
      (`titles_too`): hundreds of titles make one query.
    - Author names carry a four-digit homonym number (`Wei Wang 0001`), which is dropped.
    - DOIs and pages are matched as DBLP spells them, so each question names several spellings.
    - An error can come with HTTP 200 as `{"exception": ...}`: the batch is then halved, for a limit of
      size or time is the likeliest cause, and later batches stay that small.
    """

    name: ClassVar[str] = "dblp"
    title: ClassVar[str] = "DBLP"
    order: ClassVar[int] = 70
    schemes: ClassVar[tuple[str, ...]] = ("dblp", "acl", "doi", "pmlr", "neurips", "arxiv", "openreview")
    titles_too: ClassVar[bool] = True
    gives: ClassVar[tuple[str, ...]] = ("venue and year", "title", "authors", "publication of a preprint")
    probe: ClassVar[Identifier] = Identifier("dblp", "conf/nips/VaswaniSPUJGKP17")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._url = client, settings.url
        self._size = BATCH
        self._assured = False

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by key, DOI, arXiv id or page. Raises SourceDown and SourceRefused."""
        return self._all([i for i in identifiers if i.scheme in _SPELLINGS], _identifier_query)

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """Publications with exactly the title asked for, in some usual spelling. Raises as `fetch`."""
        return self._all(searchable(queries), _title_query)

    def _all(self, items: Sequence[Q], write: Callable[[Sequence[Q]], str]) -> Iterator[list[Record]]:
        """Ask everything, in queries as large as the server takes them."""
        waiting = list(dict.fromkeys(items))
        while waiting:
            batch = self._fitting(waiting, write)
            answer = self._ask(write(batch))
            if answer is not None:
                waiting = waiting[len(batch) :]
                works, at = answer
                yield [r for n, item in enumerate(batch) for r in _ranked(item, works.get(str(n), ()), at)]
            elif len(batch) > 1:
                self._size = len(batch) // 2
            else:
                raise SourceDown(self.name, "answered with an exception even to a single question")

    def _assure(self, some: bool, probing: bool) -> None:
        """Raise SourceDown for a server that knows nothing at all, not even the probe: its index is away."""
        if some:
            self._assured = True
        elif probing:
            raise SourceDown(self.name, f"answered with nothing, and without {self.probe}")
        elif not self._assured:
            self._ask(_identifier_query([self.probe]), probing=True)

    def _fitting(self, waiting: Sequence[Q], write: Callable[[Sequence[Q]], str]) -> Sequence[Q]:
        size = min(self._size, len(waiting))
        while size > 1 and len(write(waiting[:size]).encode()) > QUERY_BYTES:
            size //= 2
        return waiting[:size]

    def _ask(self, query: str, *, probing: bool = False) -> tuple[Mapping[str, Sequence[_Work]], str] | None:
        """The works per question, and the date of the answer; None where the query was too much."""
        headers = {"Content-Type": "application/sparql-query"}
        response = self._client.post(self._url, data=query.encode(), headers=headers, accept="sparql")
        if response.status in (401, 403):
            raise SourceRefused(self.name, f"refused with HTTP {response.status}", "try again on another day")
        with believing(self._client, response):
            works = None if response.status == 413 else _works(_rows(response))
            if works is not None:
                self._assure(bool(works), probing)
        if works is None:
            self._client.forget(response)
            return None
        return works, response.answered_at


@dataclass(slots=True)
class _Work:
    """One publication, put together from its rows (one per author, stream and page)."""

    key: str
    title: str
    venue: str | None
    event: int | None
    published: int | None
    authors: dict[int, str] = field(default_factory=dict)
    streams: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)

    @property
    def is_corr(self) -> bool:
        return self.key.startswith(f"{CORR}/")

    @property
    def year(self) -> int | None:
        return self.event or self.published

    @property
    def stream(self) -> str | None:
        """The series: the one that the key belongs to, else the first; a book series last."""
        own = "/".join(self.key.split("/")[:2])
        return min(self.streams, key=lambda s: (s != own, s.startswith("series/"), s), default=None)

    def record(self, question: str, at: str) -> Record:
        """As a record; identifiers are the key, then what DOI and pages prove."""
        own = identifiers_of("dblp", self.key)
        return Record(
            source=Dblp.name,
            question=question,
            retrieved_at=at,
            title=self.title,
            authors=tuple(self.authors[ordinal] for ordinal in sorted(self.authors)),
            published=str(self.published) if self.published else None,
            published_precision="year" if self.published else None,
            venue=self.venue,
            venue_key=self.stream,
            year=self.year,
            identifiers=named(own, *(identifiers_in(page) for page in sorted(self.pages))),
            url=_REC + self.key,
            licence="CC0 1.0",
        )


def _ranked(item: Identifier | TitleQuery, works: Iterable[_Work], at: str) -> list[Record]:
    """The works found for one question as records: what bears its name first, then by year and key.

    Other preprints with the title of the one asked for are left out: they are other deposits.
    """
    question = item.question if isinstance(item, TitleQuery) else str(item)
    ordered = sorted(works, key=lambda work: (not work.is_corr, work.year or 0, work.key))
    records = [(work.is_corr, work.record(question, at)) for work in ordered]
    if isinstance(item, Identifier):
        records.sort(key=lambda pair: item not in pair[1].identifiers)
        if records and item in records[0][1].identifiers and _is_preprint(item):
            records = [pair for pair in records if not pair[0] or item in pair[1].identifiers]
    ranked = [replace(record, rank=rank) for rank, (_, record) in enumerate(records)]
    return ranked or [not_found(Dblp.name, question, at)]


def _rows(response: Response) -> list[dict[str, str]] | None:
    """The rows of a SPARQL 1.1 JSON answer as plain values; None for an exception of the engine.

    Raises SourceDown for what is no such answer.
    """
    data = response.json() if is_json(response) else None
    if isinstance(data, dict) and "exception" in data and "results" not in data:
        return None
    results = data.get("results") if isinstance(data, dict) and response.status == 200 else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list) or not all(isinstance(row, dict) for row in bindings):
        raise refusal(Dblp.name, response)
    return [{name: text for name, cell in row.items() if (text := _value(cell))} for row in bindings]


def _value(cell: object) -> str | None:
    return text_of(cell.get("value")) if isinstance(cell, dict) else None


def _works(rows: Iterable[Mapping[str, str]] | None) -> dict[str, list[_Work]] | None:
    """The publications per question (`?q`); raises SourceDown where a row names none or has no title."""
    if rows is None:
        return None
    works: dict[str, dict[str, _Work]] = {}
    for row in rows:
        key, title = row.get("pub", "").removeprefix(_REC), row.get("title")
        if not title or not _KEY.fullmatch(key) or key.startswith("http"):
            raise SourceDown(Dblp.name, "answered with a row without publication or title")
        work = works.setdefault(row.get("q", "0"), {}).setdefault(key, _work(key, title, row))
        _add(work, row)
    return {question: list(found.values()) for question, found in works.items()}


def _work(key: str, title: str, row: Mapping[str, str]) -> _Work:
    title = title[:-1] if title.endswith(".") and not title.endswith("..") else title
    return _Work(key, title, row.get("venue"), year_of(row.get("event")), year_of(row.get("year")))


def _add(work: _Work, row: Mapping[str, str]) -> None:
    """Take in what this row says beyond the others."""
    ordinal, name = row.get("ordinal", ""), row.get("name")
    if name and re.fullmatch("[0-9]{1,6}", ordinal):
        work.authors[int(ordinal)] = _HOMONYM.sub("", name)
    stream = row.get("stream", "")
    if stream.startswith(_STREAM):
        work.streams.add(stream.removeprefix(_STREAM))
    work.pages |= {row[cell] for cell in ("pubdoi", "doi", "ee") if row.get(cell)}


def _identifier_query(identifiers: Sequence[Identifier]) -> str:
    """One query for all identifiers; `?q` is the position of the question in the batch."""
    direct: dict[str, list[str]] = {}
    preprints: dict[str, list[str]] = {}
    for number, identifier in enumerate(identifiers):
        rows = preprints if _is_preprint(identifier) else direct
        for way, iri in _spellings(identifier):
            rows.setdefault(way, []).append(f'("{number}" <{iri}>)')
    branches = [branch for branch in (_named("pub", direct), _twins(preprints)) if branch]
    return f"{_HEAD}  {{ SELECT DISTINCT ?q ?pub WHERE {{\n{_UNION.join(branches)}\n  }} }}{_FIELDS}"


def _named(variable: str, rows: Mapping[str, Sequence[str]]) -> str:
    """The publications that bear a name, each way of naming a branch of its own."""
    triples = {
        "rec": "",
        "doi": f" ?{variable} dblp:doi ?doi .",
        "page": f" ?{variable} dblp:documentPage ?page .",
    }
    return _UNION.join(
        f"    {{ VALUES (?q ?{variable if way == 'rec' else way}) {{ {' '.join(values)} }}{triples[way]} }}"
        for way, values in rows.items()
    )


def _twins(rows: Mapping[str, Sequence[str]]) -> str:
    """Preprints, and publications of one of their authors with an equal title, ignoring case."""
    if not rows:
        return ""
    return (
        f"    {{ {{ SELECT DISTINCT ?q ?preprint WHERE {{\n{_named('preprint', rows)}\n    }} }}\n"
        "      ?preprint dblp:title ?wanted . ?preprint dblp:authoredBy ?author .\n"
        "      ?pub dblp:authoredBy ?author . ?pub dblp:title ?same .\n"
        "      FILTER(LCASE(STR(?same)) = LCASE(STR(?wanted))) }"
    )


def _title_query(queries: Sequence[TitleQuery]) -> str:
    rows = [
        f'("{number}" {_literal(spelling)})'
        for number, query in enumerate(queries)
        for spelling in _titles(query.title)
    ]
    return f"{_HEAD}  VALUES (?q ?title) {{ {' '.join(rows)} }}{_FIELDS}"


def _is_preprint(identifier: Identifier) -> bool:
    return identifier.scheme == "arxiv" or identifier.value.startswith(f"{CORR}/")


def _spellings(identifier: Identifier) -> list[tuple[str, str]]:
    """The ways in which DBLP may name a publication: (`rec`, `doi` or `page`, IRI)."""
    ways = dict.fromkeys(_SPELLINGS[identifier.scheme](identifier.value))
    return [(way, quote(iri, safe=_IRI_SIGNS)) for way, iri in ways]


def _by_arxiv(value: str) -> Iterator[tuple[str, str]]:
    new = _NEW_ARXIV.fullmatch(value)
    if new and new[1] >= "1801":  # older CoRR keys are made of the authors' names
        yield "rec", f"{_REC}{CORR}/abs-{new[1]}-{new[2]}"
    yield "doi", f"https://doi.org/10.48550/arXiv.{value}"
    yield "doi", f"https://doi.org/10.48550/ARXIV.{value.upper()}"
    yield from (("page", f"{scheme}://arxiv.org/abs/{value}") for scheme in ("https", "http"))


def _by_doi(value: str) -> Iterator[tuple[str, str]]:
    prefix, _, suffix = value.partition("/")
    yield from (("doi", f"https://doi.org/{prefix}/{text}") for text in (suffix, suffix.upper()))
    if suffix.startswith("v1/"):
        yield "doi", f"https://doi.org/{prefix}/v1/{suffix[3:].upper()}"


def _by_acl(value: str) -> Iterator[tuple[str, str]]:
    yield from _by_doi(f"10.18653/v1/{value.lower()}")
    for host in ("aclanthology.org", "www.aclweb.org/anthology"):
        yield from (("page", f"https://{host}/{value}{end}") for end in ("", "/"))


def _by_pmlr(value: str) -> Iterator[tuple[str, str]]:
    yield from (("page", f"{scheme}://proceedings.mlr.press/{value}.html") for scheme in ("https", "http"))


def _by_neurips(value: str) -> Iterator[tuple[str, str]]:
    year, _, number = value.partition("/")
    if "-" in year:  # Datasets and Benchmarks 2021, on a site of its own
        site, part = "https://datasets-benchmarks-proceedings.neurips.cc", year.partition("-")[2]
        yield "page", f"{site}/paper/2021/hash/{number}-Abstract-{part}.html"
    if not year.isdigit():  # the old numbering, whose pages bear a title as well
        yield from (("page", f"{scheme}://papers.nips.cc/{value}") for scheme in ("https", "http"))
        return
    old = ("paper", ""), ("paper_files/paper", "")
    new = [("paper_files/paper", track) for track in ("", "-Conference", *_TRACKS)]
    for host in ("proceedings.neurips.cc", "papers.nips.cc"):
        for path, track in new if year >= "2022" else old:
            address = f"{host}/{path}/{year}/hash/{number}-Abstract{track}.html"
            yield from (("page", f"{scheme}://{address}") for scheme in ("https", "http"))


_TRACKS = ("-Datasets_and_Benchmarks", "-Datasets_and_Benchmarks_Track")
_SPELLINGS: Mapping[str, Callable[[str], Iterable[tuple[str, str]]]] = {
    "dblp": lambda value: [("rec", _REC + value)],
    "acl": _by_acl,
    "doi": _by_doi,
    "pmlr": _by_pmlr,
    "neurips": _by_neurips,
    "arxiv": _by_arxiv,
    "openreview": lambda value: [("page", f"https://openreview.net/forum?id={value}")],
}


def _titles(title: str) -> list[str]:
    """Usual spellings of a title as DBLP prints it, final full stop included.

    Exact literals are cheap to look up, a comparison that ignores case is not: so the title as written,
    in sentence case, in title case, and with plain quotes and dashes.
    """
    written = one_line(title).rstrip(".")
    plain = written.translate(str.maketrans("‘’“”–—", "''\"\"--"))
    cases = [
        form(text)
        for text in (written, plain)
        for form in (str, _sentence_case, _title_case, _all_title_case)
    ]
    cases += [form(text) for text in _repunctuated(plain) for form in (str, _title_case)]
    return list(dict.fromkeys(text if text.endswith(("?", "!")) else f"{text}." for text in cases))


def _repunctuated(title: str) -> Iterator[str]:
    """The title with colon for dash, dash for colon, and words with hyphens apart."""
    if ": " in title:
        yield title.replace(": ", " - ")
    if " - " in title:
        yield title.replace(" - ", ": ")
    if re.search(r"\w-\w", title):
        yield re.sub(r"(?<=\w)-(?=\w)", " ", title)


def _sentence_case(title: str) -> str:
    """Only first words in capitals; words with inner capitals or digits (`GPT-4`, `BERT`) stay."""
    words = [word if word[1:].lower() != word[1:] else word.lower() for word in title.split()]
    text = " ".join(words)
    return re.sub(r"(^|[:?!] )(\w)", lambda match: match[1] + match[2].upper(), text)


def _title_case(title: str) -> str:
    words = [
        word.lower() if word.lower() in _SMALL else word[:1].upper() + word[1:] for word in title.split()
    ]
    text = " ".join(words)
    return re.sub(r"(^|[:?!] )(\w)", lambda match: match[1] + match[2].upper(), text)


def _all_title_case(title: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in title.split())


def _literal(text: str) -> str:
    """A SPARQL string that cannot end early (SPARQL 1.1, 19.7 and 19.8: ECHAR, STRING_LITERAL2).

    >>> _literal('say "no" \\\\ never')
    '"say \\\\"no\\\\" \\\\\\\\ never"'
    """
    printable = "".join(char for char in text if char.isprintable())
    return '"' + printable.replace("\\", "\\\\").replace('"', '\\"') + '"'
