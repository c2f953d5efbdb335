"""One list on its way through the stages, from its bytes to all files of its dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import SafetyError
from pipeline.export import papers_parquet
from pipeline.files import read_bytes, write_atomic
from pipeline.formats import Readings
from pipeline.jobs.options import RunOptions, describe_list, list_name
from pipeline.merging.gathering import Memory, gather
from pipeline.merging.overrides import match_overrides, usable_overrides
from pipeline.merging.work import Work
from pipeline.model import Entry, Files, Paper, ParsedList, Record, Resolution
from pipeline.parse import parse
from pipeline.parts import FOLDER, regenerated_name
from pipeline.reading.page import own_title
from pipeline.render import render, render_uniform
from pipeline.rendering.edits import Regenerated
from pipeline.report import build_report, nearest_venues
from pipeline.resolve import resolve
from pipeline.settings import ListOptions, Override, Settings
from pipeline.sources import discover
from pipeline.store import Dataset, RecordStore, dump_jsonl, locked
from pipeline.text import title_question
from pipeline.venues import understand
from pipeline.write import build


@dataclass(slots=True)
class ListRun:
    """A list, its dataset, and what the stages have made of it so far.

    `sources` are its files as stored, `paths` where they lie, both in reading order; `files` are those of
    the dataset.
    """

    path: Path
    dataset: Dataset
    options: ListOptions
    edits: Sequence[str]
    paths: Mapping[str | None, Path]
    sources: Files
    parsed: ParsedList
    before: Sequence[Entry]
    readings: Readings = field(default_factory=Readings)
    resolutions: tuple[Resolution, ...] = ()
    papers: tuple[Paper, ...] = ()
    regenerated: Regenerated | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)
    """What a person decided, by entry id."""
    lost_overrides: tuple[Override, ...] = ()
    """Overrides that match no entry."""
    refused_overrides: tuple[Override, ...] = ()
    """Overrides whose venue is no plain text: they would change the list's meaning."""
    files: dict[str, bytes] = field(default_factory=dict)
    resolved_at: int | None = None
    """With how many batches of answers it was resolved."""
    works: Sequence[Work] = ()
    """Its works, gathered with as many; none before that."""
    memory: Memory = field(default_factory=Memory)

    @property
    def name(self) -> str:
        """The list's name: that of its dataset's folder."""
        return self.dataset.name


@contextmanager
def held(settings: Settings, options: RunOptions) -> Iterator[None]:
    """Hold the lock of the output folder; a dry run without a network writes nothing and needs none."""
    with ExitStack() as stack:
        if not (options.dry_run and settings.offline):
            stack.enter_context(locked(settings.enriched, settings.cache))
        yield


def open_list(path: Path, settings: Settings, options: RunOptions) -> ListRun:
    """Read a list and what people decided about it (`<list>.yaml` beside it, or in `data/raw`)."""
    dataset = Dataset(settings.enriched, list_name(path))
    decided, paths = describe_list(path, settings.raw)
    read = parse(path, paths, dataset, accept_shrink=options.accept_shrink)
    edits = settings.edits if decided.edits is None else decided.edits
    usable, refused = usable_overrides(decided.overrides)
    decided = replace(decided, overrides=usable)
    run = ListRun(path, dataset, decided, edits, paths, read.files, read.parsed, read.before, read.readings)
    run.refused_overrides = refused
    return run


def note_entries(run: ListRun) -> None:
    """The file of what was read; nothing is written to disk yet."""
    run.files["entries.jsonl"] = dump_jsonl(run.parsed.entries)


def note_resolutions(run: ListRun) -> None:
    """The file of what each entry names; nothing is written to disk yet."""
    run.files["resolutions.jsonl"] = dump_jsonl(run.resolutions)


def all_answers(store: RecordStore) -> dict[str, Mapping[str, tuple[Record, ...]]]:
    """Everything that sources ever said, by source and question."""
    return store.all_answers()[1]


def resolve_list(run: ListRun, store: RecordStore) -> None:
    """Find out which paper each entry is, with what is known by now; nothing to do while that is the same."""
    heard, answers_now = store.all_answers()
    if run.resolved_at == heard:
        return
    titles: dict[str, dict[str, tuple[Record, ...]]] = {}
    wanted = {title_question(e.title) for e in run.parsed.entries if e.title}
    for source, answers in answers_now.items():
        for question in wanted:
            if said := answers.get(question):
                titles.setdefault(question, {})[source] = said
    entries = run.parsed.entries
    plain = resolve(entries, {}, titles)
    run.overrides, run.lost_overrides = match_overrides(entries, plain, run.options.overrides)
    run.resolutions = resolve(entries, run.overrides, titles) if run.overrides else plain
    run.resolved_at, run.works = heard, ()


def gather_list(run: ListRun, store: RecordStore) -> Sequence[Work]:
    """All works of a resolved list with what is known by now."""
    answers = all_answers(store)
    if not run.works or run.resolved_at != store.batches:
        run.works = gather(run.parsed.entries, run.resolutions, answers, run.memory, _titles(store))
    return run.works


