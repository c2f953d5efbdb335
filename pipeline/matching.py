"""Is this the same paper? Titles, people, and the two judgements that rest on them.

`judge` says what a link of an entry leads to; `accept` says whether a title search found the entry's
paper. Both prefer no answer to a wrong one: an article was once turned into a talk of the same name,
and a title similarity of 0.915 was still another paper.

A search is judged in three steps, each of which a person can follow. `title_relation` says how two titles
are one: equal, spelled otherwise, cut short, or one a part of the other; whatever numbers, negates or
derives a work ("Part II", "Not", "Comment on") must stand in both. `shared_people` says which names are
one person's and how surely. `compare` asks for the more people the less the title proves. The limits were
chosen on labelled pairs; `python -m benchmarks.matching` prints what they do, docs/matching.md explains.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pipeline.model import Entry, LinkStatus, Record
from pipeline.text import fold, name_parts, normalise_title, squash, surname

TITLES_AGREE = 0.9
"""Least similarity of two spellings of one title, whose words are the same but for slips (1.0 is equal)."""
TITLES_RELATE = 0.85
"""Least similarity at which a link still leads to the paper the entry names."""
DISTINCTIVE_WORDS = 6
"""An entry without authors is found by title only if the title has at least this many words."""
PART_WORDS = 4
"""A part of a title stands for the whole from this many words on."""
TELLING_WORDS = 3
"""A title with fewer words outside the field's everyday vocabulary may well be another work's too."""
YEARS_APART = 3
"""Most years between a list's year and a record's where little else speaks for the record."""

Relation = Literal["equal", "respelled", "part", "other"]

_DERIVING = frozenset(
    "comment comments commentary reply replies rejoinder response discussion rebuttal erratum errata corrigendum "
    "addendum supplement supplementary supplemental supporting appendix part chapter volume extended abstract "
    "version journal revisited retrospective workshop".split()
)
"""Words that make another work of a title, wherever they stand."""
_KINDS = frozenset("survey review overview tutorial primer challenge benchmark dataset report plus".split())
"""Words that two spellings of one title share; a list may leave them out with a subtitle."""
_NEGATING = frozenset("not no never without cannot nor neither isn aren don doesn non un".split())
_NUMERAL = re.compile(r"^(?:[ivx]{1,5}[ab]?|.*\d.*)$")
_PLAIN_NUMBER = re.compile(r"[ivx]+[ab]?|v?\d+")
_FUNCTION = frozenset("a an the of for on in with and or to from by via at as is are its s".split())
_EVERYDAY = _FUNCTION | frozenset(
    "deep learning machine neural network networks model models language large data analysis method methods "
    "approach towards toward using based introduction survey review overview system systems theory".split()
)
_SHORT_FORMS = {
    "llm": "large language model",
    "llms": "large language models",
    "mllm": "multimodal large language model",
    "mllms": "multimodal large language models",
    "lm": "language model",
    "lms": "language models",
    "vlm": "vision language model",
    "vlms": "vision language models",
    "cot": "chain of thought",
    "rag": "retrieval augmented generation",
    "rl": "reinforcement learning",
    "rlhf": "reinforcement learning from human feedback",
    "gnn": "graph neural network",
    "gnns": "graph neural networks",
}
"""Short forms that lists write for words of a title."""
_COMMON_SURNAMES = frozenset(
    "wang li zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo he lin gao luo zheng liang xie tang han "
    "feng yu cao peng zeng jiang lu cai pan yuan dong deng ren shi kim lee park choi jung kang cho singh kumar "
    "sharma gupta nguyen tran smith johnson jones brown davis miller wilson khan".split()
)
"""Surnames that so many authors bear that one of them names nobody."""
_STEM = 6
"""So many letters tell a word from others, and leave out its ending."""
_SHORTEST_MISSPELT = 5
"""A word of fewer letters is another word where one differs; with one letter less, where none was doubled."""
_CUT = re.compile(r"(?:\.\.\.|…)\s*(?:\([^()]*\))?\s*$")
_BREAK = re.compile(r"\s*[:–—]\s+|\s+-\s+|[?!.]\s+|:\s*")
_BRACKET = re.compile(r"^(.*\S)\s*\(([^()]+)\)\s*$")
_ET_AL = re.compile(r"[\s,]*\b(?:et\.?\s*al\b\.?|and others\b)", re.IGNORECASE)
_DOTTED = re.compile(r"[A-Z](?=\.)")
_INITIALS = re.compile(r"^(?:[A-Z]\.?-?){1,3}$")


def title_similarity(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1, in normal form; spacing and hyphens do not count."""
    a, b = squash(one), squash(other)
    if not a or not b:
        return 0.0
    if a == b:
        return 1.0
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(a, b))


