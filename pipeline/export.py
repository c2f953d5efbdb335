"""The dataset as analysts get it: one table of columns, and from it CSV, Parquet and their description.

`COLUMNS` is the only place that knows the columns of `papers.csv`: their order, type, meaning, and where
each value comes from. BibTeX and the citation history are here too.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import quote

from pipeline.errors import UsageError
from pipeline.matching import title_similarity
from pipeline.model import Entry, EntryVerdict, Method, Paper, Resolution
from pipeline.store import SCHEMA
from pipeline.text import inert, one_line

Type = Literal["string", "integer", "number", "date", "datetime", "boolean"]


@dataclass(frozen=True, slots=True)
class Row:
    """All that one line of `papers.csv` is made of: one entry and its paper."""

    list_name: str
    entry: Entry
    paper: Paper
    verdict: EntryVerdict
    resolution: Resolution

    def origin(self, field: str) -> str | None:
        """The source that gave the paper's field, or None."""
        origin = self.paper.provenance.get(field)
        return origin.source if origin else None

    def identifier(self, scheme: str) -> str | None:
        """The work's first identifier of a scheme (what the list says comes first), or None."""
        return next((i.value for i in self.paper.identifiers if i.scheme == scheme), None)

    @property
    def resolved(self) -> tuple[Method, float | None]:
        """How the entry's paper was found, and how surely.

        What its link names does not count once that turned out to be another paper; its own may have been found
        by title since.
        """
        wrong = any(verdict.link_status == "wrong_paper" for verdict in self.paper.verdicts)
        named = set(self.resolution.identifiers)
        if not (wrong and named and named.isdisjoint(self.paper.identifiers)):
            return self.resolution.method, self.resolution.score
        if not self.paper.identifiers:
            return "none", None
        return "title", title_similarity(self.entry.title or "", self.paper.title or "")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Frictionless type, meaning for people, and how to get it."""

    name: str
    type: Type
    description: str
    get: Callable[[Row], Any]


def _oldest(row: Row) -> str | None:
    dates = [o.retrieved_at for o in row.paper.provenance.values() if o.retrieved_at]
    return min(dates) if dates else None


def _citation_date(row: Row) -> str | None:
    origin = row.paper.provenance.get("citation_count")
    return origin.retrieved_at[:10] if origin and origin.retrieved_at else None


def _accepted_forum(row: Row) -> str | None:
    """The accepted OpenReview forum where known, else the linked one."""
    for evidence in row.paper.evidence:
        question = evidence.origin.question or ""
        if evidence.origin.source == "openreview" and question.startswith("openreview:"):
            return question.partition(":")[2]
    return row.identifier("openreview")


COLUMNS: tuple[Column, ...] = (
    Column("list", "string", "Name of the list", lambda r: r.list_name),
    Column("entry_id", "string", "Key of the entry, stable for life", lambda r: r.entry.entry_id),
    Column("paper_id", "string", "Key of the work, stable for life", lambda r: r.paper.paper_id),
    Column(
        "duplicate_of",
        "string",
        "entry_id of the first entry of the same work",
        lambda r: r.verdict.duplicate_of,
    ),
    Column("kind", "string", "paper, or other (tool, model card, dataset, blog ...)", lambda r: r.entry.kind),
    Column("section", "string", 'Heading path, joined by " > "', lambda r: " > ".join(r.entry.section)),
    Column("position", "integer", "1-based position in the list", lambda r: r.entry.ordinal),
    Column("title", "string", "Canonical title", lambda r: r.paper.title),
    Column("list_title", "string", "Title as the list writes it", lambda r: r.entry.title),
    Column("short_name", "string", "Nickname the list gives", lambda r: r.entry.short_name),
    Column("authors", "string", 'Names, joined by "; "', lambda r: "; ".join(r.paper.authors)),
    Column(
        "year",
        "integer",
        "Year of the decided venue; of the first version for a preprint",
        lambda r: r.paper.year,
    ),
    Column(
        "venue", "string", "Decided venue; arXiv for an undecided paper on arXiv", lambda r: r.paper.venue
    ),
    Column("venue_name", "string", "Full name of the venue's series", lambda r: r.paper.venue_name),
    Column(
        "venue_type",
        "string",
        "conference, findings, workshop, journal, preprint ...",
        lambda r: r.paper.venue_type,
    ),
    Column(
        "venue_source",
        "string",
        "Who says so: a source, identifier (what an id proves), or override",
        lambda r: r.origin("venue"),
    ),
    Column(
        "venue_status", "string", "What is wrong with the list's own venue", lambda r: r.verdict.venue_status
    ),
    Column("list_venue", "string", "Venue as the list writes it", lambda r: r.entry.venue_text),
    Column("list_year", "integer", "Year as the list writes it", lambda r: r.entry.year),
    Column("published", "string", "First publication, cut to its precision", lambda r: r.paper.published),
    Column("published_precision", "string", "year, month or day", lambda r: r.paper.published_precision),
    Column(
        "abstract", "string", "Abstract, where its licence allows publication", lambda r: r.paper.abstract
    ),
    Column(
        "citation_count", "integer", "Citations as citation_source counts", lambda r: r.paper.citation_count
    ),
    Column("citation_source", "string", "Who counted", lambda r: r.origin("citation_count")),
    Column("citation_date", "date", "When this count was first given", _citation_date),
    Column(
        "influential_citation_count",
        "integer",
        "Semantic Scholar's influential citations",
        lambda r: r.paper.influential_citation_count,
    ),
    Column("arxiv_id", "string", "arXiv id without version", lambda r: r.identifier("arxiv")),
    Column("openreview_id", "string", "Accepted OpenReview forum, else the linked one", _accepted_forum),
    Column("acl_id", "string", "ACL Anthology id", lambda r: r.identifier("acl")),
    Column("doi", "string", "Publisher's DOI, never an arXiv one", lambda r: r.identifier("doi")),
    Column("s2_id", "string", "Semantic Scholar paperId", lambda r: r.identifier("s2")),
    Column("paper_url", "string", "Page of the paper", lambda r: r.paper.paper_url),
    Column("pdf_url", "string", "PDF of the paper", lambda r: r.paper.pdf_url),
    Column("code_url", "string", "Code the list links", lambda r: r.paper.code_url),
    Column("resolution_method", "string", "url, title, override or none", lambda r: r.resolved[0]),
    Column(
        "resolution_score",
        "number",
        "1 for urls and overrides, else title similarity",
        lambda r: r.resolved[1],
    ),
    Column(
        "link_status",
        "string",
        "What the entry's link leads to; empty: not asked yet",
        lambda r: r.verdict.link_status,
    ),
    Column("status", "string", "retracted, withdrawn, or empty", lambda r: _only_ended(r.paper.status)),
    Column(
        "sources",
        "string",
        'Sources that know the work, joined by "; "',
        lambda r: "; ".join(r.paper.sources),
    ),
    Column("retrieved_at", "datetime", "When the oldest contributing fact was given (UTC)", _oldest),
    Column(
        "et_al",
        "boolean",
        "true where `authors` are only those the list names",
        lambda r: r.paper.et_al if r.paper.authors else None,
    ),
)


def _only_ended(status: str | None) -> str | None:
    return status if status in ("retracted", "withdrawn") else None


def rows(
    list_name: str, entries: Sequence[Entry], papers: Sequence[Paper], resolutions: Sequence[Resolution]
) -> Iterator[Row]:
    """One row per entry, in list order."""
    paper_of = {entry_id: paper for paper in papers for entry_id in paper.entry_ids}
    verdict_of = {v.entry_id: v for paper in papers for v in paper.verdicts}
    resolution_of = {r.entry_id: r for r in resolutions}
    for entry in entries:
        key = entry.entry_id
        yield Row(list_name, entry, paper_of[key], verdict_of[key], resolution_of.get(key, Resolution(key)))


_RUNS_IN_SPREADSHEETS = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"''*[=+\-@\t\r]")
_MAYBE_NEUTRALISED = re.compile(rb"[\n,]\"?'")
"""How every cell begins that `cell` made safe, and some others do."""


def cell(value: Any) -> str:
    """One CSV cell: empty for not said; a leading `'` where a spreadsheet would run it.

    Rule: https://owasp.org/www-community/attacks/CSV_Injection
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:.12g}"
    return _repeated(value) if len(value) < _SHORT else _text_cell(value)


