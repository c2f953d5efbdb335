"""One stage at a time: what `paperlist parse | resolve | enrich | write | render` do.

A stage reads what the stage before wrote (the list itself for `parse`) and writes its own files only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.console import Reporter, counted
from pipeline.errors import UsageError
from pipeline.jobs.asking import ask_sources, exit_status
from pipeline.jobs.lists import (
    ListRun,
    held,
    note_entries,
    note_resolutions,
    open_list,
    render_list,
    render_list_uniform,
    resolve_list,
    save,
    uniform_name,
    versions,
    write_in_place,
    write_list,
)
from pipeline.jobs.options import RunOptions
from pipeline.rendering.edits import unified_diff
from pipeline.settings import Settings
from pipeline.store import RecordStore, dump_jsonl


def run_stage(
    verb: str, lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter
) -> int:
    """Run one stage over the lists; returns the exit status."""
    with held(settings, options):
        store = RecordStore(settings.enriched, settings.cache, dry_run=options.dry_run)
        runs = [open_list(path, settings, options) for path in lists]
        if verb == "enrich":
            outcomes = ask_sources(runs, settings, store, console)
            store.save()
            return exit_status(outcomes, options)
        for run in runs:
            _STAGES[verb](run, store, options, console)
            if verb != "render":
                _save(run, options, console)
    return 0


def _parse(run: ListRun, store: RecordStore, options: RunOptions, console: Reporter) -> None:
    note_entries(run)
    console.say(f"{run.name}: {counted(len(run.parsed.entries), 'entry', 'entries')}")
    warn_if_empty(run, console)


def _resolve(run: ListRun, store: RecordStore, options: RunOptions, console: Reporter) -> None:
    _need(run, "entries.jsonl", "parse")
    resolve_list(run, store)
    note_resolutions(run)
    found = sum(bool(r.identifiers) for r in run.resolutions)
    console.say(f"{run.name}: entries with an identifier: {found} of {len(run.resolutions)}")


def _write(run: ListRun, store: RecordStore, options: RunOptions, console: Reporter) -> None:
    _need(run, "resolutions.jsonl", "resolve")
    run.resolutions = tuple(run.dataset.resolutions())
    write_list(run, store)
    console.say(f"{run.name}: {counted(len(run.papers), 'distinct work')}")


def _render(run: ListRun, store: RecordStore, options: RunOptions, console: Reporter) -> None:
    _need(run, "papers.jsonl", "write")
    run.papers = tuple(run.dataset.papers())
    if options.style == "uniform":
        _render_uniform(run, options, console)
        return
    render_list(run, store)
    show_edits(run, options, console)
    if options.in_place and not options.dry_run:
        write_in_place(run)
    elif not options.dry_run:
        save(run)


def _render_uniform(run: ListRun, options: RunOptions, console: Reporter) -> None:
    render_list_uniform(run)
    name = uniform_name(run)
    if options.dry_run:
        before = b"".join(run.sources.values())
        console.result(unified_diff(before, run.files[name], run.path.name))
    else:
        save(run)
    entries = counted(len(run.parsed.entries), "entry", "entries")
    written = "would be written to" if options.dry_run else "in"
    console.say(f"{run.name}: {entries} in one style, {written} {run.dataset.path(name)}")


_STAGES: dict[str, Callable[[ListRun, RecordStore, RunOptions, Reporter], None]] = {
    "parse": _parse,
    "resolve": _resolve,
    "write": _write,
    "render": _render,
}


def _need(run: ListRun, file: str, verb: str) -> None:
    """The file that the stage before wrote; it must be there and about the list as it stands."""
    if run.dataset.read(file) is None:
        hint = f"run: paperlist {verb} {run.path}"
        raise UsageError(f"{file} is missing", place=str(run.dataset.folder), hint=hint)
    if dump_jsonl(run.parsed.entries) != run.dataset.read("entries.jsonl"):
        hint = f"run: paperlist refresh {run.path} (or each stage from parse on)"
        raise UsageError("the list has changed since it was parsed", place=str(run.path), hint=hint)


def _save(run: ListRun, options: RunOptions, console: Reporter) -> None:
    if options.dry_run:
        console.say(f"{run.name}: nothing was written (dry run)")
        return
    for name in save(run):
        console.detail(f"wrote {run.dataset.path(name)}")


def show_edits(run: ListRun, options: RunOptions, console: Reporter) -> None:
    """Say what the regenerated list changes; a dry run prints the diff as its result."""
    if run.regenerated is None:
        return
    if options.dry_run:
        console.result("".join(unified_diff(*version) for version in versions(run)))
    if options.in_place and not options.dry_run:
        for edit in run.regenerated.edits:
            what = "badge: " if edit.kind == "badge" else ""
            change = f"{what}{edit.before or '(nothing)'} -> {edit.after}"
            console.say(f"{run.paths[edit.file]}:{edit.line}: {change}: {edit.reason}")
    said = "changed" if options.in_place and not options.dry_run else "to change"
    console.say(f"{run.name}: {counted(run.regenerated.changed_lines, 'line')} {said}")


def warn_if_empty(run: ListRun, console: Reporter) -> None:
    """A list without entries is no error, but hardly what a person meant."""
    if not run.parsed.entries:
        hint = f"how a line was read says: paperlist parse --explain {run.path} LINE"
        console.warn(f"{run.path}: no entries were found; {hint}")
