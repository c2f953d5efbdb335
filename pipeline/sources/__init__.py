"""Sources: APIs and snapshots that say something about papers. One file here is one source.

A source is handed a client (which caches, retries, waits and refuses for it) and its settings; it knows
no Markdown, no cache and no waiting. It turns questions into requests and answers into records, and it
never takes silence for "not found": what is no answer raises `SourceDown`, what will not change in this
run raises `SourceRefused`.

To add a source, add a file: a class with the attributes and methods of `Source`. `discover` finds it;
no other file changes. `tests/test_sources.py` has the suite that it inherits.
"""

from __future__ import annotations

import calendar
import html
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal, Protocol, TypeVar
from xml.etree.ElementTree import Element

from pipeline.errors import SourceDown
from pipeline.identifiers import canonical, read_url, to_url
from pipeline.model import COUNTS, Identifier, Record
from pipeline.text import inert, normalise_title, one_line, title_question

T = TypeVar("T")

_COMMENT = re.compile(r"<!--.*?-->")
_MARKUP = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|sc|tt|span|scp|font|jats:(?:italic|bold|sub|sup|sc))\b[^<>]*>",
    re.IGNORECASE,
)
"""Markup within words, which leaves no gap (`H<sub>2</sub>O`)."""
_BLOCK = re.compile(r"</?[a-zA-Z][^<>]*>")
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?![\d-])")


class Response(Protocol):
    """One answer of a server: 2xx, or 4xx other than 408, 425 and 429."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields, whatever their case."""
        ...

    @property
    def body(self) -> bytes:
        """The body, decompressed."""
        ...

    @property
    def url(self) -> str:
        """The final address."""
        ...

    @property
    def from_cache(self) -> bool:
        """Whether the HTTP cache answered."""
        ...

    @property
    def answered_at(self) -> str:
        """When the server gave it (ISO 8601 UTC second); a cached answer keeps its old date."""
        ...

    def json(self) -> Any:
        """The body as JSON; raises SourceDown where it is none."""
        ...

    def xml(self) -> Element:
        """The body as XML, without entities; raises SourceDown where it is none."""
        ...

    def text(self) -> str:
        """The body as text."""
        ...


class Client(Protocol):
    """The way to one source. Raises SourceDown and SourceRefused; never answers 408, 425, 429 or 5xx."""

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "json",
    ) -> Response:
        """Ask by GET; `accept` is one of `json`, `xml`, `atom`, `sparql`, `text`."""
        ...

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | str | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "json",
        cache: bool = True,
    ) -> Response:
        """Ask by POST; `cache=False` for log-ins, whose questions and answers must never be stored."""
        ...

    def forget(self, response: Any) -> None:
        """Take an answer that turned out to be none out of the cache."""
        ...


class Settings(Protocol):
    """What a source needs of its settings (`pipeline.settings.SourceSettings`)."""

    @property
    def url(self) -> str:
        """The address the source is asked at."""
        ...

    @property
    def extra(self) -> Mapping[str, str]:
        """Further addresses by name: `legacy_url`, `data_url`."""
        ...

    @property
    def key(self) -> str | None:
        """An API key, or None."""
        ...

    @property
    def username(self) -> str | None:
        """An account's name, or None."""
        ...

    @property
    def password(self) -> str | None:
        """An account's password, or None."""
        ...


@dataclass(frozen=True, slots=True)
class TitleQuery:
    """A paper that can only be asked for by its title."""

    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None

    @property
    def question(self) -> str:
        """What stands in `Record.question` for this query."""
        return title_question(self.title)


