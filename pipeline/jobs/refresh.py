"""Refresh: all stages over one list or many, the main job and what a schedule runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.console import Reporter
from pipeline.enrich import due
from pipeline.jobs.asking import SOURCE_UNASKED, ask_sources, exit_status, write_run_file
from pipeline.jobs.lists import (
    ListRun,
    open_list,
    render_list,
    resolve_list,
    save,
    write_in_place,
    write_list,
)
from pipeline.jobs.news import summary
from pipeline.jobs.options import RunOptions
from pipeline.jobs.stages import show_edits
from pipeline.jobs.unchanged import Ended, recall, remember
from pipeline.ratelimit import Budget
from pipeline.settings import Settings
from pipeline.store import RecordStore, locked, utc_now, write_atomic
from pipeline.venues import understand


def refresh(lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter) -> int:
    """Bring the datasets of these lists up to date and make the lists again; returns the exit status.

    Everything is worked out before the first file of data is written, so that what a safety check
    refuses (SafetyError) leaves all as it was. What sources answered is kept in any case.
    """
    with locked(settings.enriched, settings.cache):
        begun = utc_now()
        if ended := recall(lists, settings, options, begun):
            return _as_before(ended, settings, options, console)
        return _refresh(lists, settings, options, console)


def _as_before(ended: Ended, settings: Settings, options: RunOptions, console: Reporter) -> int:
    """Nothing has changed since the last run: say what it said."""
    write_run_file(settings, list(ended.papers), {}, {}, Budget(), utc_now())
    console.again(ended.told)
    for name, count in ended.papers.items():
        console.say(f"{name}: {count} papers, nothing changed in {settings.enriched / name}")
    return SOURCE_UNASKED if options.strict and ended.unasked else 0


def _refresh(lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter) -> int:
    begun = utc_now()
    store = RecordStore(settings.enriched, settings.cache, dry_run=options.dry_run)
    runs = [open_list(path, settings, options) for path in lists]
    with console.recording() as told:
        try:
            outcomes = ask_sources(runs, settings, store, console)
        finally:
            store.save()
        for run in runs:
            _derive(run, store, options)
            _announce(run, options, console)
    body = summary(runs, outcomes) if options.summary else ""
    finished = [_settle(run, settings, store, options) for run in runs]
    if not options.dry_run:
        for run in finished:
            _save(run, options, console)
    if options.summary:
        write_atomic(options.summary, body.encode("utf-8", "replace"))
    settled = not (
        options.in_place and any(run.regenerated and run.regenerated.changed_lines for run in runs)
    )
    until = due(outcomes, settings.sources, store, begun)
    if settled and not options.dry_run and until > begun:
        unasked = any(outcome.state == "refused" for outcome in outcomes.values())
        papers = {run.name: len(run.papers) for run in finished}
        remember(Ended(tuple(told), papers, unasked), lists, settings, options, begun, until)
    return exit_status(outcomes, options)


def _derive(run: ListRun, store: RecordStore, options: RunOptions) -> None:
    resolve_list(run, store)
    write_list(run, store)
    render_list(run, store, options.style)


def _announce(run: ListRun, options: RunOptions, console: Reporter) -> None:
    if not run.parsed.entries:
        console.warn(f"{run.path}: no entries were found")
    for override in run.options.overrides:
        if override.venue and understand(override.venue, override.year).venue is None:
            console.warn(f"{override.place or run.path}: {override.venue!r} is no venue that paperlist knows")
    for override in run.refused_overrides:
        console.warn(
            f"{override.place or run.path}: the override for {override.match!r} is not used:"
            f" {override.venue!r} is no plain name of a venue"
        )
    for left in run.regenerated.left if run.regenerated else ():
        if (said := run.overrides.get(left.entry_id)) and said.venue:
            console.warn(
                f"{said.place or run.path}: {said.venue!r} is not written into the list: {left.reason}"
            )
    for override in run.lost_overrides:
        console.warn(f"{override.place or run.path}: the override for {override.match!r} matches nothing")
    show_edits(run, options, console)


def _settle(run: ListRun, settings: Settings, store: RecordStore, options: RunOptions) -> ListRun:
    """With `--in-place` the dataset describes the list as it stands after the edits.

    So a second run finds nothing to change, and neither the list nor the dataset moves.
    """
    if not options.in_place or options.dry_run:
        return run
    if not write_in_place(run):
        return run
    settled = open_list(run.path, settings, replace(options, accept_shrink=True))
    _derive(settled, store, options)
    return settled


def _save(run: ListRun, options: RunOptions, console: Reporter) -> None:
    changed = save(run)
    for name in changed:
        console.detail(f"wrote {run.dataset.path(name)}")
    written = f"{len(changed)} files written" if changed else "nothing changed"
    console.say(f"{run.name}: {len(run.papers)} papers, {written} in {run.dataset.folder}")
