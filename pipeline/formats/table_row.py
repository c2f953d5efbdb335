"""A row of a pipe or HTML table: what a column holds is said by its header and shown by its cells."""

from __future__ import annotations

from pipeline.formats import linked_title
from pipeline.formats._fields import describe, is_generic
from pipeline.formats._inline import Inline
from pipeline.formats._model import Candidate, Context, EntryDraft, TitleSlot
from pipeline.formats._slots import first_titled, is_titled

name = "table row"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read a row whose table's columns are known."""
    roles = context.columns.get(candidate.block.table)
    if not candidate.cells or roles is None:
        return None
    slot = _title(candidate, roles, context) or _nickname(candidate, roles)
    return describe(candidate, slot, context, roles) if slot else None


def _title(candidate: Candidate, roles: tuple[str, ...], context: Context) -> TitleSlot | None:
    for cell, role in zip(candidate.cells, roles, strict=False):
        if role == "title":
            return linked_title.find(cell, context) or first_titled(cell, "bold", 1.0) or _whole(cell)
    return None


def _whole(cell: Inline) -> TitleSlot | None:
    """The longest unmarked line of a cell."""
    best: tuple[int, int] | None = None
    at = cell.start
    for mark in [*cell.marks, None]:
        if mark and (mark.kind not in ("link", "image", "break") or mark.start < at):
            continue
        end = mark.start if mark else cell.end
        if best is None or end - at > best[1] - best[0]:
            best = (at, end)
        at = mark.end if mark else at
    text = cell.plain(*best) if best else ""
    if best is None or not is_titled(text) or is_generic(text):
        return None
    return TitleSlot(best[0], best[1], best, 0.9)


def _nickname(candidate: Candidate, roles: tuple[str, ...]) -> TitleSlot | None:
    """A row that gives only a name: the cell of the name column, else the first cell with a text."""
    for wanted in ("name", "title", "other"):
        for cell, role in zip(candidate.cells, roles, strict=False):
            text = cell.plain(cell.start, cell.end)
            if role == wanted and any(c.isalpha() for c in text) and len(text) < 80:
                link = next((m for m in cell.links if m.inner_start != m.url_start), None)
                place = (link.inner_start, link.inner_end) if link else (cell.start, cell.end)
                if not is_generic(cell.plain(*place)) or wanted == "name":
                    url = (link.url_start, link.url_end) if link else None
                    return TitleSlot(*place, (cell.start, cell.end), 0.6, url, name=True)
    return None
