"""Several files, one list: read in the order given, counted and named together, each written again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.__main__ import main
from pipeline.errors import SafetyError, UsageError
from pipeline.jobs.options import describe_list, find_lists, list_names
from pipeline.model import Entry, EntryVerdict, Evidence, Files, Origin, Paper, ParsedList
from pipeline.parts import read_files, regenerated_name
from pipeline.reader import read_list
from pipeline.render import render
from pipeline.settings import Settings, load_list_options

RESNET = "- **Deep Residual Learning for Image Recognition**. *Kaiming He et al.* CVPR 2015. [[Paper](https://arxiv.org/abs/1512.03385)]\n"
DENSE = "- **Densely Connected Convolutional Networks**. *Gao Huang et al.* CVPR 2016. [[Paper](https://arxiv.org/abs/1608.06993)]\n"
BERT = "- **BERT: Pre-training of Deep Bidirectional Transformers**. *Jacob Devlin et al.* ACL 2019. [[Paper](https://aclanthology.org/N19-1423/)]\n"
BADGE = "![](https://img.shields.io/badge/Papers-9-green)\n\n"
A, B = f"# Vision\n\n{BADGE}## Networks\n\n{RESNET}{DENSE}", f"# Language\n\n{BERT}{RESNET}"
FILES: Files = {"a.md": A.encode(), "more/b.md": B.encode()}


def parse(files: Files = FILES, previous: tuple[Entry, ...] = ()) -> ParsedList:
    return read_files(files, name="big", path="data/raw/big.yaml", previous=previous)


def ids(parsed: ParsedList) -> list[str]:
    return [entry.entry_id for entry in parsed.entries]


# Reading


def test_read_files__one_file_is_read_as_ever() -> None:
    """A list of one file knows nothing of files."""
    assert parse({None: A.encode()}) == read_list(A.encode(), name="big", path="data/raw/big.yaml")


def test_read_files__entries_of_all_files_in_order() -> None:
    """Ordinals go on, ids are unique, lines and spans count within each file, sections are each file's."""
    parsed = parse()
    resnet = "deep-residual-learning-for-image-recognition"
    assert [(e.ordinal, e.file, e.first_line) for e in parsed.entries] == [
        (1, "a.md", 7),
        (2, "a.md", 8),
        (3, "more/b.md", 3),
        (4, "more/b.md", 4),
    ]
    assert (ids(parsed)[0], ids(parsed)[3]) == (resnet, f"{resnet}-2")
    assert parsed.entries[0].section != parsed.entries[3].section
    assert parsed.files == ("a.md", "more/b.md")
    assert [(badge.file, badge.value) for badge in parsed.badges] == [("a.md", 9)]
    for entry in parsed.entries:
        assert FILES[entry.file][slice(*entry.spans["title"])].decode() == entry.title


def test_read_files__the_title_of_a_file_is_a_section() -> None:
    """Where nothing else stands above an entry: in a list of one file that title is the list's own."""
    assert [entry.section for entry in parse().entries] == [("Networks",)] * 2 + [("Language",)] * 2
    assert [entry.section for entry in parse({None: B.encode()}).entries] == [()] * 2


def test_read_files__problems_name_their_file() -> None:
    """What is wrong with a line is said of a line of a file."""
    parsed = parse({**FILES, "c.md": b"# X\n\n- **A Title Without Any Link**. [[Paper]()]\n\xff\n"})
    assert {(problem.file, problem.line) for problem in parsed.problems} == {("c.md", 3), ("c.md", 4)}


def test_read_files__ids_are_for_life() -> None:
    """An entry that moves to another file keeps its id, and so do the others when the files change order."""
    before = parse()
    moved: Files = {"a.md": A.replace(DENSE, "").encode(), "more/b.md": (B + DENSE).encode()}
    after = parse(moved, before.entries)
    assert {e.title: e.entry_id for e in after.entries if e.file == "more/b.md"} == {
        e.title: e.entry_id for e in before.entries if e.file == "more/b.md" or str(e.title) in DENSE
    }
    swapped = parse({name: FILES[name] for name in reversed(tuple(FILES))}, before.entries)
    assert sorted(ids(swapped)) == sorted(ids(before))
    assert {(e.file, e.first_line, e.entry_id) for e in swapped.entries} == {
        (e.file, e.first_line, e.entry_id) for e in before.entries
    }


def test_read_files__a_twin_in_an_earlier_file_takes_no_name() -> None:
    """The older entry keeps its id although the new one is read first."""
    before = parse({"a.md": b"# X\n", "b.md": B.encode()})
    after = parse({"a.md": BERT.encode(), "b.md": B.encode()}, before.entries)
    assert ids(after)[1:] == ids(before)


