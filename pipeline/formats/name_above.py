"""A name has the first line, the title the next, links those below: `- **GAT**`, `  - Graph Attention Networks, ICLR'18`."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats import linked_title, plain_title
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._records import record_lines

name = "name above"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read a record that was gathered from nested items."""
    lines = [] if candidate.cells else record_lines(candidate.head)
    if not lines:
        return None
    parted = replace(candidate, head=lines[0], tail=(*lines[1:], *candidate.tail))
    draft = linked_title.read(parted, context) if lines[0].links else plain_title.read(parted, context)
    if draft is None or draft.title is None:
        return None
    mark = candidate.head.marks[0]
    place = mark.inner_start, mark.inner_end
    return replace(
        draft,
        confidence=0.95,
        short_name=candidate.head.plain(*place),
        spans={**draft.spans, "short_name": place},
    )
