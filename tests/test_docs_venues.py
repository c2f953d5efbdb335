"""docs/venues.md: the mappings that were checked by eye are what the code says today."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.venues import understand

TABLE = (Path(__file__).parent.parent / "docs" / "venues.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| `(.+?)`(?: beside (\d{4}))? \| ([a-z0-9-]+) \| (.+?) \| (\d{4})? ?\| ([\w &]*?) ?\|$", TABLE, re.M
)


def test_docs__list_three_hundred_mappings() -> None:
    """None was lost to a change of the table's form."""
    assert len(ROWS) == 300


@pytest.mark.parametrize("number", range(0, 300, 50))
def test_docs__mappings_hold(number: int) -> None:
    """Each listed text means the listed row, year and track."""
    for text, beside, row, name, year, track in ROWS[number : number + 50]:
        reading = understand(text.replace("\\|", "|"), int(beside) if beside else None)
        assert reading.venue is not None, text
        assert (reading.venue.id, reading.venue.name) == (row, name), text
        assert (str(reading.year or ""), reading.track or "") == (year, track), text
