"""The dataset's files: every column, cells that cannot act, history that only grows, BibTeX that parses."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.export import (
    CITATION_COLUMNS,
    COLUMNS,
    Row,
    cell,
    citations_csv,
    columns_table,
    datapackage,
    papers_csv,
    papers_parquet,
    references_bib,
    rows,
    uncell,
)
from pipeline.model import Entry, EntryVerdict, Evidence, Identifier, Link, Origin, Paper, Resolution
from pipeline.text import inert, one_line

WHEN, LATER = "2026-01-02T03:04:05Z", "2026-02-02T03:04:05Z"
TITLE = "Direct Preference Optimization"
S2 = Origin("semanticscholar", "arxiv:2305.18290", WHEN)
DESIGNED = (
    "list, entry_id, paper_id, duplicate_of, kind, section, position, title, list_title, short_name, authors, year, "
    "venue, venue_name, venue_type, venue_source, venue_status, list_venue, list_year, published, "
    "published_precision, abstract, citation_count, citation_source, citation_date, influential_citation_count, "
    "arxiv_id, openreview_id, acl_id, doi, s2_id, paper_url, pdf_url, code_url, resolution_method, "
    "resolution_score, link_status, status, sources, retrieved_at"
).split(", ")

ENTRY = Entry(
    "dpo",
    ("Methods", "Direct"),
    7,
    9,
    9,
    "paper",
    "",
    TITLE.lower(),
    "DPO",
    ("Rafael Rafailov",),
    venue_text="arXiv",
    year=2024,
    links=(Link("Paper", "https://arxiv.org/abs/2305.18290", "paper"),),
)
PAPER = Paper(
    "arxiv:2305.18290",
    ("dpo",),
    identifiers=(
        Identifier("arxiv", "2305.18290"),
        Identifier("openreview", "HPuSIXJaa9"),
        Identifier("doi", "10.1000/xyz"),
        Identifier("s2", "0123456789abcdef0123456789abcdef01234567"),
    ),
    title=TITLE,
    authors=("Rafael Rafailov", "Archit Sharma"),
    year=2023,
    venue="NeurIPS",
    venue_id="neurips",
    venue_name="Conference on Neural Information Processing Systems",
    venue_type="conference",
    decided=True,
    published="2023-05-29",
    published_precision="day",
    citation_count=120,
    influential_citation_count=9,
    paper_url="https://arxiv.org/abs/2305.18290",
    pdf_url="https://arxiv.org/pdf/2305.18290",
    code_url="https://github.com/eric-mitchell/direct-preference-optimization",
    sources=("dblp", "semanticscholar"),
    bibtex_key="rafailov2024direct",
    verdicts=(EntryVerdict("dpo", "outdated", "ok", None, "NeurIPS", 2023),),
    provenance={
        "title": Origin("dblp", "arxiv:2305.18290", LATER),
        "venue": Origin("dblp", "arxiv:2305.18290", LATER),
        "citation_count": S2,
        "authors": Origin("list"),
    },
)
RESOLUTION = Resolution("dpo", PAPER.identifiers[:1], "url", 1.0)


def line(paper: Paper = PAPER, entry: Entry = ENTRY, resolution: Resolution = RESOLUTION) -> dict[str, str]:
    """The one line of `papers.csv` of an entry."""
    data = papers_csv(rows("judges", [entry], [paper], [resolution])).decode()
    (got,) = csv.DictReader(io.StringIO(data))
    return got


def test_columns__are_those_of_the_design() -> None:
    """The design's columns come first, in its order; none is renamed."""
    assert [c.name for c in COLUMNS][: len(DESIGNED)] == DESIGNED
    assert len({c.name for c in COLUMNS}) == len(COLUMNS)
    assert all(c.description for c in COLUMNS)


