"""DBLP's SPARQL endpoint at `/dblp/sparql`: POST of a query or a form, or GET with `query=`.

This is no SPARQL engine. It recognises look-ups: what stands in VALUES (record IRIs, DOIs, document pages, exact
titles, with any further columns carried along), by which property it is tied to the publication, whether a branch
goes on from a preprint to publications of the same title and a common author, and which properties the selected
variables stand for. It answers in SPARQL 1.1 JSON (https://www.w3.org/TR/sparql11-results-json/). Literals are
compared exactly, as DBLP does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tests.apiserver.wire import Answer, Request, html_answer, json_answer
from tests.apiserver.world import DblpRecord, World, index

_REC = "https://dblp.org/rec/"
_STREAM = "https://dblp.org/streams/"
_DOI = "https://doi.org/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TOKEN = re.compile(r'<[^<>\s]*>|"(?:[^"\\]|\\.)*"(?:\^\^\S+|@[\w-]+)?|\?\w+|[\w:.-]*\w|[{}()\[\].;,*=]|\S')
_COMMENT = re.compile(r"(?m)^\s*#.*$")
_ESCAPE = re.compile(r"\\(.)")

Term = Mapping[str, str]
Row = dict[str, Term]


@dataclass(frozen=True, slots=True)
class Lookup:
    """One VALUES block: its variables and rows, and the tokens around it in its own and all outer groups."""

    variables: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    around: tuple[str, ...]


class Dblp:
    """The SPARQL endpoint of DBLP. More than `most` values in one query are answered with an exception."""

    name = "dblp"
    mounts = ("dblp",)

    def __init__(self, most: int = 5000) -> None:
        self.most = most

    def asked(self, request: Request) -> tuple[str, ...]:
        """Every value once, without brackets and quotes."""
        lookups = _lookups(_tokens(_query(request)))
        values = [_plain(value) for lookup in lookups for row in lookup.rows for value in _asked_of(row)]
        return tuple(dict.fromkeys(values))

    def answer(self, request: Request, world: World) -> Answer:
        """The bindings; 400 with an exception for what is no look-up."""
        if request.path != "/sparql":
            return html_answer("<html><body><h1>404 Not Found</h1></body></html>", 404)
        tokens = _tokens(_query(request))
        lookups = _lookups(tokens)
        selected = _selected(tokens)
        if not lookups or not selected:
            return _exception("not a query that this server understands", 400)
        if sum(len(lookup.rows) for lookup in lookups) > self.most:
            return _exception("Operation timed out.", 200)
        meanings = _meanings(tokens)
        records = index(world, "dblp", lambda: _Records(world.dblp()))
        rows = [row for lookup in lookups for row in _rows(lookup, records, meanings, selected)]
        return _results(selected, rows)

    def too_many(self) -> Answer:
        """429 as a page of Apache."""
        page = "<h1>Too Many Requests</h1>\n<p>The vast number of requests from your side has led to a limit.</p>"
        return html_answer(
            f"<html>\n<head>\n<title>429 Too Many Requests</title>\n</head>\n<body>\n{page}</body></html>",
            429,
        )

    def empty(self, request: Request) -> Answer:
        """No binding."""
        return _results(_selected(_tokens(_query(request))), [])


def _query(request: Request) -> str:
    if "sparql-query" in request.headers.get("content-type", ""):
        return request.body.decode("utf-8", "replace")
    return request.form().get("query", "")


def _tokens(query: str) -> list[str]:
    return _TOKEN.findall(_COMMENT.sub("", query))


def _selected(tokens: Sequence[str]) -> list[str]:
    """The variables of the outermost SELECT, without question marks; those behind AS for expressions."""
    upper = [token.upper() for token in tokens]
    if "SELECT" not in upper:
        return []
    head = tokens[upper.index("SELECT") + 1 : upper.index("WHERE") if "WHERE" in upper else tokens.index("{")]
    found: list[str] = []
    depth = 0
    for before, token in zip(["", *head], head, strict=False):
        depth += {"(": 1, ")": -1}.get(token, 0)
        if token.startswith("?") and (depth == 0 or before.upper() == "AS"):
            found.append(token[1:])
    return found


def _lookups(tokens: Sequence[str]) -> list[Lookup]:
    return [_lookup(tokens, at + 1) for at, token in enumerate(tokens) if token.upper() == "VALUES"]


def _lookup(tokens: Sequence[str], at: int) -> Lookup:
    opened = tokens.index("{", at)
    variables = tuple(token[1:] for token in tokens[at:opened] if token.startswith("?"))
    closed = tokens.index("}", opened) if "}" in tokens[opened:] else len(tokens)
    values = [token for token in tokens[opened + 1 : closed] if token not in ("(", ")")]
    width = max(1, len(variables))
    rows = tuple(tuple(values[start : start + width]) for start in range(0, len(values) - width + 1, width))
    around = (*_around(reversed(tokens[:at]), "}{"), *_around(tokens[closed + 1 :], "{}"))
    return Lookup(variables, rows, around)


def _around(tokens: Iterable[str], braces: str) -> Iterator[str]:
    """Tokens of the group they start in and of the groups around it, without those of groups beside it."""
    depth = outermost = 0
    for token in tokens:
        depth += {braces[0]: 1, braces[1]: -1}.get(token, 0)
        outermost = min(outermost, depth)
        if depth == outermost:
            yield token


def _plain(value: str) -> str:
    if value.startswith("<"):
        return value[1:-1]
    return _ESCAPE.sub(r"\1", value[1 : value.rindex('"')]) if value.startswith('"') else value


def _asked_of(row: Sequence[str]) -> list[str]:
    """What a row asks for: its IRIs, or the last literal where it has none (the others are carried along)."""
    return [value for value in row if value.startswith("<")] or list(row[-1:])


def _meanings(tokens: Sequence[str]) -> dict[str, str]:
    """Variable -> property whose object it is: `?venue` -> `publishedIn`. The first one counts."""
    meanings: dict[str, str] = {}
    for before, token in zip(tokens, tokens[1:], strict=False):
        if token.startswith("?") and before.startswith("dblp:"):
            meanings.setdefault(token[1:], before.removeprefix("dblp:"))
    return meanings


class _Records:
    """DBLP's records by all that they can be asked by: their address, any value of theirs, their title."""

    def __init__(self, records: Sequence[DblpRecord]) -> None:
        self._by_value: dict[str, list[DblpRecord]] = {}
        self._by_title: dict[str, list[DblpRecord]] = {}
        for record in records:
            terms = {term["value"] for values in _values(record).values() for term in values}
            for value in {_REC + record.key, *terms}:
                self._by_value.setdefault(value, []).append(record)
            self._by_title.setdefault(record.title.lower(), []).append(record)

    def asked(self, cells: Mapping[str, str]) -> Sequence[DblpRecord]:
        """Records that one row may mean."""
        lists = [self._by_value.get(_plain(value), []) for value in _asked_of(list(cells.values()))]
        return list({record.key: record for found in lists for record in found}.values())

    def of_same_title(self, record: DblpRecord) -> Sequence[DblpRecord]:
        """The record and those of the same title, ignoring case."""
        return self._by_title[record.title.lower()]


