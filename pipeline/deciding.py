"""Where a paper was published, and what that means for what the list says.

The rules, in one place: a venue is *decided* by an authoritative statement that no other authoritative
one contradicts, or by two agreeing others; all else is a suggestion. Preprint servers are never a
publication; a workshop is not its conference; Findings are not the main proceedings; the year is the
venue's. Whose word weighs what is data (data/authority.yaml).

Years: a conference has one, so two stated ones contradict each other. A journal's article has the year in
which it went online and that of its issue, mostly the next one: those do not contradict each other, the
list is right with either, and where only machines differ about it the year is left open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pipeline.identifiers import read_url
from pipeline.model import Entry, Evidence, Identifier, Origin, Record, Venue, VenueStatus
from pipeline.proofs import prove
from pipeline.venues import is_canonical, understand
from pipeline.venues.keys import by_acl, by_openreview, by_stream
from pipeline.venues.rows import agrees, by_id, family, has_siblings

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
    years: frozenset[int] = frozenset()
    """All years with which a list is right: of a journal's article that of going online and of the issue."""


Weight = Literal["authoritative", "series", "supporting", "hint"]


@dataclass(frozen=True, slots=True)
class Authority:
    """How one source's word on publication weighs: a block of data/authority.yaml, explained there."""

    reads: str | None = None
    weight: Weight = "supporting"
    kinds: Mapping[str, Weight] | None = None
    loose: bool = True
    names: Weight = "supporting"
    echoes: str | None = None
    """The source from which it has its dates: both are one word."""
    rank: int = 99
    """Place in the file: the surest source first."""


@cache
def _authorities() -> Mapping[str, Authority]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files("pipeline.data").joinpath("authority.yaml").read_text(encoding="utf-8")
    blocks: Mapping[str, dict[str, Any]] = yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader)
    return {source: _read_block(block, rank) for rank, (source, block) in enumerate(blocks.items(), start=1)}


def _read_block(block: Mapping[str, Any], rank: int) -> Authority:
    weight: Weight = block.get("weight", "supporting")
    return Authority(
        reads=block.get("reads"),
        weight=weight,
        kinds=block.get("kinds"),
        loose=block.get("year") != "firm",
        names=block.get("names", weight),
        echoes=block.get("echoes"),
        rank=rank,
    )


def authority(source: str) -> Authority:
    """What data/authority.yaml says of a source; one without a block states nothing and proves nothing."""
    return _authorities().get(source, Authority())


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
    reader = _READERS.get(authority(record.source).reads or "")
    return reader(record, origin, title) if reader else None


def has_loose_year(record: Record) -> bool:
    """Whether the year that a record gives may be that of going online or of a preprint.

    A year in the printed name of the proceedings, or of the event, is the venue's own.
    """
    if not authority(record.source).loose:
        return False
    _, *event = (record.venue_key or "").split("|")
    printed = understand(record.venue).year if record.venue else None
    return printed is None and not (record.source == "crossref" and any(event[:2]))


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


@dataclass(frozen=True, slots=True)
class Denial:
    """A venue that did not accept a work."""

    venue: str
    """Id of its row: a workshop's word is not its conference's."""
    year: int | None
    """None for a journal, which has none in its group's name."""

    def contradicts(self, statement: Evidence) -> bool:
        """Whether a statement by sources that decide nothing alone is of this venue, before another try."""
        if statement.weight not in ("supporting", "hint") or statement.venue != self.venue:
            return False
        return statement.year is None or self.year is None or statement.year <= self.year


_UNACCEPTED = frozenset({"rejected", "withdrawn", "submitted"})


def denial(record: Record) -> Denial | None:
    """Which venue has not accepted a work, as OpenReview says; machines take every submission for a paper of it.

    Also a submission that nobody has decided about yet is no paper of the conference.
    """
    if record.source != "openreview" or record.status not in _UNACCEPTED:
        return None
    key = record.venue_key or ""
    reading = by_openreview(key) or by_openreview(key.rpartition("/")[0])
    return Denial(reading[0].id, reading[1]) if reading else None


