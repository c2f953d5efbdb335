"""Where a paper was published, and what that means for what the list says.

The rules, in one place: a venue is *decided* by an authoritative statement that no other authoritative
one contradicts, or by two agreeing others; all else is a suggestion. Preprint servers are never a
publication; a workshop is not its conference; Findings are not the main proceedings; the year is the
venue's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.model import Entry, Evidence, Identifier, Origin, Record, Venue, VenueStatus
from pipeline.proofs import prove
from pipeline.venues import (
    agrees,
    by_acl,
    by_id,
    by_openreview,
    by_stream,
    family,
    has_siblings,
    is_canonical,
    understand,
)

_DBLP_KEY = re.compile(r"^((?:conf|journals)/[^/]+)/[^/]*?(\d\d)[a-z]?$")
_UNPUBLISHED_LABEL = re.compile(
    r"(?i)\b(arxiv|preprint|under review|submitted|submission|openreview|tech(nical)? report|corr)\b"
)
_LONG_AGO = 1900
_SERIES_LABEL = re.compile(r"(?i)^\W*(pmlr|proceedings of machine learning research|lncs|jmlr w&cp|ceur)\W*$")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the evidence amounts to. `winner` decided, or is the suggestion where `decided` is false."""

    venue: Venue | None = None
    year: int | None = None
    decided: bool = False
    winner: Evidence | None = None
    dispute: tuple[Evidence, ...] = ()
    """Authoritative statements that contradict each other."""


def statement_of_identifier(identifier: Identifier, origin: Origin) -> Evidence | None:
    """What an identifier alone proves about the venue, without asking anybody."""
    if identifier.scheme == "dblp":
        return _statement_of_dblp_key(identifier, origin)
    proof = prove(identifier)
    if proof is None or proof.preprint or proof.venue is None:
        return None
    return Evidence(origin, proof.venue, proof.year, proof.text, "authoritative")


def _statement_of_dblp_key(identifier: Identifier, origin: Origin) -> Evidence | None:
    """A DBLP key states series and year, but not Findings or workshop (`conf/acl` holds them all)."""
    match = _DBLP_KEY.match(identifier.value)
    venue = by_stream(match[1]) if match else None
    if match is None or venue is None or venue.kind == "preprint":
        return None
    year = int(match[2])
    text = f"DBLP key {identifier.value} named by {origin.source}"
    return Evidence(origin, venue.id, year + (1900 if year > 50 else 2000), text, "series")


def statement_of_record(record: Record, title: str) -> Evidence | None:
    """What a source's record says about the venue; `title` is the source's name for people."""
    origin = Origin(record.source, record.question, record.retrieved_at)
    reader = _READERS.get(record.source, _read_supporting)
    return reader(record, origin, title)


def _read_dblp(record: Record, origin: Origin, title: str) -> Evidence | None:
    venue = by_stream(record.venue_key or "", record.venue)
    if venue is None or venue.kind == "preprint":
        return None
    text = f'{title}: "{record.venue or record.venue_key}" {record.year or ""}'.rstrip()
    return Evidence(origin, venue.id, record.year, text, "authoritative")


def _read_openreview(record: Record, origin: Origin, title: str) -> Evidence | None:
    accepted = by_openreview(record.venue_key or "") if record.status == "accepted" else None
    if accepted is None:
        return None
    venue, year = accepted
    return Evidence(origin, venue.id, year, f"{title}: accepted at {record.venue_key}", "authoritative")


def _read_acl(record: Record, origin: Origin, title: str) -> Evidence | None:
    venue = by_acl(record.venue_key or "", record.venue)
    if venue is None:
        return None
    return Evidence(origin, venue.id, record.year, f'{title}: "{record.venue}"', "authoritative")


def _read_arxiv(record: Record, origin: Origin, title: str) -> Evidence | None:
    """arXiv comments and journal_ref are the authors' own words: a hint, never proof."""
    reading = understand(record.hint) if record.hint else None
    if reading is None or reading.venue is None or _is_preprint(reading.venue):
        return None
    return Evidence(origin, reading.venue.id, reading.year, f'{title} comment: "{record.hint}"', "hint")


