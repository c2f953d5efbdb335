"""Rows of large tables: what a mould reads is what the general way reads, and what it must leave alone it leaves."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.formats import Candidate, Context, EntryDraft, _cells, table_row
from pipeline.formats._blocks import Block, cells_of, read_blocks
from pipeline.formats._inline import Inline, scan
from pipeline.formats._mould import Mould, make_mould
from pipeline.formats._notes import Notes
from pipeline.formats._source import Source, load
from pipeline.reader import read_list
from pipeline.reading import learning

CORPUS = Path(os.environ.get("PAPERLIST_CORPUS", "/nonexistent"))
PLAIN_ROWS = 120
DAILY = ("Publish Date", "Title", "Authors", "PDF", "Code"), ("date", "title", "authors", "links", "links")
RANKED = ("Title", "Conf", "Code", "Stars"), ("title", "venue", "links", "prose")
NAMED = ("Name", "Paper", "Venue", "Date", "Remarks"), ("name", "title", "venue", "date", "comment")
LINKED = ("Year", "Title", "Link", "Status", "Paper"), ("date", "title", "links", "status", "links")
LONG_TITLE = (
    "Robust Estimation, Selection and Ranking of Sparse Models for Localisation, Mapping and Planning"
)
URL = "https://arxiv.org/abs/1706.03762"

# columns, how a plain row of the table reads
TABLES = [
    (DAILY, "|**2024-02-{day:02}**|**A Study of Things Number {words}**|Ada Lovelace et.al.|[2401.{n:05}](http://arxiv.org/abs/2401.{n:05})|**[link](https://github.com/a/{n})**|"),
    (RANKED, "| [A Study of Things Number {words}](https://arxiv.org/abs/2401.{n:05}) | CVPR | [code](https://github.com/a/{n}) | {n} |"),
    (NAMED, "| Model {words} | A Study of Things Number {words} | ICML | 2024-02 | accepted to ICML |"),
    (LINKED, "| 2024 | **A Study of Things Number {words}** | [pdf](https://example.org/{n}.pdf) | ICML 2024 | [paper](https://arxiv.org/abs/2401.{n:05}) |"),
]  # fmt: skip
IDS = ["daily", "ranked", "named", "linked"]


def words(number: int) -> str:
    return " ".join(
        "one two three four five six seven eight nine ten".split()[int(digit)] for digit in str(number)
    )


def table(columns: tuple[tuple[str, ...], tuple[str, ...]], plain: str, *more: str) -> str:
    """A list whose table has some plain rows, then these."""
    header, _ = columns
    rows = [plain.format(n=n, day=n % 28 + 1, words=words(n)) for n in range(PLAIN_ROWS)]
    return "\n".join(
        ["# A list", "", "|" + "|".join(header) + "|", "|---" * len(header) + "|", *rows, *more, ""]
    )


def made(text: str, roles: tuple[str, ...], context: Context) -> tuple[Source, Block, Mould]:
    """The file, the last row of its table, and the mould of all of them."""
    source = load(text.encode())
    rows = [block for block in read_blocks(source) if block.kind == "row"]
    context.columns[rows[0].table] = roles  # type: ignore[index]
    mould = make_mould(source, context, rows)
    assert mould is not None
    return source, rows[-1], mould


def both_ways(
    text: str, roles: tuple[str, ...], context: Context
) -> tuple[EntryDraft | None, EntryDraft | None]:
    """The last row as the mould reads it, and as the general way does."""
    source, row, mould = made(text, roles, context)
    cells = tuple(scan(source.visible, start, end) for start, end in cells_of(source, row))
    candidate = Candidate(row, Inline(source.visible, row.start, row.start, (), ()), (), cells)
    line = row.lines[0]
    moulded = mould.read(source.visible, source.line_starts[line], source.line_end(line))
    return moulded, table_row.read(candidate, context)


@pytest.mark.parametrize(("columns", "plain"), TABLES, ids=IDS)
def test_mould__plain_rows(columns: tuple[tuple[str, ...], tuple[str, ...]], plain: str) -> None:
    """Rows like most of their table are read by its mould, and in every field as without it."""
    moulded, general = both_ways(table(columns, plain), columns[1], Context(columns={}))
    assert moulded is not None
    assert moulded == general


OTHER_ROWS = [
    ("a citation", f"|**2024-02-01**|**Ada Lovelace and Alan Turing : On Computable Engines**|A. B et.al.|[pdf]({URL})|null|"),
    ("a venue", f"|**2024-02-01**|**On Computable Engines (ICML 2024)**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("a date behind the title", f"|**2024-02-01**|**On Computable Engines 2020-10-09**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("a full stop", f"|**2024-02-01**|**On Computable Engines of Today.**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("an entity", f"|**2024-02-01**|**Computable Engines &amp Other Machines**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("two blanks", f"|**2024-02-01**|**On Computable  Engines of Today**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("a label of its own", f"|**2024-02-01**|**On Computable Engines of Today**|Ada Lovelace et.al.|[ICML 2024]({URL})|null|"),
    ("a person linked", f"|**2024-02-01**|**On Computable Engines of Today**|Ada Lovelace et.al.|[Ada Lovelace]({URL})|null|"),
    ("a bar in a cell", f"|**2024-02-01**|**On Computable \\| Engines of Today**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("a formula", f"|**2024-02-01**|**On $n^2$ Computable Engines**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
    ("a bare address", f"|**2024-02-01**|**On Computable Engines of Today**|Ada Lovelace et.al.|{URL}|null|"),
    ("a cell too many", f"|**2024-02-01**|**On Computable Engines of Today**|Ada Lovelace et.al.|[pdf]({URL})|null|more|"),
    ("no title", f"|**2024-02-01**|**Paper**|Ada Lovelace et.al.|[pdf]({URL})|null|"),
]  # fmt: skip


@pytest.mark.parametrize("row", [row for _, row in OTHER_ROWS], ids=[name for name, _ in OTHER_ROWS])
def test_mould__rows_that_may_say_more(row: str) -> None:
    """What could be more than a title, names, a date and links is left to the general way."""
    columns, plain = TABLES[0]
    moulded, _ = both_ways(table(columns, plain, row), columns[1], Context(columns={}))
    assert moulded is None


def test_make_mould__few_or_untitled_rows() -> None:
    """A small table has no mould, nor has one without titles or header, or in a list that calls links by venues."""
    columns, plain = TABLES[0]
    source = load(table(columns, plain).encode())
    rows = [block for block in read_blocks(source) if block.kind == "row"]
    known = {rows[0].table: columns[1]}
    assert make_mould(source, Context(columns=known), rows) is not None
    assert make_mould(source, Context(columns=known), rows[:50]) is None
    assert make_mould(source, Context(columns=known, named=True), rows) is None
    assert make_mould(source, Context(columns={rows[0].table: ("other",) * 5}), rows) is None


SIGNS = st.sampled_from([
    "", " ", "  ", ".", ". ", ",", ", ", ":", " : ", ": ", "?", "!", "&", " & ", "&amp;", "_", "*", "**", "'", "’", "‘", "-", " - ", " – ",
    "/", "://", "(", ")", "[", "]", "\\|", '"', "“", "…", "...", "et.al.", " et al.", " and ", "3", "12", "2024", "'24", "$", "`", "<br>", "#", "+", "%",
])  # fmt: skip
WORDS = st.sampled_from([
    "Learning", "deep", "Sparse", "Models", "of", "the", "ICML", "NeurIPS", "arXiv", "Ada Lovelace", "Turing A", "Kurt Gödel", "Lovelace, A.", "张三",
    "模型", "BERT", "LLM", "Paper", "code", "link", "null", "None", "2024-02-01", "2024.5", "Feb 2024", "3D", "1.", "Nature", "in", "accepted to", "published in",
    "Bioinformatics", "Proceedings of the ACL", "Title", LONG_TITLE, "Efficient Training of Small Models", "A Survey", "Robots and Grasping: a Study",
])  # fmt: skip
TEXTS = st.lists(st.one_of(WORDS, SIGNS), max_size=6).map(lambda parts: " ".join(parts).replace("  ", " "))
SOLID = st.lists(st.one_of(WORDS, SIGNS), min_size=1, max_size=5).map("".join)
URLS = st.sampled_from([
    URL, "http://arxiv.org/abs/2401.00001v2", "https://github.com/a/b", "http://a.b", "nan", "", "#top", "paper.pdf", "https://doi.org/10.1/x_y",
    "https://img.shields.io/badge/ICML-2024-red", "https://example.org/?q=words", "https://a.org/x(1)",
])  # fmt: skip
LABELS = st.one_of(
    st.sampled_from(["pdf", "code", "link", "2401.00001", "Paper", "ICML", "ICML 2024", "arXiv"]), TEXTS
)
CELLS = st.one_of(
    TEXTS,
    SOLID,
    st.builds("**{}**".format, TEXTS),
    st.builds("[{}]({})".format, LABELS, URLS),
    st.builds("**[{}]({})**".format, LABELS, URLS),
    st.builds("{} [{}]({})".format, TEXTS, LABELS, URLS),
    st.builds("![{}]({})".format, LABELS, URLS),
)
CONTEXTS = st.builds(
    Context,
    venues=st.sampled_from([frozenset(), frozenset({"icml", "acme"})]),
    columns=st.builds(dict),
    labels=st.sampled_from([frozenset(), frozenset({"official code", "bert"})]),
    places=st.booleans(),
    cites=st.booleans(),
    people=st.sampled_from([frozenset(), frozenset({"behind"}), frozenset({"before"})]),
)


@st.composite
def mixed_rows(draw: st.DrawFn, plain: str) -> str:
    """A plain row some of whose cells are replaced by anything."""
    number = draw(st.integers(0, 99))
    cells = plain.format(n=number, day=number % 28 + 1, words=words(number)).strip("|").split("|")
    for index in range(len(cells)):
        if draw(st.integers(0, 2)) == 0:
            cells[index] = draw(st.sampled_from(["", " "])) + draw(CELLS) + draw(st.sampled_from(["", " "]))
    return "|" + "|".join(cells) + "|"


@pytest.mark.parametrize(("columns", "plain"), TABLES, ids=IDS)
@given(data=st.data())
def test_mould__never_disagrees(
    columns: tuple[tuple[str, ...], tuple[str, ...]], plain: str, data: st.DataObject
) -> None:
    """Whatever stands in a row: the mould leaves it alone, or its draft is the general one in every field."""
    text = table(columns, plain, data.draw(mixed_rows(plain)))
    moulded, general = both_ways(text, columns[1], data.draw(CONTEXTS))
    assert moulded is None or moulded == general


def without_moulds(data: bytes, monkeypatch: pytest.MonkeyPatch) -> object:
    with monkeypatch.context() as patch:
        patch.setattr(learning, "make_mould", lambda *_: None)
        return read_list(data, name="list", path="list.md")


@pytest.mark.parametrize(("columns", "plain"), TABLES, ids=IDS)
def test_read_list__moulds_change_nothing(
    columns: tuple[tuple[str, ...], tuple[str, ...]], plain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list reads the same with and without moulds: rows that fit, rows that do not, and what follows them."""
    others = [row for _, row in OTHER_ROWS] + ["", "- [An Item of Its Own](https://arxiv.org/abs/1706.03762)"]
    data = table(columns, plain, *others).encode()
    assert read_list(data, name="list", path="list.md") == without_moulds(data, monkeypatch)


def large_tables() -> list[Path]:
    """The real lists with so many rows that some of their tables may have a mould."""
    found = sorted((CORPUS / "lists").glob("*.md")) + sorted((CORPUS / "seed").glob("*.md"))
    return [path for path in found if path.read_bytes().count(b"\n|") >= PLAIN_ROWS - 20]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="PAPERLIST_CORPUS names no folder with real lists")
@pytest.mark.parametrize("path", large_tables(), ids=lambda path: path.stem)
def test_corpus__moulds_change_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every real list with a large table: the same entries, spans and problems with and without moulds."""
    data = path.read_bytes()
    assert read_list(data, name="list", path="list.md") == without_moulds(data, monkeypatch)


@given(st.dates(), st.sampled_from(["{}", "**{}**", "**{}"]), st.booleans(), CONTEXTS)
def test_dated_cell__day(day: date, form: str, venues: bool, context: Context) -> None:
    """A cell that is a day is read at once, and as the general way reads it."""
    text = form.format(day.isoformat())
    general = Notes(text, context)
    _cells._note_dated_cell(general, scan(text, 0, len(text)), venues)
    assert _cells._dated_cell(text, venues, context) == general
