"""Parse: what each entry of a list says. Reads the list's file, gives `entries.jsonl`; never asks the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.files import read_bytes
from pipeline.formats import Readings
from pipeline.model import Entry, Files, ParsedList
from pipeline.parts import read_files
from pipeline.store import Dataset, check_shrink

_STRANGE = 20
"""A file in which one sign of so many cannot be read is binary, or text in another encoding."""
_STRAYS = 3
"""So many such signs are strays in a file of any length."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A list's files, what was read there, and what was read the time before.

    With `readings` the list is read again quickly after it was rendered.
    """

    files: Files
    parsed: ParsedList
    before: tuple[Entry, ...]
    readings: Readings


def parse(
    path: Path, files: Mapping[str | None, Path], dataset: Dataset, *, accept_shrink: bool = False
) -> Parsed:
    """Read the list at `path`, which is these files; entries keep the ids they had in the dataset.

    Raises UsageError where a file cannot be read or is no text, SafetyError where over 20 % of the known entries
    have vanished and this is not accepted.
    """
    before = dataset.entries()
    data = {file: _read_text(place) for file, place in files.items()}
    readings = Readings()
    parsed = read_files(data, name=dataset.name, path=str(path), previous=before, readings=readings)
    check_shrink(before, parsed.entries, place=str(path), accept=accept_shrink)
    return Parsed(data, parsed, tuple(before), readings)


def _read_text(path: Path) -> bytes:
    """The bytes of a file that is text in UTF-8; some that are not are reported by the reader and stay as they are."""
    data = read_bytes(path)
    text = data.decode("utf-8", "replace")
    strange = text.count("\ufffd") + text.count("\0")
    if strange > _STRAYS and strange * _STRANGE > len(text):
        hint = (
            f"if it is text, convert it first, for instance: iconv -f GB18030 -t UTF-8 -o new.md {path.name}"
        )
        raise UsageError("is no text in UTF-8", place=str(path), hint=hint)
    return data


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "parse")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
