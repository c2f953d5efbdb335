"""Lists read for tests: as bytes, or a text below the name of a list."""

from __future__ import annotations

from pipeline.formats import Readings
from pipeline.model import Entry, ParsedList
from pipeline.reader import read_list


def parse(data: bytes, previous: tuple[Entry, ...] = (), readings: Readings | None = None) -> ParsedList:
    """A list as it is stored."""
    return read_list(data, name="list", path="list.md", previous=previous, readings=readings)


def read(text: str) -> tuple[Entry, ...]:
    """The entries of a list with this text below its name."""
    return parse(f"# Papers\n\n{text}\n".encode()).entries


def read_section(text: str) -> tuple[Entry, ...]:
    """The entries of a list with this text as its one section."""
    return read(f"## Learning\n\n{text}")


def only(text: str) -> Entry:
    """The one entry of a list with this text below its name."""
    entries = read(text)
    assert len(entries) == 1, [entry.title for entry in entries]
    return entries[0]
