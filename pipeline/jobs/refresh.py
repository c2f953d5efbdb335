"""Refresh: all stages over one list or many, the main job and what a schedule runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pipeline.console import Reporter, counted
from pipeline.enrich import due
from pipeline.errors import PaperlistError, UsageError
from pipeline.export import prepare
from pipeline.files import read_bytes, write_atomic
from pipeline.jobs.asking import SOURCE_UNASKED, ask_sources, exit_status, write_run_file
from pipeline.jobs.lists import (
    ListRun,
    held,
    is_edited,
    note_entries,
    note_resolutions,
    open_list,
    override_problems,
    render_list,
    report_of,
    resolve_list,
    save,
    write_in_place,
    write_list,
)
from pipeline.jobs.news import may_be_replaced, summary
from pipeline.jobs.options import RunOptions
from pipeline.jobs.stages import show_edits, warn_if_empty
from pipeline.jobs.unchanged import Ended, recall, remember
from pipeline.ratelimit import Budget
from pipeline.settings import Settings
from pipeline.store import RecordStore, utc_now

_T = TypeVar("_T")
_R = TypeVar("_R")


def refresh(lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter) -> int:
    """Bring the datasets of these lists up to date and make the lists again; returns the exit status.

    Everything is worked out before the first file of data is written, so that what a safety check
    refuses (SafetyError) leaves all as it was. What sources answered is kept in any case. Of several lists
    those that are in order are refreshed, whatever is wrong with others; the status is that of the first error.
    """
    if options.summary:
        _check_summary(options.summary)
    with held(settings, options):
        begun = utc_now()
        if ended := recall(lists, settings, options, begun):
            return _as_before(ended, settings, options, console)
        return _refresh(lists, settings, options, console)


def _check_summary(path: Path) -> None:
    """Raise UsageError where the summary has no folder, or where something that is none lies in its place."""
    if not path.parent.is_dir():
        raise UsageError(
            "its folder does not exist", place=str(path), hint=f"make the folder {path.parent} first"
        )
    if path.is_file() and not may_be_replaced(read_bytes(path)):
        hint = "name a file of its own, such as --summary summary.md"
        raise UsageError("holds something else, which the summary would replace", place=str(path), hint=hint)


def _as_before(ended: Ended, settings: Settings, options: RunOptions, console: Reporter) -> int:
    """Nothing has changed since the last run: say what it said."""
    write_run_file(settings, list(ended.works), {}, {}, Budget(), utc_now())
    console.again(ended.told)
    for name, count in ended.works.items():
        _say_size(name, count, "nothing changed", settings.enriched / name, console)
    return SOURCE_UNASKED if options.strict and ended.unasked else 0


def _refresh(lists: Sequence[Path], settings: Settings, options: RunOptions, console: Reporter) -> int:
    begun = utc_now()
    store = RecordStore(settings.enriched, settings.cache, dry_run=options.dry_run)
    broken = _Broken(console, alone=len(lists) == 1)
    runs = broken.part(lists, lambda path: open_list(path, settings, options))
    with console.recording() as told:
        try:
            rehearsal = _Rehearsal(runs, store)
            outcomes = ask_sources(runs, settings, store, console, meanwhile=rehearsal.meanwhile)
        finally:
            store.save()
        read = runs
        runs = broken.part(read, lambda run: _as_it_is_now(run, settings, options, console))
        edited = runs != read
        runs = broken.part(runs, lambda run: _worked_out(run, store, options, console))
    body = ""
    if options.summary:
        body = summary(runs, outcomes, [report_of(run, store, linked=False) for run in runs])
    finished = broken.part(runs, lambda run: _settle(run, settings, store, options))
    if not options.dry_run:
        broken.part(finished, lambda run: _save(run, options, console))
    if options.summary:
        write_atomic(options.summary, body.encode("utf-8", "replace"))
    settled = not (edited or broken.status) and not (
        options.in_place and any(run.regenerated and run.regenerated.changed_lines for run in runs)
    )
    until = due(outcomes, settings.sources, store, begun)
    if settled and not options.dry_run and until > begun:
        unasked = any(outcome.state == "refused" for outcome in outcomes.values())
        works = {run.name: len(run.papers) for run in finished}
        remember(Ended(tuple(told), works, unasked), lists, settings, options, begun, until)
    return broken.status or exit_status(outcomes, options)


class _Broken:
    """What keeps lists from being refreshed: of several, one that is broken stops no other."""

    def __init__(self, console: Reporter, *, alone: bool) -> None:
        """A list that is `alone` ends the command with its error."""
        self._console, self._alone = console, alone
        self.status = 0
        """Exit status of the first error, or 0."""

    def part(self, items: Sequence[_T], act: Callable[[_T], _R]) -> list[_R]:
        """What comes of acting on each; an error is told, and its item goes no further."""
        done = []
        for item in items:
            try:
                done.append(act(item))
            except PaperlistError as error:
                if self._alone:
                    raise
                self._console.error(str(error))
                self.status = self.status or error.exit_code
        return done


def _as_it_is_now(run: ListRun, settings: Settings, options: RunOptions, console: Reporter) -> ListRun:
    """The list, read again if somebody has edited it while sources were asked: no edit is ever written over."""
    if not is_edited(run):
        return run
    console.warn(f"{run.path} has changed meanwhile: what is new there is asked about in the next run")
    return open_list(run.path, settings, options)


class _Rehearsal:
    """Doing once, while a host makes the run wait, what is to be done when all is answered.

    The second time it is done in half the time: tables are loaded, texts are understood, and most lines of the
    list that is made again were read before.
    """

    def __init__(self, runs: Sequence[ListRun], store: RecordStore) -> None:
        self._runs, self._store = runs, store
        self._done = False

    def meanwhile(self, long: bool) -> None:
        """Load what is needed at the end, and, where the wait is `long`, go through it all."""
        prepare()
        if self._done or not long:
            return
        self._done = True
        with suppress(PaperlistError):  # what is wrong is wrong at the end as well, and said there
            for run in self._runs:
                _derive(run, self._store)


def _worked_out(run: ListRun, store: RecordStore, options: RunOptions, console: Reporter) -> ListRun:
    _derive(run, store)
    _announce(run, options, console)
    return run


def _derive(run: ListRun, store: RecordStore) -> None:
    if "entries.jsonl" not in run.files:
        note_entries(run)
    resolve_list(run, store)
    note_resolutions(run)
    write_list(run, store)
    render_list(run, store)


def _announce(run: ListRun, options: RunOptions, console: Reporter) -> None:
    warn_if_empty(run, console)
    for place, text in override_problems(run):
        console.warn(f"{place}: {text}")
    for left in run.regenerated.left if run.regenerated else ():
        if (said := run.overrides.get(left.entry_id)) and said.venue:
            console.warn(
                f"{said.place or run.path}: {said.venue!r} is not written into the list: {left.reason}"
            )
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
    _derive(settled, store)
    return settled


def _save(run: ListRun, options: RunOptions, console: Reporter) -> None:
    changed = save(run)
    for name in changed:
        console.detail(f"wrote {run.dataset.path(name)}")
    written = f"{counted(len(changed), 'file')} written" if changed else "nothing changed"
    _say_size(run.name, len(run.papers), written, run.dataset.folder, console)


def _say_size(name: str, works: int, written: str, folder: Path, console: Reporter) -> None:
    console.say(f"{name}: {counted(works, 'distinct work')}, {written} in {folder}")
