"""The title is the heading of a section that is about one paper: `## Title [12]`, prose, `* Paper: [Title](url)`."""

from __future__ import annotations

from pipeline.formats._chapters import title_of
from pipeline.formats._inline import scan
from pipeline.formats._links import links_of
from pipeline.formats._model import Candidate, Context, EntryDraft
from pipeline.formats._titles import title_span

name = "chapter"


def read(candidate: Candidate, context: Context) -> EntryDraft | None:
    """Read a section that was gathered: what its prose says of other papers, people and years is not this one's."""
    if candidate.block.kind != "chapter" or not candidate.tail:
        return None
    text = candidate.head.text
    stop = text.find("\n", candidate.block.start, candidate.block.end)
    heading = scan(text, candidate.block.start, stop if stop >= 0 else candidate.block.end)
    title, end = title_of(heading)
    start, end = title_span(text, heading.start, end)
    if not title:
        return None
    return EntryDraft(
        confidence=1.0, title=title, links=links_of(candidate.tail), spans={"title": (start, end)}
    )