def _rows(
    lookup: Lookup, records: _Records, meanings: Mapping[str, str], selected: Sequence[str]
) -> Iterator[Row]:
    publication = _publication(lookup, meanings, selected)
    for row in lookup.rows:
        cells = dict(zip(lookup.variables, row, strict=False))
        found = [record for record in records.asked(cells) if _is_asked(record, lookup, cells, meanings)]
        if _goes_on(lookup):
            twins = [
                twin for record in found for twin in records.of_same_title(record) if _twins(record, twin)
            ]
            found = list({twin.key: twin for twin in twins}.values())
        for record in found:
            yield from _bindings(record, publication, cells, meanings, selected)


def _publication(lookup: Lookup, meanings: Mapping[str, str], selected: Sequence[str]) -> str:
    """The selected variable that stands for a publication: no property's object, and nothing else's name."""
    columns = zip(*lookup.rows, strict=False)
    named = dict(zip(lookup.variables, columns, strict=False))
    others = [name for name, values in named.items() if not all(v.startswith(f"<{_REC}") for v in values)]
    return next((name for name in selected if name not in meanings and name not in others), "pub")


def _is_asked(
    record: DblpRecord, lookup: Lookup, cells: Mapping[str, str], meanings: Mapping[str, str]
) -> bool:
    asked = set(_asked_of(list(cells.values())))
    for variable, value in cells.items():
        if value not in asked:
            continue
        if value.startswith(f"<{_REC}"):
            return _plain(value) == _REC + record.key
        values = _values(record).get(meanings.get(variable, ""), [])
        return any(term["value"] == _plain(value) for term in values)
    return False