class Source(Protocol):
    """One source. It may have `find` beside `fetch`, which asks by title (see `Finder`)."""

    name: ClassVar[str]
    """As in the settings and in records: `semanticscholar`."""
    title: ClassVar[str]
    """For people: `Semantic Scholar`."""
    order: ClassVar[int]
    """Place in the design's precedence of sources; `discover` sorts by it."""
    schemes: ClassVar[tuple[str, ...]]
    """Schemes it can be asked by, the surest first."""
    gives: ClassVar[tuple[str, ...]]
    """What it is asked for, in words for people."""
    probe: ClassVar[Identifier]
    """A paper that this source is known to have."""

    def __init__(self, client: Client, settings: Settings) -> None: ...

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Ask about papers, batch by batch, and yield what each batch said.

        Every identifier that was really answered has at least one record whose `question` is
        `str(identifier)`, found or `found=False`; an identifier without a record was not answered.
        Raises SourceDown or SourceRefused; what was yielded before stays valid.
        """
        ...


class Finder(Source, Protocol):
    """A source that can also be asked by title."""

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """Search by title: candidates ranked from 0, or one `found=False` record where there are none.

        Candidates are what the source offers; whether one is the paper is not decided here.
        """
        ...


@cache
def discover() -> Mapping[str, type[Source]]:
    """All sources by name, in the design's precedence. Imports no API package."""
    found = [cls for module in pkgutil.iter_modules(__path__) for cls in _classes(module.name)]
    return {cls.name: cls for cls in sorted(found, key=lambda cls: (cls.order, cls.name))}


def _classes(module_name: str) -> Iterator[type[Source]]:
    module = importlib.import_module(f"{__name__}.{module_name}")
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__ and hasattr(value, "fetch"):
            yield value


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Distinct items in their order, at most `size` at a time."""
    distinct = list(dict.fromkeys(items))
    return (distinct[start : start + size] for start in range(0, len(distinct), size))


def searchable(queries: Iterable[TitleQuery]) -> list[TitleQuery]:
    """Those whose title has words to search for, each once."""
    return list(dict.fromkeys(query for query in queries if normalise_title(query.title)))


def text_of(value: object) -> str | None:
    """A string of an answer on one line and without control characters; None for anything else.

    Lone surrogates, which JSON can carry and UTF-8 cannot, become question marks.
    """
    if not isinstance(value, str):
        return None
    return inert(one_line(value.encode("utf-8", "replace").decode("utf-8"))) or None


def number_of(value: object, low: int = 0, high: int = COUNTS[-1]) -> int | None:
    """A whole number of an answer within bounds; None for anything else, also for true and false."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if low <= value <= high else None


def year_of(value: object) -> int | None:
    """A year of an answer, written as a number or as digits; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 4:
        value = int(value)
    return number_of(value, 1800, 2100)


def web_address(value: object) -> str | None:
    """A string that is an http(s) address; None for anything else."""
    text = text_of(value)
    return text if text and text.startswith(("https://", "http://")) and " " not in text else None


def listed(value: object) -> list[Any]:
    """A list of an answer; an empty one for anything else."""
    return value if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """An object of an answer; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def plain_of(value: object) -> str | None:
    """A string of an answer without HTML or JATS markup and entities, on one line; None for anything else."""
    text = text_of(value)
    if text is None or not ("<" in text or "&" in text):
        return text
    bare = _BLOCK.sub(" ", _MARKUP.sub("", _COMMENT.sub("", text)))
    return text_of(html.unescape(html.unescape(bare)))


def partial_date(year: object = None, month: object = None, day: object = None) -> str | None:
    """Year, month and day of an answer as `2024`, `2024-05` or `2024-05-31`: as far as they make sense."""
    if (y := year_of(year)) is None:
        return None
    if (m := number_of(month, 1, 12)) is None:
        return str(y)
    d = number_of(day, 1, calendar.monthrange(y, m)[1])
    return f"{y}-{m:02}" if d is None else f"{y}-{m:02}-{d:02}"


def iso_date(value: object) -> str | None:
    """An ISO date or moment of an answer, cut to the day or to what it says; None for anything else."""
    match = _ISO.match(text_of(value) or "")
    return (
        partial_date(match[1], *(int(part) if part else None for part in match.groups()[1:]))
        if match
        else None
    )


def precision_of(date: str | None) -> Literal["year", "month", "day"] | None:
    """How precise a date is that is written as `2024`, `2024-05` or `2024-05-31`."""
    precisions: Mapping[int, Literal["year", "month", "day"]] = {4: "year", 7: "month", 10: "day"}
    return precisions.get(len(date)) if date else None


def facets(*values: object) -> str | None:
    """Several facts about a venue in one `venue_key`: joined by bars, those at the end cut; None for none."""
    texts = [(text_of(value) or "").replace("|", "/") for value in values]
    return "|".join(texts).rstrip("|") or None


