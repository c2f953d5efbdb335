"""Edits of a list's bytes: what is replaced and why, and what was left alone."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.errors import SafetyError
from pipeline.model import Files, Span

OVERRIDE = "override"
"""The reason of an edit that a person decided."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One replaced span: `before` stands at `span` of the old file, `after` takes its place.

    `kind` is `venue`, `year` (both switched by the edit `venue`) or `badge`; `entry_id` is None for a
    badge; an insertion has an empty `before`. `reason` is the evidence, one line for people. `file` is
    None for a list of one file.
    """

    line: int
    entry_id: str | None
    kind: str
    span: Span
    before: str
    after: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """An entry whose venue or year is decided otherwise, but which was not edited, and why."""

    line: int
    entry_id: str
    reason: str
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Regenerated:
    """The regenerated files, the edits that made them (by file and position), and what was left alone."""

    files: Files
    edits: tuple[Edit, ...] = ()
    left: tuple[LeftAlone, ...] = ()

    @property
    def data(self) -> bytes:
        """The regenerated file of a list that is one file."""
        return self.files[None]

    @property
    def changed_lines(self) -> int:
        """How many lines of the list were edited."""
        return len({(edit.file, edit.line) for edit in self.edits})


def unified_diff(before: bytes, after: bytes, name: str) -> str:
    """The difference of two versions of a list as a unified diff; empty where there is none."""
    if before == after:
        return ""
    old, new = (data.decode("utf-8", "replace").split("\n") for data in (before, after))
    lines = difflib.unified_diff(_ended(old), _ended(new), f"a/{name}", f"b/{name}")
    return "".join(lines)


def _ended(lines: list[str]) -> list[str]:
    """Lines with their ends; a last line without one says so, as diff(1) does."""
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, f"{lines[-1]}\n\\ No newline at end of file\n"] if lines[-1] else ended


def splice(data: bytes, edits: Iterable[Edit]) -> bytes:
    """`data` with every edit's span replaced by its text. Raises SafetyError where spans overlap."""
    pieces: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span[0] < at or edit.span[1] > len(data):
            raise SafetyError(f"two edits overlap at byte {edit.span[0]}")
        pieces += [data[at : edit.span[0]], edit.after.encode()]
        at = edit.span[1]
    return b"".join([*pieces, data[at:]])
