"""The store: nothing half-written, nothing lost, nothing renewed that did not change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import LockedError, SafetyError, UsageError
from pipeline.files import load_json, write_atomic
from pipeline.folding import fold, fold_answers
from pipeline.model import Entry, Identifier, Record, Resolution
from pipeline.store import Dataset, RecordStore, check_shrink, dump_jsonl, load_jsonl, locked

OLD, NEW = "2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"
FULL = Record(
    "semanticscholar",
    "arxiv:2305.18290",
    OLD,
    title="A Title",
    authors=("Ada Byron",),
    venue="NeurIPS",
    year=2023,
    citation_count=100,
    influential_citation_count=9,
    counted_at=OLD,
    identifiers=(Identifier("arxiv", "2305.18290"), Identifier("doi", "10.1/x")),
)


def answered(**changes: object) -> Record:
    """A newer answer to the same question."""
    return replace(FULL, retrieved_at=NEW, counted_at=NEW, **changes)  # type: ignore[arg-type]


def test_fold__confirming_changes_nothing() -> None:
    """The same answer a month later leaves the record, dates included, as it was."""
    assert fold(FULL, answered()) == FULL


def test_fold__a_new_value_moves_the_date() -> None:
    """What changed was first given now."""
    folded = fold(FULL, answered(venue="ICLR"))
    assert (folded.venue, folded.retrieved_at, folded.counted_at) == ("ICLR", NEW, OLD)


def test_fold__silence_forgets_nothing() -> None:
    """Nulls everywhere leave every known value with its old date."""
    empty = Record(FULL.source, FULL.question, NEW)
    assert fold(FULL, empty) == FULL


def test_fold__an_answer_without_its_venue_takes_no_acceptance_back() -> None:
    """A note that lost its venue in an answer looks like a submission; the acceptance stands."""
    accepted = replace(FULL, venue_key="ICML.cc/2024/Conference", status="accepted")
    assert fold(accepted, replace(accepted, venue_key=None, status="submitted")) == accepted
    assert fold(accepted, replace(accepted, venue_key="ICML.cc/2024/Conference/Withdrawn", status="withdrawn")).status == "withdrawn"  # fmt: skip


def test_last_heard__a_date_of_a_wrong_clock_does_not_count(tmp_path: Path) -> None:
    """An answer of a night whose clock was years early is confirmed on the next, and then fresh like any other."""
    now = datetime(2026, 1, 31, tzinfo=UTC)
    store = RecordStore(tmp_path / "data", tmp_path / "cache")
    store.put(
        FULL.source,
        [replace(FULL, retrieved_at="2036-01-31T00:00:00Z", counted_at=None, citation_count=None)],
    )
    assert not store.is_fresh(FULL.source, FULL.question, now, timedelta(days=30))
    store.put(
        FULL.source,
        [replace(FULL, retrieved_at="2026-01-30T00:00:00Z", counted_at=None, citation_count=None)],
    )
    assert store.is_fresh(FULL.source, FULL.question, now, timedelta(days=30))
    assert store.answers(FULL.source)[FULL.question][0].retrieved_at == "2036-01-31T00:00:00Z"


@pytest.mark.parametrize("date", ["yesterday", "2026-01-01T00:00:00", "", 7])
def test_record_store__a_cache_with_dates_that_are_none(tmp_path: Path, date: object) -> None:
    """Losing what the cache remembers costs requests only."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "confirmed.json").write_text(json.dumps({FULL.source: {FULL.question: date}}))
    (cache / "refused.json").write_text(json.dumps({FULL.source: {"access": "a", "at": date}}))
    store = RecordStore(tmp_path / "data", cache)
    store.put(FULL.source, [FULL])
    assert store.last_heard(FULL.source, FULL.question) == FULL.retrieved_at
    assert store.refusal(FULL.source, "a", datetime(2026, 1, 31, tzinfo=UTC)) is None