def _read_supporting(record: Record, origin: Origin, title: str) -> Evidence | None:
    reading = understand(record.venue) if record.venue else None
    if reading is None or reading.venue is None or _is_preprint(reading.venue):
        return None
    text = f'{title}: "{record.venue}" {record.year or ""}'.rstrip()
    return Evidence(origin, reading.venue.id, reading.year or record.year, text, "supporting")


_READERS: dict[str, Callable[[Record, Origin, str], Evidence | None]] = {
    "dblp": _read_dblp,
    "openreview": _read_openreview,
    "acl": _read_acl,
    "arxiv": _read_arxiv,
}


def _is_preprint(venue: Venue) -> bool:
    return venue.kind in ("preprint", "repository", "report", "other")


def decide(evidence: Sequence[Evidence], entries: Sequence[Entry], doubtful: frozenset[str]) -> Decision:
    """Weigh all statements about one work.

    `doubtful` holds the texts of statements about a published version whose title and author list both
    differ from this work's: they can suggest, not decide. If the list itself names the venue that one of
    two disagreeing authoritative statements gives, the list is right. The outcome does not depend on the
    order of the statements, but for which of several suggestions is shown.
    """
    evidence = [e for e in evidence if e.venue is not None]
    strong = [e for e in evidence if e.weight in ("authoritative", "series") and e.text not in doubtful]
    exact = [e for e in strong if e.weight == "authoritative"]
    if strong and _all_agree(strong):
        return _from_strong(exact, strong)
    if strong:
        named = _only([e for e in exact if any(_listed(entry, e) for entry in entries)])
        return _decided(named, tuple(strong)) if named else _suggested(strong[0], tuple(strong))
    weak = [e for e in evidence if e.weight in ("supporting", "hint") or e.text in doubtful]
    if agreed := _two_agree([e for e in weak if e.weight == "supporting" and e.text not in doubtful]):
        return _decided(agreed)
    return _suggested(weak[0]) if weak else Decision()


def _from_strong(exact: Sequence[Evidence], strong: Sequence[Evidence]) -> Decision:
    dated = next((e for e in strong if e.year), strong[0])
    if exact:
        best = next((e for e in exact if e.year), exact[0])
        return replace(_decided(best), year=dated.year)
    alone = strong[0]
    several = any(e.venue != alone.venue for e in strong)
    return _suggested(alone) if several or has_siblings(by_id(alone.venue or "")) else _decided(dated)


def _decided(evidence: Evidence, dispute: tuple[Evidence, ...] = ()) -> Decision:
    return Decision(by_id(evidence.venue or ""), evidence.year, True, evidence, dispute)


def _suggested(evidence: Evidence, dispute: tuple[Evidence, ...] = ()) -> Decision:
    return Decision(by_id(evidence.venue or ""), evidence.year, False, evidence, dispute)


def _all_agree(statements: Sequence[Evidence]) -> bool:
    return all(_compatible(a, b) for i, a in enumerate(statements) for b in statements[i + 1 :])


def _compatible(one: Evidence, other: Evidence) -> bool:
    if one.year and other.year and one.year != other.year:
        return False
    if one.venue == other.venue:
        return True
    loose = "series" in (one.weight, other.weight)
    return loose and family(by_id(one.venue or "")) == family(by_id(other.venue or ""))


def _two_agree(statements: Sequence[Evidence]) -> Evidence | None:
    """The venue and year that two sources state, unless two others state another."""
    return _only(
        [
            one
            for one in statements
            if any(_says_the_same(one, e) and one.origin.source != e.origin.source for e in statements)
        ]
    )


def _says_the_same(one: Evidence, other: Evidence) -> bool:
    return (one.venue, one.year) == (other.venue, other.year)


