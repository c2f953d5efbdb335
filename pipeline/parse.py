"""Parse: what each entry of a list says. Reads the list's file, gives `entries.jsonl`; never asks the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.model import Entry, Files, ParsedList
from pipeline.parts import read_files
from pipeline.store import Dataset, check_shrink, read_bytes


@dataclass(frozen=True, slots=True)
class Parsed:
    """A list's files, what was read there, and what was read the time before."""

    files: Files
    parsed: ParsedList
    before: tuple[Entry, ...]


def parse(
    path: Path, files: Mapping[str | None, Path], dataset: Dataset, *, accept_shrink: bool = False
) -> Parsed:
    """Read the list at `path`, which is these files; entries keep the ids they had in the dataset.

    Raises UsageError where a file cannot be read, SafetyError where over 20 % of the known entries
    have vanished and this is not accepted.
    """
    before = dataset.entries()
    data = {file: read_bytes(place) for file, place in files.items()}
    parsed = read_files(data, name=dataset.name, path=str(path), previous=before)
    check_shrink(before, parsed.entries, place=str(path), accept=accept_shrink)
    return Parsed(data, parsed, tuple(before))


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "parse")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
