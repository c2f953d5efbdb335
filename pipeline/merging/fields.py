"""The fields of a paper: each by its order of sources, with who said it and who says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

from pipeline.deciding import preprint_month
from pipeline.identifiers import pdf_url, read_url, strength, to_url
from pipeline.merging.links import names_of_others
from pipeline.merging.names import confirmed
from pipeline.merging.work import Work, origin_of_record
from pipeline.model import Origin, Record


@cache
def precedence() -> Mapping[str, Sequence[str]]:
    """Field -> sources in the order in which their word counts (data/precedence.yaml)."""
    text = files("pipeline").joinpath("data/precedence.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Sequence[str]] = yaml.safe_load(text)
    return loaded


def merged_fields(work: Work) -> dict[str, Any]:
    """Each field of a paper by the order of sources; winners and losers are kept as references."""
    values: dict[str, Any] = {}
    provenance: dict[str, Origin] = {}
    also: dict[str, tuple[Origin, ...]] = {}
    for name, order in precedence().items():
        offers = list(_offers(name, work))
        if offers[1:]:
            offers.sort(key=lambda offer: (offer[2], order.index(offer[0].source), _is_searched(offer[0])))
        if name == "status":
            offers, alone = _believed(offers)
            if alone:
                also[name] = alone
        if not offers:
            continue
        provenance[name], values[name], _ = offers[0]
        losing = tuple(origin for origin, value, _ in offers[1:] if value != offers[0][1])
        if losing and name != "status":
            also[name] = losing
    counted = next((r for r in work.records if origin_of_record(r) == provenance.get("citation_count")), None)
    if counted:
        values["influential_citation_count"] = counted.influential_citation_count
        provenance["citation_count"] = replace(
            provenance["citation_count"], retrieved_at=counted.counted_at or counted.retrieved_at
        )
    if page := _paper_url(work):
        values["paper_url"], provenance["paper_url"] = page
    if code := _linked_code(work):
        values["code_url"], provenance["code_url"] = code, Origin("list")
    published = str(values.get("published") or "")
    partial = "authors" in provenance and provenance["authors"].source == "list" and work.reference.et_al
    return values | {
        "et_al": partial,
        "published_precision": _PRECISION.get(len(published)),
        "provenance": provenance,
        "also": also,
    }


def _is_searched(origin: Origin) -> bool:
    """Whether a value was found by title: once the same source is asked by identifier, it is not asked so again."""
    return bool(origin.question and origin.question.startswith("title:"))


_PRECISION: Mapping[int, Literal["year", "month", "day"]] = {4: "year", 7: "month", 10: "day"}


def _paper_url(work: Work) -> tuple[str, Origin] | None:
    """The page that the list links, unless it is none or another paper's; else that of the strongest name."""
    wrong = names_of_others(work)
    for entry in work.entries:
        reading = read_url(entry.paper_url or "")
        if entry.paper_url and not reading.problem and wrong.isdisjoint(reading.identifiers):
            return entry.paper_url, Origin("list")
    names = sorted((i for i in work.names if i not in wrong), key=strength)
    return next(((url, Origin("identifier")) for i in names if (url := to_url(i))), None)


def _linked_code(work: Work) -> str | None:
    return next((k.url for e in work.entries for k in e.links if k.role == "code"), None)


def _offers(name: str, work: Work) -> Iterator[tuple[Origin, Any, bool]]:
    """Every value offered for a field, with who offers it and whether it is a draft's, which goes last.

    Sources without a place in the order do not count.
    """
    order = precedence()[name]
    for record in work.records:
        value = getattr(record, name)
        if name == "citation_count" and _has_fallen(record, work):
            continue
        if value not in (None, ()) and record.source in order:
            yield origin_of_record(record), value, _is_draft(record)
    if "list" in order:
        value = getattr(work.reference, name)
        if value:
            yield Origin("list"), value, False
    if "identifier" in order and (value := _PROVEN[name](work)):
        yield Origin("identifier"), value, False


def _has_fallen(record: Record, work: Work) -> bool:
    """Whether a source counted more than twice as many citations of the very same work when it was asked otherwise.

    The store holds a count back that falls from one answer to the next; a work that was found by title once is
    asked about by identifier from then on, which is another question.
    """
    count = record.citation_count
    if count is None or not record.identifiers:
        return False
    return any(
        (r.source, r.identifiers[:1]) == (record.source, record.identifiers[:1])
        and (r.counted_at or "") < (record.counted_at or "")
        and 2 * count < (r.citation_count or 0)
        for r in work.records
    )


def _believed(
    offers: Sequence[tuple[Origin, Any, bool]],
) -> tuple[list[tuple[Origin, Any, bool]], tuple[Origin, ...]]:
    """What is said of a paper's standing and may be believed, and who alone calls it retracted.

    A retraction needs two sources: single ones are known to be wrong. arXiv's authors withdraw on their own.
    """
    retractions = [offer for offer in offers if offer[1] == "retracted"]
    if len({origin.source for origin, _, _ in retractions}) > 1:
        return retractions, ()
    return [offer for offer in offers if offer not in retractions], tuple(o for o, _, _ in retractions)


def _is_draft(record: Record) -> bool:
    """A submission that was not accepted, or DBLP's copy of a preprint's first version."""
    return (
        record.status in ("rejected", "withdrawn", "submitted")
        and record.source != "arxiv"
        or (record.venue_key == "journals/corr")
    )


def _proven_pdf(work: Work) -> str | None:
    """The PDF that the strongest name tells, or a link by that name."""
    readings = [read_url(link.url) for entry in work.entries for link in entry.links]
    shown = {name: reading.pdf for reading in readings if reading.pdf for name in reading.identifiers}
    names = sorted(confirmed(work), key=strength)
    return next((url for i in names if (url := pdf_url(i) or shown.get(i))), None)


_PROVEN: dict[str, Callable[[Work], str | None]] = {
    "published": lambda work: preprint_month(confirmed(work)),
    "pdf_url": _proven_pdf,
}
