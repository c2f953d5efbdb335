"""Badges that say how many papers a list holds."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Badge, Files, Paper, ParsedList
from pipeline.rendering.edits import Edit


def distinct_works(parsed: ParsedList, papers: Sequence[Paper]) -> int:
    """How many distinct works the list holds: its entries without those that repeat an earlier one."""
    repeated = {verdict.entry_id for paper in papers for verdict in paper.verdicts if verdict.duplicate_of}
    return sum(entry.entry_id not in repeated for entry in parsed.entries)


def badge_edits(files: Files, parsed: ParsedList, papers: Sequence[Paper]) -> list[Edit]:
    """The edits of badges whose number is not that of the distinct works; none where there are no papers."""
    if not papers:
        return []
    works = distinct_works(parsed, papers)
    reason = f"{works} distinct works in {len(parsed.entries)} entries"
    return [
        Edit(badge.line, None, "badge", badge.span, _digits(files, badge), str(works), reason, badge.file)
        for badge in parsed.badges
        if badge.value != works
    ]


def _digits(files: Files, badge: Badge) -> str:
    return files[badge.file][slice(*badge.span)].decode()
