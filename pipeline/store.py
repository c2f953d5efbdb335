"""Where data lies: datasets, records of sources, and what the cache remembers of them.

No write happens where the bytes would stay the same, so a diff of `data/` reads as news. Records are folded
(see `folding`), never replaced.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from pipeline.errors import LockedError, SafetyError, UsageError
from pipeline.files import cannot_write, load_json, read_bytes, write_atomic
from pipeline.folding import COUNTED, WHEN, fold_answers
from pipeline.model import COUNTS, YEARS, Entry, Paper, Record, Resolution, from_json, to_json

SCHEMA = 1
"""Version of the files under `data/enriched`; a newer one is refused, an older one migrated."""

ABSTRACTS_MAY_BE_PUBLISHED = frozenset({"arxiv", "openalex", "acl"})
"""Sources whose abstracts may stand in `data/` (arXiv and OpenAlex are CC0, the ACL reader gives only
CC BY ones); those of other sources belong to publishers and stay in the local cache."""

REFUSAL_HOLDS = timedelta(hours=20)
"""A source that refused us is not asked again for this long: a nightly job knocks once a night."""

T = TypeVar("T")


def dump_jsonl(values: Iterable[Any]) -> bytes:
    """One JSON object per line, UTF-8, `\\n`; undecodable bytes of a list survive as escapes."""
    lines = []
    for value in values:
        line = json.dumps(to_json(value), ensure_ascii=False, separators=(",", ":"))
        try:
            lines.append(line.encode())
        except UnicodeEncodeError:
            lines.append(json.dumps(to_json(value), separators=(",", ":")).encode())
    return b"".join(line + b"\n" for line in lines)


def load_jsonl(path: Path, kind: type[T], source: str | None = None) -> list[T]:
    """Read a JSON-lines file, of records that of one `source`; an absent one is empty.

    Raises UsageError naming file and line.
    """
    if not path.exists():
        return []
    values = []
    for number, line in enumerate(read_bytes(path).split(b"\n"), start=1):
        if line.strip():
            values.append(_load_line(line, kind, f"{path}:{number}", source))
    return values


def _load_line(line: bytes, kind: type[T], place: str, source: str | None = None) -> T:
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
        raise UsageError(
            "unresolved merge conflict", place=place, hint="resolve it, or restore the file with git"
        )
    try:
        value: T = from_json(kind, json.loads(line))
        if isinstance(value, Record):
            _check_record(value, source or value.source)
        return value
    except (ValueError, RecursionError) as error:
        reason = f"not a line that paperlist wrote ({error})"
        raise UsageError(
            reason, place=place, hint="restore the file with git, or delete it to start afresh"
        ) from None


def _check_record(record: Record, source: str) -> None:
    """Raises ValueError for a record of another source, and for dates and numbers that are none: they are reckoned with."""
    if record.source != source:
        raise ValueError(f"source is {record.source!r:.40}, in the file of {source!r}")
    for name in WHEN:
        date = getattr(record, name)
        if date is not None and not _is_moment(date):
            raise ValueError(f"{name} {date!r:.40} is no moment in ISO 8601 with its time zone")
    for name in _out_of_bounds(record):
        raise ValueError(f"{name} {getattr(record, name)!r:.40} is out of bounds")


_BOUNDS = {"year": YEARS} | dict.fromkeys((*COUNTED, "held_back"), COUNTS)
"""The numbers of a record, and what they can be."""


def _out_of_bounds(record: Record) -> list[str]:
    """The numbers of a record that are none of their kind."""
    return [
        n
        for n, bounds in _BOUNDS.items()
        if (number := getattr(record, n)) is not None and number not in bounds
    ]


def _within_bounds(record: Record) -> Record:
    """The record without numbers that are none of their kind."""
    nothing: dict[str, Any] = dict.fromkeys(_out_of_bounds(record))
    return replace(record, **nothing) if nothing else record


def _is_moment(date: Any) -> bool:
    """Whether this is a date, a time and a time zone that can be reckoned with."""
    try:
        return datetime.fromisoformat(date).tzinfo is not None
    except (ValueError, TypeError):
        return False


class Dataset:
    """The folder `data/enriched/<list>/`: what the stages wrote about one list."""

    def __init__(self, enriched: Path, name: str) -> None:
        """`enriched` is the output folder, `name` the list's."""
        self.name = name
        self.folder = enriched / name
        self._check_schema()

    def _check_schema(self) -> None:
        path = self.folder / "datapackage.json"
        if not path.exists():
            return
        try:
            found = json.loads(read_bytes(path)).get("schema", SCHEMA)
        except (ValueError, AttributeError, RecursionError):
            hint = "restore the file with git, or delete it"
            raise UsageError("not a datapackage that paperlist wrote", place=str(path), hint=hint) from None
        if not isinstance(found, int) or found > SCHEMA:
            raise UsageError(
                f"dataset of schema {found}, this version knows {SCHEMA}",
                place=str(path),
                hint="update paperlist",
            )

    def path(self, file: str) -> Path:
        """Where `file` of this dataset lies."""
        return self.folder / file

    def read(self, file: str) -> bytes | None:
        """The bytes of one of its files, or None where it is absent."""
        path = self.path(file)
        return read_bytes(path) if path.exists() else None

    def write(self, file: str, data: bytes) -> bool:
        """Write one of its files atomically; False where nothing changed."""
        return write_atomic(self.path(file), data)

    def drop(self, stale: Iterable[Path]) -> None:
        """Remove derived files that the stages do not write any more; what lies elsewhere is not touched."""
        for path in stale:
            if path.is_file() and path.is_relative_to(self.folder):
                path.unlink()

    def entries(self) -> list[Entry]:
        """What `parse` wrote last, in list order; empty before the first parse."""
        return load_jsonl(self.path("entries.jsonl"), Entry)

    def resolutions(self) -> list[Resolution]:
        """What `resolve` wrote last."""
        return load_jsonl(self.path("resolutions.jsonl"), Resolution)

    def papers(self) -> list[Paper]:
        """What `write` wrote last."""
        return load_jsonl(self.path("papers.jsonl"), Paper)