LINES = st.lists(
    st.sampled_from([RESNET, DENSE, BERT, "\n", "# H\n", "words\n", "\ufeff", BADGE]), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["a.md", "b.md", "c/d.md"]), LINES, min_size=2))
def test_read_files__reading_again_changes_nothing(texts: dict[str, list[str]]) -> None:
    """Ids unique, ordinals without gap, spans exact, and the same again with the last parse at hand."""
    files: Files = {name: "".join(lines).encode() for name, lines in texts.items()}
    parsed = parse(files)
    assert len(set(ids(parsed))) == len(parsed.entries)
    assert [e.ordinal for e in parsed.entries] == list(range(1, len(parsed.entries) + 1))
    assert parse(files, parsed.entries) == parsed
    assert render(files, parsed, (), ["venue", "badge"]).files == files


# Rendering


def decided(entry: Entry, year: int) -> Paper:
    """A paper whose year is decided, with the venue that the entry names."""
    proof = Evidence(Origin("identifier"), "cvpr", year, "a proof", "authoritative")
    verdict = EntryVerdict(entry.entry_id, "wrong", "ok", None, entry.venue_text, year)
    return Paper(
        f"title:{entry.entry_id}", (entry.entry_id,), venue=entry.venue_text, venue_id="cvpr", year=year,
        decided=True, evidence=(proof,), verdicts=(verdict,),
    )  # fmt: skip


def test_render__every_file_is_written_again() -> None:
    """Only the spans of the right file change; edits are in the order of the files; a second time nothing does."""
    parsed = parse()
    papers = [decided(entry, 2020) for entry in parsed.entries]
    result = render(FILES, parsed, papers, ["venue", "badge"])
    wanted = {
        name: data.replace(b"CVPR 2015", b"CVPR 2020").replace(b"CVPR 2016", b"CVPR 2020")
        .replace(b"ACL 2019", b"ACL 2020").replace(b"Papers-9-", b"Papers-4-")
        for name, data in FILES.items()
    }  # fmt: skip
    assert result.files == wanted
    assert [(edit.file, edit.line) for edit in result.edits] == [
        ("a.md", 3),
        ("a.md", 7),
        ("a.md", 8),
        ("more/b.md", 3),
        ("more/b.md", 4),
    ]
    assert result.changed_lines == 5
    again = parse(result.files, parsed.entries)
    assert render(result.files, again, papers, ["venue", "badge"]).files == wanted


def test_render__same_places_in_two_files_do_not_clash() -> None:
    """The first entry of each file stands at the same bytes: both are edited."""
    files: Files = {"a.md": RESNET.encode(), "b.md": RESNET.encode()}
    parsed = parse(files)
    result = render(files, parsed, [decided(entry, 2020) for entry in parsed.entries], ["venue"])
    assert [data.count(b"2020") for data in result.files.values()] == [1, 1]
    assert not result.left


def test_render__what_would_be_lost_is_named_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The safety check reads all files again."""
    parsed = parse()

    def reread(*args: Any, **kwargs: Any) -> ParsedList:
        after = parse(args[0], kwargs["previous"])
        return replace(
            after, entries=tuple(replace(e, title="X") if e.ordinal == 4 else e for e in after.entries)
        )

    monkeypatch.setattr("pipeline.render.read_files", reread)
    with pytest.raises(SafetyError, match=r"line 4 of more/b\.md"):
        render(FILES, parsed, [decided(parsed.entries[0], 2020)], ["venue"])


@pytest.mark.parametrize(
    ("file", "name"), [(None, "big.md"), ("a.md", "files/a.md"), ("x/a.md", "files/x/a.md")]
)
def test_regenerated_name__of_each_file(file: str | None, name: str) -> None:
    """A single file is named like the list; several keep their names in a folder."""
    assert regenerated_name("big", file) == name


# Finding lists


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a list of two files, and another list."""
    raw = tmp_path / "data" / "raw"
    (raw / "more").mkdir(parents=True)
    (raw / "big.yaml").write_text("files: [a.md, more/b.md]\n")
    (raw / "other.md").write_text(f"# Other\n\n{BERT}")
    for name, data in FILES.items():
        (raw / str(name)).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_find_lists__parts_are_no_lists(folder: Path) -> None:
    """The YAML file stands for its parts; the name and the file's path mean the same list."""
    raw = Path("data/raw")
    assert find_lists(Settings(), []) == [raw / "big.yaml", raw / "other.md"]
    assert list_names(Settings()) == ["big", "other"]
    assert (
        find_lists(Settings(), ["big"]) == find_lists(Settings(), ["data/raw/big.yaml"]) == [raw / "big.yaml"]
    )


