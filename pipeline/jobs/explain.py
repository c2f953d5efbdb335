"""`parse --explain` and `resolve --explain`: how a list was read, and why an entry is which paper.

Both read the list and its dataset and write nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.console import Reporter
from pipeline.explaining import explain, read_lines
from pipeline.jobs.lists import all_answers, gather_list, open_list, resolve_list, source_titles, write_list
from pipeline.jobs.options import RunOptions
from pipeline.merging.work import Work
from pipeline.model import Files, Origin, ParsedList
from pipeline.parts import read_files
from pipeline.settings import Settings
from pipeline.store import RecordStore
from pipeline.tracing import find_entries, trace


def explain_list(path: Path, lines: Sequence[str], settings: Settings, console: Reporter) -> int:
    """Print how a list was read, or only what stands in these lines. Returns the exit status.

    Entries have the ids of the list's dataset, where there is one.
    """
    run = open_list(path, settings, RunOptions(accept_shrink=True))
    return _print(run.parsed, run.sources, lines, console)


def explain_entries(path: Path, asked: Sequence[str], settings: Settings, console: Reporter) -> int:
    """Print why these entries (id, line or part of the title) are the papers they are taken for.

    Works from what is stored; nobody is asked. Returns the exit status.
    """
    store = RecordStore(settings.enriched, settings.cache, dry_run=True)
    run = open_list(path, settings, RunOptions(accept_shrink=True))
    resolve_list(run, store)
    write_list(run, store)
    answers, titles = all_answers(store), source_titles()
    work_of = {entry.entry_id: work for work in gather_list(run, store) for entry in work.entries}
    paper_of = {key: paper for paper in run.papers for key in paper.entry_ids}
    resolutions = {r.entry_id: r for r in run.resolutions}
    meant = {e.entry_id: e for text in asked for e in find_entries(run.parsed.entries, text)}
    for number, (key, entry) in enumerate(meant.items()):
        if number:
            console.result("\n")
        work = _by_a_person(work_of[key])
        for line in trace(entry, resolutions[key], work, paper_of[key], answers, titles):
            console.result(line)
    return 0


def _by_a_person(work: Work) -> Work:
    """The work with the identifiers of an override told as a person's: to merging they are the list's own."""
    return replace(work, known={**work.known, **dict.fromkeys(work.given, Origin("override"))})


def explain_standard_input(data: bytes, lines: Sequence[str], console: Reporter) -> int:
    """The same for a list from standard input."""
    files: Files = {None: data}
    return _print(read_files(files, name="stdin", path="-"), files, lines, console)


def _print(parsed: ParsedList, files: Files, lines: Sequence[str], console: Reporter) -> int:
    for line in explain(parsed, files, read_lines(lines, parsed)):
        console.result(line or "\n")
    return 0