WHOLE = {
    "list": "judges",
    "entry_id": "dpo",
    "paper_id": "arxiv:2305.18290",
    "duplicate_of": "",
    "kind": "paper",
    "section": "Methods > Direct",
    "position": "7",
    "title": TITLE,
    "list_title": TITLE.lower(),
    "short_name": "DPO",
    "authors": "Rafael Rafailov; Archit Sharma",
    "year": "2023",
    "venue": "NeurIPS",
    "venue_name": "Conference on Neural Information Processing Systems",
    "venue_type": "conference",
    "venue_source": "dblp",
    "venue_status": "outdated",
    "list_venue": "arXiv",
    "list_year": "2024",
    "published": "2023-05-29",
    "published_precision": "day",
    "abstract": "",
    "citation_count": "120",
    "citation_source": "semanticscholar",
    "citation_date": "2026-01-02",
    "influential_citation_count": "9",
    "arxiv_id": "2305.18290",
    "openreview_id": "HPuSIXJaa9",
    "acl_id": "",
    "doi": "10.1000/xyz",
    "s2_id": "0123456789abcdef0123456789abcdef01234567",
    "paper_url": "https://arxiv.org/abs/2305.18290",
    "pdf_url": "https://arxiv.org/pdf/2305.18290",
    "code_url": "https://github.com/eric-mitchell/direct-preference-optimization",
    "resolution_method": "url",
    "resolution_score": "1",
    "link_status": "ok",
    "status": "",
    "sources": "dblp; semanticscholar",
    "retrieved_at": WHEN,
}


def test_papers_csv__a_whole_row() -> None:
    """Every column of one entry; `retrieved_at` is the oldest fact's, empty means not said."""
    assert {name: line()[name] for name in WHOLE} == WHOLE
    assert list(WHOLE) == DESIGNED


def test_papers_csv__what_is_not_said_is_empty() -> None:
    """An entry that nobody knows has its own words, its status and nothing else."""
    bare = Entry("x", (), 1, 1, 1, "other", "")
    nobody = Paper("title:x", ("x",), verdicts=(EntryVerdict("x", "unknown"),))
    got = line(nobody, bare, Resolution("x"))
    said = {name: value for name, value in got.items() if value}
    assert said == {
        "list": "judges",
        "entry_id": "x",
        "paper_id": "title:x",
        "kind": "other",
        "position": "1",
        "venue_status": "unknown",
        "resolution_method": "none",
    }


def test_papers_csv__a_count_of_zero_is_said() -> None:
    """Nobody cited it yet is a fact."""
    assert line(replace(PAPER, citation_count=0))["citation_count"] == "0"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("retracted", "retracted"), ("withdrawn", "withdrawn"), ("accepted", ""), ("rejected", ""), (None, "")],
)
def test_papers_csv__status_is_retracted_withdrawn_or_empty(status: str | None, expected: str) -> None:
    """How a submission fared is no standing of the paper."""
    assert line(replace(PAPER, status=status))["status"] == expected


def test_papers_csv__the_accepted_forum_where_known() -> None:
    """The list links the submission; OpenReview's acceptance stands in another forum."""
    accepted = Evidence(Origin("openreview", "openreview:accepted1", WHEN), "iclr", 2024, "", "authoritative")
    assert line(replace(PAPER, evidence=(accepted,)))["openreview_id"] == "accepted1"
    by_title = replace(accepted, origin=Origin("openreview", "title:x", WHEN))
    assert line(replace(PAPER, evidence=(by_title,)))["openreview_id"] == "HPuSIXJaa9"


def test_papers_csv__one_line_per_entry_in_list_order() -> None:
    """Two entries of one work are two lines with one paper id."""
    other = replace(ENTRY, entry_id="b", ordinal=8)
    verdicts = (*PAPER.verdicts, EntryVerdict("b", "agrees", duplicate_of="dpo"))
    paper = replace(PAPER, entry_ids=("dpo", "b"), verdicts=verdicts)
    data = papers_csv(rows("judges", [ENTRY, other], [paper], [])).decode()
    got = list(csv.DictReader(io.StringIO(data)))
    assert [(r["entry_id"], r["duplicate_of"], r["paper_id"]) for r in got] == [
        ("dpo", "", PAPER.paper_id),
        ("b", "dpo", PAPER.paper_id),
    ]


def test_papers_csv__plain_bytes() -> None:
    """UTF-8, `\\n`, quoted where it must be; lone surrogates of an undecodable list do no harm."""
    data = papers_csv(rows("l", [replace(ENTRY, title='A "b", \udcff ü\nc')], [PAPER], []))
    assert b"\r" not in data
    (got,) = csv.DictReader(io.StringIO(data.decode()))
    assert got["list_title"] == 'A "b", ? ü c'


