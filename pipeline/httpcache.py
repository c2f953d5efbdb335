"""Answers of servers kept for some hours, so that a run that follows another at once asks nothing again.

The only module that knows requests-cache, and it imports it when the first answer is kept: a run in which nothing
changed asks nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ratelimit import Clock
from pipeline.wire import Answer, Call

if TYPE_CHECKING:
    from requests_cache.backends.sqlite import SQLiteDict

KEEP = timedelta(hours=24)
"""How long the cache answers for a server (a source's `max_age`, where shorter, counts instead)."""

_KEPT_HEADERS = frozenset({"content-type", "date", "last-modified", "etag"})


class HttpCache:
    """Answers of the last hours in one SQLite file. Whatever is wrong with the file costs requests only.

    Rows are written by requests-cache's own storage and JSON serializer, under keys of ours: its default
    keys would sort lists of ids, and its list of secret headers is compared by exact case.
    """

    def __init__(self, path: Path, clock: Clock, trouble: Callable[[str], None]) -> None:
        """`trouble` is told once, in one line, when the cache cannot be used."""
        self._path, self._clock, self._trouble = path, clock, trouble
        self._lock = threading.Lock()
        self._rows: SQLiteDict | None = None
        self._off = False

    def get(self, key: str, max_age: timedelta) -> tuple[Answer, str, datetime] | None:
        """The answer kept under a key, its final address and its time, where younger than `max_age`."""
        with self._lock, self._guard():
            if self._off or (self._rows is None and not self._path.exists()):
                return None
            row = self._open().get(key)
            if row is not None and timedelta(0) <= self._clock.now() - row.created_at < max_age:
                return Answer(row.status_code, dict(row.headers), row.content), row.url, row.created_at
        return None

    def put(self, call: Call, answer: Answer, url: str, moment: datetime) -> None:
        """Keep an answer, without anything that says who asked."""
        with self._lock, self._guard():
            if self._off:
                return
            from requests.structures import CaseInsensitiveDict
            from requests_cache.models.request import CachedRequest
            from requests_cache.models.response import CachedResponse

            kept = {name: value for name, value in answer.headers.items() if name.lower() in _KEPT_HEADERS}
            self._open()[call.key] = CachedResponse(
                status_code=answer.status,
                url=url,
                headers=CaseInsensitiveDict(kept),
                content=answer.body,
                created_at=moment,
                expires=moment + KEEP,
                request=CachedRequest(method=call.method, url=call.url),
            )

    def forget(self, key: str) -> None:
        """Drop what is kept under a key, if anything is."""
        with self._lock, self._guard():
            if not self._off and self._path.exists():
                self._open().pop(key, None)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._rows is not None:
                self._rows.close()  # type: ignore[no-untyped-call]
                self._rows = None

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        import sqlite3

        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self._off = True
            self._trouble(f"the cache {self._path} cannot be used ({error}); going on without it")

    def _open(self) -> SQLiteDict:
        if self._rows is None:
            if self._path.exists():
                _set_aside_if_broken(self._path)
            self._rows = _rows(self._path)
            with self._rows.connection(commit=True) as connection:
                now = self._clock.now().timestamp()
                connection.execute("DELETE FROM responses WHERE expires <= ?", (round(now),))
        return self._rows


def _set_aside_if_broken(path: Path) -> None:
    """Rename a file that is no database; raise sqlite3.OperationalError for one that cannot be written."""
    import sqlite3

    try:
        with contextlib.closing(sqlite3.connect(path, timeout=2.0, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        path.replace(path.with_suffix(".broken"))


def _rows(path: Path) -> SQLiteDict:
    """requests-cache's table, with a write lock that gives up: its own tries for ever on a read-only disk."""
    import logging
    import sqlite3

    from requests_cache.backends.sqlite import SQLiteDict
    from requests_cache.serializers import json_serializer

    class Rows(SQLiteDict):
        @contextlib.contextmanager
        def _acquire_sqlite_lock(self) -> Iterator[None]:
            with self._lock:
                connection = self._connection
                if connection is None:
                    raise sqlite3.OperationalError("the cache is closed")
                connection.execute("BEGIN IMMEDIATE")
                self._active_transaction = True
                try:
                    yield
                    connection.commit()
                finally:
                    self._active_transaction = False
                    connection.rollback()  # nothing is left to roll back after a commit

    logging.getLogger("requests_cache").setLevel(logging.CRITICAL)  # a row it cannot read is just a miss
    return Rows(path, table_name="responses", serializer=json_serializer, wal=True, timeout=2.0)
