"""Which venue a text means: bibliographies, sources and lists spell one conference in a hundred ways.

`understand` reads any such text; `pipeline.venues.keys` reads the keys of single sources. What is known
about venues is data (`data/venues.yaml`, whose head explains its one-line rows); this package holds only
the grammar of venue texts. It rather says None than guess:

- a name counts only where it fills a whole piece of the text (between commas, colons, brackets), noise
  such as years, ordinals, "Proceedings of the" and sponsors aside; so "International Conference on
  Machine Learning and Applications" is never ICML;
- workshops, Findings, tutorials and companion volumes are rows of their own, made by rule
  (`icml-workshop`, parent `icml`); tracks (Oral, Demo, Industry ...) leave the venue as it is;
- "Submitted to X" is not X, and two unrelated venues in one text are none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipeline.model import Venue, VenueKind
from pipeline.text import lazy
from pipeline.venues.cleaning import YEAR, clean, full_year, split_year, spread_years
from pipeline.venues.lookup import LEFT_WORDS, RIGHT_WORDS, Context, choose
from pipeline.venues.rows import PARTS, by_id, derived, joint_meeting, that_year
from pipeline.venues.scanning import Hit, Piece, Scan, goes_on, read_piece, scan_pieces
from pipeline.venues.table import load_table
from pipeline.venues.words import INTERNATIONAL, NUMERALS, STOP_WORDS, TOKEN, without_accents


@dataclass(frozen=True, slots=True)
class VenueReading:
    """What a text says about publication; what it does not say is None."""

    venue: Venue | None
    """The row it means."""
    year: int | None
    """The venue's year where the text states one."""
    track: str | None
    """`oral`, `demo`, `datasets and benchmarks` ...: a part of the main venue, never another venue."""


class _Understood(NamedTuple):
    """A reading, and whether the venue's name was spelled as it should be until which year."""

    reading: VenueReading
    until: int | None = None


_NOTHING: Final = _Understood(VenueReading(None, None, None))
_LONGEST_TEXT: Final = 600
"""No venue is written longer (three joint conferences with places and dates take 300 characters)."""
_LOOSE_YEAR: Final = re.compile(r"[A-Za-z)]\s*\(?(\d\d)\)?$")


@lru_cache(maxsize=1 << 16)
def _understand(text: str, year: int | None = None) -> _Understood:
    if len(text) > 2 * _LONGEST_TEXT:
        return _NOTHING
    if found := _direct(text, year):
        return found
    plain = clean(text)
    if not plain or len(plain) > _LONGEST_TEXT:
        return _NOTHING
    spread = plain if plain.isalpha() else spread_years(plain)
    return spread != text and _direct(spread, year) or _read(spread, year)


def _direct(text: str, stated: int | None) -> _Understood | None:
    """The quick way, for nine texts in ten: a known spelling, with a year before or after it or without."""
    name, said = split_year(text)
    words = TOKEN.findall(name.replace("&", " and ") if "&" in name else name)
    known = load_table().words.get(" ".join(words).lower())
    if not known:
        return None
    alias = choose(known, words, Context(dated=said is not None or stated is not None, workshop=False))
    if alias is None or "@" in name and "@" not in alias.spelling:
        return None
    return _Understood(VenueReading(that_year(alias.row.venue, said or stated), said, None), alias.until)


_PUBLISHED_BY: Final = lazy(
    r"\.\s+(?=(?:Springer|Elsevier|IEEE|ACM|AAAI|USENIX|Curran|PMLR|Association for Comp)\b)"
)
_HOST: Final = lazy(
    r"\b(?:held as (?:a )?part of|held in conjunction with|in conjunction with|co-?located with|organi[sz]ed jointly with)\b",
    re.I,
)
"""What follows is where it took place: "TACAS 2021, Held as Part of ... ETAPS 2021"."""
_DENIED: Final = lazy(
    r"\bsubmi(?:tted|ssions?)\b|\bunder review\b|\bin review\b|\bwithdrawn?\b|\breject(?:ed)?\b"
    r"|\b(?:extended|journal|revised|expanded|longer|shorter|preliminary) version of\b|\bin preparation\b",
    re.I,
)
_SERIES: Final = lazy(
    r"\bPMLR\b|\bproceedings of machine learning research\b|\bLNCS\b|\blecture notes in \w+(?: \w+)?\b|\bCEUR(?:-WS)?\b"
    r"|\bCEUR workshop proceedings\b|\b(?:JMLR|journal of machine learning research):? (?:workshop and conference proceedings"
    r"|w&cp|proceedings track)\b|\bCCIS\b|\bLNAI\b|\bcommunications in computer and information science\b|\bOpenReview\.net\b",
    re.I,
)
_VOLUMES: Final = lazy(r"\bfindings of (?:the )?association (?:for|of) computational linguistics\b", re.I)
"""The series of all Findings: whose they are stands beside it."""
_PIECES: Final = re.compile(r"[,;:()\[\]|<>\"\u201c\u201d]+|\s-+\s|\s/\s")


