"""How a list was read, for people: fields with places, what is left over, why a line is no entry."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.__main__ import main
from pipeline.errors import UsageError
from pipeline.explaining import Lines, explain, read_lines
from pipeline.model import Entry, Link, ParsedList, Problem
from pipeline.reader import read_list

LIST = """\
---
title: x
---
# Papers

## Models

- **Deep Residual Learning for Image Recognition**. *Kaiming He, Xiangyu Zhang, and Shaoqing Ren*. CVPR 2016. [[Paper](https://arxiv.org/abs/1512.03385)] [[Page](https://ex.org/resnet)] spotlight talk
- **Ünïcode Networks Are Quite Deep**. *Ann Lee et al.* ICLR'17. [[Paper](https://arxiv.org/abs/1608.06993)]
<!-- hidden -->

## News

- [**Mask R-CNN for Everybody to Use**](https://arxiv.org/abs/1703.06870). ICCV 2017.

## Else

| Title | Link |
|---|---|

```
- **Code Is Not Read as an Entry**. CVPR 2016. [[Paper](https://arxiv.org/abs/1512.03385)]
```
[name]: https://ex.org
Just a few words.
"""


def explained(text: str = LIST, *lines: str) -> list[str]:
    parsed = read_list(text.encode(), name="list", path="list.md")
    return list(explain(parsed, {None: text.encode()}, read_lines(lines, parsed)))


def test_explain__an_entry_with_all_its_fields() -> None:
    """The head says kind, id, layout and section; the fields follow in the order of the line."""
    said = explained(LIST, "8")
    start = LIST.index("Deep")
    assert (
        said[0]
        == "line 8: paper deep-residual-learning-for-image-recognition, read as bold title, under Models"
    )
    assert (
        said[1]
        == f"  title       8:5      bytes {start}-{start + 44}  Deep Residual Learning for Image Recognition"
    )
    assert list(facts("8")) == ["title", "authors", "venue", "year", "link", "left over"]


PLACE = re.compile(
    r"  (?P<what>[a-z ]{11}) (?P<line>\d+):(?P<column>\d+)\s+bytes (?P<start>\d+)-(?P<end>\d+)  (?P<text>.*)"
)


@pytest.mark.parametrize("line", ["8", "9"])
def test_explain__places_are_those_of_the_file(line: str) -> None:
    """The bytes named hold the text shown, and line and column lead there in an editor."""
    rows = [match for row in explained(LIST, line) if (match := PLACE.fullmatch(row))]
    assert len(rows) >= 5
    for row in rows:
        start, end = int(row["start"]), int(row["end"])
        assert LIST.encode()[start:end].decode() == row["text"]
        text = LIST.split("\n")[int(row["line"]) - 1]
        assert text[int(row["column"]) - 1 :].startswith(row["text"])


def facts(line: str) -> dict[str, str]:
    rows = [match for row in explained(LIST, line) if (match := PLACE.fullmatch(row))]
    return {row["what"].strip(): row["text"] for row in rows}


def test_explain__what_was_cleaned_and_what_was_not_understood() -> None:
    """A link of an unknown address and words between the fields are named as such."""
    said = "\n".join(explained(LIST, "8"))
    assert "    cleaned: Kaiming He, Xiangyu Zhang, Shaoqing Ren\n" in said
    assert "    label 'Paper', leads to: paper; taken as the paper's link\n" in said
    assert "    label 'Page', not understood: no known shape of address" in said
    assert facts("8")["left over"] == "spotlight talk"
    assert "left over" not in facts("9")
    assert "    cleaned: 2017" in explained(LIST, "9")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("2", "hidden from readers"),
        ("4", "a heading"),
        ("5", "empty"),
        ("10", "hidden from readers"),
        ("14", "alone it would be one (read as linked title), but it stands under '## News'"),
        ("18", "the header of a table"),
        ("19", "a rule"),
        ("22", "a block of code"),
        ("24", "where links written as [text][name] lead"),
        ("25", "no layout finds the title of a paper in it"),
    ],
)
def test_explain__why_a_line_is_no_entry(line: str, why: str) -> None:
    """The reason follows from the page, or from reading the line again alone and under its headings."""
    (said,) = explained(LIST, line)
    assert said.startswith(f"line {line}: ")
    assert why in said


def test_explain__the_whole_list() -> None:
    """How many entries each layout read comes first; lines that look like entries come last."""
    said = explained()
    assert said[:2] == ["list.md: 2 entries (2 papers, 0 other)", "      2 bold title"]
    entry = Entry("a", (), 1, 1, 1, "other", "x", title="A", layout="plain title")
    parsed = ParsedList("l", "l.md", (entry,), unread=(Problem(3, "unread", "- [A](b)"),))
    assert list(explain(parsed, {None: b"x\n\n- [A](b)\n"}))[-2:] == [
        "not read, though it looks like entries (1 line):",
        "  line 3: - [A](b)",
    ]


def test_explain__a_range_tells_each_entry_once() -> None:
    """An entry of several lines is told where its first line asked for stands."""
    text = f"- **{'A Title of Some Length'}**\n  *Ann Lee.* ICLR 2017.\n  [[Paper](https://arxiv.org/abs/1608.06993)]\n"
    said = explained(text, "2-3")
    assert [row for row in said if not row.startswith(" ")] == [said[0]]
    assert said[0].startswith("line 1-3: ")


def test_explain__fields_without_a_place() -> None:
    """A year that only a date says, and a title that is the link's own text."""
    entry = Entry(
        "a", (), 1, 1, 1, "paper", "a", title="A", year=2017, date_text="2017-06", links=(Link("", "u", "paper"),),
        paper_url="u", layout="x", spans={"link.0": (0, 1)},
    )  # fmt: skip
    said = list(explain(ParsedList("l", "l.md", (entry,)), {None: b"u"}))
    assert "  title       (no place of its own)  A" in said
    assert "  year        (from its date)  2017" in said
    assert "    no label, leads to: paper; taken as the paper's link" in said


@pytest.mark.parametrize(
    ("text", "files", "expected"),
    [
        ("12", (), Lines(None, 12, 12)),
        ("12-20", (), Lines(None, 12, 20)),
        ("b/c.md:3", ("a.md", "b/c.md"), Lines("b/c.md", 3, 3)),
        ("b/c.md:3-9", ("a.md", "b/c.md"), Lines("b/c.md", 3, 9)),
        ("twelve", (), None),
        ("12", ("a.md", "b.md"), None),
        ("c.md:1", ("a.md", "b.md"), None),
        ("a.md:1", (), None),
    ],
)
def test_read_lines__as_a_person_writes_them(
    text: str, files: tuple[str, ...], expected: Lines | None
) -> None:
    """A line of a list of several files needs its file."""
    parsed = ParsedList("l", "l.md", (), files=files)
    if expected is None:
        with pytest.raises(UsageError):
            read_lines([text], parsed)
    else:
        assert read_lines([text], parsed) == [expected]


@pytest.mark.parametrize("line", ["0", "26", "3-26"])
def test_explain__a_line_that_is_not_there(line: str) -> None:
    """The error says how many lines there are."""
    with pytest.raises(UsageError, match="the last one is 25"):
        explained(LIST, line)


def test_explain__lines_are_told_in_order_and_one_that_is_not_there_last() -> None:
    """A wrong number hides nothing of what else was asked for."""
    parsed = read_list(LIST.encode(), name="list", path="list.md")
    said = explain(parsed, {None: LIST.encode()}, read_lines(["99", "2", "0", "1"], parsed))
    assert [next(said).partition(":")[0] for _ in range(2)] == ["line 1", "line 2"]
    with pytest.raises(UsageError, match="there is no line"):
        next(said)


PIECES = ["- ", "# News", "\n", "|", "---", "```", "<!--", "-->", "[", "](", ")", "**A Study of Small Things**", "é",
          "[P](https://arxiv.org/abs/1706.03762)", "ICML 2017", "\udcff", "\r", "\0", "\u202e", "<td>", "> "]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25))
def test_explain__whatever_the_list(pieces: list[str]) -> None:
    """Every line of any list is explained, on lines of its own."""
    data = "".join(pieces).encode("utf-8", "surrogateescape")
    parsed = read_list(data, name="list", path="list.md")
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    said = [*explain(parsed, {None: data}), *explain(parsed, {None: data}, [Lines(None, 1, count)])]
    assert not [row for row in said if "\n" in row]


def test_command__prints_and_writes_nothing(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    """Plain text on standard output that cannot act on a terminal."""
    monkeypatch.chdir(tmp_path)
    text = "- **A \x1b[31mTitle of Some Length**. *Ann Lee.* ICLR 2017. [[Paper](https://arxiv.org/abs/1608.06993)]\n\n"
    (tmp_path / "agents.md").write_text(text)
    assert main(["parse", "--explain", "agents.md"]) == 0
    said = capsys.readouterr().out
    assert "1 bold title" in said
    assert "\x1b" not in said
    assert main(["parse", "agents.md", "--explain", "2"]) == 0
    assert capsys.readouterr().out == "line 2: empty\n"
    assert [path.name for path in tmp_path.rglob("*")] == ["agents.md"]


def test_command__standard_input(monkeypatch: Any, capsys: Any, tmp_path: Path) -> None:
    """A list out of a pipe, too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"# Papers\n")))
    assert main(["parse", "--explain", "-", "1"]) == 0
    assert capsys.readouterr().out == "line 1: not an entry: a heading\n"
    assert main(["parse", "--explain", "-", "x"]) == 2
    assert "'x' is no line" in capsys.readouterr().err