CELLS = [
    (None, ""),
    ("", ""),
    (0, "0"),
    (2023, "2023"),
    (1.0, "1"),
    (0.9375, "0.9375"),
    ("plain", "plain"),
    ("=1+1", "'=1+1"),
    ("+49", "'+49"),
    ("-x", "'-x"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\t=1", "'=1"),
    ("\r=1", "'=1"),
    ("'=1", "''=1"),
    ("''@", "'''@"),
    ("'quoted'", "'quoted'"),
    ("a=b", "a=b"),
    ("two\nlines", "two lines"),
    ("bell\x07", "bell\ufffd"),
]


@pytest.mark.parametrize(("value", "text"), CELLS)
def test_cell__runs_in_no_spreadsheet(value: Any, text: str) -> None:
    """What a spreadsheet would run gets a leading quote; nothing else is changed."""
    assert cell(value) == text


@given(st.text() | st.text("='+-@\t\r\n x", max_size=6))
def test_cell__is_undone_by_uncell(text: str) -> None:
    """What was written is what is loaded, whatever it starts with."""
    clean = inert(one_line(text))
    assert uncell(cell(clean)) == clean
    assert not re.match(r"[=+\-@\t\r]", cell(text))


OWN, OTHERS_NAME = Identifier("arxiv", "2305.18290"), Identifier("arxiv", "1706.03762")
LINKED = Resolution("dpo", (OTHERS_NAME,), "url", 1.0)
RESOLVED = [
    ("its own paper", "ok", LINKED, (OTHERS_NAME,), ("url", "1")),
    ("another paper", "wrong_paper", LINKED, (), ("none", "")),
    ("another paper, and found by title", "wrong_paper", LINKED, (OWN,), ("title", "1")),
    ("another paper in one of two links", "wrong_paper", replace(LINKED, identifiers=(OTHERS_NAME, OWN)), (OWN,), ("url", "1")),
    ("another paper, and a person knows", "wrong_paper", Resolution("dpo", (OWN,), "override", 1.0), (OWN,), ("override", "1")),
    ("nothing", "none", Resolution("dpo", (), "none", 0.5), (), ("none", "0.5")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "link", "resolution", "known", "told"), RESOLVED, ids=[r[0] for r in RESOLVED]
)
def test_papers_csv__a_link_to_another_paper_resolves_nothing(
    name: str, link: Any, resolution: Resolution, known: tuple[Identifier, ...], told: tuple[str, str]
) -> None:
    """No method and no score for what turned out to be somebody else's; what was found since has its own."""
    paper = replace(PAPER, identifiers=known, verdicts=(EntryVerdict("dpo", "unknown", link),))
    got = line(paper, resolution=resolution)
    assert (got["resolution_method"], got["resolution_score"]) == told


# citations.csv


def counted(count: int | None, when: str = WHEN, key: str = "arxiv:2305.18290", source: str = "semanticscholar") -> Paper:  # fmt: skip
    """A paper with this count."""
    return Paper(key, ("e",), citation_count=count, provenance={"citation_count": Origin(source, "q", when)})


HEAD = "date,paper_id,source,citation_count\n"
ROW = "2026-01-02,arxiv:2305.18290,semanticscholar,120\n"
HISTORY: list[tuple[str, str | None, list[Paper], str]] = [
    ("a first count", None, [counted(120)], HEAD + ROW),
    ("an empty file", "", [counted(120)], HEAD + ROW),
    ("the same count", HEAD + ROW, [counted(120, LATER)], HEAD + ROW),
    ("another count", HEAD + ROW, [counted(130, LATER)], HEAD + ROW + "2026-02-02,arxiv:2305.18290,semanticscholar,130\n"),
    ("two counts of one day", HEAD + ROW, [counted(130)], HEAD + ROW + ROW.replace("120", "130")),
    ("a count of zero", HEAD, [counted(0)], HEAD + "2026-01-02,arxiv:2305.18290,semanticscholar,0\n"),
    ("another who counts", HEAD + ROW, [counted(120, LATER, source="openalex")], HEAD + ROW + "2026-02-02,arxiv:2305.18290,openalex,120\n"),
    ("no count", HEAD + ROW, [Paper("arxiv:2305.18290", ("e",))], HEAD + ROW),
    ("a paper that is gone", HEAD + ROW, [], HEAD + ROW),
    ("no papers", None, [], HEAD),
    ("no final newline", HEAD + ROW[:-1], [], HEAD + ROW),
    ("back to an old count", HEAD + ROW + ROW.replace("120", "130"), [counted(120, LATER)],
     HEAD + ROW + ROW.replace("120", "130") + "2026-02-02,arxiv:2305.18290,semanticscholar,120\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "papers", "after"), HISTORY, ids=[row[0] for row in HISTORY])
def test_citations_csv__a_row_only_when_the_count_changed(
    name: str, before: str | None, papers: list[Paper], after: str
) -> None:
    """What stands there is never changed; a count that did not move adds nothing."""
    assert citations_csv(before.encode() if before is not None else None, papers).decode() == after


@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["arxiv:1", "title:=x"]), st.none() | st.integers(0, 3)), max_size=2),
        max_size=4,
    )
)  # fmt: skip
def test_citations_csv__only_grows(runs: list[list[tuple[str, int | None]]]) -> None:
    """Run after run, the file before is the head of the file after, and a repeated run adds nothing."""
    data: bytes | None = None
    for run in runs:
        papers = [counted(count, key=key) for key, count in dict(run).items() if count is not None]
        after = citations_csv(data, papers)
        assert after.startswith(data or HEAD.encode())
        assert citations_csv(after, papers) == after
        data = after


