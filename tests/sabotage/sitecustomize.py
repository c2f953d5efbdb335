"""Loaded by Python itself in a command that a test starts: its disk, its clock or its life fails at a chosen point.

The variable SABOTAGE says how:

- `kill N`: the process is killed at the N-th change of a file (creating, syncing, renaming, removing one, making
  a folder, opening a database); at a sync the end of the file has not reached the disk.
- `full N`: from the N-th change on the disk is full.
- `readonly FOLDER`: nothing can be made, renamed or removed there.
- `clock DAYS CALL`: from the CALL-th look at the wall clock on, it is wrong by so many days.

Only what lies under the folder where the command runs counts. Nothing of this is known to the program itself.
"""

from __future__ import annotations

import datetime
import errno
import itertools
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR
_numbers = itertools.count(1)


def _changed(event: str, args: tuple[Any, ...]) -> tuple[str, str] | None:
    """What an audit event does to which file: `make`, `touch`, `rename` or `remove`; None for anything else."""
    if event == "open":
        path, _, flags = args
        if (
            not isinstance(path, (str, bytes, os.PathLike))
            or not isinstance(flags, int)
            or not flags & _WRITES
        ):
            return None
        path = os.fsdecode(path)
        return ("touch" if os.path.exists(path) else "make"), path
    if event == "os.rename":
        return "rename", os.fsdecode(args[1])
    if event in ("os.remove", "os.mkdir"):
        return event[3:].replace("mkdir", "make"), os.fsdecode(args[0])
    return ("touch", os.fsdecode(args[0])) if event == "sqlite3.connect" else None


def _at_changes(act: Callable[[str, str], None]) -> None:
    """Call `act` with each change of a file here, just before it happens."""
    here = os.getcwd() + os.sep

    def watch(event: str, args: tuple[Any, ...]) -> None:
        found = _changed(event, args)
        if found:
            path = os.path.abspath(found[1])
            if path.startswith(here) and "__pycache__" not in path:
                act(found[0], path)

    sync = os.fsync

    def synced(handle: int) -> None:
        act("sync", os.path.realpath(f"/proc/self/fd/{handle}"))
        sync(handle)

    os.fsync = synced
    sys.addaudithook(watch)


def _kill(number: str) -> None:
    def act(change: str, path: str) -> None:
        if next(_numbers) == int(number):
            if change == "sync":
                os.truncate(path, max(0, os.path.getsize(path) - 20))
            os.kill(os.getpid(), signal.SIGKILL)

    _at_changes(act)


def _full(number: str) -> None:
    def act(change: str, path: str) -> None:
        if next(_numbers) >= int(number) and change in ("make", "sync"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    _at_changes(act)


def _readonly(folder: str) -> None:
    place = os.path.abspath(folder)

    def act(change: str, path: str) -> None:
        if path.startswith(place + os.sep) and change in ("make", "rename", "remove"):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), path)

    _at_changes(act)


def _clock(days: str, call: str) -> None:
    true = datetime.datetime

    class Wrong(true):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            wrong = (
                datetime.timedelta(days=float(days)) if next(_numbers) >= int(call) else datetime.timedelta()
            )
            return super().now(tz) + wrong

    datetime.datetime = Wrong  # type: ignore[misc]


_how, *_rest = os.environ.get("SABOTAGE", "").split() or [""]
if _how:
    {"kill": _kill, "full": _full, "readonly": _readonly, "clock": _clock}[_how](*_rest)
