"""Reading and writing whole files, so that each holds its old or its new bytes at any moment."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError

LONGEST_NAME = 255
"""Bytes that a file's name may have on all usual file systems."""
_AROUND_NAME = len("..4194304.12345678.tmp")
"""Bytes that the longest name of a temporary file has beside the file's own: dots, process, random letters."""


def is_writable_name(name: str) -> bool:
    """Whether `write_atomic` can write a file of this name: that of its temporary file is longer."""
    return len(os.fsencode(name)) + _AROUND_NAME <= LONGEST_NAME


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; a UsageError in one line where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read: {error.strerror or error}", place=str(path)) from None


def write_atomic(path: Path, data: bytes) -> bool:
    """Write `data` so that `path` holds either its old or its new bytes at any moment.

    Returns False, and touches nothing, where the file already holds these bytes. Raises UsageError
    where it cannot be written (file or folder read-only, disk full); the old file is then unharmed. What is no
    file (`/dev/stdout`, a pipe) is written to as it is, for it must stay what it is.
    """
    if path.exists() and not path.is_file():
        return _write_to(path, data)
    if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return False
    target = path.resolve() if path.is_symlink() else path
    if (
        target.exists() and not target.stat().st_mode & 0o222
    ):  # who may replace it anyway was still told not to
        raise UsageError("cannot write: the file is marked read-only", place=str(path))
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        prefix = f".{target.name}.{os.getpid()}."
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=prefix, suffix=".tmp")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    except OSError as error:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        raise cannot_write(path, error) from None
    return True


def cannot_write(path: Path, error: OSError, hint: str | None = None) -> UsageError:
    """What to tell where a file, or its folder, does not let itself be written."""
    return UsageError(f"cannot write: {error.strerror or error}", place=str(path), hint=hint)


def _write_to(path: Path, data: bytes) -> bool:
    """Write to a device or a pipe."""
    try:
        with path.open("wb") as stream:
            stream.write(data)
    except OSError as error:
        raise cannot_write(path, error) from None
    return True


def _sweep(target: Path) -> None:
    """Remove what a run that was killed while it wrote this file has left beside it."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.*.tmp"):
        pid = left.name.removeprefix(f".{target.name}.").split(".")[0]
        if pid.isdecimal() and not _is_alive(int(pid)):
            left.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    """Whether a process of this number runs; where that cannot be asked without harm, it may."""
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_json(path: Path) -> dict[str, Any]:
    """A JSON object of the cache; a damaged or absent one is empty, for losing the cache costs requests only."""
    try:
        loaded = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def fingerprint(paths: Iterable[Path]) -> str:
    """One word for the names and contents of files and of all files in folders; what is absent counts as such."""
    word = hashlib.blake2b(digest_size=20)
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_dir():
                continue
            word.update(f"{file}\0".encode("utf-8", "surrogateescape"))
            try:
                with file.open("rb") as stream:
                    word.update(hashlib.file_digest(stream, "blake2b").digest())
            except OSError:
                word.update(b"absent")
    return word.hexdigest()