def test_fold__not_found_after_found_keeps_the_values() -> None:
    """The values stay; since when they are missing is noted once, and forgotten when it is found again."""
    gone = fold(FULL, Record(FULL.source, FULL.question, NEW, found=False))
    assert gone == replace(FULL, missing_since=NEW)
    later = fold(gone, Record(FULL.source, FULL.question, "2026-03-01T00:00:00+00:00", found=False))
    assert later.missing_since == NEW
    assert fold(later, answered()) == FULL


@pytest.mark.parametrize(
    ("count", "stands", "held", "counted"),
    [
        (100, 100, None, OLD),
        (120, 120, None, NEW),
        (60, 60, None, NEW),
        (50, 50, None, NEW),
        (49, 100, 49, OLD),
        (0, 100, 0, OLD),
        (None, 100, None, OLD),
    ],
)
def test_fold__counts(count: int | None, stands: int, held: int | None, counted: str) -> None:
    """A count moves with its own date; one that falls to zero or by more than half is held back."""
    folded = fold(FULL, answered(citation_count=count))
    assert (folded.citation_count, folded.held_back, folded.counted_at) == (stands, held, counted)
    assert folded.retrieved_at == OLD


def test_fold__a_held_count_is_released_when_it_recovers() -> None:
    """The doubt ends with a count that is plausible again."""
    held = fold(FULL, answered(citation_count=0))
    assert fold(held, answered(citation_count=101)).held_back is None


def test_fold_answers__a_vanished_candidate_stays_and_is_noted() -> None:
    """Several records of one question are folded each with its own."""
    other = replace(FULL, rank=1, identifiers=(Identifier("dblp", "conf/nips/X23"),), title="Published")
    folded = fold_answers((FULL, other), (answered(),))
    assert folded == (FULL, replace(other, missing_since=NEW))


records = st.builds(
    lambda found, title, year, count, when: Record(
        "dblp", "doi:10.1/x", when, found=found, title=title, year=year, citation_count=count
    ),
    st.booleans(),
    st.none() | st.sampled_from(["A", "B"]),
    st.none() | st.integers(2000, 2030),
    st.none() | st.integers(0, 1000),
    st.sampled_from([OLD, NEW]),
)


@given(records, records)
def test_fold__is_idempotent_and_keeps_what_was_known(old: Record, new: Record) -> None:
    """Folding the same answer again changes nothing, and no known value is ever gone."""
    once = fold(old, new)
    assert fold(once, new) == once
    if old.found:
        assert once.found
        assert once.title or not old.title
        assert once.year or not old.year
        assert once.citation_count is not None or old.citation_count is None


def test_write_atomic__does_not_touch_an_unchanged_file(tmp_path: Path) -> None:
    """The same bytes are not written again."""
    path = tmp_path / "deep" / "file"
    assert write_atomic(path, b"one")
    before = path.stat().st_mtime_ns
    assert not write_atomic(path, b"one")
    assert path.stat().st_mtime_ns == before
    assert write_atomic(path, b"two")
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_write_atomic__leaves_a_read_only_file_alone(tmp_path: Path) -> None:
    """Whoever took the right to write from a file meant it, though its folder would let it be replaced."""
    path = tmp_path / "list.md"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(UsageError, match=r"list\.md: cannot write: the file is marked read-only"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"


def test_write_atomic__writes_into_what_is_no_file(tmp_path: Path) -> None:
    """A pipe or a device stays what it is: nothing takes its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert write_atomic(pipe, b"said")
    assert os.read(reader, 10) == b"said"
    os.close(reader)
    assert pipe.is_fifo()
    with pytest.raises(UsageError, match="cannot write: Is a directory"):
        write_atomic(tmp_path, b"said")


def test_write_atomic__removes_what_killed_runs_left(tmp_path: Path) -> None:
    """Half a file of a run that is gone goes with the next write; those of runs that live, and others, stay."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".papers.csv.{ended.pid}.abc.tmp"
    others = [tmp_path / f".papers.csv.{os.getpid()}.abc.tmp", tmp_path / ".papers.csv.notes.abc.tmp", tmp_path / ".b.tmp"]  # fmt: skip
    for file in (left, *others):
        file.write_text("half")
    assert write_atomic(tmp_path / "papers.csv", b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "papers.csv", *others])