def _read_acl(record: Record, origin: Origin, title: str) -> Evidence | None:
    venue = by_acl(record.venue_key or "", record.venue)
    if venue is None:
        return None
    return Evidence(origin, venue.id, record.year, f'{title}: "{record.venue}"', "authoritative")


def _read_comment(record: Record, origin: Origin, title: str) -> Evidence | None:
    """arXiv comments and journal_ref are the authors' own words: a hint, never proof."""
    reading = understand(record.hint) if record.hint else None
    if reading is None or reading.venue is None or _is_preprint(reading.venue):
        return None
    return Evidence(origin, reading.venue.id, reading.year, f'{title} comment: "{record.hint}"', "hint")


def _read_text(record: Record, origin: Origin, title: str) -> Evidence | None:
    """A printed name of proceedings or a journal; a series or a server states nothing."""
    kind, _, event = (record.venue_key or "").partition("|")
    weight = _weight_of_kind(authority(record.source), kind)
    reading = understand(record.venue) if record.venue else None
    if weight is None or reading is None or reading.venue is None or _is_preprint(reading.venue):
        return None
    year = reading.year or record.year
    if weight == "authoritative" and _event_differs(event, reading.venue, year):
        weight = "supporting"
    text = f'{title}: "{record.venue}" {record.year or ""}'.rstrip()
    return Evidence(origin, reading.venue.id, year, text, weight)


def _weight_of_kind(rules: Authority, kind: str) -> Weight | None:
    if rules.kinds is None:
        return rules.weight
    return rules.kinds.get(kind)


def _event_differs(event: str, venue: Venue, year: int | None) -> bool:
    """The event's name contradicts the proceedings' (a companion, a workshop, another year)."""
    for name in event.split("|")[:2]:
        said = understand(name)
        other = said.venue is not None and said.venue.id != venue.id
        if other or (year and said.year and said.year != year):
            return True
    return False


_READERS: dict[str, Callable[[Record, Origin, str], Evidence | None]] = {
    "stream": _read_dblp,
    "openreview": _read_openreview,
    "acl": _read_acl,
    "comment": _read_comment,
    "text": _read_text,
}


def _is_preprint(venue: Venue) -> bool:
    return venue.kind in ("preprint", "repository", "report", "other")


def decide(
    evidence: Sequence[Evidence],
    entries: Sequence[Entry],
    doubtful: frozenset[str],
    *,
    loose: frozenset[str] = frozenset(),
    preprint_year: int | None = None,
    linked: frozenset[str] = frozenset(),
) -> Decision:
    """Weigh all statements about one work.

    `doubtful` holds the texts of statements about a published version whose title and author list both
    differ from this work's: they can suggest, not decide; `loose` those of statements whose year is not
    surely the venue's; `preprint_year` is that of the first version; `linked` those of statements about the
    very publication that the list links to. If the list itself names the venue that one of two disagreeing
    authoritative statements gives, the list is right; if it links to one of two publications, it means that
    one. The outcome does not depend on the order of the statements, but for which of several suggestions is
    shown.
    """
    evidence = [e for e in evidence if e.venue is not None]
    strong = [e for e in evidence if e.weight in ("authoritative", "series") and e.text not in doubtful]
    strong = _without_lesser_versions(strong, entries)
    weak = [e for e in evidence if e.weight in ("supporting", "hint") or e.text in doubtful]
    others = [e for e in weak if e.weight == "supporting" and e.text not in doubtful]
    if strong:
        dated = [_with_sure_year(e, evidence, loose, preprint_year) for e in strong]
        named = any(_listed(entry, e) for entry in entries for e in dated)
        if not named and not _all_agree(dated) and (version := _linked_version(strong, dated, linked)):
            strong, dated = version
        return _from_strong(strong, dated, [*others, *strong], entries, preprint_year)
    if agreed := _two_agree([e for e in others if not _is_preprint_year(e, loose, preprint_year)]):
        return _decided(agreed, agreed.year)
    return _suggested(weak[0]) if weak else Decision()


