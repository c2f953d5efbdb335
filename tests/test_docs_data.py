"""docs/data.md: every field and value of the model stands there, in the model's order, and no other."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path
from typing import Any

import pytest

from pipeline import model

PAGE = (Path(__file__).parent.parent / "docs" / "data.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"(?ms)^##+ [^\n]*: `([A-Z]\w+)`\n(.*?)(?=^#|\Z)", PAGE))


def rows(text: str) -> list[str]:
    """The names in the first column of a table."""
    return re.findall(r"(?m)^\| `(\w+)` \| \S", text)


@pytest.mark.parametrize(
    "kind",
    [
        model.Entry,
        model.Link,
        model.Resolution,
        model.Paper,
        model.Evidence,
        model.Origin,
        model.EntryVerdict,
        model.Record,
    ],
)
def test_docs__have_every_field(kind: Any) -> None:
    """The fields of what is written, in the order in which they are."""
    assert rows(SECTIONS[kind.__name__]) == [field.name for field in dataclasses.fields(kind)]


@pytest.mark.parametrize("name", ["VenueStatus", "LinkStatus", "Method"])
def test_docs__have_every_value(name: str) -> None:
    """The words that a field may hold."""
    assert rows(SECTIONS[name]) == list(typing.get_args(getattr(model, name)))


@pytest.mark.parametrize(("kind", "field"), [(model.Link, "role"), (model.Evidence, "weight")])
def test_docs__name_the_words_of_a_field(kind: Any, field: str) -> None:
    """Words that are told in a field's row."""
    values = typing.get_args(typing.get_type_hints(kind)[field])
    assert values
    assert all(f"`{value}`" in SECTIONS[kind.__name__] for value in values)


def test_docs__say_of_every_field_who_said_it() -> None:
    """A value that stands in a paper has its provenance, or the page says what it follows from."""
    from pipeline.merging.fields import precedence

    followers = re.search(r"(?s)\| fields \| follow from \|\n(.*?)\n\n", PAGE)
    assert followers
    told = {name for line in followers[1].split("\n") for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    own = {*precedence(), "venue", "year", "paper_url", "code_url"}
    about = {"paper_id", "bibtex_key", "sources", "evidence", "suggestion", "verdicts", "provenance", "also"}
    assert not told & own
    assert told | own | about == {field.name for field in dataclasses.fields(model.Paper)}