def _is_beyond(date: str, now: str) -> bool:
    """Whether a date lies more than a day after another: by less an answer of the cache may be older."""
    return date[:10] > now[:10] and datetime.fromisoformat(date) - datetime.fromisoformat(now) > timedelta(
        days=1
    )


class RecordStore:
    """What the sources said: one file per source for all lists, newest answer per question.

    Every batch is put on disk (a journal in the cache, synced) before anything else happens, so a run
    killed at any moment asks nothing again. `save` folds the journal into `records/<source>.jsonl`.
    The date of last confirmation lives in the cache: re-confirming a value changes no file of data.
    """

    def __init__(self, enriched: Path, cache: Path, *, dry_run: bool = False) -> None:
        """A `dry_run` fills the journal in the cache, so that nothing is asked twice, but no file of data."""
        self._folder = enriched / "records"
        self._cache = cache
        self._dry_run = dry_run
        self._records: dict[str, dict[str, tuple[Record, ...]]] = {}
        self._confirmed: dict[str, dict[str, str]] = self._load_confirmed()
        self._texts: dict[str, dict[str, str]] = {}
        self._changed: set[str] = set()
        self._lock = Lock()
        self.batches = 0
        """How many batches of answers were taken so far: as long as it stays, so do the answers."""

    def sources(self) -> list[str]:
        """Names of all sources that ever answered, sorted."""
        names = {name for name, answers in list(self._records.items()) if answers}
        names |= {path.stem for path in self._folder.glob("*.jsonl")}
        names |= {path.stem for path in (self._cache / "journal").glob("*.jsonl")}
        return sorted(names)

    def answers(self, source: str) -> Mapping[str, tuple[Record, ...]]:
        """All answers of one source by question; loaded when first asked for."""
        with self._lock:
            return self._load(source)

    def all_answers(self) -> tuple[int, dict[str, Mapping[str, tuple[Record, ...]]]]:
        """How many batches were taken by now, and all answers by source and question: more may come in meanwhile."""
        sources = self.sources()
        with self._lock:
            said: dict[str, Mapping[str, tuple[Record, ...]]] = {n: dict(self._load(n)) for n in sources}
            return self.batches, said

    def last_heard(self, source: str, question: str, now: datetime | None = None) -> str | None:
        """When the source last answered this question (ISO 8601), or None.

        A date of the records that lies after `now` was told by a wrong clock: where the answer was confirmed
        since, that counts, or the question would be asked every night until that date.
        """
        records = self.answers(source).get(question)
        if not records:
            return None
        given = max(max(r.retrieved_at, r.counted_at or "", r.missing_since or "") for r in records)
        confirmed = self._confirmed.get(source, {}).get(question, "")
        if confirmed and now and _is_beyond(given, now.isoformat()):
            return confirmed
        return max(given, confirmed)

    def is_fresh(self, source: str, question: str, now: datetime, max_age: timedelta) -> bool:
        """True if the answer is younger than `max_age`; a date in the future is not trusted."""
        heard = self.last_heard(source, question, now)
        if heard is None:
            return False
        age = now - datetime.fromisoformat(heard)
        return timedelta(days=-1) < age < max_age

    def refusal(self, source: str, access: str, now: datetime) -> Mapping[str, str] | None:
        """The refusal that still holds for this way of access (`reason`, `hint`), or None."""
        held = load_json(self._cache / "refused.json").get(source)
        if not isinstance(held, dict) or held.get("access") != access or not _is_moment(held.get("at")):
            return None
        age = now - datetime.fromisoformat(held["at"])
        return {"reason": "", "hint": "", **held} if timedelta() <= age < REFUSAL_HOLDS else None

    def remember_refusal(self, source: str, access: str, now: datetime, reason: str, hint: str) -> None:
        """Note that the source refuses us, so that the next run does not knock again at once."""
        held = load_json(self._cache / "refused.json")
        held[source] = {"access": access, "at": now.isoformat(), "reason": reason, "hint": hint}
        write_atomic(self._cache / "refused.json", json.dumps(held, sort_keys=True).encode())

    def tried(self) -> Mapping[str, str]:
        """When a run with a budget last asked each source anything, answered or not (ISO 8601)."""
        held = load_json(self._cache / "tried.json").items()
        return {source: moment for source, moment in held if isinstance(moment, str)}

    def remember_tries(self, sources: Iterable[str], now: datetime) -> None:
        """Note that these sources are asked now, so that next time it is others' turn."""
        tried = {**self.tried(), **dict.fromkeys(sources, now.isoformat())}
        write_atomic(self._cache / "tried.json", json.dumps(tried, sort_keys=True).encode())

    def put(self, source: str, records: Sequence[Record]) -> None:
        """Take one batch of answers, without counts and years that are none: onto disk first, then into memory."""
        records = [_within_bounds(record) for record in records]
        with self._lock:
            self._load(source)
            self._append_to_journal(source, records)
            self._take(source, records)

    def save(self) -> None:
        """Write what changed into the records files and drop the journals."""
        with self._lock:
            if self._dry_run:
                return
            for source in sorted(self._changed):
                rows = [
                    r for question in sorted(self._records[source]) for r in self._records[source][question]
                ]
                write_atomic(self._folder / f"{source}.jsonl", dump_jsonl(rows))
                if self._texts.get(source):
                    texts = json.dumps(self._texts[source], ensure_ascii=False, sort_keys=True, indent=0)
                    write_atomic(self._cache / "texts" / f"{source}.json", texts.encode())
            if self._changed:
                confirmed = json.dumps(self._confirmed, sort_keys=True, separators=(",", ":"))
                write_atomic(self._cache / "confirmed.json", confirmed.encode())
            for source in self._changed:
                self._journal(source).unlink(missing_ok=True)
            self._changed.clear()

    def _load(self, source: str) -> dict[str, tuple[Record, ...]]:
        if source not in self._records:
            grouped: dict[str, list[Record]] = {}
            for record in load_jsonl(self._folder / f"{source}.jsonl", Record, source):
                grouped.setdefault(record.question, []).append(record)
            self._records[source] = {q: tuple(sorted(rs, key=lambda r: r.rank)) for q, rs in grouped.items()}
            self._texts[source] = load_json(self._cache / "texts" / f"{source}.json")
            self._replay_journal(source)
        return self._records[source]

    def _take(self, source: str, records: Sequence[Record]) -> None:
        held = self._records[source]
        confirmed = self._confirmed.setdefault(source, {})
        grouped: dict[str, list[Record]] = {}
        for record in records:
            grouped.setdefault(record.question, []).append(self._without_private_text(record))
        for question, answer in grouped.items():
            held[question] = fold_answers(held.get(question, ()), answer)
            heard = max(r.retrieved_at for r in answer)
            before = confirmed.get(question, heard)
            confirmed[question] = heard if _is_beyond(before, heard) else max(before, heard)
        self._changed.add(source)
        self.batches += 1

    def _without_private_text(self, record: Record) -> Record:
        if record.abstract is None or record.source in ABSTRACTS_MAY_BE_PUBLISHED:
            return record
        self._texts[record.source][f"{record.question}#{record.rank}"] = record.abstract
        return replace(record, abstract=None)

    def _journal(self, source: str) -> Path:
        return self._cache / "journal" / f"{source}.jsonl"

    def _append_to_journal(self, source: str, records: Sequence[Record]) -> None:
        path = self._journal(source)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as stream:
                stream.write(b"\n" + dump_jsonl(records))  # the line before may have been cut by a kill
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise cannot_write(path, error) from None

    def _replay_journal(self, source: str) -> None:
        path = self._journal(source)
        if not path.exists():
            return
        records = []
        for line in read_bytes(path).split(b"\n"):
            with contextlib.suppress(UsageError):  # a line cut by a kill costs a request, nothing else
                records += [_load_line(line, Record, str(path), source)] if line.strip() else []
        if records:
            self._take(source, records)

    def _load_confirmed(self) -> dict[str, dict[str, str]]:
        raw = load_json(self._cache / "confirmed.json")
        return {
            s: {q: d for q, d in v.items() if _is_moment(d)} for s, v in raw.items() if isinstance(v, dict)
        }


