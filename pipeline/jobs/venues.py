"""`paperlist venues TEXT ...`: what a venue text means to this program, or which names come nearest.

For maintainers who wonder why a venue was or was not recognised, and for whoever adds an alias.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from pipeline.console import Reporter
from pipeline.venues import VenueReading, is_series, nearest, understand
from pipeline.venues.rows import by_id

NOT_UNDERSTOOD = 1


def venues(texts: Iterable[str], console: Reporter, *, as_json: bool = False) -> int:
    """Print one line per text (with `as_json` one JSON object); 1 if one of them is not understood, else 0."""
    failed = False
    for text in texts:
        reading = understand(text)
        failed |= reading.venue is None
        if as_json:
            console.json_lines(json.dumps(facts(text, reading), ensure_ascii=False))
        else:
            console.result(f"{text}: {describe(text, reading)}")
    return NOT_UNDERSTOOD if failed else 0


def texts_of(data: bytes) -> list[str]:
    """The lines of standard input that are not empty."""
    lines = data.decode("utf-8", errors="surrogateescape").splitlines()
    return [line.strip() for line in lines if line.strip()]


def describe(text: str, reading: VenueReading) -> str:
    """One line for people.

    >>> describe("ICML'23 Oral", understand("ICML'23 Oral"))
    'ICML (icml), conference: International Conference on Machine Learning; 2023; track oral'
    """
    venue = reading.venue
    if venue is None:
        return "; ".join(["not understood", *_stated(reading), _near(text)])
    parent = [f"belongs to {by_id(venue.parent).acronym} ({venue.parent})"] if venue.parent else []
    named = f"{venue.acronym} ({venue.id}), {venue.kind}: {venue.name}"
    return "; ".join([named, *parent, *_stated(reading)])


def _stated(reading: VenueReading) -> Sequence[str]:
    year = [str(reading.year)] if reading.year else []
    return [*year, f"track {reading.track}"] if reading.track else year


def _near(text: str) -> str:
    if is_series(text):
        return "a series that prints many venues' proceedings, not a venue"
    names = ", ".join(f"{venue.acronym} ({venue.id})" for venue in nearest(text))
    return f"nearest: {names}" if names else "nothing like it is known"


def facts(text: str, reading: VenueReading) -> dict[str, object]:
    """The same for programs; what is not said is null."""
    venue = reading.venue
    said: dict[str, object] = {"text": text, "understood": venue is not None}
    for key in ("id", "acronym", "name", "kind", "parent"):
        said[key] = getattr(venue, key, None)
    said |= {"year": reading.year, "track": reading.track}
    return said if venue else said | {"nearest": [near.id for near in nearest(text)]}