def _without_lesser_versions(strong: Sequence[Evidence], entries: Sequence[Entry]) -> list[Evidence]:
    """The statements but those of an earlier version at a workshop or in a companion volume, where a main one is known.

    The list keeps its word where it names the lesser version, or links to that very one.
    """
    main = [e for e in strong if not _is_lesser(e)]
    linked = {str(i) for entry in entries for k in entry.links for i in read_url(k.url).identifiers}
    first = min((e.year for e in main if e.year and e.weight == "authoritative"), default=0)

    def stays(one: Evidence) -> bool:
        named = any(_listed(entry, one) for entry in entries)
        direct = (
            one.origin.source in ("list", "search") or one.origin.question in linked and not _is_general(one)
        )
        return named or direct or one.year is None or one.year >= first

    return [e for e in strong if not _is_lesser(e) or not main or stays(e)]


def _linked_version(
    strong: Sequence[Evidence], dated: Sequence[Evidence], linked: frozenset[str]
) -> tuple[list[Evidence], list[Evidence]] | None:
    """Of statements about two publications (a conference's and a journal's) those about the one that is linked.

    None where nothing is said of that one, or things that contradict each other, or where it is a lesser version.
    What else is said of the same venue must agree: two papers may stand in one.
    """
    said = [e for e in strong if e.text in linked]
    own = [e for e in dated if e.text in linked]
    exact = any(e.weight == "authoritative" for e in own)
    venues = {e.venue for e in own}
    beside = [e for e in dated if e.text not in linked and e.venue in venues]
    sure = exact and _all_agree([*own, *beside]) and not any(_is_lesser(e) for e in own)
    return (said, own) if sure else None


def _is_lesser(one: Evidence) -> bool:
    venue = by_id(one.venue or "")
    return venue.kind == "workshop" or (venue.kind == "other" and venue.parent is not None)


def _is_general(one: Evidence) -> bool:
    """Whether the question was about the work in any version: by its preprint or its title."""
    return (one.origin.question or "").startswith(("arxiv:", "title:"))


def _is_preprint_year(one: Evidence, loose: frozenset[str], preprint_year: int | None) -> bool:
    """A year that may be the preprint's, and is the same: it says nothing about the venue's."""
    return one.text in loose and one.year is not None and one.year == preprint_year


def _with_sure_year(
    one: Evidence, evidence: Sequence[Evidence], loose: frozenset[str], preprint_year: int | None
) -> Evidence:
    """The statement without its year where that is not surely the venue's and no other source gives it."""
    if one.text not in loose or one.year is None:
        return one
    said = [e for e in evidence if e.venue == one.venue and e.origin.source != one.origin.source]
    said = [e for e in said if e.weight != "hint" and not _is_preprint_year(e, loose, preprint_year)]
    independent = [e for e in said if authority(e.origin.source).echoes != one.origin.source]
    confirmed = any(e.year == one.year for e in independent)
    contradicted = any(e.year not in (None, one.year) for e in said)
    if by_id(one.venue or "").kind == "journal":
        return one if confirmed or not contradicted else replace(one, year=None)
    firm = {e.year for e in said if e.weight == "authoritative" and e.text not in loose and e.year}
    return one if confirmed and firm <= {one.year} else replace(one, year=None)


def _from_strong(
    strong: Sequence[Evidence],
    dated: Sequence[Evidence],
    stated: Sequence[Evidence],
    entries: Sequence[Entry],
    preprint_year: int | None,
) -> Decision:
    """`dated` are the strong statements with sure years only, `stated` all that may tell a journal's year."""
    exact = [e for e in dated if e.weight == "authoritative"]
    if not _all_agree(dated):
        named = _only([e for e in exact if any(_listed(entry, e) for entry in entries)])
        original = next((e for e in strong if named and e.text == named.text), None)
        return (
            _decided(original, named.year, tuple(strong))
            if named and original
            else _suggested(strong[0], tuple(strong))
        )
    best = min(exact or dated, key=_surest)
    winner = next(e for e in strong if e.text == best.text)
    if not exact and (has_siblings(by_id(best.venue or "")) or any(e.venue != best.venue for e in dated)):
        return _suggested(winner)
    year = min(dated, key=_surest).year
    return replace(_decided(winner, year), years=_years(winner, year, stated, preprint_year))