def titles_agree(one: str, other: str) -> bool:
    """True for two spellings of one title: equal in normal form, or the same words but for slips.

    "X 2" is not "X", "Comment on X" is not "X", "X Are Not Robust" is not "X Are Robust": words that
    number, negate or qualify a work must be the same, and so must every word that means something.
    """
    return title_relation(one, other) in ("equal", "respelled")


@lru_cache(maxsize=16384)
def title_relation(one: str, other: str) -> Relation:
    """How two titles are one, in either order.

    `equal` in normal form; `respelled` the same words but for slips, short forms and small words; `part`
    where one is cut short or lacks the other's subtitle or nickname; `other` for two titles.
    """
    a, b = squash(one), squash(other)
    if not a or not b:
        return "other"
    if _pluses(one) != _pluses(other):
        return "other"
    if a == b:
        return "equal"
    if _respelled(one, other):
        return "respelled"
    return "part" if _is_part(one, other) or _is_part(other, one) else "other"


def _pluses(title: str) -> int:
    """How often a word carries a plus sign, which normal form drops: "PointNet++" is not "PointNet"."""
    return len(re.findall(r"\w\++", title))


def _words(title: str) -> list[str]:
    words: list[str] = []
    for word in normalise_title(title).split():
        words += _SHORT_FORMS.get(word, word).split()
    return words


def _qualifiers(words: Iterable[str]) -> Counter[str]:
    """The words that number, negate, derive or qualify a work."""
    return Counter(
        w for w in words if w in _DERIVING or w in _KINDS or w in _NEGATING or _NUMERAL.match(w) and w != "i"
    )


def _respelled(one: str, other: str) -> bool:
    from difflib import SequenceMatcher

    a, b = _words(one), _words(other)
    if "".join(a) == "".join(b):
        return True
    if title_similarity(" ".join(a), " ".join(b)) < TITLES_AGREE or _qualifiers(a) != _qualifiers(b):
        return False
    changes = [c for c in SequenceMatcher(None, a, b, autojunk=False).get_opcodes() if c[0] != "equal"]
    return all(_slip(a[i:j], b[m:n]) for _, i, j, m, n in changes)


