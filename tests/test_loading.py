"""`pipeline.load()`: the dataset in pandas as it was written, with types, and local abstracts on request."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import pipeline
from pipeline.export import COLUMNS, papers_csv, papers_parquet, rows
from pipeline.model import Entry, EntryVerdict, Identifier, Origin, Paper, Record, Resolution
from pipeline.store import RecordStore, dump_jsonl
from pipeline.text import title_question

WHEN = "2026-01-02T03:04:05Z"
TITLE = "Direct Preference Optimization"
DPO = "arxiv:2305.18290"


def entry(key: str, **fields: Any) -> Entry:
    """An entry of the list."""
    return Entry(key, (), 1, 1, 1, **({"kind": "paper", "text": "", "title": TITLE} | fields))


def paper(*keys: str, **fields: Any) -> Paper:
    """The paper of these entries."""
    values: dict[str, Any] = {"verdicts": tuple(EntryVerdict(k, "agrees") for k in keys)} | fields
    return Paper(values.pop("paper_id", DPO), keys, **values)


def written(tmp_path: Path, entries: list[Entry], papers: list[Paper]) -> Path:
    """A dataset on disk."""
    folder = tmp_path / "enriched" / "judges"
    folder.mkdir(parents=True)
    table = rows("judges", entries, papers, [Resolution(e.entry_id) for e in entries])
    (folder / "papers.csv").write_bytes(papers_csv(table))
    (folder / "papers.jsonl").write_bytes(dump_jsonl(papers))
    return folder


def load_one(tmp_path: Path, item: Entry, work: Paper) -> pd.Series:
    """The row of a lone entry."""
    row: pd.Series = pipeline.load(written(tmp_path, [item], [work])).set_index("entry_id").loc[item.entry_id]
    return row


def test_load__types(tmp_path: Path) -> None:
    """Years and counts are nullable integers, dates timestamps, text is text, what is not said is NA."""
    counted = {"citation_count": Origin("semanticscholar", DPO, WHEN)}
    known = paper("a", year=2023, citation_count=12, title=TITLE, provenance=counted)
    folder = written(tmp_path, [entry("a"), entry("b")], [known, paper("b", paper_id="title:x")])
    frame = pipeline.load(folder)
    assert list(frame.columns) == [c.name for c in COLUMNS]
    assert list(frame["entry_id"]) == ["a", "b"]
    frame = frame.set_index("entry_id")
    assert (frame["year"].dtype, frame["citation_count"].dtype) == (pd.Int64Dtype(), pd.Int64Dtype())
    assert frame["title"].dtype == pd.StringDtype()
    assert frame.loc["a", "citation_date"] == pd.Timestamp("2026-01-02")
    assert int(frame["citation_count"].sum()) == 12
    assert frame.loc["b", ["year", "title", "citation_count"]].isna().all()
    assert pd.isna(frame.loc["b", "citation_date"])


@pytest.mark.parametrize("where", ["folder", "file", "text"])
def test_load__by_folder_or_file(tmp_path: Path, where: str) -> None:
    """The dataset's folder, its `papers.csv`, as a path or as text."""
    folder = written(tmp_path, [entry("a")], [paper("a")])
    path: str | Path = {"folder": folder, "file": folder / "papers.csv"}.get(where, str(folder))
    assert len(pipeline.load(path)) == 1


def test_load__by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of a list is that of its dataset in `data/enriched`, unless there is something of this name."""
    monkeypatch.chdir(tmp_path)
    folder = written(tmp_path, [entry("a")], [paper("a")])
    (tmp_path / "data").mkdir()
    (tmp_path / "enriched").rename(tmp_path / "data" / "enriched")
    assert len(pipeline.load(folder.name)) == 1
    written(tmp_path, [entry("a"), entry("b")], [paper("a", "b")]).rename(tmp_path / folder.name)
    assert len(pipeline.load(folder.name)) == 2


@pytest.mark.parametrize("count", [0, 2])
def test_load__parquet(tmp_path: Path, count: int) -> None:
    """The Parquet file is the same table, with the same types."""
    counted = {"citation_count": Origin("semanticscholar", DPO, WHEN)}
    known = paper("e0", "e1", year=2023, citation_count=12, title="=1+1", provenance=counted)
    folder = written(tmp_path, [entry(f"e{n}") for n in range(count)], [known][:count])
    table = folder / "papers.parquet"
    table.write_bytes(papers_parquet((folder / "papers.csv").read_bytes()))
    pd.testing.assert_frame_equal(pipeline.load(table), pipeline.load(folder))


def test_load__another_choice_of_abstracts(tmp_path: Path) -> None:
    """A choice that there is not is refused with those that there are."""
    folder = written(tmp_path, [entry("a")], [paper("a")])
    wrong: Any = "x"
    with pytest.raises(ValueError, match=r"'x': must be one of 'published', 'local'"):
        pipeline.load(folder, abstracts=wrong)


@pytest.mark.parametrize(
    "text", ["=1+1", "'=1", "NA", "None", "nan", "null", "007", "1e5", "True", "a,b", 'say "x"', "Über 中文"]
)
def test_load__text_is_as_it_was(tmp_path: Path, text: str) -> None:
    """No neutralising quote is left, and nothing is taken for a number or for missing."""
    assert load_one(tmp_path, entry("a", title=text, short_name=text), paper("a"))["list_title"] == text


def test_load__an_empty_list(tmp_path: Path) -> None:
    """No entries are an empty table with all columns."""
    frame = pipeline.load(written(tmp_path, [], []))
    assert (len(frame), list(frame.columns)) == (0, [c.name for c in COLUMNS])


def test_load__further_columns_are_kept(tmp_path: Path) -> None:
    """A dataset of a later version, with more columns, is read."""
    folder = written(tmp_path, [entry("a")], [paper("a")])
    lines = (folder / "papers.csv").read_text().splitlines()
    (folder / "papers.csv").write_text(f"{lines[0]},more\n{lines[1]},x\n")
    assert pipeline.load(folder).loc[0, "more"] == "x"


def test_load__no_dataset(tmp_path: Path) -> None:
    """Where there is none, the error names the path and the command that makes one."""
    for path in (tmp_path, tmp_path / "papers.csv", tmp_path / "nowhere"):
        with pytest.raises(FileNotFoundError, match="paperlist refresh"):
            pipeline.load(path)


@pytest.mark.parametrize("file", ["papers.csv", "papers.parquet"])
@pytest.mark.parametrize("content", ["a,b\n1,2\n", "a\n1,2\n", "", "\udcff\udcfe"])
def test_load__not_a_dataset(tmp_path: Path, content: str, file: str) -> None:
    """Another file is refused in one line that names it."""
    (tmp_path / file).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ValueError, match=rf"^\S*{file}: not a paperlist dataset[^\n]*\Z"):
        pipeline.load(tmp_path / file)


# Abstracts that only this machine has


def answered(tmp_path: Path, *records: Record) -> Path:
    """The cache after these answers."""
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    for record in records:
        store.put(record.source, [record])
    store.save()
    return tmp_path / "cache"


def abstract_of(tmp_path: Path, work: Paper, *records: Record) -> Any:
    """The abstract of a lone entry's paper, local ones joined."""
    cache = answered(tmp_path, *records)
    folder = written(tmp_path, [entry("a")], [work])
    got = pipeline.load(folder, abstracts="local", cache=cache).set_index("entry_id").loc["a", "abstract"]
    return None if pd.isna(got) else got


