"""Check: what is wrong in a list, without the network: from the list and, where present, its dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.console import Reporter, counted
from pipeline.jobs.lists import open_list, override_problems, resolve_list, searched_titles, write_list
from pipeline.jobs.options import RunOptions
from pipeline.jobs.stages import warn_if_empty
from pipeline.report import findings
from pipeline.settings import Settings
from pipeline.store import RecordStore


def check(lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter) -> int:
    """Print one line per finding (`file:line: severity: text`); 1 if there is an error, else 0. Writes nothing."""
    store = RecordStore(settings.enriched, settings.cache, dry_run=True)
    errors = 0
    for path in lists:
        run = open_list(path, settings, replace(options, accept_shrink=True))
        resolve_list(run, store)
        write_list(run, store)
        warn_if_empty(run, console)
        decided = override_problems(run)
        for place, text in decided:
            console.result(f"{place}: warning: {text}")
        found = findings(run.parsed, run.papers, searched_titles(store))
        for finding in found:
            place = f"{run.paths[finding.file]}:{finding.line}"
            console.result(f"{place}: {finding.severity}: {finding.text}")
        errors += sum(finding.severity == "error" for finding in found)
        entries = counted(len(run.parsed.entries), "entry", "entries")
        console.say(f"{path}: {entries}, {counted(len(found) + len(decided), 'finding')}")
    return 1 if errors else 0