DAMAGED = [
    ("another table", b"date,paper_id\n2026-01-02,arxiv:1\n", 1),
    ("a conflict", (HEAD + "<<<<<<< ours\n" + ROW).encode(), 2),
    ("a cell less", (HEAD + "2026-01-02,arxiv:1\n").encode(), 2),
    ("a cell more", (HEAD + ROW + ROW[:-1] + ",more\n").encode(), 3),
    ("a count below zero", (HEAD + ROW.replace("120", "-5")).encode(), 2),
    ("no UTF-8", b"\xff", 1),
    ("no UTF-8 further down", (HEAD + ROW).encode() + ROW.replace("arxiv", "caf\xe9").encode("latin-1"), 3),
    ("line ends of another age", (HEAD + ROW).replace("\n", "\r").encode(), 1),
    ("one line end of another age", (HEAD + ROW[:-1] + "\r" + ROW).encode(), 2),
    ("a very long cell", (HEAD + ROW + ROW.replace("arxiv", "x" * 200_000)).encode(), 3),
    ("a quote that is never closed", (HEAD + '"' + ROW * 5000).encode(), 2),
]


@pytest.mark.parametrize(("name", "damaged", "line"), DAMAGED, ids=[row[0] for row in DAMAGED])
def test_citations_csv__a_damaged_history_is_refused(name: str, damaged: bytes, line: int) -> None:
    """State kept for life is not built upon a conflict or another table: one clear line instead."""
    with pytest.raises(UsageError, match="not a line that paperlist wrote; restore the file") as caught:
        citations_csv(damaged, [counted(5)], "data/enriched/x/citations.csv")
    assert caught.value.place == f"data/enriched/x/citations.csv:{line}"


# datapackage.json


def test_datapackage__describes_the_tables() -> None:
    """Schema version, all columns with type and meaning, and the sources with their licences."""
    package = json.loads(datapackage("Awesome Judges!", [PAPER]))
    assert package["schema"] == 1
    assert re.fullmatch(r"[a-z0-9._-]+", package["name"])
    papers, citations = package["resources"]
    assert [f["name"] for f in papers["schema"]["fields"]] == [c.name for c in COLUMNS]
    assert papers["schema"]["primaryKey"] == ["entry_id"]
    assert [f["name"] for f in citations["schema"]["fields"]] == [name for name, _, _ in CITATION_COLUMNS]
    assert "primaryKey" not in citations["schema"], "a count that changes twice in a day has two rows"
    assert "the last one counts" in citations["description"]
    assert {s["title"] for s in package["sources"]} == {"DBLP", "Semantic Scholar"}
    assert all(s["licence"] for s in package["sources"])


def test_datapackage__a_new_source_needs_no_change() -> None:
    """One that the table of licences does not know is named at least."""
    package = json.loads(datapackage("x", [replace(PAPER, sources=("zzz",))]))
    assert package["sources"] == [{"title": "zzz"}]


# references.bib

_FIELD = re.compile(r"  (\w+) = \{(.*)\},")


