"""Which venues the pieces of a text name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pipeline.text import lazy
from pipeline.venues.cleaning import YEAR
from pipeline.venues.lookup import (
    LEFT_WORDS,
    Alias,
    Context,
    find_alias,
    is_acronym,
    match_piece,
    spelling_forms,
    without_left,
)
from pipeline.venues.rows import PARTS
from pipeline.venues.tracks import TRACK, TRACK_END, TRACK_ENDS, track_name
from pipeline.venues.words import is_number, words_of


class Hit(NamedTuple):
    """One venue found in a text, and the numbers of the pieces it fills."""

    alias: Alias
    first: int
    last: int


class Piece(NamedTuple):
    """One piece of a text: its words without numbers, and the years in it."""

    text: str
    words: list[str]
    years: list[int]
    tracks: tuple[str, ...] = ()
    """Tracks that stand at its end; they count if the rest is a venue."""
    telling: bool = False
    """Whether any of its words can be part of a venue's name: places and dates need no look-up."""


@dataclass(slots=True)
class Scan:
    """What was found in a text so far."""

    context: Context
    hits: list[Hit] = field(default_factory=list)
    tracks: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    """Suffixes (`workshop`) that the text gives to its conference other than by the word itself."""
    unknown: int = 0


def read_piece(text: str, scan: Scan) -> Piece | None:
    """A piece of the text, its words and its years; None where nothing is in it."""
    text = text.strip(" .-'")
    years = [int(year) for year in YEAR.findall(text)]
    bare = YEAR.sub(" ", text).strip(" .-'") if years else text
    bare = " ".join(PARTS[0].words.sub(" ", bare).split()).strip(" :")
    if not bare:
        return Piece("", [], years) if years else None
    if match := TRACK.fullmatch(bare):
        scan.tracks.append(track_name(match))
        return Piece("", [], years)
    tracks: tuple[str, ...] = ()
    while (
        (bare.endswith("%") or bare.lower().rpartition(" ")[2].rpartition("-")[2] in TRACK_ENDS)
        and (match := TRACK_END.search(bare))
        and match.start()
        and not find_alias(words_of(bare), scan.context)
    ):
        tracks = (track_name(match), *tracks)
        bare = bare[: match.start()].rstrip(" -")
    return Piece(bare, words := words_of(bare), years, tracks, _is_telling(bare, words))


def _is_telling(text: str, words: list[str]) -> bool:
    split = [part for word in words for part in (word.lower(), word.lower().rstrip("wosb"))]
    return "." in text or not spelling_forms().telling.isdisjoint(split)


_SPAN: Final = 4
"""A name has at most so many pieces ("Conference on Fairness, Accountability, and Transparency" has three)."""


def scan_pieces(pieces: Sequence[Piece], scan: Scan) -> None:
    """Find the venues, longest runs of pieces first."""
    position = 0
    while position < len(pieces):
        if not pieces[position].words:
            position += 1
            continue
        hopeful = position == 0 or pieces[position].telling
        last = _longest(pieces, position, scan) if hopeful else None
        if last is None and not (hopeful and _scan_inside(pieces[position].text, position, scan)):
            scan.unknown += not _is_noise(pieces[position].text)
        else:
            scan.tracks += [
                track for piece in pieces[position : (last or position) + 1] for track in piece.tracks
            ]
        position = position + 1 if last is None else last + 1


def _is_counted(text: str) -> bool:
    """Whether a piece is a meeting of its own: "The Semantic Web - 20th International Conference"."""
    first = text.split(maxsplit=1)[:1]
    return bool(first) and is_number(first[0])


_PUBLISHERS: Final = frozenset("ieee acm siam usenix aaai springer elsevier press".split())
"""Of these a piece is the end of no name."""


def _longest(pieces: Sequence[Piece], first: int, scan: Scan) -> int | None:
    words = [pieces[first].words]
    for piece in pieces[first + 1 : first + _SPAN] if pieces[first].telling or first == 0 else ():
        if piece.words and _PUBLISHERS.issuperset(map(str.lower, piece.words)) or _is_counted(piece.text):
            break
        words.append(words[-1] + piece.words)
    for length in range(len(words), 0, -1):
        if length > 1 and not pieces[first + length - 1].words:
            continue
        alias = _several(words[length - 1], scan) if length > 1 else match_piece(words[0], scan.context)
        if alias is not None:
            scan.hits.append(Hit(alias, first, first + length - 1))
            return first + length - 1
    return None


def _several(words: list[str], scan: Scan) -> Alias | None:
    return find_alias(words, scan.context) or without_left(words, scan.context)


_AT: Final = lazy(r"\s*@\s*|\s+(?:at|in conjunction with|co-?located with|held (?:at|with))\s+", re.I)
_SPLITS: Final = (
    re.compile(r"\.\s+"),
    re.compile(r"\s*[/+]\s*|\s+(?:and|with)\s+"),
    re.compile(r"\s*[/+-]\s*|\s+(?:and|with)\s+"),
)
_SUFFIX: Final = re.compile(r"^([A-Z][A-Za-z]*[A-Z])(w|W|ws|Ws|o|s|b)$")
_SUFFIXES: Final = {"o": "oral", "s": "spotlight", "b": "best paper"}