def _slip(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if two runs of words are one: joined otherwise, small words only, or a slip of the pen."""
    if all(w in _FUNCTION for w in (*one, *other)):
        return True
    a, b = sorted(("".join(run) for run in (one, other)), key=lambda run: (len(run), run))
    if a == b:
        return True
    if any(c.isdigit() for c in a + b):
        return False
    if len(a) < _SHORTEST_MISSPELT:
        return len(a) == _SHORTEST_MISSPELT - 1 and any(a[:n] + a[n - 1 :] == b for n in range(1, len(a) + 1))
    if b.endswith(a) and not (len(b) == len(a) + 1 and b[0] == b[1]):
        return False  # another beginning is another word: "supervised", "unsupervised"
    from rapidfuzz.distance import OSA

    return OSA.distance(a, b) <= (2 if len(a) >= 9 else 1)


def _is_part(short: str, long: str) -> bool:
    """True if `short` is `long` cut off, without its subtitle, without its nickname, or without a bracket."""
    wanted = "".join(_words(_CUT.sub("", short)))
    if len(normalise_title(_CUT.sub("", short)).split()) < PART_WORDS:
        return False
    if _CUT.search(short):
        return "".join(_words(long)).startswith(wanted)
    return any("".join(_words(kept)) == wanted and _droppable(left) for kept, left in _parts(long))


def _parts(title: str) -> Iterable[tuple[str, str]]:
    """What a list may keep of a title, and what it then leaves out."""
    if bracket := _BRACKET.match(title):
        yield bracket[1], bracket[2]
    for cut in _BREAK.finditer(title):
        head, tail = title[: cut.start()], title[cut.end() :]
        yield head, tail
        if len(normalise_title(head).split()) <= 2:
            yield tail, head


def _droppable(text: str) -> bool:
    """True if leaving the text out leaves the same work: it neither derives nor numbers one ("Kosmos-1" names one)."""
    words = normalise_title(text).split()
    name = len(text.split()) == 1 and len(words) > 1 and len(words[0]) > 2
    numbers = () if name else (w for w in words if _PLAIN_NUMBER.fullmatch(w))
    return bool(words) and not any(w in _DERIVING for w in words) and not any(numbers)


@dataclass(frozen=True, slots=True)
class _Name:
    """One reading of a person's name: the surname, and the given names or initials, folded."""

    last: str
    given: tuple[str, ...]


@lru_cache(maxsize=65536)
def _readings(name: str) -> tuple[_Name, ...]:
    """The ways to read a name: as written, and inverted where initials stand last ("Conitzer V")."""
    name = _ET_AL.sub("", name).strip(" ,")
    last, comma, first = name.partition(",")
    if comma:
        return (_Name(surname(last), _given(first.split())),)
    words = name.split()
    readings = [_Name(surname(name), _given(words[:-1]))]
    if len(words) > 1 and _INITIALS.match(words[-1]) and not name.isupper():
        readings.append(_Name(surname(" ".join(words[:-1])), _given(re.findall(r"[A-Z]", words[-1]))))
    return tuple(readings)


def _given(words: Sequence[str]) -> tuple[str, ...]:
    """Given names and initials, folded, without particles (which are written small)."""
    apart = [part for word in words for part in (_DOTTED.findall(word) or [word])]
    named = [w for w in apart if not w.islower()] or apart
    return tuple(w for w in (re.sub(r"[\W\d_]", "", fold(word)) for word in named) if w)


def _sureness(one: str, other: str) -> int:
    """How surely two names are one person's: 0 not, 1 by surname alone, 2 by an initial, 3 by a given name.

    "Last, First", initials, particles and names in the other order (as CJK names often are) are met.
    """
    alike = [_alike(a, b) for a in _readings(one) for b in _readings(other) if a.last and a.last == b.last]
    best = max(alike, default=0)
    if best < 3 and len(parts := name_parts(one)) > 1 and parts == name_parts(other):
        return 3
    return best


def _alike(one: _Name, other: _Name) -> int:
    if not one.given or not other.given:
        return 1
    if "".join(one.given) == "".join(other.given):
        return 3 if len("".join(one.given)) > len(one.given) else 2
    heads = [(a, other.given[0]) for a in one.given] + [(one.given[0], b) for b in other.given]
    return max(_given_alike(a, b) for a, b in heads)


def _given_alike(one: str, other: str) -> int:
    """3 for one spelled name ("Chris", "Christopher"), 2 where an initial fits, 1 for spellings that are near."""
    if one == other:
        return 3 if len(one) > 1 else 2
    short, long = sorted((one, other), key=len)
    if short[0] != long[0]:
        return 0
    if len(short) == 1:
        return 2
    if short[:2] == long[:2] and len(long) - len(short) > 2 and len(short) < 6:
        return 3
    return 1 if _one_name_in_two_alphabets(short, long) else 0


def _one_name_in_two_alphabets(short: str, long: str) -> bool:
    """Whether two given names may be one, transcribed twice: `Aleksandr`, `Alexander`; not `Peter`, `Priya`.

    Of short ones each letter counts: `Ming` and `Minh` are two.
    """
    from rapidfuzz.distance import OSA

    return len(long) >= _SHORTEST_MISSPELT and OSA.distance(short, long) <= len(long) // 3


@dataclass(frozen=True, slots=True)
class People:
    """Who stands in both of two lists of authors, and how surely."""

    sure: int = 0
    """Persons whose surname and given name or initial agree."""
    bare: int = 0
    """Persons of whom one list gives the surname only."""
    rare: bool = False
    """One of them bears a surname that few authors bear."""
    first: bool = False
    """Whom either list names first stands in the other."""


def shared_people(one: Sequence[str], other: Sequence[str]) -> People:
    """The persons two lists of authors share; the order of the lists does not matter."""
    return _shared(tuple(one), tuple(other))


@lru_cache(maxsize=32768)
def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> People:
    theirs, ours = _Register(other), _Register(one)
    met = [theirs.best(name) for name in one]
    sure, bare = sum(m >= 2 for m in met), sum(m == 1 for m in met)
    rare = any(m and _readings(name)[-1].last not in _COMMON_SURNAMES for name, m in zip(one, met))
    return People(sure, bare, rare, bool(one and other and met[0] and ours.best(other[0])))


class _Register:
    """A list of authors by surname and by all words of a name, so that long lists cost no more than short."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names: dict[str | frozenset[str], list[str]] = {}
        for name in names:
            for key in _keys(name):
                self._names.setdefault(key, []).append(name)

    def best(self, name: str) -> int:
        """How surely the person stands in the list: see `_sureness`."""
        found = (other for key in _keys(name) for other in self._names.get(key, ()))
        return max((_sureness(name, other) for other in found), default=0)


@lru_cache(maxsize=65536)
def _keys(name: str) -> frozenset[str | frozenset[str]]:
    """What a name is looked up by: its surname in each reading, and all its words."""
    return frozenset((name_parts(name), *(reading.last for reading in _readings(name))))


def authors_agree(one: Sequence[str], other: Sequence[str]) -> bool | None:
    """True if the two lists share a person, False if not, None if either names nobody."""
    if not one or not other:
        return None
    return _share_somebody(tuple(one), tuple(other))


@lru_cache(maxsize=32768)
def _share_somebody(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the lists share a person; names that are written alike in both are looked at first."""
    if any(_sureness(name, name) for name in set(one).intersection(other)):
        return True
    theirs = _Register(other)
    return any(theirs.best(name) for name in one)


def share_most_names(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if most of the shorter list stand in the other: who has one author of many in common is a namesake."""
    fewer, more = sorted((one, other), key=len)
    return bool(fewer) and 2 * _met(fewer, more) > len(fewer)


def author_lists_equal(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if both lists name the same people in number and surname, in any order."""
    return bool(one) and sorted(map(surname, one)) == sorted(map(surname, other))


def judge(entry: Entry, record: Record) -> LinkStatus:
    """What the record behind a link of `entry` is: `ok`, `retitled`, `wrong_paper` or `unverified`.

    `unverified` where there is nothing to compare (a nickname only, no author), or where titles agree
    and no author does: a title alone is shared by unrelated works.
    """
    if not record.found:
        return "nonexistent"
    authors = authors_agree(entry.authors, record.authors)
    if not entry.title or not record.title:
        return (
            "ok"
            if authors and entry.authors and not entry.title and _nickname_in(entry, record)
            else "unverified"
        )
    if (
        title_similarity(entry.title, record.title) >= TITLES_RELATE
        or _is_subtitle_of(entry.title, record.title)
        or titles_agree(entry.title, record.title)
    ):
        another = numbered_otherwise(entry.title, record.title)
        if another and authors is False:
            return "wrong_paper"
        return "unverified" if another or authors is False else "ok"
    if authors is None:
        return "unverified"
    return "retitled" if authors else "wrong_paper"


@lru_cache(maxsize=65536)
def numbered_otherwise(one: str, other: str) -> bool:
    """True for titles of which one numbers the work otherwise: "X" and "X 2", "Part I" and "Part II".

    Where one title goes on after the other, as with a subtitle, only what stands next to the common part counts.
    """
    if squash(one) == squash(other):
        return False
    a, b = normalise_title(one).split(), normalise_title(other).split()
    short, long = sorted((a, b), key=len)
    if long[: len(short)] == short:
        whole = one if long is a else other
        subtitled = any(
            normalise_title(whole[: cut.start()]).split() == short for cut in _BREAK.finditer(whole)
        )
        more = long[len(short) :]
        return bool(_arabic(more[0])) and not (subtitled and any(not _arabic(word) for word in more))
    return "".join(map(_arabic, a)) != "".join(map(_arabic, b))


_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}


def _arabic(word: str) -> str:
    """The digits of a word, or of the Roman number that it is; empty for other words."""
    return _ROMAN.get(word) or "".join(char for char in word if char.isdigit())


def share_telling_words(one: str, other: str) -> bool:
    """Whether two titles have two thirds of the shorter one's telling words in common, and at least two."""
    return _mostly_shared(*({w for w in _words(title) if _is_telling(w)} for title in (one, other)))


def share_telling_stems(one: str, other: str) -> bool:
    """The same whatever the endings of the words: a paper is renamed from "Direct Preferences ..." too."""
    return _mostly_shared(*({w[:_STEM] for w in _words(title) if _is_telling(w)} for title in (one, other)))


def _is_telling(word: str) -> bool:
    return len(word) > 3 and word not in _EVERYDAY


def _mostly_shared(a: set[str], b: set[str]) -> bool:
    return len(a & b) > 1 and 3 * len(a & b) >= 2 * min(len(a), len(b))


def same_team(one: Sequence[str], other: Sequence[str]) -> bool:
    """True if two whole lists of authors can be those of one paper: half of the longer one, or two of the shorter.

    Who speaks about a paper, or has a paper of the same name, shares one author of many with it.
    """
    if not one or not other:
        return True
    people = shared_people(one, other)
    both = people.sure + people.bare
    return 2 * both >= max(len(one), len(other)) or (both > 1 and 2 * both >= min(len(one), len(other)))


def nearly_titled(one: str, other: str) -> bool:
    """Whether two titles are alike letter by letter, and differ by a word that means something.

    One may be the other's earlier form, or that of the same group's next paper.
    """
    if title_similarity(one, other) < TITLES_RELATE or title_relation(one, other) != "other":
        return False
    return not (_is_subtitle_of(one, other) or _is_subtitle_of(other, one))


def _nickname_in(entry: Entry, record: Record) -> bool:
    name = normalise_title(entry.short_name or "")
    return bool(name) and name in normalise_title(record.title or "")


def _is_subtitle_of(short: str, long: str) -> bool:
    """The part before a colon names the whole title, from three words on: fewer are a nickname."""
    a, b = normalise_title(short), normalise_title(long)
    head = normalise_title(re.split(r"[:?!.–—]", long, maxsplit=1)[0])
    return len(a.split()) >= 3 and (a == head or b.startswith(a + " ")) and len(a) * 3 >= len(b)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What speaks for one record being the paper an entry names."""

    relation: Relation
    people: People | None
    """None where either names nobody."""
    similarity: float
    years_apart: int | None
    accepted: bool
    reason: str


def compare(title: str, authors: Sequence[str], year: int | None, record: Record) -> Comparison:
    """Judge one record against a title, its authors and its year (None or empty: not said).

    Without authors only `accept` can decide, which knows all candidates; here it counts as not accepted.
    """
    found = record.title or ""
    relation = title_relation(title, found)
    apart = abs(year - record.year) if year and record.year else None
    similarity = title_similarity(title, found)
    if relation == "other":
        return Comparison(relation, None, similarity, apart, False, "the title is another")
    if not authors or not record.authors:
        return Comparison(relation, None, similarity, apart, False, "no author to compare")
    people = shared_people(authors, record.authors)
    doubt = _doubt(title, relation, people, apart)
    if not doubt and 2 * (people.sure + people.bare) < min(len(authors), len(record.authors)):
        doubt = "few of the authors are shared"
    return Comparison(relation, people, similarity, apart, not doubt, doubt or "title and author agree")


def _doubt(title: str, relation: Relation, people: People, apart: int | None) -> str:
    """Why agreeing titles and the people they share do not suffice, or an empty text."""
    if not people.sure and not people.bare:
        return "no author is shared"
    known = is_distinctive(title)
    if relation == "part" and not (people.sure and (people.rare or people.first)):
        return "a part of the title, and no author named in full"
    if relation == "part" and apart is not None and apart > 1:
        return "a part of the title, and another year"
    near = people.rare and apart is not None and apart <= 1
    if not known and not (people.first and (people.sure or near)):
        return "a title that other works may share, and not the same first author"
    if not people.sure and not people.rare and apart is not None and apart > YEARS_APART:
        return "a common surname only, and another year"
    return ""


def is_distinctive(title: str) -> bool:
    """True if the title says enough that another work of that name and author is not to be expected."""
    words = normalise_title(title).split()
    return len(words) >= DISTINCTIVE_WORDS or sum(w not in _EVERYDAY for w in words) >= TELLING_WORDS


def fitting(entry: Entry, authors: Sequence[str], records: Sequence[Record]) -> list[Record]:
    """The records of one title search that are this paper: title and people agree.

    `authors` are the entry's own, or those of a record already known to be this paper.
    """
    title = entry.title or ""
    return [r for r in records if r.found and compare(title, authors, entry.year, r).accepted]


def likeliest(named: Sequence[str], records: Sequence[Record]) -> list[Record]:
    """Of records that all fit, those with at least half of whom an entry names; all where none has.

    Two papers of one title may share a surname and an initial.
    """
    fuller = [r for r in records if 2 * _met(named, r.authors) >= len(named)]
    return fuller or list(records)


def _met(named: Sequence[str], authors: Sequence[str]) -> int:
    people = shared_people(named, authors)
    return people.sure + people.bare


@dataclass(frozen=True, slots=True)
class Match:
    """A title search's outcome: the winning record, or why there is none, with all that was weighed."""

    record: Record | None
    score: float | None
    accepted: bool
    reason: str


_Weighed = tuple[Comparison, Record]


def accept(entry: Entry, candidates: Mapping[str, Sequence[Record]]) -> Match:
    """Judge what the sources found for the entry's title; `candidates` maps a source to its records.

    Accepted only if titles agree and an author surname agrees (see `compare`). An entry that names no
    author is accepted only on an equal normalised title of at least six words, one candidate in all
    sources, and a year that differs by at most one where the list states it. The order of the candidates
    changes nothing.
    """
    weighed = _weigh(entry, [r for records in candidates.values() for r in records if r.found and r.title])
    if not weighed:
        return Match(None, None, False, "no source knows the title")
    if not entry.authors:
        return _accept_without_author(entry, weighed)
    fit = [(c, r) for c, r in weighed if c.accepted]
    if not fit:
        comparison, record = weighed[0]
        return Match(
            record, comparison.similarity, False, f"no candidate shares title and author: {comparison.reason}"
        )
    fit = [(c, r) for c, r in fit if r in likeliest(entry.authors, [r for _, r in fit])]
    comparison, record = fit[0]
    several = _several(fit)
    if several:
        return Match(record, comparison.similarity, False, several)
    return Match(record, comparison.similarity, True, f"title and author agree with {record.source}")


def _several(fit: Sequence[_Weighed]) -> str:
    """Why the candidates that fit are not one work, or an empty text; the likeliest stands first."""
    comparison, record = fit[0]
    title, authors = record.title or "", record.authors
    if comparison.relation == "part" and any(not titles_agree(title, r.title or "") for _, r in fit):
        return "the title is a part of several titles"
    rivals = (r for c, r in fit if c.relation == comparison.relation)
    if any(not same_team(authors, r.authors) for r in rivals):
        return "several works have this title and author"
    return ""


def _weigh(entry: Entry, records: Iterable[Record]) -> list[_Weighed]:
    """All candidates, the likeliest first; equal ones by source, rank and what they are."""
    weighed = [(compare(entry.title or "", entry.authors, entry.year, record), record) for record in records]
    return sorted(weighed, key=_likelihood)


def _likelihood(weighed: _Weighed) -> tuple[object, ...]:
    comparison, record = weighed
    order = ("equal", "respelled", "part", "other").index(comparison.relation)
    apart = 1 if comparison.years_apart is None else max(comparison.years_apart, 1)
    stable = (record.source, record.rank, record.title, record.authors, record.year or 0, record.identifiers)
    return (not comparison.accepted, order, -comparison.similarity, apart, *stable)


def _accept_without_author(entry: Entry, weighed: Sequence[_Weighed]) -> Match:
    best, score = weighed[0][1], weighed[0][0].similarity
    title = normalise_title(entry.title or "")
    exact = [r for c, r in weighed if c.relation == "equal" and normalise_title(r.title or "") == title]
    if not exact or len(title.split()) < DISTINCTIVE_WORDS:
        return Match(
            best, score, False, "the entry names no author and the title is not distinctive and equal"
        )
    named = [r for r in exact if r.authors]
    if not named:
        return Match(best, score, False, "neither the entry nor the source names an author")
    if any(authors_agree(named[0].authors, r.authors) is False for r in named[1:]):
        return Match(best, score, False, "the entry names no author and several works have this title")
    if entry.year and any(r.year and abs(r.year - entry.year) > 1 for r in exact):
        return Match(best, score, False, "the entry names no author and the year differs")
    return Match(named[0], 1.0, True, f"equal title of {len(title.split())} words in {named[0].source}")