def named(*candidates: Identifier | Iterable[Identifier] | None) -> tuple[Identifier, ...]:
    """Identifiers in their order, each once; None left out."""
    flat: list[Identifier] = []
    for candidate in candidates:
        if isinstance(candidate, Identifier):
            flat.append(candidate)
        elif candidate is not None:
            flat.extend(candidate)
    return tuple(dict.fromkeys(flat))


def identifier_of(scheme: str, value: object) -> Identifier | None:
    """The canonical identifier for a value of an answer; None where it is malformed or not a string."""
    text = text_of(str(value) if isinstance(value, int) and not isinstance(value, bool) else value)
    return canonical(scheme, text) if text else None


def identifiers_in(value: object) -> tuple[Identifier, ...]:
    """What a web address of an answer proves about the work it belongs to."""
    url = web_address(value)
    return read_url(url).identifiers if url else ()


@contextmanager
def believing(client: Client, response: Response) -> Iterator[None]:
    """While an answer is read: where that ends in SourceDown, it was none and leaves the cache."""
    try:
        yield
    except SourceDown:
        client.forget(response)
        raise


def identifiers_of(scheme: str, value: object) -> tuple[Identifier, ...]:
    """`identifier_of`, followed by what is the same name in other schemes (a CoRR key names an arXiv id)."""
    own = identifier_of(scheme, value)
    return named(own, identifiers_in(to_url(own))) if own else ()


def not_found(source: str, question: str, answered_at: str) -> Record:
    """The source really said that it has no such paper."""
    return Record(source=source, question=question, retrieved_at=answered_at, found=False)


def last_resort(source: type[Source]) -> tuple[str, ...]:
    """The ways (`fetch`, `find`) in which a source is asked only about what no other source answered.

    Declared as a class variable `last_resort`, for sources that cost a request per question, or much of
    a day's budget; a source that declares nothing is asked like all others.
    """
    ways: tuple[str, ...] = getattr(source, "last_resort", ())
    return ways


def waits_below(source: type[Source]) -> int:
    """With fewer questions than this a source is asked after the others, which may know a surer name by then.

    Declared as a class variable `waits_below`: the size of a batch, for sources that know a publication
    by its DOI alone. One request waits, so that none is asked twice; many do not.
    """
    return getattr(source, "waits_below", 0)


def titles_too(source: type[Source]) -> bool:
    """Whether a source is asked by title as well where its identifiers left a venue open.

    Declared as a class variable `titles_too`, for sources that take many titles in one request.
    """
    return getattr(source, "titles_too", False)


def settles_venues(source: type[Source]) -> bool:
    """Whether a last resort is asked about a publication that others know, where its venue is still open.

    Declared as a class variable `settles_venues`, for whom publishers tell where their DOIs belong. Where no
    such name is known, it is asked by title, if the list or a source says that the work was published.
    """
    return getattr(source, "settles_venues", False)


def is_json(response: Response) -> bool:
    """Whether a body looks like a JSON object or list: error pages and texts do not."""
    return response.body.lstrip()[:1] in (b"{", b"[")


def refusal(source: str, response: Response) -> SourceDown:
    """The exception for a status that is no answer to the question."""
    kind = response.headers.get("content-type") or response.headers.get("Content-Type") or "no content type"
    return SourceDown(
        source, f"answered HTTP {response.status} ({text_of(kind.partition(';')[0]) or 'unknown'})"
    )


def akin(left: str, right: str) -> bool:
    """Whether two titles share at least half of the words of the longer one.

    A coarse sieve for what a search offers; `pipeline.matching` decides.
    """
    words, others = set(normalise_title(left).split()), set(normalise_title(right).split())
    return bool(words and others) and 2 * len(words & others) >= max(len(words), len(others))


def halves(
    items: Sequence[T], ask: Callable[[Sequence[T]], Iterator[list[Record]]]
) -> Iterator[list[Record]]:
    """Ask for both halves of a batch that was refused as a whole."""
    middle = len(items) // 2
    yield from ask(items[:middle])
    yield from ask(items[middle:])
