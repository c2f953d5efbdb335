"""Several files, one list: each is read on its own, and all entries together get their names and places.

A file is read with its own headings, references and habits; what makes the files one list is that their
entries are counted and named together, and that a paper in two of them is listed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pipeline.formats import Readings
from pipeline.model import Entry, Files, ParsedList
from pipeline.naming import with_ids
from pipeline.reader import read_list
from pipeline.reading.page import own_title

FOLDER = "files"
"""Where the regenerated files of a list of several files lie in its dataset."""


def read_files(
    files: Files, *, name: str, path: str, previous: Sequence[Entry] = (), readings: Readings | None = None
) -> ParsedList:
    """Read a list that is one file (`{None: data}`), or several, in the order given.

    Entries of several files have consecutive ordinals, ids unique over all files, and say in which `file`
    their lines and spans count. For `previous` and `readings` see `reader.read_list`.
    """
    if None in files:
        return read_list(files[None], name=name, path=path, previous=previous, readings=readings)
    read = partial(read_list, name=name, path=path, readings=readings)
    parts = [_of_file(read(data), str(file), data) for file, data in files.items()]
    entries = with_ids([entry for part in parts for entry in part.entries], previous)
    return ParsedList(
        name=name,
        path=path,
        entries=tuple(replace(entry, ordinal=number) for number, entry in enumerate(entries, 1)),
        badges=tuple(badge for part in parts for badge in part.badges),
        problems=tuple(problem for part in parts for problem in part.problems),
        unread=tuple(problem for part in parts for problem in part.unread),
        template=next((part.template for part in parts if part.template), None),
        files=tuple(map(str, files)),
    )


def _of_file(part: ParsedList, file: str, data: bytes) -> ParsedList:
    """What was read in one file, saying so.

    Below no other heading an entry belongs to the title of its file, which is no title of the whole list.
    """
    title = None if all(entry.section for entry in part.entries) else own_title(data)
    above = (title,) if title else ()
    return replace(
        part,
        entries=tuple(replace(e, file=file, section=e.section or above) for e in part.entries),
        badges=tuple(replace(badge, file=file) for badge in part.badges),
        problems=tuple(replace(problem, file=file) for problem in part.problems),
        unread=tuple(replace(problem, file=file) for problem in part.unread),
    )


def regenerated_name(name: str, file: str | None) -> str:
    """Where in its dataset a file of the list `name` is written again: `<name>.md`, or `files/<file>`."""
    return f"{name}.md" if file is None else f"{FOLDER}/{file}"