def works_of(run: ListRun, store: RecordStore) -> list[Work]:
    """The list's works with all that is known by now; those a person told us to skip are left out."""
    resolve_list(run, store)
    skipped = {entry_id for entry_id, override in run.overrides.items() if override.skip}
    works = gather_list(run, store)
    return [work for work in works if work.entries[0].entry_id not in skipped]


def write_list(run: ListRun, store: RecordStore) -> None:
    """Merge what is known into the list's dataset; nothing is written to disk yet."""
    entries, answers = run.parsed.entries, all_answers(store)
    decided, titles, works = run.options.overrides, _titles(store), gather_list(run, store)
    run.papers, files = build(run.dataset, entries, run.resolutions, answers, decided, titles, works)
    run.files |= files


def render_list(run: ListRun, store: RecordStore) -> None:
    """Make the list again, and the report about it; nothing is written to disk yet."""
    run.regenerated = render(run.sources, run.parsed, run.papers, run.edits, run.readings)
    again = run.regenerated.files
    run.files |= {regenerated_name(run.name, file): data for file, data in again.items()}
    run.files["report.md"] = report_of(run, store).encode("utf-8", "replace")


def uniform_name(run: ListRun) -> str:
    """Where in its dataset a list in the uniform style is written: beside the list as people wrote it."""
    return regenerated_name(f"{run.name}.uniform", None)


def render_list_uniform(run: ListRun) -> None:
    """Make the list in the uniform style, several files as one, under its own title; not written to disk yet."""
    title = own_title(next(iter(run.sources.values()))) or run.name
    run.files[uniform_name(run)] = render_uniform(replace(run.parsed, name=title), run.papers)


def versions(run: ListRun) -> list[tuple[bytes, bytes, str]]:
    """Each file of the list as it is and as it was made again, with its name for people."""
    again = run.regenerated.files if run.regenerated else {}
    return [(run.sources[file], data, file or run.path.name) for file, data in again.items()]


def is_edited(run: ListRun) -> bool:
    """Whether a file of the list is another one than was read. Raises UsageError where it cannot be read any more."""
    return any(read_bytes(path) != run.sources[file] for file, path in run.paths.items())


def write_in_place(run: ListRun) -> bool:
    """Write the regenerated list over the list itself; False where no file changed.

    Raises SafetyError, before the first file is written, where one was edited meanwhile: a run may take hours.
    """
    if is_edited(run):
        hint = "nothing was written over it; run again"
        raise SafetyError("has changed since it was read", place=str(run.path), hint=hint)
    again = run.regenerated.files if run.regenerated else {}
    return any([write_atomic(run.paths[file], data) for file, data in again.items()])


def _titles(store: RecordStore) -> dict[str, str]:
    """Names for people of the sources that ever answered; where none did, their code is not even loaded."""
    return source_titles() if store.sources() else {}


def source_titles() -> dict[str, str]:
    """The sources' names for people."""
    return {name: source.title for name, source in discover().items()}


def override_problems(run: ListRun) -> list[tuple[str, str]]:
    """What is wrong with what a person decided: where that stands (`file:line`), and what it is."""
    told = [(o, "matches no entry") for o in run.lost_overrides]
    told += [(o, f"is not used: {o.venue!r} is no plain name of a venue") for o in run.refused_overrides]
    told += [
        (o, f"names {o.venue!r}, which is no venue that paperlist knows{nearest_venues(o.venue)}")
        for o in run.options.overrides
        if o.venue and understand(o.venue, o.year).venue is None
    ]
    places = [o.place for o in run.options.overrides]
    told.sort(key=lambda one: places.index(one[0].place))
    return [(o.place or str(run.path), f"the override for {o.by} {o.match!r} {text}") for o, text in told]


def searched_titles(store: RecordStore) -> set[str]:
    """The title questions that a source ever answered, with a paper or with none."""
    return {q for answers in all_answers(store).values() for q in answers if q.startswith("title:")}


def report_of(run: ListRun, store: RecordStore, *, linked: bool = True) -> str:
    """The report about a list that was made again; without links where it will not lie in the dataset."""
    records = (r for answers in all_answers(store).values() for group in answers.values() for r in group)
    return build_report(
        run.parsed,
        run.papers,
        run.regenerated or Regenerated(run.sources),
        records=records,
        titles=_titles(store),
        searched=searched_titles(store),
        overrides=override_problems(run),
        linked=linked,
    )


def save(run: ListRun) -> list[str]:
    """Write the list's files; returns the names of those that changed.

    The Parquet table is made of `papers.csv` and only with it, for it is a build product; it goes first, so that
    a run that is killed between the two makes it again.
    """
    table, made = run.files.get("papers.csv"), run.dataset.path("papers.parquet").exists()
    if table is not None and not (made and table == run.dataset.read("papers.csv")):
        run.dataset.write("papers.parquet", papers_parquet(table))
    changed = [name for name, data in sorted(run.files.items()) if run.dataset.write(name, data)]
    if run.regenerated is not None:
        run.dataset.drop(_stale(run))
    return changed


def _stale(run: ListRun) -> list[Path]:
    """Regenerated files of an earlier run, of files that are no part any more."""
    folder = run.dataset.path(FOLDER)
    found = [run.dataset.path(regenerated_name(run.name, None)), *folder.rglob("*")]
    return [path for path in found if path.relative_to(run.dataset.folder).as_posix() not in run.files]