def _scan_inside(text: str, position: int, scan: Scan) -> bool:
    """Look into a piece that is no name as a whole: `X@ACL`, `ACL/IJCNLP`, `CVPRW`, `ICML. PMLR`."""
    return any(read(text, position, scan) for read in (_scan_at, _scan_suffix, _scan_split, _scan_mentions))


def _scan_at(text: str, position: int, scan: Scan) -> bool:
    """A workshop at a conference; `Oral @ ICRA` and `Accepted at ICRA` are the conference itself."""
    left, *rest = _AT.split(text)
    if not rest:
        return False
    own = match_piece(words_of(left), scan.context)
    host = match_piece(words_of(rest[-1]), scan.context)
    if own is not None and own.row.venue.kind in ("workshop", "conference") and not own.weak:
        scan.hits.append(Hit(own, position, position))
        return own.row.venue.kind == "workshop" or host is not None
    guest = not (TRACK.fullmatch(left) or all(word.lower() in LEFT_WORDS for word in words_of(left)))
    if host is None or host.weak or guest and not scan.context.workshop:
        return False
    scan.hits.append(Hit(host, position, position))
    if guest:
        scan.parts.append("workshop")
    elif match := TRACK.fullmatch(left):
        scan.tracks.append(track_name(match))
    return True


def _scan_suffix(text: str, position: int, scan: Scan) -> bool:
    """`CVPRW` and `NIPSw` are workshops, `CVPRo` is an oral."""
    words = words_of(text)
    match = _SUFFIX.match(words[0]) if len(words) == 1 else None
    alias = find_alias([match[1]], scan.context) if match else None
    if match is None or alias is None or alias.row.venue.kind != "conference" or len(match[1]) < 3:
        return False
    scan.hits.append(Hit(alias, position, position))
    if match[2] in _SUFFIXES:
        scan.tracks.append(_SUFFIXES[match[2]])
    else:
        scan.parts.append("workshop")
    return True


def _scan_split(text: str, position: int, scan: Scan) -> bool:
    """Several names in one piece: all must be known, or noise."""
    for pattern in _SPLITS:
        parts = [part for part in pattern.split(text) if words_of(part) and not _is_noise(part)]
        if len(parts) == 1 and parts[0] == text:
            continue
        found = [match_piece(words_of(part), scan.context) for part in parts]
        known = [alias for alias in found if alias is not None]
        if known and len(known) == len(found) and not any(alias.weak for alias in known):
            scan.hits += [Hit(alias, position, position) for alias in known]
            return True
    return False


def _scan_mentions(text: str, position: int, scan: Scan) -> bool:
    """In a text about a workshop, the acronyms of its conference: `ICLR OSC workshop`."""
    if not (scan.context.workshop and "@" not in text):
        return False
    found = [alias for word in text.split() if (alias := _mentioned(word.strip("'s."), scan.context))]
    scan.hits += [Hit(alias, position, position) for alias in found]
    if any(alias.row.venue.kind == "conference" for alias in found):
        scan.parts.append("workshop")
    return bool(found)


def _mentioned(word: str, context: Context) -> Alias | None:
    if len(word) < 3 or not is_acronym(word):
        return None
    alias = find_alias(words_of(word), context)
    kinds = ("workshop", "conference")
    return alias if alias is not None and alias.row.venue.kind in kinds and not alias.weak else None


_NOISE: Final = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep"
    " sept oct nov dec vol volume no number issue pp pages page article part pt proceedings online virtual event press springer"
    " elsevier ieee acm wiley international publishing association for computational linguistics curran associates inc ltd"
    " morgan kaufmann aaai usenix isca cham new york berlin heidelberg switzerland ag the of in and usa conference volumes"
    " nature verlag crossref mdpi accepted main figures tables code available arxiv to appear published v e p s".split()
)


def _is_noise(text: str) -> bool:
    """Publishers, months, page numbers: nothing that could make a name mean something else."""
    return all(word.lower() in _NOISE for word in words_of(text))


_NO_FIELD: Final = lazy(
    r"\d|\b(?:virtual|online|hybrid|events?|meetings?|tobago|herzegovina|workshops?)\b", re.I
)
"""Signs of a place or a date."""


def goes_on(hit: Hit, pieces: Sequence[Piece], hits: Sequence[Hit]) -> bool:
    """Whether a name is only the beginning of another's: "Conference on Machine Learning, Optimization, and
    Data Science". Not so where the text names the venue twice, as booktitles do.
    """
    if " " not in hit.alias.spelling or sum(other.alias.row is hit.alias.row for other in hits) > 1:
        return False
    for number in range(hit.last + 1, min(hit.last + 4, len(pieces))):
        text = pieces[number].text
        if not text or _NO_FIELD.search(text) or any(other.first <= number <= other.last for other in hits):
            return False
        if re.search(r"(?:^|\s)(?:and|&)\s", text, re.I):
            return True
    return False