@contextlib.contextmanager
def locked(output: Path, cache: Path) -> Iterator[None]:
    """Hold the lock of a cache, and so of the output folder; raises LockedError at once where another run holds it.

    Two runs over one cache would ask hosts twice as often as these allow, and each would fold the other's journal.
    """
    from filelock import FileLock, Timeout

    path = cache / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.parent / ".gitignore").exists():
            (path.parent / ".gitignore").write_text("*\n")  # a cache is nobody's news
        lock = FileLock(path)
        lock.acquire(timeout=0)
    except Timeout:
        told = f"another run works on {output}, or with the same cache ({cache})"
        raise LockedError(told, hint="wait until it has ended, or give this one a cache of its own") from None
    except OSError as error:
        hint = "name a folder that can be written: `cache:` in paperlist.yaml"
        raise cannot_write(path, error, hint) from None
    try:
        yield
    finally:
        lock.release()


def check_shrink(before: Sequence[Entry], after: Sequence[Entry], *, place: str, accept: bool) -> None:
    """Raise SafetyError where over 20 % of a list's known entries have vanished, unless accepted."""
    left = {entry.entry_id for entry in after}
    gone = sum(entry.entry_id not in left for entry in before)
    if not accept and gone * 5 > len(before):
        raise SafetyError(
            f"{gone} of {len(before)} known entries have vanished",
            place=place,
            hint="nothing was written; if this is meant, run again with --accept-shrink",
        )


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
