"""What is new since the last time: the head of a pull request's body."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.enrich import Outcome
from pipeline.jobs.lists import ListRun
from pipeline.jobs.news import MOST, shortened, summary
from pipeline.model import Entry, Paper, ParsedList
from pipeline.rendering.edits import Edit, Regenerated
from pipeline.settings import ListOptions
from pipeline.store import Dataset, dump_jsonl

ARXIV = Paper("arxiv:2310.05470", ("e0",), title="Generative Judge", venue="arXiv", year=2023)
ICLR = replace(ARXIV, venue="ICLR", year=2024, decided=True)


def entries(count: int, start: int = 0) -> tuple[Entry, ...]:
    """So many entries."""
    return tuple(Entry(f"e{n}", (), n + 1, n + 1, n + 1, "paper", "") for n in range(start, start + count))


def edit(line: int) -> Edit:
    """A change in a line."""
    return Edit(line, "e0", "venue", (0, 1), "a", "b", "because")


def run(
    tmp_path: Path,
    before: list[Paper],
    after: list[Paper],
    *,
    was: tuple[Entry, ...] = entries(1),
    now: tuple[Entry, ...] = entries(1),
    edits: tuple[Edit, ...] = (),
    name: str = "judges",
) -> ListRun:
    """A list before and after."""
    dataset = Dataset(tmp_path, name)
    dataset.write("papers.jsonl", dump_jsonl(before))
    parsed = ParsedList(name, f"{name}.md", now)
    path = Path(f"{name}.md")
    done = ListRun(path, dataset, ListOptions(), (), {None: path}, {None: b""}, parsed, was)
    done.papers, done.regenerated = tuple(after), Regenerated({None: b""}, edits)
    return done


def news(tmp_path: Path, before: list[Paper], after: list[Paper], **fields: Any) -> list[str]:
    """The lines of news about one list."""
    text = summary([run(tmp_path, before, after, **fields)], {}, ["# report\n"])
    return [line for line in text.split("# report")[0].splitlines() if line]


def test_summary__news_first_then_the_report(tmp_path: Path) -> None:
    """What changed, then the whole report."""
    text = summary([run(tmp_path, [ARXIV], [ICLR], edits=(edit(3),))], {}, ["# report\n"])
    assert text == (
        "## judges: 1 line changed\n\n- Generative Judge: arXiv 2023 -> ICLR 2024\n\n# report\n"
    )  # fmt: skip


def test_summary__nothing_new(tmp_path: Path) -> None:
    """A run that changed nothing says just that."""
    assert news(tmp_path, [ICLR], [ICLR]) == ["## judges: 0 lines changed"]


LINES = [((), "0 lines"), ((3,), "1 line"), ((3, 3), "1 line"), ((3, 4), "2 lines")]


@pytest.mark.parametrize(("lines", "text"), LINES)
def test_summary__counts_lines_not_edits(tmp_path: Path, lines: tuple[int, ...], text: str) -> None:
    """Venue and year of one line are one change to the reader."""
    assert news(tmp_path, [], [], edits=tuple(map(edit, lines))) == [f"## judges: {text} changed"]


COUNTS = [
    ("nothing", 2, 2, []),
    ("one added", 1, 2, ["- 1 entry added"]),
    ("two added", 1, 3, ["- 2 entries added"]),
    ("one gone", 2, 1, ["- 1 entry gone"]),
    ("two gone", 3, 1, ["- 2 entries gone"]),
    ("a first run", 0, 3, []),
]


@pytest.mark.parametrize(("name", "was", "now", "lines"), COUNTS, ids=[row[0] for row in COUNTS])
def test_summary__entries_that_came_and_went(
    tmp_path: Path, name: str, was: int, now: int, lines: list[str]
) -> None:
    """A first run does not call the whole list new."""
    assert news(tmp_path, [], [], was=entries(was), now=entries(now))[1:] == lines


def test_summary__entries_that_came_and_went_at_once(tmp_path: Path) -> None:
    """Both are told."""
    assert news(tmp_path, [], [], was=entries(2), now=entries(2, start=1))[1:] == [
        "- 1 entry added",
        "- 1 entry gone",
    ]


CHANGED = [
    ("published", ARXIV, ICLR, "arXiv 2023 -> ICLR 2024"),
    ("another year", ICLR, replace(ICLR, year=2025), "ICLR 2024 -> ICLR 2025"),
    ("first known", replace(ARXIV, venue=None, year=None), ICLR, "unknown -> ICLR 2024"),
    ("no more decided", ICLR, replace(ARXIV, venue=None, year=None), "ICLR 2024 -> unknown"),
    ("retracted", ICLR, replace(ICLR, status="retracted"), "ICLR 2024 -> ICLR 2024 retracted"),
]


@pytest.mark.parametrize(("name", "old", "new", "text"), CHANGED, ids=[row[0] for row in CHANGED])
def test_summary__what_became_of_a_paper(
    tmp_path: Path, name: str, old: Paper, new: Paper, text: str
) -> None:
    """Venue, year and standing, as they were and as they are."""
    assert news(tmp_path, [old], [new])[1:] == [f"- Generative Judge: {text}"]


@pytest.mark.parametrize(
    "new",
    [replace(ICLR, citation_count=9), replace(ICLR, title="Another Spelling"), replace(ICLR, abstract="x")],
)
def test_summary__counts_and_spellings_are_no_news(tmp_path: Path, new: Paper) -> None:
    """They change every day."""
    assert len(news(tmp_path, [ICLR], [new])) == 1


def test_summary__a_new_paper_is_no_change(tmp_path: Path) -> None:
    """It is counted as an entry; a paper that is gone is not told of."""
    assert len(news(tmp_path, [], [ICLR])) == 1
    assert len(news(tmp_path / "other", [ICLR], [])) == 1


def test_summary__not_more_than_anybody_reads(tmp_path: Path) -> None:
    """After so many changes only their number is told."""
    before = [replace(ARXIV, paper_id=f"arxiv:2310.{n:05}") for n in range(MOST + 7)]
    after = [replace(ICLR, paper_id=p.paper_id) for p in before]
    lines = news(tmp_path, before, after)[1:]
    assert len(lines) == MOST + 1
    assert lines[-1] == "- and 7 more"
    assert len(news(tmp_path, before[:MOST], after[:MOST])) == MOST + 1


FAILED = {
    "arxiv": Outcome("arxiv", "ok", 3, 3),
    "dblp": Outcome("dblp", "down", 3, reason="HTTP 503 <b>now</b>"),
    "openreview": Outcome("openreview", "refused", 3, reason="guests are refused"),
    "acl": Outcome("acl"),
}


def test_summary__who_could_not_be_asked(tmp_path: Path) -> None:
    """Sources that failed are named as people know them, their words made harmless."""
    text = summary([run(tmp_path, [ICLR], [ICLR])], FAILED, ["# report\n"])
    assert [line for line in text.splitlines() if "could not be asked" in line] == [
        "- DBLP could not be asked: HTTP 503 \\<b\\>now\\</b\\>",
        "- OpenReview could not be asked: guests are refused",
    ]
    assert text.index("could not") < text.index("# report")


def test_summary__several_lists(tmp_path: Path) -> None:
    """The news of all lists, then their reports, in the order of the run."""
    runs = [run(tmp_path, [], [], name=name) for name in ("b", "a")]
    text = summary(runs, {}, ["# b report\n", "# a report\n"])
    places = [text.index(part) for part in ("## b:", "## a:", "# b report", "# a report")]
    assert places == sorted(places)
    assert summary([], {}, []) == ""


def test_summary__text_from_elsewhere_does_not_act(tmp_path: Path) -> None:
    """A title is data: no markup, no mention, no new line."""
    wild = "<script>x</script> [a](http://evil.test)\n## @everyone"
    lines = news(
        tmp_path, [replace(ARXIV, title=wild)], [replace(ICLR, title=wild, venue="I*C*LR")], name="x"
    )
    assert len(lines) == 2
    assert "<script>" not in lines[1]
    assert "[a](" not in lines[1]
    assert "I\\*C\\*LR" in lines[1]


def test_shortened__fits_and_says_so() -> None:
    """Whole lines up to the limit, what is folded closed again, and where the rest is."""
    text = "\n".join(["# News", "", "<details><summary>Many</summary>", "", *(f"- row {n}" for n in range(99)), "", "</details>"])  # fmt: skip
    assert shortened(text, "NOTE\n", len(text)) == text
    for limit in (80, 200, len(text) - 1):
        got = shortened(text, "NOTE\n", limit)
        assert len(got) <= limit
        assert got.endswith("\n</details>\n\nNOTE\n")
        assert got.count("<details>") == got.count("</details>") == 1
        kept = got.removesuffix("\n\n</details>\n\nNOTE\n").split("\n")
        assert kept == text.split("\n")[: len(kept)]
    assert shortened("x\n" * 99, "NOTE\n", 50).endswith("x\n\nNOTE\n")


def test_shortened__is_what_github_takes() -> None:
    """The summary of a long report stays below the limit of a pull request's body."""
    assert len(shortened("line\n" * 99_999, "NOTE\n")) <= 65_536


def test_summary__of_a_long_report_says_where_the_rest_is(tmp_path: Path) -> None:
    """What was folded is closed again."""
    report = "<details><summary>Many</summary>\n\n" + "- row\n" * 20_000 + "\n</details>\n"
    text = summary([run(tmp_path, [], [])], {}, [report])
    assert len(text) <= 65_536
    assert text.count("<details>") == text.count("</details>") == 1
    assert text.endswith("judges/report.md`.**\n")