_SHORT = 60
"""Venues, dates, sections and the like come again from row to row; longer texts hardly do."""


def _text_cell(value: str) -> str:
    text = inert(one_line(value))
    return f"'{text}" if _RUNS_IN_SPREADSHEETS.match(text) else text


_repeated = lru_cache(maxsize=8192)(_text_cell)


def uncell(text: str) -> str:
    """The text that `cell` made safe for spreadsheets, as it was."""
    return text[1:] if _NEUTRALISED.match(text) else text


def papers_csv(table: Iterable[Row]) -> bytes:
    """`papers.csv`: RFC 4180 quoting, `\\n` line ends, UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows([cell(column.get(row)) for column in COLUMNS] for row in table)
    return stream.getvalue().encode("utf-8", "replace")


def prepare() -> None:
    """Make a table without rows: loading what makes Parquet tables takes far longer than making one."""
    papers_parquet(papers_csv([]))


def papers_parquet(csv_bytes: bytes) -> bytes:
    """`papers.parquet`: the same table with types, cells as they were before neutralising.

    Arrow reads the table of text itself: from Python's values it would make columns only with pandas loaded,
    which takes longer than the table.
    """
    import pyarrow as pa
    import pyarrow.csv as pc
    import pyarrow.parquet as pq

    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "date": pa.date32(),
        "datetime": pa.timestamp("s", "UTC"),
        "boolean": pa.bool_(),
    }
    schema = pa.schema(
        [pa.field(c.name, types[c.type], metadata={"description": c.description}) for c in COLUMNS]
    )
    text = _uncelled(csv_bytes)
    table = pc.read_csv(
        pa.BufferReader(text),
        read_options=pc.ReadOptions(use_threads=False, block_size=len(text) + 1),
        convert_options=pc.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, include_columns=schema.names
        ),
    )
    stream = io.BytesIO()
    pq.write_table(table.cast(schema), stream)
    return stream.getvalue()


def _uncelled(csv_bytes: bytes) -> bytes:
    """A table without what makes its cells safe for spreadsheets."""
    if not _MAYBE_NEUTRALISED.search(csv_bytes):
        return csv_bytes
    head, *rows = csv.reader(io.StringIO(csv_bytes.decode()))
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([head, *([uncell(c) for c in row] for row in rows)])
    return stream.getvalue().encode()


CITATION_COLUMNS: tuple[tuple[str, Type, str], ...] = (
    ("date", "date", "When this count was first given"),
    ("paper_id", "string", "Key of the work"),
    ("source", "string", "Who counted"),
    ("citation_count", "integer", "The count"),
)


def citations_csv(previous: bytes | None, papers: Sequence[Paper], place: str = "citations.csv") -> bytes:
    """`citations.csv` with a row more for each paper whose count is another than its last row says.

    Append-only history: what stands there is never changed or removed, so that a count that changes twice in a
    day has two rows, of which the later one counts. Raises UsageError where it is none; it lies at `place`.
    """
    text = _decoded(previous, place) if previous else ",".join(_CITATION_NAMES) + "\n"
    last = {(paper_id, source): count for _, paper_id, source, count in _history(text, place)}
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for paper in papers:
        origin = paper.provenance.get("citation_count")
        if origin is None or not origin.retrieved_at:
            continue
        count = str(paper.citation_count)
        if last.get((cell(paper.paper_id), origin.source)) != count:
            writer.writerow([origin.retrieved_at[:10], cell(paper.paper_id), origin.source, count])
    if not text.endswith("\n"):
        text += "\n"
    return (text + stream.getvalue()).encode()


_CITATION_NAMES = [name for name, _, _ in CITATION_COLUMNS]


def _decoded(data: bytes, place: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise _not_written(place, data.count(b"\n", 0, error.start) + 1) from None


def _history(text: str, place: str) -> Iterator[list[str]]:
    """The rows of a `citations.csv`; raises UsageError naming the line that is none of its."""
    reader, line = csv.reader(io.StringIO(text)), 1
    try:
        for row in reader:
            head = line == 1
            good = (
                row == _CITATION_NAMES if head else len(row) == len(_CITATION_NAMES) and row[-1].isdecimal()
            )
            if row and not good:
                raise _not_written(place, line)
            if row and not head:
                yield row
            line = reader.line_num + 1
    except csv.Error:  # lines that end in `\r` alone, a quote that is never closed
        raise _not_written(place, line) from None


def _not_written(place: str, line: int) -> UsageError:
    hint = "restore the file with git; it is kept for life"
    return UsageError("not a line that paperlist wrote", place=f"{place}:{line}", hint=hint)


LICENCES: Mapping[str, tuple[str, str]] = {
    "acl": ("ACL Anthology", "CC BY 4.0 from 2016, CC BY-NC-SA 3.0 before"),
    "arxiv": ("arXiv", "metadata CC0 1.0"),
    "crossref": ("Crossref", "metadata free to reuse"),
    "datacite": ("DataCite", "metadata CC0 1.0"),
    "dblp": ("DBLP", "CC0 1.0"),
    "openalex": ("OpenAlex", "CC0 1.0"),
    "openreview": ("OpenReview", "licence per note"),
    "semanticscholar": ("Semantic Scholar", "Semantic Scholar API licence, attribution required"),
}


def datapackage(list_name: str, papers: Sequence[Paper]) -> bytes:
    """`datapackage.json`: Frictionless description of the tables, with the sources and their licences.

    Standard: https://specs.frictionlessdata.io/data-package/
    """
    table = [{"name": c.name, "type": c.type, "description": c.description} for c in COLUMNS]
    history = [{"name": name, "type": kind, "description": text} for name, kind, text in CITATION_COLUMNS]
    used = sorted({source for paper in papers for source in paper.sources})
    package = {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", list_name.lower()),
        "schema": SCHEMA,
        "resources": [
            _resource("papers", "One row per entry, in list order", table, ["entry_id"]),
            _resource("citations", _HISTORY, history, None),
        ],
        "sources": [
            {"title": LICENCES[s][0], "licence": LICENCES[s][1]} if s in LICENCES else {"title": s}
            for s in used
        ],
    }
    return (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()


_HISTORY = (
    "Append-only, in order of time: a row when a count changed; of several rows of one day, paper and source "
    "the last one counts, so there is no primary key"
)


def _resource(
    name: str, description: str, columns: Sequence[Mapping[str, str]], key: Sequence[str] | None
) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": list(columns), "missingValues": [""]}
    if key:
        schema["primaryKey"] = list(key)
    return {
        "name": name,
        "path": f"{name}.csv",
        "description": description,
        "profile": "tabular-data-resource",
        "format": "csv",
        "encoding": "utf-8",
        "schema": schema,
    }


_BIBTEX_TYPES = {
    "conference": "inproceedings",
    "findings": "inproceedings",
    "workshop": "inproceedings",
    "journal": "article",
    "book": "book",
    "thesis": "phdthesis",
    "report": "techreport",
}
_LATEX = str.maketrans(
    {
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\~{}",
        "^": r"\^{}",
        "\\": r"\textbackslash{}",
    }
)


def references_bib(papers: Sequence[Paper]) -> bytes:
    """`references.bib`: one BibTeX record per paper (kind `paper`), sorted by key."""
    ordered = sorted((p for p in papers if p.kind == "paper" and p.title), key=lambda p: p.bibtex_key or "")
    return "\n".join(_bibtex(paper) for paper in ordered).encode("utf-8", "replace")


def _bibtex(paper: Paper) -> str:
    kind = _BIBTEX_TYPES.get(paper.venue_type or "", "misc") if paper.decided else "misc"
    place = {"inproceedings": "booktitle", "article": "journal"}.get(kind)
    arxiv = next((i.value for i in paper.identifiers if i.scheme == "arxiv"), None)
    doi = next((i.value for i in paper.identifiers if i.scheme == "doi"), None)
    fields = {
        "title": "{" + _latex(paper.title) + "}",
        "author": _latex(" and ".join((*paper.authors, *(["others"] if paper.et_al else [])))),
        place or "howpublished": _latex(paper.venue_name if place else paper.venue),
        "year": str(paper.year) if paper.year else "",
        "eprint": arxiv or "",
        "archiveprefix": "arXiv" if arxiv else "",
        "doi": _url(doi),
        "url": _url(paper.paper_url),
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value and value != "{}")
    return f"@{kind}{{{paper.bibtex_key},\n{body}}}\n"


def _latex(text: str | None) -> str:
    return inert(one_line(text or "")).translate(_LATEX)


_UNSAFE_IN_BIBTEX = re.compile(r"[{}\\\s\x00-\x1f\x7f\ud800-\udfff]")


def _url(url: str | None) -> str:
    """A URL or DOI cannot be escaped in BibTeX: signs that would end the field are percent-encoded."""
    return _UNSAFE_IN_BIBTEX.sub(lambda found: quote(found[0], errors="replace"), url or "")


def columns_table() -> str:
    """The columns as a Markdown table, for the README (`python -m pipeline.export` prints it)."""
    rows = [f"| `{c.name}` | {c.type} | {c.description} |\n" for c in COLUMNS]
    return "| column | type | meaning |\n| --- | --- | --- |\n" + "".join(rows)


if __name__ == "__main__":
    import sys

    sys.stdout.write(columns_table())
