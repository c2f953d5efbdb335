"""The nouns: what is written as JSON is read back as the same value, and nothing else is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import (
    Entry,
    Evidence,
    Identifier,
    Link,
    Origin,
    Paper,
    Record,
    Resolution,
    from_json,
    to_json,
)

VALUES = [
    Entry("a", (), 1, 1, 1, "paper", "text"),
    Entry("a", ("x", "y"), 2, 3, 4, "other", "t", links=(Link("P", "u", "paper"),), spans={"title": (1, 2)}),
    Resolution("a", (Identifier("arxiv", "2212.08073"),), "url", 1.0, ("from a link",)),
    Record("dblp", "doi:10.1/x", "2026-01-02T03:04:05+00:00", citation_count=0, found=True),
    Paper(
        "arxiv:1",
        ("a",),
        evidence=(Evidence(Origin("acl"), "acl", 2024, "t"),),
        provenance={"title": Origin("acl")},
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_from_json__reads_what_to_json_gave(value: Any) -> None:
    """A value survives the way through a JSON file."""
    assert from_json(type(value), json.loads(json.dumps(to_json(value)))) == value


@given(st.text(min_size=1).filter(lambda s: ":" not in s), st.text(min_size=1))
def test_identifier__is_read_as_printed(scheme: str, value: str) -> None:
    """What an identifier prints is the identifier; its value may hold colons."""
    assert Identifier.parse(str(Identifier(scheme, value))) == Identifier(scheme, value)


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (Record, {"source": "x"}, "no 'question'"),
        (Record, {"source": "x", "question": "q", "retrieved_at": "d", "colour": 1}, "unknown key 'colour'"),
        (Record, {"source": "x", "question": "q", "retrieved_at": "d", "year": "2024"}, "expected int"),
        (Record, {"source": "x", "question": "q", "retrieved_at": "d", "year": True}, "expected int"),
        (
            Record,
            {"source": "x", "question": "q", "retrieved_at": "d", "identifiers": "arxiv:1"},
            "expected list",
        ),
        (Record, ["source"], "expected dict"),
        (Entry, {**to_json(VALUES[0]), "kind": "poem"}, "none of other, paper"),
        (Entry, {**to_json(VALUES[0]), "spans": {"title": [1]}}, "expected 2 items"),
        (Resolution, {"entry_id": "a", "identifiers": ["no scheme"]}, "not an identifier"),
    ],
)
def test_from_json__names_what_does_not_fit(kind: type, data: Any, words: str) -> None:
    """A hand-edited or newer file is refused with the reason, never half read."""
    with pytest.raises(ValueError, match=words):
        from_json(kind, data)