def test_find_lists__a_list_may_name_itself_as_its_first_part(folder: Path) -> None:
    """`README.md` and its chapters: the list is known by either file."""
    (folder / "README.md").write_text(A)
    (folder / "README.yaml").write_text("files: [README.md, data/raw/other.md]\n")
    (path,) = find_lists(Settings(), ["README.md"])
    assert list(describe_list(path, Path("data/raw"))[1]) == ["README.md", "data/raw/other.md"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        ("data/raw/a.md", "a part of the list data/raw/big.yaml; name the list instead: big"),
        ("a", "name the list instead: big"),
        ("data/raw/other.yaml", "YAML"),
        ("big data/raw/second.yaml", "belongs to two lists of this run"),
        ("data/raw/big.md", "is not among the files of data/raw/big.yaml"),
        ("rest", "is reStructuredText"),
    ],
)
def test_find_lists__refuses(folder: Path, args: str, says: str) -> None:
    """A part is not read as a list, nor a file as part of two, nor what is no Markdown."""
    raw = folder / "data" / "raw"
    (raw / "other.yaml").write_text("edits: [venue]\n")
    (raw / "second.yaml").write_text("files: [other.md, more/b.md]\n")
    (raw / "rest.yaml").write_text("files: [c.rst]\n")
    (raw / "big.md").write_text("# Left over\n")
    with pytest.raises(UsageError, match=re.escape(says)):
        files_of(args.split())


def files_of(args: list[str]) -> list[Path]:
    """The files of the lists that `args` mean."""
    raw = Path("data/raw")
    return [file for path in find_lists(Settings(), args) for file in describe_list(path, raw)[1].values()]


@pytest.mark.parametrize(
    ("text", "says"),
    [("[a.md, ./a.md]", "twice"), ("[../a.md]", "below the folder"), ("[/a.md]", "below")],
)
def test_options__files(tmp_path: Path, text: str, says: str) -> None:
    """Each file once, below the folder; `./` is nothing."""
    path = tmp_path / "big.yaml"
    path.write_text(f"files: {text}\n")
    with pytest.raises(UsageError, match=says):
        load_list_options(path)
    path.write_text("files: [./a.md, b//c.md]\n")
    assert load_list_options(path).files == ("a.md", "b/c.md")


def test_options__a_broken_file_of_another_list_is_not_in_the_way(folder: Path) -> None:
    """It is told when its own list, or every list, is asked for."""
    (folder / "data/raw/broken.yaml").write_text("file: [a.md]\n")
    assert find_lists(Settings(), ["other"]) == [Path("data/raw/other.md")]
    with pytest.raises(UsageError, match="broken"):
        find_lists(Settings(), [])


# The command


def written(folder: Path) -> dict[str, bytes]:
    dataset = folder / "data" / "enriched" / "big"
    return {p.relative_to(dataset).as_posix(): p.read_bytes() for p in dataset.rglob("*") if p.is_file()}


def test_refresh__writes_each_file_again(folder: Path) -> None:
    """One dataset; the regenerated files in a folder; the report links to them."""
    assert main(["--offline", "-q", "refresh", "big"]) == 0
    files = written(folder)
    rows = [json.loads(line) for line in files["entries.jsonl"].splitlines()]
    assert [row["file"] for row in rows] == ["a.md", "a.md", "more/b.md", "more/b.md"]
    assert files["files/more/b.md"] == FILES["more/b.md"].replace(b"ACL 2019", b"NAACL 2019")
    assert files["files/a.md"] == FILES["a.md"].replace(b"Papers-9-", b"Papers-3-")
    assert "big.md" not in files
    report = files["report.md"].decode()
    assert "- [more/b.md line 3](files/more/b.md?plain=1#L3): BERT" in report
    assert "- [more/b.md line 4](files/more/b.md?plain=1#L4): Deep Residual" in report
    assert "the same work as line 7 of a.md" in report
    assert (folder / "data/raw/a.md").read_bytes() == FILES["a.md"]
    assert main(["--offline", "-q", "refresh", "big"]) == 0
    assert written(folder) == files