def _surest(one: Evidence) -> tuple[bool, int, int]:
    """Sort key: what states a year first, then by source, the surest first."""
    source = one.origin.source
    rank = 0 if source in ("list", "search", "identifier") else authority(source).rank
    return one.year is None, rank, one.year or 0


def _years(
    winner: Evidence, year: int | None, stated: Sequence[Evidence], preprint_year: int | None
) -> frozenset[int]:
    """The years with which a list is right: for a journal those next to the decided one that anybody states."""
    own = {year} if year else set()
    if by_id(winner.venue or "").kind != "journal":
        return frozenset(own)
    said = {
        e.year
        for e in stated
        if e.venue == winner.venue and not (e.weight == "supporting" and e.year == preprint_year)
    }
    near = {one for one in said if one and (year is None or abs(one - year) <= 1)}
    return frozenset(own | near)


def _decided(evidence: Evidence, year: int | None, dispute: tuple[Evidence, ...] = ()) -> Decision:
    return Decision(by_id(evidence.venue or ""), year, True, evidence, dispute)


def _suggested(evidence: Evidence, dispute: tuple[Evidence, ...] = ()) -> Decision:
    return Decision(by_id(evidence.venue or ""), evidence.year, False, evidence, dispute)


def _all_agree(statements: Sequence[Evidence]) -> bool:
    return all(_compatible(a, b) for i, a in enumerate(statements) for b in statements[i + 1 :])


def _compatible(one: Evidence, other: Evidence) -> bool:
    if one.venue == other.venue:
        slack = 1 if by_id(one.venue or "").kind == "journal" else 0
        return not (one.year and other.year) or abs(one.year - other.year) <= slack
    if one.year and other.year and one.year != other.year:
        return False
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

    Where the venue's year is not known, no other venue is written beside the year that stands there.
    `preprint_year` is the first version's year of a work known only as a preprint, else None.
    """
    if decision.winner is None:
        return _judge_unpublished(entry, preprint_year), None
    if not decision.decided or decision.venue is None:
        return _judge_suggested(entry, decision), None
    if decision.dispute and not _listed(entry, decision.winner):
        return "suggested", "another entry names one of the disputed venues"
    status, note = (
        _judge_written(entry, entry.venue_text, decision.venue, decision)
        if entry.venue_text
        else ("missing", None)
    )
    undated = decision.year is None and entry.year is not None and entry.date_text is None
    if undated and status in ("missing", "outdated", "wrong"):
        return "suggested", "its year is not known for sure"
    return status, note


def says_published(entry: Entry) -> bool:
    """Whether an entry names a venue of papers that is no preprint server."""
    venue = understand(entry.venue_text, entry.year).venue if entry.venue_text else None
    return venue is not None and not _is_preprint(venue)


def _judge_suggested(entry: Entry, decision: Decision) -> VenueStatus:
    """A list that says already what is suggested, or one of the things that authorities disagree about, agrees."""
    for said in filter(None, (decision.winner, *decision.dispute)):
        venue = by_id(said.venue or "")
        likewise = Decision(venue, said.year, winner=said)
        if entry.venue_text and _judge_written(entry, entry.venue_text, venue, likewise)[0] == "agrees":
            return "agrees"
    return "suggested"


def _judge_unpublished(entry: Entry, preprint_year: int | None) -> VenueStatus:
    """A work that nobody says was published: `agrees` where the list gives it as the preprint that it is.

    Such a work stands in the dataset as a preprint of `preprint_year`; a list that names no venue, or the
    preprint server, beside that year is right. Anything else nobody can confirm: `unknown`.
    """
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
    right_years = (None, decision.year, *decision.years)
    same_year = entry.date_text is not None or entry.year in right_years or decision.year is None
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