def test_write_atomic__a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is one clear error, the old bytes stay, and no temporary file is left."""
    path = tmp_path / "file"
    write_atomic(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<<<<<<< HEAD\n", "merge conflict"),
        (b'{"entry_id": "a"\n', "not a line that paperlist wrote"),
        (b'{"entry_id": "a", "colour": 1}\n', "unknown key 'colour'"),
        (b"[]\n", "expected dict"),
        (b"\xff\xfe\n", "not a line that paperlist wrote"),
        (b"[" * 100_000 + b"\n", "not a line that paperlist wrote"),
    ],
)
def test_load_jsonl__names_file_and_line(tmp_path: Path, content: bytes, words: str) -> None:
    """A hand-edited or half-merged file is refused in one line that says where."""
    path = tmp_path / "resolutions.jsonl"
    path.write_bytes(b'{"entry_id":"ok"}\n' + content)
    with pytest.raises(UsageError, match=words) as caught:
        load_jsonl(path, Resolution)
    assert f"{path}:2" in str(caught.value)


def test_dump_jsonl__undecodable_bytes_survive(tmp_path: Path) -> None:
    """A list's broken bytes go through JSON as escapes and come back."""
    entry = Entry("a", (), 1, 1, 1, "paper", b"caf\xe9".decode("utf-8", "surrogateescape"))
    path = tmp_path / "entries.jsonl"
    path.write_bytes(dump_jsonl([entry]))
    assert load_jsonl(path, Entry) == [entry]


