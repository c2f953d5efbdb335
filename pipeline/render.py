"""Render: the list again, from its own bytes and the dataset. Never touches the network."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.formats import Readings
from pipeline.model import Files, Paper, ParsedList
from pipeline.parts import read_files
from pipeline.rendering.edits import Regenerated
from pipeline.rendering.regenerating import regenerate_files
from pipeline.rendering.uniform import uniform


def render(
    files: Files,
    parsed: ParsedList,
    papers: Sequence[Paper],
    edits: Sequence[str],
    readings: Readings | None = None,
) -> Regenerated:
    """The list with only those spans replaced that a decided fact contradicts (see `regenerate_files`).

    `readings` are those of the list as it was read, where it was just read.
    """

    def reread(changed: Files) -> ParsedList:
        name, path = parsed.name, parsed.path
        return read_files(changed, name=name, path=path, previous=parsed.entries, readings=readings)

    return regenerate_files(files, parsed, papers, edits=edits, reread=reread)


def render_uniform(parsed: ParsedList, papers: Sequence[Paper]) -> bytes:
    """The list in one uniform style, from the dataset alone, in the shape of its own insertion template."""
    return uniform(papers, parsed.entries, title=parsed.name, template=parsed.template).encode()


if __name__ == "__main__":
    import runpy
    import sys

    sys.argv.insert(1, "render")
    runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
