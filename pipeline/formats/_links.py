"""What links lead to: papers, told by the address alone."""

from __future__ import annotations

from pipeline.formats._blocks import Block
from pipeline.formats._inline import Mark, scan
from pipeline.formats._source import Source
from pipeline.identifiers import read_url


def leads_to_paper(mark: Mark) -> bool:
    """Whether a link surely leads to a paper, by its address alone."""
    return mark.url.startswith("http") and read_url(mark.url).role == "paper"


def holds_paper(source: Source, block: Block) -> bool:
    """Whether one of the links of a block leads to a paper."""
    inline = scan(source.visible, block.start, block.end)
    return any(read_url(mark.url).role == "paper" for mark in inline.links)