S2 = Record("semanticscholar", DPO, WHEN, title=TITLE, abstract="Theirs.")
KNOWN = paper("a", identifiers=(Identifier("arxiv", "2305.18290"),))


def test_load__local_abstracts_only_on_request(tmp_path: Path) -> None:
    """Without the switch there is none; with it the cache's is joined."""
    cache = answered(tmp_path, S2)
    folder = written(tmp_path, [entry("a")], [KNOWN])
    assert pipeline.load(folder, cache=cache)["abstract"].isna().all()
    assert list(pipeline.load(folder, abstracts="local", cache=cache)["abstract"]) == ["Theirs."]


def test_load__a_published_abstract_goes_first(tmp_path: Path) -> None:
    """What stands in the dataset is not replaced."""
    assert abstract_of(tmp_path, replace(KNOWN, abstract="Free."), S2) == "Free."


def test_load__without_a_cache(tmp_path: Path) -> None:
    """Another machine has no local abstracts: none is joined, nothing fails."""
    folder = written(tmp_path, [entry("a")], [KNOWN])
    assert pipeline.load(folder, abstracts="local", cache=tmp_path / "none")["abstract"].isna().all()


@pytest.mark.parametrize("damaged", ["[" * 200_000, "[]", '{"arxiv:2305.18290#0": '])
def test_load__a_damaged_cache_has_no_abstracts(tmp_path: Path, damaged: str) -> None:
    """As on a machine without one."""
    cache = answered(tmp_path, S2)
    (cache / "texts" / "semanticscholar.json").write_text(damaged)
    folder = written(tmp_path, [entry("a")], [KNOWN])
    assert pipeline.load(folder, abstracts="local", cache=cache)["abstract"].isna().all()


BY_TITLE = title_question(TITLE)
SEARCHED = paper("a", provenance={"title": Origin("semanticscholar", BY_TITLE, WHEN)})


def test_load__found_by_title(tmp_path: Path) -> None:
    """The lone candidate of a search that the paper rests on has its abstract."""
    assert abstract_of(tmp_path, SEARCHED, replace(S2, question=BY_TITLE)) == "Theirs."


def test_load__never_the_abstract_of_another_candidate(tmp_path: Path) -> None:
    """Which of several candidates the paper is, the texts do not tell: then none is joined."""
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    other = Record("semanticscholar", BY_TITLE, WHEN, title="Another", abstract="Another's.", rank=1)
    store.put("semanticscholar", [replace(S2, question=BY_TITLE), other])
    store.save()
    assert abstract_of(tmp_path, SEARCHED) is None


def test_load__the_first_record_of_an_identifier(tmp_path: Path) -> None:
    """All records of an identifier are versions of one paper: the first one's abstract stands."""
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    store.put("semanticscholar", [S2, replace(S2, rank=1, abstract="An older version's.")])
    store.save()
    assert abstract_of(tmp_path, KNOWN) == "Theirs."


def test_load__a_paper_that_nobody_was_asked_about(tmp_path: Path) -> None:
    """Texts of other papers are not joined."""
    assert abstract_of(tmp_path, KNOWN, replace(S2, question="arxiv:1706.03762")) is None


def test_load__imports_pandas_only_when_called() -> None:
    """`import pipeline` is light."""
    import subprocess
    import sys

    code = "import sys, pipeline; print(json.dumps('pandas' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"import json; {code}"], capture_output=True, check=True)
    assert json.loads(done.stdout) is False