def _only(statements: Sequence[Evidence]) -> Evidence | None:
    """The first of statements that all say the same; None where they do not, or where there are none."""
    same = all(_says_the_same(statements[0], e) for e in statements)
    return statements[0] if statements and same else None


def _listed(entry: Entry, evidence: Evidence) -> bool:
    reading = understand(entry.venue_text, entry.year) if entry.venue_text else None
    if reading is None or reading.venue is None or not agrees(reading.venue, by_id(evidence.venue or "")):
        return False
    return entry.date_text is not None or entry.year in (None, evidence.year)


def judge_entry(
    entry: Entry, decision: Decision, preprint_year: int | None
) -> tuple[VenueStatus, str | None]:
    """The status of what the entry says about venue and year, and a note for people where one helps.

    `preprint_year` is the first version's year of a work known only as a preprint, else None.
    """
    if decision.winner is None:
        return _judge_unpublished(entry, preprint_year), None
    if not decision.decided or decision.venue is None:
        return "suggested", None
    if decision.dispute and not _listed(entry, decision.winner):
        return "suggested", "another entry names one of the disputed venues"
    if not entry.venue_text:
        return "missing", None
    return _judge_written(entry, entry.venue_text, decision.venue, decision)


def _judge_unpublished(entry: Entry, preprint_year: int | None) -> VenueStatus:
    says_preprint = not entry.venue_text or _is_unpublished_label(entry.venue_text)
    return "agrees" if says_preprint and preprint_year and entry.year == preprint_year else "unknown"


def _is_unpublished_label(text: str) -> bool:
    reading = understand(text)
    if reading.venue is not None:
        return reading.venue.kind == "preprint"
    return bool(_UNPUBLISHED_LABEL.search(text))


def _judge_written(
    entry: Entry, text: str, venue: Venue, decision: Decision
) -> tuple[VenueStatus, str | None]:
    same_year = entry.date_text is not None or entry.year in (None, decision.year) or decision.year is None
    if _is_unpublished_label(text):
        return "outdated", None
    listed = understand(text, entry.year).venue
    if listed is None:
        known = bool(_SERIES_LABEL.match(text))
        return (
            ("nonstandard" if same_year else "wrong", None)
            if known
            else ("suggested", f'"{text}" not understood')
        )
    if _is_preprint(listed) and listed.parent is None:
        return "suggested", f'"{text}" is not a venue of papers'
    if listed.id != venue.id and _series_only(listed, decision):
        return ("agrees", None) if same_year else ("suggested", f'"{text}": another year of the series')
    if not same_year or not agrees(listed, venue):
        return "wrong", None
    when = entry.year or decision.year or _LONG_AGO  # a former name may be right where no year is known
    right = listed.id != venue.id or is_canonical(text, listed, when)
    return ("agrees" if right else "nonstandard"), None


def names_another_event(entry: Entry, decision: Decision) -> bool:
    """True where the entry names another series and another year than are decided: nothing of it is right.

    Where nobody has looked at what its link leads to, the link is as likely the mistake (a list gave the
    ICML 2023 paper "Specializing Smaller Language Models" the address 2022.findings-naacl.169).
    """
    listed = understand(entry.venue_text, entry.year).venue if entry.venue_text else None
    if listed is None or decision.venue is None or not (entry.year and decision.year):
        return False
    return entry.year != decision.year and family(listed) != family(decision.venue)


def _series_only(listed: Venue, decision: Decision) -> bool:
    """Only the series is proven: the list may name any part of it (its workshop, its Findings)."""
    return (
        decision.winner is not None
        and decision.winner.weight == "series"
        and decision.venue is not None
        and family(listed) == family(decision.venue)
    )


def preprint_month(identifiers: Iterable[Identifier]) -> str | None:
    """The month of the first version (`2023-10`) that a preprint's identifier proves, or None."""
    for identifier in identifiers:
        proof = prove(identifier)
        if proof is not None and proof.preprint and proof.published:
            return proof.published
    return None
