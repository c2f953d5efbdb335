"""What is new since the last run, as the head of a pull request's body (`--summary`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.enrich import Outcome
from pipeline.jobs.lists import ListRun, source_titles
from pipeline.model import Paper
from pipeline.text import markdown_safe

MOST = 50
"""Changes told one by one; a first run would tell the whole list."""


def summary(runs: Sequence[ListRun], outcomes: Mapping[str, Outcome]) -> str:
    """News first, then each list's report."""
    failed = [o for o in outcomes.values() if o.state in ("down", "refused")]
    titles = source_titles()
    unasked = [f"- {titles[o.source]} could not be asked: {markdown_safe(o.reason or '')}" for o in failed]
    parts = [line for run in runs for line in (*_news(run), "")]
    reports = [run.files["report.md"].decode() for run in runs]
    return "\n".join([*parts, *unasked, *([""] if unasked else []), *reports])


def _news(run: ListRun) -> Iterator[str]:
    count = run.regenerated.changed_lines if run.regenerated else 0
    yield f"## {markdown_safe(run.name)}: {count} line{'' if count == 1 else 's'} changed"
    yield ""
    known = {entry.entry_id for entry in run.before}
    now = {entry.entry_id for entry in run.parsed.entries}
    if known and (added := len(now - known)):
        yield f"- {added} entr{'y' if added == 1 else 'ies'} added"
    if gone := len(known - now):
        yield f"- {gone} entr{'y' if gone == 1 else 'ies'} gone"
    changes = list(_changes({p.paper_id: p for p in run.dataset.papers()}, run.papers))
    yield from changes[:MOST]
    if len(changes) > MOST:
        yield f"- and {len(changes) - MOST} more"


def _changes(before: Mapping[str, Paper], papers: Sequence[Paper]) -> Iterator[str]:
    """Papers whose venue, year or standing is another than the last time."""
    for paper in papers:
        old = before.get(paper.paper_id)
        if old is None or _standing(old) == _standing(paper):
            continue
        title = markdown_safe(paper.title or paper.paper_id)
        yield f"- {title}: {markdown_safe(_standing(old))} -> {markdown_safe(_standing(paper))}"


def _standing(paper: Paper) -> str:
    facts = (paper.venue, str(paper.year or ""), paper.status)
    return " ".join(fact for fact in facts if fact) or "unknown"
