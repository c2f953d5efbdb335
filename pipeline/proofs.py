"""What an identifier alone proves about where and when a work was published.

An ACL Anthology id, a PMLR volume or a proceedings path states venue and year for whoever can read it;
these rules need no network and always hold. They are data (`data/proofs.yaml`, `data/pmlr_volumes.tsv`).
What is not certain for every paper is left out: an OpenReview forum proves nothing, nor does a PMLR
volume that is not in the table, nor the DOI prefix of a publisher of many venues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from pipeline.identifiers import canonical
from pipeline.model import Identifier
from pipeline.text import lazy

_FIRST_CENTURY_YEAR = 60
"""Two-digit years from here on are of the 1900s: the ACL Anthology starts in 1965, arXiv in 1991."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What one identifier proves; None where it does not say."""

    identifier: Identifier
    venue: str | None
    """Id of a row of data/venues.yaml."""
    year: int | None
    """The venue's year, never a preprint's."""
    published: str | None
    """Month of the first version (`2023-10`), for preprints."""
    text: str
    """One line for people: `ACL Anthology id 2023.findings-emnlp.710`."""
    preprint: bool = False
    """The identifier is a preprint server's: `venue` is that server, and this is no publication."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    row: Mapping[str, Any]
    text: str


@lru_cache(maxsize=1 << 14)
def prove(identifier: Identifier) -> Proof | None:
    """What `identifier` proves, or None where it proves nothing. Never guesses and never asks anybody."""
    for rule in _rules(identifier.scheme):
        if match := rule.pattern.fullmatch(identifier.value):
            return _conclude(identifier, rule, match.groupdict(""))
    return None


def _conclude(identifier: Identifier, rule: _Rule, groups: dict[str, str]) -> Proof | None:
    row = rule.row
    if "same" in row:
        return _prove_same(identifier, row["same"].format(**groups))
    venue, year = row.get("venue"), _year(row, groups)
    if "table" in row:
        if groups["n"] not in _volumes(row["table"]):
            return None
        venue, year = _volumes(row["table"])[groups["n"]]
    return Proof(
        identifier=identifier,
        venue=venue.format(**groups).lower() if venue else None,
        year=None if row.get("published") else year,
        published=f"{year}-{groups['mm']}" if row.get("published") else None,
        text=rule.text.format(value=identifier.value, **groups),
        preprint=row.get("preprint", False),
    )


def _prove_same(identifier: Identifier, other: str) -> Proof | None:
    """What the other name of the same work proves, said of this one."""
    same = canonical(*other.split(":", 1))
    proof = prove(same) if same else None
    return replace(proof, identifier=identifier) if proof else None


def _year(row: Mapping[str, Any], groups: Mapping[str, str]) -> int | None:
    if "offset" in row:
        return int(row["offset"]) + int(groups["n"])
    if "ranges" in row:
        number = int(groups["n"])
        return next((year for year, (first, last) in row["ranges"].items() if first <= number <= last), None)
    if "yy" in groups:
        year = int(groups["yy"])
        return year + (1900 if year >= _FIRST_CENTURY_YEAR else 2000)
    return int(groups["y"]) if "y" in groups else None


@cache
def _data() -> dict[str, Any]:
    import yaml

    text = files("pipeline.data").joinpath("proofs.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
    return loaded


@cache
def _rules(scheme: str) -> tuple[_Rule, ...]:
    of_scheme = _data().get(scheme, {"text": "", "rules": ()})
    flags = re.IGNORECASE | re.ASCII
    return tuple(_Rule(lazy(row["at"], flags), row, of_scheme["text"]) for row in of_scheme["rules"])


@cache
def _volumes(name: str) -> Mapping[str, tuple[str, int]]:
    """Volume -> venue and the conference's year, from a table of confirmed volumes."""
    lines = files("pipeline.data").joinpath(name).read_text(encoding="utf-8").splitlines()[1:]
    return {volume: (venue, int(year)) for volume, venue, year in (line.split("\t") for line in lines)}