def _read(text: str, stated: int | None) -> _Understood:
    """The thorough way: piece by piece."""
    years = [int(year) for year in YEAR.findall(text)]
    if _DENIED.search(text):
        return _Understood(VenueReading(None, _most_common(years), None))
    if (host := _HOST.search(text)) and (
        own := _read(text[: host.start()].rstrip(" ,;("), stated)
    ).reading.venue:
        return own
    text = _SERIES.sub(",", _VOLUMES.sub("Findings,", _PUBLISHED_BY.sub(", ", text)))
    workshop = "@" in text or any(part.words.search(text) for part in PARTS[:2])
    scan = Scan(Context(bool(years or stated) or _LOOSE_YEAR.search(text) is not None, workshop))
    pieces = [piece for part in _PIECES.split(text) if (piece := read_piece(part, scan))]
    scan_pieces(pieces, scan)
    scan.hits = [hit for hit in scan.hits if not goes_on(hit, pieces, scan.hits)]
    hits = _decide(scan)
    track = scan.tracks[0] if scan.tracks else None
    if not hits:
        return _Understood(VenueReading(None, _most_common(years), track))
    year = _year_of(hits, pieces, years) or _loose_year(text, hits[0].alias.row.venue)
    venue = _with_part(that_year(hits[0].alias.row.venue, year or stated), hits, text, scan)
    untils = [hit.alias.until for hit in hits]
    until = None if None in untils else max(until for until in untils if until is not None)
    return _Understood(VenueReading(venue, year, track if venue else None), until)


def _most_common(years: Sequence[int]) -> int | None:
    return Counter(years).most_common(1)[0][0] if years else None


def _year_of(hits: Sequence[Hit], pieces: Sequence[Piece], years: Sequence[int]) -> int | None:
    """The year beside the venue, else the one that the text names most often."""
    for hit in hits:
        beside = [year for piece in pieces[hit.first : hit.last + 2] for year in piece.years]
        if beside:
            return beside[0]
    return _most_common(years)


def _loose_year(text: str, venue: Venue) -> int | None:
    """A two-digit year after a conference: `EMNLP 18`."""
    match = _LOOSE_YEAR.search(text)
    if match is None or venue.kind not in ("conference", "findings", "workshop"):
        return None
    year = int(full_year(match[1]))
    return year if 1960 <= year <= 2040 else None


_PUBLISHED: Final = frozenset({"conference", "findings", "workshop", "journal"})


def _decide(scan: Scan) -> list[Hit]:
    """The hits of the one venue that is meant, or none."""
    hits = _worthiest(scan.hits)
    strong = [hit for hit in hits if not hit.alias.weak]
    if not strong and (scan.unknown or len({hit.alias.row.venue.id for hit in hits}) > 1):
        return []
    hits = strong or hits
    rows = {hit.alias.row.venue.id: hit.alias.row for hit in hits}
    meant = next(iter(rows)) if len(rows) == 1 else joint_meeting(rows)
    return [hit for hit in hits if hit.alias.row.venue.id == meant]


def _worthiest(hits: list[Hit]) -> list[Hit]:
    """Published venues before preprint servers, these before companies and kinds of text; a workshop before its host."""
    for kinds in (_PUBLISHED, {"preprint"}):
        if chosen := [hit for hit in hits if hit.alias.row.venue.kind in kinds]:
            parts = [hit for hit in chosen if hit.alias.row.venue.kind in ("workshop", "findings")]
            return parts or chosen
    return hits


def _with_part(venue: Venue, hits: Sequence[Hit], text: str, scan: Scan) -> Venue | None:
    """The venue, or its workshops, Findings ... where the text says so outside the venue's own name."""
    part = _part(hits, text, scan)
    if part is None or venue.kind in ("workshop", "findings") or venue.kind not in _PUBLISHED:
        return venue
    return derived(venue.id, part) if venue.kind == "conference" else None


