"""Check: what is wrong in a list, without the network: from the list and, where present, its dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.console import Reporter
from pipeline.jobs.lists import open_list, resolve_list, with_override_problems, write_list
from pipeline.jobs.options import RunOptions
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
        found = findings(with_override_problems(run), run.papers)
        for finding in found:
            place = f"{run.paths[finding.file]}:{finding.line}"
            console.result(f"{place}: {finding.severity}: {finding.text}")
        errors += sum(finding.severity == "error" for finding in found)
        console.say(f"{path}: {len(run.parsed.entries)} entries, {len(found)} findings")
    return 1 if errors else 0