def test_dataset__refuses_a_newer_schema(tmp_path: Path) -> None:
    """Files of a later version are not touched."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "datapackage.json").write_text('{"schema": 99}')
    with pytest.raises(UsageError, match="schema 99"):
        Dataset(tmp_path, "x")


@pytest.mark.parametrize(
    "content", [b"[" * 200_000, b"\xff", b"[]", b""], ids=["deep", "no text", "list", "empty"]
)
def test_dataset__refuses_a_damaged_description(tmp_path: Path, content: bytes) -> None:
    """In one line that names it."""
    path = tmp_path / "x" / "datapackage.json"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(UsageError, match="not a datapackage that paperlist wrote; restore") as caught:
        Dataset(tmp_path, "x")
    assert caught.value.place == str(path)


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b'{"a":' * 200_000, b"\xff", b"[]"],
    ids=["deep list", "deep", "no text", "list"],
)
def test_load_json__a_damaged_cache_is_empty(tmp_path: Path, content: bytes) -> None:
    """Losing it costs requests only, however it was damaged."""
    path = tmp_path / "confirmed.json"
    path.write_bytes(content)
    assert load_json(path) == {}


def store(folder: Path, **options: bool) -> RecordStore:
    """A store over one folder, as a new run opens it."""
    return RecordStore(folder / "enriched", folder / "cache", **options)


def test_record_store__a_killed_run_loses_nothing(tmp_path: Path) -> None:
    """Answers are on disk before `save`; the next run has them, and writes the same bytes."""
    store(tmp_path).put("semanticscholar", [FULL])  # killed here
    again = store(tmp_path)
    assert again.answers("semanticscholar") == {FULL.question: (FULL,)}
    again.save()
    calm = store(tmp_path / "calm")
    calm.put("semanticscholar", [FULL])
    calm.save()
    name = "enriched/records/semanticscholar.jsonl"
    assert (tmp_path / name).read_bytes() == (tmp_path / "calm" / name).read_bytes()
    assert not list((tmp_path / "cache" / "journal").iterdir())


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_record_store__a_line_cut_by_a_kill_costs_only_itself(tmp_path: Path, cut: int) -> None:
    """A torn journal line is dropped; what stands before and after it is kept."""
    first = store(tmp_path)
    first.put("semanticscholar", [FULL])
    first.put("semanticscholar", [replace(FULL, question="arxiv:1")])
    journal = tmp_path / "cache" / "journal" / "semanticscholar.jsonl"
    journal.write_bytes(journal.read_bytes()[:-cut])
    second = store(tmp_path)
    second.put("semanticscholar", [replace(FULL, question="arxiv:2")])
    questions = set(store(tmp_path).answers("semanticscholar"))
    assert {FULL.question, "arxiv:2"} <= questions


def test_record_store__a_line_of_another_source_in_a_journal_is_dropped(tmp_path: Path) -> None:
    """Like one cut by a kill; what stands beside it is kept."""
    journal = tmp_path / "cache" / "journal" / "semanticscholar.jsonl"
    journal.parent.mkdir(parents=True)
    strange = replace(FULL, source="openreview", question="arxiv:1", abstract="A private text.")
    journal.write_bytes(dump_jsonl([strange, FULL]))
    assert store(tmp_path).answers("semanticscholar") == {FULL.question: (FULL,)}
    assert not store(tmp_path).answers("openreview")


def test_record_store__a_line_of_another_source_among_the_records_is_refused(tmp_path: Path) -> None:
    """By file and line."""
    path = tmp_path / "enriched" / "records" / "semanticscholar.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(dump_jsonl([FULL, replace(FULL, source="openreview")]))
    with pytest.raises(UsageError, match=r"source is 'openreview'") as caught:
        store(tmp_path).answers("semanticscholar")
    assert caught.value.place == f"{path}:2"


BOUNDS = [
    ("citation_count", -5), ("citation_count", 2**31), ("citation_count", 10**30), ("influential_citation_count", -1),
    ("held_back", -1), ("year", 999), ("year", 3000),
]  # fmt: skip


@pytest.mark.parametrize(("field", "number"), BOUNDS)
def test_record_store__a_number_out_of_bounds_among_the_records_is_refused(
    tmp_path: Path, field: str, number: int
) -> None:
    """By file and line; the numbers at the bounds are fine."""
    path = tmp_path / "enriched" / "records" / "semanticscholar.jsonl"
    path.parent.mkdir(parents=True)
    fine = [
        replace(FULL, citation_count=0, year=1000),
        replace(FULL, citation_count=2**31 - 1, year=2999, rank=1),
    ]
    path.write_bytes(dump_jsonl(fine))
    assert store(tmp_path).answers("semanticscholar") == {FULL.question: tuple(fine)}
    path.write_bytes(dump_jsonl([*fine, replace(FULL, **{field: number})]))
    with pytest.raises(UsageError, match=rf"{field} {str(number)[:40]} is out of bounds") as caught:
        store(tmp_path).answers("semanticscholar")
    assert caught.value.place == f"{path}:3"


@pytest.mark.parametrize(("field", "number"), BOUNDS)
def test_record_store__a_number_out_of_bounds_in_an_answer_is_none(
    tmp_path: Path, field: str, number: int
) -> None:
    """All else that was answered is kept, by a run that is killed as well."""
    answer = replace(FULL, **{field: number})
    store(tmp_path).put("semanticscholar", [answer])  # killed here
    again = store(tmp_path)
    assert again.answers("semanticscholar") == {FULL.question: (replace(FULL, **{field: None}),)}
    again.save()
    assert getattr(store(tmp_path).answers("semanticscholar")[FULL.question][0], field) is None


def test_record_store__reconfirming_changes_no_file_of_data(tmp_path: Path) -> None:
    """The date of last confirmation lives in the cache alone."""
    first = store(tmp_path)
    first.put("semanticscholar", [FULL])
    first.save()
    file = tmp_path / "enriched" / "records" / "semanticscholar.jsonl"
    before = file.read_bytes()
    second = store(tmp_path)
    second.put("semanticscholar", [answered()])
    second.save()
    assert file.read_bytes() == before
    assert store(tmp_path).last_heard("semanticscholar", FULL.question) == NEW


@pytest.mark.parametrize(
    ("days", "max_age", "fresh"), [(0, 0, False), (1, 7, True), (8, 7, False), (-30, 7, False)]
)
def test_record_store__freshness(tmp_path: Path, days: int, max_age: int, fresh: bool) -> None:
    """Younger than `max_age` is fresh; 0 days never is; a date in the future (a clock that jumped) is not believed."""
    one = store(tmp_path)
    one.put("semanticscholar", [FULL])
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
    assert one.is_fresh("semanticscholar", FULL.question, now, timedelta(days=max_age)) is fresh
    assert not one.is_fresh("semanticscholar", "arxiv:unknown", now, timedelta(days=max_age))


def test_record_store__abstracts_of_publishers_stay_in_the_cache(tmp_path: Path) -> None:
    """Only sources whose abstracts may be published have them under `data/`."""
    one = store(tmp_path)
    one.put("semanticscholar", [replace(FULL, abstract="A private text.")])
    one.put("arxiv", [replace(FULL, source="arxiv", abstract="A public text.")])
    one.save()
    data = b"".join(p.read_bytes() for p in (tmp_path / "enriched").rglob("*.jsonl"))
    assert b"A public text." in data
    assert b"A private text." not in data
    assert b"A private text." in (tmp_path / "cache" / "texts" / "semanticscholar.json").read_bytes()


def test_record_store__a_dry_run_writes_no_data_and_loses_no_answer(tmp_path: Path) -> None:
    """What a dry run was told, the next run knows."""
    dry = store(tmp_path, dry_run=True)
    dry.put("semanticscholar", [FULL])
    dry.save()
    assert not (tmp_path / "enriched").exists()
    assert FULL.question in store(tmp_path).answers("semanticscholar")


def test_record_store__a_refusal_holds_for_a_night(tmp_path: Path) -> None:
    """A source that refused is left in peace for less than a day, and not at all once access changed."""
    one = store(tmp_path)
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    one.remember_refusal("openreview", "guest", now, "guests are refused", "sign in")
    assert one.refusal("openreview", "guest", now + timedelta(hours=1)) is not None
    assert one.refusal("openreview", "guest", now + timedelta(hours=23)) is None
    assert one.refusal("openreview", "guest", now - timedelta(hours=1)) is None
    assert one.refusal("openreview", "member", now) is None


def test_locked__a_second_run_is_told(tmp_path: Path) -> None:
    """Two runs never write one folder at once, nor share a cache: each host would be asked twice as often."""
    with locked(tmp_path / "out", tmp_path / "cache"):
        with pytest.raises(LockedError, match="another run"), locked(tmp_path / "out", tmp_path / "cache"):
            pass
        with pytest.raises(LockedError, match="same cache"), locked(tmp_path / "b", tmp_path / "cache"):
            pass
        with locked(tmp_path / "other", tmp_path / "another cache"):
            pass
    with locked(tmp_path / "out", tmp_path / "cache"):
        pass


def entries(*ids: str) -> Sequence[Entry]:
    """Entries with these ids."""
    return [Entry(i, (), n, n, n, "paper", "") for n, i in enumerate(ids, start=1)]


def test_check_shrink__a_fifth_may_go() -> None:
    """A list that lost more than 20 % of its entries stops the run, unless a person accepts it."""
    known = entries(*"abcdefghij")
    check_shrink(known, entries(*"abcdefgh"), place="x.md", accept=False)
    check_shrink([], [], place="x.md", accept=False)
    with pytest.raises(SafetyError, match="3 of 10 known entries"):
        check_shrink(known, entries(*"abcdefg", "new"), place="x.md", accept=False)
    check_shrink(known, [], place="x.md", accept=True)


def test_all_answers__are_those_of_one_moment(tmp_path: Path) -> None:
    """What comes in afterwards changes neither them nor their number; a source that never answered is none."""
    store = RecordStore(tmp_path / "enriched", tmp_path / "cache")
    store.put("arxiv", [answered(question="arxiv:2001.00001")])
    assert not store.answers("dblp")
    batches, answers = store.all_answers()
    store.put("arxiv", [answered(question="arxiv:2001.00002")])
    assert (batches, list(answers), list(answers["arxiv"])) == (1, ["arxiv"], ["arxiv:2001.00001"])
    assert store.all_answers()[0] == 2