def bibtex(paper: Paper) -> tuple[str, str, dict[str, str]]:
    """Type, key and fields of one record, read line by line; braces must balance."""
    text = references_bib([paper]).decode()
    head, *lines, last = text.strip().split("\n")
    assert last == "}"
    kind, key = re.fullmatch(r"@(\w+)\{(\w+),", head).groups()  # type: ignore[union-attr]
    fields = {}
    for text_line in lines:
        found = _FIELD.fullmatch(text_line)
        assert found, text_line
        plain = re.sub(r"\\.", "", found[2])
        depth = 0
        for sign in plain:
            depth += (sign == "{") - (sign == "}")
            assert depth >= 0
        assert depth == 0
        fields[found[1]] = found[2]
    return kind, key, fields


def test_references_bib__a_conference_paper() -> None:
    """Type by kind of venue, full name of the series, and the identifiers."""
    assert bibtex(PAPER) == (
        "inproceedings",
        "rafailov2024direct",
        {
            "title": "{" + TITLE + "}",
            "author": "Rafael Rafailov and Archit Sharma",
            "booktitle": "Conference on Neural Information Processing Systems",
            "year": "2023",
            "eprint": "2305.18290",
            "archiveprefix": "arXiv",
            "doi": "10.1000/xyz",
            "url": "https://arxiv.org/abs/2305.18290",
        },
    )


KINDS = [
    ("journal", True, "article", "journal"),
    ("findings", True, "inproceedings", "booktitle"),
    ("workshop", True, "inproceedings", "booktitle"),
    ("preprint", False, "misc", "howpublished"),
    ("conference", False, "misc", "howpublished"),
    ("other", True, "misc", "howpublished"),
    (None, False, "misc", "howpublished"),
]


@pytest.mark.parametrize(("kind", "decided", "expected", "place"), KINDS)
def test_references_bib__type_by_kind_of_venue(kind: Any, decided: bool, expected: str, place: str) -> None:
    """What is not decided is printed as what it certainly is."""
    got, _, fields = bibtex(replace(PAPER, venue_type=kind, decided=decided))
    assert (got, place in fields) == (expected, True)


def test_references_bib__papers_with_titles_only_sorted_by_key() -> None:
    """Tools and untitled entries are left out; the file does not depend on the order of the list."""
    items = [
        PAPER,
        replace(PAPER, bibtex_key="a2020b"),
        replace(PAPER, kind="other", bibtex_key="tool"),
        replace(PAPER, title=None, bibtex_key="untitled"),
    ]
    data = references_bib(items)
    assert re.findall(rb"@\w+\{(\w+),", data) == [b"a2020b", b"rafailov2024direct"]
    assert references_bib(items[::-1]) == data
    assert references_bib([]) == b""


WILD = st.text(st.sampled_from("ab{}\\$%&#_~^ \n\x00\udcffé"), max_size=12)


@given(WILD.map(lambda text: f"T {text}"), WILD, WILD, WILD)
def test_references_bib__text_from_elsewhere_stays_in_its_field(
    title: str, author: str, venue: str, url: str
) -> None:
    """No title, name, venue, identifier or address ends its field or starts a command."""
    wild = Identifier("doi", f"10.1/{url.strip()}")
    bibtex(
        replace(PAPER, title=title, authors=(author,), venue_name=venue, paper_url=url, identifiers=(wild,))
    )


def test_papers_parquet__typed() -> None:
    """The same table with types; neutralised cells are as they were."""
    import pyarrow.parquet as pq

    data = papers_csv(rows("l", [replace(ENTRY, title="=1+1")], [PAPER], [RESOLUTION]))
    table = pq.read_table(io.BytesIO(papers_parquet(data)))
    (got,) = table.to_pylist()
    assert (got["list_title"], got["year"], got["citation_date"]) == ("=1+1", 2023, date(2026, 1, 2))
    assert (got["acl_id"], got["resolution_score"]) == (None, 1.0)
    assert table.column_names == [c.name for c in COLUMNS]


def test_columns_table__every_column() -> None:
    """The table of the README names each column once."""
    assert re.findall(r"^\| `(\w+)` \|", columns_table(), re.M) == [c.name for c in COLUMNS]


def test_row__origin_and_identifier_of_nothing() -> None:
    """What nobody said has no origin."""
    row = Row("l", ENTRY, PAPER, PAPER.verdicts[0], RESOLUTION)
    assert (row.origin("abstract"), row.identifier("acl")) == (None, None)
