"""What is new since the last run, as the head of a pull request's body (`--summary`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.console import counted
from pipeline.enrich import Outcome
from pipeline.jobs.lists import ListRun, source_titles
from pipeline.model import Paper
from pipeline.text import quiet_markdown

MOST = 50
"""Changes told one by one; a first run would tell the whole list."""
LONGEST = 65_536
"""Characters that GitHub takes as the body of a pull request; more is refused."""
_CLOSED = "\n</details>\n"


def summary(runs: Sequence[ListRun], outcomes: Mapping[str, Outcome], reports: Sequence[str]) -> str:
    """News first, then each list's report, shortened where it would be no body any more.

    The `reports` hold no relative links: there is nothing beside a pull request that these could lead to.
    """
    failed = [o for o in outcomes.values() if o.state in ("down", "refused")]
    titles = source_titles()
    unasked = [f"- {titles[o.source]} could not be asked: {quiet_markdown(o.reason or '')}" for o in failed]
    parts = [line for run in runs for line in (*_news(run), "")]
    names = ", ".join(f"`{run.dataset.path('report.md').as_posix()}`" for run in runs)
    whole = "\n".join([*parts, *unasked, *([""] if unasked else []), *reports])
    return shortened(whole, f"**Shortened to fit into a pull request. The whole of it: {names}.**\n")


_FIRST_LINE = re.compile(rb"## [^\n]+: [\d,]+ lines? changed\r?\n")


def may_be_replaced(data: bytes) -> bool:
    """Whether a file in the place of a summary is an earlier one, or empty: a list or a README must not be lost."""
    return not data.strip() or _FIRST_LINE.match(data) is not None


def shortened(text: str, note: str, limit: int = LONGEST) -> str:
    """Markdown of at most `limit` characters: whole lines, what is folded closed again, and a note at the end."""
    if len(text) <= limit:
        return text
    end = f"\n{_CLOSED}\n{note}"
    kept = text[: max(text.rfind("\n", 0, limit - len(end)), 0)]
    is_open = kept.count("<details>") > kept.count(_CLOSED.strip())
    return kept + (end if is_open else f"\n\n{note}")


def _news(run: ListRun) -> Iterator[str]:
    count = run.regenerated.changed_lines if run.regenerated else 0
    yield f"## {quiet_markdown(run.name)}: {counted(count, 'line')} changed"
    yield ""
    known = {entry.entry_id for entry in run.before}
    now = {entry.entry_id for entry in run.parsed.entries}
    if known and (added := len(now - known)):
        yield f"- {counted(added, 'entry', 'entries')} added"
    if gone := len(known - now):
        yield f"- {counted(gone, 'entry', 'entries')} gone"
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
        title = quiet_markdown(paper.title or paper.paper_id)
        yield f"- {title}: {quiet_markdown(_standing(old))} -> {quiet_markdown(_standing(paper))}"


def _standing(paper: Paper) -> str:
    facts = (paper.venue, str(paper.year or ""), paper.status)
    return " ".join(fact for fact in facts if fact) or "unknown"
