"""What the commands say and write about one small list, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.errors import UsageError
from pipeline.formats import Readings
from pipeline.jobs.lists import ListRun, open_list
from pipeline.jobs.options import RunOptions
from pipeline.jobs.refresh import _derive, _Rehearsal
from pipeline.merging.gathering import Memory
from pipeline.model import Record
from pipeline.settings import load
from pipeline.store import RecordStore, dump_jsonl
from pipeline.text import title_question

LIST = """# Papers & Tools

![](https://img.shields.io/badge/Papers-9-green)

- **Reasoning or Reciting**. *Zhaofeng Wu et al.* Arxiv 2023. [[Paper](https://aclanthology.org/2024.naacl-long.102/)]
- **A Paper without Any Link**. *Ann Lee, Bo Li*. ICVV 2019.
- **Another Paper of Another Kind**. *Cy Fu*. ICML 2020. [[Paper](https://arxiv.org/abs/2001.00002)]
"""
DECIDED = """overrides:
  - title: A Paper without Any Link
    identifiers: [arXiv:2001.00001]
  - title: Nothing Like This
    skip: true
  - identifier: arXiv:2001.00002
    venue: ICVV
  - entry_id: reasoning-or-reciting
    venue: "[x](http://evil.test)"
"""
PROBLEMS = [
    ("judges.yaml:4", "the override for title 'Nothing Like This' matches no entry"),
    ("judges.yaml:6", "the override for identifier 'arxiv:2001.00002' names 'ICVV', which is no venue"),
    ("judges.yaml:8", "the override for entry_id 'reasoning-or-reciting' is not used: '[x](http"),
]
Said = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one list."""
    (tmp_path / "judges.md").write_text(LIST)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, status: int = 0) -> None:
    assert main(["--offline", *arguments]) == status


# What people decided


def test_overrides__are_told_alike_by_check_and_refresh(folder: Path, capsys: Said) -> None:
    """Each at its own line of the YAML file, by what it matches, in the file's order."""
    (folder / "judges.yaml").write_text(DECIDED)
    run("refresh", "judges.md")
    warned = [line for line in capsys.readouterr().err.splitlines() if "the override for" in line]
    run("check", "judges.md")
    checked = [line for line in capsys.readouterr().out.splitlines() if "the override for" in line]
    report = (folder / "data/enriched/judges/report.md").read_text()
    for (place, text), one, two in zip(PROBLEMS, warned, checked, strict=True):
        assert one.startswith(f"paperlist: warning: {place}: {text}")
        assert two.startswith(f"{place}: warning: {text}")
        assert f"- {place}: the override for" in report


def test_explain__an_override_is_a_persons_word(folder: Path, capsys: Said) -> None:
    """Not the list's, in which no such identifier stands."""
    (folder / "judges.yaml").write_text(DECIDED)
    run("resolve", "--explain", "judges.md", "A Paper without")
    said = capsys.readouterr().out
    assert "arxiv:2001.00001, from a person" in said
    assert "from the list" not in said


# Numbers and words


def test_refresh__counts_distinct_works_and_one_file(folder: Path, capsys: Said) -> None:
    """A noun for one thing, and singular forms."""
    run("refresh", "judges.md")
    assert "judges: 3 distinct works, 9 files written in " in capsys.readouterr().err
    (folder / "data/enriched/judges/report.md").unlink()
    run("refresh", "judges.md")
    assert "judges: 3 distinct works, 1 file written in " in capsys.readouterr().err
    run("refresh", "judges.md")
    assert "judges: 3 distinct works, nothing changed in " in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "refresh", "parse"])
def test_empty__a_list_without_entries_is_told(folder: Path, capsys: Said, command: str) -> None:
    """With the next step."""
    (folder / "judges.md").write_text("# Nothing\n")
    run(command, "judges.md")
    said = capsys.readouterr().err
    assert "warning: judges.md: no entries were found; " in said
    assert "paperlist parse --explain judges.md" in said


def test_check__a_search_is_told_once_it_was_made(folder: Path, capsys: Said) -> None:
    """Nobody was asked, and then somebody found nothing."""
    run("check", "judges.md")
    assert "its title was not searched for yet" in capsys.readouterr().out
    question = title_question("A Paper without Any Link")
    records = folder / "data/enriched/records/dblp.jsonl"
    records.parent.mkdir(parents=True)
    records.write_bytes(dump_jsonl([Record("dblp", question, "2026-01-01T00:00:00Z", found=False)]))
    run("check", "judges.md")
    assert "and no title search has found it" in capsys.readouterr().out


# Where files go


def test_render__uniform_has_a_file_of_its_own(folder: Path, capsys: Said) -> None:
    """Under the list's own title; the list as people wrote it, the report and the next refresh leave it alone."""
    run("refresh", "judges.md")
    dataset = folder / "data/enriched/judges"
    before = {path.name: path.read_bytes() for path in dataset.iterdir()}
    capsys.readouterr()
    run("render", "judges.md", "--style", "uniform", "--dry-run")
    said = capsys.readouterr()
    assert "+1. **" in said.out
    assert "lines to change" not in said.err
    assert not (dataset / "judges.uniform.md").exists()
    run("render", "judges.md", "--style", "uniform")
    assert (
        "judges: 3 entries in one style, in data/enriched/judges/judges.uniform.md" in capsys.readouterr().err
    )
    run("refresh", "judges.md")
    after = {path.name: path.read_bytes() for path in dataset.iterdir()}
    assert after.pop("judges.uniform.md").startswith(b"# Papers & Tools\n")
    assert after == before


def test_summary__has_no_links_that_lead_nowhere(folder: Path) -> None:
    """The report's lines in plain text: a pull request does not lie beside the list."""
    run("refresh", "judges.md", "--summary", "body.md")
    text = (folder / "body.md").read_text()
    assert "- line 5: Reasoning or Reciting: " in text
    assert "](judges.md" not in text
    assert "](judges.md?plain=1#L5)" in (folder / "data/enriched/judges/report.md").read_text()


def test_summary__needs_a_folder_that_is_there(folder: Path, capsys: Said) -> None:
    """One line, before anything is asked or written."""
    run("refresh", "judges.md", "--summary", "no/such/body.md", status=2)
    assert "no/such/body.md: its folder does not exist; " in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["judges.md"]


@pytest.mark.parametrize("name", ["judges.md", "paperlist.yaml", "README.md"])
def test_summary__replaces_nothing_but_a_summary(folder: Path, capsys: Said, name: str) -> None:
    """A slip on the command line must not cost a list, the settings or any other file."""
    (folder / "paperlist.yaml").write_text("edits: [venue]\n")
    (folder / "README.md").write_text("# Mine\n")
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    run("refresh", "judges.md", "--summary", name, status=2)
    assert (
        f"{name}: holds something else, which the summary would replace; name a file"
        in capsys.readouterr().err
    )
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_summary__replaces_an_earlier_one(folder: Path) -> None:
    """Night after night, and a file that was made for it."""
    (folder / "body.md").write_text("\n")
    for _ in range(2):
        run("refresh", "judges.md", "--summary", "body.md")
        assert (folder / "body.md").read_text().startswith("## judges: ")


def test_cache__that_cannot_be_written_says_what_to_do(folder: Path, capsys: Said) -> None:
    """The next step; a dry run without a network needs no lock."""
    (folder / "paperlist.yaml").write_text("cache: judges.md/cache\n")
    run("refresh", "judges.md", status=2)
    assert "cannot write" in (said := capsys.readouterr().err)
    assert "`cache:` in paperlist.yaml" in said
    run("refresh", "judges.md", "--dry-run")
    assert "+![](https://img.shields.io/badge/Papers-3-green)" in capsys.readouterr().out
    assert not (folder / "data").exists()


def test_history__that_is_damaged_is_named_by_its_path(folder: Path, capsys: Said) -> None:
    """Every list has one of this name."""
    run("refresh", "judges.md")
    history = Path("data/enriched/judges/citations.csv")
    history.write_bytes(history.read_bytes() + b"2026-01-01,caf\xe9,openalex,1\n")
    before, _ = history.read_bytes(), capsys.readouterr()
    run("refresh", "judges.md", status=2)
    said = (
        "data/enriched/judges/citations.csv:2: not a line that paperlist wrote; restore the file with git; "
    )
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"paperlist: error: {said}")
    assert history.read_bytes() == before


# What is done while a host makes a run wait


@pytest.fixture
def listed(folder: Path) -> tuple[ListRun, RecordStore]:
    """The list as `refresh` opens it, and what sources said."""
    settings = load(overrides={"offline": True})
    store = RecordStore(settings.enriched, settings.cache)
    return open_list(folder / "judges.md", settings, RunOptions()), store


def test_rehearsal__changes_nothing_of_what_is_derived_afterwards(
    listed: tuple[ListRun, RecordStore],
) -> None:
    """Not even where an answer came in between."""
    run, store = listed
    _Rehearsal([run], store).meanwhile(long=True)
    assert run.files["papers.csv"]
    answer = Record(
        "arxiv", "arxiv:2001.00002", "2026-01-31T12:00:00+00:00", title="Another Paper of Another Kind"
    )
    store.put("arxiv", [answer])
    _derive(run, store)
    rehearsed, run.files = run.files, {}
    run.resolved_at, run.works, run.memory, run.readings = None, (), Memory(), Readings()
    _derive(run, store)
    assert run.files == rehearsed


def test_rehearsal__is_left_out_where_the_wait_is_short(listed: tuple[ListRun, RecordStore]) -> None:
    """Then it would only make the run longer."""
    run, store = listed
    _Rehearsal([run], store).meanwhile(long=False)
    assert not run.files


def test_rehearsal__leaves_what_is_wrong_to_the_end(listed: tuple[ListRun, RecordStore]) -> None:
    """A damaged dataset is refused when all is answered, so that nothing asked for is lost."""
    run, store = listed
    run.dataset.write("papers.jsonl", b"<<<<<<< ours\n")
    _Rehearsal([run], store).meanwhile(long=True)
    with pytest.raises(UsageError, match="unresolved merge conflict"):
        _derive(run, store)


# Several lists


def _conflict(folder: Path, file: str) -> None:
    path = folder / "data/enriched/aaa" / file
    path.write_text("<<<<<<< ours\n" + path.read_text())


BROKEN = {
    "binary": (lambda folder: (folder / "aaa.md").write_bytes(bytes(range(256)) * 9), 2, "aaa.md: is no text"),
    "gone": (lambda folder: (folder / "aaa.md").write_text("# Nothing\n"), 4, "known entries have vanished"),
    "entries in conflict": (lambda folder: _conflict(folder, "entries.jsonl"), 2, "aaa/entries.jsonl:1: unresolved"),
    "papers in conflict": (lambda folder: _conflict(folder, "papers.jsonl"), 2, "aaa/papers.jsonl:1: unresolved"),
    "citations in conflict": (lambda folder: _conflict(folder, "citations.csv"), 2, "citations.csv"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_refresh__a_broken_list_stops_no_other(folder: Path, capsys: Said, case: str) -> None:
    """It is told and keeps its dataset as it is; the others are refreshed; the status is that of the error."""
    damage, status, says = BROKEN[case]
    for name in ("aaa", "zzz"):
        (folder / f"{name}.md").write_text(LIST)
    run("refresh", "aaa.md", "judges.md", "zzz.md")
    damage(folder)
    for name in ("judges", "zzz"):
        (folder / f"{name}.md").write_text(LIST + "- **One More Paper of Some Kind**. *Di Wu*. ICML 2021.\n")
    before = {path: path.read_bytes() for path in (folder / "data/enriched/aaa").rglob("*") if path.is_file()}
    capsys.readouterr()
    run("refresh", "aaa.md", "judges.md", "zzz.md", status=status)
    assert says in capsys.readouterr().err
    assert {path: path.read_bytes() for path in before} == before
    for name in ("judges", "zzz"):
        assert "One More Paper" in (folder / f"data/enriched/{name}/papers.csv").read_text()
    run("refresh", "aaa.md", status=status)