def _goes_on(lookup: Lookup) -> bool:
    """Whether the look-up reaches over an author to further publications."""
    return max(lookup.around.count(f"dblp:{link}") for link in ("authoredBy", "signatureCreator")) >= 2


def _twins(record: DblpRecord, other: DblpRecord) -> bool:
    same = record.title.lower() == other.title.lower()
    return same and bool(set(record.authors) & set(other.authors))


def _bindings(
    record: DblpRecord,
    publication: str,
    cells: Mapping[str, str],
    meanings: Mapping[str, str],
    selected: Sequence[str],
) -> Iterator[Row]:
    """One row per combination of authors and of properties with several values, as a join gives them."""
    fixed = {name: _term(value) for name, value in cells.items() if name in selected}
    fixed[publication] = _uri(_REC + record.key)
    values = _values(record)
    free = [name for name in selected if name not in fixed and name in meanings]
    signed = [name for name in free if meanings[name] in ("signatureOrdinal", "signatureDblpName")]
    others = [name for name in free if name not in signed and values.get(meanings[name])]
    for place in range(len(record.authors)) if signed else [0]:
        authors = {name: values[meanings[name]][place] for name in signed}
        for combination in product(*(values[meanings[name]] for name in others)):
            yield {**fixed, **authors, **dict(zip(others, combination, strict=True))}


def _values(record: DblpRecord) -> dict[str, list[Term]]:
    """Property -> its terms, in DBLP's types."""
    year = {"type": "literal", "value": str(record.year), "datatype": f"{_XSD}gYear"}
    pages = [_uri(page) for page in record.documents]
    return {
        "title": [_literal(record.title)],
        "publishedIn": [_literal(record.label)],
        "publishedInStream": [_uri(_STREAM + record.stream)],
        "yearOfPublication": [year],
        "yearOfEvent": [year] if record.kind == "Inproceedings" else [],
        "bibtexType": [_uri(f"http://purl.org/net/nknouf/ns/bibtex#{record.kind}")],
        "doi": [_uri(_DOI + record.doi)] if record.doi else [],
        "primaryDocumentPage": pages[:1],
        "documentPage": pages,
        "pagination": [_literal(record.pagination)] if record.pagination else [],
        "publishedAsPartOf": [_uri(f"{_REC}{record.stream}/{record.year}")] if record.booktitle else [],
        "publishedInBook": [_literal(record.booktitle)] if record.booktitle else [],
        "publishedInJournalVolume": [_literal(record.volume)] if record.volume else [],
        "numberOfCreators": [_integer(len(record.authors))],
        "signatureOrdinal": [_integer(place) for place in range(1, len(record.authors) + 1)],
        "signatureDblpName": [_literal(name) for name in record.authors],
        "authoredBy": [_uri(f"https://dblp.org/pid/test/{_slug(name)}") for name in record.authors],
        "signatureCreator": [_uri(f"https://dblp.org/pid/test/{_slug(name)}") for name in record.authors],
    }


def _slug(name: str) -> str:
    return re.sub(r"\W+", "", name)


def _uri(value: str) -> Term:
    return {"type": "uri", "value": value}


def _literal(value: str) -> Term:
    return {"type": "literal", "value": value}


def _integer(value: int) -> Term:
    return {"type": "literal", "value": str(value), "datatype": f"{_XSD}int"}


def _term(value: str) -> Term:
    return _uri(_plain(value)) if value.startswith("<") else _literal(_plain(value))


def _results(selected: Sequence[str], rows: Iterable[Row]) -> Answer:
    distinct = list(
        {str(sorted((name, term["value"]) for name, term in row.items())): row for row in rows}.values()
    )
    shown = [{name: row[name] for name in selected if name in row} for row in distinct]
    meta = {"query-time-ms": 12, "result-size-total": len(shown)}
    body = {"head": {"vars": list(selected)}, "results": {"bindings": shown}, "meta": meta}
    answer = json_answer(body)
    return Answer(answer.status, answer.body, "application/sparql-results+json")


def _exception(text: str, status: int) -> Answer:
    return json_answer({"exception": text, "status": "ERROR"}, status)
