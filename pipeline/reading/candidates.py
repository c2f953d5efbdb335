"""Blocks scanned, as the layouts ask for them."""

from __future__ import annotations

from dataclasses import replace

from pipeline.formats import Candidate, Readings
from pipeline.formats._blocks import Block, cells_of
from pipeline.formats._inline import Inline, scan
from pipeline.formats._source import CharSpan, Source
from pipeline.text import lazy

_NUMBER = lazy(r"\d[.)\]]\s*$")


def scan_cells(source: Source, refs: dict[str, CharSpan], row: Block) -> tuple[Inline, ...]:
    """The cells of a row, scanned."""
    text = source.visible
    return tuple([scan(text, start, end, refs) for start, end in cells_of(source, row)])


def candidate_of(
    source: Source, refs: dict[str, CharSpan], block: Block, readings: Readings | None = None
) -> Candidate:
    """A block as a place that may be an entry; `readings` may know what it holds."""
    if block.is_row:
        cells = scan_cells(source, refs, block)
        return Candidate(block, Inline(source.visible, block.start, block.start, (), ()), (), cells)
    if block.kind == "chapter":  # one layout reads these: its prose is no head of an entry
        whole = scan(source.visible, block.start, block.end, refs)
        return Candidate(block, Inline(source.visible, block.start, block.start, (), ()), (whole,))
    if readings is not None:
        return Candidate(block, readings.scanned(source.visible, block.start, block.end, scan))
    return Candidate(block, scan(source.visible, block.start, block.end, refs))


def lines_of(source: Source, block: Block) -> list[Block]:
    """The lines of a block, each as one."""
    return [_line_block(source, block, line) for line in range(block.lines[0], block.lines[1] + 1)]


def is_tiny(source: Source, block: Block) -> bool:
    """Whether a block is too short for any title or link, so that no layout need be asked."""
    return (
        block.end - block.start < (8 if block.is_row else 5)
        and "[" not in source.visible[block.start : block.end]
    )


def _line_block(source: Source, block: Block, line: int) -> Block:
    start = block.start if line == block.lines[0] else source.line_starts[line]
    text = source.visible[start : source.line_end(line)]
    start += len(text) - len(text.lstrip(" \t\r>"))
    kept = text.lstrip(" \t\r>").rstrip(" \t\r")
    return replace(block, start=start, end=start + len(kept), lines=(line, line))


def marker_of(candidate: Candidate) -> str:
    """What opens an item: a number, or a sign."""
    start = candidate.block.start
    return "number" if _NUMBER.search(candidate.head.text, max(0, start - 8), start) else "sign"
