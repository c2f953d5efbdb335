"""What is known of a list once its sample is read, and its blocks read with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.formats import Candidate, Context, Layout, Readings
from pipeline.formats._mould import Mould
from pipeline.formats._readings import Reading
from pipeline.formats._rescue import Place

SURE = 0.5
"""A draft with this confidence is an entry in any list."""
HABIT = 3
"""What returns so often is a habit of the list, no chance."""
ROWS = "table row"
"""The layout of rows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the sample taught: layouts in the order to ask, and which kinds of blocks start entries."""

    layouts: tuple[Layout, ...]
    context: Context
    kinds: frozenset[str]
    linkless: bool = False
    headlines: frozenset[str] = frozenset()
    """The kinds of items (bulleted, numbered) of which most are nothing but what could be a title."""
    notes: bool = False
    """Whether most entries lead to a page beside the list, where somebody wrote about the paper."""
    moulds: Mapping[int, Mould] = field(default_factory=dict)
    """How most rows of a table are read, by its number, where the table is large."""
    kept: frozenset[tuple[str, ...]] = frozenset()
    """Sections that are called as news are and hold entries."""
    readings: Readings | None = None
    """What was read when the list was read before, where that can be used."""
    place: Place | None = None
    """Where the titles stand, if no layout read the list and its blocks showed it."""


def read_draft(candidate: Candidate, plan: Plan) -> Reading:
    """The draft of the first layout that is sure, in learned order; else the best of them."""
    if plan.readings is None or candidate.block.is_row:
        return _read_anew(candidate, plan)
    return plan.readings.read(candidate, lambda one: _read_anew(one, plan))


def _read_anew(candidate: Candidate, plan: Plan) -> Reading:
    best: Reading = None
    for layout in plan.layouts:
        draft = layout.read(candidate, plan.context)
        if draft is None:
            continue
        if draft.confidence >= SURE + 0.2:
            return draft, layout.name
        if best is None or draft.confidence > best[0].confidence:
            best = draft, layout.name
    return best