def _part(hits: Sequence[Hit], text: str, scan: Scan) -> str | None:
    own = " ".join(
        dict.fromkeys([hit.alias.spelling for hit in hits] + [hit.alias.row.venue.name for hit in hits])
    )
    for part in PARTS:
        said, named = part.words.findall(text), part.words.findall(own)
        if len(said) > len(named) or part.suffix in scan.parts:
            return part.suffix
    return None


def understand(text: str, year: int | None = None) -> VenueReading:
    """What a venue text of a list or a source means; never raises, and is None rather than wrong.

    `year` is one that stands beside the text, not in it: it makes a short acronym (`SC`, `PR`) clear, and
    tells that COLING 2024 was LREC-COLING. The reading's year is the text's own.

    >>> reading = understand("Findings of the Association for Computational Linguistics: EMNLP 2023")
    >>> reading.venue.id, reading.year, reading.track
    ('emnlp-findings', 2023, None)
    >>> understand("ICLR'24 Oral").track
    'oral'
    """
    return _understand(text, year).reading


@lru_cache(maxsize=8192)
def kind_of(text: str) -> VenueKind | None:
    """What kind of venue a text names, if any.

    >>> kind_of("NeurIPS 2023"), kind_of("Geoffrey Hinton")
    ('conference', None)
    """
    venue = None if holds_no_venue(text) else understand(text).venue
    return venue.kind if venue else None


def is_published(text: str) -> bool:
    """Whether a text names a venue that publishes papers: no server of preprints."""
    return kind_of(text) in _PUBLISHED


_PLAIN_WORDS: Final = re.compile(r"[A-Z][a-z]+\d*(?: [A-Z][a-z]+\d*){1,3}")


def holds_no_venue(text: str) -> bool:
    """Whether a few plain words cannot name a venue: there is one that no venue's name has, in full or shortened.

    Quick, where `understand` is not: most of what lists write in a venue's place are people.

    >>> holds_no_venue("Geoffrey Hinton"), holds_no_venue("Mach Learn")
    (True, False)
    """
    if _PLAIN_WORDS.fullmatch(text) is None:
        return False
    words = text.lower().split()
    return _LOOSE.isdisjoint(words) and not all(map(_begins_a_word, words))


_LOOSE: Final = STOP_WORDS | LEFT_WORDS | RIGHT_WORDS | NUMERALS | INTERNATIONAL
"""Words with which, or between which, `understand` finds more than a name as a whole."""


def _begins_a_word(word: str) -> bool:
    known, bare = _vocabulary(), word.rstrip("0123456789")
    place = bisect_left(known, bare)
    return place < len(known) and known[place].startswith(bare)


@cache
def _vocabulary() -> list[str]:
    """All words of all spellings, and short spellings without their spaces, in order."""
    spellings = load_table().words
    return sorted({word for key in spellings for word in (*key.split(), key.replace(" ", ""))})


def is_series(text: str) -> bool:
    """Whether a text names but a series that prints the proceedings of many venues (LNCS, PMLR, CEUR).

    >>> [is_series(text) for text in ("LNCS", "PMLR 235", "ICML")]
    [True, True, False]
    """
    return _SERIES.sub("", text, count=1).strip(" .,:0123456789()") == "" != text.strip()


_NEAR: Final = 60.0
"""Similarity in percent from which a name is worth showing to a person."""


def nearest(text: str, number: int = 3) -> tuple[Venue, ...]:
    """The rows whose spellings come nearest to a text, best first: a hint for people, never an answer.

    >>> [venue.id for venue in nearest("Conference on Empirical Method in Naturel Language Processing", 1)]
    ['emnlp']
    """
    from rapidfuzz import fuzz, process

    spellings = load_table().words
    said = " ".join(TOKEN.findall(without_accents(YEAR.sub(" ", text)))).lower()
    found = process.extract(said, spellings.keys(), scorer=fuzz.ratio, limit=4 * number, score_cutoff=_NEAR)
    found.sort(key=lambda hit: (-hit[1], sorted(hit[0]) != sorted(said)))  # `ICRL` is ICLR rather than ICML
    rows = dict.fromkeys(spelled.venue_id for key, _, _ in found for spelled in spellings[key])
    return tuple(by_id(venue_id) for venue_id in rows)[:number]


def is_canonical(text: str, venue: Venue, year: int | None = None) -> bool:
    """Whether the text names the venue as it is called: by acronym, name or another right spelling.

    Case, spacing, tracks and years aside. Former names are right for their time: NIPS until 2017
    (`year`, where the text does not state it).
    """
    reading, until = _understand(text, year)
    if reading.venue is None or reading.venue.id != venue.id:
        return False
    when = reading.year or year
    return until is None or when is not None and when <= until