def test_refresh__in_place_rewrites_each_file_and_settles(folder: Path) -> None:
    """A second run in place changes nothing; the other list is not touched."""
    assert main(["--offline", "-q", "refresh", "big", "--in-place"]) == 0
    raw = folder / "data" / "raw"
    assert b"NAACL 2019" in (raw / "more/b.md").read_bytes()
    assert b"Papers-3-" in (raw / "a.md").read_bytes()
    state = (written(folder), (raw / "a.md").read_bytes(), (raw / "more/b.md").read_bytes())
    assert main(["--offline", "-q", "refresh", "big", "--in-place"]) == 0
    assert state == (written(folder), (raw / "a.md").read_bytes(), (raw / "more/b.md").read_bytes())


def test_refresh__in_place_names_each_file(folder: Path, capsys: Any) -> None:
    """A change is told at the line and file where it stands, a badge as a badge."""
    assert main(["--offline", "refresh", "big", "--in-place"]) == 0
    said = capsys.readouterr().err
    assert "data/raw/more/b.md:3: ACL -> NAACL: " in said
    assert "data/raw/a.md:3: badge: 9 -> 3: 3 distinct works in 4 entries" in said
    assert "big.yaml:" not in said


def test_refresh__a_file_that_is_no_part_any_more_goes(folder: Path) -> None:
    """Nothing stale stays beside what is written now, in either direction."""
    assert main(["--offline", "-q", "refresh", "big"]) == 0
    raw = folder / "data" / "raw"
    (raw / "big.yaml").write_text("files: [a.md]\n")
    assert main(["--offline", "-q", "refresh", "big", "--accept-shrink"]) == 0
    assert [name for name in written(folder) if "files/" in name] == ["files/a.md"]
    (raw / "big.yaml").unlink()
    (raw / "a.md").rename(raw / "big.md")
    assert main(["--offline", "-q", "refresh", "big"]) == 0
    assert sorted(name for name in written(folder) if name.endswith(".md")) == ["big.md", "report.md"]


def test_stages__one_by_one_give_what_refresh_gives(folder: Path) -> None:
    """Each stage knows the files; `render --in-place` rewrites them."""
    assert main(["--offline", "-q", "refresh", "big"]) == 0
    whole = written(folder)
    for verb in ("parse", "resolve", "enrich", "write", "render"):
        assert main(["--offline", "-q", verb, "big", "--output", "steps"]) == 0
    steps = folder / "steps" / "big"
    assert {p.relative_to(steps).as_posix(): p.read_bytes() for p in steps.rglob("*") if p.is_file()} == whole
    assert main(["--offline", "-q", "render", "big", "--in-place"]) == 0
    assert (folder / "data/raw/more/b.md").read_bytes() == whole["files/more/b.md"]


def test_render__uniform_is_one_document(folder: Path) -> None:
    """The uniform style makes one list of all files."""
    assert main(["--offline", "-q", "refresh", "big"]) == 0
    assert main(["--offline", "-q", "render", "big", "--style", "uniform"]) == 0
    files = written(folder)
    assert files["big.uniform.md"].startswith(b"# Vision\n")
    assert b"BERT" in files["big.uniform.md"]
    assert b"Densely" in files["big.uniform.md"]
    assert "files/a.md" in files


def test_refresh__dry_run_shows_the_diff_of_each_file(folder: Path, capsys: Any) -> None:
    """Under the names that `files` gives them."""
    assert main(["--offline", "-q", "refresh", "big", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "--- a/a.md\n+++ b/a.md\n" in said
    assert "--- a/more/b.md\n+++ b/more/b.md\n" in said
    assert not written(folder)


def test_check__names_file_and_line(folder: Path, capsys: Any) -> None:
    """As a compiler would, so that an editor can go there."""
    assert main(["-q", "check", "big"]) == 1
    said = capsys.readouterr().out
    assert "data/raw/more/b.md:3: error: BERT" in said
    assert "data/raw/a.md:3: warning: the badge Papers says 9" in said


def test_explain__of_a_list_of_several_files(folder: Path, capsys: Any) -> None:
    """Lines are asked for and told with their files."""
    assert main(["parse", "--explain", "big", "more/b.md:3", "a.md:1"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("a.md:1: not an entry: a heading\nmore/b.md:3: paper bert-")
    assert main(["parse", "--explain", "big", "3"]) == 2


def test_refresh__a_missing_file_is_named(folder: Path, capsys: Any) -> None:
    """Nothing is written then."""
    (folder / "data/raw/more/b.md").unlink()
    (folder / "data/raw/big.yaml").write_text("files:\n  - a.md\n  - more/b.md\n")
    assert main(["--offline", "refresh", "big"]) == 2
    assert "data/raw/big.yaml:3: 'more/b.md' is not there" in capsys.readouterr().err
    assert not written(folder)
