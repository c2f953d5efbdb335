"""`paperlist parse --explain`: how a list was read. Reads the list and its dataset, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.console import Reporter
from pipeline.explaining import explain, read_lines
from pipeline.jobs.lists import open_list
from pipeline.jobs.options import RunOptions
from pipeline.model import Files, ParsedList
from pipeline.parts import read_files
from pipeline.settings import Settings


def explain_list(path: Path, lines: Sequence[str], settings: Settings, console: Reporter) -> int:
    """Print how a list was read, or only what stands in these lines. Returns the exit status.

    Entries have the ids of the list's dataset, where there is one.
    """
    run = open_list(path, settings, RunOptions(accept_shrink=True))
    return _print(run.parsed, run.sources, lines, console)


def explain_standard_input(data: bytes, lines: Sequence[str], console: Reporter) -> int:
    """The same for a list from standard input."""
    files: Files = {None: data}
    return _print(read_files(files, name="stdin", path="-"), files, lines, console)


def _print(parsed: ParsedList, files: Files, lines: Sequence[str], console: Reporter) -> int:
    for line in explain(parsed, files, read_lines(lines, parsed)):
        console.result(line or "\n")
    return 0
